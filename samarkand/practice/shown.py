"""An answer as a student sees it: the number, or the first rows of a table.

It is made from the plain values of `samarkand.answers.decode`, so that no method of an answer runs.
"""

# ruff: noqa: PLR0911 - one return a kind of value reads best
import datetime
import math
import sys
from collections.abc import Sequence
from typing import Any

from samarkand.answers import decode, kinds
from samarkand.answers.decode import Column, Items, Opaque, Pairs, Table, Value
from samarkand.common.words import tr, trn

#: Rows of a table, and members of a list, that are shown; columns of a table; letters of a text.
ROWS, COLUMNS, LETTERS = 5, 8, 60


def show_answer(answer: object) -> str:
    """Return an answer as a student sees it.

    Examples
    --------
    >>> show_answer(14.864999999999995), show_answer("KAZ"), show_answer([3, 1, 4])
    ('14.865', '"KAZ"', '[3, 1, 4]')
    """
    value = decode.make_plain(_take_beginning(answer))
    size = len(answer) if type(answer) in _pandas_types() else 0  # type: ignore[arg-type]
    if isinstance(value, Table):
        return _make_table(value, size)
    if isinstance(value, Column):
        return _laid_out(_show_columns([value.index, value.values]), trn("{n} value", "{n} values", size))
    return in_words(value)


def _pandas_types() -> tuple[type, ...]:
    """Return the classes of tables and columns, if pandas is in use."""
    pandas: Any = sys.modules.get("pandas")
    return (pandas.DataFrame, pandas.Series) if pandas else ()


def _take_beginning(answer: object) -> object:
    """Return the first rows of a table or column, which may be too long to be read as a whole."""
    if type(answer) in _pandas_types():
        return answer.head(ROWS)  # type: ignore[attr-defined]  # pandas' own, as the type is exactly pandas'
    return answer


def _make_table(table: Table, size: int) -> str:
    columns = _show_columns([table.index, *table.columns[:COLUMNS]])
    header = ["", *[in_words(name, quoted=False) for name in table.names[:COLUMNS]]]
    if len(table.names) > COLUMNS:
        header.append("...")
        columns.append(["..."] * len(table.index))
    rows = trn("{n} row", "{n} rows", size)
    all_columns = trn("{n} column", "{n} columns", len(table.names))
    whole = [[name, *column] for name, column in zip(header, columns, strict=True)]
    return _laid_out(whole, f"{rows}, {all_columns}")


def _show_columns(columns: Sequence[Sequence[Value]]) -> list[list[str]]:
    """Return the values of columns as text."""
    shown = []
    for column in columns:
        shown.append([in_words(value, quoted=False) for value in column])
    return shown


def _laid_out(columns: Sequence[Sequence[str]], said: str) -> str:
    """Return columns side by side, aligned right, and below them how much there is in all."""
    widths = [max(map(len, column), default=0) for column in columns]
    lines = ["  ".join(map(str.rjust, row, widths)).rstrip() for row in zip(*columns, strict=True)]
    return "\n".join([*lines, f"({said})"])


def in_words(value: Value, *, quoted: bool = True) -> str:
    """Return a plain value as a student would write it; texts in a table are not `quoted`.

    Examples
    --------
    >>> in_words(2800000000.0), in_words(None), in_words(datetime.date(2022, 9, 14))
    ('2800000000', 'None', '2022-09-14')
    """
    if isinstance(value, float):
        return _show_number(value)
    if isinstance(value, str):
        short = value if len(value) <= LETTERS else f"{value[: LETTERS - 1]}…"
        return f'"{short}"' if quoted else short
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else str(value)
    if isinstance(value, datetime.date | datetime.timedelta):
        return str(value)
    if isinstance(value, Items):
        return _show_collection(value)
    if isinstance(value, Pairs):
        shown = [f"{in_words(key)}: {in_words(one)}" for key, one in value.pairs[:ROWS]]
        return f"{{{_add_rest(shown, len(value.pairs))}}}"
    if isinstance(value, Opaque | Table | Column):
        called = tr("a function that has not been called: it takes round brackets")
        function = isinstance(value, Opaque) and value.kind == "function"
        return called if function else kinds.describe_value(value)
    return str(value)


def _show_number(value: float) -> str:
    """Return a number without an exponent and without the errors of floats: 14.865 for 14.864999999999995."""
    if math.isnan(value):
        return tr("nan (an empty cell)")
    if math.isinf(value):
        return str(value)
    if abs(value) < 1e15 and value.is_integer():
        return str(int(value))
    return f"{value:.2f}" if abs(value) >= 1000 else f"{value:.6g}"


def _show_collection(value: Items) -> str:
    values = [in_words(one) for one in value.values]
    if value.kind == "set":
        values = sorted(values)
    brackets = {"tuple": "()", "set": "{}"}.get(value.kind, "[]")
    return f"{brackets[0]}{_add_rest(values[:ROWS], len(values))}{brackets[1]}"


def _add_rest(shown: Sequence[str], number: int) -> str:
    rest = tr(", ... ({n} in all)", n=number) if number > len(shown) else ""
    return f"{', '.join(shown)}{rest}"
