"""The map of the journey of September 2022, as flights and stages, from the table ``trip``."""

import re
from typing import Any, NamedTuple

import pandas as pd

from samarkand import data, geo, places
from samarkand.common.words import day, listed, month, tr, trn
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
    flights = [stage.flight for stage in journey if stage.flight]
    states = sorted(set[str]().union(*(stage.met for stage in journey)))
    total = sum(flight.km for flight in flights)
    route = " - ".join([flights[0].start, *(flight.end for flight in flights)])
    days = tr("{first} to {last}", first=journey[0].day.day, last=day(journey[-1].day))
    leaders = trn("{n} leader met one to one", "{n} leaders met one to one", len(states))
    overview = Step(
        tr("{km:,} km", km=total),
        trn("{n} flight, {leaders}", "{n} flights, {leaders}", len(flights), leaders=leaders),
        events=tuple(
            (tr("{number}  {start} to {end}", **f._asdict()), tr("{km:,} km", km=f.km)) for f in flights
        ),
    )
    gaps = {"route": route, "days": days, "km": total, "n": len(states), "flights": len(flights)}
    gaps["legs"] = ", ".join(tr("leg {number} {km:,} km", number=f.number, km=f.km) for f in flights)
    gaps["states"] = listed(sorted(places.name(one) for one in states))
    content = make_scene(
        "trip",
        [f"{journey[-1].day:%Y-%m-%d}"] * (len(journey) + 1),
        [
            Key(PLACES["route"], tr("Flights, on great circles"), "", line="leg"),
            Key(PLACES["met"], tr("Leaders met one to one"), "", counted=True),
        ],
        gaps,
        status=_find_status(journey, states),
        names=names_of_states(states)
        | {
            f.id: Name(
                tr("Leg {number}: {start} to {end}", **f._asdict()),
                "",
                tr("{km:,} km, {day}", km=f.km, day=day(f.day)),
            )
            for f in flights
        },
        steps=[overview, *(stage.step for stage in journey)],
        labels=[
            *_route_labels(flights),
            *read_labels(moved="trip", seas=False),
        ],
        ticks=[tr("All"), *_label_stages(journey)],
    )
    casing = [Shape("", "casing", "line", [f.line]) for f in flights]
    lines = [Shape(f.id, "leg", "line", [f.line]) for f in flights]
    stops = [Shape("", "stop", "dot", list(geo.REGION.whole(*f.a)), 5) for f in flights]
    heads = [Shape("", "head", "area", [[draw_arrowhead(f.line, *HEAD)]]) for f in flights]
    drawn = on_the_region(content, [*casing, *lines, *stops], still=[*casing, *lines, *heads, *stops])
    drawn.add_html(f"<style>{read_asset('legs.css')}</style>")
    drawn.add_html(read_asset("legs.html"), "html")
    return drawn


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

    @property
    def line(self) -> list[list[int]]:
        """The path in map units, [x, y]."""
        return [list(geo.REGION.whole(lat, lon)) for lat, lon in geo.great_circle(self.a, self.b, steps=12)]


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
        if flight := self.flight:
            path = tr("{start} to {end}, {km:,} km", start=flight.start, end=flight.end, km=flight.km)
            return Step(tr("Leg {number}", number=flight.number), path, day(self.day))
        hours = ("" if pd.isna(event["time_local"]) else str(event["time_local"]) for event in self.events)
        events = tuple(zip(map(_in_a_line, self.events), hours, strict=True))
        return Step(self.city, day(self.day), "", events)


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
            name = tr("Sept") if stage.day.month == 9 else month(stage.day.month, short=True)
            out.append(" " + tr("{day} {month}", day=stage.day.day, month=name))
        else:
            out.append(stage.city)
    return out


def _in_a_line(event: dict[str, Any]) -> str:
    """Return a short text for an event: the person met, or the event without the table's additions."""
    if event["type"] == "bilateral":
        return tr("{who}, {state}", who=event["counterpart"], state=places.name(event["counterpart_iso3"]))
    return re.split(r"; | \(", str(event["event"]))[0]


def _find_status(journey: list[Stage], states: list[str]) -> dict[str, str]:
    """Return, by id, a letter a step for each state and flight: "-" until met or flown; the first has all."""
    done: set[str] = set()
    seen = dict.fromkeys(states, "b") | {stage.flight.id: "r" for stage in journey if stage.flight}
    for stage in journey:
        done |= {*stage.met, stage.flight.id if stage.flight else ""}
        for ident in seen:
            mark = "r" if ident.startswith("leg") else "b"
            seen[ident] += mark if ident in done else "-"
    return seen


def _route_labels(flights: list[Flight]) -> list[Label]:
    """Return labels with the names of the stops, and with number and length half way of each flight."""
    stops = {f.start: f.a for f in flights}
    beside = {"Beijing": (10, -12), "Nur-Sultan": (0, -16), "Samarkand": (-12, 4)}
    out = [
        Label("", city, *geo.REGION.whole(*at), 13.5, *beside.get(city, (10, -10)), "city")
        for city, at in stops.items()
    ]
    for f in flights:
        x, y = f.line[len(f.line) // 2]
        (x0, y0), (x1, y1) = f.line[0], f.line[-1]
        slope = abs((y1 - y0) / (x1 - x0))
        # Beside a steep line; above another, the farther the more it would rise into the figure.
        dx, dy = (-9, 0) if slope > 1 else (0, -12 - round(38 * slope))
        out.append(
            Label(f.id, tr("{number}: {km:,} km", number=f.number, km=f.km), x, y, 12.5, dx, dy, "leg")
        )
    return out
