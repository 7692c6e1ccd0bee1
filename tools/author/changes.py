"""Run only the checks and tests that a change concerns; the whole suite (``start.py test``) remains decisive.

A lesson is checked against its rules, strict nbval, its record and its practice tasks; a table against its
schema, and the lessons and sets that use it are run; for a module, the tests that import it are run.
"""

import itertools
import os
import re
import subprocess
import time
import tomllib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from samarkand.common import modules, reading
from samarkand.common.errors import CourseError
from samarkand.common.home import ROOT
from samarkand.common.words import listed
from tools.author import facts, fresh_process, lessons, stubs

#: The number of steps to run at the same time.
AT_ONCE = 2
#: Packages that re-export names of their modules: ``maps.sco`` is the map of ``maps/sco_map.py``.
PACKAGES = ("samarkand.charts", "samarkand.maps", "samarkand.explore")
#: Files of texts, a section for each map or explorer, and the package whose modules read them.
TEXTS = {"samarkand/assets/map/scenes.toml": "maps", "samarkand/assets/explorers.toml": "explore"}
PYTEST = ("-m", "pytest", "-q", "-x")
_ALONE = ("-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(ROOT))
#: The pytest options of strict nbval in the suite.
NBVAL = (*PYTEST, "--nbval", "--nbval-cell-timeout", "60", *_ALONE)


class Step(NamedTuple):
    """A check of a change: what it checks, the arguments of ``python``, advice if the change was meant."""

    what: str
    command: tuple[str, ...]
    advice: str = ""


def find_changed() -> list[str]:
    """Return the files that differ from the last commit or are new, as paths from the root."""
    entries = _git("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames")
    if entries is None:
        raise CourseError("Git cannot say what has changed: this folder is not a clone. Name the files.")
    return [entry[3:] for entry in entries]


def find_files(paths: Iterable[str]) -> list[str]:
    """Return the files that paths name, from here or from the root, as paths from the root.

    A folder means all files in it that git tracks or would add; a deleted file is allowed if it is in HEAD.
    `CourseError` if there is no such file.
    """
    found: list[str] = []
    listing = ("--literal-pathspecs", "ls-files", "-z", "-co", "--exclude-standard", "--with-tree=HEAD", "--")
    for path in paths:
        places = [Path(path).resolve(), (ROOT / path).resolve()]
        there = [one.relative_to(ROOT).as_posix() for one in places if one.is_file() and ROOT in one.parents]
        there = there[:1] or next(filter(None, (_git(*listing, str(place)) for place in places)), [])
        if not there:
            raise CourseError(f"There is no file {path} in the course, and none that is gone from it.")
        found += there
    return list(dict.fromkeys(found))


def _git(*command: str) -> list[str] | None:
    """Return the null-separated entries that a git command prints; None if it fails or git is missing."""
    try:
        out = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return [entry for entry in out.split("\0") if entry]


def tests_of(path: str) -> list[str]:
    """Return the test files that import a module, or use its names through its package."""
    module = path.removeprefix("packages/grading/").removesuffix("i").removesuffix(".py")
    module = module.removesuffix("/__init__")
    module = module.replace("/", ".")
    package, _, name = module.rpartition(".")
    imports = rf"import {module}\b|from {module} import|from {package} import .*\b{name}\b"
    if package in PACKAGES:
        used = r"\w" if name.startswith("_") else rf"\b(?:{'|'.join(_offered(module))})\b"
        imports += rf"|from {package.replace('.', ' import .*')}\b(?=[\s\S]*{used})"
        imports += rf"|.*\b{package.rpartition('.')[2]}\.__all__"  # tests of all maps, of all explorers
    concerns = re.compile(rf"^ *(?:{imports})", re.MULTILINE)
    slow = {*(ROOT / "tests/browser").iterdir()}  # which take minutes
    files = {*(ROOT / "tests").rglob("test_*.py")} - slow
    found = [file for file in sorted(files) if concerns.search(file.read_text(encoding="utf-8"))]
    return [file.relative_to(ROOT).as_posix() for file in found]


def _offered(module: str) -> list[str]:
    """Return a module's own name and the names that its package re-exports from it, such as ``sco``."""
    package, _, name = module.rpartition(".")
    offers = stubs.read_offered(package.removeprefix("samarkand.")) if package in PACKAGES else {}
    return [name, *(one for one, of in offers.items() if of == name)]


def lessons_of(path: str) -> list[Path]:
    """Return the lessons that a file concerns: its own, or those that use its questions or functions."""
    if found := re.match(r"(?:notebooks|tests/notebooks/facts)/(\w+)\.(?:ipynb|json)$", path):
        return [one for one in lessons.paths() if one.stem == found[1]]
    if path.startswith("samarkand/practice/"):
        numbers = set(re.findall(r'"(\d\d)\.\w', (ROOT / path).read_text(encoding="utf-8")))
        return [one for one in lessons.paths() if one.stem[:2] in numbers]
    module = path.removesuffix(".py").replace("/", ".")
    package = module.rpartition(".")[0]
    if package not in PACKAGES:
        return []
    called = re.compile(rf"\b{package.rpartition('.')[2]}\.(?:{'|'.join(_offered(module))})\(")
    return [p for p in lessons.paths() if any(called.search(cell.source) for cell in lessons.read(p).code)]


def _readers(path: str) -> list[str]:
    """Return the modules that read a section, changed since the last commit, of one of the `TEXTS`."""
    was = tomllib.loads("".join(_git("show", f"HEAD:{path}") or []))
    changed = [name for name, section in reading.toml(ROOT / path).items() if section != was.get(name)]
    named = re.compile(rf'\b(?:Words|scene|world|fill_in|read)\(\s*"(?:{"|".join(changed) or "-"})"')
    files = modules.list_modules(f"samarkand.{TEXTS[path]}").values()
    return [str(one.relative_to(ROOT)) for one in files if named.search(one.read_text(encoding="utf-8"))]


def steps(paths: Sequence[str]) -> tuple[list[Step], list[str]]:
    """Return the steps that check changed, new or deleted files, and the files that only the suite checks."""
    there = [path for path in paths if (ROOT / path).exists()]
    tables = {found[1] for path in paths if (found := re.match(r"course_data/(\w+)\.csv", path))}
    if "course_data/datapackage.json" in paths:
        tables.add("datapackage")
    shown, sets, tests = set[Path](), set[str](), list[str]()
    readers = {path: _readers(path) for path in there if path in TEXTS}
    judged = {path for path, modules in readers.items() if modules}
    for path in dict.fromkeys([*there, *itertools.chain(*readers.values())]):
        own = tests_of(path) if path.endswith((".py", ".pyi")) else []
        own += [path] if re.fullmatch(r"tests/.*/test_\w+\.py", path) else []
        concerned = lessons_of(path)
        set_of = re.match(r"(?:exercises/\w+|tests/grading/classes)/(ex\w+)", path)
        shown.update(concerned)
        sets.update([set_of[1]] if set_of else [])
        tests += own
        judged |= {path} if own or concerned or set_of else set()
    if tables:
        shown.update(facts.users(lessons.paths(), tables))
        sets.update(path.stem for path in facts.users([*ROOT.glob("exercises/source/*/*.ipynb")], tables))
    todo: list[Step] = []
    if python := [path for path in there if path.endswith(".py")]:
        todo.append(Step("lint", ("-m", "ruff", "check", "-q", *python)))
        todo.append(Step("format", ("-m", "ruff", "format", "--check", *python), "ruff format lays it out."))
    if len(there) < len(paths):
        todo.append(Step("links to what is gone", ("-m", "samarkand", "build", "--check")))
        todo.append(Step("imports of what is gone", ("-m", "mypy")))
    if tables:
        todo.append(Step(f"the tables: {listed(sorted(tables))}", ("-m", "samarkand", "data", "check")))
    if tests:
        todo.append(Step("tests that import what has changed", (*PYTEST, *dict.fromkeys(tests))))
    for lesson in sorted(shown):
        name, record, where = lesson.stem, "tests/notebooks/test_lesson_facts.py", "tests/notebooks"
        anew = f"If you meant that, samarkand build --facts {name[:2]} stores it anew; read the difference."
        of_it = (*PYTEST, "-k", f"{name} and not ex{name}")
        rules = ("-m", "samarkand", "build", "--check", str(lesson))
        todo.append(Step(f"the rules of a lesson, {name}", rules))
        todo.append(Step(f"what {name} shows", (*NBVAL, str(lesson)), anew))
        todo.append(Step(f"the record of {name}", (*of_it, record), anew))
        todo.append(Step(f"{name}, solved and read", (*of_it, where, f"--ignore={record}")))
    for name in sorted(sets):
        stages = [ROOT / "exercises" / stage / name for stage in ("source", "release")]
        there_are = [str(folder) for folder in stages if folder.is_dir()]
        anew = f"If you meant that, samarkand release {name} makes it anew; read the difference."
        todo.append(Step(f"what {name} shows", (*NBVAL, *there_are), anew))
        marked = (*PYTEST, "-k", name, "tests/grading", "tests/notebooks")
        todo.append(Step(f"how {name} is marked", marked))
    return todo, [path for path in there if path not in judged and not path.endswith(".csv")]


def judge(paths: Sequence[str], say: Callable[[str], None] = print) -> bool:
    """Run the steps for a change, two at a time, and report each as it ends; return whether all passed."""
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
                lines = output.strip().splitlines()
                marked = [line for line in lines if re.match(r"E  |FAILED|ERROR|\S+: ", line)]
                say("\n".join(f"    {line.rstrip()[:160]}" for line in (marked or lines)[-20:]))
                say(step.advice or f"To see all of it: python {' '.join(step.command)}")
    if left:
        say(f"Only the whole suite, python3 start.py test, checks {listed(left)}.")
    elif not todo:
        say("Nothing has changed.")
    return fine


def _run(step: Step) -> tuple[int, str]:
    """Run a step; return its exit status and its output."""
    status, output = fresh_process.run_python(step.command, os.environ, ROOT)
    empty = status == 5 and "pytest" in step.command  # no test of that name: nothing to judge
    return 0 if empty else status, output
