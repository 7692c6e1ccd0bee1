"""Errors a student can read: what was wrong, what was expected, what to try."""

import difflib
from collections.abc import Iterable
from numbers import Integral

from samarkand.common.words import join_in_words, tr


class CourseError(Exception):
    """Any error the course raises on purpose; a notebook shows its sentence and no traceback.

    Parameters
    ----------
    sentence : str
        What a reader sees.
    code : str
        What is wrong, in two or three words that stay when the sentence changes.
    **fields : object
        What it is about, by name: the file, the name that is unknown, the limit.

    Attributes
    ----------
    code : str
        As given.
    fields : dict
        As given.
    """

    def __init__(self, sentence: str, *, code: str, **fields: object) -> None:
        super().__init__(sentence)
        self.code = code
        self.fields = fields

    def _render_traceback_(self) -> list[str]:
        """Return the sentence that IPython shows in place of a traceback (IPython's own hook)."""
        return [f"{type(self).__name__}: {self}"]


class UnknownName(CourseError, LookupError):
    """A name that the course does not have: a table, a column, a state, a source, a task.

    `make_unknown_name` makes most of them, with the fields ``kind``, ``name`` and ``near``: what it should
    have been, what was given, and the known name that is most similar, or None.
    """


class OutOfRange(CourseError, ValueError):
    """A value outside what the data cover: a year, a day, a share."""


class WrongType(CourseError, TypeError):
    """A value of a type that cannot be used here."""


class DamagedData(CourseError):
    """A file of the course that is missing, cannot be read or does not hold what its schema says."""


def need_whole(value: object, otherwise: str) -> None:
    """Raise `WrongType` with a sentence unless a value is an int or a NumPy integer.

    True and False do not count.

    Examples
    --------
    >>> need_whole(2022, "A year is a whole number.")
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise WrongType(otherwise, code="not whole", given=value)


def need_texts(where: str, computed: Iterable[str], texts: Iterable[str]) -> None:
    """Raise `DamagedData` if something that is computed has no text, or a text is for something that is gone.

    `where` names the file or the part of it that has the texts.

    Examples
    --------
    >>> need_texts("Task 03.1", ["swapped", "late"], ["swapped"])
    Traceback (most recent call last):
        ...
    samarkand.common.errors.DamagedData: Task 03.1 has no text for late.
    """
    lacking = sorted({*computed} - {*texts})
    spare = sorted({*texts} - {*computed})
    faults = [f"no text for {join_in_words(lacking)}"] if lacking else []
    faults += [f"a text for {join_in_words(spare)}, which nothing computes"] if spare else []
    if faults:
        text = f"{where} has {join_in_words(faults)}."
        raise DamagedData(text, code="other texts", lacking=lacking, spare=spare)


def make_unknown_name(kind: str, name: object, known: Iterable[str], *, hint: str = "") -> UnknownName:
    """Return the error for an unknown name, with the most similar known name.

    The kind is what the name should have been, as part of a sentence, such as ``tr("table")``; the name is of
    any type, since a student may pass anything; the hint is a sentence to add.

    Examples
    --------
    >>> print(make_unknown_name("table", "sco_member", ["sco_membership", "trip"]))
    No table "sco_member". Did you mean "sco_membership"?
    """
    said = _shorten_name(name)
    names = sorted(known)
    folded = {n.casefold(): n for n in reversed(names)}
    # Of a code of three letters one may be wrong; a longer name has to be nearer, or the guess leads away.
    likeness = 0.6 if len(said) <= 3 else 0.7
    alike = difflib.get_close_matches(said.casefold(), folded, n=1, cutoff=likeness)
    near = folded[alike[0]] if alike else None
    if near is not None:
        text = tr('No {kind} "{name}". Did you mean "{near}"?', kind=kind, name=said, near=near)
    elif len(names) <= 12:
        text = tr('No {kind} "{name}". There is: {known}.', kind=kind, name=said, known=", ".join(names))
    else:
        text = tr('No {kind} "{name}".', kind=kind, name=said)
    return UnknownName(f"{text} {hint}".strip(), code="unknown name", kind=kind, name=name, near=near)


#: The most letters of an unknown name that a message repeats.
_MOST_REPEATED = 60


def _shorten_name(name: object) -> str:
    """Return an unknown name as a message repeats it: short, and also if it has none that can be printed."""
    try:
        said = str(name)
    except Exception:
        return type(name).__name__
    return said if len(said) <= _MOST_REPEATED else f"{said[:_MOST_REPEATED]}…"
