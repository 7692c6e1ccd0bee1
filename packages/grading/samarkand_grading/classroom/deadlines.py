"""The instructor's decisions: due dates, extensions, exceptions, restored copies, deleted students."""

import contextlib
import datetime as dt
import json
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from samarkand.common import files, reading
from samarkand.common.errors import CourseError, DamagedData, make_unknown_name
from samarkand.common.spreadsheets import as_csv
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import dealing, gradebook, postgres, report, times
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking.checks import ExerciseSet

#: Where files of a student lie in a course.
KEPT = (
    "submitted/*",
    "autograded/*",
    "marks/*",
    "feedback/*",
    "downloaded/*",
    "assessments/*/*.json",
    "tasks/*/*.json",
)


def set_due(course: Course, name: str, text: str | None) -> str:
    """Set the due date of a set (``"never"`` removes it and all extensions); return it as a sentence."""
    exercise = course.exercise(name)
    if text:
        moment = None if text == "never" else _read_moment(text)
        with _settle_afterwards(course, exercise, f"due {exercise.id} {text}") as writer:
            work = writer.book.update_or_create_assignment(exercise.id, duedate=moment)
            for one in work.submissions if moment is None else ():
                one.extension = None
            gradebook.write_zone(course.gradebook, exercise.id, times.read_zone(text) if moment else "")
    zone = gradebook.read_zone(course.gradebook, exercise.id)
    return _describe_due(exercise, gradebook.read_due(course.gradebook, exercise.id), zone)


def extend_due_date(course: Course, name: str, students: Sequence[str], text: str) -> str:
    """Extend the due date for students; `text` is an interval, such as ``"+2d"``, or a day and time.

    Return a line for each student. A new extension replaces the one before; ``"+0h"`` takes it back.
    """
    exercise = course.exercise(name)
    due_date = gradebook.read_due(course.gradebook, exercise.id)
    if due_date is None:
        text = f"{_describe_due(exercise, None)} Set one first: samarkand due {exercise.id} DAY."
        raise CourseError(text, code="no due date", set=exercise.id)
    units = {"d": "days", "h": "hours", "min": "minutes"}
    found = re.fullmatch(rf"\+ ?(\d{{1,4}}) ?({'|'.join(units)})", text.strip())
    longer = dt.timedelta(**{units[found[2]]: int(found[1])}) if found else _read_moment(text) - due_date
    zone = gradebook.read_zone(course.gradebook, exercise.id)
    if longer < dt.timedelta():
        text = f"That is earlier than the day for all. {_describe_due(exercise, due_date, zone)}"
        raise CourseError(text, code="earlier than for all", set=exercise.id, due=due_date)
    zone = zone if found else times.read_zone(text)
    chosen = gradebook.find_students(course, students)
    with _settle_afterwards(
        course, exercise, f"extend {exercise.id} {text} for {', '.join(chosen)}"
    ) as writer:
        for student in chosen:
            writer.book.update_or_create_submission(exercise.id, student, extension=longer or None)
    return "\n".join(f"{student}: {_describe_due(exercise, due_date + longer, zone)}" for student in chosen)


def excuse_questions(
    course: Course, name: str, questions: Sequence[str], students: Sequence[str], back: bool = False
) -> str:
    """Leave questions out for students: neither points nor maximum count; `back` lets them count again.

    Return a line for each student.
    """
    exercise = course.exercise(name)
    cells = {cell.removesuffix("-check"): cell for cell in exercise.points_by_cell}
    for question in (one for one in questions if one not in cells):
        raise make_unknown_name("question", question, cells)
    chosen = gradebook.find_students(course, students)
    undo = " --undo" if back else ""
    with _settle_afterwards(
        course, exercise, f"excuse {exercise.id} {' '.join(questions)}{undo} for {', '.join(chosen)}"
    ):
        for student in chosen:
            left_out = [cells[question] for question in questions]
            gradebook.leave_out(course.gradebook, exercise.id, student, left_out, back=back)
    found = gradebook.read_left_out(course.gradebook, exercise.id)
    said = []
    for student in chosen:
        none = found.get(student, set())
        most = sum(points for cell, points in exercise.points_by_cell.items() if cell not in none)
        ids = ", ".join(question for question, cell in cells.items() if cell in none)
        said.append(f"{student}: {exercise.id} without {ids or 'exception'} gives {most:g} points.")
    return "\n".join(said)


