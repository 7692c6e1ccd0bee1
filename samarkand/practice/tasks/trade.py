"""Practice of lesson 04: single months, growth, who counted, who bought whose oil, what was known."""

from typing import Any

import pandas as pd

from samarkand import data
from samarkand.answers import kinds
from samarkand.common.words import tr
from samarkand.practice.tasks._engine import task

IMPORTS, EXPORTS, TOTAL = "china_imports_usd_bn", "china_exports_usd_bn", "total_usd_bn"
#: The day on which Xi set off, and one on which August was over and not yet counted.
DAY, EARLY = "2022-09-14", "2022-09-05"
APRIL, MAY, JUNE, JULY = "2022-04-30", "2022-05-31", "2022-06-30", "2022-07-31"
BEFORE = "2021-06-30"


def _since_january(end: str, column: str) -> float:
    return float(data.load("trade_cn_ru_cumulative").set_index("period_end")[column][end])


def _alone(end: str, before: str, column: str = IMPORTS) -> float:
    return _since_january(end, column) - _since_january(before, column)


def _growth(column: str = TOTAL, times: float = 100, less: float = 1) -> float:
    """Return the growth from the first half of 2021 to that of 2022, in per cent."""
    return times * (_since_january(JUNE, column) / _since_january(BEFORE, column) - less)


def _published(indicator: str) -> float:
    table = data.load("numbers")
    rows = table[(table["indicator"] == indicator) & (table["period_end"] == JUNE)]
    return float(rows["value"].iloc[0])


def _counts(on: str | None = None) -> pd.DataFrame:
    """Return the published figures for the growth of 2021, all of them or those of one last day."""
    counts = data.load("who_counted")
    four = counts[counts["quantity"] == "growth of the trade of China and Russia, 2021"]
    return (four[four["day"] == on] if on else four)[["day", "value"]]


def _crude() -> pd.DataFrame:
    flows = data.load("energy_flows")
    return flows[(flows["origin"] == "RUS") & (flows["product"] == "crude oil")]


def _joined(left: str, right: str) -> Any:
    names = data.load("states")[["iso3", "name"]]
    return _crude().merge(names, left_on=left, right_on=right)["name"].value_counts()


def _bought() -> pd.DataFrame:
    """Return Russian crude oil by buyer and year, in million tonnes."""
    return _crude().pivot(index="destination", columns="year", values="value").fillna(0)


def _more(*buyers: str, first: int = 2021, last: int = 2024) -> float:
    """Return the change of some buyers' purchases between two years, in million tonnes."""
    bought = _bought()
    return float((bought[last] - bought[first])[list(buyers)].sum())


def _taken_up(*buyers: str, first: int = 2021, last: int = 2024) -> float:
    """Return the change of some buyers' purchases in per cent of Europe's decrease."""
    return 100 * _more(*buyers, first=first, last=last) / -_more("EUR", first=first, last=last)


def _newest(column: str = "known_when", day: str = EARLY) -> float:
    """Return the total of the last period that was known by a day, or, by another column, had ended."""
    table = data.load("trade_cn_ru_cumulative")
    return float(table[table[column] <= day].sort_values("period_end", kind="stable")[TOTAL].iloc[-1])


def _direction() -> str:
    """Return whether purchases or sales grew more from March to August 2022, as known on the day."""
    columns = {IMPORTS: "bought", EXPORTS: "sold"}
    known = data.load("trade_cn_ru_cumulative", known_on=DAY)
    since_january = known[known["period_start"] == "2022-01-01"].set_index("period_end")[list(columns)]
    march = since_january.diff().loc[pd.Timestamp("2022-03-31")]
    monthly = data.load("trade_cn_ru_monthly", known_on=DAY).set_index("month")[list(columns)]
    return columns[str((monthly.loc[pd.Timestamp("2022-08-01")] - march).idxmax())]


def _buyer() -> str:
    bought = _bought().drop("EUR")
    return str((bought[2024] - bought[2021]).idxmax())


TASKS = (
    task(
        "04.1",
        kinds.Number(tr("USD bn"), 0.05),
        lambda: _alone(JULY, JUNE, TOTAL),
        given=lambda: _since_january(JULY, TOTAL),
        june=lambda: _alone(JUNE, MAY, TOTAL),
        swapped=lambda: -_alone(JULY, JUNE, TOTAL),
        china_bought=lambda: _alone(JULY, JUNE),
        average_month=lambda: _since_january(JULY, TOTAL) / 7,
    ),
    task(
        "04.2",
        kinds.Number(tr("USD bn"), 0.05),
        lambda: _alone(MAY, APRIL),
        given=lambda: _since_january(MAY, IMPORTS),
        china_sold=lambda: _alone(MAY, APRIL, EXPORTS),
        month_after=lambda: _alone(JUNE, MAY),
        month_before=lambda: _alone(APRIL, "2022-03-31"),
    ),
    task(
        "04.3",
        kinds.PerCent(0.1),
        _growth,
        given=lambda: _growth(less=0) - 1,
        fraction=lambda: _growth(times=1),
        ratio=lambda: _growth(less=0),
    ),
    task(
        "04.4",
        kinds.PerCent(0.1),
        lambda: _growth(IMPORTS),
        given=lambda: _growth(IMPORTS, times=1, less=0),
        ratio=lambda: _growth(IMPORTS, less=0),
        without_brackets=lambda: _growth(IMPORTS, times=1, less=100),
        china_sold=lambda: _growth(EXPORTS),
        all_trade=_growth,
        as_published=lambda: _published("Growth of Chinese imports from Russia"),
        of_later=lambda: 100 * (1 - _since_january(BEFORE, IMPORTS) / _since_january(JUNE, IMPORTS)),
    ),
    task(
        "04.5",
        kinds.Shown(),
        lambda: _counts("2021-11-30"),
        given=_counts,
        twelve_months=lambda: _counts("2021-12-31"),
    ),
    task(
        "04.6",
        kinds.ByKey(kinds.Whole(), keys=tr("names")),
        lambda: _joined("destination", "iso3"),
        given=lambda: _joined("origin", "iso3"),
    ),
    task(
        "04.7",
        kinds.PerCent(0.5),
        lambda: _taken_up("CHN", "IND"),
        given=lambda: _more("CHN", "IND"),
        india_alone=lambda: _taken_up("IND"),
        china_alone=lambda: _taken_up("CHN"),
        sign=lambda: -_taken_up("CHN", "IND"),
        of_all_europe=lambda: 100 * _more("CHN", "IND") / _bought()[2021]["EUR"],
        only_2024=lambda: 100 * _bought()[2024][["CHN", "IND"]].sum() / _bought()[2024]["EUR"],
        since_2022=lambda: _taken_up("CHN", "IND", first=2022),
    ),
    task(
        "04.8",
        kinds.Number(tr("USD bn"), 0.05),
        _newest,
        given=lambda: _newest(day="2026-12-31"),
        august_over=lambda: _newest("period_end"),
        oldest=lambda: _since_january("2021-03-31", TOTAL),
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {"04.direction": _direction, "04.growth": _growth, "04.oil": _buyer}
