// Keeps an item page true while one looks at it. Without this the page is whole, only not live.
(() => {
  "use strict";
  const item = document.getElementById("item");
  if (!item || !window.EventSource || !window.gavel) return;
  const words = JSON.parse(item.dataset.words);
  const language = document.body.dataset.style;
  const find = (id) => document.getElementById(id);
  let version = Number(item.dataset.version);
  let endsAt = Number(find("left")?.dataset.endsAtMs);

  function money({ amount, currency }) {
    const decimals = amount.split(".")[1]?.length ?? 0;
    return new Intl.NumberFormat(language, { style: "currency", currency,
      minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(amount);
  }
  // As web/formats.py writes it; the zone's word is the one that stands there already.
  function moment(ms, before) {
    const zone = { timeZone: document.body.dataset.zone };
    const day = new Intl.DateTimeFormat(language, { dateStyle: "medium", ...zone }).format(ms);
    const time = new Intl.DateTimeFormat(language, { timeStyle: ms % 60000 < 1000 ? "short" : "medium", ...zone }).format(ms);
    return `${day}, ${time} ${before.split(/\s/).at(-1)}`;
  }
  const clock = () => new Intl.DateTimeFormat(language, { timeStyle: "short" }).format(new Date());

  const put = (id, text) => write(find(id), text);
  function write(element, text) {
    if (!element || element.textContent === text) return false;
    element.textContent = text;
    element.classList.remove("changed");
    void element.offsetWidth;  // starts the animation anew
    element.classList.add("changed");
    return true;
  }

  // Screen readers hear what matters, one sentence at a time, when they have finished the last.
  const speak = (text) => { find("spoken").textContent = text; };

  function show(state) {
    if (state.version <= version) return;
    version = state.version;
    if (state.price) {
      put("price-label", words.price);
      if (put("price", money(state.price))) speak(`${words.price}: ${money(state.price)}`);
    }
    if (state.minimum) put("minimum", `${words.at_least} ${money(state.minimum)}`);
    if (put("bid-count", String(state.bid_count))) refreshHistoryWithin(state.spread_ms);
    if (find("reserve") && state.reserve !== "none") put("reserve", words[state.reserve]);
    // Buy-now goes with the first bid, or with a reserve once that is met.
    if (state.bid_count && state.reserve !== "not_met") {
      for (const id of ["buy-now", "buy-now-price"]) find(id)?.remove();
    }
    if ((state.status === "frozen") !== frozen) mindHouse(state);
    if (state.ends_at_ms !== endsAt) moveEnd(state.ends_at_ms);
    refreshStanding();
    if (state.status === "closed") standStill(words.ended, "ended", state.spread_ms);
  }

  function moveEnd(to) {
    const left = find("left");
    const end = find("ends")?.querySelector("time");
    if (!left || !end) return;
    if (to > endsAt) {
      speak(words.extended);
      find("extended").hidden = false;
    }
    endsAt = left.dataset.endsAtMs = to;
    end.dateTime = new Date(to).toISOString();
    write(end, moment(to, end.textContent));
  }

  // Where one stands is one's own, and names are masked by the app: neither goes over the stream.
  // The app's copy of the bidding may be a moment behind, so ask again until it has caught up.
  async function refresh(url, id, attempt, changed) {
    if (!url || attempt > 6) return;
    const said = await window.gavel.read(url);
    if (said) {
      const fragment = new DOMParser().parseFromString(said, "text/html");
      const fresh = fragment.getElementById(id);
      if (fresh && Number(fresh.dataset.version) >= version) {
        const before = find(id);
        before.replaceWith(fresh);
        changed(before, fresh);
        return;
      }
    }
    setTimeout(() => refresh(url, id, attempt + 1, changed), 100 * 2 ** attempt);
  }
  const word = (element) => element.querySelector(".badge")?.textContent.trim();
  const refreshStanding = () => refresh(find("standing").dataset.url, "standing", 0,
    (before, fresh) => { if (word(fresh) && word(fresh) !== word(before)) speak(word(fresh)); });
  const refreshHistory = () => refresh(item.dataset.historyUrl, "history-table", 0, () => {});

  // Where thousands watch they don't all ask at once, and each only once for all that came
  // meanwhile.
  let asking = null;
  function refreshHistoryWithin(ms) {
    asking ??= setTimeout(() => { asking = null; refreshHistory(); }, ms * Math.random());
  }

  // The house stops the bidding, and has it go on.
  let frozen = item.dataset.frozen === "1";
  function mindHouse(state) {
    frozen = !frozen;
    if (frozen) standStill(words.stopped, "stopped", state.spread_ms);
    else {
      const left = find("left");
      if (left) left.dataset.endsAtMs = state.ends_at_ms;
      mayBid(true);
      if (!typing()) showAnew("resumed", state.spread_ms);
    }
  }

  // The page is made anew to show the result, but never under somebody's typing fingers, and not
  // for ever should the outcome be slow to arrive.
  function standStill(word, why, spreadMs) {
    speak(word);
    delete find("left")?.dataset.endsAtMs;
    put("left", word);
    mayBid(false);
    if (!typing()) showAnew(why, spreadMs);
  }
  const typing = () => Boolean(find("bid-form")?.elements.maximum.value);
  function mayBid(may) {
    const button = find("bid-form")?.querySelector("button");
    if (button) button.disabled = !may;
  }
  function showAnew(why, spreadMs) {
    const key = `gavel-${why}-${location.pathname}`;
    const times = Number(sessionStorage.getItem(key) || 0);
    if (times > 4) return;
    sessionStorage.setItem(key, String(times + 1));
    setTimeout(() => location.reload(), 500 + (1500 + spreadMs) * Math.random());
  }

  // A page that was opened before the start gets its form once that has come.
  let startsAt = Number(item.dataset.startsAtMs);
  function mindStart() {
    if (!startsAt || window.gavel.now() < startsAt) return;
    startsAt = 0;
    showAnew("started", 0);
  }

  // Five minutes, one minute and ten seconds before the end are spoken.
  const spoken = new Set();
  function speakTime() {
    const left = find("left");
    if (!left) return;
    const seconds = (Number(left.dataset.endsAtMs) - window.gavel.now()) / 1000;
    for (const mark of [300, 60, 10]) {
      if (seconds <= mark && seconds > mark - 3 && !spoken.has(mark)) {
        spoken.add(mark);
        speak(`${left.textContent} ${words.left}`);
      }
    }
  }

  let lostSince = null;
  let notice = null;
  function lost() {
    if (lostSince) return;
    lostSince = clock();
    notice = setTimeout(() => {
      const paused = find("paused");
      paused.textContent = `${words.paused} ${lostSince}`;
      paused.hidden = false;
    }, 3000);
  }
  function found() {
    clearTimeout(notice);
    lostSince = null;
    find("paused").hidden = true;
  }

  // One stream at most. The first message of each is the state as it is then.
  let source = null;
  let again = null;
  let heardAt = 0;
  let speaks = false; // a proxy may open a stream and keep what comes: it is live once it says so
  const heard = () => { heardAt = performance.now(); speaks = true; found(); };
  function close() {
    clearTimeout(again);
    source?.close();
  }
  function open() {
    close();
    heardAt = performance.now();
    speaks = false;
    source = new EventSource(`${item.dataset.stream}&since=${version}`);
    source.onmessage = (event) => { heard(); show(JSON.parse(event.data)); };
    source.addEventListener("maintenance", (event) => {
      heard();
      window.gavel.showMaintenance(JSON.parse(event.data));
    });
    source.addEventListener("clock", (event) => {
      heard();
      window.gavel.setServerNow(Number(event.data));
    });
    source.onerror = () => {
      lost();
      speaks = false;
      // The browser comes back by itself after a cut, but gives up after a refusal.
      if (source.readyState === EventSource.CLOSED) {
        again = setTimeout(open, 5000 + 5000 * Math.random());
      }
    };
  }
  // The server says something every 15 s: a stream that is silent has died without a word, as
  // when a network is left. One that does not open waits behind others: a browser opens six at a
  // time. Until one speaks the page itself is asked.
  function mind() {
    if (!source) return;
    const silent = performance.now() - heardAt;
    if (speaks && source.readyState === EventSource.OPEN) {
      if (silent < 40000) return;
      lost();
      open();
    } else if (silent > 5000) {
      lost();
      lookAgain();
    }
  }

  let looking = false;
  let lookedAt = 0;
  async function lookAgain() {
    if (looking || performance.now() - lookedAt < 10000) return;
    looking = true;
    lookedAt = performance.now();
    const page = await window.gavel.read(location.pathname);
    if (page) showPage(new DOMParser().parseFromString(page, "text/html"));
    looking = false;
  }
  function showPage(page) {
    const fresh = page.getElementById("item");
    if (!fresh || Number(fresh.dataset.version) <= version) return;
    version = Number(fresh.dataset.version);
    for (const id of ["price-label", "price", "minimum", "bid-count", "reserve"]) {
      const text = page.getElementById(id)?.textContent;
      if (text && put(id, text) && id === "price") speak(`${words.price}: ${text}`);
    }
    for (const id of ["buy-now", "buy-now-price"]) if (!page.getElementById(id)) find(id)?.remove();
    const end = Number(page.getElementById("left")?.dataset.endsAtMs);
    if (end && end !== endsAt) moveEnd(end);
    refreshStanding();
    refreshHistory();
    if (fresh.dataset.closed === "1") standStill(words.ended, "ended", 0);
  }

  // A tab that nobody looks at leaves its place to those that are looked at.
  let leaving = null;
  function mindSight() {
    clearTimeout(leaving);
    if (document.hidden) leaving = setTimeout(() => { close(); source = null; }, 5000);
    else if (!source) open();
  }

  if (item.dataset.closed === "1") return;
  setInterval(speakTime, 1000);
  setInterval(mindStart, 1000);
  if (!item.dataset.stream) return; // nobody streams: the page is as it was when it was loaded
  open();
  setInterval(mind, 5000);
  document.addEventListener("visibilitychange", mindSight);
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
})();
