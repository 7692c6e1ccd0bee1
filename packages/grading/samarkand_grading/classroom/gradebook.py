"""nbgrader's gradebook: checked when opened, copied before each write, read and written student by student.

Marks are written through nbgrader's own interface, so that Formgrader, late penalties, its feedback and its
exports go on working. They are read by SQL, which needs no nbgrader.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samarkand.ground.errors import CourseError, DamagedData
from samarkand_grading.classroom.course import Course, address
from samarkand_grading.marking.assessment import Assessment
from samarkand_grading.submission.rebuilding import disarm

#: How many copies of the gradebook are kept.
KEPT = 5
#: What nbgrader counts extensions from.
_EPOCH = dt.datetime(1970, 1, 1)
#: Seconds to wait while another program writes to the gradebook.
WAIT = 5


def need(path: Path) -> None:
    """Raise `CourseError`, which names the problem, if the gradebook is missing or locked; `DamagedData`."""
    _need_file(path)
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=WAIT, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            (verdict,) = database.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error as error:
        verdict = str(error)
    if "locked" in verdict:
        other = "another program is writing to it. Close it (formgrader, another samarkand grade)"
        raise CourseError(f"The gradebook is locked: {other} and run this again.")
    if verdict != "ok":
        raise DamagedData(f"The gradebook {path} is damaged ({verdict}): samarkand restore lists its copies.")


def there(path: Path) -> bool:
    """Return whether there is a gradebook: a file, and not the empty one that SQLite makes on its own."""
    return path.is_file() and path.stat().st_size > 0


def _need_file(path: Path) -> None:
    if not there(path):
        raise CourseError(f"There is no gradebook at {path}. Run samarkand release first: it makes one.")


def backup(path: Path) -> None:
    """Save a copy of the gradebook as ``backups/gradebook-<time>.db``; remove all but the newest ones."""
    folder = path.parent / "backups"
    target = folder / f"gradebook-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S-%f}.part"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with (
            contextlib.closing(sqlite3.connect(path, timeout=WAIT)) as source,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
        target.replace(target.with_suffix(".db"))
        copies = sorted(folder.glob("gradebook-*-*-*.db"), key=lambda one: one.stat().st_mtime_ns)
        for old in copies[:-KEPT]:
            old.unlink()
    except (OSError, sqlite3.Error) as error:
        why = "so nothing was written: is the disk full, or the folder write-protected?"
        raise CourseError(f"The gradebook cannot be saved aside in {folder} ({error}), {why}") from None


@contextlib.contextmanager
def open_book(course: Course) -> Iterator[Any]:
    """Open nbgrader's own interface to the gradebook."""
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SAWarning

    warnings.simplefilter("ignore", SAWarning)  # about nbgrader's own code: no concern of an instructor
    need(course.gradebook)
    with Gradebook(course.db_url, course.settings().CourseDirectory.get("course_id", "")) as book:
        yield book


# --- reading ------------------------------------------------------------------------------------------------


@dataclass
class Mark:
    """The points of one grade cell: by the checks, by a person, and extra; `review` asks for a person.

    One that is `left_out` for this student counts neither for nor against.
    """

    out_of: float
    auto: float | None
    by_hand: float | None
    extra: float
    review: bool
    left_out: bool = False

    @property
    def points(self) -> float:
        """What counts: what a person gave, or else what the checks gave."""
        given = self.auto if self.by_hand is None else self.by_hand
        return (given or 0.0) + self.extra


@dataclass
class Row:
    """One student's work on a set as the gradebook has it.

    `marks` are by grade cell, `comments` those of a person by the cell of the answer; `penalty` is taken off
    for lateness, `late` the seconds after the due date with its `extension`; `handed_in` is in UTC.
    """

    student: str
    first_name: str = ""
    last_name: str = ""
    marks: dict[str, Mark] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    penalty: float = 0.0
    handed_in: str = ""
    late: float = 0.0
    extension: str = ""

    @property
    def max_score(self) -> float:
        """The most points that this student can have, those of open answers too."""
        return sum(mark.out_of for mark in self.marks.values() if not mark.left_out)

    @property
    def net(self) -> float:
        """The points, less the penalty."""
        counted = (mark.points for mark in self.marks.values() if not mark.left_out)
        return max(0.0, sum(counted) - self.penalty)

    @property
    def in_full(self) -> float | None:
        """The same share of all points, for systems with one maximum for all; None if all is left out."""
        if not any(mark.left_out for mark in self.marks.values()):
            return self.net
        whole = sum(mark.out_of for mark in self.marks.values())
        return round(self.net * whole / self.max_score, 2) if self.max_score else None


