"""Charts of points: scatter plots, two counts of each row, and the counts of several sources."""

# ruff: noqa: PLR0913  # a chart has much to say, and says it by name

import math
import textwrap
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal, Unpack

import altair as alt
import numpy as np
import pandas as pd

from samarkand import data, sources
from samarkand.charts import _captions, _words
from samarkand.charts._look import (
    INK,
    SOFT,
    WIDTH,
    Caption,
    Said,
    label_rows,
    say_and_finish,
)
from samarkand.charts._tables import (
    axis_title,
    copy_columns,
    escape_field,
    find_marked,
    list_distinct,
    need_numbers,
    need_unique,
    texts_of_column,
)
from samarkand.common.errors import CourseError, OutOfRange, make_unknown_name
from samarkand.common.words import capitalise_text, join_in_words, name_month, tr, trn
from samarkand.common.words import write_day as in_words
from samarkand.html import style

__all__ = ["dumbbell", "ranges", "scatter", "who_counted"]

#: Names above their rows are wrapped at this number of letters.
_LINE = 56
#: Maximum number of publishers in a source line, and of letters in their names.
_HOUSES, _LETTERS = 4, 60
#: Height of a chart of points, in px.
_HEIGHT = 360
#: Height of a row in px: with a name of one line above it, and for each further line.
_ROW, _MORE = 42, 14


def scatter(
    frame: pd.DataFrame,
    x: str,
    y: str,
    *,
    name: str,
    marked: Collection[object] = (),
    log: Literal["", "xy"] = "",
    trend: bool = False,
    least: float = 0,
    **caption: Unpack[Caption],
) -> alt.VConcatChart:
    """Draw a point for each row, placed by two of its columns.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a point; rows without one of the two figures are left out, and the description says how many.
    x, y : str
        Columns of numbers.
    name : str
        Column that names the points.
    marked : collection, optional
        Names of points to highlight and to label.
    log : {"", "xy"}
        Whether both axes are logarithmic.
    trend : bool, default False
        Whether to draw the line of least squares, through the logarithms if axes are logarithmic.
    least : float, default 0
        Figures of `y` below this one are drawn there, as arrows that point down.
    **caption : str
        ``title``, ``source`` and ``subtitle``: see `finish`; the description is made from the rows.

    Raises
    ------
    UnknownName
        If a column or a marked name is missing, or `log` is not one of the two.
    CourseError
        If no row has both figures.
    WrongType
        If a column holds no numbers.
    OutOfRange
        If a figure on a logarithmic axis is zero or less: it says how many are.

    Examples
    --------
    >>> pairs = pd.DataFrame({"to": ["UZB", "CHN"], "distance_km": [900, 3700], "trade_usd_mn": [5000, 700]})
    >>> text = dict(title="Trade and distance", source="own")
    >>> scatter(pairs, "distance_km", "trade_usd_mn", name="to", **text).to_dict()["description"]
    '2 points. distance from 900 to 3,700 km, trade from 700 to 5,000 USD mn.'
    """
    table = copy_columns(frame, x, y, name)
    need_numbers(table, x, y)
    total = len(table)
    table = table.dropna(subset=[x, y]).reset_index(drop=True)
    if table.empty:
        text = tr("No row has both figures, so there is nothing to draw.")
        raise CourseError(text, code="no figures", columns=[x, y])
    for column in table[[x, y]].select_dtypes("float"):  # the last digits are each Python’s own
        table[column] = [float(f"{value:.12g}") for value in table[column]]
    axes = _Axes(x, y, log)
    _need_room(table, axes)
    table["_name"] = texts_of_column(table[name])
    wanted = find_marked(table[name], marked, tr("point"))
    chosen = table["_name"].isin(wanted)
    low = table[y] < least
    shown = table[y].clip(lower=least) if least else table[y]
    across = _scale_points(table[x], log)
    up = _scale_points(shown, log)
    room: dict[str, Any] = {
        "x": alt.X(field=escape_field(x), type="quantitative", title=axis_title(x), **across),
        "y": alt.Y(field=escape_field(y), type="quantitative", title=axis_title(y), **up),
    }
    tips = [alt.Tooltip(field=escape_field(c), title=axis_title(c)) for c in (name, x, y)]
    drawn: list[Any] = []
    fit = _fit_trend(table, axes) if trend else table[:0]
    if trend:
        line = alt.Chart(fit).mark_line(color=INK, strokeDash=[6, 3], strokeWidth=1.5)
        drawn.append(line.encode(**room))
    # A stored chart carries its rows: points that are not named do without what only names need.
    plain = table[~chosen & ~low].drop(columns="_name")
    if len(plain):
        circle = alt.Chart(plain).mark_circle(size=34, color=style.PLAIN, opacity=0.75)
        drawn.append(circle.encode(**room, tooltip=tips))
    below = table[low].assign(**{y: least})
    if len(below):
        arrow = alt.Chart(below).mark_point(shape="triangle-down", size=40, color=style.PLAIN, opacity=1)
        drawn.append(arrow.encode(**room, tooltip=tips[:-1]))
    if wanted:
        picked = alt.Chart(table[chosen & ~low])  # a diamond as well as a colour, and its name in ink
        mark = picked.mark_point(size=90, shape="diamond", filled=True, color=style.HIGHLIGHT, opacity=1)
        drawn.append(mark.encode(**room, tooltip=tips))
        drawn += _label_points(table.assign(**{y: shown}), table[chosen & ~low], room, axes, fit)
    sentences = _describe_points(table, axes, total - len(table))
    if low.any():
        at_edge = tr("Drawn at the lower edge, since below {least:g}: {n}.", least=least, n=int(low.sum()))
        sentences.append(at_edge)
    if wanted:
        sentences.append(tr("Named: {points}.", points=_list_points(table[chosen], axes)))
    chart = alt.layer(*drawn).properties(width=WIDTH, height=_HEIGHT)
    figures = {"number": f"{len(table):,}"}
    if len(fit):
        figures["slope"] = _words.format_figure(_slope_of(fit, axes), 1)
    said = Said(" ".join(sentences), figures=figures)
    return say_and_finish(chart, said, caption, copy_columns(table, name, x, y))


