"""Take screenshots of a lesson in a real JupyterLab: the README's, or a whole lesson.

    python -m tools.lab.picture                               docs/lesson.png, the README's picture
    python -m tools.lab.picture --lesson 01 --all-cells --out /tmp/look/01.png    01-1.png, 01-2.png, ...
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
from tools.lab import Sheet, chromium, lab, sheet

#: The path of the README's picture, and the cell at its top.
README_PICTURE, README_LESSON, README_CELL = ROOT / "docs" / "lesson.png", "03", "sco-map"
LARGEST, README_HEIGHT = 300_000, 880
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


def scroll_to(opened: Sheet, cell: str) -> None:
    """Bring the cell with this id to the top of the notebook's window."""
    ids = opened.ids()
    if cell not in ids:
        raise unknown("cell", cell, ids)
    for _ in range(3):  # what comes into sight is laid out only then, and moves the rest
        opened.page.locator(".jp-Notebook .jp-Cell").nth(ids.index(cell)).evaluate(
            "cell => cell.scrollIntoView({block: 'start'})"
        )
        opened.settle()


def one(opened: Sheet, out: Path, cell: str | None) -> list[Path]:
    """Take a screenshot of the window with a cell at its top; return its path in a list."""
    if cell:
        scroll_to(opened, cell)
    opened.page.screenshot(path=out)
    return [out]


def whole(opened: Sheet, out: Path) -> list[Path]:
    """Take screenshots of the whole lesson, each beginning with a cell if possible; return their paths."""
    page = opened.page
    scroller = page.locator(".jp-WindowedPanel-outer").first
    taken: list[Path] = []
    at, end = 0.0, 2.0
    while at < end - 1:
        scroller.evaluate("(box, to) => { box.scrollTop = to; }", at)
        opened.settle()
        # Measured at each window: what comes into sight is laid out only then.
        view, *tops, end = scroller.evaluate(
            """box => {
                const down = (cell, edge) =>
                    cell.getBoundingClientRect()[edge] - box.getBoundingClientRect().top + box.scrollTop;
                const cells = [...box.querySelectorAll('.jp-Cell')];
                const tops = cells.map(cell => down(cell, 'top'));
                return [box.clientHeight, ...tops, down(cells.at(-1), 'bottom')];
            }"""
        )
        picture = out.with_name(f"{out.stem}-{len(taken) + 1:02d}.png")
        scroller.screenshot(path=picture)
        taken.append(picture)
        if at + view >= end:
            break
        # The next window begins with the last cell that begins in this one, unless that is too small a step.
        starts = [top for top in tops if at + view / 2 < top <= at + view]
        at = starts[-1] if starts and starts[-1] + 1 < end else at + view
    return taken


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.lab.picture", description="Take pictures of a lesson in a real JupyterLab."
    )
    parser.add_argument("--lesson", default=README_LESSON, help="number, name or path of a notebook (03)")
    parser.add_argument("--at", metavar="CELL", help="id of the cell at the top of the picture")
    parser.add_argument(
        "--all-cells", action="store_true", help="the whole lesson, in as many pictures as needed"
    )
    parser.add_argument("--theme", choices=sorted(THEMES), default="light")
    parser.add_argument("--width", type=int, default=1400, help="of the window, in pixels (1400)")
    parser.add_argument("--height", type=int, help="of the window, in pixels (1000; the README's 880)")
    parser.add_argument("--out", type=Path, help="the PNG to write (docs/lesson.png)")
    options = parser.parse_args(arguments)
    readme = options.out is None
    height = options.height or (README_HEIGHT if readme else 1000)
    out = (options.out or README_PICTURE).resolve()
    cell = options.at or (README_CELL if readme and not options.all_cells else None)
    try:
        (notebook,) = lessons.paths([options.lesson])
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / notebook.name
            copy.write_bytes(notebook.read_bytes())
            with (
                lab(Path(folder), theme=THEMES[options.theme]) as server,
                chromium(server, whole=True) as browser,
                sheet(browser, server, copy.name, width=options.width, height=height) as opened,
            ):
                opened.run_all()
                opened.clear_view()
                taken = whole(opened, out) if options.all_cells else one(opened, out, cell)
                for problem in opened.console:
                    print(f"The browser's console says: {problem}", file=sys.stderr)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    for picture in taken:
        print(f"{picture}  {picture.stat().st_size / 1000:.0f} kB")
    if readme and taken[0].stat().st_size > LARGEST:
        print(f"The README's picture may have {LARGEST / 1000:.0f} kB at most.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
