"""Every lesson keeps the rules; each sentence that a rule may say is said of a planted fault."""

from __future__ import annotations

import ast
import base64
import copy
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from sentences import patterns

from samarkand.ground.home import ROOT
from tools.author import concepts, drawn, lessons, normal_form, rules_of_lessons, rules_of_words
from tools.author.lessons import Lesson
from tools.author.rules_of_lessons import DONE

Cells = list[nbformat.NotebookNode]
KINDS = {"html": "text/html", "chart": drawn.VEGA_LITE, "png": "image/png"}


def test_the_lesson_keeps_the_rules(lesson: Lesson) -> None:
    found = rules_of_lessons.broken(lesson)
    assert not found, "\n".join(found)


def test_rows_that_are_equal_stay_in_their_order() -> None:
    """Without ``kind="stable"`` or a second key, the order of ties depends on the processor."""
    files = [*ROOT.glob("samarkand/**/*.py"), *ROOT.glob("exercises/checks/*.py")]
    trees = [(path.name, ast.parse(path.read_text(encoding="utf-8"))) for path in files]
    for path in [*lessons.paths(), *ROOT.glob("exercises/source/*/*.ipynb")]:
        trees += [(f"{path.name}, {cell}", tree) for cell, tree in lessons.read(path).trees]
    for where, tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".sort_values"):
                keys = node.args[0] if node.args else None
                several = isinstance(keys, ast.List) and len(keys.elts) > 1
                assert several or any(one.arg == "kind" for one in node.keywords), where


# ------------------------------------------------------------------------------- planted faults


def text(source: str, **own: object) -> nbformat.NotebookNode:
    """A cell of text; `own` are its metadata under ``samarkand``."""
    return new_markdown_cell(source, metadata={"samarkand": own} if own else {})


def code(source: str, shown: str = "", folded: bool = False, **data: Any) -> nbformat.NotebookNode:
    """A code cell that was run; `data` names its outputs: html, chart, png."""
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
    """A practice task: prompt, stub, and what is folded below it."""
    return [text(f"**{number}** What?"), code(f'{source}\ncheck("{number}", share)', says), text(help_)]


def hinted(says: str, answer: str = "41") -> Cells:
    return task(HINT.replace("Divide.", says) + ANSWER.replace("41", answer))


def asked(*calls: str) -> Cells:
    return [code(f'{call.replace(" ", "(" + chr(34))}")') for call in calls]


CARD = "".join(f"| **{name}** | x |\n" for name in rules_of_lessons.CARD)
FRAME = '<img alt="Eight states are members." src="data:x"><iframe title="Map" srcdoc=\'<p>x</p>\'></iframe>'
CHART = {"title": "Trade", "description": "Trade rose every year.", "layer": ["Source: customs"]}
ROW = "<tr><td>1</td></tr>"
ROWS = f'<table class="dataframe"><thead><tr></tr></thead><tbody>{ROW * 13}</tbody></table>'
SAME = base64.b64encode(f"tEXt{drawn.KEY}\0{drawn.checksum(CHART)}".encode()).decode()
OTHER = base64.b64encode(f"tEXt{drawn.KEY}\0{drawn.checksum({})}".encode()).decode()
MANY = [
    *("head", "isin", "iloc", "days", "sum", "round", "query"),
    *("loc", "pivot", "drop", "mean", "merge", "diff"),
]

