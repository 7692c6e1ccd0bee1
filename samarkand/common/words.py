"""Sentences that people read, with their gaps filled; days, lists and plurals in words.

Whoever translates the course one day finds its texts in the modules by :func:`tr` and :func:`trn`, and in the
files of texts, such as ``assets/explorers.toml``, that modules read.
"""

import datetime as dt
import re
from collections.abc import Sequence

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
#: A hyphen that stands for a minus: before a digit, and not within a word, a number or an address.
_HYPHEN_FOR_MINUS = re.compile(r"(?<![\w.,:/–-])-(?=\d)")


def tr(message: str, /, **values: object) -> str:
    """Return a sentence or label with its gaps filled.

    ``{name}`` is a gap, ``{share:.1f}`` one with a format. Without any values, the text is used as it is,
    braces included.

    Examples
    --------
    >>> tr("{n} of {total} claims fit.", n=3, total=95)
    '3 of 95 claims fit.'
    """
    return message.format(**values) if values else message


def trn(one: str, many: str, n: int, /, **values: object) -> str:
    """Return a text in the plural form that a number needs; ``{n}`` stands for the number.

    Examples
    --------
    >>> trn("{n} state", "{n} states", 1), trn("{n} state", "{n} states", 8)
    ('1 state', '8 states')
    """
    return (one if n == 1 else many).format(n=n, **values)


def join_in_words(parts: Sequence[object], *, last: str = "and") -> str:
    """Join any number of parts, even none, as in a sentence; the word before the last is "and" or "or".

    Examples
    --------
    >>> join_in_words(["China", "Russia", "India"]), join_in_words(["yes", "no"], last="or")
    ('China, Russia and India', 'yes or no')
    >>> join_in_words([])
    ''
    """
    *begin, end = [str(part) for part in parts] or [""]
    if not begin:
        return end
    return f"{', '.join(begin)} {last} {end}"


def write_minus_signs(text: str) -> str:
    """Return a text with a minus, which is as wide as a plus, in place of a hyphen before a negative number.

    Hyphens in days, ranges and names stay.

    Examples
    --------
    >>> write_minus_signs("March -7.7%, 2022-09-14, A/RES/ES-11, 10-20")
    'March −7.7%, 2022-09-14, A/RES/ES-11, 10-20'
    """
    return _HYPHEN_FOR_MINUS.sub("−", text)


def capitalise_text(text: str) -> str:
    """Return a text with a capital first letter, the rest as it was.

    Examples
    --------
    >>> capitalise_text("the SCO in 2022")
    'The SCO in 2022'
    """
    return text[:1].upper() + text[1:]


def name_month(number: int, *, short: bool = False) -> str:
    """Return the name of a month, 1 to 12.

    Examples
    --------
    >>> name_month(9), name_month(9, short=True)
    ('September', 'Sep')
    """
    name = MONTHS[number - 1]
    return tr(name[:3] if short else name)


def write_day(when: dt.date, *, year: bool = True, short: bool = False) -> str:
    """Return a day in words, with or without its year, the month in full or as three letters.

    Examples
    --------
    >>> write_day(dt.date(2022, 9, 14)), write_day(dt.date(2022, 9, 14), year=False, short=True)
    ('14 September 2022', '14 Sep')
    """
    name = name_month(when.month, short=short)
    if not year:
        return tr("{day} {month}", day=when.day, month=name)
    return tr("{day} {month} {year}", day=when.day, month=name, year=when.year)


def write_date(text: str) -> str:
    """Return a table's date in words, as exact as it is known: a day, month or year; "" if it is empty.

    Examples
    --------
    >>> write_date("2022-09-14"), write_date("2022-09"), write_date("2022")
    ('14 September 2022', 'September 2022', '2022')
    """
    year, *more = text.split("-")
    if len(more) == 2:
        return write_day(dt.date.fromisoformat(text))
    return tr("{month} {year}", month=name_month(int(more[0])), year=year) if more else year
