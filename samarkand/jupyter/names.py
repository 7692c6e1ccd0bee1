"""A warning when a notebook rebinds a name of the course or of Python: ``check = 8``.

Nothing fails at once, and a later cell breaks without a word of why. After each cell its names are compared
with those before it: an import or a function of the course must stay what it is, a table that a lesson makes
must stay a table, and Python's own functions keep their names.
"""

import ast
import builtins
import html
import json
import re
import sys
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from samarkand.ground import home
from samarkand.ground.words import tr

#: Names that practice cells set at each try, and built-in functions that nobody needs here.
_FREE = frozenset(("answer", "display", "exit", "quit", "open", "input"))


def install(shell: Any) -> None:
    """Make an IPython shell warn once for each name, after the cell that rebinds it."""
    watch = Watch(shell)
    shell.events.register("pre_run_cell", watch.before)
    shell.events.register("post_run_cell", watch.after)


def publish(shell: Any, sentence: str, link: str = "") -> None:
    """Show a sentence below a cell, and a link after it."""
    more = f' <a href="{html.escape(link)}">{html.escape(link)}</a>' if link else ""
    body = f'<div role="status">{html.escape(sentence)}{more}</div>'
    shell.display_pub.publish({"text/html": body, "text/plain": f"{sentence} {link}".strip()})


class Watch:
    """The names of a notebook before a cell, and those that were warned of."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._before: dict[str, Any] = {}
        self._warned: set[str] = set()
        self._cell: object = None
        self._set_by: dict[str, object] = {}

    def before(self, info: object = None) -> None:
        """Remember the names that the cell must not rebind."""
        self._cell = getattr(info, "cell_id", None)
        names = self._names().items()
        self._before = {
            n: one for n, one in names if _ours(one) or _table(one) or isinstance(one, ModuleType)
        }

    def after(self, _result: object = None) -> None:
        """Warn of the names that this cell has rebound."""
        if home.in_use():
            for name, sentence in self._lost().items():
                if name not in self._warned:
                    self._warned.add(name)
                    publish(self._shell, sentence)
        for name, one in self._names().items():
            if _table(one) and self._before.get(name) is not one:
                self._set_by[name] = self._cell

    def _names(self) -> dict[str, Any]:
        space = self._shell.user_ns.items()
        return {name: one for name, one in space if not name.startswith("_") and name not in _FREE}

    def _lost(self) -> dict[str, str]:
        """Return a warning for each name that no longer means what the lesson needs."""
        now, found = self._names(), {}
        for name, old in self._before.items():
            if name not in now or now[name] is old or (_table(old) and _table(now[name])):
                continue
            if self._cell and self._set_by.get(name) == self._cell:  # somebody corrects their own answer
                continue
            if _ours(old) or name in _made_in_lessons():
                found[name] = tr(
                    'This cell has given the name "{name}" to something else, and cells below need what it '
                    "was. Call yours by another name; this brings the old one back: {code}",
                    name=name,
                    code=self._how(name),
                )
        for name, one in now.items():
            if callable(own := getattr(builtins, name, None)) and one is not own:
                found[name] = tr(
                    'This cell has given the name "{name}", a function of Python, to something else. Call '
                    "yours by another name; this brings the function back: {code}",
                    name=name,
                    code=f"del {name}",
                )
        return found

    def _how(self, name: str) -> str:
        """Return the statement that last set a name before this cell, or advice to run the cells above."""
        earlier = map(_statements, reversed(self._shell.user_ns.get("_ih", [""])[:-1]))
        return next((code[name] for code in earlier if name in code), tr("Run → Run All Above Selected Cell"))


def _ours(value: object) -> bool:
    """Return whether a value is a module, a function or a class of the course, or its ``cite``."""
    if isinstance(value, ModuleType):
        return value.__name__.startswith("samarkand.")
    if isinstance(value, FunctionType | type):
        return value.__module__.startswith("samarkand.")
    return type(value).__module__ == "samarkand.sources"


def _table(value: object) -> bool:
    pandas: Any = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame | pandas.Series)


@cache
def _made_in_lessons() -> frozenset[str]:
    """Return the names that code cells of the lessons assign; damaged lessons are skipped."""
    names: set[str] = set()
    for path in home.LESSONS.glob("*.ipynb"):
        try:
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] == "code":
                    names |= _statements("".join(cell["source"])).keys()
        except (OSError, ValueError, LookupError, TypeError):
            continue
    return frozenset(names)


def _statements(source: str) -> dict[str, str]:
    """Return {name: statement that sets it} of a cell; {} if its syntax is wrong."""
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
            stored = (
                n for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            )
            found |= dict.fromkeys((n.id for n in stored), re.sub(r"\s+", " ", ast.unparse(statement)))
    return found
