"""Checks of set 07, Kazakhstan between powers: concentration, blocs, mirrors, cut-off lists, polls."""

from __future__ import annotations

# ruff: noqa: E501 - a question reads best in few lines
import itertools
import math
import random
from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd

from samarkand import data, measures
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.answers.kinds import Number, PerCent, Together, Whole
from samarkand_grading.marking.checks import ExerciseSet, Given, Question
from samarkand_grading.marking.inputs import Case

SELLS = "07_kazakhstan: 1. What it sells, and to whom"
Range = tuple[float, float]


@cache
def _lists() -> dict[tuple[str, str, int], dict[str, float]]:
    """Return the printed partners of each state, flow and year, in per cent; lists with a group are left out."""
    table = data.load("partner_shares")
    return {
        (str(iso3), str(flow), int(year)): {str(n): float(s) for n, s in zip(rows["printed"], rows["share_pct"], strict=True)}
        for (iso3, flow, year), rows in table.groupby(["iso3", "flow", "year"])
        if rows["partner"].notna().all() and rows["printed"].is_unique
    }  # fmt: skip


def _pieces(shares: Iterable[float], whole: float = 100) -> tuple[list[float], float, float, int]:
    """Return the shares that are not zero, the smallest of them, the rest, and how often that goes into it."""
    listed = [share for share in shares if share]
    rest, least = max(whole - sum(listed), 0), min(listed, default=whole)
    return listed, least, rest, math.floor(rest / least + 1e-9)


def _squares(shares: Iterable[float], whole: float = 100) -> float:
    return sum((share / whole) ** 2 for share in shares)


def floor_and_ceiling(shares: list[float]) -> Range:
    """Return the least and the greatest Herfindahl index that a list of the largest shares, in per cent, allows."""
    listed, least, rest, pieces = _pieces(shares)
    return _squares(listed), _squares([*listed, *[least] * pieces, rest - pieces * least])


def _rest_as_one(shares: list[float]) -> Range:
    listed, _, rest, _ = _pieces(shares)
    return _squares(listed), _squares([*listed, rest])


def _without_the_last_piece(shares: list[float]) -> Range:
    listed, least, _, pieces = _pieces(shares)
    return _squares(listed), _squares([*listed, *[least] * pieces])


def _of_those_listed(shares: list[float]) -> Range:
    index = _squares(shares, sum(shares))
    return index, index


def _in_per_cent(shares: list[float]) -> Range:
    floor, ceiling = floor_and_ceiling(shares)
    return 10_000 * floor, 10_000 * ceiling


def _turned(shares: list[float]) -> Range:
    floor, ceiling = floor_and_ceiling(shares)
    return ceiling, floor


def ordinary(shares: list[float]) -> bool:
    """Tell an input that asks for nothing but what the example asks for; tests hold `_cases` to it."""
    return bool(shares) and shares == sorted(shares, reverse=True) and 0 < min(shares) < 100 - sum(shares)


def _cut_off(draw: random.Random, parts: int) -> list[float]:
    """Draw a list of the largest shares; the rest takes two to four more of the last one, and a piece."""
    least = draw.uniform(5, 6)
    rest = least * (draw.randint(2, 4) + draw.uniform(0.4, 0.7))
    others = np.sort([draw.uniform(1, 9) for _ in range(parts - 1)])[::-1]
    more = 100 - rest - least * parts
    return [round(float(share), 1) for share in least + more * others / others.sum()] + [round(least, 1)]


def _cases(draw: random.Random) -> list[Case]:
    """Draw what the function is called with: first the example, then ordinary inputs, then edges."""
    example = sorted(_lists()["KAZ", "exports", 2022].values(), reverse=True)
    mixed = _cut_off(draw, 6)
    mixed.append(mixed.pop(draw.randint(1, 3)))
    full = _cut_off(draw, 5)
    full[0] = round(full[0] + 100 - sum(full) - full[-1] * draw.uniform(0.4, 0.7), 1)
    return [
        Case((example,)),
        *(Case((_cut_off(draw, parts),)) for parts in draw.sample(range(4, 9), 4)),
        Case((mixed,), edge="shares in another order"),
        Case((full,), edge="a rest smaller than the smallest share"),
        Case(([*_cut_off(draw, 5), 0.0],), edge="a share of zero"),
        Case(([],), edge="an empty list"),
    ]


# ------------------------------------------------------------------------------- what each student gets


def _fit(shares: list[float]) -> bool:
    """Tell whether a printed list is one of which every known wrong way makes something else."""
    _, least, rest, pieces = _pieces(shares)
    left = rest - pieces * least
    return len(shares) >= 4 and sum(shares) <= 90 and pieces >= 2 and left > 3.5 and least < 12


LISTS = [
    list(key)
    for key, shares in _lists().items()
    if _fit([*shares.values()]) and key != ("KAZ", "exports", 2022)
]