_CELLS = """
FROM submitted_assignment AS work JOIN student ON student.id = work.student_id
JOIN assignment ON assignment.id = work.assignment_id
JOIN submitted_notebook AS book ON book.assignment_id = work.id JOIN {0} ON {0}.notebook_id = book.id
JOIN base_cell ON base_cell.id = {0}.cell_id {1} WHERE assignment.name = ? ORDER BY student.id, base_cell.name
"""
_MARKS = """
SELECT student.id, first_name, last_name, timestamp, extension, duedate, late_submission_penalty,
       base_cell.name, max_score, auto_score, manual_score, extra_credit, needs_manual_grade
""" + _CELLS.format("grade", "JOIN grade_cells ON grade_cells.id = grade.cell_id")
_COMMENTS = "SELECT student.id, base_cell.name, manual_comment" + _CELLS.format("comment", "")


def rows(path: Path, exercise: str) -> dict[str, Row]:
    """Return each student's work on a set, in the order of the ids."""
    found: dict[str, Row] = {}
    for student, first, last, time, longer, due_date, penalty, cell, *mark in _query(path, _MARKS, exercise):
        out_of, auto, by_hand, extra, review = mark
        row = found.setdefault(student, Row(student, first or "", last or ""))
        row.marks[cell] = Mark(out_of, auto, by_hand, extra or 0.0, bool(review))
        row.penalty, row.extension = penalty or 0.0, longer or ""
        if time:
            at = dt.datetime.fromisoformat(time)
            row.handed_in = f"{at:%Y-%m-%d %H:%M} UTC"
            if due_date:
                late = at - dt.datetime.fromisoformat(due_date)
                late -= dt.datetime.fromisoformat(longer) - _EPOCH if longer else dt.timedelta()
                row.late = max(0.0, late.total_seconds())
    for student, cell, comment in _query(path, _COMMENTS, exercise):
        if comment and student in found:
            found[student].comments[cell] = comment
    for student, cells in left_out(path, exercise).items():
        for cell in cells & (found[student].marks.keys() if student in found else set()):
            found[student].marks[cell].left_out = True
    return found


#: What nbgrader does not know; it is kept in its gradebook all the same, to be copied and restored with it.
_LEFT_OUT = "CREATE TABLE IF NOT EXISTS left_out (exercise, student, cell, UNIQUE (exercise, student, cell))"


def left_out(path: Path, exercise: str) -> dict[str, set[str]]:
    """Return the grade cells of a set that do not count, by the student for whom they do not."""
    found: dict[str, set[str]] = {}
    with contextlib.suppress(sqlite3.OperationalError):  # nothing has ever been left out
        for student, cell in _query(path, "SELECT student, cell FROM left_out WHERE exercise = ?", exercise):
            found.setdefault(student, set()).add(cell)
    return found


def students(path: Path) -> set[str]:
    """Return the ids of all students in the gradebook."""
    return {student for (student,) in _query(path, "SELECT id FROM student")}


def due(path: Path, exercise: str) -> str:
    """Return when a set is due; empty if it is not, or not in the gradebook."""
    days = _query(path, "SELECT duedate FROM assignment WHERE name = ?", exercise)
    return str(days[0][0] or "") if days else ""


def forget(path: Path, student: str) -> None:
    """Remove a student from a gradebook, by nbgrader's own way, so that no byte of the file tells of them."""
    from nbgrader.api import Gradebook

    with Gradebook(address(path)) as book:
        book.remove_student(student)
    with contextlib.closing(sqlite3.connect(path, timeout=WAIT, isolation_level=None)) as database:
        with contextlib.suppress(sqlite3.OperationalError):  # nothing has ever been left out
            database.execute("DELETE FROM left_out WHERE student = ?", [student])
        database.execute("VACUUM")


