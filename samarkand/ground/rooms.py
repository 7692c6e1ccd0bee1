"""What a room of the package offers, found by itself: a new module needs no line anywhere else.

A room is a folder such as ``maps`` or ``explore``. Each of its modules lists what it offers in ``__all__``;
the room offers those names too. It imports a module only when one of its names is first used, so that
``from samarkand import maps`` does not load folium. Modules whose names begin with ``_`` are the room's
engine; the others are named after their subject.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

_OFFERS = re.compile(r"^__all__ = (\[.*?\])$", re.DOTALL | re.MULTILINE)


def modules(room: str) -> dict[str, Path]:
    """Return the modules of a room, such as ``"samarkand.maps"``, by their names within it, and their files.

    Examples
    --------
    >>> "files" in modules("samarkand.ground")
    True
    """
    spec = find_spec(room)
    folders = (spec and spec.submodule_search_locations) or ()
    files = (path for folder in folders for path in Path(folder).glob("*.py"))
    return {path.stem: path for path in sorted(files) if path.stem != "__init__"}


@cache
def offers(room: str) -> dict[str, str]:
    """Return each name that a room offers, and the full name of its module, without importing any.

    `ImportError` if two modules offer the same name.
    """
    found: dict[str, str] = {}
    for module, path in modules(room).items():
        listed = _OFFERS.search(path.read_text(encoding="utf-8"))
        for name in ast.literal_eval(listed[1]) if listed else ():
            if name in found:
                raise ImportError(f"{room}: both {found[name]} and {room}.{module} offer {name!r}.")
            found[name] = f"{room}.{module}"
    return found


class _Room(ModuleType):
    def __setattr__(self, name: str, value: object) -> None:
        # Python puts every module that is imported into its package, over ``__getattr__``.
        if not isinstance(value, ModuleType) or name not in offers(self.__name__):
            super().__setattr__(name, value)


def door(room: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a room, a package that is being imported: its ``__name__``.

    From now on no module hides what it offers under its own name: ``explore.votes`` is the explorer.
    """
    sys.modules[room].__class__ = _Room

    def find(name: str) -> Any:
        module = offers(room).get(name)
        if module is None:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        return getattr(importlib.import_module(module), name)

    return find, lambda: sorted([*vars(sys.modules[room]), *offers(room)])


@contextlib.contextmanager
def lasting() -> Iterator[None]:
    """Import what stays until the end: nobody looks for garbage in it, neither meanwhile nor later.

    Looking takes a sixth of the CPU of importing pandas or nbgrader, and finds nothing.
    """
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if looked:
            gc.enable()
