"""The ``samarkand`` command: verbs for students, and those that other installed packages add.

The grader adds its verbs through the entry points ``samarkand.verbs``; the author's tools, which are in no
wheel, are found in a checkout.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from samarkand import __version__
from samarkand.common import home
from samarkand.common.errors import CourseError

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]
Parser = argparse.ArgumentParser
#: Libraries that only who grades a class has.
TO_GRADE = {"nbgrader", "sqlalchemy", "alembic"}
#: The group of entry points whose functions add verbs to the command.
GROUP = "samarkand.verbs"
#: The module of the author's verbs, found by its name in a checkout, since no wheel has it.
AUTHORS = "tools.author.commands"
#: Verbs of the grader and of authors, named in an error where they are not installed.
ELSEWHERE = {
    *(
        "build",
        "check",
        "collect",
        "data",
        "due",
        "excuse",
        "explain",
        "extend",
        "feedback",
        "forget",
    ),
    *("grade", "hub", "mark", "marks", "new", "pages", "regrade", "release", "renew", "restore", "sandbox"),
    *("setup", "sheet", "site", "slides", "test"),
}


def start(options: argparse.Namespace) -> int:
    """Open JupyterLab on your own copies of the lessons; other options are JupyterLab's."""
    from samarkand.lab import opening

    opening.start_jupyterlab(options.others, say=print)


def hand_out(options: argparse.Namespace) -> int:
    """Put your own copies of the lessons and sets into my_work, or renew those nobody has worked in."""
    from samarkand.lab import copies

    done = copies.hand_out(options.folder and options.folder.absolute() / "my_work")
    return report([], "\n".join(done) or "Nothing to do: every copy is there, and of today's course.")


def fresh(options: argparse.Namespace) -> int:
    """Put a fresh copy of a lesson or set in the place of yours, which is kept."""
    from samarkand.lab import copies

    print(copies.replace_copy(options.name))
    return 0


def validate(options: argparse.Namespace) -> int:
    """Run a lesson as it is stored, and say whether this machine gives what the course stores."""
    from samarkand.lab import validation

    lesson = validation.find_lesson(options.name)
    print(f"Running {lesson.stem} from the top: about a minute. Your own work is not touched.", flush=True)
    verdict = validation.validate_lesson(lesson)
    said = validation.describe_verdict(verdict)
    return report([said] if verdict.differences else [], said)


def notebook(options: argparse.Namespace) -> int:
    """Make an empty notebook of your own in my_work."""
    from samarkand.lab import own_notebook

    print(own_notebook.make_notebook(options.name))
    return 0


def show_class(options: argparse.Namespace) -> int:
    """Draw what a class expects, or say how far it is: counts, never whose, and never of fewer than five."""
    from samarkand.practice import class_progress

    return report([], class_progress.describe_progress(options.source, options.asked, options.section))


def log(options: argparse.Namespace) -> int:
    """Print your own log as CSV, or write it into a file: what you answered on which day, right or wrong."""
    from samarkand.common import files
    from samarkand.common import log as own

    if options.file is None:
        print(own.export_log(), end="")
        return 0
    if options.file.exists():
        text = f"{options.file} is there already, and stays as it is. Name another file."
        raise CourseError(text, code="there already", file=options.file)
    files.write_whole(options.file, own.export_log().encode())
    return report([], f"Your log is in {options.file}. Nobody else has it unless you give it away.")


def take(options: argparse.Namespace) -> int:
    """Make one file of all your work, to bring it in elsewhere: in the page, at home or on a hub."""
    from samarkand.common import files
    from samarkand.practice import work_zip

    if options.file.exists():
        text = f"{options.file} is there already, and stays as it is. Name another file."
        raise CourseError(text, code="there already", file=options.file)
    files.write_whole(options.file, work_zip.pack_work())
    return report([], f"Your work is in {options.file}. Where you go on, bring it in.")


def bring(options: argparse.Namespace) -> int:
    """Bring in work from a file that take, or the button in lesson 00, has made; nothing is written over."""
    from samarkand.practice import work_zip

    if not options.file.is_file():
        text = f"There is no {options.file} here. Write its name as it is, with the folder that it is in."
        raise CourseError(text, code="no such file", file=options.file)
    came = work_zip.bring_work(options.file.read_bytes())
    return report([], "\n".join(came) or "Everything in this file is here already.")


def report(problems: Sequence[str], fine: str) -> int:
    """Print each problem, or that there is none; return the exit status."""
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems and fine:
        print(fine)
    return 1 if problems else 0


