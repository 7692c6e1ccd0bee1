"""The map of corridors draws the routes of the table, says what is not built, and that it is a schema."""

from __future__ import annotations

import math

import pytest
from as_text import rows_of

from samarkand import geo, maps
from samarkand.maps import roads

ROWS = [row for row in rows_of("routes") if row["route"] != "POS"]
ROUTES = {row["route"]: row for row in ROWS}
#: 0.2 degrees of latitude, in map units (km).
EXACT = 0.2 * math.pi * geo.EARTH_RADIUS_KM / 180


def ways() -> dict[str, list[list[int]]]:
    layers = (layer for layer in maps.corridors()._children.values() if hasattr(layer, "shapes"))
    return {s.id: s.coordinates[0] for layer in layers for s in layer.shapes if s.style == "road"}


def test_every_route_but_the_one_that_passes_by_goes_through_its_places() -> None:
    drawn = ways()
    assert set(drawn) == set(ROUTES)
    for route, way in drawn.items():
        nodes = [row for row in ROWS if row["route"] == route]
        assert len(way) == len(nodes)
        for (x, y), node in zip(way, nodes, strict=True):
            there = geo.REGION.whole(float(node["lat"]), float(node["lon"]))
            assert math.dist((x, y), there) < EXACT, (route, node["node"])


def test_routes_of_two_kinds_do_not_lie_upon_each_other() -> None:
    first = {route: set(map(tuple, way)) for route, way in ways().items()}
    for one, points in first.items():
        for other, others in first.items():
            if ROUTES[one]["mode"].split(",")[-1] != ROUTES[other]["mode"].split(",")[-1]:
                rail = "rail" in ROUTES[one]["mode"] and "rail" in ROUTES[other]["mode"]
                assert rail or not points & others, (one, other)


@pytest.mark.parametrize(
    ("kind", "means"), [("oil", "pipeline, oil"), ("gas", "pipeline, gas"), ("rail", "railway")]
)
def test_a_step_counts_what_is_there_and_what_was_only_agreed(kind: str, means: str) -> None:
    scene = maps.corridors().scene
    at = ["all", *roads.MARKS].index(kind)
    mine = {route: row for route, row in ROUTES.items() if row["mode"].startswith(means)}
    built = [route for route, row in mine.items() if row["status_2022"] == "in operation"]
    said = scene.steps[at].say
    assert f" {len(built)} " in said
    assert (f"{len(mine) - len(built)} agreed and not built" in said) == (len(built) < len(mine))
    marks = {key.mark.label: key.mark.code for key in scene.keys}
    planned = {
        route for route, states in scene.status.items() if states[at] == marks["agreed, not built in 2022"]
    }
    assert planned == set(mine) - set(built)
    silent = {route for route in ROUTES if scene.status[route][at] == "-"}
    assert silent == set(ROUTES) - set(mine)


def test_it_says_in_its_title_that_it_is_a_schema() -> None:
    drawn = maps.corridors()
    assert "schematic" in drawn.scene.title
    assert "0.2 degrees" in drawn.scene.title
    assert "not how much goes through" in drawn.scene.note
