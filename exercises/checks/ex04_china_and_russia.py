"""Checks of set 04, China and Russia: balance, growth, what was known when, single months, oil."""

import functools
import itertools
import random

import pandas as pd

from samarkand import data
from samarkand.answers.kinds import Day, Number, PerCent, Together
from samarkand_grading.marking.checks import Given, asked, exercise

IMPORTS, EXPORTS, TOTAL = "china_imports_usd_bn", "china_exports_usd_bn", "total_usd_bn"
YEARS = [list(pair) for pair in itertools.combinations((2020, 2021, 2022, 2023, 2024), 2)]
#: At least two years apart, since the lesson shows the growth from each year to the next.
SPANS = [[first, last] for first in range(2016, 2024) for last in range(first + 2, 2026)]
#: Pairs of months of 2022 for which the totals before them are known in both directions.
MONTHS = [
    [f"2022-{one}", f"2022-{other}"]
    for one, other in itertools.combinations(
        ("03-31", "04-30", "05-31", "06-30", "07-31", "10-31", "11-30", "12-31"), 2
    )
]


def _ends() -> list[str]:
    """List the last days of the periods for which both imports and exports are known."""
    table = data.load("trade_cn_ru_cumulative").dropna(subset=[IMPORTS, EXPORTS])
    return [str(day.date()) for day in table["period_end"]]


def _days() -> list[str]:
    """Draw two days from each interval between publications in which a later period had already ended."""
    table = data.load("trade_cn_ru_cumulative")
    out = sorted(set(table["known_when"]))
    days = []
    for came, following in itertools.pairwise(out):
        latest = table[table["known_when"] <= came]["period_end"].max()
        over = min(table[table["period_end"] > latest]["period_end"], default=following)
        span = range(max(0, (over - came).days), (following - came).days)
        chosen = random.Random(str(came)).sample(span, min(2, len(span)))
        days += sorted(str((came + pd.Timedelta(days=n)).date()) for n in chosen)
    return days


def _row(end: str) -> pd.Series:
    table = data.load("trade_cn_ru_cumulative")
    return table[table["period_end"] == end].iloc[0]


def _surplus(given: Given, of: str = EXPORTS) -> tuple[float, float]:
    """Return how much larger imports were than exports, in USD bn and in per cent of a column."""
    row = _row(given["end"])
    more = float(row[IMPORTS] - row[EXPORTS])
    return more, 100 * more / float(row[of])


def _total(year: int) -> float:
    table = data.load("trade_with_china").query("reporter == 'CHN' and partner == 'RUS' and months == 12")
    return float(table.set_index("year")[TOTAL][year])


def _growth(given: Given, of: int = 0) -> float:
    """Return the growth in per cent of the earlier figure, or of the later one (1)."""
    figures = [*map(_total, given["span"])]
    return 100 * (figures[1] - figures[0]) / figures[of]


def _years(given: Given) -> int:
    first, last = given["span"]
    return int(last - first)


def _change(given: Given, *, alone: bool = True) -> tuple[float, float]:
    """Return the changes of imports and exports between two months, `alone` or as totals since January."""
    both = data.load("trade_cn_ru_cumulative").set_index("period_end").loc["2022", [IMPORTS, EXPORTS]]
    both = both.diff() if alone else both
    earlier, later = (both.loc[pd.Timestamp(end)] for end in given["months"])
    bought, sold = map(float, later - earlier)
    return bought, sold


def _known(given: Given, column: str = "known_when", which: int = -1) -> tuple[object, float]:
    """Return the end and the total of the last period known by a day, or of the first one (0)."""
    table = data.load("trade_cn_ru_cumulative").sort_values("period_end", kind="stable")
    row = table[table[column] <= given["day"]].iloc[which]
    return row["period_end"], float(row[TOTAL])


@functools.cache
def _crude(year: int, destination: str = "", origin: str = "RUS") -> float:
    flows = data.load("energy_flows").query("product == 'crude oil' and year == @year")
    mine = flows[flows["origin"].str.contains(origin) & flows["destination"].str.contains(destination)]
    return float(sum(mine["value"]))


def _oil(given: Given, origin: str = "RUS") -> tuple[float, float, float]:
    """Return a buyer's shares of the crude oil of an origin (all: "") in two years, and the change."""
    (early, late), where = given["years"], given["destination"]
    shares = [100 * _crude(year, where) / _crude(year, origin=origin) for year in (early, late)]
    return shares[0], shares[1], _crude(late, where) - _crude(early, where)


SET = exercise(
    __file__,
    {
        "end": _ends(),
        "span": SPANS,
        "day": _days(),
        "months": MONTHS,
        "years": YEARS,
        "destination": ["CHN", "EUR", "IND"],
    },
    q1=asked(
        Together((Number("USD bn", 0.05, -500, 500), PerCent(0.1, -100, 1000))),
        _surplus,
        sign=lambda g: tuple(-x for x in _surplus(g)),
        fraction=lambda g: (_surplus(g)[0], _surplus(g)[1] / 100),
        of_imports=lambda g: _surplus(g, IMPORTS),
        of_total=lambda g: _surplus(g, TOTAL),
    ),
    q2=asked(
        PerCent(0.1, -100, 1000),
        _growth,
        fraction=lambda g: _growth(g) / 100,
        of_later=lambda g: _growth(g, 1),
        ratio=lambda g: 100 + _growth(g),
        compound=lambda g: 100 * ((1 + _growth(g) / 100) ** (1 / _years(g)) - 1),
        difference=lambda g: _total(g["span"][1]) - _total(g["span"][0]),
        by_year=lambda g: _growth(g) / _years(g),
        sign=lambda g: -_growth(g),
    ),
    q3=asked(
        Together((Day(), Number("USD bn", 0.05, 0))),
        _known,
        not_published=lambda g: _known(g, "period_end"),
        first=lambda g: _known(g, which=0),
        last_row=lambda g: _known({"day": "2026-12-31"}, "period_end"),
        at_the_article=lambda g: _known({"day": "2022-09-12"}),
    ),
    q4=asked(
        Together((Number("USD bn", 0.05, -500, 500),) * 2),
        _change,
        totals=lambda g: _change(g, alone=False),
        sign=lambda g: tuple(-x for x in _change(g)),
        swapped=lambda g: _change(g)[::-1],
    ),
    q5=asked(
        Together((PerCent(0.1, 0, 100), PerCent(0.1, 0, 100), Number("million tonnes", 0.01, -500, 500))),
        _oil,
        fractions=lambda g: (_oil(g)[0] / 100, _oil(g)[1] / 100, _oil(g)[2]),
        with_saudi=lambda g: _oil(g, ""),
        years_swapped=lambda g: (_oil(g)[1], _oil(g)[0], -_oil(g)[2]),
        shares_swapped=lambda g: (_oil(g)[1], _oil(g)[0], _oil(g)[2]),
        sign=lambda g: (*_oil(g)[:2], -_oil(g)[2]),
        change_of_share=lambda g: (*_oil(g)[:2], _oil(g)[1] - _oil(g)[0]),
    ),
)
