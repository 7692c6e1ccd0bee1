"""Checks of set 08, maps, censuses and words: growth, viewers, a vote, kinds of statements, a report."""

import itertools
import random
from functools import cache

from samarkand import data
from samarkand.answers.kinds import ByKey, PerCent, Text, Texts
from samarkand_grading.marking.checks import Given, asked, exercise

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


SET = exercise(
    __file__,
    {"censuses": CENSUSES, "viewers": _viewers(), "states": _states(), "statements": _statements()},
    q1=asked(
        PerCent(0.1, -100, 1000),
        _growth,
        by_year=lambda g: 100 * (_times(g, a_year=True) - 1),
        of_later=lambda g: 100 * (1 - 1 / _times(g)),
        ratio=lambda g: 100 + _growth(g),
        fraction=lambda g: _growth(g) / 100,
        sign=lambda g: -_growth(g),
    ),
    q2=asked(
        Texts("areas"),
        _unlike,
        silent_too=lambda g: _unlike(g, silent=True),
        alike=_alike,
        first_two=lambda g: _unlike({"viewers": g["viewers"][:2]}),
        example=lambda g: _unlike({"viewers": SHOWN}),
    ),
    q3=asked(
        PerCent(0.1, 0, 100),
        _no_share,
        fraction=lambda g: _no_share(g) / 100,
        of_all=lambda g: _no_share(g, without=()),
        without_abstentions=lambda g: _no_share(g, without=("not a member", "abstain")),
        yes=lambda g: _no_share(g, vote="yes"),
        whole_council=lambda g: _no_share({"states": list(_votes())}),
    ),
    q4=asked(
        ByKey(Text(), keys="ids"),
        _classified,
        swapped=lambda g: _renamed(g, count="estimate", estimate="count"),
        silence_as_estimate=lambda g: _renamed(g, "WC", claim="estimate"),
        estimate_as_count=lambda g: _renamed(g, estimate="count"),
        estimate_as_claim=lambda g: _renamed(g, estimate="claim"),
    ),
)
