"""Write a program without Python's shorter and rarer forms, so that a copy in other forms is still one.

A function that is called once is its lines, a record is its values, a comprehension is a loop, a name in the
middle of an expression is given before, text in pieces is one text. What comes out may run a little
differently: it is compared, and never run.
"""

import ast
import copy
import operator
from collections.abc import Callable, Collection, Mapping

#: Times that all forms are looked for: one may hide another.
ROUNDS = 4
#: The largest number that a calculation is written out as, and the longest text.
MOST, LONGEST = 10**9, 200
_COMPUTE: Mapping[type[ast.operator], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_EMPTY: dict[str, Callable[[], ast.expr]] = {
    "dict": lambda: ast.Dict([], []),
    "list": lambda: ast.List([], ast.Load()),
    "tuple": lambda: ast.Tuple([], ast.Load()),
    "str": lambda: ast.Constant(""),
}
#: What gives the values of something once more, in the same order.
_COPIES = ("dict", "list", "tuple", "iter")
#: Parts of an expression that may never run, or run several times or later: nothing is taken out of them.
_LATER = (
    *(ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    *(ast.BoolOp, ast.IfExp, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
)


def write_plainly(tree: ast.Module, wanted: Collection[str]) -> ast.Module:
    """Return a program in plain forms; the given tree stays as it is.

    Parameters
    ----------
    tree : ast.Module
        The program.
    wanted : collection of str
        Names that are read elsewhere, such as that of the answer: they stay.

    Examples
    --------
    >>> tree = ast.parse("found = dict((one, 2 * one) for one in rows if one > 1 + 1)")
    >>> print(ast.unparse(write_plainly(tree, ["found"])))
    found = {}
    for one in rows:
        if 2 < one:
            found[one] = 2 * one
    """
    tree = copy.deepcopy(tree)
    before = ""
    for _ in range(ROUNDS):
        tree = ast.fix_missing_locations(_Expressions().visit(tree))
        tree.body = _write_block(tree.body)
        _take_functions_apart(tree, wanted)
        _take_records_apart(tree, wanted)
        tree = ast.fix_missing_locations(tree)
        now = ast.dump(tree)
        if now == before:
            break
        before = now
    return tree


class _Expressions(ast.NodeTransformer):
    """Write each expression in one form."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        self.generic_visit(node)
        pieces = []
        for part in node.values:
            value = part.value if isinstance(part, ast.FormattedValue) else part
            plain = not isinstance(part, ast.FormattedValue) or (
                part.conversion < 0 and part.format_spec is None
            )
            if not plain or not isinstance(value, ast.Constant) or not isinstance(value.value, str):
                return node
            pieces.append(value.value)
        return ast.Constant("".join(pieces))

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, float) and node.value.is_integer() and abs(node.value) < MOST:
            return ast.Constant(int(node.value))
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        left, right = node.left, node.right
        if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
            return _compute(node.op, left.value, right.value) or node
        if isinstance(node.op, ast.Mult) and _shape(right) < _shape(left):
            node.left, node.right = right, left
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        inner = node.operand
        if isinstance(node.op, ast.Not) and isinstance(inner, ast.Compare) and len(inner.ops) == 1:
            opposite = _OPPOSITE[type(inner.ops[0])]()
            return self.visit_Compare(ast.Compare(inner.left, [opposite], inner.comparators))
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) == 1 and type(node.ops[0]) in _TURNED:
            turned = _TURNED[type(node.ops[0])]()
            return ast.Compare(node.comparators[0], [turned], [node.left])
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if isinstance(node.func, ast.Lambda) and not node.args and not node.keywords:
            return node.func.body
        if name in _EMPTY and not node.args and not node.keywords:
            return _EMPTY[name]()
        if name == "dict" and not node.args and all(one.arg for one in node.keywords):
            return ast.Dict(
                [ast.Constant(one.arg) for one in node.keywords], [one.value for one in node.keywords]
            )
        if len(node.args) == 1 and not node.keywords:
            return self._write_call_of_one(node, name, node.args[0])
        if name == "getattr" and len(node.args) == 2 and not node.keywords:
            attribute = node.args[1]
            if isinstance(attribute, ast.Constant) and isinstance(attribute.value, str):
                return ast.Attribute(node.args[0], attribute.value, ast.Load())
        return node

    @staticmethod
    def _write_call_of_one(node: ast.Call, name: str, given: ast.expr) -> ast.AST:
        """Return a call with one argument in one form."""
        if name in ("list", "set") and isinstance(given, ast.GeneratorExp):
            kind = ast.ListComp if name == "list" else ast.SetComp
            return kind(given.elt, given.generators)
        if name == "dict" and isinstance(given, ast.GeneratorExp | ast.ListComp):
            pair = given.elt
            if isinstance(pair, ast.Tuple) and len(pair.elts) == 2:
                return ast.DictComp(pair.elts[0], pair.elts[1], given.generators)
        if name in _COPIES and isinstance(given, ast.Call | ast.Name | ast.List | ast.Dict):
            return given
        is_text = isinstance(given, ast.Constant) and isinstance(given.value, str)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "get" and is_text:
            return ast.Subscript(node.func.value, given, ast.Load())
        return node


def _compute(sign: ast.operator, left: object, right: object) -> ast.Constant | None:
    """Return what two constants make; None if that is not simple."""
    if isinstance(left, str) and isinstance(right, str) and isinstance(sign, ast.Add):
        return ast.Constant(left + right) if len(left + right) <= LONGEST else None
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    if not numbers or type(sign) not in _COMPUTE:
        return None
    try:
        value = _COMPUTE[type(sign)](left, right)
    except (ArithmeticError, ValueError):
        return None
    if not abs(value) < MOST:
        return None
    return ast.Constant(int(value) if value == int(value) else value)


def _shape(node: ast.expr) -> str:
    """Return an expression as text in which each name is the same."""
    blank = copy.deepcopy(node)
    for part in ast.walk(blank):
        if isinstance(part, ast.Name):
            part.id = "_"
    return ast.dump(blank)


def _write_block(block: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements of a block in plain forms."""
    written: list[ast.stmt] = []
    for statement in block:
        for name in ("body", "orelse", "finalbody"):
            inner = getattr(statement, name, None)
            if isinstance(inner, list) and inner:
                setattr(statement, name, _write_block(inner))
        for one in _take_names_out(statement):
            written += _write_statement(one)
    return written


def _take_names_out(statement: ast.stmt) -> list[ast.stmt]:
    """Return a statement after those that give the names which it gives in the middle of an expression."""
    holders = {ast.Expr: "value", ast.Assign: "value", ast.Return: "value", ast.If: "test", ast.For: "iter"}
    field = holders.get(type(statement))
    expression = getattr(statement, field) if field else None
    if expression is None:
        return [statement]
    taken = _TakeNames()
    setattr(statement, str(field), taken.visit(expression))
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Name) and taken.given:
        return taken.given
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Attribute | ast.Subscript):
            taken.visit(target)  # what it gives is taken out of it in place
    return [*taken.given, statement]


class _TakeNames(ast.NodeTransformer):
    """Take names that are given in the middle of an expression out of it; `given` has what gives them."""

    def __init__(self) -> None:
        self.given: list[ast.stmt] = []

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.BoolOp | ast.IfExp):  # the first part of either always runs
            first = node.values[0] if isinstance(node, ast.BoolOp) else node.test
            plain = self.visit(first)
            assert isinstance(plain, ast.expr)
            if isinstance(node, ast.BoolOp):
                node.values[0] = plain
            else:
                node.test = plain
            return node
        if isinstance(node, _LATER):
            return node
        if isinstance(node, ast.NamedExpr):
            value = self.visit(node.value)
            assert isinstance(value, ast.expr)
            self.given.append(ast.Assign([ast.Name(node.target.id, ast.Store())], value))
            return ast.Name(node.target.id, ast.Load())
        return self.generic_visit(node)


