"""The sandbox from outside: start it, hand it one submission at a time, read back plain values.

This module never sees an object of a student's, only bytes, which :mod:`samarkand.answers.decode`
reads strictly. At the other end of the pipes is :mod:`~samarkand_grading.sandbox.server`, and it alone.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Self

from samarkand.common import home
from samarkand_grading.sandbox import engines, runner
from samarkand_grading.sandbox.engines import NoSandbox
from samarkand_grading.sandbox.work import (
    ENDS,
    LIMITS,
    Call,
    Cells,
    Given,
    Limits,
    Outcome,
    clean_text,
    pack_work,
)

#: Seconds for a sandbox to warm up, and seconds of grace after the limit of a submission.
PATIENCE = 60
#: The longest line of a report, in bytes.
MOST_LINE = 1 << 16


def run_unconfined(
    folder: Path, cells: Cells, calls: Sequence[Call] = (), *, given: Given = None, limits: Limits = LIMITS
) -> Outcome:
    """Run one's own work in a folder, unconfined; return the outcome up to the time limit."""
    # -P: no file in the student's folder stands in for a module of Python's.
    command = [sys.executable, "-P", "-m", runner.__name__]
    ended = "finished"
    with tempfile.TemporaryFile() as out:  # a pipe would stay open with a process that the work leaves behind
        try:
            subprocess.run(
                command,
                cwd=folder,
                timeout=limits.wall,
                check=False,
                input=pack_work(cells, calls, given, limits),
                stdout=out,
                stderr=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            ended = "wall"
        out.seek(0)
        return Outcome.from_output(out.read(), cells, calls, ended)


@dataclass(frozen=True)
class Report:
    """What the server says of a submission before its output of `length` bytes.

    `ended` is as in `Outcome`, `cpu` in seconds, `clean` says whether the server can be used again.
    """

    length: int
    ended: str = "finished"
    cpu: float = 0.0
    clean: bool = True

    @classmethod
    def from_line(cls, line: bytes, most: int) -> Self:
        """Read a report; `ValueError` if the line is none, or more than `most` bytes are to follow.

        On another machine somebody else may write it.
        """
        message = json.loads(line)
        try:
            report = cls(**message)
        except TypeError:
            raise ValueError("no report") from None
        if type(report.length) is not int or not 0 <= report.length <= most:
            raise ValueError("no length")
        if report.ended not in ENDS or type(report.clean) is not bool:
            raise ValueError("no end")
        if type(report.cpu) not in (int, float) or not 0 <= report.cpu < 1e9:
            raise ValueError("no time")
        return report


@dataclass(frozen=True)
class Reply:
    """What the server replies to a message: a report, and the output of the submission."""

    report: Report
    output: bytes


class Sandbox:
    """A warm server behind an engine; use it as a context manager.

    Starting it raises `NoSandbox` if this machine cannot confine student code. `warm` says whether the server
    has answered since it began.

    Parameters
    ----------
    secret : sequence of Path
        What must not be visible inside (the instructor's course and secret), checked before the start.
    tables : sequence of str
        Tables that are read once for all.
    libraries : sequence of str
        Keys of `engines.LIBRARIES` that are imported once for all.
    trusted : bool
        Run student code unconfined: never the default, and named in every report.
    """

    def __init__(
        self,
        *,
        secret: Sequence[Path] = (),
        tables: Sequence[str] = (),
        libraries: Sequence[str] = (),
        trusted: bool = False,
    ) -> None:
        self.secret = secret
        self.tables = tables
        self.libraries = libraries
        self.trusted = trusted
        self.warm = False
        self._process: subprocess.Popen[bytes] | None = None
        self._work_that_broke_it: bytes | None = None
        self._errors: IO[bytes]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def runs(self) -> bool:
        """Whether its process has begun and not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def process_id(self) -> int:
        """The id of the engine's process, the parent of the server; 0 if none was started."""
        return self._process.pid if self._process else 0

    def start_process(self) -> None:
        """Start the server without waiting until it is warm."""
        if self.trusted or self.runs:
            return
        self.stop()
        setup = engines.pack_setup(self.tables, self.libraries)
        self._open_process([*engines.build_command(self.secret), setup], tempfile.gettempdir())

    def _open_process(self, command: Sequence[str], folder: str | None = None) -> None:
        """Start a command whose pipes are kept; it runs in `folder`, or else in the current one."""
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the sandbox stops
        self._process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors
        )

    def start(self) -> None:
        """Start the server if it does not run, and wait until it is warm."""
        self.start_process()
        if not self.trusted and not self.warm:
            self._exchange(b"", PATIENCE)
            self.warm = True

    def _exchange(self, message: bytes, patience: float, most: int = 0) -> Reply:
        """Send the server a message, and read its reply within `patience` seconds.

        `NoSandbox` if it has ended, or gives something else than a report and at most `most` bytes of output.
        """
        assert self._process and self._process.stdin and self._process.stdout
        timer = threading.Timer(patience, self.kill)
        timer.start()
        try:
            self._process.stdin.write(message)
            self._process.stdin.flush()
            report = Report.from_line(self._process.stdout.readline(MOST_LINE), most)
            output = self._process.stdout.read(report.length)
            if len(output) == report.length:
                return Reply(report, output)
        except (OSError, ValueError):  # it has ended, which its last words explain
            pass
        finally:
            timer.cancel()
        was_warm = self.warm
        raise self._explain_end(self.stop(), was_warm=was_warm)

    def _explain_end(self, last_line: str, *, was_warm: bool) -> NoSandbox:
        """Return the error for a server that has ended, with the last line of its errors."""
        advice = ""
        for sign, setting in engines.HINTS.items():
            if sign in last_line:
                allow = "Allow programs to make namespaces, or use Podman or Docker: "
                advice += f"{allow}sudo sysctl {setting}. "
        why = f"{advice}({last_line or 'The sandbox has ended by itself.'})"
        return NoSandbox(why, code="ended", last_line=last_line)

    def stop(self) -> str:
        """End the server, if any, and everything in it; return the last line that it wrote on its errors."""
        last_line = ""
        if self._process:
            self._close_pipe()
            self._errors.seek(0)
            errors = self._errors.read().decode("utf-8", "replace").strip()
            last_line = clean_text(errors.rpartition("\n")[2])
            self._errors.close()
        self._process = None
        self.warm = False
        return last_line

    def _close_pipe(self) -> None:
        """Close the server's pipe, at which it ends by itself; then end it."""
        assert self._process
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.communicate(timeout=1)
        self.kill()
        self._process.communicate()

    def kill(self) -> None:
        """End the server at once, whatever it does."""
        if self._process and self._process.poll() is None:
            with contextlib.suppress(OSError):  # bubblewrap may not end what has given root up
                number = self._process.pid
                for child in Path(f"/proc/{number}/task/{number}/children").read_text().split():
                    os.kill(int(child), 9)
            self._process.kill()

    def run(
        self, cells: Cells, calls: Sequence[Call] = (), *, given: Given = None, limits: Limits = LIMITS
    ) -> Outcome:
        """Run the cells of one submission, then call its functions; return the outcome.

        Calls are independent of each other; a call is skipped if its name is not a function. `given`, the
        student's own numbers, is plain JSON. A submission that misbehaves has less in its outcome;
        `NoSandbox` if the sandbox itself failed: then no mark is changed.
        """
        if self.trusted:
            with tempfile.TemporaryDirectory() as folder:
                Path(folder, "course_data").symlink_to(home.course_data(), target_is_directory=True)
                return run_unconfined(Path(folder), cells, calls, given=given, limits=limits)
        work = pack_work(cells, calls, given, limits)
        self.start()
        head = json.dumps({**asdict(limits), "length": len(work)}).encode()
        try:
            reply = self._exchange(head + b"\n" + work, limits.wall + PATIENCE, limits.output)
        except NoSandbox:
            if self._breaks_sandbox_again(work):
                return Outcome(ended="memory")
            raise
        report = reply.report
        if not report.clean:
            self.stop()
        return Outcome.from_output(reply.output, cells, calls, report.ended, report.cpu)

    def _breaks_sandbox_again(self, work: bytes) -> bool:
        """Return whether this work takes the sandbox with it for the second time: it has reached a limit."""
        is_again = self._work_that_broke_it == work
        self._work_that_broke_it = work
        return is_again
