"""Find how much of a task a student writes: she changes a line, writes a line, or writes several.

The kind is found from two cells, the stub and the answer folded below it, so that nobody has to keep it.
"""

import ast
import contextlib

from tools.author.lessons import Task

#: The fewest lines of the student's own in a task of several lines, and the most.
FEWEST, MOST = 4, 8
#: The first line of a task in which nothing of the lesson is used.
IMPORT = "import pandas as pd"
#: What a task that begins with an empty cell does, and the code that shows it.
FROM_A_FILE = {
    "reads a plain file": ("pd.read_csv(",),
    "makes days of texts": ("pd.to_datetime(",),
    "ends in a table or a chart": (
        ".head(",
        ".tail(",
        ".groupby(",
        ".value_counts(",
        "crosstab(",
        "reset_index(",
        "[[",
        "alt.Chart(",
    ),
}


def find_kind(task: Task) -> str:
    """Return the kind of a task: ``"change"``, ``"line"`` or ``"several"``.

    A stub that offers a line which the answer does not keep, or code in a comment, asks for a change.
    Otherwise the lines count that the answer adds.
    """
    offered = _read_lines(task.stub.source)
    kept = _read_lines(task.answer)
    own = [line for line in kept if line not in offered]
    to_change = [line for line in offered if line not in kept and not _is_open(line)]
    if to_change or not own or _offers_code(task.stub.source):
        return "change"
    return "several" if len(own) >= FEWEST else "line"


def count_own_lines(task: Task) -> int:
    """Return how many lines the answer adds to the stub, without the check and comments."""
    offered = _read_lines(task.stub.source)
    return sum(line not in offered for line in _read_lines(task.answer))


def find_missing(task: Task) -> list[str]:
    """Return what a task lacks to be one that begins with an empty cell and a plain file."""
    missing = [] if task.answer.startswith(IMPORT) else [f"begins with {IMPORT}"]
    if not FEWEST <= count_own_lines(task) <= MOST:
        missing.append(f"has {FEWEST} to {MOST} lines")
    for what, signs in FROM_A_FILE.items():
        if not any(sign in task.answer for sign in signs):
            missing.append(what)
    return missing


def _read_lines(source: str) -> list[str]:
    """Return the statements of code in one form each, those inside a function too, without `check`.

    Code that Python cannot read, as a stub with a gap may be, is taken line by line.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        lines = [line.partition("#")[0].strip() for line in source.splitlines()]
        return [line for line in lines if line and not line.startswith("check(")]
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            found.append(f"def {node.name}({ast.unparse(node.args)})")
        elif isinstance(node, ast.stmt):
            line = ast.unparse(node)
            if not line.startswith("check("):
                found.append(line)
    return found


def _is_open(line: str) -> bool:
    """Return whether a line of a stub only names what is to be written: ``answer = ...``."""
    return line == "..." or line.endswith(" = ...")


def _offers_code(source: str) -> bool:
    """Return whether a comment of a stub holds a line of code that is to be moved and mended."""
    for line in source.splitlines():
        comment = line.partition("#")[2].strip()
        with contextlib.suppress(SyntaxError):
            nodes = list(ast.walk(ast.parse(comment)))
            if any(isinstance(node, ast.Call | ast.Subscript) for node in nodes):
                return True
    return False
