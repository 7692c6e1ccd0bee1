"""Estimate the minutes that a lesson takes a novice, from its cells, and write them into its card.

The reading speed is that of somebody who reads with care, often in a second language, and stops to think;
each cell to run, control, question and task has an allowance. A task counts by its kind, a note by its lines,
what a cell prints by its words. The allowances are assumptions, not measurements.
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
from samarkand.practice import questions
from tools.author.concepts import is_folded, is_further
from tools.author.kinds_of_tasks import find_kind
from tools.author.lessons import Lesson, count_words

#: Reports of classes, one in each row.
REPORTS = ROOT / "docs" / "teaching" / "minutes.csv"
#: The mark at the end of a sitting that is not the last: of two, or of more.
BREAK = re.compile(r"\*\*(?:Half way|End of part \d)\.\*\*")
#: The key, in the metadata of a cell of text, of the minutes that a student works in a notebook of her own.
ELSEWHERE = "minutes"
#: Reading speed in words per minute.
WORDS = 150
#: Minutes for reading and running a code cell, and one whose code is folded.
CODE, FOLDED = 1.5, 0.8
#: Minutes for a task, by its kind.
TASK = {"change": 3.0, "line": 5.0, "several": 7.0}
#: Minutes for the three questions from memory at the beginning of a lesson.
MEMORY = 4.0
#: Minutes for each line of a note.
NOTE_LINE = 1.0
#: Minutes for answering or exploring, by the prefix of the function's name.
ASKED = {"predict.ask": 1.0, "predict.see": 0.5, "quiz.ask": 1.5, "explore.": 3.0, "maps.": 3.0}
# The time of typing a table is that of its check.
ASKED |= {"article.check": 6.0, "article.edit": 0.5, "article.begin": 0.5, "files.begin": 0.5}
ASKED |= {"without_us.begin": 0.5, "recall": 0.5, "progress.": 0.5}
#: The ids of cells to glance at: imports and the list of sources.
HOUSEKEEPING = ("load", "sources")
#: The heading of the last part with tasks, and the name of the part after it.
PRACTICE, AFTER = "Practice", "Summary and sources"
#: The rows of the card that this module writes.
TIME, PARTS = "Time", "Minutes"


class Part(NamedTuple):
    """A section, or its part in one sitting: heading, minutes, and the sitting, counted from 1."""

    heading: str
    minutes: int
    sitting: int


def time_parts(lesson: Lesson) -> list[Part]:
    """Return the parts of a lesson with their minutes, in order.

    Each minute is counted once: the minutes of the parts add up to those of their sitting, rounded up.
    """
    taken = _time_exactly(lesson)
    found = []
    for _, group in itertools.groupby(taken.items(), key=lambda item: item[0][1]):
        in_sitting = list(group)
        whole = math.ceil(round(sum(time for _, time in in_sitting), 6))
        so_far, given = 0.0, 0
        for number, ((heading, sitting), time) in enumerate(in_sitting, 1):
            so_far += time
            until = whole if number == len(in_sitting) else round(so_far)
            if until > given:
                found.append(Part(heading, until - given, sitting))
            given = until
    return found


def _time_exactly(lesson: Lesson) -> dict[tuple[str, int], float]:
    """Return the unrounded minutes of each part, by heading and sitting; what is above the first is in it."""
    kinds = {task.stub.id: find_kind(task) for task in lesson.tasks}
    taken: dict[tuple[str, int], float] = {}
    section = ""
    sitting = 1
    above = 0.0
    for cell in lesson.cells:
        if is_further(cell):
            continue
        heading = re.search(r"^## (.+?)\s*$", cell.source, re.MULTILINE)
        if heading and cell.cell_type == "markdown":
            section = heading[1] if section not in (PRACTICE, AFTER) else AFTER
        time = TASK[kinds[cell.id]] if cell.id in kinds else count_cell_minutes(cell)
        if not section:
            above += time
            continue
        part = (section, sitting)
        taken[part] = taken.get(part, 0.0) + time + above
        above = 0.0
        sitting += bool(BREAK.search(cell.source))
    return taken


def count_cell_minutes(cell: NotebookNode) -> float:
    """Return the minutes for a cell that is no task."""
    if cell.cell_type == "markdown":
        if f"**{TIME}**" in cell.source:
            return 0.0
        # What is folded is unfolded only by who needs it.
        read = re.sub(r"<details>.*?</details>", "", cell.source, flags=re.DOTALL)
        elsewhere = float(cell.metadata.get("samarkand", {}).get(ELSEWHERE, 0))
        return count_words(read) / WORDS + elsewhere
    if cell.id in HOUSEKEEPING:
        return 0.25
    asked = _count_call_minutes(cell.source)
    if asked is not None:
        return asked
    return (FOLDED if is_folded(cell) else CODE) + _count_printed(cell) / WORDS


def _count_call_minutes(source: str) -> float | None:
    """Return the minutes for what a cell asks; None if it asks nothing."""
    if "memory.ask(" in source:
        return MEMORY
    if "memory.check(" in source:
        return 0.0  # counted with the questions
    found = re.search(r'(?<![\w.])note\("([^"]+)"', source)
    if found:
        note = questions.read_questions("note").get(found[1])
        return NOTE_LINE * (note.lines if note else questions.Note("", "").lines)
    calls = re.findall(r"[\w.]+(?=\()", source)
    asked = []
    for name, minutes in ASKED.items():
        asked += [minutes for call in calls if call.startswith(name)]
    return sum(asked) if asked else None


def _count_printed(cell: NotebookNode) -> int:
    """Return the number of words that a cell prints, and of those in the paragraphs that it shows."""
    words = 0
    for output in cell.outputs:
        if output.output_type == "stream":
            words += len(output.text.split())
        shown = output.get("data", {}).get("text/html", "")
        if "<iframe" not in shown:
            words += sum(count_words(one) for one in re.findall(r"<p\b[^>]*>(.*?)</p>", shown, re.DOTALL))
    return words


def time_sittings(lesson: Lesson) -> list[int]:
    """Return the minutes of each sitting, of which most lessons have two."""
    minutes: dict[int, int] = {}
    for part in time_parts(lesson):
        minutes[part.sitting] = minutes.get(part.sitting, 0) + part.minutes
    return list(minutes.values())


def rows_of_card(lesson: Lesson) -> dict[str, str]:
    """Return the rows `TIME` and `PARTS` of a lesson's card: minutes of sittings and of sections."""
    sittings = []
    sections = []
    for _, parts in itertools.groupby(time_parts(lesson), key=lambda part: part.sitting):
        of_half = list(parts)
        sittings.append(str(sum(part.minutes for part in of_half)))
        sections.append("; ".join(f"{part.heading} ({part.minutes})" for part in of_half))
    times = " and ".join(sittings)
    if len(sittings) > 2:
        times = f"{', '.join(sittings[:-1])} and {sittings[-1]}"
    classes = describe_reported_times(lesson.number)
    told = f" (by an estimate; in a class it took {classes})" if classes else ""
    between = "; *half way*; " if len(sittings) == 2 else "; *break*; "
    return {TIME: f"{times} minutes{told}", PARTS: between.join(sections)}


