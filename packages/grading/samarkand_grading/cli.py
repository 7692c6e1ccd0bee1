"""The instructor's verbs of the ``samarkand`` command: one function a verb."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from samarkand.cli import add_verb, report
from samarkand.ground import home

if TYPE_CHECKING:
    from samarkand.cli import Verbs
    from samarkand_grading.classroom.course import Course


def release(options: argparse.Namespace) -> int:
    """Make the students' notebooks of the sets; enter the class; make the students' copy."""
    course = _course(options)
    from samarkand_grading.classroom import release as making
    from samarkand_grading.classroom import roster
    from samarkand_grading.marking import checks

    students = roster.read(options.students) if options.students else None
    if options.bundle:
        making.may_bundle(options.bundle, force=options.force)
    names = options.set or checks.available(course.check_folder)
    always = bool(options.set) or not (students or options.bundle)  # who prepares a class changes no set
    with course.work_alone():
        making.make(course, names, unsound=options.unsound, finish=options.finish, always=always, say=_say)
        others = roster.enter(course, students) if students else []
        if options.bundle:
            _say(str(making.bundle(course, options.bundle, students=students, force=options.force, say=_say)))
    if options.course is None:
        options.after()
    gone = f"In the gradebook, and not on the roster: {', '.join(others)} (nbgrader db student remove)."
    return report([gone] if others else [], "")


def check(options: argparse.Namespace) -> int:
    """Mark your own work on a set, question by question; without a set, show how far you are."""
    course = _course(options)
    from samarkand_grading.classroom import selfstudy

    if options.set is None:
        print(selfstudy.progress(course))
        return 0
    result = selfstudy.check(course, options.set, options.notebook)
    print(selfstudy.report(course, result, solutions=options.solutions))
    return 0


def grade(options: argparse.Namespace) -> int:
    """Grade what was handed in: student code runs in a sandbox, marks go into nbgrader's gradebook."""
    course = _course(options)
    from samarkand_grading.classroom import batch, feedback

    trusted = options.i_trust_these_students
    summary = batch.grade(
        course, options.set, students=options.student or (), jobs=options.jobs, force=options.force,
        trusted=trusted, say=_say,
    )  # fmt: skip
    if summary.graded or summary.unchanged:
        feedback.write(course, options.set)
    how = " WITHOUT A SANDBOX" if trusted else ""
    _say(f"{len(summary.graded)} graded{how}, {len(summary.unchanged)} as they were.")
    return report(summary.troubles, "")


def collect(options: argparse.Namespace) -> int:
    """Take a download of Moodle's or Canvas's: put each student's notebook where it is graded."""
    from samarkand_grading.classroom import platforms

    return report(platforms.collect(_course(options), options.set, options.zip, options.list, _say), "")


def feedback(options: argparse.Namespace) -> int:
    """Write the students' pages; as a zip that Moodle and Canvas hand out."""
    from samarkand_grading.classroom import feedback, platforms

    course = _course(options)
    if options.zip:
        _say(f"{options.zip}: {platforms.pack_feedback(course, options.set, options.zip)} pages")
    else:
        _say(f"{len(feedback.write(course, options.set))} pages in {course.root / 'marks'}")
    return 0


def explain(options: argparse.Namespace) -> int:
    """Print why a student's marks are what they are: the value read, the rule, the reason."""
    from samarkand_grading.classroom import report

    print(report.explain(_course(options), options.set, options.student))
    return 0


def marks(options: argparse.Namespace) -> int:
    """Print how the class fared in a set; or write the marks for another system."""
    from samarkand_grading.classroom import report

    course = _course(options)
    if not (options.export or options.list):
        print(report.grades(course, options.set))
        return 0
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # a file for another program, wherever it is written
    if options.list:
        from samarkand_grading.classroom import platforms

        print(platforms.fill_list(course, options.set, options.list), end="")
    else:
        print(report.export(course, options.set, options.export), end="")
    found = report.results(course, course.exercise(options.set))
    if waiting := [result.row.student for result in found if result.open]:
        print(f"Empty until a person has marked written answers: {', '.join(waiting)}.", file=sys.stderr)
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


def _course(options: argparse.Namespace) -> Course:
    from samarkand_grading.classroom.course import Course

    if options.course is None:
        home.need_checkout("the exercises")
    return Course(options.course, options.secret)


def add(verbs: Verbs) -> None:
    """Add what an instructor does."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--course", type=Path, help="the nbgrader course; none: exercises/")
    common.add_argument("--secret", type=Path, help="the file with the course's secret; none: in your home")
    a_set, student = "id or number of a set, such as ex03", "the id of a student"

    verb = add_verb(verbs, "release", release, "make the students' notebooks", common)
    verb.add_argument("set", nargs="*", help=f"{a_set}; none: all")
    verb.add_argument("--students", type=Path, metavar="CSV", help="the roster: a column id")
    folder = "also make what students get, as folder and zip"
    verb.add_argument("--bundle", type=Path, metavar="DIR", help=folder)
    verb.add_argument("--force", action="store_true", help="replace a bundle that is there")
    # In a checkout the author's workshop says which rules a set breaks, and stores its notebooks as run.
    verb.set_defaults(unsound=lambda *_: [], finish=lambda path: None, after=lambda: None)

    verb = add_verb(verbs, "check", check, "mark your own work", common)
    verb.add_argument("set", nargs="?", help=f"{a_set}; none: show progress")
    verb.add_argument("--notebook", type=Path, help="your notebook; none: the one in my_work/ or release/")
    verb.add_argument("--solutions", action="store_true", help="show a solution of what was tried")

    verb = add_verb(verbs, "collect", collect, "take what Moodle or Canvas hands over", common)
    verb.add_argument("set", help=a_set)
    verb.add_argument("zip", type=Path, help="the download of all submissions")
    theirs = "Moodle's grading worksheet of the assignment, or Canvas's gradebook"
    verb.add_argument("--list", type=Path, metavar="CSV", required=True, help=theirs)

    verb = add_verb(verbs, "feedback", feedback, "write the students' pages", common)
    verb.add_argument("set", help=a_set)
    verb.add_argument("--zip", type=Path, help="pack them under the names of the download")

    verb = add_verb(verbs, "grade", grade, "grade what was handed in", common)
    verb.add_argument("set", help=a_set)
    verb.add_argument("--student", action="append", help="only this one; may be given again")
    jobs = "how many at a time; none: as many as processors"
    verb.add_argument("--jobs", type=int, choices=range(1, 33), metavar="N", help=jobs)
    verb.add_argument("--force", action="store_true", help="grade also what has not changed")
    rights = "run their code with your rights, unconfined"
    verb.add_argument("--i-trust-these-students", action="store_true", help=rights)

    verb = add_verb(verbs, "explain", explain, "say why a mark is what it is", common)
    verb.add_argument("set", help=a_set)
    verb.add_argument("--student", required=True, help=student)

    verb = add_verb(verbs, "marks", marks, "say how the class fared", common)
    verb.add_argument("set", help=a_set)
    systems = ("csv", "canvas", "moodle")
    verb.add_argument("--export", choices=systems, help="write the marks instead")
    verb.add_argument("--list", type=Path, metavar="CSV", help=f"fill the marks in: {theirs}")
