"""What would let a failure pass, looked for in the files of a tree: each watch names what it finds amiss.

A tree is a dictionary, so that a breakage can be planted in it (`test_planted.py`) without touching a file.
A watch that finds nothing yields nothing. A change that is meant is made here too, where it is reviewed.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import io
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

ROOT = Path(__file__).resolve().parents[2]
Tree = dict[str, str]
Watch = Callable[[Tree], Iterator[str]]
WATCHES: list[Watch] = []
Function = ast.FunctionDef | ast.AsyncFunctionDef

#: The files that say what is run and how; all tests; all rules.
OF_INTEREST = re.compile(
    r"start\.py|pyproject\.toml|\.ci/run|\.github/workflows/.*|tools/suite\.py|tests/.*\.py"
    r"|samarkand/course/(rules.*|integrity)\.py|(.*/)?(conftest\.py|pytest\.ini|\.?pytest\.toml|tox\.ini|.*\.cfg)"
    r"|\.pre-commit-config\.yaml"
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
    "notebooks": [
        *("tools.warm_kernel", "--stock", "-m", "pytest"),
        *("--nbval", "notebooks", "exercises/source", "exercises/release", *SIDE_BY_SIDE),
        *("--durations=15", "--nbval-cell-timeout", "60", "-p", "no:cacheprovider"),
        *([] if os.name == "nt" else ["-c", os.devnull, "--rootdir", str(ROOT)]),
    ],
    "browser": ["pytest", "tests/browser", "--durations=15"],
}
BESIDE = ["types", "browser", "notebooks"]


@watch
def steps(tree: Tree) -> Iterator[str]:
    """The suite has these steps, to the letter; it fails if one fails, and if one says nothing."""
    suite = types.ModuleType("suite_of_the_tree")
    suite.__file__ = str(ROOT / "tools" / "suite.py")
    sys.modules[suite.__name__] = suite
    try:
        exec(compile(tree["tools/suite.py"], suite.__file__, "exec"), vars(suite))
        found = {step.name: [step.module, *step.options] for step in suite.STEPS}
        for name in found.keys() | STEPS:
            if found.get(name) != STEPS.get(name):
                yield f"step {name}: {found.get(name)}"
        if [step.name for step in suite.STEPS if step.beside] != BESIDE:
            yield "other steps run beside the others"
        good = suite.Step("good", "json.tool", ["--help"])
        for bad in (
            suite.Step("fails", "json.tool", ["no such file"]),
            suite.Step("fails beside", "json.tool", ["no such file"], beside=True),
            suite.Step("says nothing of its tests", "json.tool", ["--help", "--durations=15"]),
        ):
            suite.STEPS = [bad, good]
            with contextlib.redirect_stdout(io.StringIO()):
                status = suite.main([])
            if status != 1:
                yield f"the suite ends with {status} where a step {bad.name}"
    finally:
        del sys.modules[suite.__name__]


def commands(script: str) -> list[str]:
    """Return the lines of a shell script that do something."""
    return [
        line.strip() for line in script.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]


@watch
def ci(tree: Tree) -> Iterator[str]:
    """CI runs the suite, allows no skip, stops at an error, and takes the system's browser and sandbox."""
    script = tree[".ci/run"]
    lines = commands(script)
    if "set -euo pipefail" not in lines:
        yield "errors do not stop it"
    if not any(line.startswith("export CI=true") for line in lines):
        yield "skips are allowed"
    if lines[-1] != "python3 start.py test":
        yield "its last command is not the suite"
    yield from (
        line for line in lines if re.search(r"\|\| *(true|:|exit 0)|set \+|CI=false|\btrap\b|^exit\b", line)
    )
    installed = set(re.findall(r"[\w-]+", script.partition("wanted=(")[2]))
    if not {"chromium", "chromium-headless-shell", "bubblewrap", "git"} <= installed:
        yield "what tests need is not installed"
    if "playwright install" in script:
        yield "another browser than the system's"


FULL_BY_NIGHT = (
    "SAMARKAND_FULL: ${{ (github.event_name == 'schedule' || github.event_name == 'workflow_dispatch')"
    " && '1' || '' }}"
)
RUNS = [
    ".ci/run",
    "python start.py test tests/package tests/data -n 2 --dist loadscope",
    "python start.py test --nbval notebooks -n 2 --dist loadscope --nbval-cell-timeout 60",
]


