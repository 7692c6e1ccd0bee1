"""Checks of set 05, taking sides: votes of states on four resolutions, and a written answer."""

from __future__ import annotations

# ruff: noqa: E501 - a question reads best in few lines
import collections
import random

import pandas as pd

from samarkand import data
from samarkand.grading.checks import (
    Case,
    Criterion,
    Diagnosis,
    ExerciseSet,
    Given,
    Practice,
    Question,
    Written,
)
from samarkand.grading.kinds import ByKey, Codes, Number, Together, Whole

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


def _members() -> list[str]:
    return list(data.members("2022-09-15")["iso3"])


def _votes() -> pd.DataFrame:
    return data.load("un_votes").set_index("iso3")


def _nos(given: Given, word: str = "no") -> tuple[int, ...]:
    votes = _votes().loc[_members()]
    return tuple(int((votes[resolution] == word).sum()) for resolution in RESOLUTIONS)


def _numbers(votes: pd.DataFrame) -> pd.DataFrame:
    return votes[RESOLUTIONS].apply(lambda column: column.map({"yes": 1, "no": -1})).fillna(0)


def vote_distance(votes: pd.DataFrame, a: str, b: str) -> int:
    """Sum the absolute differences of two states' votes; abstaining and not voting are 0."""
    coded = _numbers(votes.set_index("iso3"))
    return int((coded.loc[a] - coded.loc[b]).abs().sum())


def _differing(votes: pd.DataFrame, a: str, b: str) -> int:
    table = votes.set_index("iso3")[RESOLUTIONS]
    return int((table.loc[a] != table.loc[b]).sum())


def _signed(votes: pd.DataFrame, a: str, b: str) -> int:
    coded = _numbers(votes.set_index("iso3"))
    return int((coded.loc[a] - coded.loc[b]).sum())


def _first_only(votes: pd.DataFrame, a: str, b: str) -> int:
    coded = _numbers(votes.set_index("iso3"))
    return int(abs(coded.loc[a].iloc[0] - coded.loc[b].iloc[0]))


def _cases(given: Given) -> list[Case]:
    votes = data.load("un_votes")[["iso3", *RESOLUTIONS]]
    some = votes[votes["iso3"].isin([*NAMED, "RUS", "USA", "UKR", "SRB"])]
    return [
        Case((some, "CHN", "RUS")),
        Case((some, "USA", "RUS")),
        Case((some, "SRB", "RUS")),
        Case((some, "IND", "USA")),
        Case((some, "KAZ", "TUR")),
        Case((some, "UZB", "IND"), edge=True),
        Case((some, "AZE", "CHN"), edge=True),
        Case((some, "KGZ", "KGZ"), edge=True),
    ]


def _distances(given: Given) -> dict[str, int]:
    votes = data.load("un_votes")
    return {iso3: vote_distance(votes, iso3, "RUS") for iso3 in _members()}


def _without_absent(given: Given) -> dict[str, int]:
    coded = _votes()[RESOLUTIONS].apply(lambda column: column.map({"yes": 1, "no": -1, "abstain": 0}))
    return {m: int((coded.loc[m] - coded.loc["RUS"]).abs().sum()) for m in _members()}


def _farthest(given: Given) -> set[str]:
    found = _distances(given)
    return {iso3 for iso3, distance in found.items() if distance == max(found.values())}


def _group(given: Given) -> tuple[int, float]:
    """Sum the group's distances from Russia, and average the distances within it."""
    coded = _numbers(_votes())
    group = given["group"]
    from_russia = sum(int((coded.loc[m] - coded.loc["RUS"]).abs().sum()) for m in group)
    pairs = [(a, b) for n, a in enumerate(group) for b in group[n + 1 :]]
    return from_russia, sum(int((coded.loc[a] - coded.loc[b]).abs().sum()) for a, b in pairs) / len(pairs)


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


def _people_without_a_side(given: Given) -> tuple[int, ...]:
    """Count the people of the members that said neither yes nor no, resolution by resolution."""
    table = data.load("indicators")
    people = table[(table["indicator"] == "population_persons") & (table["year"] == 2021)].set_index("iso3")[
        "value"
    ]
    votes = _votes().loc[_members()]
    return tuple(
        int(people[votes.index[votes[resolution].isin(["abstain", "did not vote"])]].sum())
        for resolution in RESOLUTIONS
    )


