"""Class lists, one's own or from Moodle or Canvas; downloads of these two, and pages and marks to upload.

Both name a file after its student, ``NAME_NUMBER_assignsubmission_file_...`` (Moodle) and
``NAME[_LATE]_NUMBER_FILE_...`` (Canvas). The number is looked up in a list that the same system exports: the
assignment's grading worksheet, or the gradebook. Columns are found by place and shape, in any language.
"""

import contextlib
import datetime as dt
import io
import json
import re
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from samarkand.common import files
from samarkand.common import reading as tables
from samarkand.common.errors import CourseError
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import gradebook, report
from samarkand_grading.classroom.course import Course
from samarkand_grading.submission import reading

#: nbgrader's fields of a student besides the id, and the column names for them in class lists.
DETAILS = {
    "first_name": ("firstname", "givenname"),
    "last_name": ("lastname", "surname", "familyname"),
    "email": ("email", "emailaddress"),
}
#: The columns of login names in Moodle and Canvas; Canvas's ``ID`` is an internal number.
_IDS = ("username", "idnumber", "sisloginid", "sisuserid")
#: The maximum number of files in a download.
FILES = 20_000
#: The prefix of a student's file name in either system: the first, since students name what comes after it.
_PREFIX = re.compile(
    r"(?P<prefix>.*?_(?:(?P<moodle>\d+)_assignsubmission_file_?/?|(?P<canvas>\d+)_\d+_))(?P<file>.*)",
    re.DOTALL,
)
#: Files that macOS adds to each zip.
_MAC = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$)")


class Found(NamedTuple):
    """A student's file in a download; of several, the one handed in last compares as the greatest.

    `again` is Canvas's number of a resubmitted file, such as 2 for ``set-2.ipynb``, 0 without one.
    """

    again: int
    time: str
    name: str
    prefix: str
    body: bytes


