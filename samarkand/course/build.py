"""Run the lessons and store them in normal form.

A lesson is run as a student runs it: in the folder ``notebooks/``, with the kernel of this Python. What a
student would write down goes into a folder that is thrown away, so that nobody's ``my_work`` is touched.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nbformat import NotebookNode

from samarkand.course import normal_form, rules_of_lessons
from samarkand.course.lessons import NOTEBOOKS, BuildError, Lesson, stored
from samarkand.ground import files
from samarkand.ground.home import ROOT

#: Seconds a cell may take; the slowest should need one.
CELL_SECONDS = 60
#: Lessons run at the same time.
AT_ONCE = 2


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


def build(path: Path, *, hold_to: Callable[[Lesson], list[str]] = lambda lesson: []) -> bool:
    """Run a notebook and store it in normal form.

    Parameters
    ----------
    path : pathlib.Path
        Its file.
    hold_to : callable, optional
        Says what of the notebook is not as it must be, once it has run; then nothing is stored.

    Returns
    -------
    bool
        True if the file has changed.

    Raises
    ------
    BuildError
        As `execute`, or with what `hold_to` says; the file is then as it was.
    """
    before = path.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as work:
        try:
            ran = execute(stored(path), Path(work), path.parent)
            if found := hold_to(Lesson(path, ran)):
                raise BuildError("\n".join(found))
        except BuildError as error:
            raise BuildError("\n".join(f"{path.name}: {line}" for line in str(error).splitlines())) from error
    after = normal_form.text(ran)
    if after == before:
        return False
    files.write_whole(path, after.encode())
    return True


def build_all(paths: Sequence[Path], *, draft: bool = False) -> Iterator[tuple[Path, bool | BuildError]]:
    """Run lessons, hold them to their rules and store them, two at a time.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        The lessons.
    draft : bool, default False
        Store also what breaks the rules of a lesson, for an author who wants to see it.

    Yields
    ------
    tuple of pathlib.Path and (bool or BuildError)
        The lesson, and whether its file has changed, or why it could not be stored.
    """

    def one(path: Path) -> bool | BuildError:
        try:
            return build(path) if draft else build(path, hold_to=rules_of_lessons.broken)
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
    notebook = stored(path)
    found = normal_form.differences(notebook)
    text = path.read_bytes().decode("utf-8")
    if not found and text != normal_form.text(notebook):
        found.append(
            "The JSON is not laid out as it should be (indent 1, sorted keys, letters as themselves)."
        )
    return found
