"""The marking of one submission: what its names hold, compared with the right answers.

Right answers and known mistakes are computed here, outside the sandbox; the results of a student's work are
compared as plain values (:mod:`samarkand.answers.decode`). A reason for a student does not give the answer
away, and in graded work no hidden input either.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import functools
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from samarkand.answers import decode, diagnose
from samarkand.answers.diagnose import Mistake
from samarkand.answers.kinds import ByKey, Kind, Number, Together, Whole, WrongForm, make_refusal
from samarkand.answers.typed_numbers import NotANumber, read_number
from samarkand_grading.marking.checks import (
    ExerciseSet,
    Given,
    Question,
    Verdict,
    equals_as_written,
    fits_exactly,
    read_answer,
)
from samarkand_grading.marking.inputs import Case, Inputs
from samarkand_grading.sandbox.work import Cell, Outcome, Ran, Result

#: The error name that the sandbox reports for code that ran too long.
OUT_OF_TIME = "OutOfTime"
#: What work did that was stopped, by :attr:`Outcome.ended`.
STOPPED = {
    "wall": "ran for too long",
    "cpu": "used too much computing time",
    "memory": "used too much memory",
    "output": "gave back far more than was asked for",
}
#: The reason for an answer that is right as far as it is written, and is not written far enough.
TOO_COARSE = "This is rounded too far: the question says how exact it must be."
#: The end of the reason for a right number in quotation marks.
IN_QUOTES = "Apart from the quotation marks this is right: half of the points."
#: The end of the reason for an answer that is right in another unit.
OTHER_UNIT = "Apart from its unit this is right: half of the points."
_OF_EXAMPLE = (
    "With the example's numbers this would be right: sign in with desk.sign_in and your id, and take your "
    "own from given."
)
_OF_OTHERS = "For other numbers this would be right: did you take yours from given, and all of them?"
#: The beginning of a known mistake's reason where its answer may have come about otherwise.
ONE_WAY = "One way to this answer, perhaps yours:"
#: A code of three letters, or the id of a row, in small letters.
_CODE = re.compile(r"[a-z]{3}|[a-z]{2,3}\d+")
_ENDLESS = "it ran too long and was stopped"


@dataclass(frozen=True)
class ReadAnswer:
    """One result of a student's work as the kind of the question reads it.

    `value` is None if it cannot be read; then `problem` says why, as a part of a sentence or as one.
    """

    value: Any = None
    problem: str = ""


@dataclass(frozen=True)
class Comparison:
    """The answers to a question beside the right ones: one pair, or one for each input of a function.

    `same` says of each answer whether it counts as right.
    """

    answers: list[ReadAnswer]
    right: list[Any]
    same: list[bool]

    @property
    def values(self) -> list[Any]:
        """The answers without their problems; None for one that could not be read."""
        return [answer.value for answer in self.answers]

    def equals_as_written(self) -> bool:
        """Return whether each answer is right as far as it is written."""
        for value, right in zip(self.values, self.right, strict=True):
            if value is None or not equals_as_written(value, right):
                return False
        return True


@dataclass
class Marker:
    """Marker of one submission; computes each expected value once.

    Parameters
    ----------
    exercise : ExerciseSet
        The set that was handed in.
    given : dict
        The student's own numbers.
    inputs : Inputs
        The inputs drawn for this submission's functions.
    known : dict
        A cache of right answers, shared by all markers of a class.
    alone : bool
        Whether this is self-study. Then a reason names the input on which a function is wrong and quotes
        Python's error; in graded work only the kind of input and the error's type, since text written by a
        student could reveal a hidden input.
    examples : sequence of dict
        The numbers that a student sees who has not signed in.
    """

    exercise: ExerciseSet
    given: Given
    inputs: Inputs
    known: dict[Any, Any] = field(default_factory=dict)
    alone: bool = False
    examples: Sequence[Given] = ()

    @functools.cached_property
    def expected(self) -> dict[str, list[Any]]:
        """The right answers by question: the only one, or one for each input of a function."""
        answers = {}
        for question in self.exercise.questions:
            if question.cases is None:
                answers[question.id] = [self._compute_right_answer(question)]
            else:
                answers[question.id] = self._compute_results(question, question.solution)
        return answers

    def _compute_right_answer(self, question: Question) -> Any:
        """Return the right answer to a question without cases, computed once for all with equal numbers."""
        used = {}
        if question.varies:
            names = question.uses or tuple(self.given)
            used = {name: self.given[name] for name in names}
        key = (question.solution, json.dumps(used))
        if key not in self.known:
            self.known[key] = read_answer(question.kind, question.solution(used))
        return self.known[key]

    def _compute_results(self, question: Question, way: Callable[..., Any]) -> list[Any]:
        """Return the results of a solution or a known mistake, in the form for comparison.

        `way` takes the student's numbers, or the arguments of each case of a function.
        """
        if question.cases is None:
            return [read_answer(question.kind, way(self.given))]
        # One mistake must not see what another has changed. A table that cases share is copied once.
        arguments_by_case = copy.deepcopy([case.arguments for case in self._get_cases(question)])
        return [read_answer(question.kind, way(*arguments)) for arguments in arguments_by_case]

    def _get_cases(self, question: Question) -> Sequence[Case]:
        """Return the cases of a function; empty for a question that asks for none."""
        return self.inputs.cases.get(question.id, ())

    def mark_outcome(self, outcome: Outcome, cells: Sequence[Cell]) -> list[Verdict]:
        """Return the verdict on each question, in the order of the set; say which names no cell has."""
        code = "\n".join(cell.code for cell in cells)
        verdicts = []
        for question in self.exercise.questions:
            verdict = self.judge_question(question, outcome)
            is_written = re.search(rf"\b{re.escape(question.name)}\b", code) is not None
            if verdict.state == "unanswered" and not is_written:
                reason = f"There is no {question.name}: the answer is read from that name."
                verdict = replace(verdict, reason=reason)
            verdicts.append(verdict)
        return say_whose_numbers_fit(verdicts)

    def judge_question(self, question: Question, outcome: Outcome) -> Verdict:
        """Return the verdict on one question; if its cell stopped with an error, the reason says so first."""
        verdict = self._judge_value(question, outcome)
        error = outcome.ran.get(f"cell {question.id}", Ran()).error
        if not error or verdict.state == "right":
            return verdict
        if error.startswith(OUT_OF_TIME):
            reason = "The cell ran for too long and was stopped: does a loop never end?"
        else:
            reason = f"The cell stopped with an error: {end_with_full_stop(error)}"
            if verdict.state != "unanswered":
                reason = f"{reason} {verdict.reason}"
        return replace(verdict, state="partly" if verdict.points else "error", reason=reason)

    def _judge_value(self, question: Question, outcome: Outcome) -> Verdict:
        """Return the verdict on what was read, whatever became of the question's cell."""
        no_points = Verdict(question=question.id, points=0, out_of=question.points, state="error", reason="")
        held = outcome.held.get(question.id)
        if held is None:
            ended = "ended"
            if outcome.ended in STOPPED:
                ended = f"{STOPPED[outcome.ended]} and was stopped"
            return replace(no_points, reason=f"Your work {ended} before this was reached.")
        if held.error:
            return replace(no_points, reason=f"{question.name}: {held.error}.")
        if held.value is ...:
            return replace(no_points, state="unanswered", reason="Not answered yet.", read="nothing")
        if not self._get_cases(question):
            verdict = self._judge_answer(question, held, no_points)
            return self._follow_earlier_answer(question, verdict, outcome)
        if getattr(held.value, "kind", "") != "function":
            reason = str(make_refusal(held.value, "a function"))
            return replace(no_points, state="form", reason=reason, read=decode.write_value(held.value))
        return self._judge_function(question, outcome, no_points)

    def _judge_answer(  # noqa: PLR0911 - one a kind of answer reads best
        self, question: Question, result: Result, no_points: Verdict
    ) -> Verdict:
        """Return the verdict on the value of a question that asks for no function."""
        comparison = self._compare_results(question, question.kind, [result])
        wrong = replace(
            no_points,
            state="wrong",
            read=result.error or decode.write_value(result.value, 120),
            rule=describe_rule(question, comparison.right),
        )
        if all(comparison.same):
            return replace(wrong, state="right", reason="Right.", points=question.points)
        mistake = self._find_mistake(question, comparison.values)
        if self._is_right_in_another_unit(question, [result]):
            return give_half_for_unit(question, wrong, mistake)
        (answer,) = comparison.answers
        if answer.problem and self._is_right_in_quotes(question, result):
            return replace(
                wrong, state="partly", points=question.points / 2, reason=f"{answer.problem} {IN_QUOTES}"
            )
        if answer.problem:
            return replace(wrong, state="form", reason=answer.problem)
        parts = count_right_parts(question.kind, answer.value, comparison.right[0], is_known=bool(mistake))
        if 2 * parts.right >= parts.all and parts.right:
            return give_points_for_parts(question, wrong, parts, mistake or question.hint)
        if mistake:
            return replace(wrong, reason=mistake)
        if comparison.equals_as_written():
            return replace(wrong, reason=TOO_COARSE)
        return self._judge_unforeseen(question, answer.value, wrong)

    def _is_right_in_quotes(self, question: Question, result: Result) -> bool:
        """Return whether an answer is right, but for the quotation marks around its numbers."""
        try:
            value = without_quotes(question.kind, result.value)
            return question.kind.same(question.kind.read(value), self.expected[question.id][0])
        except (NotANumber, WrongForm):
            return False

    def _follow_earlier_answer(self, question: Question, verdict: Verdict, outcome: Outcome) -> Verdict:
        """Return the verdict on an answer that may be right for a wrong one before: one slip is paid once."""
        if verdict.state == "right" or question.follows is None:
            return verdict
        earlier = self.exercise.get_question(question.follows.question)
        with contextlib.suppress(Exception):  # a wrong answer may have any form
            # A number out of bounds is a slip like any other: what follows from it may be right.
            before = earlier.kind.of_any_size().read(outcome.held[earlier.id].value)
            kind = question.kind.of_any_size()
            right = read_answer(kind, question.follows.solution(self.given, before))
            if kind.same(kind.read(outcome.held[question.id].value), right):
                reason = f"Right, with your {earlier.name} of {earlier.id}."
                return replace(verdict, state="right", points=question.points, reason=reason)
        return verdict

    def _judge_unforeseen(self, question: Question, answer: Any, wrong: Verdict) -> Verdict:
        """Return the verdict on a wrong answer that is no known mistake, and say whose numbers it fits."""
        wrong = replace(wrong, reason=question.hint)
        if not question.varies:
            return wrong
        others = self._find_other_numbers(question, answer)
        example = self._fits_example(question, answer)
        unlike = count_unlike_parts(answer, self.expected[question.id][0]) if example else 0
        return replace(wrong, others=others, example=example, unlike=unlike)

    def _judge_function(self, question: Question, outcome: Outcome, no_points: Verdict) -> Verdict:
        """Return the verdict on the results of all calls of a function."""
        cases = self._get_cases(question)
        results = collect_results(question, outcome, len(cases))
        returns_something = self.expected[question.id][0] is not None
        if returns_something and all(is_empty(result) for result in results):
            reason = "Not answered yet."
            if all(result.value is None for result in results):
                reason = "Not answered yet: the function returns nothing."
            read = "a function that returns nothing"
            return replace(no_points, state="unanswered", reason=reason, read=read)
        comparison = self._compare_results(question, question.kind, results)
        rule = describe_rule(question, comparison.right, cases)
        rule += f"; all right gives {question.points:g} points, all but edges half"
        rule += f"; {describe_right_cases(cases, comparison.same)}"
        wrong = replace(no_points, state="wrong", read=describe_results(cases, results), rule=rule)
        if all(comparison.same):
            reason = "Right, on inputs you have not seen too."
            return replace(wrong, state="right", reason=reason, points=question.points)
        mistake = self._find_mistake(question, comparison.values)
        if is_right_but_on_edges(cases, comparison.same):
            wrong = replace(wrong, state="partly", points=question.points / 2)
            beginning = "It is right on ordinary inputs, not on all."
        elif self._is_right_in_another_unit(question, results):
            return give_half_for_unit(question, wrong, mistake)
        else:
            beginning = "It is not right on all ordinary inputs."
        if mistake:
            return replace(wrong, reason=mistake)
        if comparison.equals_as_written():
            return replace(wrong, reason=TOO_COARSE)
        number = choose_case_to_report(comparison)
        end = f"it gives another answer. {question.hint}"
        if comparison.answers[number].problem:
            end = end_with_full_stop(comparison.answers[number].problem)
        return replace(wrong, reason=f"{beginning} {self._name_input(question, number)} {end}")

    def _compare_results(self, question: Question, kind: Kind, results: Sequence[Result]) -> Comparison:
        """Read results as a kind of answer, and compare them with the right answers."""
        answers = [self._read_result(question, kind, result) for result in results]
        right = self.expected[question.id]
        same = []
        for answer, right_answer in zip(answers, right, strict=True):
            same.append(answer.value is not None and kind.same(answer.value, right_answer))
        return Comparison(answers, right, same)

    def _read_result(self, question: Question, kind: Kind, result: Result) -> ReadAnswer:
        """Read one result as a kind of answer, or say why it cannot be read."""
        if result.error.startswith(OUT_OF_TIME):
            return ReadAnswer(problem=_ENDLESS)
        if result.error:
            error = result.error if self.alone else name_error_type(result.error)
            return ReadAnswer(problem=f"it stops with {error}")
        try:
            return ReadAnswer(kind.read(result.value))
        except WrongForm as wrong_form:
            if question.cases is None:
                return ReadAnswer(problem=decode.write_value(str(wrong_form), 1000))  # it may quote a key
            # The sentence of a wrong form could carry a hidden input.
            return ReadAnswer(problem=describe_wrong_form(kind, result.value))

    def _is_right_in_another_unit(self, question: Question, results: Sequence[Result]) -> bool:
        """Return whether all results would be right if the question had asked for another unit."""
        return all(self._compare_results(question, question.kind.in_any_unit(), results).same)

    def _find_mistake(self, question: Question, answers: Sequence[Any]) -> str | None:
        """Return the reason of the mistake with the same answers, or None."""
        reasons_and_results = []
        for mistake in question.mistakes:
            reasons_and_results.append((mistake.reason, self._compute_mistake(question, mistake)))
        reason = diagnose.find_known_reason(question.kind, answers, reasons_and_results)
        names_one_way = reason in [mistake.reason for mistake in question.mistakes]
        if names_one_way and len(answers) == 1 and leaves_way_open(answers[0]):
            return f"{ONE_WAY} {reason}"
        return reason

    def _compute_mistake(self, question: Question, mistake: Mistake) -> list[Any] | None:
        """Return the results of a mistake; None if it fails on these numbers."""
        with contextlib.suppress(Exception):
            return self._compute_results(question, mistake.wrong)
        return None

    def _find_other_numbers(self, question: Question, answer: Any) -> list[Given]:
        """Return the numbers for which a wrong answer is exactly right; none where a slip may be as well."""
        others = []
        for variant in self.exercise.list_variants(question):
            if fits_exactly(question.kind, answer, variant.answer):
                others.append(variant.given)
        if others and not self.exercise.can_tell_apart(question, answer):
            return []
        return others

    def _fits_example(self, question: Question, answer: Any) -> bool:
        """Return whether an answer is right for the numbers that a student sees who has not signed in."""
        for given in self.examples:
            key = ("example", question.id, json.dumps(given))
            if key not in self.known:
                self.known[key] = read_answer(question.kind, question.solution(given))
            if fits_exactly(question.kind, answer, self.known[key]):
                return True
        return False

    def _name_input(self, question: Question, number: int) -> str:
        """Return words for the input on which a function is wrong; a hidden input is not shown."""
        case = self._get_cases(question)[number]
        if number == 0:
            return "On the example in the question"
        if self.alone:
            arguments = [decode.write_value(decode.make_plain(argument), 80) for argument in case.arguments]
            return f"On {question.name}({', '.join(arguments)})"
        if case.edge:
            return f"On one of the edges ({case.edge})"
        return "On one of them"