def _write_statement(statement: ast.stmt) -> list[ast.stmt]:
    """Return a statement in plain forms; its blocks are written already."""
    if isinstance(statement, ast.Assign):
        return _write_assignment(statement)
    if isinstance(statement, ast.Expr):
        return _write_call(statement)
    if isinstance(statement, ast.For | ast.While):
        statement.body = _write_without_continue(statement.body)
    if isinstance(statement, ast.For):
        return _write_loop(statement)
    if isinstance(statement, ast.With) and _is_idle_with(statement):
        return statement.body
    if isinstance(statement, ast.Match) and len(statement.cases) == 1:
        return _write_match(statement)
    return [statement]


def _write_assignment(statement: ast.Assign) -> list[ast.stmt]:
    """Return an assignment of several values as several, of a comprehension as a loop, of a lambda as def."""
    value = statement.value
    target = statement.targets[0]
    if len(statement.targets) != 1:
        return [statement]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        names = {part.id for part in ast.walk(value) if isinstance(part, ast.Name)}
        plain = all(isinstance(one, ast.Name) and one.id not in names for one in target.elts)
        if plain and len(target.elts) == len(value.elts):
            return [ast.Assign([one], part) for one, part in zip(target.elts, value.elts, strict=True)]
    if not isinstance(target, ast.Name):
        return [statement]
    if isinstance(value, ast.Lambda):
        function = ast.parse(f"def {target.id}(): pass").body[0]
        assert isinstance(function, ast.FunctionDef)
        function.args, function.body = value.args, [ast.Return(value.body)]
        return [function]
    if isinstance(value, ast.ListComp | ast.SetComp | ast.DictComp):
        return _write_comprehension(target.id, value)
    return [statement]


