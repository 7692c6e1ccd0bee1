"""Who counted? One quantity and all its counts: by whom, how, when, and what each includes."""

import math
from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from samarkand import data
from samarkand.charts import counts
from samarkand.common.words import capitalise_text, tr, write_day
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.html import markup, pictures, style

__all__ = ["who_counted"]

_WORDS = Words("who_counted")
#: The day on which Xi Jinping set off.
DAY = "2022-09-14"
THEN, LATER = "then", "later"
#: Height of a counter's strip and of its line, in px; share of the width that is reserved for the figure.
_HEIGHT, _LINE, _ROOM = 24, 13, 0.34


def who_counted(quantity: str = "dead of January 2022") -> Explorer:
    """Return an explorer of quantities that several sources count: by whom, how, when, and the figure.

    Controls: the quantity, and whether to show counts published after 14 September 2022. No figure is
    marked as the right one.

    Parameters
    ----------
    quantity : str, default "dead of January 2022"
        What is shown first; a quantity of the table ``who_counted``.

    Raises
    ------
    UnknownName
        If there is no such quantity; it names the nearest one.

    Examples
    --------
    >>> who_counted("cost of the China-Kyrgyzstan-Uzbekistan railway")  # doctest: +ELLIPSIS
    Explorer "Who counted?". Cost of the China-Kyrgyzstan-Uzbekistan railway: 2 counts, from 4.7 to...
    """
    table = data.load("who_counted")
    out = set(data.load("who_counted", known_on=DAY)["id"])

    def draw(quantity: str, known: str) -> Panel:
        whole = [*table[table["quantity"] == quantity].sort_values("day", kind="stable").itertuples()]
        return _compare_counts(whole, known, out)

    quantities = {one: capitalise_text(one) for one in table["quantity"]}
    day_in_words = write_day(data.as_day(DAY))
    return _WORDS.explorer(draw, {"quantity": quantities}, start={"quantity": quantity}, day=day_in_words)


def _compare_counts(whole: Sequence[Any], known: str, out: Collection[str]) -> Panel:
    """Return the panel of a quantity; `out` are the ids of the counts that were published by the day."""
    shown = [row for row in whole if known == LATER or row.id in out]
    unit = whole[0].unit
    quantity = capitalise_text(whole[0].quantity)
    sentence = _say_range(quantity, unit, shown)
    if known == THEN:
        later = len(whole) - len(shown)
        more = _WORDS("more", n=later) if later else _WORDS("no_more")
        sentence = f"{sentence} {more}"
    if not shown:
        return Panel(sentence, "")
    most = _find_highest(whole)
    x = pictures.Axis(0, most, 0.01, 1 - _ROOM)
    scale = pictures.draw_ticks({"0": x(0), f"{most:,.10g} {unit}": x(most)}, 12)
    strips = pictures.make_picture(scale, alt="", height=16)
    for row in shown:
        counter = capitalise_text(row.counter)
        alt = _WORDS("strip", counter=counter, figure=_write_figure(row), most=most, unit=unit)
        strips += markup.make_element("div", markup.escape_html(counter), class_="over") + _draw_strip(
            row, x, alt
        )
    key = pictures.draw_legend(
        (pictures.draw_dot(0.5, 7, pictures.PLAIN), tr("given by the counter")),
        (
            pictures.draw_diamond(0.5, 7, "#ffffff", pictures.HIGHLIGHT, 5),
            tr("added up or divided by this course"),
        ),
    )
    columns = [*_WORDS.found["columns"], capitalise_text(unit)]
    rows = [_list_cells(row) for row in shown]
    table = markup.make_table(tr("Each count in full"), columns, rows, numbers=columns[-1:], broad=True)
    return Panel(sentence, key + strips + table)


def _list_cells(row: Any) -> tuple[str, ...]:
    """Return the cells of a count in the table: counter, method, period, what is in it, source, figure."""
    period = counts.describe_period(row.day, row.includes)
    includes = str(row.includes)
    if not pd.isna(row.note):
        includes = f"{includes}. {row.note}"
    sources = row.source.replace(";", ", ")
    return (capitalise_text(row.counter), row.method, period, includes, sources, _write_figure(row))


def _say_range(quantity: str, unit: str, shown: Sequence[Any]) -> str:
    """Return a sentence with the number and range of counts; sources without a number are counted apart."""
    if not shown:
        return _WORDS("nobody", quantity=quantity)
    given: list[float] = []
    silent = 0
    for row in shown:
        figures = _list_figures(row)
        given += figures
        if not figures:
            silent += 1
    if not given:
        return _WORDS("no_number", quantity=quantity)
    low, high = f"{min(given):,.10g}", f"{max(given):,.10g}"
    span = low if low == high else tr("from {low} to {high}", low=low, high=high)
    sentence = _WORDS("counts", n=len(shown) - silent, quantity=quantity, span=span, unit=unit)
    if silent:
        sentence += " " + _WORDS("silent", n=silent)
    return sentence


def _find_highest(rows: Sequence[Any]) -> float:
    """Return the highest figure in some rows; 1 if there is none, so that an axis has an end."""
    figures = [1.0] if not any(map(_list_figures, rows)) else []
    for row in rows:
        figures += _list_figures(row)
    return max(figures)


def _list_figures(row: Any) -> list[float]:
    """Return the figures in a row: a number, the ends of a range, or none."""
    return [float(figure) for figure in (row.value, row.low, row.high) if pd.notna(figure)]


def _draw_strip(row: Any, x: pictures.Axis, alt: str) -> str:
    """Draw one count on an axis from 0: a point, a range or an upper bound; no mark without a number."""
    out = pictures.draw_line(x(0), _LINE, x(x.high), _LINE, pictures.RULE)
    out += pictures.draw_line(x(0), _LINE - 6, x(0), _LINE + 6, pictures.SOFT)
    end = x(0)
    if pd.notna(row.high):
        low = 0.0 if pd.isna(row.low) else row.low
        out += pictures.draw_bar(x(low), x(row.high), _LINE - 4, 8, style.GUIDE)
        end = x(row.high)
    if pd.notna(row.value):
        end = max(end, x(row.value))
        if row.method == "computed":
            out += pictures.draw_diamond(x(row.value), _LINE, "#ffffff", pictures.HIGHLIGHT, 5)
        else:
            out += pictures.draw_dot(x(row.value), _LINE, pictures.PLAIN)
    out += pictures.draw_text(end, _LINE + 5, _write_figure(row), bold=True, dx=10)
    return pictures.make_picture(out, alt=alt, height=_HEIGHT)


def _write_figure(row: Any) -> str:
    """Return a count as text: a number, a range, an upper bound, or words for none."""
    given = _list_figures(row)
    low, high = (min(given), max(given)) if given else (math.nan, math.nan)
    return counts.range_in_words(math.nan if pd.isna(row.value) else row.value, low, high)
