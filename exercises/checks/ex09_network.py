"""Checks of set 09, the network of the article: degrees, shortest ways, triangles, signs, and two coders."""

from __future__ import annotations

# ruff: noqa: E501 - a question reads best in few lines
import itertools
import random
from collections import Counter
from functools import cache

import networkx as nx
import pandas as pd

from samarkand import data, measures
from samarkand.answers.diagnose import Diagnosis
from samarkand.answers.kinds import Number, PerCent, Texts, Together, Whole
from samarkand.grading.marking.checks import ExerciseSet, Given, Question
from samarkand.grading.marking.inputs import Case

MOST = "09_network: 2. Who has the most ties?"
BETWEEN = "09_network: 4. Who lies between?"
FRIENDS = "09_network: 6. Friends of friends"
HAND = "09_network: 7. The coder's hand"
COLUMNS = ["actor", "target", "sign"]
#: The two whose way the notebook shows.
SHOWN = {"SHIH", "UKR"}


@cache
def _ties() -> pd.DataFrame:
    """Return all ties: those of the article and those of the context."""
    return data.load("ties")


@cache
def _graph() -> nx.Graph:
    """Return the graph of the article."""
    ties = _ties()
    return nx.from_pandas_edgelist(ties[ties["in_article"]], "actor", "target")


# ------------------------------------------------------------------------- any network, and a rule


def _partners(ties: pd.DataFrame, node: str) -> list[tuple[str, int]]:
    """Return who is at the other end of each tie of an actor, and its sign; not the actor itself."""
    ends = zip(ties["actor"], ties["target"], ties["sign"], strict=True)
    return [(b if a == node else a, int(sign)) for a, b, sign in ends if node in (a, b) and a != b]


def degree(ties: pd.DataFrame, node: str, rule: str) -> int:
    """Count the ties of an actor, its different neighbours, or those to whom its signs add up above zero."""
    partners = _partners(ties, node)
    if rule == "ties":
        return len(partners)
    sums: Counter[str] = Counter()
    for other, sign in partners:
        sums[other] += sign
    return sum(total > 0 for total in sums.values()) if rule == "friends" else len(sums)


def _leading_away(ties: pd.DataFrame, node: str, rule: str) -> int:
    return degree(ties[ties["actor"] == node], node, rule)


def _whatever_the_rule(ties: pd.DataFrame, node: str, rule: str) -> int:
    return len(_partners(ties, node))


def _friendly_once(ties: pd.DataFrame, node: str, rule: str) -> int:
    if rule != "friends":
        return degree(ties, node, rule)
    return len({other for other, sign in _partners(ties, node) if sign > 0})


def _friendly_ties(ties: pd.DataFrame, node: str, rule: str) -> int:
    if rule != "friends":
        return degree(ties, node, rule)
    return sum(sign > 0 for _, sign in _partners(ties, node))


def ordinary(ties: pd.DataFrame, node: str, rule: str) -> bool:
    """Tell an input that asks for nothing but what the example asks for; tests hold `_cases` to it."""
    signs: dict[str, list[int]] = {}
    for other, sign in _partners(ties, node):
        signs.setdefault(other, []).append(sign)
    torn = any(sum(each) == 0 and any(each) for each in signs.values())
    return bool(signs) and not torn and not (ties["actor"] == ties["target"]).any()


@cache
def _states() -> list[str]:
    return sorted(set(data.load("states")["iso3"]))


def _network(draw: random.Random) -> tuple[pd.DataFrame, str]:
    """Draw ties and an actor with ties both ways, with friends, and with a pair that has been friendly once."""
    names = draw.sample(_states(), 10)
    node, torn, twice, *others = names
    rows = [(node, torn, 1), (torn, node, -1), (node, torn, -1), (twice, node, 1), (node, twice, 1)]
    rows += [(node, others[0], 1), (others[1], node, 1), (others[2], node, -1)]
    rows += [(other, node, 1) for other in others[3 : draw.randint(3, 6)]]
    rows += [(*draw.sample(names[1:], 2), draw.choice([-1, 0, 1])) for _ in range(draw.randint(3, 9))]
    draw.shuffle(rows)
    return pd.DataFrame(rows, columns=COLUMNS), node


