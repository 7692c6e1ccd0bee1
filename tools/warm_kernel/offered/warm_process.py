"""The client's side of the warm process: it asks for a Python, and stands for what was forked."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
from pathlib import Path
from typing import Any, ClassVar

LARGEST = 1 << 17  # bytes of a message: a request holds the environment


class Refused(Exception):
    """Why the warm process does not fork this Python."""


class Forked:
    """As much of a `subprocess.Popen` as jupyter_client needs, for a Python whose parent is the warm process.

    Examples
    --------
    >>> Forked.alive  # kept until they end, as a Popen that nobody holds does not end its process
    set()
    """

    alive: ClassVar[set[Forked]] = set()
    stdin = stdout = stderr = None

    def __init__(self, pid: int, server: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._server = server
        self.alive.add(self)

    def _hear(self, flags: int = 0) -> None:
        message = self._server.recv(LARGEST, flags)
        # Silence is the warm process's end, and whatever it forked ends with it.
        self.returncode = json.loads(message)["status"] if message else -signal.SIGKILL
        self._server.close()
        self.alive.discard(self)

    def poll(self) -> int | None:
        """Return the exit status, or None while it runs."""
        if self.returncode is None:
            try:
                self._hear(socket.MSG_DONTWAIT)
            except BlockingIOError:
                return None
        return self.returncode

    def wait(self) -> int:
        """Wait for its end; return its exit status."""
        if self.returncode is None:
            self._hear()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def stream(given: Any, number: int) -> int:
    """Return the descriptor that a standard stream is to be, as ``Popen`` takes it."""
    if given is None:
        return number
    descriptor = given if isinstance(given, int) else int(given.fileno())
    if descriptor < 0:
        raise Refused("a stream is to be made for it")
    return descriptor


def wake(name: str) -> None:
    """Let the warm process import what it is to have imported, without asking for anything yet."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.connect(f"\0{name}")


def ask(command: list[str], options: dict[str, Any], warm: str | None = None) -> Forked:
    """Ask the warm process for a Python and wait until it stands.

    Parameters
    ----------
    command : list of str
        What would be run without it: ``[sys.executable, "-m", module, ...]``.
    options : dict
        What `subprocess.Popen` would be given: ``env``, and if need be ``cwd`` and streams.
    warm : str, optional
        The name of the warm process; that of the environment by default.

    Returns
    -------
    Forked
        The process.

    Raises
    ------
    Refused
        If it must be a stock one, with the reason.
    """
    options = dict(options)
    environment = dict(options.pop("env"))
    request = {"command": command, "cwd": str(options.pop("cwd", None) or Path.cwd()), "env": environment}
    streams = [options.pop(name, None) for name in ("stdin", "stdout", "stderr")]
    if options.pop("independent", False) or any(value is not None for value in options.values()):
        raise Refused("it is started with options of its own")
    # As in launch_kernel: a stream at its end.
    nothing, far_end = os.pipe()
    os.close(far_end)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        descriptors = [nothing if streams[0] is None else stream(streams[0], 0)]
        descriptors += [stream(given, number) for number, given in enumerate(streams[1:], 1)]
        server.connect("\0" + (warm or os.environ["WARM_KERNEL"]))
        _, user, _ = struct.unpack("3i", server.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        if user != os.getuid():
            raise Refused("the warm process is not one's own")
        socket.send_fds(server, [json.dumps(request).encode()], descriptors)
        answer = json.loads(server.recv(LARGEST) or "{}")
        if "pid" not in answer:
            raise Refused(answer.get("refused", "the warm process has ended"))
    except (OSError, Refused) as error:
        server.close()
        raise (
            error if isinstance(error, Refused) else Refused(f"no warm process answers ({error})")
        ) from error
    finally:
        os.close(nothing)
    return Forked(answer["pid"], server)
