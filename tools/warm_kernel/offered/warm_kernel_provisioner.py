"""The client's side of a warm kernel: jupyter_client finds it as the provisioner ``warm-kernel``."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import Any, ClassVar

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

HERE = str(Path(__file__).resolve().parent)
LARGEST = 1 << 17  # bytes of a message: a request holds the environment


class Refused(Exception):
    """Why the warm process does not fork this kernel."""


class ForkedKernel:
    """What jupyter_client needs of a `subprocess.Popen`, for a kernel whose parent is the warm process.

    Examples
    --------
    >>> ForkedKernel.alive  # kept until they end, as a Popen that nobody holds does not end its process
    set()
    """

    alive: ClassVar[set[ForkedKernel]] = set()
    stdin = stdout = stderr = None

    def __init__(self, pid: int, server: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._server = server
        self.alive.add(self)

    def _hear(self, flags: int = 0) -> None:
        message = self._server.recv(LARGEST, flags)
        # Silence is the warm process's end, and every kernel of it ends with it.
        self.returncode = json.loads(message)["status"] if message else -signal.SIGKILL
        self._server.close()
        self.alive.discard(self)

    def poll(self) -> int | None:
        """Return the exit status, or None while the kernel runs."""
        if self.returncode is None:
            try:
                self._hear(socket.MSG_DONTWAIT)
            except BlockingIOError:
                return None
        return self.returncode

    def wait(self) -> int:
        """Wait for the kernel's end; return its exit status."""
        if self.returncode is None:
            self._hear()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Send a signal, unless the kernel has ended."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


def stream(given: Any, number: int) -> int:
    """Return the descriptor that a kernel's standard stream is to be, as ``Popen`` takes it."""
    if given is None:
        return number
    descriptor = given if isinstance(given, int) else int(given.fileno())
    if descriptor < 0:
        raise Refused("a stream is to be made for it")
    return descriptor


def ask(command: list[str], options: dict[str, Any]) -> ForkedKernel:
    """Ask the warm process for a kernel and wait until it stands.

    Parameters
    ----------
    command : list of str
        What a stock provisioner would run.
    options : dict
        What a stock provisioner would hand to `jupyter_client.launcher.launch_kernel`.

    Returns
    -------
    ForkedKernel
        The kernel's process.

    Raises
    ------
    Refused
        If it must be a stock kernel, with the reason.
    """
    options = dict(options)
    environment = options.pop("env") | {"JPY_PARENT_PID": str(os.getpid())}
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
        server.connect("\0" + os.environ["WARM_KERNEL"])
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
    return ForkedKernel(answer["pid"], server)


class WarmProvisioner(LocalProvisioner):
    """Forks Python kernels from the warm process, and starts all others as jupyter_client does."""

    def _finalize_env(self, env: dict[str, str]) -> None:
        """Take out what the command put in for this provisioner: a kernel sees what a stock one would."""
        super()._finalize_env(env)
        for name in ("WARM_KERNEL", "JUPYTER_DEFAULT_PROVISIONER_NAME"):
            env.pop(name, None)
        path = [entry for entry in env.pop("PYTHONPATH", "").split(os.pathsep) if entry != HERE]
        if any(path):
            env["PYTHONPATH"] = os.pathsep.join(path)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel, a stock one if it must be."""
        if cmd[1:3] != ["-m", "ipykernel_launcher"]:
            return await super().launch_kernel(cmd, **kwargs)
        try:
            # The first one waits for the imports; a server that asks has others to answer meanwhile.
            process = await asyncio.to_thread(ask, cmd, self._scrub_kwargs(kwargs))
        except Refused as why:
            print(f"A stock kernel instead of a warm one: {why}.", file=sys.stderr, flush=True)
            return await super().launch_kernel(cmd, **kwargs)
        self.process = process  # type: ignore[assignment]  # as much of a Popen as is asked of it
        self.pid = self.pgid = process.pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info
