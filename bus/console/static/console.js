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

  const madeMs = Number(document.querySelector("[data-made]").dataset.made);

  // All of an address or nothing: what was looked at apart would disagree.
  function show(url, text) {
    const ours = regions.filter((region) => region.dataset.live === url);
    const made = document.createElement("template");
    made.innerHTML = text;
    const whole = made.content.firstElementChild;
    if (Number(whole.dataset.made) < madeMs || ours.some(isInUse)) return;
    for (const region of ours) {
      const part = region.dataset.part;
      const now = (part ? whole.querySelector(`[data-part="${part}"]`) : whole).innerHTML;
      if (now !== region.lastText) region.innerHTML = region.lastText = now;
    }
    const offers = whole.querySelector("[data-offers]")?.dataset.offers.split(" ");
    for (const form of offers ? document.querySelectorAll("[data-offer]") : [])
      form.hidden = !offers.includes(form.dataset.offer);
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
    if (answer.ok) show(url, await answer.text());
    return true;
  }

  for (const url of new Set(regions.map((region) => region.dataset.live))) {
    const again = async () => {
      if (await refresh(url)) setTimeout(again, EVERY_MS);
    };
    setTimeout(again, EVERY_MS);
  }
})();
