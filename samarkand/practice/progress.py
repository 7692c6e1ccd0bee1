"""What the student did of each lesson, and what is worth reading again; it stays on the student's machine."""

from __future__ import annotations

import json
import os
import re
import urllib.parse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import ipywidgets as widgets

from samarkand.ground import home, journal, log, reading
from samarkand.ground.errors import CourseError, unknown
from samarkand.ground.words import listed, tr, trn
from samarkand.jupyter import controls
from samarkand.page import markup
from samarkand.page.markup import element, escape
from samarkand.practice import notes
from samarkand.practice import tasks as check

_ASKED = re.compile(r'\b(?:(quiz|predict)\.ask|(note))\("([^"]+)"\)')
_HEADING = re.compile(r"^##? +(.+?) *$", re.MULTILINE)


class Section(NamedTuple):
    """A section of a lesson.

    Attributes
    ----------
    heading : str
        Its words.
    cell : str
        The id of the cell that they stand in.
    """

    heading: str
    cell: str


@dataclass(frozen=True)
class Lesson:
    """A lesson, and where in it something is asked.

    Attributes
    ----------
    file : str
        The name of its notebook.
    title : str
        Its first heading.
    sections : dict of str to Section
        By their headings.
    asked : dict of str to (str, Section)
        The kind and the section of each quiz, prediction and note, by its id.
    """

    file: str
    title: str
    sections: dict[str, Section]
    asked: dict[str, tuple[str, Section]]

    @property
    def number(self) -> str:
        """Its number, two digits."""
        return self.file[:2]


class Item(NamedTuple):
    """Something that a lesson asks, and how it stands with this student.

    Attributes
    ----------
    id : str
        Lesson, and number or word.
    kind : {"check", "predict", "quiz", "note"}
        How it is asked.
    state : {"done", "tried", "open"}
        Answered rightly or written down, answered wrongly so far, or neither.
    section : Section or None
        Where one reads again what it takes.
    """

    id: str
    kind: str
    state: str
    section: Section | None


class Shown(controls.StillBox):
    """What was done, as HTML in which links lead on; it is made anew whenever this kernel saves something."""

    def __init__(self, name: str, told: str, look: Callable[[], str]) -> None:
        self._look = look
        # Within `Output`, JupyterLab follows links to cells; from `HTML` it would load its whole page anew.
        self._output = widgets.Output()
        still = element("div", escape(told), class_="open")
        super().__init__([self._output], still=still, sentence=told)
        self.renew()
        journal.watch(name, self.renew)

    @property
    def html(self) -> str:
        """What is shown now."""
        return str(self._output.outputs[0]["data"]["text/html"])

    def renew(self) -> None:
        """Look again."""
        data = {"text/html": self._look(), "text/plain": repr(self)}
        self._output.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)


def lesson(number: str) -> Shown:
    """Show what was done of a lesson, and what to repeat, with links to its headings.

    Parameters
    ----------
    number : str
        The lesson's number: ``"03"``.

    Returns
    -------
    Shown
        A box of widgets.

    Raises
    ------
    UnknownName
        If there is no such lesson.
    """
    known = {one.number: one for one in lessons()}
    if number not in known:
        raise unknown(tr("lesson"), number, known)
    told = tr("Once you have run this cell, what you did stands here, and what is worth reading again.")
    return Shown(f"progress {number}", told, lambda: _of_lesson(known[number]))


def course() -> Shown:
    """Show how far the student is in every lesson, with links to them.

    Returns
    -------
    Shown
        A box of widgets.
    """
    told = tr("Once you have run this cell, all lessons stand here, and what you did of each.")
    return Shown("progress", told, _of_course)


def lessons() -> list[Lesson]:
    """Return the lessons in order; one that cannot be read is left out."""
    found = []
    for path in sorted(home.LESSONS.glob("[0-9][0-9]_*.ipynb")):
        try:
            found.append(_read(path))
        except CourseError:
            continue
    return [one for one in found if one.asked]


