"""Practice of lesson 01: days, kilometres, meetings."""

import pandas as pd

from samarkand import data
from samarkand.ground.words import tr
from samarkand.practice.answers import kinds
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.tasks._engine import Task


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


def _abroad() -> int:
    """Return the days between the first journey out of mainland China and the first out of the country."""
    return int((_events("TL069")["day"] - _events("TL057")["day"]).days)


TASKS = (
    Task(
        "01.1",
        kinds.Days(),
        lambda: _days_from_hong_kong("end_day", _arrival()),
        right=tr(
            "Counted from Hong Kong, the pause is measured in weeks, not in years: the rule makes the number."
        ),
        hint=tr("Take the earlier day from the later one, then ask for .days."),
        diagnoses=(
            Diagnosis(
                tr("That starts on the first day in Hong Kong. On which day did the visit end?"),
                lambda: _days_from_hong_kong("day", _arrival()),
            ),
            Diagnosis(
                tr("That leaves out both ends: from Monday to Tuesday is 1 day."),
                lambda: _days_from_hong_kong("end_day", _arrival()) - 1,
            ),
            Diagnosis(
                tr("That is the later day taken from the earlier one: turn them round."),
                lambda: -_days_from_hong_kong("end_day", _arrival()),
            ),
            Diagnosis(
                tr("That counts from Myanmar. The question starts in Hong Kong."),
                lambda: int((_arrival() - _events("TL036")["end_day"]).days),
            ),
        ),
        taught="3. How long had he not been abroad?",
    ),
    Task(
        "01.2",
        kinds.PerCent(0.1),
        lambda: 100 * _legs().iloc[-1] / _legs().sum(),
        right=tr("The way out had a stop, and yet it was not much longer than the straight way home."),
        hint=tr("Divide the last leg by the sum of the three, and multiply by 100."),
        diagnoses=(
            Diagnosis(
                tr("That is a share of 1. In per cent it is a hundred times as much."),
                lambda: _legs().iloc[-1] / _legs().sum(),
            ),
            Diagnosis(
                tr("That compares the way home with the way out. Take its share of the whole."),
                lambda: 100 * _legs().iloc[-1] / _legs().iloc[:-1].sum(),
            ),
            Diagnosis(
                tr("That is the share of the way out."), lambda: 100 * _legs().iloc[:-1].sum() / _legs().sum()
            ),
            Diagnosis(
                tr("That is the first leg. Which one leads home?"),
                lambda: 100 * _legs().iloc[0] / _legs().sum(),
            ),
        ),
        taught="2. Where did he go?",
    ),
    Task(
        "01.3",
        kinds.Whole(tr("people")),
        lambda: _met("2022-09-15", "bilateral").nunique(),
        right=tr("The day before the summit's sessions was the day of the meetings."),
        hint=tr(
            'Two conditions: the type is "bilateral", and the day is 15 September. Count the different '
            "people."
        ),
        diagnoses=(
            Diagnosis(
                tr("That is all three days together. Which day was asked for?"),
                lambda: _met(None, "bilateral").nunique(),
            ),
            Diagnosis(
                tr(
                    "That counts every counterpart of the day, whatever the row is. Keep the meetings of two."
                ),
                lambda: _met("2022-09-15").notna().sum(),
            ),
            Diagnosis(
                tr("That counts a meeting of three as well."),
                lambda: len(_met("2022-09-15", "bilateral", "multilateral")),
            ),
            Diagnosis(
                tr("That is the day of the summit's sessions. Which day was asked for?"),
                lambda: _met("2022-09-16", "bilateral").nunique(),
            ),
        ),
        taught="4. Whom did he meet, and whom not?",
    ),
)
#: What the predictions of the lesson come to.
RESULTS = {"01.distance": lambda: float(_legs().sum()), "01.abroad": _abroad}
