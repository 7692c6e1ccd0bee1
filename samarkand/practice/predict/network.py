"""What the predictions of lesson 09 come to."""

from __future__ import annotations

import pandas as pd

from samarkand import data, measures

#: A few ties are said in the table to be likely only, or implied.
DOUBTFUL = "not certain|Implied"


def _article() -> pd.DataFrame:
    return data.load("ties").query("in_article").set_index("id")


def _states() -> dict[str, str]:
    """Return the state that each person belongs to."""
    people = data.load("entities").query("type == 'person'").dropna(subset=["iso3"])
    return dict(zip(people["id"], people["iso3"], strict=True))


def _between(ties: pd.DataFrame) -> pd.Series:
    import networkx as nx  # here, since every lesson comes by this module and only one needs it

    graph = nx.from_pandas_edgelist(ties, "actor", "target")
    return pd.Series(nx.betweenness_centrality(graph))


def _most() -> str:
    ties = _article()
    return str(pd.concat([ties["actor"], ties["target"]]).value_counts().idxmax())


def _place() -> int:
    return int(_between(_article()).rank(ascending=False)["CHN"])


def _drop() -> int:
    ties = _article()
    return sum(_between(ties.drop(index=tie)).idxmax() == "RUS" for tie in ties.index)


def _merged() -> str:
    return str(_between(_article().replace({"actor": _states(), "target": _states()})).idxmax())


def _balanced() -> float:
    return float(100 * measures.signed_triangles(data.load("ties"))["balanced"].mean())


def _forty() -> int:
    import networkx as nx

    ties = _article()
    second = data.load("second_coding").set_index("tie")["sign"].reindex(ties.index)
    kept = [
        ties,
        ties[ties["sign"] != 0],
        ties[second != 0],
        ties[ties["kind"] != "contact"],
        ties[~ties["note"].str.contains(DOUBTFUL, na=False)],
    ]
    first = 0
    for chosen in kept:
        for states in ({}, _states()):
            table = chosen.replace({"actor": states, "target": states})
            for without in ("", "CENTRAL_ASIA"):
                graph = nx.from_pandas_edgelist(table, "actor", "target")
                graph.remove_nodes_from([without])
                for measure in (nx.degree_centrality, nx.betweenness_centrality):
                    first += pd.Series(measure(graph)).idxmax() == "RUS"
    return int(first)


TRUTHS = {
    "09.most": _most,
    "09.place": _place,
    "09.drop": _drop,
    "09.merged": _merged,
    "09.balanced": _balanced,
    "09.forty": _forty,
}
