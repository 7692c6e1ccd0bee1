"""Charts as figures of a page: title and source in HTML, the drawing as SVG, for a screen and a telephone.

A drawing follows the page's theme: each colour is given for light and dark pages. It holds no title, which
wraps, is read out and is found in the page.
"""

import html
import json
import math
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samarkand.html import style
from tools.site.chart_svg import join_lines

#: Widths of a drawing in px: on a screen, and on a telephone 360 px wide.
WIDE, NARROW = 680, 328
#: Most letters on a telephone: in a line above a row, in a name beside its bar, in a line of a head.
_LINE, _BESIDE, _HEAD = 46, 14, 12
#: Most letters on a screen in a line above a row.
_LONG = 90
#: Heights on a telephone in px: of a row with its name above it, of a further line of the name, of a bar.
_ROW, _MORE, _BAR = 42, 14, 15
#: Most letters in a line of a name beside its bar, in a chart that none of the course's functions drew: on a
#: telephone, on a screen.
_PLAIN_NAME, _PLAIN_LONG = 18, 44
#: What keeps a name or figure legible on a line of the drawing: the page's ground around its letters.
_HALO = (
    "<style>.mark-text.role-mark text{paint-order:stroke;stroke:#ffffff;"
    "stroke:light-dark(#ffffff,#121212);stroke-width:3px;stroke-linejoin:round}</style>"
)
_COLOUR = re.compile(r'(fill|stroke)="(#[0-9a-fA-F]{6})"')

Spec = dict[str, Any]


@dataclass(frozen=True)
class Picture:
    """A chart or map of a lesson, which has a page of its own.

    Attributes
    ----------
    name
        Its name in addresses: the lesson's, a hyphen and the cell's.
    lesson
        The lesson's name, ``"03_the_sco"``.
    kind
        ``chart`` or ``map``.
    title, subtitle, description, source
        What it says.
    rows
        The address of the table behind a chart, as a file to be saved; empty if there is none.
    """

    name: str
    lesson: str
    kind: str
    title: str
    subtitle: str = ""
    description: str = ""
    source: str = ""
    rows: str = ""


def read_chart(spec: Spec, name: str, lesson: str, rows: str) -> Picture:
    """Return what a chart's specification says of it."""
    title = view_of(spec).get("title") or {}
    head: Any = title if isinstance(title, dict) else {"text": title}
    foot = spec.get("title") if "vconcat" in spec else ""
    source = join_lines(foot.get("text")) if isinstance(foot, dict) else ""
    return Picture(
        name=name,
        lesson=lesson,
        kind="chart",
        title=join_lines(head.get("text")),
        subtitle=join_lines(head.get("subtitle")),
        description=spec.get("description", ""),
        source=source,
        rows=rows,
    )


def view_of(spec: Spec) -> Spec:
    """Return the part of a specification that draws: the first below one another, or all of it."""
    view: Spec = spec["vconcat"][0] if "vconcat" in spec else spec
    return view


def write_drawings(spec: Spec, place: Path) -> list[tuple[int, int]]:
    """Write a chart's two drawings, ``NAME.svg`` and ``NAME.narrow.svg``; return their widths and heights."""
    sizes = []
    for width, ending in ((WIDE, ".svg"), (NARROW, ".narrow.svg")):
        svg = draw_chart(spec, width)
        place.with_suffix(ending).write_text(svg, encoding="utf-8")
        sizes.append(size_of(svg))
    return sizes


