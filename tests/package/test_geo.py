"""Geometry: distances, the projection, the layers and how they were made."""

import math
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from samarkand import geo
from samarkand.common import home
from samarkand.common.errors import OutOfRange, UnknownName, WrongType

PREPARE = home.ROOT / "course_data" / "prepare" / "geo"
PLACES = {
    "crimea": (44.95, 34.1), "annexed_2022": (48.0, 37.8), "kashmir_india": (34.08, 74.8),
    "kashmir_pakistan": (35.92, 74.31), "aksai_chin": (35.2, 79.2), "shaksgam": (36.1, 76.4),
    "siachen": (35.35, 77.1), "arunachal": (27.6, 93.7), "taiwan": (24.8, 121.5), "kurils": (45.15, 147.95),
    "abkhazia": (43.05, 41.1), "south_ossetia": (42.3, 43.97), "kyrgyz_tajik": (39.84, 70.59),
    "kyrgyz_uzbek": (40.02, 71.1), "KAZ": (47.9, 67.7), "": (32.7, 35.2),
}  # fmt: skip


def test_distances_are_those_of_known_paths() -> None:
    quarter = math.pi / 2 * geo.EARTH_RADIUS_KM
    assert geo.distance_km((0, 0), (0, 90)) == pytest.approx(quarter)
    assert geo.distance_km((0, 0), (90, 123)) == pytest.approx(quarter)
    assert geo.distance_km((10, 179), (10, -179)) == pytest.approx(geo.distance_km((10, 0), (10, 2)))
    assert geo.distance_km((48.1, 11.6), (48.1, 11.6)) == 0


def test_a_great_circle_is_as_long_as_the_distance_and_evenly_divided() -> None:
    a, b = (40.0801, 116.5846), (51.0222, 71.4669)
    way = geo.great_circle(a, b, steps=8)
    assert (way[0], way[-1]) == (pytest.approx(a), pytest.approx(b))
    parts = [geo.distance_km(p, q) for p, q in pairwise(way)]
    assert sum(parts) == pytest.approx(geo.distance_km(a, b))
    assert max(parts) == pytest.approx(min(parts))
    over_the_date_line = geo.great_circle((60, 170), (60, -170))
    assert all(abs(q[1] - p[1]) < 10 for p, q in pairwise(over_the_date_line))


@pytest.mark.parametrize(("lat", "lon"), [(45, 85), (0, 73), (71, 170), (27, 30), (12, 105)])
@pytest.mark.parametrize("projection", [geo.REGION, geo.WORLD], ids=lambda one: one.name)
def test_a_projection_keeps_areas(projection: geo.Projection, lat: float, lon: float) -> None:
    half = 0.05
    sides = ((-half, -half), (-half, half), (half, half), (half, -half))
    corners = [(lat + up, lon + right) for up, right in sides]
    xy = [projection.exact(*corner) for corner in corners]
    on_map = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*xy, xy[0]])) / 2 * projection.unit_km**2
    band = math.sin(math.radians(lat + half)) - math.sin(math.radians(lat - half))
    on_globe = geo.EARTH_RADIUS_KM**2 * math.radians(2 * half) * band
    assert on_map == pytest.approx(on_globe, rel=1e-4)


@pytest.mark.parametrize(
    ("ask", "given", "error", "code", "fields"),
    [
        (geo.REGION.whole, (116.58, 40.08), OutOfRange, "not on Earth", {"lat": 116.58, "lon": 40.08}),
        (geo.distance_km, ("Beijing", (0, 0)), WrongType, "no point", {"given": "Beijing"}),
        (geo.great_circle, ((0, 0), (0, 180)), OutOfRange, "opposite", {"points": ((0, 0), (0, 180))}),
        (geo.great_circle, ((0, 0), (0, 1), 0), OutOfRange, "less than 1", {"given": 0}),
        (geo.length_km, ([(0, 0), (0, 1)], 0), OutOfRange, "less than 1", {"given": 0}),
        (
            geo.project_geometry,
            ({"type": "Line", "coordinates": []},),
            WrongType,
            "another geometry",
            {"given": "Line"},
        ),
        (geo.border, ("KAZ", "IND"), OutOfRange, "no border", {"states": ("KAZ", "IND")}),
        (geo.border, ("KAZ", "KAZ"), OutOfRange, "no border", {"states": ("KAZ", "KAZ")}),
        (geo.border, ("KAX", "CHN"), UnknownName, "unknown name", {"kind": "state", "name": "KAX"}),
        (geo.load, ("regoin",), UnknownName, "unknown name", {"kind": "map layer", "near": "region"}),
    ],
)
def test_what_is_not_on_the_map_is_refused(ask, given, error, code, fields) -> None:
    with pytest.raises(error) as raised:
        ask(*given)
    assert raised.value.code == code and fields.items() <= raised.value.fields.items()


def test_the_layers_can_be_made_again_byte_for_byte(tmp_path: Path) -> None:
    environment = {"PYTHONPATH": str(home.ROOT)}
    subprocess.run(
        [sys.executable, PREPARE / "build.py", tmp_path], check=True, capture_output=True, env=environment
    )
    made = sorted(tmp_path.iterdir())
    assert [path.stem for path in made] == sorted(geo.LAYERS)
    stored = home.ROOT / "course_data" / "geo"
    assert [path.name for path in made if path.read_bytes() != (stored / path.name).read_bytes()] == []


@pytest.mark.parametrize(("area", "place"), PLACES.items())
def test_a_contested_place_lies_in_its_area_and_in_no_state(area, place, monkeypatch) -> None:
    monkeypatch.syspath_prepend(PREPARE)
    from topology import inside

    point, holding = place[::-1], []
    for feature in geo.load("region")["features"]:
        if feature["geometry"]["type"] == "MultiPolygon":
            for outline, *holes in feature["geometry"]["coordinates"]:
                if inside(point, outline) and not any(inside(point, hole) for hole in holes):
                    holding.append(feature["properties"]["id"])
    # A mark lies over the states whose border it marks, and is cut out of none.
    assert holding == [area] or (area.startswith("kyrgyz") and holding[-1] == area)


def test_contested_areas_say_who_holds_and_who_claims_them() -> None:
    contested = [
        f["properties"] for f in geo.load("region")["features"] if f["properties"]["kind"] == "contested"
    ]
    assert len(contested) == 19
    for area in contested:
        assert area["name"] and area["held_by"] and area["claimed_by"]
        assert area["basis"] in ("Natural Earth", "own schematic, 0.1 to 0.2 degrees, CC BY 4.0")


def test_a_border_is_one_line_seen_from_both_sides() -> None:
    there, back = geo.border("KAZ", "CHN"), geo.border("CHN", "KAZ")
    assert there in (back, back[::-1])
    steps = [geo.distance_km(a, b) for a, b in pairwise(there)]
    assert max(steps) < 200 and 1_300 < sum(steps) < 1_429  # what the unrounded shapes give, or less
    assert len(set(there)) == len(there)
    assert geo.length_km(there) == pytest.approx(sum(steps))
    assert geo.length_km(there, every=32) == pytest.approx(geo.distance_km(there[0], there[-1]))
