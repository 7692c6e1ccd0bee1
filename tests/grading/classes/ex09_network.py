"""A class that has worked on set 09."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
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
tie, person = given["change"]
one, other = given["codings"]
"""

NEAR = "def neighbours(ties, node):\n    "

CLASS = [
    A("q1", "a list of numpy numbers", "three_counts = [np.int64(len(others)), pd.Series(others).nunique(), np.int64(friendly)]"),
    A("q1", "a dict", "three_counts = {'ties': len(others), 'neighbours': len(set(others)), 'friendly': friendly}"),
    A("q1", "the other way round", "three_counts = len(set(others)), len(others), friendly", 0, "You swapped"),
    A("q1", "one way alone", "out = part[part['actor'] == mine]\nthree_counts = len(out), out['target'].nunique(), (out['sign'] == 1).sum()", 0, ""),
    A("q1", "all are friends", "three_counts = len(others), len(set(others)), len(others)", 0, "look at their signs"),
    A("q2", "a set", "between_my_two = set(way) - set(given['two'])"),
    A("q2", "a Series, small letters", "between_my_two = pd.Series(way[1:-1]).str.lower()"),
    A("q2", "with the ends", "between_my_two = way", 0, "Your two are among them"),
    A("q2", "how many", "between_my_two = len(way) - 2", 0, "not how many"),
    A("q3", "a graph of her own", "state = {'XI': 'CHN', 'LI': 'CHN', 'PUTIN': 'RUS', 'TOKAYEV': 'KAZ'}[person]\nkept = article[article['id'] != tie]\ng = nx.relabel_nodes(nx.Graph(list(zip(kept['actor'], kept['target']))), {person: state})\nin_between = nx.betweenness_centrality(g)[state]"),
    A("q3", "the tie is still there", "state = {'XI': 'CHN', 'LI': 'CHN', 'PUTIN': 'RUS', 'TOKAYEV': 'KAZ'}[person]\nkept = article.replace({person: state})\nin_between = nx.betweenness_centrality(nx.from_pandas_edgelist(kept, 'actor', 'target'))[state]", 0, "still there"),
    A("q4", "numpy", "a, b = np.array(one), np.array(other)\nagreement = [100 * (a == b).mean(), np.sum((a == 1) & (b != 1))]"),
    A("q4", "a dict", "agreement = {'share': 100 * sum(x == y for x, y in zip(one, other)) / 15, 'n': sum(x == 1 and y != 1 for x, y in zip(one, other))}"),
    A("q4", "the second alone", "agreement = 100 * np.mean(np.array(one) == np.array(other)), sum(y == 1 and x != 1 for x, y in zip(one, other))", 0, "only the second coder"),
    A("q5", "a set", NEAR + "return len({b if a == node else a for a, b in zip(ties['actor'], ties['target']) if node in (a, b)} - {node})"),
    A("q5", "a graph", NEAR + "g = nx.from_pandas_edgelist(ties, 'actor', 'target')\n    return len(set(g[node]) - {node}) if node in g else 0"),
    A("q5", "leading away", NEAR + "return ties[(ties['actor'] == node) & (ties['target'] != node)]['target'].nunique()", 0, "start at the actor"),
]  # fmt: skip