#: What is said, and the cells of which it is said.
PLANTED: list[tuple[str, Cells]] = [
    ("There are 2 headings of level 1, not one.", [text("# A\n\nA b."), text("# B")]),
    ("The first cell is not the title.", [code("1"), text("# A\n\nA b.")]),
    ("There is no sentence below the title.", [text("# A")]),
    ("b: the heading 'B' is of level 3, after one of level 1.", [text("# A"), text("### B")]),
    ("The heading 'A' is there more than once.", [text("## A"), text("## A")]),
    ("Practice is missing.", [text("# A")]),
    ("Practice comes before The question.", [text("## Practice"), text("## The question")]),
    ("Between question and practice are 1 sections", [text("## The question\n\n## 1\n\n## Practice")]),
    ("By the end a student can do 2 things", [text("By the end you can\n\n- a\n- b")]),
    ("The card does not say: Level.", [text(CARD.replace("| **Level** | x |\n", ""))]),
    ("The card's time is '61 minutes'; a sitting", [text(CARD.replace("x", "61 minutes", 1))]),
    ("The card says of minutes: 'x'; computed are", [text("## A"), text(CARD)]),
    ("The card's time is '1 minutes'; two", [text("**Half way.**"), text(CARD.replace("x", "1 minutes", 1))]),
    ("It has 2 cells, not 35 to 60.", [text("a b c")] * 2),
    ("It has 6 words, not 1200 at least.", [text("a b c")] * 2),
    ("It asks for what one expects less than twice.", asked("note 03.x")),
    ('It says "What this shows, and what it does not" less', [text("What this shows, and what it does not")]),
    ("It has neither map nor chart.", [code("explore.x()")]),
    ("It has no explorer.", [code("m", html=FRAME)]),
    ("pip-install-x: is not plain Python", [code("!pip install x")]),
    ("frame-head: ends with a semicolon", [code("frame.head();")]),
    ("has 9 lines of code; 8 at most.", [code("1\n" * 9)]),
    ("Of 1 code cells 0 have at most 3 lines; most should.", [code("1\n" * 4)]),
    ("imports everything from samarkand.data", [code("from samarkand.data import *")]),
    ("imports urllib.request, which a lesson", [code("from urllib.request import urlopen")]),
    ("uses interact, whose outputs cannot be compared.", [code("widgets.interact(f, x=1)")]),
    ("import-b: imports, and import-a is the cell for that.", [code("import a"), code("import b")]),
    ("links to https://example.org; a source is cited", [text("[x](https://example.org)")]),
    ("links to no.png, which does not exist.", [text('<img src="no.png">')]),
    ("links to #no-heading, where no heading", [text("[x](#no-heading)")]),
    ("The last cell links to no other lesson.", [text("Next: 04")]),
    ("The last cell does not link to ex03_the_sco.", [text("[04](04_china_and_russia.ipynb)")]),
    ("No list of sources is printed at the end.", [code("1")]),
    ("x-nosuchkey: cites [NOSUCHKEY]: ", [text("x [NOSUCHKEY]")]),
    ("cites [XH0914], which the list at the end leaves", [text("x [XH0914]"), code('cite.sources("ART")')]),
    ("The list at the end has ART, which nothing cites.", [code('cite.sources("ART")')]),
    ("The list at the end has ART twice.", [text("[ART]"), code('cite.sources("ART", "ART")')]),
    ('x: the metadata are not {"samarkand"', [text("x", claims=[])]),
    ('x: the metadata are not {"samarkand"', [text("x", counted=["P01"])]),
    ("x: the metadata name some claims twice.", [text("x", claims=["CL02", "CL02"])]),
    ("x: the metadata name CL96, which is none", [text("x", claims=["CL96"])]),
    ("The file has 1.00 MB; it must be under 1.", [text("x" * 1_000_001)]),
    ("c: shows image/png, which nbval", [code("c", png="iVBOR")]),
    ("loads https://cdn.example.org/x.js", [code("m", html='<script src="https://cdn.example.org/x.js">')]),
    ("loads https://cdn.example.org/x.css", [code("m", html="<link href=https://cdn.example.org/x.css>")]),
    ("loads //example.org/x.png", [code("m", html="<style>a{background:url(//example.org/x.png)}</style>")]),
    ("loads http://example.org/x.png",
     [code("m", html="<i srcdoc='&lt;img src=&quot;http://example.org/x.png'>")]),
    ("loads https://example.org", [code("m", html='<script>fetch("https://example.org")</script>')]),
    ("loads https://example.org/x.csv", [code("c", chart={"data": {"url": "https://example.org/x.csv"}})]),
    ("its plain text is '<folium.Map object at 0x7f>'", [code("c", "<folium.Map object at 0x7f>")]),
    ("its plain text is 'VBox(children=())'", [code("c", "VBox(children=())")]),
    ("shows 0.3333333333; round it.", [code("1 / 3", "0.3333333333")]),
    ("It has 4 maps; 3 at most.", [code("m", html=FRAME)] * 4),
    ("m: the map has 300 kB; 300 at most.", [code("m", html=FRAME + "x" * 300_000)]),
    ("m: the map's frame has no title.", [code("m", html=FRAME.replace(' title="Map"', ""))]),
    ("m: the map has no still picture.",
     [code("m", html="<iframe title='M' srcdoc='<img alt=\"A b c.\">'></iframe>")]),
    ("m: the alt text 'map' is no sentence.",
     [code("m", html=FRAME.replace("Eight states are members.", "map"))]),
    ("c: the chart has no title.", [code("c", chart=CHART | {"title": {}})]),
    ("c: the chart's description is no sentence.", [code("c", chart=CHART | {"description": "Chart"})]),
    ("c: the chart has no source line.", [code("c", chart=CHART | {"layer": []})]),
    ("c: no picture is stored beside its chart.", [code("c", chart=CHART)]),
    ("c: the picture beside its chart was drawn from another", [code("c", chart=CHART, png=OTHER)]),
    ("c: the picture beside its chart has another text", [code("c", chart=CHART, png=SAME)]),
    ("t: the table has 13 rows; 12 at most.", [code("t", html=ROWS)]),
    ("t: the table is cut by dots", [code("t", html=ROWS.replace("1</td>", "...</td>"))]),
    ("s: the series has 14 rows; 12 at most.", [code("s", "i  1\n" * 14 + "Name: n, dtype: int64")]),
    ("It has 1 tasks, not 2 to 9.", task()),
    ("The tasks are numbered ['03.1', '03.3']", [*task(), *task(number="03.3")]),
    ("task 03.1 has neither three dots nor a line to change.", task(HINT + ANSWER, source="share = 41")),
    ("task 03.1 has no hint folded below it.", task(ANSWER)),
    ("task 03.1 has no answer folded below it.", task(HINT)),
    ("task 03.1: its answer does not end with the check.", task(HINT + ANSWER.replace("03.1", "03.2"))),
    ("task 03.1: its answer does not give share once.", hinted("Divide.", "41\nshare = 41")),
    ("task 03.1 does not say: Not answered yet.", task(HINT + ANSWER, says="Yes.")),
    ("task 03.1 has no prompt with its number above it.", task(HINT + ANSWER)[1:]),
    ("task 03.1 was taught in '1. Who belongs? Status", task(HINT + ANSWER)),
    ("details-summary-hint-summary-x: a <details> is not closed",
     [text("<details><summary>Hint</summary> x")]),
    ("asks the quiz '04.record', which practice/questions/", asked("quiz.ask 04.record")),
    ("The quiz '03.gdp' is asked more than once.", asked("quiz.ask 03.gdp", "quiz.ask 03.gdp")),
    ("The quiz '03.gdp' is on file and asked nowhere.", []),
    ("says the answer to the quiz '03.gdp'.", [text("Who says so, and at exchange rates or at PPP?")]),
    ("predict.ask('04.oil') is none of this lesson's", asked("predict.ask 04.oil")),
    ("predict.ask('03.csto') is there 0 times, not once.", []),
    ("predict.see('03.csto') comes before predict.ask.", asked("predict.see 03.csto", "predict.ask 03.csto")),
    ("predict.see('03.csto') is there 0 times, not once.", asked("predict.ask 03.csto")),
    ('progress.lesson("03") is not there once.', asked("progress.lesson 04")),
    (f"is not below {DONE!r}.", [code('progress.lesson("03")'), text(f"## {DONE}")]),
    ("trip-head: uses head, which no cell up to here",
     [code("trip.head()"), text("`head`", introduces=["head"])]),
    ("introduces hed, which is not in concepts.toml.", [text("`hed`", introduces=["hed"])]),
    ("introduces head, and its text does not say `head`.", [text("head", introduces=["head"])]),
    ("introduces head, which was introduced before.", [text("`head`", introduces=["head"])] * 2),
    ("introduces head, which no code of the lesson uses.", [text("`head`", introduces=["head"])]),
    ("It introduces 13 names and constructs; 12", [text("x", introduces=MANY)]),
    ("1: is folded, and the text above it says nothing", [text("A chart."), code("1", folded=True)]),
    ("shows `trip.haed()`, which no cell of the lesson runs.", [text("`trip.haed()`"), code("trip.head()")]),
    (" shows .size, of which its answer has none.", hinted("Use `.size`.")),
    (" shows `size`; its answer has no such code.", hinted("Use `size`.")),
    (' says "divide"; its answer has no /', hinted("Divide by it.")),
    ("the answer of 03.1 has /, which its hint does not say.", hinted("Take it.", "41 / 2")),
    ('the link "04 T" leads to "03 T".', [text("# T"), text("[04 T](03_lesson.ipynb)")]),
    ("the row | e | f | is tied to nothing.", [text("| a | b |\n|---|---|\n| e | f |")]),
    ("loads the table claims, which the card does not",
     [text("| **Data** | `trip` |"), code('data.load("claims")')]),
    ("names tripp, which is no table of the course.", [text("| **Data** | `tripp` |")]),
    ("India's president Narendra Modi: Narendra Modi is Prime", [text("India's president\nNarendra Modi")]),
]  # fmt: skip


