"""Write a program in one of the ways that come to the same, so that none of the others hides a copy.

Two lines that need nothing of each other have one order here, an import has one form, a second name for the
same value is the first, and a name that is read once is what it stands for.
"""

import ast
import builtins
import copy
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from samarkand_grading.classroom.effective_code import CHANGING, read_names

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_ENDS = (ast.Return, ast.Raise, ast.Break, ast.Continue)
#: What runs several times, or later: a name that is read in it is not what it stands for.
_REPEATED = (*_FUNCTIONS, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
#: Times that aliases and names read once are looked for: one may lead to the next.
ROUNDS = 20
#: The most parts of a program, statements of a block, and dots of an import. What is longer stays as it is:
#: nobody keeps a report waiting.
PARTS, STATEMENTS, DOTS = 800, 60, 5


def settle(tree: ast.Module, wanted: Collection[str]) -> ast.Module:
    """Return a program in one of the ways of writing it; the given tree stays as it is.

    Parameters
    ----------
    tree : ast.Module
        The program, reduced to what has an effect.
    wanted : collection of str
        Names that are read elsewhere, such as that of the answer: they stay.
    """
    if sum(1 for _ in ast.walk(tree)) > PARTS:
        return tree
    tree = copy.deepcopy(tree)
    imported = _take_imports(tree)
    tree = _Replace(imported).visit(tree)
    _settle_names(tree, wanted)
    for function in ast.walk(tree):
        if isinstance(function, _FUNCTIONS):
            _settle_names(function, ())
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.While | ast.If):
            _settle_names(node, _find_names_outside(tree, node) | {*wanted})
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and 1 < len(block) <= STATEMENTS:
                setattr(node, name, _put_in_order(block))
    return tree


def _take_imports(tree: ast.Module) -> dict[str, ast.expr]:
    """Take the imports out of a program; return what each name that they give stands for."""
    found: dict[str, ast.expr] = {}
    kept: list[ast.stmt] = []
    for statement in tree.body:
        if not isinstance(statement, ast.Import | ast.ImportFrom) or ast.unparse(statement).count(".") > DOTS:
            kept.append(statement)
        elif isinstance(statement, ast.Import):
            for alias in statement.names:
                name = alias.asname or alias.name.partition(".")[0]
                found[name] = _dotted(alias.name if alias.asname else name)
        elif statement.module and not statement.level:
            for alias in statement.names:
                found[alias.asname or alias.name] = _dotted(f"{statement.module}.{alias.name}")
        else:
            kept.append(statement)
    tree.body = kept
    stored = _count_stored(tree)
    return {name: value for name, value in found.items() if not stored[name]}


def _dotted(path: str) -> ast.expr:
    """Return the expression that is a module's path."""
    return ast.parse(path, mode="eval").body


