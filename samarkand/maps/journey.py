"""The journey of September 2022 as flights and stages, from the table ``trip``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pandas as pd

from samarkand import data, geo, places
from samarkand.maps.layers import Step


@dataclass(frozen=True)
class Flight:
    """A leg of the journey, on a great circle."""

    number: int
    day: pd.Timestamp
    start: str
    end: str
    a: geo.Point
    b: geo.Point

    @property
    def id(self) -> str:
        """What the leg is called on the map."""
        return f"leg{self.number}"

    @property
    def km(self) -> int:
        """Length in whole km."""
        return round(geo.distance_km(self.a, self.b))

    @property
    def line(self) -> list[list[int]]:
        """The way in map units, [x, y]."""
        return [list(geo.project(lat, lon)) for lat, lon in geo.great_circle(self.a, self.b, steps=40)]


@dataclass
class Stage:
    """A flight, or a day in one city."""

    day: pd.Timestamp
    city: str
    flight: Flight | None = None
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def met(self) -> list[str]:
        """ISO3 codes of the states whose leaders were met one to one."""
        return [e["counterpart_iso3"] for e in self.events if e["type"] == "bilateral"]

    @property
    def step(self) -> Step:
        """What the map says at this stage."""
        if self.flight:
            flight = self.flight
            return Step(
                f"Leg {flight.number}", f"{flight.start} to {flight.end}, {flight.km:,} km", on(self.day)
            )
        said = tuple(
            (_told(e), "" if pd.isna(e["time_local"]) else str(e["time_local"])) for e in self.events
        )
        return Step(self.city, on(self.day), "", said)


def stages(trip: pd.DataFrame) -> list[Stage]:
    """Divide the journey into flights and days in a city, in order.

    Parameters
    ----------
    trip : pandas.DataFrame
        The table ``trip``.

    Returns
    -------
    list of Stage
    """
    out: list[Stage] = []
    flights = 0
    for row in trip.to_dict("records"):
        city = str(row["place"]).partition(",")[0]
        if row["type"] == "leg":
            flights += 1
            ends = (row["lat"], row["lon"]), (row["to_lat"], row["to_lon"])
            flight = Flight(flights, row["day"], city, str(row["to_place"]), *ends)
            out.append(Stage(row["day"], city, flight))
            continue
        last = out[-1] if out else None
        if last is None or last.flight or (last.day, last.city) != (row["day"], city):
            out.append(Stage(row["day"], city))
        out[-1].events.append({str(key): value for key, value in row.items()})
    return out


def ticks(journey: list[Stage]) -> list[str]:
    """Return what is written below the range at each stage: a flight, a city, or the next day in it."""
    out = []
    for before, stage in pairwise([None, *journey]):
        if stage is None:
            continue
        if stage.flight:
            out.append(f" Leg {stage.flight.number}")
        elif before and before.city == stage.city and not before.flight:
            out.append(f" {on(stage.day, year=False)}")
        else:
            out.append(stage.city)
    return out


def on(day: pd.Timestamp, *, year: bool = True) -> str:
    """Return a day as a sentence has it.

    Examples
    --------
    >>> on(pd.Timestamp("2022-09-15")), on(pd.Timestamp("2022-09-15"), year=False)
    ('15 September 2022', '15 Sept')
    """
    return data.in_words(day) if year else f"{day.day} {day:%b}".replace("Sep", "Sept")


def _told(event: dict[str, Any]) -> str:
    """Return an event in a line: whom he met, or what happened without what the table adds to it."""
    if event["type"] == "bilateral":
        return f"{event['counterpart']}, {places.name(event['counterpart_iso3'])}"
    return re.split(r"; | \(", str(event["event"]))[0]
