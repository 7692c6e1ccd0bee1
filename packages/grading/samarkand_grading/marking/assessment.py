"""One submission from its folder to its marks: read, rebuild, run, mark."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from samarkand.ground.words import tr
from samarkand.practice.sets import numbers
from samarkand_grading.marking import inputs
from samarkand_grading.marking.checks import ExerciseSet, Marker, Verdict, error_name
from samarkand_grading.marking.inputs import Inputs
from samarkand_grading.sandbox.box import Sandbox
from samarkand_grading.sandbox.work import Cell, Limits, Outcome, Ran, Result
from samarkand_grading.submission import reading, rebuilding

#: Ticks a second, the unit in which the system counts processor time.
TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
#: The share of a processor that any busy program gets; a program below it has slept.
AWAKE = 0.05
#: How the remark on a second run ends; the student is not to blame for it.
AGAIN = tr("The machine was busy, so this work ran a second time: what it printed then is shown to nobody.")


@dataclass
class Assessment:
    """All that is known of one graded submission.

    Attributes
    ----------
    student, exercise : str
        Whose, and of which set.
    verdicts : list of Verdict
        One for each question.
    remarks : list of str
        What else was found, for the feedback.
    ended : str
        How the run ended: ``"finished"``, a limit, ``"died"``, or ``"unreadable"``.
    cpu : float
        Seconds of CPU in the sandbox.
    ran : dict of str to Ran
        How each cell ran.
    notebook : dict
        The rebuilt notebook.
    given : dict
        The student's own numbers for this set.
    trusted : bool
        Whether it ran without a sandbox.
    """

    student: str
    exercise: str
    verdicts: list[Verdict]
    remarks: list[str] = field(default_factory=list)
    ended: str = "finished"
    cpu: float = 0.0
    ran: dict[str, Ran] = field(default_factory=dict)
    notebook: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    trusted: bool = False

    @property
    def points(self) -> float:
        """The sum of the auto-graded points."""
        return sum(verdict.points for verdict in self.verdicts)

    @property
    def out_of(self) -> float:
        """The most points the auto-graded questions can give."""
        return sum(verdict.out_of for verdict in self.verdicts)


@dataclass
class Work:
    """A submission that is ready to run.

    Attributes
    ----------
    student : str
        The student's id.
    given : dict
        The student's own numbers for this set.
    notebook : dict
        The rebuilt notebook.
    cells : list of Cell, or None
        The cells to run; None if nothing could be read.
    remarks : list of str
        What else was found.
    """

    student: str
    given: dict[str, Any]
    notebook: dict[str, Any]
    cells: list[Cell] | None
    remarks: list[str]


class Assessor:
    """Assesses submissions to one set; if one is broken, no other student is affected.

    The students' numbers are drawn from `course_seed`; the inputs of their functions from `key` and the work
    itself. `limits` are those of one submission, and in the context that `alone` gives no other one runs.
    """

    def __init__(  # noqa: PLR0913 - all that an assessment depends on
        self,
        exercise: ExerciseSet,
        released: rebuilding.Released,
        course_seed: str,
        limits: Limits | None = None,
        alone: Callable[[], AbstractContextManager[None]] = nullcontext,
        *,
        key: str,
    ) -> None:
        self.exercise = exercise
        self.released = released
        self.seed = course_seed
        self.limits = limits or Limits()
        self.alone = alone
        self.key = key
        self._known: dict[Any, Any] = {}

    def inputs(self, cells: list[Cell]) -> Inputs:
        """Draw the inputs for the functions of a submission."""
        return self.exercise.inputs(inputs.of_work(self.key, cells))

    def marker(self, given: dict[str, Any], drawn: Inputs) -> Marker:
        """Return a marker for these numbers and inputs; right answers are computed once for each variant."""
        return Marker(self.exercise, given, drawn, self._known)

    def prepare(self, student: str, folder: Path) -> Work:
        """Read and rebuild a submission from ``submitted/<student>/<set>``, without running it."""
        given = numbers.draw(self.seed, student, self.exercise.id, self.exercise.options)
        try:
            body, remarks = reading.read_file(folder, self.exercise.id)
            submission = self.released.rebuild(reading.parse(body))
        except reading.Unreadable as problem:
            return Work(student, given, self.released.empty().notebook, None, [str(problem)])
        return Work(student, given, submission.notebook, submission.cells, remarks + submission.remarks)

    def run(self, work: Work, box: Sandbox, *, again: bool = False) -> Assessment:
        """Run a submission in a sandbox and mark what comes out.

        `again` says that the work has run before, and may have learnt its inputs then.
        """
        if work.cells is None:
            verdicts = [
                Verdict(q.id, 0, q.points, "unanswered", "Nothing could be read.")
                for q in self.exercise.questions
            ]
            outcome = Outcome(ended="unreadable")
        else:
            drawn = self.inputs(work.cells)
            outcome, again = self._run(box, work, drawn, again)
            marker = self.marker(work.given, drawn)
            verdicts = named(marker.mark(outcome, quiet=again), self.exercise, work.cells)
        ending = [_LIMITS[outcome.ended]] if outcome.ended in _LIMITS else []
        return Assessment(
            work.student,
            self.exercise.id,
            verdicts,
            work.remarks + ending,
            outcome.ended,
            outcome.cpu,
            outcome.ran,
            work.notebook,
            work.given,
            box.trusted,
        )

    def _run(self, box: Sandbox, work: Work, drawn: Inputs, again: bool) -> tuple[Outcome, bool]:
        cells = work.cells or []

        def run(limits: Limits) -> Outcome:
            return box.run(cells, drawn.calls, given=work.given, limits=limits)

        before = _machine()
        outcome = first = run(self.limits)
        longer = _stretch(before, _machine(), outcome.cpu) if _starved(outcome, self.limits) else 1
        if longer > 1:
            # Other programs may be to blame: run the same work again, alone and with more time.
            walls = {name: longer * getattr(self.limits, name) for name in ("wall", "cell_wall", "call_wall")}
            with self.alone():
                outcome = run(replace(self.limits, **walls))
        if again or longer > 1:
            # The first run may have told it the inputs of its functions, so nothing of this run may be shown.
            told = first.ran if longer > 1 and not again else {}
            outcome.ran = {key: _quiet(ran, told.get(key, Ran())) for key, ran in outcome.ran.items()}
            work.remarks.append(AGAIN)
        return outcome, again or longer > 1


def _quiet(ran: Ran, first: Ran) -> Ran:
    """Keep of a second run only whether each cell failed; outputs come from the first, before any call."""
    return Ran(ran.error if ran.error == first.error else error_name(ran.error), first.text)


def _machine() -> tuple[int, int]:
    """Read how long all processors together have been idle, and how long they have run in all (in ticks)."""
    try:
        with Path("/proc/stat").open(encoding="ascii") as file:
            ticks = [int(part) for part in file.readline().split()[1:9]]
    except (OSError, ValueError):
        return 0, 0
    return ticks[3] + ticks[4], sum(ticks)  # a processor that waits for a disk is idle


def _stretch(before: tuple[int, int], after: tuple[int, int], own: float) -> float:
    """Return how many times as long a second run may take: longer, the less processor time others left it.

    If others left it half a processor or more, the usual limits can be met and there is no extension. The
    work's own load does not count, so it gains nothing by being busy. Returns 1, or from 2 to 4; `before` and
    `after` are in ticks, from :func:`_machine`, and `own` is the seconds of CPU that the work itself used.

    Examples
    --------
    Two processors for a minute: one was idle; the work used both; others used all but 20 s; all but 3 s.

    >>> _stretch((0, 0), (60 * TICK, 120 * TICK), 20), _stretch((0, 0), (0, 120 * TICK), 110)
    (1.0, 1.0)
    >>> _stretch((0, 0), (0, 120 * TICK), 20), _stretch((0, 0), (0, 120 * TICK), 3)
    (3.0, 4.0)
    """
    left = (after[0] - before[0]) / TICK + own
    wall = (after[1] - before[1]) / TICK / (os.cpu_count() or 1)
    return min(4.0, wall / max(left, 0.01)) if left < wall / 2 else 1.0


def named(verdicts: list[Verdict], exercise: ExerciseSet, cells: list[Cell]) -> list[Verdict]:
    """Tell an answer under a wrong name, or under no name, from a question that was left untouched.

    Returns the verdicts of :meth:`Marker.mark`; where no cell contains the expected name, the reason says so.
    """
    code = "\n".join(cell.code for cell in cells)
    found = []
    for verdict in verdicts:
        name = exercise.question(verdict.question).name
        if verdict.state == "unanswered" and not re.search(rf"\b{re.escape(name)}\b", code):
            reason = tr("There is no {name}: the answer is read from that name.", name=name)
            found.append(replace(verdict, reason=reason))
        else:
            found.append(verdict)
    return found


def _starved(outcome: Outcome, limits: Limits) -> bool:
    """Return whether the time limit may have stopped work that was busy, not asleep."""
    if outcome.ended == "wall":
        return outcome.cpu > AWAKE * limits.wall
    results: list[Ran | Result] = [*outcome.ran.values(), *outcome.held.values(), *outcome.called.values()]
    stopped = any("OutOfTime" in result.error for result in results)
    return stopped and outcome.cpu > AWAKE * min(limits.cell_wall, limits.call_wall)


_LIMITS = {
    "wall": tr("The work was stopped because it ran for too long."),
    "cpu": tr("The work was stopped because it used too much computing time."),
    "memory": tr("The work was stopped because it used too much memory."),
    "output": tr("The work was stopped because it gave back far too much."),
    "died": tr("The work ended itself before everything was read."),
}
