"""An instructor's own questions: one Python file each, in a folder that no update of the course touches.

``own/ex05/q6.py`` in the course's folder has four names: `text`, `kind`, `answer`, `points`. A release puts
the question behind those of the set, in a source notebook of its own; the course's own files stay.
"""

import ast
import json
import re
import string
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from samarkand.answers import decode, kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common import files
from samarkand.common.errors import CourseError
from samarkand.practice.sets import numbers
from samarkand_grading.marking import checks
from samarkand_grading.marking.checks import ExerciseSet, Question

#: The kinds of answers that need no arguments.
KINDS = ("Whole", "Number", "PerCent", "Days", "Day", "Truth", "Text", "Texts", "Codes", "ByKey")
#: The parts of a question, each with the prompt for the instructor.
ASKED = {
    "text": "What students read",
    "kind": "The kind of the answer, such as Whole('states'), or Number('km', 0.5): right within 0.5",
    "answer": "The right answer: a value, or what gives it in terms of given, data and pd",
    "points": "Points",
}
#: The number of students with whose numbers an answer is tried.
TRIED = 20
_FILE = string.Template(Path(__file__).with_name("question.txt").read_text(encoding="utf-8"))


class Own(NamedTuple):
    """An instructor's own question: the checks, the text, and the source of its solution."""

    question: Question
    text: str
    lines: str

    def hints(self, broken: list[str]) -> list[str]:
        """Return hints on what the course's own questions must not do; `broken` are sentences on the set."""
        question = self.question
        hints = [] if question.varies else ["The answer is the same for all students: it can be copied."]
        hints += [sentence for sentence in broken if re.match(rf"{question.id}\b", sentence)]
        known = len(question.mistakes)
        return hints if known > 2 else [*hints, f"It knows {known} mistakes; three would give more reasons."]


def list_files(folder: Path) -> list[Path]:
    """Return the files of own questions, sorted by number."""
    return sorted(folder.glob("*.py"), key=lambda path: (len(path.stem), path.stem))


def read_all(folder: Path, exercise: ExerciseSet) -> list[Own]:
    """Read the own questions of a set; `exercise` is the set without them."""
    return [read(path, path.read_text(encoding="utf-8"), exercise) for path in list_files(folder)]


def read(path: Path, code: str, exercise: ExerciseSet) -> Own:
    """Read one question from its code and try its answer; `CourseError` if either fails."""
    need_free(path, exercise)
    found = {"hint": "", "mistakes": {}, **checks.run_file(path, code)}
    if missing := [name for name in ASKED if name not in found]:
        raise CourseError(
            f"{path} says no {', no '.join(missing)}.", code="incomplete", file=path, missing=missing
        )
    text, kind, answer, points = (found[name] for name in ASKED)
    if not isinstance(text, str) or not text.strip():
        raise CourseError(f"{path}: the text of the question is empty.", code="no text", file=path)
    if not isinstance(kind, kinds.Kind):
        told = f"{path}: {kind!r} is no kind of answer. {list_kinds()}"
        raise CourseError(told, code="no kind", file=path, given=kind)
    if not isinstance(points, int) or points < 1:
        told = f"{path}: points are a whole number, 1 or more, and not {points!r}."
        raise CourseError(told, code="no points", file=path, given=points)
    nodes = [*ast.walk(ast.parse(code))]
    reads = [node for node in nodes if isinstance(node, ast.Name) and node.id == "given"]
    parts = [node.slice for node in nodes if isinstance(node, ast.Subscript) and node.value in reads]
    keys = [str(part.value) for part in parts if isinstance(part, ast.Constant)]
    question = Question(
        path.stem, f"answer_{path.stem}", points, kind, answer, str(found["hint"]), "",
        tuple(Mistake(reason, way) for reason, way in found["mistakes"].items()),
        varies=bool(reads), uses=tuple(sorted({*keys})) if len(keys) == len(reads) else (),
    )  # fmt: skip
    for student in range(TRIED):
        given = numbers.draw(numbers.DEMONSTRATION, f"student {student}", exercise.id, exercise.options)
        for name, way in {"answer": answer, **found["mistakes"]}.items():
            try:
                value = decode.plain(way(dict(given)))
                if way is answer:
                    kind.read(value)
            except kinds.WrongForm as problem:
                told = f"{path.stem}, {name}: it is not of its kind. {problem}"
                raise CourseError(told, code="of another kind", question=path.stem) from None
            except Exception as error:
                why = f"{type(error).__name__}: {error}".rstrip(".")
                has = ", ".join(given) or "nothing"
                told = f"{path.stem}, {name}: it stops with {why}. (given has {has}.)"
                raise CourseError(told, code="answer stops", question=path.stem, way=name) from None
    lines = re.search(r"(?ms)^(def )?answer\b.*?(?=^\S|\Z)", code)
    return Own(question, text.strip(), lines[0].rstrip() if lines else "")


