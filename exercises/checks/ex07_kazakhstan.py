"""Checks of set 07, Kazakhstan between powers: concentration, who counts as one, two counts, partners."""

import itertools
import random
from collections.abc import Iterable
from functools import cache

import pandas as pd

from samarkand import data
from samarkand.answers.kinds import Number, PerCent, Together
from samarkand_grading.marking.checks import Given, asked, exercise
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
    """Return the ordered pairs of counts of the same quantity."""
    groups = (rows.index for _, rows in _counts().groupby("quantity"))
    return [list(pair) for ids in groups for pair in itertools.permutations(ids, 2)]


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


SET = exercise(
    __file__,
    {"list": LISTS, "bloc": _merged(), "pair": _pairs(), "trade": _spans()},
    q1=asked(
        Together((Number("", 0.0005, 0, 10_000), PerCent(0.1, -10, 100))),
        _mine,
        per_cent=lambda g: _mine(g, times=10_000),
        squared_sum=lambda g: ((sum(_shares(g)) / 100) ** 2, _mine(g)[1]),
        of_those_listed=lambda g: (_squares(_shares(g), sum(_shares(g))), _mine(g)[1]),
        listed=lambda g: (_mine(g)[0], sum(_shares(g))),
        other_flow=lambda g: _mine(g, "imports" if g["list"][1] == "exports" else "exports"),
    ),
    q2=asked(
        Number("", 0.0005, 0, 10_000),
        _as_one,
        one_by_one=lambda g: _squares([s for part in _bloc(g) for s in part]),
        bloc_alone=lambda g: _squares([sum(_bloc(g)[0])]),
        without_bloc=lambda g: _squares(_bloc(g)[1]),
        of_those_listed=lambda g: _squares([sum(_bloc(g)[0]), *_bloc(g)[1]], sum(map(sum, _bloc(g)))),
        mean=lambda g: _squares([sum(_bloc(g)[0]) / len(_bloc(g)[0]), *_bloc(g)[1]]),
    ),
    q3=asked(
        PerCent(0.1, -1000, 1000),
        _gap,
        of_first=lambda g: _gap({"pair": g["pair"][::-1]}),
        sign=lambda g: -_gap(g),
        ratio=lambda g: 100 + _gap(g),
        fraction=lambda g: _gap(g) / 100,
        difference=lambda g: _two(g)[0] - _two(g)[1],
    ),
    q4=asked(
        Number("", 0.0001, 0, 10_000),
        floor_as_one,
        cases=_cases,
        one_by_one=lambda s, t: _squares(s),
        without_bloc=lambda s, t: _squares(_parted(s, t)[1]),
        bloc_alone=lambda s, t: _squares([sum(_parted(s, t)[0])]),
        per_cent=lambda s, t: 10_000 * floor_as_one(s, t),
        not_squared=lambda s, t: sum(_parted(s, t)[0]) / 100 + _squares(_parted(s, t)[1]),
    ),
    q5=asked(
        PerCent(0.1, 0, 100),
        _went,
        bought=lambda g: _went(g, "imports"),
        of_column=lambda g: _went(g, of="column"),
        of_those_listed=lambda g: _went(g, of="listed"),
        last_year=lambda g: _went(g, last_only=True),
    ),
)
