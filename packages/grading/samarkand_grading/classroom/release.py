"""What the instructor gives out: released notebooks and the student's bundle, without anything that marks."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from samarkand.ground import files, home
from samarkand.ground.errors import CourseError
from samarkand.practice.sets import numbers
from samarkand.practice.sets.desk import fingerprint
from samarkand_grading.classroom import gradebook
from samarkand_grading.classroom.course import Course, Heard, differing, worth
from samarkand_grading.marking import checks

#: What a student's copy holds of the repository, besides the released sets.
PARTS = (
    "LICENSE",
    "LICENSE-CC-BY-4.0.txt",
    "README.md",
    "course_data",
    "docs/corrections.md",
    "docs/python.md",
    "environment.yml",
    "notebooks",
    "pyproject.toml",
    "requirements.lock",
    "samarkand",
    "settings",
    "start.py",
)
#: What is left out of those parts.
LEFT_OUT = ("course_data/prepare",)
#: The time stamp of all files in a zip, so that its bytes depend on their content alone.
STAMP = (2022, 9, 15, 0, 0, 0)


def write_form(exercise: checks.ExerciseSet, path: Path) -> None:
    """Write what the student's copy may know of a set into the metadata of its released notebook.

    A set is then a single file: the notebook contains everything that the desk needs.
    """
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"]["samarkand"] = {"form": checks.form(exercise)}
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    files.write_whole(path, text.encode())


def generate(course: Course, exercise: checks.ExerciseSet, say: Callable[[str], None] = print) -> Path:
    """Make the released notebook of a set with nbgrader, and enter the set into its gradebook.

    `say` takes a line that tells what changes for graded work. `CourseError` if nbgrader refuses the source
    notebook, if its points differ from those of the checks, or if the released notebook contains answers.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException

    source, released = (course.notebook(stage, exercise.id) for stage in ("source", "release"))
    _spare_answers(released)
    if not source.is_file():
        raise CourseError(f"There is no notebook {source}.")
    points = worth(json.loads(source.read_text(encoding="utf-8")))
    odd = differing(exercise.worth, "in the checks", points, "in the notebook")
    if odd:
        raise CourseError(
            f"{exercise.id} was not released: {odd}. Make them the same in {source.name} and "
            f"checks/{exercise.id}.py."
        )
    if course.gradebook.is_file():
        gradebook.backup(course.gradebook)
        _say_what_changes(course, exercise, say)
    config, coursedir = course.nbgrader(exercise.id)
    converter: Any = GenerateAssignment(coursedir=coursedir, config=config)
    heard = Heard(converter)
    converter.force = True
    converter.create_assignment = True
    before = released.read_bytes() if released.is_file() else b""
    try:
        converter.start()
    except (NbGraderException, SystemExit) as error:
        if before:  # nbgrader takes away what it could not make anew
            files.write_whole(released, before)
        raise CourseError(f"nbgrader could not release {exercise.id}: {heard.why or error}") from None
    write_form(exercise, released)
    return released.parent


def make(
    course: Course,
    names: Sequence[str],
    *,
    unsound: Callable[[Course, checks.ExerciseSet], list[str]],
    finish: Callable[[Path], None],
    say: Callable[[str], None] = print,
) -> None:
    """Release sets: all are held to the rules before any is made, then each is made and finished.

    `unsound` returns a sentence for each rule that the source of a set breaks; `finish` takes the source and
    the released notebook. `CourseError` if a rule is broken, or as `generate` says.
    """
    sets = [course.exercise(name) for name in names]
    if wrong := [f"{found.id}: {sentence}" for found in sets for sentence in unsound(course, found)]:
        raise CourseError("\n".join(wrong))
    course.same_secret()
    course.seed(create=True)
    course.remember_secret()
    for found in sets:
        folder = generate(course, found)
        for stage in ("source", "release"):
            finish(course.notebook(stage, folder.name))
        say(f"released {folder}")


