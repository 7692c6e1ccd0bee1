"""Rebuild the notebook to grade from the released cells and the student's sources, matched by id.

A submission (see :mod:`reading`) is rebuilt: the result is the released notebook with the student's sources
in it. Everything else (metadata, outputs, cells of other kinds) is left out.
"""

import contextlib
import copy
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samarkand.common.errors import DamagedData
from samarkand_grading.sandbox.work import Cell
from samarkand_grading.submission.reading import Part, Unreadable, defuse

#: The end of the remark on added cells, which are allowed.
ADDED = "added; they run, and carry no points."
#: The remark on cells whose names a program has dropped.
_LOST = "The cells had lost their names, as in Colab or Drive; they were found by text and place."
#: The maximum of characters of a cell to show; all of it was run.
SHOWN = 5_000
#: A call of ``sign_in`` with the id; and a whole cell with just that call and comments.
_SIGN_IN = re.compile(r"""(?:\b\w+\.)?sign_in\(\s*(?:"([^"\n]{1,100})"|'([^'\n]{1,100})')\s*\)""")
_SIGNS_ONLY = re.compile(rf"\s*(?:#.*\n\s*)*{_SIGN_IN.pattern};?[ \t]*(?:#.*)?(?:\n\s*#.*)*\s*")


@dataclass
class Submission:
    """A submission to grade: the rebuilt notebook, and the cells to run or to read answers at.

    It has no cells if nothing could be read. `remarks` are sentences on irregularities, `written` the ids of
    answers for a person to mark, and `signed_in_by` the last id that one of the student's own cells signs in;
    `student` and the own numbers `given` are those of the folder, if it lay in one.
    """

    notebook: dict[str, Any]
    cells: list[Cell]
    remarks: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    signed_in_by: str = ""
    student: str = ""
    given: dict[str, Any] = field(default_factory=dict)


#: Cells in the student's order by the key of the released cell, or by a name of its own (``"added code-1"``).
Parts = dict[str, Part]