@contextlib.contextmanager
def _settle_afterwards(course: Course, exercise: ExerciseSet, what: str) -> Iterator[gradebook.Writer]:
    """Back up the gradebook, yield a writer for a set, then recompute all penalties and feedback pages."""
    if not gradebook.read_points(course.gradebook, exercise.id):
        why = f"{exercise.id} is not in the gradebook: run samarkand release {exercise.id} first."
        raise CourseError(why, code="not released", set=exercise.id)
    with course.work_alone():
        gradebook.back_up_gradebook(course, what)
        with gradebook.open_book(course) as book:
            writer = gradebook.Writer(course, book)
            yield writer
            for work in book.find_assignment(exercise.id).submissions:
                writer.settle(work)
            book.db.commit()
    if any((course.root / "assessments" / exercise.id).glob("*.json")):
        with contextlib.suppress(report.NotGraded):
            report.write_pages(course, exercise.id)


def _read_moment(text: str) -> dt.datetime:
    """Parse a day and time with its zone; return it in UTC."""
    day = "2026-12-01 18:00"
    example = f'Write day, time and zone, such as "{day} +01:00" or "{day} Europe/Berlin"'
    try:
        moment, at = times.parse_time(text), times.parse_utc(text)
    except (ValueError, KeyError, OverflowError, OSError):
        raise CourseError(f"{text!r} is no day and time. {example}.", code="no time", given=text) from None
    if moment.tzinfo is None:
        told = f"{text!r} has no time zone, and students may be in several. {example}."
        raise CourseError(told, code="no time zone", given=text)
    return at


def _describe_due(exercise: ExerciseSet, moment: dt.datetime | None, zone: str = "") -> str:
    if moment is None:
        return f"{exercise.id} has no due date."
    return f"{exercise.id} is due on {times.describe_moment(moment, zone)}."


def _name_time(copy: Path) -> str:
    time = gradebook.read_time_of_copy(copy)
    return times.describe_here(time) if time else copy.stem


def restore_gradebook(course: Course, number: int | None) -> str:
    """Replace the gradebook by one of its copies; the present one becomes a copy, even if damaged.

    Without a number, list the copies, the newest first; each was made before a write.
    """
    copies = gradebook.list_copies(course)
    lines = []
    for place, path in enumerate(copies, start=1):
        reason = gradebook.read_reason(path)
        lines.append(f"{place}  {_name_time(path)}{f', before: {reason}' if reason else ''}")
    lines = [*lines, "samarkand restore NUMBER puts one back."] if lines else ["There is no copy."]
    if number is None:
        return "\n".join(lines)
    if not 1 <= number <= len(copies):
        text = "\n".join([f"There is no copy {number}.", *lines])
        raise CourseError(text, code="no such copy", number=number, copies=len(copies))
    chosen, book = copies[number - 1], course.gradebook
    with course.work_alone():
        gradebook.need_gradebook(chosen)
        body = chosen.read_bytes()
        if gradebook.has_gradebook(book):
            try:
                gradebook.back_up_gradebook(course, f"restore {number}", keep=chosen)
            except DamagedData:
                _put_aside(book, course.root / "backups" / f"damaged-{dt.datetime.now():%Y%m%d-%H%M%S-%f}.db")
        if isinstance(book, str):
            postgres.load_database(book, body)
        else:
            # SQLite would write what is left of the other into this.
            for rest in ("-journal", "-wal", "-shm"):
                book.with_name(f"{book.name}{rest}").unlink(missing_ok=True)
            files.write_whole(book, body)
    again = "samarkand grade writes what was graded since once more."
    return f"The gradebook of {_name_time(chosen)} is back. {again}"


