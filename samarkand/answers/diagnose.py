"""Reasons for a wrong answer: known wrong ways first, then clues in its size or its members."""

import ast
import re
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any

from samarkand.answers import kinds
from samarkand.common.words import join_in_words, tr, trn

#: Up to this size a whole number has many ways that lead to it.
SMALL = 30
#: Types of answers that can be zero or empty.
_COUNTED = (int, float, frozenset, dict, tuple)


@dataclass(frozen=True)
class Mistake:
    """A known wrong way: its result, and a reason that explains the mistake without the right answer.

    `excluded_by` quotes the words of the question that exclude it: without them it would be right too.
    `seen_in` is a pattern that the student's line has if she went this way, and `not_in` one that it does not
    have. Both read the line as `write_plainly` gives it. They are empty where the result alone is sure.
    """

    reason: str
    wrong: Callable[..., Any]
    excluded_by: str = ""
    seen_in: str = ""
    not_in: str = ""

    def is_written(self, source: str) -> bool:
        """Return whether a cell shows this way; without `seen_in` and `not_in` no cell does."""
        if not self.seen_in and not self.not_in:
            return False
        written = write_plainly(source)
        if self.not_in and re.search(self.not_in, written):
            return False
        return re.search(self.seen_in, written) is not None

    def is_shown(self, result: Any, source: str) -> bool:
        """Return whether this way may be named for its `result` to whoever wrote a cell.

        A result to which many ways lead needs a cell that shows this one.
        """
        if self.seen_in or self.not_in:
            return self.is_written(source)
        return not is_easily_hit(result)


def write_plainly(source: str) -> str:
    """Return the Python of a cell without comments, one space around signs, texts in single quotation marks.

    What is no Python stays as it is.

    Examples
    --------
    >>> write_plainly('answer=len( rows[ rows["day"]>=day ] )  # the rows')
    "answer = len(rows[rows['day'] >= day])"
    """
    try:
        return ast.unparse(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError):
        return source


def is_easily_hit(result: Any) -> bool:
    """Return whether quite different slips give a result by chance: a year, or two digits at most.

    Examples
    --------
    >>> [is_easily_hit(one) for one in (7, 0.5, 2500, 2022, 4175, 45.71)]
    [True, True, True, True, False, False]
    """
    if isinstance(result, bool) or not isinstance(result, int | float):
        return False
    return _is_year(result) or float(result) == float(f"{result:.2g}")


def find_known_reason(
    kind: kinds.Kind, answers: Sequence[Any], wrong: Iterable[tuple[str, Sequence[Any] | None]]
) -> str | None:
    """Return the reason of the known wrong way that gives these answers, exactly or within the tolerance.

    An exact match comes first, since two wrong ways may lie closer together than the tolerance. The answers
    are as the kind reads them: one value, or one for each input of a function, None where nothing could be
    read. `wrong` are pairs (reason, results of that way), with None for the results where the way
    fails.

    Examples
    --------
    >>> find_known_reason(kinds.Number(tolerance=0.5), [7.4], [("Too early.", [7.0]), ("Too late.", [7.4])])
    'Too late.'
    >>> find_known_reason(kinds.Whole(), [0], [])[:21]
    'Zero, or nothing: a c'
    """
    ways = [(reason, given) for reason, given in wrong if given is not None]
    for same in (kind.exactly().same, kind.same):
        found = []
        for reason, given in ways:
            if all(a is not None and same(a, w) for a, w in zip(answers, given, strict=True)):
                found.append(reason)
        if found:
            return _join_reasons(list(dict.fromkeys(found)))
    return hint_on_nothing(answers)


def _join_reasons(reasons: Sequence[str]) -> str:
    """Return the one reason, or that there are several: which of them it is, only the student can tell."""
    if len(reasons) == 1:
        return reasons[0]
    return tr("Two ways lead to this. {first} Or else: {second}", first=reasons[0], second=reasons[1])


