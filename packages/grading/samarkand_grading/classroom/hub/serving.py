"""Serve the course to a class: prepare a hub's folder, then start JupyterHub and watch over it."""

import contextlib
import datetime as dt
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Collection, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import psutil

from samarkand.common import files, home
from samarkand.common.errors import CourseError
from samarkand_grading.classroom import release
from samarkand_grading.classroom.course import Course
from samarkand_grading.classroom.hub import class_list, confinement, door, folders, logs, processes
from samarkand_grading.classroom.hub.addresses import Addresses
from samarkand_grading.classroom.hub.confinement import CannotConfine, Confinement, NoConfinement
from samarkand_grading.classroom.hub.warm_up import WarmUp

#: Memory in MB: of hub, proxy and the rest; of a student with a lesson open (measured by benchmarks/hub.py).
BASE, LESSON = 600, 260
#: What a student may use.
ALLOWED = confinement.Limits()
#: Memory in MB that a student may take: her lesson, and what she may write where files lie in memory.
EACH = LESSON + (ALLOWED.tmp + ALLOWED.shm) // 10**6
#: What a student's page can do in another student's browser, where all have one address.
ONE_ADDRESS = (
    "All servers have one address: a link that one student sends to another can act for whoever opens it. "
    "--addresses-below gives each an address of its own: deploy/README.md says what that needs."
)
#: Seconds between two measurements of the students' folders.
MINUTE = 60
#: The files that hold a container's memory limit.
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def serve_class(  # noqa: PLR0913 - the options of the verb
    ids: Sequence[str],
    course: Course | None,
    *,
    folder: Path,
    copy: Path | None,
    config: Path,
    port: int,
    network: bool,
    may_be_alone: bool,
    warm_at: dt.time | None,
    addresses: Addresses | None,
    sections: Mapping[str, str],
    others: Sequence[str],
) -> None:
    """Serve the course to a class until Ctrl-C.

    Parameters
    ----------
    ids : sequence of str
        The students' ids.
    course : Course or None
        The course from which the students' copy is made, with the numbers of its secret; None: it is there.
    folder : Path
        The folder that keeps students' work, passwords and the hub's database.
    copy : Path or None
        The students' copy, if there is no `course`; None: the course that is installed.
    config : Path
        JupyterHub's settings.
    port : int
        The hub listens on this port and the two after it.
    network : bool
        Whether students' servers share the machine's network.
    may_be_alone : bool
        Whether the one student is whoever runs the hub, who tries it.
    warm_at : datetime.time or None
        When all servers are started each day, before class; None: each when its student comes.
    addresses : Addresses or None
        Below what address each student's server has one of its own; None: all have the hub's.
    sections : mapping
        The section of each student by id, for what the class is shown of itself; may be empty.
    others : sequence of str
        Options of JupyterHub itself.

    Raises
    ------
    CannotConfine
        If students cannot be kept apart.
    CourseError
        If something else is missing.
    """
    names = class_list.choose_names(ids)
    proxy = need_programs(config)
    os.umask(0o077)
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o711)
    homes = folder / "homes"
    homes.mkdir(exist_ok=True)
    homes.chmod(0o700)  # nobody else on the machine sees whose there are; students are given theirs
    lock = files.lock_path(folder, os.O_RDONLY)
    if lock is None:
        text = f"Another hub works in {folder}: end that one, or name another --folder."
        raise CourseError(text, code="folder in use", folder=folder)
    processes.end_processes(
        folder, "SAMARKAND_HUB"
    )  # of a hub that was killed; students' servers are found again
    need_ports(port)
    fits = count_places(len(names))
    kept_from_students = [
        folder / "homes",
        folder / "class.csv",
        home.ROOT / "exercises" / "checks",
        Path.home(),
    ]
    if course:
        kept_from_students.append(course.secret)
        copy = make_copy(course, folder / "course", ids)
    class_list.write_class(folder, names, sections)
    end_servers_of_others(folder, [homes / student for student in names.values()])
    hub_door = None if network else folder / "door"
    if hub_door:
        door.open_doors(hub_door, [homes / student for student in names.values()], port + 1)
    shown = [config.parent / "jupyter_server_config.d", *([copy] if copy else [])]
    first = folder / "homes" / next(iter(names.values()))
    boundary = choose_boundary(shown, kept_from_students, first, hub_door, may_be_alone=may_be_alone)
    settings = {"HUB": folder, "COPY": copy or "", "PORT": port, "PROXY": proxy, "FITS": fits}
    os.environ |= {f"SAMARKAND_{name}": str(value) for name, value in settings.items()}
    os.environ["SAMARKAND_BOUNDARY"] = boundary.to_json()
    told = [boundary.describe()]
    here = f"http://127.0.0.1:{port}"
    addresses = addresses or Addresses(here)
    if addresses.has_one_each:
        os.environ["SAMARKAND_ADDRESSES_BELOW"] = addresses.hub
        told.append(f"Each student's server has an address of its own below {addresses.hub}.")
    elif len(names) > 1:
        told.append(ONE_ADDRESS)
    if warm_at:
        warm_up = WarmUp(warm_at, secrets.token_hex())
        os.environ["SAMARKAND_WARM_UP"] = warm_up.token
        told.append(f"All servers are started each day at {warm_at:%H:%M}, by this machine's clock.")
        warm_up.begin(here, list(names))
    command = [sys.executable, "-P", "-m", "jupyterhub", "--config", str(config), *others]
    run_hub(command, folder, here, addresses=addresses, boundary=boundary, told=told)


