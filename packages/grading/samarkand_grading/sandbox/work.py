"""What a sandbox is asked and what it answers: limits, cells, calls, results; plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from samarkand.practice.answers import decode


@dataclass(frozen=True)
class Limits:
    """What one submission may use: seconds of CPU and on the wall, bytes, and how many at once.

    CPU decides, and it is the same on any machine at any load; the wall clock is only there for those who
    sleep. `wall` and `output` are for all of a submission, `cpu`, `memory` and `file` for each process;
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


@dataclass(frozen=True)
class Cell:
    """A code cell to run; or a place where the name `hold` is read, once the cells above have run."""

    id: str
    code: str = ""
    hold: str = ""


@dataclass(frozen=True)
class Call:
    """A call of the function that was held under ``of``, with arguments as :mod:`encode` writes them."""

    id: str
    of: str
    arguments: tuple[Any, ...]


def numbered(calls: Sequence[Call]) -> dict[str, Any]:
    """Write calls as they are sent: a table that several share once, and numbers in place of telling ids."""
    inputs = {id(argument): argument for call in calls for argument in call.arguments}
    place = {key: n for n, key in enumerate(inputs)}
    asked = [
        {"id": n, "of": call.of, "arguments": [place[id(argument)] for argument in call.arguments]}
        for n, call in enumerate(calls)
    ]
    return {"inputs": list(inputs.values()), "calls": asked}


@dataclass(frozen=True)
class Result:
    """What a read or a call gave: a value, or the sentence of an error."""

    value: decode.Value = ...
    error: str = ""

    @classmethod
    def of(cls, plain: Any) -> Result:
        """Return the value that plain JSON stands for, or the sentence that it stands for none."""
        try:
            return cls(value=decode.read(plain))
        except decode.NotAValue as error:
            return cls(error=f"the value could not be read: {error}")


@dataclass(frozen=True)
class Ran:
    """How a cell ran: the sentence of its error (empty if there was none) and what it printed."""

    error: str = ""
    text: str = ""


@dataclass
class Outcome:
    """All that came back of one submission: how cells `ran`, what was `held` and `called`, by their ids.

    What is missing was not reached. `ended` is ``"finished"``, or what ended it: ``"wall"``, ``"cpu"``,
    ``"memory"``, ``"output"``, ``"died"``; `cpu` the seconds that the sandbox has spent on it.
    """

    ran: dict[str, Ran] = field(default_factory=dict)
    held: dict[str, Result] = field(default_factory=dict)
    called: dict[str, Result] = field(default_factory=dict)
    ended: str = "died"
    cpu: float = 0.0

    def note(self, said: dict[str, Any], calls: Sequence[Call]) -> None:
        """File one line of :mod:`runner`, whatever it holds; calls go by their number."""
        key, error = said.get("ran", said.get("held")), _sentence(said.get("error", ""))
        if "called" in said:
            number = said["called"]
            if type(number) is int and 0 <= number < len(calls):
                self.called[calls[number].id] = Result(error=error) if error else Result.of(said.get("value"))
        elif type(key) is str and "ran" in said:
            self.ran[key] = Ran(error, _line(said.get("text", ""), Limits.text))
        elif type(key) is str:
            late = error.startswith("OutOfTime")
            unread = Result(error=error if late else "the value could not be read")
            self.held[key] = unread if error else Result.of(said.get("value"))

    def functions(self, calls: Sequence[Call]) -> list[Call]:
        """Return the calls of what was held as a function."""
        held = {key: result.value for key, result in self.held.items()}
        return [call for call in calls if getattr(held.get(call.of), "kind", "") == "function"]

    def complete(self, cells: Sequence[Cell], calls: Sequence[Call]) -> bool:
        """Return whether everything that was asked for is there."""
        reached = all(cell.id in (self.held if cell.hold else self.ran) for cell in cells)
        return reached and all(call.id in self.called for call in self.functions(calls))


def _line(text: object, length: int = 300) -> str:
    """Keep what can be shown of a text that came out of the sandbox."""
    if type(text) is not str:
        return ""
    kept = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text[:length])
    return kept.encode("utf-8", "replace").decode("utf-8")


def _sentence(text: object) -> str:
    """Keep an error to one line, or it could look like lines of the grader's own."""
    return " ".join(_line(text).split()) or ("" if text == "" else "an error")
