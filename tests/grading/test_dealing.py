"""Numbers are dealt: no two students of a roster have the same, and nobody's ever change."""

import json
from collections import Counter

import pytest

from samarkand.practice.sets import numbers
from samarkand_grading.classroom import dealing
from samarkand_grading.classroom.course import Course

OPTIONS = {"list": list(range(60)), "pair": list(range(40))}
CLASS = [f"student {number}" for number in range(30)]


@pytest.fixture
def course(tmp_path):
    (tmp_path / "exercises" / "checks").mkdir(parents=True)
    made = Course(tmp_path / "exercises", tmp_path / "secret")
    made.seed(create=True)
    return made


def draw(course, student, places=None):
    """Draw with the places of a students' copy, or with those that the grader has."""
    told = course.places if places is None else places
    return numbers.draw_numbers(course.seed(), student, "ex90", OPTIONS, told)


def test_nobody_on_a_roster_has_a_classmates_numbers(course):
    told = dealing.deal_places(course, CLASS).shorten()
    for name in OPTIONS:
        seen = Counter(draw(course, student, told)[name] for student in CLASS)
        assert max(seen.values()) == 1, name
    assert [draw(course, student, told) for student in CLASS] == [draw(course, who) for who in CLASS]


def test_beyond_the_options_they_are_used_evenly(course):
    many = [f"student {number}" for number in range(130)]
    dealing.deal_places(course, many)
    seen = Counter(draw(course, student)["list"] for student in many)
    assert set(seen.values()) == {2, 3}


def test_a_later_copy_changes_nobodys_numbers(course):
    """One who came after the first copy has the numbers that it shows her, whichever copy she has."""
    first = dealing.deal_places(course, CLASS[:12]).shorten()
    before = {student: draw(course, student) for student in CLASS[:12]}
    dealing.note_late(course, CLASS[12:14])
    late = {student: draw(course, student, first) for student in CLASS[12:14]}
    second = dealing.deal_places(course, CLASS).shorten()
    for student, numbers_then in (before | late).items():
        assert draw(course, student) == draw(course, student, second) == numbers_then
    dealt = [student for student in CLASS if student not in late]
    assert len({draw(course, student)["list"] for student in dealt}) == len(dealt)


def test_nobody_is_taken_for_another_by_a_short_fingerprint(course):
    """Of 400 students some share three digits: then the copy tells more of them."""
    many = [f"student {number}" for number in range(400)]
    places = dealing.deal_places(course, many)
    assert places.digits > 3
    told = places.shorten()
    assert all(draw(course, student, told) == draw(course, student) for student in many)


def test_the_file_holds_no_ids_is_its_owners_and_one_class_leaves_anothers_alone(course, tmp_path):
    dealing.deal_places(course, CLASS)
    before = {student: draw(course, student) for student in CLASS}
    other = Course(course.root, tmp_path / "another secret")
    other.seed(create=True)
    dealing.deal_places(other, ["zed"])
    assert {student: draw(course, student) for student in CLASS} == before
    text = course.places_file.read_text()
    assert "student" not in text and len(json.loads(text)) == 1
    assert course.places_file.stat().st_mode & 0o077 == 0


def test_who_is_forgotten_leaves_the_others_theirs(course):
    dealing.deal_places(course, CLASS)
    others = {student: draw(course, student) for student in CLASS[1:]}
    dealing.forget_place(course, CLASS[0])
    assert {student: draw(course, student) for student in CLASS[1:]} == others
    assert numbers.find_place(course.seed(), CLASS[0], course.places) is None
