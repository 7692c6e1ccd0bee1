"""A killed grader leaves nothing behind, and two graders do not interfere."""

import ctypes
import os
import signal
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import pytest
import workshop
from test_batch import grade, hand_in

from samarkand_grading.classroom import gradebook, records


def command(course, said, *words):
    """Start ``samarkand`` in a fork of this process with output to `said`; return its process id."""
    return workshop.forked(lambda: workshop.samarkand(course, *words), said)


def test_two_graders_at_once(course, tmp_path):
    students = [f"s{n}" for n in range(4)]
    for student in students:
        hand_in(course, student, **workshop.ANSWERS)
    ways = ([], ["--force"], ["--student", "s2", "--force"])
    told = [tmp_path / f"said-{n}.txt" for n in range(len(ways))]
    running = [command(course, file, "grade", "ex90", *way) for file, way in zip(told, ways, strict=True)]
    ended = [workshop.ended(grader) for grader in running]
    said = [file.read_text() for file in told]
    assert ended == [0, 0, 0], said
    assert "Another samarkand works on" in "".join(said)
    rows = {student: row.net for student, row in gradebook.read_rows(course.gradebook, workshop.NAME).items()}
    assert rows == dict.fromkeys(students, 10)


@pytest.fixture
def orphans():
    """Adopt the orphans of killed processes; yield a function that returns the ids of living ones."""
    become_subreaper, ours = 36, Path(f"/proc/self/task/{os.getpid()}/children")
    libc = ctypes.CDLL(None)
    libc.prctl(become_subreaper, 1, 0, 0, 0)
    known = set(ours.read_text().split())

    def living():
        for child in set(ours.read_text().split()) - known:
            os.waitpid(int(child), os.WNOHANG)
        return set(ours.read_text().split()) - known

    yield living
    libc.prctl(become_subreaper, 0, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_killed_command_leaves_no_process_and_no_half_file(course, tmp_path, orphans, monkeypatch):
    """Killed at any moment, with two sandboxes running; a mark given by hand stays."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    for n in range(4):
        hand_in(course, f"s{n}", **workshop.ANSWERS, added="import time\ntime.sleep(0.3)")
    said = tmp_path / "said.txt"
    began = time.monotonic()
    words = ["grade", "ex90", "--force", "--jobs", "2"]
    assert workshop.ended(command(course, said, *words)) == 0, said.read_text()
    whole = time.monotonic() - began
    assert not list(temporary.iterdir())
    with gradebook.open_book(course) as book:
        book.find_grade("q1-check", workshop.NAME, workshop.NAME, "s0").manual_score = 1.25
        book.db.commit()
    monkeypatch.setattr(gradebook, "KEPT", 2)
    for n, (verb, written) in enumerate(((words, 0), (words, 1), (words, 3), (["marks", "ex90"], 0))):
        grader = command(course, said := tmp_path / f"said-{n}.txt", *verb)
        time.sleep(0 if written else whole / 2)
        while written and not (said.exists() and said.read_text().count("[") >= written):
            time.sleep(0.005)
        os.kill(grader, signal.SIGKILL)
        os.waitpid(grader, 0)
        with sqlite3.connect(course.gradebook) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    end = time.monotonic() + 60  # a server that had not begun yet ends as soon as it has
    while time.monotonic() < end and orphans():
        time.sleep(0.2)
    assert not orphans()
    assert not [path for path in temporary.rglob("*") if path.is_file()]
    assert len(grade(course)[0].graded + grade(course)[0].unchanged) >= 4
    left, fresh = (
        records.find_record(course, "ex90_test", "s0").with_name(f".s0.json.{n}.part") for n in (1, 2)
    )
    left.write_text("{")
    for half in course.root.rglob("*.part"):
        os.utime(half, (0, 0))
    fresh.write_text("{")  # another process may be at it
    for verb in (words, ["marks", "ex90"]):
        assert workshop.ended(command(course, said, *verb)) == 0, said.read_text()
    assert list(course.root.rglob("*.part")) == [fresh]
    assert records.read_record(course, workshop.NAME, "s3").points == 10
    assert gradebook.read_rows(course.gradebook, workshop.NAME)["s0"].net == 9.25
    assert len(gradebook.list_copies(course)) == 2
