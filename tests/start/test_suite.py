"""The suite's runner goes on after a failure, counts, and treats a step without tests as a failure."""

import os
from pathlib import Path

import pytest

from tools import suite


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[suite.Step]:
    """Return steps in a folder of their own: one that fails, one that runs no test, two that pass."""
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # none is needed, and each costs time
    (tmp_path / "test_good.py").write_text("def test_a(): pass\ndef test_b(): pass\n")
    (tmp_path / "test_bad.py").write_text("def test_c(): assert 0\n")
    (tmp_path / "test_none.py").write_text("")
    quiet = ["-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path)]
    tests = [suite.Step(name, "pytest", [f"test_{name}.py", *quiet]) for name in ("bad", "none", "good")]
    return [*tests, suite.Step("check", "json.tool", ["--help"])]


def test_it_goes_on_after_a_failure_and_adds_up(
    steps: list[suite.Step], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(suite, "STEPS", [steps[0]._replace(beside=True), *steps[1:]])
    assert suite.main([]) == 1
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in said[-5:-1]] == [
        ["bad", "FAILED"],
        ["none", "FAILED"],
        ["good", "ok"],
        ["check", "ok"],
    ]
    assert said[-1] == "3 passed, 2 failed, 0 skipped"
    assert suite.main(["test_good.py", "-k", "test_a", *steps[2].options[1:]]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed, 0 skipped"
