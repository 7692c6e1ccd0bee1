"""Practice of lesson 07: how concentrated, how far apart two counts, and what one office calls the dead."""

import re

import numpy as np
import pandas as pd

from samarkand import data, measures
from samarkand.ground.words import tr
from samarkand.practice.answers import kinds
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.tasks._engine import Task

YEAR = 2019
#: The rows of ``who_counted`` with China's and Kyrgyzstan's count of one flow, and with the prosecutor
#: general's parts of the dead, in March 2022 and a year after.
SOLD, BOUGHT, PARTS, LATER = "WC033", "WC034", "WC003", "WC101"


def _parts(flow: str = "exports", year: int = YEAR) -> tuple[pd.Series, float]:
    """Return what Kazakhstan's listed partners took, or sold, in a year, and what the world did; USD mn."""
    table = data.load("partners").query("year == @year").set_index("partner")
    column = table[f"{flow}_usd_mn"].dropna()
    return column.drop("WLD"), float(column["WLD"])


def _floor(flow: str = "exports", year: int = YEAR) -> float:
    return measures.herfindahl_bounds(*_parts(flow, year))[0]


def _counted(row: str) -> float:
    return float(data.load("who_counted").set_index("id")["value"][row])


def _gap() -> float:
    return measures.mirror_gap(_counted(SOLD), _counted(BOUGHT))


def _named(row: str = PARTS) -> list[int]:
    """Return the parts of a count of the dead: at first those of Almaty, two, then those elsewhere."""
    return [int(n) for n in re.findall(r"\d+", data.load("who_counted").set_index("id")["includes"][row])]


def _called(
    *, almaty: bool = True, elsewhere: bool = True, unclear: bool = False, later: bool = True
) -> float:
    """Return how many were called assailants in March 2022, less the suspects of January 2023."""
    (attacked, looked_into, others, *_), (suspects, *_) = _named(), _named(LATER)
    return attacked * almaty + others * elsewhere + looked_into * unclear - suspects * later


def _customer() -> float:
    shares = data.load("partner_shares").query("iso3 == 'KAZ' and flow == 'exports' and year == 2022")
    return float(shares["share_pct"].max())


def _door() -> float:
    oil = data.load("dependence").query("dimension == 'oil exports by route'")
    return float(100 * oil.loc[oil["through"] == "Russia", "value"].sum() / oil["value"].sum())


def _years() -> float:
    """Return by how many per cent trade with China in 2022 was above that of 2012, as Kazakhstan counts."""
    table = data.load("partners").query("partner == 'CHN'").set_index("year")
    trade = table["exports_usd_mn"] + table["imports_usd_mn"]
    return float(100 * (trade[2022] / trade[2012] - 1))


def _polls() -> float:
    """Return what share of pairs of polls lie more than two points apart by chance, as the lesson draws."""
    rng = np.random.default_rng(1)
    november, may = (rng.binomial(n, 0.083, size=1000) / n * 100 for n in (1110, 1100))
    return float(100 * (abs(may - november) > 2).mean())


TASKS = (
    Task(
        "07.1",
        kinds.Number("", 0.001),
        _floor,
        right=tr("As in 2022: many customers, in another year and by another counter."),
        hint=tr("Divide what each partner took by the world's row, square it, and sum."),
        diagnoses=(
            Diagnosis(
                tr("The row WLD is among the parts: it is the whole. Did you drop it?"), lambda: _floor() + 1
            ),
            Diagnosis(
                tr("You divided by the sum of those listed. Of which whole are they parts?"),
                lambda: measures.herfindahl(_parts()[0]),
            ),
            Diagnosis(
                tr("Those are shares in per cent, squared. An index has shares of one."),
                lambda: 10_000 * _floor(),
            ),
            Diagnosis(tr("That is what it bought. What did it sell?"), lambda: _floor("imports")),
            Diagnosis(
                tr("That is the ceiling: the rest is in it. The floor leaves the rest out."),
                lambda: measures.herfindahl_bounds(*_parts())[1],
            ),
            Diagnosis(tr("That is 2012. The question is about 2019."), lambda: _floor(year=2012)),
        ),
        taught="1. What it sells, and to whom",
    ),
    Task(
        "07.2",
        kinds.PerCent(0.5),
        _gap,
        right=tr("Most of what China counts as sold to Kyrgyzstan, Kyrgyzstan does not count as bought."),
        hint=tr("China's count divided by Kyrgyzstan's, minus 1, times 100."),
        diagnoses=(
            Diagnosis(
                tr("You divided by China's count. More than what?"),
                lambda: measures.mirror_gap(_counted(BOUGHT), _counted(SOLD)),
            ),
            Diagnosis(
                tr("That is China's count in per cent of Kyrgyzstan's. How much more is it?"),
                lambda: 100 + _gap(),
            ),
            Diagnosis(
                tr("That is the difference in USD bn. In per cent of what?"),
                lambda: _counted(SOLD) - _counted(BOUGHT),
            ),
            Diagnosis(
                tr("That is how many times as much it is. By how many per cent more?"),
                lambda: _counted(SOLD) / _counted(BOUGHT),
            ),
        ),
        taught="3. Two customs offices, one trade",
    ),
    Task(
        "07.3",
        kinds.Whole(),
        _called,
        right=tr(
            "More than half of those whom the office had called assailants it calls something else later."
        ),
        hint=tr("Two parts of the first count, minus one part of the second."),
        diagnoses=(
            Diagnosis(
                tr("Those are the assailants of Almaty alone. Who was called so elsewhere?"),
                lambda: _called(elsewhere=False),
            ),
            Diagnosis(
                tr("Those are the assailants outside Almaty alone. Who was called so there?"),
                lambda: _called(almaty=False),
            ),
            Diagnosis(
                tr("Those are all the assailants of March. How many more are they than the later suspects?"),
                lambda: _called(later=False),
            ),
            Diagnosis(
                tr("That takes in those whose deaths were being looked into: nobody had called them so."),
                lambda: _called(unclear=True),
            ),
            Diagnosis(
                tr("The counts have changed places. Which year has more?"),
                lambda: -_called(),
            ),
        ),
        taught="5. Who counted the dead",
    ),
)
#: What the predictions of the lesson come to.
RESULTS = {"07.customer": _customer, "07.door": _door, "07.years": _years, "07.polls": _polls}
