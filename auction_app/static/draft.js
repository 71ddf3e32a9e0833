// Saves a draft as it is typed. Without this the buttons do.
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const saved = document.getElementById("saved");
  let timer = null;

  const time = () => new Intl.DateTimeFormat(document.documentElement.lang, {
    timeStyle: "short" }).format(new Date());

  async function save() {
    timer = null;
    const data = new FormData(form);
    data.delete("photos");
    const answer = await fetch(form.action, {
      method: "POST", body: data, headers: { "X-Autosave": "1" } }).catch(() => null);
    saved.textContent = answer && answer.status === 204
      ? `${saved.dataset.saved} ${time()}` : saved.dataset.failed;
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, 600);
  }
  form.addEventListener("input", (event) => { if (event.target.type !== "file") later(); });
  form.addEventListener("submit", () => clearTimeout(timer));
  // Who types before this script is there is not forgotten.
  const typed = ({ type, value, defaultValue }) =>
    ["text", "textarea", "datetime-local"].includes(type) && value !== defaultValue;
  if ([...form.elements].some(typed)) later();
})();
