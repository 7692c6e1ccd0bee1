"""What would let a failure pass, looked for in the files of a tree: each watch names what it finds amiss.

A tree is a dictionary, so that a breakage can be planted in it (`test_planted.py`) without touching a file.
A watch that finds nothing yields nothing. A change that is meant is made here too, or in the folder `agreed`,
where it is reviewed.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import functools
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import types
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Tree = dict[str, str]
Watch = Callable[[Tree], Iterator[str]]
WATCHES: list[Watch] = []
Function = ast.FunctionDef | ast.AsyncFunctionDef

AGREED = ROOT / "tests" / "guard" / "agreed"

#: Files that a tool reads beside ``pyproject.toml`` or in its place, or that pytest and nbval run.
SECOND = re.compile(
    r"(.*/)?(\.?(pytest|mypy|ruff)\.(ini|toml)|tox\.ini|.*\.cfg|\.codespellrc|\.importlinter)|.+/pyproject\.toml"
    r"|(?!tests/)(.*/)?conftest\.py"
)
#: What Python finds in the course's folder before all that is installed, and runs or takes for a tool.
FOUND_FIRST = re.compile(r"[^/]+\.py|[^/]+/__init__\.py|[^/]+\.(dist|egg)-info/.*")
#: The files that say what is run and how; all code.
OF_INTEREST = re.compile(
    rf".*\.py|pyproject\.toml|\.ci/.*|\.github/(?!ISSUE_TEMPLATE/).*|{SECOND.pattern}|{FOUND_FIRST.pattern}"
)


def watch(function: Watch) -> Watch:
    """Add a watch."""
    WATCHES.append(function)
    return function


def tracked() -> list[str]:
    """Name the files of the repository."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return listed.split() or [
        p.relative_to(ROOT).as_posix() for p in ROOT.rglob("*") if ".venv" not in p.parts
    ]


def tree() -> Tree:
    """Return the course's own."""
    names = [name for name in tracked() if OF_INTEREST.fullmatch(name) and (ROOT / name).is_file()]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in names}


@functools.cache
def parsed(source: str) -> ast.Module:
    return ast.parse(source)


# ------------------------------------------------------------------------------------- what is run


def unlike(found: object, agreed: object) -> Iterator[str]:
    """Yield the lines that are there and not agreed (+), or agreed and not there (-)."""
    lines = [
        one.splitlines() if isinstance(one, str) else json.dumps(one, indent=1).splitlines()
        for one in (agreed, found)
    ]
    yield from (line for line in difflib.ndiff(*lines) if line[0] in "+-")


def commands(text: str) -> str:
    """Return a text without its comments and empty lines."""
    return "\n".join(line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))


@watch
def as_agreed(tree: Tree) -> Iterator[str]:
    """CI does what was agreed, line by line, and nothing else does; the tools have the settings agreed."""
    for name, copy in ((".ci/run", "run.txt"), (".github/workflows/ci.yml", "ci.yml")):
        agreed = (AGREED / copy).read_text(encoding="utf-8")
        yield from (f"{name}: {line}" for line in unlike(commands(tree.get(name, "")), commands(agreed)))
    yield from (name for name in tree if re.match(r"\.github/(?!workflows/ci\.yml$)|\.ci/(?!run$)", name))
    tools = tomllib.loads(tree["pyproject.toml"])["tool"]
    due = tomllib.loads((AGREED / "settings.toml").read_text(encoding="utf-8"))["tool"]
    yield from unlike({name: tools.get(name) for name in due}, due)


SIDE_BY_SIDE = ["-n", "2", "--dist", "loadscope"]
STEPS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "spelling": ["codespell_lib"],
    "tests": [
        *("tools.warm_kernel", "-m", "pytest", "tests", "--ignore=tests/browser"),
        *(*SIDE_BY_SIDE, "--no-loadscope-reorder", "--durations=15"),
    ],
    "browser": ["pytest", "tests/browser", "--durations=15"],
    "notebooks": [
        *("tools.warm_kernel", "--stock", "-m", "pytest"),
        *("--nbval", "notebooks", "exercises/source", "exercises/release", *SIDE_BY_SIDE),
        *("--durations=15", "--nbval-cell-timeout", "60", "-p", "no:cacheprovider"),
        *([] if os.name == "nt" else ["-c", os.devnull, "--rootdir", str(ROOT)]),
    ],
}
BESIDE = ["types", "browser", "notebooks"]
#: How a step may end: well, or with a failure, by a signal, or with no word of its tests.
WELL, *BADLY = (0, "1 passed in 1.00s\n"), (1, "1 failed in 1.00s\n"), (-9, "1 passed in 1.00s\n"), (0, "")


