"""Explorers: move a control, and see what follows.

`Explorer` joins controls to a function that draws; the others are ready-made for a lesson.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from samarkand.explore.engine import Explorer, Panel

if TYPE_CHECKING:
    from samarkand.explore.claims import claim_browser

__all__ = ["Explorer", "Panel", "claim_browser"]

#: What is loaded when it is first asked for, and the module that holds it.
_READY_MADE = {
    "claim_browser": "claims",
}


def __getattr__(name: str) -> Any:
    if name not in _READY_MADE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_READY_MADE[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_READY_MADE})
