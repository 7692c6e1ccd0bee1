"""Practice of lesson 06: an expected ratio, what the logarithm drops, and from a residual to a factor."""

from __future__ import annotations

import math

import pandas as pd

from samarkand import data, geo, measures
from samarkand.ground.words import tr
from samarkand.practice.answers import kinds
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.tasks._engine import Task

#: The year of the second task, and that of the lesson's equation.
YEAR, SHOWN = 2016, 2008


def _sizes() -> float:
    """Return China's product in 2021 divided by Russia's."""
    gdp = data.load("indicators").query("indicator == 'gdp_current_usd' and year == 2021")
    size = gdp.set_index("iso3")["value"]
    return float(size["CHN"] / size["RUS"])


def _km(one: str, other: str) -> float:
    at = data.load("places").set_index("iso3")[["capital_lat", "capital_lon"]]
    return geo.distance_km(tuple(at.loc[one]), tuple(at.loc[other]))


def _expected(home: str = "MNG", power: float = 1.0) -> float:
    """Return China's expected trade with a state, divided by Russia's."""
    return float(_sizes() * (_km(home, "RUS") / _km(home, "CHN")) ** power)


def _dropped(year: int = YEAR, *, kept: bool = False, share: float = 100.0) -> float:
    """Return the share of pairs of a year whose flow is zero; or of those whose flow is not."""
    flows = data.load("gravity").query("year == @year")["flow_usd_mn"]
    return float(share * ((flows > 0) if kept else (flows == 0)).mean())


def _zeros() -> float:
    return float((data.load("gravity").query("year == @YEAR")["flow_usd_mn"] == 0).sum())


def _pairs() -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Return the pairs of that year that trade, and the size of either end."""
    pairs = data.load("gravity").query("year == @SHOWN and flow_usd_mn > 0")
    gdp = data.load("gravity_gdp").query("year == @SHOWN").set_index("iso3")["gdp_usd_mn"]
    return pairs, {end: pairs[end].map(gdp) for end in ("origin", "destination")}


def _fit() -> tuple[pd.Series, pd.Series]:
    """Return the coefficients and the residuals of the fitted ruler."""
    pairs, sizes = _pairs()
    return measures.gravity(pairs["flow_usd_mn"], **sizes, km=pairs["distance_km"])


def _residual(partner: str, *, fitted: bool = True) -> float:
    """Return the mean residual of a state's pairs of that year, by the fitted or by the simple ruler."""
    pairs, sizes = _pairs()
    if fitted:
        _, left = _fit()
    else:
        expected = sizes["origin"] * sizes["destination"] / pairs["distance_km"]
        logs = (pairs["flow_usd_mn"] / expected).map(math.log)
        left = logs - logs.mean()
    return float(left[(pairs["origin"] == partner) | (pairs["destination"] == partner)].mean())


def _halved() -> str:
    """Return what is left of trade at twice the distance, by the fitted ruler."""
    left = {"half": 1 / 2, "quarter": 1 / 4, "seventh": 1 / 7}
    return min(left, key=lambda one: abs(math.log2(left[one]) - _fit()[0]["km"]))


TASKS = (
    Task(
        "06.1",
        kinds.Number(tr("times"), 0.5),
        _expected,
        right=tr("Where Beijing is near and Moscow far, both parts of the ruler point one way."),
        hint=tr("China's GDP divided by Russia's, times the distance to Moscow divided by that to Beijing."),
        diagnoses=(
            Diagnosis(
                tr("That is for Kazakhstan. From which capital does Mongolia measure?"),
                lambda: _expected("KAZ"),
            ),
            Diagnosis(
                tr("The distances have changed places. Does trade grow or fall with distance?"),
                lambda: _expected(power=-1.0),
            ),
            Diagnosis(tr("That is size alone. What became of the distances?"), _sizes),
            Diagnosis(
                tr("That is the distances alone. What became of size?"), lambda: _expected() / _sizes()
            ),
            Diagnosis(
                tr("The distances are squared, as between stars. How does the simple ruler do it?"),
                lambda: _expected(power=2.0),
            ),
            Diagnosis(
                tr("That is Russia's expected trade divided by China's. Which is asked for?"),
                lambda: 1 / _expected(),
            ),
        ),
        taught="2. What should one expect?",
    ),
    Task(
        "06.2",
        kinds.PerCent(0.1),
        _dropped,
        right=tr("Nearly a third, eight years later. Who looks at logarithms looks at those who trade."),
        hint=tr("Rows of 2016 in which the flow is zero, divided by all rows of 2016, times 100."),
        diagnoses=(
            Diagnosis(tr("That is 2008. Which year is asked for?"), lambda: _dropped(SHOWN)),
            Diagnosis(tr("That is what stays. What goes?"), lambda: _dropped(kept=True)),
            Diagnosis(tr("That is how many they are. In per cent of all pairs?"), _zeros),
            Diagnosis(tr("That is a share of one. What is it in per cent?"), lambda: _dropped(share=1.0)),
        ),
        taught="4. Gravity by hand",
    ),
    Task(
        "06.3",
        kinds.PerCent(0.1),
        lambda: 100 * math.exp(_residual("PAK")),
        right=tr("Less than a thirtieth, with a state that one of the five, Tajikistan, almost touches."),
        hint=tr("A residual is a logarithm. Which function takes it back to a factor?"),
        diagnoses=(
            Diagnosis(
                tr("The sign is lost: that is how many times more, and the residual is below zero."),
                lambda: 100 * math.exp(-_residual("PAK")),
            ),
            Diagnosis(
                tr("That is a share of one. What is it in per cent?"), lambda: math.exp(_residual("PAK"))
            ),
            Diagnosis(
                tr("That is by how much it fell short. How much was counted?"),
                lambda: 100 - 100 * math.exp(_residual("PAK")),
            ),
            Diagnosis(
                tr("That takes powers of ten. Which base has np.log?"), lambda: 100 * 10 ** _residual("PAK")
            ),
            Diagnosis(
                tr("That is India. Which row is Pakistan's?"), lambda: 100 * math.exp(_residual("IND"))
            ),
            Diagnosis(
                tr("That is by the simple ruler. Which column has the fitted one?"),
                lambda: 100 * math.exp(_residual("PAK", fitted=False)),
            ),
        ),
        taught="5. Two rulers, one map",
    ),
)
#: What the predictions of the lesson come to.
RESULTS = {"06.naive": lambda: _expected("KAZ"), "06.distance": _halved}
