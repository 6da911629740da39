// Colours of a theme: the picker and the field beside it follow each other, and the contrast follows both.
"use strict";
{
  const isColour = (text) => /^#[0-9a-f]{6}$/i.test(text);
  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  // The relative luminance of WCAG 2.2.
  const luminance = (colour) => [[1, 0.2126], [3, 0.7152], [5, 0.0722]]
    .reduce((sum, [start, weight]) => sum + weight * channel(parseInt(colour.slice(start, start + 2), 16) / 255), 0);
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((left, right) => left - right);
    return (light + 0.05) / (dark + 0.05);
  };
  const showContrast = (line, colour) => {
    const words = line.querySelector("[data-cms-ratio]");
    const ratio = isColour(colour) ? contrast(colour, line.dataset.cmsSurface) : null;
    const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
    const number = ratio?.toLocaleString(document.documentElement.lang || undefined, digits);
    words.textContent = ratio === null ? "" : words.dataset.cmsRatio.replace("{}", number);
    line.querySelector("[data-cms-good]").hidden = ratio === null || ratio < Number(line.dataset.cmsLeast);
    line.querySelector("[data-cms-bad]").hidden = ratio === null || ratio >= Number(line.dataset.cmsLeast);
  };
  document.addEventListener("input", ({ target }) => {
    if (target.dataset.cmsColour) {
      const field = document.getElementById(target.dataset.cmsColour);
      field.value = target.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      return;
    }
    const picker = target.id && document.querySelector(`[data-cms-colour="${CSS.escape(target.id)}"]`);
    if (!picker) return;
    if (isColour(target.value)) picker.value = target.value.toLowerCase();
    showContrast(picker.closest("[data-cms-surface]"), target.value);
  });
}