def read_table(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Read a CSV file of a spreadsheet or a learning platform: (line number, cells by column), header first.

    Empty lines are skipped; column names are reduced to lower-case letters and digits.
    """
    lines = [[cell.strip() for cell in line] for line in tables.cells(path)[0]]
    full = [(n, line) for n, line in enumerate(lines, start=1) if any(line)]
    header = list(map(_bare, full[0][1])) if full else []
    return [(n, dict(zip(header, line + [""] * len(header), strict=False))) for n, line in full]


def _bare(heading: str) -> str:
    return "".join(filter(str.isalnum, heading.casefold()))


def read_class(path: Path, named: str | None = None) -> dict[str, dict[str, str]]:
    """Read a class from a CSV file: map each id, sorted, to the other `DETAILS`; print where the ids are.

    The column of the ids is `named`, or found by its header. The first line names the columns: ``id``, or
    what Moodle (``Username``, ``ID number``) or Canvas (``SIS Login ID``, ``SIS User ID``) call it, and
    optionally ``first_name``, ``last_name`` and ``email``. `CourseError` names the line if an id is missing,
    repeated (capitals ignored) or not allowed.
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
    print(f"{len(found)} students; their ids are in the column {header[column]}, such as {some}.")
    return dict(sorted(found.items()))


def enter(course: Course, students: dict[str, dict[str, str]]) -> list[str]:
    """Enter the students of a roster into the gradebook; after that, nobody else is graded.

    Students in the gradebook who are not on the roster are returned: they would still be graded.
    """
    gradebook.backup(course)
    with gradebook.open_book(course) as book:
        for student, details in students.items():
            book.update_or_create_student(student, **details)
    rows = [[student, *map(details.get, DETAILS)] for student, details in students.items()]
    files.write_whole(course.root / "roster.csv", report.as_csv([["id", *DETAILS], *rows]).encode())
    return sorted(gradebook.list_students(course.gradebook) - set(students))


def read_list(course: Course, path: Path) -> dict[str, str]:
    """Read Moodle's grading worksheet or Canvas's gradebook: map the number in file names to the student id.

    A row belongs to the student whose id, e-mail or full name on the roster is in one of its cells; to nobody
    if there is another such row, since a student may go by the name of another.
    `CourseError` if the list is neither.
    """
    roster = course.root / "roster.csv"
    with contextlib.redirect_stdout(None):
        people = read_class(roster) if roster.is_file() else {}
    known: dict[str, str] = {}
    for student, more in people.items():
        full = " ".join(filter(None, (more.get("first_name"), more.get("last_name"))))
        for key in (key.casefold() for key in (student, more.get("email"), full) if key):
            known[key] = student if known.get(key, student) == student else ""  # of two students: of neither
    (_, header), *rows = read_table(path) or [(0, {})]
    canvas = {"student", "section"} <= header.keys()
    found = {}
    for _, row in rows:
        cells = [*row.values()]
        ids = [row.get("sisloginid", ""), row.get("sisuserid", "")] if canvas else []
        own = next((known[cell.casefold()] for cell in [*ids, *cells] if known.get(cell.casefold())), "")
        number = row.get("id", "") if canvas else re.sub(r"^\D+", "", cells[0])
        if number.isdecimal():  # Canvas's line of points has none
            found[number] = own or ("" if people else next(filter(None, ids), ""))
    if not found:
        raise CourseError(f"{path} is neither a grading worksheet of Moodle's nor a gradebook of Canvas's.")
    rows_of = Counter(found.values())
    return {number: own if rows_of[own] == 1 else "" for number, own in found.items()}


def _members(archive: Path | io.BytesIO) -> Iterator[tuple[str, str, bytes]]:
    """Yield name, time and content of each file in a zip; content is empty if it can be no notebook.

    A zip in memory, which a student has packed, may hold one largest notebook's bytes of notebooks in all.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            entries = [e for e in packed.infolist() if not (e.is_dir() or _MAC.search(e.filename))]
            if len(entries) > FILES:
                raise CourseError(f"{archive} holds more than {FILES:,} files.")
            inner = isinstance(archive, io.BytesIO)
            left = reading.LARGEST if inner else sys.maxsize
            for entry in entries:
                if inner and entry.compress_type > zipfile.ZIP_DEFLATED:  # others unpack without a limit
                    raise NotImplementedError("it is packed in another way than zips usually are")
                # A zip knows no time zone: its times are taken for this machine's.
                time = dt.datetime(*entry.date_time).astimezone() if entry.date_time[0] > 1980 else ""
                last, body = entry.filename.rpartition("/")[2], b""
                wanted = last.casefold().endswith(".zip") or reading.is_notebook(last)
                if wanted and entry.file_size <= min(left, reading.LARGEST):
                    left -= entry.file_size
                    with packed.open(entry) as file:
                        body = file.read(entry.file_size)  # not all that it may unpack to
                yield entry.filename, str(time), body
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
        raise CourseError(f"{archive} cannot be read as a zip: {error}.") from None


def collect(course: Course, name: str, archive: Path, listing: Path) -> list[str]:
    """Copy each student's notebook from a download into ``submitted/``; return a sentence for each problem.

    Of several the newest counts. Print a line for each student whose work was taken.
    """
    exercise = course.exercise(name)
    released, students = course.released(exercise), read_list(course, listing)
    taken: dict[str, list[Found]] = {}
    troubles = []
    for path, time, body in _members(archive):
        known = _PREFIX.fullmatch(path)
        student = students.get((known["moodle"] or known["canvas"]) if known else "", "")
        # In Moodle students write what comes before the number, too: their name.
        if not known or not student or re.search(r"_\d+_assignsubmission_file", known["file"]):
            who = f"of nobody on {listing.name} and the roster, or of more than one"
            troubles.append(f"{reading.defuse(path)}: {who}.")
            continue
        inside = [(known["file"], body)]
        if known["file"].casefold().endswith(".zip"):
            try:
                inside = [(inner, more) for inner, _, more in _members(io.BytesIO(body))]
            except CourseError:
                troubles.append(f"{student}: {reading.defuse(known['file'])} cannot be read as a zip.")
        for inner, more in inside:
            last = inner.rpartition("/")[2]
            if reading.is_notebook(last):
                again = re.search(r"-(\d{1,3})\.ipynb", last)
                one = Found(int(again[1]) if again else 0, time, last, known["prefix"], more)
                taken.setdefault(student, []).append(one)
        names = [inner.rpartition("/")[2] for inner, _ in inside]
        left = [name for name in names if not (reading.is_notebook(name) or name.casefold().endswith(".zip"))]
        troubles += [f"{student}: no notebooks, and left out: {reading.join_names(left)}."] if left else []
    chosen, other = {student: max(several) for student, several in sorted(taken.items())}, []
    for student, newest in chosen.items():
        try:
            signed = released.rebuild(reading.parse(newest.body)).signed_in_by
            if signed not in ("", student):
                troubles.append(f"{student}: signed in as {reading.defuse(signed)}.")
        except reading.Unreadable as problem:
            troubles.append(f"{student}: {problem}")
            other += [str(problem)] * str(problem).startswith("This is the notebook")
    if len(other) > max(1, len(chosen) / 2):
        raise CourseError(f"Most of {archive} is no {exercise.id}, so nothing of it was taken. {other[0]}")
    with course.work_alone():
        prefixes = {}
        for student, newest in chosen.items():
            folder = course.root / "submitted" / numbers.student(student) / exercise.id
            files.write_whole(folder / f"{exercise.id}.ipynb", newest.body)
            files.write_whole(folder / "timestamp.txt", f"{newest.time}\n".encode())
            prefixes[student] = newest.prefix
            late = ", late" if "_LATE_" in newest.prefix else ""
            of = f", the newest of {len(taken[student])}" if len(taken[student]) > 1 else ""
            print(f"{student}: {reading.defuse(newest.name)}{late}{of}")
        kept = json.dumps(prefixes, ensure_ascii=False, indent=1).encode()
        files.write_whole(course.root / "submitted" / f".{exercise.id}.json", kept)
    missing = sorted(set(students.values()) - taken.keys() - {""})
    return [*troubles, *([f"Nothing from {', '.join(missing)}."] if missing else [])]


def give_feedback(course: Course, name: str, target: Path | None) -> str:
    """Write the feedback pages; with `target` also a zip of them, named as in the download.

    Return how many there are and where. Moodle takes the zip as *Upload multiple feedback files in a zip*,
    Canvas as *Upload submissions*.
    """
    exercise = course.exercise(name)
    if target is None:
        return f"{len(report.write_pages(course, name))} pages in {course.root / 'marks'}"
    try:
        prefixes = json.loads((course.root / "submitted" / f".{exercise.id}.json").read_bytes())
    except (OSError, ValueError):
        how = f"samarkand collect {exercise.id} FILE.zip --list CSV"
        why = f"No download of {exercise.id} was collected, so its names are not known: {how}."
        raise CourseError(why) from None
    pages = {path.parent.name: path for path in report.write_pages(course, name)}
    mine = prefixes.keys() & pages.keys()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for student in sorted(mine):
            archive.write(pages[student], f"{prefixes[student]}{exercise.id}.html")
    return f"{target}: {len(mine)} pages"


def fill_list(course: Course, name: str, listing: Path) -> str:
    """Return a platform's own list as CSV text with the marks filled in.

    In Moodle's worksheet the grade is left of the most points, the one number that all share; in Canvas's
    gradebook, under the one title that begins with the set's id or number, or in a column of its own.
    """
    exercise = course.exercise(name)
    most, results = sum(exercise.worth.values()), report.read_results(course, exercise)
    marks = {r.student: "" if r.open or r.in_full is None else f"{r.in_full:g}" for r in results}
    students = read_list(course, listing)
    lines, separator = tables.cells(listing)
    header, *lines = filter(None, lines)
    comma = False
    if "Section" in header:
        number = exercise.id.partition("_")[0]
        named = [n for n, title in enumerate(header) if re.match(rf"{number}(?!\d)", title, re.IGNORECASE)]
        named = [n for n in named if header[n].startswith(exercise.id)] or named
        at = named[0] if len(named) == 1 else len(header)
        if at == len(header):
            header += [exercise.id]
            which = f"Several titles of {listing} begin" if named else f"No title of {listing} begins"
            new = f"{which} with {number}: the marks make a new assignment in Canvas, {exercise.id}."
            print(new, file=sys.stderr)
        lines = [[*line, *[""] * (len(header) - len(line))] for line in lines]
        key = header.index("ID")
        for line in (line for line in lines if line[0].strip() == "Points Possible" and not line[at]):
            line[at] = f"{most:g}"
    else:
        key, shared = 0, [(n, {line[n] for line in lines}) for n in range(2, len(header))]
        points = [(n, min(v)) for n, v in shared if len(v) == 1 and re.fullmatch(r"\d+([.,]\d+)?", min(v))]
        if not points or float(points[0][1].replace(",", ".")) != most:
            there = f"has {points[0][1]}" if points else "has no column"
            raise CourseError(f"{listing} {there} for the most points; {exercise.id} gives {most:g}.")
        at, comma = points[0][0] - 1, "," in points[0][1]
    for line in lines:
        mark = marks.get(students.get(re.sub(r"^\D+", "", line[key]), ""))
        line[at] = line[at] if mark is None else mark.replace(".", ",") if comma else mark
    return report.as_csv([header, *lines], separator)
