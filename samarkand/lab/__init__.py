"""The course's extensions of JupyterLab: copies to work in, stills of widgets, errors in words.

The wheel enables this module as a server extension (``settings/lab/server_extension.json``), so that it works
in every environment the package is installed into: start.py's, conda's, a hub's. Other projects may share it;
the extension therefore touches only what is the course's own.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

#: How JupyterLab names the view of a live widget in an output.
VIEW = "application/vnd.jupyter.widget-view+json"
#: The variable that names the folder with a hub's sockets (`samarkand hub`), if the server has no network.
DOOR = "SAMARKAND_DOOR"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Return the name of the module that the server loads."""
    return [{"module": "samarkand.lab"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Register `keep_stills` to run before every save; on a hub, answer at the server's door."""
    server.contents_manager.register_pre_save_hook(keep_stills)
    if DOOR in os.environ:
        from samarkand.lab import visitors

        door = Path(os.environ.pop(DOOR))  # which is nothing that kernels need
        server.io_loop.add_callback(
            visitors.meet_visitors, server, door
        )  # once the server is made, and the loop runs


def keep_stills(model: dict[str, Any], **_: Any) -> None:
    """Remove the ids of the course's widgets from a notebook that is being saved; their stills stay.

    An id means something only while its kernel lives. On the next day JupyterLab would show an error in its
    place; without it, the still beside it. The open page keeps its widgets.
    """
    if model.get("type") != "notebook" or not model.get("content"):
        return
    for cell in model["content"].get("cells", ()):
        for output in cell.get("outputs", ()):
            if output.get("metadata", {}).get("samarkand", {}).get("still"):
                output["data"].pop(VIEW, None)
