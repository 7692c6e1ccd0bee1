"""A hub that was killed and is started anew finds each student's own server, and believes nothing else."""

import contextlib
import http.server
import json
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import psutil
import pytest
from test_hub import helpers, list_servers, place, printed  # noqa: F401 - a fixture

from samarkand_grading.classroom.hub import door, processes, serving

PORT = 9480
#: Student's code: something that is in the memory of her kernel alone.
KEEP = "import json; kept = {text!r}; print(json.dumps(kept))"


class Stranger(http.server.BaseHTTPRequestHandler):
    """Somebody else's server, at a port that was a student's: it keeps what it is told."""

    heard: ClassVar[list[str]] = []

    def handle(self) -> None:
        self.heard.append(self.rfile.readline().decode("latin-1"))
        self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello")


@contextlib.contextmanager
def take_port(port: int) -> Iterator[list[str]]:
    """Serve something else at a port; yield what is asked of it."""
    Stranger.heard.clear()
    end = time.monotonic() + 30
    while True:
        try:
            server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Stranger)
            break
        except OSError:  # the killed process has not gone yet
            assert time.monotonic() < end
            time.sleep(0.1)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Stranger.heard
    server.shutdown()
    server.server_close()


class Command:
    """The command that serves a class from a folder, as often as it is started.

    Attributes
    ----------
    folder : Path
        The hub's folder.
    started : list
        Each start of it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[object] = []

    def start(self, *students: str) -> object:
        """Start the hub for these students, and return it."""
        from benchmarks.hub import Hub

        roster = self.folder.with_name("roster.csv")
        roster.write_text("id\n" + "\n".join(students) + "\n", encoding="utf-8")
        hub = Hub(self.folder, PORT, str(roster), "--secret", str(self.folder.with_name("secret")))
        self.started.append(hub)
        assert hub.students, hub.said
        return hub


@pytest.fixture
def command(place: Path, need_hub: None, request: pytest.FixtureRequest) -> Iterator[Command]:  # noqa: F811
    """Yield a command that has not started yet; whatever it starts has ended when the test ends."""
    folder = place / request.node.name[:30] / "hub"
    folder.parent.mkdir(mode=0o755)
    found = Command(folder)
    yield found
    try:
        for one in found.started:
            one.process.send_signal(signal.SIGINT)
            one.process.communicate(timeout=60)
        assert helpers(folder) == [] and list_servers(folder) == [], "no process is left"
    finally:
        processes.end_processes(folder, "SAMARKAND_HUB", "SAMARKAND_WORK")


def kill(hub: object) -> None:
    """Kill the command and JupyterHub, as when memory runs out; nothing of theirs can tidy up."""
    below = psutil.Process(hub.process.pid).children()
    hub.process.kill()
    for process in below:
        if "jupyterhub" in process.cmdline():
            process.kill()
    hub.process.wait()


def come_back(old: object, new: object) -> None:
    """Let a student's browser, which knows the old hub, go on with the new one."""
    new.web, new.kernel = old.web, old.kernel
    end = time.monotonic() + 60
    while True:
        try:
            new.connect()
            return
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.5)


def arrive(hub: object) -> object:
    """Let the first student of a hub come and start a kernel."""
    student = hub.students[0]
    assert student.sign_in()
    student.open()
    student.begin()
    return student


def test_a_student_has_her_kernel_again_and_is_led_to_no_stranger(command):
    ada = arrive(command.start("ada", "bob"))
    hub = command.started[0]
    text = secrets.token_hex()
    assert printed(ada, KEEP.format(text=text)) == text
    noted = command.folder / door.PORTS
    before, servers = door.read_ports(noted), [one.pid for one in hub.processes(ada)]
    kill(hub)
    with take_port(before["ada"]) as heard:
        again = command.start("ada", "bob")
        after = door.read_ports(noted)
        assert after["ada"] not in before.values() and after["bob"] == before["bob"]
        come_back(ada, again.students[0])
        assert printed(again.students[0], "print(json.dumps(kept))") == text, "her kernel has gone on"
        late = "import samarkand.explore.sco_explorer as late; print(json.dumps(late.__name__))"
        assert printed(again.students[0], late), "and the course that it reads is there"
        assert [one.pid for one in again.processes(ada)] == servers
        assert heard == [], "she is not led to whoever has her old port"


def test_whoever_has_the_number_of_a_server_that_has_ended_is_left_alone(command):
    """As after a start of the machine, when what the hub has noted is of other processes."""
    ada = arrive(command.start("ada", "bob"))
    noted = command.folder / door.PORTS
    port = door.read_ports(noted)["ada"]
    kill(command.started[0])
    processes.end_processes(command.folder, "SAMARKAND_HUB", "SAMARKAND_WORK")
    other = subprocess.Popen(["sleep", "600"], start_new_session=True)
    try:
        with contextlib.closing(sqlite3.connect(command.folder / "jupyterhub.sqlite")) as database:
            told = database.execute("UPDATE spawners SET state = ?", (json.dumps({"pid": other.pid}),))
            assert told.rowcount
            database.commit()
        noted.write_text('{"ada": ', encoding="utf-8")  # half of what it was
        with take_port(port) as heard:
            again = command.start("ada", "bob").students[0]
            again.web = ada.web
            again.open()
            again.begin()
            assert printed(again, "import json; print(json.dumps(1))") == 1
            assert heard == [] and other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_servers_of_those_who_have_left_are_ended(tmp_path):
    homes = {name: tmp_path / "homes" / name for name in ("ada", "cyn")}
    running = {}
    for name, home in homes.items():
        environment = os.environ | {"SAMARKAND_WORK": str(home / "my_work")}
        running[name] = subprocess.Popen(["sleep", "600"], env=environment)
    try:
        end = time.monotonic() + 20
        while not all(processes.works_in(one.pid, homes[name]) for name, one in running.items()):
            assert time.monotonic() < end
            time.sleep(0.05)
        serving.end_servers_of_others(tmp_path, [homes["ada"]])
        assert running["cyn"].wait(20) is not None and running["ada"].poll() is None
    finally:
        for one in running.values():
            one.kill()
            one.wait()


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"ada": 4',
        "[]",
        "null",
        '{"ada": "9", "bob": 70000, "cyn": -1, "dai": true}',
        "[" * 100_000,
        "\xff",
    ],
)
def test_ports_that_are_damaged_are_none(text, tmp_path):
    (tmp_path / "ports.json").write_bytes(text.encode("latin-1"))
    assert door.read_ports(tmp_path / "ports.json") == {}


def test_a_number_is_believed_only_of_the_process_that_was_meant(tmp_path):
    home = tmp_path / "homes" / "ada"
    environment = os.environ | {"SAMARKAND_WORK": str(home / "my_work")}
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env=environment) as hers:
        end = time.monotonic() + 20
        while not processes.works_in(hers.pid, home):  # until it is Python, and no copy of this process
            assert time.monotonic() < end
            time.sleep(0.05)
        assert not processes.works_in(hers.pid, home.with_name("ad"))
        assert not processes.works_in(os.getpid(), home) and not processes.works_in(1, home)
        hers.communicate(b"\n")
    assert not processes.works_in(hers.pid, home)
