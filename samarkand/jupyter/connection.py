"""How JupyterLab's server hands on what a kernel says: at once.

The server extension `samarkand.jupyter` names this class to the server. Nothing else imports it.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """The server's usual connection between a kernel and a page, without Nagle's delay.

    A kernel answers a control with four small messages. The system holds the second back until the first is
    acknowledged (Nagle), and the browser's system takes its time to acknowledge (up to 40 ms), so that an
    explorer would draw 40 ms late every other time. The page is on the same machine: there is nothing to
    save by waiting.
    """

    def connect(self) -> Any:
        """Connect page and kernel, and let every message go as soon as it is there."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
