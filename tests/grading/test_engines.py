"""The engines: the files they expose, their confinement, and the messages where it fails."""

import contextlib
import functools
import json
import os
import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
import workshop
from test_batch import grade, hand_in

from samarkand.common import home
from samarkand_grading.classroom import batch, gradebook, records, report
from samarkand_grading.classroom.course import Course
from samarkand_grading.sandbox import engines
from samarkand_grading.sandbox.box import NoSandbox, Sandbox
from samarkand_grading.sandbox.work import Cell

LIBRARY = Path(pytest.__file__).parent


@pytest.fixture(autouse=True)
def by_bubblewrap(monkeypatch):
    monkeypatch.setenv("SAMARKAND_ENGINE", "bwrap")


def found(sandbox: Sandbox, code: str) -> object:
    """Run code that sets ``out``; return its value."""
    outcome = sandbox.run([Cell("cell", f"import json, os, sys\n{code}"), Cell("out", hold="out")])
    assert not outcome.ran["cell"].error, outcome
    return json.loads(outcome.held["out"].value)


# --- what is seen -------------------------------------------------------------------------------------------

WALK = """
known, seen, stack = set({known}), [], ["/"]
while stack:
    for entry in os.scandir(stack.pop()):
        seen.append(entry.path)
        if entry.is_dir(follow_symlinks=False) and entry.path not in known: stack.append(entry.path)
out = json.dumps(seen)
"""


def test_a_walk_finds_what_is_on_the_list_and_nothing_else(box):
    shown = {
        *engines.list_visible_paths(),
        "/tmp",
        *(f"/dev/{name}" for name in ("null", "full", "random", "urandom")),
    }
    on_the_way = {str(parent) for place in shown for parent in Path(place).parents}
    # Below /tmp are the sandbox's own files, and the course too where its folder lies there.
    known = shown - on_the_way
    walked = {*found(box, WALK.replace("{known}", repr(known)))}
    listed = shown | on_the_way
    own = {place for place in walked - listed if place.startswith("/tmp/")}
    assert shown - {"/tmp"} <= walked
    assert walked - own <= listed
    assert not {place for place in own if Path(place).exists()}
    system = {"/", "/usr", "/usr/local", "/usr/share", "/etc", "/var", "/home"}
    assert not shown & {*system, sys.prefix, sys.base_prefix}


#: A script for root in a mount namespace: it mounts file systems, and one on a file, in the tables' folder.
MOUNTED = """
import ctypes, json, os, sys
from pathlib import Path
libc = ctypes.CDLL(None, use_errno=True)
assert libc.unshare(0x20000) == 0 and libc.mount(b"none", b"/", None, (1 << 18) | (1 << 14), None) == 0
top = os.fsencode(os.environ["SAMARKAND_DATA"])
names = b"plain", "f\\u00fcr \\u00c4".encode(), b"no \\xff text", b"a\\r\\x0b\\n\\t\\\\040"
for name, source in (*((name, b"tmpfs") for name in names), (b"of nothing", b""), (b"of much", b" " * 2000)):
    os.mkdir(top + b"/" + name)
    assert libc.mount(source, top + b"/" + name, b"tmpfs", 0, None) == 0
    Path(os.fsdecode(top + b"/" + name), "secret").write_text("CANARY")
assert libc.mount(top + b"/plain/secret", top + "/\\u00e4.csv".encode(), None, 1 << 12, None) == 0
sys.path[:0] = json.loads(sys.argv[1])
from samarkand_grading.sandbox.box import Sandbox
from samarkand_grading.sandbox.work import Cell
code = '''
import os
out = []
for folder, _, names in os.walk("/course/course_data"):
    for name in names:
        try: out.append(open(os.path.join(folder, name), "rb").read().decode())
        except OSError: pass
out = "|".join(out)
'''
with Sandbox() as box:
    print(json.dumps(box.run([Cell("cell", code), Cell("out", hold="out")]).held["out"].value))
"""


