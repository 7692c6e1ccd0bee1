"""Take pictures of every map, chart and explorer, and hold them against those that somebody has looked at.

    python -m tools.lab.looks            take all, compare, and write build/looks/index.html
    python -m tools.lab.looks 03 07      only these lessons
    python -m tools.lab.looks --accept   store what that page shows

Each stands in a real JupyterLab, run, at three widths, light and dark, and once as it is printed; a map once
more with a state in focus. A picture has half the size of the screen's.

Fonts differ between machines, so words are held to words: beside a picture is stored what can be read in it,
and where. Where there are words, darkness may move by some letters; elsewhere by four pixels.
"""

from __future__ import annotations

import argparse
import html
import io
import json
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from samarkand.course import lessons
from samarkand.ground.errors import CourseError
from samarkand.ground.home import ROOT
from tools.lab.browser import Sheet, chromium, sheet
from tools.lab.picture import THEMES
from tools.lab.server import Lab, lab

if TYPE_CHECKING:
    from PIL.Image import Image
    from playwright.sync_api import Locator

STORED, TAKEN = ROOT / "tests" / "browser" / "looks", ROOT / "build" / "looks"
#: Pixels of the window: three widths, that for print, and room for the largest map in any.
WIDTHS, PRINTED, HEIGHT = (1400, 700, 360), 700, 1800
#: A picture's side for one of the screen's; its quality as WebP: some 5 kB.
SCALE, QUALITY = 0.5, 55
#: Pixels of a picture that are compared as one; how far a mean of them may be off, of 255; how many may be,
#: and which share where words flow.
BLOCK, SLACK, FEW, SHARE = 4, 18, 3, 0.02
#: How far in such blocks, down and across, a thing may have moved with the words; and how far around words.
#: Words of a page flow, and push what follows; those of a drawing stay where they are.
ELSEWHERE, AT_WORDS = (1, 1), {"drawn": ((1, 4), (1, 2)), "page": ((6, 8), (3, 8))}
#: How much higher or lower a picture may be: words that wrap differently.
TALLER = 0.12

SHOWS = re.compile(r"\b(maps|charts|explore)\.\w+\(")
#: Words that can be seen in an element and in the frames within, and their boxes in pixels of the screen.
READ = """root => {
    const found = [], origin = root.getBoundingClientRect();
    const seen = {checkOpacity: true, checkVisibilityCSS: true};
    const read = (node, left, top) => {
        const walk = node.ownerDocument.createTreeWalker(node, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            const text = walk.currentNode, holder = text.parentElement;
            const words = text.data.trim().replace(/\\s+/g, ' ');
            if (!words || !holder.checkVisibility(seen)) continue;
            if (/^(script|style|title|desc|option)$/i.test(holder.tagName)) continue;
            const range = node.ownerDocument.createRange();
            range.selectNodeContents(text);
            const box = range.getBoundingClientRect(), kind = holder.closest('svg') ? 'drawn' : 'page';
            if (box.width > 1 && box.height > 1)
                found.push([words, kind, box.x + left, box.y + top, box.width, box.height]);
        }
        for (const frame of node.querySelectorAll('iframe')) {
            const box = frame.getBoundingClientRect(), inside = frame.contentDocument?.body;
            if (inside) read(inside, left + box.x, top + box.y);
        }
    };
    read(root, -origin.x, -origin.y);
    return found.filter(([, , x, y]) => x < origin.width && y < origin.height);
}"""
THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
#: Makes Altair draw with words that can be read.
FIRST = "import altair\n_ = altair.renderers.set_embed_options(renderer='svg', actions=False)"

Word = tuple[str, str, int, int, int, int]


class Look(NamedTuple):
    """A picture as WebP, half as large as on the screen; its words, each with its kind and its box."""

    webp: bytes
    words: Sequence[Word]

    @property
    def image(self) -> Image:
        """The picture, as it is after it was stored."""
        from PIL import Image

        return Image.open(io.BytesIO(self.webp)).convert("RGB")


class Fault(NamedTuple):
    """How a picture differs from the reviewed one: a sentence, and where, if the words are the same."""

    says: str
    where: Image | None = None


# --------------------------------------------------------------------------------- comparing


