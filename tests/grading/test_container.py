"""The grader's container, as far as it can be held without one: what the image is made of suffices, and the
script starts it as its page says.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import workshop
from packaging.requirements import Requirement
from test_batch import hand_in

ROOT = Path(__file__).resolve().parents[2]
LOCK = "requirements-grading.lock"
PAGE = (ROOT / "deploy" / "grader.md").read_text(encoding="utf-8")

posix = pytest.mark.skipif(os.name != "posix", reason="the script is for shells of Unix")


def test_only_the_lock_goes_into_the_image():
    containerfile = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from=made)(.*) \S+$", containerfile, re.MULTILINE)
    assert " ".join(copied).split() == [LOCK]
    assert not re.search(r"^ADD|https?:|--(index|proxy)", containerfile, re.MULTILINE)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert [line for line in ignored if not line.startswith("#")] == ["*", f"!{LOCK}"]


#: Runs ``samarkand`` with nothing to import but Python, the course, and what the lock names.
ONLY_THE_LOCK = """
import json, re, sys
from importlib.machinery import PathFinder
from importlib.metadata import packages_distributions
locked, commands = map(json.loads, sys.argv[1:])
missing = {name for name, owners in packages_distributions().items()
           if not {*locked} & {re.sub("[-_.]+", "-", owner).lower() for owner in owners}} - {"samarkand"}
