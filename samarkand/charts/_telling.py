"""What a chart says to those who do not see it: made of the rows it draws, so that it is never another's."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from samarkand.charts._tables import axis_title, numeric, of_days, texts
from samarkand.ground.words import day, listed, month, tr, trn
from samarkand.page import markup

#: So many figures are each told; of more, the ends and the extremes.
_ALL = 12
#: So many points of a line are each told.
_POINTS = 4
#: Figures below this have two decimals.
_SMALL = 2


def bars(
    what: str,
    bars: pd.DataFrame,
    *,
    marked: Collection[str] = (),
    reference: Mapping[str, float] | None = None,
    digits: int = 0,
) -> str:
    """Tell bars in their order: what is measured, each name with its figures, what is picked out or compared.

    Each row is a bar: ``name``, ``group`` (empty if there are no groups) and ``figure``. `what` has its unit.
    """
    told = {
        str(name): ", ".join(
            tr("{name} {figure}", name=group or name, figure=_figure(figure, digits))
            for group, figure in zip(own["group"], own["figure"], strict=True)
        )
        for name, own in bars.groupby("name", sort=False)
    }
    if bars["group"].any():
        all_told = "; ".join(tr("{name}: {figures}", name=name, figures=own) for name, own in told.items())
    elif len(told) > _ALL:
        figures = bars["figure"]
        least, most = (str(bars["name"].iloc[int(at)]) for at in (figures.argmin(), figures.argmax()))
        all_told = tr("least {least}, most {most}", least=told[least], most=told[most])
    else:
        all_told = ", ".join(told.values())
    said = [
        trn(
            "{n} bar shows {what}: {figures}.",
            "{n} bars show {what}: {figures}.",
            len(bars),
            what=what,
            figures=all_told,
        )
    ]
    if marked:
        said.append(tr("Picked out: {names}.", names=listed([name for name in told if name in marked])))
    return " ".join([*said, *_compared(reference or {}, digits)])


def lines(
    what: str, points: pd.DataFrame, *, steps: bool = False, reference: Mapping[str, float] | None = None
) -> str:
    """Tell lines: where each begins and ends, its least and most between, where a figure is missing.

    The points stand in order: ``name`` of the line (empty if there is but one), ``at`` in words, ``figure``,
    and the ``note`` that stands there. Of a line in steps every step is told. `what` has its unit.
    """
    digits = decimals(points["figure"])
    holes = [
        tr("{name} {at}", name=one.name, at=one.at) if one.name else str(one.at)
        for one in points[points["figure"].isna()].itertuples(index=False)
    ]
    points = points.dropna(subset="figure")
    said = []
    for name, own in points.groupby("name", sort=False):
        figures = own["figure"].astype("float64").reset_index(drop=True)  # of others a difference may be <NA>
        told = [_at(figure, at, digits) for figure, at in zip(figures, own["at"], strict=True)]
        if steps:
            told = [one for one, new in zip(told, figures.diff() != 0, strict=True) if new]
        if len(told) <= (_ALL if steps else _POINTS):
            figures_said = ", ".join(told)
        else:
            ends, least, most = (told[0], told[-1]), told[int(figures.argmin())], told[int(figures.argmax())]
            parts = [tr("{first} to {last}", first=ends[0], last=ends[1])]
            parts += [] if least in ends else [tr("least {least}", least=least)]
            parts += [] if most in ends else [tr("most {most}", most=most)]
            figures_said = ", ".join(parts)
        said.append(tr("{name}: {figures}.", name=name, figures=figures_said) if name else f"{figures_said}.")
    head = trn("{n} line shows {what}.", "{n} lines show {what}.", len(said), what=what)
    noted = [tr("{note} ({at})", note=one.note, at=one.at) for one in points.itertuples() if one.note]
    notes = [tr("No figure: {where}.", where=", ".join(holes))] if holes else []
    notes += [tr("Noted: {notes}.", notes="; ".join(noted))] if noted else []
    return " ".join([head, *said, *notes, *_compared(reference or {}, digits)])


def bands(what: str, wide: pd.DataFrame, *, digits: int = 0) -> str:
    """Tell bands from the foot up: each part, a column of the table, at every place along its index."""
    said = [
        tr(
            "{name}: {figures}.",
            name=name,
            figures=", ".join(_at(figure, at, digits) for at, figure in part.items()),
        )
        for name, part in wide.items()
    ]
    return " ".join([trn("{n} band shows {what}.", "{n} bands show {what}.", len(said), what=what), *said])


def table(title: str, frame: pd.DataFrame) -> str:
    """Return the table behind a chart as HTML: names where a reader expects names, figures rounded.

    Its first column names the rows.

    Examples
    --------
    >>> table("Members", pd.DataFrame({"year": [2001, 2017], "members": [6, None]})).count("<td>–</td>")
    1
    """
    columns = [_cells(column) for _, column in frame.items()]
    heads = [axis_title(str(name)) for name in frame]
    plain = markup.bare(markup.table(title, heads, zip(*columns, strict=True)))  # of many rows, some long
    return markup.element("div", plain, class_="scroll")


def _cells(column: pd.Series) -> list[str]:
    """Return a column as texts; a dash where nothing is known."""
    if of_days(column) or column.name in ("year", "month"):
        told = whens(column)
    elif numeric(column):
        told = ["" if pd.isna(one) else f"{one:,.0f}" if one % 1 == 0 else f"{one:,.4g}" for one in column]
    else:
        told = texts(column)
    return [one or "–" for one in told]


def _compared(reference: Mapping[str, float], digits: int) -> list[str]:
    return [
        tr("Dashed line, {name}: {figure}.", name=name, figure=_figure(figure, digits))
        for name, figure in reference.items()
    ]


def _figure(value: float, digits: int) -> str:
    return tr("no figure") if pd.isna(value) else f"{value:,.{digits}f}"


def _at(figure: float, at: object, digits: int) -> str:
    return tr("{figure} ({when})", figure=_figure(figure, digits), when=at)


def decimals(figures: pd.Series) -> int:
    """Return how many decimals figures need: none if all are whole, two if all are small, otherwise one.

    Examples
    --------
    >>> [decimals(pd.Series(some)) for some in ([6, 8], [0.673, 0.87], [69.5, 146.9])]
    [0, 2, 1]
    """
    if (figures.dropna() % 1 == 0).all():
        return 0
    return 2 if figures.abs().max() < _SMALL else 1


def whens(along: pd.Series) -> list[str]:
    """Return positions along an axis in words: days, months where all are the first of one, or numbers.

    Numbers are months, too, if that is the column's name.

    Examples
    --------
    >>> whens(pd.Series([2001, 2017])), whens(pd.to_datetime(pd.Series(["2022-03-01", "2022-04-01"])))
    (['2001', '2017'], ['March 2022', 'April 2022'])
    """
    if along.name == "month" and not of_days(along):
        return [month(number) for number in along]
    if not of_days(along):
        return [f"{value:g}" for value in along]
    if (along.dt.day == 1).all():
        return [tr("{month} {year}", month=month(one.month), year=one.year) for one in along]
    return [day(one) for one in along]
