"""Bars, lines and steps: each takes a table and the names of its columns."""

# ruff: noqa: PLR0913  # a chart has much to say, and says it by name

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal, Unpack

import altair as alt
import pandas as pd

from samarkand import data
from samarkand.charts import _captions, _words
from samarkand.charts._look import (
    INK,
    NO_AXIS,
    WIDTH,
    Caption,
    Said,
    colour_of_group,
    dashes_of_group,
    label_rows,
    say_and_finish,
)
from samarkand.charts._tables import (
    axis_title,
    copy_columns,
    escape_field,
    find_marked,
    is_numeric,
    list_distinct,
    need_numbers,
    need_unique,
    of_days,
    texts_of_column,
)
from samarkand.common.errors import WrongType, make_unknown_name
from samarkand.common.words import name_month, tr
from samarkand.html import style

__all__ = ["bars", "lines", "steps"]

#: Maximum number of ticks on the y axis of lines; and of years or months that each get a tick on the x axis.
_MARKS, _FEW = 6, 8


def bars(
    frame: pd.DataFrame | pd.Series,
    x: str = "",
    y: str = "",
    *,
    group: str = "",
    marked: Collection[object] = (),
    axis: str = "",
    **caption: Unpack[Caption],
) -> alt.VConcatChart:
    """Draw a bar for each row, with its figure at the end.

    Bars are horizontal where `x` is the figure and `y` names the row, and vertical the other way round.
    Figures have no decimals if all are whole, otherwise one.

    Parameters
    ----------
    frame : pandas.DataFrame or pandas.Series
        One row a bar, in the order in which they are to be drawn. Of a Series, such as `value_counts`
        returns, the index names the bars; the source is then your own count, unless there is another.
    x, y : str, optional
        Columns; one of them holds numbers. A Series needs none.
    group : str, optional
        Column that splits each row's bar into several, named beside their figures.
    marked : collection, optional
        Names of rows to highlight; only without `group`, whose parts have colours of their own.
    axis : str, optional
        Title of the axis of figures; made of the column's name if left out.
    **caption : str
        ``title``, ``source`` and ``subtitle``: see `finish`; the description is made from the rows.

    Raises
    ------
    UnknownName
        If a column or a marked row is missing.
    CourseError
        If the table has no rows.
    WrongType
        If neither column holds numbers, or both are one.
    OutOfRange
        If two rows have the same name and group.

    Examples
    --------
    >>> people = pd.DataFrame({"state": ["China", "India"], "people_pct": [17.8, 17.7]})
    >>> two = bars(people, "people_pct", "state", title="Two states", source="World Bank")
    >>> two.vconcat[0].layer[0].mark, two.description
    ('bar', '2 bars show people (%): China 17.8, India 17.7.')
    >>> bars(pd.Series(["vote", "trip", "vote"]).value_counts(), title="Two votes").description
    '2 bars show count: vote 2, trip 1.'
    """
    if isinstance(frame, pd.Series):
        x = str(frame.name or "count")
        y = str(frame.index.name or "row")
        frame = frame.rename(x).rename_axis(y).reset_index().astype({y: str})
        caption = {"source": tr("your own count"), **caption}
    table = copy_columns(frame, x, y, group)
    horizontal = _lie_flat(table, x, y)
    figure, name = (x, y) if horizontal else (y, x)
    highlighted = find_marked(table[name], () if group else marked, tr("row"))
    names = texts_of_column(table[name])
    table[name] = names
    need_unique(copy_columns(table, name, group))
    groups = texts_of_column(table[group]) if group else [""] * len(table)
    digits = 0 if (table[figure].dropna() % 1 == 0).all() else 1
    table["_colour"] = _colour_groups(groups) if group else _colour_names(names, highlighted)
    table["_label"] = _label_bars(table[figure], groups, digits)
    bars_of_rows = alt.Chart(table).mark_bar()
    room = _place_bars(table, figure, name, group, groups, horizontal=horizontal)
    fill = alt.Color(field="_colour", type="nominal", scale=None)
    if horizontal:
        height = max(60, 24 * len(table))
        above: dict[str, Any] = {"align": "left", "dx": 4}
        below: dict[str, Any] = {"align": "right", "dx": -4}
    else:
        height = 300
        above = {"baseline": "bottom", "dy": -3}
        below = {"baseline": "top", "dy": 3}
    chart = alt.layer(
        bars_of_rows.encode(**room, color=fill, tooltip=_make_tooltips(name, figure, group)),
        *label_rows(table[table[figure] >= 0], "_label", room, **above),
        *label_rows(table[table[figure] < 0], "_label", room, **below),
    ).properties(width=WIDTH, height=height)
    measure = axis or axis_title(figure)
    rows = pd.DataFrame({"name": names, "group": groups, "figure": table[figure]})
    description = _words.describe_bars(measure, rows, marked=highlighted, digits=digits)
    called = [f"{one} {part}".strip() for one, part in zip(names, groups, strict=True)]
    said = Said(description, measure, _captions.figures_of_rows(called, table[figure], digits))
    return say_and_finish(chart, said, caption, copy_columns(frame, name, group, figure))


