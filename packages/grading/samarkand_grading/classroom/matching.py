"""Whose row in a platform's list is whose: Moodle's grading worksheet, or Canvas's gradebook.

The rule. A row belongs to a student if its identifying cells, and no others, name her: login, id number, SIS
id, e-mail address, found by their headings or named by the instructor. They have to agree: a row that names
two students is nobody's, and so is one with a student's id beside an e-mail address that is not hers, in a
column where others have the roster's. If two rows name one student, neither counts; nor do two rows that have
one number of the platform's and are not of one student. What students write (a name, an answer, a profile's
text) is never looked at while the list has an identifying column. Without one, the column of full names
counts, which the platform fills, but which many sites let students change: the instructor is told so. There a
name that two students of the roster share, over all spellings, is nobody's.
"""

import contextlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from samarkand.common import reading
from samarkand.common.errors import CourseError, make_unknown_name
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import rosters
from samarkand_grading.classroom.course import Course
from samarkand_grading.classroom.rosters import Line, Table, strip_heading

#: Why a row is nobody's.
Problem = Literal["", "unknown", "two people", "another", "two rows"]
#: The columns by what the platforms call them in several languages.
_HEADINGS = reading.read_toml(Path(__file__).with_name("headings.toml"))
#: The four apostrophes of Uzbek and their like, which a name may be written with or without.
_APOSTROPHES = str.maketrans("", "", "'‘’ʻʼʹ`´")
#: How Unicode's names of letters begin in which a full name is written without a space.
_WITHOUT_SPACES = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA")


@dataclass(frozen=True)
class Row:
    """A row of a platform's list.

    `number` is the platform's own, by which it names files. `student` is the id of whose row it is, or empty,
    and then `problem` says why; `column` is the heading of the cell that decided; `named` are the students
    whom the row names; `name` is what Canvas calls her.
    """

    number: str
    student: str = ""
    column: str = ""
    problem: Problem = "unknown"
    named: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Listing:
    """A platform's list: its rows by number; `by_name` if only names tell its students apart."""

    rows: dict[str, Row]
    by_name: bool

    def find(self, number: str) -> Row:
        """Return the row with a number; one that is nobody's if there is none."""
        return self.rows.get(number, Row(number))

    @property
    def students(self) -> dict[str, str]:
        """The students who have a row of their own, by the platform's number."""
        return {number: row.student for number, row in self.rows.items() if row.student}


def read_list(course: Course, path: Path, named: str | None = None) -> Listing:
    """Read Moodle's grading worksheet or Canvas's gradebook: find whose row is whose.

    Only the column with the heading `named` identifies a student, if it is given. `CourseError` if the list
    is neither, or has no column that can identify anybody.
    """
    table = rosters.read_table(path)
    people = rosters.read_entered(course)
    lines = {str(line.number): line for line in table.lines if _read_number(table, line).isdecimal()}
    if not lines:  # Canvas's line of points has none either
        text = f"{path} is neither a grading worksheet of Moodle's nor a gradebook of Canvas's. Download "
        text += "it anew: in Moodle, Download grading worksheet; in Canvas, Gradebook, Export."
        raise CourseError(text, code="no list", file=path)
    columns = _find_columns(path, table, named)
    if not columns:
        matched = _match_names(table, lines, people)
    elif people:
        matched = _match_keys(table, lines, people, columns)
    else:
        matched = _take_canvas_ids(table, lines)
    rows: dict[str, Row] = {}
    for key, row in matched.items():
        number = _read_number(table, lines[key])
        name = lines[key].cells.get("student", "") if table.canvas else ""
        rows[number] = _join_rows(replace(row, number=number, name=name), rows.get(number))
    counts = Counter(row.student for row in rows.values() if row.student)
    for number, row in rows.items():
        if counts[row.student] > 1:
            rows[number] = replace(row, student="", problem="two rows")
    return Listing(rows, by_name=not columns)


def _join_rows(row: Row, other: Row | None) -> Row:
    """Return one row for two lines with the same number: nobody's, unless both are the same student's."""
    if other is None or (row.student, row.problem) == (other.student, other.problem):
        return row
    named = tuple(dict.fromkeys((*other.named, *row.named)))
    problem: Problem = "two people" if len(named) > 1 else "another"
    return Row(row.number, column=row.column or other.column, problem=problem, named=named)


def _read_number(table: Table, line: Line) -> str:
    """Return the platform's number of a row: Canvas's ``ID``, or the digits of Moodle's first cell."""
    if table.canvas:
        return line.cells.get("id", "")
    first = next(iter(line.cells.values()))
    return re.sub(r"^\D+", "", first)


def _find_columns(path: Path, table: Table, named: str | None) -> list[str]:
    """Return the columns that identify students; none if the list has names alone.

    `CourseError` if the list has neither, or not the column `named`.
    """
    if named is not None:
        column = strip_heading(named)
        if column not in table.headings:
            raise make_unknown_name("column", named, table.headings.values())
        table.need_once(path, column)
        return [column]
    known = {strip_heading(heading) for heading in _HEADINGS["identifying"]}
    columns = [column for column in table.headings if column in known]
    filled = [column for column in columns if any(line.cells[column] for line in table.lines)]
    for column in filled:
        table.need_once(path, column)
    if filled or _find_column_of_names(table):
        return filled
    raise CourseError(
        f"{path} has no column that is known to identify a student, such as ID number or Email address. It "
        f"has {', '.join(table.headings.values())}. Say which holds the ids or the addresses: --id COLUMN.",
        code="no column of ids",
        file=path,
        columns=list(table.headings.values()),
    )


def _find_column_of_names(table: Table) -> str:
    """Return the column of full names; empty if there is none."""
    known = {strip_heading(heading) for heading in _HEADINGS["names"]}
    for column in table.headings:
        if column in known:
            return column
    return ""


