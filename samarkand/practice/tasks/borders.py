"""Practice of lesson 08: who was silent, what was counted, three questions to a claim, votes of a club."""

from typing import Any

import pandas as pd

from samarkand import data, geo
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.practice import drawn
from samarkand.practice.tasks._engine import Task

#: The row of ``who_counted`` with the length of the border in the Factbook since 2015.
FACTBOOK = "WC082"
#: The three questions that are asked of evidence: what may be answered to each.
ASKED = (
    ("counted", "estimated", "not said"),
    ("anybody", "in part", "nobody"),
    ("free", "a party", "not known"),
)
DAY = pd.Timestamp("2022-10-06")


def _read_km(row: str) -> float:
    return float(data.load("who_counted").set_index("id")["value"][row])


def _draw_from_china(first: str, last: str, *, times: float = 1) -> dict[str, Any]:
    """Draw how many of those admitted came from China, for the periods that ended between two days."""
    table = data.load("kandas")
    rows = table[(table["period_end"] >= first) & (table["period_end"] <= last)]
    people = rows["granted_persons"] * rows["china_pct"].astype(float) / 100 * times
    return drawn.make_bars(people.set_axis(rows["period_end"].dt.strftime("%Y-%m-%d")), "people")


def _draw_admitted() -> dict[str, Any]:
    """Draw how many were admitted in each period of 2022, from wherever they came."""
    table = data.load("kandas")
    rows = table[table["period_end"].dt.year == 2022]
    return drawn.make_bars(rows["granted_persons"].set_axis(rows["period_end"].dt.strftime("%Y-%m-%d")))


def _write_kandas() -> str:
    """Return the text of ``kandas.csv``: semicolons, days with the day first, decimal commas."""
    table = data.load("kandas")
    rows = pd.DataFrame(
        {
            "end": table["period_end"].dt.strftime("%d.%m.%Y"),
            "granted": table["granted_persons"],
            "china_pct": table["china_pct"].astype(float),
        }
    )
    return rows.to_csv(index=False, sep=";", decimal=",", lineterminator="\n")


def _council_votes() -> pd.Series:
    """Return the members' votes in the Human Rights Council by ISO3 code; "not a member" without a seat."""
    votes = data.load("un_votes").set_index("iso3")["hrc_xinjiang"]
    return votes[votes.index.isin(data.members(DAY)["iso3"])]


def _count_votes(*answers: str) -> int:
    return int(_council_votes().isin(answers).sum())


def _drawn_length(every: int = 1) -> float:
    """Return the length of the border on the map in km, taking every nth corner."""
    return geo.length_km(geo.border("KAZ", "CHN"), every)


def _choose_rows(table: str, **chosen: object) -> pd.DataFrame:
    rows = data.load(table)
    for column, value in chosen.items():
        rows = rows[rows[column] == value]
    return rows


def _count_others() -> int:
    """Return the people of Kazakhstan whom the census of 2021 lists as of another nationality."""
    row = _choose_rows("census", place="KAZ", people="other nationality", year=2021)
    return int(row["persons"].iloc[0])


def _count_silent(**chosen: object) -> int:
    return len(_choose_rows("viewpoints", role="viewer", drawn_as="no position found", **chosen))


def _count_found() -> int:
    return len(_choose_rows("viewpoints", role="viewer", viewer="Kazakhstan")) - _count_silent(
        viewer="Kazakhstan"
    )


def _measure_growth(later: int, earlier: int) -> float:
    """Return the growth of the number of Uyghurs in Kazakhstan between two censuses, in per cent."""
    persons = _choose_rows("census", place="KAZ", people="Uyghurs", method="census").set_index("year")[
        "persons"
    ]
    return float(100 * persons[later] / persons[earlier] - 100)


