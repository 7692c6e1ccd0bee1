"""Explorers: move a control, and see what follows.

`Explorer` joins controls to a function that draws; the others are ready-made for a lesson.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from samarkand.explore.engine import Explorer, Panel

if TYPE_CHECKING:
    from samarkand.explore.ballots import votes
    from samarkand.explore.claims import claim_browser
    from samarkand.explore.form import my_forecasts
    from samarkand.explore.hindsight import known_then
    from samarkand.explore.scored import forecasts_scored, my_scores
    from samarkand.explore.setting import first_slider, trip_timeline
    from samarkand.explore.shared import overlap
    from samarkand.explore.size import share_of_world

__all__ = [
    "Explorer",
    "Panel",
    "claim_browser",
    "first_slider",
    "forecasts_scored",
    "known_then",
    "my_forecasts",
    "my_scores",
    "overlap",
    "share_of_world",
    "trip_timeline",
    "votes",
]

#: What is loaded when it is first asked for, and the module that holds it.
_READY_MADE = {
    "claim_browser": "claims",
    "first_slider": "setting",
    "forecasts_scored": "scored",
    "known_then": "hindsight",
    "my_forecasts": "form",
    "my_scores": "scored",
    "overlap": "shared",
    "share_of_world": "size",
    "trip_timeline": "setting",
    "votes": "ballots",
}


def __getattr__(name: str) -> Any:
    if name not in _READY_MADE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_READY_MADE[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_READY_MADE})
