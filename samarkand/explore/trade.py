"""Known on the day, known later: trade as a reader could see it in September 2022, and as it is known now.

The sentences stand in the table ``known_then``; the figures that fill them are worked out here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from samarkand import data
from samarkand.explore._engine import Explorer, Panel
from samarkand.ground.words import capitalised, day, month, tr
from samarkand.jupyter import controls
from samarkand.page import markup, pictures
from samarkand.page.pictures import Box, Label

__all__ = ["known_then"]

#: The day on which Xi Jinping set off.
DAY = dt.date(2022, 9, 14)
THEN, LATER = "then", "later"
#: The tables that it reads, each as it was known on the day and whole.
TABLES = ("trade_cn_ru_cumulative", "energy_flows", "numbers")
#: The rows of ``numbers`` with China's crude from Russia by the month, and with vehicles. Of two counts of
#: 2022 that of customs is taken (NU029), not the ambassador's (NU030), who may count other cars.
CRUDE = ("NU018", "NU019", "NU020", "NU021", "NU022", "NU023", "NU024")
CARS = ("NU029", "NU031", "NU032", "NU033", "NU034")
#: The years that the picture spans.
FIRST, LAST = 2020, 2026
#: The table of figures shows so many of the latest.
ROWS = 6

Load = Callable[[str], pd.DataFrame]
_GAP = re.compile(r"\{([^{}]+)\}")


class Figure(NamedTuple):
    """A figure for a stretch of time, and since when it was known."""

    start: pd.Timestamp
    end: pd.Timestamp
    value: float
    known: pd.Timestamp
    source: str

    @property
    def year(self) -> bool:
        """Whether it is that of a whole year."""
        return (self.start.month, self.start.day, self.end.month, self.end.day) == (1, 1, 12, 31)

    @property
    def period(self) -> str:
        """The stretch of time as the gaps of the table ``known_then`` have it."""
        first, last = f"{self.start:%Y-%m}", f"{self.end:%Y-%m}"
        return f"{self.end:%Y}" if self.year else last if first == last else f"{first}/{last}"

    @property
    def name(self) -> str:
        """The stretch of time, as short as it can be said."""
        if self.year:
            return str(self.end.year)
        last = month(self.end.month, short=True)
        if (self.start.year, self.start.month) == (self.end.year, self.end.month):
            return tr("{month} {year}", month=last, year=self.end.year)
        first = month(self.start.month, short=True)
        return tr("{first} to {last} {year}", first=first, last=last, year=self.end.year)


def known_then() -> Explorer:
    """Return an explorer of what was known of China's trade with Russia on 14 September 2022, and later.

    Controls: the measure, and whether the later record is shown beside what was known on the day.

    Returns
    -------
    Explorer

    Examples
    --------
    >>> "31.0 % above" in known_then().render(measure="growth", known="then")
    True
    >>> "-6.9 %" in known_then().render(measure="growth", known="later")
    True
    """
    measures: dict[str, Any] = {str(row.measure): row for row in data.load("known_then").itertuples()}
    tables = {name: (data.load(name, known_on=DAY), data.load(name)) for name in TABLES}
    panels = {
        (name, when): _panel(row, when, tables) for name, row in measures.items() for when in (THEN, LATER)
    }
    return Explorer(
        {
            "measure": controls.choice(
                tr("Measure"),
                [(row.label, name) for name, row in measures.items()],
                "growth",
                tooltip=tr("What is counted"),
            ),
            "known": controls.choice(
                tr("Known"),
                [(tr("on {day}", day=day(DAY)), THEN), (tr("later as well"), LATER)],
                THEN,
                tooltip=tr("Without or with what came out afterwards"),
            ),
        },
        lambda measure, known: panels[measure, known],
        title=tr("Known on the day, known later"),
        source=tr(
            "tables trade_cn_ru_cumulative, energy_flows and numbers, cut off by their column known_when"
        ),
    )


def _panel(measure: Any, when: str, tables: dict[str, tuple[pd.DataFrame, pd.DataFrame]]) -> Panel:
    work_out = FIGURES[measure.measure]
    known = work_out(lambda name: tables[name][0])
    then = {figure[:3] for figure in known}
    after = [figure for figure in work_out(lambda name: tables[name][1]) if figure[:3] not in then]
    if when == THEN:
        sentence = tr("Known on {day}: {what}", day=day(DAY), what=_filled(measure.then, known))
    else:
        sentence = tr("Known later: {what}", what=_filled(measure.later, after))
    shown = after if when == LATER else []
    unit = capitalised(measure.unit)
    alt = tr(
        "{measure}, {unit}, over time. {sentence}",
        measure=measure.label,
        unit=measure.unit,
        sentence=sentence,
    )
    key = pictures.key(
        (pictures.dot(0.5, 7, pictures.BLUE), tr("known on the day")),
        (pictures.diamond(0.5, 7, "#ffffff", pictures.RED, 5), tr("known later")),
        ("", tr("a bar: a whole year; a dot: part of one")),
    )
    over = markup.element("div", markup.escape(unit), class_="axis")
    return Panel(
        sentence, key + over + _picture(known, shown, known + after, alt) + _table(unit, known, shown)
    )


def _filled(sentence: str, figures: list[Figure]) -> str:
    """Fill the gaps of a sentence with the figures of the periods that they name."""
    by = {one.period: one.value for one in figures}
    return _GAP.sub(lambda gap: f"{by[gap[1]]:.1f}", sentence)


def _table(unit: str, known: list[Figure], after: list[Figure]) -> str:
    told = after or known
    if not told:
        return ""
    caption = tr("The latest figures known later")
    if not after:
        caption = tr("The latest figures known on {day}", day=day(DAY))
    rows = [
        (one.name, day(one.known), one.source.replace(";", ", "), f"{one.value:,.1f}") for one in told[-ROWS:]
    ]
    columns = [tr("Period"), tr("Known since"), tr("Source"), unit]
    return markup.table(caption, columns, rows, numbers=[unit])


# ---------------------------------------------------------------------------------------- the picture

_TOP, _FOOT, _HEIGHT = 30, 242, 266
#: Where the years begin: what stands to the left of it is the axis.
_LEFT = 0.13


def _picture(known: list[Figure], after: list[Figure], whole: list[Figure], alt: str) -> str:
    """Draw years as bars as long as they last and other stretches as dots at their ends.

    The axes are those of all figures, so that nothing moves when the later record is laid over.
    """
    low, high = min(0.0, *(one.value for one in whole)), max(one.value for one in whole)
    y = pictures.Axis(low, high, _FOOT, _TOP + 18)
    years = pictures.Axis(FIRST, LAST, _LEFT, 1)

    def x(when: pd.Timestamp) -> float:
        return years(when.year + (when.day_of_year - 1) / 365.25)

    levels = pictures.levels(low, high)
    today = x(pd.Timestamp(DAY))
    out = ""
    if not after:
        out += pictures.bar(today, 1, _TOP - 8, _FOOT - _TOP + 8, "#f1f3f5")
        out += pictures.text((today + 1) / 2, (_TOP + _FOOT) / 2, tr("not known yet"), anchor="middle",
                             font_size=15, fill=pictures.SOFT)  # fmt: skip
    out += pictures.grid(y, levels)
    out += pictures.ticks({str(year): years(year + 0.5) for year in range(FIRST, LAST)}, _HEIGHT - 8)
    out += "".join(
        pictures.line(years(n), _FOOT + 2, years(n), _FOOT + 8, pictures.SOFT) for n in range(FIRST, LAST)
    )
    out += pictures.dashed(today, _TOP - 12, _FOOT)
    # A day stands at the end of its line where the narrowest picture has no room behind it.
    out += pictures.text(today, 14, day(DAY), anchor="middle", font_size=12)
    coloured = [(one, False) for one in known] + [(one, True) for one in after]
    taken = [Box(today, today, 0, _FOOT, -3, 3), Box(0, 0, 0, _HEIGHT, 0, 26)]
    # Years first: a dot upon a bar can be seen, a dot below it not.
    for one, later in sorted(coloured, key=lambda pair: not pair[0].year):
        at = y(one.value)
        if one.year:
            left, right = x(one.start) + 0.004, x(one.end) - 0.004
            fill, edge = ("#ffffff", pictures.RED) if later else (pictures.BLUE, pictures.BLUE)
            out += pictures.bar(left, right, at - 3, 6, fill, stroke=edge, stroke_width=2, rx=2)
            taken.append(Box(left, right, at - 4, at + 4))
        else:
            end = x(one.end)
            out += (
                pictures.diamond(end, at, "#ffffff", pictures.RED, 5)
                if later
                else pictures.dot(end, at, pictures.BLUE)
            )
            taken.append(pictures.around(end, at, 6))
    written = _labelled(known + after)
    wanted = [
        Label(
            x(one.start if one.year else one.end),
            x(one.end),
            y(one.value),
            f"{one.value:,.1f}",
            pictures.RUST if later else pictures.BLUE,
        )
        for one, later in coloured
        if one in written
    ]
    out += pictures.labels(wanted, _HEIGHT - 20, taken=taken, rules=[y(level) for level in levels])
    return pictures.picture(out, alt=alt, height=_HEIGHT)


def _labelled(figures: list[Figure]) -> list[Figure]:
    """Return the figures that are written out: every year, and the last of the others where no year is."""
    years = {one.end.year for one in figures if one.year}
    last = {one.end.year: one for one in figures if not one.year}
    return [one for one in figures if one.year] + [one for year, one in last.items() if year not in years]


# ---------------------------------------------------------------------------------------- the figures


def _cumulative(column: str, *, a_month: bool) -> Callable[[Load], list[Figure]]:
    """Return what takes a column of the cumulative table, each figure divided by its months if asked."""

    def figures(load: Load) -> list[Figure]:
        table = (
            load("trade_cn_ru_cumulative").dropna(subset=[column]).sort_values("period_end", kind="stable")
        )
        months = table["period_end"].dt.month if a_month else 1
        return _figures(table.assign(value=(table[column] / months).round(2)))

    return figures


def _flow(product: str, destination: str) -> Callable[[Load], list[Figure]]:
    """Return what takes Russia's sales to one buyer, a figure a year."""

    def figures(load: Load) -> list[Figure]:
        table = load("energy_flows").sort_values("year", kind="stable")
        wanted = (table["product"] == product) & (table["destination"] == destination)
        table = table[wanted & (table["origin"] == "RUS")]
        days = {
            f"period_{what}": pd.to_datetime(table["year"].astype(str) + date)
            for what, date in (("start", "-01-01"), ("end", "-12-31"))
        }
        return _figures(table.assign(**days))

    return figures


