"""Honest work: right answers by any way keep their marks, wrong ones get the right reason."""

# ruff: noqa: E501 - cells are quoted as they are written
from __future__ import annotations

import copy
import enum
import json

import numpy as np
import pandas as pd
import pytest
import workshop
from test_batch import grade
from workshop import assess

from samarkand.ground import home
from samarkand.practice.answers import decode, encode, kinds
from samarkand.practice.sets import numbers
from samarkand_grading.marking import checks
from samarkand_grading.sandbox.box import Sandbox
from samarkand_grading.sandbox.work import Outcome, Result


def test_the_reference_has_all_points(work):
    result = work()
    assert [v.state for v in result.verdicts] == ["right", "right", "right"]
    assert (result.points, result.out_of, result.remarks, result.ended) == (10, 10, [], "finished")


def test_the_empty_notebook_has_none_and_no_error(assessor, blank, tmp_path):
    result = assess(assessor, tmp_path, blank)
    assert [v.reason for v in result.verdicts] == ["Not answered yet."] * 3
    assert (result.points, result.ended) == (0, "finished")


def test_other_forms_are_as_good(work):
    answers = {
        "q1": "import numpy as np\nproduct = np.float64(17 * given['factor'] + 40961)",
        "q2": (
            "t = pd.DataFrame({'share': [1.0] * 3}, index=['KGZ', 'UZB', 'KAZ'])\n"
            "t['share'] = [100 * 1084 / 11058, 100 * 2330 / 11058, 100 * 7644 / 11058]\nborder_shares = t"
        ),
        "q3": (
            "class Spell:\n    def __call__(self, since, until, day):\n        return 0\n"
            "was_member = lambda since, until, day: bool(since <= day) and (day < until if until else True)"
        ),
    }
    assert work(**answers).points == 10
    answers["q2"] = "border_shares = {'UZB': 21.1, 'KAZ': 69.1, 'KGZ': 9.8}"
    assert work(**answers).points == 10


def test_every_diagnosis_gives_its_reason(work):
    answers = {
        "q1": "product = 17 + given['factor'] + 40961",
        "q2": workshop.ANSWERS["q2"].replace("100 * ", ""),
        "q3": workshop.ANSWERS["q3"].replace("day < until", "day <= until"),
    }
    result = work(**answers)
    assert [v.reason for v in result.verdicts] == [
        "You added where you should multiply.",
        f"These are shares of one: the question asks for per cent. {checks._OTHER_UNIT}",
        "On the day a spell ends, the status has ended.",
    ]
    assert [v.points for v in result.verdicts] == [0, 1.5, 2.5]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("border_shares = 1 / 0", "ZeroDivisionError"),
        ("while True: pass", "ran for too long and was stopped"),
        ("border_shares = []\nwhile True: pass", "ran for too long and was stopped"),
        ("border_shares = {'KAZ': 0.7}\nwhile True: pass", "ran for too long and was stopped"),
    ],
)
def test_what_goes_wrong_in_one_cell_costs_that_question_alone(work, wrong, says):
    """And it is named as the reason, whatever the cell had assigned before."""
    result = work(q2=wrong)
    assert [v.points for v in result.verdicts] == [2, 0, 5]
    assert says in result.verdicts[1].reason


def test_an_endless_loop_in_a_function_costs_that_question_alone(work):
    q3 = "def was_member(since, until, day):\n    while until is None: pass\n    return since <= day < until"
    result = work(q3=q3)
    assert [v.points for v in result.verdicts] == [2, 3, 0]
    assert "too long" in result.verdicts[2].reason


def test_a_function_that_leaves_things_behind_is_judged_call_by_call(work):
    answer = workshop.ANSWERS["q3"].replace(
        "    return", "    if seen: return None\n    seen.append(day)\n    return"
    )
    result = work(q3="seen = []\n" + answer)
    assert result.points == 10
    late = workshop.ANSWERS["q3"].replace("    return", "    seen.append(day)\n    return len(seen) > 1 and")
    result = work(q3="seen = []\n" + late)
    assert result.points == 5


