"""Find the Python and pandas names that code uses, and check that the lessons introduce them first.

``concepts.toml`` has a line of explanation for each name and construct. The cell of text that explains one
names it in its metadata, ``{"samarkand": {"introduces": ["groupby"]}}``. Not counted are arithmetic,
comparison, giving a name, and choosing columns by name: lesson 00 says those in words.
"""

import ast
import builtins
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

from nbformat import NotebookNode

from samarkand.common import reading
from samarkand.common.home import PACKAGE
from tools.author import lessons
from tools.author.lessons import NOTEBOOKS, Lesson, remove_code_blocks

CATALOGUE = Path(__file__).with_suffix(".toml")
SCHEMA = CATALOGUE.with_suffix(".schema.json")
#: The maximum number of names and constructs that one lesson may introduce.
MOST_NEW = 12
#: Names of Python's own constructs by their node type in the syntax tree.
CONSTRUCTS: dict[type[ast.AST], str] = {
    **{ast.For: "for", ast.FunctionDef: "def", ast.If: "if", ast.IfExp: "if", ast.Try: "try"},
    **{ast.Lambda: "lambda", ast.JoinedStr: "f-string", ast.Dict: "dict", ast.Slice: "slice"},
    **dict.fromkeys((ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp), "comprehension"),
    **{ast.In: "in", ast.And: "and", ast.Or: "or", ast.Not: "not", ast.AugAssign: "+=", ast.Starred: "*"},
    **{ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.Invert: "~", ast.Pow: "**", ast.Mod: "%"},
}
#: The lessons that everybody takes and that have tasks; the last, 12, is worked through in an empty notebook.
CORE = ("00", "01", "02", "03", "05", "10", "11")
#: The names of the course's own modules, whose functions may share a name with pandas'.
TOOLS = {path.stem for path in (*PACKAGE.iterdir(), *(PACKAGE / "practice").iterdir())}
#: The import names of pandas, NumPy and networkx in the lessons.
LIBRARIES = ("pd", "np", "nx")


@cache
def read_catalogue() -> dict[str, dict[str, str]]:
    """Return the concepts of ``concepts.toml`` by name (``"groupby"``, ``"f-string"``), in file order.

    `says` explains one in a line; `written` is its spelling in backticks in the cell that introduces it.
    """
    entries = reading.read_toml(CATALOGUE)
    return {name: {"written": name} | entry for name, entry in entries.items()}


def find_used_names(code: str) -> dict[str, str]:
    r"""Return the names and constructs that code uses, each with the source line of its first use."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # a rule of lessons names it
        return {}
    nodes = list(ast.walk(tree))
    given = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    # The attributes of rows are columns.
    loops = [node for node in nodes if isinstance(node, ast.For | ast.comprehension)]
    rows = {ast.unparse(one.target) for one in loops if ast.unparse(one.iter).endswith("itertuples()")}
    lines = code.splitlines()
    found: dict[str, str] = {}
    for name, line in sorted(_find_uses(tree, rows, given), key=lambda use: use[1]):
        found.setdefault(name, lines[line - 1].strip())
    return found


def _find_uses(tree: ast.AST, rows: set[str], given: set[str]) -> Iterator[tuple[str, int]]:
    """Yield each name or construct with the number of its line."""
    for node in (node for node in ast.walk(tree) if hasattr(node, "lineno")):
        line = node.lineno
        for one in (node, getattr(node, "op", None), *getattr(node, "ops", ())):
            if type(one) in CONSTRUCTS:
                yield CONSTRUCTS[type(one)], line
        if isinstance(node, ast.Attribute):
            of = node.value.id if isinstance(node.value, ast.Name) else ""
            if of in LIBRARIES or (node.attr in _list_methods() and of not in rows | (TOOLS - given)):
                yield node.attr, node.end_lineno or line
        elif isinstance(node, ast.Name) and node.id not in given and hasattr(builtins, node.id):
            yield node.id, line
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".query"):
            for condition in (argument.value for argument in node.args if isinstance(argument, ast.Constant)):
                asked = ast.parse(str(condition).replace("@", ""), mode="eval")
                columns = {one.id for one in ast.walk(asked) if isinstance(one, ast.Name)}
                yield from ((name, node.lineno) for name, _ in _find_uses(asked, rows, columns))


@cache
def _list_methods() -> frozenset[str]:
    """Return the public attribute names of the Python, pandas, NumPy and networkx types that lessons use."""
    import networkx as nx
    import numpy as np
    import pandas as pd

    kinds = [str, list, dict, set, tuple, date, np.random.Generator, nx.Graph]
    kinds += [pd.DataFrame, pd.Series, pd.Index, pd.Timestamp, pd.Timedelta, pd.api.typing.DataFrameGroupBy]
    kinds += [type(pd.Series(["x"]).str), type(pd.Series([pd.Timestamp(0)]).dt)]
    found: set[str] = set()
    for kind in kinds:
        found.update(name for name in dir(kind) if not name.startswith("_"))
    return frozenset(found)


def list_introduced(cell: NotebookNode) -> list[str]:
    """Return the names in a cell's ``introduces`` metadata."""
    return list(cell.metadata.get("samarkand", {}).get("introduces", []))


