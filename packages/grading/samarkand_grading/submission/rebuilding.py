"""The part of a submission that is graded: the released cells, found by their ids.

A submission (see :mod:`reading`) is rebuilt: the result is the released notebook with the student's
sources in it. Everything else (forged metadata, planted outputs, cells of other kinds) is named in a
remark and left out.
"""

from __future__ import annotations

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
from samarkand_grading.submission.reading import Unreadable, shown

#: How the remark on added cells ends; to add cells is allowed.
ADDED = "added; they run, and carry no points."
#: The most brackets, and the most starts of formulas, in one cell of prose: if they are never closed,
#: programs that show notebooks take minutes over some ten thousand.
OPENINGS = 300
#: The most characters of code that are shown of one cell, of all cells, and in one run of letters or of
#: spaces: the time that programs take to colour code grows with the square of these.
CODE, ALL_CODE, RUN = 10_000, 100_000, 200


@dataclass
class Submission:
    """A submission as it is graded: the released notebook with the student's sources, and the cells that run.

    The cells include those from which names are read; a remark is a sentence on what else was found.
    """

    notebook: dict[str, Any]
    cells: list[Cell]
    remarks: list[str] = field(default_factory=list)


class Released:
    """A released notebook (``release/<set>/<set>.ipynb``), and how submissions are matched with it.

    `answers` are the name to read for each question, by the question's id; `others` are notebooks of the
    course that could be handed in by mistake. `DamagedData` if the notebook is missing or lacks a cell for a
    question.
    """

    def __init__(self, path: Path, answers: dict[str, str], others: Sequence[Path] = ()) -> None:
        self.name, self.others = path.stem, others
        try:
            self.notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DamagedData(f"The released notebook {path} cannot be read: {error}") from None
        # The form is for the desk; here it would be copied and written again for every submission.
        self.notebook["metadata"].pop("samarkand", None)
        self.answers = answers
        self.cells: dict[str, dict[str, Any]] = {}
        for cell in self.notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            if cell["cell_type"] == "code":
                cell["outputs"] = []
            marks = cell["metadata"].get("nbgrader", {})
            self.cells[marks.get("grade_id") or f"id:{cell['id']}"] = cell
        self._by_cell_id = {cell["id"]: key for key, cell in self.cells.items()}
        self._by_source = {
            _bare(c["source"]): k
            for k, c in self.cells.items()
            if c["source"].strip() and not self._editable(c)
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
        """Find the released cell of a submitted one by its grade id or its cell id."""
        if cell["grade_id"] in self.cells:
            return str(cell["grade_id"])
        return self._by_cell_id.get(cell["id"])

    def _keys(self, submitted: list[dict[str, Any]]) -> list[str | None]:
        """Find the released cell of each submitted one.

        Some programs drop all ids. A cell that nobody may change is then found by its text (the last one with
        that text), and an answer by its position, if it is the only cell there.
        """
        keys = [self._key(cell) for cell in submitted]
        lost = set(self._by_source.values()) - set(keys)
        for place in reversed(range(len(keys))):
            key = self._by_source.get(_bare(submitted[place]["source"]))
            if keys[place] is None and key in lost:
                keys[place] = key
                lost.remove(key)
        places: dict[str, int] = {key: place for place, key in enumerate(keys) if key is not None}
        names = [*self.cells, ""]
        places[""] = len(keys)  # the end
        for above, key, below in zip(names, names[1:], names[2:], strict=False):
            if key in places or not self._editable(self.cells[key]) or not {above, below} <= places.keys():
                continue
            between = range(places[above] + 1, places[below])
            alone = [n for n in between if submitted[n]["source"].strip() and keys[n] is None]
            if len(alone) == 1 and submitted[alone[0]]["type"] == self.cells[key]["cell_type"]:
                keys[alone[0]] = key
        return keys

    def empty(self) -> Submission:
        """Return the work of a student whose notebook cannot be read."""
        return Submission(copy.deepcopy(self.notebook), [])

    def rebuild(self, submitted: list[dict[str, Any]]) -> Submission:
        """Put a student's sources into the released notebook; the cells run in the student's order.

        `Unreadable` if it is another notebook of the course.
        """
        self._refuse_others({_bare(cell["source"]) for cell in submitted})
        remarks: list[str] = []
        found: dict[str, dict[str, Any]] = {}
        order: list[tuple[str | None, dict[str, Any]]] = []
        twice: Counter[str] = Counter()
        numbers: Counter[str] = Counter()
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
            elif cell["source"].strip():
                # Code is compared separately: it runs in the same way whatever text surrounds it.
                numbers[cell["type"]] += 1
                cell["number"] = f"{cell['type']}-{numbers[cell['type']]}"
            order.append((key, cell))
        remarks += [
            f"The cell {shown(k)} stands in it {n + 1} times; the first counts." for k, n in twice.items()
        ]
        if added:
            remarks.append(f"{added} code cell{'s were' if added > 1 else ' was'} {ADDED}")
        long = sum(cell["long"] for cell in submitted)
        if long:
            remarks.append(f"{long} cell{'s were' if long > 1 else ' was'} far too long and left out.")
        remarks += self._changes(found)
        remarks += self._restore(found, order)
        remarks += self._beside(found, order)
        return Submission(self._notebook(found, order), self._plan(order), remarks)

    def _refuse_others(self, texts: set[str]) -> None:
        """Raise if it holds less than half of this notebook and more than half of another one."""
        if _share(self._by_source, texts) >= 0.5:
            return
        for path in self.others:
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
                if _share((_bare("".join(cell["source"])) for cell in cells), texts) > 0.5:
                    break
        else:
            return
        raise Unreadable(f"This is the notebook {path.stem}, not {self.name}: was the wrong one handed in?")

    def _changes(self, found: dict[str, dict[str, Any]]) -> list[str]:
        remarks = []
        for key, cell in found.items():
            released = self.cells[key]
            marks = released["metadata"].get("nbgrader", {})
            name = shown(key.removeprefix("id:"))
            if cell["type"] != released["cell_type"]:
                remarks.append(f"The cell {name} had been made a {cell['type']} cell.")
            if not marks:
                continue
            if not self._editable(released) and _bare(cell["source"]) != _bare(released["source"]):
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
        """Put deleted cells back in their place; cells that read an answer come after added cells."""
        remarks = []
        keys = list(self.cells)
        kept = set(found)
        for place, key in enumerate(keys):
            released = self.cells[key]
            if key in found:
                continue
            if released["metadata"].get("nbgrader"):
                remarks.append(f"The cell {shown(key)} was missing.")
            source = "" if self._editable(released) else released["source"]
            cell = {"type": released["cell_type"], "source": source}
            places = {k: i for i, (k, _) in enumerate(order) if k is not None}
            at = next((places[k] + 1 for k in reversed(keys[:place]) if k in places), 0)
            if self._autograded(released):
                at = next((places[k] for k in keys[place:] if k in kept and places[k] >= at), len(order))
            order.insert(at, (key, cell))
            found[key] = cell
        return remarks

    def _beside(
        self, found: dict[str, dict[str, Any]], order: list[tuple[str | None, dict[str, Any]]]
    ) -> list[str]:
        """Move prose that stands beside an empty cell for a written answer into it, where a person looks."""
        remarks = []
        for key, released in self.cells.items():
            empty = _bare(found[key]["source"]) in ("", _bare(released["source"]))
            if released["cell_type"] != "markdown" or not self._editable(released) or not empty:
                continue
            place = next(n for n, (other, _) in enumerate(order) if other == key)
            first, last = place, place + 1
            while first and order[first - 1][0] is None:
                first -= 1
            while last < len(order) and order[last][0] is None:
                last += 1
            prose = [entry for entry in order[first:last] if entry[0] is None and _prose(entry[1])]
            if prose:
                found[key] = {**found[key], "source": "\n\n".join(_prose(cell) for _, cell in prose)}
                order[first:last] = [entry for entry in order[first:last] if entry not in prose]
                remarks.append(f"The answer to {shown(key)} stood in another cell, and was put into its own.")
        return remarks

    def _plan(self, order: list[tuple[str | None, dict[str, Any]]]) -> list[Cell]:
        plan: list[Cell] = []
        last: list[Cell] = []
        checks = {f"{question}-check": question for question in self.answers}
        # A student who left the given cell untouched may have answered anywhere below it.
        left = {k for k, cell in order if k and cell["source"].strip() == self.cells[k]["source"].strip()}
        for key, cell in order:
            if key is None:
                if cell["type"] == "code" and cell["source"].strip():
                    plan.append(Cell(f"added {cell['number']}", cell["source"]))
            elif key in checks:
                (last if checks[key] in left else plan).append(
                    Cell(checks[key], hold=self.answers[checks[key]])
                )
            elif (released := self.cells[key])["cell_type"] == "code":
                source = str((cell if self._editable(released) else released)["source"])
                if source.strip():
                    plan.append(Cell(f"cell {key}", source))
        return plan + last

    def _notebook(
        self, found: dict[str, dict[str, Any]], order: list[tuple[str | None, dict[str, Any]]]
    ) -> dict[str, Any]:
        """Build what nbgrader and the instructor see: cells in the released order, added cells at the end."""
        notebook = copy.deepcopy(self.notebook)
        behind: dict[str | None, list[dict[str, Any]]] = {}
        last: str | None = None
        for key, cell in order:
            if key is not None:
                last = key
            elif cell["source"].strip():
                behind.setdefault(last, []).append(_added(cell))
        built = list(behind.get(None, []))
        for key, cell in zip(self.cells, notebook["cells"], strict=True):
            if self._editable(cell):
                source = str(found[key]["source"])
                cell["source"] = source if cell["cell_type"] == "code" else harmless(source)
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
            built += [cell, *behind.get(key, [])]
        room = ALL_CODE
        for cell in built:
            if cell["cell_type"] == "code" and (cell["id"].startswith("added-") or self._editable(cell)):
                cell["source"] = _begun(cell["source"], min(CODE, room))
                room -= min(len(cell["source"]), room)
        notebook["cells"] = built
        return notebook


def _share(wanted: Iterable[str], texts: set[str]) -> float:
    """Return how much of one notebook is in another."""
    own = {text for text in wanted if text}
    return len(own & texts) / max(1, len(own))


def _begun(source: str, length: int) -> str:
    """Shorten a long source, and long runs of letters or spaces, for display; the whole of it was run."""
    more = len(source) - length
    if more > 0:
        source = f"{source[:length]}\n# {more:,} more characters ran, and are not shown."
    source = re.sub(rf"\s{{{RUN},}}", "\n", source)
    return re.sub(rf"[\w.*]{{{RUN}}}", r"\g<0> ", source)


def _bare(source: str) -> str:
    """Remove what editors add or strip at the ends of lines."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _prose(cell: dict[str, Any]) -> str:
    """Return what a cell says in words: its text, or the comments of code that has nothing else."""
    if cell["type"] != "code":
        return str(cell["source"]).strip()
    lines = [line.strip() for line in cell["source"].splitlines() if line.strip()]
    return "\n".join(line.lstrip("# ") for line in lines) if all(line[0] == "#" for line in lines) else ""


def _added(cell: dict[str, Any]) -> dict[str, Any]:
    built: dict[str, Any] = {"id": f"added-{cell['number']}", "metadata": {}}
    if cell["type"] == "code":
        built |= {"cell_type": "code", "source": cell["source"], "outputs": [], "execution_count": None}
    else:
        built |= {"cell_type": "markdown", "source": harmless(cell["source"])}
    return built


def harmless(text: str) -> str:
    """Disarm whatever a browser would run, load or follow in a student's prose on the instructor's page.

    Tags and entities are shown as text. Links and pictures are taken apart: programs that show notebooks
    decode entities in addresses twice, so a list of bad addresses could be evaded.

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
