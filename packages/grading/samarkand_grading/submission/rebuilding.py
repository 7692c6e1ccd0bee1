"""Rebuild the notebook to grade from the released cells and the student's sources, matched by id.

A submission (see :mod:`reading`) is rebuilt: the result is the released notebook with the student's sources
in it. Everything else (metadata, outputs, cells of other kinds) is left out.
"""

import ast
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
from samarkand_grading.submission.reading import SubmittedCell, Unreadable, defuse_name
from samarkand_grading.submission.remarks import Remark

#: A released cell, as the JSON of its notebook has it.
JsonCell = dict[str, Any]
#: Cells in the order in which they run, by the key of the released cell, or by a name of its own
#: (``"added code-1"``) for a cell that the student has added.
CellsByKey = dict[str, SubmittedCell]

#: The code of the remark on added cells, which are allowed.
ADDED = "added cells"
#: The remark on cells whose names a program has dropped.
_LOST_NAMES = Remark(
    "lost names",
    "The cells had lost their names, as in Colab or Drive; they were found by text and place.",
)
#: The remark on cells in another order.
_OTHER_ORDER = Remark("another order", "The cells are in another order; they ran in yours.")
#: The maximum of characters of a cell to show; all of it was run.
SHOWN = 5_000
#: The share of the released texts below which a submission may be another notebook, and the share of another
#: notebook's texts above which it is that one.
HALF = 0.5
#: What a link leads to, with the bracket before it.
_TARGET = re.compile(r"\]\([^()\n]*\)")
#: A call of ``sign_in`` with the id; and a whole cell with just that call and comments.
_SIGN_IN = re.compile(r"""(?:\b\w+\.)?sign_in\(\s*(?:"([^"\n]{1,100})"|'([^'\n]{1,100})')\s*\)""")
_SIGNS_ONLY = re.compile(rf"\s*(?:#.*\n\s*)*{_SIGN_IN.pattern};?[ \t]*(?:#.*)?(?:\n\s*#.*)*\s*")


@dataclass
class Submission:
    """A submission to grade: the rebuilt notebook, and the cells to run or to read answers at.

    It has no cells if nothing could be read. `remarks` are on irregularities, `written` the ids of
    answers for a person to mark, and `signed_in_by` the last id that one of the student's own cells signs in;
    `student` and the own numbers `given` are those of the folder, if it lay in one.
    """

    notebook: dict[str, Any]
    cells: list[Cell]
    remarks: list[Remark] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    signed_in_by: str = ""
    student: str = ""
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MatchedCells:
    """Which released cell each submitted one is, in the order of the submission.

    `keys` has None for a student's own cell; `names_were_lost` says whether a cell of nbgrader's had to be
    found by its text or its place.
    """

    keys: list[str | None]
    names_were_lost: bool


@dataclass
class SortedCells:
    """The cells of a submission, sorted into released and added ones.

    `by_key` holds each cell that counts; `repeated` counts by key the copies of a cell after the first;
    `kept_apart` counts by type the added cells and the copies of answers, which get names of their own;
    `added_code` is the number of code cells that do more than sign in; `changes` are remarks on released
    cells; `signed_in_by` is the last id that a student's own cell signs in.
    """

    by_key: CellsByKey = field(default_factory=dict)
    repeated: Counter[str] = field(default_factory=Counter)
    kept_apart: Counter[str] = field(default_factory=Counter)
    added_code: int = 0
    changes: list[Remark] = field(default_factory=list)
    signed_in_by: str = ""


@dataclass(frozen=True)
class CompletedCells:
    """The cells of a submission with deleted ones put back, and the keys of those that nbgrader knows."""

    by_key: CellsByKey
    missing: list[str]


