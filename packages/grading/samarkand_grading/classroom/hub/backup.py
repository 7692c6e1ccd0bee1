"""Back up a hub's folder to one file, while the hub runs or not, and put it back into an empty folder.

Students write into their folders while this reads them, and root may be reading. So no link is followed, and
what is no plain file or folder stays out: a link to somebody else's file would bring it into the student's
hands when she is given hers back. Nor does a student keep the others' work out of a backup: of one there is
only so much in it, in depth, number and bytes, and what stays out is named.
"""

import contextlib
import io
import os
import sqlite3
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from samarkand.common.errors import CourseError
from samarkand_grading.classroom.hub.confinement import Limits
from samarkand_grading.classroom.hub.folders import MOST_FILES

#: What a hub's folder holds besides students' folders and the hub's database, and cannot be made anew.
FILES = ("class.csv",)
DATABASE = "jupyterhub.sqlite"
HOMES = "homes"
#: How deep a file may lie in a student's folder, and the most bytes of its path: another disk has to take it.
DEEPEST, LONGEST = 40, 1000
#: The most bytes of a student's files, as they are read: a file with holes takes less on the disk, and two
#: names of one file take it once.
MOST_BYTES = Limits().home
#: How many of the paths that are left out the command names.
NAMED = 50


class NotABackup(CourseError):
    """A file is no backup of a hub, or a damaged one.

    Attributes
    ----------
    path : Path
        The file.
    """

    def __init__(self, path: Path, why: str) -> None:
        self.path = path
        text = f"{path} is no backup of a hub, or is damaged: {why}. Nothing was put back."
        super().__init__(text, code="no backup")


class FolderInUse(CourseError):
    """A backup was to be put back where something is already.

    Attributes
    ----------
    folder : Path
        The folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        text = f"{folder} holds something already. Name a folder that is empty or not there yet."
        super().__init__(text, code="folder in use")


@dataclass
class BackedUp:
    """What was backed up.

    Attributes
    ----------
    students : int
        How many folders of students.
    files : int
        How many files.
    left_out : list of str
        The paths of what is not in it: links and other things that are no plain files, what nobody may read,
        and what is too deep or too much.
    """

    students: int = 0
    files: int = 0
    left_out: list[str] = field(default_factory=list)


def back_up(folder: Path, target: Path) -> BackedUp:
    """Write a hub's folder to a file that only its owner can read.

    Parameters
    ----------
    folder : Path
        The hub's folder.
    target : Path
        The file, a tar archive with gzip. One that is there already is replaced once the new one is whole.

    Raises
    ------
    CourseError
        If there is no hub in the folder, or `target` lies in it.
    """
    homes = folder / HOMES
    if not homes.is_dir():
        text = f"{folder} is no folder of a hub: it has no {HOMES}."
        raise CourseError(text, code="no hub", folder=folder)
    if target.absolute().is_relative_to(folder.absolute()):
        text = f"{target} lies in the folder that is backed up. Name a file elsewhere."
        raise CourseError(text, code="backup in the folder", file=target, folder=folder)
    if target.is_dir():
        text = f"{target} is a folder. Name a file."
        raise CourseError(text, code="a folder", file=target)
    done = BackedUp()
    unfinished = target.with_name(f"{target.name}.part")
    with contextlib.suppress(FileNotFoundError):
        unfinished.unlink()
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz") as archive:
                add_all(archive, folder, done)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)  # what a full disk has left of it
    return done


def add_all(archive: tarfile.TarFile, folder: Path, done: BackedUp) -> None:
    """Add what a hub's folder holds to an archive, and count it."""
    for name in FILES:
        if (folder / name).is_file():
            add_bytes(archive, name, (folder / name).read_bytes(), 0o600)
    if (folder / DATABASE).is_file():
        add_bytes(archive, DATABASE, copy_database(folder / DATABASE), 0o600)
    for home in sorted((folder / HOMES).iterdir()):
        done.students += 1
        size = files = 0
        for path, opened in open_files(home, done):
            files += 1
            with opened:
                about = os.fstat(opened.fileno())
                if files > MOST_FILES:
                    done.left_out.append(f"{path} and what follows it")
                    break
                if size + about.st_size > MOST_BYTES:
                    done.left_out.append(str(path))
                    continue
                size += about.st_size
                entry = tarfile.TarInfo(f"{HOMES}/{path}")
                entry.size, entry.mode = about.st_size, about.st_mode & 0o700
                archive.addfile(entry, Steady(opened, about.st_size))
            done.files += 1


