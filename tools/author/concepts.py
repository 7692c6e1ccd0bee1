"""What code uses of Python and pandas, and where the lessons introduce it.

``concepts.toml`` is the catalogue: one line of explanation for each name and construct. The cell of text that
explains one names it in its metadata, ``{"samarkand": {"introduces": ["groupby"]}}``. From the two follow the
rules in `rules_of_concepts` and the page that `pages` makes.

Not counted are arithmetic, comparison, giving a name, and choosing columns by name: lesson 00 says those in
words.
"""

from __future__ import annotations

import ast
import builtins
import re
import tomllib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from nbformat import NotebookNode

from samarkand.ground import reading
from samarkand.ground.home import PACKAGE
from tools.author import lessons
from tools.author.lessons import NOTEBOOKS, Lesson

CATALOGUE = Path(__file__).with_suffix(".toml")
SCHEMA = CATALOGUE.with_suffix(".schema.json")
#: The lines of a set that students do not get.
_SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION\n?", re.DOTALL | re.MULTILINE)
#: What stands in the language itself, by the node of the tree that shows it.
CONSTRUCTS: dict[type[ast.AST], str] = {
    ast.For: "for",
    ast.FunctionDef: "def",
    ast.If: "if",
    ast.IfExp: "if",
    ast.Try: "try",
    ast.Lambda: "lambda",
    ast.JoinedStr: "f-string",
    ast.ListComp: "comprehension",
    ast.DictComp: "comprehension",
    ast.SetComp: "comprehension",
    ast.GeneratorExp: "comprehension",
    ast.Dict: "dict",
    ast.Slice: "slice",
    ast.Starred: "*",
    ast.In: "in",
    ast.And: "and",
    ast.Or: "or",
    ast.Not: "not",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.Invert: "~",
    ast.Pow: "**",
    ast.Mod: "%",
    ast.AugAssign: "+=",
}
#: What pandas, NumPy and networkx are called in the lessons.
LIBRARIES = ("pd", "np", "nx")


@dataclass(frozen=True)
class Concept:
    """A name or construct of the catalogue.

    Attributes
    ----------
    name : str
        What the code shows: ``"groupby"``, ``"f-string"``.
    kind : {"Python", "pandas", "NumPy", "networkx"}
        Whose it is.
    says : str
        What it does, in one line.
    written : str
        How the cell that introduces it writes it between backticks.
    """

    name: str
    kind: str
    says: str
    written: str


@cache
def catalogue() -> dict[str, Concept]:
    """Return what the lessons and sets use, by name, in the order of the file."""
    entries = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    return {
        name: Concept(name, entry["kind"], entry["says"], entry.get("written", name))
        for name, entry in entries.items()
    }


# ------------------------------------------------------------------------------------------- what is used


def used(code: str) -> dict[str, str]:
    r"""Return the names and constructs that code uses, each with the line in which it first stands.

    Examples
    --------
    >>> list(used('for row in trip.query("day > 3 and place.notna()").itertuples():\n    print(row.place)'))
    ['for', 'itertuples', 'and', 'notna', 'query', 'print']
    """
    tree = ast.parse(code)
    rows = _rows(tree)
    given = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    lines = code.splitlines()
    found: dict[str, str] = {}
    for name, line in sorted(_uses(tree, rows, given), key=lambda use: use[1]):
        found.setdefault(name, lines[line - 1].strip())
    return found


def _uses(tree: ast.AST, rows: set[str], given: set[str]) -> Iterator[tuple[str, int]]:
    """Yield each name or construct with the number of its line."""
    for node, line in _in_lines(tree):
        if type(node) in CONSTRUCTS:
            yield CONSTRUCTS[type(node)], line
        elif isinstance(node, ast.Attribute):
            of = node.value.id if isinstance(node.value, ast.Name) else ""
            if of in LIBRARIES or (node.attr in _methods() and of not in rows | (_tools() - given)):
                yield node.attr, node.end_lineno or line
        elif isinstance(node, ast.Name) and node.id not in given and hasattr(builtins, node.id):
            yield node.id, line
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "query"
        ):
            for condition in (a.value for a in node.args if isinstance(a, ast.Constant)):
                asked = ast.parse(str(condition).replace("@", ""), mode="eval")
                columns = {one.id for one in ast.walk(asked) if isinstance(one, ast.Name)}
                yield from ((name, node.lineno) for name, _ in _uses(asked, rows, columns))


