// Tells the server the browser's time zone, and counts down by the server's clock.
(() => {
  "use strict";
  const body = document.body;
  // The first page of a visitor was made before the server could know the zone.
  function showTimesIn(timeZone) {
    body.dataset.zone = timeZone;
    const said = document.getElementById("zone");
    if (said) said.textContent = timeZone;
    const times = document.querySelectorAll("time[datetime]");
    if (!times.length) return; // a phone loads languages and zones for a tenth of a second
    const style = body.dataset.style;
    const day = new Intl.DateTimeFormat(style, { dateStyle: "medium", timeZone });
    const minute = new Intl.DateTimeFormat(style, { timeStyle: "short", timeZone });
    const second = new Intl.DateTimeFormat(style, { timeStyle: "medium", timeZone });
    const named = new Intl.DateTimeFormat(style, { timeZoneName: "short", timeZone });
    for (const element of times) {
      const at = new Date(element.dateTime);
      const exact = element.closest("#ends") && at.getUTCSeconds();
      const word = named.formatToParts(at).find(({ type }) => type === "timeZoneName").value;
      element.textContent = `${day.format(at)}, ${(exact ? second : minute).format(at)} ${word}`;
    }
  }

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && zone !== body.dataset.zone) {
    document.cookie = `gavel_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
    if (!body.dataset.zoneIsChosen) showTimesIn(zone);
  }

  // Whoever looks at what a notification leads to has read it. Links only show, so this is said
  // apart; without a script a button marks all as read.
  function markSeen() {
    const token = document.querySelector("input[name=csrf_token]")?.value ?? "";
    const seen = new URLSearchParams({ csrf_token: token, path: location.pathname });
    fetch("/my/notices/seen", { method: "POST", body: seen }).catch(() => {});
  }
  if (body.dataset.unread) markSeen();

  // What a page of ours says, or null. A line that died while the machine slept says nothing, and
  // who waits for it waits for ever.
  async function read(url, options = {}) {
    const cut = new AbortController();
    const limit = setTimeout(() => cut.abort(), 8000);
    const said = await fetch(url, { headers: { Accept: "text/html" }, ...options, signal: cut.signal })
      .then((answer) => (answer.ok ? answer.text() : null)).catch(() => null);
    clearTimeout(limit);
    return said;
  }

  // The page says what time it was there when it was made; since then our own stopwatch runs,
  // which no wrong clock and no change of it can touch. When exactly the server looked at its
  // clock nobody knows, only that the page had been asked for: a countdown that is too long costs
  // an auction, so it is the shortest of those that may be true.
  const [visit] = performance.getEntriesByType("navigation");
  let offset = Number(body.dataset.serverNowMs) - (visit?.requestStart || performance.now());
  const now = () => performance.now() + offset;

  // A page that the browser had kept was made long ago, and a stopwatch stands still while the
  // machine sleeps: then the server is asked.
  let asking = false;
  async function askTime() {
    if (asking) return;
    asking = true;
    const asked = performance.now();
    const told = await read("/clock", { cache: "no-store" });
    asking = false;
    if (!told) { setTimeout(askTime, 3000); return; }
    const least = told - performance.now(), most = told - asked;
    if (offset < least || offset > most) offset = most;
    tick();
  }
  // Of a copy that the server has confirmed by a 304 only the headers travelled.
  const wasKept = ({ type, transferSize, encodedBodySize, responseStatus }) =>
    type === "back_forward" || transferSize < encodedBodySize || responseStatus === 304;
  const cameLate = ({ requestStart, responseStart }) => responseStart - requestStart > 1000;
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted || (visit && (wasKept(visit) || cameLate(visit)))) askTime();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) askTime(); });
  // The two run apart where the machine slept, and where somebody set its clock. Until the server
  // has been asked it may have slept.
  const apart = () => Date.now() - performance.now();
  let apartBefore = apart();
  function mindJumps() {
    const jump = apart() - apartBefore;
    apartBefore += jump;
    if (Math.abs(jump) < 2000) return;
    offset += Math.max(0, jump);
    askTime();
  }

  let inDays = null;
  function spellDays(d) {
    inDays ??= new Intl.NumberFormat(document.documentElement.lang, {
      style: "unit", unit: "day", unitDisplay: "long" });
    return inDays.format(d);
  }

  // The two largest units, none that is zero: the same as web/formats.py's time_left.
  function spell(ms) {
    const s = Math.max(0, Math.floor(ms / 1000));
    const d = Math.floor(s / 86400), h = Math.floor((s % 86400) / 3600);
    const m = Math.floor((s % 3600) / 60);
    const units = [[d, d && spellDays(d)], [h, `${h} h`], [m, `${m} min`], [s % 60, `${s % 60} s`]];
    while (units.length > 1 && !units[0][0]) units.shift();
    return units.slice(0, 2).filter(([n]) => n).map(([, text]) => text).join(" ") || units[0][1];
  }

  function tick() {
    for (const element of document.querySelectorAll("[data-ends-at-ms]")) {
      const left = Number(element.dataset.endsAtMs) - now();
      const text = spell(left);
      if (element.textContent !== text) element.textContent = text;
      element.classList.toggle("soon", left < 3600000);
    }
  }

  // What stands on a page of its own is fetched once somebody comes near it.
  const near = new IntersectionObserver(async (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      const page = await read(target.querySelector("a").href);
      if (!page) continue;
      const part = new DOMParser().parseFromString(page, "text/html")
        .getElementById(target.dataset.include);
      if (part) target.replaceChildren(part);
    }
  }, { rootMargin: "200px" });
  for (const place of document.querySelectorAll("[data-include]")) near.observe(place);

  // A link to send by mail; where the browser can share or copy it, it does.
  for (const link of document.querySelectorAll("[data-share]")) {
    link.addEventListener("click", async (event) => {
      const url = link.dataset.share;
      if (!navigator.share && !navigator.clipboard) return;
      event.preventDefault();
      if (navigator.share) await navigator.share({ title: document.title, url }).catch(() => {});
      else {
        await navigator.clipboard.writeText(url);
        link.textContent = link.dataset.copied;
      }
    });
  }

  // What the server says on the next page: from when until when the house will be closed.
  function showMaintenance({ from_ms: from, until_ms: until, words, over }) {
    const place = document.getElementById("maintenance");
    const style = new Intl.DateTimeFormat(body.dataset.style, {
      dateStyle: "medium", timeStyle: "short", timeZone: body.dataset.zone });
    const when = document.createElement("strong");
    when.textContent = place.dataset.words
      .replace("{since}", style.format(from)).replace("{until}", style.format(until));
    const said = document.createElement("p");
    said.className = "notice warn";
    said.append(when, ` ${words[document.documentElement.lang]}`);
    place.replaceChildren(...(over ? [] : [said]));
  }

  window.gavel = {
    now,
    read,
    markSeen,
    showMaintenance,
    // It is that late at least: what was said before the machine slept may be heard after it.
    setServerNow(ms) { offset = Math.max(offset, ms - performance.now()); },
  };
  tick();
  setInterval(() => { mindJumps(); tick(); }, 1000);
})();
