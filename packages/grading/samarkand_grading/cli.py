"""The instructor's subcommands of ``samarkand``: ``verbs.toml`` lists them and their options.

A verb that calls one function with its options needs no code here.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import importlib
import io
import shlex
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samarkand.cli import add_group, add_verb, report
from samarkand.common import home
from samarkand.common.errors import CourseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from samarkand.cli import Verbs
    from samarkand_grading.classroom.course import Course


def release(options: argparse.Namespace) -> int:
    """Make the students' notebooks of the sets; enter the class; make the students' copy."""
    course = _course(options)
    from samarkand_grading.classroom import release as making
    from samarkand_grading.classroom import rosters
    from samarkand_grading.marking import checks

    students = rosters.read_class(options.students, options.id) if options.students else None
    if options.bundle:
        making.may_bundle(options.bundle, force=options.force)
    names = options.set or checks.list_sets(course.check_folder)
    always = bool(options.set) or not (students or options.bundle)  # who prepares a class changes no set
    with course.work_alone():
        making.make(course, names, options.unsound, options.finish, always=always)
        others = rosters.enter(course, students) if students else []
        if options.bundle:
            print(making.bundle(course, options.bundle, students=students or (), force=options.force))
    if options.course is None:
        options.after()
    gone = f"In the gradebook, and not on the roster: {', '.join(others)} (samarkand forget --student)."
    return report([gone] if others else [], "")


def new_question(options: argparse.Namespace) -> int:
    """Write a question of your own, which counts like the others of its set; ask for missing options."""
    course = _course(options)
    from samarkand_grading.classroom import gradebook, own_questions

    def ask(name: str, words: str) -> str:
        given: str | None = getattr(options, name)
        return _ask(f"{words}: ", f"Nothing was written: say --{name}") if given is None else given

    found = course.exercise(options.set)
    gradebook.need_ungraded(course.gradebook, found.id)
    path = course.own(found.id) / f"{options.question}.py"
    own_questions.begin(path, found, ask)
    return report([], f"{path} is yours to change. samarkand release {found.id} gives the question out.")


def hub(options: argparse.Namespace) -> int:
    """Serve the course to a class from this machine by JupyterHub, until Ctrl-C."""
    from samarkand_grading.classroom import rosters
    from samarkand_grading.classroom.course import Course
    from samarkand_grading.classroom.hub import serving

    trial, folder, course = options.students.isdecimal(), options.folder.absolute(), None
    if trial:
        ids = [f"student{n:02d}" for n in range(1, int(options.students) + 1)]
    else:
        ids = list(rosters.read_class(Path(options.students), options.id))
    if options.copy is None and not home.installed_apart():
        # A trial draws numbers of its own, and leaves the class's secret alone.
        course = Course(options.course, options.secret or (folder / "secret" if trial else None))
    config = options.config or home.ROOT / "deploy" / "hub" / "jupyterhub_config.py"
    copy = options.copy and options.copy.absolute()
    serving.serve(
        ids, course, folder=folder, copy=copy, config=config.absolute(), port=options.port,
        network=options.network, may_be_alone=options.students == "1", others=options.others,
    )  # fmt: skip
    return 0


def grade(options: argparse.Namespace) -> int:
    """Grade the submissions to a set: student code runs in a sandbox, marks go into nbgrader's gradebook."""
    course = _course(options)
    from samarkand_grading.classroom import batch
    from samarkand_grading.classroom import report as reports

    trusted = options.i_trust_these_students
    run_on = [split_words(words) for words in options.run_on or ()]
    summary = batch.grade(
        course, options.set, students=options.student or (), jobs=options.jobs, force=options.force,
        questions=options.question or (), trusted=trusted, run_on=run_on,
    )  # fmt: skip
    if summary.graded or summary.unchanged:
        reports.write_pages(course, options.set)
        for row in reports.read_results(course, course.exercise(options.set)):
            summary.troubles += row.impossible
    how = " WITHOUT A SANDBOX" if trusted else ""
    print(f"{len(summary.graded)} graded{how}, {len(summary.unchanged)} as they were.")
    return report(summary.troubles, "")


def split_words(command: str) -> list[str]:
    """Return the words of a command, as a shell splits them; `CourseError` if there are none.

    Examples
    --------
    >>> split_words("ssh -p 2222 'node 7'")
    ['ssh', '-p', '2222', 'node 7']
    """
    try:
        words = shlex.split(command)
    except ValueError as problem:
        raise CourseError(f"--run-on {command}: {problem}.") from None
    if not words:
        raise CourseError('--run-on needs a command that reaches another machine, such as "ssh node7".')
    return words


