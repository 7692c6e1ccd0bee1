"""A whole class in one go: sandboxes side by side, then nbgrader's pipeline; no work is done twice."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from samarkand.ground.errors import CourseError
from samarkand.ground.files import Scratch, alone
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import gradebook, records
from samarkand_grading.classroom.course import Course, Heard, differing, worth
from samarkand_grading.classroom.workers import MOST_JOBS_EACH, Ahead, Boxes, Progress, processors
from samarkand_grading.marking.assessment import Assessment, Assessor, Work
from samarkand_grading.marking.checks import ExerciseSet
from samarkand_grading.sandbox.box import NoSandbox
from samarkand_grading.sandbox.work import Limits
from samarkand_grading.submission import reading
from samarkand_grading.submission.rebuilding import Released

#: Bytes of the disk that have to be free.
NEEDED = 50 << 20


@dataclass
class Summary:
    """Whose work a batch graded, whose has not changed since, and what went wrong, in sentences."""

    graded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    trusted: bool = False


def grade(  # noqa: PLR0913 - the options of the verb
    course: Course,
    name: str,
    *,
    students: Sequence[str] = (),
    jobs: int | None = None,
    force: bool = False,
    trusted: bool = False,
    limits: Limits | None = None,
    say: Callable[[str], None] = print,
) -> Summary:
    """Grade everything that was handed in for one set, or only the work of some `students`.

    `jobs` submissions are worked on at a time, by default one for each processor, up to six; with 1, nothing
    else runs at the same time. `force` grades also what has not changed, `trusted` runs student code without
    any sandbox, and `say` takes one line at a time. `CourseError` if nothing can be graded: no gradebook, no
    sandbox, no such set, no submissions.
    """
    exercise = course.exercise(name)
    with alone(course.root, say):
        released = course.released(exercise)
        course.same_secret()
        gradebook.ready(course.gradebook)
        _same_points(course, exercise, released)
        summary = Summary(trusted=trusted)
        folders = _chosen(course, exercise, students, summary)
        due, longer = gradebook.due(course.gradebook, exercise.id)
        fingerprint = f"{records.fingerprint(course, exercise)} {due}"
        digests = {
            student: records.digest(folder, exercise.id, f"{fingerprint} {longer.get(student, '')}")
            for student, folder in folders.items()
        }
        scores = gradebook.automatic(course.gradebook, exercise.id)
        todo = {
            s: folder
            for s, folder in folders.items()
            if force or not _stands(course, exercise.id, s, digests[s], scores.get(s, {}), summary)
        }
        if not todo:
            return summary
        if trusted:
            say("WITHOUT A SANDBOX: student code runs with your rights, since you trust these students.")
        if not course.secret.exists():
            say(f"WITHOUT THE SECRET (no file {course.secret}): nobody's own numbers are those handed out.")
        free_space(course.root)
        gradebook.backup(course.gradebook)
        jobs = min(jobs or processors(), len(todo), MOST_JOBS_EACH * (os.cpu_count() or 1))
        with Scratch() as stage, Boxes(course, exercise, jobs, trusted) as boxes:
            assessor = Assessor(exercise, released, course.seed(), limits, boxes.alone, key=course.key())
            progress = Progress(len(todo), say)
            confined: list[bool] = []  # for each submission, whether it ran

            def work(student: str) -> Assessment:
                prepared = assessor.prepare(student, todo[student])
                _stage(stage, exercise.id, todo[student], prepared)
                return boxes.assess(assessor, prepared)

            def ready(student: str) -> Assessment:
                result = ahead.take(student)
                _check_time(stage / student / exercise.id, student, summary)
                return result

            def done(student: str) -> None:
                result = ahead.take(student)
                records.write(course, result, digests[student])
                summary.graded.append(student)
                confined.append(result.ended != "unreadable")
                _name_unreadable(result, summary)
                shutil.rmtree(stage / student, ignore_errors=True)
                progress.step(result)

            # nbgrader's order, which is that of folders.
            order = sorted(todo, key=lambda student: f"{student}/")
            with Ahead(order, work, boxes.count) as ahead:
                complaint = _pipeline(course, exercise.id, stage, order, ready, done, ahead.errors.setdefault)
            for student in todo:
                if student not in summary.graded:
                    why = ahead.errors.get(student) or complaint or "nbgrader could not write the marks"
                    summary.troubles.append(f"{student}: {str(why).rstrip('.')}.")
            refused = next((e for e in ahead.errors.values() if isinstance(e, NoSandbox)), None)
            if refused is not None and not any(confined):
                raise refused
        return summary


def _same_points(course: Course, exercise: ExerciseSet, released: Released) -> None:
    """Raise if graded work would have other point values than the students' notebooks show."""
    odd = differing(exercise.worth, "in the checks", worth(released.notebook), "in the released notebook")
    book = gradebook.worth(course.gradebook, exercise.id)
    if not odd and book:
        odd = differing(exercise.worth, "in the checks", book, "in the gradebook")
    if odd:
        name = exercise.id
        raise CourseError(
            f"{name} was not graded: {odd}. Make the points in source/{name}/{name}.ipynb those of "
            f"checks/{name}.py, and say samarkand release {name}."
        )


def _name_unreadable(result: Assessment, summary: Summary) -> None:
    """Report a submission that could not be read: it gets no points, and somebody should ask why."""
    if result.ended == "unreadable":
        summary.troubles.append(f"{result.student}: {' '.join(result.remarks)} No points.")


