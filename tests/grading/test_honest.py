"""Honest work: right answers of any kind keep their marks, wrong ones get the right reason."""

# ruff: noqa: E501 - cells are quoted as they are written
import copy
import json

import pandas as pd
import pytest
import workshop
from test_batch import grade
from workshop import assess

from samarkand.answers import decode, encode, kinds
from samarkand.common import home
from samarkand.practice.sets import numbers
from samarkand_grading.marking import checks
from samarkand_grading.marking.marker import OTHER_UNIT, Marker
from samarkand_grading.sandbox.box import Sandbox
from samarkand_grading.sandbox.work import Outcome, Result


def test_the_empty_notebook_has_none_and_no_error(assessor, blank, tmp_path):
    result = assess(assessor, tmp_path, blank)
    assert [v.reason for v in result.verdicts] == ["Not answered yet."] * 3
    assert (result.points, result.ended) == (0, "finished")


RIGHT = workshop.ANSWERS
CALL = RIGHT["q3"].partition("    return")
HELPER = "def at(day, until):\n    return until is None or day < until\n\ndef was_member(since, until, day):\n    return since <= day and at(day, until)"
#: Code that reads a table from the set's folder, from my_work/ and from the top, and cannot write there.
TABLES = """
for way in ("course_data", "../course_data", "../../course_data", "../../../course_data"):
    assert len(pd.read_csv(way + "/sco_membership.csv")) > 1
    try: open(way + "/new", "w"); raise SystemExit
    except OSError: pass
"""
CODES = "import enum\nclass Code(str, enum.Enum):\n    KAZ = 'KAZ'; UZB = 'UZB'; KGZ = 'KGZ'\nborder_shares = dict(zip(Code, [69.1264, 21.0707, 9.8029]))"
AS_GOOD = {
    "numpy, a table, an object": {
        "q1": "import numpy as np\nproduct = np.float64(17 * given['factor'] + 40961)",
        "q2": "border_shares = pd.DataFrame({'share': [100 * 1084 / 11058, 100 * 2330 / 11058, 100 * 7644 / 11058]}, index=['KGZ', 'UZB', 'KAZ'])",
        "q3": "class Spell:\n    def __call__(self, since, until, day): return bool(since <= day) and (day < until if until else True)\nwas_member = Spell()",
    },
    "a member of an enum, a rounded dict, a function that refuses a second call, names used again below": {
        "q1": "import enum\nclass Count(enum.IntEnum): RIGHT = 17 * given['factor'] + 40961\nproduct = Count.RIGHT",
        "q2": "border_shares = {'UZB': 21.1, 'KAZ': 69.1, 'KGZ': 9.8}",
        "q3": f"seen = []\n{CALL[0]}    if seen: return None\n    seen.append(day)\n    return{CALL[2]}",
        "last": "product = border_shares = was_member = None",
    },
    "keys of an enum; magics, shell, display, await, help": {
        "added": "!echo hello\n%pip --version\ndisplay(pd.DataFrame({'a': [1]}))\nawait __import__('asyncio').sleep(0)\nlist?",
        "q2": CODES,
    },
    "files of one's own": {
        "added": "%%writefile helper.py\nx = 1",
        "q1": "!true\nimport shutil; open('a', 'wb').write(b'x'); shutil.copyfile('a', 'b')\ndesk.sign_in('ada')\n" + RIGHT["q1"] + "\ndesk.look('q1', product)",
        "q2": RIGHT["q2"] + "\npd.DataFrame({'a': [1]}).to_csv('mine.csv')\nborder_shares = border_shares.to_dict()",
        "q3": "desk.look('q2', border_shares)\nimport helper\n" + RIGHT["q3"],
    },
    "the tables where a student's copy has them, and an answer above": {
        "added": TABLES + RIGHT["q1"], "q1": "# see above\nprint('done')",
    },
    "answers below: of nothing, of a stub, of a value": {
        "q1": "product = ...\nlist(range(3))", "q2": "", "last": "\n".join(RIGHT.values()),
        "q3": workshop.STUBS["q3"],
    },
    "the last value, and what stood around a function used for something else": {
        "q1": RIGHT["q1"] + "\nproduct", "q2": "border = _\n" + RIGHT["q2"], "q3": HELPER, "last": "at = pd = None",
    },
}  # fmt: skip


