"""The instructor's subcommands of ``samarkand``: ``verbs.toml`` lists them and their options.

A verb that calls one function with its options needs no code here; `_RUN` has the functions of all others.
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
    from collections.abc import Callable, Sequence

    from samarkand.cli import Verbs
    from samarkand_grading.classroom.course import Course


def release_sets(options: argparse.Namespace) -> int:
    """Make the students' notebooks of the sets; enter the class; make the students' copy."""
    course = open_course(options)
    from samarkand_grading.classroom import dealing, release, rosters
    from samarkand_grading.marking import checks

    students = rosters.read_class(options.students, options.id) if options.students else None
    if options.bundle:
        release.need_place_for_bundle(options.bundle, force=options.force)
    names = options.set or checks.list_sets(course.check_folder)
    prepares_class = bool(students or options.bundle)
    with course.work_alone():
        # Who prepares a class and names no set changes no set.
        always = bool(options.set) or not prepares_class
        release.release_sets(course, names, options.unsound, options.finish, always=always)
        not_on_roster = rosters.enter_students(course, students) if students else []
        if options.bundle:
            print(release.bundle_course(course, options.bundle, students=students or (), force=options.force))
        elif students:
            dealing.note_late(course, students)
    if options.course is None:
        options.after()
    if not not_on_roster:
        return report([], "")
    names_of_others = ", ".join(not_on_roster)
    return report(
        [f"In the gradebook, and not on the roster: {names_of_others} (samarkand forget --student)."], ""
    )


def write_question(options: argparse.Namespace) -> int:
    """Write a question of your own, which counts like the others of its set; ask for missing options."""
    course = open_course(options)
    from samarkand_grading.classroom import gradebook, own_questions

    def get_option(name: str, words: str) -> str:
        """Return an option, or else what is typed after these words."""
        value: str | None = getattr(options, name)
        if value is not None:
            return value
        return ask_for_line(f"{words}: ", f"Nothing was written: say --{name}")

    exercise = course.exercise(options.set)
    gradebook.need_ungraded(course.gradebook, exercise.id)
    path = course.own(exercise.id) / f"{options.question}.py"
    own_questions.begin_question(path, exercise, get_option)
    return report([], f"{path} is yours to change. samarkand release {exercise.id} gives the question out.")


def serve_hub(options: argparse.Namespace) -> int:
    """Serve the course to a class from this machine by JupyterHub, until Ctrl-C."""
    from samarkand_grading.classroom import rosters
    from samarkand_grading.classroom.course import Course
    from samarkand_grading.classroom.hub import addresses, serving, sign_in, warm_up

    if options.back_up or options.put_back:
        return keep_hub(options)
    if options.students is None:
        text = "Say for whom: --students 1 tries it alone, --students roster.csv is for a class."
        raise CourseError(text, code="option missing", option="--students")
    if options.sign_in:
        sign_in.read_settings(options.sign_in)  # what is missing is said before anything starts
    warm_at = warm_up.read_time(options.warm) if options.warm else None
    own = addresses.read_addresses(options.addresses_below) if options.addresses_below else None
    folder = options.folder.absolute()
    secret = options.secret
    is_trial = options.students.isdecimal()
    if is_trial:
        ids = [f"student{number:02d}" for number in range(1, int(options.students) + 1)]
        sections = {}
        # A trial draws numbers of its own, and leaves the class's secret alone.
        secret = secret or folder / "secret"
    else:
        ids = list(rosters.read_class(Path(options.students), options.id))
        sections = rosters.read_sections(Path(options.students), options.id)
    course = None
    if options.copy is None and not home.installed_apart():
        course = Course(options.course, secret)
    settings = f"{options.sign_in}.py" if options.sign_in else "jupyterhub_config.py"
    config = options.config or home.ROOT / "deploy" / "hub" / settings
    serving.serve_class(
        ids,
        course,
        folder=folder,
        copy=options.copy and options.copy.absolute(),
        config=config.absolute(),
        port=options.port,
        network=options.network,
        may_be_alone=options.students == "1",
        warm_at=warm_at,
        addresses=own,
        sections=sections,
        others=options.others,
    )
    return 0


def keep_hub(options: argparse.Namespace) -> int:
    """Back up a hub's folder, or put one back."""
    from samarkand_grading.classroom.hub import backup

    if options.back_up and options.put_back:
        text = "Either --back-up or --put-back, one after the other."
        raise CourseError(text, code="options exclude", options=["--back-up", "--put-back"])
    folder = options.folder.absolute()
    if options.put_back:
        count = backup.put_back(options.put_back, folder)
        return report([], f"{count} students' folders were put back into {folder}. Start the hub as before.")
    done = backup.back_up(folder, options.back_up)
    told = (
        f"{options.back_up} has {done.files} files of {done.students} students. It holds passwords: keep it."
    )
    left = []
    for path in done.left_out[: backup.NAMED]:
        shown = "".join(sign if sign.isprintable() else "?" for sign in path)
        left.append(f"Left out, since it is no plain file, or too deep or too much: {shown}.")
    if len(done.left_out) > backup.NAMED:
        left.append(f"Left out: {len(done.left_out) - backup.NAMED} more.")
    return report([], "\n".join([told, *left]))


