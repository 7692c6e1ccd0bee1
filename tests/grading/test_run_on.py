"""Grading on other machines: a command carries bytes, what is lost runs again, and only answers come back.

A small program before the sandbox's own command plays the other machine; by night Slurm and ssh do.
"""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import workshop
from test_batch import NAME, grade, hand_in, scores

from samarkand.common import home
from samarkand.common.errors import CourseError
from samarkand_grading.classroom import batch, records
from samarkand_grading.classroom.course import Course
from samarkand_grading.sandbox import box
from samarkand_grading.sandbox.distant import DistantSandbox, Lost, NoSandbox, OtherVersion
from samarkand_grading.sandbox.work import Cell

RIGHT = {"ada": ("q1", "q2", "q3"), "bob": (), "cyn": ("q1",), "dan": ("q3",), "Zoë M": ("q2",)}
MARKS = {"Zoë M": 3, "ada": 10, "bob": 0, "cyn": 2, "dan": 5}
#: Where the command samarkand is; a machine has an environment of its own.
PROGRAMS = f"{Path(sys.executable).parent}:/usr/bin:/bin"
ALONE = ["env", "-i", f"PATH={PROGRAMS}", "HOME=/nowhere", "SAMARKAND_ENGINE=bwrap"]
#: A machine that is lost, with all that runs on it, when work comes in that has a certain word in it.
FRAIL = """
import os, signal, subprocess, sys, threading
node = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, start_new_session=True)
while piece := os.read(0, 1 << 16):
    if b"the straw that" in piece:
        os.killpg(node.pid, signal.SIGKILL)
        sys.exit("the machine is gone")
    node.stdin.write(piece)
    node.stdin.flush()
node.stdin.close()
node.wait()
"""


@pytest.fixture(autouse=True)
def bubblewrap(need, monkeypatch):
    need(sys.platform == "linux" and shutil.which("bwrap"), "student code is only ever run under bubblewrap")
    monkeypatch.setenv("SAMARKAND_ENGINE", "bwrap")


@pytest.fixture
def class_of_five(course):
    for student, right in RIGHT.items():
        hand_in(course, student, **answers(right))
    return course


def answers(right):
    return {question: workshop.ANSWERS[question] for question in right}


def script(folder, text):
    """Write a program of the shell that runs its arguments in some way; return the words that call it."""
    path = folder / f"node-{len(list(folder.glob('node-*')))}"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return [str(path), *ALONE]


def hide_cost(course):
    """Return the records of all students without what differs from run to run."""
    return {
        student: vars(records.read_record(course, NAME, student)) | {"cpu": 0, "ran": 0} for student in MARKS
    }


def test_marks_are_those_of_this_machine_and_only_answers_leave_it(class_of_five, template, tmp_path):
    kept = tmp_path / "kept"
    carrier = script(tmp_path, f'echo "Welcome to the machine"\ntee -a {shlex.quote(str(kept))} | "$@"')
    summary, lines = grade(class_of_five, run_on=[carrier])
    assert (summary.graded, summary.troubles, scores(class_of_five)) == (sorted(MARKS), [], MARKS), lines
    here = Course(shutil.copytree(template, tmp_path / "here"), class_of_five.secret)
    shutil.copytree(class_of_five.root / "submitted", here.root / "submitted")
    grade(here)
    assert hide_cost(here) == hide_cost(class_of_five)
    sent = kept.read_bytes()
    assert sent.count(b"border_shares") > 5
    course = class_of_five
    secrets = (
        course.secret.read_text(),
        course.key(),
        course.seed(),
        str(course.root),
        "CANARY-CHECKS",
        "ada",
        "Zo",
    )
    assert not [secret for secret in secrets if secret.encode() in sent]


