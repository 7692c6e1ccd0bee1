"""Zips from elsewhere: what a student has packed may be anything, and costs one line of the report."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from samarkand.common.errors import CourseError
from samarkand_grading.classroom import times
from samarkand_grading.submission import reading

#: The maximum number of files in a download, and in a zip that a student has packed.
FILES = 20_000
#: Files that macOS adds to each zip.
_MAC = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$)")


class BrokenZip(CourseError):
    """A zip that cannot be read; `why` is what Python says of it."""

    def __init__(self, name: str, why: object) -> None:
        super().__init__(f"{name} cannot be read as a zip: {why}.", code="broken zip")
        self.name, self.why = name, why


class UnsafeName(CourseError):
    """A name in a zip by which a file could be written outside the folder where the zip is unpacked."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{reading.defuse_name(name)} leads out of its folder.", code="unsafe name")
        self.name = name


def need_safe_name(name: str) -> None:
    """Raise `UnsafeName` if a name in a zip is absolute, has a drive, a backslash or a part ``..``.

    Examples
    --------
    >>> need_safe_name("Ada_4711_assignsubmission_file_/ex03.ipynb")
    """
    if name.startswith("/") or name[1:2] == ":" or "\\" in name or ".." in PurePosixPath(name).parts:
        raise UnsafeName(name)


@contextmanager
def open_download(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open the zip that a learning platform has made; `BrokenZip` if it cannot be read."""
    try:
        archive = zipfile.ZipFile(path)
    except Exception as error:
        raise BrokenZip(str(path), f"{error}. Download it once more") from None
    with archive:
        yield archive


def list_entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the entries of a zip that are files; `CourseError` if there are more than `FILES`."""
    entries = []
    for entry in archive.infolist():
        if not entry.is_dir() and not _MAC.search(entry.filename):
            entries.append(entry)
    if len(entries) > FILES:
        text = f"{archive.filename or 'It'} holds more than {FILES:,} files. "
        text += "Download a part of the class at a time."
        raise CourseError(text, code="too many files", most=FILES)
    return entries


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return the content of an entry; `reading.Unreadable` if it says that it is too large.

    No more is unpacked than it says. It raises whatever `zipfile` raises: also `OverflowError`, for example.
    """
    if entry.file_size > reading.MOST_BYTES:
        size, most = entry.file_size >> 20, reading.MOST_BYTES >> 20
        raise reading.Unreadable("large", f"It has {size} MB; {most} is the most.")
    with archive.open(entry) as file:
        return file.read(entry.file_size)


def list_packed(body: bytes) -> list[zipfile.ZipInfo]:
    """Return the entries of a zip that a student has packed; `BrokenZip` whatever is wrong with it."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return list_entries(archive)
    except Exception as error:
        raise BrokenZip("It", error) from None


def read_packed(body: bytes, number: int) -> bytes:
    """Return the content of an entry, by its number in `list_packed`; `BrokenZip` whatever is wrong."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entry = list_entries(archive)[number]
            if entry.compress_type > zipfile.ZIP_DEFLATED:  # others unpack without a limit
                raise NotImplementedError("it is packed in another way than zips usually are")
            return read_entry(archive, entry)
    except Exception as error:
        raise BrokenZip("It", error) from None


def read_time(entry: zipfile.ZipInfo, zone: str = "") -> str:
    """Return when the file was changed; empty if never.

    A zip knows no time zone: it is `zone`, as somebody typed it, or without one this machine's. Zips
    without a time have one in 1980.

    Examples
    --------
    >>> read_time(zipfile.ZipInfo("ex03.ipynb", (2026, 12, 1, 17, 30, 0)), "Asia/Tashkent")
    '2026-12-01 17:30:00+05:00'
    """
    if entry.date_time[0] <= 1980:
        return ""
    try:
        moment = dt.datetime(*entry.date_time)
        there = moment.replace(tzinfo=times.read_place(zone)) if zone else moment.astimezone()
    except (ValueError, OverflowError, OSError):
        return ""
    return str(there)
