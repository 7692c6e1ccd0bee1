"""The sandbox from outside: start it, hand it one submission at a time, read back plain values.

What runs inside is :mod:`samarkand_grading.sandbox.server`. This module never sees an object of a
student's, only bytes, which :mod:`samarkand.practice.answers.decode` reads strictly.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from samarkand.ground import home
from samarkand.ground.errors import CourseError
from samarkand.practice.answers import decode
from samarkand_grading.sandbox import view
from samarkand_grading.sandbox.scratch import Scratch
from samarkand_grading.sandbox.work import Call, Cell, Limits, Outcome, Ran, Result

HERE = Path(__file__).resolve().parent
#: The folder inside that a submission may write to.
SCRATCH = "/tmp"


class NoSandbox(CourseError):
    """Student code cannot be confined on this machine, and it is not run unconfined."""


_DIFFERING = "differing"
_ENDS = {0: "finished", 1: "wall", 2: "cpu", 3: "memory", 4: "output"}


class Sandbox:
    """A warm server behind bubblewrap; use it as a context manager.

    `NoSandbox` when it starts, if this machine cannot confine student code. `data` is the folder of the
    tables, read-only inside; `secret` must not be seen inside (the instructor's course and secret), which is
    checked before anything starts. `warm` are modules that every submission imports, `tables` those that are
    read once for all; if not given, all are. `trusted` runs student code with no confinement at all: never
    the default, and named in every report.
    """

    def __init__(
        self,
        data: Path | None = None,
        *,
        secret: Sequence[Path] = (),
        warm: Sequence[str] = ("numpy", "pandas", "samarkand.data", "samarkand.practice.sets.desk"),
        tables: Sequence[str] | None = None,
        trusted: bool = False,
    ) -> None:
        self.tables = tables
        self.data = (data or home.course_data()).resolve()
        self.secret = [Path(folder).resolve() for folder in secret]
        self.warm = [name for name in warm if _installed(name)]
        self.trusted = trusted
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._complaints: Any = None
        self._scratch: Scratch | None = None
        self._stage = ""
        self._warm = False
        self._warmed_by: Sandbox | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def another(self) -> Sandbox:
        """Return a sandbox whose server is a fork of this one's, once that is warm: it costs next to nothing.

        The two share nothing that a submission could reach. It ends with this one; started again, it is on
        its own.
        """
        other = Sandbox(
            self.data, secret=self.secret, warm=self.warm, tables=self.tables, trusted=self.trusted
        )
        self.launch()
        assert self._control is not None
        other._control, theirs = socket.socketpair()
        other._warmed_by = self
        with theirs:
            socket.send_fds(self._control, [b"C"], [theirs.fileno()])
        return other

    def launch(self) -> None:
        """Start the server and let it get warm while something else is done."""
        if self._control is not None:
            return
        ours, theirs = socket.socketpair()
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop
        self._scratch = Scratch(shared=True)
        self._stage = str(self._scratch.path / "stage")
        for folder in (self._scratch.path, self._scratch.path / "stage"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
        try:
            command = self._trusted_command() if self.trusted else self._command()
        except NoSandbox:
            self.stop()
            raise
        environment = (
            {**_ENVIRONMENT, "PYTHONPATH": str(home.ROOT), "SAMARKAND_DATA": str(self.data)}
            if self.trusted
            else {"PATH": os.environ.get("PATH", "/usr/bin")}
        )
        self._process = subprocess.Popen(
            command,
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=self._complaints,
            env=environment,
        )
        theirs.close()
        self._control = ours

    def start(self) -> None:
        """Start the server, unless it runs, and wait until it is warm."""
        self.launch()
        if self._warm:
            return
        assert self._control is not None
        self._control.settimeout(120)
        try:
            self._warm = self._control.recv(1) == b"R"
        except OSError:
            self._warm = False
        if not self._warm:
            said = self._said()
            self.stop()
            raise NoSandbox(f"{_CANNOT} {_why(said)} {_INSTEAD}")

    def stop(self) -> None:
        """End the server and everything in it."""
        self._warm, self._warmed_by = False, None
        if self._control is not None:
            self._control.close()  # an idle server ends by itself
            self._control = None
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.5)
            self._process.kill()  # and everything inside: the sandbox has its own process namespace
            self._process.wait()
            self._process = None
        if self._complaints is not None:
            self._complaints.close()
            self._complaints = None
        if self._scratch is not None:
            self._scratch.remove()
            self._scratch = None

    def _said(self) -> str:
        if self._warmed_by is not None:
            return self._warmed_by._said()
        if self._complaints is None:
            return ""
        self._complaints.seek(0)
        return str(self._complaints.read(2000).decode("utf-8", "replace")).strip()

    # --- the command ----------------------------------------------------------------------------------------

    def _view(self) -> view.View:
        return view.view(self.data)

    def _command(self) -> list[str]:
        if sys.platform != "linux":
            raise NoSandbox(f"{_CANNOT} That needs Linux. {_INSTEAD}")
        if shutil.which("bwrap") is None:
            raise NoSandbox(
                f"{_CANNOT} bubblewrap is not installed (the Debian package bubblewrap). {_INSTEAD}"
            )
        seen = self._view()
        for path, source in seen.leaks(self.secret):
            raise NoSandbox(f"{path} lies in {source}, which student code can read. Move it elsewhere.")
        # One rule for a folder is enough for all files that lie in it.
        readable = dict.fromkeys(
            _top(inside if Path(here).is_dir() else str(Path(inside).parent))
            for inside, here in seen.shown.items()
        )
        inside = {
            "warm": self.warm,
            "tables": self.tables,
            "trusted": False,
            "readable": [*readable, *_CHANCE],
            "kept": [path for path in (*seen.shown, *seen.links) if path.startswith(f"{SCRATCH}/")],
        }
        before = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--uid", "1000"]
        before += ["--gid", "1000", "--clearenv"]
        for name, value in {
            **_ENVIRONMENT,
            "PYTHONPATH": "/course",
            "SAMARKAND_DATA": "/course/course_data",
        }.items():
            before += ["--setenv", name, value]
        before += ["--tmpfs", "/tmp", "--dir", "/tmp/home"]
        before += [part for at, to in seen.links.items() for part in ("--symlink", to, at)]
        after = [part for folder in seen.emptied for part in ("--tmpfs", folder)]
        after += ["--proc", "/proc", "--dev", "/dev", "--dir", "/dev/shm"]
        after += [part for name in _CHANCE for part in ("--dev-bind", "/dev/zero", name)]
        after += [part for folder in (*seen.emptied, "/dev", "/") for part in ("--remount-ro", folder)]
        # -s: no user site; safe path: nothing is imported from the folder a submission can write to.
        after += ["--chdir", "/", "--", sys.executable, "-s", "-P", "-B", "/grader/server.py"]
        after += [json.dumps(inside)]
        readable_here = [(here, inside) for inside, here in seen.shown.items()]
        spec = {"before": before, "readable": readable_here, "after": after, "stage": self._stage}
        return [sys.executable, "-I", str(HERE / "launch.py"), json.dumps(spec)]

    def _trusted_command(self) -> list[str]:
        inside = {"warm": self.warm, "tables": self.tables, "trusted": True, "readable": []}
        inside |= {"scratch": self._stage}
        return [sys.executable, "-s", "-P", "-B", str(HERE / "server.py"), json.dumps(inside)]

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

        The calls are sent only when the cells have run, and made in this order, each as if it were the only
        one; a call is left out where no function was held. `given`, the student's own numbers, is plain JSON.
        A submission that misbehaves has less in its outcome; `NoSandbox` if the sandbox itself failed: then
        nobody's mark is touched.
        """
        work = _Work(cells, calls, given or {}, limits or Limits())
        began = time.monotonic()
        outcome = self._go(work)
        if outcome.ended == _DIFFERING:
            # A call has left something behind. Of the new run nothing counts but what calls give, and both
            # share the limits of one.
            cpu = max(0.0, work.limits.cpu - outcome.cpu)
            wall = max(0.0, work.limits.wall - (time.monotonic() - began))
            again = self._go(replace(work, limits=replace(work.limits, cpu=cpu, wall=wall), alone=True))
            outcome.called, outcome.ended = again.called, again.ended
            outcome.cpu += again.cpu
        return outcome

    def _go(self, work: _Work) -> Outcome:
        self.start()
        control = self._control
        assert control is not None
        outcome = Outcome()
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                try:
                    socket.send_fds(control, [b"S"], [theirs.fileno()])
                except OSError:
                    raise NoSandbox(f"The sandbox has ended by itself. {_why(self._said())}") from None
            exchange = _Exchange(ours, time.monotonic() + work.limits.wall + 10, work.limits.output)
            broken = ""
            try:
                exchange.send({"limits": asdict(work.limits)})
                if exchange.receive() != {"ready": True}:
                    raise EOFError
            except (OSError, EOFError, decode.NotAValue):
                ready = False
            else:
                ready = True
                try:
                    self._talk(exchange, outcome, work)
                except _Differing:
                    broken = _DIFFERING
                except _Overflow:
                    broken = "output"
                except (OSError, EOFError, decode.NotAValue):
                    pass  # the server's report, read below, says why it broke off
        report = self._report(control, work.limits)
        if not ready:
            raise NoSandbox(f"{_CANNOT} {_why(self._said())} {_INSTEAD}")
        outcome.cpu = float(report["cpu"])
        ended = _ENDS.get(report["ended"], "died")
        wanted = {call.id for call in work.calls if _is_function(outcome.held.get(call.of))}
        complete = wanted == set(outcome.called) and bool(outcome.ran or outcome.held or not work.cells)
        if broken:
            ended = broken
        elif complete and ended in ("output", "finished"):
            ended = "finished"  # the grader hung up because it had everything
        elif ended in ("output", "finished"):
            ended = "died"
        outcome.ended = ended
        return outcome

    def _talk(self, exchange: _Exchange, outcome: Outcome, work: _Work) -> None:
        told = [{"id": c.id, "hold": c.hold} if c.hold else {"id": c.id, "code": c.code} for c in work.cells]
        exchange.send({"given": work.given, "cells": told})
        reply = exchange.receive().get("cells")
        reply = reply if type(reply) is dict else {}
        for cell in work.cells:
            got = reply.get(cell.id)
            got = got if type(got) is dict else {}
            if cell.hold:
                outcome.held[cell.id] = _result(got)
            else:
                text = _line(got.get("text", ""), work.limits.text)
                outcome.ran[cell.id] = Ran(_sentence(got.get("error", "")), text)
        calls = [call for call in work.calls if _is_function(outcome.held.get(call.of))]
        # A table that several calls share is sent, and built, once. Inside, calls and inputs are only numbers
        # in the order in which they come: their ids would tell one from another.
        forms = {id(argument): argument for call in calls for argument in call.arguments}
        texts = {key: json.dumps(form) for key, form in forms.items()}
        inputs = {text: forms[key] for key, text in texts.items()}
        place = {text: n for n, text in enumerate(inputs)}
        asked = [
            {"id": n, "of": call.of, "arguments": [place[texts[id(a)]] for a in call.arguments]}
            for n, call in enumerate(calls)
        ]
        exchange.send({"inputs": list(inputs.values()), "calls": asked, "alone": work.alone})
        first = exchange.body()
        there = decode.parse(first).get("all")
        if work.alone or type(there) is not list:
            there = []
        for n, call in enumerate(calls):
            got = there[n] if n < len(there) else exchange.receive()
            if type(got) is dict and got.get("id") == n:
                outcome.called[call.id] = _result(got)
        try:
            if there and exchange.body() != first:
                raise _Differing
        except (OSError, EOFError, _Overflow):
            raise _Differing from None

    def _report(self, control: socket.socket, limits: Limits) -> dict[str, Any]:
        """Wait for the server's own report; if it does not come, start anew."""
        exchange = _Exchange(control, time.monotonic() + limits.wall + 30, 4096)
        try:
            report = exchange.receive()
            return {"ended": int(report["ended"]), "cpu": float(report["cpu"])}
        except (OSError, EOFError, decode.NotAValue, _Overflow, KeyError, ValueError):
            said = self._said()
            self.stop()
            raise NoSandbox(f"The sandbox has ended by itself. {_why(said)}") from None


@dataclass(frozen=True)
class _Work:
    """What :meth:`Sandbox.run` was given."""

    cells: Sequence[Cell]
    calls: Sequence[Call]
    given: dict[str, Any]
    limits: Limits
    alone: bool = False


class _Differing(Exception):
    """The same calls have given something else, or nothing, after other calls."""


class _Overflow(Exception):
    """More came back than any honest submission sends."""


class _Exchange:
    """Messages over a socket, with one deadline and a cap for all of them."""

    def __init__(self, channel: socket.socket, deadline: float, cap: int) -> None:
        self.channel, self.deadline, self.left = channel, deadline, cap

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message, allow_nan=False).encode()
        self.channel.settimeout(max(0.01, self.deadline - time.monotonic()))
        self.channel.sendall(struct.pack("!I", len(body)) + body)

    def receive(self) -> dict[str, Any]:
        return decode.parse(self.body())

    def body(self) -> bytes:
        (size,) = struct.unpack("!I", self._exactly(4))
        self.left -= size
        if self.left < 0:
            raise _Overflow
        return self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            left = self.deadline - time.monotonic()
            if left <= 0 or not select.select([self.channel], [], [], left)[0]:
                raise TimeoutError
            part = self.channel.recv(min(1 << 16, size - len(parts)))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)


