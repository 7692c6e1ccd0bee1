"""Access to nbgrader's gradebook: check it, back it up before each write, read and write it by student.

It is a file of SQLite, or a database of PostgreSQL.

Marks are written through nbgrader's own interface, so that Formgrader, late penalties, its feedback and its
exports go on working. They are read by SQL, which needs no nbgrader.
"""

import contextlib
import datetime as dt
import os
import re
import sqlite3
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samarkand.common import files, modules
from samarkand.common.errors import CourseError, DamagedData, make_unknown_name
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import marked_texts, postgres, times
from samarkand_grading.classroom.course import Course, make_database_url
from samarkand_grading.classroom.marked_texts import EarlierMark, Moves, TextKeeper
from samarkand_grading.classroom.postgres import Book
from samarkand_grading.marking.assessment import Assessment
from samarkand_grading.marking.checks import Verdict
from samarkand_grading.submission.rebuilding import disarm_markdown

#: How many of the newest copies of the gradebook are kept, and for how many days the last copy of the day as
#: well: the commands of one afternoon would otherwise push out yesterday's. Days without a copy do not count.
KEPT, DAYS_KEPT = 5, 7
#: The form of the names of copies; the time is UTC.
_COPY = "gradebook-%Y%m%d-%H%M%S-%f"
#: SQLite keeps times as texts, and an extension as the time so long after this one.
_EPOCH = dt.datetime(1970, 1, 1)
sqlite3.register_converter("DATETIME", lambda text: dt.datetime.fromisoformat(text.decode()))
#: The longest path of a gradebook in bytes: SQLite takes 512, with the endings of its own files.
LONGEST = 500
#: Seconds to wait while another program writes to the gradebook.
WAIT = 5
#: nbgrader keeps due dates in UTC: the zone in which one was typed.
_ZONES = {"due_zone": "CREATE TABLE IF NOT EXISTS due_zone (exercise TEXT UNIQUE, zone TEXT)"}
#: What we keep in the gradebook beside nbgrader's tables, and how each table is made where it is missing.
OWN_TABLES = marked_texts.TABLES | _ZONES
_TEXT = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
_SQL: dict[str, str] = dict(re.findall(r"^-- (\w+)(?::.*)?\n([^;]*);", _TEXT, re.MULTILINE))


class NoGradebook(CourseError):
    """There is no gradebook, or an empty file in its place; `copies` are those of an earlier one."""

    def __init__(self, book: Book) -> None:
        self.copies: list[Path] = []
        hint = "Run samarkand release first: it makes one."
        if isinstance(book, str):  # the address of a database, of which the course keeps no copies
            place = "in the database"
        else:
            place = f"at {book}"
            folder = book.parent / "backups"
            self.copies = sorted(folder.glob("gradebook-*-*-*.db"))
            if self.copies:
                hint = (
                    f"But there are {len(self.copies)} copies of one: samarkand restore 1 puts the newest "
                    f"back. For a new class, move {folder} away and run samarkand release."
                )
        super().__init__(f"There is no gradebook {place}. {hint}", code="no gradebook")


class AlreadyGraded(CourseError):
    """Some work of a set is graded, or somebody has more time, so its questions stay as they are."""

    def __init__(self, exercise: str, students: Sequence[str]) -> None:
        some = f"{', '.join(students[:3])}{' and others' if len(students) > 3 else ''}"
        super().__init__(
            f"{exercise} gets no new question: the gradebook has marks or more time of {some}, which would "
            "be for other points. Ask it in a set that nobody has handed in, or in the next class.",
            code="already graded",
        )
        self.exercise, self.students = exercise, students


def need_gradebook(book: Book) -> None:
    """Raise `CourseError`, which names the problem, if the gradebook is missing or locked; `DamagedData`."""
    if isinstance(book, Path) and book.suffix == ".sql":
        return
    with _open_database(book) as database:
        if isinstance(book, Path):
            database.execute("BEGIN IMMEDIATE")
            (verdict,) = database.execute("PRAGMA quick_check").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)


def has_gradebook(book: Book) -> bool:
    """Return whether the gradebook exists; an empty file, such as SQLite creates, does not count."""
    if isinstance(book, Path):
        return book.is_file() and book.stat().st_size > 0
    with postgres.connect_to_database(book) as database:
        return bool(database.execute("SELECT to_regclass('assignment') IS NOT NULL").fetchone()[0])


