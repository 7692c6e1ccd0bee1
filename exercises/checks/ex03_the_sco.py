"""Checks of set 03, the SCO: spells of status, shares of the world, overlap with other clubs."""

from __future__ import annotations

# ruff: noqa: E501 - a question reads best in few lines
import functools
import itertools
import math
import random
from collections.abc import Collection, Iterable, Set

import pandas as pd

from samarkand import data
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.answers.kinds import Codes, Days, Number, PerCent, Text, Together, Whole
from samarkand_grading.marking.checks import ExerciseSet, Given, Question
from samarkand_grading.marking.inputs import Case

SUMMIT = pd.Timestamp("2022-09-15")
CLUBS = ["CSTO", "CIS", "EAEU"]
STATES = ("member", "observer", "dialogue partner")
FAMILIES = [["member", "observer"], ["member", "dialogue partner"], list(STATES)]
YEARS = [2015, 2019, 2021, 2022]

#: Code, status, first day, day it ended.
Spell = tuple[str, str, pd.Timestamp, pd.Timestamp]
SPELL = ["iso3", "status", "from", "to"]


def _days(each: int = 5) -> list[str]:
    """Draw days from each time in which nothing changed, so that all times are as likely.

    They begin when a first status had ended and end when partners and observers became one. A time is left out
    that was over within a month, or in which there were as many members as partners.
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


DAYS = _days()


def _count(table: pd.DataFrame, day: pd.Timestamp) -> tuple[int, ...]:
    """Count each status, and the days since the newest of the spells began."""
    counts = [int((table["status"] == status).sum()) for status in STATES]
    return (*counts, int((day - table["from"].max()).days))


def _ever(given: Given) -> tuple[int, ...]:
    table, day = data.load("sco_membership"), pd.Timestamp(given["day"])
    return _count(table[table["from"] <= day], day)


def _only_ended(given: Given) -> tuple[int, ...]:
    table, day = data.load("sco_membership"), pd.Timestamp(given["day"])
    return _count(table[(table["from"] <= day) & (table["to"] > day)], day)


def _by_decision(given: Given) -> tuple[int, ...]:
    table, day = data.load("sco_membership"), pd.Timestamp(given["day"])
    return _count(data.held_on(table.assign(**{"from": table["decided"].fillna(table["from"])}), day), day)


def _since_the_oldest(given: Given) -> tuple[int, ...]:
    table, day = data.load("sco_membership"), pd.Timestamp(given["day"])
    return (*_counts(given)[:3], int((day - data.held_on(table, day)["from"].min()).days))


def _spells(table: pd.DataFrame) -> list[Spell]:
    return list(zip(*(table[name].tolist() for name in SPELL), strict=True))


def _still(spells: list[Spell], day: pd.Timestamp) -> list[Spell]:
    """Keep the spells that run on a day, as `held_on` does; of a few spells, in a hundredth of its time."""
    return [spell for spell in spells if spell[2] <= day and (pd.isna(spell[3]) or day < spell[3])]


@functools.cache
def _course() -> tuple[pd.DataFrame, list[Spell], list[str], list[str]]:
    """Read the course's table: the columns of spells, the spells, all codes, and the codes of partners."""
    table = data.load("sco_membership")[SPELL]
    spells = _spells(table)
    partners = {code for code, status, _, _ in spells if status == "dialogue partner"} - {"BLR"}
    return table, spells, sorted({code for code, *_ in spells}), sorted(partners)


@functools.cache
def _running(day: pd.Timestamp) -> list[Spell]:
    return _still(_course()[1], day)


def _counts(given: Given) -> tuple[int, ...]:
    day = pd.Timestamp(given["day"])
    _, status, began, _ = zip(*_running(day), strict=True)
    return (*(status.count(one) for one in STATES), (day - max(began)).days)


