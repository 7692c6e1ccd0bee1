"""A class that has worked on set 06."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
from __future__ import annotations

from workshop import Answer as A

BEFORE = """
import numpy as np
gdp = data.load("indicators").query("indicator == 'gdp_current_usd' and year == 2021").set_index("iso3")["value"]
at = data.load("places").set_index("iso3")
km = lambda a, b: geo.distance_km((at.capital_lat[a], at.capital_lon[a]), (at.capital_lat[b], at.capital_lon[b]))
home, first, second = given["three"]
mine = pd.DataFrame(given["trade"], columns=["iso3", "trade_usd_mn"])
sizes = data.load("gravity_gdp").pivot(index="iso3", columns="year", values="gdp_usd_mn")
row = data.load("gravity").query("year == 2012").set_index(["origin", "destination"]).loc[tuple(given["pair"])]
logs = np.log([np.e, *sizes.loc[given["pair"], 2012], row["distance_km"]])
coast, borders = given["land"]
around = lambda state: {one for pair in borders if state in pair for one in pair}
"""

EXPECTED = "def expected_trade(seller, buyer, km, coefficients):\n    "

CLASS = [
    A("q1", "a numpy number", "ratio = np.float64(gdp[first] / gdp[second] * km(home, second) / km(home, first))"),
    A("q1", "a Series of one", "ratio = pd.Series({'ratio': gdp[first] / km(home, first) / (gdp[second] / km(home, second))})"),
    A("q1", "the other way round", "ratio = gdp[second] / gdp[first] * km(home, first) / km(home, second)", 0, "The two partners have changed places"),
    A("q1", "by size alone", "ratio = gdp[first] / gdp[second]", 0, "the distances are missing"),
    A("q2", "a merge", "lost = mine.merge(sizes[2016].dropna().reset_index(), how='left', indicator=True).query(\"_merge == 'left_only'\")['iso3']"),
    A("q2", "isin, small letters", "lost = {code.lower() for code in mine[~mine['iso3'].isin(sizes[2016].dropna().index)]['iso3']}"),
    A("q2", "those that are there", "lost = set(mine['iso3']) & set(sizes[2016].dropna().index)", 0, "These found their match"),
    A("q2", "of all years", "lost = set(mine['iso3']) - set(sizes.index)", 0, "in another year"),
    A("q2", "how many", "lost = 2", 0, ""),
    A("q3", "a dot product", "residual = np.log(row['flow_usd_mn']) - logs @ given['coefficients']"),
    A("q3", "an array of one", "residual = np.log([row['flow_usd_mn']]) - sum(c * x for c, x in zip(given['coefficients'], logs))"),
    A("q3", "the factor", "residual = row['flow_usd_mn'] / np.exp(logs @ given['coefficients'])", 0, "This is the factor"),
    A("q3", "the wrong sign", "residual = logs @ given['coefficients'] - np.log(row['flow_usd_mn'])", 0, "The sign is turned"),
    A("q3", "without constant", "residual = np.log(row['flow_usd_mn']) - logs[1:] @ given['coefficients'][1:]", 0, "The constant is missing"),
    A("q4", "powers", EXPECTED + "c, s, b, d = coefficients\n    return np.exp(c) * seller**s * buyer**b * km**d if min(seller, buyer, km) > 0 else 0"),
    A("q4", "a dot product", EXPECTED + "if 0 in (seller, buyer, km):\n        return 0\n    return np.exp(np.dot(coefficients, [1, *np.log([seller, buyer, km])]))"),
    A("q4", "forgets a distance of zero", EXPECTED + "c, s, b, d = coefficients\n    return np.exp(c) * seller**s * buyer**b * km**d", 1.5, "stops with ZeroDivisionError"),
    A("q4", "the logarithm", EXPECTED + "return np.dot(coefficients, [1, *np.log([seller, buyer, km])]) if seller * buyer * km else 0", 0, "This is the logarithm"),
    A("q4", "powers of ten", EXPECTED + "c, s, b, d = coefficients\n    return 10**c * seller**s * buyer**b * km**d if min(seller, buyer, km) > 0 else 0", 0, "used as a power of 10"),
    A("q5", "a set", "locked = {one for pair in borders for one in pair if not around(one) & set(coast)}"),
    A("q5", "an index", "states = pd.Index(sorted({one for pair in borders for one in pair}))\nlocked = states[[around(one).isdisjoint(coast) for one in states]]"),
    A("q5", "no coast of their own", "locked = {one for pair in borders for one in pair} - set(coast)", 0, "These have no coast"),
    A("q5", "their neighbours alone", "locked = {one for pair in borders for one in pair if not (around(one) - {one}) & set(coast)}", 0, "has a coast itself"),
]  # fmt: skip
