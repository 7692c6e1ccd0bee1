"""The plans of a lesson for the classroom: minutes, what is done, and which cells are used.

They are in ``docs/teaching/NN.md``, above `MADE`: tables of minutes, activity and cells; below each is a line
with the cells that the plan leaves out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from samarkand.common.errors import CourseError
from samarkand.common.home import ROOT
from tools.author import lessons
from tools.author.lessons import Lesson

FOLDER = ROOT / "docs" / "teaching"
MADE = "<!-- From here on `samarkand build` makes this page. -->"
_PLAN = re.compile(r"^## (\d+) minutes\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_ROW = re.compile(r"^\| *(\d+)[-–](\d+) *\|(.*)\|(.*)\|$", re.MULTILINE)
_SPAN = re.compile(r"`([^`]+)`(?: to `([^`]+)`)?")
#: What a row of a plan says where the sides of *In the room* are taken, and the line that has them.
SIDES = "*(Sides)*"
_SIDES = re.compile(r"^- \*\*Sides:\*\* (.+)$", re.MULTILINE)
_TICKET = re.compile(r"^- \*\*Exit ticket:\*\* (.+)$", re.MULTILINE)


class NoPlan(CourseError):
    """A lesson has no page for its teacher, or none with a plan of so many `minutes`."""

    def __init__(self, lesson: str, minutes: int) -> None:
        told = f"docs/teaching/{lesson[:2]}.md has no plan of {minutes} minutes."
        super().__init__(told, code="no plan")
        self.lesson, self.minutes = lesson, minutes


class BackwardSpan(CourseError):
    """A plan names cells from one to another that comes before it: `first` and `last`."""

    def __init__(self, first: str, last: str) -> None:
        super().__init__(f"The cell {last} comes before {first}.", code="backwards")
        self.first, self.last = first, last


@dataclass(frozen=True)
class Row:
    """A row of a plan: from and to which minute, what is done, and the words that name the cells."""

    begins: int
    ends: int
    what: str
    names: str


@dataclass(frozen=True)
class Plan:
    """A plan: its minutes, its rows, and the words that name the cells that it leaves out.

    `sides` says who speaks for what in the rows that have `SIDES`.
    """

    minutes: int
    rows: list[Row]
    left_out: str
    sides: str = ""


def find_teaching_pages() -> list[Path]:
    """Return the paths of the existing pages, in the order of lessons."""
    return sorted(FOLDER.glob("[0-9][0-9].md"))


def read_part_by_hand(text: str) -> str:
    """Return the part of a page that is written by hand."""
    return text.partition(MADE)[0]


def read_plans(text: str) -> list[Plan]:
    """Parse the plans of a page."""
    found = []
    sides = _SIDES.search(read_part_by_hand(text))
    for minutes, body in _PLAN.findall(read_part_by_hand(text)):
        rows = []
        for begins, ends, what, names in _ROW.findall(body):
            rows.append(Row(int(begins), int(ends), what.strip(), names.strip()))
        left = re.search(r"^Left out: (.*)$", body, re.MULTILINE)
        found.append(Plan(int(minutes), rows, left[1] if left else "", sides[1] if sides else ""))
    return found


def read_plan(lesson: Lesson, minutes: int) -> tuple[Plan, str]:
    """Return the plan of a lesson with so many minutes, and its exit ticket; `NoPlan` if there is none."""
    path = FOLDER / f"{lesson.number}.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for plan in read_plans(text):
        if plan.minutes == minutes:
            ticket = _TICKET.search(read_part_by_hand(text))
            return plan, ticket[1] if ticket else ""
    raise NoPlan(lesson.name, minutes)


def list_named_cells(lesson: Lesson, words: str) -> list[str]:
    """Return the ids of the cells named, singly or as "`from` to `to`".

    `KeyError` with one that is none; `BackwardSpan`.
    """
    ids = [cell.id for cell in lesson.cells]
    found: list[str] = []
    for first, last in _SPAN.findall(words):
        for name in filter(None, (first, last)):
            if name not in ids:
                raise KeyError(name)
        begins = ids.index(first)
        ends = ids.index(last or first)
        if ends < begins:
            raise BackwardSpan(first, last)
        found += ids[begins : ends + 1]
    return found


def used_cells(lesson: Lesson, plan: Plan, row: Row) -> list[str]:
    """Return the cells of a row that the plan does not leave out."""
    left_out = list_named_cells(lesson, plan.left_out)
    return [cell for cell in list_named_cells(lesson, row.names) if cell not in left_out]


def list_sections(lesson: Lesson, names: list[str]) -> Iterator[str]:
    """Yield the sections that have these cells, as a student sees them, each once."""
    headings = {cell: words for cell, level, words in lesson.headings if level <= 2}
    now = ""
    said = set()
    for cell in lesson.cells:
        now = headings.get(cell.id, now)
        if cell.id in names and now not in said:
            said.add(now)
            yield now


def name_places(lesson: Lesson, names: list[str]) -> str:
    """Return where cells are, as a student sees it: sections, and the numbers of the tasks in them.

    For example, "1. Whose word is it? (06.1)".
    """
    return _add_tasks(lesson, names, "; ".join(list_sections(lesson, names)))


def link_places(lesson: Lesson, names: list[str]) -> str:
    """Return what `name_places` returns in Markdown, for a page in `FOLDER`.

    Each section is a link to the first of these cells in it, and each task to its own. ``#cell-id=`` is
    JupyterLab's address of a cell; the reading site has the same.
    """
    headings = {cell: words for cell, level, words in lesson.headings if level <= 2}
    now = ""
    first: dict[str, str] = {}
    for cell in lesson.cells:
        now = headings.get(cell.id, now)
        if cell.id in names:
            first.setdefault(now, cell.id)
    linked = [_link_to_cell(lesson, words, cell) for words, cell in first.items()]
    return _add_tasks(lesson, names, "; ".join(linked), linked=True)


def _link_to_cell(lesson: Lesson, words: str, cell: str) -> str:
    return f"[{words}](../../notebooks/{lesson.path.name}#cell-id={cell})"


def _add_tasks(lesson: Lesson, names: list[str], where: str, *, linked: bool = False) -> str:
    """Add the numbers of the tasks among these cells."""
    shown = []
    for task in lesson.tasks:
        if task.stub.id in names:
            shown.append(_link_to_cell(lesson, task.number, task.stub.id) if linked else task.number)
    if not shown:
        return where
    return f"{where} ({shown[0]})" if len(shown) == 1 else f"{where} ({shown[0]} to {shown[-1]})"


def find_lesson(path: Path) -> Lesson:
    """Return the lesson of a page for its teacher."""
    return lessons.read_lesson(lessons.find_lessons([path.stem])[0])
