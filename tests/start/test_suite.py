"""The suite goes on after a failure, and says that no test was selected."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import suite


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a test that fails and one that passes."""
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # none is needed, and each costs time
    (tmp_path / "test_good.py").write_text("def test_a(): pass\n")
    (tmp_path / "test_bad.py").write_text("def test_c(): assert 0\n")
    return tmp_path


def test_it_goes_on_after_a_failure_on_both_sides(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    quiet = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(folder))
    first = [suite.Step("bad", (*quiet, "test_bad.py")), suite.Step("good", (*quiet, "test_good.py"))]
    beside = [suite.Step("none", (*quiet, "-k", "nothing")), suite.Step("other", ("-c", "print('here')"))]
    suite.run_steps(first, beside)
    assert [step.status for step in first] == [1, 0]
    assert [step.status for step in beside] == [suite.NOTHING_SELECTED, 0]
    said = capfd.readouterr().out
    assert said.index("=== good") < said.index("=== none") < said.index("here")


def test_no_test_selected_is_no_failure_and_no_yes(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    quiet = ["-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(folder)]
    assert suite.main(["test_good.py", *quiet]) == 0
    assert suite.main(["test_bad.py", *quiet]) == 1
    assert suite.main(["-k", "nothing", "test_good.py", *quiet]) == suite.NOTHING_SELECTED
    assert "No test was selected" in capfd.readouterr().err


def test_every_command_of_the_suite_is_installed() -> None:
    for step in (step for steps in suite.list_steps() for step in steps):
        module = step.command[1]
        asked = [sys.executable, "-c", f"import importlib.util as u; exit(u.find_spec({module!r}) is None)"]
        assert subprocess.run(asked, check=False).returncode == 0, module
