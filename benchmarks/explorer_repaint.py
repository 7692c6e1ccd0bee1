"""How long each ready-made explorer takes from a key on its control until JupyterLab has drawn the answer.

    python benchmarks/explorer_repaint.py [--rounds N]

The time covers the whole way: browser, server, kernel, the explorer's ``render``, and back until the frame
is drawn. The benchmark starts its own JupyterLab in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

LIMIT_MS = 60.0  # what a person perceives as immediate
#: What a key can move, and the keys that move it forward and back.
CONTROL = ".jp-OutputArea-output :is([role=slider], select, input[type=text])"
KEYS = {"DIV": ("ArrowRight", "ArrowLeft"), "SELECT": ("ArrowDown", "ArrowUp"), "INPUT": ("a", "Backspace")}
#: Times one step in a cell, from the key to the frame that shows the changed card and the task after it.
LISTEN = """
cell => {
  const card = [...cell.querySelectorAll(".widget-html-content")].at(-1);
  window.took = [];
  let began = 0;
  document.onkeydown = () => { began = performance.now(); };
  window.seen?.disconnect();
  window.seen = new MutationObserver(() => requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => window.took.push(performance.now() - began);
    after.port2.postMessage(0);
  }));
  window.seen.observe(card, { childList: true, subtree: true, characterData: true });
}
"""


def explorers() -> list[str]:
    """Return the names of the ready-made explorers."""
    from samarkand import explore
    from samarkand.ground import rooms

    made = [name for name in rooms.offers("samarkand.explore") if name.islower()]
    return [name for name in made if isinstance(getattr(explore, name)(), explore.Explorer)]


def measure(names: list[str], rounds: int) -> dict[str, list[float]]:
    """Return for each explorer the milliseconds of several steps, each started on a quiet page."""
    from nbformat.v4 import new_code_cell, new_notebook

    from samarkand.course import normal_form
    from tools.lab import chromium, lab, sheet

    took: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        cells = [new_code_cell(f"from samarkand import explore\nexplore.{name}()") for name in names]
        notebook = normal_form.normalise(new_notebook(cells=cells))
        (Path(folder) / "explorers.ipynb").write_text(normal_form.text(notebook), encoding="utf-8")
        with (
            lab(Path(folder)) as server,
            chromium(server) as browser,
            sheet(browser, server, "explorers.ipynb") as opened,
        ):
            opened.run_all()
            for number, name in enumerate(names):
                cell = opened.page.locator(".jp-CodeCell").nth(number)
                handle = cell.locator(CONTROL).first
                handle.wait_for()
                handle.focus()
                there, back = KEYS[handle.evaluate("element => element.tagName")]
                cell.evaluate(LISTEN)
                for done in range(rounds):
                    opened.page.keyboard.press(there if done % 2 == 0 else back)
                    opened.page.wait_for_function("done => window.took.length > done", arg=done)
                    opened.settle()
                took[name] = sorted(float(ms) for ms in opened.page.evaluate("window.took"))
    return took


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a line for programs and one for people; return 1 if the limit is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20, help="steps of each explorer (20)")
    took = measure(explorers(), parser.parse_args(arguments).rounds)
    middle = {name: round(statistics.median(ms), 1) for name, ms in took.items()}
    late = {name: round(ms[int(len(ms) * 0.95)], 1) for name, ms in took.items()}
    within = max(middle.values()) <= LIMIT_MS
    figures = {"limit_ms": LIMIT_MS, "median_ms": middle, "p95_ms": late, "within": within}
    print(json.dumps({"benchmark": "explorer_repaint", **figures}))
    for name in took:
        print(f"{name} has drawn its answer after {middle[name]:.0f} ms (95 % within {late[name]:.0f} ms).")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
