"""Checks of set 01, the trip: days, distances, and who met whom."""

from __future__ import annotations

# ruff: noqa: E501 - a question reads best in few lines
import collections
import functools
import itertools
import math
import random

import pandas as pd

from samarkand import data, geo
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.answers.kinds import ByKey, Day, Days, Number, PerCent, Together, Whole
from samarkand_grading.marking.checks import ExerciseSet, Given, Question
from samarkand_grading.marking.inputs import Case

STARTS = ["ARM", "AZE", "BLR", "IND", "IRN", "KAZ", "KGZ", "MNG", "PAK", "RUS", "TJK", "TUR"]
LANDED = pd.Timestamp("2022-09-14")
ENDS = ["CHN", "EGY", "KHM", "LKA", "NPL", "QAT", "SAU", "TKM", "ARE", "AFG"]


def _events() -> list[str]:
    """List what happened on a known day before the trip, without the journey that the lesson counts from."""
    table = data.load("timeline")
    known = table[(table["precision"] == "day") & (table["day"] < "2022-09-01")]
    return [key for key in known["id"] if key != "TL036"]


def _gap(given: Given) -> int:
    event = data.load("timeline").set_index("id").loc[given["event"]]
    return int((LANDED - event["day"]).days)


@functools.cache
def _capital(iso3: str) -> tuple[float, float]:
    row = data.load("places").set_index("iso3").loc[iso3]
    return float(row["capital_lat"]), float(row["capital_lon"])


def _flight(given: Given) -> float:
    return geo.distance_km(_capital(given["start"]), _capital(given["end"]))


def _flight_swapped(given: Given) -> float:
    (a, b), (c, d) = _capital(given["start"]), _capital(given["end"])
    return geo.distance_km((b, a), (d, c)) if max(abs(b), abs(d)) <= 90 else math.nan


def _flight_on_a_flat_map(given: Given) -> float:
    (a, b), (c, d) = _capital(given["start"]), _capital(given["end"])
    return 111.19 * math.hypot(a - c, b - d)


@functools.cache
def _rows() -> list[tuple[str, str, set[str]]]:
    """Return type, day and states of each row of the trip: groups are drawn from thousands of counts."""
    trip = data.load("trip")
    days, codes = trip["day"].dt.strftime("%Y-%m-%d"), trip["counterpart_iso3"].fillna("").str.split(";")
    return list(zip(trip["type"], days, codes.map(set), strict=True))


def _meetings(given: Given, kinds: tuple[str, ...] = ("bilateral", "multilateral")) -> dict[str, int]:
    """Count by day the meetings in which at least one of some states took part."""
    mine = set(given["states"])
    days = collections.Counter(day for kind, day, met in _rows() if kind in kinds and met & mine)
    return dict(days.most_common())


def _states_not_meetings(given: Given) -> dict[str, int]:
    """Count a meeting once for each of the states in it."""
    found: collections.Counter[str] = collections.Counter()
    for code in given["states"]:
        found.update(_meetings({"states": [code]}))
    return dict(found)


def _groups() -> list[list[str]]:
    """Draw groups of six states, so that no answer is right for more than two of them."""
    groups, answers = [], collections.Counter[str]()
    for number in range(3000):
        group = sorted({"RUS", "MNG", *random.Random(number).sample(MET, 5)})
        answer = _meetings({"states": group})
        if group in groups:
            continue
        answers[repr(sorted(answer.items()))] += 1
        if len(answer) >= 2 and answers[repr(sorted(answer.items()))] <= 2:
            groups.append(group)
    return groups


MET = ["KAZ", "UZB", "KGZ", "TKM", "TJK", "AZE", "BLR", "IRN", "PAK", "TUR", "IND", "ARM", "AFG"]
GROUPS = _groups()
STOPS = sorted({*STARTS, *ENDS, "UZB"})
ROUTES = [random.Random(number).sample(STOPS, 5) for number in range(40)]


def _route(given: Given, *, closed: bool = False) -> tuple[float, float]:
    """Sum the flights from capital to capital, and the longest in per cent of the sum."""
    stops = [*given["route"], *(given["route"][:1] if closed else [])]
    km = [geo.distance_km(_capital(a), _capital(b)) for a, b in itertools.pairwise(stops)]
    return sum(km), 100 * max(km) / sum(km)


def _shortest(given: Given) -> tuple[float, float]:
    km = [geo.distance_km(_capital(a), _capital(b)) for a, b in itertools.pairwise(given["route"])]
    return sum(km), 100 * min(km) / sum(km)


