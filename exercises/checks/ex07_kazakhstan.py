"""Checks of set 07, Kazakhstan between powers: concentration, who counts as one, two counts, partners."""

import itertools
import random
from collections.abc import Iterable
from functools import cache

import pandas as pd

from samarkand import data
from samarkand.answers.kinds import Number, PerCent, Together
from samarkand_grading.marking.checks import Given, Mistake, ask, exercise_set
from samarkand_grading.marking.inputs import Case

#: The list that the lesson uses.
SHOWN = ("KAZ", "exports", 2022)
Pair = tuple[float, float]


@cache
def _lists() -> dict[tuple[str, str, int], dict[str, float]]:
    """Return {partner as printed: per cent} by (state, flow, year), without lists with a group of states."""
    table = data.load("partner_shares")
    return {
        (str(iso3), str(flow), int(year)): rows.set_index("printed")["share_pct"].to_dict()
        for (iso3, flow, year), rows in table.groupby(["iso3", "flow", "year"])
        if rows["partner"].notna().all() and rows["printed"].is_unique
    }


def _squares(shares: Iterable[float], whole: float = 100) -> float:
    return sum((share / whole) ** 2 for share in shares)


def _parted(shares: pd.Series, together: list[str]) -> tuple[list[float], list[float]]:
    """Split the shares into those of the partners that count as one and those of the others."""
    return list(shares.loc[together]), list(shares.drop(together))


def floor_as_one(shares: pd.Series, together: list[str]) -> float:
    """Return the lower bound of the index of shares in per cent, with `together` as one partner."""
    bloc, others = _parted(shares, together)
    return _squares([sum(bloc), *others])


def ordinary(shares: pd.Series, together: list[str]) -> bool:
    """Return whether an input is free of edge cases; tests compare this with the labels in `_cases`."""
    return 2 <= len(together) < len(shares)


def _column(draw: random.Random, parts: int) -> pd.Series:
    """Draw a Series of shares in per cent, indexed by partner; they add up to less than 100."""
    names = draw.sample(sorted({name for shares in _lists().values() for name in shares}), parts)
    shares = [draw.uniform(4, 84 / parts) for _ in names]
    return pd.Series([round(share, 1) for share in shares], index=names)


def _cases(draw: random.Random) -> list[Case]:
    """Draw the inputs of the function: the example, then ordinary inputs, then edge cases."""

    def some(parts: int, together: int) -> tuple[pd.Series, list[str]]:
        shares = _column(draw, parts)
        return shares, draw.sample(list(shares.index), together)

    return [
        Case((pd.Series(_lists()[SHOWN]), ["Italy", "Netherlands"])),
        *(Case(some(parts, draw.choice([2, 3]))) for parts in draw.sample(range(5, 10), 5)),
        Case(some(6, 0), edge="nobody counts as one with another"),
        Case(some(4, 4), edge="all of them count as one"),
        Case((pd.Series([], dtype=float), []), edge="an empty column"),
    ]


#: Incomplete lists for which every known wrong way gives a wrong result.
LISTS = [
    list(key)
    for key, shares in _lists().items()
    if len(shares) >= 5 and sum(shares.values()) <= 90 and abs(sum(shares.values()) - 50) > 2 and key != SHOWN
]


def _merged() -> list[list[object]]:
    """Draw, for each list, two or three partners to count as one; the largest is not always among them."""
    found: list[list[object]] = []
    for number, (key, shares) in enumerate(_lists().items()):
        draw = random.Random(number)
        if len(shares) >= 4 and sum(shares.values()) <= 100:
            bloc = sorted(draw.sample(sorted(shares), draw.choice([2, 3])))
            if min(shares[name] for name in bloc) >= 5 and key != SHOWN:
                found.append([*key, bloc])
    return found


@cache
def _counts() -> pd.DataFrame:
    """Return the trade figures in USD bn that several sources give for the same flow and months."""
    table = data.load("who_counted").set_index("id")
    flows = table["quantity"].str.contains("trade|exports|invest|railway")
    mine = table[(table["unit"] == "USD bn") & table["value"].notna() & flows]
    told = ["WC024", "WC025", "WC026", "WC027", "WC029", "WC032", "WC033", "WC034", "WC038"]
    return mine.drop(told)  # in the lesson, or not the same


def _pairs() -> list[list[str]]:
    """Return the ordered pairs of counts of the same quantity in which no wrong way gives the right gap."""
    groups = (rows.index for _, rows in _counts().groupby("quantity"))
    pairs = [list(pair) for ids in groups for pair in itertools.permutations(ids, 2)]
    return [pair for pair in pairs if _is_gap_telling(pair)]


