"""Practice of lesson 04: single months, growth, who counted, who bought whose oil, what was known."""

import pandas as pd

from samarkand import data
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.practice.tasks._engine import Task

IMPORTS, EXPORTS, TOTAL = "china_imports_usd_bn", "china_exports_usd_bn", "total_usd_bn"
#: The day on which Xi set off, and one on which August was over and not yet counted.
DAY, EARLY = "2022-09-14", "2022-09-05"
APRIL, MAY, JUNE, JULY = "2022-04-30", "2022-05-31", "2022-06-30", "2022-07-31"
BEFORE = "2021-06-30"


def _since_january(end: str, column: str) -> float:
    return float(data.load("trade_cn_ru_cumulative").set_index("period_end")[column][end])


def _subtract_months(end: str, before: str, column: str = IMPORTS) -> float:
    return _since_january(end, column) - _since_january(before, column)


def _measure_growth(column: str = TOTAL, times: float = 100, less: float = 1) -> float:
    """Return the growth from the first half of 2021 to that of 2022, in per cent."""
    return times * (_since_january(JUNE, column) / _since_january(BEFORE, column) - less)


def _tabulate_halves() -> pd.DataFrame:
    """Return the first halves of 2021 and 2022, with a row for each direction, in billion dollars."""
    rows = []
    for name, column in (("China buys", IMPORTS), ("China sells", EXPORTS), ("both", TOTAL)):
        rows.append([name, _since_january(BEFORE, column), _since_january(JUNE, column)])
    return pd.DataFrame(rows, columns=["direction", "half_2021", "half_2022"])


def _tabulate_growth(times: float = 100, less: float = 1, *, turned: bool = False) -> pd.DataFrame:
    """Return the growth of each direction in per cent; `turned` divides by the later half."""
    halves = _tabulate_halves()
    if turned:
        growth = 100 * (1 - halves["half_2021"] / halves["half_2022"])
    else:
        growth = times * (halves["half_2022"] / halves["half_2021"] - less)
    return halves[["direction"]].assign(growth_pct=growth)


def _tabulate_increase() -> pd.DataFrame:
    """Return by how many billion dollars each direction grew, under the name of the growth."""
    halves = _tabulate_halves()
    return halves[["direction"]].assign(growth_pct=halves["half_2022"] - halves["half_2021"])


def _write_halves() -> str:
    """Return the text of ``halves.csv``: semicolons, billion dollars."""
    return _tabulate_halves().to_csv(index=False, sep=";", lineterminator="\n")


def _choose_counts(on: str | None = None) -> pd.DataFrame:
    """Return the published figures for the growth of 2021, all of them or those of one last day."""
    counts = data.load("who_counted")
    four = counts[counts["quantity"] == "growth of the trade of China and Russia, 2021"]
    return (four[four["day"] == on] if on else four)[["day", "value"]]


def _load_crude() -> pd.DataFrame:
    flows = data.load("energy_flows")
    return flows[(flows["origin"] == "RUS") & (flows["product"] == "crude oil")]


def _join_names(left: str) -> pd.DataFrame:
    """Return the flows of crude oil with the name of the seller or of the buyer."""
    names = data.load("states")[["iso3", "name"]]
    return _load_crude().merge(names, left_on=left, right_on="iso3")


def _tabulate_purchases() -> pd.DataFrame:
    """Return Russian crude oil by buyer and year, in million tonnes."""
    return _load_crude().pivot(index="destination", columns="year", values="value").fillna(0)


def _measure_change(*buyers: str, first: int = 2021, last: int = 2024) -> float:
    """Return the change of some buyers' purchases between two years, in million tonnes."""
    bought = _tabulate_purchases()
    return float((bought[last] - bought[first])[list(buyers)].sum())


def _taken_up(*buyers: str, first: int = 2021, last: int = 2024) -> float:
    """Return the change of some buyers' purchases in per cent of Europe's decrease."""
    return (
        100
        * _measure_change(*buyers, first=first, last=last)
        / -_measure_change("EUR", first=first, last=last)
    )


