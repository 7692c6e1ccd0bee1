"""Load test of the hub: 30 students within a minute open lesson 03, run it all, move controls and save.

    .venv/bin/python benchmarks/hub.py             the servers start when their students come
    .venv/bin/python benchmarks/hub.py --warm      they run already, as after a break
    .venv/bin/python benchmarks/hub.py --faults    3 students, while processes are killed and a disk is full
    .venv/bin/python benchmarks/hub.py --students 60 --replayed 240 --within 300

The last one shows what a class of 300 asks of hub and proxy, on a machine that has no room for 300 servers:
60 students work, and of the others the hub sees all (they sign in, a confined server starts, pages and saved
notebooks go through the proxy), but their server is a small one that answers without working.

It needs requirements-hub.lock and the proxy (deploy/README.md), Linux, and a machine with nothing else to do;
as root the disk is filled, too. It talks to this machine only, and ends after five minutes at most, with
replayed students after a quarter of an hour.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psutil
import requests
import websocket
from jupyter_client.session import Session

from samarkand_grading.classroom.hub import confinement

LESSON = "lessons/03_the_sco.ipynb"
#: The maximum of seconds for the whole benchmark.
LIMIT = 270
#: The same with replayed students.
LONG_LIMIT = 900
#: What a replayed student's JupyterLab asks for: so many requests to open, one each so many seconds, and a
#: notebook of so many bytes saved each so many seconds. Counted in lesson 03, in a browser.
REQUESTS_TO_OPEN, SECONDS_BETWEEN, BYTES_SAVED, SECONDS_TO_SAVE = 60, 5, 300_000, 30
#: The server of a replayed student: it meets visitors as the real one does, and answers each request.
STAND_IN = """
import http.server, os, socket
class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
    do_HEAD = do_PUT = do_POST = do_GET
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers, bind_and_activate=False)
def connect(name):
    made = socket.socket(socket.AF_UNIX)
    made.connect(os.environ["DOOR_VARIABLE"] + name)
    return made
bell = connect("/bell.sock")
while bell.recv(1):
    server.process_request(connect("/entrance.sock"), ("", 0))
"""
#: What is added to the hub's settings: of each {one_in} students one works, and the others are replayed; no
#: limit on servers by the memory of this machine.
REPLAY = """
names = list(students)
class Replayed(OwnFolder):
    def list_words(self):
        if names.index(self.user.name) % {one_in}:
            return [sys.executable, "-S", "-P", "-c", {program!r}]
        return super().list_words()
