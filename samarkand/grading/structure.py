"""What of a submission is graded: the released cells by their ids, whatever the file claims about them.

A submission is read as bytes and rebuilt: the result is the released notebook with the student's sources in
it. Everything else - forged metadata, planted outputs, other files, links - is named in a remark and left
behind.
"""

from __future__ import annotations

import codecs
import copy
import errno
import json
import os
import re
import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samarkand.errors import DamagedData
from samarkand.grading import values
from samarkand.grading.sandbox import Cell

#: The largest notebook that is read, in bytes; a solved set has about 40,000.
LARGEST = 8 << 20
#: The most cells, and the longest source of one.
CELLS, SOURCE = 400, 100_000
#: The most objects and lists: a few megabytes of nothing else would take a hundred times that to read.
PARTS = 300_000
#: The most brackets, and beginnings of formulas, in one cell of prose: without ends, programs that show
#: notebooks take minutes over some ten thousand.
OPENINGS = 300
#: Files that a notebook server leaves beside a notebook, and what was released with it.
HARMLESS = {"form.json", "timestamp.txt", ".ipynb_checkpoints", "__pycache__", ".DS_Store", "Thumbs.db"}


class Unreadable(Exception):
    """A submission of which nothing can be graded; the sentence goes into the feedback."""


@dataclass
class Submission:
    """A submission as it is graded.

    Attributes
    ----------
    notebook : dict
        The released notebook with the student's sources.
    cells : list of Cell
        What runs, and where names are read.
    remarks : list of str
        What was found besides, a sentence each.
    """

    notebook: dict[str, Any]
    cells: list[Cell]
    remarks: list[str] = field(default_factory=list)


def read_file(folder: Path, name: str) -> tuple[bytes, list[str]]:
    """Read the notebook of a submission, and only if it is a plain file of its own.

    Parameters
    ----------
    folder : pathlib.Path
        ``submitted/<student>/<set>``.
    name : str
        The set's id.

    Returns
    -------
    body : bytes
        The file.
    remarks : list of str
        What else lies in the folder.

    Raises
    ------
    Unreadable
        If there is no such file, or it is a link, a pipe, a device or too large.
    """
    directory = _open_folder(folder)
    try:
        entries = sorted(os.listdir(directory))  # noqa: PTH208 - of a descriptor
        remarks: list[str] = []
        wanted = f"{name}.ipynb"
        if wanted not in entries:
            others = [e for e in entries if e.endswith(".ipynb") and not e.startswith(".")]
            if len(others) != 1:
                raise Unreadable(f"There is no notebook {wanted} in it.")
            wanted = others[0]
            remarks.append(f"The notebook was renamed to {_shown(wanted)}.")
        odd = [e for e in entries if e != wanted and e not in HARMLESS]
        if odd:
            listed = ", ".join(_shown(e) for e in odd[:5])
            remarks.append(
                f"Other files were handed in and not used: {listed}{' and more' if len(odd) > 5 else ''}."
            )
        return _plain_file(directory, wanted), remarks
    finally:
        os.close(directory)