def _say_what_changes(course: Course, exercise: checks.ExerciseSet, say: Callable[[str], None]) -> None:
    """Tell the instructor what new points mean for work already handed in and graded."""
    before = gradebook.worth(course.gradebook, exercise.id)
    odd = differing(before, "so far", exercise.worth, "from now on") if before else ""
    if odd:
        graded = len(gradebook.automatic(course.gradebook, exercise.id))
        then = (
            f"The marks of {graded} submissions are out of the old points until samarkand grade "
            f"{exercise.id} marks them anew; what a person gave stays, out of the new points."
            if graded
            else "Nobody's work has been graded yet."
        )
        say(f"{exercise.id}: {odd}. {then}")


def _spare_answers(path: Path) -> None:
    """Raise if a student who works alone has written answers into the released notebook."""
    from nbformat import from_dict
    from nbgrader.utils import compute_checksum

    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return  # it cannot hold anybody's work
    for cell in cells:
        cell["source"] = "".join(cell["source"])
        marks = cell.get("metadata", {}).get("nbgrader", {})
        if marks.get("solution") and marks.get("checksum") not in (None, compute_checksum(from_dict(cell))):
            raise CourseError(
                f"Somebody has answered in {path}: it is left as it is. Move it to my_work/ first."
            )


#: What nbgrader's gradebook keeps of a student besides the id, and how spreadsheets head these columns.
DETAILS = {
    "first_name": ("firstname", "givenname"),
    "last_name": ("lastname", "surname", "familyname"),
    "email": ("email", "emailaddress"),
}


def read_roster(path: Path) -> dict[str, dict[str, str]]:
    """Read a class from a CSV file: the ids, sorted, each with the other details known.

    The text is UTF-8 (or UTF-16, as spreadsheets write "Unicode text"), with commas, semicolons or tabs. The
    first line names the columns: ``id`` and, optionally, ``first_name``, ``last_name`` and ``email``.
    `CourseError` names the line if an id is missing, repeated (capitals ignored) or not allowed.
    """
    try:
        body = path.read_bytes()
        text = body.decode("utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        first = text.lstrip().partition("\n")[0].partition("\r")[0]
        separator = max(",;\t", key=first.count)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except UnicodeDecodeError:
        raise CourseError(
            f"The roster {path} is not UTF-8 text: save it as CSV UTF-8 in your spreadsheet."
        ) from None
    except (OSError, csv.Error) as error:
        raise CourseError(f"The roster {path} cannot be read: {error}.") from None
    lines = [(n, row) for n, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)]
    header = ["".join(filter(str.isalnum, cell.casefold())) for cell in (lines[0][1] if lines else [])]
    if header.count("id") != 1:
        raise CourseError(
            f"The roster {path} needs a first line that names its columns, one of them id; its first line is "
            f"{first[:60]!r}."
        )
    if len(lines) < 2:
        raise CourseError(f"The roster {path} has no students: it needs a line for each below the first.")
    columns = {
        detail: header.index(name) for detail, names in DETAILS.items() for name in names if name in header
    }
    found: dict[str, dict[str, str]] = {}
    places: dict[str, int] = {}
    for number, row in lines[1:]:
        cells = [cell.strip() for cell in row] + [""] * len(header)
        if not cells[header.index("id")]:
            raise CourseError(f"Line {number} of the roster has no id.")
        try:
            name = numbers.student(cells[header.index("id")])
        except CourseError as error:
            raise CourseError(f"Line {number} of the roster: {error}") from None
        before = places.setdefault(name.casefold(), number)
        if before != number:
            raise CourseError(
                f"{name} stands in the roster twice: in lines {before} and {number}"
                + ("." if name in found else " (capital letters do not tell two students apart).")
            )
        found[name] = {detail: cells[column] for detail, column in columns.items() if cells[column]}
    return dict(sorted(found.items()))


def enter(course: Course, students: dict[str, dict[str, str]]) -> list[str]:
    """Enter the students of a roster into the gradebook; after that, nobody else is graded.

    Students in the gradebook who are not on the roster are returned: they would still be graded.
    """
    gradebook.backup(course.gradebook)
    with gradebook.opened(course.gradebook) as book:
        for student, details in students.items():
            book.update_or_create_student(student, **details)
    text = io.StringIO()
    writer = csv.DictWriter(text, ["id", *DETAILS], lineterminator="\n")
    writer.writeheader()
    writer.writerows({"id": student, **details} for student, details in students.items())
    files.write_whole(course.root / "roster.csv", text.getvalue().encode())
    return sorted(gradebook.students(course.gradebook) - set(students))


