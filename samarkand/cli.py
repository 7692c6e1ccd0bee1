"""The ``samarkand`` command: thin, one function a verb, over the wings that do the work."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from samarkand import __version__
from samarkand.ground import home
from samarkand.ground.errors import CourseError, unknown

if TYPE_CHECKING:
    from samarkand.grading.classroom.course import Course
    from samarkand.grading.marking.checks import ExerciseSet

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]
Parser = argparse.ArgumentParser


def start(options: argparse.Namespace) -> int:
    """Open JupyterLab on your own copies of the lessons; other options are JupyterLab's."""
    from samarkand.lab import opening

    opening.start(options.others, say=lambda line: print(line, flush=True))


def hand_out(options: argparse.Namespace) -> int:
    """Put your own copies of the lessons and sets into my_work, or renew those nobody has worked in."""
    from samarkand.lab import copies

    done = copies.hand_out(options.folder and options.folder.absolute() / "my_work")
    return _report([], "\n".join(done) or "Nothing to do: every copy is there, and of today's course.")


def fresh(options: argparse.Namespace) -> int:
    """Put a fresh copy of a lesson or set in the place of yours, which is kept."""
    from samarkand.lab import copies

    print(copies.fresh(options.name))
    return 0


def log(options: argparse.Namespace) -> int:
    """Print your own log as CSV, or write it into a file: what you answered on which day, right or wrong."""
    from samarkand.ground import files
    from samarkand.ground import log as own

    if options.file is None:
        print(own.exported(), end="")
        return 0
    if options.file.exists():
        raise CourseError(f"{options.file} is there already, and stays as it is. Name another file.")
    files.write_whole(options.file, own.exported().encode())
    return _report([], f"Your log is in {options.file}. Nobody else has it unless you give it away.")


def build(options: argparse.Namespace) -> int:
    """Run the lessons and store them; with ``--check`` run nothing, and say what is not as it must be."""
    home.need_checkout("the sources of the lessons")
    from samarkand.course import build as builder
    from samarkand.course import facts, lessons, rules_of_lessons

    paths = lessons.paths(options.lesson)
    if not paths:
        raise CourseError(f"There is no notebook in {lessons.NOTEBOOKS}.")
    if options.check:
        wrong = [
            f"{path.name}: {sentence}"
            for path in paths
            for sentence in (*builder.check(path), *rules_of_lessons.broken(lessons.read(path)))
        ]
        return _report(wrong, f"{len(paths)} notebooks are in normal form and keep the rules of a lesson.")
    if options.language:
        return _build_in(options.language, paths)
    problems = []
    for path, outcome in builder.build_all(paths, draft=options.draft):
        if isinstance(outcome, CourseError):
            problems.append(str(outcome))
        else:
            print(f"{path.name}: {'stored anew' if outcome else 'as it was'}", flush=True)
    if options.facts and not problems:
        for path in paths:
            print(f"{path.name}: {facts.store(path)}", flush=True)
    if not problems:
        _renew_pages()
    return _report(problems, "")


def _renew_pages() -> None:
    """Make anew what is made from lessons and sets, and say what has changed."""
    from samarkand.course import readme, reference

    if readme.renew():
        print("README.md: the table of lessons is made anew.")
    if reference.renew():
        print("docs/python.md: what the lessons use of Python is made anew.")


def test(options: argparse.Namespace) -> int:
    """Judge what has changed, or the files named, by the tests that stand on it; ``--watch`` at each save."""
    from samarkand.course import changes

    paths = changes.named(options.path)
    if options.watch:
        changes.watch(lambda line: print(line, flush=True), paths)
    return 0 if changes.judge(paths or changes.changed(), lambda line: print(line, flush=True)) else 1


def _build_in(language: str, paths: Sequence[Path]) -> int:
    """Run lessons in another language; the notebooks go where nothing is kept."""
    from tempfile import TemporaryDirectory

    from samarkand.course import lessons, translation

    for path in paths:
        with TemporaryDirectory() as work:
            made = translation.store(lessons.read(path), language, Path(work))
        print(made.relative_to(home.ROOT), flush=True)
    return 0


def messages(options: argparse.Namespace) -> int:
    """Write the template of the catalogues: each text of the package that is to be translated."""
    home.need_checkout("the catalogues")
    from samarkand.course import messages as catalogue

    if faults := list(catalogue.faults()):
        return _report(faults, "")
    print(f"{catalogue.store()} messages in {catalogue.TEMPLATE.relative_to(home.ROOT)}")
    return 0


