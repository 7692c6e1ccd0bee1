"""The README lists every lesson, by its own title, with the question it asks."""

from __future__ import annotations

import pytest

from samarkand.ground.errors import CourseError
from tools.author import lessons, readme

TEXT = readme.README.read_text(encoding="utf-8")


def test_the_table_is_made_from_the_lessons() -> None:
    assert readme.renewed(TEXT) == TEXT, "run samarkand build"


def test_every_lesson_asks_a_question() -> None:
    for lesson in lessons.every():
        assert (
            f"| {lesson.number} | [{lesson.title}](notebooks/{lesson.path.name}) | {lesson.question} |"
            in TEXT
        )
        assert lesson.question.endswith("?") and lesson.title


def test_a_table_that_is_behind_is_made_anew_and_the_rest_stays() -> None:
    rows = readme.table().splitlines()
    behind = TEXT.replace(rows[3] + "\n", "").replace(rows[4], rows[4].replace("?", "!"))
    assert behind != TEXT
    assert readme.renewed(behind) == TEXT


def test_without_its_marks_nothing_is_written() -> None:
    with pytest.raises(CourseError, match="needs the marks"):
        readme.renewed(TEXT.replace(readme.END, ""))
