"""The README lists every lesson, by its own title, with the question it asks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from samarkand.course import lessons
from samarkand.ground.home import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d\d) \| \[(.+?)\]\((notebooks/\S+\.ipynb)\) \| (.+?) \|$", re.MULTILINE)


def listed() -> dict[str, tuple[str, ...]]:
    """Return number, title and question of each row, by the lesson's file."""
    return {path: (number, title, question) for number, title, path, question in ROW.findall(README)}


def test_every_lesson_is_listed_in_order() -> None:
    paths = [f"notebooks/{path.name}" for path in sorted(lessons.paths())]
    assert list(listed()) == paths


@pytest.mark.parametrize("path", lessons.paths(), ids=lambda path: Path(path).stem)
def test_title_and_question_are_those_of_the_lesson(path: Path) -> None:
    lesson = lessons.read(path)
    number, title, question = listed()[f"notebooks/{path.name}"]
    text = "\n".join(cell.source for cell in lesson.prose).replace("*", "")
    assert number == path.name[:2]
    assert title == lesson.headings[0][2]
    assert question in text
