"""Bars, lines and steps: each takes a table and the names of its columns."""

# ruff: noqa: PLR0913  # a chart has much to say, and says it by name

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal, Unpack

import altair as alt
import pandas as pd

from samarkand import data
from samarkand.charts import _telling
from samarkand.charts._look import GREY, INK, NO_AXIS, WIDTH, Caption, colour, complete, dash
from samarkand.charts._tables import (
    axis_title,
    columns,
    distinct,
    each_once,
    field,
    numeric,
    of_days,
    picks,
    texts,
)
from samarkand.ground.errors import WrongType, unknown
from samarkand.ground.words import month, tr
from samarkand.page import style

__all__ = ["bars", "lines", "steps"]

#: So many marks or fewer on the axis of a line.
_MARKS = 6
#: So many years or months, or fewer, are each written below a line.
_FEW = 8


def bars(
    frame: pd.DataFrame,
    x: str,
    y: str,
    *,
    group: str = "",
    marked: Collection[object] = (),
    reference: Mapping[str, float] | None = None,
    digits: int | None = None,
    axis: str = "",
    **caption: Unpack[Caption],
) -> alt.VConcatChart:
    """Draw a bar for each row, with its figure at the end.

    Bars lie where `x` is the figure and `y` names the row; they stand where `y` is the figure.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a bar, in the order in which they are to be drawn.
    x, y : str
        Columns; one of them holds numbers.
    group : str, optional
        Column that splits each row's bar in several, named beside their figures.
    marked : collection, optional
        Names of rows to pick out; only without `group`, whose parts have colours of their own.
    reference : mapping of str to float, optional
        Figures to compare with: each is a line with its label.
    digits : int, optional
        Decimals of the figures; none for whole numbers and one for others if left out.
    axis : str, optional
        Title of the axis of figures; made of the column's name if left out.
    **caption : str
        ``title``, ``source`` and ``subtitle``: see `finish`; the description is made of the rows.

    Returns
    -------
    altair.VConcatChart

    Raises
    ------
    UnknownName
        If a column or a marked row is not there.
    CourseError
        If the table has no row.
    WrongType
        If neither column holds numbers, or both are one.
    OutOfRange
        If two rows have the same name and group.

    Examples
    --------
    >>> people = pd.DataFrame({"state": ["China", "India"], "people_pct": [17.8, 17.7]})
    >>> two = bars(people, "people_pct", "state", title="Two states", source="World Bank")
    >>> two.vconcat[0].layer[0].mark, two.description
    ('bar', '2 bars show people (per cent): China 17.8, India 17.7.')
    """
    table = columns(frame, x, y, group)
    if x == y:
        raise WrongType(tr('A bar needs a figure and a name: "{x}" cannot be both.', x=x))
    if not numeric(table[x]) and not numeric(table[y]):
        raise WrongType(tr('A bar needs a figure: neither "{x}" nor "{y}" holds numbers.', x=x, y=y))
    lying = not numeric(table[y])
    figure, name = (x, y) if lying else (y, x)
    named_rows = texts(table[name])
    picked_out = picks(table[name], () if group else marked, tr("row"))
    table[name] = named_rows
    each_once(columns(table, name, group))
    groups = distinct(texts(table[group])) if group else []
    table["_colour"] = _bar_colours(table, name, group, picked_out)
    if digits is None:
        digits = 0 if (table[figure].dropna() % 1 == 0).all() else 1
    named = [f"  {one}" for one in texts(table[group])] if group else [""] * len(table)
    table["_label"] = [f"{value:,.{digits}f}{one}" for value, one in zip(table[figure], named, strict=True)]

    figures: dict[str, Any] = {
        "field": field(figure),
        "type": "quantitative",
        "title": axis or axis_title(figure),
        "scale": alt.Scale(domain=_room(table[figure], reference or {})),
        "axis": NO_AXIS,
    }
    names: dict[str, Any] = {"field": field(name), "type": "nominal", "sort": distinct(named_rows)}
    room: dict[str, Any]
    beyond: dict[str, Any]
    below: dict[str, Any]
    if lying:
        room = {"x": alt.X(**figures), "y": alt.Y(**names, title=None, axis=alt.Axis(ticks=False))}
        beyond, below = {"align": "left", "dx": 4}, {"align": "right", "dx": -4}
    else:
        upright = alt.Axis(labelAngle=0)
        room = {"x": alt.X(**names, title=None if name == "year" else axis_title(name), axis=upright)}
        room["y"] = alt.Y(**figures)
        beyond, below = {"baseline": "bottom", "dy": -3}, {"baseline": "top", "dy": 3}
    if group:
        offset: dict[str, Any] = {"field": field(group), "type": "nominal", "sort": groups}
        room |= {"yOffset": alt.YOffset(**offset)} if lying else {"xOffset": alt.XOffset(**offset)}
    base = alt.Chart(table)
    fill = alt.Color(field="_colour", type="nominal", scale=None)
    drawn = [
        base.mark_bar().encode(**room, color=fill, tooltip=_tips(name, figure, group)),
        *(
            alt.Chart(side).mark_text(**place).encode(**room, text=alt.Text(field="_label", type="nominal"))
            for side, place in ((table[table[figure] >= 0], beyond), (table[table[figure] < 0], below))
            if len(side)
        ),
        *_references(reference or {}, lying),
    ]
    height = max(60, 24 * len(table)) if lying else 300
    chart = alt.layer(*drawn).properties(width=WIDTH, height=height)
    told = pd.DataFrame(
        {"name": table[name], "group": texts(table[group]) if group else "", "figure": table[figure]}
    )
    description = _telling.bars(
        axis or axis_title(figure), told, marked=picked_out, reference=reference, digits=digits
    )
    return complete(chart, description, caption, columns(frame, name, group, figure))


