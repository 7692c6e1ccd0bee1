"""What lessons ask beside practice, as data: quizzes, predictions and notes, one file a subject.

``questions/sco.toml`` holds what the lesson about the SCO asks; ``schema.json`` says which form a file has.
Each question has an id, the lesson's number and a word, and a text is one message of the catalogue. What a
prediction comes to stands in no file: `samarkand.practice.predict` computes it from the tables.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samarkand.ground import reading, words
from samarkand.ground.errors import CourseError, unknown
from samarkand.ground.words import tr

FOLDER = Path(__file__).resolve().parent
SCHEMA = FOLDER / "schema.json"
#: The keys under which a text for readers stands; of ``options``, the values too, if it is a table.
TEXTS = ("text", "why", "hint", "unit", "then", "options")


@dataclass(frozen=True)
class Option:
    """Something to choose in a quiz: right, or wrong with a hint.

    Attributes
    ----------
    text : str
        What is chosen.
    hint : str
        Said to who chose it, if it is wrong: what to think of, never the answer. Empty if it is right.
    """

    text: str
    hint: str

    @property
    def right(self) -> bool:
        """Whether it is right."""
        return not self.hint


@dataclass(frozen=True)
class Quiz:
    """A question with given answers.

    Attributes
    ----------
    id : str
        Lesson and word: ``"03.gdp"``.
    text : str
        The question.
    options : tuple of Option
        What can be chosen, in order; one or several are right.
    why : str
        Said after the right answer: the reason.
    """

    id: str
    text: str
    options: tuple[Option, ...]
    why: str


@dataclass(frozen=True)
class Prediction:
    """Something to expect before it is seen: a number with a range, or a choice.

    Attributes
    ----------
    id : str
        Lesson and word: ``"03.members"``.
    text : str
        The question.
    about : {"count", "share", "change", "likeness", "who"}
        What kind of thing is expected; surprises are sorted by it.
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
    unit: str
    low: float
    high: float
    options: dict[str, str]


@dataclass(frozen=True)
class Note:
    """A place to write.

    Attributes
    ----------
    id : str
        Lesson and word: ``"05.case"``.
    text : str
        What is asked for.
    lines : int
        How high the field is.
    then : tuple of str
        Paragraphs that unfold once something was written.
    """

    id: str
    text: str
    lines: int
    then: tuple[str, ...]


Asked = Quiz | Prediction | Note
#: The kinds of questions by the name of their tables in a file.
KINDS: dict[str, type[Asked]] = {"quiz": Quiz, "predict": Prediction, "note": Note}


def files(folder: Path | None = None) -> list[Path]:
    """Return the files of questions in a folder, the course's if none is given, in alphabetical order."""
    return sorted((folder or FOLDER).glob("*.toml"))


def texts(path: Path) -> Iterator[str]:
    """Yield the English texts of a file, as a translator gets them, in its order."""
    yield from _texts(_content(path), "")


@reading.kept
def sayings(path: Path) -> tuple[tuple[str, str, list[str], Mapping[str, Any]], ...]:
    """Return what each question of a file says in English: kind, id, its texts in order, and its tied words.

    Tied words stand with what their figures rest on; see `tools.author.tied`.
    """
    return tuple(
        (kind, id, list(_texts(entry, "")), entry.get("tied", {}))
        for kind, entries in _content(path).items()
        for id, entry in entries.items()
    )


def _texts(part: Any, key: str) -> Iterator[str]:
    if isinstance(part, str) and part and key in TEXTS:
        yield part
    elif isinstance(part, Mapping) and key != "tied":
        for name, inner in part.items():
            yield from _texts(inner, key if key == "options" and isinstance(inner, str) else name)
    elif isinstance(part, list):
        for inner in part:
            yield from _texts(inner, key)


@reading.kept
def _content(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def every(kind: str) -> dict[str, Any]:
    """Return all questions of a kind (``quiz``, ``predict``, ``note``) by id, in the order of the lessons.

    Texts are in the language of this process. `DamagedData` if a file cannot be read, `CourseError` if two
    hold the same id.

    Examples
    --------
    >>> "03.gdp" in every("quiz")
    True
    """
    found: dict[str, Any] = {}
    for path in files():
        for one in _read(path, words.language()):
            if one.id in found:
                raise CourseError(tr("Two questions have the id {id}.", id=one.id))
            found[one.id] = one
    lessons = sorted(found, key=lambda id: id.partition(".")[0])  # stable: within a lesson as in its file
    return {id: found[id] for id in lessons if isinstance(found[id], KINDS[kind])}


def find(kind: str, id: object) -> Any:
    """Return a question by its id; `UnknownName` if there is none of that kind.

    Examples
    --------
    >>> find("quiz", "00.odd").options[1].right
    True
    """
    known = every(kind)
    if not isinstance(id, str) or id not in known:
        raise unknown(tr("question"), id, known)
    return known[id]


@reading.kept
def _read(path: Path, language: str) -> tuple[Asked, ...]:
    def said(text: str) -> str:
        return words.translated(text, language)

    content = _content(path)
    found: list[Asked] = []
    for id, one in content.get("quiz", {}).items():
        options = [(said(o["text"]), said(o["hint"]) if "hint" in o else "") for o in one["options"]]
        found.append(Quiz(id, said(one["text"]), tuple(Option(*o) for o in options), said(one["why"])))
    for id, one in content.get("predict", {}).items():
        low, high = one.get("between", (0, 0))
        unit = said(one["unit"]) if one.get("unit") else ""
        chosen = {key: said(text) for key, text in one.get("options", {}).items()}
        found.append(Prediction(id, said(one["text"]), one["about"], unit, low, high, chosen))
    for id, one in content.get("note", {}).items():
        found.append(Note(id, said(one["text"]), one.get("lines", 3), tuple(map(said, one.get("then", ())))))
    return tuple(found)
