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


def _numbers(**code: int) -> list[int]:
    """Return the number of states to which a coding of the April vote gives a number, and their sum."""
    given = _votes()["es_11_3"].map({word.replace("_", " "): number for word, number in code.items()})
    return [int(given.notna().sum()), int(given.sum())]


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
        kinds.Together((kinds.PerCent(0.1),) * 2),
        lambda: [_share_of_yes("no"), -1],
        right=tr("Now the function knows what to do when nothing is left."),
        hint=tr("The length of a column without rows is 0. Write two equals signs, and end with a colon."),
        taught=_VOTES,
        given=lambda: [-1, -1],
    ),
    Task(
        "05.6",
        kinds.Together((kinds.Whole(tr("states")), kinds.Whole())),
        lambda: _numbers(**CODE),
        right=tr("Who did not vote has no number: an absence is not an opinion."),
        hint=tr('The dictionary needs a third entry: "no" leads to -1.'),
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
        ),
        taught=_DISTANCE,
        given=lambda: _numbers(yes=1, abstain=0),
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
        kinds.Number(tolerance=0.005),
        lambda: _agreement("IRN", "RUS"),
        right=tr(
            "Iran took part in two of the three. One vote was the same as Russia's, and one was halfway."
        ),
        hint=tr("Take 1 minus half of the mean distance; mean skips the vote that Iran missed."),
        diagnoses=(
            Diagnosis(
                tr("You counted Iran's absence as an abstention. Leave that vote out."),
                lambda: 1 - (_apart("IRN", "RUS").abs().sum() + 1) / (2 * len(RESOLUTIONS)),
            ),
            Diagnosis(
                tr("That is how far apart they are. Subtract it from 1."),
                lambda: _apart("IRN", "RUS").abs().mean() / 2,
            ),
            Diagnosis(
                tr(
                    "That is the mean itself, or you used the sum: divide the mean by 2, and subtract "
                    "the result from 1."
                ),
                lambda: 1 - _apart("IRN", "RUS").abs().sum() / 2,
            ),
            Diagnosis(
                tr("That divides by all three votes. Iran took part in fewer."),
                lambda: 1 - _apart("IRN", "RUS").abs().sum() / (2 * len(RESOLUTIONS)),
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
