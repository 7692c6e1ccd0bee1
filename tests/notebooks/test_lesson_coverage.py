"""What all lessons teach together: added up from the claims that their cells treat."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import pytest
import treated
from treated import Mark

from samarkand import data
from tools.author import lessons

#: The article has so many blocks, and makes so many claims.
BLOCKS, CLAIMS = 40, 95
#: A claim named at some other cell than its own is seen at least so often.
SEEN = 0.95

LESSONS = [lessons.read(path) for path in lessons.paths()]
MARKS = [mark for lesson in LESSONS for mark in treated.marks(lesson)]


def gaps(wanted: Iterable[str], taught: Collection[str]) -> list[str]:
    """Return a sentence for each claim that no cell treats."""
    return [f"No cell treats {claim}." for claim in wanted if claim not in taught]


def moved(mark: Mark) -> list[Mark]:
    """Return a mark at every cell but its own."""
    return [
        Mark(lesson, cell, mark.claim)
        for lesson, cell in treated.places()
        if (lesson, cell) != (mark.lesson, mark.cell)
    ]


def test_the_whole_article_is_taught() -> None:
    claims = data.load("claims")
    assert len(claims) == CLAIMS
    found = gaps(claims["id"], {mark.claim for mark in MARKS})
    assert not found, "\n".join(found)


def test_every_block_has_a_claim_that_is_taught() -> None:
    blocks = data.load("blocks")["block"]
    assert len(blocks) == BLOCKS and set(blocks) == set(data.load("claims")["block"])


def test_lesson_10_lists_all_forecasts() -> None:
    (lesson,) = [lesson for lesson in LESSONS if lesson.name.startswith("10_")]
    (looks,) = [treated.shown(cell) for cell in lesson.cells if cell.id == "looks"]
    assert re.findall(r"^CL\d\d", looks, re.MULTILINE) == list(
        data.load("claims").query("type == 'forecast'")["id"]
    )


def test_what_a_cell_names_it_treats() -> None:
    found = list(treated.untreated(MARKS))
    assert not found, "\n".join(found)


def test_a_claim_at_another_cell_is_seen() -> None:
    elsewhere = [mark for claim in {mark.claim: mark for mark in MARKS}.values() for mark in moved(claim)]
    seen = len(list(treated.untreated(elsewhere))) / len(elsewhere)
    assert seen >= SEEN, f"Of {len(elsewhere)} marks at other cells {seen:.1%} are seen."


@pytest.mark.parametrize(
    "wrong",
    [
        # On trade, at the cell on the days without a journey.
        Mark("01_the_trip", "days-read", "CL12"),
        # On the diaspora, which another lesson treats.
        Mark("05_taking_sides", "people-text", "CL89"),
    ],
)
def test_a_wrong_mark_is_seen(wrong: Mark) -> None:
    assert len(list(treated.untreated([wrong]))) == 1


def test_a_gap_is_seen() -> None:
    claims = list(data.load("claims")["id"])
    assert gaps(claims, claims) == []
    assert gaps(claims, claims[1:]) == ["No cell treats CL01."]
