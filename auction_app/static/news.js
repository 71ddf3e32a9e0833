// Tells a signed-in reader on any open page what happens meanwhile. Without this a page says it when
// it is loaded.
(() => {
  "use strict";
  const place = document.getElementById("news");
  if (!place?.dataset.stream || !window.EventSource || !window.gavel) return;
  const MOST = 3;
  const heard = new Set();
  let source = null;
  let again = null;
  let waits = 5000;
  // What came between the making of the page and this is told too. Of a page that was kept nobody
  // knows here what its reader has heard since: then from now on.
  const made = Number(document.body.dataset.serverNowMs);
  let cursor = Math.abs(Date.now() - made) < 60000 ? String(made) : "";

  function show(event) {
    const { text, title, url, unread } = JSON.parse(event.data);
    cursor = event.lastEventId;
    const key = `${event.lastEventId} ${url} ${text}`;
    if (heard.has(key)) return;
    heard.add(key);
    const link = document.createElement("a");
    const what = document.createElement("strong");
    what.textContent = text;
    link.append(what, `: ${title}`);
    link.href = url;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "as-link";
    close.textContent = place.dataset.close;
    const notice = document.createElement("p");
    notice.className = "notice";
    notice.append(link, " ", close);
    close.addEventListener("click", () => notice.remove());
    while (place.children.length >= MOST) place.firstElementChild.remove();
    place.append(notice);
    // Whoever looks at the very page that it leads to has read it.
    if (new URL(url).pathname === location.pathname) window.gavel.markSeen();
    else count(unread);
  }

  function count(unread) {
    const word = document.createElement("span");
    word.className = "visually-hidden";
    word.textContent = place.dataset.new;
    const badge = document.createElement("span");
    badge.className = "count";
    badge.append(word, ` ${unread}`);
    for (const where of document.querySelectorAll("[data-news]")) {
      where.replaceChildren(" ", badge.cloneNode(true));
    }
  }

  function close() {
    clearTimeout(again);
    source?.close();
    source = null;
  }
  function open() {
    close();
    if (document.hidden) return; // a tab that nobody looks at leaves its place to others
    const since = cursor ? `?since=${cursor}` : "";
    source = new EventSource(place.dataset.stream + since, { withCredentials: true });
    source.onopen = () => { waits = 5000; };
    source.addEventListener("notice", show);
    source.addEventListener("maintenance", (event) => {
      window.gavel.showMaintenance(JSON.parse(event.data));
    });
    source.onerror = () => {
      // The browser comes back by itself after a cut, but gives up after a refusal.
      if (source?.readyState !== EventSource.CLOSED) return;
      close();
      again = setTimeout(open, waits * (1 + Math.random()));
      waits = Math.min(2 * waits, 300000);
    };
  }
  open();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !source) open();
    else if (document.hidden) close();
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
})();
