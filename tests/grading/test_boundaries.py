"""Where an answer stops being right: values just inside and outside, made from each kind's own tolerance."""

import datetime
import functools
import math
from dataclasses import asdict

import pandas as pd
import pytest
from test_calls import called
from test_exercises import QUESTIONS, SETS, judge_solution, marker_of

from samarkand.answers import decode, kinds
from samarkand.answers.kinds import (
    Bars,
    ByKey,
    Choice,
    Codes,
    Day,
    Days,
    Kind,
    Number,
    PerCent,
    Rows,
    Settling,
    Shown,
    Text,
    Texts,
    Together,
    Truth,
    Whole,
    WrongForm,
)
from samarkand_grading.marking.marker import ONE_WAY, TOO_COARSE
from samarkand_grading.sandbox.work import Cell, Limits

TABLE = pd.DataFrame({"code": ["KAZ", "UZB"], "share": [69.1, 30.9], "n": [4, 1]})
#: One of each kind at least, and the right answer as the kind reads it.
SAMPLES = [
    (Number("km", 5), 1234.5),
    (Number("", 0.0005), 0.0),
    (Number("per cent", 0.05, 0, 100), 100.0),
    (PerCent(0.1, 0, 100), 0.04),
    (Whole("states"), 2),
    (Whole("people", low=0, high=10), 10),
    (Days(), 7),
    (Truth(), True),
    (Text(), "sco membership"),
    (Choice(options=("member", "observer")), "observer"),
    (Day(), datetime.date(2022, 9, 15)),
    (Settling(after="2022-09-16"), (datetime.date(2023, 1, 1), "russia leaves the sco for good")),
    (Codes(), frozenset({"KAZ", "UZB"})),
    (Texts(), frozenset({"p1", "p2"})),
    (Together((Whole(), PerCent(0.1), Day())), (3, 45.7, datetime.date(2022, 9, 15))),
    (ByKey(PerCent(0.1, 0, 100)), {"kaz": 69.1, "uzb": 30.9}),
    (ByKey(Whole(), key=Day(), zeros=True), {"2022-09-15": 2, "2022-09-16": 1}),
    (Bars(Number("tonnes", 0.1), keys="regions"), {"east": 5.5, "west": 4.0}),
    (Shown(), Shown().read(decode.make_plain(TABLE))),
    (Rows(columns={"code": Text(), "share": Number("", 0.05)}), (("kaz", 69.1), ("uzb", 30.9))),
]


def list_kinds(kind=Kind):
    """Return the names of all kinds of answers that there are."""
    below = [one for one in kind.__subclasses__() if one.__module__ == kinds.__name__]
    return {one.__name__ for one in below}.union(*map(list_kinds, below))


@functools.singledispatch
def inside(kind, right):
    """Return answers that have to count as right, the most doubtful first."""
    raise NotImplementedError(kind)


@functools.singledispatch
def outside(kind, right):
    """Return answers that must not count as right, the most doubtful first."""
    raise NotImplementedError(kind)


@inside.register
def _(kind: Number, right):
    return [right + 0.999 * kind.tolerance, right - 0.999 * kind.tolerance, right]


@outside.register
def _(kind: Number, right):
    gap = 1.02 * kind.tolerance + 1e-8 * max(1, abs(right))
    return [right + gap, right - gap, right + 1.5 * gap, str(right), math.nan, None, True]


@inside.register
def _(kind: Whole, right):
    return [right + 5e-7, right - 5e-7, float(right), right]


@outside.register
def _(kind: Whole, right):
    return [right + 0.4, right - 0.4, right + 0.5, right + 2e-5, right + 1, right - 1, str(right)]


@inside.register
def _(kind: Days, right):
    return [datetime.timedelta(days=right), right + 5e-7, float(right), right]


@outside.register
def _(kind: Days, right):
    return [datetime.timedelta(days=right, hours=1), right + 0.4, right + 2e-5, right + 1, right - 1]


@inside.register
def _(kind: Day, right):
    late = datetime.datetime.combine(right, datetime.time(23, 59))
    return [late, f" {right.isoformat()} ", right]


@outside.register
def _(kind: Day, right):
    day = datetime.timedelta(days=1)
    return [right + day, right - day, right.strftime("%d.%m.%Y"), right.year]


@inside.register
def _(kind: Text, right):
    return [f"  {right.upper()} ", right.title(), right]


@outside.register
def _(kind: Text, right):
    return [right[:-1], f"{right}s", f'"{right}"', ""]


@inside.register
def _(kind: Truth, right):
    return [right]


@outside.register
def _(kind: Truth, right):
    return [not right, int(right), str(right)]


@inside.register
def _(kind: Codes, right):
    return [[code.lower() for code in right], tuple(sorted(right)), pd.Series(sorted(right)), right]