def lines(
    frame: pd.DataFrame,
    x: str,
    y: str,
    *,
    group: str = "",
    reference: Mapping[str, float] | None = None,
    notes: Mapping[Any, str] | None = None,
    axis: str = "",
    interpolate: Literal["linear", "step-after"] = "linear",
    **caption: Unpack[Caption],
) -> alt.VConcatChart:
    """Draw a line through the rows, or one for each group, named at its end.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a point; sorted here by `x`.
    x : str
        Column of days, or of years or other numbers.
    y : str
        Column of numbers; a missing one leaves a gap.
    group : str, optional
        Column with the line's name.
    reference : mapping of str to float, optional
        Levels to compare with, each with its label.
    notes : mapping of day or number to str, optional
        What to say where the story turns: a few words at a point of `x`.
    axis : str, optional
        Title of the axis of figures; made of the column's name if left out.
    interpolate : {"linear", "step-after"}
        How the line goes from one point to the next.
    **caption : str
        ``title``, ``source`` and ``subtitle``: see `finish`; the description is made of the rows.

    Returns
    -------
    altair.VConcatChart

    Raises
    ------
    UnknownName
        If a column is not there, or no point where a note is to stand.
    CourseError
        If the table has no row.
    WrongType
        If `y` holds no numbers, or `x` neither days nor numbers.

    Examples
    --------
    >>> counts = pd.DataFrame({"year": [2001, 2017], "members": [6, 8]})
    >>> lines(counts, "year", "members", title="Members", source="SCO").description
    '1 line shows members. 6 (2001), 8 (2017).'
    """
    table = columns(frame, x, y, group).sort_values(x, kind="stable")
    if not numeric(table[y]):
        raise WrongType(tr('A line needs figures: "{column}" does not hold numbers.', column=y))
    if not of_days(table[x]) and not numeric(table[x]):
        raise WrongType(
            tr('A line runs along days or numbers: "{column}" holds neither. Use bars for names.', column=x)
        )
    table["_name"] = texts(table[group]) if group else ""
    names = distinct(list(table["_name"]))

    up = alt.Y(
        field=field(y),
        type="quantitative",
        title=axis or axis_title(y),
        scale=alt.Scale(zero=True),
        axis=alt.Axis(tickCount=_MARKS, domain=False, ticks=False, labelPadding=8),
    )
    room: dict[str, Any] = {"x": _along(table[x]), "y": up}
    paint = alt.Scale(domain=names, range=[colour(one, names) for one in names])
    dashes = alt.Scale(domain=names, range=[dash(one, names) for one in names])
    hue = alt.Color(field="_name", type="nominal", scale=paint, legend=None)
    stroke = alt.StrokeDash(field="_name", type="nominal", scale=dashes, legend=None)
    base = alt.Chart(table)
    drawn: list[Any] = [
        base.mark_line(interpolate=interpolate, strokeWidth=2.5).encode(**room, color=hue, strokeDash=stroke),
        base.mark_circle(size=30, opacity=1).encode(**room, color=hue, tooltip=_tips(group, x, y)),
        *_references(reference or {}, lying=False),
    ]
    if group:
        # Named at the end of the line, in ink: letters in the line's own colour would be too pale to read.
        last = table.dropna(subset=[y]).groupby("_name", sort=False).tail(1)
        end = alt.Chart(last).mark_text(align="left", dx=7, fontWeight="bold")
        drawn.append(end.encode(**room, text=alt.Text(field="_name", type="nominal")))
    said = _noted(table, x, notes or {})
    if len(said):
        beside = {"align": "right", "dx": -7, "dy": -9} if interpolate == "step-after" else {"dy": -12}
        drawn.append(alt.Chart(said).mark_text(**beside).encode(**room, text="_note:N"))
    chart = alt.layer(*drawn).properties(width=WIDTH, height=300)
    told = pd.DataFrame({"name": table["_name"], "at": _telling.whens(table[x]), "figure": table[y]})
    in_steps = interpolate == "step-after"
    told["note"] = said["_note"].reindex(told.index, fill_value="") if len(said) else ""
    description = _telling.lines(axis or axis_title(y), told, steps=in_steps, reference=reference)
    return complete(chart, description, caption, columns(table, group, x, y))


