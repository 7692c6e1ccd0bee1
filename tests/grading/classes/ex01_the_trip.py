"""A class that has worked on set 01."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
from workshop import Answer as A

BEFORE = """
import numpy as np
from decimal import Decimal
TRIP = data.load("trip")
capital = {r.iso3: (r.capital_lat, r.capital_lon) for r in data.load("places").itertuples()}
legs = [round(geo.distance_km(capital[a], capital[b])) for a, b in zip(given["route"], given["route"][1:])]
event = data.load("timeline").set_index("id").loc[given["event"], "day"]
met = TRIP.query("type == 'bilateral' and counterpart_iso3 in @given['states']")
own = pd.DataFrame({"end": given["route"][1:], "km": legs})
"""

CLASS = [
    A("q1", "hands in a span of time", "gap_days = pd.Timestamp('2022-09-14') - event"),
    A("q1", "divides spans in numpy", "gap_days = np.array([(pd.Timestamp(2022, 9, 14) - event) / np.timedelta64(1, 'D')])"),
    A("q1", "counts both ends", "gap_days = (pd.Timestamp('2022-09-15') - event).days", 0, "both the first and the last"),
    A("q1", "writes the unit into it", "gap_days = f'{(pd.Timestamp(2022, 9, 14) - event).days} days'", 0, "This is a text"),
    A("q2", "a table of one cell", "journey_km = pd.DataFrame({'km': [sum(legs)]})"),
    A("q2", "decimals", "journey_km = Decimal(sum(legs))"),
    A("q2", "async", "async def fly(a, b):\n    return geo.distance_km(capital[a], capital[b])\njourney_km = sum([await fly(a, b) for a, b in zip(given['route'], given['route'][1:])])"),
    A("q2", "in miles", "journey_km = sum(legs) / 1.609344", 0, "in miles"),
    A("q2", "leaves the line as it was", "journey_km = max(legs)", 0, "longest flight alone"),
    A("q3", "periods as index", "meetings = met['day'].dt.to_period('D').value_counts()"),
    A("q3", "texts as index, in a table", "meetings = met.groupby(met['day'].astype(str)).size().reset_index(name='n')"),
    A("q3", "the number in the month", "meetings = met['day'].dt.day.value_counts()", 0, "A key is a number; expected was a day"),
    A("q3", "forgets the states", "meetings = TRIP[TRIP['type'] == 'bilateral']['day'].value_counts()", 0, "all bilateral meetings"),
    A("q4", "by nsmallest", "shortest = own.nsmallest(2, 'km')"),
    A("q4", "lengths by their ends", "shortest = dict(sorted(zip(own['end'], own['km']), key=lambda one: one[1])[:2])"),
    A("q4", "not in order", "shortest = own.head(2)", 0, "the first two flights"),
    A("q4", "all of them", "shortest = own.sort_values('km')", 0, "How many rows does the question ask for"),
    A("q5", "a text to a number", "long_share = float(f'{100 * sum(km for km in legs if km > 3000) / sum(legs):.1f}')"),
    A("q5", "a fraction", "long_share = sum(km for km in legs if km > 3000) / sum(legs)", 1, "a fraction"),
    A("q5", "counts them", "long_share = 100 * np.mean(np.array(legs) > 3000)", 0, "You counted flights"),
]  # fmt: skip
