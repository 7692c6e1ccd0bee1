"""Grade a whole class: run sandboxes in parallel, then write the gradebook student by student."""

import contextlib
import os
import time
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from samarkand.common import home
from samarkand.common.errors import CourseError
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import gradebook, hand_ins, parallel, postgres, records
from samarkand_grading.classroom.course import Course
from samarkand_grading.classroom.hand_ins import Chooser, Work
from samarkand_grading.classroom.parallel import Coming, Say
from samarkand_grading.marking.assessment import Assessment, Assessor
from samarkand_grading.marking.checks import ExerciseSet
from samarkand_grading.sandbox import engines
from samarkand_grading.sandbox.box import Sandbox
from samarkand_grading.sandbox.distant import DistantSandbox
from samarkand_grading.sandbox.work import LIMITS, Limits
from samarkand_grading.submission import reading

#: What the instructor is told of a file that cannot be marked.
NOTHING_TO_MARK = "It is open until another file comes, or you give points by hand."
#: The work of each student.
Todo = dict[str, Work]
#: The default maximum of submissions to run at a time on this machine, and the maximum here and on others.
USUAL_JOBS, MOST_JOBS, MOST_JOBS_ELSEWHERE = 6, 32, 1000


@dataclass(frozen=True)
class Trouble:
    """What the instructor is told of a student's work, or of something else that was handed in.

    Attributes
    ----------
    about : str
        The student, or the path below the course's folder.
    code : str
        "no id", "second folder", "nothing", "not looked at", "not on the roster", "unreadable",
        "several notebooks", "no time", or "not kept" where an error has ended the grading of this student.
    line : str
        What is wrong with it, and what became of it.
    """

    about: str
    code: str
    line: str

    def __str__(self) -> str:
        return self.line


@dataclass
class Summary:
    """Result of a batch: ids of graded and of unchanged students, and each problem.

    `changed` are those of whom a mark is another than before, where only some questions were graded.
    """

    graded: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    def note(self, about: str, code: str, sentence: str) -> None:
        """Add a problem; its line begins with what it is about."""
        self.troubles.append(Trouble(about, code, f"{about}: {sentence}"))


def grade_class(  # noqa: PLR0913 - the options of the verb
    course: Course,
    name: str,
    *,
    students: Sequence[str] = (),
    jobs: int | None = None,
    force: bool = False,
    questions: Sequence[str] = (),
    trusted: bool = False,
    limits: Limits = LIMITS,
    run_on: Sequence[Sequence[str]] = (),
    say: Say = print,
) -> Summary:
    """Grade all submissions to a set, or only those of some `students`.

    `jobs` submissions are worked on at a time, by default one for each processor, up to six. `force` grades
    also what has not changed; with `questions`, the marks of all others stay. `trusted` runs student code
    without any sandbox. `run_on` are words such as ``["ssh", "node7"]``, which start the sandboxes on other
    machines, in turn; then `jobs` is one for each of them by default. `say` takes one line at a time.
    `CourseError` if nothing can be graded: no gradebook, no sandbox, no such set or question, no submissions.
    """
    exercise = course.exercise(name)
    if trusted and run_on:
        raise CourseError(
            "On other machines student code runs in a sandbox, or not at all: leave out --run-on or "
            "--i-trust-these-students.",
            code="trusted elsewhere",
        )
    with course.work_alone(say):
        _need_released(course, exercise)
        questions = [exercise.get_question(question).id for question in questions]
        summary = Summary()
        rows = gradebook.read_rows(course.gradebook, exercise.id)
        todo = _list_work(course, exercise, _choose_folders(course, exercise, students, summary), rows)
        if not force:
            _leave_unchanged(course, exercise, todo, rows, summary)
        if not todo:
            return summary
        if trusted:
            say("WITHOUT A SANDBOX: student code runs with your rights, since you trust these students.")
        if not course.secret.exists():
            say(f"WITHOUT THE SECRET (no file {course.secret}): nobody's own numbers are those handed out.")
        began = time.monotonic()
        count = len(todo)
        boxes = make_sandboxes(course, exercise, count_jobs(jobs, count, run_on), run_on, trusted=trusted)
        chooser = Chooser(course, exercise)
        coming = assess_all(course, exercise, todo, boxes, limits, say, chooser)
        with contextlib.closing(coming), gradebook.open_book(course) as book:
            keeper = Keeper(
                course=course,
                exercise=exercise,
                writer=gradebook.Writer(course, book),
                questions=questions,
                summary=summary,
            )
            for number, (student, result) in enumerate(coming, start=1):
                if number == 1:
                    gradebook.back_up_gradebook(course, f"grade {exercise.id}, {count} submissions")
                try:
                    if isinstance(result, Exception):
                        raise result
                    moved = keeper.keep(todo[student], result)
                except postgres.Away:
                    raise
                except Exception as error:
                    summary.note(student, "not kept", f"{str(error).rstrip('.')}.")
                    continue
                summary.graded.append(student)
                _name_troubles(result, summary)
                clock = ""
                if number < count:
                    left = (time.monotonic() - began) / number * (count - number)
                    clock = f" {left:.0f} s left"
                say(f"[{number}/{count}]{clock} {student}: {'; '.join([_sum_up(result), *moved])}")
        summary.graded.sort()
        summary.changed.sort()
        return summary


