"""Grading on a cluster: tasks write results to files, one program writes the gradebook, nothing is lost."""

import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import workshop
from test_batch import NAME, hand_in, scores

from samarkand.common.errors import CourseError
from samarkand_grading.classroom import batch, records, tasks
from samarkand_grading.classroom.course import Course

RIGHT = {"ada": ("q1", "q2", "q3"), "bob": (), "cyn": ("q1",), "dan": ("q3",), "Zoë M": ("q2",)}
MARKS = {"Zoë M": 3, "ada": 10, "bob": 0, "cyn": 2, "dan": 5}


@pytest.fixture
def class_of_five(course):
    for student, right in RIGHT.items():
        hand_in(course, student, **answers(right))
    return course


def answers(right):
    return {question: workshop.ANSWERS[question] for question in right}


@pytest.mark.usefixtures("one_server")
def test_the_tasks_of_kubernetes(class_of_five, template, tmp_path):
    """Finished results are taken, a job is written for the rest; the marks are as if graded here."""
    course, out = class_of_five, tmp_path / "job.json"

    def grade():
        there = functools.partial(tasks.use_kubernetes, out=out, image="course:1", most=3)
        return batch.grade(course, NAME, elsewhere=there, say=lambda _: None)

    assert grade().graded == []
    job = json.loads(out.read_text())
    assert (job["spec"]["completions"], job["spec"]["completionMode"]) == (3, "Indexed")
    words = job["spec"]["template"]["spec"]["containers"][0]["command"]
    assert words[-2:] == ["--share", "$(JOB_COMPLETION_INDEX)"]
    folder = tasks.folder_of(course, NAME)
    for number in (0, 1):
        assert tasks.work(course, NAME, number, workshop.LIMITS) == []
    came = {path.stem for path in folder.glob("*.json")}
    assert len(came) == 4
    Path(folder, "ada.json").write_text("{half of it")
    hand_in(course, "dan", **answers(["q2"]))  # is not what was graded
    assert grade().graded == sorted(came - {"ada", "dan"})
    assert json.loads(out.read_text())["spec"]["completions"] == 3
    for number in range(3):
        tasks.work(course, NAME, number, workshop.LIMITS)
    assert len(grade().graded) == 3 and grade().graded == [] and not folder.exists()
    here = Course(shutil.copytree(template, tmp_path / "here"), course.secret)
    shutil.copytree(course.root / "submitted", here.root / "submitted")
    batch.grade(here, NAME, limits=workshop.LIMITS, say=lambda _: None)
    assert scores(here) == scores(course) == MARKS | {"dan": 3}
    for student in MARKS:
        one, other = (vars(records.read(one, NAME, student)) for one in (here, course))
        assert one | {"cpu": 0, "ran": 0} == other | {"cpu": 0, "ran": 0}
    (course.check_folder / f"{NAME}.py").write_text(workshop.CHECKS + "\n")
    hand_in(course, "ada")
    grade()
    (course.check_folder / f"{NAME}.py").write_text(workshop.CHECKS)
    with pytest.raises(CourseError, match="are others here than where the tasks were listed"):
        tasks.work(course, NAME, 0)


# --- Slurm --------------------------------------------------------------------------------------------------


