"""Predict, then see, then be scored: what a student expects of a result, kept, and held against the tables.

``ask`` is the form, ``see`` stands beside the result, ``scores`` is for the end of the course. What is asked
stands in ``questions/``; what came out is computed in the module of the subject.
"""

from __future__ import annotations

from typing import Any

from samarkand.ground import rooms


def __getattr__(name: str) -> Any:
    """Look a name up in the modules of this room."""
    return rooms.find(__name__, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *rooms.offers(__name__)])
