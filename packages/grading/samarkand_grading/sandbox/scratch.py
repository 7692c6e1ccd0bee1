"""Temporary folders that go with their program, even one that was killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from samarkand.ground.files import locked

#: How the folders are named, and the file in each that stays locked while its owner lives.
PREFIX, ALIVE = "samarkand-grading-", ".alive"
#: Seconds for which a folder is left alone in any case: its owner may be about to lock it.
YOUNG = 60


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
            self._lock = locked(self.path / ALIVE, os.O_RDWR | os.O_CREAT)

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
            lock = locked(folder / ALIVE)
            if lock is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(lock)