def _open_folder(folder: Path) -> int:
    """Open ``<student>/<set>`` step by step, so that nobody can put a link in between."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    above = None
    try:
        above = os.open(folder.parent, flags)
        return os.open(folder.name, flags, dir_fd=above)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise Unreadable("The folder, or the one above it, is a link, which is not followed.") from None
        raise Unreadable(f"The folder cannot be read ({error.strerror}).") from None
    finally:
        if above is not None:
            os.close(above)


def read_timestamp(folder: Path) -> str:
    """Read when a submission was handed in, if nbgrader has noted it in a plain file.

    Returns
    -------
    str
        The text of ``timestamp.txt``; empty if there is none.
    """
    try:
        directory = _open_folder(folder)
    except Unreadable:
        return ""
    try:
        body = _plain_file(directory, "timestamp.txt")
    except Unreadable:
        return ""
    finally:
        os.close(directory)
    return body[:100].decode("utf-8", "replace").strip()


def _plain_file(directory: int, name: str) -> bytes:
    try:
        descriptor = os.open(
            name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory
        )
    except OSError:
        raise Unreadable("The notebook is a link or cannot be opened.") from None
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        os.close(descriptor)
        raise Unreadable("The notebook is not a file.")
    with os.fdopen(descriptor, "rb") as file:
        if facts.st_nlink != 1:
            raise Unreadable("The notebook is a second name (hard link) of another file.")
        if facts.st_size > LARGEST:
            raise Unreadable(f"The notebook has {facts.st_size >> 20} MB; {LARGEST >> 20} is the most.")
        body = file.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise Unreadable(f"The notebook is larger than {LARGEST >> 20} MB.")
    return body


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() and c not in "<>&" else "?" for c in name[:60])


def parse(body: bytes) -> list[dict[str, Any]]:
    """Read the cells of a notebook strictly, and of each only type, source and ids.

    Raises
    ------
    Unreadable
        If it is no notebook of format 4, or one that no student would write.
    """
    if not body.removeprefix(codecs.BOM_UTF8).strip():
        raise Unreadable("The notebook is an empty file.")
    if body.count(b"{") + body.count(b"[") > PARTS:
        raise Unreadable("The notebook is cut up into far more parts than any notebook.")
    try:
        # Some editors put a mark in front.
        notebook = values.parse(body.removeprefix(codecs.BOM_UTF8), constants=True)
    except values.NotAValue as error:
        raise Unreadable(f"The notebook is not valid JSON ({error}).") from None
    cells = notebook.get("cells")
    if notebook.get("nbformat") != 4 or type(cells) is not list:
        raise Unreadable("This is not a notebook of format 4.")
    if len(cells) > CELLS:
        raise Unreadable(f"The notebook has {len(cells)} cells; {CELLS} are the most.")
    return [_cell(cell) for cell in cells]


def _cell(cell: Any) -> dict[str, Any]:
    if type(cell) is not dict:
        raise Unreadable("A cell of the notebook is not a cell.")
    source = cell.get("source", "")
    if type(source) is list and all(type(line) is str for line in source):
        source = "".join(source)
    if type(source) is not str or len(source) > SOURCE:
        raise Unreadable("A cell of the notebook has no text for a source, or too long a one.")
    source = source.encode("utf-8", "replace").decode("utf-8")
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
    }


class Released:
    """A released notebook, and how submissions are read against it.

    Parameters
    ----------
    path : pathlib.Path
        ``release/<set>/<set>.ipynb`` as nbgrader has made it.
    answers : dict of str to str
        The name that is read for each question, by the question's id.

    Raises
    ------
    DamagedData
        If the notebook is missing or lacks a cell for a question.
    """

    def __init__(self, path: Path, answers: dict[str, str]) -> None:
        try:
            self.notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DamagedData(f"The released notebook {path} cannot be read: {error}") from None
        self.answers = answers
        self.cells: dict[str, dict[str, Any]] = {}
        for cell in self.notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            marks = cell["metadata"].get("nbgrader", {})
            self.cells[marks.get("grade_id") or f"id:{cell['id']}"] = cell
        self._by_cell_id = {cell["id"]: key for key, cell in self.cells.items()}
        self._by_source = {
            c["source"]: k
            for k, c in self.cells.items()
            if c["cell_type"] == "code" and not self._editable(c)
        }
        missing = [q for q in answers if q not in self.cells]
        if missing:
            raise DamagedData(f"{path.name} has no cell for {', '.join(missing)}.")

    @staticmethod
    def _editable(cell: dict[str, Any]) -> bool:
        return bool(cell["metadata"].get("nbgrader", {}).get("solution"))

    @staticmethod
    def _autograded(cell: dict[str, Any]) -> bool:
        marks = cell["metadata"].get("nbgrader", {})
        return bool(marks.get("grade")) and not marks.get("solution")

    def _key(self, cell: dict[str, Any]) -> str | None:
        """Find which released cell a submitted one is: by the grader's id, by the cell's id."""
        if cell["grade_id"] in self.cells:
            return str(cell["grade_id"])
        return self._by_cell_id.get(cell["id"])

    def _keys(self, submitted: list[dict[str, Any]]) -> list[str | None]:
        """Find the released cell of each submitted one.

        Some programs drop all ids: a locked cell that has none is found by its text, the last that has it.
        """
        keys = [self._key(cell) for cell in submitted]
        lost = set(self._by_source.values()) - set(keys)
        for place in reversed(range(len(keys))):
            key = self._by_source.get(submitted[place]["source"])
            if keys[place] is None and key in lost:
                keys[place] = key
                lost.remove(key)
        return keys

    def empty(self) -> Submission:
        """Return the work of a student of whom nothing can be read."""
        return Submission(copy.deepcopy(self.notebook), [])

    def rebuild(self, submitted: list[dict[str, Any]]) -> Submission:
        """Put a student's sources into the released notebook.

        Parameters
        ----------
        submitted : list of dict
            From :func:`parse`.

        Returns
        -------
        Submission
            Runs in the student's order; looks like the released notebook.
        """
        remarks: list[str] = []
        found: dict[str, dict[str, Any]] = {}
        order: list[tuple[str | None, dict[str, Any]]] = []
        twice: Counter[str] = Counter()
        added = 0
        for cell, released in zip(submitted, self._keys(submitted), strict=True):
            key = released
            if key is not None and key in found:
                twice[key] += 1
                if not self._editable(self.cells[key]):
                    continue
                key = None
            elif key is None and cell["type"] == "code" and cell["source"].strip():
                added += 1
            if key is not None:
                found[key] = cell
            order.append((key, cell))
        remarks += [
            f"The cell {_shown(k)} stands in it {n + 1} times; the first counts." for k, n in twice.items()
        ]
        if added:
            remarks.append(
                f"{added} code cell{'s were' if added > 1 else ' was'} added; they run, and carry no points."
            )
        remarks += self._changes(found)
        remarks += self._restore(found, order)
        return Submission(self._notebook(found, order), self._plan(order), remarks)

    def _changes(self, found: dict[str, dict[str, Any]]) -> list[str]:
        remarks = []
        for key, cell in found.items():
            released = self.cells[key]
            marks = released["metadata"].get("nbgrader", {})
            name = _shown(key.removeprefix("id:"))
            if cell["type"] != released["cell_type"]:
                remarks.append(f"The cell {name} had been made a {cell['type']} cell.")
            if not marks:
                continue
            if not self._editable(released) and cell["source"] != released["source"]:
                remarks.append(f"The locked cell {name} had been changed; the released one was used.")
            claims = cell["claims"]
            forged = [
                k
                for k in ("points", "grade", "solution", "locked", "task")
                if claims and claims.get(k) != marks.get(k)
            ]
            if forged:
                remarks.append(
                    f"The cell {name} had other metadata ({', '.join(forged)}); the released ones were used."
                )
            if cell["planted"] and self._autograded(released):
                remarks.append(f"The cell {name} came with an output of its own; outputs are never used.")
        places = [list(self.cells).index(key) for key in found]
        if places != sorted(places):
            remarks.append("The cells stood in another order; they ran in yours.")
        return remarks

    def _restore(
        self, found: dict[str, dict[str, Any]], order: list[tuple[str | None, dict[str, Any]]]
    ) -> list[str]:
        """Put back what was deleted, behind what it stood behind."""
        remarks = []
        keys = list(self.cells)
        for place, key in enumerate(keys):
            released = self.cells[key]
            if key in found:
                continue
            if released["metadata"].get("nbgrader"):
                remarks.append(f"The cell {_shown(key)} was missing.")
            source = "" if self._editable(released) else released["source"]
            cell = {"type": released["cell_type"], "source": source, "missing": True}
            before = {k: i for i, (k, _) in enumerate(order) if k is not None}
            at = next((before[k] + 1 for k in reversed(keys[:place]) if k in before), 0)
            order.insert(at, (key, cell))
            found[key] = cell
        return remarks

    def _source(self, key: str, cell: dict[str, Any]) -> str:
        released = self.cells[key]
        if not self._editable(released):
            return str(released["source"])
        return str(cell["source"])

    def _plan(self, order: list[tuple[str | None, dict[str, Any]]]) -> list[Cell]:
        plan: list[Cell] = []
        checks = {f"{question}-check": question for question in self.answers}
        for number, (key, cell) in enumerate(order):
            if key is None:
                if cell["type"] == "code" and cell["source"].strip():
                    plan.append(Cell(f"added {number}", cell["source"]))
            elif key in checks:
                plan.append(Cell(checks[key], hold=self.answers[checks[key]]))
            elif self.cells[key]["cell_type"] == "code":
                source = self._source(key, cell)
                if source.strip():
                    plan.append(Cell(f"cell {key}", source))
        return plan

    def _notebook(
        self, found: dict[str, dict[str, Any]], order: list[tuple[str | None, dict[str, Any]]]
    ) -> dict[str, Any]:
        """Build what nbgrader and the instructor see: the released order, added cells behind."""
        notebook = copy.deepcopy(self.notebook)
        behind: dict[str | None, list[dict[str, Any]]] = {}
        last: str | None = None
        for number, (key, cell) in enumerate(order):
            if key is not None:
                last = key
            elif cell["source"].strip() and cell["type"] in ("code", "markdown"):
                behind.setdefault(last, []).append(_added(number, cell))
        built = list(behind.get(None, []))
        for key, cell in zip(self.cells, notebook["cells"], strict=True):
            if self._editable(cell):
                source = self._source(key, found[key])
                cell["source"] = source if cell["cell_type"] == "code" else harmless(source)
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
            built += [cell, *behind.get(key, [])]
        notebook["cells"] = built
        return notebook


def _planted(outputs: Any) -> bool:
    """Say whether outputs hold a bare number, which a grade cell takes for its mark.

    The desk never prints one.
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