def _is_gap_telling(pair: list[str]) -> bool:
    """Return whether a gap in per cent of the first, or in billion dollars, differs from that of the second."""
    given = {"pair": pair}
    first, second = _two(given)
    gap = _gap(given)
    wrong = (_gap({"pair": pair[::-1]}), 100 * (first - second) / first, first - second, -gap, gap / 100)
    return all(abs(one - gap) > 0.2 for one in wrong)


def _spans() -> list[list[object]]:
    """Return [first year, last year, partner] for the spans that the table covers without a gap."""
    years = data.load("partners").groupby("partner")["year"].agg(set)
    spans = itertools.product(range(1995, 2019), (2, 4), ["CHN", "ITA", "RUS"])
    return [
        [first, first + more, partner]
        for first, more, partner in spans
        if (years[partner] & years["WLD"]).issuperset(range(first, first + more + 1))
    ]


def _shares(given: Given, flow: str = "") -> list[float]:
    iso3, own, year = given["list"]
    return [*_lists()[iso3, flow or own, year].values()]


def _mine(given: Given, flow: str = "", times: float = 1) -> Pair:
    """Return the lower bound of a list's Herfindahl index, and the per cent that the list leaves out."""
    shares = _shares(given, flow)
    return times * _squares(shares), 100 - sum(shares)


def _bloc(given: Given) -> tuple[list[float], list[float]]:
    """Return the shares of the bloc's members, and of the other partners."""
    iso3, flow, year, names = given["bloc"]
    shares = _lists()[iso3, flow, year]
    return [shares[name] for name in names], [s for name, s in shares.items() if name not in names]


def _as_one(given: Given) -> float:
    bloc, others = _bloc(given)
    return _squares([sum(bloc), *others])


def _two(given: Given) -> Pair:
    first, second = map(float, _counts()["value"][given["pair"]])
    return first, second


def _gap(given: Given) -> float:
    first, second = _two(given)
    return 100 * (first / second - 1)


def _went(given: Given, flow: str = "exports", *, of: str = "whole", last_only: bool = False) -> float:
    """Return the per cent of the exports of some years that went to a partner; `of` is the denominator."""
    first, last, partner = given["trade"]
    table = data.load("partners")
    rows = table[table["year"].between(last if last_only else first, last)]
    by_partner = rows.groupby("partner")[f"{flow}_usd_mn"].sum()
    wholes = {"whole": by_partner["WLD"], "listed": by_partner.drop("WLD").sum(), "column": by_partner.sum()}
    return float(by_partner[partner] / wholes[of] * 100)


