"""Bring an answer into the form that is compared, or say what kind of thing was asked for."""

from __future__ import annotations

import datetime as dt
import math
import numbers
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from samarkand import places
from samarkand.ground.errors import CourseError

_MANY = "Count them, add them up, or pick the one that is asked for."


def read(value: Any, reference: object, unit: str) -> tuple[Any, str]:  # noqa: PLR0911  # one return a kind
    """Return the answer in the form of the reference, or a complaint about its kind."""
    wanted = kind_wanted(reference)
    if value is None:
        return (
            None,
            f"Your answer is None: that is what a function gives back that only prints. {wanted}",
        )
    if isinstance(value, pd.DataFrame | pd.Series | pd.Index) and value.size == 0:
        return None, f"Your answer is an empty table. Look at your filter: does it keep any row? {wanted}"
    if callable(value) and not isinstance(value, type) and not hasattr(value, "dtype"):
        return (
            None,
            f"Your answer is a function that was not called: did you leave out the brackets ()? {wanted}",
        )
    if isinstance(reference, bool):
        return _read_truth(value, wanted)
    if isinstance(reference, numbers.Real):
        return _read_number(value, unit, wanted)
    if isinstance(reference, str):
        return _read_text(value, wanted)
    if isinstance(reference, frozenset):
        return _read_set(value, wanted)
    if isinstance(reference, pd.Series):
        return _read_series(value, wanted)
    return _read_frame(value, wanted)


def kind_wanted(reference: object) -> str:
    """Return the sentence that says what kind of answer is asked for."""
    if isinstance(reference, bool):
        return "The answer is True or False."
    if isinstance(reference, numbers.Real):
        return "The answer is one number."
    if isinstance(reference, str):
        return 'The answer is a text in quotes, like "this".'
    if isinstance(reference, frozenset):
        return 'The answer is a set or list of codes, like {"CHN", "RUS"}.'
    if isinstance(reference, pd.Series):
        return "The answer is a Series: one value for each label of its index."
    return "The answer is a DataFrame."


def given(value: object) -> str:
    """Return the sentence that says what kind of thing the answer is."""
    return f"Yours is of type {type(value).__name__}."


def _alone(value: Any) -> Any:
    """Return the only value of a Series, frame, array, list or set of one; anything else as it is."""
    if isinstance(value, pd.DataFrame | pd.Series | pd.Index):
        return value.to_numpy().ravel()[0] if value.size == 1 else value
    if hasattr(value, "ndim") and hasattr(value, "size"):
        return value.ravel()[0] if value.ndim and value.size == 1 else value
    if isinstance(value, list | tuple | set | frozenset) and len(value) == 1:
        return _alone(next(iter(value)))
    return value


def _read_truth(value: Any, wanted: str) -> tuple[Any, str]:
    only = _alone(value)
    if isinstance(only, bool) or type(only).__name__ in ("bool_", "bool"):
        return bool(only), ""
    return None, f"{wanted} {given(value)}"


def _read_number(value: Any, unit: str, wanted: str) -> tuple[Any, str]:  # noqa: PLR0911  # a ladder
    only = _alone(value)
    if isinstance(only, bool) or type(only).__name__ == "bool":
        return None, f"{wanted} Yours is {only}, the outcome of a comparison."
    if unit == "days" and (isinstance(only, dt.timedelta) or type(only).__name__ == "timedelta64"):
        only = pd.Timedelta(only) / pd.Timedelta(days=1)
    if isinstance(only, dt.date | dt.timedelta | pd.Period) or type(only).__name__ in (
        "datetime64",
        "timedelta64",
    ):
        return None, f"{wanted} Yours is a day or a stretch of time."
    if isinstance(only, str | bytes):
        return (
            None,
            f"{wanted} Yours is a text: {only[:40]!r}. Take the quotes away, or turn it into a number.",
        )
    if getattr(only, "ndim", 0):
        return None, f"{wanted} Yours holds {only.size}. {_MANY}"
    if isinstance(only, list | tuple | set | frozenset | Mapping):
        return None, f"{wanted} Yours holds {len(only)}. {_MANY}"
    if only is pd.NA or only is pd.NaT:
        return None, "Your answer is a missing value: is a row missing somewhere in the sum?"
    if isinstance(only, complex):
        return None, f"{wanted} {given(value)}"
    number = float(only)
    if math.isnan(number):
        return None, "Your answer is NaN, a missing value: which row or column has a gap?"
    if math.isinf(number):
        return None, "Your answer is infinite: is something divided by zero?"
    return number, ""


def _read_text(value: Any, wanted: str) -> tuple[Any, str]:
    only = _alone(value)
    if isinstance(only, str):
        return only.strip(), ""
    return None, f"{wanted} {given(value)}"


def _read_set(value: Any, wanted: str) -> tuple[Any, str]:
    if isinstance(value, pd.DataFrame):
        column = next((c for c in ("iso3", "counterpart_iso3") if c in value.columns), None)
        if column is None and value.shape[1] != 1 and value.index.name != "iso3":
            return None, f"{wanted} Your table has {value.shape[1]} columns: choose the one with the codes."
        value = value[column] if column else value.index if value.index.name == "iso3" else value.iloc[:, 0]
    if isinstance(value, pd.Series) and value.index.name == "iso3":
        value = value.index
    if isinstance(value, str):
        return None, f"{wanted} Yours is one text: put each code in quotes of its own, and commas between."
    if isinstance(value, numbers.Number):
        return None, f"{wanted} Yours is a number: how many there are. Which ones are they?"
    members = [
        v for v in value if not (isinstance(v, float) and math.isnan(v)) and v is not pd.NA and v is not None
    ]
    return frozenset(_code(v) for v in members), ""


def _code(name: Hashable) -> Hashable:
    """Return the code of a state that was named in any language; anything else as it is."""
    if not isinstance(name, str):
        return name
    try:
        return places.find(name.strip())
    except CourseError:
        return name.strip()


def _read_series(value: Any, wanted: str) -> tuple[Any, str]:
    if isinstance(value, Mapping):
        value = pd.Series(dict(value))
    if isinstance(value, pd.DataFrame):
        if value.shape[1] == 2 and isinstance(value.index, pd.RangeIndex):
            value = value.set_index(value.columns[0])
        if value.shape[1] != 1:
            return None, f"{wanted} Your table has {value.shape[1]} columns: choose one."
        value = value.iloc[:, 0]
    if not isinstance(value, pd.Series):
        return None, f"{wanted} {given(value)}"
    if value.index.has_duplicates:
        return None, f"{wanted} In yours, some labels stand more than once: group, or drop what is double."
    return value, ""


def _read_frame(value: Any, wanted: str) -> tuple[Any, str]:
    if isinstance(value, pd.Series):
        value = value.reset_index()
    if not isinstance(value, pd.DataFrame):
        return None, f"{wanted} {given(value)}"
    if not isinstance(value.index, pd.RangeIndex) and value.index.name not in (None, *value.columns):
        value = value.reset_index()
    return value.reset_index(drop=True), ""
