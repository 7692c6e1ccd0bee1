"""Firefox by night: lessons in JupyterLab, and in the page a lesson and the marks of all sets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import tour
from lab import Lab, lab
from lab.browser import READY
from lab.firefox import Firefox, firefox
from sets_in_page import (
    FILL,
    OPEN,
    PATIENCE,
    SHOW_BUTTON,
    answer_right,
    answer_wrong,
    by_night_in_the_page,
    mark_here,
    open_in_firefox,
)

from samarkand.common import home
from samarkand.lab import copies

pytestmark = pytest.mark.nightly

LESSONS = ("00_start_here", "03_the_sco", "06_roads")
SETS = sorted(path.stem for path in home.SETS.glob("*/*.ipynb"))
RESTORED = "() => window.jupyterapp?.restored.then(() => true)"
SHOW = "async path => { await window.jupyterapp.commands.execute('docmanager:open', { path }); }"
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


@pytest.fixture(scope="module")
def server(need_firefox: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Yield a JupyterLab on a student's copies."""
    work = tmp_path_factory.mktemp("student") / "my_work"
    copies.hand_out(work)
    with lab(work) as running:
        yield running


@pytest.fixture(scope="module")
def fox(server: Lab) -> Iterator[Firefox]:
    """Yield a Firefox with that JupyterLab."""
    with firefox() as browser:
        browser.goto(f"{server.url}lab?token={server.token}")
        browser.wait_for(RESTORED, seconds=PATIENCE)
        yield browser


@pytest.mark.parametrize("lesson", LESSONS)
def test_in_firefox_a_lesson_runs_and_everything_in_it_is_drawn(
    lesson: str, fox: Firefox, server: Lab
) -> None:
    fox.console.clear()
    fox.evaluate(SHOW, f"lessons/{lesson}.ipynb")
    fox.wait_for(f"() => {OPEN}", seconds=PATIENCE)
    fox.evaluate(READY, seconds=PATIENCE)
    fox.evaluate(RUN, seconds=PATIENCE)
    assert fox.evaluate(tour.ERRORS) == []
    assert "application/vnd.jupyter.widget-view+json" in fox.evaluate(KINDS)
    fox.wait_for(f"() => ({NOT_DRAWN})().length === 0", seconds=60)
    if lesson == "03_the_sco":
        assert fox.evaluate(CHOOSE, fox.evaluate(WITH_LIST)), "a control does something"
    assert fox.console == []
    assert fox.list_beyond(server.url, server.url.replace("http", "ws", 1)) == []


@by_night_in_the_page
def test_in_firefox_a_lesson_runs_in_the_page_and_everything_in_it_is_drawn(
    address: str, need_firefox: None
) -> None:
    with firefox() as browser:
        open_in_firefox(browser, address, "lessons/03_the_sco.ipynb")
        browser.evaluate(RUN, seconds=PATIENCE)
        assert browser.evaluate(tour.ERRORS) == []
        browser.wait_for(f"() => ({NOT_DRAWN})().length === 0", seconds=60)
        assert browser.evaluate(CHOOSE, browser.evaluate(WITH_LIST)), "a control does something"
        assert browser.list_beyond(address) == []


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
SAVED = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON()"


@by_night_in_the_page
@pytest.mark.parametrize("name", SETS)
def test_in_firefox_a_set_has_in_the_page_the_marks_that_it_has_here(
    name: str, address: str, need_firefox: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "my_work"))
    with firefox() as browser:
        open_in_firefox(browser, address, f"sets/{name}/{name}.ipynb")
        for answers in (answer_wrong(name), answer_right(name)):
            browser.evaluate(FILL, answers, seconds=PATIENCE)
            browser.evaluate(SHOW_BUTTON)
            browser.click(BUTTON)
            there = browser.wait_for(REPLY, seconds=PATIENCE)
            assert there == mark_here(name, browser.evaluate(SAVED), tmp_path)
        assert there[0] == f"{name}: 10 of 10 points"
        assert browser.list_beyond(address) == []
