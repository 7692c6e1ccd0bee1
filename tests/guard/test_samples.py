"""Tests about samples: never empty, always the same, named; and about the order of files."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = sorted((ROOT / "tests").rglob("*.py"))

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
@pytest.mark.by_day(2, 'lessons')
@pytest.mark.parametrize('n', range(5), ids='lesson{}'.format)
def test_e(n):
    print('tried', n)
"""


@pytest.mark.parametrize("side_by_side", [[], ["-p", "xdist.plugin", "-n", "2"]], ids=["one process", "two"])
def test_a_sample_is_never_empty_always_the_same_and_named_and_a_full_run_takes_all(
    tmp_path: Path, side_by_side: list[str]
) -> None:
    shutil.copyfile(ROOT / "tests" / "conftest.py", tmp_path / "conftest.py")
    (tmp_path / "test_one.py").write_text(IN_PART)
    command = [sys.executable, "-m", "pytest", "-rP", "-p", "no:cacheprovider", str(tmp_path), *side_by_side]
    command += ["--strict-markers", "-o", "markers=by_day"]

    def run(full: str, passed: int, *options: str) -> tuple[list[str], list[str]]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
        environment |= {"SAMARKAND_FULL": full, "CI": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        said = subprocess.run(
            [*command, *options], env=environment, capture_output=True, text=True, check=False
        ).stdout
        assert f"{passed} passed" in said, said
        return sorted(re.findall(r"^tried .*", said, re.M)), re.findall(r"^sampled: .*", said, re.M)

    tried, told = run("", 8)
    assert tried == sorted(
        [
            "tried [0, 18, 36, 54, 72, 90, 109, 127, 145, 163, 181, 199]",
            "tried ['a', 'b', 'c']",
            "tried [0]",
            "tried [0]",
            "tried 0",
            "tried 4",
        ]
    )
    assert [re.sub(r"in \S*(test_\w::|test_one.py::)", "in ", line) for line in told] == [
        "sampled: 1 of 30 kills in test_c; in full: SAMARKAND_FULL=1",
        "sampled: 12 of 200 courses in test_a; in full: SAMARKAND_FULL=1",
        "sampled: 2 of 5 lessons in test_e; in full: SAMARKAND_FULL=1",
    ]
    if side_by_side:
        return  # whether all are taken, or one by its name, each of them decides as one process does
    tried, told = run("1", 11)
    whole = [str(list(all_)) for all_ in (range(200), "abc", range(30), range(30))]
    assert tried == sorted(f"tried {one}" for one in (*whole, *"01234"))
    assert told == []
    assert run("", 1, "-k", "lesson3") == (["tried 3"], []), "what is asked for by name is tried"


def test_nothing_is_sampled_but_by_the_one_rule() -> None:
    """A second switch of the same name, or a sample by luck, would try less and say nothing."""
    readers = [p.name for p in TESTS if re.search(r"environ.*SAMARKAND_FULL", p.read_text(encoding="utf-8"))]
    assert sorted(readers) == ["conftest.py", "test_samples.py"]


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
