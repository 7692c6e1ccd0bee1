"""What is missing in a set is said before it is handed in, and one file named by id is written."""

import json

import pytest

from samarkand.common import home
from samarkand.common.errors import CourseError
from samarkand.practice.sets import hand_in
from samarkand.practice.sets.hand_in import HandIn

NAME = "ex05_taking_sides"
RELEASED = home.ROOT / "exercises" / "release" / NAME / f"{NAME}.ipynb"


def write(path, **answers):
    """Write a student's notebook with these answers, and return what is read of it."""
    notebook = json.loads(RELEASED.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["id"] in answers:
            cell["source"] = answers[cell["id"]]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return hand_in.read_saved(path)


@pytest.fixture
def student(tmp_path, monkeypatch):
    """The path of a student's open notebook, in a folder with my_work."""
    (tmp_path / "my_work").mkdir()
    monkeypatch.setattr(home, "my_work", lambda: tmp_path / "my_work")
    path = tmp_path / "mine.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    return path


def test_what_is_unanswered_is_found_in_the_file_and_by_the_desk(student):
    released = hand_in.read_saved(RELEASED)
    saved = write(student, q1="yes_votes = (1, 2, 3)", w1="Because.")
    found = hand_in.find_missing(saved, released, {})
    assert "q1" not in found.unanswered and "w1" not in found.unanswered
    assert {"q2", "q3", "q4", "q5"} <= set(found.unanswered)
    found = hand_in.find_missing(saved, released, {"q1": "unanswered", "q2": "answered", "q3": "form"})
    assert "q1" in found.unanswered and "q2" not in found.unanswered and found.odd == ("q3",)


def test_what_was_run_and_not_saved_is_found(student):
    saved = write(student, q1="yes_votes = (1, 2, 3)")
    both = ["yes_votes = (1, 2, 3)", "yes_votes = (4, 5, 6)"]
    assert hand_in.find_missing(saved, None, {}, both).unsaved == ("q1",)
    assert hand_in.find_missing(saved, None, {}, [*both, both[0]]).unsaved == ()
    assert hand_in.find_missing(saved, None, {}, ["votes = 7", "yes_votes ="]).unsaved == ()


def test_one_file_named_by_id_is_written(student):
    write(student, q1="yes_votes = (1, 2, 3)")
    said = HandIn(NAME, "ada", {"q1": "answered"}).make()
    (path,) = (home.my_work() / "hand_in").iterdir()
    assert path.name == f"{NAME}-ada.ipynb" and path.read_bytes() == student.read_bytes()
    assert str(path) in said and "q2" in said and "q1" not in said
    write(student, q1="yes_votes = (4, 5, 6)")
    HandIn(NAME, "ada", {}).make()
    assert path.read_bytes() == student.read_bytes()


def test_nothing_is_written_of_work_that_is_unsigned_or_unsaved(student, monkeypatch):
    assert "sign in" in HandIn(NAME, "", {}).make()
    assert "save it first" in HandIn(NAME, "ada", {}).make()
    write(student, q1="yes_votes = (1, 2, 3)")
    monkeypatch.setattr(hand_in, "list_run", lambda: ["yes_votes = (9, 9, 9)"])
    assert "q1 is not saved" in HandIn(NAME, "ada", {}).make()
    assert not (home.my_work() / "hand_in").exists()


def test_a_file_that_is_no_notebook_is_a_sentence(student):
    student.write_text("{")
    with pytest.raises(CourseError) as error:
        hand_in.find_saved(NAME)
    assert error.value.code == "not whole"


def test_what_is_stored_shows_nothing_of_a_student(student):
    assert repr(HandIn(NAME, "ada", {})) == repr(HandIn("ex03_the_sco", "bob", {}))
