"""Every lesson in a real JupyterLab, in a student's copy: it runs, moves by key, and is accessible."""

from collections.abc import Callable
from pathlib import Path

import pytest
import tour
from lab import Lab, Sheet

from tools.author import lessons

PATHS = lessons.find_lessons()
#: The lessons that are looked at more closely by day; the others are by night.
CLOSELY = PATHS[::5]
CASES = [(path, path in CLOSELY) for path in PATHS]
CASES += [pytest.param(path, True, marks=pytest.mark.nightly) for path in PATHS if path not in CLOSELY]


@pytest.mark.parametrize(
    ("lesson", "closely"), CASES, ids=lambda one: one.stem if isinstance(one, Path) else None
)
def test_it_runs_each_kind_of_control_does_something_and_the_next_day_it_shows_stills(
    lesson: Path, closely: bool, opened: Sheet, server: Lab
) -> None:
    """A lesson that is looked at closely is also accessible."""
    opened.turn_to(f"lessons/{lesson.name}")
    assert tour.complaints(opened, lambda moves: moves[:: max(1, len(moves) - 1)]) == []
    assert [near for width in (700, 360, 1400) for near in tour.touching(opened.page, width)] == []
    opened.page.set_viewport_size({"width": 1400, "height": 1000})
    assert not closely or tour.violations(opened.page) == []
    opened.save()
    # What is stored in git is below 1 MB by a rule; JupyterLab adds pictures of charts to a saved copy.
    assert 0 < (server.root / "lessons" / lesson.name).stat().st_size < 1_200_000
    shown, asked = (
        [str(cell.get("outputs", "")) for cell in lessons.read_notebook(path).cells]
        for path in (server.root / "lessons" / lesson.name, lesson)
    )
    to_go_on = sum(tour.TO_GO_ON in one for one in asked)
    assert sum(tour.TO_GO_ON in one for one in shown) == to_go_on
    assert to_go_on > 0 or lesson.stem == "12_without_us", "only the lesson without helpers has no control"
    assert not any("widget-view" in one for one in shown), "a view means nothing without its kernel"
    if closely:
        opened.turn_to(f"lessons/{lesson.name}")
        assert opened.page.get_by_text("Error displaying widget").count() == 0


def test_the_lab_has_no_way_out(server: Lab, need: Callable[[object, str], None]) -> None:
    """Then working lessons are the proof; where a machine forbids that, their requests are only watched."""
    need(server.apart, "this machine lets no program have a network of its own")
    addresses = Path(f"/proc/{server.pid}/net/dev").read_text(encoding="utf-8")
    assert [line.split(":")[0].strip() for line in addresses.splitlines()[2:]] == ["lo"]