def test_a_machine_without_a_sandbox_or_of_another_version_is_named_and_not_used(class_of_five, tmp_path):
    tables = shutil.copytree(home.course_data(), tmp_path / "tables")
    (tables / "places.csv").write_text((tables / "places.csv").read_text() + "\n")
    machine = os.uname().nodename
    old, bare = [*ALONE, f"SAMARKAND_DATA={tables}"], [*ALONE, "SAMARKAND_ENGINE=no-such-engine"]
    with pytest.raises(OtherVersion) as other, DistantSandbox(old):
        pass
    assert (other.value.machine, other.value.differing) == (machine, ["tables"])
    assert other.value.there["tables"] != other.value.here["tables"]
    with pytest.raises(NoSandbox) as none, DistantSandbox(bare):
        pass
    assert (none.value.machine, none.value.code) == (machine, "not on that machine")
    assert "no-such-engine" in none.value.why
    with pytest.raises(NoSandbox) as broken, DistantSandbox([*ALONE, "SAMARKAND_ENGINE=false"]):
        pass  # an engine that is installed and does not work
    assert (broken.value.machine, broken.value.code) == (machine, "not on that machine")
    with pytest.raises(CourseError):
        grade(class_of_five, run_on=[old, bare], jobs=2)
    assert not scores(class_of_five)
    summary, lines = grade(class_of_five, run_on=[old, ALONE, bare], jobs=3)
    assert (summary.graded, summary.troubles, scores(class_of_five)) == (sorted(MARKS), [], MARKS)
    assert {str(other.value), str(none.value)} < {*lines}


@pytest.mark.parametrize("words", [["no-such-program"], ["false"], ["echo"]])
def test_a_command_that_reaches_no_machine(words, class_of_five):
    with pytest.raises(Lost) as lost, DistantSandbox(words):
        pass
    assert (lost.value.carrier, lost.value.machine) == (tuple(words), "")
    with pytest.raises(Lost):
        grade(class_of_five, run_on=[words])
    assert not scores(class_of_five)


#: A machine that greets as it should, and whose sandbox then says something else than a report.
LIAR = """
import json, os, subprocess, sys
node = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
greeting = json.loads(node.stdout.readline())
print(json.dumps(greeting | {"machine": "evil\\x1b[2J" + "x" * 999}), flush=True)
os.read(0, 1 << 20)
os.write(1, b'{"length": 0}\\n')
os.read(0, 1 << 20)
while True: os.write(1, sys.argv[1].encode().decode("unicode_escape").encode())
"""


@pytest.mark.parametrize(
    "said",
    [
        r"{\"length\": 100000000000}\n",
        r"{\"length\": -1, \"clean\": true}\n",
        r"{\"length\": 2, \"ended\": \"right\"}\nxx",
        r"{\"length\": 2, \"points\": 10}\nxx",
        r"[1, 2]\n",
        "no line at all ",
    ],
)
def test_a_machine_that_lies_costs_no_memory_and_gives_no_mark(said, tmp_path):
    program = tmp_path / "liar.py"
    program.write_text(LIAR)
    with DistantSandbox([sys.executable, str(program), said, *ALONE]) as sandbox:
        with pytest.raises(Lost) as lost:
            sandbox.run([Cell("a", "x = 1")])
        assert (
            lost.value.machine.startswith("evil\N{REPLACEMENT CHARACTER}[2J")
            and len(lost.value.machine) == 80
        )


def test_work_that_is_lost_with_its_machine_runs_again_and_never_costs_a_mark(class_of_five, tmp_path):
    """The machine that has ada's work is lost each time: she keeps no mark, the others have theirs."""
    program = tmp_path / "frail.py"
    program.write_text(FRAIL)
    frail = [sys.executable, str(program), *ALONE]
    hand_in(class_of_five, "ada", **answers(RIGHT["ada"]), added="# the straw that broke the camel's back")
    summary, lines = grade(class_of_five, run_on=[frail])
    others = sorted(MARKS.keys() - {"ada"})
    assert summary.graded == others, lines
    assert [(trouble.about, trouble.code) for trouble in summary.troubles] == [("ada", "not kept")]
    assert "ada" not in scores(class_of_five)
    assert grade(class_of_five, run_on=[ALONE])[0].graded == ["ada"] and scores(class_of_five) == MARKS


