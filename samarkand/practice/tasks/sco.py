"""Practice of lesson 03: who was a member, how large the organisation is."""

import math

import pandas as pd

from samarkand import data, measures
from samarkand.answers import kinds
from samarkand.common.words import tr
from samarkand.practice import article
from samarkand.practice.tasks._engine import task

EVE, SUMMIT = "2022-09-13", "2022-09-15"
YEAR = 2021
GIANTS = ("CHN", "IND")
AZERBAIJAN, ACCESSION_EVE = "2016-03-14", "2017-06-08"
PARTNER = "dialogue partner"


def _figures(indicator: str, year: int = YEAR) -> pd.Series:
    """Return an indicator of one year, indexed by ISO3 code; ``WLD`` is the world."""
    table = data.load("indicators")
    rows = table[(table["indicator"] == indicator) & (table["year"] == year)]
    return rows.set_index("iso3")["value"]


def _codes(on: str = SUMMIT, status: str | None = "member") -> list[str]:
    return list(data.members(on, status)["iso3"])


def _others() -> list[str]:
    """Return the members without China and India."""
    return [code for code in _codes() if code not in GIANTS]


def _per_cent(figures: pd.Series, codes: list[str], whole: float) -> float:
    return float(100 * figures[figures.index.isin(codes)].sum() / whole)


def _people(codes: list[str]) -> float:
    people = _figures("population_persons")
    return _per_cent(people, codes, people["WLD"])


def _nominal(codes: list[str], year: int = YEAR) -> float:
    gdp = _figures("gdp_current_usd", year)
    return _per_cent(gdp, codes, gdp["WLD"])


def _at_ppp(codes: list[str], world: str = "gdp_ppp") -> float:
    gdp = (_figures("gdp_per_head_ppp") * _figures("population_persons")).dropna()
    return _per_cent(gdp, codes, _figures(world)["WLD"])


def _count_begun(on: str) -> pd.Series:
    """Count the spells of each status that had begun by a day, ended or not."""
    spells = data.load("sco_membership")
    return spells[spells["from"] <= on]["status"].value_counts()


def _count_current(on: str) -> pd.Series:
    """Count the states with each status on a day."""
    return data.members(on, None)["status"].value_counts()


def _mongolia() -> int:
    """Return the number of days on which Mongolia was an observer."""
    spells = data.load("sco_membership")
    spell = spells[(spells["country"] == "Mongolia") & (spells["status"] == "observer")].iloc[0]
    return int((spell["to"] - spell["from"]).days)


def _count_not_over() -> int:
    spells = data.load("sco_membership")
    return int((spells["to"].isna() | (spells["to"] > EVE)).sum())


def _population_shares(whole: float | None = None, per: float = 100) -> pd.Series:
    """Return each member's population as a share of a whole, by default the world, times `per`."""
    people = _figures("population_persons")
    return people[_codes()] / (whole or people["WLD"]) * per


def _direction() -> str:
    """Return the direction in which the mean position of the capitals moved from 2001 to 2022."""
    (lat1, lon1), (lat2, lon2) = _mean_capital("2001-06-15"), _mean_capital("2022-09-16")
    north, east = lat2 - lat1, (lon2 - lon1) * math.cos(math.radians((lat1 + lat2) / 2))
    if abs(north) > abs(east):
        return "north" if north > 0 else "south"
    return "east" if east > 0 else "west"


def _mean_capital(day: str) -> tuple[float, float]:
    capitals = data.load("places").set_index("iso3").loc[list(dict.fromkeys(_codes(day, None)))]
    return float(capitals["capital_lat"].mean()), float(capitals["capital_lon"].mean())


def _likeness_to_csto() -> float:
    clubs = data.load("org_membership").query("organisation == 'CSTO' and status == 'member'")
    return measures.jaccard(set(_codes(EVE)), set(data.held_on(clubs, EVE)["iso3"]))


TASKS = (
    task(
        "03.1", kinds.Days(), _mongolia, subtracted_later=lambda: -_mongolia(), day_no=lambda: _mongolia() + 1
    ),
    task(
        "03.2",
        kinds.Whole(tr("spells")),
        _count_not_over,
        given=lambda: 0,
        no_end=lambda: int(data.load("sco_membership")["to"].isna().sum()),
        later_end=lambda: int((data.load("sco_membership")["to"] > EVE).sum()),
    ),
    task(
        "03.3",
        kinds.ByKey(kinds.Whole(), keys=tr("statuses")),
        lambda: _count_current(EVE),
        begun=lambda: _count_begun(EVE),
        asks_other=lambda: _count_begun("2026-01-01"),
    ),
    task(
        "03.4",
        kinds.Whole(),
        lambda: len(_codes(AZERBAIJAN, PARTNER)),
        given=lambda: len(_codes(EVE, PARTNER)),
        eve=lambda: len(_codes("2016-03-13", PARTNER)),
        over=lambda: int(_count_begun(AZERBAIJAN)[PARTNER]),
        any_status=lambda: len(_codes(AZERBAIJAN, None)),
    ),
    task(
        "03.5",
        kinds.ByKey(kinds.Whole(), keys=tr("statuses")),
        lambda: _count_current(ACCESSION_EVE),
        given=lambda: _count_begun(ACCESSION_EVE),
        next_day=lambda: _count_current("2017-06-09"),
    ),
    task(
        "03.6",
        kinds.ByKey(kinds.PerCent(0.01)),
        lambda: _population_shares().nsmallest(3),
        fractions=lambda: _population_shares(per=1).nsmallest(3),
        of_the_eight=lambda: _population_shares(_figures("population_persons")[_codes()].sum()).nsmallest(3),
        millions_people=lambda: _population_shares(1e6, 1).nsmallest(3),
        largest=lambda: _population_shares().nlargest(3),
        eight=_population_shares,
    ),
    task(
        "03.7",
        kinds.PerCent(0.1),
        lambda: _people(_others()),
        given=lambda: _people(_codes()),
        giants=lambda: _people(list(GIANTS)),
        with_india=lambda: _people([*_others(), "IND"]),
        with_china=lambda: _people([*_others(), "CHN"]),
        smaller_world=lambda: 100 * _people(_others()) / (100 - _people(list(GIANTS))),
        of_members=lambda: 100 * _people(_others()) / _people(_codes()),
        gdp=lambda: _nominal(_others()),
        with_partners=lambda: _people([c for c in _codes(status=None) if c not in GIANTS]),
    ),
    task(
        "03.8",
        kinds.PerCent(0.2),
        lambda: _at_ppp(_codes()),
        nominal=lambda: _nominal(_codes(), 2022),
        people=lambda: _people(_codes()),
        later_members=lambda: _at_ppp(_codes("2025-12-31")),
        with_partners=lambda: _at_ppp(_codes(status=None)),
        two_measures=lambda: _at_ppp(_codes(), "gdp_current_usd"),
        share_market_exchange=lambda: _nominal(_codes()),
    ),
    task(
        "03.9",
        kinds.Shown(),
        lambda: pd.read_csv(article.path("figures")),
        claims=lambda: pd.read_csv(article.path("claims")),
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "03.members": lambda: len(_codes(EVE)),
    "03.direction": _direction,
    "03.giants": lambda: _people(list(GIANTS)),
    "03.claim": lambda: min(
        {"third": 30, "quarter": 25}.items(), key=lambda c: abs(_nominal(_codes()) - c[1])
    )[0],
    "03.csto": _likeness_to_csto,
}
