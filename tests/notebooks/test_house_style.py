"""Every lesson keeps the rules, and each rule reports a planted fault."""

import ast
import copy
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from samarkand.common import home
from samarkand.common.home import ROOT
from tools.author import chart_pictures, lessons, normal_form, rules_of_lessons
from tools.author.lessons import Lesson

Cells = list[nbformat.NotebookNode]
KINDS = {"html": "text/html", "chart": chart_pictures.VEGA_LITE, "png": "image/png"}


def test_the_lesson_keeps_the_rules(lesson: Lesson) -> None:
    found = rules_of_lessons.find_faults_of_lesson(lesson)
    assert not found, "\n".join(found)


def test_rows_that_are_equal_stay_in_their_order() -> None:
    """Without ``kind="stable"`` or a second key, the order of ties depends on the processor."""
    for path in [*ROOT.glob("samarkand/**/*.py"), *ROOT.glob("exercises/checks/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".sort_values"):
                keys = node.args[0] if node.args else None
                several = isinstance(keys, ast.List) and len(keys.elts) > 1
                assert several or any(one.arg == "kind" for one in node.keywords), path.name


OTHERS = [home.LESSONS / "99_glossary.ipynb", *sorted(home.SETS.glob("*/*.ipynb"))]


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_what_glossary_and_sets_show_can_be_read_in_every_program(path: Path) -> None:
    """For lessons it is one of the rules: beside a chart a picture, beside HTML or a widget a text."""
    notebook = lessons.read_lesson(path)
    assert any(cell.outputs for cell in notebook.code)
    assert list(rules_of_lessons.require_plain_text(notebook)) == []
    assert list(chart_pictures.find_chart_faults(notebook.notebook)) == []


# ------------------------------------------------------------------------------- planted faults


def text(source: str, **own: object) -> nbformat.NotebookNode:
    """Return a Markdown cell; `own` are its metadata under ``samarkand``."""
    return new_markdown_cell(source, metadata={"samarkand": own} if own else {})


def code(source: str, shown: str = "", folded: bool = False, **data: Any) -> nbformat.NotebookNode:
    """Return a code cell that was run; `data` are its outputs by `KINDS`: html, chart, png."""
    bundle = {KINDS[name]: value for name, value in data.items()} | ({"text/plain": shown} if shown else {})
    outputs = [new_output("execute_result", data=bundle, execution_count=1)] if bundle else []
    hidden = {"jupyter": {"source_hidden": True}} if folded else {}
    return new_code_cell(source, execution_count=1, outputs=outputs, metadata=hidden)


HINT = "<details><summary>Hint</summary>\n\nDivide.\n\n</details>\n"
ANSWER = (
    '<details><summary>Answer</summary>\n\n```python\nshare = 41\ncheck("03.1", share)\n```\n\n</details>'
)


def task(
    help_: str = "", source: str = "share = ...", says: str = "Not answered yet.", number: str = "03.1"
) -> Cells:
    """Return the cells of a practice task: prompt, stub, and the folded help below it."""
    return [text(f"**{number}** What?"), code(f'{source}\ncheck("{number}", share)', says), text(help_)]


def hinted(says: str, answer: str = "41") -> Cells:
    return task(HINT.replace("Divide.", says) + ANSWER.replace("41", answer))


def asked(*calls: str) -> Cells:
    return [code(f'{call.replace(" ", "(" + chr(34))}")') for call in calls]


CARD = "".join(f"| **{name}** | x |\n" for name in rules_of_lessons.CARD)
FRAME = "<iframe srcdoc='<p>x</p>'></iframe>"
CHART = {"description": "Trade rose every year."}
ROW = "<tr><td>1</td></tr>"
ROWS = f'<table class="dataframe"><thead><tr></tr></thead><tbody>{ROW * 13}</tbody></table>'

#: The beginning or a part of the expected sentence, and the cells with the fault.
PLANTED: list[tuple[str, Cells]] = [
    ("There are 2 headings of level 1, not one.", [text("# A\n\nA b."), text("# B")]),
    ("The first cell is not the title.", [code("1"), text("# A\n\nA b.")]),
    ("The heading 'A' is there more than once.", [text("## A"), text("## A")]),
    ("Practice is missing.", [text("# A")]),
    ("The card does not say: Level.", [text(CARD.replace("| **Level** | x |\n", ""))]),
    ("The card says of minutes: 'x'; computed are", [text("## A"), text(CARD)]),
    ("It asks for what one expects less than twice.", asked("note 03.x")),
    ("It has neither map nor chart.", [code("explore.x()")]),
    ("pip-install-x: is not plain Python", [code("!pip install x")]),
    ("has 9 lines of code; 8 at most.", [code("1\n" * 9)]),
    ("imports urllib.request, which a lesson", [code("from urllib.request import urlopen")]),
    ("links to https://example.org; a source is cited", [text("[x](https://example.org)")]),
    ("links to no.png, which does not exist.", [text('<img src="no.png">')]),
    ("The last cell links to no other lesson.", [text("Next: 04")]),
    ("The last cell does not link to ex03_the_sco.", [text("[04](04_china_and_russia.ipynb)")]),
    ("No list of sources is printed at the end.", [code("1")]),
    ("x-nosuchkey: cites [NOSUCHKEY]: ", [text("x [NOSUCHKEY]")]),
    ("x-un1: cites [UN1], somebody's copy: [GA12407] is", [text("x [UN1]")]),
    ("cites [XH0914], which the list at the end leaves", [text("x [XH0914]"), code('cite.sources("ART")')]),
    ("The list at the end has ART, which nothing cites.", [code('cite.sources("ART")')]),
    ('x: the metadata are not {"samarkand"', [text("x", claims=[])]),
    ('x: the metadata are not {"samarkand"', [text("x", counted=["P01"])]),
    ("The file has 1.00 MB; it must be under 1.", [text("x" * 1_000_001)]),
    ("c: shows image/png, which nbval", [code("c", png="iVBOR")]),
    ("loads https://cdn.example.org/x.js", [code("m", html='<script src="https://cdn.example.org/x.js">')]),
    ("loads http://example.org/x.png",
     [code("m", html="<i srcdoc='&lt;img src=&quot;http://example.org/x.png'>")]),
    ("loads https://example.org/x.csv", [code("c", chart={"data": {"url": "https://example.org/x.csv"}})]),
    ("its plain text is '<folium.Map object at 0x7f>'", [code("c", "<folium.Map object at 0x7f>")]),
    ("c: has no plain text", [code("c", " ", html="<i>x</i>")]),
    ("shows 0.3333333333; round it.", [code("1 / 3", "0.3333333333")]),
    ("It has 4 maps; 3 at most.", [code("m", html=FRAME)] * 4),
    ("c: the chart's description is no sentence.", [code("c", chart=CHART | {"description": "Trade"})]),
    ("c: no picture is stored beside its chart.", [code("c", chart=CHART)]),
    ("t: the table has 13 rows; 12 at most.", [code("t", html=ROWS)]),
    ("s: the series has 14 rows; 12 at most.", [code("s", "i  1\n" * 14 + "Name: n, dtype: int64")]),
    ("It has 1 tasks, not 2 to 10.", task()),
    ("task 03.1 has neither three dots nor a line to change.", task(HINT + ANSWER, source="share = 41")),
    ("task 03.1 has no hint folded below it.", task(ANSWER)),
    ("task 03.1 has no prompt with its number above it.", task(HINT + ANSWER)[1:]),
    ("details-summary-hint-summary-x: a <details> is not closed",
     [text("<details><summary>Hint</summary> x")]),
    ("quiz.ask('04.record') is none of this lesson's", asked("quiz.ask 04.record")),
    ("says the answer to the quiz '03.gdp'.", [text("Who says so, and at exchange rates or at PPP?")]),
    ("predict.ask('04.oil') is none of this lesson's", asked("predict.ask 04.oil")),
    ("predict.see('03.csto') comes before predict.ask.", asked("predict.see 03.csto", "predict.ask 03.csto")),
    ('progress.lesson("03") is not there once.', asked("progress.lesson 04")),
    ("trip-head: uses head, which no cell up to here",
     [code("trip.head()"), text("`head`", introduces=["head"])]),
    ("introduces head, and its text does not say `head`.", [text("head", introduces=["head"])]),
    ("1: is folded, and the text above it says nothing", [text("A chart."), code("1", folded=True)]),
    (" shows `size`; its answer has no such code.", hinted("Use `size`.")),
    (' says "divide"; its answer has no /', hinted("Divide by it.")),
    ("loads the table claims, which the card does not",
     [text("| **Data** | `trip` |"), code('data.load("claims")')]),
    ("Sitting 1 takes 46 minutes; 45 at most.", [text("## A\n\n" + "word " * 6890)]),
    ('no task or quiz shows "count"', [text("**By the end you can**\n\n- *count* votes.")]),
    ('"count" is shown by 03.7, which the lesson does not ask.',
     [text("**By the end you can**\n\n- *count* votes.", shown_by={"count": ["03.7"]})]),
    ('shown_by has "draw", which is no verb of an aim.',
     [text("**By the end you can**\n\n- count votes.", shown_by={"draw": ["03.1"]})]),
    ("Of its 1 tasks 0 are lines from nothing",
     task(HINT + ANSWER, source="share = 40  # change this line")),
    ("It has no task from an empty cell; the nearest does not do this: begins with import", hinted("Do.")),
    ('It does not begin with memory.ask("03")', [code('memory.ask("04")')]),
    ('gives a value to "first", the name of an answer from memory.',
     [code('first = ...\nmemory.check("03", first)'), code("first = 1")]),
    ("The question from memory 'groups' is on gravity", [code('data.load("gravity")')]),
    ("India's president Narendra Modi: Narendra Modi is Prime", [text("India's president\nNarendra Modi")]),
]  # fmt: skip


def find_broken(cells: Cells, **metadata: object) -> list[str]:
    """Return the faults of a lesson with these cells, stored and read again."""
    # Not `new_notebook`, which validates, and complains of ids that normalising makes different.
    raw = {"cells": copy.deepcopy(cells) or [text("x")], "metadata": metadata}
    notebook = normal_form.normalise_notebook(nbformat.from_dict(raw | {"nbformat": 4, "nbformat_minor": 5}))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "03_lesson.ipynb"
        path.write_text(normal_form.text_of_file(notebook), encoding="utf-8")
        return rules_of_lessons.find_faults_of_lesson(lessons.read_lesson(path))


@pytest.mark.parametrize(("says", "cells"), PLANTED, ids=[says[:40] for says, _ in PLANTED])
def test_a_planted_fault_is_seen(says: str, cells: Cells) -> None:
    found = find_broken(cells)
    assert any(says in sentence for sentence in found), found


def test_what_is_fine_is_not_told() -> None:
    fine = [
        *(
            text("# T\n\nS.\n\n## A heading"),
            text("[x](#A-heading) `f(...)` `len` `iso3` `NaN` `a & b` `docs/house.md`"),
        ),
        *(code("1\n\n" * 8), code("f(1)"), code("m", "x", html='<a href="https://example.org">x</a>')),
        *(text('The [folded cell](99_glossary.ipynb "A cell.") prepares.'), code("2", folded=True)),
        text("x", claims=["CL02"]),
    ]
    found = find_broken(fine, samarkand={"counted": ["P01", "H1"]})
    lines = [one for one in found if re.match(r"[a-z0-9-]+: |The notebook: ", one) and "tied" not in one]
    assert lines == []
    for wrong in ({"counted": ["P99x"]}, {"counted": ["P01", "P01"]}, {"claims": ["CL02"]}):
        assert any(one.startswith("The notebook: the metadata") for one in find_broken(fine, samarkand=wrong))
