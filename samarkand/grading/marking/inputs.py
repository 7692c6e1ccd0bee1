"""What students' functions are called with: an example that all may see, and inputs drawn for one course.

They are drawn from a key: the same inputs for the whole class and in every run, others in every course. Who
knows the public checks knows none of them. The key is made from the instructor's secret under a label of its
own; the seed of students' numbers, which travels in their bundles, does not lead to it. No module of the
student's side imports this one.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from samarkand.answers import encode
from samarkand.exercise import numbers
from samarkand.grading.sandbox.work import Call

#: The key of the repository itself: for a course that has no secret, and for whoever works alone.
DEMONSTRATION = "samarkand-2022: inputs"


@dataclass(frozen=True)
class Case:
    """Arguments that a student's function is called with.

    Attributes
    ----------
    arguments : tuple
        Numbers, texts, dates, lists, Series or tables.
    edge : str
        What only careful work gets right in it ("the very day a spell ends"); empty for an ordinary input.
    """

    arguments: tuple[Any, ...]
    edge: str = ""


#: Gives the cases of a function. The first is the example that the notebook shows, whatever is drawn.
Cases = Callable[[random.Random], Sequence[Case]]


def key(secret: bytes) -> str:
    """Make the key of a course's inputs from the instructor's secret.

    Parameters
    ----------
    secret : bytes
        At least 16 bytes.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    OutOfRange
        If the secret is shorter: it could be guessed.

    Examples
    --------
    >>> len(key(b"0123456789abcdef"))
    64
    """
    return numbers.derived(secret, "samarkand: key of inputs")


class Inputs:
    """What the functions of one set are called with; drawn once for a whole class.

    Parameters
    ----------
    course_key : str
        See :func:`key`.
    exercise : str
        The set's id.
    functions : mapping of str to callable
        The cases of each function, by the id of its question.
    """

    def __init__(self, course_key: str, exercise: str, functions: Mapping[str, Cases]) -> None:
        self._key = course_key
        self._exercise = exercise
        self._functions = functions

    def _draw(self, question: str) -> random.Random:
        message = "\x1f".join((self._exercise, question)).encode()
        return random.Random(hmac.new(self._key.encode(), message, hashlib.sha256).hexdigest())

    @functools.cached_property
    def cases(self) -> dict[str, Sequence[Case]]:
        """The cases of each function."""
        return {name: tuple(cases(self._draw(name))) for name, cases in self._functions.items()}

    @functools.cached_property
    def forms(self) -> dict[str, list[str]]:
        """The arguments of each case as JSON; a table that cases share is written once."""
        known: dict[int, str] = {}

        def written(argument: object) -> str:
            if id(argument) not in known:
                known[id(argument)] = json.dumps(encode.encode(argument))
            return known[id(argument)]

        return {
            name: [f"[{', '.join(written(argument) for argument in case.arguments)}]" for case in cases]
            for name, cases in self.cases.items()
        }

    @functools.cached_property
    def calls(self) -> list[Call]:
        """The calls that the sandbox makes, shuffled: nothing in them tells an edge from an example.

        The order is drawn from the key too: always alike, as a mark must be, and known to nobody.
        """
        calls = [
            Call(f"{name}/{n}", name, tuple(json.loads(form)))
            for name, forms in self.forms.items()
            for n, form in enumerate(forms)
        ]
        self._draw("the order of all calls").shuffle(calls)
        return calls
