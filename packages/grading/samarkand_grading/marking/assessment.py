"""Assess one submission: read its folder, rebuild the notebook, run it, mark it."""

import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samarkand.practice.sets import numbers
from samarkand_grading.marking import inputs
from samarkand_grading.marking.checks import OUT_OF_TIME, STOPPED, ExerciseSet, Marker, Verdict
from samarkand_grading.marking.inputs import Inputs
from samarkand_grading.sandbox.box import Sandbox
from samarkand_grading.sandbox.work import LIMITS, Cell, Limits, Ran
from samarkand_grading.submission import reading
from samarkand_grading.submission.rebuilding import Released, Submission


@dataclass
class Assessment:
    """The record of one graded submission.

    `verdicts` has one for each question; in `remarks`, the reason why nothing could be marked comes first;
    `ended` is ``"finished"``, a limit, ``"died"`` or ``"unreadable"``; `cpu` is in seconds; `ran` is by cell;
    `notebook` is the rebuilt one; `given` are the student's own numbers; `written` are the ids of answers for
    a person to mark; `trusted` means run without a sandbox; `digest` is that of the work and of everything
    else that its marks depend on.
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
    written: list[str] = field(default_factory=list)
    digest: str = ""

    @property
    def points(self) -> float:
        """The sum of the auto-graded points."""
        return sum(verdict.points for verdict in self.verdicts)

    @property
    def out_of(self) -> float:
        """The maximum of the auto-graded points."""
        return sum(verdict.out_of for verdict in self.verdicts)

    @property
    def slow(self) -> bool:
        """Whether a time limit was reached, which may be due to a busy machine."""
        return self.ended == "wall" or any(ran.error.startswith(OUT_OF_TIME) for ran in self.ran.values())


@dataclass
class Assessor:
    """Assessor of submissions to one set; a broken one affects no other student.

    The students' numbers are drawn from the course's `seed`, the inputs of their functions from `key` and the
    work itself. `limits` apply to each submission; `known` are right answers worked out already.
    """

    exercise: ExerciseSet
    released: Released
    seed: str
    limits: Limits = LIMITS
    key: str = field(kw_only=True)
    known: dict[Any, Any] = field(default_factory=dict)

    def inputs(self, cells: list[Cell]) -> Inputs:
        """Draw the inputs for the functions of a submission."""
        return self.exercise.inputs(inputs.derive_key(self.key, cells))

    def examples(self) -> list[dict[str, Any]]:
        """Return what students see who have not signed in: in the class's copy, and in the public one."""
        return [
            numbers.draw(seed, "demonstration", self.exercise.id, self.exercise.options)
            for seed in (self.seed, numbers.DEMONSTRATION)
        ]

    def prepare(self, student: str, folder: Path) -> Submission:
        """Read and rebuild a submission from ``submitted/<student>/<set>``, without running it."""
        try:
            file = reading.read_file(folder, self.exercise.id)
            work = self.released.rebuild(reading.parse_cells(file.body))
            remarks = list(file.remarks)
            if work.signed_in_by not in ("", student):
                remarks.append(f"The notebook was signed in as {reading.defuse_name(work.signed_in_by)}.")
            work.remarks = remarks + work.remarks
        except reading.Unreadable as problem:
            work = Submission(copy.deepcopy(self.released.notebook), [], [str(problem)])
        work.student = student
        work.given = numbers.draw(self.seed, student, self.exercise.id, self.exercise.options)
        return work

    def run(self, work: Submission, box: Sandbox) -> Assessment:
        """Run a submission in a sandbox and mark the outcome."""
        result = Assessment(work.student, self.exercise.id, [], [*work.remarks], given=work.given)
        result.notebook, result.written, result.trusted = work.notebook, work.written, box.trusted
        if not work.cells:
            result.ended, nothing = "unreadable", "Nothing could be read."
            questions = self.exercise.questions
            result.verdicts = [Verdict(q.id, 0, q.points, "unanswered", nothing) for q in questions]
            return result
        drawn = self.inputs(work.cells)
        outcome = box.run(work.cells, drawn.calls, given=work.given, limits=self.limits)
        result.ended, result.cpu, result.ran = outcome.ended, outcome.cpu, outcome.ran
        marker = Marker(self.exercise, work.given, drawn, self.known, examples=self.examples())
        result.verdicts = marker.mark(outcome, work.cells)
        if outcome.ended in STOPPED:
            result.remarks.insert(0, f"The work was stopped because it {STOPPED[outcome.ended]}.")
        elif outcome.ended == "died":
            result.remarks.insert(0, "The work ended itself before everything was read.")
        return result
