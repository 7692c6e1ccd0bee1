"""What every server of an environment that has the course does: it hands on at once, and keeps stills."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.formatters import DisplayFormatter
from ipywidgets import IntSlider
from jupyter_server.gateway.connections import GatewayWebSocketConnection
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

from samarkand import explore
from samarkand import jupyter as lab
from samarkand.jupyter.connection import PromptConnection
from samarkand.practice import quiz


def server(configured: dict[str, str], given: type) -> Any:
    """Return as much of a server as the extension looks at."""
    return SimpleNamespace(
        config=Config(ServerApp=configured),
        contents_manager=LargeFileManager(),
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


# ------------------------------------------------------------------------------- the next day


def shown(what: Any) -> NotebookNode:
    """Return the output of a cell that shows this."""
    data, metadata = DisplayFormatter().format(what)
    return new_output("display_data", data, metadata=metadata)


def saved(folder: Path, *outputs: NotebookNode) -> list[dict[str, Any]]:
    """Let a server with the extension save a notebook; return the outputs in the file."""
    running = server({}, ZMQChannelsWebsocketConnection)
    running.contents_manager.root_dir = str(folder)
    lab._load_jupyter_server_extension(running)
    notebook = new_notebook(cells=[new_markdown_cell("# Day one"), new_code_cell(outputs=list(outputs))])
    running.contents_manager.save({"type": "notebook", "format": "json", "content": notebook}, "lesson.ipynb")
    kept = json.loads((folder / "lesson.ipynb").read_text(encoding="utf-8"))
    return list(kept["cells"][1]["outputs"])


@pytest.mark.parametrize(
    "make",
    [explore.first_slider, explore.my_forecasts, lambda: quiz.ask("00.odd")],
    ids=["explorer", "form", "quiz"],
)
def test_what_is_saved_holds_the_still_and_no_id_of_a_widget(
    make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path))
    output = shown(make())
    assert set(output.data) == {lab.VIEW, "text/html", "text/plain"}
    (kept,) = saved(tmp_path, output)
    assert set(kept["data"]) == {"text/html", "text/plain"}
    assert "(Run → Run All Cells)" in "".join(kept["data"]["text/html"])


def test_other_people_s_widgets_are_saved_as_they_are(tmp_path: Path) -> None:
    own = new_output("display_data", {lab.VIEW: {"model_id": "5"}, "text/html": "<b>theirs</b>"})
    others = [shown(IntSlider()), own, new_output("stream", name="stdout", text="x")]
    views = [lab.VIEW in output.get("data", {}) for output in saved(tmp_path, *others)]
    assert views == [True, True, False]


@pytest.mark.parametrize(
    "model",
    [
        {"type": "file", "content": "text"},
        {"type": "directory", "content": None},
        {"type": "notebook", "content": None},
        {"type": "notebook", "content": {"nbformat": 3, "worksheets": []}},
        {"type": "notebook", "content": {"cells": [{"cell_type": "code", "outputs": [{"metadata": {}}]}]}},
    ],
)
def test_what_is_no_notebook_of_ours_is_left_alone(model: dict[str, Any]) -> None:
    before = copy.deepcopy(model)
    lab.keep_stills(model, path="x", contents_manager=None)
    assert model == before
