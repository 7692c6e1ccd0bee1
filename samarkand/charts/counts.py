"""Points: two figures against each other, two counts of one thing, and what several counters say of it."""

# ruff: noqa: PLR0913  # a chart has much to say, and says it by name

from __future__ import annotations

import textwrap
from collections.abc import Collection
from typing import Any, Literal, Unpack

import altair as alt
import pandas as pd

from samarkand import data, sources
from samarkand.charts._look import GREY, NO_AXIS, SOFT, WIDTH, Caption, complete
from samarkand.charts._tables import (
    axis_title,
    columns,
    distinct,
    field,
    need_numbers,
    need_unique,
    picks,
    texts,
)
from samarkand.ground.errors import CourseError, OutOfRange, WrongType, unknown
from samarkand.ground.words import capitalised, listed, tr, trn
from samarkand.ground.words import day as in_words
from samarkand.page import style

__all__ = ["dumbbell", "ranges", "scatter", "who_counted"]

_BLUE, _RED = style.OKABE_ITO["blue"], style.OKABE_ITO["vermillion"]
#: A name longer than so many letters is broken into lines.
_LINE = 34
#: So many publishers, and so many letters of their names, find room in a source line.
_HOUSES, _LETTERS = 4, 60
#: Height of a row, in px: of one line, and what each further line of its name adds.
_ROW, _MORE = 30, 13


def scatter(
    frame: pd.DataFrame,
    x: str,
    y: str,
    *,
    name: str = "",
    marked: Collection[object] = (),
    log: Literal["", "x", "y", "xy"] = "",
    line: tuple[float, float] | None = None,
    **caption: Unpack[Caption],
) -> alt.VConcatChart:
    """Draw a point for each row, where two of its figures meet.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a point; rows without one of the two figures are left out, and the chart says how many.
    x, y : str
        Columns of numbers.
    name : str, optional
        Column that names the points.
    marked : collection, optional
        Names of points to pick out and to write beside them.
    log : {"", "x", "y", "xy"}
        Which axes are logarithmic.
    line : tuple of float, optional
        Intercept and slope of a straight line through the points; only where no axis is logarithmic.
    **caption : str
        ``title``, ``source`` and ``subtitle``: see `finish`; the description is made of the rows.

    Returns
    -------
    altair.VConcatChart

    Raises
    ------
    UnknownName
        If a column or a marked name is not there.
    CourseError
        If no row has both figures.
    WrongType
        If a column holds no numbers, or there is a line over a logarithmic axis.
    OutOfRange
        If a figure on a logarithmic axis is zero or less: it says how many are.

    Examples
    --------
    >>> pairs = pd.DataFrame({"distance_km": [900, 3700], "trade_usd_mn": [5000, 700]})
    >>> text = dict(title="Trade and distance", source="own")
    >>> scatter(pairs, "distance_km", "trade_usd_mn", **text).to_dict()["description"]
    '2 points. distance from 900 to 3,700 km, trade from 700 to 5,000 USD mn.'
    """
    table = columns(frame, x, y, name)
    need_numbers(table, x, y)
    whole = len(table)
    table = table.dropna(subset=[x, y]).reset_index(drop=True)
    if table.empty:
        raise CourseError(tr("No row has both figures, so there is nothing to draw."))
    for column in map(str, table[[x, y]].select_dtypes("float")):  # the last digits are each Python’s own
        table[column] = [float(f"{value:.12g}") for value in table[column]]
    for axis, column in (("x", x), ("y", y)):
        lost = int((table[column] <= 0).sum())
        if axis in log and lost:
            raise OutOfRange(
                trn(
                    '{n} value of "{column}" is zero or less, and a logarithmic axis has no place for it. '
                    "Leave it out first, and say so.",
                    '{n} values of "{column}" are zero or less, and a logarithmic axis has no place for '
                    "them. Leave them out first, and say so.",
                    lost,
                    column=column,
                )
            )
    if line is not None and log:
        raise WrongType(
            tr("A straight line in figures is bent on a logarithmic axis: take one or the other.")
        )
    names = table[name] if name else pd.Series("", table.index)
    table["_name"], wanted = texts(names), picks(names, marked, tr("point"))
    chosen = table["_name"].isin(wanted)

    room: dict[str, Any] = {
        "x": alt.X(field=field(x), **_along(table[x], "x" in log)),
        "y": alt.Y(field=field(y), **_along(table[y], "y" in log)),
    }
    tips = [alt.Tooltip(field=field(c), title=axis_title(c)) for c in (name, x, y) if c]
    # A stored chart carries its rows: points that are not named do without what only names need.
    plain, picked = alt.Chart(table[~chosen].drop(columns="_name")), alt.Chart(table[chosen])
    drawn: list[Any] = []
    if line is not None:
        ends = pd.DataFrame({x: [table[x].min(), table[x].max()]})
        ends[y] = line[0] + line[1] * ends[x]
        drawn.append(alt.Chart(ends).mark_line(color=GREY, strokeDash=[6, 3], strokeWidth=1.5).encode(**room))
    if not chosen.all():
        drawn.append(plain.mark_circle(size=34, color=_BLUE, opacity=0.7).encode(**room, tooltip=tips))
    if wanted:
        # A diamond as well as a colour, and its name in ink.
        drawn.append(
            picked.mark_point(size=90, shape="diamond", filled=True, color=_RED, opacity=1).encode(
                **room, tooltip=tips
            )
        )
        drawn.append(
            picked.mark_text(align="left", dx=8, fontWeight="bold").encode(
                **room, text=alt.Text(field="_name", type="nominal")
            )
        )
    said = [
        trn("{n} point.", "{n} points.", len(table)),
        tr("{x}, {y}.", x=_span(table, x), y=_span(table, y)),
    ]
    if whole > len(table):
        said.append(trn("{n} row has no figure.", "{n} rows have no figure.", whole - len(table)))
    chart = alt.layer(*drawn).properties(width=WIDTH, height=360)
    # Points without names are read off the picture alone; their rows would tell nobody which is which.
    return complete(chart, " ".join(said), caption, columns(table, name, x, y) if name else None)


