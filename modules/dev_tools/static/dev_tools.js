// Copies the text that a button names; without script the text can be selected.
"use strict";
document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-dev-copy]") : null;
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.devCopy);
  } catch {
    return; // the browser refuses outside of secure pages
  }
  const label = button.querySelector("span") || button;
  const before = label.textContent;
  label.textContent = button.dataset.devCopied;
  const says = document.getElementById("wz-says");
  if (says) says.textContent = button.dataset.devCopied;
  setTimeout(() => { label.textContent = before; }, 1500);
});
