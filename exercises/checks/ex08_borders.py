"""Checks of set 08, maps, censuses and words: growth, viewers, a vote, kinds of statements, a report."""

import itertools
import random
from functools import cache

from samarkand import data
from samarkand.answers.kinds import ByKey, PerCent, Text, Texts
from samarkand_grading.marking import rubrics
from samarkand_grading.marking.checks import Given, Mistake, Written, ask, exercise_set

NOT_FOUND = "no position found"


@cache
def _counted() -> dict[tuple[str, str], dict[int, int]]:
    """Return {year: persons} by (place, people), where the table has more than three censuses.

    Uyghurs in Xinjiang, with three, are left to the lesson, where they are optional.
    """
    table = data.load("census").query("method == 'census'")
    return {
        (str(place), str(people)): dict(zip(rows["year"].tolist(), rows["persons"].tolist(), strict=True))
        for (place, people), rows in table.groupby(["place", "people"])
        if len(rows) > 3
    }


def _times(given: Given, *, a_year: bool = False) -> float:
    place, people, first, last = given["censuses"]
    counted = _counted()[place, people]
    return float((counted[last] / counted[first]) ** (1 / (last - first) if a_year else 1))


def _growth(given: Given) -> float:
    return 100 * (_times(given) - 1)


#: The place and people whose growth from each census to the next the lesson prints.
PRINTED = ("KAZ", "Uyghurs")
#: Pairs of censuses of one people, without those whose growth the lesson prints.
CENSUSES = [
    [place, people, first, last]
    for (place, people), counted in _counted().items()
    for first, last in itertools.combinations(sorted(counted), 2)
    if (place, people) != PRINTED or (first, last) not in itertools.pairwise(sorted(counted))
]


@cache
def _drawn() -> dict[str, dict[str, str]]:
    """Return {area: owner as drawn} by viewer; a viewer's own area is "of" that viewer."""
    table = data.load("viewpoints").query("role == 'viewer'")
    found: dict[str, dict[str, str]] = {}
    for row in table.itertuples():
        owner = f"of {row.viewer}" if row.drawn_as == "own" else str(row.drawn_as)
        found.setdefault(str(row.viewer), {})[str(row.area)] = owner
    return found


def _owners(given: Given) -> dict[str, set[str]]:
    """Return the set of owners that the given viewers draw for each area."""
    drawn = [_drawn()[viewer] for viewer in given["viewers"]]
    return {area: {one[area] for one in drawn} for area in drawn[0]}


def _unlike(given: Given, *, silent: bool = False) -> set[str]:
    found = _owners(given).items()
    return {area for area, owners in found if len(owners) > 1 and (silent or NOT_FOUND not in owners)}


def _alike(given: Given) -> set[str]:
    return {area for area, owners in _owners(given).items() if len(owners) == 1 and NOT_FOUND not in owners}


#: The notebook's own example; the sets drawn are others.
SHOWN = ["India", "Turkey", "United States"]


def _viewers() -> list[list[str]]:
    """Return triples of viewers that differ on three areas or more; no two of them differ on exactly these.

    The lesson's explorer compares two.
    """
    found = []
    for three in itertools.combinations(sorted(_drawn()), 3):
        answer = _unlike({"viewers": three})
        of_two = [_unlike({"viewers": two}) for two in itertools.combinations(three, 2)]
        if len(answer) > 2 and answer not in of_two and [*three] != SHOWN:
            found.append([*three])
    return found


@cache
def _votes() -> dict[str, str]:
    """Return each state's vote in the Human Rights Council by ISO3 code; "not a member" if it had no seat."""
    table = data.load("un_votes")
    return {str(code): str(vote) for code, vote in zip(table["iso3"], table["hrc_xinjiang"], strict=True)}


def _no_share(given: Given, *, vote: str = "no", without: tuple[str, ...] = ("not a member",)) -> float:
    mine = [_votes()[code] for code in given["states"]]
    return 100 * mine.count(vote) / sum(answer not in without for answer in mine)


def _states(most: int = 80) -> list[list[str]]:
    """Draw groups of voters and three non-members; each answer occurs, and no two equally often."""
    voters = sorted(code for code, vote in _votes().items() if vote != "not a member")
    others = sorted(_votes().keys() - set(voters))
    found: list[list[str]] = []
    for number in range(10 * most):
        draw = random.Random(number)
        mine = draw.sample(voters, draw.randint(9, 17))
        counts = [[_votes()[code] for code in mine].count(vote) for vote in ("yes", "no", "abstain")]
        if len(set(counts) - {0}) == 3:
            found.append(sorted(mine + draw.sample(others, 3)))
    return found[:most]


