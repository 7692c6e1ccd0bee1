"""The map of flows holds what the table holds, for every year and every buyer."""

from __future__ import annotations

import json
import re

import pytest

from samarkand import data, maps
from samarkand.ground.errors import OutOfRange, WrongType
from samarkand.maps import trade

TABLE = data.load("energy_flows").query("origin == 'RUS'")
YEARS = sorted(int(year) for year in TABLE["year"].unique())


def quantity(product: str, destination: str, year: int) -> float:
    found = TABLE[(TABLE["product"] == product) & (TABLE["destination"] == destination)]
    return float(found.set_index("year")["value"][year])


def test_every_flow_of_the_table_is_drawn() -> None:
    drawn = {(flow.product, flow.destination) for flow in trade.FLOWS}
    assert drawn == set(zip(TABLE["product"], TABLE["destination"], strict=True))


@pytest.mark.parametrize("year", YEARS)
def test_a_year_says_what_the_table_holds(year: int) -> None:
    scene = maps.flows(year).scene
    step = scene.steps[scene.step]
    assert step.label == str(year)
    told = dict(step.events)
    for code, name in (("CHN", "China"), ("EUR", "Europe"), ("IND", "India"), ("USA", "United States")):
        assert told[name] == f"{quantity('crude oil', code, year):.1f} Mt"
    assert told["China, gas by pipeline"] == f"{quantity('pipeline gas', 'CHN', year):.1f} bcm"
    amounts = [float(small.split()[0]) for _, small in step.events[:-1]]
    assert amounts == sorted(amounts, reverse=True)
    for _, small in step.events[:2]:
        assert small.split()[0] in step.say
    assert scene.alt.count(step.say) == 1


@pytest.mark.parametrize("year", YEARS)
def test_labels_and_widths_go_with_the_quantity(year: int) -> None:
    drawn = maps.flows(year)
    found = re.search(r"const FLOWS=(\{.*?\}),FULL", drawn.page())
    assert found
    by_year = json.loads(found[1])
    for flow in trade.FLOWS:
        amount = quantity(flow.product, flow.destination, year)
        width, label = by_year[flow.id][YEARS.index(year)]
        assert width == flow.width(amount)
        assert label == flow.text(amount)
        assert bool(label) == bool(width) == (amount > 0.05)
        first = next(one for one in drawn.scene.labels if one.style.endswith(flow.id))
        assert first.text == label
        assert f"{year} {amount:.1f}" in drawn.scene.names[flow.id].about


def test_gas_is_as_wide_as_oil_of_the_same_energy() -> None:
    gas = next(flow for flow in trade.FLOWS if not flow.oil)
    oil = next(flow for flow in trade.FLOWS if flow.oil)
    assert gas.width(100) == oil.width(100 * trade.MT_PER_BCM)
    assert pytest.approx(0.86, abs=0.001) == trade.MT_PER_BCM


def test_nothing_worth_speaking_of_has_neither_band_nor_label() -> None:
    usa = next(flow for flow in trade.FLOWS if flow.destination == "USA")
    assert (usa.width(0.001), usa.text(0.001)) == (0.0, "")
    stills = {year: maps.flows(year).still.count('class="oil"') for year in (2021, 2024)}
    assert stills[2021] == stills[2024] + 1


@pytest.mark.parametrize("year", [2019, 2025, 0])
def test_a_year_that_the_table_lacks(year: int) -> None:
    with pytest.raises(OutOfRange, match=rf"covers 2020 to 2024; {year} lies outside"):
        maps.flows(year)


@pytest.mark.parametrize("year", ["2022", 2022.0, True, None])
def test_a_year_that_is_none(year: object) -> None:
    with pytest.raises(WrongType, match="whole number"):
        maps.flows(year)  # type: ignore[arg-type]
