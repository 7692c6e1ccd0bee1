"""The explorer of the glossary: terms and names in any script, with their meaning."""

import difflib
import unicodedata
from typing import Any, NamedTuple

from samarkand import data
from samarkand.common.words import tr
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.html import markup
from samarkand.html.markup import element, escape

__all__ = ["glossary"]

_WORDS = Words("glossary")
ALL = "all"
#: Name of a language, its columns, and its code for screen readers.
LANGUAGES = {
    "zh": (tr("Chinese"), ("zh", "pinyin"), "zh-Hans"),
    "ru": (tr("Russian"), ("ru",), "ru"),
    "kk": (tr("Kazakh"), ("kk_cyrl", "kk_latn"), "kk"),
    "uz": (tr("Uzbek"), ("uz",), "uz"),
}
#: Maximum number of entries that are shown with their names unfolded.
UNFOLDED = 7
#: Maximum number of letters of an unknown word that are repeated, and compared.
LETTERS = 60
#: Number of entries suggested for an unknown word.
OFFERED = 3


class Entry(NamedTuple):
    """An entry of the glossary: names and meaning folded for searching, and as HTML folded and unfolded."""

    term: str
    kind: str
    names: tuple[str, ...]
    meaning: str
    html: tuple[str, str]


def glossary() -> Explorer:
    """Return an explorer of the glossary: the meaning of each term, and its names in five languages.

    Controls: a search field, for every script, with or without accents; and a list of kinds.

    Examples
    --------
    >>> words = glossary()
    >>> "sphere of influence" in words.render(search="сфера влияния")
    True
    >>> "The nearest are: Samarkand" in words.render(search="Samarqent")
    True
    """
    entries = [_entry(row) for row in data.load("glossary").fillna("").astype(str).itertuples()]

    def draw(*, search: str, kind: str) -> Panel:
        there = [one for one in entries if kind in (ALL, one.kind)]
        wanted = _fold(search)
        found = [one for one in there if any(wanted in name for name in one.names)]
        found = found or [one for one in there if wanted in one.meaning]
        if found:
            sentence = _WORDS("fit", n=len(found), total=len(entries))
        else:
            found = sorted(there, key=lambda one: -_likeness(wanted[:LETTERS], one))[:OFFERED]
            terms = ", ".join(one.term for one in found)
            sentence = _WORDS("nearest", text=search.strip()[:LETTERS], terms=terms)
        rows = "".join(one.html[len(found) <= UNFOLDED] for one in found)
        return Panel(sentence, markup.framed(rows, tr("Entries")))

    return _WORDS.explorer(draw)


def _entry(row: Any) -> Entry:
    lines = []
    for code, (language, columns, spoken) in LANGUAGES.items():
        word, *latin = (getattr(row, column) for column in columns)
        if word:
            doubt = tr(" (not sure)") if code in row.unsure.split(";") else ""
            spelt = f" ({escape(latin[0])})" if latin and latin[0] else ""
            lines.append(
                element("b", f"{language}:") + f" {element('span', word, lang=spoken)}{spelt}{doubt}"
            )
    lines += [escape(row.note)] if row.note else []
    summary = f"{element('b', escape(row.term))} {escape(row.meaning)}"
    body = element("div", element("br").join(lines), class_="proof")
    names = [row.term, *(getattr(row, column) for _, columns, _ in LANGUAGES.values() for column in columns)]
    return Entry(
        row.term,
        row.kind,
        tuple(_fold(name) for name in (*names, row.note) if name),
        _fold(row.meaning),
        (markup.folded(summary, body), markup.folded(summary, body, unfolded=True)),
    )


def _likeness(wanted: str, entry: Entry) -> float:
    """Return the similarity, 0 to 1, of a search text to an entry's names or their words."""
    parts = (part for name in entry.names for part in (name, *name.split()))
    return max(difflib.SequenceMatcher(None, wanted, part).ratio() for part in parts)


def _fold(text: str) -> str:
    """Return a text for comparison: case-folded, without accents, apostrophes and hyphens.

    >>> _fold("Xí Jìnpíng"), _fold("Oʻzbekiston"), _fold("Qazaqstannyñ")
    ('xi jinping', 'ozbekiston', 'qazaqstannyn')
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("ı", "i").replace("-", " ")
    kept = "".join(one for one in plain if not unicodedata.combining(one) and one not in "ʻʼ‘’`´'“”«»\"")
    return " ".join(kept.split())