@dataclass(frozen=True)
class _Axes:
    """The columns along both axes, and "xy" if both are logarithmic, otherwise ""."""

    x: str
    y: str
    log: str

    def find_position(self, values: pd.Series) -> pd.Series:
        """Return where values are on their axis: their logarithms if it is logarithmic."""
        if not self.log:
            return values
        return pd.Series(np.log10(values), dtype="float64")

    def find_share(self, values: pd.Series, drawn: pd.Series) -> pd.Series:
        """Return where values are between the least (0) and the most (1) of those that are drawn."""
        positions = self.find_position(drawn)
        low, high = positions.min(), positions.max()
        shares: pd.Series = (self.find_position(values) - low) / ((high - low) or 1)
        return shares


def _describe_points(table: pd.DataFrame, axes: _Axes, left_out: int) -> list[str]:
    """Return the sentences on all points: how many, from where to where, and how many rows are none."""
    along, up = _describe_span(table, axes.x), _describe_span(table, axes.y)
    sentences = [trn("{n} point.", "{n} points.", len(table)), tr("{x}, {y}.", x=along, y=up)]
    if left_out:
        sentences.append(trn("{n} row has no figure.", "{n} rows have no figure.", left_out))
    return sentences


def _list_points(rows: pd.DataFrame, axes: _Axes) -> str:
    """Return points in words, each with its figures: ``"China (3,700, 700)"``."""
    points = []
    for _, row in rows.iterrows():
        points.append(f"{row['_name']} ({_format_short(row[axes.x])}, {_format_short(row[axes.y])})")
    return ", ".join(points)


