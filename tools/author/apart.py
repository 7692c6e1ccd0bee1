"""A Python of its own: for a test, or for a notebook's code, as fresh as a new student's kernel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from samarkand.ground.home import ROOT
from tools.author.lessons import BuildError


def said(arguments: Sequence[str], env: Mapping[str, str], cwd: Path) -> tuple[int, str]:
    """Run Python with these arguments to its end; return its exit status and all that it says."""
    with TemporaryFile("w+", encoding="utf-8", errors="replace") as out:
        command = [sys.executable, *arguments]
        ran = subprocess.run(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False
        )
        out.seek(0)
        return ran.returncode, out.read()


def run_apart(find: Callable[[Path], str], notebook: Path) -> str:
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
        subprocess.run(
            [sys.executable, "-m", __name__, asked],
            cwd=notebook.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=nowhere,
            stderr=nowhere,
            check=False,
        )
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
