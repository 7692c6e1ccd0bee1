"""The part of a teacher's page that is written by hand, above `MADE`; `pages` makes the rest.

Its plans are tables of minutes, activity, and the cells that are used; below each is a line with the cells
that the plan leaves out.
"""

import ast
import builtins
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from samarkand.ground.home import ROOT
from tools.author import lessons
from tools.author.lessons import Lesson
from tools.site import deck

FOLDER = ROOT / "docs" / "teaching"
MADE = "<!-- From here on `samarkand build` makes this page. -->"
#: The maximum of non-empty lines written by hand.
WRITTEN = 40
#: The beginnings of the headings that every page has.
PARTS = ("90 minutes", "45 minutes", "Questions to ask", "In the room")
_PLAN = re.compile(r"^## (\d+) minutes\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_ROW = re.compile(r"^\| *(\d+)[-–](\d+) *\|.*\|(.*)\|$", re.MULTILINE)
_SPAN = re.compile(r"`([^`]+)`(?: to `([^`]+)`)?")


class Plan(NamedTuple):
    """A plan: its minutes, its rows (from, to, cells), and the cells that it leaves out."""

    minutes: int
    rows: list[tuple[int, int, str]]
    left_out: str


def paths() -> list[Path]:
    """Return the paths of the existing pages, in the order of lessons."""
    return sorted(FOLDER.glob("[0-9][0-9].md"))


def written(text: str) -> str:
    """Return the part of a page that is written by hand."""
    return text.partition(MADE)[0]


def plans(text: str) -> list[Plan]:
    """Parse the plans of a page."""
    found = []
    for minutes, body in _PLAN.findall(written(text)):
        rows = [(int(begins), int(ends), cells) for begins, ends, cells in _ROW.findall(body)]
        left = re.search(r"^Left out: (.*)$", body, re.MULTILINE)
        found.append(Plan(int(minutes), rows, left[1] if left else ""))
    return found


def cells(lesson: Lesson, words: str) -> list[str]:
    """Return the ids of the cells that a text names, singly or as a range "`from` to `to`".

    `KeyError` with the name if the lesson has no such cell.
    """
    ids = [cell.id for cell in lesson.cells]
    found: list[str] = []
    for first, last in _SPAN.findall(words):
        for name in filter(None, (first, last)):
            if name not in ids:
                raise KeyError(name)
        found += ids[ids.index(first) : ids.index(last or first) + 1]
    return found


def missed(lesson: Lesson, left_out: list[str]) -> Iterator[str]:
    """Yield a sentence for each name that a cell uses and only a cell that is left out defines."""
    makers: dict[str, str] = {}
    there = set(dir(builtins))
    for id, tree in lesson.trees:
        made = lessons.find_names(tree, ast.Store)
        if id in left_out:
            makers |= dict.fromkeys(made - there, id)
            continue
        for name in sorted(lessons.find_names(tree, ast.Load) - made - there):
            if name in makers:
                yield f"cell {id} needs {name}, which the cell {makers[name]} makes"
        there |= made


def faults(path: Path) -> list[str]:
    """Return the faults of a page: plans that do not add up, cells that are missing or needed."""
    found = lessons.paths([path.stem])
    lesson, text = lessons.read(found[0]), path.read_text(encoding="utf-8")
    wrong = [f"the heading ## {part} is missing" for part in PARTS if f"\n## {part}\n" not in text]
    if (lines := sum(map(bool, written(text).splitlines()))) > WRITTEN:
        wrong.append(f"{lines} lines are written by hand; {WRITTEN} are the most")
    for plan in plans(text):
        name = f"the plan of {plan.minutes} minutes"
        ends = [0, *(row[1] for row in plan.rows)]
        for begins, row in zip(ends, plan.rows, strict=False):
            if row[0] != begins or row[1] <= row[0]:
                wrong.append(f"{name} goes on at {row[0]} after {begins}, and its row ends at {row[1]}")
        if ends[-1] != plan.minutes:
            wrong.append(f"{name} ends at {ends[-1]}")
        try:
            for row in plan.rows:
                cells(lesson, row[2])
            wrong += [f"{name}: {sentence}" for sentence in missed(lesson, cells(lesson, plan.left_out))]
        except KeyError as error:
            wrong.append(f"{name} names a cell {error} that the lesson does not have")
    return [*(f"docs/teaching/{path.name}: {sentence}." for sentence in wrong), *deck.faults(lesson)]