def _label_points(
    drawn: pd.DataFrame, named: pd.DataFrame, room: dict[str, Any], axes: _Axes, fit: pd.DataFrame
) -> list[Any]:
    """Return the layers with the names of points; `drawn` is the table with each point where it is drawn."""
    layers = []
    for (align, down), rows in _place_labels(drawn, named.index, axes, fit).items():
        right = 8 if align == "left" else -8
        look: dict[str, Any] = {"fontWeight": "bold", "align": align, "dx": right, "dy": down}
        layers += label_rows(named.loc[rows], "_name", room, **look)
    return layers


def dumbbell(
    frame: pd.DataFrame,
    name: str,
    first: str,
    second: str,
    *,
    labels: tuple[str, str],
    axis: str,
    **caption: Unpack[Caption],
) -> alt.VConcatChart:
    """Draw two figures of each row, joined by a line that shows the gap.

    The first count is a circle, the second a square, each with its figure; a missing count has no mark.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a thing that was counted twice, in the order in which they are to be drawn.
    name : str
        Column that names the rows.
    first, second : str
        Columns with the two counts, in one unit.
    labels : tuple of str
        Names of the two counts.
    axis : str
        Title of the axis.
    **caption : str
        ``title``, ``source`` and ``subtitle``: see `finish`; the description is made from the rows.

    Raises
    ------
    UnknownName, CourseError
        If a column or all rows are missing.
    WrongType
        If a column of counts holds no numbers.
    OutOfRange
        If a name occurs twice.

    Examples
    --------
    >>> trade = pd.DataFrame({"state": ["Kazakhstan"], "china_usd_bn": [31.2], "own_usd_bn": [24.1]})
    >>> text = dict(labels=("China", "own"), axis="USD bn", title="Two offices", source="press")
    >>> dumbbell(trade, "state", "china_usd_bn", "own_usd_bn", **text).to_dict()["description"]
    'Kazakhstan: China 31.2, own 24.1.'
    """
    table = copy_columns(frame, name, first, second)
    need_numbers(table, first, second)
    table["_name"] = texts_of_column(table[name])
    need_unique(table[["_name"]])
    table["_low"] = table[[first, second]].min(axis=1)
    table["_high"] = table[[first, second]].max(axis=1)
    names = alt.Y(field="_name", type="nominal", sort=list(table["_name"]), title=None, axis=_names_axis())
    across = _make_count_axis(float(table["_high"].max()))
    gaps = alt.Chart(table.dropna(subset=[first, second])).mark_rule(color=style.GUIDE, strokeWidth=3)
    end = _End(
        column=first,
        other=second,
        label=labels[0],
        shape="circle",
        colour=style.colour_of_name(labels[0], style.PLAIN),
    )
    other_end = _End(
        column=second,
        other=first,
        label=labels[1],
        shape="square",
        colour=style.colour_of_name(labels[1], style.HIGHLIGHT),
    )
    _, line_at_zero = _draw_guides(table, names, across)
    drawn = [
        line_at_zero,
        gaps.encode(y=names, x=alt.X(field="_low", **across), x2="_high:Q"),
        *_draw_ends(table, end, names, across),
        *_draw_ends(table, other_end, names, across),
    ]
    sentences = []
    for _, row in table.iterrows():
        one, two = _format_count(row[first]), _format_count(row[second])
        sentences.append(f"{row['_name']}: {labels[0]} {one}, {labels[1]} {two}.")
    figures: dict[str, str] = {}
    for count in (end, other_end):
        called = [f"{row_name} {count.label}" for row_name in table["_name"]]
        figures |= _captions.figures_of_rows(called, table[count.column], 1)
    chart = alt.layer(*drawn).properties(width=WIDTH, height=max(90, 46 * len(table)))
    said = Said(" ".join(sentences), axis, figures)
    return say_and_finish(chart, said, caption, copy_columns(table, name, first, second))


@dataclass(frozen=True)
class _End:
    """One of the two counts of a dumbbell: its column, that of the other count, its name, and its look."""

    column: str
    other: str
    label: str
    shape: str
    colour: str


