"""A class that has worked on set 05."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
from workshop import Answer as A

BEFORE = """
import numpy as np
votes = data.load("un_votes").set_index("iso3")[["es_11_1", "es_11_3", "es_11_4"]]
coded = ((votes == "yes").astype(float) - (votes == "no")).where(votes != "did not vote")
near = lambda a, b: float(1 - (coded.loc[a] - coded.loc[b]).abs().mean() / 2)
mine = pd.Series({g: near(g, given["from"]) for g in given["group"]})
"""

AGREEMENT = "def agreement(votes, a, b):\n    "

CLASS = [
    A("q1", "a dict", "yes_votes = {c: int((votes.loc[given['voters'], c] == 'yes').sum()) for c in votes}"),
    A("q1", "an array", "yes_votes = (votes.loc[given['voters']].to_numpy() == 'yes').sum(axis=0)"),
    A("q1", "of all", "yes_votes = (votes == 'yes').sum()", 0, "not only your twenty"),
    A("q2", "floats in a table", "agreements = pd.Series({g: near(g, given['from']) for g in given['group']}).astype('float32').rename_axis('iso3').reset_index()"),
    A("q2", "the absent as 0", "zero = coded.fillna(0)\nagreements = (1 - (zero - zero.loc[given['from']]).abs().sum(axis=1) / 6)[given['group']]", 0, "leave such a vote out"),
    A("q3", "isin and a dict", "silent = {c: votes.loc[given['voters'], c].isin(['abstain', 'did not vote']).sum() for c in votes}"),
    A("q3", "abstentions", "silent = (votes.loc[given['voters']] == 'abstain').sum()", 0, "the abstentions alone"),
    A("q4", "rounded", "two_means = [round(mine.mean(), 3), round(mine.iloc[1:].mean(), 3)]"),
    A("q4", "their sums", "two_means = mine.sum(), mine.iloc[1:].sum()", 0, "No answer to this can lie outside"),
    A("q5", "melt and pivot", AGREEMENT + "t = votes.melt('iso3', ['es_11_1', 'es_11_3', 'es_11_4'])\n    t['n'] = t['value'].map({'yes': 1, 'no': -1, 'abstain': 0}).astype(float)\n    p = t.pivot(index='variable', columns='iso3', values='n')\n    found = 1 - (p[a] - p[b]).abs().mean() / 2\n    return -1 if np.isnan(found) else found"),
    A("q5", "counts equal answers", AGREEMENT + "t = votes.set_index('iso3')[['es_11_1', 'es_11_3', 'es_11_4']]\n    return (t.loc[a] == t.loc[b]).mean()", 0, "the share of equal answers"),
    A("q5", "forgets who was away", AGREEMENT + "n = {'yes': 1, 'no': -1, 'abstain': 0}\n    t = votes.set_index('iso3')\n    return 1 - sum(abs(n[t.loc[a, c]] - n[t.loc[b, c]]) for c in ('es_11_1', 'es_11_3', 'es_11_4')) / 6", 1.5, "stops with KeyError"),
]  # fmt: skip
