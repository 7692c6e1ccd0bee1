"""Run what judges a change, and say when only the whole suite can; `dependents` says what depends on a file.

A lesson is held to its rules, strict nbval and its tests; a table to its schema, and whatever says its name
is run; a module, or a file that one reads, brings the tests, lessons and sets that depend on it. A file on
which nothing is known to depend is for the whole suite, ``start.py test``. Until that has passed on the very
files that are there, the verdict is no.
"""

import os
import re
import subprocess
import time
import tomllib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from samarkand.common import home, reading
from samarkand.common.errors import CourseError
from samarkand.common.words import join_in_words
from tools.author import dependents, fresh_process
from tools.author.dependents import Concerned, Dependents, module_of
from tools.author.git import NoGit, ask_git

#: The number of steps to run at the same time.
AT_ONCE = 2
#: Files of texts, a section for each map or explorer, and the package whose modules read them.
TEXTS = {"samarkand/assets/map/scenes.toml": "maps", "samarkand/assets/explorers.toml": "explore"}
PYTEST = ("-m", "pytest", "-q")
#: Strict nbval, without any configuration that could soften it, as in the suite.
NBVAL = (
    *(*PYTEST, "--nbval", "--nbval-cell-timeout", "60", "-p", "no:cacheprovider"),
    *("-c", os.devnull, "--rootdir", str(home.ROOT)),
)
#: Tests that take minutes; they are run only for what no other test judges.
SLOW = (
    *("tests/browser/", "tests/notebooks/test_contributing.py", "tests/start/test_first_start.py"),
    *("tests/start/test_hub", "tests/start/test_pages_commands.py", "tests/start/test_sign_in.py"),
    *("tests/start/test_suite.py", "tests/start/test_upgrade.py", "tests/start/test_wheel.py"),
)
#: Where the suite says on which files it passed.
PASSED = home.ROOT / ".pytest_cache" / "suite_passed"


class Step(NamedTuple):
    """A check of a change: what it checks, the arguments of ``python``, advice if the change was meant."""

    what: str
    command: tuple[str, ...]
    advice: str = ""


@dataclass
class Plan:
    """How a change is judged.

    Attributes
    ----------
    steps : list of Step
        What is run.
    left : list of str
        Tests that concern the change and take minutes: named, and left to the suite.
    unknown : list of str
        Files of which no rule says what depends on them: the whole suite has to pass.
    """

    steps: list[Step] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def find_changed() -> list[str]:
    """Return the files that differ from the last commit or are new, as paths from the root."""
    entries = list_entries("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames")
    if entries is None:
        text = "Git cannot say what has changed: this folder is not a clone. Name the files."
        raise CourseError(text, code="no Git")
    return [entry[3:] for entry in entries]


def find_files(paths: Iterable[str]) -> list[str]:
    """Return the files that paths name, from here or from the root, as paths from the root.

    A folder means all files in it that git tracks or would add; a deleted file is allowed if it is in HEAD.
    `CourseError` if there is no such file.
    """
    found: dict[str, None] = {}
    for path in paths:
        files = _find_files_of(path)
        if not files:
            text = f"There is no file {path} in the course, and none that is gone from it."
            raise CourseError(text, code="no such file", file=path)
        found |= dict.fromkeys(files)
    return list(found)


def _find_files_of(path: str) -> list[str]:
    """Return the file that a path names, or the files that git knows there; empty if there is none."""
    places = [Path(path).resolve(), (home.ROOT / path).resolve()]
    for place in places:
        if place.is_file() and home.ROOT in place.parents:
            return [place.relative_to(home.ROOT).as_posix()]
    listing = ("--literal-pathspecs", "ls-files", "-z", "-co", "--exclude-standard", "--with-tree=HEAD", "--")
    for place in places:
        known = list_entries(*listing, str(place))
        if known:
            return known
    return []


def list_entries(*command: str) -> list[str] | None:
    """Return the null-separated entries that a git command prints; None if it fails or git is missing."""
    try:
        printed = ask_git(*command, folder=home.ROOT)
    except NoGit:
        return None
    return [entry for entry in printed.split("\0") if entry]


def find_concerned(path: str, known: Dependents) -> Concerned:
    """Return what a changed, new or deleted file concerns."""
    if not (home.ROOT / path).exists():
        return _concern_gone(path, known)
    for rule in (_concern_content, _concern_table, _concern_test, _concern_texts):
        found = rule(path, known)
        if found is not None:
            return found
    module = module_of(path)
    if module in known.graph.modules:
        return known.of_module(module).and_also(known.of_file(path))  # some are run by their path
    return known.of_file(path)


def _concern_gone(path: str, known: Dependents) -> Concerned:
    """Return what a file concerns that is gone, also since it has another name: code that still names it.

    `plan_steps` looks for links to it and imports of it, too. Nobody knows any more what needed code, or a
    file that no code names: they are for the whole suite.
    """
    found = known.of_file(path).and_also(_concern_table(path, known) or Concerned())
    is_code = path.endswith((".py", ".pyi", ".ipynb"))
    found.known = bool(found.tests or found.lessons or found.sets) and not is_code
    return found


