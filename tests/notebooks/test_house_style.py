"""Every notebook is as the house style says; and each rule does see what it is there to see."""

from __future__ import annotations

import ast
import base64
import copy
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from samarkand.ground.home import ROOT
from samarkand.practice import questions
from tools.author import drawn, lessons, normal_form
from tools.author import rules_of_concepts as concepts
from tools.author import rules_of_lessons as rules
from tools.author import rules_of_words as words
from tools.author.lessons import Lesson
from tools.author.rules_of_lessons import LESSON_RULES, REFERENCE, RULES, Rule

ALL = [*RULES, *LESSON_RULES]


def test_there_are_notebooks() -> None:
    assert lessons.paths()


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.__name__)
def test_rule(rule: Rule, lesson: Lesson) -> None:
    if lesson.name in REFERENCE and rule in LESSON_RULES:
        return
    found = list(rule(lesson))
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


# ------------------------------------------------------------------------------- the rules themselves

Cells = list[nbformat.NotebookNode]


def text(source: str) -> nbformat.NotebookNode:
    return new_markdown_cell(source)


def code(source: str, shown: str = "", **data: object) -> nbformat.NotebookNode:
    """A code cell that was run; `data` names its outputs: html, chart, png."""
    kinds = {"html": "text/html", "chart": drawn.VEGA_LITE, "png": "image/png"}
    bundle = {kinds[name]: value for name, value in data.items()} | ({"text/plain": shown} if shown else {})
    outputs = [new_output("execute_result", data=bundle, execution_count=1)] if bundle else []
    return new_code_cell(source, execution_count=1, outputs=outputs)


def picture_of(chart: dict[str, object]) -> str:
    """What matters of a chart's picture: what it says it was drawn from."""
    return base64.b64encode(f"tEXt{drawn.KEY}\0{drawn.checksum(chart)}".encode()).decode()


def tied(
    source: str, ties: dict[str, object], kind: Callable[[str], nbformat.NotebookNode] = text
) -> nbformat.NotebookNode:
    cell = kind(source)
    cell.metadata["samarkand"] = {"tied": ties}
    return cell


def introducing(
    source: str, *names: str, kind: Callable[[str], nbformat.NotebookNode] = text
) -> nbformat.NotebookNode:
    cell = kind(source)
    cell.metadata["samarkand"] = {"introduces": list(names)}
    return cell


def folded_code(source: str) -> nbformat.NotebookNode:
    cell = code(source)
    cell.metadata["jupyter"] = {"source_hidden": True}
    return cell


def folded_hint(says: str) -> str:
    return HINT.replace("Divide.", says)


def stub(
    number: str = "03.1", help_: str = "", source: str = "share = ...", says: str = "Not answered yet."
) -> Cells:
    prompt = text(f"**{number}** What share?")
    return [prompt, code(f'{source}\ncheck("{number}", share)', says), text(help_)]


