"""Find a submission's notebook, read it as bytes, and parse its cells.

No link is followed and nothing runs. A notebook under another name or in a subfolder is accepted if it is
the only candidate.
"""

import contextlib
import itertools
import json
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samarkand_grading.submission.remarks import Remark

#: The maximum size of a notebook in bytes; most of it may be pictures in outputs.
MOST_BYTES = 32 << 20
#: The maximum number of JSON objects and lists: each takes a hundred times its bytes in memory.
MOST_JSON_PARTS = 1_000_000
#: The maximum number of cells.
MOST_CELLS = 400
#: The maximum number of characters in the source of one cell, and in those of all cells.
MOST_IN_A_SOURCE, MOST_IN_ALL_SOURCES = 100_000, 2_000_000
#: The maximum number of paths searched below a student's folder.
MOST_PATHS = 1000
#: The number of file names that one remark lists.
LISTED_NAMES = 5
#: Files that notebook servers and operating systems create beside a notebook.
HARMLESS = {
    "timestamp.txt",
    "submission_secret.txt",
    ".ipynb_checkpoints",
    "__pycache__",
    "__MACOSX",
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
}


_SAVED_AGAIN = "Open it in JupyterLab, save it (Ctrl + S), and hand that in."
_WITHOUT_OUTPUTS = "In JupyterLab choose Edit → Clear Outputs of All Cells, save, and hand that in."
#: What helps where a submission cannot be read, by the code of `Unreadable`.
WHAT_HELPS = {
    "link": "Hand in the folder or the file itself.",
    "closed": "Whoever collected it has to be allowed to read it.",
    "deep": "Hand in the notebook alone, without folders.",
    "none": "Hand in the file that the button at the end of the set makes.",
    "ambiguous": "Hand in the one that counts, alone.",
    "not a file": "Hand in the file itself.",
    "large": _WITHOUT_OUTPUTS,
    "empty": _SAVED_AGAIN,
    "not JSON": _SAVED_AGAIN,
    "not a notebook": _SAVED_AGAIN,
    "another": "Hand in the notebook of this set.",
}


class Unreadable(Exception):
    """The submission cannot be graded; the message, with what helps, is shown in the feedback.

    `code` says why: ``"link"``, ``"closed"`` (the system refuses to open it), ``"deep"`` (folders too deep in
    each other), ``"none"`` (no notebook), ``"ambiguous"``, ``"not a file"``, ``"large"``, ``"empty"``,
    ``"not JSON"``, ``"not a notebook"``, or ``"another"`` (another notebook of the course).
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"{message} {WHAT_HELPS[code]}")


@dataclass(frozen=True)
class NotebookFile:
    """The bytes of a submission's notebook, and remarks on its name, its place and the files beside it."""

    body: bytes
    remarks: list[Remark]


@dataclass
class SubmittedCell:
    """A cell as it was handed in: its type, source and ids.

    `type` is ``"code"``, ``"markdown"`` or ``"raw"``; `id` is the notebook's own and `grade_id` nbgrader's,
    empty where missing; `too_long` means that the source was too long and was dropped.
    """

    type: str
    source: str
    id: str = ""
    grade_id: str = ""
    too_long: bool = False


def read_file(folder: Path, name: str) -> NotebookFile:
    """Read the notebook of a submission as bytes.

    Parameters
    ----------
    folder : Path
        ``submitted/<student>/<set>``.
    name : str
        The id of the set, which is the released notebook's name without its ending.

    Raises
    ------
    Unreadable
        If there is no notebook, several could be meant, or it is a link, a pipe, a device or too large.
    """
    if folder.is_symlink() or folder.parent.is_symlink():
        raise Unreadable("link", "The folder, or the one above it, is a link, which is not followed.")
    entries = list_entries(folder)
    released_name = f"{name}.ipynb"
    path = find_notebook(folder, entries, released_name)
    remarks = remark_on_place(path.relative_to(folder), released_name)
    remarks += remark_on_other_files(path.relative_to(folder), entries)
    return NotebookFile(read_plain_file(path), remarks)


