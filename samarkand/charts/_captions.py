"""Captions of charts: a title whose figures the chart fills in, a subtitle that says the measure once."""

import re
from collections.abc import Mapping

import pandas as pd

from samarkand.charts import _words
from samarkand.common.errors import make_unknown_name
from samarkand.common.words import capitalise_text, tr

#: A gap in a title: anything between braces.
_GAP = re.compile(r"\{([^{}]*)\}")


def fill_title(title: str, figures: Mapping[str, str]) -> str:
    """Return a title with each gap replaced by a figure that the chart draws.

    Parameters
    ----------
    title : str
        The title, with gaps in braces: ``"{China} of {total} votes"``.
    figures : mapping of str to str
        What the chart can say, by name: its rows, and words such as ``total``.

    Raises
    ------
    UnknownName
        If the chart draws nothing of that name; it names the nearest one.

    Examples
    --------
    >>> fill_title("{China} of {total} votes", {"China": "3", "total": "8"})
    '3 of 8 votes'
    """

    def find_figure(gap: re.Match[str]) -> str:
        if gap[1] not in figures:
            raise make_unknown_name(tr("figure for the title"), gap[1], figures)
        return figures[gap[1]]

    return _GAP.sub(find_figure, title)


def say_measure(caption: Mapping[str, str], measure: str) -> str:
    """Return the subtitle of a chart with its measure and unit, if neither title nor subtitle says them yet.

    Examples
    --------
    >>> say_measure({"title": "Trade grew", "subtitle": "China and Russia"}, "trade (USD bn)")
    'China and Russia, USD bn'
    >>> say_measure({"title": "Six, then ten"}, "members")
    'Members'
    """
    subtitle = caption.get("subtitle") or ""
    said = f"{caption.get('title') or ''} {subtitle}".lower()
    what, _, unit = measure.partition(" (")
    missing = [part for part in (what, unit.rstrip(")")) if part and part.lower() not in said]
    if not subtitle:
        return capitalise_text(measure) if missing else ""
    return ", ".join([subtitle, *missing])


def figures_of_rows(names: list[str], figures: pd.Series, digits: int) -> dict[str, str]:
    """Return what a title may say of rows: each figure by its row's name, number, total and extremes."""
    written = [_words.format_figure(figure, digits) for figure in figures]
    known = figures.dropna()
    found = {"number": str(len(names)), "given": str(len(known))}
    if len(known):
        found["total"] = _words.format_figure(float(known.sum()), digits)
        found["least"] = _words.format_figure(float(known.min()), digits)
        found["most"] = _words.format_figure(float(known.max()), digits)
        found["first"], found["last"] = written[0], written[-1]
    return found | dict(zip(names, written, strict=True))
