"""The still picture of a map: a small SVG for pages without frames, the same bytes on every machine."""

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import pairwise

from samarkand.html.markup import theme_declarations
from samarkand.html.style import FONT, HATCH, HIGHLIGHT, PAPER, Mark, pair_colours, patterns_svg
from samarkand.maps._scene import Label, Scene
from samarkand.maps._shapes import ASSETS, Shape

#: Width of the picture in SVG units, which are about pixels.
WIDTH = 640
#: Room above the map for title and sentence; height of a row of the legend below it.
TOP, ROW = 56, 21

_COLOURS = {**PAPER, "hatch": HATCH, "route": HIGHLIGHT}
#: CSS by the style of a shape.
_PAINT = {
    name: re.sub(r"var\(--([a-z-]+)\)", lambda colour: _COLOURS[colour[1]], look)
    for name, look in re.findall(r"\.(\w+) \{(.*)\}", (ASSETS / "still.css").read_text(encoding="utf-8"))
}
#: Dashes of routes and ties, by the pattern of their mark.
_DASHES = {"vertical": "8 3", "dots": "3 2", "lines": "1.5 4", "grid": "7 2 2 2"}


def find_width(scene: Scene, height: int) -> int:
    """Return the largest width in px at which a still picture is at most `height` px high."""
    (west, south), (east, north) = scene.bounds
    whole = TOP + round((north - south) * WIDTH / (east - west)) + _draw_legend(scene)[1]
    return min(WIDTH, height * WIDTH // whole)


_ToPicture = Callable[[float, float], tuple[int, int]]


def draw_still(scene: Scene, shapes: Iterable[Shape]) -> str:
    """Draw a scene at its first step as SVG on one line, with coarse shapes, since it is small."""
    shapes = list(shapes)
    (west, south), (east, north) = scene.bounds
    scale = (east - west) / WIDTH
    height = round((north - south) / scale)
    legend, room = _draw_legend(scene)
    whole = TOP + height + room

    def to_picture(x: float, y: float) -> tuple[int, int]:
        return round((x - west) / scale), round((north - y) / scale)

    marks = {key.mark.code: key.mark for key in scene.keys}
    drawn = [
        _draw_shape(shape, marks.get(_find_letter(scene, shape.id)), to_picture, height) for shape in shapes
    ]
    taken: list[tuple[float, float, float]] = []
    names = [_draw_name(label, scene, to_picture, height, taken) for label in scene.labels]
    ground = "sea" if not scene.stacked and any(shape.style == "land" for shape in shapes) else "paper"
    classes = re.findall(r'class="([^"]+)"', "".join((*drawn, *names, legend)))
    used = {"paper", ground, "land", *" ".join(classes).split()}
    style = f"text{{font:12px {FONT.replace(chr(34), chr(39))};{theme_declarations('fill:' + PAPER['ink'])}}}"
    paints = _PAINT | {f"is-{code}": f"fill:{mark.fill};stroke:{mark.edge}" for code, mark in marks.items()}
    style += "".join(
        f".{name}{{{theme_declarations(paint)}}}" for name, paint in paints.items() if name in used
    )
    scheme = f"color-scheme:light dark;--land:{pair_colours(PAPER['land'])};--hatch:{pair_colours(HATCH)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {whole}" style="{scheme}">'
        f"<style>{style.replace('; ', ';')}</style>"
        f"{patterns_svg(key.mark for key in scene.keys)}"
        f'<path class="paper" d="M0 0h{WIDTH}v{whole}H0z"/>'
        f'<text y="20" style="font-size:19px;font-weight:700">{escape(scene.title)}</text>'
        f'<text y="42" style="font-size:14px">{escape(scene.steps[scene.step].say or scene.lead)}</text>'
        f'<svg y="{TOP}" width="{WIDTH}" height="{height}">'
        f'<path class="{ground}" d="M0 0h{WIDTH}v{height}H0z"/>'
        f'<g class="land">{"".join(drawn)}</g>{"".join(names)}</svg>'
        f'<g transform="translate(0 {TOP + height + 9})">{legend}</g></svg>'
    )


def _find_letter(scene: Scene, ident: str) -> str:
    return scene.status[ident][scene.step] if ident in scene.status else "-"


def _draw_shape(shape: Shape, mark: Mark | None, to_picture: _ToPicture, height: int) -> str:
    """Return a shape as SVG, with the look of its style and of its state's mark; "" if nothing is seen."""
    paint = _paint_shape(shape, mark)
    if shape.kind == "dot":
        x, y = to_picture(*shape.coordinates)
        return f'<circle cx="{x}" cy="{y}" r="{shape.radius * 0.8:g}"{paint}/>'
    is_area = shape.kind == "area"
    lines = shape.coordinates
    if is_area:
        lines = list(itertools.chain.from_iterable(shape.coordinates))
    path = "".join(_write_path(line, to_picture, height, closed=is_area) for line in lines)
    return f'<path d="{path}"{paint}/>' if path else ""


