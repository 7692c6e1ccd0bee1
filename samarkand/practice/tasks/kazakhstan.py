"""Practice of lesson 07: how concentrated, which way out, how far apart two counts, whom a count takes in."""

import re
from typing import Any

import numpy as np
import pandas as pd

from samarkand import data
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.practice import drawn
from samarkand.practice.tasks._engine import Task

#: Two customers with one trade policy, and the row of ``who_counted`` in which the prosecutor general breaks
#: down the number of dead, in March 2022.
UNION, PARTS = ["Italy", "Netherlands"], "WC003"
#: The row of ``who_counted`` with the plans of the five that were to send soldiers in January 2022.
PLANS = "WC010"
YEARS = [2021, 2022, 2023, 2024]


def _load_partners(flow: str = "") -> pd.DataFrame:
    """Return Kazakhstan's partners of 2022 as the Factbook prints them, of one flow or of both."""
    table = data.load("partner_shares").query("iso3 == 'KAZ' and year == 2022")
    return (table[table["flow"] == flow] if flow else table)[["printed", "share_pct"]]


def _export_shares() -> pd.Series:
    """Return each listed customer's share of the exports, from 0 to 1."""
    return _load_partners("exports").set_index("printed")["share_pct"] / 100


def _sum_squares(shares: pd.Series) -> float:
    return float((shares**2).sum())


def _sum_squares_of_others() -> float:
    return _sum_squares(_export_shares().drop(UNION))


def _share_oil(by: str) -> pd.Series:
    """Return the shares of the oil exports of 2022 by route, or by the state crossed, in per cent."""
    return _sum_oil(by) / _sum_oil(by).sum() * 100


def _sum_oil(by: str) -> pd.Series:
    """Return the oil exports of 2022 by route, or by the state crossed, in million tonnes."""
    oil = data.load("dependence").query("dimension == 'oil exports by route'")
    return oil.groupby(by)["value"].sum()


def _count_routes(by: str) -> pd.Series:
    """Return the shares of the number of routes, whatever flows through them, in per cent."""
    oil = data.load("dependence").query("dimension == 'oil exports by route'")
    return oil[by].value_counts(normalize=True) * 100


def _load_trade(partner: str) -> pd.Series:
    """Return Kazakhstan's trade with a partner by year, as Kazakhstan counts it, in USD bn."""
    table = data.load("partners").query("partner == @partner").set_index("year")
    return (table["exports_usd_mn"] + table["imports_usd_mn"]) / 1000


def _two_counts() -> tuple[pd.Series, pd.Series]:
    """Return the trade of the two states by year: as China counts it, and as Kazakhstan does."""
    counted = data.load("trade_with_china").query("reporter == 'CHN' and partner == 'KAZ' and months == 12")
    return counted.set_index("year")["total_usd_bn"][YEARS], _load_trade("CHN")[YEARS]


def _measure_gap() -> pd.Series:
    china, kazakhstan = _two_counts()
    return (china / kazakhstan - 1) * 100


def _turned_gap() -> pd.Series:
    china, kazakhstan = _two_counts()
    return (kazakhstan / china - 1) * 100


def _load_spells() -> pd.DataFrame:
    """Return the periods of membership in the CSTO."""
    table = data.load("org_membership")
    return table[table["organisation"] == "CSTO"]


def _read_plans() -> dict[str, int]:
    """Return how many soldiers each state was to send in January 2022, by the reported plans."""
    told = data.load("who_counted").set_index("id")["includes"][PLANS]
    plans = {}
    for state, number in re.findall(r"(\w+) ([\d,]+)", told.partition(":")[2]):
        plans[state] = int(number.replace(",", ""))
    return plans


def _list_spells() -> pd.DataFrame:
    """Return the periods of membership in the CSTO, each with the soldiers of the state's plan, 0 for none."""
    table = _load_spells()[["country", "status", "from", "to"]]
    return table.assign(soldiers=table["country"].map(_read_plans()).fillna(0).astype(int))


