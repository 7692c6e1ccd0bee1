"""Run Python, or a notebook's code, in a fresh process, like a new student's kernel."""

import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from samarkand.common.home import ROOT
from tools.author.lessons import BuildError


def run_python(arguments: Sequence[str], env: Mapping[str, str], cwd: Path) -> tuple[int, str]:
    """Run Python with some arguments; return its exit status and its output, errors included."""
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "encoding": "utf-8"}
    pipes |= {"stderr": subprocess.STDOUT, "errors": "replace"}
    ran = subprocess.run([sys.executable, *arguments], cwd=cwd, env=env, check=False, **pipes)
    return ran.returncode, ran.stdout


def run_apart(find: Callable[[Path], str], notebook: Path) -> str:
    """Call a module's function on a notebook in a fresh, mute process; `BuildError` says why it failed."""
    with TemporaryDirectory() as folder:
        answer = Path(folder) / "answer"
        environment = os.environ | {
            "SAMARKAND_WORK": folder,
            "IPYTHONDIR": f"{folder}/.ipython",
            "PYTHONHASHSEED": "1",  # sets of strings are ordered alike each time
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
        }
        asked = [find.__module__, find.__name__, str(notebook.resolve()), str(answer)]
        status, _ = run_python(["-m", __name__, *asked], environment, notebook.resolve().parent)
        found = answer.read_text(encoding="utf-8") if answer.exists() else "its code could not be run"
    if status:
        raise BuildError(f"{notebook.name}: {found}", code="its code stops", file=notebook)
    return found


def _write_answer(module: str, name: str, notebook: str, answer: str) -> int:
    """Write a function's result for a notebook, or the error, to the file `answer`; return an exit status."""
    status = 1
    try:
        found = str(getattr(import_module(module), name)(Path(notebook)))
        status = 0
    except BuildError as error:
        found = str(error)
    except BaseException:
        found = traceback.format_exc().strip()
    Path(answer).write_text(found, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(_write_answer(*sys.argv[1:]))