def test_notebook_habits_do_no_harm(work):
    added = "%matplotlib inline\n!echo hello\ndisplay(pd.DataFrame({'a': [1]}))\nawait __import__('asyncio').sleep(0)\nlist?"
    result = work(added=added)
    assert result.points == 10
    assert result.remarks == ["1 code cell was added; they run, and carry no points."]


def test_the_tables_lie_where_a_students_copy_has_them(work):
    """From the set's folder, from my_work/ and from the top; and nothing can be written there."""
    ways = ("course_data", "../course_data", "../../course_data", "../../../course_data")
    added = (
        f"for way in {ways}:\n    assert len(pd.read_csv(way + '/sco_membership.csv')) > 1\n"
        "    try: open(way + '/new', 'w'); raise SystemExit\n    except OSError: pass"
    )
    result = work(added=added)
    assert (result.points, [ran.error for ran in result.ran.values() if ran.error]) == (10, [])


def test_what_counts_is_read_where_the_student_saw_it(work):
    assert work(last="product = border_shares = was_member = None").points == 10


@pytest.mark.parametrize("stub", ["product = ...  # see below", "", "product = ...\nlist(range(3))"])
def test_an_answer_below_the_cell_that_looks_at_it_still_counts(work, stub):
    assert work(q1=stub, last=workshop.ANSWERS["q1"]).points == 10


def test_cells_in_another_order_have_the_same_points(assessor, blank, tmp_path):
    """A cell that looks at an answer may stand above it, and two answers may have changed places."""
    notebook = workshop.fill(blank, **workshop.ANSWERS)
    places = {c["metadata"].get("nbgrader", {}).get("grade_id"): n for n, c in enumerate(notebook["cells"])}
    for one, other in (("q1", "q1-check"), ("q1", "q2")):
        swapped = copy.deepcopy(notebook)
        cells, (here, there) = swapped["cells"], (places[one], places[other])
        cells[here], cells[there] = cells[there], cells[here]
        assert workshop.assess(assessor, tmp_path, swapped).points == 10, (one, other)


def test_the_last_value_of_a_cell_is_kept_under_its_name(work):
    assert (
        work(q1=workshop.ANSWERS["q1"] + "\nproduct", q2="border = _\n" + workshop.ANSWERS["q2"]).points == 10
    )
    result = work(added="7 * 6", q1="print(_, 8)\nproduct = _")
    assert result.ran["cell q1"].text == "42 8\n" and result.ran["added code-1"].text == ""


#: Ways to draw a number between 0 and 1 without a seed.
DRAWS = (
    "random.random()", "random.Random().random()", "random.SystemRandom().random()", "secrets.randbelow(1000) / 1000",
    "os.urandom(1)[0] / 256", "os.getrandom(1)[0] / 256", "uuid.uuid4().int / 2**128", "np.random.random()",
    "np.random.default_rng().random()", "np.random.RandomState().rand()", "hash('a') % 1000 / 1000",
    "pd.Series(range(1000)).sample(1).iloc[0] / 1000",
)  # fmt: skip


def test_the_same_work_has_the_same_mark(assessor, blank, tmp_path):
    """Whatever it draws by chance is the same in each run, in cells and in functions, in another sandbox too."""
    imports = (
        "import os, random, secrets, subprocess, sys, tempfile, uuid\nimport numpy as np, pandas as pd\n"
    )
    draws = ", ".join(DRAWS)
    answers = {
        "q1": f"{imports}product = [{draws}]",
        "q2": f"print([{draws}], np.random.default_rng().random(), uuid.uuid4())\nborder_shares = secrets.token_hex()",
        "q3": f"def was_member(since, until, day):\n    return sum([{draws}])",
    }
    notebook = workshop.fill(blank, **answers)
    first, *others = [assess(assessor, tmp_path, notebook) for _ in range(4)]
    with Sandbox() as box:
        others.append(assessor.run(assessor.prepare("ada", tmp_path / "ada" / workshop.NAME), box))
    assert not any(ran.error for ran in first.ran.values()), first.ran
    for other in others:
        assert (other.verdicts, other.ran) == (first.verdicts, first.ran)
    unlike = workshop.fill(
        blank,
        q1=imports
        + "product = len({np.random.default_rng().random() for _ in range(9)}) + len({uuid.uuid4() for _ in range(9)})",
    )
    assert (
        assess(assessor, tmp_path, unlike).verdicts[0].read == "18"
    )  # and not the same number again and again


