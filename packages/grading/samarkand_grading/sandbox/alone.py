"""Run one's own work unconfined in a subprocess, on every system.

Run as a script, this module is that subprocess: it reads the work from its input and writes each result at
once, so that results before an endless loop are not lost.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from samarkand_grading.sandbox import runner
from samarkand_grading.sandbox.work import Call, Cell, Limits, Outcome, pack


def run(
    folder: Path,
    cells: Sequence[Cell],
    calls: Sequence[Call] = (),
    *,
    given: dict[str, Any] | None = None,
    limits: Limits | None = None,
) -> Outcome:
    """Run cells in a folder, then call the functions they define; return the outcome up to the time limit."""
    limits = limits or Limits()
    # -P: no file in the student's folder stands in for a module of Python's.
    command = [sys.executable, "-P", "-m", __name__]
    try:
        done = subprocess.run(
            command, cwd=folder, timeout=limits.wall, check=False,
            input=pack(cells, calls, given, limits), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return Outcome.read(done.stdout, cells, calls, "finished")
    except subprocess.TimeoutExpired as late:
        return Outcome.read(late.stdout or b"", cells, calls, "wall")


def main() -> None:
    """Run the work on the input and write the results to the output, which is hidden from the work."""
    import pandas  # noqa: F401 - before a student's files can stand in for modules that it needs

    work, here, out = json.load(sys.stdin), runner.shell(), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.path.insert(0, "")  # as in a notebook
    runner.run(work, out, here, None)


if __name__ == "__main__":
    main()
