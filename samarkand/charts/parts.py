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
    table = copy_columns(frame, x, y, group)
    need_numbers(table, y)
    if (table[y] < 0).any():
        text = tr('Bands divide a total: "{column}" holds a negative figure.', column=y)
        raise OutOfRange(text, code="negative", column=y)
    table[group] = texts_of_column(table[group])
    need_unique(table[[group, x]])
    names = list_distinct(table[group])
    wide = table.pivot(index=x, columns=group, values=y).reindex(columns=names).fillna(0.0).sort_index()
    total = float(wide.sum(axis=1).max()) or 1.0
    blocks, ribbons, labels = _lay_out(wide, total)
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
    tips = [alt.Tooltip(field="name", title=group), alt.Tooltip(field="amount", title=axis_title(y))]
    ends = {"y": alt.Y(field="low", **up), "y2": alt.Y2(field="high"), "color": hue}
    left = alt.X(field="left", **along)
    flow = alt.Chart(pd.DataFrame(ribbons or [{"name": "", "gap": "", "left": 0.0, "low": 0.0, "high": 0.0}]))
    gap = alt.Detail(field="gap", type="nominal")
    drawn: list[Any] = [
        flow.mark_area(opacity=0.38, interpolate="monotone").encode(x=left, detail=gap, **ends),
        alt.Chart(pd.DataFrame(blocks))
        .mark_bar(stroke="#ffffff", strokeWidth=1)
        .encode(x=left, x2=alt.X2(field="right"), tooltip=tips, **ends),
    ]
    place: dict[str, Any] = {"x": alt.X(field="at", **along), "y": alt.Y(field="height", **up)}
    place["color"] = alt.Color(field="ink", type="nominal", scale=None)
    for align, weight in (("center", "normal"), ("left", "bold")):
        rows = pd.DataFrame([one for one in labels if one["align"] == align])
        drawn += label_rows(rows, "text", place, align=align, fontWeight=weight)
    chart = alt.layer(*drawn).properties(width=WIDTH, height=330)
    figures = {
        f"{one} {at}": _words.format_figure(amount, 0)
        for one, part in wide.items()
        for at, amount in part.items()
    }
    said = Said(_words.describe_bands(axis_title(y), wide), axis_title(y), figures)
    return say_and_finish(chart, said, caption, wide.reset_index())


def _lay_out(wide: pd.DataFrame, total: float) -> tuple[Rows, Rows, Rows]:
    """Return the blocks of the columns, the ribbons between them, and the labels."""
    blocks: Rows = []
    ribbons: Rows = []
    labels: Rows = []
    small: dict[int, list[str]] = {}
    tops, names = wide.cumsum(axis=1), list(map(str, wide))
    for name in names:
        amounts, highs = list(wide[name]), list(tops[name])
        for at, (amount, high) in enumerate(zip(amounts, highs, strict=True)):
            ends = {"low": high - amount, "high": high}
            blocks.append({"name": name, "left": at - _HALF, "right": at + _HALF, "amount": amount, **ends})
            if amount >= _COUNTED * total:
                ink = style.ink_upon(colour_of_group(name, names))
                labels.append(_label_part(at, high - amount / 2, f"{amount:,.0f}", "center", ink))
        for at, ((one, to_one), (two, to_two)) in enumerate(pairwise(zip(amounts, highs, strict=True))):
            for t in (step / _CURVE for step in range(_CURVE + 1)):
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
        if amounts[-1] >= _NAMED * total:
            end = len(wide) - 1 + _HALF + 0.06
            labels.append(_label_part(end, highs[-1] - amounts[-1] / 2, name, "left", INK))
        elif max(amounts):  # too small at the end to be named there: above its largest column
            at = int(wide[name].to_numpy().argmax())
            small.setdefault(at, []).append(f"{name} {amounts[at]:,.0f}")
    heights = wide.sum(axis=1)
    labels += [
        _label_part(at, float(heights.iloc[at]) + 0.035 * total, ", ".join(who), "center", SOFT)
        for at, who in sorted(small.items())
    ]
    return blocks, ribbons, labels


def _label_part(at: float, height: float, text: str, align: str, ink: str) -> dict[str, Any]:
    return {"at": at, "height": height, "text": text, "align": align, "ink": ink}
