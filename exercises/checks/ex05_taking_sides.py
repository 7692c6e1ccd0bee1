"""Checks of set 05, taking sides: votes of states on three resolutions, and a written answer."""

# ruff: noqa: E501 - a question reads best in few lines
import collections
import functools
import random
from collections.abc import Callable, Iterable

import pandas as pd

from samarkand import data
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.answers.kinds import ByKey, Number, Together, Whole
from samarkand_grading.marking.checks import (
    Criterion,
    ExerciseSet,
    Given,
    Question,
    Written,
)
from samarkand_grading.marking.inputs import Case

RESOLUTIONS = ["es_11_1", "es_11_3", "es_11_4"]
NAMED = [
    "CHN",
    "IND",
    "KAZ",
    "UZB",
    "TUR",
    "IRN",
    "MNG",
    "ARM",
    "BLR",
    "SAU",
    "EGY",
    "KGZ",
    "PAK",
    "TJK",
]

#: States from which groups of five are drawn. Each voted at least twice, so that any two share a vote.
VOTERS = [
    *NAMED,
    "USA",
    "SRB",
    "UKR",
    "BRA",
    "ZAF",
    "VNM",
    "JPN",
    "DEU",
    "ETH",
    "MEX",
    "ISR",
    "NPL",
    "THA",
    "NGA",
]


@functools.cache
def _votes() -> pd.DataFrame:
    return data.load("un_votes").set_index("iso3")


def _said(given: Given, word: str = "yes", whom: list[str] | None = None) -> tuple[int, ...]:
    votes = _votes().loc[whom or given["voters"]]
    return tuple(int((votes[resolution] == word).sum()) for resolution in RESOLUTIONS)


#: Numeric code of each vote; "did not vote" has none.
CODE = {"yes": 1, "abstain": 0, "no": -1}


def _index(one: Iterable[str], other: Iterable[str]) -> float:
    """Return the index of agreement over the votes in which both took part; -1 if there is none."""
    both = [(CODE[x], CODE[y]) for x, y in zip(one, other, strict=True) if x in CODE and y in CODE]
    return 1 - sum(abs(x - y) for x, y in both) / (2 * len(both)) if both else -1


def _absent_as_0(one: Iterable[str], other: Iterable[str]) -> float:
    return 1 - sum(abs(CODE.get(x, 0) - CODE.get(y, 0)) for x, y in zip(one, other, strict=True)) / 6


def _alike(one: Iterable[str], other: Iterable[str]) -> float:
    """Return the share of equal answers."""
    return sum(x == y for x, y in zip(one, other, strict=True)) / 3


def _rows(votes: pd.DataFrame, a: str, b: str) -> tuple[list[str], list[str]]:
    table = votes.set_index("iso3")[RESOLUTIONS]
    return list(table.loc[a]), list(table.loc[b])


def agreement(votes: pd.DataFrame, a: str, b: str) -> float:
    """Return the index of agreement of two states."""
    return _index(*_rows(votes, a, b))


def _same(votes: pd.DataFrame, a: str, b: str) -> float:
    return _alike(*_rows(votes, a, b))


def _signed(votes: pd.DataFrame, a: str, b: str) -> float:
    both = [(CODE[x], CODE[y]) for x, y in zip(*_rows(votes, a, b), strict=True) if x in CODE and y in CODE]
    return 1 - abs(sum(x - y for x, y in both)) / (2 * len(both)) if both else -1


def _none_if_same(votes: pd.DataFrame, a: str, b: str) -> float:
    index = agreement(votes, a, b)
    return -1 if index == 1 else index


def _first_only(votes: pd.DataFrame, a: str, b: str) -> float:
    one, other = _rows(votes, a, b)
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
    """Draw the votes of two states (one equal, one opposite, one a step apart) that expose every known wrong way."""
    same = draw.choice(SAID)
    third = draw.choice([("no", "abstain"), ("abstain", "yes")])
    return draw.sample([(same, "yes", third[0]), (same, "no", third[1])], 2)


def _absent_pair(draw: random.Random) -> Pair:
    """Draw the votes of two states, one of which missed a resolution; counting that as 0 changes the index."""
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
    pairs = [
        _telling_pair(draw), *(_pair(draw, distance) for distance in (0, 1, 2, draw.randint(4, 6), draw.randint(1, 5))),
        _absent_pair(draw), _apart_pair(draw),
    ]  # fmt: skip
    # The first two voted alike in truth: who takes the course's own table is not right.
    alike = draw.sample(list(votes[(votes[RESOLUTIONS] == "yes").all(axis=1)]["iso3"]), 2)
    codes = [*alike, *draw.sample([code for code in votes["iso3"] if code not in alike], 2 * len(pairs) - 2)]
    said = [vote for pair in pairs for vote in pair]
    rows = draw.sample([(code, *vote) for code, vote in zip(codes, said, strict=True)], len(codes))
    other = pd.DataFrame(rows, columns=votes.columns).astype(votes.dtypes)
    asked = list(zip(codes[::2], codes[1::2], strict=True))
    return [
        Case((some, "CHN", "RUS")),
        *(Case((other, a, b)) for a, b in draw.sample(asked[:-2], 6)),
        Case((other, *asked[-2]), edge="one did not vote"),
        Case((other, *asked[-1]), edge="no vote in which both took part"),
        Case((other, asked[0][0], asked[0][0]), edge="a state and itself"),
    ]


