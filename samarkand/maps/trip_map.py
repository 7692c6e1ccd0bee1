"""The map of the journey of September 2022, as flights and stages, from the table ``trip``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from samarkand import data, geo, places
from samarkand.common.words import join_in_words, name_month, tr, trn, write_day
from samarkand.html.style import PLACES
from samarkand.maps._base import make_scene, names_of_states, on_the_region
from samarkand.maps._offline import OfflineMap, read_asset
from samarkand.maps._scene import Key, Label, Name, Step
from samarkand.maps._shapes import Shape, draw_arrowhead, read_labels

__all__ = ["trip"]

#: An arrow's head in the still picture, in map units: half its width, its length, and its start, which is
#: before the stop.
HEAD = (36, 72, -102)


def trip() -> OfflineMap:
    """Draw the journey of 14 to 16 September 2022: Beijing, Nur-Sultan, Samarkand, Beijing.

    The legs are numbered great circles; a slider in the map goes through the journey, fills the states whose
    leaders were met and lists events.

    Examples
    --------
    >>> trip()
    Map of the journey Beijing - Nur-Sultan - Samarkand - Beijing, 14 to 16 September 2022: 9,133 km.
    """
    journey = _divide_journey(data.load("trip"))
    last_day = journey[-1].day
    flights = [stage.flight for stage in journey if stage.flight]
    met: set[str] = set()
    for stage in journey:
        met.update(stage.met)
    states = sorted(met)
    names = names_of_states(states)
    for flight in flights:
        names[flight.id] = flight.describe()
    content = make_scene(
        "trip",
        [f"{last_day:%Y-%m-%d}"] * (len(journey) + 1),
        [
            Key(PLACES["route"], tr("Flights, on great circles"), "", line="leg"),
            Key(PLACES["met"], tr("Leaders met one to one"), "", counted=True),
        ],
        {
            "route": " - ".join([flights[0].start, *(flight.end for flight in flights)]),
            "days": tr("{first} to {last}", first=journey[0].day.day, last=write_day(last_day)),
            "km": sum(flight.km for flight in flights),
            "n": len(states),
            "flights": len(flights),
            "legs": ", ".join(tr("leg {number} {km:,} km", number=f.number, km=f.km) for f in flights),
            "states": join_in_words(sorted(places.name(state) for state in states)),
        },
        status=_find_status(journey, states),
        names=names,
        steps=[_sum_up(flights, states), *(stage.step for stage in journey)],
        labels=[*_label_stops(flights), *_label_flights(flights), *read_labels(moved="trip", seas=False)],
        ticks=[tr("All"), *_label_stages(journey)],
    )
    casing = [Shape("", "casing", "line", [flight.line]) for flight in flights]
    lines = [Shape(flight.id, "leg", "line", [flight.line]) for flight in flights]
    stops = [Shape("", "stop", "dot", list(geo.REGION.whole(*flight.a)), 5) for flight in flights]
    heads = [Shape("", "head", "area", [[draw_arrowhead(flight.line, *HEAD)]]) for flight in flights]
    drawn = on_the_region(content, [*casing, *lines, *stops], still=[*casing, *lines, *heads, *stops])
    drawn.add_html(f"<style>{read_asset('legs.css')}</style>")
    drawn.add_html(read_asset("legs.html"), "html")
    return drawn


def _sum_up(flights: Sequence[Flight], states: Sequence[str]) -> Step:
    """Return the step of the whole journey: its length, what was done, and each flight."""
    total = sum(flight.km for flight in flights)
    leaders = trn("{n} leader met one to one", "{n} leaders met one to one", len(states))
    events = []
    for flight in flights:
        way = tr("{number}  {start} to {end}", number=flight.number, start=flight.start, end=flight.end)
        events.append((way, tr("{km:,} km", km=flight.km)))
    return Step(
        tr("{km:,} km", km=total),
        trn("{n} flight, {leaders}", "{n} flights, {leaders}", len(flights), leaders=leaders),
        events=tuple(events),
    )


class Flight(NamedTuple):
    """A leg of the journey, on a great circle from `a` to `b`, (lat, lon)."""

    number: int
    day: pd.Timestamp
    start: str
    end: str
    a: geo.Point
    b: geo.Point

    @property
    def id(self) -> str:
        """The id of its shape."""
        return f"leg{self.number}"

    @property
    def km(self) -> int:
        """Length in km."""
        return round(geo.distance_km(self.a, self.b))

    def describe(self) -> Name:
        """Return the tooltip: where it goes, how far and when."""
        way = tr("Leg {number}: {start} to {end}", number=self.number, start=self.start, end=self.end)
        return Name(way, "", tr("{km:,} km, {day}", km=self.km, day=write_day(self.day)))

    @property
    def line(self) -> list[list[int]]:
        """The path in map units, [x, y]."""
        path = geo.great_circle(self.a, self.b, steps=12)
        return [list(geo.REGION.whole(lat, lon)) for lat, lon in path]


class Stage(NamedTuple):
    """A flight, or a day in one city with its events, rows of the table ``trip``."""

    day: pd.Timestamp
    city: str
    flight: Flight | None
    events: list[dict[str, Any]]

    @property
    def met(self) -> list[str]:
        """ISO3 codes of the states whose leaders were met one to one."""
        return [event["counterpart_iso3"] for event in self.events if event["type"] == "bilateral"]

    @property
    def step(self) -> Step:
        """The texts of the map at this stage."""
        flight = self.flight
        if flight:
            path = tr("{start} to {end}, {km:,} km", start=flight.start, end=flight.end, km=flight.km)
            return Step(tr("Leg {number}", number=flight.number), path, write_day(self.day))
        events = []
        for event in self.events:
            hour = "" if pd.isna(event["time_local"]) else str(event["time_local"])
            events.append((_shorten_event(event), hour))
        return Step(self.city, write_day(self.day), "", tuple(events))


def _divide_journey(trip: pd.DataFrame) -> list[Stage]:
    """Divide the journey (the table ``trip``) into flights and days in a city, in order."""
    stages: list[Stage] = []
    flights = 0
    for row in trip.to_dict("records"):
        city = str(row["place"]).partition(",")[0]
        if row["type"] == "leg":
            flights += 1
            ends = (row["lat"], row["lon"]), (row["to_lat"], row["to_lon"])
            flight = Flight(flights, row["day"], city, str(row["to_place"]), *ends)
            stages.append(Stage(row["day"], city, flight, []))
            continue
        last = stages[-1] if stages else None
        if last is None or last.flight or (last.day, last.city) != (row["day"], city):
            stages.append(Stage(row["day"], city, None, []))
        stages[-1].events.append({str(key): value for key, value in row.items()})
    return stages


def _label_stages(journey: list[Stage]) -> list[str]:
    """Return the label below the slider of each stage: a flight, a city, or the next day in it."""
    out = []
    for before, stage in zip([None, *journey], journey, strict=False):
        if stage.flight:
            out.append(" " + tr("Leg {number}", number=stage.flight.number))
        elif before and before.city == stage.city and not before.flight:
            # English shortens September to four letters, and no other month
            name = tr("Sept") if stage.day.month == 9 else name_month(stage.day.month, short=True)
            out.append(" " + tr("{day} {month}", day=stage.day.day, month=name))
        else:
            out.append(stage.city)
    return out


def _shorten_event(event: dict[str, Any]) -> str:
    """Return a short text for an event: the person met, or the event without the table's additions."""
    if event["type"] == "bilateral":
        return tr("{who}, {state}", who=event["counterpart"], state=places.name(event["counterpart_iso3"]))
    return re.split(r"; | \(", str(event["event"]))[0]


