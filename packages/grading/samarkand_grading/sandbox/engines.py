"""The engines that confine student code: bubblewrap on Linux; Podman or Docker there and anywhere else.

Each is a command that runs the server as process 1 of a sandbox. Inside are Python with the course's
libraries, its package and tables in ``/course``, the server in ``/grader`` and a writable ``/tmp``.
"""

import contextlib
import functools
import hashlib
import os
import re
import shlex
import shutil
import site
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from samarkand.common import home
from samarkand.common.errors import CourseError

HERE = Path(__file__).resolve().parent
GRADER = HERE.parent
#: Limits of a whole sandbox: memory in bytes and processes, if there is a cgroup; bytes of its ``/tmp``.
MEMORY, PROCESSES, SCRATCH = 3 << 29, 64, 64 << 20
PROFILE = tomllib.loads((HERE / "engines.toml").read_text(encoding="utf-8"))
#: What the server does before any submission: modules to import, code to run, system calls to allow.
SETUP = PROFILE["warm"] | PROFILE["filter"]
#: Parts of bubblewrap's error messages when it may not create namespaces, and the sysctl that allows it.
HINTS = PROFILE["bubblewrap"]["hints"]
CONFINED = PROFILE["container"]["options"].format(scratch=SCRATCH, memory=MEMORY, processes=PROCESSES).split()
#: Files of this folder that are in the sandbox, in ``/grader``.
INSIDE = ("server.py", "runner.py", "scratch.py")
#: -s: no user site-packages; -P: no import from a folder that a submission can write to.
SERVER = ("-s", "-P", "-B", "-m", "server")


class NoSandbox(CourseError):
    """Student code cannot be confined on a machine, and it is not run unconfined.

    `why` says what is missing; `machine` is empty for this one.
    """

    def __init__(self, why: str, machine: str = "") -> None:
        self.why, self.machine = why, machine
        where = f"on {machine}" if machine else "here"
        super().__init__(
            f"Student code cannot be confined {where}, so it is not run. {why} See deploy/grader.md."
        )


def choose(secret: Sequence[Path]) -> list[str]:
    """Build the command of the engine; `secret` are paths that student code must not see."""
    words = find_engine()
    if words == ["bwrap"]:
        return build_bubblewrap(secret)
    env = [f"--env={name}={value}" for name, value in PROFILE["environment"].items()]
    # The container ends when its stdin is closed.
    run = [*words, "run", "--rm", "--interactive", *CONFINED, *env, make_image(tuple(words))]
    return [*run, "python3", *SERVER]


def find_engine() -> list[str]:
    """Return the start of an engine's command: ``SAMARKAND_ENGINE``, else bubblewrap, Podman or Docker.

    `NoSandbox` if none is installed.
    """
    named = shlex.split(os.environ.get("SAMARKAND_ENGINE", ""))
    if named:
        if shutil.which(named[0]) is None:
            raise NoSandbox(f"{named[0]} is not installed.")
        return named
    for name in ("bwrap", "podman", "docker"):
        if shutil.which(name):
            return [name]
    raise NoSandbox("Neither bubblewrap nor Podman nor Docker is installed.")


def build_bubblewrap(secret: Sequence[Path]) -> list[str]:
    """Build the command of bubblewrap, in a cgroup of its own where systemd can make one."""
    shown, elsewhere = list_visible(), list_mounts()
    for place in shown.values():
        for path in (*secret, Path.home(), Path("/home"), Path("/root")):
            if path.resolve().is_relative_to(place):
                raise NoSandbox(f"{path} lies in {place}, which student code can read: move it elsewhere.")
    words = ["bwrap", "--as-pid-1", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]
    # As root the server may read what lies in root's own folders, and then gives root up.
    root = "--unshare-ipc --unshare-pid --unshare-net --unshare-uts --cap-add CAP_SETUID --cap-add CAP_SETGID"
    words += (root if os.geteuid() == 0 else "--unshare-all --uid 1000 --gid 1000").split()
    words += [word for pair in PROFILE["environment"].items() for word in ("--setenv", *pair)]
    words += f"--perms 1777 --size {SCRATCH} --tmpfs /tmp --dir /dev".split()
    # Where Python lies in /tmp, what is above it can be neither written to nor removed.
    tops = {str(Path(*place.parts[:3])) for place in map(Path, shown) if place.is_relative_to("/tmp")}
    words += [word for top in tops for word in ("--tmpfs", top)]
    for inside, here in shown.items():
        words += ["--dir", str(Path(inside).parent), "--ro-bind", str(here), inside]
        for inner in (*elsewhere, GRADER):  # other file systems and the grader itself are covered
            if inner != here and inner.is_relative_to(here):
                at = str(Path(inside, inner.relative_to(here)))
                empty = ["--tmpfs", at, "--remount-ro", at]
                words += empty if inner.is_dir() else ["--ro-bind", "/dev/null", at]
    for name in ("null", "full", "random", "urandom"):
        words += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    words += [word for top in tops for word in ("--remount-ro", top)]
    words += ["--remount-ro", "/", "--chdir", "/", "--", sys.executable, *SERVER]
    return [*scope, *words] if (scope := find_cgroup()) else [*words, "--counted"]


