"""Practice of lesson 05: who said no, what carried a vote, how far apart two voters are."""

from collections.abc import Iterable

import pandas as pd

from samarkand import data
from samarkand.ground.words import tr
from samarkand.places import CENTRAL_ASIA
from samarkand.practice.answers import kinds
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.tasks._engine import Task

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


def _shares(yes: bool, no: bool) -> list[float]:
    """Return the answers to 05.5, with -1 in place of the share of a single yes or no if that is true."""
    return [_share_of_yes("no"), -1 if yes else 100, -1 if no else 0, -1]


def _apart(one: str, other: str) -> pd.Series:
    """Return the signed difference of two voters' codes, over the votes in which both took part."""
    coded = _votes()[RESOLUTIONS].apply(lambda column: column.map(CODE))
    apart: pd.Series = coded.loc[one] - coded.loc[other]
    return apart.dropna()


def _agreement(one: str, other: str) -> float:
    return float(1 - _apart(one, other).abs().mean() / 2)


def _nearer() -> int:
    """Count the ways, of nine, in which China's votes lie nearer to Russia's than to the USA's."""
    votes = _votes()[RESOLUTIONS]
    coded = votes.apply(lambda column: column.map(CODE)).fillna(0)
    march, april, october = RESOLUTIONS
    found = 0
    for asked in ([march, april, october], [march, april], [march, october]):
        for given in (coded, coded.where(votes != "did not vote"), coded.where(coded != 0)):
            apart = (given.loc[["RUS", "USA"], asked] - given.loc["CHN", asked]).abs().mean(axis=1)
            found += bool(apart["RUS"] < apart["USA"])
    return found


def _years() -> float:
    table = data.load("unga_agreement").query("iso3 == 'CHN' and reference == 'RUS' and year == 2019")
    return float(table["agreement_index"].item())


_VOTES, _DISTANCE = "2. Votes", "4. Distance between voters"