@pytest.mark.parametrize("sources", AS_GOOD.values(), ids=AS_GOOD)
def test_other_ways_are_as_good(work, sources):
    result = work(**sources)
    assert [v.state for v in result.verdicts] == ["right"] * 3, result.verdicts
    assert [ran.error for ran in result.ran.values() if ran.error] == []
    added = ["added cells"] if {"added", "last"} & sources.keys() else []
    assert (result.ended, [remark.code for remark in result.remarks]) == ("finished", added)


STOPPED, NAN = "ran for too long and was stopped", "This is nan, an empty cell"
#: Slips of several questions, each with its points and a part of its reason.
SLIPS = [
    {
        "q1": ("product = 17 + given['factor'] + 40961", 0, "You added where you should multiply."),
        "q2": (RIGHT["q2"].replace("100 * ", ""), 1.5, "These are fractions: multiply them by 100 to get per cent."),
        "q3": (RIGHT["q3"].replace("day < until", "day <= until"), 2.5, "On the day a spell ends, the status has ended."),
    },
    # What goes wrong in one cell costs that question alone, and is named whatever the cell had assigned before.
    {"q1": ("product = float('nan')", 0, NAN), "q2": ("border_shares = 1 / 0", 0, "ZeroDivisionError")},
    {
        "q1": (f"{RIGHT['q1']}\n1 / 0", 2, "Right."), "q2": ("while True: pass", 0, STOPPED),
        "q3": (f"{CALL[0]}    while until is None: pass\n    return since <= day < until", 0, "too long"),
    },
    {"q1": ("product = pd.Series([1, None]).loc[1]", 0, NAN), "q2": ("border_shares = []\nwhile True: pass", 0, STOPPED)},
    {
        "q1": ("product = float('inf')", 0, "This is endless"), "q2": ("border_shares = {'KAZ': 0.7}\nwhile True: pass", 0, STOPPED),
        "q3": (f"seen = []\n{CALL[0]}    seen.append(day)\n    return len(seen) > 1 and{CALL[2]}", 0, ""),
    },
]  # fmt: skip


@pytest.mark.parametrize("slips", SLIPS)
def test_a_slip_costs_its_question_and_has_its_reason(work, slips):
    for verdict in work(**{question: code for question, (code, _, _) in slips.items()}).verdicts:
        _, points, says = slips.get(verdict.question, ("", verdict.out_of, "Right"))
        assert verdict.points == points and says in verdict.reason, verdict
        assert (verdict.state == "right") == (points == verdict.out_of), verdict


def test_what_is_far_too_long_costs_its_own_question_alone(assessor, blank, tmp_path):
    """A table in place of a number, one from every call, and cells with endless output."""
    table = "pd.DataFrame({'a': ['\u0436' * 30] * 2000, 'b': range(2000)})"  # of less than plain.NODES values
    q3 = f"def was_member(since, until, day):\n    return {table}"
    notebook = workshop.fill(blank, q1=f"product = {table}", q2=RIGHT["q2"], q3=q3)
    for number in range(150):
        notebook["cells"].insert(2, workshop.cell("code", f"more-{number}", "print('\u0436' * 5000)"))
    result = assess(assessor, tmp_path, notebook)
    assert [v.points for v in result.verdicts] == [0, 3, 0]
    assert (result.ended, result.verdicts[0].read) == ("finished", "a DataFrame too large to read")


def test_cells_in_another_order_have_the_same_points(assessor, blank, tmp_path):
    """A check cell may be above its answer, and two answers may be swapped."""
    notebook = workshop.fill(blank, **RIGHT)
    places = {c["metadata"].get("nbgrader", {}).get("grade_id"): n for n, c in enumerate(notebook["cells"])}
    for one, other in (("q1", "q1-check"), ("q1", "q2")):
        swapped = copy.deepcopy(notebook)
        cells, (here, there) = swapped["cells"], (places[one], places[other])
        cells[here], cells[there] = cells[there], cells[here]
        assert workshop.assess(assessor, tmp_path, swapped).points == 10, (one, other)


