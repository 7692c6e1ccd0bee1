"""A student's own chart on her page: read as Altair saves it, and drawn again without Altair.

`chart.save("../article/chart.json")` writes a chart with the rows that it was made of. Bars, lines and points
of one table are drawn by `samarkand.html.pictures`; of any other chart the page has the rows as a table, and
says so. Whether a chart is true needs a reader.
"""

import datetime as dt
import itertools
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from samarkand.answers import kinds
from samarkand.common.errors import CourseError
from samarkand.common.words import join_in_words, tr, write_date
from samarkand.html import markup, pictures
from samarkand.html.markup import escape_html, make_element

#: The name of the file, in the student's folder ``article``.
NAME = "chart.json"
#: The most bars, lines, and rows of a table that a page has room for.
MOST_BARS, MOST_LINES, MOST_ROWS = 12, 4, 12
#: The marks that are drawn along two axes, by whether a line joins their points.
JOINED = {"line": True, "area": True, "trail": True, "point": False, "circle": False, "square": False}
#: How the lines of a chart are told apart, beside the name at the end of each.
DASHES = (None, "7 4", "2 3", "9 3 2 3")
#: How the points of a chart without lines are told apart.
FILLS = (pictures.PLAIN, "#ffffff")
#: The height of a chart of lines in pixels, without its labels; the share of its width that names take.
HEIGHT, ROOM = 190, 0.28

DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d)")

#: What an amount is of the numbers of its place, by the name that Altair has for it.
AGGREGATES = {**kinds.AGGREGATES, "count": len}


@dataclass(frozen=True)
class Amount:
    """An amount in a chart: at which place of the other axis, of which group ("" for none), and how much."""

    place: str
    group: str
    number: float


class Bar(NamedTuple):
    """Where an amount is: the cell that names its place on the other axis, and its group ("" for none)."""

    place: Any
    group: str


class NotDrawn(Exception):
    """A chart of a kind that the page has no drawing for: its rows are shown as a table."""


@dataclass(frozen=True)
class Drawing:
    """What a saved chart draws: its mark, what is said at its two axes (amounts first), and its amounts."""

    mark: str
    axes: tuple[str, str]
    amounts: list[Amount]


