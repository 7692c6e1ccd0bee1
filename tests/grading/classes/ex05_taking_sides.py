"""A class that has worked on set 05."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
from __future__ import annotations

from workshop import Answer as A

BEFORE = """
from itertools import combinations
import numpy as np
votes = data.load("un_votes").set_index("iso3")[["es_11_1", "es_11_3", "es_11_4"]]
coded = ((votes == "yes").astype(float) - (votes == "no")).where(votes != "did not vote")
near = lambda a, b: float(1 - (coded.loc[a] - coded.loc[b]).abs().mean() / 2)
far = pd.Series({v: near(v, given["from"]) for v in given["voters"]})
pairs = [near(*pair) for pair in combinations(given["group"], 2)]
"""

AGREEMENT = "def agreement(votes, a, b):\n    "

CLASS = [
    A("q1", "a dict", "yes_votes = {c: int((votes.loc[given['voters'], c] == 'yes').sum()) for c in votes}"),
    A("q1", "an array", "yes_votes = (votes.loc[given['voters']].to_numpy() == 'yes').sum(axis=0)"),
    A("q1", "of all", "yes_votes = (votes == 'yes').sum()", 0, "not only your twenty"),
    A("q2", "floats in a table", "agreements = pd.Series({g: near(g, given['from']) for g in given['group']}).astype('float32').rename_axis('iso3').reset_index()"),
    A("q2", "the absent as 0", "zero = coded.fillna(0)\nagreements = (1 - (zero - zero.loc[given['from']]).abs().sum(axis=1) / 6)[given['group']]", 0, "leave such a vote out"),
    A("q3", "an index", "nearest = far.index[far == far.max()]"),
    A("q3", "a column", "nearest = pd.DataFrame({'iso3': far[far == far.max()].index})"),
    A("q3", "the indices themselves", "nearest = far[far == far.max()]", 0, "in the index is not read"),
    A("q4", "rounded", "group_agreement = [round(np.mean([near(g, 'RUS') for g in given['group']]), 3), round(sum(pairs) / 10, 3)]"),
    A("q4", "their sum", "group_agreement = np.mean([near(g, 'RUS') for g in given['group']]), sum(pairs)", 0, "the sum over the pairs"),
    A("q5", "melt and pivot", AGREEMENT + "t = votes.melt('iso3', ['es_11_1', 'es_11_3', 'es_11_4'])\n    t['n'] = t['value'].map({'yes': 1, 'no': -1, 'abstain': 0}).astype(float)\n    p = t.pivot(index='variable', columns='iso3', values='n')\n    found = 1 - (p[a] - p[b]).abs().mean() / 2\n    return -1 if np.isnan(found) else found"),
    A("q5", "counts equal answers", AGREEMENT + "t = votes.set_index('iso3')[['es_11_1', 'es_11_3', 'es_11_4']]\n    return (t.loc[a] == t.loc[b]).mean()", 0, "the share of equal answers"),
    A("q5", "forgets who was away", AGREEMENT + "n = {'yes': 1, 'no': -1, 'abstain': 0}\n    t = votes.set_index('iso3')\n    return 1 - sum(abs(n[t.loc[a, c]] - n[t.loc[b, c]]) for c in ('es_11_1', 'es_11_3', 'es_11_4')) / 6", 1.5, "stops with KeyError"),
]  # fmt: skip