@watch
def steps(tree: Tree) -> Iterator[str]:
    """The suite has these steps, to the letter; each is run once, as it is, and its failure the suite's."""
    suite = types.ModuleType("suite_of_the_tree")
    suite.__file__ = str(ROOT / "tools" / "suite.py")
    sys.modules[suite.__name__] = suite
    try:
        exec(compile(tree["tools/suite.py"], suite.__file__, "exec"), vars(suite))
        yield from unlike({step.name: [step.module, *step.options] for step in suite.STEPS}, STEPS)
        if [step.name for step in suite.STEPS if step.beside] != BESIDE:
            yield "other steps run beside the others"
        for step in suite.STEPS:
            for ending in BADLY:
                if ending[1] or "--durations=15" in step.options:
                    yield from ran(suite, [], STEPS, {step.name: ending})
        given = ["tests/data", "-k", "members", "--nbval"]
        yield from ran(suite, given, {"tests": ["pytest", *given]}, {"tests": BADLY[0]})
        yield from ran(suite, [], STEPS, {})
    finally:
        del sys.modules[suite.__name__]


def ran(
    suite: Any, given: list[str], due: dict[str, list[str]], bad: dict[str, tuple[int, str]]
) -> Iterator[str]:
    """Run a suite, with no process, where all ends well but what is `bad`; name what is not as it is due."""
    started = []

    def start(command: list[str], **options: Any) -> types.SimpleNamespace:
        more = {"SAMARKAND_WORK"} if "--nbval" in command else set()
        found, ours = (
            {k: v for k, v in one.items() if k not in more} for one in (options["env"], os.environ)
        )
        as_is = command[:2] == [sys.executable, "-m"] and found == ours and options["cwd"] == ROOT
        started.append(command[2:] if as_is else [*command, "in another environment"])
        status, output = next((end for name, end in bad.items() if due[name] == command[2:]), WELL)
        return types.SimpleNamespace(stdout=[output], wait=lambda: status)

    suite.subprocess = types.SimpleNamespace(Popen=start, PIPE=-1, STDOUT=-2, DEVNULL=-3)
    with contextlib.redirect_stdout(io.StringIO()) as said:
        status = suite.main(given)
    yield from unlike(sorted(started), sorted(due.values()))
    told = dict(re.findall(r"^(\w+) +(FAILED|ok) +\d+ s", said.getvalue(), re.M))
    if (told, status) != ({step: "FAILED" if step in bad else "ok" for step in due}, int(bool(bad))):
        yield f"the suite ends with {status} and {told} where this ends badly: {bad}"