@dataclass(frozen=True)
class OwnChart:
    """A chart as a page draws it.

    Attributes
    ----------
    title : str
        What it says; "" if it has none.
    mark : str
        Altair's name for what it draws, such as ``bar``; "" if it can only be shown as a table.
    axes : tuple of str
        What is said at the axis of amounts, and at the other one.
    amounts : tuple of Amount
        In the order in which they are drawn.
    rows : tuple of dict
        The rows that it was made of.
    fault : str
        A sentence on its title, if it says nothing.
    """

    title: str
    mark: str
    axes: tuple[str, str]
    amounts: tuple[Amount, ...]
    rows: tuple[dict[str, Any], ...]
    fault: str = ""

    @property
    def alt(self) -> str:
        """What the chart shows, in a sentence for whoever does not see it."""
        told = [f"{_name_bar(one)} {write_number(one.number)}" for one in self.amounts[:MOST_ROWS]]
        more = len(self.amounts) - len(told)
        also = tr("; {n} more are not told here", n=more) if more else ""
        return f"{self.title.rstrip('.')}. {self.axes[0]}: {'; '.join(told)}{also}."

    def html(self) -> str:
        """Return the chart for the page: its title, the picture or table, and what is at its axes."""
        head = make_element("p", make_element("b", escape_html(self.title)))
        if self.mark == "bar" and self.amounts and min(one.number for one in self.amounts) >= 0:
            return head + self._draw_bars() + make_element("p", escape_html(self._say_axes(MOST_BARS)))
        groups = {one.group for one in self.amounts}
        most = MOST_LINES if JOINED.get(self.mark) else len(FILLS)
        if self.mark in JOINED and len(groups) <= most:
            return (
                head + self._draw_lines() + make_element("p", escape_html(self._say_axes(len(self.amounts))))
            )
        return self._write_table()

    def _say_axes(self, most: int) -> str:
        said = tr("{amounts}, by {places}.", amounts=self.axes[0], places=self.axes[1])
        if len(self.amounts) > most:
            some = tr("The first {n} of {all} bars are drawn.", n=most, all=len(self.amounts))
            said = f"{said} {some}"
        return f"{said} {tr('My own chart.')}"

    def _draw_bars(self) -> str:
        bars = []
        for one in self.amounts[:MOST_BARS]:
            bars.append((_name_bar(one), one.number, write_number(one.number), pictures.PLAIN))
        longest = max(number for _, number, _, _ in bars)
        return pictures.draw_bars(bars, self.alt, most=longest or 1.0)

    def _draw_lines(self) -> str:
        places = list(dict.fromkeys(one.place for one in self.amounts))
        room = ROOM if any(one.group for one in self.amounts) else 0.0
        across = _set_across(places, 1 - room)
        numbers = [one.number for one in self.amounts]
        levels = list_levels(min(0.0, *numbers), max(0.0, *numbers))
        down = pictures.Axis(levels[0], levels[-1], HEIGHT, 20)
        drawn = ""
        for level in levels:
            drawn += pictures.draw_level(down(level), write_number(level), 1 - room, is_zero=level == 0)
        ends = []
        for number, group in enumerate(dict.fromkeys(one.group for one in self.amounts)):
            points = [(across[one.place], down(one.number)) for one in self.amounts if one.group == group]
            points.sort()
            drawn += self._draw_points(points, number)
            ends.append((points[-1][1], group))
        drawn += _write_names(ends)
        years = all(place.endswith("-01-01") for place in places)
        names = {
            place[:4] if years else place: across[place]
            for place in sorted(places, key=lambda place: across[place])
        }
        drawn += pictures.draw_ticks(names, HEIGHT + 18)
        return pictures.make_picture(drawn, alt=self.alt, height=HEIGHT + 26)

    def _draw_points(self, points: Sequence[tuple[float, float]], number: int) -> str:
        """Return the points of a group, which has a number among the groups, and the line that joins them."""
        drawn = ""
        if JOINED[self.mark]:
            for (left, top), (right, foot) in itertools.pairwise(points):
                drawn += pictures.draw_line(
                    left, top, right, foot, pictures.PLAIN, stroke_width=2, stroke_dasharray=DASHES[number]
                )
        fill = pictures.PLAIN if JOINED[self.mark] else FILLS[number]
        for at, height in points:
            drawn += pictures.draw_dot(at, height, fill, 4.5, stroke=pictures.PLAIN)
        return drawn

    def _write_table(self) -> str:
        columns = list(self.rows[0])
        cells = []
        for row in self.rows[:MOST_ROWS]:
            cells.append([_write_cell(row.get(column)) for column in columns])
        said = tr("My own chart, as a table: the page itself draws bars, lines and points of one table.")
        if len(self.rows) > MOST_ROWS:
            some = tr("The first {n} of {all} rows are here.", n=MOST_ROWS, all=len(self.rows))
            said = f"{said} {some}"
        return markup.make_table(self.title, columns, cells) + make_element("p", escape_html(said))


def find_chart(folder: Path) -> OwnChart | None:
    """Return the chart that is saved in a folder, or None if there is none.

    Raises
    ------
    CourseError
        If the file cannot be read as a chart, or the chart was saved in another form.
    """
    file = folder / NAME
    if file.is_file():
        try:
            saved = json.loads(file.read_text(encoding="utf-8-sig"))
        except (ValueError, OSError, RecursionError):
            raise _make_refusal() from None
        return read_chart(saved)
    others = sorted(one.name for one in folder.glob("chart*") if one.name != NAME and one.is_file())
    if others:
        said = tr(
            'Your folder article has {files}, and the page takes {name}: chart.save("../article/{name}").',
            files=join_in_words(others),
            name=NAME,
        )
        raise CourseError(said, code="another form", files=others)
    return None