def _in_lines(tree: ast.AST) -> Iterator[tuple[ast.AST, int]]:
    """Yield the nodes of a tree, each with its line, or that of what holds it (an operator has none)."""
    waiting = deque([(tree, 1)])
    while waiting:
        node, line = waiting.popleft()
        line = getattr(node, "lineno", line)
        yield node, line
        waiting.extend((child, line) for child in ast.iter_child_nodes(node))


def _rows(tree: ast.AST) -> set[str]:
    """Return the names that loops give to rows: their attributes are columns."""
    return {
        node.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.For | ast.comprehension)
        and isinstance(node.target, ast.Name)
        and ast.unparse(node.iter).endswith("itertuples()")
    }


@cache
def _tools() -> frozenset[str]:
    """Return what the rooms of the package are called: what they offer is not pandas', whatever its name."""
    return frozenset({path.stem for folder in (PACKAGE, PACKAGE / "practice") for path in folder.iterdir()})


@cache
def _methods() -> frozenset[str]:
    """Return what values, tables and columns can do; what the course's own tools can do is not among them."""
    import networkx as nx
    import numpy as np
    import pandas as pd

    values = (str, list, dict, set, tuple, date, np.random.Generator, nx.Graph)
    kinds = (pd.DataFrame, pd.Series, pd.Index, pd.Timestamp, pd.Timedelta, pd.api.typing.DataFrameGroupBy)
    accessors = (type(pd.Series(["x"]).str), type(pd.Series([pd.Timestamp(0)]).dt))
    return frozenset(
        name for kind in (*values, *kinds, *accessors) for name in dir(kind) if not name.startswith("_")
    )


# ------------------------------------------------------------------------------------------- where it is met


def introduced(cell: NotebookNode) -> list[str]:
    """Return what a cell says it introduces."""
    return list(cell.metadata.get("samarkand", {}).get("introduces", []))


def folded(cell: NotebookNode) -> bool:
    """Tell whether a cell of code is folded: it only prepares, and the text before it says what."""
    return bool(cell.metadata.get("jupyter", {}).get("source_hidden", False))


def read_code(lesson: Lesson) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield what a student reads of a lesson's code: cell, names used; a task's answer stands at its stub."""
    answers = {task.stub.id: task.answer for task in lesson.tasks}
    parsed = dict(lesson.trees)
    for cell in lesson.code:
        if cell.id in parsed and not folded(cell):
            yield cell.id, used(answers.get(cell.id, "")) | used(cell.source)


def before(lesson: Lesson) -> list[Lesson]:
    """Return the lessons before one, in its folder."""
    folder = lesson.path.parent
    return [_stored(p) for p in lessons.paths(folder=folder) if p.stem[:2] < lesson.number]


def known_before(lesson: Lesson) -> set[str]:
    """Return what the lessons before one have introduced."""
    return _brought(before(lesson))


def known_by(number: str) -> set[str]:
    """Return what the stored lessons up to a number have introduced."""
    return _brought(one for one in course() if one.number <= number)


def _brought(by: Iterable[Lesson]) -> set[str]:
    return {name for one in by for cell in one.cells for name in introduced(cell)}


def parted(exercise: Lesson) -> tuple[set[str], dict[str, list[str]]]:
    """Return what the given code of a set uses, and by cell what only its model solutions use besides."""
    given: set[str] = set()
    solved: dict[str, list[str]] = {}
    for cell in exercise.code:
        shown = used(_SOLUTION.sub(r"\1...\n", cell.source))
        given.update(shown)
        solved[cell.id] = [name for name in used(cell.source) if name not in shown]
    return given, solved


_stored = reading.cached(lessons.read)


def course() -> list[Lesson]:
    """Return all lessons as they are stored."""
    return [_stored(path) for path in lessons.paths(folder=NOTEBOOKS)]
