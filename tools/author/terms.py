"""Links to the glossary: the build makes one from the first use of each term in a lesson.

    Kazakhstan hedges between the [census](99_glossary.ipynb "A count of everybody ... Russian: ...") and ...

The title says what the term means, and what it is called in Russian and Kazakh, so that a reader need not
leave the page. People, places and organisations have no link; they are explained where they come. A word of
Python that is an everyday word, too (``list (Python)`` in the table), is linked where it is in italics:
there it is meant.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from nbformat import NotebookNode

from samarkand.common import reading
from samarkand.common.home import course_data

GLOSSARY = "99_glossary.ipynb"
#: A link that the build has made.
LINK = re.compile(rf'\[(?P<words>[^\]]+)\]\({re.escape(GLOSSARY)} "(?P<meaning>[^"]*)"\)')
#: The kinds of entries that are linked.
KINDS = ("term", "python")
#: What marks an everyday word in the column `term`, in lower case.
EVERYDAY = " (python)"
#: The cells without links: the first ones of a lesson, and the list of sources.
WITHOUT = ("title", "card", "aims", "sources-text")
#: The languages in the title of a link, with their columns.
_LANGUAGES = (("Russian", "ru"), ("Kazakh", "kk_cyrl"))
#: What has no link within it: code, links, sources, tags, headings, rows of tables.
_LEFT = (
    r"```[\s\S]*?```|`[^`]*`|!?\[[^\]]*\]\([^)]*\)|<small[\s\S]*?</small>|<summary[\s\S]*?</summary>|<[^>]*>"
    r"|^ *[#|].*$"
)


def remove_links(text: str) -> str:
    """Return a text without the links that the build has made."""
    return LINK.sub(lambda found: found["words"], text)


def link_first_uses(cells: list[NotebookNode]) -> None:
    """Link the first use of each term in these cells of text to the glossary, in place."""
    seen: set[str] = set()
    for cell in cells:
        cell.source = remove_links(cell.source)
        if cell.id not in WITHOUT:
            cell.source = _link_terms(cell.source, seen)


def find_unlinked(text: str, seen: set[str]) -> Iterator[str]:
    """Yield the terms that a text uses, first in the lesson, without a link; add to `seen` what it uses.

    It looks for one term after the other, and not as the build does, so that it sees what that leaves out.
    """
    linked = {find_entry(found["words"]) for found in LINK.finditer(text)}
    plain = re.sub(_LEFT, " ", text, flags=re.MULTILINE)
    for term in list_terms():
        if not term.endswith(EVERYDAY) and re.search(rf"\b{re.escape(term)}\b", plain, re.IGNORECASE):
            longer = any(term in other for other in linked | seen if term != other)
            if term not in linked | seen and not longer:
                yield term
            seen.add(term)
    seen.update(linked)


@cache
def list_terms() -> dict[str, str]:
    """Map the terms that are linked, in lower case, to what a link says of them."""
    found = {}
    for row in reading.read_rows(course_data() / "glossary.csv"):
        if row["kind"] in KINDS:
            names = [f"{language}: {row[column]}" for language, column in _LANGUAGES if row[column]]
            found[_name_entry(row)] = without_brackets(f"{row['meaning']} {'; '.join(names)}").strip()
    return found


def without_brackets(text: str) -> str:
    """Return a text without the letters that would end a link's title or begin another."""
    return re.sub(r'["()\[\]<>]', "", text)


@cache
def list_ids() -> dict[str, str]:
    """Map the terms that are linked, in lower case, to their ids in the table."""
    rows = [row for row in reading.read_rows(course_data() / "glossary.csv") if row["kind"] in KINDS]
    return {_name_entry(row): row["id"] for row in rows}


def _name_entry(row: Mapping[str, str]) -> str:
    """Return what an entry is looked up by: its term in lower case, without an abbreviation."""
    return (row["term"] if row["kind"] == "python" else row["term"].partition(" (")[0]).casefold()


def find_entry(words: str) -> str:
    """Return the term, in lower case, that a word is, in the singular or the plural, everyday or not."""
    word = words.casefold()
    forms = [word, word.removesuffix("s"), word.removesuffix("es")]
    known = list_terms()
    for form in forms:
        if form in known:
            return form
        if form + EVERYDAY in known:
            return form + EVERYDAY
    return word


def _link_terms(text: str, seen: set[str]) -> str:
    """Return a text with links from terms not in `seen`, to which they are added."""

    def link(found: re.Match[str]) -> str:
        word = found["term"] or found["everyday"]
        if not word:
            return found[0]
        entry = find_entry(word)
        if entry in seen:
            return found[0]
        seen.add(entry)
        linked = f'[{word}]({GLOSSARY} "{list_terms()[entry]}")'
        return f"*{linked}*" if found["everyday"] else linked

    return _make_pattern().sub(link, text)


@cache
def _make_pattern() -> re.Pattern[str]:
    plain, everyday = [], []
    for term in sorted(list_terms(), key=len, reverse=True):
        if term.endswith(EVERYDAY):
            everyday.append(re.escape(term.removesuffix(EVERYDAY)))
        else:
            plain.append(re.escape(term))
    return re.compile(
        rf"{_LEFT}|(?<!\*)\*(?P<everyday>(?:{'|'.join(everyday)})(?:s|es)?)\*(?!\*)"
        rf"|\b(?P<term>(?:{'|'.join(plain)})(?:s|es)?)\b",
        re.IGNORECASE | re.MULTILINE,
    )
