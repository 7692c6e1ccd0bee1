"""Questions from memory, with which a lesson begins: three about earlier lessons, on another table.

Two of them ask again for what took the student many runs, if her log has such tasks; the others are the
lesson's own choice. A lesson asks by one line, ``memory.ask("04")``, and what was asked once stays asked.
"""

import contextlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from samarkand.common import home, journal, log, reading
from samarkand.common.errors import CourseError, make_unknown_name
from samarkand.common.words import tr
from samarkand.html import markup
from samarkand.html.markup import escape_html, make_element
from samarkand.lab import cells
from samarkand.practice.memory.pool import CHOICE, QUESTIONS, Question
from samarkand.practice.reply import Reply
from samarkand.practice.tasks import judge_answer
from samarkand.widgets import controls

__all__ = ["CHOICE", "QUESTIONS", "Question", "Replies", "ask", "check", "choose", "find_again", "find_hard"]

JOURNAL = "memory"
#: A task that took this many runs is asked again; at most so many of the three questions come from the log.
HARD, FROM_LOG, ASKED = 4, 2, 3
_CALLED = re.compile(r'\bcheck\("(\d\d\.\d+)"')
_MODEL = re.compile(r"<summary>Answer</summary>.*?```python\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Replies:
    """The replies to all questions of a lesson, numbered; true if all are right."""

    all: tuple[Reply, ...]

    def __bool__(self) -> bool:
        return all(self.all)

    def __repr__(self) -> str:
        if (
            all(one.state == "open" and not one.shown for one in self.all)
            and len(set(map(repr, self.all))) == 1
        ):
            return repr(self.all[0])
        return "\n".join(f"{number}. {one!r}" for number, one in enumerate(self.all, 1))

    def _repr_html_(self) -> str:
        parts = [f"<p>{number}.</p>{one._repr_html_()}" for number, one in enumerate(self.all, 1)]
        return "".join(parts)


class Card(controls.StillBox):
    """The questions of a lesson; a reader who does not run it sees those that nobody's log has chosen."""

    def __init__(self, number: str, asked: list[Question]) -> None:
        usual = [QUESTIONS[name] for name in CHOICE[number]]
        self.asked = tuple(asked)
        super().__init__(
            [controls.make_html(_make_html(asked))],
            still=_make_html(usual),
            sentence=" ".join([_write_invitation(), *_number_questions(usual)]),
        )


def ask(number: str) -> Card:
    """Show the three questions from memory with which a lesson begins.

    Parameters
    ----------
    number : str
        The lesson's number: ``"04"``.

    Raises
    ------
    UnknownName
        If the lesson asks nothing from memory.
    """
    return Card(number, choose_questions(number))


def check(number: str, *answers: object) -> Replies:
    """Check the answers to the questions from memory, each as `practice.check` does.

    Parameters
    ----------
    number : str
        The lesson's number.
    *answers : object
        The answers in the order of the questions; ``...`` is no answer yet.

    Examples
    --------
    >>> check("04", ..., ..., ...)
    Not answered yet.
    """
    try:
        asked = choose_questions(number)
    except CourseError as error:
        return Replies((Reply("open", str(error)),))
    caller = sys._getframe(1)
    replies = []
    for place, (question, answer) in enumerate(zip(asked, answers, strict=False), 1):
        look = cells.look_at_answer(f"{number} {place}", caller.f_lineno, caller.f_globals)
        replies.append(judge_answer(question.task, answer, look))
    return Replies(tuple(replies))


def choose_questions(number: str) -> list[Question]:
    """Return the three questions of a lesson: those that it has asked before, or new ones."""
    if number not in CHOICE:
        raise make_unknown_name(tr("lesson"), number, CHOICE)
    before = journal.read_latest(JOURNAL).get(number, {}).get("questions")
    if isinstance(before, list) and len(before) == ASKED and all(name in QUESTIONS for name in before):
        return [QUESTIONS[name] for name in before]
    chosen = find_again(number)
    for name in CHOICE[number]:
        if name not in chosen and len(chosen) < ASKED:
            chosen.append(name)
    # If it cannot be written, the log says so, and the choice is made anew.
    with contextlib.suppress(CourseError):
        journal.add_entry(JOURNAL, number, questions=chosen)
    return [QUESTIONS[name] for name in chosen]


def find_again(number: str) -> list[str]:
    """Return the questions, two at most, that ask again for what took many runs, the hardest first.

    A question that was asked before a lesson and answered right is not asked again.
    """
    right = {name for name, result in log.read_results().items() if result == "right"}
    found: list[str] = []
    for task in find_hard(number):
        for name, question in QUESTIONS.items():
            fits = question.asks in _read_model_answers().get(task, "") and question.lesson < number
            if fits and name not in found and question.task.id not in right:
                found.append(name)
                break
    return found[:FROM_LOG]


def find_hard(before: str = "99") -> list[str]:
    """Return the tasks of the lessons before one that took `HARD` runs or more, the hardest first."""
    runs = {
        id: count for id, count in log.count_runs().items() if id[:2] < before and id in _read_model_answers()
    }
    hard = [id for id, count in runs.items() if count >= HARD]
    return sorted(hard, key=lambda id: (-runs[id], id))


def _read_model_answers() -> dict[str, str]:
    """Return the model answer of each task, by its id, as the lessons have them."""
    found: dict[str, str] = {}
    for path in sorted(home.LESSONS.glob("[0-9][0-9]_*.ipynb")):
        found |= _read_models_of_lesson(path)
    return found


@reading.cache_reader
def _read_models_of_lesson(path: Path) -> dict[str, str]:
    """Return the model answer of each task of a lesson: it is in the cell below the one with `check`."""
    all_cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in all_cells]
    found = {}
    for cell, source, below in zip(all_cells, sources, [*sources[1:], ""], strict=True):
        task, model = _CALLED.search(source), _MODEL.search(below)
        if cell["cell_type"] == "code" and task and model:
            found[task[1]] = model[1]
    return found


def _write_invitation() -> str:
    return tr(
        "From memory, about four minutes, without the old pages: three questions about earlier lessons, on "
        "other tables. Write the answers in the cell below."
    )


def _number_questions(asked: list[Question]) -> list[str]:
    return [f"{number}. {_add_table_line(question)}" for number, question in enumerate(asked, 1)]


def _add_table_line(question: Question) -> str:
    """Return a question with the line that loads its table."""
    return tr('`table = data.load("{table}")`. {text}', table=question.table, text=question.text)


def _make_html(asked: list[Question]) -> str:
    items = [
        make_element("li", markup.Markup(_mark_code(_add_table_line(question))), class_="item")
        for question in asked
    ]
    head = make_element("div", escape_html(_write_invitation()), class_="question")
    return make_element("div", head, make_element("ol", *items, class_="list"), class_="card")


def _mark_code(text: str) -> str:
    """Return a text as HTML, in which what is between backticks is code."""
    parts = text.split("`")
    return "".join(
        make_element("code", escape_html(part)) if n % 2 else escape_html(part)
        for n, part in enumerate(parts)
    )