def hint_on_nothing(answers: Sequence[Any]) -> str | None:
    """Return the hint for zero or an empty answer, which a misspelt word gives; None for other answers."""
    if all(isinstance(a, _COUNTED) and not isinstance(a, bool) and not a for a in answers):
        return tr(
            "Zero, or nothing: a condition keeps no row. Is each word spelt as in the table? value_counts() "
            "shows how."
        )
    return None


def guess_hint(kind: kinds.Kind, answer: Any, right: Any, hint: str) -> str:
    """Return a hint on an answer that is wrong in an unforeseen way, but never the right answer.

    Answer and right answer are as the kind reads them; the hint is said where nothing can be seen.

    Examples
    --------
    >>> guess_hint(kinds.Whole(), 77, 78, "Count again.")
    'Very close: off by one. Which one is left out, or counted and should not be?'
    >>> guess_hint(kinds.Whole(), 7, 8, "Count again.")
    'Count again.'
    """
    if isinstance(kind, kinds.Number | kinds.Whole):
        return _hint_on_number(kind, answer, right) or hint
    if isinstance(right, frozenset):
        return f"{_hint_on_set(answer, right)} {hint}"
    if isinstance(kind, kinds.ByKey):
        return f"{_hint_on_keys(kind, answer, right)} {hint}"
    if isinstance(kind, kinds.Rows):
        return f"{_hint_on_rows(answer, right)} {hint}"
    if isinstance(kind, kinds.Shown):
        return f"{_hint_on_chart(answer, right)} {hint}"
    return f"{kind.clue(answer, right)} {hint}".strip()


def _hint_on_number(  # noqa: PLR0911 - one for each hint
    kind: kinds.Number | kinds.Whole, answer: float, right: float
) -> str:
    """Return what a wrong number tells of its mistake: its unit, its sign, a step too many; "" if nothing.

    Parameters
    ----------
    kind : Number or Whole
        The kind of the answer, with its tolerance and its unit.
    answer, right : float
        What the student gave, and the right answer, both in the unit of the kind.

    Returns
    -------
    str
        The first of these hints that fits. Of a year only the exact number is right, so it has no hint: one
        per cent of a year is twenty years.
    """
    if isinstance(kind, kinds.Whole) and _is_year(right):
        return ""
    tolerance = getattr(kind, "tolerance", 0.0)
    if _is_other_unit(answer, right, tolerance):
        said = tr("The digits look familiar, but not their size: look at the unit.")
        if kind.unit:
            said = f"{said} {tr('The answer is wanted in {unit}.', unit=kind.unit)}"
        return said
    if _is_near(answer, -right, right, tolerance):
        return tr("Look at the sign: what is taken away from what?")
    if _is_neighbour(answer, right, tolerance):
        return tr("Very close: off by one. Which one is left out, or counted and should not be?")
    if _is_upside_down(kind, answer, right, tolerance):
        return tr("That is the fraction upside down: what is to be divided by what?")
    if _is_almost_right(kind, answer, right, tolerance):
        return tr(
            "Close, but not close enough: was something rounded on the way, or is a row, a column or a day "
            "another one?"
        )
    if isinstance(kind, kinds.PerCent) and _is_near(answer, 100 - right, right, tolerance):
        return tr("That is the rest up to 100 per cent: whose share is asked for?")
    return ""


def _is_near(answer: float, other: float, right: float, tolerance: float) -> bool:
    """Return whether an answer is another number than the right one, as nearly as the tolerance has it.

    The tolerance of the right answer is taken as a share of it, and is never below 0.2 per cent.
    """
    if not other:
        return False
    share = 0.0
    if right:
        share = max(tolerance / abs(right), 2e-3)
    return abs(answer - other) <= share * abs(other)


def _is_other_unit(answer: float, right: float, tolerance: float) -> bool:
    """Return whether an answer is the right one in another unit, such as thousands or millions."""
    return any(_is_near(answer, right * factor, right, tolerance) for factor in kinds.UNITS)


def _is_neighbour(answer: float, right: float, tolerance: float) -> bool:
    """Return whether a count is off by one; of small counts two are often neighbours by chance."""
    return not tolerance and abs(answer - right) == 1 and abs(right) > SMALL


