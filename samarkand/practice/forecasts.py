"""The student's own forecasts: written down in lesson 01, scored in lesson 10, never lost in between.

The questions are in the table ``forecast_questions``, their outcomes in ``outcomes``, and how sure the hedges
of the article sound in ``hedges``. Forecasts are kept in the journal ``my_work/forecasts.jsonl``: a changed
mind adds an entry, and the older one stays.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from samarkand import data
from samarkand.answers.typed_numbers import NotANumber, read_number
from samarkand.common import journal
from samarkand.common.errors import CourseError, OutOfRange, WrongType, make_unknown_name
from samarkand.common.words import tr
from samarkand.practice.by_code import write_as_typed, write_reason
from samarkand.practice.reply import Reply

JOURNAL = "forecasts"
#: How likely each tone of the article's forecasts sounds to the course; the article itself has no numbers.
SOUNDS = {"flat": 0.95, "firm": 0.90, "likely": 0.75, "maybe": 0.50}
#: Outcome by verdict on a forecast, from 0 (it did not come true) to 1 (it did).
WORTH = {"borne out": 1.0, "partly": 0.5, "contested": 0.5, "not borne out": 0.0}


@dataclass(frozen=True)
class Question:
    """A question that was open for a reader of 12 September 2022; its id is ``F1``, ``F2``, ...

    The rule says what counts as yes, so that nobody has to argue afterwards; it is settled on the day `by` at
    the latest.
    """

    id: str
    text: str
    rule: str
    by: dt.date


@dataclass(frozen=True)
class Forecast:
    """One entry of the journal: a question's id, the probability of yes (0 to 1), a reason (may be empty).

    `written` is when it was saved: ISO 8601, UTC.
    """

    question: str
    probability: float
    reason: str
    written: str


def read_questions() -> dict[str, Question]:
    """Return the questions that the student forecasts, by id; each can be settled from the record.

    Examples
    --------
    >>> list(read_questions())[:3]
    ['F1', 'F2', 'F3']
    """
    rows: list[Any] = list(data.load("forecast_questions").itertuples())
    return {row.question: Question(row.question, row.text, row.rule, row.by.date()) for row in rows}


def tones() -> dict[str, str]:
    """Return the tone of each hedge of the article's forecasts; ``""`` is no hedge at all.

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

    Raises
    ------
    UnknownName
        If there is no such question.

    Examples
    --------
    >>> question("F8").by
    datetime.date(2022, 10, 31)
    """
    asked = read_questions()
    if not isinstance(name, str) or name not in asked:
        raise make_unknown_name("question", name, asked)
    return asked[name]


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
    WrongType, OutOfRange
        If it is not a number, or not from 0 to 100. A bare 0.7 is not guessed at: 70 % or less than 1 %?

    Examples
    --------
    >>> as_per_cent("70"), as_per_cent("45,5 %")
    (0.7, 0.455)
    """
    try:
        typed = read_number(text)
    except NotANumber as error:
        raise WrongType(str(error), code=error.code, given=text) from None
    number = typed.value
    if not 0 <= number <= 100:
        sentence = tr(
            "{number:.12g} % cannot be. Write a number from 0 (impossible) to 100 (certain).", number=number
        )
        raise OutOfRange(sentence, code="no per cent", given=number)
    if 0 < number < 1 and not typed.per_cent:
        sentence = tr(
            "{number:.12g} can mean {large:.12g} % or less than 1 %. Write {large:.12g}, or {number:.12g} %.",
            number=number,
            large=round(100 * number, 9),
        )
        raise OutOfRange(sentence, code="two readings", given=number)
    return round(number / 100, 6)


def describe_damage() -> str:
    """Return a sentence if something in the journal cannot be read, or an empty text."""
    return journal.read_journal(JOURNAL).trouble


def read_latest() -> dict[str, Forecast]:
    """Return the newest forecast for each question that has one, in the order of `read_questions`."""
    read = filter(None, map(_read_forecast, journal.read_journal(JOURNAL).entries))
    newest = {entry.question: entry for entry in read}
    return {name: newest[name] for name in read_questions() if name in newest}


def read_outcomes() -> pd.DataFrame:
    """Return the outcomes of the questions.

    Returns
    -------
    pandas.DataFrame
        One row a question, in the order of `read_questions`: ``question`` (id), ``text``, ``outcome`` (1.0
        yes, 0.0 no), ``day`` (datetime64, when it was settled), ``announced`` (bool, whether it had been
        announced before anybody forecast it), ``record`` (what happened), ``source`` (keys, ``;`` between).

    Examples
    --------
    >>> read_outcomes().set_index("question").loc["F5", "record"]
    'China abstained on ES-11/4.'
    """
    known = data.all_keys(data.load("announced")["questions"])
    frame = data.load("outcomes")
    frame["text"] = frame["question"].map({one.id: one.text for one in read_questions().values()})
    frame["outcome"] = (frame["outcome"] == "yes").astype("float64")
    frame["announced"] = frame["question"].isin(known)
    return frame[["question", "text", "outcome", "day", "announced", "record", "source"]]


def save_forecasts(forecasts: Mapping[str, tuple[float, str]]) -> int:
    """Add forecasts to the journal, except those that equal the newest one for their question.

    Parameters
    ----------
    forecasts : mapping of str to (probability, reason)
        By the question's id; a probability lies between 0 and 1, as `as_per_cent` returns it.

    Returns
    -------
    int
        How many entries were added.

    Raises
    ------
    UnknownName, OutOfRange
        If a question or probability is none. Nothing is saved then.
    CourseError
        If they cannot be written.
    """
    new = {question(name).id: (share, reason.strip()) for name, (share, reason) in forecasts.items()}
    for share, _ in new.values():
        if not 0 <= share <= 1:
            text = tr("A probability lies between 0 and 1; {value} does not.", value=share)
            raise OutOfRange(text, code="no probability", given=share)
    newest = {id: (entry.probability, entry.reason) for id, entry in read_latest().items()}
    added = {id: one for id, one in new.items() if newest.get(id) != one}
    for id, (probability, reason) in added.items():
        journal.add_entry(JOURNAL, id, probability=probability, reason=reason)
    return len(added)


def answer(question_id: str, chance: float | str, because: str = "") -> Reply:
    """Save one forecast by code: for a program that shows no controls.

    Parameters
    ----------
    question_id : str
        For example ``"F2"``.
    chance : float or str
        The probability of yes in per cent, from 0 to 100.
    because : str, optional
        A reason.

    Raises
    ------
    UnknownName
        If there is no such question.

    Examples
    --------
    >>> answer("F2", 170)
    170 % cannot be. Write a number from 0 (impossible) to 100 (certain).
    """
    asked = question(question_id)
    try:
        share = as_per_cent(write_as_typed(chance, tr("A chance")))
        added = save_forecasts({asked.id: (share, write_reason(because))})
    except CourseError as error:
        return Reply("wrong", str(error))
    if not added:
        return Reply("right", tr("Nothing new: all of it was saved before."))
    return Reply("right", tr("Saved: {n} new or changed.", n=added))


def _read_forecast(entry: dict[str, Any]) -> Forecast | None:
    """Return the forecast in an entry of the journal, or None."""
    share, reason = entry.get("probability"), entry.get("reason")
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        return None
    return Forecast(entry["id"], round(share, 6), str(reason or ""), entry["at"])
