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
from samarkand.common.errors import WrongType, unknown
from samarkand.common.words import month, tr
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
        x, y = str(frame.name or "count"), str(frame.index.name or "row")
        frame = frame.rename(x).rename_axis(y).reset_index().astype({y: str})
        caption = {"source": tr("your own count"), **caption}
    table = copy_columns(frame, x, y, group)
    if x == y:
        text = tr('A bar needs a figure and a name: "{x}" cannot be both.', x=x)
        raise WrongType(text, code="one column for both", column=x)
    if not is_numeric(table[x]) and not is_numeric(table[y]):
        text = tr('A bar needs a figure: neither "{x}" nor "{y}" holds numbers.', x=x, y=y)
        raise WrongType(text, code="no numbers", columns=[x, y])
    horizontal = not is_numeric(table[y])
    figure, name = (x, y) if horizontal else (y, x)
    highlighted = find_marked(table[name], () if group else marked, tr("row"))
    table[name] = names = texts_of_column(table[name])
    need_unique(copy_columns(table, name, group))
    groups = texts_of_column(table[group]) if group else [""] * len(table)
    digits = 0 if (table[figure].dropna() % 1 == 0).all() else 1
    table["_colour"] = (
        [colour_of_group(one, list_distinct(groups), thin=True) for one in groups]
        if group
        else [
            style.colour_of_name(one, style.HIGHLIGHT if one in highlighted else style.PLAIN) for one in names
        ]
    )
    table["_label"] = [
        f"{_words.format_figure(value, digits)}{'  ' * bool(group)}{one}"
        for value, one in zip(table[figure], groups, strict=True)
    ]
    measure = axis or axis_title(figure)
    amount: dict[str, Any] = {
        "field": escape_field(figure),
        "type": "quantitative",
        "title": None,  # the subtitle says it
        "scale": alt.Scale(domain=_find_domain(table[figure])),
        "axis": NO_AXIS,
    }
    named: dict[str, Any] = {"field": escape_field(name), "type": "nominal", "sort": list_distinct(names)}
    part: dict[str, Any] = {"field": escape_field(group), "type": "nominal", "sort": list_distinct(groups)}
    room: dict[str, Any]
    if horizontal:
        room = {"x": alt.X(**amount), "y": alt.Y(**named, title=None, axis=alt.Axis(ticks=False))}
        room |= {"yOffset": alt.YOffset(**part)} if group else {}
        above: dict[str, Any] = {"align": "left", "dx": 4}
        below: dict[str, Any] = {"align": "right", "dx": -4}
    else:
        title = None  # the names say what they are
        room = {"x": alt.X(**named, title=title, axis=alt.Axis(labelAngle=0)), "y": alt.Y(**amount)}
        room |= {"xOffset": alt.XOffset(**part)} if group else {}
        above, below = {"baseline": "bottom", "dy": -3}, {"baseline": "top", "dy": 3}
    fill = alt.Color(field="_colour", type="nominal", scale=None)
    chart = alt.layer(
        alt.Chart(table).mark_bar().encode(**room, color=fill, tooltip=_make_tooltips(name, figure, group)),
        *label_rows(table[table[figure] >= 0], "_label", room, **above),
        *label_rows(table[table[figure] < 0], "_label", room, **below),
    ).properties(width=WIDTH, height=max(60, 24 * len(table)) if horizontal else 300)
    rows = pd.DataFrame({"name": names, "group": groups, "figure": table[figure]})
    description = _words.describe_bars(measure, rows, marked=highlighted, digits=digits)
    called = [f"{one} {part}".strip() for one, part in zip(names, groups, strict=True)]
    said = Said(description, measure, _captions.figures_of_rows(called, table[figure], digits))
    return say_and_finish(chart, said, caption, copy_columns(frame, name, group, figure))


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
    known = table.loc[table[y].notna(), x]  # the axis begins and ends with a figure
    table = table[table[x].between(known.min(), known.max())] if len(known) else table
    if not of_days(table[x]) and not is_numeric(table[x]):
        text = tr(
            'A line runs along days or numbers: "{column}" holds neither. Use bars for names.', column=x
        )
        raise WrongType(text, code="neither days nor numbers", column=x)
    table["_name"] = texts_of_column(table[group]) if group else ""
    names = list_distinct(table["_name"])
    measure, stepped = axis or axis_title(y), interpolate == "step-after"
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
    digits = _words.count_decimals(table[y])
    noted = _points_with_notes(table, x, y, notes, digits)
    # Where the line rises, a note above its point would be struck by it.
    rises = noted[y] < table.groupby("_name")[y].shift(-1).reindex(noted.index)
    chart = alt.layer(
        base.mark_line(interpolate=interpolate, strokeWidth=2.5).encode(**room, color=hue, strokeDash=stroke),
        base.mark_circle(size=30, opacity=1).encode(**room, color=hue, tooltip=_make_tooltips(group, x, y)),
        *_draw_references(reference or {}),
        # Named at the end of the line, in ink: letters in the line's own colour would be too pale to read.
        *label_rows(
            table[table["_name"] != ""].dropna(subset=[y]).groupby("_name", sort=False).tail(1),
            "_name", room, align="left", dx=7, fontWeight="bold",
        ),
        *label_rows(noted[stepped | rises], "_note", room, align="right", dx=-7, dy=-9),
        *label_rows(noted[~(stepped | rises)], "_note", room, dy=-12),
    ).properties(width=WIDTH, height=300)  # fmt: skip
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
    return [alt.Tooltip(field=escape_field(name), title=axis_title(name)) for name in names if name]


