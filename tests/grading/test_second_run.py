"""An answer that stays with other numbers is told from a calculation, and honest work pays nothing."""

import datetime
import json
import random
import re

import pytest
import workshop
from by_night import most_by_night
from IPython.core.interactiveshell import InteractiveShell
from test_exercises import NAMES, SETS, source, strip

from samarkand.answers import decode
from samarkand.answers.kinds import ByKey, Number, Rows, Together, Whole, WrongForm
from samarkand.practice.sets import Desk, numbers
from samarkand_grading.marking import checks, second_run
from samarkand_grading.marking.checks import ExerciseSet, Follows, ask
from samarkand_grading.marking.marker import Marker
from samarkand_grading.sandbox.work import LIMITS, Cell, Outcome, Ran, Result

GIVEN = {"n": 3, "more": [2, 5]}


def question(id, name, kind, solution, points=2, **how):
    return ask(
        id,
        name=name,
        points=points,
        kind=kind,
        solution=solution,
        taught="1",
        hint="Look.",
        mistakes=(),
        **how,
    )


THREE = Together((Whole(), Whole(), Whole()))


def compute_three(given):
    return given["n"], sum(given["more"]), given["n"] * 5


def compute_rows(given):
    return {f"r{k}": given["n"] + k for k in range(8)}


FOLLOWS = Follows("q2", lambda given, changed: 2 * changed)
QUESTIONS = (
    question("q1", "read", Whole(), lambda g: g["n"] + 1, typed=True),
    question("q2", "changed", Whole(high=1000), lambda g: g["n"] * 7),
    question("q3", "written", Number("", 0.5), lambda g: g["n"] * 11.5, moves=True),
    question("q4", "pair", THREE, compute_three, 3, moves=True),
    question("q5", "later", Number("", 0.01, 0, 1000), lambda g: g["n"] * 14, moves=True, follows=FOLLOWS),
    question("q6", "rows", ByKey(Whole()), compute_rows, 3, moves=True),
)
OPTIONS = {"n": [3, 4, 6, 8], "more": [[2, 5], [1, 9], [3, 3]]}
SMALL = ExerciseSet("ex91_small", "91_small", QUESTIONS, OPTIONS)
#: Right answers, each a calculation.
MODEL = {
    "q1": "read = given['n'] + 1",
    "q2": "changed = given['n'] * 7",
    "q3": "written = given['n'] * 11.5",
    "q4": "pair = (given['n'], sum(given['more']), given['n'] * 5)",
    "q5": "later = changed * 2",
    "q6": "rows = {f'r{k}': given['n'] + k for k in range(8)}",
}


def run(cells, given):
    """Run cells as the sandbox does, in this process."""
    outcome, names = Outcome(ended="finished", cpu=0.1), {"given": given}
    for cell in cells:
        if cell.hold:
            outcome.held[cell.id] = Result(decode.make_plain(names.get(cell.hold, ...)))
            continue
        try:
            exec(cell.code, names)
            outcome.ran[cell.id] = Ran()
        except Exception as error:
            outcome.ran[cell.id] = Ran(f"{type(error).__name__}: {error}")
    return outcome


def handed_in(above="", **answers):
    """Return what `run_again` says of some work, and how often it was run."""
    cells = [Cell("above", above)] if above else []
    for one in SMALL.questions:
        cells += [Cell(f"cell {one.id}", (MODEL | answers)[one.id]), Cell(one.id, hold=one.name)]
    runs = []

    def again(given, limits):
        runs.append((given, limits))
        return run(cells, given)

    first = run(cells, GIVEN)
    verdicts = Marker(SMALL, GIVEN, SMALL.draw_inputs("k")).mark_outcome(first, cells)
    work = second_run.Work(SMALL, cells, GIVEN, "a key", first, LIMITS, again)
    return second_run.run_again(work, verdicts), runs


def points(result):
    return {verdict.question: verdict.points for verdict in result.verdicts}


FULL = {one.id: one.points for one in SMALL.questions}


def test_honest_work_is_run_once_and_has_all_points():
    result, runs = handed_in()
    assert points(result) == FULL and runs == []


