"""Known on the day, known later: trade as a reader could see it in September 2022, and as it is known now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from samarkand import data
from samarkand.explore.engine import Explorer, Panel
from samarkand.ground.errors import unknown
from samarkand.page import controls, markup, style

#: The day on which Xi Jinping set off.
DAY = dt.date(2022, 9, 14)
THEN, LATER = "then", "later"
#: The tables that it reads, each as it was known on the day and whole.
TABLES = ("trade_cn_ru_cumulative", "energy_flows", "numbers")
#: The years that the picture spans.
FIRST, LAST = 2020, 2026
#: The table of figures shows so many of the latest.
ROWS = 6

Load = Callable[[str], pd.DataFrame]
BLUE, ORANGE, SOFT = style.OKABE_ITO["blue"], style.OKABE_ITO["vermillion"], style.PAPER["soft"]


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
    def name(self) -> str:
        """The stretch of time, as short as it can be said."""
        if self.year:
            return str(self.end.year)
        if (self.start.year, self.start.month) == (self.end.year, self.end.month):
            return f"{self.end:%b} {self.end.year}"
        return f"{self.start:%b} to {self.end:%b %Y}"


@dataclass(frozen=True)
class Measure:
    """What can be looked at: its name, unit and decimals; its figures; what they say then and later.

    `then` and `later` take the figures known on the day, and those that came after, in the order of time.
    """

    label: str
    unit: str
    digits: int
    figures: Callable[[Load], list[Figure]]
    then: Callable[[list[Figure]], str]
    later: Callable[[list[Figure]], str]


def known_then(measure: str = "growth", known: str = THEN) -> Explorer:
    """Return an explorer of what was known of China's trade with Russia on 14 September 2022, and later.

    Controls: the measure, and whether the later record is shown beside what was known on the day.

    Parameters
    ----------
    measure : str, default "growth"
        What is shown first; a key of `MEASURES`.
    known : {"then", "later"}
        Whether it is shown without or with the later record.

    Returns
    -------
    Explorer

    Raises
    ------
    UnknownName
        If there is no such measure or setting.

    Examples
    --------
    >>> "31.0 % above" in known_then().render(measure="growth", known="then")
    True
    >>> "-6.9 %" in known_then().render(measure="growth", known="later")
    True
    """
    for what, chosen, choices in (("measure", measure, MEASURES), ("setting", known, (THEN, LATER))):
        if chosen not in choices:
            raise unknown(what, chosen, choices)
    tables = {name: (data.load(name, known_on=DAY), data.load(name)) for name in TABLES}
    panels = {
        (name, when): _panel(MEASURES[name], when, tables) for name in MEASURES for when in (THEN, LATER)
    }
    return Explorer(
        {
            "measure": controls.choice(
                "Measure",
                [(one.label, name) for name, one in MEASURES.items()],
                measure,
                tooltip="What is counted",
            ),
            "known": controls.choice(
                "Known",
                [(f"on {data.in_words(DAY)}", THEN), ("later as well", LATER)],
                known,
                tooltip="Without or with what came out afterwards",
            ),
        },
        lambda measure, known: panels[measure, known],
        title="Known on the day, known later",
        source="tables trade_cn_ru_cumulative, energy_flows and numbers, cut off by their column known_when",
    )


def _panel(measure: Measure, when: str, tables: dict[str, tuple[pd.DataFrame, pd.DataFrame]]) -> Panel:
    known = measure.figures(lambda name: tables[name][0])
    then = {figure[:3] for figure in known}
    after = [figure for figure in measure.figures(lambda name: tables[name][1]) if figure[:3] not in then]
    if when == THEN:
        sentence = f"Known on {data.in_words(DAY)}: {measure.then(known)}"
    else:
        sentence = f"Known later: {measure.later(after)}"
    shown = after if when == LATER else []
    alt = f"{measure.label}, {measure.unit}, over time. {sentence}"
    picture = markup.picture(_draw(measure, known, shown, known + after), alt, WIDTH, HEIGHT)
    return Panel(sentence, picture + _table(measure, known, shown))


def _table(measure: Measure, known: list[Figure], after: list[Figure]) -> str:
    told = after or known
    if not told:
        return ""
    when = "known later" if after else f"known on {data.in_words(DAY)}"
    rows = [
        (
            one.name,
            data.in_words(one.known),
            one.source.replace(";", ", "),
            f"{one.value:,.{measure.digits}f}",
        )
        for one in told[-ROWS:]
    ]
    unit = _capital(measure.unit)
    columns = ["Period", "Known since", "Source", unit]
    return markup.table(f"The latest figures {when}", columns, rows, numbers=[unit])


# ---------------------------------------------------------------------------------------- the picture

WIDTH, HEIGHT = 800, 300
_LEFT, _RIGHT, _TOP, _FOOT = 44, 790, 40, 262


def _draw(measure: Measure, known: list[Figure], after: list[Figure], whole: list[Figure]) -> str:
    """Draw years as bars as long as they last and other stretches as dots at their ends.

    The axes are those of all figures, so that nothing moves when the later record is laid over.
    """
    low = min(0.0, *(one.value for one in whole))
    high = max(one.value for one in whole)
    spread = (high - low) or 1.0

    def x(day: pd.Timestamp) -> float:
        years = day.year + (day.day_of_year - 1) / 365.25
        return _LEFT + (_RIGHT - _LEFT) * (years - FIRST) / (LAST - FIRST)

    def y(value: float) -> float:
        return _FOOT - (_FOOT - _TOP - 18) * (value - low) / spread

    out = "".join(
        f'<path d="M{_LEFT} {y(level):.1f}H{_RIGHT}" stroke="{"#1a1a1a" if level == 0 else "#dddddd"}"/>'
        f'<text x="{_LEFT - 6}" y="{y(level) + 4:.1f}" font-size="12" text-anchor="end">{level:g}</text>'
        for level in _levels(low, high)
    )
    for year in range(FIRST, LAST):
        middle = x(pd.Timestamp(year, 7, 2))
        out += f'<text x="{middle:.1f}" y="{HEIGHT - 8}" font-size="13" text-anchor="middle">{year}</text>'
        out += f'<path d="M{x(pd.Timestamp(year, 1, 1)):.1f} {_FOOT + 4}v6" stroke="{SOFT}"/>'
    line = x(pd.Timestamp(DAY))
    if not after:
        out += f'<path d="M{line:.1f} {_TOP - 8}H{_RIGHT}V{_FOOT}H{line:.1f}z" fill="#f1f3f5"/>'
        out += (
            f'<text x="{(line + _RIGHT) / 2:.1f}" y="{(_TOP + _FOOT) / 2:.1f}" font-size="15" '
            f'text-anchor="middle" fill="{SOFT}">not known yet</text>'
        )
    out += (
        f'<path d="M{line:.1f} {_TOP - 12}V{_FOOT}" stroke="#1a1a1a" stroke-width="1.5" '
        'stroke-dasharray="4 3"/>'
        f'<text x="{line + 6:.1f}" y="{_TOP - 2}" font-size="12">{data.in_words(DAY)}</text>'
    )
    coloured = [(one, BLUE) for one in known] + [(one, ORANGE) for one in after]
    # Years first: a dot upon a bar can be seen, a dot below it not.
    for one, colour in sorted(coloured, key=lambda pair: not pair[0].year):
        out += _mark(one, x, y, colour, later=colour == ORANGE)
    written = _labelled(known + after)
    for one, colour in coloured:
        if one in written:
            at, anchor = (x(one.start) + 5, "start") if one.year else (x(one.end), "middle")
            if not one.year and 0 <= line - at < 20:  # else the dashed line would run through it
                at, anchor = line - 4, "end"
            out += (
                f'<text x="{at:.1f}" y="{y(one.value) - 9:.1f}" font-size="13" font-weight="bold" '
                f'text-anchor="{anchor}" fill="{_DARK[colour]}">{one.value:,.{measure.digits}f}</text>'
            )
    out += f'<text x="0" y="14" font-size="13" fill="{SOFT}">{markup.escape(_capital(measure.unit))}</text>'
    out += _legend()
    return out


_DARK = {BLUE: BLUE, ORANGE: "#a84500"}  # vermillion is too light for small writing


def _mark(
    one: Figure, x: Callable[[pd.Timestamp], float], y: Callable[[float], float], colour: str, *, later: bool
) -> str:
    """Return a year as a bar, anything else as a dot; what is known later is hollow."""
    fill = "#ffffff" if later else colour
    if one.year:
        left, right = x(one.start) + 3, x(one.end) - 3
        return (
            f'<rect x="{left:.1f}" y="{y(one.value) - 3:.1f}" width="{right - left:.1f}" height="6" rx="2" '
            f'fill="{fill}" stroke="{colour}" stroke-width="2"/>'
        )
    at = f"{x(one.end):.1f} {y(one.value):.1f}"
    if later:
        return f'<path d="M{at}m0 -5l5 5l-5 5l-5 -5z" fill="#ffffff" stroke="{colour}" stroke-width="2"/>'
    cx, cy = at.split()
    return f'<circle cx="{cx}" cy="{cy}" r="4.5" fill="{colour}"/>'


def _labelled(figures: list[Figure]) -> list[Figure]:
    """Return the figures that are written out: every year, and the last of the others where no year is."""
    years = {one.end.year for one in figures if one.year}
    last = {one.end.year: one for one in figures if not one.year}
    return [one for one in figures if one.year] + [one for year, one in last.items() if year not in years]


def _levels(low: float, high: float) -> list[float]:
    """Return three to six round levels for the axis.

    >>> _levels(0, 20.4), _levels(-6.9, 38)
    ([0, 5, 10, 15, 20], [0, 10, 20, 30])
    """
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100) if (high - low) / s <= 6)
    return [n * step for n in range(int(low // step) + 1 if low < 0 else 0, int(high // step) + 1)]


def _legend() -> str:
    return (
        f'<circle cx="308" cy="10" r="4.5" fill="{BLUE}"/>'
        f'<text x="318" y="14" font-size="12">known on the day</text>'
        f'<path d="M434 5l5 5l-5 5l-5 -5z" fill="#ffffff" stroke="{ORANGE}" stroke-width="2"/>'
        f'<text x="445" y="14" font-size="12">known later</text>'
        f'<text x="530" y="14" font-size="12" fill="{SOFT}">a bar: a whole year; a dot: part of one</text>'
    )


# ---------------------------------------------------------------------------------------- the figures


def _cumulative(column: str, *, a_month: bool) -> Callable[[Load], list[Figure]]:
    """Return what takes a column of the cumulative table, each figure divided by its months if asked."""

    def figures(load: Load) -> list[Figure]:
        table = load("trade_cn_ru_cumulative").dropna(subset=[column]).sort_values("period_end")
        months = table["period_end"].dt.month if a_month else 1
        return _figures(table.assign(value=(table[column] / months).round(2)))

    return figures


def _flow(product: str, destination: str) -> Callable[[Load], list[Figure]]:
    """Return what takes Russia's sales to one buyer, a figure a year."""

    def figures(load: Load) -> list[Figure]:
        table = load("energy_flows").sort_values("year")
        wanted = (table["product"] == product) & (table["destination"] == destination)
        table = table[wanted & (table["origin"] == "RUS")]
        days = {
            f"period_{what}": pd.to_datetime(table["year"].astype(str) + day)
            for what, day in (("start", "-01-01"), ("end", "-12-31"))
        }
        return _figures(table.assign(**days))

    return figures


