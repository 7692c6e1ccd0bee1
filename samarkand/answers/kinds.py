"""Kinds of answers: the form and unit that an answer must have, and when two answers are equal.

A kind reads any form that a sensible student may choose (a Series or a list, any order of columns) and
refuses the others with a sentence. It does not know the right answer: it is part of the student's own copy,
where it gives instant feedback on form.
"""

from __future__ import annotations

import datetime
import itertools
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, TypeAlias

from samarkand.answers.decode import Column, Items, Opaque, Pairs, Table, Value
from samarkand.answers.typed_numbers import QUOTES, NotANumber, read_number
from samarkand.common.words import join_in_words, tr, trn


class WrongForm(ValueError):
    """An answer that is not of the kind asked for.

    Parameters
    ----------
    sentence : str
        What the student sees: what it is, and what was expected.
    code : str
        What is wrong, in two or three words that stay when the sentence changes.
    **fields : object
        What it is about, by name: the column that is missing, the bound.

    Attributes
    ----------
    code : str
        As given.
    fields : dict
        As given.
    """

    def __init__(self, sentence: str, *, code: str, **fields: object) -> None:
        super().__init__(sentence)
        self.code = code
        self.fields = fields


class Kind:
    """The base class of all kinds of answers."""

    _known: ClassVar[dict[str, type[Kind]]] = {}
    #: Description of the kind in a few words.
    what: Any = ""
    form: ClassVar[str] = "{what}"

    def __init_subclass__(cls) -> None:
        """Remember the kind under its name."""
        Kind._known[cls.__name__] = cls

    def asked(self) -> str:
        """Describe the kind in a few words, with its unit if it has one."""
        what = self.form.format(what=self.what)
        unit = getattr(self, "unit", "")
        return tr("{what} ({unit})", what=what, unit=unit) if unit else what

    def read(self, value: Value) -> Any:
        """Convert an answer to the form that is compared; raise :class:`WrongForm` if it does not fit."""
        raise NotImplementedError

    def same(self, answer: Any, expected: Any) -> bool:
        """Return whether two answers, as returned by `read`, are equal."""
        return bool(type(answer) is type(expected) and answer == expected)

    def clue(self, answer: Any, expected: Any) -> str:
        """Return what a wrong answer lacks, without the right one; "" if a kind sees nothing of its own."""
        return ""

    def to_json(self) -> dict[str, Any]:
        """Return the kind as JSON for the student's copy: its name, and fields that are not the defaults."""
        usual = type(self)()
        own = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
        changed = {
            name: _write_argument(value) for name, value in own.items() if value != getattr(usual, name)
        }
        return {"kind": type(self).__name__, **changed}

    def exactly(self) -> Kind:
        """Return the same kind without its tolerance.

        Examples
        --------
        >>> wide = Together((Number("km", 5), Whole()))
        >>> wide.same((12.0, 3), (14.0, 3)), wide.exactly().same((12.0, 3), (14.0, 3))
        (True, False)
        """
        return self._changed(_leave_out_tolerance)

    def in_any_unit(self) -> Kind:
        """Return the same kind, which also accepts numbers in other units: thousands, shares, and so on.

        Examples
        --------
        >>> kind = PerCent(0.1, 0, 100)
        >>> kind.same(0.457, 45.7), kind.in_any_unit().same(0.457, 45.7)
        (False, True)
        """
        return self._changed(_allow_any_unit)

    def of_any_size(self) -> Kind:
        """Return the same kind, which also accepts numbers that no right answer can be.

        Examples
        --------
        >>> Together((Number("index", 0.1, 0, 1), Whole())).of_any_size().read(Items("tuple", (-0.5, 3)))
        (-0.5, 3)
        """
        return self._changed(_allow_any_size)

    def _changed(self, change: Change) -> Kind:
        """Return the same kind with arguments changed by a function, also those of the kinds within it."""
        own = {f.name: _change_within(getattr(self, f.name), change) for f in fields(self) if f.init}  # type: ignore[arg-type]
        return type(self)(**change(self, own))


Change: TypeAlias = "Callable[[Kind, dict[str, Any]], dict[str, Any]]"


