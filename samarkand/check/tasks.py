"""Practice tasks: a question, its right answer, and the known ways to miss it, computed from the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

#: Every task of the course by its id; the modules lesson00, lesson01, ... fill it.
TASKS: dict[str, Task] = {}


@dataclass(frozen=True)
class Task:
    """A practice question with one right answer and some known ways to miss it.

    Attributes
    ----------
    id : str
        Lesson and number: ``"01.2"``.
    question : str
        What is asked, with unit and rounding.
    reference : callable
        Computes the right answer from the course's tables.
    right : str
        Said after a right answer: what it means.
    hint : str
        Said to a wrong answer that nobody foresaw.
    wrong : mapping of str to callable
        Known wrong ways, each under what to say to who went it: a reason or a question, never the answer.
    unit : str
        Unit of the answer; empty for a bare count or a set.
    tolerance : float
        How far a number may be off; 0 for counts.
    """

    id: str
    question: str
    reference: Callable[[], object]
    right: str
    hint: str
    wrong: Mapping[str, Callable[[], object]]
    unit: str = ""
    tolerance: float = 0.0


def task(name: str, question: str, answer: Callable[[], object], **more: Any) -> Task:
    """Add a task to the course.

    Parameters
    ----------
    name : str
        The task's id: lesson, dot, number.
    question : str
        What is asked.
    answer : callable
        Computes the right answer; called once a process, so that an answer is checked in a blink.
    **more
        ``right``, ``hint``, ``wrong``, ``unit`` and ``tolerance``, as in `Task`.

    Returns
    -------
    Task
    """
    made = TASKS[name] = Task(name, question, lru_cache(maxsize=1)(answer), **more)
    return made