def _choose_newest(column: str = "published", day: str = EARLY, place: int = -1) -> pd.DataFrame:
    """Return the last period that was known by a day, or, by another column, had ended."""
    table = data.load("trade_cn_ru_cumulative")
    seen = table[table[column] <= day].sort_values("period_end", kind="stable")
    return seen.iloc[[place]][["period_end", TOTAL]].rename(columns={"period_end": "to"})


def _write_totals() -> str:
    """Return the totals as an agency prints them, the newest first, with the day before the month."""
    table = data.load("trade_cn_ru_cumulative").sort_values("period_end", ascending=False, kind="stable")
    lines = ["from,to,published,total_usd_bn"]
    for row in table.to_dict("records"):
        days = [row[name].strftime("%d.%m.%Y") for name in ("period_start", "period_end", "published")]
        lines.append(",".join([*days, f"{row[TOTAL]:.3f}"]))
    return "\n".join(lines) + "\n"


def _find_direction() -> str:
    """Return whether purchases or sales grew more from March to August 2022, as known on the day."""
    columns = {IMPORTS: "bought", EXPORTS: "sold"}
    known = data.load("trade_cn_ru_cumulative", known_on=DAY)
    since_january = known[known["period_start"] == "2022-01-01"].set_index("period_end")[list(columns)]
    march = since_january.diff().loc[pd.Timestamp("2022-03-31")]
    monthly = data.load("trade_cn_ru_monthly", known_on=DAY).set_index("month")[list(columns)]
    return columns[str((monthly.loc[pd.Timestamp("2022-08-01")] - march).idxmax())]


def _find_buyer() -> str:
    bought = _tabulate_purchases().drop("EUR")
    return str((bought[2024] - bought[2021]).idxmax())