def grade_set(options: argparse.Namespace) -> int:
    """Grade the submissions to a set: student code runs in a sandbox, marks go into nbgrader's gradebook."""
    course = open_course(options)
    from samarkand_grading.classroom import batch
    from samarkand_grading.classroom import report as reports

    trusted = options.i_trust_these_students
    summary = batch.grade_class(
        course,
        options.set,
        students=options.student or (),
        jobs=options.jobs,
        force=options.force,
        questions=options.question or (),
        trusted=trusted,
        run_on=[split_words(command) for command in options.run_on or ()],
    )
    impossible: list[str] = []
    if summary.graded or summary.unchanged:
        reports.write_pages(course, options.set)
        for row in reports.read_results(course, course.exercise(options.set)):
            impossible += row.impossible
    how = " WITHOUT A SANDBOX" if trusted else ""
    print(f"{len(summary.graded)} graded{how}, {len(summary.unchanged)} as they were.")
    if options.question:
        changed = f"Other marks: {', '.join(summary.changed)}." if summary.changed else "No mark has changed."
        print(changed)
    return report([*map(str, summary.troubles), *impossible], "")


def regrade_set(options: argparse.Namespace) -> int:
    """Mark questions of a set anew, once a check is corrected; marks given by hand stay as they are."""
    return grade_set(options)


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
        raise CourseError(f"--run-on {command}: {problem}.", code="no words", given=command) from None
    if not words:
        text = '--run-on needs a command that reaches another machine, such as "ssh node7".'
        raise CourseError(text, code="no words", given=command)
    return words


def describe_sandbox(options: argparse.Namespace) -> int:
    """Say how students' code is confined on this machine, and in which versions of course and libraries."""
    from samarkand_grading.sandbox import engines, serving, versions
    from samarkand_grading.sandbox.box import Sandbox

    if options.serve:
        return serving.serve_sandbox()
    with Sandbox():
        engine = engines.find_engine()[0]
    listed = ", ".join(f"{name} {version}" for name, version in versions.list_versions().items())
    return report([], f"Students' code is confined here by {engine}. Versions: {listed}.")


def forget_student(options: argparse.Namespace) -> int:
    """Delete everything on a student: work, marks, pages, the row of the roster, also in copies."""
    from samarkand_grading.classroom import deadlines

    def confirm_removal(what: str) -> bool:
        print(what)
        if options.yes:
            return True
        answer = ask_for_line("Write yes to remove them: ", "Nothing was removed: say --yes")
        return answer.strip() == "yes"

    left = deadlines.forget_student(open_course(options), options.student, confirm_removal)
    return report(left, f"Nothing is kept of {options.student}.")


def show_marks(options: argparse.Namespace) -> int:
    """Print how the class fared in a set; or write the marks for another system."""
    from samarkand_grading.classroom import report as reports

    course = open_course(options)
    name = options.set
    needs_one_set = options.list or options.export not in (None, "csv")
    if options.all == bool(name) or (options.all and needs_one_set):
        text = "Name one set, or say --all, which only --export csv can write."
        raise CourseError(text, code="options exclude", options=["SET", "--all"])
    if options.mistakes and (options.all or options.export or options.list):
        text = "--mistakes is of one set, and goes with no other option."
        raise CourseError(text, code="options exclude", options=["--mistakes"])
    if options.compare:
        if options.all or options.export or options.list or options.mistakes:
            text = "--compare is of two sets, and goes with no other option."
            raise CourseError(text, code="options exclude", options=["--compare"])
        from samarkand_grading.classroom import comparison

        return report([], comparison.describe_gain(course, options.compare, name))
    if options.mistakes:
        return report([], reports.count_mistakes(course, name))
    if not (options.all or options.export or options.list):
        return report([], reports.sum_up(course, name))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # a file for another program, wherever it is written
    if options.all:
        print(reports.export_all(course), end="")
    else:
        export_set(course, options)
    return 0


