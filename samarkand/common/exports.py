"""The modules of a package and the names they offer, found without importing them.

A module of ``maps``, ``charts`` or ``explore`` lists in ``__all__`` what it offers, and the package offers it
too. A module is imported when one of its names is first used, so that ``from samarkand import maps`` does not
load folium, and a new module needs no line anywhere else. Modules whose names begin with ``_`` are the
package's engine; the others are named after their subject.
"""

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


def modules(package: str) -> dict[str, Path]:
    """Return {name within the package: file} of a package's modules.

    Examples
    --------
    >>> "files" in modules("samarkand.common")
    True
    """
    spec = find_spec(package)
    folders = (spec and spec.submodule_search_locations) or ()
    files = (path for folder in folders for path in Path(folder).glob("*.py"))
    return {path.stem: path for path in sorted(files) if path.stem != "__init__"}


@cache
def offers(package: str) -> dict[str, str]:
    """Return {public name: full name of its module} of a package, without importing any.

    `ImportError` if two modules offer the same name.
    """
    found: dict[str, str] = {}
    for module, path in modules(package).items():
        listed = _OFFERS.search(path.read_text(encoding="utf-8"))
        for name in ast.literal_eval(listed[1]) if listed else ():
            if name in found:
                raise ImportError(f"{package}: both {found[name]} and {package}.{module} offer {name!r}.")
            found[name] = f"{package}.{module}"
    return found


class _Package(ModuleType):
    def __setattr__(self, name: str, value: object) -> None:
        # Python puts every module that is imported into its package, over ``__getattr__``.
        if not isinstance(value, ModuleType) or name not in offers(self.__name__):
            super().__setattr__(name, value)


def lazy(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for the package with this ``__name__``, which is being imported.

    A module never hides a public object of its name: ``explore.votes`` is the explorer.
    """
    sys.modules[package].__class__ = _Package

    def find(name: str) -> Any:
        if name not in offers(package):
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(offers(package)[name]), name)

    return find, lambda: sorted([*vars(sys.modules[package]), *offers(package)])


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """Import without garbage collection, which takes a sixth of the CPU time of importing pandas."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
