"""Checks of set 12, without us: plain files of each student's own, read, joined, counted and drawn."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from samarkand.answers.kinds import Bars, Day, Number, PerCent, Rows, Text, Together, Whole
from samarkand.practice import drawn
from samarkand.practice.without_us.own_files import (
    DAY,
    DAYS,
    OTHER,
    REGIONS,
    SUM,
    draw_file,
    write_texts,
)
from samarkand_grading.marking import rubrics
from samarkand_grading.marking.checks import Follows, Given, Mistake, Written, ask, exercise_set

TABLE = {"State": Text(), "Day": Day(), "Tonnes": Number("tonnes", 0.001), "region": Text("a region")}


def _read(given: Given) -> pd.DataFrame:
    """Return all rows of `lorries.csv`, the sums of the days as well."""
    rows = draw_file(given["file"]).rows
    return pd.DataFrame(
        [(row.state, row.day, row.tonnes) for row in rows], columns=["State", "Day", "Tonnes"]
    )


def _read_before(given: Given) -> pd.DataFrame:
    lines = write_texts(given["file"])["before.csv"].splitlines()[1:-1]
    cells = [line.split(",") for line in lines]
    return pd.DataFrame({"State": [one[0] for one in cells], "Tonnes": [float(one[2]) for one in cells]})


def _join(lorries: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the region of each, `OTHER` where `regions.csv` has none."""
    region = {code: name for name, codes in REGIONS.items() for code in codes}
    return lorries.assign(region=lorries["State"].map(region).fillna(OTHER))


def _table(given: Given) -> pd.DataFrame:
    """Return the right table: a row for each state and day, its region beside it."""
    lorries = _read(given)
    return _join(lorries[lorries["State"] != SUM])


def _with_sums(given: Given) -> pd.DataFrame:
    return _join(_read(given))


def _of_known_regions(given: Given) -> pd.DataFrame:
    """Return what a plain join leaves."""
    table = _table(given)
    return table[table["region"] != OTHER]


def _month_first(given: Given) -> pd.DataFrame:
    table = _table(given)
    days = [day.replace(day=day.month, month=day.day) if day.day <= 12 else day for day in table["Day"]]
    return table.assign(Day=days)


def _first(given: Given) -> float:
    return float(_read(given)["Tonnes"].iloc[0])


def _count(table: pd.DataFrame) -> tuple[int, float]:
    return len(table), float(table["Tonnes"].sum())


def _up_to(table: pd.DataFrame, given: Given) -> pd.DataFrame:
    return table[table["Day"] <= dt.date.fromisoformat(given["until"])]


def _before(table: pd.DataFrame, given: Given) -> pd.DataFrame:
    return table[table["Day"] < dt.date.fromisoformat(given["until"])]


def _up_to_as_texts(given: Given) -> pd.DataFrame:
    """Return the rows whose day is not behind the other, letter by letter."""
    table = _table(given)
    until = dt.date.fromisoformat(given["until"]).strftime(DAY)
    return table[[day.strftime(DAY) <= until for day in table["Day"]]]


def _add_up(table: pd.DataFrame) -> dict[str, float]:
    return {str(region): float(sum_) for region, sum_ in table.groupby("region")["Tonnes"].sum().items()}


def _share(table: pd.DataFrame, region: str) -> float:
    return float(100 * table.loc[table["region"] == region, "Tonnes"].sum() / table["Tonnes"].sum())


def _draw(bars: Mapping[str, float]) -> dict[str, Any]:
    return drawn.make_bars(bars, "tonnes")


def _from_left(left: Sequence[tuple[str, dt.date, float, str]]) -> pd.DataFrame:
    """Return the table that a student has left behind, as its kind has read it."""
    table = pd.DataFrame(list(left), columns=list(TABLE))
    # Texts are read in small letters.
    return table.assign(region=table["region"].map({name.casefold(): name for name in (*REGIONS, OTHER)}))


