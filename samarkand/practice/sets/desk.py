"""The student's side of an exercise set: own numbers, and instant feedback on the form of an answer.

A desk knows what kind of answer each question asks for. It does not know what is right, and neither does any
other file of the student's copy.
"""

import html
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from samarkand.answers import decode, encode, kinds
from samarkand.common import files, home
from samarkand.common.errors import CourseError, DamagedData, make_unknown_name
from samarkand.common.words import tr
from samarkand.practice.sets import numbers
from samarkand.practice.sets.reach import watch_cells

#: Environment variable by which the grader sets the numbers.
_FIXED = "SAMARKAND_GIVEN"
#: Environment variable in which a hub puts the student's id.
STUDENT = "SAMARKAND_STUDENT"


@dataclass(frozen=True)
class Receipt:
    """The desk's reply to one answer; a notebook shows it as the output of a cell.

    The state is ``unanswered``, ``form`` (of another form than was asked for) or ``answered``.
    """

    question: str
    state: str
    sentence: str

    def __repr__(self) -> str:
        return f"{self.question}: {self.sentence}"

    def _repr_html_(self) -> str:
        question, text = html.escape(self.question), html.escape(self.sentence)
        return f'<div role="status"><strong>{question}</strong>: {text}</div>'


#: What is said of an answer to a *Write* question that nothing of `given` has reached.
TYPED = tr(
    "But with other values of given this stays the same. In a Write question take them from given, and let "
    "Python work the answer out."
)


class Desk:
    """The student's workplace for one exercise set.

    Parameters
    ----------
    exercise : str
        The set's id, for example ``"ex03_the_sco"``.
    folder : pathlib.Path, optional
        Where the released notebook of the set lies; usually found by itself.

    Examples
    --------
    >>> desk = Desk("ex03_the_sco")
    >>> desk.look("q1", ...)  # doctest: +SKIP
    q1: Not answered yet.
    """

    def __init__(self, exercise: str, folder: Path | None = None) -> None:
        self.exercise = exercise
        self._folder = folder
        self._form: dict[str, Any] | None = None
        self._states: dict[str, str] = {}
        self._reach = None if _FIXED in os.environ else watch_cells()

    @property
    def form(self) -> dict[str, Any]:
        """The set as the student's copy describes it: kinds of answers, options of variants."""
        if self._form is None:
            here = Path.cwd()
            beside = [parent / "release" / self.exercise for parent in here.parents[1:2]]
            places = [self._folder] if self._folder else [here, *beside, home.SETS / self.exercise]
            forms = (_form_in(place, self.exercise) for place in places)
            self._form = next((form for form in forms if form), None)
        if self._form is None:
            text = tr(
                "What {exercise} asks for is written in its notebook, and that is not here: run it in "
                "its own folder, or get a fresh copy of it.",
                exercise=self.exercise,
            )
            raise CourseError(text, code="no form", set=self.exercise)
        return self._form

    @property
    def given(self) -> dict[str, Any]:
        """The student's own numbers for this set."""
        fixed = os.environ.get(_FIXED)
        if fixed is not None:
            return dict(json.loads(fixed))
        options = self.form["options"]
        name = find_student()
        if name:
            return numbers.draw_numbers(read_seed(), name, self.exercise, options, read_places())
        return numbers.draw_numbers(read_seed(), "demonstration", self.exercise, options)

    def look(self, question: str, answer: object) -> Receipt:
        """Return whether an answer has the form asked for; points are given after handing in.

        Parameters
        ----------
        question : str
            The question's id.
        answer : object
            The answer; ``...`` while there is none.

        Returns
        -------
        Receipt
            One sentence.
        """
        receipt = self._judge(question, answer)
        self._states[question] = receipt.state
        return receipt

    def _judge(self, question: str, answer: object) -> Receipt:
        value = decode.make_plain(answer)
        if _FIXED in os.environ:  # handed in: the form is not there, and nobody reads what is said
            state = "unanswered" if value is ... else "answered"
            return Receipt(question, state, tr("What it is worth is said after handing in."))
        questions = self.form["questions"]
        if question not in questions:
            raise make_unknown_name(tr("question"), question, questions)
        asked = questions[question]
        if value is ...:
            return Receipt(question, "unanswered", tr("Not answered yet."))
        if asked.get("function"):
            return self._look_at_function(question, answer, value, asked)
        receipt = _make_receipt(question, kinds.from_json(asked["kind"]), value)
        typed = self._reach is not None and asked.get("moves", "given") not in self._reach.names
        return replace(receipt, sentence=f"{receipt.sentence} {TYPED}") if typed else receipt

    def marks(self) -> Any:
        """Return a button: who learns alone marks this set with it; in a class it makes the file to hand in.

        Returns
        -------
        marks.Marks, hand_in.HandIn or None
            A box of widgets; None where the set is being graded.
        """
        if _FIXED in os.environ:
            return None
        if _read_class():
            from samarkand.practice.sets.hand_in import HandIn

            return HandIn(self.exercise, find_student(), self._states)
        from samarkand.practice.sets.marks import Marks

        return Marks(self.exercise)

    def sign_in(self, name: str) -> str:
        """Say who you are, once; see :func:`sign_in`."""
        return sign_in(name)

    def __repr__(self) -> str:
        whose, own = self._whose()
        return "\n".join([f"{self.exercise}. {whose}", *(f"{name}: {value}" for name, value in own.items())])

    def _repr_html_(self) -> str:
        whose, own = self._whose()
        rows = "".join(
            f"<tr><th scope='row'>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>"
            for name, value in own.items()
        )
        head = f"<p><strong>{self.exercise}</strong>. {html.escape(whose)}</p>"
        return f"{head}<table><caption>given</caption>{rows}</table>"

    def _whose(self) -> tuple[str, dict[str, str]]:
        """Return a sentence on whose numbers these are, and the numbers as texts by name."""
        name = find_student()
        if not name:
            whose = tr("The demonstration's numbers (given); for your own, run desk.sign_in('your id') once:")
        elif not _read_class():
            whose = tr("Signed in as {name}. {no_class} Given:", name=name, no_class=_NO_CLASS)
        else:
            whose = tr("Signed in as {name}; your own numbers (given):", name=name)
        shown = {
            key: ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            for key, value in self.given.items()
        }
        return whose, shown

    def _look_at_function(
        self, question: str, answer: Any, value: decode.Value, asked: dict[str, Any]
    ) -> Receipt:
        if not (isinstance(value, decode.Opaque) and value.kind == "function"):
            return Receipt(question, "form", str(kinds.make_refusal(value, tr("a function"))))
        try:
            result = decode.make_plain(
                answer(*(encode.decode_value(argument) for argument in asked["example"]))
            )
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
            return Receipt(question, "form", tr("On the example it stops with {problem}", problem=problem))
        if result is None:
            return Receipt(question, "unanswered", tr("Not answered yet: the function returns nothing."))
        if result is ...:
            return Receipt(question, "unanswered", tr("Not answered yet."))
        return _make_receipt(question, kinds.from_json(asked["kind"]), result)