@contextlib.contextmanager
def _open_database(book: Book) -> Iterator[Any]:
    """Open a connection in autocommit mode; raise as `need_gradebook` does if it cannot be used."""
    if not has_gradebook(book):  # SQLite would make an empty one
        raise NoGradebook(book)
    if isinstance(book, str):
        with postgres.connect_to_database(book) as database:
            yield database
        return
    kinds = sqlite3.PARSE_DECLTYPES
    with _explain_errors(book), contextlib.closing(sqlite3.connect(book, WAIT, kinds, None)) as database:
        yield database


@contextlib.contextmanager
def _explain_errors(book: Path) -> Iterator[None]:
    """Raise what `need_gradebook` raises in place of SQLite's errors."""
    try:
        yield
    except sqlite3.Error as error:
        length = len(os.fsencode(book))
        if "unable to open" in str(error) and length > LONGEST:
            why = f"has {length} letters, and SQLite opens none so long: move the course to a shorter one."
            text = f"The path {book} {why}"
            raise CourseError(text, code="long path", file=book, length=length) from None
        if "locked" not in str(error):
            why = f"is damaged ({error}): samarkand restore lists its copies."
            raise DamagedData(f"The gradebook {book} {why}", code="damaged", file=book) from None
        other = "another program is writing to it. Close it (formgrader, another samarkand grade)"
        text = f"The gradebook is locked: {other} and run this again."
        raise CourseError(text, code="locked", file=book) from None


def list_copies(course: Course) -> list[Path]:
    """List the copies of the gradebook, the newest first; files with other names are a person's own."""
    ending = ".sql" if isinstance(course.gradebook, str) else ".db"
    found = []
    for path in (course.root / "backups").glob(f"gradebook-*{ending}"):
        if read_time_of_copy(path) is not None:
            found.append(path)
    return sorted(found, reverse=True)


def read_time_of_copy(path: Path) -> dt.datetime | None:
    """Return the time of UTC in the name of a copy; None if it has another name."""
    if not re.fullmatch(r"gradebook-\d{8}-\d{6}-\d{6}", path.stem):
        return None
    try:
        return dt.datetime.strptime(path.stem, _COPY)
    except ValueError:
        return None


def list_copies_past_keeping(course: Course) -> list[Path]:
    """List the copies that are neither among the newest nor the last one of a day that is kept."""
    copies = list_copies(course)
    last_of_day: dict[str, Path] = {}
    for path in copies:  # the newest first
        day = path.stem.split("-")[1]
        last_of_day.setdefault(day, path)
    kept = {*copies[:KEPT], *list(last_of_day.values())[:DAYS_KEPT]}
    return [path for path in copies if path not in kept]


def name_next_copy(course: Course) -> str:
    """Return a name that is later than those of all copies: a clock that was set back makes none older."""
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    for newest in list_copies(course)[:1]:
        time = read_time_of_copy(newest)
        if time is not None and time >= now:
            now = time + dt.timedelta(microseconds=1)
    return now.strftime(_COPY)


def back_up_gradebook(course: Course, before: str, keep: Path | None = None) -> None:
    """Save a copy of the gradebook as ``backups/gradebook-<time>``; remove copies that are past keeping.

    Parameters
    ----------
    course : Course
    before : str
        What is done next; `read_reason` returns it.
    keep : Path, optional
        A copy that stays, however old it is: it is about to be put back.
    """
    need_gradebook(course.gradebook)
    book, folder = course.gradebook, course.root / "backups"
    target = folder / f"{name_next_copy(course)}.part"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if isinstance(book, str):
            postgres.dump_database(book, target)
        else:
            with contextlib.closing(sqlite3.connect(book, WAIT)) as database:
                database.execute("VACUUM INTO ?", [str(target)])
        target.replace(target.with_suffix(".sql" if isinstance(book, str) else ".db"))
        files.write_if_changed(target.with_suffix(".txt"), before.encode())
        for old in list_copies_past_keeping(course):
            if old != keep:
                old.unlink()
                old.with_suffix(".txt").unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        why = "so nothing was written: is the disk full, or the folder write-protected?"
        text = f"The gradebook cannot be saved aside in {folder} ({error}), {why}"
        raise CourseError(text, code="not saved aside", folder=folder) from None
    finally:
        target.unlink(missing_ok=True)  # what a full disk has left of it


def read_reason(copy: Path) -> str:
    """Return before what a copy was made; empty if that was not kept."""
    path = copy.with_suffix(".txt")
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