#: A function that compares two states' votes.
Way = Callable[[Iterable[str], Iterable[str]], float]


@functools.cache
def _said_by(state: str) -> tuple[str, ...]:
    return tuple(_votes().loc[state, RESOLUTIONS])


def _between(a: str, b: str, way: Way = _index) -> float:
    return way(_said_by(a), _said_by(b))


def _agreements(given: Given, way: Way = _index, whom: list[str] | None = None) -> dict[str, float]:
    return {iso3: _between(iso3, given["from"], way) for iso3 in whom or given["group"]}


def _silent(given: Given) -> tuple[int, ...]:
    """Return the number of voters who abstained or did not vote, for each resolution."""
    votes = _votes().loc[given["voters"]]
    return tuple(int(votes[one].isin(["abstain", "did not vote"]).sum()) for one in RESOLUTIONS)


def _without(given: Given, state: str, way: Way = _index) -> float:
    found = _agreements(given, way)
    return sum(index for iso3, index in found.items() if iso3 != state) / (len(found) - 1)


def _two_means(given: Given, way: Way = _index) -> tuple[float, float]:
    """Return the group's mean agreement with a state, with and without the group's first state."""
    found = _agreements(given, way)
    return sum(found.values()) / len(found), _without(given, given["group"][0], way)


def _groups(most: int = 80) -> list[list[str]]:
    """Draw groups of five voters, at least one of whom missed a vote; at most two groups share an answer."""
    answers: collections.Counter[tuple[float, float]] = collections.Counter()
    groups = []
    for number in range(2000):
        group = sorted(random.Random(number).sample(VOTERS, 5))
        if not any("did not vote" in _said_by(state) for state in group):
            continue
        answer = tuple(round(part, 2) for part in _two_means({"group": group, "from": "BRA"}))
        answers[answer] += 1
        if answers[answer] <= 2:
            groups.append(group)
        if len(groups) == most:
            break
    return groups


GROUPS = _groups()


#: States whose votes differ from Russia's and from one another's; two of them missed a vote.
FROM = ["AGO", "ARM", "BRA", "SRB", "DZA"]


def _rolls(most: int = 60) -> list[list[str]]:
    """Draw lists of twenty voters without the states that distances are measured from."""
    there = _votes()[RESOLUTIONS].ne("did not vote").sum(axis=1)
    names = sorted(set(there[there > 1].index) - set(FROM) - {"RUS"})
    rolls, seen = [], set()
    for number in range(2000):
        roll = sorted(random.Random(number).sample(names, 20))
        answer = _said({"voters": roll})
        if answer not in seen:
            rolls.append(roll)
            seen.add(answer)
        if len(rolls) == most:
            break
    return rolls


