"""Functions that look up known inputs and compute nothing: reading the public checks gains no points.

Inputs differ from submission to submission; their fairness is tested for fifteen drawings, or for the number
in SAMARKAND_DRAWINGS.
"""

import ast
import contextlib
import copy
import functools
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections import Counter

import pandas as pd
import pytest
import workshop
from by_night import most_by_night

from samarkand import data
from samarkand.answers import encode, kinds
from samarkand.common import home
from samarkand.practice.sets import numbers
from samarkand_grading.marking import checks, inputs
from samarkand_grading.sandbox.work import Cell

EXERCISES = workshop.EXERCISES
SETS = {name: workshop.course_set(name) for name in checks.list_sets(EXERCISES / "checks")}
FUNCTIONS = [(name, question.id) for name in SETS for question in SETS[name].questions if question.cases]
#: The number of submissions to draw inputs for.
DRAWINGS = int(os.environ.get("SAMARKAND_DRAWINGS", "15"))
#: The keys of their inputs.
KEYS = [inputs.derive_key("a course", [Cell("cell q1", f"x = {n}")]) for n in range(DRAWINGS)]


@functools.lru_cache(maxsize=1000)  # each holds tables
def cases_of(name, key, question):
    return SETS[name].draw_inputs(key).cases[question]


def forms_of(name, key, question):
    """Return the arguments of each case as JSON."""
    return [
        json.dumps([encode.encode_value(a) for a in case.arguments]) for case in cases_of(name, key, question)
    ]


@functools.cache
def table_of(name, key):
    """Return the name of the table that a function's example is taken from; None if it takes no table."""
    example = cases_of(name, inputs.DEMONSTRATION, key)[0].arguments[0]
    if isinstance(example, pd.DataFrame):
        for table in data.tables()["name"]:
            own = data.load(table).reindex(index=example.index, columns=example.columns)
            if own.equals(example):
                return table
    return None


def gives(question, way, cases):
    """Return the results of a solution for the cases, in the form for comparison."""
    return [checks.read_answer(question.kind, way(*case.arguments)) for case in cases]


@functools.lru_cache(maxsize=2000)
def right_of(name, key, question):
    asked = SETS[name].get_question(question)
    return gives(asked, asked.solution, cases_of(name, key, question))


def points(name, key, question, answers):
    """Return the points for answers as the marker gives them; None is an error."""
    asked = SETS[name].get_question(question)
    marked = zip(answers, right_of(name, key, question), cases_of(name, key, question), strict=True)
    hits = [(a is not None and asked.kind.same(a, right), case.edge) for a, right, case in marked]
    if all(hit for hit, _ in hits):
        return asked.points
    return asked.points / 2 if all(hit for hit, edge in hits if not edge) else 0


# --- the key ------------------------------------------------------------------------------------------------


def test_the_released_form_holds_the_example_alone_and_the_same_for_every_submission():
    for name, key in FUNCTIONS:
        released = json.loads((EXERCISES / "release" / name / f"{name}.ipynb").read_text(encoding="utf-8"))
        form = released["metadata"]["samarkand"]["form"]
        shown = json.loads(json.dumps(form["questions"][key]["example"]))
        for work in (inputs.DEMONSTRATION, *KEYS):
            assert json.loads(forms_of(name, work, key)[0]) == shown
            assert not any(json.loads(other) == shown for other in forms_of(name, work, key)[1:])
        assert set(form["questions"][key]) == {"kind", "function", "example"}


DRAWN = """
import sys
from pathlib import Path
from samarkand_grading.marking import checks
folder = Path(sys.argv[1])
sets = [checks.load_set(folder, name) for name in checks.list_sets(folder)]
print({each.id: [(c.id, c.arguments) for c in each.draw_inputs("work 7").calls] for each in sets})
"""


