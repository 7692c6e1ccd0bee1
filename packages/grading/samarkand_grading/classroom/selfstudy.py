"""Working alone: the full check of a set, its solutions after an honest try, and a page of progress."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from samarkand.ground import home, journal, log
from samarkand.ground.errors import CourseError
from samarkand.practice.answers import decode
from samarkand.practice.sets import desk, numbers
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking import checks, inputs
from samarkand_grading.marking.assessment import Assessment, Assessor, named
from samarkand_grading.sandbox.alone import Alone
from samarkand_grading.sandbox.work import Cell
from samarkand_grading.submission import reading


def check(course: Course, name: str, notebook: Path | None = None) -> Assessment:
    """Mark your own work on a set: your copy in ``my_work`` or else the released notebook, if none is named.

    The code is your own, so it runs as in your notebook: with all your rights.
    """
    exercise = course.exercise(name)
    file = f"{exercise.id}.ipynb"
    mine = home.my_work()
    places = [mine / file, mine / "sets" / exercise.id / file, course.notebook("release", exercise.id)]
    path = notebook or next((place for place in places if place.is_file()), None)
    if path is None or not path.is_file():
        raise CourseError(f"There is no notebook {notebook or f'of {exercise.id}'} to check.")
    seed, student = desk.seed(), desk.who() or "demonstration"
    assessor = Assessor(exercise, course.released(exercise), seed, key=course.key())
    given = numbers.draw(seed, student, exercise.id, exercise.options)
    try:
        submission = assessor.released.rebuild(reading.parse(path.read_bytes()))
    except reading.Unreadable as problem:
        raise CourseError(f"{path}: {problem}") from None
    drawn = assessor.inputs(submission.cells)
    outcome = Alone(path.parent).run(submission.cells, drawn.calls, given=given)
    verdicts = named(assessor.marker(given, drawn).mark(outcome), exercise, submission.cells)
    result = Assessment(student, exercise.id, verdicts, submission.remarks, outcome.ended, given=given)
    if trouble := log.add(exercise.id, "marked", points=result.points, out_of=result.out_of):
        result.remarks.append(trouble)
    return result


def solution(course: Course, exercise: checks.ExerciseSet, question: str) -> str:
    """Return the solution of one question, from the source notebook."""
    source = course.notebook("source", exercise.id).read_text(encoding="utf-8")
    notebook: dict[str, Any] = json.loads(source)
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == question:
            return re.sub(r"(?m)^ *### (BEGIN|END) SOLUTION\n?", "", "".join(cell["source"])).strip()
    raise CourseError(f"There is no solution of {question}.")


def told(course: Course, result: Assessment, *, solutions: bool = False) -> str:
    """Report question by question how the work did; show solutions only of questions that were answered."""
    exercise = course.exercise(result.exercise)
    lines = [f"{result.exercise}: {result.points:g} of {result.out_of:g} points"]
    for verdict in result.verdicts:
        said = f"{verdict.reason} {exercise.read_again(verdict)}".strip()
        lines.append(f"{verdict.question}: {verdict.points:g} of {verdict.out_of:g}. {said}")
        if solutions and verdict.state != "unanswered":
            code = solution(course, exercise, verdict.question)
            lines += ["    one way:", *(f"    | {line}" for line in code.splitlines())]
    return "\n".join([*lines, *result.remarks])


def _marked() -> dict[str, list[tuple[float, float]]]:
    """Return the points of each check of a set, and of how many, the oldest first, from the log."""
    found: dict[str, list[tuple[float, float]]] = {}
    for entry in journal.read(log.JOURNAL).entries:
        points, out_of = entry.get("points"), entry.get("out_of")
        if isinstance(points, int | float) and isinstance(out_of, int | float):
            found.setdefault(entry["id"], []).append((points, out_of))
    return found


def progress(course: Course) -> str:
    """Show how far you are in all lessons and sets; the figures are kept on this machine only.

    There is a line for each lesson, with the practice tasks that your log (``my_work/log.jsonl``) has as
    right, and one for each set, with the points of your best and your last check.
    """
    lines = []
    answered = log.results()
    for path in sorted(home.LESSONS.glob("*.ipynb")):
        tasks = set(re.findall(r'\bcheck\(\\"(\d\d\.\d+)\\"', path.read_text(encoding="utf-8")))
        right = [task for task in tasks if answered.get(task) == "right"]
        if tasks:
            lines.append(f"{path.stem}: {len(right)} of {len(tasks)} tasks right")
    marked = _marked()
    for name in checks.available(course.check_folder):
        state = "not tried yet"
        if name in marked:
            last, out_of = marked[name][-1]
            state = f"best {max(points for points, _ in marked[name]):g}, last {last:g} of {out_of:g}"
        lines.append(f"{name}: {state}")
    return "\n".join(lines)


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
    untouched = course.notebook("release", exercise.id).read_bytes()
    try:
        body, _ = reading.read_file(course.root / "submitted" / student / exercise.id, exercise.id)
        return released.rebuild(reading.parse(body)).cells
    except reading.Unreadable:
        return released.rebuild(reading.parse(untouched)).cells


def _asked(case: inputs.Case, right: object) -> str:
    """Write an input of a function and the right answer for it."""
    arguments = (decode.show(decode.plain(argument), 60) for argument in case.arguments)
    return f"    {', '.join(arguments)}{f' ({case.edge})' if case.edge else ''}: {right}"
