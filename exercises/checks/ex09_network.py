"""Checks of set 09, the network of the article: neighbours, shortest paths, persons as states, two coders."""

import itertools
import random
from functools import cache

import networkx as nx
import pandas as pd

from samarkand import data
from samarkand.answers.kinds import Number, PerCent, Texts, Together, Whole
from samarkand_grading.marking.checks import Given, Mistake, ask, exercise_set, spread
from samarkand_grading.marking.inputs import Case

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


def _partners(ties: pd.DataFrame, node: str) -> list[tuple[str, int]]:
    """Return (partner, sign) for each tie of an actor, without ties to itself."""
    ends = zip(ties["actor"], ties["target"], ties["sign"], strict=True)
    return [(b if a == node else a, int(sign)) for a, b, sign in ends if node in (a, b) and a != b]


def neighbours(ties: pd.DataFrame, node: str) -> int:
    """Count the distinct neighbours of an actor, in either direction, without the actor itself."""
    return len({other for other, _ in _partners(ties, node)})


def ordinary(ties: pd.DataFrame, node: str) -> bool:
    """Return whether an input is free of edge cases; tests compare this with the labels in `_cases`."""
    return bool(_partners(ties, node)) and not (ties["actor"] == ties["target"]).any()


@cache
def _states() -> list[str]:
    return sorted(set(data.load("states")["iso3"]))


def _network(draw: random.Random, more: int) -> tuple[pd.DataFrame, str]:
    """Draw a table of ties and an actor in it with repeated and mutual ties, and `more` friendly ones."""
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
    nobody = pd.DataFrame(columns=COLUMNS).astype({"actor": "str", "target": "str", "sign": "int64"})
    return [
        Case((example, "KAZ")),
        *(Case(_network(draw, more)) for more in draw.sample(range(5), 4)),
        Case((_with(looped, (one, one, 1)), one), edge="a tie of an actor with itself"),
        Case((away, "AAA"), edge="an actor without a tie"),
        Case((nobody, "KAZ"), edge="an empty table"),
    ]


KINDS = ("contact", "membership", "place", "economy", "politics")
ACTORS = ("CHN", "RUS", "KAZ", "XI", "PUTIN", "CENTRAL_ASIA", "UZB", "KGZ", "TJK", "ARM", "AZE")


@cache
def _rows() -> list[tuple[str, str, str, str, int, bool, str]]:
    """Return (id, actor, target, kind, sign, in_article, day) of each tie as plain tuples."""
    ties = _ties().assign(day=_ties()["day"].dt.strftime("%Y-%m-%d"))
    columns = ["id", "actor", "target", "kind", "sign", "in_article", "day"]
    return list(ties[columns].itertuples(index=False, name=None))


def _degrees(
    given: Given, sign: int = 1, *, context: bool = True, on_the_day: bool = True
) -> tuple[int, int, int]:
    """Return an actor's number of ties, of neighbours, and of ties with the given sign.

    Without `context` they are those of the article alone, without `on_the_day` those before the last day.
    """
    wanted, last, node = given["slice"]
    mine = [
        (target if actor == node else actor, one)
        for _, actor, target, kind, one, in_article, day in _rows()
        if node in (actor, target)
        and kind in wanted
        and (day < last or (day == last and on_the_day))
        and (in_article or context)
    ]
    return len(mine), len({other for other, _ in mine}), sum(one == sign for _, one in mine)


def _misread(given: Given, *places: int) -> tuple[int, ...]:
    """Return the three numbers with those at other places in theirs."""
    found = _degrees(given)
    return tuple(found[place] for place in places)


def _slices() -> list[list[object]]:
    """Draw [kinds, last day, actor] for which each known wrong way gives wrong numbers."""
    found: list[list[object]] = []
    days = sorted({day for *_, day in _rows()})
    for number in range(1500):
        draw = random.Random(number)
        kinds = sorted(draw.sample(KINDS, draw.choice([2, 3, 4])))
        one = [kinds, draw.choice(days), draw.choice(ACTORS)]
        given: Given = {"slice": one}
        wrong = [_misread(given, *places) for places in ((1, 0, 2), (0, 0, 2), (0, 1, 0))]
        wrong += [_degrees(given, -1), _degrees(given, context=False), _degrees(given, on_the_day=False)]
        right = _degrees(given)
        if right not in wrong and right[1] > 1 and one not in found:
            found.append(one)
    return [*spread(found, lambda one: _degrees({"slice": one}), 3)]


def _way(given: Given) -> frozenset[str]:
    """Return the inner actors of the shortest path between two actors."""
    return frozenset(nx.shortest_path(_graph(), *given["two"])[1:-1])


def _pairs() -> list[list[str]]:
    """Return pairs of actors joined by a single shortest path with at least two inner actors."""
    graph = _graph()
    found = []
    shown = nx.shortest_path(graph, *SHOWN)
    for a in sorted(graph):
        for b in sorted(nx.node_connected_component(graph, a) - {a}):
            ways = list(nx.all_shortest_paths(graph, a, b))
            mine = set(ways[0][1:-1])
            if len(ways) == 1 and len(mine) > 1 and mine != set(shown[1:-1]) and mine != set(graph[a]):
                found.append([a, b])
    random.Random(9).shuffle(found)
    return [*spread(found, lambda two: _way({"two": two}), 3)]