def test_another_students_numbers_are_wrong(assessor, blank, tmp_path):
    given = {
        s: assess(assessor, tmp_path, blank, s).given["factor"] for s in ("ada", "bob", "cyn", "dai", "eve")
    }
    assert len(set(given.values())) > 1
    other = next(s for s in given if given[s] != given["ada"])
    notebook = workshop.fill(blank, **{**workshop.ANSWERS, "q1": f"product = {17 * given['ada'] + 40961}"})
    assert assess(assessor, tmp_path, notebook, "ada").points == 10
    assert assess(assessor, tmp_path, notebook, other).points == 8


# --- forms of right answers in the course's own sets --------------------------------------------------------


def judged(name, key, form):
    """Mark what a form makes of the right answer to a question, for ten students."""
    (name,) = (whole for whole in checks.available(workshop.EXERCISES / "checks") if whole.startswith(name))
    exercise = workshop.course_set(name)
    question = exercise.question(key)
    drawn = exercise.inputs(workshop.KEY)
    verdicts = []
    for n in range(10):
        given = numbers.draw(workshop.SEED, f"student {n}", exercise.id, exercise.options)
        value = decode.read(json.loads(json.dumps(encode.encode(form(question.solution(given))))))
        marker = checks.Marker(exercise, given, drawn)
        verdicts.append(marker.judge(question, Outcome(held={key: Result(value)}, ended="finished")))
    return verdicts


@pytest.mark.parametrize(
    ("name", "key", "wrong", "share"),
    [
        ("ex02", "q1", lambda right: {who: value / 100 for who, value in right.items()}, 0.5),
        ("ex02", "q1", lambda right: {who: value / 10 for who, value in right.items()}, 0),
        ("ex02", "q4", lambda right: (right[0], right[1] / 100), 0.5),
        ("ex02", "q4", lambda right: (right[0] * 100, right[1]), 0),  # a count is a count
        ("ex03", "q2", lambda right: right * 1000, 0.5),  # more than there can be
        ("ex03", "q2", lambda right: right * -100, 0),
    ],
)
def test_a_right_number_in_another_unit_has_half(name, key, wrong, share):
    for verdict in judged(name, key, wrong):
        assert verdict.points / verdict.out_of == share
        assert (verdict.state == "partly") == (checks._OTHER_UNIT in verdict.reason) == bool(share)


def test_near_0_hardly_any_number_is_right_in_another_unit():
    kind = kinds.Number("index", 0.005, 0, 1).in_any_unit()
    assert kind.same(66.7, 0.667) and not kind.same(0.4, 0.0) and not kind.same(0.9, 0.01)


TYPES = ("fact", "interpretation", "forecast", "opinion", "quotation")


@pytest.mark.parametrize(
    "form",
    [
        lambda types: dict.fromkeys(TYPES, 0) | types,
        lambda types: pd.Series(types).reindex({*TYPES, *types}, fill_value=0),
        lambda types: pd.DataFrame([types]),
        lambda types: pd.DataFrame([dict.fromkeys(TYPES, 0) | types], index=["n"]),
        lambda types: [types],
    ],
)
def test_types_that_do_not_occur_may_be_left_out_or_have_0(form):
    assert {v.reason for v in judged("ex02", "q2", form)} == {"Right."}


@pytest.mark.parametrize(
    "form",
    [
        lambda values: pd.DataFrame([values], columns=["n", "share", "forecasts"]),
        lambda values: pd.DataFrame([values]).to_numpy(),
        lambda values: pd.DataFrame([values]).to_dict("records"),
        lambda values: list(pd.DataFrame([values]).itertuples(index=False)),
        lambda values: pd.DataFrame({"value": values}),
        np.array,
    ],
)
def test_a_table_of_one_row_is_as_good_as_several_values(form):
    assert {v.reason for v in judged("ex02", "q3", form)} == {"Right."}


