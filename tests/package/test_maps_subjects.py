"""Maps of one lesson each: flows, residuals, corridors, January 2022, and the graph of the network."""

from __future__ import annotations

import csv
import json
import math
import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from as_text import rows_of

from samarkand import data, geo, maps
from samarkand.maps import gravity, kazakhstan, roads, trade
from samarkand.maps._shapes import ASSETS
from samarkand.places import CENTRAL_ASIA

# -- 04: flows

SOLD = data.load("energy_flows").query("origin == 'RUS'")
YEARS = sorted(int(year) for year in SOLD["year"].unique())
QUANTITY = SOLD.set_index(["product", "destination", "year"])["value"]


def test_every_flow_of_the_table_is_drawn_as_wide_as_its_quantity() -> None:
    pairs = {(flow.product, flow.destination) for flow in trade.FLOWS}
    assert pairs == set(zip(SOLD["product"], SOLD["destination"], strict=True))
    drawn = maps.flows()
    by_year = json.loads(re.search(r"const FLOWS=(\{.*?\}),FULL", drawn.page())[1])  # type: ignore[index]
    for flow in trade.FLOWS:
        for year, (width, label) in zip(YEARS, by_year[flow.id], strict=True):
            amount = QUANTITY[flow.product, flow.destination, year]
            assert (
                width == pytest.approx(max(1.6, 0.2 * amount * (1 if flow.oil else 36 / 41.868)), abs=0.06)
                or not width
            )
            assert bool(label) == bool(width) == (amount > 0.05)
            assert not label or f"{amount:.1f}" in label
            assert f"{year} {amount:.1f}" in drawn.scene.names[flow.id].about
    stills = {year: maps.flows(year).still.count('class="oil"') for year in (2021, 2024)}
    assert stills[2021] == stills[2024] + 1  # of the United States, which bought next to nothing


def test_a_year_of_flows_tells_the_table_the_largest_buyer_first() -> None:
    for step, year in zip(maps.flows().scene.steps, YEARS, strict=True):
        told = dict(step.events)
        for code, name in (("CHN", "China"), ("EUR", "Europe"), ("IND", "India"), ("USA", "United States")):
            assert told[name] == f"{QUANTITY['crude oil', code, year]:.1f} Mt"
        assert told["China, gas by pipeline"] == f"{QUANTITY['pipeline gas', 'CHN', year]:.1f} bcm"
        amounts = [float(small.split()[0]) for _, small in step.events[:-1]]
        assert amounts == sorted(amounts, reverse=True) and step.label == str(year)


# -- 06: residuals


def test_residuals_are_those_of_the_normal_equations() -> None:
    gdp = data.load("gravity_gdp").set_index(["year", "iso3"])["gdp_usd_mn"]
    rows = data.load("gravity").query("year == @gravity.FIRST and flow_usd_mn > 0")
    ends = [rows[end].map(lambda iso3: gdp[gravity.FIRST, iso3]) for end in ("origin", "destination")]
    known = np.column_stack([np.ones(len(rows)), *map(np.log, (*ends, rows["distance_km"]))])
    counted = np.log(rows["flow_usd_mn"].to_numpy())
    coefficients = np.linalg.solve(known.T @ known, known.T @ counted)
    partner = rows["origin"].where(~rows["origin"].isin(CENTRAL_ASIA), rows["destination"])
    mine = pd.Series(counted - known @ coefficients, rows.index).groupby(partner).mean()
    found = gravity._fit().query("step == @gravity.FIRST").groupby("partner")["residual"].mean()
    assert found.to_numpy() == pytest.approx(mine.drop(list(CENTRAL_ASIA), errors="ignore").to_numpy())


def test_the_title_of_the_residuals_holds_in_every_year() -> None:
    scene = maps.residuals().scene
    for named, marks in (("RUS UKR CHN TUR", "pq"), ("IND PAK", "lm")):
        for iso3 in named.split():
            assert set(scene.status[iso3]) <= set(marks), iso3
    assert all(set(scene.status[iso3]) == {"c"} for iso3 in CENTRAL_ASIA)


# -- 06: corridors

NODES = [row for row in rows_of("routes") if row["route"] not in roads.BESIDE]
ROUTES = {row["route"]: row for row in NODES}


def test_every_route_goes_through_its_places_and_has_its_name_on_the_map() -> None:
    drawn = maps.corridors()
    layers = (layer for layer in drawn._children.values() if hasattr(layer, "shapes"))
    lines = {s.id: s.coordinates[0] for layer in layers for s in layer.shapes if s.style == "road"}
    assert set(lines) == set(ROUTES) == {label.id for label in drawn.scene.labels if "road" in label.style}
    exact = 0.2 * math.pi * geo.EARTH_RADIUS_KM / 180  # 0.2 degrees of latitude
    for route, line in lines.items():
        nodes = [row for row in NODES if row["route"] == route]
        for (x, y), node in zip(line, nodes, strict=True):
            there = geo.REGION.whole(float(node["lat"]), float(node["lon"]))
            assert math.dist((x, y), there) < exact, (route, node["node"])
        names = " ".join(node["node"] for node in nodes)  # the title
        if min(float(node["lon"]) for node in nodes) < 51 and nodes[0]["status_2022"] == "in operation":
            assert re.search("Astrakhan|Russia|Samara|Aktau.*Baku|Baku.*Aktau", names), route


