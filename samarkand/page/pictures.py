"""Pictures for explorers: bars, dots, lines, squares, axes, and labels that keep out of each other's way.

A picture is as wide as its page. Across, places are shares of that width, from 0 to 1; down, they are pixels,
and so are sizes of marks and writing: on a telephone the marks move together and the writing stays as large.
What is longer than a word or two stands beside the picture as HTML, where it finds room on a second line.

Every function returns markup made by `markup.element`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from samarkand.ground.words import tr
from samarkand.page import style
from samarkand.page.markup import element, escape

#: The widths between which labels must not meet, in pixels: a telephone's, and that of the widest card.
WIDTHS = (270.0, 826.0)
INK, SOFT, RULE, GREY = "#1a1a1a", style.PAPER["soft"], "#dddddd", "#8a8a8a"
BLUE, RED = style.OKABE_ITO["blue"], style.OKABE_ITO["vermillion"]
#: Vermillion is too light for small writing.
RUST = "#a84500"
SIZE = 13


def picture(*drawn: str, alt: str, height: float, width: float | None = None) -> str:
    """Return SVG elements as a picture; `markup.still` turns it into an ``<img>``.

    `alt` is one real sentence for those who do not see it, or empty where the words beside the picture say
    all of it. Sizes are in pixels; with a `width`, places across are in pixels, too.

    Examples
    --------
    >>> picture(line(0, 9, 1, 9), alt="A line.", height=18)[:74]
    '<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="18" role="img'
    """
    return element(
        "svg",
        *drawn,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=None if width is None else f"0 0 {width:g} {height:g}",
        width="100%" if width is None else width,
        height=height,
        role="img" if alt else None,
        aria_label=alt or None,
        aria_hidden=None if alt else "true",
        font_family=style.FONT,
        font_size=SIZE,
        fill=INK,
        class_="picture" if width is None else "sketch",
    )


def across(share: float) -> str:
    """Return a place across as SVG has it.

    Examples
    --------
    >>> across(0.375)
    '37.5%'
    """
    return f"{round(100 * share, 2):g}%"


def line(x1: float, y1: float, x2: float, y2: float, colour: str = INK, **look: object) -> str:
    """Return a straight line; shares across, pixels down."""
    return element("line", x1=across(x1), y1=y1, x2=across(x2), y2=y2, stroke=colour, **look)


def dashed(x: float, top: float, foot: float) -> str:
    """Return an upright dashed line that is seen on paper and on bars: a day, or what somebody said."""
    casing = line(x, top, x, foot, "#ffffff", stroke_width=4)
    return casing + line(x, top, x, foot, stroke_width=1.5, stroke_dasharray="4 3")


def bar(x1: float, x2: float, top: float, height: float, fill: str, **look: object) -> str:
    """Return a bar from one place across to another."""
    return element(
        "rect", x=across(x1), y=top, width=across(max(0.0, x2 - x1)), height=height, fill=fill, **look
    )


def dot(x: float, y: float, fill: str, r: float = 5, **look: object) -> str:
    """Return a dot with a white rim, so that it stands out from what it lies upon."""
    return element("circle", cx=across(x), cy=y, r=r, fill=fill, **{"stroke": "#ffffff", **look})


def diamond(x: float, y: float, fill: str, stroke: str, r: float = 6) -> str:
    """Return a diamond."""
    shape = element(
        "path",
        d=f"M0 {-r:g}l{r:g} {r:g}l{-r:g} {r:g}l{-r:g} {-r:g}z",
        fill=fill,
        stroke=stroke,
        stroke_width=2,
    )
    return element("svg", shape, x=across(x), y=y, overflow="visible")


def text(x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False, **look: object) -> str:
    """Return a word or two; a white halo keeps lines from striking them through."""
    return element(
        "text",
        escape(words),
        x=across(x),
        y=y,
        text_anchor=None if anchor == "start" else anchor,
        font_weight="bold" if bold else None,
        **{
            "stroke": "#ffffff",
            "stroke_width": 3,
            "stroke_linejoin": "round",
            "paint_order": "stroke",
            **look,
        },
    )


# ------------------------------------------------------------------------------------------- labels


class Box(NamedTuple):
    """What takes up room: two places across, each a share and pixels to add, and two down."""

    left: float
    right: float
    top: float
    foot: float
    before: float = 0.0
    after: float = 0.0

    def meets(self, other: Box) -> bool:
        """Whether the two touch at any width."""
        if self.top >= other.foot or other.top >= self.foot:
            return False
        # The distances change evenly from the narrowest to the widest.
        apart = [
            (
                self.left * wide + self.before >= other.right * wide + other.after,
                other.left * wide + other.before >= self.right * wide + self.after,
            )
            for wide in WIDTHS
        ]
        return not any(all(side) for side in zip(*apart, strict=True))

    def inside(self, height: float) -> bool:
        """Whether it lies within a picture."""
        return (
            self.top >= 0
            and self.foot <= height
            and all(
                self.left * wide + self.before >= 0 and self.right * wide + self.after <= wide
                for wide in WIDTHS
            )
        )


def around(x: float, y: float, r: float) -> Box:
    """Return the room of a mark."""
    return Box(x, x, y - r, y + r, -r, r)


class Label(NamedTuple):
    """A word or two that belongs to a mark at a place, or to a bar from one place to another."""

    left: float
    right: float
    y: float
    words: str
    colour: str = INK


#: Where a label may stand: the part of its mark it holds on to, pixels across from there, and pixels down.
_PLACES = [
    *((anchor, 0.0, down) for down in (-8, 18, -12, 22, -16, 26) for anchor in ("middle", "start", "end")),
    *(
        (s, off, down)
        for off in (9.0, 20.0)
        for down in (4, 0, 8, -4, 12, -8, 16)
        for s in ("after", "before")
    ),
]


def breadth(words: str, size: float = SIZE) -> float:
    """Return about how many pixels a text is wide, rather too many than too few.

    Examples
    --------
    >>> round(breadth("35.8"))
    31
    """
    return 0.6 * size * len(words)


def labels(
    wanted: Iterable[Label], height: float, *, taken: Sequence[Box] = (), rules: Sequence[float] = ()
) -> str:
    """Write labels beside their marks, so that none meets another one, a mark or a line across.

    The most important come first: a label for which there is no room is left out. `taken` is the room of
    marks and other writing; `rules` are the heights of lines that run across the whole picture.

    Examples
    --------
    >>> two = labels([Label(0.5, 0.5, 40, "35.8"), Label(0.5, 0.5, 42, "31.0")], 80)
    >>> [part.partition('"')[0] for part in two.split(' y="')[1:]]
    ['32', '60']
    """
    room = list(taken)
    out = ""
    for one in wanted:
        wide = breadth(one.words)
        for place, off, down in _PLACES:
            x, anchor, before = {
                "middle": ((one.left + one.right) / 2, "middle", -wide / 2),
                "start": (one.left, "start", 0.0),
                "end": (one.right, "end", -wide),
                "after": (one.right, "start", off),
                "before": (one.left, "end", -wide - off),
            }[place]
            base = one.y + down
            box = Box(x, x, base - 11, base + 3, before, before + wide)
            clear = not any(box.top < rule < box.foot for rule in rules)
            if clear and box.inside(height) and not any(box.meets(other) for other in room):
                room.append(box)
                dx = {"after": off, "before": -off}.get(place)
                out += text(x, base, one.words, anchor=anchor, bold=True, dx=dx, fill=one.colour)
                break
    return out


# --------------------------------------------------------------------------------------------- axes


class Axis(NamedTuple):
    """Values from low to high, laid out from one place to another."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        return self.start + (self.end - self.start) * (value - self.low) / ((self.high - self.low) or 1.0)