TASKS = (
    Task(
        "08.1",
        kind=kinds.Whole(tr("areas")),
        solution=_count_found,
        taught="2. Whose map is it?",
        right="Each of these has its document in the table. On the other areas we found none.",
        hint="Keep Kazakhstan's rows, and count those whose drawn_as differs from the text of the example.",
        mistakes=(
            Mistake(
                "That is how often none was found. You want the others: which sign asks whether two values differ?",
                lambda: _count_silent(viewer="Kazakhstan"),
                seen_in="==.*no position",
            ),
            Mistake(
                "That is Uzbekistan, the example. Whose areas are asked for?",
                lambda: _count_silent(viewer="Uzbekistan"),
                seen_in="(?i)uzbek",
            ),
            Mistake(
                "That is how many areas there are. For how many of them was a position found?",
                lambda: len(_choose_rows("viewpoints", role="viewer", viewer="Kazakhstan")),
                not_in="drawn_as|no position",
            ),
            Mistake(
                "That is for all viewers but Kazakhstan. Only the second line has the sign that turns it round.",
                lambda: _count_silent() - _count_silent(viewer="Kazakhstan"),
                seen_in="viewer'\\] !=|~",
            ),
        ),
    ),
    Task(
        "08.2",
        kind=kinds.PerCent(0.1),
        solution=lambda: _measure_growth(2021, 1999),
        taught="3. Whose census?",
        right="More than 7 and 29 together: the second growth starts from more people.",
        hint="It is the example's line with two other years: the later one above, the earlier one below.",
        mistakes=(
            Mistake(
                "You added two growth rates. The second one starts from more people.",
                lambda: _measure_growth(2009, 1999) + _measure_growth(2021, 2009),
            ),
            Mistake(
                "That is up to 2009. Up to which year does the question go?",
                lambda: _measure_growth(2009, 1999),
            ),
            Mistake(
                "You divided by the later census. Which one does the growth start from?",
                lambda: _measure_growth(1999, 2021),
            ),
            Mistake(
                "That is since 2009. From which year does the question start?",
                lambda: _measure_growth(2021, 2009),
            ),
            Mistake(
                "That is the whole of it, with the people who were there before. How much was added?",
                lambda: 100 + _measure_growth(2021, 1999),
            ),
        ),
    ),
    Task(
        "08.3",
        kind=kinds.Together(tuple(kinds.Choice(options=options) for options in ASKED)),
        solution=lambda: ("not said", "nobody", "a party"),
        taught='5. "One million": who says so, and who could check?',
        right="So it is a claim. It may be true, and you can report it: with his name, the day, and that no method was given.",
        hint="Which rows of the table have an official who gives a number without a method?",
        mistakes=(
            Mistake(
                "To be counted, somebody must have counted, and said how. Does the question tell you that?",
                lambda: ("counted", "nobody", "a party"),
            ),
            Mistake(
                "An estimate says from what it was made. Does this one?",
                lambda: ("estimated", "nobody", "a party"),
            ),
            Mistake(
                "With what could anybody check it: with names, with a list, with a method?",
                lambda: ("not said", "in part", "a party"),
            ),
            Mistake(
                "To repeat a number is not to check it. What would anybody need?",
                lambda: ("not said", "anybody", "a party"),
            ),
            Mistake(
                "He speaks for a government that is asked to act. What does the table say of such makers?",
                lambda: ("not said", "nobody", "free"),
            ),
            Mistake(
                "His office is known. What does the table say of those who speak for a government?",
                lambda: ("not said", "nobody", "not known"),
            ),
        ),
        typed=True,
    ),
    Task(
        "08.4",
        kind=kinds.Whole(),
        solution=lambda: _count_votes("no"),
        taught="6. The vote of 6 October",
        right="Nobody in the SCO who had a vote said yes; one abstained.",
        hint="Keep the rows of council whose code is in the list, and count the word no.",
        mistakes=(
            Mistake(
                "That is how many of them had a vote.",
                lambda: _count_votes("yes", "no", "abstain"),
                seen_in="isin",
                not_in="'no'",
            ),
            Mistake(
                "That is how many members the SCO had.",
                lambda: len(_council_votes()),
                seen_in=r"len\(members\)",
            ),
            Mistake(
                "That is everybody who voted no. How many of them were members of the SCO?",
                lambda: int((data.load("un_votes")["hrc_xinjiang"] == "no").sum()),
                seen_in="'no'",
                not_in=r"[(\[]members\b",
            ),
            Mistake("Those had no vote.", lambda: _count_votes("not a member"), seen_in="not a member|~| - "),
        ),
    ),
    Task(
        "08.5",
        kind=kinds.Bars(kinds.Number(tolerance=1), keys=tr("periods")),
        solution=lambda: _draw_from_china("2022-01-01", "2022-12-31"),
        taught="7. Out of sight",
        right="Do not add the bars up: each period begins in January, so each holds the one before.",
        hint="Read, make days of end, multiply, divide by a hundred, keep what ended in that year, and draw.",
        mistakes=(
            Mistake(
                "Those are all ten periods. Keep those that ended in the year of the question.",
                lambda: _draw_from_china("2000-01-01", "2030-12-31"),
            ),
            Mistake(
                "Later years are in it, too. You need a second condition.",
                lambda: _draw_from_china("2022-01-01", "2030-12-31"),
            ),
            Mistake(
                "Earlier years are in it, too. You need a second condition.",
                lambda: _draw_from_china("2000-01-01", "2022-12-31"),
            ),
            Mistake(
                "That is a hundred times too many: the shares are in per cent.",
                lambda: _draw_from_china("2022-01-01", "2022-12-31", times=100),
            ),
            Mistake(
                "Those are all who were admitted. How many of them came from China?",
                _draw_admitted,
            ),
        ),
    ),
)
#: The plain files of the lesson's practice, with what writes them.
FILES = {"kandas.csv": _write_kandas}
#: Results of the lesson's predictions, by question id.
#: Nobody is asked to guess how many people were held.
RESULTS = {
    "08.border": lambda: _read_km(FACTBOOK),
    "08.ruler": lambda: 100 * (1 - _drawn_length(2) / _drawn_length()),
    "08.silent": _count_silent,
    "08.form": _count_others,
}
