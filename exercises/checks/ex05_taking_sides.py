"""Checks of set 05, taking sides: votes of states on four resolutions, and a written answer."""

from __future__ import annotations

# ruff: noqa: E501 - a question reads best in few lines
import collections
import functools
import itertools
import random
from collections.abc import Callable

import pandas as pd

from samarkand import data
from samarkand.answers.diagnose import Diagnosis
from samarkand.answers.kinds import ByKey, Codes, Number, Together, Whole
from samarkand.grading.marking.checks import (
    Criterion,
    ExerciseSet,
    Given,
    Question,
    Written,
)
from samarkand.grading.marking.inputs import Case

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
    "AZE",
    "SAU",
    "EGY",
    "KGZ",
    "PAK",
    "TJK",
]

#: Whom groups of five are drawn from.
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
    "TKM",
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


def _numbers(votes: pd.DataFrame) -> pd.DataFrame:
    return votes[RESOLUTIONS].apply(lambda column: column.map({"yes": 1, "no": -1})).fillna(0)


def vote_distance(votes: pd.DataFrame, a: str, b: str) -> int:
    """Sum the absolute differences of two states' votes; abstaining and not voting are 0."""
    said = votes.set_index("iso3")[RESOLUTIONS]
    one, other = ([{"yes": 1, "no": -1}.get(vote, 0) for vote in said.loc[state]] for state in (a, b))
    return sum(abs(x - y) for x, y in zip(one, other, strict=True))


def _differing(votes: pd.DataFrame, a: str, b: str) -> int:
    table = votes.set_index("iso3")[RESOLUTIONS]
    return int((table.loc[a] != table.loc[b]).sum())


def _signed(votes: pd.DataFrame, a: str, b: str) -> int:
    coded = _numbers(votes.set_index("iso3"))
    return int((coded.loc[a] - coded.loc[b]).sum())


def _first_only(votes: pd.DataFrame, a: str, b: str) -> int:
    coded = _numbers(votes.set_index("iso3"))
    return int(abs(coded.loc[a].iloc[0] - coded.loc[b].iloc[0]))


#: How two states voted on the three resolutions.
Pair = list[tuple[str, ...]]
SAID = ("yes", "abstain", "no")


def _pair(draw: random.Random, distance: int) -> Pair:
    """Draw two states that lie so far apart; both voted each time."""
    while True:
        a, b = (tuple(draw.choices(SAID, k=3)) for _ in range(2))
        if sum(abs(SAID.index(x) - SAID.index(y)) for x, y in zip(a, b, strict=True)) == distance:
            return [a, b]


def _telling_pair(draw: random.Random) -> Pair:
    """Draw two states for which the right way gives 3, and each known wrong way another number."""
    same = draw.choice(SAID)
    third = draw.choice([("no", "abstain"), ("abstain", "yes")])
    return draw.sample([(same, "yes", third[0]), (same, "no", third[1])], 2)


def _absent_pair(draw: random.Random, against: tuple[str, ...]) -> Pair:
    """Draw two states of which one did not vote on one resolution, and what the other said to that."""
    place = draw.randrange(3)
    a, b = (draw.choices(SAID, k=3) for _ in range(2))
    a[place], b[place] = "did not vote", draw.choice(against)
    return [tuple(a), tuple(b)]


def ordinary(votes: pd.DataFrame, a: str, b: str) -> bool:
    """Tell an input that asks for nothing but what the example asks for; tests hold `_cases` to it."""
    return a != b and not (votes[votes["iso3"].isin([a, b])] == "did not vote").any(axis=None)


def _cases(draw: random.Random) -> list[Case]:
    votes = data.load("un_votes")[["iso3", *RESOLUTIONS]]
    some = votes[votes["iso3"].isin([*NAMED, "RUS", "USA", "UKR", "SRB"])]
    pairs = [
        _telling_pair(draw), *(_pair(draw, distance) for distance in (0, 1, 2, draw.randint(4, 6), draw.randint(1, 5))),
        _absent_pair(draw, ("yes", "no")), _absent_pair(draw, ("abstain",)),
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
        Case((other, *asked[-2]), edge="one did not vote, the other said yes or no"),
        Case((other, *asked[-1]), edge="one did not vote, the other abstained"),
        Case((other, asked[-1][0], asked[-1][0]), edge="a state and itself"),
    ]