SET = exercise_set(
    __file__,
    options={"list": LISTS, "bloc": _merged(), "pair": _pairs(), "trade": _spans()},
    questions=[
        ask(
            "q1",
            name="my_floor",
            points=2,
            kind=Together((Number("", 0.0005, 0, 10_000), PerCent(0.1, -10, 100))),
            solution=_mine,
            uses=["list"],
            typed=True,
            taught="1. What it sells, and to whom",
            hint="The given cell has a column for each step of the first number. For the second, what do the shares that are listed leave of the whole?",
            mistakes=[
                Mistake(
                    "Squares of percentages are ten thousand times too large: take fractions.",
                    lambda g: _mine(g, times=10_000),
                    excluded_by="a fraction",
                ),
                Mistake(
                    "You squared the sum: first square each share, then add up.",
                    lambda g: ((sum(_shares(g)) / 100) ** 2, _mine(g)[1]),
                ),
                Mistake(
                    "You divided by the sum of those listed: they are shares of the total.",
                    lambda g: (_squares(_shares(g), sum(_shares(g))), _mine(g)[1]),
                    excluded_by="in per cent of the total",
                ),
                Mistake(
                    "The second number is what is on the list: how much is not?",
                    lambda g: (_mine(g)[0], sum(_shares(g))),
                    excluded_by="are not on the list",
                ),
                Mistake(
                    "That is the other flow of the same year.",
                    lambda g: _mine(g, "imports" if g["list"][1] == "exports" else "exports"),
                    excluded_by="a state, a flow and a year",
                ),
            ],
        ),
        ask(
            "q2",
            name="as_one",
            points=2,
            kind=Number("", 0.0005, 0, 10_000),
            solution=_as_one,
            uses=["bloc"],
            taught="1. What it sells, and to whom",
            hint="Add up the shares of your bloc, and only then square.",
            mistakes=[
                Mistake(
                    "You squared the members of the bloc one by one: add up their shares first.",
                    lambda g: _squares([s for part in _bloc(g) for s in part]),
                    excluded_by="Count these partners as one",
                ),
                Mistake(
                    "That is only the bloc. The others belong to the index, too.",
                    lambda g: _squares([sum(_bloc(g)[0])]),
                    excluded_by="and each of the others by itself",
                ),
                Mistake(
                    "You left out the bloc.",
                    lambda g: _squares(_bloc(g)[1]),
                ),
                Mistake(
                    "You divided by the sum of those listed: they are shares of the total.",
                    lambda g: _squares([sum(_bloc(g)[0]), *_bloc(g)[1]], sum(map(sum, _bloc(g)))),
                    excluded_by="a fraction",
                ),
                Mistake(
                    "The bloc has the mean of its members' shares, not their sum.",
                    lambda g: _squares([sum(_bloc(g)[0]) / len(_bloc(g)[0]), *_bloc(g)[1]]),
                ),
            ],
        ),
        ask(
            "q3",
            name="gap",
            points=2,
            kind=PerCent(0.1, -1000, 1000),
            solution=_gap,
            uses=["pair"],
            moves=True,
            taught="3. Two customs offices, one trade",
            hint="The gap is the difference between the two counts, in per cent of the second.",
            mistakes=[
                Mistake(
                    "You divided by the first count, but the gap is in per cent of the second.",
                    lambda g: -_gap({"pair": g["pair"][::-1]}),
                    excluded_by="Unit: per cent of the second",
                ),
                Mistake(
                    "This is by how many per cent the second is higher than the first, not the first than the second.",
                    lambda g: _gap({"pair": g["pair"][::-1]}),
                    excluded_by="is the first higher than the second?",
                ),
                Mistake(
                    "The sign is the wrong way round.",
                    lambda g: -_gap(g),
                    excluded_by="is the first higher than the second? ... `gap`: negative if it is less",
                ),
                Mistake(
                    "This is the first count in per cent of the second, not how much more it is.",
                    lambda g: 100 + _gap(g),
                    excluded_by="By how many per cent",
                ),
                Mistake(
                    "This is a fraction: multiply it by 100 to get per cent.",
                    lambda g: _gap(g) / 100,
                ),
                Mistake(
                    "This is the difference in USD bn: the question asks for per cent.",
                    lambda g: _two(g)[0] - _two(g)[1],
                ),
            ],
        ),
        ask(
            "q4",
            name="floor_as_one",
            points=2,
            kind=Number("", 0.0001, 0, 10_000),
            solution=floor_as_one,
            cases=_cases,
            taught="1. What it sells, and to whom",
            hint="Add up the squares of the others; then add the square of the sum of those that count as one. Then try an empty list.",
            mistakes=[
                Mistake(
                    "You squared all of them one by one, but the names in the list count as one.",
                    lambda s, t: _squares(s),
                    excluded_by="count as one",
                ),
                Mistake(
                    "You left out those that count as one: add the square of their sum.",
                    lambda s, t: _squares(_parted(s, t)[1]),
                ),
                Mistake(
                    "That is only the square of those that count as one. The others belong to the index, too.",
                    lambda s, t: _squares([sum(_parted(s, t)[0])]),
                ),
                Mistake(
                    "Squares of percentages are ten thousand times too large: divide by 100 first.",
                    lambda s, t: 10_000 * floor_as_one(s, t),
                    excluded_by="a fraction",
                ),
                Mistake(
                    "You did not square the sum of those that count as one.",
                    lambda s, t: sum(_parted(s, t)[0]) / 100 + _squares(_parted(s, t)[1]),
                ),
            ],
        ),
        ask(
            "q5",
            name="went_there",
            points=2,
            kind=PerCent(0.1, 0, 100),
            solution=_went,
            uses=["trade"],
            moves=True,
            taught="2. Many customers, one way out",
            hint="Keep the years, add up by partner, and divide what your partner took by what the world took.",
            mistakes=[
                Mistake(
                    "That is what Kazakhstan bought there. Which column has what it sold?",
                    lambda g: _went(g, "imports"),
                    excluded_by="sold",
                ),
                Mistake(
                    "You divided by the sum of the column, but that includes the row for the world.",
                    lambda g: _went(g, of="column"),
                    excluded_by="`WLD` is the total",
                ),
                Mistake(
                    "You divided by the sum of the listed partners. The total is the row for the world.",
                    lambda g: _went(g, of="listed"),
                    excluded_by="`WLD` is the total",
                ),
                Mistake(
                    "That is only the last year, or only the first and the last. Your span has all years between, too.",
                    lambda g: _went(g, last_only=True),
                    excluded_by="both included",
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
        "5 questions, 10 points": ["len(exercise.questions)", "exercise.points"],
    },
    "q4-question": {
        "gives 0": "exercise.get_question('q4').solution(pd.Series([], dtype=float), [])",
        "2022, with Italy and the Netherlands as one, it returns 0.0702": [
            "max(row('partner_shares', iso3='KAZ', year=2022, flow='exports', printed='Italy').year, 0)",
            "exercise.compute_example('q4')",
        ],
    },
    "q5-question": {"two years": "len(exercise.options['trade'][0]) - 1"},
}
