"""A notebook's code in a process of its own, as fresh as a new student's kernel.

On Linux each such process is forked from one that has imported what lessons import, which is most of what a
fresh one takes; elsewhere each is a fresh one. `samarkand` itself is imported in each.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from samarkand.course.lessons import BuildError

#: What lessons import, and what runs them.
WARM = ("pandas", "altair", "folium", "ipywidgets", "nbformat", "IPython.core.interactiveshell")

_starting = threading.Lock()


@contextlib.contextmanager
def _always_the_same_order() -> Iterator[None]:
    """Let a Python that starts now order sets of strings alike each time, and so all that it forks."""
    name = "PYTHONHASHSEED"
    with _starting:
        before = os.environ.get(name)
        os.environ[name] = "0"
        try:
            yield
        finally:
            del os.environ[name]
            os.environ |= {name: before} if before else {}


def run_apart(find: Callable[[Path], str], notebook: Path, *, fork: bool = sys.platform == "linux") -> str:
    """Return what a function, one that can be imported by its name, finds when it runs a notebook's code.

    What the cells print is discarded. `BuildError` says why it failed.
    """
    context: Any = multiprocessing.get_context("forkserver" if fork else "spawn")
    context.set_forkserver_preload([*WARM])
    answers, answer = context.Pipe(duplex=False)
    with answers, TemporaryDirectory() as work:
        own = {"SAMARKAND_WORK": work, "IPYTHONDIR": str(Path(work) / ".ipython"), "PYTHONHASHSEED": "0"}
        told = (answer, find, notebook.resolve(), os.environ | own)
        process = context.Process(target=_answer, args=told, daemon=True)  # it does not outlive this one
        with answer, _always_the_same_order():
            process.start()
        try:
            found, problem = answers.recv()
        except EOFError:
            found, problem = "", "its code could not be run"
        process.join()
    if problem:
        raise BuildError(f"{notebook.name}: {problem}")
    return str(found)


def _answer(
    answer: Connection, find: Callable[[Path], str], notebook: Path, environment: Mapping[str, str]
) -> None:
    """Send what is found in a notebook, and what went wrong: one of the two is empty."""
    os.environ.clear()
    os.environ.update(environment)
    if hasattr(time, "tzset"):
        time.tzset()
    os.chdir(notebook.parent)
    sys.path.insert(0, str(notebook.parent))
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (1, 2):
        os.dup2(sys.stdout.fileno(), stream)
    try:
        answer.send((find(notebook), ""))
    except BuildError as error:
        answer.send(("", str(error)))
    except BaseException:
        answer.send(("", traceback.format_exc().strip()))
