"""The student's progress in each lesson, and sections to read again; it stays on the student's machine."""

import datetime as dt
import json
import random
import re
import urllib.parse
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import ipywidgets as widgets

from samarkand import data
from samarkand.common import home, journal, log, reading
from samarkand.common.errors import CourseError, make_unknown_name
from samarkand.common.words import join_in_words, tr, trn
from samarkand.html import markup
from samarkand.html.markup import escape_html, make_element
from samarkand.practice import memory, notes, work_form
from samarkand.practice.predict import ledger
from samarkand.practice.tasks import collect_tasks
from samarkand.widgets import controls

#: The day whose three words `ready` shows; what records a lesson sets one that stays.
today: Callable[[], dt.date] = dt.date.today

#: The kinds of what a lesson asks, in words.
KINDS = {"check": tr("Practice"), "predict": tr("Predictions"), "quiz": tr("Questions"), "note": tr("Notes")}
_ASKED = re.compile(r'\b(?:(quiz|predict)\.ask|(note))\("([^"]+)"\)')
#: The check of a file that a student leaves behind; it is noted under the file's name without its ending.
_LEFT = re.compile(r'\bwithout_us\.check\("(\w+)\.\w+"\)')
_HEADING = re.compile(r"^##? +(.+?) *$", re.MULTILINE)


class Section(NamedTuple):
    """A section of a lesson: its heading, and the id of the cell that holds it."""

    heading: str
    cell: str


@dataclass(frozen=True)
class Lesson:
    """A lesson, and the places of its questions.

    Attributes
    ----------
    file, title : str
        The name of its notebook, and its first heading.
    sections : dict of str to Section
        By their headings.
    asked : dict of str to (str, Section)
        The kind and the section of each quiz, prediction, note and file to leave behind, by its id.
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
    """A question or task of a lesson, and the student's state on it.

    Attributes
    ----------
    id : str
        Lesson, and number or word.
    kind : {"check", "predict", "quiz", "note"}
        How it is asked.
    state : {"done", "tried", "open", "late"}
        Right or written down, wrong so far, neither, or no longer to be predicted.
    section : Section or None
        Where to read again.
    hard : bool
        Whether it took so many runs that a later lesson asks it again.
    """

    id: str
    kind: str
    state: str
    section: Section | None
    hard: bool = False


class Shown(controls.StillBox):
    """The progress as HTML with links; it is updated whenever this kernel saves something."""

    def __init__(self, name: str, told: str, look: Callable[[], str]) -> None:
        self._look = look
        # Within `Output`, JupyterLab follows links to cells; from `HTML` it would load its whole page anew.
        self._output = widgets.Output()
        still = make_element("div", escape_html(told), class_="open")
        super().__init__([self._output], still=still, sentence=told)
        self.renew()
        journal.watch_journal(name, self.renew)

    @property
    def html(self) -> str:
        """The HTML shown now."""
        return str(self._output.outputs[0]["data"]["text/html"])

    def without_controls(self) -> tuple[str, str]:
        """Return the HTML shown now, for a program without controls."""
        return markup.make_still(self.html), markup.extract_text(self.html)

    def renew(self) -> None:
        """Update the HTML."""
        data = {"text/html": self._look(), "text/plain": repr(self)}
        self._output.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)


def lesson(number: str) -> Shown:
    """Show the progress in a lesson, and sections to review, with links to its headings.

    Parameters
    ----------
    number : str
        The lesson's number: ``"03"``.

    Raises
    ------
    UnknownName
        If there is no such lesson.
    """
    known = {one.number: one for one in read_lessons()}
    if number not in known:
        raise make_unknown_name(tr("lesson"), number, known)
    told = tr("Run this cell to see what you did and what is worth reading again.")
    return Shown(f"progress {number}", told, lambda: _make_lesson_card(known[number]))


def course() -> Shown:
    """Show the progress in every lesson, with links to the lessons."""
    told = tr("Run this cell to see all lessons, and what you did in each.")
    return Shown("progress", told, _make_course_card)


def ready() -> controls.Notice:
    """Return a line that the course works here, with three words that are the same for all on that day.

    The words come from a table, and the line is noted: both work, or the line says what does not.
    """
    words = sorted({place for place in data.load("timeline")["place"].dropna() if place.isalpha()})
    three = join_in_words(random.Random(today().isoformat()).sample(words, 3))
    still = tr("Run this cell to see whether the course works on your computer.")
    trouble = log.log_result("ready", "right")
    if trouble:
        return controls.Notice(trouble, "wrong", still=still)
    said = tr("The course works on this computer. The words of the day: {three}.", three=three)
    return controls.Notice(said, "right", still=still)


def move_work() -> work_form.MoveWork:
    """Return two buttons: one takes your work with you as one file, the other brings such a file in."""
    return work_form.MoveWork()


def read_lessons() -> list[Lesson]:
    """Return the lessons in order; one that cannot be read is left out."""
    found = []
    for path in sorted(home.LESSONS.glob("[0-9][0-9]_*.ipynb")):
        try:
            found.append(_read_lesson(path))
        except CourseError:
            continue
    return [one for one in found if one.asked]


def list_items(one: Lesson) -> list[Item]:
    """Return a lesson's items with their states: practice, predictions, quizzes, notes."""
    answered = log.read_results()
    predicted = ledger.read_records()
    written = journal.read_latest(notes.JOURNAL)

    def state(id: str) -> str:
        record = predicted.get(id)
        if id in written or answered.get(id) == "right" or (record and record.counted):
            return "done"
        if record and record.shown:
            return "late"
        return "tried" if id in answered else "open"

    practice = [task for task in collect_tasks().values() if task.lesson == one.number]
    hard = memory.find_hard()
    found = [
        Item(
            id=task.id,
            kind="check",
            state=state(task.id),
            section=one.sections.get(task.taught),
            hard=task.id in hard,
        )
        for task in practice
    ]
    return found + [Item(id, kind, state(id), section) for id, (kind, section) in one.asked.items()]


