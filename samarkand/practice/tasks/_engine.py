"""Practice tasks, and their checks: an answer is read and compared, and gets a sentence as reply."""

import importlib
import math
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from types import ModuleType
from typing import Any

from samarkand.answers import decode, diagnose, kinds
from samarkand.common import log, modules, slips
from samarkand.common.errors import CourseError, DamagedData, make_unknown_name
from samarkand.common.words import tr
from samarkand.lab import cells
from samarkand.practice import drawn
from samarkand.practice.reply import Reply
from samarkand.practice.shown import show_answer


@dataclass(frozen=True)
class Task:
    """A practice task with one right answer and some known ways to miss it; the lesson asks the question.

    Attributes
    ----------
    id : str
        Lesson and number: ``"01.2"``.
    kind : kinds.Kind
        The form of the answer, with the tolerance that the lesson's question states.
    solution : callable
        Computes the right answer from the tables.
    right, hint : str
        The reply to a right answer; what helps with a wrong one that nobody foresaw, from the second try on.
    mistakes : tuple of diagnose.Mistake
        Known wrong ways; each gives a reason or a question, never the answer.
    taught : str
        The heading of the lesson under which to read again: all that the first wrong answer is told.
    recipe : str
        How the line is built, from the third wrong answer on; empty if the hint says enough.
    given : callable, optional
        Computes what the line in the stub gives before it is changed: no answer yet.
    own : bool
        Whether the right answer rests on a file of the student's, and is computed at each check.
    unmoved : str
        Why a line that was changed may still give what it gave before; empty if no usual slip does that.
    typed : bool
        Whether the answer may be typed, as no line works it out.
    refused : callable, optional
        Gets a chart as Altair would save it, and returns why it is of another table than was asked for, or "".
    lucky : tuple of diagnose.Mistake
        Wrong ways that give the right answer by chance, each to be seen in the line.
    free : bool
        Whether every answer of its kind that is not empty is right, and `right` says what to do with it.
    """

    id: str
    kind: kinds.Kind
    solution: Callable[[], object]
    right: str
    hint: str
    mistakes: tuple[diagnose.Mistake, ...] = ()
    taught: str = ""
    recipe: str = ""
    given: Callable[[], object] | None = None
    unmoved: str = ""
    own: bool = False
    typed: bool = False
    free: bool = False
    lucky: tuple[diagnose.Mistake, ...] = ()
    refused: Callable[[dict[str, Any]], str] | None = None

    @property
    def lesson(self) -> str:
        """The number of its lesson: ``"01"``."""
        return self.id.partition(".")[0]

    @cached_property
    def expected(self) -> Any:
        """The right answer in the form that the kind reads, computed once a process."""
        return self.kind.read(decode.make_plain(self.solution()))

    @cached_property
    def wrong(self) -> list[tuple[str, list[Any]]]:
        """(reason, result) of each known wrong way, computed once a process."""
        return [(way.reason, [self.kind.read(decode.make_plain(way.wrong()))]) for way in self.mistakes]

    def reason(self, answer: Any, earlier: int = 0, source: str = "") -> str:
        """Return a sentence on the mistake in an answer that does not give the right one away.

        With each wrong answer that came `earlier` it says more. Known ways that the `source` of the cell does
        not show are passed over.
        """
        ways = []
        for way, (reason, (result,)) in zip(self.mistakes, self.wrong, strict=True):
            if not source or self.typed or way.is_shown(result, source):
                ways.append((reason, [result]))
        # Zero comes first: a misspelt word gives it, and by chance it fits many wrong ways.
        known = diagnose.hint_on_nothing([answer])
        if known and source and not slips.has_condition(source):
            known = tr("This is zero, or empty. Look at each step in a cell of its own.")
        known = known or diagnose.find_known_reason(self.kind, [answer], ways)
        if known:
            return known if earlier < 2 else f"{known} {self.recipe}".strip()
        return diagnose.guess_hint(self.kind, answer, self.expected, self.help_after(earlier))

    def help_after(self, earlier: int) -> str:
        """Return what helps after some wrong answers: where to look, then the hint, then the recipe."""
        if earlier == 0 and self.taught:
            return tr('Look again at "{heading}".', heading=self.taught)
        if earlier > 1 and self.recipe:
            return self.recipe
        return self.hint


