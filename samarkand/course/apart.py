"""A Python of its own: for a test, or for a notebook's code, as fresh as a new student's kernel.

On Linux it is forked from the warm process (`tools.warm_kernel`), which has imported what lessons import:
most of what a fresh one takes. Elsewhere each is a fresh one. `samarkand` itself is imported in each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Protocol

from samarkand.course.lessons import BuildError
from samarkand.ground.home import ROOT


class Running(Protocol):
    """A process that was started."""

    def wait(self) -> int:
        """Wait for its end; return its exit status."""


@cache
def warm() -> Mapping[str, str]:
    """Start the warm process, unless there is one or cannot be one.

    Returns what a process needs in its environment to have its kernels forked from it; nothing without one.
    """
    if name := os.environ.get("WARM_KERNEL"):
        return {"WARM_KERNEL": name}
    try:
        from tools.warm_kernel.__main__ import obstacle, start
    except ModuleNotFoundError:  # the package alone, as in a wheel
        return {}
    if obstacle():
        return {}
    from tools.warm_kernel.offered.warm_process import wake

    begun = start()
    wake(begun["WARM_KERNEL"])  # it imports while this process finds out what it wants
    return begun


def python(
    arguments: Sequence[str], env: Mapping[str, str], cwd: Path, out: int | IO[str], *, fork: bool = True
) -> Running:
    """Start Python with these arguments (``-m``, a module, ...), its output and errors into a file."""
    command = [sys.executable, *arguments]
    if fork and warm():
        from tools.warm_kernel.offered.warm_process import Refused, ask

        try:
            told = {"env": env, "cwd": cwd, "stdout": out, "stderr": out}
            running: Running = ask(command, told, warm()["WARM_KERNEL"])
        except Refused:
            pass
        else:
            return running
    return subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out)


def said(arguments: Sequence[str], env: Mapping[str, str], cwd: Path) -> tuple[int, str]:
    """Run Python with these arguments to its end; return its exit status and all that it says."""
    with TemporaryFile("w+", encoding="utf-8", errors="replace") as out:
        status = python(arguments, env, cwd, out).wait()
        out.seek(0)
        return status, out.read()


def run_apart(find: Callable[[Path], str], notebook: Path, *, fork: bool = True) -> str:
    """Return what a function, one that can be imported by its name, finds when it runs a notebook's code.

    What the cells print is discarded. `BuildError` says why it failed.
    """
    notebook = notebook.resolve()
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:  # noqa: PTH123
        answer, work = Path(folder) / "answer.json", Path(folder) / "work"
        work.mkdir()
        environment = os.environ | {
            "SAMARKAND_WORK": str(work),
            "IPYTHONDIR": str(work / ".ipython"),
            "PYTHONHASHSEED": "1",  # sets of strings are ordered alike each time
            "PYTHONPATH": path,
        }
        asked = json.dumps([find.__module__, find.__name__, str(notebook), str(answer), sys.path])
        python(["-m", __name__, asked], environment, notebook.parent, nowhere, fork=fork).wait()
        try:
            found, problem = json.loads(answer.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):  # it ended before, or the disk is full
            found, problem = "", "its code could not be run"
    if problem:
        raise BuildError(f"{notebook.name}: {problem}")
    return str(found)


def _answer(module: str, name: str, notebook: str, answer: str, path: Sequence[str]) -> None:
    """Write what is found in a notebook, and what went wrong: one of the two is empty."""
    sys.path += [folder for folder in path if folder not in sys.path]
    found = problem = ""
    try:
        found = getattr(import_module(module), name)(Path(notebook))
    except BuildError as error:
        problem = str(error)
    except BaseException:
        problem = traceback.format_exc().strip()
    Path(answer).write_text(json.dumps([found, problem]), encoding="utf-8")


if __name__ == "__main__":
    _answer(*json.loads(sys.argv[1]))