def _leave_unchanged(
    course: Course, exercise: ExerciseSet, todo: Todo, rows: Mapping[str, gradebook.Row], summary: Summary
) -> None:
    """Take out of `todo` what was graded before and has not changed; enter it into the summary."""
    texts = gradebook.read_texts(course.gradebook, exercise.id)
    for student, work in list(todo.items()):
        kept = records.find_unchanged(course, exercise.id, student, work.digest)
        row = rows.get(student, gradebook.Row(student))
        if kept and _agrees_with_record(course, exercise, kept, row, texts.get(student, {})):
            summary.unchanged.append(student)
            _name_troubles(kept, summary)
            del todo[student]


@dataclass(frozen=True)
class Keeper:
    """Keeps each student's result in the gradebook and as a record.

    Parameters
    ----------
    course : Course
        The course that it belongs to.
    exercise : ExerciseSet
        The set that is graded.
    writer : gradebook.Writer
        Of the gradebook.
    questions : sequence of str
        The questions that are graded; empty: all of them.
    summary : Summary
        Where it is entered what the instructor is told.
    """

    course: Course
    exercise: ExerciseSet
    writer: gradebook.Writer
    questions: Sequence[str]
    summary: Summary

    def keep(self, work: Work, result: Assessment) -> list[str]:
        """Keep the result of a student's work; return a sentence on marks that are others than before."""
        student = result.student
        moved: list[str] = []
        if self.questions:
            moved += records.keep_others(self.course, result, self.questions)
        if moved:
            self.summary.changed.append(student)
        folder = hand_ins.find_folder(work, result)
        if hand_ins.read_time(folder) is None and reading.read_timestamp(folder):
            told = "timestamp.txt holds no time; no late penalty was worked out."
            self.summary.note(student, "no time", told)
        moved += self._write(result, folder)
        result.digest = work.digest
        records.write_record(self.course, result)
        return moved

    def _write(self, result: Assessment, folder: Path) -> list[str]:
        """Write the notebook and the marks of a student; return a sentence if marks by hand were moved."""
        before = self._digest_answers(result.student)
        records.write_notebook(self.course, result, folder)
        now = self._digest_answers(result.student)
        moves = str(self.writer.write(result, hand_ins.read_time(folder), now, before))
        return [moves] if moves else []

    def _digest_answers(self, student: str) -> dict[str, str]:
        """Return digests of a student's written answers as they are in the notebook that was kept last."""
        sources = records.read_sources(self.course, self.exercise.id, student)
        return records.digest_answers(self.exercise, sources)


def _agrees_with_record(
    course: Course, exercise: ExerciseSet, kept: Assessment, row: gradebook.Row, texts: Mapping[str, str]
) -> bool:
    """Return whether the gradebook has the marks of an assessment, given for these texts.

    It has others, for example, after a copy of it was put back.
    """
    for verdict in kept.verdicts:
        mark = row.marks.get(f"{verdict.question}-check")
        if mark is None or mark.auto != verdict.points:
            return False
    now = records.digest_answers(exercise, records.read_sources(course, exercise.id, row.student))
    return all(now.get(question) == digest for question, digest in texts.items())


def _need_released(course: Course, exercise: ExerciseSet) -> None:
    course.need_same_secret()
    gradebook.need_gradebook(course.gradebook)
    if gradebook.read_points(course.gradebook, exercise.id) != exercise.points_by_cell:
        raise CourseError(
            f"{exercise.id} was not graded: it has other questions or points than when it was released, "
            f"or is not in the gradebook. Run samarkand release {exercise.id} first.",
            code="released otherwise",
            set=exercise.id,
        )


def _list_work(
    course: Course, exercise: ExerciseSet, folders: dict[str, Path], rows: dict[str, gradebook.Row]
) -> Todo:
    """Return each student's work, with the digest of it and of everything else its mark depends on."""
    left_out = gradebook.read_left_out(course.gradebook, exercise.id)
    due = gradebook.read_due(course.gradebook, exercise.id)
    common = f"{records.digest_what_marks_depend_on(course, exercise)} {due or ''}"
    found = {}
    for student, folder in folders.items():
        own = f"{rows.get(student, gradebook.Row(student)).extension} {sorted(left_out.get(student, ()))}"
        place = numbers.find_place(course.seed(), student, course.places)
        own += "" if place is None else f" place {place}"
        work = Work(folder, earlier=hand_ins.list_earlier(folder))
        digest = records.digest_hand_ins(work.folders, exercise.id, f"{common} {own}")
        found[student] = replace(work, digest=digest)
    return found


def count_jobs(jobs: int | None, submissions: int, run_on: Sequence[Sequence[str]]) -> int:
    """Return how many sandboxes to use; `CourseError` if `jobs` is out of bounds."""
    most = MOST_JOBS_ELSEWHERE if run_on else MOST_JOBS
    usual = len(run_on) if run_on else min(os.cpu_count() or 1, USUAL_JOBS)
    if jobs is not None and not 1 <= jobs <= most:
        where = "on other machines" if run_on else "on one machine"
        text = f"--jobs is a number from 1 to {most} {where}, not {jobs}."
        raise CourseError(text, code="jobs out of range", given=jobs, most=most)
    return min(usual if jobs is None else jobs, submissions)


