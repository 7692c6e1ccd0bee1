"""A lesson's charts as SVG, larger than on the page: on slides, and as empty axes on a sheet.

They are stored in ``handouts/charts/``, by a digest of what they are drawn from, so that slides are made with
what ``start.py`` installs: the library that draws is 84 MB, and students never need it. ``samarkand build``
draws those that are missing, and removes those that nothing needs.
"""

import hashlib
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from samarkand.common import files
from samarkand.common.errors import CourseError

CHARTS = Path(__file__).resolve().parent / "handouts" / "charts"
#: Width and height for a chart on a slide in px; font sizes there and in the stored lesson.
ROOM, LETTERS, STORED = (1152, 540), 28, 12
#: Width and height for empty axes on a sheet in px; their font size is that of the sheet.
SHEET, SHEET_LETTERS = (688, 205), 14
#: Which way of drawing the stored charts have. Raise it when charts are to be drawn otherwise, and build the
#: lessons: a test says when that is. To tidy this module up is no reason.
EDITION = 1


class NotDrawn(CourseError):
    """A chart is not among those that are stored, and nothing here can draw it."""

    def __init__(self, lesson: str) -> None:
        self.lesson = lesson
        super().__init__(
            f"A chart of {lesson} has changed since it was drawn for slides. samarkand build {lesson[:2]} "
            "draws it, once python3 start.py test --version has got what that needs.",
            code="not drawn",
        )


def find_drawn(lesson: str, spec: dict[str, Any], *, empty: bool) -> str:
    """Return the SVG of a chart of a lesson, stored or drawn now; `NotDrawn` if it can be neither.

    Parameters
    ----------
    lesson : str
        The lesson's name, ``"03_the_sco"``.
    spec : dict
        The chart's specification, without its title.
    empty : bool
        Whether only the axes are drawn.
    """
    path = path_of(lesson, spec, empty=empty)
    if path.is_file():
        return path.read_text(encoding="utf-8")
    try:
        return draw_chart(spec, empty=empty)
    except ModuleNotFoundError:
        raise NotDrawn(lesson) from None


def path_of(lesson: str, spec: dict[str, Any], *, empty: bool) -> Path:
    """Return where the SVG of a chart is stored: its name tells what it was drawn from, and which way."""
    made_from = json.dumps([spec, empty, EDITION], sort_keys=True).encode()
    return CHARTS / lesson / f"{hashlib.sha256(made_from).hexdigest()[:16]}.svg"


def store_drawings(lesson: str, needed: Iterable[tuple[dict[str, Any], bool]]) -> list[Path]:
    """Draw the charts of a lesson that are not stored, and remove those that are not needed; return both."""
    wanted = set()
    changed = []
    for spec, empty in needed:
        path = path_of(lesson, spec, empty=empty)
        wanted.add(path)
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            files.write_whole(path, draw_chart(spec, empty=empty).encode())
            changed.append(path)
    for path in sorted((CHARTS / lesson).glob("*.svg")):
        if path not in wanted:
            path.unlink()
            changed.append(path)
    return changed


def draw_chart(spec: dict[str, Any], *, empty: bool) -> str:
    """Draw a chart as SVG, without a size of its own."""
    import vl_convert

    to_svg: Callable[[dict[str, Any]], str] = vl_convert.vegalite_to_svg
    svg = to_svg(prepare_chart(spec, to_svg, empty=empty))
    return re.sub(r' (width|height)="[\d.]+"', "", svg, count=2)


def prepare_chart(
    spec: dict[str, Any], to_svg: Callable[[dict[str, Any]], str], *, empty: bool
) -> dict[str, Any]:
    """Return the specification that is drawn for a slide or a sheet; `to_svg` tells how large it is."""
    changed: dict[str, Any] = json.loads(json.dumps(spec))
    if empty:
        _empty_chart(changed, to_svg)
    else:
        _fill_slide(changed, to_svg)
    return changed