@watch
def installs(tree: Tree) -> Iterator[str]:
    """Each list of arguments in ``start.py`` that installs something from outside takes no file unchecked."""
    calls = [
        [arg.value for arg in ast.walk(node) if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        for node in ast.walk(parsed(tree["start.py"]))
        if isinstance(node, ast.Call | ast.List)
    ]
    outside = [words for words in calls if {"install", "sync"} & set(words) and "--offline" not in words]
    if len(outside) < 3:
        yield f"only {len(outside)} places install something: is one out of sight?"
    for words in outside:
        if not {"--require-hashes", "--only-binary"} <= set(words):
            yield f"unchecked: {' '.join(words)}"


@watch
def handed_over(tree: Tree) -> Iterator[str]:
    """``start.py test`` becomes the suite, so that its exit status is the suite's."""
    source = {n.name: ast.unparse(n) for n in parsed(tree["start.py"]).body if isinstance(n, ast.FunctionDef)}
    if not source["test"].endswith("return hand_over([str(SUITE), *arguments])"):
        yield "test does not hand over to the suite"
    if "os.execve(command[0], command, environment())" not in source["hand_over"]:
        yield "the suite's status is not the process's"
    if "sys.exit(main(sys.argv[1:]))" not in tree["start.py"]:
        yield "main's status is not the process's"


# ------------------------------------------------------------------------------------- settings


@watch
def settings(tree: Tree) -> Iterator[str]:
    """mypy skips no library that the package and the tools import; no contract on imports has exceptions."""
    tools = tomllib.loads(tree["pyproject.toml"])["tool"]
    ours = "\n".join(tree[name] for name in tree if name.startswith(("samarkand/", "tools/")))
    imported = set(re.findall(r"^ *(?:from|import) (\w+)", ours, re.MULTILINE))
    skipped = {
        name for one in tools["mypy"]["overrides"] if "follow_imports" in one for name in one["module"]
    }
    yield from (f"mypy skips {name}" for name in skipped if name.removesuffix(".*") in imported)
    for contract in tools["importlinter"]["contracts"]:
        yield from (f"{contract['id']}: {key}" for key in contract if "ignore_imports" in key)


@watch
def directives(tree: Tree) -> Iterator[str]:
    """No file asks mypy or ruff to look away from it, but for lengths of lines and of functions."""
    away = re.compile(
        r"^\s*#\s*(mypy:|type:|(ruff|flake8):(?! noqa: (E501|PLR0911|PLR0913) )).*", re.M | re.I
    )
    for path, source in tree.items():
        if path.endswith(".py"):
            yield from (f"{path}: {found[0]}" for found in away.finditer(source))


@watch
def softening(tree: Tree) -> Iterator[str]:
    """No second file of settings softens how anything is compared, and nothing takes a tool's place.

    nbval obeys a ``conftest.py`` and a sanitising configuration beside the notebooks. Python looks for
    mypy in the course's folder first, and runs a ``sitecustomize.py`` there; pytest loads what it finds.
    """
    ours = {"start.py", "samarkand/__init__.py", "tools/__init__.py"}
    first = {name for name in tree if FOUND_FIRST.fullmatch(name)}
    yield from (first - ours) | {name for name in tree if SECOND.fullmatch(name)}


# ------------------------------------------------------------------------------------- tests

#: Calls that fail by themselves: of pytest, of Playwright, of pandas and numpy.
FAILING = {"raises", "fail", "warns", "expect", "wait_for", "wait_for_function", "wait_for_selector"}
#: What raises by itself where the test is about that.
RAISES_ITSELF = {
    "test_is_a_valid_notebook": "nbformat.validate",
    "test_python_3_6_can_read_it": "ast.parse with the grammar of 3.6",
}
#: The tests of each file, exactly, and their cases by day, at least: whoever takes one out says so there.
TESTS = {
    name: (int(tests), int(cases))
    for name, tests, cases in map(str.split, (AGREED / "tests.txt").read_text(encoding="utf-8").splitlines())
}
#: Of how many cases a test tries some by day, and what they are.
BY_DAY = {
    "tests/browser/test_lessons.py": ['3, "lessons"'],
    "tests/browser/test_maps.py": ['8, "maps"', '8, "maps"', '8, "maps"'],
    "tests/grading/test_alone.py": ['3, "sets"'],
    "tests/grading/test_exercises.py": ['3, "sets"'],
    "tests/grading/test_handed_in.py": ['4, "kinds of large files"'],
    "tests/grading/test_lookup.py": ['3, "sets"', '10, "cheats"', '3, "sets"'],
    "tests/guard/test_samples.py": ["2, 'lessons'"],
    "tests/notebooks/test_lesson_practice.py": ['4, "lessons"'],
    "tests/notebooks/test_lesson_words.py": ['30, "wrong statements"', '4, "lessons"'],
    "tests/package/test_names.py": ['4, "lessons"'],
}
#: The hooks of pytest, and where they are.
HOOKS = {
    "tests/conftest.py": {
        "pytest_collection_modifyitems",
        "pytest_make_collect_report",
        "pytest_runtest_makereport",
        "pytest_terminal_summary",
    },
    "tests/notebooks/conftest.py": {"pytest_generate_tests"},
}
#: What would switch tests off, or let them pass unseen. (Skips are left to ``tests/conftest.py``.)
SWITCHES = (
    r"collect_ignore",
    r"\bxfail\b|add_marker|applymarker",
    r"pytest\.mark\.skip\b",
    r"skipif\((True|1)\b",
    r"@unittest",
    r"addopts|deselect",
    r"__test__",
    r"pytest\.exit|exitstatus",
    r"suppress\([^)]*\b(AssertionError|Exception|BaseException)\b",
    r"nbval-lax|sanitize-with",
    r"(?<!STRICT = os\.)environ.{1,5}[\x22']CI[\x22']|getenv|GITHUB_ACTIONS",
)


def functions(trees: dict[str, ast.Module]) -> Iterator[tuple[str, Function]]:
    for path, module in trees.items():
        yield from ((path, node) for node in _functions(module))


@functools.cache
def _functions(module: ast.Module) -> list[Function]:
    return [node for node in ast.walk(module) if isinstance(node, Function)]


@functools.cache
def called(node: Function) -> frozenset[str]:
    """Return the last part of each name that is called in it, and the fixtures that it asks for."""
    calls = [one.func for one in reached(node) if isinstance(one, ast.Call)]
    found = {
        c.attr if isinstance(c, ast.Attribute) else c.id
        for c in calls
        if isinstance(c, ast.Attribute | ast.Name)
    }
    return frozenset(found | {a.arg for a in node.args.args})


@functools.cache
def reached(node: Function) -> list[ast.AST]:
    """Return what may run: nothing after a ``return``, under ``if False``, or whose failure is caught.

    Nor what stands in a function within that nothing names.
    """

    def named(name: str) -> bool:
        names = (one for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load))
        return any(one.id == name for one in names)

    def within(body: list[Any]) -> Iterator[ast.AST]:
        for one in body:
            if isinstance(one, ast.If) and isinstance(one.test, ast.Constant) and not one.test.value:
                yield from within(one.orelse)
            elif isinstance(one, ast.Try) and any(map(swallows, one.handlers)):
                yield from within([*one.orelse, *one.finalbody])
            elif isinstance(one, ast.expr | ast.ClassDef):
                yield from ast.walk(one)
            elif isinstance(one, ast.AST) and (not isinstance(one, Function) or named(one.name)):
                yield one
                for name, part in ast.iter_fields(one):
                    if name != "handlers":
                        yield from within(part if isinstance(part, list) else [part])
            if isinstance(one, ast.Return):
                return

    return [*within(node.body)]


