"""What a sandbox is asked and what it answers: limits, cells, calls, results; plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from samarkand.practice.answers import decode


@dataclass(frozen=True)
class Limits:
    """What one submission may use; seconds and bytes.

    CPU decides, and it is the same on any machine at any load; the wall clock is only there for those who
    sleep.

    Attributes
    ----------
    cpu, wall : float
        Seconds for all of a submission's processes together.
    cell_cpu, cell_wall, call_cpu, call_wall : float
        Seconds for one cell, and for one call of a student's function.
    memory, growth, file : int
        Bytes: private memory of all processes together, what one process may add to its own, size of one
        file.
    processes, descriptors : int
        How many at once.
    names : int
        Look-ups of files that are not there; the kernel keeps up to half a kilobyte for each.
    output, value, text : int
        Bytes that come back in all, and of one answer; characters kept of what one cell prints.
    """

    cpu: float = 20
    wall: float = 45
    cell_cpu: float = 6
    cell_wall: float = 12
    call_cpu: float = 2
    call_wall: float = 6
    memory: int = 1 << 30
    growth: int = 640 << 20
    file: int = 32 << 20
    processes: int = 32
    descriptors: int = 64
    names: int = 400_000
    output: int = 8 << 20
    value: int = 256 << 10
    text: int = 4000


@dataclass(frozen=True)
class Cell:
    """A code cell to run, or a place where a name is read.

    Attributes
    ----------
    id : str
        What the result is filed under.
    code : str
        The source; empty where names are read.
    hold : str
        The name that is read here, once the cells above have run; empty for a cell to run.
    """

    id: str
    code: str = ""
    hold: str = ""


@dataclass(frozen=True)
class Call:
    """A call of the function that was held under ``of``, with arguments as :mod:`encode` writes them."""

    id: str
    of: str
    arguments: tuple[Any, ...]


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
    """All that came back of one submission.

    Attributes
    ----------
    ran : dict of str to Ran
        By cell.
    held, called : dict of str to Result
        By place, by call. What is missing was not reached.
    ended : str
        ``"finished"``, or which limit ended it: ``"wall"``, ``"cpu"``, ``"memory"``, ``"output"``,
        ``"died"``.
    cpu : float
        Seconds of CPU that the sandbox has spent on it.
    """

    ran: dict[str, Ran] = field(default_factory=dict)
    held: dict[str, Result] = field(default_factory=dict)
    called: dict[str, Result] = field(default_factory=dict)
    ended: str = "died"
    cpu: float = 0.0
