"""Practice of lesson 05: who said no, what carried a vote, how far apart two voters are."""

from collections.abc import Iterable

import pandas as pd

from samarkand import data
from samarkand.answers import kinds
from samarkand.common.words import tr
from samarkand.places import CENTRAL_ASIA
from samarkand.practice.tasks._engine import task

RESOLUTIONS = ["es_11_1", "es_11_3", "es_11_4"]
DAY = "2022-09-15"
#: Opposite votes are 2 apart, yes or no and an abstention 1.
CODE = {"yes": 1, "abstain": 0, "no": -1}


def _votes() -> pd.DataFrame:
    return data.load("un_votes").set_index("iso3")


def _count(states: Iterable[str], resolution: str, *words: str) -> int:
    return int(_votes().loc[list(states), resolution].isin(words).sum())


def _members(day: str = DAY, status: str = "member") -> list[str]:
    return list(data.members(day, status)["iso3"])


def _no_by_group(resolution: str = "es_11_3", *, same: bool = False) -> dict[str, int]:
    """Count the no votes in each group; `same` counts those of the SCO members for every group."""
    clubs = data.load("org_membership").query("organisation == 'CSTO' and status == 'member'")
    groups = {
        "SCO members": _members(),
        "SCO observers": _members(DAY, "observer"),
        "SCO dialogue partners": _members(DAY, "dialogue partner"),
        "CSTO members": list(data.held_on(clubs, DAY)["iso3"]),
        "Central Asia": list(CENTRAL_ASIA),
    }
    return {name: _count(_members() if same else groups[name], resolution, "no") for name in groups}


def _share_of_yes(*others: str, resolution: str = "es_11_3") -> float:
    answers = _votes()[resolution].value_counts()
    return float(100 * answers["yes"] / (answers["yes"] + answers[list(others)].sum()))


def _numbers(**code: int) -> pd.Series:
    """Count the states that a coding of the April vote gives each number."""
    given = {word.replace("_", " "): number for word, number in code.items()}
    return _votes()["es_11_3"].map(given).value_counts()


def _shares(*wrong: int) -> list[float]:
    """Return the answers to 05.5, with -1 also in each of the places named."""
    right = [_share_of_yes("no"), 50, 100, 0, -1]
    return [-1 if place in wrong else share for place, share in enumerate(right)]


def _difference(one: str, other: str) -> pd.Series:
    """Return the signed difference of two voters' codes, over the votes in which both took part."""
    coded = _votes()[RESOLUTIONS].apply(lambda column: column.map(CODE))
    apart: pd.Series = coded.loc[one] - coded.loc[other]
    return apart.dropna()


def _agreement(one: str, other: str) -> float:
    return float(1 - _difference(one, other).abs().mean() / 2)


def _count_nearer() -> int:
    """Count in how many of nine ways to code votes China's are nearer to Russia's than to the USA's."""
    votes = _votes()[RESOLUTIONS]
    coded = votes.apply(lambda column: column.map(CODE)).fillna(0)
    march, april, october = RESOLUTIONS
    found = 0
    for asked in ([march, april, october], [march, april], [march, october]):
        for given in (coded, coded.where(votes != "did not vote"), coded.where(coded != 0)):
            apart = (given.loc[["RUS", "USA"], asked] - given.loc["CHN", asked]).abs().mean(axis=1)
            found += bool(apart["RUS"] < apart["USA"])
    return found


def _yearly() -> float:
    table = data.load("unga_agreement").query("iso3 == 'CHN' and reference == 'RUS' and year == 2019")
    return float(table["agreement_index"].item())


TASKS = (
    task(
        "05.1",
        kinds.PerCent(0.1),
        lambda: _share_of_yes("no"),
        given=lambda: _share_of_yes("no", "abstain", "did not vote"),
        of_abstentions_too=lambda: _share_of_yes("no", "abstain"),
        of_all=lambda: _share_of_yes("no", "did not vote"),
        yes_by_no=lambda: (
            float(100 * _count(_votes().index, "es_11_3", "yes")) / _count(_votes().index, "es_11_3", "no")
        ),
        without_brackets=lambda: float(1 + _count(_votes().index, "es_11_3", "no")) * 100,
    ),
    task(
        "05.2",
        kinds.Whole(tr("states")),
        lambda: _count(_members(), "es_11_1", "abstain", "did not vote"),
        given=lambda: 0,
        abstentions=lambda: _count(_members(), "es_11_1", "abstain"),
        all_states=lambda: _count(_votes().index, "es_11_1", "abstain", "did not vote"),
    ),
    task(
        "05.3",
        kinds.Whole(tr("states")),
        lambda: _count([code for code in _members() if code != "RUS"], "es_11_3", "no"),
        given=lambda: _count(_members(), "es_11_3", "no"),
        all_states=lambda: _count(_votes().index, "es_11_3", "no"),
        not_no=lambda: _count([code for code in _members() if code != "RUS"], "es_11_3", "abstain"),
    ),
    task(
        "05.4",
        kinds.ByKey(kinds.Whole(), keys=tr("names of groups")),
        _no_by_group,
        given=lambda: _no_by_group(same=True),
        march=lambda: _no_by_group("es_11_1"),
    ),
    task(
        "05.5",
        kinds.Together((kinds.PerCent(0.1),) * 5),
        _shares,
        given=lambda: [-1] * 5,
        single_vote=lambda: _shares(2, 3),
        as_many=lambda: _shares(1),
        nobody_says=lambda: _shares(2),
        nobody_says_yes=lambda: _shares(3),
    ),
    task(
        "05.6",
        kinds.ByKey(kinds.Whole(tr("states")), keys=tr("numbers")),
        lambda: _numbers(**CODE),
        given=lambda: _votes()["es_11_3"].value_counts(),  # noqa: PLW0108 - no table is read at import
        absent_as_0=lambda: _numbers(**CODE, did_not_vote=0),
        no_as_yes=lambda: _numbers(**CODE | {"no": 1}),
        no_as_abstention=lambda: _numbers(**CODE | {"no": 0}),
        no_as_missing=lambda: _numbers(yes=1, abstain=0),
        abstention_as_missing=lambda: _numbers(yes=1, no=-1),
    ),
    task(
        "05.7",
        kinds.Whole(),
        lambda: int(_difference("IND", "USA").abs().sum()),
        sign=lambda: int(_difference("IND", "USA").sum()),
        to_the_usa=lambda: int(_difference("CHN", "USA").abs().sum()),
        india=lambda: int(_difference("IND", "CHN").abs().sum()),
    ),
    task(
        "05.8",
        kinds.Together((kinds.Whole(tr("votes")), kinds.Number(tolerance=0.005))),
        lambda: [2, _agreement("IRN", "USA")],
        votes=lambda: [3, _agreement("IRN", "USA")],
        cancelling=lambda: [2, 1 - _difference("IRN", "USA").mean() / 2],
        absence_as_abstention=lambda: [
            2,
            1 - (_difference("IRN", "USA").abs().sum() + 1) / (2 * len(RESOLUTIONS)),
        ],
        distance=lambda: [2, 1 - _agreement("IRN", "USA")],
        sum=lambda: [2, 1 - _difference("IRN", "USA").abs().mean()],
        of_three=lambda: [2, 1 - _difference("IRN", "USA").abs().sum() / (2 * len(RESOLUTIONS))],
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "05.april": lambda: int(data.load("resolutions").set_index("vote")["yes"]["es_11_3"]),
    "05.members": lambda: _count(_members(), "es_11_3", "no"),
    "05.nearer": _count_nearer,
    "05.years": _yearly,
}
