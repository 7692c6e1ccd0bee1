"""Every lesson in a real JupyterLab, in a student's copy: it runs, moves by key, and is accessible."""

from collections.abc import Callable
from pathlib import Path

import pytest
import tour
from by_night import most_by_night

from tools.author import lessons
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
    """Then working lessons are the proof; where a machine forbids that, their requests are only watched."""
    need(server.apart, "this machine lets no program have a network of its own")
    addresses = Path(f"/proc/{server.pid}/net/dev").read_text(encoding="utf-8")
    assert [line.split(":")[0].strip() for line in addresses.splitlines()[2:]] == ["lo"]