class Locked(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in missing else super().find_spec(name, path, target)
sys.meta_path[sys.meta_path.index(PathFinder)] = Locked
from samarkand import cli
for words in commands:
    assert cli.main(words) == 0, words
"""


def test_the_lock_holds_all_that_grading_imports(course, need):
    need(sys.platform == "linux" and shutil.which("bwrap"), "student code is only ever run under bubblewrap")
    lines = (ROOT / LOCK).read_text(encoding="utf-8").splitlines()
    locked = [Requirement(line.rstrip("\\")).name for line in lines if line[0].isalpha()]
    hand_in(course, "ada", **workshop.ANSWERS)
    hand_in(course, "bob", q1="import socket\nproduct = 1")
    kinds = ("csv", "canvas", "moodle", "nbgrader")
    commands = [["grade", "ex90"], ["explain", "ex90", "--student", "ada"], ["marks", "ex90"]]
    commands += [["marks", "ex90", "--export", kind] for kind in kinds]
    where = ["--course", str(course.root), "--secret", str(course.secret)]
    run = subprocess.run(
        [sys.executable, "-c", ONLY_THE_LOCK, json.dumps(locked), json.dumps([c + where for c in commands])],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, ""), run.stderr
    assert "2 graded, 0 as they were." in run.stdout
    assert "10 of 10" in run.stdout


# --- the script ---------------------------------------------------------------------------------------------

ENGINE = """#!/bin/sh
printf '%s\\n' "$*" >> "$RECORD"
case $1 in
image) test -e "$RECORD.made" ;;
build) touch "$RECORD.made" ;;
info) echo "$INFO" ;;
run) exit 3 ;;
esac
"""


class Machine:
    """A machine with a course, a home, and programs that write down what they are asked."""

    def __init__(self, folder: Path) -> None:
        self.programs, self.home, self.course = folder / "bin", folder / "home", folder / "my course"
        self.record = folder / "record"
        for made in (self.programs, self.home, self.course / "deploy"):
            made.mkdir(parents=True)
        for name in ("deploy/grader.sh", "deploy/Containerfile", LOCK):
            shutil.copy(ROOT / name, self.course / name)
        for name in ("sh", "cat", "cksum", "cut", "dirname", "basename", "mkdir", "touch", "id"):
            (self.programs / name).symlink_to(str(shutil.which(name)))

    def has(self, program: str, text: str = ENGINE) -> None:
        path = self.programs / program
        path.unlink(missing_ok=True)
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def says(self, *words: str, user: int = 501, **environment: str) -> subprocess.CompletedProcess[str]:
        self.has("id", f'#!/bin/sh\ntest "$1" = -u && echo {user} || echo 20\n')
        environment = {"INFO": "false", "RECORD": str(self.record), "HOME": str(self.home), **environment}
        environment["PATH"] = str(self.programs)
        return subprocess.run(
            [self.course / "deploy" / "grader.sh", *words],
            env=environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def asked(self) -> list[str]:
        asked = self.record.read_text().splitlines()
        self.record.unlink()
        return asked


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@posix
def test_where_there_is_no_engine_it_says_so(machine):
    run = machine.says("grade", "ex03")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "Neither podman nor docker is here: install one of them.\n"


@posix
@pytest.mark.parametrize("engine", ["podman", "docker"])
def test_the_image_is_made_once_and_again_for_a_new_lock(machine, engine):
    machine.has(engine)
    assert machine.says("grade", "ex03", "--jobs", "2").returncode == 3  # what the container ends with
    inspect, build, _, run = machine.asked
    image = inspect.split()[-1]
    assert re.fullmatch(r"samarkand-grader:\d+", image)
    file = machine.course / "deploy" / "Containerfile"
    assert build == f"build --tag {image} --file {file} {machine.course}"
    assert run.endswith(f" {image} grade ex03 --jobs 2")
    machine.says("marks", "ex03")
    assert [line.split()[0] for line in machine.asked] == ["image", "info", "run"]
    with (machine.course / LOCK).open("a") as lock:
        lock.write("new==1\n")
    machine.says("marks", "ex03")
    assert machine.asked[0].split()[-1] != image


@posix
@pytest.mark.parametrize(
    ("engine", "info", "user", "rights"),
    [
        ("podman", "false", 501, "--user=501:20 --cap-drop=ALL"),
        ("podman", "true", 501, "--user=0:0 --cap-add=SYS_ADMIN"),
        ("podman", "false", 0, "--user=0:20 --cap-add=SYS_ADMIN"),
        ("docker", "[name=seccomp,profile=builtin]", 501, "--user=501:20 --cap-drop=ALL"),
        ("docker", "[name=seccomp,profile=builtin name=rootless]", 501, "--user=0:0 --cap-add=SYS_ADMIN"),
        ("docker", "[name=seccomp,profile=builtin]", 0, "--user=0:20 --cap-add=SYS_ADMIN"),
    ],
)
def test_what_is_written_belongs_to_the_caller(machine, engine, info, user, rights):
    machine.has(engine)
    machine.says("grade", "ex03", user=user, INFO=info)
    *_, run = machine.asked
    assert f" {rights} " in run
    assert ("seccomp=unconfined" in run) == (engine == "docker")
    assert f" --volume={machine.course}:/course " in run


@posix
def test_the_secret_stays_where_it_is(machine):
    machine.has("docker")
    machine.says("release")
    *_, run = machine.asked
    assert f" --volume={machine.home}/.config/samarkand:/secret --env=SAMARKAND_SECRET=/secret/secret " in run
    assert (machine.home / ".config" / "samarkand").is_dir()
    machine.says("release", SAMARKAND_SECRET="keys/mine")
    *_, run = machine.asked
    assert f" --volume={machine.home}/keys:/secret --env=SAMARKAND_SECRET=/secret/mine " in run


@posix
def test_of_two_engines_one_can_be_named(machine):
    machine.has("podman")
    machine.has("docker")
    machine.says("grade", "ex03", CONTAINERS="docker")
    *_, run = machine.asked
    assert "seccomp=unconfined" in run


@posix
def test_the_page_gives_and_explains_the_options_of_the_script(machine):
    machine.has("docker")
    machine.says("grade", "ex03")
    *_, run = machine.asked
    wanted = {word for word in run.split() if word.startswith("--")}
    wanted = {word for word in wanted if not word.startswith(("--volume", "--env", "--rm", "--user"))}
    by_hand = PAGE.split("docker run ")[1].split("```")[0]
    assert wanted == {word for word in by_hand.split() if re.match(r"--(network|cap|security)", word)}
    for option in wanted:
        assert f"| `{option}` |" in PAGE
    script = (ROOT / "deploy" / "grader.sh").read_text(encoding="utf-8")
    for option in re.findall(r"^\| `(--[\w-]+)", PAGE, re.MULTILINE):
        assert option in script
