"""The engines that confine student code: bubblewrap on Linux; Podman or Docker there and anywhere else.

Each is a command that runs the server as process 1 of a sandbox. Inside are Python with the course's
libraries, its package and tables in ``/course``, the server in ``/grader`` and a writable ``/tmp``.
"""

import functools
import hashlib
import json
import os
import re
import shlex
import shutil
import site
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from samarkand.common import home
from samarkand.common.errors import CourseError

HERE = Path(__file__).resolve().parent
GRADER = HERE.parent
#: Limits of a whole sandbox: memory in bytes and processes, if there is a cgroup; bytes of its ``/tmp``.
MEMORY, PROCESSES, SCRATCH = 3 << 29, 64, 64 << 20
#: The devices in a sandbox.
DEVICES = ("null", "full", "random", "urandom")
PROFILE = tomllib.loads((HERE / "engines.toml").read_text(encoding="utf-8"))
#: What the server does before any submission: modules to import, code to run, system calls to allow.
SETUP = PROFILE["warm"] | PROFILE["filter"]
#: What it imports for the sets alone that name it: a library, and typical code with it.
LIBRARIES: dict[str, str] = PROFILE["libraries"]
#: Parts of bubblewrap's error messages when it may not create namespaces, and the sysctl that allows it.
HINTS = PROFILE["bubblewrap"]["hints"]
CONFINED = PROFILE["container"]["options"].format(scratch=SCRATCH, memory=MEMORY, processes=PROCESSES).split()
#: Files of this folder that are in the sandbox, in ``/grader``.
INSIDE = ("server.py", "runner.py", "scratch.py")
#: -s: no user site-packages; -P: no import from a folder that a submission can write to.
SERVER = ("-s", "-P", "-B", "-m", "server")


class NoSandbox(CourseError):
    """Student code cannot be confined on a machine, and it is not run unconfined.

    Attributes
    ----------
    why : str
        A sentence that says what is missing.
    machine : str
        The machine; empty for this one.
    code : str
        "not installed", "no image", "no checkout", "in view" (student code would read what it must not),
        "ended" (the engine does not work), or "not on that machine".
    fields : dict
        What it is about: the `program`, the `path`, the `last_line` that the engine said.
    """

    def __init__(self, why: str, machine: str = "", *, code: str, **fields: object) -> None:
        self.why = why
        self.machine = machine
        where = f"on {machine}" if machine else "here"
        super().__init__(
            f"Student code cannot be confined {where}, so it is not run. {why} See deploy/grader.md.",
            code=code,
            **fields,
        )


@dataclass(frozen=True)
class ImagePlan:
    """An image of a container engine: its name, and the command that builds it, empty if it exists."""

    name: str
    build_command: list[str]


def pack_setup(tables: Sequence[str], libraries: Sequence[str]) -> str:
    """Return as JSON what the server does before any submission: the last word of its command.

    It reads the `tables`, and imports the `libraries`, which are keys of `LIBRARIES`.
    """
    code = SETUP["code"]
    for library in libraries:
        code += LIBRARIES[library]
    modules = [*SETUP["modules"], *libraries]
    return json.dumps({**SETUP, "modules": modules, "code": code, "tables": list(tables)})


def build_command(secret: Sequence[Path]) -> list[str]:
    """Build the command that starts a sandbox with the engine of this machine.

    `secret` are paths that student code must not see.
    """
    engine = find_engine()
    if engine == ["bwrap"]:
        return build_bubblewrap_command(secret)
    environment = [f"--env={name}={value}" for name, value in PROFILE["environment"].items()]
    image = make_image(tuple(engine))
    # The container ends when its stdin is closed.
    run = [*engine, "run", "--rm", "--interactive", *CONFINED, *environment, image]
    return [*run, "python3", *SERVER]


