"""SVG for explorers: bars, dots, lines, squares and axes.

A picture is as wide as its page. Positions across are shares of that width, from 0 to 1; positions down are
pixels, and so are sizes of marks and text: on a phone marks move together, and text stays as large. Text
longer than a word or two is HTML beside the picture, which can break into lines.

Every function returns markup made by `markup.make_element`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from samarkand.common.words import tr
from samarkand.html import style
from samarkand.html.markup import escape_html, make_element

#: Minimum and maximum width of a picture in pixels: on a phone, and on the widest card.
WIDTHS = (270.0, 826.0)
INK, SOFT, RULE, GREY = "#1a1a1a", style.PAPER["soft"], "#dddddd", "#8a8a8a"
#: The colour of bars and dots that mean nothing, and of what a picture is about.
PLAIN, HIGHLIGHT = style.PLAIN, style.HIGHLIGHT
SIZE = 13


def make_picture(*drawn: str, alt: str, height: float, width: float | None = None) -> str:
    """Join SVG elements to a picture; `markup.make_still` turns it into an ``<img>``.

    `alt` is a sentence for those who do not see it, or empty where the words beside the picture say all of
    it. Sizes are in pixels; with a `width`, positions across are in pixels, too.

    Examples
    --------
    >>> make_picture(draw_line(0, 9, 1, 9), alt="A line.", height=18)[:74]
    '<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="18" role="img'
    """
    return make_element(
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


def write_share(share: float) -> str:
    """Return a share as an SVG percentage.

    Examples
    --------
    >>> write_share(0.375)
    '37.5%'
    """
    return f"{round(100 * share, 2):g}%"


def draw_line(x1: float, y1: float, x2: float, y2: float, colour: str = INK, **look: object) -> str:
    """Return a straight line; shares across, pixels down."""
    return make_element("line", x1=write_share(x1), y1=y1, x2=write_share(x2), y2=y2, stroke=colour, **look)


def draw_dashed_line(x: float, top: float, foot: float) -> str:
    """Return a vertical dashed line that is visible on paper and on bars."""
    casing = draw_line(x, top, x, foot, "#ffffff", stroke_width=4)
    return casing + draw_line(x, top, x, foot, stroke_width=1.5, stroke_dasharray="4 3")


def draw_bar(x1: float, x2: float, top: float, height: float, fill: str, **look: object) -> str:
    """Return a bar from one share across to another."""
    wide = write_share(max(0.0, x2 - x1))
    return make_element("rect", x=write_share(x1), y=top, width=wide, height=height, fill=fill, **look)


def draw_dot(x: float, y: float, fill: str, r: float = 5, **look: object) -> str:
    """Return a dot with a white rim, so that it stands out from what it covers."""
    return make_element("circle", cx=write_share(x), cy=y, r=r, fill=fill, **{"stroke": "#ffffff", **look})


def draw_diamond(x: float, y: float, fill: str, stroke: str, r: float = 6) -> str:
    """Return a diamond."""
    d = f"M0 {-r:g}l{r:g} {r:g}l{-r:g} {r:g}l{-r:g} {-r:g}z"
    shape = make_element("path", d=d, fill=fill, stroke=stroke, stroke_width=2)
    return make_element("svg", shape, x=write_share(x), y=y, overflow="visible")


def draw_text(
    x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False, **look: object
) -> str:
    """Return a word or two, with a white halo that keeps lines from striking them through."""
    halo = {"stroke": "#ffffff", "stroke_width": 3, "stroke_linejoin": "round", "paint_order": "stroke"}
    return make_element(
        "text",
        escape_html(words),
        x=write_share(x),
        y=y,
        text_anchor=None if anchor == "start" else anchor,
        font_weight="bold" if bold else None,
        **{**halo, **look},
    )


def estimate_width(words: str, size: float = SIZE) -> float:
    """Return an upper estimate of a text's width in pixels.

    Examples
    --------
    >>> round(estimate_width("35.8"))
    31
    """
    return 0.6 * size * len(words)


class Axis(NamedTuple):
    """Values from low to high, mapped to positions from start to end."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the position of a value."""
        return self.start + (self.end - self.start) * (value - self.low) / ((self.high - self.low) or 1.0)


