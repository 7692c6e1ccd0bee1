"""Checks of set 03, the SCO: spells of status, shares of the world, with and without the largest."""

import functools
import itertools
import math
import random
from collections.abc import Callable, Collection, Iterable

import pandas as pd

from samarkand import data
from samarkand.answers.kinds import ByKey, Codes, Days, PerCent, Together, Whole
from samarkand_grading.marking.checks import Given, asked, exercise

STATES = ("member", "observer", "dialogue partner")
YEARS = [2010, 2015, 2019, 2021, 2022]
SPELL = ["iso3", "status", "from"]


def _days(each: int = 5) -> list[str]:
    """Draw `each` days from each period between two changes, so that all periods are equally likely.

    They begin when a first status had ended and end when partners and observers became one. A time is left
    out that was over within a month, or in which there were as many members as partners.
    """
    table = data.load("sco_membership")
    changes = sorted({*table["from"], *table["to"].dropna()})
    days: list[str] = []
    for began, ended in itertools.pairwise(changes):
        status = data.held_on(table, began)["status"].value_counts()
        if began < pd.Timestamp("2015-07-10") or (ended - began).days < 30:
            continue
        if status["member"] != status["dialogue partner"]:
            chosen = random.Random(str(began)).sample(range(1, (ended - began).days), each)
            days += [str((began + pd.Timedelta(days=n)).date()) for n in sorted(chosen)]
    return days


def _count(given: Given, spells: pd.DataFrame) -> tuple[int, ...]:
    """Return the number of spells of each status, and the days since the latest spell began."""
    counts = [int((spells["status"] == status).sum()) for status in STATES]
    return (*counts, int((pd.Timestamp(given["day"]) - spells["from"].max()).days))


def _begun(given: Given) -> pd.DataFrame:
    table = data.load("sco_membership")
    return table[table["from"] <= given["day"]]


def _by_decision(given: Given) -> tuple[int, ...]:
    table = data.load("sco_membership")
    table["from"] = table["decided"].fillna(table["from"])
    return _count(given, data.held_on(table, given["day"]))


@functools.cache
def _running(day: str) -> list[tuple[str, str, pd.Timestamp]]:
    """Return (code, status, first day) of each spell in force on a day."""
    return list(data.held_on(data.load("sco_membership"), day)[SPELL].itertuples(index=False, name=None))


def _counts(given: Given, newest: Callable[..., pd.Timestamp] = max) -> tuple[int, ...]:
    _, status, began = zip(*_running(given["day"]), strict=True)
    return (*(status.count(one) for one in STATES), (pd.Timestamp(given["day"]) - newest(began)).days)


#: A number for each state that has one, and for the world (WLD).
Values = dict[str, float]


@functools.cache
def _value(indicator: str, year: int = 2021) -> Values:
    table = data.load("indicators")
    own = table[(table["indicator"] == indicator) & (table["year"] == year)]
    return own.dropna(subset="value").set_index("iso3")["value"].to_dict()


def _sum(values: Values, members: Iterable[str]) -> float:
    return math.fsum(values[code] for code in members if code in values)


def _share(values: Values, members: Collection[str]) -> float:
    return 100 * _sum(values, members) / values["WLD"]


def _people(given: Given, year: int | None = None) -> float:
    return _share(_value("population_persons", year or given["year"]), given["states"])


@functools.cache
def _at_ppp() -> Values:
    people = _value("population_persons")
    return {code: each * people[code] for code, each in _value("gdp_per_head_ppp").items() if code in people}


def _money(given: Given) -> tuple[float, float]:
    ppp = 100 * _sum(_at_ppp(), given["states"]) / _value("gdp_ppp")["WLD"]
    return ppp, _share(_value("gdp_current_usd"), given["states"])


def _of_those_listed(given: Given) -> float:
    """Return the result with the sum of the listed states in place of the world."""
    values = _value("population_persons", given["year"])
    return 100 * _sum(values, given["states"]) / _sum(values, values.keys() - {"WLD"})