def find_servers(folder):
    """Return the ids of processes that some command of this test has started, by a folder in their words."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in (place / "environ").read_bytes() and place.name != str(os.getpid()):
                found.append(int(place.name))
    return found


def test_a_machine_that_ends_is_started_again(class_of_five, tmp_path):
    marked = [*ALONE, f"TMPDIR={tmp_path}"]

    def kill(line):
        lines.append(line)
        if line.startswith("[1/5]"):
            for number in find_servers(tmp_path):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)

    lines = []
    summary = batch.grade_class(
        class_of_five, NAME, limits=workshop.LIMITS, run_on=[marked], jobs=2, say=kill
    )
    assert (summary.graded, summary.troubles, scores(class_of_five)) == (sorted(MARKS), [], MARKS), lines


def test_the_same_command_does_the_rest_for_one_that_was_killed(class_of_five, tmp_path):
    marked = [*ALONE, f"TMPDIR={tmp_path}"]

    def die(line):
        if line.startswith("[2/5]"):
            os.kill(os.getpid(), signal.SIGKILL)

    def run():
        batch.grade_class(class_of_five, NAME, limits=workshop.LIMITS, run_on=[marked], say=die)

    assert workshop.ended(workshop.forked(run, tmp_path / "said")) == -signal.SIGKILL
    deadline = time.monotonic() + 30
    while find_servers(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not find_servers(tmp_path)  # at the end of its pipe it has ended by itself
    summary, _ = grade(class_of_five, run_on=[ALONE])
    assert (len(summary.graded), len(summary.unchanged), summary.troubles) == (3, 2, [])
    assert scores(class_of_five) == MARKS


def test_a_queue_may_take_as_long_as_it_likes_and_ends_with_the_work(class_of_five, tmp_path, monkeypatch):
    """The first sandbox begins late; the second never does, and is not waited for."""
    monkeypatch.setattr(box, "PATIENCE", 20)
    nobody_else_waits = str(10**6 + os.getpid())
    late, never = script(tmp_path, 'sleep 21\nexec "$@"'), script(tmp_path, f"exec sleep {nobody_else_waits}")
    began = time.monotonic()
    summary, _ = grade(class_of_five, run_on=[late, never], jobs=2)
    assert summary.graded == sorted(MARKS) and summary.troubles == []
    assert time.monotonic() - began < 90
    running = subprocess.check_output(["ps", "-eo", "args"], text=True)
    assert f"sleep {nobody_else_waits}" not in running


@pytest.mark.parametrize(("jobs", "run_on"), [(0, ()), (33, ()), (1001, (ALONE,))])
def test_no_more_sandboxes_than_there_may_be(jobs, run_on):
    with pytest.raises(CourseError):
        batch.count_jobs(jobs, 5000, run_on)
    assert batch.count_jobs(40, 5000, [ALONE]) == 40 and batch.count_jobs(None, 5000, [ALONE] * 3) == 3
    assert batch.count_jobs(32, 7, ()) == 7


def test_trust_does_not_reach_other_machines(class_of_five):
    with pytest.raises(CourseError):
        grade(class_of_five, run_on=[ALONE], trusted=True)


def test_the_words_come_from_the_command_line(class_of_five, capsys):
    assert workshop.samarkand(class_of_five, "grade", "ex90", "--run-on", shlex.join(ALONE)) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("5 graded")
    assert workshop.samarkand(class_of_five, "regrade", "ex90", "--question", "q1", "--run-on", "a 'b") == 1


# --- by night: Slurm and ssh --------------------------------------------------------------------------------


class Cluster:
    """Debian's Slurm with one node, without systemd and cgroups, in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.host = folder, os.uname().nodename.partition(".")[0]
        for name in ("munge", "state", "spool"):
            (folder / name).mkdir(mode=0o700)
        config = (workshop.HERE / "slurm.conf").read_text().format(folder=folder, host=self.host)
        (folder / "slurm.conf").write_text(config)
        (folder / "cgroup.conf").write_text("CgroupPlugin=disabled\n")
        (folder / "munge" / "key").write_bytes(os.urandom(1024))
        (folder / "munge" / "key").chmod(0o400)
        files = [f"--{name}-file={folder}/munge/{name}" for name in ("key", "pid", "log", "seed")]
        self.run("munged", "--force", f"--socket={folder}/munge/socket", *files)
        self.run("slurmctld", "-f", str(folder / "slurm.conf"))
        self.start_node()

    def run(self, *command: str) -> str:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def start_node(self) -> None:
        self.run("slurmd", "-f", str(self.folder / "slurm.conf"), "-N", self.host)

    def kill_node(self) -> None:
        """Kill all processes of the node, as in a power cut: first the daemons that could report it."""
        daemons, others = [], []
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                name = (place / "comm").read_text().strip()
                if name in ("slurmd", "slurmstepd") and (place / "cwd").readlink() == self.folder:
                    daemons.append(int(place.name))
                elif b"SLURM_STEP_ID" in (env := (place / "environ").read_bytes()):
                    others += [int(place.name)] * (str(self.folder).encode() in env)
        for number in (*daemons, *others):
            with contextlib.suppress(OSError):
                os.kill(number, signal.SIGKILL)

    def wait_for_state(self, state: str) -> None:
        while state not in self.run("sinfo", "--noheader", "--format=%T"):
            time.sleep(0.5)

    def stop(self) -> None:
        for name in ("slurmd.pid", "slurmctld.pid", "munge/pid"):
            os.kill(int((self.folder / name).read_text()), signal.SIGTERM)


