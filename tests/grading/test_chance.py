"""Of a student nothing is said that chance would say too."""

import datetime as dt
import random
from collections import Counter

import pytest
import workshop

from samarkand.answers import decode, kinds
from samarkand.answers.diagnose import Mistake
from samarkand.practice.sets import numbers
from samarkand_grading.marking import chance, checks
from samarkand_grading.marking.marker import Marker
from samarkand_grading.sandbox.work import Outcome, Result

#: The own numbers of a student, and those of the example, in a set where factor may be many things.
OWN, EXAMPLE = {"factor": 3}, {"factor": 5}


def judge(exercise, given, examples=(), **answers):
    """Return the verdicts on answers, by question."""
    held = {question: Result(decode.make_plain(value)) for question, value in answers.items()}
    marker = Marker(exercise, given, exercise.draw_inputs(workshop.KEY), examples=examples)
    return {v.question: v for v in marker.mark_outcome(Outcome(held=held), [])}


def make_set(*questions):
    """Return a set whose questions are (kind, solution), each with the student's factor."""
    made = []
    for n, (kind, solution) in enumerate(questions, 1):
        made.append(
            checks.ask(
                f"q{n}", name=f"answer_{n}", points=1, kind=kind, solution=solution, taught="", hint="Look.",
                mistakes=(), uses=["factor"],
            )
        )  # fmt: skip
    return checks.ExerciseSet("ex90_test", "90_test", tuple(made), {"factor": list(range(3, 40))})


def whole(step):
    return kinds.Whole("states"), lambda given: step * given["factor"]


@pytest.mark.parametrize(("step", "others"), [(100, [{"factor": 5}]), (1, [])])
def test_other_numbers_are_spoken_of_only_where_a_slip_hits_none(step, others):
    verdict = judge(make_set(whole(step)), OWN, q1=step * 5)["q1"]
    assert (verdict.state, verdict.others) == ("wrong", others)
    assert ("other numbers" in verdict.reason) == bool(others)


@pytest.mark.parametrize(
    ("steps", "example"), [([100], [True]), ([1], [False]), ([1, 1], [True, True]), ([1, 100], [True, True])]
)
def test_who_worked_with_the_examples_numbers_is_told_to_sign_in(steps, example):
    """One small whole number is no evidence; two are."""
    exercise = make_set(*map(whole, steps))
    answers = {f"q{n}": step * 5 for n, step in enumerate(steps, 1)}
    verdicts = judge(exercise, OWN, [EXAMPLE], **answers).values()
    assert [verdict.example for verdict in verdicts] == example
    assert ["sign_in" in verdict.reason for verdict in verdicts] == example
    assert not any(verdict.others for verdict in verdicts if verdict.example)


@pytest.mark.parametrize(("offset", "example"), [((1, 0), False), ((1, 1), True)])
def test_one_answer_of_several_parts_is_the_examples_if_two_of_them_are(offset, example):
    """Each is a small whole number, which a slip may hit."""

    def solve(given):
        steps = (given["factor"], given["factor"])
        return tuple(n if move else 3 for n, move in zip(steps, offset, strict=True))

    pair = kinds.Together((kinds.Whole("states"),) * 2), solve
    answer = solve(EXAMPLE)
    verdict = judge(make_set(pair), OWN, [EXAMPLE], q1=answer)["q1"]
    assert (verdict.state, verdict.example) != ("right", True)
    assert ("sign_in" in verdict.reason) == verdict.example == example


def test_right_answers_are_nobodys_else():
    (verdict,) = judge(make_set(whole(100)), OWN, [OWN], q1=300).values()
    assert (verdict.state, verdict.example, verdict.others) == ("right", False, [])


CODES = kinds.Codes(what="codes")