def without_quotes(kind: Kind, value: Any) -> Any:
    """Return an answer with numbers in place of the texts that are numbers, where its kind asks for numbers.

    Raises
    ------
    NotANumber
        If a text is none.

    Examples
    --------
    >>> without_quotes(Together((Whole(), Number())), decode.Items("tuple", ("8", 2.5))).values
    (8.0, 2.5)
    """
    if isinstance(kind, Number | Whole):
        return read_number(value, kind.unit).value if isinstance(value, str) else value
    if isinstance(kind, Together) and isinstance(value, decode.Items):
        values = [without_quotes(part, one) for part, one in zip(kind.parts, value.values, strict=False)]
        return replace(value, values=(*values, *value.values[len(values) :]))
    if isinstance(kind, ByKey) and isinstance(value, decode.Column):
        return replace(value, values=tuple(without_quotes(kind.of, one) for one in value.values))
    if isinstance(kind, ByKey) and isinstance(value, decode.Pairs):
        return replace(value, pairs=tuple((key, without_quotes(kind.of, one)) for key, one in value.pairs))
    return value


def leaves_way_open(answer: Any) -> bool:
    """Return whether quite different slips give an answer: a small number, a year, a choice of names.

    Examples
    --------
    >>> [leaves_way_open(one) for one in (7, 45.71, frozenset({"kaz", "uzb"}), (3, 4), (3, 45.71))]
    [True, False, True, True, False]
    """
    if isinstance(answer, bool | frozenset):
        return True
    if isinstance(answer, tuple):
        return all(leaves_way_open(part) for part in answer)
    if isinstance(answer, dict):
        return all(leaves_way_open(part) for part in answer.values())
    return diagnose.is_easily_hit(answer)


