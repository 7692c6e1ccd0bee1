"""Checks of set 04, China and Russia: balance, growth, what was known when, single months, oil."""

import functools
import itertools
import random

import pandas as pd

from samarkand import data
from samarkand.answers.kinds import Day, Number, PerCent, Together
from samarkand_grading.marking.checks import Given, Mistake, ask, exercise_set

IMPORTS, EXPORTS, TOTAL = "china_imports_usd_bn", "china_exports_usd_bn", "total_usd_bn"
YEARS = [list(pair) for pair in itertools.combinations((2020, 2021, 2022, 2023, 2024), 2)]
#: Pairs of months of 2022 for which the totals before them are known in both directions.
MONTHS = [
    [f"2022-{one}", f"2022-{other}"]
    for one, other in itertools.combinations(
        ("03-31", "04-30", "05-31", "06-30", "07-31", "10-31", "11-30", "12-31"), 2
    )
]


#: The most days that are drawn from one interval between two publications.
DAYS_OF_INTERVAL = 3


def _ends() -> list[str]:
    """List the last days of the periods for which both imports and exports are known."""
    table = data.load("trade_cn_ru_cumulative").dropna(subset=[IMPORTS, EXPORTS])
    return [str(day.date()) for day in table["period_end"]]


def _next_period(end: pd.Timestamp) -> pd.Timestamp:
    """Return the last day of the period that the customs office gives next.

    Each total is since January. January alone has none: after a whole year January and February come together.
    """
    months = 2 if end.month == 12 else 1
    return end + pd.offsets.MonthEnd(months)


def _draw_days() -> list[str]:
    """Draw up to three days, as YYYY-MM-DD, from each interval between two publications of neighbouring periods.

    On such a day the office had given nothing newer than the table has: its next total came when the interval
    ended. Only days on which a later period had already ended are drawn, so that `period_end` misleads. On
    the ends themselves the hour decides, so none of them is drawn.
    """
    table = data.load("trade_cn_ru_cumulative").sort_values("period_end", kind="stable")
    days = []
    for earlier, later in itertools.pairwise(table.itertuples()):
        both_proved = pd.notna(earlier.published) and pd.notna(later.published)
        if not both_proved or later.period_end != _next_period(earlier.period_end):
            continue
        first = (later.period_end - earlier.published).days
        span = range(first, (later.published - earlier.published).days)
        chosen = random.Random(str(earlier.published)).sample(span, min(DAYS_OF_INTERVAL, len(span)))
        for count in sorted(chosen):
            day = earlier.published + pd.Timedelta(days=count)
            days.append(str(day.date()))
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


def _spans() -> list[list[int]]:
    """Return the spans of years for which the growth is another number than the difference in dollars.

    They are at least two years long, since the lesson shows the growth from each year to the next.
    """
    found = []
    for first in range(2016, 2024):
        for last in range(first + 2, 2026):
            more = _total(last) - _total(first)
            growth = _growth({"span": [first, last]})
            if not any(abs(abs(more) * factor - abs(growth)) <= 0.2 for factor in (0.01, 1, 100)):
                found.append([first, last])
    return found


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


def _known(given: Given, column: str = "published", which: int = -1) -> tuple[object, float]:
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