def draw_chart(spec: Spec, width: int) -> str:
    """Return a chart as an SVG of this width in px, in colours for light and dark, without its title."""
    import vl_convert

    changed: Spec = json.loads(json.dumps(spec))
    view = view_of(changed)
    changed.pop("title", None)
    view.pop("title", None)
    config = changed.setdefault("config", {})
    config["background"], config["padding"] = "transparent", 2
    config["mark"] = {"color": style.PLAIN} | config.get("mark", {})
    if width == NARROW:
        _narrow_chart(view)
    if "layer" not in view:
        _break_plain_names(changed, view, _PLAIN_NAME if width == NARROW else _PLAIN_LONG)
    _wrap_names(changed, view, _LINE if width == NARROW else _LONG)
    square = bool((spec.get("usermeta") or {}).get("square"))
    view["width"] = width
    for _ in range(3):  # other ticks may need other room
        svg: str = vl_convert.vegalite_to_svg(changed)
        beyond = size_of(svg)[0] - width
        if not beyond:
            break
        view["width"] = max(120, view["width"] - beyond)
        if square:
            view["height"] = min(view["width"], 400)
    return follow_theme(keep_legible(svg))


def keep_legible(svg: str) -> str:
    """Return an SVG whose names and figures lie on its ground where they cross a line; in bars they do not.

    Examples
    --------
    >>> "paint-order" in keep_legible('<svg><g class="mark-line role-mark"></g></svg>')
    True
    >>> "paint-order" in keep_legible('<svg><g class="mark-rect role-mark"></g></svg>')
    False
    """
    kinds = set(re.findall(r"mark-([a-z]+) role-mark", svg))
    if kinds & {"rect", "area"} or not kinds & {"line", "rule", "symbol"}:
        return svg
    head, end, body = svg.partition(">")
    return head + end + _HALO + body


def size_of(svg: str) -> tuple[int, int]:
    """Return the width and height of an SVG in px, rounded up.

    Examples
    --------
    >>> size_of('<svg class="marks" width="327.2" height="80">')
    (328, 80)
    """
    head = svg[: svg.index(">")]
    width = re.search(r' width="([\d.]+)"', head)
    height = re.search(r' height="([\d.]+)"', head)
    assert width and height
    return math.ceil(float(width[1])), math.ceil(float(height[1]))


def follow_theme(svg: str) -> str:
    """Return an SVG whose colours follow the page's theme, or are a light page's where a browser cannot.

    Examples
    --------
    >>> follow_theme('<svg><path fill="#ffffff"/></svg>')[37:]
    '<path fill="#ffffff" style="fill:light-dark(#ffffff,#1b1e22)"/></svg>'
    """

    def pair(found: re.Match[str]) -> str:
        both = style.pair_colours(found[2].lower())
        return found[0] if both == found[2].lower() else f'{found[0]} style="{found[1]}:{both}"'

    def paired(tag: re.Match[str]) -> str:
        text = _COLOUR.sub(pair, tag[0])
        first, *more = re.findall(r' style="([^"]*)"', text) or [""]
        if not more:
            return text
        bare = re.sub(r' style="[^"]*"', "", text)
        return re.sub(r"(/?>)$", rf' style="{";".join([first, *more])}"\1', bare)

    svg = svg.replace("<svg", '<svg style="color-scheme:light dark"', 1)
    head, end, body = svg.partition(">")
    return head + end + re.sub(r"<[a-z][^>]*>", paired, body)


def _narrow_chart(view: Spec) -> None:
    """Change a chart for a telephone, in place: long names stand above their rows and break their lines."""
    layers = view.get("layer") or []
    bars = next((layer for layer in layers if _find_mark_type(layer) == "bar"), None)
    if bars is not None:
        rows = bars["encoding"].get("y", {})
        several_bars_a_row = "yOffset" in bars["encoding"]
        if rows.get("type") == "nominal" and not several_bars_a_row:
            names = [str(name) for name in rows.get("sort") or ()]
            _put_names_above(view, bars, names)
    for layer in layers:
        columns = layer.get("encoding", {}).get("x", {})
        axis = columns.get("axis") or {}
        # The heads of a table of dots: `samarkand.charts` lets Vega split them into lines.
        if "split" in str(axis.get("labelExpr", "")):
            _break_heads(axis, columns["sort"])


def _break_heads(axis: Spec, heads: list[str]) -> None:
    """Break the heads of columns into lines short enough for a telephone, in place."""
    lines = {head: _break_head(head) for head in heads}
    axis["labelExpr"] = f"({json.dumps(lines)})[datum.label]"
    most = max(map(len, lines.values()))
    axis["labelPadding"] = 8 + _MORE * (most - 1)  # the lines of a head go down from where it is placed


