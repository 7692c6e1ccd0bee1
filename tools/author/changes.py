"""Judge a change in seconds, by what would see it break; the whole suite (``start.py test``) stays the judge.

A lesson is held to its rules, to strict nbval, to its record and to its practice; a table to its schema, and
the lessons and sets that use it are run; a module is tried by the tests that import it.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import NamedTuple

from samarkand.ground import rooms
from samarkand.ground.errors import CourseError
from samarkand.ground.home import ROOT
from samarkand.ground.words import listed
from tools.author import apart, lessons

#: Steps that run at the same time.
AT_ONCE = 2
#: Packages that offer what their modules define: ``maps.sco`` is the map of ``maps/sco.py``.
ROOMS = ("samarkand.charts", "samarkand.maps", "samarkand.explore")
#: Strict nbval as the suite runs it.
NBVAL = (
    *("-m", "pytest", "-q", "-x", "--nbval", "--nbval-cell-timeout", "60"),
    *("-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(ROOT)),
)
PYTEST = ("-m", "pytest", "-q", "-x")


class Step(NamedTuple):
    """One command that judges a change.

    `what` is judged, as a line says it; `command` is what runs after ``python``; `advice` says what to do if
    the difference that it finds was meant (empty if nothing is stored).
    """

    what: str
    command: tuple[str, ...]
    advice: str = ""


def changed() -> list[str]:
    """Return the files that differ from the last commit or are new, as paths from the root."""
    told = _git("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames")
    if told is None:
        raise CourseError("Git cannot say what has changed: this folder is not a clone. Name the files.")
    return [entry[3:] for entry in told]


def named(paths: Iterable[str]) -> list[str]:
    """Return the files that paths name, from here or from the root, as paths from the root.

    A folder stands for all in it that git knows, and a file that is gone may be named if git knew it.
    `CourseError` if there is nothing of that name.
    """
    found: list[str] = []
    for path in paths:
        there = next(filter(None, map(_files, (Path(path).resolve(), (ROOT / path).resolve()))), None)
        if there is None:
            raise CourseError(
                f"There is no file {path} in the course, nor does git know of one that is gone."
            )
        found += there
    return list(dict.fromkeys(found))


def _files(place: Path) -> list[str]:
    """Return a file of the course, or all that git knows in a folder, or one that it knew, from the root."""
    if not place.is_relative_to(ROOT):
        return []
    if place.is_file():
        return [place.relative_to(ROOT).as_posix()]
    command = ("--literal-pathspecs", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return _git(*command, "--with-tree=HEAD", "--", str(place)) or []


def _git(*command: str) -> list[str] | None:
    """Return the entries that a command of git prints; None if there is no git, or no clone."""
    try:
        told = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return [entry for entry in told.split("\0") if entry]


@cache
def _tests() -> dict[str, tuple[str, set[str]]]:
    """Return for each file of tests its text, and the modules (and what of them) that it imports."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        names: set[str] = set()
        text = path.read_text(encoding="utf-8")
        try:
            tree = ast.parse(text)
        except SyntaxError as error:
            raise CourseError(f"{path.relative_to(ROOT)} cannot be read: {error}.") from None
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        found[path.relative_to(ROOT).as_posix()] = (text, names)
    return found


def tests_of(path: str) -> list[str]:
    """Return the files of tests that import a module, or use what it offers in its package."""
    module = path.removeprefix("packages/grading/").removesuffix(".py").removesuffix("/__init__")
    module = module.replace("/", ".")
    package, _, name = module.rpartition(".")
    used = re.compile(rf"\b(?:{'|'.join(_offered(module))})\b" if not name.startswith("_") else "")
    return [
        test
        for test, (text, names) in _tests().items()
        if not test.startswith("tests/browser/")  # which take minutes
        if module in names or (package in ROOMS and package in names and used.search(text))
    ]


def _offered(module: str) -> list[str]:
    """Return the name of a module and those that it offers in its package, such as ``maps.sco``."""
    package, _, name = module.rpartition(".")
    offers = rooms.offers(package) if package in ROOMS else {}
    return [name, *(one for one, of in offers.items() if of == module)]


def lessons_of(path: str) -> list[Path]:
    """Return the lessons that a file concerns: their own, one whose questions it has, one that calls it."""
    if found := re.match(r"(?:notebooks|tests/notebooks/facts)/(\w+)\.(?:ipynb|json)$", path):
        return [one for one in lessons.paths() if one.stem == found[1]]
    if path.startswith("samarkand/practice/"):
        numbers = set(re.findall(r'"(\d\d)\.\w', (ROOT / path).read_text(encoding="utf-8")))
        return [one for one in lessons.paths() if one.stem[:2] in numbers]
    module = path.removesuffix(".py").replace("/", ".")
    package, _, _ = module.rpartition(".")
    called = rf"\b{package.rpartition('.')[2]}\.(?:{'|'.join(_offered(module))})\("
    code = {one: "\n".join(cell.source for cell in lessons.read(one).code) for one in lessons.paths()}
    return [one for one, text in code.items() if package in ROOMS and re.search(called, text)]


