"""Charts for lessons: made of a table, in one look, never without title, description and source.

They are Altair charts, so whatever Altair can do can be added. A chart in a notebook is text, not an image: a
Vega-Lite specification that JupyterLab draws without the net, and a sentence for those who do not see it.
Each is looked up in its module when it is first used.
"""

from __future__ import annotations

from typing import Any

from samarkand.ground import rooms

rooms.keep_names(__name__)


def __getattr__(name: str) -> Any:
    """Look a chart up in the modules of this room."""
    return rooms.find(__name__, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *rooms.offers(__name__)])
