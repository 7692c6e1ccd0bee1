"""Checks of set 04, China and Russia: balance, growth, what was known when, single months, where the oil went."""

# ruff: noqa: E501 - a question reads best in few lines
import functools
import itertools
import random

import pandas as pd

from samarkand import data
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.answers.kinds import Day, Number, PerCent, Together
from samarkand_grading.marking.checks import ExerciseSet, Given, Question

YEARS = [list(pair) for pair in itertools.combinations((2020, 2021, 2022, 2023, 2024), 2)]
#: At least two years apart, since the lesson shows the growth from each year to the next.
SPANS = [[first, last] for first in range(2016, 2024) for last in range(first + 2, 2026)]
DESTINATIONS = ["CHN", "EUR", "IND"]
#: Pairs of months of 2022 for which the totals before them are known in both directions.
MONTHS = [
    list(pair)
    for pair in itertools.combinations(
        (f"2022-{end}" for end in ("03-31", "04-30", "05-31", "06-30", "07-31", "10-31", "11-30", "12-31")), 2
    )
]


def _ends() -> list[str]:
    """List the last days of the periods for which both imports and exports are known."""
    table = data.load("trade_cn_ru_cumulative").dropna(
        subset=["china_exports_usd_bn", "china_imports_usd_bn"]
    )
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


def _surplus(given: Given) -> tuple[float, float]:
    row = _row(given["end"])
    more = float(row["china_imports_usd_bn"] - row["china_exports_usd_bn"])
    return more, 100 * more / float(row["china_exports_usd_bn"])


def _surplus_of_imports(given: Given) -> tuple[float, float]:
    more, _ = _surplus(given)
    return more, 100 * more / float(_row(given["end"])["china_imports_usd_bn"])


def _surplus_of_total(given: Given) -> tuple[float, float]:
    more, _ = _surplus(given)
    return more, 100 * more / float(_row(given["end"])["total_usd_bn"])


def _total(year: int) -> float:
    table = data.load("trade_with_china").query("reporter == 'CHN' and partner == 'RUS' and months == 12")
    return float(table.set_index("year")["total_usd_bn"][year])


def _growth(given: Given) -> float:
    before, after = map(_total, given["span"])
    return 100 * (after - before) / before


def _growth_of_new(given: Given) -> float:
    before, after = map(_total, given["span"])
    return 100 * (after - before) / after


def _growth_a_year(given: Given) -> float:
    first, last = given["span"]
    return _growth(given) / (last - first)


def _growth_compound(given: Given) -> float:
    first, last = given["span"]
    return 100 * float((1 + _growth(given) / 100) ** (1 / (last - first)) - 1)


def _change(given: Given, *, alone: bool = True) -> tuple[float, float]:
    """Return the changes of imports and exports between two months, of single months (`alone`) or of totals since January."""
    totals = data.load("trade_cn_ru_cumulative").set_index("period_end").loc["2022"]
    both = totals[["china_imports_usd_bn", "china_exports_usd_bn"]]
    both = both.diff() if alone else both
    earlier, later = (both.loc[pd.Timestamp(end)] for end in given["months"])
    bought, sold = map(float, later - earlier)
    return bought, sold


def _known(given: Given, column: str = "known_when") -> tuple[object, float]:
    table = data.load("trade_cn_ru_cumulative")
    row = table[table[column] <= pd.Timestamp(given["day"])].sort_values("period_end", kind="stable").iloc[-1]
    return row["period_end"], float(row["total_usd_bn"])


def _known_then_first(given: Given) -> tuple[object, float]:
    table = data.load("trade_cn_ru_cumulative")
    row = (
        table[table["known_when"] <= pd.Timestamp(given["day"])]
        .sort_values("period_end", kind="stable")
        .iloc[0]
    )
    return row["period_end"], float(row["total_usd_bn"])


@functools.cache
def _flows() -> dict[tuple[int, str], float]:
    flows = data.load("energy_flows").query("product == 'crude oil' and origin == 'RUS'")
    return {(int(r.year), str(r.destination)): float(r.value) for r in flows.itertuples()}


def _crude(year: int, destination: str | None = None) -> float:
    return sum(v for (y, d), v in _flows().items() if y == year and destination in (None, d))


def _oil(given: Given) -> tuple[float, float, float]:
    (early, late), where = given["years"], given["destination"]
    shares = [100 * _crude(year, where) / _crude(year) for year in (early, late)]
    return shares[0], shares[1], _crude(late, where) - _crude(early, where)


def _oil_with_saudi(given: Given) -> tuple[float, float, float]:
    flows = data.load("energy_flows").query("product == 'crude oil'")
    totals = flows.groupby("year")["value"].sum()
    (early, late), where = given["years"], given["destination"]
    shares = [float(100 * _crude(year, where) / totals[year]) for year in (early, late)]
    return shares[0], shares[1], _oil(given)[2]


