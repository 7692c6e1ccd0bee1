"""Practice of lesson 01: days, kilometres, meetings."""

import pandas as pd

from samarkand import data
from samarkand.answers import kinds
from samarkand.common.words import tr
from samarkand.practice.tasks._engine import task

_ARRIVAL = pd.Timestamp("2022-09-14")


def _event(name: str) -> pd.Series:
    """Return one row of the timeline by its id."""
    timeline = data.load("timeline")
    return timeline[timeline["id"] == name].iloc[0]


def _days(since: pd.Timestamp) -> int:
    return int((_ARRIVAL - since).days)


def _type(*types: str) -> pd.DataFrame:
    """Return the rows of the table ``trip`` with the given types."""
    trip = data.load("trip")
    return trip[trip["type"].isin(types)]


def _km() -> pd.Series:
    return _type("leg")["distance_km"].astype(float)


def _on(rows: pd.DataFrame, day: str) -> pd.DataFrame:
    return rows[rows["day"] == day]


def _flown(day: str) -> int:
    return int(_on(_type("leg"), day)["distance_km"].sum())


def _flights(by: str, number: int) -> pd.DataFrame:
    return _type("leg").sort_values(by, kind="stable")[["to_place", "distance_km"]].head(number)


def _abroad() -> int:
    """Return the days between the first journey out of mainland China and the first out of the country."""
    return int((_event("TL069")["day"] - _event("TL057")["day"]).days)


TASKS = (
    task(
        "01.1",
        kinds.Shown(),
        lambda: _type("ceremony")[["day", "event"]],
        given=lambda: _type("leg")[["day", "event"]],
        all_columns=lambda: _type("ceremony"),
        whole_table=lambda: data.load("trip")[["day", "event"]],
    ),
    task(
        "01.2",
        kinds.Whole(tr("kilometres")),
        lambda: _flown("2022-09-14"),
        given=lambda: int(_km().sum()),
        first_flight=lambda: 3652,
        second_flight=lambda: 1306,
        flight_home=lambda: _flown("2022-09-16"),
        flights=lambda: len(_on(_type("leg"), "2022-09-14")),
    ),
    task(
        "01.3",
        kinds.PerCent(0.1),
        lambda: 100 * _km().iloc[-1] / _km().sum(),
        fraction=lambda: _km().iloc[-1] / _km().sum(),
        of_two=lambda: 100 * _km().iloc[-1] / _km().iloc[:-1].sum(),
        two_flights=lambda: 100 * _km().iloc[:-1].sum() / _km().sum(),
        first_flight=lambda: 100 * _km().iloc[0] / _km().sum(),
    ),
    task(
        "01.4",
        kinds.Days(),
        lambda: _days(_event("TL057")["end_day"]),
        from_the_journey=lambda: _days(_event("TL036")["end_day"]),
        from_the_first_day=_abroad,
        without_ends=lambda: _days(_event("TL057")["end_day"]) - 1,
        swapped=lambda: -_days(_event("TL057")["end_day"]),
    ),
    task(
        "01.5",
        kinds.Whole(tr("meetings")),
        lambda: len(_on(_type("bilateral"), "2022-09-15")),
        given=lambda: len(_type("bilateral")),
        all_rows=lambda: len(_on(data.load("trip"), "2022-09-15")),
        multilateral=lambda: len(_on(_type("bilateral", "multilateral"), "2022-09-15")),
        other_day=lambda: len(_on(_type("bilateral"), "2022-09-16")),
    ),
    task(
        "01.6",
        kinds.Shown(),
        lambda: _flights("distance_km", 1),
        all_rows=lambda: _flights("distance_km", 3),
        first_in_alphabet=lambda: _flights("to_place", 1),
    ),
    task("01.7", kinds.Texts(tr("ids")), lambda: ["TL063", "TL066", "TL069"], given=lambda: ["TL063"]),
    task(
        "01.8",
        kinds.Whole(tr("rows")),
        lambda: len(_type("bilateral", "multilateral")),
        bilateral=lambda: len(_type("bilateral")),
        multilateral=lambda: len(_type("multilateral")),
        whole_table=lambda: len(data.load("trip")),
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {"01.distance": lambda: float(_km().sum()), "01.abroad": _abroad}
