"""Read the figures of an English text: numbers, shares, days, months and years, with what each admits.

"24 %" admits whatever rounds to 24, "nearly a quarter" a little less than 25 hundredths, "September 2022"
every day of that month. Nothing is known here of tables or lessons.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_UNITS = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
NUMBERS = {word: n for n, word in enumerate(_UNITS)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
NUMBERS |= {"hundred": 100, "dozen": 12}
PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "tenth": 10}
TIMES = {"twice": 2, "double": 2, "doubles": 2, "doubled": 2, "triples": 3, "quadruples": 4}
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
#: How far a hedge lets a figure go, down and up, as a share of it.
HEDGES = {
    r"nearly|almost|not quite|hardly|under|less than|below|up to|at most": (0.2, 0.0),
    r"more than|over|above|at least": (0.0, 0.35),
    r"about|some|roughly|around|near": (0.08, 0.08),
}
HEDGE = rf"\b(?:{'|'.join(HEDGES)})\s(?:a\s|USD\s)?$"
_HEDGE = r"(?i:\b(?:{})\s(?:a\s|USD\s)?)$"
#: What is no claim: "one" is mostly a pronoun. Who means the number ties the phrase.
UNREAD = ("one", "zero")

_NUMBER = "|".join(word for word in NUMBERS if word not in UNREAD)
_PART = "|".join(PARTS)
_MONTH = "|".join(MONTHS)
_TOKEN = re.compile(
    rf"""
    (?P<iso>\b\d{{4}}-\d\d(?:-\d\d)?\b)
    |(?P<day>\b\d{{1,2}}(?:(?:,|\sand|\sto|\sor)\s\d{{1,2}})*\s(?:{_MONTH})\b(?:\s\d{{4}}\b)?)
    |(?P<month>\b(?:{_MONTH})\b(?:\s\d{{4}}\b)?)
    |(?P<nth>\b\d{{1,2}}(?:st|nd|rd|th)\b)
    |(?P<weekday>\b(?:{"|".join(DAYS)})\b)
    |(?P<year>\b(?:19|20)\d\d\b(?![,.]\d))
    |(?P<part>\b(?i:(?:a|one|two|three|four)\s(?:{_PART})s?|half|halves
        |(?:one|{_NUMBER})(?:\s\w+)?\sin\s(?:{_NUMBER}))\b)
    |(?P<times>\b(?i:{"|".join(TIMES)})\b)
    |(?P<digits>(?<![\w.,/])[-+\u2212]?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?(?![\d/]))
    |(?P<word>\b(?i:{_NUMBER})\b)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Figure:
    """A figure in a text.

    Attributes
    ----------
    text : str
        Its words.
    start, end : int
        Its place in the text.
    low, high : float
        The least and the greatest number that it admits.
    scale : float
        What the word behind it multiplies by, such as a million; 1 without one.
    date : tuple of int
        Year, month and day, 0 where it is silent; empty if it is no day.
    weekday : int
        0 for Monday; -1 if it is none.
    """

    text: str
    start: int
    end: int
    low: float = 0.0
    high: float = 0.0
    scale: float = 1.0
    date: tuple[int, int, int] | tuple[()] = ()
    weekday: int = -1

    def admits(self, value: Any) -> bool:
        """Tell whether the words are true of a number or a day.

        A share in words wants a ratio, per cents a number of them; with "million" behind it, a figure takes
        millions as well as units.

        Examples
        --------
        >>> (share,) = read("nearly a quarter")
        >>> share.admits(0.241), share.admits(0.26)
        (True, False)
        """
        if hasattr(value, "year") and hasattr(value, "day"):
            there = (value.year, value.month, value.day)
            if self.weekday >= 0:
                return dt.date(*there).weekday() == self.weekday
            return bool(self.date) and all(
                said in (0, is_) for said, is_ in zip(self.date, there, strict=True)
            )
        if self.weekday >= 0 or self.date:
            return self.date == (value, 0, 0)
        scaled = value / self.scale if abs(value) >= self.scale else value
        return any(self.low <= one <= self.high for one in (value, scaled))


def read(text: str) -> list[Figure]:
    """Return the figures of a text in their order.

    Examples
    --------
    >>> [(f.text, f.low, f.high) for f in read("41.4 % of the world, 18 without two")]
    [('41.4', 41.35, 41.45), ('18', 17.5, 18.5), ('two', 2.0, 2.0)]
    >>> [f.date for f in read("on 15 and 16 September 2022")]
    [(2022, 9, 15), (2022, 9, 16)]
    """
    return [figure for match in _TOKEN.finditer(text) for figure in _figures(match)]


def unhedged(text: str) -> str:
    """Return a text without the hedges of its figures, which `read` has weighed.

    Examples
    --------
    >>> unhedged("more than half, and more later")
    'half, and more later'
    """
    for figure in reversed(read(text)):
        text = re.sub(_HEDGE.format("|".join(HEDGES)), "", text[: figure.start]) + text[figure.start :]
    return text


def _figures(match: re.Match[str]) -> Iterator[Figure]:
    text, (start, end), kind = match[0], match.span(), str(match.lastgroup)
    if kind in ("day", "month"):
        year = re.search(r"\b\d{4}\b", text)
        when = int(year[0]) if year else 0, next(n for n, name in enumerate(MONTHS, 1) if name in text)
        if kind == "month":
            yield Figure(text, start, end, date=(*when, 0))
            return
        for day in re.finditer(r"\b\d{1,2}\b", text):  # "17 and 18 January 2020" are two
            yield Figure(day[0], start + day.start(), start + day.end(), date=(*when, int(day[0]) or -1))
    elif kind in ("iso", "year"):
        first, second, third = [*map(int, text.split("-")), 0, 0][:3]
        yield Figure(text, start, end, date=(first, second, third))
    elif kind == "nth":
        yield Figure(text, start, end, date=(0, 0, int(text[:-2])))
    elif kind == "weekday":
        yield Figure(text, start, end, weekday=DAYS.index(text))
    else:
        low, high = _bounds(text.lower(), kind, match.string[max(0, start - 20) : start])
        after = re.match(rf"\s({'|'.join(SCALES)})s?\b", match.string[end:])
        yield Figure(text, start, end, round(low, 9), round(high, 9), SCALES[after[1]] if after else 1.0)


def _bounds(text: str, kind: str, before: str) -> tuple[float, float]:
    """Return the least and the greatest number that a number admits: what rounds to the digits shown."""
    words, slack = text.split(), 0.0
    if kind == "digits":
        plain = text.replace(",", "").replace("\u2212", "-")
        value, slack = float(plain), 0.5 * 10.0 ** -len(plain.partition(".")[2])
    elif kind == "part":
        part = words[-1] if words[-1] in PARTS else words[-1].removesuffix("s")
        whole = NUMBERS[words[-1]] if "in" in words else PARTS[part]
        value = NUMBERS.get(words[0], 1) / whole
        slack = 0.06 * value
    elif kind == "times":
        value, slack = TIMES[text], 0.08 * TIMES[text]
    else:
        value = NUMBERS[text]
    low, high = value - slack, value + slack
    for hedge, (down, up) in HEDGES.items():
        if re.search(_HEDGE.format(hedge), before):
            rounded = slack if down and up else 0.0
            low, high = value - max(rounded, down * abs(value)), value + max(rounded, up * abs(value))
    return low, high
