"""JupyterLab's server, as `samarkand start` runs it: it prints its address and sends messages at once."""

import sys
from typing import Any

from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class AtOnce(ZMQChannelsWebsocketConnection):
    """A websocket that sends small messages at once: else each move of a control would wait 40 ms."""

    def connect(self) -> Any:
        """Connect the page with its kernel."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()


class Server(ServerApp):
    """A server that prints its address, into a file too, and also if its token was chosen by somebody.

    Jupyter logs the address as an error, and only with a token of its own making.
    """

    def start_app(self) -> None:
        """Begin to serve, and print where."""
        if not (sys.stdout.isatty() and self.identity_provider.token_generated):
            print(self.address_of_the_course(), flush=True)
        super().start_app()

    def address_of_the_course(self) -> str:
        """Return the address that a browser opens, with the token that lets it in."""
        token = self.identity_provider.token
        page = self.default_url.lstrip("/")
        return f"{self.connection_url}{page}{f'?token={token}' if token else ''}"
