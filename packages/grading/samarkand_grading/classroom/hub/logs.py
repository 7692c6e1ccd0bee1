"""The files for what students' servers say: a student may write into hers whatever she likes."""

import contextlib
import os
from pathlib import Path

#: A log that is longer than so many bytes is emptied, and so many are read of its end.
LONGEST, END = 16 << 20, 4096


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
    return lines[-1][:END] if lines else ""


def empty_long_logs(folder: Path) -> None:
    """Empty the logs that are too long. They have to be open for appending."""
    for log in (folder / "logs").glob("*.txt"):
        with contextlib.suppress(OSError):
            if log.stat().st_size > LONGEST:
                os.truncate(log, 0)
