"""Bands: how totals are divided, with each part followed from one column to the next."""

from itertools import pairwise
from typing import Any, TypeAlias, Unpack

import altair as alt
import pandas as pd

from samarkand.charts import _words
from samarkand.charts._look import (
    INK,
    SOFT,
    WIDTH,
    Caption,
    Said,
    colour_of_group,
    label_rows,
    say_and_finish,
)
from samarkand.charts._tables import (
    axis_title,
    copy_columns,
    list_distinct,
    need_numbers,
    need_unique,
    texts_of_column,
)
from samarkand.common.errors import OutOfRange
from samarkand.common.words import tr
from samarkand.html import style

__all__ = ["bands"]

Rows: TypeAlias = "list[dict[str, Any]]"

#: Half a column's width, where columns are 1 apart; and the points of the curve between two columns.
_HALF, _CURVE = 0.2, 12
#: Smallest shares of the height at which a part shows its name, and its figure.
_NAMED, _COUNTED = 0.035, 0.05


def bands(frame: pd.DataFrame, x: str, y: str, group: str, **caption: Unpack[Caption]) -> alt.VConcatChart:
    """Draw columns divided into parts, and ribbons that join each part to the same part of the next column.

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
    **caption : str
        ``title``, ``source`` and ``subtitle``: see `finish`; the description is made from the rows.

    Raises
    ------
    UnknownName
        If a column is missing.
    CourseError
        If the table has no rows.
    WrongType
        If `y` holds no numbers.
    OutOfRange
        If a quantity is negative, or a part occurs twice in a column.

    Examples
    --------
    >>> oil = pd.DataFrame({"year": [2021, 2024] * 2, "to": ["China"] * 2 + ["India"] * 2,
    ...                     "oil_mt": [79.6, 108.5, 4.5, 87.5]})
    >>> bands(oil, "year", "oil_mt", "to", title="Oil", source="Review").description
    '2 bands show oil (million tonnes). China: 80 (2021), 108 (2024). India: 4 (2021), 88 (2024).'
    """
    wide = _pivot_parts(frame, x, y, group)
    chart = _draw_bands(wide, group, axis_title(y))
    figures = {}
    for name, part in wide.items():
        for position, amount in part.items():
            figures[f"{name} {position}"] = _words.format_figure(amount, 0)
    said = Said(_words.describe_bands(axis_title(y), wide), axis_title(y), figures)
    return say_and_finish(chart, said, caption, wide.reset_index())


def _pivot_parts(frame: pd.DataFrame, x: str, y: str, group: str) -> pd.DataFrame:
    """Return quantities: a row a column of the chart, sorted, and a column a part, in the order of `frame`.

    It raises what `bands` raises.
    """
    table = copy_columns(frame, x, y, group)
    need_numbers(table, y)
    if (table[y] < 0).any():
        text = tr('Bands divide a total: "{column}" holds a negative figure.', column=y)
        raise OutOfRange(text, code="negative", column=y)
    table[group] = texts_of_column(table[group])
    need_unique(table[[group, x]])
    names = list_distinct(table[group])
    wide = table.pivot(index=x, columns=group, values=y)
    return wide.reindex(columns=names).fillna(0.0).sort_index()


