"""An instructor's own questions: one Python file each, in a folder that no update of the course touches.

``own/ex05/q6.py`` in the course's folder has four names: `text`, `kind`, `answer`, `points`. A release puts
the question behind those of the set, in a source notebook of its own; the course's own files stay.
"""

import ast
import json
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
    return [read_question(path, path.read_text(encoding="utf-8"), exercise) for path in list_files(folder)]


def read_question(path: Path, code: str, exercise: ExerciseSet) -> Own:
    """Read one question from its code and try its answer; `CourseError` if either fails."""
    need_free(path, exercise)
    found = {"hint": "", "mistakes": {}, **checks.run_file(path, code)}
    _need_sound(path, found)
    uses = _find_uses(code)
    mistakes = [Mistake(reason, way) for reason, way in found["mistakes"].items()]
    question = Question(
        id=path.stem,
        name=f"answer_{path.stem}",
        points=found["points"],
        kind=found["kind"],
        solution=found["answer"],
        hint=str(found["hint"]),
        taught="",
        mistakes=tuple(mistakes),
        varies=uses.varies,
        uses=uses.names,
    )
    _try_answers(question, exercise)
    lines = re.search(r"(?ms)^(def )?answer\b.*?(?=^\S|\Z)", code)
    return Own(question, found["text"].strip(), lines[0].rstrip() if lines else "")


def _need_sound(path: Path, found: dict[str, Any]) -> None:
    """Raise `CourseError` if a name of a question is missing, or is not what it should be."""
    missing = [name for name in ASKED if name not in found]
    if missing:
        text = f"{path} says no {', no '.join(missing)}."
        raise CourseError(text, code="incomplete", file=path, missing=missing)
    text = found["text"]
    if not isinstance(text, str) or not text.strip():
        raise CourseError(f"{path}: the text of the question is empty.", code="no text", file=path)
    kind = found["kind"]
    if not isinstance(kind, kinds.Kind):
        told = f"{path}: {kind!r} is no kind of answer. {list_kinds()}"
        raise CourseError(told, code="no kind", file=path, given=kind)
    points = found["points"]
    if not isinstance(points, int) or points < 1:
        told = f"{path}: points are a whole number, 1 or more, and not {points!r}."
        raise CourseError(told, code="no points", file=path, given=points)


@dataclass(frozen=True)
class Uses:
    """Whether a question `varies` with a student's own numbers, and the `names` of those that it uses.

    It has no names if that cannot be told from its code: then it may use all of them.
    """

    varies: bool
    names: tuple[str, ...]


def _find_uses(code: str) -> Uses:
    """Find where the code of a question reads ``given``, and which of its keys."""
    nodes = list(ast.walk(ast.parse(code)))
    reads = [node for node in nodes if isinstance(node, ast.Name) and node.id == "given"]
    keys = []
    for node in nodes:
        if isinstance(node, ast.Subscript) and node.value in reads and isinstance(node.slice, ast.Constant):
            keys.append(str(node.slice.value))
    names = sorted(set(keys)) if len(keys) == len(reads) else []
    return Uses(bool(reads), tuple(names))


def _try_answers(question: Question, exercise: ExerciseSet) -> None:
    """Work out the answer and the mistakes for some students; `CourseError` if one of them cannot be."""
    for number in range(TRIED):
        given = numbers.draw_numbers(
            numbers.DEMONSTRATION, f"student {number}", exercise.id, exercise.options
        )
        _try_way(question, "answer", question.solution, given)
        for mistake in question.mistakes:
            _try_way(question, mistake.reason, mistake.wrong, given)


def _try_way(question: Question, name: str, way: Callable[..., Any], given: dict[str, Any]) -> None:
    """Work out the answer or a mistake, called `name`, from a student's own numbers."""
    try:
        value = decode.make_plain(way(dict(given)))
        if way is question.solution:
            question.kind.read(value)
    except kinds.WrongForm as problem:
        told = f"{question.id}, {name}: it is not of its kind. {problem}"
        raise CourseError(told, code="of another kind", question=question.id) from None
    except Exception as error:
        why = f"{type(error).__name__}: {error}".rstrip(".")
        has = ", ".join(given) or "nothing"
        told = f"{question.id}, {name}: it stops with {why}. (given has {has}.)"
        raise CourseError(told, code="answer stops", question=question.id, way=name) from None


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