def _write_comprehension(name: str, value: ast.ListComp | ast.SetComp | ast.DictComp) -> list[ast.stmt]:
    """Return a comprehension as an empty container and a loop that fills it."""
    container = ast.Name(name, ast.Load())
    empty: ast.expr
    inner: ast.stmt
    if isinstance(value, ast.DictComp):
        empty = ast.Dict([], [])
        inner = ast.Assign([ast.Subscript(container, value.key, ast.Store())], value.value)
    else:
        is_list = isinstance(value, ast.ListComp)
        empty = ast.List([], ast.Load()) if is_list else ast.Call(ast.Name("set", ast.Load()), [], [])
        add = ast.Attribute(container, "append" if is_list else "add", ast.Load())
        inner = ast.Expr(ast.Call(add, [value.elt], []))
    for part in reversed(value.generators):
        for test in reversed(part.ifs):
            inner = ast.If(test, [inner], [])
        inner = ast.For(part.target, part.iter, [inner], [])
    return [ast.Assign([ast.Name(name, ast.Store())], empty), inner]


def _write_call(statement: ast.Expr) -> list[ast.stmt]:
    """Return ``found.update({key: value})`` as ``found[key] = value``."""
    call = statement.value
    is_update = (
        isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "update"
    )
    if not is_update or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return [statement]
    if len(call.args) != 1 or call.keywords or not isinstance(call.args[0], ast.Dict):
        return [statement]
    written: list[ast.stmt] = []
    for key, value in zip(call.args[0].keys, call.args[0].values, strict=True):
        if key is None:
            return [statement]
        written.append(ast.Assign([ast.Subscript(call.func.value, key, ast.Store())], value))
    return written


