"""Find and end what a hub has started: a variable of its environment names a path in the hub's folder."""

import contextlib
import os
from pathlib import Path

import psutil

#: Seconds in which a process may end by itself.
GRACE = 10


def list_values(name: str) -> set[str]:
    """Return the values that a variable has in the environments of processes."""
    values = set[str]()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            value = process.environ().get(name)
            if value:
                values.add(value)
    return values


def find(folder: Path, *names: str) -> set[psutil.Process]:
    """Return the processes in which a variable of these is a path in a folder, and what they started."""
    found = set[psutil.Process]()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            places = [Path(process.environ().get(name, "/")) for name in names]
            if any(place.is_relative_to(folder) for place in places):
                # A student may write over the environment of her processes, but hardly over who began them.
                found |= {process, *process.children(recursive=True)}
    found.discard(psutil.Process(os.getpid()))
    return found


def end(folder: Path, *names: str) -> None:
    """End the processes that `find` finds; those that have not ended after `GRACE` are killed."""
    found = find(folder, *names)
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, left = psutil.wait_procs(found, GRACE)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
