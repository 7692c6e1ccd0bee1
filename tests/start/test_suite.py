"""The suite's runner goes on after a failure, adds up, and says what took longest."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import suite

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[suite.Step]:
    """Return four steps in a folder of their own: two that fail, two that pass."""
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    monkeypatch.setenv(
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"
    )  # none is needed, and each costs time at the start
    (tmp_path / "test_good.py").write_text(
        "import time\ndef test_a(): time.sleep(0.03)\ndef test_b(): time.sleep(0.01)\n"
    )
    (tmp_path / "test_bad.py").write_text("import time\ndef test_c():\n    time.sleep(0.02)\n    assert 0\n")
    (tmp_path / "test_none.py").write_text("")
    quiet = ["-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path), "--durations=15"]
    return [
        suite.Step("bad", "pytest", ["test_bad.py", *quiet]),
        suite.Step("none", "pytest", ["test_none.py", *quiet]),
        suite.Step("good", "pytest", ["test_good.py", *quiet]),
        suite.Step("check", "json.tool", ["--help"]),
    ]


def test_it_goes_on_after_a_failure_adds_up_and_names_what_took_longest_in_all_steps_once(
    steps: list[suite.Step], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(suite, "STEPS", [*steps[:2], steps[2]._replace(beside=True), steps[3]])
    assert suite.main([]) == 1
    told = capsys.readouterr().out
    assert re.findall(
        r"^ +\d+\.\d s  \w+ +\S+::test_\w+$", told.split("What took longest:\n")[1], re.MULTILINE
    )
    assert "slowest" not in told
    assert not re.search(r"^\d+\.\d+s call", told, re.MULTILINE)
    said = told.splitlines()
    assert [line.split()[:2] for line in said[-5:-1]] == [
        ["bad", "FAILED"],
        ["none", "FAILED"],  # a step that ran no test is no success
        ["good", "ok"],
        ["check", "ok"],
    ]
    assert said[-1] == "3 passed, 2 failed, 0 skipped"

    monkeypatch.setattr(suite, "STEPS", steps[2:])
    assert suite.main([]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "3 passed, 0 failed, 0 skipped"

    assert suite.main(["test_good.py", "-k", "test_a", *steps[2].options[1:]]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed, 0 skipped"


def test_a_step_beside_the_others_runs_from_the_beginning_and_its_failure_counts(
    steps: list[suite.Step], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """It waits for what the last of the others leaves, which by itself would come too late."""
    (tmp_path / "waits.py").write_text(
        "import pathlib, sys, time\n"
        "end = time.monotonic() + 60\n"
        "while not pathlib.Path('left').exists() and time.monotonic() < end: time.sleep(0.05)\n"
        "print('first\\nlast'); sys.exit(pathlib.Path('left').exists())\n"
    )
    (tmp_path / "leaves.py").write_text("open('left', 'w').close(); print('between')")
    others = [suite.Step("leaves", "leaves", []), steps[3]]
    monkeypatch.setattr(suite, "STEPS", [suite.Step("waits", "waits", [], beside=True), *others])
    assert suite.main([]) == 1
    said = capsys.readouterr().out
    assert "=== waits: waits \nfirst\nlast\n" in said
    assert [line.split()[:2] for line in said.splitlines()[-4:-1]] == [
        ["waits", "FAILED"],
        ["leaves", "ok"],
        ["check", "ok"],
    ]


def test_what_took_longest_comes_first_whichever_step_it_was_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "SLOWEST", 2)
    one = suite.Result("tests", 0, 9.0, "1.50s call     t.py::test_a\n0.20s setup    t.py::test_b\n")
    other = suite.Result("browser", 0, 9.0, "7.25s teardown b.py::test_c\n")
    assert suite.slowest([one, other]) == [
        "   7.2 s  teardown b.py::test_c",
        "   1.5 s  call     t.py::test_a",
    ]


def test_it_runs_as_a_file_from_any_folder(tmp_path: Path) -> None:
    """That is how start.py calls it; pytest gets its arguments and the repository as its folder."""
    done = subprocess.run(
        [sys.executable, suite.__file__, "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"^pytest \d", done.stdout, re.MULTILINE)
    assert done.stdout.splitlines()[-1] == "1 passed, 0 failed, 0 skipped"