def dumbbell(
    frame: pd.DataFrame,
    name: str,
    first: str,
    second: str,
    *,
    labels: tuple[str, str] | None = None,
    axis: str = "",
    **caption: Unpack[Caption],
) -> alt.VConcatChart:
    """Draw two counts of one thing on a line, so that what is seen is the gap.

    The first count is a circle, the second a square, each with its figure; a count that is missing has none.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a thing that was counted twice, in the order in which they are to be drawn.
    name : str
        Column that names the rows.
    first, second : str
        Columns with the two counts, in one unit.
    labels : tuple of str, optional
        What the two counts are called; made of the columns' names if left out.
    axis : str, optional
        Title of the axis; made of the first column's name if left out.
    **caption : str
        ``title``, ``source`` and ``subtitle``: see `finish`; the description is made of the rows.

    Returns
    -------
    altair.VConcatChart

    Raises
    ------
    UnknownName, CourseError
        If a column or all rows are missing.
    WrongType
        If a column of counts holds no numbers.
    OutOfRange
        If a name stands twice.

    Examples
    --------
    >>> trade = pd.DataFrame({"state": ["Kazakhstan"], "china_usd_bn": [31.2], "own_usd_bn": [24.1]})
    >>> text = dict(title="Two customs offices, one trade", source="press")
    >>> dumbbell(trade, "state", "china_usd_bn", "own_usd_bn", **text).to_dict()["description"]
    'Kazakhstan: china 31.2, own 24.1.'
    """
    table = columns(frame, name, first, second)
    need_numbers(table, first, second)
    table["_name"] = texts(table[name])
    need_unique(table[["_name"]])
    called = labels or (_bare(first), _bare(second))
    table["_low"], table["_high"] = table[[first, second]].min(axis=1), table[[first, second]].max(axis=1)

    names = alt.Y(
        field="_name", type="nominal", sort=list(table["_name"]), title=None, axis=_names_axis(offset=30)
    )
    scale = alt.Scale(zero=True, nice=True)
    drawn: list[Any] = [
        alt.Chart(table.dropna(subset=[first, second]))
        .mark_rule(color=GREY, strokeWidth=3)
        .encode(
            y=names,
            x=alt.X("_low:Q", title=axis or axis_title(first), scale=scale, axis=NO_AXIS),
            x2="_high:Q",
        )
    ]
    for column, shape, hue, called_ in (
        (first, "circle", _BLUE, called[0]),
        (second, "square", _RED, called[1]),
    ):
        mine = table.dropna(subset=[column]).copy()
        if mine.empty:
            continue
        other = second if column == first else first
        mine["_label"] = [f"{value:,.1f}" for value in mine[column]]
        outward = mine[other].isna() | (mine[column] >= mine[other])
        where = {"x": alt.X(field=field(column), type="quantitative", scale=scale), "y": names}
        drawn.append(
            alt.Chart(mine)
            .mark_point(shape=shape, filled=True, size=110, color=hue, opacity=1)
            .encode(**where, tooltip=[alt.Tooltip(field="_label", title=called_)])
        )
        beyond: dict[str, Any] = {"align": "left", "dx": 9}
        before: dict[str, Any] = {"align": "right", "dx": -9}
        for side, place in ((mine[outward], beyond), (mine[~outward], before)):
            if len(side):
                drawn.append(
                    alt.Chart(side)
                    .mark_text(**place)
                    .encode(**where, text=alt.Text(field="_label", type="nominal"))
                )
        # The first row says which mark is whose.
        key = mine.head(1).assign(_key=called_)
        drawn.append(
            alt.Chart(key)
            .mark_text(dy=-16, fontWeight="bold", align="left" if outward.iloc[0] else "right")
            .encode(**where, text=alt.Text(field="_key", type="nominal"))
        )
    said = [
        tr(
            "{name}: {one} {first}, {other} {second}.",
            name=row["_name"],
            one=called[0],
            first=_said(row[first], 1),
            other=called[1],
            second=_said(row[second], 1),
        )
        for _, row in table.iterrows()
    ]
    chart = alt.layer(*drawn).properties(width=WIDTH, height=max(90, 46 * len(table)))
    return complete(chart, " ".join(said), caption, columns(table, name, first, second))


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
    """Draw what each counter says: a point, a range, an upper bound, or that no number was given.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a counter, in the order in which they are to be drawn.
    name : str
        Column that names the counters; a name may stand twice.
    value : str
        Column with the figure; a missing one is no zero.
    low, high : str, optional
        Columns with the bounds of a range.
    note : str, optional
        Column with a few words that are written beside the figure, such as its day.
    digits : int, optional
        Decimals of the figures; none for whole numbers and as many as needed, up to two, if left out.
    axis : str, optional
        Title of the axis; made of the column's name if left out.
    **caption : str
        ``title``, ``source`` and ``subtitle``: see `finish`; the description is made of the rows.

    Returns
    -------
    altair.VConcatChart

    Raises
    ------
    UnknownName, CourseError
        If a column or all rows are missing, or no counter gives a number.
    WrongType
        If a column of figures holds no numbers.

    Examples
    --------
    >>> dead = pd.DataFrame({"counter": ["prosecutors", "ministry"], "dead": [230, None]})
    >>> text = dict(title="Who counted?", source="press")
    >>> ranges(dead, "counter", "dead", **text).to_dict()["description"]
    'prosecutors: 230. ministry: no number given.'
    """
    table = columns(frame, name, value, low, high, note)
    figures = distinct([column for column in (value, low, high) if column])
    need_numbers(table, *figures)
    given = table[figures].stack().dropna()
    if given.empty:
        raise CourseError(tr("No counter gives a number, so there is nothing to draw."))
    if digits is None:
        digits = next((d for d in (0, 1) if (given.round(d) == given).all()), 2)
    table["_low"], table["_high"] = table[figures].min(axis=1), table[figures].max(axis=1)
    words = [_range_in_words(row, value, digits) for _, row in table.iterrows()]
    notes = texts(table[note]) if note else [""] * len(table)
    table["_label"] = [f"{w} · {n}" if n else w for w, n in zip(words, notes, strict=True)]
    lines = ["\n".join(textwrap.wrap(one, _LINE)) or one for one in texts(table[name])]
    # A counter may speak twice: an invisible number keeps its rows apart.
    table["_row"] = [f"{number}\t{one}" for number, one in enumerate(lines)]

    scale = alt.Scale(domain=[0, float(table["_high"].max()) * 1.04], nice=False)
    across: dict[str, Any] = {"type": "quantitative", "title": axis or axis_title(value), "scale": scale}
    across["axis"] = NO_AXIS
    rows = alt.Y(field="_row", type="nominal", sort=list(table["_row"]), title=None, axis=_names_axis())
    drawn: list[Any] = []
    spans = table[table["_low"] < table["_high"]]
    if len(spans):
        drawn.append(
            alt.Chart(spans)
            .mark_bar(height=9, color=_BLUE, opacity=0.45)
            .encode(y=rows, x=alt.X(field="_low", **across), x2="_high:Q")
        )
    at_most = table[table[value].isna() & (table["_low"] == table["_high"])]
    if len(at_most):  # an arrow towards less
        drawn.append(
            alt.Chart(at_most)
            .mark_point(shape="triangle-left", filled=True, size=110, color=_BLUE, opacity=1)
            .encode(y=rows, x=alt.X(field="_high", **across))
        )
    points = table.dropna(subset=[value])
    if len(points):
        drawn.append(
            alt.Chart(points)
            .mark_point(shape="circle", filled=True, size=90, color=_BLUE, opacity=1)
            .encode(y=rows, x=alt.X(field=field(value), **across))
        )
    for side, where, look in (
        (table.dropna(subset=["_high"]), "_high", {"dx": 10}),
        (
            table[table["_high"].isna()].assign(_zero=0.0),
            "_zero",
            {"dx": 4, "fontStyle": "italic", "color": SOFT},
        ),
    ):
        if len(side):
            drawn.append(
                alt.Chart(side)
                .mark_text(align="left", **look)
                .encode(y=rows, x=alt.X(field=where, **across), text=alt.Text(field="_label", type="nominal"))
            )
    said = [
        tr("{name}: {said}.", name=one, said=f"{word}, {extra}" if extra else word)
        for one, word, extra in zip(texts(table[name]), words, notes, strict=True)
    ]
    more = max(line.count("\n") for line in lines)
    height = len(table) * (_ROW + _MORE * more)
    chart = alt.layer(*drawn).properties(width=WIDTH, height=max(90, height))
    return complete(chart, " ".join(said), caption, columns(table, name, low, value, high, note))