def count_unlike_parts(answer: Any, right: Any) -> int:
    """Return in how many parts a tuple or a dict differs from another; 1 for an answer of one part.

    Examples
    --------
    >>> count_unlike_parts((20, 13, 19), (14, 13, 16)), count_unlike_parts(8, 9)
    (2, 1)
    """
    if isinstance(answer, tuple) and isinstance(right, tuple):
        return sum(mine != other for mine, other in zip(answer, right, strict=False))
    if isinstance(answer, dict) and isinstance(right, dict):
        return sum(mine != right.get(key) for key, mine in answer.items())
    return 1


def say_whose_numbers_fit(verdicts: list[Verdict]) -> list[Verdict]:
    """Add to reasons that the answers fit the example's numbers, or others; not where chance would.

    One answer may be the example's by a slip; two are not, nor is one that fits `others`, since no slip does,
    nor one of which several parts are the example's and not the student's.
    """
    of_example = [verdict for verdict in verdicts if verdict.example]
    is_sure = len(of_example) > 1 or any(verdict.others or verdict.unlike > 1 for verdict in of_example)
    completed = []
    for verdict in verdicts:
        if verdict.example and is_sure:
            reason = f"{_OF_EXAMPLE} {verdict.reason}"
            completed.append(replace(verdict, reason=reason, others=[]))
        elif verdict.others:
            reason = f"{_OF_OTHERS} {verdict.reason}"
            completed.append(replace(verdict, reason=reason, example=False))
        else:
            completed.append(replace(verdict, example=False))
    return completed