def _make_lesson_card(one: Lesson) -> str:
    """Return a card for a lesson: done, to read again, left to do."""
    asked = list_items(one)
    rows = []
    for kind, name in KINDS.items():
        count = Counter(item.state for item in asked if item.kind == kind)
        if count:
            wrong = str(count["tried"]) if kind in ("check", "quiz") else ""
            rows.append((name, str(count["done"]), wrong, str(count["open"])))
    heads = [tr("What"), tr("Done"), tr("Tried, not right yet"), tr("Open")]
    table = markup.make_table(tr("What you did"), heads, rows, numbers=heads[1:])
    opened = home.find_opened()
    file = opened.name if opened else one.file  # also in a copy of another name
    to_review = [item for item in asked if item.state == "tried" or item.hard]
    left = [item for item in asked if item.state == "open"]
    parts = [journal.read_journal(log.JOURNAL).trouble, _sum_up_items(asked)]
    body = (
        table
        + _link_sections(tr("To review"), file, one, to_review)
        + _link_sections(tr("Still open"), file, one, left)
    )
    close = tr(
        "When you go on, close this tab, or choose File → Close and Shut Down Notebook: its Python then "
        "leaves room for the next."
    )
    return markup.make_card(
        "", " ".join(filter(None, parts)), body + make_element("div", escape_html(close), class_="hint")
    )


def _sum_up_items(asked: list[Item]) -> str:
    """Return a one-sentence summary of a lesson's items, with the number of predictions made too late."""
    count = Counter(item.state for item in asked)
    practice = [item.state for item in asked if item.kind == "check"]
    if not count["tried"] and not count["open"]:
        first = tr("You have done all of it.")
    elif count["tried"]:
        first = tr("Some answers are not right yet. Read these parts again.")
    elif set(practice) == {"done"}:
        first = trn("The practice task is right.", "All {n} practice tasks are right.", len(practice))
    else:
        first = tr("Practice tasks right so far: {n}.", n=practice.count("done"))
    hard = [item.id for item in asked if item.hard]
    if hard:
        again = tr(
            "{tasks} took you {n} runs or more: a later lesson begins by asking for the same again.",
            tasks=join_in_words(hard),
            n=memory.HARD,
        )
        first = f"{first} {again}"
    late = trn(
        "{n} prediction can no longer count: its result was shown first.",
        "{n} predictions can no longer count: their results were shown first.",
        count["late"],
    )
    return f"{first} {late}" if count["late"] else first


def _link_sections(title: str, file: str, one: Lesson, some: list[Item]) -> str:
    """Return a titled list of links to the items' sections, each with its items; "" if there are none."""
    links = []
    for section in one.sections.values():
        here = [item for item in some if item.section == section]
        if here:
            link = _write_link(f"{file}#cell-id={section.cell}", section.heading)
            links.append(make_element("li", link, escape_html(f": {_list_in_words(here)}"), class_="item"))
    head = make_element("div", escape_html(title), class_="over")
    return head + make_element("ul", *links, class_="list") if links else ""


def _list_in_words(some: list[Item]) -> str:
    """Return the ids of tasks, and the numbers of predictions, questions and notes, as a list in words."""
    count = Counter(item.kind for item in some)
    words = [item.id for item in some if item.kind == "check"]
    if count["predict"]:
        words.append(trn("{n} prediction", "{n} predictions", count["predict"]))
    if count["quiz"]:
        words.append(trn("{n} question", "{n} questions", count["quiz"]))
    if count["note"]:
        words.append(trn("{n} note", "{n} notes", count["note"]))
    return join_in_words(words)


def _write_share_done(items: Sequence[Item], kind: str) -> str:
    """Return how many items of a kind are done ("2 of 5"), or "" if a lesson has none of this kind."""
    of_kind = [item for item in items if item.kind == kind]
    if not of_kind:
        return ""
    done = [item for item in of_kind if item.state == "done"]
    return tr("{done} of {all}", done=len(done), all=len(of_kind))


def _make_course_card() -> str:
    """Return a card for the course: a row per lesson, with the share done of each kind."""
    rows = []
    for lesson_read in read_lessons():
        link = _write_link(lesson_read.file, f"{lesson_read.number} {lesson_read.title}")
        row: list[str] = [markup.Markup(link)]
        items = list_items(lesson_read)
        for kind in KINDS:
            row.append(_write_share_done(items, kind))
        rows.append(row)
    heads = [tr("Lesson"), *KINDS.values()]
    table = markup.make_table(tr("All lessons"), heads, rows, numbers=heads[1:])
    return markup.make_card("", tr("What you have done so far, in all lessons."), table)


def _write_link(target: str, words: str) -> str:
    return make_element("a", escape_html(words), class_="link", href=urllib.parse.quote(target, safe="/#="))


@reading.cache_reader
def _read_lesson(path: Path) -> Lesson:
    """Read from a lesson's file its title, its sections, and which section asks for what.

    A question belongs to the last heading above it, and is known by its id, or by lesson and file for what
    `without_us.check` looks at.
    """
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
            for stem in _LEFT.findall(source):
                asked[f"{path.name[:2]}.{stem}"] = ("check", now)
    return Lesson(path.name, next(iter(sections)), sections, asked)
