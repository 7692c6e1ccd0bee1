"""Make what students get: released notebooks and a copy of the course without checks and solutions."""

import contextlib
import datetime as dt
import json
import logging
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from logging.handlers import BufferingHandler
from pathlib import Path
from typing import Any

from samarkand.common import files, home
from samarkand.common.errors import CourseError
from samarkand.practice.sets.numbers import hash_student
from samarkand_grading.classroom import dealing, gradebook, own_questions, zips
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking import checks

#: The parts of the repository in a students' copy, besides the released sets and a README of its own.
PARTS = (
    "LICENSE",
    "LICENSE-CC-BY-4.0.txt",
    "course_data",
    "docs/python.md",
    "environment.yml",
    "notebooks",
    "pyproject.toml",
    "requirements.lock",
    "samarkand",
    "settings",
    "start.py",
)
#: The folder left out of those parts.
LEFT_OUT = "course_data/prepare/"
#: Byte strings that occur only in checks, solutions and work on a set.
TELLING = (b"ExerciseSet(", b"BEGIN SOLUTION", b'"grade_id"')
#: The time stamp of all files in a zip, so that its bytes depend on their content alone.
STAMP = (2022, 9, 15, 0, 0, 0)


def release_sets(
    course: Course,
    names: Sequence[str],
    unsound: Callable[[Course, checks.ExerciseSet, Path], list[str]],
    finish: Callable[[Path], None],
    *,
    always: bool = True,
) -> None:
    """Release sets: check the rules for all of them first, then make and finish each.

    `unsound` returns a sentence for each rule that the source of a set breaks; `finish` is called on
    the source and on the released notebook; unless `always`, only after a change. An own question of the
    instructor is not refused for breaking a rule. `CourseError` if a rule is broken, or as `generate_set`
    says.
    """
    wrong = []
    sets = [(checks.load_set(course.check_folder, name), course.exercise(name)) for name in names]
    for found, whole in sets:
        source = course.notebook("source", found.id)
        merged = course.notebook("own/source", found.id)
        set_points(source, found)
        wrong += [f"{found.id}: {sentence}" for sentence in unsound(course, found, source)]
        questions = own_questions.read_all(course.own(found.id), found)
        if questions:
            own_questions.merge_questions(source, merged, questions)
            set_points(merged, whole)
            broken = unsound(course, whole, merged)
            for one in questions:
                hints = "\n  ".join(["your own, so these are only hints:", *one.hints(broken)])
                print(f"{found.id}, {one.question.id}: {hints}")
    if wrong:
        raise CourseError("\n".join(wrong), code="rules broken", faults=wrong)
    course.need_same_secret(remember=True)
    for number, (_, found) in enumerate(sets, start=1):
        print(f"[{number}/{len(sets)}] {found.id}")
        if generate_set(course, found) or always:
            for stage in ("source", "release"):
                finish(course.notebook(stage, found.id))


def set_points(path: Path, exercise: checks.ExerciseSet) -> None:
    """Write the points of the checks into a source notebook: its title, its grade cells, the headings.

    `CourseError` if the notebook asks other questions than the checks: nbgrader would give all points for
    one that has none.
    """
    try:
        before = path.read_text(encoding="utf-8")
    except OSError:
        text = f"There is no notebook {path}. Get a fresh copy of the course's folder exercises/source."
        raise CourseError(text, code="no notebook", file=path) from None
    notebook = json.loads(before)
    worth = exercise.points_by_cell
    asked = {}
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade"):
            asked[marks["grade_id"]] = marks
    odd = sorted(asked.keys() ^ worth.keys())
    if odd:
        here, there = path.name, f"checks/{exercise.id}.py"
        if odd[0] not in asked:
            here, there = there, here
        text = f"{exercise.id} was not released: {odd[0]} is in {here}, and not in {there}: "
        text += "write it into both, or into neither."
        raise CourseError(text, code="in one place", set=exercise.id, cells=odd, only_in=here)
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    for name, marks in asked.items():
        marks["points"] = worth[name]
        question = cells.get(f"{name.removesuffix('-check')}-question")
        if question is not None:
            points = f"({worth[name]:g} point{'s' if worth[name] > 1 else ''})"
            _replace_in_cell(question, r"\(\d+ points?\)(?=\n|$)", points)
    sums = f"{len(exercise.questions)} questions, {exercise.points} points"
    _replace_in_cell(notebook["cells"][0], r"(?m)^\d+ questions, \d+ points", sums)
    if notebook != json.loads(before):
        _store_notebook(path, notebook)


def _replace_in_cell(cell: dict[str, Any], pattern: str, text: str) -> None:
    cell["source"] = re.sub(pattern, text, "".join(cell["source"]), count=1).splitlines(keepends=True)


