"""Charts on the site: drawings in two widths that follow the theme, with letters that a telephone shows."""

import re
from typing import Any

import altair as alt
import pandas as pd
import pytest

from samarkand import charts
from samarkand.html import style
from tools.site import figures

WORDS = ["short", "a name of more than twenty letters"]


def chart_of(names: list[str]) -> dict[str, Any]:
    rows = pd.DataFrame({"n": range(1, len(names) + 1), "state": names})
    made: dict[str, Any] = charts.bars(rows, "n", "state", title="Three in all", source="own").to_dict()
    return made


@pytest.mark.parametrize("width", [figures.WIDE, figures.NARROW])
def test_a_drawing_has_its_width_legible_letters_and_the_colours_of_both_themes(width: int) -> None:
    pytest.importorskip("vl_convert")
    svg = figures.draw_chart(chart_of(WORDS), width)
    assert abs(figures.size_of(svg)[0] - width) <= 2
    assert min(map(float, re.findall(r'font-size="([\d.]+)px"', svg))) >= 11
    assert "Three in all" not in svg and WORDS[1] in svg, "the title is in the page"
    ink = style.PAPER["ink"]
    assert f'fill="{ink}" style="fill:{style.pair_colours(ink)}"' in svg


def test_letters_upon_a_colour_are_read_in_the_light_and_in_the_dark() -> None:
    drawn = figures.follow_theme('<svg><path fill="#e0a0c8"/><text fill="#1b2733">no</text></svg>')
    for part in ("#e0a0c8", "#1b2733"):
        assert f'style="fill:{style.pair_colours(part)}"' in drawn
    for one in (
        mark for family in ("votes", "status", "flows") for mark in style.read_marks(family).values()
    ):
        assert style.compute_contrast(one.ink, one.colour) >= 4.5, one
        assert style.compute_contrast(style.DARK[one.ink], style.DARK[one.colour]) >= 4.3, one


def test_long_names_stand_above_their_bars_on_a_telephone() -> None:
    pytest.importorskip("vl_convert")
    long, short = (
        figures.size_of(figures.draw_chart(chart_of(names), figures.NARROW)) for names in (WORDS, ["a", "b"])
    )
    assert long[1] > short[1] + 20


def test_a_name_of_two_lines_stays_above_its_row() -> None:
    pytest.importorskip("vl_convert")
    name = "a member of the UN Committee on the Elimination of Racial Discrimination"
    rows = pd.DataFrame({"who": [name, "x"], "n": [1.0, 2.0]})
    spec = charts.ranges(rows, "who", "n", title="Two", source="own").to_dict()
    narrow, wide = (figures.draw_chart(spec, width) for width in (figures.NARROW, figures.WIDE))
    assert name in wide and name not in narrow
    places = {
        text: float(y)
        for y, text in re.findall(r"translate\([\d.-]+,([\d.-]+)\)[^>]*>(?:<tspan[^>]*>)?([^<]+)<", narrow)
    }
    first = next(y for text, y in places.items() if text.startswith("a member"))
    assert places["1"] - first >= 2 * 13, "its second line is above its figure"


def test_a_figure_says_its_finding_to_who_sees_it_and_who_does_not() -> None:
    found = figures.read_chart(chart_of(WORDS), "03_the_sco-x", "03_the_sco", "")
    made = figures.render_figure(found, [(680, 200), (328, 240)], "..")
    assert '<p class="sam-finding">Three in all</p>' in made and 'alt="Three in all. 2 bars show n' in made
    assert 'width="680" height="200"' in made and "03_the_sco-x.narrow.svg" in made


def test_the_lines_of_a_head_end_above_the_first_row_on_a_telephone() -> None:
    pytest.importorskip("vl_convert")
    answers = pd.DataFrame(
        {"country": ["India"], "es_11_1": ["abstain"], "es_11_3": ["no"], "es_11_4": ["no"]}
    )
    spec = charts.roll_call(
        answers, "country", ["es_11_1", "es_11_3", "es_11_4"], title="One of {number}", source="own"
    ).to_dict()
    svg = figures.draw_chart(spec, figures.NARROW)
    heads = re.findall(r'translate\([\d.-]+,([\d.-]+)\)"[^>]*>((?:<tspan[^>]*>[^<]*</tspan>)+)', svg)
    feet = []
    for y, spans in heads:
        lines = re.findall(r'dy="([\d.]+)"', spans)
        feet.append(float(y) + sum(map(float, lines)))
    assert len(feet) == 3 and max(feet) < 0, "above the rows, which begin at 0"


@pytest.mark.parametrize("width", [figures.WIDE, figures.NARROW])
def test_long_names_beside_plain_bars_have_no_heading_across_them(width: int) -> None:
    pytest.importorskip("vl_convert")
    name = "observers on the day before the article"
    rows = pd.DataFrame({"measure": [name, "observers on the day"], "value": [6, 4]})
    spec = alt.Chart(rows).mark_bar().encode(x="value", y="measure").to_dict()
    svg = figures.draw_chart(spec, width)
    words = re.findall(r"<(?:text|tspan)[^>]*>([^<]+)<", svg)
    assert "measure" not in words and "value" in words
    assert " ".join(words).replace("&nbsp;", " ").count("the article") == 1, "no name is cut"
    assert (name in words) == (width == figures.WIDE)
    assert style.PLAIN in svg, "a bar that means nothing has the colour that means nothing"


def test_a_figure_on_a_line_of_the_grid_is_legible() -> None:
    pytest.importorskip("vl_convert")
    rows = pd.DataFrame({"year": [2001, 2002], "n": [1, 2]})
    line = charts.lines(rows, "year", "n", title="Two", source="own").to_dict()
    assert "paint-order:stroke" in figures.draw_chart(line, figures.WIDE)
    assert "paint-order:stroke" not in figures.draw_chart(chart_of(WORDS), figures.WIDE)
