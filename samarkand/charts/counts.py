"""Charts of points: scatter plots, two counts of each row, and the counts of several sources."""

# ruff: noqa: PLR0913  # a chart has much to say, and says it by name

import itertools
import math
import textwrap
from collections.abc import Collection
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
from samarkand.common.errors import CourseError, OutOfRange, unknown
from samarkand.common.words import capitalised, listed, month, tr, trn
from samarkand.common.words import day as in_words
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
    for column in map(str, table[[x, y]].select_dtypes("float")):  # the last digits are each Python’s own
        table[column] = [float(f"{value:.12g}") for value in table[column]]
    _need_room(table, x, y, log)
    table["_name"], wanted = texts_of_column(table[name]), find_marked(table[name], marked, tr("point"))
    chosen, low = table["_name"].isin(wanted), table[y] < least
    shown = table[y].clip(lower=least) if least else table[y]
    room: dict[str, Any] = {
        "x": alt.X(
            field=escape_field(x), type="quantitative", title=axis_title(x), **_scale_points(table[x], log)
        ),
        "y": alt.Y(
            field=escape_field(y), type="quantitative", title=axis_title(y), **_scale_points(shown, log)
        ),
    }
    tips = [alt.Tooltip(field=escape_field(c), title=axis_title(c)) for c in (name, x, y)]
    drawn: list[Any] = []
    fit = _fit_trend(table, x, y, log) if trend else table[:0]
    if trend:
        line = alt.Chart(fit).mark_line(color=INK, strokeDash=[6, 3], strokeWidth=1.5)
        drawn.append(line.encode(**room))
    # A stored chart carries its rows: points that are not named do without what only names need.
    plain, below = table[~chosen & ~low].drop(columns="_name"), table[low].assign(**{y: least})
    if len(plain):
        drawn.append(
            alt.Chart(plain)
            .mark_circle(size=34, color=style.PLAIN, opacity=0.75)
            .encode(**room, tooltip=tips)
        )
    if len(below):
        arrow = alt.Chart(below).mark_point(shape="triangle-down", size=40, color=style.PLAIN, opacity=1)
        drawn.append(arrow.encode(**room, tooltip=tips[:-1]))
    if wanted:
        picked = alt.Chart(table[chosen & ~low])  # a diamond as well as a colour, and its name in ink
        mark = picked.mark_point(size=90, shape="diamond", filled=True, color=style.HIGHLIGHT, opacity=1)
        drawn.append(mark.encode(**room, tooltip=tips))
        for (align, down), rows in _place_labels(
            table.assign(**{y: shown}), chosen & ~low, x, y, log, fit
        ).items():
            place = {"align": align, "dx": 8 if align == "left" else -8, "dy": down}
            drawn += label_rows(table.loc[rows], "_name", room, fontWeight="bold", **place)
    words = [
        trn("{n} point.", "{n} points.", len(table)),
        tr("{x}, {y}.", x=_describe_span(table, x), y=_describe_span(table, y)),
    ]
    if total > len(table):
        words.append(trn("{n} row has no figure.", "{n} rows have no figure.", total - len(table)))
    if low.any():
        words.append(
            tr("Drawn at the lower edge, since below {least:g}: {n}.", least=least, n=int(low.sum()))
        )
    if wanted:
        marks = (
            f"{r['_name']} ({_format_short(r[x])}, {_format_short(r[y])})"
            for _, r in table[chosen].iterrows()
        )
        words.append(tr("Named: {points}.", points=", ".join(marks)))
    chart = alt.layer(*drawn).properties(width=WIDTH, height=_HEIGHT)
    figures = {"number": f"{len(table):,}"}
    if len(fit):
        figures["slope"] = _words.format_figure(_slope_of(fit, x, y, log), 1)
    said = Said(" ".join(words), figures=figures)
    return say_and_finish(chart, said, caption, copy_columns(table, name, x, y))


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
    table["_low"], table["_high"] = table[[first, second]].min(axis=1), table[[first, second]].max(axis=1)
    names = alt.Y(field="_name", type="nominal", sort=list(table["_name"]), title=None, axis=_names_axis())
    across = _from_zero(float(table["_high"].max()))
    gaps = alt.Chart(table.dropna(subset=[first, second])).mark_rule(color=style.GUIDE, strokeWidth=3)
    drawn: list[Any] = [
        *_draw_guides(table, names, across)[1:],
        gaps.encode(y=names, x=alt.X(field="_low", **across), x2="_high:Q"),
    ]
    for column, other, shape, hue, called_ in (
        (first, second, "circle", style.colour_of_name(labels[0], style.PLAIN), labels[0]),
        (second, first, "square", style.colour_of_name(labels[1], style.HIGHLIGHT), labels[1]),
    ):
        mine = table.dropna(subset=[column]).copy()
        if mine.empty:
            continue
        mine["_label"] = [f"{value:,.1f}" for value in mine[column]]
        outward = mine[other].isna() | (mine[column] >= mine[other])
        place = {"x": alt.X(field=escape_field(column), **across), "y": names}
        mark = alt.Chart(mine).mark_point(shape=shape, filled=True, size=110, color=hue, opacity=1)
        drawn.append(mark.encode(**place, tooltip=[alt.Tooltip(field="_label", title=called_)]))
        drawn += label_rows(mine[outward], "_label", place, align="left", dx=9)
        drawn += label_rows(mine[~outward], "_label", place, align="right", dx=-9)
        # The first row says which mark is whose.
        key = {"dy": -16, "fontWeight": "bold", "align": "left" if outward.iloc[0] else "right"}
        drawn += label_rows(mine.head(1).assign(_key=called_), "_key", place, **key)
    words = []
    for _, row in table.iterrows():
        one, two = ("no count" if pd.isna(row[c]) else f"{row[c]:,.1f}" for c in (first, second))
        words.append(f"{row['_name']}: {labels[0]} {one}, {labels[1]} {two}.")
    chart = alt.layer(*drawn).properties(width=WIDTH, height=max(90, 46 * len(table)))
    figures: dict[str, str] = {}
    for column, called_ in ((first, labels[0]), (second, labels[1])):
        own = [f"{one} {called_}" for one in table["_name"]]
        figures |= _captions.figures_of_rows(own, table[column], 1)
    said = Said(" ".join(words), axis, figures)
    return say_and_finish(chart, said, caption, copy_columns(table, name, first, second))


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
    table["_low"], table["_high"] = table[figures].min(axis=1), table[figures].max(axis=1)
    if table["_high"].isna().all():
        text = tr("No counter gives a number, so there is nothing to draw.")
        raise CourseError(text, code="no figures", columns=figures)
    bounds = zip(table[value], table["_low"], table["_high"], strict=True)
    words = [range_in_words(*one, digits=digits) for one in bounds]
    notes = texts_of_column(table[note]) if note else [""] * len(table)
    table["_label"] = [f"{w} · {n}" if n else w for w, n in zip(words, notes, strict=True)]
    lines = ["\n".join(textwrap.wrap(one, _LINE)) or one for one in texts_of_column(table[name])]
    # A source may occur twice: an invisible number keeps its rows apart.
    table["_row"] = [f"{number}\t{one}" for number, one in enumerate(lines)]
    across = _from_zero(float(table["_high"].max()))
    rows = alt.Y(field="_row", type="nominal", sort=list(table["_row"]), title=None, axis=None)
    drawn = [_draw_guides(table, rows, across)[1]]
    table["_called"] = lines
    above = {"y": rows, "x": alt.value(3)}
    drawn += label_rows(table, "_called", above, align="left", baseline="bottom", dy=-9, lineBreak="\n")
    spans, points = table[table["_low"] < table["_high"]], table.dropna(subset=[value])
    at_most = table[table[value].isna() & (table["_low"] == table["_high"])]
    if len(spans):  # with round ends, so that a narrow range is seen on a phone
        bar = alt.Chart(spans).mark_rule(strokeWidth=9, strokeCap="round", color=style.PLAIN, opacity=0.7)
        drawn.append(bar.encode(y=rows, x=alt.X(field="_low", **across), x2="_high:Q"))
    if len(at_most):  # an arrow towards less
        arrow = alt.Chart(at_most).mark_point(
            shape="triangle-left", filled=True, size=110, color=style.PLAIN, opacity=1
        )
        drawn.append(arrow.encode(y=rows, x=alt.X(field="_high", **across)))
    if len(points):
        dot = alt.Chart(points).mark_point(shape="circle", filled=True, size=90, color=style.PLAIN, opacity=1)
        drawn.append(dot.encode(y=rows, x=alt.X(field=escape_field(value), **across)))
    given = {"y": rows, "x": alt.X(field="_high", **across)}
    drawn += label_rows(table.dropna(subset=["_high"]), "_label", given, align="left", dx=10)
    silent = table[table["_high"].isna()].assign(_zero=0.0)
    at_zero = {"y": rows, "x": alt.X(field="_zero", **across)}
    drawn += label_rows(silent, "_label", at_zero, align="left", dx=6, fontStyle="italic", color=SOFT)
    each = zip(texts_of_column(table[name]), words, notes, strict=True)
    description = " ".join(
        f"{one}: {word}, {extra}." if extra else f"{one}: {word}." for one, word, extra in each
    )
    height = len(table) * (_ROW + _MORE * max(line.count("\n") for line in lines))
    chart = alt.layer(*drawn).properties(width=WIDTH, height=max(90, height))
    counted = table.dropna(subset=["_high"])
    can_say = {"number": str(len(table)), "given": str(len(counted))}
    can_say["least"] = _format_plain(float(counted["_low"].min()), digits)
    can_say["most"] = _format_plain(float(counted["_high"].max()), digits)
    can_say |= dict(zip(texts_of_column(table[name]), words, strict=True))
    said = Said(description, axis or axis_title(value), can_say)
    return say_and_finish(chart, said, caption, copy_columns(table, name, low, value, high, note))


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
        raise unknown(tr("quantity"), quantity, known)
    mine = table[table["quantity"] == quantity].sort_values("day", kind="stable")
    mine["when"] = [
        describe_period(day, what) for day, what in zip(mine["day"], mine["includes"], strict=True)
    ]
    unit = mine["unit"].iloc[0]
    houses = list_distinct([one.name for one in sources.cite.sources(*mine["source"])])
    source = listed(houses)
    if len(houses) > _HOUSES:
        named = houses[:_HOUSES]
        while len(", ".join(named)) > _LETTERS:
            named.pop()
        source = tr("{houses} and {n} more, named in the table who_counted",
                    houses=", ".join(named), n=len(houses) - len(named))  # fmt: skip
    return ranges(
        mine.rename(columns={"value": unit}),
        "counter",
        unit,
        low="low",
        high="high",
        note="when",
        axis=unit,
        title=title or tr("Who counted?"),
        subtitle=capitalised(quantity),
        source=source,
    )


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
    name = tr("{month} {year}", month=month(day.month), year=day.year)
    return tr("{first} to {last}", first=month(1), last=name) if "months" in includes else name


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
    figure, least, most = (_format_plain(one, digits) for one in (value, low, high))
    if math.isnan(value):
        return tr("up to {high}", high=most) if low == high else tr("{low} to {high}", low=least, high=most)
    return most if low == high else tr("{figure} ({low} to {high})", figure=figure, low=least, high=most)


