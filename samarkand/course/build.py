"""Run the lessons and store them in normal form.

A lesson is run as a student runs it: in the folder ``notebooks/``, with the kernel of this Python. What a
student would write down goes into a folder that is thrown away, so that nobody's ``my_work`` is touched.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from samarkand.course import normal_form
from samarkand.ground.errors import CourseError, unknown
from samarkand.ground.home import ROOT

NOTEBOOKS = ROOT / "notebooks"
#: Seconds a cell may take; the slowest should need one.
CELL_SECONDS = 60
#: Lessons run at the same time.
AT_ONCE = 2


class BuildError(CourseError):
    """A lesson that cannot be stored as it is."""


def lessons(names: Sequence[str] = (), folder: Path = NOTEBOOKS) -> list[Path]:
    """Return the notebooks for some names, or all.

    Parameters
    ----------
    names : sequence of str
        Numbers (``"03"``), names (``"03_the_sco"``) or paths. None means all.
    folder : pathlib.Path
        Where the lessons are.

    Returns
    -------
    list of pathlib.Path
        In the order of the names, or sorted.

    Raises
    ------
    UnknownName
        If a name fits no notebook.
    """
    known = sorted(folder.glob("*.ipynb"))
    if not names:
        return known
    found = []
    for name in names:
        path = Path(name)
        if path.suffix == ".ipynb" and path.is_file():
            found.append(path)
            continue
        fit = [p for p in known if path.stem == p.stem or p.stem.startswith(f"{name}_")]
        if not fit:
            raise unknown("lesson", name, [p.stem for p in known])
        found.append(fit[0])
    return found


def read(path: Path) -> NotebookNode:
    """Return a notebook from its file.

    Raises
    ------
    BuildError
        If the file holds none, in format 4.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["nbformat"] != 4:
            raise BuildError(f"{path.name} is a notebook of format {stored['nbformat']}, not 4.")
        # Not `nbformat.read`: that mends silently what `normal_form.differences` is to see.
        notebook: NotebookNode = nbformat.v4.to_notebook(stored)
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise BuildError(f"{path.name} is not a notebook: {error}") from error
    return notebook


def execute(notebook: NotebookNode, work: Path, folder: Path = NOTEBOOKS) -> NotebookNode:
    """Run a notebook from top to bottom and return it with what it showed, in normal form.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Stays as it is.
    work : pathlib.Path
        The folder for what the student would write down.
    folder : pathlib.Path
        Where the notebook thinks it is.

    Returns
    -------
    nbformat.NotebookNode
        Its normal form.

    Raises
    ------
    BuildError
        If a cell fails or writes to stderr, with a sentence for each such cell.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    ran = normal_form.normalise(notebook)
    for cell in ran.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, []
    client = NotebookClient(
        ran,
        kernel_name=normal_form.KERNEL["name"],
        resources={"metadata": {"path": str(folder)}},
        timeout=CELL_SECONDS,
        store_widget_state=False,
        record_timing=False,
        extra_arguments=[
            "--IPKernelApp.log_level=40"
        ],  # its warning about TCP is none of our users' business
    )
    environment = os.environ | {
        "SAMARKAND_WORK": str(work),
        "IPYTHONDIR": str(work / ".ipython"),  # nobody's start-up files, nobody's history
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
    }
    # "python3" means the kernel of this Python, also where the user has another of that name.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    try:
        client.execute(env=environment)
    except CellTimeoutError as error:
        raise BuildError(f"A cell took longer than {CELL_SECONDS} s: {error}") from error
    except DeadKernelError as error:
        raise BuildError("The kernel died.") from error
    except CellExecutionError:
        pass  # the cell's output says it, and `faults` turns that into a sentence
    ran = normal_form.normalise(ran)
    stopped = any(o.output_type == "error" for c in ran.cells for o in c.get("outputs", ()))
    found = normal_form.faults(ran)
    if stopped:  # what follows the failing cell was not run, and is no news
        found = [fault for fault in found if not fault.endswith("was never run.")]
    if found:
        raise BuildError("\n".join(found))
    return ran


def build(path: Path) -> bool:
    """Run a lesson and store it in normal form.

    Returns
    -------
    bool
        True if the file has changed.

    Raises
    ------
    BuildError
        As `execute`; the file is then as it was.
    """
    before = path.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as work:
        try:
            after = normal_form.text(execute(read(path), Path(work), path.parent))
        except BuildError as error:
            raise BuildError("\n".join(f"{path.name}: {line}" for line in str(error).splitlines())) from error
    if after == before:
        return False
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(after, encoding="utf-8", newline="\n")
    fresh.replace(path)
    return True


def build_all(paths: Sequence[Path]) -> Iterator[tuple[Path, bool | BuildError]]:
    """Run and store lessons, two at a time.

    Yields
    ------
    tuple of pathlib.Path and (bool or BuildError)
        The lesson, and whether its file has changed, or why it could not be stored.
    """

    def one(path: Path) -> bool | BuildError:
        try:
            return build(path)
        except BuildError as error:
            return error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from zip(paths, pool.map(one, paths), strict=True)


def check(path: Path) -> list[str]:
    """Say in what a stored lesson is not in normal form, without running it.

    Returns
    -------
    list of str
        A sentence for each difference; none for a lesson that may stay as it is.

    Raises
    ------
    BuildError
        If the file is no notebook.
    """
    notebook = read(path)
    found = normal_form.differences(notebook)
    stored = path.read_bytes().decode("utf-8")
    if not found and stored != normal_form.text(notebook):
        found.append(
            "The JSON is not laid out as it should be (indent 1, sorted keys, letters as themselves)."
        )
    return found