def _leave_out_tolerance(_: Kind, own: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a kind without its tolerance."""
    return {name: value for name, value in own.items() if name != "tolerance"}


def _allow_any_unit(kind: Kind, own: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a kind; a number may have any size and unit."""
    if not isinstance(kind, Number):
        return own
    return own | {"low": -math.inf, "high": math.inf, "any_unit": True}


def _allow_any_size(kind: Kind, own: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a kind; a number may have any size."""
    if isinstance(kind, Number):
        return own | {"low": -math.inf, "high": math.inf}
    if isinstance(kind, Whole):
        return own | {"low": Whole.low, "high": Whole.high}
    return own


def _write_argument(value: Any) -> Any:
    if isinstance(value, Kind):
        return value.to_json()
    if isinstance(value, dict):
        return {name: _write_argument(part) for name, part in value.items()}
    return [_write_argument(part) for part in value] if isinstance(value, tuple) else value


def _change_within(value: Any, change: Change) -> Any:
    if isinstance(value, dict):
        return {name: _change_within(part, change) for name, part in value.items()}
    if isinstance(value, tuple):
        return tuple(_change_within(part, change) for part in value)
    return value._changed(change) if isinstance(value, Kind) else value


def from_json(form: dict[str, Any]) -> Kind:
    """Build the kind that :meth:`Kind.to_json` has written.

    Examples
    --------
    >>> from_json({"kind": "Whole", "unit": "states"}).asked()
    'a whole number (states)'
    """
    options = {name: _build_argument(value) for name, value in form.items() if name != "kind"}
    return Kind._known[form["kind"]](**options)


def _build_argument(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_build_argument, value))
    if isinstance(value, dict):
        is_kind = isinstance(value.get("kind"), str)
        return from_json(value) if is_kind else {name: _build_argument(part) for name, part in value.items()}
    return value


def describe_value(value: Value) -> str:  # noqa: PLR0911 - one a kind of value
    """Describe an answer for a sentence: "a text", "a table of 8 rows"."""
    if isinstance(value, Items):
        n = len(value.values)
        if value.kind == "tuple":
            return trn("a row of {n} value", "a row of {n} values", n)
        return tr("a set of {n}", n=n) if value.kind == "set" else tr("a list of {n}", n=n)
    if isinstance(value, Pairs):
        return trn("{n} name with its value", "{n} names with their values", len(value.pairs))
    if isinstance(value, Column):
        return trn("a column of {n} value", "a column of {n} values", len(value.values))
    if isinstance(value, Table):
        rows = trn("{n} row", "{n} rows", len(value.index))
        columns = trn("{n} column", "{n} columns", len(value.names))
        return tr("a table of {rows} and {columns}", rows=rows, columns=columns)
    if isinstance(value, Opaque):
        opaque = {"function": tr("something that was not called"), "big": tr("far more than was asked for")}
        if value.type.endswith("GroupBy"):
            return tr("a table in groups, of which nothing has been worked out yet")
        known = tr("something of the type {name}", name=value.type) if value.type.isidentifier() else ""
        return opaque.get(value.kind) or known or tr("something else")
    return next(words for kind, words in _SINGLE if isinstance(value, kind))


#: Name of a single value by type; in this order, since True is also an int, and a time also a date.
_SINGLE = (
    (type(None), tr("a missing value")),
    (bool, tr("True or False")),
    (int | float, tr("a number")),
    (str, tr("a text")),
    (datetime.timedelta, tr("a span of time")),
    (datetime.date, tr("a date")),
    (object, tr("something else")),
)


def make_refusal(value: Value, asked: str, hint: str = "") -> WrongForm:
    """Return the error for an answer of another kind: it names both kinds and a likely cause.

    Examples
    --------
    >>> print(make_refusal(None, "a number"))
    This is a missing value; expected was a number. Was it only printed, or is a row missing?
    """
    if value is None:
        hint = tr("Was it only printed, or is a row missing?")
    elif isinstance(value, Opaque) and value.kind == "function":
        hint = tr("Did you leave out the brackets ()?")
    elif isinstance(value, Items | Column | Table | Pairs) and not _count_parts(value):
        hint = tr("Look at your filter: does it keep any row?")
    said = tr("This is {given}; expected was {asked}.", given=describe_value(value), asked=asked)
    return WrongForm(f"{said} {hint}".strip(), code="of another kind", given=value, asked=asked)


def _count_parts(value: Items | Column | Table | Pairs) -> int:
    if isinstance(value, Table):
        return len(value.index)
    return len(value.pairs if isinstance(value, Pairs) else value.values)


def _refuse_for_one(value: Value, asked: str, hint: str = "") -> WrongForm:
    """Refuse an answer where a single value is asked for."""
    if isinstance(value, Table):
        hint = tr("Count its rows, or choose the column to calculate with.")
    elif isinstance(value, Column) and _is_condition(value):
        hint = tr(
            "It is a condition: True or False for each row. It keeps rows, and its sum() counts the True."
        )
    elif isinstance(value, Column) and value.values and all(_is_missing(one) for one in value.values):
        hint = tr("All of it is empty: were rows or columns of different names calculated with together?")
    elif isinstance(value, Column) and _mixes_texts_and_numbers(value):
        hint = tr("A whole table was calculated with, its texts too. Choose the column first.")
    elif isinstance(value, Items | Column | Pairs):
        hint = tr("Count them, add them up, or pick the one that is asked for.")
    return make_refusal(value, asked, hint)


def _mixes_texts_and_numbers(value: Column) -> bool:
    found = {isinstance(one, str) for one in value.values if one is not None}
    return found == {True, False}


def _need_number(value: Value, asked: str, *, whole: bool = False) -> float:
    """Take a single finite number, where only a whole one may be meant."""
    value = _unwrap_value(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        parts = value.values if isinstance(value, Items) and value.kind == "tuple" else ()
        if len(parts) > 2 and all(isinstance(part, int | float) for part in parts):
            hint = tr("Python takes a comma for the end of a number: write 290,000 as 290000.")
            raise make_refusal(value, asked, hint)
        if len(parts) == 2:
            hint = tr("A comma makes two values of it.")
            meant = _list_numbers_meant(*parts)
            if whole:
                meant = [one for one in meant if "." not in one]
            if meant:
                hint = tr(
                    "Python takes a comma for the end of a number. Is {number} meant?",
                    number=join_in_words(meant, last="or"),
                )
            raise make_refusal(value, asked, hint)
        raise _refuse_for_one(value, asked, _hint_on_quotes(value) if isinstance(value, str) else "")
    if math.isnan(value):
        said = tr(
            "This is nan, an empty cell: you calculated with empty cells alone, or divided 0 by 0. Did a "
            "word get no number, or did you subtract rows or columns that have different names?"
        )
        raise WrongForm(said, code="nan")
    if math.isinf(value):
        raise WrongForm(
            tr("This is endless: somewhere you divided by 0. Is a fraction upside down?"), code="endless"
        )
    return value


def _list_numbers_meant(whole: Value, part: Value) -> list[str]:
    """Return the numbers that a pair may mean: Python reads 45,7 and 1,200 as tuples."""
    if type(whole) is not int or type(part) is not int or part < 0:
        return []
    thousands = [f"{whole}{part}"] if whole and 100 <= part <= 999 else []
    return [f"{whole}.{part}", *thousands]


def _hint_on_quotes(text: str) -> str:
    """Return a hint on writing a number without the quotes around it."""
    try:
        number = read_number(text).value
    except NotANumber:
        return tr("Write digits, without quotes: 45.7 or 1200.")
    return tr("Take the quotes away, and write {number:.12g}.", number=number)


def _unwrap_value(value: Value) -> Value:
    """Return the single value of a Series, a list or a table that has only one; others as they are."""
    while isinstance(value, Items | Column) and len(value.values) == 1:
        value = value.values[0]
    if isinstance(value, Table) and len(value.names) == len(value.index) == 1:
        return value.columns[0][0]
    return value


def _unwrap_row(value: Value) -> Value:
    """Unwrap a collection that holds only one row: ``table.values``, a list of one record."""
    while isinstance(value, Items | Column) and len(value.values) == 1:
        (inner,) = value.values
        if not isinstance(inner, Items | Column | Pairs | Table):
            break
        value = inner
    return value


def _need_several(value: Value, asked: str) -> tuple[Value, ...]:
    value = _unwrap_row(value)
    if isinstance(value, Items | Column):
        return value.values
    if isinstance(value, Table) and len(value.names) == 1:
        return value.columns[0]
    if isinstance(value, Table) and len(value.index) == 1:
        return tuple(column[0] for column in value.columns)
    raise make_refusal(value, asked)


def _list_in_order(value: Value, asked: str) -> tuple[Value, ...]:
    """Return several values in their order, also those of a dict or a table's row; `WrongForm` for a set."""
    value = _unwrap_row(value)
    if isinstance(value, Items) and value.kind == "set":
        said = tr("A set has no order; expected was {asked}.", asked=asked)
        raise WrongForm(said, code="no order", asked=asked)
    if isinstance(value, Pairs):
        return tuple(v for _, v in value.pairs)
    return _need_several(value, asked)


#: Factors between a right number and the same in another unit: per cent, thousands, millions.
UNITS = tuple(float(f"1e{power}") for power in (2, 3, 6, 9, -2, -3, -6, -9))


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
    any_unit : bool
        Whether the right number in another unit counts as the same.
    """

    what = tr("a number")
    unit: str = ""
    tolerance: float = 1e-9
    low: float = -math.inf
    high: float = math.inf
    any_unit: bool = False

    def read(self, value: Value) -> float:
        """Take any finite number."""
        number = float(_need_number(value, self.asked()))
        # Sums of floats miss a bound by a hair.
        if not self.low - self.tolerance <= number <= self.high + self.tolerance:
            raise _refuse_outside(self.low, self.high, self.unit)
        return number

    def same(self, answer: float, expected: float) -> bool:
        """Compare within the tolerance, plus a rounding error, so that a difference of 0.05 passes 0.05."""
        if abs(answer - expected) <= self.tolerance * (1 + 1e-9) + 1e-9 * max(1.0, abs(expected)):
            return True
        # Near 0 the tolerance is wide: a hundredth of many a number would lie within.
        narrow = max(min(self.tolerance, 0.02 * abs(expected)), 1e-9 * abs(expected))
        return self.any_unit and any(abs(answer * factor - expected) <= narrow for factor in UNITS)


def _refuse_outside(low: float, high: float, unit: str, *, counted: bool = False) -> WrongForm:
    """Return the error for a number that no answer can be; what is `counted` has no other unit."""
    if math.isinf(high):
        said = tr("No answer to this can lie below {low:.12g}.", low=low)
    elif math.isinf(low):
        said = tr("No answer to this can lie above {high:.12g}.", high=high)
    else:
        end = tr(" ({unit}).", unit=unit) if unit and not counted else "."
        said = tr(
            "No answer to this can lie outside {low:.12g} to {high:.12g}{end}", low=low, high=high, end=end
        )
    return WrongForm(said, code="out of range", low=low, high=high)


@dataclass(frozen=True)
class PerCent(Number):
    """A share or a change in per cent."""

    unit: str = field(default=tr("per cent"), init=False)


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number; 8.0 counts as 8, also with a rounding error."""

    what = tr("a whole number")
    unit: str = ""
    low: int = -(10**12)
    high: int = 10**12

    def read(self, value: Value) -> int:
        """Take an int, or a float without a fraction."""
        number = _need_number(value, self.asked(), whole=True)
        if abs(number - round(number)) > 1e-6:
            said = tr("This has a fraction; expected was {asked}.", asked=self.asked())
            raise WrongForm(said, code="a fraction", given=number)
        whole = round(number)
        if not self.low <= whole <= self.high:
            raise _refuse_outside(self.low, self.high, self.unit, counted=True)
        return whole


@dataclass(frozen=True)
class Days(Whole):
    """A number of days; a span of time counts as its days."""

    unit: str = field(default=tr("days"), init=False)

    def read(self, value: Value) -> int:
        """Take a whole number or a span of whole days."""
        value = _unwrap_value(value)
        if isinstance(value, datetime.timedelta):
            value = value.total_seconds() / 86400
        return super().read(value)


@dataclass(frozen=True)
class Truth(Kind):
    """True or False."""

    what = tr("True or False")

    def read(self, value: Value) -> bool:
        """Take a bool and nothing that merely looks like one."""
        value = _unwrap_value(value)
        if not isinstance(value, bool):
            raise _refuse_for_one(
                value, self.asked(), tr("Write True or False: a capital letter, no quotes.")
            )
        return value


@dataclass(frozen=True)
class Text(Kind):
    """A text; the case of letters and spaces around it do not matter."""

    what: str = tr("a text")

    def read(self, value: Value) -> str:
        """Take a text."""
        value = _unwrap_value(value)
        if not isinstance(value, str):
            raise _refuse_for_one(value, self.what)
        if len(value) > 2 and value[0] in QUOTES and value[-1] in QUOTES:
            said = tr("There are quotes within the quotes. One pair around the text is enough.")
            raise WrongForm(said, code="quotes within quotes")
        return " ".join(value.split()).casefold()


@dataclass(frozen=True)
class Choice(Text):
    """One of some words."""

    options: tuple[str, ...] = ()

    def read(self, value: Value) -> str:
        """Take a text that is one of the words."""
        text = super().read(value)
        if text not in self.options:
            options = join_in_words(self.options, last="or")
            said = tr('"{text}" is none of them: {options}.', text=text, options=options)
            raise WrongForm(said, code="none of them", given=text, options=self.options)
        return text


@dataclass(frozen=True)
class Day(Kind):
    """A calendar day: a date, a Timestamp or a text like 2022-09-14."""

    what = tr("a day (a date, or a text like 2022-09-14)")

    def read(self, value: Value) -> datetime.date:
        """Take a date, a time without its hours, or an ISO text."""
        value = _unwrap_value(value)
        if isinstance(value, datetime.datetime):
            return value.date()
        if isinstance(value, datetime.date):
            return value
        if isinstance(value, str):
            try:
                return datetime.datetime.fromisoformat(value.strip()).date()
            except ValueError:
                pass
        raise _refuse_for_one(value, self.asked())


#: Words that leave open who decides.
VAGUE = re.compile(r"(?i)\b(will be clear|we will see|by events)\b")


@dataclass(frozen=True)
class Settling(Kind):
    """The settlement of a forecast: a day later than `after`, and a rule of five words or more."""

    what = tr("a day and a rule, each in quotation marks, with a comma between")
    after: str = ""

    def read(self, value: Value) -> tuple[datetime.date, str]:
        """Take a pair of a day and a rule; the quality of the rule is not judged."""
        found = _list_in_order(value, self.asked())
        if len(found) != 2:
            raise make_refusal(value, self.asked())
        day = Day().read(found[0])
        rule = Text(tr("a rule")).read(found[1])
        if day.isoformat() <= self.after:
            asks = tr(
                "After which day is there nothing left to argue about? It is later than {day}.",
                day=self.after,
            )
            raise WrongForm(asks, code="an early day", given=day, after=self.after)
        if len(rule.split()) < 5 or VAGUE.search(rule):
            asks = tr("Who would have to do what, so that a stranger could say yes or no?")
            raise WrongForm(asks, code="a vague rule")
        return day, rule


@dataclass(frozen=True)
class Codes(Kind):
    """A collection of codes in which neither order nor case nor the kind of collection matters."""

    form = tr("a list or set of {what}")
    what: str = tr("country codes of three letters")

    def read(self, value: Value) -> frozenset[str]:
        """Take a list, set, array, index, Series, the keys of a dict or a text."""
        if isinstance(value, str):
            value = Items("list", (value,))
        if isinstance(value, Pairs) and not any(v is False for _, v in value.pairs):
            keys = [key for key, _ in value.pairs]
            values = [one for _, one in value.pairs]
            # A Series that was made a dict has numbers for keys.
            value = Items("list", tuple(keys if any(isinstance(k, str) for k in keys) else values))
        codes = [text.upper() for text in _need_texts(value, self.asked())]
        if not all(len(code) == 3 and code.isalpha() for code in codes):
            raise WrongForm(tr("Not all of these are {what}.", what=self.what), code="not all codes")
        if len(set(codes)) != len(codes):
            raise WrongForm(tr("Something is in it more than once."), code="twice")
        return frozenset(codes)


def _need_texts(value: Value, asked: str, *, gaps: bool = False) -> list[str]:
    """Take several texts; `gaps` allows missing values among them."""
    found = list(_need_several(value, asked))
    if gaps:
        found = [v for v in found if v is not None and not (isinstance(v, float) and math.isnan(v))]
    texts = [v.strip() for v in found if isinstance(v, str)]
    if len(texts) != len(found):
        said = tr("Not all of these are texts; expected was {asked}.", asked=asked)
        index = tr("The labels at the left do not count.") if isinstance(value, Column) else ""
        raise WrongForm(f"{said} {index}".strip(), code="not all texts", asked=asked)
    return texts


@dataclass(frozen=True)
class Texts(Kind):
    """A set of any texts, such as ids, in any collection; missing values are ignored.

    Of several there are at least ``fewest``.
    """

    form = tr("a set or list of {what}")
    what: str = tr("texts")
    fewest: int = 0

    def read(self, value: Value) -> frozenset[str]:
        """Take a list, set, array, index, Series, a table of one column, or the keys of a dict."""
        if isinstance(value, str):
            joined = all(re.search(r"\d|^$", part) for part in re.split(r"[,;\s]+", value)) and len(value) > 6
            several = tr("Put each in quotes of its own, with commas between.")
            one = tr("It is one alone. Are others asked for, too?")
            raise make_refusal(value, self.asked(), several if joined else one)
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise make_refusal(value, self.asked(), tr("Which ones are they, not how many?"))
        if isinstance(value, Pairs):
            value = Items("list", tuple(key for key, _ in value.pairs))
        found = frozenset(text.casefold() for text in _need_texts(value, self.asked(), gaps=True))
        if 1 < len(found) < self.fewest:
            said = tr(
                "There are {n} of them. At least {fewest} are asked for.", n=len(found), fewest=self.fewest
            )
            raise WrongForm(said, code="too few", given=len(found), fewest=self.fewest)
        return found


@dataclass(frozen=True)
class Together(Kind):
    """Several values in a fixed order, each of its own kind."""

    parts: tuple[Kind, ...] = ()

    def asked(self) -> str:
        """Describe the kind in a few words."""
        each = [part.asked() for part in self.parts]
        if len(each) > 3 and len(set(each)) == 1:
            return tr("{n} times {part}", n=len(each), part=each[0])
        parts = "; ".join(each)
        return trn("{n} value: {parts}", "{n} values in this order: {parts}", len(self.parts), parts=parts)

    def read(self, value: Value) -> tuple[Any, ...]:
        """Take a tuple, list, array, Series, dict or row of the right length."""
        found = _list_in_order(value, self.asked())
        if len(found) != len(self.parts):
            text = trn(
                "This is {n} value; expected were {asked}.",
                "These are {n} values; expected were {asked}.",
                len(found),
                asked=self.asked(),
            )
            raise WrongForm(text, code="another number", given=len(found), asked=len(self.parts))
        return tuple(part.read(v) for part, v in zip(self.parts, found, strict=True))

    def same(self, answer: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
        """Compare part by part."""
        return all(part.same(a, e) for part, a, e in zip(self.parts, answer, expected, strict=True))


def _write_key(value: Value) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise make_refusal(value, tr("a text or a whole number"))
    return str(value).strip().casefold()


@dataclass(frozen=True)
class ByKey(Kind):
    """A value for each key: a Series, a dict, or a table with the key in the index or first column.

    Of a table of one row the names of its columns are the keys. With ``zeros``, what has 0 may be left out.
    """

    of: Kind = field(default_factory=Number)
    keys: str = tr("country codes")
    key: Kind | None = None
    zeros: bool = False

    def asked(self) -> str:
        """Describe the kind in a few words."""
        each = self.of.asked()
        return tr(
            "a column with {keys} as labels at its left, and for each {each}", keys=self.keys, each=each
        )

    def read_labels(self, value: Value) -> frozenset[str] | None:
        """Return the labels alone, whatever the values are; None if there are none, or one is twice."""
        try:
            labels = [self._read_key(_unwrap_value(key)) for key, _ in self._list_pairs(value)]
        except WrongForm:
            return None
        return frozenset(labels) if len(set(labels)) == len(labels) else None

    def _list_pairs(self, value: Value) -> list[tuple[Value, Value]]:
        """Return the labels with their values, as they are."""
        value = _unwrap_row(value)
        if isinstance(value, Pairs):
            pairs = list(value.pairs)
        elif isinstance(value, Column):
            pairs = list(zip(value.index, value.values, strict=True))
        elif isinstance(value, Table) and len(value.names) == 2:
            if _has_numbers_alone(value) and not _is_numbered(value):
                raise make_refusal(value, self.asked(), tr("Choose the one column that is asked for."))
            pairs = list(zip(*value.columns, strict=True))
        elif isinstance(value, Table) and len(value.names) == 1:
            pairs = list(zip(value.index, value.columns[0], strict=True))
        elif isinstance(value, Table) and len(value.index) == 1:
            pairs = [(name, column[0]) for name, column in zip(value.names, value.columns, strict=True)]
        else:
            several = isinstance(value, Table) and len(value.names) > 2
            hint = tr("Choose the one column that is asked for.") if several else ""
            raise make_refusal(value, self.asked(), hint)
        return pairs

    def read(self, value: Value) -> dict[str, Any]:
        """Take anything that gives one value per key."""
        pairs = self._list_pairs(value)
        keys = [self._read_key(_unwrap_value(k)) for k, _ in pairs]
        if len(set(keys)) != len(keys):
            said = tr(
                "A label is in it more than once; expected was one value for each of the {keys}.",
                keys=self.keys,
            )
            raise WrongForm(said, code="twice", keys=self.keys)
        found = {}
        for key, (typed, of_it) in zip(keys, pairs, strict=True):
            found[key] = self._read_of(key, of_it, str(_unwrap_value(typed)).strip())
        return {k: v for k, v in found.items() if v or not self.zeros}

    def _read_of(self, key: str, value: Value, typed: str) -> Any:
        """Read the value of a key; an error names the label as it was `typed`."""
        try:
            return self.of.read(value)
        except WrongForm as problem:
            fields = {**problem.fields, "key": key}
            label = typed if typed.casefold() == key else key
            text = f"{label[:20]}: {problem}"
            if isinstance(value, str) and isinstance(self.of, Number | Whole) and not value.strip().isdigit():
                text = tr(
                    "The values are texts; expected was {asked} for each label. Which column has numbers?",
                    asked=self.of.asked(),
                )
            raise WrongForm(text, code=problem.code, **fields) from None

    def _read_key(self, value: Value) -> str:
        try:
            return _write_key(self.key.read(value) if self.key else value)
        except WrongForm:
            asked = self.key.asked() if self.key else tr("a text or a whole number")
            if isinstance(value, float) and math.isnan(value):
                said = tr("A label at the left is empty (nan): empty cells were counted, too.")
            elif isinstance(value, Items):
                said = tr(
                    "Each label at the left is several values. Choose the one column that makes the labels."
                )
            elif isinstance(value, int | float) and not isinstance(value, bool):
                said = tr(
                    "A label at the left is {number:g}; expected was {asked}.", number=value, asked=asked
                )
            else:
                said = tr(
                    "A label is {given}; expected was {asked}.", given=describe_value(value), asked=asked
                )
            raise WrongForm(said, code="a strange label", given=value) from None

    def same(self, answer: dict[str, Any], expected: dict[str, Any]) -> bool:
        """Compare key by key."""
        return answer.keys() == expected.keys() and all(
            self.of.same(answer[k], expected[k]) for k in expected
        )


def _is_numbered(value: Table) -> bool:
    """Return whether the rows of a table are called by numbers, as pandas does by itself."""
    return all(type(label) is int for label in value.index)


def _has_numbers_alone(value: Table) -> bool:
    """Return whether all columns of a table hold numbers, so that none can be the labels."""
    cells = itertools.chain.from_iterable(value.columns)
    return all(isinstance(cell, int | float) for cell in cells)


#: The fewest words of a title that says something.
WORDS_OF_A_TITLE = 4
#: What a bar shows of the values of its category, by the name that Altair has for it.
AGGREGATES: dict[str, Callable[[Sequence[float]], float]] = {
    "sum": math.fsum,
    "mean": lambda values: math.fsum(values) / len(values),
    "average": lambda values: math.fsum(values) / len(values),
    "min": min,
    "max": max,
}


def read_title(chart: dict[str, Any]) -> str:
    """Return the title of a chart that Altair saved, its lines as one; "" if it has none."""
    title = chart.get("title", "")
    if isinstance(title, dict):
        title = title.get("text", "")
    return " ".join(map(str, title)) if isinstance(title, list) else str(title)


def need_title(chart: dict[str, Any]) -> None:
    """Raise :class:`WrongForm` if a chart that Altair saved has no title, or one that says nothing."""
    words = read_title(chart)
    if not words.strip():
        raise WrongForm(tr("The chart has no title. What is to be seen in it?"), code="no title")
    if len(words.split()) < WORDS_OF_A_TITLE:
        said = tr('"{title}" says what the chart is about. Say what it shows, as a sentence.', title=words)
        raise WrongForm(said, code="no sentence", given=words)


@dataclass(frozen=True)
class Bars(ByKey):
    """A chart of bars as Altair saves it: how long the bar of each category is.

    Besides the bars it needs a title that says something, and the unit of `of` at an axis.
    """

    def asked(self) -> str:
        """Describe the kind in a few words."""
        return tr("a chart with a bar for each of the {keys}", keys=self.keys)

    def read_labels(self, value: Value) -> None:
        """Return None: the keys of a saved chart are Altair's own; `read` says what the chart lacks."""

    def read(self, value: Value) -> dict[str, Any]:
        """Take what a saved chart holds."""
        chart = _make_json(value)
        if not isinstance(chart, dict) or "$schema" not in chart:
            unsaved = tr("Save the chart by chart.save, and read the file by json.loads.")
            raise make_refusal(value, self.asked(), unsaved if isinstance(value, Opaque) else "")
        need_title(chart)
        mark = chart.get("mark")
        if (mark.get("type") if isinstance(mark, dict) else mark) != "bar":
            raise WrongForm(tr("The chart has no bars, or is made of several charts."), code="no bars")
        if "transform" in chart:
            said = tr("The chart calculates for itself. Prepare the table before you draw it.")
            raise WrongForm(said, code="calculates itself")
        category, amount = self._find_axes(chart)
        bars: dict[str, list[float]] = {}
        for row in _find_chart_rows(chart):
            for name in (category["field"], amount["field"]):
                if name not in row:
                    said = tr("The table of the chart has no column {name}.", name=name)
                    raise WrongForm(said, code="no such column", columns=[name])
            if row[amount["field"]] is not None:
                length = row[amount["field"]]
                if isinstance(length, bool) and "aggregate" in amount:
                    length = int(length)  # the mean of True and False is the share of True
                bars.setdefault(_key_of_bar(row[category["field"]]), []).append(self.of.read(length))
        shows = AGGREGATES.get(amount.get("aggregate") or "sum")
        if shows is None:
            said = tr("A bar can show a sum or a mean; this one shows another thing.")
            raise WrongForm(said, code="another aggregate", given=amount.get("aggregate"))
        return {key: shows(values) for key, values in bars.items()}

    def _find_axes(self, chart: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the encoding of the axis with the categories, and of that with the amounts."""
        encoding = chart.get("encoding")
        axes: list[dict[str, Any]] = []
        for name in ("x", "y"):
            axis = encoding.get(name) if isinstance(encoding, dict) else None
            if isinstance(axis, dict) and isinstance(axis.get("field"), str):
                axes.append(axis)
        # The mean of True and False is an amount, though Altair takes True and False for names.
        amounts = [axis for axis in axes if axis.get("type") == "quantitative" or "aggregate" in axis]
        others = [axis for axis in axes if axis not in amounts]
        if len(axes) == 2 and not amounts:
            said = tr(
                "Neither axis has numbers. Which column is as long as the bars, and does it hold numbers or "
                "texts?"
            )
            raise WrongForm(said, code="other axes")
        if len(amounts) != 1 or len(others) != 1:
            said = tr("One axis has names and the other one amounts: which columns are they?")
            raise WrongForm(said, code="other axes")
        (amount,) = amounts
        unit = getattr(self.of, "unit", "")
        # Without a title of its own an axis shows the column's name.
        shown = str(amount.get("title") or amount["field"])
        if unit.casefold() not in shown.casefold():
            raise WrongForm(tr("No axis says its unit. What is counted here?"), code="no unit", unit=unit)
        return others[0], amount


def _make_json(value: Value) -> Any:
    """Return a value as JSON has it: dicts, lists and single values."""
    if isinstance(value, Pairs):
        return {str(key): _make_json(part) for key, part in value.pairs}
    if isinstance(value, Items):
        return [_make_json(part) for part in value.values]
    return value


def _find_chart_rows(chart: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows that a saved chart holds, each a dict by column; `WrongForm` if there are none.

    Vega-Lite has two places for them: ``data.values``, or ``datasets`` under the name in ``data.name``.
    """
    rows = None
    data = chart.get("data")
    if isinstance(data, dict):
        rows = data.get("values")
        tables = chart.get("datasets")
        if not rows and isinstance(tables, dict):
            rows = tables.get(data.get("name"))
    error = WrongForm(tr("The chart holds no rows. Which table was it made of?"), code="no rows")
    if not isinstance(rows, list) or not rows:
        raise error
    for row in rows:
        if not isinstance(row, dict):
            raise error
    return rows


def _key_of_bar(value: Value) -> str:
    """Return the name below a bar, a day without its hours; rows without one have a bar of their own."""
    return tr("(empty)") if value is None else str(value).strip().casefold().removesuffix("t00:00:00")


def _is_condition(value: Value) -> bool:
    """Return whether a value is a column of True and False."""
    return isinstance(value, Column) and bool(value.values) and all(isinstance(v, bool) for v in value.values)


def _say_condition(value: Value) -> str:
    """Return the sentence for a condition where the rows that meet it are asked for, or ""."""
    if _is_condition(value):
        return tr("It is a condition: put it into the square brackets of the table.")
    return ""


@dataclass(frozen=True)
class Shown(Kind):
    """A table as displayed: exactly these columns, in any order, and exactly these rows, in this order."""

    what = tr("a table")

    def read(self, value: Value) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
        """Take a DataFrame; its index is ignored, and all missing values are equal."""
        if not isinstance(value, Table):
            one = tr("Several columns are a list: two pairs of square brackets.")
            of_table = isinstance(value, Column) and all(isinstance(label, int) for label in value.index)
            raise make_refusal(value, self.asked(), _say_condition(value) or (one if of_table else ""))
        columns = {}
        for name, cells in zip(value.names, value.columns, strict=True):
            columns[str(name)] = [None if _is_missing(cell) else cell for cell in cells]
        names = tuple(sorted(columns))
        rows = zip(*(columns[name] for name in names), strict=True)
        return names, tuple(rows)


def _is_missing(value: Value) -> bool:
    """Return whether a cell of a table is empty, which pandas writes as None or as NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _fits_all(kind: Kind, values: tuple[Value, ...]) -> bool:
    """Return whether a kind reads all of some values."""
    try:
        return all(kind.read(value) is not None for value in values)
    except WrongForm:
        return False


def _is_column(kind: Kind, index: tuple[Value, ...]) -> bool:
    """Return whether the labels at the left may be a column: the numbers of the rows are none."""
    numbers = all(type(label) is int for label in index)
    is_numbered = numbers and (index == tuple(range(len(index))) or isinstance(kind, Number))
    return not is_numbered and _fits_all(kind, index)


@dataclass(frozen=True)
class Rows(Kind):
    """A table with named columns, in any order; other columns are ignored."""

    columns: dict[str, Kind] = field(default_factory=dict)

    def asked(self) -> str:
        """Describe the kind in a few words."""
        return tr("a table with the columns {names}", names=", ".join(self.columns))

    def read(self, value: Value) -> tuple[tuple[Any, ...], ...]:
        """Take a DataFrame; an index level counts as a column."""
        if not isinstance(value, Table):
            raise make_refusal(value, self.asked(), _say_condition(value))
        names = [str(name) for name in value.names]
        missing = [name for name in self.columns if name not in names]
        if any(names.count(name) > 1 for name in self.columns):
            raise WrongForm(tr("Your table has one of the columns more than once."), code="a column twice")
        found = dict(zip(names, value.columns, strict=True))
        if len(missing) == 1 and _is_column(self.columns[missing[0]], value.index):
            found[missing[0]] = value.index
        elif missing:
            said = tr(
                "The table has no column {missing}. It has {names}.",
                missing=join_in_words(missing),
                names=join_in_words(names),
            )
            raise WrongForm(said, code="no such column", columns=missing)
        columns = [self._read_column(name, found[name]) for name in self.columns]
        return tuple(sorted(zip(*columns, strict=True), key=repr))

    def _read_column(self, name: str, values: tuple[Value, ...]) -> list[Any]:
        """Read the cells of a column; `WrongForm` if one of them is empty."""
        if any(_is_missing(value) for value in values):
            said = tr("The column {name} has an empty cell. Is each row one that belongs there?", name=name)
            raise WrongForm(said, code="an empty cell", column=name)
        return [self.columns[name].read(value) for value in values]

    def same(self, answer: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
        """Compare row by row."""
        if len(answer) != len(expected):
            return False
        kinds = tuple(self.columns.values())
        for row, other in zip(answer, expected, strict=True):
            for kind, cell, right in zip(kinds, row, other, strict=True):
                if not kind.same(cell, right):
                    return False
        return True
