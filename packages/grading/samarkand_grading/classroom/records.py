"""The record that is kept of each assessment: for ``explain``, and to avoid grading the same work twice."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

from samarkand.ground import files, home
from samarkand.ground.errors import CourseError, DamagedData
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking.assessment import Assessment
from samarkand_grading.marking.checks import ExerciseSet, Verdict
from samarkand_grading.sandbox.work import Ran
from samarkand_grading.submission import reading

#: Raised whenever the same work could get other marks than before; everything is then graded again.
VERSION = 8


def fingerprint(course: Course, exercise: ExerciseSet) -> str:
    """Return a digest of everything that marks depend on, except the submission."""
    behind = [
        course.notebook("release", exercise.id),
        course.check_folder / f"{exercise.id}.py",
        home.course_data() / "datapackage.json",
        *sorted(home.course_data().glob("*.csv")),
    ]
    missing = next((path for path in behind if not path.is_file()), None)
    if missing is not None:
        raise DamagedData(f"{missing} is missing. Get a fresh copy of the course.")
    settings = course.root / "nbgrader_config.py"
    behind += [settings] if settings.is_file() else []
    parts = [
        str(VERSION),
        course.seed(),
        course.key(),
        *(hashlib.sha256(path.read_bytes()).hexdigest() for path in behind),
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def digest(folder: Path, name: str, fingerprint: str) -> str:
    """Return a digest of a submission and everything that its marks depend on."""
    try:
        body, remarks = reading.read_file(folder, name)
    except reading.Unreadable as problem:
        body, remarks = b"", [str(problem)]
    parts = [fingerprint.encode(), body, repr(remarks).encode(), reading.read_timestamp(folder).encode()]
    return hashlib.sha256(b"\x1f".join(parts)).hexdigest()


def path_of(course: Course, exercise: str, student: str) -> Path:
    """Return where an assessment is kept, for ``explain`` and for resuming."""
    return course.root / "assessments" / exercise / f"{student}.json"


def write(course: Course, result: Assessment, digest: str) -> None:
    """Keep an assessment, whole or not at all."""
    kept = dataclasses.asdict(result) | {"digest": digest}
    kept.pop("notebook")
    body = json.dumps(kept, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    files.write_whole(path_of(course, result.exercise, result.student), body)


def standing(course: Course, exercise: str, student: str, digest: str) -> Assessment | None:
    """Return the earlier assessment of this very work, if nothing that belongs to it has been lost since."""
    try:
        known = json.loads(path_of(course, exercise, student).read_bytes())["digest"] == digest
        written = (course.root / "autograded" / student / exercise / f"{exercise}.ipynb").is_file()
        return read(course, exercise, student) if known and written else None
    except (OSError, ValueError, KeyError, TypeError, CourseError):
        return None


def read(course: Course, exercise: str, student: str) -> Assessment:
    """Read the record of a graded submission; `CourseError` if it has not been graded."""
    path = path_of(course, exercise, student)
    try:
        kept = json.loads(path.read_bytes())
        kept.pop("digest")
        kept["verdicts"] = [Verdict(**verdict) for verdict in kept["verdicts"]]
        kept["ran"] = {key: Ran(**ran) for key, ran in kept["ran"].items()}
        return Assessment(**kept)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ):  # or it was kept by a version with another format
        raise CourseError(
            f"{exercise} of {student} has not been graded: run samarkand grade {exercise}."
        ) from None
