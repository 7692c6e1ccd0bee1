"""What all lessons teach together: added up from their metadata, held against the tables of the article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import house_style
import pytest

from samarkand import data

#: The last block that the lessons so far take; P19, the forecast on the summit, is taken as well.
LAST, BEYOND = "P14", {"P19"}

Named = Mapping[str, Iterable[str]]


def named_by_lessons() -> list[Named]:
    """Return what the metadata of each lesson name."""
    lessons = [house_style.read(path) for path in house_style.notebooks()]
    return [lesson.notebook.metadata["samarkand"] for lesson in lessons]


def first_half() -> dict[str, list[str]]:
    """Return the blocks of the first half of the article, and their claims with all forecasts."""
    blocks, claims = data.load("blocks"), data.load("claims")
    last = blocks.loc[blocks["block"] == LAST, "order"].item()
    half = blocks[(blocks["order"] <= last) | blocks["block"].isin(BEYOND)]["block"]
    taught = claims["block"].isin(half) | (claims["type"] == "forecast")
    return {"blocks": list(half), "claims": list(claims[taught]["id"])}


def gaps(wanted: Named, lessons: Iterable[Named]) -> list[str]:
    """Return a sentence for each block or claim that no lesson names."""
    lessons = list(lessons)
    return [
        f"No lesson names {name} among its {kind}."
        for kind, names in wanted.items()
        for name in names
        if not any(name in lesson[kind] for lesson in lessons)
    ]


def test_the_first_half_of_the_article_is_taught() -> None:
    found = gaps(first_half(), named_by_lessons())
    assert not found, "\n".join(found)


def test_the_half_is_what_the_lessons_were_planned_for() -> None:
    half = first_half()
    assert half["blocks"] == [
        "T1", "P01", "P02", "P03", "P04", "P05", "H1", "P06", "P07", "P08", "C1",
        "P09", "P10", "P11", "P12", "P13", "P14", "P19",
    ]  # fmt: skip
    forecasts = data.load("claims").query("type == 'forecast'")["id"]
    assert len(forecasts) == 14
    assert set(forecasts) <= set(half["claims"])


@pytest.mark.parametrize("kind", ["blocks", "claims"])
def test_a_gap_is_seen(kind: str) -> None:
    half = first_half()
    whole = {name: list(names) for name, names in half.items()}
    assert gaps(half, [whole]) == []
    lost = whole[kind].pop()
    assert gaps(half, [whole]) == [f"No lesson names {lost} among its {kind}."]
    assert gaps(half, [whole, {"blocks": [], "claims": [], kind: [lost]}]) == []
    assert len(gaps(half, [])) == len(half["blocks"]) + len(half["claims"])
