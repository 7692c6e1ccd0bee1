"""Find a submission's notebook, read it as bytes, and parse its cells.

No link is followed and nothing runs. A notebook under another name or in a subfolder is accepted if it is
the only candidate.
"""

import contextlib
import itertools
import json
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: The maximum size of a notebook in bytes; most of it may be pictures in outputs.
LARGEST = 32 << 20
#: The maximum number of JSON objects and lists: each takes a hundred times its bytes in memory.
PARTS = 1_000_000
#: The maximum number of cells, and of characters in one source and in all.
CELLS, SOURCE, SOURCES = 400, 100_000, 2_000_000
#: The maximum number of paths searched below a student's folder.
NAMES = 1000
#: The beginning of the remark on a second notebook, by which it is reported to the instructor.
SEVERAL = "Several notebooks were handed in"
#: Files that notebook servers and operating systems create beside a notebook.
HARMLESS = {
    "timestamp.txt", "submission_secret.txt", ".ipynb_checkpoints", "__pycache__", "__MACOSX",
    ".DS_Store", "Thumbs.db", "desktop.ini",
}  # fmt: skip


class Unreadable(Exception):
    """The submission cannot be graded; the message is shown in the feedback."""


@dataclass
class Part:
    """A submitted cell; `long` means that its source was too long and was dropped.

    `type` is ``"code"``, ``"markdown"`` or ``"raw"``; a missing id is empty.
    """

    type: str
    source: str
    id: str = ""
    grade_id: str = ""
    long: bool = False


def read_file(folder: Path, name: str) -> tuple[bytes, list[str]]:
    """Return the bytes of a submission's notebook, and remarks on other files beside it.

    The folder is ``submitted/<student>/<set>``. `Unreadable` if there is no such file, several could be
    meant, or it is a link, a pipe, a device or too large.
    """
    if folder.is_symlink() or folder.parent.is_symlink():
        raise Unreadable("The folder, or the one above it, is a link, which is not followed.")
    try:
        entries = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise Unreadable(f"The folder cannot be read ({error.strerror}).") from None
    entries = [e for e in entries if e not in HARMLESS and not e.startswith("._")]
    path, remarks = _find(folder, entries, f"{name}.ipynb")
    others = [e for e in entries if e != path.relative_to(folder).parts[0]]
    if notebooks := [e for e in others if is_notebook(e)]:
        remarks.append(f"{SEVERAL}: {defuse(path.name)} was marked, {join_names(notebooks)} was not.")
    if others := [e for e in others if e not in notebooks]:
        remarks.append(f"Other files were handed in and not used: {join_names(others)}.")
    return read_plain_file(path), remarks


def _find(folder: Path, entries: list[str], wanted: str) -> tuple[Path, list[str]]:
    """Return the path of the notebook and remarks on its name and place; `Unreadable` if ambiguous."""
    found = [folder / entry for entry in entries if is_notebook(entry)]
    try:
        below = [] if found else sorted(itertools.islice(folder.rglob("*"), NAMES))
    except (OSError, RecursionError):
        raise Unreadable("The folders in it cannot be searched: they lie too deep in each other.") from None
    for path in below:
        parts = path.relative_to(folder).parts
        if is_notebook(path.name) and not any(part in HARMLESS or part.startswith(".") for part in parts):
            found.append(path)
    named = [path for path in found if wanted.removesuffix(".ipynb") in path.name.casefold()]
    for candidates in ([path for path in named if path.name == wanted], named, found):
        if len(candidates) == 1:
            (path,) = candidates
            place = path.relative_to(folder).parent.as_posix()
            remarks = [f"The notebook lay in a folder of its own: {defuse(place)}."] if place != "." else []
            if path.name != wanted:
                remarks.append(f"The notebook was renamed to {defuse(path.name)}.")
            return path, remarks
    names = join_names([path.relative_to(folder).as_posix() for path in found])
    why = f", and more than one that could be meant: {names}" if found else f", only: {join_names(entries)}"
    raise Unreadable(f"There is no notebook {wanted} in it{why if found or entries else ''}.")


def is_notebook(name: str) -> bool:
    """Return whether a file has the name of a notebook; some browsers add ``.txt`` or ``.json``."""
    return name.casefold().endswith((".ipynb", ".ipynb.txt", ".ipynb.json")) and not name.startswith(".")


def read_plain_file(path: Path) -> bytes:
    """Return the bytes of a regular file; `Unreadable` if it is a link, something else or too large."""
    try:
        facts = path.lstat()
        if not stat.S_ISREG(facts.st_mode):
            raise Unreadable("The notebook is a link, or no file.")
        if facts.st_size > LARGEST:
            raise Unreadable(f"The notebook has {facts.st_size >> 20} MB; {LARGEST >> 20} is the most.")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"The notebook cannot be opened ({error.strerror}).") from None


def read_timestamp(folder: Path) -> str:
    """Return the text of nbgrader's timestamp file; empty if there is no such regular file."""
    with contextlib.suppress(Unreadable):
        return read_plain_file(folder / "timestamp.txt")[:100].decode("utf-8", "replace").strip()
    return ""


def defuse(name: str) -> str:
    """Return 60 characters of a student's file name or id, with unprintable ones and ``<>&`` as ``?``."""
    return "".join(c if c.isprintable() and c not in "<>&" else "?" for c in name[:60])


def join_names(names: list[str]) -> str:
    """Return the first five of students' file names, defused, with commas between."""
    return ", ".join(map(defuse, names[:5])) + (" and more" if len(names) > 5 else "")


def parse(body: bytes) -> list[Part]:
    """Parse the cells of a notebook, keeping only type, source and ids.

    Any encoding that JSON allows is read; what cannot be decoded becomes a replacement character.
    `Unreadable` if it is not a notebook of format 4, or is one that no student would write.
    """
    if not body.strip():
        raise Unreadable("The notebook is an empty file.")
    if body.count(b"{") + body.count(b"[") > PARTS:
        raise Unreadable("The notebook is cut up into far more parts than any notebook.")
    try:
        text = body.decode(json.detect_encoding(body), "replace")
        notebook = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The notebook is not valid JSON ({type(error).__name__}).") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) and notebook.get("nbformat") == 4 else None
    if not isinstance(cells, list):
        raise Unreadable("This is not a notebook of format 4.")
    if len(cells) > CELLS:
        raise Unreadable(f"The notebook has {len(cells)} cells; {CELLS} are the most.")
    parts = [_part(cell) for cell in cells]
    if sum(len(part.source) for part in parts) > SOURCES:
        raise Unreadable(f"The notebook has more than {SOURCES:,} characters in its cells.")
    return parts


def _part(cell: Any) -> Part:
    source = _of(cell, "source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise Unreadable("A cell of the notebook has no text for a source.")
    ids = (_of(cell, "id"), _of(_of(_of(cell, "metadata"), "nbgrader"), "grade_id"))
    own, grade = (name if isinstance(name, str) else "" for name in ids)
    kind = _of(cell, "cell_type")
    source = source.replace("\r\n", "\n").encode("utf-8", "replace").decode()
    long = len(source) > SOURCE
    return Part(kind if kind in ("code", "markdown") else "raw", "" if long else source, own, grade, long)


def _of(found: Any, key: str) -> Any:
    return found.get(key) if isinstance(found, dict) else None
