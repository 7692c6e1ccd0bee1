"""Trade as a reader could know it in September 2022, and as it is known now.

The sentences are in the table ``known_then``; the figures that fill their gaps are computed here.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from samarkand import data
from samarkand.common.words import capitalise_text, name_month, tr, write_day
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.html import markup, pictures

__all__ = ["known_then"]

_WORDS = Words("known_then")
#: The day on which Xi Jinping set off.
DAY = dt.date(2022, 9, 14)
THEN, LATER = "then", "later"
#: The tables, as known on the day and complete.
TABLES = ("trade_cn_ru_cumulative", "energy_flows", "numbers")
#: The rows of ``numbers`` with China's crude from Russia by the month, and with vehicles. Of two counts of
#: 2022 that of customs is taken (NU029), not the ambassador's (NU030), who may count other cars.
CRUDE = ("NU018", "NU019", "NU020", "NU021", "NU022", "NU023", "NU024")
CARS = ("NU029", "NU031", "NU032", "NU033", "NU034")
#: The years that the picture spans.
FIRST, LAST = 2020, 2026
#: Number of latest figures in the table.
ROWS = 6

Load = Callable[[str], pd.DataFrame]
_GAP = re.compile(r"\{([^{}]+)\}")


class Figure(NamedTuple):
    """A figure for a period, and the day on which it became known."""

    start: pd.Timestamp
    end: pd.Timestamp
    value: float
    known: pd.Timestamp
    source: str

    @property
    def year(self) -> bool:
        """Whether the period is a whole year."""
        return (self.start.month, self.start.day, self.end.month, self.end.day) == (1, 1, 12, 31)

    @property
    def period(self) -> str:
        """The period as the gaps of the table ``known_then`` write it: 2022, 2022-08 or 2022-01/2022-08."""
        first, last = f"{self.start:%Y-%m}", f"{self.end:%Y-%m}"
        if self.year:
            return f"{self.end:%Y}"
        return last if first == last else f"{first}/{last}"

    @property
    def name(self) -> str:
        """The period in a few words, such as "Jan to Aug 2022"."""
        if self.year:
            return str(self.end.year)
        last = name_month(self.end.month, short=True)
        if (self.start.year, self.start.month) == (self.end.year, self.end.month):
            return tr("{month} {year}", month=last, year=self.end.year)
        first = name_month(self.start.month, short=True)
        return tr("{first} to {last} {year}", first=first, last=last, year=self.end.year)


def known_then() -> Explorer:
    """Return an explorer of China's trade with Russia as known on 14 September 2022, and later.

    Controls: the measure, and whether the later record is shown beside that of the day.

    Examples
    --------
    >>> "31.0 % above" in known_then().render(measure="growth", known="then")
    True
    >>> "−6.9 %" in known_then().render(measure="growth", known="later")
    True
    """
    measures: dict[str, Any] = {str(row.measure): row for row in data.load("known_then").itertuples()}
    tables = {name: (data.load(name, known_on=DAY), data.load(name)) for name in TABLES}
    panels = {}
    for name, row in measures.items():
        panels[name, THEN] = _make_panel(row, THEN, tables)
        panels[name, LATER] = _make_panel(row, LATER, tables)
    labels = {name: row.label for name, row in measures.items()}
    return _WORDS.explorer(
        lambda measure, known: panels[measure, known], {"measure": labels}, day=write_day(DAY)
    )


Tables = dict[str, tuple[pd.DataFrame, pd.DataFrame]]


def _make_panel(measure: Any, when: str, tables: Tables) -> Panel:
    figures = FIGURES[measure.measure]
    known = figures(lambda name: tables[name][0])
    then = {figure[:3] for figure in known}
    after = [figure for figure in figures(lambda name: tables[name][1]) if figure[:3] not in then]
    filled = _fill_in(measure.then, known) if when == THEN else _fill_in(measure.later, after)
    sentence = _WORDS(when, day=write_day(DAY), what=filled)
    shown = after if when == LATER else []
    alt = _WORDS("alt", measure=measure.label, unit=measure.unit, sentence=sentence)
    key = pictures.draw_legend(
        (pictures.draw_dot(0.5, 7, pictures.PLAIN), tr("known on the day")),
        (pictures.draw_diamond(0.5, 7, "#ffffff", pictures.HIGHLIGHT, 5), tr("known later")),
        ("", tr("a bar: a whole year; a dot: part of one")),
    )
    unit = capitalise_text(measure.unit)
    over = markup.make_element("div", markup.escape_html(unit), class_="axis")
    sign = " %" if measure.unit.startswith("per cent") else ""
    body = key + over + _draw_picture(known, shown, known + after, alt, sign)
    told = (shown or known)[-ROWS:]
    if told:
        rows = [
            (one.name, _say_number(one.value), write_day(one.known), one.source.replace(";", ", "))
            for one in told
        ]
        columns = [tr("Period"), unit, tr("Known since"), tr("Source")]
        caption = _WORDS("latest_later" if shown else "latest_then", day=write_day(DAY))
        body += markup.make_table(caption, columns, rows, numbers=[unit], broad=True)
    return Panel(sentence, body)


def _say_number(value: float) -> str:
    """Return a value with one digit and, below zero, a minus that is not a hyphen."""
    return f"{value:,.1f}".replace("-", "−")


def _fill_in(sentence: str, figures: list[Figure]) -> str:
    """Return a sentence with the figure of each period in its gap."""
    by = {one.period: one.value for one in figures}
    return _GAP.sub(lambda gap: _say_number(by[gap[1]]), sentence)


_TOP, _FOOT, _HEIGHT = 30, 242, 266
#: Left end of the x axis, as a share of the width; the y labels are to the left of it.
_LEFT = 0.13


#: Width in px of the picture on a telephone, where labels have least room.
_NARROW = pictures.WIDTHS[0]


class Box(NamedTuple):
    """A rectangle in px, on a telephone."""

    left: float
    top: float
    right: float
    foot: float

    def covers(self, other: "Box") -> float:
        """Return the area that two rectangles have in common."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.foot, other.foot) - max(self.top, other.top)
        return max(0.0, wide) * max(0.0, high)