def steps(frame: pd.DataFrame, x: str, y: str, **how: Any) -> alt.VConcatChart:
    """Draw a line in steps: each figure holds until the next one.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a change; sorted here by `x`.
    x, y : str
        Column of days or numbers, and column of figures.
    **how
        ``title``, ``source``, ``subtitle``, ``group``, ``reference``, ``notes``, ``axis``: as for `lines`,
        and so is what is raised.

    Returns
    -------
    altair.VConcatChart

    Examples
    --------
    >>> counts = pd.DataFrame({"year": [2001, 2017], "members": [6, 8]})
    >>> text = dict(title="Members", source="SCO")
    >>> steps(counts, "year", "members", **text).vconcat[0].layer[0].mark.interpolate
    'step-after'
    """
    return lines(frame, x, y, interpolate="step-after", **how)


def _tips(*names: str) -> list[alt.Tooltip]:
    return [alt.Tooltip(field=field(name), title=axis_title(name)) for name in names if name]


def _noted(table: pd.DataFrame, x: str, notes: Mapping[Any, str]) -> pd.DataFrame:
    """Return the first row at each point that has a note, with the note."""
    if of_days(table[x]):
        notes = {data.as_day(at): note for at, note in notes.items()}
    for at in notes:
        if not (table[x] == at).any():
            raise unknown(tr("point"), str(at), [str(one) for one in table[x]])
    rows = table[table[x].isin(list(notes))].drop_duplicates(x)
    return rows.assign(_note=rows[x].map(dict(notes)))


def _along(values: pd.Series) -> alt.X:
    """Return the axis that lines run along: days, years, or other numbers."""
    name = str(values.name)
    if of_days(values):
        return alt.X(field=field(name), type="temporal", title=None, axis=alt.Axis(grid=False))
    whole = bool((values.dropna() % 1 == 0).all())
    if not whole:
        axis = alt.Axis(grid=False)
    elif values.nunique() <= _FEW:  # every year there is, and none there is not
        axis = alt.Axis(
            format="d", values=sorted(int(value) for value in values.dropna().unique()), grid=False
        )
    else:
        axis = alt.Axis(format="d", tickMinStep=1, grid=False)
    if name == "month":  # 1 to 12
        axis.labelExpr = f"{[month(number, short=True) for number in range(1, 13)]}[datum.value - 1]"
    title = None if name in ("year", "month") else axis_title(name)
    scale = alt.Scale(zero=False, nice=False)
    return alt.X(field=field(name), type="quantitative", title=title, scale=scale, axis=axis)


def _room(figures: pd.Series, reference: Mapping[str, float]) -> list[float]:
    """Return the ends of the axis of figures: zero is in, and room for the label at the longest bar."""
    ends = [0.0, float(figures.min()), float(figures.max()), *map(float, reference.values())]
    low, high = min(ends), max(ends)
    margin = 0.06 * ((high - low) or 1.0)
    return [low - 2 * margin if low < 0 else 0.0, high + margin]


def _bar_colours(table: pd.DataFrame, name: str, group: str, marked: set[str]) -> list[str]:
    if group:
        kinds = texts(table[group])
        return [colour(kind, distinct(kinds)) for kind in kinds]
    plain = GREY if marked else style.OKABE_ITO["blue"]
    return [style.OKABE_ITO["vermillion"] if one in marked else plain for one in table[name]]


def _references(reference: Mapping[str, float], lying: bool) -> Iterator[Any]:
    """Yield a dashed line for each figure to compare with, and its name at the line's end."""
    for label, figure in reference.items():
        row = alt.Chart(pd.DataFrame({"figure": [float(figure)], "label": [label]}))
        line = row.mark_rule(strokeDash=[4, 3], color=INK, strokeWidth=1.5)
        text = row.mark_text(align="left", dx=4, dy=-9, fontStyle="italic")
        if lying:
            yield line.encode(x=alt.X(field="figure", type="quantitative"))
            yield text.encode(x=alt.X(field="figure", type="quantitative"), y=alt.value(0), text="label:N")
        else:
            yield line.encode(y=alt.Y(field="figure", type="quantitative"))
            yield text.encode(y=alt.Y(field="figure", type="quantitative"), x=alt.value(0), text="label:N")
