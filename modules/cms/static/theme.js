// Colours of a theme: the picker and the field beside it follow each other; the contrast is that of what was stored, and goes.
"use strict";
document.addEventListener("input", ({ target }) => {
  if (target.dataset.cmsColour) {
    const field = document.getElementById(target.dataset.cmsColour);
    field.value = target.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return;
  }
  const picker = target.id && document.querySelector(`[data-cms-colour="${CSS.escape(target.id)}"]`);
  if (!picker) return;
  if (/^#[0-9a-f]{6}$/i.test(target.value)) picker.value = target.value.toLowerCase();
  picker.parentElement.querySelector("span")?.remove();
});
