"""A button below a set in a class: it says what is missing, and writes the one file that is handed in."""

import ast
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samarkand.common import files, home
from samarkand.common.errors import CourseError
from samarkand.common.words import tr
from samarkand.html.markup import escape_html, link_to_download, make_element
from samarkand.practice.sets import numbers, page_marks
from samarkand.widgets import controls


@dataclass
class Saved:
    """A saved set: where it is, its bytes, and by its id the source of each cell for an answer."""

    path: Path
    body: bytes
    answers: dict[str, str] = field(default_factory=dict)
    code: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Findings:
    """What is missing in a saved set: ids of questions.

    `unanswered` have no answer, `odd` one of another form than was asked for, and the lines of `unsaved` were
    run and are not in the file.
    """

    unanswered: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()
    unsaved: tuple[str, ...] = ()


def find_saved(exercise: str) -> Saved | None:
    """Read the notebook that is open, or else the student's copy of a set; None if there is none."""
    mine = home.my_work()
    name = f"{exercise}.ipynb"
    named = Path(os.environ.get("JPY_SESSION_NAME", ""))
    for path in (named, Path.cwd() / name, mine / "sets" / exercise / name):
        if path.suffix == ".ipynb" and path.is_file():
            return read_saved(path)
    return None


def read_saved(path: Path) -> Saved:
    """Read a saved notebook; `CourseError` if it is none."""
    body = path.read_bytes()
    saved = Saved(path, body)
    try:
        for cell in json.loads(body)["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code":
                saved.code.append(source)
            if cell["metadata"].get("nbgrader", {}).get("solution"):
                saved.answers[cell["id"]] = source
    except (ValueError, LookupError, TypeError, AttributeError):
        said = tr("{path} is no whole notebook: save it once more.", path=path)
        raise CourseError(said, code="not whole", file=path) from None
    return saved


def find_missing(
    saved: Saved, released: Saved | None, states: Mapping[str, str], run: Sequence[str] = ()
) -> Findings:
    """Return what is missing in a saved set.

    Parameters
    ----------
    saved, released : Saved
        The student's file, and the set as it was given out, if it is at hand.
    states : mapping
        What the desk said of each question in this session: the state of its receipt.
    run : sequence of str
        The sources that were run in this session, in their order.
    """
    unanswered = []
    odd = []
    for question, source in saved.answers.items():
        state = states.get(question, "")
        if state == "unanswered":
            unanswered.append(question)
        elif state == "form":
            odd.append(question)
        elif not state and _is_untouched(question, source, released):
            unanswered.append(question)
    unsaved = _list_unsaved(saved, run)
    return Findings(tuple(unanswered), tuple(odd), tuple(unsaved))


def _is_untouched(question: str, source: str, released: Saved | None) -> bool:
    """Return whether the answer's cell is empty, or as it was given out."""
    written = source.strip()
    if not written:
        return True
    if released is None:
        return False
    return written == released.answers.get(question, "").strip()


def _list_unsaved(saved: Saved, run: Sequence[str]) -> list[str]:
    """Return the questions whose answer was last made by a source that is not in the saved file."""
    in_file = {text.strip() for text in saved.code}
    unsaved = []
    for question, name in _find_answer_names(saved).items():
        makers = [text for text in run if name in _find_names(text)]
        if makers and makers[-1].strip() not in in_file:
            unsaved.append(question)
    return unsaved


def _find_answer_names(saved: Saved) -> dict[str, str]:
    """Return the name that each answer is read from, by question: the desk looks at it."""
    names = {}
    for source in saved.code:
        for question, name in re.findall(r"""desk\.look\(["'](\w+)["'], *(\w+)\)""", source):
            names[question] = name
    return names


def _find_names(source: str) -> set[str]:
    """Return the names that a cell gives a value, outside of functions; none if it is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return set()
    names = set()
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign):
            names |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return names


class HandIn(controls.StillBox):
    """A button and its result: what is unanswered, unsaved or unsigned, and where the file is to hand in."""

    def __init__(self, exercise: str, who: str, states: Mapping[str, str]) -> None:
        self._exercise, self._who, self._states = exercise, who, states
        self._reply = controls.ReplyLine()
        self._missing = controls.make_html()
        told = tr("Run all cells and save (Ctrl + S): then a button here makes the file that you hand in.")
        make = tr("Make my hand-in")
        button = controls.make_button(
            make, tr("Look what is missing, and write the file to hand in"), self.make
        )
        super().__init__(
            [controls.make_heading(tr("My hand-in")), button, self._reply, self._missing],
            still=make_element("div", escape_html(told), class_="open"),
            sentence=told,
        )

    def make(self) -> str:
        """Write the file, and return what was said; if that is not possible yet, say what to do first."""
        self._missing.value = ""
        saved = find_saved(self._exercise)
        if not self._who:
            return self._reply.say(tr("First sign in: desk.sign_in('your id')."), "wrong")
        if saved is None:
            return self._reply.say(tr("Your notebook was not found: save it first (Ctrl + S)."), "wrong")
        path = home.SETS / self._exercise / f"{self._exercise}.ipynb"
        released = read_saved(path) if path.is_file() else None
        found = find_missing(saved, released, self._states, list_run())
        if found.unsaved:
            return self._reply.say(
                tr(
                    "Nothing was written: what you ran for {questions} is not saved. Save (Ctrl + S), and "
                    "press again.",
                    questions=", ".join(found.unsaved),
                ),
                "wrong",
            )
        target = home.my_work() / "hand_in" / f"{self._exercise}-{numbers.normalise_student(self._who)}.ipynb"
        files.write_whole(target, saved.body)
        lines = []
        if found.unanswered:
            lines.append(tr("Not answered: {questions}.", questions=", ".join(found.unanswered)))
        if found.odd:
            lines.append(tr("Of another form than asked for: {questions}.", questions=", ".join(found.odd)))
        items = [make_element("li", escape_html(line), class_="item") for line in lines]
        if items:
            self._missing.value = make_element(
                "div", make_element("ul", *items, class_="list"), class_="card"
            )
        if page_marks.find_page() is not None:  # the file is in the browser, where no other page finds it
            words = tr("Download {name}", name=target.name)
            self._missing.value += link_to_download(
                words, target.name, saved.body, "application/x-ipynb+json"
            )
        said = tr("Hand in this file: {path}", path=target)
        return " ".join([self._reply.say(said, "open"), *lines])


def list_run() -> list[Any]:
    """Return the sources that were run in this session; empty outside of a notebook."""
    from IPython import get_ipython

    shell = get_ipython()
    return list(shell.user_ns.get("In", [])) if shell else []