def _list_allies() -> pd.DataFrame:
    """Return the periods that were not over on 5 January 2022."""
    day = pd.Timestamp("2022-01-05")
    table = _list_spells()
    return table[table["to"].isna() | (table["to"] > day)]


def _draw_soldiers(rows: pd.DataFrame) -> dict[str, Any]:
    """Return a chart with a bar for each state, as long as the soldiers of all its rows."""
    return drawn.make_bars(rows.groupby("country")["soldiers"].sum(), "soldiers")


def _write_spells() -> str:
    """Return the text of ``csto.csv``: semicolons, days with the day first, an empty end if there is none."""
    rows = _list_spells()
    rows["from"] = rows["from"].dt.strftime("%d.%m.%Y")
    rows["to"] = rows["to"].dt.strftime("%d.%m.%Y")
    return rows.to_csv(index=False, sep=";", lineterminator="\n")


def _read_dead(row: str = PARTS) -> list[int]:
    """Return the numbers in a count of the dead: first the two for Almaty, then those for elsewhere."""
    return [int(n) for n in re.findall(r"\d+", data.load("who_counted").set_index("id")["includes"][row])]


def _measure_growth() -> float:
    """Return the growth of trade with China from 2012 to 2022 in per cent, as Kazakhstan counts it."""
    trade = _load_trade("CHN")
    return float(100 * (trade[2022] / trade[2012] - 1))


def _simulate_polls() -> float:
    """Return the per cent of pairs of polls, simulated as in the lesson, that differ by over two points."""
    rng = np.random.default_rng(1)
    november = rng.binomial(1110, 0.083, size=1000) / 1110 * 100
    may = rng.binomial(1100, 0.083, size=1000) / 1100 * 100
    return float(100 * (abs(may - november) > 2).mean())


