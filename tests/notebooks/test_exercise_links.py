"""The graded sets link each question to the section that taught it; each link leads to an existing one."""

from pathlib import Path

import pytest

from samarkand.common.home import ROOT
from tools.author import lessons
from tools.author import rules_of_lessons as rules

SETS = sorted((ROOT / "exercises").glob("*/ex*/ex*.ipynb"))


def test_there_are_sets() -> None:
    assert {path.parts[-3] for path in SETS} == {"source", "release"}


@pytest.mark.parametrize("path", SETS, ids=["-".join(path.parts[-3:-1]) for path in SETS])
def test_links_of_a_set_lead_somewhere(path: Path) -> None:
    exercise = lessons.read_lesson(path)
    assert any("notebooks/" in cell.source for cell in exercise.prose)
    found = list(rules.links_lead_somewhere(exercise))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "path", [path for path in SETS if "release" in path.parts], ids=lambda path: path.stem
)
def test_locks_hold_what_is_marked(path: Path) -> None:
    """The cells that a student must not change cannot be edited or deleted by mistake."""
    for cell in lessons.read_lesson(path).cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("locked"):
            assert (cell.metadata.editable, cell.metadata.deletable) == (False, False)
        elif marks:
            assert cell.metadata.deletable is False
