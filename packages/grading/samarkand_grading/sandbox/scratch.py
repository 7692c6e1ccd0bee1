"""What a submission can change beside its own memory: files in the scratch folder, and processes.

Between two calls of a student's function both become again what the cells have left. The module runs inside
the sandbox, and imports nothing but Python's own modules.
"""

import contextlib
import os
import shutil
import signal
import stat
import time
from dataclasses import dataclass
from pathlib import Path

#: The most files and folders, and the most bytes of all files, that are remembered for the calls.
MOST_ENTRIES, MOST_BYTES = 2000, 64 << 20


class TooMuch(Exception):
    """There is more in the folder than is remembered."""


@dataclass(frozen=True)
class Entry:
    """A folder, a file or a link in the scratch folder.

    `path` is relative to the scratch folder, `mode` and `times` (last access and change, in nanoseconds) are
    those of the file system, `body` holds the bytes of a file, `target` is where a link leads.
    """

    path: str
    mode: int
    times: tuple[int, int]
    body: bytes = b""
    target: str = ""


@dataclass
class Scratch:
    """The scratch folder of a submission and all of its processes.

    `place` is the current folder of the work, `entries` what lies in the scratch folder: in the memory of
    this process, where no other process can change it.
    """

    folder: Path
    place: Path
    entries: list[Entry]

    def remember_files(self) -> None:
        """Keep the files as they are now; if they are too many, those from before the cells stay kept."""
        try:
            self.entries = read_entries(self.folder)
            self.place = Path.cwd()
        except (TooMuch, FileNotFoundError):  # a cell may have removed the current folder
            pass

    def restore_state(self, seconds: float) -> bool:
        """End all other processes of the submission, and make the files again what was remembered.

        Return whether both were possible within `seconds`. The server is the first process of its namespace,
        so that no signal from within can end it.
        """
        if not end_other_processes(seconds):
            return False
        if not empty_folder(self.folder):
            return False
        try:
            write_entries(self.folder, self.entries)
            os.chdir(self.place)
        except OSError:
            return False
        return True


def end_other_processes(seconds: float) -> bool:
    """Kill all processes of this sandbox but the server and this one; return whether they ended in time.

    To be called in a sandbox alone: elsewhere it ends all processes of the user. This process has to be the
    one that adopts orphans, or it could not wait for them.
    """
    deadline = time.monotonic() + seconds
    with contextlib.suppress(ProcessLookupError):  # there is no other
        os.kill(-1, signal.SIGKILL)
    while time.monotonic() < deadline:
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        if ended == 0:
            time.sleep(0.001)
    return False


def empty_folder(folder: Path) -> bool:
    """Remove everything in a folder but mount points; return whether that was possible.

    A folder that may not be opened is opened first: it has the same owner.
    """
    try:
        for entry in list(os.scandir(folder)):
            if os.path.ismount(entry.path):
                continue
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)  # noqa: PTH108 - the folder may hold very many files
                continue
            open_folders(entry.path)
            shutil.rmtree(entry.path)
    except (OSError, RecursionError):
        return False
    return True


def open_folders(top: str) -> None:
    """Give the owner all rights to a folder and to all folders below it; follow no link."""
    os.chmod(top, 0o700)  # noqa: PTH101 - as above
    for folder, names, _ in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118 - as above
            if stat.S_ISDIR(os.lstat(path).st_mode):
                os.chmod(path, 0o700)  # noqa: PTH101 - as above


def read_entries(folder: Path) -> list[Entry]:
    """Read all folders, files and links in a folder; `TooMuch` if they are more than is remembered.

    Left out are mount points, sockets and pipes, and what cannot be read.
    """
    entries: list[Entry] = []
    left = MOST_BYTES
    for top, names, files in os.walk(folder):
        if Path(top) == folder:
            names[:] = [name for name in names if not Path(top, name).is_mount()]
        for name in (*names, *files):
            if len(entries) == MOST_ENTRIES:
                raise TooMuch
            with contextlib.suppress(OSError):
                entry = read_entry(folder, Path(top, name), left)
                if entry is not None:
                    entries.append(entry)
                    left -= len(entry.body)
    return entries


def read_entry(folder: Path, path: Path, most: int) -> Entry | None:
    """Read one folder, file or link below `folder`; None for anything else, such as a socket or a pipe.

    `TooMuch` if a file has more than `most` bytes.
    """
    facts = path.lstat()
    inside = str(path.relative_to(folder))
    times = facts.st_atime_ns, facts.st_mtime_ns
    if stat.S_ISLNK(facts.st_mode):
        return Entry(inside, facts.st_mode, times, target=str(path.readlink()))
    if stat.S_ISDIR(facts.st_mode):
        return Entry(inside, facts.st_mode, times)
    if not stat.S_ISREG(facts.st_mode):
        return None
    if facts.st_size > most:
        raise TooMuch
    return Entry(inside, facts.st_mode, times, body=path.read_bytes())


def write_entries(folder: Path, entries: list[Entry]) -> None:
    """Write what `read_entries` has read into an empty folder."""
    for entry in entries:  # a folder comes before what is in it
        path = folder / entry.path
        if stat.S_ISLNK(entry.mode):
            path.symlink_to(entry.target)
        elif stat.S_ISDIR(entry.mode):
            path.mkdir()
        else:
            path.write_bytes(entry.body)
    for entry in reversed(entries):  # what is in a folder first: it may be closed
        if not stat.S_ISLNK(entry.mode):
            path = folder / entry.path
            path.chmod(stat.S_IMODE(entry.mode))
            os.utime(path, ns=entry.times)
