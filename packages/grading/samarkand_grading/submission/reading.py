"""What was handed in: the one notebook that is meant, read as bytes, and its cells.

No link is followed and nothing runs. A notebook under another name or in a folder of its own is accepted
where only one can be meant. Pictures and other large outputs are cut out before anything is parsed.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: The largest notebook that is read, in bytes; most of it may be pictures in outputs.
LARGEST = 64 << 20
#: The largest size without large outputs; a solved set has about 40,000 bytes.
SLIM = 8 << 20
#: A shorter notebook is read as it is: nothing in it can be large.
WHOLE = 64 << 10
#: A shorter output (or attached picture) is kept, since a forged mark is short.
SHORT = 10_000
#: The most cells, and the longest source of one.
CELLS, SOURCE = 400, 100_000
#: The most objects and lists: a few megabytes of them alone would take a hundred times as much memory to
#: read.
PARTS = 300_000
#: The most strings and brackets that are scanned to find outputs.
TOKENS = 2_000_000
#: How many levels below a student's folder a notebook is looked for, and among how many names.
DEEPEST, NAMES = 5, 1000
#: Files that notebook servers and systems leave beside a notebook.
HARMLESS = {
    "timestamp.txt", "submission_secret.txt", ".ipynb_checkpoints", "__pycache__", "__MACOSX",
    ".DS_Store", "Thumbs.db", "desktop.ini",
}  # fmt: skip


class Unreadable(Exception):
    """A submission that cannot be graded; its sentence goes into the feedback."""


# --- the file -----------------------------------------------------------------------------------------------


def read_file(folder: Path, name: str) -> tuple[bytes, list[str]]:
    """Return the notebook of a submission, if it is a plain file, and remarks on what else lies there.

    The folder is ``submitted/<student>/<set>``. `Unreadable` if there is no such file, several could be
    meant, or it is a link, a pipe, a device or too large.
    """
    directory = _open_folder(folder)
    try:
        entries = sorted(os.listdir(directory))  # noqa: PTH208 - of a descriptor
        wanted, remarks = _meant(directory, entries, name)
        odd = [
            e for e in entries if e != wanted.split("/")[0] and e not in HARMLESS and not e.startswith("._")
        ]
        if odd:
            listed = ", ".join(shown(e) for e in odd[:5])
            remarks.append(
                f"Other files were handed in and not used: {listed}{' and more' if len(odd) > 5 else ''}."
            )
        body, facts = _plain_file(directory, wanted)
        return body, remarks + _second_names(facts, os.fstat(directory), folder)
    finally:
        os.close(directory)


def _meant(directory: int, entries: list[str], name: str) -> tuple[str, list[str]]:
    """Return which file is the notebook, and what is unusual about it."""
    wanted = f"{name}.ipynb"
    if wanted in entries:
        return wanted, []
    found = [entry for entry in entries if _is_notebook(entry)] or list(_further_down(directory))
    named = [path for path in found if name in path.rpartition("/")[2].casefold()]
    exact = [path for path in named if path.endswith(f"/{wanted}")]
    for candidates in (exact, named, found):
        if len(candidates) == 1:
            (path,) = candidates
            place, _, last = path.rpartition("/")
            remarks = [f"The notebook lay in a folder of its own: {shown(place)}."] if place else []
            if last != wanted:
                remarks.append(f"The notebook was renamed to {shown(last)}.")
            return path, remarks
    if found:
        listed = ", ".join(shown(path) for path in found[:5])
        raise Unreadable(
            f"There is no notebook {wanted} in it, and more than one that could be meant: {listed}."
        )
    others = ", ".join([shown(entry) for entry in entries if entry not in HARMLESS][:5])
    raise Unreadable(f"There is no notebook {wanted} in it{f', only: {others}' if others else ''}.")


def _is_notebook(name: str) -> bool:
    """Return whether a file is named like a notebook; some browsers save one with a text suffix."""
    return name.casefold().endswith((".ipynb", ".ipynb.txt", ".ipynb.json")) and not name.startswith(".")


def _further_down(directory: int) -> Iterator[str]:
    """Yield the paths of notebooks in subfolders, without hidden ones and without links."""
    seen = 0
    for place, folders, files, _ in os.fwalk(".", dir_fd=directory):
        inner = Path(place)
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in HARMLESS)
        if len(inner.parts) >= DEEPEST:
            folders.clear()
        seen += len(folders) + len(files)
        if seen > NAMES:
            return
        yield from ((inner / file).as_posix() for file in sorted(files) if _is_notebook(file))


_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def _open_folder(folder: Path) -> int:
    """Open ``<student>/<set>`` step by step, so that nobody can swap in a link on the way."""
    above = None
    try:
        above = os.open(folder.parent, _FOLDER)
        return os.open(folder.name, _FOLDER, dir_fd=above)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise Unreadable("The folder, or the one above it, is a link, which is not followed.") from None
        raise Unreadable(f"The folder cannot be read ({error.strerror}).") from None
    finally:
        if above is not None:
            os.close(above)


def read_timestamp(folder: Path) -> str:
    """Return when a submission was handed in, if nbgrader has noted it in a plain file, or nothing."""
    try:
        directory = _open_folder(folder)
    except Unreadable:
        return ""
    try:
        body, _ = _plain_file(directory, "timestamp.txt")
    except Unreadable:
        return ""
    finally:
        os.close(directory)
    return body[:100].decode("utf-8", "replace").strip()


def _plain_file(directory: int, path: str) -> tuple[bytes, os.stat_result]:
    *places, name = path.split("/")
    opened: list[int] = []
    try:
        for place in places:
            opened.append(os.open(place, _FOLDER, dir_fd=opened[-1] if opened else directory))
        descriptor = os.open(
            name,
            os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC,
            dir_fd=opened[-1] if opened else directory,
        )
    except OSError:
        raise Unreadable("The notebook is a link or cannot be opened.") from None
    finally:
        for number in opened:
            os.close(number)
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        os.close(descriptor)
        raise Unreadable("The notebook is not a file.")
    with os.fdopen(descriptor, "rb") as file:
        if facts.st_size > LARGEST:
            raise Unreadable(f"The notebook has {facts.st_size >> 20} MB; {LARGEST >> 20} is the most.")
        body = file.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise Unreadable(f"The notebook is larger than {LARGEST >> 20} MB.")
    return body, facts


def _second_names(facts: os.stat_result, holder: os.stat_result, folder: Path) -> list[str]:
    """Inspect a file that has several names (hard links).

    Tools that make backups, or that merge equal files, give a file another name; the student is not to blame.
    A link to somebody else's file is refused: of several students who share one, only the student whose
    folder was filled first keeps it.
    """
    if facts.st_nlink == 1:
        return []
    if facts.st_uid != holder.st_uid:
        raise Unreadable("The notebook is a second name (hard link) of somebody else's file.")
    student, submitted = folder.parent.name, folder.parent.parent
    remark = "The notebook has another name (hard link) elsewhere; it was read as it is."
    for path in _same_file(submitted.parent, facts) if submitted.name == "submitted" else ():
        inner = path.relative_to(submitted.parent).parts
        if student in inner or inner[0] == "release":
            continue
        if inner[0] != "submitted" or path.parent.stat().st_mtime_ns <= holder.st_mtime_ns:
            raise Unreadable("The notebook is a second name (hard link) of somebody else's file.")
        remark = "Somebody else has handed in a second name (hard link) of this notebook."
    return [remark]


def _same_file(root: Path, facts: os.stat_result) -> Iterator[Path]:
    """Yield all names of a file below a folder, without following links."""
    folders = [str(root)]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.inode() == facts.st_ino and os.path.samestat(os.lstat(entry.path), facts):
                    yield Path(entry.path)


def shown(name: str) -> str:
    """Write a name chosen by a student so that it cannot act on the page or terminal that shows it."""
    return "".join(c if c.isprintable() and c not in "<>&" else "?" for c in name[:60])


# --- the cells ----------------------------------------------------------------------------------------------


def parse(body: bytes) -> list[dict[str, Any]]:
    """Read the cells of a notebook, and of each only its type, source and ids.

    Any encoding that JSON allows is read, with or without a byte order mark; what cannot be decoded becomes a
    replacement character. A cell has ``type``, ``source``, ``id``, ``grade_id``, ``claims`` (what its
    metadata say), ``planted`` (whether its output is a bare number) and ``long`` (whether the source was too
    long and was left out). `Unreadable` if it is not a notebook of format 3 or 4, or is one that no student
    would write.
    """
    encoding = json.detect_encoding(body[:4])
    if encoding not in ("utf-8", "utf-8-sig"):
        body = body.decode(encoding, "replace").encode("utf-8", "replace")
    body = body.removeprefix(b"\xef\xbb\xbf")
    if not body.strip():
        raise Unreadable("The notebook is an empty file.")
    if len(body) > WHOLE:
        body = slim(body)
    if len(body) > SLIM:
        raise Unreadable(
            f"The notebook has {len(body) >> 20} MB without its outputs; {SLIM >> 20} is the most."
        )
    if body.count(b"{") + body.count(b"[") > PARTS:
        raise Unreadable("The notebook is cut up into far more parts than any notebook.")
    notebook = _json(body)
    cells = _cells(notebook) if type(notebook) is dict else None
    if type(cells) is not list:
        raise Unreadable("This is not a notebook of format 4.")
    if len(cells) > CELLS:
        raise Unreadable(f"The notebook has {len(cells)} cells; {CELLS} are the most.")
    return [_cell(cell) for cell in cells]


def _cells(notebook: dict[str, Any]) -> Any:
    """Find the cells, also where format 3 kept them."""
    if notebook.get("nbformat") == 4:
        return notebook.get("cells")
    sheets = notebook.get("worksheets")
    if (
        notebook.get("nbformat") == 3
        and type(sheets) is list
        and len(sheets) == 1
        and type(sheets[0]) is dict
    ):
        return sheets[0].get("cells")
    return None


#: An object with one of these keys twice is a different notebook to different programs.
_ONCE = {"cell_type", "cells", "grade_id", "id", "input", "metadata", "nbformat", "nbgrader", "source"}


def _json(body: bytes) -> Any:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        read = dict(found)
        if len(read) != len(found):
            keys = [key for key, _ in found]
            twice = next((key for key in read if key in _ONCE and keys.count(key) > 1), None)
            if twice is not None:
                raise Unreadable(f"The notebook is damaged: {twice} stands twice in one part of it.")
        return read

    try:
        return json.loads(body.decode("utf-8", "replace"), object_pairs_hook=pairs)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The notebook is not valid JSON ({type(error).__name__}).") from None


#: A string, with its colon if it is a key, or a bracket. A string without an end goes on to the end of the
#: file. No part of the file is scanned twice, whatever it holds.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"(\s*+:)?|\\?\Z)|[\[\]{}]', re.DOTALL)


def slim(body: bytes) -> bytes:
    """Cut long outputs, attached pictures and the states of widgets out of a notebook, without parsing it.

    The rest of the bytes stays as it is: what was not JSON is still not JSON. `Unreadable` if there are more
    than `TOKENS` strings and brackets.

    Examples
    --------
    >>> slim(b'{"outputs": [' + b" " * 20_000 + b'], "source": "[x]"}')
    b'{"outputs": [], "source": "[x]"}'
    """
    pieces: list[bytes] = []
    kept = depth = floor = 0
    begun: int | None = None
    key = b""
    for count, token in enumerate(_TOKEN.finditer(body)):
        if count > TOKENS:
            raise Unreadable("The notebook is cut up into far more parts than any notebook.")
        start, end = token.span()
        sign = body[start : start + 1]
        if sign == b'"':
            key = token[0].rstrip(b": \t\r\n") if token[1] is not None and end - start < 40 else b""
            continue
        if sign in b"[{":
            depth += 1
            if begun is None and key in (b'"outputs"', b'"attachments"', b'"widgets"'):
                begun, floor = start, depth
        else:
            if begun is not None and depth == floor:
                if end - begun > SHORT:
                    pieces += [body[kept : begun + 1], sign]
                    kept = end
                begun = None
            depth -= 1
        key = b""
    return b"".join([*pieces, body[kept:]])


def _cell(cell: Any) -> dict[str, Any]:
    if type(cell) is not dict:
        raise Unreadable("A cell of the notebook is not a cell.")
    source = cell.get("source", cell.get("input", ""))
    if type(source) is list and all(type(line) is str for line in source):
        source = "".join(source)
    if type(source) is not str:
        raise Unreadable("A cell of the notebook has no text for a source.")
    long = len(source) > SOURCE
    source = "" if long else source.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if type(metadata) is dict else None
    grade_id = marks.get("grade_id") if type(marks) is dict else None
    return {
        "type": cell.get("cell_type") if cell.get("cell_type") in ("code", "markdown", "raw") else "raw",
        "source": source,
        "id": cell.get("id") if type(cell.get("id")) is str else None,
        "grade_id": grade_id if type(grade_id) is str else None,
        "claims": marks if type(marks) is dict else {},
        "planted": _planted(cell.get("outputs")),
        "long": long,
    }


def _planted(outputs: Any) -> bool:
    """Return whether outputs hold a bare number, which a grade cell would take for its mark.

    The desk never prints a bare number.
    """
    for output in outputs if type(outputs) is list else []:
        data = output.get("data") if type(output) is dict else None
        text = data.get("text/plain") if type(data) is dict else None
        text = "".join(text) if type(text) is list and all(type(t) is str for t in text) else text
        try:
            float(text if type(text) is str else "no number")
        except ValueError:
            continue
        return True
    return False