def _lie_flat(table: pd.DataFrame, x: str, y: str) -> bool:
    """Return whether bars are horizontal: `x` is the figure, `y` the name; `WrongType` if neither can be."""
    if x == y:
        text = tr('A bar needs a figure and a name: "{x}" cannot be both.', x=x)
        raise WrongType(text, code="one column for both", column=x)
    if not is_numeric(table[x]) and not is_numeric(table[y]):
        text = tr('A bar needs a figure: neither "{x}" nor "{y}" holds numbers.', x=x, y=y)
        raise WrongType(text, code="no numbers", columns=[x, y])
    return not is_numeric(table[y])


def _colour_groups(groups: Sequence[str]) -> list[str]:
    """Return the colour of each bar of a chart with groups."""
    known = list_distinct(groups)
    return [colour_of_group(group, known, thin=True) for group in groups]


def _colour_names(names: Sequence[str], highlighted: Collection[str]) -> list[str]:
    """Return the colour of each bar of a chart without groups."""
    colours = []
    for name in names:
        otherwise = style.HIGHLIGHT if name in highlighted else style.PLAIN
        colours.append(style.colour_of_name(name, otherwise))
    return colours


def _label_bars(figures: pd.Series, groups: Sequence[str], digits: int) -> list[str]:
    """Return what is written at the end of each bar: its figure, and its group if it has one."""
    labels = []
    for value, group in zip(figures, groups, strict=True):
        figure = _words.format_figure(value, digits)
        labels.append(f"{figure}  {group}" if group else figure)
    return labels


def _place_bars(
    table: pd.DataFrame, figure: str, name: str, group: str, groups: Sequence[str], *, horizontal: bool
) -> dict[str, Any]:
    """Return where bars are: the axis of figures, that of names, and the place within a name by group."""
    amount: dict[str, Any] = {
        "field": escape_field(figure),
        "type": "quantitative",
        "title": None,  # the subtitle says it
        "scale": alt.Scale(domain=_find_domain(table[figure])),
        "axis": NO_AXIS,
    }
    named: dict[str, Any] = {
        "field": escape_field(name),
        "type": "nominal",
        "sort": list_distinct(table[name]),
        "title": None,  # the names say what they are
    }
    part: dict[str, Any] = {"field": escape_field(group), "type": "nominal", "sort": list_distinct(groups)}
    room: dict[str, Any]
    if horizontal:
        room = {"x": alt.X(**amount), "y": alt.Y(**named, axis=alt.Axis(ticks=False))}
        if group:
            room["yOffset"] = alt.YOffset(**part)
    else:
        room = {"x": alt.X(**named, axis=alt.Axis(labelAngle=0)), "y": alt.Y(**amount)}
        if group:
            room["xOffset"] = alt.XOffset(**part)
    return room


