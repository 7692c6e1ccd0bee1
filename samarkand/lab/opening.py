"""Start JupyterLab on the student's own copies, wherever the package is installed.

``samarkand start`` does it, and ``python3 start.py`` once it has set everything up. As a JupyterHub's command
for a student's server it does the same there.
"""

import contextlib
import io
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from samarkand.common import home
from samarkand.common.words import tr
from samarkand.lab import copies

#: Layout at the first start: the table of contents is open in the side bar.
LAYOUT = {
    "left": {
        "collapsed": False,
        "visible": True,
        "current": "@jupyterlab/toc:plugin",
        "widgets": ["filebrowser", "running-sessions", "@jupyterlab/toc:plugin"],
    },
    "relativeSizes": [0.22, 0.78, 0],
}


def start_jupyterlab(arguments: Sequence[str] = (), *, say: Callable[[str], None] = print) -> NoReturn:
    """Hand out copies, then run JupyterLab, with options of its own, until it is stopped.

    Raises `CopyError` if copies cannot be written and there are none from an earlier day.
    """
    work = home.my_work().resolve()
    if on_a_hub():
        os.umask(0o077)  # others share the machine
    try:
        for sentence in copies.hand_out(work, renew=not is_served(work), say=say):
            say(sentence)
    except copies.CopyError as error:
        if not (work / copies.FIRST).is_file():
            raise
        say(str(error))
    last = last_open(work)
    if last != copies.FIRST:
        say(tr("Last open: {name}.", name=Path(last).stem))
    runtime = ""
    os.chdir(work)  # extensions look for their files in the folder that is served
    if on_a_hub():
        from jupyter_core.paths import jupyter_config_dir
        from jupyterhub.singleuser import main

        # Jupyter writes this at the second start, and does not start if there is no room for it.
        with contextlib.suppress(OSError):
            Path(jupyter_config_dir()).mkdir(parents=True, exist_ok=True)
            Path(jupyter_config_dir(), "migrated").touch()
        # Not in the home, which may be full; short, as a socket's name has at most 107 bytes.
        runtime = tempfile.mkdtemp(prefix="samarkand-")
        os.environ["JUPYTER_RUNTIME_DIR"] = runtime
    else:
        from jupyterlab.labapp import LabApp, main

        from samarkand.lab.connection import Server

        LabApp.serverapp_class = Server
        keep_quiet(work / ".lab" / "kernels.txt")
    try:
        status = main([*list_options(work, last), *arguments]) or 0
    finally:
        if runtime:
            shutil.rmtree(runtime, ignore_errors=True)  # it holds the secret of the server's cookies
    # Everything is closed now, but if stopped while a kernel starts, Jupyter leaves a thread that never ends.
    sys.stdout.flush()
    os._exit(status)


def on_a_hub() -> bool:
    """Return whether a JupyterHub started this process as a student's server."""
    return "JUPYTERHUB_SERVICE_URL" in os.environ


def keep_quiet(log: Path) -> None:
    """Make Ctrl-C stop the server without tracebacks; kernels write theirs into a log file."""
    terminal = os.fdopen(os.dup(2), "w", buffering=1, errors="replace")  # not inherited by kernels
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as file:
        os.dup2(file.fileno(), 2)
    sys.stderr = terminal
    sys.stdin = io.StringIO()  # in a terminal, Jupyter would handle Ctrl-C itself

    def stop(*_: object) -> None:
        print("\n" + tr("Stopped."), flush=True)
        logging.disable()
        sys.stderr = io.StringIO()
        signal.raise_signal(signal.SIGTERM)

    signal.signal(signal.SIGINT, stop)


def list_options(work: Path, notebook: str = copies.FIRST) -> list[str]:
    """Return JupyterLab's options to serve a student's folder and open a notebook in it."""
    found = [
        # On a hub the hub says where the server listens; other students share the machine, and its ports.
        "--KernelManager.transport=ipc" if on_a_hub() else "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={work}",
        "--ServerApp.kernel_websocket_connection_class=samarkand.lab.connection.AtOnce",
        # Tabs belong to this folder: another copy of the course opens with its own.
        f"--LabApp.workspaces_dir={find_tabs(work)}",
        f"--{'ServerApp' if on_a_hub() else 'LabApp'}.default_url=/lab/tree/{notebook}",
        "--Application.log_level=ERROR",  # the address is shown anyway
        "--ServerApp.answer_yes=True",  # Ctrl-C stops at once
    ]
    if shutil.disk_usage(work).free < 1e6:  # no notebook could be opened: that one was is written down
        found.append("--NotebookNotary.db_file=:memory:")
    if Path("/snap").is_dir():  # a browser from a snap cannot read the hidden file that would redirect it
        found.append("--ServerApp.use_redirect_file=False")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        found.append("--allow-root")
    return found


def find_tabs(work: Path) -> Path:
    """Return the folder of JupyterLab's workspaces, which record the open tabs."""
    return work / ".lab" / "tabs"


def last_open(work: Path) -> str:
    """Return the path of the notebook that was in front when JupyterLab was closed, or of the first lesson.

    Before the first start, this lays out the side bar.
    """
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    manager = WorkspacesManager(str(find_tabs(work)))
    try:
        data: dict[str, Any] = manager.load("default")["data"]
        if not data:
            layout = {"data": {"layout-restorer:data": LAYOUT}, "metadata": {"id": "default"}}
            manager.save("default", json.dumps(layout))
        kind, _, path = data["layout-restorer:data"]["main"]["current"].partition(":")
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return copies.FIRST
    return path if kind == "notebook" and (work / path).is_file() else copies.FIRST


def is_served(work: Path) -> bool:
    """Return whether a running JupyterLab of this user serves a folder, so that a copy may be open."""
    from jupyter_server.serverapp import list_running_servers

    return any(work.is_relative_to(Path(server["root_dir"]).resolve()) for server in list_running_servers())
