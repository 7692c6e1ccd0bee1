"""Points stand in the notebook and in the checks: where they differ, nothing is released or graded."""

from __future__ import annotations

import json

import pytest
import workshop
from test_batch import grade, hand_in

from samarkand.ground.errors import CourseError
from samarkand_grading.classroom import gradebook, release

pytestmark = pytest.mark.usefixtures("one_server")


def set_points(course, stage, points):
    """Change what q3 is worth in a notebook."""
    path = course.root / stage / workshop.NAME / f"{workshop.NAME}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    (cell,) = [c for c in notebook["cells"] if c["id"] == "q3-check"]
    cell["metadata"]["nbgrader"]["points"] = points
    path.write_text(json.dumps(notebook), encoding="utf-8")


def set_checks(course, points):
    path = course.root / "checks" / f"{workshop.NAME}.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"was_member", 5,', f'"was_member", {points},'), encoding="utf-8")


def released(course):
    lines = []
    release.generate(course, course.exercise(workshop.NAME), lines.append)
    return lines


@pytest.mark.parametrize("points", [1, 8])
def test_points_changed_in_one_place_are_not_released(course, points):
    book = course.gradebook.read_bytes()
    set_points(course, "source", points)
    says = f"was not released: q3-check has 5 points in the checks and {points} in the notebook"
    with pytest.raises(CourseError, match=says):
        released(course)
    set_points(course, "source", 5)
    set_checks(course, points)
    says = f"was not released: q3-check has {points} points in the checks and 5 in the notebook"
    with pytest.raises(CourseError, match=says):
        released(course)
    assert course.gradebook.read_bytes() == book


def test_a_question_without_checks_is_not_released(course):
    """Stock nbgrader would give everybody all of its points."""
    path = course.root / "source" / workshop.NAME / f"{workshop.NAME}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    marks = {"grade": True, "locked": True, "points": 4}
    notebook["cells"].append(workshop.cell("code", "q4-check", "desk.look('q4', 1)", **marks))
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(CourseError, match="q4-check has no points in the checks and 4 in the notebook"):
        released(course)


@pytest.mark.parametrize("place", ["the checks", "the released notebook", "the gradebook"])
def test_points_that_differ_are_not_graded_with(course, place):
    hand_in(course, "ada", **workshop.ANSWERS)
    if place == "the checks":
        set_checks(course, 8)
    elif place == "the released notebook":
        set_points(course, "release", 1)
    else:
        with gradebook.opened(course.gradebook) as book:
            book.update_or_create_grade_cell("q3-check", workshop.NAME, workshop.NAME, max_score=1.0)
    there = place if place != "the checks" else "the released notebook"
    with pytest.raises(
        CourseError, match=rf"was not graded: q3-check has \d points in the checks and \d in {there}"
    ):
        grade(course)


def test_new_points_say_what_they_change_and_count_for_work_graded_before(course):
    assert released(course) == []
    set_points(course, "source", 8)
    set_checks(course, 8)
    (line,) = released(course)
    assert line.startswith(
        "ex90_test: q3-check has 5 points so far and 8 from now on. Nobody's work has been"
    )
    hand_in(course, "ada", **workshop.ANSWERS)
    assert grade(course)[0].graded == ["ada"]
    set_points(course, "source", 1)
    path = course.root / "checks" / f"{workshop.NAME}.py"
    path.write_text(path.read_text(encoding="utf-8").replace('"was_member", 8,', '"was_member", 1,'))
    (line,) = released(course)
    assert (
        "q3-check has 8 points so far and 1 from now on. The marks of 1 submissions are out of the old"
        in line
    )
    assert grade(course)[0].graded == ["ada"]
    (row,) = gradebook.marks(course.gradebook, workshop.NAME)
    assert (row["score"], row["max_score"]) == (6, 6)
