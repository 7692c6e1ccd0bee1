"""Feedback that opens without a network: points, reasons, rubric; no expected value, no hidden input."""

from __future__ import annotations

import html
import string
from pathlib import Path
from typing import Any

from samarkand.ground import files
from samarkand_grading.classroom import gradebook, report
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking.assessment import Assessment
from samarkand_grading.marking.checks import ExerciseSet

_HERE = Path(__file__).parent
_STYLE = (_HERE / "feedback.css").read_text(encoding="utf-8")
_PAGE = string.Template((_HERE / "feedback.html").read_text(encoding="utf-8"))


def write(course: Course, name: str) -> list[Path]:
    """Write a page for each graded student: ``marks/<student>/<set>.html``, readable by the graders alone.

    nbgrader's own pages go to ``feedback/``.
    """
    exercise = course.exercise(name)
    paths = []
    with files.alone(course.root):
        rows = {row["student"]: row for row in gradebook.marks(course.gradebook, exercise.id)}
        for result in report.assessments(course, exercise.id):
            body = page(exercise, result, rows.get(result.student, {})).encode("utf-8", "replace")
            path = course.root / "marks" / result.student / f"{exercise.id}.html"
            if files.renew(path, body):
                path.chmod(0o600)
            paths.append(path)
    return paths


def page(exercise: ExerciseSet, result: Assessment, row: dict[str, Any]) -> str:
    """Return one student's page, HTML that loads nothing else, made of the marks and the gradebook's row."""
    e = html.escape
    questions = "".join(
        f'<tr><th scope="row">{e(v.question)}</th><td class="points">{v.points:g} of {v.out_of:g}</td>'
        f'<td><span class="state {e(v.state)}">{e(v.reason)}</span> {e(exercise.read_again(v))}</td></tr>'
        for v in result.verdicts
    )
    late = row.get("late_penalty", 0)
    total = f"{row.get('net', result.points):g} of {row.get('max_score', result.out_of):g}"
    notes = [*result.remarks]
    if late:
        notes.append(f"Handed in late: {late:g} points were taken off.")
    if row.get("needs_manual_grade"):
        notes.append("A person has still to mark the written answer.")
    if result.trusted:
        notes.insert(0, "This work ran without a sandbox.")
    listed = "".join(f"<li>{e(note)}</li>" for note in notes)
    rubrics = "".join(_rubric(written, row) for written in exercise.written)
    return _PAGE.substitute(
        exercise=e(exercise.id),
        student=e(result.student),
        style=_STYLE,
        total=total,
        questions=questions,
        notes=f"<h2>Notes</h2><ul>{listed}</ul>" if notes else "",
        rubrics=rubrics,
    )


def _rubric(written: Any, row: dict[str, Any]) -> str:
    e = html.escape
    score = row.get("questions", {}).get(written.id, 0)
    lines = "".join(
        f'<tr><th scope="row">{e(criterion.name)}</th><td><ol start="0">'
        + "".join(f"<li>{e(anchor)}</li>" for anchor in criterion.anchors)
        + "</ol></td></tr>"
        for criterion in written.rubric
    )
    comment = row.get("comments", {}).get(written.id, "")
    return (
        f"<h2>{e(written.title)}</h2>\n<p>{score:g} of {written.points}</p>\n"
        f"{f'<p>{e(comment)}</p>' if comment else ''}\n"
        f"<table><caption>What earns how many points</caption><tbody>{lines}</tbody></table>\n"
    )