class _Replace(ast.NodeTransformer):
    """Put expressions in the place of names that are read."""

    def __init__(self, values: dict[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if isinstance(node.ctx, ast.Load) and node.id in self._values:
            return copy.deepcopy(self._values[node.id])
        return node


def _count_stored(tree: ast.AST) -> Counter[str]:
    """Return how often each name is given a value, by whatever means."""
    stored = Counter[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            stored[node.id] += 1
        elif isinstance(node, ast.arg):
            stored[node.arg] += 1
        elif isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            stored[node.name] += 1
        elif isinstance(node, ast.Global | ast.Nonlocal):
            stored.update(2 * node.names)
    return stored


def _find_names_outside(tree: ast.Module, block: ast.stmt) -> set[str]:
    """Return the names of a program that are read, or given a value, outside of one of its blocks."""
    inside = {id(node) for node in ast.walk(ast.Module(getattr(block, "body", []), []))}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in inside}


def _settle_names(
    holder: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.For | ast.While | ast.If,
    wanted: Collection[str],
) -> None:
    """Put in the place of each second name the first, and in that of a name that is read once its value."""
    for _ in range(ROUNDS):
        stored = _count_stored(holder)
        read = Counter(
            node.id
            for node in ast.walk(holder)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        )
        for place, statement in enumerate(holder.body):
            named = _read_plain(statement)
            if named is None or named[0] in wanted or stored[named[0]] != 1:
                continue
            name, value = named
            later = holder.body[place + 1 :]
            is_alias = isinstance(value, ast.Name) and stored[value.id] <= 1
            if not is_alias and not (read[name] == 1 and _is_read_at_once(name, value, later)):
                continue
            replace = _Replace({name: value})
            holder.body = [*holder.body[:place], *(replace.visit(one) for one in later)]
            break
        else:
            return


def _read_plain(statement: ast.stmt) -> tuple[str, ast.expr] | None:
    """Return name and value if a statement gives one name a value, and does nothing else."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            return target.id, statement.value
    return None


def _is_read_at_once(name: str, value: ast.expr, later: list[ast.stmt]) -> bool:
    """Return whether a name is read where its value is still the same, and not several times."""
    needed = read_names([value])
    for statement in later:
        once: list[ast.AST] = [statement]
        if isinstance(statement, ast.For | ast.AsyncFor):
            once = [statement.iter]
        elif isinstance(statement, ast.If):
            once = [statement.test]
        elif isinstance(statement, (ast.While, ast.With, ast.Try, ast.Match, *_FUNCTIONS)):
            once = []
        waiting = list(once)
        while waiting:
            node = waiting.pop()
            if isinstance(node, _REPEATED):
                continue
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
                return True
            waiting.extend(ast.iter_child_nodes(node))
        if needed & _find_changed(statement):
            return False
    return False


def _find_changed(statement: ast.stmt) -> set[str]:
    """Return the names whose values a statement may change or replace."""
    changed = set[str]()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            changed.add(node.id)
        elif isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            changed.add(node.name)
        elif isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            changed |= read_names([node.value])
        elif isinstance(node, ast.Call):
            in_place = any(keyword.arg == "inplace" for keyword in node.keywords)
            if isinstance(node.func, ast.Attribute) and (in_place or node.func.attr in CHANGING):
                changed |= read_names([node.func.value])
    if isinstance(statement, ast.Expr):
        changed |= read_names([statement])
    return changed


def _put_in_order(block: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements of a block in an order that is the same for each order that does the same."""
    left = []
    for statement in block:
        read = read_names([statement]) - {*dir(builtins)}
        left.append(_Placed(statement, _describe(statement), read, _find_changed(statement)))
    ordered: list[ast.stmt] = []
    while left:
        free = []
        for place, one in enumerate(left):
            if not any(one.waits_for(before) for before in left[:place]):
                free.append((one.key, place))
        _, chosen = min(free)
        ordered.append(left.pop(chosen).statement)
    return ordered


@dataclass(frozen=True)
class _Placed:
    """A statement that gets its place in a block.

    Attributes
    ----------
    statement : ast.stmt
        The statement.
    key : str
        By what it comes before or after others that it does not need.
    read, changed : set of str
        The names that it reads, and those whose values it may change.
    """

    statement: ast.stmt
    key: str
    read: set[str]
    changed: set[str]

    def waits_for(self, before: "_Placed") -> bool:
        """Return whether it cannot stand above a statement that was above it."""
        if isinstance(self.statement, _ENDS) or isinstance(before.statement, (*_ENDS, ast.If)):
            return True
        return bool(self.read & before.changed or self.changed & (before.read | before.changed))


def _describe(statement: ast.stmt) -> str:
    """Return a statement as text without the names that somebody chose."""
    blank = copy.deepcopy(statement)
    for node in ast.walk(blank):
        if isinstance(node, ast.Name) and not hasattr(builtins, node.id):
            node.id = "_"
        elif isinstance(node, ast.arg):
            node.arg = "_"
        elif isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            node.name = "_"
    return ast.dump(blank)
