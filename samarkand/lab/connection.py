"""A kernel's messages reach the page at once: an option of JupyterLab's, which `samarkand start` gives."""

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class AtOnce(ZMQChannelsWebsocketConnection):
    """A websocket that sends small messages at once: else each move of a control would wait 40 ms."""

    def connect(self) -> Any:
        """Connect the page with its kernel."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
