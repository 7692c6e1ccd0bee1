"""Answers from the sandbox, read strictly, without trust in anything.

:func:`parse` turns bytes into JSON that has no duplicate keys, no ``NaN``, no endless numbers and no deep
nesting; :func:`read` turns the form of :mod:`~samarkand.answers.encode` into plain values here:
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


Value: TypeAlias = "bool | int | float | str | datetime.date | datetime.timedelta | Items | Any"


def parse(body: bytes) -> dict[str, Any]:
    """Read UTF-8 text of a length that the caller has capped as one JSON object, strictly.

    `NotAValue` if the text is not JSON, not an object, or uses features on which JSON readers disagree.

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


def read(form: Any) -> Value:
    """Convert JSON of :func:`samarkand.answers.encode.encode` to a plain value, or `NotAValue`.

    Examples
    --------
    >>> read({"t": "set", "v": ["KAZ", "UZB"]})
    Items(kind='set', values=('KAZ', 'UZB'))
    """
    try:
        return _read_form(form, 0, [encode.NODES])  # how many values are left, in a list that all share
    except NotAValue:
        raise
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise NotAValue("a damaged value", type(error).__name__) from None


def plain(value: object) -> Value:
    """Convert any object of this process to a plain value, as if it had come out of the sandbox.

    No method of its own is called.

    Examples
    --------
    >>> plain({"KAZ", "KAZ"})
    Items(kind='set', values=('KAZ',))
    """
    return read(encode.encode(value))


def _read_form(form: Any, depth: int, left: list[int]) -> Value:  # noqa: PLR0912
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
        return Items(kind, _read_all(form["v"], depth, left))
    if kind == "dict":
        pairs = [_read_all(pair, depth, left) for pair in _need_list(form["v"], left)]
        if any(len(pair) != 2 for pair in pairs):
            raise NotAValue("a key without a value")
        return Pairs(tuple((key, value) for key, value in pairs))
    if kind == "series":
        index, values = _read_all(form["index"], depth, left), _read_all(form["v"], depth, left)
        if len(index) != len(values):
            raise NotAValue("an index of another length")
        return Column(index, values)
    if kind == "frame":
        columns = tuple(_read_all(column, depth, left) for column in _need_list(form["v"], left))
        names, index = _read_all(form["columns"], depth, left), _read_all(form["index"], depth, left)
        if len(names) != len(columns) or any(len(column) != len(index) for column in columns):
            raise NotAValue("columns of different lengths")
        return Table(names, index, columns)
    if kind in ("function", "big", "other"):
        return Opaque(kind, _need_text(form.get("type", ""))[:60])
    if kind in _SIMPLE:
        return _SIMPLE[kind](form.get("v"))
    raise NotAValue("a value of no known kind")


_SIMPLE = {**encode.SIMPLE, "unanswered": lambda _: ..., "time": datetime.datetime.fromisoformat}


def _need_list(form: object, left: list[int]) -> list[Any]:
    if type(form) is not list:
        raise NotAValue("not a list where one must stand")
    left[0] -= len(form)
    if left[0] < 0:
        raise NotAValue("more values than are sent")
    return form


def _need_text(form: object) -> str:
    if type(form) is not str:
        raise NotAValue("not a text where one must stand")
    return form


def _read_all(form: object, depth: int, left: list[int]) -> tuple[Value, ...]:
    return tuple(_read_form(item, depth + 1, left) for item in _need_list(form, left))


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
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in _show_value(value))
    return text if len(text) <= length else text[: length - 3] + "..."


def _show_value(value: Value) -> str:
    if value is ...:
        return "nothing"
    if value is None:
        return "missing"
    head, parts = "", []
    if isinstance(value, Items):
        head, parts = value.kind, [_show_value(v) for v in value.values[:20]]
    if isinstance(value, Pairs):
        head, parts = "dict", [f"{_show_value(k)}={_show_value(v)}" for k, v in value.pairs[:20]]
    if isinstance(value, Column):
        pairs = zip(value.index[:20], value.values[:20], strict=True)
        head, parts = "series", [f"{_show_value(k)}={_show_value(v)}" for k, v in pairs]
    if isinstance(value, Table):
        head, parts = f"table of {len(value.index)} rows", [_show_value(v) for v in value.names[:20]]
    if head:
        return f"{head}: {', '.join(parts) or 'empty'}"
    if isinstance(value, Opaque):
        return {"function": "a function", "big": f"a {value.type} too large to read"}.get(
            value.kind, f"an object of type {value.type}"
        )
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    return str(value)
