"""Where student code cannot be confined it is not run; whoever says otherwise is quoted in each report."""

from __future__ import annotations

import shlex
import sqlite3
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
import workshop
from test_batch import grade, hand_in

from samarkand import cli
from samarkand_grading.classroom import batch, feedback, records
from samarkand_grading.classroom.course import Course
from samarkand_grading.sandbox.box import NoSandbox, Sandbox


def test_without_bubblewrap_it_refuses_and_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        NoSandbox, match=r"bubblewrap is not installed.*deploy/grader\.md.*--i-trust-these-students"
    ):
        Sandbox(tmp_path).start()


def test_a_course_that_students_could_read_is_refused(canaries):
    with pytest.raises(NoSandbox, match="which student code can read"):
        Sandbox(canaries.folder, secret=[canaries.folder]).start()


def test_a_secret_that_students_could_read_is_refused(course):
    hand_in(course, "ada", **workshop.ANSWERS)
    for readable in ("/usr/share/zoneinfo/secret", f"{Path(pytest.__file__).parent}/secret"):
        careless = Course(course.root, Path(readable))
        with pytest.raises(NoSandbox, match=f"{readable} lies in .*, which student code can read"):
            batch.grade(careless, "ex90", limits=workshop.LIMITS, say=lambda line: None)


def test_trust_is_never_silent(course):
    hand_in(course, "ada", **workshop.ANSWERS)
    summary, lines = grade(course, trusted=True)
    assert summary.trusted
    assert lines[0].startswith("WITHOUT A SANDBOX")
    assert lines[1].endswith("[no sandbox]")
    assert records.read(course, workshop.NAME, "ada").points == 10
    (page,) = feedback.write(course, "ex90")
    assert "without a sandbox" in page.read_text()


#: What bubblewrap says, and what is said to do. Seen by the authors: Docker's seccomp, no namespaces left, a
#: hidden /proc, launch.py's own words as root without rights. Known from others: AppArmor (three), SELinux.
SAID = {
    "No permissions to create a new namespace, likely because the kernel does not allow non-privileged user "
    "namespaces. See <https://deb.li/bubblewrap>.": "--security-opt seccomp=unconfined",
    "Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)": (
        "sudo sysctl user.max_user_namespaces"
    ),
    "setting up uid map: Permission denied": "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    "loopback: Failed RTM_NEWADDR: Operation not permitted": (
        "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
    ),
    "Failed to make / slave: Permission denied": "--security-opt apparmor=unconfined",
    "Failed to mount tmpfs: Permission denied": "--security-opt label=disable",
    "Can't mount proc on /proc: Operation not permitted": "--security-opt systempaths=unconfined",
    "Can't find source path /course/x: Permission denied": "cannot be read by other users",
    "PermissionError: [Errno 1] unshare": "--cap-add SYS_ADMIN",
    "something nobody has seen": "(bwrap: something nobody has seen)",
}


@pytest.fixture
def refused(course, tmp_path, capsys, monkeypatch):
    """Return a function that grades a class and expects it to be refused: the sentence, nothing written."""
    if sys.platform != "linux":
        pytest.skip("elsewhere it refuses already")
    for student in ("ada", "bob"):
        hand_in(course, student, **workshop.ANSWERS)

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))

    def state():
        with sqlite3.connect(course.gradebook) as book:
            marks = list(book.iterdump())
        files = sorted(path for path in course.root.rglob("*") if "backups" not in path.parts)
        return marks, files, list(scratch.iterdir())

    def refused() -> str:
        before = state()
        words = ["grade", "ex90", "--course", str(course.root), "--secret", str(course.secret)]
        assert cli.main(words) == 1
        assert state() == before
        said = capsys.readouterr()
        assert said.out == ""
        (line,) = said.err.splitlines()
        assert line.startswith("Student code cannot be confined here, so it is not run. ")
        assert line.endswith(
            "Otherwise use the container of deploy/grader.md (deploy/grader.sh grade), or, if you wrote the "
            "submissions yourself, --i-trust-these-students."
        )
        return line

    return refused


@pytest.fixture
def programs(monkeypatch):
    """A folder of programs that root's nobody can reach too, and the only one."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setenv("PATH", folder)
        yield Path(folder)


def bubblewrap_that_says(said: str, programs: Path) -> None:
    path = programs / "bwrap"
    path.write_text(f"#!/bin/sh\necho {shlex.quote(f'bwrap: {said}')} >&2\nexit 1\n")
    path.chmod(0o755)


@pytest.mark.parametrize("said", SAID, ids=lambda said: said[:30])
def test_what_bubblewrap_says_becomes_what_to_do(refused, programs, said):
    bubblewrap_that_says(said, programs)
    assert SAID[said] in refused()


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_are_sent_to_the_container(refused, monkeypatch, system):
    monkeypatch.setattr("samarkand_grading.sandbox.box.sys", SimpleNamespace(platform=system))
    assert "That needs Linux." in refused()


def test_no_bubblewrap_is_named(refused, programs):
    assert "the Debian package bubblewrap" in refused()


def test_a_refusal_is_told_once_even_if_some_work_could_not_be_read_at_all(course, programs, capsys, need):
    need(sys.platform == "linux", "elsewhere it refuses already")
    hand_in(course, "ada", **workshop.ANSWERS)
    hand_in(course, "aaron").write_text("no notebook")
    bubblewrap_that_says("Failed to make / slave: Permission denied", programs)
    assert cli.main(["grade", "ex90", "--course", str(course.root), "--secret", str(course.secret)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "--security-opt apparmor=unconfined" in line


def test_who_grades_without_the_secret_is_told(course):
    hand_in(course, "ada", **workshop.ANSWERS)
    course.secret.unlink()
    assert grade(course)[1][0].startswith(f"WITHOUT THE SECRET (no file {course.secret})")