@pytest.fixture(scope="module")
def cluster(need):
    programs = all(map(shutil.which, ("munged", "slurmctld", "slurmd", "srun")))
    need(programs and os.getuid() == 0, "Slurm is tried by root where it is installed (slurm-wlm, munge)")
    folder = Path(tempfile.mkdtemp(prefix="sl", dir="/tmp"))  # the path of a socket has to be short
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", str(folder / "slurm.conf"))
        patch.setenv("PATH", f"{PROGRAMS}:{os.environ['PATH']}")
        running = Cluster(folder)
        yield running
        running.stop()
    shutil.rmtree(folder, ignore_errors=True)


SRUN = ["srun", "--ntasks=1", "--cpus-per-task=1"]


def find_tasks(cluster):
    """Wait until a sandbox has begun in a task of Slurm; return the process ids of the commands."""
    for _ in range(600):
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (place / "cmdline").read_bytes().split(b"\0")
                env = (place / "environ").read_bytes()
                if b"--serve" in words and b"srun" not in words[0] and str(cluster.folder).encode() in env:
                    found.append(int(place.name))
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("no task runs")


@pytest.mark.nightly
@pytest.mark.parametrize("what", ["nothing", "a task", "its node"])
def test_what_slurm_loses_runs_again(what, class_of_five, cluster):
    hand_in(class_of_five, "ada", **answers(RIGHT["ada"]), added="import time\ntime.sleep(6)")

    def kill(line):
        lines.append(line)
        if not line.startswith("[1/5]") or what == "nothing":
            return
        if what == "a task":
            for number in find_tasks(cluster):
                os.kill(number, signal.SIGKILL)
        else:
            cluster.kill_node()
            cluster.wait_for_state("down")
            cluster.start_node()

    lines = []
    summary = batch.grade_class(class_of_five, NAME, limits=workshop.LIMITS, run_on=[SRUN], jobs=2, say=kill)
    assert (summary.graded, summary.troubles, scores(class_of_five)) == (sorted(MARKS), [], MARKS), lines
    wait_until_empty(cluster)


def wait_until_empty(cluster):
    """Wait until Slurm has no job left: nobody has to cancel one."""
    deadline = time.monotonic() + 60
    while cluster.run("squeue", "--noheader") and time.monotonic() < deadline:
        time.sleep(0.5)
    assert cluster.run("squeue", "--noheader") == ""


