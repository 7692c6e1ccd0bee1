"""The course's page by night: how it is made, sets with their solved cells, JavaScript that fills them in."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lab.browser import READY
from lab.firefox import Firefox

from samarkand.common import home
from samarkand_grading.classroom import selfstudy
from samarkand_grading.classroom.course import Course
from tools.site import lite

EXERCISES = home.ROOT / "exercises"
#: JavaScript: give cells, by their ids, another source, run all cells, and save.
FILL = """async (answers) => {
  const panel = window.jupyterapp.shell.currentWidget;
  for (const cell of panel.content.model.cells)
    if (cell.id in answers) cell.sharedModel.setSource(answers[cell.id]);
  await window.jupyterapp.commands.execute("notebook:run-all-cells");
  await window.jupyterapp.commands.execute("docmanager:save");
}"""
#: JavaScript: run code in the kernel of the notebook in front, and return what it says.
ASK = """async (code) => {
  const context = window.jupyterapp.shell.currentWidget.sessionContext;
  let said = "";
  const future = context.session.kernel.requestExecute({ code });
  future.onIOPub = (message) => {
    said += message.content.data?.["text/plain"] || message.content.text || message.content.evalue || "";
  };
  await future.done;
  return said;
}"""
#: JavaScript: run some cells, by their ids, one after another.
RUN_SOME = """async (ids) => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  for (const id of ids) {
    notebook.activeCellIndex = [...notebook.model.cells].findIndex(cell => cell.id === id);
    await window.jupyterapp.commands.execute("notebook:run-cell");
  }
}"""
#: JavaScript: put the cursor into a cell, by its id.
GO_TO = """async (id) => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  const index = [...notebook.model.cells].findIndex(cell => cell.id === id);
  notebook.activeCellIndex = index;
  await notebook.scrollToItem(index);
  await notebook.activeCell.ready;
  notebook.mode = "edit";
  notebook.activeCell.editor.focus();
}"""
#: JavaScript: the notebook in front has its cells.
OPEN = "window.jupyterapp?.shell?.currentWidget?.content?.widgets?.length > 3"
#: JavaScript: bring the cell with the button of a set into view.
SHOW_BUTTON = """async () => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  await notebook.scrollToItem([...notebook.model.cells].findIndex((cell) => cell.id === "marks"), "center");
}"""
#: Seconds for Python to start in the page, and for all cells of a notebook.
PATIENCE = 400
#: JavaScript: give cells, by their ids, another source, and save; nothing is run.
SET_SOURCE = """async (answers) => {
  for (const cell of window.jupyterapp.shell.currentWidget.content.model.cells)
    if (cell.id in answers) cell.sharedModel.setSource(answers[cell.id]);
  await window.jupyterapp.commands.execute("docmanager:save");
}"""


def by_night_in_the_page(test: Callable[..., Any]) -> Callable[..., Any]:
    """Leave a test that needs the page to the night, and skip it where the page cannot be made."""
    why = "LITE_WHEELS names no folder with Pyodide's numpy"
    return pytest.mark.nightly(pytest.mark.skipif("LITE_WHEELS" not in os.environ, reason=why)(test))


def build_page(folder: Path, bundle: Path | None = None) -> Path:
    """Make the course for the browser in a folder; ``LITE_WHEELS`` is the folder with Pyodide's numpy."""
    cache = Path(os.environ.get("LITE_CACHE") or Path.home() / ".cache" / "samarkand")
    lite.build_lite(folder, cache, [Path(os.environ["LITE_WHEELS"])], bundle)
    return folder


def open_in_page(page: Any, address: str, place: str) -> None:
    """Open a notebook of ``my_work`` in a tab of Chromium, and wait until the page's Python answers."""
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(f"{address}/lab/index.html?path=my_work/{place}", wait_until="commit")
    wait_for_python(page)


def wait_for_python(page: Any) -> None:
    """Wait until the notebook in front has its cells, and its Python answers."""
    page.wait_for_function(OPEN)
    page.evaluate(READY)


def open_in_firefox(fox: Firefox, address: str, place: str) -> None:
    """Open a notebook of ``my_work`` in Firefox, and wait until the page's Python answers."""
    fox.goto(f"{address}/lab/index.html?path=my_work/{place}")
    fox.wait_for(f"() => {OPEN}", seconds=PATIENCE)
    fox.evaluate(READY, seconds=PATIENCE)


def read_sources(name: str) -> dict[str, str]:
    """Return the source of each answer of a set by its cell's id, as its author wrote it."""
    path = EXERCISES / "source" / name / f"{name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells if re.fullmatch(r"q\d", cell["id"])}


def answer_right(name: str) -> dict[str, str]:
    """Return each cell of a set for an answer with its solution."""
    marks = re.compile(r"(?m)^ *### (BEGIN|END) SOLUTION\n?")
    return {id: marks.sub("", source) for id, source in read_sources(name).items()}


def answer_wrong(name: str) -> dict[str, str]:
    """Return each cell of a set for an answer with a number that nothing asks for, but functions."""
    wrong = {}
    for id, source in read_sources(name).items():
        stub = re.match(r"(\w+) = ", source)
        if stub:
            wrong[id] = f"{stub[1]} = 12345.678"
    return wrong


def mark_here(name: str, notebook: dict[str, Any], folder: Path) -> list[str]:
    """Return what ``samarkand check`` says of the same notebook on this machine."""
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    course = Course(secret=folder / "no secret")
    report = selfstudy.report_own_work(course, selfstudy.mark_own_work(course, name, path))
    return [" ".join(line.split()) for line in report.splitlines()]
