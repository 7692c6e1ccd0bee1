"""Explorers: move a control, and see what follows.

`Explorer` joins controls to a function that draws; the others are ready-made for a lesson. Each is looked up
in the module of its subject when it is first used.
"""

from __future__ import annotations

from typing import Any

from samarkand.ground import rooms

rooms.keep_names(__name__)


def __getattr__(name: str) -> Any:
    """Look an explorer up in the modules of this room."""
    return rooms.find(__name__, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *rooms.offers(__name__)])
