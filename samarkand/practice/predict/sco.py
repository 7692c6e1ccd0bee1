"""What the predictions of lesson 03 come to."""

from __future__ import annotations

import math

import pandas as pd

from samarkand import data, measures

DAY, SUMMIT, FOUNDED = "2022-09-13", "2022-09-16", "2001-06-15"
#: Kilometres in a degree of latitude.
DEGREE = 111.2


def _members() -> int:
    return len(data.members(DAY))


def _direction() -> str:
    """Return where the middle of its states' capitals went, members, observers and partners together."""
    (lat1, lon1), (lat2, lon2) = _middle(FOUNDED), _middle(SUMMIT)
    north = (lat2 - lat1) * DEGREE
    east = (lon2 - lon1) * DEGREE * math.cos(math.radians((lat1 + lat2) / 2))
    if abs(north) > abs(east):
        return "north" if north > 0 else "south"
    return "east" if east > 0 else "west"


def _middle(day: str) -> tuple[float, float]:
    held = data.held_on(data.load("sco_membership"), day)
    capitals = data.load("places").set_index("iso3").loc[held["iso3"].unique()]
    return float(capitals["capital_lat"].mean()), float(capitals["capital_lon"].mean())


def _shares(indicator: str) -> pd.Series[float]:
    """Return each state's share of the world in 2021, in per cent."""
    table = data.load("indicators").query("year == 2021 and indicator == @indicator")
    values = table.set_index("iso3")["value"]
    shares: pd.Series[float] = values / values["WLD"] * 100
    return shares


def _giants() -> float:
    return float(_shares("population_persons")[["CHN", "IND"]].sum())


def _claim() -> str:
    share = float(_shares("gdp_current_usd")[list(data.members(DAY)["iso3"])].sum())
    return "third" if abs(share - 30) < abs(share - 25) else "quarter"


def _csto() -> float:
    clubs = data.load("org_membership").query("organisation == 'CSTO' and status == 'member'")
    return measures.jaccard(set(data.members(DAY)["iso3"]), set(data.held_on(clubs, DAY)["iso3"]))


TRUTHS = {
    "03.members": _members,
    "03.direction": _direction,
    "03.giants": _giants,
    "03.claim": _claim,
    "03.csto": _csto,
}