def _oil(load: Load) -> list[Figure]:
    """Return China's crude from Russia a month: years from the Review, single months from customs."""
    years = [one._replace(value=round(one.value / 12, 2)) for one in _flow("crude oil", "CHN")(load)]
    return sorted([*years, *_numbers(load, CRUDE)], key=lambda one: one.end)


def _cars(load: Load) -> list[Figure]:
    """Return the vehicles a month: those that China's customs or its ambassador counted."""
    figures = sorted(_numbers(load, CARS), key=lambda one: one.end)
    return [one._replace(value=round(one.value / one.end.month, 1)) for one in figures]


def _numbers(load: Load, keys: Sequence[str]) -> list[Figure]:
    table = load("numbers")
    return _figures(table[table["id"].isin(keys)])


def _figures(table: pd.DataFrame) -> list[Figure]:
    wanted = table[["period_start", "period_end", "value", "known_when", "source"]]
    return [Figure(*row) for row in wanted.itertuples(index=False)]


#: What works out the figures of each measure, in the order of time.
FIGURES: dict[str, Callable[[Load], list[Figure]]] = {
    "total": _cumulative("total_usd_bn", a_month=True),
    "growth": _cumulative("growth_yoy_pct", a_month=False),
    "imports": _cumulative("china_imports_usd_bn", a_month=True),
    "exports": _cumulative("china_exports_usd_bn", a_month=True),
    "oil": _oil,
    "india": _flow("crude oil", "IND"),
    "gas": _flow("pipeline gas", "CHN"),
    "cars": _cars,
}
