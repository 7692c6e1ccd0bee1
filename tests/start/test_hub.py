"""A class on a hub: each student's own numbers and folder, and nobody else's."""

import asyncio
import base64
import contextlib
import errno
import json
import os
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from first_cell import change_first_cell

from samarkand.common import journal
from samarkand.common.errors import CourseError, DamagedData
from samarkand.lab import copies
from samarkand.practice import notes, work_zip
from samarkand.practice.sets import desk, numbers
from samarkand_grading.classroom.course import Course
from samarkand_grading.classroom.hub import (
    addresses,
    class_list,
    confinement,
    door,
    folders,
    guesses,
    logs,
    processes,
    relay,
    serving,
    system_calls,
)
from samarkand_grading.marking import checks

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "deploy" / "hub"
#: Students of the class; the folder of the last cannot be written to.
CLASS = ("Zoë Müller", "ada", "o'brien")
PORT = 9420
#: What lies in the home of whoever runs the hub.
KEY = secrets.token_hex()

#: Student's code: prints her id, her numbers, and the transport between her kernel and server.
GIVEN = """import json, ipykernel
from samarkand.practice.sets import desk
how = json.load(open(ipykernel.get_connection_file()))["transport"]
print(json.dumps([desk.find_student(), desk.Desk("ex03_the_sco").given, how]))"""
#: The cell with which a student looks for everything that is not hers.
HOSTILE = (Path(__file__).with_name("hostile.py")).read_text(encoding="utf-8")
#: A user id for the ordinary user who runs a hub.
SOMEBODY = 54321
#: The number of the system call `keyctl`; of `add_key` it is two less, on each processor.
KEYCTL = {"x86_64": 250, "aarch64": 219}.get(os.uname().machine if hasattr(os, "uname") else "", 250)
#: Runs a command whose processes inherit a key of whoever runs the hub, where the kernel keeps keys.
KEYED = f"""import ctypes, os, sys
call = ctypes.CDLL(None).syscall
call({KEYCTL}, 1, None)
call({KEYCTL - 2}, b"user", b"samarkand-test", b"hers", 4, -3)
os.execvp(sys.argv[1], sys.argv[1:])"""
#: What the neighbour has: a variable, a file here and there, a port and an abstract socket.
NEIGHBOUR = """import ipykernel, json, pathlib, socket
mine = {text!r}
for place in (".", "/tmp", "/dev/shm"):
    pathlib.Path(place, "neighbours.txt").write_text(mine)
port = socket.create_server(("127.0.0.1", 0))
abstract = socket.socket(socket.AF_UNIX)
abstract.bind("\\0neighbours")
abstract.listen()
key = json.loads(pathlib.Path(ipykernel.get_connection_file()).read_text())["key"]
print(json.dumps([port.getsockname()[1], key]))"""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Yield a folder that other users may traverse, unlike pytest's."""
    folder = Path(tempfile.gettempdir(), f"samarkand-hub-{os.getpid()}")
    folder.mkdir(mode=0o711)
    yield folder
    shutil.rmtree(folder)


@contextlib.contextmanager
def served(
    place: Path, port: int, ids: Sequence[str], user: int | None = None, programs: str = ""
) -> Iterator[object]:
    """Yield the hub of a class. Its path has a blank and an umlaut, and so has that of the course for root.

    Root's course is below a folder that is closed to everybody else. With a `user`, root starts their hub.
    Without `ids` it is a trial for one; `programs` is a folder that holds all programs there are.
    """
    from benchmarks.hub import Hub

    within = place / "Kurs für Xi"
    own = within / "home"
    (own / ".ssh").mkdir(parents=True)
    (own / ".ssh" / "id_ed25519").write_text(KEY)
    (within / "roster.csv").write_text("id\n" + "\n".join(ids), encoding="utf-8")
    before, python = ["env", f"HOME={own}"], sys.executable
    if os.geteuid() == 0:
        course = within / ("course" if user else "closed/course")
        course.mkdir(parents=True)
        course.parent.chmod(0o755 if user else 0o700)
        if Path(sys.prefix).is_relative_to(ROOT):
            python = str(course / Path(sys.executable).relative_to(ROOT))
        before += see_course_at(course, for_all=user is not None)
    if user:
        for path in (within, own, own / ".ssh", own / ".ssh" / "id_ed25519"):
            os.chown(path, user, user)
        before += ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--"]
    before += [python, "-P", "-c", KEYED]
    if programs:
        before += ["env", f"PATH={programs}"]
    students, secret = str(within / "roster.csv") if ids else "1", str(own / "secret")
    with Hub(within / "hub", port, students, "--secret", secret, before=before, python=python) as hub:
        assert hub.students, hub.said
        yield hub
    assert helpers(hub.folder) == [] and hub.process.returncode == 130
    assert list_servers(within) == []