c.JupyterHub.spawner_class = Replayed
c.JupyterHub.active_server_limit = 0
"""


class Student:
    """A student's browser: it signs in, opens notebooks, runs cells, moves controls and saves."""

    def __init__(self, hub: str, name: str, password: str) -> None:
        self.hub, self.name, self.password = hub, name, password
        self.base = f"{hub}/user/{requests.utils.quote(name)}/"
        self.web, self.messages = requests.Session(), Session()
        self.socket: websocket.WebSocket | None = None
        self.kernel = ""
        self.sent_away = 0

    def sign_in(self) -> bool:
        """Sign in with name and password; return whether the hub accepts them."""
        self.web.get(f"{self.hub}/hub/login", timeout=60).raise_for_status()
        form = {"username": self.name, "password": self.password}
        form["_xsrf"] = self.web.cookies.get("_xsrf", path="/hub/") or ""
        answer = self.web.post(f"{self.hub}/hub/login?next=/hub/home", form, timeout=60)
        return answer.status_code == 200 and answer.url.endswith("/hub/home")

    def open(self, path: str = LESSON, patience: float = LIMIT) -> None:
        """Follow the link to a notebook until JupyterLab opens; `RuntimeError` has the hub's error page.

        A hub that starts as many servers as it may says after how many seconds to come again: she does.
        """
        end, link = time.monotonic() + patience, f"{self.hub}/hub/user-redirect/lab/tree/{path}"
        at = link
        while True:
            page = self.web.get(at, timeout=120)
            if page.ok and page.url.startswith(f"{self.base}lab/"):
                return
            if page.status_code == HTTPStatus.TOO_MANY_REQUESTS and time.monotonic() < end:
                self.sent_away += 1
                time.sleep(float(page.headers.get("Retry-After", "30")))
                at = link
                continue
            if not page.ok or time.monotonic() > end:
                raise RuntimeError(f"{page.status_code} {page.url}: {page.text}")
            at = page.url
            time.sleep(0.5)

    def ask(self, path: str, method: str = "GET", said: Any = None) -> Any:
        """Send a request to the student's server, as JupyterLab does; return the JSON of the response."""
        token = self.web.cookies.get("_xsrf", path=self.base.removeprefix(self.hub))
        address, headers = f"{self.base}api/{path}", {"X-XSRFToken": token}
        answer = self.web.request(method, address, json=said, headers=headers, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def begin(self, path: str = LESSON) -> None:
        """Start the notebook's kernel and connect to it."""
        session = {"path": path, "name": "", "type": "notebook", "kernel": {"name": "python3"}}
        self.kernel = self.ask("sessions", "POST", session)["kernel"]["id"]
        self.connect()

    def connect(self) -> None:
        """Open a websocket to the running kernel."""
        cookies = self.web.cookies.get_dict() | {"_xsrf": ""}
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        address = f"{self.base.replace('http', 'ws', 1)}api/kernels/{self.kernel}/channels"
        self.socket = websocket.create_connection(address, cookie=cookie, timeout=120)

    def say(self, kind: str, content: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Send the kernel a message; yield its replies until it is idle."""
        assert self.socket is not None
        message = self.messages.msg(kind, content) | {"channel": "shell"}
        self.socket.send(json.dumps(message, default=str))
        while True:
            answer = json.loads(self.socket.recv())
            if answer["parent_header"].get("msg_id") == message["msg_id"]:
                if answer["msg_type"] == "status" and answer["content"]["execution_state"] == "idle":
                    return
                yield answer

    def run(self, code: str) -> list[dict[str, Any]]:
        """Run a cell; return the kernel's messages."""
        return list(self.say("execute_request", {"code": code, "allow_stdin": False}))

    def work(self, arrived: float) -> dict[str, Any]:
        """Run the lesson, move each control five times, save; return seconds since arrival (moves: ms)."""
        seen: dict[str, Any] = {"name": self.name, "opened": time.monotonic() - arrived, "moves": []}
        notebook = self.ask(f"contents/{LESSON}")["content"]
        self.begin()
        controls = []
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        for cell, message in ((one, message) for one in code for message in self.run(one["source"])):
            kind, content = message["msg_type"], message["content"]
            if kind == "error":
                raise RuntimeError(f"{cell['source'][:60]}: {content['evalue']}")
            if kind == "comm_open" and (choices := content["data"]["state"].get("_options_labels")):
                controls.append((content["comm_id"], len(choices)))
            if kind in ("display_data", "execute_result"):
                data = content["data"]
                cell["outputs"].append({"output_type": "display_data", "metadata": {}, "data": data})
                if "leaflet" in str(data.get("text/html", "")).lower():
                    seen.setdefault("map", time.monotonic() - arrived)
        for comm, choices in controls:
            for turn in range(1, 6):
                began = time.perf_counter()
                data = {"method": "update", "state": {"index": turn % choices}, "buffer_paths": []}
                list(self.say("comm_msg", {"comm_id": comm, "data": data}))
                seen["moves"].append(1000 * (time.perf_counter() - began))
        self.save(f"Saved by {self.name}.", notebook)
        seen["done"] = time.monotonic() - arrived
        return seen

    def replay(self, arrived: float, end: Callable[[], bool]) -> dict[str, Any]:
        """Ask for what JupyterLab asks, until it is the end; return seconds until all was there."""
        for _ in range(REQUESTS_TO_OPEN):
            self.web.get(f"{self.base}api/status", timeout=60).raise_for_status()
        opened = time.monotonic() - arrived
        slowest, saved = 0.0, time.monotonic()
        while not end():
            began = time.monotonic()
            if began - saved > SECONDS_TO_SAVE:
                body, saved = bytes(BYTES_SAVED), began
                self.web.put(f"{self.base}api/contents/x", body, timeout=60).raise_for_status()
            else:
                self.web.get(f"{self.base}api/status", timeout=60).raise_for_status()
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(SECONDS_BETWEEN)
        return {"name": self.name, "opened": opened, "slowest": slowest}

    def save(self, word: str, notebook: Any = None) -> None:
        """Append a line to the lesson's first cell and save it."""
        notebook = notebook or self.ask(f"contents/{LESSON}")["content"]
        notebook["cells"][0]["source"] += f"\n\n{word}"
        self.ask(f"contents/{LESSON}", "PUT", {"type": "notebook", "format": "json", "content": notebook})


class Hub:
    """A running hub for a benchmark or test, with its students; a context manager that stops it by SIGINT.

    `before` are words that come before the command, such as those that make it another user's; `python` is
    the Python that runs it.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        students: str,
        *options: str,
        before: Sequence[str] = (),
        python: str = sys.executable,
    ) -> None:
        self.folder, self.said, self.students = folder, list[str](), list[Student]()
        command = [*before, python, "-P", "-m", "samarkand", "hub", "--students", students]
        command += ["--folder", str(folder), "--port", str(port)]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        self.process = subprocess.Popen([*command, *options], **pipes)
        for line in self.process.stdout or ():
            self.said.append(line)
            if line.startswith("Ctrl-C"):
                with (folder / "class.csv").open(encoding="utf-8", newline="") as file:
                    for row in csv.DictReader(file):
                        own = Student(f"http://127.0.0.1:{port}", row["sign_in_as"], row["password"])
                        self.students.append(own)
                break

    def __enter__(self) -> Hub:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGINT)
        with contextlib.suppress(ValueError):  # ended already
            self.said += [self.process.communicate(timeout=60)[0]]

    def processes(self, student: Student) -> list[psutil.Process]:
        """Return the processes of a student's server and kernels, in starting order."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                work = process.environ().get("SAMARKAND_WORK", "")
                if work == str(self.home(student) / "my_work") and process.name() not in ("bwrap", "sh"):
                    found.append(process)
        return sorted(found, key=psutil.Process.create_time)

    def home(self, student: Student) -> Path:
        """Return a student's folder; in this class the ids equal the sign-in names."""
        return self.folder / "homes" / student.name

    def lesson(self, student: Student) -> Path:
        """Return the path of a student's copy of the lesson."""
        return self.home(student) / "my_work" / LESSON


def arrive(hub: Hub, within: float, warm: bool) -> None:
    """Let the whole class sign in, work and save; print the waiting times."""

    def come(turn: int) -> dict[str, Any]:
        student = hub.students[turn]
        time.sleep(max(0, begin + within * turn / len(hub.students) - time.monotonic()))
        arrived = time.monotonic()
        assert warm or student.sign_in()
        student.open()
        return student.work(arrived)

    with ThreadPoolExecutor(len(hub.students)) as pool:
        if warm:
            list(pool.map(lambda one: one.sign_in() and one.open(), hub.students))
        begin = time.monotonic()
        coming = [pool.submit(come, turn) for turn in range(len(hub.students))]
        done = [one.result() for one in coming if not one.exception()]
    for one in filter(None, (one.exception() for one in coming)):
        print(f"failed: {str(one)[:300]}")
    lessons = {one.name: hub.lesson(one) for one in hub.students}
    saved = [path.is_file() and f"Saved by {name}." in path.read_text() for name, path in lessons.items()]
    print(f"{len(done)} of {len(saved)} ran all and saved; {sum(saved)} notebooks hold what was saved last")
    if done:
        maps, moves = [one["map"] for one in done], [move for one in done for move in one["moves"]]
        tenths = statistics.quantiles(moves, n=10)
        print(f"first map: median {statistics.median(maps):.1f} s, longest {max(maps):.1f} s after arrival")
        print(f"all done: {max(one['done'] for one in done):.1f} s after arrival at the latest")
        print(f"{len(moves)} moves: median {tenths[4]:.1f} ms, 90th percentile {tenths[8]:.1f} ms")
    used = [hub.processes(student) for student in hub.students]
    memory = [sum(one.memory_full_info().pss for one in own) / 1e6 for own in used]
    seconds = [sum(sum(one.cpu_times()[:2]) for one in own) for own in used]
    print(f"a student: {statistics.mean(memory):.0f} MB (PSS), {statistics.mean(seconds):.1f} s of CPU")


def replay_class(hub: Hub, one_in: int, within: float) -> None:
    """Let a class come of which one in so many works; print what the others, hub and proxy take."""
    working = {turn for turn in range(len(hub.students)) if turn % one_in == 0}
    finished: list[int] = []

    def come(turn: int) -> dict[str, Any]:
        student = hub.students[turn]
        time.sleep(max(0, begin + within * turn / len(hub.students) - time.monotonic()))
        arrived = time.monotonic()
        try:
            assert student.sign_in(), "was not let in"
            student.open(patience=LONG_LIMIT)
            if turn in working:
                return student.work(arrived)
            return student.replay(arrived, lambda: len(finished) == len(working))
        finally:
            if turn in working:
                finished.append(turn)

    begin = time.monotonic()
    with ThreadPoolExecutor(len(hub.students)) as pool:
        coming = [pool.submit(come, turn) for turn in range(len(hub.students))]
        failed = [one.exception() for one in coming]
    took = time.monotonic() - begin
    reasons: dict[str, int] = {}
    for error in filter(None, failed):
        reason = f"{type(error).__name__}: {str(error)[:200]}"
        reasons[reason] = reasons.get(reason, 0) + 1
    for reason, times in reasons.items():
        print(f"failed, {times} students: {reason}")
    real = [one.result() for turn, one in enumerate(coming) if turn in working and not failed[turn]]
    others = [one.result() for turn, one in enumerate(coming) if turn not in working and not failed[turn]]
    print(f"{len(real)} of {len(working)} who worked ran all and saved, in {took:.0f} s together")
    print(f"{len(others)} of {len(failed) - len(working)} replayed students were served to the end")
    again = [one.sent_away for one in hub.students if one.sent_away]
    print(f"{len(again)} were asked to come again later, {max(again, default=0)} times at most")
    for who, those in (("working", real), ("replayed", others)):
        if those:
            waits = sorted(one["opened"] for one in those)
            print(f"{who}: opened after {statistics.median(waits):.1f} s (median), {waits[-1]:.1f} s at most")
    if others:
        print(f"slowest answer once open: {max(one['slowest'] for one in others):.2f} s")
    (child,) = (p for p in psutil.Process(hub.process.pid).children() if "jupyterhub" in p.cmdline())
    proxy = psutil.Process(int((hub.folder / "proxy.pid").read_text()))
    for name, process in (("hub", child), ("proxy", proxy)):
        used = sum(process.cpu_times()[:2])
        memory = process.memory_info().rss / 1e6
        print(f"{name}: {used:.0f} s of CPU ({used / took:.0%} of one processor), {memory:.0f} MB")


def break_things(hub: Hub) -> None:
    """Kill the hub, its proxy, a kernel and a server, and fill a disk; print whether saved work survived."""
    ada, _, cyn = hub.students
    disk, full = hub.home(cyn), os.geteuid() == 0
    if full:
        options = f"size=12M,mode=700,uid={disk.stat().st_uid},gid={disk.stat().st_gid}"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk], check=True)
    try:
        for one in (ada, cyn):
            assert one.sign_in()
            go_on(one, "First.")
        (child,) = (p for p in psutil.Process(hub.process.pid).children() if "jupyterhub" in p.cmdline())
        victims: dict[str, Callable[[], int]] = {
            "hub": lambda: child.pid,
            "proxy": lambda: int((hub.folder / "proxy.pid").read_text()),
            "kernel": lambda: hub.processes(ada)[1].pid,
            "server": lambda: hub.processes(ada)[0].pid,
        }
        for name, find in victims.items():
            words = (f"Saved before the {name} was killed.", f"Saved after the {name} was killed.")
            ada.save(words[0])
            os.kill(find(), signal.SIGKILL)
            time.sleep(0.5)
            seconds, text = go_on(ada, words[1]), hub.lesson(ada).read_text()
            lost = [word for word in words if word not in text]
            print(f"kill -9 of the {name}: on after {seconds:.1f} s; lost of what was saved: {lost}")
        if full:
            fill(hub, cyn)
    finally:
        if full:
            hub.__exit__()
            subprocess.run(["umount", "--lazy", disk], check=True)