@contextlib.contextmanager
def open_book(course: Course) -> Iterator[Any]:
    """Yield nbgrader's own interface to the gradebook, in which our own tables are, too.

    Raises
    ------
    NoGradebook
        If there is none.
    postgres.Away
        If it is a PostgreSQL database that does not answer.
    CourseError
        If it is a file that is locked or cannot be read.
    """
    with modules.without_collecting():
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import DBAPIError, SAWarning

    warnings.simplefilter("ignore", SAWarning)  # about nbgrader's own code: no concern of an instructor
    place = course.gradebook
    need_gradebook(place)
    # Our tables are made before nbgrader opens the file: after that it may not be written from elsewhere.
    _run_query(place, _SQL["new_left_out"])
    for making in marked_texts.TABLES.values():
        _run_query(place, making)
    course_id = course.settings().CourseDirectory.get("course_id", "")
    try:
        with Gradebook(make_database_url(place), course_id) as book:
            yield book
    except DBAPIError as error:
        if isinstance(place, str):  # the address of a PostgreSQL database
            raise postgres.Away(error.orig) from None
        cause = error.orig or error
        with _explain_errors(place):  # it knows SQLite's own errors, which SQLAlchemy has wrapped
            raise cause from None


@dataclass
class Mark:
    """Points of one grade cell: automatic, by hand and extra; `review` if a person has to look.

    A cell that is `left_out` for this student counts neither in the points nor in the maximum; `comment` is
    a person's. A question's `id` and the checks' `verdict` (None for a written answer) come from the record.
    `earlier` are a person's marks of other texts than the one that is there now; `rows` are the points of
    each row of the rubric, where these make the points by hand. It is `unread` while nothing of
    the work could be read, and nobody has given points for any of it.
    """

    out_of: float
    auto: float | None
    by_hand: float | None
    extra: float
    review: bool = False
    comment: str = ""
    left_out: bool = False
    id: str = ""
    verdict: Verdict | None = None
    earlier: list[EarlierMark] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    unread: bool = False

    @property
    def impossible(self) -> bool:
        """Whether its points are below 0, above the maximum, or no number: they count nowhere.

        Extra credit may come on top, up to as many points as the question has, or take some away.
        """
        given = self._given
        return not (0 <= given <= self.out_of and -given <= self.extra <= self.out_of)

    @property
    def _given(self) -> float:
        """The points without extra credit, as the gradebook has them."""
        return (self.auto if self.by_hand is None else self.by_hand) or 0.0

    @property
    def points(self) -> float:
        """The points that count: those given by hand, or else the automatic ones, plus extra credit."""
        if self.impossible:
            checked = self.auto or 0.0
            return checked if 0 <= checked <= self.out_of else 0.0
        return self._given + self.extra

    @property
    def changed(self) -> bool:
        """Whether a person has given points."""
        return self.by_hand is not None or self.extra != 0

    @property
    def open(self) -> bool:
        """Whether a person has still to mark this written answer, or to correct impossible points."""
        if self.left_out:
            return False
        waits = self.review or (self.auto is None and not self.changed)
        return self.impossible or self.unread or (waits and self.verdict is None)

    def __str__(self) -> str:
        points = "not marked yet" if self.open else f"{self.points:g} of {self.out_of:g}"
        return "left out" if self.left_out else points