def sandbox(options: argparse.Namespace) -> int:
    """Say how students' code is confined on this machine, and in which versions of course and libraries."""
    from samarkand_grading.sandbox import engines, serving, versions
    from samarkand_grading.sandbox.box import Sandbox

    if options.serve:
        return serving.serve()
    with Sandbox():
        engine = engines.find_engine()[0]
    own = ", ".join(f"{name} {version}" for name, version in versions.list_versions().items())
    return report([], f"Students' code is confined here by {engine}. Versions: {own}.")


def forget(options: argparse.Namespace) -> int:
    """Delete everything on a student: work, marks, pages, the row of the roster, also in copies."""
    from samarkand_grading.classroom import deadlines

    def confirm(what: str) -> bool:
        print(what)
        question, why = "Write yes to remove them: ", "Nothing was removed: say --yes"
        return options.yes or _ask(question, why).strip() == "yes"

    left = deadlines.forget(_course(options), options.student, confirm)
    return report(left, f"Nothing is kept of {options.student}.")


def marks(options: argparse.Namespace) -> int:
    """Print how the class fared in a set; or write the marks for another system."""
    from samarkand_grading.classroom import platforms
    from samarkand_grading.classroom import report as reports

    course, name = _course(options), options.set
    if options.all == bool(name) or (options.all and (options.list or options.export not in (None, "csv"))):
        raise CourseError("Name one set, or say --all, which only --export csv can write.")
    if not (options.all or options.export or options.list):
        return report([], reports.sum_up(course, name))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # a file for another program, wherever it is written
    if options.all:
        print(reports.export_all(course), end="")
        return 0
    if options.list:
        print(platforms.fill_list(course, name, options.list, options.id), end="")
    else:
        print(reports.export(course, name, options.export), end="")
    found = reports.read_results(course, course.exercise(name))
    for row in found:
        for sentence in row.impossible:
            print(sentence, file=sys.stderr)
    if waiting := [row.student for row in found if row.open]:
        print(f"Empty until a person has marked written answers: {', '.join(waiting)}.", file=sys.stderr)
    return 0


def _ask(question: str, otherwise: str) -> str:
    """Return what is typed; `CourseError` says what to do where nobody types."""
    with contextlib.suppress(EOFError):
        return input(question)
    raise CourseError(f"{otherwise} where nobody can be asked.")


def _call(where: str, names: Sequence[str], options: argparse.Namespace) -> int:
    """Call a function of a class, ``module.function``, with the course and the options `names`.

    It returns the text to print, or sentences on what went wrong.
    """
    module, _, function = where.partition(".")
    package = importlib.import_module(f"samarkand_grading.classroom.{module}")
    done = getattr(package, function)(_course(options), *(getattr(options, name) for name in names))
    return report([], done) if isinstance(done, str) else report(done, "")


def _course(options: argparse.Namespace) -> Course:
    from samarkand_grading.classroom.course import Course

    if options.course is None:
        home.need_checkout("the exercises")
    return Course(options.course, options.secret)


#: The options of each verb that nobody types. In a checkout the author's tools say which rules a set
#: breaks, and store its notebooks as run.
_FIXED: dict[str, dict[str, Any]] = {
    "release": {"unsound": lambda *_: [], "finish": lambda path: None, "after": lambda: None},
    "hub": {"others": []},
    "grade": {"question": ()},
    "regrade": {"force": True},
}
_TYPES = {"Path": Path, "int": int}


def add(verbs: Verbs) -> None:
    """Add the instructor's subcommands."""
    table = tomllib.loads(Path(__file__).with_name("verbs.toml").read_text(encoding="utf-8"))
    common = table.pop("common")
    course = dict[str, dict[str, Any]]({"--course": {}, "--secret": {}})
    table["regrade"] = {**table["grade"], **table["regrade"]}
    del table["regrade"]["--force"]
    for name, options in table.items():
        group, _, kind = name.rpartition(" ")
        summary, calls, description = (options.pop(key, "") for key in ("summary", "calls", "description"))
        run: Any = globals().get("grade" if name == "regrade" else name.replace(" ", "_"))
        if calls:
            run = functools.partial(_call, calls, [option.removeprefix("--") for option in options])
            run.__doc__ = description
        verb = add_verb(add_group(verbs, group) if group else verbs, kind, run, summary)
        verb.set_defaults(**_FIXED.get(name, {}))
        of_a_course = {} if name == "sandbox" else course
        for option, how in (of_a_course | options).items():
            words = common.get(option, {}) | how
            verb.add_argument(option, **words | ({"type": _TYPES[words["type"]]} if "type" in words else {}))
