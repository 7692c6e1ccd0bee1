"""Sentences that people read: looked up in a catalogue, then filled in; days, lists and plurals in words.

Every text that a student reads goes whole through :func:`tr` or :func:`trn`. A sentence is one message with
named gaps; it is never put together from pieces, since word order differs between languages. The English
text is the key. A catalogue is ``locales/<language>/LC_MESSAGES/samarkand.mo`` in this package.
``SAMARKAND_LANGUAGE`` in the environment sets the language of the whole process.
"""

from __future__ import annotations

import datetime as dt
import gettext
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip


def language() -> str:
    """Return the language of this process: ``SAMARKAND_LANGUAGE``, or English.

    Examples
    --------
    >>> language()
    'en'
    """
    return os.environ.get("SAMARKAND_LANGUAGE") or "en"


@cache
def _catalogue(name: str) -> gettext.NullTranslations:
    folder = Path(__file__).resolve().parent.parent / "locales"
    return gettext.translation("samarkand", str(folder), [name.replace("-", "_")], fallback=True)


def tr(message: str, /, **values: object) -> str:
    """Return a whole sentence or label in the language of this process, with its gaps filled.

    ``{name}`` is a gap, ``{share:.1f}`` one with a format. Without any values, the text is used as it is,
    braces included.

    Examples
    --------
    >>> tr("{n} of {total} claims fit.", n=3, total=95)
    '3 of 95 claims fit.'
    """
    text = _catalogue(language()).gettext(message) if message else ""
    return text.format(**values) if values else text


def trn(one: str, many: str, n: int, /, **values: object) -> str:
    """Return a text in the plural form that a number needs; ``{n}`` stands for the number.

    The English forms, for one and for many, are both literals in the source.

    Examples
    --------
    >>> trn("{n} state", "{n} states", 1), trn("{n} state", "{n} states", 8)
    ('1 state', '8 states')
    """
    text = _catalogue(language()).ngettext(one, many, n)
    return text.format(n=n, **values)


def listed(parts: Sequence[object], *, last: str = "and") -> str:
    """Join any number of parts, even none, as in a sentence; the word before the last is "and" or "or".

    Examples
    --------
    >>> listed(["China", "Russia", "India"]), listed(["yes", "no"], last="or"), listed([])
    ('China, Russia and India', 'yes or no', '')
    """
    *begin, end = [str(part) for part in parts] or [""]
    if not begin:
        return end
    head = begin[0]
    for part in begin[1:]:
        head = tr("{some}, {next}", some=head, next=part)
    if last == "or":
        return tr("{some} or {last}", some=head, last=end)
    return tr("{some} and {last}", some=head, last=end)


def capitalised(text: str) -> str:
    """Return a text with a capital first letter, the rest as it was.

    Examples
    --------
    >>> capitalised("the SCO in 2022")
    'The SCO in 2022'
    """
    return text[:1].upper() + text[1:]


def month(number: int, *, short: bool = False) -> str:
    """Return the name of a month, 1 to 12.

    Examples
    --------
    >>> month(9), month(9, short=True)
    ('September', 'Sep')
    """
    name = MONTHS[number - 1]
    return tr(name[:3] if short else name)


def day(when: dt.date, *, year: bool = True, short: bool = False) -> str:
    """Return a day in words, with or without its year, the month as its name or three letters.

    Examples
    --------
    >>> day(dt.date(2022, 9, 14)), day(dt.date(2022, 9, 14), year=False, short=True)
    ('14 September 2022', '14 Sep')
    """
    name = month(when.month, short=short)
    if not year:
        return tr("{day} {month}", day=when.day, month=name)
    return tr("{day} {month} {year}", day=when.day, month=name, year=when.year)


def dated(text: str) -> str:
    """Return a day of a table in words, as far as it is known: a day, a month, a year, or nothing.

    Examples
    --------
    >>> dated("2022-09-14"), dated("2022-09"), dated("2022")
    ('14 September 2022', 'September 2022', '2022')
    """
    year, *more = text.split("-")
    if len(more) == 2:
        return day(dt.date.fromisoformat(text))
    return tr("{month} {year}", month=month(int(more[0])), year=year) if more else year