TASKS = (
    Task(
        "05.1",
        kinds.PerCent(0.1),
        lambda: _share_of_yes("no"),
        right=tr(
            "Well above two thirds. States that abstained or stayed away did not count, so they could "
            "not stop it."
        ),
        hint=tr("Divide the yes votes by yes and no together. Abstentions and absences do not count."),
        diagnoses=(
            Diagnosis(
                tr("You counted the abstentions as votes. Do they count here?"),
                lambda: _share_of_yes("no", "abstain"),
            ),
            Diagnosis(
                tr("You counted the absent as votes. Do they count here?"),
                lambda: _share_of_yes("no", "did not vote"),
            ),
            Diagnosis(
                tr("You divided yes by no. Divide by both together, in round brackets."),
                lambda: (
                    float(100 * _count(_votes().index, "es_11_3", "yes"))
                    / _count(_votes().index, "es_11_3", "no")
                ),
            ),
            Diagnosis(
                tr("Put the sum in round brackets: without them Python divides first."),
                lambda: float(1 + _count(_votes().index, "es_11_3", "no")) * 100,
            ),
        ),
        taught=_VOTES,
        given=lambda: _share_of_yes("no", "abstain", "did not vote"),
    ),
    Task(
        "05.2",
        kinds.Whole(tr("states")),
        lambda: _count(_members(), "es_11_1", "abstain", "did not vote"),
        right=tr("All but Russia itself. One of them did not vote: that is not an abstention."),
        hint=tr("There are two conditions. One or the other has to be true."),
        diagnoses=(
            Diagnosis(
                tr("That counts abstentions only. The question asks for those who did not vote, too."),
                lambda: _count(_members(), "es_11_1", "abstain"),
            ),
            Diagnosis(
                tr("That counts all states. Keep the members."),
                lambda: _count(_votes().index, "es_11_1", "abstain", "did not vote"),
            ),
        ),
        taught=_VOTES,
        given=lambda: 0,
    ),
    Task(
        "05.3",
        kinds.Whole(tr("states")),
        lambda: _count([code for code in _members() if code != "RUS"], "es_11_3", "no"),
        right=tr("Five members besides Russia, China among them."),
        hint=tr("Leave out the row of Russia before you count."),
        diagnoses=(
            Diagnosis(
                tr("That counts all states. Keep the members."),
                lambda: _count(_votes().index, "es_11_3", "no"),
            ),
            Diagnosis(
                tr("That counts the states that did not say no. Count those that did."),
                lambda: _count([code for code in _members() if code != "RUS"], "es_11_3", "abstain"),
            ),
        ),
        taught=_VOTES,
        given=lambda: _count(_members(), "es_11_3", "no"),
    ),
    Task(
        "05.4",
        kinds.ByKey(kinds.Whole(), keys=tr("names of groups")),
        _no_by_group,
        right=tr("To see the numbers, write `no` in a new cell and run it."),
        hint=tr("In the brackets of loc, put the list of the group that for has reached: groups[name]."),
        diagnoses=(
            Diagnosis(
                tr("That is the vote of March. Which column is that of April?"),
                lambda: _no_by_group("es_11_1"),
            ),
        ),
        taught=_VOTES,
        given=lambda: _no_by_group(same=True),
    ),
    Task(
        "05.5",
        kinds.Together((kinds.PerCent(0.1),) * 4),
        lambda: _shares(False, False),
        right=tr("Now the function knows what to do when there is nothing to divide by."),
        hint=tr("Ask whether yes and no together are 0. Write two equals signs, and end with a colon."),
        diagnoses=(
            Diagnosis(
                tr("A single vote is enough for a share. Give -1 only if there is none at all."),
                lambda: _shares(True, True),
            ),
            Diagnosis(
                tr("If nobody says no, the share is 100. Ask for both together."),
                lambda: _shares(True, False),
            ),
            Diagnosis(
                tr("If nobody says yes, the share is 0. Ask for both together."), lambda: _shares(False, True)
            ),
        ),
        taught=_VOTES,
        given=lambda: [-1] * 4,
    ),
    Task(
        "05.6",
        kinds.ByKey(kinds.Whole(tr("states")), keys=tr("numbers")),
        lambda: _numbers(**CODE),
        right=tr("Who did not vote has no number: an absence is not an opinion."),
        hint=tr('The dictionary has three entries: "yes" leads to 1, "abstain" to 0, "no" to -1.'),
        diagnoses=(
            Diagnosis(
                tr("The absent got a number, too. A 0 would be an opinion."),
                lambda: _numbers(**CODE, did_not_vote=0),
            ),
            Diagnosis(
                tr("A no counts like a yes here. It is the opposite: minus 1."),
                lambda: _numbers(**CODE | {"no": 1}),
            ),
            Diagnosis(
                tr("A no counts like an abstention here. It is the opposite of yes: minus 1."),
                lambda: _numbers(**CODE | {"no": 0}),
            ),
            Diagnosis(tr("A no has no number here. It is minus 1."), lambda: _numbers(yes=1, abstain=0)),
            Diagnosis(tr("An abstention has no number here. It is 0."), lambda: _numbers(yes=1, no=-1)),
        ),
        taught=_DISTANCE,
        given=lambda: _votes()["es_11_3"].value_counts(),  # noqa: PLW0108 - no table is read at import
    ),
    Task(
        "05.7",
        kinds.Whole(),
        lambda: int(_apart("IND", "USA").abs().sum()),
        right=tr("Three abstentions against three times yes. India is just as far from Russia."),
        hint=tr("Subtract one row from the other, drop the signs, and add up."),
        diagnoses=(
            Diagnosis(tr("A distance has no sign: abs."), lambda: int(_apart("IND", "USA").sum())),
            Diagnosis(
                tr("That is how far China is from the United States."),
                lambda: int(_apart("CHN", "USA").abs().sum()),
            ),
            Diagnosis(
                tr("That is how far India is from China."), lambda: int(_apart("IND", "CHN").abs().sum())
            ),
        ),
        taught=_DISTANCE,
    ),
    Task(
        "05.8",
        kinds.Together((kinds.Whole(tr("votes")), kinds.Number(tolerance=0.005))),
        lambda: [2, _agreement("IRN", "USA")],
        right=tr(
            "One of the two votes was the opposite of the United States', and one was halfway. So Iran is as "
            "near to Russia as it is far from the United States."
        ),
        hint=tr("Take 1 minus half of the mean distance; mean skips the vote that Iran missed."),
        diagnoses=(
            Diagnosis(
                tr("The index is right. But in how many votes did Iran take part? notna, then sum."),
                lambda: [3, _agreement("IRN", "USA")],
            ),
            Diagnosis(
                tr("No index is above 1: the differences need abs, or their signs turn it round."),
                lambda: [2, 1 - _apart("IRN", "USA").mean() / 2],
            ),
            Diagnosis(
                tr("You counted Iran's absence as an abstention. Leave that vote out."),
                lambda: [2, 1 - (_apart("IRN", "USA").abs().sum() + 1) / (2 * len(RESOLUTIONS))],
            ),
            Diagnosis(
                tr("That is how far apart they are. Subtract it from 1."),
                lambda: [2, 1 - _agreement("IRN", "USA")],
            ),
            Diagnosis(
                tr("Take the mean, not the sum, and divide it by 2 before you subtract it from 1."),
                lambda: [2, 1 - _apart("IRN", "USA").abs().mean()],
            ),
            Diagnosis(
                tr("That divides by all three votes. Iran took part in fewer."),
                lambda: [2, 1 - _apart("IRN", "USA").abs().sum() / (2 * len(RESOLUTIONS))],
            ),
        ),
        taught=_DISTANCE,
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "05.april": lambda: int(data.load("resolutions").set_index("vote")["yes"]["es_11_3"]),
    "05.members": lambda: _count(_members(), "es_11_3", "no"),
    "05.nearer": _nearer,
    "05.years": _years,
}
