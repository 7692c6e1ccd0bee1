"""Every lesson in a real JupyterLab, in a fresh profile: it runs, moves, is accessible, and asks nobody else.

The guide opens a lesson once and writes down what it sees; each test looks at one side of that. By day each
lesson is opened and run, and its controls are moved; some are looked over as well, at all widths and ways.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import tour
from nbformat.v4 import new_code_cell, new_notebook
from tour import TO_GO_ON

from tools.author import lessons, normal_form
from tools.lab import Lab

PATHS = lessons.paths()
Need = Callable[[object, str], None]


def test_there_are_lessons() -> None:
    assert PATHS


@pytest.fixture(scope="module", params=PATHS, ids=lambda path: path.stem)
def lesson(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


#: What is seen of a lesson only if the tour is whole.
looked_over = pytest.mark.by_day(3, "lessons")


@pytest.fixture(scope="module")
def seen(
    request: pytest.FixtureRequest,
    lesson: Path,
    guide: tour.Guide,
    some: Callable[[Sequence[Any], int], list[Any]],
) -> tour.Tour:
    """What is seen of a lesson; of each box of controls and each map are made one move or two, or all."""
    whole = any(
        item.get_closest_marker(looked_over.name) and item.callspec.params["lesson"] == lesson
        for item in request.session.items
        if isinstance(item, pytest.Function) and "seen" in item.fixturenames
    )
    most = 2 if whole else 1
    return guide.take(lesson.name, f"untrusted/{lesson.name}", lambda moves: some(moves, most), whole=whole)


def stored(lesson: Path, part: str) -> int:
    """Count the outputs of a stored lesson that have some HTML in them."""
    cells = lessons.stored(lesson).cells
    shown = [o.get("data", {}).get("text/html", "") for c in cells for o in c.get("outputs", ())]
    return sum(part in html for html in shown)


def test_it_opens_with_its_maps_drawn(lesson: Path, seen: tour.Tour) -> None:
    assert seen.opened["frames"] == stored(lesson, "<iframe")
    assert seen.opened["outputs"] > 0


def test_it_runs_without_error(seen: tour.Tour) -> None:
    assert seen.errors == []


def test_every_control_moves_something(
    lesson: Path, seen: tour.Tour, in_part: Callable[[int, int, str], None]
) -> None:
    in_part(len(seen.moved), seen.moves, f"moves in {lesson.stem}")
    assert seen.still == []
    source = "\n".join(cell.source for cell in lessons.stored(lesson).cells if cell.cell_type == "code")
    if "explore." in source:
        assert any(move.startswith("cell ") for move in seen.moved)
    if stored(lesson, "<iframe"):
        assert any(move.startswith("map ") for move in seen.moved)


def test_it_is_saved_in_a_small_file(seen: tour.Tour) -> None:
    assert 0 < seen.bytes < 1_000_000


@looked_over
def test_the_next_day_it_opens_with_stills_and_without_an_error(lesson: Path, seen: tour.Tour) -> None:
    assert seen.reopened["broken"] == 0
    assert seen.reopened["stills"] == stored(lesson, TO_GO_ON)
    assert seen.reopened["frames"] == seen.opened["frames"]
    assert seen.reopened["outputs"] == seen.opened["outputs"]


@looked_over
def test_what_it_draws_is_accessible(seen: tour.Tour) -> None:
    assert not seen.axe, "\n".join(seen.axe)


@looked_over
def test_it_fits_on_a_telephone(seen: tour.Tour) -> None:
    assert seen.cut == []


def test_the_console_has_no_complaint(seen: tour.Tour) -> None:
    assert seen.console == []


def test_nothing_leaves_the_machine(seen: tour.Tour) -> None:
    assert seen.requests == []
    assert seen.asked == []
    assert seen.attempts == []


def test_the_lab_has_no_way_out(server: Lab, need: Need) -> None:
    """So that the lessons work is proof enough; where a machine forbids that, they are only watched."""
    need(server.apart, "this machine lets no program have a network of its own")
    addresses = Path(f"/proc/{server.pid}/net/dev").read_text(encoding="utf-8")
    assert [line.split(":")[0].strip() for line in addresses.splitlines()[2:]] == ["lo"]


# ------------------------------------------------------------------------------- not trusted, not run


@looked_over
def test_untrusted_shows_stills_and_sentences(lesson: Path, seen: tour.Tour) -> None:
    stills = seen.stills
    assert stills is not None
    maps = stored(lesson, "<iframe")
    assert stills.frames == 0
    assert len(stills.alts) >= maps
    assert all(len(alt.split()) > 3 for alt in stills.alts)
    assert stills.still == maps
    assert stills.stub == stored(lesson, TO_GO_ON)
    assert stills.requests == []


# ------------------------------------------------------------------------------- the tour itself

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
    """HTML('<button style="width: 500px">wide</button>'
     '<table><tr><td style="width: 50px">2022-09-14</td></tr></table>')""",
    "1 / 0",
)


def test_the_tour_sees_what_it_is_for(
    guide: tour.Guide, add: Callable[[Path], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tour, "PATIENCE", 3_000)  # what is deaf stays deaf
    bad = normal_form.normalise(new_notebook(cells=[new_code_cell(source) for source in BAD]))
    (tmp_path / "bad.ipynb").write_text(normal_form.text(bad), encoding="utf-8")
    seen = guide.take(add(tmp_path / "bad.ipynb"))
    assert seen.still == ["cell 1: slider 'N' dragged", "cell 1: slider 'N' by key"]
    assert any("ZeroDivisionError" in error for error in seen.errors)
    assert {rule.split(": ")[1].split(" ")[0] for rule in seen.axe} >= {"color-contrast", "label"}
    assert {line.split(":")[0] for line in seen.cut} == {"beyond the edge", "a day on two lines"}
    assert any("ours" in line for line in seen.console)
    assert any("nosuch" in line for line in seen.console)
    assert set(seen.requests) == {"https://one.example.org/x.png"}
    assert any("one.example.org" in address for address in seen.attempts)
    assert {line.split()[-1] for line in seen.asked} == {"203.0.113.7"}
    good = normal_form.normalise(new_notebook(cells=[new_code_cell("'good'")]))
    (tmp_path / "good.ipynb").write_text(normal_form.text(good), encoding="utf-8")
    seen = guide.take(add(tmp_path / "good.ipynb"))
    complaints = [
        seen.errors,
        seen.still,
        seen.axe,
        seen.cut,
        seen.console,
        seen.requests,
        seen.asked,
        seen.attempts,
    ]
    assert not any(complaints), "the tour before is not this one's"
