"""Sets in the course's page: their solved cells, and JavaScript that fills them in."""

import json
import re

from samarkand.common import home

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
#: JavaScript: the notebook in front has its cells.
OPEN = "window.jupyterapp?.shell?.currentWidget?.content?.widgets?.length > 3"


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