def compare(before: Look, after: Look) -> Fault | None:
    """Say how a picture differs from the reviewed one more than by its fonts; None if it does not."""
    was, now = (Counter(word[0] for word in look.words) for look in (before, after))
    if was != now:
        said = [
            f"{mark} “{word}”"
            for mark, words in (("gone:", was - now), ("new:", now - was))
            for word in words
        ]
        return Fault("; ".join(said[:6]))
    pictures = before.image, after.image
    (wide, high), (wide2, high2) = (picture.size for picture in pictures)
    if abs(wide2 - wide) > BLOCK or abs(high2 - high) > max(2 * BLOCK, TALLER * high):
        return Fault(f"it was {wide} × {high}, and is {wide2} × {high2}")
    size = (min(wide, wide2), min(high, high2))
    one, other = (_blocks(picture, size) for picture in pictures)
    off = _beyond(one, other, ELSEWHERE)
    around = np.zeros(off.shape, bool)
    for kind, (reach, (down, across)) in AT_WORDS.items():
        around[:] = False
        for _, own, x, y, w, h in (word for look in (before, after) for word in look.words):
            if own == kind:
                rows = slice(max(0, y // BLOCK - down), (y + h) // BLOCK + down + 1)
                around[rows, max(0, x // BLOCK - across) : (x + w) // BLOCK + across + 1] = True
        off = np.where(around, _beyond(one, other, reach), off)
    off = off > SLACK
    count = int(off.sum())
    if off[~around].sum() <= FEW and off[around].sum() <= max(FEW, SHARE * around.sum()):
        return None
    from PIL import Image

    shown = Image.fromarray((~off * 255).astype("uint8")).resize(size, Image.Resampling.NEAREST)
    return Fault(f"{count} places of {off.size} look different", shown)


def _blocks(image: Image, size: tuple[int, int]) -> np.ndarray[Any, Any]:
    """Return the mean colours of a picture's blocks: rows, columns, three colours."""
    small = image.convert("RGB").crop((0, 0, *size)).reduce(BLOCK)
    return np.asarray(small, dtype=float)


def _beyond(
    one: np.ndarray[Any, Any], other: np.ndarray[Any, Any], reach: tuple[int, int]
) -> np.ndarray[Any, Any]:
    """Return how far each block of either lies beyond all that the other has around its place."""
    found = np.zeros(one.shape[:2])
    for a, b in ((one, other), (other, one)):
        least, most = _around(b, reach)
        found = np.maximum(found, np.maximum(least - a, a - most).max(axis=2))
    return found


def _around(
    blocks: np.ndarray[Any, Any], reach: tuple[int, int]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the least and the most that stands around each block."""
    least = most = blocks
    for axis, far in enumerate(reach):
        pad = [(far, far) if at == axis else (0, 0) for at in range(3)]
        low, high = least, most
        for shift in range(2 * far + 1):
            for values, pick in ((low, np.minimum), (high, np.maximum)):
                part = np.take(np.pad(values, pad, "edge"), range(shift, shift + blocks.shape[axis]), axis)
                if pick is np.minimum:
                    least = pick(least, part)
                else:
                    most = pick(most, part)
    return least, most


# --------------------------------------------------------------------------------- taking


def take(opened: Sheet) -> Iterator[tuple[str, Look]]:
    """Yield each map, chart and explorer of a lesson that was run: a name for each look, and the look."""
    cells = [
        (place, cell["id"])
        for place, cell in enumerate(opened.cells())
        if cell["cell_type"] == "code" and SHOWS.search("".join(cell["source"]))
    ]
    opened.clear_view()
    for theme in reversed(THEMES):  # light at the end, as it is printed
        opened.page.evaluate(THEME, THEMES[theme])
        for width in WIDTHS:
            opened.page.set_viewport_size({"width": width, "height": HEIGHT})
            yield from _each(opened, cells, f"{width}-{theme}")
    opened.page.set_viewport_size({"width": PRINTED, "height": HEIGHT})
    opened.page.emulate_media(media="print")
    yield from _each(opened, cells, "print")
    opened.page.emulate_media(media="screen")
    yield from _each(opened, cells, "focus")  # at the end: what is said of the state in focus stays


def _each(opened: Sheet, cells: Sequence[tuple[int, str]], what: str) -> Iterator[tuple[str, Look]]:
    opened.settle()
    for place, id in cells:
        outputs = opened.page.locator(".jp-Notebook .jp-Cell").nth(place).locator(".jp-OutputArea-output")
        for number, output in enumerate(outputs.all()):
            frame = output.locator("iframe")
            if what == "focus":
                if not frame.count():
                    continue
                frame.content_frame.locator("[role=option][tabindex='0']").press("Home")
            if output.is_visible():
                yield f"{id}-{number}-{what}", look_at(output)


def look_at(element: Locator) -> Look:
    """Take a picture of an element in a page, and read it."""
    from PIL import Image

    whole = Image.open(io.BytesIO(element.screenshot(animations="disabled", caret="hide")))
    size = (max(1, round(whole.width * SCALE)), max(1, round(whole.height * SCALE)))
    words = [(word, kind, *(round(v * SCALE) for v in box)) for word, kind, *box in element.evaluate(READ)]
    body = io.BytesIO()
    whole.convert("RGB").resize(size, Image.Resampling.BOX).save(body, "WebP", quality=QUALITY, method=6)
    return Look(body.getvalue(), words)


def with_words(path: Path, folder: Path) -> Path:
    """Copy a lesson, beside its own file, so that the words of its charts can be read."""
    from nbformat.v4 import new_code_cell

    notebook = lessons.stored(path)
    notebook.cells.insert(0, new_code_cell(FIRST))
    copy = folder / f"looks_{path.name}"
    copy.write_text(json.dumps(notebook), encoding="utf-8")
    return copy


def taken(running: Lab, browser: Any, path: Path) -> dict[str, Look]:
    """Run a lesson in a lab, and return all its looks."""
    copy = with_words(path, running.root)
    with sheet(browser, running, copy.name) as opened:
        opened.run_all()
        return dict(take(opened))


# --------------------------------------------------------------------------------- keeping


def store(looks: Mapping[str, Look], folder: Path) -> None:
    """Store the looks of a lesson: a picture each, and a file with the words of all."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, look in looks.items():
        (folder / f"{name}.webp").write_bytes(look.webp)
    words = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(look.words, ensure_ascii=False)}" for name, look in looks.items()
    )
    (folder / "words.json").write_text(f"{{{words}}}\n", encoding="utf-8", newline="\n")


def stored(folder: Path) -> dict[str, Look]:
    """Return the looks that are stored of a lesson; none if it has no folder."""
    if not folder.is_dir():
        return {}
    words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
    return {
        name: Look((folder / f"{name}.webp").read_bytes(), [tuple(word) for word in read])
        for name, read in words.items()
    }


def differences(before: Mapping[str, Look], after: Mapping[str, Look]) -> dict[str, Fault]:
    """Return how the looks of a lesson differ from those that were reviewed, by their names."""
    found = {name: Fault("it is gone") for name in before if name not in after}
    for name, look in after.items():
        fault = compare(before[name], look) if name in before else Fault("nobody has looked at it yet")
        if fault:
            found[name] = fault
    return found


def page(found: Mapping[str, Mapping[str, Fault]]) -> str:
    """Return the page on what differs: before, after, and where. Its pictures lie beside it."""
    parts = []
    for lesson, faults in found.items():
        for name, fault in faults.items():
            sources = (
                f"../../{STORED.relative_to(ROOT)}/{lesson}/{name}.webp",
                f"{lesson}/{name}.webp",
                f"{lesson}/{name}.where.png",
            )
            cells = "".join(
                f'<td><img loading="lazy" alt="{html.escape(alt)}" src="{html.escape(source)}">'
                for alt, source in zip(("before", "after", "where"), sources, strict=True)
            )
            parts.append(f"<tr><th>{html.escape(f'{lesson}: {name}')}<p>{html.escape(fault.says)}</p>{cells}")
    style = (
        "body{font:15px sans-serif}th,td{text-align:left;vertical-align:top}p{font-weight:normal;width:14em}"
    )
    head = "<tr><th>picture<th>before<th>after<th>where, in black"
    title = "<!doctype html><meta charset=utf-8><title>What looks different</title>"
    return f"{title}<style>{style}</style><table>{head}{''.join(parts)}</table>\n"


def judge(paths: Sequence[Path]) -> dict[str, dict[str, Fault]]:
    """Take the pictures of lessons, keep them in `TAKEN`, and return how they differ from those stored."""
    found = {}
    with lab(apart=True) as running, chromium(running) as browser:
        for path in paths:
            after = taken(running, browser, path)
            found[path.stem] = kept(path.stem, after)
            print(f"{path.stem}: {len(after)} pictures, {len(found[path.stem])} to look at", flush=True)
    return found


def kept(lesson: str, after: Mapping[str, Look]) -> dict[str, Fault]:
    """Keep the looks of a lesson for the page, and return how they differ from those stored."""
    faults = differences(stored(STORED / lesson), after)
    store(after, TAKEN / lesson)
    for name, fault in faults.items():
        if fault.where:
            fault.where.save(TAKEN / lesson / f"{name}.where.png")
    return faults


def accept() -> list[str]:
    """Store what the last page showed; return the names of its lessons."""
    folders = sorted(path.parent for path in TAKEN.glob("*/words.json"))
    for folder in folders:
        store(stored(folder), STORED / folder.name)
    shutil.rmtree(TAKEN, ignore_errors=True)
    return [folder.name for folder in folders]


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks; return 1 if a picture differs."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.lab.looks", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("lesson", nargs="*", help="number or name of a lesson; none: all")
    parser.add_argument("--accept", action="store_true", help="store what the page of the last run shows")
    options = parser.parse_args(arguments)
    try:
        if options.accept:
            names = accept()
            print(
                f"Stored: {', '.join(names)}."
                if names
                else "There is no page to accept: run it without --accept first."
            )
            return 0 if names else 1
        shutil.rmtree(TAKEN, ignore_errors=True)
        found = judge(lessons.paths(options.lesson))
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    (TAKEN / "index.html").write_text(page(found), encoding="utf-8")
    if any(found.values()):
        print(f"Look at {TAKEN / 'index.html'}; if you meant that: python -m tools.lab.looks --accept")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
