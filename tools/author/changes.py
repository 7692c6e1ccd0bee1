"""What a change touches, and the tests that would see it break: a short loop for authors.

Of each changed file it is known which lessons, sets and tests stand on it: a table by its name in their code,
a module by its imports, a notebook by itself. What concerns the file alone runs first, then what is above it.
The whole suite (``start.py test``) stays the judge; this names in seconds what it would find in minutes.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from samarkand.ground import rooms
from samarkand.ground.errors import CourseError
from samarkand.ground.home import ROOT
from samarkand.ground.words import listed
from samarkand.practice import questions
from tools.author import apart, lessons

if TYPE_CHECKING:
    from grimp import ImportGraph

#: Steps that run at the same time.
AT_ONCE = 2
#: Seconds between two looks at the files.
LOOK = 0.5
#: Tests of these folders take minutes: only those that import the changed module itself are run.
SLOW = ("tests/browser", "tests/grading", "tests/start", "tests/tools")
#: What holds the words of the sets to what they rest on.
WORDS = "tests/notebooks/test_exercise_words.py"
RAMP = "tests/grading/test_ramp.py"
#: What no import tells: files by the beginning of their path, and the tests that look at them. The name of a
#: module stands for the tests that import it.
BESIDE = {
    "start.py|settings/|pyproject|requirements|tools/suite|.ci/|.github/|.pre-commit|environment.yml": (
        *("tests/start/test_start.py", "tests/start/test_requirements.py", "tests/start/test_suite.py"),
        "tests/guard",
    ),
    "samarkand/assets/map/": ("samarkand.maps",),
    "course_data/geo/": ("samarkand.maps", "tests/package/test_geo.py"),
    "samarkand/assets/markup.css|samarkand/assets/name_controls.js": ("samarkand.page", "samarkand.explore"),
    "course_data/prepare/|course_data/README|docs/corrections": ("tests/data/test_prepare.py",),
    "samarkand/assets/feedback": ("tests/grading/test_reports.py",),
    "tools/author/concepts|docs/python.md": ("tests/notebooks/test_concepts.py",),
    "samarkand/practice/questions/": ("samarkand.practice.questions",),
    "README.md": ("tests/notebooks/test_lesson_index.py",),
    "docs/house": ("tests/package/test_house.py",),
    "tests/notebooks/second_counts/": ("tests/notebooks/test_lesson_charts.py",),
    "tests/guard/agreed/": ("tests/guard",),
    "tests/grading/classes/": ("tests/grading/test_class.py", "tests/grading/test_edges.py"),
    "tests/package/words_of_the_package": ("tests/package/test_words_of_the_package.py",),
    "docs/review_08": ("tests/notebooks/test_lesson_borders.py",),
    "benchmarks/": ("tests/tools/test_mutations.py",),
    "deploy/|.dockerignore": ("tests/grading/test_container.py",),
    "CHANGELOG|CITATION|deploy/lock": ("tests/start/test_requirements.py",),
    "CONTRIBUTING.md|tools/author/templates/": ("tests/notebooks/test_contributing.py",),
}
#: Strict nbval as the suite runs it.
NBVAL = (
    *("-m", "pytest", "-q", "-x", "--nbval", "--nbval-cell-timeout", "60"),
    *("-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(ROOT)),
)


class Step(NamedTuple):
    """One command that judges a change.

    `what` is judged, as a line says it; `command` is what runs after ``python``; `advice` says what to do if
    the difference that it finds was meant (empty if nothing is stored).
    """

    what: str
    command: tuple[str, ...]
    advice: str = ""


def changed(root: Path = ROOT) -> list[str]:
    """Return the files that differ from the last commit or are new, as paths from the root."""
    told = _git(root, "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames")
    if told is None:
        raise CourseError(
            "What has changed cannot be told: this folder is no clone, or git is missing. Name the files."
        )
    return [entry[3:] for entry in told]


def named(paths: Iterable[str]) -> list[str]:
    """Return the files that paths name, from here or from the root, as paths from the root.

    A folder stands for all in it that git knows, and a file that is gone may be named if git knew it.
    `CourseError` if there is nothing of that name.
    """
    found: list[str] = []
    for path in paths:
        for place in (Path(path).resolve(), (ROOT / path).resolve()):
            if there := _files(place):
                found += there
                break
        else:
            raise CourseError(
                f"There is no file {path} in the course, nor does git know of one that is gone."
            )
    return list(dict.fromkeys(found))


def _files(place: Path) -> list[str]:
    """Return a file of the course, or all that git knows in a folder, or one that it knew, from the root."""
    if not place.is_relative_to(ROOT):
        return []
    if place.is_file():
        return [place.relative_to(ROOT).as_posix()]
    command = ("--literal-pathspecs", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return _git(ROOT, *command, "--with-tree=HEAD", "--", str(place)) or []


def _git(root: Path, *command: str) -> list[str] | None:
    """Return the entries that a command of git tells; None if there is no git, or no clone."""
    try:
        told = subprocess.run(["git", *command], cwd=root, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return [entry for entry in told.split("\0") if entry]


def notebooks_with(pattern: str) -> tuple[list[Path], list[Path]]:
    """Return the lessons, and the sets, whose code or ties have a pattern in them."""
    from tools.author import tied

    sets = sorted((ROOT / "exercises" / "source").glob("*/*.ipynb"))
    checks = {path.stem: path for path in (ROOT / "exercises" / "checks").glob("*.py")}

    def has(path: Path) -> bool:
        notebook = lessons.read(path)
        text = "\n".join(
            [cell.source for cell in notebook.code] + [f'"{name}"' for name in tied.reads(notebook)]
        )
        beside = checks.get(path.stem)
        return bool(re.search(pattern, text + (beside.read_text(encoding="utf-8") if beside else "")))

    return [p for p in lessons.paths() if has(p)], [p for p in sets if has(p)]


@cache
def _imports() -> dict[str, set[str]]:
    """Return the modules, and what of them, that each file of tests imports, by the file's path."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        names: set[str] = set()
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except SyntaxError as error:
            raise CourseError(f"What {path.name} tests cannot be told: {error}.") from None
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        found[path.relative_to(ROOT).as_posix()] = names
    return found


