"""Numbers as people type them into the field of a form, or as a text."""

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from samarkand.common.words import tr

#: Quotation marks that people put around a text.
QUOTES = "'\"\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a`\u00b4"
#: Maximum length of a number, with its unit and all characters around it.
LONGEST = 100
#: Maximum number of letters of a text that a message repeats.
MOST_REPEATED = 40
_SHARE = re.compile(r"\s*(%|per ?cent)$", re.IGNORECASE)
#: One comma with three digits behind it: thousands to some, a decimal comma to others.
_TWO_READINGS = re.compile(r"[1-9]\d{0,2},\d{3}")
_ONE_OF_TWO = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Notation:
    """A way to write an unsigned number: its pattern, thousands separators and decimal separator."""

    pattern: re.Pattern[str]
    thousands: str
    decimal: str

    def read_digits(self, digits: str) -> float:
        """Return the number that digits of this pattern mean; infinite if it is too large."""
        for separator in self.thousands:
            digits = digits.replace(separator, "")
        return float(digits.replace(self.decimal, "."))


NOTATIONS = (
    Notation(re.compile(r"(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE), "", "."),  # 1200.5
    Notation(re.compile(r"\d{1,3}(?:[ '\u2019_]\d{3})+(?:[.,]\d*)?"), " '\u2019_", ","),  # 1 200,5
    Notation(re.compile(r"\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}"), ",", "."),  # 1,200.5
    Notation(re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}"), ".", ","),  # 1.200,5
    Notation(re.compile(r"\d*,\d+|\d+,"), "", ","),  # 1200,5
)

Code = Literal["two readings", "too large", "two numbers", "no number", "missing", "no share", "outside"]


class NotANumber(ValueError):
    """A text that is not a number, or not one that the field takes.

    Attributes
    ----------
    code : str
        "two readings", "too large", "two numbers" or "no number" of what was typed; "missing", "no share" or
        "outside" of what a field takes.
    """

    def __init__(self, code: Code, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class TypedNumber:
    """A number that somebody typed, and whether a per cent sign was beside it."""

    value: float
    per_cent: bool


def read_number(text: str, unit: str = "") -> TypedNumber:
    """Read a number as people type it: with a decimal comma, thousands, quotes, a per cent sign, its unit.

    `NotANumber` if it is not a number, or ambiguous.

    Examples
    --------
    >>> [read_number(text).value for text in ("45,7", "1 200", "'3'", "1,234.5", "\u2212 8")]
    [45.7, 1200.0, 3.0, 1234.5, -8.0]
    >>> read_number("45.7 %")
    TypedNumber(value=45.7, per_cent=True)
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
    if bare.startswith(("+", "-")):
        sign = bare[0]
        digits = bare[1:].lstrip()
    else:
        sign, digits = "+", bare
    size = _read_unsigned(digits, _quote_text(text))
    return TypedNumber(-size if sign == "-" else size, per_cent)


def _quote_text(text: str) -> str:
    """Return a text in quotation marks, shortened, for a message."""
    said = " ".join(text.split())
    if len(said) > MOST_REPEATED:
        said = f"{said[: MOST_REPEATED - 1]}\u2026"
    return f"\u201c{said}\u201d"


def _read_unsigned(digits: str, said: str) -> float:
    """Return the number that digits without a sign mean; `NotANumber` repeats the whole text `said`."""
    if _TWO_READINGS.fullmatch(digits):
        large, small = digits.replace(",", ""), digits.replace(",", ".")
        sentence = tr(
            "{text} can be read in two ways. Write {large} or {small}.", text=said, large=large, small=small
        )
        raise NotANumber("two readings", sentence)
    for notation in NOTATIONS:
        if notation.pattern.fullmatch(digits):
            size = notation.read_digits(digits)
            if not math.isfinite(size):
                raise NotANumber("too large", tr("{text} is too large a number.", text=said))
            return size
    if len(_ONE_OF_TWO.findall(digits)) == 2:
        raise NotANumber("two numbers", tr("{text} holds two numbers. Write one.", text=said))
    sentence = tr("{text} is not a number. Write digits, such as 45.7 or 1200.", text=said)
    raise NotANumber("no number", sentence)
