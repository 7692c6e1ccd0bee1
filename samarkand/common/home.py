"""Where the course lives on this machine: its tables, its notebooks, and the student's own folder."""

import os
import sys
from pathlib import Path

from samarkand.common.errors import CourseError, DamagedData

PACKAGE = Path(__file__).resolve().parent.parent
#: HTML, CSS and JavaScript, in files of their own.
ASSETS = PACKAGE / "assets"
#: The folder that holds ``samarkand/``, ``course_data/`` and ``notebooks/``; see `installed_apart`.
ROOT = PACKAGE.parent
#: The tables in a wheel; in the repository they are beside the package.
_WHEEL_DATA = PACKAGE / "course_data"


def installed_apart() -> bool:
    """Return whether the package was installed from a wheel, which has tables, lessons and sets inside.

    `ROOT` is then the folder of all installed packages, where the course must not look for anything.
    """
    return _WHEEL_DATA.is_dir()


#: Folders of the lessons and the released sets, stored with their outputs.
LESSONS = (PACKAGE if installed_apart() else ROOT) / "notebooks"
SETS = (PACKAGE if installed_apart() else ROOT) / "exercises" / "release"


def find_opened() -> Path | None:
    """Return the path of the notebook whose kernel this process is; None if that is not known.

    Classic Notebook names the notebook's folder alone.
    """
    told = os.environ.get("JPY_SESSION_NAME", "")
    return Path(told) if told.endswith(".ipynb") else None


def need_checkout(wanted: str) -> None:
    """Raise `CourseError` if the package came from a wheel and `wanted` ("the lessons") needs a checkout."""
    if installed_apart():
        raise CourseError(
            f"This samarkand was installed without the course's folder, and {wanted} are part of that. "
            "Get a copy of the course, and use the samarkand that python3 start.py sets up in it.",
            code="no checkout",
        )


def course_data() -> Path:
    """Return the folder with the course's tables; `DamagedData` if there is none.

    ``SAMARKAND_DATA`` in the environment sets the folder; otherwise it is ``course_data/`` beside the package
    or, in an installed wheel, inside it.
    """
    beside = _WHEEL_DATA if installed_apart() else ROOT / "course_data"
    folder = Path(os.environ.get("SAMARKAND_DATA") or beside)
    if not folder.is_dir():
        raise DamagedData(
            f"The course's tables are missing: there is no folder {folder}. "
            "Get a fresh copy of the course, or set SAMARKAND_DATA to the folder course_data/.",
            code="missing",
            file=folder,
        )
    return folder


def my_work() -> Path:
    """Return the student's own folder, which holds nothing of the course and may not exist yet.

    It is the ``my_work/`` in which this process runs, as a lesson does; else the one beside ``notebooks/``,
    or, with an installed wheel, the nearest one above the current folder or a new one in it.
    ``SAMARKAND_WORK`` in the environment sets another one. The folder is created when something is first
    written into it.
    """
    chosen = os.environ.get("SAMARKAND_WORK")
    if chosen:
        return Path(chosen).absolute()
    here = Path.cwd()
    above = (here, *here.parents)
    around = next((folder for folder in above if folder.name == "my_work"), None)
    if around is not None or not installed_apart():
        return around or ROOT / "my_work"
    near = (folder / "my_work" for folder in above if (folder / "my_work").is_dir())
    return next(near, here / "my_work")


def in_use() -> bool:
    """Return whether this process belongs to the course: it runs below ``my_work``, or has imported `data`.

    Hooks installed in every kernel of an environment call this first, since other projects may share it.
    """
    return "samarkand.data" in sys.modules or Path.cwd().is_relative_to(my_work())
