"""Practice of lesson 08: what a map loses of a border, who was silent, what was counted, votes of a club."""

import pandas as pd

from samarkand import data, geo
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.practice.tasks._engine import Task

#: Rows of ``who_counted``: the border as surveyed, in the Factbook since 2015, at 1:50m and at 1:110m.
SURVEY, FACTBOOK, FINE, COARSE = "WC083", "WC082", "WC084", "WC085"
#: The last day of the period in which printed shares add up to more than all.
PERIOD = pd.Timestamp("2022-07-31")
DAY = pd.Timestamp("2022-10-06")


def _km(row: str) -> float:
    return float(data.load("who_counted").set_index("id")["value"][row])


def _per_cent_missing(drawn: str = COARSE, of: str = SURVEY) -> float:
    return float(100 * (1 - _km(drawn) / _km(of)))


def _shares() -> pd.Series:
    """Return the period's printed shares in per cent, indexed by column name."""
    table = data.load("kandas")
    row = table[table["period_end"] == PERIOD].filter(like="_pct").iloc[0]
    return row.dropna().astype(float)


def _restored_share(which: str = "uzbekistan_pct") -> float:
    return float(100 - _shares().drop(which).sum())


def _council_votes() -> pd.Series:
    """Return the members' votes in the Human Rights Council by ISO3 code; "not a member" without a seat."""
    votes = data.load("un_votes").set_index("iso3")["hrc_xinjiang"]
    return votes[votes.index.isin(data.members(DAY)["iso3"])]


def _count_votes(*answers: str) -> int:
    return int(_council_votes().isin(answers).sum())


def _drawn_length(every: int = 1) -> float:
    """Return the length of the border on the map in km, taking every nth corner."""
    return geo.length_km(geo.border("KAZ", "CHN"), every)


def _rows(table: str, **chosen: object) -> pd.DataFrame:
    rows = data.load(table)
    for column, value in chosen.items():
        rows = rows[rows[column] == value]
    return rows


def _count_silent(**chosen: object) -> int:
    return len(_rows("viewpoints", role="viewer", drawn_as="no position found", **chosen))


def _count_found() -> int:
    return len(_rows("viewpoints", role="viewer", viewer="Kazakhstan")) - _count_silent(viewer="Kazakhstan")


def _growth(later: int, earlier: int) -> float:
    """Return the growth of the number of Uyghurs in Kazakhstan between two censuses, in per cent."""
    persons = _rows("census", place="KAZ", people="Uyghurs", method="census").set_index("year")["persons"]
    return float(100 * persons[later] / persons[earlier] - 100)


