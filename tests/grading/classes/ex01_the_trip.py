"""A class that has worked on set 01."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
from __future__ import annotations

from workshop import Answer as A

BEFORE = """
import csv, sqlite3
from decimal import Decimal
from functools import partial
import numpy as np
TRIP, KINDS = data.load("trip"), {"bilateral", "multilateral"}
capital = {r.iso3: (r.capital_lat, r.capital_lon) for r in data.load("places").itertuples()}
legs = [geo.distance_km(capital[a], capital[b]) for a, b in zip(given["route"], given["route"][1:])]
event = data.load("timeline").set_index("id").loc[given["event"], "day"]
def met(states):
    return TRIP[TRIP["type"].isin(KINDS) & np.array([bool(set(str(c).split(";")) & set(states)) for c in TRIP["counterpart_iso3"]])]
"""

MEETINGS = "def meetings_with(trip, code):\n    "

CLASS = [
    A("q1", "hands in a span of time", "gap_days = pd.Timestamp('2022-09-14') - event"),
    A("q1", "divides spans in numpy", "gap_days = np.array([(pd.Timestamp(2022, 9, 14) - event) / np.timedelta64(1, 'D')])"),
    A("q1", "counts both ends", "gap_days = (pd.Timestamp('2022-09-15') - event).days", 0, "both the first and the last"),
    A("q1", "writes the unit into it", "gap_days = f'{(pd.Timestamp(2022, 9, 14) - event).days} days'", 0, "This is a text"),
    A("q2", "a table of one cell", "flight_km = pd.DataFrame({'km': [geo.distance_km(capital[given['start']], capital[given['end']])]})"),
    A("q2", "decimals", "flight_km = Decimal(round(geo.distance_km(capital[given['start']], capital[given['end']])))"),
    A("q2", "async", "async def fly(a, b):\n    return geo.distance_km(capital[a], capital[b])\nflight_km = await fly(given['start'], given['end'])"),
    A("q2", "in miles", "flight_km = geo.distance_km(capital[given['start']], capital[given['end']]) / 1.609344", 0, "in miles"),
    A("q3", "periods as index", "meetings = met(given['states'])['day'].dt.to_period('D').value_counts()"),
    A("q3", "texts as index, in a table", "meetings = met(given['states']).groupby(met(given['states'])['day'].astype(str)).size().reset_index(name='n')"),
    A("q3", "the number in the month", "meetings = met(given['states'])['day'].dt.day.value_counts()", 0, "A key is a number; expected was a day"),
    A("q4", "a partial function", "def count(kinds, trip, code):\n    return np.int16(sum(k in kinds and code in str(c).split(';') for k, c in zip(trip.type, trip.counterpart_iso3)))\nmeetings_with = partial(count, KINDS)"),
    A("q4", "match, and prints a lot", "%%time\n" + MEETINGS + "n = 0\n    for kind, cell in zip(trip['type'], trip['counterpart_iso3']):\n        match kind:\n            case 'bilateral' | 'multilateral':\n                n += code in str(cell).split(';')\n    print(code, n)\n    return n"),
    A("q4", "prints instead", MEETINGS + "print(1)", 0, "the function returns nothing"),
    A("q4", "only meetings of two", MEETINGS + "return (trip.query(\"type == 'bilateral'\")['counterpart_iso3'].fillna('').str.split(';').map(lambda c: code in c)).sum()", 1.5, "Meetings of three and more"),
    A("q5", "a dict", "journey = {'km': sum(legs), 'longest': 100 * max(legs) / sum(legs)}"),
    A("q5", "a row of a table", "journey = pd.DataFrame([[sum(legs), 100 * max(legs) / sum(legs)]], columns=['km', 'pct'])"),
    A("q5", "a set", "journey = {sum(legs), 100 * max(legs) / sum(legs)}", 0, "A set has no order"),
    A("q5", "share of one", "journey = sum(legs), max(legs) / sum(legs)", 0, "share of one"),
]  # fmt: skip
