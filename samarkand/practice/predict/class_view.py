"""What a class expects: the predictions of all students as counts, never whose, and never of fewer than five.

They come from the homes of a hub, or from a file into which lines were pasted, such as "06.partner 0.8".
"""

import contextlib
import json
import math
import os
import re
import stat
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from samarkand.common import reading
from samarkand.common.errors import CourseError, make_unknown_name
from samarkand.common.words import tr
from samarkand.practice import questions
from samarkand.practice.predict import ledger
from samarkand.practice.questions import Prediction

#: The fewest students of whom anything is shown.
FEWEST = 5
#: The most bytes that are read of a student's journal, and the widest bar.
MOST_BYTES, WIDTH = 4 << 20, 40
_LINE = re.compile(r"(?<!\S)(\d\d\.\w+)\s+(\S+)")


class TooFew(CourseError):
    """Fewer than `FEWEST` students have answered a question: `id` is it.

    With `of_the_rest` so few have in other sections that this one, beside the class, would give them away.
    """

    def __init__(self, id: str, *, of_the_rest: bool = False) -> None:
        text = f"Fewer than {FEWEST} have answered {id}: nothing is shown of so few."
        if of_the_rest:
            text = (
                f"Fewer than {FEWEST} of the other sections have answered {id}: this one is not shown alone."
            )
        super().__init__(text, code="too few")
        self.id = id
        self.of_the_rest = of_the_rest


@dataclass(frozen=True)
class Guess:
    """A prediction of somebody's: the question's id, and the number or the key of an option."""

    id: str
    value: float | str


@dataclass(frozen=True)
class Section:
    """A section of a class: the ids of its `students`, and those of each other section."""

    students: frozenset[str]
    others: tuple[frozenset[str], ...]


def find_section(folder: Path, name: str) -> Section:
    """Return a section of the class on a hub by its name in the roster, capitals ignored.

    `UnknownName` if there is none of this name; `CourseError` if the class has no sections. Students without
    one are a section of their own.
    """
    path = folder / "class.csv"
    members: dict[str, set[str]] = {}
    for row in reading.read_rows(path) if path.is_file() else ():
        members.setdefault(row.get("section") or "", set()).add(row["id"])
    named = [one for one in members if one]
    if not named:
        text = f"{folder} knows no sections: the roster needs a column section when samarkand hub starts."
        raise CourseError(text, code="no sections", folder=folder)
    fit = [one for one in named if one.casefold() == name.strip().casefold()]
    if not fit:
        raise make_unknown_name(tr("section"), name, named)
    others = tuple(frozenset(ids) for one, ids in members.items() if one != fit[0])
    return Section(frozenset(members[fit[0]]), others)


def may_be_shown(count: int, of_others: Sequence[int] = ()) -> bool:
    """Return whether a section's count may be told, beside those of the class and of the other sections.

    Sections with fewer than `FEWEST` are not told; what is left for them by subtraction is not to be so few
    either. If nobody of them did anything, there is nothing to tell.

    Examples
    --------
    >>> may_be_shown(6, [7, 2]), may_be_shown(6, [7, 0]), may_be_shown(6, [2, 3]), may_be_shown(4)
    (False, True, True, False)
    """
    left = sum(other for other in of_others if other < FEWEST)
    return count >= FEWEST and (left == 0 or left >= FEWEST)


def describe_guesses(folder: Path, wanted: str, section: Section | None = None) -> str:
    """Return how a class answered a question, or how many have answered each question of a lesson, as text.

    Parameters
    ----------
    folder : Path
        A hub's folder, or a file with pasted lines.
    wanted : str
        The id of a prediction, ``"06.partner"``, or a lesson's number.
    section : Section, optional
        A section of a hub's class; none: all of it.
    """
    guesses = read_homes(folder) if folder.is_dir() else read_lines(folder)
    is_lesson = re.fullmatch(r"\d\d", wanted)
    if is_lesson:
        return count_reached(wanted, guesses)
    asked: Prediction = questions.find_question("predict", wanted)
    values = [guess.value for guess in guesses if guess.id == wanted]
    if section is None:
        return draw_histogram(asked, values)
    own = _list_values(folder, wanted, section.students)
    of_others = [len(_list_values(folder, wanted, ids)) for ids in section.others]
    if len(own) >= FEWEST and not may_be_shown(len(own), of_others):
        raise TooFew(wanted, of_the_rest=True)
    return draw_histogram(asked, own)


def _list_values(folder: Path, id: str, students: Collection[str]) -> list[float | str]:
    """Return what these students of a hub expect for a question."""
    return [guess.value for guess in read_homes(folder, students) if guess.id == id]


def read_homes(folder: Path, students: Collection[str] | None = None) -> list[Guess]:
    """Return the last prediction of each student of a hub for each question, made before its result.

    `students` are the ids of those who count; None: all.
    """
    found: list[Guess] = []
    for home in sorted((folder / "homes").glob("*")):
        if students is not None and home.name not in students:
            continue
        last: dict[str, Guess] = {}
        for line in read_journal(home, ledger.JOURNAL).splitlines():
            guess = _read_entry(line)
            if guess:
                last[guess.id] = guess
        found += last.values()
    return found