def go_on(student: Student, word: str) -> float:
    """Retry as a person would until a kernel runs and saving works; return the seconds."""
    began = time.monotonic()
    while True:
        try:
            student.open(patience=5)
            student.begin()
            student.run("x = 1")
            student.save(word)
            return time.monotonic() - began
        except (OSError, RuntimeError, websocket.WebSocketException):
            if time.monotonic() > began + 90:
                raise
            time.sleep(0.5)


def fill(hub: Hub, student: Student) -> None:
    """Fill a student's disk, save, restart the server, make room, and save again; print what happened."""
    student.connect()  # the proxy's death ended what there was
    lesson, stuff = hub.lesson(student), hub.home(student) / "stuff"
    with contextlib.suppress(OSError), stuff.open("wb", buffering=0) as file:
        while file.write(bytes(1 << 12)):
            pass
    before, taken, opens = lesson.read_bytes(), False, False
    with contextlib.suppress(OSError):
        student.save("While it was full.")
        taken = True
    whole = lesson.read_bytes() == before
    runs = any(message["msg_type"] == "stream" for message in student.run("print(x)"))
    hub.processes(student)[0].kill()
    end = time.monotonic() + 60
    while not opens and time.monotonic() < end:
        time.sleep(1)
        with contextlib.suppress(OSError, RuntimeError):
            student.open(patience=10)
            opens = bool(student.ask(f"contents/{LESSON}"))
    stuff.unlink()
    student.save("Saved when there was room again.")
    print(f"a full disk: a save was taken: {taken}; the notebook is whole: {whole}; the kernel ran: {runs};")
    print(f"    a new server opened: {opens}; with room again, all was saved")


