// Puts events on top of the table as they come, by a stream; where there is none, by asking.
(() => {
  "use strict";
  const KEPT = 200, ASK_EVERY_MS = 2000;
  const table = document.getElementById("tail");
  const state = document.getElementById("tail-state");
  const { tail, topics } = table.dataset;
  let after = table.dataset.after;

  const at = (t) => new Date(t).toISOString().replace("T", " ").slice(0, 19) + " UTC";
  const from = (more) => `${tail}?${new URLSearchParams({ topics, after, ...more })}`;

  function show(event) {
    const row = table.tBodies[0].insertRow(0);
    const add = (kind, text, name, label) => {
      const cell = document.createElement(kind);
      if (label) cell.dataset.label = label;
      cell.textContent = text;
      cell.className = name;
      row.append(cell);
      return cell;
    };
    add("td", event.position.toLocaleString("en"), "number", "Position");
    add("td", `${event.topic}.${event.type}`, "", "Event");
    add("th", event.url, "breaks").scope = "row";
    add("td", at(event.t), "", "Told at");
    add("td", event.data ? JSON.stringify(event.data) : "", "said", "Hint");
    row.classList.add("new");
    while (table.tBodies[0].rows.length > KEPT) table.tBodies[0].lastElementChild.remove();
  }

  async function ask() {
    const answer = await fetch(from({ limit: 200 }), { headers: { Accept: "application/hal+json" } });
    if (answer.status === 401) return location.reload();
    if (answer.ok) {
      const page = await answer.json();
      page.events.forEach(show);
      after = page.place;
    }
    setTimeout(ask, ASK_EVERY_MS);
  }

  const stream = new EventSource(from({}));
  stream.onopen = () => { state.textContent = "Live: events show as they are published, newest first."; };
  stream.onmessage = (message) => { after = message.lastEventId; show(JSON.parse(message.data)); };
  stream.addEventListener("resync", (message) => {
    state.textContent = `Events were forgotten before they were shown: ${message.data}`;
  });
  stream.onerror = () => {
    if (stream.readyState === EventSource.CLOSED) {
      state.textContent = "Events show every two seconds, newest first.";
      ask().catch(() => setTimeout(ask, ASK_EVERY_MS));
    }
  };
})();
