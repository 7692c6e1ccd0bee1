"""What a kernel says reaches the page at once, in every server of an environment that has the course."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_server.gateway.connections import GatewayWebSocketConnection
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from traitlets.config import Config

from samarkand import lab
from samarkand.lab.connection import PromptConnection


def server(configured: dict[str, str], given: type) -> Any:
    """Return as much of a server as the extension looks at."""
    return SimpleNamespace(
        config=Config(ServerApp=configured),
        kernel_websocket_connection_class=given,
        web_app=SimpleNamespace(settings={"kernel_websocket_connection_class": given}),
    )


@pytest.mark.parametrize(
    ("configured", "given", "used"),
    [
        ({}, ZMQChannelsWebsocketConnection, PromptConnection),
        ({"port": "1"}, ZMQChannelsWebsocketConnection, PromptConnection),
        ({}, GatewayWebSocketConnection, GatewayWebSocketConnection),
        (
            {"kernel_websocket_connection_class": "..."},
            ZMQChannelsWebsocketConnection,
            ZMQChannelsWebsocketConnection,
        ),
    ],
    ids=["usual", "configured otherwise", "gateway", "chosen"],
)
def test_the_extension_replaces_the_usual_connection_and_no_other(
    configured: dict[str, str], given: type, used: type
) -> None:
    running = server(configured, given)
    lab._load_jupyter_server_extension(running)
    assert running.kernel_websocket_connection_class is used
    assert running.web_app.settings["kernel_websocket_connection_class"] is used


def test_no_message_waits_for_the_last_one_to_be_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []

    class Handler(KernelWebsocketHandler):
        def __init__(self) -> None:
            """No request came in."""

        def set_nodelay(self, value: bool) -> None:
            done.append(("nodelay", value))

    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda self: done.append("connected"))
    connection = PromptConnection.__new__(PromptConnection)
    connection.websocket_handler = Handler()
    connection.connect()
    assert done == [("nodelay", True), "connected"]
