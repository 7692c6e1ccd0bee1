"""Compare lesson 03 in JupyterLite and in a local JupyterLab: times for kernel, all cells and controls.

    python -m benchmarks.page LITE      (a folder that `samarkand site --lite` has made: its lite/)

Seconds until the kernel answers, and until the last cell; milliseconds from moving a control to its effect,
median and maximum. Needs Chromium and an idle machine.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from samarkand.jupyter import copies
from tools.lab.browser import CHROMIUM, READY, playwright, program
from tools.lab.server import lab, serve

LESSON = "lessons/03_the_sco.ipynb"
RUN = "async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
#: Move each control of the lesson once; return the milliseconds until each explorer changed.
MOVE = """async () => {
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
}"""


def visit(context: Any, address: str) -> str:
    """Open the lesson, run it, move its controls; return the times as text."""
    page = context.new_page()
    page.set_default_timeout(300_000)
    began = time.monotonic()
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.content?.widgets?.length > 3")
    page.evaluate(READY)
    kernel = time.monotonic() - began
    page.evaluate(RUN)
    lesson = time.monotonic() - began
    page.locator(".jp-OutputArea select").first.wait_for()
    took = [one for one in page.evaluate(MOVE) if one is not None]
    page.close()
    moved = f"{statistics.median(took):.0f} and {max(took):.0f} ms" if took else "no control"
    return f"kernel {kernel:5.1f} s, all cells {lesson:5.1f} s, {len(took)} controls {moved}"


def main(lite: Path) -> None:
    """Print the times of both visits to JupyterLite and to JupyterLab."""
    with tempfile.TemporaryDirectory() as scratch:
        copies.hand_out(Path(scratch, "my_work"))
        with serve(lite) as page, lab(Path(scratch, "my_work")) as local:
            ways = {"page": f"{page}/lab/index.html?path=my_work/{LESSON}"}
            ways["local"] = f"{local.url}lab/tree/{LESSON}?token={local.token}"
            browser = playwright().chromium.launch(executable_path=program(whole=True), args=list(CHROMIUM))
            for name, address in ways.items():
                with browser.new_context(viewport={"width": 1400, "height": 4000}) as context:
                    for number in ("first", "second"):
                        print(f"{name:5} {number:6} {visit(context, address)}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
