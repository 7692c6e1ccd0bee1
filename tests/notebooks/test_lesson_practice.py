"""A student at work: solves each practice task with the answer folded below it, and runs the lesson again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat import NotebookNode

from samarkand.course import build, drawn, normal_form
from samarkand.course.lessons import Lesson


@pytest.fixture(scope="module")
def work(lesson: Lesson, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp(lesson.name)


@pytest.fixture(scope="module")
def solved(lesson: Lesson, work: Path) -> Iterator[NotebookNode]:
    """The lesson with each stub replaced by the code of its answer, run."""
    notebook = normal_form.normalise(lesson.notebook)
    answers = {task.stub.id: task.answer for task in lesson.tasks}
    for cell in notebook.cells:
        cell.source = answers.get(cell.id) or cell.source
    return build.execute(notebook, work, lesson.path.parent)


def test_the_folded_answers_are_correct(lesson: Lesson, solved: NotebookNode) -> None:
    tasks = {task.stub.id: task.number for task in lesson.tasks}
    for cell in solved.cells:
        if cell.id in tasks:
            says = " ".join(o.data["text/plain"] for o in cell.outputs if "data" in o)
            assert says.startswith("Right."), f"{tasks[cell.id]}: {says}"


@pytest.mark.by_day(4, "lessons")
def test_run_again_it_shows_the_same(lesson: Lesson, solved: NotebookNode, work: Path) -> None:
    """With what the first run wrote into the student's folder, a lesson shows what its stored form shows."""
    again = build.execute(lesson.notebook, work, lesson.path.parent)
    drawn.beside(again, lesson.notebook)  # a chart that is as it was has the picture that it had
    stored = lesson.notebook.cells
    assert [cell.id for cell, before in zip(again.cells, stored, strict=True) if cell != before] == []
