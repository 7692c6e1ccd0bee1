"""The instructor's subcommands of ``samarkand``, one function each."""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from samarkand.cli import add_group, add_verb, report
from samarkand.ground import home
from samarkand.ground.errors import CourseError

if TYPE_CHECKING:
    from samarkand.cli import Verbs
    from samarkand_grading.classroom.course import Course


def release(options: argparse.Namespace) -> int:
    """Make the students' notebooks of the sets; enter the class; make the students' copy."""
    course = _course(options)
    from samarkand_grading.classroom import release as making
    from samarkand_grading.classroom import roster
    from samarkand_grading.marking import checks

    students = roster.read(options.students, options.id, _say) if options.students else None
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
    gone = f"In the gradebook, and not on the roster: {', '.join(others)} (samarkand forget --student)."
    return report([gone] if others else [], "")


def setup(options: argparse.Namespace) -> int:
    """Check whether this machine can grade a class, and say what to type next; or install what is missing."""
    home.need_checkout("the exercises")
    from samarkand_grading.classroom import machine

    ready = (
        "A class can be graded here. Next: samarkand release --students roster.csv --bundle samarkand-2022"
    )
    return report(machine.prepare(_say, yes=options.yes), ready)


def new_question(options: argparse.Namespace) -> int:
    """Write a question of your own, which counts like the others of its set; ask for missing options."""
    course = _course(options)
    from samarkand_grading.classroom import own

    def ask(name: str, words: str) -> str:
        if (given := getattr(options, name)) is not None:
            return str(given)
        with contextlib.suppress(EOFError):
            return input(f"{words}: ")
        raise CourseError(f"Nothing was written: say --{name} where nobody can be asked.")

    found = course.exercise(options.set)
    path = course.own(found.id) / f"{options.question}.py"
    own.begin(path, found, ask)
    return report([], f"{path} is yours to change. samarkand release {found.id} gives the question out.")


def hub(options: argparse.Namespace) -> int:
    """Serve the course to a class from this machine by JupyterHub, until Ctrl-C."""
    from samarkand_grading.classroom import hub, roster
    from samarkand_grading.classroom.course import Course

    trial, folder, course = options.students.isdecimal(), options.folder.absolute(), None
    if trial:
        ids = [f"student{n:02d}" for n in range(1, int(options.students) + 1)]
    else:
        ids = list(roster.read(Path(options.students), options.id, _say))
    if options.copy is None and not home.installed_apart():
        # A trial draws numbers of its own, and leaves the class's secret alone.
        course = Course(options.course, options.secret or (folder / "secret" if trial else None))
        options.copy = folder / "course"
    config = options.config or home.ROOT / "deploy" / "hub" / "jupyterhub_config.py"
    copy = options.copy and options.copy.absolute()
    hub.serve(hub.Hub(folder, copy, config.absolute(), options.port, options.others, _say), ids, course)
    return 0


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
    """Grade the submissions to a set: student code runs in a sandbox, marks go into nbgrader's gradebook."""
    course = _course(options)
    from samarkand_grading.classroom import batch, feedback, tasks

    if options.share is not None:
        return report(tasks.work(course, options.set, options.share), "")
    trusted = options.i_trust_these_students
    if options.engine and trusted:
        raise CourseError("On other machines student code runs in a sandbox, or not at all.")
    if options.engine == "kubernetes" and (options.force or not options.out):
        raise CourseError("Kubernetes needs --out FILE, and grades only what is new or has changed.")
    elsewhere = {
        "slurm": tasks.slurm(options.tasks, force=options.force),
        "kubernetes": tasks.kubernetes(options.out, options.image, options.tasks),
    }.get(options.engine)
    summary = batch.grade(
        course, options.set, students=options.student or (), jobs=options.jobs, force=options.force,
        questions=options.question or (), trusted=trusted, elsewhere=elsewhere, say=_say,
    )  # fmt: skip
    if summary.graded or summary.unchanged:
        feedback.write(course, options.set)
    how = " WITHOUT A SANDBOX" if trusted else ""
    _say(f"{len(summary.graded)} graded{how}, {len(summary.unchanged)} as they were.")
    return report(summary.troubles, "")


def collect(options: argparse.Namespace) -> int:
    """Copy the notebooks from a download of Moodle or Canvas to the submissions to be graded."""
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


def due(options: argparse.Namespace) -> int:
    """Set the due date of a set; without a time, print it."""
    from samarkand_grading.classroom import week

    return report([], week.set_due(_course(options), options.set, options.time))


def extend(options: argparse.Namespace) -> int:
    """Give students longer for a set than the others; penalties and pages follow at once."""
    from samarkand_grading.classroom import week

    return report([], "\n".join(week.extend(_course(options), options.set, options.student, options.time)))


