"""The charts of lesson 04, counted a second time."""

from __future__ import annotations

from collections import defaultdict

from counting import Says, counters, table


def first_picture() -> Says:
    totals = [
        float(row["total_usd_bn"])
        for row in sorted(table("trade_cn_ru_cumulative"), key=lambda row: row["period_end"])
        if row["period_start"] == "2022-01-01" and row["known_when"] <= "2022-09-14"
    ]
    return Says(
        "A first picture: trade more than quadruples",
        [f"{value:.1f}" for value in totals],
        totals[-1] > 4 * totals[0] and totals == sorted(totals),
        "Trade of China and Russia from January on, 2022",
    )


def months_chart() -> Says:
    rows = sorted(
        (
            row
            for row in table("trade_cn_ru_cumulative")
            if row["period_start"] == "2022-01-01" and row["known_when"] <= "2022-09-14"
        ),
        key=lambda row: row["period_end"],
    )
    august = next(row for row in table("trade_cn_ru_monthly") if row["month"] == "2022-08-01")
    by_month: dict[str, dict[int, float]] = {}
    for column in ("china_imports_usd_bn", "china_exports_usd_bn"):
        so_far = {int(row["period_end"][5:7]): float(row[column]) for row in rows if row[column]}
        by_month[column] = {
            month: so_far[month] - so_far[month - 1] for month in so_far if month - 1 in so_far
        }
        by_month[column][8] = float(august[column])
    figures = []
    for flow in by_month.values():
        ends = (3, 8)
        low, high = min(flow, key=flow.__getitem__), max(flow, key=flow.__getitem__)
        for month in (*ends, *(one for one in (low, high) if one not in ends)):
            figures.append(f"{flow[month]:.1f}")
    buys, sells = by_month.values()
    ahead = all(buys[month] > sells[month] for month in sells)
    subtitle = "China's trade with Russia by month, March to August 2022"
    return Says(
        "Each month China bought more than it sold",
        figures,
        ahead and (min(buys), max(buys)) == (3, 8),
        subtitle,
    )


def years_chart() -> Says:
    total = {
        int(row["year"]): float(row["total_usd_bn"])
        for row in table("trade_with_china")
        if (row["reporter"], row["partner"]) == ("CHN", "RUS")
    }
    figures = [figure for year in sorted(total) for figure in (str(year), f"{total[year]:.1f}")]
    up = 100 * (total[2021] / total[2020] - 1)
    fell = [year for year in total if year - 1 in total and total[year] < total[year - 1]]
    return Says(
        f"Up by {up:.0f} per cent before the war, down in 2025",
        [*figures, "2022"],
        fell == [2020, 2025]
        and up == max(100 * (total[y] / total[y - 1] - 1) for y in total if y - 1 in total),
        "Trade of China and Russia in whole years; the report's year stands out",
    )


def oil_chart() -> Says:
    sold: dict[str, dict[int, float]] = defaultdict(dict)
    for row in table("energy_flows"):
        if (row["origin"], row["product"]) == ("RUS", "crude oil"):
            sold[row["destination"]][int(row["year"])] = float(row["value"])
    figures = [
        figure
        for buyer in ("CHN", "IND", "EUR", "USA")
        for year in sorted(sold[buyer])
        for figure in (f"{sold[buyer][year]:,.0f}", str(year))
    ]
    more = {buyer: flow[2024] - flow[2021] for buyer, flow in sold.items()}
    subtitle = "Russian crude oil by buyer, million tonnes; Europe includes Turkey"
    holds = more["EUR"] < 0 < more["CHN"] < more["IND"]
    return Says("Less to Europe, more to India and China", figures, holds, subtitle)


def cars_chart() -> Says:
    counted = sorted(
        (row for row in table("numbers") if row["unit"] == "thousand vehicles"),
        key=lambda row: (row["period_end"], row["id"]),
    )
    assert {row["period_start"][5:] for row in counted} == {"01-01"}
    figures, before, after = [], [], []
    for row in counted:
        mean = float(row["value"]) / int(row["period_end"][5:7])
        figures += [row["period_end"][:4], f"{mean:.1f}"]
        (before if row["period_end"] < "2023" else after).append(mean)
    return Says(
        "The jump in cars came in 2023, not in the report's year",
        figures,
        min(after) > 4 * max(before),
        "Exports from China to Russia, mean of the months counted",
    )


def counters_chart() -> Says:
    growth, told = counters("growth of the trade of China and Russia, 2021")
    return Says("One growth, four figures", told, len(set(growth)) == 4)
