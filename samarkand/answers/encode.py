"""Python objects as plain JSON and back: the only language that the sandbox and the grader share.

This file runs inside the sandbox, next to untrusted code, and in the student's own copy; it imports nothing
of the course. What it writes is checked again by :mod:`~samarkand.answers.decode`, so an object that
lies here only makes its own answer wrong. Objects are told apart by their exact type, never by
``isinstance`` and never by a method of theirs.

The form of each kind: ``true``, ``7``, ``0.5`` and ``"KAZ"`` stand for themselves; everything else is an
object ``{"t": kind, ...}``: ``missing``, ``unanswered``, ``float`` (nan and the infinities), ``date``,
``time``, ``span`` (seconds), ``list``, ``tuple``, ``set``, ``dict``, ``array``, ``index``, ``series``,
``frame``, ``function``, ``big`` (too large to send) and ``other``.
"""

# ruff: noqa: PLR0911 - one return a kind of value reads best
import collections
import datetime
import decimal
import fractions
import math
from collections.abc import Callable
from typing import Any

#: Maximum number of single values in one answer.
NODES = 20_000
#: Maximum length of a text.
TEXT = 10_000
#: Maximum depth of nested lists.
DEPTH = 12

Json = Any


class TooBig(Exception):
    """An answer with more values, longer texts or deeper lists than any question asks for."""


class _Budget:
    """Counts the values still allowed."""

    def __init__(self, nodes: int) -> None:
        self.left = nodes

    def spend(self, nodes: int) -> None:
        self.left -= nodes
        if self.left < 0:
            raise TooBig


def encode_value(value: object) -> Json:
    """Write any object as plain JSON, which :func:`json.dumps` can write; see the module for the form.

    Examples
    --------
    >>> encode_value((1, 0.5, "KAZ", None))
    {'t': 'tuple', 'v': [1, 0.5, 'KAZ', {'t': 'missing'}]}
    >>> encode_value(object())
    {'t': 'other', 'type': 'object'}
    """
    try:
        return _encode_value(value, _Budget(NODES), 0)
    except (TooBig, RecursionError, OverflowError):
        return {"t": "big", "type": _type_name(value)}


def _type_name(value: object) -> str:
    name = type.__dict__["__name__"].__get__(type(value))
    return name[:60] if type(name) is str else "?"


def _encode_value(value: Any, budget: _Budget, depth: int, *, paid: bool = False) -> Json:
    """Encode a value as JSON by its exact type; no method of its own is called, so it cannot pose as another.

    `budget` is what may still be written, `depth` how deep the value lies; a value that is `paid` for is the
    plain part of one that was counted.
    """
    if not paid:
        budget.spend(1)
    if depth > DEPTH:
        raise TooBig
    kind = type(value)
    if kind in _SCALARS:
        return _SCALARS[kind](value)
    if kind in _COLLECTIONS:
        budget.spend(len(value))
        return {"t": _COLLECTIONS[kind], "v": [_encode_value(v, budget, depth + 1) for v in value]}
    if kind in _MAPPINGS:
        budget.spend(len(value))
        pairs = [
            [_encode_value(k, budget, depth + 1), _encode_value(v, budget, depth + 1)]
            for k, v in dict.items(value)
        ]
        return {"t": "dict", "v": pairs}
    if tuple in type.__dict__["__mro__"].__get__(kind):  # a named tuple, such as a row of itertuples
        budget.spend(tuple.__len__(value))
        return {"t": "tuple", "v": [_encode_value(v, budget, depth + 1) for v in tuple.__iter__(value)]}
    module = type.__dict__["__module__"].__get__(kind)
    if type(module) is str and module.partition(".")[0] in ("numpy", "pandas"):
        return _encode_scientific(value, budget, depth)
    for plain, own in _PLAIN:  # a member of an Enum that is a text or a number too
        if plain in type.__dict__["__mro__"].__get__(kind):
            return _encode_value(own(value), budget, depth, paid=True)
    # Not only what def makes: functools.cache and partial, classes, whatever can be called.
    return {"t": "function"} if callable(value) else {"t": "other", "type": _type_name(value)}


def _encode_whole(value: int) -> Json:
    return value if -(2**63) <= value < 2**64 else {"t": "big", "type": "int"}


def _encode_real(value: float) -> Json:
    return value if math.isfinite(value) else {"t": "float", "v": repr(value)}


def _cut_text(value: str) -> str:
    if len(value) > TEXT:
        raise TooBig
    return value


_COLLECTIONS: dict[type, str] = {
    list: "list",
    tuple: "tuple",
    set: "set",
    frozenset: "set",
    range: "list",
    collections.deque: "list",
    type({}.keys()): "list",
    type({}.values()): "list",
    type({}.items()): "list",
}
_PLAIN: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
)
_MAPPINGS = (dict, collections.Counter, collections.OrderedDict, collections.defaultdict)
_SCALARS: dict[type, Any] = {
    bool: lambda v: v,
    int: _encode_whole,
    float: _encode_real,
    str: _cut_text,
    type(None): lambda v: {"t": "missing"},
    type(...): lambda v: {"t": "unanswered"},
    datetime.datetime: lambda v: {"t": "time", "v": datetime.datetime.isoformat(v)},
    datetime.date: lambda v: {"t": "date", "v": datetime.date.isoformat(v)},
    datetime.timedelta: lambda v: {"t": "span", "v": datetime.timedelta.total_seconds(v)},
    decimal.Decimal: lambda v: _encode_real(float(v)),
    fractions.Fraction: lambda v: _encode_real(v.numerator / v.denominator),
}


