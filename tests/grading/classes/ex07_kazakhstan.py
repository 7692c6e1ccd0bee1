"""A class that has worked on set 07."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
from workshop import Answer as A

BEFORE = """
import numpy as np
import pandas as pd
def printed(iso3, flow, year):
    return data.load("partner_shares").query("iso3 == @iso3 and flow == @flow and year == @year").set_index("printed")["share_pct"]
own = printed(*given["list"])
*where, bloc = given["bloc"]
theirs = printed(*where) / 100
first, second = data.load("who_counted").set_index("id").loc[given["pair"], "value"]
begin, end, partner = given["trade"]
span = data.load("partners").query("@begin <= year <= @end")
"""

AS_ONE = "def floor_as_one(shares, together):\n    "

CLASS = [
    A("q1", "a dict", "my_floor = {'floor': ((own / 100) ** 2).sum(), 'rest': 100 - own.sum()}"),
    A("q1", "an array", "my_floor = np.array([sum((s / 100) ** 2 for s in own), 100 - sum(own)])"),
    A("q1", "the square of the sum", "my_floor = (own / 100).sum() ** 2, 100 - own.sum()", 0, "squared the sum"),
    A("q1", "in per cent", "my_floor = (own**2).sum(), 100 - own.sum()", 0, "ten thousand times too large"),
    A("q1", "what is on the list", "my_floor = ((own / 100) ** 2).sum(), own.sum()", 0, "how much is not?"),
    A("q2", "a loop", "as_one = sum(theirs[n] for n in bloc) ** 2\nfor n, s in theirs.items():\n    as_one += 0 if n in bloc else s**2"),
    A("q2", "drop and dot", "rest = theirs.drop(bloc)\nas_one = rest @ rest + theirs[bloc].sum() ** 2"),
    A("q2", "one by one", "as_one = (theirs**2).sum()", 0, "one by one"),
    A("q3", "one cell of a table", "gap = pd.DataFrame({'gap_pct': [100 * first / second - 100]})"),
    A("q3", "of the first", "gap = 100 * (second / first - 1)", 0, "in per cent of the second"),
    A("q3", "the ratio", "gap = 100 * first / second", 0, "not how much more it is"),
    A("q4", "with isin", AS_ONE + "s = shares / 100\n    inside = s.index.isin(together)\n    return (s[~inside] ** 2).sum() + s[inside].sum() ** 2"),
    A("q4", "a loop", AS_ONE + "total = 0\n    for name in shares.index:\n        if name not in together:\n            total = total + (shares[name] / 100) ** 2\n    return total + (sum(shares[n] for n in together) / 100) ** 2"),
    A("q4", "one by one", AS_ONE + "return ((shares / 100) ** 2).sum()", 0, "one by one"),
    A("q4", "not squared", AS_ONE + "s = shares / 100\n    return (s.drop(together) ** 2).sum() + s[together].sum()", 0, "did not square"),
    A("q5", "a pivot", "by = span.pivot(index='year', columns='partner', values='exports_usd_mn').sum()\nwent_there = 100 * by[partner] / by['WLD']"),
    A("q5", "a fraction", "by = span.groupby('partner')['exports_usd_mn'].sum()\nwent_there = by[partner] / by['WLD']", 1, "from its unit"),
    A("q5", "of the column", "by = span.groupby('partner')['exports_usd_mn'].sum()\nwent_there = 100 * by[partner] / by.sum()", 0, "includes the row for the world"),
    A("q5", "what it bought", "by = span.groupby('partner')['imports_usd_mn'].sum()\nwent_there = 100 * by[partner] / by['WLD']", 0, "bought there"),
]  # fmt: skip