@dataclass
class Row:
    """One student's work on a set in the gradebook.

    `marks` are by grade cell; `penalty` is in points, `late` in seconds after the due date plus `extension`;
    `handed_in` is in the zone of the due date. `lines` are the marks in the order of the set and `record` is
    the assessment, where these have been read.
    """

    student: str
    first_name: str = ""
    last_name: str = ""
    marks: dict[str, Mark] = field(default_factory=dict)
    penalty: float = 0.0
    handed_in: str = ""
    late: float = 0.0
    extension: str = ""
    lines: list[Mark] = field(default_factory=list)
    record: Assessment = field(default_factory=lambda: Assessment("", "", []))

    @property
    def open(self) -> list[str]:
        """The ids of answers still to be marked by a person."""
        return [mark.id for mark in self.lines if mark.open]

    @property
    def impossible(self) -> list[str]:
        """A sentence for each answer that has points in the gradebook which cannot be."""
        said = []
        for mark in self.lines:
            if mark.impossible and not mark.left_out:
                kinds = {"by hand": mark.by_hand, "by the checks": mark.auto, "extra": mark.extra or None}
                given = [f"{value:g} {kind}" for kind, value in kinds.items() if value is not None]
                said.append(
                    f"{self.student}, {mark.id}: the gradebook has points that cannot be "
                    f"({', '.join(given)}, of {mark.out_of:g}). They count nowhere until you correct them "
                    "in Formgrader, or those of the checks with samarkand grade --force."
                )
        return said

    @property
    def left_out(self) -> list[str]:
        """The ids of questions that do not count for this student."""
        return [mark.id for mark in self.lines if mark.left_out]

    @property
    def total(self) -> str:
        """The net points so far and their maximum, such as ``"7 of 10"``."""
        return f"{self.net:g} of {self.max_score - sum(mark.out_of for mark in self.lines if mark.open):g}"

    @property
    def max_score(self) -> float:
        """The maximum of points for this student, including answers still to be marked."""
        return sum(mark.out_of for mark in self.marks.values() if not mark.left_out)

    @property
    def net(self) -> float:
        """The points minus the penalty."""
        counted = (mark.points for mark in self.marks.values() if not mark.left_out)
        return max(0.0, sum(counted) - self.penalty)

    @property
    def in_full(self) -> float | None:
        """The net points scaled to the maximum without exceptions; None if everything is left out."""
        whole = sum(mark.out_of for mark in self.marks.values())
        if whole == self.max_score:
            return self.net
        return round(self.net * whole / self.max_score, 2) if self.max_score else None


def read_rows(book: Book, exercise: str) -> dict[str, Row]:
    """Return each student's work on a set by id, sorted."""
    found = dict[str, Row]()
    zone = read_zone(book, exercise)
    # Sorted here: each database has an order of letters of its own.
    for line in sorted(_run_query(book, _SQL["marks"], exercise), key=lambda line: (line[0], line[7])):
        student, first, last, at, more, day, penalty, cell, out_of, auto, by_hand, extra, *rest = line
        row = found.setdefault(student, Row(student, first or "", last or ""))
        row.marks[cell] = Mark(out_of, auto, by_hand, extra or 0.0, *rest)
        longer = _read_extension(more)
        row.penalty = max(0.0, penalty or 0.0)
        row.extension = str(longer or "")
        row.handed_in = times.describe_moment(at, zone) if at else ""
        row.late = max(0.0, (at - day - longer).total_seconds()) if at and day else 0.0
    return found


def read_left_out(book: Book, exercise: str) -> dict[str, set[str]]:
    """Return for each student the grade cells of a set that do not count."""
    found: dict[str, set[str]] = {}
    for student, cell in _run_query(book, _SQL["left_out"], exercise):
        found.setdefault(student, set()).add(cell)
    return found


def need_ungraded(book: Book, exercise: str) -> None:
    """Raise `AlreadyGraded` if the gradebook has work on a set, or a longer time for somebody."""
    students = list(read_rows(book, exercise)) if has_gradebook(book) else []
    if students:
        raise AlreadyGraded(exercise, students)


def read_ends(book: Book, exercise: str) -> dict[str, dt.datetime]:
    """Return until when, in UTC, each student with an extension may hand a set in."""
    due = read_due(book, exercise)
    ends = {}
    words = (
        "SELECT work.student_id, work.extension FROM submitted_assignment AS work "
        "JOIN assignment ON assignment.id = work.assignment_id WHERE assignment.name = ?"
    )
    for student, extension in _run_query(book, words, exercise) if due else []:
        longer = _read_extension(extension)
        if due and longer:
            ends[student] = due + longer
    return ends


def _read_extension(value: dt.datetime | dt.timedelta | None) -> dt.timedelta:
    """Return an extension as a length of time: SQLite keeps the moment so long after the epoch."""
    return value if isinstance(value, dt.timedelta) else (value or _EPOCH) - _EPOCH


def read_earlier(book: Book, exercise: str) -> dict[str, list[EarlierMark]]:
    """Return for each student a person's marks of texts of a set that were handed in before others."""
    found: dict[str, list[EarlierMark]] = {}
    words = "SELECT student, cell, digest, points, extra, comment FROM earlier_mark WHERE exercise = ?"
    for student, *rest in _run_query(book, words, exercise):
        found.setdefault(student, []).append(EarlierMark(*rest))
    return found


def read_row_points(book: Book, exercise: str) -> dict[str, dict[tuple[str, str, str], dict[str, int]]]:
    """Return the points of each row of a rubric, by marker, then by student, question and digest."""
    found: dict[str, dict[tuple[str, str, str], dict[str, int]]] = {}
    words = "SELECT marker, student, cell, digest, criterion, points FROM row_points WHERE exercise = ?"
    for marker, student, cell, digest, criterion, points in _run_query(book, words, exercise):
        found.setdefault(marker, {}).setdefault((student, cell, digest), {})[criterion] = points
    return found


