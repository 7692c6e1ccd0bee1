"""Find equal answers in a class, ignoring blanks, comments, names and what does nothing: hints, no marks."""

import ast
import builtins
import copy
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, zip_longest
from textwrap import dedent

from samarkand_grading.classroom.effective_code import read_names, reduce_to_effect
from samarkand_grading.classroom.plain_forms import write_plainly
from samarkand_grading.classroom.settled_code import PARTS, settle

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


#: The answers of each student, by question.
Answers = dict[str, dict[str, Answer]]


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


def find_groups(
    cells: list[str], answers: Mapping[str, Mapping[str, str]], names: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Yield a text for each group with equal answers: ids and lines side by side; whole notebooks first.

    `cells` are the sources given to everybody, `answers` map student to question to source, `names` question
    to the name of its answer: another name that nothing reads has no effect. For a group too large for a hint
    only the number of students is given: they follow the lesson.
    """
    own = _read_all(answers, _list_given_lines(cells), names or {})
    whole = _find_whole(_leave_out_common(own))
    for group in whole:
        yield _describe_whole(own, sorted(group))
    questions: dict[str, None] = {}
    for asked in own.values():
        questions |= dict.fromkeys(asked)
    for question in questions:
        answered = sum(question in asked for asked in own.values())
        for students in _find_alike(own, question):
            if _are_too_many(students, answered):
                yield f"{question}: {len(students)} of {answered} students, too many for a hint"
            elif len(students) > 1 and not any(known.issuperset(students) for known in whole):
                yield f"{question}: {', '.join(students)}\n{_show_answers(own, question, students)}"


def _list_given_lines(cells: list[str]) -> set[str]:
    """Return the lines that were given to everybody, as they are written and as Python writes them."""
    given = set()
    for cell in cells:
        for line in (*cell.splitlines(), *_plain_lines(cell)):
            given.add(line.strip())
    return given


def _read_all(answers: Mapping[str, Mapping[str, str]], given: set[str], names: Mapping[str, str]) -> Answers:
    """Return each student's answers by question, those without an own line that has an effect left out."""
    own: Answers = {}
    for student, texts in answers.items():
        own[student] = {}
        for question, text in texts.items():
            answer = _read_answer(text, given, names.get(question))
            if answer.effect:
                own[student][question] = answer
    return own


def _are_too_many(students: Collection[str], answered: int) -> bool:
    """Return whether an answer is too common for a hint, among so many who answered."""
    return len(students) > max(FEW, answered // 10)


def _leave_out_common(own: Answers) -> Answers:
    """Return the answers without those of a shape that too many share: they follow the lesson."""
    sharing: dict[tuple[str, str], list[str]] = {}
    answered = Counter[str]()
    for student, asked in own.items():
        for question, answer in asked.items():
            answered[question] += 1
            sharing.setdefault((question, answer.shape), []).append(student)
    rare: Answers = {student: {} for student in own}
    for (question, shape), students in sharing.items():
        if shape and _are_too_many(students, answered[question]):
            continue
        for student in students:
            rare[student][question] = own[student][question]
    return rare


def _find_whole(own: Answers) -> list[set[str]]:
    """Return groups of students whose notebooks are equal as a whole, directly or by way of others."""
    groups: list[set[str]] = []
    for one, other in combinations(own, 2):
        if not _are_whole(own[one], own[other]):
            continue
        joined = {one, other}
        apart = []
        for group in groups:
            if group & joined:
                joined |= group
            else:
                apart.append(group)
        groups = [*apart, joined]
    return groups


def _describe_whole(own: Answers, group: list[str]) -> str:
    """Return who has equal notebooks, the questions that are equal, and the longest answer."""
    mine = own[group[0]]
    same = []
    for question, answer in mine.items():
        if all(question in own[who] and own[who][question].effect == answer.effect for who in group):
            same.append(question)
    where = f" ({', '.join(same)})" if same else ""
    longest = max(same or mine, key=lambda question: mine[question].size)
    return f"{', '.join(group)}: whole notebook{where}\n{_show_answers(own, longest, group)}"


def _find_alike(own: Answers, question: str) -> Iterable[list[str]]:
    """Return the students by the shape of their answer to a question, if it is long enough to tell."""
    alike: dict[str, list[str]] = {}
    for student in sorted(own):
        answer = own[student].get(question)
        if answer is not None and answer.size >= LINES:
            alike.setdefault(answer.shape, []).append(student)
    return alike.values()


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


def _read_answer(source: str, given: set[str], name: str | None) -> Answer:
    """Parse an answer without the `given` lines; invalid Python has an empty shape."""
    lines = []
    for line in source.splitlines():
        text = line.strip()
        if text and text not in given and not text.startswith("#"):
            lines.append(line.rstrip())
    try:
        tree = ast.parse(source)
        theirs: list[ast.stmt] = []
        mine: list[ast.stmt] = []
        for statement in tree.body:
            (theirs if ast.unparse(statement) in given else mine).append(statement)
        tree.body = mine
        whole = copy.deepcopy(tree)
        wanted = None if name is None else {name} | read_names(theirs)
        tree = reduce_to_effect(tree, wanted)
        effect = [line for line in ast.unparse(tree).splitlines() if line.strip() not in given]
        settled = tree if wanted is None else _settle_plainly(whole, wanted)
        if len(ast.unparse(settled).splitlines()) >= LINES:  # a short answer is short in one way: by chance
            tree = settled
        return Answer(tuple(lines), tuple(effect), ast.dump(_Shaper().visit(tree)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Answer(tuple(lines), tuple(lines), "")


def _settle_plainly(tree: ast.Module, wanted: set[str]) -> ast.Module:
    """Return a program in plain forms and one order; the given tree stays as it is."""
    if sum(1 for _ in ast.walk(tree)) > PARTS:
        return tree
    plain = reduce_to_effect(write_plainly(tree, wanted), wanted)
    return settle(write_plainly(plain, wanted), wanted)  # what is left of a branch may be plainer still


def _show_answers(own: Answers, question: str, group: list[str]) -> str:
    """Return the first lines of two answers of the group in two columns, different ones if there are any."""
    texts = {who: own[who][question].lines for who in group if question in own[who]}
    one, *others = texts
    other = others[-1] if others else one
    for who in others:
        if texts[who] != texts[one]:
            other = who
            break
    left = dedent("\n".join(texts[one])).splitlines()
    right = dedent("\n".join(texts[other])).splitlines()
    rows = [(one, other), *zip_longest(left, right, fillvalue="")]
    if len(rows) > SHOWN + 1:
        rows[SHOWN + 1 :] = [("…", "…")]
    return "\n".join(f"    {_cut_line(a):{WIDTH}} | {_cut_line(b)}".rstrip() for a, b in rows)


def _cut_line(line: str) -> str:
    line = "".join(sign if sign.isprintable() else " " for sign in line)
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
