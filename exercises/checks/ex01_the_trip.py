"""Checks of set 01, the trip: days, distances, and who met whom."""

import functools
import itertools
import random
from collections import Counter

import pandas as pd

from samarkand import data, geo
from samarkand.answers.kinds import ByKey, Day, Days, Number, PerCent, Whole
from samarkand_grading.marking.checks import Given, asked, exercise, spread

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
    days, met = trip["day"].dt.strftime("%Y-%m-%d"), trip["counterpart_iso3"].fillna("")
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


SET = exercise(
    __file__,
    {"event": _events(), "states": _groups(), "route": _routes()},
    q1=asked(
        Days(0, 12000),
        _gap,
        one_more=lambda g: _gap(g) + 1,
        to_the_end=lambda g: _gap(g) + 2,
        years=lambda g: round(_gap(g) / 365),
        to_the_article=lambda g: _gap(g) - 2,
        from_its_end=lambda g: _gap(g, "end_day"),
    ),
    q2=asked(
        Number("km", 5, 0, 200_000),
        lambda g: float(_flights(g)["km"].sum()),
        longest=lambda g: float(_flights(g)["km"].max()),
        mean=lambda g: float(_flights(g)["km"].mean()),
        flight_home=lambda g: float(_flights(g, closed=True)["km"].sum()),
        miles=lambda g: float(_flights(g)["km"].sum()) / 1.609344,
    ),
    q3=asked(
        ByKey(Whole("meetings"), keys="days", key=Day(), zeros=True),
        _meetings,
        all_bilateral=lambda g: _meetings({"states": MET}),
        multilateral=lambda g: _meetings(g, ("bilateral", "multilateral")),
        ceremonies=lambda g: _meetings(g, tuple(data.load("trip")["type"].unique())),
    ),
    q4=asked(
        ByKey(Number("km", 5), keys="codes"),
        lambda g: _flights(g).sort_values("km", kind="stable")[["end", "km"]].head(2),
        unsorted=lambda g: _flights(g)[["end", "km"]].head(2),
        all_rows=lambda g: _flights(g).sort_values("km", kind="stable")[["end", "km"]],
        longest=lambda g: (
            _flights(g).sort_values("km", kind="stable", ascending=False)[["end", "km"]].head(2)
        ),
    ),
    q5=asked(
        PerCent(0.1, 0, 100),
        _share,
        fraction=lambda g: _share(g) / 100,
        short_ones=lambda g: _share(g, short=True),
        of_flights=lambda g: float(100 * (_flights(g)["km"] > LONG).mean()),
    ),
)
