"""Checks of set 01, the trip: days, distances, and who met whom."""

import functools
import itertools
import random
from collections import Counter

import pandas as pd

from samarkand import data, geo
from samarkand.answers.kinds import ByKey, Day, Days, Number, PerCent, Whole
from samarkand_grading.marking.checks import Given, Mistake, ask, exercise_set, spread

LANDED = pd.Timestamp("2022-09-14")
STOPS = [
    *("AFG", "ARE", "ARM", "AZE", "BLR", "CHN", "EGY", "IND", "IRN", "KAZ", "KGZ", "KHM"),
    *("LKA", "MNG", "NPL", "PAK", "QAT", "RUS", "SAU", "TJK", "TKM", "TUR", "UZB"),
]
MET = [
    *("KAZ", "UZB", "KGZ", "TKM", "TJK", "RUS", "MNG", "AZE", "BLR", "IRN", "PAK", "TUR", "IND", "ARM", "AFG")
]
#: Distance in km above which a flight counts as long.
LONG = 3000


def _events() -> list[str]:
    """List the ids of events dated to the day before the trip, except the journey that the lesson uses."""
    table = data.load("timeline")
    known = table[(table["precision"] == "day") & (table["day"] < "2022-09-01")]
    return [key for key in known["id"] if key != "TL036"]


def _gap(given: Given, since: str = "day") -> int:
    event = data.load("timeline").set_index("id").loc[given["event"]]
    return int((LANDED - event[since]).days)


@functools.cache
def _capital(iso3: str) -> tuple[float, float]:
    row = data.load("places").set_index("iso3").loc[iso3]
    return float(row["capital_lat"]), float(row["capital_lon"])


def _flights(given: Given, *, closed: bool = False) -> pd.DataFrame:
    """Return a row for each flight of a route: start, end, km; `closed` adds the flight home."""
    stops = [*given["route"], *(given["route"][:1] if closed else [])]
    km = [geo.distance_km(_capital(a), _capital(b)) for a, b in itertools.pairwise(stops)]
    return pd.DataFrame({"start": stops[:-1], "end": stops[1:], "km": km}).round()


def _share(given: Given, *, short: bool = False) -> float:
    km = _flights(given)["km"]
    return float(100 * km[(km > LONG) != short].sum() / km.sum())


def _routes() -> list[list[str]]:
    """Draw routes that have both long and short flights, all of different length."""
    routes = [random.Random(number).sample(STOPS, 5) for number in range(80)]
    mixed = [route for route in routes if 0 < _share({"route": route}) < 100]
    return [route for route in mixed if _flights({"route": route})["km"].is_unique]


@functools.cache
def _rows() -> list[tuple[str, str, str]]:
    """Return (type, day, codes) of each row of the trip as tuples: drawing groups counts them often."""
    trip = data.load("trip")
    days = trip["day"].dt.strftime("%Y-%m-%d")
    met = trip["counterpart_iso3"].fillna("")
    return list(zip(trip["type"], days, met, strict=True))


def _meetings(given: Given, kinds: tuple[str, ...] = ("bilateral",)) -> dict[str, int]:
    """Count, by day, the rows of the given types that name at least one of the given states."""
    mine = set(given["states"])
    return dict(Counter(day for kind, day, met in _rows() if kind in kinds and mine & set(met.split(";"))))


def _groups() -> list[list[str]]:
    """Draw groups of states; at most two groups share an answer."""
    draws = [random.Random(number) for number in range(3000)]
    groups = dict.fromkeys(tuple(sorted({"RUS", *draw.sample(MET, draw.randint(3, 9))})) for draw in draws)
    answers = {group: sorted(_meetings({"states": group}).items()) for group in groups}
    met_twice = [group for group in groups if len(answers[group]) >= 2]
    return [list(group) for group in spread(met_twice, lambda group: repr(answers[group]), 2)]


