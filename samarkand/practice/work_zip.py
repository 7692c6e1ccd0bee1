"""Work that moves: what a student has made in ``my_work`` as one zip, taken here and brought in elsewhere.

The same file serves the page, a computer at home and a hub. Bringing it in adds to what is there and writes
over nothing: journals are merged line by line, a notebook takes the place of a copy in which nobody has
worked, and any other file that differs is put beside the one that is there. To bring the same zip in twice
changes nothing.
"""

import glob
import hashlib
import io
import json
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from samarkand.common import files, home, journal
from samarkand.common.errors import CourseError
from samarkand.common.version import VERSION
from samarkand.common.words import tr, trn
from samarkand.lab import copies
from samarkand.practice.sets import desk

#: The number of this format. Who writes another form of zip gives it the next one, and still reads this.
FORMAT = 1
COURSE = "samarkand-2022"
#: The file in the zip that says what it is.
ABOUT = "samarkand.json"
#: Folders in ``my_work`` that the course lays out anew by itself.
LEFT_OUT = ("docs",)
MOST_FILES = 500
MOST_BYTES = 32 << 20
#: The file with the student's id.
STUDENT = "student.txt"
#: What follows the name of a file that was brought in beside another.
_BROUGHT = re.compile(r"\.brought-[0-9a-f]{8}$")
#: Letters that a file's name cannot have on some system, names that Windows takes for devices, and the most
#: bytes of a name: there is room for what is put before and behind it.
_UNSAFE = re.compile(r'[<>:"\\|?*\x00-\x1f\x7f\ud800-\udfff]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
LONGEST = 200
#: The time of each file in a zip: the same work gives the same bytes.
_NO_TIME = (2022, 9, 15, 0, 0, 0)

SENTENCES = {
    "no_zip": tr("This is not a zip file, or it is damaged. Nothing was changed here."),
    "no_work": tr("This zip does not hold the work of this course. Nothing was changed here."),
    "newer": tr(
        "This work was taken with version {version} of the course, and this is {own}. Update the course here "
        "first. Nothing was changed."
    ),
    "damaged": tr("{name} is damaged in this zip: take your work once more. Nothing was changed here."),
    "bad_name": tr("{name} is not a place in my_work. Nothing was changed here."),
    "other_student": tr("This is the work of {theirs}, and here {own} has signed in. Nothing was changed."),
    "too_large": tr(
        "This is more than moves in one zip: {count} files and {megabytes} MB, of at most {most_files} files "
        "and {most_megabytes} MB. Put what is large and not the course's elsewhere."
    ),
    "not_written": tr(
        "{name} could not be written: {reason}. Everything that was here is as it was. Make room, and bring "
        "the zip in again."
    ),
}


class CannotMove(CourseError):
    """Work that cannot be taken or brought in.

    Parameters
    ----------
    code : str
        A key of `SENTENCES`.
    **fields
        What the sentence names.
    """

    def __init__(self, code: str, **fields: Any) -> None:
        super().__init__(SENTENCES[code].format(**fields), code=code, **fields)


@dataclass(frozen=True)
class Packed:
    """Work read from a zip: files by their names below ``my_work``, who made them, and with which version."""

    files: Mapping[str, bytes]
    student: str
    version: str


# ----------------------------------------------------------------------------------------------- taking


def pack_work(work: Path | None = None) -> bytes:
    """Return a zip of all that the student has made; copies in which nobody has worked stay out.

    `CannotMove` if it is too much for one zip.
    """
    work = work or home.my_work()
    paths = list(_list_own_files(work))
    _need_size(len(paths), sum(path.stat().st_size for path in paths))  # before anything is read
    found = _name_for_all_systems({path.relative_to(work).as_posix(): path.read_bytes() for path in paths})
    _need_size(len(found), sum(map(len, found.values())))
    about = {
        "format": FORMAT,
        "course": COURSE,
        "version": VERSION,
        "student": _read_student(found),
        "files": {name: hashlib.sha256(body).hexdigest() for name, body in found.items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        _write_into(packed, ABOUT, json.dumps(about, indent=1, sort_keys=True).encode())
        for name, body in found.items():
            _write_into(packed, f"my_work/{name}", body)
    return out.getvalue()


def _list_own_files(work: Path) -> Iterator[Path]:
    """Yield the files that the student has made, sorted."""
    for path in sorted(work.rglob("*")):
        parts = path.relative_to(work).parts
        hidden = any(part.startswith(".") for part in parts)
        linked = any(folder.is_symlink() for folder in (path, *path.parents) if folder.is_relative_to(work))
        if hidden or linked or parts[0] in LEFT_OUT or not path.is_file():
            continue
        if not path.resolve().is_relative_to(work.resolve()):  # a junction of Windows is no link
            continue
        if path.suffix == ".ipynb" and copies.find_state(path) == "untouched":
            continue
        if path.suffix == ".zip" and _is_packed_work(path):
            continue
        yield path


def _is_packed_work(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as packed:
            return ABOUT in packed.namelist()
    except Exception:  # zipfile raises half a dozen kinds, of a file that is the student's own
        return False


def make_portable(name: str) -> str:
    r"""Return a name that a file can have on every system, as near to the one it has as possible.

    Examples
    --------
    >>> make_portable("article/a: b?.txt"), make_portable("aux.csv"), make_portable("end. ")
    ('article/a_ b_.txt', '_aux.csv', 'end__')
    """
    parts = []
    for part in name.split("/"):
        safe = _UNSAFE.sub("_", unicodedata.normalize("NFC", part))
        safe = re.sub(r"[. ]+$", lambda end: "_" * len(end[0]), safe)  # Windows leaves these out
        if _DEVICE.match(safe):
            safe = f"_{safe}"
        suffix = Path(safe).suffix
        while len(safe.encode()) > LONGEST:
            kept = safe.removesuffix(suffix) if len(suffix.encode()) < LONGEST else safe
            safe = kept[:-1] + (suffix if kept != safe else "")
        parts.append(safe)
    return "/".join(parts)


def _name_for_all_systems(found: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files by names that they can have on every system; none takes the place of another."""
    named = {name: body for name, body in found.items() if make_portable(name) == name}
    for name, body in found.items():
        portable = make_portable(name)
        if portable == name or named.get(portable) == body:
            continue
        if portable in named:
            place = PurePosixPath(portable)
            digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
            portable = place.with_name(f"{place.stem}.{digest}{place.suffix}").as_posix()
        named[portable] = body
    return dict(sorted(named.items()))


def _write_into(packed: zipfile.ZipFile, name: str, body: bytes) -> None:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.external_attr = 0o600 << 16
    packed.writestr(entry, body, zipfile.ZIP_DEFLATED)


def _read_student(found: Mapping[str, bytes]) -> str:
    """Return the id of the student whose work this is, or ""."""
    return found.get(STUDENT, b"").decode("utf-8", "replace").strip() or desk.find_student()


def _need_size(count: int, size: int) -> None:
    if count > MOST_FILES or size > MOST_BYTES:
        raise CannotMove(
            "too_large",
            count=count,
            megabytes=size >> 20,
            most_files=MOST_FILES,
            most_megabytes=MOST_BYTES >> 20,
        )


# ---------------------------------------------------------------------------------------------- reading


def unpack_work(body: bytes) -> Packed:
    """Read a zip of work, all of it; `CannotMove` if anything in it is not as `pack_work` writes it."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            entries = packed.infolist()
            _need_size(len(entries), sum(entry.file_size for entry in entries))
            about = _read_about(packed)
            found = {name: _read_file(packed, name, digest) for name, digest in about["files"].items()}
    except CannotMove:
        raise
    except Exception:  # zipfile raises half a dozen kinds, of a file that anybody may have made
        raise CannotMove("no_zip") from None
    return Packed(found, about["student"], about["version"])


def _read_about(packed: zipfile.ZipFile) -> dict[str, Any]:
    try:
        about = json.loads(packed.read(ABOUT))
        ours = about["course"] == COURSE
        number = about["format"]
        version = about["version"]
    except (LookupError, TypeError, ValueError, RuntimeError, NotImplementedError, zlib.error):
        raise CannotMove("no_work") from None
    if not ours or type(number) is not int or not isinstance(version, str):
        raise CannotMove("no_work")
    if number > FORMAT:
        raise CannotMove("newer", version=version, own=VERSION)
    listed, student = about.get("files"), about.get("student")
    if not isinstance(listed, dict) or not isinstance(student, str):
        raise CannotMove("no_work")
    return {"files": listed, "student": student, "version": version}


def _read_file(packed: zipfile.ZipFile, name: str, digest: object) -> bytes:
    if not _is_place(name):
        raise CannotMove("bad_name", name=name)
    try:
        body = packed.read(f"my_work/{name}")
    except (KeyError, zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError, zlib.error):
        raise CannotMove("damaged", name=name) from None
    if hashlib.sha256(body).hexdigest() != digest:
        raise CannotMove("damaged", name=name)
    return body


def _is_place(name: str) -> bool:
    """Return whether a name leads to a file below ``my_work`` that `pack_work` could take, on any system."""
    path = PurePosixPath(name)
    outside = path.is_absolute() or bool(PureWindowsPath(name).drive) or "\\" in name
    return bool(path.parts) and not outside and not any(part.startswith(".") for part in path.parts)


# --------------------------------------------------------------------------------------------- bringing


def bring_work(body: bytes, work: Path | None = None) -> list[str]:
    """Bring work in from a zip; return a sentence for each file that came.

    `CannotMove`, before anything is written, if the zip is damaged, of another course or another student; and
    if a file cannot be written: what has come by then stays, and bringing the zip in again goes on.
    """
    work = work or home.my_work()
    packed = unpack_work(body)
    own = desk.find_student()
    if own and packed.student and own != packed.student:
        raise CannotMove("other_student", theirs=packed.student, own=own)
    for name in packed.files:
        if not (work / name).resolve().is_relative_to(work.resolve()):
            raise CannotMove("bad_name", name=name)
    told = []
    for name, content in packed.files.items():
        try:
            sentence = _bring_file(name, content, work / name)
        except OSError as error:
            raise CannotMove("not_written", name=name, reason=error.strerror or error) from None
        if sentence:
            told.append(sentence)
    return told


def _bring_file(name: str, content: bytes, place: Path) -> str:
    """Bring one file in; return a sentence, or "" if there is nothing new in it."""
    if place.is_file() and place.suffix == ".jsonl":
        added = journal.merge_journal(place, content)
        return trn("{name}: {n} line more.", "{name}: {n} lines more.", added, name=name) if added else ""
    for here in _list_versions(place):
        if _is_same(here.read_bytes(), content, place.suffix):
            return ""
    if not place.exists():
        files.write_whole(place, content)
        return tr("{name} is here now.", name=name)
    if place.suffix == ".ipynb" and copies.find_state(place) == "untouched":
        files.write_whole(place, content)
        return tr("{name} is yours now; nobody had worked in the copy that was here.", name=name)
    beside = place.with_name(f"{place.stem}.brought-{hashlib.sha256(content).hexdigest()[:8]}{place.suffix}")
    if beside.exists():
        return ""
    files.write_whole(beside, content)
    return tr(
        "{name} differs from the one that is here, which stays. The other is beside it: {beside}.",
        name=name,
        beside=beside.name,
    )


def _list_versions(place: Path) -> list[Path]:
    """Return the file of a place, and those that were brought in beside it.

    Work that goes from place to place comes back below another name than it left under: what was brought in
    beside a file there is the file itself here.
    """
    own = _BROUGHT.sub("", place.stem)
    beside = place.parent.glob(f"{glob.escape(own)}.brought-*{place.suffix}")
    return [path for path in (place.with_name(own + place.suffix), *beside) if path.is_file()]


def _is_same(one: bytes, other: bytes, suffix: str) -> bool:
    """Return whether two files hold the same work; of notebooks, written anew by programs, cells count."""
    if one == other:
        return True
    if suffix != ".ipynb":
        return False
    cells = _read_cells(one)
    return cells is not None and cells == _read_cells(other)


def _read_cells(body: bytes) -> list[tuple[str, str]] | None:
    """Return the kind and source of each cell that is not empty; None if this is not a notebook."""
    try:
        found = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(body)["cells"]]
    except (LookupError, TypeError, ValueError):
        return None
    return [(kind, source) for kind, source in found if source.strip()]