def find_engine() -> list[str]:
    """Return the start of an engine's command: ``SAMARKAND_ENGINE``, else bubblewrap, Podman or Docker.

    `NoSandbox` if none is installed.
    """
    named = shlex.split(os.environ.get("SAMARKAND_ENGINE", ""))
    if named:
        if shutil.which(named[0]) is None:
            raise NoSandbox(f"{named[0]} is not installed.", code="not installed", program=named[0])
        return named
    for name in ("bwrap", "podman", "docker"):
        if shutil.which(name):
            return [name]
    raise NoSandbox("Neither bubblewrap nor Podman nor Docker is installed.", code="not installed")


def build_bubblewrap_command(secret: Sequence[Path]) -> list[str]:
    """Build the command of bubblewrap, in a cgroup of its own where systemd can make one.

    `NoSandbox` if one of the `secret` paths, or somebody's home, lies in what student code can read.
    """
    visible = list_visible_paths()
    refuse_visible(visible, (*secret, Path.home(), Path("/home"), Path("/root")))
    # Where Python lies in /tmp, what is above it can be neither written to nor removed.
    tops = find_folders_in_tmp(visible)
    command = [
        *["bwrap", "--as-pid-1", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"],
        *list_namespace_options(),
        *list_environment_options(),
        *f"--perms 1777 --size {SCRATCH} --tmpfs /tmp --dir /dev".split(),
    ]
    for top in tops:
        command += ["--tmpfs", top]
    command += list_bind_options(visible)
    for name in DEVICES:
        command += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    for top in tops:
        command += ["--remount-ro", top]
    command += ["--remount-ro", "/", "--chdir", "/", "--", sys.executable, *SERVER]
    cgroup = find_cgroup_command()
    if not cgroup:
        return [*command, "--counted"]
    return [*cgroup, *command]


def refuse_visible(visible: Mapping[str, Path], hidden: Sequence[Path]) -> None:
    """Raise `NoSandbox` if a path that has to be hidden lies in one that is visible in a sandbox."""
    for place in visible.values():
        for path in hidden:
            if path.resolve().is_relative_to(place):
                why = f"{path} lies in {place}, which student code can read: move it elsewhere."
                raise NoSandbox(why, code="in view", path=path, place=place)


def list_namespace_options() -> list[str]:
    """Return the options of bubblewrap by which a sandbox shares no process, network or right with others."""
    if os.geteuid() != 0:
        return ["--unshare-all", "--uid", "1000", "--gid", "1000"]
    # As root the server may read what lies in root's own folders, and then gives root up.
    namespaces = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    return [*namespaces, "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]


def list_environment_options() -> list[str]:
    """Return the options of bubblewrap that set the variables of every sandbox."""
    options = []
    for name, value in PROFILE["environment"].items():
        options += ["--setenv", name, value]
    return options


def find_folders_in_tmp(visible: Mapping[str, Path]) -> set[str]:
    """Return the folders in ``/tmp`` that lead to visible paths."""
    folders = set()
    for inside in visible:
        if Path(inside).is_relative_to("/tmp"):
            folders.add(str(Path(*Path(inside).parts[:3])))
    return folders


def list_bind_options(visible: Mapping[str, Path]) -> list[str]:
    """Return the options of bubblewrap that show paths, read-only.

    Other file systems that are mounted in them, and the grader itself, are covered by something empty.
    """
    covered = (*list_mounts(), GRADER)
    options = []
    for inside, outside in visible.items():
        options += ["--dir", str(Path(inside).parent), "--ro-bind", str(outside), inside]
        for place in covered:
            if place == outside or not place.is_relative_to(outside):
                continue
            place_inside = str(Path(inside, place.relative_to(outside)))
            if place.is_dir():
                options += ["--tmpfs", place_inside, "--remount-ro", place_inside]
            else:
                options += ["--ro-bind", "/dev/null", place_inside]
    return options


def list_visible_paths() -> dict[str, Path]:
    """Return the paths visible in a sandbox, path inside to path outside: Python, its libraries, the course.

    A list of paths to hide could not be complete: machines keep private files in many places, and nbgrader's
    exchange lies by default below ``/usr/local/share``.
    """
    places = [Path(place) for place in PROFILE["bubblewrap"]["system"].split()]
    for prefix in (sys.base_prefix, sys.prefix, Path(sys.executable).resolve().parent.parent):
        for name in ("lib", "lib64", "bin", "pyvenv.cfg"):
            places.append(Path(prefix, name))
    packages_of_user = site.getusersitepackages()
    for path in sys.path:
        if path.endswith("-packages") and path != packages_of_user:
            places.append(Path(path))
    visible: dict[str, Path] = {}
    for place in (*places, *(place.resolve() for place in places)):
        is_listed = any(str(folder) in visible for folder in (place, *place.parents))
        if place.exists() and not is_listed:
            visible[str(place)] = place.resolve()
    visible["/course/samarkand"] = home.PACKAGE
    visible["/course/course_data"] = home.course_data().resolve()
    for name in INSIDE:
        visible[f"/grader/{name}"] = HERE / name
    return visible


def list_mounts() -> list[Path]:
    """Return the mount points of this machine, whatever bytes are in their names."""
    # Not /proc/self/mounts: there the source comes first, and may be empty or longer than what libc reads.
    mounts = []
    for line in Path("/proc/self/mountinfo").read_bytes().split(b"\n")[:-1]:
        escaped = line.split(b" ")[4]
        name = re.sub(rb"\\(\d{3})", lambda octal: bytes([int(octal[1], 8)]), escaped)
        mounts.append(Path(os.fsdecode(name)))
    return mounts


@functools.cache
def find_cgroup_command(memory: int = MEMORY, processes: int = PROCESSES) -> list[str]:
    """Return the beginning of a command that runs it in a limited cgroup; empty if systemd makes none.

    `memory` is in bytes.
    """
    command = ["systemd-run", "--scope", "--quiet", "--collect"]
    if os.geteuid() != 0:
        command.append("--user")
    for limit in (f"MemoryMax={memory}", "MemorySwapMax=0", f"TasksMax={processes}"):
        command.append(f"--property={limit}")
    try:
        subprocess.run([*command, "true"], capture_output=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return command


@functools.cache
def make_image(engine: tuple[str, ...]) -> str:
    """Return the name of the image; build it if it does not exist."""
    plan = plan_image(engine)
    if plan.build_command:
        print(f"Making the image {plan.name}: some minutes, the first time.", file=sys.stderr)
        build = subprocess.run(plan.build_command, capture_output=True, text=True, check=False)
        if build.returncode != 0:
            last_words = " ".join(build.stderr.split())[-300:]
            why = f"{engine[0]} could not make the image: {last_words}"
            raise NoSandbox(why, code="no image", program=engine[0])
    return plan.name


def plan_image(engine: tuple[str, ...]) -> ImagePlan:
    """Return the image's name, and how to build it if it does not exist.

    The name has a digest of the Containerfile and of everything that it copies.
    """
    path = home.ROOT / "deploy" / "Containerfile"
    if not path.is_file():
        why = f"{engine[0]} makes its image in a checkout of the course, and this is none."
        raise NoSandbox(why, code="no checkout", program=engine[0])
    digest = hashlib.sha256()
    for file in list_image_files(path):
        digest.update(f"{file.relative_to(home.ROOT)}\0".encode() + file.read_bytes())
    name = f"samarkand-grader:{digest.hexdigest()[:16]}"
    inspection = subprocess.run([*engine, "image", "inspect", name], capture_output=True, check=False)
    if inspection.returncode == 0:
        return ImagePlan(name, [])
    words = f"build --target sandbox --tag {name} --file".split()
    return ImagePlan(name, [*engine, *words, str(path), str(home.ROOT)])


def list_image_files(containerfile: Path) -> list[Path]:
    """Return the Containerfile and all files that it copies into the image, sorted."""
    stages = containerfile.read_text(encoding="utf-8").partition("\nFROM base AS proxy")[0]
    paths = [containerfile]
    for line in re.findall(r"^COPY (.*) \S+$", stages, re.MULTILINE):
        for name in line.split():
            path = home.ROOT / name
            paths += path.rglob("*") if path.is_dir() else [path]
    return sorted(path for path in paths if path.is_file() and "__pycache__" not in path.parts)
