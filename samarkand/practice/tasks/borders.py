"""Practice of lesson 08: what a map loses of a border, who was silent, what was counted, votes of a club."""

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
    """Return the period's printed shares in per cent, indexed by column name."""
    table = data.load("kandas")
    row = table[table["period_end"] == PERIOD].filter(like="_pct").iloc[0]
    return row.dropna().astype(float)


def _restored(which: str = "uzbekistan_pct") -> float:
    return float(100 - _shares().drop(which).sum())


def _club() -> pd.Series:
    """Return the members' votes in the Human Rights Council by ISO3 code; "not a member" without a seat."""
    votes = data.load("un_votes").set_index("iso3")["hrc_xinjiang"]
    return votes[votes.index.isin(data.members(DAY)["iso3"])]


def _voted(*answers: str) -> int:
    return int(_club().isin(answers).sum())


def _drawn(every: int = 1) -> float:
    """Return the length of the border on the map in km, taking every nth corner."""
    return geo.length_km(geo.border("KAZ", "CHN"), every)


def _rows(table: str, **chosen: object) -> pd.DataFrame:
    rows = data.load(table)
    for column, value in chosen.items():
        rows = rows[rows[column] == value]
    return rows


def _silent(**chosen: object) -> int:
    return len(_rows("viewpoints", role="viewer", drawn_as="no position found", **chosen))


def _found() -> int:
    return len(_rows("viewpoints", role="viewer", viewer="Kazakhstan")) - _silent(viewer="Kazakhstan")


def _grown(later: int, earlier: int) -> float:
    """Return the growth of the number of Uyghurs in Kazakhstan between two censuses, in per cent."""
    persons = _rows("census", place="KAZ", people="Uyghurs", method="census").set_index("year")["persons"]
    return float(100 * persons[later] / persons[earlier] - 100)


_LENGTH, _CENSUS = "1. A line gets longer", "3. Whose census?"

TASKS = (
    Task(
        "08.1",
        kinds.Number(tr("km"), 1),
        lambda: _drawn(3),
        right=tr("No longer than with every fourth corner: it also matters which corners you leave out."),
        hint=tr("1 keeps each corner, and 2 every second one. What keeps every third?"),
        diagnoses=(
            Diagnosis(tr("That is with all corners. Keep every third."), _drawn),
            Diagnosis(tr("That is with every fourth corner. Keep every third."), lambda: _drawn(4)),
        ),
        taught=_LENGTH,
        given=lambda: _drawn(2),
    ),
    Task(
        "08.2",
        kinds.PerCent(0.2),
        _lost,
        right=tr("More than a quarter is missing, and no border has moved: do not measure on a picture."),
        hint=tr(
            "The length on the map divided by that of the commissions is what is left; subtract it from one."
        ),
        diagnoses=(
            Diagnosis(tr("That is what is left, in per cent. How much is lost?"), lambda: 100 - _lost()),
            Diagnosis(
                tr("That is in per cent of the length on the map. Which length does the question ask about?"),
                lambda: 100 * (_km(SURVEY) / _km(COARSE) - 1),
            ),
            Diagnosis(
                tr("That is the finer map, at 1:50m. Which row has the coarser one?"), lambda: _lost(FINE)
            ),
            Diagnosis(
                tr("You compared with the Factbook. Which row is the commissions'?"),
                lambda: _lost(of=FACTBOOK),
            ),
            Diagnosis(
                tr("That is in km. The question asks for per cent of Wikipedia's length."),
                lambda: _km(SURVEY) - _km(COARSE),
            ),
        ),
        taught=_LENGTH,
    ),
    Task(
        "08.3",
        kinds.Whole(tr("areas")),
        _found,
        right=tr("Each of these has its document in the table. On the other areas we found none."),
        hint=tr("Keep the sign in the first line, and change the one in the second."),
        diagnoses=(
            Diagnosis(
                tr("That is how many areas there are. For how many of them was a position found?"),
                lambda: len(_rows("viewpoints", role="viewer", viewer="Kazakhstan")),
            ),
            Diagnosis(
                tr("That is for all viewers but Kazakhstan. Change the other sign."),
                lambda: _silent() - _silent(viewer="Kazakhstan"),
            ),
        ),
        taught="2. Whose map is it?",
        given=lambda: _silent(viewer="Kazakhstan"),
    ),
    Task(
        "08.4",
        kinds.PerCent(0.1),
        lambda: _grown(2021, 1999),
        right=tr("More than 7 and 29 together: the second growth starts from more people."),
        hint=tr("Divide the census of 2021 by that of 1999, times 100, and subtract 100."),
        diagnoses=(
            Diagnosis(
                tr("You added two growth rates. The second one starts from more people."),
                lambda: _grown(2009, 1999) + _grown(2021, 2009),
            ),
            Diagnosis(
                tr("That is up to 2009. Up to which year does the question go?"), lambda: _grown(2009, 1999)
            ),
            Diagnosis(
                tr("You divided by the later census. Which one does the growth start from?"),
                lambda: _grown(1999, 2021),
            ),
        ),
        taught=_CENSUS,
        given=lambda: _grown(2021, 2009),
    ),
    Task(
        "08.5",
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
    Task(
        "08.6",
        kinds.PerCent(0.05),
        _restored,
        right=tr("Sixes and nines that changed places would explain it. That is a guess of ours."),
        hint=tr("All shares together make 100: subtract the sum of the others."),
        diagnoses=(
            Diagnosis(
                tr("That is how far the sum is above 100. What must the share have been?"),
                lambda: float(_shares().sum() - 100),
            ),
            Diagnosis(
                tr("That is the sum of the others. How much of the total is left?"),
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
)
#: Results of the lesson's predictions, by question id.
#: Nobody is asked to guess how many people were held.
RESULTS = {
    "08.border": lambda: _km(FACTBOOK),
    "08.ruler": lambda: 100 * (1 - _drawn(2) / _drawn()),
    "08.silent": _silent,
    "08.form": lambda: int(
        _rows("census", place="KAZ", people="other nationality", year=2021)["persons"].iloc[0]
    ),
    "08.vote": lambda: len(_rows("un_votes", hrc_xinjiang="yes")),
}
