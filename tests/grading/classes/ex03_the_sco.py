"""A class that has worked on set 03."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
from workshop import Answer as A

BEFORE = """
from typing import NamedTuple
day = pd.Timestamp(given["day"])
running = lambda t: t[(t["from"] <= day) & ~(t["to"] <= day)]
now = running(data.load("sco_membership"))
one = set(now[now["status"].isin(["member", "observer"])]["iso3"]) & set(given["states"])
wide = data.load("indicators").pivot(index=["iso3", "year"], columns="indicator", values="value")
people = wide["population_persons"].unstack()[given["year"]]
"""

CLASS = [
    A("q1", "crosstab and reindex", "n = now['status'].value_counts().reindex(['member', 'observer', 'dialogue partner'])\nnew = now[now['status'].isin(n.index)]['from'].max()\ncounts = pd.concat([n, pd.Series({'days': (day - new).days})])"),
    A("q1", "a named tuple", "class Counts(NamedTuple):\n    m: int; o: int; d: int; days: int\nkinds = ['member', 'observer', 'dialogue partner']\nheld = now[now['status'].isin(kinds)]\ncounts = Counts(*(sum(held['status'] == k) for k in kinds), (day - held['from']).min().days)"),
    A("q2", "numpy number", "import numpy as np\npeople_share = np.float32(100 * people[given['states']].sum() / people['WLD'])"),
    A("q2", "just outside", "people_share = 100 * people[given['states']].sum() / people['WLD'] + 0.0511", 0, "Sum the population"),
    A("q2", "just inside", "people_share = 100 * people[given['states']].sum() / people['WLD'] + 0.0499"),
    A("q3", "nullable array", "y = wide.xs(2021, level='year')\ng = y.loc[given['states']]\ngdp_shares = pd.array([100 * (g.gdp_per_head_ppp * g.population_persons).sum() / y.gdp_ppp['WLD'], 100 * g.gdp_current_usd.sum() / y.gdp_current_usd['WLD']], dtype='Float64')"),
    A("q4", "categories", "close_ones = pd.Series(sorted(one), dtype='category')"),
    A("q4", "keys of a dict, small letters", "close_ones = {code.lower(): 1 for code in one}.keys()"),
    A("q4", "one text", "close_ones = ', '.join(one)", 0, "Not all of these are country codes"),
    A("q5", "a table", "people_shares = (100 * people[given['states']] / people[given['states']].sum()).rename_axis('iso3').reset_index()"),
    A("q5", "of one", "people_shares = people[given['states']] / people[given['states']].sum()", 1, "to get per cent"),
    A("q6", "numpy number", "import numpy as np\nwithout_largest = np.float64(100 * people[[s for s in given['states'] if s not in ('CHN', 'IND')]].sum() / people['WLD'])"),
]  # fmt: skip
