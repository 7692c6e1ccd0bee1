"""JupyterLab opened on the student's own copies, wherever the package is installed.

``samarkand start`` does it, and ``python3 start.py`` once it has set everything up.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from samarkand.ground import home
from samarkand.ground.words import tr
from samarkand.jupyter import copies


def start(arguments: Sequence[str] = (), *, say: Callable[[str], None] = print) -> NoReturn:
    """Hand out copies, then be JupyterLab, with options of its own, until it is stopped.

    Raises `CopyError` if there is no room for copies, and none from an earlier day.
    """
    work = home.my_work().resolve()
    try:
        for sentence in copies.hand_out(work, renew=not served(work), say=say):
            say(sentence)
    except copies.CopyError as error:
        if not (work / copies.FIRST).is_file():
            raise
        say(str(error))
    trust(say)
    from jupyterlab.labapp import main

    # Jupyter handles Ctrl-C in a terminal only; it must close kernels and files properly elsewhere too.
    signal.signal(signal.SIGINT, lambda number, frame: signal.raise_signal(signal.SIGTERM))
    status = main([*options(work), *arguments]) or 0
    # Everything is closed now, but if stopped while a kernel starts, Jupyter leaves a thread that never ends.
    sys.stdout.flush()
    os._exit(status)


def options(work: Path) -> list[str]:
    """Return the options with which JupyterLab opens on the first lesson of a student's folder."""
    found = [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={work.parent}",
        # Tabs belong to this folder: another copy of the course opens with its own.
        f"--LabApp.workspaces_dir={work / '.lab' / 'workspaces'}",
        f"--LabApp.default_url=/lab/tree/{work.name}/{copies.FIRST}",
        "--Application.log_level=ERROR",  # the address is shown anyway
        "--ServerApp.answer_yes=True",  # Ctrl-C stops at once
    ]
    if Path("/snap").is_dir():  # a browser from a snap cannot read the hidden file that would redirect it
        found.append("--ServerApp.use_redirect_file=False")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        found.append("--allow-root")
    return found


def served(work: Path) -> bool:
    """Return whether a JupyterLab of this user shows a folder: a copy may be open in it."""
    from jupyter_server.serverapp import list_running_servers

    return any(work.is_relative_to(Path(server["root_dir"]).resolve()) for server in list_running_servers())


def trust(say: Callable[[str], None] = print) -> None:
    """Sign the course's own notebooks, as ``jupyter trust`` does: their maps show before they are run.

    Only those that changed since they were signed. The student's copies hold nothing that needs it, and what
    a student runs, JupyterLab signs.
    """
    import nbformat
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    for original in copies.originals():
        try:
            notebook = nbformat.read(original.path, as_version=4)
            if not notary.check_signature(notebook):
                notary.sign(notebook)
        except Exception:  # nbformat raises many kinds of errors; none may keep the course from opening
            say(tr("{name} is damaged and was not trusted. Get a fresh copy of it.", name=original.path.name))