COUNTS, ESTIMATES = ("census", "names collected", "customs"), ("estimate", "computed", "reports received")


@cache
def _kinds() -> dict[str, str]:
    """Return the kind ("count", "estimate" or "claim") of each row of two tables, by id."""
    table = data.load("who_counted")
    kinds = {
        str(row.id): "count" if row.method in COUNTS else "estimate" if row.method in ESTIMATES else "claim"
        for row in table.itertuples()
        if row.method in (*COUNTS, *ESTIMATES, "no number given")
    }
    return kinds | dict.fromkeys(map(str, data.load("positions")["id"]), "claim")


def _classified(given: Given) -> dict[str, str]:
    return {id: _kinds()[id] for id in given["statements"]}


def _renamed(given: Given, begin: str = "", **new: str) -> dict[str, str]:
    """Return the kinds with some taken for others, only of ids that begin like this."""
    kinds = _classified(given).items()
    return {id: new.get(kind, kind) if id.startswith(begin) else kind for id, kind in kinds}


def _statements(most: int = 80) -> list[list[str]]:
    """Draw eight statements: at least two of each kind, and one claim that is an answer without a number."""
    by_kind = {
        kind: sorted(id for id, one in _kinds().items() if one == kind)
        for kind in ("count", "estimate", "claim")
    }
    silent = [id for id in by_kind["claim"] if id.startswith("WC")]
    said = [id for id in by_kind["claim"] if id.startswith("PO")]
    found = []
    for number in range(most):
        draw = random.Random(number)
        counts = draw.randint(2, 3)
        estimates = draw.randint(2, 5 - counts + 1) if counts == 2 else 2
        mine = draw.sample(by_kind["count"], counts) + draw.sample(by_kind["estimate"], estimates)
        mine += [draw.choice(silent), *draw.sample(said, 7 - counts - estimates)]
        found.append(draw.sample(mine, len(mine)))
    return found


