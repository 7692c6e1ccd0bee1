"""Tests about tests: each asserts something, none is switched off, nothing softens a comparison."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
#: Calls that fail by themselves: of pytest, of Playwright, of pandas and numpy.
FAILING = {"raises", "fail", "warns", "expect", "wait_for", "wait_for_function", "wait_for_selector"}
#: Modules whose functions have the names of helpers of ours and assert nothing.
OUTSIDE = {"json", "os", "re", "shutil", "subprocess"}
#: What raises by itself where the test is about that.
RAISES_ITSELF = {
    "test_is_a_valid_notebook": "nbformat.validate",
    "test_python_3_6_can_read_it": "ast.parse with the grammar of 3.6",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(trees: dict[Path, ast.Module]) -> Iterator[tuple[Path, Function]]:
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield path, node


def called(node: ast.AST) -> set[str]:
    """The last part of each name that is called in it, and the fixtures that it asks for."""
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    found = {
        c.attr if isinstance(c, ast.Attribute) else c.id
        for c in calls
        if isinstance(c, ast.Attribute | ast.Name)
    }
    return found | ({a.arg for a in node.args.args} if isinstance(node, Function) else set())


def states(node: ast.AST) -> bool:
    """Whether it asserts or raises in so many words; ``assert True`` and the like assert nothing."""
    for one in ast.walk(node):
        if isinstance(one, ast.Raise):
            return True
        if isinstance(one, ast.Assert) and not isinstance(one.test, ast.Constant):
            return True
    return bool({c for c in called(node) if c in FAILING or c.startswith("assert_")})


def toothless(trees: dict[Path, ast.Module]) -> list[str]:
    """Name the tests that neither assert nor raise, nor call a function of the tests that does."""
    every = list(functions(trees))
    biting = {node.name for _, node in every if states(node)}
    while more := {n.name for _, n in every if n.name not in biting and called(n) & biting}:
        biting |= more
    tests = [
        (path, node) for path, node in every if node.name.startswith("test") and path.name.startswith("test")
    ]
    return [f"{path.name}:{node.lineno} {node.name}" for path, node in tests if node.name not in biting]


def parsed(*sources: str) -> dict[Path, ast.Module]:
    return {Path(f"test_{n}.py"): ast.parse(source) for n, source in enumerate(sources)}


def test_every_test_asserts_or_raises() -> None:
    found = toothless({path: ast.parse(path.read_text(encoding="utf-8")) for path in TESTS})
    assert {name.partition(" ")[2] for name in found} == set(RAISES_ITSELF), found


@pytest.mark.parametrize(
    "source",
    [
        "def test_a():\n    f()",
        "def test_a():\n    assert True",
        "def test_a():\n    result == 3",
        "def test_a():\n    assert 'always true'",
        "def helper():\n    print(1)\ndef test_a():\n    helper()",
    ],
)
def test_a_test_without_teeth_is_named(source: str) -> None:
    assert toothless(parsed(source)) == [
        f"test_0.py:{source[: source.index('def test')].count(chr(10)) + 1} test_a"
    ]


def test_a_test_that_asserts_through_a_helper_is_fine() -> None:
    assert toothless(parsed("def helper(x):\n    assert x", "def test_a():\n    helper(1)")) == []


#: What would switch tests off, or let them pass unseen. (Skips are left to ``tests/conftest.py``.)
SWITCHES = (
    r"collect_ignore",
    r"run=False",
    r"pytest\.mark\.skip\b",
    r"@unittest",
    r"strict=False",
    r"addopts|deselect",
)


def switched(text: str) -> list[str]:
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return [switch for switch in SWITCHES if re.search(switch, code)]


def test_no_test_is_switched_off() -> None:
    here = Path(__file__)
    wrong = {p.name: switched(p.read_text(encoding="utf-8")) for p in TESTS if p != here}
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    "line",
    [
        'collect_ignore = ["test_data.py"]',
        "@pytest.mark.xfail(run=False)",
        '@pytest.mark.skip("later")',
        "@pytest.mark.xfail(strict=False)",
    ],
)
def test_a_switch_is_seen(line: str) -> None:
    assert switched(line)


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return listed.split() or [
        p.relative_to(ROOT).as_posix() for p in ROOT.rglob("*") if ".venv" not in p.parts
    ]


SOFTENING = re.compile(
    r"^(notebooks|exercises)/(.*/)?(conftest\.py|pytest\.ini|\.pytest\.ini|tox\.ini|setup\.cfg|.*\.cfg)$"
)


def test_nothing_beside_the_notebooks_can_soften_how_they_are_compared() -> None:
    """nbval obeys a ``conftest.py`` and a sanitising configuration beside the notebooks."""
    assert [name for name in tracked() if SOFTENING.match(name)] == []
    assert all(
        SOFTENING.match(name) for name in ("notebooks/conftest.py", "exercises/source/ex01/pytest.ini")
    )


def test_the_settings_of_the_tools_are_as_strict_as_they_were() -> None:
    """Each of these has been loosened in a trial without one test failing."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    pytest_ = tools["pytest"]["ini_options"]
    assert set(pytest_["addopts"].split()) == {"-ra", "--strict-markers", "--strict-config"}
    assert pytest_["xfail_strict"] is True
    assert pytest_["testpaths"] == ["tests"]
    assert set(pytest_) == {"testpaths", "pythonpath", "addopts", "xfail_strict", "filterwarnings"}
    mypy = tools["mypy"]
    assert mypy["strict"] is True
    assert "samarkand" in mypy["packages"]
    assert not {"ignore_errors", "exclude", "follow_imports"} & set(mypy)
    assert all(set(one) == {"module", "ignore_missing_imports"} for one in mypy["overrides"])
    ruff = tools["ruff"]["lint"]
    assert {"E", "F", "W", "I", "B", "UP", "D", "N", "PTH", "PL", "C4", "RET"} <= set(ruff["select"])
    assert not {"F", "E", "B", "F401", "F821", "F811"} & set(ruff["ignore"])