def read_texts(book: Book, exercise: str) -> dict[str, dict[str, str]]:
    """Return for each student the digest of each answer when its mark was written, by question."""
    found: dict[str, dict[str, str]] = {}
    words = "SELECT student, cell, digest FROM marked_text WHERE exercise = ?"
    for student, cell, digest in _run_query(book, words, exercise):
        found.setdefault(student, {})[cell.removesuffix("-check")] = digest
    return found


def leave_out(book: Book, exercise: str, student: str, cells: Iterable[str], *, back: bool) -> None:
    """Exclude cells of a set for a student, or include them again (`back`)."""
    change = "INSERT INTO left_out VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
    if back:
        change = "DELETE FROM left_out WHERE exercise = ? AND student = ? AND cell = ?"
    for cell in cells:
        _run_query(book, change, exercise, student, cell)


def list_students(book: Book) -> set[str]:
    """Return the ids of all students in the gradebook, or in a copy of it."""
    if isinstance(book, Path) and book.suffix == ".sql":
        _, _, rows = book.read_text(encoding="utf-8").partition("COPY public.student (")
        rows = rows.partition("\n\\.\n")[0]  # the line that ends a table of PostgreSQL
        return {row.partition("\t")[0] for row in rows.splitlines()[1:]}
    return {student for (student,) in _run_query(book, "SELECT id FROM student")}


def find_students(course: Course, names: Sequence[str]) -> list[str]:
    """Return the ids in their normal form; `CourseError` names one that is not in the gradebook."""
    there = list_students(course.gradebook)
    chosen = [numbers.normalise_student(one) for one in names]
    for student in (one for one in chosen if one not in there):
        raise make_unknown_name("student", student, there)
    return chosen


def read_due(book: Book, exercise: str) -> dt.datetime | None:
    """Return the due date of a set in UTC; None if it has none or is not in the gradebook."""
    days = _run_query(book, "SELECT duedate FROM assignment WHERE name = ?", exercise)
    return days[0][0] if days else None


def read_zone(book: Book, exercise: str) -> str:
    """Return the zone in which the due date of a set was typed; empty if that is not known."""
    zones = _run_query(book, "SELECT zone FROM due_zone WHERE exercise = ?", exercise)
    return str(zones[0][0]) if zones else ""


def write_zone(book: Book, exercise: str, zone: str) -> None:
    """Keep the zone in which the due date of a set was typed."""
    change = "INSERT INTO due_zone VALUES (?, ?) ON CONFLICT (exercise) DO UPDATE SET zone = excluded.zone"
    read_zone(book, exercise)  # makes the table
    _run_query(book, change, exercise, zone)


def remove_student(book: Book, student: str) -> None:
    """Remove a student from a gradebook through nbgrader, and vacuum the file so that no trace is left.

    A copy of a PostgreSQL database (``.sql``) is deleted.
    """
    from nbgrader.api import Gradebook

    if isinstance(book, Path) and book.suffix == ".sql":
        book.unlink()
        return
    with Gradebook(make_database_url(book)) as opened:
        opened.remove_student(student)
    for table in ("left_out", *marked_texts.TABLES):
        _run_query(book, f"DELETE FROM {table} WHERE student = ?", student)
    _run_query(book, "VACUUM")


def read_points(book: Book, exercise: str) -> dict[str, float]:
    """Return the points of each grade cell of a set; empty if the set is not in the gradebook."""
    return dict(_run_query(book, _SQL["worth"], exercise))


def _run_query(book: Book, query: str, *values: str) -> list[Any]:
    with _open_database(book) as database:
        if "left_out" in query:
            database.execute(_SQL["new_left_out"])
        for table, making in OWN_TABLES.items():
            if f"FROM {table}" in query:
                database.execute(making)
        found = database.execute(query.replace("?", "%s") if isinstance(book, str) else query, values)
        return list(found.fetchall()) if found.description else []


def make_penalties(course: Course) -> Any:
    """Return nbgrader's plugin for late work that ``nbgrader_config.py`` names."""
    from nbgrader.preprocessors import AssignLatePenalties
    from traitlets import TraitError

    try:
        late = AssignLatePenalties(config=course.settings())
        late.init_plugin()
    except TraitError as error:
        text = f"A setting in nbgrader_config.py cannot be used: {error}"
        raise CourseError(text, code="unusable setting", setting="AssignLatePenalties") from None
    return late.plugin_inst


