"""What charts need to know of the tables they draw."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from samarkand import places
from samarkand.ground.errors import CourseError, OutOfRange, UnknownName, WrongType, unknown
from samarkand.ground.units import UNITS
from samarkand.ground.words import tr


def axis_title(column: str) -> str:
    """Return a title for an axis from a column's name, the unit in brackets.

    Examples
    --------
    >>> axis_title("trade_usd_bn"), axis_title("distance_km"), axis_title("year")
    ('trade (USD bn)', 'distance (km)', 'year')
    """
    for ending, (_, unit) in UNITS.items():
        if unit and column.endswith(ending) and column != ending:
            return tr("{what} ({unit})", what=column.removesuffix(ending).replace("_", " "), unit=unit)
    return column.replace("_", " ")


def columns(frame: object, *names: Any) -> pd.DataFrame:
    """Return a copy of the columns that are drawn, with a fresh index; empty names are left out.

    `WrongType` if `frame` is no table or a name is no text, `UnknownName` if a column is not there,
    `CourseError` if no row is.
    """
    if not isinstance(frame, pd.DataFrame):
        raise WrongType(
            tr("A chart is made of a table (DataFrame), not of {kind}.", kind=type(frame).__name__)
        )
    wanted = [name for name in names if name or not isinstance(name, str | None)]
    for one in wanted:
        if not isinstance(one, str):
            text = tr("Name a column by a text, not by {one!r:.40}: try table.rename(columns=str).", one=one)
            raise WrongType(text)
        if one not in frame.columns:
            raise unknown(tr("column"), one, [str(column) for column in frame.columns])
    if frame.empty:
        raise CourseError(
            tr("The table has no row, so there is nothing to draw. Does a filter keep nothing?")
        )
    return frame[distinct(wanted)].reset_index(drop=True)


def each_once(names: pd.DataFrame) -> None:
    """Raise `OutOfRange` if two rows have the same names: their marks would lie on one another."""
    twice = names[names.duplicated()]
    if len(twice):
        text = tr("{name} stands twice: keep one row of each, or add them up first.",
                  name=", ".join(map(str, twice.iloc[0])))  # fmt: skip
        raise OutOfRange(text)


def picks(column: pd.Series, marked: Collection[object], kind: str) -> set[str]:
    """Return the names to pick out as the chart shows them, whether they were given so or as codes.

    `UnknownName`, with what the name should have been, if the column does not have one.
    """
    shown = dict(zip(map(str, column), texts(column), strict=True))
    wanted = [marked] if isinstance(marked, str) else map(str, marked)
    found = {shown.get(one, one) for one in wanted}
    if strange := sorted(found - {*shown.values()}):
        raise unknown(kind, strange[0], shown.values())
    return found


def numeric(column: pd.Series) -> bool:
    """Say whether a column holds numbers."""
    return bool(pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column))


def of_days(column: pd.Series) -> bool:
    """Say whether a column holds days."""
    return bool(pd.api.types.is_datetime64_any_dtype(column))


def texts(column: pd.Series) -> list[str]:
    """Return a column as texts, a missing value as the empty one; a chart names states, and shows no codes.

    Examples
    --------
    >>> texts(pd.Series(["KAZ", None, "FJI"])), texts(pd.Series(["KAZ", "the rest"]))
    (['Kazakhstan', '', 'Fiji'], ['KAZ', 'the rest'])
    """
    told = ["" if pd.isna(value) else str(value) for value in column]
    try:
        return [one and places.name(one) for one in told]
    except UnknownName:
        return told


def distinct(values: list[str]) -> list[str]:
    """Return the different values in the order in which they first stand."""
    return list(dict.fromkeys(values))


def field(column: str) -> str:
    r"""Return a column's name as Vega-Lite takes it: dots and brackets mean something else there.

    Examples
    --------
    >>> print(field("share.in [%]"))
    share\.in \[%\]
    """
    return "".join(f"\\{letter}" if letter in ".[]\\" else letter for letter in column)
