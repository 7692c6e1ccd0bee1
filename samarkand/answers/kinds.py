"""Kinds of answers: what form an answer must have, in which unit, and when two are the same.

A kind reads any form that a sensible student may choose (a Series or a list, any order of columns) and
refuses the others with a sentence. It knows nothing of what is right: it is part of the student's own copy,
where it gives instant feedback on form.
"""

from __future__ import annotations

# ruff: noqa: PLR0911 - one return a kind of value reads best
import datetime
import math
from dataclasses import dataclass, field
from typing import Any

from samarkand.answers.decode import Column, Items, Opaque, Pairs, Table, Value


class WrongForm(ValueError):
    """An answer that is not of the kind asked for; the sentence says what was expected."""


class Kind:
    """What all kinds share."""

    def asked(self) -> str:
        """Say in a few words what is asked for."""
        raise NotImplementedError

    def read(self, value: Value) -> Any:
        """Bring an answer into the one form that is compared; raise :class:`WrongForm` if there is none."""
        raise NotImplementedError

    def same(self, answer: Any, expected: Any) -> bool:
        """Say whether two read answers are the same."""
        return bool(type(answer) is type(expected) and answer == expected)

    def to_json(self) -> dict[str, Any]:
        """Write the kind for the student's copy."""
        own = {
            name: value for name, value in vars(self).items() if not isinstance(value, Kind | tuple | dict)
        }
        return {"kind": type(self).__name__, **own}


def from_json(form: dict[str, Any]) -> Kind:
    """Build the kind that :meth:`Kind.to_json` has written.

    Examples
    --------
    >>> from_json({"kind": "Whole", "unit": "states"}).asked()
    'a whole number (states)'
    """
    options = dict(form)
    kind = {c.__name__: c for c in (Number, Whole, Truth, Text, Day, Codes, Ordered, Together, ByKey, Rows)}[
        options.pop("kind")
    ]
    for name in ("of", "key"):
        if options.get(name):
            options[name] = from_json(options[name])
    if "parts" in options:
        options["parts"] = tuple(from_json(part) for part in options["parts"])
    if "columns" in options:
        options["columns"] = {name: from_json(part) for name, part in options["columns"].items()}
    built: Kind = kind(**options)
    return built


def described(value: Value) -> str:
    """Say what an answer is, for a sentence: "a text", "a table of 8 rows"."""
    if value is None:
        return "a missing value"
    if isinstance(value, bool):
        return "True or False"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, datetime.timedelta):
        return "a span of time"
    if isinstance(value, datetime.date):
        return "a date"
    if isinstance(value, Items):
        return f"a {value.kind} of {len(value.values)}"
    if isinstance(value, Pairs):
        return f"a dict of {len(value.pairs)}"
    if isinstance(value, Column):
        return f"a Series of {len(value.values)}"
    if isinstance(value, Table):
        return f"a table of {len(value.index)} rows and {len(value.names)} columns"
    if isinstance(value, Opaque) and value.kind == "function":
        return "a function"
    if isinstance(value, Opaque) and value.kind == "big":
        return "far more than was asked for"
    return "an object of another type"


def _one(value: Value) -> Value:
    """Take the single value out of a Series, a list or a table of one."""
    if isinstance(value, Items | Column) and len(value.values) == 1:
        return value.values[0]
    if isinstance(value, Table) and len(value.names) == len(value.index) == 1:
        return value.columns[0][0]
    return value


def _row(value: Value) -> Value:
    """Take the one row out of what holds a row and nothing else: values of a table, a list of records."""
    while isinstance(value, Items | Column) and len(value.values) == 1:
        (inner,) = value.values
        if not isinstance(inner, Items | Column | Pairs | Table):
            break
        value = inner
    return value


def _many(value: Value, asked: str) -> tuple[Value, ...]:
    value = _row(value)
    if isinstance(value, Items | Column):
        return value.values
    if isinstance(value, Table) and len(value.names) == 1:
        return value.columns[0]
    if isinstance(value, Table) and len(value.index) == 1:
        return tuple(column[0] for column in value.columns)
    raise WrongForm(f"This is {described(value)}; expected was {asked}.")


