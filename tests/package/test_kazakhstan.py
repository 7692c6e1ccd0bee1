"""Who counted: every row of the table is shown, a refusal as one; nobody is asked to guess deaths."""

from __future__ import annotations

import re

import pytest

from samarkand import data, explore
from samarkand.practice import questions
from tools.author import lessons

DEAD, HELD = "dead of January 2022", "people held in Xinjiang’s camps or centres"
TROOPS = "troops of the CSTO in Kazakhstan, January 2022"
#: The claims that the plan of the course gives lesson 07 to treat.
CLAIMS = {f"CL{n}" for n in range(62, 83)} | {"CL54"}


def test_every_row_is_shown_with_its_counter_and_sources() -> None:
    explorer = explore.who_counted()
    for quantity, rows in data.load("who_counted").groupby("quantity"):
        card = explorer.render(quantity=quantity, known="later")
        assert card.count('<th scope="row"') == len(rows)
        assert all(row.source.split(";")[0] in card for row in rows.itertuples())


@pytest.mark.parametrize(
    ("quantity", "known", "says"),
    [
        (DEAD, "later", "10 counts, from 164 to 241 persons."),
        (DEAD, "then", "1 more came out later."),
        (HELD, "later", "gave no number."),
        ("oil exports of Kazakhstan, 2022", "then", "nobody had published a count."),
        ("trade of China and Kazakhstan, 2021", "then", "1 count, 25 USD bn. 1 more came out later."),
        ("growth of the trade of China and Russia, 2021", "later", "January to November 2021"),
    ],
)
def test_the_range_of_counts_and_what_came_later_are_told(quantity: str, known: str, says: str) -> None:
    assert says in explore.who_counted().render(quantity=quantity, known=known)


def test_nobody_is_asked_to_guess_how_many_died_and_the_lesson_treats_its_claims() -> None:
    for prediction in questions.every("predict").values():
        assert not re.search(r"\bdied\b|\bdead\b|\bdeath", prediction.text)
    (lesson,) = [one for one in map(lessons.read, lessons.paths()) if one.name == "07_kazakhstan"]
    assert {
        c for cell in lesson.cells for c in cell.metadata.get("samarkand", {}).get("claims", [])
    } == CLAIMS
