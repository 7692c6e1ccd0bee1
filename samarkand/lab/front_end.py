"""Whether the program that shows a notebook can show controls, told by what it asks the kernel.

JupyterLab, Notebook and others that know widgets ask for those of a kernel as soon as they are connected with
it. One that never does so shows what a cell gives as a still picture. In a kernel that nobody has opened in a
notebook (a build, a test, a page) nothing is known, and controls are taken to be shown.
"""

import os
from typing import Any

#: Messages that only a program with widgets sends.
_ASKS = ("comm_info_request", "comm_open", "comm_msg")
#: Whether such a message has come, of the kernel of this process; empty where nobody listens.
HEARD: list[bool] = []


def listen_for_widgets(shell: Any) -> None:
    """Note whether the program at a kernel asks for widgets; other shells have none."""
    kernel = getattr(shell, "kernel", None)
    handlers = getattr(kernel, "shell_handlers", None)
    if handlers is None or not os.environ.get("JPY_SESSION_NAME"):
        return
    HEARD[:] = [False]
    for name in _ASKS:
        if name in handlers:
            handlers[name] = _note_before(handlers[name])


def _note_before(handle: Any) -> Any:
    """Return a handler of messages that notes that one has come."""

    def noted(*message: Any) -> Any:
        HEARD[:] = [True]
        return handle(*message)

    return noted


def shows_controls() -> bool:
    """Return whether this program shows widgets, so that a form can be filled in by mouse.

    True also where nobody has listened (see `listen_for_widgets`), as in a script: nothing is known there.
    """
    nobody_listened = not HEARD
    if nobody_listened:
        return True
    return HEARD[0]