def _with_itself(given: Given) -> tuple[int, float]:
    total, mean = _group(given)
    size = len(given["group"])
    return total, mean * size * (size - 1) / size**2


SET = ExerciseSet(
    id="ex05_taking_sides",
    lesson="05_taking_sides",
    options={"group": GROUPS},
    questions=(
        Question(
            "q1", "no_votes", 2, Together((Whole("states", 0, 193),) * 3), _nos,
            "Keep the eight states that were members on the day, and count the word no in each of the three columns.",
            "05_taking_sides, votes",
            (
                Diagnosis("These are abstentions.", lambda g: _nos(g, "abstain")),
                Diagnosis("All states are counted, not only the members.",
                          lambda g: tuple(int((_votes()[r] == "no").sum()) for r in RESOLUTIONS)),
                Diagnosis("These are the states that did not vote.", lambda g: _nos(g, "did not vote")),
            ),
        ),
        Question(
            "q2", "distances", 2, ByKey(Whole("", 0, 6)), _distances,
            "Code yes as 1, no as -1 and all else as 0; then sum the absolute differences from Russia.",
            "05_taking_sides, distance between voters",
            (
                Diagnosis("Not voting is 0, like abstaining: it must not be left out.", _without_absent),
                Diagnosis("Russia itself is missing: its distance is 0.",
                          lambda g: {m: d for m, d in _distances(g).items() if m != "RUS"}),
                Diagnosis("Only the first resolution is counted.",
                          lambda g: {m: _first_only(data.load("un_votes"), m, "RUS") for m in _members()}),
            ),
        ),
        Question(
            "q3", "farthest", 1, Codes(), _farthest,
            "Take all states that share the largest distance.",
            "05_taking_sides, distance between voters",
            (
                Diagnosis("These are the states nearest to Russia, not the farthest.",
                          lambda g: {m for m, d in _distances(g).items() if 0 < d < max(_distances(g).values())}),
                Diagnosis("There is more than one: states with the same distance belong to it.", lambda g: {sorted(_farthest(g))[0]}),
                Diagnosis("There is more than one: states with the same distance belong to it.", lambda g: {sorted(_farthest(g))[-1]}),
            ),
        ),
        Question(
            "q4", "group_distance", 2, Together((Whole("", 0, 60), Number("", 0.01, 0, 60))), _group,
            "First the five distances from Russia, summed; then the mean over the ten pairs among the five.",
            "05_taking_sides, distance between voters",
            (
                Diagnosis("A state is paired with itself: the mean is over ten pairs of two states.", _with_itself),
                Diagnosis("The first number is the mean, not the sum.", lambda g: (round(_group(g)[0] / 5), _group(g)[1])),
                Diagnosis("The second number is the sum over the pairs, not their mean.",
                          lambda g: (_group(g)[0], 10 * _group(g)[1])),
            ),
            varies=True,
        ),
        Question(
            "q5", "vote_distance", 3, Whole("", -6, 6), vote_distance,
            "Use the absolute difference; not voting counts as 0, like abstaining.",
            "05_taking_sides, distance between voters",
            (
                Diagnosis("You counted on how many resolutions they differ.", _differing),
                Diagnosis("The differences cancel each other out: take each without its sign.", _signed),
                Diagnosis("Only the first resolution is counted.", _first_only),
            ),
            cases=_cases,
        ),
    ),
    practice=(
        Practice(
            "p1", "people_without_a_side", Together((Whole("persons", 0, 10**10),) * 3), _people_without_a_side,
            "Of the eight members keep those with abstain or did not vote, and sum their population of 2021.",
            "05_taking_sides, votes",
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
                    "A claim with bounds and a measure: “Between March and October 2022 China’s words leaned to Russia further "
                    "than its votes did.”",
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
                    "Named, answered, and the claim changed by it: “… so the claim holds for two of three votes.”",
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