def make_copy(course: Course, target: Path, ids: Sequence[str]) -> Path:
    """Make the students' copy anew, readable for all and writable for nobody; return its folder.

    A copy that is there and equal stays: servers that have outlived their hub read it. If it has to go, they
    are ended first.
    """
    made = target.with_name(f"{target.name}.new")
    shutil.rmtree(made, ignore_errors=True)
    with contextlib.redirect_stdout(None):
        release.bundle_course(course, made, students=ids, force=True).unlink()
    if digest_copy(made) == digest_copy(target):
        shutil.rmtree(made)
        return target
    processes.end_processes(target.parent, "SAMARKAND_WORK")
    shutil.rmtree(target, ignore_errors=True)
    made.rename(target)
    subprocess.run([sys.executable, "-P", "-m", "compileall", "-q", target / "samarkand"], check=False)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target


def digest_copy(folder: Path) -> str:
    """Return a digest of the names and contents of all files in a folder but what Python compiles."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.parent.name != "__pycache__":
            found.update(f"{path.relative_to(folder)}\0".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def end_servers_of_others(folder: Path, homes: Collection[Path]) -> None:
    """End the servers that a killed hub has left behind of students who are in the class no more."""
    for work in processes.list_values("SAMARKAND_WORK"):
        home = Path(work).parent
        if home.is_relative_to(folder) and home not in homes:
            processes.end_processes(home, "SAMARKAND_WORK")


def choose_boundary(
    shown: Sequence[Path], secrets: Sequence[Path], probe: Path, hub_door: Path | None, *, may_be_alone: bool
) -> Confinement | NoConfinement:
    """Return what is between students; raise `CannotConfine` if nothing can be, and it is no trial for one.

    Parameters
    ----------
    shown, secrets : sequence of Path
        What students are to see of the hub, and what they must not.
    probe : Path
        The folder of a student, in whose place it is tried.
    hub_door : Path or None
        The folder with the hub's socket; None: students have the machine's network.
    may_be_alone : bool
        Whether the one student is whoever runs the hub. Root is not: no notebook gets all of root's rights.
    """
    chosen = confinement.choose_confinement(shown, door=hub_door, limits=ALLOWED)
    try:
        confinement.need_confinement(chosen, probe, [path for path in secrets if path.exists()], shown)
    except CannotConfine:
        if not may_be_alone or os.geteuid() == 0:
            raise
        return NoConfinement()
    return chosen


def run_hub(  # noqa: PLR0913 - what a hub is
    command: list[str],
    folder: Path,
    here: str,
    *,
    addresses: Addresses,
    boundary: Confinement | NoConfinement,
    told: Sequence[str],
) -> None:
    """Start JupyterHub and print what is `told`; start it again if it is killed; end with Ctrl-C.

    Parameters
    ----------
    command : list of str
        The words that start JupyterHub.
    folder : Path
        The folder that keeps the hub's files.
    here : str
        The address at which this machine reaches it.
    addresses : Addresses
        Those that students type.
    boundary : Confinement or NoConfinement
        What is between students.
    told : sequence of str
        What whoever starts it has to know.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        process = start_hub(command, folder, here)
        print(f"The hub is at {addresses.hub}. Names and passwords: {folder / 'class.csv'}")
        lesson = "lab/tree/lessons/03_the_sco.ipynb"
        print(f"A link that opens lesson 03: {addresses.hub}/hub/user-redirect/{lesson}")
        print(f"Each student's work: {folder / 'homes'}")
        print("\n".join(told))
        if isinstance(boundary, Confinement):
            threading.Thread(target=watch_folders, args=(folder, boundary.limits), daemon=True).start()
        print("Ctrl-C ends it; all work stays.")
        while process.wait() < 0:  # killed, and not ended: the students' servers go on, and are found again
            print("The hub was killed, and starts again.")
            processes.end_processes(folder, "SAMARKAND_HUB")  # the proxy and other helpers of the killed hub
            process = start_hub(command, folder, here)
    finally:
        processes.end_processes(folder, "SAMARKAND_HUB", "SAMARKAND_WORK")
    log = folder / "hub.log"
    raise CourseError(f"The hub ended by itself. The last lines of {log} say why.", code="ended", log=log)


