"""Practice of lesson 07: how concentrated, which way out, how far apart two counts, whom a count takes in."""

import re

import numpy as np
import pandas as pd

from samarkand import data
from samarkand.ground.words import tr
from samarkand.practice.answers import kinds
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.tasks._engine import Task

#: Two customers with one trade policy, and the rows of ``who_counted`` in which the prosecutor general breaks
#: down the number of dead, in March 2022 and a year after.
UNION, PARTS, LATER = ["Italy", "Netherlands"], "WC003", "WC101"
YEARS = [2021, 2022, 2023, 2024]


def _listed(flow: str = "") -> pd.DataFrame:
    """Return Kazakhstan's partners of 2022 as the Factbook prints them, of one flow or of both."""
    table = data.load("partner_shares").query("iso3 == 'KAZ' and year == 2022")
    return (table[table["flow"] == flow] if flow else table)[["printed", "share_pct"]]


def _sold() -> pd.Series:
    """Return each listed customer's share of the exports, from 0 to 1."""
    return _listed("exports").set_index("printed")["share_pct"] / 100


def _squares(shares: pd.Series) -> float:
    return float((shares**2).sum())


def _others() -> float:
    return _squares(_sold().drop(UNION))


def _oil(by: str) -> pd.Series:
    """Return the shares of the oil exports of 2022 by route, or by the state crossed, in per cent."""
    oil = data.load("dependence").query("dimension == 'oil exports by route'")
    tonnes = oil.groupby(by)["value"].sum()
    return tonnes / tonnes.sum() * 100


def _trade(partner: str) -> pd.Series:
    """Return Kazakhstan's trade with a partner by year, as Kazakhstan counts it, in USD bn."""
    table = data.load("partners").query("partner == @partner").set_index("year")
    return (table["exports_usd_mn"] + table["imports_usd_mn"]) / 1000


def _two() -> tuple[pd.Series, pd.Series]:
    """Return the trade of the two states by year: as China counts it, and as Kazakhstan does."""
    counted = data.load("trade_with_china").query("reporter == 'CHN' and partner == 'KAZ' and months == 12")
    return counted.set_index("year")["total_usd_bn"][YEARS], _trade("CHN")[YEARS]


def _gap() -> pd.Series:
    china, kazakhstan = _two()
    return (china / kazakhstan - 1) * 100


def _turned_gap() -> pd.Series:
    china, kazakhstan = _two()
    return (kazakhstan / china - 1) * 100


def _allies() -> pd.DataFrame:
    table = data.load("org_membership")
    return table[(table["organisation"] == "CSTO") & (table["from"] <= pd.Timestamp("2022-01-05"))]


def _named(row: str = PARTS) -> list[int]:
    """Return the numbers in a count of the dead: first the two for Almaty, then those for elsewhere."""
    return [int(n) for n in re.findall(r"\d+", data.load("who_counted").set_index("id")["includes"][row])]


def _called(
    *, almaty: bool = True, elsewhere: bool = True, unclear: bool = False, later: bool = True
) -> float:
    """Return the dead called assailants in March 2022 minus the suspects of 2023; options make slips."""
    (attacked, looked_into, others, *_), (suspects, *_) = _named(), _named(LATER)
    return attacked * almaty + others * elsewhere + looked_into * unclear - suspects * later


def _years() -> float:
    """Return the growth of trade with China from 2012 to 2022 in per cent, as Kazakhstan counts it."""
    trade = _trade("CHN")
    return float(100 * (trade[2022] / trade[2012] - 1))


def _polls() -> float:
    """Return the per cent of pairs of polls, simulated as in the lesson, that differ by over two points."""
    rng = np.random.default_rng(1)
    november, may = (rng.binomial(n, 0.083, size=1000) / n * 100 for n in (1110, 1100))
    return float(100 * (abs(may - november) > 2).mean())


_SELLS, _WAY, _TWO = (
    "1. What it sells, and to whom",
    "2. Many customers, one way out",
    "3. Two customs offices, one trade",
)
_JANUARY, _DEAD = "4. January 2022, day by day", "5. Who counted the dead"

