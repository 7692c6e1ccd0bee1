"""The map of January 2022 in Kazakhstan, day by day: protests, the request, units sent, help offered.

It has no play button, since people died in these days. They are not drawn; the explorer ``who_counted`` has
the counts.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from samarkand import data, geo, places
from samarkand.common.words import capitalise_text, join_in_words, tr
from samarkand.common.words import write_day as in_words
from samarkand.html.style import read_marks
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
DEEDS = read_marks("deeds")


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
    counts = _read_rows("who_counted")
    plans = read_contingents()
    cities = _find_cities(events)
    steps = [_make_step(one, events, counts, plans) for one in days]
    status = _list_deeds(events, list(plans), days)
    names = names_of_states(status)
    for iso3, persons in plans.items():
        strength = tr("{n:,} persons, as the press reported before they came", n=persons)
        names[iso3] = Name(places.name(iso3), "", strength)
    content = make_scene(
        "january",
        [f"{one:%Y-%m-%d}" for one in days],
        [Key(mark, capitalise_text(mark.plural)) for mark in DEEDS.values()],
        {
            "first": FIRST.day,
            "last": in_words(LAST, year=False),
            "step": steps[at].say,
            "day": in_words(counts[PLANS].day),
            "plans": _describe_troops(plans),
            "message": in_words(events[MESSAGE].day, year=False),
            "call": in_words(events[CALL].day, year=False),
            "asked": in_words(events[REQUEST].day, year=False),
            "came": in_words(events[ARRIVAL].day, year=False),
            "left": in_words(events[WITHDRAWAL].day, year=False),
            "gone": in_words(events[WITHDRAWAL].end_day, year=False),
        },
        steps=steps,
        step=at,
        status=status,
        names=names,
        labels=[*(city.label for city in cities), *read_labels(moved="january", seas=False)],
        ticks=_label_days(days, steps),
    )
    return on_the_region(content, [Shape("", "stop", "dot", list(city.position), 5) for city in cities])


def _label_days(days: Sequence[pd.Timestamp], steps: Sequence[Step]) -> dict[int, str]:
    """Return the labels below the slider: days with an event, and the last one; both ends name the month."""
    last = len(days) - 1
    labels = {}
    for number, (day, step) in enumerate(zip(days, steps, strict=True)):
        if number in (0, last):
            labels[number] = in_words(day, year=False)
        elif step.more:
            labels[number] = str(day.day)
    return labels


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
    sent = _list_letters(events, {ARRIVAL: "sent", WITHDRAWAL: "leaving"}, days)
    return {
        "KAZ": _list_letters(events, {PROTEST: "protests", REQUEST: "asked"}, days),
        "CHN": _list_letters(events, {MESSAGE: "offered"}, days),
    } | dict.fromkeys(senders, sent)


def _list_letters(events: Mapping[str, Any], deeds: Mapping[str, str], days: list[pd.Timestamp]) -> str:
    """Return a letter for each day: the mark of the last of a state's deeds, "-" before the first.

    `deeds` are keys of `DEEDS` by event, in order.
    """
    letters = ""
    for day in days:
        letter = "-"
        for event, deed in deeds.items():
            if events[event].day <= day:
                letter = DEEDS[deed].code
        letters += letter
    return letters


def _make_step(
    day: pd.Timestamp, events: Mapping[str, Any], counts: Mapping[str, Any], plans: Mapping[str, int]
) -> Step:
    """Return the step of a day: its event, and the counts of troops published that day."""
    label = in_words(day, year=False)
    leaving = events[WITHDRAWAL]
    say = tr("No event of this day in our table")
    more = ""
    if day == leaving.end_day:
        say = tr("The withdrawal ends")
    elif day > leaving.day:
        say = tr("The withdrawal goes on")
    for event in EVENTS:
        if events[event].day == day:
            say = events[event].title
            more = events[event].text
    lines = []
    for row in counts.values():
        if row.quantity == TROOPS and row.day == day:
            lines.append((capitalise_text(row.counter), tr("{n:,.0f} persons", n=row.value)))
    if day == counts[PLANS].day:
        lines.append((tr("Of these {plans}", plans=_describe_troops(plans)), ""))
    return Step(label, tr("{day}: {what}", day=label, what=say), more, tuple(lines))


def _describe_troops(plans: Mapping[str, int]) -> str:
    """Describe the planned number of soldiers of each state."""
    return join_in_words([tr("{state} {n:,}", state=places.name(iso3), n=n) for iso3, n in plans.items()])


@dataclass(frozen=True)
class City:
    """A city of the events: its name, its position in map units, and the offset of its name in px."""

    name: str
    position: tuple[int, int]
    beside: tuple[float, float]

    @property
    def label(self) -> Label:
        """Its name on the map."""
        return Label("", self.name, *self.position, 13, *self.beside, "city")


def _find_cities(events: Mapping[str, Any]) -> list[City]:
    """Return the two cities of the events in Kazakhstan."""
    cities = []
    for event, beside in ((PROTEST, (10.0, 12.0)), (REQUEST, (12.0, -8.0))):
        row = events[event]
        cities.append(City(str(row.place), geo.REGION.whole(float(row.lat), float(row.lon)), beside))
    return cities
