// Asks the browser for a passkey where a form wants its answer (WebAuthn, 5.1): fetches what to ask,
// and sends the form with what the device answered.
(() => {
  "use strict";
  if (!window.PublicKeyCredential) return;

  const bytes = (text) => {
    const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(binary, (char) => char.charCodeAt(0));
  };
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  function decoded(asked) {
    const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
    const options = { ...asked, challenge: bytes(asked.challenge) };
    if (asked.user) options.user = { ...asked.user, id: bytes(asked.user.id) };
    if (asked.excludeCredentials) options.excludeCredentials = known(asked.excludeCredentials);
    if (asked.allowCredentials) options.allowCredentials = known(asked.allowCredentials);
    return options;
  }

  function encoded({ id, rawId, type, response }) {
    const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const said = parts.filter((name) => response[name]).map((name) => [name, text(response[name])]);
    return JSON.stringify({ id, type, rawId: text(rawId), response: Object.fromEntries(said) });
  }

  async function answer(form) {
    const asked = await fetch(form.dataset.options, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
    });
    const options = await asked.json();
    if (!asked.ok) throw new RangeError(options.title);
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey: decoded(options) });
    form.elements.credential.value = encoded(credential);
    for (const field of form.querySelectorAll("input[type=password]")) field.value = "";
    form.submit();
  }

  for (const note of document.querySelectorAll("[data-without-passkeys]")) note.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    const problem = form.querySelector("[role=alert]");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      problem.textContent = "";
      // What the server says against it is in its words; whatever else went wrong, in the page's.
      answer(form).catch((error) => {
        problem.textContent = error instanceof RangeError ? error.message : form.dataset.failed;
      });
    });
  }
})();
