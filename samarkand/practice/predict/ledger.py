"""Saved predictions, and the comparison of each with the result, without any output.

They are kept in the journal ``my_work/predictions.jsonl``. An entry without a guess records that the cells
with the result have run (``seen``); of the guesses on one question, the last one before that counts.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from samarkand.common import journal
from samarkand.common.errors import CourseError, need_texts
from samarkand.common.words import tr
from samarkand.practice import questions
from samarkand.practice.questions import Prediction
from samarkand.practice.tasks import import_subjects

JOURNAL = "predictions"
#: Of ten ranges, this many are meant to contain the result.
MEANT = 8
#: Sentence beside a result, by its comparison with the prediction; the reading site shows it as well.
SENTENCES = {
    "none": tr("The result is {result}."),
    "right": tr("You expected {expected}, and that is the result."),
    "other": tr("You expected {expected}. The result is different: {result}."),
    "held": tr("You expected {expected}. The result is {result}, inside your range."),
    "more": tr("You expected {expected}. The result is {result}, above your range."),
    "less": tr("You expected {expected}. The result is {result}, below your range."),
}


@dataclass(frozen=True)
class Expected:
    """One saved prediction.

    Attributes
    ----------
    guess : float or str
        A number, or the key of an option.
    low, high : float
        The range of a number; NaN for a choice.
    reason : str
        In the student's own words; may be empty.
    """

    guess: float | str
    low: float = math.nan
    high: float = math.nan
    reason: str = ""


class Record(NamedTuple):
    """The journal's entries on one question.

    Attributes
    ----------
    counted : Expected or None
        The last prediction before the result was shown.
    latest : Expected or None
        The last prediction, whether it counts or not.
    shown : bool
        Whether the result has been in the notebook, today or on any other day.
    trouble : str
        A sentence if something in the journal cannot be read; empty otherwise.
    """

    counted: Expected | None
    latest: Expected | None
    shown: bool
    trouble: str


@cache
def collect_results() -> dict[str, Callable[[], float | str]]:
    """Return the function that computes each result, by the id of its question."""
    found: dict[str, Callable[[], float | str]] = {}
    for module in import_subjects():
        found |= module.RESULTS
    need_texts("[predict] in practice/questions", found, questions.read_questions("predict"))
    return found


@cache
def compute_result(id: str) -> float | str:
    """Return a result: a number, or the key of an option."""
    value = collect_results()[id]()
    return value if isinstance(value, str) else float(value)


def read_records() -> dict[str, Record]:
    """Return the journal's record of every question, by id, in the order of the lessons."""
    written = journal.read_journal(JOURNAL)
    found = {}
    for id, asked in questions.read_questions("predict").items():
        own = [entry for entry in written.entries if entry["id"] == id]
        every = [_read_entry(asked, entry) for entry in own]
        late = [entry.get("late") is True for entry in own]
        in_time = [one for one, too_late in zip(every, late, strict=True) if one and not too_late]
        shown = any(late) or any(entry.get("seen") is True for entry in own)
        latest = [one for one in every if one]
        found[id] = Record(
            in_time[-1] if in_time else None, latest[-1] if latest else None, shown, written.trouble
        )
    return found


def save_prediction(asked: Prediction, expected: Expected) -> bool:
    """Add a prediction to the journal; return whether it counts: the result has not been shown."""
    late = read_records()[asked.id].shown
    range_ = {} if asked.options else {"low": expected.low, "high": expected.high}
    journal.add_entry(
        JOURNAL, asked.id, **{"guess": expected.guess, **range_, "reason": expected.reason, "late": late}
    )
    return not late


def record_as_shown(asked: Prediction) -> Record:
    """Record, once, that a result is in the notebook; return the question's record before that.

    From now on a guess comes too late, in this kernel and in any other. If that cannot be noted, the record's
    trouble says why.
    """
    record = read_records()[asked.id]
    if not record.shown:
        try:
            journal.add_entry(JOURNAL, asked.id, seen=True)
        except CourseError as error:
            return record._replace(trouble=str(error))
    return record


def _read_entry(asked: Prediction, entry: dict[str, Any]) -> Expected | None:
    """Return the prediction in an entry, or None if it has none that fits the question's current form."""
    guess, reason = entry.get("guess"), entry.get("reason")
    why = reason if isinstance(reason, str) else ""
    if asked.options:
        if isinstance(guess, str) and guess in asked.options:
            return Expected(guess, reason=why)
        return None
    numbers = []
    for value in (guess, entry.get("low"), entry.get("high")):
        if not isinstance(value, int | float) or not math.isfinite(value):
            return None
        numbers.append(value)
    return Expected(numbers[0], numbers[1], numbers[2], why)


def compare_with_result(expected: Expected, result: float | str) -> str:
    """Compare a result with a prediction: ``held``, ``more``, ``less`` or ``other``.

    Examples
    --------
    >>> compare_with_result(Expected(7, 6, 8), 8.0), compare_with_result(Expected(7, 6, 7.5), 8.0)
    ('held', 'more')
    >>> compare_with_result(Expected("south"), "west")
    'other'
    """
    if isinstance(result, str):
        return "held" if expected.guess == result else "other"
    hair = 1e-9 * max(1.0, abs(result))
    if result < expected.low - hair:
        return "less"
    if result > expected.high + hair:
        return "more"
    return "held"


def in_words(asked: Prediction, value: Expected | float | str) -> str:
    """Return a result or a prediction in words: a number has its unit, a prediction its range.

    Examples
    --------
    >>> in_words(questions.find_question("predict", "01.distance"), 9133.0)
    '9,133 km'
    """
    if isinstance(value, Expected):
        if asked.options:
            return in_words(asked, value.guess)
        guess = in_words(asked, value.guess)
        low, high = in_words(asked, value.low), in_words(asked, value.high)
        return tr("{guess}, from {low} to {high}", guess=guess, low=low, high=high)
    if isinstance(value, str):
        return asked.options[value]
    whole = float(value).is_integer() or abs(value) >= 1000
    number = f"{value:,.0f}" if whole else f"{value:.3g}"
    if not asked.unit:
        return number
    return tr("{number} {unit}", number=number, unit=asked.unit)
