"""The rules of a graded set's answers: enough to do, nothing by luck, a reason for each known mistake.

``samarkand release`` refuses a set that breaks a rule, with a sentence for each fault; tests only call them.
The rules of the set's notebook are in `rules_of_sets`.
"""

import functools
import itertools
import json
import math
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from samarkand.answers import decode, encode
from samarkand.answers.kinds import Kind, WrongForm
from samarkand.practice.sets import numbers
from samarkand_grading.marking import checks
from samarkand_grading.marking.checks import ExerciseSet, Given, Question, Verdict
from samarkand_grading.marking.marker import ONE_WAY, Marker
from samarkand_grading.sandbox.work import Outcome, Result
from tools.author import rules

#: What a set has: from and to how many questions, points in all, known mistakes of each question.
QUESTIONS, POINTS, MISTAKES = (4, 6), 10, 3
#: Answers that somebody would write without any work.
TRIVIAL: tuple[object, ...] = (0, 1, True, "", [], {}, (0, 0), (0, 0, 0), (1, 1, 1), (0, 0, 0, 0))
#: The largest share of variants for which a known mistake may give the right answer, and how many are tried.
LUCK, TRIED = 0.4, 12
#: An imagined class; the fewest different answers in it, the largest share of one, and of equal neighbours.
CLASS, DIFFERENT, SHARED, EQUAL_NEIGHBOURS = 1000, 16, 0.125, 0.09
#: How many of that class are marked until a mistake has been given its reason.
MARKED = 15
SEED, KEY = "a seed for the rules", "a key for the rules"
#: What a solution may raise for numbers that it was not made for.
_FAILS = (ArithmeticError, LookupError, TypeError, ValueError)

Rule = Callable[[ExerciseSet], Iterator[str]]


def find_faults_of_answers(exercise: ExerciseSet) -> list[str]:
    """Return a sentence for each place where the questions of a set break a rule."""
    found = list[str]()
    for rule in RULES:
        try:
            found += rule(exercise)
        except _FAILS as error:
            why = f"{type(error).__name__}: {error}"
            found.append(f"{exercise.id}: a solution cannot be computed for some numbers ({why}).")
    return list(dict.fromkeys(found))


def draw_class(exercise: ExerciseSet, seed: str = SEED) -> list[Given]:
    """Return the numbers of each student of an imagined class."""
    return [numbers.draw_numbers(seed, f"student {n}", exercise.id, exercise.options) for n in range(CLASS)]


def judge_solution(question: Question, marker: Marker, way: Callable[..., Any]) -> Verdict:
    """Return the verdict on a student whose answer, or function, is this solution."""

    def read(result: object) -> Result:
        return Result(decode.read_value(json.loads(json.dumps(encode.encode_value(result)))))

    if question.cases is None:
        return marker.judge_question(
            question, Outcome(held={question.id: read(way(marker.given))}, ended="finished")
        )
    called = {}
    for n, case in enumerate(marker.inputs.cases[question.id]):
        arguments = [encode.decode_value(encode.encode_value(argument)) for argument in case.arguments]
        called[f"{question.id}/{n}"] = read(way(*arguments))
    held = {question.id: Result(decode.Opaque("function"))}
    return marker.judge_question(question, Outcome(held=held, called=called, ended="finished"))


def read_or_none(kind: Kind, answer: object) -> Any:
    """Return an answer as a kind of answer reads it; None if it has another form."""
    try:
        return checks.read_answer(kind, answer)
    except WrongForm:
        return None


def the_set_is_large_enough(exercise: ExerciseSet) -> Iterator[str]:
    """Require four to six questions of ten points, each with enough known mistakes."""
    least, most = QUESTIONS
    if not least <= len(exercise.questions) <= most:
        yield f"A set has {least} to {most} questions, and this one {len(exercise.questions)}."
    if exercise.points != POINTS:
        yield f"The points of a set are {POINTS}, and of this one {exercise.points}."
    for question in exercise.questions:
        if len(question.mistakes) < MISTAKES:
            yield f"{question.id}: knows {len(question.mistakes)} mistakes; {MISTAKES} are the fewest."


def answers_differ_between_students(exercise: ExerciseSet) -> Iterator[str]:
    """Require that what is no function depends on the student's numbers, so that nobody can copy it."""
    for question in exercise.questions:
        if question.cases is None and not question.varies:
            yield f"{question.id}: its answer is the same for every student."
        if question.cases is not None and question.varies:
            yield f"{question.id}: a function takes its numbers as arguments, and uses none of the student's."


def no_answer_is_trivial(exercise: ExerciseSet) -> Iterator[str]:
    """Require that no variant's answer is 0, 1, nothing, or another that one writes without any work."""
    for question in filter(lambda one: one.varies, exercise.questions):
        forms = [read_or_none(question.kind, answer) for answer in TRIVIAL]
        tried = [form for form in forms if form is not None]
        for variant in exercise.list_variants(question):
            if any(question.kind.same(form, variant.answer) for form in tried):
                answer = f"for {variant.given} the answer is {variant.answer!r}"
                yield f"{question.id}: {answer}, which one can write without work."
                break


