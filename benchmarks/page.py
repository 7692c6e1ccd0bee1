"""Compare lesson 03 in JupyterLite and in a local JupyterLab: times for kernel, all cells and controls.

    python -m benchmarks.page LITE            (a folder that `samarkand site --lite` has made: its lite/)
    python -m benchmarks.page LITE BEFORE     (and another such folder: the two in turns, and the quotients)

Seconds until the kernel answers, and until the last cell; milliseconds from moving a control to its effect,
median and maximum. Needs Chromium and an idle machine; quotients of turns hold beside other work, too.
"""

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from lab.browser import CHROMIUM, READY, WHOLE, installed, playwright
from lab.server import lab, serve

from samarkand.lab import copies

LESSON = "lessons/03_the_sco.ipynb"
RUN = "async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
MOVE = Path(__file__).with_name("move.js").read_text(encoding="utf-8")


#: How often two pages take turns.
TURNS = 5


def open_and_run(page: Any, address: str) -> tuple[float, float]:
    """Open the lesson and run it; return the seconds to the kernel, and to the last cell."""
    page.set_default_timeout(300_000)
    began = time.monotonic()
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.content?.widgets?.length > 3")
    page.evaluate(READY)
    kernel = time.monotonic() - began
    page.evaluate(RUN)
    return kernel, time.monotonic() - began


def visit(context: Any, address: str) -> str:
    """Open the lesson, run it, move its controls; return the times as text."""
    page = context.new_page()
    kernel, lesson = open_and_run(page, address)
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
            chromium = next(filter(None, map(shutil.which, WHOLE)), None)
            browser = playwright().chromium.launch(executable_path=chromium, args=list(CHROMIUM))
            for name, address in ways.items():
                with browser.new_context(viewport={"width": 1400, "height": 4000}) as context:
                    for number in ("first", "second"):
                        print(f"{name:5} {number:6} {visit(context, address)}", flush=True)


def compare(lite: Path, before: Path) -> None:
    """Print the times of two pages that take turns, and the medians of their quotients."""
    took: dict[str, list[tuple[float, ...]]] = {"page": [], "before": []}
    browser = playwright().chromium.launch(executable_path=installed(), args=list(CHROMIUM))
    with serve(lite, []) as page, serve(before, []) as other:
        for turn in range(TURNS):
            ways = [("page", page), ("before", other)]
            for name, address in ways if turn % 2 else reversed(ways):
                times: tuple[float, ...] = ()
                with browser.new_context(viewport={"width": 1400, "height": 4000}) as context:
                    for _ in ("first", "second"):
                        tab = context.new_page()
                        times += open_and_run(tab, f"{address}/lab/index.html?path=my_work/{LESSON}")
                        tab.close()
                took[name].append(times)
                print(f"{name:6}", *(f"{one:5.1f}" for one in times), flush=True)
    what = ("first kernel", "first all cells", "second kernel", "second all cells")
    for number, words in enumerate(what):
        pairs = zip(took["page"], took["before"], strict=True)
        quotients = [mine[number] / theirs[number] for mine, theirs in pairs]
        print(f"{words:16} {statistics.median(quotients):.2f} ({min(quotients):.2f} to {max(quotients):.2f})")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        compare(*map(Path, sys.argv[1:3]))
    else:
        main(Path(sys.argv[1]))
