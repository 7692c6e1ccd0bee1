"""Files of the course, cached until they change; damage is reported in a sentence."""

import csv
import functools
import io
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from samarkand.common.errors import CourseError, DamagedData
from samarkand.common.words import tr

P = ParamSpec("P")
T = TypeVar("T")


def cached(read: Callable[P, T]) -> Callable[P, T]:
    """Cache a function that reads files until one of the files changes; callers share the result.

    The function takes the paths of one or more files, and other arguments that can be hashed. Any unexpected
    error that it raises becomes `DamagedData`, with the original error as its cause.

    Examples
    --------
    >>> cached(Path.read_bytes)(Path("gone.csv"))
    Traceback (most recent call last):
        ...
    samarkand.common.errors.DamagedData: The file gone.csv is missing. Get a fresh copy of gone.csv.
    """

    @functools.lru_cache(maxsize=64)
    def known(_stamps: tuple[tuple[int, int], ...], *given: P.args, **named: P.kwargs) -> T:
        return read(*given, **named)

    @functools.wraps(read)
    def reader(*given: P.args, **named: P.kwargs) -> T:
        files = [one for one in given if isinstance(one, Path)]
        try:
            states = [path.stat() for path in files]
            return known(tuple((one.st_mtime_ns, one.st_size) for one in states), *given, **named)  # type: ignore[arg-type]  # hashed
        except CourseError:
            raise
        except FileNotFoundError as error:
            path = Path(error.filename)
            text = tr("The file {file} is missing. Get a fresh copy of {path}.", file=path.name, path=path)
            raise DamagedData(text) from None
        except Exception as error:
            path = files[0]
            text = tr("The file {file} is damaged. Get a fresh copy of {path}.", file=path.name, path=path)
            raise DamagedData(text) from error

    return reader


@cached
def rows(path: Path, *columns: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a small CSV file, each a dict from column to text, without pandas.

    They are shared, so do not change them. `DamagedData` if the file is missing, is not CSV in UTF-8, or
    lacks a cell or one of the columns named.

    Examples
    --------
    >>> from samarkand.common import home
    >>> rows(home.course_data() / "states.csv", "iso3")[0]["iso3"]
    'AFG'
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = tuple(csv.DictReader(file, strict=True))
    for row in found:
        if not row.keys() >= set(columns) or None in row or None in row.values():
            raise ValueError(row)
    if not found:
        raise ValueError("no row")
    return found


@cached
def toml(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file, which is shared: do not change it."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def cells(path: Path, otherwise: str = "") -> tuple[list[list[str]], str]:
    """Read a CSV file as spreadsheets and learning platforms save it; return (rows of cells, separator).

    The text is UTF-8 or UTF-16, or else in the encoding `otherwise`. `CourseError` if it is a workbook, in
    another encoding, or cannot be read.
    """
    try:
        body = path.read_bytes()
        if body[:2] == b"PK":
            raise CourseError(tr("{name} is a workbook: save it as CSV.", name=path.name))
        text = body.decode("utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        if not otherwise:
            hint = tr("{path} is not UTF-8 text: save it as CSV UTF-8 in your spreadsheet.", path=path)
            raise CourseError(hint) from None
        text = body.decode(otherwise, "replace")
    except OSError as error:
        raise CourseError(tr("{path} cannot be read: {error}.", path=path, error=error)) from None
    first = re.split(r"[\r\n]", text.lstrip())[0]
    separator = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator)), separator
    except csv.Error as error:
        raise CourseError(tr("{path} cannot be read: {error}.", path=path, error=error)) from None