def renew(options: argparse.Namespace) -> int:
    """Make anew what follows from a changed table: lessons, their records, sets; say what has changed."""
    home.need_checkout("the records")
    from samarkand.course import build as builder
    from samarkand.course import facts, lessons, tables, tied, uses

    known = tables.names()
    if strange := [name for name in options.table if name not in known]:
        raise unknown("table", strange[0], known)
    if problems := [str(problem) for problem in tables.check()]:
        return _report(problems, "")
    changes = tables.changes()
    for name, rows in changes.items():
        print(f"{name}: {', '.join(rows)}", flush=True)
    changed = {*changes, *options.table}
    if not changed:
        return _report([], "No table has changed since it was recorded. Name one to make anew what uses it.")
    exercises = home.ROOT / "exercises"
    sets = sorted(exercises.glob("source/*/*.ipynb"))
    used = uses.users([*lessons.paths(), *sets], changed)
    told = ", ".join(path.stem for path in used) or "no lesson and no set"
    print(f"{', '.join(sorted(changed))}: used by {told}", flush=True)
    shown = [path for path in used if path.parent == lessons.NOTEBOOKS]
    if untrue := [f"{path.name}: {sentence}" for path in shown for sentence in tied.broken(path)]:
        return _report(untrue, "")  # all that is to be written anew is named before anything is stored
    for path in shown:
        anew = builder.build(path, hold_to=builder.unsound)
        print(f"{path.name}: {'stored anew' if anew else 'as it was'}; {facts.store(path)}", flush=True)
    names = [path.stem for path in used if path in sets]
    if names:
        _release(_course(options), names)
    _renew_pages()
    print(tables.store())
    return 0


def data_check(options: argparse.Namespace) -> int:
    """Hold the course's tables to their schema and to one another."""
    from samarkand.course import tables

    return _report([str(p) for p in tables.check(options.path)], "The tables are as their schema says.")


def release(options: argparse.Namespace) -> int:
    """Let nbgrader make the students' notebooks of the sets, and store both kinds as they look when run."""
    course = _course(options)
    from samarkand.grading.classroom import release as wing
    from samarkand.grading.marking import checks
    from samarkand.ground import files

    students = wing.read_roster(options.students) if options.students else None
    names = options.set or checks.available(course.check_folder)
    if options.bundle:
        wing.may_bundle(options.bundle, force=options.force)
    with files.alone(course.root):
        _release(course, names)
        others = wing.enter(course, students) if students else []
        if options.bundle:
            print(wing.bundle(course, options.bundle, students=students, force=options.force))
    if options.course is None:
        _renew_pages()
    gone = f"In the gradebook, and not on the roster: {', '.join(others)} (nbgrader db student remove)."
    return _report([gone] if others else [], "")


def _unsound(course: Course, found: ExerciseSet) -> list[str]:
    """Say where the source of a set breaks a rule, and which of its words are not what they are tied to."""
    from samarkand.course import lessons, rules_of_sets, tied

    path = course.check_folder / "words.json"
    words = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    source = course.notebook("source", found.id)
    untrue = tied.of_set(source, words[found.id], {"exercise": found}) if found.id in words else []
    return [*rules_of_sets.broken(lessons.read(source)), *untrue]


def _release(course: Course, names: Sequence[str]) -> None:
    """Release sets, and store their notebooks as they look when run."""
    from samarkand.course import build
    from samarkand.grading.classroom import release as wing

    sets = [course.exercise(name) for name in names]
    if wrong := [f"{found.id}: {sentence}" for found in sets for sentence in _unsound(course, found)]:
        raise CourseError("\n".join(wrong))
    course.same_secret()
    course.seed(create=True)
    course.remember_secret()
    for found in sets:
        folder = wing.generate(course, found)
        for stage in ("source", "release"):
            build.build(course.notebook(stage, folder.name))
        print(f"released {folder}", flush=True)


def new(options: argparse.Namespace) -> int:
    """Begin something new from a template that runs as it stands and says what to write where."""
    home.need_checkout("the lessons")
    from samarkand.course import build as builder
    from samarkand.course import facts, lessons, skeletons

    plan = options.plan(skeletons, options)
    for path in skeletons.kept(plan):
        print(f"{path.relative_to(home.ROOT)} is there already, and is kept.", flush=True)
    notebooks = [path for path in plan if path.parent == lessons.NOTEBOOKS]
    sets = [path.stem for path in plan if path.parent == skeletons.EXERCISES / "checks"]
    released = [skeletons.EXERCISES / "release" / name / f"{name}.ipynb" for name in sets]
    results = [*(facts.path_of(path) for path in notebooks), *released]
    if sets and find_spec("nbgrader") is None:
        raise CourseError("A set is released by nbgrader, which is not here: python3 start.py test adds it.")
    with skeletons.placed(plan, *results):
        if sets:
            _release(_course(options), sets)  # first: the lesson leads to it
        for path in notebooks:
            builder.build(path, hold_to=builder.unsound)
            facts.store(path)
        for path in (*plan, *results):
            print(path.relative_to(home.ROOT))
    _renew_pages()
    return 0