def _draw_picture(known: list[Figure], after: list[Figure], whole: list[Figure], alt: str, sign: str) -> str:
    """Draw whole years as bars as long as a year, and other periods as dots at their ends.

    The axes are made for `whole`, all figures, so that nothing moves when the later record is shown. The
    `sign` is behind each figure of the axis: that of a percentage.
    """
    low = min(0.0, *(one.value for one in whole))
    high = max(one.value for one in whole)
    # What is below zero keeps its distance from the years below the axis.
    y = pictures.Axis(low, high, _FOOT - (16 if low < 0 else 0), _TOP + 18)
    years = pictures.Axis(FIRST, LAST, _LEFT, 1)

    def x(when: pd.Timestamp) -> float:
        return years(when.year + (when.day_of_year - 1) / 365.25)

    today = x(pd.Timestamp(DAY))
    out = ""
    if not after:
        out += pictures.draw_bar(today, 1, _TOP - 8, _FOOT - _TOP + 8, "#f1f3f5")
        out += pictures.draw_text(
            (today + 1) / 2,
            _FOOT - 12,
            tr("not known yet"),
            anchor="middle",
            font_size=12,
            fill=pictures.SOFT,
        )
    out += pictures.draw_grid(y, pictures.choose_levels(low, high), sign)
    # The first year in full, the others short: all have room on a phone.
    names = [str(FIRST), *(f"’{year % 100}" for year in range(FIRST + 1, LAST))]
    middles = {name: years(year + 0.5) for year, name in enumerate(names, FIRST)}
    out += pictures.draw_ticks(middles, _HEIGHT - 8)
    ticks = (years(year) for year in range(FIRST, LAST))
    out += "".join(pictures.draw_line(at, _FOOT + 2, at, _FOOT + 8, pictures.SOFT) for at in ticks)
    out += pictures.draw_dashed_line(today, _TOP - 12, _FOOT)
    out += pictures.draw_text(today, 14, write_day(DAY), anchor="middle", font_size=12)
    # Years first: a dot can be seen on a bar, and not below it.
    drawn = sorted([*known, *after], key=lambda one: not one.year)
    taken = [Box(today * _NARROW - 2, _TOP - 12, today * _NARROW + 2, _FOOT)]
    for one in drawn:
        at = y(one.value)
        later = one in after
        left, right = (x(one.start) + 0.004, x(one.end) - 0.004) if one.year else (x(one.end), x(one.end))
        if one.year:
            fill, edge = ("#ffffff", pictures.HIGHLIGHT) if later else (pictures.PLAIN, pictures.PLAIN)
            out += pictures.draw_bar(left, right, at - 3, 6, fill, stroke=edge, stroke_width=2, rx=2)
            taken.append(Box(left * _NARROW, at - 4, right * _NARROW, at + 4))
        elif later:
            out += pictures.draw_diamond(left, at, "#ffffff", pictures.HIGHLIGHT, 5)
        else:
            out += pictures.draw_dot(left, at, pictures.PLAIN)
        if not one.year:
            taken.append(Box(left * _NARROW - 6, at - 6, left * _NARROW + 6, at + 6))
    labels = ""
    written = _choose_labelled(known + after)
    for one in drawn:
        if one not in written:
            continue
        left, right = (x(one.start), x(one.end)) if one.year else (x(one.end) - 0.02, x(one.end) + 0.02)
        words = _say_number(one.value)
        middle, down, anchor, box = _place_label(words, left, right, y(one.value), taken)
        taken.append(box)
        ink = pictures.HIGHLIGHT if one in after else pictures.PLAIN
        labels += pictures.draw_text(middle, y(one.value) + down, words, anchor=anchor, bold=True, fill=ink)
    return pictures.make_picture(out + labels, alt=alt, height=_HEIGHT)


