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


def cache_reader(read: Callable[P, T]) -> Callable[P, T]:
    """Cache a function that reads files until one of the files changes; callers share the result.

    The function takes the paths of one or more files, and other arguments that can be hashed. Any unexpected
    error that it raises becomes `DamagedData`, with the original error as its cause.

    Examples
    --------
    >>> cache_reader(Path.read_bytes)(Path("gone.csv"))
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
            raise DamagedData(text, code="missing", file=path) from None
        except Exception as error:
            path = files[0]
            text = tr("The file {file} is damaged. Get a fresh copy of {path}.", file=path.name, path=path)
            raise DamagedData(text, code="damaged", file=path) from error

    return reader


@cache_reader
def read_rows(path: Path, *columns: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a small CSV file, each a dict from column to text, without pandas.

    They are shared, so do not change them. `DamagedData` if the file is missing, is not CSV in UTF-8, or
    lacks a cell or one of the columns named.

    Examples
    --------
    >>> from samarkand.common import home
    >>> read_rows(home.course_data() / "states.csv", "iso3")[0]["iso3"]
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


@cache_reader
def read_toml(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file, which is shared: do not change it."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def read_cells(path: Path, *, foreign: bool = False) -> tuple[list[list[str]], str]:
    """Read a CSV file as spreadsheets and learning platforms save it; return (rows of cells, separator).

    The text is UTF-8 or UTF-16; if it may be `foreign`, also in the encoding of an older spreadsheet, western
    or Cyrillic. `CourseError` if it is a workbook, in another encoding, or cannot be read; a quotation mark
    that has no partner would join cells, and is an error, too.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        hint = tr("{path} cannot be read: {error}.", path=path, error=error)
        raise CourseError(hint, code="unreadable", file=path) from None
    if body[:2] == b"PK":
        hint = tr("{name} is a workbook: save it as CSV.", name=path.name)
        raise CourseError(hint, code="a workbook", file=path)
    text = _decode_text(body, foreign)
    if text is None or (foreign and "\0" in text):  # an older program's workbook, or left by a full disk
        hint = tr("{path} is not UTF-8 text: save it as CSV UTF-8 in your spreadsheet.", path=path)
        raise CourseError(hint, code="not UTF-8", file=path)
    text, separator = _find_separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(reader), separator
    except csv.Error:
        hint = tr(
            "{name}, line {n}: the quotation marks do not pair. A cell that has one inside has it twice, and "
            'stands in quotation marks itself: """Silk Road"" was the title".',
            name=path.name,
            n=reader.line_num,
        )
        raise CourseError(hint, code="unpaired quotation marks", file=path, line=reader.line_num) from None


def _find_separator(text: str) -> tuple[str, str]:
    r"""Return a table's text, without Excel's line ``sep=;``, and the separator of its cells.

    Examples
    --------
    >>> _find_separator("sep=;\nid;name"), _find_separator('"Name, first, last";id')
    (('id;name', ';'), ('"Name, first, last";id', ';'))
    """
    told = re.match(r"\s*\"?sep=([,;\t])\"?[ ,;]*(?:\r\n|\r|\n)", text, re.IGNORECASE)
    if told:
        return text[told.end() :], told[1]
    first = re.split(r"[\r\n]", text.lstrip())[0]
    bare = re.sub(r'"[^"]*"', "", first)
    return text, max(",;\t", key=bare.count)


def _decode_text(body: bytes, foreign: bool) -> str | None:
    """Return the text of a file, or None if its encoding is none that is read."""
    encoding = "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        if not foreign or encoding == "utf-16":
            return None
    try:
        return body.decode(_choose_cyrillic(body) if _looks_cyrillic(body) else "cp1252")
    except UnicodeDecodeError:
        return None


def _choose_cyrillic(body: bytes) -> str:
    """Return which of two encodings a Cyrillic text has: Windows' own, or KOI8, of Unix and old mail.

    Each has capitals where the other has small letters, so a name that begins with a small letter and goes on
    in capitals was read by the wrong one.

    Examples
    --------
    >>> _choose_cyrillic("Лидеры ЕС".encode("cp1251")), _choose_cyrillic("Лидеры ЕС".encode("koi8_u"))
    ('cp1251', 'koi8_u')
    """
    words = re.findall(r"[\u0400-\u04ff]{3,}", body.decode("cp1251", errors="replace"))
    usual = sum(word.islower() or word.istitle() for word in words)
    inside_out = sum(word[0].islower() and word[1:].isupper() for word in words)
    return "koi8_u" if inside_out > usual else "cp1251"


def guess_letters(path: Path) -> str:
    """Return in which encoding of an older spreadsheet a file is read: "cyrillic" or "western"; or ""."""
    body = path.read_bytes()
    if _decode_text(body, foreign=False) is not None:
        return ""
    return "cyrillic" if _looks_cyrillic(body) else "western"


def _looks_cyrillic(body: bytes) -> bool:
    """Return whether the letters beyond ASCII make words of their own, as in Russian, and not parts of words.

    Examples
    --------
    >>> _looks_cyrillic("Лидеры ЕС".encode("cp1251")), _looks_cyrillic("Größe, État".encode("cp1252"))
    (True, False)
    """
    letters = [at for at, byte in enumerate(body) if byte >= 0xC0]
    beside_ascii = 0
    for at in letters:
        around = body[max(0, at - 1) : at] + body[at + 1 : at + 2]
        beside_ascii += any(chr(byte).isascii() and chr(byte).isalpha() for byte in around)
    return 2 * beside_ascii < len(letters)
