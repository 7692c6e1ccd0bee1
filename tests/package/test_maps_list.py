"""What each map shows, read from the page it makes: contested areas, legend, layers, names, the journey.

It is held to the lists that the geometry is made from (``course_data/prepare/geo/contested*.json``) and to
the tables as text. Nothing here is stored, so storing a map anew cannot bless a mistake.
"""

from __future__ import annotations

import json
import math
import re
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from as_text import rows_of

from samarkand import geo, maps, places
from samarkand.ground.home import course_data
from samarkand.maps._base import contested

MAPS = ("region", "sco", "trip", "flows", "votes", "january")
Point = tuple[float, float]


def listed(name: str) -> dict[str, dict[str, Any]]:
    found = json.loads((course_data() / "prepare" / "geo" / f"{name}.json").read_text(encoding="utf-8"))
    return {area["id"]: area for area in found}


REGION = listed("contested")
#: On the world map Taiwan stands under its code, as a land of its own on the globe's finer list.
WORLD = {name: area for name, area in REGION.items() if name != "taiwan"} | listed("contested_world")

#: The day of each step. The first map is of the summit, the journey of its days, others of the ends of years.
DAYS: dict[str, list[str]] = {
    "region": ["2022-09-15"],
    "sco": [f"{year}-12-31" for year in range(1996, 2026)],
    "trip": ["2022-09-16"] * 9,
    "flows": [f"{year}-12-31" for year in range(2020, 2025)],
    "votes": sorted(row["day"] for row in rows_of("resolutions")),
    "january": [f"2022-01-{day:02}" for day in range(2, 20)],
}
LEGENDS = {
    "region": ["Kazakhstan and Uzbekistan", "SCO world", "Contested"],
    "sco": ["Members", "Observers", "Dialogue partners", "SCO partners", "Shanghai Five", "Contested"],
    "trip": ["Flights, on great circles", "Leaders met one to one", "Contested"],
    "flows": ["Crude oil", "Gas by pipeline to China", "Buyers", "Contested"],
    "votes": ["Voted yes", "Voted no", "Abstained", "Did not vote", "Not in the Council", "Contested"],
    "january": [
        "Protests",
        "Has asked for help",
        "Have sent a unit",
        "Withdraw",
        "Has offered support",
        "Contested",
    ],
}


@cache
def drawn(name: str) -> Any:
    return getattr(maps, name)()


@cache
def spec(name: str) -> Any:
    """Return what the page hands to its script."""
    start = drawn(name).page().partition("samarkand.start(")[2]
    return json.JSONDecoder().raw_decode(start[start.index("{") :])[0]


@cache
def panes(name: str) -> dict[str, list[list[Any]]]:
    """Return the shapes of each pane, in the order in which the page draws them."""
    found = {}
    for after in drawn(name).page().split("samarkand.shapes(")[1:]:
        shapes, end = json.JSONDecoder().raw_decode(after)
        found[re.match(r', ?"(\w+)"', after[end:])[1]] = shapes  # type: ignore[index]
    return found


def areas(name: str) -> dict[str, dict[str, Any]]:
    return WORLD if name in ("votes", "residuals") else REGION


@pytest.mark.parametrize("name", MAPS)
def test_each_contested_area_is_hatched_in_each_step_in_which_it_must_be(name: str) -> None:
    due = {
        ident: "".join(
            "x" if area.get("since", "") <= day < (area.get("until") or "9999") else "-" for day in DAYS[name]
        )
        for ident, area in areas(name).items()
    }
    found = {ident: letters for ident, letters in spec(name)["status"].items() if ident in due}
    assert found == due
    others = {ident for ident, letters in spec(name)["status"].items() if "x" in letters} - set(due)
    assert not others, "hatched, and in no list"
    assert spec(name)["says"]["x"] == "contested area"


def test_an_area_is_contested_from_its_first_day_until_the_day_on_which_it_ends() -> None:
    for ident, area in REGION.items():
        for edge, letters in (("since", "-xx"), ("until", "x--")):
            if area.get(edge):
                day = date.fromisoformat(area[edge])
                days = [f"{day + timedelta(n)}" for n in (-1, 0, 1)]
                assert contested(days)[0][ident] == letters, (ident, edge)
    assert any(area.get("since") for area in REGION.values())
    assert any(area.get("until") for area in REGION.values())


