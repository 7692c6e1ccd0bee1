"""The seam to nbgrader: marks from the sandbox, put where nbgrader would run the notebook.

nbgrader's ``Autograde`` has a configurable list of preprocessors. The first, ``Execute``, runs student code
beside the grader. :class:`Answers` replaces it: it writes each mark as the output of its grade cell, where
nbgrader reads a number as partial credit. All later steps (gradebook, late penalties, formgrader, feedback,
exporters) are nbgrader's own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

from nbformat import NotebookNode
from nbgrader.api import BaseCell, Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.converters import Autograde, autograde
from nbgrader.converters.base import BaseConverter
from nbgrader.preprocessors import (
    AssignLatePenalties,
    LimitOutput,
    NbGraderPreprocessor,
    OverwriteCells,
    SaveAutoGrades,
    latesubmissions,
    overwritecells,
    saveautogrades,
)
from sqlalchemy import inspect

from samarkand_grading.marking.assessment import Assessment
from samarkand_grading.submission.rebuilding import harmless


class Answers(NbGraderPreprocessor):  # type: ignore[misc]
    """Writes the results of the sandbox into the notebook: what cells printed, and the marks."""

    #: Gives the assessment of a student; set by the code that starts the pipeline.
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
                cell.outputs.append(_printed(text))
            if first and (result.remarks or result.trusted):
                cell.outputs.append(_printed(_remarks(result)))
                first = False
            verdict = verdicts.get(key)
            if verdict is not None:
                reason = f"{verdict.question}: {verdict.points:g} of {verdict.out_of:g}. {verdict.reason}\n"
                cell.outputs += [_printed(reason), _number(verdict.points)]
        return nb, resources


def _printed(text: str) -> NotebookNode:
    return NotebookNode(output_type="stream", name="stdout", text=text)


def _number(points: float) -> NotebookNode:
    data = NotebookNode({"text/plain": repr(float(points))})
    return NotebookNode(
        output_type="execute_result", data=data, metadata=NotebookNode(), execution_count=None
    )


def _remarks(result: Assessment) -> str:
    notes = list(result.remarks)
    if result.trusted:
        notes.insert(
            0, "This work ran WITHOUT a sandbox: its mark is only as good as the trust in its author."
        )
    return "".join(f"Note: {note}\n" for note in notes)


class Marks(SaveAutoGrades):  # type: ignore[misc]
    """Saves the marks as nbgrader does, and the reasons as comments for formgrader and the feedback."""

    def _add_comment(self, cell: Any, resources: Any) -> None:
        super()._add_comment(cell, resources)
        name = cell.metadata.nbgrader.grade_id
        for verdict in Answers.assessment(self.student_id).verdicts:
            if verdict.question == name:
                comment = self.gradebook.find_comment(
                    name, self.notebook_id, self.assignment_id, self.student_id
                )
                # A reason may quote an error message of the student's; feedback pages show it as HTML.
                reason = harmless(verdict.reason)
                comment.auto_comment = f"{verdict.points:g} of {verdict.out_of:g}. {reason}"


class SharedGradebook(Gradebook):  # type: ignore[misc]
    """A gradebook that all parts of nbgrader share, and that looks nothing up twice.

    Otherwise each part would open its own, ten times for each submission, look up every cell, grade and
    comment with a query, and commit after each. Here the cells of the set, which do not change during a run,
    are kept as first read; the work, the grades and the comments of a student take one query each; and all
    commits are written when :meth:`settle` is called, so a student's marks are in the gradebook either
    completely or not at all.
    """

    def __init__(self, url: str, course_id: str) -> None:
        super().__init__(url, course_id)
        self._write = self.db.commit
        self.db.commit = lambda: None  # later queries see the change anyway
        self._cells: dict[tuple[str, ...], SimpleNamespace] = {}
        self._parts: dict[tuple[str, ...], Any] = {}

    def close(self) -> None:
        """Do nothing: the caller is only one of several users (see :meth:`end`)."""

    def end(self) -> None:
        """Close the gradebook."""
        super().close()

    def begin(self) -> None:
        """Discard what an earlier student may have left unfinished."""
        self._parts.clear()
        self.db.rollback()

    def settle(self) -> None:
        """Write everything of a student at once, and let other programs write before the next."""
        self._write()
        self._parts.clear()
        self.db.remove()

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> SimpleNamespace:
        """Look up the source of a cell (its values only, for reading)."""
        return self._cell(super().find_source_cell, name, notebook, assignment)

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> SimpleNamespace:
        """Look up the points of a cell (its values only, for reading)."""
        return self._cell(super().find_graded_cell, name, notebook, assignment)

    def _cell(self, find: Callable[..., Any], *names: str) -> SimpleNamespace:
        key = (find.__name__, *names)
        if key not in self._cells:
            cell = find(*names)
            columns = inspect(cell).mapper.columns.keys()
            self._cells[key] = SimpleNamespace(**{column: getattr(cell, column) for column in columns})
        return self._cells[key]

    def find_grade(self, grade_cell: str, notebook: str, assignment: str, student: str) -> Grade:
        """Look up the grade of a cell."""
        found = self._of(Grade, notebook, assignment, student).get(grade_cell)
        return found or super().find_grade(grade_cell, notebook, assignment, student)

    def find_comment(self, solution_cell: str, notebook: str, assignment: str, student: str) -> Comment:
        """Look up the comment on a cell."""
        found = self._of(Comment, notebook, assignment, student).get(solution_cell)
        return found or super().find_comment(solution_cell, notebook, assignment, student)

    def find_submission(self, assignment: str, student: str) -> SubmittedAssignment:
        """Look up the work of a student."""
        return self._once("submission", super().find_submission, assignment, student)

    def find_submission_notebook(self, notebook: str, assignment: str, student: str) -> SubmittedNotebook:
        """Look up the notebook of a student."""
        return self._once("notebook", super().find_submission_notebook, notebook, assignment, student)

    def _of(self, kind: Any, *names: str) -> dict[str, Any]:
        """Read all grades, or all comments, of a student's notebook."""

        def read(*names: str) -> dict[str, Any]:
            own = self.find_submission_notebook(*names).id
            rows = self.db.query(kind, BaseCell.name).join(BaseCell, BaseCell.id == kind.cell_id)
            return {name: part for part, name in rows.filter(kind.notebook_id == own)}

        found: dict[str, Any] = self._once(kind.__name__, read, *names)
        return found

    def _once(self, what: str, find: Callable[..., Any], *names: str) -> Any:
        """Look something of a student's up, unless that was done before."""
        key = (what, *names)
        if key not in self._parts:
            self._parts[key] = find(*names)
        return self._parts[key]