def _chosen(
    course: Course, exercise: ExerciseSet, students: Sequence[str], summary: Summary
) -> dict[str, Path]:
    """Find the submissions to grade; report those that are missing or not on the roster."""
    found, misplaced = course.submissions(exercise.id), course.misplaced(exercise.id)
    if not found:
        nothing = (
            f"Nothing was handed in for {exercise.id}: {course.root / 'submitted'} holds no folder of it."
        )
        raise CourseError(" ".join([nothing, *misplaced]))
    summary.troubles += misplaced
    students = sorted({numbers.student(student) for student in students})
    found = _by_id(found, summary)
    for student in students:
        if student not in found:
            summary.troubles.append(f"{student}: nothing was handed in for {exercise.id}.")
    if students:
        found = {student: folder for student, folder in found.items() if student in students}
    roster = gradebook.students(course.gradebook)
    if (course.root / "roster.csv").is_file():  # the instructor has entered students: only they are graded
        for student in [student for student in found if student not in roster]:
            near = [f" Is it the work of {r}?" for r in roster if r.casefold() == student.casefold()]
            summary.troubles.append(
                f"{student}: not on the roster (nbgrader db student list); the work was left alone."
                + "".join(near)
            )
            del found[student]
    return found


def _by_id(found: dict[str, Path], summary: Summary) -> dict[str, Path]:
    """Match folders to ids: a Mac may encode the letters of an id in another form, which is no mistake."""
    folders: dict[str, Path] = {}
    for name in sorted(found, key=lambda name: not unicodedata.is_normalized("NFC", name)):
        try:
            student = numbers.student(name)
        except CourseError:
            student = ""
        if not student or name.strip() != name:
            summary.troubles.append(f"{name!r}: no student can have this id; the folder was left alone.")
        elif student in folders:
            told = "a second folder of this student, the name encoded in another form; it was left alone."
            summary.troubles.append(f"{name!r}: {told}")
        else:
            folders[student] = found[name]
    return dict(sorted(folders.items()))


def _stage(stage: Path, name: str, folder: Path, work: Work) -> None:
    """Put the rebuilt notebook where nbgrader looks for it."""
    target = stage / work.student / name
    target.mkdir(parents=True)
    (target / f"{name}.ipynb").write_text(json.dumps(work.notebook, ensure_ascii=True), encoding="utf-8")
    timestamp = reading.read_timestamp(folder)
    if timestamp:
        (target / "timestamp.txt").write_text(timestamp, encoding="utf-8")


def _check_time(folder: Path, student: str, summary: Summary) -> None:
    """Rewrite a timestamp in UTC, as nbgrader reads it; remove one that nbgrader could not read."""
    path = folder / "timestamp.txt"
    if not path.exists():
        return
    try:
        path.write_text(f"{_utc(path.read_text(encoding='utf-8'))} UTC", encoding="utf-8")
    except (ValueError, OverflowError, TypeError):
        path.unlink()
        summary.troubles.append(f"{student}: timestamp.txt holds no time; no late penalty was worked out.")


def _utc(text: str) -> datetime.datetime:
    """Read a time. nbgrader takes a separate offset for seconds, and an unknown time zone for UTC."""
    from dateutil import parser, tz  # type: ignore[import-untyped]
    from nbgrader.utils import parse_utc  # imported here, where no other thread imports it

    day, _, zone = text.rpartition(" ")
    if re.fullmatch(r"[+-]\d\d(:?\d\d)?", zone):
        there: datetime.datetime = parser.parse(day + zone)
        return there.astimezone(datetime.UTC).replace(tzinfo=None)
    if text.count(" ") == 2 and tz.gettz(zone) is None:
        raise ValueError(zone)
    found: datetime.datetime = parse_utc(text)
    return found


def _pipeline(  # noqa: PLR0913, PLR0917 - what is to be graded, and where from and to
    course: Course,
    name: str,
    stage: Path,
    students: Sequence[str],
    assessment: Callable[[str], Assessment],
    done: Callable[[str], None],
    failed: Callable[[str, Exception], object],
) -> str:
    """Run nbgrader's own autograding over the staged notebooks; return its error message."""
    gradebook.library()
    from nbgrader.converters.base import NbGraderException
    from traitlets import TraitError

    from samarkand_grading.classroom.nbgrader_seam import Answers, Grading

    config, coursedir = course.nbgrader(name, submitted=str(stage))
    Answers.assessment = staticmethod(assessment)
    pipeline = Grading(coursedir=coursedir, config=config)
    heard = Heard(pipeline)
    pipeline.force = True
    pipeline.students = students
    pipeline.done, pipeline.failed = done, failed
    try:
        pipeline.start()
    except NbGraderException:
        return heard.why  # the caller names each student who was not graded
    except TraitError as error:
        raise CourseError(f"A setting in nbgrader_config.py cannot be used: {error}") from None
    except SystemExit as error:
        raise CourseError(f"nbgrader ended by itself ({error}). {heard.why}") from None
    return ""


def _stands(  # noqa: PLR0913, PLR0917 - all that can have changed
    course: Course, exercise: str, student: str, digest: str, scores: dict[str, float], summary: Summary
) -> bool:
    """Return whether a student's marks are still those of this very work; if so, list it as unchanged."""
    kept = records.standing(course, exercise, student, digest)
    if kept is None or any(scores.get(f"{v.question}-check") != v.points for v in kept.verdicts):
        return False
    summary.unchanged.append(student)
    _name_unreadable(kept, summary)
    return True


def free_space(folder: Path) -> None:
    """Raise if less than `NEEDED` bytes of the disk are free."""
    free = shutil.disk_usage(folder).free
    if free < NEEDED:
        raise CourseError(f"The disk is full: {folder} has {free >> 20} MB left; {NEEDED >> 20} are needed.")