#: Persons of the article and the states that they belong to.
STATE_OF = {"XI": "CHN", "LI": "CHN", "PUTIN": "RUS", "TOKAYEV": "KAZ"}


@cache
def _central(without: str, person: str) -> dict[str, float]:
    """Return betweenness by actor, without a tie, and with a person as a state; each may be ""."""
    state = {person: STATE_OF[person]} if person else {}
    ties = [(state.get(a, a), state.get(b, b)) for id, a, b, *_, told, _ in _rows() if told and id != without]
    return dict(nx.betweenness_centrality(nx.Graph(ties)))


def _between(given: Given, *, drop: bool = True, state: bool = True) -> float:
    tie, person = given["change"]
    return float(_central(tie if drop else "", person if state else "")[STATE_OF[person]])


def _of_person(given: Given) -> float:
    tie, person = given["change"]
    return float(_central(tie, "")[person]) if person in _central(tie, "") else -1.0


def _without_person(given: Given) -> float:
    """Return the state's betweenness if the person's ties are left out, and not given to the state."""
    tie, person = given["change"]
    kept = [(a, b) for id, a, b, *_, told, _ in _rows() if told and id != tie and person not in (a, b)]
    found = dict(nx.betweenness_centrality(nx.Graph(kept)))
    return float(found.get(STATE_OF[person], -1.0))


def _changes() -> list[list[str]]:
    """Return [tie, person] pairs for which each known wrong way gives a wrong number."""
    told = _ties()[_ties()["in_article"]]
    found = []
    for tie, person in itertools.product(told["id"], STATE_OF):
        given: Given = {"change": [tie, person]}
        ways = [_between(given, drop=False), _between(given, state=False), _of_person(given)]
        ways.append(_without_person(given))
        if all(abs(_between(given) - way) > 0.004 for way in ways):
            found.append([tie, person])
    return [*spread(found, lambda one: round(_between({"change": one}), 3), 4)]


def _codings() -> list[list[list[int]]]:
    """Draw pairs of codings of fifteen ties that agree on over 40 per cent of the ties, but not on all."""
    found = []
    for number in range(600):
        draw = random.Random(number)
        first = [draw.choice([1, 1, 0, -1]) for _ in range(15)]
        second = [one if draw.random() < 0.7 else draw.choice([1, 0, -1]) for one in first]
        given: Given = {"codings": [first, second]}
        right = _alike(given)
        wrong = (_of_second(given), _of_both(given))
        if right[1] > 0 and right not in wrong and 40 < right[0] < 100:
            found.append([first, second])
    return [*spread(found, lambda each: _alike({"codings": each}), 3)]


def _alike(given: Given) -> tuple[float, int]:
    """Return the per cent of ties with the same sign, and how many only the first coder calls friendly."""
    pairs = list(zip(*given["codings"], strict=True))
    return 100 * sum(a == b for a, b in pairs) / len(pairs), sum(a == 1 != b for a, b in pairs)


def _of_second(given: Given) -> tuple[float, int]:
    return _alike(given)[0], _alike({"codings": given["codings"][::-1]})[1]


def _of_both(given: Given) -> tuple[float, int]:
    return _alike(given)[0], sum(a == b == 1 for a, b in zip(*given["codings"], strict=True))