def _draw_ends(table: pd.DataFrame, end: _End, names: alt.Y, across: dict[str, Any]) -> list[Any]:
    """Return the layers of one count of a dumbbell: its marks and their figures, and at the top its name."""
    rows = table.dropna(subset=[end.column]).copy()
    if rows.empty:
        return []
    rows["_label"] = [_format_count(value) for value in rows[end.column]]
    place = {"x": alt.X(field=escape_field(end.column), **across), "y": names}
    marks = alt.Chart(rows).mark_point(shape=end.shape, filled=True, size=110, color=end.colour, opacity=1)
    tips = [alt.Tooltip(field="_label", title=end.label)]
    at_right = rows[end.other].isna() | (rows[end.column] >= rows[end.other])
    # The first row says which mark is whose.
    top = rows.head(1).assign(_key=end.label)
    align = "left" if at_right.iloc[0] else "right"
    return [
        marks.encode(**place, tooltip=tips),
        *label_rows(rows[at_right], "_label", place, align="left", dx=9),
        *label_rows(rows[~at_right], "_label", place, align="right", dx=-9),
        *label_rows(top, "_key", place, dy=-16, fontWeight="bold", align=align),
    ]


def _format_count(value: float) -> str:
    """Return a count with one decimal; words if it is missing."""
    return "no count" if pd.isna(value) else f"{value:,.1f}"


def ranges(
    frame: pd.DataFrame,
    name: str,
    value: str,
    *,
    low: str = "",
    high: str = "",
    note: str = "",
    digits: int | None = None,
    axis: str = "",
    **caption: Unpack[Caption],
) -> alt.VConcatChart:
    """Draw each source's count below its name, from zero: a figure, a range, an upper bound, or no number.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a count, in the order in which they are to be drawn.
    name : str
        Column that names the sources; a name may occur twice.
    value : str
        Column with the figure; a missing one is not zero.
    low, high : str, optional
        Columns with the bounds of a range.
    note : str, optional
        Column with a few words to write beside the figure, such as its period.
    digits : int, optional
        Decimals of the figures; as many as they have if left out.
    axis : str, optional
        Title of the axis; made of the column's name if left out.
    **caption : str
        ``title``, ``source`` and ``subtitle``: see `finish`; the description is made from the rows.

    Raises
    ------
    UnknownName, CourseError
        If a column or all rows are missing, or no row has a number.
    WrongType
        If a column of figures holds no numbers.

    Examples
    --------
    >>> dead = pd.DataFrame({"counter": ["prosecutors", "ministry"], "dead": [230, None]})
    >>> text = dict(title="Who counted?", source="press")
    >>> ranges(dead, "counter", "dead", **text).to_dict()["description"]
    'prosecutors: 230. ministry: no number given.'
    """
    table = copy_columns(frame, name, value, low, high, note)
    figures = list_distinct([column for column in (value, low, high) if column])
    need_numbers(table, *figures)
    table["_low"] = table[figures].min(axis=1)
    table["_high"] = table[figures].max(axis=1)
    if table["_high"].isna().all():
        text = tr("No counter gives a number, so there is nothing to draw.")
        raise CourseError(text, code="no figures", columns=figures)
    bounds = zip(table[value], table["_low"], table["_high"], strict=True)
    words = [range_in_words(*one, digits=digits) for one in bounds]
    names = texts_of_column(table[name])
    notes = texts_of_column(table[note]) if note else [""] * len(table)
    table["_label"] = _join_notes(words, notes, " · ")
    lines = ["\n".join(textwrap.wrap(one, _LINE)) or one for one in names]
    # A source may occur twice: an invisible number keeps its rows apart.
    table["_row"] = [f"{number}\t{one}" for number, one in enumerate(lines)]
    across = _make_count_axis(float(table["_high"].max()))
    rows = alt.Y(field="_row", type="nominal", sort=list(table["_row"]), title=None, axis=None)
    _, line_at_zero = _draw_guides(table, rows, across)
    table["_called"] = lines
    above = {"y": rows, "x": alt.value(3)}
    at_end = {"y": rows, "x": alt.X(field="_high", **across)}
    at_zero = {"y": rows, "x": alt.X(field="_zero", **across)}
    silent = table[table["_high"].isna()].assign(_zero=0.0)
    counted = table.dropna(subset=["_high"])
    look: dict[str, Any] = {"align": "left", "dx": 6, "fontStyle": "italic", "color": SOFT}
    drawn = [
        line_at_zero,
        *label_rows(table, "_called", above, align="left", baseline="bottom", dy=-9, lineBreak="\n"),
        *_draw_bounds(table, value, rows, across),
        *label_rows(counted, "_label", at_end, align="left", dx=10),
        *label_rows(silent, "_label", at_zero, **look),
    ]
    told = _join_notes(words, notes, ", ")
    sentences = [f"{one}: {rest}." for one, rest in zip(names, told, strict=True)]
    height = len(table) * (_ROW + _MORE * max(line.count("\n") for line in lines))
    chart = alt.layer(*drawn).properties(width=WIDTH, height=max(90, height))
    can_say = {"number": str(len(table)), "given": str(len(counted))}
    can_say["least"] = _format_plain(float(counted["_low"].min()), digits)
    can_say["most"] = _format_plain(float(counted["_high"].max()), digits)
    can_say |= dict(zip(names, words, strict=True))
    said = Said(" ".join(sentences), axis or axis_title(value), can_say)
    return say_and_finish(chart, said, caption, copy_columns(table, name, low, value, high, note))