class Released:
    """A released notebook (``release/<set>/<set>.ipynb``) that submissions are matched with.

    Parameters
    ----------
    path : Path
        The released notebook.
    answers : dict of str to str
        The name to read for each question, by the question's id.
    others : sequence of Path
        Notebooks of the course that could be handed in by mistake.

    Raises
    ------
    DamagedData
        If the notebook is missing or lacks a cell for a question.
    """

    def __init__(self, path: Path, answers: dict[str, str], others: Sequence[Path] = ()) -> None:
        self.name = path.stem
        self.others = others
        self.answers = answers
        try:
            self.notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            text = f"The released notebook {path} cannot be read: {error}. "
            text += f"samarkand release {path.stem} makes it anew."
            raise DamagedData(text, code="damaged", file=path) from None
        # The form is for the desk; here it would be copied and written again for every submission.
        self.notebook["metadata"].pop("samarkand", None)
        #: The cells by nbgrader id, or by cell id if they have none.
        self.cells: dict[str, JsonCell] = {}
        self._key_by_id: dict[str, str] = {}
        #: The keys of cells that students write in.
        self._editable: set[str] = set()
        #: The texts of all other cells.
        self._fixed_texts: set[str] = set()
        #: The keys of Markdown cells that students do not write in, by the first line of each.
        self._key_by_first_line: dict[str, list[str]] = {}
        for cell in self.notebook["cells"]:
            self._add_cell(cell)
        missing = [question for question in answers if question not in self.cells]
        if missing:
            text = f"{path.name} has no cell for {', '.join(missing)}. samarkand release makes it anew."
            raise DamagedData(text, code="lacks cells", file=path, missing=missing)

    def _add_cell(self, cell: JsonCell) -> None:
        """Enter a cell of the released notebook, without what a run has left in it."""
        cell["source"] = "".join(cell["source"])
        if cell["cell_type"] == "code":
            cell["outputs"] = []
            cell["execution_count"] = None
        marks = get_marks(cell)
        key = marks.get("grade_id") or f"id:{cell['id']}"
        self.cells[key] = cell
        self._key_by_id[cell["id"]] = key
        if marks.get("solution"):
            self._editable.add(key)
        elif cell["source"].strip():
            self._fixed_texts.add(make_comparable(cell["source"]))
            if cell["cell_type"] == "markdown":
                first_line = make_comparable(cell["source"]).splitlines()[0]
                self._key_by_first_line.setdefault(first_line, []).append(key)

    def rebuild(self, submitted: list[SubmittedCell]) -> Submission:
        """Put a student's sources into the released notebook; the cells run in the student's order.

        `Unreadable` if `submitted` is another notebook of the course.
        """
        self._refuse_other_notebooks({make_comparable(cell.source) for cell in submitted})
        submitted = self._part_texts(submitted)
        matched = self._match_cells(submitted)
        sorted_cells = self._sort_cells(submitted, matched.keys)
        completed = self._insert_missing(sorted_cells.by_key)
        gathered = self._gather_written(completed.by_key)
        too_long = sum(cell.too_long for cell in submitted)
        remarks = remark_on_submitted(sorted_cells, too_long, set(gathered))
        if matched.names_were_lost:
            remarks.append(_LOST_NAMES)
        remarks += sorted_cells.changes
        if self._is_reordered(sorted_cells.by_key):
            remarks.append(_OTHER_ORDER)
        if completed.missing:
            remarks.append(remark_on_missing(completed.missing))
        for key, number in gathered.items():
            if number > 1:
                sentence = f"The answer {key} is in {number} cells; they were put together."
                remarks.append(Remark("several cells", sentence, (key,)))
        return Submission(
            notebook=self._build_notebook(completed.by_key),
            cells=self._plan_run(completed.by_key),
            remarks=remarks,
            written=self._list_written(completed.by_key),
            signed_in_by=sorted_cells.signed_in_by,
        )

    def is_begun_in(self, submitted: list[SubmittedCell]) -> bool:
        """Return whether a notebook has any cell of this one, by its text or by nbgrader's name for it.

        `Unreadable` if it is another notebook of the course.
        """
        texts = {make_comparable(cell.source) for cell in submitted}
        self._refuse_other_notebooks(texts)
        names = {cell.grade_id for cell in submitted}
        return measure_share(self._fixed_texts, texts) > 0 or not names.isdisjoint(self._key_by_id.values())

    def _refuse_other_notebooks(self, texts: set[str]) -> None:
        """Raise `Unreadable` if `texts` hold under half of this notebook and over half of another one."""
        if measure_share(self._fixed_texts, texts) >= HALF:
            return
        for path in self.others:
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
                other_texts = [make_comparable("".join(cell["source"])) for cell in cells]
                if measure_share(other_texts, texts) > HALF:
                    sentence = (
                        f"This is the notebook {path.stem}, not {self.name}: was the wrong one handed in?"
                    )
                    raise Unreadable("another", sentence)

    def _part_texts(self, submitted: list[SubmittedCell]) -> list[SubmittedCell]:
        """Part text cells that hold a released text and more: merged cells, or ones written into."""
        parted: list[SubmittedCell] = []
        for cell in submitted:
            if cell.type == "code":
                parted.append(cell)
            else:
                parted += self._part_text(cell)
        return parted

    def _part_text(self, cell: SubmittedCell) -> list[SubmittedCell]:
        """Part one text cell; it is returned as it is if it holds no released text, or nothing else.

        A released text keeps the cell's names if they are its own; else the first other part keeps them.
        """
        key = cell.grade_id if cell.grade_id in self.cells else self._key_by_id.get(cell.id)
        parts = self._find_parts(strip_lines(cell.source).splitlines())
        if not any(part_key for part_key, _ in parts) and key in self.cells and key not in self._editable:
            released = strip_lines(self.cells[key]["source"])
            known = make_comparable(released).splitlines()
            own = [line for line in cell.source.splitlines() if make_comparable(line) not in known]
            parts = [(key, released), ("", "\n".join(own))]
        parts = [part for part in parts if part[1].strip()]
        if len(parts) < 2:
            return [cell]
        parted: list[SubmittedCell] = []
        is_named = False
        for part_key, text in parts:
            is_its_own = part_key == key or (not part_key and key in self._editable)
            if is_its_own and not is_named:
                is_named = True
                parted.append(
                    SubmittedCell(
                        type=cell.type,
                        source=text,
                        id=cell.id,
                        grade_id=cell.grade_id,
                        too_long=cell.too_long,
                    )
                )
            else:
                parted.append(SubmittedCell("markdown" if part_key else cell.type, text))
        return parted

    def _find_parts(self, lines: list[str]) -> list[tuple[str, str]]:
        """Return the parts of a text in order: a released text's key, or "", and the words."""
        parts: list[tuple[str, str]] = []
        own: list[str] = []
        comparable = [make_comparable(line) for line in lines]
        number = 0
        while number < len(lines):
            found = ""
            for key in self._key_by_first_line.get(comparable[number], []):
                released = make_comparable(self.cells[key]["source"]).splitlines()
                if comparable[number : number + len(released)] == released:
                    found = key
                    text = "\n".join(lines[number : number + len(released)])
                    parts += [("", "\n".join(own)), (key, text)]
                    own = []
                    number += len(released)
                    break
            if not found:
                own.append(lines[number])
                number += 1
        return [*parts, ("", "\n".join(own))]

    def _match_cells(self, submitted: list[SubmittedCell]) -> MatchedCells:
        """Find the released cell of each submitted one by name, or None for a student's own.

        A program such as Colab may have dropped the ids or nbgrader's names of cells. Then a released text is
        found by its words, and an answer by its place behind such a text.
        """
        keys: list[str | None] = []
        for cell in submitted:
            if cell.grade_id in self.cells:
                keys.append(cell.grade_id)
            else:
                keys.append(self._key_by_id.get(cell.id))
        names_were_lost = False
        for find_keys in (self._find_texts, self._find_answers):
            for number, key in find_keys(submitted, keys).items():
                keys[number] = key
                if get_marks(self.cells[key]):
                    names_were_lost = True
        return MatchedCells(keys, names_were_lost)

    def _find_texts(self, submitted: list[SubmittedCell], keys: list[str | None]) -> dict[int, str]:
        """Find released texts among the submitted cells without a name: exactly one cell has the same words.

        Return the key of the released cell by the number of the submitted one.
        """
        released: dict[tuple[str, str], list[str]] = {}
        for key, cell in self.cells.items():
            if key not in self._editable:
                text = make_comparable(cell["source"])
                released.setdefault((cell["cell_type"], text), []).append(key)
        nameless: dict[tuple[str, str], list[int]] = {}
        for number, submitted_cell in enumerate(submitted):
            if keys[number] is None:
                text = make_comparable(submitted_cell.source)
                nameless.setdefault((submitted_cell.type, text), []).append(number)
        key_by_number = {}
        for type_and_text, numbers in nameless.items():
            candidates = released.get(type_and_text, [])
            is_unique = len(numbers) == len(candidates) == 1
            if is_unique and type_and_text[1] and candidates[0] not in keys:
                key_by_number[numbers[0]] = candidates[0]
        return key_by_number

    def _find_answers(self, submitted: list[SubmittedCell], keys: list[str | None]) -> dict[int, str]:
        """Find answers among the submitted cells without a name: each is behind the text that precedes it.

        Code is an answer only if the name that is asked for occurs in it. Return the key of the released cell
        by the number of the submitted one.
        """
        key_by_number: dict[int, str] = {}
        for before, key in itertools.pairwise(self.cells):
            if key not in self._editable or key in keys or before not in keys:
                continue
            for number in range(keys.index(before) + 1, len(submitted)):
                if keys[number] is not None:
                    break
                if self._may_be_answer(submitted[number], key):
                    key_by_number[number] = key
                    break
        return key_by_number

    def _may_be_answer(self, cell: SubmittedCell, key: str) -> bool:
        """Return whether a submitted cell without a name may be the answer in the released cell `key`."""
        if not cell.source.strip():
            return False
        if self.cells[key]["cell_type"] == "code":
            return cell.type == "code" and has_word(cell.source, self.answers.get(key, ""))
        return cell.type != "code" or not is_python(cell.source)

    def _sort_cells(self, submitted: list[SubmittedCell], keys: list[str | None]) -> SortedCells:
        """Sort submitted cells into released ones, of which the first counts, and cells of the student's."""
        result = SortedCells()
        for cell, key in zip(submitted, keys, strict=True):
            if key is not None and key not in result.by_key:
                result.by_key[key] = cell
                result.changes += self._remark_on_change(key, cell)
                continue
            if key is None:
                is_kept = True
                signing_in = _SIGN_IN.search(cell.source) if cell.type == "code" else None
                if signing_in:
                    result.signed_in_by = signing_in[1] or signing_in[2]
            else:
                result.repeated[key] += 1
                is_kept = key in self._editable
            if not cell.source.strip() or not is_kept:
                continue
            # Code is counted by itself: it runs alike whatever text is around it.
            result.kept_apart[cell.type] += 1
            result.by_key[f"added {cell.type}-{result.kept_apart[cell.type]}"] = cell
            if key is None and cell.type == "code" and not _SIGNS_ONLY.fullmatch(cell.source):
                result.added_code += 1
        return result

    def _remark_on_change(self, key: str, submitted: SubmittedCell) -> list[Remark]:
        """Return a remark on a change of a cell's type, and one on a change of a locked cell."""
        remarks = []
        cell = self.cells[key]
        name = defuse_name(key.removeprefix("id:"))
        if submitted.type != cell["cell_type"]:
            sentence = f"The cell {name} had been made a {submitted.type} cell."
            remarks.append(Remark("another type", sentence, (name,)))
        is_locked = get_marks(cell) and key not in self._editable
        if is_locked and strip_lines(submitted.source) != strip_lines(cell["source"]):
            sentence = f"The locked cell {name} is not as released; the released one was used."
            remarks.append(Remark("locked cell", sentence, (name,)))
        return remarks

    def _is_reordered(self, cells: CellsByKey) -> bool:
        """Return whether the released cells among `cells` are in another order than released."""
        submitted_order = [key for key in cells if key in self.cells]
        released_order = [key for key in self.cells if key in cells]
        return submitted_order != released_order

    def _insert_missing(self, cells: CellsByKey) -> CompletedCells:
        """Insert deleted cells in their places.

        A cell goes behind the one that it follows in the released notebook. A check goes in front of the next
        released cell, so that cells which a student has added below the answer run before it.
        """
        released_order = list(self.cells)
        order = list(cells)
        completed = dict(cells)
        missing = []
        for number, (key, cell) in enumerate(self.cells.items()):
            if key in completed:
                continue
            marks = get_marks(cell)
            if marks:
                missing.append(key)
            place = find_place_behind(order, released_order[:number])
            is_check = marks.get("grade") and key not in self._editable
            if is_check:
                place = find_place_before(order, released_order[number + 1 :], place)
            order.insert(place, key)
            source = "" if key in self._editable else cell["source"]
            completed[key] = SubmittedCell(cell["cell_type"], source)
        return CompletedCells({key: completed[key] for key in order}, missing)

    def _gather_written(self, cells: CellsByKey) -> dict[str, int]:
        """Put each written answer together, in `cells`: a person marks, and points are for, all of it.

        To its own cell belong the texts that a student has added between the released cells around it, such
        as the other half of a cell that was split. If all that is empty, every text that she added may be the
        answer. Return by key in how many cells each answer was.
        """
        numbers = {}
        for key in self._list_written_keys():
            parts = self._find_neighbours(cells, key)
            if not any(map(self._is_own_text, parts.values())):
                parts = {
                    other: cell
                    for other, cell in cells.items()
                    if other == key or _is_added_text(other, cell)
                }
            texts = [cell.source.strip() for cell in parts.values() if self._is_own_text(cell)]
            own = cells[key]
            for other in parts:
                if other != key:
                    del cells[other]
            if texts:
                cells[key] = SubmittedCell(
                    own.type, texts[0] if len(texts) == 1 else "\n\n".join(texts), own.id, own.grade_id
                )
            numbers[key] = len(texts)
        return numbers

    def _find_neighbours(self, cells: CellsByKey, key: str) -> CellsByKey:
        """Return the cell of a written answer and the added texts between the released cells around it."""
        order = list(cells)
        first = last = order.index(key)
        while first > 0 and order[first - 1] not in self.cells:
            first -= 1
        while last + 1 < len(order) and order[last + 1] not in self.cells:
            last += 1
        around = order[first : last + 1]
        return {
            other: cells[other] for other in around if other == key or _is_added_text(other, cells[other])
        }

    def _is_own_text(self, cell: SubmittedCell) -> bool:
        """Return whether a text is a student's: not empty, not a released text, and not a placeholder."""
        text = make_comparable(cell.source)
        placeholders = {make_comparable(self.cells[key]["source"]) for key in self._list_written_keys()}
        return bool(text) and text not in self._fixed_texts and text not in placeholders

    def _list_written_keys(self) -> list[str]:
        """Return the keys of the cells for written answers."""
        return [
            key
            for key, cell in self.cells.items()
            if cell["cell_type"] == "markdown" and key in self._editable
        ]

    def _list_written(self, cells: CellsByKey) -> list[str]:
        """Return the ids of written answers for a person to mark: those in which something is written."""
        return [key for key in self._list_written_keys() if self._is_own_text(cells[key])]

    def _plan_run(self, cells: CellsByKey) -> list[Cell]:
        """Return the cells to run; an answer whose own cell is unchanged may be anywhere, so is read last."""
        plan: list[Cell] = []
        read_last: list[Cell] = []
        for key, cell in cells.items():
            question = key.removesuffix("-check")
            released = self.cells.get(key)
            if released is None:
                if cell.type == "code":
                    plan.append(Cell(key, cell.source))
            elif question != key and question in self.answers:
                stub = self.cells[question]["source"].strip()
                is_unchanged = cells[question].source.strip() == stub
                answer = Cell(question, hold=self.answers[question])
                if is_unchanged:
                    read_last.append(answer)
                else:
                    plan.append(answer)
            elif released["cell_type"] == "code":
                source = cell.source if key in self._editable else released["source"]
                if source.strip():
                    plan.append(Cell(f"cell {key}", source))
        return plan + read_last

    def _build_notebook(self, cells: CellsByKey) -> dict[str, Any]:
        """Build the notebook for nbgrader and the instructor: released cells in order, added ones between."""
        notebook = copy.deepcopy(self.notebook)
        released = dict(zip(self.cells, notebook["cells"], strict=True))
        first_cells: list[JsonCell] = []
        added_behind: dict[str, list[JsonCell]] = {key: [] for key in released}
        place = first_cells
        for key, cell in cells.items():
            if key not in released:
                place.append(build_added_cell(key, cell))
                continue
            place = added_behind[key]
            if key in self._editable:
                released[key]["source"] = make_displayable(released[key]["cell_type"], cell.source)
        notebook["cells"] = first_cells
        for key, released_cell in released.items():
            notebook["cells"].append(released_cell)
            notebook["cells"] += added_behind[key]
        return notebook