def _form_in(folder: Path, exercise: str) -> dict[str, Any] | None:
    """Return the form in the metadata of a set's released notebook, whatever its file is called, or None."""
    for path in (folder / f"{exercise}.ipynb", *sorted(folder.glob("*.ipynb"))):
        try:
            form = json.loads(path.read_text(encoding="utf-8"))["metadata"]["samarkand"]["form"]
        except (OSError, ValueError, LookupError, TypeError):
            continue  # another notebook, or one saved by a program that keeps no metadata
        if isinstance(form, dict) and form.get("set") == exercise:
            return form
    return None


def _make_receipt(question: str, kind: kinds.Kind, value: decode.Value) -> Receipt:
    """Return what the desk says of an answer: how it was read, or why it is of another form."""
    try:
        kind.read(value)
    except kinds.WrongForm as problem:
        return Receipt(question, "form", str(problem))
    if _read_class():
        later = tr("Whether it is right is said after handing in.")
    else:
        later = tr("The button at the end says whether it is right.")
    read = tr("Read as {what}. {later}", what=kind.asked(), later=later)
    return Receipt(question, "answered", read)


def sign_in(name: str) -> str:
    """Say who you are, once; from then on every set gives your own numbers.

    Parameters
    ----------
    name : str
        The id that your instructor knows you by.

    Returns
    -------
    str
        A sentence.
    """
    name = numbers.normalise_student(name)
    known = os.environ.get(STUDENT)
    if known and known != name:
        said = tr("On this hub you are {known}, and every set gives your numbers.", known=known)
        raise CourseError(said, code="signed in otherwise", known=known, given=name)
    course = _read_class()
    path = home.my_work() / "student.txt"
    try:
        files.write_whole(path, f"{name}\n".encode())
    except OSError as error:
        said = tr(
            "Your id could not be written to {path}: {reason}.", path=path, reason=error.strerror or error
        )
        raise CourseError(said, code="not written", file=path) from None
    note = "" if course else _NO_CLASS
    if course.get("students") and numbers.hash_student(course["seed"], name) not in course["students"]:
        note = tr("This id is not on the course's list: ask your instructor how yours is spelt.")
    signed = tr("Signed in as {name}. Run the notebook again from the top.", name=name)
    return f"{signed} {note}".strip()


def find_student() -> str:
    """Return the id of the student who has signed in on this machine or hub, or ""."""
    known = os.environ.get(STUDENT)
    if known:
        return known
    try:
        return (home.my_work() / "student.txt").read_text(encoding="utf-8").strip()
    except (
        OSError,
        ValueError,
    ):  # there is none, or what is there is no text: the set says whose numbers it has
        return ""


#: Warning for a copy of the course in which an id does not lead to the instructor's numbers.
_NO_CLASS = tr(
    "This copy of the course belongs to no class (it has no course.json), so these are not the numbers by "
    "which an instructor marks: if somebody marks your work, ask for the copy that was made for your class."
)


def _read_class() -> dict[str, Any]:
    """Return the class in this copy's ``course.json``: seed and students; {} without a class."""
    path = home.SETS.parent / "course.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        text = tr("{path} is damaged. Get a fresh copy of the course.", path=path)
        raise DamagedData(text, code="damaged", file=path) from None
    return found


def read_seed() -> str:
    """Return the seed from which this copy draws numbers."""
    return str(_read_class().get("seed", numbers.DEMONSTRATION))


def read_places() -> dict[str, int | None]:
    """Return the places of the class's students in this copy, for which numbers are dealt."""
    return dict(_read_class().get("places", {}))