def status_on(table: pd.DataFrame, iso3: str, day: pd.Timestamp) -> str:
    """Return the status of a state on a day, or "none"."""
    own = [spell for spell in _spells(table) if spell[0] == iso3]
    return next((str(status) for _, status, _, _ in _still(own, pd.Timestamp(day))), "none")


def _inclusive(table: pd.DataFrame, iso3: str, day: pd.Timestamp) -> str:
    own = table[(table["iso3"] == iso3) & (table["from"] <= day)]
    own = own[own["to"].isna() | (own["to"] >= day)]
    return str(own["status"].iloc[0]) if len(own) else "none"


def _without_an_end(table: pd.DataFrame, iso3: str, day: pd.Timestamp) -> str:
    own = table[(table["iso3"] == iso3) & (table["from"] <= day)]
    return str(own["status"].iloc[0]) if len(own) else "none"


def _with_an_end(table: pd.DataFrame, iso3: str, day: pd.Timestamp) -> str:
    own = table[(table["iso3"] == iso3) & (table["from"] <= day) & (table["to"] > day)]
    return str(own["status"].iloc[0]) if len(own) else "none"


def _today(table: pd.DataFrame, iso3: str, day: pd.Timestamp) -> str:
    own = table[table["iso3"] == iso3]
    return str(own["status"].iloc[-1]) if len(own) else "none"


def _strict_start(table: pd.DataFrame, iso3: str, day: pd.Timestamp) -> str:
    own = table[(table["iso3"] == iso3) & (table["from"] < day)]
    own = own[own["to"].isna() | (own["to"] > day)]
    return str(own["status"].iloc[0]) if len(own) else "none"


def _other_history(draw: random.Random) -> tuple[pd.DataFrame, list[Spell], list[str]]:
    """Change the codes round, move all days by as much, and leave nine partners out.

    Returns
    -------
    table : pandas.DataFrame
        Like the course's, in the same order.
    spells : list of Spell
        What is in it.
    out : list of str
        The codes of the nine.
    """
    table, spells, codes, partners = _course()
    new = dict(zip(codes, draw.sample(codes, len(codes)), strict=True))
    out = draw.sample(partners, 9)
    moved = pd.Timedelta(days=draw.choice([-1, 1]) * draw.randint(200, 2500))
    kept = [
        (new[c], status, began + moved, ended + moved) for c, status, began, ended in spells if c not in out
    ]
    columns = zip(SPELL, zip(*kept, strict=True), strict=True)
    other = pd.DataFrame({name: pd.array(list(column), dtype=table[name].dtype) for name, column in columns})
    return other, kept, [new[code] for code in out]


def _within(draw: random.Random, spell: Spell) -> tuple[str, pd.Timestamp]:
    """Draw a day on which the spell neither begins nor ends."""
    iso3, _, began, ended = spell
    days = 1500 if pd.isna(ended) else (ended - began).days
    return iso3, began + pd.Timedelta(days=draw.randint(2, days - 2))


def ordinary(table: pd.DataFrame, iso3: str, day: pd.Timestamp) -> bool:
    """Tell an input that asks for nothing but what the example asks for; tests hold `_cases` to it."""
    own = table[table["iso3"] == iso3]
    on_the_day = ((own["from"] == day) | (own["to"] == day)).any()
    return len(table) > 0 and not on_the_day and bool((own["from"] - day).dt.days.ne(1).all())


