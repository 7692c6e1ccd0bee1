"""All colours and patterns of the course, each of which means one thing.

The table ``assets/colours.csv`` says what: an actor (a state, or Europe) in lines, bars and bands; an answer
in a vote, a status, a degree in areas, which are pale, with an edge and a pattern; and lines and bars that
mean nothing. Patterns serve readers who cannot tell the colours apart, and prints in grey; diagonals are only
ever contested areas. Maps and charts take both from here: as `Mark` objects, as CSS custom
properties (`make_css`) or as SVG patterns (`patterns_svg`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from samarkand.common import home
from samarkand.common.errors import make_unknown_name
from samarkand.common.reading import read_rows
from samarkand.common.words import tr


@dataclass(frozen=True)
class Colour:
    """A colour (``#rrggbb``) on light pages and on dark ones, and what it means.

    Parameters
    ----------
    family : str
        The kind of its meaning: actor, line, answer, status, degree or contested.
    name : str
        Its name in the table of marks.
    says : tuple of str
        What it means, and other names of that.
    light, dark : str
        The colour of a line, a bar or an area.
    edge_light, edge_dark : str
        That of an area's edge and pattern; the colour itself if it is no area's.
    """

    family: str
    name: str
    says: tuple[str, ...]
    light: str
    dark: str
    edge_light: str
    edge_dark: str


def _read_colours() -> dict[str, Colour]:
    """Read the table of colours, by name."""
    found = {}
    for row in read_rows(home.ASSETS / "colours.csv"):
        found[row["name"]] = Colour(
            family=row["family"],
            name=row["name"],
            says=tuple(row["says"].split("; ")),
            light=row["light"],
            dark=row["dark"],
            edge_light=row["edge_light"] or row["light"],
            edge_dark=row["edge_dark"] or row["dark"],
        )
    return found


#: The colours of data, by name.
COLOURS: Mapping[str, Colour] = _read_colours()

#: The one colour of bars, lines and dots that mean nothing; of what a title is about; of thin lines from zero
#: or between two points.
PLAIN = COLOURS["plain"].light
HIGHLIGHT = COLOURS["highlight"].light
GUIDE = COLOURS["guide"].light

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
HATCH = COLOURS["contested"].edge_light

#: Replacement of a colour on dark pages: cards, pictures and maps follow the theme at once, since
#: CSS chooses (`pair_colours`). Text has a contrast of 4.5 to 1 or more here as well.
DARK: Mapping[str, str] = (
    {row["light"]: row["dark"] for row in read_rows(home.ASSETS / "dark.csv")}
    | {one.light: one.dark for one in COLOURS.values()}
    | {one.edge_light: one.edge_dark for one in COLOURS.values()}
)

#: Fonts found without a download on Windows, macOS, Android and Linux.
FONT = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif'
)


@dataclass(frozen=True)
class Mark:
    """The look of one category in all maps and charts: a colour (``#rrggbb``), and a pattern or ``solid``.

    An area has an `edge` besides, darker than it, in which its pattern is drawn as well.

    The code is one letter, short enough to write into a map for each state and year; label and plural are the
    words for one and for several, in a legend or a sentence.
    """

    code: str
    label: str
    plural: str
    colour: str
    edge: str
    pattern: str = "solid"

    @property
    def fill(self) -> str:
        """CSS value for ``fill`` in a document that contains `patterns_svg`."""
        return self.colour if self.pattern == "solid" else f"url(#p-{self.code})"

    @property
    def thin(self) -> str:
        """CSS value of its colour for lines, edges and text, on light and dark pages."""
        return pair_colours(self.edge)

    @property
    def ink(self) -> str:
        """Colour of text on it: white or dark, whichever has more contrast; both change on dark pages."""
        return ink_upon(self.colour)


#: Pattern tiles: size in px, rotation in degrees, and what is drawn in the tile, in the colour of the edge.
PATTERNS: Mapping[str, tuple[int, int, str]] = {
    "dots": (8, 0, '<g fill="EDGE"><circle cx="2" cy="2" r="1"/><circle cx="6" cy="6" r="1"/></g>'),
    "grid": (8, 0, '<path fill="none" stroke="EDGE" stroke-width=".8" d="M0 4h8M4 0v8"/>'),
    "horizontal": (6, 0, '<path fill="EDGE" d="M0 0h6v1H0z"/>'),
    "vertical": (6, 0, '<path fill="EDGE" d="M0 0h1v6H0z"/>'),
    "hatch": (5, -45, '<path fill="EDGE" fill-opacity=".8" d="M0 0h1.2v5H0z"/>'),
}


def read_marks(family: str, **gaps: object) -> dict[str, Mark]:
    """Return the marks of a family by name, as ``assets/marks.csv`` has them, the gaps in their words filled.

    Examples
    --------
    >>> read_marks("status")["member"].plural
    'members'
    """
    found = {}
    for row in read_rows(home.ASSETS / "marks.csv"):
        if row["family"] == family:
            found[row["name"]] = Mark(
                code=row["code"],
                label=tr(row["label"], **gaps),
                plural=tr(row["plural"] or row["label"], **gaps),
                colour=COLOURS[row["colour"]].light,
                edge=COLOURS[row["colour"]].edge_light,
                pattern=row["pattern"],
            )
    return found


#: Status in the Shanghai Cooperation Organisation, votes in the United Nations (by the names in the tables
#: ``sco_membership`` and ``un_votes``), and places that a map highlights.
STATUS, VOTES, PLACES = read_marks("status"), read_marks("votes"), read_marks("places")


def pair_colours(colour: str) -> str:
    """Return a colour in CSS for light and dark pages; the colour itself if it is the same on both.

    Examples
    --------
    >>> pair_colours("#ffffff"), pair_colours("#123456")
    ('light-dark(#ffffff,#1b1e22)', '#123456')
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
        raise make_unknown_name("status", kind, marks)
    mark = marks[kind]
    return f"{n} {mark.label if n == 1 else mark.plural}"


def find_actor(words: str) -> Colour | None:
    """Return the colour of an actor by one of its names; None if the words name no actor.

    Examples
    --------
    >>> find_actor("USA").name, find_actor("Peru")
    ('United States', None)
    """
    for colour in COLOURS.values():
        if colour.family == "actor" and words in colour.says:
            return colour
    return None


def colour_of_name(name: str, otherwise: str = PLAIN) -> str:
    """Return the colour of a bar or a line by its name: its actor's, or else one that means nothing.

    Examples
    --------
    >>> colour_of_name("Russia"), colour_of_name("Peru")
    ('#84330f', '#67737e')
    """
    actor = find_actor(name)
    return actor.light if actor else otherwise


def ink_upon(background: str) -> str:
    """Return the colour of text on a colour: white or dark, whichever has more contrast.

    On dark pages both change, as the colour below them does.

    Examples
    --------
    >>> ink_upon("#063db8"), ink_upon("#c6dfa2")
    ('#ffffff', '#1b2733')
    """
    return max(("#ffffff", PAPER["ink"]), key=lambda ink: compute_contrast(ink, background))


def compute_contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (``#rrggbb``), from 1 (none) to 21 (black on white).

    References
    ----------
    W3C, *Web Content Accessibility Guidelines 2.2*, "contrast ratio" and "relative luminance".

    Examples
    --------
    >>> round(compute_contrast("#000000", "#ffffff"))
    21
    """
    high, low = sorted((_measure_luminance(one), _measure_luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _measure_luminance(colour: str) -> float:
    """Return the relative luminance of a colour, from 0 (black) to 1 (white)."""
    luminance = 0.0
    for start, weight in ((1, 0.2126), (3, 0.7152), (5, 0.0722)):
        part = int(colour[start : start + 2], 16) / 255
        light = part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        luminance += weight * light
    return luminance


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
            # A band has no edge: its pattern is in the colour of the paper.
            edge = pair_colours(PAPER["paper"] if one.edge == one.colour else one.edge)
            if one.pattern == "hatch":
                edge = f"var(--hatch,{one.edge})"
            rotate = f' patternTransform="rotate({turn})"' if turn else ""
            out.append(
                f'<pattern id="p-{one.code}" width="{size}" height="{size}"{rotate} '
                'patternUnits="userSpaceOnUse">'
                f'<path fill="{_find_background(one)}" d="M0 0h{size}v{size}H0z"/>'
                f"{tile.replace('EDGE', edge)}</pattern>"
            )
    return f"<defs>{''.join(out)}</defs>"


def _find_background(mark: Mark) -> str:
    """Return the background colour of a pattern; on a themed map, land has the theme's."""
    return f"var(--land,{mark.colour})" if mark.colour == PAPER["land"] else pair_colours(mark.colour)


def make_css(marks: Iterable[Mark] | None = None) -> str:
    """Return the palette as CSS: custom properties, and a rule for elements with a mark’s code in ``data-s``.

    A mark with the code ``m`` has ``--m``, ``--m-thin`` and ``--m-ink`` (colour, the same for lines and
    writing, and text on it); ``--ink``, ``--sea`` ... stand for `PAPER`, ``--font`` for the writing. What is
    paper, ink or land follows the page's theme.

    Examples
    --------
    >>> "[data-s=m]{fill:var(--m);stroke:var(--m-thin)}" in make_css()
    True
    """
    chosen = list(STATUS.values() if marks is None else marks)
    named = {**PAPER, "halo": "#ffffff", "hatch": HATCH, "faint": "#7b8793", "focus": "#00497a"}
    properties = [f"--{name}:{pair_colours(colour)}" for name, colour in named.items()]
    properties += [
        f"--{one.code}:{_find_background(one)};--{one.code}-thin:{one.thin};--{one.code}-ink:{pair_colours(one.ink)}"
        for one in chosen
    ]
    rules = []
    for one in chosen:
        fill = f"var(--{one.code})" if one.pattern == "solid" else one.fill
        rules.append(f"[data-s={one.code}]{{fill:{fill};stroke:var(--{one.code}-thin)}}")
    rules += [
        f".inside[data-s={one.code}] text{{fill:{pair_colours(one.ink)};stroke:var(--{one.code})}}"
        for one in chosen
        if one.pattern == "solid" and one.ink == "#ffffff"
    ]
    return f":root{{{';'.join(properties)};--font:{FONT}}}" + "".join(rules)
