"""The map of January 2022 in Kazakhstan, day by day: protests, the request, units sent, help offered.

It has no play button, since people died in these days. They are not drawn; the explorer ``who_counted`` has
the counts.
"""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from samarkand import data, geo, places
from samarkand.common.words import capitalised, listed, tr
from samarkand.common.words import day as in_words
from samarkand.html.style import marks
from samarkand.maps._base import find_position, make_scene, names_of_states, on_the_region
from samarkand.maps._offline import OfflineMap
from samarkand.maps._scene import Key, Label, Name, Step
from samarkand.maps._shapes import Shape, read_labels

__all__ = ["january"]

#: The days of the map, and its events: rows of the table ``timeline``.
FIRST, LAST = pd.Timestamp("2022-01-02"), pd.Timestamp("2022-01-19")
EVENTS = PROTEST, REQUEST, ARRIVAL, MESSAGE, CALL, WITHDRAWAL = [f"TL0{n}" for n in range(39, 45)]
#: Row of ``who_counted`` with the planned contingents of five states, and the quantity counted.
PLANS, TROOPS = "WC010", "troops of the CSTO in Kazakhstan, January 2022"

#: Mark of a state, by its actions so far.
DEEDS = marks("deeds")


def january(day: int = 7) -> OfflineMap:
    """Draw January 2022 in Kazakhstan day by day: protests, the request, five contingents, China's offer.

    A slider in the map runs from 2 to 19 January. The strengths of the contingents are plans that the press
    reported, not counts of who came; the dead are not drawn.

    Parameters
    ----------
    day : int, default 7
        The day of January shown first.

    Raises
    ------
    OutOfRange
        If the day is not covered.
    WrongType
        If the day is not a whole number.

    Examples
    --------
    >>> january()
    Map of January 2022 in Kazakhstan, 2 to 19 January. 7 January: Xi’s message to Tokayev.
    """
    days = list(pd.date_range(FIRST, LAST))
    at = find_position(day, [one.day for one in days], tr("day"), tr("January 2022"))
    events = _read_rows("timeline")
    counts, plans = _read_rows("who_counted"), read_contingents()
    steps = [_make_step(one, events, counts, plans) for one in days]
    cities, status = _find_cities(events), _list_deeds(events, list(plans), days)
    strength = "{n:,} persons, as the press reported before they came"
    gaps = {"first": FIRST.day, "last": in_words(LAST, year=False), "step": steps[at].say}
    gaps |= {"day": in_words(counts[PLANS].day), "plans": _describe_troops(plans)}
    dated = {"message": events[MESSAGE].day, "call": events[CALL].day}
    dated |= {"asked": events[REQUEST].day, "came": events[ARRIVAL].day}
    dated |= {"left": events[WITHDRAWAL].day, "gone": events[WITHDRAWAL].end_day}
    content = make_scene(
        "january",
        [f"{one:%Y-%m-%d}" for one in days],
        [Key(mark, capitalised(mark.plural)) for mark in DEEDS.values()],
        gaps | {name: in_words(when, year=False) for name, when in dated.items()},
        steps=steps,
        step=at,
        status=status,
        names=names_of_states(status)
        | {iso3: Name(places.name(iso3), "", tr(strength, n=n)) for iso3, n in plans.items()},
        labels=[
            *(
                Label("", city, *geo.REGION.whole(*spot), 13, *beside, "city")
                for city, (spot, beside) in cities.items()
            ),
            *read_labels(moved="january", seas=False),
        ],
        # Days with an event, and the last one.
        ticks={i: str(days[i].day) for i, step in enumerate(steps) if step.more or i == len(days) - 1},
    )
    stops = [Shape("", "stop", "dot", list(geo.REGION.whole(*spot)), 5) for spot, _ in cities.values()]
    return on_the_region(content, stops)


def read_contingents() -> dict[str, int]:
    """Return the reported size of each state's contingent, by ISO3 code, the largest first.

    They are read from the words of one row of ``who_counted``, whose value is their sum.
    """
    named = re.findall(r"([A-Z][a-z]+) ([\d,]+)", str(_read_rows("who_counted")[PLANS].includes))
    found = {places.find(state): int(n.replace(",", "")) for state, n in named}
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def _read_rows(table: str) -> dict[str, Any]:
    """Return the rows of a table by id."""
    return {str(row.id): row for row in data.load(table).itertuples()}


def _list_deeds(events: Mapping[str, Any], senders: list[str], days: list[pd.Timestamp]) -> dict[str, str]:
    """Return the status of each state that acted, by ISO3 code: one letter per day."""

    def row(deeds: Mapping[str, str]) -> str:
        begun = [[DEEDS[deeds[event]].code for event in deeds if events[event].day <= one] for one in days]
        return "".join(codes[-1] if codes else "-" for codes in begun)

    sent = row({ARRIVAL: "sent", WITHDRAWAL: "leaving"})
    own = row({PROTEST: "protests", REQUEST: "asked"})
    return {"KAZ": own, "CHN": row({MESSAGE: "offered"})} | dict.fromkeys(senders, sent)


def _make_step(
    day: pd.Timestamp, events: Mapping[str, Any], counts: Mapping[str, Any], plans: Mapping[str, int]
) -> Step:
    """Return the step of a day: its event, and the counts of troops published that day."""
    label = in_words(day, year=False)
    leaving = events[WITHDRAWAL]
    say, more = tr("No event of this day in our table"), ""
    if day == leaving.end_day:
        say = tr("The withdrawal ends")
    elif day > leaving.day:
        say = tr("The withdrawal goes on")
    for event in (events[one] for one in EVENTS):
        if event.day == day:
            say, more = event.title, event.text
    lines = [
        (capitalised(row.counter), tr("{n:,.0f} persons", n=row.value))
        for row in counts.values()
        if row.quantity == TROOPS and row.day == day
    ]
    if day == counts[PLANS].day:
        lines.append((tr("Of these {plans}", plans=_describe_troops(plans)), ""))
    return Step(label, tr("{day}: {what}", day=label, what=say), more, tuple(lines))


def _describe_troops(plans: Mapping[str, int]) -> str:
    """Describe the planned number of soldiers of each state."""
    return listed([tr("{state} {n:,}", state=places.name(iso3), n=n) for iso3, n in plans.items()])


def _find_cities(events: Mapping[str, Any]) -> dict[str, tuple[geo.Point, tuple[float, float]]]:
    """Return the two cities of the events in Kazakhstan, each with (lat, lon) and the place of its label."""
    return {
        str(events[one].place): ((float(events[one].lat), float(events[one].lon)), beside)
        for one, beside in ((PROTEST, (10.0, 12.0)), (REQUEST, (12.0, -8.0)))
    }
