// Keeps what changes by itself up to date: `data-live` says where its newest text is, `data-part`
// which part of that.
(() => {
  "use strict";
  const EVERY_MS = 2000;
  const regions = [...document.querySelectorAll("[data-live]")];

  // Not under somebody's hands: whoever is in it with the keyboard, or marks text, would lose it.
  function isInUse(region) {
    const marked = document.getSelection();
    const marks = marked && !marked.isCollapsed && region.contains(marked.anchorNode);
    return marks || (region.contains(document.activeElement) && region !== document.activeElement);
  }

  function partOf(text, part) {
    const made = document.createElement("template");
    made.innerHTML = text;
    return made.content.querySelector(`[data-part="${part}"]`).innerHTML;
  }

  function show(region, whole) {
    const text = region.dataset.part ? partOf(whole, region.dataset.part) : whole;
    if (text !== region.lastText && !isInUse(region)) region.innerHTML = region.lastText = text;
  }

  async function refresh(url) {
    if (document.hidden) return true;
    let answer;
    try {
      answer = await fetch(url, { redirect: "manual", headers: { Accept: "text/html" } });
    } catch {
      return true; // the bus is away: what is shown stays
    }
    if (answer.type === "opaqueredirect" || answer.status === 401) {
      location.reload(); // the session has ended: the page leads to where one signs in
      return false;
    }
    if (answer.ok) {
      const text = await answer.text();
      for (const region of regions) if (region.dataset.live === url) show(region, text);
    }
    return true;
  }

  for (const url of new Set(regions.map((region) => region.dataset.live))) {
    const again = async () => {
      if (await refresh(url)) setTimeout(again, EVERY_MS);
    };
    setTimeout(again, EVERY_MS);
  }
})();