def _is_upside_down(kind: kinds.Number | kinds.Whole, answer: float, right: float, tolerance: float) -> bool:
    """Return whether an answer is the right fraction upside down; of per cent also as 100 divided by it."""
    if not right or abs(right) == 1:
        return False
    wholes = [1.0]
    if isinstance(kind, kinds.PerCent):
        wholes.append(100.0 * 100.0)
    return any(_is_near(answer, whole / right, right, tolerance) for whole in wholes)


def _is_almost_right(kind: kinds.Number | kinds.Whole, answer: float, right: float, tolerance: float) -> bool:
    """Return whether an answer is off by ten tolerances or one per cent at most.

    A small count is not rounded: 100 for 102 is another mistake.
    """
    if isinstance(kind, kinds.Whole) and abs(right) < 1000:
        return False
    off = abs(answer - right)
    widest = max(10 * tolerance, 0.01 * abs(right))
    return off <= widest and off <= 0.2 * abs(right)


def _is_year(value: float) -> bool:
    return float(value).is_integer() and 1900 <= value <= 2100


def _hint_on_set(answer: frozenset[str], right: frozenset[str]) -> str:
    missing, extra = len(right - answer), len(answer - right)
    if not answer & right:
        return tr("None of what you have is among what is asked for: look at it above.")
    if not missing:
        return trn(
            "All that belong are there, and one that does not.",
            "Everything that belongs is there, but also {n} that do not belong.",
            extra,
        )
    if not extra:
        return trn(
            "What you have belongs there, but one is still missing.",
            "All of yours belong, but {n} are still missing.",
            missing,
        )
    return " ".join(
        (
            trn("One is missing.", "{n} are missing.", missing),
            trn("One does not belong there.", "{n} do not belong there.", extra),
        )
    )


def compare_labels(answer: Set[str], right: Set[str]) -> str:
    """Return a sentence on labels that are missing or too many.

    Examples
    --------
    >>> compare_labels({"kaz", "uzb"}, {"kaz"})
    'Look at the labels at the left: 0 missing, 1 too many.'
    """
    if answer and not answer & right:
        some = sorted(answer)[:3]
        return tr(
            "At the left are other labels than those asked for: {some}.",
            some=join_in_words([*some, tr("others")] if len(answer) > len(some) else some),
        )
    return tr(
        "Look at the labels at the left: {missing} missing, {extra} too many.",
        missing=len(right - answer),
        extra=len(answer - right),
    )


def _hint_on_keys(kind: kinds.ByKey, answer: dict[str, Any], right: dict[str, Any]) -> str:
    if answer.keys() != right.keys():
        return compare_labels(answer.keys(), right.keys())
    wrong = sum(not kind.of.same(answer[key], right[key]) for key in right)
    return tr("The labels are right; {n} of {total} values are not.", n=wrong, total=len(right))


def _hint_on_rows(answer: tuple[Any, ...], right: tuple[Any, ...]) -> str:
    if len(answer) > len(right):
        return tr("The columns are right, but your table has more rows than it should.")
    if len(answer) < len(right):
        return tr("The columns are right, but your table has fewer rows than it should.")
    return tr("Columns and number of rows are right, but some values are not.")


def _hint_on_chart(answer: tuple[Any, Any], right: tuple[Any, Any]) -> str:  # noqa: PLR0911 - one a case
    if not answer[0]:
        return tr("Your table is empty. Do the columns that made it have the same row names?")
    if answer[0] != right[0]:
        return tr("Your table has the columns {names}. Which were asked for?", names=", ".join(answer[0]))
    if not answer[1]:
        return str(hint_on_nothing([()]))
    if len(answer[1]) != len(right[1]):
        rows = trn("{n} row", "{n} rows", len(answer[1]))
        return tr("The right columns, and {rows}. How many were asked for?", rows=rows)
    if sorted(map(repr, answer[1])) == sorted(map(repr, right[1])):
        return tr("The right columns and rows, but in another order than asked for.")
    empty = [None in row for row in answer[1]]
    if any(empty) and not any(None in row for row in right[1]):
        return tr("The right columns, and the right number of rows, but some cells are empty.")
    return tr("The right columns, and the right number of rows, but what stands in them is not right.")
