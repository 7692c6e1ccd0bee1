"""Practice of lesson 01: days, kilometres, meetings."""

# ruff: noqa: PLW0108  # a table is read when an answer is checked, not when the course is imported

import pandas as pd

from samarkand import data
from samarkand.check.tasks import task


def _last_trip() -> pd.Series:
    """Return the row of the last trip abroad before the pandemic."""
    timeline = data.load("timeline")
    return timeline.loc[timeline["title"].str.contains("last foreign trip")].iloc[0]


def _days(start: str, end: pd.Timestamp) -> int:
    """Return the days from a day of the last trip (``"day"``, its first, or ``"end_day"``) to another day."""
    return int((end - _last_trip()[start]).days)


def _announced() -> pd.Timestamp:
    timeline = data.load("timeline")
    return pd.Timestamp(timeline.loc[timeline["title"] == "Trip announced", "day"].iloc[0])


def _trip_days() -> pd.Series:
    return data.load("trip")["day"]


def _legs() -> pd.Series:
    trip = data.load("trip")
    return trip.loc[trip["type"] == "leg", "distance_km"]


def _meetings(*types: str) -> pd.DataFrame:
    trip = data.load("trip")
    return trip[trip["type"].isin(types)]


task(
    "01.1",
    "How many days lie between the last day of Xi's previous trip abroad and the first day of this one? "
    "From Monday to Tuesday is 1 day.",
    lambda: _days("end_day", _trip_days().min()),
    unit="days",
    right="More than two and a half years without a trip abroad: that is why this one made news.",
    hint="Take the earlier day from the later one: the last day in Myanmar, and the first day of this trip.",
    wrong={
        "That is one too many: start from the last day of the trip to Myanmar, and count from Monday to "
        "Tuesday as 1.": lambda: _days("day", _trip_days().min()),
        "That leaves out both ends: from Monday to Tuesday is 1 day.": lambda: (
            _days("end_day", _trip_days().min()) - 1
        ),
        "That goes to the day the trip was announced. On which day did it begin?": lambda: _days(
            "end_day", _announced()
        ),
        "That goes to the last day of this trip. On which day did it begin?": lambda: _days(
            "end_day", _trip_days().max()
        ),
    },
)

task(
    "01.2",
    "How many kilometres did the three flights of the trip cover, along great circles? "
    "Within 15 km is near enough.",
    lambda: _legs().sum(),
    unit="km",
    tolerance=15.0,
    right="Almost a quarter of the way round the Earth, in three flights and three days.",
    hint='Only rows of type "leg" are flights; their column distance_km is to be added up.',
    wrong={
        "That is one flight. How far were all three together?": lambda: _legs().max(),
        "That is the average flight. How far were all three together?": lambda: _legs().mean(),
        "That is the way out. And back to Beijing?": lambda: _legs().iloc[:-1].sum(),
        "That is Beijing to Samarkand and back. The way out had a stop.": lambda: 2 * _legs().iloc[-1],
        "That is how many flights there were. How far did they go?": lambda: _legs().size,
    },
)

task(
    "01.3",
    'How many leaders did Xi meet one to one on the three days (rows of type "bilateral")?',
    lambda: _meetings("bilateral")["counterpart"].nunique(),
    right="One leader after another in three days.",
    hint='Keep the rows whose type is "bilateral", and count them.',
    wrong={
        "That counts every row with a counterpart: also awards, airports, and a meeting that did not take "
        "place.": lambda: data.load("trip")["counterpart"].notna().sum(),
        "Those are the different counterparts of all rows. Which rows are meetings of two?": lambda: (
            data.load("trip")["counterpart"].nunique()
        ),
        "That counts meetings of three and more, too.": lambda: len(_meetings("bilateral", "multilateral")),
        "That leaves out the first day. Count the whole trip.": lambda: (
            _meetings("bilateral")["day"] > _trip_days().min()
        ).sum(),
        "That is the whole table.": lambda: len(data.load("trip")),
    },
)
