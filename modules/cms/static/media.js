// Pictures in forms: the dialog to choose them, sending several at once, and pictures in the text of a page.
"use strict";
(() => {
  if (window.wzMedia) return; // two pickers on a page name this file twice
  window.wzMedia = true;
  const on = (type, selector, handler) =>
    document.addEventListener(type, (event) => {
      const target = event.target instanceof Element ? event.target.closest(selector) : null;
      if (target) handler(event, target);
    });
  const all = (selector, within) => [...within.querySelectorAll(selector)];

  // The dialog: one for the page, outside of all forms, filled with the library each time it opens.
  let take = null;
  let address = "";
  const dialog = () => {
    const known = document.getElementById("cms-picker");
    if (known) return known;
    const made = document.createElement("dialog");
    made.id = "cms-picker";
    made.className = "wz-dialog cms-picker-dialog";
    made.setAttribute("aria-labelledby", "cms-picker-title");
    document.body.append(made);
    return made;
  };
  const load = async (url) => {
    const answer = await fetch(url, { headers: { "HX-Request": "true" } });
    if (!answer.ok) { location.reload(); return; }
    dialog().innerHTML = await answer.text();
  };
  const open = async (url, taking) => {
    take = taking;
    address = url;
    await load(url);
    if (!dialog().open) dialog().showModal();
    dialog().querySelector("[type=search]")?.focus();
  };
  on("submit", "#cms-picker form[role=search]", (event, form) => {
    event.preventDefault();
    const url = new URL(form.action);
    new FormData(form).forEach((value, name) => url.searchParams.set(name, value));
    load(url);
  });
  on("click", "#cms-picker .wz-pages a", (event, link) => { event.preventDefault(); load(link.href); });
  on("click", "[data-cms-pick]", (event, button) => {
    const image = button.querySelector("img");
    const text = button.querySelector("span").textContent;
    take({ id: button.dataset.cmsPick, key: button.dataset.cmsKey, alt: button.dataset.cmsAlt, name: text, image });
    dialog().close();
  });

  // A field: the numbers that are sent follow what is seen.
  const changed = (picker) => {
    const field = picker.querySelector("input, textarea");
    field.value = all("[data-cms-chosen] > [data-cms-id]", picker).map((item) => item.dataset.cmsId).join("\n");
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const put = (picker, chosen) => {
    const list = picker.querySelector("[data-cms-chosen]");
    if (!("cmsMultiple" in picker.dataset)) list.replaceChildren();
    if (list.querySelector(`[data-cms-id="${chosen.id}"]`)) return;
    const item = picker.querySelector("[data-cms-pattern]").content.firstElementChild.cloneNode(true);
    item.dataset.cmsId = chosen.id;
    const image = item.querySelector("img");
    ["src", "width", "height"].forEach((name) => image.setAttribute(name, chosen.image.getAttribute(name)));
    image.alt = chosen.alt;
    item.querySelector("[data-cms-name]").textContent = chosen.name;
    list.append(item);
    changed(picker);
  };
  on("click", "[data-cms-choose]", (event, button) => {
    const picker = button.closest("[data-cms-picker]");
    open(picker.dataset.cmsUrl, (chosen) => { put(picker, chosen); button.focus(); });
  });
  on("click", "[data-cms-drop]", (event, button) => {
    const picker = button.closest("[data-cms-picker]");
    button.closest("[data-cms-id]").remove();
    changed(picker);
    picker.querySelector("[data-cms-choose]")?.focus();
  });
  on("click", "[data-cms-shift]", (event, button) => {
    const item = button.closest("[data-cms-id]");
    const other = button.dataset.cmsShift < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (button.dataset.cmsShift < 0) other.before(item);
    else other.after(item);
    changed(item.closest("[data-cms-picker]"));
    button.focus();
  });

  // The editor: what stands around the selection, and a picture at the cursor.
  const write = (field, before, after = "") => {
    const [start, end] = [field.selectionStart, field.selectionEnd];
    field.setRangeText(before + field.value.slice(start, end) + after, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true }));
    field.focus();
  };
  on("click", "[data-cms-insert]", (event, button) => {
    const field = document.getElementById(button.dataset.cmsInsert);
    const plain = (text) => text.replace(/[[\]\\]/g, "");
    open(button.dataset.cmsUrl, (chosen) => write(field, `![${plain(chosen.alt)}](media:${chosen.key})`));
  });
  on("click", "[data-cms-write]", (event, button) => {
    const [before, after = ""] = button.dataset.cmsWrite.split("|");
    write(document.getElementById(button.dataset.cmsField), before.replace("\\n", "\n"), after);
  });

  // A new page: its address follows the title until somebody writes one of their own.
  let suggested = "";
  const addressOf = (title) => title.toLowerCase().replace(/[äöü]/g, "$&e").replaceAll("ß", "ss").normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 80);
  on("input", "[data-cms-new] [name=title]", (event, title) => {
    const address = title.form.elements.slug;
    if (address.value !== suggested) return;
    suggested = addressOf(title.value);
    address.value = suggested;
  });

  // Sending: a request for each picture, so that each has its own progress and its own answer.
  const send = (form, file, place) => new Promise((resolve) => {
    const line = document.createElement("li");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    const said = document.createElement("span");
    name.textContent = file.name;
    said.textContent = form.dataset.cmsTextSending;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    line.append(name, bar, said);
    place.append(line);
    const data = new FormData(form);
    data.delete("file");
    data.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
    request.addEventListener("loadend", () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* a page that says why not */ }
      const reason = request.status === 413 ? answer.detail || document.body.dataset.wzTextLarge : (answer.errors || [])[0];
      const done = request.status < 300 && (answer.ids || []).length > 0;
      bar.hidden = true;
      said.textContent = done ? form.dataset.cmsTextDone : reason || form.dataset.cmsTextFailed;
      line.classList.add(done ? "cms-sent" : "cms-refused");
      resolve(done);
    });
    request.send(data);
  });
  const sendAll = async (form, files) => {
    const place = form.querySelector("[data-cms-progress]");
    place.replaceChildren();
    const outcomes = [];
    for (const file of files) outcomes.push(await send(form, file, place));
    form.querySelector("[type=file]").value = "";
    if (!outcomes.includes(true)) return;
    if (!form.closest("dialog")) { if (!outcomes.includes(false)) location.assign(form.action); return; }
    const said = place;
    await load(address);
    dialog().querySelector("[data-cms-progress]")?.replaceWith(said);
  };
  on("change", "[data-cms-upload] [type=file]", (event, field) => sendAll(field.form, [...field.files]));
  on("submit", "[data-cms-upload]", (event) => event.preventDefault());
  on("dragover", "[data-cms-upload]", (event, form) => { event.preventDefault(); form.dataset.cmsOver = ""; });
  on("dragleave", "[data-cms-upload]", (event, form) => { delete form.dataset.cmsOver; });
  on("drop", "[data-cms-upload]", (event, form) => {
    event.preventDefault();
    delete form.dataset.cmsOver;
    sendAll(form, [...event.dataTransfer.files]);
  });
})();