TASKS = (
    Task(
        "08.1",
        kind=kinds.Number(tr("km"), 1),
        solution=lambda: _drawn_length(3),
        given=lambda: _drawn_length(2),
        taught="1. A line gets longer",
        right="No longer than with every fourth corner: it also matters which corners you leave out.",
        hint="1 keeps each corner, and 2 every second one. Which number keeps every third?",
        mistakes=(
            Mistake(
                "That is with all corners. Keep every third.",
                _drawn_length,
            ),
            Mistake(
                "That is with every fourth corner. Keep every third.",
                lambda: _drawn_length(4),
            ),
        ),
    ),
    Task(
        "08.2",
        kind=kinds.PerCent(0.2),
        solution=_per_cent_missing,
        taught="1. A line gets longer",
        right="More than a quarter is missing, and no border has moved: do not measure on a picture.",
        hint="The length on the map divided by that of the commissions is what is left; subtract it from one.",
        mistakes=(
            Mistake(
                "That is what is left, in per cent. How much is lost?",
                lambda: 100 - _per_cent_missing(),
            ),
            Mistake(
                "That is in per cent of the length on the map. Which length does the question ask about?",
                lambda: 100 * (_km(SURVEY) / _km(COARSE) - 1),
            ),
            Mistake(
                "That is the finer map, at 1:50m. Which row has the coarser one?",
                lambda: _per_cent_missing(FINE),
            ),
            Mistake(
                "You compared with the Factbook. Which row is the commissions'?",
                lambda: _per_cent_missing(of=FACTBOOK),
            ),
            Mistake(
                "That is in km. The question asks for per cent of Wikipedia's length.",
                lambda: _km(SURVEY) - _km(COARSE),
            ),
        ),
    ),
    Task(
        "08.3",
        kind=kinds.Whole(tr("areas")),
        solution=_count_found,
        given=lambda: _count_silent(viewer="Kazakhstan"),
        taught="2. Whose map is it?",
        right="Each of these has its document in the table. On the other areas we found none.",
        hint="Keep the sign in the first line, and change the one in the second.",
        mistakes=(
            Mistake(
                "That is how many areas there are. For how many of them was a position found?",
                lambda: len(_rows("viewpoints", role="viewer", viewer="Kazakhstan")),
            ),
            Mistake(
                "That is for all viewers but Kazakhstan. Change the other sign.",
                lambda: _count_silent() - _count_silent(viewer="Kazakhstan"),
            ),
        ),
    ),
    Task(
        "08.4",
        kind=kinds.PerCent(0.1),
        solution=lambda: _growth(2021, 1999),
        given=lambda: _growth(2021, 2009),
        taught="3. Whose census?",
        right="More than 7 and 29 together: the second growth starts from more people.",
        hint="Divide the census of 2021 by that of 1999, times 100, and subtract 100.",
        mistakes=(
            Mistake(
                "You added two growth rates. The second one starts from more people.",
                lambda: _growth(2009, 1999) + _growth(2021, 2009),
            ),
            Mistake(
                "That is up to 2009. Up to which year does the question go?",
                lambda: _growth(2009, 1999),
            ),
            Mistake(
                "You divided by the later census. Which one does the growth start from?",
                lambda: _growth(1999, 2021),
            ),
        ),
    ),
    Task(
        "08.5",
        kind=kinds.Whole(),
        solution=lambda: _count_votes("no"),
        taught="6. The vote of 6 October",
        right="Nobody in the SCO who had a vote said yes; one abstained.",
        hint="Keep the rows of council whose code is in the list, and count the word no.",
        mistakes=(
            Mistake(
                "That is how many of them had a vote.",
                lambda: _count_votes("yes", "no", "abstain"),
            ),
            Mistake(
                "That is how many members the SCO had.",
                lambda: len(_council_votes()),
            ),
            Mistake(
                "That is everybody who voted no. How many of them were members of the SCO?",
                lambda: int((data.load("un_votes")["hrc_xinjiang"] == "no").sum()),
            ),
            Mistake(
                "Those had no vote.",
                lambda: _count_votes("not a member"),
            ),
        ),
    ),
    Task(
        "08.6",
        kind=kinds.PerCent(0.05),
        solution=_restored_share,
        taught="7. Out of sight",
        right="Sixes and nines that changed places would explain it. That is a guess of ours.",
        hint="All shares together make 100: subtract the sum of the others.",
        mistakes=(
            Mistake(
                "That is how far the sum is above 100. What must the share have been?",
                lambda: float(_shares().sum() - 100),
            ),
            Mistake(
                "That is the sum of the others. How much of the total is left?",
                lambda: float(_shares().drop("uzbekistan_pct").sum()),
            ),
            Mistake(
                "You shrank all shares alike. Only one of them is supposed to be wrong.",
                lambda: float(_shares()["uzbekistan_pct"] / _shares().sum() * 100),
            ),
            Mistake(
                "That is the share as it is printed. What must it have been?",
                lambda: float(_shares()["uzbekistan_pct"]),
            ),
        ),
    ),
)
#: Results of the lesson's predictions, by question id.
#: Nobody is asked to guess how many people were held.
RESULTS = {
    "08.border": lambda: _km(FACTBOOK),
    "08.ruler": lambda: 100 * (1 - _drawn_length(2) / _drawn_length()),
    "08.silent": _count_silent,
    "08.form": lambda: int(
        _rows("census", place="KAZ", people="other nationality", year=2021)["persons"].iloc[0]
    ),
    "08.vote": lambda: len(_rows("un_votes", hrc_xinjiang="yes")),
}