@cache
def import_subjects() -> list[ModuleType]:
    """Return the modules of all subjects, imported."""
    names = [name for name in modules.list_modules("samarkand.practice.tasks") if not name.startswith("_")]
    return [importlib.import_module(f"samarkand.practice.tasks.{name}") for name in names]


@cache
def collect_tasks() -> dict[str, Task]:
    """Return the tasks of all subjects by their ids, in the order of the lessons.

    `DamagedData` if two have one id.
    """
    found: dict[str, Task] = {}
    for module in import_subjects():
        for one in module.TASKS:
            if one.id in found:
                raise DamagedData(tr("Two tasks have the id {id}.", id=one.id), code="twice", id=one.id)
            found[one.id] = one

    def place(id: str) -> tuple[int, ...]:
        lesson, number = id.split(".")
        return int(lesson), int(number)

    return {id: found[id] for id in sorted(found, key=place)}


def check(name: str, value: object) -> Reply:
    """Check an answer to a practice task.

    Parameters
    ----------
    name : str
        The task's id, for example ``"01.1"``.
    value : object
        The answer. ``...`` is no answer yet. A number may be of any numeric type or stand alone in a Series,
        an array or a list; a set may be a set, list, Series, index, an array or a table of one column.

    Returns
    -------
    Reply
        The value, and a sentence; true if the answer is right. Nothing is ever raised, and no method of the
        answer runs: one that cannot be compared, and a task that does not exist, get a sentence too. What
        the running cell has not made is not judged. Whether it was right is noted in ``my_work/log.jsonl``,
        the answer is not.

    Examples
    --------
    >>> check("03.1", ...)
    Not answered yet.
    >>> bool(check("03.1", 45))
    True
    """
    try:
        one = collect_tasks().get(name) if isinstance(name, str) else None
        if one is None:
            return Reply("open", str(make_unknown_name(tr("task"), name, collect_tasks())))
    except CourseError as error:
        return Reply("open", str(error))
    caller = sys._getframe(1)
    return judge_answer(one, value, cells.look_at_answer(name, caller.f_lineno, caller.f_globals))


def judge_answer(one: Task, value: object, look: cells.Look) -> Reply:  # noqa: PLR0911 - one a case
    """Return the reply to an answer to a task.

    Parameters
    ----------
    one : Task
        What was asked.
    value : object
        The answer. A chart of Altair's is shown, and read as its bars or as its mark and its columns.
    look : Look
        How the answer was made, by its cell's source.

    Returns
    -------
    Reply
        Right, wrong or open, and why.
    """
    is_chart = drawn.is_chart(value) and not look.ask
    if is_chart:
        try:
            value = drawn.show_chart(value)
        except CourseError as error:
            return Reply("wrong", str(error))
        other = one.refused(value) if one.refused and not look.ask else ""
        if other:
            return _log_result(one.id, "wrong", tr("Not yet. {reason}", reason=other))
        if not isinstance(one.kind, kinds.Bars):
            value = drawn.list_columns(value)
    answer = decode.make_plain(value)
    if answer is ... or (isinstance(answer, decode.Items) and ... in answer.values):
        return Reply("open", tr("Not answered yet."))
    if look.ask:
        return Reply("open", tr("Not judged: {ask}", ask=look.ask))
    try:
        reply = _judge_answer(one, answer, look)
    except CourseError as error:
        return Reply("open", str(error))
    if reply.state == "open" or is_chart:  # a chart is seen above the reply
        return reply
    return replace(reply, shown=show_answer(value))


#: How many wrong answers each task has had in this kernel since the last right one.
_WRONG: Counter[str] = Counter()