def list_entries(folder: Path) -> list[str]:
    """Return the sorted names in a student's folder, without those that programs leave there."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise Unreadable("closed", f"The folder cannot be read ({error.strerror}).") from None
    return [name for name in names if name not in HARMLESS and not name.startswith("._")]


def find_notebook(folder: Path, entries: list[str], released_name: str) -> Path:
    """Return the path of the one notebook that can be meant; `Unreadable` if there is none or several.

    `entries` are the names in the folder. Subfolders are searched only if no entry is a notebook. A notebook
    with the released name wins over one whose name contains it, and that over any other.
    """
    notebooks = [folder / entry for entry in entries if is_notebook(entry)]
    if not notebooks:
        notebooks = find_notebooks_below(folder)
    name = released_name.removesuffix(".ipynb")
    named = [path for path in notebooks if name in path.name.casefold()]
    exact = [path for path in named if path.name == released_name]
    for candidates in (exact, named, notebooks):
        if len(candidates) == 1:
            return candidates[0]
    sentence = f"There is no notebook {released_name} in it"
    if notebooks:
        paths = join_names([path.relative_to(folder).as_posix() for path in notebooks])
        raise Unreadable("ambiguous", f"{sentence}, and more than one that could be meant: {paths}.")
    if entries:
        raise Unreadable("none", f"{sentence}, only: {join_names(entries)}.")
    raise Unreadable("none", f"{sentence}.")


def find_notebooks_below(folder: Path) -> list[Path]:
    """Return the notebooks in a folder and its subfolders, but not in hidden ones."""
    try:
        paths = sorted(itertools.islice(folder.rglob("*"), MOST_PATHS))
    except (OSError, RecursionError):
        sentence = "The folders in it cannot be searched: they lie too deep in each other."
        raise Unreadable("deep", sentence) from None
    notebooks = []
    for path in paths:
        hidden = any(part in HARMLESS or part.startswith(".") for part in path.relative_to(folder).parts)
        if is_notebook(path.name) and not hidden:
            notebooks.append(path)
    return notebooks


def is_notebook(name: str) -> bool:
    """Return whether a file has the name of a notebook; some browsers add ``.txt`` or ``.json``."""
    return name.casefold().endswith((".ipynb", ".ipynb.txt", ".ipynb.json")) and not name.startswith(".")


def remark_on_place(path: Path, released_name: str) -> list[Remark]:
    """Return remarks on a notebook in a subfolder or under another name; `path` is relative to the folder."""
    remarks = []
    place = path.parent.as_posix()
    if place != ".":
        sentence = f"The notebook lay in a folder of its own: {defuse_name(place)}."
        remarks.append(Remark("own folder", sentence, (place,)))
    if path.name != released_name:
        sentence = f"The notebook was renamed to {defuse_name(path.name)}."
        remarks.append(Remark("renamed", sentence, (path.name,)))
    return remarks


def remark_on_other_files(path: Path, entries: list[str]) -> list[Remark]:
    """Return remarks on entries of the folder beside the notebook; `path` is relative to the folder."""
    notebooks, other_files = [], []
    for entry in entries:
        if entry == path.parts[0]:
            continue
        if is_notebook(entry):
            notebooks.append(entry)
        else:
            other_files.append(entry)
    remarks = []
    if notebooks:
        marked = defuse_name(path.name)
        sentence = f"{marked} was marked, {join_names(notebooks)} was not."
        told = f"Several notebooks were handed in: {sentence}"
        remarks.append(Remark("several notebooks", told, (path.name, *notebooks)))
    if other_files:
        sentence = f"Other files were handed in and not used: {join_names(other_files)}."
        remarks.append(Remark("other files", sentence, tuple(other_files)))
    return remarks


def read_plain_file(path: Path) -> bytes:
    """Return the bytes of a regular file; `Unreadable` if it is a link, something else or too large."""
    try:
        facts = path.lstat()
        if not stat.S_ISREG(facts.st_mode):
            raise Unreadable("not a file", "The notebook is a link, or no file.")
        if facts.st_size > MOST_BYTES:
            sentence = f"The notebook has {facts.st_size >> 20} MB; {MOST_BYTES >> 20} is the most."
            raise Unreadable("large", sentence)
        return path.read_bytes()
    except OSError as error:
        raise Unreadable("closed", f"The notebook cannot be opened ({error.strerror}).") from None


def read_timestamp(folder: Path) -> str:
    """Return the text of nbgrader's timestamp file; empty if there is no such regular file."""
    with contextlib.suppress(Unreadable):
        return read_plain_file(folder / "timestamp.txt")[:100].decode("utf-8", "replace").strip()
    return ""


