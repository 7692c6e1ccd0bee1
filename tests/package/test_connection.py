"""What a kernel says reaches the page at once, in the server that `start.py` starts."""

from __future__ import annotations

from typing import Any

import pytest
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from traitlets import import_item

from samarkand.course import lab
from samarkand.lab.connection import PromptConnection


def test_start_names_it_to_the_server() -> None:
    settings = lab._settings()["jupyter_lab_config.json"]
    assert import_item(settings["ServerApp"]["kernel_websocket_connection_class"]) is PromptConnection
    assert issubclass(PromptConnection, ZMQChannelsWebsocketConnection)


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