def test_a_skip_fails_where_nothing_may_be_skipped(tmp_path: Path) -> None:
    shutil.copyfile(ROOT / "tests" / "conftest.py", tmp_path / "conftest.py")
    (tmp_path / "test_one.py").write_text(
        "import pytest\n"
        "def test_a(need):\n    need(False, 'no browser')\n"
        "def test_b():\n    pytest.importorskip('no_such_module')\n"
        "def test_c():\n    assert 1\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    for ci, told in (("true", "2 failed, 1 passed"), ("", "1 passed, 2 skipped")):
        environment = os.environ | {"CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert told in ran.stdout, ran.stdout


IN_PART = """
import pytest
def test_a(sampled):
    print('tried', sampled(range(200), 12, 'courses'))
def test_b(sampled):
    print('tried', sampled('abc', 12, 'letters'))
@pytest.mark.parametrize('n', [0, 1])
def test_c(sampled, n):
    print('tried', sampled(range(30), 1, 'kills'))
@pytest.mark.parametrize(('cases', 'most'), [((), 3), (range(3), 0)])
def test_d(sampled, cases, most):
    with pytest.raises(ValueError, match='tries nothing'):
        sampled(cases, most, 'nothing')
"""


@pytest.mark.parametrize("side_by_side", [[], ["-p", "xdist.plugin", "-n", "2"]], ids=["one process", "two"])
def test_a_sample_is_never_empty_always_the_same_and_named_and_a_full_run_takes_all(
    tmp_path: Path, side_by_side: list[str]
) -> None:
    shutil.copyfile(ROOT / "tests" / "conftest.py", tmp_path / "conftest.py")
    (tmp_path / "test_one.py").write_text(IN_PART)
    command = [sys.executable, "-m", "pytest", "-rP", "-p", "no:cacheprovider", str(tmp_path), *side_by_side]

    def run(full: str) -> tuple[list[str], list[str]]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
        environment |= {"SAMARKAND_FULL": full, "CI": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        said = subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout
        assert "6 passed" in said, said
        return sorted(re.findall(r"^tried .*", said, re.M)), re.findall(r"^sampled: .*", said, re.M)

    tried, told = run("")
    assert tried == sorted(
        [
            "tried [0, 18, 36, 54, 72, 90, 109, 127, 145, 163, 181, 199]",
            "tried ['a', 'b', 'c']",
            "tried [0]",
            "tried [0]",
        ]
    )
    assert [re.sub(r"in \S*(test_\w::|test_one.py::)", "in ", line) for line in told] == [
        "sampled: 1 of 30 kills in test_c; in full: SAMARKAND_FULL=1",
        "sampled: 12 of 200 courses in test_a; in full: SAMARKAND_FULL=1",
    ]
    tried, told = run("1")
    assert tried == sorted(f"tried {list(all_)}" for all_ in (range(200), "abc", range(30), range(30)))
    assert told == []


def test_nothing_is_sampled_but_by_the_one_rule() -> None:
    """A second switch of the same name, or a sample by luck, would try less and say nothing."""
    readers = [p.name for p in TESTS if re.search(r"environ.*SAMARKAND_FULL", p.read_text(encoding="utf-8"))]
    assert sorted(readers) == ["conftest.py", "test_tests.py"]


def test_the_files_that_begin_first_are_there() -> None:
    """A file that has moved would begin late, and one of two processes would wait for it at the end."""
    tree = ast.parse((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    (named,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LONGEST"
    ]
    assert len(named) >= 10
    assert [name for name in named if ROOT / "tests" / name not in TESTS] == []