@watch
def workflow(tree: Tree) -> Iterator[str]:
    """The workflow runs what CI runs, by night everything and all cases of it."""
    (text,) = [text for name, text in tree.items() if name.endswith("workflows/ci.yml")] or [""]
    lines = [line.strip() for line in text.splitlines()]
    ran = [line.partition("run: ")[2] for line in lines if re.match(r"(- )?run: ", line)]
    for command in RUNS:
        if command not in ran:
            yield f"{command} is not run"
    if not re.search(r'^  schedule:\n    - cron: "\d+ \d+ \* \* \*"$', text, re.M):
        yield "no night"
    if [line for line in lines if "SAMARKAND_FULL" in line] != [FULL_BY_NIGHT]:
        yield "only samples"
    if not {"push:", "pull_request:"} <= set(lines):
        yield "not at every push"
    for name, other in tree.items():
        if name.startswith(".github/"):
            yield from (
                found[0] for found in re.finditer(r"continue-on-error|\|\| *(true|:|exit 0)|\bif:|CI:", other)
            )


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

PYTEST = {
    "testpaths": ["tests"],
    "pythonpath": ["."],
    "addopts": "-ra --strict-markers --strict-config",
    "xfail_strict": True,
    "markers": ["by_day(most, what): so many cases are tried by day, all by night (tests/conftest.py)"],
    "filterwarnings": ["error::DeprecationWarning:samarkand"],
}
RUFF = {"E", "F", "W", "I", "B", "UP", "SIM", "RUF", "D", "N", "PTH", "PL", "C4", "RET"}
#: What of these is let pass in places; never a name that is unknown or given twice (F811: a test lost).
LET_PASS = {"D", "D401", "F401", "E402", "B018", "F704", "RUF005", "PLC0206"}
HOOKS = {
    "pytest_collection_modifyitems",
    "pytest_generate_tests",
    "pytest_make_collect_report",
    "pytest_runtest_makereport",
    "pytest_terminal_summary",
}


@functools.cache
def imported() -> set[str]:
    """Return the libraries that the package and the tools import."""
    ours = "\n".join(
        (ROOT / name).read_text(encoding="utf-8")
        for name in tracked()
        if name.startswith(("samarkand/", "tools/")) and name.endswith(".py")
    )
    return set(re.findall(r"^ *(?:from|import) (\w+)", ours, re.MULTILINE))


@watch
def settings(tree: Tree) -> Iterator[str]:
    """The settings of pytest, mypy, ruff and codespell are as strict as they were."""
    tools = tomllib.loads(tree["pyproject.toml"])["tool"]
    if tools["pytest"] != {"ini_options": PYTEST}:
        yield f"pytest: {tools['pytest']}"
    mypy = tools["mypy"]
    if (mypy["packages"], mypy["strict"], mypy["warn_unreachable"]) != (["samarkand", "tools"], True, True):
        yield "mypy is not strict on all"
    if set(mypy) != {"packages", "strict", "warn_unreachable", "untyped_calls_exclude", "overrides"}:
        yield f"mypy: {sorted(mypy)}"
    for one in mypy["overrides"]:
        kind = set(one) - {"module"}
        skipped = [name.removesuffix(".*") for name in one["module"]] if kind == {"follow_imports"} else []
        if kind != {"ignore_missing_imports"} and not skipped:
            yield "mypy looks away"
        yield from (f"mypy skips {name}, which we import" for name in skipped if name in imported())
    ruff = tools["ruff"]
    if not set(ruff["lint"]["select"]) >= RUFF:
        yield f"ruff leaves out {RUFF - set(ruff['lint']['select'])}"
    if any(re.match(r"[EFB]\d*$", code) for code in ruff["lint"]["ignore"]):
        yield f"ruff ignores {ruff['lint']['ignore']}"
    if not {code for codes in ruff["lint"]["per-file-ignores"].values() for code in codes} <= LET_PASS:
        yield "ruff lets more pass in places"
    if ruff["extend-exclude"] != ["exercises/release"] or "exclude" in ruff:
        yield "ruff leaves files out"
    if set(tools["codespell"]) != {"skip", "ignore-words-list"} or ",*.py" in tools["codespell"]["skip"]:
        yield "codespell leaves files out"


@watch
def softening(tree: Tree) -> Iterator[str]:
    """Nothing beside the notebooks, and no second file of settings, softens how anything is compared.

    nbval obeys a ``conftest.py`` and a sanitising configuration beside the notebooks.
    """
    for name in tree:
        if re.search(r"(^|/)(\.?pytest\.(ini|toml)|tox\.ini|.*\.cfg)$", name):
            yield name
        if name.endswith("conftest.py") and not name.startswith("tests/"):
            yield name


# ------------------------------------------------------------------------------------- tests

