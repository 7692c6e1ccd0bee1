"""Parse the figures of an English text: numbers, shares, days, months and years, with their ranges.

"24 %" admits whatever rounds to 24, "nearly a quarter" a little less than 25 hundredths, "September 2022"
every day of that month. Nothing is known here of tables or lessons.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: The meanings of words for the build; this module uses the first entries, others the rest.
VOCABULARY = tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text(encoding="utf-8"))
MONTHS = VOCABULARY["months"]
DAYS = VOCABULARY["days"]
HEDGES = VOCABULARY["hedges"]
NUMBERS = {word: n for n, word in enumerate(VOCABULARY["units"].split())} | {"dozen": 12, "hundred": 100}
NUMBERS |= {word: 10 * n for n, word in enumerate(VOCABULARY["tens"].split(), 2)}
_PARTS = VOCABULARY["parts"]
_TIMES = VOCABULARY["times"]
_SCALES = VOCABULARY["scales"]
#: "one" is mostly a pronoun and not read; an author who means the number ties the phrase.
_NUMBER = "|".join(word for word in NUMBERS if word not in ("one", "zero"))
_MONTH = "|".join(MONTHS)
_HEDGE = r"(?i:\b(?:{})\s(?:a\s|USD\s)?)$"
_TOKEN = re.compile(
    rf"""
    (?P<iso>\b\d{{4}}-\d\d(?:-\d\d)?\b)
    |(?P<day>\b\d{{1,2}}(?:(?:,|\sand|\sto|\sor)\s\d{{1,2}})*\s(?:{_MONTH})\b(?:\s\d{{4}}\b)?)
    |(?P<month>\b(?:{_MONTH})\b(?:\s\d{{4}}\b)?)
    |(?P<nth>\b\d{{1,2}}(?:st|nd|rd|th)\b)
    |(?P<weekday>\b(?:{"|".join(DAYS)})\b)
    |(?P<year>\b(?:19|20)\d\d\b(?![,.]\d))
    |(?P<part>\b(?i:(?:a|one|two|three|four)\s(?:{"|".join(_PARTS)})s?|half|halves
        |(?:one|{_NUMBER})(?:\s\w+)?\sin\s(?:{_NUMBER}))\b)
    |(?P<times>\b(?i:{"|".join(_TIMES)})\b)
    |(?P<digits>(?<![\w.,/])[-+\u2212]?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?(?![\d/]))
    |(?P<word>\b(?i:{_NUMBER})\b)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Figure:
    """A figure with its place in a text, and the values it admits: a range, a date, or a weekday."""

    text: str
    start: int
    end: int
    low: float = 0.0
    high: float = 0.0
    scale: float = 1.0  # of the word behind it, such as a million
    date: tuple[int, ...] = ()  # year, month and day, 0 where it is silent
    weekday: int = -1  # 0 is Monday

    @property
    def needs_evidence(self) -> bool:
        """Whether it is written in digits or is a day; a number in words may be a manner of speaking."""
        return bool(self.date) or self.weekday >= 0 or any(sign.isdigit() for sign in self.text)

    def admits(self, value: Any) -> bool:
        """Return whether the figure is true of a number or a day.

        A share in words is compared with a ratio, a per cent figure with per cents; a figure before "million"
        matches both units and millions.
        """
        if hasattr(value, "year") and hasattr(value, "day"):
            day = (value.year, value.month, value.day)
            if self.weekday >= 0:
                return dt.date(*day).weekday() == self.weekday
            return bool(self.date) and all(a in (0, b) for a, b in zip(self.date, day, strict=True))
        if self.weekday >= 0 or self.date:
            return self.date == (value, 0, 0)
        scaled = value / self.scale if abs(value) >= self.scale else value
        return any(self.low <= one <= self.high for one in (value, scaled))


def read_figures(text: str) -> list[Figure]:
    """Return the figures of a text, in order."""
    found: list[Figure] = []
    for match in _TOKEN.finditer(text):
        found += _read_match(match)
    return found


def _read_match(match: re.Match[str]) -> Iterator[Figure]:
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
        yield Figure(text, start, end, date=(*map(int, text.split("-")), 0, 0)[:3])
    elif kind == "nth":
        yield Figure(text, start, end, date=(0, 0, int(text[:-2])))
    elif kind == "weekday":
        yield Figure(text, start, end, weekday=DAYS.index(text))
    else:
        low, high = _find_bounds(text.lower(), kind, match.string[max(0, start - 20) : start])
        after = re.match(rf"\s({'|'.join(_SCALES)})s?\b", match.string[end:])
        yield Figure(
            text=text,
            start=start,
            end=end,
            low=round(low, 9),
            high=round(high, 9),
            scale=_SCALES[after[1]] if after else 1.0,
        )


def _find_bounds(text: str, kind: str, before: str) -> tuple[float, float]:
    """Return the range of values that a number in a text stands for: those that round to its digits."""
    words = text.split()
    slack = 0.0
    if kind == "digits":
        plain = text.replace(",", "").replace("\u2212", "-")
        value = float(plain)
        slack = 0.5 * 10.0 ** -len(plain.partition(".")[2])
    elif kind == "part":
        part = words[-1] if words[-1] in _PARTS else words[-1].removesuffix("s")
        value = NUMBERS.get(words[0], 1) / (NUMBERS[words[-1]] if "in" in words else _PARTS[part])
        slack = 0.04 * value
    else:
        value = _TIMES.get(text) or NUMBERS[text]
        slack = 0.04 * value if kind == "times" else 0.0
    low, high = value - slack, value + slack
    for hedge, (down, up) in HEDGES.items():
        if re.search(_HEDGE.format(hedge), before):
            rounded = slack if down and up else 0.0
            low = value - max(rounded, down * abs(value))
            high = value + max(rounded, up * abs(value))
    return low, high
