"""Practice of lesson 09: neighbours, a node in the middle, and a sign that is turned."""

import itertools

import pandas as pd

from samarkand import data, measures
from samarkand.ground.words import tr
from samarkand.practice.answers import kinds
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.tasks._engine import Task

HOME, PAIR, ENDS = "KAZ", ("CHN", "RUS"), ["actor", "target"]


def _ties(*, article: bool = False) -> pd.DataFrame:
    ties = data.load("ties")
    return ties[ties["in_article"]] if article else ties


def _rows() -> int:
    """Count the ties that begin or end at home."""
    return int((_ties()[ENDS] == HOME).any(axis="columns").sum())


def _neighbours(*, article: bool = False) -> int:
    import networkx as nx  # here, since every lesson comes by this module and only one needs it

    return int(nx.from_pandas_edgelist(_ties(article=article), "actor", "target").degree[HOME])


def _only(here: str, there: str) -> int:
    """Count the neighbours at one end of the ties alone."""
    ties = _ties()
    return int(ties.loc[ties[here] == HOME, there].nunique())


def _between(place: int) -> float:
    """Return the betweenness of a place in a row of five."""
    import networkx as nx

    return float(nx.betweenness_centrality(nx.path_graph(5))[place])


def _turned(balanced: bool = True) -> int:
    """Count the triangles of the article that are balanced, or not, after the sign of the pair is turned."""
    ties = _ties(article=True)
    found = measures.signed_triangles(ties)
    touched = found[["first", "second", "third"]].isin(PAIR).sum(axis="columns") == 2
    return int((found["balanced"] != touched).eq(balanced).sum())


def _states() -> dict[str, str]:
    """Return the state that each person belongs to."""
    people = data.load("entities").query("type == 'person'").dropna(subset=["iso3"])
    return dict(zip(people["id"], people["iso3"], strict=True))


def _centrality(ties: pd.DataFrame, *, without: str = "", degree: bool = False) -> pd.Series:
    """Return the betweenness of each actor, or the degree."""
    import networkx as nx

    graph = nx.from_pandas_edgelist(ties, "actor", "target")
    graph.remove_nodes_from([without])
    return pd.Series((nx.degree_centrality if degree else nx.betweenness_centrality)(graph))


def _most() -> str:
    ties = _ties(article=True)
    return str(pd.concat([ties["actor"], ties["target"]]).value_counts().idxmax())


def _without_one() -> int:
    """Count the ties of the article without which Russia still lies between most others."""
    ties = _ties(article=True)
    return sum(_centrality(ties.drop(index=tie)).idxmax() == "RUS" for tie in ties.index)


def _forty() -> int:
    """Count the codings, of forty, in which Russia comes first."""
    ties = _ties(article=True).set_index("id")
    second = data.load("second_coding").set_index("tie")["sign"].reindex(ties.index)
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


TASKS = (
    Task(
        "09.1",
        kinds.Whole(),
        _neighbours,
        right=tr("States, persons, clubs, and a few that are none of these: what is a neighbour?"),
        hint=tr("Take all ties, turn them as well, and count what is different: nunique."),
        diagnoses=(
            Diagnosis(
                tr("Those are the neighbours in the article. Which ties does the question add?"),
                lambda: _neighbours(article=True),
            ),
            Diagnosis(tr("Those are ties. How many different neighbours do they lead to?"), _rows),
            Diagnosis(
                tr("Those are neighbours to whom a tie leads. What of ties that come from the other side?"),
                lambda: _only("actor", "target"),
            ),
            Diagnosis(
                tr("Those are neighbours from whom a tie comes. What of ties that lead away?"),
                lambda: _only("target", "actor"),
            ),
        ),
        taught="2. Who has the most ties?",
    ),
    Task(
        "09.2",
        kinds.Number("", 0.01),
        lambda: _between(2),
        right=tr("And the end of a line lies between nobody."),
        hint=tr("Write down the pairs of the four others. How many of their ways lead through the middle?"),
        diagnoses=(
            Diagnosis(
                tr("You divided by all pairs of the five. Can the middle lie between itself and another?"),
                lambda: _between(2) * 6 / 10,
            ),
            Diagnosis(
                tr("That is how many ways lead through it. What share of the pairs is that?"),
                lambda: 6 * _between(2),
            ),
            Diagnosis(
                tr("That is its neighbour's. Which one stands in the middle?"),
                lambda: _between(1),
            ),
        ),
        taught="4. Who lies between?",
    ),
    Task(
        "09.3",
        kinds.Whole(),
        _turned,
        right=tr("Each turned sign turns the triangles that it belongs to, and no other."),
        hint=tr("Which of the four have both China and Russia among their three?"),
        diagnoses=(
            Diagnosis(
                tr("All four were balanced before. Which of them does the pair belong to?"),
                lambda: len(measures.signed_triangles(_ties(article=True))),
            ),
        ),
        taught="6. Friends of friends",
    ),
)
#: What the predictions of the lesson come to.
RESULTS = {
    "09.most": _most,
    "09.place": lambda: int(_centrality(_ties(article=True)).rank(ascending=False)["CHN"]),
    "09.drop": _without_one,
    "09.merged": lambda: str(
        _centrality(_ties(article=True).replace(dict.fromkeys(ENDS, _states()))).idxmax()
    ),
    "09.balanced": lambda: 100 * measures.signed_triangles(_ties())["balanced"].mean(),
    "09.forty": _forty,
}