def write_settings(folder: Path, one_in: int) -> str:
    """Write settings of a hub in which one of so many students works; return the path of the file."""
    ours = Path(__file__).resolve().parents[1] / "deploy" / "hub" / "jupyterhub_config.py"
    program = STAND_IN.replace("DOOR_VARIABLE", confinement.DOOR_VARIABLE)
    text = ours.read_text(encoding="utf-8").replace("Path(__file__).parent", f"Path({str(ours.parent)!r})")
    file = folder / "jupyterhub_config.py"
    file.write_text(text + REPLAY.format(one_in=one_in, program=program), encoding="utf-8")
    return str(file)


def main() -> None:
    """Run one of the four benchmarks."""
    how = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=how)
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--within", type=float, default=60, help="seconds in which they come; 60")
    parser.add_argument("--warm", action="store_true", help="the servers run when the students come")
    parser.add_argument("--faults", action="store_true", help="kill processes, fill a disk")
    parser.add_argument("--port", type=int, default=9300)
    replayed = "so many more, of whom hub and proxy see all, and whose servers do no work"
    parser.add_argument("--replayed", type=int, default=0, help=replayed)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        count = 3 if options.faults else options.students + options.replayed
        one_in = count // options.students
        words = ["--config", write_settings(Path(folder), one_in)] if options.replayed else []
        with Hub(Path(folder, "hub"), options.port, str(count), *words) as hub:
            if not hub.students:
                sys.exit("".join(hub.said))
            # Whoever has not finished by then fails, since the hub is gone.
            signal.signal(signal.SIGALRM, lambda *_: hub.process.send_signal(signal.SIGINT))
            signal.alarm(LONG_LIMIT if options.replayed else LIMIT)
            if options.replayed:
                replay_class(hub, one_in, options.within)
            elif options.faults:
                break_things(hub)
            else:
                arrive(hub, options.within, options.warm)


if __name__ == "__main__":
    main()
