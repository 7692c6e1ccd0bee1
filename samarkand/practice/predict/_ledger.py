"""What was predicted, what came out, and whether the one held the other; nothing here is drawn.

Predictions are kept in the journal ``my_work/predictions.jsonl``. Of several on one question the last one
counts that was saved before its result was seen.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from samarkand.ground import journal, rooms
from samarkand.ground.errors import CourseError
from samarkand.ground.words import tr
from samarkand.practice import questions
from samarkand.practice.questions import Prediction

JOURNAL = "predictions"
#: Of ten ranges so many are meant to hold.
MEANT = 8
#: Results that this process has shown: who predicts them now knows them.
SHOWN: set[str] = set()

Truth = Callable[[], float | str]


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


@cache
def truths() -> dict[str, Truth]:
    """Return how each result is computed, by the id of its question, from the modules of all subjects."""
    names = [name for name in rooms.modules("samarkand.practice.predict") if not name.startswith("_")]
    found: dict[str, Truth] = {}
    for name in names:
        found |= importlib.import_module(f"samarkand.practice.predict.{name}").TRUTHS
    return found


@cache
def came(id: str) -> float | str:
    """Return what came out: a number, or the key of an option."""
    value = truths()[id]()
    return value if isinstance(value, str) else float(value)


def save(asked: Prediction, expected: Expected) -> bool:
    """Add a prediction to the journal, and say whether it counts: the result has not been seen yet."""
    late = asked.id in SHOWN or any(
        entry["id"] == asked.id and entry.get("seen") is True for entry in journal.read(JOURNAL).entries
    )
    range_ = {} if asked.options else {"low": expected.low, "high": expected.high}
    what = {"guess": expected.guess, **range_, "reason": expected.reason, "late": late}
    journal.add(JOURNAL, asked.id, **what)
    return not late


def seen(asked: Prediction) -> tuple[Expected | None, str]:
    """Return the prediction that counts, and a sentence if there is trouble; another now comes too late."""
    SHOWN.add(asked.id)
    written = journal.read(JOURNAL)
    own = [entry for entry in written.entries if entry["id"] == asked.id]
    counted = _counted(asked, own)
    if counted and not any(entry.get("seen") is True for entry in own):
        try:
            journal.add(JOURNAL, asked.id, seen=True)
        except CourseError as error:
            return counted, str(error)
    return counted, written.trouble


def latest(asked: Prediction) -> tuple[Expected | None, str]:
    """Return the prediction that was saved last, counted or not, and a sentence if there is trouble."""
    written = journal.read(JOURNAL)
    own = [_read(asked, entry) for entry in written.entries if entry["id"] == asked.id]
    return next((one for one in reversed(own) if one), None), written.trouble


def counted() -> tuple[list[tuple[Prediction, Expected]], str]:
    """Return the predictions that count, in the order of the lessons, and a sentence if there is trouble."""
    written = journal.read(JOURNAL)
    found = []
    for asked in questions.every("predict").values():
        one = _counted(asked, [entry for entry in written.entries if entry["id"] == asked.id])
        if one:
            found.append((asked, one))
    return found, written.trouble


def _counted(asked: Prediction, own: list[dict[str, Any]]) -> Expected | None:
    """Return the last prediction before the result was seen."""
    before = [_read(asked, entry) for entry in own if entry.get("late") is not True]
    return next((one for one in reversed(before) if one), None)


def _read(asked: Prediction, entry: dict[str, Any]) -> Expected | None:
    """Return what an entry holds, or None if it is no prediction on this question as it is asked today."""
    guess, low, high, reason = (entry.get(key) for key in ("guess", "low", "high", "reason"))
    said = reason if isinstance(reason, str) else ""
    if asked.options:
        return Expected(guess, reason=said) if isinstance(guess, str) and guess in asked.options else None
    numbers = [n for n in (guess, low, high) if isinstance(n, int | float) and math.isfinite(n)]
    return Expected(numbers[0], numbers[1], numbers[2], said) if len(numbers) == 3 else None


def held(expected: Expected, result: float | str) -> str:
    """Say how a prediction stands to what came out: it held, or it was more, less, or other than expected.

    Examples
    --------
    >>> held(Expected(7, 6, 8), 8.0), held(Expected(7, 6, 7.5), 8.0), held(Expected("south"), "west")
    ('held', 'more', 'other')
    """
    if isinstance(result, str):
        return "held" if expected.guess == result else "other"
    hair = 1e-9 * max(1.0, abs(result))
    return "less" if result < expected.low - hair else "more" if result > expected.high + hair else "held"


def said(asked: Prediction, value: float | str) -> str:
    """Return a result or a guess in words, with its unit.

    Examples
    --------
    >>> said(questions.find("predict", "01.distance"), 9133.0)
    '9,133 km'
    """
    if isinstance(value, str):
        return asked.options[value]
    number = f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000 else f"{value:.3g}"
    return tr("{number} {unit}", number=number, unit=asked.unit) if asked.unit else number


def in_words(asked: Prediction, expected: Expected) -> str:
    """Return what was expected, with the range of a number."""
    guess = said(asked, expected.guess)
    if asked.options:
        return guess
    low, high = said(asked, expected.low), said(asked, expected.high)
    return tr("{guess}, from {low} to {high}", guess=guess, low=low, high=high)