def test_the_last_value_of_a_cell_is_kept_under_its_name(work):
    result = work(added="7 * 6", q1="print(_, 8)\nproduct = _")
    assert result.ran["cell q1"].text == "42 8\n" and result.ran["added code-1"].text == ""


#: Expressions that draw a number between 0 and 1 without a seed.
DRAWS = (
    "random.random()", "random.Random().random()", "random.SystemRandom().random()", "secrets.randbelow(1000) / 1000",
    "os.urandom(1)[0] / 256", "os.getrandom(1)[0] / 256", "uuid.uuid4().int / 2**128", "np.random.random()",
    "np.random.default_rng().random()", "np.random.RandomState().rand()", "hash('a') % 1000 / 1000",
    "pd.Series(range(1000)).sample(1).iloc[0] / 1000",
)  # fmt: skip


def test_the_same_work_has_the_same_mark(assessor, blank, tmp_path):
    """Random numbers are the same in each run, in cells and functions, and in another sandbox."""
    imports = "import os, random, secrets, sys, uuid\nimport numpy as np, pandas as pd\n"
    draws = ", ".join(DRAWS)
    answers = {
        "q1": f"{imports}product = [{draws}]",
        "q2": f"print([{draws}], np.random.default_rng().random(), uuid.uuid4())\nborder_shares = secrets.token_hex()",
        "q3": f"def was_member(since, until, day):\n    return sum([{draws}])",
    }
    first = assess(assessor, tmp_path, workshop.fill(blank, **answers))
    with Sandbox() as box:
        other = assessor.assess_submission(
            assessor.read_submission("ada", tmp_path / "ada" / workshop.NAME), box
        )
    assert not any(ran.error for ran in first.ran.values()), first.ran
    assert (other.verdicts, other.ran) == (first.verdicts, first.ran)
    many = [
        f"len({{{draw} for _ in range(9)}})" for draw in ("np.random.default_rng().random()", "uuid.uuid4()")
    ]
    unlike = workshop.fill(blank, q1=f"{imports}product = {' + '.join(many)}")
    assert assess(assessor, tmp_path, unlike).verdicts[0].read == "18"  # not the same number again and again


def test_another_students_numbers_are_wrong(assessor, blank, tmp_path):
    given = {
        s: assessor.read_submission(s, tmp_path).given["factor"] for s in ("ada", "bob", "cyn", "dai", "eve")
    }
    of_example = {numbers["factor"] for numbers in assessor.draw_examples()}
    copied = next(s for s in given if given[s] not in of_example)
    copier = next(s for s in given if given[s] != given[copied])
    notebook = workshop.fill(blank, **workshop.ANSWERS | {"q1": f"product = {17 * given[copied] + 40961}"})
    right, wrong = (assess(assessor, tmp_path, notebook, student) for student in (copied, copier))
    assert (right.points, wrong.points) == (10, 8)
    assert given[copied] in [numbers["factor"] for numbers in wrong.verdicts[0].others]


# --- forms of right answers in the course's own sets --------------------------------------------------------


def judged(name, key, form):
    """Return the verdicts on `form(right answer)` to a question for ten students."""
    (name,) = (whole for whole in checks.list_sets(workshop.EXERCISES / "checks") if whole.startswith(name))
    exercise = workshop.course_set(name)
    question = exercise.get_question(key)
    drawn = exercise.draw_inputs(workshop.KEY)
    verdicts = []
    for n in range(10):
        given = numbers.draw_numbers(workshop.SEED, f"student {n}", exercise.id, exercise.options)
        value = decode.read_value(json.loads(json.dumps(encode.encode_value(form(question.solution(given))))))
        marker = Marker(exercise, given, drawn)
        verdicts.append(marker.judge_question(question, Outcome(held={key: Result(value)}, ended="finished")))
    return verdicts