def excuse(options: argparse.Namespace) -> int:
    """Leave questions of a set out for students: on the page and in exports they count for nothing."""
    from samarkand_grading.classroom import week

    course, again = _course(options), options.undo
    return report(
        [], "\n".join(week.excuse(course, options.set, options.question, options.student, back=again))
    )


def restore(options: argparse.Namespace) -> int:
    """Put back a copy of the gradebook, as it was before a write; without a number, list them."""
    from samarkand_grading.classroom import week

    course = _course(options)
    return report([], week.restore(course, options.copy) if options.copy else week.list_copies(course))


def forget(options: argparse.Namespace) -> int:
    """Delete everything on a student: work, marks, pages, the row of the roster, also in copies."""
    from samarkand_grading.classroom import week

    def confirm(what: str) -> bool:
        _say(what)
        if options.yes:
            return True
        with contextlib.suppress(EOFError):
            return input("Write yes to remove them: ").strip() == "yes"
        raise CourseError("Nothing was removed: say --yes where nobody can be asked.")

    return report(
        week.forget(_course(options), options.student, confirm), f"Nothing is kept of {options.student}."
    )


def explain(options: argparse.Namespace) -> int:
    """Print the grounds for a student's marks: the value read, the rule, the reason."""
    from samarkand_grading.classroom import report, week

    course = _course(options)
    (student,) = week.known(course, [options.student])
    print(report.explain(course, options.set, student))
    return 0


def marks(options: argparse.Namespace) -> int:
    """Print how the class fared in a set; or write the marks for another system."""
    from samarkand_grading.classroom import report

    course = _course(options)
    if options.all == bool(options.set) or (
        options.all and (options.list or options.export not in (None, "csv"))
    ):
        raise CourseError("Name one set, or say --all, which only --export csv can write.")
    if not (options.all or options.export or options.list):
        print(report.grades(course, options.set))
        return 0
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # a file for another program, wherever it is written
    if options.all:
        print(report.export_all(course), end="")
        return 0
    if options.list:
        from samarkand_grading.classroom import platforms

        warn = functools.partial(print, file=sys.stderr)
        print(platforms.fill_list(course, options.set, options.list, warn), end="")
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


_SET, _STUDENT = "id or number of a set, such as ex03", "the id of a student"
_THEIRS = "Moodle's grading worksheet of the assignment, or Canvas's gradebook"


