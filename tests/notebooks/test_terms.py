"""Terms of the glossary in lessons: each is a link at its first use, and the text is otherwise as it was."""

import csv
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from samarkand.common.home import course_data
from tools.author import citations, normal_form, rules_of_lessons, terms
from tools.author.lessons import NOTEBOOKS, Lesson, read_notebook

LEFT = "# Hedge\n`hedge` [hedge](x.md) <b title='hedge'>\n| hedge |\n"


def lesson_of(*texts: str) -> Lesson:
    """Return a lesson of these texts in normal form; its list of sources makes it a lesson."""
    cells = [new_markdown_cell(text, id=f"t{number}") for number, text in enumerate(texts)]
    cells.append(new_code_cell('cite.sources("ART")', id="sources", execution_count=1))
    return Lesson(Path("03_x.ipynb"), normal_form.normalise_notebook(new_notebook(cells=cells)))


def linked(text: str) -> list[str]:
    return [found["words"] for found in terms.LINK.finditer(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{LEFT}A *Hedge* and a hedge.", ["Hedge"]),
        ("Two censuses, and a census.", ["censuses"]),
        ("A sphere of influence.", ["sphere of influence"]),
        ("A list of states, in Python a *list*, a *list*.", ["list"]),
        ("**list** and *listed*", []),
        ("Its rows [ART]. A row.", ["rows"]),
    ],
)
def test_the_first_use_of_a_term_is_a_link(text: str, words: list[str]) -> None:
    lesson = lesson_of(text)
    stored = lesson.notebook.cells[0].source
    assert linked(stored) == words
    assert lesson.cells[0].source == text, "authors see none of it"
    assert normal_form.normalise_notebook(lesson.notebook) == lesson.notebook
    assert citations.restore_keys(lesson.notebook.cells[0]) == text


def test_a_term_is_linked_once_in_a_lesson() -> None:
    lesson = lesson_of("A census.", "Another census, and an abstention.")
    assert [linked(cell.source) for cell in lesson.notebook.cells[:2]] == [["census"], ["abstention"]]


def test_a_lesson_without_a_link_breaks_a_rule() -> None:
    lesson = lesson_of("A census.", "Another census.")
    assert list(rules_of_lessons.each_term_leads_to_the_glossary(lesson)) == []
    lesson.notebook.cells[0].source = "A census."
    (fault,) = rules_of_lessons.each_term_leads_to_the_glossary(lesson)
    assert fault.startswith("t0: uses 'census' first")


@pytest.mark.parametrize(
    ("number", "word"),
    [
        ("00", "equal-area"),
        ("03", "nominal"),
        ("04", "no limits"),
        ("05", "list"),
        ("06", "gravity"),
        ("07", "mirror"),
        ("07", "multi-vector"),
        ("09", "betweenness"),
        ("09", "triangle"),
    ],
)
def test_a_term_that_a_lesson_has_in_a_shorter_form_is_linked_there(number: str, word: str) -> None:
    (path,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
    texts = [cell.source for cell in read_notebook(path).cells if cell.cell_type == "markdown"]
    assert sum(one.casefold() == word for text in texts for one in linked(text)) == 1


def test_each_link_says_what_a_term_means_in_words_of_the_table(lesson_path: Path) -> None:
    with (course_data() / "glossary.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    text = "\n".join(cell.source for cell in read_notebook(lesson_path).cells if cell.cell_type == "markdown")
    found = list(terms.LINK.finditer(text))
    assert found or not list(terms.find_unlinked(text, set()))
    for one in found:
        row = rows[terms.list_ids()[terms.find_entry(one["words"])]]
        assert one["meaning"].startswith(terms.without_brackets(row["meaning"]))
        assert terms.without_brackets(row["ru"]) in one["meaning"]
        assert terms.without_brackets(row["kk_cyrl"]) in one["meaning"]


def test_twenty_words_of_python_have_their_russian_and_kazakh() -> None:
    with (course_data() / "glossary.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "python"]
    assert len(rows) >= 20
    assert all(row[column] for row in rows for column in ("zh", "ru", "kk_cyrl", "uz", "meaning"))
