"""Descriptions of charts for those who do not see them, made from the rows that are drawn."""

import urllib.parse
from collections.abc import Collection, Mapping

import pandas as pd

from samarkand.charts._tables import axis_title, is_numeric, of_days, texts_of_column
from samarkand.common.words import day, listed, month, tr, trn
from samarkand.html import markup

#: Up to this many bars or steps, and points of a line, are listed one by one; beyond it only the ends and
#: the extremes are.
_ALL, _POINTS = 12, 4
#: Figures below this have two decimals.
_SMALL = 2


def describe_bars(what: str, bars: pd.DataFrame, *, marked: Collection[str] = (), digits: int = 0) -> str:
    """Describe bars in their order.

    `bars` has a row a bar: ``name``, ``group`` (empty if there are no groups) and ``figure``; `what` is the
    measure with its unit.
    """
    each = {
        str(name): ", ".join(
            tr("{name} {figure}", name=group or name, figure=format_figure(figure, digits))
            for group, figure in zip(own["group"], own["figure"], strict=True)
        )
        for name, own in bars.groupby("name", sort=False)
    }
    if bars["group"].any():
        figures = "; ".join(tr("{name}: {figures}", name=name, figures=own) for name, own in each.items())
    elif len(each) > _ALL:
        values = bars["figure"]
        least, most = (each[str(bars["name"].iloc[int(at)])] for at in (values.argmin(), values.argmax()))
        figures = tr("least {least}, most {most}", least=least, most=most)
    else:
        figures = ", ".join(each.values())
    many = "{n} bars show {what}: {figures}."
    said = [trn("{n} bar shows {what}: {figures}.", many, len(bars), what=what, figures=figures)]
    if marked:
        said.append(tr("Picked out: {names}.", names=listed([name for name in each if name in marked])))
    return " ".join(said)


def describe_lines(
    what: str, points: pd.DataFrame, *, steps: bool = False, reference: Mapping[str, float] | None = None
) -> str:
    """Describe line charts: start, end, minimum, maximum and gaps of each line; of steps, each step.

    `points` has a row a point, in order: ``name`` of the line (empty if there is one line only), ``at``
    (position in words), ``figure`` and ``note``. `what` is the measure with its unit.
    """
    digits = count_decimals(points["figure"])
    gaps = [
        tr("{name} {at}", name=one.name, at=one.at) if one.name else str(one.at)
        for one in points[points["figure"].isna()].itertuples(index=False)
    ]
    points = points.dropna(subset="figure")
    said = []
    for name, own in points.groupby("name", sort=False):
        figures = own["figure"].astype("float64")  # of others a difference may be <NA>
        if steps:
            figures = figures[figures.diff() != 0]
        places = own["at"].reindex(figures.index)
        each = [_format_at(figure, at, digits) for figure, at in zip(figures, places, strict=True)]
        if len(each) > (_ALL if steps else _POINTS):
            first, last, least, most = (each[int(at)] for at in (0, -1, figures.argmin(), figures.argmax()))
            each = [tr("{first} to {last}", first=first, last=last)]
            each += [tr("least {least}", least=least)] if least not in (first, last) else []
            each += [tr("most {most}", most=most)] if most not in (first, last) else []
        line = ", ".join(each)
        said.append(tr("{name}: {figures}.", name=name, figures=line) if name else f"{line}.")
    head = trn("{n} line shows {what}.", "{n} lines show {what}.", len(said), what=what)
    noted = [tr("{note} ({at})", note=one.note, at=one.at) for one in points.itertuples() if one.note]
    notes = [tr("No figure: {where}.", where=", ".join(gaps))] if gaps else []
    notes += [tr("Noted: {notes}.", notes="; ".join(noted))] if noted else []
    for name, figure in (reference or {}).items():
        notes.append(tr("Dashed line, {name}: {figure}.", name=name, figure=format_figure(figure, digits)))
    return " ".join([head, *said, *notes])


