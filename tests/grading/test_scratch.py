"""A killed grader leaves nothing behind, and two graders do not interfere."""

import ctypes
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import pytest
import workshop
from test_batch import grade, hand_in

from samarkand import cli
from samarkand_grading.classroom import gradebook, records


def command(course, said, *words):
    """Start ``samarkand`` in a fork of this process with output to `said`; return its process id."""

    def run():
        return cli.main([*words, "--course", str(course.root), "--secret", str(course.secret)])

    return workshop.forked(run, said)


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
    rows = {student: row.net for student, row in gradebook.rows(course.gradebook, workshop.NAME).items()}
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
    """Killed at any moment, with two sandboxes running; empty temporary folders may remain."""
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
    chance = random.Random(2022)
    for verb in (words, words, words, ["marks", "ex90"]):
        grader = command(course, said, *verb)
        time.sleep(chance.uniform(0.1, 0.9) * whole)
        os.kill(grader, signal.SIGKILL)
        os.waitpid(grader, 0)
    end = time.monotonic() + 60  # a server that had not begun yet ends as soon as it has
    while time.monotonic() < end and orphans():
        time.sleep(0.2)
    assert not orphans()
    assert not [path for path in temporary.rglob("*") if path.is_file()]
    assert len(grade(course)[0].graded + grade(course)[0].unchanged) >= 4
    assert not list(course.root.rglob("*.part"))
    assert records.read(course, workshop.NAME, "s3").points == 10
