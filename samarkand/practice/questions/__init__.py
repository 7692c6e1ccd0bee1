"""The lessons' quizzes, predictions and notes as data, one file a subject.

``questions/sco.toml`` holds what the lesson about the SCO asks; ``schema.json`` says which form a file has.
Each question has an id, the lesson's number and a word. What a prediction comes to is in no file:
`samarkand.practice.tasks` computes it from the tables, and has the practice tasks, texts and all.
"""

import contextlib
import numbers
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samarkand.common import reading
from samarkand.common.errors import CourseError, make_unknown_name
from samarkand.common.words import tr

FOLDER = Path(__file__).resolve().parent
SCHEMA = FOLDER / "schema.json"
#: Keys whose values are texts for readers; of ``options``, also the values if it is a table.
TEXTS = ("text", "why", "hint", "unit", "then", "options")


@dataclass(frozen=True)
class Option:
    """An option of a quiz; a wrong one has a hint: what to think of, never the answer."""

    text: str
    hint: str = ""

    @property
    def right(self) -> bool:
        """Whether it is right."""
        return not self.hint


@dataclass(frozen=True)
class Quiz:
    """A question with given answers, of which one or several are right; `why` is the reason."""

    id: str
    text: str
    options: tuple[Option, ...]
    why: str


@dataclass(frozen=True)
class Prediction:
    """A question on a result to come: a number with a range, or a choice.

    Attributes
    ----------
    id, text : str
        Lesson and word, ``"03.members"``, and the question.
    about : {"count", "share", "change", "likeness", "who"}
        The kind of thing that is expected; surprises are sorted by it.
    unit : str
        The unit of a number; may be empty.
    low, high : float
        Between these every number lies, whatever the data say.
    options : dict of str to str
        What can be chosen, by key; empty if a number is asked for.
    """

    id: str
    text: str
    about: str
    unit: str = ""
    low: float = 0
    high: float = 0
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """A field to write in, `lines` high; the paragraphs of `then` unfold once something was written."""

    id: str
    text: str
    lines: int = 3
    then: tuple[str, ...] = ()


Asked = Quiz | Prediction | Note
#: The kinds of questions by the name of their tables in a file.
KINDS: dict[str, type[Asked]] = {"quiz": Quiz, "predict": Prediction, "note": Note}


def list_files() -> list[Path]:
    """Return the files of questions, in alphabetical order."""
    return sorted(FOLDER.glob("*.toml"))


@reading.cache_reader
def texts_of(path: Path) -> tuple[tuple[str, str, list[str], Mapping[str, Any]], ...]:
    """Return (kind, id, texts in order, tied words) for each question of a file.

    Tied words name the expressions that their figures rest on; see `tools.author.tied`.
    """
    found = []
    for kind in KINDS:
        for id, entry in reading.read_toml(path).get(kind, {}).items():
            found.append((kind, id, list(_read_texts(entry, "")), entry.get("tied", {})))
    return tuple(found)


def _read_texts(part: Any, key: str) -> Iterator[str]:
    if isinstance(part, str) and part and key in TEXTS:
        yield part
    elif isinstance(part, Mapping) and key != "tied":
        for name, inner in part.items():
            yield from _read_texts(inner, key if key == "options" and isinstance(inner, str) else name)
    elif isinstance(part, list):
        for inner in part:
            yield from _read_texts(inner, key)


def read_questions(kind: str) -> dict[str, Any]:
    """Return all questions of a kind (``quiz``, ``predict``, ``note``) by id, in the order of the lessons.

    `DamagedData` if a file cannot be read, `CourseError` if two hold the same id.

    Examples
    --------
    >>> "03.gdp" in read_questions("quiz")
    True
    """
    found: dict[str, Any] = {}
    for path in list_files():
        for one in _read_file(path):
            if one.id in found:
                raise CourseError(tr("Two questions have the id {id}.", id=one.id), code="twice", id=one.id)
            found[one.id] = one
    lessons = sorted(found, key=lambda id: id.partition(".")[0])  # stable: within a lesson as in its file
    return {id: found[id] for id in lessons if isinstance(found[id], KINDS[kind])}


def find_question(kind: str, id: object) -> Any:
    """Return a question by its id; `UnknownName` if there is none of that kind.

    Examples
    --------
    >>> find_question("quiz", "00.odd").options[1].right
    True
    """
    known = read_questions(kind)
    if not isinstance(id, str) or id not in known:
        raise make_unknown_name(tr("question"), id, known)
    return known[id]


def find_option(chosen: float | str, texts: Sequence[str], keys: Sequence[str] = ()) -> int:
    """Return the position of an option, counted from 0, from its number (from 1), its text or its key.

    `UnknownName` if there is no such option.

    Examples
    --------
    >>> find_option(2, ["yes", "no"]), find_option("No", ["yes", "no"])
    (1, 1)
    >>> find_option("n", ["yes", "no"], ["y", "n"])
    1
    """
    # True is no number here: it is written "True". What is neither text nor number is no option.
    written = ""
    if isinstance(chosen, str | numbers.Real):
        with contextlib.suppress(ValueError):  # of an integer with thousands of digits
            written = str(chosen).strip().casefold()
    for known in (list(texts), list(keys)):
        plain = [one.casefold() for one in known]
        if isinstance(chosen, str) and written in plain:
            return plain.index(written)
    if written.isdecimal() and len(written) < 4 and 1 <= int(written) <= len(texts):
        return int(written) - 1
    raise make_unknown_name(tr("option"), chosen, [str(number) for number in range(1, len(texts) + 1)])


@reading.cache_reader
def _read_file(path: Path) -> tuple[Asked, ...]:
    entries = reading.read_toml(path)
    found = list[Asked]()
    for id, one in entries.get("quiz", {}).items():
        options = tuple(Option(tr(o["text"]), tr(o.get("hint", ""))) for o in one["options"])
        found.append(Quiz(id, tr(one["text"]), options, tr(one["why"])))
    for id, one in entries.get("predict", {}).items():
        choice = {key: tr(text) for key, text in one.get("options", {}).items()}
        low, high = one.get("between", (0, 0))
        unit = tr(one.get("unit", ""))
        found.append(
            Prediction(
                id=id, text=tr(one["text"]), about=one["about"], unit=unit, low=low, high=high, options=choice
            )
        )
    for id, one in entries.get("note", {}).items():
        then = tuple(map(tr, one.get("then", ())))
        found.append(Note(id, tr(one["text"]), one.get("lines", 3), then))
    return tuple(found)
