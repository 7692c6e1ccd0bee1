"""What a killed grader leaves behind goes, and two graders do not get into each other's way."""

from __future__ import annotations

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
from samarkand.ground import files
from samarkand.ground.errors import CourseError
from samarkand_grading.classroom import gradebook, records
from samarkand_grading.sandbox import scratch

YOUNG = scratch.YOUNG


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """A folder for temporary files of our own, in which nothing is too young to go."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", name)
        monkeypatch.setattr(scratch, "YOUNG", -1)
        yield folder


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_a_dead_program_left_goes_and_nothing_else(temporary, tmp_path):
    mine = temporary / "samarkand-2022"
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine")
    other = temporary / f"{scratch.PREFIX}notes"
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    (temporary / f"{scratch.PREFIX}link").symlink_to(mine)
    kept = names(temporary)
    dead = os.fork()
    if dead == 0:
        (scratch.Scratch().path / "left").write_text("x")
        os._exit(0)
    os.waitpid(dead, 0)
    assert len(names(temporary)) == len(kept) + 1
    with scratch.Scratch() as living:
        assert names(temporary) == sorted([*kept, living.name])
        scratch.sweep(temporary)
        assert living.is_dir()
    assert names(temporary) == kept
    assert (mine / "thesis.txt").read_text() == (other / "thesis.txt").read_text() == "mine"


def test_one_at_a_time(course):
    lines = []
    with files.alone(course.root):
        with (
            pytest.raises(CourseError, match="Another samarkand works on"),
            files.alone(course.root, lines.append, 0.5),
        ):
            pass
        assert len(lines) == 1
    with files.alone(course.root):
        pass


def test_a_file_system_that_locks_nothing_stops_nobody(course, temporary, monkeypatch):
    """NFS locks no folder. There what another program keeps is never swept away."""

    def flock(descriptor, how):
        raise OSError(9, "Bad file descriptor")

    hand_in(course, "ada", **workshop.ANSWERS)
    monkeypatch.setattr(files.fcntl, "flock", flock)
    with scratch.Scratch() as other:
        assert grade(course)[0].graded == ["ada"]
        assert other.is_dir()
    assert names(temporary) == []


def command(course, said, *words):
    """Start the command in a fork of this process; return its number."""

    def run():
        scratch.YOUNG = YOUNG  # as a process of its own has it
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
    """Adopt the orphans of what is killed; return a function that lists those that live."""
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
def test_a_killed_command_leaves_no_process_and_no_file(course, temporary, tmp_path, orphans):
    """Whatever it was doing, with two sandboxes at work."""
    for n in range(4):
        hand_in(course, f"s{n}", **workshop.ANSWERS, added="import time\ntime.sleep(0.3)")
    said = tmp_path / "said.txt"
    began = time.monotonic()
    words = ["grade", "ex90", "--force", "--jobs", "2"]
    assert workshop.ended(command(course, said, *words)) == 0, said.read_text()
    whole = time.monotonic() - began
    assert names(temporary) == []
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
    scratch.sweep(temporary)
    assert names(temporary) == []
    assert len(grade(course)[0].graded + grade(course)[0].unchanged) >= 4
    assert not list(course.root.rglob("*.part"))
    assert records.read(course, workshop.NAME, "s3").points == 10