class Cluster:
    """Debian's Slurm with one node, without systemd and cgroups, in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, host = folder, os.uname().nodename.partition(".")[0]
        for name in ("munge", "state", "spool"):
            (folder / name).mkdir(mode=0o700)
        (folder / "slurm.conf").write_text(
            (workshop.HERE / "slurm.conf").read_text().format(folder=folder, host=host)
        )
        (folder / "cgroup.conf").write_text("CgroupPlugin=disabled\n")
        (folder / "munge" / "key").write_bytes(os.urandom(1024))
        (folder / "munge" / "key").chmod(0o400)
        files = [f"--{name}-file={folder}/munge/{name}" for name in ("key", "pid", "log", "seed")]
        self.run("munged", "--force", f"--socket={folder}/munge/socket", *files)
        self.run("slurmctld", "-f", str(folder / "slurm.conf"))
        self.host = host
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
                elif b"SLURM_ARRAY_TASK_ID" in (env := (place / "environ").read_bytes()):
                    others += [int(place.name)] * (str(self.folder).encode() in env)
        for number in (*daemons, *others):
            with contextlib.suppress(OSError):
                os.kill(number, signal.SIGKILL)

    def stop(self) -> None:
        for name in ("slurmd.pid", "slurmctld.pid", "munge/pid"):
            os.kill(int((self.folder / name).read_text()), signal.SIGTERM)


@pytest.fixture(scope="module")
def cluster(need):
    programs = all(map(shutil.which, ("munged", "slurmctld", "slurmd", "sbatch")))
    need(programs and os.getuid() == 0, "Slurm is tried by root where it is installed (slurm-wlm, munge)")
    folder = Path(tempfile.mkdtemp(prefix="sl", dir="/tmp"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", str(folder / "slurm.conf"))
        running = Cluster(folder)
        yield running
        running.stop()
    shutil.rmtree(folder, ignore_errors=True)


def in_slurm(course, hear=lambda line: None, most=1000):
    lines = []

    def say(line):
        lines.append(line)
        hear(line)

    there = functools.partial(tasks.use_slurm, most=most, say=say)
    return batch.grade(course, NAME, elsewhere=there, say=say), lines


def task_of(cluster, share):
    """Wait until a task runs; return its process id."""
    for _ in range(600):
        for command in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                words = command.read_bytes().split(b"\0")
                if str(cluster.folder.parent).encode() and words[-3:-1] == [b"--share", str(share).encode()]:
                    return int(command.parent.name)
        time.sleep(0.1)
    raise AssertionError("no task runs")


@pytest.mark.nightly
@pytest.mark.parametrize("what", ["a task", "its node"])
def test_what_is_killed_is_repeated_and_nothing_else(what, class_of_five, cluster):
    hand_in(class_of_five, "ada", **answers(RIGHT["ada"]), added="import time\ntime.sleep(6)")

    def kill():
        number = task_of(cluster, 1)
        if what == "a task":
            os.kill(number, signal.SIGKILL)
        else:
            cluster.kill_node()
            while "down" not in cluster.run("sinfo", "--noheader", "--format=%T"):
                time.sleep(0.5)
            cluster.start_node()

    wait = ThreadPoolExecutor(1).submit(kill).result
    summary, lines = in_slurm(class_of_five)
    wait()
    assert (summary.graded, summary.troubles, scores(class_of_five)) == (sorted(MARKS), [], MARKS)
    if what == "a task":
        assert [line.partition(" ")[0] for line in lines if "of Slurm" in line] == ["5", "1"]
    else:
        assert "due to failure of node" in Path(cluster.folder, "slurmctld.log").read_text()


@pytest.mark.nightly
def test_a_cancelled_job_ends_and_the_next_does_the_rest(class_of_five, cluster):
    def cancel(line):
        if "is job" in line or "are job" in line:
            cancel.job = line.split("job ")[1].split()[0]
        elif line.startswith("[1/5]"):
            cluster.run("scancel", cancel.job)

    first, _ = in_slurm(class_of_five, cancel)
    left = sorted(MARKS.keys() - {*first.graded})
    assert left and [trouble.partition(":")[0] for trouble in first.troubles] == left
    assert all("no result came from Slurm" in trouble for trouble in first.troubles)
    assert in_slurm(class_of_five)[0].graded == left and scores(class_of_five) == MARKS


@pytest.mark.nightly
def test_who_is_killed_beside_a_job_takes_its_results_later(class_of_five, cluster, tmp_path, monkeypatch):
    """The next job waits for the unfinished one, and no submission runs twice."""
    monkeypatch.setattr(tasks, "_clear", lambda *_: None)

    def die(line):
        if line.startswith("[1/5]"):
            os.kill(os.getpid(), signal.SIGKILL)

    assert workshop.ended(workshop.forked(lambda: in_slurm(class_of_five, die), tmp_path / "said")) == -9
    assert in_slurm(class_of_five)[0].troubles == [] and scores(class_of_five) == MARKS
    logs = tasks.folder_of(class_of_five, NAME).glob("*.log")
    ran = [line.partition(":")[0] for log in logs for line in log.read_text().splitlines()]
    assert sorted(ran) == sorted(MARKS)
