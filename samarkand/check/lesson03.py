"""Practice of lesson 03: who was a member, how large the organisation is, how far it overlaps with others."""

import pandas as pd

from samarkand import data
from samarkand.check.tasks import task

SUMMIT = "2022-09-15"
YEAR = 2021
GIANTS = ("CHN", "IND")


def _figures(indicator: str, year: int = YEAR) -> pd.Series:
    """Return an indicator of one year by state; the world's figure stands under ``WLD``."""
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


def _csto() -> set[str]:
    spells = data.load("org_membership")
    day = pd.Timestamp(SUMMIT)
    held = (spells["from"] <= day) & (spells["to"].isna() | (day < spells["to"]))
    return set(spells.loc[held & (spells["organisation"] == "CSTO") & (spells["status"] == "member"), "iso3"])


def _both() -> int:
    return len(set(_codes()) & _csto())


def _jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)


task(
    "03.1",
    "How many members did the SCO have on 4 July 2023, the day Iran joined?",
    lambda: len(_codes("2023-07-04")),
    right="A status holds from its first day on, so the member that joined on this day counts.",
    hint="A member counts if it joined on or before the day, and had not left.",
    wrong={
        "That is one day too early: does a state count on the day it joins?": lambda: len(
            _codes("2023-07-03")
        ),
        "That is the number at the end of the table. Who joined only after July 2023?": lambda: len(
            _codes("2025-12-31")
        ),
        "That counts observers and dialogue partners, too. Look at the column status.": lambda: len(
            _codes("2023-07-04", None)
        ),
        "Those are the founders of 2001. Who joined later?": lambda: len(_codes("2001-06-15")),
    },
)

task(
    "03.2",
    "What share of the world's GDP at purchasing power parity did the members of 15 September 2022 have in "
    "2021? In per cent; within 0.2 is near enough.",
    lambda: _at_ppp(_codes()),
    unit="per cent",
    tolerance=0.2,
    right='Close to the "30 per cent of world GDP" that was claimed; at market rates it is far less.',
    hint="Multiply gdp_per_head_ppp by population_persons for each member, add up, and divide by the world's "
    "gdp_ppp.",
    wrong={
        "That is the share at market exchange rates. Which indicator holds GDP at purchasing power "
        "parity?": lambda: _nominal(_codes()),
        "That is the share at market exchange rates, in 2022. Which measure, and which year, is asked "
        "for?": lambda: _nominal(_codes(), 2022),
        "That is the share of people. The question is about GDP.": lambda: _people(_codes()),
        "That counts members that joined later. Who was in on 15 September 2022?": lambda: _at_ppp(
            _codes("2025-12-31")
        ),
        "That counts observers and dialogue partners, too.": lambda: _at_ppp(_codes(status=None)),
        "That mixes two measures: members at purchasing power parity, the world at market rates.": lambda: (
            _at_ppp(_codes(), "gdp_current_usd")
        ),
    },
)

task(
    "03.3",
    "What share of the world's people lived in 2021 in the members of 15 September 2022 other than China and "
    "India? In per cent of all the world's people; within 0.1 is near enough.",
    lambda: _people(_others()),
    unit="per cent",
    tolerance=0.1,
    right="Two of the eight members make all the difference.",
    hint="Take the members' people without CHN and IND, and divide by the people of the world: all of them.",
    wrong={
        "China and India are still in.": lambda: _people(_codes()),
        "That is China and India alone. What is left without them?": lambda: _people(list(GIANTS)),
        "India is still in.": lambda: _people([*_others(), "IND"]),
        "China is still in.": lambda: _people([*_others(), "CHN"]),
        "You took China and India out of the world, too. Divide by all the world's people.": lambda: (
            100 * _people(_others()) / (100 - _people(list(GIANTS)))
        ),
        "That is the share of the members' people, not of the world's.": lambda: (
            100 * _people(_others()) / _people(_codes())
        ),
        "That is the share of GDP at market rates. The question is about people.": lambda: _nominal(
            _others()
        ),
        "That counts observers and dialogue partners, too.": lambda: _people(
            [c for c in _codes(status=None) if c not in GIANTS]
        ),
    },
)

task(
    "03.4",
    "What is the Jaccard index of the members of the SCO and of the CSTO on 15 September 2022? A number from "
    "0 (no state in common) to 1 (the same states); within 0.005 is near enough.",
    lambda: _jaccard(set(_codes()), _csto()),
    tolerance=0.005,
    right="Less than half: the two share four states, and ten belong to one or the other.",
    hint="Jaccard: the number of states in both, divided by the number of states in at least one.",
    wrong={
        "That is the share of the SCO's members that are in the CSTO. Divide by all that are in at least "
        "one.": lambda: _both() / len(_codes()),
        "That is the share of the CSTO's members that are in the SCO. Divide by all that are in at least "
        "one.": lambda: _both() / len(_csto()),
        "That is how many states are in both. By what is it to be divided?": _both,
        "You added the two numbers of members, and counted those in both twice.": lambda: (
            _both() / (len(_codes()) + len(_csto()))
        ),
        "That takes observers and dialogue partners of the SCO for members.": lambda: _jaccard(
            set(_codes(status=None)), _csto()
        ),
    },
)