def _encode_scientific(value: Any, budget: _Budget, depth: int) -> Json:
    import numpy as np
    import pandas as pd

    def items(values: Any) -> list[Json]:
        budget.spend(2 * len(values))
        encoded: list[Json] = []
        for v in values:  # short texts and days, most of a table, the quick way
            if type(v) is str and len(v) <= TEXT:
                encoded.append(v)
            elif type(v) is pd.Timestamp:
                encoded.append({"t": "time", "v": v.isoformat()})
            else:
                encoded.append(_encode_value(v, budget, depth + 1, paid=True))
        return encoded

    kind = type(value)
    if value is pd.NaT or value is pd.NA:
        return {"t": "missing"}
    if kind is pd.Timestamp:
        return {"t": "time", "v": value.isoformat()}
    if kind is pd.Timedelta:
        return {"t": "span", "v": value.total_seconds()}
    if kind is pd.Period:
        return str(value)  # 2022-09-14
    if kind is np.ndarray:
        budget.spend(value.size)
        if value.ndim == 0:
            return _encode_value(value[()], budget, depth + 1)
        return {"t": "array", "v": items(list(value))}
    if issubclass(kind, np.datetime64 | np.timedelta64):
        return _encode_value(
            pd.Timestamp(value) if issubclass(kind, np.datetime64) else pd.Timedelta(value), budget, depth
        )
    if issubclass(kind, np.generic):
        plain = np.generic.item(value)
        return (
            _encode_value(plain, budget, depth + 1)
            if type(plain) is not kind
            else {"t": "other", "type": kind.__name__}
        )
    if kind is pd.Series:
        return {
            "t": "series",
            "index": items(value.index.tolist()),
            "v": items(value.tolist()),
            "type": str(value.dtype),
        }
    if kind is pd.DataFrame:
        budget.spend(value.size)
        columns = [items(value.iloc[:, i].tolist()) for i in range(value.shape[1])]
        return {
            "t": "frame",
            "columns": items(value.columns.tolist()),
            "index": items(value.index.tolist()),
            "v": columns,
            "types": [str(dtype) for dtype in value.dtypes],
        }
    if issubclass(kind, pd.Index):
        return {"t": "index", "v": items(value.tolist())}
    if issubclass(kind, pd.api.extensions.ExtensionArray):
        return {"t": "array", "v": items(value.tolist())}
    return {"t": "other", "type": _type_name(value)}


def decode_value(plain: Json) -> Any:
    """Build the object that :func:`encode_value` has written, as an argument for a student's function.

    Dates become :class:`datetime.date`, times :class:`pandas.Timestamp`, frames and series pandas objects;
    `ValueError` if nothing can be built from the kind.

    Examples
    --------
    >>> decode_value(encode_value(["KAZ", 2022, None]))
    ['KAZ', 2022, None]
    """
    if type(plain) is not dict:
        return plain
    kind = plain["t"]
    if kind in SIMPLE:
        return SIMPLE[kind](plain.get("v"))
    if kind not in _BUILDERS:
        raise ValueError(f"nothing can be built from {kind!r}")
    return _BUILDERS[kind](plain)


def _decode_all(values: list[Json]) -> list[Any]:
    return [decode_value(v) if type(v) is dict else v for v in values]


def _import_pandas() -> Any:
    import pandas as pd

    return pd


def _make_dict(pairs: list[Json]) -> dict[Any, Any]:
    """Return a dict of its pairs, as they were written."""
    return {decode_value(key): decode_value(value) for key, value in pairs}


def _make_series(plain: dict[str, Any]) -> Any:
    """Return a Series of its values, its index and its type, as they were written."""
    values, index = _decode_all(plain["v"]), _decode_all(plain["index"])
    return _import_pandas().Series(values, index=index, dtype=plain["type"])


def _make_frame(plain: dict[str, Any]) -> Any:
    pairs = zip(plain["v"], plain["types"], strict=True)
    columns = {n: _import_pandas().array(_decode_all(v), dtype=dtype) for n, (v, dtype) in enumerate(pairs)}
    frame = _import_pandas().DataFrame(columns, index=_decode_all(plain["index"]))
    frame.columns = _decode_all(plain["columns"])
    return frame


#: What to make of the value of each simple kind; `samarkand.answers.decode` reads them alike.
SIMPLE: dict[object, Callable[[Any], Any]] = {
    "missing": lambda _: None,
    "float": {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}.__getitem__,
    "date": datetime.date.fromisoformat,
    "span": lambda seconds: datetime.timedelta(seconds=seconds),
}
_BUILDERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "list": lambda plain: _decode_all(plain["v"]),
    "tuple": lambda plain: tuple(_decode_all(plain["v"])),
    "set": lambda plain: set(_decode_all(plain["v"])),
    "dict": lambda plain: _make_dict(plain["v"]),
    "time": lambda plain: _import_pandas().Timestamp(plain["v"]),
    "series": _make_series,
    "index": lambda plain: _import_pandas().Index(_decode_all(plain["v"])),
    "frame": _make_frame,
}
