"""Take a screenshot of a lesson in a real JupyterLab: by default the README's, ``docs/lesson.png``.

    python -m tools.lab.picture --lesson drafts/my.ipynb --at sco-map --theme dark --width 700 --out map.png

Your files are not touched: a copy of the lesson runs in a throw-away JupyterLab.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from samarkand.ground.errors import CourseError, unknown
from samarkand.ground.home import ROOT
from tools.author import lessons
from tools.lab import chromium, lab, sheet

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


def take(options: argparse.Namespace) -> None:
    """Take the screenshot, with the cell at the top of the window."""
    (notebook,) = lessons.paths([options.lesson])
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / notebook.name
        copy.write_bytes(notebook.read_bytes())
        with (
            lab(Path(folder), theme=THEMES[options.theme]) as server,
            chromium(server, whole=True) as browser,
            sheet(browser, server, copy.name, width=options.width, height=options.height) as opened,
        ):
            opened.run_all()
            opened.clear_view()
            if options.at not in opened.ids():
                raise unknown("cell", options.at, opened.ids())
            for _ in range(3):  # what comes into sight is laid out only then, and moves the rest
                cell = opened.page.locator(".jp-Notebook .jp-Cell").nth(opened.ids().index(options.at))
                cell.evaluate("cell => cell.scrollIntoView({block: 'start'})")
                opened.settle()
            opened.page.screenshot(path=options.out)


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.lab.picture", description=take.__doc__)
    parser.add_argument("--lesson", default="03", help="number, name or path of a notebook (03)")
    parser.add_argument("--at", metavar="CELL", default="sco-map", help="id of the cell at the top")
    parser.add_argument("--theme", choices=sorted(THEMES), default="light")
    parser.add_argument("--width", type=int, default=1400, help="of the window, in pixels (1400)")
    parser.add_argument("--height", type=int, default=880, help="of the window, in pixels (880)")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "lesson.png", help="the PNG to write")
    try:
        take(parser.parse_args())
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
