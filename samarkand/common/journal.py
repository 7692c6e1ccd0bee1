"""Journals in ``my_work``: files that only grow, one line of JSON for each thing that a student saves.

A line is appended atomically: a crash leaves all of it or nothing, and two processes that write at once
add two lines. What was saved is never changed or removed, not even a line that cannot be read.
"""

import contextlib
import datetime as dt
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from samarkand.common import files, home
from samarkand.common.errors import CourseError
from samarkand.common.version import VERSION
from samarkand.common.words import tr, trn

#: Maximum length of a text in an entry; a longer one was pasted by mistake.
LONGEST = 20_000
#: The key of an entry under which the version of the course stands that wrote it.
WRITTEN_BY = "version"
#: Functions called after each entry that this process adds, by name.
WATCHING: dict[str, Callable[[], object]] = {}


class Written(NamedTuple):
    """The content of a journal.

    Attributes
    ----------
    entries : list of dict
        The oldest first, each with its ``id`` and the time ``at`` which it was saved (ISO 8601, UTC).
    trouble : str
        A sentence if something in the file cannot be read; empty otherwise.
    """

    entries: list[dict[str, Any]]
    trouble: str


def find_path(name: str) -> Path:
    """Return the path of a journal, which may not exist yet.

    Examples
    --------
    >>> find_path("notes").name
    'notes.jsonl'
    """
    return home.my_work() / f"{name}.jsonl"


def read_journal(name: str) -> Written:
    """Return the content of a journal; damage is reported in it, never raised."""
    file = find_path(name)
    try:
        body = file.read_bytes()
    except FileNotFoundError:
        return Written([], "")
    except OSError as error:
        reason = error.strerror or error
        return Written([], tr("{file} cannot be read: {error}.", file=_shorten_path(file), error=reason))
    found, damaged = [], 0
    for line in body.splitlines():
        entry = _read_entry(line)
        if entry is not None:
            found.append(entry)
        elif line.strip():
            damaged += 1
    trouble = trn(
        "One line of {file} cannot be read. It was left as it is, and all others count.",
        "{n} lines of {file} cannot be read. They were left as they are, and all others count.",
        damaged,
        file=_shorten_path(file),
    )
    return Written(found, trouble if damaged else "")


def read_latest(name: str) -> dict[str, dict[str, Any]]:
    """Return the newest entry for each id."""
    return {entry["id"]: entry for entry in read_journal(name).entries}


def day_of(at: str) -> str:
    """Return the day (YYYY-MM-DD, local time) of an entry's time ``at``, or an invalid time as it is.

    Examples
    --------
    >>> day_of("2022-09-15T12:00:00")
    '2022-09-15'
    """
    try:
        return dt.datetime.fromisoformat(at).astimezone().date().isoformat()
    except (ValueError, OverflowError):
        return at


def add_entry(name: str, id: str, **what: Any) -> dict[str, Any]:
    """Add an entry of JSON values about a question to a journal, and return it.

    `CourseError` if it cannot be written, or is too long to be meant. The file is then as it was.
    """
    file = find_path(name)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    entry = {"at": now, "id": id, **what, WRITTEN_BY: VERSION}
    for text in what.values():
        if isinstance(text, str) and len(text) > LONGEST:
            says = tr(
                "This has {n} letters; {most} are kept at most. Nothing was saved.", n=len(text), most=LONGEST
            )
            raise CourseError(says, code="too long", letters=len(text), most=LONGEST)
    line = json.dumps(entry, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with _open_locked(file) as descriptor:  # two windows may save at once
            _append_line(descriptor, line)
    except OSError as error:
        text = tr(
            "This could not be saved to {file}: {error}. It stays in the field as long as this page is "
            "open, and nothing that was saved before has changed.",
            file=_shorten_path(file),
            error=error.strerror or error,
        )
        raise CourseError(text, code="not written", file=file, why=error.errno) from None
    for changed in WATCHING.values():
        changed()
    return entry


def merge_journal(file: Path, brought: bytes) -> int:
    """Merge the lines of another copy of a journal into the one in a file; return how many lines came.

    Each line stays as often as the copy has it that has it more often. Lines are in the order of their
    times; one without a time, such as a damaged one, stays below the line that it followed. `OSError` if the
    file cannot be written: it is then as it was.
    """
    # Where there are no locks, on Windows, a file that is open cannot be replaced.
    with _open_locked(file) if files.LOCKS else contextlib.nullcontext():
        own = _read_lines(file.read_bytes())
        more = list((Counter(_read_lines(brought)) - Counter(own)).elements())
        if more:
            # Python sorts equal times in the order in which they stand: the own ones come first.
            timed = sorted([*_list_with_times(own), *_list_with_times(more)], key=lambda line: line.at)
            files.write_whole(file, b"".join(line.text + b"\n" for line in timed))
    for changed in WATCHING.values() if more else ():
        changed()
    return len(more)


class _TimedLine(NamedTuple):
    """A line and the time by which it is sorted."""

    at: str
    text: bytes


def _read_lines(body: bytes) -> list[bytes]:
    return [line for line in body.splitlines() if line.strip()]


def _list_with_times(lines: Iterable[bytes]) -> list[_TimedLine]:
    found = []
    last = ""
    for line in lines:
        entry = _read_entry(line)
        if entry is not None and _is_time(entry["at"]):
            last = entry["at"]
        found.append(_TimedLine(last, line))
    return found


def _is_time(text: str) -> bool:
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


@contextlib.contextmanager
def _open_locked(file: Path) -> Iterator[int]:
    """Open a journal, wait for its lock, and yield its descriptor; the file is made if there is none."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    while True:
        descriptor = os.open(file, flags, 0o600)
        try:
            files.wait_for(descriptor)
            # `merge_journal` puts another file in its place; whoever has waited meanwhile has the old one.
            if os.path.samestat(os.fstat(descriptor), file.stat()):
                yield descriptor
                return
        finally:
            os.close(descriptor)


def watch_journal(name: str, changed: Callable[[], object]) -> None:
    """Register a function to be called after each entry of this process; it replaces one of the same name."""
    WATCHING[name] = changed


def _append_line(descriptor: int, line: bytes) -> None:
    """Append a line to an open file, all or nothing; an incomplete last line is ended first."""
    size = os.lseek(descriptor, 0, os.SEEK_END)
    if size:
        os.lseek(descriptor, size - 1, os.SEEK_SET)
        line = line if os.read(descriptor, 1) == b"\n" else b"\n" + line
    try:
        left = line
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, size)
        raise


def _read_entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return None
    whole = isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in ("id", "at"))
    return entry if whole else None


def _shorten_path(file: Path) -> str:
    """Return a path relative to the course's folder if it is inside it."""
    return str(file.relative_to(home.ROOT)) if file.is_relative_to(home.ROOT) else str(file)