def _write_without_continue(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the body of a loop in which what is left out is not skipped, and what is not, is in a branch."""
    for place, statement in enumerate(body):
        rest = body[place + 1 :]
        is_skip = isinstance(statement, ast.If) and not statement.orelse and len(statement.body) == 1
        if is_skip and isinstance(statement, ast.If) and isinstance(statement.body[0], ast.Continue) and rest:
            test = _Expressions().visit(ast.UnaryOp(ast.Not(), statement.test))
            return [*body[:place], ast.If(test, _write_without_continue(rest), [])]
    return body


def _write_loop(statement: ast.For) -> list[ast.stmt]:
    """Return a loop that runs once as its body, and one without the number that nobody reads."""
    call = statement.iter
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or len(call.args) != 1:
        return [statement]
    given = call.args[0]
    if call.func.id == "range" and isinstance(given, ast.Constant) and given.value == 1:
        return statement.body
    target = statement.target
    if call.func.id == "enumerate" and isinstance(target, ast.Tuple) and len(target.elts) == 2:
        number = target.elts[0]
        body = ast.Module(statement.body, [])
        if isinstance(number, ast.Name) and not _count_reads(body, number.id):
            statement.target, statement.iter = target.elts[1], given
    return [statement]


def _is_idle_with(statement: ast.With) -> bool:
    """Return whether a block is in a context that does nothing."""
    return all(
        item.optional_vars is None and ast.unparse(item.context_expr).endswith("nullcontext()")
        for item in statement.items
    )


def _write_match(statement: ast.Match) -> list[ast.stmt]:
    """Return a match with one value as a branch."""
    (case,) = statement.cases
    if case.guard is not None:
        return [statement]
    if isinstance(case.pattern, ast.MatchSingleton) and case.pattern.value is True:
        return [ast.If(statement.subject, case.body, [])]
    if isinstance(case.pattern, ast.MatchValue):
        test = ast.Compare(statement.subject, [ast.Eq()], [case.pattern.value])
        return [ast.If(test, case.body, [])]
    return [statement]


def _count_reads(tree: ast.AST, name: str) -> int:
    """Return how often a name is read."""
    return sum(
        1 for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name and _is_read(node)
    )


def _is_read(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _take_functions_apart(tree: ast.Module, wanted: Collection[str]) -> None:
    """Put the lines of each function that is called once in the place of its call.

    It has one return, at its end, and the call is the value of a name, or of a place in a container.
    """
    for function in [one for one in tree.body if isinstance(one, ast.FunctionDef)]:
        if function.name in wanted or _count_reads(tree, function.name) != 1 or not _is_simple(function):
            continue
        if len(function.body) == 1:
            inserted = _PutInPlace(function)
            tree.body = [inserted.visit(one) if one is not function else one for one in tree.body]
        else:
            _put_in_place_of_call(tree.body, function)
        if not _count_reads(tree, function.name):
            tree.body.remove(function)


def _is_simple(function: ast.FunctionDef) -> bool:
    """Return whether a function has plain arguments, and one return, at its end."""
    given = function.args
    odd = given.vararg or given.kwarg or given.kwonlyargs or given.posonlyargs or given.defaults
    if odd or function.decorator_list or not function.body:
        return False
    returns = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
    others = [node for node in ast.walk(function) if isinstance(node, ast.Yield | ast.Global | ast.Nonlocal)]
    last = function.body[-1]
    return returns == [last] and not others and isinstance(last, ast.Return) and last.value is not None


class _PutInPlace(ast.NodeTransformer):
    """Put what a function of one line returns in the place of its call."""

    def __init__(self, function: ast.FunctionDef) -> None:
        self._name = function.name
        self._arguments = [argument.arg for argument in function.args.args]
        (line,) = function.body
        assert isinstance(line, ast.Return) and line.value is not None
        self._value = line.value

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        is_it = isinstance(node.func, ast.Name) and node.func.id == self._name
        if not is_it or node.keywords or len(node.args) != len(self._arguments):
            return node
        values = _PutValues(dict(zip(self._arguments, node.args, strict=True)))
        written: ast.AST = values.visit(copy.deepcopy(self._value))
        return written


class _PutValues(ast.NodeTransformer):
    """Put values in the place of names."""

    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return copy.deepcopy(self._values.get(node.id, node))


def _put_in_place_of_call(block: list[ast.stmt], function: ast.FunctionDef) -> None:
    """Put a function's lines before the statement that calls it, in whichever block that is."""
    for place, statement in enumerate(block):
        if isinstance(statement, ast.Assign | ast.Expr | ast.Return) and isinstance(
            statement.value, ast.Call
        ):
            call = statement.value
            is_it = isinstance(call.func, ast.Name) and call.func.id == function.name
            if is_it and len(call.args) == len(function.args.args) and not call.keywords:
                lines: list[ast.stmt] = []
                for argument, value in zip(function.args.args, call.args, strict=True):
                    if not isinstance(value, ast.Name) or value.id != argument.arg:
                        lines.append(ast.Assign([ast.Name(argument.arg, ast.Store())], value))
                last = function.body[-1]
                assert isinstance(last, ast.Return) and last.value is not None
                statement.value = last.value
                block[place : place + 1] = [*lines, *function.body[:-1], statement]
                return
        for name in ("body", "orelse", "finalbody"):
            inner = getattr(statement, name, None)
            if isinstance(inner, list) and statement is not function:
                _put_in_place_of_call(inner, function)


def _take_records_apart(tree: ast.Module, wanted: Collection[str]) -> None:
    """Give each value of a record a name of its own, if the record is only read value by value.

    A record is a dict with given keys, a class without methods, or what such a class or a namespace makes.
    """
    fields = _find_fields(tree)
    for place, statement in enumerate(tree.body):
        found = _read_record(statement, fields)
        if found is None or found[0] in wanted:
            continue
        name, values = found
        read = _ReadRecord(name, set(values))
        read.visit(ast.Module(tree.body[:place] + tree.body[place + 1 :], []))
        if read.others:
            continue
        given: list[ast.stmt] = []
        for key, value in values.items():
            given.append(ast.Assign([ast.Name(f"{name}_{key}", ast.Store())], value))
        rest = [_ReadRecord(name, set(values), write=True).visit(one) for one in tree.body[place + 1 :]]
        tree.body = [*tree.body[:place], *given, *rest]
        for one in list(tree.body):
            if isinstance(one, ast.ClassDef) and one.name in fields and not _count_reads(tree, one.name):
                tree.body.remove(one)
        return


def _find_fields(tree: ast.Module) -> dict[str, list[str]]:
    """Return the fields of each class that has nothing but fields without values, such as a dataclass."""
    fields = {}
    for statement in tree.body:
        if not isinstance(statement, ast.ClassDef):
            continue
        names = []
        for one in statement.body:
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.value is None:
                names.append(one.target.id)
        if names and len(names) == len(statement.body):
            fields[statement.name] = names
    return fields


def _read_record(
    statement: ast.stmt, fields: Mapping[str, list[str]]
) -> tuple[str, dict[str, ast.expr]] | None:
    """Return the name of a record and its values by field; None if a statement makes none."""
    values: dict[str, ast.expr] = {}
    if isinstance(statement, ast.ClassDef):
        for one in statement.body:
            if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
                values[one.targets[0].id] = one.value
        return (statement.name, values) if len(values) == len(statement.body) else None
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return None
    value = statement.value
    if isinstance(value, ast.Dict):
        for key, part in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                values[key.value] = part
        complete = len(values) == len(value.keys)
    elif isinstance(value, ast.Call):
        values = _read_maker(value, fields)
        complete = len(values) == len(value.args) + len(value.keywords)
    else:
        return None
    return (statement.targets[0].id, values) if values and complete else None


def _read_maker(call: ast.Call, fields: Mapping[str, list[str]]) -> dict[str, ast.expr]:
    """Return the values of a record that a call makes, by field; none if it makes no record."""
    maker = ast.unparse(call.func).rpartition(".")[2]
    if maker != "SimpleNamespace" and maker not in fields:
        return {}
    values = dict(zip(fields.get(maker, ()), call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg is not None:
            values[keyword.arg] = keyword.value
    return values


class _ReadRecord(ast.NodeTransformer):
    """Read the values of a record, and count in `others` what else is done with it.

    With `write` each value that is read becomes a name of its own.
    """

    def __init__(self, name: str, keys: set[str], write: bool = False) -> None:
        self._name, self._keys, self._write = name, keys, write
        self.others = 0

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self._visit_value(node, node.attr)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        return self._visit_value(node, key)

    def _visit_value(self, node: ast.Attribute | ast.Subscript, key: object) -> ast.AST:
        is_it = isinstance(node.value, ast.Name) and node.value.id == self._name
        if not is_it or key not in self._keys or not isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)
        return ast.Name(f"{self._name}_{key}", ast.Load()) if self._write else node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        self.others += node.id == self._name
        return node
