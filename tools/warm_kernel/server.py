"""The warm process: it imports once what lessons import, then forks a Python for each client that asks.

``python server.py DESCRIPTOR PARENT``, started by `__main__` alone.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import gc
import importlib.machinery
import importlib.util
import json
import os
import select
import signal
import socket
import struct
import sys
import tempfile
import time
import warnings
from typing import NamedTuple

LARGEST = 1 << 17  # as at the client's
LAUNCHER = "ipykernel_launcher"
# A kernel's own modules, some of which ipykernel imports when it starts; then what lessons import, and what
# those import when they are used. Not samarkand: authors edit it while JupyterLab runs.
WARM = (
    *(
        "ipykernel.kernelapp",
        "ipykernel.debugger",
        "psutil",
        "IPython.extensions.storemagic",
        "zmq.utils.garbage",
    ),
    *("pandas", "pandas.core.methods.to_dict", "pandas.io.formats.html", "pandas.io.formats.string"),
    *(
        "altair",
        "narwhals._pandas_like.namespace",
        "narwhals._pandas_like.selectors",
        "narwhals.stable.v1._namespace",
    ),
    *("folium", "ipywidgets", "networkx", "xstatic.pkg.leaflet", "difflib", "encodings.utf_8_sig"),
)
# These do something to the running shell when imported: a kernel runs their __init__ anew, over warm parts.
TO_THE_SHELL = ("ipywidgets",)
# Where a client leaves that to chance, the warm process's own does as well as any.
SEED = "PYTHONHASHSEED"
# What Python or a library reads once, when it starts: a kernel that has it otherwise is a stock one.
READ_AT_START = (
    "PYTHON",
    "LC_",
    "LANG",
    "LD_",
    "MALLOC_",
    "NPY_",
    "NUMPY_",
    "OPENBLAS_",
    "OMP_",
    "MKL_",
    "PYDEVD_",
)


class Request(NamedTuple):
    """A Python that a client asks for: ``python -m`` and a module, a kernel's launcher or pytest."""

    command: list[str]
    cwd: str
    env: dict[str, str]


class Child(NamedTuple):
    """What was forked: its process, a descriptor that tells its end, and its client."""

    pid: int
    end: int
    client: socket.socket


