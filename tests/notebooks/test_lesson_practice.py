"""A student at work: solves each practice task with the answer folded below it, and runs the lesson again."""

from __future__ import annotations

from pathlib import Path

import pytest
from worked import through

from samarkand.course import build, drawn
from samarkand.course.lessons import Lesson


@pytest.fixture(scope="module")
def work(lesson: Lesson, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp(lesson.name)


@pytest.fixture(scope="module")
def solved(lesson: Lesson, work: Path) -> dict[str, str]:
    """What the cells show with each answer in the place of its stub; `work` is as that leaves it."""
    return through(lesson, {task.stub.id: task.answer for task in lesson.tasks if task.answer}, work)


def test_the_folded_answers_are_correct(lesson: Lesson, solved: dict[str, str]) -> None:
    for task in lesson.tasks:
        assert solved[task.stub.id].startswith("Right."), f"{task.number}: {solved[task.stub.id]}"


@pytest.mark.by_day(4, "lessons")
@pytest.mark.usefixtures("solved")
def test_run_again_it_shows_the_same(lesson: Lesson, work: Path) -> None:
    """With what the first run wrote into the student's folder, a lesson shows what its stored form shows."""
    again = build.execute(lesson.notebook, work, lesson.path.parent)
    drawn.beside(again, lesson.notebook)  # a chart that is as it was has the picture that it had
    stored = lesson.notebook.cells
    assert [cell.id for cell, before in zip(again.cells, stored, strict=True) if cell != before] == []
