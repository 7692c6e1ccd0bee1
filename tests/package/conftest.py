"""Places where a test may write: a copy of the course's tables, and a student's own folder."""

import shutil
from pathlib import Path

import pytest

from samarkand.common import home


@pytest.fixture(autouse=True)
def work(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set ``my_work`` to a temporary folder, so that nobody's own log is touched; return it, not yet made."""
    folder = tmp_path_factory.mktemp("work") / "my work ä"
    monkeypatch.setenv("SAMARKAND_WORK", str(folder))
    return folder


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the tables to a folder that the package reads during the test; return it."""
    folder = tmp_path / "täbles of mine"
    shutil.copytree(home.ROOT / "course_data", folder, ignore=shutil.ignore_patterns("prepare"))
    monkeypatch.setenv("SAMARKAND_DATA", str(folder))
    return folder


@pytest.fixture
def own_work(work: Path) -> Path:
    """Return the path of a student's forecasts, which do not exist yet."""
    work.mkdir()
    return work / "forecasts.jsonl"
