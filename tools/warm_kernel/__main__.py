"""Start the warm process, then become the command that is to use it."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
USAGE = "usage: python -m tools.warm_kernel [--stock] (-m MODULE | FILE) [ARGUMENT ...]"


def obstacle() -> str | None:
    """Return why kernels cannot be forked here, or None if they can.

    Examples
    --------
    >>> from tools.warm_kernel.__main__ import obstacle
    >>> isinstance(obstacle(), str) != (sys.platform == "linux")
    True
    """
    if sys.platform != "linux":
        return "they need Linux"
    if not (hasattr(os, "fork") and hasattr(os, "pidfd_open")):
        return "this Python has no os.fork or no os.pidfd_open"
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError as error:
        return f"this system gives no descriptor of a process ({error.strerror})"
    return None


def offer(provisioner: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables by which jupyter_client takes a provisioner of `offered/` for all kernels.

    ``warm-kernel`` needs a warm process besides. ``named-kernel`` starts stock kernels that are reached by
    sockets with names, which only Linux has. The variables are to be laid over the `environment`.

    Examples
    --------
    >>> from tools.warm_kernel.__main__ import offer
    >>> offer("named-kernel", {})["JUPYTER_DEFAULT_PROVISIONER_NAME"]
    'named-kernel'
    """
    path = os.pathsep.join(filter(None, [environment.get("PYTHONPATH"), str(HERE / "offered")]))
    return {"JUPYTER_DEFAULT_PROVISIONER_NAME": provisioner, "PYTHONPATH": path}


def start() -> dict[str, str]:
    """Start the warm process; return what the command's environment needs to find it.

    Returns
    -------
    dict
        Variables and their values, to be laid over the present ones.
    """
    name = f"warm-kernel-{secrets.token_hex(8)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(f"\0{name}")  # no file: it is gone as soon as the warm process is
        listener.listen(128)
        listener.set_inheritable(True)
        # PYTHONPATH is each client's own: the warm process imports from there what Python runs before all
        # else, and nothing more.
        folders = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        first = next(
            (folder for folder in folders if folder and any(Path(folder).glob("sitecustomize*"))), ""
        )
        # One seed for all, that of `samarkand.course.apart` (0 would be no randomization, which is seen).
        environment = dict(os.environ) | {"PYTHONPATH": first, "PYTHONHASHSEED": "1"}
        subprocess.Popen(
            [sys.executable, str(HERE / "server.py"), str(listener.fileno()), str(os.getpid())],
            stdin=subprocess.DEVNULL,
            env=environment,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    return {"WARM_KERNEL": name} | offer("warm-kernel", os.environ)


def main(arguments: list[str]) -> int:
    """Become the command, with warm kernels where the system can; elsewhere run it; return its status.

    After ``--stock`` kernels are stock ones that only are reached as warm ones are: two that start at once,
    each with a port that was free, may have been given the same one.

    Parameters
    ----------
    arguments : list of str
        What Python is called with.

    Returns
    -------
    int
        An exit status.
    """
    if not arguments:
        print(USAGE, file=sys.stderr)
        return 2
    environment = dict(os.environ)
    stock, arguments = arguments[0] == "--stock", arguments[arguments[0] == "--stock" :]
    why_not = obstacle()
    if stock:
        environment |= {} if why_not else offer("named-kernel", environment)
    elif why_not:
        print(f"No warm kernels here, every kernel is a stock one: {why_not}.", file=sys.stderr, flush=True)
    else:
        environment |= start()
    command = [sys.executable, *arguments]
    if os.name != "nt":  # exec there leaves the caller at once
        os.execve(sys.executable, command, environment)
    return subprocess.call(command, env=environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
