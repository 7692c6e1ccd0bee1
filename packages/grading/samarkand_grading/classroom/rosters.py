"""Class lists, an instructor's own or from Moodle or Canvas: read them, and enter a class."""

import re
from dataclasses import dataclass
from pathlib import Path

from samarkand.common import files
from samarkand.common import reading as tables
from samarkand.common.errors import CourseError
from samarkand.common.spreadsheets import as_csv, unguard_cell
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
#: The columns of the section or group of a student.
_SECTIONS = ("section", "sections", "group", "groups")
#: Canvas's rows that are no student: the maximum of points, and a student for trials.
_NOBODY = re.compile(r"\s*points possible|student, test", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """A line of a table: its number in the file, and its cells by column.

    A column goes by its heading in small letters and digits alone.
    """

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A CSV file of a spreadsheet or a learning platform.

    `headings` are as the file has them, by column; `repeated` are the columns whose heading is there twice.
    """

    headings: dict[str, str]
    lines: list[Line]
    repeated: frozenset[str] = frozenset()

    def need_once(self, path: Path, column: str) -> None:
        """Raise `CourseError` if a column that says who somebody is has a heading that is there twice."""
        if column in self.repeated:
            heading = self.headings[column]
            text = f"{path} has two columns {heading}: rename the one that is not meant, and try again."
            raise CourseError(text, code="a column twice", file=path, column=heading)

    @property
    def canvas(self) -> bool:
        """Whether it is a gradebook of Canvas's."""
        columns = self.headings.keys()
        return bool({"sisloginid", "sisuserid"} & columns) or {"student", "section"} <= columns


def read_table(path: Path) -> Table:
    """Read a CSV file of a spreadsheet or a learning platform; empty lines are skipped."""
    headings: dict[str, str] = {}
    columns: list[str] = []
    repeated = frozenset[str]()
    lines = []
    for number, row in enumerate(tables.read_cells(path)[0], start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if not headings:
            columns = [strip_heading(cell) for cell in cells]
            headings = dict(zip(columns, cells, strict=True))
            repeated = frozenset(column for column in columns if columns.count(column) > 1)
            continue
        cells += [""] * len(columns)  # a spreadsheet may leave empty cells at the end out
        lines.append(Line(number, dict(zip(columns, cells, strict=False))))
    return Table(headings, lines, repeated)


def strip_heading(heading: str) -> str:
    """Return a heading in small letters and digits alone.

    Examples
    --------
    >>> strip_heading("E-Mail Address")
    'emailaddress'
    """
    return "".join(letter for letter in heading.casefold() if letter.isalnum())


def read_class(path: Path, named: str | None = None) -> dict[str, dict[str, str]]:
    """Read a class from a CSV file: map each id, sorted, to the other `DETAILS`; print where the ids are.

    The column of the ids is `named`, or found by its header. The first line names the columns: ``id``, or
    what Moodle (``Username``, ``ID number``) or Canvas (``SIS Login ID``, ``SIS User ID``) call it, and
    optionally ``first_name``, ``last_name`` and ``email``. `CourseError` names the line if an id is missing,
    repeated (capitals ignored) or not allowed.
    """
    table = read_table(path)
    column = _find_ids(path, table, named)
    found = _read_students(path, table, column)
    some = ", ".join([*found][:3])
    print(f"{len(found)} students; their ids are in the column {table.headings[column]}, such as {some}.")
    return dict(sorted(found.items()))


def read_sections(path: Path, named: str | None = None) -> dict[str, str]:
    """Map each student's id to the section that a roster names; empty if it has no column for it."""
    table = read_table(path)
    column = next((name for name in _SECTIONS if name in table.headings), None)
    if column is None:
        return {}
    ids = _find_ids(path, table, named)
    return {_read_id(line, ids): line.cells.get(column, "") for line in _skip_nobody(table)}


def _find_ids(path: Path, table: Table, named: str | None) -> str:
    """Return the column of the ids; `CourseError` if there is none, or several could be it."""
    filled = [column for column in _IDS if any(line.cells.get(column) for line in _skip_nobody(table))]
    if named:
        column = strip_heading(named)
    elif "id" in table.headings and not table.canvas:
        column = "id"
    else:
        column = filled[0] if len(filled) == 1 else ""
    if column in table.headings:
        table.need_once(path, column)
        return column
    could = f"it has {', '.join(table.headings) or 'none'}"
    if filled:
        could = f"{' and '.join(filled)} could be it"
    if named:
        could = f"it has no {named}, {could}"
    example = filled[0] if filled else "COLUMN"
    raise CourseError(
        f"The roster {path} needs one column with the name id in its first line: {could}. "
        f"Say which holds the ids: --id {example}.",
        code="no column of ids",
        file=path,
        named=named,
        columns=list(table.headings),
        could=filled,
    )


def _skip_nobody(table: Table) -> list[Line]:
    """Return the lines of a table that are students."""
    if not table.canvas:
        return table.lines
    return [line for line in table.lines if not _NOBODY.match(line.cells.get("student", ""))]


def _read_students(path: Path, table: Table, column: str) -> dict[str, dict[str, str]]:
    """Return the details of each student by id."""
    lines = _skip_nobody(table)
    if not lines:
        text = f"The roster {path} has no students: it needs a line for each below the first."
        raise CourseError(text, code="no student", file=path)
    columns = {}
    for detail, names in DETAILS.items():
        for name in names:
            if name in table.headings:
                table.need_once(path, name)
                columns[detail] = name
    found: dict[str, dict[str, str]] = {}
    before: dict[str, tuple[str, int]] = {}
    for line in lines:
        student = _read_id(line, column)
        folded = student.casefold()
        if folded in before:
            raise _is_twice(student, line.number, *before[folded])
        before[folded] = student, line.number
        found[student] = {detail: line.cells[name] for detail, name in columns.items() if line.cells[name]}
        last, comma, first = line.cells.get("student", "").partition(", ")
        if table.canvas and comma and "last_name" not in columns:
            found[student] |= {"first_name": first, "last_name": last}
    return found


def _read_id(line: Line, column: str) -> str:
    if not line.cells[column]:
        raise CourseError(
            f"Line {line.number} of the roster has no {column}.", code="no id", line=line.number
        )
    try:
        return numbers.normalise_student(line.cells[column])
    except CourseError as error:
        text = f"Line {line.number} of the roster: {error}"
        raise CourseError(text, code=error.code, line=line.number, **error.fields) from None


def _is_twice(student: str, number: int, other: str, earlier: int) -> CourseError:
    """Return the error for two ids that no file system may tell apart; it says what does not differ."""
    why = ""
    if student != other and student.lower() == other.lower():
        why = " (capital letters do not tell two students apart)"
    elif student != other:
        why = f" (it is {other} to some file systems, which write ß as ss and the like)"
    text = f"{student} is in the roster twice: in lines {earlier} and {number}{why}."
    return CourseError(text, code="twice", ids=[other, student], lines=[earlier, number])


def enter_students(course: Course, students: dict[str, dict[str, str]]) -> list[str]:
    """Enter the students of a roster into the gradebook; after that, nobody else is graded.

    Students in the gradebook who are not on the roster are returned: they would still be graded.
    """
    gradebook.back_up_gradebook(course, f"a roster of {len(students)} students")
    with gradebook.open_book(course) as book:
        for student, details in students.items():
            book.update_or_create_student(student, **details)
    rows = [["id", *DETAILS]]
    for student, details in students.items():
        rows.append([student, *(details.get(detail, "") for detail in DETAILS)])
    files.write_whole(course.root / "roster.csv", as_csv(rows).encode())
    return sorted(gradebook.list_students(course.gradebook) - set(students))


def read_entered(course: Course) -> dict[str, dict[str, str]]:
    """Return the details of each student who was entered from a roster, by id; empty if there was none."""
    path = course.root / "roster.csv"
    if not path.is_file():
        return {}
    found = _read_students(path, read_table(path), "id")
    for details in found.values():
        for detail, text in details.items():
            details[detail] = unguard_cell(text)
    return found