TASKS = (
    Task(
        "04.1",
        kind=kinds.Number(tr("USD bn"), 0.05),
        solution=lambda: _subtract_months(JULY, JUNE, TOTAL),
        given=lambda: _subtract_months(JUNE, MAY, TOTAL),
        taught="2. Trade by month",
        right="That is one month, and not the 97.7 that the bar up to July shows.",
        hint="The total up to July minus the total up to June.",
        mistakes=(
            Mistake(
                "That is the total since January. Which total do you subtract from it?",
                lambda: _since_january(JULY, TOTAL),
            ),
            Mistake(
                "You subtracted the later total from the earlier one: swap them.",
                lambda: -_subtract_months(JULY, JUNE, TOTAL),
            ),
            Mistake(
                "That is what China bought. The question is about both directions.",
                lambda: _subtract_months(JULY, JUNE),
            ),
            Mistake(
                "That is the average month from January to July, not July itself.",
                lambda: _since_january(JULY, TOTAL) / 7,
            ),
        ),
    ),
    Task(
        "04.2",
        kind=kinds.Number(tr("USD bn"), 0.05),
        solution=lambda: _subtract_months(MAY, APRIL),
        taught="2. Trade by month",
        right="`diff` turns every total into a single month at once.",
        hint="First take the differences of the whole column, then the row of May.",
        mistakes=(
            Mistake(
                "That is all that it bought since January. What takes the months apart?",
                lambda: _since_january(MAY, IMPORTS),
            ),
            Mistake(
                "That is all trade of May, both ways. Which column has what China bought?",
                lambda: _subtract_months(MAY, APRIL, TOTAL),
            ),
            Mistake(
                "That is what China sold to Russia in May. Which column has what it bought?",
                lambda: _subtract_months(MAY, APRIL, EXPORTS),
            ),
            Mistake(
                "That is the month after. What is the last day of May?",
                lambda: _subtract_months(JUNE, MAY),
            ),
            Mistake(
                "That is the month before. What is the last day of May?",
                lambda: _subtract_months(APRIL, "2022-03-31"),
            ),
        ),
    ),
    Task(
        "04.3",
        kind=kinds.Rows({"direction": kinds.Text(), "growth_pct": kinds.PerCent(0.1)}),
        solution=_tabulate_growth,
        taught="3. Year on year",
        right="Purchases grew by half as much again, while sales hardly grew. Customs published 48.2 for the purchases: that fits a larger figure for 2021 than the one printed at first.",
        hint="Divide the later half by the earlier one, take away 1 and multiply by 100: one column from two.",
        recipe="A new column is named in square brackets before the sign =; a list of two labels picks the columns to show.",
        mistakes=(
            Mistake(
                "That is the later half in per cent of the earlier one: take 1 away first.",
                lambda: _tabulate_growth(less=0),
            ),
            Mistake(
                "Without round brackets Python multiplies only the 1 by 100.",
                lambda: _tabulate_growth(times=1, less=100),
            ),
            Mistake(
                "Those are fractions. Multiply them by 100 to get per cent.",
                lambda: _tabulate_growth(times=1),
            ),
            Mistake(
                "You divided by the later half. Growth is a share of the earlier one.",
                lambda: _tabulate_growth(turned=True),
            ),
            Mistake(
                "Those are billion dollars. How much is that of the earlier half?",
                _tabulate_increase,
            ),
        ),
    ),
    Task(
        "04.4",
        kind=kinds.Shown(),
        solution=lambda: _choose_counts("2021-11-30"),
        given=lambda: _choose_counts("2021-12-31"),
        taught="4. Who counted?",
        right="The same eleven months of one trade, and two figures: somebody else counted.",
        hint="Keep the rows whose `day` is the last of November, with the columns day and value.",
        mistakes=(
            Mistake(
                "Those are all four. Which day do the two end on?",
                _choose_counts,
            ),
        ),
    ),
    Task(
        "04.5",
        kind=kinds.Rows({"destination": kinds.Text(), "year": kinds.Whole(), "name": kinds.Text()}),
        solution=lambda: _join_names("destination"),
        taught="5. Where the oil went",
        right="Five years for each of four buyers: no row is lost.",
        hint="Codes have to match codes: on the left the column of `oil` with the code of the buyer, on the right the codes of `names`.",
        mistakes=(
            Mistake(
                "That gave each row the name of its seller again: Russia, twenty times.",
                lambda: _join_names("origin"),
            ),
        ),
    ),
    Task(
        "04.6",
        kind=kinds.PerCent(0.5),
        solution=lambda: _taken_up("CHN", "IND"),
        taught="5. Where the oil went",
        right="A little more than all of it: India three quarters, China a quarter. But yearly totals cannot show that a barrel went from one to another.",
        hint="Divide both increases by how much less Europe bought, and multiply by 100.",
        mistakes=(
            Mistake(
                "That is India alone.",
                lambda: _taken_up("IND"),
            ),
            Mistake(
                "That is China alone.",
                lambda: _taken_up("CHN"),
            ),
            Mistake(
                "Europe's change is negative, its decrease is positive: put a minus before it.",
                lambda: -_taken_up("CHN", "IND"),
            ),
            Mistake(
                "You divided by all that Europe bought in 2021. How much less did it buy?",
                lambda: 100 * _measure_change("CHN", "IND") / _tabulate_purchases()[2021]["EUR"],
            ),
            Mistake(
                "You used 2024 only. Compare the changes since 2021.",
                lambda: (
                    100
                    * _tabulate_purchases()[2024][["CHN", "IND"]].sum()
                    / _tabulate_purchases()[2024]["EUR"]
                ),
            ),
            Mistake(
                "That compares 2024 with 2022. Europe's decrease began earlier: compare with 2021.",
                lambda: _taken_up("CHN", "IND", first=2022),
            ),
        ),
    ),
    Task(
        "04.7",
        kind=kinds.Rows({"to": kinds.Day(), "total_usd_bn": kinds.Number(tr("USD bn"), 0.05)}),
        solution=_choose_newest,
        taught="Practice",
        right="August was over, but its total came out on 7 September: a reader on the 5th had July.",
        hint="A figure is known if it was published on that day or before. The newest period is the last row, once they are in order.",
        mistakes=(
            Mistake(
                "August was over by then, but was its total published? Look at `published`.",
                lambda: _choose_newest("period_end"),
            ),
            Mistake(
                "That is the newest total of the whole file. What could a reader know on that day?",
                lambda: _choose_newest(day="2026-12-31"),
            ),
            Mistake(
                "That is the oldest total known. At which end of the sorted table is the newest?",
                lambda: _choose_newest(place=0),
            ),
        ),
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {"04.direction": _find_direction, "04.growth": _measure_growth, "04.oil": _find_buyer}
#: The plain files of the lesson's practice, with what writes them.
FILES = {"halves.csv": _write_halves, "totals.csv": _write_totals}
