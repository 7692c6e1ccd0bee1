"""A sentence when a notebook gives a name of the course, or of Python, to something else: ``check = 8``.

Nothing fails at once, and a later cell breaks without a word of why. After each cell its names are held
against those before it: an import or a function of the course must stay what it is, a table that a lesson
makes must stay a table, and Python's own functions keep their names.
"""

from __future__ import annotations

import ast
import builtins
import html
import itertools
import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from samarkand.ground import home
from samarkand.ground.words import tr


def install(shell: Any) -> None:
    """Have a shell of IPython say so once for each name, after the cell in which it happens."""
    watch = Watch(shell)
    shell.events.register("pre_run_cell", watch.before)
    shell.events.register("post_run_cell", watch.after)


class Watch:
    """What the names of a notebook stood for before a cell."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._kept: dict[str, Any] = {}
        self._told: set[str] = set()

    def before(self, _info: object = None) -> None:
        """Keep what must not change."""
        self._kept = {name: value for name, value in self._public() if _needed(value)}

    def after(self, _result: object = None) -> None:
        """Say which names this cell has given to something else."""
        if not home.in_use():
            return
        now = dict(self._public())
        for name, sentence in itertools.chain(self._lost(now), self._shadowed(now)):
            if name not in self._told:
                self._told.add(name)
                said = f'<div role="status">{html.escape(sentence)}</div>'
                self._shell.display_pub.publish({"text/html": said, "text/plain": sentence})

    def _public(self) -> list[tuple[str, Any]]:
        return [(name, value) for name, value in self._shell.user_ns.items() if not name.startswith("_")]

    def _lost(self, now: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield the names that no longer stand for what the lesson needs."""
        for name, before in self._kept.items():
            if name not in now or now[name] is before or (_table(before) and _table(now[name])):
                continue
            if _ours(before) or name in _made_in_lessons():
                said = tr(
                    'This cell has given the name "{name}" to something else, and cells below need what it '
                    "was. Call yours by another name; this brings the old one back: {code}",
                    name=name,
                    code=self._how(name),
                )
                yield name, said

    def _shadowed(self, now: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield the functions of Python that the notebook has given their names away."""
        for name, value in now.items():
            own = getattr(builtins, name, None)
            if (
                callable(own)
                and value is not own
                and name not in ("display", "exit", "quit", "open", "input")
            ):
                said = tr(
                    'This cell has given the name "{name}", a function of Python, to something else. Call '
                    "yours by another name; this brings the function back: {code}",
                    name=name,
                    code=f"del {name}",
                )
                yield name, said

    def _how(self, name: str) -> str:
        """Return the line by which the notebook last set a name, before this cell."""
        for source in reversed(self._shell.user_ns.get("_ih", [""])[:-1]):
            code = _statements(source).get(name)
            if code:
                return code
        return tr("Run → Run All Cells")


def _ours(value: object) -> bool:
    """Return whether something is a module, a function or a class of the course, or its ``cite``."""
    if isinstance(value, ModuleType):
        return value.__name__.startswith("samarkand.")
    if isinstance(value, FunctionType | type):
        return value.__module__.startswith("samarkand.")
    return type(value).__module__ == "samarkand.sources"


def _needed(value: object) -> bool:
    return _ours(value) or _table(value) or isinstance(value, ModuleType)


def _table(value: object) -> bool:
    pandas: Any = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame | pandas.Series)


@cache
def _made_in_lessons() -> frozenset[str]:
    """Return the names that the lessons give to what they make."""
    names: set[str] = set()
    for path in home.LESSONS.glob("*.ipynb"):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            for cell in cells:
                if cell["cell_type"] == "code":
                    names |= _statements("".join(cell["source"])).keys()
        except (OSError, ValueError, LookupError, TypeError):
            continue  # a damaged lesson is told elsewhere
    return frozenset(names)


def _statements(source: str) -> dict[str, str]:
    """Return the names that a cell sets, each with the statement that does it."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return {}
    found: dict[str, str] = {}
    for statement in body:
        if isinstance(statement, ast.ImportFrom | ast.Import):
            for alias in statement.names:
                one = type(statement)(**{**dict(ast.iter_fields(statement)), "names": [alias]})
                found[alias.asname or alias.name] = ast.unparse(one)
        else:
            stored = [
                n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            ]
            found |= dict.fromkeys(stored, re.sub(r"\s+", " ", ast.unparse(statement)))
    return found