def test_a_work_has_the_same_inputs_in_every_run_and_no_other_has_them():
    run = subprocess.run(
        [sys.executable, "-c", DRAWN, str(EXERCISES / "checks")],
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(home.ROOT)},
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    assert ast.literal_eval(run.stdout) == {
        name: [(call.id, call.arguments) for call in SETS[name].draw_inputs("work 7").calls] for name in SETS
    }
    for name, key in FUNCTIONS:
        pairs = ((forms_of(name, work, key), cases_of(name, work, key)) for work in KEYS)
        drawn = [form for pair in pairs for form, case in zip(*pair, strict=True) if not case.edge]
        counts = Counter(drawn)
        assert counts.pop(drawn[0]) == len(KEYS)  # the example
        assert max(counts.values()) <= max(3, len(KEYS) / 50)


def test_the_same_work_has_the_same_inputs_whatever_its_file_says(assessor, blank, tmp_path):
    notebook = workshop.fill(blank, added="x = 1", last="y = 2", **workshop.ANSWERS)

    def drawn_from(change):
        changed = copy.deepcopy(notebook)
        change(changed, {cell["id"]: cell for cell in changed["cells"]})
        folder = tmp_path / "ada" / workshop.NAME
        shutil.rmtree(folder, ignore_errors=True)
        workshop.write(folder, changed).rename(folder / f"{workshop.NAME}{len(changed['metadata'])}.ipynb")
        return assessor.draw_inputs(assessor.read_submission("ada", folder).cells).cases["q3"]

    same = [
        lambda nb, cells: nb["metadata"].clear(),
        lambda nb, cells: cells["q1"].update(execution_count=7, outputs=[{"output_type": "stream"}]),
        lambda nb, cells: cells["q1"]["metadata"].update(tags=["mine"]),
        lambda nb, cells: cells["q1"].update(source=cells["q1"]["source"].splitlines(keepends=True)),
        lambda nb, cells: cells["q3"].update(source=cells["q3"]["source"].replace("\n", "\r\n")),
        lambda nb, cells: cells["title"].update(source="# Another title"),
        lambda nb, cells: nb["cells"].append(workshop.cell("code", "empty", " \n")),
        lambda nb, cells: nb["cells"].insert(1, workshop.cell("markdown", "a-note", "my own words")),
    ]
    own = drawn_from(lambda nb, cells: None)
    assert [drawn_from(change) == own for change in same] == [True] * len(same)
    others = [
        lambda nb, cells: cells["q1"].update(source=cells["q1"]["source"] + " "),
        lambda nb, cells: nb["cells"].insert(1, nb["cells"].pop()),
        lambda nb, cells: cells["a-last-cell"].update(source="y = 3"),
    ]
    drawn = [own, *map(drawn_from, others)]
    assert all(one != other for one, other in itertools.combinations(drawn, 2))
    assert {case[0] for case in drawn} == {own[0]}  # the example


# --- fairness -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "key"), FUNCTIONS)
def test_every_drawing_is_as_fair_as_another(name, key):
    """Each known wrong way has its own result and mark, edges are edges, no constant is right for most."""
    question = SETS[name].get_question(key)
    same, ordinary = question.kind.same, sys.modules[f"samarkand_checks_{name}"].ordinary
    guesses = [value for value in (True, False, 0, 1, 2, "none", "member", "") if reads(question.kind, value)]
    edges, marks = set(), set()
    for work in KEYS:
        cases, right = cases_of(name, work, key), right_of(name, work, key)
        edges.add(tuple(case.edge for case in cases))
        for case in cases:  # `ordinary` stands apart from what is drawn
            assert bool(case.edge) != ordinary(*case.arguments), (work, case)
        ways = [gives(question, mistake.wrong, cases) for mistake in question.mistakes]
        for way, other in itertools.combinations([right, *ways], 2):
            assert not all(map(same, way, other)), work
        marks.add(tuple(points(name, work, key, way) for way in ways))
        plain = [answer for answer, case in zip(right, cases, strict=True) if not case.edge]
        for always in (*(checks.read_answer(question.kind, guess) for guess in guesses), *right):
            assert sum(same(always, answer) for answer in plain) <= len(plain) / 2
    (asked,), (marked,) = edges, marks  # in every drawing the same
    # Set 02 asks for no case that its lesson has not practised.
    assert asked.count("") >= 5 and asked.count("") < len(asked) <= 11
    assert {*marked} <= {0, question.points / 2}


