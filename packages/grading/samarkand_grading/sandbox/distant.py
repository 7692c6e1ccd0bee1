"""A sandbox on another machine, reached by a command that carries bytes: ``srun``, ``ssh``, ``kubectl exec``.

At the other end runs :mod:`~samarkand_grading.sandbox.serving`. A machine of another version, or without a
sandbox, is named and not used.
"""

import contextlib
import json
import shlex
import subprocess
import threading
from collections.abc import Mapping, Sequence

from samarkand.common.errors import CourseError
from samarkand_grading.sandbox import box
from samarkand_grading.sandbox.box import MOST_LINE, Sandbox
from samarkand_grading.sandbox.engines import NoSandbox
from samarkand_grading.sandbox.serving import Greeting
from samarkand_grading.sandbox.versions import list_versions

#: What is started on the other machine.
SERVE = ("samarkand", "sandbox", "--serve")
#: Lines that a login shell may print before the greeting.
MOST_LINES = 200
#: Seconds for a command to end after it was asked to.
GRACE = 10


class OtherVersion(NoSandbox):
    """A machine on which marks could be others: `there` and `here` are its versions and ours, by name."""

    def __init__(self, machine: str, there: Mapping[str, str], here: Mapping[str, str]) -> None:
        self.machine = machine
        self.there = dict(there)
        self.here = dict(here)
        self.differing = sorted(name for name in here if there.get(name) != here[name])
        differences = []
        for name in self.differing:
            if name in ("course", "tables"):
                differences.append(f"another version of the {name}")
            else:
                differences.append(f"{name} {there.get(name) or 'of no version'} in place of {here[name]}")
        text = f"{machine} is not used: it has {', '.join(differences)}."
        CourseError.__init__(self, text, code="other version")


class Lost(NoSandbox):
    """A command that ended by itself: the machine, the task or the connection is gone, or it never began.

    `carrier` are the words of the command, `last_line` is the last one that it wrote on its errors, `machine`
    is empty if no machine had greeted.
    """

    def __init__(self, carrier: Sequence[str], last_line: str, machine: str = "") -> None:
        self.carrier = tuple(carrier)
        self.last_line = last_line
        self.machine = machine
        what = f"{machine} was lost" if machine else "it did not begin"
        text = f"{shlex.join(carrier)}: {what} ({last_line or 'it said nothing'})."
        CourseError.__init__(self, text, code="lost")


class DistantSandbox(Sandbox):
    """A sandbox behind the words of a `carrier`, such as ``["ssh", "node7"]``.

    It may have to wait in a queue, so there is no limit to how long it takes to begin.
    """

    def __init__(
        self, carrier: Sequence[str], *, tables: Sequence[str] = (), libraries: Sequence[str] = ()
    ) -> None:
        super().__init__(tables=tables, libraries=libraries)
        self.carrier = tuple(carrier)
        self._machine = ""

    def start_process(self) -> None:
        """Start the command without waiting for the other machine."""
        if not self.runs:
            self.stop()
            try:
                self._open_process([*self.carrier, *SERVE])
            except OSError as problem:
                raise Lost(self.carrier, str(problem.strerror)) from None

    def start(self) -> None:
        """Start the command if it does not run; wait until the other machine has greeted and is warm."""
        self.start_process()
        if self.warm:
            return
        greeting = self._read_greeting()
        self._machine = greeting.machine
        here = list_versions()
        if greeting.versions != here:
            self.stop()
            raise OtherVersion(greeting.machine, greeting.versions, here)
        if greeting.trouble:
            self.stop()
            raise NoSandbox(greeting.trouble, greeting.machine, code="not on that machine")
        word = json.dumps({"tables": list(self.tables), "libraries": list(self.libraries)})
        self._exchange(word.encode() + b"\n", box.PATIENCE)
        self.warm = True

    def _read_greeting(self) -> Greeting:
        """Read lines until one is a greeting; `Lost` if there is none."""
        assert self._process
        assert self._process.stdout
        self._machine = ""
        for _ in range(MOST_LINES):
            line = self._process.stdout.readline(MOST_LINE)
            if not line:
                break
            with contextlib.suppress(ValueError):
                return Greeting.from_line(line)
        raise Lost(self.carrier, self.stop())

    def _explain_end(self, last_line: str, *, was_warm: bool) -> NoSandbox:
        """Return the error: on a machine that had greeted and never got warm, the engine does not work."""
        if self._machine and not was_warm:
            why = f"({last_line or 'The sandbox has ended by itself.'})"
            return NoSandbox(why, self._machine, code="ended", last_line=last_line)
        return Lost(self.carrier, last_line, self._machine)

    def _breaks_sandbox_again(self, work: bytes) -> bool:
        """Return False: a machine may be lost for reasons that are not the work's."""
        return False

    def kill(self) -> None:
        """Ask the command to end, which ends what it has begun on the other machine; then end it."""
        process = self._process
        if process and process.poll() is None:
            process.terminate()
            late = threading.Timer(GRACE, process.kill)
            late.daemon = True
            late.start()

    def _close_pipe(self) -> None:
        """Close the pipe, at which the sandbox ends by itself; then ask the command to end."""
        assert self._process
        try:
            self._process.communicate(timeout=GRACE)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.communicate()