def _oil(load: Load) -> list[Figure]:
    """Return China's crude from Russia a month: years from the Review, single months from customs."""
    years = [one._replace(value=round(one.value / 12, 2)) for one in _flow("crude oil", "CHN")(load)]
    months = [one for one in _numbers(load, "Chinese crude imports from Russia") if not one.year]
    return sorted([*years, *months], key=lambda one: one.end)


def _cars(load: Load) -> list[Figure]:
    """Return the vehicles a month: those that China's customs or its ambassador counted."""
    names = ("Passenger cars exported", "Cars exported", "Vehicles exported")
    found = [one for name in names for one in _numbers(load, f"{name} from China to Russia")]
    # For 2022 there are two counts; that of customs comes first, and counts cars alone.
    counted = {one[:2]: one for one in reversed(found)}
    figures = sorted(counted.values(), key=lambda one: one.end)
    return [one._replace(value=round(one.value / one.end.month, 1)) for one in figures]


def _numbers(load: Load, indicator: str) -> list[Figure]:
    table = load("numbers")
    return _figures(table[table["indicator"] == indicator])


def _figures(table: pd.DataFrame) -> list[Figure]:
    wanted = table[["period_start", "period_end", "value", "known_when", "source"]]
    return [Figure(*row) for row in wanted.itertuples(index=False)]