class Released:
    """A released notebook (``release/<set>/<set>.ipynb``) that submissions are matched with.

    `answers` map a question's id to the name to read; `others` are notebooks of the course that could be
    handed in by mistake. `DamagedData` if the notebook is missing or lacks a cell for a question.
    """

    def __init__(self, path: Path, answers: dict[str, str], others: Sequence[Path] = ()) -> None:
        self.name, self.others, self.answers = path.stem, others, answers
        try:
            self.notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DamagedData(f"The released notebook {path} cannot be read: {error}") from None
        # The form is for the desk; here it would be copied and written again for every submission.
        self.notebook["metadata"].pop("samarkand", None)
        #: The cells by nbgrader id, or by cell id if they have none.
        self.cells: dict[str, dict[str, Any]] = {}
        for cell in self.notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
            self.cells[_get_marks(cell).get("grade_id") or f"id:{cell['id']}"] = cell
        self._by_id = {cell["id"]: key for key, cell in self.cells.items()}
        self._editable = {key for key, cell in self.cells.items() if _get_marks(cell).get("solution")}
        fixed = [cell["source"] for key, cell in self.cells.items() if key not in self._editable]
        self._fixed = {_strip(source) for source in fixed if source.strip()}
        missing = [q for q in answers if q not in self.cells]
        if missing:
            raise DamagedData(f"{path.name} has no cell for {', '.join(missing)}.")

    def rebuild(self, submitted: list[Part]) -> Submission:
        """Put a student's sources into the released notebook; the cells run in the student's order.

        `Unreadable` if `submitted` is another notebook of the course.
        """
        self._refuse_others({_strip(part.source) for part in submitted})
        parts: Parts = {}
        twice, own, changes = Counter[str](), Counter[str](), list[str]()
        added, signed_in_by = 0, ""
        keys, lost = self._find_keys(submitted)
        for part, key in zip(submitted, keys, strict=True):
            if key is not None and key not in parts:
                parts[key] = part
                changes += self._list_changes(key, part)
                continue
            if key is not None:
                twice[key] += 1
            elif signed := part.type == "code" and _SIGN_IN.search(part.source):
                signed_in_by = signed[1] or signed[2]
            if part.source.strip() and (key is None or key in self._editable):
                own[part.type] += 1  # code by itself: it runs alike whatever text is around it
                parts[f"added {part.type}-{own[part.type]}"] = part
                added += key is None and part.type == "code" and not _SIGNS_ONLY.fullmatch(part.source)
        long = sum(part.long for part in submitted)
        remarks = [
            f"The cell {defuse(k)} is in it {n + 1} times; the first counts." for k, n in twice.items()
        ]
        if added:
            remarks.append(f"{added} code cell{'s were' if added > 1 else ' was'} {ADDED}")
        if long:
            remarks.append(f"{long} cell{'s were' if long > 1 else ' was'} far too long and left out.")
        if lost:
            remarks.append(_LOST)
        found = [key for key in parts if key in self.cells]
        if found != [key for key in self.cells if key in parts]:
            changes.append("The cells are in another order; they ran in yours.")
        parts, missing = self._insert_missing(parts)
        remarks += changes
        if missing:
            names = ", ".join(map(defuse, missing))
            remarks.append(
                f"The cell{'s' if len(missing) > 1 else ''} {names} "
                f"{'were' if len(missing) > 1 else 'was'} missing."
            )
        # Where an answer's own cell is empty, it may be in a cell beside: then too a person has to look.
        written = [
            key
            for key, cell in self.cells.items()
            if cell["cell_type"] == "markdown" and key in self._editable
            if own["markdown"] or _strip(parts[key].source) not in ("", _strip(cell["source"]))
        ]
        return Submission(self._fill(parts), self._plan(parts), remarks, written, signed_in_by)

    def _refuse_others(self, texts: set[str]) -> None:
        """Raise `Unreadable` if `texts` hold under half of this notebook and over half of another one."""
        if _measure_share(self._fixed, texts) >= 0.5:
            return
        for path in self.others:
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
                if _measure_share((_strip("".join(cell["source"])) for cell in cells), texts) > 0.5:
                    wrong = f"This is the notebook {path.stem}, not {self.name}: was the wrong one handed in?"
                    raise Unreadable(wrong)

    def _list_changes(self, key: str, part: Part) -> list[str]:
        """Return a remark on a change of a cell's type, and one on a change of a locked cell."""
        remarks, cell, name = list[str](), self.cells[key], defuse(key.removeprefix("id:"))
        if part.type != cell["cell_type"]:
            remarks.append(f"The cell {name} had been made a {part.type} cell.")
        locked = _get_marks(cell) and key not in self._editable
        if locked and _strip(part.source) != _strip(cell["source"]):
            remarks.append(f"The locked cell {name} is not as released; the released one was used.")
        return remarks

    def _insert_missing(self, parts: Parts) -> tuple[Parts, list[str]]:
        """Insert deleted cells in their places; return all cells, and the names of those that were missing.

        A cell goes behind the one that it follows in the released notebook. A check goes in front of the next
        released cell, so that cells which a student has added below the answer run before it.
        """
        keys, order, parts = list(self.cells), list(parts), dict(parts)
        missing = []
        for place, (key, cell) in enumerate(self.cells.items()):
            if key in parts:
                continue
            marks = _get_marks(cell)
            if marks:
                missing.append(key)
            at = _find_place_behind(order, keys[:place])
            if marks.get("grade") and key not in self._editable:
                at = _find_place_before(order, keys[place + 1 :], at)
            order.insert(at, key)
            parts[key] = Part(cell["cell_type"], "" if key in self._editable else cell["source"])
        return {key: parts[key] for key in order}, missing

    def _find_keys(self, submitted: list[Part]) -> tuple[list[str | None], bool]:
        """Return the released cell of each submitted one, by name, or None for a student's own.

        A program such as Colab may have dropped the ids or nbgrader's names of cells. Then a released text is
        found by what it says, and an answer by its place behind such a text. Return whether any counts.
        """
        keys: list[str | None] = []
        for part in submitted:
            keys.append(part.grade_id if part.grade_id in self.cells else self._by_id.get(part.id))
        texts = self._find_texts(submitted, keys)
        for number, key in texts.items():
            keys[number] = key
        answers = self._find_answers(submitted, keys)
        for number, key in answers.items():
            keys[number] = key
        named = [self.cells[key] for key in (*texts.values(), *answers.values())]
        return keys, any(_get_marks(cell) for cell in named)

    def _find_texts(self, submitted: list[Part], keys: list[str | None]) -> dict[int, str]:
        """Return which submitted cells without a name say what a released one says, and no other does."""
        released: dict[tuple[str, str], list[str]] = {}
        for key, cell in self.cells.items():
            if key not in self._editable:
                released.setdefault((cell["cell_type"], _strip(cell["source"])), []).append(key)
        nameless: dict[tuple[str, str], list[int]] = {}
        for number, part in enumerate(submitted):
            if keys[number] is None:
                nameless.setdefault((part.type, _strip(part.source)), []).append(number)
        found = {}
        for said, numbers in nameless.items():
            names = released.get(said, [])
            if len(numbers) == len(names) == 1 and said[1] and names[0] not in keys:
                found[numbers[0]] = names[0]
        return found

    def _find_answers(self, submitted: list[Part], keys: list[str | None]) -> dict[int, str]:
        """Return which submitted cells without a name are answers: those behind the text that is before one.

        Code is an answer only if the name that is asked for occurs in it.
        """
        names, found = list(self.cells), dict[int, str]()
        for before, key in itertools.pairwise(names):
            if key not in self._editable or key in keys or before not in keys:
                continue
            wanted = self.cells[key]["cell_type"]
            for number in range(keys.index(before) + 1, len(submitted)):
                part = submitted[number]
                if keys[number] is not None:
                    break
                named = re.search(rf"\b{re.escape(self.answers.get(key, ''))}\b", part.source)
                if part.type == wanted and part.source.strip() and (wanted != "code" or named):
                    found[number] = key
                    break
        return found

    def _plan(self, parts: Parts) -> list[Cell]:
        """Return the cells to run; an answer whose own cell is unchanged may be anywhere, so is read last."""
        plan, last = list[Cell](), list[Cell]()
        for key, part in parts.items():
            question, released = key.removesuffix("-check"), self.cells.get(key)
            if released is None:
                plan += [Cell(key, part.source)] if part.type == "code" else []
            elif question != key and question in self.answers:
                left = parts[question].source.strip() == self.cells[question]["source"].strip()
                (last if left else plan).append(Cell(question, hold=self.answers[question]))
            elif released["cell_type"] == "code":
                source = part.source if key in self._editable else released["source"]
                plan += [Cell(f"cell {key}", source)] if source.strip() else []
        return plan + last

    def _fill(self, parts: Parts) -> dict[str, Any]:
        """Build the notebook for nbgrader and the instructor: released cells in order, added ones between."""
        notebook = copy.deepcopy(self.notebook)
        cells = dict(zip(self.cells, notebook["cells"], strict=True))
        behind: dict[str, list[dict[str, Any]]] = {key: [] for key in ("", *cells)}
        last = ""
        for key, part in parts.items():
            if key in self._editable:
                cells[key]["source"] = _display(cells[key]["cell_type"], part.source)
            if key in cells:
                last = key
                continue
            kind = "code" if part.type == "code" else "markdown"
            one = {"id": key.replace(" ", "-"), "metadata": {}, "cell_type": kind}
            one |= {"source": _display(kind, part.source)}
            behind[last].append(one | ({"outputs": [], "execution_count": None} if kind == "code" else {}))
        notebook["cells"] = [*behind[""], *(one for key in cells for one in (cells[key], *behind[key]))]
        return notebook