def _merged() -> list[list[object]]:
    """Draw two or three names of a list that are to be counted as one; the largest is not always among them."""
    found: list[list[object]] = []
    for number, (key, shares) in enumerate(_lists().items()):
        draw = random.Random(number)
        if len(shares) >= 4 and sum(shares.values()) <= 100:
            bloc = sorted(draw.sample(sorted(shares), draw.choice([2, 3])))
            if min(shares[name] for name in bloc) >= 5 and key != ("KAZ", "exports", 2022):
                found.append([*key, bloc])
    return found


@cache
def _counts() -> pd.DataFrame:
    """Return the counts of trade in USD bn: the same flow and the same months, by two counters or more."""
    table = data.load("who_counted").set_index("id")
    mine = table[
        (table["unit"] == "USD bn")
        & table["value"].notna()
        & table["quantity"].str.contains("trade|exports|invest|railway")
    ]
    told = ["WC024", "WC025", "WC026", "WC027", "WC029", "WC032", "WC033", "WC034", "WC038"]
    return mine.drop(told)  # in the lesson, or not the same


def _pairs() -> list[list[str]]:
    """Pair the counts of one quantity, each way round."""
    return [
        list(pair)
        for _, rows in _counts().groupby("quantity")
        for pair in itertools.permutations(rows.index, 2)
    ]


