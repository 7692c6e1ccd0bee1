"""What the result of a student's work depends on beside the work: course, tables, Python and libraries."""

import hashlib
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from samarkand.common import home

HERE = Path(__file__).resolve().parent
#: The distributions in which students' code works.
LIBRARIES = ("ipython", "numpy", "pandas")


@dataclass(frozen=True)
class NamedFile:
    """A file, and its path within the folder in which it was found."""

    name: str
    path: Path


def list_versions() -> dict[str, str]:
    """Return the versions by name: digests of ``course`` and ``tables``, and the numbers of all else.

    The micro version of Python is left out: it mends faults, and machines differ in it.
    """
    programs = [
        *find_files(home.PACKAGE, "**/*.py"),
        *find_files(home.PACKAGE, "**/*.toml"),
        *find_files(HERE, "*.py"),
        *find_files(HERE, "*.toml"),
    ]
    tables = find_files(home.course_data(), "*.csv")  # what is below comes with a checkout alone
    versions = {
        "course": digest_files(programs),
        "tables": digest_files(tables),
        "python": ".".join(platform.python_version_tuple()[:2]),
    }
    for name in LIBRARIES:
        versions[name] = metadata.version(name)
    return versions


def find_files(top: Path, pattern: str) -> list[NamedFile]:
    """Return the files below a folder that fit a pattern, in an order that is the same everywhere."""
    files = [NamedFile(path.relative_to(top).as_posix(), path) for path in top.glob(pattern)]
    return sorted(files, key=lambda file: file.name)


def digest_files(files: Iterable[NamedFile]) -> str:
    """Return a digest of the names and contents of files, whatever their line ends."""
    digest = hashlib.sha256()
    for file in files:
        body = file.path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{file.name} {len(body)}\n".encode() + body)
    return digest.hexdigest()[:16]
