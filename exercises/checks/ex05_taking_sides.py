"""Checks of set 05, taking sides: votes of states on three resolutions, and a written answer."""

import functools
import itertools
import random
from collections.abc import Callable, Sequence

import pandas as pd

from samarkand import data
from samarkand.answers.kinds import ByKey, Number, Together, Whole
from samarkand_grading.marking.checks import Given, asked, exercise, spread
from samarkand_grading.marking.inputs import Case

RESOLUTIONS = ["es_11_1", "es_11_3", "es_11_4"]
NAMED = ["CHN", "IND", "KAZ", "UZB", "TUR", "IRN", "MNG", "ARM", "BLR", "SAU", "EGY", "KGZ", "PAK", "TJK"]
#: States from which groups of five are drawn. Each voted at least twice, so that any two share a vote.
VOTERS = [
    *NAMED,
    *("USA", "SRB", "UKR", "BRA", "ZAF", "VNM", "JPN", "DEU", "ETH", "MEX", "ISR", "NPL", "THA", "NGA"),
]


@functools.cache
def _votes() -> pd.DataFrame:
    return data.load("un_votes").set_index("iso3")


def _said(given: Given, *words: str) -> tuple[int, ...]:
    """Return how many voters said one of the words, by default yes, to each resolution."""
    votes = _votes().loc[given["voters"]]
    return tuple(int(votes[one].isin(words or ("yes",)).sum()) for one in RESOLUTIONS)


def _silent(given: Given) -> tuple[int, ...]:
    return _said(given, "abstain", "did not vote")


#: Numeric code of each vote; "did not vote" has none.
CODE = {"yes": 1, "abstain": 0, "no": -1}


def _index(one: Sequence[str], other: Sequence[str]) -> float:
    """Return the index of agreement over the votes in which both took part; -1 if there is none."""
    both = [(CODE[x], CODE[y]) for x, y in zip(one, other, strict=True) if x in CODE and y in CODE]
    return 1 - sum(abs(x - y) for x, y in both) / (2 * len(both)) if both else -1


def _absent_as_0(one: Sequence[str], other: Sequence[str]) -> float:
    return 1 - sum(abs(CODE.get(x, 0) - CODE.get(y, 0)) for x, y in zip(one, other, strict=True)) / 6


def _alike(one: Sequence[str], other: Sequence[str]) -> float:
    """Return the share of equal answers."""
    return sum(x == y for x, y in zip(one, other, strict=True)) / 3


def _rows(votes: pd.DataFrame, a: str, b: str) -> tuple[list[str], list[str]]:
    table = votes.set_index("iso3")[RESOLUTIONS]
    return list(table.loc[a]), list(table.loc[b])


def agreement(votes: pd.DataFrame, a: str, b: str) -> float:
    """Return the index of agreement of two states."""
    return _index(*_rows(votes, a, b))


def _signed(votes: pd.DataFrame, a: str, b: str) -> float:
    both = [(CODE[x], CODE[y]) for x, y in zip(*_rows(votes, a, b), strict=True) if x in CODE and y in CODE]
    return 1 - abs(sum(x - y for x, y in both)) / (2 * len(both)) if both else -1


def _of_first(one: Sequence[str], other: Sequence[str]) -> float:
    return _index(one[:1], other[:1])


#: How two states voted on the three resolutions.
Pair = list[tuple[str, ...]]
SAID = ("yes", "abstain", "no")


def _pair(draw: random.Random, distance: int) -> Pair:
    """Draw the votes of two states at a given total distance; neither missed a vote."""
    while True:
        a, b = (tuple(draw.choices(SAID, k=3)) for _ in range(2))
        if sum(abs(SAID.index(x) - SAID.index(y)) for x, y in zip(a, b, strict=True)) == distance:
            return [a, b]


def _telling_pair(draw: random.Random) -> Pair:
    """Draw the votes of two states, one equal, one opposite, one a step apart: they expose each wrong way."""
    same = draw.choice(SAID)
    third = draw.choice([("no", "abstain"), ("abstain", "yes")])
    return draw.sample([(same, "yes", third[0]), (same, "no", third[1])], 2)


def _absent_pair(draw: random.Random) -> Pair:
    """Draw the votes of two states, one of which missed a resolution: as a 0 it changes the index."""
    while True:
        place = draw.randrange(3)
        a, b = (draw.choices(SAID, k=3) for _ in range(2))
        a[place] = "did not vote"
        if abs(_index(a, b) - _absent_as_0(a, b)) > 0.01:
            return [tuple(a), tuple(b)]


def _apart_pair(draw: random.Random) -> Pair:
    """Draw the votes of two states that never took part in the same vote."""
    place = draw.randrange(3)
    a, b = (draw.choices(SAID, k=3) for _ in range(2))
    a[place] = b[(place + 1) % 3] = b[(place + 2) % 3] = "did not vote"
    return [tuple(a), tuple(b)]


def ordinary(votes: pd.DataFrame, a: str, b: str) -> bool:
    """Return whether an input is free of edge cases; tests compare this with the labels in `_cases`."""
    return a != b and not (votes[votes["iso3"].isin([a, b])] == "did not vote").any(axis=None)