def _format_plain(figure: float, digits: int | None) -> str:
    """Return a figure without zeros at its end.

    >>> _format_plain(1.5, 2), _format_plain(1200.0, 2), _format_plain(10.57, None)
    ('1.5', '1,200', '10.57')
    """
    if digits is None:
        return f"{figure:,.10g}"
    return f"{figure:,.{digits}f}".rstrip("0").rstrip(".") if digits else f"{figure:,.0f}"


def _from_zero(most: float) -> dict[str, Any]:
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


def _need_room(table: pd.DataFrame, x: str, y: str, log: str) -> None:
    """Raise `UnknownName` for unknown axes, `OutOfRange` for a figure without a place on logarithmic ones."""
    if log not in ("", "xy"):
        raise unknown(tr("setting of “log”"), log, ["xy"])
    for column in (x, y):
        lost = int((table[column] <= 0).sum())
        if log and lost:
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
        least = 0 if 0 <= values.min() < values.max() / 4 else alt.Undefined
        scale = alt.Scale(zero=False, padding=12, domainMin=least)
        return {"axis": alt.Axis(grid=False), "scale": scale}  # lines would strike the names through
    low, high = math.log10(values.min()), math.log10(values.max())
    steps = (1.0,) if high - low > 2 else (1.0, 3.0)
    powers = range(math.floor(low), math.ceil(high) + 1)
    ticks = [float(f"{step * 10.0**power:g}") for power, step in itertools.product(powers, steps)]
    ticks = [tick for tick in ticks if 10**low <= tick <= 10**high]
    label = "format(datum.value, datum.value < 1 ? '~r' : ',')"
    axis = alt.Axis(values=ticks, labelExpr=label, grid=False, labelOverlap="greedy")
    return {"axis": axis, "scale": alt.Scale(type="log", nice=False, padding=12)}