def read_chart(saved: Any) -> OwnChart:
    """Return the chart that Altair has saved, from the JSON that it wrote.

    Parameters
    ----------
    saved : dict
        The chart; anything else is refused.

    Raises
    ------
    CourseError
        If it is no chart of Altair's, or has no rows.
    """
    if not isinstance(saved, dict) or "vega-lite" not in str(saved.get("$schema", "")):
        raise _make_refusal()
    rows = _find_rows(saved)
    try:
        kinds.need_title(saved)
        fault = ""
    except kinds.WrongForm as wrong:
        fault = str(wrong)
    title = kinds.read_title(saved)
    try:
        drawn = _read_drawing(saved, rows)
    except (NotDrawn, ValueError, TypeError, KeyError, AttributeError):  # it may lack whatever we look for
        drawn = Drawing(mark="", axes=("", ""), amounts=[])
    return OwnChart(
        title=title,
        mark=drawn.mark,
        axes=drawn.axes,
        amounts=tuple(drawn.amounts),
        rows=tuple(rows),
        fault=fault,
    )


def _make_refusal() -> CourseError:
    text = tr(
        'article/{name} is not a chart that Altair saved. chart.save("../article/{name}") writes one.',
        name=NAME,
    )
    return CourseError(text, code="no chart", file=NAME)