def _join_notes(words: list[str], notes: list[str], between: str) -> list[str]:
    """Return each row's count in words, with its note if it has one."""
    joined = []
    for count, note in zip(words, notes, strict=True):
        joined.append(f"{count}{between}{note}" if note else count)
    return joined


def _draw_bounds(table: pd.DataFrame, value: str, rows: alt.Y, across: dict[str, Any]) -> list[Any]:
    """Return the layers of counts: a bar for a range, an arrow for an upper bound, a dot for a figure."""
    layers = []
    spans = table[table["_low"] < table["_high"]]
    if len(spans):  # with round ends, so that a narrow range is seen on a phone
        bar = alt.Chart(spans).mark_rule(strokeWidth=9, strokeCap="round", color=style.PLAIN, opacity=0.7)
        layers.append(bar.encode(y=rows, x=alt.X(field="_low", **across), x2="_high:Q"))
    look: dict[str, Any] = {"filled": True, "color": style.PLAIN, "opacity": 1}
    at_most = table[table[value].isna() & (table["_low"] == table["_high"])]
    if len(at_most):  # an arrow towards less
        arrow = alt.Chart(at_most).mark_point(shape="triangle-left", size=110, **look)
        layers.append(arrow.encode(y=rows, x=alt.X(field="_high", **across)))
    points = table.dropna(subset=[value])
    if len(points):
        dot = alt.Chart(points).mark_point(shape="circle", size=90, **look)
        layers.append(dot.encode(y=rows, x=alt.X(field=escape_field(value), **across)))
    return layers


def who_counted(quantity: str, *, title: str = "") -> alt.VConcatChart:
    """Draw all counts of one quantity of the table `who_counted`, in order of their day.

    Parameters
    ----------
    quantity : str
        One of the quantities of the table, for example ``"dead of January 2022"``.
    title : str, optional
        The finding; made of the quantity if left out.

    Raises
    ------
    UnknownName
        If there is no such quantity; it names the nearest one.

    Examples
    --------
    >>> who_counted("cost of the China-Kyrgyzstan-Uzbekistan railway").to_dict()["description"]
    'Global Construction Review: 8, May 2024. Daryo: 4.7, 20 December 2024.'
    """
    table = data.load("who_counted")
    known = list(table["quantity"].unique())
    if quantity not in known:
        raise make_unknown_name(tr("quantity"), quantity, known)
    mine = table[table["quantity"] == quantity].sort_values("day", kind="stable")
    periods = zip(mine["day"], mine["includes"], strict=True)
    mine["when"] = [describe_period(day, includes) for day, includes in periods]
    unit = mine["unit"].iloc[0]
    publishers = list_distinct([one.name for one in sources.cite.sources(*mine["source"])])
    return ranges(
        mine.rename(columns={"value": unit}),
        "counter",
        unit,
        low="low",
        high="high",
        note="when",
        axis=unit,
        title=title or tr("Who counted?"),
        subtitle=capitalise_text(quantity),
        source=_list_publishers(publishers),
    )