def collect_results(question: Question, outcome: Outcome, count: int) -> list[Result]:
    """Return the results of all `count` calls of a function; a call that was not reached has an error."""
    was_too_slow = outcome.ended in ("cpu", "wall")
    not_reached = Result(error=OUT_OF_TIME if was_too_slow else "not reached")
    return [outcome.called.get(f"{question.id}/{number}", not_reached) for number in range(count)]


def is_empty(result: Result) -> bool:
    """Return whether a call gave back nothing: None, or the three dots of an unanswered question."""
    return not result.error and (result.value is ... or result.value is None)


def is_right_but_on_edges(cases: Sequence[Case], same: Sequence[bool]) -> bool:
    """Return whether a function is right on all cases that are not hard ones."""
    return all(is_right or case.edge for is_right, case in zip(same, cases, strict=True))


@dataclass(frozen=True)
class Parts:
    """How many of the parts of an answer are right, of all."""

    right: int = 0
    all: int = 1


def count_right_parts(kind: Kind, answer: Any, right: Any, *, is_known: bool) -> Parts:
    """Return how many parts of an answer are right: of several numbers, or of a table with the right names.

    Of a table that a known mistake gives (`is_known`) some values may fit by chance, so none counts.
    """
    if isinstance(kind, Together):
        same = [part.same(one, other) for part, one, other in zip(kind.parts, answer, right, strict=True)]
        return Parts(sum(same), len(same))
    if isinstance(kind, ByKey) and not is_known and answer.keys() == right.keys():
        return Parts(sum(kind.of.same(answer[key], right[key]) for key in right), len(right))
    return Parts()


