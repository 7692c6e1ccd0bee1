"""A JupyterHub for a class, on this machine: its settings are in ``deploy/hub/``."""

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import psutil

from samarkand.common import files, home, reading, spreadsheets
from samarkand.common.errors import CourseError
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import release
from samarkand_grading.classroom.course import Course

#: Memory in MB: hub, proxy and the rest; each student with a lesson open (measured by benchmarks/hub.py).
BASE, EACH = 600, 260
#: The first user id (uid) for students, if the hub runs as root.
FIRST_USER = 20001
#: Seconds in which a process may end by itself.
GRACE = 10
#: The files that hold a container's memory limit.
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def serve(  # noqa: PLR0913 - the options of the verb
    ids: Sequence[str], course: Course | None, *, folder: Path, copy: Path | None, config: Path, port: int,
    others: Sequence[str],
) -> None:  # fmt: skip
    """Serve the course to a class until Ctrl-C; raise `CourseError` if something is missing.

    `folder` keeps students' work, passwords and the hub's database; `copy` is the students' copy of the
    course, None for the installed one. With a course it is made anew, with the numbers of that course. The
    hub listens on `port` and the two after it; `others` are options of JupyterHub itself.
    """
    names, proxy = choose_names(ids), need_programs(config)
    os.umask(0o077)
    for place in (folder, folder / "homes"):
        if not place.exists():
            place.mkdir(parents=True)
            place.chmod(0o711)  # students pass through to their own, and see no names
    lock = files.locked(folder, os.O_RDONLY)
    if lock is None:
        raise CourseError(f"Another hub works in {folder}: end that one, or name another --folder.")
    end(folder, "SAMARKAND_HUB")  # of a hub that was killed; students' servers are found again
    need_ports(port)
    fits = count_places(len(names))
    if course:  # readable for all, and writable for nobody
        copy = folder / "course"
        shutil.rmtree(copy, ignore_errors=True)
        with contextlib.redirect_stdout(None):
            release.bundle(course, copy, students=ids, force=True).unlink()
        subprocess.run([sys.executable, "-m", "compileall", "-q", copy / "samarkand"], check=False)
        for path in (copy, *copy.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
    box = separate(folder, copy)
    write_class(folder, names)
    settings = {"HUB": folder, "COPY": copy or "", "PORT": port, "PROXY": proxy, "FITS": fits}
    os.environ |= {f"SAMARKAND_{name}": str(value) for name, value in settings.items()}
    os.environ["SAMARKAND_BOX"] = json.dumps(box or [])
    command = [sys.executable, "-P", "-m", "jupyterhub", "--config", str(config), *others]
    run(command, folder, f"http://127.0.0.1:{port}", apart=box is not None)


def run(command: list[str], folder: Path, address: str, *, apart: bool) -> None:
    """Start JupyterHub, print how to sign in, and start it again if it is killed; end with Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        process = start(command, folder, address)
        print(f"The hub is at {address}. Names and passwords: {folder / 'class.csv'}")
        lesson = "lab/tree/lessons/03_the_sco.ipynb"
        print(f"A link that opens lesson 03: {address}/hub/user-redirect/{lesson}")
        print(f"Each student's work: {folder / 'homes'}")
        if not apart:
            print("Students are not kept apart: they run as you do, and can read one another's work. "
                  "This is for a trial only; install bubblewrap, or use the image.")  # fmt: skip
        print("Ctrl-C ends it; all work stays.")
        while process.wait() < 0:  # killed, and not ended: the students' servers go on, and are found again
            print("The hub was killed, and starts again.")
            end(folder, "SAMARKAND_HUB")  # the proxy and other helpers of the killed hub
            process = start(command, folder, address)
    finally:
        end(folder, "SAMARKAND_HUB", "SAMARKAND_WORK")
    raise CourseError(f"The hub ended by itself. The last lines of {folder / 'hub.log'} say why.")


def start(command: list[str], folder: Path, address: str) -> subprocess.Popen[bytes]:
    """Start JupyterHub and return its process once it answers; `CourseError` if it ends instead."""
    with (folder / "hub.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    while process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/hub/health", timeout=5):
            return process
        time.sleep(0.2)
    raise CourseError(f"The hub did not start. The last lines of {folder / 'hub.log'} say why.")


def end(folder: Path, *names: str) -> None:
    """End the processes in which one of the environment variables `names` is a path in the hub's folder.

    Those that have not ended after `GRACE` are killed.
    """
    found = []
    for program in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            places = [Path(program.environ().get(name, "/")) for name in names]
            if program.pid != os.getpid() and any(place.is_relative_to(folder) for place in places):
                program.terminate()
                found.append(program)
    for program in psutil.wait_procs(found, GRACE)[1]:
        with contextlib.suppress(psutil.Error):
            program.kill()


def need_programs(config: Path) -> str:
    """Return the path of the proxy; `CourseError` says what a hub lacks here."""
    if sys.platform == "win32":
        raise CourseError("JupyterHub does not run on Windows: use WSL, a Linux inside Windows.")
    if not config.is_file():
        raise CourseError(f"There is no {config}: run this in a checkout of the course, or name --config.")
    if not (find_spec("jupyterhub") and find_spec("jupyterhub_idle_culler")):
        raise CourseError("JupyterHub is missing: .venv/bin/uv pip install -r requirements-hub.lock")
    places = os.pathsep.join((os.environ.get("PATH", ""), str(config.parent / "node_modules" / ".bin")))
    proxy = shutil.which("configurable-http-proxy", path=places)
    if not proxy or not shutil.which("node"):
        why = f"JupyterHub's proxy is missing: install Node.js and npm, then npm ci --prefix {config.parent}"
        raise CourseError(why)
    return proxy


def need_ports(port: int) -> None:
    """Raise `CourseError` if one of the three ports cannot be used."""
    for number in range(port, port + 3):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except (OSError, OverflowError) as error:
                raise CourseError(
                    f"Port {number} cannot be used ({getattr(error, 'strerror', error)}), and the hub needs "
                    f"{port} to {port + 2}. Choose others with --port."
                ) from None


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


def choose_names(ids: Sequence[str]) -> dict[str, str]:
    """Map each student's sign-in name to the id; raise `CourseError` if two names are equal.

    Examples
    --------
    >>> choose_names(["Zoë Müller"])
    {'zoë_müller': 'Zoë Müller'}
    """
    names: dict[str, str] = {}
    for one in map(numbers.student, ids):
        name = re.sub(r"\s", "_", one.lower())
        if name in names:
            raise CourseError(f"{names[name]!r} and {one!r} would both sign in as {name}: change one.")
        names[name] = one
    if not names:
        raise CourseError("A hub needs at least one student.")
    return names


def separate(folder: Path, copy: Path | None) -> list[str] | None:
    """Return the command prefix that hides others' work from a student's server; None if not available.

    ``{home}`` is a placeholder for the name of the student's folder. If the hub runs as root, each student is
    a system user who may lack access to a parent folder of Python: bubblewrap then mounts what is needed.
    """
    needed = sorted({Path(sys.base_prefix).resolve(), Path(sys.prefix), home.PACKAGE.parent})
    above = {up for place in (*needed, folder) for up in place.parents}
    closed = sorted(up for up in above if not up.stat().st_mode & 0o001) if os.geteuid() == 0 else []
    hidden = [folder, *(home.ROOT / "exercises" / part for part in ("checks", "source"))]
    laid: list[tuple[str, Path]] = [("--tmpfs", place) for place in closed]
    laid += [("--ro-bind", place) for place in needed if any(map(place.is_relative_to, closed))]
    laid += [("--tmpfs", place) for place in hidden if place.is_dir()]
    laid += [("--ro-bind", copy)] if copy else []
    laid += [("--bind", folder / "homes" / "{home}")]
    words, empty = ["bwrap", "--dev-bind", "/", "/"], list[Path]()
    for how, place in laid:
        for up in reversed(place.parents):
            if any(map(up.is_relative_to, empty)):
                words += ["--perms", "0755", "--dir", str(up)]
        words += ["--perms", "0755", how, str(place)] if how == "--tmpfs" else [how, str(place), str(place)]
        empty += [place] if how == "--tmpfs" else []
    test = [*(word.replace("{home}", "") for word in words), "--", sys.executable, "-c", ""]
    if shutil.which("bwrap") and subprocess.run(test, capture_output=True, check=False).returncode == 0:
        return [*words, "--"]
    return [] if os.geteuid() == 0 and not closed else None


def write_class(folder: Path, names: dict[str, str]) -> None:
    """Write the list of names, ids and passwords, and create the students' folders; keep existing ones."""
    listed, homes = folder / "class.csv", folder / "homes"
    before = reading.rows(listed, "id", "password") if listed.is_file() else ()
    known = {row["id"]: row["password"] for row in before}
    last = max([FIRST_USER - 1, *(path.stat().st_uid for path in homes.iterdir())])
    rows = [("id", "sign_in_as", "password")]
    for name, student in names.items():
        rows.append((student, name, known.get(student) or secrets.token_hex(6)))
        own = homes / student
        if not own.exists():
            own.mkdir()
            last += 1
            if os.geteuid() == 0:
                os.chown(own, last, last)
    files.write_whole(listed, spreadsheets.as_csv(rows).encode())
