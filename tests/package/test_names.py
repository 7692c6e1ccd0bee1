"""Rebinding a name of the course gives one warning, with the remedy; a lesson's own code gives none."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from by_night import most_by_night
from IPython.core.interactiveshell import InteractiveShell

from samarkand.jupyter import names
from tools.author import lessons

LOADS = """import pandas as pd
from samarkand import charts, cite, data
from samarkand.practice.tasks import check
trip = data.load("trip")
legs = trip["day"].dropna()
answer = ...
km = 12.5"""


class Notebook:
    """An IPython shell that records the warnings it shows."""

    def __init__(self) -> None:
        self.shell = InteractiveShell()
        self.said: list[str] = []
        self.shell.display_pub.publish = self._publish
        names.install(self.shell)

    def _publish(self, data: dict[str, Any], **_: object) -> None:
        assert data["text/html"].startswith('<div role="status">')
        self.said.append(data["text/plain"])

    def run(self, code: str, cell: str | None = None) -> list[str]:
        self.said.clear()
        self.shell.run_cell(code, store_history=True, cell_id=cell)
        return list(self.said)


@pytest.fixture
def notebook() -> Iterator[Notebook]:
    made = Notebook()
    assert made.run(LOADS) == []
    yield made
    InteractiveShell.clear_instance()


@pytest.mark.parametrize(
    ("code", "name", "back"),
    [
        ("check = 8", "check", "from samarkand.practice.tasks import check"),
        ("cite = trip", "cite", "from samarkand import cite"),
        ("pd = 5", "pd", "import pandas as pd"),
        ("trip = 5", "trip", "trip = data.load('trip')"),
        ("for legs in range(3): pass", "legs", "legs = trip['day'].dropna()"),
        ("def charts(): pass", "charts", "from samarkand import charts"),
    ],
)
def test_it_is_told_once_with_the_way_back(notebook: Notebook, code: str, name: str, back: str) -> None:
    (said,) = notebook.run(code)
    assert said.startswith(f'This cell has given the name "{name}" to something else')
    assert said.endswith(f"this brings the old one back: {back}")
    assert notebook.run(code) == [] and notebook.run("1 + 1") == []
    notebook.run(back)
    assert notebook.run(code) == [], "once is enough"


def test_python_s_own_functions_too(notebook: Notebook) -> None:
    (said,) = notebook.run("sum = 3")
    assert said.startswith('This cell has given the name "sum", a function of Python, to something else.')
    assert said.endswith("this brings the function back: del sum")
    assert notebook.run("sum = 4") == []


def test_what_does_no_harm_is_not_told(notebook: Notebook) -> None:
    tables = ("answer = trip\nanswer = 7", "trip = trip.head()", "mine = trip.head()\nmine = 5", "del trip")
    others = ("answer = 34", "from samarkand import data", "1 / 0", "x = (", "[check for check in range(3)]")
    for code in tables + others:
        assert notebook.run(code) == [], code


def test_somebody_may_correct_an_answer_in_its_own_cell(notebook: Notebook) -> None:
    assert notebook.run("legs = trip['day']", "q1") == [] == notebook.run("legs = 3", "q1")
    notebook.run("legs = trip['day']", "q1")
    assert len(notebook.run("legs = 3", "q2")) == 1


def test_notebooks_of_other_projects_are_left_alone(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "samarkand.data")
    assert notebook.run("sum = 3") == []


@pytest.mark.parametrize("path", most_by_night(lessons.paths(), 2), ids=lambda path: path.stem)
def test_no_lesson_is_told_of_its_own_cells(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path))
    made = Notebook()
    own = made.shell.display_pub.publish
    made.shell.display_pub.publish = lambda data, **_: (
        own(data) if "role" in data.get("text/html", "")[:20] else None
    )
    try:
        for cell in lessons.read(path).code:
            assert made.run(cell.source) == [], cell.id
    finally:
        InteractiveShell.clear_instance()
