"""Answers as they come out of the sandbox: read strictly, trusted in nothing.

:func:`parse` turns bytes into JSON that has no duplicate keys, no ``NaN``, no endless numbers and no deep
nesting; :func:`read` turns the form of :mod:`samarkand.answers.encode` into plain values of this process:
``None``, ``...`` (not answered), bool, int, float, str, :class:`datetime.date`, :class:`datetime.datetime`,
:class:`datetime.timedelta` and the five classes below. Nothing a student wrote is ever run or unpickled here.
"""

from __future__ import annotations

# ruff: noqa: PLR0911 - one return a kind of value reads best
import datetime
import json
from dataclasses import dataclass
from typing import Any, TypeAlias

from samarkand.answers import encode


class NotAValue(ValueError):
    """Bytes or JSON that no honest answer is written as."""


@dataclass(frozen=True)
class Items:
    """A list, tuple, set, array or index (its kind), and its values in order; a set has none that matters."""

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
    """Anything that is no value: a function, an object of an unknown type, something too large to send."""

    kind: str
    type: str = ""


Scalar: TypeAlias = "bool | int | float | str | datetime.date | datetime.timedelta | None"
Value: TypeAlias = "Scalar | Items | Pairs | Column | Table | Opaque | Any"


def parse(body: bytes) -> dict[str, Any]:
    """Read UTF-8 text of a length that the caller has capped as one JSON object, strictly.

    `NotAValue` if the text is not JSON, not an object, or uses what JSON readers disagree on.

    Examples
    --------
    >>> parse(b'{"value": 8}')
    {'value': 8}
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise NotAValue("a key stands twice in one object")
        return found

    def constant(token: str) -> float:
        raise NotAValue(f"{token} is not JSON")

    try:
        parsed = json.loads(body.decode("utf-8"), object_pairs_hook=unique, parse_constant=constant)
    except NotAValue:
        raise
    except (ValueError, RecursionError) as error:
        raise NotAValue(f"not JSON: {type(error).__name__}") from None
    if type(parsed) is not dict:
        raise NotAValue("not an object")
    return parsed


def read(form: Any) -> Value:
    """Turn what :func:`samarkand.answers.encode.encode` writes into a plain value; else `NotAValue`.

    Examples
    --------
    >>> read({"t": "set", "v": ["KAZ", "UZB"]})
    Items(kind='set', values=('KAZ', 'UZB'))
    """
    try:
        return _read(form, 0)
    except NotAValue:
        raise
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise NotAValue(f"a damaged value: {type(error).__name__}") from None


def plain(value: object) -> Value:
    """Turn any object of this process into a plain value, as if it had come out of the sandbox.

    No method of its own is called.

    Examples
    --------
    >>> plain({"KAZ", "KAZ"})
    Items(kind='set', values=('KAZ',))
    """
    return read(encode.encode(value))


def _read(form: Any, depth: int) -> Value:
    if depth > encode.DEPTH + 2:
        raise NotAValue("nested too deeply")
    if type(form) is int and not -(2**63) <= form < 2**64:
        raise NotAValue("a number too large")
    if type(form) in (bool, int, float, str):
        return form
    if type(form) is not dict:
        raise NotAValue("a value of no known form")
    kind = form["t"]
    if kind in ("list", "tuple", "set", "array", "index"):
        return Items(kind, _all(form["v"], depth))
    if kind == "dict":
        pairs = [_all(pair, depth) for pair in _list(form["v"])]
        if any(len(pair) != 2 for pair in pairs):
            raise NotAValue("a key without a value")
        return Pairs(tuple((key, value) for key, value in pairs))
    if kind == "series":
        index, values = _all(form["index"], depth), _all(form["v"], depth)
        if len(index) != len(values):
            raise NotAValue("an index of another length")
        return Column(index, values)
    if kind == "frame":
        columns = tuple(_all(column, depth) for column in _list(form["v"]))
        names, index = _all(form["columns"], depth), _all(form["index"], depth)
        if len(names) != len(columns) or any(len(column) != len(index) for column in columns):
            raise NotAValue("columns of different lengths")
        return Table(names, index, columns)
    return _read_simple(kind, form)


def _read_simple(kind: object, form: dict[str, Any]) -> Value:
    if kind == "missing":
        return None
    if kind == "unanswered":
        return ...
    if kind == "float":
        return {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}[form["v"]]
    if kind == "date":
        return datetime.date.fromisoformat(_text(form["v"]))
    if kind == "time":
        return datetime.datetime.fromisoformat(_text(form["v"]))
    if kind == "span":
        return datetime.timedelta(seconds=form["v"])
    if kind in ("function", "big", "other"):
        return Opaque(str(kind), _text(form.get("type", ""))[:60])
    raise NotAValue("a value of no known kind")


def _list(form: object) -> list[Any]:
    if type(form) is not list:
        raise NotAValue("not a list where one must stand")
    return form


def _text(form: object) -> str:
    if type(form) is not str:
        raise NotAValue("not a text where one must stand")
    return form


def _all(form: object, depth: int) -> tuple[Value, ...]:
    return tuple(_read(item, depth + 1) for item in _list(form))


def show(value: Value, length: int = 120) -> str:
    """Write a value in one short line, for the instructor's eyes.

    Examples
    --------
    >>> show(Items("set", ("KAZ", "UZB")))
    'set: KAZ, UZB'
    >>> show(Opaque("function"))
    'a function'
    """
    # A text could hold what a terminal obeys.
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in _show(value))
    return text if len(text) <= length else text[: length - 3] + "..."


def _show(value: Value) -> str:
    if value is ...:
        return "nothing"
    if value is None:
        return "missing"
    if isinstance(value, Items):
        return f"{value.kind}: " + ", ".join(_show(v) for v in value.values[:20])
    if isinstance(value, Pairs):
        return "dict: " + ", ".join(f"{_show(k)}={_show(v)}" for k, v in value.pairs[:20])
    if isinstance(value, Column):
        return "series: " + ", ".join(
            f"{_show(k)}={_show(v)}" for k, v in zip(value.index[:20], value.values[:20], strict=True)
        )
    if isinstance(value, Table):
        return f"table of {len(value.index)} rows: " + ", ".join(_show(v) for v in value.names[:20])
    if isinstance(value, Opaque):
        return {"function": "a function", "big": f"a {value.type} too large to read"}.get(
            value.kind, f"an object of type {value.type}"
        )
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    return str(value)