def _groups(most: int = 42) -> list[list[str]]:
    """Draw groups of six states that had a status in the SCO; China or India is in each, and an observer."""
    family = sorted(set(data.load("sco_membership")["iso3"]) - {"CHN", "IND", "LAO", "AFG", "MNG"})
    draws = [random.Random(number) for number in range(2000, 2000 + most)]
    two = [(one, other) for one in ("CHN", "IND") for other in ("AFG", "MNG")]
    return [sorted([*two[n % 4], *draw.sample(family, 4)]) for n, draw in enumerate(draws)]


def _with_status(given: Given, *statuses: str) -> set[str]:
    return {code for code, status, _ in _running(given["day"]) if status in statuses}


def _of_mine(given: Given, *statuses: str) -> set[str]:
    """Return those of the six states that had one of the given statuses on the day."""
    return _with_status(given, *statuses) & set(given["states"])


def _as_members(given: Given) -> Given:
    """Return the numbers with the members of the summit's day in place of the six states."""
    return {**given, "states": sorted(_with_status({"day": "2022-09-15"}, "member"))}


def _each(given: Given, *, whole: float = 0, per: float = 100, year: int = 0) -> dict[str, float]:
    """Return each state's population as a share of the six states' population, or of another whole."""
    values = _value("population_persons", year or given["year"])
    return {code: per * values[code] / (whole or _sum(values, given["states"])) for code in given["states"]}


def _rest(given: Given) -> Given:
    """Return the group without China and India; each group has one of them."""
    return {**given, "states": [code for code in given["states"] if code not in ("CHN", "IND")]}


def _smaller_world(given: Given) -> float:
    """Return the result with China or India left out of the world as well."""
    values = _value("population_persons", given["year"])
    out = [code for code in given["states"] if code in ("CHN", "IND")]
    return 100 * _sum(values, _rest(given)["states"]) / (values["WLD"] - _sum(values, out))


SET = exercise(
    __file__,
    {"day": _days(), "year": YEARS, "states": _groups()},
    q1=asked(
        Together((*(Whole(f"{status}s", 0, 40) for status in STATES), Days(0, 20000))),
        _counts,
        ended_too=lambda g: _count(g, _begun(g)),
        by_decision=_by_decision,
        other_order=lambda g: (*_counts(g)[2::-1], _counts(g)[3]),
        without_open_ends=lambda g: _count(g, _begun(g)[_begun(g)["to"] > g["day"]]),
        since_the_oldest=lambda g: _counts(g, min),
    ),
    q2=asked(
        PerCent(0.05, 0, 100),
        _people,
        fraction=lambda g: _people(g) / 100,
        without_giants=lambda g: _people(_rest(g)),
        members=lambda g: _people(_as_members(g)),
        of_those_listed=_of_those_listed,
        wealth=lambda g: _money(g)[1],
        other_year=lambda g: _people(g, 2001),
    ),
    q3=asked(
        Together((PerCent(0.05, 0, 100), PerCent(0.05, 0, 100))),
        _money,
        swapped=lambda g: _money(g)[::-1],
        fractions=lambda g: tuple(x / 100 for x in _money(g)),
        both_nominal=lambda g: (_money(g)[1], _money(g)[1]),
        both_at_ppp=lambda g: (_money(g)[0], _money(g)[0]),
        members=lambda g: _money(_as_members(g)),
    ),
    q4=asked(
        Codes(),
        lambda g: _of_mine(g, "member", "observer"),
        members=lambda g: _of_mine(g, "member"),
        with_partners=lambda g: _of_mine(g, *STATES),
        without_members=lambda g: _of_mine(g, *STATES[1:]),
        all_states=lambda g: _with_status(g, *STATES[:2]),
    ),
    q5=asked(
        ByKey(PerCent(0.05, 0, 100)),
        _each,
        of_the_world=lambda g: _each(g, whole=_value("population_persons", g["year"])["WLD"]),
        fractions=lambda g: _each(g, per=1),
        other_year=lambda g: _each(g, year=2021 if g["year"] != 2021 else 2015),
    ),
    q6=asked(
        PerCent(0.01, 0, 100),
        lambda g: _people(_rest(g)),
        with_giants=_people,
        giants_alone=lambda g: _people(g) - _people(_rest(g)),
        smaller_world=_smaller_world,
        of_the_six=lambda g: 100 * _people(_rest(g)) / _people(g),
    ),
)
