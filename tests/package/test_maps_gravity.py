"""The map of residuals: its classes are those of a regression computed another way."""

import math

import numpy as np
import pandas as pd
import pytest

from samarkand import data
from samarkand.maps import gravity


def by_normal_equations(year):
    """Solve X'X b = X'y for one year, from the two tables joined by hand."""
    gdp = data.load("gravity_gdp").set_index(["year", "iso3"])["gdp_usd_mn"]
    rows = data.load("gravity").query("year == @year and flow_usd_mn > 0")
    known = np.array(
        [
            [1, math.log(gdp[year, r.origin]), math.log(gdp[year, r.destination]), math.log(r.distance_km)]
            for r in rows.itertuples()
        ]
    )
    counted = np.log(rows["flow_usd_mn"].to_numpy())
    return np.linalg.solve(known.T @ known, known.T @ counted), rows, counted, known


@pytest.mark.parametrize(
    ("year", "pairs", "distance"), [(2008, 555, -2.71), (2000, 516, -2.4), (2016, 586, -3.0)]
)
def test_a_kilometre_costs_much_here(year, pairs, distance):
    coefficients, rows, _, _ = by_normal_equations(year)
    assert len(rows) == pairs
    assert coefficients[3] == pytest.approx(distance, abs=0.06)


def test_residuals_are_those_of_another_way():
    coefficients, rows, counted, known = by_normal_equations(2008)
    whole = pd.Series(counted - known @ coefficients, index=rows.index)
    one = rows["origin"].where(~rows["origin"].isin(gravity.CENTRAL_ASIA), rows["destination"])
    mine = whole.groupby(one).mean()
    found = gravity._fitted().query("step == 2008").groupby("partner")["residual"].mean()
    assert found.to_numpy() == pytest.approx(
        mine.drop(list(gravity.CENTRAL_ASIA), errors="ignore").to_numpy()
    )


def test_what_the_course_says_of_the_years():
    """In every year Russia, Ukraine, China and Turkey lie above, Pakistan, Egypt and India below."""
    means = gravity._fitted().groupby(["step", "partner"])["residual"].mean().unstack("partner")
    assert (means[["RUS", "UKR", "CHN", "TUR", "BLR"]] > 1.0).all(axis=None)
    assert (means[["PAK", "EGY", "IND"]] < -0.9).all(axis=None)
    assert list(means.index) == [2000, 2004, 2008, 2012, 2016]


def test_marks_differ_in_more_than_colour():
    looks = [(mark.code, mark.colour, mark.pattern) for mark in gravity.FACTORS.values()]
    assert len({code for code, _, _ in looks}) == len(looks)
    filled = [pattern for _, _, pattern in looks if pattern != "solid"]
    assert len(set(filled)) == len(filled) == 4