def add_verb(
    verbs: Verbs, name: str, run: Callable[[argparse.Namespace], int], summary: str, *common: Parser
) -> Parser:
    """Add a verb that runs a function; the function's docstring is its description."""
    verb = verbs.add_parser(name, parents=common, help=summary, description=run.__doc__)
    verb.set_defaults(run=run)
    return verb


def add_group(verbs: Verbs, name: str) -> Verbs:
    """Return the group of verbs with this name; add it if no other package has."""
    if name not in verbs.choices:
        says = "begin a question, a lesson, a set, a map, an explorer"
        verb = verbs.add_parser(name, help=says, description=f"{says.capitalize()}.")
        verb.set_defaults(group=verb.add_subparsers(metavar="kind", required=True))
    group: Verbs = verbs.choices[name].get_default("group")
    return group


def _plugins() -> Iterator[Callable[[Verbs], None]]:
    """Yield the functions that add verbs: the grader's if it is installed, then the author's.

    On a hub students do not see the grader that is installed for their instructor.
    """
    for point in entry_points(group=GROUP):
        package = point.module.partition(".")[0]
        try:
            add = point.load()
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != package:
                raise
            continue
        yield add
    if not home.installed_apart() and (home.ROOT / "tools" / "author").is_dir() and find_spec("tools.author"):
        yield import_module(AUTHORS).add


def parser() -> tuple[Parser, Collection[str]]:
    """Return the argument parser and the names of its verbs; a verb's function is the default of ``run``."""
    top = argparse.ArgumentParser(
        prog="samarkand", description="The course Samarkand 2022: reading a summit with data."
    )
    top.add_argument("--version", action="version", version=f"samarkand {__version__}")
    verbs = top.add_subparsers(metavar="verb", required=True)

    add_verb(verbs, "start", start, "open JupyterLab on your copies").set_defaults(others=[])
    verb = add_verb(verbs, "lessons", hand_out, "put your copies into my_work, and open nothing")
    verb.add_argument(
        "folder", nargs="?", type=Path, help="the folder that holds my_work; none: the course's, or this one"
    )
    verb = add_verb(verbs, "fresh", fresh, "put a fresh copy in the place of yours, which is kept")
    verb.add_argument("name", help="number or name of a lesson or set, such as 03 or ex03")

    verb = add_verb(verbs, "validate", validate, "say whether this machine gives what the course stores")
    verb.add_argument("name", nargs="?", default="00", help="number or name of a lesson; none: 00")

    verb = add_verb(verbs, "notebook", notebook, "make an empty notebook of your own in my_work")
    verb.add_argument("name", help="its name, such as my_article")

    verb = add_verb(verbs, "log", log, "print your own log, or write it into a file")
    verb.add_argument("file", nargs="?", type=Path, help="a new file; none: print it")

    verb = add_verb(verbs, "take", take, "make one file of your work, to go on elsewhere")
    verb.add_argument("file", type=Path, help="a new file, such as my_work.zip")
    verb = add_verb(verbs, "bring", bring, "bring in work that you took elsewhere")
    verb.add_argument("file", type=Path, help="the file that take has made")

    verb = add_verb(verbs, "class", show_class, "draw what a class expects, without names")
    verb.add_argument("asked", help="such as 06.partner; or a lesson: how many have reached each section")
    says = "the hub's folder, or a file with pasted lines; none: hub/"
    verb.add_argument("--source", type=Path, default=Path("hub"), metavar="PLACE", help=says)
    says = "only this section of the hub's class, as the roster's column section names it"
    verb.add_argument("--section", default="", metavar="NAME", help=says)

    for add in _plugins():
        add(verbs)
    return top, verbs.choices


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status.

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
    top, verbs = parser()
    words = [word for word in (sys.argv[1:] if arguments is None else arguments) if not word.startswith("-")]
    if words and words[0] in ELSEWHERE and words[0] not in verbs:
        print("This is a student's copy; it cannot mark or build. Ask your instructor.", file=sys.stderr)
        return 1
    options, others = top.parse_known_args(arguments)
    if others and "others" not in options:
        top.error(f"unrecognized arguments: {' '.join(others)}")
    options.others = others
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal may not know every student's letters; a pipe is to have each line at once.
            stream.reconfigure(errors="backslashreplace", line_buffering=True)
    try:
        return int(options.run(options))
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if str(error.name).startswith(("samarkand", "tools")):
            raise
        missing = str(error.name).partition(".")[0]
        how = "python3 start.py test --version installs what authors need."
        if missing in TO_GRADE:
            how = "python3 start.py setup --yes installs what grading a class needs."
        sys.stdout.flush()
        print(f"{missing} is missing here. {how}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The system says: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
