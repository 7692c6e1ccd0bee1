"""What was handed in: the one notebook that is meant, read as bytes, and its cells.

No link is followed and nothing runs. A notebook under another name or in a folder of its own is accepted
where only one can be meant.
"""

from __future__ import annotations

import itertools
import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: The largest notebook that is read, in bytes; most of it may be pictures in outputs.
LARGEST = 32 << 20
#: The most objects and lists: one of a few bytes takes a hundred times as much memory.
PARTS = 1_000_000
#: The most cells, and the longest source of one and of all.
CELLS, SOURCE, SOURCES = 400, 100_000, 2_000_000
#: Among how many names below a student's folder a notebook is looked for.
NAMES = 1000
#: How the remark on a second notebook begins; the instructor is told.
SEVERAL = "Several notebooks were handed in"
#: Files that notebook servers and systems leave beside a notebook.
HARMLESS = {
    "timestamp.txt", "submission_secret.txt", ".ipynb_checkpoints", "__pycache__", "__MACOSX",
    ".DS_Store", "Thumbs.db", "desktop.ini",
}  # fmt: skip


class Unreadable(Exception):
    """A submission that cannot be graded; its sentence goes into the feedback."""


@dataclass
class Part:
    """A cell as it was handed in; `long` says that its source was too long, and was left out.

    Its type is ``"code"``, ``"markdown"`` or ``"raw"``; an id that is not there is empty.
    """

    type: str
    source: str
    id: str = ""
    grade_id: str = ""
    long: bool = False


# --- the file -----------------------------------------------------------------------------------------------


def read_file(folder: Path, name: str) -> tuple[bytes, list[str]]:
    """Return the notebook of a submission, if it is a plain file, and remarks on what else lies there.

    The folder is ``submitted/<student>/<set>``. `Unreadable` if there is no such file, several could be
    meant, or it is a link, a pipe, a device or too large.
    """
    if folder.is_symlink() or folder.parent.is_symlink():
        raise Unreadable("The folder, or the one above it, is a link, which is not followed.")
    try:
        entries = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise Unreadable(f"The folder cannot be read ({error.strerror}).") from None
    path, remarks = _meant(folder, entries, name)
    odd = [e for e in entries if e not in HARMLESS and not e.startswith("._")]
    odd = [e for e in odd if e != path.relative_to(folder).parts[0]]
    if notebooks := [e for e in odd if is_notebook(e)]:
        remarks.append(f"{SEVERAL}: {defuse(path.name)} was marked, {_listed(notebooks)} was not.")
    if others := [e for e in odd if e not in notebooks]:
        remarks.append(f"Other files were handed in and not used: {_listed(others)}.")
    return read_plain_file(path), remarks


def _meant(folder: Path, entries: list[str], name: str) -> tuple[Path, list[str]]:
    """Return which file is the notebook, and what is unusual about it."""
    wanted = f"{name}.ipynb"
    if wanted in entries:
        return folder / wanted, []
    found = [folder / e for e in entries if is_notebook(e)] or list(_further_down(folder))
    named = [path for path in found if name in path.name.casefold()]
    exact = [path for path in named if path.name == wanted]
    for candidates in (exact, named, found):
        if len(candidates) == 1:
            (path,) = candidates
            place = path.relative_to(folder).parent.as_posix()
            remarks = [f"The notebook lay in a folder of its own: {defuse(place)}."] if place != "." else []
            if path.name != wanted:
                remarks.append(f"The notebook was renamed to {defuse(path.name)}.")
            return path, remarks
    if found:
        names = _listed([path.relative_to(folder).as_posix() for path in found])
        raise Unreadable(
            f"There is no notebook {wanted} in it, and more than one that could be meant: {names}."
        )
    others = _listed([entry for entry in entries if entry not in HARMLESS])
    raise Unreadable(f"There is no notebook {wanted} in it{f', only: {others}' if others else ''}.")


def is_notebook(name: str) -> bool:
    """Return whether a file is named like a notebook; some browsers save one with a text suffix."""
    return name.casefold().endswith((".ipynb", ".ipynb.txt", ".ipynb.json")) and not name.startswith(".")


def _further_down(folder: Path) -> Iterator[Path]:
    """Yield notebooks in subfolders, without hidden ones and without links."""
    for path in sorted(itertools.islice(folder.rglob("*"), NAMES)):
        inner = path.relative_to(folder).parts
        if is_notebook(path.name) and not any(part in HARMLESS or part.startswith(".") for part in inner):
            yield path


def read_plain_file(path: Path) -> bytes:
    """Read a file that is no link and not too large; `Unreadable` if it is anything else."""
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
    """Return when a submission was handed in, if nbgrader has noted it in a plain file, or nothing."""
    try:
        return read_plain_file(folder / "timestamp.txt")[:100].decode("utf-8", "replace").strip()
    except Unreadable:
        return ""


def defuse(name: str) -> str:
    """Write a name chosen by a student so that it cannot act on the page or terminal that shows it."""
    return "".join(c if c.isprintable() and c not in "<>&" else "?" for c in name[:60])


def _listed(names: list[str]) -> str:
    return ", ".join(map(defuse, names[:5])) + (" and more" if len(names) > 5 else "")


# --- the cells ----------------------------------------------------------------------------------------------


def parse(body: bytes) -> list[Part]:
    """Read the cells of a notebook: of each only its type, source and ids.

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