def _store_notebook(path: Path, notebook: dict[str, Any]) -> None:
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    files.write_whole(path, f"{text}\n".encode())


def generate_set(course: Course, exercise: checks.ExerciseSet) -> bool:
    """Generate the released notebook of a set with nbgrader, and enter the set into its gradebook.

    Return whether the notebook, outputs aside, has changed; print a line on work that was graded with other
    points. `CourseError` if nbgrader refuses the source notebook, or if somebody has answered in the released
    one.
    """
    released = course.notebook("release", exercise.id)
    before = released.read_bytes() if released.is_file() else b""
    _refuse_written_answers(released)
    if gradebook.has_gradebook(course.gradebook):
        gradebook.back_up_gradebook(course, f"release {exercise.id}")
        _need_same_questions(course, exercise)
        _tell_of_old_points(course, exercise)
    elif gradebook.list_copies(course):
        raise gradebook.NoGradebook(course.gradebook)  # an empty one would hide that marks are in the copies
    _convert_notebook(course, exercise, released, before)
    gradebook.read_left_out(course.gradebook, exercise.id)  # makes its table, so that no other reader has to
    notebook = json.loads(released.read_bytes())
    # A set is a single file: the notebook contains everything that the desk needs.
    notebook["metadata"]["samarkand"] = {"form": checks.make_form(exercise)}
    if before and _remove_outputs(json.loads(before)) == _remove_outputs(notebook):
        files.write_whole(released, before)
        return False
    _store_notebook(released, notebook)
    return True


def _need_same_questions(course: Course, exercise: checks.ExerciseSet) -> None:
    """Raise `CourseError` if somebody has marks, or more time, in a set that had other questions."""
    points = gradebook.read_points(course.gradebook, exercise.id)
    if not points:  # the set was never released
        return
    odd = sorted(points.keys() ^ exercise.points_by_cell.keys())
    if odd and gradebook.read_rows(course.gradebook, exercise.id):
        raise CourseError(
            f"{exercise.id} was not released: some work of it is graded, or somebody has more time, so "
            f"no question ({odd[0].removesuffix('-check')}) can be added or taken out. samarkand excuse "
            "leaves a question out for students.",
            code="already graded",
            set=exercise.id,
            cells=odd,
        )


def _tell_of_old_points(course: Course, exercise: checks.ExerciseSet) -> None:
    """Print how much work has marks out of other points than the set gives now, if any has."""
    points = gradebook.read_points(course.gradebook, exercise.id)
    if not points or points == exercise.points_by_cell:
        return
    graded = 0
    for row in gradebook.read_rows(course.gradebook, exercise.id).values():
        if any(mark.auto is not None for mark in row.marks.values()):
            graded += 1
    if graded:
        again = f"samarkand grade {exercise.id} marks them anew; what a person gave stays."
        print(f"{exercise.id}: {graded} submissions have marks out of the old points until {again}")


