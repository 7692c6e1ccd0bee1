"""One's own work, run on one's own machine, on every system: in a process of its own, with all one's rights.

Nothing is confined here, as nothing is in one's own notebook. What others wrote runs in `box` alone. Run as a
script, this module is the process in which the work runs: it reads the work from one file, and adds a line to
another for each thing that is done, so that what came before an endless loop is not lost.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from samarkand.practice.answers import decode, encode
from samarkand_grading.sandbox.work import Call, Cell, Limits, Outcome, Ran, Result


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
        work = {
            "given": given or {},
            "cells": [{"id": cell.id, "code": cell.code, "hold": cell.hold} for cell in cells],
            "calls": [{"id": call.id, "of": call.of, "arguments": call.arguments} for call in calls],
        }
        outcome = Outcome()
        with tempfile.TemporaryDirectory() as place:
            asked, answered = Path(place, "asked.json"), Path(place, "answered.jsonl")
            asked.write_text(json.dumps(work), encoding="utf-8")
            answered.touch()
            try:
                subprocess.run(
                    [sys.executable, "-m", __name__, str(asked), str(answered)],
                    cwd=self._folder,
                    timeout=(limits or Limits()).wall,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                outcome.ended = "wall"
            for line in answered.read_bytes().splitlines(keepends=True):
                if line.endswith(b"\n"):  # the last one may be half there
                    _file(outcome, decode.parse(line))
        return outcome


def _file(outcome: Outcome, told: dict[str, Any]) -> None:
    """Put what one line tells where it belongs."""
    match told["what"]:
        case "ran":
            outcome.ran[told["id"]] = Ran(" ".join(told["error"].split()), told["text"])
        case "held":
            outcome.held[told["id"]] = _result(told)
        case "called":
            outcome.called[told["id"]] = _result(told)
        case "finished":
            outcome.ended = "finished"


def _result(told: dict[str, Any]) -> Result:
    return Result(error=" ".join(told["error"].split())) if told["error"] else Result.of(told["value"])


# ------------------------------------------------------------------------------------ in the other process


def main(asked: str, answered: str) -> None:
    """Run the work that one file holds, and tell what came of it in another."""
    work = json.loads(Path(asked).read_text(encoding="utf-8"))
    os.environ["SAMARKAND_GIVEN"] = json.dumps(work["given"])
    _same_chance()
    shell = _shell()
    held: dict[str, Any] = {}
    around: dict[str, dict[str, Any]] = {}
    with Path(answered).open("a", encoding="utf-8", newline="\n") as out:
        for cell in work["cells"]:
            if not cell["hold"]:
                error, text = _run(shell, cell["code"])
                _tell(out, "ran", cell["id"], error=error, text=text)
                continue
            value = held[cell["id"]] = shell.user_ns.get(cell["hold"], ...)
            around[cell["id"]] = dict(shell.user_ns)
            _tell(out, "held", cell["id"], error="", value=encode.encode(value))
        for call in work["calls"]:
            if callable(held.get(call["of"])):
                shell.user_ns.clear()  # a later cell may have given the names around it to something else
                shell.user_ns.update(around[call["of"]])
                _tell(out, "called", call["id"], **_called(held[call["of"]], call["arguments"]))
        _tell(out, "finished", "")


def _tell(out: TextIO, what: str, id: str, **more: Any) -> None:
    out.write(json.dumps({"what": what, "id": id, **more}) + "\n")
    out.flush()


def _shell() -> Any:
    """Return a shell of IPython that shows nothing and remembers nothing."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    shell: Any = InteractiveShell.instance(config=config)
    shell.showtraceback = shell.showsyntaxerror = shell.showindentationerror = lambda *a, **k: None
    return shell


def _same_chance() -> None:
    """Start chance anew, always alike, as grading does."""
    random.seed(2022)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(2022)


@contextlib.contextmanager
def _unheard() -> Iterator[io.StringIO]:
    """Keep what is printed from the screen."""
    heard = io.StringIO()
    with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(heard):
        yield heard


def _run(shell: Any, code: str) -> tuple[str, str]:
    """Run a cell; return the sentence of its error, and what it printed."""
    with _unheard() as heard:
        result = shell.run_cell(code, silent=True, store_history=False)
    error = result.error_before_exec or result.error_in_exec
    return _sentence(error), heard.getvalue()[: Limits.text]


def _called(function: Any, arguments: Sequence[Any]) -> dict[str, Any]:
    """Call a function with inputs of its own, made anew: it may change them."""
    _same_chance()
    try:
        with _unheard():
            value = function(*(encode.decode(argument) for argument in arguments))
    except BaseException as error:
        return {"error": _sentence(error)}
    return {"error": "", "value": encode.encode(value)}


def _sentence(error: BaseException | None) -> str:
    if error is None:
        return ""
    try:
        return f"{type(error).__name__}: {error}"[:300]
    except BaseException:  # its text is a student's code too
        return type(error).__name__[:300]


if __name__ == "__main__":
    main(*sys.argv[1:])