def levels(low: float, high: float) -> list[float]:
    """Return three to six round levels for an axis that begins at zero or below.

    Examples
    --------
    >>> levels(0, 20.4), levels(-6.9, 38), levels(0, 1)
    ([0, 5, 10, 15, 20], [0, 10, 20, 30], [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    """
    steps = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    step = next(s for s in steps if (high - low) / s <= 6)
    first = int(low // step) + 1 if low < 0 else 0
    return [round(n * step, 1) for n in range(first, int(high / step + 1e-9) + 1)]


def grid(axis: Axis, values: Sequence[float]) -> str:
    """Return lines across the whole picture, each with its value above it at the left."""
    return "".join(
        line(0, axis(value), 1, axis(value), INK if value == 0 else RULE)
        + text(0, axis(value) - 3, f"{value:g}", fill=SOFT, font_size=12)
        for value in values
    )


def ticks(places: Mapping[str, float], y: float) -> str:
    """Write names at their shares of the width below an axis, as many as find room at the narrowest."""
    out, free = "", 0.0
    for name, share in places.items():
        wide, at = breadth(name, 12), share * WIDTHS[0]
        # At the edges a name stands within the picture, not about its place.
        anchor = "start" if at < wide / 2 else "end" if WIDTHS[0] - at < wide / 2 else "middle"
        left = {"start": at, "middle": at - wide / 2, "end": at - wide}[anchor]
        if left >= free:
            out += text(share, y, name, anchor=anchor, font_size=12)
            free = left + wide + 6
    return out


# ------------------------------------------------------------------------------------ whole pictures


def bars(rows: Sequence[tuple[str, float, str, str]], alt: str, *, most: float) -> str:
    """Return bars, one below the other, each with its name above and its value behind it.

    A row is a name, a value, the value in words (empty where the name has it), and a colour. A bar of the
    value `most` is as long as the picture, but for the room that a value in words takes.
    """
    longest = max(breadth(shown) for _, _, shown, _ in rows) + 8
    axis = Axis(0, most, 0, 1 - longest / WIDTHS[0])
    out = ""
    for i, (name, value, shown, colour) in enumerate(rows):
        top = 20 + 46 * i
        end = max(axis(value), 0.003)
        out += text(0, top - 5, name) + bar(0, end, top, 18, colour)
        out += text(end, top + 14, shown, bold=True, dx=6) if shown else ""
    height = 46 * len(rows)
    return picture(out, alt=alt, height=height)


def parts(name: str, shares: Sequence[tuple[str, float]], alt: str, *, mark: float = -1.0) -> str:
    """Return parts side by side in a frame of 100 per cent, each with its name where there is room for it.

    Shares are in per cent, the largest first; `mark` is a share to mark with an upright dashed line.
    """
    top, height = 22, 34
    out, at = text(0, top - 7, name, bold=True), 0.0
    for part, share in shares:
        out += bar(at, at + share / 100, top, height, BLUE, stroke="white", stroke_width=1)
        if breadth(part, 12) < share / 100 * WIDTHS[0]:
            look: dict[str, Any] = {"fill": "white", "stroke": "none", "font_size": 12}
            out += text(at + share / 200, top + 22, part, anchor="middle", **look)
        at += share / 100
    out += element("rect", x=0, y=top, width="100%", height=height, fill="none", stroke=SOFT, stroke_width=2)
    if mark >= 0:
        out += dashed(mark / 100, top - 4, top + height + 4)
    out += ticks({f"{level} %": level / 100 for level in (0, 25, 50, 75, 100)}, top + height + 18)
    return picture(out, alt=alt, height=top + height + 24)


class Dot(NamedTuple):
    """A dot of a column: the key it shares with a row of `markup.table`, and if it is filled or a ring."""

    key: str
    filled: bool


def columns(dots: Mapping[str, Sequence[Dot]], top: float, foot: float) -> str:
    """Return columns of dots between the heights top and foot, each as broad as there is room for.

    A column is given its dots from the foot up. All columns have the same scale; where the picture is narrow,
    dots are smaller and columns lower.
    """
    tallest = max(map(len, dots.values()))
    broad = 1 / len(dots)
    out = ""
    ring = {"fill": "#ffffff", "stroke": GREY, "stroke_width": 2}
    for i, column in enumerate(dots.values()):
        drawn = [
            element(
                "circle", cx=10, cy=20 * (tallest - n) - 10, r=7.5, cursor="pointer", data_key=one.key,
                **({"fill": BLUE} if one.filled else ring),
            )
            for n, one in enumerate(column)
        ]  # fmt: skip
        if drawn:
            out += element(
                "svg",
                *drawn,
                x=across(i * broad),
                y=top,
                width=across(broad),
                height=foot - top,
                viewBox=f"0 0 20 {20 * tallest}",
                preserveAspectRatio="xMidYMax",
            )
    return out + line(0, foot, 1, foot)


class Square(NamedTuple):
    """A square for one state: what is written in it, and whether it is picked out."""

    words: str
    chosen: bool = False


def squares(name: str, mark: style.Mark, found: Sequence[Square], side: float) -> str:
    """Return a block of squares for `beside`, one a state, with its name, which is the alt text, too, above.

    The side is in pixels.
    """
    pitch = side + max(2.0, round(side / 9))
    # An edge of four pixels must find room all around.
    each = min(len(found), 1 + int((WIDTHS[0] - 4 - side) // pitch))
    lines = -(-len(found) // each)
    out = "" if mark.pattern == "solid" else style.patterns_svg([mark])
    for i, one in enumerate(found):
        x, y = 2 + pitch * (i % each), 2 + pitch * (i // each)
        edge = {"stroke": "#000000", "stroke_width": 4} if one.chosen else {"stroke": INK}
        out += element("rect", x=x, y=y, width=side, height=side, fill=mark.fill, **edge)
        if one.words:
            out += element(
                "text", escape(one.words), x=x + side / 2, y=y + side / 2 + 0.36 * SIZE, font_size=SIZE,
                font_weight="bold", text_anchor="middle", stroke="#ffffff", stroke_width=4,
                paint_order="stroke", stroke_linejoin="round",
            )  # fmt: skip
    alt = tr("{what}: squares, one a state.", what=name)
    drawn = picture(out, alt=alt, width=pitch * (each - 1) + side + 4, height=pitch * (lines - 1) + side + 4)
    return element("div", element("div", escape(name), class_="over"), drawn, class_="block")


def beside(*blocks: str) -> str:
    """Return blocks side by side; where the page is narrow, one below the other."""
    return element("div", *blocks, class_="beside")


def wide_and_aside(drawn: str, aside: str) -> str:
    """Return a picture with its figures to the right; where the page is narrow, below."""
    return element(
        "div", element("div", drawn, class_="broad"), element("div", aside, class_="aside"), class_="pair"
    )


def half(title: str, *body: str) -> str:
    """Return a block for `beside` that takes half of a broad page."""
    return element("div", element("div", escape(title), class_="over"), *body, class_="half")


def key(*entries: tuple[str, str]) -> str:
    """Return a line that explains marks, each drawn about the middle of 16 by 14 pixels or left empty."""
    out = ""
    for drawn, words in entries:
        mark = element(
            "svg",
            drawn,
            xmlns="http://www.w3.org/2000/svg",
            width=16,
            height=14,
            aria_hidden="true",
            class_="mark",
        )
        out += element("span", mark if drawn else "", escape(words), class_="key")
    return element("div", out)