def read_journal(home: Path, name: str) -> str:
    """Return the text of a student's journal; empty if there is none. No link of hers is followed.

    Each folder is held while the next is looked for in it: she may put a link in its place meanwhile.
    """
    try:
        if os.open not in os.supports_dir_fd:  # on Windows, where nobody has a hub
            number = os.open(home / "my_work" / f"{name}.jsonl", os.O_RDONLY)
        else:
            with _open_folder(home) as own, _open_folder("my_work", own) as work:
                flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
                number = os.open(f"{name}.jsonl", flags, dir_fd=work)
    except OSError:
        return ""
    with os.fdopen(number, "rb") as file:
        is_file = stat.S_ISREG(os.fstat(number).st_mode)
        return file.read(MOST_BYTES).decode("utf-8", "replace") if is_file else ""


@contextlib.contextmanager
def _open_folder(path: Path | str, within: int | None = None) -> Iterator[int]:
    """Yield the descriptor of a folder; `OSError` if it is a link, or none."""
    number = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=within)
    try:
        yield number
    finally:
        os.close(number)


def _read_entry(line: str) -> Guess | None:
    """Return the prediction in a line of a journal, if it counts."""
    try:
        entry = json.loads(line)
        late, id, value = entry.get("late"), entry.get("id"), entry.get("guess")
    except (ValueError, AttributeError, RecursionError):
        return None
    return None if late else _make_guess(id, value)


def read_lines(path: Path) -> list[Guess]:
    """Return the predictions in a file of pasted lines, whatever else is in them."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        text = (
            f"{path} cannot be read: {error.strerror}. Without a hub save the lines that students paste "
            "as a file, and name it: --source chat.txt"
        )
        raise CourseError(text, code="unreadable", file=path) from None
    found = [_make_guess(id, _read_value(word)) for id, word in _LINE.findall(text)]
    return [guess for guess in found if guess]


def _read_value(word: str) -> float | str:
    try:
        return float(word.replace(",", "."))
    except ValueError:
        return word


def _make_guess(id: object, value: object) -> Guess | None:
    """Return a prediction that the question can have; None for anything else."""
    asked = questions.read_questions("predict").get(id) if isinstance(id, str) else None
    if asked is None:
        return None
    if asked.options:
        return Guess(asked.id, value) if isinstance(value, str) and value in asked.options else None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Guess(asked.id, float(value)) if is_number and asked.low <= value <= asked.high else None  # type: ignore[arg-type]


def draw_histogram(asked: Prediction, values: Sequence[float | str]) -> str:
    """Return a histogram of what a class expects; `TooFew` below `FEWEST`."""
    if len(values) < FEWEST:
        raise TooFew(asked.id)
    lines = [asked.text, f"{len(values)} have answered."]
    for name, count in _count_answers(asked, values):
        lines.append(f"{name:>24}  {'█' * round(WIDTH * count / len(values))} {count}".rstrip())
    return "\n".join(lines)


def _count_answers(asked: Prediction, values: Sequence[float | str]) -> Iterator[tuple[str, int]]:
    """Yield each option, or each of up to six ranges of numbers, with how many chose it."""
    if asked.options:
        counts = Counter(values)
        for key, text in asked.options.items():
            yield text, counts[key]
        return
    numbers = [float(value) for value in values]
    low, high = min(numbers), max(numbers)
    if low == high:
        yield f"{low:.4g}", len(numbers)
        return
    step = _choose_step(low, high)
    places = Counter(math.floor(number / step + 1e-9) for number in numbers)
    for place in range(min(places), max(places) + 1):
        yield f"{place * step:.4g} to below {(place + 1) * step:.4g}", places[place]


def _choose_step(low: float, high: float) -> float:
    """Return the narrowest step of 1, 2, 5, 10, 20 ... or 0.5, 0.2 ... that makes at most six ranges."""
    power = math.floor(math.log10(high - low)) - 1
    while True:
        for digit in (1, 2, 5):
            step = digit * 10.0**power
            if math.floor(high / step + 1e-9) - math.floor(low / step + 1e-9) < 6:
                return step
        power += 1


def count_reached(lesson: str, guesses: Sequence[Guess]) -> str:
    """Return how many have answered each prediction of a lesson, in its order: how far the class is."""
    ids = [id for id in questions.read_questions("predict") if id.startswith(f"{lesson}.")]
    counts = Counter(guess.id for guess in guesses)
    if not ids:
        asking = sorted({id.partition(".")[0] for id in questions.read_questions("predict")})
        text = f"Lesson {lesson} asks for no prediction. These do: {', '.join(asking)}."
        raise CourseError(text, code="no prediction", lesson=lesson)
    lines = []
    for id in ids:
        shown = str(counts[id]) if counts[id] >= FEWEST else f"fewer than {FEWEST}"
        lines.append(f"{id:24}{shown}")
    return "\n".join(lines)