def test_an_answer_that_stays_has_no_points_only_where_lines_are_to_be_written():
    typed = {"q1": "read = 4", "q2": "changed = 21", "q3": "written = 34.5", "q4": "pair = (3, 7, 15)",
             "q6": "rows = {f'r{k}': 3 + k for k in range(8)}"}  # fmt: skip
    result, runs = handed_in(**typed)
    assert result.told == {"q2": "stays", "q3": "stays", "q4": "stays", "q5": "stays", "q6": "stays"}
    assert points(result) == FULL | {"q3": 0, "q4": 0, "q6": 0}  # q5 hangs on q2, which is told
    reasons = {verdict.question: verdict.reason for verdict in result.verdicts}
    assert reasons["q3"] == second_run.STAYS and second_run.STAYS_TOLD in reasons["q2"]
    assert second_run.STAYS_TOLD in reasons["q5"] and second_run.STAYS_TOLD not in reasons["q1"]
    ((other, limits),) = runs
    assert all(other[name] != GIVEN[name] for name in GIVEN)
    assert limits.cpu == 2.0


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("copied = 3\nwritten = copied * 11.5", "stays"),
        ("import os\nwritten = eval('given')['n'] * 11.5", "moved"),
        ("x = globals()['given']\nwritten = x['n'] * 11.5", "moved"),
        ("x = eval('given')\nwritten = 34.5 if x['n'] == 3 else 1", "half"),
        ("x = eval('given')\nwritten = 34.5 / (x['n'] == 3)", "silent"),
        ("written = 34.5 + 0 * len('given')", "stays"),
    ],
)
def test_the_four_outcomes(code, told):
    result, _ = handed_in(q3=code)
    assert result.told == {"q3": told}
    assert points(result) == FULL | ({"q3": 0} if told == "stays" else {})


def test_a_calculation_that_moves_less_than_the_tolerance_is_no_constant():
    result, _ = handed_in(q3="x = eval('given')\nwritten = 34.5 + x['n'] / 100")
    assert result.told == {"q3": "half"} and points(result) == FULL


def test_who_gives_given_a_value_is_told_once_and_marked_as_it_is():
    result, runs = handed_in(above="given = {'n': 3, 'more': [2, 5]}")
    assert points(result) == FULL and result.remarks == [second_run.SETS_GIVEN] and runs == []


@pytest.mark.parametrize(
    ("code", "reached"),
    [
        ("x = []\nfor n in given['more']:\n    x.append(n)", True),
        ("x = {}\nx.update(given)", True),
        ("def f():\n    return given['n']\nx = f()", True),
        ("x = y = given['n']", True),
        ("x = 1\nx += given['n']", True),
        ("t = given['more']\nt.sort()\nx = t[0]", True),
        ("if given['n'] > 2:\n    x = 1", True),
        ("x = given['n']\nx = 8", False),
        ("x = 8", False),
        ("y = given['n']\nx = 8", False),
        ("x = (", False),
    ],
)
def test_a_name_hangs_on_given_by_the_statements_that_store_it(code, reached):
    assert ("q" not in second_run.find_unreached([Cell("c", code), Cell("q", hold="x")]).questions) == reached


def test_what_is_right_in_part_counts_in_part():
    result, _ = handed_in(q4="pair = (given['n'], sum(given['more']), -1)")
    assert points(result) == FULL | {"q4": 2}
    result, _ = handed_in(q4="pair = (given['n'], -1, -1)")
    assert points(result) == FULL | {"q4": 0}
    result, _ = handed_in(q6="rows = {f'r{k}': given['n'] + k for k in range(8)}\nrows['r3'] = 99")
    assert points(result) == FULL | {"q6": 2.5}
    assert "7 of 8 values are right" in result.verdicts[5].reason
    result, _ = handed_in(q6="rows = {f'r{k}': given['n'] + k for k in range(7)}")
    assert points(result) == FULL | {"q6": 0}


def test_a_right_number_in_quotation_marks_is_half():
    result, _ = handed_in(q3="written = str(given['n'] * 11.5)")
    assert points(result) == FULL | {"q3": 1}
    result, _ = handed_in(q3="written = str(given['n'] * 12.5)")
    assert points(result) == FULL | {"q3": 0}


def test_right_numbers_in_quotation_marks_are_half_where_several_are_asked_for():
    """The introduction of each set says so, and one pair of marks costs no more than all of them."""
    for pair in (
        "(str(given['n']), str(sum(given['more'])), given['n'] * 5)",
        "(str(given['n']), sum(given['more']), given['n'] * 5)",
    ):
        result, _ = handed_in(q4=f"pair = {pair}")
        assert points(result) == FULL | {"q4": 1.5}, pair
        assert "Apart from the quotation marks" in result.verdicts[3].reason
    result, _ = handed_in(q6="rows = {f'r{k}': str(given['n'] + k) for k in range(8)}")
    assert points(result) == FULL | {"q6": 1.5}
    result, _ = handed_in(q4="pair = (str(given['n']), 'many', -1)")
    assert points(result) == FULL | {"q4": 0}


def test_one_slip_is_not_paid_twice_even_if_no_right_answer_can_be_so_large():
    result, _ = handed_in(q2="changed = given['n'] + 5000")
    assert points(result) == FULL | {"q2": 0}
    assert result.verdicts[1].state == "form" and "with your changed of q2" in result.verdicts[4].reason


def test_one_slip_is_not_paid_twice():
    result, _ = handed_in(q2="changed = given['n'] * 8")
    assert points(result) == FULL | {"q2": 0}
    assert "with your changed of q2" in result.verdicts[4].reason


