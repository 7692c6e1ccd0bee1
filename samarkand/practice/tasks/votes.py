"""Practice of lesson 05: who abstained and who was absent, what carried a vote, how far two voters agree."""

from collections.abc import Sequence

import pandas as pd

from samarkand import data, measures
from samarkand.ground.words import tr
from samarkand.places import CENTRAL_ASIA
from samarkand.practice.answers import kinds
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.tasks._engine import Task

RESOLUTIONS = ["es_11_1", "es_11_3", "es_11_4"]
#: Opposite votes are 2 apart, yes or no and an abstention 1.
CODE = {"yes": 1, "abstain": 0, "no": -1}


def _votes() -> pd.DataFrame:
    return data.load("un_votes").set_index("iso3")


def _count(states: Sequence[str], resolution: str, *words: str) -> int:
    return int(_votes().loc[list(states), resolution].isin(words).sum())


def _share_of_yes(*others: str, resolution: str = "es_11_3") -> float:
    answers = _votes()[resolution].value_counts()
    return float(100 * answers["yes"] / (answers["yes"] + answers[list(others)].sum()))


def _agreement(one: str, other: str) -> float:
    votes = _votes()[RESOLUTIONS].T
    return measures.vote_agreement(votes[one], votes[other])


def _apart(one: str, other: str) -> int:
    """Return the distance of two voters with absence as 0."""
    coded = _votes()[RESOLUTIONS].apply(lambda column: column.map(CODE)).fillna(0)
    return int((coded.loc[one] - coded.loc[other]).abs().sum())


def _same(one: str, other: str) -> int:
    votes = _votes()[RESOLUTIONS].T
    return int((votes[one] == votes[other]).sum())


def _nearer() -> int:
    """Count in how many of nine ways China's votes lie nearer to Russia's than to the USA's."""
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


TASKS = (
    Task(
        "05.1",
        kinds.Whole(),
        lambda: _count(CENTRAL_ASIA, "es_11_1", "abstain"),
        right=tr("The others did not vote at all: on that day no state of Central Asia said yes or no."),
        hint=tr("Keep the rows of the five codes, and count the word abstain in the column es_11_1."),
        diagnoses=(
            Diagnosis(
                tr("That counts those that did not vote, too. Is an absence an abstention?"),
                lambda: _count(CENTRAL_ASIA, "es_11_1", "abstain", "did not vote"),
            ),
            Diagnosis(
                tr("Those are the ones that did not vote. Which word stands for an abstention?"),
                lambda: _count(CENTRAL_ASIA, "es_11_1", "did not vote"),
            ),
            Diagnosis(
                tr("That is the vote of October. Which column is that of 2 March?"),
                lambda: _count(CENTRAL_ASIA, "es_11_4", "abstain"),
            ),
            Diagnosis(
                tr("That counts the members of the SCO. Is each state of Central Asia one, and only they?"),
                lambda: _count(list(data.members("2022-09-15")["iso3"]), "es_11_1", "abstain"),
            ),
            Diagnosis(
                tr("That is all the world. Keep the five states first."),
                lambda: _count(list(_votes().index), "es_11_1", "abstain"),
            ),
        ),
        taught="2. Votes",
    ),
    Task(
        "05.2",
        kinds.PerCent(0.1),
        lambda: _share_of_yes("no"),
        right=tr(
            "Well above two thirds. Whoever abstained or stayed away did not count, and so could not stop it."
        ),
        hint=tr("Divide the yes votes by yes and no together. Abstentions and absences do not count."),
        diagnoses=(
            Diagnosis(
                tr("That is the share of all members. Which of them count for the two thirds?"),
                lambda: _share_of_yes("no", "abstain", "did not vote"),
            ),
            Diagnosis(
                tr("You counted the abstentions as votes. Do they count here?"),
                lambda: _share_of_yes("no", "abstain"),
            ),
            Diagnosis(
                tr("You counted the absent as votes. Do they count here?"),
                lambda: _share_of_yes("no", "did not vote"),
            ),
            Diagnosis(
                tr("That is the vote of March. Which resolution is asked for?"),
                lambda: _share_of_yes("no", resolution="es_11_1"),
            ),
            Diagnosis(
                tr("That is the vote of October. Which resolution is asked for?"),
                lambda: _share_of_yes("no", resolution="es_11_4"),
            ),
            Diagnosis(
                tr("You divided yes by no. Divide by both together."),
                lambda: float(
                    100 * (_votes()["es_11_3"] == "yes").sum() / (_votes()["es_11_3"] == "no").sum()
                ),
            ),
        ),
        taught="2. Votes",
    ),
    Task(
        "05.3",
        kinds.Number(tolerance=0.005),
        lambda: _agreement("IRN", "RUS"),
        right=tr("Iran took part in two of the three: one vote the same, one half way."),
        hint=tr(
            "Take Iran's and Russia's words in the three columns, and give both to measures.vote_agreement."
        ),
        diagnoses=(
            Diagnosis(
                tr("You took Iran's absence for an abstention. Leave that vote out."),
                lambda: 1 - _apart("IRN", "RUS") / (2 * len(RESOLUTIONS)),
            ),
            Diagnosis(
                tr("That is the distance. How is it turned into an agreement?"), lambda: _apart("IRN", "RUS")
            ),
            Diagnosis(
                tr(
                    "That is the share of votes that were the same. An abstention against no is half an "
                    "agreement."
                ),
                lambda: _same("IRN", "RUS") / 2,
            ),
            Diagnosis(
                tr(
                    "That is the share of same votes among all three. Iran took part in fewer, and half "
                    "counts."
                ),
                lambda: _same("IRN", "RUS") / len(RESOLUTIONS),
            ),
            Diagnosis(
                tr("That is Iran and China. With whom is it to be compared?"),
                lambda: _agreement("IRN", "CHN"),
            ),
            Diagnosis(
                tr("That is Iran and the United States. With whom is it to be compared?"),
                lambda: _agreement("IRN", "USA"),
            ),
        ),
        taught="3. Distance between voters",
    ),
)
#: What the predictions of the lesson come to.
RESULTS = {
    "05.april": lambda: int(data.load("resolutions").set_index("vote")["yes"]["es_11_3"]),
    "05.members": lambda: _count(list(data.members("2022-09-15")["iso3"]), "es_11_3", "no"),
    "05.nearer": _nearer,
    "05.years": _years,
}