def _on_helper(path: str) -> list[str]:
    """Return the tests beside a helper of tests that import it; for a ``conftest.py`` their whole folder."""
    helper = re.fullmatch(r"(tests.*)/(?!test_)(\w+)\.py", path)
    if helper is None:
        return []
    folder, name = helper.groups()
    beside = [test for test, used in _imports().items() if name in used and test.startswith(f"{folder}/")]
    return [folder] if name == "conftest" else beside


def _tests_with(tables: Iterable[str]) -> list[str]:
    """Return the quick files of tests in whose text a table is named."""
    named = re.compile("|".join(rf"[\"']{table}[\"']" for table in sorted(tables)))
    return [
        test
        for test in _imports()
        if not test.startswith(SLOW) and named.search((ROOT / test).read_text(encoding="utf-8"))
    ]


@cache
def _graph() -> ImportGraph:
    """Return what each module of the package imports, read from the code itself and not from a cache."""
    try:
        import grimp
    except ModuleNotFoundError:
        raise CourseError("This needs what the tests need: start.py test installs it.") from None
    try:
        return grimp.build_graph("samarkand", cache_dir=None)
    except grimp.exceptions.SourceSyntaxError as error:
        raise CourseError(f"What stands on a change cannot be told. {error}") from None


def _above(module: str) -> set[str]:
    """Return the modules of the package that stand on one, directly or not."""
    return set(_graph().find_downstream_modules(module))


def tests_of(module: str) -> tuple[list[str], list[str]]:
    """Return the test files that import a module or name what is its own, and those of what stands on it."""
    room = module.rpartition(".")[0]  # it hands its modules on
    around = {room, *_above(module)} - {"samarkand"}
    far = [test for test, used in _imports().items() if around & used and module not in used]
    near = [test for test, used in _imports().items() if module in used]
    if written := _written(module):
        texts = {test: (ROOT / test).read_text(encoding="utf-8") for test in far if not test.startswith(SLOW)}
        near += [test for test, text in texts.items() if re.search(written, text)]
    return near, [test for test in far if test not in near]


def _written(module: str) -> str:
    """Return a pattern for what is written where something of a module's own is used; empty if there is none.

    That are the names that it offers in its room, it or a module of the room that stands on it, and the ids
    of what it asks in a lesson.
    """
    if module.count(".") < 2:
        return ""
    room = module.split(".")[1]
    on_it = {module, *_above(module)}
    offered = [name for name, of in rooms.offers(f"samarkand.{room}").items() if of in on_it]
    file = ROOT / f"{module.replace('.', '/')}.py"
    asked = set(re.findall(r'"(\d\d\.)\w', file.read_text(encoding="utf-8"))) if file.exists() else ()
    names = [rf"\b{room}\.(?:{'|'.join(offered)})\b"] if offered else []
    return "|".join([*names, *(f'"{re.escape(number)}' for number in sorted(asked))])


