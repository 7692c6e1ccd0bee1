"""The course's maps: folium without the net, drawn with equal areas, the same bytes on every machine.

`region`, `trip`, `sco`, `votes` and `flows` draw the maps of the lessons, `world` any values of states. Each
is looked up in the module of its subject when it is first used, so that ``from samarkand import maps`` does
not load folium.
"""

from __future__ import annotations

from typing import Any

from samarkand.ground import rooms

rooms.keep_names(__name__)


def __getattr__(name: str) -> Any:
    """Look a map up in the modules of this room."""
    return rooms.find(__name__, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *rooms.offers(__name__)])
