"""The files for what the hub and students' servers say: students may bring whatever they like into them."""

import contextlib
import logging
import os
from pathlib import Path
from typing import Any

from samarkand.common import files

#: A log that is longer than so many bytes is emptied, and so many are read of its end.
LONGEST, END = 16 << 20, 4096
#: The hub's own log, and the file with what was in it before it was emptied.
HUB, HUB_BEFORE = "hub.log", "hub.log.before"


def open_log(folder: Path, student: str) -> Path:
    """Return the path of the log of a student's server, which is empty now."""
    log = folder / "logs" / f"{student}.txt"
    log.parent.mkdir(exist_ok=True)
    log.write_bytes(b"")
    return log


def read_last_line(log: Path) -> str:
    """Return the last line that says something, however long the log is; empty if there is none."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - END))
        lines = file.read(END).decode("utf-8", "replace").strip().splitlines()
    return make_printable(lines[-1][:END]) if lines else ""


def make_printable(text: str) -> str:
    r"""Return a text without what a terminal would obey; the ends of lines stay.

    Examples
    --------
    >>> make_printable("a\x1b[2J\nb")
    'a\ufffd[2J\nb'
    """
    return "".join(
        sign if sign.isprintable() or sign in "\n\t" else "\N{REPLACEMENT CHARACTER}" for sign in text
    )


def make_records_printable() -> None:
    """Let all that this process logs go through `make_printable`: a name or an address may be in it."""
    make = logging.getLogRecordFactory()

    def make_record(*told: Any, **more: Any) -> logging.LogRecord:
        record = make(*told, **more)
        with contextlib.suppress(Exception):  # whose words do not fit together is logged as it always was
            text = record.getMessage()
            if make_printable(text) != text:
                record.msg, record.args = make_printable(text), ()
        return record

    logging.setLogRecordFactory(make_record)


def empty_long_logs(folder: Path) -> None:
    """Empty the logs that are too long. They have to be open for appending.

    What the hub's own holds is put aside first: only the one before it is lost.
    """
    hub = folder / HUB
    with contextlib.suppress(OSError):
        if hub.stat().st_size > LONGEST:
            with hub.open("rb") as file:
                file.seek(-LONGEST, os.SEEK_END)
                files.write_whole(folder / HUB_BEFORE, file.read(LONGEST))
            os.truncate(hub, 0)
    for log in (folder / "logs").glob("*.txt"):
        with contextlib.suppress(OSError):
            if log.stat().st_size > LONGEST:
                os.truncate(log, 0)
