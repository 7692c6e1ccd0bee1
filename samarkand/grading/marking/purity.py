"""Whether a function can remember anything between calls, judged by its source.

A function that cannot remember may be called many times in one process: it gives the same results as in a
process of its own, at a tenth of the cost. This is decided before anything runs, so it gives nobody a second
try: a student who hides a memory from the check has only chosen to be called in one process.
"""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Iterator, Sequence

#: The longest source that is judged: its syntax tree takes some hundred times as much memory.
LONGEST = 100_000
#: The most dots in a cell: Python keeps every prefix of an imported name, gigabytes if it has many parts.
DOTS = 1000
#: Newer Pythons warn about surplus backslashes in strings; an instructor need not know.
_WHOSE = "<submission>"
warnings.filterwarnings("ignore", category=SyntaxWarning, module=_WHOSE)
#: Builtins through which a function reaches values that are not its own.
REACHING = {
    "__import__", "compile", "delattr", "eval", "exec", "globals", "locals", "open", "setattr", "vars",
}  # fmt: skip


def forgets(cells: Sequence[str], name: str) -> bool:
    r"""Return whether a function uses nothing but its arguments, modules and builtins.

    Parameters
    ----------
    cells : sequence of str
        The source of all cells of a notebook, in order.
    name : str
        The name of the function.

    Returns
    -------
    bool
        Also False where this cannot be decided: several definitions or none, decorators, mutable defaults,
        names defined elsewhere in the notebook.

    Examples
    --------
    >>> forgets(["import pandas as pd", "def f(table, day):\n    return table[table['on'] <= day]"], "f")
    True
    >>> forgets(["seen = []", "def f(x):\n    seen.append(x)\n    return len(seen)"], "f")
    False
    """
    if sum(map(len, cells)) > LONGEST or any(cell.count(".") > DOTS for cell in cells):
        return False
    trees = []
    for cell in cells:
        if name not in cell and "import" not in cell:
            continue  # it neither defines the function nor brings in what it may use
        try:
            trees.append(ast.parse(cell, _WHOSE))
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # a magic, say
            if name in cell:
                return False
    try:
        return _forgets(trees, name)
    except RecursionError:
        return False


def _forgets(trees: Sequence[ast.Module], name: str) -> bool:
    top = [node for tree in trees for node in tree.body]
    found = [node for node in top if isinstance(node, ast.FunctionDef) and node.name == name]
    if len(found) != 1:
        return False
    if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in top):
        return False
    if sum(used == name for tree in trees for used in _bound(tree)) != 1:
        return False
    (function,) = found
    defaults = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    if function.decorator_list or not all(isinstance(default, ast.Constant) for default in defaults):
        return False
    modules = {used for node in top if isinstance(node, ast.Import | ast.ImportFrom) for used in _bound(node)}
    own = {used for statement in function.body for used in _bound(statement)}
    own |= {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    known = own | modules | (set(dir(builtins)) - REACHING)
    return all(_harmless(node, own, known) for statement in function.body for node in ast.walk(statement))


def _harmless(node: ast.AST, own: set[str], known: set[str]) -> bool:
    if isinstance(node, ast.Global | ast.Nonlocal):
        return False
    if isinstance(node, ast.Name):
        return node.id in known
    if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
        return False
    if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value  # whose part it is that is changed
        return isinstance(node, ast.Name) and node.id in own
    return True


def _bound(tree: ast.AST) -> Iterator[str]:
    """Yield every name that is assigned anywhere in a tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest
        elif isinstance(node, ast.arg):
            yield node.arg
