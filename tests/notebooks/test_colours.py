"""A colour means one thing in all charts, maps and explorers that lessons show."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from samarkand import explore, maps
from samarkand.common import home
from samarkand.html import style
from samarkand.html.style import COLOURS, DARK, PAPER, Colour
from tools.author.lessons import Lesson

VEGA = "application/vnd.vegalite.v5+json"
HEX = re.compile(r"#[0-9a-fA-F]{6}\b")
#: Families of colours that say what a mark is; the others mean nothing.
MEANING = ("actor", "answer", "status")
#: Colours by how they are written: areas and edges, on light pages.
BY_LIGHT = {light: one for one in COLOURS.values() for light in (one.light, one.edge_light)}
KNOWN = {*DARK, *DARK.values(), *PAPER.values()}
#: The matrix by which somebody without green cones sees (G. Machado, M. Oliveira, L. Fernandes, 2009).
DEUTERANOPE = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881))
#: The least distance (CIE 1976) of two colours that have no other sign, for such an eye.
LEAST = 9.0


def texts_of(tree: Any) -> Iterator[str]:
    """Yield each text of a tree of dicts and lists."""
    if isinstance(tree, dict):
        for value in tree.values():
            yield from texts_of(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from texts_of(value)
    elif isinstance(tree, str):
        yield tree


def scales_of(tree: Any) -> Iterator[tuple[str, str]]:
    """Yield (name, colour) of each scale of colours in a chart."""
    if isinstance(tree, dict):
        scale = tree.get("scale")
        if isinstance(scale, dict) and HEX.match(str((scale.get("range") or [""])[0])):
            yield from zip(map(str, scale["domain"]), scale["range"], strict=True)
        for value in tree.values():
            yield from scales_of(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from scales_of(value)


def rows_of(spec: dict[str, Any]) -> Iterator[tuple[list[str], str]]:
    """Yield (the texts of a row, its colour) for each row of a chart that has a colour of its own."""
    for rows in spec.get("datasets", {}).values():
        for row in rows:
            for name in ("_colour", "fill"):
                if HEX.fullmatch(str(row.get(name, ""))):
                    yield [str(value) for value in row.values()], row[name]


def is_meant(colour: Colour, words: list[str]) -> bool:
    """Say whether words say what a colour means, or the colour means nothing."""
    return colour.family not in MEANING or bool(
        {*colour.says, *(f"  {one}" for one in colour.says)} & {*words}
    )


def judge(spec: dict[str, Any]) -> list[str]:
    """Return what is wrong with the colours of a chart."""
    faults = []
    drawn = {one for text in texts_of(spec.get("vconcat", spec)) for one in HEX.findall(text)}
    faults += [f"{one} is in no table" for one in sorted(drawn - KNOWN)]
    scales = list(scales_of(spec))
    for name, colour in scales:
        actor = style.find_actor(name)
        if actor and colour != actor.light:
            faults.append(f"{name} is {colour} and not {actor.light}")
    for words, colour in [*rows_of(spec), *(([name], colour) for name, colour in scales)]:
        if colour not in KNOWN:
            faults.append(f"{colour} is in no table")
        elif colour in BY_LIGHT and colour not in PAPER.values() and not is_meant(BY_LIGHT[colour], words):
            faults.append(f"{colour} means {BY_LIGHT[colour].says[0]}, not {words[0]}")
    return faults


def test_charts_of_lessons_use_colours_as_the_table_means_them(lesson: Lesson) -> None:
    for cell in lesson.notebook.cells:
        for out in cell.get("outputs", []):
            if VEGA in out.get("data", {}):
                assert judge(out["data"][VEGA]) == [], cell.id
            page = "".join(out.get("data", {}).get("text/html", ""))
            if "leaflet" not in page:  # a map has the sheet of its library; its own has no colours by hand
                assert set(HEX.findall(page)) <= KNOWN, cell.id


#: Explorers that draw something at each setting of their controls.
EXPLORERS = sorted(set(explore.__all__) - {"Explorer", "Panel", "my_forecasts"})


def judge_card(card: str) -> list[str]:
    """Return what is wrong with the colours of an explorer's card: not in the table, or with no word for it.

    Answers that nobody gave share their grey edge with places outside the Council, so only areas count there.
    """
    drawn = set(HEX.findall(card))
    faults = [f"{colour} is in no table" for colour in sorted(drawn - KNOWN)]
    words = html.unescape(re.sub(r"<[^>]*>", " ", card))
    for colour in COLOURS.values():
        is_drawn = colour.light in drawn and colour.light not in PAPER.values()
        if is_drawn and colour.family in MEANING and not any(one in words for one in colour.says):
            faults.append(f"{colour.light} means {colour.says[0]}, which the card does not name")
    return faults


@pytest.mark.parametrize("name", EXPLORERS)
def test_explorers_use_colours_as_the_table_means_them_at_every_setting(name: str) -> None:
    explorer = getattr(explore, name)()
    for values in explorer.domain():
        assert judge_card(explorer.render(**values)) == [], values


def test_a_colour_of_a_card_that_is_in_no_table_or_has_no_word_is_seen() -> None:
    assert judge_card('<rect fill="#9cc7e3"/>') == ["#9cc7e3 is in no table"]
    unnamed = f'<rect fill="{COLOURS["China"].light}"/>'
    assert judge_card(unnamed) == ["#063db8 means China, which the card does not name"]
    assert judge_card(unnamed + "<b>China</b>") == []


@pytest.mark.parametrize(
    ("name", "colour", "fault"),
    [
        ("China", COLOURS["Russia"].light, "China is #84330f and not #063db8"),
        ("Peru", COLOURS["India"].light, "#7e1b4b means India, not Peru"),
        ("voted no", COLOURS["yes"].light, "#c6dfa2 means voted yes, not voted no"),
        ("Peru", "#00649c", "#00649c is in no table"),
    ],
)
def test_a_colour_that_means_another_thing_is_seen(name: str, colour: str, fault: str) -> None:
    encoding = {"color": {"field": "name", "scale": {"domain": [name], "range": [colour]}}}
    assert fault in judge({"vconcat": [{"encoding": encoding}]})


def test_marks_of_maps_have_colours_of_their_own_meaning_and_only_contested_areas_are_hatched() -> None:
    meant = {"status": ("status", "contested"), "votes": ("answer",), "routes": ("line",), "signs": ("line",)}
    table = (home.ASSETS / "marks.csv").read_text(encoding="utf-8").splitlines()[1:]
    for line in table:
        family, *_, colour, pattern = line.split(",")
        assert COLOURS[colour].family in meant.get(family, ("actor", "degree", "line", "contested")), line
        assert (pattern == "hatch") == (colour == "contested"), line
    assert [name for name, (_, turn, _) in style.PATTERNS.items() if turn] == ["hatch"]


@pytest.mark.parametrize("name", sorted(set(maps.__all__) - {"viewpoints"}))
def test_no_two_marks_of_a_map_are_alike_to_a_deuteranope(name: str) -> None:
    scene = getattr(maps, name)().scene
    for at in range(len(scene.steps)):
        letters = {states[at] for states in scene.status.values()}
        shown = [key.mark for key in scene.keys if key.mark.code in letters]
        for one in shown:
            for other in shown:
                if one.pattern == other.pattern and one is not other:
                    for dark in (False, True):
                        two = [DARK[mark.colour] if dark else mark.colour for mark in (one, other)]
                        assert distance_of(*two) >= LEAST, (one.label, other.label, dark)


def distance_of(one: str, other: str) -> float:
    """Return how far two colours are from each other for a deuteranope, in CIE 1976's units."""
    return sum((a - b) ** 2 for a, b in zip(lab_of(one), lab_of(other), strict=True)) ** 0.5


def lab_of(colour: str) -> tuple[float, float, float]:
    """Return a colour as a deuteranope sees it: lightness, green to red, blue to yellow."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    seen = [sum(m * c for m, c in zip(row, linear, strict=True)) for row in DEUTERANOPE]
    red, green, blue = (min(1.0, max(0.0, c)) for c in seen)
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    a, b, c = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * b - 16, 500 * (a - b), 200 * (b - c)


def test_neighbours_of_a_chart_are_not_alike_to_a_deuteranope(lesson: Lesson) -> None:
    for cell in lesson.notebook.cells:
        for out in cell.get("outputs", []):
            drawn = {colour for _, colour in scales_of(out.get("data", {}).get(VEGA, {}))}
            for one in drawn:
                for other in drawn - {one}:
                    assert distance_of(one, other) >= LEAST, (cell.id, one, other)
                    assert distance_of(DARK[one], DARK[other]) >= LEAST, (cell.id, one, other, "dark")
