"""Checks of set 09, network: what is asked, what is right, which wrong ways are known.

Nothing that is right is typed in: each question has a solution and wrong ways that are computed. What differs
from student to student is chosen from `options`; what a function is called with is drawn for each submission.
"""

from __future__ import annotations

# ruff: noqa: E501 - a question reads best in few lines
import random
from functools import cache

import pandas as pd

from samarkand import data
from samarkand.answers.diagnose import Diagnosis
from samarkand.answers.kinds import Number, PerCent, Whole
from samarkand.grading.marking.checks import ExerciseSet, Given, Question
from samarkand.grading.marking.inputs import Case

WORLD = "WLD"
TAUGHT = "09_network: 2. Look at the rows first"


def _people() -> pd.DataFrame:
    table = data.load("indicators")
    return table[table["indicator"] == "population_persons"][["iso3", "year", "value"]]


@cache
def _million() -> dict[tuple[str, int], float]:
    """Return million people by state and year."""
    return {(row.iso3, row.year): row.value / 1e6 for row in _people().itertuples()}


STATES = sorted({iso3 for iso3, _ in _million()} - {WORLD})
GROUPS = [sorted(random.Random(number).sample(STATES, 5)) for number in range(40)]
OTHERS = [sorted(random.Random(number).sample(STATES, 5)) for number in range(100, 140)]


def _growth(given: Given, base: int | None = None) -> float:
    iso3, since = given["growing"]
    then, now = _million()[iso3, since], _million()[iso3, 2021]
    return 100 * (now - then) / (then if base is None else _million()[iso3, base])


#: Without states that hardly grew: 0 and 1 per cent would be right without any work.
GROWING = [
    [iso3, since]
    for iso3 in STATES
    for since in (2001, 2010)
    if min(abs(_growth({"growing": [iso3, since]}) - trivial) for trivial in (0, 1)) > 0.3
]


def _sum(given: Given, year: int = 2021) -> float:
    return sum(_million()[iso3, year] for iso3 in given["group"])


def _share(given: Given, which: int = -1) -> float:
    people = sorted(_million()[iso3, 2021] for iso3 in given["other"])
    return 100 * people[which] / sum(people)


def count_above(table: pd.DataFrame, year: int, least: float) -> int:
    """Count the states that had at least so many people in a year; the world is no state."""
    return int(((table["iso3"] != WORLD) & (table["year"] == year) & (table["value"] >= least)).sum())


def _world_too(table: pd.DataFrame, year: int, least: float) -> int:
    return int(((table["year"] == year) & (table["value"] >= least)).sum())


def _any_year(table: pd.DataFrame, year: int, least: float) -> int:
    return int(((table["iso3"] != WORLD) & (table["value"] >= least)).sum())


def _more_than(table: pd.DataFrame, year: int, least: float) -> int:
    return int(((table["iso3"] != WORLD) & (table["year"] == year) & (table["value"] > least)).sum())


def ordinary(table: pd.DataFrame, year: int, least: float) -> bool:
    """Tell an input that asks for nothing but what the example asks for; tests hold `_cases` to it."""
    return bool((table["year"] == year).any() and not (table["value"] == least).any())


def _other_world(draw: random.Random, above: int) -> tuple[pd.DataFrame, int, float]:
    """Draw a table in which so many of ten states reach a number in one of its years."""
    year, least = draw.randint(1950, 2060), float(draw.randint(1_000_000, 9_000_000))
    rows = []
    for one, count in ((year, above), (year + 5, draw.randint(3, 9)), (year - 5, draw.randint(3, 9))):
        states = draw.sample(STATES, 10)
        low, high = int(0.9 * least), int(1.1 * least)
        rows += [(iso3, one, float(draw.randint(high, 9 * high))) for iso3 in states[:count]]
        rows += [(iso3, one, float(draw.randint(1000, low))) for iso3 in states[count:]]
        rows.append((WORLD, one, float(draw.randint(6_000_000_000, 9_000_000_000))))
    draw.shuffle(rows)
    table = pd.DataFrame(rows, columns=["iso3", "year", "value"])
    return table.astype(data.load("indicators").dtypes[table.columns]), year, least


def _cases(draw: random.Random) -> list[Case]:
    """Draw what the function is called with: first the example, then ordinary inputs, then edges."""
    exact, year, least = _other_world(draw, draw.randint(2, 8))
    at = exact.index[(exact["year"] == year) & (exact["iso3"] != WORLD)]
    exact.loc[at[:2], "value"] = least
    empty, another, few = _other_world(draw, draw.randint(2, 8))
    return [
        Case((_people(), 2021, 100_000_000.0)),
        *(Case(_other_world(draw, above)) for above in draw.sample(range(1, 9), 6)),
        Case((exact, year, least), edge="a state with exactly that many"),
        Case((empty, another + 1, few), edge="a year without a row"),
    ]


SET = ExerciseSet(
    id="ex09_network",
    lesson="09_network",
    options={"group": GROUPS, "other": OTHERS, "growing": GROWING},
    questions=(
        Question(
            "q1", "people_million", 2, Number("million people", 0.1, 0, 9000), _sum,
            "Take the rows of your five states in 2021, and add them up.",
            TAUGHT,
            (
                Diagnosis("These are the people of 2001: the question asks for 2021.", lambda g: _sum(g, 2001)),
                Diagnosis("This is the mean of the five, not their sum.", lambda g: _sum(g) / 5),
                Diagnosis("The largest of your states is missing.",
                          lambda g: _sum(g) - max(_million()[iso3, 2021] for iso3 in g["group"])),
            ),
            varies=True, uses=("group",),
        ),
        Question(
            "q2", "largest_share", 2, PerCent(0.1, 0, 100), _share,
            "Divide the people of the largest of the five by the people of all five.",
            TAUGHT,
            (
                Diagnosis("This is a share of one: the question asks for per cent.", lambda g: _share(g) / 100),
                Diagnosis("This is the share of the smallest of the five.", lambda g: _share(g, 0)),
                Diagnosis("This is the share of the second largest.", lambda g: _share(g, -2)),
            ),
            varies=True, uses=("other",),
        ),
        Question(
            "q3", "growth_pct", 3, PerCent(0.1, -100, 1000), _growth,
            "Growth is the change divided by what there was at first.",
            TAUGHT,
            (
                Diagnosis("This is a share of one: the question asks for per cent.", lambda g: _growth(g) / 100),
                Diagnosis("You divided by the people of 2021: growth is counted from the first year.",
                          lambda g: _growth(g, 2021)),
                Diagnosis("This is the growth in a year, on average.",
                          lambda g: _growth(g) / (2021 - g["growing"][1])),
            ),
            varies=True, uses=("growing",),
        ),
        Question(
            "q4", "count_above", 3, Whole("states", 0), count_above,
            "Keep the rows of the year, leave out the world, and count those with at least that many people.",
            TAUGHT,
            (
                Diagnosis("The world is counted: it has a row of its own, and is no state.", _world_too),
                Diagnosis("Rows of other years are counted.", _any_year),
                Diagnosis("A state with exactly that many people is left out: at least was asked for.", _more_than),
            ),
            cases=_cases,
        ),
    ),
)  # fmt: skip
