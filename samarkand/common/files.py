"""File locks that are released when the process ends, and atomic writes."""

import contextlib
import glob
import hashlib
import importlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from samarkand.common.errors import CourseError

fcntl: Any = None
with contextlib.suppress(ImportError):
    fcntl = importlib.import_module("fcntl")
#: Whether files can be locked: Windows has no ``fcntl``, and Python in a browser has one without ``flock``.
LOCKS = hasattr(fcntl, "flock")

#: Seconds to wait for another process that works on the same course.
PATIENCE = 600


def lock_path(path: Path, flags: int = os.O_RDWR) -> int | None:
    """Open and lock a file or folder until this process ends; return its descriptor, None if it is locked."""
    if not LOCKS:
        return None
    descriptor = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            return None
        raise
    return descriptor


@contextlib.contextmanager
def lock_course(course: Path, say: Callable[[str], None] = print) -> Iterator[None]:
    """Hold the lock on the course's folder, so that no other process of the course works on it.

    `say` gets a message if another process holds it; `CourseError` if that has not finished after `PATIENCE`.
    """
    held = list[int]()

    def take() -> bool:
        try:
            lock = lock_path(course, os.O_RDONLY)
        except OSError:
            return True  # NFS cannot lock folders: nobody waits, and the gradebook's own lock must be enough
        held.extend([] if lock is None else [lock])
        return bool(held)

    if LOCKS:
        wait_for_lock(take, str(course), say)
    try:
        yield
    finally:
        for lock in held:
            os.close(lock)


def wait_for_lock(take: Callable[[], bool], what: str, say: Callable[[str], None]) -> None:
    """Try to `take` a lock on `what` until it succeeds; `say` is that of `lock_course`."""
    end = time.monotonic() + PATIENCE
    said = False
    while not take():
        if time.monotonic() > end:
            text = f"Another samarkand works on {what}: run this again when it has finished."
            raise CourseError(text, code="in use", what=what)
        if not said:
            say(f"Another samarkand works on {what}; waiting until it has finished.")
            said = True
        time.sleep(0.2)


def wait_for(descriptor: int) -> None:
    """Wait for the lock on an open file, held until it is closed; do nothing where locks do not work."""
    if LOCKS:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)


def write_if_changed(path: Path, body: bytes) -> bool:
    """Write a file as `write_whole` does if its content differs; return whether it was written."""
    if path.is_file() and path.read_bytes() == body:
        return False
    write_whole(path, body)
    return True


def write_whole(path: Path, body: bytes) -> None:
    """Write a file atomically: a crash or an `OSError` leaves the old content or the new, never a part.

    Its folder is made if necessary. What a killed process left of the same file is deleted.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    name = path.name
    if len(os.fsencode(name)) > 200:  # with what follows it would be longer than a name may be
        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    for left in path.parent.glob(f".{glob.escape(name)}.*.part"):
        with contextlib.suppress(OSError):  # another process may have finished it
            # Its process may be on another machine, so only time tells.
            if time.time() - left.stat().st_mtime > PATIENCE:
                left.unlink()
    unfinished = path.with_name(f".{name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_missing(folder: Path, texts: Mapping[str, str]) -> None:
    """Write texts into a folder by their names, atomically; a file that is there stays as it is."""
    for name, text in texts.items():
        if not (folder / name).exists():
            write_whole(folder / name, text.encode())
