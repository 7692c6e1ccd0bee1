"""Practice of lesson 09: signs, ends, neighbours, paths, a tie less, a person as a state, two coders."""

import itertools

import pandas as pd

from samarkand import data, measures
from samarkand.answers import kinds
from samarkand.practice.tasks._engine import task

ENDS = ["actor", "target"]
HOME, TAIWAN = "KAZ", "RE019"
#: The actors of the small graph, and the ties that everybody signs first.
SIX = ("JARDINE", "WILSON", "USA", "CHN", "RUS", "UKR")
SIGNED = ["RE039", "RE040", "RE041"]


def _ties() -> pd.DataFrame:
    """Return the ties of the article, indexed by id."""
    ties = data.load("ties").set_index("id")
    return ties[ties["in_article"]]


def _second_coder() -> pd.Series:
    told = _ties()
    return data.load("second_coding").set_index("tie")["sign"].reindex(told.index)


def _ends(node: str, *columns: str) -> int:
    """Count how often an actor occurs in the given columns of the ties, by default in both."""
    return int((_ties()[list(columns or ENDS)] == node).sum().sum())


def _neighbours(node: str, *, context: bool = False, here: str = "") -> int:
    """Count the distinct neighbours of an actor; `here` limits the ties to those it starts or receives."""
    ties = data.load("ties") if context else _ties()
    away, back = (
        set(ties.loc[ties["actor"] == node, "target"]),
        set(ties.loc[ties["target"] == node, "actor"]),
    )
    return len({"": away | back, "actor": away, "target": back}[here])


def _pairs(first: str = "actor", last: str = "target", *, every: bool = False) -> int:
    """Count the distinct pairs among the six actors, or among all (`every`)."""
    told = _ties()
    small = told if every else told[told["actor"].isin(SIX) & told["target"].isin(SIX)]
    return len({frozenset(pair) for pair in zip(small[first], small[last], strict=True)})


def _betweenness_in_path(place: int) -> float:
    """Return the betweenness centrality of a position (0 to 4) in a path of five nodes."""
    import networkx as nx  # here, since every lesson comes by this module and only one needs it

    return float(nx.betweenness_centrality(nx.path_graph(5))[place])


def _states() -> dict[str, str]:
    """Return the state (ISO3) of each person, by id."""
    people = data.load("entities").query("type == 'person'").dropna(subset=["iso3"])
    return dict(zip(people["id"], people["iso3"], strict=True))


def _centrality(ties: pd.DataFrame, *, without: str = "", degree: bool = False) -> pd.Series:
    """Return the betweenness centrality of each actor, or the degree centrality."""
    import networkx as nx

    graph = nx.from_pandas_edgelist(ties, "actor", "target")
    graph.remove_nodes_from([without])
    return pd.Series((nx.degree_centrality if degree else nx.betweenness_centrality)(graph))


def _most_central() -> str:
    ties = _ties()
    return str(pd.concat([ties["actor"], ties["target"]]).value_counts().idxmax())


def _without_one() -> int:
    """Count the article's ties whose removal leaves Russia's betweenness the highest."""
    ties = _ties()
    return sum(_centrality(ties.drop(index=tie)).idxmax() == "RUS" for tie in ties.index)


def _count_codings() -> int:
    """Count the codings, of forty, in which Russia comes first."""
    ties, second = _ties(), _second_coder()
    doubtful = ties["note"].str.contains("not certain|Implied", na=False)
    kept = [
        ties,
        ties[ties["sign"] != 0],
        ties[second != 0],
        ties[ties["kind"] != "contact"],
        ties[~doubtful],
    ]
    ways = itertools.product(kept, ({}, _states()), ("", "CENTRAL_ASIA"), (True, False))
    return sum(
        _centrality(chosen.replace({"actor": to, "target": to}), without=out, degree=degree).idxmax() == "RUS"
        for chosen, to, out, degree in ways
    )


def _agreement(times: float = 100, *, same: bool = True) -> float:
    """Return the per cent of ties to which both coders gave the same sign, or different ones."""
    return times * float(((_ties()["sign"] == _second_coder()) == same).mean())


def _as_china(node: str = "CHN", **persons: str) -> float:
    """Return an actor's betweenness after replacing the given persons by their states."""
    return float(_centrality(_ties().replace(dict.fromkeys(ENDS, persons)))[node])


TASKS = (
    task(
        "09.1", kinds.Together((kinds.Whole(low=-1, high=1),) * 3), lambda: list(_ties().loc[SIGNED, "sign"])
    ),
    task(
        "09.2",
        kinds.Whole(),
        lambda: _ends("RUS"),
        given=lambda: _ends("RUS", "actor"),
        rows=lambda: len(_ties()),
        as_target=lambda: _ends("RUS", "target"),
        china=lambda: _ends("CHN"),
    ),
    task(
        "09.3",
        kinds.Whole(),
        lambda: _neighbours(HOME),
        given=lambda: _ends(HOME),
        starting_there=lambda: _neighbours(HOME, here="actor"),
        ending_there=lambda: _neighbours(HOME, here="target"),
        with_context=lambda: _neighbours(HOME, context=True),
        russia=lambda: _neighbours("RUS"),
    ),
    task(
        "09.4",
        kinds.Whole(),
        _pairs,
        given=lambda: _pairs("actor", "actor"),
        target_twice=lambda: _pairs("target", "target"),
        all_actors=lambda: _pairs(every=True),
    ),
    task(
        "09.5",
        kinds.Number("", 0.01),
        lambda: _betweenness_in_path(2),
        of_ten_pairs=lambda: _betweenness_in_path(2) * 6 / 10,
        paths=lambda: 6 * _betweenness_in_path(2),
        its_neighbour=lambda: _betweenness_in_path(1),
    ),
    task(
        "09.6",
        kinds.Number("", 0.001),
        lambda: float(_centrality(_ties().drop(TAIWAN))["RUS"]),
        given=lambda: float(_centrality(_ties())["RUS"]),
        without_first=lambda: float(_centrality(_ties().drop("RE001"))["RUS"]),
        china=lambda: float(_centrality(_ties().drop(TAIWAN))["CHN"]),
    ),
    task(
        "09.7",
        kinds.Number("", 0.001),
        lambda: _as_china(XI="CHN"),
        given=_as_china,
        all_politicians=lambda: _as_china(**_states()),
        russia=lambda: _as_china("RUS", XI="CHN"),
    ),
    task(
        "09.8",
        kinds.PerCent(0.1),
        _agreement,
        given=lambda: len(_ties()) * _agreement(1),
        fraction=lambda: _agreement(1),
        differing=lambda: _agreement(same=False),
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "09.most": _most_central,
    "09.place": lambda: int(_centrality(_ties()).rank(ascending=False)["CHN"]),
    "09.drop": _without_one,
    "09.merged": lambda: str(_centrality(_ties().replace(dict.fromkeys(ENDS, _states()))).idxmax()),
    "09.balanced": lambda: 100 * measures.signed_triangles(data.load("ties"))["balanced"].mean(),
    "09.forty": _count_codings,
}
