"""Checks of set 03, the SCO: spells of status, shares of the world, with and without the largest."""

import functools
import itertools
import math
import random
from collections.abc import Callable, Collection, Iterable

import pandas as pd

from samarkand import data
from samarkand.answers.kinds import ByKey, Codes, Days, PerCent, Together, Whole
from samarkand_grading.marking.checks import Given, Mistake, ask, exercise_set

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


#: States that were observers, and dialogue partners, on each of the days that are drawn.
OBSERVERS, PARTNERS = ("AFG", "MNG"), ("LKA", "TUR")


def _groups(most: int = 42) -> list[list[str]]:
    """Draw groups of six states that had a status in the SCO.

    Each has China or India, an observer and a dialogue partner, so that no status can be left out or taken in
    unseen; and in no year has it the same share of the world's people as of its money.
    """
    table = data.load("sco_membership")
    family = sorted(set(table["iso3"]) - {"CHN", "IND", "LAO", *OBSERVERS, *PARTNERS})
    three = list(itertools.product(("CHN", "IND"), OBSERVERS, PARTNERS))
    found: list[list[str]] = []
    for number in itertools.count(2000):
        if len(found) == most:
            return found
        drawn = random.Random(number).sample(family, 3)
        group = sorted([*three[len(found) % len(three)], *drawn])
        money = _share(_value("gdp_current_usd"), group)
        people = [_people({"year": year, "states": group}) for year in YEARS]
        if group not in found and all(abs(one - money) > 0.1 for one in people):
            found.append(group)
    return found


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