def _paint_shape(shape: Shape, mark: Mark | None) -> str:
    """Return the attributes that give a shape its look."""
    style = shape.style.split()[-1]
    is_filled_by_mark = style in ("state", "contested")
    classes = []
    if style in _PAINT and (mark or not is_filled_by_mark):
        classes.append(style)
    paint = ""
    if mark and style in ("road", "tie"):
        paint = _stroke_of_mark(mark)
    elif mark and style not in ("leg", "stop", "capital"):
        classes.append(f"is-{mark.code}")
    if classes:
        paint += f' class="{" ".join(classes)}"'
    return paint


def _write_path(line: Iterable[Sequence[int]], to_picture: _ToPicture, height: int, *, closed: bool) -> str:
    """Return a line as path data in whole units; "" if it is too small or out of the picture."""
    points: list[tuple[int, int]] = []
    for x, y in line:
        point = to_picture(x, y)
        if not points or points[-1] != point:
            points.append(point)
    if closed and points[0] == points[-1]:
        points.pop()
    if len(points) < (3 if closed else 2):
        return ""
    xs = [x for x, _ in points]
    ys = [y for _, y in points]
    if max(xs) < 0 or min(xs) > WIDTH or max(ys) < 0 or min(ys) > height:
        return ""
    steps = []
    for (x, y), (to_x, to_y) in pairwise(points):
        steps.append(f"{to_x - x},{to_y - y}")
    first_x, first_y = points[0]
    path = f"M{first_x},{first_y}l{' '.join(steps)}{'z' if closed else ''}"
    return path.replace(",-", "-")


def _draw_name(
    label: Label, scene: Scene, to_picture: _ToPicture, height: int, taken: list[tuple[float, float, float]]
) -> str:
    """Return a label as SVG, or "" if it would need a leader line or overlap the labels in `taken`.

    `taken` has (left, right, foot) of each label so far, and grows.
    """
    is_beside = label.style.startswith(("city", "leg"))
    is_moved = bool(label.dx or label.dy)
    if label.style == "near" or (is_moved and not is_beside):
        return ""
    x, y = to_picture(label.x, label.y)
    x += round(label.dx)
    y += round(label.dy + label.size * 0.35)
    if not (20 < x < WIDTH - 20 and 10 < y < height - 4):
        return ""
    anchor = _find_anchor(label) if is_beside else ""
    wide = 0.56 * label.size * len(label.text)
    left = x - {"start": 0, "": 0.5, "end": 1}[anchor] * wide
    right = left + wide
    for other_left, other_right, foot in taken:
        if left < other_right and other_left < right and abs(y - foot) < label.size:
            return ""
    taken.append((left, right, y))
    if label.style == "sea":
        return f'<text class="at" x="{x}" y="{y}">{escape(label.text)}</text>'
    style = f"font-size:{label.size:g}px"
    if anchor:
        style += f";text-anchor:{anchor}"
    letter = _find_letter(scene, label.id)
    mark = next((key.mark for key in scene.keys if key.mark.code == letter), None)
    if mark and label.style.startswith("leg"):
        style += f";fill:{mark.thin}"
    elif mark and mark.ink == "#ffffff" and not is_beside:
        style += ";" + theme_declarations(f"fill:{mark.ink};stroke:{mark.colour}")
    return f'<text class="n" x="{x}" y="{y}" style="{style}">{escape(label.text)}</text>'


def _find_anchor(label: Label) -> str:
    """Return which end of a label beside a place is at it; "" for its middle."""
    if abs(label.dx) <= 6:
        return ""
    return "end" if label.dx < 0 else "start"


def _stroke_of_mark(mark: Mark) -> str:
    """Return the attributes of a line with a mark: its colour, and dashes for its pattern."""
    dashes = _DASHES.get(mark.pattern)
    return f' stroke="{mark.thin}"' + (f' stroke-dasharray="{dashes}"' if dashes else "")


def _draw_legend(scene: Scene) -> tuple[str, int]:
    """Return the legend (SVG) with the marks in use at the first step, and its height."""
    used = {letters[scene.step] for letters in scene.status.values()}
    drawn = ""
    x = 0
    y = 0
    for key in scene.keys:
        if not key.always and key.mark.code not in used:
            continue
        wide = 44 + round(6.6 * len(key.heading))
        if x and x + wide > WIDTH:
            x = 0
            y += ROW
        look = f'd="M0 0h22v13H0z" class="is-{key.mark.code}" stroke="#888" stroke-width=".5"'
        if key.line:
            look = f'd="M0 7h22" class="{key.line}"{_stroke_of_mark(key.mark)}'
        drawn += f'<path transform="translate({x} {y})" {look}/>'
        drawn += f'<text x="{x + 28}" y="{y + 11}">{escape(key.heading)}</text>'
        x += wide
    return drawn, y + ROW + 9
