"""Whose map: what each viewer draws is in the table, told as theirs, and silence is never made a position."""

from __future__ import annotations

import itertools

import pytest

from samarkand import data, explore, maps
from samarkand.explore import borders as side_by_side
from samarkand.ground.errors import UnknownName
from samarkand.maps import borders
from samarkand.maps._shapes import contested_areas

TABLE = data.load("viewpoints")
VIEWERS = sorted(set(TABLE.loc[TABLE["role"] == "viewer", "viewer"]))
AREAS = {one["id"] for one in contested_areas()}


def cell(viewer: str, area: str) -> str:
    found = TABLE[(TABLE["viewer"] == viewer) & (TABLE["area"] == area) & (TABLE["role"] == "viewer")]
    return str(found["drawn_as"].item())


def place(viewer: str) -> int:
    """Return at which step of the map a viewer stands."""
    return [step.label for step in maps.viewpoints().scene.steps].index(viewer)


@pytest.mark.parametrize("viewer", VIEWERS)
def test_each_area_has_the_mark_of_what_the_viewer_makes_of_it(viewer: str) -> None:
    scene = maps.viewpoints().scene
    at = place(viewer)
    marks = {mark.code: name for name, mark in borders.DRAWN.items()}
    for area in AREAS:
        said = cell(viewer, area)
        assert marks[scene.status[area][at]] == ("another’s" if said.startswith("of ") else said)


@pytest.mark.parametrize("viewer", VIEWERS)
def test_what_is_given_to_another_is_told_with_its_name(viewer: str) -> None:
    step = maps.viewpoints().scene.steps[place(viewer)]
    given = sorted(cell(viewer, area) for area in AREAS if cell(viewer, area).startswith("of "))
    assert sorted(to for _, to in step.events) == given


def test_the_viewer_s_own_state_is_marked_and_no_other() -> None:
    scene = maps.viewpoints().scene
    at = place("China")
    assert [k for k, letters in scene.status.items() if letters[at] == "v"] == ["CHN"]
    assert not [k for k, letters in scene.status.items() if letters[scene.step] == "v"]


def test_the_small_print_says_what_silence_is_and_whose_step_it_is() -> None:
    note = maps.viewpoints().scene.note
    assert "an abstention is no position" in note and "The step from a document to a map is ours" in note
    assert ".time button{display:none}" in maps.viewpoints().page()


@pytest.fixture(scope="module")
def viewpoints() -> explore.Explorer:
    return explore.viewpoints()


@pytest.mark.parametrize(("one", "other"), [*itertools.combinations(VIEWERS, 2)])
def test_two_viewers_are_alike_unlike_or_not_to_be_compared(
    one: str, other: str, viewpoints: explore.Explorer
) -> None:
    def owner(viewer: str, area: str) -> str:
        return f"of {viewer}" if cell(viewer, area) == "own" else cell(viewer, area)

    both = [a for a in AREAS if "no position found" not in (cell(one, a), cell(other, a))]
    alike = sum(owner(one, area) == owner(other, area) for area in both)
    card = viewpoints.render(one=one, other=other)
    assert f"draw {len(both) - alike} of {len(AREAS)} areas differently, and {alike} alike." in card
    silent = len(AREAS) - len(both)
    assert (f"{silent} cannot be compared." in card) == bool(silent)


def test_the_order_of_two_viewers_changes_nothing_but_the_order() -> None:
    rows = {(r.viewer, r.area): r for r in TABLE[TABLE["role"] == "viewer"].itertuples()}
    for one, other in itertools.combinations(VIEWERS, 2):
        for area in AREAS:
            a, b = rows[one, area], rows[other, area]
            assert side_by_side.compared(a, b) == side_by_side.compared(b, a)


def test_a_viewer_twice_and_a_viewer_that_is_not_there_get_a_sentence() -> None:
    assert "one viewer twice" in explore.viewpoints().render(one="China", other="China")
    with pytest.raises(UnknownName, match="China"):
        explore.viewpoints("Chian")


def test_a_viewer_without_a_document_holds_no_position() -> None:
    silent = TABLE["document"].isna()
    assert set(TABLE.loc[silent, "drawn_as"]) == {"no position found"}
    votes = TABLE[TABLE["document"] == "vote"]
    abstained = votes["names"].str.contains(r"\babstained\b")
    assert set(votes.loc[abstained, "drawn_as"]) == {"no position found"}
    for step in maps.viewpoints().scene.steps:
        n = sum(cell(step.label, area) == "no position found" for area in AREAS)
        lacks = f"For {n} area{'s' * (n > 1)} no position of its own was found."
        assert step.more == (lacks if n else "A position of its own was found for every area.")
