"""The sandbox from outside: start it, hand it one submission at a time, read back plain values.

This module never sees an object of a student's, only bytes, which :mod:`samarkand.practice.answers.decode`
reads strictly. :mod:`~samarkand_grading.sandbox.server` is at the other end: submissions write to its
standard output, and it alone to its standard error.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import secrets
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from samarkand.ground import home
from samarkand.practice.answers import decode
from samarkand_grading.sandbox import engines
from samarkand_grading.sandbox.alone import Alone
from samarkand_grading.sandbox.engines import NoSandbox
from samarkand_grading.sandbox.work import Call, Cell, Limits, Outcome, numbered

#: What every submission imports.
WARM = ("numpy", "pandas", "samarkand.data", "samarkand.practice.sets.desk")
#: Seconds that a sandbox may take to get warm, and beyond the limit of a submission.
PATIENCE = 60


class Sandbox:
    """A warm server behind an engine; use it as a context manager.

    `NoSandbox` when it starts, if this machine cannot confine student code. `secret` must not be seen inside
    (the instructor's course and secret), which is checked before anything starts; `tables` are read once for
    all. `trusted` runs student code with no confinement at all: never the default, and named in every report.
    """

    def __init__(
        self, *, secret: Sequence[Path] = (), tables: Sequence[str] = (), trusted: bool = False
    ) -> None:
        self.secret, self.tables, self.trusted = secret, tables, trusted
        self._process: subprocess.Popen[bytes] | None = None
        self._engine = engines.Engine([])
        self._reports: queue.Queue[dict[str, Any]] = queue.Queue()
        self._warm, self._sync, self._broke = False, "", ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def launch(self) -> None:
        """Start the server and let it get warm while something else is done."""
        if self.trusted or (self._process and self._process.poll() is None):
            return
        self.stop()
        self._engine = engines.choose(self.secret)
        pipe, files = subprocess.PIPE, [file.fileno() for file in self._engine.files]
        command = [*self._engine.command, json.dumps([WARM, list(self.tables)])]
        self._folder = tempfile.TemporaryDirectory()  # engines may leave files where they are started
        self._process = subprocess.Popen(
            command, cwd=self._folder.name, stdin=pipe, stdout=pipe, stderr=pipe, pass_fds=files
        )
        self._reports = queue.Queue()
        threading.Thread(target=self._hear, args=(self._process, self._reports), daemon=True).start()

    def _hear(self, process: subprocess.Popen[bytes], reports: queue.Queue[dict[str, Any]]) -> None:
        """Pass on what server and engine say, and have the server mark the end of each submission."""
        last = b""
        for line in process.stderr or ():
            word, _, rest = line.partition(b" ")
            if word in (b"ready", b"ended"):
                reports.put(json.loads(rest))
                if word == b"ended" and not self._sync:  # it has started itself again
                    self._kill()
                elif word == b"ended":
                    self._sync, end = "", self._sync
                    self._say("sync", end)
            elif line.strip():
                last = line
        reports.put({"gone": last.decode("utf-8", "replace").strip()})

    def _say(self, word: str, *more: object) -> None:
        if self._process and self._process.stdin:
            with contextlib.suppress(OSError, ValueError):  # that it has ended is seen where it is read
                self._process.stdin.write(" ".join((word, *map(json.dumps, more))).encode() + b"\n")
                self._process.stdin.flush()

    def _next(self, patience: float) -> dict[str, Any]:
        """Return the server's next report; or stop, and raise `NoSandbox` with its last words."""
        try:
            report = self._reports.get(timeout=patience)
        except queue.Empty:
            report = {"gone": "It does not answer."}
        if "gone" in report:
            self.stop(kill=True)
            hint = next((hint for sign, hint in _HINTS.items() if sign in report["gone"]), "")
            raise NoSandbox(f"{hint} ({report['gone'] or 'The sandbox has ended by itself.'})".strip())
        return report

    def start(self) -> None:
        """Start the server, unless it runs, and wait until it is warm."""
        self.launch()
        if not self.trusted and not self._warm:
            self._next(PATIENCE)
            self._warm = True

    def stop(self, *, kill: bool = False) -> None:
        """End the server and everything in it; an idle one ends by itself."""
        if self._process and self._process.stdin and self._process.stdout:
            if kill:  # somebody may still be writing to it
                self._kill()
            with contextlib.suppress(OSError):
                self._process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
            self._kill()
            self._process.wait()
            self._process.stdout.close()
            self._folder.cleanup()
        for file in self._engine.files:
            file.close()
        self._process, self._warm = None, False

    def _kill(self) -> None:
        if self._process and self._process.poll() is None:
            if self._engine.kill:
                subprocess.run(self._engine.kill, capture_output=True, check=False)
            with contextlib.suppress(OSError):  # bubblewrap may not end what has given root up
                number = self._process.pid
                for child in Path(f"/proc/{number}/task/{number}/children").read_text().split():
                    os.kill(int(child), 9)
            self._process.kill()

    # --- one submission -------------------------------------------------------------------------------------

    def run(
        self,
        cells: Sequence[Cell],
        calls: Sequence[Call] = (),
        *,
        given: dict[str, Any] | None = None,
        limits: Limits | None = None,
    ) -> Outcome:
        """Run the cells of one submission, then call its functions; return whatever came back.

        The calls are sent only when the cells have run, and made each as if it were the only one; a call is
        left out where no function was held. `given`, the student's own numbers, is plain JSON. A submission
        that misbehaves has less in its outcome; `NoSandbox` if the sandbox itself failed: then nobody's mark
        is touched.
        """
        limits = limits or Limits()
        text = json.dumps(
            {"given": given or {}, "cells": [asdict(cell) for cell in cells], "limits": asdict(limits)}
        )
        if self.trusted:
            with tempfile.TemporaryDirectory() as folder:
                Path(folder, "course_data").symlink_to(home.course_data(), target_is_directory=True)
                return Alone(Path(folder)).run(cells, calls, given=given, limits=limits)
        self.start()
        outcome, self._sync = Outcome(), secrets.token_hex()
        end = b'"%s"\n' % self._sync.encode()
        timer = threading.Timer(limits.wall + PATIENCE, self._kill)
        timer.start()
        self._say("start", asdict(limits))
        self._say(text)
        ended = self._listen(outcome, calls, limits, end)
        timer.cancel()
        lost = ended == "gone" and bool(self._sync)
        broke, self._broke = self._broke == text, text if lost else ""
        if ended == "output" or (lost and broke):
            self.stop(kill=True)  # whoever takes a sandbox with it twice has reached a limit
            outcome.ended = "output" if ended == "output" else "memory"
            return outcome
        report = self._next(PATIENCE)
        outcome.ended, outcome.cpu = report["ended"], report["cpu"]
        if ended == "gone" or (outcome.ended == "finished" and not outcome.complete(cells, calls)):
            outcome.ended = "died"
        if ended == "gone" or not report["clean"]:
            self.stop(kill=True)
        return outcome

    def _listen(self, outcome: Outcome, calls: Sequence[Call], limits: Limits, end: bytes) -> str:
        """Note each line that the submission writes, and send the calls; return how that came to an end."""
        assert self._process is not None
        assert self._process.stdout is not None
        left, asked = limits.output, False
        while left > 0 and (line := self._process.stdout.readline(left)):
            if line == end:
                return "finished"
            left -= max(len(line), 256)
            try:
                said = decode.parse(line)
            except decode.NotAValue:
                continue
            if "ask" in said and not asked:
                asked, calls = True, outcome.functions(calls)
                message = json.dumps(numbered(calls))
                # Not here: it may take long to be read.
                threading.Thread(target=self._say, args=(message,), daemon=True).start()
            elif not asked or "called" in said:  # once inputs are known, nothing else may be told
                outcome.note(said, calls)
        return "gone" if left > 0 else "output"


#: What bubblewrap or an engine says where it may not work, and what to do then.
_SAY = "Allow programs to make namespaces, or use Podman or Docker: sudo sysctl"
_HINTS = {
    "No permissions to create": f"{_SAY} kernel.unprivileged_userns_clone=1.",
    "(ENOSPC)": f"{_SAY} user.max_user_namespaces=10000.",
    "setting up uid map": f"{_SAY} kernel.apparmor_restrict_unprivileged_userns=0.",
    "loopback: Failed RTM_": f"{_SAY} kernel.apparmor_restrict_unprivileged_userns=0.",
}
