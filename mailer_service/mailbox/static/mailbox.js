// Keeps the list fresh: replaces it when a mail has come. The page works without.
const list = document.getElementById("list");

async function refresh() {
  try {
    const answer = await fetch("/list", { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const old = list.querySelector(".mails");
    const mails = fresh.querySelector(".mails");
    if (old.dataset.newest === mails.dataset.newest) return;
    if (!old.dataset.newest) return location.reload(); // the page said that there is none
    const here = mails.querySelector(`a[href="${location.pathname}"]`);
    if (here) here.setAttribute("aria-current", "page");
    const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    list.replaceChildren(...fresh.body.childNodes);
    if (focused) list.querySelector(`a[href="${focused}"]`)?.focus();
  } catch (error) {
    console.warn("mailbox: not refreshed", error);
  }
}

if (!("still" in list.dataset)) setInterval(refresh, 1500);
