"""Practice of lesson 09: signs, ends, neighbours, paths, a tie less, a person as a state, two coders."""

import itertools
from dataclasses import dataclass
from typing import Any

import pandas as pd

from samarkand import data, measures
from samarkand.answers import kinds
from samarkand.answers.decode import Value
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.practice import drawn
from samarkand.practice.tasks._engine import Task

ENDS = ["actor", "target"]
HOME, TAIWAN = "KAZ", "RE019"
#: The names by which somebody may write who asked for help: the person, or the state.
ASKING = ("kassym-jomart tokayev", "tokayev", "kazakhstan")


@dataclass(frozen=True)
class Tie(kinds.Kind):
    """A sentence as a tie: who, to whom, and a sign; every sign is right."""

    what: str = tr("a tie: who, to whom, and a sign")

    def read(self, value: Value) -> tuple[str, ...]:
        """Take three values, and return the two ends; who asked is one, under any of the names."""
        parts = kinds.Together((kinds.Text(), kinds.Text(), kinds.Whole(low=-1, high=1)))
        ends = parts.read(value)[:2]
        return tuple("tokayev" if end in ASKING else end for end in ends)


def _load_ties() -> pd.DataFrame:
    """Return the ties of the article, indexed by id."""
    ties = data.load("ties").set_index("id")
    return ties[ties["in_article"]]


def _second_coder() -> pd.Series:
    told = _load_ties()
    return data.load("second_coding").set_index("tie")["sign"].reindex(told.index)


def _count_ends(node: str, *columns: str) -> int:
    """Count how often an actor occurs in the given columns of the ties, by default in both."""
    return int((_load_ties()[list(columns or ENDS)] == node).sum().sum())


def _count_neighbours(node: str, *, context: bool = False, here: str = "") -> int:
    """Count the distinct neighbours of an actor; `here` limits the ties to those it starts or receives."""
    ties = data.load("ties") if context else _load_ties()
    away = set(ties.loc[ties["actor"] == node, "target"])
    back = set(ties.loc[ties["target"] == node, "actor"])
    return len({"": away | back, "actor": away, "target": back}[here])


def _betweenness_in_path(place: int) -> float:
    """Return the betweenness centrality of a position (0 to 4) in a path of five nodes."""
    import networkx as nx  # here, since every lesson comes by this module and only one needs it

    return float(nx.betweenness_centrality(nx.path_graph(5))[place])


def _find_states() -> dict[str, str]:
    """Return the state (ISO3) of each person, by id."""
    people = data.load("entities").query("type == 'person'").dropna(subset=["iso3"])
    return dict(zip(people["id"], people["iso3"], strict=True))


def _measure_centrality(ties: pd.DataFrame, *, without: str = "", degree: bool = False) -> pd.Series:
    """Return the betweenness centrality of each actor, or the degree centrality."""
    import networkx as nx

    graph = nx.from_pandas_edgelist(ties, "actor", "target")
    graph.remove_nodes_from([without])
    return pd.Series((nx.degree_centrality if degree else nx.betweenness_centrality)(graph))


def _most_central() -> str:
    ties = _load_ties()
    return str(pd.concat([ties["actor"], ties["target"]]).value_counts().idxmax())


def _count_harmless_ties() -> int:
    """Count the article's ties whose removal leaves Russia's betweenness the highest."""
    ties = _load_ties()
    return sum(_measure_centrality(ties.drop(index=tie)).idxmax() == "RUS" for tie in ties.index)


def _count_codings() -> int:
    """Count the codings, of forty, in which Russia comes first.

    A coding is one choice of four: which ties are kept (five ways), whether persons stand for their states,
    whether Central Asia as a whole is an actor, and which of two measures says who comes first.
    """
    ties = _load_ties()
    second = _second_coder()
    doubtful = ties["note"].str.contains("not certain|Implied", na=False)
    all_ties = ties
    with_a_sign = ties[ties["sign"] != 0]
    with_a_sign_by_the_second_coder = ties[second != 0]
    more_than_contacts = ties[ties["kind"] != "contact"]
    certain = ties[~doubtful]
    kept = [all_ties, with_a_sign, with_a_sign_by_the_second_coder, more_than_contacts, certain]
    as_coded: dict[str, str] = {}
    count = 0
    for chosen, others in itertools.product(kept, (as_coded, _find_states())):
        renamed = chosen.replace({"actor": others, "target": others})
        for left_out, by_degree in itertools.product(("", "CENTRAL_ASIA"), (True, False)):
            centrality = _measure_centrality(renamed, without=left_out, degree=by_degree)
            if centrality.idxmax() == "RUS":
                count += 1
    return count


def _measure_agreement(times: float = 100, *, same: bool = True) -> float:
    """Return the per cent of ties to which both coders gave the same sign, or different ones."""
    return times * float(((_load_ties()["sign"] == _second_coder()) == same).mean())


