"""Find and end what a hub has started: a variable of its environment names a path in the hub's folder."""

import contextlib
import os
from pathlib import Path

import psutil

#: Seconds in which a process may end by itself.
GRACE = 10


def list_values(name: str) -> set[str]:
    """Return the values that a variable has in the environments of processes that `can_be_ours`."""
    values = set[str]()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            value = process.environ().get(name)
            if value and can_be_ours(process):
                values.add(value)
    return values


def can_be_ours(process: psutil.Process) -> bool:
    """Return whether a process is one that this user has started, and no student's own.

    Whoever starts a process chooses its environment, so a variable alone says nothing. Students' processes
    are in other namespaces of processes than the hub's; those of others on the machine are other users'.
    """
    if process.uids().real != os.getuid():
        return False
    here = Path("/proc/self/ns/pid")
    if not here.is_symlink():  # no Linux, and so no student but whoever runs the hub
        return True
    return Path(f"/proc/{process.pid}/ns/pid").readlink() == here.readlink()


def works_in(number: int, home: Path) -> bool:
    """Return whether a process is the server that works in a student's folder, and `can_be_ours`.

    Parameters
    ----------
    number : int
        The number of the process, as somebody noted it: another process may have it now.
    home : Path
        The student's folder.
    """
    with contextlib.suppress(psutil.Error, OSError):
        process = psutil.Process(number)
        work = process.environ().get("SAMARKAND_WORK")
        return bool(work) and Path(work).is_relative_to(home) and can_be_ours(process)
    return False


def find_processes(folder: Path, *names: str) -> set[psutil.Process]:
    """Return the processes that `can_be_ours` with a path in a folder in a variable, and all below them."""
    found = set[psutil.Process]()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            places = [Path(process.environ().get(name, "/")) for name in names]
            if any(place.is_relative_to(folder) for place in places) and can_be_ours(process):
                below = process.children(recursive=True)  # bubblewrap's are the student's
                found |= {process, *below}
    found.discard(psutil.Process(os.getpid()))
    return found


def end_processes(folder: Path, *names: str) -> None:
    """End the processes that `find_processes` finds; those that have not ended after `GRACE` are killed."""
    found = find_processes(folder, *names)
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, left = psutil.wait_procs(found, GRACE)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
