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
    """Let nbgrader make the students' notebooks of the sets, and store both kinds as they look when run."""
    course = _course(options)
    from samarkand.ground import files
    from samarkand_grading.classroom import release as wing
    from samarkand_grading.marking import checks

    students = wing.read_roster(options.students) if options.students else None
    names = options.set or checks.available(course.check_folder)
    if options.bundle:
        wing.may_bundle(options.bundle, force=options.force)
    with files.alone(course.root):
        wing.make(course, names, unsound=options.unsound, finish=options.finish)
        others = wing.enter(course, students) if students else []
        if options.bundle:
            print(wing.bundle(course, options.bundle, students=students, force=options.force))
    if options.course is None:
        options.after()
    gone = f"In the gradebook, and not on the roster: {', '.join(others)} (nbgrader db student remove)."
    return report([gone] if others else [], "")


def preview(options: argparse.Namespace) -> int:
    """Show what a student gets of a set."""
    course = _course(options)
    from samarkand_grading.classroom import selfstudy

    print(selfstudy.preview(course, options.set, options.student, answers=options.answers))
    return 0


def check(options: argparse.Namespace) -> int:
    """Mark your own work on a set, question by question; without a set, show how far you are in all."""
    course = _course(options)
    from samarkand_grading.classroom import selfstudy

    if options.set is None:
        print(selfstudy.progress(course))
        return 0
    result = selfstudy.check(course, options.set, options.notebook)
    print(selfstudy.told(course, result, solutions=options.solutions))
    return 0


def grade(options: argparse.Namespace) -> int:
    """Grade what was handed in: student code runs in a sandbox, marks go into nbgrader's gradebook."""
    course = _course(options)
    from samarkand_grading.classroom import batch, feedback

    summary = batch.grade(
        course,
        options.set,
        students=options.student or (),
        jobs=options.jobs,
        force=options.force,
        trusted=options.i_trust_these_students,
        say=lambda line: print(line, flush=True),
    )
    feedback.write(course, options.set)
    how = " WITHOUT A SANDBOX" if summary.trusted else ""
    fine = f"{len(summary.graded)} graded{how}, {len(summary.unchanged)} as they were."
    print(fine)
    return report(summary.troubles, "")


def explain(options: argparse.Namespace) -> int:
    """Print why a student's marks are what they are: the value read, the rule, the reason."""
    from samarkand_grading.classroom import report

    print(report.explain(_course(options), options.set, options.student))
    return 0


def marks(options: argparse.Namespace) -> int:
    """Print how the class fared in a set; or write the marks for another system."""
    from samarkand_grading.classroom import report

    if options.export:
        course = _course(options)
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # a file for another program, wherever it is written
        print(report.export(course, options.set, options.export), end="")
        unmarked = report.waiting(course, options.set)
        if unmarked:
            print(f"Written answers not marked yet count as 0: {', '.join(unmarked)}.", file=sys.stderr)
    else:
        print(report.grades(_course(options), options.set))
    return 0


def _count(text: str) -> int:
    """Read a number of jobs."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


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

    verb = add_verb(verbs, "release", release, "make the students' notebooks", common)
    verb.add_argument("set", nargs="*", help="id or number of a set, such as ex03; none: all")
    verb.add_argument("--students", type=Path, metavar="CSV", help="the roster: a column id")
    verb.add_argument(
        "--bundle", type=Path, metavar="DIR", help="also make what students get, as folder and zip"
    )
    verb.add_argument("--force", action="store_true", help="replace a bundle that is there")
    # In a checkout the author's workshop says which rules a set breaks, and stores its notebooks as run.
    verb.set_defaults(unsound=lambda *_: [], finish=lambda path: None, after=lambda: None)

    verb = add_verb(verbs, "preview", preview, "show what a student gets of a set", common)
    verb.add_argument("set", help="id or number of a set")
    verb.add_argument("--student", required=True)
    verb.add_argument("--answers", action="store_true", help="show the expected values too")

    verb = add_verb(verbs, "check", check, "mark your own work", common)
    verb.add_argument("set", nargs="?", help="id or number of a set; none: show progress")
    verb.add_argument("--notebook", type=Path, help="your notebook; none: the one in my_work/ or release/")
    verb.add_argument("--solutions", action="store_true", help="show a solution of what was tried")

    verb = add_verb(verbs, "grade", grade, "grade what was handed in", common)
    verb.add_argument("set", help="id or number of a set, such as ex03")
    verb.add_argument("--student", action="append", help="only this one; may be given again")
    verb.add_argument(
        "--jobs", type=_count, help="how many submissions at a time; as many as processors if not given"
    )
    verb.add_argument("--force", action="store_true", help="grade also what has not changed")
    verb.add_argument(
        "--i-trust-these-students", action="store_true", help="run their code with your rights, unconfined"
    )

    verb = add_verb(verbs, "explain", explain, "say why a mark is what it is", common)
    verb.add_argument("set", help="id or number of a set")
    verb.add_argument("--student", required=True)

    verb = add_verb(verbs, "marks", marks, "say how the class fared", common)
    verb.add_argument("set", help="id or number of a set")
    verb.add_argument(
        "--export", choices=("csv", "canvas", "moodle", "nbgrader"), help="write the marks instead"
    )
