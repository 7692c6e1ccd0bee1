"""A chart that a student draws with Altair: it is shown above the reply, and read for what was asked."""

import sys
from typing import Any

from samarkand.common.errors import CourseError
from samarkand.common.words import tr


def is_chart(value: object) -> bool:
    """Return whether a value is a chart of Altair's, which is not loaded for this."""
    altair: Any = sys.modules.get("altair")
    return altair is not None and type(value) in (altair.Chart, altair.LayerChart)


def read_chart(chart: Any) -> list[str]:
    """Return the mark of a chart and the columns that it draws, and show it.

    Parameters
    ----------
    chart : altair.Chart

    Returns
    -------
    list of str
        The mark first, then the columns of ``x``, ``y`` and ``color``.

    Raises
    ------
    CourseError
        If Altair cannot draw it, as when a column does not exist.
    """
    try:
        says = chart.to_dict()
    except Exception as error:
        first = str(error).strip().partition("\n")[0]
        raise CourseError(tr("Altair cannot draw this chart: {why}", why=first)) from None
    display: Any = getattr(sys.modules.get("IPython.display"), "display", None)
    if display:
        display(chart)
    mark = says.get("mark", "")
    found = [str(mark["type"] if isinstance(mark, dict) else mark)]
    for channel in ("x", "y", "color"):
        field = says.get("encoding", {}).get(channel, {}).get("field")
        if field is not None:
            found.append(str(field))
    return found
