"""Whose map: what each viewer draws is in the table, told as theirs, and silence is never made a position."""

from __future__ import annotations

import itertools

import pytest

from samarkand import data, explore, maps
from samarkand.ground.errors import UnknownName
from samarkand.maps import borders

ROWS = data.load("viewpoints").query("role == 'viewer'")
SAID = {(row.viewer, row.area): str(row.drawn_as) for row in ROWS.itertuples()}
VIEWERS, AREAS = sorted(set(ROWS["viewer"])), sorted(set(ROWS["area"]))
SILENT = "no position found"


def test_each_area_has_the_mark_of_what_the_viewer_makes_of_it_and_whose_it_is_to_the_viewer() -> None:
    scene = maps.viewpoints().scene
    marks = {mark.code: name for name, mark in borders.DRAWN.items()}
    assert sorted(scene.ticks.values()) == VIEWERS
    for at, step in enumerate(scene.steps):
        said = {area: SAID[step.label, area] for area in AREAS}
        of_others = sorted(one for one in said.values() if one.startswith("of "))
        assert sorted(owner for _, owner in step.events) == of_others
        for area, one in said.items():
            assert marks[scene.status[area][at]] == ("another’s" if one in of_others else one)
        n = list(said.values()).count(SILENT)
        lacks = f"For {n} area{'s' * (n > 1)} no position of its own was found."
        assert step.more == (lacks if n else "A position of its own was found for every area.")
    (china,) = (at for at, step in enumerate(scene.steps) if step.label == "China")
    assert [k for k, letters in scene.status.items() if letters[china] == "v"] == ["CHN"]


def test_a_number_on_the_map_is_that_of_the_list() -> None:
    scene = maps.viewpoints().scene
    for label in scene.labels:
        if label.id in AREAS:
            assert scene.names[label.id].group.split()[0] == label.text
    assert sum(label.id in AREAS for label in scene.labels) == len(AREAS)


def owner(viewer: str, area: str) -> str:
    said = SAID[viewer, area]
    return f"of {viewer}" if said == "own" else said


def test_two_viewers_are_alike_unlike_or_not_to_be_compared() -> None:
    explorer = explore.viewpoints()
    for pair in itertools.combinations(VIEWERS, 2):
        both = [a for a in AREAS if SILENT not in (owner(pair[0], a), owner(pair[1], a))]
        alike = sum(owner(pair[0], a) == owner(pair[1], a) for a in both)
        for one, other in (pair, pair[::-1]):
            card = explorer.render(one=one, other=other)
            assert f"draw {len(both) - alike} of {len(AREAS)} areas differently, and {alike} alike." in card
            silent = len(AREAS) - len(both)
            assert (f"{silent} cannot be compared." in card) == bool(silent)


def test_a_viewer_twice_and_a_viewer_that_is_not_there_get_a_sentence() -> None:
    assert "one viewer twice" in explore.viewpoints().render(one="China", other="China")
    with pytest.raises(UnknownName, match="China"):
        explore.viewpoints("Chian")


def test_a_viewer_without_a_document_or_that_abstained_holds_no_position() -> None:
    abstained = ROWS[(ROWS["document"] == "vote") & ROWS["names"].str.contains(r"\babstained\b")]
    silent = ROWS[ROWS["document"].isna()]
    assert len(abstained) and {*abstained["drawn_as"], *silent["drawn_as"]} == {SILENT}
