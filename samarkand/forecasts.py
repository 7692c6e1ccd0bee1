"""The student's own forecasts: written down in lesson 01, scored in lesson 10, never lost in between.

The questions stand in the table ``forecast_questions``, how they came out in ``outcomes``, and how sure the
hedges of the article sound in ``hedges``.

They are kept in ``my_work/forecasts.json``. The file only grows: a changed mind adds an entry, and the older
one stays. It is replaced in one step, so that a crash leaves the old file or the new one, never half of one.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from samarkand import data
from samarkand.answers import decode
from samarkand.ground import files, home
from samarkand.ground.errors import CourseError, DamagedData, OutOfRange, WrongType, unknown
from samarkand.ground.words import tr

#: The form of the file that this module writes.
FORMAT = 1


@dataclass(frozen=True)
class Question:
    """Something that could go either way for a reader of 12 September 2022; its id is ``F1``, ``F2``, ...

    The rule says what counts as yes, so that nobody has to argue afterwards; it is settled on the day `by` at
    the latest. The claims are statements of the article that it puts to the test; none where the course asks
    on its own account.
    """

    id: str
    text: str
    rule: str
    by: dt.date
    claims: tuple[str, ...]


#: How likely each tone of the article's forecasts sounds to the course; the article itself has no numbers.
SOUNDS = {"flat": 0.95, "firm": 0.90, "likely": 0.75, "maybe": 0.50}
#: What a verdict on a forecast counts, from 0 (it did not come true) to 1 (it did).
WORTH = {"borne out": 1.0, "partly": 0.5, "contested": 0.5, "not borne out": 0.0}


@dataclass(frozen=True)
class Forecast:
    """One entry of the file: a question's id, the probability of yes (0 to 1), a reason (may be empty).

    `written` is when it was saved: ISO 8601, UTC.
    """

    question: str
    probability: float
    reason: str
    written: str


def path() -> Path:
    """Return the file that holds the forecasts; it may not be there yet.

    Returns
    -------
    pathlib.Path
    """
    return home.my_work() / "forecasts.json"


def questions() -> dict[str, Question]:
    """Return what the student forecasts. Each question can be settled from the record.

    Returns
    -------
    dict of str to Question
        By their ids, in their order.

    Raises
    ------
    DamagedData
        If the table is missing or does not hold what its schema says.

    Examples
    --------
    >>> list(questions())[:3]
    ['F1', 'F2', 'F3']
    """
    rows: list[Any] = list(data.load("forecast_questions").fillna({"claims": ""}).itertuples())
    return {
        row.question: Question(
            row.question, row.text, row.rule, row.by.date(), tuple(filter(None, row.claims.split(";")))
        )
        for row in rows
    }


def tones() -> dict[str, str]:
    """Return how sure each hedge of the article's forecasts sounds.

    Returns
    -------
    dict of str to str
        A tone, ``flat``, ``firm``, ``likely`` or ``maybe``, for each hedge; ``""`` is no hedge at all.

    Examples
    --------
    >>> tones()["expected"], tones()[""]
    ('likely', 'flat')
    """
    return {"": "flat", **data.load("hedges").set_index("hedge")["tone"]}


def question(name: str) -> Question:
    """Return a question by its id.

    Parameters
    ----------
    name : str
        For example ``"F2"``.

    Returns
    -------
    Question

    Raises
    ------
    UnknownName
        If there is no such question.

    Examples
    --------
    >>> question("F8").by
    datetime.date(2022, 10, 31)
    """
    asked = questions()
    if name not in asked:
        raise unknown("question", name, asked)
    return asked[name]


def as_probability(value: object) -> float:
    """Return a probability from what a student may write for it.

    Parameters
    ----------
    value : float or str
        A share such as ``0.7``, or a text such as ``"70 %"`` or ``"0.7"``.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    WrongType
        If it is no number: "maybe" cannot be scored.
    OutOfRange
        If it lies below 0 or above 1.

    Examples
    --------
    >>> as_probability("70 %"), as_probability(0.7)
    (0.7, 0.7)
    """
    hint = tr('Write a share such as 0.7, or a text such as "70 %".')
    try:
        if isinstance(value, bool):
            raise decode.NotANumber(tr("{value} is no number.", value=value))
        number, per_cent = decode.typed(str(value))
    except decode.NotANumber as error:
        sure = tr("Only a number can be scored; if you cannot say either way, 50 % says so.")
        raise WrongType(f"{error} {sure} {hint}") from None
    share = number / 100 if per_cent else number
    if not 0 <= share <= 1:
        raise OutOfRange(
            tr(
                "A probability lies between 0 and 1, or 0 % and 100 %; {value} does not. {hint}",
                value=value,
                hint=hint,
            )
        )
    return round(share, 6)


def as_per_cent(text: str) -> float:
    """Return a probability from a field whose unit is per cent.

    Parameters
    ----------
    text : str
        A number from 0 to 100 as people type it, with or without ``%``.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    WrongType
        If it is no number.
    OutOfRange
        If it is no number from 0 to 100. A bare 0.7 is not guessed at: it may mean 70 % or less than 1 %.

    Examples
    --------
    >>> as_per_cent("70"), as_per_cent("45,5 %")
    (0.7, 0.455)
    """
    try:
        number, per_cent = decode.typed(text)
    except decode.NotANumber as error:
        raise WrongType(str(error)) from None
    if not 0 <= number <= 100:
        raise OutOfRange(
            tr(
                "{number:.12g} % cannot be. Write a number from 0 (impossible) to 100 (certain).",
                number=number,
            )
        )
    if 0 < number < 1 and not per_cent:
        raise OutOfRange(
            tr(
                "{number:.12g} can mean {large:.12g} % or less than 1 %. Write {large:.12g}, or "
                "{number:.12g} %.",
                number=number,
                large=round(100 * number, 9),
            )
        )
    return round(number / 100, 6)


def history() -> list[Forecast]:
    """Return every forecast ever saved.

    Returns
    -------
    list of Forecast
        The oldest first; empty if there is no file.

    Raises
    ------
    DamagedData
        If the file cannot be read. It is left where it is; `rescue` sets it aside.
    """
    file = path()
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedData(
            tr("Your forecasts in {file} cannot be read ({error}).", file=_short(file), error=error)
        ) from None
    try:
        content = json.loads(text)
        newer = (
            isinstance(content, dict)
            and isinstance(content.get("format"), int)
            and content["format"] > FORMAT
        )
        found = [] if newer else [_entry(row) for row in content["forecasts"]]
    except (ValueError, TypeError, KeyError, CourseError):
        raise DamagedData(
            tr(
                "Your forecasts in {file} cannot be read: the file was changed or cut short.",
                file=_short(file),
            )
        ) from None
    if newer:
        raise NewerFile(
            tr(
                "Your forecasts in {file} were saved by a newer version of the course. Get the newest "
                "version; nothing was changed.",
                file=_short(file),
            )
        )
    return found


class NewerFile(DamagedData):
    """A file whose form this version of the course does not know; it must not be touched."""


def latest() -> dict[str, Forecast]:
    """Return the newest forecast for each question that has one.

    Returns
    -------
    dict of str to Forecast
        By the question's id, in the order of `questions`.

    Raises
    ------
    DamagedData
        If the file cannot be read.
    """
    newest = {entry.question: entry for entry in history()}
    return {name: newest[name] for name in questions() if name in newest}


def table() -> pd.DataFrame:
    """Return the newest forecasts as a table.

    Returns
    -------
    pandas.DataFrame
        One row a question that was answered: ``question`` (id), ``text``, ``by`` (datetime64),
        ``probability`` (0 to 1), ``reason``, ``written`` (text, UTC). Without a file it has these columns
        and no row.

    Raises
    ------
    DamagedData
        If the file cannot be read.
    """
    asked = questions()
    rows = [
        (name, asked[name].text, asked[name].by, entry.probability, entry.reason, entry.written)
        for name, entry in latest().items()
    ]
    frame = pd.DataFrame(rows, columns=["question", "text", "by", "probability", "reason", "written"])
    return frame.astype({"by": "datetime64[s]", "probability": "float64"})


def outcomes() -> pd.DataFrame:
    """Return how the questions came out.

    Returns
    -------
    pandas.DataFrame
        One row a question, in the order of `questions`: ``question`` (id), ``text``, ``outcome`` (1.0
        yes, 0.0 no), ``day`` (datetime64, when it was settled), ``announced`` (bool, whether it had been
        announced before anybody forecast it), ``record`` (what happened), ``source`` (keys, ``;`` between).

    Raises
    ------
    DamagedData
        If a table is missing or does not hold what its schema says.

    Examples
    --------
    >>> outcomes().set_index("question").loc["F5", "record"]
    'China abstained on ES-11/4.'
    """
    known = ";".join(data.load("announced")["questions"].dropna()).split(";")
    frame = data.load("outcomes")
    frame["text"] = frame["question"].map({one.id: one.text for one in questions().values()})
    frame["outcome"] = (frame["outcome"] == "yes").astype("float64")
    frame["announced"] = frame["question"].isin(known)
    return frame[["question", "text", "outcome", "day", "announced", "record", "source"]]


def save(forecasts: Mapping[str, tuple[object, str]], *, now: dt.datetime | None = None) -> int:
    """Add forecasts to the file; what is already there stays.

    A forecast that equals the newest one for its question is not added again: saving twice changes nothing.

    Parameters
    ----------
    forecasts : mapping of str to (probability, reason)
        By the question's id; probabilities as `as_probability` takes them.
    now : datetime.datetime, optional
        The time to write beside them; the present if left out.

    Returns
    -------
    int
        How many entries were added.

    Raises
    ------
    UnknownName, WrongType, OutOfRange
        If a question or probability is none. Nothing is saved then.
    DamagedData
        If the file that is there cannot be read. Nothing is saved then, and the file is left as it is.
    CourseError
        If the file cannot be written.
    """
    stamp = (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC).isoformat(timespec="seconds")
    new = [
        Forecast(question(name).id, as_probability(probability), reason.strip(), stamp)
        for name, (probability, reason) in forecasts.items()
    ]
    old = history()
    newest = {entry.question: (entry.probability, entry.reason) for entry in old}
    added = [e for e in new if newest.get(e.question) != (e.probability, e.reason)]
    if added:
        _replace({"format": FORMAT, "forecasts": [asdict(entry) for entry in old + added]})
    return len(added)


def rescue(*, now: dt.datetime | None = None) -> str:
    """Set a damaged file aside under a new name, so that new forecasts can be saved; never delete it.

    Parameters
    ----------
    now : datetime.datetime, optional
        The time that goes into the new name; the present if left out.

    Returns
    -------
    str
        A sentence that says where the damaged file is now; empty if nothing was damaged.

    Raises
    ------
    DamagedData
        If a newer version of the course wrote the file: then it stays where it is.
    CourseError
        If it cannot be renamed.
    """
    try:
        history()
    except NewerFile:
        raise
    except DamagedData as error:
        file = path()
        stamp = (now or dt.datetime.now(dt.UTC)).strftime("%Y%m%d-%H%M%S")
        aside, n = file.with_name(f"forecasts.damaged-{stamp}.json"), 1
        while aside.exists():
            n += 1
            aside = file.with_name(f"forecasts.damaged-{stamp}-{n}.json")
        try:
            file.rename(aside)
        except OSError as problem:
            raise CourseError(
                tr("{error} It could not be set aside either: {problem}.", error=error, problem=problem)
            ) from None
        return tr(
            "{error} It was kept as {file}; new forecasts go into a new file.",
            error=error,
            file=_short(aside),
        )
    return ""


def _entry(row: Any) -> Forecast:
    """Return one entry of the file, or raise what the caller takes for damage."""
    if isinstance(row["probability"], str) or not isinstance(row["question"], str):
        raise TypeError
    return Forecast(
        row["question"], as_probability(row["probability"]), str(row["reason"]), str(row["written"])
    )


def _replace(content: dict[str, Any]) -> None:
    file = path()
    try:
        files.write_whole(file, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())
    except OSError as error:
        raise CourseError(
            tr(
                "Your forecasts could not be saved to {file}: {error}. Nothing that was there is changed.",
                file=_short(file),
                error=error.strerror or error,
            )
        ) from None


def _short(file: Path) -> str:
    """Return a path as a student knows it: from the course's folder, where it lies within."""
    return str(file.relative_to(home.ROOT)) if file.is_relative_to(home.ROOT) else str(file)