def export_set(course: Course, options: argparse.Namespace) -> None:
    """Print the marks of one set for another system; on the errors, say what is odd or still open."""
    from samarkand_grading.classroom import platforms
    from samarkand_grading.classroom import report as reports

    if options.list:
        print(platforms.fill_list(course, options.set, options.list, options.id), end="")
    else:
        print(reports.export_marks(course, options.set, options.export), end="")
    waiting = []
    for row in reports.read_results(course, course.exercise(options.set)):
        for sentence in row.impossible:
            print(sentence, file=sys.stderr)
        if row.open:
            waiting.append(row.student)
    if waiting:
        print(f"Empty until a person has marked written answers: {', '.join(waiting)}.", file=sys.stderr)


def ask_for_line(question: str, otherwise: str) -> str:
    """Return what is typed; `CourseError` says what to do where nobody types."""
    with contextlib.suppress(EOFError):
        return input(question)
    raise CourseError(f"{otherwise} where nobody can be asked.", code="nobody to ask")


def call_function(where: str, names: Sequence[str], options: argparse.Namespace) -> int:
    """Call a function of a class, ``module.function``, with the course and the options `names`.

    It returns the text to print, or sentences on what went wrong.
    """
    module_name, _, function_name = where.partition(".")
    module = importlib.import_module(f"samarkand_grading.classroom.{module_name}")
    function = getattr(module, function_name)
    course = open_course(options, only_reads=module_name == "selfstudy")
    result = function(course, *(getattr(options, name) for name in names))
    if isinstance(result, str):
        return report([], result)
    return report(result, "")


def open_course(options: argparse.Namespace, *, only_reads: bool = False) -> Course:
    """Return the course that the options name, or the one of this checkout.

    The wheel holds the exercises as well: marking one's own work `only_reads` them. A class is kept in its
    course's folder, and among installed packages it would be lost with the next version.
    """
    from samarkand_grading.classroom.course import Course

    if options.course is None and not only_reads:
        home.need_checkout("the exercises")
    return Course(options.course, options.secret)


#: The functions of the verbs that call no function of `classroom` by themselves.
_RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "release": release_sets,
    "new question": write_question,
    "hub": serve_hub,
    "grade": grade_set,
    "regrade": regrade_set,
    "sandbox": describe_sandbox,
    "forget": forget_student,
    "marks": show_marks,
}
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
    table["regrade"] = {**table["grade"], **table["regrade"]}
    del table["regrade"]["--force"]
    for name, entry in table.items():
        add_verb_of_table(verbs, name, entry, common)


def add_verb_of_table(
    verbs: Verbs, name: str, entry: dict[str, Any], common: dict[str, dict[str, Any]]
) -> None:
    """Add one verb of ``verbs.toml``.

    Parameters
    ----------
    verbs : subparsers
        The verbs of the command.
    name : str
        The verb, after its group if it has one.
    entry : dict
        Its table: `summary`, `calls`, `description`, and the options by their names.
    common : dict
        What holds of options with these names in any verb.
    """
    options = dict(entry)
    summary = options.pop("summary", "")
    calls = options.pop("calls", "")
    description = options.pop("description", "")
    if calls:
        names = [option.removeprefix("--") for option in options]
        run: Any = functools.partial(call_function, calls, names)
        run.__doc__ = description
    else:
        run = _RUN[name]
    group, _, kind = name.rpartition(" ")
    verb = add_verb(add_group(verbs, group) if group else verbs, kind, run, summary)
    verb.set_defaults(**_FIXED.get(name, {}))
    if name != "sandbox":
        options = {"--course": {}, "--secret": {}} | options
    for option, words in options.items():
        arguments = common.get(option, {}) | words
        if "type" in arguments:
            arguments["type"] = _TYPES[arguments["type"]]
        verb.add_argument(option, **arguments)
