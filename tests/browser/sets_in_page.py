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
from lab.others import WebKit

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
#: JavaScript: bring a set's button, or another of that cell, into view, and wait until it stands still there.
#: After a notebook was filled, outputs above it are still being drawn; a moving button is missed.
SHOW_BUTTON = """async () => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  const index = [...notebook.model.cells].findIndex((cell) => cell.id === "marks");
  let before = null;
  let still = 0;
  for (let turn = 0; turn < 200 && still < 5; turn += 1) {
    const button = notebook.widgets[index].node.querySelector(".jp-OutputArea-output button");
    const place = button?.getBoundingClientRect();
    const inside = place && place.width > 0 && place.top > 0 && place.bottom < innerHeight;
    if (!inside) await notebook.scrollToItem(index, "center");
    if (button && !inside) button.scrollIntoView({block: "center"});
    still = inside && place.top === before ? still + 1 : 0;
    before = place ? place.top : null;
    await new Promise((done) => setTimeout(done, 100));
  }
  if (still < 5) throw new Error("The button does not come to rest in view.");
}"""
#: JavaScript: run all cells of the notebook in front.
RUN = "async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
#: JavaScript: the kinds of output that the cells have.
KINDS = """() => {
  const cells = [...window.jupyterapp.shell.currentWidget.content.model.cells];
  const outputs = cells.flatMap((cell) => cell.outputs?.toJSON() ?? []);
  return [...new Set(outputs.flatMap((output) => Object.keys(output.data ?? {})))];
}"""
#: JavaScript: the ids of the cells of which something is not drawn: a widget, a chart, a map.
NOT_DRAWN = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const drawn = (node, selector) =>
    [...node.querySelectorAll(selector)].some((one) => one.getBoundingClientRect().height > 4);
  const wants = {
    "application/vnd.jupyter.widget-view+json": ".jupyter-widgets, .widget-html-content",
    "application/vnd.vegalite.v5+json": ".vega-embed :is(svg, canvas)",
  };
  const missing = [];
  for (const cell of panel.content.widgets) {
    for (const output of cell.model.outputs?.toJSON() ?? [])
      for (const kind of Object.keys(output.data ?? {}))
        if (kind in wants && !drawn(cell.node, wants[kind])) missing.push(`${cell.model.id}: ${kind}`);
    for (const frame of cell.node.querySelectorAll("iframe"))
      if (!frame.contentDocument?.querySelector("svg path, .leaflet-pane path"))
        missing.push(`${cell.model.id}: map`);
    if (cell.node.textContent.includes("Error displaying widget")) missing.push(`${cell.model.id}: error`);
  }
  return missing;
}"""
#: JavaScript: choose the other option of the first list below a text, and return what the cell shows then.
CHOOSE = """async (id) => {
  const cell = window.jupyterapp.shell.currentWidget.content.widgets.find((one) => one.model.id === id);
  const list = cell.node.querySelector(".jupyter-widgets select");
  const parts = () => [...cell.node.querySelectorAll(".widget-html-content")];
  const shown = () => parts().map((one) => one.innerHTML).join();
  const before = shown();
  list.selectedIndex = (list.selectedIndex + 1) % list.options.length;
  list.dispatchEvent(new Event("change", { bubbles: true }));
  for (let turn = 0; turn < 200 && shown() === before; turn++) await new Promise((go) => setTimeout(go, 100));
  return shown() !== before;
}"""
#: JavaScript: the id of the first cell with an explorer's list.
WITH_LIST = """() => window.jupyterapp.shell.currentWidget.content.widgets.find(
  (one) => one.node.querySelector(".jupyter-widgets select")?.options.length > 1)?.model.id ?? ''"""
#: JavaScript: the button that marks, and what its cell says once there are marks.
BUTTON = """() => [...document.querySelectorAll("button")].find(
  (one) => one.textContent.trim() === "Mark my work as saved")"""
REPLY = """() => {
  const cells = window.jupyterapp.shell.currentWidget.content.widgets;
  const node = cells.find((one) => one.model.id === "marks").node;
  const items = [...node.querySelectorAll(".jp-OutputArea-output li")].map((one) => one.textContent);
  if (!items.length) return null;
  const said = [...node.querySelectorAll("[role=status]")].at(-1).textContent;
  return [said.split(" points")[0] + " points", ...items].map((one) => one.trim().split(/\\s+/).join(" "));
}"""
#: JavaScript: the notebook in front, as it would be saved.
SAVED = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON()"
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


def open_in_another(window: Firefox | WebKit, address: str, place: str) -> None:
    """Open a notebook of ``my_work`` in Firefox or WebKit, and wait until the page's Python answers."""
    window.goto(f"{address}/lab/index.html?path=my_work/{place}")
    window.wait_for(f"() => {OPEN}", seconds=PATIENCE)
    window.evaluate(READY, seconds=PATIENCE)


def list_code(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the code cells of a notebook."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def plain(cell: dict[str, Any]) -> list[Any]:
    """Return a cell's outputs for comparison, without pictures, widgets and ids that differ between runs."""
    found: list[Any] = []
    for output in cell.get("outputs", ()):
        if output["output_type"] == "stream":
            text = "".join(output["text"])
            if found and isinstance(found[-1], str):
                found[-1] += text
            else:
                found.append(text)
            continue
        data = {
            kind: "".join(value) if isinstance(value, list) else value
            for kind, value in output.get("data", {"error": output.get("evalue")}).items()
            if kind != "image/png" and "widget" not in kind
        }
        if data:
            found.append(json.loads(re.sub(r"[0-9a-f]{32}", "id", json.dumps(data, sort_keys=True))))
    return found


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