def swallows(handler: ast.ExceptHandler) -> bool:
    """Whether it catches a failed ``assert`` and goes on."""
    caught = "" if handler.type is None else ast.unparse(handler.type)
    wide = not caught or re.search(r"\b(AssertionError|Exception|BaseException)\b", caught)
    return bool(wide) and not any(isinstance(one, ast.Raise | ast.Assert) for one in ast.walk(handler))


@functools.cache
def states(node: Function) -> bool:
    """Whether it asserts or raises in so many words; ``assert True`` and the like assert nothing."""
    for one in reached(node):
        if isinstance(one, ast.Raise):
            return True
        if isinstance(one, ast.Assert) and not isinstance(one.test, ast.Constant | ast.Tuple):
            return True
    return bool({c for c in called(node) if c in FAILING or c.startswith("assert_")})


@watch
def toothless(tree: Tree) -> Iterator[str]:
    """Name the tests that neither assert nor raise, nor call a function of the tests that does."""
    trees = {path: parsed(source) for path, source in tree.items() if re.match(r"tests/.*\.py$", path)}
    every = list(functions(trees))
    biting = {node.name for _, node in every if states(node)}
    while more := {n.name for _, n in every if n.name not in biting and called(n) & biting}:
        biting |= more
    for path, node in every:
        test = node.name.startswith("test") and Path(path).name.startswith("test")
        if test and node.name not in biting and node.name not in RAISES_ITSELF:
            yield f"{path}:{node.lineno} {node.name}"


@watch
def switched_off(tree: Tree) -> Iterator[str]:
    """No test is switched off."""
    for path, source in tree.items():
        if path.startswith("tests/") and not path.startswith("tests/guard/"):
            code = "\n".join(line for line in source.splitlines() if not line.lstrip().startswith("#"))
            yield from (f"{path}: {switch}" for switch in SWITCHES if re.search(switch, code))


@watch
def gone(tree: Tree) -> Iterator[str]:
    """The tests that were agreed are there: in a file pytest looks into, under a name it looks for."""
    count: dict[str, int] = {}
    for path, source in tree.items():
        name = path.removeprefix("tests/")
        if re.search(r"^tests/(.*/)?test_\w+\.py", path):
            body = parsed(source).body
            names = [n.name for n in body if isinstance(n, Function) and n.name.startswith("test")]
            count[name] = len(names)
            yield from (f"{path}: {name} stands twice" for name, n in Counter(names).items() if n > 1)
        elif re.search(r"\btest_\w+\.py", path):
            yield f"{path} is beyond the test paths"
    for name in sorted(count.keys() | TESTS):
        tests = TESTS.get(name, (0, 0))[0]
        if count.get(name, 0) != tests:
            yield f"{name} has {count.get(name, 0)} tests; in agreed/tests.txt it has {tests}"


