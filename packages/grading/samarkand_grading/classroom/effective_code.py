"""Reduce a program to what has an effect, so that a line that does nothing hides no copy."""

import ast
import builtins
from collections import defaultdict
from collections.abc import Iterable, Iterator

#: Methods that change what they are called on: alone on a line any other method does nothing.
CHANGING = frozenset(
    {
        *("add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse"),
        *("setdefault", "sort", "update", "write", "writelines"),
    }
)
#: Times that the reduction is repeated: what a dropped line has read may have no reader left.
ROUNDS = 5
#: Numbers that change nothing: after these signs, and before those that may change sides.
NEUTRAL_AFTER: dict[type[ast.operator], int] = {ast.Add: 0, ast.Sub: 0, ast.Mult: 1, ast.Div: 1, ast.Pow: 1}
NEUTRAL_BEFORE: dict[type[ast.operator], int] = {ast.Add: 0, ast.Mult: 1}
_ENDS = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def reduce_to_effect(tree: ast.Module, wanted: Iterable[str] | None = None) -> ast.Module:
    """Drop what has no effect on the wanted names: statements, branches, and neutral operations.

    Parameters
    ----------
    tree : ast.Module
        The program; it is changed.
    wanted : iterable of str, optional
        Names that are read elsewhere, such as that of the answer. Without them each name outside of a
        function counts as read.

    Returns
    -------
    ast.Module
        The same tree. It may be empty.
    """
    read_elsewhere = set(_stored_names(tree)) if wanted is None else set(wanted)
    before = ""
    for _ in range(ROUNDS):
        tree = _Neutral(_find_flags(tree)).visit(tree)
        tree.body = _reduce_block(tree.body, _find_live_names(tree, read_elsewhere))
        now = ast.dump(tree)
        if now == before:
            break
        before = now
    return tree