@pytest.mark.nightly
def test_a_command_that_is_killed_beside_slurm_leaves_no_job(class_of_five, cluster, tmp_path):
    def die(line):
        if line.startswith("[2/5]"):
            os.kill(os.getpid(), signal.SIGKILL)

    def run():
        batch.grade_class(class_of_five, NAME, limits=workshop.LIMITS, run_on=[SRUN], jobs=2, say=die)

    assert workshop.ended(workshop.forked(run, tmp_path / "said")) == -signal.SIGKILL
    wait_until_empty(cluster)
    summary, _ = grade(class_of_five, run_on=[SRUN])
    assert (len(summary.graded), summary.troubles, scores(class_of_five)) == (3, [], MARKS)


@pytest.mark.nightly
def test_steps_of_an_allocation(class_of_five, cluster):
    course = class_of_five
    words = ["--course", str(course.root), "--secret", str(course.secret), "--jobs", "2"]
    run_on = ["--run-on", "srun -n1 --exact"]
    said = cluster.run("salloc", "--quiet", "--ntasks=2", "samarkand", "grade", "ex90", *words, *run_on)
    assert said.splitlines()[-1].startswith("5 graded") and scores(course) == MARKS
    wait_until_empty(cluster)


@pytest.mark.nightly
def test_more_sandboxes_than_slurm_has_room_for_are_not_waited_for(class_of_five, cluster):
    assert grade(class_of_five, run_on=[SRUN], jobs=5)[0].graded == sorted(MARKS)
    wait_until_empty(cluster)


@pytest.fixture(scope="module")
def ssh(need, tmp_path_factory):
    """The words that reach this machine by a server of its own, with keys of its own."""
    server = shutil.which("sshd", path="/usr/sbin:/usr/bin")
    need(server and os.getuid() == 0, "ssh is tried by root where its server is installed (openssh-server)")
    folder, port = tmp_path_factory.mktemp("ssh"), "16822"
    for name in ("host", "own"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    shutil.copy(folder / "own.pub", folder / "authorized")
    Path("/run/sshd").mkdir(exist_ok=True)
    config = {
        "ListenAddress": "127.0.0.1", "Port": port, "HostKey": folder / "host", "PidFile": folder / "pid",
        "AuthorizedKeysFile": folder / "authorized", "StrictModes": "no", "UsePAM": "no",
        "PasswordAuthentication": "no", "PermitRootLogin": "prohibit-password",
    }  # fmt: skip
    (folder / "config").write_text("".join(f"{key} {value}\n" for key, value in config.items()))
    process = subprocess.Popen([server, "-D", "-e", "-f", str(folder / "config")], stderr=subprocess.DEVNULL)
    options = [
        "BatchMode=yes",
        "StrictHostKeyChecking=no",
        f"UserKnownHostsFile={folder}/known",
        "LogLevel=ERROR",
    ]
    words = ["ssh", "-i", str(folder / "own"), "-p", port, *(word for one in options for word in ("-o", one))]
    yield [*words, "127.0.0.1", "env", shlex.quote(f"PATH={PROGRAMS}"), "SAMARKAND_ENGINE=bwrap"]
    process.terminate()
    process.wait()


@pytest.mark.nightly
@pytest.mark.parametrize("what", ["nothing", "the connections"])
def test_over_ssh(what, class_of_five, ssh, tmp_path):
    hand_in(class_of_five, "ada", **answers(RIGHT["ada"]), added="import time\ntime.sleep(6)")

    def kill(line):
        lines.append(line)
        if line.startswith("[1/5]") and what != "nothing":
            for place in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError):
                    if str(ssh[2]).encode() in (place / "cmdline").read_bytes():
                        os.kill(int(place.name), signal.SIGKILL)

    lines = []
    run_on = [[*ssh, f"TMPDIR={tmp_path}"]]
    summary = batch.grade_class(class_of_five, NAME, limits=workshop.LIMITS, run_on=run_on, jobs=2, say=kill)
    assert (summary.graded, summary.troubles, scores(class_of_five)) == (sorted(MARKS), [], MARKS), lines
    deadline = time.monotonic() + 30
    while find_servers(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not find_servers(tmp_path)