def measure_penalty(penalties: Any, student: str, points: float, late: float) -> float:
    """Return the points, at most all, that are taken off work so many seconds late; 0 if none are."""
    penalty = penalties.late_submission_penalty(student, points, late)
    return 0.0 if penalty is None else min(max(float(penalty), 0.0), points)


class Writer:
    """Writer of marks; late penalties come from the plugin in ``nbgrader_config.py``."""

    def __init__(self, course: Course, book: Any) -> None:
        self.course = course
        self.book = book
        self._penalties = make_penalties(course)

    def write(
        self,
        result: Assessment,
        handed_in: dt.datetime | None,
        texts: Mapping[str, str],
        last: Mapping[str, str],
    ) -> Moves:
        """Write the marks and reasons of a student in one transaction; return which marks by hand were moved.

        Points that a person gave for the same text stay. `texts` are the digests of the answers by question,
        `last` those of the work that was graded before. A cell marked by hand is flagged for review if its
        automatic points changed. `OSError` if the gradebook cannot be written.
        """
        from sqlalchemy.exc import OperationalError, SQLAlchemyError

        name, student, book = result.exercise, result.student, self.book
        verdicts = {f"{verdict.question}-check": verdict for verdict in result.verdicts}
        try:
            book.update_or_create_student(student)
            work = book.update_or_create_submission(name, student, timestamp=handed_in)
            notebook = book.find_submission_notebook(name, name, student)
            for grade in notebook.grades:
                before, cell = grade.auto_score, grade.cell.name
                # A written answer: nothing there is worth nothing, the rest waits for a person.
                grade.auto_score = None if cell in result.written else 0.0
                if cell in verdicts:
                    grade.auto_score = float(verdicts[cell].points)
                if grade.manual_score is None:
                    grade.needs_manual_grade = grade.auto_score is None
                elif grade.auto_score != before:
                    grade.needs_manual_grade = True
            comments = {comment.cell.name: comment for comment in notebook.comments}
            for question, comment in comments.items():
                verdict = verdicts.get(f"{question}-check")
                if verdict:
                    # A reason may quote an error message of the student's; feedback pages show it as HTML.
                    reason = disarm_markdown(verdict.reason)
                    comment.auto_comment = f"{verdict.points:g} of {verdict.out_of:g}. {reason}"
            moves = TextKeeper(book.db, name, student).move(notebook.grades, comments, texts, last)
            self.settle(work)
            book.db.commit()
            return moves
        except SQLAlchemyError as error:
            book.db.rollback()
            if isinstance(self.course.gradebook, str) and isinstance(error, OperationalError):
                raise postgres.Away(error.orig) from None
            raise OSError(str(getattr(error, "orig", error))) from None
        finally:
            book.db.remove()

    def write_rubric(  # noqa: PLR0913, PLR0917 - a mark has so much
        self,
        exercise: str,
        student: str,
        question: str,
        digest: str,
        rows: Mapping[str, int],
        comment: str,
        *,
        marker: str,
        mark: float | None,
    ) -> None:
        """Write a marker's points of a written answer, row by row, and the `mark` they make if they count."""
        work = self.book.find_submission(exercise, student)
        if mark is not None:
            grade = self.book.find_grade(question, exercise, exercise, student)
            grade.manual_score, grade.extra_credit = mark, 0.0
            grade.needs_manual_grade = False
            said = self.book.find_comment(question, exercise, exercise, student)
            said.manual_comment = comment or None
        TextKeeper(self.book.db, exercise, student).keep_rows(question, digest, marker, rows)
        self.settle(work)
        self.book.db.commit()

    def settle(self, work: Any) -> None:
        """Recompute the late penalty of a submission, from the cells that count."""
        name, student = work.assignment.name, work.student_id
        none = read_left_out(self.course.gradebook, name).get(student, ())
        for notebook in work.notebooks:
            notebook.late_submission_penalty = None
            if work.total_seconds_late > 0:
                counted = [grade for grade in notebook.grades if grade.cell.name not in none]
                score = 0.0
                for grade in counted:
                    given = grade.auto_score, grade.manual_score, grade.extra_credit or 0.0
                    score += Mark(grade.max_score, *given).points
                seconds = work.total_seconds_late
                notebook.late_submission_penalty = measure_penalty(self._penalties, student, score, seconds)
