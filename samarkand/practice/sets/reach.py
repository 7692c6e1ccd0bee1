"""Which names hang on the student's own numbers, by the source of the cells alone.

The grader asks it of handed-in work, to know which answers `given` cannot have reached; the desk asks it of
the cells that ran, so that nobody is surprised after handing in.
"""

import ast
import re
import sys
import weakref
from collections.abc import Iterator
from typing import Any

#: What a file's name looks like: a plain one, with an ending.
FILE = re.compile(r"[\w ./-]+\.[A-Za-z]\w{1,5}")
#: Names of the setup cell from which the student's numbers come.
OWN = ("Desk", "desk", "given")


class Reach:
    """The names that hang on `given`, as cells are followed one by one.

    A name does if a statement that stores it mentions a name that does; a method called on it counts as
    storing, and so do all names that one ``for``, ``if`` or ``def`` stores. A plain assignment of something
    else ends it. So it is with files: one whose name is in a call such as ``table.to_csv("table.csv")``
    hangs on `given` if the call mentions a name that does, and a statement that names it mentions it.

    Attributes
    ----------
    names, files : set of str
        The names, and the names of files.

    Examples
    --------
    >>> reach = Reach()
    >>> reach.follow("x = given['n'] + 1; y = 8")
    >>> sorted(reach.names)
    ['Desk', 'desk', 'given', 'x']
    """

    def __init__(self) -> None:
        self.names = set(OWN)
        self.files = set[str]()

    def follow(self, code: str) -> None:
        """Follow the statements of a cell; of one that is not Python nothing is known."""
        for statement in list_statements(code):
            self._follow_statement(statement)

    def _follow_statement(self, statement: ast.stmt) -> None:
        stored: set[str] = set()
        named: set[str] = set()
        mentions = False
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                mentions = mentions or node.id in self.names
            stored.update(_list_stored(node))
            named.update(_names_file(node))
        mentions = mentions or not named.isdisjoint(self.files)
        if mentions and isinstance(statement, ast.Expr):  # a call that may write the files that it names
            self.files |= named
        if mentions:
            self.names |= stored
        elif isinstance(statement, ast.Assign) and all(
            isinstance(one, ast.Name) for one in statement.targets
        ):
            self.names -= stored


def list_statements(code: str) -> list[ast.stmt]:
    """Return the statements of a cell; none if it is not Python."""
    try:
        return ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError):
        return []


def _list_stored(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node stores, or whose value it may change."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield from _list_root(node)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield from _list_root(node.func)
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]


def _names_file(node: ast.AST) -> Iterator[str]:
    """Yield the text of a node if it may be the name of a file."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and FILE.fullmatch(node.value):
        yield node.value


def _list_root(node: ast.expr) -> Iterator[str]:
    """Yield the name at the beginning of ``a["b"].c``, if there is one."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


#: What is known in each shell.
_KNOWN: weakref.WeakKeyDictionary[Any, Reach] = weakref.WeakKeyDictionary()


def watch_cells() -> Reach | None:
    """Return what this notebook's cells say, and follow each that runs from now on; None in a program."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return None
    if shell not in _KNOWN:
        reach = _KNOWN[shell] = Reach()

        def follow(info: Any) -> None:
            reach.follow(shell.transform_cell(info.raw_cell or ""))  # magics are Python then

        def follow_after(result: Any) -> None:
            follow(result.info)

        # Before a cell runs, since an answer and the look at it may stand in one. The cell that asks for this
        # runs already: it is followed when it has ended.
        shell.events.register("pre_run_cell", follow)
        shell.events.register("post_run_cell", follow_after)
    return _KNOWN[shell]
