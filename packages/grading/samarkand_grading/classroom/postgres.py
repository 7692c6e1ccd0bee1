"""A gradebook in PostgreSQL, if nbgrader's ``db_url`` names one: connect, lock, back up, restore.

The password belongs in ``~/.pgpass`` or ``PGPASSWORD``: PostgreSQL's own programs look there, too.
"""

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from samarkand.common import files
from samarkand.common.errors import CourseError

#: A gradebook: the path of an SQLite file, or the URL of a database.
Book = Path | str
#: The key of our advisory lock in the database: an arbitrary constant.
LOCK = 2022_09_15
#: Seconds to wait for a server that does not answer.
WAIT = 10


class Away(CourseError):
    """The database of the gradebook cannot be reached, or refuses the login; its `code` says which."""

    def __init__(self, error: object) -> None:
        said = next((line for line in str(error).splitlines() if line.strip()), "it does not answer")
        code, hint = "no answer", "Is its server running?"
        for sign, known in _HINTS.items():
            if sign in said:
                code, hint = known
                break
        kept = "What was written before is in it; run this again afterwards."
        why = f"{said.strip().rstrip('.')}. {hint} {kept}"
        super().__init__(f"The gradebook's database cannot be used: {why}", code=code)


#: What the server says, the code of the error, and what to do.
_HINTS = {
    "password": ("wrong password", "Put the right password into ~/.pgpass or PGPASSWORD."),
    'database "': ("no such database", "Make the database with createdb."),
    'role "': ("no such user", "Make the user with createuser."),
}


@contextlib.contextmanager
def connect_to_database(book: str) -> Iterator[Any]:
    """Open a connection to the database in autocommit mode; `Away` if it fails."""
    try:
        import psycopg
    except ImportError:
        how = "install psycopg, and the system's PostgreSQL client (Debian: postgresql-client)"
        text = f"The gradebook is in PostgreSQL, whose driver is missing: {how}."
        raise CourseError(text, code="not installed", program="psycopg") from None
    try:
        with contextlib.closing(
            psycopg.connect(_drop_driver(book), autocommit=True, connect_timeout=WAIT)
        ) as one:
            yield one
    except psycopg.OperationalError as error:
        raise Away(error) from None


def _drop_driver(book: str) -> str:
    """Return the URL without SQLAlchemy's driver name, as PostgreSQL's own programs need it."""
    return f"postgresql:{book.partition(':')[2]}"


@contextlib.contextmanager
def hold_lock(book: Book, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the database's lock, so that a grader on another machine waits; a file needs none."""
    if isinstance(book, Path):
        yield
        return
    with connect_to_database(book) as database:

        def take() -> bool:
            return bool(database.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()[0])

        files.wait_for_lock(take, "this gradebook", say)
        yield


def dump_database(book: str, target: Path) -> None:
    """Write a copy of the whole database as SQL text."""
    _run_program(
        "pg_dump", book, "--clean", "--if-exists", "--no-owner", "--no-privileges", "--file", str(target)
    )


def load_database(book: str, copy: bytes) -> None:
    """Replace the content of the database by a copy, in one transaction."""
    words = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-")
    _run_program("psql", book, *words, text=copy)


def _run_program(program: str, book: str, *words: str, text: bytes = b"") -> None:
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    named: dict[str, Any] = conninfo_to_dict(_drop_driver(book))
    # A command's words can be read by anybody on the machine.
    env = os.environ | ({"PGPASSWORD": named.pop("password")} if "password" in named else {})
    try:
        command = [program, "--no-password", "--dbname", make_conninfo(**named), *words]
        done = subprocess.run(command, env=env, input=text, capture_output=True, check=False)
    except OSError:
        why = f"{program} is missing (Debian: the package postgresql-client)"
        told = f"The gradebook cannot be copied, so nothing was written: {why}."
        raise CourseError(told, code="not installed", program=program) from None
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())
        told = f"{program} failed, so nothing was written: {said[:500]}"
        raise CourseError(told, code="program failed", program=program)