SET = exercise_set(
    __file__,
    options={"censuses": CENSUSES, "viewers": _viewers(), "states": _states(), "statements": _statements()},
    questions=[
        ask(
            "q1",
            name="growth_pct",
            points=2,
            kind=PerCent(0.1, -100, 1000),
            solution=_growth,
            uses=["censuses"],
            typed=True,
            taught="3. Whose census?",
            hint="Divide the later census by the earlier one, subtract 1, and multiply by 100.",
            mistakes=[
                Mistake(
                    "This is the growth of one year. The question asks for the growth over all of them.",
                    lambda g: 100 * (_times(g, a_year=True) - 1),
                    excluded_by="grow from the earlier census to the later one",
                ),
                Mistake(
                    "You divided by the later census, but growth is measured from the earlier one.",
                    lambda g: 100 * (1 - 1 / _times(g)),
                    excluded_by="Unit: per cent of the earlier count",
                ),
                Mistake(
                    "This is the later census in per cent of the earlier one, not the growth.",
                    lambda g: 100 + _growth(g),
                ),
                Mistake(
                    "This is a fraction: multiply it by 100 to get per cent.",
                    lambda g: _growth(g) / 100,
                ),
                Mistake(
                    "The sign is the wrong way round: it is negative if the number fell.",
                    lambda g: -_growth(g),
                    excluded_by="from the earlier census to the later one",
                ),
            ],
        ),
        ask(
            "q2",
            name="drawn_differently",
            points=2,
            kind=Texts("areas"),
            solution=_unlike,
            uses=["viewers"],
            taught="2. Whose map is it?",
            hint="Keep the areas for which all three have a position, and of these the ones with more than one owner.",
            mistakes=[
                Mistake(
                    "If no position was found for one of them, there is nothing to compare: leave those areas out.",
                    lambda g: _unlike(g, silent=True),
                    excluded_by="leave the area out",
                ),
                Mistake(
                    "These are the areas that all three draw alike.",
                    _alike,
                    excluded_by="Which areas do the three draw differently",
                ),
                Mistake(
                    "This compares only the first two of your viewers.",
                    lambda g: _unlike({"viewers": g["viewers"][:2]}),
                    excluded_by="the three draw differently",
                ),
                Mistake(
                    "These are the areas of the example's viewers, not of yours.",
                    lambda g: _unlike({"viewers": SHOWN}),
                ),
            ],
        ),
        ask(
            "q3",
            name="no_share",
            points=3,
            kind=PerCent(0.1, 0, 100),
            solution=_no_share,
            uses=["states"],
            moves=True,
            taught="6. The vote of 6 October",
            hint="Keep the rows of your states that had a vote, and divide how many said no by how many there are.",
            mistakes=[
                Mistake(
                    "This is a fraction: multiply it by 100 to get per cent.",
                    lambda g: _no_share(g) / 100,
                    excluded_by="Unit: per cent",
                ),
                Mistake(
                    "You divided by all your states, but some had no vote.",
                    lambda g: _no_share(g, without=()),
                    excluded_by="Of those that had a vote",
                ),
                Mistake(
                    "You left out the states that abstained. They had a vote, too.",
                    lambda g: _no_share(g, without=("not a member", "abstain")),
                    excluded_by="Of those that had a vote",
                ),
                Mistake(
                    "This is the share that did not vote no.",
                    lambda g: 100 - _no_share(g),
                    excluded_by="voted no on the debate",
                ),
                Mistake(
                    "This is the share that voted yes.",
                    lambda g: _no_share(g, vote="yes"),
                    excluded_by="voted no on the debate",
                ),
                Mistake(
                    "This is the share in the whole Council, not among your states.",
                    lambda g: _no_share({"states": list(_votes())}),
                ),
            ],
        ),
        ask(
            "q4",
            name="kinds",
            points=3,
            kind=ByKey(Text(), keys="ids"),
            solution=_classified,
            uses=["statements"],
            moves=True,
            taught="4. Xinjiang, counted",
            hint="Look up each row. The method tells you whether it is a count or an estimate; a row that only says something is a claim.",
            mistakes=[
                Mistake(
                    "You swapped counts and estimates.",
                    lambda g: _renamed(g, count="estimate", estimate="count"),
                    excluded_by="is a count if its method is *census*, *names collected* or *customs*",
                ),
                Mistake(
                    "An answer without a number is a claim, not an estimate.",
                    lambda g: _renamed(g, "WC", claim="estimate"),
                    excluded_by="A row with the method *no number given* is a claim",
                ),
                Mistake(
                    "A figure that was computed or reported is not a count: nobody counted one by one.",
                    lambda g: _renamed(g, estimate="count"),
                    excluded_by="It is an estimate if its method is *estimate*, *computed* or *reports received*",
                ),
                Mistake(
                    "A figure that was computed or reported has a method: that makes it an estimate, not a claim.",
                    lambda g: _renamed(g, estimate="claim"),
                ),
            ],
        ),
    ],
    written=[
        Written(
            id="w1",
            title="Did the five states approve?",
            rubric=rubrics.CLAIM | rubrics.FAIRNESS | rubrics.FACTS,
            worth=12,
        ),
    ],
)

#: The ties of the set's words by cell, as in a lesson's metadata.
TIED = {
    "title": {
        "0.25 for": "0.25",
        "25 per": "25",
        "4 questions, 10 points, and a written answer of 12 points": [
            "len(exercise.questions)",
            "exercise.points",
            "exercise.written[0].points",
        ],
    },
    "q1-question": {"two years": "len(exercise.options['censuses'][0]) - 2"},
    "q2-question": {
        "three viewers": "len(exercise.options['viewers'][0])",
        "three draw": "len(exercise.options['viewers'][0])",
    },
    "q3-question": {
        "on 6 October": "row('resolutions', vote='hrc_xinjiang').day",
        "three of": "sum(dict(zip(data.load('un_votes')['iso3'], data.load('un_votes')['hrc_xinjiang']))[c] == 'not a member' for c in exercise.options['states'][0])",
    },
    "q4-question": {"eight rows": "len(exercise.options['statements'][0])"},
    "w1-question": {
        "150 to": "150",
        "250 words": "250",
        "2019 and 2022": ["PO09.day.year", "PO16.day.year"],
        "halved: it makes at most 12": "exercise.written[0].points",
        "| 0": "0",
        "| 1": "1",
        "| 2": "2",
        "3": "3",
        "| 4": "4",
        "the five states approve": "len(['KAZ', 'KGZ', 'TJK', 'TKM', 'UZB'])",
        "the five states of": "len(['KAZ', 'KGZ', 'TJK', 'TKM', 'UZB'])",
    },
}