@outside.register
def _(kind: Codes, right):
    first = min(right)
    return [right - {first}, right | {"ZZZ"}, right - {first} | {"ZZZ"}, [*right, first.lower()]]


@inside.register
def _(kind: Texts, right):
    return [[*(text.upper() for text in right), math.nan], set(right)]


@outside.register
def _(kind: Texts, right):
    return [right - {min(right)}, right | {"zzz"}, len(right), min(right)]


def change_each(kind, right, values):
    """Return the right values with each part in turn changed by `values`, a function of its kind."""
    changed = []
    for n, part in enumerate(kind.parts):
        for value in values(part, right[n]):
            changed.append((*right[:n], value, *right[n + 1 :]))
    return changed


@inside.register
def _(kind: Together, right):
    return change_each(kind, right, inside)


@outside.register
def _(kind: Together, right):
    return [*change_each(kind, right, outside), right[:-1], (*right, right[-1]), frozenset(right)]


@inside.register
def _(kind: ByKey, right):
    changed = [right | {key: value} for key in right for value in inside(kind.of, right[key])]
    capitals = {key.upper(): right[key] for key in reversed(right)}
    nothing = [right | {"1999-01-01": 0}] if kind.zeros else []
    return [*changed, capitals, pd.Series(right).to_frame(), *nothing]


@outside.register
def _(kind: ByKey, right):
    changed = [right | {key: value} for key in right for value in outside(kind.of, right[key])]
    without = [{other: right[other] for other in right if other != key} for key in right]
    some = next(iter(right.values()))
    return [*changed, *without, right | {"1999-01-01": some}, list(right.values())]


@inside.register
def _(kind: Shown, right):
    return [TABLE, TABLE[["n", "share", "code"]], TABLE.set_axis([5, 7])]


@outside.register
def _(kind: Shown, right):
    return [TABLE[::-1], TABLE[["n", "code"]], TABLE.assign(n=[4, 2]), TABLE.assign(m=1), TABLE[:1]]


def move_first_number(kind, right, by):
    """Return the rows as a table, the first number of the first row moved by shares of its tolerance."""
    table = pd.DataFrame(list(right), columns=list(kind.columns))
    name = next(name for name, one in kind.columns.items() if isinstance(one, Number))
    table.loc[0, name] += by * kind.columns[name].tolerance
    return table


@inside.register
def _(kind: Rows, right):
    table = move_first_number(kind, right, 0)
    first = next(iter(kind.columns))
    return [move_first_number(kind, right, 0.998), table[::-1], table.set_index(first), table]


@outside.register
def _(kind: Rows, right):
    table = move_first_number(kind, right, 0)
    return [move_first_number(kind, right, 1.04), table[:-1], table.iloc[:, :-1]]


def draw_bars(kind, lengths):
    """Return a chart as Altair saves it, with a bar of each of these lengths."""
    return {
        "$schema": "a chart",
        "title": "One bar is the longest",
        "mark": {"type": "bar"},
        "data": {"values": [{"name": key, "length": length} for key, length in lengths.items()]},
        "encoding": {
            "x": {"field": "name", "type": "nominal"},
            "y": {"field": "length", "type": "quantitative", "title": kind.of.unit},
        },
    }


@inside.register
def _(kind: Bars, right):
    changed = [right | {key: value} for key in right for value in inside(kind.of, right[key])]
    return [draw_bars(kind, lengths) for lengths in changed]


@outside.register
def _(kind: Bars, right):
    changed = [right | {key: value} for key in right for value in outside(kind.of, right[key])]
    without = [{other: right[other] for other in right if other != key} for key in right]
    untitled = draw_bars(kind, right) | {"title": "Bars"}
    return [*[draw_bars(kind, lengths) for lengths in [*changed, *without]], untitled, right]


@inside.register
def _(kind: Settling, right):
    return [(right[0].isoformat(), right[1].upper()), right]


@outside.register
def _(kind: Settling, right):
    day = right[0] + datetime.timedelta(days=1)
    return [(day, right[1]), (right[0], f"not {right[1]}"), (kind.after, right[1]), right[1]]


def counts(kind, answer, right):
    """Return whether an answer counts as right."""
    try:
        return kind.same(kind.read(decode.make_plain(answer)), right)
    except WrongForm:
        return False


def question_of(name, key):
    return SETS[name].get_question(key)


def need_boundaries(kind, right):
    """Check that all answers inside count, and none outside."""
    refused = [answer for answer in inside(kind, right) if not counts(kind, answer, right)]
    taken = [answer for answer in outside(kind, right) if counts(kind, answer, right)]
    assert (refused, taken) == ([], []), (kind, right)


def test_there_is_a_sample_of_each_kind():
    assert {type(kind).__name__ for kind, _ in SAMPLES} == list_kinds()