def _find_place_behind(order: list[str], earlier: list[str]) -> int:
    """Return the place behind the last of the `earlier` cells that is in `order`; 0 if none is."""
    for key in reversed(earlier):
        if key in order:
            return order.index(key) + 1
    return 0


def _find_place_before(order: list[str], later: list[str], first: int) -> int:
    """Return the place of the first of the `later` cells that is at `first` or behind; the end if none is."""
    for key in later:
        if key in order and order.index(key) >= first:
            return order.index(key)
    return len(order)


def _get_marks(cell: dict[str, Any]) -> dict[str, Any]:
    marks: dict[str, Any] = cell["metadata"].get("nbgrader", {})
    return marks


def _measure_share(wanted: Iterable[str], texts: set[str]) -> float:
    """Return the share, 0 to 1, of the distinct texts `wanted` that are in `texts`."""
    own = {text for text in wanted if text}
    return len(own & texts) / max(1, len(own))


def _strip(source: str) -> str:
    """Return a source without the white space at line ends and around it, which editors change."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _display(kind: str, source: str) -> str:
    """Return a source as it may be shown: cut, and harmless as Markdown."""
    if len(source) > SHOWN:
        source = f"{source[:SHOWN]}\n# {len(source) - SHOWN:,} more characters are not shown."
    return source if kind == "code" else disarm(source)


def disarm(text: str) -> str:
    """Escape everything in a student's Markdown that a browser would run, load or follow.

    Tags and entities become text. Links and pictures are broken up: viewers of notebooks decode entities in
    addresses twice, so a list of bad addresses could be evaded.

    Examples
    --------
    >>> disarm("a < b, but <script>alert(1)</script>")
    'a < b, but &lt;script>alert(1)&lt;/script>'
    >>> disarm("[here](javascript&#58;alert(1))")
    '[here] (javascript&amp;#58;alert(1))'
    """
    text = re.sub(r"&(?=#|\w+;)", "&amp;", text)
    text = re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text)
    text = re.sub(r"\](?=[(:\[])", "] ", text)
    # Formulas can link and fetch too.
    text = re.sub(r"\\(?=(?:href|style|class|cssId|require)\b)", r"\\ ", text)
    return re.sub(r"(?i)\b(javascript|vbscript)(?=[\s\\\\]*:)", r"\1 ", text)