def preview(options: argparse.Namespace) -> int:
    """Show what a student gets of a set."""
    course = _course(options)
    from samarkand.grading.classroom import selfstudy

    print(selfstudy.preview(course, options.set, options.student, answers=options.answers))
    return 0


def check(options: argparse.Namespace) -> int:
    """Mark your own work on a set, question by question; without a set, show how far you are in all."""
    course = _course(options)
    from samarkand.grading.classroom import selfstudy

    if options.set is None:
        print(selfstudy.progress(course))
        return 0
    result = selfstudy.check(course, options.set, options.notebook)
    print(selfstudy.told(course, result, solutions=options.solutions))
    return 0


def grade(options: argparse.Namespace) -> int:
    """Grade what was handed in: student code runs in a sandbox, marks go into nbgrader's gradebook."""
    course = _course(options)
    from samarkand.grading.classroom import batch, feedback

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
    return _report(summary.troubles, "")


def explain(options: argparse.Namespace) -> int:
    """Print why a student's marks are what they are: the value read, the rule, the reason."""
    from samarkand.grading.classroom import report

    print(report.explain(_course(options), options.set, options.student))
    return 0


def marks(options: argparse.Namespace) -> int:
    """Print how the class fared in a set; or write the marks for another system."""
    from samarkand.grading.classroom import report

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
    from samarkand.grading.classroom.course import Course

    if options.course is None:
        home.need_checkout("the exercises")
    return Course(options.course, options.secret)


def _verb(
    verbs: Verbs, name: str, run: Callable[[argparse.Namespace], int], told: str, *common: Parser
) -> Parser:
    """Add a verb that a function runs; its docstring describes it."""
    verb = verbs.add_parser(name, parents=common, help=told, description=run.__doc__)
    verb.set_defaults(run=run)
    return verb


def _new_verbs(verbs: Verbs) -> None:
    """Add what an author begins."""
    kinds = verbs.add_parser(
        "new", help="begin a lesson, a set, a map, an explorer", description=new.__doc__
    ).add_subparsers(metavar="kind", required=True)
    kind = kinds.add_parser("lesson", help="a lesson with practice, map, explorer and set")
    kind.add_argument("subject", help="the word of its subject, such as roads")
    kind.add_argument("--number", required=True, help="two digits, such as 06")
    kind.add_argument("--title", required=True)
    kind.add_argument("--question", required=True, help="what the lesson asks, one sentence")
    kind.set_defaults(plan=lambda skeletons, o: skeletons.lesson(o.subject, o.number, o.title, o.question))
    kind = kinds.add_parser("exercise", help="the set of a lesson that has none")
    kind.add_argument("lesson", help="number or name of the lesson")
    kind.set_defaults(plan=lambda skeletons, o: skeletons.exercise(o.lesson))
    kind = kinds.add_parser("map", help="the map of a subject")
    kind.add_argument("subject", help="the word of its subject, such as roads")
    kind.set_defaults(plan=lambda skeletons, o: skeletons.module("maps", o.subject))
    kind = kinds.add_parser("explorer", help="the explorer of a subject")
    kind.add_argument("subject", help="the word of its subject, such as roads")
    kind.set_defaults(plan=lambda skeletons, o: skeletons.module("explore", o.subject))
    for kind in kinds.choices.values():
        kind.add_argument("--secret", type=Path, help="the file with the course's secret; none: in your home")
        kind.set_defaults(run=new, course=None)


