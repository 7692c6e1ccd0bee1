"""Copies of the gradebook: whatever happens while one is made or put back, no mark is gone."""

import contextlib
import datetime as dt
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time

import pytest

from samarkand.common import files
from samarkand.common.errors import CourseError
from samarkand_grading.classroom import deadlines, gradebook


def mark(course, number):
    """Write a number into the gradebook."""
    with contextlib.closing(sqlite3.connect(course.gradebook)) as book:
        book.execute(f"PRAGMA user_version = {number}")


def read(path):
    """Return the number in a gradebook or a copy; it must be whole."""
    with contextlib.closing(sqlite3.connect(path)) as book:
        assert book.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return book.execute("PRAGMA user_version").fetchone()[0]


def numbers(course):
    return [read(path) for path in gradebook.list_copies(course)]


class Clock(dt.datetime):
    """A clock that shows what the test says."""

    shown = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)

    @classmethod
    def now(cls, tz=None):
        return cls.shown


def test_a_clock_that_was_set_back_makes_no_new_copy_the_oldest(course, monkeypatch):
    monkeypatch.setattr(gradebook.dt, "datetime", Clock)
    for number in range(gradebook.KEPT):
        mark(course, number)
        gradebook.back_up_gradebook(course, "before")
    monkeypatch.setattr(Clock, "shown", Clock.shown - dt.timedelta(days=400))
    for number in range(gradebook.KEPT, gradebook.KEPT + 3):
        mark(course, number)
        gradebook.back_up_gradebook(course, f"before {number}")
        assert numbers(course)[0] == number
    last = gradebook.KEPT + 2
    assert numbers(course) == list(range(last, last - gradebook.KEPT, -1))
    assert gradebook.read_reason(gradebook.list_copies(course)[0]) == f"before {last}"
    assert "before: before 7" in deadlines.restore_gradebook(course, None)


def test_the_changes_of_one_day_push_out_no_copy_of_an_earlier_one(course, monkeypatch):
    monkeypatch.setattr(gradebook.dt, "datetime", Clock)
    first = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
    days = gradebook.DAYS_KEPT + 2
    changes = gradebook.KEPT + 1
    for day in range(days):
        for change in range(changes):
            # Ten days lie between two days of marking: days without a copy do not count.
            monkeypatch.setattr(Clock, "shown", first + dt.timedelta(days=10 * day, minutes=change))
            mark(course, 100 * day + change)
            gradebook.back_up_gradebook(course, "before")
    last_day = 100 * (days - 1)
    newest = [last_day + change for change in range(changes - 1, changes - 1 - gradebook.KEPT, -1)]
    earlier = [100 * day + changes - 1 for day in range(days - 2, days - 1 - gradebook.DAYS_KEPT, -1)]
    assert numbers(course) == newest + earlier


def test_a_copy_of_a_persons_own_is_neither_counted_nor_removed(course):
    own = [
        "gradebook-20200101-120000-before-exam.db",
        "gradebook-20200101-120000-000001 (conflicted copy).db",
        "gradebook-my-own-one.db",
        "gradebook-20209901-120000-000001.db",
    ]
    (course.root / "backups").mkdir(exist_ok=True)
    for name in own:
        shutil.copy(course.gradebook, course.root / "backups" / name)
    for number in range(gradebook.KEPT + 2):
        mark(course, number)
        gradebook.back_up_gradebook(course, "before")
    assert numbers(course) == list(range(gradebook.KEPT + 1, 1, -1))
    assert all((course.root / "backups" / name).is_file() for name in own)
    assert deadlines.restore_gradebook(course, None).count("\n") == gradebook.KEPT


def fill(course):
    for number in range(gradebook.KEPT):
        mark(course, number)
        gradebook.back_up_gradebook(course, "before")
    mark(course, 99)


def test_the_oldest_copy_is_there_until_it_has_been_put_back(course, monkeypatch):
    fill(course)
    write = files.write_whole

    def fail(path, body):
        if path == course.gradebook:
            raise OSError(28, "No space left on device")
        write(path, body)

    monkeypatch.setattr(files, "write_whole", fail)
    with pytest.raises(OSError, match="No space"):
        deadlines.restore_gradebook(course, gradebook.KEPT)
    assert read(course.gradebook) == 99 and {0, 99} <= set(numbers(course))
    monkeypatch.undo()
    deadlines.restore_gradebook(course, numbers(course).index(0) + 1)
    assert read(course.gradebook) == 0 and 99 in numbers(course)


def test_each_damaged_gradebook_is_kept(course, monkeypatch):
    fill(course)
    for number in range(2):
        body = b"SQLite format 3\0" + bytes([number]) * 5000
        course.gradebook.write_bytes(body)
        deadlines.restore_gradebook(course, 1)
    kept = sorted((course.root / "backups").glob("damaged-*.db"))
    assert [path.read_bytes()[-1] for path in kept] == [0, 1]
    course.gradebook.write_bytes(body)

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(deadlines.shutil, "copyfile", fail)
    with pytest.raises(CourseError) as caught:
        deadlines.restore_gradebook(course, 1)
    assert caught.value.code == "not saved aside" and course.gradebook.read_bytes() == body


#: Makes copies and puts them back until it is killed.
WORK = """import sys
from samarkand_grading.classroom import deadlines, gradebook
from samarkand_grading.classroom.course import Course
course = Course(Path(sys.argv[1]), Path(sys.argv[2]))
number = 0
while True:
    number = (number + 1) % 3
    with course.work_alone(lambda line: None):
        gradebook.back_up_gradebook(course, "before")
    deadlines.restore_gradebook(course, number + 1)
    print("round", flush=True)"""


def test_a_kill_at_any_moment_leaves_whole_gradebooks_alone(course):
    fill(course)
    random.seed(20220915)
    command = [sys.executable, "-c", WORK, str(course.root), str(course.secret)]
    for _ in range(8):
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ) as working:
            working.stdout.readline()
            time.sleep(random.uniform(0, 0.15))
            working.kill()
        assert read(course.gradebook) in {*range(gradebook.KEPT), 99}
        assert len(numbers(course)) in (gradebook.KEPT, gradebook.KEPT + 1)
