"""The explorer of the glossary: terms and names in any script, with their meaning."""

import difflib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from samarkand import data
from samarkand.common.words import tr
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.html import markup
from samarkand.html.markup import escape_html, make_element

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
#: Languages of names that are in none of these, and their codes for screen readers.
LOCAL = {
    "Kyrgyz": (tr("Kyrgyz"), "ky"),
    "Tajik": (tr("Tajik"), "tg"),
    "Turkmen": (tr("Turkmen"), "tk"),
    "Ukrainian": (tr("Ukrainian"), "uk"),
    "Uyghur": (tr("Uyghur"), "ug"),
}
#: Maximum number of entries that are shown with their names unfolded.
UNFOLDED = 7
#: Maximum number of letters of an unknown word that are repeated, and compared.
LETTERS = 60
#: Number of entries suggested for an unknown word.
OFFERED = 3


@dataclass(frozen=True)
class Entry:
    """An entry of the glossary, as it is searched and as it is shown."""

    term: str
    kind: str
    #: The names and the meaning, simplified for searching.
    names: tuple[str, ...]
    meaning: str
    #: The entry as HTML: a line that unfolds, and the same unfolded.
    folded: str
    unfolded: str


def glossary() -> Explorer:
    """Return an explorer of the glossary: the meaning of each term, and its names in each language.

    Controls: a search field, for every script, with or without accents; and a list of kinds.

    Examples
    --------
    >>> words = glossary()
    >>> "sphere of influence" in words.render(search="сфера влияния")
    True
    >>> "The nearest are: Samarkand" in words.render(search="Samarqent")
    True
    """
    entries = [_make_entry(row) for row in data.load("glossary").fillna("").astype(str).itertuples()]

    def draw(*, search: str, kind: str) -> Panel:
        of_kind = [entry for entry in entries if kind in (ALL, entry.kind)]
        wanted = _simplify(search)
        shown = [entry for entry in of_kind if any(wanted in name for name in entry.names)]
        if not shown:
            shown = [entry for entry in of_kind if wanted in entry.meaning]
        if shown:
            sentence = _WORDS("fit", n=len(shown), total=len(entries))
        else:
            shown = _find_nearest(wanted[:LETTERS], of_kind)
            terms = ", ".join(entry.term for entry in shown)
            sentence = _WORDS("nearest", text=search.strip()[:LETTERS], terms=terms)
        few = len(shown) <= UNFOLDED
        rows = "".join(entry.unfolded if few else entry.folded for entry in shown)
        return Panel(sentence, markup.frame_markup(rows, tr("Entries")))

    return _WORDS.explorer(draw)


def _make_entry(row: Any) -> Entry:
    lines = []
    names = [row.term]
    for code, (language, columns, spoken) in LANGUAGES.items():
        spellings = [getattr(row, column) for column in columns]
        names += spellings
        word, *latin = spellings
        if word:
            doubt = tr(" (not sure)") if code in row.unsure.split(";") else ""
            spelt = f" ({escape_html(latin[0])})" if latin and latin[0] else ""
            lines.append(
                make_element("b", f"{language}:")
                + f" {make_element('span', word, lang=spoken)}{spelt}{doubt}"
            )
    if row.local:
        names.append(row.local)
        language, spoken = LOCAL[row.local_language]
        lines.append(make_element("b", f"{language}:") + f" {make_element('span', row.local, lang=spoken)}")
    if row.note:
        lines.append(escape_html(row.note))
        names.append(row.note)
    summary = f"{make_element('b', escape_html(row.term))} {escape_html(row.meaning)}"
    body = make_element("div", make_element("br").join(lines), class_="proof")
    return Entry(
        term=row.term,
        kind=row.kind,
        names=tuple(_simplify(name) for name in names if name),
        meaning=_simplify(row.meaning),
        folded=markup.fold_markup(summary, body),
        unfolded=markup.fold_markup(summary, body, unfolded=True),
    )


def _find_nearest(wanted: str, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries with the names most like a search text, the most alike first."""
    return sorted(entries, key=lambda entry: -_measure_likeness(wanted, entry))[:OFFERED]


def _measure_likeness(wanted: str, entry: Entry) -> float:
    """Return the similarity, 0 to 1, of a search text to an entry's names or to single words of them."""
    best = 0.0
    for name in entry.names:
        for part in (name, *name.split()):
            best = max(best, difflib.SequenceMatcher(None, wanted, part).ratio())
    return best


def _simplify(text: str) -> str:
    """Return a text for comparison: case-folded, without accents, apostrophes and hyphens.

    >>> _simplify("Xí Jìnpíng"), _simplify("Oʻzbekiston"), _simplify("Qazaqstannyñ")
    ('xi jinping', 'ozbekiston', 'qazaqstannyn')
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("ı", "i").replace("-", " ")
    kept = "".join(one for one in plain if not unicodedata.combining(one) and one not in "ʻʼ‘’`´'“”«»\"")
    return " ".join(kept.split())