HINT = "<details><summary>Hint</summary>\n\nDivide.\n\n</details>\n"
ANSWER = '<details><summary>Answer</summary>\n\n```python\nshare = 41\ncheck("{}", share)\n```\n\n</details>'
FRAME = '<img alt="Eight states are members." src="data:x"><iframe title="Map" srcdoc=\'<p>x</p>\'></iframe>'
CHART = {"title": "Trade", "description": "Trade rose every year.", "layer": ["Source: customs"]}
ROW = "<tr><td>1</td></tr>"
ROWS = f'<table class="dataframe"><thead><tr></tr></thead><tbody>{ROW * 13}</tbody></table>'
CARD = "".join(
    f"| **{name}** | {{}} |\n" for name in ("Time", "Minutes", "Level", "Needs", "Data", "Works offline")
)
FULL_CARD = CARD.format("1 minutes", "A (1)", "x", "x", "x", "Yes")
IN_TWO = CARD.format("1 and 1 minutes", "A (1); *half way*; B (1)", "x", "x", "x", "Yes")
HALVES = [text("## A\n\nS."), text("**Half way.** Stop."), text("## B\n\nS.")]
SHOWN = "What this shows, and what it does not: x"
EXPECTING = [code('predict.ask("03.csto")'), code('note("03.x")'), text(SHOWN), text(SHOWN)]
LOADS = (
    '<script src="https://cdn.example.org/x.js"></script>',
    "<link rel=stylesheet href=https://cdn.example.org/x.css>",
    "<style>a{background:url(//example.org/x.png)}</style>",
    "<iframe srcdoc='&lt;img src=&quot;http://example.org/x.png&quot;&gt;'></iframe>",
    '<script>fetch("https://example.org")</script>',
)
ADDRESSES = ("<folium.Map object at 0x7f>", "<function f at 0x7f>", "alt.Chart(...)", "VBox(children=())")
ORDER = [
    *(text(t) for t in ("# T\n\nS.", FULL_CARD, "**By the end you can**", "## The question")),
    code("import pandas"),
    *(text(t) for t in ("## Practice", "## Summary", f"## {rules.DONE}", "## Sources")),
    text("**Next:** [x](04_x.ipynb)"),
]

#: More names than one lesson may bring.
MANY = [
    *("head", "isin", "iloc", "days", "sum", "round", "query"),
    *("loc", "pivot", "drop", "mean", "merge", "diff"),
]

#: All that lesson 03 asks to expect, each with its result behind it.
PREDICTED = [
    code(f'predict.{what}("{id}")')
    for id in questions.every("predict")
    if id.startswith("03.")
    for what in ("ask", "see")
]