def describe_bands(what: str, wide: pd.DataFrame) -> str:
    """Describe bands from the foot up: each part, a column of the table, along the index."""
    said = []
    for name, part in wide.items():
        figures = ", ".join(_format_at(figure, at, 0) for at, figure in part.items())
        said.append(tr("{name}: {figures}.", name=name, figures=figures))
    return " ".join([trn("{n} band shows {what}.", "{n} bands show {what}.", len(said), what=what), *said])


def table_of_chart(title: str, frame: pd.DataFrame) -> str:
    """Return the table behind a chart as HTML, with rounded figures; its first column names the rows.

    Examples
    --------
    >>> members = pd.DataFrame({"year": [2001, 2017], "members": [6, None]})
    >>> table_of_chart("Members", members).count("<td>–</td>")
    1
    """
    cells = [_texts_of_cells(column) for _, column in frame.items()]
    heads = [axis_title(str(name)) for name in frame]
    plain = markup.bare(markup.table(title, heads, zip(*cells, strict=True)))  # of many rows, some long
    return markup.element("div", plain, class_="scroll")


def link_to_download(name: str, frame: pd.DataFrame) -> str:
    """Return a link that saves a table as CSV, without a network.

    Examples
    --------
    >>> link_to_download("members", pd.DataFrame({"year": [2001], "members": [6]}))[-68:]
    'text/csv;charset=utf-8,year%2Cmembers%0A2001%2C6%0A">Save as CSV</a>'
    """
    rows = frame.to_csv(index=False, float_format="%.12g", lineterminator="\n")
    href = f"data:text/csv;charset=utf-8,{urllib.parse.quote(rows)}"
    return markup.element("a", tr("Save as CSV"), download=f"{name}.csv", href=href)


def _texts_of_cells(column: pd.Series) -> list[str]:
    """Return a column as text; a dash where a value is missing."""
    if of_days(column) or column.name in ("year", "month"):
        plain = name_positions(column)
    elif is_numeric(column):
        plain = ["" if pd.isna(one) else f"{one:,.0f}" if one % 1 == 0 else f"{one:,.4g}" for one in column]
    else:
        plain = texts_of_column(column)
    return [one or "–" for one in plain]


def format_figure(value: float, digits: int) -> str:
    """Return a figure with commas between thousands and a true minus; words if it is missing.

    Examples
    --------
    >>> format_figure(-1234.56, 1), format_figure(float("nan"), 0)
    ('−1,234.6', 'no figure')
    """
    return tr("no figure") if pd.isna(value) else f"{value:,.{digits}f}".replace("-", "−")


def _format_at(figure: float, at: object, digits: int) -> str:
    return tr("{figure} ({when})", figure=format_figure(figure, digits), when=at)


def count_decimals(figures: pd.Series) -> int:
    """Return the number of decimals for figures: 0 if all are whole, 2 if all are small, otherwise 1.

    Examples
    --------
    >>> [count_decimals(pd.Series(some)) for some in ([6, 8], [0.673, 0.87], [69.5, 146.9])]
    [0, 2, 1]
    """
    if (figures.dropna() % 1 == 0).all():
        return 0
    return 2 if figures.abs().max() < _SMALL else 1


def name_positions(along: pd.Series) -> list[str]:
    """Return positions on an axis in words: days, months (if each is the first of one), or numbers.

    A column of numbers named ``month`` has months, too.

    Examples
    --------
    >>> name_positions(pd.Series([2001, 2017])), name_positions(pd.to_datetime(pd.Series(["2022-03-01"])))
    (['2001', '2017'], ['March 2022'])
    """
    if not of_days(along):
        return [month(number) if along.name == "month" else f"{number:g}" for number in along]
    if (along.dt.day == 1).all():
        return [tr("{month} {year}", month=month(one.month), year=one.year) for one in along]
    return [day(one) for one in along]
