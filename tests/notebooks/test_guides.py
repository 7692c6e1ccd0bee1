"""What teachers read holds together with the lessons: pages, slides, the table of sides."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from samarkand.common.home import ROOT
from tools.author import lessons, pages, tied
from tools.site import chart_svg, deck

PAGE = pages.FOLDER / "03.md"


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("| 8-14 |", "| 9-14 |", "goes on at 9 after 8"),
        ("| 86-90 |", "| 86-95 |", "the plan of 90 minutes ends at 95"),
        (
            "`explorer-text` to `explorer`",
            "`gdp-nominal`",
            "needs world_gdp, which the cell gdp-nominal makes",
        ),
        ("Left out: ", "Left out: `not-over-stub`, ", "names 03.1, and leaves out its cell"),
        ("`question`", "`nowhere`", "'nowhere' that the lesson does not have"),
        ("## In the room", "## In the yard", "the heading ## In the room is missing"),
        ("## Questions to ask", "line\n" * 40 + "## Questions to ask", "lines are written by hand"),
    ],
)
def test_a_plan_that_does_not_hold_is_refused(was: str, becomes: str, says: str, tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert was in text
    changed = tmp_path / PAGE.name
    changed.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    found = pages.faults(changed)
    assert found and says in found[0] and found[0].startswith("docs/teaching/03.md: ")


@pytest.mark.parametrize(
    ("slide", "says"),
    [
        ("word " * 41, "cell summary: 41 words on a slide"),
        ("47 per cent", "cell summary: 47 is on its slide, and not in the cell"),
        (None, "needs 8 to 12"),
    ],
)
def test_a_slide_that_cannot_be_read_is_refused(slide: str | None, says: str) -> None:
    lesson = lessons.read(lessons.paths(["03"])[0])
    marks = next(cell for cell in lesson.notebook.cells if cell.id == "summary").metadata["samarkand"]
    if slide is None:
        for cell in lesson.notebook.cells[60:]:
            cell.metadata.get("samarkand", {}).pop("slide", None)
    else:
        marks["slide"] = slide
    assert any(says in sentence for sentence in deck.faults(lesson))


@pytest.fixture
def charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the charts for slides, where what draws them is not installed."""
    copy = Path(shutil.copytree(chart_svg.CHARTS, tmp_path / "charts"))
    monkeypatch.setattr(chart_svg, "CHARTS", copy)
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    return copy


def test_the_charts_of_all_slides_are_stored_and_no_other(charts: Path) -> None:
    assert [path for lesson in lessons.every() for path in deck.store_charts(lesson)] == []
    assert len(list(charts.glob("*/*.svg"))) > 20


def test_a_chart_that_changed_and_was_not_drawn_is_told_by_its_lesson(charts: Path) -> None:
    lesson = lessons.read(lessons.paths(["03"])[0])
    for path in charts.glob("03_the_sco/*.svg"):
        path.unlink()
    with pytest.raises(chart_svg.NotDrawn) as told:
        deck.slides(lesson)
    assert told.value.lesson == "03_the_sco" and "samarkand build 03" in str(told.value)


FAIRNESS = (ROOT / "docs" / "fairness.md").read_text(encoding="utf-8")
BY_NUMBER = {one.number: one for one in lessons.every()}


def strange(number: str, text: str) -> list[str]:
    """Return the figures of three digits or with a point that a lesson's text and outputs do not have."""
    cells = BY_NUMBER[number].cells
    shown = str([(cell.source, *(out.get("data", out) for out in cell.get("outputs", ()))) for cell in cells])
    figures = re.findall(r"(?<![\w.])(?:\d[\d,]*\.\d+|\d[\d,]*\d\d)(?![\w%]| words)", text)
    return [figure for figure in figures if figure not in shown]


@pytest.mark.parametrize("path", pages.paths(), ids=lambda path: path.stem)
def test_a_page_has_the_figures_of_its_lesson(path: Path) -> None:
    assert strange(path.stem, pages.written(path.read_text(encoding="utf-8"))) == []


def test_a_wrong_figure_on_a_page_is_seen() -> None:
    assert strange("01", "Why do we call 9,331 km a lower bound, and not 9,133?") == ["9,331"]


def untrue(row: str) -> list[str]:
    """Return what a row of the table of sides names or counts and its lesson, cells or tables do not have."""
    number, _, point, evidence, cells = (cell.strip() for cell in row.strip("|").split("|"))
    sources = {cell.id: cell.source for cell in BY_NUMBER[number].cells}
    named = re.findall(r"`([^`]+)`", cells)
    text = " ".join(sources.get(cell, "") for cell in named)
    wrong = [cell for cell in named if cell not in sources]
    wrong += [figure for figure in re.findall(r"\d[\d,.]*\d|\d", point) if named and figure not in text]
    return wrong + [
        key for key in re.findall(r"\b[A-Z][A-Z0-9]{3,}[a-z]?\b", evidence) if key not in tied.ids()
    ]


def test_the_table_of_sides_names_cells_figures_and_sources_that_there_are() -> None:
    rows = re.findall(r"^\| \d\d \|.*", FAIRNESS, re.MULTILINE)
    assert len(rows) > 80 and [(row, untrue(row)) for row in rows if untrue(row)] == []
    wrong = "| 01 | Ukraine | We had retaken 5,000 square kilometres. | REUZEL99 | `scheduled-reed`, `news` |"
    assert untrue(wrong) == ["scheduled-reed", "5,000", "REUZEL99"]
