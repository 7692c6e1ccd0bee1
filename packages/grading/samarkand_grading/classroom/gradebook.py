"""nbgrader's gradebook, kept safe: checked when opened, backed up before each write, read for reports."""

from __future__ import annotations

import contextlib
import datetime
import filecmp
import os
import re
import sqlite3
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from samarkand.ground import rooms
from samarkand.ground.errors import CourseError

#: How many copies of the gradebook are kept.
KEPT = 20
#: Seconds to wait while another program writes to the gradebook.
WAIT = 5


class GradebookTrouble(CourseError):
    """The gradebook is missing, locked, damaged or cannot be written."""


#: What nbgrader and its dependencies import and grading does not use: grammars of internet names and of spans
#: of time, for schemas; a web server. Whoever imports these does without where they are not installed.
_UNUSED = ("rfc3987_syntax", "isoduration", "nbconvert.postprocessors.serve")
#: nbgrader's pages in JupyterLab, which it imports with itself.
_PAGES = [
    f"nbgrader.server_extensions.{name}"
    for name in ("assignment_list", "course_list", "formgrader", "validate_assignment")
]


def library() -> None:
    """Import nbgrader, but save a second and a half of CPU on what is not used here."""
    unused: dict[str, Any] = {}
    if "nbgrader" not in sys.modules:
        unused |= dict.fromkeys(_UNUSED) | {
            name: SimpleNamespace(load_jupyter_server_extension=None) for name in _PAGES
        }
    unused = {name: module for name, module in unused.items() if name not in sys.modules}
    sys.modules.update(unused)
    try:
        with rooms.lasting():
            import nbgrader.api
            import nbgrader.converters  # noqa: F401
        from sqlalchemy.exc import SAWarning

        warnings.simplefilter("ignore", SAWarning)  # about nbgrader's own code: no concern of an instructor
    finally:
        for name in unused:
            del sys.modules[name]


def ready(path: Path) -> None:
    """Raise `GradebookTrouble`, which names the problem, if the gradebook is missing, damaged or locked."""
    if not path.is_file():
        raise GradebookTrouble(f"There is no gradebook at {path}. Run samarkand release first: it makes one.")
    try:
        connection = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
        with contextlib.closing(connection):
            connection.execute("BEGIN IMMEDIATE")
            (verdict,) = connection.execute("PRAGMA quick_check").fetchone()
            connection.execute("SELECT count(*) FROM assignment").fetchone()
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise GradebookTrouble(
                "The gradebook is locked: another program is writing to it. Close it (formgrader, another "
                "samarkand grade) and run this again."
            ) from None
        raise GradebookTrouble(f"The gradebook {path} cannot be used: {error}.") from None
    except sqlite3.DatabaseError as error:
        raise GradebookTrouble(
            f"The gradebook {path} is damaged ({error}). The latest copies are in {path.parent / 'backups'}."
        ) from None
    if verdict != "ok":
        raise GradebookTrouble(f"The gradebook {path} is damaged ({verdict}).")


def backup(path: Path) -> Path:
    """Save a copy of the gradebook beside it, whole or not at all: ``backups/gradebook-<number>-<time>.db``.

    If nothing has changed since, the newest copy is returned. The copies with the lowest numbers beyond
    :data:`KEPT` are removed (clocks may be set back; numbers only grow).
    """
    folder = path.parent / "backups"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise GradebookTrouble(f"The folder {folder} cannot be made ({error.strerror}).") from None
    copies = _copies(folder)
    number = _number(copies[-1]) + 1 if copies else 1
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d-%H%M%S-%f")
    target = folder / f"gradebook-{number:05}-{stamp}.db"
    unfinished = target.with_suffix(".part")
    try:
        with (
            contextlib.closing(sqlite3.connect(path, timeout=10)) as source,
            contextlib.closing(sqlite3.connect(unfinished)) as copy,
        ):
            source.backup(copy)
        _settle(unfinished)
        if copies and filecmp.cmp(copies[-1], unfinished, shallow=False):
            unfinished.unlink()
            return copies[-1]  # runs without a change must not displace older copies
        unfinished.replace(target)
    except (OSError, sqlite3.Error) as error:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise GradebookTrouble(
            f"The gradebook cannot be saved aside in {folder} ({error}), so nothing was written: "
            "is the disk full, or the folder write-protected?"
        ) from None
    for old in [*copies, target][:-KEPT]:
        old.unlink()
    for rest in folder.glob("gradebook-*.part"):
        rest.unlink()
    return target


#: How a copy is named; copies of earlier versions have no number.
_COPY = re.compile(r"gradebook-(?:(\d+)-)?\d{8}-\d{6}-\d{6}\.db")


def _number(path: Path) -> int:
    found = _COPY.fullmatch(path.name)
    return int(found[1] or 0) if found else -1


def _copies(folder: Path) -> list[Path]:
    """List the copies made here, oldest first; other files are left alone."""
    own = [path for path in folder.glob("gradebook-*.db") if _number(path) >= 0]
    return sorted(own, key=lambda path: (_number(path), path.name))


