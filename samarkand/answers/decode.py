"""Answers from the sandbox, read strictly, without trust in anything.

:func:`parse` turns bytes into JSON that has no duplicate keys, no ``NaN``, no endless numbers and no deep
nesting; :func:`read` turns the form of :mod:`~samarkand.answers.encode` into plain values here:
``None``, ``...`` (not answered), bool, int, float, str, :class:`datetime.date`, :class:`datetime.datetime`,
:class:`datetime.timedelta` and the five classes below. Nothing a student wrote is ever run or unpickled here.

:func:`typed` reads a number as people type it into the field of a form.
"""

from __future__ import annotations

# ruff: noqa: PLR0911 - one return a kind of value reads best
import datetime
import json
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, TypeAlias

from samarkand.answers import encode
from samarkand.common.words import tr


class NotAValue(ValueError):
    """Bytes or JSON that are not the form of an answer."""


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


#: Quotation marks that people put around a text.
QUOTES = "'\"\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a`\u00b4"
_SHARE = re.compile(r"\s*(%|per ?cent)$", re.IGNORECASE)
#: Patterns of unsigned numbers, each with its thousands separator and its decimal separator.
_WAYS = (
    (re.compile(r"(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE), "", "."),  # 1200.5
    (re.compile(r"\d{1,3}(?:[ '\u2019_]\d{3})+(?:[.,]\d*)?"), " '\u2019_", ","),  # 1 200,5
    (re.compile(r"\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}"), ",", "."),  # 1,200.5
    (re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}"), ".", ","),  # 1.200,5
    (re.compile(r"\d*,\d+|\d+,"), "", ","),  # 1200,5
)
#: Maximum length of a number, with its unit and all characters around it.
LONGEST = 100
_EITHER = re.compile(r"[1-9]\d{0,2},\d{3}")


class NotANumber(ValueError):
    """A text that is not a number, or is ambiguous; the message says how to write it."""


def typed(text: str, unit: str = "") -> tuple[float, bool]:
    """Read a number as people type it: with a decimal comma, thousands, quotes, a per cent sign, its unit.

    `NotANumber` if it is not a number, or ambiguous.

    Examples
    --------
    >>> [typed(text)[0] for text in ("45,7", "1 200", "'3'", "1,234.5", "\u2212 8")]
    [45.7, 1200.0, 3.0, 1234.5, -8.0]
    >>> typed("45.7 %")
    (45.7, True)
    """
    # A longer text is no number, and the patterns take a time that grows with the square of its length.
    short = text if len(text) <= LONGEST else ""
    plain = unicodedata.normalize("NFKC", short).replace("\u2212", "-").replace("\u2013", "-").strip()
    plain = plain.strip(QUOTES).strip()
    bare = _SHARE.sub("", plain)
    per_cent = bare != plain
    if unit and bare.casefold().endswith(unit.casefold()):
        bare = bare[: -len(unit)]
    bare = bare.strip(QUOTES).strip()
    sign, digits = (bare[0], bare[1:].lstrip()) if bare[:1] in ("+", "-") else ("", bare)
    said = " ".join(text.split())
    said = "\u201c{}\u201d".format(said if len(said) <= 40 else f"{said[:39]}\u2026")
    if _EITHER.fullmatch(digits):
        ways = {"large": digits.replace(",", ""), "small": digits.replace(",", ".")}
        raise NotANumber(tr("{text} can be read in two ways. Write {large} or {small}.", text=said, **ways))
    for way, thousands, decimal in _WAYS:
        if way.fullmatch(digits):
            digits = digits.translate(dict.fromkeys(map(ord, thousands))).replace(decimal, ".")
            if not math.isfinite(float(digits)):
                raise NotANumber(tr("{text} is too large a number.", text=said))
            return float(sign + digits), per_cent
    if len(re.findall(r"\d+(?:[.,]\d+)?", digits)) == 2:
        raise NotANumber(tr("{text} holds two numbers. Write one.", text=said))
    raise NotANumber(tr("{text} is not a number. Write digits, such as 45.7 or 1200.", text=said))


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
    """Convert JSON of :func:`samarkand.answers.encode.encode` to a plain value, or `NotAValue`.

    Examples
    --------
    >>> read({"t": "set", "v": ["KAZ", "UZB"]})
    Items(kind='set', values=('KAZ', 'UZB'))
    """
    try:
        return _read(form, 0, [encode.NODES])  # how many values are left, in a list that all share
    except NotAValue:
        raise
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise NotAValue(f"a damaged value: {type(error).__name__}") from None


def plain(value: object) -> Value:
    """Convert any object of this process to a plain value, as if it had come out of the sandbox.

    No method of its own is called.

    Examples
    --------
    >>> plain({"KAZ", "KAZ"})
    Items(kind='set', values=('KAZ',))
    """
    return read(encode.encode(value))


def _read(form: Any, depth: int, left: list[int]) -> Value:  # noqa: PLR0912
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
        return Items(kind, _all(form["v"], depth, left))
    if kind == "dict":
        pairs = [_all(pair, depth, left) for pair in _list(form["v"], left)]
        if any(len(pair) != 2 for pair in pairs):
            raise NotAValue("a key without a value")
        return Pairs(tuple((key, value) for key, value in pairs))
    if kind == "series":
        index, values = _all(form["index"], depth, left), _all(form["v"], depth, left)
        if len(index) != len(values):
            raise NotAValue("an index of another length")
        return Column(index, values)
    if kind == "frame":
        columns = tuple(_all(column, depth, left) for column in _list(form["v"], left))
        names, index = _all(form["columns"], depth, left), _all(form["index"], depth, left)
        if len(names) != len(columns) or any(len(column) != len(index) for column in columns):
            raise NotAValue("columns of different lengths")
        return Table(names, index, columns)
    if kind in ("function", "big", "other"):
        return Opaque(kind, _text(form.get("type", ""))[:60])
    if kind in _SIMPLE:
        return _SIMPLE[kind](form.get("v"))
    raise NotAValue("a value of no known kind")


_SIMPLE = {**encode.SIMPLE, "unanswered": lambda _: ..., "time": datetime.datetime.fromisoformat}


def _list(form: object, left: list[int]) -> list[Any]:
    if type(form) is not list:
        raise NotAValue("not a list where one must stand")
    left[0] -= len(form)
    if left[0] < 0:
        raise NotAValue("more values than are sent")
    return form


def _text(form: object) -> str:
    if type(form) is not str:
        raise NotAValue("not a text where one must stand")
    return form


def _all(form: object, depth: int, left: list[int]) -> tuple[Value, ...]:
    return tuple(_read(item, depth + 1, left) for item in _list(form, left))


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
    head, parts = "", []
    if isinstance(value, Items):
        head, parts = value.kind, [_show(v) for v in value.values[:20]]
    if isinstance(value, Pairs):
        head, parts = "dict", [f"{_show(k)}={_show(v)}" for k, v in value.pairs[:20]]
    if isinstance(value, Column):
        pairs = zip(value.index[:20], value.values[:20], strict=True)
        head, parts = "series", [f"{_show(k)}={_show(v)}" for k, v in pairs]
    if isinstance(value, Table):
        head, parts = f"table of {len(value.index)} rows", [_show(v) for v in value.names[:20]]
    if head:
        return f"{head}: {', '.join(parts) or 'empty'}"
    if isinstance(value, Opaque):
        return {"function": "a function", "big": f"a {value.type} too large to read"}.get(
            value.kind, f"an object of type {value.type}"
        )
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    return str(value)