def _list_publishers(publishers: list[str]) -> str:
    """Return the publishers of counts in words: all, or the first ones and how many more there are."""
    if len(publishers) <= _HOUSES:
        return join_in_words(publishers)
    named = publishers[:_HOUSES]
    while len(", ".join(named)) > _LETTERS:
        named.pop()
    more = len(publishers) - len(named)
    text = "{houses} and {n} more, named in the table who_counted"
    return tr(text, houses=", ".join(named), n=more)


def describe_period(day: pd.Timestamp, includes: str) -> str:
    """Return the period of a count, from its last day and what it includes, in words.

    Examples
    --------
    >>> november, december = pd.Timestamp("2021-11-30"), pd.Timestamp("2021-12-31")
    >>> describe_period(november, "ELEVEN months"), describe_period(december, "goods")
    ('January to November 2021', '2021')
    >>> end, within = pd.Timestamp("2019-07-31"), pd.Timestamp("2018-08-10")
    >>> describe_period(end, "in camps"), describe_period(within, "in camps")
    ('July 2019', '10 August 2018')
    """
    if (day.month, day.day) == (12, 31):
        return str(day.year)
    if not day.is_month_end:
        return in_words(day)
    last = tr("{month} {year}", month=name_month(day.month), year=day.year)
    if "months" in includes:
        return tr("{first} to {last}", first=name_month(1), last=last)
    return last


def range_in_words(value: float, low: float, high: float, *, digits: int | None = None) -> str:
    """Return a count in words: a figure, a range from `low` to `high`, an upper bound, or no number.

    Examples
    --------
    >>> nan = float("nan")
    >>> [range_in_words(*one) for one in ((1.5, 1.5, 1.5), (nan, 0.9, 1.8), (nan, 2, 2), (nan, nan, nan))]
    ['1.5', '0.9 to 1.8', 'up to 2', 'no number given']
    """
    if math.isnan(high):
        return tr("no number given")
    least, most = _format_plain(low, digits), _format_plain(high, digits)
    if math.isnan(value) and low == high:
        return tr("up to {high}", high=most)
    if math.isnan(value):
        return tr("{low} to {high}", low=least, high=most)
    if low == high:
        return most
    figure = _format_plain(value, digits)
    return tr("{figure} ({low} to {high})", figure=figure, low=least, high=most)


def _format_plain(figure: float, digits: int | None) -> str:
    """Return a figure without zeros at its end.

    >>> _format_plain(1.5, 2), _format_plain(1200.0, 2), _format_plain(10.57, None)
    ('1.5', '1,200', '10.57')
    """
    if digits is None:
        return f"{figure:,.10g}"
    if digits == 0:
        return f"{figure:,.0f}"
    return f"{figure:,.{digits}f}".rstrip("0").rstrip(".")


def _make_count_axis(most: float) -> dict[str, Any]:
    """Return the x axis of counts, from zero to a little more than the largest."""
    axis = alt.Axis(tickCount=4, grid=False, ticks=False, domain=False)
    axis.labelOverlap, axis.labelSeparation = "greedy", 6
    scale = alt.Scale(domain=[0, most * 1.04], nice=False)
    return {"type": "quantitative", "title": None, "axis": axis, "scale": scale}