def choose_levels(low: float, high: float) -> list[float]:
    """Return three to six round levels for an axis that begins at zero or below.

    Examples
    --------
    >>> choose_levels(0, 20.4), choose_levels(-6.9, 38), choose_levels(0, 1)
    ([0, 5, 10, 15, 20], [0, 10, 20, 30], [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    """
    steps = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    step = next(s for s in steps if (high - low) / s <= 6)
    first = int(low // step) + 1 if low < 0 else 0
    return [round(n * step, 1) for n in range(first, int(high / step + 1e-9) + 1)]


def draw_grid(axis: Axis, values: Sequence[float], unit: str = "") -> str:
    """Return lines across the whole picture, each with its value and unit above it at the left."""
    out = ""
    for value in values:
        figure = f"{value:g}{unit}".replace("-", "−")
        out += draw_level(axis(value), figure, is_zero=value == 0)
    return out


def draw_level(height: float, figure: str, end: float = 1, *, is_zero: bool) -> str:
    """Return a line from the left to a share of the width, with its value above it; zero is darker."""
    colour = INK if is_zero else RULE
    return draw_line(0, height, end, height, colour) + draw_text(
        0, height - 3, figure, fill=SOFT, font_size=12
    )


def draw_ticks(positions: Mapping[str, float], y: float) -> str:
    """Return tick labels below an axis, without those that would overlap on a narrow screen.

    `positions` has each label's share of the width, from left to right.
    """
    out, free = "", 0.0
    for name, share in positions.items():
        wide = estimate_width(name, 12)
        at = share * WIDTHS[0]
        # At the edges a label stands within the picture, not about its position.
        if at < wide / 2:
            anchor, left = "start", at
        elif WIDTHS[0] - at < wide / 2:
            anchor, left = "end", at - wide
        else:
            anchor, left = "middle", at - wide / 2
        if left >= free:
            out += draw_text(share, y, name, anchor=anchor, font_size=12)
            free = left + wide + 6
    return out


def draw_bars(rows: Sequence[tuple[str, float, str, str]], alt: str, *, most: float) -> str:
    """Return horizontal bars, each with its name above and its value behind it.

    A row is (name, value, value as text or "", colour). A bar of the value `most` is as long as the picture,
    except for the room that a value as text takes.
    """
    longest = max(estimate_width(shown) for _, _, shown, _ in rows) + 8
    axis = Axis(0, most, 0, 1 - longest / WIDTHS[0])
    out = ""
    for i, (name, value, shown, colour) in enumerate(rows):
        top = 20 + 46 * i
        end = max(axis(value), 0.003)
        out += draw_text(0, top - 5, name) + draw_bar(0, end, top, 18, colour)
        out += draw_text(end, top + 14, shown, bold=True, dx=6) if shown else ""
    return make_picture(out, alt=alt, height=46 * len(rows))


def draw_stacked_bar(name: str, shares: Sequence[tuple[str, float]], alt: str, *, mark: float = -1.0) -> str:
    """Return a stacked bar of 100 per cent, each part with its name where it fits.

    `shares` has (name, per cent), the largest first; a dashed line is drawn at the share `mark`.
    """
    top, height = 22, 34
    out = draw_text(0, top - 7, name, bold=True)
    at = 0.0
    for part, share in shares:
        out += draw_bar(at, at + share / 100, top, height, PLAIN, stroke="#ffffff", stroke_width=1)
        if estimate_width(part, 12) < share / 100 * WIDTHS[0]:
            look: dict[str, Any] = {"anchor": "middle", "fill": "#ffffff", "stroke": "none", "font_size": 12}
            out += draw_text(at + share / 200, top + 22, part, **look)
        at += share / 100
    out += make_element(
        "rect", x=0, y=top, width="100%", height=height, fill="none", stroke=SOFT, stroke_width=2
    )
    if mark >= 0:
        out += draw_dashed_line(mark / 100, top - 4, top + height + 4)
    out += draw_ticks({f"{level} %": level / 100 for level in (0, 25, 50, 75, 100)}, top + height + 18)
    return make_picture(out, alt=alt, height=top + height + 24)


def draw_dot_columns(dots: Sequence[Sequence[tuple[str, bool]]], top: float, foot: float) -> str:
    """Return columns of dots between the heights `top` and `foot`, each dot as large as fits.

    A dot is (key that it shares with a row of `markup.make_table`, whether it is filled), the lowest first.
    All columns have one scale; where the picture is narrow, dots are smaller and columns lower.
    """
    tallest = max(map(len, dots))
    wide = write_share(1 / len(dots))
    box = f"0 0 20 {20 * tallest}"
    ring = {"fill": "#ffffff", "stroke": GREY, "stroke_width": 2}
    out = ""
    for i, column in enumerate(dots):
        drawn = []
        for n, (key, filled) in enumerate(column):
            look: dict[str, Any] = {"fill": PLAIN} if filled else ring
            y = 20 * (tallest - n) - 10
            drawn.append(make_element("circle", cx=10, cy=y, r=7.5, cursor="pointer", data_key=key, **look))
        if drawn:
            at = {"x": write_share(i / len(dots)), "y": top, "width": wide, "height": foot - top}
            out += make_element("svg", *drawn, **at, viewBox=box, preserveAspectRatio="xMidYMax")
    return out + draw_line(0, foot, 1, foot)


def draw_squares(name: str, mark: style.Mark, states: Sequence[str], chosen: str, side: float) -> str:
    """Return a titled block of squares for `place_beside`, one square per state.

    Squares of a `side` of more than 20 pixels have their state's code in them; `chosen` is the code of the
    state to highlight.
    """
    pitch = side + max(2.0, round(side / 9))
    # An edge of four pixels must find room all around.
    each = min(len(states), 1 + int((WIDTHS[0] - 4 - side) // pitch))
    lines = -(-len(states) // each)
    out = "" if mark.pattern == "solid" else style.patterns_svg([mark])
    for i, state in enumerate(states):
        x, y = 2 + pitch * (i % each), 2 + pitch * (i // each)
        edge = {"stroke": "#000000", "stroke_width": 4} if state == chosen else {"stroke": INK}
        out += make_element("rect", x=x, y=y, width=side, height=side, fill=mark.fill, **edge)
        if side > 20:
            out += make_element(
                "text",
                escape_html(state),
                x=x + side / 2,
                y=y + side / 2 + 0.36 * SIZE,
                font_size=SIZE,
                font_weight="bold",
                text_anchor="middle",
                stroke="#ffffff",
                stroke_width=4,
                paint_order="stroke",
                stroke_linejoin="round",
            )
    alt = tr("{what}: squares, one a state.", what=name)
    drawn = make_picture(
        out, alt=alt, width=pitch * (each - 1) + side + 4, height=pitch * (lines - 1) + side + 4
    )
    return make_element("div", make_element("div", escape_html(name), class_="over"), drawn, class_="block")


def place_beside(*blocks: str) -> str:
    """Return blocks side by side; where the page is narrow, one below the other."""
    return make_element("div", *blocks, class_="beside")


def wide_and_aside(drawn: str, aside: str) -> str:
    """Return a picture with text to the right of it; where the page is narrow, below."""
    broad = make_element("div", drawn, class_="broad")
    return make_element("div", broad, make_element("div", aside, class_="aside"), class_="pair")


def make_half(title: str, *body: str) -> str:
    """Return a titled block for `place_beside` that takes half the width of a wide page."""
    return make_element("div", make_element("div", escape_html(title), class_="over"), *body, class_="half")


def draw_legend(*entries: tuple[str, str]) -> str:
    """Return a legend: (mark, words), each mark drawn about the middle of 16 by 14 pixels, or ""."""
    out = ""
    box = {"xmlns": "http://www.w3.org/2000/svg", "width": 16, "height": 14, "aria_hidden": "true"}
    for drawn, words in entries:
        mark = make_element("svg", drawn, **box, class_="mark") if drawn else ""
        out += make_element("span", mark, escape_html(words), class_="key")
    return make_element("div", out)
