"""Practice of lesson 01: days, kilometres, meetings."""

import pandas as pd

from samarkand import data
from samarkand.check.tasks import task


def _events(name: str) -> pd.Series:
    """Return one row of the timeline by its id."""
    timeline = data.load("timeline")
    return timeline[timeline["id"] == name].iloc[0]


def _days_from_hong_kong(start: str, end: pd.Timestamp) -> int:
    """Return the days from a day in Hong Kong (``"day"``, the first, or ``"end_day"``) to another day."""
    return int((end - _events("TL057")[start]).days)


def _arrival() -> pd.Timestamp:
    return pd.Timestamp(_events("TL069")["day"])


def _legs() -> pd.Series:
    trip = data.load("trip")
    return trip.loc[trip["type"] == "leg", "distance_km"].astype(float)


def _met(day: str | None = None, *types: str) -> pd.Series:
    """Return the counterparts of the rows of these types (all, if none is named) on a day (or on all)."""
    trip = data.load("trip")
    rows = trip[trip["type"].isin(types)] if types else trip
    return (rows if day is None else rows[rows["day"] == pd.Timestamp(day)])["counterpart"]


task(
    "01.1",
    "How many days lie between the end of Xi's visit to Hong Kong (1 July 2022) and his arrival in "
    "Nur-Sultan (14 September 2022)? From Monday to Tuesday is 1 day.",
    lambda: _days_from_hong_kong("end_day", _arrival()),
    unit="days",
    right="Counted from Hong Kong, the pause is measured in weeks, not in years: the rule makes the number.",
    hint="Take the earlier day from the later one, then ask for .days.",
    wrong={
        "That starts on the first day in Hong Kong. On which day did the visit end?": lambda: (
            _days_from_hong_kong("day", _arrival())
        ),
        "That leaves out both ends: from Monday to Tuesday is 1 day.": lambda: (
            _days_from_hong_kong("end_day", _arrival()) - 1
        ),
        "That is the later day taken from the earlier one: turn them round.": lambda: (
            -_days_from_hong_kong("end_day", _arrival())
        ),
        "That counts from Myanmar. The question starts in Hong Kong.": lambda: int(
            (_arrival() - _events("TL036")["end_day"]).days
        ),
    },
)

task(
    "01.2",
    "What share of the whole distance was flown on the way home, from Samarkand to Beijing? In per cent, one "
    "decimal; within 0.1 is near enough.",
    lambda: 100 * _legs().iloc[-1] / _legs().sum(),
    unit="per cent",
    tolerance=0.1,
    right="The way out had a stop, and yet it was not much longer than the straight way home.",
    hint="Divide the last leg by the sum of the three, and multiply by 100.",
    wrong={
        "That is a share of 1. In per cent it is a hundred times as much.": lambda: (
            _legs().iloc[-1] / _legs().sum()
        ),
        "That compares the way home with the way out. Take its share of the whole.": lambda: (
            100 * _legs().iloc[-1] / _legs().iloc[:-1].sum()
        ),
        "That is the share of the way out.": lambda: 100 * _legs().iloc[:-1].sum() / _legs().sum(),
        "That is the first leg. Which one leads home?": lambda: 100 * _legs().iloc[0] / _legs().sum(),
    },
)

task(
    "01.3",
    "With how many different heads of state or government did Xi have a bilateral meeting on 15 September?",
    lambda: _met("2022-09-15", "bilateral").nunique(),
    unit="people",
    right="The day before the summit was the day of the meetings.",
    hint='Two conditions: the type is "bilateral", and the day is 15 September. Count the different people.',
    wrong={
        "That is all three days together. Which day was asked for?": lambda: _met(
            None, "bilateral"
        ).nunique(),
        "That counts every counterpart of the day, whatever the row is. Keep the meetings of two.": lambda: (
            _met("2022-09-15").notna().sum()
        ),
        "That counts a meeting of three as well.": lambda: len(
            _met("2022-09-15", "bilateral", "multilateral")
        ),
        "That is the day of the summit itself. Which day was asked for?": lambda: _met(
            "2022-09-16", "bilateral"
        ).nunique(),
    },
)