def who_counted(quantity: str, *, title: str = "") -> alt.VConcatChart:
    """Draw what each counter gives for one quantity of the table `who_counted`, by day.

    Parameters
    ----------
    quantity : str
        One of the quantities of the table, for example ``"dead of January 2022"``.
    title : str, optional
        What the picture shows; made of the quantity if left out.

    Returns
    -------
    altair.VConcatChart

    Raises
    ------
    UnknownName
        If there is no such quantity; it names the nearest one.

    Examples
    --------
    >>> who_counted("cost of the China-Kyrgyzstan-Uzbekistan railway").to_dict()["description"]
    'Global Construction Review: 8, 31 May 2024. Daryo: 4.7, 20 December 2024.'
    """
    table = data.load("who_counted")
    known = list(table["quantity"].unique())
    if quantity not in known:
        raise unknown(tr("quantity"), quantity, known)
    mine = table[table["quantity"] == quantity].sort_values("day", kind="stable")
    mine["when"] = [in_words(day) for day in mine["day"]]
    unit = mine["unit"].iloc[0]
    houses = distinct([one.publisher for one in sources.cite.sources(*mine["source"])])
    return ranges(
        mine.rename(columns={"value": unit}),
        "counter",
        unit,
        low="low",
        high="high",
        note="when",
        axis=unit,
        title=title or tr("Who counted? {quantity}", quantity=capitalised(quantity)),
        source=listed(houses) if len(houses) <= _HOUSES else _and_more(houses),
    )