def _added(number: int, cell: dict[str, Any]) -> dict[str, Any]:
    source = cell["source"] if cell["type"] == "code" else harmless(cell["source"])
    built: dict[str, Any] = {
        "cell_type": cell["type"],
        "id": f"added-{number}",
        "metadata": {},
        "source": source,
    }
    if cell["type"] == "code":
        built |= {"outputs": [], "execution_count": None}
    return built


def harmless(text: str) -> str:
    """Take from a student's prose what a browser would run, fetch or follow on the instructor's page.

    Tags and entities become what they look like. Links and pictures come apart: programs that show notebooks
    read entities in an address twice, so that no list of bad addresses holds.

    Examples
    --------
    >>> harmless("a < b, but <script>alert(1)</script>")
    'a < b, but &lt;script>alert(1)&lt;/script>'
    >>> harmless("[here](javascript&#58;alert(1))")
    '[here] (javascript&amp;#58;alert(1))'
    """
    for opening, plainer in (("[", "("), ("\\begin", "begin")):
        if text.count(opening) > OPENINGS:
            text = text.replace(opening, plainer)
    text = re.sub(r"&(?=#|\w+;)", "&amp;", text)
    text = re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text)
    text = re.sub(r"\](?=[(:\[])", "] ", text)
    text = re.sub(
        r"\\(?=(?:href|style|class|cssId|require)\b)", r"\\ ", text
    )  # formulas can link and fetch too
    return re.sub(r"(?i)\b(javascript|vbscript)(?=[\s\\\\]*:)", r"\1 ", text)
