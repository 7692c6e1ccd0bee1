"""Practice of lesson 04: a month out of a cumulative figure, growth of one direction, who took whose oil."""

import pandas as pd

from samarkand import data
from samarkand.ground.words import tr
from samarkand.practice.answers import kinds
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.tasks._engine import Task

IMPORTS, EXPORTS, TOTAL = "china_imports_usd_bn", "china_exports_usd_bn", "total_usd_bn"
#: The day on which Xi set off.
DAY = "2022-09-14"
#: The ends of the periods that are asked for.
JUNE, SEPTEMBER, OCTOBER, NOVEMBER = "2022-06-30", "2022-09-30", "2022-10-31", "2022-11-30"


def _since_january(end: str, column: str = IMPORTS) -> float:
    table = data.load("trade_cn_ru_cumulative").set_index("period_end")
    return float(table[column][end])


def _alone(end: str, before: str, column: str = IMPORTS) -> float:
    return _since_january(end, column) - _since_january(before, column)


def _growth(column: str = IMPORTS) -> float:
    """Return the growth from the first half of 2021 to that of 2022, in per cent."""
    before, after = _since_january("2021-06-30", column), _since_january(JUNE, column)
    return 100 * (after / before - 1)


def _published(indicator: str) -> float:
    table = data.load("numbers")
    rows = table[(table["indicator"] == indicator) & (table["period_end"] == JUNE)]
    return float(rows["value"].iloc[0])


def _oil(buyer: str, year: int) -> float:
    flows = data.load("energy_flows").query("origin == 'RUS' and product == 'crude oil'")
    flows = flows[(flows["destination"] == buyer) & (flows["year"] == year)]
    return float(flows["value"].iloc[0])


def _taken_up(*buyers: str, first: int = 2021, last: int = 2024) -> float:
    """Return what buyers added, in per cent of what Europe gave up."""
    given_up = _oil("EUR", first) - _oil("EUR", last)
    return 100 * sum(_oil(one, last) - _oil(one, first) for one in buyers) / given_up


def _direction() -> str:
    """Return what grew by more dollars a month from March to August 2022, as it was known on the day."""
    columns = {IMPORTS: "bought", EXPORTS: "sold"}
    known = data.load("trade_cn_ru_cumulative", known_on=DAY)
    since_january = known[known["period_start"] == "2022-01-01"].set_index("period_end")[list(columns)]
    march = since_january.diff().loc[pd.Timestamp("2022-03-31")]
    monthly = data.load("trade_cn_ru_monthly", known_on=DAY).set_index("month")[list(columns)]
    return columns[str((monthly.loc[pd.Timestamp("2022-08-01")] - march).idxmax())]


def _growth_known() -> float:
    total = data.load("trade_cn_ru_cumulative", known_on=DAY).set_index("period_end")[TOTAL]
    return float(total[pd.Timestamp(JUNE)] / total[pd.Timestamp("2021-06-30")] - 1) * 100


def _mirror() -> float:
    """Return the growth of eleven months of 2021 that Putin named, in per cent."""
    return float(data.load("who_counted").set_index("id")["value"]["WC092"])


def _buyer() -> str:
    flows = data.load("energy_flows").query("origin == 'RUS' and product == 'crude oil'")
    bought = flows.pivot(index="destination", columns="year", values="value").drop("EUR").fillna(0)
    return str((bought[2024] - bought[2021]).idxmax())


TASKS = (
    Task(
        "04.1",
        kinds.Number(tr("USD bn"), 0.05),
        lambda: _alone(OCTOBER, SEPTEMBER),
        right=tr("A month that nobody could know when Xi set off."),
        hint=tr(
            "The figure from January to October less the one from January to September. Which column holds "
            "imports?"
        ),
        diagnoses=(
            Diagnosis(
                tr("That is all from January to October. What is October alone?"),
                lambda: _since_january(OCTOBER),
            ),
            Diagnosis(
                tr("That is what China sold to Russia in October. What did it buy?"),
                lambda: _alone(OCTOBER, SEPTEMBER, EXPORTS),
            ),
            Diagnosis(
                tr("That is the whole trade of October, both ways."),
                lambda: _alone(OCTOBER, SEPTEMBER, TOTAL),
            ),
            Diagnosis(
                tr(
                    "That is the month after. October is what January to October has more than January to "
                    "September."
                ),
                lambda: _alone(NOVEMBER, OCTOBER),
            ),
            Diagnosis(
                tr("That is an average month from January to October, not October."),
                lambda: _since_january(OCTOBER) / 10,
            ),
        ),
        taught="2. Trade by month",
    ),
    Task(
        "04.2",
        kinds.PerCent(0.1),
        _growth,
        right=tr(
            "Half as much again, while sales hardly grew. Customs published 48.2, which fits a larger "
            "figure for 2021 than the one first printed."
        ),
        hint=tr("Divide the later half by the earlier one, take away 1 and multiply by 100."),
        diagnoses=(
            Diagnosis(
                tr("That is what China sold to Russia. How much more did it buy?"), lambda: _growth(EXPORTS)
            ),
            Diagnosis(
                tr("That is the growth of the whole trade. Which column holds China's imports?"),
                lambda: _growth(TOTAL),
            ),
            Diagnosis(
                tr("That is the growth as customs published it. Work it out from the table's figures."),
                lambda: _published("Growth of Chinese imports from Russia"),
            ),
            Diagnosis(
                tr("You divided by the later half. Growth is measured against the earlier one."),
                lambda: 100 * (1 - _since_january("2021-06-30") / _since_january(JUNE)),
            ),
            Diagnosis(
                tr("That is the later half in per cent of the earlier one. By how much did it grow?"),
                lambda: 100 + _growth(),
            ),
            Diagnosis(
                tr("That is the growth in USD bn. In per cent of what?"),
                lambda: _since_january(JUNE) - _since_january("2021-06-30"),
            ),
        ),
        taught="3. Year on year",
    ),
    Task(
        "04.3",
        kinds.PerCent(0.5),
        lambda: _taken_up("IND"),
        right=tr("Three quarters. What China bought more comes to about one quarter."),
        hint=tr("What India added from 2021 to 2024, divided by what Europe bought less, 2024 against 2021."),
        diagnoses=(
            Diagnosis(tr("That is China's part. What is India's?"), lambda: _taken_up("CHN")),
            Diagnosis(tr("That is India and China together."), lambda: _taken_up("IND", "CHN")),
            Diagnosis(
                tr("That compares 2024 with 2022. Europe's retreat began earlier: compare with 2021."),
                lambda: _taken_up("IND", first=2022),
            ),
            Diagnosis(
                tr("That compares 2023 with 2021. The question is about 2024."),
                lambda: _taken_up("IND", last=2023),
            ),
            Diagnosis(
                tr("That is all that India bought in 2024. How much of it is new since 2021?"),
                lambda: 100 * _oil("IND", 2024) / (_oil("EUR", 2021) - _oil("EUR", 2024)),
            ),
            Diagnosis(
                tr("You divided by all that Europe bought in 2021. By how much did it buy less?"),
                lambda: 100 * (_oil("IND", 2024) - _oil("IND", 2021)) / _oil("EUR", 2021),
            ),
        ),
        taught="5. Where the oil went",
    ),
)
#: What the predictions of the lesson come to.
RESULTS = {"04.direction": _direction, "04.growth": _growth_known, "04.mirror": _mirror, "04.oil": _buyer}
