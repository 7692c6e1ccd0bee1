"""The rules of a graded set, which goes up in steps for students without Python.

Below its text a question names its step. *Read*: the output of a given cell contains the answer. *Change*:
the last line of a given cell works for another case, and a comment above names what to alter. *Write*: the
student writes lines; a function is begun, with parameters and edges in words, and an example.
``samarkand release`` refuses a set that breaks one of these rules or of `rules_of_answers`. Tests check that
no given code is an answer.
"""

import ast
import builtins
import re
from collections.abc import Callable, Iterator

from nbformat import NotebookNode

from tools.author import concepts, rules
from tools.author.figures import VOCABULARY
from tools.author.lessons import Lesson, find_names

#: The lines of a model solution, which students do not get.
SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION\n?", re.DOTALL | re.MULTILINE)
#: The steps, in order.
STEPS = ("Read", "Change", "Write")
#: The texts of the first cell of each set: on the steps without and with functions, and on units.
LINES = VOCABULARY["sets"]["steps"] + VOCABULARY["sets"]["lines"]
FUNCTIONS = VOCABULARY["sets"]["steps"] + VOCABULARY["sets"]["functions"]
HALF = VOCABULARY["sets"]["half"]
CHANGE, FORM, EXAMPLE, EDGES = "# change: ", "  # such as ", "  # should give ", "Edges: "

Rule = Callable[[Lesson], Iterator[str]]


def find_faults_of_set(exercise: Lesson) -> list[str]:
    """Return a sentence for each place where the source of a set breaks a rule."""
    found: list[str] = []
    for rule in RULES:
        found += rule(exercise)
    return found


def cells_of_questions(exercise: Lesson) -> dict[str, dict[str, NotebookNode]]:
    """Return the cells of each auto-graded question, in order: question id to part to cell.

    The parts are ``""`` (answer), ``"question"`` (text), ``"start"`` (given code) and ``"check"``.
    """
    found: dict[str, dict[str, NotebookNode]] = {}
    for cell in exercise.cells:
        named = re.fullmatch(r"(q\d+)-?(|question|start|check)", cell.id)
        if named:
            found.setdefault(named[1], {})[named[2]] = cell
    return found


def read_step(cells: dict[str, NotebookNode]) -> str:
    """Return the step that the text of a question names; empty if it names none."""
    named = re.search(rf"^\*({'|'.join(STEPS)})\.\* Taught in \[", cells["question"].source, re.MULTILINE)
    return named[1] if named else ""


def the_steps_are_explained(exercise: Lesson) -> Iterator[str]:
    """Require that the first cell explains the steps, and the cost of a wrong unit."""
    asked = any(_find_function(cells[""].source) for cells in cells_of_questions(exercise).values())
    for words in (FUNCTIONS if asked else LINES, HALF):
        if words not in exercise.cells[0].source:
            yield f"{exercise.cells[0].id}: does not say: {words}"


def steps_go_up(exercise: Lesson) -> Iterator[str]:
    """Require that each question names its step, and that all three come in ascending order."""
    found = {key: read_step(cells) for key, cells in cells_of_questions(exercise).items()}
    for key in (key for key, named in found.items() if not named):
        yield f"{key}-question: names no step, such as *Read.* before Taught in."
    steps = [STEPS.index(named) for named in found.values() if named]
    if set(steps) != set(range(len(STEPS))) or steps != sorted(steps):
        yield f"The steps are {', '.join(STEPS[one] for one in steps)}; they go up: {', '.join(STEPS)}."


def steps_have_what_they_need(exercise: Lesson) -> Iterator[str]:
    """Require a locked start cell that shows something and is not the answer, and an example of the form."""
    trees = dict(exercise.trees)
    known = {*dir(builtins), *(find_names(trees["setup"], ast.Store) if "setup" in trees else ())}
    for key, cells in cells_of_questions(exercise).items():
        answer = cells[""].source
        start = cells.get("start")
        if not _find_function(answer) and FORM not in answer.partition("\n")[0]:
            yield f"{key}: does not show the form of an answer, such as 8."
        if start is None:
            if read_step(cells) != "Write":
                yield f"{key}: there is no cell {key}-start to read or to change."
            continue
        if not start.metadata.get("nbgrader", {}).get("locked"):
            yield f"{start.id}: is not locked."
        tree = ast.parse(start.source)
        if not isinstance(tree.body[-1], ast.Expr):
            yield f"{start.id}: its last line shows nothing."
        made = find_names(tree, ast.Store)
        loose = sorted(find_names(tree, ast.Load) - made - known)
        if loose:
            yield f"{start.id}: rests on {', '.join(loose)}, which a student may have changed by then."
        if answer.partition(" = ")[0] in made:
            yield f"{start.id}: gives the answer its name."
        lines = start.source.splitlines()
        marked = [number for number, line in enumerate(lines, start=1) if line.startswith(CHANGE)]
        wanted = [len(lines) - 1] if read_step(cells) == "Change" else []
        if marked != wanted or (wanted and tree.body[-1].lineno < len(lines)):
            yield f"{start.id}: {CHANGE}... stands above a last line to be changed, and nowhere else."


def functions_are_begun(exercise: Lesson) -> Iterator[str]:
    """Require that a function's docstring names parameters and edges, and that an example is below it."""
    for key, cells in cells_of_questions(exercise).items():
        for function in _find_function(cells[""].source):
            docstring = ast.get_docstring(function) or ""
            for parameter in [one.arg for one in function.args.args]:
                if not re.search(rf"^{parameter}: ", docstring, re.MULTILINE):
                    yield f"{key}: the docstring does not say what {parameter} is."
            if EDGES not in docstring:
                yield f"{key}: the docstring names no edges, after {EDGES.strip()}"
            last = cells[""].source.splitlines()[-1]
            if not last.startswith(f"{function.name}(") or EXAMPLE not in last:
                yield f"{key}: does not end with an example, {function.name}(...){EXAMPLE}..."
            if read_step(cells) != "Write":
                yield f"{key}-question: a function is the step Write."


def solutions_use_what_is_explained(exercise: Lesson) -> Iterator[str]:
    """Require that a model solution uses only names from lessons so far, or from the set itself."""
    known = set(concepts.known_before(f"{int(exercise.name[2:4]) + 1:02}"))
    for cell in exercise.prose:
        for code in re.findall(r"`([^`]*)`", cell.source):
            known.update(re.findall(r"\w+", code))
    for cell in exercise.code:
        # What a student is given has no solution in it.
        known.update(concepts.find_used_names(SOLUTION.sub(r"\1...\n", cell.source)))
    for cell in exercise.code:
        for name in concepts.find_used_names(cell.source):
            if name not in known:
                yield f"{cell.id}: the model solution uses {name}, which neither a lesson nor the set shows."


def _find_function(source: str) -> list[ast.FunctionDef]:
    """Return a list with the function that an answer begins with; empty if none is asked for."""
    return [node for node in ast.parse(source).body[:1] if isinstance(node, ast.FunctionDef)]


#: The rules, in the order of reporting.
RULES: list[Rule] = rules.list_rules(globals())
