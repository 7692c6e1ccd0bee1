"""Requests to a sandbox and its results, as plain data: limits, cells, calls, outcomes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from samarkand.answers import decode

#: The maximum number of lines read from a submission.
MOST_LINES = 1 << 15
#: The maximum length of a sentence on an error, in characters.
MOST_SENTENCE = 300


@dataclass(frozen=True)
class Limits:
    """Limits of one submission: seconds of CPU and wall-clock time, bytes, counts of processes and files.

    CPU time decides, since it hardly depends on the machine's load; wall-clock time only catches code that
    sleeps. `wall` and `output` are for all of a submission, `cpu`, `memory` and `file` for each process;
    `value` is the length of one answer, `text` of what one cell prints; threads count as `processes`.
    """

    cpu: float = 20
    wall: float = 45
    cell_cpu: float = 6
    cell_wall: float = 12
    call_cpu: float = 2
    call_wall: float = 6
    memory: int = 1 << 30
    file: int = 32 << 20
    processes: int = 16
    descriptors: int = 64
    output: int = 8 << 20
    value: int = 256 << 10
    text: int = 4000


LIMITS = Limits()


@dataclass(frozen=True)
class Cell:
    """A code cell to run; or, with `hold`, a point at which the value of that name is read."""

    id: str
    code: str = ""
    hold: str = ""


@dataclass(frozen=True)
class Call:
    """A call of the function read for question ``of``, with arguments encoded by :mod:`encode`."""

    id: str
    of: str
    arguments: tuple[Any, ...]


Cells = Sequence[Cell]
Given = dict[str, Any] | None


def pack_work(cells: Cells, calls: Sequence[Call], given: Given, limits: Limits) -> bytes:
    """Encode work for :mod:`runner`: shared arguments once, calls by numbers that reveal nothing."""
    inputs: list[Any] = []
    number_by_identity: dict[int, int] = {}
    packed_calls = []
    for call_number, call in enumerate(calls):
        input_numbers = []
        for argument in call.arguments:
            if id(argument) not in number_by_identity:
                number_by_identity[id(argument)] = len(inputs)
                inputs.append(argument)
            input_numbers.append(number_by_identity[id(argument)])
        packed_calls.append({"id": call_number, "of": call.of, "arguments": input_numbers})
    work = {
        "given": given or {},
        "cells": [asdict(cell) for cell in cells],
        "limits": asdict(limits),
        "inputs": inputs,
        "calls": packed_calls,
    }
    return json.dumps(work).encode()


@dataclass(frozen=True)
class Result:
    """Result of a read or a call: a value, or an error as a sentence."""

    value: decode.Value = ...
    error: str = ""


@dataclass(frozen=True)
class Ran:
    """Result of a cell: its error as a sentence (empty if none) and its printed text."""

    error: str = ""
    text: str = ""


#: What ends a submission in the sandbox, as its server says it.
ENDS = ("finished", "wall", "cpu", "memory", "output")


@dataclass
class Outcome:
    """Outcome of one submission: results of cells (`ran`), names (`held`) and calls (`called`), by id.

    A missing id was not reached. `ended` is ``"finished"``, or what ended it: ``"wall"``, ``"cpu"``,
    ``"memory"``, ``"output"``, ``"died"``; `cpu` the seconds that the sandbox has spent on it.
    """

    ran: dict[str, Ran] = field(default_factory=dict)
    held: dict[str, Result] = field(default_factory=dict)
    called: dict[str, Result] = field(default_factory=dict)
    ended: str = "died"
    cpu: float = 0.0

    @classmethod
    def from_output(
        cls, output: bytes, cells: Cells, calls: Sequence[Call], ended: str, cpu: float = 0.0
    ) -> Outcome:
        """Parse the lines of :mod:`runner`; ignore malformed ones. With results missing it has ``"died"``."""
        outcome = cls(ended=ended, cpu=cpu)
        for line in output.split(b"\n", MOST_LINES)[:-1]:  # the last one may be half there
            with contextlib.suppress(decode.NotAValue):
                outcome._store_result(decode.parse_object(line), calls)
        if ended == "finished" and not outcome._is_complete(cells, calls):
            outcome.ended = "died"
        return outcome

    def _is_complete(self, cells: Cells, calls: Sequence[Call]) -> bool:
        """Return whether each cell ran, each name was read, and each function that was read was called."""
        for cell in cells:
            results = self.held if cell.hold else self.ran
            if cell.id not in results:
                return False
        for call in calls:
            is_function = call.of in self.held and getattr(self.held[call.of].value, "kind", "") == "function"
            if is_function and call.id not in self.called:
                return False
        return True

    def _store_result(self, message: dict[str, Any], calls: Sequence[Call]) -> None:
        """Store the result in one message; calls are known by number, the first answer to each counts."""
        error = clean_error(message.get("error", ""))
        match message:
            case {"called": number} if type(number) is int and 0 <= number < len(calls):
                self.called.setdefault(calls[number].id, decode_result(message, error))
            case {"ran": str(key)}:
                self.ran[key] = Ran(error, clean_text(message.get("text", ""), Limits.text))
            case {"held": str(key)}:
                if error and not error.startswith("OutOfTime"):
                    error = "the value could not be read"
                self.held[key] = decode_result(message, error)


def decode_result(message: dict[str, Any], error: str) -> Result:
    """Decode the value in a message, or take the error; an undecodable value becomes an error, too."""
    if error:
        return Result(error=error)
    try:
        return Result(decode.read_value(message.get("value")))
    except decode.NotAValue as problem:
        return Result(error=f"the value could not be read: {problem}")


def clean_error(error: object) -> str:
    """Return an error on one line, so that it cannot imitate lines of the grader; empty if there is none."""
    sentence = " ".join(clean_text(error).split())
    if not sentence and error:
        return "an error"
    return sentence


def clean_text(text: object, length: int = MOST_SENTENCE) -> str:
    """Return a text cut to `length`, unprintable characters replaced; ``""`` if it is not a string."""
    if type(text) is not str:
        return ""
    kept = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text[:length])
    return kept.encode("utf-8", "replace").decode("utf-8")