@pytest.mark.parametrize(
    ("kind", "means"), [("oil", "pipeline, oil"), ("gas", "pipeline, gas"), ("rail", "railway")]
)
def test_a_step_counts_what_is_there_and_what_was_only_agreed(kind: str, means: str) -> None:
    scene = maps.corridors().scene
    at = ["all", *roads.MARKS].index(kind)
    mine = {route: row for route, row in ROUTES.items() if row["mode"].startswith(means)}
    built = [route for route, row in mine.items() if row["status_2022"] == "in operation"]
    assert f" {len(built)} " in scene.steps[at].say
    assert (f"{len(mine) - len(built)} agreed and not built" in scene.steps[at].say) == (
        len(built) < len(mine)
    )
    letters = {route: scene.status[route][at] for route in ROUTES}
    assert {route for route, letter in letters.items() if letter == roads.PLANNED.code} == set(mine) - set(
        built
    )
    assert {route for route, letter in letters.items() if letter == "-"} == set(ROUTES) - set(mine)


# -- 07: January 2022


def test_five_states_send_what_the_table_has_as_their_sum() -> None:
    plans = kazakhstan.contingents()
    assert list(plans) == ["RUS", "BLR", "TJK", "KGZ", "ARM"]
    assert sum(plans.values()) == data.load("who_counted").set_index("id").loc[kazakhstan.PLANS, "value"]


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
    assert maps.january().scene.status[state] == deeds
    assert not set(maps.january().scene.status.get("UZB", "")) & set("usql")


def test_a_day_of_january_says_its_event_and_the_counts_of_that_day() -> None:
    events = data.load("timeline").set_index("id").loc[kazakhstan.EVENTS]
    steps = maps.january().scene.steps
    assert {f"{row.day.day} January: {row.title}" for row in events.itertuples()} <= {
        step.say for step in steps
    }
    assert len(steps) == 18
    assert ".time button{display:none}" in maps.january().page(), "people died: nobody plays these days"
    told = {(step.label, figure) for step in steps for _, figure in step.events if "persons" in figure}
    troops = data.load("who_counted").query("quantity == @kazakhstan.TROOPS")
    assert told == {(f"{row.day.day} January", f"{row.value:,.0f} persons") for row in troops.itertuples()}


# -- 09: the graph

TIES = [row for row in rows_of("ties") if row["in_article"] == "true"]
PAIRS = {frozenset((row["actor"], row["target"])) for row in TIES}


def test_everybody_with_a_tie_has_a_dot_and_each_pair_a_line_by_the_sum_of_its_signs() -> None:
    with (ASSETS / "network.csv").open(encoding="utf-8", newline="") as file:
        placed = [row["id"] for row in csv.DictReader(file)]
    assert sorted(placed) == sorted({end for pair in PAIRS for end in pair})
    signs: dict[frozenset[str], list[int]] = {pair: [] for pair in PAIRS}
    for row in TIES:
        signs[frozenset((row["actor"], row["target"]))].append(int(row["sign"]))
    lines = {
        frozenset(ident.split("-")[1:]): letters for ident, letters in maps.network().scene.status.items()
    }
    for pair, own in signs.items():
        all_of_them = (
            "b" if not sum(own) and any(own) else "e" if not sum(own) else "p" if sum(own) > 0 else "n"
        )
        each = ((1, "p"), (-1, "n"), (0, "e"))
        assert lines[pair] == all_of_them + "".join(letter if sign in own else "-" for sign, letter in each)
    assert len(lines) == len(signs)


def test_what_the_graph_says_of_neighbours_is_counted() -> None:
    scene = maps.network().scene
    neighbours = Counter(end for pair in PAIRS for end in pair)
    for actor, n in neighbours.items():
        assert re.fullmatch(rf"{n} neighbours?", scene.names[actor].about)
    assert (
        scene.title
        == f"The article ties Russia to {neighbours['RUS']} of 31 others, China to {neighbours['CHN']}"
    )
    assert f"Russia {neighbours['RUS']} and Kazakhstan {neighbours['KAZ']}" in scene.steps[0].say
    hostile = Counter(row[end] for row in TIES if row["sign"] == "-1" for end in ("actor", "target"))
    assert scene.steps[2].say.endswith(f"Most are Russia’s: {hostile['RUS']}.")
