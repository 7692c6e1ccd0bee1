"""The Python names in code are found, catalogued and listed on one page; lesson minutes are computed."""

import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from samarkand.practice import questions
from tools.author import concepts, kinds_of_tasks, lessons, minutes, pages
from tools.author.lessons import Lesson

#: The core lessons, and the maximum of names in their main line, some of which are only read.
FIRST, MOST = ("00", "01", "02", "03", "05", "10", "11"), 34


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("founded = 2001\n2022 - founded", set()),
        ('events[["day", "kind"]].head(6)', {"head"}),
        ('events[events["kind"] == "conflict"]', set()),
        ("for row in trip.itertuples():\n    row.day, row.index", {"for", "itertuples"}),
        ("[row.index for row in trip.itertuples()]", {"comprehension", "itertuples"}),
        (
            "trip.query(\"day > '2022' and not (place.isna() or kind in ['x'])\")",
            {"query", "and", "not", "isna", "or", "in"},
        ),
        ('trip.query("type == @type")', {"query"}),
        ("places.name('UZB'), data.describe('trip')", set()),
        ("places = data.load('places')\nplaces.loc['UZB']", {"loc"}),
        ("pd.Timestamp('2022-09-14').days", {"Timestamp", "days"}),
        ("np.exp(x)", {"exp"}),
        ("groups.map(len)", {"map", "len"}),
        ("sum = 3\nsum", set()),
        ("~(a & b | c ^ d)", {"~", "&", "|", "^"}),
        (
            "def f(x):\n    if x: return {1: x[1:]}\n    return f(*x) ** 2 % 3",
            {"def", "if", "dict", "slice", "*", "**", "%"},
        ),
        ("lambda x: f'{x}' if x else {y for y in x}", {"lambda", "f-string", "if", "comprehension"}),
        ("try:\n    x += 1\nexcept ValueError:\n    pass", {"try", "+=", "ValueError"}),
    ],
)
def test_what_code_uses_is_seen(code: str, names: set[str]) -> None:
    assert set(concepts.find_used_names(code)) == names


def test_the_catalogue_has_its_form() -> None:
    schema = json.loads(concepts.SCHEMA.read_text(encoding="utf-8"))
    entries = tomllib.loads(concepts.CATALOGUE.read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(entries)] == []


def test_the_catalogue_has_what_lessons_and_sets_use_and_no_more() -> None:
    met = {
        name
        for one in concepts.read_course()
        for cell in one.cells
        for name in concepts.list_introduced(cell)
    }
    in_sets = {
        name
        for path in pages.SETS.glob("*/*.ipynb")
        for cell in lessons.read_lesson(path).code
        for name in concepts.find_used_names(cell.source)
    }
    assert in_sets - set(concepts.read_catalogue()) == set()
    assert set(concepts.read_catalogue()) - met - in_sets == set()


def test_the_first_lessons_ask_for_few_names() -> None:
    read = {
        name
        for one in concepts.read_course()
        if one.number in FIRST
        for cell, names in concepts.read_code(one)
        if cell not in lessons.find_skippable(one)
        for name in names
    }
    assert "map" in read
    assert len(read) <= MOST, sorted(read)


# ------------------------------------------------------------------------------------------- minutes


text, code = new_markdown_cell, new_code_cell


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (text("word " * minutes.WORDS + "<details><summary>Hint</summary>\n\nmore words\n\n</details>"), 1),
        (text("| | |\n|---|---|\n| **Time** | 50 minutes |"), 0),
        (code("trip.head()"), minutes.CODE),
        (code('predict.ask("03.members")'), minutes.ASKED["predict.ask"]),
        (code('note("03.measure")'), minutes.NOTE_LINE * questions.find_question("note", "03.measure").lines),
        (code('memory.ask("04")'), minutes.MEMORY),
        (code("maps.sco(2022)"), minutes.ASKED["maps."]),
    ],
)
def test_a_cell_takes_its_minutes(cell: NotebookNode, expected: float) -> None:
    assert minutes.count_cell_minutes(cell) == pytest.approx(expected)