@pytest.mark.parametrize(
    ("kind", "right", "wrong", "is_open"),
    [
        (CODES, ["KAZ", "UZB"], ["KAZ"], True),
        (kinds.Whole("states"), 7, 8, True),
        (kinds.Number("km", 0.01), 45.71, 63.28, False),
    ],
)
def test_a_mistake_to_whose_answer_many_ways_lead_is_named_as_one_of_them(kind, right, wrong, is_open):
    """Who took three times in place of twice as much may have the answer of another mistake."""
    question = checks.ask(
        "q1", name="answer", points=1, kind=kind, solution=lambda given: right, taught="", hint="Look.",
        mistakes=[Mistake("You left the distances out.", lambda given: wrong)],
    )  # fmt: skip
    verdict = judge(checks.ExerciseSet("ex90_test", "90_test", (question,), {}), {}, q1=wrong)["q1"]
    assert verdict.state == "wrong" and "You left the distances out." in verdict.reason
    assert ("perhaps yours" in verdict.reason) == is_open


#: A class of fourteen, and how many slips its members make.
CLASS = ["gulnora", "jahongir", "sevara", "otabek", "zarina", "timur", "feruza", "rustam", "laylo", "anvar",
         "madina", "sanjar", "nigora", "ulugbek"]  # fmt: skip
SLIPS = 300


def slip(value, draw, pool):  # noqa: PLR0911 - one for each type
    """Return a value with an honest slip: by one or two, by a little, a part of several, one left out.

    `pool` has what may be one too many in a set.
    """
    if isinstance(value, tuple | list) and value:
        place = draw.randrange(len(value))
        return type(value)([*value[:place], slip(value[place], draw, pool), *value[place + 1 :]])
    if isinstance(value, dict) and value:
        key = draw.choice(sorted(value))
        return {**value, key: slip(value[key], draw, pool)}
    if isinstance(value, frozenset):
        more = sorted(pool - value)
        return value - {draw.choice(sorted(value))} if value and draw.random() < 0.5 else value | {*more[:1]}
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + draw.choice([-2, -1, -1, 1, 1, 2])
    if isinstance(value, float):
        return round(value * (1 + draw.uniform(-0.1, 0.1)), draw.choice([0, 1, 2, 3]))
    if isinstance(value, dt.date):
        return value + dt.timedelta(days=draw.choice([-2, -1, 1, 2]))
    return value


def read_right(question, given):
    return question.kind.read(decode.make_plain(question.solution(given)))


def list_varying_questions():
    """Return (set, question) for each question with numbers of one's own that is no function."""
    found = []
    for path in sorted((workshop.HERE / "classes").glob("*.toml")):
        exercise = workshop.course_set(path.stem)
        found += [(exercise, one) for one in exercise.questions if one.varies and not one.cases]
    return found


def test_of_honest_slips_in_a_class_at_most_one_in_fifty_is_told_of_other_numbers():
    """Slips of fourteen students in all sets; the questions that break it are named."""
    draw, tried, told = random.Random(14), 0, Counter()
    asked = list_varying_questions()
    for _ in range(SLIPS):
        exercise, question = draw.choice(asked)
        dealt = {
            who: numbers.draw_numbers(workshop.SEED, who, exercise.id, exercise.options) for who in CLASS
        }
        given = dealt[draw.choice(CLASS)]
        right = read_right(question, given)
        pool = frozenset()
        if isinstance(right, frozenset):
            pool = pool.union(*(read_right(question, of_another) for of_another in dealt.values()))
        example = numbers.draw_numbers(workshop.SEED, "demonstration", exercise.id, exercise.options)
        answer = {question.id: slip(right, draw, pool)}
        verdict = judge(exercise, given, [example], **answer)[question.id]
        tried += verdict.state != "right"
        if verdict.others or "sign_in" in verdict.reason:
            told[f"{exercise.id} {question.id}"] += 1
    assert tried > SLIPS * 0.8
    assert told.total() <= tried / 50, told.most_common()


def test_the_chance_is_that_of_the_questions_own_draws():
    assert chance.measure_chance(range(7, 18), int.__eq__) > 0.5
    assert chance.measure_chance(range(0, 10_000, 100), int.__eq__) == 0
    assert chance.measure_chance([True, False], bool.__eq__) == 1
    assert chance.measure_chance([4], int.__eq__) == 0
    pairs = [(n, n % 3) for n in range(50)]  # the same each time
    assert chance.measure_chance(pairs, tuple.__eq__) == chance.measure_chance(pairs, tuple.__eq__)