SET = exercise_set(
    __file__,
    options={
        "file": list(range(1, 66)),
        "until": [day.isoformat() for day in DAYS[1:-1]],
        "region": list(REGIONS),
    },
    questions=[
        ask(
            "q1",
            name="first_weight",
            points=1,
            kind=Number("tonnes", 0.01),
            solution=_first,
            uses=["file"],
            typed=True,
            taught="2. Look, then read",
            hint="Look at the first row below the names of the columns, and at the sign before its last figure.",
            mistakes=[
                Mistake(
                    "The comma of the file stands before the tenths. Which sign does Python want there?",
                    lambda g: round(10 * _first(g)),
                    excluded_by="as Python writes a number",
                ),
                Mistake(
                    "You cut the number at its comma.",
                    lambda g: int(_first(g)),
                ),
                Mistake(
                    "That is the sum of the first day. Take the first row below the names of the columns.",
                    lambda g: float(_read(g).query("State == @SUM")["Tonnes"].iloc[0]),
                    excluded_by="in the first row below the names",
                ),
                Mistake(
                    "That is the first row of the other file.",
                    lambda g: float(_read_before(g)["Tonnes"].iloc[0]),
                    excluded_by="of `lorries.csv`",
                ),
            ],
        ),
        ask(
            "q2",
            name="lorries",
            points=1,
            kind=Rows({"State": Text(), "Tonnes": Number("tonnes", 0.001)}),
            solution=_read,
            uses=["file"],
            taught="2. Look, then read",
            hint="Hold the first and the last rows of your table against the lines that you saw.",
            mistakes=[
                Mistake(
                    "Each number is ten times too large. What was the comma taken for?",
                    lambda g: _read(g).assign(Tonnes=lambda t: (10 * t["Tonnes"]).round()),
                ),
                Mistake(
                    "The last row is gone. How many lines at the end are no rows?",
                    lambda g: _read(g).iloc[:-1],
                    excluded_by="all its rows",
                ),
                Mistake(
                    "The sums of the days are gone. Here we ask for the whole file, and for states later.",
                    lambda g: _read(g).query("State != @SUM"),
                    excluded_by="also those with the sum of a day",
                ),
                Mistake(
                    "This is the file of the year before.",
                    _read_before,
                    excluded_by="Read your `lorries.csv` instead",
                ),
            ],
        ),
        ask(
            "q3",
            name="left",
            points=3,
            kind=Rows(TABLE),
            solution=_table,
            uses=["file"],
            moves=True,
            taught="4. A second table",
            hint="Count the rows before and after the join, and look at the earliest and the latest day.",
            mistakes=[
                Mistake(
                    "The join lost rows. Whose are they, and which kind of join keeps them?",
                    _of_known_regions,
                    excluded_by="No row of a state may be lost",
                ),
                Mistake(
                    "The sums of the days are in it. The last lines of the file say which rows they are.",
                    _with_sums,
                    excluded_by="a row for each state and day, and for nothing else",
                ),
                Mistake(
                    "Some days have become others. Which of the two first numbers is the month?",
                    _month_first,
                ),
                Mistake(
                    "Every state has the same region. Which columns hold the same codes?",
                    lambda g: _table(g).assign(region=OTHER),
                ),
            ],
        ),
        ask(
            "q4",
            name="so_far",
            points=1,
            kind=Together((Whole("rows"), Number("tonnes", 0.1))),
            solution=lambda g: _count(_up_to(_table(g), g)),
            uses=["file", "until"],
            moves=True,
            follows=Follows("q3", lambda g, left: _count(_up_to(_from_left(left), g))),
            taught="5. Three counts",
            hint="Keep the rows up to your day. Then count them, and add up their tonnes.",
            mistakes=[
                Mistake(
                    "Your day itself is not in it.",
                    lambda g: _count(_before(_table(g), g)),
                    excluded_by="that day too",
                ),
                Mistake(
                    "The sums of the days are among the rows.",
                    lambda g: _count(_up_to(_with_sums(g), g)),
                ),
                Mistake(
                    "Rows that the join lost are missing.",
                    lambda g: _count(_up_to(_of_known_regions(g), g)),
                ),
                Mistake(
                    "Texts were compared, letter by letter. Only days can be compared.",
                    lambda g: _count(_up_to_as_texts(g)),
                ),
                Mistake(
                    "Those are the rows of all days.",
                    lambda g: _count(_table(g)),
                    excluded_by="up to `given['until']`",
                ),
            ],
        ),
        ask(
            "q5",
            name="region_share",
            points=2,
            kind=PerCent(0.1, 0, 100),
            solution=lambda g: _share(_table(g), g["region"]),
            uses=["file", "region"],
            moves=True,
            follows=Follows("q3", lambda g, left: _share(_from_left(left), g["region"])),
            taught="5. Three counts",
            hint="Divide the tonnes of your region by the tonnes of all rows of the table.",
            mistakes=[
                Mistake(
                    "This is a fraction: multiply it by 100 to get per cent.",
                    lambda g: _share(_table(g), g["region"]) / 100,
                    excluded_by="Unit: per cent",
                ),
                Mistake(
                    "That is half of it: the whole holds the sums of the days as well.",
                    lambda g: _share(_with_sums(g), g["region"]),
                ),
                Mistake(
                    "The rows that a plain join loses are missing from the whole.",
                    lambda g: _share(_of_known_regions(g), g["region"]),
                    excluded_by="of all tonnes",
                ),
                Mistake(
                    "That is the share of rows. We asked for the share of tonnes.",
                    lambda g: float(100 * (_table(g)["region"] == g["region"]).mean()),
                    excluded_by="share of all tonnes",
                ),
            ],
        ),
        ask(
            "q6",
            name="drawn",
            points=2,
            kind=Bars(Number("tonnes", 0.1), keys="regions"),
            solution=lambda g: _draw(_add_up(_table(g))),
            uses=["file"],
            moves=True,
            follows=Follows("q3", lambda g, left: _draw(_add_up(_from_left(left)))),
            taught="6. One chart",
            hint="Hold the length of each bar against a sum of your table.",
            mistakes=[
                Mistake(
                    "The sums of the days are drawn beside their parts.",
                    lambda g: _draw(_add_up(_with_sums(g))),
                ),
                Mistake(
                    "A bar is missing. Which rows had no region?",
                    lambda g: _draw(_add_up(_of_known_regions(g))),
                    excluded_by="a bar for each region of your table",
                ),
                Mistake(
                    "The bars show how many rows there are. We asked for tonnes.",
                    lambda g: _draw({k: float(v) for k, v in _table(g)["region"].value_counts().items()}),
                    excluded_by="all its tonnes",
                ),
                Mistake(
                    "The bars show means. We asked for sums.",
                    lambda g: _draw(
                        {str(k): float(v) for k, v in _table(g).groupby("region")["Tonnes"].mean().items()}
                    ),
                    excluded_by="all its tonnes",
                ),
            ],
        ),
    ],
    written=[
        Written(
            id="w1",
            title="One sentence, and its limit",
            rubric={name: rubrics.CLAIM[name] for name in ("Claim", "Limits")},
            worth=4,
        ),
    ],
)

#: The ties of the set's words by cell, as in a lesson's metadata.
TIED = {
    "title": {
        "0.25 for": "0.25",
        "25 per": "25",
        "6 questions, 10 points, and a written answer of 4 points": [
            "len(exercise.questions)",
            "exercise.points",
            "exercise.written[0].points",
        ],
    },
    "w1-question": {
        "from 0 to": "0",
        "4 points a row": "4",
        "at most 4 points": "exercise.written[0].points",
        "| 0": "0",
        "| 1": "1",
        "| 2": "2",
        "3": "3",
        "| 4": "4",
    },
}
