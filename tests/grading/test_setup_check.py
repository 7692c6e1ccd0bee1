"""Missing requirements for grading are reported with the command to type, and installed on request."""

import sys
from types import SimpleNamespace

import pytest
from test_engines import ENGINE, program, programs

from samarkand import cli
from samarkand_grading.classroom import setup_check
from samarkand_grading.classroom.course import Course

__all__ = ["programs"]
APT = "apt-get install -y bubblewrap libseccomp2"


@pytest.mark.parametrize(
    ("there", "system", "says"),
    [
        ("apt-get", "linux", f"are missing, which confine student code. Type: {APT}"),
        ("", "linux", "The packages bubblewrap and libseccomp are missing"),
        ("brew", "darwin", "Type: brew install podman && podman machine init && podman machine start"),
        ("", "darwin", "Podman (podman.io) is missing"),
        ("podman", "darwin", "machine init makes it. Type: podman machine start"),
        ("bwrap", "win32", "run this in it. Type: wsl --install"),
    ],
)
def test_what_is_missing_is_said_with_what_to_type(there, system, says, programs, monkeypatch):
    for name in there.split():
        program(programs, name, "exit 1")
    monkeypatch.setattr(setup_check, "sys", SimpleNamespace(**{**vars(sys), "platform": system}))
    monkeypatch.setattr(setup_check.os, "geteuid", lambda: 0)
    assert says in setup_check.prepare_machine(Course(), False)[0]
    monkeypatch.setattr(setup_check.importlib.util, "find_spec", lambda name: None)
    assert ("wsl" if system == "win32" else "pip install") in setup_check.prepare_machine(Course(), False)[0]


def test_on_request_it_is_done_and_looked_at_again(programs, capfd, monkeypatch):
    """The engine is installed and builds its image; its failure to start is reported, not retried forever."""
    setup_check.engines.make_image.cache_clear()
    monkeypatch.setattr(setup_check.os, "geteuid", lambda: 0)
    program(programs, "later", ENGINE.format(folder=programs))
    program(programs, "apt-get", f"/bin/mv {programs}/later {programs}/podman")
    assert cli.main(["setup", "--yes"]) == 1
    out, err = capfd.readouterr()
    assert f"> {APT}" in out and "runs student code is not made" in out and "> podman build" in out
    assert "(no such thing)" in err


def test_where_nothing_is_missing_the_next_step_is_told(monkeypatch, capsys):
    monkeypatch.setattr(setup_check, "find_missing", lambda course: None)
    assert cli.main(["setup"]) == 0
    assert "A class can be graded here. Next: samarkand release" in capsys.readouterr().out