@pytest.mark.parametrize(
    ("name", "key", "wrong", "share"),
    [
        ("ex02", "q1", lambda right: {who: value / 100 for who, value in right.items()}, 0.5),
        ("ex02", "q1", lambda right: {who: value / 10 for who, value in right.items()}, 0),
        ("ex02", "q4", lambda right: (right[0], right[1] / 100), 0.5),
        ("ex03", "q2", lambda right: right * 1000, 0.5),  # more than there can be
        ("ex03", "q2", lambda right: right * -100, 0),
    ],
)
def test_a_right_number_in_another_unit_has_half(name, key, wrong, share):
    for verdict in judged(name, key, wrong):
        assert verdict.points / verdict.out_of == share
        assert (verdict.state == "partly") == (OTHER_UNIT in verdict.reason) == bool(share)


def test_a_count_has_no_other_unit_and_the_share_beside_it_counts():
    for verdict in judged("ex02", "q4", lambda right: (right[0] * 100, right[1])):
        assert (verdict.state, verdict.points / verdict.out_of) == ("partly", 0.5)
        assert OTHER_UNIT not in verdict.reason


def test_near_0_hardly_any_number_is_right_in_another_unit():
    kind = kinds.Number("index", 0.005, 0, 1).in_any_unit()
    assert kind.same(66.7, 0.667) and not kind.same(0.4, 0.0) and not kind.same(0.9, 0.01)


TYPES = dict.fromkeys(("fact", "interpretation", "forecast", "opinion", "quotation"), 0)
ROW = pd.DataFrame
FORMS = [
    # Types that do not occur may be left out or have 0.
    ("ex02", "q2", lambda types: pd.Series(TYPES | types)),
    ("ex02", "q2", lambda types: ROW([TYPES | types], index=["n"])),
    ("ex02", "q2", lambda types: [types]),
    # A table of one row is as good as several values.
    ("ex02", "q3", lambda values: ROW([values], columns=["n", "share", "forecasts"])),
    ("ex02", "q3", lambda values: ROW([values]).to_dict("records")),
    ("ex02", "q3", lambda values: list(ROW([values]).itertuples(index=False))),
    ("ex02", "q3", lambda values: ROW({"value": values})),
    # Codes may be the keys of a dict, or a row.
    ("ex03", "q4", lambda codes: {code: f"the state {code}" for code in codes}),
    ("ex03", "q4", lambda codes: pd.Series(sorted(codes)).to_dict()),
    ("ex03", "q4", lambda codes: ROW([sorted(codes)])),
]


@pytest.mark.parametrize(("name", "key", "form"), FORMS)
def test_a_right_answer_in_another_form_is_right(name, key, form):
    assert {v.reason for v in judged(name, key, form)} == {"Right."}


# --- what else is handed in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["release/ex01_the_trip/ex01_the_trip", "../notebooks/03_the_sco"])
def test_another_set_or_a_lesson_is_said_to_be_that(course, wrong):
    exercises = home.ROOT / "exercises"
    for name in ("ex01_the_trip", "ex02_reading_the_article"):
        place = course.root / "release" / name
        place.mkdir()
        (place / f"{name}.ipynb").write_bytes((exercises / "release" / name / f"{name}.ipynb").read_bytes())
    folder = course.root / "submitted" / "ada" / workshop.NAME
    workshop.write(folder, json.loads((exercises / f"{wrong}.ipynb").read_text(encoding="utf-8")))
    (trouble,) = grade(course)[0].troubles
    assert (trouble.about, trouble.code) == ("ada", "unreadable")
    assert wrong.rpartition("/")[2] in trouble.line and workshop.NAME in trouble.line


@pytest.mark.parametrize("cells", ["one each", "one"])
def test_own_answers_without_any_of_the_sets_cells_still_count(course, cells):
    """A notebook that is not another one of the course is read as usual."""
    texts = [workshop.source_notebook(solved=False)["cells"][1]["source"], *workshop.ANSWERS.values()]
    texts = ["\n".join(texts)] if cells == "one" else texts
    own = [workshop.cell("code", f"own-{n}", text) for n, text in enumerate(texts)]
    notebook = workshop.source_notebook(solved=False) | {"cells": own}
    workshop.write(course.root / "submitted" / "ada" / workshop.NAME, notebook)
    assert "10 of 10" in grade(course)[1][0]