TASKS = (
    Task(
        "07.1",
        kind=kinds.Number("", 0.001),
        solution=lambda: _sum_squares(_export_shares()),
        taught="1. What it sells, and to whom",
        right="The square of a small share is tiny, so the large ones decide.",
        hint="First square each share, then take the sum.",
        mistakes=(
            Mistake(
                "You added up the shares, and squared none of them.",
                lambda: float(_export_shares().sum()),
                seen_in="sum",
                not_in=r"\*",
            ),
            Mistake(
                "That is the example: what it bought. What did it sell?",
                lambda: _sum_squares(_load_partners("imports")["share_pct"] / 100),
            ),
            Mistake(
                "You squared the sum. Square each share first, in round brackets, then add up.",
                lambda: float(_export_shares().sum() ** 2),
                seen_in=r"sum\(\) \*",
            ),
            Mistake(
                "You squared the shares in per cent. The index takes them as fractions.",
                lambda: 10_000 * _sum_squares(_export_shares()),
            ),
        ),
    ),
    Task(
        "07.2",
        kind=kinds.Number("", 0.001),
        solution=lambda: _sum_squares_of_others() + float(_export_shares()[UNION].sum() ** 2),
        taught="1. What it sells, and to whom",
        right="The trade is the same. What changed is what counts as one customer.",
        hint="For the two, add first and then square; for the others, square first and then add.",
        mistakes=(
            Mistake(
                "You squared the two one by one, as if each were a customer. Add them first.",
                lambda: _sum_squares_of_others() + _sum_squares(_export_shares()[UNION]),
            ),
            Mistake(
                "The sum of the two is not squared yet.",
                lambda: _sum_squares_of_others() + float(_export_shares()[UNION].sum()),
            ),
            Mistake(
                "That is the union alone. The others belong to the index, too.",
                lambda: float(_export_shares()[UNION].sum() ** 2),
            ),
            Mistake(
                "The union is left out. Add the square of its sum.",
                _sum_squares_of_others,
            ),
        ),
    ),
    Task(
        "07.3",
        kind=kinds.ByKey(kinds.PerCent(0.1), keys=tr("states")),
        solution=lambda: _share_oil("through"),
        taught="2. Many customers, one way out",
        right="Two routes lead through one state; a list of routes does not show that.",
        hint="Add up the tonnes of each state, by the column through; divide by the sum of all, and multiply by 100.",
        mistakes=(
            Mistake(
                "Those are the routes, as in the example. Make groups of the states.",
                lambda: _share_oil("part"),
            ),
            Mistake(
                "That counts routes, large or small. Add up the tonnes of each state.",
                lambda: _count_routes("through"),
            ),
            Mistake(
                "Those are tonnes. Divide by their sum, and multiply by 100.",
                lambda: _sum_oil("through"),
            ),
            Mistake(
                "Those are fractions. Multiply them by 100 to get per cent.",
                lambda: _share_oil("through") / 100,
            ),
        ),
    ),
    Task(
        "07.4",
        kind=kinds.ByKey(kinds.PerCent(0.1), keys=tr("years")),
        solution=_measure_gap,
        taught="3. Two customs offices, one trade",
        right="Each year the sign is the same: that is a rule, not a slip.",
        hint="China's count divided by Kazakhstan's, minus 1, in round brackets; then times 100.",
        mistakes=(
            Mistake(
                "Those are billion dollars, as in the example. How much is that of Kazakhstan's count?",
                lambda: _two_counts()[0] - _two_counts()[1],
            ),
            Mistake(
                "You divided by China's count. Higher than whose count?",
                _turned_gap,
            ),
            Mistake(
                "That is China's count in per cent of Kazakhstan's. How much more is it? Subtract 1.",
                lambda: 100 + _measure_gap(),
            ),
            Mistake(
                "Those are fractions. Multiply them by 100 to get per cent.",
                lambda: _measure_gap() / 100,
            ),
            Mistake(
                "Without round brackets Python subtracts 1 from the whole, not from the ratio.",
                lambda: (_measure_gap() + 100) / 100 - 100,
            ),
        ),
    ),
    Task(
        "07.5",
        kind=kinds.Whole(tr("people")),
        solution=lambda: sum(_read_dead()),
        taught="5. Who counted the dead",
        right="He said 230. His parts come to 11 more; read on.",
        hint="Five parts are printed above: two of Almaty, those elsewhere, the civilians, the officers.",
        typed=True,
        mistakes=(
            Mistake(
                "That is the total that he gave. What do his parts add up to?",
                lambda: data.load("who_counted").set_index("id")["value"][PARTS],
            ),
            Mistake(
                "That is Almaty alone. What of those elsewhere, the civilians and the officers?",
                lambda: sum(_read_dead()[:2]),
            ),
            Mistake(
                "You left out the officers.",
                lambda: sum(_read_dead()[:-1]),
            ),
            Mistake(
                "You left out the civilians.",
                lambda: sum(_read_dead()) - _read_dead()[3],
            ),
            Mistake(
                "You left out civilians and officers.",
                lambda: sum(_read_dead()[:3]),
            ),
        ),
    ),
    Task(
        "07.6",
        kind=kinds.Bars(kinds.Number(tolerance=0), keys=tr("states")),
        solution=lambda: _draw_soldiers(_list_allies()),
        taught="4. January 2022, day by day",
        right="Five besides Kazakhstan, which asked and sent nobody. The report names one of them.",
        hint="Read, make days of to, keep the rows whose end is empty or later than the day, and draw them.",
        mistakes=(
            Mistake(
                "That is whoever had ever joined, and a state with two rows counts twice. Who was still in?",
                lambda: _draw_soldiers(_list_spells()),
            ),
            Mistake(
                "Those memberships were over by then. Who was still in?",
                lambda: _draw_soldiers(_list_spells()[_list_spells()["to"].notna()]),
            ),
            Mistake(
                "That counts rows. How many soldiers was each state to send?",
                lambda: drawn.make_bars(_list_allies().groupby("country").size()),
            ),
        ),
    ),
)
#: The plain files of the lesson's practice, with what writes them.
FILES = {"csto.csv": _write_spells}
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "07.customer": lambda: float(100 * _export_shares().max()),
    "07.door": lambda: float(_share_oil("through")["Russia"]),
    "07.years": _measure_growth,
    "07.polls": _simulate_polls,
}
