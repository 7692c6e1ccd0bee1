"""Points of the tables are in the country that the row names, as the course's own maps draw it."""

import json

import pytest
from shapely.geometry import Point, shape

from samarkand import data
from tools.author.our_tables import FOLDER

REGION = FOLDER / "geo" / "region.geojson"
pytestmark = pytest.mark.skipif(not REGION.exists(), reason="the geometry is not here")


@pytest.fixture(scope="module")
def areas():
    """Return the polygon of each area by id, widened by 0.2 degrees; contested areas are separate."""
    features = json.loads(REGION.read_text(encoding="utf-8"))["features"]
    return {f["properties"]["id"]: shape(f["geometry"]).buffer(0.2) for f in features}


def outside(areas, frame, code="iso3", lat="lat", lon="lon"):
    """Return (code, lat, lon) of the rows whose point is not in their state, coasts widened by 20 km."""
    rows = frame.dropna(subset=[code, lat, lon])
    rows = rows[rows[code].isin(list(areas))]
    assert len(rows) > 5
    return [
        (r[code], r[lat], r[lon])
        for _, r in rows.iterrows()
        if not areas[r[code]].contains(Point(r[lon], r[lat]))
    ]


BY_STATE = {
    "AFG": ["Kabul"],
    "ARM": ["Goris", "Yerevan"],
    "BLR": ["Belovezha"],
    "CHN": ["Shanghai", "Beijing", "Qingdao", "Urumqi", "Xi'an", "Tianjin"],
    "IND": ["Goa"],
    "KAZ": ["Almaty", "Astana (Nur-Sultan)", "Nur-Sultan", "Zhanaozen"],
    "KGZ": ["Bishkek", "Batken", "Jalal-Abad"],
    "MDA": ["Chisinau"],
    "MMR": ["Naypyidaw"],
    "RUS": ["Moscow", "St Petersburg", "Sochi", "Yekaterinburg", "Ufa", "Vladivostok"],
    "SAU": ["Jeddah"],
    "TJK": ["Dushanbe", "Khujand"],
    "UKR": ["Kyiv", "Kharkiv"],
    "UZB": ["Tashkent", "Nukus", "Samarkand"],
}
STATE_OF = {place: iso3 for iso3, places in BY_STATE.items() for place in places}


def test_points_lie_in_their_state(areas):
    actors = "type in ('state', 'place', 'event', 'organisation') and id != 'XINJIANG'"
    trip, timeline = data.load("trip"), data.load("timeline")
    trip["iso3"] = trip["place"].str.split(",").str[0].map(STATE_OF)
    timeline["iso3"] = timeline["place"].map(STATE_OF)
    assert trip["iso3"].notna().all()
    assert outside(areas, data.load("places"), lat="capital_lat", lon="capital_lon") == []
    for frame in (data.load("entities").query(actors), trip, timeline):
        assert outside(areas, frame) == []


def test_routes_lie_on_land_or_on_the_caspian(areas):
    frame = data.load("routes")
    points = [Point(row.lon, row.lat) for row in frame.itertuples()]
    assert all(any(area.contains(point) for area in areas.values()) for point in points)


def test_contested_areas_are_those_of_the_viewpoints_and_are_held_by_whose_ground_they_are():
    features = json.loads(REGION.read_text(encoding="utf-8"))["features"]
    contested = {f["properties"]["id"] for f in features if f["properties"]["kind"] == "contested"}
    assert set(data.load("viewpoints")["area"]) == contested
    whole = json.loads((FOLDER / "prepare" / "geo" / "naturalearth_50m.geojson").read_text(encoding="utf-8"))
    states = {f["properties"]["admin"]: shape(f["geometry"]) for f in whole["features"]}
    for one in features:
        middle = shape(one["geometry"]).representative_point()
        ground = next((state for state, polygon in states.items() if polygon.contains(middle)), "")
        holder = one["properties"].get("held_by", "").partition(",")[0].partition(";")[0]
        assert ground in (holder, "Siachen Glacier") or holder not in states, one["properties"]["id"]