def steps(paths: Iterable[str]) -> tuple[list[Step], list[str]]:
    """Return the steps that judge files changed, added or gone, and the slow tests that are left out."""
    paths = list(paths)
    gone = [path for path in paths if not (ROOT / path).exists()]
    paths = [path for path in paths if path not in gone]
    found: list[Step] = list(_judged_gone(gone))
    python = [path for path in paths if path.endswith(".py")]
    if python:
        found.append(Step("format and lint", ("-m", "ruff", "check", "-q", *python)))
    shown: set[Path] = {ROOT / p for p in paths if re.fullmatch(r"notebooks/[^/]+\.ipynb", p)}
    records = {match[1] for path in paths if (match := re.match(r"tests/notebooks/facts/(\w+)\.json", path))}
    shown |= {path for path in lessons.paths() if path.stem in records}
    sets = {found_set[1] for path in paths if (found_set := re.match(r"exercises/\w+/(ex\w+)", path))}
    near: list[str] = [path for path in paths if re.fullmatch(r"tests/.*/test_\w+\.py", path)]
    near += [test for path in paths for test in _on_helper(path)]
    left = [test for test in near if test in ("tests", *SLOW)]
    near = [test for test in near if test not in left]
    near += [WORDS] * ("exercises/checks/words.json" in paths)
    if "tests/data/record.json" in paths:
        near.append("tests/data/test_record.py")
    near += [test for path in gone for test, used in _imports().items() if _module(path) in used]
    far: list[str] = []
    tables = {match[1] for path in (*paths, *gone) if (match := re.match(r"course_data/(\w+)\.", path))}
    if tables:
        found.append(Step(listed(sorted(tables)), ("-m", "samarkand", "data", "check")))
        near += ["tests/data/test_record.py", *_tests_with(tables)]
        used = notebooks_with("|".join(rf"[\"']{table}[\"']" for table in sorted(tables)))
        shown |= set(used[0])
        sets |= {path.stem for path in used[1]}
    for path in paths:
        if re.fullmatch(r"samarkand/practice/questions/\w+\.toml", path):
            asked = "|".join(re.escape(id) for _, id, _, _ in questions.sayings(ROOT / path))
            shown |= set(notebooks_with(rf"[\"'](?:{asked})[\"']")[0])
    for path in python:
        if path.startswith("samarkand/"):
            module = _module(path)
            direct, others = tests_of(module)
            near += direct
            far += [test for test in others if not test.startswith(SLOW)]
            left += [test for test in others if test.startswith(SLOW)]
            written = _written(module) or rf"\b{module.split('.')[:2][-1]}\b"
            shown |= set(notebooks_with(written)[0])
    for beginnings, beside in BESIDE.items():
        if any(path.startswith(tuple(beginnings.split("|"))) for path in paths):
            for test in beside:
                near += [test] if test.startswith("tests/") else tests_of(test)[0]
    near = [test for test in near if (ROOT / test).exists()]
    found += _pytest("tests of the change itself", near)
    found += [step for lesson in sorted(shown) for step in _judged(lesson)]
    found += [step for name in sorted(sets) for step in _judged_set(name)]
    found += _pytest("tests of what stands on it", far)
    return found, sorted(set(left) - set(near))


def _pytest(what: str, tests: Sequence[str]) -> Iterator[Step]:
    if chosen := tuple(dict.fromkeys(tests)):
        yield Step(what, ("-m", "pytest", "-q", "-x", *chosen))


