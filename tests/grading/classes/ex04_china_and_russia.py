"""A class that has worked on set 04."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
from workshop import Answer as A

BEFORE = """
trade = data.load("trade_cn_ru_cumulative")
row = trade.set_index("period_end").loc[given["end"]]
more = row.china_imports_usd_bn - row.china_exports_usd_bn
total = data.load("trade_with_china").query("months == 12 and reporter == 'CHN' and partner == 'RUS'").set_index("year")["total_usd_bn"]
then = trade[trade["known_when"] <= given["day"]].sort_values("period_end").iloc[-1]
crude = data.load("energy_flows").query("product == 'crude oil' and origin == 'RUS'").pivot(index="year", columns="destination", values="value")
mine = crude.loc[given["years"], given["destination"]]
share = 100 * mine / crude.sum(axis=1)[given["years"]]
"""

CLASS = [
    A("q1", "two columns of one row", "surplus = pd.DataFrame({'d': [more], 'p': [100 * more / row.china_exports_usd_bn]})"),
    A("q1", "rounds too far", "surplus = round(more), round(100 * more / row.china_exports_usd_bn)", 0, "rounded too far"),
    A("q2", "pct_change", "growth = total[given['span']].pct_change().tail(1) * 100"),
    A("q2", "a year", "first, last = given['span']\ngrowth = 100 * ((total[last] / total[first]) ** (1 / (last - first)) - 1)", 0, "mean growth per year"),
    A("q3", "a period", "known_then = pd.Period(then['period_end'], 'D'), then['total_usd_bn']"),
    A("q3", "a dict with a text", "known_then = {'day': f\"{then['period_end']:%Y-%m-%d}\", 'total': then['total_usd_bn']}"),
    A("q3", "day, month, year", "known_then = f\"{then['period_end']:%d.%m.%Y}\", then['total_usd_bn']", 0, "expected was a day"),
    A("q4", "subtracts rows", "t = trade.set_index('period_end')[['china_imports_usd_bn', 'china_exports_usd_bn']]\none, two = (t.iloc[i] - t.iloc[i - 1] for i in map(t.index.get_loc, given['months']))\nchange = two - one"),
    A("q4", "a dict", "t = trade.set_index('period_end')[['china_imports_usd_bn', 'china_exports_usd_bn']].diff()\nchange = dict(t.loc[given['months'][1]] - t.loc[given['months'][0]])"),
    A("q4", "totals since January", "t = trade.set_index('period_end')[['china_imports_usd_bn', 'china_exports_usd_bn']]\nchange = t.loc[given['months'][1]] - t.loc[given['months'][0]]", 0, "totals since January"),
    A("q5", "a Series and a difference", "oil = [*share, mine.diff().iloc[-1]]"),
    A("q5", "the shares the wrong way round", "oil = [*share[::-1], mine.diff().iloc[-1]]", 0, "first two numbers"),
]  # fmt: skip
