"""What all lessons teach together: added up from the claims that their cells treat."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import pytest
import treated
from treated import Mark

from samarkand import data
from samarkand.course import lessons

#: The last block of the article's first half; P19, the forecast on the summit, is taken there as well. Lesson
#: 06 takes the next section, and the caption of the second video; lesson 08 takes the last section.
LAST, BEYOND = "P14", {"P19", "H2", "P15", "P16", "P17", "P18", "C3", "H3", "P29", "P30", "P31", "P32"}
#: A claim named at some other cell than its own is seen at least so often.
SEEN = 0.95

LESSONS = [lessons.read(path) for path in lessons.paths()]
MARKS = [mark for lesson in LESSONS for mark in treated.marks(lesson)]


def first_half() -> list[str]:
    """Return the blocks of the first half of the article."""
    blocks = data.load("blocks")
    last = blocks.loc[blocks["block"] == LAST, "order"].item()
    return list(blocks[(blocks["order"] <= last) | blocks["block"].isin(BEYOND)]["block"])


def claims_of(blocks: Iterable[str]) -> list[str]:
    """Return the claims of some blocks."""
    claims = data.load("claims")
    return list(claims[claims["block"].isin(blocks)]["id"])


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


def test_the_first_half_of_the_article_is_taught() -> None:
    found = gaps(claims_of(first_half()), {mark.claim for mark in MARKS})
    assert not found, "\n".join(found)


def test_the_half_is_what_the_lessons_were_planned_for() -> None:
    assert first_half() == [
        "T1", "P01", "P02", "P03", "P04", "P05", "H1", "P06", "P07", "P08", "C1",
        "P09", "P10", "P11", "P12", "P13", "P14", "H2", "P15", "P16", "P17", "P18", "P19", "C3",
        "H3", "P29", "P30", "P31", "P32",
    ]  # fmt: skip


def test_every_block_of_the_half_has_a_claim() -> None:
    claims = data.load("claims")
    assert set(first_half()) <= set(claims["block"])


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
    half = claims_of(first_half())
    assert gaps(half, half) == []
    assert gaps(half, half[1:]) == ["No cell treats CL01."]
