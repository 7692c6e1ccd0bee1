"""Temporary folders, locks that end with their program, and files written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from samarkand.ground.errors import CourseError

#: Whether files can be locked: not on Windows, and a browser's Python has ``fcntl`` without ``flock``.
LOCKS = sys.platform not in ("win32", "emscripten")
if LOCKS:
    import fcntl

#: How the folders are named, and the file in each that stays locked while its owner lives.
PREFIX, ALIVE = "samarkand-grading-", ".alive"
#: Seconds for which a folder is left alone in any case: its owner may be about to lock it.
YOUNG = 60
#: Seconds to wait for another program that works on the same course.
PATIENCE = 600


class Scratch:
    """A temporary folder, removed when closed; those of programs that were killed are removed too.

    Use it as a context manager, or call :meth:`remove`.
    """

    def __init__(self) -> None:
        place = Path(tempfile.gettempdir())
        sweep(place)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        self._lock: int | None = None
        with contextlib.suppress(OSError):  # where locks do not work, nobody sweeps the folder away either
            self._lock = _locked(self.path / ALIVE, os.O_RDWR | os.O_CREAT)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def sweep(place: Path) -> None:
    """Remove the folders of programs that have ended."""
    for folder in place.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            facts = folder.lstat()
            own = not hasattr(os, "geteuid") or facts.st_uid == os.geteuid()
            if not own or folder.is_symlink() or time.time() - facts.st_mtime < YOUNG:
                continue
            if not (folder / ALIVE).exists():
                folder.rmdir()  # its owner was killed early; a folder with files in it is not ours
                continue
            lock = _locked(folder / ALIVE)
            if lock is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(lock)


def _locked(path: Path, flags: int = os.O_RDWR) -> int | None:
    """Open and lock a file or folder for as long as this process lives; return None if another holds it."""
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
def alone(course: Path, say: Callable[[str], None] = print, patience: float | None = None) -> Iterator[None]:
    """Work on a course while no other program of ours does: its folder is locked.

    `say` takes a line if there is another program to wait for; `CourseError` if that has not finished after
    `patience` seconds (`PATIENCE` if not given).
    """
    end = time.monotonic() + (PATIENCE if patience is None else patience)
    said = False
    lock: int | None = None
    while LOCKS:
        try:
            lock = _locked(course, os.O_RDONLY)
        except OSError:
            break  # NFS cannot lock folders: nobody waits, and the gradebook's own lock must be enough
        if lock is not None:
            break
        if time.monotonic() > end:
            raise CourseError(f"Another samarkand works on {course}: run this again when it has finished.")
        if not said:
            say(f"Another samarkand works on {course}; waiting until it has finished.")
            said = True
        time.sleep(0.2)
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def wait_for(descriptor: int) -> None:
    """Lock an open file until it is closed; where locks do not work, go on without."""
    if LOCKS:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)


def renew(path: Path, body: bytes) -> bool:
    """Write a file as `write_whole` does, unless it is just that already; return whether it was written."""
    if path.is_file() and path.read_bytes() == body:
        return False
    write_whole(path, body)
    return True


def write_whole(path: Path, body: bytes) -> None:
    """Write a file so that a crash, or an `OSError`, leaves the old one or the new one, never half of one.

    Its folder is made if necessary.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
