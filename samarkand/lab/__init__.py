"""What JupyterLab's server gets from the course: a connection that is not kept waiting.

The wheel enables this module as a server extension (``settings/lab/server_extension.json``), so that it works
in every environment the package is installed into: start.py's, conda's, a hub's. Other projects may share it;
the extension therefore changes this one thing, and only where nobody chose otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell the server which module to load."""
    return [{"module": "samarkand.lab"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Use the prompt connection, unless somebody chose one (or a gateway, which brings its own)."""
    from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

    from samarkand.lab.connection import PromptConnection

    name = "kernel_websocket_connection_class"
    chosen = name in server.config.ServerApp
    if not chosen and server.kernel_websocket_connection_class is ZMQChannelsWebsocketConnection:
        server.kernel_websocket_connection_class = PromptConnection
        server.web_app.settings[name] = PromptConnection  # the server has copied the trait by now
