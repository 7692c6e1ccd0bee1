"""Bands: how a total is divided, column by column, with each part followed from one column to the next."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, TypeAlias, Unpack

import altair as alt
import pandas as pd

from samarkand.charts import _telling
from samarkand.charts._look import INK, SOFT, WIDTH, Caption, colour, complete, ink_upon
from samarkand.charts._tables import axis_title, columns, distinct, each_once, numeric, texts
from samarkand.ground.errors import OutOfRange, WrongType
from samarkand.ground.words import tr

__all__ = ["bands"]

Rows: TypeAlias = "list[dict[str, Any]]"

#: Half a column's width, where columns are 1 apart; and the points of the curve between two columns.
_HALF, _CURVE = 0.2, 12
#: A part is named and counted where it takes this share of the height, or the least it needs for its figure.
_NAMED, _COUNTED = 0.035, 0.05


def bands(
    frame: pd.DataFrame, x: str, y: str, group: str, *, digits: int = 0, **caption: Unpack[Caption]
) -> alt.VConcatChart:
    """Draw columns divided into parts, and a ribbon from each part to itself in the next column.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a part of a column.
    x : str
        Column that names the columns, such as ``year``; drawn in sorted order.
    y : str
        Column of quantities, none negative; a missing one counts as none.
    group : str
        Column that names the parts; the first is drawn at the foot.
    digits : int, default 0
        Decimals of the figures.
    **caption : str
        ``title``, ``source`` and ``subtitle``: see `finish`; the description is made of the rows.

    Returns
    -------
    altair.VConcatChart

    Raises
    ------
    UnknownName
        If a column is not there.
    CourseError
        If the table has no row.
    WrongType
        If `y` holds no numbers.
    OutOfRange
        If a quantity is negative, or a part stands twice in a column.

    Examples
    --------
    >>> oil = pd.DataFrame({"year": [2021, 2024] * 2, "to": ["China"] * 2 + ["India"] * 2,
    ...                     "oil_mt": [79.6, 108.5, 4.5, 87.5]})
    >>> bands(oil, "year", "oil_mt", "to", title="Oil", source="Review").description
    '2 bands show oil (million tonnes). China: 80 (2021), 108 (2024). India: 4 (2021), 88 (2024).'
    """
    table = columns(frame, x, y, group)
    if not numeric(table[y]):
        raise WrongType(tr('Bands need figures: "{column}" does not hold numbers.', column=y))
    if (table[y] < 0).any():
        raise OutOfRange(tr('Bands divide a total: "{column}" holds a negative figure.', column=y))
    table[group] = texts(table[group])
    each_once(table[[group, x]])
    names = distinct(list(table[group]))
    wide = table.pivot(index=x, columns=group, values=y).reindex(columns=names).fillna(0.0).sort_index()
    whole = float(wide.cumsum(axis=1).iloc[:, -1].max()) or 1.0
    blocks, ribbons, labels = _laid_out(wide, whole, digits)
    x_axis, along, across = _axes(wide, whole)
    paint = alt.Scale(domain=names, range=[colour(one, names) for one in names])
    hue = alt.Color(field="name", type="nominal", scale=paint, legend=None)
    tips = [alt.Tooltip(field="name", title=group), alt.Tooltip(field="amount", title=axis_title(y))]
    flow = (
        alt.Chart(pd.DataFrame(ribbons or [{"name": "", "gap": "", "left": 0.0, "low": 0.0, "high": 0.0}]))
        .mark_area(opacity=0.38, interpolate="monotone")
        .encode(
            x=alt.X(field="left", axis=x_axis, **along),
            y=alt.Y(field="low", **across),
            y2=alt.Y2(field="high"),
            color=hue,
            detail=alt.Detail(field="gap", type="nominal"),
        )
    )
    column = (
        alt.Chart(pd.DataFrame(blocks))
        .mark_bar(stroke="#ffffff", strokeWidth=1)
        .encode(
            x=alt.X(field="left", axis=x_axis, **along),
            x2=alt.X2(field="right"),
            y=alt.Y(field="low", **across),
            y2=alt.Y2(field="high"),
            color=hue,
            tooltip=tips,
        )
    )
    drawn = [flow, column]
    for align in ("center", "left"):
        said = pd.DataFrame([one for one in labels if one["align"] == align])
        if len(said):
            drawn.append(
                alt.Chart(said)
                .mark_text(align=align, fontWeight="bold" if align == "left" else "normal")
                .encode(
                    x=alt.X(field="at", axis=x_axis, **along),
                    y=alt.Y(field="height", **across),
                    text=alt.Text(field="text", type="nominal"),
                    color=alt.Color(field="ink", type="nominal", scale=None),
                )
            )
    chart = alt.layer(*drawn).properties(width=WIDTH, height=330)
    description = _telling.bands(axis_title(y), wide, digits=digits)
    return complete(chart, description, caption, wide.reset_index())


def _laid_out(wide: pd.DataFrame, whole: float, digits: int) -> tuple[Rows, Rows, Rows]:
    """Return the blocks of the columns, the ribbons between them, and what is written on them."""
    blocks: Rows = []
    ribbons: Rows = []
    labels: Rows = []
    top, names = wide.cumsum(axis=1), list(map(str, wide))
    for name in names:
        for at, (here, high) in enumerate(zip(wide[name], top[name], strict=True)):
            ends = {"low": high - here, "high": high}
            blocks.append({"name": name, "left": at - _HALF, "right": at + _HALF, "amount": here, **ends})
            if here >= _COUNTED * whole:
                fill = ink_upon(colour(name, names))
                labels.append(_text(at, high - here / 2, f"{here:,.{digits}f}", "center", fill))
        for at, ((one, to_one), (two, to_two)) in enumerate(
            pairwise(zip(wide[name], top[name], strict=True))
        ):
            for step in range(_CURVE + 1):
                t = step / _CURVE
                ease = t * t * (3 - 2 * t)  # level where it leaves a column and where it enters the next
                ribbons.append(
                    {
                        "name": name,
                        "gap": f"{name} {at}",
                        "left": at + _HALF + t * (1 - 2 * _HALF),
                        "low": (to_one - one) + ease * ((to_two - two) - (to_one - one)),
                        "high": to_one + ease * (to_two - to_one),
                    }
                )
        if wide[name].iloc[-1] >= _NAMED * whole:
            middle = top[name].iloc[-1] - wide[name].iloc[-1] / 2
            labels.append(_text(len(wide) - 1 + _HALF + 0.06, middle, name, "left", INK))
    return blocks, ribbons, labels + _small(wide, whole, digits)


def _axes(wide: pd.DataFrame, whole: float) -> tuple[alt.Axis, dict[str, Any], dict[str, Any]]:
    """Return the axis that names the columns, and what places have in common along it and across."""
    last = len(wide) - 1
    x_axis = alt.Axis(
        values=list(range(len(wide))),
        labelExpr=f"{[str(one) for one in wide.index]}[datum.value]",
        grid=False,
        ticks=False,
        domain=False,
    )
    along: dict[str, Any] = {
        "type": "quantitative",
        "title": None,
        "scale": alt.Scale(domain=[-_HALF - 0.02, last + 0.95], nice=False),
    }
    across: dict[str, Any] = {
        "type": "quantitative",
        "title": None,
        "axis": None,
        "scale": alt.Scale(domain=[0, whole * 1.08]),
    }
    return x_axis, along, across


def _text(at: float, height: float, text: str, align: str, ink: str) -> dict[str, Any]:
    return {"at": at, "height": height, "text": text, "align": align, "ink": ink}


def _small(wide: pd.DataFrame, whole: float, digits: int) -> Rows:
    """Return the names of parts too small at the end to stand there: above their largest column."""
    above: dict[int, list[str]] = {}
    for name in wide.columns:
        if wide[name].iloc[-1] < _NAMED * whole and wide[name].max() > 0:
            at = int(wide[name].to_numpy().argmax())
            above.setdefault(at, []).append(f"{name} {wide[name].iloc[at]:,.{digits}f}")
    heights = wide.sum(axis=1)
    return [
        _text(at, float(heights.iloc[at]) + 0.035 * whole, ", ".join(told), "center", SOFT)
        for at, told in sorted(above.items())
    ]
