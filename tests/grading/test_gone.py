"""A gradebook that is gone or cannot be opened, a full disk, and a terminal without letters: each is said."""

import os
import subprocess
import sys
import zipfile

import pytest
import workshop
from test_batch import grade, hand_in

from samarkand.common import home
from samarkand.common.errors import CourseError, DamagedData
from samarkand_grading.classroom import deadlines, gradebook, release

pytestmark = pytest.mark.usefixtures("one_server")


@pytest.mark.parametrize("left", [None, b""])
def test_where_copies_are_nothing_empty_takes_the_place_of_a_gradebook(course, left):
    hand_in(course, "ada", **workshop.ANSWERS)
    grade(course)
    course.gradebook.unlink()
    if left is not None:
        course.gradebook.write_bytes(left)
    for attempt in (grade, lambda course: release.generate_set(course, course.exercise("ex90"))):
        with pytest.raises(gradebook.NoGradebook) as caught:
            attempt(course)
        assert len(caught.value.copies) == 1 and "samarkand restore 1" in str(caught.value)
    deadlines.restore_gradebook(course, 1)
    assert grade(course)[0].graded == ["ada"]


def test_a_path_that_sqlite_cannot_open_is_not_called_damage(course, monkeypatch):
    book = course.root / "/".join(["long" * 50] * 4) / "gradebook.db"
    book.parent.mkdir(parents=True)
    book.write_bytes(course.gradebook.read_bytes())
    with pytest.raises(CourseError) as caught:
        gradebook.need_gradebook(book)
    assert not isinstance(caught.value, DamagedData) and caught.value.code == "long path"
    assert caught.value.fields == {"file": book, "length": len(os.fsencode(book))}


def test_a_terminal_that_cannot_write_names_is_refused(course):
    settings = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(home.ROOT)}
    words = [sys.executable, "-m", "samarkand", "marks", "ex90", "--course", str(course.root)]
    done = subprocess.run(words, env=os.environ | settings, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "PYTHONUTF8" in done.stderr


def refuse(*_, **__):
    raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_no_half_of_a_bundle_or_a_copy(course, tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile.ZipFile, "writestr", refuse)
    with pytest.raises(OSError) as full:
        release.bundle_course(course, tmp_path / "class")
    assert full.value.errno == 28
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "class"))] == []
    monkeypatch.setattr(type(course.gradebook), "replace", refuse)
    with pytest.raises(CourseError) as error:
        gradebook.back_up_gradebook(course, "a test")
    assert (error.value.code, error.value.fields["folder"]) == ("not saved aside", course.root / "backups")
    assert list((course.root / "backups").glob("*.part")) == []