def untried(tried: Counter[str], under: list[str]) -> Iterator[str]:
    """Name the files under some folders of which a run tries fewer cases than were agreed."""
    for name, (_, cases) in TESTS.items():
        if tried[name] < cases and f"tests/{name}".startswith(tuple(under)):
            yield f"{name}: {tried[name]} cases are tried; in agreed/tests.txt it has {cases}"


@watch
def hooks(tree: Tree) -> Iterator[str]:
    """No ``conftest.py`` names a hook by which tests are left out or outcomes changed, but these."""
    for path, source in tree.items():
        if path.endswith("conftest.py"):
            found = {*re.findall(r"\bpytest_\w+|import \*|pluginmanager", source)}
            yield from (f"{path}: {hook}" for hook in found - HOOKS.get(path, set()))


@watch
def samples(tree: Tree) -> Iterator[str]:
    """By day these tests try so many of their cases, and no others leave any out."""
    found = {
        path: re.findall(r"^[@\w =.]*\.by_day\((.*)\)", source, re.MULTILINE)
        for path, source in tree.items()
        if path.startswith("tests/")
    }
    yield from unlike({path: found[path] for path in sorted(found) if found[path]}, BY_DAY)


KINDS = """
import pytest
def test_passes(): assert 1
def test_fails(): assert 0
def test_needs(need): need(False, 'no browser')
def test_lacks(): pytest.importorskip('no_such_module')
def test_skips(): pytest.skip('not today')
@pytest.mark.parametrize('case', [])
def test_has_no_cases(case): assert case
@pytest.mark.xfail(strict=True)
def test_is_to_fail(): assert 0
@pytest.fixture
def broken(): raise ValueError
def test_has_no_fixture(broken): assert 1
def test_passes_too(sampled): assert sampled(range(9), 3, 'cases') == [0, 4, 8]
"""


@watch
def outcomes(tree: Tree) -> Iterator[str]:
    """With the tests' own ``conftest.py``, each kind of outcome is what it is to be where CI runs.

    So it is in one process, as the browser's tests run, and in a worker, as all others do.
    """
    for way in ("", "-pxdist.plugin -n1"):
        said = _outcomes(tree["tests/conftest.py"], way)
        if "4 failed, 2 passed, 1 xfailed, 3 errors" not in said:
            yield said[-600:]


@functools.cache
def _outcomes(conftest: str, way: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "conftest.py").write_text(conftest, encoding="utf-8")
        (Path(folder) / "test_kinds.py").write_text(KINDS, encoding="utf-8")
        (Path(folder) / "test_lost.py").write_text("import pytest\npytest.importorskip('no_such_module')\n")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            folder,
            "--rootdir",
            folder,
        ]
        command += ["--continue-on-collection-errors", *way.split()]
        unset = ("PYTEST_", "SAMARKAND_FULL")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(unset)}
        environment |= {"CI": "true", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout


# ------------------------------------------------------------------------------------- rules

#: Where the rules are, and the first parameter by which one is known.
RULES = {
    "samarkand/course/rules_of_lessons.py": "lesson",
    "samarkand/course/rules_of_sets.py": "exercise",
    "samarkand/course/rules_of_words.py": "lesson",
    "samarkand/course/rules_of_concepts.py": "lesson",
    "samarkand/course/rules_of_counts.py": "tables",
    "samarkand/course/integrity.py": "tables",
    "samarkand/course/rules.py": "table",
}


@watch
def rules(tree: Tree) -> Iterator[str]:
    """Each rule is asked, since it is one of its module's generators, and swallows no error of its own."""
    for path, about in RULES.items():
        if "suppress" in tree[path]:
            yield f"{path} suppresses something"
        for node in parsed(tree[path]).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or not node.args.args:
                continue
            first, gives = node.args.args[0].arg, ast.unparse(node.returns or ast.Constant(None))
            if first != about or not gives.startswith("Iterator["):
                continue
            asked = any(isinstance(one, ast.Yield | ast.YieldFrom) for one in ast.walk(node))
            if not asked or not {ast.unparse(one) for one in node.decorator_list} <= {"lesson_rule"}:
                yield f"{path}: {node.name} is not asked"
            for caught in [one for one in ast.walk(node) if isinstance(one, ast.ExceptHandler)]:
                if not any(isinstance(one, ast.Yield | ast.Raise) for one in ast.walk(caught)):
                    yield f"{path}: {node.name} swallows {ast.unparse(caught.type) if caught.type else 'all'}"