def _polls() -> list[list[float]]:
    """Draw polls: seed, how many are asked, per cent that say yes, and points; no poll lies exactly so far off."""
    found = []
    for number in range(120):
        draw = random.Random(number)
        asked, share, points = (
            draw.choice([640, 850, 1110, 1300]),
            draw.choice([8.3, 13.0, 22.0, 46.0, 59.0]),
            draw.choice([0.7, 1.1, 1.3, 1.7]),
        )
        poll = [float(draw.randint(2, 999)), float(asked), share, points]
        ways = {_far(poll), _far(poll, sides=1), _far(poll) // 2, 200 - _far(poll), 0}
        exact = any(abs(abs(100 * yes / asked - share) - points) < 1e-6 for yes in range(asked + 1))
        if len(ways) == 5 and not exact and 15 <= _far(poll) <= 185:
            found.append(poll)
    return found


# ------------------------------------------------------------------------------------------- what is right


def _shares(given: Given, flow: str = "") -> list[float]:
    iso3, own, year = given["list"]
    return [*_lists()[iso3, flow or own, year].values()]


def _other_flow(given: Given) -> Range:
    return floor_and_ceiling(_shares(given, "imports" if given["list"][1] == "exports" else "exports"))


def _bloc(given: Given) -> tuple[list[float], list[float]]:
    """Return the shares of the bloc's members, and those of the others."""
    iso3, flow, year, names = given["bloc"]
    shares = _lists()[iso3, flow, year]
    return [shares[name] for name in names], [s for name, s in shares.items() if name not in names]


def _as_one(given: Given) -> float:
    bloc, others = _bloc(given)
    return _squares([sum(bloc), *others])


def _gap(given: Given) -> float:
    first, second = _counts()["value"][given["pair"]]
    return measures.mirror_gap(float(first), float(second))


def _turned_gap(given: Given) -> float:
    return _gap({"pair": given["pair"][::-1]})


def _difference(given: Given) -> float:
    first, second = _counts()["value"][given["pair"]]
    return float(first - second)


@cache
def _drawn(seed: float, asked: float, share: float) -> np.ndarray:
    return 100 * np.random.default_rng(int(seed)).binomial(int(asked), share / 100, size=200) / asked


def _far(poll: list[float], sides: int = 2) -> int:
    """Count the polls of 200 that lie more than so many points off, on both sides or above only."""
    seed, asked, share, points = poll
    off = _drawn(seed, asked, share) - share
    return int(((abs(off) if sides == 2 else off) > points).sum())


MERGED, PAIRS, POLLS = _merged(), _pairs(), _polls()

SET = ExerciseSet(
    id="ex07_kazakhstan",
    lesson="07_kazakhstan",
    options={"list": LISTS, "bloc": MERGED, "pair": PAIRS, "poll": POLLS},
    questions=(
        Question(
            "q1", "floor_and_ceiling_of_mine", 2, Together((Number("", 0.0005, 0, 10_000), Number("", 0.0005, 0, 10_000))),
            lambda g: floor_and_ceiling(_shares(g)),
            "For the floor add up the squares of the listed shares; for the ceiling cut the rest into pieces as large as the smallest of them.",
            SELLS,
            (
                Diagnosis("Squares of per cent are ten thousand times too large: take shares of one.", lambda g: _in_per_cent(_shares(g)), excluded_by="are not in per cent"),
                Diagnosis("The rest is taken as one customer: it would then be larger than some that are listed.", lambda g: _rest_as_one(_shares(g)),
                          excluded_by="if no partner in the rest is larger than the smallest one printed"),
                Diagnosis("What is left over after the whole pieces is missing in the ceiling.", lambda g: _without_the_last_piece(_shares(g))),
                Diagnosis("You divided by the sum of those listed: they are shares of the whole.", lambda g: _of_those_listed(_shares(g)), excluded_by="They are the largest partners, in per cent of the whole; the others are not printed"),
                Diagnosis("Floor and ceiling have changed places.", lambda g: _turned(_shares(g)), excluded_by="Which is the least Herfindahl index that the list allows, and which the greatest ... the floor first"),
                Diagnosis("That is the other flow of the same year.", _other_flow, excluded_by="a state, a flow and a year"),
            ),
            varies=True, uses=("list",),
        ),
        Question(
            "q2", "as_one", 2, Number("", 0.0005, 0, 10_000), _as_one,
            "Give the members of your bloc one name, add their shares up, and only then square.",
            SELLS,
            (
                Diagnosis("The members of the bloc are still squared one by one.", lambda g: _squares([s for part in _bloc(g) for s in part]), excluded_by="Count these partners as one"),
                Diagnosis("That is the bloc alone: the others belong to the index, too.", lambda g: _squares([sum(_bloc(g)[0])]), excluded_by="and the others as they are"),
                Diagnosis("The bloc is left out.", lambda g: _squares(_bloc(g)[1])),
                Diagnosis("You divided by the sum of those listed: they are shares of the whole.",
                          lambda g: _squares([sum(_bloc(g)[0]), *_bloc(g)[1]], sum(map(sum, _bloc(g)))), excluded_by="a share of one"),
                Diagnosis("The bloc has the mean of its members' shares, not their sum.",
                          lambda g: _squares([sum(_bloc(g)[0]) / len(_bloc(g)[0]), *_bloc(g)[1]])),
            ),
            varies=True, uses=("bloc",),
        ),
        Question(
            "q3", "gap", 2, PerCent(0.1, -1000, 1000), _gap,
            "Divide the first count by the second, subtract 1, and multiply by 100.",
            "07_kazakhstan: 3. Two customs offices, one trade",
            (
                Diagnosis("You divided by the first count: the gap is in per cent of the second.", _turned_gap, excluded_by="Unit: per cent of the second"),
                Diagnosis("The sign is turned.", lambda g: -_gap(g), excluded_by="is the first more than the second? Put it into `gap`: negative if it is less"),
                Diagnosis("This is the first count in per cent of the second, not how much more it is.", lambda g: 100 + _gap(g), excluded_by="By how many per cent"),
                Diagnosis("This is a share of one: the question asks for per cent.", lambda g: _gap(g) / 100),
                Diagnosis("This is the difference in USD bn: the question asks for per cent.", _difference),
            ),
            varies=True, uses=("pair",),
        ),
        Question(
            "q4", "floor_and_ceiling", 2, Together((Number("", 0.0001, 0, 1), Number("", 0.0001, 0, 1))), floor_and_ceiling,
            "Floor: the squares of the listed shares, added up. Ceiling: the floor, the squares of the whole pieces, and the square of what is left over. Then try a rest smaller than any piece, and an empty list.",
            SELLS,
            (
                Diagnosis("The rest is taken as one customer: it would then be larger than some that are listed.", _rest_as_one),
                Diagnosis("What is left over after the whole pieces is missing in the ceiling.", _without_the_last_piece),
                Diagnosis("You divided by the sum of those listed: they are shares of the whole.", _of_those_listed, excluded_by="the shares of the largest partners, in per cent of the whole"),
                Diagnosis("Floor and ceiling have changed places.", _turned, excluded_by="Return the floor and the ceiling"),
            ),
            cases=_cases,
        ),
        Question(
            "q5", "far_off", 2, Whole("polls", 0, 200), lambda g: _far(g["poll"]),
            "Draw the 200 polls with your seed, turn them into per cent, and count those whose distance from the true share is larger.",
            "07_kazakhstan: 7. What do people think?",
            (
                Diagnosis("Only polls that lie too high are counted: too low is off as well.", lambda g: _far(g["poll"], sides=1), excluded_by="up or down"),
                Diagnosis("These are the polls that lie near: the question asks for those far off.", lambda g: 200 - _far(g["poll"]),
                          excluded_by="differ from the true one by more than your number of percentage points"),
                Diagnosis("This is in per cent: the question asks how many of the 200.", lambda g: _far(g["poll"]) // 2, excluded_by="In how many of the 200"),
                Diagnosis("The polls of the lesson's seed are counted: yours has a seed of its own.",
                          lambda g: _far([1.0, *g["poll"][1:]])),
            ),
            varies=True, uses=("poll",),
        ),
    ),
)  # fmt: skip