def need_free(path: Path, exercise: ExerciseSet) -> None:
    """Raise `CourseError` if a file is not named like a question, or another question has that name."""
    if not re.fullmatch(r"q[1-9]\d?", path.stem):
        told = f"{path.stem!r} cannot be the name of a question: q and a number, such as q6."
        raise CourseError(told, code="no name of a question", given=path.stem)
    if path.stem in [question.id for question in exercise.questions]:
        told = f"{exercise.id} has a {path.stem} already, so {path.name} needs another number."
        raise CourseError(told, code="there already", set=exercise.id, question=path.stem)


def list_kinds() -> str:
    """Return a text that lists the kinds of answers."""
    return "\n".join(["There is:", *(f"  {name:8} {getattr(kinds, name)().asked()}" for name in KINDS)])


def begin(path: Path, exercise: ExerciseSet, ask: Callable[[str, str], str]) -> None:
    """Write the file of a new question atomically; `ask` is called with each name and prompt of `ASKED`."""
    need_free(path, exercise)
    given = numbers.draw(numbers.DEMONSTRATION, "student 0", exercise.id, exercise.options)
    shown = "".join(f"  {name}: {str(value)[:70]}\n" for name, value in given.items())
    more = {
        "kind": f"{list_kinds()}\n",
        "answer": f"A student's own numbers, given, are for example:\n{shown}",
    }
    said = {name: ask(name, more.get(name, "") + words).strip() for name, words in ASKED.items()}
    kind = said["kind"] if "(" in said["kind"] else f"{said['kind']}()"
    if not isinstance(getattr(kinds, name := kind.partition("(")[0], None), type):
        raise CourseError(f"No kind {name!r}. {list_kinds()}", code="no kind", given=name)
    answer = said["answer"].removeprefix("lambda given:").strip()
    try:
        ast.parse(answer, mode="eval")
    except SyntaxError as error:
        raise CourseError(
            f"The answer is not one expression of Python: {error.msg}. A text is in quotation marks; more "
            f"lines you can write into {path} afterwards.",
            code="no expression",
            given=answer,
        ) from None
    code = _FILE.substitute(
        id=path.stem, set=exercise.id, number=exercise.id.partition("_")[0], kind=kind,
        names=", ".join(name for name in sorted({*re.findall(r"\b[A-Z]\w+", kind)}) if hasattr(kinds, name)),
        text=said["text"].replace("\\", "\\\\").replace('"""', '\\"\\"\\"'), answer=answer,
        points=said["points"] if said["points"].isdecimal() else repr(said["points"]),
    )  # fmt: skip
    read(path, code, exercise)
    files.write_whole(path, code.encode())


def merge(source: Path, target: Path, own: list[Own]) -> None:
    """Write the source notebook of a set with own questions inserted after the last auto-graded one."""
    notebook = json.loads(source.read_bytes())
    cells = notebook["cells"]
    at = 1 + max(n for n, cell in enumerate(cells) if cell["id"].endswith("-check"))
    cells[at:at] = [cell for one in own for cell in _cells(one)]
    files.write_whole(target, json.dumps(notebook).encode())


def make_marks(name: str, *, points: float | None = None, solution: bool = False) -> dict[str, Any]:
    """Return a cell's nbgrader metadata: an answer's (`solution`), a check's (`points`), both, or locked."""
    found: dict[str, Any] = {"grade_id": name, "schema_version": 3, "task": False, "solution": solution}
    found |= {"grade": points is not None, "locked": not solution}
    return {"nbgrader": found | ({"points": points} if points is not None else {})}


def _cells(own: Own) -> Iterator[dict[str, Any]]:
    """Yield the cells of a question: text, answer, and check of the answer's form."""
    key, name, kind = own.question.id, own.question.name, own.question.kind.asked()
    words = f"## {key} (1 point)\n\n{own.text}\n\nPut {kind} into `{name}`."
    yield {"cell_type": "markdown", "id": f"{key}-question", "metadata": {}, "source": words}
    lines = f"{name} = ...\n### BEGIN SOLUTION\n{own.lines}\n{name} = answer(given)\n### END SOLUTION"
    for metadata, source in (
        (make_marks(key, solution=True), lines),
        (make_marks(f"{key}-check", points=own.question.points), f'desk.look("{key}", {name})'),
    ):
        yield {"cell_type": "code", "id": metadata["nbgrader"]["grade_id"], "metadata": metadata,
               "source": source, "outputs": [], "execution_count": None}  # fmt: skip
