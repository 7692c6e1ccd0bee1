"""Sentences that people read: looked up in a catalogue, then filled in; days, lists and plurals in words.

Every text that a student reads goes through :func:`tr` or :func:`trn`, whole: a sentence is one message with
named gaps, never put together from pieces, since another language has another order. The English text is the
key. A catalogue is ``locales/<language>/LC_MESSAGES/samarkand.mo`` in this package; ``SAMARKAND_LANGUAGE`` in
the environment names the language, and it holds for the whole process.

``en-XA`` is no language but a test of it all: accents and two fifths more letters on whatever went through
here, so that a text that did not is seen at once, and so is a picture with no room for a longer one.
"""

from __future__ import annotations

import datetime as dt
import gettext
import os
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

#: The made-up language that shows what has not gone through the catalogue.
PSEUDO = "en-XA"
#: What stands around every text in it.
OPENING, CLOSING = "\u27e6", "\u27e7"
_ACCENTED = str.maketrans("aceinosuyACEINOSUY", "\u00e0\u00e7\u00e9\u00ee\u00f1\u00f6\u0161\u00fb\u00fd"
                          "\u00c0\u00c7\u00c9\u00ce\u00d1\u00d6\u0160\u00db\u00dd")  # fmt: skip
#: Gaps, tags and entities, which no translation changes.
_KEPT = re.compile(r"(\{[^{}]*\}|<[^<>]*>|&#?\w+;)")


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
    """Return a text in the language of this process, its gaps filled in.

    Parameters
    ----------
    message : str
        A whole sentence or label in English, a constant in the source; ``{name}`` is a gap, ``{share:.1f}``
        one with a format.
    **values
        What stands in the gaps. Without any, the text is taken as it is, braces and all.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> tr("{n} of {total} claims fit.", n=3, total=95)
    '3 of 95 claims fit.'
    """
    text = _pseudo(message) if language() == PSEUDO else _catalogue(language()).gettext(message)
    return text.format(**values) if values else text


def trn(one: str, many: str, n: int, /, **values: object) -> str:
    """Return a text with the plural form that a number asks for; ``{n}`` stands for the number.

    Parameters
    ----------
    one, many : str
        The English forms, both constants in the source.
    n : int
        The number.
    **values
        What stands in the other gaps.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> trn("{n} state", "{n} states", 1), trn("{n} state", "{n} states", 8)
    ('1 state', '8 states')
    """
    if language() == PSEUDO:
        text = _pseudo(one if n == 1 else many)
    else:
        text = _catalogue(language()).ngettext(one, many, n)
    return text.format(n=n, **values)


def listed(parts: Sequence[object], *, last: str = "and") -> str:
    """Join parts as in a sentence.

    Parameters
    ----------
    parts : sequence
        At least none.
    last : {"and", "or"}
        What stands before the last.

    Returns
    -------
    str
        The sentence's list.

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
    names = {
        1: tr("January"), 2: tr("February"), 3: tr("March"), 4: tr("April"), 5: tr("May"), 6: tr("June"),
        7: tr("July"), 8: tr("August"), 9: tr("September"), 10: tr("October"), 11: tr("November"),
        12: tr("December"),
    }  # fmt: skip
    shorts = {
        1: tr("Jan"), 2: tr("Feb"), 3: tr("Mar"), 4: tr("Apr"), 5: tr("May"), 6: tr("Jun"), 7: tr("Jul"),
        8: tr("Aug"), 9: tr("Sep"), 10: tr("Oct"), 11: tr("Nov"), 12: tr("Dec"),
    }  # fmt: skip
    return (shorts if short else names)[number]


def day(when: dt.date, *, year: bool = True, short: bool = False) -> str:
    """Return a day in words.

    Parameters
    ----------
    when : datetime.date
        A day, or a moment in it.
    year : bool, default True
        Whether the year is told.
    short : bool, default False
        Whether the month has three letters.

    Returns
    -------
    str
        The day.

    Examples
    --------
    >>> day(dt.date(2022, 9, 14)), day(dt.date(2022, 9, 14), year=False, short=True)
    ('14 September 2022', '14 Sep')
    """
    name = month(when.month, short=short)
    if not year:
        return tr("{day} {month}", day=when.day, month=name)
    return tr("{day} {month} {year}", day=when.day, month=name, year=when.year)


def _pseudo(message: str) -> str:
    """Write a text with accents and two fifths longer; gaps and tags stay.

    >>> _pseudo("{n} claims") == "\u27e6{n} \u00e7l\u00e0\u00eem\u0161 ~~~\u27e7"
    True
    """
    parts = _KEPT.split(message)
    letters = sum(len(part) for part in parts[::2])
    parts[::2] = [part.translate(_ACCENTED) for part in parts[::2]]
    return f"{OPENING}{''.join(parts)} {'~' * max(1, round(0.4 * letters))}{CLOSING}"
