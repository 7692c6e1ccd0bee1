"""Known on the day, known later: every setting, and what each may and may not tell."""

from __future__ import annotations

import re

import pytest

from samarkand import data, explore
from samarkand.explore import trade
from samarkand.page import style

DAY = "2022-09-14"
NAMES = list(trade.FIGURES)


@pytest.fixture(scope="module")
def explorer() -> explore.Explorer:
    return explore.known_then()


def figures(measure: str, **known: str) -> list[trade.Figure]:
    return trade.FIGURES[measure](lambda name: data.load(name, **known))


def test_every_setting_draws_something_of_its_own(explorer: explore.Explorer) -> None:
    cards = [explorer.render(**values) for values in explorer.domain()]
    assert all("aria-label" in card for card in cards)
    assert len(set(cards)) == len(cards) == 2 * len(NAMES)


@pytest.mark.parametrize("measure", NAMES)
def test_on_the_day_nothing_later_is_told(measure: str, explorer: explore.Explorer) -> None:
    card = explorer.render(measure=measure, known="then")
    assert "not known yet" in card
    assert "Known on 14 September 2022:" in card
    assert not re.search(r"\d+ (?:October|November|December) 2022|\d+ \w+ 202[345]", card)
    days = data.load("sources").set_index("key")["published"]
    for key in set(re.findall(r">([A-Z]+\w*)<", card)) & set(days.index):
        assert days[key] <= DAY


@pytest.mark.parametrize("measure", NAMES)
def test_later_adds_to_what_was_known_and_changes_nothing_of_it(measure: str) -> None:
    then, now = figures(measure, known_on=DAY), figures(measure)
    assert {one[:3] for one in then} < {one[:3] for one in now}
    assert all(str(one.known.date()) <= DAY for one in then)


@pytest.mark.parametrize("measure", NAMES)
def test_both_pictures_have_the_same_axes(measure: str, explorer: explore.Explorer) -> None:
    grids = [
        re.findall(r'<line x1="0%" y1="([\d.]+)" x2="100%"', explorer.render(measure=measure, known=known))
        for known in ("then", "later")
    ]
    assert grids[0] == grids[1]
    assert len(grids[0]) >= 3


@pytest.mark.parametrize("measure", NAMES)
def test_what_is_later_differs_by_form_and_not_by_colour_alone(
    measure: str, explorer: explore.Explorer
) -> None:
    card = explorer.render(measure=measure, known="later")
    assert (
        card.count(f'fill="{style.pair("#ffffff")}" stroke="#D55E00"') > 2
    )  # diamonds and bars are hollow; one is the key's
    assert "not known yet" not in card


def test_figures_are_those_of_the_tables(explorer: explore.Explorer) -> None:
    table = data.load("trade_cn_ru_cumulative")
    august = table[table["period_end"] == "2022-08-31"].iloc[0]
    assert f"{august['total_usd_bn'] / 8:.1f} bn a month" in explorer.render(measure="total", known="then")
    for year, growth in ((2022, 29.3), (2023, 26.3), (2024, 1.9), (2025, -6.9)):
        row = table[(table["period_end"] == f"{year}-12-31")].iloc[0]
        assert row["growth_yoy_pct"] == growth
        assert f"{growth:.1f} %" in explorer.render(measure="growth", known="later")
    oil = data.load("energy_flows").query("product == 'crude oil' and destination == 'IND'")
    for value in oil["value"].tail(3):
        assert f"{value:.1f}" in explorer.render(measure="india", known="later")


def test_the_table_of_sentences_has_every_measure_and_gaps_that_are_filled(
    explorer: explore.Explorer,
) -> None:
    table = data.load("known_then").set_index("measure")
    assert list(table.index) == NAMES
    for measure, row in table.iterrows():
        then = {one.period for one in figures(str(measure), known_on=DAY)}
        later = {one.period for one in figures(str(measure))} - then
        assert set(re.findall(r"\{(.*?)\}", row["then"])) <= then
        assert set(re.findall(r"\{(.*?)\}", row["later"])) <= later
        for known in ("then", "later"):
            assert "{" not in explorer.render(measure=measure, known=known)


def test_no_car_was_counted_in_print_on_the_day(explorer: explore.Explorer) -> None:
    assert figures("cars", known_on=DAY) == []
    assert "no count of cars" in explorer.render(measure="cars", known="then")