def make_sandboxes(
    course: Course, exercise: ExerciseSet, count: int, run_on: Sequence[Sequence[str]], *, trusted: bool
) -> list[Sandbox]:
    """Make sandboxes for a set, which do not run yet: on this machine, or by each of the words in turn."""
    tables = course.list_named(exercise, [path.stem for path in home.course_data().glob("*.csv")])
    libraries = course.list_named(exercise, engines.LIBRARIES)
    hidden = [course.root, course.secret, *course.exchanges]
    boxes: list[Sandbox] = []
    for number in range(count):
        if run_on:
            carrier = run_on[number % len(run_on)]
            boxes.append(DistantSandbox(carrier, tables=tables, libraries=libraries))
        else:
            boxes.append(Sandbox(secret=hidden, tables=tables, libraries=libraries, trusted=trusted))
    return boxes


def assess_all(  # noqa: PLR0913, PLR0917 - what a class needs
    course: Course,
    exercise: ExerciseSet,
    todo: Todo,
    boxes: Sequence[Sandbox],
    limits: Limits,
    say: Say,
    chooser: Chooser,
) -> Coming:
    """Yield each student's assessment, or the exception, in order of completion: see `parallel.Crew`.

    Of several hand-ins of a student it is that of the one which counts.
    """
    released = course.released(exercise)
    places = course.places
    assessor = Assessor(exercise, released, course.seed(), limits, key=course.key(), places=places)

    def assess(student: str, box: Sandbox) -> Assessment:
        results = []
        for folder in chooser.list_to_grade(todo[student]):
            results.append(assessor.assess_submission(assessor.read_submission(student, folder), box))
        return chooser.choose(student, todo[student], results)

    yield from parallel.Crew(boxes, assess, say).assess_all(list(todo))


def _sum_up(result: Assessment) -> str:
    flags = [result.ended] if result.ended != "finished" else []
    count = len(result.remarks)
    if count and not flags:
        flags = [f"{count} remark{'s' if count > 1 else ''}"]
    flags += ["no sandbox"] if result.trusted else []
    flags += [f"{len(result.hand_ins)} hand-ins"] if result.hand_ins else []
    return f"{result.points:g} of {result.out_of:g}" + "".join(f" [{flag}]" for flag in flags)


def _name_troubles(result: Assessment, summary: Summary) -> None:
    """Add to the summary work that is unreadable, and students with a second notebook to ask about."""
    if result.ended == "unreadable":
        summary.note(result.student, "unreadable", f"{' '.join(map(str, result.remarks))} {NOTHING_TO_MARK}")
        return
    for remark in result.remarks:
        if remark.code == "several notebooks":
            summary.note(result.student, remark.code, str(remark))


def _sort_by_student(folders: Mapping[str, Path], summary: Summary) -> dict[str, Path]:
    """Return folders by the id of their student; report names that are no id, and second folders."""
    found: dict[str, Path] = {}
    # A Mac may encode the letters of an id in another form, which is no mistake.
    for name in sorted(folders, key=lambda name: not unicodedata.is_normalized("NFC", name)):
        try:
            student = numbers.normalise_student(name)
        except CourseError:
            student = ""
        if not student or name.strip() != name:
            summary.note(repr(name), "no id", "no student can have this id; the folder was left alone.")
        elif student in found:
            summary.note(repr(name), "second folder", "a second folder of this student; it was left alone.")
        else:
            found[student] = folders[name]
    return found


def _choose_folders(
    course: Course, exercise: ExerciseSet, students: Sequence[str], summary: Summary
) -> dict[str, Path]:
    """Return the folders to grade by student; report missing work and students who are not on the roster."""
    there, misplaced = course.submissions(exercise.id)
    if not there:
        collect = f"samarkand collect {exercise.id} FILE.zip --list LIST.csv"
        why = f"{course.root / 'submitted'} holds no folder of it. Take what Moodle or Canvas has: {collect}."
        text = "\n".join([f"Nothing was handed in for {exercise.id}: {why}", *misplaced.values()])
        raise CourseError(text, code="nothing handed in", set=exercise.id)
    found = _sort_by_student(there, summary)
    if students:
        wanted = [numbers.normalise_student(student) for student in students]
        for student in wanted:
            if student not in found:
                summary.note(student, "nothing", f"nothing was handed in for {exercise.id}.")
        found = {student: folder for student, folder in found.items() if student in wanted}
    else:
        for name, sentence in misplaced.items():
            summary.troubles.append(Trouble(name, "not looked at", sentence))
    if (course.root / "roster.csv").is_file():  # the instructor has entered students: only they are graded
        for student in set(found) - gradebook.list_students(course.gradebook):
            strange = "not on the roster (nbgrader db student list); the work was left alone."
            summary.note(student, "not on the roster", strange)
            del found[student]
    return dict(sorted(found.items()))
