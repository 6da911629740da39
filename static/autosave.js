// A form with data-wz-autosave saves by itself to that address, and tells how it goes where data-wz-autosave-note stands.
// The answer is JSON: what to say, and HTML of parts with an id and data-wz-fresh that take the place of those in the page.
"use strict";
(() => {
  const form = document.querySelector("form[data-wz-autosave]");
  const note = form?.querySelector("[data-wz-autosave-note]");
  if (!note) return;
  const LONGEST_WAIT = 60000;
  const LONGEST_HOLD = 5000;
  const LARGEST_PARTING = 50000; // of what browsers send once the page is gone they take 64 KB
  let [timer, tries, running, flight] = [0, 0, null, null];
  let [resting, ended, leaving, passing] = [false, false, false, false];

  // What a person has entered, without what the page itself puts into the form.
  const entered = () => {
    const data = new FormData(form);
    ["csrf_token", ...[...form.querySelectorAll("input[data-wz-fresh]")].map((part) => part.name)].forEach((name) => data.delete(name));
    return new URLSearchParams(data).toString();
  };
  let saved = "wzDirty" in form.dataset ? null : entered(); // somebody was quicker than this file
  let told = "";
  const isPending = () => !leaving && entered() !== saved;

  const show = (state, text, ...more) => {
    const before = form.dataset.wzAutosaveState;
    form.dataset.wzAutosaveState = state;
    note.replaceChildren(text, ...more);
    const says = document.getElementById("wz-says");
    if (says && (state === "failed" || (state === "saved" && before === "failed" && text))) says.textContent = text;
  };
  const fail = (reason, ...more) => show("failed", note.dataset.wzFailed.replace("{}", reason), ...more);

  const plan = () => {
    clearTimeout(timer);
    if (resting || ended || leaving) return;
    const wait = Number(form.dataset.wzAutosaveDelay || 3000) * 2 ** tries;
    timer = setTimeout(save, Math.min(wait, LONGEST_WAIT));
  };
  const save = () => (running ||= send().finally(() => { running = null; }));
  const send = async () => {
    clearTimeout(timer);
    if (!isPending() || resting || ended) return;
    const sent = entered();
    if (tries === 0) show("saving", note.dataset.wzSaving);
    flight = new AbortController();
    let answer = null;
    try {
      answer = await fetch(form.dataset.wzAutosave, {
        method: "POST", body: new FormData(form), headers: { Accept: "application/json" },
        keepalive: sent.length < LARGEST_PARTING, signal: flight.signal,
      });
    } catch { /* told below */ }
    if (leaving) return;
    const said = await answer?.json().catch(() => null);
    if (answer?.ok && said?.html) succeed(sent, said);
    else refuse(answer?.status || 0, said || {});
  };
  const succeed = (sent, said) => {
    [saved, told, tries] = [sent, said.says, 0];
    renew(said.html);
    changed();
  };
  const refuse = (status, said) => {
    if (status === 422) fail(reasons(said));
    else if ([400, 401, 419].includes(status)) { ended = true; fail(note.dataset.wzEnded, " ", signIn()); }
    else if ([403, 404, 409, 413].includes(status)) { resting = true; fail(said.detail || said.title); }
    else { tries += 1; fail(note.dataset.wzAway); plan(); }
  };
  const reasons = (said) => Object.entries(said.errors || {}).map(([name, texts]) => {
    const label = form.elements.namedItem(name)?.labels?.[0]?.textContent.trim();
    return (label ? `${label}: ` : "") + texts.join(" ");
  }).join(" ") || said.detail;

  // Parts that somebody is in, or has typed into, stay, and take only what they carry unseen.
  const isInUse = (part) => part.contains(document.activeElement)
    || [...part.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value !== field.defaultValue);
  const renew = (html) => {
    const answer = new DOMParser().parseFromString(html, "text/html");
    answer.querySelectorAll("[data-wz-fresh]").forEach((fresh) => {
      const part = document.getElementById(fresh.id);
      if (!part) return;
      if (!isInUse(part)) { part.replaceWith(fresh); window.htmx?.process(fresh); return; }
      part.querySelectorAll("input[type=hidden]").forEach((field) => {
        const newer = fresh.querySelector(`input[type=hidden][name="${CSS.escape(field.name)}"]`);
        if (newer) field.value = newer.value;
      });
    });
  };

  // Who has signed in again, in another window, goes on here with the token of the new session.
  const signIn = () => {
    const link = document.createElement("a");
    [link.href, link.target, link.textContent] = [note.dataset.wzSignInUrl, "_blank", note.dataset.wzSignIn];
    return link;
  };
  const revive = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector('meta[name="csrf-token"]')?.content;
    if (!token) return;
    document.querySelector('meta[name="csrf-token"]').content = token;
    document.querySelectorAll("input[name=csrf_token]").forEach((field) => { field.value = token; });
    ended = false;
    await save();
  };

  const changed = () => {
    if (resting || ended) return;
    if (!isPending()) { clearTimeout(timer); show("saved", told); delete form.dataset.wzDirty; return; }
    if (tries === 0) show("changed", note.dataset.wzChanged);
    plan();
  };
  // On the document, and so after what marks the form as unsaved.
  ["input", "change"].forEach((type) => document.addEventListener(type, (event) => { if (event.target.form === form) changed(); }));
  form.addEventListener("reset", () => setTimeout(changed));
  if (saved === null) changed();
  window.addEventListener("online", () => { tries = 0; save(); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
    else if (ended) revive();
  });
  window.addEventListener("pageshow", (event) => {
    leaving = false;
    if (event.persisted && !isPending()) location.reload();
  });

  // Whoever goes on from here, by a link or another form, goes on with what was written: it is saved first.
  const isHeld = () => !passing && !resting && !ended && isPending();
  const hold = async (event, go) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const saving = save().then(save); // a second time for what was typed while one was on its way
    await Promise.race([saving, new Promise((done) => { setTimeout(done, LONGEST_HOLD); })]);
    passing = true;
    go();
    passing = false;
  };
  document.addEventListener("submit", (event) => {
    const sent = event.target;
    if (sent !== form) { if (isHeld()) hold(event, () => sent.requestSubmit(event.submitter)); return; }
    if (ended && !event.submitter?.formTarget) {
      event.preventDefault();
      event.stopImmediatePropagation();
      revive().then(() => { if (!ended) form.requestSubmit(event.submitter); });
    }
  }, true);
  // After all that may refuse to send it.
  document.addEventListener("submit", (event) => {
    if (event.target !== form || event.defaultPrevented || event.submitter?.formTarget) return;
    clearTimeout(timer);
    leaving = true;
    flight?.abort();
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    const isPlain = link && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!isPlain || link.target || link.hasAttribute("download") || link.origin !== location.origin || link.hash) return;
    if (isHeld()) hold(event, () => link.click());
  }, true);
})();