def _result(got: dict[str, Any]) -> Result:
    if "error" in got:
        return Result(error=_sentence(got["error"]) or "an error")
    if "value" not in got:
        return Result(error="the value could not be read")
    return Result.of(got["value"])


def _is_function(held: Result | None) -> bool:
    return held is not None and isinstance(held.value, decode.Opaque) and held.value.kind == "function"


def _line(text: object, length: int = 300) -> str:
    """Keep what can be shown of a text that came out of the sandbox."""
    if type(text) is not str:
        return ""
    kept = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text[:length])
    return kept.encode("utf-8", "replace").decode("utf-8")


def _sentence(text: object) -> str:
    """Keep an error to one line, or it could look like lines of the grader's own."""
    return " ".join(_line(text).split())


_ENVIRONMENT = {
    "HOME": "/tmp/home",
    "TMPDIR": "/tmp",
    "SAMARKAND_WORK": "/tmp/home/my_work",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "PATH": "/usr/bin:/bin",
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "agg",
    # one thread each: thirty submissions share the machine, and a forked process has no pool to inherit
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_NUM_THREADS": "1",
    "IPYTHONDIR": "/tmp/home/ipython",
}

#: Where chance comes from; in the sandbox it is always the same (see :func:`server.one_chance`).
_CHANCE = ("/dev/urandom", "/dev/random")