def defuse_name(name: str) -> str:
    """Return 60 characters of a student's file name or id, with unprintable ones and ``<>&`` as ``?``."""
    return "".join(c if c.isprintable() and c not in "<>&" else "?" for c in name[:60])


def join_names(names: list[str]) -> str:
    """Return the first of students' file names, defused, with commas between."""
    joined = ", ".join(map(defuse_name, names[:LISTED_NAMES]))
    return f"{joined} and more" if len(names) > LISTED_NAMES else joined


def parse_cells(body: bytes) -> list[SubmittedCell]:
    """Parse the cells of a notebook, keeping only type, source and ids.

    Any encoding that JSON allows is read; what cannot be decoded becomes a replacement character.
    `Unreadable` if it is not a notebook of format 4, or is one that no student would write.
    """
    if not body.strip():
        raise Unreadable("empty", "The notebook is an empty file.")
    if body.count(b"{") + body.count(b"[") > MOST_JSON_PARTS:
        raise Unreadable("large", "The notebook is cut up into far more parts than any notebook.")
    try:
        text = body.decode(json.detect_encoding(body), "replace")
        notebook = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        sentence = f"The notebook is not valid JSON ({type(error).__name__})."
        raise Unreadable("not JSON", sentence) from None
    cells = get_item(notebook, "cells")
    if get_item(notebook, "nbformat") != 4 or not isinstance(cells, list):
        raise Unreadable("not a notebook", "This is not a notebook of format 4.")
    if len(cells) > MOST_CELLS:
        raise Unreadable("large", f"The notebook has {len(cells)} cells; {MOST_CELLS} are the most.")
    submitted = [parse_cell(cell) for cell in cells]
    if count_characters(submitted) > MOST_IN_ALL_SOURCES:
        sentence = f"The notebook has more than {MOST_IN_ALL_SOURCES:,} characters in its cells."
        raise Unreadable("large", sentence)
    return submitted


def count_characters(cells: Iterable[SubmittedCell]) -> int:
    """Return the number of characters in the sources of all cells."""
    return sum(len(cell.source) for cell in cells)


def parse_cell(cell: Any) -> SubmittedCell:
    """Parse one cell, any JSON value; `Unreadable` if it has no text for a source."""
    source = get_item(cell, "source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise Unreadable("not a notebook", "A cell of the notebook has no text for a source.")
    source = source.replace("\r\n", "\n").encode("utf-8", "replace").decode()
    too_long = len(source) > MOST_IN_A_SOURCE
    if too_long:
        source = ""
    cell_type = get_item(cell, "cell_type")
    if cell_type not in ("code", "markdown"):
        cell_type = "raw"
    marks = get_item(get_item(cell, "metadata"), "nbgrader")
    return SubmittedCell(
        type=cell_type,
        source=source,
        id=get_text(cell, "id"),
        grade_id=get_text(marks, "grade_id"),
        too_long=too_long,
    )


def get_item(value: Any, key: str) -> Any:
    """Return an item of a JSON object; None if there is none, or the value is no object."""
    return value.get(key) if isinstance(value, dict) else None


def get_text(value: Any, key: str) -> str:
    """Return an item of a JSON object that is a text; empty if there is none."""
    text = get_item(value, key)
    return text if isinstance(text, str) else ""
