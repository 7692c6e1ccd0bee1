"""A class that has worked on set 07."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
from __future__ import annotations

from workshop import Answer as A

BEFORE = """
import numpy as np
import pandas as pd
def printed(iso3, flow, year):
    return data.load("partner_shares").query("iso3 == @iso3 and flow == @flow and year == @year").set_index("printed")["share_pct"]
mine = printed(*given["list"])
*where, bloc = given["bloc"]
theirs = printed(*where) / 100
first, second = data.load("who_counted").set_index("id").loc[given["pair"], "value"]
seed, asked, share, points = given["poll"]
polls = default_rng(int(seed)).binomial(int(asked), share / 100, 200) / asked * 100
def bounds(shares):
    listed = sorted(s / 100 for s in shares if s)
    rest, pieces = 1 - sum(listed), list(listed)
    while listed and rest > listed[0]:
        pieces.append(listed[0])
        rest -= listed[0]
    return sum(s * s for s in listed), sum(s * s for s in [*pieces, rest])
"""

BOUNDS = "def floor_and_ceiling(shares):\n    "

CLASS = [
    A("q1", "a dict", "low, high = bounds(mine)\nfloor_and_ceiling_of_mine = {'floor': low, 'ceiling': high}"),
    A("q1", "an array", "floor_and_ceiling_of_mine = np.array(bounds(mine))"),
    A("q1", "the rest as one", "s = mine / 100\nfloor_and_ceiling_of_mine = (s**2).sum(), (s**2).sum() + (1 - s.sum()) ** 2", 0, "taken as one customer"),
    A("q1", "in per cent", "floor_and_ceiling_of_mine = [1e4 * b for b in bounds(mine)]", 0, "ten thousand times too large"),
    A("q2", "a loop", "as_one = sum(theirs[n] for n in bloc) ** 2\nfor n, s in theirs.items():\n    as_one += 0 if n in bloc else s**2"),
    A("q2", "drop and dot", "rest = theirs.drop(bloc)\nas_one = rest @ rest + theirs[bloc].sum() ** 2"),
    A("q2", "one by one", "as_one = (theirs**2).sum()", 0, "squared one by one"),
    A("q3", "one cell of a table", "gap = pd.DataFrame({'gap_pct': [100 * first / second - 100]})"),
    A("q3", "of the first", "gap = 100 * (second / first - 1)", 0, "in per cent of the second"),
    A("q3", "the ratio", "gap = 100 * first / second", 0, "not how much more it is"),
    A("q4", "an array, by a loop", BOUNDS + "return np.array(bounds(shares)) if shares else (0, 1)"),
    A("q4", "forgets the empty list", BOUNDS + "return bounds(shares) if min(shares) >= 0 else None", 1, "stops with ValueError"),
    A("q4", "the last is the smallest", BOUNDS + "s = [x / 100 for x in shares if x] or [1]\n    if not shares:\n        return 0, 1\n    rest, f = 1 - sum(s), sum(x * x for x in s)\n    n = rest // s[-1]\n    return f, f + n * s[-1] ** 2 + (rest - n * s[-1]) ** 2", 1, ""),
    A("q4", "the rest as one", BOUNDS + "f = sum((x / 100) ** 2 for x in shares)\n    return f, f + (1 - sum(shares) / 100) ** 2", 0, "taken as one customer"),
    A("q5", "a sum of numpy truths", "far_off = (np.abs(polls - share) > points).sum()"),
    A("q5", "a Series", "far_off = pd.Series(polls).sub(share).abs().gt(points).value_counts()[True]"),
    A("q5", "above alone", "far_off = sum(polls > share + points)", 0, "too low is off as well"),
    A("q5", "in per cent", "far_off = int(50 * (abs(polls - share) > points).mean()) * 2", 0, ""),
]  # fmt: skip
