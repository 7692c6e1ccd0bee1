"""Find equal answers in a class, ignoring blanks, comments, names and what does nothing: hints, no marks."""

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, zip_longest
from textwrap import dedent

from samarkand_grading.classroom.effective_code import read_names, reduce_to_effect

#: Fewest lines of an answer, and most students in a group (or a tenth of those who answered): beyond, chance.
LINES, FEW = 3, 5
#: Fewest equal answers, and lines in them, for two notebooks to be equal as a whole; one answer may differ.
#: Many lines are equal by design: questions ask for a given line to be copied and changed.
ANSWERS, WHOLE = 3, 7
#: Most lines of an answer to show, and the most characters of each.
SHOWN, WIDTH = 6, 46


@dataclass(frozen=True)
class Answer:
    """What a student wrote in answer to a question.

    Attributes
    ----------
    lines : tuple of str
        Her own lines, as they are.
    effect : tuple of str
        Those that have an effect, in one way of writing; her own lines if they are not valid Python.
    shape : str
        Their syntax tree without names, as text; empty if they are not valid Python.
    """

    lines: tuple[str, ...]
    effect: tuple[str, ...]
    shape: str

    @property
    def size(self) -> int:
        """The number of lines that have an effect; 0 if they are not valid Python."""
        return len(self.effect) if self.shape else 0


class _Shaper(ast.NodeTransformer):
    """Reduce a syntax tree to its shape: names are numbered, except builtins."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}

    def _number(self, name: str) -> str:
        """Return a number for a name, the same each time that the name is met; a builtin keeps its name."""
        if hasattr(builtins, name):
            return name
        return self._numbers.setdefault(name, f"name {len(self._numbers)}")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._number(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self._number(node.arg)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._shape_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._shape_function(node)

    def _shape_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        node.name = self._number(node.name)
        return self.generic_visit(node)


def find(
    cells: list[str], answers: Mapping[str, Mapping[str, str]], names: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Yield a text for each group with equal answers: ids and lines side by side; whole notebooks first.

    `cells` are the sources given to everybody, `answers` map student to question to source, `names` question
    to the name of its answer: another name that nothing reads has no effect. For a group too large for a hint
    only the number of students is given: they follow the lesson.
    """
    wanted = names or {}
    given = {line.strip() for cell in cells for line in [*cell.splitlines(), *_plain_lines(cell)]}
    own = {
        who: {q: _read(text, given, wanted.get(q)) for q, text in asked.items()}
        for who, asked in answers.items()
    }
    own = {who: {q: answer for q, answer in asked.items() if answer.effect} for who, asked in own.items()}
    whole: list[set[str]] = []
    for pair in combinations(own, 2):
        if _are_whole(own[pair[0]], own[pair[1]]):
            met = [group for group in whole if group & {*pair}]
            whole = [group for group in whole if group not in met] + [{*pair}.union(*met)]
    for group in map(sorted, whole):
        mine = own[group[0]]
        same = [
            q for q in mine if all(q in own[who] and own[who][q].effect == mine[q].effect for who in group)
        ]
        where = f" ({', '.join(same)})" if same else ""
        longest = max(same or mine, key=lambda q: mine[q].size)
        yield f"{', '.join(group)}: whole notebook{where}\n{_show(own, longest, group)}"
    for question in dict.fromkeys(q for asked in own.values() for q in asked):
        alike: dict[str, list[str]] = {}
        for who in sorted(who for who in own if question in own[who]):
            if own[who][question].size >= LINES:
                alike.setdefault(own[who][question].shape, []).append(who)
        answered = sum(question in asked for asked in own.values())
        for group in alike.values():
            if len(group) > max(FEW, answered // 10):
                yield f"{question}: {len(group)} of {answered} students, too many for a hint"
            elif len(group) > 1 and not any(known.issuperset(group) for known in whole):
                yield f"{question}: {', '.join(group)}\n{_show(own, question, group)}"


def _are_whole(mine: Mapping[str, Answer], theirs: Mapping[str, Answer]) -> bool:
    """Return whether two students' lines are equal in all answers except at most one."""
    same = [q for q in mine if q in theirs and mine[q].effect == theirs[q].effect]
    enough = len(same) >= ANSWERS and sum(mine[q].size for q in same) >= WHOLE
    return enough and len(same) >= max(len(mine), len(theirs)) - 1


def _plain_lines(source: str) -> list[str]:
    """Return the lines of code as `ast.unparse` writes them; empty if it is not valid Python."""
    try:
        return ast.unparse(ast.parse(source)).splitlines()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _read(source: str, given: set[str], name: str | None) -> Answer:
    """Parse an answer without the `given` lines; invalid Python has an empty shape."""
    lines = [line.rstrip() for line in source.splitlines() if line.strip() not in given]
    lines = [line for line in lines if line and not line.lstrip().startswith("#")]
    try:
        tree = ast.parse(source)
        theirs: list[ast.stmt] = []
        mine: list[ast.stmt] = []
        for statement in tree.body:
            (theirs if ast.unparse(statement) in given else mine).append(statement)
        tree.body = mine
        tree = reduce_to_effect(tree, None if name is None else {name} | read_names(theirs))
        effect = [line for line in ast.unparse(tree).splitlines() if line.strip() not in given]
        return Answer(tuple(lines), tuple(effect), ast.dump(_Shaper().visit(tree)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Answer(tuple(lines), tuple(lines), "")


def _show(own: Mapping[str, Mapping[str, Answer]], question: str, group: list[str]) -> str:
    """Return the first lines of two answers of the group in two columns, different ones if there are any."""
    texts = {who: own[who][question].lines for who in group if question in own[who]}
    one = next(iter(texts))
    other = next((who for who in texts if texts[who] != texts[one]), list(texts)[-1])
    left, right = (dedent("\n".join(texts[who])).splitlines() for who in (one, other))
    pairs = list(zip_longest(left, right, fillvalue=""))
    rows = [(one, other), *pairs[:SHOWN], *([("…", "…")] if len(pairs) > SHOWN else [])]
    return "\n".join(f"    {_cut(a):{WIDTH}} | {_cut(b)}".rstrip() for a, b in rows)


def _cut(line: str) -> str:
    line = "".join(sign if sign.isprintable() else " " for sign in line)
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
