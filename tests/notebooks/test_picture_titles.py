"""Each chart and map of a lesson says in its title what it found, with figures that were computed."""

import ast
import html
import re
from typing import Any

import pytest
from nbformat import NotebookNode

from samarkand import explore
from tools.author.lessons import Lesson

VEGA = "application/vnd.vegalite.v5+json"
#: The most letters in a title.
LONGEST = 84
#: A gap that the chart, or an f-string, fills.
GAP = re.compile(r"\{[^{}]+\}")
#: Keys of tables, which no reader should meet: words joined by hyphens or underscores.
RAW = re.compile(r"not-a-claim|\b[a-z]+_[a-z_]+\b|\b(?:sco|usd|gdp)\b")


def charts_of(cell: NotebookNode) -> list[dict[str, Any]]:
    """Return the specifications of a cell's charts."""
    return [out["data"][VEGA] for out in cell.get("outputs", []) if VEGA in out.get("data", {})]


def head_of(spec: dict[str, Any]) -> tuple[str, str]:
    """Return a chart's title and subtitle."""
    title = (spec["vconcat"][0] if "vconcat" in spec else spec)["title"]
    return (title["text"], title.get("subtitle", "")) if isinstance(title, dict) else (title, "")


def titles_in(code: str) -> list[str]:
    """Return the titles that code gives to charts, as they are written."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("charts."):
            found += [ast.unparse(one.value) for one in node.keywords if one.arg == "title"]
    return found


def test_no_title_begins_with_a_digit(lesson: Lesson) -> None:
    for cell in lesson.notebook.cells:
        titles = [head_of(spec)[0] for spec in charts_of(cell)]
        for out in cell.get("outputs", []):
            titles += re.findall(r'<iframe title="([^"]*)"', out.get("data", {}).get("text/html", ""))
        assert [title for title in titles if title[:1].isdigit()] == [], cell.id


def test_each_chart_says_a_figure_that_it_computes_itself(lesson: Lesson) -> None:
    for cell in lesson.notebook.cells:
        for spec in charts_of(cell):
            title, subtitle = head_of(spec)
            assert len(title) <= LONGEST, f"{cell.id}: {len(title)} letters"
            assert not RAW.search(f"{title} {subtitle}"), cell.id
            assert "per cent" not in f"{title} {subtitle}", f"{cell.id}: a picture writes %"
        for written in titles_in(cell.source) if cell.cell_type == "code" else []:
            assert GAP.search(written), f"{cell.id}: {written}"


@pytest.mark.parametrize(("lesson_number", "cell_id"), [("04", "first-picture"), ("08", "wrong-chart")])
def test_a_chart_that_is_wrong_on_purpose_says_so(lesson_number: str, cell_id: str) -> None:
    from tools.author import lessons

    (lesson,) = [one for one in lessons.read_all_lessons() if one.number == lesson_number]
    (cell,) = [one for one in lesson.notebook.cells if one.id == cell_id]
    (spec,) = charts_of(cell)
    assert head_of(spec)[0].startswith("Wrong on purpose: ")


#: Explorers that show something at each setting of their controls.
EXPLORERS = sorted(set(explore.__all__) - {"Explorer", "Panel", "my_forecasts"})
#: A hyphen where a minus is meant: before a number, and not within a word, a number or an address.
HYPHEN = re.compile(r"(?<![\w.,:/–-])-\d")


@pytest.mark.parametrize("name", EXPLORERS)
def test_no_setting_of_an_explorer_shows_a_raw_key_a_hyphen_for_a_minus_or_per_cent_in_its_picture(
    name: str,
) -> None:
    explorer = getattr(explore, name)()
    for values in explorer.domain():
        card = explorer.render(**values)
        spoken = " ".join(re.findall(r'aria-label="([^"]*)"', card))
        words = html.unescape(re.sub(r"<[^>]*>", " ", card) + spoken)
        assert "not-a-claim" not in words, values
        assert HYPHEN.findall(words) == [], values
        assert "per cent" not in " ".join(re.findall(r"<text[^>]*>([^<]*)", card)), values
