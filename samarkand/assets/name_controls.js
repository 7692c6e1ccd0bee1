// Run once by the heading of an explorer or a form, for the controls of its box, whenever one is drawn or moves.
//
// The sliders of ipywidgets 8 have no accessible name, and those over named stops tell a screen reader the position of a
// stop ("3") where the eye reads its name ("2010"). The line of a form is named by its label alone ("From"), which is the same
// in every form: here it is named by what is asked as well, and marked while something is wrong with it; a choice is named
// by its question. The box is a group of that name, so that several controls are heard as one thing. And keys that move a list or a choice are theirs: JupyterLab would take the arrows to go from cell to
// cell, but leaves alone what bears the attribute below.
const box = this.closest(".widget-vbox");
const put = (element, attribute, text) => {
  if (element && text && element.getAttribute(attribute) !== text) element.setAttribute(attribute, text);
};
const name = () => {
  for (const control of box.querySelectorAll("select, input, textarea, [role=slider], [role=region]"))
    if (!control.dataset.lmSuppressShortcuts) control.dataset.lmSuppressShortcuts = "true";
  for (const slider of box.querySelectorAll(".widget-slider")) {
    const handle = slider.querySelector("[role=slider]");
    const label = slider.querySelector(".widget-label");
    const readout = slider.querySelector(".widget-readout");
    if (!handle || !label || !readout) continue;
    put(handle, "aria-label", label.textContent);
    put(handle, "aria-valuetext", readout.textContent);
  }
  for (const named of box.querySelectorAll("[data-name]")) {
    const field = named.closest(".widget-vbox");
    const line = field.querySelector("input, textarea");
    put(line, "aria-label", named.dataset.name);
    const complaint = field.querySelector("[role=status]");
    put(line, "aria-invalid", String(Boolean(complaint && complaint.textContent)));
  }
  for (const choice of box.querySelectorAll(".widget-radio")) {
    const label = choice.querySelector(".widget-label");
    put(choice.querySelector(".widget-radio-box"), "role", "radiogroup");
    if (label) put(choice.querySelector(".widget-radio-box"), "aria-label", label.title);
  }
};
// Rows of a table and marks of a picture that share a key: choosing one, by hand or with the arrow keys in the list, marks both.
const join = (key) => {
  for (const one of box.querySelectorAll("[data-key]")) {
    const same = one.dataset.key === key;
    if (same) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
    if (one.matches("tr")) one.style.boxShadow = same ? "inset 0 0 0 2px currentcolor" : "";
    else Object.assign(one.style, same ? { stroke: "currentcolor", strokeWidth: 6 } : { stroke: "", strokeWidth: "" });
    const list = same && one.matches("tr") && one.closest("[role=region]");
    if (!list) continue;
    const [row, frame] = [one, list].map((element) => element.getBoundingClientRect());
    list.scrollTop += Math.min(0, row.top - frame.top) + Math.max(0, row.bottom - frame.bottom);
  }
};
const chosen = (event) => {
  const one = event.target.closest("[data-key]");
  if (one) join(one.dataset.key);
};
const moved = (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return; /* shortcuts of the browser and of JupyterLab */
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const rows = [...event.target.querySelectorAll("tr[data-key]")];
  if (!by || !rows.length) return;
  event.preventDefault();
  const at = rows.findIndex((row) => row.hasAttribute("aria-current"));
  join(rows[Math.max(0, Math.min(rows.length - 1, at + by))].dataset.key);
};
if (box) {
  put(box, "role", "group");
  put(box, "aria-label", this.previousElementSibling.textContent);
  box.addEventListener("click", chosen);
  box.addEventListener("keydown", moved);
  new MutationObserver(name).observe(box, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["aria-valuetext"],
  });
  name();
}