def _straight(given: Given) -> tuple[float, float]:
    return geo.distance_km(_capital(given["route"][0]), _capital(given["route"][-1])), _route(given)[1]


def meetings_with(trip: pd.DataFrame, code: str) -> int:
    """Count the meetings of a trip, of two or of more, in which a state took part."""
    met = trip[trip["type"].isin(["bilateral", "multilateral"])]
    return int(met["counterpart_iso3"].fillna("").str.split(";").apply(lambda codes: code in codes).sum())


def _only_alone(trip: pd.DataFrame, code: str) -> int:
    met = trip[trip["type"].isin(["bilateral", "multilateral"])]
    return int((met["counterpart_iso3"] == code).sum())


def _only_bilateral(trip: pd.DataFrame, code: str) -> int:
    return meetings_with(trip[trip["type"] == "bilateral"], code)


def _any_row(trip: pd.DataFrame, code: str) -> int:
    return int(trip["counterpart_iso3"].fillna("").str.split(";").apply(lambda codes: code in codes).sum())


#: Whom drawn meetings are with.
OTHERS = sorted(
    {*MET, *STARTS, *ENDS, "BRA", "CHN", "DEU", "FRA", "JPN", "SRB", "VNM", "ZAF"} - {"RUS", "MNG"}
)


def _other_trip(draw: random.Random, codes: list[str]) -> pd.DataFrame:
    """Draw a trip in which it is settled how often, and in which kinds of rows, each of some states is met."""
    once, twice, often, seen, talked, many, again, guest = codes

    def together(*states: str) -> str:
        return ";".join(draw.sample(states, len(states)))

    rows: list[tuple[str, str | None]] = [
        ("bilateral", once), *[("ceremony", once)] * draw.randint(1, 3),
        *[("bilateral", twice)] * 2, *[("bilateral", often)] * 3,
        ("ceremony", seen), ("document", together(seen, guest)), ("non-event", seen),
        ("bilateral", talked), ("bilateral", together(talked, guest)),
        ("bilateral", many), ("multilateral", together(many, guest)),
        *[("multilateral", together(again, many, guest)) for _ in range(draw.randint(1, 2))],
        ("multilateral", None), ("leg", None), ("leg", None),
    ]  # fmt: skip
    draw.shuffle(rows)
    first = pd.Timestamp("2022-09-14") + pd.Timedelta(days=draw.randint(-3000, 3000))
    days = sorted(first + pd.Timedelta(days=draw.randint(0, 4)) for _ in rows)
    table = pd.DataFrame(
        {"day": days, "type": [r[0] for r in rows], "counterpart_iso3": [r[1] for r in rows]}
    )
    return table.astype(data.load("trip").dtypes[table.columns])


def ordinary(trip: pd.DataFrame, code: str) -> bool:
    """Tell an input that asks for nothing but what the example asks for; tests hold `_cases` to it."""
    codes = trip["counterpart_iso3"].dropna()
    met = trip["type"][codes[codes.str.contains(code)].index]
    return len(codes) > 0 and not (met == "multilateral").any()


def _cases(draw: random.Random) -> list[Case]:
    trip = data.load("trip")[["day", "type", "counterpart_iso3"]]
    *codes, stranger = draw.sample(OTHERS, 9)
    other = _other_trip(draw, codes)
    once, twice, often, seen, talked, many, again, _ = codes
    return [
        Case((trip, "UZB")),
        # From none to three: a function that always gives the same is not right, nor is one that takes the course's table.
        *(Case((other, code)) for code in (once, twice, often, seen, talked, stranger)),
        Case((other, many), edge="a meeting of more than two"),
        Case((other, again), edge="a meeting of more than two"),
        Case((other[other["counterpart_iso3"].isna()], many), edge="no cell with a code"),
    ]