@pytest.mark.parametrize("name", MAPS)
def test_contested_areas_lie_above_the_states_and_what_moves_above_both(name: str) -> None:
    assert list(panes(name)) in (["land", "states"], ["land", "states", "above"])
    styles = [style.split()[0] for _, style, kind, _ in panes(name)["states"] if kind == "area"]
    assert styles == sorted(styles, key=["state", "contested"].index)
    shapes = {ident for ident, style, _, _ in panes(name)["states"] if style.split()[0] == "contested"}
    assert shapes == set(areas(name))
    assert all(
        style != "contested" for pane in ("land", "above") for _, style, _, _ in panes(name).get(pane, [])
    )


@pytest.mark.parametrize("name", MAPS)
def test_the_still_picture_hatches_as_many_as_it_has_room_for(name: str) -> None:
    first = spec(name)["step"]
    due = sum(letters[first] == "x" for letters in spec(name)["status"].values())
    paths = len(re.findall(r'class="[a-z ]*is-x"', drawn(name).still)) - 1  # the legend's
    assert 0.65 * due <= paths <= due
    assert 'id="p-x"' in drawn(name).still


#: What lies beyond the view of a map.
BEYOND = {name: {"golan", "halaib", "kurils", "north_cyprus"} for name in ("trip", "january")}
BEYOND["corridors"] = {"arunachal", "halaib", "taiwan"}


@pytest.mark.parametrize("name", [*MAPS, "corridors", "network", "residuals"])
def test_the_small_print_names_what_is_hatched_and_nothing_else(name: str) -> None:
    note = spec_note(name)
    never = set()
    for ident, area in areas(name).items():
        said = area.get("part_of") or area.get("listed") or area["name"]
        hatched = "x" in spec(name)["status"].get(ident, "")
        if said.casefold() in note.casefold():
            assert hatched, f"{said} is named, and hatched at no step"
        elif hatched:
            never.add(ident)
    assert never == BEYOND.get(name, set())
    if name == "sco":  # the years of change stand beside what changed
        assert "Crimea (from 2014)" in note and "Nagorno-Karabakh (to 2023)" in note


def spec_note(name: str) -> str:
    return re.sub(r"<[^>]+>", "", re.search(r"<footer>(.*?)</footer>", drawn(name).page(), re.DOTALL)[1])  # type: ignore[index]


@pytest.mark.parametrize("name", MAPS)
def test_the_legend_has_its_order_and_the_hatches_close_it(name: str) -> None:
    page = drawn(name).page()
    keys = re.findall(r'<section class="key" data-key="(\w)"><h2>.*?</svg>([^<]+)', page, re.DOTALL)
    assert [heading for _, heading in keys] == LEGENDS[name]
    for letter, heading in keys:
        assert spec(name)["says"][letter].casefold()[:5] in heading.casefold() or name in (
            "region",
            "trip",
            "flows",
            "january",
        )
    still = re.findall(r'height="13"|<text x="\d+" y="\d+">([^<]+)</text>', drawn(name).still)
    shown = [heading for heading in still if heading]
    assert shown == [heading for heading in LEGENDS[name] if heading in shown]
    assert shown[-1] == "Contested"


# -- names on their state


def _inside(point: Point, rings: list[list[list[float]]]) -> bool:
    """Say whether a point lies in an area of rings, holes included: by the even-odd rule."""
    x, y = point
    odd = False
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
                odd = not odd
    return odd


def _rings(numbers: list[list[list[int]]]) -> list[list[list[float]]]:
    out = []
    for polygon in numbers:
        for flat in polygon:
            x = y = 0
            ring = []
            for dx, dy in zip(flat[::2], flat[1::2], strict=True):
                x, y = x + dx, y + dy
                ring.append([float(x), float(y)])
            out.append(ring)
    return out


def _middle(ring: list[list[float]]) -> tuple[float, Point]:
    """Return the area of a ring and its centroid."""
    double = x = y = 0.0
    for (x0, y0), (x1, y1) in pairwise([*ring, ring[0]]):
        turn = x0 * y1 - x1 * y0
        double, x, y = double + turn, x + (x0 + x1) * turn, y + (y0 + y1) * turn
    return abs(double) / 2, (x / double / 3, y / double / 3)


#: Long, bent, or around another state: their names stand aside from the middle.
BENT = {"BGD", "CAN", "JPN", "LAO", "PAK", "VNM", "ZAF"}


@pytest.mark.parametrize("name", ["region", "sco", "votes"])
def test_each_name_stands_in_the_middle_of_its_state(name: str) -> None:
    shapes = {ident: numbers for ident, _, kind, numbers in panes(name)["states"] if kind != "dot"}
    for ident, text, x, y, *_ in spec(name)["labels"]:
        if ident in shapes.keys() - BENT:
            area, middle = max(map(_middle, _rings(shapes[ident])))
            assert math.dist((x, y), middle) < 0.2 * math.sqrt(area), text