SET = ExerciseSet(
    id="ex04_china_and_russia",
    lesson="04_china_and_russia",
    options={"end": _ends(), "span": SPANS, "day": _days(), "months": MONTHS, "years": YEARS, "destination": DESTINATIONS},
    questions=(
        Question(
            "q1", "surplus", 1, Together((Number("USD bn", 0.05, -500, 500), PerCent(0.1, -100, 1000))), _surplus,
            "Take the row of your period: what China bought minus what it sold, then that as a percentage of what it sold.",
            "04_china_and_russia: 2. Trade by month",
            (
                Diagnosis("The sign is wrong: the question asks for imports minus exports.", lambda g: tuple(-x for x in _surplus(g)), excluded_by="How much larger were China's imports from Russia than its exports to Russia ... imports minus exports"),
                Diagnosis("The second number is a fraction: multiply it by 100 to get per cent.",
                          lambda g: (_surplus(g)[0], _surplus(g)[1] / 100), excluded_by="that difference as a percentage"),
                Diagnosis("The second number is in per cent of imports: the question asks for per cent of exports.", _surplus_of_imports, excluded_by="as a percentage of the exports"),
                Diagnosis("The second number is in per cent of all trade: the question asks for per cent of exports.", _surplus_of_total),
            ),
            varies=True, uses=("end",),
        ),
        Question(
            "q2", "growth", 2, PerCent(0.1, -100, 1000), _growth,
            "Take the difference between your two years as a percentage of the earlier one; use only whole years, as China counts its trade with Russia.",
            "04_china_and_russia: 3. Year on year",
            (
                Diagnosis("This is a fraction: multiply it by 100 to get per cent.", lambda g: _growth(g) / 100, excluded_by="Unit: per cent"),
                Diagnosis("You divided by the later year, not by the earlier one.", _growth_of_new, excluded_by="per cent of the earlier figure"),
                Diagnosis("This is the later figure in per cent of the earlier one: subtract 100 to get the growth.", lambda g: 100 + _growth(g), excluded_by="By how much did total trade between China and Russia grow"),
                Diagnosis("This is the mean growth per year: the question asks for the growth over all years.", _growth_compound),
                Diagnosis("This is the difference in USD bn: the question asks for per cent.",
                          lambda g: _total(g["span"][1]) - _total(g["span"][0])),
                Diagnosis("This is the growth divided by the number of years: the question asks for the growth over all years.", _growth_a_year),
                Diagnosis("The sign is wrong: the growth is negative only if trade shrank.", lambda g: -_growth(g), excluded_by="grow from the first to the second"),
            ),
            varies=True, uses=("span",),
        ),
        Question(
            "q3", "known_then", 2, Together((Day(), Number("USD bn", 0.05, 0))), _known,
            "Keep what was known on your day, and of that the period that ends last.",
            "04_china_and_russia: 7. Known on the day",
            (
                Diagnosis("That figure was not published yet: the period was over, but its total came out later.",
                          lambda g: _known(g, "period_end"), excluded_by="that a reader could know on that day (`known_when` is that day or before it)"),
                Diagnosis("That is the first figure known, not the last.", _known_then_first, excluded_by="take the one whose period ends last"),
                Diagnosis("This is the last row of the table, which is later than your day.",
                          lambda g: (_row("2025-12-31")["period_end"], float(_row("2025-12-31")["total_usd_bn"]))),
                Diagnosis("This is what was known when the article appeared, not on your day.",
                          lambda g: _known({"day": "2022-09-12"}), excluded_by="`given['day']` is your own day"),
            ),
            varies=True, uses=("day",),
        ),
        Question(
            "q4", "change", 2, Together((Number("USD bn", 0.05, -500, 500), Number("USD bn", 0.05, -500, 500))), _change,
            "First take single months, by the differences of each column; then your later month minus your earlier one.",
            "04_china_and_russia: 2. Trade by month",
            (
                Diagnosis("That compares totals since January: the question asks for single months.", lambda g: _change(g, alone=False), excluded_by="in that month alone"),
                Diagnosis("The sign is wrong: subtract the earlier month from the later one.", lambda g: tuple(-x for x in _change(g)), excluded_by="an earlier and a later one ... the later month minus the earlier one"),
                Diagnosis("The two numbers have changed places: what China bought comes first.", lambda g: _change(g)[::-1], excluded_by="what China bought from Russia ... what it sold to Russia"),
            ),
            varies=True, uses=("months",),
        ),
        Question(
            "q5", "oil", 3,
            Together((PerCent(0.1, 0, 100), PerCent(0.1, 0, 100), Number("million tonnes", 0.01, -500, 500))), _oil,
            "Take only Russian crude oil of the years you were given; each total is over the four destinations of the table.",
            "04_china_and_russia: 5. Where the oil went",
            (
                Diagnosis("The shares are fractions: multiply them by 100 to get per cent.", lambda g: (_oil(g)[0] / 100, _oil(g)[1] / 100, _oil(g)[2]), excluded_by="both in per cent"),
                Diagnosis("Your totals include Saudi crude: the question asks about Russian crude.", _oil_with_saudi, excluded_by="Russian crude oil"),
                Diagnosis("The two years have changed places.", lambda g: (_oil(g)[1], _oil(g)[0], -_oil(g)[2]), excluded_by="an earlier and a later one"),
                Diagnosis("The first two numbers have changed places.", lambda g: (_oil(g)[1], _oil(g)[0], _oil(g)[2]), excluded_by="in the earlier year, the same in the later year"),
                Diagnosis("The sign of the change is wrong: subtract the earlier year from the later one.", lambda g: (*_oil(g)[:2], -_oil(g)[2]), excluded_by="later year minus earlier year"),
                Diagnosis("The third number is the change of the share: the question asks for tonnes.",
                          lambda g: (*_oil(g)[:2], _oil(g)[1] - _oil(g)[0])),
            ),
            varies=True, uses=("years", "destination"),
        ),
    ),
)  # fmt: skip