SET = exercise_set(
    __file__,
    options={
        "end": _ends(),
        "span": _spans(),
        "day": _draw_days(),
        "months": MONTHS,
        "years": YEARS,
        "destination": ["CHN", "EUR", "IND"],
    },
    questions=[
        ask(
            "q1",
            name="surplus",
            points=1,
            kind=Together((Number("USD bn", 0.05, -500, 500), PerCent(0.1, -100, 1000))),
            solution=_surplus,
            uses=["end"],
            typed=True,
            taught="2. Trade by month",
            hint="Take the row of your period: what China bought minus what it sold, then that as a percentage of what it sold.",
            mistakes=[
                Mistake(
                    "The sign is wrong: the question asks for imports minus exports.",
                    lambda g: tuple(-x for x in _surplus(g)),
                    excluded_by="How much larger were China's imports from Russia than its exports to Russia ... imports minus exports",
                ),
                Mistake(
                    "The second number is a fraction: multiply it by 100 to get per cent.",
                    lambda g: (_surplus(g)[0], _surplus(g)[1] / 100),
                    excluded_by="that difference as a percentage",
                ),
                Mistake(
                    "The second number is in per cent of imports: the question asks for per cent of exports.",
                    lambda g: _surplus(g, IMPORTS),
                    excluded_by="as a percentage of the exports",
                ),
                Mistake(
                    "The second number is in per cent of all trade: the question asks for per cent of exports.",
                    lambda g: _surplus(g, TOTAL),
                ),
            ],
        ),
        ask(
            "q2",
            name="growth",
            points=2,
            kind=PerCent(0.1, -100, 1000),
            solution=_growth,
            uses=["span"],
            taught="3. Year on year",
            hint="Take the difference between your two years as a percentage of the earlier one; use only whole years, as China counts its trade with Russia.",
            mistakes=[
                Mistake(
                    "This is a fraction: multiply it by 100 to get per cent.",
                    lambda g: _growth(g) / 100,
                    excluded_by="Unit: per cent",
                ),
                Mistake(
                    "You divided by the later year, not by the earlier one.",
                    lambda g: _growth(g, 1),
                    excluded_by="per cent of the earlier figure",
                ),
                Mistake(
                    "This is the later figure in per cent of the earlier one: subtract 100 to get the growth.",
                    lambda g: 100 + _growth(g),
                    excluded_by="By how much did total trade between China and Russia grow",
                ),
                Mistake(
                    "This is the mean growth per year: the question asks for the growth over all years.",
                    lambda g: 100 * ((1 + _growth(g) / 100) ** (1 / _years(g)) - 1),
                ),
                Mistake(
                    "This is the difference in USD bn: the question asks for per cent.",
                    lambda g: _total(g["span"][1]) - _total(g["span"][0]),
                ),
                Mistake(
                    "This is the growth divided by the number of years: the question asks for the growth over all years.",
                    lambda g: _growth(g) / _years(g),
                ),
                Mistake(
                    "The sign is wrong: the growth is negative only if trade shrank.",
                    lambda g: -_growth(g),
                    excluded_by="grow from the first to the second",
                ),
            ],
        ),
        ask(
            "q3",
            name="known_then",
            points=2,
            kind=Together((Day(), Number("USD bn", 0.05, 0))),
            solution=_known,
            uses=["day"],
            moves=True,
            taught="7. Known on the day",
            hint="Keep what was known on your day, and of that the period that ends last.",
            mistakes=[
                Mistake(
                    "That figure was not published yet: the period was over, but its total came out later.",
                    lambda g: _known(g, "period_end"),
                    excluded_by="that a reader could know on that day (`published`, the day of the customs office, is that day or before it)",
                ),
                Mistake(
                    "That is the first figure known, not the last.",
                    lambda g: _known(g, which=0),
                    excluded_by="take the one whose period ends last",
                ),
                Mistake(
                    "This is the last row of the table, which is later than your day.",
                    lambda g: _known({"day": "2026-12-31"}, "period_end"),
                ),
                Mistake(
                    "This is what was known when the article appeared, not on your day.",
                    lambda g: _known({"day": "2022-09-12"}),
                    excluded_by="`given['day']` is your own day",
                ),
            ],
        ),
        ask(
            "q4",
            name="change",
            points=2,
            kind=Together((Number("USD bn", 0.05, -500, 500),) * 2),
            solution=_change,
            uses=["months"],
            moves=True,
            taught="2. Trade by month",
            hint="First take single months, by the differences of each column; then your later month minus your earlier one.",
            mistakes=[
                Mistake(
                    "That compares totals since January, or is the later month alone: the question asks for the change between single months.",
                    lambda g: _change(g, alone=False),
                    excluded_by="in that month alone",
                ),
                Mistake(
                    "The sign is wrong: subtract the earlier month from the later one.",
                    lambda g: tuple(-x for x in _change(g)),
                    excluded_by="an earlier and a later one ... the later month minus the earlier one",
                ),
                Mistake(
                    "The two numbers have changed places: what China bought comes first.",
                    lambda g: _change(g)[::-1],
                    excluded_by="what China bought from Russia ... what it sold to Russia",
                ),
            ],
        ),
        ask(
            "q5",
            name="oil",
            points=3,
            kind=Together(
                (PerCent(0.1, 0, 100), PerCent(0.1, 0, 100), Number("million tonnes", 0.01, -500, 500))
            ),
            solution=_oil,
            uses=["years", "destination"],
            moves=True,
            taught="5. Where the oil went",
            hint="Each share is your destination in per cent of all four in the same year; the change is in tonnes. Look at each of the three numbers by itself.",
            mistakes=[
                Mistake(
                    "The shares are fractions: multiply them by 100 to get per cent.",
                    lambda g: (_oil(g)[0] / 100, _oil(g)[1] / 100, _oil(g)[2]),
                    excluded_by="both in per cent",
                ),
                Mistake(
                    "Your totals include Saudi crude: the question asks about Russian crude.",
                    lambda g: _oil(g, ""),
                    excluded_by="Russian crude oil",
                ),
                Mistake(
                    "The two years have changed places.",
                    lambda g: (_oil(g)[1], _oil(g)[0], -_oil(g)[2]),
                    excluded_by="an earlier and a later one",
                ),
                Mistake(
                    "The first two numbers have changed places.",
                    lambda g: (_oil(g)[1], _oil(g)[0], _oil(g)[2]),
                    excluded_by="in the earlier year, the same in the later year",
                ),
                Mistake(
                    "The sign of the change is wrong: subtract the earlier year from the later one.",
                    lambda g: (*_oil(g)[:2], -_oil(g)[2]),
                    excluded_by="later year minus earlier year",
                ),
                Mistake(
                    "The third number is the change of the share: the question asks for tonnes.",
                    lambda g: (*_oil(g)[:2], _oil(g)[1] - _oil(g)[0]),
                ),
            ],
        ),
    ],
)

#: The ties of the set's words by cell, as in a lesson's metadata.
TIED = {
    "title": {
        "0.25 for": "0.25",
        "25 per": "25",
        "5 questions, 10 points": ["len(exercise.questions)", "exercise.points"],
    },
    "q2-question": {"two years": "len(exercise.options['span'][0])", "12": "12"},
    "q4-question": {
        "two months of 2022": [
            "len(exercise.options['months'][0])",
            "pd.Timestamp(exercise.options['months'][0][0]).year",
        ],
        "two numbers": "len(exercise.get_question('q4').kind.parts)",
    },
    "q5-question": {
        "four destinations": "rows('energy_flows', product='crude oil', origin='RUS')['destination'].nunique()",
        "three numbers": "len(exercise.get_question('q5').kind.parts)",
        "all four": "rows('energy_flows', product='crude oil', origin='RUS')['destination'].nunique()",
    },
}
