"""Inputs for students' functions: a public example, and inputs drawn for each submission.

The inputs are drawn from the course's key and from the cells of the submission that run. The same work gets
the same inputs in every run; any other work gets different ones. So the public checks do not reveal them, and
the inputs of one submission say nothing about those of another. The key is derived from the instructor's
secret under a label of its own; the seed of students' numbers, which is part of their bundles, does not lead
to it. No module of the student's side imports this one.
"""

import functools
import hashlib
import hmac
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from samarkand.answers import encode
from samarkand_grading.sandbox.work import Call, Cell

#: The label under which a course's key is derived from its secret.
LABEL = "samarkand: key of inputs"
#: The demonstration key, for a course without a secret and for self-study.
DEMONSTRATION = "samarkand-2022: inputs"


@dataclass(frozen=True)
class Case:
    """Arguments for one call of a student's function: numbers, texts, dates, lists, Series or tables.

    `edge` says what makes the input hard ("the very day a spell ends"); empty for an ordinary one.
    """

    arguments: tuple[Any, ...]
    edge: str = ""


#: A generator of a function's cases; the first is always the example in the notebook.
Cases = Callable[[random.Random], Sequence[Case]]


def derive_key(course_key: str, cells: Sequence[Cell]) -> str:
    """Derive the key of one submission's inputs from the exact text of all its cells that run.

    `course_key` is that of :meth:`Course.key`, and this one has 64 hexadecimal digits, too. Cells from which
    names are read count; the file's metadata, name, outputs and prose do not. Everything that a program can
    see of its own source does, even spaces at the end of a line: answers to inputs that had leaked could be
    hidden there.

    Examples
    --------
    >>> key, spaced = derive_key("k", [Cell("q1", "x = 1")]), derive_key("k", [Cell("q1", "x = 1 ")])
    >>> key == derive_key("k", [Cell("q1", "x = 1")]), key == spaced
    (True, False)
    """
    text = json.dumps([(cell.id, cell.code, cell.hold) for cell in cells])
    return hmac.new(course_key.encode(), text.encode(), hashlib.sha256).hexdigest()


@dataclass
class Inputs:
    """The inputs for the functions of one submission.

    `key` is that of :func:`derive_key`, `exercise` the id of the set; `functions` has for each question that
    asks for a function what draws its cases.
    """

    key: str
    exercise: str
    functions: Mapping[str, Cases]

    def _seed_random(self, purpose: str) -> random.Random:
        """Return a generator for one purpose, the id of a question or another text."""
        message = "\x1f".join((self.exercise, purpose)).encode()
        return random.Random(hmac.new(self.key.encode(), message, hashlib.sha256).hexdigest())

    @functools.cached_property
    def cases(self) -> dict[str, Sequence[Case]]:
        """The cases of each function."""
        drawn: dict[str, Sequence[Case]] = {}
        for question, draw_cases in self.functions.items():
            drawn[question] = tuple(draw_cases(self._seed_random(question)))
        return drawn

    @functools.cached_property
    def calls(self) -> list[Call]:
        """The calls for the sandbox, shuffled so that their order does not show which cases are hard.

        The order is drawn from the key: equal in every run, and unknown to students.
        """
        encoded: dict[int, Any] = {}  # a table that cases share is encoded once
        calls = []
        for question, cases in self.cases.items():
            for number, case in enumerate(cases):
                for argument in case.arguments:
                    if id(argument) not in encoded:
                        encoded[id(argument)] = encode.encode_value(argument)
                arguments = tuple(encoded[id(argument)] for argument in case.arguments)
                calls.append(Call(f"{question}/{number}", question, arguments))
        self._seed_random("the order of all calls").shuffle(calls)
        return calls
