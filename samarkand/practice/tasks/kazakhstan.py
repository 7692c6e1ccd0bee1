"""Practice of lesson 07: how concentrated, which way out, how far apart two counts, whom a count takes in."""

import re

import numpy as np
import pandas as pd

from samarkand import data
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.practice.tasks._engine import Task

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
    Task(
        "07.1",
        kind=kinds.Shown(),
        solution=lambda: _partners("exports"),
        given=_partners,
        taught="1. What it sells, and to whom",
        right="The Factbook lists five customers and leaves out all the others.",
        hint="Only rows whose `flow` is exports; only the columns printed and share_pct.",
        mistakes=(
            Mistake(
                "That is what it bought. What did it sell?",
                lambda: _partners("imports"),
            ),
            Mistake(
                "The rows are right. Keep only the two columns.",
                lambda: data.load("partner_shares").query(
                    "iso3 == 'KAZ' and year == 2022 and flow == 'exports'"
                ),
            ),
        ),
    ),
    Task(
        "07.2",
        kind=kinds.Number("", 0.001),
        solution=lambda: _squares(_export_shares()),
        given=lambda: float(_export_shares().sum()),
        taught="1. What it sells, and to whom",
        right="The square of a small share is tiny, so the large ones decide.",
        hint="First square each share, then take the sum.",
        mistakes=(
            Mistake(
                "You squared the sum. Square each share first, in round brackets, then add up.",
                lambda: float(_export_shares().sum() ** 2),
            ),
            Mistake(
                "You squared the shares in per cent. The index takes them as fractions.",
                lambda: 10_000 * _squares(_export_shares()),
            ),
        ),
    ),
    Task(
        "07.3",
        kind=kinds.Number("", 0.001),
        solution=lambda: _others() + float(_export_shares()[UNION].sum() ** 2),
        given=lambda: _others() + _squares(_export_shares()[UNION]),
        taught="1. What it sells, and to whom",
        right="The trade is the same. What changed is what counts as one customer.",
        hint="For the two, add first and then square; for the others, square first and then add.",
        mistakes=(
            Mistake(
                "The sum of the two is not squared yet.",
                lambda: _others() + float(_export_shares()[UNION].sum()),
            ),
            Mistake(
                "That is the union alone. The others belong to the index, too.",
                lambda: float(_export_shares()[UNION].sum() ** 2),
            ),
            Mistake(
                "The union is left out. Add the square of its sum.",
                _others,
            ),
        ),
    ),
    Task(
        "07.4",
        kind=kinds.ByKey(kinds.PerCent(0.1), keys=tr("states")),
        solution=lambda: _oil("through"),
        given=lambda: _oil("part"),
        taught="2. Many customers, one way out",
        right="Two routes lead through one state; a list of routes does not show that.",
        hint="Which column names the state that a route leads through?",
    ),
    Task(
        "07.5",
        kind=kinds.ByKey(kinds.PerCent(0.1), keys=tr("years")),
        solution=_gap,
        given=lambda: _two_counts()[0] - _two_counts()[1],
        taught="3. Two customs offices, one trade",
        right="Each year the sign is the same: that is a rule, not a slip.",
        hint="China's count divided by Kazakhstan's, minus 1, in round brackets; then times 100.",
        mistakes=(
            Mistake(
                "You divided by China's count. Higher than whose count?",
                _turned_gap,
            ),
            Mistake(
                "That is China's count in per cent of Kazakhstan's. How much more is it? Subtract 1.",
                lambda: 100 + _gap(),
            ),
            Mistake(
                "Those are fractions. Multiply them by 100 to get per cent.",
                lambda: _gap() / 100,
            ),
            Mistake(
                "Without round brackets Python subtracts 1 from the whole, not from the ratio.",
                lambda: (_gap() + 100) / 100 - 100,
            ),
        ),
    ),
    Task(
        "07.6",
        kind=kinds.Whole(tr("states")),
        solution=lambda: int(_allies()["to"].isna().sum()),
        given=lambda: len(_allies()),
        taught="4. January 2022, day by day",
        right="Five besides Kazakhstan. The report names one of them.",
        hint="`to` is empty, or later than the day; and the membership had begun.",
        mistakes=(
            Mistake(
                "Those memberships were over by then. Who was still in?",
                lambda: _allies()["to"].notna().sum(),
            ),
            Mistake(
                "That is every state that ever belonged.",
                lambda: len(set(_allies()["iso3"])),
            ),
        ),
    ),
    Task(
        "07.7",
        kind=kinds.Whole(tr("people")),
        solution=lambda: sum(_dead()),
        given=lambda: sum(_dead()[:2]),
        taught="5. Who counted the dead",
        right="He said 230. His parts come to 11 more; read on.",
        hint="Five parts are printed above: two of Almaty, those elsewhere, the civilians, the officers.",
        mistakes=(
            Mistake(
                "That is the total that he gave. What do his parts add up to?",
                lambda: data.load("who_counted").set_index("id")["value"][PARTS],
            ),
            Mistake(
                "You left out the officers.",
                lambda: sum(_dead()[:-1]),
            ),
            Mistake(
                "You left out the civilians.",
                lambda: sum(_dead()) - _dead()[3],
            ),
            Mistake(
                "You left out civilians and officers.",
                lambda: sum(_dead()[:3]),
            ),
        ),
    ),
    Task(
        "07.8",
        kind=kinds.Whole(tr("people")),
        solution=_called_assailants,
        taught="5. Who counted the dead",
        right="More than half of those whom the office had called assailants it calls something else later.",
        hint="Two parts of the first count, minus one part of the second.",
        mistakes=(
            Mistake(
                "Those are the assailants in Almaty alone. How many did he count elsewhere?",
                lambda: _called_assailants(elsewhere=False),
            ),
            Mistake(
                "Those are the assailants outside Almaty alone. How many did he count in the city?",
                lambda: _called_assailants(almaty=False),
            ),
            Mistake(
                "Those are all the assailants of March. How many more are they than the later suspects?",
                lambda: _called_assailants(later=False),
            ),
            Mistake(
                "That includes deaths still being looked into: nobody had called those people assailants.",
                lambda: _called_assailants(unclear=True),
            ),
            Mistake(
                "You subtracted the wrong way round. Which year has more?",
                lambda: -_called_assailants(),
            ),
        ),
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "07.customer": lambda: float(100 * _export_shares().max()),
    "07.door": lambda: float(_oil("through")["Russia"]),
    "07.years": _growth,
    "07.polls": _polls,
}