def said(cells: Cells, **metadata: object) -> list[str]:
    """Return what the rules say of a lesson that is stored and read again."""
    # Not `new_notebook`, which validates, and complains of ids that normalising makes different.
    raw = {"cells": copy.deepcopy(cells) or [text("x")], "metadata": metadata}
    notebook = normal_form.normalise(nbformat.from_dict(raw | {"nbformat": 4, "nbformat_minor": 5}))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "03_lesson.ipynb"
        path.write_text(normal_form.text(notebook), encoding="utf-8")
        return rules_of_lessons.broken(lessons.read(path))


@cache
def said_of(planted: int) -> list[str]:
    return said(PLANTED[planted][1])


@pytest.mark.parametrize("planted", range(len(PLANTED)), ids=[says[:40] for says, _ in PLANTED])
def test_a_planted_fault_is_seen(planted: int) -> None:
    assert any(PLANTED[planted][0] in sentence for sentence in said_of(planted)), said_of(planted)


def test_each_sentence_of_the_rules_is_said_of_a_planted_fault() -> None:
    every = "\n".join(sentence for planted in range(len(PLANTED)) for sentence in said_of(planted))
    modules = (rules_of_lessons, concepts, rules_of_words, drawn)
    told = [one for module in modules for one in patterns(module)]
    assert [pattern for pattern in told if not re.search(f"{pattern}$", every, re.MULTILINE)] == []


def test_what_is_fine_is_not_told() -> None:
    fine = [
        *(
            text("# T\n\nS.\n\n## A heading"),
            text("[x](#A-heading) `f(...)` `len` `iso3` `NaN` `a & b` `docs/house.md`"),
        ),
        *(code("1\n\n" * 8), code("f(1)"), code("m", html='<a href="https://example.org">x</a>')),
        *(text("The folded cell prepares."), code("2", folded=True)),
        text("x", claims=["CL02"]),
    ]
    found = said(fine, samarkand={"counted": ["P01", "H1"]})
    lines = [one for one in found if re.match(r"[a-z0-9-]+: |The notebook: ", one) and "tied" not in one]
    assert lines == []
    for wrong in ({"counted": ["P99x"]}, {"counted": ["P01", "P01"]}, {"claims": ["CL02"]}):
        assert any(one.startswith("The notebook: the metadata") for one in said(fine, samarkand=wrong))