class Steady(io.RawIOBase):
    """A file as it was when it was measured: what is added meanwhile is left, what is cut off becomes zeros.

    Parameters
    ----------
    opened : file
        The file, which somebody may be writing.
    size : int
        Its bytes when it was measured.
    """

    def __init__(self, opened: io.BufferedReader, size: int) -> None:
        self._opened, self._left = opened, size

    def read(self, most: int = -1) -> bytes:
        """Return so many bytes, as long as there are any."""
        wanted = self._left if most < 0 else min(most, self._left)
        found = self._opened.read(wanted)
        self._left -= wanted
        return found + bytes(wanted - len(found))


def open_files(home: Path, done: BackedUp) -> Iterator[tuple[PurePosixPath, io.BufferedReader]]:
    """Yield each plain file in a student's folder, opened, with its path from above it; note what is none."""
    for place, folders, names, here in os.fwalk(home, follow_symlinks=False):
        within = PurePosixPath(Path(place).relative_to(home.parent).as_posix())
        deep = len(within.parts) > DEEPEST
        folders.sort()
        for name in [*folders]:
            is_link = stat.S_ISLNK(os.lstat(name, dir_fd=here).st_mode)
            may_be_read = os.access(name, os.R_OK | os.X_OK, dir_fd=here)
            if is_link or deep or not may_be_read:
                folders.remove(name)
                done.left_out.append(str(within / name))
        for name in sorted(names):
            try:
                descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
            except FileNotFoundError:  # removed meanwhile
                continue
            except OSError:  # a link, or a socket
                done.left_out.append(str(within / name))
                continue
            opened = os.fdopen(descriptor, "rb")
            is_short = len(os.fsencode(str(within / name))) <= LONGEST
            if stat.S_ISREG(os.fstat(descriptor).st_mode) and is_short:
                yield within / name, opened
            else:
                opened.close()
                done.left_out.append(str(within / name))


def copy_database(path: Path) -> bytes:
    """Return a whole copy of an SQLite database, also while somebody writes to it."""
    with tempfile.TemporaryDirectory() as aside:
        copy = Path(aside, DATABASE)
        with (
            contextlib.closing(sqlite3.connect(path)) as source,
            contextlib.closing(sqlite3.connect(copy)) as to,
        ):
            source.backup(to)
        return copy.read_bytes()


def add_bytes(archive: tarfile.TarFile, name: str, body: bytes, mode: int) -> None:
    """Add a file to an archive."""
    entry = tarfile.TarInfo(name)
    entry.size = len(body)
    entry.mode = mode
    archive.addfile(entry, io.BytesIO(body))


def put_back(source: Path, folder: Path) -> int:
    """Fill an empty folder from a backup; return how many students' folders it has.

    Whoever starts the hub next gives each folder to its student, as with a new class.

    Raises
    ------
    FolderInUse
        If the folder holds anything.
    NotABackup
        If the file is none, or damaged.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise FolderInUse(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
        unpacked = Path(aside, "hub")
        unpacked.mkdir(mode=0o711)
        try:
            with tarfile.open(source, "r:gz") as archive:
                for entry in archive:
                    need_known_place(source, entry)
                    archive.extract(entry, unpacked, filter="data")
        except (tarfile.TarError, EOFError, OSError) as error:
            raise NotABackup(source, str(error)) from None
        homes = unpacked / HOMES
        homes.mkdir(exist_ok=True)
        homes.chmod(0o700)
        for home in homes.iterdir():
            home.chmod(0o700)
        if folder.is_dir():
            folder.rmdir()
        unpacked.replace(folder)
    return sum(1 for _ in (folder / HOMES).iterdir())


def need_known_place(source: Path, entry: tarfile.TarInfo) -> None:
    """Raise `NotABackup` unless an entry is a plain file where a backup has files."""
    parts = PurePosixPath(entry.name).parts
    known = entry.name in (*FILES, DATABASE) or (len(parts) > 2 and parts[0] == HOMES)
    if not (entry.isreg() and known and ".." not in parts):
        raise NotABackup(source, f"it has {entry.name!r}")