def give_points_for_parts(question: Question, wrong: Verdict, parts: Parts, reason: str) -> Verdict:
    """Return the verdict on an answer of which at least half is right: as many points, in halves."""
    points = math.floor(2 * question.points * parts.right / parts.all) / 2
    said = f"{reason} {parts.right} of {parts.all} values are right."
    return replace(wrong, state="partly", points=points, reason=said)


def give_half_for_unit(question: Question, wrong: Verdict, mistake: str | None) -> Verdict:
    """Return the verdict on an answer that is right in another unit; `mistake` is its reason, if known."""
    reason = f"{mistake or f'Asked for was {question.kind.asked()}.'} {OTHER_UNIT}"
    return replace(wrong, state="partly", points=question.points / 2, reason=reason)


def describe_wrong_form(kind: Kind, value: object) -> str:
    """Describe what a call gave back that is no answer of that kind, without anything of its value."""
    if value is None:
        return "it gives back nothing"
    if isinstance(value, float) and not math.isfinite(value):
        return "it gives back no number (nan or inf)"
    return f"it gives back something else than {kind.asked()}"


def choose_case_to_report(comparison: Comparison) -> int:
    """Return the number of the failed case that a reason names.

    Nothing after a call that never ended was reached, so such a call comes first; then the example; then a
    call that has a problem.
    """
    failed = [number for number, is_right in enumerate(comparison.same) if not is_right]

    def rank_case(number: int) -> tuple[bool, bool, bool]:
        problem = comparison.answers[number].problem
        return problem != _ENDLESS, number > 0, not problem

    return min(failed, key=rank_case)


