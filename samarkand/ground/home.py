"""Where the course lives on this machine: its tables, its notebooks, and the student's own folder."""

from __future__ import annotations

import os
from pathlib import Path

from samarkand.ground.errors import DamagedData

PACKAGE = Path(__file__).resolve().parent.parent
#: HTML, CSS and JavaScript, in files of their own.
ASSETS = PACKAGE / "assets"
#: The folder that holds ``samarkand/``, ``course_data/`` and ``notebooks/``.
ROOT = PACKAGE.parent


def course_data() -> Path:
    """Return the folder with the course's tables.

    ``SAMARKAND_DATA`` in the environment names another one (for a package installed apart from the course).

    Returns
    -------
    pathlib.Path
        An existing folder.

    Raises
    ------
    DamagedData
        If there is no such folder.
    """
    folder = Path(os.environ.get("SAMARKAND_DATA") or ROOT / "course_data")
    if not folder.is_dir():
        raise DamagedData(
            f"The course's tables are missing: there is no folder {folder}. "
            "Get a fresh copy of the course, or set SAMARKAND_DATA to the folder course_data/."
        )
    return folder


def my_work() -> Path:
    """Return the student's own folder; nothing in it belongs to the course.

    It is ``my_work/`` beside ``notebooks/``; ``SAMARKAND_WORK`` in the environment names another one.
    The folder is not created here: whoever writes into it does that.

    Returns
    -------
    pathlib.Path
        A folder that may not exist yet.
    """
    return Path(os.environ.get("SAMARKAND_WORK") or ROOT / "my_work")
