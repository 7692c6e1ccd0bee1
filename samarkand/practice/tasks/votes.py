"""Practice of lesson 05: who said no, what carried a vote, how far apart two voters are."""

from collections.abc import Iterable

import pandas as pd

from samarkand import data
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.places import CENTRAL_ASIA
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


def _count_answers() -> pd.Series:
    """Count the answers on ES-11/3, those of states that did not vote too."""
    return _votes()["es_11_3"].value_counts()


TASKS = (
    Task(
        "05.1",
        kind=kinds.PerCent(0.1),
        solution=lambda: _share_of_yes("no"),
        given=lambda: _share_of_yes("no", "abstain", "did not vote"),
        taught="2. Votes",
        right="Well above two thirds. States that abstained or stayed away did not count, so they could not stop it.",
        hint="Divide the yes votes by yes and no together. Abstentions and absences do not count.",
        mistakes=(
            Mistake(
                "You counted the abstentions as votes. Do they count here?",
                lambda: _share_of_yes("no", "abstain"),
            ),
            Mistake(
                "You counted the absent as votes. Do they count here?",
                lambda: _share_of_yes("no", "did not vote"),
            ),
            Mistake(
                "You divided yes by no. Divide by both together, in round brackets.",
                lambda: (
                    float(100 * _count(_votes().index, "es_11_3", "yes"))
                    / _count(_votes().index, "es_11_3", "no")
                ),
            ),
            Mistake(
                "Put the sum in round brackets: without them Python divides first.",
                lambda: float(1 + _count(_votes().index, "es_11_3", "no")) * 100,
            ),
        ),
    ),
    Task(
        "05.2",
        kind=kinds.Whole(tr("states")),
        solution=lambda: _count(_members(), "es_11_1", "abstain", "did not vote"),
        given=lambda: 0,
        taught="2. Votes",
        right="All but Russia itself. One of them did not vote: that is not an abstention.",
        hint="There are two conditions. One or the other has to be true.",
        mistakes=(
            Mistake(
                "That counts abstentions only. The question asks for those who did not vote, too.",
                lambda: _count(_members(), "es_11_1", "abstain"),
            ),
            Mistake(
                "That counts all states. Keep the members.",
                lambda: _count(_votes().index, "es_11_1", "abstain", "did not vote"),
            ),
        ),
    ),
    Task(
        "05.3",
        kind=kinds.Whole(tr("states")),
        solution=lambda: _count([code for code in _members() if code != "RUS"], "es_11_3", "no"),
        given=lambda: _count(_members(), "es_11_3", "no"),
        taught="2. Votes",
        right="Five members besides Russia, China among them.",
        hint="Leave out the row of Russia before you count.",
        mistakes=(
            Mistake(
                "That counts all states. Keep the members.",
                lambda: _count(_votes().index, "es_11_3", "no"),
            ),
            Mistake(
                "That counts the states that did not say no. Count those that did.",
                lambda: _count([code for code in _members() if code != "RUS"], "es_11_3", "abstain"),
            ),
        ),
    ),
    Task(
        "05.4",
        kind=kinds.ByKey(kinds.Whole(), keys=tr("names of groups")),
        solution=_no_by_group,
        given=lambda: _no_by_group(same=True),
        taught="2. Votes",
        right="To see the numbers, write `no` in a new cell and run it.",
        hint="In the brackets of loc, put the list of the group that for has reached: groups[name].",
        mistakes=(
            Mistake(
                "That is the vote of March. Which column is that of April?",
                lambda: _no_by_group("es_11_1"),
            ),
        ),
    ),
    Task(
        "05.5",
        kind=kinds.Together((kinds.PerCent(0.1),) * 5),
        solution=_shares,
        given=lambda: [-1] * 5,
        taught="2. Votes",
        right="Now the function knows what to do when there is nothing to divide by.",
        hint="Ask whether yes and no together are 0. Write two equals signs, and end with a colon.",
        mistakes=(
            Mistake(
                "A single vote is enough for a share. Give -1 only if there is none at all.",
                lambda: _shares(2, 3),
            ),
            Mistake(
                "Four yes and four no are 50 per cent. Ask whether the two together are 0.",
                lambda: _shares(1),
            ),
            Mistake(
                "If nobody says no, the share is 100. Ask for both together.",
                lambda: _shares(2),
            ),
            Mistake(
                "If nobody says yes, the share is 0. Ask for both together.",
                lambda: _shares(3),
            ),
        ),
    ),
    Task(
        "05.6",
        kind=kinds.ByKey(kinds.Whole(tr("states")), keys=tr("numbers")),
        solution=lambda: _numbers(**CODE),
        given=_count_answers,
        taught="4. Distance between voters",
        right="Who did not vote has no number: an absence is not an opinion.",
        hint='The dictionary has three entries: "yes" leads to 1, "abstain" to 0, "no" to -1.',
        mistakes=(
            Mistake(
                "The absent got a number, too. A 0 would be an opinion.",
                lambda: _numbers(**CODE, did_not_vote=0),
            ),
            Mistake(
                "A no counts like a yes here. It is the opposite: minus 1.",
                lambda: _numbers(**CODE | {"no": 1}),
            ),
            Mistake(
                "A no counts like an abstention here. It is the opposite of yes: minus 1.",
                lambda: _numbers(**CODE | {"no": 0}),
            ),
            Mistake(
                "A no has no number here. It is minus 1.",
                lambda: _numbers(yes=1, abstain=0),
            ),
            Mistake(
                "An abstention has no number here. It is 0.",
                lambda: _numbers(yes=1, no=-1),
            ),
        ),
    ),
    Task(
        "05.7",
        kind=kinds.Whole(),
        solution=lambda: int(_difference("IND", "USA").abs().sum()),
        taught="4. Distance between voters",
        right="Three abstentions against three times yes. India is just as far from Russia.",
        hint="Subtract one row from the other, drop the signs, and add up.",
        mistakes=(
            Mistake(
                "A distance has no sign: abs.",
                lambda: int(_difference("IND", "USA").sum()),
            ),
            Mistake(
                "That is how far China is from the United States.",
                lambda: int(_difference("CHN", "USA").abs().sum()),
            ),
            Mistake(
                "That is how far India is from China.",
                lambda: int(_difference("IND", "CHN").abs().sum()),
            ),
        ),
    ),
    Task(
        "05.8",
        kind=kinds.Together((kinds.Whole(tr("votes")), kinds.Number(tolerance=0.005))),
        solution=lambda: [2, _agreement("IRN", "USA")],
        taught="4. Distance between voters",
        right="One of the two votes was the opposite of the United States', and one was halfway. So Iran is as near to Russia as it is far from the United States.",
        hint="Take 1 minus half of the mean distance; mean skips the vote that Iran missed.",
        mistakes=(
            Mistake(
                "The index is right. But in how many votes did Iran take part? notna, then sum.",
                lambda: [3, _agreement("IRN", "USA")],
            ),
            Mistake(
                "No index is above 1: without abs a negative difference is added where it should be subtracted.",
                lambda: [2, 1 - _difference("IRN", "USA").mean() / 2],
            ),
            Mistake(
                "You counted Iran's absence as an abstention. Leave that vote out.",
                lambda: [
                    2,
                    1 - (_difference("IRN", "USA").abs().sum() + 1) / (2 * len(RESOLUTIONS)),
                ],
            ),
            Mistake(
                "That is how far apart they are. Subtract it from 1.",
                lambda: [2, 1 - _agreement("IRN", "USA")],
            ),
            Mistake(
                "Take the mean, not the sum, and divide it by 2 before you subtract it from 1.",
                lambda: [2, 1 - _difference("IRN", "USA").abs().mean()],
            ),
            Mistake(
                "That divides by all three votes. Iran took part in fewer.",
                lambda: [2, 1 - _difference("IRN", "USA").abs().sum() / (2 * len(RESOLUTIONS))],
            ),
        ),
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "05.april": lambda: int(data.load("resolutions").set_index("vote")["yes"]["es_11_3"]),
    "05.members": lambda: _count(_members(), "es_11_3", "no"),
    "05.nearer": _count_nearer,
    "05.years": _yearly,
}