def _break_plain_names(spec: Spec, view: Spec, letters: int) -> None:
    """Break long names beside the bars of a chart of one mark, and leave out what heads them, in place."""
    beside = view.get("encoding", {}).get("y", {})
    if beside.get("type") != "nominal":
        return
    data: Spec = view.get("data") or spec.get("data") or {}
    rows = spec.get("datasets", {}).get(data.get("name"), [])
    names = {str(row[beside["field"]]) for row in rows if beside.get("field") in row}
    if max(map(len, names), default=0) <= _PLAIN_NAME:
        return
    lines = {name: textwrap.wrap(name, letters, break_long_words=False) for name in sorted(names)}
    broken = f"({json.dumps(lines)})[datum.label] || datum.label"
    beside["axis"] = {"title": None, "labelLimit": 0, "labelExpr": broken}
    view["height"] = _MORE * sum(len(one) + 1 for one in lines.values())


def _find_mark_type(layer: Spec) -> str:
    mark = layer.get("mark", "")
    return str(mark.get("type", "") if isinstance(mark, dict) else mark)


def _break_head(head: str) -> list[str]:
    """Return the lines of a column's head, broken at words."""
    lines = []
    for line in head.split("\n"):
        lines += textwrap.wrap(line, _HEAD, break_long_words=False)
    return lines


def _put_names_above(view: Spec, bars: Spec, names: list[str]) -> None:
    if max(map(len, names), default=0) <= _BESIDE:
        return
    for layer in view["layer"]:
        if "y" in layer["encoding"]:
            layer["encoding"]["y"]["axis"] = None
    bars["mark"] = {"type": "bar", "height": _BAR}
    row = {key: value for key, value in bars["encoding"]["y"].items() if key != "axis"}
    named = {
        "mark": {"type": "text", "align": "left", "baseline": "bottom", "dy": -9, "limit": NARROW - 4},
        "encoding": {
            "y": row | {"axis": None},
            "x": {"value": 0},
            "text": {"field": row["field"], "type": "nominal"},
        },
    }
    if "data" in bars:
        named["data"] = bars["data"]
    view["layer"].append(named)
    view["height"] = _ROW * len(names)


def _wrap_names(spec: Spec, view: Spec, letters: int) -> None:
    """Break names that stand above their rows into lines of at most so many letters, with room for them."""
    for layer in view.get("layer") or []:
        if layer.get("encoding", {}).get("text", {}).get("field") != "_called":
            continue
        rows = spec["datasets"][layer["data"]["name"]]
        most = 0
        for row in rows:
            lines = textwrap.wrap(row["_called"].replace("\n", " "), letters)
            row["_called"] = "\n".join(lines)
            most = max(most, len(lines) - 1)
        layer["mark"]["dy"] -= _MORE * most
        view["height"] = len(rows) * (_ROW + _MORE * most)


def render_figure(picture: Picture, sizes: list[tuple[int, int]], static: str) -> str:
    """Return the HTML of a chart: its title, its drawings in the folder `static`, its source."""
    (width, height), (slim, tall) = sizes
    address = f"{static}/charts/{picture.name}"
    said = html.escape(f"{picture.title.rstrip('.')}. {picture.description}")
    parts = [f'<p class="sam-finding">{html.escape(picture.title)}</p>']
    if picture.subtitle:
        parts.append(f'<p class="sam-about">{html.escape(picture.subtitle)}</p>')
    parts.append(
        f'<picture><source media="(max-width: 640px)" srcset="{address}.narrow.svg" '
        f'width="{slim}" height="{tall}">'
        f'<img class="chart dark-light" loading="lazy" src="{address}.svg" '
        f'width="{width}" height="{height}" alt="{said}"></picture>'
    )
    parts.append(f"<figcaption>{html.escape(picture.source)}</figcaption>")
    return f'<figure class="sam-chart">{"".join(parts)}</figure>'
