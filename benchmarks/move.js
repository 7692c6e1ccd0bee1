async () => {
  // Move each control of the lesson once; return the milliseconds until each explorer changed.
  const took = [], controls = ["select", "input[type=range]"].map((kind) => `.jp-OutputArea ${kind}`);
  for (const control of document.querySelectorAll(controls)) {
    const box = control.closest(".jp-OutputArea-output");
    const shown = [...box.querySelectorAll(".widget-html, .widget-html-content")];
    if (!shown.length) continue;
    const began = performance.now();
    const done = new Promise((go) => {
      const watch = new MutationObserver(() => { watch.disconnect(); go(performance.now() - began); });
      for (const one of shown) watch.observe(one, { childList: true, subtree: true, characterData: true });
      setTimeout(() => { watch.disconnect(); go(null); }, 3000);
    });
    if (control.tagName === "SELECT") control.selectedIndex = control.selectedIndex ? 0 : 1;
    else control.value = control.valueAsNumber === Number(control.max) ? control.min : control.max;
    for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, { bubbles: true }));
    took.push(await done);
  }
  return took;
}