def _concern_content(path: str, known: Dependents) -> Concerned | None:
    """Return what a lesson, a set, or what is stored about one concerns."""
    lesson = re.fullmatch(r"notebooks/((?!99)\d\d_\w+)\.ipynb", path)
    lesson = lesson or re.fullmatch(r"tests/notebooks/__snapshots__/.*\[(\w+)\]\.txt", path)
    if lesson:
        return Concerned(known=True, lessons={f"notebooks/{lesson[1]}.ipynb"})
    of_set = re.match(r"(?:exercises/(?:checks|source|release)|tests/grading/classes)/(ex\w+)", path)
    if of_set:
        return Concerned(known=True, sets={dependents.source_of_set(of_set[1])})
    if re.fullmatch(r"checked/\w+/\w+\.csv", path):
        return Concerned(known=True, tests={"tests/notebooks/test_checked.py"})
    return None


def _concern_table(path: str, known: Dependents) -> Concerned | None:
    """Return what a table or a geometry concerns: code that says its name, and tests that name its file."""
    table = re.fullmatch(r"course_data/(?:geo/)?(\w+)\.(?:csv|geojson)", path)
    return known.of_table(table[1]).and_also(known.of_file(path)) if table else None


def _concern_test(path: str, known: Dependents) -> Concerned | None:
    """Return what a file of ``tests/`` concerns: itself, or the tests that it helps."""
    if path in known.tests:
        return Concerned(known=True, tests={path})
    if path in known.helpers:
        return Concerned(known=True, tests=set(known.helpers[path]))
    return None


def _concern_texts(path: str, known: Dependents) -> Concerned | None:
    """Return what texts concern: the lessons that ask the questions, the modules that read the sections."""
    if path.startswith("samarkand/practice/questions/") and path.endswith(".toml"):
        asked = dependents.QUESTION.findall((home.ROOT / path).read_text(encoding="utf-8"))
        found = known.of_file(path)
        found.lessons = known.asking({id for id, _ in asked})
        return found
    readers = _find_readers(path, known) if path in TEXTS else []
    return known.of_modules(readers) if readers else None


def _find_readers(path: str, known: Dependents) -> list[str]:
    """Return the modules that read a section, changed since the last commit, of one of the `TEXTS`."""
    was = tomllib.loads("".join(list_entries("show", f"HEAD:{path}") or []))
    changed = {
        name for name, section in reading.read_toml(home.ROOT / path).items() if section != was.get(name)
    }
    package = f"samarkand.{TEXTS[path]}."
    modules = [one for one in known.graph.modules if one.startswith(package)]
    return [one for one in modules if known.source_of(dependents.path_of(one)).strings & changed]


def plan_steps(paths: Sequence[str], known: Dependents | None = None) -> Plan:
    """Return how changed, new or deleted files are judged."""
    known = known or Dependents()
    there = [path for path in paths if (home.ROOT / path).exists()]
    made, whole = Plan(), Concerned()
    for path in paths:
        one = find_concerned(path, known)
        if not one.known or (there and path in there and not (one.tests or one.lessons or one.sets)):
            made.unknown.append(path)
        slow = {test for test in one.tests if test.startswith(SLOW)}
        if slow != one.tests or one.lessons or one.sets:
            made.left += sorted(slow - {path})
            one.tests -= slow - {path}
        whole.tests |= one.tests
        whole.lessons |= one.lessons
        whole.sets |= one.sets
    made.left = sorted({*made.left} - whole.tests)
    if whole.lessons:
        made.left.append("the tests of tests/notebooks that read all lessons together")
    made.steps = [*_steps_of_files(paths, there), *_steps_of_tests(sorted(whole.tests))]
    made.steps += _steps_of_lessons(sorted(whole.lessons)) + _steps_of_sets(sorted(whole.sets))
    return made


def _steps_of_files(paths: Sequence[str], there: Sequence[str]) -> list[Step]:
    """Return the steps that judge files by themselves: layout, spelling, links, schema."""
    steps = []
    python = [path for path in there if path.endswith((".py", ".pyi"))]
    if python:
        steps.append(Step("lint", ("-m", "ruff", "check", "-q", "--force-exclude", *python)))
        layout = ("-m", "ruff", "format", "--check", "--force-exclude", *python)
        steps.append(Step("format", layout, "ruff format lays it out."))
    if any(module_of(path) for path in paths):
        steps.append(Step("imports", ("-c", "from importlinter.cli import lint_imports_command as c; c()")))
    if there:
        steps.append(Step("spelling", ("-m", "codespell_lib", *there)))
    if len(there) < len(paths):
        steps.append(Step("links to what is gone", ("-m", "samarkand", "build", "--check")))
        steps.append(Step("imports of what is gone", ("-m", "mypy")))
    if any(re.match(r"course_data/[\w.]+$", path) for path in paths):
        steps.append(Step("the tables", ("-m", "samarkand", "data", "check")))
    return steps