def no_mistake_is_right_by_luck(exercise: ExerciseSet) -> Iterator[str]:
    """Require that no known mistake gives the right answer for more than two in five variants."""
    for question in filter(lambda one: one.varies, exercise.questions):
        every = exercise.list_variants(question)
        some = random.Random(2022).sample(every, min(TRIED, len(every)))
        for mistake in question.mistakes:
            lucky = 0
            for variant in some:
                full = {name: choices[0] for name, choices in exercise.options.items()} | variant.given
                try:
                    wrong = checks.read_answer(question.kind, mistake.wrong(full))
                except _FAILS:
                    continue
                lucky += question.kind.same(wrong, variant.answer)
            if lucky > len(some) * LUCK:
                share = f"{lucky} of {len(some)} variants"
                yield f"{question.id}: this mistake gives the right answer for {share}: {mistake.reason}"


def all_variants_are_tried(exercise: ExerciseSet) -> Iterator[str]:
    """Require few enough variants that each of them can be computed."""
    for question in filter(lambda one: one.varies, exercise.questions):
        names = question.uses or tuple(exercise.options)
        count = math.prod(len(exercise.options[name]) for name in names)
        if count >= checks.VARIANTS_TRIED:
            yield f"{question.id}: has {count} variants; fewer than {checks.VARIANTS_TRIED} can be tried."


def a_class_has_many_answers(exercise: ExerciseSet) -> Iterator[str]:
    """Require that no answer is right for many, and that hardly any two students share all of them."""
    drawn = draw_class(exercise)
    every = {}
    for question in filter(lambda one: one.varies, exercise.questions):
        names = question.uses or tuple(exercise.options)
        right = {repr(variant.given): variant.answer for variant in exercise.list_variants(question)}
        answers = []
        for given in drawn:
            used = {name: given[name] for name in names}
            answers.append(right.get(repr(used)))
        if None in answers:
            continue  # too many variants: a rule of its own says so
        every[question.id] = answers
        yield from _find_shared(question, answers)
    if every:
        whole = Counter(map(repr, zip(*every.values(), strict=True)))
        if len(whole) < 0.9 * CLASS or max(whole.values()) > 3:
            yield f"Of {CLASS} students only {len(whole)} have answers that nobody else has in all questions."


def _find_shared(question: Question, answers: list[Any]) -> Iterator[str]:
    """Yield a sentence if too many of a class share an answer, or have a neighbour's."""
    same = question.kind.same
    counts = Counter(map(repr, answers))
    known = {repr(answer): answer for answer in answers}
    if len(counts) < DIFFERENT:
        yield f"{question.id}: a class has only {len(counts)} different answers; {DIFFERENT} are the fewest."
    widest = 0
    for one in counts:
        widest = max(widest, sum(n for other, n in counts.items() if same(known[other], known[one])))
    if widest > SHARED * CLASS:
        yield f"{question.id}: one answer is right for {widest} of {CLASS} students."
    neighbours = sum(same(one, other) for one, other in itertools.pairwise(answers))
    if neighbours > EQUAL_NEIGHBOURS * CLASS:
        yield f"{question.id}: {neighbours} of {CLASS} students have the answer of their neighbour."


def numbers_are_drawn_evenly(exercise: ExerciseSet) -> Iterator[str]:
    """Require that each option is drawn, and none much more often than others."""
    drawn = draw_class(exercise)
    for name, choices in exercise.options.items():
        counts = Counter(repr(given[name]) for given in drawn)
        if len(counts) != len(choices) or max(counts.values()) >= 1.8 * CLASS / len(choices) + 10:
            yield f"{name}: of {len(choices)} options a class draws {len(counts)}, or one of them too often."


def reasons_are_given_and_give_nothing_away(exercise: ExerciseSet) -> Iterator[str]:
    """Require that each known mistake gets its own reason, and that none holds a figure of the answer."""
    drawn = draw_class(exercise)
    inputs = exercise.draw_inputs(KEY)

    @functools.cache
    def marker_of(number: int) -> Marker:
        return Marker(exercise, drawn[number], inputs)

    for question in exercise.questions:
        told = " ".join([question.hint, *(mistake.reason for mistake in question.mistakes)])
        for number in range(6):
            figures = re.findall(r"\d+\.\d+|\d{3,}", repr(marker_of(number).expected[question.id]))
            away = [figure for figure in figures if figure in told.replace("192", "")]
            if away:
                yield f"{question.id}: its hint or a reason has the figure {away[0]}, which is in an answer."
                break
        for mistake in question.mistakes:
            yield from _find_unsaid(question, mistake.reason, mistake.wrong, marker_of)


def _find_unsaid(
    question: Question, reason: str, wrong: Callable[..., Any], marker_of: Callable[[int], Marker]
) -> Iterator[str]:
    """Yield a sentence if a mistake never gets its reason, or gets all points with it."""
    said = set[str]()
    for number in range(MARKED):
        try:
            verdict = judge_solution(question, marker_of(number), wrong)
        except _FAILS:
            continue
        said.add(verdict.reason)
        if verdict.reason.removeprefix(ONE_WAY).strip().startswith(reason):
            if verdict.points >= question.points:
                yield f"{question.id}: this mistake gets all points: {reason}"
            return
    instead = " / ".join(sorted(said)) or "it cannot be computed"
    yield f"{question.id}: this reason was never given: {reason} Instead: {instead}"


#: The rules, in the order of reporting.
RULES: list[Rule] = rules.list_rules(globals())