def literal(value, kind=None):
    """Return an answer as a student would type it."""
    if isinstance(kind, Rows):
        rows = ", ".join(map(literal, value))
        return f"__import__('pandas').DataFrame([{rows}], columns={list(kind.columns)})"
    if isinstance(value, frozenset):
        return repr(sorted(value))
    if isinstance(value, datetime.date):
        return repr(value.isoformat())
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {literal(one)}" for key, one in value.items()) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(literal, value)) + ",)"
    return repr(value)


@pytest.mark.parametrize("name", most_by_night(NAMES, 2))
def test_in_each_set_solutions_run_once_and_typed_answers_have_the_points_of_what_may_be_typed(
    name, box, tmp_path, monkeypatch
):
    assessor = workshop.assessor_of(name, box)
    calls = []
    run_work = type(box).run
    monkeypatch.setattr(type(box), "run", lambda self, *a, **o: calls.append(1) or run_work(self, *a, **o))
    solved = strip(source(name), keep_solutions=True)
    assert workshop.assess(assessor, tmp_path, solved, "ada").points == 10
    assert len(calls) == 1
    given = numbers.draw_numbers(workshop.SEED, "ada", name, SETS[name].options)
    right = Marker(SETS[name], given, SETS[name].draw_inputs("k")).expected
    by_id = {one.id: one for one in SETS[name].questions}
    typed = json.loads(json.dumps(solved))
    for cell in typed["cells"]:
        one = by_id.get(cell["id"])
        if one and one.varies:
            cell["source"] = f"{one.name} = {literal(right[one.id][0], one.kind)}"
    result = workshop.assess(assessor, tmp_path, typed, "ada")
    assert len(calls) == 3
    expected = {one.id: 0 if one.moves else one.points for one in SETS[name].questions}
    assert {verdict.question: verdict.points for verdict in result.verdicts} == expected


@pytest.mark.parametrize("name", NAMES)
def test_what_the_notebook_calls_write_has_to_move_and_what_it_calls_read_may_be_typed(name):
    texts = {cell["id"]: "".join(cell["source"]) for cell in source(name)["cells"]}
    for one in SETS[name].questions:
        step = re.search(r"^\*(Read|Change|Write)\.\*", texts[f"{one.id}-question"], re.MULTILINE)[1]
        assert (one.moves, one.typed) == (step == "Write" and one.cases is None, step == "Read"), one.id


@pytest.mark.parametrize("name", NAMES)
def test_each_student_has_other_numbers_with_other_answers_in_every_part(name):
    for number in range(8):
        given = numbers.draw_numbers(workshop.SEED, f"student {number}", name, SETS[name].options)
        other = second_run.draw_other(SETS[name], f"key {number}", given)
        assert other is not None and all(other[key] != given[key] for key in given)
        assert second_run.draw_other(SETS[name], f"key {number}", given) == other


#: Questions of which no draw may let a rival way be right.
WITHOUT_RIVALS = [
    *[("ex03_the_sco", "q2"), ("ex03_the_sco", "q4"), ("ex04_china_and_russia", "q2")],
    *[("ex05_taking_sides", "q3"), ("ex05_taking_sides", "q4"), ("ex07_kazakhstan", "q3")],
    *[("ex06_roads", "q2"), ("ex06_roads", "q5"), ("ex09_network", "q1"), ("ex09_network", "q3")],
]


@pytest.mark.parametrize(("name", "id"), WITHOUT_RIVALS)
def test_no_rival_way_is_right_in_any_draw(name, id):
    which = SETS[name].get_question(id)
    for variant in SETS[name].list_variants(which):
        given = {key: choices[0] for key, choices in SETS[name].options.items()} | variant.given
        for mistake in which.mistakes:
            try:
                wrong = checks.read_answer(which.kind, mistake.wrong(given))
            except WrongForm:  # out of bounds, and so not right
                continue
            assert not which.kind.same(wrong, variant.answer), given


@pytest.mark.parametrize("seed", range(40))
def test_no_rival_way_of_the_factor_is_right_on_the_inputs_of_a_submission(seed):
    which = SETS["ex06_roads"].get_question("q4")
    cases = [case.arguments for case in which.cases(random.Random(seed))]
    for mistake in which.mistakes:
        assert any(abs(mistake.wrong(*one) - which.solution(*one)) > 0.01 for one in cases[1:]), (
            mistake.reason
        )


def test_the_desk_says_at_home_what_would_stay(tmp_path, monkeypatch):
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path))
    shell = InteractiveShell.instance()
    try:
        shell.user_ns["Desk"] = Desk
        shell.run_cell("desk = Desk('ex01_the_trip')\ngiven = desk.given")

        def look(code):
            shell.run_cell(code)
            return shell.run_cell("desk.look('q5', long_share)").result.sentence

        assert "this stays the same" in look("long_share = 45.5")
        assert "this stays the same" not in look("long_share = 45.5 + len(given['route'])")
        assert "this stays the same" in look("long_share = 100 * 3 / 4")
        shell.run_cell("gap_days = 8")
        assert "stays" not in shell.run_cell("desk.look('q1', gap_days)").result.sentence
    finally:
        InteractiveShell.clear_instance()