@contextlib.contextmanager
def one_gradebook(url: str, course_id: str) -> Iterator[SharedGradebook]:
    """Give all parts of nbgrader the same gradebook."""
    book = SharedGradebook(url, course_id)
    users = (autograde, latesubmissions, overwritecells, saveautogrades)
    for module in users:
        module.Gradebook = lambda *_, **__: book
    try:
        yield book
    finally:
        for module in users:
            module.Gradebook = Gradebook
        book.end()


class Grading(Autograde):  # type: ignore[misc]
    """nbgrader's own pipeline for some students, in order, with :class:`Answers` in place of ``Execute``.

    nbgrader converts a notebook twice: to remove what a student has forged, and to execute it. The notebooks
    here were rebuilt from the released one, so one conversion is enough. ``done`` is called with a student's
    id when everything of that student is written; ``failed`` with the id and the error if the work could not
    be begun or finished.
    """

    students: Sequence[str]
    done: Callable[[str], None]
    failed: Callable[[str, Exception], object]
    preprocessors: ClassVar[list[type]] = [OverwriteCells, Answers, LimitOutput, Marks, AssignLatePenalties]

    def convert_notebooks(self) -> None:
        """Convert the notebooks of all students with one connection to the gradebook."""
        # A notebook is validated when it is read and when all is done, not after each step.
        self.exporter.optimistic_validation = True
        with one_gradebook(self.coursedir.db_url, self.coursedir.course_id) as self.book:
            super().convert_notebooks()

    def init_notebooks(self) -> None:
        """Set the notebooks' names; each exists once its assessment does."""
        name = self.coursedir.assignment_id
        folders = [self._format_source(name, student) for student in self.students]
        self.assignments = {folder: [f"{folder}/{name}.ipynb"] for folder in folders}

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Begin a student only when the marks are there; until then others can write to the gradebook.

        A student whose work cannot be begun keeps the earlier marks; nbgrader would discard them, or stop for
        everybody if it could not.
        """
        try:
            Answers.assessment(student_id)
            self.book.begin()
            return bool(super().init_destination(assignment_id, student_id))
        except OSError as error:
            place = f"autograded/{student_id}/{assignment_id}"
            self.failed(student_id, OSError(f"{place} cannot be made anew: {error.strerror or error}"))
        except Exception as error:
            self.failed(student_id, error)
        return False

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Convert a notebook in one pass."""
        BaseConverter.convert_single_notebook(self, notebook_filename)

    def set_permissions(self, assignment_id: str, student_id: str) -> None:
        """Finish a student's folder as nbgrader does, write everything to the gradebook, then report it."""
        super().set_permissions(assignment_id, student_id)
        self.book.settle()
        try:
            self.done(student_id)
        except Exception as error:
            self.failed(student_id, error)
            raise
