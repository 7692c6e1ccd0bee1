"""Run one's own work with all one's rights, on every system, in a process of its own.

Run as a script, this module is that process: it reads the work from one file, and adds a line to another for
each thing that is done, so that what came before an endless loop is not lost.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas  # noqa: F401 - before a student's files can stand in for modules that it needs

from samarkand.practice.answers import decode
from samarkand_grading.sandbox import runner
from samarkand_grading.sandbox.work import Call, Cell, Limits, Outcome, numbered


class Alone:
    """Runs work in the folder it lies in; to the rest of grading it is like a `box.Sandbox`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(
        self,
        cells: Sequence[Cell],
        calls: Sequence[Call] = (),
        *,
        given: dict[str, Any] | None = None,
        limits: Limits | None = None,
    ) -> Outcome:
        """Run the cells, then call the functions that they left; give back what there is within the time."""
        limits = limits or Limits()
        work = {"given": given or {}, "cells": [asdict(cell) for cell in cells], "limits": asdict(limits)}
        outcome = Outcome()
        with tempfile.TemporaryDirectory() as place:
            asked, answered = Path(place, "asked.json"), Path(place, "answered.jsonl")
            asked.write_text(json.dumps([work, numbered(calls)]), encoding="utf-8")
            answered.touch()
            # -P: no file in the student's folder stands in for a module of Python's.
            command = [sys.executable, "-P", "-m", __name__, str(asked), str(answered)]
            quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
            try:
                subprocess.run(command, cwd=self._folder, timeout=limits.wall, check=False, **quiet)  # type: ignore[call-overload]
            except subprocess.TimeoutExpired:
                outcome.ended = "wall"
            for line in answered.read_bytes().split(b"\n")[:-1]:  # the last one may be half there
                outcome.note(decode.parse(line), calls)
        if outcome.ended == "died" and outcome.complete(cells, calls):
            outcome.ended = "finished"
        return outcome


def main(asked: str, answered: str) -> None:
    """Run the work that one file holds, and add what comes of it to another."""
    work, calls = json.loads(Path(asked).read_text(encoding="utf-8"))
    shell = runner.shell()
    sys.path.insert(0, "")  # as in a notebook
    with Path(answered).open("a", encoding="utf-8", newline="\n") as out:

        def send(line: dict[str, Any]) -> None:
            out.write(json.dumps(line) + "\n")
            out.flush()

        runner.run(work, send, lambda: calls, shell, None)


if __name__ == "__main__":
    main(*sys.argv[1:])
