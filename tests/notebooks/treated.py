"""Which claims of the article a cell treats, and whether its text bears that out.

A cell names what it treats in its metadata, ``{"samarkand": {"claims": ["CL37"]}}``; what a lesson teaches is
added up from its cells. `weight` says how much of a claim stands in a cell and its two neighbours.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from samarkand import data
from tools.author import lessons
from tools.author.lessons import Lesson

#: So much of a claim has to stand where it is said to be treated.
ENOUGH = 0.45
#: What a word of our note on a claim, or its source, counts beside a word of the claim itself.
NOTE = 0.25
#: Cells that list, and treat nothing.
LISTS = ("card", "load", "sources-text", "sources")
#: Words that any text has.
COMMON = frozenset(
    re.findall(
        r"\w+",
        "the a an and or of to in on for with by at as is are was were be has have had not this "
        "that it its their his her they he she them from before over about after than will would "
        "may might can more most well also says said say one while ",
    )
)


@dataclass(frozen=True)
class Mark:
    """A claim that a cell says it treats."""

    lesson: str
    cell: str
    claim: str


@dataclass(frozen=True)
class Place:
    """What stands in a cell, and in that cell and its neighbours."""

    own: frozenset[str]
    around: frozenset[str]


def named(cell: NotebookNode) -> list[str]:
    """Return the claims that a cell says it treats."""
    return list(cell.metadata.get("samarkand", {}).get("claims", []))


def marks(lesson: Lesson) -> list[Mark]:
    """Return what all cells of a lesson say they treat."""
    return [Mark(lesson.name, cell.id, claim) for cell in lesson.cells for claim in named(cell)]


def shown(cell: NotebookNode) -> str:
    """Return what a reader sees of a cell: its source, and its outputs as text."""
    outputs = [str(o.get("data", o).get("text/plain", o.get("text", ""))) for o in cell.get("outputs", [])]
    return "\n".join([cell.source, *outputs])


def telling(text: str) -> frozenset[str]:
    """Return the words of a text by their first five letters, and its keys and ids as they stand."""
    words = re.findall(r"[^\W\d_][\w'-]*|\d+", text.replace("’", "'"))
    stems = {
        word.lower().removesuffix("'s") for word in words if word.lower() not in COMMON and len(word) > 1
    }
    keys = re.findall(r"\b[A-Z][A-Z0-9]+[a-z]?\b", text)
    return frozenset({w[:5] if len(w) > 5 else w.rstrip("s") for w in stems} | {f"[{key}]" for key in keys})


@functools.cache
def places() -> dict[tuple[str, str], Place]:
    """Return what stands in each cell of each lesson, by lesson and cell id."""
    found = {}
    for path in lessons.paths():
        lesson = lessons.read(path)
        texts = [shown(cell) for cell in lesson.cells]
        for i, cell in enumerate(lesson.cells):
            if cell.id not in LISTS:
                around = "\n".join(texts[max(0, i - 1) : i + 2])
                found[lesson.name, cell.id] = Place(telling(texts[i]), telling(around))
    return found


@functools.cache
def rarity() -> dict[str, float]:
    """Return what each word counts for: the more, the fewer places have it."""
    count = Counter(word for place in places().values() for word in place.around)
    return {word: math.log((len(places()) + 1) / (n + 1)) for word, n in count.items()}


@functools.cache
def words_of(claim: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of a claim, with hedge and speaker, and those of our note on it, with its sources."""
    row = data.load("claims").set_index("id").fillna("").loc[claim]
    speaker = "" if row["speaker"] == "narrator" else row["speaker"]
    says = telling(f"{row['paraphrase']} {row['hedge']} {speaker}")
    sources = {f"[{key}]" for key in row["source"].split(";") if key != "ART"}
    return says, (telling(f"{row['known_then']} {row['known_later']}") | sources | {f"[{claim}]"}) - says


def weight(claim: str, place: Place) -> float:
    """Return how much of a claim stands in a place: half for the cell itself, half for the three together.

    1 means as much as the claim has words that lessons use at all; the words of our note come on top.
    """
    rare = rarity()

    def sum_of(words: frozenset[str]) -> float:
        return sum(rare.get(word, 0) for word in words)

    says, note = words_of(claim)
    found = sum(sum_of(says & there) + NOTE * sum_of(note & there) for there in (place.own, place.around))
    return found / 2 / sum_of(says)


def untreated(marked: list[Mark]) -> Iterator[str]:
    """Yield a sentence for each mark whose claim does not stand where it is said to be treated."""
    for mark in marked:
        found = weight(mark.claim, places()[mark.lesson, mark.cell])
        if found < ENOUGH:
            yield (
                f"{mark.lesson}, {mark.cell}: names {mark.claim}, and has {found:.2f} of its words; "
                f"{ENOUGH} would do."
            )