def _points_with_notes(
    table: pd.DataFrame, x: str, y: str, notes: Mapping[Any, str] | Sequence[Any], digits: int
) -> pd.DataFrame:
    """Return the first row at each x value that has a note; ``_note`` is the note, or else its figure."""
    notes = notes if isinstance(notes, Mapping) else dict.fromkeys(notes, "")
    if of_days(table[x]):
        notes = {data.as_day(at): note for at, note in notes.items()}
    for at in notes:
        if not (table[x] == at).any():
            raise unknown(tr("point"), str(at), [str(one) for one in table[x]])
    rows = table[table[x].isin(list(notes))].drop_duplicates(x)
    written = rows[x].map(dict(notes)).astype(object)
    figures = pd.Series(
        [_words.format_figure(one, digits) for one in rows[y]], index=rows.index, dtype=object
    )
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
        axis.labelExpr = f"{[month(number, short=True) for number in range(1, 13)]}[datum.value - 1]"
    title = None if name in ("year", "month") else axis_title(name)
    scale = alt.Scale(zero=False, nice=False)
    return alt.X(field=escape_field(name), type="quantitative", title=title, scale=scale, axis=axis)


def _find_domain(figures: pd.Series) -> list[float]:
    """Return [low, high] of the figures' axis: it includes zero, and room for the longest bar's label."""
    ends = (0.0, float(figures.min()), float(figures.max()))
    low, high = min(ends), max(ends)
    margin = 0.06 * ((high - low) or 1.0)
    return [low - 2 * margin if low < 0 else 0.0, high + margin]


def _draw_references(reference: Mapping[str, float]) -> Iterator[Any]:
    """Yield two layers for each reference figure: a dashed line, and a label at its end."""
    for label, figure in reference.items():
        row = alt.Chart(pd.DataFrame({"figure": [float(figure)], "label": [label]}))
        at = alt.Y(field="figure", type="quantitative")
        yield row.mark_rule(strokeDash=[4, 3], color=INK, strokeWidth=1.5).encode(y=at)
        text = row.mark_text(align="left", dx=4, dy=-9, fontStyle="italic")
        yield text.encode(y=at, x=alt.value(0), text="label:N")