def join_lines(words: Any) -> str:
    """Return the words of a title, which may be a list of lines."""
    return " ".join(words) if isinstance(words, list) else str(words or "")


def _list_parts(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every JSON object in a specification."""
    inner: Iterable[Any] = ()
    if isinstance(part, dict):
        yield part
        inner = part.values()
    elif isinstance(part, list):
        inner = part
    for one in inner:
        yield from _list_parts(one)


def _empty_chart(spec: dict[str, Any], to_svg: Callable[[dict[str, Any]], str]) -> None:
    """Leave only the axes of a chart, with a scale on each, at the size of a sheet's text, in place."""
    view = spec["vconcat"][0]
    if "layer" in view:
        view["layer"] = [
            layer for layer in view["layer"] if _kind_of_mark(layer) not in ("text", "rule")
        ] or [layer for layer in view["layer"] if _kind_of_mark(layer) != "text"]
    for part in list(_list_parts(view)):
        if "mark" in part and "encoding" in part:
            part["encoding"]["opacity"] = {"value": 0}
            _show_scales(part["encoding"])
    for part in _list_parts(spec):
        for key in part:
            if key.lower().endswith("fontsize"):
                part[key] = SHEET_LETTERS
            elif key.lower().endswith("limit"):
                part[key] = round(part[key] * 1.4, 1)
    for _ in range(2):  # other ticks may need other room
        width, height = map(float, re.findall(r' (?:width|height)="([\d.]+)"', to_svg(spec))[:2])
        view["width"] += SHEET[0] - width
        view["height"] += SHEET[1] - height


def _kind_of_mark(layer: dict[str, Any]) -> str:
    """Return the kind of a layer's mark, such as "bar"."""
    mark = layer.get("mark", "")
    return str(mark.get("type", "") if isinstance(mark, dict) else mark)


def _show_scales(encoding: dict[str, Any]) -> None:
    """Put numbers on axes that have none, and bars into the order of their names, in place."""
    for name in ("x", "y"):
        axis = encoding.get(name, {}).get("axis")
        if not isinstance(axis, dict):
            continue
        if encoding[name].get("type") == "quantitative" and axis.get("labels") is False:
            axis |= {"labels": True, "ticks": True, "grid": True, "domain": True, "tickCount": 6}
            encoding[name]["scale"] = encoding[name].get("scale", {}) | {"nice": True}
        elif name == "y" and isinstance(encoding[name].get("sort"), list) and "labelExpr" not in axis:
            # In the order of their lengths, bars would tell what is asked.
            encoding[name]["sort"] = "ascending"


def _fill_slide(spec: dict[str, Any], to_svg: Callable[[dict[str, Any]], str]) -> None:
    """Resize a chart for a slide, with a legible font size, in place."""
    times = 1.6
    _enlarge_letters(spec, times)
    spec["title"]["text"] = textwrap.wrap(join_lines(spec["title"]["text"]), 66)
    view = spec["vconcat"][0]
    scale = LETTERS / STORED / times
    most = 2 * view["height"]
    for _ in range(2):  # other ticks may need other room
        width, height = map(float, re.findall(r' (?:width|height)="([\d.]+)"', to_svg(spec))[:2])
        view["width"] += ROOM[0] / scale - width
        view["height"] = min(most, view["height"] + ROOM[1] / scale - height)
    for part in list(_list_parts(view)):
        names = part["sort"] if isinstance(part.get("sort"), list) and part.get("axis") else []
        lines = max((1 + name.count("\n") for name in names), default=1)
        # Lines would run into one another.
        if lines > 1 and len(names) * lines * STORED * times > view["height"]:
            label = part["axis"]["labelExpr"]
            part["axis"]["labelExpr"] = f"length({label}) > 1 ? {label}[0] + '…' : {label}"


def _enlarge_letters(spec: dict[str, Any], times: float) -> None:
    """Multiply all font sizes and label limits, in place."""
    for part in _list_parts(spec):
        for key in part:
            if key.lower().endswith(("fontsize", "limit")):
                part[key] = round(part[key] * times, 1)
