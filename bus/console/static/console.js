// Keeps what changes by itself up to date: `data-live` says where its newest text is.
(() => {
  "use strict";
  const EVERY_MS = 2000;

  // Not under somebody's hands: whoever is in it with the keyboard, or marks text, would lose it.
  function isInUse(region) {
    const marked = document.getSelection();
    const marks = marked && !marked.isCollapsed && region.contains(marked.anchorNode);
    return marks || (region.contains(document.activeElement) && region !== document.activeElement);
  }

  async function refresh(region) {
    if (document.hidden || isInUse(region)) return true;
    let answer;
    try {
      answer = await fetch(region.dataset.live, { redirect: "manual", headers: { Accept: "text/html" } });
    } catch {
      return true; // the bus is away: what is shown stays
    }
    if (answer.type === "opaqueredirect" || answer.status === 401) {
      location.reload(); // the session has ended: the page leads to where one signs in
      return false;
    }
    if (answer.ok) {
      const text = await answer.text();
      if (text !== region.lastText && !isInUse(region)) region.innerHTML = region.lastText = text;
    }
    return true;
  }

  for (const region of document.querySelectorAll("[data-live]")) {
    const again = async () => {
      if (await refresh(region)) setTimeout(again, EVERY_MS);
    };
    setTimeout(again, EVERY_MS);
  }
})();
