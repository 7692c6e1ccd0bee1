"""Checks of set 05, taking sides: votes of states on three resolutions, and a written answer."""

import functools
import itertools
import random
from collections.abc import Callable, Sequence

import pandas as pd

from samarkand import data
from samarkand.answers.kinds import ByKey, Number, Together, Whole
from samarkand_grading.marking import rubrics
from samarkand_grading.marking.checks import Follows, Given, Mistake, Written, ask, exercise_set, spread
from samarkand_grading.marking.inputs import Case

RESOLUTIONS = ["es_11_1", "es_11_3", "es_11_4"]
NAMED = ["CHN", "IND", "KAZ", "UZB", "TUR", "IRN", "MNG", "ARM", "BLR", "SAU", "EGY", "KGZ", "PAK", "TJK"]
#: States from which groups of five are drawn. Each voted at least twice, so that any two share a vote.
VOTERS = [
    *NAMED,
    *("USA", "SRB", "UKR", "BRA", "ZAF", "VNM", "JPN", "DEU", "ETH", "MEX", "ISR", "NPL", "THA", "NGA"),
    *("BEN", "LBN", "MRT", "RWA", "SLB", "SLV", "SOM", "SWZ", "TGO", "ZMB"),  # they missed a vote
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
    telling = _telling_pair(draw)
    apart = (0, 1, 2, draw.randint(4, 6), draw.randint(1, 5))
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


#: States whose votes differ from Russia's and from one another's; one of them missed a vote.
FROM = ["AGO", "GNB", "BRA", "SRB", "DZA"]


@functools.cache
def _said_by(state: str) -> tuple[str, ...]:
    return tuple(_votes().loc[state, RESOLUTIONS])


def _agreements(given: Given, way: Way = _index) -> dict[str, float]:
    return {iso3: way(_said_by(iso3), _said_by(given["from"])) for iso3 in given["group"]}


def _two_means(given: Given, without: int = 0) -> tuple[float, float]:
    """Return the group's mean agreement with a state, with and without one of the group."""
    return _with_and_without([*_agreements(given).values()], without)


def _with_and_without(found: Sequence[float], without: int) -> tuple[float, float]:
    rest = [*found]
    rest.pop(without)
    return sum(found) / len(found), sum(rest) / len(rest)


def _two_means_of(given: Given, agreements: dict[str, float]) -> tuple[float, float]:
    """Return the two means of a student's own agreements, right or wrong."""
    return _with_and_without([agreements[state.casefold()] for state in given["group"]], 0)


def _first_counts(given: Given) -> bool:
    """Return whether the mean without the first state differs from that of all, and without any other."""
    found = [*_agreements(given).values()]
    of_all, right = _with_and_without(found, 0)
    others = [_with_and_without(found, place)[1] for place in range(1, len(found))]
    return all(abs(one - right) > 0.006 for one in (of_all, *others))


def _absence_counts(given: Given) -> bool:
    """Return whether an index is another one if a vote that was missed counts as an abstention."""
    right = _agreements(given)
    wrong = _agreements(given, _absent_as_0)
    return any(abs(right[state] - wrong[state]) > 0.006 for state in right)


def _is_telling(group: list[str]) -> bool:
    """Return whether a group exposes each wrong way, from whichever state the distances are measured."""
    for state in FROM:
        given = {"group": group, "from": state}
        if not (_first_counts(given) and _absence_counts(given)):
            return False
    return True


def _groups() -> list[list[str]]:
    """Draw groups of five voters; at most two groups share an answer.

    From whichever state the distances are measured, a missed vote counts for the index of one of the five,
    both means are two numbers, and the second is another one without any other state of the group than the
    first.
    """
    draws = (sorted(random.Random(number).sample(VOTERS, 5)) for number in range(20_000))
    telling = (group for group in draws if _is_telling(group))
    means = spread(telling, lambda g: tuple(round(n, 2) for n in _two_means({"group": g, "from": "BRA"})), 2)
    return [*itertools.islice(means, 60)]


def _rolls() -> list[list[str]]:
    """Draw lists of twenty voters without the states that distances are measured from."""
    there = _votes()[RESOLUTIONS].ne("did not vote").sum(axis=1)
    names = sorted(set(there[there > 1].index) - set(FROM) - {"RUS"})
    draws = (sorted(random.Random(number).sample(names, 20)) for number in range(4000))
    telling = (roll for roll in draws if _is_silence_telling(roll))
    return [*itertools.islice(spread(telling, lambda roll: _said({"voters": roll})), 60)]


def _is_silence_telling(roll: list[str]) -> bool:
    """Return whether the abstentions alone, or the absences alone, are right of one resolution at most.

    Of two they would be paid in part, as a slip.
    """
    given = {"voters": roll}
    silent = _silent(given)
    if silent[0] == silent[1]:
        return False
    wrong_ways = (_said(given, "abstain"), _said(given, "did not vote"), tuple(20 - n for n in silent))
    for counts in wrong_ways:
        right = sum(count == n for count, n in zip(counts, silent, strict=True))
        if right > 1:
            return False
    return True


SET = exercise_set(
    __file__,
    options={"voters": _rolls(), "group": _groups(), "from": FROM},
    questions=[
        ask(
            "q1",
            name="yes_votes",
            points=2,
            kind=Together((Whole("states", 0, 193),) * 3),
            solution=_said,
            uses=["voters"],
            typed=True,
            taught="2. Votes",
            hint="Keep your twenty states, and count the word yes in each of the three columns.",
            mistakes=[
                Mistake(
                    "These are the states that voted no.",
                    lambda g: _said(g, "no"),
                    excluded_by="How many of them voted `yes`",
                ),
                Mistake(
                    "These are the states that abstained.",
                    lambda g: _said(g, "abstain"),
                ),
                Mistake(
                    "You counted all states, not only your twenty.",
                    lambda g: _said({"voters": _votes().index}),
                    excluded_by="How many of them",
                ),
                Mistake(
                    "These are the states that did not vote.",
                    lambda g: _said(g, "did not vote"),
                ),
                Mistake(
                    "The three numbers are in another order than the question asks for.",
                    lambda g: (*_said(g)[1::-1], _said(g)[2]),
                    excluded_by="in that order",
                ),
            ],
        ),
        ask(
            "q2",
            name="agreements",
            points=2,
            kind=ByKey(Number("index of agreement", 0.005, 0, 1)),
            solution=_agreements,
            uses=["group", "from"],
            taught="4. Distance between voters",
            hint="Take the votes in which both took part: all for the same vote, half for yes or no against an abstention, nothing for yes against no; then the mean.",
            mistakes=[
                Mistake(
                    "You counted not voting as 0, like abstaining: leave such a vote out.",
                    lambda g: _agreements(g, _absent_as_0),
                    excluded_by="A vote that one of them missed is left out",
                ),
                Mistake(
                    "This is the agreement with Russia, not with the state you were given.",
                    lambda g: _agreements({**g, "from": "RUS"}),
                    excluded_by="its index with `given['from']`",
                ),
                Mistake(
                    "You counted only the first resolution.",
                    lambda g: _agreements(g, _of_first),
                    excluded_by="the mean over the resolutions on which both took part",
                ),
                Mistake(
                    "This is how far apart they are: subtract it from 1.",
                    lambda g: {state: 1 - index for state, index in _agreements(g).items()},
                    excluded_by="1 for the same vote",
                ),
                Mistake(
                    "You took the share of equal answers: an abstention is halfway between yes and no.",
                    lambda g: _agreements(g, _alike),
                    excluded_by="0.5 for `yes` or `no` against `abstain`",
                ),
            ],
        ),
        ask(
            "q3",
            name="silent",
            points=1,
            kind=Together((Whole("states", 0, 193),) * 3),
            solution=_silent,
            uses=["voters"],
            moves=True,
            taught="2. Votes",
            hint="Count the states with one or the other of two words in each of the three columns.",
            mistakes=[
                Mistake(
                    "These are the abstentions alone.",
                    lambda g: _said(g, "abstain"),
                    excluded_by="abstained or did not vote",
                ),
                Mistake(
                    "These are the states that did not vote, alone.",
                    lambda g: _said(g, "did not vote"),
                ),
                Mistake(
                    "These are the states that voted yes or no: the question asks for the others.",
                    lambda g: tuple(20 - n for n in _silent(g)),
                    excluded_by="abstained or did not vote",
                ),
                Mistake(
                    "The three numbers are in another order than the question asks for.",
                    lambda g: (*_silent(g)[1::-1], _silent(g)[2]),
                    excluded_by="in the same order",
                ),
            ],
        ),
        ask(
            "q4",
            name="two_means",
            points=2,
            kind=Together((Number("mean index", 0.005, 0, 1),) * 2),
            solution=_two_means,
            follows=Follows("q2", _two_means_of),
            uses=["group", "from"],
            moves=True,
            taught="4. Distance between voters",
            hint="Take the mean of the five indices of q2; then drop one of them, and take the mean of the others.",
            mistakes=[
                Mistake(
                    "The second mean leaves out a different state: leave out the first of your group.",
                    lambda g: _two_means(g, -1),
                    excluded_by="without the first state of your group",
                ),
                Mistake(
                    "The second mean is that of all five: one state is to be left out.",
                    lambda g: (_two_means(g)[0], _two_means(g)[0]),
                    excluded_by="without the first state of your group",
                ),
                Mistake(
                    "The two numbers have changed places.",
                    lambda g: _two_means(g)[::-1],
                    excluded_by="the mean of your five indices of q2, and the mean without",
                ),
                Mistake(
                    "This is the agreement with Russia, not with the state you were given.",
                    lambda g: _two_means({**g, "from": "RUS"}),
                ),
            ],
        ),
        ask(
            "q5",
            name="agreement",
            points=3,
            kind=Number("index of agreement", 0.001, -1, 1),
            solution=agreement,
            cases=_cases,
            taught="4. Distance between voters",
            hint="Take the votes in which both took part, and the absolute difference in each: 1 minus half of their mean is the index. Where no vote is left, return -1.",
            mistakes=[
                Mistake(
                    "You took the share of equal answers: an abstention is halfway between yes and no.",
                    lambda votes, a, b: _alike(*_rows(votes, a, b)),
                ),
                Mistake(
                    "For two states with the same votes it gives -1: their differences add up to 0, but there are votes left.",
                    lambda *pair: -1 if agreement(*pair) == 1 else agreement(*pair),
                ),
                Mistake(
                    "Your differences cancel each other out: take each without its sign.",
                    _signed,
                ),
                Mistake(
                    "You counted only the first resolution.",
                    lambda votes, a, b: _of_first(*_rows(votes, a, b)),
                    excluded_by="no resolution on which both took part",
                ),
            ],
        ),
    ],
    written=[
        Written(
            id="w1",
            title="Did China side with Russia?",
            rubric=rubrics.CLAIM | rubrics.WORDING | rubrics.FACTS,
            worth=12,
        ),
    ],
)

#: The ties of the set's words by cell, as in a lesson's metadata.
TIED = {
    "title": {
        "0.25 for": "0.25",
        "25 per": "25",
        "5 questions, 10 points, and a written answer of 12 points": [
            "len(exercise.questions)",
            "exercise.points",
            "exercise.written[0].points",
        ],
    },
    "q1-question": {
        "Twenty voters": "len(exercise.options['voters'][0])",
        "twenty states": "len(exercise.options['voters'][0])",
        "three resolutions": "len(exercise.get_question('q1').kind.parts)",
        "three whole": "len(exercise.get_question('q1').kind.parts)",
    },
    "q2-question": {
        "Five indices": "len(exercise.options['group'][0])",
        "two states is the mean over the resolutions on which both took part: 1 for the same vote, 0.5 for `yes` or `no` against `abstain`, 0 for": [
            "len('CHN RUS'.split())",
            "exercise.get_question('q5').solution(data.load('un_votes').query(\"iso3 in ('CHN', 'RUS')\").assign(**dict.fromkeys(['es_11_1', 'es_11_3', 'es_11_4'], 'yes yes'.split())), 'CHN', 'RUS')",
            "exercise.get_question('q5').solution(data.load('un_votes').query(\"iso3 in ('CHN', 'RUS')\").assign(**dict.fromkeys(['es_11_1', 'es_11_3', 'es_11_4'], 'no abstain'.split())), 'CHN', 'RUS')",
            "exercise.get_question('q5').solution(data.load('un_votes').query(\"iso3 in ('CHN', 'RUS')\").assign(**dict.fromkeys(['es_11_1', 'es_11_3', 'es_11_4'], 'yes no'.split())), 'CHN', 'RUS')",
        ],
        "five states": "len(exercise.options['group'][0])",
        "0 to": "0",
        "to 1": "1",
    },
    "q3-question": {
        "twenty states": "len(exercise.options['voters'][0])",
        "three resolutions? Put three whole": [
            "len(exercise.get_question('q3').kind.parts)",
            "len(exercise.get_question('q3').kind.parts)",
        ],
    },
    "q4-question": {"five indices": "len(exercise.options['group'][0])", "0 to": "0", "1": "1"},
    "q5-question": {
        "-1": "exercise.get_question('q5').solution(data.load('un_votes').query(\"iso3 in ('CHN', 'RUS')\").assign(**dict.fromkeys(['es_11_1', 'es_11_3', 'es_11_4'], 'did not vote')), 'CHN', 'RUS')",
        "0.667": "exercise.compute_example('q5')",
    },
    "w1-question": {
        "150 to": "150",
        "250 words": "250",
        "2022 an emergency session of the General Assembly adopted five resolutions on the war; `un_votes` has three of": [
            "2022",
            "data.load('timeline').query('day.dt.year == 2022')['title'].str.startswith('UNGA ES-11/').sum()",
            "data.load('un_votes').columns.str.startswith('es_').sum()",
        ],
        "24 March, on the humanitarian consequences, 140-5-38": [
            "TL108.day",
            "TL108.text.startswith('140-5-38') and [140, 5, 38]",
        ],
        "14 November, on reparations, 94-14-73": [
            "TL109.day",
            "TL109.text.startswith('94-14-73') and [94, 14, 73]",
        ],
        "16 September, on a speech by video of Ukraine's president, 101-7-19": [
            "RIA0916.published",
            "PTI0916.note.startswith('101 in favour, 7 against, 19 abstentions') and [101, 7, 19]",
        ],
        "15 December, on human rights in Crimea, 82-14-80": [
            "TL110.day",
            "TL110.text.startswith('82-14-80') and [82, 14, 80]",
        ],
        "| 0": "0",
        "| 1": "1",
        "| 2": "2",
        " 3": "3",
        "| 4": "4",
        "halved: it makes at most 12": "exercise.written[0].points",
    },
}
