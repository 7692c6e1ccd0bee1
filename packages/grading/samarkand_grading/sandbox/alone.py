"""Run one's own work unconfined in a subprocess, on every system.

Run as a script, this module is that subprocess: it reads the work from one file and appends a line to another
for each result, so that results before an endless loop are not lost.
"""

import json
import subprocess
import sys
import tempfile
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
    limits, ended = limits or Limits(), "finished"
    with tempfile.TemporaryDirectory() as place:
        asked, answered = Path(place, "asked.json"), Path(place, "answered.jsonl")
        asked.write_bytes(pack(cells, calls, given, limits))
        answered.touch()
        # -P: no file in the student's folder stands in for a module of Python's.
        command = [sys.executable, "-P", "-m", __name__, str(asked), str(answered)]
        quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        try:
            subprocess.run(command, cwd=folder, timeout=limits.wall, check=False, **quiet)  # type: ignore[call-overload]
        except subprocess.TimeoutExpired:
            ended = "wall"
        return Outcome.read(answered.read_bytes(), cells, calls, ended)


def main(asked: str, answered: str) -> None:
    """Run the work in the file `asked`, and append the results to the file `answered`."""
    import pandas  # noqa: F401 - before a student's files can stand in for modules that it needs

    work, here = json.loads(Path(asked).read_bytes()), runner.shell()
    sys.path.insert(0, "")  # as in a notebook
    with Path(answered).open("ab") as out:
        runner.run(work, out, here, None)


if __name__ == "__main__":
    main(*sys.argv[1:])