SET = exercise_set(
    __file__,
    options={"slice": _slices(), "two": _pairs(), "change": _changes(), "codings": _codings()},
    questions=[
        ask(
            "q1",
            name="three_counts",
            points=2,
            kind=Together((Whole("ties", 0), Whole("neighbours", 0), Whole("friendly ties", 0))),
            solution=_degrees,
            uses=["slice"],
            typed=True,
            taught="2. Who has the most ties?",
            hint="Ties: the rows of your actor. Neighbours: the different keys under target. Friendly ties: the rows with the sign 1.",
            mistakes=[
                Mistake(
                    "You swapped ties and neighbours.",
                    lambda g: _misread(g, 1, 0, 2),
                    excluded_by="in this order",
                ),
                Mistake(
                    "You counted a neighbour with several ties several times.",
                    lambda g: _misread(g, 0, 0, 2),
                    excluded_by="how many different neighbours",
                ),
                Mistake(
                    "You counted all ties as friendly: look at their signs.",
                    lambda g: _misread(g, 0, 1, 0),
                    excluded_by="how many friendly ties (sign 1)",
                ),
                Mistake(
                    "You counted the hostile ties. A friendly one has the sign 1.",
                    lambda g: _degrees(g, -1),
                    excluded_by="friendly ties (sign 1)",
                ),
                Mistake(
                    "You left out the ties of the context.",
                    lambda g: _degrees(g, context=False),
                    excluded_by="including those of the context",
                ),
                Mistake(
                    "You left out the ties of the last day itself.",
                    lambda g: _degrees(g, on_the_day=False),
                    excluded_by="up to that day",
                ),
            ],
        ),
        ask(
            "q2",
            name="between_my_two",
            points=2,
            kind=Texts("keys of actors"),
            solution=_way,
            uses=["two"],
            taught="4. Who lies between?",
            hint="Ask for the shortest path between your two actors in the article's graph, and leave out its two ends.",
            mistakes=[
                Mistake(
                    "Your two are among them. The question asks only for those in between.",
                    lambda g: _way(g) | frozenset(g["two"]),
                    excluded_by="without the two",
                ),
                Mistake(
                    "You named only the first on the path. Name all in between.",
                    lambda g: frozenset(nx.shortest_path(_graph(), *g["two"])[1:2]),
                    excluded_by="Put the keys of the actors in between",
                ),
                Mistake(
                    "Those are all the neighbours of your first actor.",
                    lambda g: frozenset(_graph()[g["two"][0]]),
                ),
            ],
        ),
        ask(
            "q3",
            name="in_between",
            points=2,
            kind=Number("", 0.001, 0, 1),
            solution=_between,
            uses=["change"],
            moves=True,
            taught="6. A person, or a state?",
            hint="Two things change in the table before `between` gets it: one row less, and one name for another. Which actor do you pick at the end?",
            mistakes=[
                Mistake(
                    "The tie is still there.",
                    lambda g: _between(g, drop=False),
                    excluded_by="Leave out the tie",
                ),
                Mistake(
                    "The person is still there. Replace the person with the state.",
                    lambda g: _between(g, state=False),
                    excluded_by="count the person as the state",
                ),
                Mistake(
                    "That is the betweenness of the person, who is still there.",
                    _of_person,
                    excluded_by="the betweenness of the state",
                ),
                Mistake(
                    "The ties of the person are gone: they should be the state's.",
                    _without_person,
                    excluded_by="count the person as the state",
                ),
            ],
        ),
        ask(
            "q4",
            name="agreement",
            points=2,
            kind=Together((PerCent(0.1, 0, 100), Whole("ties", 0))),
            solution=_alike,
            uses=["codings"],
            moves=True,
            taught="7. Two coders",
            hint="Compare the two columns with ==; for the second number join two conditions with &.",
            mistakes=[
                Mistake(
                    "Your first number is the share on which they differ.",
                    lambda g: (100 - _alike(g)[0], _alike(g)[1]),
                    excluded_by="the two gave the same sign",
                ),
                Mistake(
                    "Your second number counts the ties that only the second coder calls friendly.",
                    _of_second,
                    excluded_by="the first coder called friendly, and the second did not",
                ),
                Mistake(
                    "Your second number counts the ties that both call friendly.",
                    _of_both,
                ),
                Mistake(
                    "Your first number is a count, not a share.",
                    lambda g: (15 * _alike(g)[0] / 100, _alike(g)[1]),
                    excluded_by="what share",
                ),
            ],
        ),
        ask(
            "q5",
            name="neighbours",
            points=2,
            kind=Whole("", 0),
            solution=neighbours,
            cases=_cases,
            taught="2. Who has the most ties?",
            hint="Put together those to whom the actor's ties lead and those from whom they come, leave out the actor, and count the different ones.",
            mistakes=[
                Mistake(
                    "You counted only the ties that start at the actor.",
                    lambda t, node: neighbours(t[t["actor"] == node], node),
                    excluded_by="It does not matter which way a tie leads",
                ),
                Mistake(
                    "You counted only the ties that end at the actor.",
                    lambda t, node: neighbours(t[t["target"] == node], node),
                    excluded_by="It does not matter which way a tie leads",
                ),
                Mistake(
                    "You counted a neighbour with several ties several times.",
                    lambda t, node: len(_partners(t, node)),
                    excluded_by="how many different neighbours",
                ),
                Mistake(
                    "You counted only friendly ties.",
                    lambda t, node: neighbours(t[t["sign"] == 1], node),
                ),
            ],
        ),
    ],
)

#: The ties of the set's words by cell, as in a lesson's metadata.
TIED = {
    "title": {
        "0.25 for": "0.25",
        "25 per": "25",
        "5 questions, 10 points": ["len(exercise.questions)", "exercise.points"],
    },
    "q1-question": {"1)": "1", "three whole": "len(exercise.get_question('q1').kind.parts)"},
    "q2-question": {"two actors": "len(exercise.options['two'][0])"},
    "q3-question": {"0 to": "0", "1": "1"},
    "q4-question": {
        "two lists": "len(exercise.options['codings'][0])",
        "two coders gave to the same fifteen ties": [
            "len(exercise.options['codings'][0])",
            "len(exercise.options['codings'][0][0])",
        ],
        "two numbers": "len(exercise.get_question('q4').kind.parts)",
        "two gave": "len(exercise.options['codings'][0])",
    },
    "q5-question": {"8": "exercise.compute_example('q5')"},
}
