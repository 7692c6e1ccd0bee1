"""A class that has worked on set 09."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
from __future__ import annotations

from workshop import Answer as A

BEFORE = """
import numpy as np
kinds, last, mine = given["slice"]
every = data.load("ties")
part = every[every["kind"].isin(kinds) & (every["day"] <= pd.Timestamp(last))]
others = [b if a == mine else a for a, b in zip(part["actor"], part["target"]) if mine in (a, b)]
friendly = sum(part.loc[(part["actor"] == mine) | (part["target"] == mine), "sign"] > 0)
article = every[every["in_article"]]
drawn = nx.Graph(list(zip(article["actor"], article["target"])))
way = nx.shortest_path(drawn, *given["two"])
def triangles(table, one, other, third):
    ends = zip(table["actor"], table["target"], table["sign"])
    rows = [(a, b, -s if {a, b} == {one, other} else s) for a, b, s in ends if third not in (a, b)]
    return measures.signed_triangles(pd.DataFrame(rows, columns=["actor", "target", "sign"]))["balanced"]
one, other = given["codings"]
"""

DEGREE = "def degree(ties, node, rule):\n    "

CLASS = [
    A("q1", "a list of numpy numbers", "three_counts = [np.int64(len(others)), pd.Series(others).nunique(), np.int64(friendly)]"),
    A("q1", "a dict", "three_counts = {'ties': len(others), 'neighbours': len(set(others)), 'friendly': friendly}"),
    A("q1", "the other way round", "three_counts = len(set(others)), len(others), friendly", 0, "have changed places"),
    A("q1", "one way alone", "out = part[part['actor'] == mine]\nthree_counts = len(out), out['target'].nunique(), (out['sign'] == 1).sum()", 0, ""),
    A("q1", "all are friends", "three_counts = len(others), len(set(others)), len(others)", 0, "look at their signs"),
    A("q2", "a set", "between_my_two = set(way) - set(given['two'])"),
    A("q2", "a Series, small letters", "between_my_two = pd.Series(way[1:-1]).str.lower()"),
    A("q2", "with the ends", "between_my_two = way", 0, "Your two are among them"),
    A("q2", "how many", "between_my_two = len(way) - 2", 0, "not how many"),
    A("q3", "a mean in per cent", "balanced_pct = 100 * triangles(every, *given['flip']).mean()"),
    A("q3", "a Series of one", "balanced_pct = triangles(every, *given['flip']).to_frame('balanced').mean().mul(100)"),
    A("q3", "turns nothing", "balanced_pct = 100 * triangles(every, '', '', given['flip'][2]).mean()", 0, "No sign is turned yet"),
    A("q3", "leaves nobody out", "balanced_pct = 100 * triangles(every, *given['flip'][:2], '').mean()", 0, "still there"),
    A("q4", "a loop", DEGREE + "sums = {}\n    rows = [(b if a == node else a, s) for a, b, s in zip(ties['actor'], ties['target'], ties['sign']) if node in (a, b) and a != b]\n    for o, s in rows:\n        sums[o] = sums.get(o, 0) + s\n    return {'ties': len(rows), 'neighbours': len(sums), 'friends': sum(s > 0 for s in sums.values())}[rule]"),
    A("q4", "leading away", DEGREE + "away = ties[(ties['actor'] == node) & (ties['target'] != node)]\n    out = away.groupby('target')['sign'].sum()\n    return len(away) if rule == 'ties' else len(out) if rule == 'neighbours' else (out > 0).sum()", 0, "Only ties that lead away"),
    A("q5", "numpy", "a, b = np.array(one), np.array(other)\np = (a == b).mean()\ne = sum((a == s).mean() * (b == s).mean() for s in (1, 0, -1))\nmy_kappa = (p - e) / (1 - e)"),
    A("q5", "the measure", "my_kappa = measures.kappa(*given['codings'])"),
    A("q5", "the share alone", "my_kappa = np.mean(np.array(one) == np.array(other))", 0, "the share of agreement"),
]  # fmt: skip