#: For each rule: lessons that break it, and one that does not.
BROKEN: dict[Callable[..., object], tuple[list[Cells], Cells]] = {
    rules.one_title_and_it_comes_first: (
        [[text("# A\n\nA b."), text("# B")], [code("1"), text("# A\n\nA b.")], [text("# A")]],
        [text("# A\n\nA b.")],
    ),
    rules.headings_skip_no_level: (
        [[text("# A"), text("### B")]],
        [text("# A"), text("## B\n\n```\n#### no\n```")],
    ),
    rules.headings_are_different: ([[text("## A"), text("## A")]], [text("## A"), text("## B")]),
    rules.the_parts_stand_in_order: ([ORDER[:-1], [ORDER[0], ORDER[5], *ORDER[1:5], *ORDER[6:]]], ORDER),
    rules.the_card_is_whole: (
        [
            [text(FULL_CARD.replace("Yes", "")), text("## A\n\nS.")],
            [
                text(CARD.format("61 minutes", "A (61)", "x", "x", "x", "Yes")),
                text("## A\n\n" + "word " * 7_300),
            ],
            [text(FULL_CARD.replace("1 m", "2 m")), text("## A\n\nS.")],
            [text(FULL_CARD.replace("(1)", "(2)")), text("## A\n\nS.")],
            [text(FULL_CARD), text("## B\n\nS.")],
            [text(FULL_CARD), *HALVES],
            [text(IN_TWO), HALVES[0], HALVES[2]],
            [text(IN_TWO.replace("1 and 1", "1 to 1")), *HALVES],
            [],
        ],
        [text(IN_TWO), *HALVES],
    ),
    rules.three_or_four_things_a_student_can_do: (
        [[text("By the end you can\n\n- a\n- b")]],
        [text("By the end you can\n\n- a\n- b\n- c")],
    ),
    rules.the_length_is_that_of_a_lesson: (
        [
            [text("a b c")] * 40,
            [text("word " * 1500)],
            [text("word " * 50)] * 62,
            [*[text("word " * 60)] * 80, text("**Half way.** Stop.")],
        ],
        [*[text("word " * 40)] * 62, text("**Half way.** Stop.")],
    ),
    rules.the_middle_has_a_few_sections: (
        [[text("## The question"), text("## 1"), text("## Practice")]],
        [text("## The question\n\n## 1\n\n## 2\n\n## 3\n\n## Practice")],
    ),
    rules.students_are_asked_first_and_told_the_limits: (
        [EXPECTING[1:], EXPECTING[:3], [*EXPECTING, text("**What do you expect?** A number.")], []],
        EXPECTING,
    ),
    rules.code_is_plain_python: (
        [[code("!pip install x")], [code("%time 1")], [code("%%bash\nls")]],
        [code("1 + 1")],
    ),
    rules.code_is_short: ([[code("1\n" * 9), code("1")], [code("1\n" * 4)]], [code("1\n\n" * 8), code("1")]),
    rules.code_ends_without_semicolon: ([[code("frame.head();")]], [code("frame.head()")]),
    rules.code_imports_what_a_lesson_may: (
        [
            [code("from samarkand.data import *")],
            [code("import requests")],
            [code("from urllib.request import urlopen")],
            [code("widgets.interact(f, x=1)")],
            [code("out = Output()")],
        ],
        [code("import pandas as pd\nfrom samarkand import data")],
    ),
    rules.every_import_is_in_one_cell: ([[code("import a"), code("import b")]], [code("import a\nimport b")]),
    rules.links_lead_somewhere: (
        [
            [text("[x](nowhere.ipynb)")],
            [text("[x](https://example.org)")],
            [text("[x](#no-heading)")],
            [text('<img src="no.png">')],
        ],
        [text("## A heading"), text("[x](#A-heading) `[y](nowhere.ipynb)` [z](lesson.ipynb#A-heading)")],
    ),
    rules.sources_are_cited_and_listed: (
        [
            [text("x [XH0914]"), code('cite.sources("ART")')],
            [text("x [NOSUCHKEY]"), code('cite.sources("NOSUCHKEY")')],
            [text("x [ART, XH0914]"), code('cite.sources("ART", "XH0914", "XH0914")')],
            [text("x [ART]")],
        ],
        [text("x [ART] and `[NOKEY]`"), code("trip", "1  XH0914"), code('cite.sources("ART", "XH0914")')],
    ),
    rules.the_sources_are_printed: ([[code("1")]], [code('cite.sources("ART")')]),
    rules.the_next_lesson_is_linked: (
        [[text("Next: 04")]],
        [text("**Next:** [04](04_china_and_russia.ipynb)")],
    ),
    rules.the_set_is_linked: (
        [[text("**Next:** [04](04_china_and_russia.ipynb)")]],
        [text("[Set](../exercises/release/ex03_the_sco/ex03_the_sco.ipynb) **Next:** 04")],
    ),
    rules.the_file_is_small: ([[text("x" * 1_000_001)]], [text("x")]),
    rules.nothing_is_loaded_from_elsewhere: (
        [
            *([code("m", html=f"<p>{load}</p>")] for load in LOADS),
            [code("c", chart={"data": {"url": "https://example.org/x.csv"}})],
        ],
        [code("m", html='<a href="https://example.org">x</a><svg xmlns="http://www.w3.org/2000/svg"></svg>')],
    ),
    rules.outputs_are_text: (
        [[code("c", png="iVBOR")]],
        [code("c", "x", html="<p>x</p>"), code("c", "x", chart={"title": "x"}, png="iVBOR")],
    ),
    rules.charts_have_their_pictures: (
        [
            [code("c", chart={"title": "x"})],
            [code("c", chart={"title": "x"}, png="iVBOR")],
            [code("c", chart={"title": "x"}, png=picture_of({"title": "y"}))],
        ],
        [code("c", chart={"title": "x"}, png=picture_of({"title": "x"}))],
    ),
    rules.outputs_say_what_they_are: (
        [[code("c", says)] for says in ADDRESSES],
        [code("c", "A map of the region.")],
    ),
    rules.maps_are_few_and_have_words: (
        [
            [code("m", html=FRAME)] * 4,
            [code("m", html=FRAME.replace(' title="Map"', ""))],
            [code("m", html=FRAME.replace("Eight states are members.", "map"))],
            [code("m", html=FRAME + "x" * 300_000)],
            [
                code(
                    "m", html="<iframe title='Map' srcdoc='<img alt=\"Eight states are members.\">'></iframe>"
                )
            ],
        ],
        [code("m", html=FRAME)] * 3,
    ),
    rules.charts_have_title_and_description: (
        [
            *([code("c", chart={k: v for k, v in CHART.items() if k != gone})] for gone in CHART),
            [code("c", chart=CHART | {"description": "Chart"})],
        ],
        [code("c", chart=CHART)],
    ),
    rules.a_map_or_chart_and_an_explorer_carry_it: (
        [[code("explore.x()")], [code("m", html=FRAME)]],
        [code("explore.x()"), code("m", html=FRAME)],
    ),
    rules.tables_are_short: (
        [
            [code("t", html=ROWS)],
            [code("t", html=ROWS.replace("1</td>", "...</td>").replace("<tr><td>...</td></tr>", "", 2))],
            [code("s", "\n".join(f"{i}  1" for i in range(14)) + "\nName: n, dtype: int64")],
        ],
        [code("t", html=ROWS.replace(ROW, "", 1)), code("s", "a  1\ndtype: int64")],
    ),
    rules.figures_are_rounded: ([[code("1 / 3", "0.3333333333")]], [code("1 / 3", "0.33")]),
    rules.a_lesson_has_tasks_numbered_in_order: (
        [stub("03.1"), [*stub("03.1"), *stub("03.3")], [*stub("04.1"), *stub("04.2")]],
        [*stub("03.1"), *stub("03.2")],
    ),
    rules.practice_tasks_are_whole: (
        [
            stub(help_=HINT),
            stub(help_=ANSWER.format("03.1")),
            stub(help_=HINT + ANSWER.format("03.2")),
            stub(help_=HINT + ANSWER.format("03.1"), source="share = 41"),
            stub(help_=HINT + ANSWER.format("03.1").replace("share = 41", "share = 4\nshare = 41")),
            stub(help_=HINT + ANSWER.format("03.1"), says="Yes."),
            stub(help_=HINT + ANSWER.format("03.1"))[1:],
        ],
        stub(help_=HINT + ANSWER.format("03.1")),
    ),
    rules.quizzes_are_on_file_and_asked_once: (
        [
            [],
            [code('quiz.ask("03.gdp")'), code('quiz.ask("03.gdp")')],
            [code('quiz.ask("03.gdp")'), code('quiz.ask("04.record")')],
            [code('quiz.ask("03.gdp")'), text("Ask: Who says so, and at exchange rates or at PPP?")],
        ],
        [code('quiz.ask("03.gdp")')],
    ),
    rules.what_is_expected_is_asked_and_seen: (
        [
            [],
            PREDICTED[:-1],
            PREDICTED[1:],
            PREDICTED[::-1],
            [*PREDICTED, PREDICTED[0]],
            [*PREDICTED, PREDICTED[1]],
            [*PREDICTED, code('predict.ask("04.oil")')],
            [*PREDICTED, code('recall("05.sides")')],
        ],
        PREDICTED,
    ),
    rules.a_lesson_ends_with_what_was_done: (
        [
            [text(f"## {rules.DONE}")],
            [code('progress.lesson("03")'), text(f"## {rules.DONE}")],
            [text(f"## {rules.DONE}"), code('progress.lesson("04")')],
            [*stub("03.1"), text(f"## {rules.DONE}"), code('progress.lesson("03")')],
        ],
        [
            *(text("## 1. Who belongs? Status comes in spells"), *stub("03.1")),
            *(text(f"## {rules.DONE}"), code('progress.lesson("03")')),
        ],
    ),
    words.figures_are_tied: (
        [
            [text("It has 8 members.")],
            [tied("It has nine members.", {"eight members": "len(club)"})],
            [tied("8 and 8", {"8": "len(club)"})],
            [tied("It has 8 members.", {"8 members": "8"})],
            [tied("It has 8 members.", {"8 members": []})],
            [tied("It has 8 members.", {"8 members": ["len(club)", "free: x"]})],
            [tied("It has members.", {"members": "free: x"})],
            [tied("It has 8 members.", {"8 members": "read: XHSCO"})],
            [tied("It has 8 members [XHSCO].", {"8 members": "read: NOSUCHKEY"})],
            [code('charts.bars(x, title="8 members")')],
        ],
        [
            tied(
                "It has 8 members [XHSCO], of two kinds.",
                {"8 members": "read: XHSCO", "two kinds": "free: x"},
            ),
            tied("## 1. Who?\n\n`8` **03.1** [03 T](x.ipynb) CL08", {}),
        ],
    ),
    words.code_in_prose_is_the_lessons: (
        [[text("`trip.haed()`"), code("trip.head()")], [text("`hed`")], [text("`mean(...)`"), code("h(1)")]],
        [text("`f(...)` `len` `iso3` `NaN` `a & b` `docs/house.md` `x['a']`"), code('f(1)\nx["a"]')],
    ),
    words.hints_lead_to_the_answer: (
        [
            stub(help_=folded_hint("Use `size`.") + ANSWER.format("03.1")),
            stub(help_=folded_hint("Divide by it.") + ANSWER.format("03.1")),
            stub(help_=folded_hint("`.title`, `.share`") + ANSWER.format("03.1")),
            stub(help_=folded_hint("Take it.") + ANSWER.format("03.1").replace("41", "41 / 2")),
        ],
        stub(help_=folded_hint("Divide: `share`.") + ANSWER.format("03.1").replace("41", "41 / 2")),
    ),
    words.links_say_where_they_lead: (
        [
            [text("# T"), text("[04 T](lesson.ipynb)")],
            [text("# T\n\n## 2. A b"), text("[T, A c](lesson.ipynb#2.-A-b)")],
        ],
        [
            text("# T\n\n## 2. A b"),
            text("[T](lesson.ipynb) [T, A b](lesson.ipynb#2.-A-b) [section 2 of T](lesson.ipynb#2.-A-b)"),
        ],
    ),
    words.tables_in_prose_are_tied: (
        [[tied("| a | b |\n|---|---|\n| c | d |\n| e | f |", {"| c | d |": "x"})]],
        [tied("| a | b |\n|---|---|\n| c | d |", {"c": "x"}), text(FULL_CARD)],
    ),
    words.the_card_names_the_tables: (
        [
            [text("| **Data** | `trip` |"), code('data.load("claims")')],
            [text("| **Data** | `trip`, `tripp` |"), code('data.load("trip")')],
        ],
        [text("| **Data** | `trip`, `claims` |"), code('data.load("trip")\ndata.load("tripp")')],
    ),
    words.people_have_their_office: (
        [
            [text("China's president Modi")],
            [text("India's president\nNarendra Modi")],
            [text("India's president Nobody")],
        ],
        [text("India's prime minister Narendra Modi met Kazakhstan's president Tokayev.")],
    ),
    concepts.no_name_comes_before_it_is_introduced: (
        [
            [code("trip.head()")],
            [code("trip.head()"), introducing("`head`", "head")],
            [introducing("`len`", "len"), code("len(trip.head())")],
            [introducing("`query`", "query"), code('trip.query("day.isna()")')],
            stub(help_=ANSWER.format("03.1").replace("41", "len(trip)")),
        ],
        [
            introducing("`head` and `len`", "head", "len"),
            code("len(trip.head())"),
            *stub(help_=ANSWER.format("03.1").replace("41", "len(trip)")),
            folded_code("trip.melt()"),
        ],
    ),
    concepts.what_is_introduced_is_said: (
        [
            [introducing("`hed`", "hed"), code("trip.hed()")],
            [introducing("head", "head"), code("trip.head()")],
            [introducing("```\nhead\n```", "head"), code("trip.head()")],
            [introducing("`head`", "head"), code("len(trip)")],
            [introducing("`head`", "head"), introducing("`head`", "head"), code("trip.head()")],
            [introducing("`head`", "head", kind=code), code("trip.head()")],
            [introducing(" ".join(f"`{n}`" for n in MANY), *MANY), *(code(f"trip.{n}()") for n in MANY)],
        ],
        [introducing('`head` and `f"..."`', "head", "f-string"), code('f"{trip.head()}"')],
    ),
    concepts.what_is_folded_is_explained: (
        [[folded_code("1")], [text("A chart."), folded_code("1")], [code("folded cell"), folded_code("1")]],
        [text("The folded cell prepares a chart."), folded_code("1"), code("2")],
    ),
    rules.answers_are_folded: ([[text("<details><summary>Hint</summary> x")]], [text(HINT)]),
}


