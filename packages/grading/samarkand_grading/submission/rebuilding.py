"""Rebuild the notebook to grade from the released cells and the student's sources, matched by id.

A submission (see :mod:`reading`) is rebuilt: the result is the released notebook with the student's sources
in it. Everything else (metadata, outputs, cells of other kinds) is left out.
"""

import contextlib
import copy
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samarkand.ground.errors import DamagedData
from samarkand_grading.sandbox.work import Cell
from samarkand_grading.submission.reading import Part, Unreadable, defuse

#: The end of the remark on added cells, which are allowed.
ADDED = "added; they run, and carry no points."
#: The maximum of characters of a cell to show; all of it was run.
SHOWN = 5_000
#: A call of ``sign_in`` with the id; and a whole cell with just that call and comments.
_SIGN_IN = re.compile(r"""(?:\b\w+\.)?sign_in\(\s*(?:"([^"\n]{1,100})"|'([^'\n]{1,100})')\s*\)""")
_SIGNS_ONLY = re.compile(rf"\s*(?:#.*\n\s*)*{_SIGN_IN.pattern};?[ \t]*(?:#.*)?(?:\n\s*#.*)*\s*")


@dataclass
class Submission:
    """A submission to grade: the rebuilt notebook, and the cells to run or to read answers at.

    `remarks` are sentences on irregularities, `written` the ids of answers for a person to mark, and
    `signed_in_by` the last id that one of the student's own cells signs in; `student` and the own numbers
    `given` are those of the folder, if it lay in one.
    """

    notebook: dict[str, Any]
    cells: list[Cell]
    remarks: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    signed_in_by: str = ""
    readable: bool = True
    student: str = ""
    given: dict[str, Any] = field(default_factory=dict)


