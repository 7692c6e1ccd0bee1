"""All colours and patterns of the course: Okabe and Ito's palette, and a pattern with each colour.

Patterns serve readers who cannot tell the colours apart, and prints in grey. Maps and charts take both from
here: as `Mark` objects, as CSS custom properties (`css`) or as SVG patterns (`patterns_svg`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from samarkand.common import home
from samarkand.common.errors import unknown
from samarkand.common.reading import rows
from samarkand.common.words import tr

#: Eight colours that people with colour vision deficiencies tell apart (M. Okabe and K. Ito, "Color
#: Universal Design", University of Tokyo, 2002, revised 2008).
OKABE_ITO: Mapping[str, str] = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky_blue": "#56B4E9",
    "bluish_green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "reddish_purple": "#CC79A7",
}

#: Colours of everything but data: paper, text, land and sea. Text has a contrast of 4.5 to 1 or more with
#: paper (WCAG 2.2, 1.4.3).
PAPER: Mapping[str, str] = {
    "paper": "#ffffff",
    "ink": "#1b2733",
    "soft": "#55616c",
    "rule": "#d5dae0",
    "sea": "#e4eff5",
    "sea-ink": "#466a83",
    "land": "#f3efe6",
    "land-ink": "#6b6557",
    "border": "#c4bcaa",
}

#: Colour of the lines over contested areas.
HATCH = "#3b3f45"

#: Replacement of a colour on dark pages: cards, pictures and maps follow the theme at once, since
#: CSS chooses (`pair`). Data keep their colours, but for pale areas, which would glare. Text has a contrast
#: of 4.5 to 1 or more here as well.
DARK: Mapping[str, str] = {row["light"]: row["dark"] for row in rows(home.ASSETS / "dark.csv")}

#: Replacement of a data colour in thin lines and text: there it has to be darker on
#: light pages, and `DARK` has it paler on dark ones.
THIN: Mapping[str, str] = {
    OKABE_ITO["blue"]: "#00649c",
    OKABE_ITO["vermillion"]: "#a84500",
    OKABE_ITO["reddish_purple"]: "#8a4d72",
}

#: Fonts found without a download on Windows, macOS, Android and Linux.
FONT = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif'
)


@dataclass(frozen=True)
class Mark:
    """The look of one category in all maps and charts: a colour (``#rrggbb``), and a pattern or ``solid``.

    The code is one letter, short enough to write into a map for each state and year; label and plural are the
    words for one and for several, in a legend or a sentence.
    """

    code: str
    label: str
    plural: str
    colour: str
    pattern: str = "solid"

    @property
    def fill(self) -> str:
        """CSS value for ``fill`` in a document that contains `patterns_svg`."""
        return self.colour if self.pattern == "solid" else f"url(#p-{self.code})"

    @property
    def thin(self) -> str:
        """CSS value of its colour for lines and text, on light and dark pages."""
        return pair(THIN.get(self.colour, self.colour))

    @property
    def ink(self) -> str:
        """Colour of text on it: white or dark, whichever has more contrast."""
        dark = PAPER["ink"]
        return "#ffffff" if contrast(self.colour, "#ffffff") > contrast(self.colour, dark) else dark


#: Pattern tiles: size in px, rotation in degrees, and what is drawn in the tile over the colour.
PATTERNS: Mapping[str, tuple[int, int, str]] = {
    "diagonal": (7, 45, '<path fill="#fff" fill-opacity=".72" d="M0 0h2v7H0z"/>'),
    "dots": (
        8,
        0,
        '<g fill="#fff" fill-opacity=".92">'
        '<circle cx="2" cy="2" r="1.2"/><circle cx="6" cy="6" r="1.2"/></g>',
    ),
    "grid": (8, 0, '<path fill="none" stroke="#fff" stroke-opacity=".75" d="M0 4h8M4 0v8"/>'),
    "horizontal": (6, 0, '<path fill="#fff" fill-opacity=".6" d="M0 0h6v1.4H0z"/>'),
    "vertical": (6, 0, '<path fill="#fff" fill-opacity=".6" d="M0 0h1.4v6H0z"/>'),
    "lines": (9, 45, '<path fill="#fff" fill-opacity=".75" d="M0 0h1.5v9H0z"/>'),
    "hatch": (5, -45, '<path fill="var(--hatch,#3b3f45)" fill-opacity=".8" d="M0 0h1.2v5H0z"/>'),
}


def marks(family: str, **gaps: object) -> dict[str, Mark]:
    """Return the marks of a family by name, as ``assets/marks.csv`` has them, the gaps in their words filled.

    Examples
    --------
    >>> marks("status")["member"].plural
    'members'
    """
    colours = {**OKABE_ITO, **PAPER}
    return {
        row["name"]: Mark(
            row["code"],
            tr(row["label"], **gaps),
            tr(row["plural"] or row["label"], **gaps),
            colours.get(row["colour"], row["colour"]),
            row["pattern"],
        )
        for row in rows(home.ASSETS / "marks.csv")
        if row["family"] == family
    }


#: Status in the Shanghai Cooperation Organisation, votes in the United Nations (by the names in the tables
#: ``sco_membership`` and ``un_votes``), and places that a map highlights.
STATUS, VOTES, PLACES = marks("status"), marks("votes"), marks("places")


def pair(colour: str) -> str:
    """Return a colour in CSS for light and dark pages; the colour itself if it is the same on both.

    Examples
    --------
    >>> pair("#ffffff"), pair("#E69F00")
    ('light-dark(#ffffff,#1b1e22)', '#E69F00')
    """
    return f"light-dark({colour},{DARK[colour]})" if colour in DARK else colour


def in_words(kind: str, n: int) -> str:
    """Return, in words, a number of states with a status or vote, which is a key of `STATUS` or `VOTES`.

    Examples
    --------
    >>> in_words("member", 8), in_words("observer", 1), in_words("no", 6)
    ('8 members', '1 observer', '6 voted no')
    """
    marks = {**STATUS, **VOTES}
    if kind not in marks:
        raise unknown("status", kind, marks)
    return f"{n} {marks[kind].label if n == 1 else marks[kind].plural}"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (``#rrggbb``), from 1 (none) to 21 (black on white).

    References
    ----------
    W3C, *Web Content Accessibility Guidelines 2.2*, "contrast ratio" and "relative luminance".

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"))
    21
    """

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def patterns_svg(marks: Iterable[Mark] | None = None) -> str:
    """Return the ``<defs>`` of an SVG with the patterns of marks: ``p-`` and the mark's code is the name.

    Examples
    --------
    >>> patterns_svg([STATUS["member"]])
    '<defs></defs>'
    """
    out = []
    for one in STATUS.values() if marks is None else marks:
        if one.pattern != "solid":
            size, turn, tile = PATTERNS[one.pattern]
            if one.colour in DARK:  # white would glare in a dark tint
                tile = tile.replace("#fff", "var(--halo,#fff)")
            rotate = f' patternTransform="rotate({turn})"' if turn else ""
            out.append(
                f'<pattern id="p-{one.code}" width="{size}" height="{size}"{rotate} '
                'patternUnits="userSpaceOnUse">'
                f'<path fill="{_ground(one)}" d="M0 0h{size}v{size}H0z"/>{tile}</pattern>'
            )
    return f"<defs>{''.join(out)}</defs>"


def _ground(mark: Mark) -> str:
    """Return the background colour of a pattern; on a themed map, land has the theme's."""
    return f"var(--land,{mark.colour})" if mark.colour == PAPER["land"] else pair(mark.colour)


def css(marks: Iterable[Mark] | None = None) -> str:
    """Return the palette as CSS: custom properties, and a rule for elements with a mark’s code in ``data-s``.

    A mark with the code ``m`` has ``--m``, ``--m-thin`` and ``--m-ink`` (colour, the same for lines and
    writing, and text on it); ``--ink``, ``--sea`` ... stand for `PAPER`, ``--font`` for the writing. What is
    paper, ink or land follows the page's theme.

    Examples
    --------
    >>> "[data-s=m]{fill:var(--m)}" in css()
    True
    """
    chosen = list(STATUS.values() if marks is None else marks)
    named = {**PAPER, "halo": "#ffffff", "hatch": HATCH, "faint": "#7b8793", "focus": THIN[OKABE_ITO["blue"]]}
    properties = [f"--{name}:{pair(colour)}" for name, colour in named.items()]
    properties += [
        f"--{one.code}:{_ground(one)};--{one.code}-thin:{one.thin};--{one.code}-ink:{one.ink}"
        for one in chosen
    ]
    rules = [
        f"[data-s={one.code}]{{fill:{f'var(--{one.code})' if one.pattern == 'solid' else one.fill}}}"
        for one in chosen
    ]
    rules += [
        f".inside[data-s={one.code}] text{{fill:{one.ink};stroke:var(--{one.code})}}"
        for one in chosen
        if one.pattern == "solid" and one.ink == "#ffffff"
    ]
    return f":root{{{';'.join(properties)};--font:{FONT}}}" + "".join(rules)
