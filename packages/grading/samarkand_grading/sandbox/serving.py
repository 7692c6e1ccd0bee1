"""The other end of ``samarkand grade --run-on``: say what this machine has, then be the sandbox.

Secret, checks and gradebook stay with the caller: what comes in are a word to begin and one submission after
another, what goes out are plain values.
"""

import json
import os
import platform
import subprocess
import tempfile
from dataclasses import asdict, dataclass

from samarkand_grading.sandbox import engines
from samarkand_grading.sandbox.engines import NoSandbox
from samarkand_grading.sandbox.versions import list_versions
from samarkand_grading.sandbox.work import clean_text

#: The first key of a greeting: a login shell may print lines of its own before it.
SIGN = "samarkand sandbox"


@dataclass(frozen=True)
class Greeting:
    """The first line of a machine: its name, its versions, and what it lacks to confine students' code.

    `trouble` is empty where an engine is installed; whether it works is seen when it starts.
    """

    machine: str
    versions: dict[str, str]
    trouble: str = ""

    def to_line(self) -> bytes:
        """Return the greeting as a line of JSON."""
        return json.dumps({SIGN: 1, **asdict(self)}).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "Greeting":
        """Read a greeting; `ValueError` if the line is none. Its texts are printable and short."""
        message = json.loads(line)
        if not isinstance(message, dict) or message.pop(SIGN, 0) != 1:
            raise ValueError(line)
        try:
            versions = {}
            for name, version in message["versions"].items():
                versions[clean_text(name, 40)] = clean_text(version, 40)
            return cls(clean_text(message["machine"], 80), versions, clean_text(message["trouble"]))
        except (KeyError, TypeError, AttributeError):
            raise ValueError(line) from None


def serve_sandbox() -> int:
    """Greet the caller, wait for its word, then run the sandbox on the same pipes; return its status."""
    command: list[str] = []
    trouble = ""
    try:
        command = engines.build_command([])
    except NoSandbox as problem:
        trouble = problem.why
    greeting = Greeting(platform.node(), list_versions(), trouble)
    os.write(1, greeting.to_line())
    word = read_line(0)
    if trouble or not word:  # the caller has hung up
        return 1
    setup = engines.pack_setup(**json.loads(word))
    return subprocess.run([*command, setup], cwd=tempfile.gettempdir(), check=False).returncode


def read_line(descriptor: int) -> bytes:
    """Read a line and no byte of what comes after it; empty if it has no end."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(descriptor, 1)
        if not byte:
            return b""
        line += byte
    return line