SET = ExerciseSet(
    id="ex05_taking_sides",
    lesson="05_taking_sides",
    options={"voters": _rolls(), "group": GROUPS, "from": FROM},
    questions=(
        Question(
            "q1", "yes_votes", 2, Together((Whole("states", 0, 193),) * 3), _said,
            "Keep your twenty states, and count the word yes in each of the three columns.",
            "05_taking_sides: 2. Votes",
            (
                Diagnosis("These are the states that voted no.", lambda g: _said(g, "no"), excluded_by="How many of them voted `yes`"),
                Diagnosis("These are the states that abstained.", lambda g: _said(g, "abstain")),
                Diagnosis("You counted all states, not only your twenty.", lambda g: _said(g, whom=list(_votes().index)), excluded_by="How many of them"),
                Diagnosis("These are the states that did not vote.", lambda g: _said(g, "did not vote")),
                Diagnosis("The three numbers are in another order than the question asks for.", lambda g: (*_said(g)[1::-1], _said(g)[2]), excluded_by="in that order"),
            ),
            varies=True, uses=("voters",),
        ),
        Question(
            "q2", "agreements", 2, ByKey(Number("index of agreement", 0.005, 0, 1)), _agreements,
            "Take the votes in which both took part: all for the same vote, half for yes or no against an abstention, nothing for yes against no; then the mean.",
            "05_taking_sides: 4. Distance between voters",
            (
                Diagnosis("You counted not voting as 0, like abstaining: leave such a vote out.",
                          lambda g: _agreements(g, _absent_as_0), excluded_by="A vote that one of them missed is left out"),
                Diagnosis("This is the agreement with Russia, not with the state you were given.",
                          lambda g: _agreements({**g, "from": "RUS"}), excluded_by="its index with `given['from']`"),
                Diagnosis("You counted only the first resolution.",
                          lambda g: {m: _first_only(data.load("un_votes"), m, g["from"]) for m in g["group"]}, excluded_by="the mean over the resolutions on which both took part"),
                Diagnosis("This is how far apart they are: subtract it from 1.",
                          lambda g: {state: 1 - index for state, index in _agreements(g).items()}, excluded_by="1 for the same vote"),
                Diagnosis("You took the share of equal answers: an abstention is halfway between yes and no.",
                          lambda g: _agreements(g, _alike), excluded_by="0.5 for `yes` or `no` against `abstain`"),
            ),
            varies=True, uses=("group", "from"),
        ),
        Question(
            "q3", "silent", 1, Together((Whole("states", 0, 193),) * 3), _silent,
            "Count the states with one or the other of two words in each of the three columns.",
            "05_taking_sides: 2. Votes",
            (
                Diagnosis("These are the abstentions alone.", lambda g: _said(g, "abstain"), excluded_by="abstained or did not vote"),
                Diagnosis("These are the states that did not vote, alone.", lambda g: _said(g, "did not vote")),
                Diagnosis("These are the states that voted yes or no: the question asks for the others.",
                          lambda g: tuple(20 - n for n in _silent(g)), excluded_by="abstained or did not vote"),
                Diagnosis("The three numbers are in another order than the question asks for.", lambda g: (*_silent(g)[1::-1], _silent(g)[2]), excluded_by="in the same order"),
            ),
            varies=True, uses=("voters",),
        ),
        Question(
            "q4", "two_means", 2, Together((Number("mean index", 0.005, 0, 1), Number("mean index", 0.005, 0, 1))), _two_means,
            "Take the mean of the five indices of q2; then drop one of them, and take the mean of the others.",
            "05_taking_sides: 4. Distance between voters",
            (
                Diagnosis("The second mean leaves out a different state: leave out the first of your group.",
                          lambda g: (_two_means(g)[0], _without(g, g["group"][-1])), excluded_by="without the first state of your group"),
                Diagnosis("The two numbers have changed places.", lambda g: _two_means(g)[::-1], excluded_by="the mean of your five indices of q2, and the mean without"),
                Diagnosis("This is the agreement with Russia, not with the state you were given.", lambda g: _two_means({**g, "from": "RUS"})),
            ),
            varies=True, uses=("group", "from"),
        ),
        Question(
            "q5", "agreement", 3, Number("index of agreement", 0.001, -1, 1), agreement,
            "Take the votes in which both took part, and the absolute difference in each: 1 minus half of their mean is the index. Where no vote is left, return -1.",
            "05_taking_sides: 4. Distance between voters",
            (
                Diagnosis("You took the share of equal answers: an abstention is halfway between yes and no.", _same),
                Diagnosis("For two states with the same votes it gives -1: their differences add up to 0, but there are votes left.", _none_if_same),
                Diagnosis("Your differences cancel each other out: take each without its sign.", _signed),
                Diagnosis("You counted only the first resolution.", _first_only, excluded_by="no resolution on which both took part"),
            ),
            cases=_cases,
        ),
    ),
    written=(
        Written(
            "w1",
            "Did China side with Russia?",
            (
                Criterion("A clear claim", (
                    "No claim: “There are many opinions about this.”",
                    "A claim that could mean anything: “China was somehow involved.”",
                    "A claim that does not say how far it goes: “China sided with Russia.”",
                    "A claim that says how far it goes: “On the war itself China abstained; on Russia’s seat it voted no.”",
                    "A claim that says how far it goes, by a measure: “In 2022 China’s words leaned further towards "
                    "Russia than four of these seven votes did.”",
                )),
                Criterion("Evidence from two tables or sources", (
                    "None: “Everybody knows it.”",
                    "One, not named: “The votes show it.”",
                    "One, named: “In un_votes China abstained on ES-11/1.”",
                    "Two, named, but one is beside the point: votes, and the length of the trip.",
                    "Two, named, both to the point: votes in un_votes, and trade in trade_cn_ru_cumulative.",
                )),
                Criterion("Counter-evidence weighed", (
                    "None.",
                    "Mentioned: “Some disagree.”",
                    "Named: “It voted no on ES-11/3.”",
                    "Named and answered: “It voted no on ES-11/3, which was about a seat in the Human Rights Council.”",
                    "Named, answered, and the claim changed by it: “… so the claim is true of four of the seven votes.”",
                )),
                Criterion("Limits and neutral wording", (
                    "Loaded words and no limits: “Beijing’s treachery.”",
                    "Only one of these: neutral, but certain of everything.",
                    "Neutral, with a general limit: “More data would help.”",
                    "Neutral, with a limit of this data: “A vote says nothing about what was agreed in private.”",
                    "Neutral, with a limit and what it does to the claim: “… so the claim is about public acts only.”",
                )),
            ),
        ),
    ),
)  # fmt: skip