def read_names(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that the nodes read."""
    names = set()
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                names.add(part.id)
    return names


def _stored_names(tree: ast.Module) -> Iterator[str]:
    """Yield each name that is given a value outside of functions and classes."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, _DEFINES):
            yield node.name
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        waiting.extend(ast.iter_child_nodes(node))


def _assigned_names(node: ast.stmt) -> set[str]:
    """Return the names that a statement gives a value, if that is all it does; else none."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, _DEFINES):
        return {node.name}
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    flat: list[ast.expr] = []
    for target in targets:
        flat += target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    names = {one.id for one in flat if isinstance(one, ast.Name)}
    return names if len(names) == len(flat) else set()


def _find_live_names(tree: ast.Module, wanted: set[str]) -> set[str]:
    """Return the names on which the wanted ones, or a statement with another effect, depend."""
    needs: dict[str, set[str]] = defaultdict(set)
    live: set[str] = set()

    def note(node: ast.AST, holder: str) -> None:
        """Note what a node reads: for the names that it assigns, for the function around it, or for all."""
        assigned = _assigned_names(node) if isinstance(node, ast.stmt) else set()
        if isinstance(node, _DEFINES):
            for part in ast.iter_child_nodes(node):
                note(part, node.name)
        elif assigned:
            for name in assigned:
                needs[name] |= read_names([node])
        elif isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            for part in ast.iter_child_nodes(node):
                note(part, holder)
        elif holder:
            needs[holder] |= read_names([node])
        else:
            live.update(read_names([node]))

    for statement in tree.body:
        note(statement, "")
    waiting = [*(live | wanted)]
    live |= wanted
    while waiting:
        for name in needs[waiting.pop()] - live:
            live.add(name)
            waiting.append(name)
    return live


def _reduce_block(block: list[ast.stmt], live: set[str]) -> list[ast.stmt]:
    """Return the statements of a block that do something; a decided branch gives its own."""
    kept: list[ast.stmt] = []
    for statement in block:
        kept += _reduce_statement(statement, live)
        if kept and isinstance(kept[-1], _ENDS):
            break
    return _drop_overwritten(kept)


def _reduce_statement(node: ast.stmt, live: set[str]) -> list[ast.stmt]:
    """Return what is left of a statement: nothing, itself, or the statements of a decided branch."""
    for name in ("body", "orelse", "finalbody"):
        if isinstance(getattr(node, name, None), list):
            setattr(node, name, _reduce_block(getattr(node, name), live))
    if _is_idle(node, live):
        return []
    if isinstance(node, ast.If | ast.While):
        return _reduce_branches(node)
    if isinstance(node, ast.Try):
        return _reduce_try(node, live)
    if isinstance(node, _DEFINES):
        if node.body and _returns_nothing(node.body[-1]):
            node.body.pop()
        node.body = node.body or [ast.Pass()]
    if isinstance(node, ast.Assign) and len(node.targets) > 1:
        node.targets = [one for one in node.targets if not isinstance(one, ast.Name) or one.id in live]
    return [ast.Return(None)] if _returns_nothing(node) else [node]


def _is_idle(node: ast.stmt, live: set[str]) -> bool:
    """Return whether a statement, its blocks being reduced, does nothing."""
    if isinstance(node, ast.Pass | ast.Assert | ast.Global | ast.Nonlocal):
        return True
    if isinstance(node, ast.Expr):
        return not _changes_something(node.value, live)
    if isinstance(node, ast.Delete):
        return all(isinstance(target, ast.Name) for target in node.targets)
    if isinstance(node, ast.For):
        return not node.body and not node.orelse
    assigned = _assigned_names(node)
    return bool(assigned and not assigned & live) or _assigns_to_itself(node)


def _returns_nothing(node: ast.stmt) -> bool:
    """Return whether a statement is ``return`` or ``return None``."""
    if not isinstance(node, ast.Return):
        return False
    return node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)


def _reduce_branches(node: ast.If | ast.While) -> list[ast.stmt]:
    """Return the branch that always runs, or the statement if that depends on its condition."""
    truth = _decide_condition(node.test)
    if truth is False:
        return node.orelse
    if isinstance(node, ast.While):
        return [node]
    if truth is True:
        return node.body
    if not node.body and not node.orelse:
        return []
    if not node.body:
        return [ast.If(ast.UnaryOp(ast.Not(), node.test), node.orelse, [])]
    return [node]


def _reduce_try(node: ast.Try, live: set[str]) -> list[ast.stmt]:
    """Return what is tried, if the handlers only pass a mistake on or over."""
    for handler in node.handlers:
        handler.body = _reduce_block(handler.body, live)
        if handler.body and not isinstance(handler.body[0], ast.Raise):
            return [node]
    return [*node.body, *node.orelse, *node.finalbody]


def _changes_something(value: ast.expr, live: set[str]) -> bool:
    """Return whether an expression alone on a line may change something."""
    for part in ast.walk(value):
        if isinstance(part, ast.Yield | ast.YieldFrom | ast.Await):
            return True
        if isinstance(part, ast.NamedExpr) and part.target.id in live:
            return True
        if isinstance(part, ast.Call) and not _only_shows(part):
            return True
    return False


def _only_shows(call: ast.Call) -> bool:
    """Return whether a call is one of Python's own, or of a method that gives a value and changes none."""
    if isinstance(call.func, ast.Attribute):
        in_place = any(keyword.arg == "inplace" for keyword in call.keywords)
        return not in_place and call.func.attr not in CHANGING
    return isinstance(call.func, ast.Name) and (call.func.id == "display" or hasattr(builtins, call.func.id))


def _assigns_to_itself(node: ast.stmt) -> bool:
    """Return whether a statement is ``x = x``."""
    if not isinstance(node, ast.Assign):
        return False
    mine = ast.dump(node.value).replace("Load()", "Store()")
    return all(ast.dump(target).replace("Load()", "Store()") == mine for target in node.targets)


def _drop_overwritten(block: list[ast.stmt]) -> list[ast.stmt]:
    """Return a block without values that get another one before anything reads them."""
    kept: list[ast.stmt] = []
    overwritten: set[str] = set()
    for statement in reversed(block):
        assigned = _assigned_names(statement)
        read = {part.id for part in ast.walk(statement) if isinstance(part, ast.Name)} - assigned
        read |= read_names([statement])
        if isinstance(statement, ast.AugAssign):
            read |= assigned
        if assigned and assigned <= overwritten and not isinstance(statement, _DEFINES):
            continue
        kept.append(statement)
        overwritten = (overwritten | assigned) - read
    return kept[::-1]


def _decide_condition(test: ast.expr) -> bool | None:
    """Return whether a condition is always or never true; None if it depends on something."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        truth = _decide_condition(test.operand)
        return None if truth is None else not truth
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left, right = test.left, test.comparators[0]
        if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
            if isinstance(test.ops[0], ast.Eq):
                return bool(left.value == right.value)
            if isinstance(test.ops[0], ast.NotEq):
                return bool(left.value != right.value)
    return None


def _find_flags(tree: ast.Module) -> dict[str, ast.Constant]:
    """Return the names that are given a value once, and True or False, with it."""
    stored: dict[str, int] = defaultdict(int)
    flags: dict[str, ast.Constant] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            stored[node.id] += 1
        if isinstance(node, ast.arg):
            stored[node.arg] += 1
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            for target in node.targets:
                if isinstance(target, ast.Name) and isinstance(node.value.value, bool):
                    flags[target.id] = node.value
    return {name: value for name, value in flags.items() if stored[name] == 1}


class _Neutral(ast.NodeTransformer):
    """Take away operations that leave a value as it is, and hints on types."""

    def __init__(self, flags: dict[str, ast.Constant]) -> None:
        self._flags = flags

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._flags.get(node.id, node) if isinstance(node.ctx, ast.Load) else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if _is_number(node.right, NEUTRAL_AFTER.get(type(node.op))):
            return node.left
        if _is_number(node.left, NEUTRAL_BEFORE.get(type(node.op))):
            return node.right
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        inner = node.operand
        if isinstance(inner, ast.UnaryOp) and type(inner.op) is type(node.op):
            return inner.operand
        return inner if isinstance(node.op, ast.UAdd) else node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        neutral = isinstance(node.op, ast.And)
        values = [one for one in node.values if _decide_condition(one) is not neutral]
        if not values:
            return node.values[-1]
        node.values = values
        return node if len(values) > 1 else values[0]

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        truth = _decide_condition(node.test)
        if truth is None:
            return node
        return node.body if truth else node.orelse

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        self.generic_visit(node)
        if node.value is None:
            return None
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._drop_types(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._drop_types(node)

    def _drop_types(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        if hasattr(node, "type_params"):  # from Python 3.12 on
            node.type_params = []
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node


def _is_number(node: ast.expr, number: int | None) -> bool:
    """Return whether a node is that number; never if there is none."""
    return number is not None and isinstance(node, ast.Constant) and node.value == number
