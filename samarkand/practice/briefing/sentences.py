"""The sentences of a page: where each ends, what it cites in square brackets, and its figures.

A day and a year are no figures, nor is the number in a name such as G20.
"""

import re

from samarkand.common.words import MONTHS

#: A citation with the space before it.
CITED = re.compile(r"\s*\[([^\[\]]+)\]")
_MONTH = f"(?:{'|'.join(MONTHS)})"
DAY = re.compile(
    rf"\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}} {_MONTH}\b(?: \d{{4}})?|\b{_MONTH} \d{{1,2}}\b(?:, \d{{4}})?",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"(?<![A-Za-z\d.,])(?<![A-Za-z]-)\d+(?:[.,]\d+)*")
_PER_CENT = re.compile(r"\s?(?:%|per ?cent)", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b(?![.,]\d)")


def split_sentences(text: str) -> list[str]:
    """Split a text into sentences; a citation after a full stop belongs to the sentence before it.

    Examples
    --------
    >>> split_sentences("It grew. [NU037] Then it fell [PL01].")
    ['It grew [NU037].', 'Then it fell [PL01].']
    """
    inside = re.sub(r"([.?!])((?:\s*\[[^\[\]]+\])+)", r"\2\1", text)
    return [one for one in re.split(r"(?<=[.?!])\s+", inside.strip()) if one]


def find_citations(text: str) -> list[str]:
    """Return the references that a text cites, in order.

    Examples
    --------
    >>> find_citations("It grew [NU037] [ PL01 ].")
    ['NU037', 'PL01']
    """
    return [reference.strip() for reference in CITED.findall(text)]


def without_citations(text: str) -> str:
    """Return a text without its citations."""
    return CITED.sub("", text)


def find_figures(sentence: str) -> list[str]:
    """Return the figures of a sentence, as they are written.

    Examples
    --------
    >>> find_figures("On 14 September 2022 the G20 had 13.8 billion [NU037].")
    ['13.8']
    """
    return _FIGURE.findall(_drop_days(sentence))


def find_per_cents(sentence: str) -> list[str]:
    """Return the figures of a sentence that have a per cent sign, or the words, behind them.

    Examples
    --------
    >>> find_per_cents("Of 20 claims 30 % are forecasts, and 7.5 per cent opinions.")
    ['30', '7.5']
    """
    plain = _drop_days(sentence)
    return [found[0] for found in _FIGURE.finditer(plain) if _PER_CENT.match(plain, found.end())]


def _drop_days(sentence: str) -> str:
    """Return a sentence without citations, days and years."""
    return _YEAR.sub("", DAY.sub("", without_citations(sentence)))