def _draw_agreement(
    first: str, last: str = "2030-12-31", *, by: str = "sign", same: bool = True
) -> dict[str, Any]:
    """Draw the share of ties with the same sign from both coders, for each sign of one of them.

    Parameters
    ----------
    first, last : str
        The days between which ties count.
    by : {"sign", "second"}
        By whose signs the bars are made.
    same : bool
        False draws the share of those that differ.
    """
    table = _load_ties().assign(second=_second_coder())
    table = table[(table["day"] >= first) & (table["day"] <= last)]
    agree = ((table["sign"] == table["second"]) == same).astype(int)
    return drawn.make_bars(agree.groupby(table[by]).mean())


def _draw_counts(first: str) -> dict[str, Any]:
    """Draw how many ties since a day have the same sign from both coders, for each sign."""
    table = _load_ties()
    agree = (table["sign"] == _second_coder()).astype(int)
    return drawn.make_bars(agree[table["day"] >= first].groupby(table["sign"]).sum())


def _write_ties() -> str:
    """Return the text of ``ties.csv``: semicolons, days with the day first, and the signs of both coders."""
    ties = _load_ties()
    names = data.load("entities").set_index("id")["name"]
    rows = pd.DataFrame({"actor": ties["actor"].map(names), "target": ties["target"].map(names)})
    rows["day"] = ties["day"].dt.strftime("%d.%m.%Y")
    rows["sign"], rows["second"] = ties["sign"], _second_coder()
    return rows.to_csv(sep=";", index_label="tie", lineterminator="\n")


def _measure_as_states(node: str = "CHN", **persons: str) -> float:
    """Return an actor's betweenness after replacing the given persons by their states."""
    return float(_measure_centrality(_load_ties().replace(dict.fromkeys(ENDS, persons)))[node])