def _cases(draw: random.Random) -> list[Case]:
    table, spells, _, _ = _course()
    other, moved, absent = _other_history(draw)
    histories: dict[str, list[Spell]] = {}
    for spell in moved:
        histories.setdefault(spell[0], []).append(spell)
    first = [history[0] for history in histories.values()]
    later = [spell for history in histories.values() for spell in history[1:]]

    def inside(status: str, among: list[Spell]) -> tuple[str, pd.Timestamp]:
        return _within(draw, draw.choice([spell for spell in among if spell[1] == status]))

    def before(days: int) -> tuple[str, pd.Timestamp]:
        iso3, _, began, _ = draw.choice(first)
        return iso3, began - pd.Timedelta(days=days)

    # One of each status: neither the first nor the last of a state's is right for all, nor one that is always the same.
    ordinary = [
        inside("member", later), inside("observer", [*first, *later]), inside("dialogue partner", first), before(draw.randint(30, 900)),
        # It has a status then in the course's table, and is not in the one that is handed over.
        _within(draw, draw.choice([spell for spell in spells if spell[0] in absent])),
    ]  # fmt: skip
    draw.shuffle(ordinary)
    return [
        Case((table, "IND", pd.Timestamp("2022-09-15"))),
        *(Case((other, *asked)) for asked in ordinary),
        *(
            Case((other, iso3, began), edge="the day one spell ends and the next begins")
            for iso3, _, began, _ in draw.sample(later, 2)
        ),
        Case((other, *before(0)), edge="the first day of a first spell"),
        Case((other, *before(1)), edge="the day before a first spell"),
        Case((other.iloc[:0], *inside("member", later)), edge="an empty table"),
    ]


def _members(day: pd.Timestamp = SUMMIT) -> set[str]:
    return set(_with_status(("member",), day))


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
    """Divide by the sum of all rows of states, as if they were the world."""
    values = _value("population_persons", given["year"])
    return 100 * _sum(values, given["states"]) / _sum(values, values.keys() - {"WLD"})


def _groups(most: int = 40) -> list[list[str]]:
    """Draw groups of six states that had a status in the SCO; China or India is in each, never both."""
    family = sorted(set(data.load("sco_membership")["iso3"]) - {"CHN", "IND", "LAO"})
    draws = [random.Random(number) for number in range(most)]
    return [sorted([("CHN", "IND")[n % 2], *draw.sample(family, 5)]) for n, draw in enumerate(draws)]


GROUPS = _groups()


@functools.cache
def _of_club(name: str) -> list[Spell]:
    table = data.load("org_membership")
    return _spells(table[table["organisation"] == name])


def _club(name: str, day: pd.Timestamp, statuses: tuple[str, ...] = ("member",)) -> frozenset[str]:
    return frozenset(code for code, status, _, _ in _still(_of_club(name), day) if status in statuses)


def _with_status(statuses: tuple[str, ...], day: pd.Timestamp) -> frozenset[str]:
    return frozenset(code for code, status, _, _ in _running(day) if status in statuses)


def _family(given: Given, day: pd.Timestamp) -> frozenset[str]:
    return _with_status(tuple(given["statuses"]), day)


def _alike(a: Set[str], b: Set[str], year: int, of: int | None = None) -> tuple[int, float, float]:
    """Count what is in both, in relation to what is in either (or to another number), and by people."""
    people = _value("population_persons", year)
    both = _sum(people, a & b) / _sum(people, a)
    return len(a & b), len(a & b) / (of or len(a | b)), 100 * both


def _sets(given: Given, day: pd.Timestamp | None = None) -> tuple[Set[str], Set[str]]:
    day = day or pd.Timestamp(given["day"])
    return _family(given, day), _club(given["club"], day)


def _similar(given: Given, day: pd.Timestamp | None = None) -> tuple[int, float, float]:
    return _alike(*_sets(given, day), given["year"])


def _of_smaller(given: Given) -> tuple[int, float, float]:
    a, b = _sets(given)
    return _alike(a, b, given["year"], min(len(a), len(b)))


def _of_sum(given: Given) -> tuple[int, float, float]:
    a, b = _sets(given)
    return _alike(a, b, given["year"], len(a) + len(b))


def _members_only(given: Given) -> tuple[int, float, float]:
    day = pd.Timestamp(given["day"])
    return _alike(_members(day), _club(given["club"], day), given["year"])


def _by_heads(given: Given) -> tuple[int, float, float]:
    both, jaccard, _ = _similar(given)
    return both, jaccard, 100 * both / len(_sets(given)[0])