def lesson_of(cells: Cells, folder: Path, **metadata: object) -> Lesson:
    path = folder / "03_lesson.ipynb"
    # Not `new_notebook`, which validates, and complains of ids that normalising makes different.
    raw = {
        "cells": [copy.deepcopy(c) for c in cells],
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    notebook = normal_form.normalise(nbformat.from_dict(raw))
    path.write_text(normal_form.text(notebook), encoding="utf-8")
    (folder / "lesson.ipynb").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return lessons.read(path)


@pytest.mark.parametrize("rule", BROKEN, ids=lambda rule: rule.__name__)
def test_rule_sees_what_it_is_for(rule: Rule, tmp_path: Path) -> None:
    broken, fine = BROKEN[rule]
    for number, cells in enumerate(broken):
        assert list(rule(lesson_of(cells, tmp_path))), (
            f"example {number} breaks the rule, and it was not seen"
        )
    assert list(rule(lesson_of(fine, tmp_path))) == []


def test_each_rule_is_tried() -> None:
    # Those two are tried apart: here, and in test_questions.py.
    assert {*BROKEN, rules.metadata_name_what_is_taught, rules.questions_are_in_form} == set(ALL)


@pytest.mark.parametrize(
    ("lesson", "cell", "fine"),
    [
        (None, None, True),
        ({"counted": ["P01", "H1"]}, {"claims": ["CL02"]}, True),
        ({"counted": ["P99x"]}, None, False),
        ({"counted": ["P33"]}, None, False),
        ({"counted": ["P01", "P01"]}, None, False),
        ({"blocks": ["P01"], "claims": ["CL02"]}, None, False),
        ({"claims": ["CL02"]}, None, False),
        (None, {"claims": ["CL96"]}, False),
        (None, {"claims": ["P01"]}, False),
        (None, {"claims": ["CL02", "CL02"]}, False),
        (None, {"claims": []}, False),
        (None, {"counted": ["P01"]}, False),
        (None, {}, False),
        (None, {"tied": {"8": "len(club)"}}, True),
        (None, {"claims": ["CL02"], "tied": {"8": "len(club)"}}, True),
        (None, {"claims": ["CL96"], "tied": {"8": "len(club)"}}, False),
        (None, {"tied": {}}, False),
        (None, {"introduces": ["head"]}, True),
        (None, {"introduces": []}, False),
        ({"introduces": ["head"]}, None, False),
    ],
)
def test_metadata_are_looked_at(lesson: object, cell: object, fine: bool, tmp_path: Path) -> None:
    marked = text("x")
    if cell is not None:
        marked.metadata["samarkand"] = cell
    notebook = lesson_of([marked], tmp_path, **({} if lesson is None else {"samarkand": lesson}))
    assert (list(rules.metadata_name_what_is_taught(notebook)) == []) is fine