def end_with(parent: int) -> None:
    """Let this process be killed when its parent's main thread ends, or at once if it has ended already."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def warm_up() -> None:
    """Import what lessons import, as in a kernel: no terminal, output in UTF-8."""
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # ipykernel reads it now: whose end is a kernel's end
    builtins.get_ipython = type("Shell", (), {"kernel": None})  # type: ignore[attr-defined]
    gc.disable()  # a fifth of the time; what is left is kept, and not looked through again in each kernel
    with (
        open(os.devnull, "w", encoding="UTF-8") as nowhere,  # noqa: PTH123
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        for name in WARM:
            with contextlib.suppress(ImportError):  # the lesson will say so
                importlib.import_module(name)
    gc.freeze()
    gc.enable()
    del builtins.get_ipython  # type: ignore[attr-defined]


def search_path(env: dict[str, str]) -> list[str]:
    """Return the directories that ``PYTHONPATH`` puts before all others."""
    entries = env["PYTHONPATH"].split(os.pathsep) if env.get("PYTHONPATH") else []
    return [os.path.abspath(entry) for entry in entries]  # noqa: PTH100  # as `site` does


def refusal(request: Request) -> str | None:
    """Return why a fork would differ from the stock kernel that is asked for, or None."""
    if request.command[:2] != [sys.executable, "-m"]:
        return f"{request.command[0]} is not the warm process's Python"
    for name in sorted(request.env.keys() | ENVIRONMENT.keys()):
        read = name.startswith(READ_AT_START) or name.endswith("_NUM_THREADS")
        theirs = request.env.get(name, ENVIRONMENT[name] if name == SEED else None)
        if read and name != "PYTHONPATH" and theirs != ENVIRONMENT.get(name):
            return f"{name} is not what it was when the warm process began"
    imported = {name.partition(".")[0] for name in sys.modules} | {"sitecustomize", "usercustomize"}
    path = search_path(request.env)
    ran_first = search_path(ENVIRONMENT)  # empty, or the folder of the sitecustomize that has run here
    if not set(ran_first) <= set(path):
        return f"its PYTHONPATH lacks the sitecustomize of {ran_first[0]}"
    for folder in [request.cwd, *path]:
        if folder in ran_first:
            continue
        try:
            hides = imported.intersection(entry.partition(".")[0] for entry in os.listdir(folder))  # noqa: PTH208
        except OSError:
            if folder == request.cwd:
                return f"{folder} cannot be read"
            continue
        if hides:
            return f"{folder} holds a {min(hides)} of its own"
    return None


def become(request: Request, streams: list[int]) -> None:
    """Take over what a process that the client starts itself would have."""
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(request.cwd)
    os.environ.clear()
    os.environ.update((SET_BY_IMPORTS if request.command[2] == LAUNCHER else {}) | request.env)
    time.tzset()
    sys.path[:] = [request.cwd, *dict.fromkeys([*search_path(request.env), *PATH])]
    sys.orig_argv[:] = request.command
    importlib.invalidate_caches()
    for name in TO_THE_SHELL:
        sys.modules.pop(name, None)
    tempfile.tempdir = None
    if "_pydev_bundle.pydev_log" in sys.modules:  # the debugger looks for stderr when it first says something
        sys.modules["_pydev_bundle.pydev_log"]._LoggingGlobals._debug_stream_initialized = False
    if "numpy.random" in sys.modules:  # the standard library's generators look after themselves
        sys.modules["numpy.random"].seed()


class Server:
    """Forks processes, ends each with its client, and tells each client of the end of its own."""

    def __init__(self, listener: socket.socket) -> None:
        self.pid = os.getpid()
        self.listener = listener
        self.children: dict[int, Child] = {}  # by the descriptor that tells its end
        self.clients: dict[int, Child] = {}  # by the client's descriptor
        self.poll = select.poll()
        self.poll.register(listener, select.POLLIN)
        self.poll.register(PARENT, select.POLLIN)

    def serve(self) -> Request:
        """Serve until the parent ends; return in each forked process, with what it was asked to be."""
        while True:
            for ready, _ in self.poll.poll():
                if ready == PARENT:
                    sys.exit()
                if ready in self.children:
                    self.bury(self.children.pop(ready))
                elif ready in self.clients:
                    self.orphan(self.clients.pop(ready))
                elif ready == self.listener.fileno():
                    request = self.admit()
                    if request:
                        return request

    def bury(self, child: Child) -> None:
        """Tell the client, if it is still there, how it ended."""
        status = os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1])
        self.poll.unregister(child.end)
        os.close(child.end)
        if self.clients.pop(child.client.fileno(), None):
            self.poll.unregister(child.client)
        tell(child.client, status=status)

    def orphan(self, child: Child) -> None:
        """End a process whose client has ended, and what it started."""
        self.poll.unregister(child.client)
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:  # it does not lead its group yet
            os.kill(child.pid, signal.SIGKILL)

    def admit(self) -> Request | None:
        """Fork what a client asks for; return it in the forked process, and None here."""
        client, _ = self.listener.accept()
        _, user, _ = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        message, streams, _, _ = socket.recv_fds(client, LARGEST, 3)
        if user != os.getuid() or not message:
            client.close()
            return None
        request = Request(**json.loads(message))
        why_not = refusal(request)
        if why_not:
            tell(client, refused=why_not)
        else:
            with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
                pid = os.fork()  # numpy's threads end before it, and begin anew when they are needed
            if not pid:
                os.setsid()
                end_with(self.pid)
                self.listener.close()
                for child in self.children.values():
                    os.close(child.end)
                    child.client.close()
                become(request, streams)
                tell(client, pid=os.getpid())
                return request
            child = Child(pid, os.pidfd_open(pid), client)
            self.children[child.end] = self.clients[client.fileno()] = child
            self.poll.register(child.end, select.POLLIN)
            self.poll.register(client, 0)  # whether it hangs up
        for descriptor in streams:
            os.close(descriptor)
        return None


def tell(client: socket.socket, **message: object) -> None:
    """Send a client its last message, if it is still there."""
    with client, contextlib.suppress(OSError):
        client.send(json.dumps(message).encode())


def launch(command: list[str]) -> None:
    """Run a module as ``python -m`` does, as deep in the stack as there."""
    spec = importlib.util.find_spec(command[2])
    if spec and spec.submodule_search_locations:
        spec = importlib.util.find_spec(f"{command[2]}.__main__")
    assert spec and spec.origin and isinstance(spec.loader, importlib.machinery.SourceFileLoader)
    code = spec.loader.get_code(spec.name)
    assert code
    sys.argv[:] = [spec.origin, *command[3:]]
    exec(code, {"__name__": "__main__", "__file__": spec.origin, "__spec__": spec})


if __name__ == "__main__":
    try:
        PARENT = os.pidfd_open(int(sys.argv[2]))  # it may have been started in a thread, which may end before
    except ProcessLookupError:
        sys.exit()  # the parent was quicker
    if os.getppid() != int(sys.argv[2]):
        sys.exit()
    ENVIRONMENT = dict(os.environ)
    OURS = [os.path.dirname(__file__), *search_path(ENVIRONMENT)]  # noqa: PTH120
    PATH = [entry for entry in sys.path if entry not in OURS]
    LISTENER = socket.socket(fileno=int(sys.argv[1]))
    select.select([LISTENER.fileno(), PARENT], [], [])  # import nothing for a command that asks for nothing
    warm_up()
    del os.environ["JPY_PARENT_PID"]
    SET_BY_IMPORTS = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    launch(Server(LISTENER).serve().command)