def _put_aside(book: postgres.Book, aside: Path) -> None:
    """Copy a damaged gradebook as it is; `CourseError` if that is not possible."""
    try:
        shutil.copyfile(book, aside)
    except OSError as error:
        text = f"The damaged gradebook cannot be saved aside in {aside.parent} ({error}): it stays as it is."
        raise CourseError(text, code="not saved aside", folder=aside.parent) from None


def forget_student(course: Course, name: str, confirm: Callable[[str], bool]) -> list[str]:
    """Delete all files and records of a student, in copies of the gradebook too, after confirmation.

    Return sentences on where the id still occurs: in others' files, or in those of other programs.
    """
    student = numbers.normalise_student(name)
    places: list[Path] = []
    for pattern in KEPT:
        places += course.root.glob(pattern)
    for folder in course.exchanges:
        places += folder.glob("*/inbound/*")
    mine = [path for path in places if _find_owner(path) == student]
    books = [*filter(gradebook.has_gradebook, (course.gradebook, *gradebook.list_copies(course)))]
    for book in books:
        gradebook.need_gradebook(book)
    there = [book for book in books if student in gradebook.list_students(book)]
    roster = course.root / "roster.csv"
    rows = reading.read_cells(roster)[0] if roster.is_file() else []
    listed = any(row[:1] == [student] for row in rows)
    if not (mine or there or listed):
        if not books:
            text = f"Nothing is kept of {student}: there is no gradebook, no work and no roster with this id."
            raise CourseError(text, code="nothing kept", student=student)
        raise make_unknown_name("student", student, gradebook.list_students(books[0]))
    what = [path.relative_to(course.root).as_posix() for path in mine if path.is_relative_to(course.root)]
    if there:
        what.append(f"marks in {len(there)} gradebooks, copies included")
    if listed:
        what.append("the row of the roster")
    if not confirm(f"Of {student} these go for good: {', '.join(what)}."):
        raise CourseError("Nothing was removed.", code="not confirmed")
    with course.work_alone():
        dealing.forget_place(course, student)
        # Forms show texts without a name; samarkand mark makes them anew.
        shutil.rmtree(course.root / "marking", ignore_errors=True)
        for book in there:
            gradebook.remove_student(book, student)
        if listed:
            files.write_whole(roster, as_csv(row for row in rows if row[:1] != [student]).encode())
        for path in course.root.glob("submitted/.*.json"):
            with contextlib.suppress(ValueError):
                kept = {k: v for k, v in json.loads(path.read_bytes()).items() if k != student}
                files.write_if_changed(path, json.dumps(kept, ensure_ascii=False, indent=1).encode())
        left = _remove_all(mine)
    naming = _find_naming(course, student)
    if naming:
        left.append(f"Look yourself where else {student} is named: {', '.join(naming)}.")
    return left


def _remove_all(paths: Sequence[Path]) -> list[str]:
    """Remove files, links and whole folders; return a sentence for each that cannot be removed."""
    left = []
    for path in paths:
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        except OSError as error:  # in the exchange, files are the students' own
            left.append(f"{path} could not be removed: {error.strerror}.")
    return left


def _find_naming(course: Course, student: str) -> list[str]:
    """Return the files that still name a student; why a copy of the gradebook was made is removed."""
    word = re.compile(rf"(?<![\w.-]){re.escape(student)}(?![\w-])")
    for reason in (course.root / "backups").glob("*.txt"):
        if word.search(reason.read_text(encoding="utf-8")):
            reason.unlink()
    naming = []
    for path in sorted(course.root.rglob("*")):
        inner = path.relative_to(course.root)
        if path.is_file() and inner.parts[0] not in ("source", "release", "checks", "nbconvert"):
            body = path.read_text(encoding="utf-8", errors="replace") if path.stat().st_size < 1 << 24 else ""
            naming += [inner.as_posix()] if word.search(f"{inner}\n{body}") else []
    return naming


def _find_owner(path: Path) -> str:
    """Return the id in a name: ``ada``, ``ada.json``, or, in the exchange, ``ada+ex03+TIME+SECRET``."""
    name = path.name.rsplit("+", 3)[0] if path.parent.name == "inbound" else path.name.removesuffix(".json")
    return unicodedata.normalize("NFC", name).strip()