def _distances(given: Given, whom: list[str] | None = None) -> dict[str, int]:
    coded = _numbers(_votes())
    far = (coded.loc[whom or given["group"]] - coded.loc[given["from"]]).abs().sum(axis=1)
    return {str(iso3): int(distance) for iso3, distance in far.items()}


def _without_absent(given: Given) -> dict[str, int]:
    coded = _votes()[RESOLUTIONS].apply(lambda column: column.map({"yes": 1, "no": -1, "abstain": 0}))
    return {m: int((coded.loc[m] - coded.loc[given["from"]]).abs().sum()) for m in given["group"]}


def _nearest(given: Given, *, pick: Callable[..., int] = min) -> set[str]:
    found = _distances(given, given["voters"])
    return {iso3 for iso3, distance in found.items() if distance == pick(found.values())}


def _same_on_the_first(given: Given) -> set[str]:
    votes = _votes()["es_11_1"]
    return {iso3 for iso3 in given["voters"] if votes[iso3] == votes[given["from"]]}


@functools.cache
def _said_by(state: str) -> tuple[int, ...]:
    """Return a state's votes as numbers: groups are drawn from thousands of distances."""
    return tuple({"yes": 1, "no": -1}.get(vote, 0) for vote in _votes().loc[state, RESOLUTIONS])


def _apart(a: str, b: str) -> int:
    return sum(abs(x - y) for x, y in zip(_said_by(a), _said_by(b), strict=True))


def _group(given: Given) -> tuple[int, float]:
    """Sum the group's distances from Russia, and average the distances within it."""
    group = given["group"]
    pairs = list(itertools.combinations(group, 2))
    return sum(_apart(m, "RUS") for m in group), sum(_apart(a, b) for a, b in pairs) / len(pairs)


def _groups(most: int = 80) -> list[list[str]]:
    """Draw groups of five voters; no answer is right for more than two of them."""
    answers: collections.Counter[tuple[int, float]] = collections.Counter()
    groups = []
    for number in range(2000):
        group = sorted(random.Random(number).sample(VOTERS, 5))
        answer = _group({"group": group})
        answers[answer] += 1
        if answers[answer] <= 2:
            groups.append(group)
        if len(groups) == most:
            break
    return groups


GROUPS = _groups()


def _with_itself(given: Given) -> tuple[int, float]:
    total, mean = _group(given)
    size = len(given["group"])
    return total, mean * size * (size - 1) / size**2


#: One state for each of the five common ways to vote on the three that are not near Russia's.
FROM = ["AGO", "ARM", "BRA", "DJI", "SRB"]


