"""What the result of a student's work depends on beside the work: course, tables, Python and libraries."""

import hashlib
import platform
from importlib import metadata
from pathlib import Path

from samarkand.common import home

HERE = Path(__file__).resolve().parent
#: The distributions in which students' code works.
LIBRARIES = ("ipython", "numpy", "pandas")


def list_versions() -> dict[str, str]:
    """Return the versions by name: digests of ``course`` and ``tables``, and the numbers of all else.

    The micro version of Python is left out: it mends faults, and machines differ in it.
    """
    versions = {
        "course": digest_files(
            *find_files(home.PACKAGE, "**/*.py"), *find_files(home.PACKAGE, "**/*.toml"),
            *find_files(HERE, "*.py"), *find_files(HERE, "*.toml"),
        ),
        # What is below comes with a checkout alone.
        "tables": digest_files(*find_files(home.course_data(), "*.csv")),
        "python": ".".join(platform.python_version_tuple()[:2]),
    }  # fmt: skip
    for name in LIBRARIES:
        versions[name] = metadata.version(name)
    return versions


def find_files(top: Path, pattern: str) -> list[tuple[str, Path]]:
    """Return the files below a folder in an order that is the same everywhere, each with its path in it."""
    return sorted((path.relative_to(top).as_posix(), path) for path in top.glob(pattern))


def digest_files(*files: tuple[str, Path]) -> str:
    """Return a digest of the names and contents of files, whatever their line ends."""
    digest = hashlib.sha256()
    for name, path in files:
        body = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name} {len(body)}\n".encode() + body)
    return digest.hexdigest()[:16]