def _draw_bands(wide: pd.DataFrame, heading: str, quantity: str) -> alt.LayerChart | alt.FacetChart:
    """Draw the blocks, the ribbons between them, and their labels.

    Parameters
    ----------
    wide : pandas.DataFrame
        As `_pivot_parts` returns it.
    heading : str
        What a tooltip calls the name of a part.
    quantity : str
        What it calls the amount, with the unit.
    """
    names = [str(name) for name in wide]
    total = float(wide.sum(axis=1).max()) or 1.0
    names_below = alt.Axis(
        values=list(range(len(wide))),
        labelExpr=f"{[str(one) for one in wide.index]}[datum.value]",
        grid=False,
        ticks=False,
        domain=False,
    )
    domain = [-_HALF - 0.02, len(wide) - 1 + 0.95]
    along: dict[str, Any] = {"type": "quantitative", "title": None, "axis": names_below}
    along["scale"] = alt.Scale(domain=domain, nice=False)
    up: dict[str, Any] = {"type": "quantitative", "title": None, "axis": None}
    up["scale"] = alt.Scale(domain=[0, total * 1.08])
    paint = alt.Scale(domain=names, range=[colour_of_group(one, names) for one in names])
    hue = alt.Color(field="name", type="nominal", scale=paint, legend=None)
    tips = [alt.Tooltip(field="name", title=heading), alt.Tooltip(field="amount", title=quantity)]
    ends = {"y": alt.Y(field="low", **up), "y2": alt.Y2(field="high"), "color": hue}
    left = alt.X(field="left", **along)
    no_ribbon = {"name": "", "gap": "", "left": 0.0, "low": 0.0, "high": 0.0}  # of one column only
    flow = alt.Chart(pd.DataFrame(_lay_ribbons(wide) or [no_ribbon]))
    ribbons = flow.mark_area(opacity=0.38, interpolate="monotone")
    blocks = alt.Chart(pd.DataFrame(_lay_blocks(wide))).mark_bar(stroke="#ffffff", strokeWidth=1)
    labels = _lay_labels(wide, total)
    inside = pd.DataFrame([label for label in labels if label["align"] == "center"])
    beside = pd.DataFrame([label for label in labels if label["align"] == "left"])
    place: dict[str, Any] = {"x": alt.X(field="at", **along), "y": alt.Y(field="height", **up)}
    place["color"] = alt.Color(field="ink", type="nominal", scale=None)
    return alt.layer(
        ribbons.encode(x=left, detail=alt.Detail(field="gap", type="nominal"), **ends),
        blocks.encode(x=left, x2=alt.X2(field="right"), tooltip=tips, **ends),
        *label_rows(inside, "text", place, align="center", fontWeight="normal"),
        *label_rows(beside, "text", place, align="left", fontWeight="bold"),
    ).properties(width=WIDTH, height=330)


def _lay_blocks(wide: pd.DataFrame) -> Rows:
    """Return a row for each part of each column: where it begins and ends on both axes, and its amount.

    `wide` has a row a column of the chart, from the left, and a column a part, from the foot up.
    """
    blocks: Rows = []
    tops = wide.cumsum(axis=1)
    for name in wide:
        for position, (amount, high) in enumerate(zip(wide[name], tops[name], strict=True)):
            blocks.append(
                {
                    "name": str(name),
                    "left": position - _HALF,
                    "right": position + _HALF,
                    "amount": amount,
                    "low": high - amount,
                    "high": high,
                }
            )
    return blocks


def _lay_ribbons(wide: pd.DataFrame) -> Rows:
    """Return the points of the ribbons that join each part of a column to the same part of the next."""
    ribbons: Rows = []
    tops = wide.cumsum(axis=1)
    for name in wide:
        highs = list(tops[name])
        lows = [high - amount for high, amount in zip(highs, wide[name], strict=True)]
        for position, (low, next_low) in enumerate(pairwise(lows)):
            high, next_high = highs[position], highs[position + 1]
            for step in range(_CURVE + 1):
                share = step / _CURVE
                ease = share * share * (3 - 2 * share)  # level where it leaves a column and enters the next
                ribbons.append(
                    {
                        "name": str(name),
                        "gap": f"{name} {position}",
                        "left": position + _HALF + share * (1 - 2 * _HALF),
                        "low": low + ease * (next_low - low),
                        "high": high + ease * (next_high - high),
                    }
                )
    return ribbons


def _lay_labels(wide: pd.DataFrame, total: float) -> Rows:
    """Return the labels: figures within large parts, names at the right, and small parts above a column.

    A part that is too small to be named at the right is named above the column in which it is largest.
    """
    labels: Rows = []
    small: dict[int, list[str]] = {}
    tops = wide.cumsum(axis=1)
    names = [str(name) for name in wide]
    for name in names:
        amounts, highs = list(wide[name]), list(tops[name])
        ink = style.ink_upon(colour_of_group(name, names))
        for position, (amount, high) in enumerate(zip(amounts, highs, strict=True)):
            if amount >= _COUNTED * total:
                labels.append(_label_part(position, high - amount / 2, f"{amount:,.0f}", "center", ink))
        if amounts[-1] >= _NAMED * total:
            right = len(wide) - 1 + _HALF + 0.06
            labels.append(_label_part(right, highs[-1] - amounts[-1] / 2, name, "left", INK))
        elif max(amounts):
            position = int(wide[name].to_numpy().argmax())
            small.setdefault(position, []).append(f"{name} {amounts[position]:,.0f}")
    heights = wide.sum(axis=1)
    for position, parts in sorted(small.items()):
        height = float(heights.iloc[position]) + 0.035 * total
        labels.append(_label_part(position, height, ", ".join(parts), "center", SOFT))
    return labels


def _label_part(at: float, height: float, text: str, align: str, ink: str) -> dict[str, Any]:
    """Return a row of the labels: its place on both axes, its text, how that is aligned, and its colour."""
    return {"at": at, "height": height, "text": text, "align": align, "ink": ink}
