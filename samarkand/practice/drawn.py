"""A chart that a student draws with Altair: it is shown above the reply, and read for what was asked."""

import re
import sys
from collections.abc import Mapping
from typing import Any

import pandas as pd

from samarkand.common.errors import CourseError
from samarkand.common.words import join_in_words, tr


def is_chart(value: object) -> bool:
    """Return whether a value is a chart of Altair's, which is not loaded for this."""
    altair: Any = sys.modules.get("altair")
    return altair is not None and type(value) in (altair.Chart, altair.LayerChart)


def show_chart(chart: Any) -> dict[str, Any]:
    """Show a chart, and return what Altair would save of it.

    Parameters
    ----------
    chart : altair.Chart

    Raises
    ------
    CourseError
        If Altair cannot draw it, as when a column does not exist.
    """
    try:
        says = chart.to_dict()
    except Exception as error:
        first = str(error).strip().partition("\n")[0]
        text = _explain_refusal(chart, first) or tr("Altair cannot draw this chart: {why}", why=first)
        raise CourseError(text, code="cannot be drawn") from None
    display: Any = getattr(sys.modules.get("IPython.display"), "display", None)
    if display:
        display(chart)
    return dict(says)


def _explain_refusal(chart: Any, said: str) -> str:
    """Return in plain words why Altair cannot draw a chart, or ""."""
    if isinstance(chart.data, pd.Series):
        return tr("alt.Chart takes a table, and this is one column. reset_index() makes a table of it.")
    if not isinstance(chart.data, pd.DataFrame):
        return tr("alt.Chart takes a table in its round brackets. Which one is it?")
    if type(getattr(chart, "mark", None)).__name__ == "UndefinedType":
        return tr("The chart has no mark. What draws the bars?")
    missing = re.search(r'data type for the field "(.+?)"', said)
    if missing:
        names = join_in_words(list(map(str, chart.data.columns)))
        return tr(
            'The table of the chart has no column "{name}". It has {names}.', name=missing[1], names=names
        )
    return ""


def list_columns(says: Mapping[str, Any]) -> list[str]:
    """Return the mark of a chart first, then the columns of ``x``, ``y`` and ``color``.

    Where Altair counts rows by itself, the column is called ``count``, as the one that pandas makes.
    """
    mark = says.get("mark", "")
    found = [str(mark["type"] if isinstance(mark, dict) else mark)]
    for channel in ("x", "y", "color"):
        axis = says.get("encoding", {}).get(channel, {})
        field = "count" if axis.get("aggregate") == "count" else axis.get("field")
        if field is not None:
            found.append(str(field))
    return found


def count_bars(says: Mapping[str, Any], column: str) -> dict[str, float]:
    """Return the length of the bar of each value of a column; without amounts, the number of its rows."""
    bars: dict[str, float] = {}
    amount = ""
    for axis in says.get("encoding", {}).values():
        if axis.get("type") == "quantitative":
            amount = axis.get("field", "")
    rows = says.get("datasets", {}).get(says.get("data", {}).get("name"), [])
    for row in rows:
        if column in row:
            length = row.get(amount, 1)
            bars[row[column]] = bars.get(row[column], 0) + (length if isinstance(length, int | float) else 0)
    return bars


def make_bars(
    bars: "Mapping[str, float] | pd.Series[float] | pd.Series[int]", unit: str = "amount"
) -> dict[str, Any]:
    """Return a chart with these bars as Altair would save it, without Altair.

    Parameters
    ----------
    bars : mapping of str to float, or pandas.Series
        The length of each bar, by its name.
    unit : str
        What is said at the axis of the lengths.
    """
    rows = [{"name": name, "length": float(length)} for name, length in bars.items()]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": "What is to be seen",
        "data": {"name": "bars"},
        "mark": {"type": "bar"},
        "encoding": {
            "x": {"field": "name", "type": "nominal"},
            "y": {"field": "length", "title": unit, "type": "quantitative"},
        },
        "datasets": {"bars": rows},
    }
