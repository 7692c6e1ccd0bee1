"""Saved notebooks have stills in place of the course's widgets; other outputs are saved unchanged."""

import copy
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.formatters import DisplayFormatter
from ipywidgets import IntSlider
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from samarkand import explore, lab
from samarkand.practice import quiz


def shown(what: Any) -> NotebookNode:
    """Return the output of a cell that displays an object."""
    data, metadata = DisplayFormatter().format(what)
    return new_output("display_data", data, metadata=metadata)


def saved(folder: Path, *outputs: NotebookNode) -> list[dict[str, Any]]:
    """Let a server with the extension save a notebook; return the outputs in the file."""
    running: Any = SimpleNamespace(contents_manager=LargeFileManager(root_dir=str(folder)))
    lab._load_jupyter_server_extension(running)
    notebook = new_notebook(cells=[new_code_cell(outputs=list(outputs))])
    running.contents_manager.save({"type": "notebook", "format": "json", "content": notebook}, "lesson.ipynb")
    kept = json.loads((folder / "lesson.ipynb").read_text(encoding="utf-8"))
    return list(kept["cells"][0]["outputs"])


@pytest.mark.parametrize("make", [explore.first_slider, explore.my_forecasts, lambda: quiz.ask("00.odd")])
def test_what_is_saved_holds_the_still_and_no_id_of_a_widget(make: Any, tmp_path: Path) -> None:
    output = shown(make())
    assert set(output.data) == {lab.VIEW, "text/html", "text/plain"}
    (kept,) = saved(tmp_path, output)
    assert set(kept["data"]) == {"text/html", "text/plain"}
    assert "Run All Above Selected Cell" in "".join(kept["data"]["text/html"])


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
        {"type": "notebook", "content": {"nbformat": 3, "worksheets": []}},
        {"type": "notebook", "content": {"cells": [{"cell_type": "code", "outputs": [{"metadata": {}}]}]}},
    ],
)
def test_what_is_no_notebook_of_ours_is_left_alone(model: dict[str, Any]) -> None:
    before = copy.deepcopy(model)
    lab.keep_stills(model, path="x", contents_manager=None)
    assert model == before
