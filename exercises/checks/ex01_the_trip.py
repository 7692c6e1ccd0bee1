"""Checks of set 01, the trip: days, distances, and who met whom."""

from __future__ import annotations

# ruff: noqa: E501 - a question reads best in few lines
import itertools
import math

import pandas as pd

from samarkand import data, geo
from samarkand.grading.checks import Case, Diagnosis, ExerciseSet, Given, Practice, Question
from samarkand.grading.kinds import ByKey, Number, Together, Whole

STARTS = ["ARM", "AZE", "BLR", "IND", "IRN", "KAZ", "KGZ", "MNG", "PAK", "RUS", "TJK", "TUR"]
ENDS = ["CHN", "EGY", "KHM", "LKA", "NPL", "QAT", "SAU", "TKM", "ARE", "AFG"]


def _gap(given: Given) -> int:
    return int((pd.Timestamp("2022-09-14") - pd.Timestamp("2020-01-18")).days)


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


def _tour(given: Given) -> float:
    """Fly from Beijing by Tashkent and one's own capital back to Beijing."""
    stops = [_capital(code) for code in ("CHN", "UZB", given["start"], "CHN")]
    return sum(geo.distance_km(a, b) for a, b in itertools.pairwise(stops))


def _meetings(kinds: tuple[str, ...]) -> dict[str, int]:
    trip = data.load("trip")
    days = trip[trip["type"].isin(kinds)]["day"].dt.strftime("%Y-%m-%d")
    return {str(day): int(n) for day, n in days.value_counts().items()}


def _legs(given: Given) -> tuple[float, float]:
    km = data.load("trip").query("type == 'leg'")["distance_km"]
    return float(km.sum()), float(100 * km.max() / km.sum())


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


def _two_states_in_a_talk_of_two() -> pd.DataFrame:
    day = pd.Timestamp("2022-09-15")
    rows = [(day, "bilateral", "KAZ;UZB"), (day, "multilateral", "UZB"), (day, "ceremony", None)]
    return pd.DataFrame(rows, columns=["day", "type", "counterpart_iso3"])


def _cases(given: Given) -> list[Case]:
    trip = data.load("trip")[["day", "type", "counterpart_iso3"]]
    return [
        Case((trip, "UZB")),
        Case((trip, "KAZ")),
        Case((trip, "TUR")),
        Case((trip.iloc[8:20], "TKM")),
        Case((_two_states_in_a_talk_of_two(), "KAZ")),
        Case((trip, "RUS"), edge=True),
        Case((trip, "MNG"), edge=True),
        Case((trip.iloc[20:23], "USA"), edge=True),
    ]


SET = ExerciseSet(
    id="ex01_the_trip",
    lesson="01_the_trip",
    options={"start": STARTS, "end": ENDS},
    questions=(
        Question(
            "q1", "gap_days", 1, Whole("days", 0, 5000), _gap,
            "Take the day he came home from Myanmar and the day he landed in Nur-Sultan, and subtract.",
            "01_the_trip, section 3",
            (
                Diagnosis("You counted both the first and the last day, or began a day early.", lambda g: _gap(g) + 1),
                Diagnosis("These are days until the trip was over: it began on 14 September.", lambda g: _gap(g) + 2),
                Diagnosis("These are years, not days.", lambda g: round(_gap(g) / 365)),
            ),
        ),
        Question(
            "q2", "flight_km", 2, Number("km", 5, 0, 20038), _flight,
            "Look at which two capitals you were given, and at the order of latitude and longitude.",
            "01_the_trip, section 2",
            (
                Diagnosis("Latitude and longitude have changed places.", _flight_swapped),
                Diagnosis("This is a distance on a flat map: near the pole degrees are shorter.", _flight_on_a_flat_map),
                Diagnosis("This is in miles: the question asks for kilometres.", lambda g: _flight(g) / 1.609344),
                Diagnosis("This is the way there and back.", lambda g: 2 * _flight(g)),
            ),
            varies=True,
        ),
        Question(
            "q3", "meetings", 2, ByKey(Whole("meetings"), keys="days"), lambda g: _meetings(("bilateral",)),
            "Keep the rows of one type only, then count them by day.",
            "01_the_trip, section 4",
            (
                Diagnosis("Meetings of three and more are in it: the question asks for those of two.",
                          lambda g: _meetings(("bilateral", "multilateral"))),
                Diagnosis("Every row is counted, flights and ceremonies too.",
                          lambda g: _meetings(tuple(data.load("trip")["type"].unique()))),
                Diagnosis("A day is missing: the trip had three.",
                          lambda g: {d: n for d, n in _meetings(("bilateral",)).items() if d != "2022-09-14"}),
            ),
        ),
        Question(
            "q4", "meetings_with", 3, Whole("meetings", 0), meetings_with,
            "A cell may hold several codes with ; between, or none.",
            "01_the_trip, section 4",
            (
                Diagnosis("A state that met together with others is missed: a cell may hold several codes.", _only_alone),
                Diagnosis("Meetings of three and more are left out.", _only_bilateral),
                Diagnosis("Ceremonies and other rows are counted as meetings.", _any_row),
            ),
            cases=_cases,
        ),
        Question(
            "q5", "legs", 2, Together((Number("km", 1, 0), Number("per cent", 0.1, 0, 100))), _legs,
            "Keep the rows of type leg; the second number is the longest of them in per cent of the first.",
            "01_the_trip, section 2",
            (
                Diagnosis("The second number is a share of one: the question asks for per cent.",
                          lambda g: (_legs(g)[0], _legs(g)[1] / 100)),
                Diagnosis("The first number is the mean of the legs, not their sum.",
                          lambda g: (_legs(g)[0] / 3, _legs(g)[1])),
                Diagnosis("The flight home is missing.",
                          lambda g: (_legs(g)[0] * (1 - _legs(g)[1] / 100), _legs(g)[1])),
            ),
        ),
    ),
    practice=(
        Practice(
            "p1", "tour_km", Number("km", 0.0005, 0, 80_000), _tour,
            "Three flights: Beijing to Tashkent, on to the capital of given['start'], and back to Beijing.",
            "01_the_trip, section 2", digits=3, uses=("start",),
        ),
    ),
)  # fmt: skip