@pytest.mark.parametrize(("kind", "right"), SAMPLES, ids=lambda one: type(one).__name__)
def test_each_kind_is_right_up_to_its_tolerance(kind, right):
    need_boundaries(kind, right)
    need_boundaries(kinds.from_json(kind.to_json()), right)  # as a student's copy has it


@pytest.mark.parametrize(("name", "key"), QUESTIONS)
def test_each_question_is_right_up_to_its_tolerance(name, key):
    question = question_of(name, key)
    for number in range(3):
        for right in marker_of(name, number).expected[key]:
            need_boundaries(question.kind, right)


@pytest.mark.parametrize(("name", "key"), QUESTIONS)
def test_the_mark_is_full_inside_and_not_outside(name, key):
    question, marker = question_of(name, key), marker_of(name, 0)
    right = marker.expected[key][0]  # of a function, on the example

    def answer_with(value):
        """Return a way that gives this value: a function gives it on the example alone."""
        first = [value]

        def way(*arguments):
            return first.pop() if first else question.solution(*arguments)

        return way

    for value in [*inside(question.kind, right)][:2]:
        assert judge_solution(question, marker, answer_with(value)).points == question.points
    for value in [*outside(question.kind, right)][:2]:
        assert judge_solution(question, marker, answer_with(value)).points < question.points


def is_one_number(question):
    return isinstance(question.kind, Number) and question.cases is None


@pytest.mark.parametrize(("name", "key"), [pair for pair in QUESTIONS if is_one_number(question_of(*pair))])
def test_what_is_rounded_too_far_is_told_from_what_is_near(name, key):
    question, marker = question_of(name, key), marker_of(name, 0)
    right = marker.expected[key][0]
    near = right + max(0.0123456789 * abs(right), 1.23456789 * question.kind.tolerance)
    assert judge_solution(question, marker, lambda given: near).reason != TOO_COARSE
    coarse = (round(right, digits) for digits in (0, 1, 2, 3))
    rounded = next((one for one in coarse if one and not counts(question.kind, one, right)), None)
    if rounded is not None:
        verdict = judge_solution(question, marker, lambda given: rounded)
        known = {mistake.reason for mistake in question.mistakes}
        reason = verdict.reason.removeprefix(ONE_WAY).strip()
        assert verdict.points == 0 and reason in {TOO_COARSE, *known}


LIMITS_INSIDE = """
import resource, signal
names = ("CPU", "DATA", "FSIZE", "NOFILE")
found = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[0] for name in names}
cell = (signal.getitimer(signal.ITIMER_PROF)[0], signal.getitimer(signal.ITIMER_REAL)[0])
def f(n): return (signal.getitimer(signal.ITIMER_PROF)[0], signal.getitimer(signal.ITIMER_REAL)[0])
"""


def test_the_limits_of_grading_are_those_that_hold_inside(box):
    """A limit that is changed by mistake costs marks, or a class its time."""
    results, outcome = called(box, LIMITS_INSIDE, 1)
    assert outcome.ended == "finished"
    cells = [Cell("cell", LIMITS_INSIDE), Cell("found", hold="found"), Cell("timers", hold="cell")]
    held = box.run(cells).held
    limits = {"cpu": 20, "data": 1 << 30, "fsize": 32 << 20, "nofile": 64}
    assert dict(held["found"].value.pairs) == {name.upper(): value for name, value in limits.items()}
    cell_cpu, cell_wall = held["timers"].value.values
    call_cpu, call_wall = results[0].value.values
    # What is left of each clock; it counts in ticks.
    assert 5 < cell_cpu < 6.1 and 8 < cell_wall < 12.1 and 1.5 < call_cpu < 2.1 and 3 < call_wall < 6.1
    rest = {name: asdict(Limits())[name] for name in ("wall", "processes", "output", "value", "text")}
    assert rest == {"wall": 45, "processes": 16, "output": 8 << 20, "value": 256 << 10, "text": 4000}


RULE = "Uzbekistan leaves the organisation for good"


@pytest.mark.parametrize(
    ("kind", "last", "too_far"),
    [
        (Number("km", 0.5, 0, 10), 10.5, 10.6),
        (Number("km", 0.5, 0, 10), -0.5, -0.6),
        (PerCent(0.1, 0, 100), 100.1, 100.2),
        (Whole("states", low=1, high=10), 10, 11),
        (Whole("states", low=1, high=10), 1, 0),
        (Settling(after="2022-09-16"), ("2022-09-17", RULE), ("2022-09-16", RULE)),
        (Settling(), ("2022-09-17", "Who leaves it, and when"), ("2022-09-17", "Who leaves, and when")),
    ],
)
def test_what_can_be_no_answer_is_refused_from_its_bound_on(kind, last, too_far):
    kind.read(decode.make_plain(last))
    with pytest.raises(WrongForm):
        kind.read(decode.make_plain(too_far))
