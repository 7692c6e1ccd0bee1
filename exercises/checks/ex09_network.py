"""Checks of set 09, the network of the article: neighbours, shortest paths, persons as states, two coders."""

# ruff: noqa: E501 - a question reads best in few lines
import itertools
import random
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import networkx as nx
import pandas as pd

from samarkand import data
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.answers.kinds import Number, PerCent, Texts, Together, Whole
from samarkand_grading.marking.checks import ExerciseSet, Given, Question
from samarkand_grading.marking.inputs import Case

MOST = "09_network: 2. Who has the most ties?"
BETWEEN = "09_network: 4. Who lies between?"
PERSONS = "09_network: 6. A person, or a state?"
CODERS = "09_network: 7. Two coders"
COLUMNS = ["actor", "target", "sign"]
#: The two actors whose path the notebook shows.
SHOWN = ("SHIH", "UKR")


@cache
def _ties() -> pd.DataFrame:
    """Return all ties, of the article and of its context."""
    return data.load("ties")


@cache
def _graph() -> nx.Graph:
    """Return the graph of the article."""
    ties = _ties()
    return nx.from_pandas_edgelist(ties[ties["in_article"]], "actor", "target")


# ------------------------------------------------------------------------- any network, and a rule


def _partners(ties: pd.DataFrame, node: str) -> list[tuple[str, int]]:
    """Return (partner, sign) for each tie of an actor, without ties to itself."""
    ends = zip(ties["actor"], ties["target"], ties["sign"], strict=True)
    return [(b if a == node else a, int(sign)) for a, b, sign in ends if node in (a, b) and a != b]


def neighbours(ties: pd.DataFrame, node: str) -> int:
    """Count the distinct neighbours of an actor, in either direction, without the actor itself."""
    return len({other for other, _ in _partners(ties, node)})


def _leading_away(ties: pd.DataFrame, node: str) -> int:
    return neighbours(ties[ties["actor"] == node], node)


def _leading_here(ties: pd.DataFrame, node: str) -> int:
    return neighbours(ties[ties["target"] == node], node)


def _ends(ties: pd.DataFrame, node: str) -> int:
    return len(_partners(ties, node))


def _friendly(ties: pd.DataFrame, node: str) -> int:
    return neighbours(ties[ties["sign"] == 1], node)


def ordinary(ties: pd.DataFrame, node: str) -> bool:
    """Return whether an input is free of edge cases; tests compare this with the labels in `_cases`."""
    return bool(_partners(ties, node)) and not (ties["actor"] == ties["target"]).any()


@cache
def _states() -> list[str]:
    return sorted(set(data.load("states")["iso3"]))


def _network(draw: random.Random, more: int) -> tuple[pd.DataFrame, str]:
    """Draw a table of ties and an actor in it with repeated and mutual ties, and `more` further friendly ones."""
    names = draw.sample(_states(), 10)
    node, torn, twice, *others = names
    rows = [(node, torn, 1), (torn, node, -1), (node, torn, -1), (twice, node, 1), (node, twice, 1)]
    rows += [(node, others[0], 1), (others[1], node, 1), (others[2], node, -1)]
    rows += [(other, node, 1) for other in others[3 : 3 + more]]
    rows += [(*draw.sample(names[1:], 2), draw.choice([-1, 0, 1])) for _ in range(draw.randint(3, 9))]
    draw.shuffle(rows)
    return pd.DataFrame(rows, columns=COLUMNS), node