def test_what_is_printed_is_read_and_folded_code_is_not() -> None:
    printing, folded = code("print(page)"), code("trip.melt()")
    printing.outputs = [new_output("stream", text="word " * 3 * minutes.WORDS)]
    folded.metadata["jupyter"] = {"source_hidden": True}
    assert minutes.count_cell_minutes(printing) == pytest.approx(minutes.CODE + 3)
    assert minutes.count_cell_minutes(folded) == pytest.approx(minutes.FOLDED)


def task(stub: str, answer: str, number: str = "03.1") -> lessons.Task:
    check = f'check("{number}", answer)'
    below = f"<details><summary>Answer</summary>\n\n```python\n{answer}\n{check}\n```\n\n</details>"
    return lessons.Task(number, code(f"{stub}\n{check}"), below)


FILE = (
    "import pandas as pd\n\n"
    'table = pd.read_csv("../files/x.csv")\n'
    'table["day"] = pd.to_datetime(table["day"])\n'
    'answer = table.head(2)'
)  # fmt: skip


@pytest.mark.parametrize(
    ("stub", "answer", "kind"),
    [
        ("answer = ...", 'answer = trip["km"].sum()', "line"),
        ("km = trip['km']\nanswer = ...", "km = trip['km']\nanswer = km.sum()", "line"),
        ("# change the column\nanswer = trip['km'].sum()", "answer = trip['hours'].sum()", "change"),
        ("answer = trip['km'] * ...", "answer = trip['km'] * 2", "change"),
        ("answer = ...  # trip['kms'].sum()", "answer = trip['km'].sum()", "change"),
        ("answer = ...  # two lines", "answer = trip['km'].sum()", "line"),
        ("a = 1\na = a * 2\na = a + 1\nanswer = a", "a = 1\na = a + 1\na = a * 2\nanswer = a", "change"),
        ("# your own lines\nanswer = ...", FILE, "several"),
    ],
)
def test_the_kind_of_a_task_is_found_from_its_cells(stub: str, answer: str, kind: str) -> None:
    assert kinds_of_tasks.find_kind(task(stub, answer)) == kind


@pytest.mark.parametrize(
    ("was", "now", "missing"),
    [
        ("", "", []),
        ("import pandas as pd\n\n", "", ["begins with import pandas as pd", "has 4 to 8 lines"]),
        ("pd.read_csv", "data.load", ["reads a plain file"]),
        ("pd.to_datetime", "str", ["makes days of texts"]),
        (".head(2)", '["km"].sum()', ["ends in a table or a chart"]),
    ],
)
def test_what_a_task_from_an_empty_cell_lacks_is_named(was: str, now: str, missing: list[str]) -> None:
    assert (
        kinds_of_tasks.find_missing(task("answer = ...", FILE.replace(was, now) if was else FILE)) == missing
    )


def test_the_card_is_written_from_the_sections_and_only_there() -> None:
    card = text("| | |\n|---|---|\n| **Time** | 50 minutes |\n| **Level** | x |")
    cells = [
        card,
        text("## The question\n\n" + "Who? " * (minutes.WORDS - 10)),
        text("## 1. A\n\n" + "word " * (3 * minutes.WORDS - 10)),
        text("**Half way.** Stop."),
        *(text("word " * minutes.WORDS), text("## Practice")),
        *(text("## Summary\n\nS."), text("## Sources")),
    ]
    one = Lesson(Path("03_the_sco.ipynb"), new_notebook(cells=cells))
    for _ in range(2):
        minutes.write_times(one)
        parts = "The question (1); 1. A (3); *half way*; 1. A (1); Summary and sources (1)"
        told = f"| **Time** | 4 and 2 minutes |\n| **Minutes** | {parts} |"
        assert card.source == f"| | |\n|---|---|\n{told}\n| **Level** | x |"
    assert minutes.time_sittings(one) == [4, 2]


def test_what_classes_reported_is_told(tmp_path: Path) -> None:
    reports = tmp_path / "minutes.csv"
    rows = ["03,1,24,61,2027-02-01", "03,1,18,48,2027-02-03", "03,2,24,50,2027-02-08", "05,1,9,70,2027-02-08"]
    reports.write_text("\n".join(["lesson,half,students,minutes,day", *rows]), encoding="utf-8")
    assert minutes.describe_reported_times("03", reports) == (
        "48 to 61 minutes for half 1 (2 classes), 50 minutes for half 2 (1 class)"
    )
    assert minutes.describe_reported_times("04", reports) == ""
