"""Practice of lesson 07: how concentrated, which way out, how far apart two counts, whom a count takes in."""

import re

import numpy as np
import pandas as pd

from samarkand import data
from samarkand.answers import kinds
from samarkand.common.words import tr
from samarkand.practice.tasks._engine import task

#: Two customers with one trade policy, and the rows of ``who_counted`` in which the prosecutor general breaks
#: down the number of dead, in March 2022 and a year after.
UNION, PARTS, LATER = ["Italy", "Netherlands"], "WC003", "WC101"
YEARS = [2021, 2022, 2023, 2024]


def _partners(flow: str = "") -> pd.DataFrame:
    """Return Kazakhstan's partners of 2022 as the Factbook prints them, of one flow or of both."""
    table = data.load("partner_shares").query("iso3 == 'KAZ' and year == 2022")
    return (table[table["flow"] == flow] if flow else table)[["printed", "share_pct"]]


def _export_shares() -> pd.Series:
    """Return each listed customer's share of the exports, from 0 to 1."""
    return _partners("exports").set_index("printed")["share_pct"] / 100


def _squares(shares: pd.Series) -> float:
    return float((shares**2).sum())


def _others() -> float:
    return _squares(_export_shares().drop(UNION))


def _oil(by: str) -> pd.Series:
    """Return the shares of the oil exports of 2022 by route, or by the state crossed, in per cent."""
    oil = data.load("dependence").query("dimension == 'oil exports by route'")
    tonnes = oil.groupby(by)["value"].sum()
    return tonnes / tonnes.sum() * 100


def _trade(partner: str) -> pd.Series:
    """Return Kazakhstan's trade with a partner by year, as Kazakhstan counts it, in USD bn."""
    table = data.load("partners").query("partner == @partner").set_index("year")
    return (table["exports_usd_mn"] + table["imports_usd_mn"]) / 1000


def _two_counts() -> tuple[pd.Series, pd.Series]:
    """Return the trade of the two states by year: as China counts it, and as Kazakhstan does."""
    counted = data.load("trade_with_china").query("reporter == 'CHN' and partner == 'KAZ' and months == 12")
    return counted.set_index("year")["total_usd_bn"][YEARS], _trade("CHN")[YEARS]


def _gap() -> pd.Series:
    china, kazakhstan = _two_counts()
    return (china / kazakhstan - 1) * 100


def _turned_gap() -> pd.Series:
    china, kazakhstan = _two_counts()
    return (kazakhstan / china - 1) * 100


def _allies() -> pd.DataFrame:
    table = data.load("org_membership")
    return table[(table["organisation"] == "CSTO") & (table["from"] <= pd.Timestamp("2022-01-05"))]


def _dead(row: str = PARTS) -> list[int]:
    """Return the numbers in a count of the dead: first the two for Almaty, then those for elsewhere."""
    return [int(n) for n in re.findall(r"\d+", data.load("who_counted").set_index("id")["includes"][row])]


def _called_assailants(
    *, almaty: bool = True, elsewhere: bool = True, unclear: bool = False, later: bool = True
) -> float:
    """Return the dead called assailants in March 2022 minus the suspects of 2023; options make mistakes."""
    (attacked, looked_into, others, *_), (suspects, *_) = _dead(), _dead(LATER)
    return attacked * almaty + others * elsewhere + looked_into * unclear - suspects * later


def _growth() -> float:
    """Return the growth of trade with China from 2012 to 2022 in per cent, as Kazakhstan counts it."""
    trade = _trade("CHN")
    return float(100 * (trade[2022] / trade[2012] - 1))


def _polls() -> float:
    """Return the per cent of pairs of polls, simulated as in the lesson, that differ by over two points."""
    rng = np.random.default_rng(1)
    november, may = (rng.binomial(n, 0.083, size=1000) / n * 100 for n in (1110, 1100))
    return float(100 * (abs(may - november) > 2).mean())


TASKS = (
    task(
        "07.1",
        kinds.Shown(),
        lambda: _partners("exports"),
        given=_partners,
        bought=lambda: _partners("imports"),
        all_columns=lambda: data.load("partner_shares").query(
            "iso3 == 'KAZ' and year == 2022 and flow == 'exports'"
        ),
    ),
    task(
        "07.2",
        kinds.Number("", 0.001),
        lambda: _squares(_export_shares()),
        given=lambda: float(_export_shares().sum()),
        squared_sum=lambda: float(_export_shares().sum() ** 2),
        per_cent=lambda: 10_000 * _squares(_export_shares()),
    ),
    task(
        "07.3",
        kinds.Number("", 0.001),
        lambda: _others() + float(_export_shares()[UNION].sum() ** 2),
        given=lambda: _others() + _squares(_export_shares()[UNION]),
        not_squared=lambda: _others() + float(_export_shares()[UNION].sum()),
        union_alone=lambda: float(_export_shares()[UNION].sum() ** 2),
        without_union=_others,
    ),
    task(
        "07.4",
        kinds.ByKey(kinds.PerCent(0.1), keys=tr("states")),
        lambda: _oil("through"),
        given=lambda: _oil("part"),
    ),
    task(
        "07.5",
        kinds.ByKey(kinds.PerCent(0.1), keys=tr("years")),
        _gap,
        given=lambda: _two_counts()[0] - _two_counts()[1],
        of_china=_turned_gap,
        ratio=lambda: 100 + _gap(),
        fractions=lambda: _gap() / 100,
        without_brackets=lambda: (_gap() + 100) / 100 - 100,
    ),
    task(
        "07.6",
        kinds.Whole(tr("states")),
        lambda: int(_allies()["to"].isna().sum()),
        given=lambda: len(_allies()),
        over=lambda: _allies()["to"].notna().sum(),
        ever=lambda: len(set(_allies()["iso3"])),
    ),
    task(
        "07.7",
        kinds.Whole(tr("people")),
        lambda: sum(_dead()),
        given=lambda: sum(_dead()[:2]),
        stated_total=lambda: data.load("who_counted").set_index("id")["value"][PARTS],
        no_officers=lambda: sum(_dead()[:-1]),
        no_civilians=lambda: sum(_dead()) - _dead()[3],
        neither=lambda: sum(_dead()[:3]),
    ),
    task(
        "07.8",
        kinds.Whole(tr("people")),
        _called_assailants,
        assailants_almaty=lambda: _called_assailants(elsewhere=False),
        assailants_outside=lambda: _called_assailants(almaty=False),
        all_of_march=lambda: _called_assailants(later=False),
        unclear_deaths=lambda: _called_assailants(unclear=True),
        swapped=lambda: -_called_assailants(),
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "07.customer": lambda: float(100 * _export_shares().max()),
    "07.door": lambda: float(_oil("through")["Russia"]),
    "07.years": _growth,
    "07.polls": _polls,
}
