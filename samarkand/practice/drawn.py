"""A chart that a student draws with Altair: it is shown above the reply, and read for what was asked."""

import sys
from collections.abc import Mapping
from typing import Any

import pandas as pd

from samarkand.common.errors import CourseError
from samarkand.common.words import tr


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
        text = tr("Altair cannot draw this chart: {why}", why=first)
        raise CourseError(text, code="cannot be drawn") from None
    display: Any = getattr(sys.modules.get("IPython.display"), "display", None)
    if display:
        display(chart)
    return dict(says)


def list_columns(says: Mapping[str, Any]) -> list[str]:
    """Return the mark of a chart first, then the columns of ``x``, ``y`` and ``color``."""
    mark = says.get("mark", "")
    found = [str(mark["type"] if isinstance(mark, dict) else mark)]
    for channel in ("x", "y", "color"):
        field = says.get("encoding", {}).get(channel, {}).get("field")
        if field is not None:
            found.append(str(field))
    return found


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