def _place_label(
    words: str, left: float, right: float, at: float, taken: Sequence[Box]
) -> tuple[float, float, str, Box]:
    """Return where a label covers nothing on a telephone: place across, px down, anchor, and its box.

    It is tried above its bar, below it, at its right and left, and then farther off; `taken` are the boxes of
    bars, dots and other labels.
    """
    wide = pictures.estimate_width(words)
    middle = (left + right) / 2
    tries = [(middle, -9.0, "middle"), (middle, 19.0, "middle"), (right + 0.015, 5.0, "start")]
    tries += [(left - 0.015, 5.0, "end")]
    for more in (10, 20, 30, 40):
        tries += [(middle, -9.0 - more, "middle"), (middle, 19.0 + more, "middle")]
    best: tuple[float, float, str, Box] | None = None
    least = 0.0
    for place, down, anchor in tries:
        start = place * _NARROW - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        box = Box(start, at + down - 11, start + wide, at + down + 2)
        covered = sum(box.covers(other) for other in taken)
        covered += 1000.0 * (box.right > _NARROW + 2 or box.left < 0 or box.top < 16 or box.foot > _FOOT)
        if best is None or covered < least:
            best, least = (place, down, anchor, box), covered
        if not covered:
            break
    assert best is not None
    return best


def _choose_labelled(figures: list[Figure]) -> list[Figure]:
    """Return the figures to label: those of whole years, and of other years the last period's."""
    years = {one.end.year for one in figures if one.year}
    last = {one.end.year: one for one in figures if not one.year}
    return [one for one in figures if one.year] + [one for year, one in last.items() if year not in years]


def _list_cumulative(column: str, load: Load, *, a_month: bool) -> list[Figure]:
    """Return one column of the cumulative table, or its monthly averages."""
    table = load("trade_cn_ru_cumulative").dropna(subset=[column]).sort_values("period_end", kind="stable")
    months = table["period_end"].dt.month if a_month else 1
    return _list_figures(table.assign(value=(table[column] / months).round(2)))


def _list_flow(product: str, destination: str, load: Load) -> list[Figure]:
    """Return Russia's sales to one buyer, a figure a year."""
    table = load("energy_flows").sort_values("year", kind="stable")
    wanted = (table["product"] == product) & (table["destination"] == destination)
    table = table[wanted & (table["origin"] == "RUS")]
    days = {
        f"period_{what}": pd.to_datetime(table["year"].astype(str) + date)
        for what, date in (("start", "-01-01"), ("end", "-12-31"))
    }
    return _list_figures(table.assign(**days))


def _list_oil(load: Load) -> list[Figure]:
    """Return China's crude oil from Russia a month: years from the Review, single months from customs."""
    years = [one._replace(value=round(one.value / 12, 2)) for one in _list_flow("crude oil", "CHN", load)]
    return sorted([*years, *_list_figures_of(load, CRUDE)], key=lambda one: one.end)


def _list_cars(load: Load) -> list[Figure]:
    """Return the vehicles a month that China's customs or its ambassador counted."""
    figures = sorted(_list_figures_of(load, CARS), key=lambda one: one.end)
    return [one._replace(value=round(one.value / one.end.month, 1)) for one in figures]


def _list_figures_of(load: Load, ids: Sequence[str]) -> list[Figure]:
    """Return the figures of these rows of the table ``numbers``, in the order of the table."""
    numbers = load("numbers")
    chosen = numbers[numbers["id"].isin(ids)]
    return _list_figures(chosen)


def _list_figures(table: pd.DataFrame) -> list[Figure]:
    """Return a figure for each row of a table of figures."""
    wanted = table[["period_start", "period_end", "value", "known_by", "source"]]
    return [Figure(*row) for row in wanted.itertuples(index=False)]


#: The loader of each measure, whose figures are in the order of time.
FIGURES: dict[str, Callable[[Load], list[Figure]]] = {
    "total": partial(_list_cumulative, "total_usd_bn", a_month=True),
    "growth": partial(_list_cumulative, "growth_yoy_pct", a_month=False),
    "imports": partial(_list_cumulative, "china_imports_usd_bn", a_month=True),
    "exports": partial(_list_cumulative, "china_exports_usd_bn", a_month=True),
    "oil": _list_oil,
    "india": partial(_list_flow, "crude oil", "IND"),
    "gas": partial(_list_flow, "pipeline gas", "CHN"),
    "cars": _list_cars,
}