def _convert_notebook(course: Course, exercise: checks.ExerciseSet, released: Path, before: bytes) -> None:
    """Have nbgrader make the released notebook; put back the one of `before` if it refuses the source."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    config = course.settings()
    config.CourseDirectory.assignment_id = exercise.id
    config.CourseDirectory.source_directory = course.source(exercise.id)
    converter: Any = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    heard = BufferingHandler(1000)
    converter.log = logging.Logger("samarkand.nbgrader", logging.ERROR)
    converter.log.addHandler(heard)
    converter.force = converter.create_assignment = True
    try:
        converter.start()
    except (NbGraderException, SystemExit) as error:
        if before:  # nbgrader takes away what it could not make anew
            files.write_whole(released, before)
        lines = []
        for told in heard.buffer:
            lines += [line for line in told.getMessage().splitlines() if "Error" in line]
        text = f"nbgrader could not release {exercise.id}: {[*lines, error][0]}"
        raise CourseError(text, code="nbgrader failed", set=exercise.id) from None


def _remove_outputs(notebook: dict[str, Any]) -> list[Any]:
    cells = [("".join(c["source"]), c["metadata"].get("nbgrader"), c["id"]) for c in notebook["cells"]]
    return [cells, notebook["metadata"].get("samarkand")]


def _refuse_written_answers(path: Path) -> None:
    """Raise `CourseError` if somebody has written answers into the released notebook."""
    from nbformat import from_dict
    from nbgrader.utils import compute_checksum

    cells = []
    with contextlib.suppress(OSError, ValueError, KeyError):  # else it cannot hold anybody's work
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        cell["source"] = "".join(cell["source"])
        marks = cell.get("metadata", {}).get("nbgrader", {})
        if marks.get("solution") and marks.get("checksum") not in (None, compute_checksum(from_dict(cell))):
            why = f"Somebody has answered in {path}: it is left as it is. Move it to my_work/ first."
            raise CourseError(why, code="has answers", file=path)


def need_place_for_bundle(target: Path, *, force: bool = False) -> None:
    """Raise `CourseError` if a bundle cannot be written to `target`; by `force` an older one is replaced."""
    if target.exists() and not (target / "exercises" / "course.json").is_file():
        text = f"{target} is there and no bundle: it is left as it is. Name another folder."
        raise CourseError(text, code="no bundle", folder=target)
    if (target / "my_work").exists() or (target / ".venv").exists():
        text = f"Somebody works in {target}: it is left as it is, --force or not. Name another folder."
        raise CourseError(text, code="in use", folder=target)
    packed = target.with_name(f"{target.name}.zip")
    for path in (target, packed):
        if path.exists() and not force:
            text = f"{path} is there already. Say --force to replace it."
            raise CourseError(text, code="there already", path=path)


def bundle_course(
    course: Course, target: Path, *, students: Collection[str] = (), force: bool = False
) -> Path:
    """Make the students' copy of a released course: lessons, tables, sets, environment; return its zip.

    It has no checks, solutions or history; equal content gives equal bytes. `students` are ids, to recognise
    misspelt ones: only their fingerprints go into the bundle. `force` puts an existing bundle aside, under
    another name: somebody may have worked in it.
    """
    need_place_for_bundle(target, force=force)
    sets = [course.notebook("release", name) for name in checks.list_sets(course.check_folder)]
    if not any(path.is_file() for path in sets):
        text = "No set has been released yet: run samarkand release without --bundle first."
        raise CourseError(text, code="not released")
    sources = {inner: home.ROOT / inner for inner in _find_tracked_files()}
    sources |= {f"exercises/release/{path.stem}/{path.name}": path for path in sets if path.is_file()}
    sources["README.md"] = Path(__file__).with_name("students.md")
    seed = course.seed(create=True)
    known = sorted({hash_student(seed, student) for student in students})
    places = dealing.deal_places(course, students).shorten()
    settings = json.dumps({"seed": seed, "students": known, "places": places}, indent=1) + "\n"
    packed = target.with_name(f"{target.name}.zip")
    # If this is killed, the old bundle stays whole.
    made = target.with_name(f".{target.name}.part")
    unfinished = target.with_name(f".{packed.name}.part")
    shutil.rmtree(made, ignore_errors=True)
    try:
        for inner, path in sources.items():
            (made / inner).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, made / inner)
        (made / "exercises" / "course.json").write_text(settings, encoding="utf-8")
        print(f"packing {packed.name}")
        _pack_folder(made, target.name, unfinished)
        if target.exists():
            aside = target.rename(target.with_name(f"{target.name}.{dt.datetime.now():%Y%m%d-%H%M%S}"))
            print(f"the old one is now {aside.name}")
        made.rename(target)
        return unfinished.replace(packed)
    finally:
        shutil.rmtree(made, ignore_errors=True)
        unfinished.unlink(missing_ok=True)


def _pack_folder(folder: Path, name: str, target: Path) -> None:
    """Write a folder into a zip, as a folder `name`: equal content gives equal bytes."""
    # Not compressed, since compressed bytes differ between machines.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in filter(Path.is_file, sorted(folder.rglob("*"))):
            inside = f"{name}/{path.relative_to(folder).as_posix()}"
            zips.need_safe_name(inside)
            entry = zipfile.ZipInfo(inside, date_time=STAMP)
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            archive.writestr(entry, path.read_bytes())


def _find_tracked_files() -> Iterator[str]:
    """Yield what students get, relative to the repository: what Git tracks, or else what is not hidden."""
    root = home.ROOT
    hidden = ("/.", "/__pycache__/", f"/{LEFT_OUT}")
    listed = ""
    names = []
    for part in PARTS:
        for path in (root / part, *(root / part).rglob("*")):
            if path.is_file():
                names.append(path.relative_to(root).as_posix())
    there = {name for name in names if not any(part in f"/{name}" for part in hidden)}
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        command = ["git", "ls-files", "-z", "--cached", "--", *PARTS]
        listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    tracked = set(listed.split("\0")) & there or there
    stray = sorted(there - tracked)
    if stray:
        print(f"left out, since Git does not track it: {', '.join(stray)}")
    for name in sorted(tracked):
        if any(sign in (root / name).read_bytes() for sign in TELLING):
            why = f"{name} holds checks or work on a set, which no student may get: move it away."
            raise CourseError(why, code="holds checks", file=name)
        yield name