def list_visible() -> dict[str, Path]:
    """Return the paths visible in a sandbox, path inside to path outside: Python, its libraries, the course.

    A list of paths to hide could not be complete: machines keep private files in many places, and nbgrader's
    exchange lies by default below ``/usr/local/share``.
    """
    places = [Path(place) for place in PROFILE["bubblewrap"]["system"].split()]
    for prefix in (sys.base_prefix, sys.prefix, Path(sys.executable).resolve().parent.parent):
        places += [Path(prefix, name) for name in ("lib", "lib64", "bin", "pyvenv.cfg")]
    own = site.getusersitepackages()
    places += [Path(path) for path in sys.path if path.endswith("-packages") and path != own]
    shown: dict[str, Path] = {}
    for place in (*places, *(place.resolve() for place in places)):
        if place.exists() and not any(str(other) in shown for other in (place, *place.parents)):
            shown[str(place)] = place.resolve()
    shown |= {"/course/samarkand": home.PACKAGE, "/course/course_data": home.course_data().resolve()}
    return shown | {f"/grader/{name}": HERE / name for name in INSIDE}


def list_mounts() -> list[Path]:
    """Return the mount points of this machine, whatever bytes are in their names."""
    # Not /proc/self/mounts: there the source comes first, and may be empty or longer than what libc reads.
    lines = Path("/proc/self/mountinfo").read_bytes().split(b"\n")[:-1]
    names = [re.sub(rb"\\(\d{3})", lambda m: bytes([int(m[1], 8)]), line.split(b" ")[4]) for line in lines]
    return [Path(os.fsdecode(name)) for name in names]


@functools.cache
def find_cgroup(memory: int = MEMORY, processes: int = PROCESSES) -> list[str]:
    """Return the systemd-run prefix that puts a command into a limited cgroup; empty if that fails."""
    words = f"systemd-run --scope --quiet --collect {'--user' if os.geteuid() else ''}".split()
    for limit in (f"MemoryMax={memory}", "MemorySwapMax=0", f"TasksMax={processes}"):
        words.append(f"--property={limit}")
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run([*words, "true"], capture_output=True, timeout=20, check=True)
        return words
    return []


@functools.cache
def make_image(engine: tuple[str, ...]) -> str:
    """Return the name of the image; build it if it does not exist."""
    name, command = plan_image(engine)
    if command:
        print(f"Making the image {name}: some minutes, the first time.", file=sys.stderr)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoSandbox(f"{engine[0]} could not make the image: {' '.join(done.stderr.split())[-300:]}")
    return name


def plan_image(engine: tuple[str, ...]) -> tuple[str, list[str]]:
    """Return the image's name and the command that builds it, which is empty if the image exists.

    The name has a digest of the Containerfile and of everything that it copies.
    """
    path = home.ROOT / "deploy" / "Containerfile"
    if not path.is_file():
        raise NoSandbox(f"{engine[0]} makes its image in a checkout of the course, and this is none.")
    stages = path.read_text(encoding="utf-8").partition("\nFROM base AS proxy")[0]
    copied = re.findall(r"^COPY (.*) \S+$", stages, re.MULTILINE)
    parts = [path, *(home.ROOT / part for line in copied for part in line.split())]
    digest = hashlib.sha256()
    for one in sorted(one for part in parts for one in (part.rglob("*") if part.is_dir() else [part])):
        if one.is_file() and "__pycache__" not in one.parts:
            digest.update(f"{one.relative_to(home.ROOT)}\0".encode() + one.read_bytes())
    name = f"samarkand-grader:{digest.hexdigest()[:16]}"
    if subprocess.run([*engine, "image", "inspect", name], capture_output=True, check=False).returncode:
        words = f"build --target sandbox --tag {name} --file".split()
        return name, [*engine, *words, str(path), str(home.ROOT)]
    return name, []