SET = ExerciseSet(
    id="ex01_the_trip",
    lesson="01_the_trip",
    options={"event": _events(), "start": STARTS, "end": ENDS, "states": GROUPS, "route": ROUTES},
    questions=(
        Question(
            "q1", "gap_days", 1, Days(0, 12000), _gap,
            "Look up the day of your event in timeline, and subtract it from 14 September 2022.",
            "01_the_trip: 3. How long had he not been abroad?",
            (
                Diagnosis("You counted both the first and the last day, or began a day early.", lambda g: _gap(g) + 1, excluded_by="How many days after that event"),
                Diagnosis("These are days until the trip was over: he landed on 14 September.", lambda g: _gap(g) + 2, excluded_by="did Xi Jinping land in Nur-Sultan"),
                Diagnosis("These are years, not days.", lambda g: round(_gap(g) / 365), excluded_by="Unit: days"),
                Diagnosis("These are days until the article appeared, not until he landed.", lambda g: _gap(g) - 2),
                Diagnosis("These are days since the end of your event: count from its day.", lambda g: int((LANDED - data.load("timeline").set_index("id").loc[g["event"], "end_day"]).days), excluded_by="Count from its `day`, also where the event has an `end_day`"),
            ),
            varies=True, uses=("event",),
        ),
        Question(
            "q2", "flight_km", 2, Number("km", 5, 0, 20038), _flight,
            "Look at which two capitals you were given, and at the order of latitude and longitude.",
            "01_the_trip: 2. Where did he go?",
            (
                Diagnosis("Latitude and longitude have changed places.", _flight_swapped),
                Diagnosis("This is a distance on a flat map: near the pole degrees are shorter.", _flight_on_a_flat_map),
                Diagnosis("This is in miles: the question asks for kilometres.", lambda g: _flight(g) / 1.609344, excluded_by="Unit: km"),
                Diagnosis("This is the way there and back.", lambda g: 2 * _flight(g), excluded_by="from the capital of the first to the capital of the second"),
            ),
            varies=True, uses=("start", "end"),
        ),
        Question(
            "q3", "meetings", 2, ByKey(Whole("meetings"), keys="days", key=Day()), _meetings,
            "Keep meetings of two and of more; of those, the ones in which at least one of your states took part; count by day, and leave out days without any.",
            "01_the_trip: 4. Whom did he meet, and whom not?",
            (
                Diagnosis("Meetings with several states are missing: a cell may hold several codes, and the type multilateral counts too.", lambda g: _meetings(g, ("bilateral",)),
                          excluded_by="or hold several codes"),
                Diagnosis("Every row is counted, flights and ceremonies too.",
                          lambda g: _meetings(g, tuple(data.load("trip")["type"].unique())), excluded_by="in how many meetings of two sides (`type` is `bilateral`) or more (`multilateral`)"),
                Diagnosis("A meeting with two of your states is one meeting.", _states_not_meetings, excluded_by="did at least one of your states take part"),
                Diagnosis("Days without a meeting of yours are in it, with 0: leave them out.", lambda g: {day: 0 for _, day, _ in _rows()} | _meetings(g), excluded_by="Leave out a day without any"),
            ),
            varies=True, uses=("states",),
        ),
        Question(
            "q4", "meetings_with", 3, Whole("meetings", 0), meetings_with,
            "A cell may hold several codes with ; between, or none.",
            "01_the_trip: 4. Whom did he meet, and whom not?",
            (
                Diagnosis("A state that met together with others is missed: a cell may hold several codes.", _only_alone, excluded_by="or hold several codes"),
                Diagnosis("Meetings of three and more are left out.", _only_bilateral, excluded_by="of two (`bilateral`) or of more (`multilateral`)"),
                Diagnosis("Ceremonies and other rows are counted as meetings.", _any_row, excluded_by="in how many meetings"),
            ),
            cases=_cases,
        ),
        Question(
            "q5", "journey", 2, Together((Number("km", 5, 0, 200_000), PerCent(0.1, 0, 100))), _route,
            "Four flights between five capitals; the second number is the longest of them in per cent of the first.",
            "01_the_trip: 2. Where did he go?",
            (
                Diagnosis("The second number is a share of one: the question asks for per cent.",
                          lambda g: (_route(g)[0], _route(g)[1] / 100), excluded_by="in per cent of that length"),
                Diagnosis("The first number is the mean of the flights, not their sum.",
                          lambda g: (_route(g)[0] / 4, _route(g)[1]), excluded_by="the length of the four great circles together"),
                Diagnosis("The way back to the first capital is in it: nobody asked for that.",
                          lambda g: _route(g, closed=True), excluded_by="from the capital of the first to that of the second, and so on to the fifth"),
                Diagnosis("This is the straight way from the first capital to the last.", _straight),
                Diagnosis("The second number is that of the shortest flight: the question asks for the longest.", _shortest, excluded_by="and the longest in per cent"),
            ),
            varies=True, uses=("route",),
        ),
    ),
)  # fmt: skip
