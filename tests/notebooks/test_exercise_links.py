"""The graded sets say where a question was taught: each such link leads to a lesson that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from samarkand.ground.home import ROOT
from tools.author import lessons
from tools.author import rules_of_lessons as rules

SETS = sorted((ROOT / "exercises").glob("*/ex*/ex*.ipynb"))


def test_there_are_sets() -> None:
    assert {path.parts[-3] for path in SETS} == {"source", "release"}


@pytest.mark.parametrize("path", SETS, ids=["-".join(path.parts[-3:-1]) for path in SETS])
def test_links_of_a_set_lead_somewhere(path: Path) -> None:
    exercise = lessons.read(path)
    assert any("notebooks/" in cell.source for cell in exercise.prose)
    found = list(rules.links_lead_somewhere(exercise))
    assert not found, "\n".join(found)