@pytest.mark.parametrize("name", ["region", "sco", "trip", "votes"])
def test_each_name_stands_on_its_state(name: str) -> None:
    shapes = {ident: (kind, numbers) for ident, _, kind, numbers in panes(name)["states"]}
    labels = [label for label in spec(name)["labels"] if label[0] in shapes]
    assert len(labels) > 15
    for ident, text, x, y, *_ in labels:
        kind, numbers = shapes[ident]
        known = areas(name)[ident]["name"] if ident in areas(name) else places.name(ident)
        assert text in (known, {"ARE": "UAE", "GBR": "UK", "USA": "USA"}.get(ident)), ident
        if kind == "dot":
            assert math.dist((x, y), numbers[:2]) < 60, text
        else:
            rings = _rings(numbers)
            near = min(math.dist((x, y), point) for ring in rings for point in ring)
            gives_way = (name, ident) == ("trip", "KGZ") and near < 40  # to the flights
            assert _inside((x, y), rings) or gives_way, f"{text} stands {near:.0f} away from {ident}"


@pytest.mark.parametrize("name", ["region", "sco", "votes"])
def test_each_ocean_s_name_stands_in_the_open_sea(name: str) -> None:
    rings = [_rings(numbers) for _, _, kind, numbers in panes(name)["states"] if kind != "dot"]
    oceans = {label[1]: tuple(label[2:4]) for label in spec(name)["labels"] if label[-1] == "sea"}
    assert {"INDIAN OCEAN", "PACIFIC OCEAN"} < oceans.keys()
    for text, point in oceans.items():
        assert not any(_inside(point, state) for state in rings), text
        coast = min(math.dist(point, corner) for state in rings for ring in state for corner in ring)
        assert coast > 100 or text == "ARCTIC OCEAN", text  # whose islands lie everywhere


# -- the journey


def _km(a: Point, b: Point) -> float:
    (lat, lon), (to_lat, to_lon) = (tuple(map(math.radians, point)) for point in (a, b))
    h = math.sin((to_lat - lat) / 2) ** 2
    h += math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(h))


def test_the_journey_is_flown_as_the_table_has_it() -> None:
    legs = [row for row in rows_of("trip") if row["type"] == "leg"]
    steps = spec("trip")["steps"]
    flown = [step for step in steps if step[0].startswith("Leg")]
    lines = [shape for shape in panes("trip")["above"] if shape[1] == "leg"]
    assert [shape[0] for shape in lines] == ["leg1", "leg2", "leg3"]
    assert [shape[1] for shape in panes("trip")["above"]] == ["casing"] * 3 + ["leg"] * 3 + ["stop"] * 3
    for row, step, (_, _, _, (flat,)) in zip(legs, flown, lines, strict=True):
        ends = [(float(row["lat"]), float(row["lon"])), (float(row["to_lat"]), float(row["to_lon"]))]
        start, end = row["place"].partition(",")[0], row["to_place"]
        assert step[1] == f"{start} to {end}, {_km(*ends):,.0f} km"
        assert step[2] == f"{int(row['day'][-2:])} September 2022"
        drawn_ends = [flat[0], flat[1]], [sum(flat[::2]), sum(flat[1::2])]
        assert drawn_ends == tuple(list(geo.REGION.whole(*point)) for point in ends)
    ends_of = [((float(r["lat"]), float(r["lon"])), (float(r["to_lat"]), float(r["to_lon"]))) for r in legs]
    assert steps[0][0] == f"{sum(round(_km(*ends)) for ends in ends_of):,} km"


def test_states_are_filled_when_their_leaders_have_been_met_and_not_before() -> None:
    rows, steps = rows_of("trip"), spec("trip")["steps"]
    met: set[str] = set()
    at = 0
    stage: tuple[str, str] | None = None
    due = {}
    for row in rows:
        here = ("leg", row["id"]) if row["type"] == "leg" else (row["day"], row["place"].partition(",")[0])
        if here != stage:
            at, stage = at + 1, here
        met |= {row["counterpart_iso3"]} if row["type"] == "bilateral" else set()
        due[at] = set(met)
    assert at == len(steps) - 1
    status = spec("trip")["status"]
    for step, states in due.items():
        assert {ident for ident, letters in status.items() if letters[step] == "b"} == states, step
    assert {ident for ident, letters in status.items() if letters[0] == "b"} == met