def _is_added_text(key: str, cell: SubmittedCell) -> bool:
    """Return whether a cell that counts is a text of the student's own."""
    return key.startswith("added ") and cell.type != "code"


def is_python(source: str) -> bool:
    """Return whether a source is valid Python, and not prose."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def remark_on_submitted(cells: SortedCells, too_long: int, written: set[str]) -> list[Remark]:
    """Return remarks on cells that are there several times, were added, or were too long (their number).

    Of a `written` answer all copies count.
    """
    remarks = []
    for key, copies in cells.repeated.items():
        if key in written:
            continue
        sentence = f"The cell {defuse_name(key)} is in it {copies + 1} times; the first counts."
        remarks.append(Remark("several times", sentence, (key,)))
    if cells.added_code:
        verb = "s were" if cells.added_code > 1 else " was"
        sentence = f"{cells.added_code} code cell{verb} added; they run, and carry no points."
        remarks.append(Remark(ADDED, sentence))
    if too_long:
        verb = "s were" if too_long > 1 else " was"
        remarks.append(Remark("too long", f"{too_long} cell{verb} far too long and left out."))
    return remarks


def remark_on_missing(keys: list[str]) -> Remark:
    """Return the remark on released cells that were deleted."""
    names = ", ".join(map(defuse_name, keys))
    if len(keys) > 1:
        return Remark("missing cells", f"The cells {names} were missing.", tuple(keys))
    return Remark("missing cells", f"The cell {names} was missing.", tuple(keys))


def build_added_cell(key: str, cell: SubmittedCell) -> JsonCell:
    """Build the cell that shows what a student has added."""
    cell_type = "code" if cell.type == "code" else "markdown"
    built: JsonCell = {
        "id": key.replace(" ", "-"),
        "metadata": {},
        "cell_type": cell_type,
        "source": make_displayable(cell_type, cell.source),
    }
    if cell_type == "code":
        built["outputs"] = []
        built["execution_count"] = None
    return built


def has_word(source: str, word: str) -> bool:
    """Return whether a source has the word as a whole; an empty word is in any that has a word."""
    return re.search(rf"\b{re.escape(word)}\b", source) is not None


def find_place_behind(order: list[str], earlier: list[str]) -> int:
    """Return the place behind the last of the `earlier` cells that is in `order`; 0 if none is."""
    for key in reversed(earlier):
        if key in order:
            return order.index(key) + 1
    return 0


def find_place_before(order: list[str], later: list[str], first: int) -> int:
    """Return the place of the first of the `later` cells that is at `first` or behind; the end if none is."""
    for key in later:
        if key in order and order.index(key) >= first:
            return order.index(key)
    return len(order)


def get_marks(cell: JsonCell) -> dict[str, Any]:
    """Return what nbgrader says of a released cell; empty if it does not know the cell."""
    marks: dict[str, Any] = cell["metadata"].get("nbgrader", {})
    return marks


def measure_share(wanted: Iterable[str], texts: set[str]) -> float:
    """Return the share, 0 to 1, of the distinct texts `wanted` that are in `texts`."""
    distinct = {text for text in wanted if text}
    return len(distinct & texts) / max(1, len(distinct))


def strip_lines(source: str) -> str:
    """Return a source without the white space at line ends and around it, which editors change."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def make_comparable(source: str) -> str:
    """Return a source to compare: as `strip_lines`, and without the targets of links.

    A student's copy lies in another folder than the released notebook, so its links lead elsewhere.

    Examples
    --------
    >>> make_comparable("Taught in [Votes](../../05.ipynb#cell-id=votes). ")
    'Taught in [Votes]().'
    """
    return _TARGET.sub("]()", strip_lines(source))