def describe_reported_times(number: str, reports: Path = REPORTS) -> str:
    """Return the reported times of a lesson: "24 to 31 minutes for half 1 (3 classes)"; empty if none.

    A row of the reports has the columns `lesson`, `half`, `students`, `minutes`, `day`.
    """
    reported: dict[str, list[int]] = {}
    for row in csv.DictReader(reports.read_text(encoding="utf-8").splitlines()):
        if row["lesson"] == number:
            reported.setdefault(row["half"], []).append(int(row["minutes"]))
    found = []
    for half, times in sorted(reported.items()):
        least, most = min(times), max(times)
        span = str(least) if least == most else f"{least} to {most}"
        classes = trn("{n} class", "{n} classes", len(times))
        found.append(f"{span} minutes for half {half} ({classes})")
    return ", ".join(found)


def write_times(lesson: Lesson) -> None:
    """Write the times into the card of a lesson, in place."""
    new = "\n".join(f"| **{name}** | {says} |" for name, says in rows_of_card(lesson).items())
    old = rf"\| \*\*{TIME}\*\* \|[^\n]*(\n\| \*\*{PARTS}\*\* \|[^\n]*)?"
    for cell in lesson.notebook.cells:  # not those of `lesson.cells`, some of which are copies
        cell.source = re.sub(old, lambda _: new, cell.source, count=1)
