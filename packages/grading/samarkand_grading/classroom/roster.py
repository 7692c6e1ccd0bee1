"""Read a class list (the instructor's own, Moodle's or Canvas's) and enter it into the gradebook."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

from samarkand.ground import files, reading
from samarkand.ground.errors import CourseError
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import gradebook
from samarkand_grading.classroom.course import Course

#: nbgrader's fields of a student besides the id, and the column names for them in class lists.
DETAILS = {
    "first_name": ("firstname", "givenname"),
    "last_name": ("lastname", "surname", "familyname"),
    "email": ("email", "emailaddress"),
}
#: The columns of login names in Moodle and Canvas; Canvas's ``ID`` is an internal number.
_IDS = ("username", "idnumber", "sisloginid", "sisuserid")


def read_table(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Read a CSV file of a spreadsheet or a learning platform: (line number, cells by column), header first.

    Empty lines are skipped; column names are reduced to lower-case letters and digits.
    """
    lines = [[cell.strip() for cell in line] for line in reading.cells(path)[0]]
    full = [(n, line) for n, line in enumerate(lines, start=1) if any(line)]
    header = list(map(_bare, full[0][1])) if full else []
    return [(n, dict(zip(header, line + [""] * len(header), strict=False))) for n, line in full]


def _bare(heading: str) -> str:
    return "".join(filter(str.isalnum, heading.casefold()))


def read(
    path: Path, named: str | None = None, say: Callable[[str], None] = lambda line: None
) -> dict[str, dict[str, str]]:
    """Read a class from a CSV file: map each id, sorted, to the other `DETAILS`.

    The column of the ids is `named`, or found by its header; `say` is called with a line on it.

    The first line names the columns: ``id``, or what Moodle (``Username``, ``ID number``) or Canvas
    (``SIS Login ID``, ``SIS User ID``) call it, and optionally ``first_name``, ``last_name`` and ``email``.
    `CourseError` names the line if an id is missing, repeated (capitals ignored) or not allowed.
    """
    (_, header), *rows = read_table(path) or [(0, {})]
    canvas = bool({"sisloginid", "sisuserid"} & header.keys()) or {"student", "section"} <= header.keys()
    nobody = re.compile(r"\s*points possible|student, test", re.IGNORECASE)
    rows = [(n, row) for n, row in rows if not (canvas and nobody.match(row.get("student", "")))]
    columns = [c for c in _IDS if any(row.get(c) for _, row in rows)]
    column = "id" if "id" in header and not canvas else columns[0] if len(columns) == 1 else ""
    column = _bare(named) if named else column
    if column not in header:
        could = f"{' and '.join(columns)} could be it" if columns else f"it has {', '.join(header) or 'none'}"
        could = f"it has no {named}, {could}" if named else could
        raise CourseError(
            f"The roster {path} needs one column with the name id in its first line: {could}. "
            f"Say which holds the ids: --id {(columns or ['COLUMN'])[0]}."
        )
    if not rows:
        raise CourseError(f"The roster {path} has no students: it needs a line for each below the first.")
    known = {detail: name for detail, names in DETAILS.items() for name in names if name in header}
    found: dict[str, dict[str, str]] = {}
    places: dict[str, int] = {}
    for number, row in rows:
        if not row[column]:
            raise CourseError(f"Line {number} of the roster has no {column}.")
        try:
            name = numbers.student(row[column])
        except CourseError as error:
            raise CourseError(f"Line {number} of the roster: {error}") from None
        if (before := places.setdefault(name.casefold(), number)) != number:
            why = "" if name in found else " (capital letters do not tell two students apart)"
            raise CourseError(f"{name} is in the roster twice: in lines {before} and {number}{why}.")
        found[name] = {detail: row[heading] for detail, heading in known.items() if row[heading]}
        if canvas and "last_name" not in known:
            last, _, first = row.get("student", "").partition(", ")
            found[name] |= {"first_name": first, "last_name": last} if first else {}
    some = ", ".join([*found][:3])
    say(f"{len(found)} students; their ids are in the column {header[column]}, such as {some}.")
    return dict(sorted(found.items()))


def enter(course: Course, students: dict[str, dict[str, str]]) -> list[str]:
    """Enter the students of a roster into the gradebook; after that, nobody else is graded.

    Students in the gradebook who are not on the roster are returned: they would still be graded.
    """
    gradebook.backup(course)
    with gradebook.open_book(course) as book:
        for student, details in students.items():
            book.update_or_create_student(student, **details)
    text = io.StringIO()
    writer = csv.DictWriter(text, ["id", *DETAILS], lineterminator="\n")
    writer.writeheader()
    writer.writerows({"id": student, **details} for student, details in students.items())
    files.write_whole(course.root / "roster.csv", text.getvalue().encode())
    return sorted(gradebook.students(course.gradebook) - set(students))
