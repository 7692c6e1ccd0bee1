"""The course's questions: quizzes, predictions, notes, practice tasks, and sets to hand in.

`check`, `note`, `recall` and `Desk` are looked up when they are first used: a lesson loads only what it asks.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from samarkand.practice.notes import note as note
    from samarkand.practice.notes import recall as recall
    from samarkand.practice.sets import Desk as Desk
    from samarkand.practice.tasks import check as check

_HOMES = {"check": "tasks", "note": "notes", "recall": "notes", "Desk": "sets"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