def items(one: Lesson) -> list[Item]:
    """Return what a lesson asks and how each stands: practice, predictions, quizzes, notes."""
    answered = log.results()
    predicted = {entry["id"] for entry in journal.read("predictions").entries if "guess" in entry}
    written = journal.latest(notes.JOURNAL)

    def state(id: str, saved: bool) -> str:
        return "done" if saved or answered.get(id) == "right" else "tried" if id in answered else "open"

    practice = [task for task in check.tasks().values() if task.lesson == one.number]
    found = [
        Item(task.id, "check", state(task.id, False), one.sections.get(task.taught)) for task in practice
    ]
    for id, (kind, section) in one.asked.items():
        found.append(Item(id, kind, state(id, id in predicted or id in written), section))
    return found


def _of_lesson(one: Lesson) -> str:
    """Return a card: what was done of a lesson, what to read again, what is left."""
    asked = items(one)
    kinds = {
        "check": tr("Practice"),
        "predict": tr("Predictions"),
        "quiz": tr("Questions with given answers"),
        "note": tr("Notes of your own"),
    }
    rows = []
    for kind, name in kinds.items():
        states = [item.state for item in asked if item.kind == kind]
        if states:
            judged = str(states.count("tried")) if kind in ("check", "quiz") else ""
            rows.append((name, str(states.count("done")), judged, str(states.count("open"))))
    heads = [tr("What"), tr("Done"), tr("Tried, not right yet"), tr("Open")]
    table = markup.table(tr("What you did"), heads, rows, numbers=heads[1:])
    file = Path(os.environ.get("JPY_SESSION_NAME", "")).name or one.file  # also in a copy of another name
    trouble = journal.read(log.JOURNAL).trouble
    tried = [item for item in asked if item.state == "tried"]
    left = [item for item in asked if item.state == "open"]
    if not tried and not left:
        said = tr("All of it is done.")
    elif not tried:
        said = tr("Nothing that you tried is wrong.")
    else:
        said = tr("Read again what you tried and is not right yet.")
    again = _sections(tr("To repeat"), file, one, tried)
    return markup.card(
        "", f"{trouble} {said}".strip(), table + again + _sections(tr("Still open"), file, one, left)
    )


def _sections(title: str, file: str, one: Lesson, some: list[Item]) -> str:
    """Return links to the sections in which something stands, and what it is; empty if there is nothing."""
    links = []
    for section in one.sections.values():
        here = [item for item in some if item.section == section]
        if here:
            link = _link(f"{file}#cell-id={section.cell}", section.heading)
            links.append(element("li", link, escape(f": {_named(here)}"), class_="item"))
    return (
        element("div", escape(title), class_="over") + element("ul", *links, class_="list") if links else ""
    )


def _named(some: list[Item]) -> str:
    """Say which tasks these are, and how many predictions, questions and notes."""
    said = [item.id for item in some if item.kind == "check"]
    count = Counter(item.kind for item in some)
    if n := count["predict"]:
        said.append(trn("{n} prediction", "{n} predictions", n))
    if n := count["quiz"]:
        said.append(trn("{n} question", "{n} questions", n))
    if n := count["note"]:
        said.append(trn("{n} note", "{n} notes", n))
    return listed(said)


def _of_course() -> str:
    """Return a card: a line for each lesson, and how much of each kind is done."""
    kinds = {
        "check": tr("Practice"),
        "predict": tr("Predictions"),
        "quiz": tr("Questions"),
        "note": tr("Notes"),
    }
    rows = []
    for one in lessons():
        asked = items(one)
        cells: list[str] = [markup.Markup(_link(one.file, f"{one.number} {one.title}"))]
        for kind in kinds:
            states = [item.state for item in asked if item.kind == kind]
            said = tr("{done} of {all}", done=states.count("done"), all=len(states)) if states else ""
            cells.append(said)
        rows.append(cells)
    heads = [tr("Lesson"), *kinds.values()]
    table = markup.table(tr("All lessons"), heads, rows, numbers=heads[1:])
    return markup.card("", tr("What you have done so far, in all lessons."), table)


def _link(target: str, words: str) -> str:
    return element("a", escape(words), class_="link", href=urllib.parse.quote(target, safe="/#="))


@reading.kept
def _read(path: Path) -> Lesson:
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sections: dict[str, Section] = {}
    asked: dict[str, tuple[str, Section]] = {}
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            for heading in _HEADING.findall(source):
                now = sections[heading] = Section(heading, cell["id"])
        elif cell["cell_type"] == "code":
            asked |= {id: (form or note, now) for form, note, id in _ASKED.findall(source)}
    return Lesson(path.name, next(iter(sections)), sections, asked)