# ---------------------------------------------------------------------------------------- what they say


def _at(figures: list[Figure], name: str) -> float:
    """Return the figure of a stretch of time by its name."""
    return next(one.value for one in figures if one.name == name)


MEASURES = {
    "total": Measure(
        "Trade, both ways",
        "USD bn a month",
        1,
        _cumulative("total_usd_bn", a_month=True),
        lambda k: (
            f"{_at(k, 'Jan to Aug 2022'):.1f} bn a month from January to August 2022, against "
            f"{_at(k, '2021'):.1f} over 2021. That economic ties deepen (CL12) has a figure behind it."
        ),
        lambda k: (
            f"{_at(k, '2022'):.1f} bn a month over 2022, {_at(k, '2023'):.1f} and "
            f"{_at(k, '2024'):.1f} over the next two years, {_at(k, '2025'):.1f} over 2025. Ties went on "
            "deepening after the report, and then no more."
        ),
    ),
    "growth": Measure(
        "Growth of trade",
        "per cent above the same months a year before",
        1,
        _cumulative("growth_yoy_pct", a_month=False),
        lambda k: (
            f"January to August 2022 lies {_at(k, 'Jan to Aug 2022'):.1f} % above the year before; but "
            f"2021 had already grown by {_at(k, '2021'):.1f} %. The rise is fast, and older than the war."
        ),
        lambda k: (
            f"{_at(k, '2022'):.1f} % for 2022 and {_at(k, '2023'):.1f} % for 2023, then "
            f"{_at(k, '2024'):.1f} % and {_at(k, '2025'):.1f} %. The fast growth that the report saw ended "
            "with 2023."
        ),
    ),
    "imports": Measure(
        "What China buys from Russia",
        "USD bn a month",
        1,
        _cumulative("china_imports_usd_bn", a_month=True),
        lambda k: (
            f"{_at(k, 'Jan to Jul 2022'):.1f} bn a month from January to July 2022, against "
            f"{_at(k, 'Jan to Jun 2021'):.1f} in the first half of 2021. If there is support (CL17), it "
            "runs through buying."
        ),
        lambda k: (
            f"{_at(k, '2022'):.1f} bn a month over 2022, {_at(k, 'Jan to Nov 2023'):.1f} in January to "
            f"November 2023, {_at(k, 'Jan to Jun 2025'):.1f} in the first half of 2025. Buying rose a "
            "little more, levelled off and fell back."
        ),
    ),
    "exports": Measure(
        "What China sells to Russia",
        "USD bn a month",
        1,
        _cumulative("china_exports_usd_bn", a_month=True),
        lambda k: (
            f"{_at(k, 'Jan to Jul 2022'):.1f} bn a month from January to July 2022, against "
            f"{_at(k, 'Jan to Jun 2021'):.1f} in the first half of 2021. Hardly more: cars and other "
            "goods (CL19) weigh little yet."
        ),
        lambda k: (
            f"{_at(k, '2022'):.1f} bn a month over 2022, {_at(k, 'Jan to Nov 2023'):.1f} in January to "
            f"November 2023, {_at(k, 'Jan to Jun 2025'):.1f} in the first half of 2025. Selling caught up "
            "only after the report."
        ),
    ),
    "oil": Measure(
        "Crude oil from Russia to China",
        "million tonnes a month",
        1,
        _oil,
        lambda k: (
            f"{_at(k, 'May 2022'):.1f} Mt in May and {_at(k, 'Jul 2022'):.1f} in July 2022, against "
            f"{_at(k, '2021'):.1f} in a month of 2021. It looks like a leap (CL18)."
        ),
        lambda k: (
            f"{_at(k, '2022'):.1f} Mt a month over all of 2022, no more than in July; "
            f"{_at(k, '2023'):.1f} in 2023. May was a peak, and the lasting step came a year later."
        ),
    ),
    "india": Measure(
        "Crude oil from Russia to India",
        "million tonnes a year",
        1,
        _flow("crude oil", "IND"),
        lambda k: (
            f"{_at(k, '2021'):.1f} Mt in 2021, the latest year in print. Who looks in the yearly tables for "
            "another new customer finds none."
        ),
        lambda k: (
            f"{_at(k, '2022'):.1f} Mt in 2022, {_at(k, '2023'):.1f} in 2023, {_at(k, '2024'):.1f} in 2024. "
            "India, which had declared no such friendship, added far more than China did."
        ),
    ),
    "gas": Measure(
        "Gas by pipeline from Russia to China",
        "billion cubic metres a year",
        1,
        _flow("pipeline gas", "CHN"),
        lambda k: (
            f"{_at(k, '2020'):.1f} bcm in 2020. For 2021 there are two counts, {_at(k, '2021'):.1f} here and "
            "more in Russia: no argument should rest on that year."
        ),
        lambda k: (
            f"{_at(k, '2022'):.1f}, {_at(k, '2023'):.1f} and {_at(k, '2024'):.1f} bcm in the next three "
            "years. More each year, as before: a new pipeline fills up step by step."
        ),
    ),
    "cars": Measure(
        "Cars from China to Russia",
        "thousand vehicles a month",
        1,
        _cars,
        lambda _: (
            "the course’s tables have no count of cars that was in print by then. That China supplies cars "
            "(CL19) could be read, not checked."
        ),
        lambda k: (
            f"{_at(k, 'Jan to Jul 2022'):.1f} thousand a month up to July 2022, about what 2021 had "
            f"({_at(k, '2021'):.1f}); {_at(k, 'Jan to Jul 2023'):.1f} a year later. The jump came after the "
            "report."
        ),
    ),
}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
