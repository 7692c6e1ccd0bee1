"""Answers from the sandbox, read strictly, without trust in anything.

:func:`parse_object` turns bytes into JSON that has no duplicate keys, no ``NaN``, no endless numbers and no
deep nesting; :func:`read_value` turns the form of :mod:`~samarkand.answers.encode` into plain values here:
``None``, ``...`` (not answered), bool, int, float, str, :class:`datetime.date`, :class:`datetime.datetime`,
:class:`datetime.timedelta` and the five classes below. Nothing a student wrote is ever run or unpickled here.
"""

from __future__ import annotations

# ruff: noqa: PLR0911 - one return a kind of value reads best
import datetime
import json
import math
import re
from dataclasses import dataclass
from typing import Any, TypeAlias

from samarkand.answers import encode


class NotAValue(ValueError):
    """Bytes or JSON that are not the form of an answer.

    Attributes
    ----------
    code : str
        What is wrong, such as "not JSON".
    detail : str
        Where or how, if more is known; else "".
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Items:
    """A list, tuple, set, array or index (its kind), and its values; the order of a set has no meaning."""

    kind: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Pairs:
    """A dict: keys with their values."""

    pairs: tuple[tuple[Value, Value], ...]


@dataclass(frozen=True)
class Column:
    """A pandas Series: values with an index of the same length."""

    index: tuple[Value, ...]
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    """A pandas DataFrame: names of columns, an index, and one tuple of values a column."""

    names: tuple[Value, ...]
    index: tuple[Value, ...]
    columns: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True)
class Opaque:
    """Anything but a plain value: a function, an object of an unknown type, an answer too large to send."""

    kind: str
    type: str = ""


#: A text that a reader would take for a number.
_LIKE_A_NUMBER = re.compile(r"\s*[-+]?[\d.,]*\d[\d.,]*\s*%?\s*")

Value: TypeAlias = "bool | int | float | str | datetime.date | datetime.timedelta | Items | Any"


def parse_object(body: bytes) -> dict[str, Any]:
    """Read UTF-8 text of a length that the caller has capped as one JSON object, strictly.

    `NotAValue` if the text is not JSON, not an object, or uses features on which JSON readers disagree.

    Examples
    --------
    >>> parse_object(b'{"value": 8}')
    {'value': 8}
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise NotAValue("a key stands twice in one object")
        return found

    def constant(token: str) -> float:
        raise NotAValue("not JSON", token)

    try:
        parsed = json.loads(body.decode("utf-8"), object_pairs_hook=unique, parse_constant=constant)
    except NotAValue:
        raise
    except (ValueError, RecursionError) as error:
        raise NotAValue("not JSON", type(error).__name__) from None
    if type(parsed) is not dict:
        raise NotAValue("not an object")
    return parsed


def read_value(form: Any) -> Value:
    """Convert JSON of :func:`samarkand.answers.encode.encode_value` to a plain value, or `NotAValue`.

    Examples
    --------
    >>> read_value({"t": "set", "v": ["KAZ", "UZB"]})
    Items(kind='set', values=('KAZ', 'UZB'))
    """
    try:
        return _read_form(form, 0, _Allowance(encode.NODES))
    except NotAValue:
        raise
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise NotAValue("a damaged value", type(error).__name__) from None


def make_plain(value: object) -> Value:
    """Convert any object of this process to a plain value, as if it had come out of the sandbox.

    No method of its own is called.

    Examples
    --------
    >>> make_plain({"KAZ", "KAZ"})
    Items(kind='set', values=('KAZ',))
    """
    return read_value(encode.encode_value(value))


@dataclass
class _Allowance:
    """How many more values an answer may have: all of its parts draw on one."""

    left: int

    def draw_on(self, count: int) -> None:
        """Take `count` values off; `NotAValue` if fewer are left."""
        self.left -= count
        if self.left < 0:
            raise NotAValue("more values than are sent")


def _read_form(form: Any, depth: int, allowance: _Allowance) -> Value:  # noqa: PLR0912
    """Return the value of which `form` is the JSON, so many values deep in an answer; `NotAValue`.

    A number or a text stands for itself. All else is an object with its kind under ``t`` and, for most, its
    content under ``v``. A key that is missing is a `KeyError`, for the caller.
    """
    if depth > encode.DEPTH + 2:
        raise NotAValue("nested too deeply")
    if type(form) is int and not -(2**63) <= form < 2**64:
        raise NotAValue("a number too large")
    if type(form) is str and len(form) > encode.TEXT:
        raise NotAValue("a text too long")
    if type(form) in (bool, int, float, str):
        return form
    if type(form) is not dict:
        raise NotAValue("a value of no known form")
    kind = form["t"]
    if kind in ("list", "tuple", "set", "array", "index"):
        return Items(kind, _read_all(form["v"], depth, allowance))
    if kind == "dict":
        pairs = [_read_all(pair, depth, allowance) for pair in _need_list(form["v"], allowance)]
        if any(len(pair) != 2 for pair in pairs):
            raise NotAValue("a key without a value")
        return Pairs(tuple((key, value) for key, value in pairs))
    if kind == "series":
        index = _read_all(form["index"], depth, allowance)
        values = _read_all(form["v"], depth, allowance)
        if len(index) != len(values):
            raise NotAValue("an index of another length")
        return Column(index, values)
    if kind == "frame":
        columns = tuple(_read_all(column, depth, allowance) for column in _need_list(form["v"], allowance))
        names = _read_all(form["columns"], depth, allowance)
        index = _read_all(form["index"], depth, allowance)
        if len(names) != len(columns) or any(len(column) != len(index) for column in columns):
            raise NotAValue("columns of different lengths")
        return Table(names, index, columns)
    if kind in ("function", "big", "other"):
        return Opaque(kind, _need_text(form.get("type", ""))[:60])
    if kind in _SIMPLE:
        return _SIMPLE[kind](form.get("v"))
    raise NotAValue("a value of no known kind")


