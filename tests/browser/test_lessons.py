"""Every lesson in a real JupyterLab, in a student's copy: it runs, moves by key, and is accessible."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import tour
from by_night import most_by_night
from nbformat.v4 import new_code_cell, new_notebook

from tools.author import lessons, normal_form
from tools.lab import Lab, Sheet


@pytest.mark.parametrize("lesson", lessons.paths(), ids=lambda path: path.stem)
def test_it_runs_and_each_kind_of_control_does_something(lesson: Path, opened: Sheet, server: Lab) -> None:
    opened.turn_to(f"lessons/{lesson.name}")
    assert tour.complaints(opened, lambda moves: moves[:: max(1, len(moves) - 1)]) == []
    opened.save()
    # What is stored in git is below 1 MB by a rule; JupyterLab adds pictures of charts to a saved copy.
    assert 0 < (server.root / "lessons" / lesson.name).stat().st_size < 1_200_000


@pytest.mark.parametrize("lesson", most_by_night(lessons.paths(), 3), ids=lambda path: path.stem)
def test_it_is_accessible_and_the_next_day_it_shows_stills(lesson: Path, opened: Sheet, server: Lab) -> None:
    opened.turn_to(f"lessons/{lesson.name}")
    opened.run_all()
    assert tour.violations(opened.page) == []
    opened.save()
    saved = lessons.stored(server.root / "lessons" / lesson.name)
    shown = [str(cell.get("outputs", "")) for cell in saved.cells]
    asked = [cell for cell in lessons.stored(lesson).cells if tour.TO_GO_ON in str(cell.get("outputs", ""))]
    assert sum(tour.TO_GO_ON in one for one in shown) == len(asked) > 0
    assert not any("widget-view" in one for one in shown), "a view means nothing without its kernel"
    opened.turn_to(f"lessons/{lesson.name}")
    assert opened.page.get_by_text("Error displaying widget").count() == 0


def test_the_lab_has_no_way_out(server: Lab, need: Callable[[object, str], None]) -> None:
    """So that the lessons work is proof enough; where a machine forbids that, they are only watched."""
    need(server.apart, "this machine lets no program have a network of its own")
    addresses = Path(f"/proc/{server.pid}/net/dev").read_text(encoding="utf-8")
    assert [line.split(":")[0].strip() for line in addresses.splitlines()[2:]] == ["lo"]


BAD = (
    """from samarkand import explore
from samarkand.jupyter import controls

n = {"n": controls.stops("N", range(10), 5)}
explore.Explorer(n, lambda n: explore.Panel("Always.", ""), title="Deaf")""",
    """from IPython.display import HTML
HTML('<img src="https://one.example.org/x.png"><p style="color:#eee;background:#fff">pale</p><input>')""",
    """HTML('<img hidden src="data:," onerror="console.error(`ours`); this.nosuch()">')""",
    """import socket
try:
    socket.create_connection(("203.0.113.7", 80), timeout=0.2)
except OSError:
    print("no way")""",
    "1 / 0",
)


def test_the_tour_sees_what_it_is_for(opened: Sheet, server: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tour, "PATIENCE", 3_000)  # what is deaf stays deaf
    bad = normal_form.normalise(new_notebook(cells=[new_code_cell(source) for source in BAD]))
    (server.root / "bad.ipynb").write_text(normal_form.text(bad), encoding="utf-8")
    asked = len(server.asked())
    opened.turn_to("bad.ipynb")
    found = tour.complaints(opened, list)
    assert any("slider 'N'" in line for line in found) and any("ZeroDivisionError" in line for line in found)
    assert {line.split(" ")[0] for line in tour.violations(opened.page)} >= {"color-contrast", "label"}
    assert any("ours" in line for line in opened.console) and any("nosuch" in line for line in opened.console)
    assert set(tour.beyond(opened.requests)) == {"https://one.example.org/x.png"}
    assert {line.split()[-1] for line in server.asked()[asked:]} == {"203.0.113.7"}
    opened.console.clear()
    opened.requests.clear()
    (server.home / "asked.txt").unlink()
