"""Fixtures with every notebook of the course, found by path: a new lesson needs no change here."""

from functools import cache
from pathlib import Path

import pytest

from tools.author import lessons

PATHS = lessons.find_lessons()
read = cache(lessons.read_lesson)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    by_itself = metafunc.definition.iter_markers("parametrize")
    if "lesson_path" in metafunc.fixturenames and "lesson_path" not in [mark.args[0] for mark in by_itself]:
        metafunc.parametrize("lesson_path", PATHS, ids=[path.stem for path in PATHS], scope="session")


@pytest.fixture(scope="session")
def lesson(lesson_path: Path) -> lessons.Lesson:
    return read(lesson_path)
