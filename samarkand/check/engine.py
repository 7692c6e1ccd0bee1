"""Check an answer: read it, compare it, and say in a sentence how it stands."""

from __future__ import annotations

from dataclasses import dataclass

from samarkand.check.comparing import guess, same
from samarkand.check.reading import given, kind_wanted, read
from samarkand.check.tasks import TASKS, Task
from samarkand.ground.errors import CourseError, unknown
from samarkand.page import markup


@dataclass(frozen=True)
class Verdict:
    """What `check` says to an answer: a sentence in text, a coloured notice in a notebook.

    Attributes
    ----------
    task : str
        The task's id.
    state : {"right", "wrong", "open"}
        ``open`` is an answer that was not given yet, or to a task that does not exist.
    sentence : str
        What to say.
    """

    task: str
    state: str
    sentence: str

    def __bool__(self) -> bool:
        return self.state == "right"

    def __repr__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        return markup.status(self.sentence, self.state)


def check(name: str, value: object) -> Verdict:
    """Check an answer to a practice task.

    Parameters
    ----------
    name : str
        The task's id, for example ``"01.1"``.
    value : object
        The answer. ``...`` is no answer yet. A number may be of any numeric type or stand alone in a Series,
        an array or a list; a set of states may be a set, list, Series, index or a column of a frame, with
        codes or names.

    Returns
    -------
    Verdict
        A sentence; true if the answer is right. Nothing is ever raised: an answer that cannot be compared,
        and a task that does not exist, get a sentence too.

    Examples
    --------
    >>> check("03.1", ...)
    Not answered yet.
    >>> bool(check("03.1", 4))
    True
    """
    known = TASKS.get(name) if isinstance(name, str) else None
    if known is None:
        return Verdict(str(name), "open", str(unknown("task", name, TASKS)))
    if value is ...:
        return Verdict(name, "open", "Not answered yet.")
    try:
        return _verdict(known, value)
    except CourseError as error:
        return Verdict(name, "open", str(error))
    except Exception:  # whatever a student hands in, and whatever its own methods do
        return Verdict(name, "wrong", f"Not yet. {kind_wanted(known.reference())} {given(value)}")


def _verdict(known: Task, value: object) -> Verdict:
    reference = known.reference()
    answer, complaint = read(value, reference, known.unit)
    if complaint:
        return Verdict(known.id, "wrong", f"Not yet. {complaint}")
    if same(answer, reference, known.tolerance):
        return Verdict(known.id, "right", f"Right. {known.right}".strip())
    # Exactly first: two wrong ways may lie closer together than the tolerance.
    for slack in (0.0, known.tolerance):
        for sentence, way in known.wrong.items():
            if same(answer, way(), slack):
                return Verdict(known.id, "wrong", f"Not yet. {sentence}")
    return Verdict(known.id, "wrong", f"Not yet. {guess(answer, reference, known)}")
