"""Working alone: the full check of a set, its solutions after an honest try, and a page of progress."""

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from samarkand.common import home, journal, log
from samarkand.common.errors import CourseError
from samarkand.practice.sets import desk, numbers
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking import checks, second_run
from samarkand_grading.marking.assessment import Assessment, Assessor
from samarkand_grading.marking.marker import Marker
from samarkand_grading.sandbox.box import run_unconfined
from samarkand_grading.sandbox.work import LIMITS, Cell, Given, Limits, Outcome
from samarkand_grading.submission import reading
from samarkand_grading.submission.remarks import Remark

#: The largest file that is copied for a second run.
COPIED_BYTES = 1 << 20


def check_own_work(course: Course, name: str | None, notebook: Path | None, solutions: bool) -> str:
    """Report how your own work on a set did; without a set, the best and the last check of each."""
    if name is None:
        return report_progress(course)
    return report_own_work(course, mark_own_work(course, name, notebook), solutions=solutions)


def mark_own_work(
    course: Course, name: str, notebook: Path | None = None, *, run: Callable[..., Outcome] = run_unconfined
) -> Assessment:
    """Mark your own work on a set: your copy in ``my_work`` or else the released notebook, if none is named.

    The code is your own, so it runs as in your notebook: with all your rights. `run` runs it: in a process of
    its own, or in this one where there is no other.
    """
    exercise = course.exercise(name)
    mine = home.my_work()
    file = f"{exercise.id}.ipynb"
    places = [mine / file, mine / "sets" / exercise.id / file, course.notebook("release", exercise.id)]
    path = notebook or next((place for place in places if place.is_file()), None)
    if path is None or not path.is_file():
        text = f"There is no notebook {notebook or f'of {exercise.id}'} to check. Open the course "
        text += "with samarkand start: it puts one into my_work/sets. Or name yours with --notebook."
        raise CourseError(text, code="no notebook", file=notebook, set=exercise.id)
    student = desk.find_student() or "demonstration"
    given = numbers.draw_numbers(desk.read_seed(), student, exercise.id, exercise.options, desk.read_places())
    assessor = Assessor(exercise, course.released(exercise), desk.read_seed(), key=course.key())
    try:
        submission = assessor.released.rebuild(reading.parse_cells(path.read_bytes()))
    except reading.Unreadable as problem:
        raise CourseError(f"{path}: {problem}", code=problem.code, file=path) from None
    drawn = assessor.draw_inputs(submission.cells)
    outcome = run(path.parent, submission.cells, drawn.calls, given=given)
    again = second_run.run_again(
        second_run.Work(
            exercise=exercise,
            cells=submission.cells,
            given=given,
            key=drawn.key,
            outcome=outcome,
            limits=LIMITS,
            run=lambda other, limits: run_in_copy(path.parent, submission.cells, other, limits, run=run),
        ),
        Marker(exercise, given, drawn, alone=True).mark_outcome(outcome, submission.cells),
    )
    remarks = [*submission.remarks, *again.remarks]
    result = Assessment(
        student=student,
        exercise=exercise.id,
        verdicts=again.verdicts,
        remarks=remarks,
        ended=outcome.ended,
        given=given,
    )
    trouble = log.log_result(exercise.id, "marked", points=result.points, out_of=result.out_of)
    if trouble:
        result.remarks.append(Remark("not noted", trouble))
    return result


def run_in_copy(
    folder: Path,
    cells: Sequence[Cell],
    given: Given,
    limits: Limits,
    *,
    run: Callable[..., Outcome] = run_unconfined,
) -> Outcome:
    """Run work with other numbers beside copies of your files: what it writes replaces none of them.

    The notebook may be in any folder, your home for example: folders in it and large files stay behind.
    """
    with tempfile.TemporaryDirectory() as made:
        for path in folder.iterdir():
            if path.is_file() and path.stat().st_size <= COPIED_BYTES:
                shutil.copy(path, made)
        return run(Path(made), cells, given=given, limits=limits)


def report_own_work(course: Course, result: Assessment, *, solutions: bool = False) -> str:
    """Report question by question how the work did; show solutions only of questions that were answered."""
    exercise = course.exercise(result.exercise)
    source = course.notebook(course.source(exercise.id), exercise.id)
    cells = json.loads(source.read_bytes())["cells"] if solutions else ()
    codes = {cell["metadata"].get("nbgrader", {}).get("grade_id"): "".join(cell["source"]) for cell in cells}
    lines = [f"{result.exercise}: {result.points:g} of {result.out_of:g} points"]
    for verdict in result.verdicts:
        reason = f"{verdict.reason} {exercise.suggest_section(verdict)}".strip()
        lines.append(f"{verdict.question}: {verdict.points:g} of {verdict.out_of:g}. {reason}")
        if solutions and verdict.state != "unanswered":
            if verdict.question not in codes:
                text = f"There is no solution of {verdict.question}."
                raise CourseError(text, code="no solution", question=verdict.question)
            code = re.sub(r"(?m)^ *### (BEGIN|END) SOLUTION\n?", "", codes[verdict.question]).strip()
            lines += ["    one way:", *(f"    | {line}" for line in code.splitlines())]
    return "\n".join([*lines, *map(str, result.remarks)])


def report_progress(course: Course) -> str:
    """Return the points of your best and your last check of each set, from the log on this machine."""
    lines = []
    entries = [(e["id"], e.get("points"), e.get("out_of")) for e in journal.read_journal(log.JOURNAL).entries]
    for name in checks.list_sets(course.check_folder):
        marks = [marks for set_, *marks in entries if set_ == name]
        marked = [(p, o) for p, o in marks if isinstance(p, int | float) and isinstance(o, int | float)]
        best = max((points for points, _ in marked), default=0)
        state = f"best {best:g}, last {marked[-1][0]:g} of {marked[-1][1]:g}" if marked else "not tried yet"
        lines.append(f"{name}: {state}")
    return "\n".join(lines)
