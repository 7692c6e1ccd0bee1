"""Charts for lessons: made of a table, in one look, never without title, description and source.

They are Altair charts, so whatever Altair can do can be added. A chart in a notebook is text, not an image: a
Vega-Lite specification that JupyterLab draws without the net, and a sentence for who does not see it.
"""

from samarkand.charts.bands import bands
from samarkand.charts.calibration import calibration
from samarkand.charts.look import WIDTH, finish
from samarkand.charts.plots import bars, lines, spans, steps
from samarkand.charts.ready import gap_in_days, members_over_time, share_of_world
from samarkand.charts.tables import axis_title

__all__ = [
    "WIDTH",
    "axis_title",
    "bands",
    "bars",
    "calibration",
    "finish",
    "gap_in_days",
    "lines",
    "members_over_time",
    "share_of_world",
    "spans",
    "steps",
]