_SIMPLE = {**encode.SIMPLE, "unanswered": lambda _: ..., "time": datetime.datetime.fromisoformat}


def _need_list(form: object, allowance: _Allowance) -> list[Any]:
    """Return a list of the form as it is, and draw on the allowance; `NotAValue` if it is none."""
    if type(form) is not list:
        raise NotAValue("not a list where one must stand")
    allowance.draw_on(len(form))
    return form


def _need_text(form: object) -> str:
    if type(form) is not str:
        raise NotAValue("not a text where one must stand")
    return form


def _read_all(form: object, depth: int, allowance: _Allowance) -> tuple[Value, ...]:
    """Return the values of a list of the form, one level deeper than the list."""
    return tuple(_read_form(item, depth + 1, allowance) for item in _need_list(form, allowance))


def write_value(value: Value, length: int = 120) -> str:
    """Write a value in one short line, as a teacher would write it on paper.

    Numbers have six digits, and labels stand before their values. A text that would be taken for a number is
    in quotation marks, since only these tell the two apart.

    Examples
    --------
    >>> write_value(Items("set", ("KAZ", "UZB")))
    'set: KAZ, UZB'
    >>> write_value(Column(("KAZ", "UZB"), (0.33333333333333337, 1.0)))
    'KAZ 0.333333, UZB 1'
    >>> write_value(Items("tuple", ("14", 8, 13))), write_value(Items("list", (2.5,)))
    ("'14', 8, 13", 'a list of one: 2.5')
    >>> write_value(Opaque("function"))
    'a function'
    """
    # A text could hold what a terminal obeys.
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in _show_value(value))
    return text if len(text) <= length else text[: length - 3] + "..."


def write_number(number: float) -> str:
    """Write a number with six digits, or all before the point; no power of ten as long as it has few zeros.

    Examples
    --------
    >>> [write_number(number) for number in (0.7166666666666668, 1.0, 1234567.891, 38.46153846153847, 2e-9)]
    ['0.716667', '1', '1234568', '38.4615', '2e-09']
    """
    if not math.isfinite(number) or number == 0:
        return f"{number:g}"
    digits_before = math.floor(math.log10(abs(number))) + 1
    if not -4 < digits_before <= 15:
        return f"{number:.6g}"
    written = f"{number:.{max(0, 6 - max(digits_before, 0))}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _show_value(value: Value) -> str:
    if value is ...:
        return "nothing"
    if value is None:
        return "missing"
    if isinstance(value, Items | Pairs | Column | Table):
        return _show_several(value)
    if isinstance(value, Opaque):
        return {"function": "a function", "big": f"a {value.type} too large to read"}.get(
            value.kind, f"an object of type {value.type}"
        )
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if isinstance(value, float):
        return write_number(value)
    return f"'{value}'" if isinstance(value, str) and _LIKE_A_NUMBER.fullmatch(value) else str(value)


def _show_several(value: Items | Pairs | Column | Table) -> str:
    """Write the first values of a collection, each after its label if it has one."""
    if isinstance(value, Table):
        names = ", ".join(_show_part(name) for name in value.names[:20])
        rows = len(value.index)
        return f"table of {rows} row{'' if rows == 1 else 's'}: {names or 'empty'}"
    if isinstance(value, Items):
        parts = [_show_part(one) for one in value.values[:20]]
        if not parts:
            return f"an empty {'set' if value.kind == 'set' else 'list'}"
        if value.kind == "set":
            return f"set: {', '.join(parts)}"
        return f"a list of one: {parts[0]}" if len(parts) == 1 else ", ".join(parts)
    pairs = value.pairs if isinstance(value, Pairs) else tuple(zip(value.index, value.values, strict=True))
    parts = [
        f"{label if isinstance(label, str) else _show_part(label)} {_show_part(one)}"
        for label, one in pairs[:20]
    ]
    return ", ".join(parts) or ("an empty dict" if isinstance(value, Pairs) else "an empty column")


def _show_part(value: Value) -> str:
    """Write one of several values: what is itself several in brackets."""
    if isinstance(value, Items | Pairs | Column | Table):
        return f"({_show_several(value)})"
    return _show_value(value)