def test_other_file_systems_are_not_seen_whatever_their_names(tmp_path, need):
    need(hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("bwrap"), "only root can mount")
    tmp_path.chmod(0o755)
    (tmp_path / "own.csv").write_text("own")
    (tmp_path / "ä.csv").write_text("covered")
    command = [sys.executable, "-c", MOUNTED, json.dumps(sys.path)]
    place = os.environ | {"SAMARKAND_DATA": str(tmp_path)}
    run = subprocess.run(command, env=place, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert sorted(filter(None, json.loads(run.stdout).split("|"))) == ["own"]


@pytest.mark.parametrize("what", ["the exchange", "the secret", "a home"])
def test_what_is_in_view_and_should_not_be_is_refused(what, course, monkeypatch):
    hand_in(course, "ada", **workshop.ANSWERS)
    if what == "the exchange":
        config = f"c = get_config()\nc.Exchange.root = {str(LIBRARY)!r}\n"
        (course.root / "nbgrader_config.py").write_text(config)
    elif what == "the secret":
        course = Course(course.root, LIBRARY / "secret")
    else:
        monkeypatch.setenv("HOME", str(LIBRARY))
    with pytest.raises(NoSandbox) as refused:
        batch.grade_class(course, "ex90", limits=workshop.LIMITS, say=lambda line: None)
    assert refused.value.code == "in view" and refused.value.fields["path"].is_relative_to(LIBRARY)


def test_a_grader_that_is_installed_beside_the_libraries_is_not_seen(monkeypatch):
    monkeypatch.setattr(engines, "GRADER", LIBRARY)
    with Sandbox() as sandbox:
        assert found(sandbox, f"out = json.dumps(os.listdir({str(LIBRARY)!r}))") == []


# --- what holds ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("says", ["it shares its processes", "libseccomp could not set the filter"])
def test_a_sandbox_that_lacks_a_wall_runs_nothing(says, monkeypatch):
    whole = engines.build_bubblewrap_command
    if "filter" in says:
        monkeypatch.setitem(engines.SETUP["conditions"], "socket", {"argument": 9, "values": [1]})
    else:
        less = lambda secret: [word for word in whole(secret) if word != "--as-pid-1"]  # noqa: E731
        monkeypatch.setattr(engines, "build_bubblewrap_command", less)
    with pytest.raises(NoSandbox) as refused, Sandbox() as sandbox:
        sandbox.run([])
    assert refused.value.code == "ended" and says in refused.value.fields["last_line"]


def test_nothing_of_a_submission_stays_with_the_server(need):
    """Data that the server has read would be in the memory of the next fork."""
    need(sys.platform == "linux" and os.geteuid() == 0, "only root sees into the sandbox")
    word = b"the answer of ada"
    with Sandbox() as sandbox:
        parent = sandbox.process_id
        (server,) = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        for times in (1, 50, 4000):
            code = f"x = {word.decode()!r} * {times}\nprint(x)" + f"\n# {word.decode()}" * times
            assert word.decode() in sandbox.run([Cell("c", code), Cell("x", hold="x")]).ran["c"].text
        seen = []
        with Path(f"/proc/{server}/mem").open("rb", buffering=0) as memory:
            for row in Path(f"/proc/{server}/maps").read_text().splitlines():
                start, end = (int(place, 16) for place in row.split()[0].split("-"))
                if row.split()[1].startswith("rw"):
                    memory.seek(start)
                    with contextlib.suppress(OSError):  # it was given back meanwhile, with all that was in it
                        seen.append(memory.read(end - start))
    assert any(b"NO_NEW_PRIVILEGES" in part for part in seen)  # it is the right memory
    assert not any(word in part for part in seen)


def test_no_socket_of_the_machine_is_in_reach(box):
    code = "import socket\nout = 'null'\nspeaker = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
    code += "try: speaker.sendto(b'x', '\\0samarkand'); out = 'true'\nexcept ConnectionRefusedError: pass"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        ours.bind("\0samarkand")
        assert found(box, code) is None


def test_an_ordinary_user_can_grade(need):
    """In user namespaces, which root does not need; with a Python in /tmp."""
    need(
        hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("bwrap"), "only root can become a user"
    )
    # Root's own Python may lie in root's home.
    version = "python{}.{}".format(*sys.version_info)
    python = shutil.which(version, path="/usr/local/bin:/usr/bin:/opt/bin") or sys.executable
    options = {"user": 65534, "group": 65534, "extra_groups": [], "cwd": "/", "text": True}
    run = functools.partial(subprocess.run, check=False, capture_output=True, **options)
    need(run([python, "-c", ""]).returncode == 0, "no Python here that another may run")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True)
        (packages,) = Path(folder, "lib").glob("python3*/site-packages")
        (packages / "more.pth").write_text("\n".join(path for path in sys.path if Path(path).is_dir()))
        done = run([f"{folder}/bin/python", "-c", GRADES])
    assert done.stdout == "finished 1 1000 1 True\n" * 2, done.stderr[-2000:]