def fold_key(text: str) -> str:
    """Return a key as it is compared: in composed letters, and without capitals.

    Examples
    --------
    >>> fold_key(" Zoë ")
    'zoë'
    """
    folded = unicodedata.normalize("NFC", text).strip().casefold()
    return unicodedata.normalize("NFC", folded)


def fold_name(name: str) -> tuple[str, ...]:
    """Return a full name as it is compared: any apostrophe, any order of its words, small letters.

    In Chinese, Japanese or Korean letters a platform writes the family name first or last, with a space after
    it or none. So such words are joined into one, and it counts as the same from whichever letter it begins.

    Examples
    --------
    >>> fold_name("To‘rayev, Aziz") == fold_name("Aziz To'rayev")
    True
    >>> fold_name("小明 王") == fold_name("王小明")
    True
    """
    bare = unicodedata.normalize("NFKC", name).translate(_APOSTROPHES)
    words, joined = [], ""
    for word in re.findall(r"[\w-]+", fold_key(bare)):
        if unicodedata.name(word[0], "").startswith(_WITHOUT_SPACES):
            joined += word
        else:
            words.append(word)
    if joined:
        turned = [joined[at:] + joined[:at] for at in range(len(joined))]
        words.append(min(turned))  # of 王小明, 小明王 and 明王小 the same one, whichever was written
    return tuple(sorted(words))


def _find_columns_with(cells: Mapping[str, Mapping[str, str]], known: set[str]) -> set[str]:
    """Return the columns that have one of the known keys in some line."""
    columns = set()
    for line in cells.values():
        for column, cell in line.items():
            if cell in known:
                columns.add(column)
    return columns


def _match_keys(
    table: Table,
    lines: Mapping[str, Line],
    people: Mapping[str, Mapping[str, str]],
    columns: list[str],
) -> dict[str, Row]:
    """Find whose line is whose by ids and e-mail addresses."""
    ids = {fold_key(student): student for student in people}
    addresses = {student: fold_key(details.get("email", "")) for student, details in people.items()}
    owners: dict[str, set[str]] = {key: {student} for key, student in ids.items()}
    for student, address in addresses.items():
        if address:
            owners.setdefault(address, set()).add(student)
    cells = {}
    for number, line in lines.items():
        cells[number] = {column: fold_key(line.cells[column]) for column in columns}
    # A column says something about this roster if a cell of it is an id, or an address, on the roster.
    of_ids = _find_columns_with(cells, set(ids))
    owners |= _share_shortened_ids(cells, ids)
    of_addresses = _find_columns_with(cells, set(addresses.values()))
    rows = {}
    for number, own in cells.items():
        named: dict[str, str] = {}
        for column, cell in own.items():
            for student in sorted(owners.get(cell, ())):
                named.setdefault(student, table.headings[column])
        rows[number] = Row(number, problem="two people" if named else "unknown", named=tuple(named))
        if len(named) != 1:
            continue
        ((student, heading),) = named.items()
        expected = set(of_ids)
        if addresses[student]:
            expected |= of_addresses
        others = [c for c in columns if c in expected and own[c] and student not in owners.get(own[c], ())]
        if others:
            rows[number] = Row(number, column=table.headings[others[0]], problem="another", named=(student,))
        else:
            rows[number] = Row(number=number, student=student, column=heading, problem="", named=(student,))
    return rows


def _share_shortened_ids(
    cells: Mapping[str, Mapping[str, str]], ids: Mapping[str, str]
) -> dict[str, set[str]]:
    """Return the owners of ids that could be others' without the zeros at their beginning.

    A spreadsheet takes 0123 for a number, and saves 123, which may be another student's. While any id with
    its zeros is in the list, none was taken away.
    """
    with_zeros = {key for key in ids if key.startswith("0") and key.isdecimal()}
    if _find_columns_with(cells, with_zeros):
        return {}
    shared: dict[str, set[str]] = {}
    for key in with_zeros:
        short = key.lstrip("0")
        if short in ids:
            shared.setdefault(short, {ids[short]}).add(ids[key])
    return shared


def _match_names(
    table: Table, lines: Mapping[str, Line], people: Mapping[str, Mapping[str, str]]
) -> dict[str, Row]:
    """Find whose row is whose by full names alone."""
    owners: dict[tuple[str, ...], list[str]] = {}
    for student, details in people.items():
        parts = [details.get("first_name", ""), details.get("last_name", "")]
        name = fold_name(" ".join(parts))
        if name:
            owners.setdefault(name, []).append(student)
    column = _find_column_of_names(table)
    heading, rows = table.headings[column], {}
    for number, line in lines.items():
        named = owners.get(fold_name(line.cells[column]), [])
        if len(named) == 1:
            rows[number] = Row(
                number=number, student=named[0], column=heading, problem="", named=tuple(named)
            )
        else:
            problem: Problem = "two people" if named else "unknown"
            rows[number] = Row(number, problem=problem, named=tuple(named))
    return rows


def _take_canvas_ids(table: Table, lines: Mapping[str, Line]) -> dict[str, Row]:
    """Return Canvas's own ids as the students' where no roster was entered; rows of Moodle are nobody's."""
    rows = {}
    for number, line in lines.items():
        rows[number] = Row(number)
        for column in ("sisuserid", "sisloginid"):
            student = ""
            with contextlib.suppress(CourseError):  # an id that could be no folder's name
                student = numbers.normalise_student(line.cells.get(column, ""))
            if student:
                rows[number] = Row(
                    number=number,
                    student=student,
                    column=table.headings[column],
                    problem="",
                    named=(student,),
                )
    return rows
