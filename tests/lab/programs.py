"""Programs that run beside a test: started, heard, and ended."""

import contextlib
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from samarkand.common.errors import CourseError

#: Seconds that a program has to end by itself.
GRACE = 20


class LabError(CourseError):
    """JupyterLab or a browser could not be started, or failed."""


@contextlib.contextmanager
def running(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a program, and end it.

    Parameters
    ----------
    command : sequence of str
        The program and its arguments.
    log : Path
        The file that gets what it says.
    environment : mapping, optional
        Its environment; by default that of this process.
    """
    with log.open("wb") as told:
        process = subprocess.Popen(
            command, env=environment, stdout=told, stderr=told, stdin=subprocess.DEVNULL
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_words(pattern: str, process: "subprocess.Popen[bytes]", log: Path, seconds: float) -> str:
    """Return the first group of a pattern as soon as a program has said it.

    Raises
    ------
    LabError
        If the program has ended, or has not said it in so many seconds; with its last words.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        said = re.search(pattern, log.read_text(errors="replace"))
        if said:
            return said[1]
        time.sleep(0.1)
    raise did_not_start(str(process.args), log)


def did_not_start(name: str, log: Path) -> LabError:
    """Return the error for a program that did not start, with its last words."""
    last = log.read_text(errors="replace")[-2000:]
    return LabError(f"{name} did not start. Its last words:\n{last}", code="did not start")
