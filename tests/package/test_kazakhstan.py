"""Lesson 07: what its map and its explorer show is in the tables, and nobody's death is played or guessed."""

from __future__ import annotations

import re

import pytest

from samarkand import data, explore, maps
from samarkand.ground.errors import OutOfRange, UnknownName, WrongType
from samarkand.maps import kazakhstan
from samarkand.practice import questions
from tools.author import lessons

DEAD = "dead of January 2022"
#: What the plan of the course gives lesson 07 to treat.
CLAIMS = {f"CL{n}" for n in range(62, 83)} | {"CL54"}


def letters(code: str) -> str:
    """Return a state's deeds, a letter a day, from 2 to 19 January."""
    return maps.january().scene.status[code]


def test_the_strengths_add_up_to_what_the_table_has_as_their_sum() -> None:
    plans = kazakhstan.contingents()
    row = data.load("who_counted").set_index("id").loc[kazakhstan.PLANS]
    assert sum(plans.values()) == row["value"] == 3950
    assert list(plans) == ["RUS", "BLR", "TJK", "KGZ", "ARM"]


def test_five_members_of_the_alliance_send_and_the_sixth_asks() -> None:
    members = data.held_on(data.load("org_membership").query("organisation == 'CSTO'"), "2022-01-06")
    assert {*kazakhstan.contingents(), "KAZ"} == set(members["iso3"])


@pytest.mark.parametrize(
    ("state", "deeds"),
    [
        ("KAZ", "uuu" + "q" * 15),  # protests from the 2nd, the request on the 5th
        ("RUS", "----" + "s" * 7 + "l" * 7),  # there from the 6th, leaving from the 13th
        ("ARM", "----" + "s" * 7 + "l" * 7),
        ("CHN", "-----" + "o" * 13),  # the message of the 7th
    ],
)
def test_each_state_does_what_the_timeline_says_on_its_day(state: str, deeds: str) -> None:
    assert letters(state) == deeds


def test_uzbekistan_had_left_the_alliance_and_does_nothing_here() -> None:
    assert "UZB" not in {k for k, v in maps.january().scene.status.items() if set(v) & set("usql")}


def test_a_day_says_its_event_or_that_the_table_has_none() -> None:
    events = data.load("timeline").set_index("id").loc[kazakhstan.EVENTS]
    steps = maps.january().scene.steps
    said = {step.say for step in steps}
    assert {f"{row.day.day} January: {row.title}" for row in events.itertuples()} <= said
    assert len(steps) == 18 and sum("No event" in step.say for step in steps) == 6


def test_what_was_said_of_the_troops_stands_at_its_day() -> None:
    told = {
        (step.label, figure)
        for step in maps.january().scene.steps
        for _, figure in step.events
        if "persons" in figure
    }
    table = data.load("who_counted").query("quantity == @kazakhstan.TROOPS")
    assert told == {(f"{row.day.day} January", f"{row.value:,.0f} persons") for row in table.itertuples()}


def test_the_map_has_no_play_and_counts_no_dead() -> None:
    page = maps.january().page()
    assert ".time button{display:none}" in page
    assert ".time button{display:none}" not in maps.sco().page()
    shown = repr([maps.january().scene.steps, maps.january().scene.alt])
    for count in data.load("who_counted").query("quantity == @DEAD")["value"]:
        assert not re.search(rf"\b{count:.0f}\b", shown)


@pytest.mark.parametrize(
    ("day", "error"), [(1, OutOfRange), (20, OutOfRange), ("6", WrongType), (True, WrongType)]
)
def test_a_day_that_is_not_there_gets_a_sentence(day: object, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"6; got|covers 2 to 19"):
        maps.january(day)  # type: ignore[arg-type]


def test_nobody_is_asked_to_guess_how_many_died() -> None:
    for prediction in questions.every("predict").values():
        assert not re.search(r"\bdied\b|\bdead\b|\bdeath", prediction.text)


def test_the_explorer_has_every_row_with_its_counter_day_and_sources() -> None:
    explorer = explore.who_counted()
    for quantity, rows in data.load("who_counted").groupby("quantity"):
        card = explorer.render(quantity=quantity, known="later")
        assert card.count('<tr class="row">') - 1 == len(rows) or card.count('<th scope="row"') == len(rows)
        for row in rows.itertuples():
            assert row.source.split(";")[0] in card


@pytest.mark.parametrize(
    ("quantity", "known", "says"),
    [
        (DEAD, "later", "10 counts, from 164 to 241 persons."),
        (DEAD, "then", "1 more came out later."),
        ("people held in Xinjiang’s camps or centres", "later", "3 gave no number."),
        ("oil exports of Kazakhstan, 2022", "then", "nobody had published a count."),
        ("trade of China and Kazakhstan, 2021", "then", "1 count, 25 USD bn. 1 more came out later."),
    ],
)
def test_the_explorer_says_how_far_counts_reach_and_what_came_later(
    quantity: str, known: str, says: str
) -> None:
    assert says in explore.who_counted().render(quantity=quantity, known=known)


def test_a_refusal_to_count_is_shown_as_one_and_not_as_zero() -> None:
    card = explore.who_counted().render(quantity="people held in Xinjiang’s camps or centres", known="later")
    assert card.count("no number given") >= 3 * 2  # in the picture and in the table


def test_what_we_added_up_is_marked_as_ours() -> None:
    card = explore.who_counted().render(quantity=kazakhstan.TROOPS, known="later")
    assert card.count("M0 -5l5 5") == 2  # the key, and the sum of the plans


def test_a_quantity_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="dead of January 2022"):
        explore.who_counted("dead of January 2023")


def test_the_lesson_treats_what_it_was_planned_for() -> None:
    (lesson,) = [one for one in map(lessons.read, lessons.paths()) if one.name == "07_kazakhstan"]
    treated = {
        claim for cell in lesson.cells for claim in cell.metadata.get("samarkand", {}).get("claims", [])
    }
    assert treated == CLAIMS