def _judge_answer(one: Task, answer: decode.Value, look: cells.Look) -> Reply:
    """Return the reply to an answer, with what the source of its cell says."""
    typed = look.made == "typed"
    try:
        read = one.kind.read(answer)
        if one.given and read == one.kind.read(decode.make_plain(one.given())):
            asked = tr("Not answered yet. Change the line, and run the cell again.")
            if look.source and "# change this line" not in look.source:
                asked = tr("Not answered yet. This is what the line gave before you changed it.")
            return Reply(
                "open", f"{asked} {slips.find_in_cell(look.source, look.names) or one.unmoved}".strip()
            )
        if typed and not one.typed:
            asks = tr("This was typed. Write the line that works it out, as the task asks.")
            return _log_result(one.id, "wrong", tr("Not yet. {reason}", reason=asks))
        if one.own:
            vars(one).pop("expected", None)
        if (one.free and read) or one.kind.same(read, one.expected):
            luck = _find_luck(one, look.source)
            if luck:
                return _log_result(one.id, "wrong", tr("Not yet. {reason}", reason=luck))
            clue = one.kind.clue(read, one.expected) if one.free else ""
            said = [tr("Right. {meaning}", meaning=one.right), clue, slips.find_day_first(look.source)]
            return _log_result(one.id, "right", " ".join(filter(None, said)))
        reason = slips.find_in_cell(look.source, look.names)
        if not reason and diagnose.hint_on_nothing([read]):
            reason = slips.find_no_row(look.source, look.names)
        reason = reason or one.reason(read, _WRONG[one.id], look.source)
    except kinds.WrongForm as problem:
        reason = (
            slips.find_in_cell(look.source, look.names)
            or (slips.find_no_return(look.source) if _has_none(answer) else "")
            or (slips.find_in_place(look.source) if _has_none(answer) else "")
            or _say_empty(answer, look)
            or _say_labels(one, answer)
            or _say_text(one, answer, typed=typed)
            or str(problem)
        )
    return _log_result(one.id, "wrong", tr("Not yet. {reason}", reason=reason))


def _find_luck(one: Task, source: str) -> str:
    """Return why a line gives the right answer by chance, as its source shows, or ""."""
    if not source:
        return ""
    for way in one.lucky:
        if way.is_written(source):
            return way.reason
    return ""


def _has_none(answer: decode.Value) -> bool:
    """Return whether an answer is None, or holds it: a function without return gives it."""
    return answer is None or (isinstance(answer, decode.Items) and None in answer.values)


def _say_empty(answer: decode.Value, look: cells.Look) -> str:
    """Return the sentence for an answer that is nan because of an empty cell that its line names, or ""."""
    is_nan = isinstance(answer, float) and math.isnan(answer)
    empty = slips.find_empty_cell(look.source, look.names) if is_nan else ""
    return (
        tr("This is nan, as every calculation with an empty cell is. {empty}", empty=empty) if empty else ""
    )


def _say_text(one: Task, answer: decode.Value, *, typed: bool) -> str:
    """Return the sentence for a text that a line made where a number was asked for, or ""."""
    if (
        typed
        or not isinstance(answer, str)
        or any(letter.isdigit() for letter in answer[:1])
        or not isinstance(one.kind, kinds.Number | kinds.Whole)
    ):
        return ""
    asked = one.kind.asked()
    return tr(
        "Your line makes a text; expected was {asked}. Texts can be counted, and only numbers added up.",
        asked=asked,
    )


def _say_labels(one: Task, answer: decode.Value) -> str:
    """Return the sentence for labels that are not those asked for, where the values cannot be read, or "".

    What is empty or a text often has a label that should not be there, and the label is the mistake.
    """
    labels = one.kind.read_labels(answer) if isinstance(one.kind, kinds.ByKey) else None
    if labels is None or not isinstance(one.expected, dict) or labels == one.expected.keys():
        return ""
    return f"{diagnose.compare_labels(labels, one.expected.keys())} {one.help_after(_WRONG[one.id])}".strip()


def _log_result(name: str, state: str, sentence: str) -> Reply:
    """Log the result of an answer, and return the reply."""
    _WRONG[name] = _WRONG[name] + 1 if state == "wrong" else 0
    return Reply(state, f"{sentence} {log.log_result(name, state)}".strip())
