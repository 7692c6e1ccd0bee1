"""Whether this machine gives what the course stores: nbval runs one lesson and compares every output."""

import os
import platform
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from xml.etree import ElementTree

from samarkand.common import home
from samarkand.common.errors import CourseError, make_unknown_name
from samarkand.common.words import tr, trn

#: Seconds for one cell and for a kernel to start, on a slow machine.
TO_RUN, TO_START = 300, 300
#: The packages whose versions can change what a cell shows.
PACKAGES = ("samarkand", "pandas", "numpy", "altair", "folium", "ipywidgets", "networkx", "jupyterlab")
#: Exit statuses of pytest that say how the cells ended; others say that none was run.
CELLS_EQUAL, CELLS_DIFFER = 0, 1
#: How many lines are shown of what nbval says of a cell.
SHOWN_LINES = 24
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Difference:
    """A cell that gives something else.

    Attributes
    ----------
    cell : str
        Its name in nbval, such as ``"Cell 8"``: the cells of code are counted from 0.
    said : str
        What nbval says: the source, what is stored and what came.
    """

    cell: str
    said: str


@dataclass(frozen=True)
class Verdict:
    """How a lesson ran here.

    Attributes
    ----------
    lesson : str
        The lesson's file name without suffix.
    cells : int
        How many cells were run.
    differences : tuple of Difference
        The cells that gave something else than what is stored.
    """

    lesson: str
    cells: int
    differences: tuple[Difference, ...]


def find_lesson(name: str) -> Path:
    """Return a stored lesson by its number or name; `UnknownName` if there is none."""
    known = sorted(home.LESSONS.glob("*.ipynb"))
    for path in known:
        if path.stem == name or path.stem.startswith(f"{name}_"):
            return path
    raise make_unknown_name(tr("lesson"), name, [path.stem for path in known])


def validate_lesson(lesson: Path) -> Verdict:
    """Run a stored lesson with a new kernel of this Python, and compare each output.

    Nobody's work is read or written: the lesson has an empty ``my_work`` of its own.

    Raises
    ------
    CourseError
        If it could not be run at all.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings, result = Path(folder, "pytest.ini"), Path(folder, "result.xml")
        settings.write_text("[pytest]\n", encoding="utf-8")  # none of a folder above counts
        command = [sys.executable, "-P", "-m", "pytest", "-p", "nbval.plugin", "-p", "no:cacheprovider"]
        command += ["-c", str(settings), "--rootdir", folder, f"--junit-xml={result}", "--color=no"]
        command += ["--nbval", "--nbval-current-env", f"--nbval-cell-timeout={TO_RUN}"]
        command += [f"--nbval-kernel-startup-timeout={TO_START}", str(lesson)]
        done = subprocess.run(
            command,
            env=_make_environment(folder),
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode in (CELLS_EQUAL, CELLS_DIFFER) and result.is_file():
            verdict = read_result(lesson.stem, result.read_text(encoding="utf-8"))
            if all(one.cell.startswith("Cell ") for one in verdict.differences):
                return verdict
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        said = tr("{lesson} could not be run here:\n{last}", lesson=lesson.stem, last=last)
        raise CourseError(said, code="not run", lesson=lesson.stem)


def _make_environment(folder: str) -> dict[str, str]:
    """Return the environment of a student who has done nothing yet, and of a pytest without options."""
    unwanted = ("SAMARKAND_STUDENT", "PYTEST_ADDOPTS")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    work = str(Path(folder, "my_work"))
    return kept | {"SAMARKAND_WORK": work, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def read_result(lesson: str, text: str) -> Verdict:
    """Read what pytest has written (JUnit's XML) about a lesson."""
    cases = list(ElementTree.fromstring(text).iter("testcase"))
    differences = []
    for case in cases:
        for fault in (*case.findall("failure"), *case.findall("error")):
            said = _COLOUR.sub("", fault.text or fault.get("message") or "")
            differences.append(Difference(case.get("name", ""), said.strip()))
    return Verdict(lesson, len(cases), tuple(differences))


def describe_verdict(verdict: Verdict) -> str:
    """Return the verdict in words, with what differs and what this machine is."""
    if not verdict.differences:
        fine = tr(
            "{lesson}: all {n} cells give here what the course stores. This machine is fine.",
            lesson=verdict.lesson,
            n=verdict.cells,
        )
        return f"{fine}\n{describe_machine()}"
    lines = [
        trn(
            "{lesson}: {n} of {cells} cells gives here something else than the course stores.",
            "{lesson}: {n} of {cells} cells give here something else than the course stores.",
            len(verdict.differences),
            lesson=verdict.lesson,
            cells=verdict.cells,
        ),
        tr("The later ones may only follow from the first. Send these lines to whoever helps you."),
        describe_machine(),
    ]
    for one in verdict.differences:
        said = one.said.splitlines()
        more = [] if len(said) <= SHOWN_LINES else [tr("({n} more lines)", n=len(said) - SHOWN_LINES)]
        lines += ["", f"--- {one.cell}", *said[:SHOWN_LINES], *more]
    return "\n".join(lines)


def describe_machine() -> str:
    """Return system, Python and the packages that count, with their versions."""
    installed = {found.name.lower(): found.version for found in metadata.distributions() if found.name}
    versions = [f"{name} {installed.get(name, tr('missing'))}" for name in PACKAGES]
    machine = f"{platform.system()} {platform.machine()}"
    return ", ".join([machine, f"Python {platform.python_version()}", *versions])