def add(verbs: Verbs) -> None:
    """Add the instructor's subcommands."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--course", type=Path, help="the nbgrader course; none: exercises/")
    common.add_argument("--secret", type=Path, help="the file with the course's secret; none: in your home")

    verb = add_verb(verbs, "release", release, "make the students' notebooks", common)
    verb.add_argument("set", nargs="*", help=f"{_SET}; none: all")
    verb.add_argument("--students", type=Path, metavar="CSV", help="the roster: a column id")
    verb.add_argument("--id", metavar="COLUMN", help="the roster's column of the ids, where two could be")
    folder = "also make what students get, as folder and zip"
    verb.add_argument("--bundle", type=Path, metavar="DIR", help=folder)
    verb.add_argument("--force", action="store_true", help="replace a bundle that is there")
    # In a checkout the author's workshop says which rules a set breaks, and stores its notebooks as run.
    verb.set_defaults(unsound=lambda *_: [], finish=lambda path: None, after=lambda: None)

    verb = add_verb(verbs, "setup", setup, "look whether a class can be graded here")
    verb.add_argument("--yes", action="store_true", help="do what is missing, as far as that can be done")

    verb = add_verb(add_group(verbs, "new"), "question", new_question, "a question of your own", common)
    verb.add_argument("set", help=_SET)
    verb.add_argument("question", help="its number, such as q6")
    for name in ("text", "kind", "answer", "points"):
        verb.add_argument(f"--{name}", help="none: it is asked")

    verb = add_verb(verbs, "hub", hub, "serve the course to a class by JupyterHub", common)
    verb.add_argument(
        "--students", required=True, metavar="N|CSV", help="how many, for a trial; or the roster"
    )
    verb.add_argument("--id", metavar="COLUMN", help="the roster's column of the ids, where two could be")
    folder = "keeps work, passwords and the hub's database; none: hub/"
    verb.add_argument("--folder", type=Path, default=Path("hub"), metavar="DIR", help=folder)
    given = "the students' copy to serve; none: one is made, or what is installed"
    verb.add_argument("--copy", type=Path, metavar="DIR", help=given)
    verb.add_argument("--config", type=Path, help="none: deploy/hub/jupyterhub_config.py")
    verb.add_argument("--port", type=int, default=8000, help="the first of three; none: 8000")
    verb.set_defaults(others=[])

    verb = add_verb(verbs, "check", check, "mark your own work", common)
    verb.add_argument("set", nargs="?", help=f"{_SET}; none: show progress")
    verb.add_argument("--notebook", type=Path, help="your notebook; none: the one in my_work/ or release/")
    verb.add_argument("--solutions", action="store_true", help="show a solution of what was tried")

    _add_marking(verbs, common)
    _add_settling(verbs, common)


def _add_marking(verbs: Verbs, common: argparse.ArgumentParser) -> None:
    """Add the subcommands that collect, mark and return work."""
    verb = add_verb(verbs, "collect", collect, "take what Moodle or Canvas hands over", common)
    verb.add_argument("set", help=_SET)
    verb.add_argument("zip", type=Path, help="the download of all submissions")
    verb.add_argument("--list", type=Path, metavar="CSV", required=True, help=_THEIRS)

    verb = add_verb(verbs, "feedback", feedback, "write the students' pages", common)
    verb.add_argument("set", help=_SET)
    verb.add_argument("--zip", type=Path, help="pack them under the names of the download")

    for name, summary in (("grade", "grade what was handed in"), ("regrade", "mark one question anew")):
        verb = add_verb(verbs, name, grade, summary, common)
        verb.add_argument("set", help=_SET)
        verb.add_argument("--student", action="append", help="only this one; may be given again")
        jobs = "how many at a time; none: as many as processors"
        verb.add_argument("--jobs", type=int, choices=range(1, 33), metavar="N", help=jobs)
        verb.add_argument("--engine", choices=("slurm", "kubernetes"), help="grade elsewhere; none: here")
        verb.add_argument("--tasks", type=int, default=1000, metavar="N", help="at most so many; none: 1000")
        verb.add_argument("--out", type=Path, metavar="FILE", help="where the job of Kubernetes is written")
        verb.add_argument("--image", default="samarkand", help="what its tasks run in; none: samarkand")
        verb.add_argument("--share", type=int, help=argparse.SUPPRESS)  # what a task is told
        rights = "run their code with your rights, unconfined"
        verb.add_argument("--i-trust-these-students", action="store_true", help=rights)
        if name == "grade":
            verb.add_argument("--force", action="store_true", help="grade also what has not changed")
            verb.set_defaults(question=())
        else:
            only = "marks of the others stay; may be given again"
            verb.add_argument("--question", action="append", required=True, help=only)
            verb.set_defaults(force=True)

    verb = add_verb(verbs, "explain", explain, "say why a mark is what it is", common)
    verb.add_argument("set", help=_SET)
    verb.add_argument("--student", required=True, help=_STUDENT)

    verb = add_verb(verbs, "marks", marks, "say how the class fared", common)
    verb.add_argument("set", nargs="?", help=_SET)
    verb.add_argument("--all", action="store_true", help="all sets as CSV, a row a student")
    systems = ("csv", "canvas", "moodle")
    verb.add_argument("--export", choices=systems, help="write the marks instead")
    verb.add_argument("--list", type=Path, metavar="CSV", help=f"fill the marks in: {_THEIRS}")


def _add_settling(verbs: Verbs, common: argparse.ArgumentParser) -> None:
    """Add the subcommands for due dates, exceptions, copies and deleted students."""
    verb = add_verb(verbs, "due", due, "say until when a set may be handed in", common)
    verb.add_argument("set", help=_SET)
    verb.add_argument("time", nargs="?", help='such as "2026-12-01 18:00 +01:00", or never; none: print it')

    verb = add_verb(verbs, "extend", extend, "give a student longer", common)
    verb.add_argument("set", help=_SET)
    verb.add_argument("time", help="after the due date, such as +2d or +36h; or a day, a time and a zone")
    verb.add_argument("--student", action="append", required=True, help=f"{_STUDENT}; may be given again")

    verb = add_verb(verbs, "excuse", excuse, "leave questions out for a student", common)
    verb.add_argument("set", help=_SET)
    verb.add_argument("question", nargs="+", help="such as q3, or w1")
    verb.add_argument("--student", action="append", required=True, help=f"{_STUDENT}; may be given again")
    verb.add_argument("--undo", action="store_true", help="let them count again")

    verb = add_verb(verbs, "restore", restore, "put a copy of the gradebook back", common)
    verb.add_argument("copy", nargs="?", type=int, help="its number; none: list the copies")

    verb = add_verb(verbs, "forget", forget, "remove all that is kept of a student", common)
    verb.add_argument("--student", required=True, help=_STUDENT)
    verb.add_argument("--yes", action="store_true", help="do not ask")