GRADES = """
from samarkand_grading.sandbox.box import Sandbox
from samarkand_grading.sandbox.work import Cell
with Sandbox() as box:
    for _ in range(2):
        cell = Cell("c", "import os\\nx = f'{os.getppid()} {os.getuid()} {len(os.listdir())}'")
        outcome = box.run([cell, Cell("x", hold="x")])
        print(outcome.ended, outcome.held["x"].value, box.runs)
"""


# --- which engine -------------------------------------------------------------------------------------------


@pytest.fixture
def programs(monkeypatch):
    """An empty folder that is the whole PATH."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        monkeypatch.setenv("PATH", folder)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.delenv("SAMARKAND_ENGINE", raising=False)
        yield Path(folder)


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("there", "named", "chosen"),
    [
        ("bwrap podman docker", "", "bwrap"),
        ("podman docker", "", "podman"),
        ("docker", "", "docker"),
        ("bwrap docker", "docker --context far", "docker --context far"),
    ],
)
def test_the_engine_is_the_one_named_or_the_first_that_is_there(there, named, chosen, programs, monkeypatch):
    for name in there.split():
        program(programs, name, "exit 0")
    monkeypatch.setenv("SAMARKAND_ENGINE", named)
    assert " ".join(engines.build_command([])).startswith(chosen)


@pytest.mark.parametrize(("there", "named"), [("", ""), ("bwrap", "podman")])
def test_where_no_engine_is_installed_nothing_runs(there, named, programs, monkeypatch):
    for name in there.split():
        program(programs, name, "exit 0")
    monkeypatch.setenv("SAMARKAND_ENGINE", named)
    with pytest.raises(NoSandbox) as refused:
        engines.build_command([])
    assert (refused.value.code, refused.value.machine) == ("not installed", "")
    assert refused.value.fields.get("program", "") == named


ENGINE = """printf '%s\\n' "$*" >> {folder}/asked
case $1 in
image) test -e {folder}/made ;;
build) : > {folder}/made ;;
run) echo 'no such thing' >&2; exit 125 ;;
esac"""


def test_an_engine_keeps_its_own_confinement_and_makes_its_image_once(programs):
    engines.make_image.cache_clear()
    program(programs, "podman", ENGINE.format(folder=programs))
    for _ in range(2):
        with pytest.raises(NoSandbox) as refused, Sandbox():
            pass
        assert (refused.value.code, refused.value.fields["last_line"]) == ("ended", "no such thing")
        engines.make_image.cache_clear()
    asked = [line.split() for line in (programs / "asked").read_text().splitlines()]
    assert [words[0] for words in asked] == ["image", "build", "run", "image", "run"]
    run, name = asked[2], asked[0][-1]
    assert {*engines.CONFINED, "--network=none", "--read-only", "--cap-drop=all"} < {*run} and name in run
    words = run[: run.index(name)]  # options of the engine alone
    assert not [word for word in words if "unconfined" in word or "disable" in word or "add" in word]
    assert not [word for word in run if word.startswith(("--volume", "--privileged"))]
    assert f"--file {engines.home.ROOT / 'deploy' / 'Containerfile'}" in " ".join(asked[1])


# --- refusal ------------------------------------------------------------------------------------------------

#: Error messages of bubblewrap, and the advice to expect.
SAID = {
    "No permissions to create a new namespace, likely because the kernel does not allow non-privileged user "
    "namespaces. See <https://deb.li/bubblewrap>.": "sudo sysctl kernel.unprivileged_userns_clone=1",
    "Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)": (
        "sudo sysctl user.max_user_namespaces"
    ),
    "setting up uid map: Permission denied": "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    "something nobody has seen": "(bwrap: something nobody has seen)",
}


@pytest.mark.parametrize("said", SAID, ids=lambda said: said[:30])
def test_what_bubblewrap_says_becomes_what_to_do_and_nothing_is_written(said, course, capsys, programs, need):
    need(sys.platform == "linux", "elsewhere it refuses already")
    program(programs, "bwrap", f"echo {shlex.quote(f'bwrap: {said}')} >&2\nexit 1")
    for student in ("ada", "bob"):
        hand_in(course, student, **workshop.ANSWERS)

    def state():
        # The first opening adds our own tables to nbgrader's; they are empty.
        with sqlite3.connect(course.gradebook) as book:
            own = tuple(f"CREATE TABLE {table}" for table in gradebook.OWN_TABLES)
            rows = [line for line in book.iterdump() if not line.startswith(own)]
        return rows, sorted(course.root.rglob("*")), sorted(programs.iterdir())

    before = state()
    assert workshop.samarkand(course, "grade", "ex90") == 1
    assert state() == before
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("Student code cannot be confined here, so it is not run. ") and SAID[said] in line


def test_trust_is_never_silent(course):
    """Nor is grading without the secret."""
    hand_in(course, "ada", **workshop.ANSWERS)
    course.secret.unlink()
    lines = grade(course, trusted=True)[1]
    assert lines[0].startswith("WITHOUT A SANDBOX") and lines[2].endswith("[no sandbox]")
    assert lines[1].startswith(f"WITHOUT THE SECRET (no file {course.secret})")
    assert records.read_record(course, workshop.NAME, "ada").points == 10
    (page,) = report.write_pages(course, "ex90")
    assert "without a sandbox" in page.read_text()


def test_only_sets_that_draw_wait_for_altair(tmp_path):
    """It takes as long to import as all else together."""
    real = Course(home.ROOT / "exercises", tmp_path / "secret")
    before_any_cell = {}
    for name in ("ex03_the_sco", "ex12_without_us"):
        (box,) = batch.make_sandboxes(real, real.exercise(name), 1, (), trusted=False)
        with box:
            before_any_cell[name] = found(box, "out = json.dumps('altair' in sys.modules)")
    assert before_any_cell == {"ex03_the_sco": False, "ex12_without_us": True}


def test_one_that_has_lost_its_server_gets_a_new_one(assessor, blank, tmp_path):
    """A submission that ends the server twice has reached a limit."""
    notebook = workshop.fill(blank, **workshop.ANSWERS, added="import time\ntime.sleep(2)")
    workshop.write(tmp_path / "ada", notebook)
    work = assessor.read_submission("ada", tmp_path / "ada")
    with Sandbox() as sandbox:
        sandbox.kill()
        while sandbox.runs:
            time.sleep(0.01)
        assert assessor.assess_submission(work, sandbox).points == 10

        def run_and_kill():
            sandbox.start()
            threading.Timer(1, sandbox.kill).start()
            return assessor.assess_submission(work, sandbox)

        with pytest.raises(NoSandbox):
            run_and_kill()
        assert run_and_kill().ended == "memory"
        assert assessor.assess_submission(work, sandbox).points == 10
