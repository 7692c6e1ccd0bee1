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
    """Read a CSV file of a spreadsheet or a learning platform; empty lines are skipped.

    `CourseError` if a line has more cells than the first: of a name with a comma, every later cell would be
    another column's.
    """
    headings: dict[str, str] = {}
    first: list[str] = []
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
            first = cells
            continue
        if cells == first:  # two lists were put together
            continue
        _need_no_more_cells(path, number, cells, columns)
        cells += [""] * len(columns)  # a spreadsheet may leave empty cells at the end out
        lines.append(Line(number, dict(zip(columns, cells, strict=False))))
    return Table(headings, lines, repeated)


def _need_no_more_cells(path: Path, number: int, cells: list[str], columns: list[str]) -> None:
    """Raise `CourseError` if a line has cells beyond the headings; empty ones do not count."""
    beyond = [cell for cell in cells[len(columns) :] if cell]
    if beyond:
        text = (
            f"Line {number} of {path} has more cells than the first line has headings: {beyond[0][:60]} has "
            "none. Put a cell that has a comma inside into quotation marks, or give the column a heading."
        )
        raise CourseError(text, code="more cells", file=path, line=number, cell=beyond[0])


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
    repeated (capitals ignored) or not allowed, and the cell if an e-mail address is none.
    """
    table = read_table(path)
    column = _find_ids(path, table, named)
    found = _read_students(path, table, column)
    _need_addresses(path, found)
    some = ", ".join([*found][:3])
    print(f"{len(found)} students; their ids are in the column {table.headings[column]}, such as {some}.")
    return dict(sorted(found.items()))


def _need_addresses(path: Path, students: dict[str, dict[str, str]]) -> None:
    """Raise `CourseError` if an e-mail address is none: then the columns may be swapped."""
    for student, details in students.items():
        email = details.get("email", "")
        if email and "@" not in email:
            text = (
                f"The roster {path} has {email} as the e-mail address of {student}. Look whether its columns "
                "are under the right headings, or leave the cell empty."
            )
            raise CourseError(text, code="no address", file=path, student=student, given=email)


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
    if column and column in table.headings:
        table.need_once(path, column)
        return column
    could = f"it has {', '.join(filter(None, table.headings)) or 'none'}"
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
        columns=[heading for heading in table.headings if heading],
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
    columns: dict[str, str] = {}
    for detail, names in DETAILS.items():
        for name in names:
            if name not in table.headings:
                continue
            table.need_once(path, name)
            if detail in columns:
                _need_same(path, table, columns[detail], name)
            columns[detail] = name
    found: dict[str, dict[str, str]] = {}
    before: dict[str, tuple[str, int]] = {}
    for line in lines:
        student = _read_id(line, column)
        folded = student.casefold().rstrip(".")  # Windows leaves dots at the end of a name out
        if folded in before:
            other, earlier = before[folded]
            raise _make_error_of_two(student, other, lines=[earlier, line.number])
        before[folded] = student, line.number
        found[student] = {detail: line.cells[name] for detail, name in columns.items() if line.cells[name]}
        last, comma, first = line.cells.get("student", "").partition(", ")
        if table.canvas and comma and "last_name" not in columns:
            found[student] |= {"first_name": first, "last_name": last}
    return found


def _need_same(path: Path, table: Table, column: str, other: str) -> None:
    """Raise `CourseError` if two columns could hold one detail, such as the address, and differ."""
    for line in table.lines:
        if line.cells[column] != line.cells[other]:
            one, two = table.headings[column], table.headings[other]
            text = f"{path} has two columns for one thing, {one} and {two}, and line {line.number} differs: "
            text += "rename the one that is not meant, and try again."
            raise CourseError(text, code="a column twice", file=path, column=one, line=line.number)


def _read_id(line: Line, column: str) -> str:
    if not line.cells[column]:
        text = f"Line {line.number} of the roster has no {column}: write one into it, or remove the line."
        raise CourseError(text, code="no id", line=line.number)
    try:
        return numbers.normalise_student(line.cells[column])
    except CourseError as error:
        text = f"Line {line.number} of the roster: {error}"
        raise CourseError(text, code=error.code, line=line.number, **error.fields) from None


def _make_error_of_two(student: str, other: str, lines: list[int]) -> CourseError:
    """Return the error for an id that is in a roster twice, for some file systems at least.

    `other` is how it is written in the first of the two lines, `student` how in the second.
    """
    why = ""
    if student != other and student.lower() == other.lower():
        why = " (capital letters do not tell two students apart)"
    elif student.casefold().rstrip(".") == other.casefold().rstrip(".") != student.casefold():
        why = f" (it is {other} to Windows, which leaves dots at the end of a name out)"
    elif student != other:
        why = f" (it is {other} to some file systems, which write ß as ss and the like)"
    text = f"{student} is in the roster twice: in lines {lines[0]} and {lines[1]}{why}. Correct one of them."
    return CourseError(text, code="twice", ids=[other, student], lines=lines)


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
