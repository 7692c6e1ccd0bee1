"""Estimate the minutes that a lesson takes a novice, from its cells, and write them into its card.

The reading speed is that of somebody who reads with care, often in a second language, and stops to think;
each cell to run, control, question and task has an allowance. The allowances are assumptions, not
measurements.
"""

import csv
import itertools
import math
import re
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode

from samarkand.common.home import ROOT
from samarkand.common.words import trn
from tools.author.concepts import introduced, is_folded, is_further
from tools.author.lessons import Lesson, count_words

#: Reports of classes, one in each row.
REPORTS = ROOT / "docs" / "teaching" / "minutes.csv"
HALF_WAY = "**Half way.**"
#: The key, in the metadata of a cell of text, of the minutes that a student works in a notebook of her own.
ELSEWHERE = "minutes"
#: Reading speed in words per minute.
WORDS = 120
#: Minutes for reading and running a code cell, and for each new name or construct.
CODE, NEW = 1.25, 0.5
#: Minutes for answering or exploring, by the prefix of the function's name.
ASKED = {"predict.ask": 1.0, "quiz.ask": 1.0, "note": 3.0, "explore.": 3.0, "maps.": 2.0, "check": 2.0}
ASKED |= {"article.check": 6.0, "predict.see": 0.25, "recall": 0.25, "progress.": 0.5}
#: Additional minutes for a task under *Practice*, which no section explains step by step.
ALONE = 3.0
#: The ids of cells to glance at: imports and the list of sources.
HOUSEKEEPING = ("load", "sources")
#: The heading of the last part with tasks, and the name of the part after it.
PRACTICE, AFTER = "Practice", "Summary and sources"
#: The rows of the card that this module writes.
TIME, PARTS = "Time", "Minutes"


class Part(NamedTuple):
    """A section, or its part in one sitting: heading, minutes (rounded up), sitting (1 or 2)."""

    heading: str
    minutes: int
    sitting: int


def parts(lesson: Lesson) -> list[Part]:
    """Return the parts of a lesson with their minutes, in order."""
    taken: dict[tuple[str, int], float] = {}
    section, sitting = "", 1
    for cell in (cell for cell in lesson.cells if not is_further(cell)):
        if cell.cell_type == "markdown" and (found := re.search(r"^## (.+?)\s*$", cell.source, re.MULTILINE)):
            section = found[1] if section not in (PRACTICE, AFTER) else AFTER
        alone = section == PRACTICE and cell.cell_type == "code" and 'check("' in cell.source
        part = (section, sitting)
        taken[part] = taken.get(part, 0.0) + of_cell(cell) + ALONE * alone
        sitting = 2 if HALF_WAY in cell.source else sitting
    return [Part(name, max(1, math.ceil(time)), where) for (name, where), time in taken.items() if name]


def of_cell(cell: NotebookNode) -> float:
    """Return the minutes for a cell."""
    if cell.cell_type == "markdown":
        if f"**{TIME}**" in cell.source:
            return 0.0
        # What is folded is unfolded only by who needs it.
        read = re.sub(r"<details>.*?</details>", "", cell.source, flags=re.DOTALL)
        elsewhere = float(cell.metadata.get("samarkand", {}).get(ELSEWHERE, 0))
        return count_words(read) / WORDS + NEW * len(introduced(cell)) + elsewhere
    if is_folded(cell) or cell.id in HOUSEKEEPING:
        return 0.25
    calls = re.findall(r"[\w.]+(?=\()", cell.source)
    asked = [minutes for name, minutes in ASKED.items() for call in calls if call.startswith(name)]
    return sum(asked) if asked else CODE


def sittings(lesson: Lesson) -> list[int]:
    """Return the minutes of each sitting, one or two."""
    by_half = itertools.groupby(parts(lesson), key=lambda part: part.sitting)
    return [sum(part.minutes for part in half) for _, half in by_half]


def rows(lesson: Lesson) -> dict[str, str]:
    """Return the rows `TIME` and `PARTS` of a lesson's card: minutes of sittings and of sections."""
    by_half = itertools.groupby(parts(lesson), key=lambda part: part.sitting)
    listed = ["; ".join(f"{part.heading} ({part.minutes})" for part in half) for _, half in by_half]
    times, classes = " and ".join(map(str, sittings(lesson))), measured(lesson.number)
    told = f" (by an estimate; in a class it took {classes})" if classes else ""
    return {TIME: f"{times} minutes{told}", PARTS: "; *half way*; ".join(listed)}


def measured(number: str, reports: Path = REPORTS) -> str:
    """Return the reported times of a lesson: "24 to 31 minutes for half 1 (3 classes)"; empty if none.

    A row of the reports has the columns `lesson`, `half`, `students`, `minutes`, `day`.
    """
    own: dict[str, list[int]] = {}
    for row in csv.DictReader(reports.read_text(encoding="utf-8").splitlines()):
        if row["lesson"] == number:
            own.setdefault(row["half"], []).append(int(row["minutes"]))
    found = []
    for half, times in sorted(own.items()):
        range_ = " to ".join(map(str, sorted({min(times), max(times)})))
        classes = trn("{n} class", "{n} classes", len(times))
        found.append(f"{range_} minutes for half {half} ({classes})")
    return ", ".join(found)


def write(lesson: Lesson) -> None:
    """Write the times into the card of a lesson, in place."""
    new = "\n".join(f"| **{name}** | {says} |" for name, says in rows(lesson).items())
    old = rf"\| \*\*{TIME}\*\* \|[^\n]*(\n\| \*\*{PARTS}\*\* \|[^\n]*)?"
    for cell in lesson.notebook.cells:  # not those of `lesson.cells`, some of which are copies
        cell.source = re.sub(old, lambda _: new, cell.source, count=1)