def _with(table: pd.DataFrame, *rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.concat([table, pd.DataFrame(rows, columns=COLUMNS)], ignore_index=True)


def _cases(draw: random.Random) -> list[Case]:
    """Draw the inputs of the function: the example, then ordinary inputs, then edge cases."""
    example = _ties()[_ties()["in_article"]][COLUMNS].reset_index(drop=True)
    looped, one = _network(draw, 2)
    away, _ = _network(draw, 0)
    nobody = pd.DataFrame({"actor": pd.Series(dtype="str"), "target": pd.Series(dtype="str"), "sign": pd.Series(dtype="int64")})  # fmt: skip
    return [
        Case((example, "KAZ")),
        *(Case(_network(draw, more)) for more in draw.sample(range(5), 4)),
        Case((_with(looped, (one, one, 1)), one), edge="a tie of an actor with itself"),
        Case((away, "AAA"), edge="an actor without a tie"),
        Case((nobody, "KAZ"), edge="an empty table"),
    ]


# ------------------------------------------------------------------------- what each student gets


def _spread(options: list[Any], answer: Callable[[Any], object], most: int) -> list[Any]:
    """Keep at most `most` options for each answer, so that few students share one."""
    kept: Counter[object] = Counter()
    found = []
    for one in options:
        kept[answer(one)] += 1
        if kept[answer(one)] <= most:
            found.append(one)
    return found


KINDS = ("contact", "membership", "place", "economy", "politics")
ACTORS = ("CHN", "RUS", "KAZ", "XI", "PUTIN", "CENTRAL_ASIA", "UZB", "KGZ", "TJK", "ARM", "AZE")


@cache
def _rows() -> list[tuple[str, str, str, int, bool, str]]:
    """Return (actor, target, kind, sign, in_article, day) of each tie as plain tuples."""
    ties = _ties().assign(day=_ties()["day"].dt.strftime("%Y-%m-%d"))
    return list(
        ties[["actor", "target", "kind", "sign", "in_article", "day"]].itertuples(index=False, name=None)
    )


def _degrees(given: Given, sign: int = 1, *, context: bool = True) -> tuple[int, int, int]:
    """Return an actor's number of ties, of neighbours, and of ties with the given sign."""
    wanted, last, node = given["slice"]
    mine = [
        (target if actor == node else actor, one)
        for actor, target, kind, one, in_article, day in _rows()
        if node in (actor, target) and kind in wanted and day <= last and (in_article or context)
    ]
    return len(mine), len({other for other, _ in mine}), sum(one == sign for _, one in mine)


def _changed(given: Given) -> tuple[int, int, int]:
    n, m, friendly = _degrees(given)
    return m, n, friendly


def _no_two_alike(given: Given) -> tuple[int, int, int]:
    n, _, friendly = _degrees(given)
    return n, n, friendly


def _all_friendly(given: Given) -> tuple[int, int, int]:
    n, m, _ = _degrees(given)
    return n, m, n


def _slices() -> list[list[object]]:
    """Draw [kinds, last day, actor] for which each known wrong way gives wrong numbers."""
    found: list[list[object]] = []
    days = sorted({day for *_, day in _rows()})
    for number in range(1500):
        draw = random.Random(number)
        kinds = sorted(draw.sample(KINDS, draw.choice([2, 3, 4])))
        one = [kinds, draw.choice(days), draw.choice(ACTORS)]
        given: Given = {"slice": one}
        ways = [_changed(given), _no_two_alike(given), _all_friendly(given), _degrees(given, -1)]
        if _degrees(given) not in ways and _degrees(given)[1] > 1 and one not in found:
            found.append(one)
    return _spread(found, lambda one: _degrees({"slice": one}), 3)


def _way(given: Given) -> frozenset[str]:
    """Return the inner actors of the shortest path between two actors."""
    return frozenset(nx.shortest_path(_graph(), *given["two"])[1:-1])


def _pairs() -> list[list[str]]:
    """Return pairs of actors joined by a single shortest path with at least two inner actors."""
    graph, found = _graph(), []
    shown = nx.shortest_path(graph, *SHOWN)
    for a in sorted(graph):
        for b in sorted(nx.node_connected_component(graph, a) - {a}):
            ways = list(nx.all_shortest_paths(graph, a, b))
            mine = set(ways[0][1:-1])
            if len(ways) == 1 and len(mine) > 1 and mine != set(shown[1:-1]) and mine != set(graph[a]):
                found.append([a, b])
    random.Random(9).shuffle(found)
    return _spread(found, lambda two: _way({"two": two}), 3)


#: Persons of the article and the states that they belong to.
STATE_OF = {"XI": "CHN", "LI": "CHN", "PUTIN": "RUS", "TOKAYEV": "KAZ"}


@cache
def _central(without: str, person: str) -> dict[str, float]:
    """Return betweenness by actor, after removing a tie and merging a person into a state (each optional: "")."""
    told = _ties()[_ties()["in_article"]].set_index("id")
    told = told.drop(without) if without else told
    told = told.replace({person: STATE_OF[person]}) if person else told
    return dict(nx.betweenness_centrality(nx.from_pandas_edgelist(told, "actor", "target")))


def _between(given: Given, *, drop: bool = True, state: bool = True) -> float:
    tie, person = given["change"]
    return float(_central(tie if drop else "", person if state else "")[STATE_OF[person]])


def _of_person(given: Given) -> float:
    tie, person = given["change"]
    return float(_central(tie, "")[person]) if person in _central(tie, "") else -1.0


def _changes() -> list[list[str]]:
    """Return [tie, person] pairs for which each known wrong way gives a wrong number."""
    told = _ties()[_ties()["in_article"]]
    found = []
    for tie, person in itertools.product(told["id"], STATE_OF):
        given: Given = {"change": [tie, person]}
        ways = [_between(given, drop=False), _between(given, state=False), _of_person(given)]
        if all(abs(_between(given) - way) > 0.004 for way in ways):
            found.append([tie, person])
    return _spread(found, lambda one: round(_between({"change": one}), 3), 4)


def _codings() -> list[list[list[int]]]:
    """Draw pairs of codings of fifteen ties that agree on more than 40 per cent of the ties, but not on all."""
    found = []
    for number in range(600):
        draw = random.Random(number)
        first = [draw.choice([1, 1, 0, -1]) for _ in range(15)]
        second = [one if draw.random() < 0.7 else draw.choice([1, 0, -1]) for one in first]
        given: Given = {"codings": [first, second]}
        right, ways = _alike(given), [_apart(given), _turned(given), _both_friendly(given)]
        if right[1] > 0 and right not in ways and 40 < right[0] < 100:
            found.append([first, second])
    return _spread(found, lambda each: _alike({"codings": each}), 3)


def _pairs_of_signs(given: Given) -> list[tuple[int, int]]:
    first, second = given["codings"]
    return list(zip(first, second, strict=True))


def _alike(given: Given) -> tuple[float, int]:
    """Return the per cent of ties with the same sign, and the number that only the first coder calls friendly."""
    pairs = _pairs_of_signs(given)
    return 100 * sum(a == b for a, b in pairs) / len(pairs), sum(a == 1 != b for a, b in pairs)


def _apart(given: Given) -> tuple[float, int]:
    return 100 - _alike(given)[0], _alike(given)[1]


def _turned(given: Given) -> tuple[float, int]:
    return _alike(given)[0], sum(b == 1 != a for a, b in _pairs_of_signs(given))


def _both_friendly(given: Given) -> tuple[float, int]:
    return _alike(given)[0], sum(a == b == 1 for a, b in _pairs_of_signs(given))


SLICES, PAIRS, CHANGES, CODINGS = _slices(), _pairs(), _changes(), _codings()

SET = ExerciseSet(
    id="ex09_network",
    lesson="09_network",
    options={"slice": SLICES, "two": PAIRS, "change": CHANGES, "codings": CODINGS},
    questions=(
        Question(
            "q1", "three_counts", 2, Together((Whole("ties", 0), Whole("neighbours", 0), Whole("friendly ties", 0))), _degrees,
            "Ties: the rows of your actor. Neighbours: the different keys under target. Friendly ties: the rows with the sign 1.",
            MOST,
            (
                Diagnosis("You swapped ties and neighbours.", _changed, excluded_by="in this order"),
                Diagnosis("You counted a neighbour with several ties several times.", _no_two_alike, excluded_by="how many different neighbours"),
                Diagnosis("You counted all ties as friendly: look at their signs.", _all_friendly, excluded_by="how many friendly ties (sign 1)"),
                Diagnosis("You counted the hostile ties. A friendly one has the sign 1.", lambda g: _degrees(g, -1), excluded_by="friendly ties (sign 1)"),
                Diagnosis("You left out the ties of the context.", lambda g: _degrees(g, context=False), excluded_by="including those of the context"),
            ),
            varies=True, uses=("slice",),
        ),
        Question(
            "q2", "between_my_two", 2, Texts("keys of actors"), _way,
            "Ask for the shortest path between your two actors in the article's graph, and leave out its two ends.",
            BETWEEN,
            (
                Diagnosis("Your two are among them. The question asks only for those in between.", lambda g: _way(g) | frozenset(g["two"]), excluded_by="without the two"),
                Diagnosis("You named only the first on the path. Name all in between.", lambda g: frozenset(nx.shortest_path(_graph(), *g["two"])[1:2]), excluded_by="Put the keys of the actors in between"),
                Diagnosis("Those are all the neighbours of your first actor.", lambda g: frozenset(_graph()[g["two"][0]])),
            ),
            varies=True, uses=("two",),
        ),
        Question(
            "q3", "in_between", 2, Number("", 0.001, 0, 1), _between,
            "Drop the tie, replace the person with the state, and pick the state from the result of `between`.",
            PERSONS,
            (
                Diagnosis("The tie is still there.", lambda g: _between(g, drop=False), excluded_by="Leave out the tie"),
                Diagnosis("The person is still there. Replace the person with the state.", lambda g: _between(g, state=False), excluded_by="count the person as the state"),
                Diagnosis("That is the betweenness of the person, who is still there.", _of_person, excluded_by="the betweenness of the state"),
            ),
            varies=True, uses=("change",),
        ),
        Question(
            "q4", "agreement", 2, Together((PerCent(0.1, 0, 100), Whole("ties", 0))), _alike,
            "Compare the two columns with ==; for the second number join two conditions with &.",
            CODERS,
            (
                Diagnosis("Your first number is the share on which they differ.", _apart, excluded_by="the two gave the same sign"),
                Diagnosis("Your second number counts the ties that only the second coder calls friendly.", _turned, excluded_by="the first coder called friendly, and the second did not"),
                Diagnosis("Your second number counts the ties that both call friendly.", _both_friendly),
                Diagnosis("Your first number is a count, not a share.", lambda g: (15 * _alike(g)[0] / 100, _alike(g)[1]), excluded_by="what share"),
            ),
            varies=True, uses=("codings",),
        ),
        Question(
            "q5", "neighbours", 2, Whole("", 0), neighbours,
            "Put together those to whom the actor's ties lead and those from whom they come, leave out the actor, and count the different ones.",
            MOST,
            (
                Diagnosis("You counted only the ties that start at the actor.", _leading_away, excluded_by="It does not matter which way a tie leads"),
                Diagnosis("You counted only the ties that end at the actor.", _leading_here, excluded_by="It does not matter which way a tie leads"),
                Diagnosis("You counted a neighbour with several ties several times.", _ends, excluded_by="how many different neighbours"),
                Diagnosis("You counted only friendly ties.", _friendly),
            ),
            cases=_cases,
        ),
    ),
)  # fmt: skip