def reads(kind, value):
    with contextlib.suppress(kinds.WrongForm):
        checks.read_answer(kind, value)
        return True
    return False


TABLES = [(name, key) for name, key in FUNCTIONS if table_of(name, key)]


@pytest.mark.parametrize(("name", "key"), TABLES)
def test_what_is_handed_over_has_the_form_of_the_courses_table(name, key):
    """In every case it has the columns that the question names, with the table's dtypes."""
    notebook = json.loads((EXERCISES / "release" / name / f"{name}.ipynb").read_text(encoding="utf-8"))
    asked = next("".join(c["source"]) for c in notebook["cells"] if c["id"] == f"{key}-question")
    own = data.load(table_of(name, key))
    for work in KEYS:
        for case in cases_of(name, work, key):
            table = case.arguments[0]
            assert all(f"`{column}`" in asked for column in table.columns)
            assert table.dtypes.equals(own.dtypes[table.columns])
            sent = encode.decode_value(json.loads(json.dumps(encode.encode_value(table))))
            pd.testing.assert_frame_equal(sent, table, check_index_type=False)


# --- cheats, handed in --------------------------------------------------------------------------------------

#: A function that looks its arguments up by their content.
LOOKUP = """
def {function}(*arguments):
    def written(a):
        return a.to_csv() if hasattr(a, "to_csv") else str(a)
    known = {known!r}
    return known.get("|".join(map(written, arguments)), {otherwise!r})
"""


def lookup(name, key, drawn, otherwise):
    """Return `LOOKUP` filled with all inputs of some drawings."""
    question = SETS[name].get_question(key)
    known = {}
    for case in itertools.chain(*drawn):
        sent = [encode.decode_value(json.loads(json.dumps(encode.encode_value(a)))) for a in case.arguments]
        text = "|".join(a.to_csv() if isinstance(a, pd.DataFrame | pd.Series) else str(a) for a in sent)
        known[text] = question.solution(*case.arguments)
    return LOOKUP.format(function=question.name, known=known, otherwise=otherwise)


def handed_in(folder, name, key, code):
    """Submit a set with right answers except `code` for one question; return its folder."""
    solved = json.loads((EXERCISES / "source" / name / f"{name}.ipynb").read_text(encoding="utf-8"))
    notebook = json.loads((EXERCISES / "release" / name / f"{name}.ipynb").read_text(encoding="utf-8"))
    answers = {c["id"]: "".join(c["source"]) for c in solved["cells"] if c["cell_type"] == "code"}
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution") and cell["id"] in answers:
            cell["source"] = answers[cell["id"]] if cell["id"] != key else code
    workshop.write(folder / "eve" / name, notebook, name)
    return folder / "eve" / name


def marks(assessor, folder):
    return {verdict.question: verdict.points for verdict in assessor.assess("eve", folder).verdicts}


@pytest.mark.parametrize(("name", "key"), most_by_night(FUNCTIONS, 2))
def test_a_table_of_all_that_a_student_can_know_is_worth_nothing(box, tmp_path, name, key):
    """The table has the inputs of every key that can be guessed, and those of another submission."""
    assessor = workshop.assessor_of(name, box)
    cells = assessor.read_submission("eve", handed_in(tmp_path, name, key, "...")).cells
    seen = assessor.draw_inputs(cells)
    guessed = ["", inputs.DEMONSTRATION, workshop.SEED, workshop.KEY]
    guessed.append(numbers.derive_digits(workshop.SEED.encode(), "samarkand: key of inputs"))
    keys = [*guessed, *(inputs.derive_key(guess, cells) for guess in guessed)]
    drawn = [seen.cases[key], *(cases_of(name, work, key) for work in keys)]
    table = handed_in(tmp_path, name, key, lookup(name, key, drawn, None))
    assert marks(assessor, table) == {q.id: 0 if q.id == key else q.points for q in SETS[name].questions}
    assessor.draw_inputs = lambda cells: seen  # it would be right there: the table is well made
    assert marks(assessor, table) == {q.id: q.points for q in SETS[name].questions}
