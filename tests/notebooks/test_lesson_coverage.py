"""The lessons together cover the whole article: a cell names the claims that it treats, and has their words.

The names are in the cell's metadata, ``{"samarkand": {"claims": ["CL37"]}}``.
"""

import re
from functools import cache

import pytest

from samarkand import data
from tools.author import lessons

#: Minimum share of a claim's words in a cell and its neighbours; and if they cite one of its sources.
SPOKEN, CITED = 0.4, 0.15
CLAIMS = data.load("claims").set_index("id").fillna("")


@cache
def read() -> tuple[dict[tuple[str, str], str], list[tuple[tuple[str, str], str]]]:
    """Return the text of each cell with its two neighbours, and the pairs of cell and claim that it names."""
    places, marks = {}, []
    for lesson in lessons.read_all_lessons():
        outputs = [[o.get("data", o) for o in cell.get("outputs", ())] for cell in lesson.cells]
        seen = [[str(one.get("text/plain", one.get("text", ""))) for one in shown] for shown in outputs]
        texts = ["\n".join([cell.source, *out]) for cell, out in zip(lesson.cells, seen, strict=True)]
        for place, cell in enumerate(lesson.cells):
            places[lesson.name, cell.id] = "\n".join(texts[max(0, place - 1) : place + 2])
            claims = cell.metadata.get("samarkand", {}).get("claims", [])
            marks += [((lesson.name, cell.id), claim) for claim in claims]
    return places, marks


def treats(text: str, claim: str) -> bool:
    """Return whether a text treats a claim: it has many of its words, or some and its number or a source."""
    row = CLAIMS.loc[claim]
    speaker = row["speaker"].replace("narrator", "")
    says, there = (
        {word.lower()[:5] for word in re.findall(r"[^\W\d_]{4,}|\d+", words)}
        for words in (f"{row['paraphrase']} {row['hedge']} {speaker}", text)
    )
    cited = any(key in text for key in [claim, *row["source"].split(";")] if key != "ART")
    return len(says & there) >= (CITED if cited else SPOKEN) * len(says)


def test_the_whole_article_is_taught() -> None:
    assert set(CLAIMS.index) - {claim for _, claim in read()[1]} == set()
    assert set(data.load("blocks")["block"]) == set(CLAIMS["block"])


def test_what_a_cell_names_it_treats() -> None:
    places, marks = read()
    assert [mark for mark in marks if not treats(places[mark[0]], mark[1])] == []


@pytest.mark.parametrize(
    ("lesson", "cell", "claim"),
    [("01_the_trip", "days-read", "CL12"), ("05_taking_sides", "people-text", "CL89")],
)
def test_a_claim_of_another_cell_is_seen(lesson: str, cell: str, claim: str) -> None:
    assert not treats(read()[0][lesson, cell], claim)


def test_lesson_10_lists_all_forecasts() -> None:
    (looks,) = [text for (lesson, cell), text in read()[0].items() if lesson[:2] == "10" and cell == "looks"]
    assert {*CLAIMS.query("type == 'forecast'").index} <= {*re.findall(r"^CL\d\d", looks, re.MULTILINE)}
