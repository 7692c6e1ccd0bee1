"""Working alone: the full check of a set, its solutions after an honest try, and a page of progress."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from samarkand.answers import decode, encode
from samarkand.exercise import desk, numbers
from samarkand.grading.classroom.course import Course
from samarkand.grading.marking import checks, inputs
from samarkand.grading.marking.assessment import Assessment, Assessor, named
from samarkand.grading.sandbox.box import Sandbox
from samarkand.grading.sandbox.work import Cell
from samarkand.grading.submission import reading
from samarkand.ground import files, home
from samarkand.ground.errors import CourseError


def check(course: Course, name: str, notebook: Path | None = None) -> Assessment:
    """Mark your own work on a set: your copy in ``my_work`` or else the released notebook, if none is named.

    The code is your own, so it runs as in your notebook: with all your rights.
    """
    exercise = course.exercise(name)
    file = f"{exercise.id}.ipynb"
    mine = home.my_work()
    places = [mine / file, mine / "sets" / exercise.id / file, course.root / "release" / exercise.id / file]
    path = notebook or next((place for place in places if place.is_file()), None)
    if path is None or not path.is_file():
        raise CourseError(f"There is no notebook of {exercise.id} to check.")
    seed, student = desk.seed(), desk.who() or "demonstration"
    with Sandbox(trusted=True, folder=path.parent) as box:
        assessor = Assessor(exercise, course.released(exercise), seed, box, key=course.key())
        given = numbers.draw(seed, student, exercise.id, exercise.options)
        try:
            submission = assessor.released.rebuild(reading.parse(path.read_bytes()))
        except reading.Unreadable as problem:
            raise CourseError(f"{path}: {problem}") from None
        drawn = assessor.inputs(submission.cells)
        outcome = box.run(submission.cells, drawn.calls, given=given)
        verdicts = named(assessor.marker(given, drawn).mark(outcome), exercise, submission.cells)
    result = Assessment(student, exercise.id, verdicts, submission.remarks, outcome.ended, given=given)
    _remember(result)
    return result


def solution(course: Course, exercise: checks.ExerciseSet, question: str) -> str:
    """Return the solution of one question, from the source notebook."""
    path = course.root / "source" / exercise.id / f"{exercise.id}.ipynb"
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == question:
            return re.sub(r"(?m)^ *### (BEGIN|END) SOLUTION\n?", "", "".join(cell["source"])).strip()
    raise CourseError(f"There is no solution of {question}.")


def told(course: Course, result: Assessment, *, solutions: bool = False) -> str:
    """Report question by question how the work did; show solutions only of questions that were answered."""
    exercise = course.exercise(result.exercise)
    lines = [f"{result.exercise}: {result.points:g} of {result.out_of:g} points"]
    for verdict in result.verdicts:
        lines.append(f"{verdict.question}: {verdict.points:g} of {verdict.out_of:g}. {verdict.reason}")
        if solutions and verdict.state != "unanswered":
            code = solution(course, exercise, verdict.question)
            lines += ["    one way:", *(f"    | {line}" for line in code.splitlines())]
    return "\n".join([*lines, *result.remarks])


def _progress_path() -> Path:
    return home.my_work() / "progress.json"


def _remember(result: Assessment) -> None:
    kept = _remembered()
    best = max(result.points, float(kept.get(result.exercise, {}).get("best", 0)))
    kept[result.exercise] = {"best": best, "last": result.points, "out_of": result.out_of}
    files.write_whole(_progress_path(), (json.dumps(kept, indent=1) + "\n").encode())


def _remembered() -> dict[str, Any]:
    try:
        kept = json.loads(_progress_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def progress(course: Course, lessons: Path | None = None) -> str:
    """Show how far you are in all lessons and sets; the figures are kept on this machine only.

    There is a line for each lesson, with the practice tasks that are right in your copy as last saved
    (``my_work/lessons``), and one for each set, with the points of your best and your last check.
    """
    lines = []
    mine = lessons or home.my_work() / "lessons"
    for path in sorted(home.LESSONS.glob("*.ipynb")):
        right, tasks = _solved(mine / path.name if (mine / path.name).is_file() else path)
        if tasks:
            lines.append(f"{path.stem}: {right} of {tasks} tasks right")
    kept = _remembered()
    for name in checks.available(course.check_folder):
        entry = kept.get(name)
        state = (
            f"best {entry['best']:g}, last {entry['last']:g} of {entry['out_of']:g}"
            if entry
            else "not tried yet"
        )
        lines.append(f"{name}: {state}")
    return "\n".join(lines)


def _solved(lesson: Path) -> tuple[int, int]:
    """Count the tasks of a lesson: those that its saved notebook shows as right, and all."""
    try:
        cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return 0, 0
    right: dict[str, bool] = {}
    for cell in cells:
        asked = re.search(r'\bcheck\("(\d\d\.\d+)"', "".join(cell["source"]))
        if cell["cell_type"] == "code" and asked:
            shown = ["".join(o.get("data", {}).get("text/plain", "")) for o in cell["outputs"]]
            right[asked[1]] = any(text.startswith("Right") for text in shown)
    return sum(right.values()), len(right)


def preview(course: Course, name: str, student: str, *, answers: bool = False) -> str:
    """Show a student's version of a set: numbers and questions, and the answers for an instructor.

    The answers of functions are shown with their inputs for the submitted work, or for an untouched notebook
    if nothing was submitted.
    """
    exercise, student = course.exercise(name), numbers.student(student)
    given = numbers.draw(course.seed(), student, exercise.id, exercise.options)
    cells = _handed_in(course, exercise, student) if answers else []
    marker = checks.Marker(exercise, given, exercise.inputs(inputs.of_work(course.key(), cells)))
    lines = [f"{exercise.id} for {student}: {given}"]
    for question in exercise.questions:
        own = ", varies" if question.varies else ""
        kind = f"a function that returns {question.kind.asked()}" if question.cases else question.kind.asked()
        points = f"{question.points} point{'s' if question.points > 1 else ''}"
        lines.append(f"{question.id} ({points}{own}): {question.name}, {kind}")
        if answers and question.cases:
            lines += map(_asked, marker.inputs.cases[question.id], marker.expected[question.id])
        elif answers:
            lines.append(f"    {marker.expected[question.id]}")
    return "\n".join(lines)


def _handed_in(course: Course, exercise: checks.ExerciseSet, student: str) -> list[Cell]:
    """Return the cells of a student's work that run; if it cannot be read, those of the released notebook."""
    released = course.released(exercise)
    untouched = (course.root / "release" / exercise.id / f"{exercise.id}.ipynb").read_bytes()
    try:
        body, _ = reading.read_file(course.root / "submitted" / student / exercise.id, exercise.id)
        return released.rebuild(reading.parse(body)).cells
    except reading.Unreadable:
        return released.rebuild(reading.parse(untouched)).cells


def _asked(case: inputs.Case, right: object) -> str:
    """Write an input of a function and the right answer for it."""
    arguments = (decode.show(decode.read(encode.encode(argument)), 60) for argument in case.arguments)
    return f"    {', '.join(arguments)}{f' ({case.edge})' if case.edge else ''}: {right}"