def _find_rows(saved: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows that a saved chart holds; `CourseError` if it holds none."""
    sets = saved.get("datasets")
    data = saved.get("data")
    rows = None
    if isinstance(data, dict):
        rows = data.get("values")
    if rows is None and isinstance(sets, dict) and sets:
        named = data.get("name") if isinstance(data, dict) else None
        rows = sets.get(named, next(iter(sets.values())))
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) and row for row in rows):
        text = tr("The chart in article/{name} holds no rows. Which table was it made of?", name=NAME)
        raise CourseError(text, code="no rows", file=NAME)
    return rows


def _read_drawing(saved: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Drawing:
    """Return what a chart of one table draws.

    `NotDrawn` if it is a chart that the page has no drawing for; `KeyError` and the like if it lacks what
    each chart of Altair's has.
    """
    mark = saved["mark"]
    mark = str(mark["type"] if isinstance(mark, dict) else mark)
    if "transform" in saved or mark not in ("bar", *JOINED):
        raise NotDrawn(mark)
    encoding = saved["encoding"]
    unknown = set(encoding) - {"x", "y", "color", "tooltip", "order", "opacity"}
    if unknown:
        raise NotDrawn(f"{unknown}")
    amount, place = _tell_axes_apart(mark, encoding["x"], encoding["y"])
    group = encoding.get("color", {}).get("field", "")
    if group == place["field"]:
        group = ""
    aggregate = amount.get("aggregate", "sum")
    collected = _collect_numbers(rows, "" if aggregate == "count" else amount["field"], place["field"], group)
    if mark != "bar" and "aggregate" not in amount:
        most_at_a_place = max(map(len, collected.values()), default=0)
        if most_at_a_place > 1:
            raise NotDrawn("several points at one place, which are not added up")
    sum_up = AGGREGATES[aggregate]
    values = {bar: float(sum_up(numbers)) for bar, numbers in collected.items()}
    if not values:
        raise NotDrawn("nothing to draw")
    amounts = []
    for bar in _put_in_order(values, place.get("sort", "ascending")):
        amounts.append(Amount(_write_cell(bar.place), bar.group, values[bar]))
    counted = tr("rows") if aggregate == "count" else str(amount.get("field"))
    axes = (str(amount.get("title") or counted), str(place.get("title") or place["field"]))
    return Drawing(mark, axes, amounts)


def _tell_axes_apart(
    mark: str, x: dict[str, Any], y: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the axis of the amounts, and that of the places; `NotDrawn` if they are of other kinds.

    Amounts go up in lines, and in bars unless x alone, or x too, holds numbers: then they go across.
    """
    y_is_amount = y.get("type") == "quantitative"
    x_is_amount = x.get("type") == "quantitative"
    is_upright = y_is_amount and (mark != "bar" or not x_is_amount)
    amount, place = (y, x) if is_upright else (x, y)
    if amount.get("type") != "quantitative":
        raise NotDrawn("no axis of amounts")
    if amount.get("stack") == "normalize":
        raise NotDrawn("shares of each bar")
    if "timeUnit" in place or place.get("bin") or "aggregate" in place:
        raise NotDrawn("places that are computed")
    return amount, place


def _collect_numbers(
    rows: Sequence[dict[str, Any]], field: str, place: str, group: str
) -> dict[Bar, list[float]]:
    """Return the numbers of a column for each bar, without cells that are empty; 1 a row if no `field`."""
    collected: dict[Bar, list[float]] = {}
    for row in rows:
        number = row[field] if field else 1.0
        if number is None or not math.isfinite(float(number)) or row[place] is None:
            continue
        bar = Bar(row[place], _write_cell(row[group]) if group else "")
        collected.setdefault(bar, []).append(float(number))
    return collected


def _put_in_order(values: dict[Bar, float], sort: Any) -> list[Bar]:
    """Return the bars of a chart in the order in which Altair would draw them.

    Parameters
    ----------
    values : dict
        The height of each bar, in the order of the table.
    sort : object
        What the chart says of the order of its axis, as Vega-Lite writes it: ``"ascending"`` or
        ``"descending"`` by name, None for the order of the table, a list of names (others come after them),
        ``"-x"`` and the like for the amounts.

    Raises
    ------
    NotDrawn
        If it is a rule of another kind, such as another column.
    """
    bars = list(values)
    if isinstance(sort, dict):
        raise NotDrawn("order by another column")
    if sort is None:
        return bars
    if isinstance(sort, list):
        in_order = []
        for place in dict.fromkeys(sort):
            in_order += [bar for bar in bars if bar.place == place]
        return in_order + [bar for bar in bars if bar.place not in sort]
    if sort in ("x", "y", "-x", "-y"):
        totals: dict[Any, float] = {}
        for bar, amount in values.items():
            totals[bar.place] = totals.get(bar.place, 0.0) + amount
        return sorted(bars, key=lambda bar: totals[bar.place], reverse=sort.startswith("-"))
    return sorted(bars, reverse=sort == "descending")


def _set_across(places: Sequence[str], end: float) -> dict[str, float]:
    """Return the share of the width of each place: by its day or number, or one after another."""
    values: list[float] = []
    for place in places:
        try:
            values.append(float(place))
        except ValueError:
            try:
                values.append(float(dt.date.fromisoformat(place).toordinal()))
            except ValueError:
                values = [float(number) for number in range(len(places))]
                break
    axis = pictures.Axis(min(values), max(values), 0.1, end - 0.02)
    return {place: axis(value) for place, value in zip(places, values, strict=True)}


def _write_names(ends: list[tuple[float, str]]) -> str:
    """Return the name of each group at the end of its line, none over another."""
    drawn, lowest = "", 0.0
    for height, group in sorted(ends):
        lowest = max(height + 4, lowest + 15)
        drawn += pictures.draw_text(1 - ROOM + 0.01, lowest, group)
    return drawn


def list_levels(low: float, high: float) -> list[float]:
    """Return three to six round levels from low to high, both within them.

    Examples
    --------
    >>> list_levels(0, 23780)
    [0.0, 5000.0, 10000.0, 15000.0, 20000.0, 25000.0]
    """
    span = (high - low) or 1.0
    step = 10.0 ** math.floor(math.log10(span / 5))
    for times in (1, 2, 5, 10):
        if span / (step * times) <= 5:
            step *= times
            break
    first = math.floor(low / step)
    last = math.ceil((high or low + span) / step)
    return [round(number * step, 10) for number in range(first, last + 1)]


def write_number(number: float) -> str:
    """Return a number as it stands in a chart: commas between thousands, two decimals at most.

    Examples
    --------
    >>> write_number(23780.0), write_number(26.97), write_number(0.5)
    ('23,780', '26.97', '0.5')
    """
    if number == int(number) or abs(number) >= 1000:
        return f"{number:,.0f}"
    if abs(number) < 0.01:
        return f"{number:.2g}"
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def _name_bar(one: Amount) -> str:
    """Return what a bar is called: its place, and its group if there are several."""
    place = write_date(one.place) if DAY.fullmatch(one.place) else one.place
    return f"{place}, {one.group}" if one.group else place


def _write_cell(cell: Any) -> str:
    """Return a cell of a chart's rows as a text; a day without the hours that Altair gives it."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:g}" if abs(cell) < 1e6 else f"{cell:.0f}"
    return str(cell).removesuffix("T00:00:00")