def _draw_guides(table: pd.DataFrame, rows: alt.Y, across: dict[str, Any]) -> list[Any]:
    """Return a thin line from zero to the figure in each row, and an upright line at zero."""
    ends = table.dropna(subset="_low").assign(_zero=0.0)[[rows["field"], "_zero", "_low"]]
    zero = alt.Chart(pd.DataFrame({"_zero": [0.0]})).mark_rule(color=SOFT)
    start = alt.X(field="_zero", **across)
    return [
        alt.Chart(ends).mark_rule(color=style.GUIDE).encode(y=rows, x=start, x2="_low:Q"),
        zero.encode(x=start),
    ]


def _names_axis() -> alt.Axis:
    """Return an axis of wrapped long names, without the number that makes equal names distinct."""
    label = "split(replace(datum.label, /^\\d+\\t/, ''), '\\n')"
    return alt.Axis(ticks=False, domain=False, labelLimit=300, labelPadding=8, labelExpr=label)


def _need_room(table: pd.DataFrame, axes: _Axes) -> None:
    """Raise `UnknownName` for unknown axes, `OutOfRange` for a figure without a place on logarithmic ones."""
    if axes.log not in ("", "xy"):
        raise make_unknown_name(tr("setting of “log”"), axes.log, ["xy"])
    for column in (axes.x, axes.y):
        lost = int((table[column] <= 0).sum())
        if axes.log and lost:
            text = trn(
                '{n} value of "{column}" is zero or less, and a logarithmic axis has no place for it. '
                "Leave it out first, and say so.",
                '{n} values of "{column}" are zero or less, and a logarithmic axis has no place for '
                "them. Leave them out first, and say so.",
                lost,
                column=column,
            )
            raise OutOfRange(text, code="no logarithm", column=column, rows=lost)


def _scale_points(values: pd.Series, logarithmic: str) -> dict[str, Any]:
    """Return `axis` and `scale` arguments for points, with padding; linear or logarithmic."""
    if not logarithmic:
        scale = alt.Scale(zero=False, padding=12)
        near_zero = 0 <= values.min() < values.max() / 4
        if near_zero:
            scale["domainMin"] = 0
        return {"axis": alt.Axis(grid=False), "scale": scale}  # lines would strike the names through
    low, high = math.log10(values.min()), math.log10(values.max())
    steps = (1.0,) if high - low > 2 else (1.0, 3.0)  # of more than two powers of ten each has one tick
    ticks = []
    for power in range(math.floor(low), math.ceil(high) + 1):
        for step in steps:
            tick = float(f"{step * 10.0**power:g}")
            if 10**low <= tick <= 10**high:
                ticks.append(tick)
    label = "format(datum.value, datum.value < 1 ? '~r' : ',')"
    axis = alt.Axis(values=ticks, labelExpr=label, grid=False, labelOverlap="greedy")
    return {"axis": axis, "scale": alt.Scale(type="log", nice=False, padding=12)}


def _fit_trend(table: pd.DataFrame, axes: _Axes) -> pd.DataFrame:
    """Return points on the least-squares line, rounded, since last digits differ between machines."""
    along = axes.find_position(table[axes.x])
    up = axes.find_position(table[axes.y])
    slope, start = np.polyfit(along, up, 1)
    ends = np.linspace(along.min(), along.max(), 2)
    line = {}
    for column, positions in ((axes.x, ends), (axes.y, start + slope * ends)):
        values = 10**positions if axes.log else positions
        line[column] = [float(f"{value:.6g}") for value in values]
    return pd.DataFrame(line)


def _slope_of(fit: pd.DataFrame, axes: _Axes) -> float:
    """Return the slope between the two ends of a line, of their logarithms if axes are logarithmic."""
    along, up = axes.find_position(fit[axes.x]), axes.find_position(fit[axes.y])
    return float((up.iloc[-1] - up.iloc[0]) / (along.iloc[-1] - along.iloc[0]))


