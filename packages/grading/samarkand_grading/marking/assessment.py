"""Assess one submission: read its folder, rebuild the notebook, run it, mark it."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samarkand.practice.sets import numbers
from samarkand_grading.marking import inputs, second_run
from samarkand_grading.marking.checks import ExerciseSet, Verdict
from samarkand_grading.marking.inputs import Inputs
from samarkand_grading.marking.marker import OUT_OF_TIME, STOPPED, Marker
from samarkand_grading.sandbox.box import Sandbox
from samarkand_grading.sandbox.work import LIMITS, Cell, Limits, Ran
from samarkand_grading.submission import reading
from samarkand_grading.submission.rebuilding import Released, Submission
from samarkand_grading.submission.remarks import Remark


@dataclass(frozen=True)
class HandIn:
    """One of several hand-ins of a student.

    `at` is the time in UTC as text, empty if it is not known, and `late` the seconds after the end. `points`
    are those of the checks less the penalty, None if it was not graded; `written` is how many written answers
    are in it. It was `slow` if a time limit was reached; only one `counts`.
    """

    at: str
    late: float
    points: float | None = None
    written: int = 0
    slow: bool = False
    counts: bool = False

    @property
    def rank(self) -> tuple[bool, int, float, bool]:
        """What is greatest for the best one; of two that are as good it is the one in time."""
        return self.points is not None, self.written, self.points or 0.0, self.late == 0


@dataclass
class Assessment:
    """The record of one graded submission.

    `verdicts` has one for each question; in `remarks`, the reason why nothing could be marked comes first;
    `ended` is ``"finished"``, a limit, ``"died"`` or ``"unreadable"``; `cpu` is in seconds; `ran` is by cell;
    `notebook` is the rebuilt one; `given` are the student's own numbers; `written` are the ids of answers for
    a person to mark; `trusted` means run without a sandbox; `digest` is that of the work and of everything
    else that its marks depend on; `hand_ins` has all hand-ins, the newest last, if there are several.
    """

    student: str
    exercise: str
    verdicts: list[Verdict]
    remarks: list[Remark] = field(default_factory=list)
    ended: str = "finished"
    cpu: float = 0.0
    ran: dict[str, Ran] = field(default_factory=dict)
    notebook: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    trusted: bool = False
    written: list[str] = field(default_factory=list)
    digest: str = ""
    hand_ins: list[HandIn] = field(default_factory=list)

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
        if any(hand_in.slow for hand_in in self.hand_ins):
            return True
        return self.ended == "wall" or any(ran.error.startswith(OUT_OF_TIME) for ran in self.ran.values())


@dataclass
class Assessor:
    """Assessor of submissions to one set; a broken one affects no other student.

    Parameters
    ----------
    exercise : ExerciseSet
        The questions of the set.
    released : Released
        The released notebook that submissions are matched with.
    seed : str
        The seed from which the students' own numbers are drawn.
    limits : Limits
        The limits of each submission.
    key : str
        The course's key, from which, with the work itself, the inputs of functions are drawn.
    known : dict
        Right answers that were computed already.
    places : mapping
        The students for whom numbers were dealt: see `numbers.draw_numbers`.
    """

    exercise: ExerciseSet
    released: Released
    seed: str
    limits: Limits = LIMITS
    key: str = field(kw_only=True)
    known: dict[Any, Any] = field(default_factory=dict)
    places: Mapping[str, int | None] = field(default_factory=dict)

    def draw_inputs(self, cells: list[Cell]) -> Inputs:
        """Draw the inputs for the functions of a submission."""
        return self.exercise.draw_inputs(inputs.derive_key(self.key, cells))

    def draw_examples(self) -> list[dict[str, Any]]:
        """Return what students see who have not signed in: in the class's copy, and in the public one."""
        examples = []
        for seed in (self.seed, numbers.DEMONSTRATION):
            examples.append(
                numbers.draw_numbers(seed, "demonstration", self.exercise.id, self.exercise.options)
            )
        return examples

    def read_submission(self, student: str, folder: Path) -> Submission:
        """Read and rebuild a submission from ``submitted/<student>/<set>``, without running it."""
        try:
            file = reading.read_file(folder, self.exercise.id)
            submission = self.released.rebuild(reading.parse_cells(file.body))
            remarks = list(file.remarks)
            if submission.signed_in_by not in ("", student):
                name = reading.defuse_name(submission.signed_in_by)
                sentence = f"The notebook was signed in as {name}."
                remarks.append(Remark("signed in", sentence, (submission.signed_in_by,)))
            submission.remarks = remarks + submission.remarks
        except reading.Unreadable as problem:
            remark = Remark(problem.code, str(problem))
            submission = Submission(copy.deepcopy(self.released.notebook), [], [remark])
        submission.student = student
        options = self.exercise.options
        submission.given = numbers.draw_numbers(self.seed, student, self.exercise.id, options, self.places)
        return submission

    def assess_submission(self, submission: Submission, box: Sandbox) -> Assessment:
        """Run a submission in a sandbox and mark the outcome."""
        result = Assessment(
            submission.student,
            self.exercise.id,
            verdicts=[],
            remarks=list(submission.remarks),
            notebook=submission.notebook,
            given=submission.given,
            trusted=box.trusted,
            written=submission.written,
        )
        if not submission.cells:
            result.ended = "unreadable"
            result.verdicts = self._leave_unanswered("Nothing could be read.")
            return result
        drawn = self.draw_inputs(submission.cells)
        outcome = box.run(submission.cells, drawn.calls, given=submission.given, limits=self.limits)
        result.ended = outcome.ended
        result.cpu = outcome.cpu
        result.ran = outcome.ran
        examples = self.draw_examples()
        marker = Marker(self.exercise, submission.given, drawn, self.known, examples=examples)
        again = second_run.run_again(
            second_run.Work(
                exercise=self.exercise,
                cells=submission.cells,
                given=submission.given,
                key=drawn.key,
                outcome=outcome,
                limits=self.limits,
                run=lambda given, limits: box.run(submission.cells, given=given, limits=limits),
            ),
            marker.mark_outcome(outcome, submission.cells),
        )
        result.verdicts = again.verdicts
        result.remarks += again.remarks
        if outcome.ended in STOPPED:
            sentence = f"The work was stopped because it {STOPPED[outcome.ended]}."
            result.remarks.insert(0, Remark("stopped", sentence))
        elif outcome.ended == "died":
            sentence = "The work ended itself before everything was read."
            result.remarks.insert(0, Remark("ended itself", sentence))
        return result

    def _leave_unanswered(self, reason: str) -> list[Verdict]:
        """Return a verdict without points on each question."""
        verdicts = []
        for question in self.exercise.questions:
            verdicts.append(
                Verdict(
                    question=question.id, points=0, out_of=question.points, state="unanswered", reason=reason
                )
            )
        return verdicts