def start_hub(command: list[str], folder: Path, here: str) -> subprocess.Popen[bytes]:
    """Start JupyterHub and return its process once it answers; `CourseError` if it ends instead."""
    with (folder / "hub.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    while process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{here}/hub/health", timeout=5):
            return process
        time.sleep(0.2)
    text = f"The hub did not start. The last lines of {folder / 'hub.log'} say why."
    raise CourseError(text, code="did not start", log=folder / "hub.log")


def watch_folders(folder: Path, limits: confinement.Limits) -> None:
    """Look each minute at what students have written; whatever goes wrong is said, and tried again."""
    while True:
        time.sleep(MINUTE)
        try:
            logs.empty_long_logs(folder)
            end_servers_with_too_much(folder, limits)
        except Exception as error:  # nothing looks at their folders if this ends
            print(f"Students' folders could not be looked at: {error}")


def end_servers_with_too_much(folder: Path, limits: confinement.Limits) -> None:
    """End the servers of students whose folders hold too much, and say whose."""
    running = processes.list_values("SAMARKAND_WORK")
    for student in sorted((folder / "homes").iterdir()):
        if not any(Path(work).is_relative_to(student) for work in running):
            continue
        found = folders.measure_folder(student)
        if found.is_more_than(limits.home):
            print(f"The server of {student.name} was ended. {found.describe(limits.home)}")
            processes.end_processes(student, "SAMARKAND_WORK")


def need_programs(config: Path) -> str:
    """Return the path of the proxy; `CourseError` says what a hub lacks here."""
    if sys.platform == "win32":
        text = "JupyterHub does not run on Windows: use WSL, a Linux inside Windows."
        raise CourseError(text, code="on Windows")
    if not config.is_file():
        text = f"There is no {config}: run this in a checkout of the course, or name --config."
        raise CourseError(text, code="no settings", file=config)
    if not (find_spec("jupyterhub") and find_spec("jupyterhub_idle_culler")):
        text = "JupyterHub is missing: .venv/bin/uv pip install -r requirements-hub.lock"
        raise CourseError(text, code="not installed", program="jupyterhub")
    ours = home.ROOT / "deploy" / "hub"  # settings of one's own lie elsewhere
    folders = [folder / "node_modules" / ".bin" for folder in (config.parent, ours)]
    proxy = shutil.which(
        "configurable-http-proxy", path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, folders)])
    )
    if not proxy or not shutil.which("node"):
        folder = ours if ours.is_dir() else config.parent
        why = f"JupyterHub's proxy is missing: install Node.js and npm, then npm ci --prefix {folder}"
        raise CourseError(why, code="not installed", program="configurable-http-proxy")
    return proxy


def need_ports(port: int) -> None:
    """Raise `CourseError` if one of the three ports cannot be used."""
    for number in range(port, port + 3):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except (OSError, OverflowError) as error:
                text = (
                    f"Port {number} cannot be used ({getattr(error, 'strerror', error)}), and the hub needs "
                    f"{port} to {port + 2}. Choose others with --port."
                )
                raise CourseError(text, code="port in use", port=number) from None


def count_places(students: int) -> int:
    """Return how many students fit into memory at once, at least one; print a warning if not all do."""
    texts = [path.read_text(encoding="ascii").strip() for path in map(Path, LIMITS) if path.is_file()]
    limits = [int(text) for text in texts if text.isdecimal()]
    free = min(int(psutil.virtual_memory().available), *limits) // 10**6
    fits = max((free - BASE) // EACH, 1)
    if fits < students:
        need = f"{(BASE + EACH * students) / 1000:.1f} GB of memory: {BASE} MB, and {EACH} MB each"
        some = f"Only {fits} are let in at once; whoever comes then is asked to try again later."
        print(f"{students} students at once need {need}. {free / 1000:.1f} GB are free. {some}")
    return fits