SET = exercise_set(
    __file__,
    options={"event": _events(), "states": _groups(), "route": _routes()},
    questions=[
        ask(
            "q1",
            name="gap_days",
            points=1,
            kind=Days(0, 12000),
            solution=_gap,
            uses=["event"],
            typed=True,
            taught="3. How long since his last trip abroad?",
            hint="Look up the day of your event in timeline, and subtract it from 14 September 2022.",
            mistakes=[
                Mistake(
                    "You counted both the first and the last day, or began a day early.",
                    lambda g: _gap(g) + 1,
                    excluded_by="How many days after that event",
                ),
                Mistake(
                    "You counted to the end of the trip: he landed on 14 September.",
                    lambda g: _gap(g) + 2,
                    excluded_by="did Xi Jinping land in Nur-Sultan",
                ),
                Mistake(
                    "These are years, not days.",
                    lambda g: round(_gap(g) / 365),
                    excluded_by="Unit: days",
                ),
                Mistake(
                    "You counted to the day of the article, not to his landing.",
                    lambda g: _gap(g) - 2,
                ),
                Mistake(
                    "You counted from the end of your event: count from the day it began.",
                    lambda g: _gap(g, "end_day"),
                    excluded_by="Count from its `day`, even if the event has an `end_day`",
                ),
            ],
        ),
        ask(
            "q2",
            name="journey_km",
            points=2,
            kind=Number("km", 5, 0, 200_000),
            solution=lambda g: float(_flights(g)["km"].sum()),
            uses=["route"],
            taught="2. Where did he go?",
            hint="Add up the column km of your flights: sum.",
            mistakes=[
                Mistake(
                    "This is the longest flight alone.",
                    lambda g: float(_flights(g)["km"].max()),
                ),
                Mistake(
                    "This is the mean of the flights, not their sum.",
                    lambda g: float(_flights(g)["km"].mean()),
                    excluded_by="How long are the four flights together",
                ),
                Mistake(
                    "You added the flight back to the first capital: the question does not ask for it.",
                    lambda g: float(_flights(g, closed=True)["km"].sum()),
                    excluded_by="from the capital of the first to that of the second, and so on to the fifth",
                ),
                Mistake(
                    "This is in miles: the question asks for kilometres.",
                    lambda g: float(_flights(g)["km"].sum()) / 1.609344,
                    excluded_by="Unit: km",
                ),
            ],
        ),
        ask(
            "q3",
            name="meetings",
            points=2,
            kind=ByKey(Whole("meetings"), keys="days", key=Day(), zeros=True),
            solution=_meetings,
            uses=["states"],
            moves=True,
            taught="4. Whom did he meet, and whom not?",
            hint="Keep the bilateral meetings whose counterpart_iso3 is in your list (isin); then count by day.",
            mistakes=[
                Mistake(
                    "These are all bilateral meetings: keep those with your states (isin).",
                    lambda g: _meetings({"states": MET}),
                    excluded_by="with one of your states",
                ),
                Mistake(
                    "You counted multilateral meetings, too.",
                    lambda g: _meetings(g, ("bilateral", "multilateral")),
                    excluded_by="bilateral meetings",
                ),
                Mistake(
                    "You counted ceremonies and other rows as meetings.",
                    lambda g: _meetings(g, tuple(data.load("trip")["type"].unique())),
                    excluded_by="bilateral meetings (`type` is `bilateral`)",
                ),
            ],
        ),
        ask(
            "q4",
            name="shortest",
            points=3,
            kind=ByKey(Number("km", 5), keys="codes"),
            solution=lambda g: _flights(g).sort_values("km", kind="stable")[["end", "km"]].head(2),
            uses=["route"],
            moves=True,
            taught="4. Whom did he meet, and whom not?",
            hint="Put your flights in order of km, choose the two columns, and show the first two rows.",
            mistakes=[
                Mistake(
                    "These are the first two flights of the journey: put them in order of km first.",
                    lambda g: _flights(g)[["end", "km"]].head(2),
                    excluded_by="the two shortest",
                ),
                Mistake(
                    "The order is right. How many rows does the question ask for?",
                    lambda g: _flights(g).sort_values("km", kind="stable")[["end", "km"]],
                    excluded_by="the two shortest of your flights",
                ),
                Mistake(
                    "These are the two longest flights.",
                    lambda g: (
                        _flights(g).sort_values("km", kind="stable", ascending=False)[["end", "km"]].head(2)
                    ),
                    excluded_by="the two shortest",
                ),
            ],
        ),
        ask(
            "q5",
            name="long_share",
            points=2,
            kind=PerCent(0.1, 0, 100),
            solution=_share,
            uses=["route"],
            moves=True,
            taught="2. Where did he go?",
            hint="Keep the flights with more than 3000 km, add up, and divide by the sum of all flights; then multiply by 100.",
            mistakes=[
                Mistake(
                    "This is a fraction: multiply it by 100 to get per cent.",
                    lambda g: _share(g) / 100,
                    excluded_by="Unit: per cent",
                ),
                Mistake(
                    "This is the share of the short flights.",
                    lambda g: _share(g, short=True),
                    excluded_by="of more than 3000 km",
                ),
                Mistake(
                    "You counted flights: add up their kilometres.",
                    lambda g: float(100 * (_flights(g)["km"] > LONG).mean()),
                    excluded_by="share of the whole distance",
                ),
            ],
        ),
    ],
)

#: The ties of the set's words by cell, as in a lesson's metadata.
TIED = {
    "title": {
        "0.25 for": "0.25",
        "25 per": "25",
        "5 questions, 10 points": ["len(exercise.questions)", "exercise.points"],
    },
    "q1-question": {"14 September": "TR02.day"},
    "q2-question": {
        "five states": "len(exercise.options['route'][0])",
        "of the four flights": "len(exercise.options['route'][0]) - 1",
        "the four flights together": "len(exercise.options['route'][0]) - 1",
    },
    "q5-question": {"3000 km": "3000"},
}