@dataclass(frozen=True)
class _Label:
    """A label as it would be placed: beside its point, and in shares of the axes.

    `align` is the end of the text that is at the point, `down` how many px it is lowered; `left`, `length`
    and `height` are shares of the width and of the height.
    """

    align: Literal["left", "right"]
    down: int
    left: float
    length: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.length

    def covers(self, other: "_Label") -> bool:
        """Return whether it covers another label."""
        side_by_side = self.left < other.right and other.left < self.right
        return side_by_side and abs(self.height - other.height) < 0.045

    def count_covered(self, across: pd.Series, up: pd.Series, own: int) -> int:
        """Return how many points it covers, but for its own."""
        covered = across.between(self.left, self.right) & (up - self.height).abs().lt(0.02)
        covered[own] = False
        return int(covered.sum())

    def count_struck(self, line: list[tuple[float, float]], start: float) -> int:
        """Return how often a line strikes it, whose points are given; on a wide screen a name is shorter."""
        side = 1 if self.align == "left" else -1
        struck = 0
        for along, up in line:
            away = side * (along - start)
            if away > 0 and abs(self.height - up) < 0.02:
                struck += int(away < self.length)
                struck += int(away < self.length / 6)
        return struck

    def leaves_chart(self) -> bool:
        """Return whether it goes far beyond the chart’s sides."""
        return self.left <= -0.3 or self.right >= 1.02


def _place_labels(
    table: pd.DataFrame, named: pd.Index, axes: _Axes, fit: pd.DataFrame
) -> dict[tuple[str, int], list[int]]:
    """Return {(alignment, px down): rows}: the position of each named point's label.

    `named` are the rows that get one; `fit` holds the ends of the line, and no row if there is none. Each
    label is placed where it covers no other label, few points and little of the line.
    """
    across = axes.find_share(table[axes.x], table[axes.x])
    up = axes.find_share(table[axes.y], table[axes.y])
    line: list[tuple[float, float]] = []
    if len(fit):
        path = np.linspace(0, 1, 60)
        along = np.interp(path, [0, 1], axes.find_share(fit[axes.x], table[axes.x]))
        heights = np.interp(path, [0, 1], axes.find_share(fit[axes.y], table[axes.y]))
        line = list(zip(along, heights, strict=True))
    sides: dict[tuple[str, int], list[int]] = {}
    placed: list[_Label] = []
    for row in up[named].sort_values(ascending=False, kind="stable").index:
        places = list(_list_places(table["_name"][row], across[row], up[row]))
        faults = []
        for label in places:
            labels = sum(label.covers(other) for other in placed)
            points = label.count_covered(across, up, row) + label.count_struck(line, across[row])
            faults.append((labels, label.leaves_chart(), points))
        best = places[faults.index(min(faults))]
        placed.append(best)
        sides.setdefault((best.align, best.down), []).append(row)
    return sides


def _list_places(name: str, across: float, up: float) -> Iterator[_Label]:
    """Yield the places for the name of a point, the best first; near the right edge its left comes first."""
    # In shares of a phone's axes: a letter takes 0.044 of the width, a line of text 0.045.
    length = 0.05 + 0.044 * len(name)
    beginning_at_point = across
    ending_at_point = across - length
    for down in (0, 7, -7, 14, -14, 21, -21):
        height = up - down / _HEIGHT
        at_right = _Label(align="left", down=down, left=beginning_at_point, length=length, height=height)
        at_left = _Label(align="right", down=down, left=ending_at_point, length=length, height=height)
        if across > 0.6:
            yield at_left
            yield at_right
        else:
            yield at_right
            yield at_left


def _format_short(value: float) -> str:
    """Return a figure as text with about three digits.

    >>> _format_short(0.0003), _format_short(0.5), _format_short(1234.5)
    ('less than 0.01', '0.5', '1,234')
    """
    if 0 < value < 0.01:
        return tr("less than 0.01")
    if abs(value) >= 10:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _describe_span(table: pd.DataFrame, column: str) -> str:
    """Return the minimum and maximum of a column in words, with its unit."""
    what, _, unit = axis_title(column).partition(" (")
    low = _format_short(table[column].min())
    high = _format_short(table[column].max())
    span = tr("{what} from {low} to {high}", what=what, low=low, high=high)
    if not unit:
        return span
    return f"{span} {unit.removesuffix(')')}"
