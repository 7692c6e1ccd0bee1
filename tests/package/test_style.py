"""Colours and patterns: defined in one place, distinct without colour, readable."""

import json
import re
from itertools import chain

import pandas as pd
import pytest

from samarkand import charts
from samarkand.common import home
from samarkand.html import style

LINES = pd.DataFrame({"year": [2001, 2002] * 3, "n": range(6), "group": [*"aabbcc"]})
#: Families of marks that are drawn as lines or bands.
DRAWN_AS_LINES = ("signs", "routes", "flows")
FAMILIES = (style.STATUS, style.VOTES, style.PLACES)


def test_codes_are_one_letter_and_unique_over_all_families() -> None:
    codes = [mark.code for family in FAMILIES for mark in family.values()]
    assert all(len(code) == 1 and code.isalpha() for code in codes)
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("family", FAMILIES)
def test_marks_of_a_family_differ_in_colour_and_in_pattern(family: dict[str, style.Mark]) -> None:
    marks = list(family.values())
    assert len({(mark.colour, mark.pattern) for mark in marks}) == len(marks)
    if family is not style.STATUS:  # partners of two names have one colour
        assert len({mark.colour for mark in marks}) == len(marks)
    plain = [mark for mark in marks if mark.pattern == "solid"]
    patterned = [mark.pattern for mark in marks if mark.pattern != "solid"]
    assert len(set(patterned)) == len(patterned)
    for one in plain:  # two plain fills are told apart by how light they are
        for other in plain:
            assert one is other or style.compute_contrast(one.colour, other.colour) > 1.3


def test_writing_stands_out_from_its_ground_on_light_and_dark_pages() -> None:
    dark = {name: style.DARK[colour] for name, colour in style.PAPER.items()}
    for pair in ("ink paper", "soft paper", "ink land", "land-ink land", "sea-ink sea"):
        ink, ground = pair.split()
        for paper in (style.PAPER, dark):
            assert style.compute_contrast(paper[ink], paper[ground]) >= 4.5, pair
    for mark in chain.from_iterable(family.values() for family in FAMILIES):
        assert style.compute_contrast(mark.ink, mark.colour) >= 4.5, mark


def test_every_colour_of_a_card_has_a_dark_partner_and_text_stays_readable() -> None:
    css = (home.ASSETS / "markup.css").read_text(encoding="utf-8")
    assert set(re.findall(r"#[0-9a-f]{6}", css)) <= set(style.DARK)
    for body in re.findall(r"\{([^}]*)\}", css):
        colours = dict(re.findall(r"\b(background|(?<!-)color): (#[0-9a-f]{6})", body))
        if set(colours) == {"background", "color"}:
            dark = [style.DARK[colour] for colour in colours.values()]
            assert (
                style.compute_contrast(*colours.values()) >= 4.5 and style.compute_contrast(*dark) >= 4.5
            ), body


def test_no_colour_stands_by_hand_in_the_sheets_of_maps() -> None:
    """Colours come from one table, so that each has its partner on dark pages."""
    sheets = [one for one in (home.ASSETS / "map").iterdir() if one.suffix in (".css", ".html", ".js")]
    assert len(sheets) > 10
    for one in sheets:
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b|light-dark\(", one.read_text(encoding="utf-8")), one.name


def test_thin_lines_text_and_dots_stand_out_on_light_and_dark_pages() -> None:
    families = [style.read_marks(family).values() for family in DRAWN_AS_LINES]
    marks = [one.edge for one in chain.from_iterable(families)]
    series = charts.lines(LINES, x="year", y="n", group="group", title="Three lines of two years", source="x")
    drawn = series.to_dict()["vconcat"][0]["layer"][0]["encoding"]["color"]["scale"]["range"]
    for light in {*marks, *drawn}:
        dark = style.DARK.get(light, light)
        assert style.compute_contrast(light, style.PAPER["paper"]) >= 3.4, light
        assert style.compute_contrast(dark, style.DARK[style.PAPER["paper"]]) >= 3, light


def test_charts_change_as_cards_do_where_the_page_is_dark() -> None:
    """The sheet that JupyterLab gets has the colours of ink and of thin lines, with their partners."""
    sheet = (home.ROOT / "settings/lab/labextension/static/outputs.css").read_text(encoding="utf-8")
    rules = re.findall(r'\[(fill|stroke)="(#\w+)"\] \{ \1: (#\w+); \}', sheet)
    assert rules and all(style.DARK[light] == dark for _, light, dark in rules)
    assert f"background-color: {style.DARK['#ffffff']} !important" in sheet
    data = {light for one in style.COLOURS.values() for light in (one.light, one.edge_light)}
    drawn = {style.PAPER[name] for name in ("ink", "soft", "rule")} | data
    assert {light for _, light, _ in rules} | {"#ffffff"} == drawn - {style.HATCH, style.PAPER["land"]}


def test_the_texts_of_neighbouring_cells_are_12_px_apart_in_whatever_front_end() -> None:
    """A front end without our style sheet knows only what a cell says of itself: half of the gap a side."""
    gaps = []
    for path in sorted((home.ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", ()):
                html = "".join(output.get("data", {}).get("text/html", ()))
                for said in re.findall(r'<t[dh]\b[^>]*\bstyle="[^"]*\bpadding: ([^;"]*)', html):
                    sides = [float(part.removesuffix("px")) for part in said.split()]
                    right = sides[1] if len(sides) > 1 else sides[0]
                    left = sides[3] if len(sides) > 3 else right
                    gaps.append((min(left, right), path.name, said))
    assert len(gaps) > 50
    assert [gap for gap in gaps if gap[0] < 6] == []
