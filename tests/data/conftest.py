"""Copies of the course's tables that a test may damage."""

import shutil
from pathlib import Path

import pytest
from our_tables import FOLDER, NAMES


@pytest.fixture
def copy(tmp_path) -> Path:
    """Return a copy of the tables, in a folder whose name has a space and an umlaut."""
    folder = tmp_path / "my täbles"
    folder.mkdir()
    for name in ("datapackage.json", *(f"{n}.csv" for n in NAMES)):
        shutil.copy(FOLDER / name, folder / name)
    if (FOLDER / "geo").exists():
        shutil.copytree(FOLDER / "geo", folder / "geo")
    return folder