def _module(path: str) -> str:
    """Return the name of the module in a file of the package."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _judged_gone(gone: Sequence[str]) -> Iterator[Step]:
    """Yield what judges that files are gone, or have another name now: what still leads to them."""

    def lost(*folders: str) -> str:
        return listed([path for path in gone if path.startswith(folders)])

    if name := lost("notebooks/", "exercises/"):
        files = ("test_lesson_index.py", "test_exercise_links.py", "test_lesson_coverage.py")
        tests = [f"tests/notebooks/{file}" for file in files]
        left_over = "tests/notebooks/test_lesson_facts.py::test_no_record_is_left_over"
        yield Step(f"what leads to {name}, which is gone", ("-m", "samarkand", "build", "--check"))
        yield Step(f"what counts on {name}", ("-m", "pytest", "-q", *tests, left_over))
    if name := lost("samarkand/", "tools/"):
        yield Step(f"what imports {name}, which is gone", ("-m", "mypy"))
    if name := lost("tests/", ".ci/", ".github/"):
        yield Step(f"what guards {name}, which is gone", ("-m", "pytest", "-q", "tests/guard"))


def _judged(path: Path) -> Iterator[Step]:
    name = path.stem
    anew = f"If you meant that, samarkand build --facts {name[:2]} stores it anew; read the difference."
    yield Step(f"the rules of a lesson, {name}", ("-m", "samarkand", "build", "--check", str(path)))
    yield Step(f"what {name} shows", (*NBVAL, str(path)), anew)
    tests = [str(test) for test in sorted((ROOT / "tests" / "notebooks").glob("test_lesson_*.py"))]
    solved = [test for test in tests if test.endswith("practice.py")]  # runs it twice: beside the rest
    others = [test for test in tests if test not in solved]
    yield Step(f"what nbval does not see in {name}", ("-m", "pytest", "-q", "-x", "-k", name, *others), anew)
    yield Step(f"{name}, solved and run again", ("-m", "pytest", "-q", "-x", "-k", name, *solved), anew)


def _judged_set(name: str) -> Iterator[Step]:
    anew = f"If you meant that, samarkand release {name} makes it anew; read the difference."
    stages = [str(ROOT / "exercises" / stage / name) for stage in ("source", "release")]
    there = [folder for folder in stages if Path(folder).is_dir()]
    yield Step(f"what the set {name} shows", (*NBVAL, *there), anew)
    tests = ("tests/grading/test_exercises.py", "tests/grading/test_edges.py", RAMP, WORDS)
    marked = ("-m", "pytest", "-q", "-x", "-k", name, *tests)
    yield Step(f"how {name} is marked", marked, anew)


def judge(paths: Sequence[str], say: Callable[[str], None] = print) -> bool:
    """Run the steps that judge a change, two at a time, report each as it ends; return whether all passed."""
    began = time.monotonic()
    todo, left = steps(paths)
    if not todo:
        say("Nothing has changed that a test looks at.")
        return True
    fine = True
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = {pool.submit(_run, step): step for step in todo}
        for done in as_completed(running):
            step, (status, output) = running[done], done.result()
            passed = "ok" if status == 0 else "FAILED"
            say(f"{time.monotonic() - began:5.1f} s  {passed:6}  {step.what}")
            if status:
                fine = False
                say(_telling(output))
                if step.advice:
                    say(step.advice)
    if left:
        say(f"Left to start.py test, which runs all: {listed(left)}.")
    return fine


def _run(step: Step) -> tuple[int, str]:
    """Run a step; return its exit status and what it printed."""
    status, output = apart.run_python(step.command, os.environ, ROOT)
    empty = status == 5 and "pytest" in step.command  # no test of that name: nothing to judge
    return 0 if empty else status, output


def _telling(output: str) -> str:
    """Keep of what a step printed the part that says what is wrong: at most twenty lines."""
    lines = output.strip().splitlines()
    marked = [line for line in lines if re.match(r"E  |FAILED|ERROR|\S+: ", line)]
    return "\n".join(f"    {line.rstrip()[:160]}" for line in (marked or lines)[-20:])


def watch(say: Callable[[str], None] = print, only: Collection[str] = ()) -> None:
    """Judge what has changed at each save, until Ctrl-C; a save, or a removal, is judged once.

    `only` are paths from the root; without them all files count.
    """
    seen: dict[str, int] | None = None
    say("Waiting for a save; Ctrl-C ends it.")
    while True:
        # What git no longer names is looked at, too: a new file that was removed, a change that was undone.
        now = {path: _saved(ROOT / path) for path in (*changed(), *(seen or ())) if path in (only or (path,))}
        fresh = [path for path, when in now.items() if seen is not None and seen.get(path) != when]
        if fresh:
            say(f"\n{listed(fresh)}")
            for known in (_imports, _graph, rooms.offers):
                known.cache_clear()
            try:
                judge(fresh, say)
            except CourseError as error:  # half of a change: the next save may mend it
                say(str(error))
        seen = now
        time.sleep(LOOK)


def _saved(path: Path) -> int:
    """Return when a file was last written, in nanoseconds; 0 if it is gone."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