def describe_rule(question: Question, right: Sequence[Any], cases: Sequence[Case] = ()) -> str:
    """Describe for the instructor what was asked for, what was expected, and within which tolerance."""
    part_kind = getattr(question.kind, "of", None)
    tolerance = getattr(question.kind, "tolerance", None) or getattr(part_kind, "tolerance", None)
    within = f", within {tolerance:g}" if tolerance else ""
    expected = [show_right_answer(question.kind, each) for each in right]
    if cases:
        expected = [f"{name_case(cases, number)}: {each}" for number, each in enumerate(expected)]
    return f"{question.kind.asked()}{within}; expected {'; '.join(expected)}"


def show_right_answer(kind: Kind, answer: Any) -> str:
    """Write a right answer, as its kind compares it, in the form in which a student's is shown.

    Examples
    --------
    >>> show_right_answer(ByKey(Number()), {"blr": 1 / 3, "ind": 0.75})
    'BLR 0.333333, IND 0.75'
    >>> show_right_answer(Together((Number(), Number())), (0.25, 2 / 3))
    '0.25, 0.666667'
    """
    if isinstance(answer, frozenset):  # its own order changes from run to run
        return ", ".join(sorted(answer))
    if isinstance(answer, dict):
        # Codes and ids, such as KAZ and PO24, are compared in small letters, and nobody writes them so.
        are_codes = isinstance(kind, ByKey) and all(_CODE.fullmatch(str(key)) for key in answer)
        answer = {key.upper() if are_codes else key: value for key, value in answer.items()}
    try:
        return decode.write_value(decode.make_plain(answer), 1000)
    except (TypeError, ValueError):
        return repr(answer)


def name_case(cases: Sequence[Case], number: int) -> str:
    """Return a name of a case for the instructor: the example, or its number, and what is hard in it."""
    name = "the example" if number == 0 else str(number)
    return f"{name} ({cases[number].edge})" if cases[number].edge else name


def describe_results(cases: Sequence[Case], results: Sequence[Result]) -> str:
    """Describe for the instructor what a function gave back in each case."""
    parts = []
    for number, result in enumerate(results):
        said = "ran too long" if result.error.startswith(OUT_OF_TIME) else result.error
        parts.append(f"{name_case(cases, number)}: {said or decode.write_value(result.value, 60)}")
    alike = {part.partition(": ")[2] for part in parts}
    if len(alike) == 1 and len(parts) > 1:
        return f"in each of {len(parts)} cases: {alike.pop()}"
    return "; ".join(parts)


def describe_right_cases(cases: Sequence[Case], same: Sequence[bool]) -> str:
    """Say for the instructor in which cases a function is right.

    Examples
    --------
    >>> cases = [Case(()), Case(()), Case((), "an empty table")]
    >>> describe_right_cases(cases, [True, True, False])
    'right in 2 of 3 cases, wrong in 2 (an empty table)'
    """
    if all(same):
        return f"right in all {len(same)} cases"
    wrong = [name_case(cases, number) for number, is_right in enumerate(same) if not is_right]
    if len(wrong) == len(same):
        return f"wrong in all {len(same)} cases"
    return f"right in {sum(same)} of {len(same)} cases, wrong in {', '.join(wrong)}"


def name_error_type(error: str) -> str:
    """Return the type name of an error without its message; ``"an error"`` if it is not a builtin.

    Text written by a student could reveal a hidden input.

    Examples
    --------
    >>> name_error_type("KeyError: 'KAZ'"), name_error_type("Secret: 7"), name_error_type("")
    ('KeyError', 'an error', '')
    """
    name = error.partition(":")[0]
    return name if not error or isinstance(getattr(builtins, name, None), type) else "an error"


def end_with_full_stop(sentence: str) -> str:
    """Return a sentence with a full stop, unless it ends with one or with a question mark."""
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."
