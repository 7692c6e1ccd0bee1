// Run once by an explorer's heading. The sliders of ipywidgets 8 have no accessible name, and those over named stops tell
// a screen reader the position of a stop ("3") where the eye reads its name ("2010"). Both are put right here, for the
// sliders of this box, whenever one is drawn or moves. And keys that move a list or a choice are theirs: JupyterLab
// would take the arrows to go from cell to cell, but leaves alone what bears the attribute below.
const box = this.closest(".widget-vbox");
const name = () => {
  for (const control of box.querySelectorAll("select, input, textarea, [role=slider]"))
    if (!control.dataset.lmSuppressShortcuts) control.dataset.lmSuppressShortcuts = "true";
  for (const slider of box.querySelectorAll(".widget-slider")) {
    const handle = slider.querySelector("[role=slider]");
    const label = slider.querySelector(".widget-label");
    const readout = slider.querySelector(".widget-readout");
    if (!handle || !label || !readout) continue;
    for (const [attribute, text] of [["aria-label", label.textContent], ["aria-valuetext", readout.textContent]]) {
      if (text && handle.getAttribute(attribute) !== text) handle.setAttribute(attribute, text);
    }
  }
};
if (box) {
  new MutationObserver(name).observe(box, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["aria-valuetext"],
  });
  name();
}
