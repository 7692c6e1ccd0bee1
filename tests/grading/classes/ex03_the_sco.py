"""A class that has worked on set 03."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
from __future__ import annotations

from workshop import Answer as A

BEFORE = """
from typing import NamedTuple
day = pd.Timestamp(given["day"])
running = lambda t: t[(t["from"] <= day) & ~(t["to"] <= day)]
now = running(data.load("sco_membership"))
one = set(now[now["status"].isin(given["statuses"])]["iso3"])
clubs = running(data.load("org_membership").query("organisation == @given['club'] and status == 'member'"))
two = set(clubs["iso3"])
wide = data.load("indicators").pivot(index=["iso3", "year"], columns="indicator", values="value")
people = wide["population_persons"].unstack()[given["year"]]
"""

STATUS = "def status_on(table, iso3, day):\n    "

CLASS = [
    A("q1", "crosstab and reindex", "n = now['status'].value_counts().reindex(['member', 'observer', 'dialogue partner'])\nnew = now[now['status'].isin(n.index)]['from'].max()\ncounts = pd.concat([n, pd.Series({'days': (day - new).days})])"),
    A("q1", "a named tuple", "class Counts(NamedTuple):\n    m: int; o: int; d: int; days: int\nkinds = ['member', 'observer', 'dialogue partner']\nheld = now[now['status'].isin(kinds)]\ncounts = Counts(*(sum(held['status'] == k) for k in kinds), (day - held['from']).min().days)"),
    A("q6", "a class", "class Status:\n    def __call__(self, table, iso3, day):\n        for r in table.to_dict('records'):\n            if r['iso3'] == iso3 and r['from'] <= day and not r['to'] <= day:\n                return r['status'].upper()\n        return 'none'\nstatus_on = Status()"),
    A("q6", "an open end never runs", STATUS + "t = table[(table.iso3 == iso3) & (table['from'] <= day) & (table['to'] > day)]\n    return t.status.iloc[0] if len(t) else 'none'", 0, "A spell whose to is empty"),
    A("q6", "the last day too", STATUS + "t = table[(table.iso3 == iso3) & (table['from'] <= day) & ~(table['to'] < day)]\n    return t.status.iloc[0] if len(t) else 'none'", 1, "the end is not part of it"),
    A("q2", "numpy number", "import numpy as np\npeople_share = np.float32(100 * people[given['states']].sum() / people['WLD'])"),
    A("q2", "just outside", "people_share = 100 * people[given['states']].sum() / people['WLD'] + 0.0511", 0, "Sum the population"),
    A("q2", "just inside", "people_share = 100 * people[given['states']].sum() / people['WLD'] + 0.0499"),
    A("q3", "nullable array", "y = wide.xs(2021, level='year')\ng = y.loc[given['states']]\ngdp_shares = pd.array([100 * (g.gdp_per_head_ppp * g.population_persons).sum() / y.gdp_ppp['WLD'], 100 * g.gdp_current_usd.sum() / y.gdp_current_usd['WLD']], dtype='Float64')"),
    A("q4", "categories", "in_one_only = pd.Series(sorted(one ^ two), dtype='category')"),
    A("q4", "keys of a dict, small letters", "in_one_only = {code.lower(): 1 for code in one ^ two}.keys()"),
    A("q4", "one text", "in_one_only = ', '.join(one ^ two)", 0, "Not all of these are country codes"),
    A("q5", "a row of a table", "both = one & two\nsimilarity = pd.DataFrame([(len(both), len(both) / len(one | two), 100 * people[sorted(both)].sum() / people[sorted(one)].sum())])"),
]  # fmt: skip