#: Cells in the student's order, each with the key of its released cell; None for a cell the student added.
Order = list[tuple[str | None, Part]]


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
            self.cells[_marks(cell).get("grade_id") or f"id:{cell['id']}"] = cell
        self._by_id = {cell["id"]: key for key, cell in self.cells.items()}
        fixed = [cell["source"] for key, cell in self.cells.items() if not self._editable(key)]
        self._fixed = {_bare(source) for source in fixed if source.strip()}
        missing = [q for q in answers if q not in self.cells]
        if missing:
            raise DamagedData(f"{path.name} has no cell for {', '.join(missing)}.")

    def _editable(self, key: str) -> bool:
        return bool(_marks(self.cells[key]).get("solution"))

    def _key(self, part: Part) -> str | None:
        """Return the key of the released cell, by nbgrader id or cell id; None if a program dropped both."""
        return part.grade_id if part.grade_id in self.cells else self._by_id.get(part.id)

    def rebuild(self, submitted: list[Part]) -> Submission:
        """Put a student's sources into the released notebook; the cells run in the student's order.

        `Unreadable` if `submitted` is another notebook of the course.
        """
        self._refuse_others({_bare(part.source) for part in submitted})
        found: dict[str, Part] = {}
        order: Order = []
        twice: Counter[str] = Counter()
        added, signed_in_by = 0, ""
        for part in submitted:
            key = self._key(part)
            if key is not None and key in found:
                twice[key] += 1
                if self._editable(key):
                    order.append((None, part))
                continue
            order.append((key, part))
            if key is not None:
                found[key] = part
            elif part.type == "code" and part.source.strip():
                signed = _SIGN_IN.search(part.source)
                signed_in_by = signed[1] or signed[2] if signed else signed_in_by
                added += not _SIGNS_ONLY.fullmatch(part.source)
        long = sum(part.long for part in submitted)
        remarks = [
            f"The cell {defuse(k)} is in it {n + 1} times; the first counts." for k, n in twice.items()
        ]
        if added:
            remarks.append(f"{added} code cell{'s were' if added > 1 else ' was'} {ADDED}")
        if long:
            remarks.append(f"{long} cell{'s were' if long > 1 else ' was'} far too long and left out.")
        remarks += self._changes(found)
        remarks += self._restore(found, order)
        # Where an answer's own cell is empty, it may be in a cell beside: then too a person has to look.
        beside = any(key is None and part.type == "markdown" and part.source.strip() for key, part in order)
        written = [
            key
            for key, cell in self.cells.items()
            if cell["cell_type"] == "markdown" and self._editable(key)
            if beside or _bare(found[key].source) not in ("", _bare(cell["source"]))
        ]
        return Submission(self._notebook(found, order), self._plan(order), remarks, written, signed_in_by)

    def _refuse_others(self, texts: set[str]) -> None:
        """Raise `Unreadable` if `texts` hold under half of this notebook and over half of another one."""
        if _share(self._fixed, texts) >= 0.5:
            return
        for path in self.others:
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
                if _share((_bare("".join(cell["source"])) for cell in cells), texts) > 0.5:
                    wrong = f"This is the notebook {path.stem}, not {self.name}: was the wrong one handed in?"
                    raise Unreadable(wrong)

    def _changes(self, found: dict[str, Part]) -> list[str]:
        """Return a remark for each change of a cell's type, of a locked cell, or of the order."""
        remarks = []
        for key, part in found.items():
            cell, name = self.cells[key], defuse(key.removeprefix("id:"))
            if part.type != cell["cell_type"]:
                remarks.append(f"The cell {name} had been made a {part.type} cell.")
            locked = _marks(cell) and not self._editable(key)
            if locked and _bare(part.source) != _bare(cell["source"]):
                remarks.append(f"The locked cell {name} is not as released; the released one was used.")
        places = [list(self.cells).index(key) for key in found]
        if places != sorted(places):
            remarks.append("The cells are in another order; they ran in yours.")
        return remarks

    def _restore(self, found: dict[str, Part], order: Order) -> list[str]:
        """Insert deleted cells into `order` in their place, checks after added cells; return the remarks."""
        remarks = []
        keys, kept = list(self.cells), set(found)
        for place, (key, cell) in enumerate(self.cells.items()):
            if key in found:
                continue
            if _marks(cell):
                remarks.append(f"The cell {defuse(key)} was missing.")
            part = Part(cell["cell_type"], "" if self._editable(key) else cell["source"])
            places = {k: i for i, (k, _) in enumerate(order) if k is not None}
            at = next((places[k] + 1 for k in reversed(keys[:place]) if k in places), 0)
            if _marks(cell).get("grade") and not self._editable(key):
                at = next((places[k] for k in keys[place:] if k in kept and places[k] >= at), len(order))
            order.insert(at, (key, part))
            found[key] = part
        return remarks

    def _plan(self, order: Order) -> list[Cell]:
        """Return the cells to run; an answer whose own cell is unchanged may be anywhere, so is read last."""
        plan, last = list[Cell](), list[Cell]()
        checks = {f"{question}-check": question for question in self.answers}
        left = {k for k, part in order if k and part.source.strip() == self.cells[k]["source"].strip()}
        number = 0
        for key, part in order:
            if key is None:
                if part.type == "code" and part.source.strip():
                    number += 1
                    plan.append(Cell(f"added code-{number}", part.source))
            elif key in checks:
                question = checks[key]
                (last if question in left else plan).append(Cell(question, hold=self.answers[question]))
            elif (released := self.cells[key])["cell_type"] == "code":
                source = part.source if self._editable(key) else released["source"]
                if source.strip():
                    plan.append(Cell(f"cell {key}", source))
        return plan + last

    def _notebook(self, found: dict[str, Part], order: Order) -> dict[str, Any]:
        """Build the notebook for nbgrader and the instructor: released cells in order, added ones between."""
        notebook = copy.deepcopy(self.notebook)
        behind: dict[str | None, list[dict[str, Any]]] = {}
        last: str | None = None
        numbers: Counter[str] = Counter()
        for key, part in order:
            if key is not None:
                last = key
            elif part.source.strip():
                numbers[part.type] += 1  # code by itself: it runs alike whatever text is around it
                kind = "code" if part.type == "code" else "markdown"
                name = f"added-{part.type}-{numbers[part.type]}"
                one = dict[str, Any](id=name, metadata={}, cell_type=kind, source=_display(kind, part.source))
                one |= {"outputs": [], "execution_count": None} if kind == "code" else {}
                behind.setdefault(last, []).append(one)
        built = list(behind.get(None, []))
        for key, cell in zip(self.cells, notebook["cells"], strict=True):
            if self._editable(key):
                cell["source"] = _display(cell["cell_type"], found[key].source)
            built += [cell, *behind.get(key, [])]
        notebook["cells"] = built
        return notebook


def _marks(cell: dict[str, Any]) -> dict[str, Any]:
    marks: dict[str, Any] = cell["metadata"].get("nbgrader", {})
    return marks


def _share(wanted: Iterable[str], texts: set[str]) -> float:
    """Return the share, 0 to 1, of the distinct texts `wanted` that are in `texts`."""
    own = {text for text in wanted if text}
    return len(own & texts) / max(1, len(own))


def _bare(source: str) -> str:
    """Return a source without the white space at line ends and around it, which editors change."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _display(kind: str, source: str) -> str:
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
