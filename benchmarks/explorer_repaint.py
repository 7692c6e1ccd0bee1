"""How long an explorer takes from a key on its slider until JupyterLab has drawn the answer.

    python benchmarks/explorer_repaint.py [--rounds N]

The whole way counts: browser, server, kernel, the explorer's ``render``, and back until the frame is drawn.
The lab is one of its own, in a folder that is thrown away.
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

EXPLORER = "from samarkand import explore\nexplore.first_slider()"
LIMIT_MS = 60.0  # what a person takes as at once
#: Times one step: from the key to the frame, and the task after it, that shows a changed card.
LISTEN = """
() => {
  const card = [...document.querySelectorAll(".widget-html-content")].at(-1);
  window.took = [];
  let began = 0;
  document.addEventListener("keydown", () => { began = performance.now(); }, true);
  new MutationObserver(() => requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => window.took.push(performance.now() - began);
    after.port2.postMessage(0);
  })).observe(card, { childList: true, subtree: true, characterData: true });
}
"""


def measure(rounds: int) -> list[float]:
    """Return the milliseconds of so many steps, each from a quiet page."""
    from nbformat.v4 import new_code_cell, new_notebook

    from samarkand.course import normal_form
    from samarkand.course.lab import chromium, lab, sheet

    with tempfile.TemporaryDirectory() as folder:
        notebook = normal_form.normalise(new_notebook(cells=[new_code_cell(EXPLORER)]))
        (Path(folder) / "explorer.ipynb").write_text(normal_form.text(notebook), encoding="utf-8")
        with (
            lab(Path(folder)) as server,
            chromium(server) as browser,
            sheet(browser, server, "explorer.ipynb") as opened,
        ):
            opened.run_all()
            page = opened.page
            handle = page.locator(".widget-slider [role=slider]").first
            handle.wait_for()
            page.evaluate(LISTEN)
            handle.focus()
            for done in range(rounds):
                page.keyboard.press("ArrowLeft" if done % 10 < 5 else "ArrowRight")
                page.wait_for_function("done => window.took.length > done", arg=done)
                opened.settle()
            return [float(ms) for ms in page.evaluate("window.took")]


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a line for a machine and one for people; return 1 if the limit is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40, help="steps of the slider (40)")
    took = sorted(measure(parser.parse_args(arguments).rounds))
    middle, late = statistics.median(took), took[int(len(took) * 0.95)]
    within = middle <= LIMIT_MS
    figures = {"median_ms": round(middle, 1), "p95_ms": round(late, 1), "within": within}
    print(json.dumps({"benchmark": "explorer_repaint", "rounds": len(took), "limit_ms": LIMIT_MS, **figures}))
    print(f"An explorer's answer is on the screen after {middle:.0f} ms (median; 95 % within {late:.0f} ms).")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