#: Calls that fail by themselves: of pytest, of Playwright, of pandas and numpy.
FAILING = {"raises", "fail", "warns", "expect", "wait_for", "wait_for_function", "wait_for_selector"}
#: What raises by itself where the test is about that.
RAISES_ITSELF = {
    "test_is_a_valid_notebook": "nbformat.validate",
    "test_python_3_6_can_read_it": "ast.parse with the grammar of 3.6",
}
#: So many functions are tests, at least: whoever takes one out says so here.
AT_LEAST = {
    "browser": 52,
    "data": 53,
    "grading": 224,
    "guard": 6,
    "notebooks": 96,
    "package": 425,
    "start": 54,
}
AT_LEAST |= {"tools": 19}
#: What would switch tests off, or let them pass unseen. (Skips are left to ``tests/conftest.py``.)
SWITCHES = (
    r"collect_ignore",
    r"run=False",
    r"pytest\.mark\.skip\b",
    r"skipif\((True|1)\b",
    r"@unittest",
    r"strict=False",
    r"addopts|deselect",
    r"__test__",
    r"pytest\.exit|exitstatus",
    r"suppress\((AssertionError|Exception|BaseException)\)",
    r"nbval-lax|sanitize-with",
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
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    found = {
        c.attr if isinstance(c, ast.Attribute) else c.id
        for c in calls
        if isinstance(c, ast.Attribute | ast.Name)
    }
    return frozenset(found | {a.arg for a in node.args.args})


def reached(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield what may run: nothing after a ``return``, under ``if False``, or whose failure is caught."""
    for one in body:
        if isinstance(one, ast.Return):
            yield from ast.walk(one)
            return
        if isinstance(one, ast.If) and isinstance(one.test, ast.Constant) and not one.test.value:
            yield from reached(one.orelse)
        elif isinstance(one, ast.Try) and any(map(swallows, one.handlers)):
            yield from reached([*one.orelse, *one.finalbody])
        else:
            nested = [getattr(one, name, []) for name in ("body", "orelse", "finalbody")]
            if any(nested) and not isinstance(one, ast.FunctionDef | ast.ClassDef):
                yield one
                for part in nested:
                    yield from reached(part)
                for item in getattr(one, "items", []):
                    yield from ast.walk(item)
            else:
                yield from ast.walk(one)


def swallows(handler: ast.ExceptHandler) -> bool:
    """Whether it catches a failed ``assert`` and goes on."""
    caught = "" if handler.type is None else ast.unparse(handler.type)
    wide = not caught or re.search(r"\b(AssertionError|Exception|BaseException)\b", caught)
    return bool(wide) and not any(isinstance(one, ast.Raise | ast.Assert) for one in ast.walk(handler))


@functools.cache
def states(node: Function) -> bool:
    """Whether it asserts or raises in so many words; ``assert True`` and the like assert nothing."""
    for one in reached(node.body):
        if isinstance(one, ast.Raise):
            return True
        if isinstance(one, ast.Assert) and not isinstance(one.test, ast.Constant | ast.Tuple):
            return True
    return bool({c for c in called(node) if c in FAILING or c.startswith("assert_")})


@watch
def toothless(tree: Tree) -> Iterator[str]:
    """Name the tests that neither assert nor raise, nor call a function of the tests that does."""
    trees = {path: parsed(source) for path, source in tree.items() if path.startswith("tests/")}
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
    """As many tests are collected as there were: in a file pytest looks into, under a name it looks for."""
    count: Counter[str] = Counter()
    for path, source in tree.items():
        folder, *_, name = path.split("/")[1:] if path.count("/") > 1 else ("", "")
        if path.startswith("tests/") and name.startswith("test_"):
            module = parsed(source)
            names = [n.name for n in module.body if isinstance(n, Function) and n.name.startswith("test")]
            count[folder] += len(names)
            yield from (f"{path}: {name} stands twice" for name, n in Counter(names).items() if n > 1)
    yield from (f"{name}: {count[name]} tests of {n}" for name, n in AT_LEAST.items() if count[name] < n)
    yield from (
        f"{path} is beyond the test paths" for path in tree if re.search(r"^(?!tests/).*\btest_\w+\.py", path)
    )


@watch
def hooks(tree: Tree) -> Iterator[str]:
    """No ``conftest.py`` has a hook by which tests are left out or outcomes changed, but these."""
    for path, node in functions({p: parsed(s) for p, s in tree.items() if p.endswith("conftest.py")}):
        if node.name.startswith("pytest_") and node.name not in HOOKS:
            yield f"{path}: {node.name}"


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
    """With the tests' own ``conftest.py``, each kind of outcome is what it is to be where CI runs."""
    said = _outcomes(tree["tests/conftest.py"])
    if "4 failed, 2 passed, 1 xfailed, 3 errors" not in said:
        yield said[-600:]


@functools.cache
def _outcomes(conftest: str) -> str:
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
        command += ["--continue-on-collection-errors"]
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