def _of_the_second(given: Given) -> tuple[int, float, float]:
    a, b = _sets(given)
    return (*_similar(given)[:2], _alike(b, a, given["year"])[2])


def _in_one_only(given: Given) -> Set[str]:
    a, b = _sets(given)
    return a ^ b


def _in_one_only_of_members(given: Given) -> Set[str]:
    day = pd.Timestamp(given["day"])
    return _members(day) ^ _club(given["club"], day)


SET = ExerciseSet(
    id="ex03_the_sco",
    lesson="03_the_sco",
    options={"day": DAYS, "club": CLUBS, "statuses": FAMILIES, "year": YEARS, "states": GROUPS},
    questions=(
        Question(
            "q1", "counts", 1,
            Together((Whole("members", 0, 40), Whole("observers", 0, 40), Whole("dialogue partners", 0, 40), Days(0, 20000))), _counts,
            "A spell runs on a day if it began by then and has not ended by then; of those, the newest has the latest from.",
            "03_the_sco: 1. Who belongs? Status comes in spells",
            (
                Diagnosis("States whose status had ended by your day are still counted: look at the column 'to'.", _ever, excluded_by="Take the spells that ran on that day"),
                Diagnosis("This counts from the day of the decision, not from the day it took effect.", _by_decision,
                          excluded_by="a status begins on the day in `from`; on the day in `to` it no longer holds"),
                Diagnosis("The first three numbers stand in another order than asked.",
                          lambda g: (*_counts(g)[2::-1], _counts(g)[3]), excluded_by="Put four whole numbers into `counts`: members, observers, dialogue partners, days"),
                Diagnosis("A spell whose to is empty has not ended: those are missing.", _only_ended),
                Diagnosis("These are the days since an older one of these spells began: which began last, whatever its status?", _since_the_oldest,
                          excluded_by="How many days before your day did the newest of them begin"),
            ),
            varies=True, uses=("day",),
        ),
        Question(
            "q2", "people_share", 2, PerCent(0.05, 0, 100), _people,
            "Sum the population of your six states, and divide by the row WLD of the same year.",
            "03_the_sco: 2. Forty per cent of the people?",
            (
                Diagnosis("This is a share of one: the question asks for per cent.", lambda g: _people(g) / 100, excluded_by="Unit: per cent"),
                Diagnosis("China and India are left out.", lambda g: _people({**g, "states": [s for s in g["states"] if s not in ("CHN", "IND")]})),
                Diagnosis("These are the members of 15 September 2022, not your six states.",
                          lambda g: _people({**g, "states": sorted(_members())}), excluded_by="Put the share of your six states"),
                Diagnosis("You divided by the states in the table: the row WLD is the world.", _of_those_listed, excluded_by="the row `WLD` is the world"),
                Diagnosis("This is wealth, not people: which indicator did you take?", lambda g: _money(g)[1], excluded_by="share of the world's people"),
                Diagnosis("This is the share of another year.", lambda g: _people(g, 2001)),
            ),
            varies=True, uses=("year", "states"),
        ),
        Question(
            "q3", "gdp_shares", 2, Together((PerCent(0.05, 0, 100), PerCent(0.05, 0, 100))), _money,
            "For the first, multiply GDP per head by population before you sum; for the second, take current dollars.",
            "03_the_sco: 3. Thirty per cent of the money?",
            (
                Diagnosis("The two numbers have changed places.", lambda g: _money(g)[::-1], excluded_by="first at purchasing power parity"),
                Diagnosis("These are shares of one: the question asks for per cent.",
                          lambda g: tuple(x / 100 for x in _money(g)), excluded_by="Unit: per cent"),
                Diagnosis("Both are at current dollars.", lambda g: (_money(g)[1], _money(g)[1]), excluded_by="divide by `gdp_ppp` of `WLD`"),
                Diagnosis("Both are at PPP.", lambda g: (_money(g)[0], _money(g)[0]), excluded_by="then at current dollars"),
                Diagnosis("These are the members of 15 September 2022, not your six states.",
                          lambda g: _money({**g, "states": sorted(_members())}), excluded_by="over your six states"),
            ),
            varies=True, uses=("states",),
        ),
        Question(
            "q4", "in_one_only", 1, Codes(), _in_one_only,
            "Make the two sets for your day; then keep what is in the first or in the second, and not in both.",
            "03_the_sco: Further",
            (
                Diagnosis("These are the states in both: the question asks for those in one only.",
                          lambda g: _sets(g)[0] & _sets(g)[1], excluded_by="in one of the two sets and not in the other"),
                Diagnosis("These are the states in either, with those in both.", lambda g: _sets(g)[0] | _sets(g)[1]),
                Diagnosis("Only the SCO's side is here: the other club has states of its own too.",
                          lambda g: _sets(g)[0] - _sets(g)[1]),
                Diagnosis("Only the other club's side is here: the SCO has states of its own too.",
                          lambda g: _sets(g)[1] - _sets(g)[0]),
                Diagnosis("Only members of the SCO are taken: the question asks for the statuses you were given.",
                          _in_one_only_of_members, excluded_by="one of `given['statuses']`"),
            ),
            varies=True, uses=("day", "club", "statuses"),
        ),
        Question(
            "q5", "similarity", 2,
            Together((Whole("states in both", 0, 40), Number("Jaccard", 0.005, 0, 1), PerCent(0.01, 0, 100))), _similar,
            "Make two sets of codes for your day. Jaccard: how many are in both, divided by how many are in at least one.",
            "03_the_sco: Further",
            (
                Diagnosis("You divided by the smaller club, not by all states in either.", _of_smaller),
                Diagnosis("You divided by the sum of both: states in both are counted twice there.", _of_sum, excluded_by="the Jaccard index of the two sets"),
                Diagnosis("Only members of the SCO are taken: the question asks for the statuses you were given.", _members_only),
                Diagnosis("The third number counts states: the question asks for their people.", _by_heads,
                          excluded_by="of the people who live in the states of the first set, the share that lives in states that are in both sets"),
                Diagnosis("The third number is a share of one: the question asks for per cent.",
                          lambda g: (*_similar(g)[:2], _similar(g)[2] / 100), excluded_by="per cent, within 0.01"),
                Diagnosis("These are the people of another year than yours.",
                          lambda g: _similar({**g, "year": 2021 if g["year"] != 2021 else 2022}), excluded_by="`population_persons` of `given['year']`"),
                Diagnosis("This is the day of the summit, not the day you were given.", lambda g: _similar(g, SUMMIT)),
                Diagnosis("The first number counts the states in either: the question asks for those in both.", lambda g: (len(_sets(g)[0] | _sets(g)[1]), *_similar(g)[1:]), excluded_by="how many states are in both"),
                Diagnosis("The third number is the share of the second set's people: it was asked for the first.", _of_the_second, excluded_by="of the people who live in the states of the first set"),
            ),
            varies=True, uses=("day", "club", "statuses", "year"),
        ),
        Question(
            "q6", "status_on", 2, Text("a status, as the table writes it, or none"), status_on,
            "Think of the very day a spell begins, the very day it ends, and a state that is not there.",
            "03_the_sco: 1. Who belongs? Status comes in spells",
            (
                Diagnosis("On the day a spell ends, the next one has begun: the end is not part of it.", _inclusive, excluded_by="on the day in `to` it no longer does"),
                Diagnosis("The end of a spell is not looked at: the first status is given for ever.", _without_an_end),
                Diagnosis("This is the latest status in the table, not the one of that day.", _today, excluded_by="the state's status on that day"),
                Diagnosis("The day on which a spell begins is part of it.", _strict_start, excluded_by="On the day a spell begins it runs"),
                Diagnosis("A spell whose to is empty has not ended: it runs.", _with_an_end),
            ),
            cases=_cases,
        ),
    ),
)  # fmt: skip