def make_displayable(cell_type: str, source: str) -> str:
    """Return a source as it may be shown: cut, and harmless as Markdown."""
    if len(source) > SHOWN:
        source = f"{source[:SHOWN]}\n# {len(source) - SHOWN:,} more characters are not shown."
    return source if cell_type == "code" else disarm_markdown(source)


def disarm_markdown(text: str) -> str:
    """Escape everything in a student's Markdown that a browser would run, load or follow.

    Tags and entities become text. Links and pictures are broken up: viewers of notebooks decode entities in
    addresses twice, so a list of bad addresses could be evaded.

    Examples
    --------
    >>> disarm_markdown("a < b, but <script>alert(1)</script>")
    'a < b, but &lt;script>alert(1)&lt;/script>'
    >>> disarm_markdown("[here](javascript&#58;alert(1))")
    '[here] (javascript&amp;#58;alert(1))'
    """
    text = re.sub(r"&(?=#|\w+;)", "&amp;", text)
    text = re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text)
    text = re.sub(r"\](?=[(:\[])", "] ", text)
    # Formulas can link and fetch too.
    text = re.sub(r"\\(?=(?:href|style|class|cssId|require)\b)", r"\\ ", text)
    return re.sub(r"(?i)\b(javascript|vbscript)(?=[\s\\\\]*:)", r"\1 ", text)
