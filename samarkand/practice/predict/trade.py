"""What the predictions of lesson 04 come to."""

from __future__ import annotations

import pandas as pd

from samarkand import data

#: The day on which Xi set off.
DAY = "2022-09-14"


def _direction() -> str:
    """Return what grew by more dollars a month from March to August 2022."""
    columns = {"china_imports_usd_bn": "bought", "china_exports_usd_bn": "sold"}
    known = data.load("trade_cn_ru_cumulative", known_on=DAY)
    since_january = known[known["period_start"] == "2022-01-01"].set_index("period_end")[list(columns)]
    march = since_january.diff().loc[pd.Timestamp("2022-03-31")]
    monthly = data.load("trade_cn_ru_monthly", known_on=DAY).set_index("month")[list(columns)]
    return columns[str((monthly.loc[pd.Timestamp("2022-08-01")] - march).idxmax())]


def _growth() -> float:
    total = data.load("trade_cn_ru_cumulative", known_on=DAY).set_index("period_end")["total_usd_bn"]
    return float(total[pd.Timestamp("2022-06-30")] / total[pd.Timestamp("2021-06-30")] - 1) * 100


def _mirror() -> float:
    """Return the growth of eleven months of 2021 that Putin named, in per cent."""
    return float(data.load("who_counted").set_index("id")["value"]["WC092"])


def _oil() -> str:
    flows = data.load("energy_flows").query("origin == 'RUS' and product == 'crude oil'")
    bought = flows.pivot(index="destination", columns="year", values="value").drop("EUR").fillna(0)
    return str((bought[2024] - bought[2021]).idxmax())


TRUTHS = {"04.direction": _direction, "04.growth": _growth, "04.mirror": _mirror, "04.oil": _oil}
