"""What the predictions of lesson 06 come to."""

from __future__ import annotations

import math

from samarkand import data, geo, measures

YEAR = 2008


def _naive() -> float:
    """Return China as a partner of Kazakhstan divided by Russia, by size and distance."""
    gdp = data.load("indicators").query("indicator == 'gdp_current_usd' and year == 2021")
    size = gdp.set_index("iso3")["value"]
    at = data.load("places").set_index("iso3")[["capital_lat", "capital_lon"]]
    moscow, beijing = (geo.distance_km(tuple(at.loc["KAZ"]), tuple(at.loc[end])) for end in ("RUS", "CHN"))
    return float(size["CHN"] / size["RUS"] * moscow / beijing)


def _distance() -> str:
    """Return what is left of trade at twice the distance, by least squares over the pairs of one year."""
    pairs = data.load("gravity").query("year == @YEAR and flow_usd_mn > 0")
    gdp = data.load("gravity_gdp").query("year == @YEAR").set_index("iso3")["gdp_usd_mn"]
    sizes = {end: pairs[end].map(gdp) for end in ("origin", "destination")}
    coefficients, _ = measures.gravity(pairs["flow_usd_mn"], **sizes, km=pairs["distance_km"])
    left = {"half": 1 / 2, "quarter": 1 / 4, "seventh": 1 / 7}
    return min(left, key=lambda one: abs(math.log2(left[one]) - coefficients["km"]))


TRUTHS = {"06.naive": _naive, "06.distance": _distance}
