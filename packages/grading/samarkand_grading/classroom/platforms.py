"""Give back to Moodle and Canvas: a zip of the students' pages, and the marks in the platform's own list."""

import datetime as dt
import re
import sys
import zipfile
from pathlib import Path

from samarkand.common import reading as tables
from samarkand.common.errors import CourseError
from samarkand.common.spreadsheets import as_csv
from samarkand_grading.classroom import downloads, gradebook, matching, report, times, zips
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking.checks import ExerciseSet


class TooEarly(CourseError):
    """Pages are not handed out yet: answers are `open`, by student, or may still be handed in `until`."""

    def __init__(
        self, exercise: str, open: dict[str, list[str]], until: dict[str, dt.datetime], zone: str = ""
    ) -> None:
        why = []
        if open:
            told = "; ".join(f"{student}: {', '.join(questions)}" for student, questions in open.items())
            why.append(f"a person has still to mark some answers ({told})")
        if until:
            told = "; ".join(f"{who} until {times.describe_moment(end, zone)}" for who, end in until.items())
            why.append(f"it may still be handed in ({told})")
        super().__init__(
            f"The pages of {exercise} were not packed: {', and '.join(why)}. Each reason gives a little "
            "away. Say --anyway to pack them all the same.",
            code="too early",
        )
        self.exercise, self.open, self.until = exercise, open, until


def need_finished(course: Course, exercise: ExerciseSet) -> None:
    """Raise `TooEarly` while answers to a set are open, or somebody may still hand it in."""
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    open = {row.student: row.open for row in report.read_results(course, exercise) if row.open}
    ends = gradebook.read_ends(course.gradebook, exercise.id)
    due = gradebook.read_due(course.gradebook, exercise.id)
    if due:
        ends = {"everybody": due, **ends}
    until = {who: end for who, end in ends.items() if end > now}
    if open or until:
        raise TooEarly(exercise.id, open, until, gradebook.read_zone(course.gradebook, exercise.id))


def give_feedback(course: Course, name: str, target: Path | None, anyway: bool = False) -> str:
    """Write the feedback pages; with `target` also a zip of them, named as in the downloads.

    The zip is not made while an answer is open or may still be handed in, unless `anyway`: see
    `need_finished`. Return how many there are and where. Moodle takes the zip as *Upload multiple feedback
    files in a zip*, Canvas as *Upload submissions*.
    """
    exercise = course.exercise(name)
    if target is None:
        return f"{len(report.write_pages(course, name))} pages in {course.root / 'marks'}"
    prefixes = downloads.read_prefixes(course, exercise.id)
    if not prefixes:
        how = f"samarkand collect {exercise.id} FILE.zip --list CSV"
        why = f"No download of {exercise.id} was collected, so its names are not known: {how}."
        raise CourseError(why, code="no download", set=exercise.id)
    if not anyway:
        need_finished(course, exercise)
    pages = {path.parent.name: path for path in report.write_pages(course, name)}
    mine = sorted(prefixes.keys() & pages.keys())
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            for student in mine:
                inside = f"{prefixes[student]}{exercise.id}.html"
                zips.need_safe_name(inside)
                archive.write(pages[student], inside)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return f"{target}: {len(mine)} pages"


def fill_list(course: Course, name: str, listing: Path, column: str | None = None) -> str:
    """Return a platform's own list as CSV text with the marks filled in.

    In Moodle's worksheet the grade is left of the most points, the one number that all share; in Canvas's
    gradebook, under the one title that begins with the set's id or number, or in a column of its own.
    `column` is the heading of the one that identifies students, where that is not known. Of a student with
    an answer that waits for a person the cell is emptied.
    """
    exercise = course.exercise(name)
    marks = {}
    for row in report.read_results(course, exercise):
        marks[row.student] = "" if row.open or row.in_full is None else f"{row.in_full:g}"
    students = matching.read_list(course, listing, column).students
    lines, separator = tables.read_cells(listing)
    header, *lines = [line for line in lines if line]
    if "Section" in header:
        at = _find_canvas_column(exercise, listing, header, lines)
        comma = False
        key = header.index("ID")
    else:
        at, comma = _find_moodle_column(exercise, listing, header, lines)
        key = 0
    for line in lines:
        mark = marks.get(students.get(re.sub(r"^\D+", "", line[key]), ""))
        if mark is not None:
            line[at] = mark.replace(".", ",") if comma else mark
    return as_csv([header, *lines], separator)


def _find_canvas_column(
    exercise: ExerciseSet, listing: Path, header: list[str], lines: list[list[str]]
) -> int:
    """Return the number of the set's column in Canvas's gradebook; add one, and say so, if there is none."""
    number = exercise.id.partition("_")[0]
    named = [n for n, title in enumerate(header) if re.match(rf"{number}(?!\d)", title, re.IGNORECASE)]
    in_full = [n for n in named if header[n].startswith(exercise.id)]
    named = in_full or named
    at = named[0] if len(named) == 1 else len(header)
    if at == len(header):
        header.append(exercise.id)
        which = f"Several titles of {listing} begin" if named else f"No title of {listing} begins"
        new = f"{which} with {number}: the marks make a new assignment in Canvas, {exercise.id}."
        print(new, file=sys.stderr)
    for line in lines:
        line.extend([""] * (len(header) - len(line)))
        if line[0].strip() == "Points Possible" and not line[at]:
            line[at] = f"{sum(exercise.points_by_cell.values()):g}"
    return at


def _find_moodle_column(
    exercise: ExerciseSet, listing: Path, header: list[str], lines: list[list[str]]
) -> tuple[int, bool]:
    """Return the number of the column of grades in Moodle's worksheet, and whether numbers have a comma."""
    most = sum(exercise.points_by_cell.values())
    for n in range(2, len(header)):
        values = {line[n] for line in lines}
        shared = min(values)
        if len(values) > 1 or not re.fullmatch(r"\d+([.,]\d+)?", shared):
            continue
        if float(shared.replace(",", ".")) == most:
            return n - 1, "," in shared
        text = f"{listing} has {shared} for the most points; {exercise.id} gives {most:g}. "
        text += "Give the assignment as many on the platform, and download its list again."
        raise CourseError(text, code="other points", file=listing, given=shared, most=most)
    text = f"{listing} has no column for the most points; {exercise.id} gives {most:g}. "
    text += "Take Moodle's grading worksheet of this assignment, or Canvas's gradebook."
    raise CourseError(text, code="no column of points", file=listing, most=most)