def lines(
    frame: pd.DataFrame,
    x: str,
    y: str,
    *,
    group: str = "",
    reference: Mapping[str, float] | None = None,
    notes: Mapping[Any, str] | Sequence[Any] = (),
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
    notes : mapping of day or number to str, or sequence of them, optional
        A few words to write at points of `x` where the story turns; points alone have their figure.
    axis : str, optional
        Title of the axis of figures; made of the column's name if left out.
    interpolate : {"linear", "step-after"}
        How the line goes from one point to the next.
    **caption : str
        ``title``, ``source`` and ``subtitle``: see `finish`; the description is made from the rows.

    Raises
    ------
    UnknownName
        If a column is missing, or the point of a note.
    CourseError
        If the table has no rows.
    WrongType
        If `y` holds no numbers, or `x` neither days nor numbers.

    Examples
    --------
    >>> counts = pd.DataFrame({"year": [2001, 2017], "members": [6, 8]})
    >>> lines(counts, "year", "members", title="Members", source="SCO").description
    '1 line shows members. 6 (2001), 8 (2017).'
    """
    table = copy_columns(frame, x, y, group).sort_values(x, kind="stable")
    need_numbers(table, y)
    known = table.loc[table[y].notna(), x]
    if len(known):  # the axis begins and ends with a figure
        table = table[table[x].between(known.min(), known.max())]
    if not of_days(table[x]) and not is_numeric(table[x]):
        text = tr(
            'A line runs along days or numbers: "{column}" holds neither. Use bars for names.', column=x
        )
        raise WrongType(text, code="neither days nor numbers", column=x)
    table["_name"] = texts_of_column(table[group]) if group else ""
    names = list_distinct(table["_name"])
    measure = axis or axis_title(y)
    stepped = interpolate == "step-after"
    up = alt.Y(
        field=escape_field(y),
        type="quantitative",
        title=None,  # the subtitle says it
        scale=alt.Scale(zero=True),
        axis=alt.Axis(tickCount=_MARKS, domain=False, ticks=False, labelPadding=8),
    )
    room: dict[str, Any] = {"x": _axis_of_lines(table[x]), "y": up}
    paint = alt.Scale(domain=names, range=[colour_of_group(one, names, thin=True) for one in names])
    dashes = alt.Scale(domain=names, range=[dashes_of_group(one, names) for one in names])
    hue = alt.Color(field="_name", type="nominal", scale=paint, legend=None)
    stroke = alt.StrokeDash(field="_name", type="nominal", scale=dashes, legend=None)
    base = alt.Chart(table)
    path = base.mark_line(interpolate=interpolate, strokeWidth=2.5)
    points = base.mark_circle(size=30, opacity=1)
    # Named at the end of the line, in ink: letters in the line's own colour would be too pale to read.
    with_names = table[table["_name"] != ""].dropna(subset=[y])
    ends = with_names.groupby("_name", sort=False).tail(1)
    digits = _words.count_decimals(table[y])
    noted = _points_with_notes(table, x, y, notes, digits)
    # Where the line rises, a note above its point would be struck by it.
    rises = noted[y] < table.groupby("_name")[y].shift(-1).reindex(noted.index)
    beside = stepped | rises
    chart = alt.layer(
        path.encode(**room, color=hue, strokeDash=stroke),
        points.encode(**room, color=hue, tooltip=_make_tooltips(group, x, y)),
        *_draw_references(reference or {}),
        *label_rows(ends, "_name", room, align="left", dx=7, fontWeight="bold"),
        *label_rows(noted[beside], "_note", room, align="right", dx=-7, dy=-9),
        *label_rows(noted[~beside], "_note", room, dy=-12),
    ).properties(width=WIDTH, height=300)
    rows = pd.DataFrame({"name": table["_name"], "at": _words.name_positions(table[x]), "figure": table[y]})
    rows["note"] = noted["_note"].astype(object).reindex(rows.index, fill_value="")
    description = _words.describe_lines(measure, rows, steps=stepped, reference=reference)
    called = [f"{one} {at}".strip() for one, at in zip(rows["name"], rows["at"], strict=True)]
    said = Said(description, measure, _captions.figures_of_rows(called, table[y], digits))
    return say_and_finish(chart, said, caption, copy_columns(table, group, x, y))


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
        which also says what is raised.

    Examples
    --------
    >>> counts = pd.DataFrame({"year": [2001, 2017], "members": [6, 8]})
    >>> text = dict(title="Members", source="SCO")
    >>> steps(counts, "year", "members", **text).vconcat[0].layer[0].mark.interpolate
    'step-after'
    """
    return lines(frame, x, y, interpolate="step-after", **how)


def _make_tooltips(*names: str) -> list[alt.Tooltip]:
    """Return the lines of a tooltip, one for each column; empty names are left out."""
    return [alt.Tooltip(field=escape_field(name), title=axis_title(name)) for name in names if name]


def _points_with_notes(
    table: pd.DataFrame, x: str, y: str, notes: Mapping[Any, str] | Sequence[Any], digits: int
) -> pd.DataFrame:
    """Return the first row at each x value that has a note; ``_note`` is the note, or else its figure."""
    if not isinstance(notes, Mapping):
        notes = dict.fromkeys(notes, "")
    if of_days(table[x]):
        notes = {data.as_day(at): note for at, note in notes.items()}
    for at in notes:
        if not (table[x] == at).any():
            raise make_unknown_name(tr("point"), str(at), [str(one) for one in table[x]])
    rows = table[table[x].isin(list(notes))].drop_duplicates(x)
    written = rows[x].map(dict(notes)).astype(object)
    texts = [_words.format_figure(figure, digits) for figure in rows[y]]
    figures = pd.Series(texts, index=rows.index, dtype=object)
    return rows.assign(_note=written.where(written != "", figures))


def _axis_of_lines(values: pd.Series) -> alt.X:
    """Return the x axis of lines: days, years, or other numbers."""
    name = str(values.name)
    if of_days(values):
        return alt.X(field=escape_field(name), type="temporal", title=None, axis=alt.Axis(grid=False))
    axis = alt.Axis(grid=False, labelFlush=False, labelOverlap="greedy", labelSeparation=4)
    if (values.dropna() % 1 == 0).all():
        axis.format = "d"
        if values.nunique() <= _FEW:  # every year there is, and none there is not
            axis.values = sorted(int(value) for value in values.dropna().unique())
        else:
            axis.tickMinStep = 1
    if name == "month":  # 1 to 12
        months = [name_month(number, short=True) for number in range(1, 13)]
        axis.labelExpr = f"{months}[datum.value - 1]"
    title = None if name in ("year", "month") else axis_title(name)
    scale = alt.Scale(zero=False, nice=False)
    return alt.X(field=escape_field(name), type="quantitative", title=title, scale=scale, axis=axis)


def _find_domain(figures: pd.Series) -> list[float]:
    """Return [low, high] of the figures' axis: it includes zero, and room for the longest bar's label."""
    ends = (0.0, float(figures.min()), float(figures.max()))
    low, high = min(ends), max(ends)
    length = high - low
    if length == 0:
        length = 1.0
    margin = 0.06 * length
    if low < 0:
        low -= 2 * margin
    return [low, high + margin]


def _draw_references(reference: Mapping[str, float]) -> Iterator[Any]:
    """Yield two layers for each reference figure: a dashed line, and a label at its end."""
    for label, figure in reference.items():
        row = alt.Chart(pd.DataFrame({"figure": [float(figure)], "label": [label]}))
        at = alt.Y(field="figure", type="quantitative")
        yield row.mark_rule(strokeDash=[4, 3], color=INK, strokeWidth=1.5).encode(y=at)
        text = row.mark_text(align="left", dx=4, dy=-9, fontStyle="italic")
        yield text.encode(y=at, x=alt.value(0), text="label:N")