def begin_question(path: Path, exercise: ExerciseSet, ask: Callable[[str, str], str]) -> None:
    """Write the file of a new question atomically; `ask` is called with each name and prompt of `ASKED`."""
    need_free(path, exercise)
    said = _ask_all(exercise, ask)
    kind = said["kind"] if "(" in said["kind"] else f"{said['kind']}()"
    name = kind.partition("(")[0]
    if not isinstance(getattr(kinds, name, None), type):
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
    words = sorted(set(re.findall(r"\b[A-Z]\w+", kind)))
    points = said["points"]
    code = _FILE.substitute(
        id=path.stem,
        set=exercise.id,
        number=exercise.id.partition("_")[0],
        kind=kind,
        names=", ".join(word for word in words if hasattr(kinds, word)),
        text=said["text"].replace("\\", "\\\\").replace('"""', '\\"\\"\\"'),
        answer=answer,
        points=points if points.isdecimal() else repr(points),
    )
    read_question(path, code, exercise)
    files.write_whole(path, code.encode())


def _ask_all(exercise: ExerciseSet, ask: Callable[[str, str], str]) -> dict[str, str]:
    """Ask for each part of a question, with what there is to choose from; return what was said."""
    given = numbers.draw_numbers(numbers.DEMONSTRATION, "student 0", exercise.id, exercise.options)
    shown = "".join(f"  {name}: {str(value)[:70]}\n" for name, value in given.items())
    before = {
        "kind": f"{list_kinds()}\n",
        "answer": f"A student's own numbers, given, are for example:\n{shown}",
    }
    said = {}
    for name, words in ASKED.items():
        said[name] = ask(name, before.get(name, "") + words).strip()
    return said


def merge_questions(source: Path, target: Path, own: list[Own]) -> None:
    """Write the source notebook of a set with own questions inserted after the last auto-graded one."""
    notebook = json.loads(source.read_bytes())
    cells = notebook["cells"]
    place = 0
    for number, cell in enumerate(cells, start=1):
        if cell["id"].endswith("-check"):
            place = number
    inserted: list[dict[str, Any]] = []
    for question in own:
        inserted += _make_cells(question)
    cells[place:place] = inserted
    files.write_whole(target, json.dumps(notebook).encode())


def make_marks(name: str, *, points: float | None = None, solution: bool = False) -> dict[str, Any]:
    """Return a cell's nbgrader metadata: an answer's (`solution`), a check's (`points`), both, or locked."""
    found: dict[str, Any] = {"grade_id": name, "schema_version": 3, "task": False, "solution": solution}
    found |= {"grade": points is not None, "locked": not solution}
    return {"nbgrader": found | ({"points": points} if points is not None else {})}


def _make_cells(own: Own) -> Iterator[dict[str, Any]]:
    """Yield the cells of a question: text, answer, and check of the answer's form."""
    key = own.question.id
    name = own.question.name
    kind = own.question.kind.asked()
    words = f"## {key} (1 point)\n\n{own.text}\n\nPut {kind} into `{name}`."
    yield {"cell_type": "markdown", "id": f"{key}-question", "metadata": {}, "source": words}
    lines = f"{name} = ...\n### BEGIN SOLUTION\n{own.lines}\n{name} = answer(given)\n### END SOLUTION"
    for metadata, source in (
        (make_marks(key, solution=True), lines),
        (make_marks(f"{key}-check", points=own.question.points), f'desk.look("{key}", {name})'),
    ):
        yield {
            "cell_type": "code",
            "id": metadata["nbgrader"]["grade_id"],
            "metadata": metadata,
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