TASKS = (
    Task(
        "09.1",
        kind=Tie(),
        solution=lambda: ["Kassym-Jomart Tokayev", "Russia", 1],
        taught="1. A tie is a row",
        right="So is any other sign, and whoever of the two you let ask. The next cell shows two coders' rows: "
        "where do you differ?",
        hint="Who asks comes first, then who is asked; the sign is 1, 0 or -1, and none is wrong.",
        mistakes=(
            Mistake(
                "You have the two ends the other way round: who asks comes first.",
                lambda: ["Russia", "Tokayev", 1],
            ),
        ),
        typed=True,
    ),
    Task(
        "09.2",
        kind=kinds.Whole(),
        solution=lambda: _count_ends("RUS"),
        taught="2. Who has the most ties?",
        right="A row can be at Russia's end on either side: the direction of a tie does not matter here.",
        hint="Count the rows in which Russia is the actor, and those in which it is the target; the sign + adds the two.",
        mistakes=(
            Mistake(
                "Those are rows. Each has two ends: which of them are Russia's?",
                lambda: len(_load_ties()),
                not_in="'Russia'",
            ),
            Mistake(
                "Those are the rows in which Russia is the target. Add the others.",
                lambda: _count_ends("RUS", "target"),
                seen_in="'target'",
                not_in="'actor'",
            ),
            Mistake(
                "Those are the rows in which Russia is the actor. Add the others.",
                lambda: _count_ends("RUS", "actor"),
                seen_in="'actor'",
                not_in="'target'",
            ),
            Mistake("Those are China's.", lambda: _count_ends("CHN"), seen_in="'China'", not_in="'Russia'"),
        ),
    ),
    Task(
        "09.3",
        kind=kinds.Whole(),
        solution=lambda: _count_neighbours(HOME),
        taught="2. Who has the most ties?",
        right="They are states, persons, clubs, and a few that are none of these. What is a neighbour?",
        hint="Keep the rows of both_ways whose actor is Kazakhstan, and count the different values under target: nunique.",
        mistakes=(
            Mistake(
                "Those are everybody's neighbours. Keep the rows of Kazakhstan first.",
                lambda: int(pd.concat([_load_ties()["actor"], _load_ties()["target"]]).nunique()),
                not_in="'Kazakhstan'",
            ),
            Mistake(
                "Those are ties. A neighbour with several ties counts once: nunique.",
                lambda: _count_ends(HOME),
                seen_in="'Kazakhstan'",
                not_in="unique|set",
            ),
            Mistake(
                "You counted only the ties that start in Kazakhstan. What about ties that end there?",
                lambda: _count_neighbours(HOME, here="actor"),
                seen_in="'actor'\\] == 'Kazakhstan'",
                not_in="both_ways|swapped",
            ),
            Mistake(
                "You counted only the ties that end in Kazakhstan. What about ties that start there?",
                lambda: _count_neighbours(HOME, here="target"),
                seen_in="'target'\\] == 'Kazakhstan'",
                not_in="both_ways|swapped",
            ),
            Mistake(
                "Those are all neighbours in the table of ties. Only the article's ties are in both_ways.",
                lambda: _count_neighbours(HOME, context=True),
                seen_in="ties",
            ),
            Mistake(
                "Those are Russia's.",
                lambda: _count_neighbours("RUS"),
                seen_in="'Russia'",
                not_in="'Kazakhstan'",
            ),
        ),
    ),
    Task(
        "09.4",
        kind=kinds.Number("", 0.01),
        typed=True,
        solution=lambda: _betweenness_in_path(2),
        taught="4. Who lies between?",
        right="And those at the ends of the line are between nobody.",
        hint="Write down the pairs of the four others. How many of their paths lead through the middle?",
        mistakes=(
            Mistake(
                "You divided by all pairs of the five. Can the middle one be between itself and another?",
                lambda: _betweenness_in_path(2) * 6 / 10,
            ),
            Mistake(
                "That is how many paths lead through it. What share of the pairs is that?",
                lambda: 6 * _betweenness_in_path(2),
            ),
            Mistake(
                "That is its neighbour's. Which one is in the middle?",
                lambda: _betweenness_in_path(1),
            ),
        ),
    ),
    Task(
        "09.5",
        kind=kinds.Number("", 0.001),
        solution=lambda: float(_measure_centrality(_load_ties().drop(TAIWAN))["RUS"]),
        taught="5. Does it depend on one tie?",
        right="No other single tie costs Russia as much: Taiwan, an institute and an expert depend on it.",
        hint="Drop the row first, and give the rest to between.",
        mistakes=(
            Mistake(
                "That is with the tie. Leave its row out first.",
                lambda: float(_measure_centrality(_load_ties())["RUS"]),
            ),
            Mistake(
                "That is without the first tie. Which tie does the question name?",
                lambda: float(_measure_centrality(_load_ties().drop("RE001"))["RUS"]),
            ),
            Mistake(
                "That is China's. How large is Russia's?",
                lambda: float(_measure_centrality(_load_ties().drop(TAIWAN))["CHN"]),
            ),
        ),
    ),
    Task(
        "09.6",
        kind=kinds.Number("", 0.001),
        solution=lambda: _measure_as_states(XI="CHN"),
        given=_measure_as_states,
        taught="6. A person, or a state?",
        right="One person moves China from the fourth place to the second.",
        hint="China takes Xi's place in every tie: the new word comes after the colon.",
        unmoved="If you have: both names are written as in the table, the one before the colon and the one after it.",
        mistakes=(
            Mistake(
                "You counted every politician as his or her state. Change only Xi.",
                lambda: _measure_as_states(**_find_states()),
            ),
            Mistake(
                "That is Russia's. How large is China's?",
                lambda: _measure_as_states("RUS", XI="CHN"),
            ),
        ),
    ),
    Task(
        "09.7",
        kind=kinds.PerCent(0.1),
        solution=_measure_agreement,
        taught="7. Two coders",
        right="All but three. Is that much? It depends on how often they would agree by chance: see Further.",
        hint="Ask by == whether the two columns are the same. The mean of True and False is the share of True, as a fraction.",
        mistakes=(
            Mistake(
                "That is how many ties. What share of all is it?",
                lambda: len(_load_ties()) * _measure_agreement(1),
                seen_in="sum|len|count",
                not_in="mean",
            ),
            Mistake(
                "That is a fraction. Multiply it by 100 to get per cent.",
                lambda: _measure_agreement(1),
            ),
            Mistake(
                "That is where they differ, or the mean difference of their signs. For what share did they give the same sign?",
                lambda: _measure_agreement(same=False),
            ),
        ),
    ),
    Task(
        "09.8",
        kind=kinds.Bars(kinds.Number(tolerance=0.001), keys=tr("signs")),
        solution=lambda: _draw_agreement("2022-01-01"),
        taught="7. Two coders",
        right="On each hostile and each neutral tie they agree. Where they differ, one coder saw a friendly tie, and the other neither a friendly nor a hostile one.",
        hint="Read, make days of day, say of each tie whether the signs are the same, keep what is recent, and take the mean by sign.",
        mistakes=(
            Mistake(
                "Those are all ties. Keep those since the day in the question.",
                lambda: _draw_agreement("1900-01-01"),
            ),
            Mistake(
                "Those are the older ties. Which way does the sign point?",
                lambda: _draw_agreement("1900-01-01", "2021-12-31"),
            ),
            Mistake(
                "Those bars are for the signs of the second coder. Whose signs are asked for?",
                lambda: _draw_agreement("2022-01-01", by="second"),
            ),
            Mistake(
                "That is where they differ. Which sign asks whether two are equal?",
                lambda: _draw_agreement("2022-01-01", same=False),
            ),
            Mistake(
                "That counts ties, and one sign has many more than another. What takes the mean?",
                lambda: _draw_counts("2022-01-01"),
            ),
        ),
    ),
)
#: The plain files of the lesson's practice, with what writes them.
FILES = {"ties.csv": _write_ties}
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "09.most": _most_central,
    "09.place": lambda: int(_measure_centrality(_load_ties()).rank(ascending=False)["CHN"]),
    "09.drop": _count_harmless_ties,
    "09.merged": lambda: str(
        _measure_centrality(_load_ties().replace(dict.fromkeys(ENDS, _find_states()))).idxmax()
    ),
    "09.balanced": lambda: 100 * measures.signed_triangles(data.load("ties"))["balanced"].mean(),
    "09.forty": _count_codings,
}