def _rolls(most: int = 60) -> list[list[str]]:
    """Draw twenty voters; those that distances are taken from are in none."""
    names = sorted(set(data.load("un_votes")["iso3"]) - set(FROM) - {"RUS"})
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
                Diagnosis("These are the states that voted no.", lambda g: _said(g, "no")),
                Diagnosis("These are abstentions.", lambda g: _said(g, "abstain")),
                Diagnosis("All states are counted, not only your twenty.", lambda g: _said(g, whom=list(_votes().index))),
                Diagnosis("These are the states that did not vote.", lambda g: _said(g, "did not vote")),
            ),
            varies=True, uses=("voters",),
        ),
        Question(
            "q2", "distances", 2, ByKey(Whole("distance", 0, 6)), _distances,
            "Code yes as 1, no as -1 and all else as 0; then sum the absolute differences from the state you were given.",
            "05_taking_sides: 3. Distance between voters",
            (
                Diagnosis("Not voting is 0, like abstaining: it must not be left out.", _without_absent),
                Diagnosis("These are distances from Russia, not from the state you were given.",
                          lambda g: _distances({**g, "from": "RUS"})),
                Diagnosis("Only the first resolution is counted.",
                          lambda g: {m: _first_only(data.load("un_votes"), m, g["from"]) for m in g["group"]}),
                Diagnosis("You counted on how many resolutions they differ.",
                          lambda g: {m: _differing(data.load("un_votes"), m, g["from"]) for m in g["group"]}),
            ),
            varies=True, uses=("group", "from"),
        ),
        Question(
            "q3", "nearest", 1, Codes(), _nearest,
            "Take all of your twenty states that share the smallest distance.",
            "05_taking_sides: 3. Distance between voters",
            (
                Diagnosis("These are the states farthest away, not the nearest.", lambda g: _nearest(g, pick=max)),
                Diagnosis("There is more than one: all that share the smallest distance belong to it.", lambda g: {sorted(_nearest(g))[0]}),
                Diagnosis("There is more than one: all that share the smallest distance belong to it.", lambda g: {sorted(_nearest(g))[-1]}),
                Diagnosis("Only the first resolution is looked at.", _same_on_the_first),
                Diagnosis("These are distances from Russia, not from the state you were given.", lambda g: _nearest({**g, "from": "RUS"})),
            ),
            varies=True, uses=("voters", "from"),
        ),
        Question(
            "q4", "group_distance", 2, Together((Whole("sum of distances", 0, 60), Number("mean distance", 0.01, 0, 60))), _group,
            "First the five distances from Russia, summed; then the mean over the ten pairs among the five.",
            "05_taking_sides: 3. Distance between voters",
            (
                Diagnosis("A state is paired with itself: the mean is over ten pairs of two states.", _with_itself),
                Diagnosis("The first number is the mean, not the sum.", lambda g: (round(_group(g)[0] / 5), _group(g)[1])),
                Diagnosis("The second number is the sum over the pairs, not their mean.",
                          lambda g: (_group(g)[0], 10 * _group(g)[1])),
            ),
            varies=True, uses=("group",),
        ),
        Question(
            "q5", "vote_distance", 3, Whole("distance", -6, 6), vote_distance,
            "Use the absolute difference; not voting counts as 0, like abstaining.",
            "05_taking_sides: 3. Distance between voters",
            (
                Diagnosis("You counted on how many resolutions they differ.", _differing),
                Diagnosis("The differences cancel each other out: take each without its sign.", _signed),
                Diagnosis("Only the first resolution is counted.", _first_only),
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
                    "A claim without its bounds: “China sided with Russia.”",
                    "A claim with bounds: “In votes China abstained more than it sided with Russia.”",
                    "A claim with bounds and a measure: “In 2022 China’s words leaned to Russia further than three of "
                    "its five votes did.”",
                )),
                Criterion("Evidence from two tables or sources", (
                    "None: “Everybody knows it.”",
                    "One, not named: “The votes show it.”",
                    "One, named: “In un_votes China abstained on ES-11/1.”",
                    "Two, named, one of them not to the point: votes, and the length of the trip.",
                    "Two, named, both to the point: votes in un_votes, and trade in trade_cn_ru_cumulative.",
                )),
                Criterion("Counter-evidence weighed", (
                    "None.",
                    "Mentioned: “Some disagree.”",
                    "Named: “It voted no on ES-11/3.”",
                    "Named and answered: “It voted no on ES-11/3, which was about a seat in the Human Rights Council.”",
                    "Named, answered, and the claim changed by it: “… so the claim holds for three of five votes.”",
                )),
                Criterion("Limits and neutral wording", (
                    "Loaded words and no limits: “Beijing’s treachery.”",
                    "One of them: neutral, but certain of everything.",
                    "Neutral, with a general limit: “More data would help.”",
                    "Neutral, with a limit of this data: “A vote says nothing about what was agreed in private.”",
                    "Neutral, with a limit and what it does to the claim: “… so the claim is about public acts only.”",
                )),
            ),
        ),
    ),
)  # fmt: skip
