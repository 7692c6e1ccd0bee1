"""The map of Central Asia's trade compared with the prediction of a gravity equation."""

import math

import pandas as pd

from samarkand import data, geo, measures
from samarkand.common.words import join_in_words, trn
from samarkand.html.style import read_marks
from samarkand.maps._base import draw_world
from samarkand.maps._offline import OfflineMap
from samarkand.maps._scene import Step
from samarkand.maps._shapes import read_features
from samarkand.places import CENTRAL_ASIA

__all__ = ["residuals"]

#: The year shown first.
FIRST = 2008
#: Minimum number of pairs for a state's mean.
FEW = 6
#: Residuals are logarithms: a factor of two.
TWICE = math.log(2)


def residuals() -> OfflineMap:
    """Draw with whom the five Central Asian states trade more, and with whom less, than gravity expects.

    A state is filled by the mean residual of its pairs with the five, or light grey if it has fewer than six
    pairs. A slider in the map runs over the years of the table ``gravity``, each with coefficients of its
    own.

    Examples
    --------
    >>> residuals()
    World map of trade with Central Asia against what size and distance lead one to expect. 2008: ...
    """
    table = _fit_each_year()
    years = list(dict.fromkeys(table["step"]))
    table = table[table["partner"].isin({shape.id for shape in read_features("world", geo.WORLD)})]
    groups = table.groupby(["partner", "step"])["residual"].agg(["mean", "size"])
    kinds = groups.apply(lambda group: classify_state(group["mean"], group["size"]), axis="columns")
    said = {one: _describe_tally(kinds, one) for one in years}
    values = kinds.unstack("step").reindex(columns=years)
    return draw_world(
        "residuals",
        pd.concat([values, pd.DataFrame("five", list(CENTRAL_ASIA), years)]),
        read_marks("factors", n=FEW),
        gaps={"step": FIRST, "said": said[FIRST]},
        steps=[Step(str(one), said[one]) for one in years],
        step=years.index(FIRST),
        ticks=[str(one) for one in years],
        listed=["more", "less"],
    )


def _fit_each_year() -> pd.DataFrame:
    """Return the residuals (partner, step, residual) of each year's fit, without pairs that do not trade."""
    pairs = data.load("gravity").query("flow_usd_mn > 0")
    gdp = data.load("gravity_gdp")[["year", "iso3", "gdp_usd_mn"]]
    for end in ("origin", "destination"):
        of_end = gdp.rename(columns={"iso3": end, "gdp_usd_mn": f"gdp_{end}"})
        pairs = pairs.merge(of_end, on=["year", end], validate="many_to_one")
    found = []
    for year, mine in pairs.groupby("year"):
        sizes = {end: mine[f"gdp_{end}"] for end in ("origin", "destination")}
        _, residuals = measures.gravity(mine["flow_usd_mn"], **sizes, km=mine["distance_km"])
        other = mine["origin"].where(~mine["origin"].isin(CENTRAL_ASIA), mine["destination"])
        found.append(pd.DataFrame({"partner": other, "step": year, "residual": residuals}))
    # A pair of two of the five is in the equation, and on the map of neither.
    whole = pd.concat(found, ignore_index=True)
    return whole[~whole["partner"].isin(CENTRAL_ASIA)]


def classify_state(mean: float, size: int) -> str:
    """Return the class of a state.

    >>> classify_state(2.4, 8), classify_state(-1.0, 8), classify_state(0.1, 6), classify_state(5.0, 5)
    ('more', 'less', 'as expected', 'few')
    """
    if size < FEW:
        return "few"
    if abs(mean) <= TWICE:
        return "as expected"
    return "more" if mean > 0 else "less"


def _describe_tally(kinds: pd.Series, step: object) -> str:
    """Describe the numbers of states that trade more, trade less, or have too few pairs, at a step."""
    mine = [str(kind) for kind in kinds.xs(step, level="step")]
    more, less, few = mine.count("more"), mine.count("less"), mine.count("few")
    return join_in_words(
        [
            trn("{n} state trades at least twice as much", "{n} states trade at least twice as much", more),
            trn("{n} at most half as much", "{n} at most half as much", less),
            trn("{n} has too few pairs to say", "{n} have too few pairs to say", few),
        ]
    )