def _grading_verbs(verbs: Verbs) -> None:
    """Add what an instructor does."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--course", type=Path, help="the nbgrader course; none: exercises/")
    common.add_argument("--secret", type=Path, help="the file with the course's secret; none: in your home")

    verb = _verb(verbs, "release", release, "make the students' notebooks", common)
    verb.add_argument("set", nargs="*", help="id or number of a set, such as ex03; none: all")
    verb.add_argument("--students", type=Path, metavar="CSV", help="the roster: a column id")
    verb.add_argument(
        "--bundle", type=Path, metavar="DIR", help="also make what students get, as folder and zip"
    )
    verb.add_argument("--force", action="store_true", help="replace a bundle that is there")

    verb = _verb(verbs, "preview", preview, "show what a student gets of a set", common)
    verb.add_argument("set", help="id or number of a set")
    verb.add_argument("--student", required=True)
    verb.add_argument("--answers", action="store_true", help="show the expected values too")

    verb = _verb(verbs, "check", check, "mark your own work", common)
    verb.add_argument("set", nargs="?", help="id or number of a set; none: show progress")
    verb.add_argument("--notebook", type=Path, help="your notebook; none: the one in my_work/ or release/")
    verb.add_argument("--solutions", action="store_true", help="show a solution of what was tried")

    verb = _verb(verbs, "grade", grade, "grade what was handed in", common)
    verb.add_argument("set", help="id or number of a set, such as ex03")
    verb.add_argument("--student", action="append", help="only this one; may be given again")
    verb.add_argument(
        "--jobs", type=_count, help="how many submissions at a time; as many as processors if not given"
    )
    verb.add_argument("--force", action="store_true", help="grade also what has not changed")
    verb.add_argument(
        "--i-trust-these-students", action="store_true", help="run their code with your rights, unconfined"
    )

    verb = _verb(verbs, "explain", explain, "say why a mark is what it is", common)
    verb.add_argument("set", help="id or number of a set")
    verb.add_argument("--student", required=True)

    verb = _verb(verbs, "marks", marks, "say how the class fared", common)
    verb.add_argument("set", help="id or number of a set")
    verb.add_argument(
        "--export", choices=("csv", "canvas", "moodle", "nbgrader"), help="write the marks instead"
    )


def data_record(options: argparse.Namespace) -> int:
    """Record anew what the tables hold, after a change that was meant; review the diff."""
    from samarkand.course import tables

    home.need_checkout("the records")
    problems = [str(p) for p in tables.check()]
    if not problems:
        print(tables.store())
    return _report(problems, "")


def _report(problems: Sequence[str], fine: str) -> int:
    """Print what is wrong, or that nothing is; return the exit status."""
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems and fine:
        print(fine)
    return 1 if problems else 0


def parser() -> Parser:
    """Return the command's parser; each verb's function is its default for ``run``."""
    top = argparse.ArgumentParser(
        prog="samarkand", description="Build and check the course Samarkand 2022: reading a summit with data."
    )
    top.add_argument("--version", action="version", version=f"samarkand {__version__}")
    verbs = top.add_subparsers(metavar="verb", required=True)

    _verb(verbs, "start", start, "open JupyterLab on your copies").set_defaults(others=[])
    verb = _verb(verbs, "lessons", hand_out, "put your copies into my_work, and open nothing")
    verb.add_argument(
        "folder", nargs="?", type=Path, help="the folder that holds my_work; none: the course's, or this one"
    )
    verb = _verb(verbs, "fresh", fresh, "put a fresh copy in the place of yours, which is kept")
    verb.add_argument("name", help="number or name of a lesson or set, such as 03 or ex03")

    verb = _verb(verbs, "log", log, "print your own log, or write it into a file")
    verb.add_argument("file", nargs="?", type=Path, help="a new file; none: print it")

    verb = _verb(verbs, "build", build, "run the lessons and store them in normal form")
    verb.add_argument("lesson", nargs="*", help="number, name or path of a notebook; none: all")
    verb.add_argument("--check", action="store_true", help="run nothing; say what is not in normal form")
    verb.add_argument("--facts", action="store_true", help="also record anew what the lessons show")
    verb.add_argument(
        "--draft", action="store_true", help="store also a lesson that does not keep all rules yet"
    )
    verb.add_argument("--language", help="run them in another language, into build/, and store nothing else")

    verb = _verb(verbs, "renew", renew, "make anew what follows from a changed table")
    verb.add_argument("table", nargs="*", help="a table besides those that have changed since their record")
    verb.add_argument("--secret", type=Path, help="the file with the course's secret; none: in your home")
    verb.set_defaults(course=None)

    _verb(verbs, "messages", messages, "write what is to be translated")

    verb = _verb(verbs, "test", test, "judge a change in seconds")
    verb.add_argument("path", nargs="*", help="files or folders; none: what git says has changed")
    verb.add_argument("--watch", action="store_true", help="wait for saves, and judge each")

    data = verbs.add_parser("data", help="look after the tables").add_subparsers(
        metavar="verb", required=True
    )
    verb = _verb(data, "check", data_check, "hold the tables to their schema")
    verb.add_argument("path", nargs="?", type=Path, help="the folder of the tables; none: course_data")
    _verb(data, "record", data_record, "record anew what the tables hold")
    _new_verbs(verbs)
    _grading_verbs(verbs)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the command's own name; by default those it was called with.

    Returns
    -------
    int
        The exit status: 0 all well, 1 something is wrong (a sentence on stderr says what), 2 not understood.

    Examples
    --------
    >>> main(["build", "no_such_lesson"])
    1
    """
    top = parser()
    options, others = top.parse_known_args(arguments)
    if others and "others" not in options:
        top.error(f"unrecognized arguments: {' '.join(others)}")
    options.others = others
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may not know every student's letters
    try:
        return int(options.run(options))
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("samarkand."):
            raise
        print("This is a student's copy: it marks and builds nothing. Ask your instructor.", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The system says: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