def _find_status(journey: list[Stage], states: list[str]) -> dict[str, str]:
    """Return, by id, a letter a step for each state and flight: "-" until met or flown; the first has all."""
    letters = dict.fromkeys(states, PLACES["met"].code)
    for stage in journey:
        if stage.flight:
            letters[stage.flight.id] = PLACES["route"].code
    status = dict(letters)
    done: set[str] = set()
    for stage in journey:
        done.update(stage.met)
        if stage.flight:
            done.add(stage.flight.id)
        for ident, letter in letters.items():
            status[ident] += letter if ident in done else "-"
    return status


def _label_stops(flights: list[Flight]) -> list[Label]:
    """Return the names of the stops."""
    beside = {"Beijing": (10, -12), "Nur-Sultan": (0, -16), "Samarkand": (-12, 4)}
    labels = []
    for city, at in {flight.start: flight.a for flight in flights}.items():
        offset = beside.get(city, (10, -10))
        labels.append(Label("", city, *geo.REGION.whole(*at), 13.5, *offset, "city"))
    return labels


def _label_flights(flights: list[Flight]) -> list[Label]:
    """Return number and length of each flight, half way."""
    labels = []
    for flight in flights:
        line = flight.line
        x, y = line[len(line) // 2]
        (x0, y0), (x1, y1) = line[0], line[-1]
        slope = abs((y1 - y0) / (x1 - x0))
        # Beside a steep line; above another, the farther the more it would rise into the figure.
        dx, dy = (-9, 0) if slope > 1 else (0, -12 - round(38 * slope))
        text = tr("{number}: {km:,} km", number=flight.number, km=flight.km)
        labels.append(Label(flight.id, text, x, y, 12.5, dx, dy, "leg"))
    return labels
