// Sends a draft's photos one by one, made smaller first, and shows them as soon as they are
// prepared. Without this the button sends them all at once.
(() => {
  "use strict";
  const form = document.querySelector("form[data-waiting]");
  if (!form) return;
  const files = form.querySelector("input[type=file]");
  const find = (id) => document.getElementById(id);
  const refused = find("error-photos");
  const uploading = find("uploading");
  const PLENTY = 1_500_000, SIDE = 2400; // bytes; px, more than the largest size that is kept

  // What is smaller already, or can't be read here, goes as it is: the server says what is wrong.
  async function shrunk(file) {
    if (file.size < PLENTY) return file;
    const image = await createImageBitmap(file).catch(() => null);
    if (!image) return file;
    const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
    return small && small.size < file.size ? small : file;
  }

  // Resolves to the page that answers, or to null where none came.
  function post(body) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.responseType = "document";
      request.upload.onprogress = (event) => {
        uploading.querySelector("progress").value = event.loaded / event.total;
      };
      request.onload = () => done(request.response);
      request.onerror = () => done(null);
      request.send(body);
    });
  }

  function complain(html) {
    refused.insertAdjacentHTML("beforeend", html);
    refused.hidden = false;
    files.setAttribute("aria-invalid", "true");
  }
  function forgetComplaints() {
    refused.replaceChildren();
    refused.hidden = true;
    files.removeAttribute("aria-invalid");
  }

  // The list as the server has it now, but for what is being typed into it.
  function showList(page) {
    const fresh = page?.getElementById("your-photos");
    if (!fresh) return;
    const list = find("your-photos");
    const active = list.contains(document.activeElement) ? document.activeElement : null;
    for (const input of list.querySelectorAll("input[type=text]")) {
      const same = fresh.querySelector(`#${CSS.escape(input.id)}`);
      if (same) same.value = input.value;
    }
    list.replaceWith(fresh);
    const again = active && find(active.id);
    if (again) {
      again.focus();
      again.setSelectionRange?.(active.selectionStart, active.selectionEnd);
    }
    mindWaiting();
  }

  async function sendAll() {
    const chosen = [...files.files];
    if (!chosen.length) return;
    files.value = "";
    forgetComplaints();
    uploading.hidden = false;
    for (const [index, file] of chosen.entries()) {
      uploading.querySelector("span").textContent = uploading.dataset.words
        .replace("{n}", index + 1).replace("{count}", chosen.length).replace("{name}", file.name);
      const body = new FormData(form);
      body.set("photos", await shrunk(file), file.name);
      body.set("go", "add");
      const page = await post(body);
      const why = page?.getElementById("error-photos");
      if (!page?.getElementById("your-photos")) {
        const name = document.createElement("span");
        name.textContent = `${file.name} ${uploading.dataset.failed}`;
        complain(name.outerHTML);
      } else if (why && !why.hidden) complain(why.innerHTML);
      showList(page);
      form.dataset.sent = Number(form.dataset.sent) + 1;
    }
    uploading.hidden = true;
  }

  // Asks until the job has prepared all there are.
  let asking = null;
  function mindWaiting() {
    if (find("your-photos").dataset.waiting === "1") asking ??= setTimeout(look, 600);
  }
  async function look() {
    asking = null;
    const page = await window.gavel.read(form.dataset.waiting) === "" // 204: there is something new
      ? await window.gavel.read(form.dataset.page) : null;
    if (page) showList(new DOMParser().parseFromString(page, "text/html"));
    else asking = setTimeout(look, 700);
  }

  files.addEventListener("change", sendAll);
  sendAll(); // chosen before this script was there
  mindWaiting();
})();
