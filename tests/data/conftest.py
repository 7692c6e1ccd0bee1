"""Copies of the course's tables that a test may damage."""

import shutil
from pathlib import Path

import pytest

from tools.author.our_tables import FOLDER


@pytest.fixture
def copy(tmp_path) -> Path:
    """Return a copy of the tables, in a folder whose name has a space and an umlaut."""
    folder = tmp_path / "my täbles"
    return Path(shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("prepare")))