def _steps_of_tests(tests: Sequence[str]) -> list[Step]:
    return [Step("tests of what has changed", (*PYTEST, *tests))] if tests else []


def _steps_of_lessons(found: Sequence[str]) -> list[Step]:
    """Return the steps for lessons: rules, outputs, and the tests that are about a lesson."""
    steps = []
    for lesson in found:
        name = PurePosixPath(lesson).stem
        anew = f"If you meant that: samarkand build {name[:2]}"
        steps.append(Step(f"the rules of a lesson, {name}", ("-m", "samarkand", "build", "--check", lesson)))
        steps.append(Step(f"what {name} shows", (*NBVAL, lesson), anew))
    if found:
        names = [PurePosixPath(lesson).stem for lesson in found]
        of_them = " or ".join(f"({name} and not ex{name})" for name in names)
        numbers = ", ".join(name[:2] for name in names)
        steps.append(Step(f"the tests of {numbers}", (*PYTEST, "-k", of_them, "tests/notebooks")))
    return steps


def _steps_of_sets(found: Sequence[str]) -> list[Step]:
    """Return the steps for sets: outputs, and how each is marked."""
    steps = []
    for source in found:
        name = PurePosixPath(source).stem
        stages = [home.ROOT / "exercises" / stage / name for stage in ("source", "release")]
        there_are = [str(folder) for folder in stages if folder.is_dir()]
        anew = f"If you meant that: samarkand release {name}"
        steps.append(Step(f"what {name} shows", (*NBVAL, *there_are), anew))
    if found:
        names = " or ".join(PurePosixPath(source).stem for source in found)
        marked = (*PYTEST, "-k", names, "tests/grading", "tests/notebooks")
        steps.append(Step(f"how {names.replace(' or ', ', ')} are marked", marked))
    return steps


def judge_change(paths: Sequence[str], say: Callable[[str], None] = print) -> bool:
    """Judge a change, and report each step as it ends; return whether all that is to be known is well."""
    if not paths:
        say("Nothing has changed.")
        return True
    began = time.monotonic()
    made = plan_steps(paths)
    failed = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = {pool.submit(_run_step, step): step for step in made.steps}
        for done in as_completed(running):
            step, (status, output) = running[done], done.result()
            say(f"{time.monotonic() - began:5.1f} s  {'FAILED' if status else 'ok    '}  {step.what}")
            if status:
                failed.append(step)
                say(_shorten_output(output))
                say(step.advice or f"To see all of it: python {' '.join(step.command)}")
    if made.left:
        say(f"Left to the suite, since they take minutes: {join_in_words(made.left)}.")
    to_build = sorted(
        re.findall(r"samarkand build (\d\d)$", "\n".join(s.advice for s in failed), re.MULTILINE)
    )
    if to_build:
        say(f"These lessons show something else now. If you meant that: samarkand build {' '.join(to_build)}")
    if made.unknown and not has_suite_passed():
        say(
            f"What depends on {join_in_words(made.unknown)} is known to nobody: "
            "python3 start.py test, and ask again when it has passed."
        )
        return False
    return not failed


def _shorten_output(output: str) -> str:
    """Return what a failed step says of each failure, without what leads there."""
    lines = output.strip().splitlines()
    marked = [line for line in lines if re.match(r"E  |FAILED|ERROR|\S+: ", line)]
    return "\n".join(f"    {line.rstrip()[:160]}" for line in (marked or lines[-20:]))


def _run_step(step: Step) -> tuple[int, str]:
    """Run a step; return its exit status and its output."""
    status, output = fresh_process.run_python(step.command, os.environ, home.ROOT)
    empty = status == 5 and "pytest" in step.command  # no test of that name: nothing to judge
    return 0 if empty else status, output


def has_suite_passed() -> bool:
    """Return whether the whole suite has passed on just the files that are there now."""
    try:
        return PASSED.read_text(encoding="utf-8") == digest_of_files()
    except OSError:
        return False


def digest_of_files() -> str:
    """Return git's name for the content of all files that it tracks or would add; empty without git."""
    index = home.ROOT / ".pytest_cache" / "index"
    index.parent.mkdir(exist_ok=True)
    index.unlink(missing_ok=True)
    environment = os.environ | {"GIT_INDEX_FILE": str(index)}
    try:
        for command in (["read-tree", "HEAD"], ["add", "--all"], ["write-tree"]):
            ran = subprocess.run(
                ["git", *command], cwd=home.ROOT, env=environment, capture_output=True, text=True, check=True
            )
    except (OSError, subprocess.CalledProcessError):
        return ""
    finally:
        index.unlink(missing_ok=True)
    return ran.stdout.strip()


def note_that_suite_passed(before: str) -> None:
    """Store that the suite has passed, if the files are still those that it began with."""
    if before and before == digest_of_files():
        PASSED.write_text(before, encoding="utf-8")