def _settle(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open nbgrader's own interface to the gradebook."""
    library()
    from nbgrader.api import Gradebook

    ready(path)
    with Gradebook(f"sqlite:///{path}") as book:
        yield book


def students(path: Path) -> set[str]:
    """Return the ids of all students in the gradebook."""
    ready(path)
    with contextlib.closing(sqlite3.connect(path)) as database:
        return {str(name) for (name,) in database.execute("SELECT id FROM student")}


def automatic(path: Path, exercise: str) -> dict[str, dict[str, float]]:
    """Return the automatic scores: for each student with marks, the score of each grade cell."""
    query = (
        "SELECT work.student_id, cell.name, grade.auto_score FROM submitted_assignment AS work "
        "JOIN assignment ON assignment.id = work.assignment_id "
        "JOIN submitted_notebook AS book ON book.assignment_id = work.id "
        "JOIN grade ON grade.notebook_id = book.id JOIN base_cell AS cell ON cell.id = grade.cell_id "
        "WHERE assignment.name = ? AND grade.auto_score IS NOT NULL"
    )
    found: dict[str, dict[str, float]] = {}
    with contextlib.closing(sqlite3.connect(path)) as database:
        for student, cell, score in database.execute(query, (exercise,)):
            found.setdefault(str(student), {})[str(cell)] = float(score)
    return found


def due(path: Path, exercise: str) -> tuple[str, dict[str, str]]:
    """Return when a set is due, and each student's extension; empty if there is none."""
    query = (
        "SELECT work.student_id, work.extension FROM submitted_assignment AS work "
        "JOIN assignment ON assignment.id = work.assignment_id WHERE assignment.name = ?"
    )
    with contextlib.closing(sqlite3.connect(path)) as database:
        day = database.execute("SELECT duedate FROM assignment WHERE name = ?", (exercise,)).fetchone()
        longer = {str(student): str(more or "") for student, more in database.execute(query, (exercise,))}
    return str((day and day[0]) or ""), longer


def worth(path: Path, exercise: str) -> dict[str, float]:
    """Return the points of each grade cell of a set; empty if the set is not in the gradebook."""
    query = (
        "SELECT cell.name, grade.max_score FROM grade_cells AS grade "
        "JOIN base_cell AS cell ON cell.id = grade.id JOIN notebook ON notebook.id = cell.notebook_id "
        "JOIN assignment ON assignment.id = notebook.assignment_id WHERE assignment.name = ?"
    )
    with contextlib.closing(sqlite3.connect(path)) as database:
        return {str(cell): float(points) for cell, points in database.execute(query, (exercise,))}


def marks(path: Path, exercise: str) -> list[dict[str, Any]]:
    """Return one row for each graded submission of a set, in the order of the ids.

    A row has ``student``, ``name`` (last, first; empty if unknown), ``score``, ``max_score``,
    ``late_penalty``, ``net`` (score less penalty), ``needs_manual_grade``, ``questions`` (the score of each
    grade cell) and ``comments`` (what a person wrote on each answer).
    """
    library()
    from nbgrader.api import Comment, Grade, MissingEntry, SubmittedAssignment, SubmittedNotebook
    from sqlalchemy.orm import joinedload, selectinload, undefer

    work, notebooks = SubmittedAssignment, selectinload(SubmittedAssignment.notebooks)
    at_once = [  # what is read below; otherwise each of it is a query of its own for each submission
        *map(undefer, (work.score, work.max_score, work.late_submission_penalty, work.needs_manual_grade)),
        joinedload(work.student),
        notebooks.selectinload(SubmittedNotebook.grades).joinedload(Grade.cell),
        notebooks.selectinload(SubmittedNotebook.comments).joinedload(Comment.cell),
    ]
    with opened(path) as book:
        try:
            assignment = book.find_assignment(exercise)
        except MissingEntry:
            raise GradebookTrouble(
                f"{exercise} is not in the gradebook: run samarkand release first."
            ) from None
        rows = []
        for submission in book.db.query(work).filter_by(assignment=assignment).options(*at_once):
            student, questions, comments = submission.student, {}, {}
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    questions[grade.cell.name] = float(grade.score or 0)
                for comment in notebook.comments:
                    if comment.manual_comment:
                        comments[comment.cell.name] = str(comment.manual_comment)
            rows.append(
                {
                    "student": student.id,
                    "name": ", ".join(filter(None, (student.last_name, student.first_name))),
                    "score": float(submission.score or 0),
                    "max_score": float(submission.max_score or 0),
                    "late_penalty": float(submission.late_submission_penalty or 0),
                    "net": 0.0,
                    "needs_manual_grade": bool(submission.needs_manual_grade),
                    "questions": questions,
                    "comments": comments,
                }
            )
    for row in rows:
        row["net"] = max(0.0, row["score"] - row["late_penalty"])
    return sorted(rows, key=lambda row: str(row["student"]))