SET = exercise_set(
    __file__,
    options={"day": _days(), "year": YEARS, "states": _groups()},
    questions=[
        ask(
            "q1",
            name="counts",
            points=1,
            kind=Together((*(Whole(f"{status}s", 0, 40) for status in STATES), Days(0, 20000))),
            solution=_counts,
            uses=["day"],
            typed=True,
            taught="1. Who belongs, and since when?",
            hint="A spell is in force on a day if it had begun by then and was not over; the newest of those has the latest from.",
            mistakes=[
                Mistake(
                    "States whose status had ended by your day are still counted: look at the column 'to'.",
                    lambda g: _count(g, _begun(g)),
                    excluded_by="the spells in force on that day",
                ),
                Mistake(
                    "This counts from the day of the decision, not from the day it took effect.",
                    _by_decision,
                    excluded_by="A status begins on the day in `from`; on the day in `to` it is already over",
                ),
                Mistake(
                    "The first three numbers are in another order than the question asks for.",
                    lambda g: (*_counts(g)[2::-1], _counts(g)[3]),
                    excluded_by="Put four whole numbers into `counts`: members, observers, dialogue partners, days",
                ),
                Mistake(
                    "The spells whose 'to' is empty are missing: they have not ended.",
                    lambda g: _count(g, _begun(g)[_begun(g)["to"] > g["day"]]),
                ),
                Mistake(
                    "You counted from an older one of these spells: which began last, whatever its status?",
                    lambda g: _counts(g, min),
                    excluded_by="how many days before it did the newest one begin",
                ),
            ],
        ),
        ask(
            "q2",
            name="people_share",
            points=2,
            kind=PerCent(0.05, 0, 100),
            solution=_people,
            uses=["year", "states"],
            taught="2. Forty per cent of the people?",
            hint="Sum the population of your six states, and divide by the row WLD of the same year.",
            mistakes=[
                Mistake(
                    "This is a fraction: multiply it by 100 to get per cent.",
                    lambda g: _people(g) / 100,
                    excluded_by="Unit: per cent",
                ),
                Mistake(
                    "China and India are left out.",
                    lambda g: _people(_rest(g)),
                ),
                Mistake(
                    "These are the members of 15 September 2022, not your six states.",
                    lambda g: _people(_as_members(g)),
                    excluded_by="Put the share of your six states",
                ),
                Mistake(
                    "You divided by the states in the table: the row WLD is the world.",
                    _of_those_listed,
                    excluded_by="the row `WLD` is the world",
                ),
                Mistake(
                    "This is wealth, not people: which indicator did you take?",
                    lambda g: _money(g)[1],
                    excluded_by="share of the world's people",
                ),
                Mistake(
                    "This is the share of a different year.",
                    lambda g: _people(g, 2001),
                ),
            ],
        ),
        ask(
            "q3",
            name="gdp_shares",
            points=2,
            kind=Together((PerCent(0.05, 0, 100), PerCent(0.05, 0, 100))),
            solution=_money,
            uses=["states"],
            moves=True,
            taught="3. Thirty per cent of the money?",
            hint="For the first, multiply GDP per head by population before you sum; for the second, take current dollars.",
            mistakes=[
                Mistake(
                    "The two numbers have changed places.",
                    lambda g: _money(g)[::-1],
                    excluded_by="first at purchasing power parity",
                ),
                Mistake(
                    "These are fractions: multiply them by 100 to get per cent.",
                    lambda g: tuple(x / 100 for x in _money(g)),
                    excluded_by="Unit: per cent",
                ),
                Mistake(
                    "Both are in current dollars.",
                    lambda g: (_money(g)[1], _money(g)[1]),
                    excluded_by="divide by `gdp_ppp` of `WLD`",
                ),
                Mistake(
                    "Both are at PPP.",
                    lambda g: (_money(g)[0], _money(g)[0]),
                    excluded_by="then in current dollars",
                ),
                Mistake(
                    "These are the members of 15 September 2022, not your six states.",
                    lambda g: _money(_as_members(g)),
                    excluded_by="over your six states",
                ),
            ],
        ),
        ask(
            "q4",
            name="close_ones",
            points=1,
            kind=Codes(),
            solution=lambda g: _of_mine(g, "member", "observer"),
            uses=["day", "states"],
            moves=True,
            taught="1. Who belongs, and since when?",
            hint="Keep the spells of your six states in force on your day; of those, the rows with one status or the other.",
            mistakes=[
                Mistake(
                    "These are the members alone.",
                    lambda g: _of_mine(g, "member"),
                    excluded_by="members or observers",
                ),
                Mistake(
                    "Dialogue partners are among them.",
                    lambda g: _of_mine(g, *STATES),
                ),
                Mistake(
                    "These are observers and dialogue partners.",
                    lambda g: _of_mine(g, *STATES[1:]),
                ),
                Mistake(
                    "These are all states, not only your six.",
                    lambda g: _with_status(g, *STATES[:2]),
                    excluded_by="Which of your six states",
                ),
            ],
        ),
        ask(
            "q5",
            name="people_shares",
            points=2,
            kind=ByKey(PerCent(0.05, 0, 100)),
            solution=_each,
            uses=["year", "states"],
            moves=True,
            taught="2. Forty per cent of the people?",
            hint="Divide the people of each state by the sum of your six, and multiply by 100: Python does it for each row.",
            mistakes=[
                Mistake(
                    "These are shares of the world: the question asks for shares of your six.",
                    lambda g: _each(g, whole=_value("population_persons", g["year"])["WLD"]),
                    excluded_by="Of all people in your six states",
                ),
                Mistake(
                    "These are fractions: multiply them by 100 to get per cent.",
                    lambda g: _each(g, per=1),
                    excluded_by="Unit: per cent",
                ),
                Mistake(
                    "These are the people of a different year.",
                    lambda g: _each(g, year=2021 if g["year"] != 2021 else 2015),
                    excluded_by="in `given['year']`",
                ),
            ],
        ),
        ask(
            "q6",
            name="without_largest",
            points=2,
            kind=PerCent(0.01, 0, 100),
            solution=lambda g: _people(_rest(g)),
            uses=["year", "states"],
            moves=True,
            taught="2. Forty per cent of the people?",
            hint="Drop China's or India's row before you add up, and divide by the row WLD.",
            mistakes=[
                Mistake(
                    "China or India is still among them.",
                    _people,
                    excluded_by="without China or India",
                ),
                Mistake(
                    "That is the share of China or India alone.",
                    lambda g: _people(g) - _people(_rest(g)),
                ),
                Mistake(
                    "You took it out of the world, too: divide by all the world's people.",
                    _smaller_world,
                    excluded_by="share of *all* the world's people",
                ),
                Mistake(
                    "That is the share of your six states' people, not of the world's.",
                    lambda g: 100 * _people(_rest(g)) / _people(g),
                    excluded_by="all* the world's people",
                ),
            ],
        ),
    ],
)

#: The ties of the set's words by cell, as in a lesson's metadata.
TIED = {
    "title": {
        "0.25 for": "0.25",
        "25 per": "25",
        "6 questions, 10 points": ["len(exercise.questions)", "exercise.points"],
    },
    "q1-question": {"four whole": "len(exercise.get_question('q1').kind.parts)"},
    "q2-question": {
        "holds six states": "len(exercise.options['states'][0])",
        "your six states": "len(exercise.options['states'][0])",
    },
    "q3-question": {
        "Take your six states": "len(exercise.options['states'][0])",
        "over your six states": "len(exercise.options['states'][0])",
        "2021 did": "row('indicators', iso3='WLD', indicator='gdp_ppp').year",
    },
    "q4-question": {"six states": "len(exercise.options['states'][0])"},
    "q5-question": {
        "of your six": "len(exercise.options['states'][0])",
        "six states": "len(exercise.options['states'][0])",
    },
    "q6-question": {
        "five": "len(exercise.options['states'][0]) - 1",
        "six states": "len(exercise.options['states'][0])",
    },
}