def is_folded(cell: NotebookNode) -> bool:
    """Return whether a code cell's source is folded in its metadata."""
    return bool(cell.metadata.get("jupyter", {}).get("source_hidden", False))


def is_further(cell: NotebookNode) -> bool:
    """Return whether a cell belongs to *Further*, outside the lesson's main line."""
    return bool(cell.metadata.get("samarkand", {}).get("skip") == "Further")


def read_code(lesson: Lesson) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (cell id, names used) of each unfolded code cell; a task's answer counts with its stub."""
    answers = {task.stub.id: task.answer for task in lesson.tasks}
    for cell in lesson.code:
        if not is_folded(cell):
            yield cell.id, find_used_names(answers.get(cell.id, "")) | find_used_names(cell.source)


def known_before(number: str, folder: Path = NOTEBOOKS) -> set[str]:
    """Return the names introduced in the stored lessons of a folder with smaller numbers."""
    before = [_stored(path) for path in lessons.find_lessons(folder=folder) if path.stem[:2] < number]
    found: set[str] = set()
    for lesson in before:
        for cell in lesson.cells:
            found.update(list_introduced(cell))
    return found


_stored = reading.cache_reader(lessons.read_lesson)


def read_course() -> list[Lesson]:
    """Return all stored lessons, in order."""
    return [_stored(path) for path in lessons.find_lessons(folder=NOTEBOOKS)]


def seldom_written() -> Iterator[str]:
    """Yield a sentence for each name in the main line of a core lesson that students write never or once.

    Once means in one core lesson alone; in the last two, in one task. What the last brings cannot come again.
    """
    where: dict[str, set[str]] = {}
    for one in (one for one in read_course() if one.number in CORE):
        for task in one.tasks:
            for name in find_used_names(task.answer):
                where.setdefault(name, set()).add(task.stub.id if one.number in CORE[-2:] else one.number)
    said = set[str]()
    for one in (one for one in read_course() if one.number in CORE):
        for cell in (cell for cell in one.code if not is_folded(cell) and not is_further(cell)):
            for name in find_used_names(cell.source).keys() - said:
                said.add(name)
                if name not in where:
                    yield f"{one.path.name}, {cell.id}: no task has a student write {name}."
                elif len(where[name]) == 1 and one.number != CORE[-1]:
                    yield f"{one.path.name}, {cell.id}: no later lesson has a student write {name} again."


def nothing_before_it_is_introduced(lesson: Lesson) -> Iterator[str]:
    """Require that each name in code was introduced in an earlier lesson or in a cell above."""
    known = known_before(lesson.number, lesson.path.parent)
    uses = dict(read_code(lesson))
    for cell in lesson.cells:
        known.update(list_introduced(cell))
        for name in uses.get(cell.id, {}):
            if name not in known:
                known.add(name)  # said once
                yield f"{cell.id}: uses {name}, which no cell up to here introduces."


def what_is_introduced_is_said(lesson: Lesson) -> Iterator[str]:
    """Require that each introduced name is in the catalogue, in the cell's text, used here, and new."""
    known = known_before(lesson.number, lesson.path.parent)
    uses: set[str] = set()
    for _, names in read_code(lesson):
        uses.update(names)
    for cell in lesson.cells:
        spans = re.findall(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", remove_code_blocks(cell.source))
        for name in list_introduced(cell):
            concept = read_catalogue().get(name)
            if concept is None:
                yield f"{cell.id}: introduces {name}, which is not in {CATALOGUE.name}."
            elif cell.cell_type != "markdown" or not any(concept["written"] in span for _, span in spans):
                yield f"{cell.id}: introduces {name}, and its text does not say `{concept['written']}`."
            if name in known:
                yield f"{cell.id}: introduces {name}, which was introduced before."
            elif name not in uses:
                yield f"{cell.id}: introduces {name}, which no code of the lesson uses."
            known.add(name)
    new = sum(len(list_introduced(cell)) for cell in lesson.cells)
    if new > MOST_NEW:
        yield f"It introduces {new} names and constructs; {MOST_NEW} at most."


def what_is_folded_is_explained(lesson: Lesson) -> Iterator[str]:
    """Require that the text above a folded cell mentions it."""
    for above, cell in zip([None, *lesson.cells], lesson.cells, strict=False):
        explained = above is not None and above.cell_type == "markdown" and "folded cell" in above.source
        if is_folded(cell) and not explained:
            yield f"{cell.id}: is folded, and the text above it says nothing of a folded cell."


RULES = [nothing_before_it_is_introduced, what_is_introduced_is_said, what_is_folded_is_explained]