def _fit_trend(table: pd.DataFrame, x: str, y: str, log: str) -> pd.DataFrame:
    """Return points on the least-squares line, rounded, since last digits differ between machines."""
    along, up = (np.log10(table[column]) if log else table[column] for column in (x, y))
    slope, start = np.polyfit(along, up, 1)
    at = np.linspace(along.min(), along.max(), 2)
    ends = {x: at, y: start + slope * at}
    ends = {column: 10**line for column, line in ends.items()} if log else ends
    return pd.DataFrame({column: [float(f"{one:.6g}") for one in line] for column, line in ends.items()})


def _slope_of(fit: pd.DataFrame, x: str, y: str, log: str) -> float:
    """Return the slope between the two ends of a line, of their logarithms if axes are logarithmic."""
    along, up = (np.log10(fit[column]) if log else fit[column] for column in (x, y))
    return float((up.iloc[-1] - up.iloc[0]) / (along.iloc[-1] - along.iloc[0]))


def _place_labels(  # noqa: PLR0917
    table: pd.DataFrame, named: pd.Series, x: str, y: str, log: str, fit: pd.DataFrame
) -> dict[tuple[Any, int], list[int]]:
    """Return {(alignment, px down): rows}: the position of each named point's label.

    Each label is placed where it covers no other label, few points and little of the line `fit`.
    """
    shares, lines = [], []
    for column in (x, y):
        values, line = (np.log10(v[column]) if log else v[column] for v in (table, fit))
        low, high = values.min(), values.max()
        shares.append((values - low) / ((high - low) or 1))
        ends = (line - low) / ((high - low) or 1)
        lines.append(np.interp(np.linspace(0, 1, 60), [0, 1], ends) if len(ends) else [])
    across, up = shares
    sides: dict[Any, Any] = {}
    taken: list[tuple[float, float, float]] = []
    for row in up[named].sort_values(ascending=False, kind="stable").index:
        sizes: dict[Any, Any] = {}
        for down in (0, 7, -7, 14, -14, 21, -21):
            for align in ("right", "left") if across[row] > 0.6 else ("left", "right"):
                # In shares of a phone's axes: a letter takes 0.044 of the width, a line of text 0.045.
                long = 0.05 + 0.044 * len(table["_name"][row])
                left, height = across[row] - (long if align == "right" else 0), up[row] - down / _HEIGHT
                labels = sum(
                    left < other + size and other < left + long and abs(height - at) < 0.045
                    for other, size, at in taken
                )
                points = across.between(left, left + long) & (up - height).abs().lt(0.02)
                points[row] = False  # its own
                side = 1 if align == "left" else -1
                points = int(points.sum()) + sum(
                    0 < side * (along - across[row]) < size and abs(height - at) < 0.02
                    for along, at in zip(*lines, strict=True)
                    for size in (long, long / 6)  # on a wide screen a name is as much shorter
                )
                out = not -0.3 < left < left + long < 1.02
                sizes[labels, out, points, len(sizes)] = (align, down), (left, long, height)
        place, box = sizes[min(sizes)]
        taken.append(box)
        sides.setdefault(place, []).append(row)
    return sides


def _format_short(value: float) -> str:
    """Return a figure as text with about three digits.

    >>> _format_short(0.0003), _format_short(0.5), _format_short(1234.5)
    ('less than 0.01', '0.5', '1,234')
    """
    if 0 < value < 0.01:
        return tr("less than 0.01")
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.3g}"


def _describe_span(table: pd.DataFrame, column: str) -> str:
    """Return the minimum and maximum of a column in words, with its unit."""
    what, _, unit = axis_title(column).partition(" (")
    low, high = _format_short(table[column].min()), _format_short(table[column].max())
    return tr("{what} from {low} to {high}", what=what, low=low, high=high) + f" {unit[:-1]}" * bool(unit)