def see_course_at(course: Path, *, for_all: bool) -> list[str]:
    """Return the words after which a command of root sees the course at another path, too.

    `for_all` opens the way to Python, which may lie where only root comes.
    """
    commands = [["mount", "--bind", str(ROOT), str(course)]]
    base = Path(sys.base_prefix)
    closed = [up for up in base.parents if not up.stat().st_mode & 0o001]
    if for_all and closed:
        aside = str(course.with_name("python"))
        commands += [["mkdir", aside], ["mount", "--bind", str(base), aside]]
        commands += [["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(closed[-1])]]
        commands += [["mkdir", "-p", str(base)], ["mount", "--bind", aside, str(base)]]
    script = "\n".join(["set -e", "umask 022", *map(shlex.join, commands), 'exec "$@"'])
    return ["unshare", "--mount", "sh", "-c", script, "sh"]


@pytest.fixture(scope="module")
def hub(place: Path, need_hub: None) -> Iterator[object]:
    """Return a hub that serves the class until the last test has ended."""
    with served(place / "own", PORT, CLASS) as found:
        yield found


@pytest.fixture(scope="module")
def ordinary_hub(place: Path, need_hub: None) -> Iterator[object]:
    """Return a hub that an ordinary user has started, with a class of two."""
    with served(
        place / "ordinary", PORT + 10, ("bob", "ada"), SOMEBODY if os.geteuid() == 0 else None
    ) as found:
        yield found


def list_servers(within: Path) -> list[str]:
    """Return the folders of students in which any process works, whosever it is."""
    import psutil

    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            work = process.environ().get("SAMARKAND_WORK", "/")
            if Path(work).is_relative_to(within):
                found.append(work)
    return found


def helpers(folder: Path) -> list[str]:
    """Return the command lines of the processes that JupyterHub, its proxy and its services are."""
    import psutil

    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("SAMARKAND_HUB") == str(folder):
                found.append(" ".join(process.cmdline()))
    return found


def printed(student, code: str):
    """Run a student's code; return its output, parsed as JSON."""
    said = [m["content"] for m in student.run(code) if m["msg_type"] in ("stream", "error")]
    assert [one.get("name") for one in said] == ["stdout"], said
    return json.loads(said[0]["text"])


def test_a_student_has_the_numbers_of_home_and_her_folder_is_nobody_elses(hub):
    """Where the work is marked numbers are drawn as here; tests/grading/test_bundle.py does it at home."""
    course = Course(secret=hub.folder.parent / "home" / "secret")
    exercise = checks.load_set(course.check_folder, "ex03_the_sco")
    zoe, ada, _ = hub.students
    for student, name in zip((zoe, ada), CLASS, strict=False):
        arrive(student)
        own = numbers.draw_numbers(course.seed(), name, exercise.id, exercise.options, course.places)
        assert printed(student, GIVEN) == [name, json.loads(json.dumps(own)), "ipc"]
    assert ada.ask("contents/lessons/03_the_sco.ipynb")["writable"]
    assert {(hub.folder / name).stat().st_mode & 0o077 for name in ("class.csv", "jupyterhub.sqlite")} == {0}
    assert zoe.web.get(f"{ada.base}api/contents", timeout=60).status_code in (403, 404)


def arrive(student) -> None:
    """Let a student sign in, open a lesson and start a kernel; connect anew to the one she has."""
    if student.kernel:
        student.connect()
    else:
        assert student.sign_in()
        student.open("lessons/03_the_sco.ipynb")
        student.begin()


#: Student's code: bring in the file beside the lessons by the line for a terminal, and write a note.
BRING = """import json, subprocess, sys
command = [sys.executable, "-P", "-m", "samarkand", "bring", {file!r}]
done = subprocess.run(command, capture_output=True)
from samarkand.common import journal
from samarkand.practice import notes
if done.returncode == 0:
    form = notes.note("07.line")
    form.fill("on the hub")
    form.save()
entries = journal.read_journal("notes").entries
print(json.dumps([done.returncode, sorted(entry["text"] for entry in entries)]))"""
#: Student's code: make one file of all work, as the button does.
TAKE = """import base64, json
from samarkand.practice import work_zip
print(json.dumps(base64.b64encode(work_zip.pack_work()).decode()))"""


def take_from_home(folder: Path, student: str, text: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Return the work of a student on a machine of her own: a changed lesson and a note."""
    monkeypatch.setenv("SAMARKAND_WORK", str(folder / "my_work"))
    copies.replace_copy("00")
    desk.sign_in(student)
    change_first_cell(folder / "my_work" / copies.FIRST, text)
    form = notes.note("07.line")
    form.fill(text)
    form.save()
    return work_zip.pack_work()


def test_work_comes_to_a_hub_from_home_and_goes_on_from_it(hub, tmp_path, monkeypatch):
    _, ada, _ = hub.students
    arrive(ada)
    works = {"mine.zip": take_from_home(tmp_path / "home", "ada", "at home", monkeypatch)}
    works["bobs.zip"] = take_from_home(tmp_path / "bob", "bob", "of bob", monkeypatch)
    for name, body in works.items():  # as JupyterLab uploads a file
        content = {"type": "file", "format": "base64", "content": base64.b64encode(body).decode()}
        ada.ask(f"contents/{name}", "PUT", content)
    assert printed(ada, BRING.format(file="../bobs.zip")) == [1, []], "the work of another is refused whole"
    assert printed(ada, BRING.format(file="../mine.zip")) == [0, ["at home", "on the hub"]]
    cells = ada.ask(f"contents/{copies.FIRST}")["content"]["cells"]
    assert cells[0]["source"] == "at home", "nobody had worked in the copy that was there"
    taken = base64.b64decode(printed(ada, TAKE))
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "home" / "my_work"))
    work_zip.bring_work(taken)
    assert sorted(one["text"] for one in journal.read_journal("notes").entries) == ["at home", "on the hub"]
    assert work_zip.bring_work(taken) == [], "twice changes nothing"


@pytest.mark.parametrize(
    "everything", [False, pytest.param(True, marks=pytest.mark.nightly)], ids=["new", "everything"]
)
@pytest.mark.parametrize("whose", ["hub", "ordinary_hub"])
def test_a_student_reaches_the_course_and_her_own_folder_and_nothing_else(whose, everything, request):
    hub = request.getfixturevalue(whose)
    attacker, neighbour = hub.students[:2]
    arrive(attacker)
    arrive(neighbour)
    text = secrets.token_hex()
    work = hub.home(neighbour) / "my_work"
    neighbours_port, kernels_key = printed(neighbour, NEIGHBOUR.format(text=text))
    servers = hub.processes(neighbour)
    tokens = [one.environ()["JUPYTERHUB_API_TOKEN"] for one in servers]
    check = (ROOT / "exercises" / "checks" / "ex03_the_sco.py").read_bytes()
    key, secret = hub.folder.parent / "home" / ".ssh" / "id_ed25519", hub.folder.parent / "home" / "secret"
    markers = {
        "the neighbour's text": text.encode(),
        "the key of the neighbour's kernel": kernels_key.encode(),
        "the neighbour's token": tokens[0].encode(),
        "the class's secret": secret.read_bytes().strip(),
        "a key of whoever runs the hub": KEY.encode(),
        "right answers": max(check.splitlines(), key=len),
        "passwords": neighbour.password.encode(),
        "the hub's secret of cookies": (hub.folder / "cookie_secret").read_bytes().strip(),
    }
    address = servers[0].environ()["JUPYTERHUB_SERVICE_URL"]
    asked = {
        "markers": {name: value.hex() for name, value in markers.items()},
        "all": everything,
        "since": (hub.folder / "class.csv").stat().st_ctime - 60,
        "names": [
            "/.git",
            "/exercises/checks",
            "/exercises/source",
            "/samarkand_grading",
            "/class.csv",
            "/hub.log",
        ],
        "writes": [
            str(one) for one in (hub.folder / "course" / "new.txt", work / "new.txt", key, "/etc/new")
        ],
        "processes": [one.pid for one in servers],
        "ports": [neighbours_port, urlsplit(address).port, *range(PORT, PORT + 13)],
        "abstract": ["neighbours"],
        "keyctl": KEYCTL,
    }
    own = printed(attacker, "import json, os; print(json.dumps(os.environ['JUPYTERHUB_SERVICE_URL']))")
    with socket.create_connection(("127.0.0.1", urlsplit(own).port)) as visitor:  # it asks nothing, and stays
        asked["visitor"] = visitor.getsockname()[1]
        time.sleep(1)
        seen = printed(attacker, f"ASKED = {asked!r}\n{HOSTILE}")
    assert seen["files"] > 10_000 and seen["read"] > 300
    found = [seen[name] for name in ("markers", "writable", "names", "ports", "abstract", "suid")]
    assert found == [[]] * 6
    assert seen["sockets of others"] == [] and seen["interfaces"] == ["lo"]
    assert seen["sockets of another network"] == []
    assert not Path(seen["runtime"]).exists()
    assert len(seen["programs"]) <= 6 and seen["signals"] == []
    assert seen["rights"] == [0, 0, 0, 0] and seen["no new rights"]
    assert seen["calls"] == [] and not seen["last to be ended"]
    assert 0 < seen["connections"] <= 24
    assert seen["limits"] == {
        "processes": "EAGAIN", "file": "EFBIG", "tmp": "ENOSPC", "shm": "ENOSPC", "memory": 2 << 30,
    }  # fmt: skip
    assert (hub.folder / "homes").stat().st_mode & 0o777 == 0o700, "nobody else sees students' names"
    neighbour.connect()  # nobody has listened there for a while
    assert printed(neighbour, "print(json.dumps(mine))") == text
    assert (work / "lessons" / "neighbours.txt").read_text() == text and not (work / "new.txt").exists()


def test_who_cannot_come_in_is_told_why(hub):
    odd = hub.students[2]
    from benchmarks.hub import Student

    assert not Student(odd.hub, odd.name, "guessed").sign_in()
    assert not Student(odd.hub, "nobody", odd.password).sign_in()
    assert any(line.startswith("All servers have one address") for line in hub.said)
    guesser = Student(odd.hub, odd.name, "guessed")  # from elsewhere, as the web server in front says
    guesser.web.headers["X-Forwarded-For"] = "9.9.9.9"
    for _ in range(guesses.FREE):
        assert not guesser.sign_in()
    odd.web.headers["X-Forwarded-For"] = "8.8.8.8"
    began = time.monotonic()
    assert not Student(odd.hub, odd.name, "mistyped").sign_in()
    assert odd.sign_in() and time.monotonic() - began < guesses.PAUSE
    (hub.folder / "homes" / "o'brien").chmod(0o500)
    with pytest.raises(RuntimeError, match="Your copies cannot be written to"):
        odd.open()
    command = [sys.executable, "-P", "-m", "samarkand", "hub", "--students", "2", "--folder"]
    for folder, port, why in (
        ("hub", PORT + 3, "Another hub works in"),
        ("other", PORT + 2, f"Port {PORT + 2}"),
    ):
        done = subprocess.run(
            [*command, str(hub.folder.with_name(folder)), "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1 and done.stderr.startswith(why) and done.stderr.count("\n") == 1


def test_a_killed_hub_starts_again_and_leaves_no_helper_behind(hub):
    import psutil

    before = helpers(hub.folder)
    below = psutil.Process(hub.process.pid).children(recursive=True)
    (child,) = (p for p in below if "jupyterhub" in p.cmdline())
    child.kill()
    end = time.monotonic() + 60
    while child.is_running() or len(helpers(hub.folder)) < len(
        before
    ):  # the proxy and a service follow the hub
        assert time.monotonic() < end
        time.sleep(0.1)
    assert sorted(helpers(hub.folder)) == sorted(before) and len(before) == 3


def test_two_who_would_sign_in_alike_and_too_little_memory_are_named_beforehand(
    tmp_path, monkeypatch, capsys
):
    with pytest.raises(CourseError) as alike:
        class_list.choose_names(["Ada", "ada"])
    assert (alike.value.code, alike.value.fields["ids"]) == ("same sign-in", ["Ada", "ada"])
    with pytest.raises(CourseError) as empty:
        class_list.choose_names([])
    assert empty.value.code == "no student"
    (tmp_path / "limit").write_text("2000000000\n")
    monkeypatch.setattr(serving, "LIMITS", (str(tmp_path / "limit"),))
    fits = serving.count_places(30)
    assert 0 < fits < 30 and f"Only {fits} are let in" in capsys.readouterr().out


def test_passwords_and_folders_stay_when_the_class_changes(tmp_path):
    (tmp_path / "homes").mkdir()
    class_list.write_class(tmp_path, {"ada": "ada"})
    (tmp_path / "homes" / "ada" / "mine.txt").write_text("mine")
    before = (tmp_path / "class.csv").read_text().splitlines()[1]
    class_list.write_class(tmp_path, {"bob": "bob", "ada": "ada"})
    assert (tmp_path / "class.csv").read_text().splitlines()[2] == before
    assert (tmp_path / "homes" / "ada" / "mine.txt").exists() and (tmp_path / "homes" / "bob").is_dir()
    (tmp_path / "class.csv").write_text("name,password\nada,x\n")
    with pytest.raises(DamagedData) as damaged:
        class_list.write_class(tmp_path, {"ada": "ada"})
    assert damaged.value.fields["file"] == tmp_path / "class.csv"


def start_trial(folder: Path, number: str, *before: str) -> subprocess.CompletedProcess[str]:
    """Return what `samarkand hub` says for a trial with so many students, after words that come before it."""
    command = [sys.executable, "-P", "-m", "samarkand", "hub", "--students", number, "--folder", str(folder)]
    command += ["--port", str(PORT + 20)]
    return subprocess.run([*before, *command], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (("--ro-bind", "/dev/null", "/usr/bin/bwrap"), "bubblewrap is not installed"),
        (("--ro-bind", "/dev/null", "/usr/bin/prlimit"), "prlimit"),
        (("--unshare-user", "--uid", "1000", "--disable-userns"), "bubblewrap says"),
    ],
    ids=["no bubblewrap", "no prlimit", "no namespaces"],
)
def test_where_nobody_can_be_kept_apart_a_hub_for_several_does_not_start(before, said, place, need_hub):
    done = start_trial(place / secrets.token_hex(4), "2", "bwrap", "--dev-bind", "/", "/", *before, "--")
    assert done.returncode == 1 and "The hub is at" not in done.stdout
    assert done.stderr.startswith("Students cannot be kept apart here") and said in done.stderr


def test_whoever_is_alone_has_a_hub_without_bubblewrap(tmp_path, monkeypatch):
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "bwrap" else which(name))
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
    chosen = serving.choose_boundary([], [], tmp_path, None, may_be_alone=True)
    assert isinstance(chosen, confinement.NoConfinement)
    assert isinstance(confinement.read_boundary(chosen.to_json()), confinement.NoConfinement)
    for user, may_be_alone in ((SOMEBODY, False), (0, True)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        with pytest.raises(confinement.CannotConfine) as raised:
            serving.choose_boundary([], [], tmp_path, None, may_be_alone=may_be_alone)
        assert raised.value.reason == confinement.Reason.NO_BUBBLEWRAP


def test_a_hub_for_one_without_bubblewrap_says_so_and_leaves_no_secret_of_a_server(place, need_hub):
    programs = place / "programs"
    programs.mkdir()
    (programs / "node").symlink_to(shutil.which("node"))
    user = SOMEBODY if os.geteuid() == 0 else None
    with served(place / "alone", PORT + 30, (), user, programs=str(programs)) as hub:
        assert any(line.startswith("Nothing is kept apart") for line in hub.said), hub.said
        (student,) = hub.students
        arrive(student)
        runtime = Path(
            printed(student, "import json, os; print(json.dumps(os.environ['JUPYTER_RUNTIME_DIR']))")
        )
        assert list(runtime.glob("*"))
    assert not runtime.exists()


def test_a_copy_that_holds_a_secret_is_not_shown(tmp_path, need):
    need(sys.platform == "linux" and shutil.which("bwrap"), "apt install bubblewrap")
    (tmp_path / "exercises").mkdir()
    with pytest.raises(confinement.CannotConfine) as raised:
        serving.choose_boundary([tmp_path], [tmp_path / "exercises"], tmp_path, None, may_be_alone=False)
    assert raised.value.reason == confinement.Reason.SHOWS_SECRETS


#: Prints the numbers of errors of calls that a student does not have, and whether the usual ones work.
CALLS = """import ctypes, os, socket, threading
kernel = ctypes.CDLL(None, use_errno=True)
def fails(result): return ctypes.get_errno() if result < 0 else 0
told = [fails(kernel.unshare(0x10000000)), fails(kernel.shmget(0, 4096, 0o1600))]
told += [fails(kernel.syscall({keyctl}, 0, -3, 0))]
for family in (17, 38, 40):
    try: socket.socket(family, socket.SOCK_DGRAM); told.append(0)
    except OSError as error: told.append(error.errno)
thread = threading.Thread(target=lambda: told.append("thread")); thread.start(); thread.join()
child = os.fork()
if child == 0: os._exit(0)
os.waitpid(child, 0)
for family in (1, 2, 10): socket.socket(family).close()
print(told)"""


def test_the_filter_takes_what_a_list_of_files_does_not_keep(need):
    need(sys.platform == "linux" and shutil.which("bwrap"), "apt install bubblewrap")
    number = system_calls.write_filter()
    command = ["bwrap", "--dev-bind", "/", "/", "--seccomp", str(number), "--", sys.executable, "-c"]
    command.append(CALLS.format(keyctl=KEYCTL))
    done = subprocess.run(command, pass_fds=[number], capture_output=True, text=True, check=False)
    os.close(number)
    assert done.stdout.strip() == str([errno.ENOSYS] * 6 + ["thread"]), done.stderr


def test_a_log_of_any_length_is_read_at_its_end_and_emptied(tmp_path):
    log = logs.open_log(tmp_path, "ada")
    assert logs.read_last_line(log) == ""
    with log.open("ab") as file:
        file.truncate(400 << 20)
        file.seek(0, os.SEEK_END)
        file.write(b"\n" + b"x" * 9999 + "\n zoë\n".encode())
        file.flush()
        tracemalloc.start()
        assert logs.read_last_line(log) == " zoë"
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
        tracemalloc.stop()
        logs.empty_long_logs(tmp_path)
        assert log.stat().st_size == 0
        file.write(b"on it goes\n")
    logs.empty_long_logs(tmp_path)
    assert log.read_bytes() == b"on it goes\n"


@contextlib.contextmanager
def open_doors(folder: Path, behind: socket.socket) -> Iterator[dict[str, int]]:
    """Yield the ports of ada's and bob's servers, whose doors are open, in the folder with their sockets."""
    for student in ("ada", "bob"):
        (folder / "homes" / student).mkdir(parents=True, exist_ok=True)
    homes = [folder / "homes" / "ada", folder / "homes" / "bob"]
    ports = door.open_doors(folder / "door", homes, behind.getsockname()[1])
    with contextlib.chdir(folder / "door"):  # a socket's path is short
        yield ports


def connect(path: str) -> socket.socket:
    """Return a connection to a socket in a folder."""
    made = socket.socket(socket.AF_UNIX)
    made.settimeout(5)
    made.connect(path)
    return made


def read_all(connection: socket.socket) -> bytes:
    """Return what comes until the other side has ended."""
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


def test_one_student_takes_no_connection_of_another(tmp_path, need):
    need(sys.platform == "linux", "sockets in folders as Linux has them")
    with (
        socket.create_server(("127.0.0.1", 0)) as behind,
        open_doors(tmp_path, behind),
        contextlib.ExitStack() as opened,
    ):
        for _ in range(200):
            one = opened.enter_context(socket.socket(socket.AF_UNIX))
            one.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                one.connect("ada/hub.sock")
        behind.settimeout(2)
        came = []
        with contextlib.suppress(TimeoutError):
            while True:
                came.append(opened.enter_context(behind.accept()[0]))
        assert 0 < len(came) <= door.MOST
        opened.enter_context(connect("bob/hub.sock"))
        behind.accept()[0].close()


def test_visitors_meet_a_server_that_is_handed_no_socket(tmp_path, need):
    need(sys.platform == "linux", "sockets in folders as Linux has them")
    with (
        socket.create_server(("127.0.0.1", 0)) as behind,
        open_doors(tmp_path, behind) as ports,
        contextlib.ExitStack() as opened,
    ):

        def visit() -> socket.socket:
            address = ("127.0.0.1", ports["ada"])
            return opened.enter_context(socket.create_connection(address, timeout=5))

        assert read_all(visit()) == b"", "nobody is at home"
        bell = opened.enter_context(connect("ada/bell.sock"))
        time.sleep(0.5)
        connect("ada/entrance.sock").close()  # one that was made for somebody who did not wait
        visitor = visit()
        assert bell.recv(1)
        server = opened.enter_context(connect("ada/entrance.sock"))
        asked, answer = secrets.token_bytes(3 << 20), secrets.token_bytes(3 << 20)
        with ThreadPoolExecutor() as pool:  # each side says much at once, and the visitor ends her half first
            sent = [pool.submit(visitor.sendall, asked), pool.submit(server.sendall, answer)]
            sent[0].add_done_callback(lambda _: visitor.shutdown(socket.SHUT_WR))
            heard = pool.submit(read_all, visitor)
            assert read_all(server) == asked
            sent[1].result(20)
            server.shutdown(socket.SHUT_WR)
            assert heard.result(20) == answer
        assert bob_is_alone(ports["bob"])


def test_what_is_passed_on_is_not_kept_back():
    async def ask() -> int:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            visitor = socket.create_connection(listening.getsockname())
            taken, _ = listening.accept()
        one, other = socket.socketpair()
        passing = asyncio.create_task(relay.pass_both_ways(taken, one))
        await asyncio.sleep(0)
        found = taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        visitor.close()
        other.close()
        await passing
        return found

    assert asyncio.run(ask()) != 0


def bob_is_alone(port: int) -> bool:
    """Return whether whoever comes to a port is sent away."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as visitor:
        return read_all(visitor) == b""


def test_a_server_that_meets_nobody_keeps_only_its_own_visitors_waiting(tmp_path, monkeypatch, need):
    need(sys.platform == "linux", "sockets in folders as Linux has them")
    monkeypatch.setattr(door, "MOST_VISITORS", 5)
    monkeypatch.setattr(door, "PATIENCE", 1)
    with (
        socket.create_server(("127.0.0.1", 0)) as behind,
        open_doors(tmp_path, behind) as ports,
        contextlib.ExitStack() as opened,
    ):
        opened.enter_context(connect("ada/bell.sock"))
        bobs = opened.enter_context(connect("bob/bell.sock"))
        time.sleep(0.5)
        visitors = [socket.create_connection(("127.0.0.1", ports["ada"])) for _ in range(9)]
        sent_away = 0
        for visitor in visitors:
            opened.enter_context(visitor).settimeout(0.1)
            with contextlib.suppress(TimeoutError):
                assert visitor.recv(1) == b""
                sent_away += 1
        assert sent_away >= 4, "more than may wait at once"
        with socket.create_connection(("127.0.0.1", ports["bob"]), timeout=5) as visitor:
            assert bobs.recv(1)
            with connect("bob/entrance.sock") as server:
                server.sendall(b"bob")
            assert read_all(visitor) == b"bob"
        for visitor in visitors:
            visitor.settimeout(5)
            assert visitor.recv(1) == b"", "she has not met them"


def test_a_server_keeps_its_port_from_start_to_start_and_takes_none_of_the_hubs(tmp_path):
    first = door.open_port(0, [])
    number = first.getsockname()[1]
    assert door.open_port(number, []).getsockname()[1] != number, "somebody has it"
    first.close()
    assert door.open_port(number, [number]).getsockname()[1] != number
    with door.open_port(number, []) as again:
        assert again.getsockname()[1] == number


def test_nobody_is_believed_by_an_environment_of_her_own(tmp_path, need):
    need(sys.platform == "linux" and shutil.which("bwrap"), "apt install bubblewrap")
    bobs = tmp_path / "homes" / "bob" / "my_work"
    claims = os.environ | {"SAMARKAND_WORK": str(bobs), "SAMARKAND_HUB": str(tmp_path / "other")}
    program = [sys.executable, "-c", "print(flush=True); input()"]
    student = ["bwrap", "--dev-bind", "/", "/", "--unshare-pid", "--clearenv"]
    for name in ("SAMARKAND_WORK", "SAMARKAND_HUB"):
        student += ["--setenv", name, claims[name]]
    ways = [[*student, "--", *program]]
    if os.geteuid() == 0:  # another user of the machine
        ways.append(["setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups", *program])
    for number, way in enumerate(ways):
        environment = claims if number else os.environ
        with subprocess.Popen(
            way, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as claiming:
            assert claiming.stdout and claiming.stdout.readline()
            assert str(bobs) in list_servers(tmp_path), "it claims to be bob's"
            assert str(bobs) not in processes.list_values("SAMARKAND_WORK")
            assert claims["SAMARKAND_HUB"] not in processes.list_values("SAMARKAND_HUB")
            assert processes.find_processes(tmp_path, "SAMARKAND_WORK", "SAMARKAND_HUB") == set()
            claiming.communicate(b"\n")


def test_what_students_do_not_have_is_named():
    def missing(**values) -> set[confinement.Missing]:
        usual = {"own_user": True, "door": Path("/x"), "shown": (), "hidden": (), "cgroup": ("systemd-run",)}
        made = confinement.Confinement(**usual | values, limits=confinement.Limits())
        assert confinement.read_boundary(made.to_json()) == made
        return set(made.list_missing())

    least = {confinement.Missing.QUOTA}
    assert missing() == least
    assert missing(own_user=False) == least | {confinement.Missing.OWN_USER}
    assert missing(cgroup=()) == least | {confinement.Missing.MEMORY_OF_ALL}
    assert missing(door=None) == least | {confinement.Missing.NETWORK}


def test_an_environment_that_is_not_listed_stays_outside():
    outside = {
        "JUPYTERHUB_API_TOKEN": "hers",
        "LANG": "C.UTF-8",
        "AWS_SECRET_ACCESS_KEY": "not hers",
        "PATH": "/x",
    }
    boundary = confinement.choose_confinement([], door=None, limits=confinement.Limits())
    inside = boundary.environment_inside(outside)
    assert inside["JUPYTERHUB_API_TOKEN"] == "hers" and inside["LANG"] == "C.UTF-8"
    assert "AWS_SECRET_ACCESS_KEY" not in inside and "/x" not in inside["PATH"]


def test_students_get_ids_that_nobody_has(tmp_path, monkeypatch, need):
    need(sys.platform == "linux", "user ids as Linux has them")
    from samarkand_grading.classroom.hub import user_ids

    all_ids, container = range(0, 0xFFFFFFFF), range(1, 65537)
    block = user_ids.find_block(tmp_path, [all_ids])
    assert len(block) == user_ids.BLOCK and block[0] in user_ids.UNUSED and block[-1] in user_ids.UNUSED
    assert user_ids.find_block(tmp_path / "other", [all_ids]) != block
    inside = user_ids.UserIds(user_ids.find_block(tmp_path, [range(0, 1), container]))
    assert inside.block.stop == container.stop
    assert not set(inside.list_free()) & {65534, 65535} and 65533 in set(inside.list_free())
    monkeypatch.setattr(user_ids, "SUBORDINATE", tmp_path / "subuid")
    (tmp_path / "subuid").write_text(f"ada:{block[0]}:5\n")
    ids = user_ids.UserIds(block, frozenset({block[5]}))
    assert next(ids.list_free()) == block[6]
    assert not ids.may_be_a_students(20001) and not ids.may_be_a_students(0)
    need(os.geteuid() == 0, "only root gives folders to others")
    homes = [tmp_path / name for name in ("ada", "bob", "cyn", "dan")]
    outside = tmp_path / "outside"
    outside.write_text("")
    for home, owner in zip(homes, (20001, block[9], block[9], 0), strict=True):
        home.mkdir()
        (home / "mine").write_text("")
        (home / "link").symlink_to(outside)
        (home / "roots").write_text("")
        for path in (home, home / "mine", home / "link"):
            os.chown(path, owner, owner, follow_symlinks=False)
    user_ids.give_homes(homes, ids)
    owners = [home.stat().st_uid for home in homes]
    assert owners[1] == block[9] and len(set(owners)) == 4
    assert all(ids.may_be_a_students(owner) for owner in owners)
    assert [(home / "mine").stat().st_uid for home in homes] == owners
    assert (homes[0] / "roots").stat().st_uid == outside.stat().st_uid == 0


def test_a_folder_with_too_much_in_it_ends_its_server(tmp_path, capsys, need):
    need(sys.platform == "linux", "du as Linux has it")
    homes = [tmp_path / "homes" / name for name in ("ada", "bob")]
    deep = homes[0]
    for _ in range(1200):
        deep /= "deeper"
        if len(str(deep)) > 4000:
            break
    deep.mkdir(parents=True)
    (deep / "big").write_bytes(bytes(3 << 20))
    homes[1].mkdir()
    found = folders.measure_folder(homes[0])
    assert found.size > 3 << 20 and found.files > 100 and found.is_more_than(3 << 20)
    assert not folders.measure_folder(homes[1]).is_more_than(3 << 20)
    assert folders.Size(0, 0, whole=False).is_more_than(1) and folders.Size(0, 100_001).is_more_than(1)
    servers = []
    for home in homes:
        work = os.environ | {"SAMARKAND_WORK": str(home / "my_work")}
        servers.append(subprocess.Popen([sys.executable, "-c", "input()"], env=work, stdin=subprocess.PIPE))
    try:
        serving.end_servers_with_too_much(tmp_path, confinement.Limits(home=3 << 20))
        servers[0].wait(10)
        assert servers[1].poll() is None
        assert "The server of ada was ended" in capsys.readouterr().out
    finally:
        for server in servers:
            server.kill()
            server.communicate()


def test_passwords_are_guessed_slowly_and_only_where_they_are_guessed(monkeypatch):
    assert guesses.FREE <= 10 <= guesses.PAUSE and guesses.WAITING <= 5  # as deploy/README.md says
    monkeypatch.setattr(guesses, "PAUSE", 0.3)

    async def guess() -> None:
        tried = guesses.Guesses()
        began = time.monotonic()
        for _ in range(guesses.FREE):
            assert not await tried.try_password("ada", "1.1.1.1", lambda: False)
        assert time.monotonic() - began < 0.2
        assert await tried.try_password("ada", "2.2.2.2", lambda: True)  # she herself, from elsewhere
        assert await tried.try_password("bob", "1.1.1.1", lambda: True)
        assert time.monotonic() - began < 0.3
        many = [tried.try_password("ada", "1.1.1.1", lambda: False) for _ in range(10)]
        said = await asyncio.gather(*many, return_exceptions=True)
        assert sum(isinstance(one, guesses.TooManyGuesses) for one in said) == 10 - guesses.WAITING
        assert time.monotonic() - began > 0.3 * (guesses.WAITING - 1)

    asyncio.run(guess())


@pytest.mark.parametrize(
    ("given", "hub_address"),
    [
        ("https://hub.example.edu/", "https://hub.example.edu"),
        ("https://hub.example.edu:8443", "https://hub.example.edu:8443"),
        ("http://hub.localhost:8000", "http://hub.localhost:8000"),
    ],
)
def test_each_server_can_have_an_address_below_the_hubs(given, hub_address):
    assert addresses.read_addresses(given) == addresses.Addresses(hub_address, has_one_each=True)


@pytest.mark.parametrize(
    "given",
    [
        "hub.example.edu",  # without https
        "http://hub.example.edu",  # anybody on the way reads and changes what goes over it
        "https://hub.example.edu/course",  # a name has no path
        "https://192.0.2.1",  # a number has no names below it
        "https://[2001:db8::1]",
        "https://hub",
        "http://localhost:8000",  # browsers do not share a cookie below it
        "https://ada@hub.example.edu",
        "https://hub.example.edu:port",
        "https://[hub.example.edu",
    ],
)
def test_what_no_server_can_have_an_address_below_is_refused(given):
    with pytest.raises(addresses.NotAnAddress) as raised:
        addresses.read_addresses(given)
    assert raised.value.given == given
