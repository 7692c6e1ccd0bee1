"""Checks on the tables that charts draw, and labels for their columns and values."""

import re
from collections.abc import Collection
from typing import Any

import pandas as pd

from samarkand import places
from samarkand.common.errors import CourseError, OutOfRange, UnknownName, WrongType, make_unknown_name
from samarkand.common.units import UNITS
from samarkand.common.words import tr


def axis_title(column: str) -> str:
    """Return an axis title made from a column's name, with the unit in brackets.

    Examples
    --------
    >>> axis_title("trade_usd_bn"), axis_title("distance_km"), axis_title("year")
    ('trade (USD bn)', 'distance (km)', 'year')
    """
    for ending, (_, unit) in UNITS.items():
        if unit and column.endswith(ending) and column != ending:
            return tr("{what} ({unit})", what=column.removesuffix(ending).replace("_", " "), unit=unit)
    return column.replace("_", " ")


def copy_columns(frame: object, *names: Any) -> pd.DataFrame:
    """Return a copy of some columns with a fresh index; empty names are left out.

    `WrongType` if `frame` is not a table or a name is not text, `UnknownName` if a column is missing,
    `CourseError` if the table has no rows.
    """
    if not isinstance(frame, pd.DataFrame):
        kind = type(frame).__name__
        raise WrongType(
            tr("A chart is made of a table, and what you gave it first is none."),
            code="no table",
            given=kind,
        )
    wanted = [name for name in names if name is not None and not _is_empty(name)]
    for one in wanted:
        if not isinstance(one, str):
            text = tr("Name a column by a text, not by {one!r:.40}: try table.rename(columns=str).", one=one)
            raise WrongType(text, code="not a text", given=one)
        if one not in frame.columns:
            raise make_unknown_name(tr("column"), one, [str(column) for column in frame.columns])
    if frame.empty:
        raise CourseError(
            tr("The table has no rows, so there is nothing to draw. Did a filter remove them all?"),
            code="no rows",
        )
    return frame[list_distinct(wanted)].reset_index(drop=True)


def _is_empty(name: object) -> bool:
    """Return whether a name is a text without letters; whatever is not a text is not empty."""
    return isinstance(name, str) and not name


def need_numbers(table: pd.DataFrame, *names: str) -> None:
    """Raise `WrongType` if one of these columns holds no numbers."""
    for name in names:
        if not is_numeric(table[name]):
            text = tr('The chart needs figures: "{column}" does not hold numbers.', column=name)
            raise WrongType(text, code="no numbers", columns=[name])


def need_unique(names: pd.DataFrame) -> None:
    """Raise `OutOfRange` if two rows have the same names: their marks would cover each other."""
    for _, row in names[names.duplicated()].iterrows():
        name = ", ".join(map(str, row))
        text = tr("{name} occurs twice. Keep one row of each, or add them up first.", name=name)
        raise OutOfRange(text, code="twice", given=name)


def find_marked(column: pd.Series, marked: Collection[object], kind: str) -> set[str]:
    """Return the names to highlight, as the chart writes them; `marked` holds names or codes.

    `UnknownName`, with the nearest name, if the column does not have one.
    """
    shown = dict(zip(map(str, column), texts_of_column(column), strict=True))
    wanted = [marked] if isinstance(marked, str) else map(str, marked)
    found = {shown.get(one, one) for one in wanted}
    strange = sorted(found - {*shown.values()})
    if strange:
        raise make_unknown_name(kind, strange[0], shown.values())
    return found


def is_numeric(column: pd.Series) -> bool:
    """Return whether a column holds numbers."""
    return bool(pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column))


def of_days(column: pd.Series) -> bool:
    """Return whether a column holds dates."""
    return bool(pd.api.types.is_datetime64_any_dtype(column))


def texts_of_column(column: pd.Series) -> list[str]:
    """Return a column as text, with names of states in place of their codes; "" where a value is missing.

    Examples
    --------
    >>> texts_of_column(pd.Series(["KAZ", None, "FJI"])), texts_of_column(pd.Series(["KAZ", "the rest"]))
    (['Kazakhstan', '', 'Fiji'], ['KAZ', 'the rest'])
    """
    texts = []
    for value in column:
        texts.append("" if pd.isna(value) else str(value))
    try:
        return [text and places.name(text) for text in texts]
    except UnknownName:  # not all of them are codes of states
        return texts


def list_distinct(values: Collection[str]) -> list[str]:
    """Return the different values in the order in which they first occur."""
    return list(dict.fromkeys(values))


def escape_field(column: str) -> str:
    r"""Return a column's name with dots and brackets escaped, which Vega-Lite would read as paths.

    Examples
    --------
    >>> print(escape_field("share.in [%]"))
    share\.in \[%\]
    """
    return re.sub(r"[.\[\]\\]", r"\\\g<0>", column)