_CANNOT = "Student code cannot be confined here, so it is not run."
_INSTEAD = (
    "Otherwise use the container of deploy/grader.md (deploy/grader.sh grade), or, if you wrote the "
    "submissions yourself, --i-trust-these-students."
)

_APPARMOR = (
    "AppArmor keeps users from making namespaces: "
    "say sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0."
)
#: What bubblewrap, the kernel or :mod:`launch` says, and what that means to whoever wants to grade.
_HINTS = {
    "No permissions to create": (
        "Nobody may make namespaces: start this container with --security-opt seccomp=unconfined; "
        "where it is none, say sudo sysctl kernel.unprivileged_userns_clone=1."
    ),
    "(ENOSPC)": "No more namespaces may be made: say sudo sysctl user.max_user_namespaces=10000.",
    "Creating new namespace failed": "This kernel has no namespaces for users.",
    "setting up uid map": _APPARMOR,
    "loopback: Failed RTM_": _APPARMOR,
    "Failed to make / slave": (
        "AppArmor keeps this container from mounting: start it with --security-opt apparmor=unconfined."
    ),
    "Failed to mount tmpfs": (
        "SELinux keeps this container from mounting: start it with --security-opt label=disable."
    ),
    "Can't mount proc": (
        "This container hides parts of /proc: start it with --security-opt systempaths=unconfined."
    ),
    "[Errno 1] unshare": (
        "Root may not mount in this container: start it with --cap-add SYS_ADMIN, or with --user as another."
    ),
    "Permission denied": "A folder that Python needs cannot be read by other users.",
}


def _why(said: str) -> str:
    """Turn what bubblewrap or the server said into a sentence that says what to do."""
    if not said:
        return ""
    last = said.splitlines()[-1].strip()
    hint = next((hint for sign, hint in _HINTS.items() if sign in said), "")
    return f"{hint} ({last})".lstrip()


def _top(target: str) -> str:
    """Name the folder that holds nothing but what was mounted for submissions; one rule is enough for it."""
    return next((top for top in ("/course", "/grader") if target.startswith(f"{top}/")), target)


def _installed(name: str) -> bool:
    import importlib.util

    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
