"""Run the lessons and store them in normal form.

A lesson in which only words have changed is not run. Else it is run as a student runs it: in the folder
``notebooks/``, with the kernel of this Python. Files that a student would write go into a temporary folder,
so that nobody's ``my_work`` is touched.
"""

import json
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from samarkand.common import files, home
from tools.author import chart_pictures, minutes, normal_form, rules_of_lessons, tied
from tools.author.figures import VOCABULARY
from tools.author.git import NoGit, ask_git
from tools.author.lessons import BuildError, Lesson, read_notebook

#: The most seconds for a cell; the slowest should need one.
CELL_SECONDS = 60
#: The folders and files whose change may change the outputs of a lesson.
DETERMINE_OUTPUTS = ("samarkand", "course_data", "pyproject.toml", "requirements.lock")


#: What stores anew what the explorers and forms of lessons show; `-k` chooses lessons.
STORE_SNAPSHOTS = "python -m pytest -q tests/notebooks/test_lesson_shows.py --snapshot-update"


def command_to_store_snapshots(lessons: Sequence[Path]) -> str:
    """Return the command that stores anew what the explorers and forms of these lessons show.

    Examples
    --------
    >>> command_to_store_snapshots([Path("03_the_sco.ipynb")]).removeprefix(STORE_SNAPSHOTS)
    ' -k "03_the_sco"'
    """
    names = " or ".join(path.stem for path in lessons)
    return f'{STORE_SNAPSHOTS} -k "{names}"'


def run_notebook(notebook: NotebookNode, work: Path, folder: Path) -> NotebookNode:
    """Run a copy of a notebook from top to bottom and return it with its outputs, in normal form.

    It runs in `folder`; files of the student go into `work`. `BuildError` has a sentence for each cell that
    fails or writes to stderr.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    ran = normal_form.normalise_notebook(notebook)
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
        extra_arguments=["--IPKernelApp.log_level=40"],  # no warning about TCP, which concerns no user
    )
    environment = os.environ | {
        "SAMARKAND_WORK": str(work),
        "IPYTHONDIR": str(work / ".ipython"),  # without anybody's start-up files and history
        "PYTHONPATH": os.pathsep.join(filter(None, [str(home.ROOT), os.environ.get("PYTHONPATH")])),
    }
    # "python3" means the kernel of this Python, even if the user has another with that name.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    try:
        client.execute(env=environment)
    except CellTimeoutError as error:
        text = f"A cell took longer than {CELL_SECONDS} s: {error}"
        raise BuildError(text, code="too long", seconds=CELL_SECONDS) from error
    except DeadKernelError as error:
        raise BuildError("The kernel died.", code="the kernel died") from error
    except CellExecutionError:
        pass  # the cell's output holds the error, and `faults` turns it into a sentence
    ran = normal_form.normalise_notebook(ran)
    found = normal_form.find_notebook_faults(ran)
    # Cells after a failing one did not run, which needs no report.
    found = [one for one in found if not one.endswith("was never run.")] or found
    if found:
        raise BuildError("\n".join(found), code="cells at fault", faults=found)
    return ran


def needs_run(path: Path, notebook: NotebookNode) -> bool:
    """Return whether the stored outputs may be of other code than the notebook's and the package's.

    They are not if code cells and outputs are those of the last commit, as are the package and the tables:
    what was committed had been built and tested. Without Git the answer is yes.
    """
    try:
        old = ask_git("show", f"HEAD:./{path.name}", folder=path.parent)
        changed = ask_git("status", "--porcelain", "--", *DETERMINE_OUTPUTS, folder=home.ROOT)
    except NoGit:
        return True
    if changed.strip():
        return True
    was = normal_form.normalise_notebook(nbformat.v4.to_notebook(json.loads(old)))
    now = normal_form.normalise_notebook(notebook)
    return _code_and_outputs(was) != _code_and_outputs(now) or bool(normal_form.find_notebook_faults(now))


def _code_and_outputs(notebook: NotebookNode) -> list[tuple[str, list[NotebookNode]]]:
    return [(cell.source, cell.outputs) for cell in notebook.cells if cell.cell_type == "code"]


def build_notebook(
    path: Path, *, hold_to: Callable[[Lesson], list[str]] = lambda lesson: [], run: bool = True
) -> bool:
    """Run a notebook and store it in normal form; return whether the file has changed.

    Without `run` it is run only if `needs_run` says so. `hold_to` reports the rules that the notebook breaks
    once it has run. If there are any, or a cell fails, nothing is stored and `BuildError` says why.
    """
    with tempfile.TemporaryDirectory() as work:
        try:
            as_stored = read_notebook(path)
            if run or needs_run(path, as_stored):
                ran = run_notebook(as_stored, Path(work), path.parent)
            else:
                ran = normal_form.normalise_notebook(as_stored)
            chart_pictures.add_pictures(ran, as_stored)
            minutes.write_times(Lesson(path, ran))
            found = hold_to(Lesson(path, ran))
            if found:
                raise BuildError("\n".join(found), code="rules broken", faults=found)
        except BuildError as error:
            named = [f"{path.name}: {line}" for line in str(error).splitlines()]
            fields = {**error.fields, "file": path}
            raise BuildError("\n".join(named), code=error.code, **fields) from error
    return files.write_if_changed(path, normal_form.text_of_file(ran).encode())


def list_broken_rules(lesson: Lesson) -> list[str]:
    """Return a sentence for each rule that a lesson breaks and each untrue tie."""
    return [*rules_of_lessons.find_faults_of_lesson(lesson), *tied.find_broken_ties(lesson.path)]


def with_help(sentences: Sequence[str]) -> list[str]:
    """Return the sentences, followed by help on editing ties if one of them is about a tie."""
    of_ties = any(re.search(r"\btied\b|\brests? on\b", one) for one in sentences)
    return [*sentences, *[VOCABULARY["help"]] * of_ties]


def try_to_build(path: Path, *, draft: bool, run: bool) -> bool | BuildError:
    """Check and store a lesson (a `draft` unchecked); return what `build_notebook` returns, or the error."""
    try:
        return (
            build_notebook(path, run=run)
            if draft
            else build_notebook(path, hold_to=list_broken_rules, run=run)
        )
    except BuildError as error:
        return error


def describe_differences(path: Path) -> list[str]:
    """Return a sentence for each way in which a stored lesson differs from its normal form; run nothing."""
    notebook = read_notebook(path)
    found = normal_form.find_differences(notebook)
    text = path.read_bytes().decode("utf-8")
    if not found and text != normal_form.text_of_file(notebook):
        found.append("The JSON is not laid out as it is stored: samarkand build stores it anew.")
    return found
