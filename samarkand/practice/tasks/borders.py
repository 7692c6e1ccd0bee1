"""Practice of lesson 08: what a picture loses of a border, a share that must have been, votes of a club."""

from __future__ import annotations

import pandas as pd

from samarkand import data, geo, measures
from samarkand.ground.words import tr
from samarkand.practice.answers import kinds
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.tasks._engine import Task

#: Rows of ``who_counted``: the border as surveyed, in the Factbook since 2015, at 1:50m and at 1:110m.
SURVEY, FACTBOOK, FINE, COARSE = "WC083", "WC082", "WC084", "WC085"
#: The last day of the period in which printed shares add up to more than all.
PERIOD = pd.Timestamp("2022-07-31")
DAY = pd.Timestamp("2022-10-06")


def _km(row: str) -> float:
    return float(data.load("who_counted").set_index("id")["value"][row])


def _lost(drawn: str = COARSE, of: str = SURVEY) -> float:
    return float(100 * (1 - _km(drawn) / _km(of)))


def _shares() -> pd.Series:
    """Return the printed shares of the period, by the name of their column."""
    table = data.load("kandas")
    row = table[table["period_end"] == PERIOD].filter(like="_pct").iloc[0]
    return row.dropna().astype(float)


def _restored(which: str = "uzbekistan_pct") -> float:
    return float(100 - _shares().drop(which).sum())


def _club() -> pd.Series:
    """Return how the SCO's members of that day voted in the Council, or that they were not in it."""
    votes = data.load("un_votes").set_index("iso3")["hrc_xinjiang"]
    return votes[votes.index.isin(data.members(DAY)["iso3"])]


def _voted(*answers: str) -> int:
    return int(_club().isin(answers).sum())


def _corners() -> float:
    """Return by how many per cent the line on the map is shorter without every second corner."""
    line = geo.border("KAZ", "CHN")
    return 100 * (1 - geo.length_km(line, every=2) / geo.length_km(line))


def _rows(table: str, **chosen: object) -> pd.DataFrame:
    rows = data.load(table)
    for column, value in chosen.items():
        rows = rows[rows[column] == value]
    return rows


TASKS = (
    Task(
        "08.1",
        kinds.PerCent(0.2),
        _lost,
        right=tr("More than a quarter is gone, and no border has moved: a picture is no yardstick."),
        hint=tr(
            "The length on the map divided by that of the commissions is what is left; subtract it from one."
        ),
        diagnoses=(
            Diagnosis(tr("That is what is left, in per cent. How much is lost?"), lambda: 100 - _lost()),
            Diagnosis(
                tr("That is in per cent of the length on the map. Of which length was asked?"),
                lambda: 100 * (_km(SURVEY) / _km(COARSE) - 1),
            ),
            Diagnosis(
                tr("That is the finer map, at 1:50m. Which row has the coarser one?"), lambda: _lost(FINE)
            ),
            Diagnosis(
                tr("You compared with the Factbook. Which row is the commissions'?"),
                lambda: _lost(of=FACTBOOK),
            ),
            Diagnosis(tr("That is in km. In per cent of what?"), lambda: _km(SURVEY) - _km(COARSE)),
        ),
        taught="1. A line gets longer",
    ),
    Task(
        "08.2",
        kinds.PerCent(0.05),
        _restored,
        right=tr("Sixes and nines that changed places would explain it. That is a guess of ours."),
        hint=tr("All shares together are 100: subtract the sum of the others."),
        diagnoses=(
            Diagnosis(
                tr("That is what they add up to too much. What must the share have been?"),
                lambda: float(_shares().sum() - 100),
            ),
            Diagnosis(
                tr("That is the sum of the others. How much is left of the whole?"),
                lambda: float(_shares().drop("uzbekistan_pct").sum()),
            ),
            Diagnosis(
                tr("You shrank all shares alike. Only one of them is supposed to be wrong."),
                lambda: float(measures.shares(_shares())["uzbekistan_pct"] * 100),
            ),
            Diagnosis(
                tr("That is the share as it is printed. What must it have been?"),
                lambda: float(_shares()["uzbekistan_pct"]),
            ),
        ),
        taught="7. Out of sight",
    ),
    Task(
        "08.3",
        kinds.Whole(),
        lambda: _voted("no"),
        right=tr("Nobody in the SCO who had a vote said yes; one abstained."),
        hint=tr("Keep the rows of council whose code is in the list, and count the word no."),
        diagnoses=(
            Diagnosis(tr("That is how many of them had a vote."), lambda: _voted("yes", "no", "abstain")),
            Diagnosis(tr("That is how many members the SCO had."), lambda: len(_club())),
            Diagnosis(
                tr("That is everybody who voted no. How many of them were members of the SCO?"),
                lambda: int((data.load("un_votes")["hrc_xinjiang"] == "no").sum()),
            ),
            Diagnosis(tr("Those had no vote."), lambda: _voted("not a member")),
        ),
        taught="6. The vote of 6 October",
    ),
)
#: What the predictions of the lesson come to.
#: Nobody is asked to guess how many people were held.
RESULTS = {
    "08.border": lambda: _km(FACTBOOK),
    "08.ruler": _corners,
    "08.silent": lambda: len(_rows("viewpoints", role="viewer", drawn_as="no position found")),
    "08.form": lambda: int(
        _rows("census", place="KAZ", people="other nationality", year=2021)["persons"].iloc[0]
    ),
    "08.vote": lambda: len(_rows("un_votes", hrc_xinjiang="yes")),
}
