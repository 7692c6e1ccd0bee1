"""The ``samarkand`` command: thin, one function a verb, over the wings that do the work."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from samarkand import __version__
from samarkand.errors import CourseError


def build(options: argparse.Namespace) -> int:
    """Run the lessons and store them in normal form; or, with ``--check``, only say what is not in it."""
    from samarkand.course import build as course

    paths = course.lessons(options.lesson)
    if not paths:
        raise CourseError(f"There is no notebook in {course.NOTEBOOKS}.")
    if options.check:
        found = [f"{path.name}: {sentence}" for path in paths for sentence in course.check(path)]
        return _report(found, f"{len(paths)} notebooks are in normal form.")
    problems = []
    for path, outcome in course.build_all(paths):
        if isinstance(outcome, CourseError):
            problems.append(str(outcome))
        else:
            print(f"{path.name}: {'stored anew' if outcome else 'as it was'}", flush=True)
    if options.facts and not problems:
        from samarkand.course import facts

        for path in paths:
            print(f"{path.name}: {facts.store(path)}", flush=True)
    return _report(problems, "")


def data_check(options: argparse.Namespace) -> int:
    """Hold the course's tables to their schema and to one another."""
    from samarkand.course import tables

    return _report(tables.check(options.path), "The tables are as their schema says.")


def _report(problems: Sequence[str], fine: str) -> int:
    """Print what is wrong, or that nothing is; return the exit status."""
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems and fine:
        print(fine)
    return 1 if problems else 0


def parser() -> argparse.ArgumentParser:
    """Return the command's parser; each verb's function is its default for ``run``."""
    top = argparse.ArgumentParser(
        prog="samarkand", description="Build and check the course Samarkand 2022: reading a summit with data."
    )
    top.add_argument("--version", action="version", version=f"samarkand {__version__}")
    verbs = top.add_subparsers(metavar="verb", required=True)

    verb = verbs.add_parser(
        "build", help="run the lessons and store them in normal form", description=build.__doc__
    )
    verb.add_argument("lesson", nargs="*", help="number, name or path of a notebook; none: all")
    verb.add_argument("--check", action="store_true", help="run nothing; say what is not in normal form")
    verb.add_argument("--facts", action="store_true", help="also record anew what the lessons show")
    verb.set_defaults(run=build)

    data = verbs.add_parser("data", help="look after the tables").add_subparsers(
        metavar="verb", required=True
    )
    verb = data.add_parser("check", help="hold the tables to their schema", description=data_check.__doc__)
    verb.add_argument("path", nargs="?", type=Path, help="the folder of the tables; none: course_data")
    verb.set_defaults(run=data_check)
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
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The system says: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