def _with(table: pd.DataFrame, *rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.concat([table, pd.DataFrame(rows, columns=COLUMNS)], ignore_index=True)


def _cases(draw: random.Random) -> list[Case]:
    """Draw what the function is called with: first the example, then ordinary inputs, then edges."""
    example = _ties()[_ties()["in_article"]][COLUMNS].reset_index(drop=True)
    rules = ["ties", "neighbours", "friends"]
    looped, one = _network(draw)
    torn, two = _network(draw)
    away, _ = _network(draw)
    new = "AAA"
    nobody = pd.DataFrame({"actor": pd.Series(dtype="str"), "target": pd.Series(dtype="str"), "sign": pd.Series(dtype="int64")})  # fmt: skip
    return [
        Case((example, "KAZ", "friends")),
        *(Case((*_network(draw), rule)) for rule in draw.sample(rules * 2, 6)),
        Case((_with(looped, (one, one, 1)), one, "ties"), edge="a tie of an actor with itself"),
        Case((_with(torn, (two, new, 1), (new, two, -1)), two, "friends"), edge="signs that cancel out"),
        Case((away, new, "ties"), edge="an actor without a tie"),
        Case((nobody, "KAZ", "neighbours"), edge="an empty table"),
    ]


# ------------------------------------------------------------------------- what each student gets

KINDS = ("contact", "membership", "place", "economy", "politics")


@cache
def _rows() -> list[tuple[str, str, str, str]]:
    """Return actor, target, kind and day of each tie."""
    ties = _ties().assign(day=_ties()["day"].dt.strftime("%Y-%m-%d"))
    return list(ties[["actor", "target", "kind", "day"]].itertuples(index=False, name=None))


def _degrees(given: Given, *, dated: bool = True, kinds: bool = True, back: bool = True) -> tuple[int, int]:
    """Return how many ties an actor has, and how many neighbours."""
    wanted, last, node = given["slice"]
    partners = [
        target if actor == node else actor
        for actor, target, kind, day in _rows()
        if (actor == node or (back and target == node))
        and (kind in wanted or not kinds)
        and (day <= last or not dated)
    ]
    return len(partners), len(set(partners))


def _slices() -> list[list[object]]:
    """Draw kinds, a last day and an actor for which each known wrong way gives another pair of numbers."""
    found: list[list[object]] = []
    for number in range(2000):
        draw = random.Random(number)
        kinds = sorted(draw.sample(KINDS, draw.choice([2, 3])))
        day = draw.choice(
            ["2022-02-28", "2022-03-31", "2022-09-08", "2022-09-11", "2022-09-13", "2022-09-14", "2022-09-15"]
        )
        one = [
            kinds,
            day,
            draw.choice(["CHN", "RUS", "KAZ", "XI", "PUTIN", "CENTRAL_ASIA", "LI", "UZB", "KGZ"]),
        ]
        given: Given = {"slice": one}
        n, m = _degrees(given)
        ways = {(n, m), (m, n), *(_degrees(given, **{way: False}) for way in ("dated", "kinds", "back"))}
        if len(ways) == 5 and m > 1 and one not in found:
            found.append(one)
    return found


def _way(given: Given) -> frozenset[str]:
    """Return who lies on the shortest way between two actors, without the two."""
    return frozenset(nx.shortest_path(_graph(), *given["two"])[1:-1])


def _pairs() -> list[list[str]]:
    """Return pairs of actors with one shortest way, and at least two on it."""
    graph, found = _graph(), []
    for a in sorted(graph):
        for b in sorted(nx.node_connected_component(graph, a) - {a}):
            ways = list(nx.all_shortest_paths(graph, a, b))
            mine = set(ways[0][1:-1])
            if len(ways) == 1 and len(mine) > 1 and {a, b} != SHOWN and mine != set(graph[a]):
                found.append([a, b])
    return found


def _signed() -> list[list[str]]:
    """Return the pairs that belong to a triangle; not those that leave half of them balanced."""
    triangles = measures.signed_triangles(_ties())
    corners = triangles[["first", "second", "third"]].to_numpy()
    pairs = {tuple(sorted(pair)) for row in corners for pair in itertools.combinations(row, 2)}
    return [[*pair] for pair in sorted(pairs) if _balanced({"flip": pair}) != 50]


def _turned(given: Given) -> pd.DataFrame:
    """Return the triangles after each tie between two actors has got the other sign."""
    ties = _ties().copy()
    mine = ties["actor"].isin(given["flip"]) & ties["target"].isin(given["flip"])
    ties.loc[mine, "sign"] *= -1
    return measures.signed_triangles(ties)


def _balanced(given: Given) -> float:
    return float(100 * _turned(given)["balanced"].mean())


def _unturned(given: Given) -> float:
    return float(100 * measures.signed_triangles(_ties())["balanced"].mean())


def _in_article(given: Given) -> float:
    told = _ties()[_ties()["in_article"]]
    mine = told["actor"].isin(given["flip"]) & told["target"].isin(given["flip"])
    found = measures.signed_triangles(told.assign(sign=told["sign"].where(~mine, -told["sign"])))
    return float(100 * found["balanced"].mean())


def _codings() -> list[list[list[int]]]:
    """Draw two codings of the same twelve ties, which agree more often than not, but not always."""
    found = []
    for number in range(400):
        draw = random.Random(number)
        first = [draw.choice([1, 1, 0, -1]) for _ in range(12)]
        second = [one if draw.random() < 0.7 else draw.choice([1, 0, -1]) for one in first]
        if (
            len(set(first)) == 3
            and len(set(second)) == 3
            and 0.3 < measures.kappa(first, second) < 0.9
            and _apart(first, second)
        ):
            found.append([first, second])
    return found


def _apart(first: list[int], second: list[int]) -> bool:
    """Tell whether each known wrong way gives another number."""
    given: Given = {"codings": [first, second]}
    ways = [_kappa(given), _alike(given), _chance(given), _alike(given) - _chance(given), _by_thirds(given)]
    return all(abs(one - other) > 0.02 for one, other in itertools.combinations(ways, 2))


def _alike(given: Given) -> float:
    first, second = given["codings"]
    return sum(a == b for a, b in zip(first, second, strict=True)) / len(first)


def _chance(given: Given) -> float:
    first, second = given["codings"]
    return sum(first.count(sign) * second.count(sign) for sign in (-1, 0, 1)) / len(first) ** 2


def _by_thirds(given: Given) -> float:
    return (_alike(given) - 1 / 3) / (2 / 3)


def _kappa(given: Given) -> float:
    return (_alike(given) - _chance(given)) / (1 - _chance(given))


SLICES, PAIRS, FLIPS, CODINGS = _slices(), _pairs(), _signed(), _codings()

SET = ExerciseSet(
    id="ex09_network",
    lesson="09_network",
    options={"slice": SLICES, "two": PAIRS, "flip": FLIPS, "codings": CODINGS},
    questions=(
        Question(
            "q1", "ties_and_neighbours", 2, Together((Whole("ties", 0), Whole("neighbours", 0))), _degrees,
            "Count the rows of your actor for the ties, and what is different in them for the neighbours.",
            MOST,
            (
                Diagnosis("Ties and neighbours have changed places.", lambda g: _degrees(g)[::-1]),
                Diagnosis("Only ties that lead away from your actor are counted: those that come to it count, too.", lambda g: _degrees(g, back=False)),
                Diagnosis("Ties of all days are counted: yours end with a day.", lambda g: _degrees(g, dated=False)),
                Diagnosis("Ties of all kinds are counted: you have some of them.", lambda g: _degrees(g, kinds=False)),
            ),
            varies=True, uses=("slice",),
        ),
        Question(
            "q2", "between_my_two", 2, Texts("keys of actors"), _way,
            "Ask for the shortest way between your two in the article's graph, and leave its two ends out.",
            BETWEEN,
            (
                Diagnosis("Your two are among them: only those between are asked for.", lambda g: _way(g) | frozenset(g["two"])),
                Diagnosis("Only the first on the way is there: name all who lie between.", lambda g: frozenset(nx.shortest_path(_graph(), *g["two"])[1:2])),
                Diagnosis("Those are all neighbours of the first of your two.", lambda g: frozenset(_graph()[g["two"][0]])),
            ),
            varies=True, uses=("two",),
        ),
        Question(
            "q3", "balanced_pct", 2, PerCent(0.1, 0, 100), _balanced,
            "Turn the sign of each tie between your two, look for the triangles anew, and take the share that is balanced.",
            FRIENDS,
            (
                Diagnosis("This is the share before any sign is turned.", _unturned),
                Diagnosis("This is the share of those that are not balanced.", lambda g: 100 - _balanced(g)),
                Diagnosis("This is a share of one: the question asks for per cent.", lambda g: _balanced(g) / 100),
                Diagnosis("This is how many are balanced: the question asks for a share.", lambda g: int(_turned(g)["balanced"].sum())),
                Diagnosis("Those are the triangles of the article alone: the question asks for those of all ties.", _in_article),
            ),
            varies=True, uses=("flip",),
        ),
        Question(
            "q4", "degree", 2, Whole("", 0), degree,
            "Think of a tie of an actor with itself, of signs that cancel out, of an actor without a tie, and of an empty table.",
            MOST,
            (
                Diagnosis("Only ties that lead away are counted.", _leading_away),
                Diagnosis("Ties are counted whatever the rule says.", _whatever_the_rule),
                Diagnosis("A neighbour counts as a friend who was friendly once: the sum of the signs decides.", _friendly_once),
                Diagnosis("Friendly ties are counted, and not friends.", _friendly_ties),
            ),
            cases=_cases,
        ),
        Question(
            "q5", "my_kappa", 2, Number("", 0.005, -1, 1), _kappa,
            "The share of agreement, minus what chance would give, divided by one minus that.",
            HAND,
            (
                Diagnosis("This is the share of agreement: take away what chance gives.", _alike),
                Diagnosis("This is what chance would give.", _chance),
                Diagnosis("What is left over chance is not divided by what was left to win.", lambda g: _alike(g) - _chance(g)),
                Diagnosis("Chance is taken as one third for everybody: it depends on how often each coder uses a sign.",
                          _by_thirds),
            ),
            varies=True, uses=("codings",),
        ),
    ),
)  # fmt: skip