def _in_order(value: Value, asked: str) -> tuple[Value, ...]:
    """Take several values in the order they stand in; a dict and a row of a table have one too."""
    value = _row(value)
    if isinstance(value, Items) and value.kind == "set":
        raise WrongForm(f"A set has no order; expected was {asked}.")
    if isinstance(value, Pairs):
        return tuple(v for _, v in value.pairs)
    return _many(value, asked)


_NOT_FINITE = "This is not a finite number: is a missing value or a division by zero in it?"


def _in(unit: str) -> str:
    return f" ({unit})" if unit else ""


@dataclass(frozen=True)
class Number(Kind):
    """A number, compared within a tolerance.

    Parameters
    ----------
    unit : str
        The unit, as the question states it.
    tolerance : float
        The largest difference that still counts as the same, in that unit.
    low, high : float, optional
        Outside these no answer can lie, whatever the data say (a share lies between 0 and 100).
    """

    unit: str = ""
    tolerance: float = 1e-9
    low: float = -math.inf
    high: float = math.inf

    def asked(self) -> str:
        """Say in a few words what is asked for."""
        return f"a number{_in(self.unit)}"

    def read(self, value: Value) -> float:
        """Take any finite number."""
        value = _one(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise WrongForm(f"This is {described(value)}; expected was {self.asked()}.")
        number = float(value)
        if not math.isfinite(number):
            raise WrongForm(_NOT_FINITE)
        # Sums of floats miss a bound by a hair.
        if not self.low - self.tolerance <= number <= self.high + self.tolerance:
            raise WrongForm(
                f"No answer to this can lie outside {self.low:g} to {self.high:g}{_in(self.unit)}: "
                "check the unit."
            )
        return number

    def same(self, answer: float, expected: float) -> bool:
        """Compare within the tolerance; a hair more, so that a bound like 0.05 means what it says."""
        return abs(answer - expected) <= self.tolerance * (1 + 1e-9) + 1e-12

    def to_json(self) -> dict[str, Any]:
        """Leave infinite bounds out: JSON has none."""
        return {k: v for k, v in super().to_json().items() if not (isinstance(v, float) and math.isinf(v))}


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number; 8.0 counts as 8, and so does what floats make of it."""

    unit: str = ""
    low: int = -(10**12)
    high: int = 10**12

    def asked(self) -> str:
        """Say in a few words what is asked for."""
        return f"a whole number{_in(self.unit)}"

    def read(self, value: Value) -> int:
        """Take an int, or a float without a fraction."""
        value = _one(value)
        if isinstance(value, datetime.timedelta) and "day" in self.unit:
            value = value.total_seconds() / 86400
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise WrongForm(f"This is {described(value)}; expected was {self.asked()}.")
        if not math.isfinite(value):
            raise WrongForm(_NOT_FINITE)
        if abs(value - round(value)) > 1e-6:
            raise WrongForm(f"This has a fraction; expected was {self.asked()}.")
        if not self.low <= value <= self.high:
            raise WrongForm(f"No answer to this can lie outside {self.low} to {self.high}{_in(self.unit)}.")
        return round(value)


@dataclass(frozen=True)
class Truth(Kind):
    """True or False."""

    def asked(self) -> str:
        """Say in a few words what is asked for."""
        return "True or False"

    def read(self, value: Value) -> bool:
        """Take a bool and nothing that merely looks like one."""
        value = _one(value)
        if not isinstance(value, bool):
            raise WrongForm(f"This is {described(value)}; expected was True or False.")
        return value


@dataclass(frozen=True)
class Text(Kind):
    """A text; the case of letters and spaces around it do not matter."""

    what: str = "a text"

    def asked(self) -> str:
        """Say in a few words what is asked for."""
        return self.what

    def read(self, value: Value) -> str:
        """Take a text."""
        value = _one(value)
        if not isinstance(value, str):
            raise WrongForm(f"This is {described(value)}; expected was {self.what}.")
        return " ".join(value.split()).casefold()


@dataclass(frozen=True)
class Day(Kind):
    """A calendar day: a date, a Timestamp or a text like 2022-09-14."""

    def asked(self) -> str:
        """Say in a few words what is asked for."""
        return "a day (a date, or a text like 2022-09-14)"

    def read(self, value: Value) -> datetime.date:
        """Take a date, a time without its hours, or an ISO text."""
        value = _one(value)
        if isinstance(value, datetime.datetime):
            return value.date()
        if isinstance(value, datetime.date):
            return value
        if isinstance(value, str):
            try:
                return datetime.datetime.fromisoformat(value.strip()).date()
            except ValueError:
                pass
        raise WrongForm(f"This is {described(value)}; expected was {self.asked()}.")


@dataclass(frozen=True)
class Codes(Kind):
    """A collection of codes in which neither order nor case nor the kind of collection matters."""

    what: str = "country codes of three letters"
    letters: int = 3

    def asked(self) -> str:
        """Say in a few words what is asked for."""
        return f"a list or set of {self.what}"

    def read(self, value: Value) -> frozenset[str]:
        """Take a list, set, array, index, Series, the keys of a dict or a text."""
        if isinstance(value, str):
            value = Items("list", (value,))
        if isinstance(value, Pairs) and not any(v is False for _, v in value.pairs):
            keys, values = ([pair[n] for pair in value.pairs] for n in (0, 1))
            # A Series that was made a dict has numbers for keys.
            value = Items("list", tuple(keys if any(isinstance(k, str) for k in keys) else values))
        if isinstance(value, Column) and not value.values:
            return frozenset()
        found = _many(value, self.asked())
        if not all(isinstance(v, str) for v in found):
            index = " What stands in the index is not read." if isinstance(value, Column) else ""
            raise WrongForm(f"Not all of these are texts; expected was {self.asked()}.{index}")
        codes = [str(v).strip().upper() for v in found]
        if not all(len(code) == self.letters and code.isalpha() for code in codes):
            raise WrongForm(f"Not all of these are {self.what}.")
        if len(set(codes)) != len(codes):
            raise WrongForm("Something stands in it more than once.")
        return frozenset(codes)


@dataclass(frozen=True)
class Ordered(Kind):
    """A list in which the order matters."""

    of: Kind = field(default_factory=Text)
    length: int = 0

    def asked(self) -> str:
        """Say in a few words what is asked for."""
        count = f"{self.length} times " if self.length else ""
        return f"a list, in order: {count}{self.of.asked()}"

    def read(self, value: Value) -> tuple[Any, ...]:
        """Take a list, tuple, array, index, Series, dict or row; a set has no order."""
        found = _in_order(value, self.asked())
        if self.length and len(found) != self.length:
            raise WrongForm(f"These are {len(found)}; expected were {self.length}.")
        return tuple(self.of.read(v) for v in found)

    def same(self, answer: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
        """Compare one by one."""
        return len(answer) == len(expected) and all(map(self.of.same, answer, expected))

    def to_json(self) -> dict[str, Any]:
        """Write the inner kind too."""
        return {"kind": "Ordered", "of": self.of.to_json(), "length": self.length}


@dataclass(frozen=True)
class Together(Kind):
    """Several values in a fixed order, each of its own kind."""

    parts: tuple[Kind, ...] = ()

    def asked(self) -> str:
        """Say in a few words what is asked for."""
        return f"{len(self.parts)} values in this order: " + "; ".join(part.asked() for part in self.parts)

    def read(self, value: Value) -> tuple[Any, ...]:
        """Take a tuple, list, array, Series, dict or row of the right length."""
        found = _in_order(value, self.asked())
        if len(found) != len(self.parts):
            raise WrongForm(f"These are {len(found)} values; expected were {self.asked()}.")
        return tuple(part.read(v) for part, v in zip(self.parts, found, strict=True))

    def same(self, answer: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
        """Compare part by part."""
        return all(part.same(a, e) for part, a, e in zip(self.parts, answer, expected, strict=True))

    def to_json(self) -> dict[str, Any]:
        """Write the parts too."""
        return {"kind": "Together", "parts": [part.to_json() for part in self.parts]}


def _key(value: Value) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise WrongForm(f"This is {described(value)}; expected was a text or a whole number.")
    return str(value).strip().casefold()


@dataclass(frozen=True)
class ByKey(Kind):
    """A value for each key: a Series, a dict, or a table with the key in the index or first column.

    Of a table of one row the names of its columns are the keys. With ``zeros``, what has 0 may be left out.
    """

    of: Kind = field(default_factory=Number)
    keys: str = "country codes"
    ordered: bool = False
    key: Kind | None = None
    zeros: bool = False

    def asked(self) -> str:
        """Say in a few words what is asked for."""
        order = ", sorted as asked" if self.ordered else ""
        return f"a Series or dict with {self.keys} as index{order}, and for each {self.of.asked()}"

    def read(self, value: Value) -> dict[str, Any]:
        """Take whatever gives one value a key."""
        value = _row(value)
        if isinstance(value, Pairs):
            pairs = list(value.pairs)
        elif isinstance(value, Column):
            pairs = list(zip(value.index, value.values, strict=True))
        elif isinstance(value, Table) and len(value.names) == 2:
            pairs = list(zip(*value.columns, strict=True))
        elif isinstance(value, Table) and len(value.names) == 1:
            pairs = list(zip(value.index, value.columns[0], strict=True))
        elif isinstance(value, Table) and len(value.index) == 1:
            pairs = [(name, column[0]) for name, column in zip(value.names, value.columns, strict=True)]
        else:
            raise WrongForm(f"This is {described(value)}; expected was {self.asked()}.")
        keys = [self._read_key(_one(k)) for k, _ in pairs]
        if len(set(keys)) != len(keys):
            raise WrongForm(
                f"A key stands in it more than once; expected was one value for each of the {self.keys}."
            )
        found = {k: self.of.read(v) for k, (_, v) in zip(keys, pairs, strict=True)}
        return {k: v for k, v in found.items() if v or not self.zeros}

    def _read_key(self, value: Value) -> str:
        try:
            return _key(self.key.read(value) if self.key else value)
        except WrongForm:
            asked = self.key.asked() if self.key else "a text or a whole number"
            raise WrongForm(f"A key is {described(value)}; expected was {asked}.") from None

    def same(self, answer: dict[str, Any], expected: dict[str, Any]) -> bool:
        """Compare key by key, and the order of keys where it was asked for."""
        if answer.keys() != expected.keys() or (self.ordered and list(answer) != list(expected)):
            return False
        return all(self.of.same(answer[k], expected[k]) for k in expected)

    def to_json(self) -> dict[str, Any]:
        """Write the inner kind too."""
        form = {"kind": "ByKey", "of": self.of.to_json(), "keys": self.keys, "ordered": self.ordered}
        form |= {"zeros": True} if self.zeros else {}
        return form | ({"key": self.key.to_json()} if self.key else {})


@dataclass(frozen=True)
class Rows(Kind):
    """A table with named columns, in any order of columns; other columns are left aside."""

    columns: dict[str, Kind] = field(default_factory=dict)
    ordered: bool = False

    def asked(self) -> str:
        """Say in a few words what is asked for."""
        return "a table with the columns " + ", ".join(self.columns)

    def read(self, value: Value) -> tuple[tuple[Any, ...], ...]:
        """Take a DataFrame; a column that stands in its index counts too."""
        if not isinstance(value, Table):
            raise WrongForm(f"This is {described(value)}; expected was {self.asked()}.")
        names = [str(name) for name in value.names]
        missing = [name for name in self.columns if name not in names]
        if any(names.count(name) > 1 for name in self.columns):
            raise WrongForm("A column that was asked for stands in the table more than once.")
        found = dict(zip(names, value.columns, strict=True))
        if len(missing) == 1:
            found[missing[0]] = value.index
        elif missing:
            raise WrongForm(f"The table has no columns {', '.join(missing)}.")
        rows = zip(*([kind.read(v) for v in found[name]] for name, kind in self.columns.items()), strict=True)
        return tuple(rows) if self.ordered else tuple(sorted(rows, key=repr))

    def same(self, answer: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
        """Compare row by row."""
        kinds = tuple(self.columns.values())
        return len(answer) == len(expected) and all(
            kind.same(a, e)
            for row, other in zip(answer, expected, strict=True)
            for kind, a, e in zip(kinds, row, other, strict=True)
        )

    def to_json(self) -> dict[str, Any]:
        """Write the kinds of the columns too."""
        columns = {name: kind.to_json() for name, kind in self.columns.items()}
        return {"kind": "Rows", "columns": columns, "ordered": self.ordered}
