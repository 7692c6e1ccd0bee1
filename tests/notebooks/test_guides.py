"""What teachers read holds together with the lessons: pages, slides, the table of sides."""

import html
import re
import shutil
import sys
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from samarkand.common.home import ROOT
from samarkand.common.words import capitalise_text
from samarkand.practice.questions import Prediction, Quiz
from tools.author import lessons, pages, plans, tied
from tools.site import chart_svg, deck

PAGE = plans.FOLDER / "03.md"


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
        ("`spells-text` to `count-read`", "`count-read` to `spells-text`", "goes from count-read back to"),
        ("`spells-text` to `count-read`", "`memory`", "it names no cell that is not left out"),
        ("- **Sides:**", "- **Who:**", "the line **Sides:** is missing"),
        ("- **Bring:**", "- **Take:**", "the line **Bring:** is missing"),
        ("- **A good ticket:**", "- **Ours:**", "the line **A good ticket:** is missing"),
        ("Laptops open", "We begin", "has no minutes in which laptops are opened"),
        ("## Questions to ask", "line\n" * 44 + "## Questions to ask", "lines are written by hand"),
    ],
)
def test_a_plan_that_does_not_hold_is_refused(was: str, becomes: str, says: str, tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert was in text
    changed = tmp_path / PAGE.name
    changed.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    found = pages.find_page_faults(changed)
    assert found and says in found[0] and found[0].startswith("docs/teaching/03.md: ")


@pytest.mark.parametrize(
    ("slide", "says"),
    [
        ("word " * 41, "cell summary: 41 words on a slide"),
        ("47 per cent", "cell summary: 47 is on its slide, and not in the cell"),
    ],
)
def test_a_slide_that_cannot_be_read_is_refused(slide: str, says: str) -> None:
    lesson = lessons.read_lesson(lessons.find_lessons(["03"])[0])
    marks = next(cell for cell in lesson.notebook.cells if cell.id == "summary").metadata["samarkand"]
    marks["slide"] = slide
    assert any(says in sentence for sentence in deck.find_faults_of_slides(lesson))


@pytest.fixture
def charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the charts for slides, where what draws them is not installed."""
    copy = Path(shutil.copytree(chart_svg.CHARTS, tmp_path / "charts"))
    monkeypatch.setattr(chart_svg, "CHARTS", copy)
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    return copy


def test_the_charts_of_all_slides_are_stored_and_no_other(charts: Path) -> None:
    assert [path for lesson in lessons.read_all_lessons() for path in deck.store_charts(lesson)] == []
    assert len(list(charts.glob("*/*.svg"))) > 20


def test_a_chart_that_changed_and_was_not_drawn_is_told_by_its_lesson(charts: Path) -> None:
    lesson = lessons.read_lesson(lessons.find_lessons(["03"])[0])
    for path in charts.glob("03_the_sco/*.svg"):
        path.unlink()
    with pytest.raises(chart_svg.NotDrawn) as told:
        deck.render_slides(lesson)
    assert told.value.lesson == "03_the_sco" and "samarkand build 03" in str(told.value)


#: A chart as the course stores one: bars of two names, with their figures, no numbers on the axis.
TWO_BARS = {
    "config": {"axis": {"labelFontSize": 12, "labelLimit": 180}},
    "title": {"text": "Members at the two ends of 2017", "fontSize": 16},
    "vconcat": [
        {
            "width": 300,
            "height": 100,
            "layer": [
                {
                    "mark": {"type": mark},
                    "encoding": {
                        "x": {"field": "n", "type": "quantitative", "axis": {"labels": False}},
                        "y": {"field": "day", "type": "nominal", "axis": {}, "sort": ["June", "January"]},
                    },
                }
                for mark in ("bar", "text", "rule")
            ],
        }
    ],
}


def test_charts_are_drawn_the_way_that_the_stored_ones_were(snapshot: SnapshotAssertion) -> None:
    """If this differs, raise `chart_svg.EDITION`, build all lessons, and store the snapshot."""
    drawn = [
        chart_svg.prepare_chart(TWO_BARS, lambda spec: '<svg width="500" height="200">', empty=empty)
        for empty in (False, True)
    ]
    assert [chart_svg.EDITION, *drawn] == snapshot


DECKS = [(path.stem, minutes) for path in plans.find_teaching_pages() for minutes in deck.MINUTES]


@pytest.mark.parametrize(("number", "minutes"), DECKS)
def test_a_deck_is_the_plan(number: str, minutes: int) -> None:
    """Each row has a slide, each question its tally and result, and nothing that is left out is shown."""
    lesson = BY_NUMBER[number]
    plan, ticket = plans.read_plan(lesson, minutes)
    made = deck.make_slides(lesson, minutes, draw=False)
    noted = [slide.note.partition(".")[0] for slide in made]  # on each slide, so that n says it anywhere
    assert list(dict.fromkeys(noted)) == [
        f"Row {n}, minutes {row.begins} to {row.ends}" for n, row in enumerate(plan.rows, 1)
    ]
    left_out = set(plans.list_named_cells(lesson, plan.left_out))
    used = [cell for row in plan.rows for cell in plans.used_cells(lesson, plan, row)]
    shown = [slide.cell for slide in made if slide.cell]
    assert not left_out & set(shown) and set(shown) <= set(used)
    asking = [cell.id for cell in lesson.code if isinstance(deck.find_question(cell), Quiz | Prediction)]
    with_tally = [slide.cell for slide in made if slide.tally and slide.result]
    assert with_tally == [cell for cell in asking if cell in used]
    with_sides = [row for row in plan.rows if plans.SIDES in row.what]
    assert sum("Whose side is yours?" in slide.words for slide in made) == len(with_sides)
    assert not any("(Sides)" in slide.words for slide in made)
    ids = {cell.id for cell in lesson.cells}
    for slide in made:  # JupyterLab never shows the name of a cell
        by_hand = re.sub(
            r'<div class="tasks">.*?</div>', "", slide.words, flags=re.DOTALL
        )  # these name columns
        assert not ids & set(re.findall(r"<code>([\w-]+)</code>", by_hand))
    begins = capitalise_text(deck.without_notes(ticket)[:10].strip('"'))
    assert ticket and begins in made[-1].words.replace("&quot;", "")


@pytest.mark.parametrize(("number", "minutes"), DECKS)
def test_a_task_that_a_row_names_is_on_a_slide_in_its_words(number: str, minutes: int) -> None:
    """It comes after what the row asks above it: its words could tell what the class is to guess first."""
    lesson = BY_NUMBER[number]
    plan, _ = plans.read_plan(lesson, minutes)
    made = deck.make_slides(lesson, minutes, draw=False)
    place = {cell.id: at for at, cell in enumerate(lesson.cells)}
    task_of = {task.number: task for task in lesson.tasks}
    named = [one for row in plan.rows for one in re.findall(r"\b\d\d\.\d+\b", row.what)]
    for task_number in named:
        task = task_of[task_number]
        (at,) = (n for n, slide in enumerate(made) if f"<strong>{task_number}</strong>" in slide.words)
        words = deck.read_task(lesson, task)
        assert len(words.split()) >= 4 and re.split(r"[`*]", words)[0][:12] in html.unescape(made[at].words)
        row = made[at].note.partition(",")[0]
        of_row = [slide for slide in made if slide.note.partition(",")[0] == row]
        first = re.search(r"<strong>(\d\d\.\d+)</strong>", made[at].words)
        assert first is not None
        begins = place[task_of[first[1]].stub.id]
        asked_before = [slide for slide in of_row if slide.tally and place[slide.cell] < begins]
        assert all(made.index(slide) < at for slide in asked_before)


@pytest.mark.parametrize(("number", "minutes"), DECKS)
def test_a_sheet_asks_what_the_plan_asks(number: str, minutes: int) -> None:
    lesson = BY_NUMBER[number]
    plan, _ = plans.read_plan(lesson, minutes)
    text = html.unescape(deck.make_sheet(lesson, minutes))
    used = [cell for row in plan.rows for cell in plans.used_cells(lesson, plan, row)]
    for cell in lesson.code:
        if (one := deck.find_question(cell)) and cell.id not in used:
            assert one.text not in text, cell.id
    assert "Exit ticket." in text
    assert not re.search(r"</b></p>\s*<p>[a-z]", text), "the ticket begins with a capital"
    asks = [cell for cell in lesson.code if cell.id in used and deck.find_question(cell)]
    assert asks or text.count("<span></span></p>") >= 4, "a sheet has something to fill"


def test_each_side_has_a_line_of_its_own_and_a_row_is_not_said_twice() -> None:
    for number, sides in (("03", 4), ("05", 4), ("06", 4)):
        (slide,) = (
            one for one in deck.make_slides(BY_NUMBER[number], draw=False) if "Whose side" in one.words
        )
        assert slide.words.count("<li>") == sides and "Sources:" not in slide.words
    made = deck.make_slides(BY_NUMBER["12"], draw=False)
    headings = re.findall(r"<h2>(.*?)</h2>", "".join(slide.words for slide in made))
    assert len(headings) == len(set(headings)), headings
    (chart,) = (slide.words for slide in made if "<h2>6. One chart</h2>" in slide.words)
    assert "<p>One chart</p>" not in chart and "<li>" in chart


def test_slides_of_ones_own_come_where_they_are_wanted(tmp_path: Path) -> None:
    path = tmp_path / "own.md"
    path.write_text("after 2\n## Our town\n---\n## Before the end\n", encoding="utf-8")
    made = deck.make_slides(BY_NUMBER["06"], own=path, draw=False)
    words = [slide.words for slide in made]
    town, last = (next(n for n, text in enumerate(words) if name in text) for name in ("town", "Before"))
    assert made[town + 1].note.startswith("Row 3,") and last == len(made) - 2
    path.write_text("after 12\n## Nowhere\n", encoding="utf-8")
    with pytest.raises(deck.StrangeSlides) as caught:
        deck.make_slides(BY_NUMBER["06"], own=path, draw=False)
    assert (caught.value.place, caught.value.rows) == ("12", 8)


def test_a_plan_that_is_not_there_is_named() -> None:
    with pytest.raises(plans.NoPlan) as caught:
        deck.make_slides(BY_NUMBER["06"], 30, draw=False)
    assert caught.value.minutes == 30


def test_a_teachers_page_says_where_each_row_is_as_a_student_sees_it() -> None:
    text = pages.write_teaching_page(plans.FOLDER / "06.md")
    lesson = BY_NUMBER["06"]
    plan, _ = plans.read_plan(lesson, 90)
    for row in plan.rows:
        used = plans.used_cells(lesson, plan, row)
        where = plans.link_places(lesson, used)
        assert plans.name_places(lesson, used) and f"| {row.begins}-{row.ends} | {where} |" in text
        links = re.findall(r"\[([^\]]+)\]\(([^#)]+)#cell-id=([^)]+)\)", where)
        assert links and where.count("](") == len(links)
        stubs = {task.number: task.stub.id for task in lesson.tasks}
        for words, file, cell in links:
            assert (PAGE.parent / file).resolve() == lesson.path
            assert cell in used and stubs.get(words, cell) == cell


@pytest.mark.parametrize("number", sorted(one.number for one in lessons.read_all_lessons())[:-1])
def test_an_exit_ticket_is_a_sentence_of_its_own_on_its_slide(number: str) -> None:
    said = deck.make_slides(BY_NUMBER[number], draw=False)[-1].words.partition("Exit ticket")[2]
    assert said.strip() and not re.search(r"[a-z]", said.strip()[0]), said


FAIRNESS = (ROOT / "docs" / "fairness.md").read_text(encoding="utf-8")
BY_NUMBER = {one.number: one for one in lessons.read_all_lessons()}


def strange(number: str, text: str) -> list[str]:
    """Return the figures of three digits or with a point that a lesson's text and outputs do not have."""
    cells = BY_NUMBER[number].cells
    shown = str([(cell.source, *(out.get("data", out) for out in cell.get("outputs", ()))) for cell in cells])
    figures = re.findall(r"(?<![\w.])(?:\d[\d,]*\.\d+|\d[\d,]*\d\d)(?![\w%]| words)", text)
    return [figure for figure in figures if figure not in shown]


@pytest.mark.parametrize("path", plans.find_teaching_pages(), ids=lambda path: path.stem)
def test_a_page_has_the_figures_of_its_lesson(path: Path) -> None:
    assert strange(path.stem, plans.read_part_by_hand(path.read_text(encoding="utf-8"))) == []


def test_a_wrong_figure_on_a_page_is_seen() -> None:
    assert strange("01", "Why do we call 9,331 km a lower bound, and not 9,133?") == ["9,331"]


def find_strange_names(number: str, text: str) -> list[str]:
    """Return what a page by hand names as code, a task or a section, and its lesson does not have."""
    lesson = BY_NUMBER[number]
    cells = {cell.id for cell in lesson.cells}
    words = set(re.findall(r"\w+", " ".join(cell.source for cell in lesson.cells)))
    strange_names = []
    for name in re.findall(r"`([^`]+)`", text):
        in_code = set(re.findall(r"[A-Za-z_]\w*", name)) <= words
        if name not in cells and not in_code and not name.startswith("samarkand "):
            strange_names.append(name)
    tasks = {task.number for task in lesson.tasks}
    strange_names += [task for task in re.findall(rf"\b{number}\.\d\b", text) if task not in tasks]
    headings = re.findall(r"^## (\d)\. ", "\n".join(cell.source for cell in lesson.prose), re.MULTILINE)
    for first, last in re.findall(r"\bsections? (\d)(?: to (\d))?", text):
        strange_names += [f"section {one}" for one in (first, last) if one and one not in headings]
    return strange_names


@pytest.mark.parametrize("path", plans.find_teaching_pages(), ids=lambda path: path.stem)
def test_a_page_names_cells_tasks_and_sections_that_its_lesson_has(path: Path) -> None:
    assert find_strange_names(path.stem, plans.read_part_by_hand(path.read_text(encoding="utf-8"))) == []


def test_a_name_that_its_lesson_does_not_have_is_seen() -> None:
    planted = (
        "Show `load` and `spels`; explain `==`; 03.9 and 03.1, from the table of section 8 (sections 2 to 4)."
    )
    assert find_strange_names("03", planted) == ["spels", "03.9", "section 8"]


def untrue(row: str) -> list[str]:
    """Return what a row of the table of sides names or counts and its lesson, cells or tables do not have."""
    number, _, point, evidence, cells = (cell.strip() for cell in row.strip("|").split("|"))
    sources = {cell.id: cell.source for cell in BY_NUMBER[number].cells}
    named = re.findall(r"`([^`]+)`", cells)
    text = " ".join(sources.get(cell, "") for cell in named)
    wrong = [cell for cell in named if cell not in sources]
    wrong += [figure for figure in re.findall(r"\d[\d,.]*\d|\d", point) if named and figure not in text]
    return wrong + [
        key for key in re.findall(r"\b[A-Z][A-Z0-9]{3,}[a-z]?\b", evidence) if key not in tied.map_ids()
    ]


def test_the_table_of_sides_names_cells_figures_and_sources_that_there_are() -> None:
    rows = re.findall(r"^\| \d\d \|.*", FAIRNESS, re.MULTILINE)
    assert len(rows) > 80 and [(row, untrue(row)) for row in rows if untrue(row)] == []
    wrong = "| 01 | Ukraine | We had retaken 5,000 square kilometres. | REUZEL99 | `scheduled-reed`, `news` |"
    assert untrue(wrong) == ["scheduled-reed", "5,000", "REUZEL99"]
