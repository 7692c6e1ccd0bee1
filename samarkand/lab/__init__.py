"""The course's extensions of JupyterLab: copies to work in, stills of widgets, errors in words.

The wheel enables this module as a server extension (``settings/lab/server_extension.json``), so that it works
in every environment the package is installed into: start.py's, conda's, a hub's. Other projects may share it;
the extension therefore touches only what is the course's own.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

#: How JupyterLab names the view of a live widget in an output.
VIEW = "application/vnd.jupyter.widget-view+json"
#: The variable that names the descriptor of a port, if a hub has opened one (`samarkand hub`).
PORT = "SAMARKAND_PORT_DESCRIPTOR"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Return the name of the module that the server loads."""
    return [{"module": "samarkand.lab"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Register `keep_stills` to run before every save; listen at the port that a hub has opened."""
    server.contents_manager.register_pre_save_hook(keep_stills)
    if PORT in os.environ:
        listen(server, int(os.environ.pop(PORT)))


def listen(server: ServerApp, descriptor: int) -> None:
    """Let a server answer at a port that was opened for it, whose network it need not have.

    Kernels do not inherit the descriptor.
    """
    os.set_inheritable(descriptor, False)
    port = socket.socket(fileno=descriptor)
    port.setblocking(False)
    server.io_loop.add_callback(lambda: server.http_server.add_socket(port))  # which is made later


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