def worth(path: Path, exercise: str) -> dict[str, float]:
    """Return the points of each grade cell of a set; empty if the set is not in the gradebook."""
    query = (
        "SELECT base_cell.name, max_score FROM grade_cells JOIN base_cell USING (id) "
        "JOIN notebook ON notebook.id = base_cell.notebook_id "
        "JOIN assignment ON assignment.id = notebook.assignment_id WHERE assignment.name = ?"
    )
    return dict(_query(path, query, exercise))


def _query(path: Path, query: str, *values: str) -> list[Any]:
    _need_file(path)
    with contextlib.closing(sqlite3.connect(path, timeout=WAIT)) as database:
        return database.execute(query, values).fetchall()


# --- writing ------------------------------------------------------------------------------------------------


class Writer:
    """Writes the marks of one set; late penalties are those of the plugin of ``nbgrader_config.py``."""

    def __init__(self, course: Course, book: Any) -> None:
        from nbgrader.preprocessors import AssignLatePenalties
        from traitlets import TraitError

        try:
            late = AssignLatePenalties(config=course.settings())
            late.init_plugin()
        except TraitError as error:
            raise CourseError(f"A setting in nbgrader_config.py cannot be used: {error}") from None
        self.course, self.book, self._plugin = course, book, late.plugin_inst

    def write(self, result: Assessment, handed_in: dt.datetime | None, rewritten: set[str]) -> None:
        """Write the marks and reasons of a student in one transaction; what a person gave stays.

        A person is asked to look again where that was for other work: the checks now give other points, or
        the written answer is among those `rewritten` since. `OSError` if the gradebook cannot be written.
        """
        from sqlalchemy.exc import SQLAlchemyError

        name, student, book = result.exercise, result.student, self.book
        verdicts = {f"{verdict.question}-check": verdict for verdict in result.verdicts}
        try:
            book.update_or_create_student(student)
            work = book.update_or_create_submission(name, student, timestamp=handed_in)
            notebook = book.find_submission_notebook(name, name, student)
            for grade in notebook.grades:
                before, cell = grade.auto_score, grade.cell.name
                if cell in verdicts:
                    grade.auto_score = float(verdicts[cell].points)
                else:  # a written answer: nothing there is worth nothing, the rest waits for a person
                    grade.auto_score = None if cell in result.written else 0.0
                if grade.manual_score is None:
                    grade.needs_manual_grade = grade.auto_score is None
                elif grade.auto_score != before or cell in rewritten:
                    grade.needs_manual_grade = True
            for comment in notebook.comments:
                if verdict := verdicts.get(f"{comment.cell.name}-check"):
                    # A reason may quote an error message of the student's; feedback pages show it as HTML.
                    reason = disarm(verdict.reason)
                    comment.auto_comment = f"{verdict.points:g} of {verdict.out_of:g}. {reason}"
            self.settle(work)
            book.db.commit()
        except SQLAlchemyError as error:
            book.db.rollback()
            raise OSError(str(getattr(error, "orig", error))) from None
        finally:
            book.db.remove()

    def settle(self, work: Any) -> None:
        """Work out the penalty of a student's work anew: by its due date, and by what counts of it."""
        name, student = work.assignment.name, work.student_id
        none = left_out(self.course.gradebook, name).get(student, ())
        for notebook in work.notebooks:
            notebook.late_submission_penalty = None
            if work.total_seconds_late > 0:
                counted = [grade for grade in notebook.grades if grade.cell.name not in none]
                grades = [(g.auto_score, g.manual_score, g.extra_credit or 0.0) for g in counted]
                score = sum(Mark(0.0, *points, review=False).points for points in grades)
                penalty = self._plugin.late_submission_penalty(student, score, work.total_seconds_late)
                if penalty is not None:
                    notebook.late_submission_penalty = min(max(penalty, 0.0), score)

    def leave_out(self, exercise: str, student: str, cells: Iterable[str], *, back: bool = False) -> None:
        """Let cells of a set not count for a student, or let them count again (`back`)."""
        from sqlalchemy import text

        change = "DELETE FROM left_out WHERE exercise = :exercise AND student = :student AND cell = :cell"
        change = change if back else "INSERT OR IGNORE INTO left_out VALUES (:exercise, :student, :cell)"
        self.book.db.execute(text(_LEFT_OUT))
        for cell in cells:
            self.book.db.execute(text(change), {"exercise": exercise, "student": student, "cell": cell})
        self.book.db.commit()