def users_of(tables: set[str]) -> tuple[list[Path], list[str]]:
    """Return the lessons and the sets that read some tables."""
    from tools.author import uses

    quoted = re.compile("|".join(rf"[\\\"']{table}\b" for table in sorted(tables)))
    sets = {path.stem: path for path in sorted((ROOT / "exercises").glob("source/*/*.ipynb"))}
    beside = {name: ROOT / "exercises" / "checks" / f"{name}.py" for name in sets}
    found = [
        name
        for name, path in sets.items()
        if any(
            quoted.search(file.read_text(encoding="utf-8")) for file in (path, beside[name]) if file.exists()
        )
    ]
    return uses.users(lessons.paths(), tables), found


def steps(paths: Sequence[str]) -> tuple[list[Step], list[str]]:
    """Return the steps that judge files changed, added or gone, and the files that only the suite judges."""
    there = [path for path in paths if (ROOT / path).exists()]
    gone = [path for path in paths if path not in there]
    tables = {found[1] for path in paths if (found := re.match(r"course_data/(\w+)\.csv", path))}
    if "course_data/datapackage.json" in paths:
        tables.add("datapackage")
    shown, sets, tests, judged = set[Path](), set[str](), list[str](), set[str]()
    for path in there:
        own = tests_of(path) if path.endswith(".py") else []
        own += [path] if re.fullmatch(r"tests/.*/test_\w+\.py", path) else []
        concerned = lessons_of(path)
        set_of = re.match(r"(?:exercises/\w+|tests/grading/classes)/(ex\w+)", path)
        shown.update(concerned)
        sets.update([set_of[1]] if set_of else [])
        tests += own
        judged |= {path} if own or concerned or set_of else set()
    if tables:
        readers, solved = users_of(tables)
        shown.update(readers)
        sets.update(solved)
    todo: list[Step] = []
    if python := [path for path in there if path.endswith(".py")]:
        todo.append(Step("lint", ("-m", "ruff", "check", "-q", *python)))
        todo.append(Step("format", ("-m", "ruff", "format", "--check", *python), "ruff format lays it out."))
    if gone:
        todo.append(Step("links to what is gone", ("-m", "samarkand", "build", "--check")))
        todo.append(Step("imports of what is gone", ("-m", "mypy")))
    if tables:
        todo.append(Step(f"the tables: {listed(sorted(tables))}", ("-m", "samarkand", "data", "check")))
    if tests:
        todo.append(Step("tests that import what has changed", (*PYTEST, *dict.fromkeys(tests))))
    todo += [step for lesson in sorted(shown) for step in _of_lesson(lesson)]
    todo += [step for name in sorted(sets) for step in _of_set(name)]
    return todo, [path for path in there if path not in judged and not path.endswith(".csv")]


def _of_lesson(path: Path) -> Iterator[Step]:
    name, tests = path.stem, "tests/notebooks"
    anew = f"If you meant that, samarkand build --facts {name[:2]} stores it anew; read the difference."
    of_it = (*PYTEST, "-k", f"{name} and not ex{name}")
    record = f"{tests}/test_lesson_facts.py"
    yield Step(f"the rules of a lesson, {name}", ("-m", "samarkand", "build", "--check", str(path)))
    yield Step(f"what {name} shows", (*NBVAL, str(path)), anew)
    yield Step(f"the record of {name}", (*of_it, record), anew)
    yield Step(f"{name}, solved and read", (*of_it, tests, f"--ignore={record}"))


def _of_set(name: str) -> Iterator[Step]:
    stages = [ROOT / "exercises" / stage / name for stage in ("source", "release")]
    anew = f"If you meant that, samarkand release {name} makes it anew; read the difference."
    yield Step(f"what {name} shows", (*NBVAL, *(str(folder) for folder in stages if folder.is_dir())), anew)
    yield Step(f"how {name} is marked", (*PYTEST, "-k", name, "tests/grading", "tests/notebooks"))


def judge(paths: Sequence[str], say: Callable[[str], None] = print) -> bool:
    """Run the steps that judge a change, two at a time, report each as it ends; return whether all passed."""
    began = time.monotonic()
    todo, left = steps(paths)
    fine = True
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = {pool.submit(_run, step): step for step in todo}
        for done in as_completed(running):
            step, (status, output) = running[done], done.result()
            say(f"{time.monotonic() - began:5.1f} s  {'FAILED' if status else 'ok    '}  {step.what}")
            if status:
                fine = False
                say(_telling(output))
                say(step.advice or f"To see all of it: python {' '.join(step.command)}")
    if left:
        say(f"Judged by start.py test alone: {listed(left)}.")
    elif not todo:
        say("Nothing has changed.")
    return fine


def _run(step: Step) -> tuple[int, str]:
    """Run a step; return its exit status and its output."""
    status, output = apart.run_python(step.command, os.environ, ROOT)
    empty = status == 5 and "pytest" in step.command  # no test of that name: nothing to judge
    return 0 if empty else status, output


def _telling(output: str) -> str:
    """Return the lines of an output that say what is wrong, twenty at most."""
    lines = output.strip().splitlines()
    marked = [line for line in lines if re.match(r"E  |FAILED|ERROR|\S+: ", line)]
    return "\n".join(f"    {line.rstrip()[:160]}" for line in (marked or lines)[-20:])
