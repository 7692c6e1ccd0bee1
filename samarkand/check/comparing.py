"""Compare an answer with the right one, and guess what went wrong where they differ."""

from __future__ import annotations

import math
import numbers
from typing import Any

import pandas as pd

from samarkand.check.tasks import Task


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def same(answer: Any, other: Any, tolerance: float) -> bool:  # noqa: PLR0911  # one return a kind
    """Say whether two answers are the same, up to the tolerance and the order that nobody asked for."""
    if isinstance(other, pd.Series):
        if not isinstance(answer, pd.Series) or set(answer.index) != set(other.index):
            return False
        return all(same(answer[label], other[label], tolerance) for label in other.index)
    if isinstance(other, pd.DataFrame):
        if not isinstance(answer, pd.DataFrame) or set(answer.columns) != set(other.columns):
            return False
        if len(answer) != len(other):
            return False
        columns = list(other.columns)
        one, two = (f[columns].astype(object).values.tolist() for f in (answer, other))
        one, two = (sorted(rows, key=_by_labels) for rows in (one, two))
        return all(
            same(a, b, tolerance) for r, s in zip(one, two, strict=True) for a, b in zip(r, s, strict=True)
        )
    if _is_number(other):
        if not isinstance(answer, numbers.Real):
            return False
        if math.isnan(float(answer)) or math.isnan(float(other)):
            return math.isnan(float(answer)) and math.isnan(float(other))
        # A hair's breadth more than the tolerance, so that 0.5 off is within 0.5.
        return abs(float(answer) - float(other)) <= tolerance + 1e-9 * max(1.0, abs(float(other)))
    if isinstance(other, str):
        return isinstance(answer, str) and answer.casefold() == other.casefold()
    return bool(answer == other)


def _by_labels(row: list[Any]) -> tuple[list[str], list[float]]:
    """Return what to sort rows by: their labels, and only then figures, which may be off by a tolerance."""
    figures = [float(v) for v in row if _is_number(v)]
    return [str(v) for v in row if not _is_number(v)], figures


def guess(answer: Any, reference: Any, task: Task) -> str:
    """Return a reason for an answer that is none of the task's known wrong ones."""
    if isinstance(reference, frozenset):
        return _guess_set(answer, reference, task.hint)
    if isinstance(reference, pd.Series):
        return _guess_series(answer, reference, task)
    if isinstance(reference, pd.DataFrame):
        return _guess_frame(answer, reference, task.hint)
    if _is_number(reference):
        return _guess_number(float(answer), float(reference), task)
    return task.hint


def _guess_number(answer: float, reference: float, task: Task) -> str:  # noqa: PLR0911  # a ladder
    def near(other: float) -> bool:
        slack = max(task.tolerance / abs(reference), 2e-3) if reference else 0.0
        return bool(other) and abs(answer - other) <= slack * abs(other)

    unit = f" The answer is wanted in {task.unit}." if task.unit else ""
    if any(near(reference * factor) for factor in (100, 1000, 1e6, 1e9, 1e-2, 1e-3, 1e-6, 1e-9)):
        return f"The digits look familiar, but not their size: look at the unit.{unit}"
    if near(-reference):
        return "Look at the sign: what is taken away from what?"
    if not task.tolerance and abs(answer - reference) == 1:
        return "Very close: off by one. Is a first or last one counted, or left out, that should not be?"
    if not task.tolerance and answer % 1:
        return f"The answer is a whole number. {task.hint}"
    if abs(answer - reference) <= max(10 * task.tolerance, 0.01 * abs(reference)):
        return "Close, but not close enough: was something rounded on the way, or a part left out?"
    if reference and near(1 / reference):
        return "That is the fraction upside down: what is to be divided by what?"
    if task.unit == "per cent" and near(100 - reference):
        return "That is the rest up to 100 per cent: whose share is asked for?"
    return task.hint


def _guess_set(answer: frozenset[Any], reference: frozenset[Any], hint: str) -> str:
    strange = [v for v in answer if not isinstance(v, str)]
    if strange:
        return f"A set of codes is asked for; yours holds something of type {type(strange[0]).__name__}."
    missing, extra = len(reference - answer), len(answer - reference)
    if not missing:
        return f"All that belong are there, and {_count(extra)} that should not be. {hint}"
    if not extra:
        return f"What you have belongs there, but {_count(missing)} still missing. {hint}"
    return f"{_count(missing).capitalize()} missing, and {_count(extra)} too many. {hint}"


def _count(n: int) -> str:
    return "one is" if n == 1 else f"{n} are"


def _guess_series(answer: pd.Series, reference: pd.Series, task: Task) -> str:
    missing = len(set(reference.index) - set(answer.index))
    extra = len(set(answer.index) - set(reference.index))
    if missing or extra:
        return f"Look at the labels of the index: {missing} missing, {extra} too many. {task.hint}"
    wrong = [label for label in reference.index if not same(answer[label], reference[label], task.tolerance)]
    return f"The labels are right; {len(wrong)} of {len(reference)} values are not, that of {wrong[0]} first."


def _guess_frame(answer: pd.DataFrame, reference: pd.DataFrame, hint: str) -> str:
    missing = [str(c) for c in reference.columns if c not in set(answer.columns)]
    if missing:
        return f"Your table has no column {', '.join(missing)}."
    extra = [str(c) for c in answer.columns if c not in set(reference.columns)]
    if extra:
        return f"Your table has columns that were not asked for: {', '.join(extra)}."
    if len(answer) != len(reference):
        more = "more" if len(answer) > len(reference) else "fewer"
        return f"The columns are right, but your table has {more} rows than it should. {hint}"
    return f"Columns and number of rows are right, but some values are not. {hint}"
