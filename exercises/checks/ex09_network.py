"""Checks of set 09, the network of the article: degrees, shortest ways, triangles, signs, and two coders."""

from __future__ import annotations

# ruff: noqa: E501 - a question reads best in few lines
import itertools
import random
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import networkx as nx
import pandas as pd

from samarkand import data, measures
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.answers.kinds import Number, PerCent, Texts, Together, Whole
from samarkand_grading.marking.checks import ExerciseSet, Given, Question
from samarkand_grading.marking.inputs import Case

MOST = "09_network: 2. Who has the most ties?"
BETWEEN = "09_network: 4. Who lies between?"
FRIENDS = "09_network: 6. Friends of friends"
HAND = "09_network: 7. The coder's hand"
COLUMNS = ["actor", "target", "sign"]
#: The two whose way the notebook shows.
SHOWN = ("SHIH", "UKR")


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


def _network(draw: random.Random, more: int) -> tuple[pd.DataFrame, str]:
    """Draw ties and an actor with ties both ways, three and `more` friends, and one that was a friend once."""
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
    """Draw what the function is called with: first the example, then ordinary inputs, then edges."""
    example = _ties()[_ties()["in_article"]][COLUMNS].reset_index(drop=True)
    # Each rule is asked for twice, and has two answers: no number is right for most.
    asked = [(rule, more) for rule in ("ties", "neighbours", "friends") for more in draw.sample(range(4), 2)]
    draw.shuffle(asked)
    looped, one = _network(draw, 2)
    torn, two = _network(draw, 1)
    away, _ = _network(draw, 0)
    new = "AAA"
    nobody = pd.DataFrame({"actor": pd.Series(dtype="str"), "target": pd.Series(dtype="str"), "sign": pd.Series(dtype="int64")})  # fmt: skip
    return [
        Case((example, "KAZ", "friends")),
        *(Case((*_network(draw, more), rule)) for rule, more in asked),
        Case((_with(looped, (one, one, 1)), one, "ties"), edge="a tie of an actor with itself"),
        Case((_with(torn, (two, new, 1), (new, two, -1)), two, "friends"), edge="signs that cancel out"),
        Case((away, new, "ties"), edge="an actor without a tie"),
        Case((nobody, "KAZ", "neighbours"), edge="an empty table"),
    ]


# ------------------------------------------------------------------------- what each student gets


def _spread(options: list[Any], answer: Callable[[Any], object], most: int) -> list[Any]:
    """Keep so many options for each answer, so that none is right for many students."""
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
    """Return actor, target, kind, sign, whether it is in the article, and day of each tie."""
    ties = _ties().assign(day=_ties()["day"].dt.strftime("%Y-%m-%d"))
    return list(
        ties[["actor", "target", "kind", "sign", "in_article", "day"]].itertuples(index=False, name=None)
    )


def _degrees(given: Given, sign: int = 1, *, context: bool = True) -> tuple[int, int, int]:
    """Return how many ties an actor has, how many neighbours, and how many of the ties have a sign."""
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
    """Draw kinds, a last day and an actor for which each known wrong way gives other numbers."""
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
    """Return who lies on the shortest way between two actors, without the two."""
    return frozenset(nx.shortest_path(_graph(), *given["two"])[1:-1])


def _pairs() -> list[list[str]]:
    """Return pairs of actors with one shortest way, and at least two on it."""
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


@cache
def _corners(article: bool) -> list[tuple[frozenset[str], bool]]:
    """Return the three actors of each triangle, and whether it is balanced as the tables are."""
    ties = _ties()
    found = measures.signed_triangles(ties[ties["in_article"]] if article else ties)
    return [(frozenset((row.first, row.second, row.third)), bool(row.balanced)) for row in found.itertuples()]


def _triangles(given: Given, *, out: bool = True, turn: bool = True, article: bool = False) -> list[bool]:
    """Tell of each triangle whether it is balanced, one actor left out and the sign between two others turned."""
    one, other, left_out = given["flip"]
    return [
        balanced != (turn and {one, other} <= corners)
        for corners, balanced in _corners(article)
        if not out or left_out not in corners
    ]


def _share(given: Given, **other: bool) -> float:
    balanced = _triangles(given, **other)
    return 100 * sum(balanced) / len(balanced) if balanced else -1.0


def _flips() -> list[list[str]]:
    """Return two actors of a triangle and one to leave out, for whom each known wrong way gives another share."""
    actors = sorted(set().union(*(corners for corners, _ in _corners(False))))
    pairs = [p for p in itertools.combinations(actors, 2) if any({*p} <= c for c, _ in _corners(False))]
    found = []
    for pair in pairs:
        for out in sorted({*actors} - {*pair}):
            given: Given = {"flip": [*pair, out]}
            balanced = _triangles(given)
            right = _share(given)
            ways = [100 - right, right / 100, float(sum(balanced))]
            ways += [_share(given, **{way: way == "article"}) for way in ("out", "turn", "article")]
            if len(balanced) > 2 and all(abs(right - way) > 0.5 for way in ways):
                found.append([*pair, out])
    return _spread(found, lambda one: round(_share({"flip": one}), 2), 4)


