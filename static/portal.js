// What the portal adds to pages that work without it. Loaded in the head, so that theme and sidebar never flash.
"use strict";
(() => {
  const root = document.documentElement;
  const store = {
    get: (key) => { try { return localStorage.getItem(`wz-${key}`); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(`wz-${key}`, value); } catch { /* private mode */ } },
  };
  const text = (key) => document.body.dataset[`wzText${key}`] || "";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const on = (type, selector, handler) =>
    document.addEventListener(type, (event) => {
      const target = event.target instanceof Element ? event.target.closest(selector) : null;
      if (target) handler(event, target);
    });

  root.classList.add("wz-js");

  // Theme: the page carries a signed-in person's choice; anonymous ones keep it in the browser.
  const showTheme = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.bsTheme = theme;
    else delete root.dataset.bsTheme;
    all("[data-wz-theme]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.wzTheme === theme)));
  };
  if (root.dataset.wzThemeFrom !== "account" && store.get("theme")) showTheme(store.get("theme"));
  on("click", "[data-wz-theme]", (event, button) => {
    const form = button.form;
    showTheme(button.dataset.wzTheme);
    store.set("theme", button.dataset.wzTheme);
    if (!form) return;
    event.preventDefault();
    fetch(form.action, { method: "POST", body: new FormData(form, button), headers: { "HX-Request": "true" } });
  });

  // Sidebar: collapsed or not, groups open or not, filter.
  if (store.get("sidebar") === "collapsed") root.dataset.wzSidebar = "collapsed";
  on("click", "[data-wz-collapse]", (event, button) => {
    const collapsed = root.dataset.wzSidebar !== "collapsed";
    if (collapsed) root.dataset.wzSidebar = "collapsed";
    else delete root.dataset.wzSidebar;
    store.set("sidebar", collapsed ? "collapsed" : "open");
    button.setAttribute("aria-expanded", String(!collapsed));
  });
  document.addEventListener("toggle", (event) => {
    const group = event.target;
    if (group.dataset?.wzGroup && !group.dataset.wzFiltered) store.set(`group-${group.dataset.wzGroup}`, group.open ? "1" : "0");
  }, true);
  on("input", "[data-wz-filter]", (event, input) => {
    const wanted = input.value.trim().toLocaleLowerCase();
    all("[data-wz-group]").forEach((group) => {
      let shown = 0;
      all("[data-wz-entry]", group).forEach((item) => {
        item.hidden = !item.textContent.toLocaleLowerCase().includes(wanted);
        shown += item.hidden ? 0 : 1;
      });
      group.hidden = shown === 0;
      if (wanted) { group.dataset.wzFiltered = "1"; group.open = true; }
      else setTimeout(() => delete group.dataset.wzFiltered);
    });
  });

  // Dialogs: a link or button names one; without script the link leads to a page that does the same.
  const openDialog = (id) => {
    const dialog = document.getElementById(id);
    if (!(dialog instanceof HTMLDialogElement) || dialog.open) return false;
    dialog.showModal();
    return true;
  };
  on("click", "[data-wz-open]", (event, opener) => {
    if (event.ctrlKey || event.metaKey) return;
    if (openDialog(opener.dataset.wzOpen)) event.preventDefault();
  });
  on("click", "[data-wz-close]", (event, button) => {
    const dialog = button.closest("dialog");
    if (dialog) { event.preventDefault(); dialog.close(); }
  });
  on("click", "dialog", (event, dialog) => { if (event.target === dialog) dialog.close(); });
  document.addEventListener("click", (event) => {
    all("details.wz-menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  // Keyboard: Ctrl-K searches, ? lists the shortcuts, / goes to the list's search, arrows walk through results.
  const typing = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.wz-menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      if (openDialog("palette")) event.preventDefault();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const palette = event.target instanceof Element && event.target.closest(".wz-palette");
    if (palette && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const stops = all("input, .wz-results a", palette);
      const next = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      stops[(next + stops.length) % stops.length]?.focus();
      event.preventDefault();
    }
    if (typing(event.target) || document.body.dataset.wzShortcuts === "off") return;
    if (event.key === "?") openDialog("shortcuts");
    const search = event.key === "/" && document.querySelector("[data-wz-list-search]");
    if (search) { search.focus(); event.preventDefault(); }
  });

  // Forms: warn before typed text is lost; the save bar says so and can discard.
  const guarded = "form[data-wz-unsaved], form[data-unsaved-warning]";
  const dirty = () => document.querySelector("form[data-wz-dirty]");
  on("input", guarded, (event, form) => { form.dataset.wzDirty = ""; });
  on("change", guarded, (event, form) => { form.dataset.wzDirty = ""; });
  // A text that is too long is told at its field before it is sent: `maxlength` would cut what is pasted, silently.
  on("submit", "form", (event, form) => {
    const long = all("[data-wz-longest]", form).find((field) => [...field.value].length > Number(field.dataset.wzLongest));
    if (!long) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    long.setCustomValidity(long.dataset.wzTooLong);
    long.reportValidity();
  });
  on("input", "[data-wz-longest]", (event, field) => field.setCustomValidity(""));
  // What opens a window of its own, such as a preview, saves nothing.
  on("submit", "form", (event, form) => { if (!event.submitter?.formTarget) delete form.dataset.wzDirty; });
  on("reset", guarded, (event, form) => { delete form.dataset.wzDirty; });
  on("click", "[data-wz-discard]", (event, button) => {
    event.preventDefault();
    if (!("wzDirty" in button.form.dataset) || confirm(text("Discard"))) button.form.reset();
  });
  window.addEventListener("beforeunload", (event) => { if (dirty()) event.preventDefault(); });
  on("submit", "form[data-wz-confirm]", (event, form) => {
    if (!confirm(form.dataset.wzConfirm)) { event.preventDefault(); event.stopImmediatePropagation(); }
  });

  // Text to copy: data-wz-copy names its element. Where the browser refuses, outside of secure pages, it is selected.
  on("click", "[data-wz-copy]", async (event, button) => {
    const source = document.getElementById(button.dataset.wzCopy);
    try { await navigator.clipboard.writeText(source.textContent.trim()); } catch { getSelection().selectAllChildren(source); return; }
    button.querySelector("span").textContent = button.dataset.wzCopied;
    say(button.dataset.wzCopied);
  });

  // Fields that only matter for certain answers: data-shown-when names the field, data-shown-values the answers.
  const showConditional = () => all("[data-shown-when]").forEach((part) => {
    const control = (part.closest("form") || document).querySelector(`[name="${CSS.escape(part.dataset.shownWhen)}"]`);
    if (!control) return;
    const value = control.type === "checkbox" ? String(control.checked) : control.value;
    part.hidden = !part.dataset.shownValues.split(/[\s,]+/).includes(value);
  });
  document.addEventListener("change", showConditional);

  // Tables: select all, count, show the bulk bar.
  const countRows = (form) => {
    const rows = all(`input[data-wz-row][form="${form}"]`);
    const chosen = rows.filter((row) => row.checked).length;
    const head = document.querySelector(`[data-wz-select-all="${form}"]`);
    if (head) { head.checked = chosen > 0 && chosen === rows.length; head.indeterminate = chosen > 0 && chosen < rows.length; }
    all(`[data-wz-bulk="${form}"]`).forEach((bar) => {
      bar.hidden = chosen === 0;
      all("[data-wz-chosen]", bar).forEach((place) => { place.textContent = String(chosen); });
      all("[data-wz-everything]", bar).forEach((place) => { place.hidden = chosen < rows.length; });
    });
  };
  on("change", "[data-wz-select-all]", (event, head) => {
    const form = head.dataset.wzSelectAll;
    all(`input[data-wz-row][form="${form}"]`).forEach((row) => { row.checked = head.checked; });
    countRows(form);
  });
  on("change", "input[data-wz-row]", (event, row) => countRows(row.getAttribute("form")));

  // Sortable lists: drag by the handle, or Arrow up and down on it, or the buttons that also work without script.
  const say = (message) => { const place = document.getElementById("wz-says"); if (place) place.textContent = message; };
  const moved = (item) => {
    const place = [...item.parentElement.children].indexOf(item) + 1;
    say(`${item.dataset.wzName || ""} ${place}/${item.parentElement.children.length}`);
    item.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const shift = (item, step) => {
    const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (step < 0) other.before(item);
    else other.after(item);
    moved(item);
  };
  document.addEventListener("keydown", (event) => {
    const handle = event.target instanceof Element && event.target.closest("[data-wz-sortable] .wz-handle");
    if (!handle || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    shift(handle.closest("[data-wz-sortable] > *"), event.key === "ArrowUp" ? -1 : 1);
    handle.focus();
  });
  on("click", "[data-wz-sortable] [data-wz-move]", (event, button) => {
    event.preventDefault();
    shift(button.closest("[data-wz-sortable] > *"), button.dataset.wzMove === "up" ? -1 : 1);
    button.focus();
  });
  on("pointerdown", "[data-wz-sortable] .wz-handle", (event, handle) => {
    const item = handle.closest("[data-wz-sortable] > *");
    const list = item.parentElement;
    item.dataset.wzDragging = "";
    const follow = (move) => {
      const over = [...list.children].find((child) => {
        const box = child.getBoundingClientRect();
        return child !== item && move.clientY > box.top && move.clientY < box.bottom;
      });
      if (!over) return;
      const box = over.getBoundingClientRect();
      if (move.clientY < box.top + box.height / 2) over.before(item);
      else over.after(item);
    };
    // On the document: an element that is moved in the page loses the pointer that it had captured.
    const drop = () => {
      delete item.dataset.wzDragging;
      document.removeEventListener("pointermove", follow);
      ["pointerup", "pointercancel"].forEach((end) => document.removeEventListener(end, drop));
      moved(item);
    };
    document.addEventListener("pointermove", follow);
    ["pointerup", "pointercancel"].forEach((end) => document.addEventListener(end, drop));
  });

  // Toasts: made by the server, or here when a request fails.
  const toast = (message, bad = false, action = null) => {
    const place = document.getElementById("toasts");
    const pattern = document.getElementById("toast-pattern");
    if (!place || !pattern || !message) return;
    const made = pattern.content.firstElementChild.cloneNode(true);
    made.classList.toggle("wz-toast-bad", bad);
    made.querySelector("[data-wz-message]").textContent = message;
    if (action) made.querySelector("[data-wz-message]").after(action);
    place.append(made);
  };
  on("click", "[data-wz-dismiss]", (event, button) => button.closest(".wz-toast, .wz-alert")?.remove());
  const fade = () => all(".wz-toast:not([data-wz-timed])").forEach((one) => {
    one.dataset.wzTimed = "";
    if (one.classList.contains("wz-toast-bad") || one.querySelector("form, a")) return;
    const wait = () => setTimeout(() => (one.matches(":hover, :focus-within") ? wait() : one.remove()), 7000);
    wait();
  });

  // HTMX, both majors: token on each request, and an answer to what is not swapped.
  const reload = () => {
    const link = document.createElement("a");
    link.className = "btn btn-sm";
    link.href = location.href;
    link.textContent = text("Reload");
    return link;
  };
  const failed = (status) => {
    if (status === 401) location.reload();
    else if (status === 419 || status === 400) toast(text("Expired"), true, reload());
    else if (status === 409) toast(text("Conflict"), true, reload());
    else if (status === 403) toast(text("Forbidden"), true);
    else if (status === 404) toast(text("Missing"), true, reload());
    else if (status === 413) toast(text("Large"), true);
    else if (status === 429) toast(text("Slow"), true);
    else if (status === 422) document.querySelector('[aria-invalid="true"]')?.focus();
    else toast(text("Failed"), true);
  };
  const token = () => document.querySelector('meta[name="csrf-token"]')?.content || "";
  document.addEventListener("htmx:config:request", (event) => { event.detail.ctx.request.headers["X-CSRFToken"] = token(); });
  document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = token(); });
  document.addEventListener("htmx:response:error", (event) => {
    const answer = event.detail.ctx.response;
    if ((event.detail.ctx.text || "").includes("wz-toast")) return;
    if (!answer.headers.get("HX-Redirect") && !answer.headers.get("HX-Location")) failed(answer.status);
  });
  document.addEventListener("htmx:responseError", (event) => failed(event.detail.xhr.status));
  document.addEventListener("htmx:error", (event) => { if (!event.detail.ctx?.response) failed(0); });
  document.addEventListener("htmx:sendError", () => failed(0));

  // Session: say two minutes before its end that it ends, with a button to stay; all tabs know the latest end.
  const note = () => document.querySelector("[data-wz-session-note]");
  const stay = () => {
    const button = document.createElement("button");
    button.className = "btn btn-sm";
    button.textContent = text("Stay");
    button.addEventListener("click", async () => {
      const answer = await fetch(document.body.dataset.wzSessionUrl, { method: "POST", headers: { "X-CSRFToken": token() } }).catch(() => null);
      if (!answer?.ok) return failed(answer?.status || 0);
      store.set("session-ends", String((await answer.json()).ends_at * 1000));
      note()?.remove();
    });
    return button;
  };
  const watchSession = () => {
    const ends = Number(document.body.dataset.wzSessionEnds || 0) * 1000;
    if (!ends) return;
    store.set("session-ends", String(ends));
    setInterval(() => {
      const left = Number(store.get("session-ends")) - Date.now();
      if (left >= 120000) note()?.remove();
      else if (left > 0 && !note()) {
        toast(text("Session"), true, stay());
        document.querySelector("#toasts > :last-child")?.setAttribute("data-wz-session-note", "");
      }
    }, 15000);
  };

  // The menu opens where the page at hand stands, and stays there when a toggle replaces it.
  const reveal = () => {
    const menu = document.querySelector("#sidebar .wz-nav");
    const here = menu?.querySelector("a[aria-current]")?.getBoundingClientRect();
    if (!here?.height) return;
    const seen = menu.getBoundingClientRect();
    if (here.top < seen.top || here.bottom > seen.bottom) menu.scrollTop += here.top - seen.top - seen.height / 2;
  };

  let menuPlace = 0;
  document.addEventListener("scroll", (event) => {
    if (event.target instanceof Element && event.target.matches("#sidebar .wz-nav")) menuPlace = event.target.scrollTop;
  }, true);

  const arrange = () => {
    const menu = document.querySelector("#sidebar .wz-nav");
    if (menu) menu.scrollTop = menuPlace;
    all("[data-wz-group]").forEach((group) => {
      if (store.get(`group-${group.dataset.wzGroup}`) === "0" && !group.querySelector("[aria-current]")) group.open = false;
    });
    all("[data-wz-collapse]").forEach((b) => b.setAttribute("aria-expanded", String(root.dataset.wzSidebar !== "collapsed")));
    all("[data-wz-bulk]").forEach((bar) => countRows(bar.dataset.wzBulk));
    all("dialog[data-wz-show]:not([open])").forEach((dialog) => dialog.showModal());
    fade();
  };
  document.addEventListener("DOMContentLoaded", () => {
    if (root.dataset.wzThemeFrom !== "account") showTheme(store.get("theme") || root.dataset.bsTheme || "system");
    document.querySelector("[data-wz-summary], [data-focus]")?.focus();
    showConditional();
    watchSession();
    arrange();
    reveal();
    all(".wz-tabs [aria-current]").forEach((tab) => { tab.closest(".wz-tabs").scrollLeft = tab.offsetLeft - tab.closest(".wz-tabs").offsetLeft - 24; });
    document.addEventListener("toggle", (event) => { if (event.target.id === "sidebar") reveal(); }, true);
    new MutationObserver(fade).observe(document.getElementById("toasts") || document.body, { childList: true });
    document.addEventListener("htmx:after:swap", arrange);
    document.addEventListener("htmx:afterSwap", arrange);
  });
})();
