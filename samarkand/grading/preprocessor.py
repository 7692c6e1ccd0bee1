"""The seam to nbgrader: marks from the sandbox in the place where nbgrader would run the notebook.

nbgrader's ``Autograde`` has a configurable list of preprocessors, of which the first, ``Execute``, runs
student code beside the grader. :class:`Answers` stands in its place: it writes each mark as the output of
its grade cell, where nbgrader reads a number as partial credit. All that follows (gradebook, late penalties,
formgrader, feedback, exporters) is nbgrader's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    LimitOutput,
    NbGraderPreprocessor,
    SaveAutoGrades,
)

from samarkand.grading.assessment import Assessment


class Answers(NbGraderPreprocessor):  # type: ignore[misc]
    """Write what the sandbox found into the notebook: what cells printed, and the marks."""

    #: Gives the assessment of a student; set by whoever starts the pipeline.
    assessment: ClassVar[Callable[[str], Assessment]]

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Fill the outputs of every code cell."""
        result = type(self).assessment(resources["nbgrader"]["student"])
        verdicts = {f"{verdict.question}-check": verdict for verdict in result.verdicts}
        first = True
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            cell.outputs, cell.execution_count = [], None
            key = cell.metadata.get("nbgrader", {}).get("grade_id") or ""
            ran = result.ran.get(f"cell {key}") or result.ran.get(
                cell.get("id", "").replace("added-", "added ")
            )
            if ran is not None and (ran.text or ran.error):
                text = "\n".join(part for part in (ran.text.rstrip("\n"), ran.error) if part) + "\n"
                cell.outputs.append(new_output("stream", name="stdout", text=text))
            if first and (result.remarks or result.trusted):
                cell.outputs.append(new_output("stream", name="stdout", text=_remarks(result)))
                first = False
            verdict = verdicts.get(key)
            if verdict is not None:
                reason = f"{verdict.question}: {verdict.points:g} of {verdict.out_of:g}. {verdict.reason}\n"
                cell.outputs.append(new_output("stream", name="stdout", text=reason))
                number = new_output("execute_result", data={"text/plain": repr(float(verdict.points))})
                cell.outputs.append(number)
        return nb, resources


def _remarks(result: Assessment) -> str:
    notes = list(result.remarks)
    if result.trusted:
        notes.insert(
            0, "This work ran WITHOUT a sandbox: its mark is only as good as the trust in its author."
        )
    return "".join(f"Note: {note}\n" for note in notes)


class Reasons(NbGraderPreprocessor):  # type: ignore[misc]
    """Write the reasons as comments into the gradebook, where formgrader and the feedback show them."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Comment on every answer cell."""
        about = resources["nbgrader"]
        result = Answers.assessment(about["student"])
        names = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in nb.cells}
        with Gradebook(about["db_url"]) as book:
            for verdict in result.verdicts:
                if verdict.question in names:
                    comment = book.find_comment(
                        verdict.question, about["notebook"], about["assignment"], about["student"]
                    )
                    comment.auto_comment = f"{verdict.points:g} of {verdict.out_of:g}. {verdict.reason}"
            book.db.commit()
        return nb, resources


class Grading(Autograde):  # type: ignore[misc]
    """nbgrader's own pipeline with :class:`Answers` in the place of ``Execute``.

    Attributes
    ----------
    done : callable
        Called with a student's id when everything of that student is written.
    """

    done: Callable[[str], None]

    def _init_preprocessors(self) -> None:
        self.autograde_preprocessors = [
            Answers,
            LimitOutput,
            SaveAutoGrades,
            Reasons,
            AssignLatePenalties,
            CheckCellMetadata,
        ]
        super()._init_preprocessors()

    def set_permissions(self, assignment_id: str, student_id: str) -> None:
        """Finish a student's folder as nbgrader does, then say so."""
        super().set_permissions(assignment_id, student_id)
        self.done(student_id)