def _codings() -> list[list[list[int]]]:
    """Draw two codings of the same fifteen ties, which agree more often than not, but not always."""
    found = []
    for number in range(600):
        draw = random.Random(number)
        first = [draw.choice([1, 1, 0, -1]) for _ in range(15)]
        second = [one if draw.random() < 0.7 else draw.choice([1, 0, -1]) for one in first]
        if len(set(first)) == 3 and len(set(second)) == 3 and 0.2 < measures.kappa(first, second) < 0.95:
            found.append([first, second])
    return _spread(
        [each for each in found if _apart(*each)], lambda each: round(_kappa({"codings": each}), 2), 3
    )


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


SLICES, PAIRS, FLIPS, CODINGS = _slices(), _pairs(), _flips(), _codings()

SET = ExerciseSet(
    id="ex09_network",
    lesson="09_network",
    options={"slice": SLICES, "two": PAIRS, "flip": FLIPS, "codings": CODINGS},
    questions=(
        Question(
            "q1", "three_counts", 2, Together((Whole("ties", 0), Whole("neighbours", 0), Whole("friendly ties", 0))), _degrees,
            "Ties: the rows of your actor. Neighbours: the different keys under target. Friendly ties: the rows with the sign 1.",
            MOST,
            (
                Diagnosis("Ties and neighbours have changed places.", _changed, excluded_by="in this order"),
                Diagnosis("A neighbour with several ties is counted several times.", _no_two_alike, excluded_by="how many different neighbours"),
                Diagnosis("All ties are taken for friendly ones: look at their signs.", _all_friendly, excluded_by="how many of the ties are friendly (sign 1)"),
                Diagnosis("The hostile ties are counted: a friendly one has the sign 1.", lambda g: _degrees(g, -1), excluded_by="friendly (sign 1)"),
                Diagnosis("The ties of the context are missing.", lambda g: _degrees(g, context=False), excluded_by="those of the context as well"),
            ),
            varies=True, uses=("slice",),
        ),
        Question(
            "q2", "between_my_two", 2, Texts("keys of actors"), _way,
            "Ask for the shortest way between your two in the article's graph, and leave its two ends out.",
            BETWEEN,
            (
                Diagnosis("Your two are among them: only those between are asked for.", lambda g: _way(g) | frozenset(g["two"]), excluded_by="without the two"),
                Diagnosis("Only the first on the way is there: name all who lie between.", lambda g: frozenset(nx.shortest_path(_graph(), *g["two"])[1:2]), excluded_by="Put the keys of those between"),
                Diagnosis("Those are all neighbours of the first of your two.", lambda g: frozenset(_graph()[g["two"][0]])),
            ),
            varies=True, uses=("two",),
        ),
        Question(
            "q3", "balanced_pct", 2, PerCent(0.1, 0, 100), _share,
            "Leave one actor's ties out, turn the signs between your two, look for the triangles anew, and take the share that is balanced.",
            FRIENDS,
            (
                Diagnosis("No sign is turned yet.", lambda g: _share(g, turn=False), excluded_by="Then turn the sign of every tie between the first and the second"),
                Diagnosis("The third actor is still there: leave all ties of that one out.", lambda g: _share(g, out=False), excluded_by="Leave out every tie of the third actor"),
                Diagnosis("This is the share of those that are not balanced.", lambda g: 100 - _share(g), excluded_by="What share of the triangles is balanced now"),
                Diagnosis("This is a share of one: the question asks for per cent.", lambda g: _share(g) / 100, excluded_by="unit: per cent"),
                Diagnosis("This is how many are balanced: the question asks for a share.", lambda g: sum(_triangles(g))),
            ),
            varies=True, uses=("flip",),
        ),
        Question(
            "q4", "degree", 2, Whole("", 0), degree,
            "By ties: the rows of mine. By neighbours: its different targets. By friends: add up the signs for each target, and count the sums above zero.",
            MOST,
            (
                Diagnosis("Only ties that lead away are counted.", _leading_away, excluded_by="It does not matter which way a tie leads"),
                Diagnosis("Ties are counted whatever the rule says.", _whatever_the_rule, excluded_by="By the rule `'ties'` return how many ties"),
                Diagnosis("A neighbour counts as a friend who was friendly once: the sum of the signs decides.", _friendly_once, excluded_by="add up to more than zero"),
                Diagnosis("Friendly ties are counted, and not friends.", _friendly_ties, excluded_by="how many neighbours are friends"),
            ),
            cases=_cases,
        ),
        Question(
            "q5", "my_kappa", 2, Number("", 0.005, -1, 1), _kappa,
            "Kappa is (agreement - chance) / (1 - chance), both as shares of one; mind the brackets.",
            HAND,
            (
                Diagnosis("This is the share of agreement: take away what chance gives.", _alike, excluded_by="How large is Cohen's kappa"),
                Diagnosis("This is what chance would give.", _chance),
                Diagnosis("This is agreement minus chance: divide it by 1 minus chance.", lambda g: _alike(g) - _chance(g)),
                Diagnosis("Chance is taken as one third for everybody: it depends on how often each coder uses a sign.",
                          _by_thirds),
            ),
            varies=True, uses=("codings",),
        ),
    ),
)  # fmt: skip