def _and_more(houses: list[str]) -> str:
    named = houses[:_HOUSES]
    while len(", ".join(named)) > _LETTERS:
        named.pop()
    return trn(
        "{houses} and {n} more, named in the table who_counted",
        "{houses} and {n} more, named in the table who_counted",
        len(houses) - len(named),
        houses=", ".join(named),
    )


def _along(values: pd.Series, logarithmic: bool) -> dict[str, Any]:
    """Return an axis of points: with room around them, and none below zero where nothing can be."""
    look: dict[str, Any] = {"type": "quantitative", "title": axis_title(str(values.name))}
    if logarithmic:
        look["axis"] = alt.Axis(labelOverlap="greedy", labelSeparation=10, grid=False)
        return look | {"scale": alt.Scale(type="log", nice=False, padding=12)}
    least = 0 if 0 <= values.min() < values.max() / 4 else alt.Undefined
    look["axis"] = alt.Axis(grid=False)  # its lines would strike the names through
    return look | {"scale": alt.Scale(zero=False, padding=12, domainMin=least)}


def _names_axis(offset: int = 0) -> alt.Axis:
    """Return an axis of long names: broken into lines, without the number that keeps two of them apart."""
    return alt.Axis(
        ticks=False,
        domain=False,
        labelLimit=300,
        offset=offset,
        labelExpr="split(replace(datum.label, /^\\d+\\t/, ''), '\\n')",
    )