TASKS = (
    Task(
        "07.1",
        kinds.Shown(),
        lambda: _listed("exports"),
        right=tr("The Factbook lists five customers and leaves out all the others."),
        hint=tr("Only rows whose `flow` is exports; only the columns printed and share_pct."),
        diagnoses=(
            Diagnosis(tr("That is what it bought. What did it sell?"), lambda: _listed("imports")),
            Diagnosis(
                tr("The rows are right. Keep only the two columns."),
                lambda: data.load("partner_shares").query(
                    "iso3 == 'KAZ' and year == 2022 and flow == 'exports'"
                ),
            ),
        ),
        taught=_SELLS,
        given=_listed,
    ),
    Task(
        "07.2",
        kinds.Number("", 0.001),
        lambda: _squares(_sold()),
        right=tr("The square of a small share is tiny, so the large ones decide."),
        hint=tr("First square each share, then take the sum."),
        diagnoses=(
            Diagnosis(
                tr("You squared the sum. Square each share first, in round brackets, then add up."),
                lambda: float(_sold().sum() ** 2),
            ),
            Diagnosis(
                tr("You squared the shares in per cent. The index takes them as fractions."),
                lambda: 10_000 * _squares(_sold()),
            ),
        ),
        taught=_SELLS,
        given=lambda: float(_sold().sum()),
    ),
    Task(
        "07.3",
        kinds.Number("", 0.001),
        lambda: _others() + float(_sold()[UNION].sum() ** 2),
        right=tr("The trade is the same. What changed is what counts as one customer."),
        hint=tr("For the two, add first and then square; for the others, square first and then add."),
        diagnoses=(
            Diagnosis(
                tr("The sum of the two is not squared yet."), lambda: _others() + float(_sold()[UNION].sum())
            ),
            Diagnosis(
                tr("That is the union alone. The others belong to the index, too."),
                lambda: float(_sold()[UNION].sum() ** 2),
            ),
            Diagnosis(tr("The union is left out. Add the square of its sum."), _others),
        ),
        taught=_SELLS,
        given=lambda: _others() + _squares(_sold()[UNION]),
    ),
    Task(
        "07.4",
        kinds.ByKey(kinds.PerCent(0.1), keys=tr("states")),
        lambda: _oil("through"),
        right=tr("Two routes lead through one state; a list of routes does not show that."),
        hint=tr("Which column names the state that a route leads through?"),
        taught=_WAY,
        given=lambda: _oil("part"),
    ),
    Task(
        "07.5",
        kinds.ByKey(kinds.PerCent(0.1), keys=tr("years")),
        _gap,
        right=tr("Each year the sign is the same: that is a rule, not a slip."),
        hint=tr("China's count divided by Kazakhstan's, minus 1, in round brackets; then times 100."),
        diagnoses=(
            Diagnosis(tr("You divided by China's count. Higher than whose count?"), _turned_gap),
            Diagnosis(
                tr("That is China's count in per cent of Kazakhstan's. How much more is it? Subtract 1."),
                lambda: 100 + _gap(),
            ),
            Diagnosis(
                tr("Those are fractions. Multiply them by 100 to get per cent."),
                lambda: _gap() / 100,
            ),
            Diagnosis(
                tr("Without round brackets Python subtracts 1 from the whole, not from the ratio."),
                lambda: (_gap() + 100) / 100 - 100,
            ),
        ),
        taught=_TWO,
        given=lambda: _two()[0] - _two()[1],
    ),
    Task(
        "07.6",
        kinds.Whole(tr("states")),
        lambda: int(_allies()["to"].isna().sum()),
        right=tr("Five besides Kazakhstan. The report names one of them."),
        hint=tr("`to` is empty, or later than the day; and the membership had begun."),
        diagnoses=(
            Diagnosis(
                tr("Those memberships were over by then. Who was still in?"),
                lambda: _allies()["to"].notna().sum(),
            ),
            Diagnosis(tr("That is every state that ever belonged."), lambda: len(set(_allies()["iso3"]))),
        ),
        taught=_JANUARY,
        given=lambda: len(_allies()),
    ),
    Task(
        "07.7",
        kinds.Whole(tr("people")),
        lambda: sum(_named()),
        right=tr("He said 230. His parts come to 11 more; read on."),
        hint=tr("Five parts are printed above: two of Almaty, those elsewhere, the civilians, the officers."),
        diagnoses=(
            Diagnosis(
                tr("That is the total that he gave. What do his parts add up to?"),
                lambda: data.load("who_counted").set_index("id")["value"][PARTS],
            ),
            Diagnosis(tr("You left out the officers."), lambda: sum(_named()[:-1])),
            Diagnosis(tr("You left out the civilians."), lambda: sum(_named()) - _named()[3]),
            Diagnosis(tr("You left out civilians and officers."), lambda: sum(_named()[:3])),
        ),
        taught=_DEAD,
        given=lambda: sum(_named()[:2]),
    ),
    Task(
        "07.8",
        kinds.Whole(tr("people")),
        _called,
        right=tr(
            "More than half of those whom the office had called assailants it calls something else later."
        ),
        hint=tr("Two parts of the first count, minus one part of the second."),
        diagnoses=(
            Diagnosis(
                tr("Those are the assailants in Almaty alone. How many did he count elsewhere?"),
                lambda: _called(elsewhere=False),
            ),
            Diagnosis(
                tr("Those are the assailants outside Almaty alone. How many did he count in the city?"),
                lambda: _called(almaty=False),
            ),
            Diagnosis(
                tr("Those are all the assailants of March. How many more are they than the later suspects?"),
                lambda: _called(later=False),
            ),
            Diagnosis(
                tr(
                    "That includes deaths still being looked into: nobody had called those people assailants."
                ),
                lambda: _called(unclear=True),
            ),
            Diagnosis(tr("You subtracted the wrong way round. Which year has more?"), lambda: -_called()),
        ),
        taught=_DEAD,
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "07.customer": lambda: float(100 * _sold().max()),
    "07.door": lambda: float(_oil("through")["Russia"]),
    "07.years": _years,
    "07.polls": _polls,
}