def _cases(draw: random.Random) -> list[Case]:
    votes = data.load("un_votes")[["iso3", *RESOLUTIONS]]
    some = votes[votes["iso3"].isin([*NAMED, "RUS", "USA", "UKR", "SRB"])]
    telling, apart = _telling_pair(draw), (0, 1, 2, draw.randint(4, 6), draw.randint(1, 5))
    pairs = [telling, *(_pair(draw, n) for n in apart), _absent_pair(draw), _apart_pair(draw)]
    # The first two voted alike in truth: who takes the course's own table is not right.
    alike = draw.sample(list(votes[(votes[RESOLUTIONS] == "yes").all(axis=1)]["iso3"]), 2)
    codes = [*alike, *draw.sample([code for code in votes["iso3"] if code not in alike], 2 * len(pairs) - 2)]
    said = [vote for pair in pairs for vote in pair]
    rows = draw.sample([(code, *vote) for code, vote in zip(codes, said, strict=True)], len(codes))
    other = pd.DataFrame(rows, columns=votes.columns).astype(votes.dtypes)
    two = list(zip(codes[::2], codes[1::2], strict=True))
    return [
        Case((some, "CHN", "RUS")),
        *(Case((other, a, b)) for a, b in draw.sample(two[:-2], 6)),
        Case((other, *two[-2]), edge="one did not vote"),
        Case((other, *two[-1]), edge="no vote in which both took part"),
        Case((other, two[0][0], two[0][0]), edge="a state and itself"),
    ]


#: A function that compares two states' votes.
Way = Callable[[Sequence[str], Sequence[str]], float]


@functools.cache
def _said_by(state: str) -> tuple[str, ...]:
    return tuple(_votes().loc[state, RESOLUTIONS])


def _agreements(given: Given, way: Way = _index) -> dict[str, float]:
    return {iso3: way(_said_by(iso3), _said_by(given["from"])) for iso3 in given["group"]}


def _two_means(given: Given, without: int = 0) -> tuple[float, float]:
    """Return the group's mean agreement with a state, with and without one of the group."""
    found = [*_agreements(given).values()]
    rest = [*found]
    rest.pop(without)
    return sum(found) / len(found), sum(rest) / len(rest)


def _groups() -> list[list[str]]:
    """Draw groups of five voters, at least one of whom missed a vote; at most two groups share an answer."""
    draws = (sorted(random.Random(number).sample(VOTERS, 5)) for number in range(2000))
    gaps = (group for group in draws if any("did not vote" in _said_by(state) for state in group))
    means = spread(gaps, lambda g: tuple(round(n, 2) for n in _two_means({"group": g, "from": "BRA"})), 2)
    return [*itertools.islice(means, 80)]


#: States whose votes differ from Russia's and from one another's; two of them missed a vote.
FROM = ["AGO", "ARM", "BRA", "SRB", "DZA"]


def _rolls() -> list[list[str]]:
    """Draw lists of twenty voters without the states that distances are measured from."""
    there = _votes()[RESOLUTIONS].ne("did not vote").sum(axis=1)
    names = sorted(set(there[there > 1].index) - set(FROM) - {"RUS"})
    draws = (sorted(random.Random(number).sample(names, 20)) for number in range(2000))
    return [*itertools.islice(spread(draws, lambda roll: _said({"voters": roll})), 60)]


SET = exercise(
    __file__,
    {"voters": _rolls(), "group": _groups(), "from": FROM},
    q1=asked(
        Together((Whole("states", 0, 193),) * 3),
        _said,
        no=lambda g: _said(g, "no"),
        abstained=lambda g: _said(g, "abstain"),
        all_states=lambda g: _said({"voters": _votes().index}),
        absent=lambda g: _said(g, "did not vote"),
        other_order=lambda g: (*_said(g)[1::-1], _said(g)[2]),
    ),
    q2=asked(
        ByKey(Number("index of agreement", 0.005, 0, 1)),
        _agreements,
        absent_as_0=lambda g: _agreements(g, _absent_as_0),
        with_russia=lambda g: _agreements({**g, "from": "RUS"}),
        first_alone=lambda g: _agreements(g, _of_first),
        far_apart=lambda g: {state: 1 - index for state, index in _agreements(g).items()},
        alike=lambda g: _agreements(g, _alike),
    ),
    q3=asked(
        Together((Whole("states", 0, 193),) * 3),
        _silent,
        abstained=lambda g: _said(g, "abstain"),
        absent=lambda g: _said(g, "did not vote"),
        yes_or_no=lambda g: tuple(20 - n for n in _silent(g)),
        other_order=lambda g: (*_silent(g)[1::-1], _silent(g)[2]),
    ),
    q4=asked(
        Together((Number("mean index", 0.005, 0, 1),) * 2),
        _two_means,
        other_left_out=lambda g: _two_means(g, -1),
        swapped=lambda g: _two_means(g)[::-1],
        with_russia=lambda g: _two_means({**g, "from": "RUS"}),
    ),
    q5=asked(
        Number("index of agreement", 0.001, -1, 1),
        agreement,
        cases=_cases,
        alike=lambda votes, a, b: _alike(*_rows(votes, a, b)),
        none_if_same=lambda *pair: -1 if agreement(*pair) == 1 else agreement(*pair),
        cancelling=_signed,
        first_alone=lambda votes, a, b: _of_first(*_rows(votes, a, b)),
    ),
)