def _bare(column: str) -> str:
    """Return a column's name without its unit.

    >>> _bare("china_usd_bn")
    'china'
    """
    return axis_title(column).partition(" (")[0]


def _span(table: pd.DataFrame, column: str) -> str:
    def short(value: float) -> str:
        if 0 < value < 0.01:
            return tr("less than 0.01")
        return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.3g}"

    what, _, unit = axis_title(column).partition(" (")
    low, high = short(table[column].min()), short(table[column].max())
    return tr("{what} from {low} to {high}", what=what, low=low, high=high) + (
        f" {unit[:-1]}" if unit else ""
    )


def _said(figure: float, digits: int) -> str:
    return tr("no count") if pd.isna(figure) else f"{figure:,.{digits}f}"


def _range_in_words(row: pd.Series, value: str, digits: int) -> str:
    """Return what a counter gives, in words."""
    if pd.isna(row["_high"]):
        return tr("no number given")
    low, high, figure = (_plainly(row[column], digits) for column in ("_low", "_high", value))
    if pd.isna(row[value]):
        return tr("up to {high}", high=high) if low == high else tr("{low} to {high}", low=low, high=high)
    if low == high:
        return high
    return tr("{figure} ({low} to {high})", figure=figure, low=low, high=high)


def _plainly(figure: float, digits: int) -> str:
    """Return a figure without zeros at its end.

    >>> _plainly(1.5, 2), _plainly(1200.0, 2), _plainly(1200.0, 0)
    ('1.5', '1,200', '1,200')
    """
    return f"{figure:,.{digits}f}".rstrip("0").rstrip(".") if digits else f"{figure:,.0f}"