def may_bundle(target: Path, *, force: bool = False) -> None:
    """Raise if a bundle cannot be made, before any work is done for it."""
    if target.exists():
        if not (target / "exercises" / "course.json").is_file() and any(target.iterdir()):
            raise CourseError(f"{target} is there and no bundle: it is left as it is.")
        if (target / "my_work").exists() or (target / ".venv").exists():
            raise CourseError(f"Somebody works in {target}: it is left as it is, --force or not.")
        if not force:
            raise CourseError(f"{target} is there already. Say --force to make it anew.")
        _spare_work(target)
    elif _packed(target).exists() and not force:
        raise CourseError(f"{_packed(target)} is there already. Say --force to make it anew.")


def bundle(
    course: Course,
    target: Path,
    *,
    students: Collection[str] | None = None,
    force: bool = False,
    say: Callable[[str], None] = print,
) -> Path:
    """Make the students' copy of a released course: lessons, tables, sets, environment; return its zip.

    No checks, no solutions, no history; equal content gives equal bytes. `students` are ids, to recognise
    misspelt ones: only their fingerprints go into the bundle. `force` replaces an existing bundle, but never
    a folder in which somebody has worked.
    """
    may_bundle(target, force=force)
    names = [
        name for name in checks.available(course.check_folder) if (course.root / "release" / name).is_dir()
    ]
    if not names:
        raise CourseError("No set has been released yet: run samarkand release without --bundle first.")
    made = target.with_name(f".{target.name}.part")  # if this is killed, the old bundle stays whole
    shutil.rmtree(made, ignore_errors=True)
    for part in PARTS:
        say(f"copying {part}")
        _copy(home.ROOT, part, made)
    for name in names:
        say(f"copying {name}")
        place = made / "exercises" / "release" / name
        place.mkdir(parents=True)
        shutil.copyfile(course.notebook("release", name), place / f"{name}.ipynb")
    seed = course.seed(create=True)
    known = sorted({fingerprint(seed, student) for student in students or []})
    settings = json.dumps({"seed": seed, "students": known}, indent=1) + "\n"
    (made / "exercises" / "course.json").write_text(settings, encoding="utf-8")
    unfinished = target.with_name(f".{target.name}.zip.part")
    _zip(made, target.name, unfinished)
    old = target.with_name(f".{target.name}.old.part")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    made.rename(target)
    unfinished.replace(_packed(target))
    shutil.rmtree(old, ignore_errors=True)
    return _packed(target)


def _packed(target: Path) -> Path:
    return target.with_name(f"{target.name}.zip")


def _spare_work(target: Path) -> None:
    """Raise if a bundle's folder differs from its zip: somebody has worked in it."""
    packed = _packed(target)
    if not packed.is_file():
        raise CourseError(f"{packed.name} is gone, so that nobody can tell whether {target} was worked in.")
    with zipfile.ZipFile(packed) as archive:
        made = {name: archive.read(name) for name in archive.namelist()}
    for path in sorted(target.rglob("*")):
        name = f"{target.name}/{path.relative_to(target).as_posix()}"
        if path.is_file() and path.parent.name != "__pycache__" and made.get(name) != path.read_bytes():
            raise CourseError(f"Somebody works in {target} ({path.name} has changed): it is left as it is.")


def _copy(root: Path, part: str, target: Path) -> None:
    """Copy a file or folder without hidden files, generated files and those to be left out."""
    source = root / part
    if source.is_file():
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target / part)
        return
    for path in sorted(source.rglob("*")):
        inner = path.relative_to(root)
        hidden = any(piece.startswith(".") or piece == "__pycache__" for piece in inner.parts)
        left_out = any(inner.as_posix().startswith(f"{left}/") for left in LEFT_OUT)
        if path.is_file() and not path.is_symlink() and not hidden and not left_out:
            (target / inner).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / inner)


def _zip(folder: Path, name: str, packed: Path) -> None:
    """Pack a folder under a name, without compression, since compressed bytes differ between machines."""
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                inner = f"{name}/{path.relative_to(folder).as_posix()}"
                entry = zipfile.ZipInfo(inner, date_time=STAMP)
                entry.external_attr = 0o644 << 16
                entry.create_system = 3
                archive.writestr(entry, path.read_bytes())
