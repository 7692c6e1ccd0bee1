"""Descriptions of charts for those who do not see them, made from the rows that are drawn."""

import urllib.parse
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from samarkand.charts._tables import axis_title, is_numeric, of_days, texts_of_column
from samarkand.common.words import join_in_words, name_month, tr, trn, write_day
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
    by_name = _list_figures_by_name(bars, digits)
    if bars["group"].any():
        parts = [tr("{name}: {figures}", name=name, figures=listing) for name, listing in by_name.items()]
        figures = "; ".join(parts)
    elif len(by_name) > _ALL:
        shortest = str(bars["name"].iloc[int(bars["figure"].argmin())])
        longest = str(bars["name"].iloc[int(bars["figure"].argmax())])
        figures = tr("least {least}, most {most}", least=by_name[shortest], most=by_name[longest])
    else:
        figures = ", ".join(by_name.values())
    many = "{n} bars show {what}: {figures}."
    sentences = [trn("{n} bar shows {what}: {figures}.", many, len(bars), what=what, figures=figures)]
    if marked:
        picked = join_in_words([name for name in by_name if name in marked])
        sentences.append(tr("Picked out: {names}.", names=picked))
    return " ".join(sentences)


def _list_figures_by_name(bars: pd.DataFrame, digits: int) -> dict[str, str]:
    """Return what is said of the bars of each name, such as ``"China 31, own 24"``, in their order."""
    by_name = {}
    for name, rows in bars.groupby("name", sort=False):
        figures = []
        for group, figure in zip(rows["group"], rows["figure"], strict=True):
            written = format_figure(figure, digits)
            figures.append(tr("{name} {figure}", name=group or name, figure=written))
        by_name[str(name)] = ", ".join(figures)
    return by_name


def describe_lines(
    what: str, points: pd.DataFrame, *, steps: bool = False, reference: Mapping[str, float] | None = None
) -> str:
    """Describe line charts: start, end, minimum, maximum and gaps of each line; of steps, each step.

    `points` has a row a point, in order: ``name`` of the line (empty if there is one line only), ``at``
    (position in words), ``figure`` and ``note``. `what` is the measure with its unit.
    """
    digits = count_decimals(points["figure"])
    known = points.dropna(subset="figure")
    lines = [
        _describe_line(str(name), rows, digits, steps=steps)
        for name, rows in known.groupby("name", sort=False)
    ]
    head = trn("{n} line shows {what}.", "{n} lines show {what}.", len(lines), what=what)
    sentences = [head, *lines]
    gaps = _list_gaps(points)
    if gaps:
        sentences.append(tr("No figure: {where}.", where=", ".join(gaps)))
    notes = [tr("{note} ({at})", note=row.note, at=row.at) for row in known.itertuples() if row.note]
    if notes:
        sentences.append(tr("Noted: {notes}.", notes="; ".join(notes)))
    for name, level in (reference or {}).items():
        figure = format_figure(level, digits)
        sentences.append(tr("Dashed line, {name}: {figure}.", name=name, figure=figure))
    return " ".join(sentences)


def _describe_line(name: str, points: pd.DataFrame, digits: int, *, steps: bool) -> str:
    """Describe one line: all of its points or steps if they are few, otherwise its ends and extremes."""
    figures = points["figure"].astype("float64")  # of others a difference may be <NA>
    if steps:
        figures = figures[figures.diff() != 0]
    positions = points["at"].reindex(figures.index)
    each = [_format_at(figure, at, digits) for figure, at in zip(figures, positions, strict=True)]
    most_listed = _ALL if steps else _POINTS
    if len(each) > most_listed:
        first, last = each[0], each[-1]
        least, most = each[int(figures.argmin())], each[int(figures.argmax())]
        each = [tr("{first} to {last}", first=first, last=last)]
        if least not in (first, last):
            each.append(tr("least {least}", least=least))
        if most not in (first, last):
            each.append(tr("most {most}", most=most))
    listing = ", ".join(each)
    if not name:
        return f"{listing}."
    return tr("{name}: {figures}.", name=name, figures=listing)


def _list_gaps(points: pd.DataFrame) -> list[str]:
    """Return the positions that have no figure, each with the name of its line if lines have names."""
    gaps = []
    for row in points[points["figure"].isna()].itertuples(index=False):
        if row.name:
            gaps.append(tr("{name} {at}", name=row.name, at=row.at))
        else:
            gaps.append(str(row.at))
    return gaps


def describe_bands(what: str, wide: pd.DataFrame) -> str:
    """Describe bands from the foot up: each part, a column of the table, along the index."""
    sentences = [trn("{n} band shows {what}.", "{n} bands show {what}.", len(wide.columns), what=what)]
    for name, part in wide.items():
        figures = [_format_at(figure, at, 0) for at, figure in part.items()]
        sentences.append(tr("{name}: {figures}.", name=name, figures=", ".join(figures)))
    return " ".join(sentences)


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
    plain = markup.remove_styles(
        markup.make_table(title, heads, zip(*cells, strict=True))
    )  # of many rows, some long
    return markup.make_element("div", plain, class_="scroll")


def link_to_download(name: str, frame: pd.DataFrame) -> str:
    """Return a link that saves a table as CSV, without a network.

    Examples
    --------
    >>> link_to_download("members", pd.DataFrame({"year": [2001], "members": [6]}))[-68:]
    'text/csv;charset=utf-8,year%2Cmembers%0A2001%2C6%0A">Save as CSV</a>'
    """
    rows = frame.to_csv(index=False, float_format="%.12g", lineterminator="\n")
    href = f"data:text/csv;charset=utf-8,{urllib.parse.quote(rows)}"
    return markup.make_element("a", tr("Save as CSV"), download=f"{name}.csv", href=href)


def _texts_of_cells(column: pd.Series) -> list[str]:
    """Return a column as text; a dash where a value is missing."""
    if of_days(column) or column.name in ("year", "month"):
        texts = name_positions(column)
    elif is_numeric(column):
        texts = [_format_cell(number) for number in column]
    else:
        texts = texts_of_column(column)
    return [text or "–" for text in texts]


def _format_cell(number: Any) -> str:
    """Return a number of a table as text: whole, or with four digits; "" if it is missing."""
    if pd.isna(number):
        return ""
    if number % 1 == 0:
        return f"{number:,.0f}"
    return f"{number:,.4g}"


def format_figure(value: float, digits: int) -> str:
    """Return a figure with commas between thousands and a true minus; words if it is missing.

    Examples
    --------
    >>> format_figure(-1234.56, 1), format_figure(float("nan"), 0)
    ('−1,234.6', 'no figure')
    """
    missing = bool(pd.isna(value))
    if missing:
        return tr("no figure")
    return f"{value:,.{digits}f}".replace("-", "−")


def _format_at(figure: float, at: object, digits: int) -> str:
    """Return a figure with its position in brackets, such as ``"6 (2001)"``."""
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
        if along.name == "month":
            return [name_month(number) for number in along]
        return [f"{number:g}" for number in along]
    if (along.dt.day == 1).all():
        return [tr("{month} {year}", month=name_month(one.month), year=one.year) for one in along]
    return [write_day(one) for one in along]
