"""Places where a test may write: a copy of the course's tables, and a student's own folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from samarkand.ground import home


@pytest.fixture(autouse=True)
def work(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let whatever a test answers be noted where nobody's own log is; return the folder, not yet made."""
    folder = tmp_path_factory.mktemp("work") / "my work ä"
    monkeypatch.setenv("SAMARKAND_WORK", str(folder))
    return folder


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the tables, which the package reads from now on."""
    folder = tmp_path / "täbles of mine"
    shutil.copytree(home.ROOT / "course_data", folder, ignore=shutil.ignore_patterns("prepare"))
    monkeypatch.setenv("SAMARKAND_DATA", str(folder))
    return folder


@pytest.fixture
def own_work(work: Path) -> Path:
    """Return where a student's forecasts would lie."""
    work.mkdir()
    return work / "forecasts.jsonl"