@pytest.mark.parametrize(
    "form",
    [
        lambda codes: dict.fromkeys(codes, True),
        lambda codes: {code: f"the state {code}" for code in codes},
        lambda codes: pd.Series(sorted(codes)).to_dict(),
        lambda codes: pd.DataFrame([sorted(codes)]),
        lambda codes: [sorted(codes)],
    ],
)
def test_codes_may_be_the_keys_of_a_dict_or_a_row(form):
    assert {v.reason for v in judged("ex03", "q4", form)} == {"Right."}


def test_a_member_of_an_enum_that_is_a_text_or_a_number_is_that(work):
    class Status(enum.StrEnum):
        MEMBER = "member"

    assert encode.encode([Status.MEMBER, enum.Enum("Plain", "MEMBER").MEMBER]) == {
        "t": "list",
        "v": ["member", {"t": "other", "type": "Plain"}],
    }
    answer = "import enum\nclass Count(enum.IntEnum):\n    RIGHT = 17 * given['factor'] + 40961\nproduct = Count.RIGHT"
    keys = "import enum\nclass Code(str, enum.Enum):\n    KAZ = 'KAZ'; UZB = 'UZB'; KGZ = 'KGZ'\n"
    keys += "border_shares = dict(zip(Code, [69.1264, 21.0707, 9.8029]))"
    assert work(q1=answer, q2=keys).points == 10


@pytest.mark.parametrize("value", ["float('nan')", "pd.Series([1, None]).loc[1]", "float('inf')"])
def test_nan_where_a_count_is_asked_is_told_what_it_is(assessor, blank, tmp_path, value):
    result = assess(assessor, tmp_path, workshop.fill(blank, q1=f"product = {value}"))
    assert result.verdicts[0].reason.startswith("This is not a finite number: is a missing value")


# --- what else is handed in ---------------------------------------------------------------------------------


def test_nbgraders_own_files_are_no_remark(assessor, blank, tmp_path):
    folder = tmp_path / "ada" / workshop.NAME
    workshop.write(folder, workshop.fill(blank, **workshop.ANSWERS))
    (folder / "submission_secret.txt").write_text("0123")
    (folder / "timestamp.txt").write_text("2022-09-15 12:00:00 UTC")
    result = assessor.assess("ada", folder)
    assert (result.points, result.remarks) == (10, [])


@pytest.mark.parametrize("wrong", ["release/ex01_the_trip/ex01_the_trip", "../notebooks/03_the_sco"])
def test_another_set_or_a_lesson_is_said_to_be_that(course, wrong):
    exercises = home.ROOT / "exercises"
    for name in ("ex01_the_trip", "ex02_reading_the_article"):
        place = course.root / "release" / name
        place.mkdir()
        (place / f"{name}.ipynb").write_bytes((exercises / "release" / name / f"{name}.ipynb").read_bytes())
    folder = course.root / "submitted" / "ada" / workshop.NAME
    workshop.write(folder, json.loads((exercises / f"{wrong}.ipynb").read_text(encoding="utf-8")))
    says = (
        f"This is the notebook {wrong.rpartition('/')[2]}, not {workshop.NAME}: was the wrong one handed in?"
    )
    assert grade(course)[0].troubles == [f"ada: {says} No points."]


def test_own_answers_without_any_of_the_sets_cells_still_count(course):
    """What is no other notebook of the course is read as ever."""
    setup = workshop.source_notebook(solved=False)["cells"][1]["source"]
    cells = [
        workshop.cell("code", f"own-{n}", text) for n, text in enumerate([setup, *workshop.ANSWERS.values()])
    ]
    notebook = workshop.source_notebook(solved=False) | {"cells": cells}
    workshop.write(course.root / "submitted" / "ada" / workshop.NAME, notebook)
    assert "10 of 10" in grade(course)[1][0]
