"""Requests to a sandbox and its results, as plain data: limits, cells, calls, outcomes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from samarkand.answers import decode

#: The maximum number of lines read from a submission.
LINES = 1 << 15


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


def pack(cells: Cells, calls: Sequence[Call], given: Given, limits: Limits) -> bytes:
    """Encode work for :mod:`runner`: shared arguments once, calls by numbers that reveal nothing."""
    inputs = {id(argument): argument for call in calls for argument in call.arguments}
    place = {key: n for n, key in enumerate(inputs)}
    numbers = [[place[id(argument)] for argument in call.arguments] for call in calls]
    asked = [{"id": n, "of": calls[n].of, "arguments": some} for n, some in enumerate(numbers)]
    work = {"given": given or {}, "cells": [asdict(cell) for cell in cells], "limits": asdict(limits)}
    return json.dumps({**work, "inputs": list(inputs.values()), "calls": asked}).encode()


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
    def read(cls, said: bytes, cells: Cells, calls: Sequence[Call], ended: str, cpu: float = 0.0) -> Outcome:
        """Parse the lines of :mod:`runner`; ignore malformed ones. With results missing it has ``"died"``."""
        outcome = cls(ended=ended, cpu=cpu)
        for line in said.split(b"\n", LINES)[:-1]:  # the last one may be half there
            with contextlib.suppress(decode.NotAValue):
                outcome._note(decode.parse(line), calls)
        reached = [cell.id in (outcome.held if cell.hold else outcome.ran) for cell in cells]
        functions = {n for n, one in outcome.held.items() if getattr(one.value, "kind", "") == "function"}
        reached += [call.id in outcome.called for call in calls if call.of in functions]
        if ended == "finished" and not all(reached):
            outcome.ended = "died"
        return outcome

    def _note(self, said: dict[str, Any], calls: Sequence[Call]) -> None:
        """Store the result in one line; calls are known by number, and the first answer to each counts."""
        # One line, so that an error cannot imitate lines of the grader.
        error = " ".join(clean_text(said.get("error", "")).split()) or (
            "an error" if said.get("error") else ""
        )
        match said:
            case {"called": number} if type(number) is int and 0 <= number < len(calls):
                self.called.setdefault(calls[number].id, _read_result(said, error))
            case {"ran": str(key)}:
                self.ran[key] = Ran(error, clean_text(said.get("text", ""), Limits.text))
            case {"held": str(key)}:
                if error and not error.startswith("OutOfTime"):
                    error = "the value could not be read"
                self.held[key] = _read_result(said, error)


def _read_result(said: dict[str, Any], error: str) -> Result:
    """Decode a result from plain JSON; an undecodable one becomes an error."""
    try:
        return Result(error=error) if error else Result(decode.read(said.get("value")))
    except decode.NotAValue as problem:
        return Result(error=f"the value could not be read: {problem}")


def clean_text(text: object, length: int = 300) -> str:
    """Return a text cut to `length`, unprintable characters replaced; ``""`` if it is not a string."""
    if type(text) is not str:
        return ""
    kept = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text[:length])
    return kept.encode("utf-8", "replace").decode("utf-8")
