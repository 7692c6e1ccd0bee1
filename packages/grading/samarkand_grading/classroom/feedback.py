"""The feedback page of a student: each question's text, their numbers, their answer, and the reason."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import jinja2
import mistune

from samarkand.ground import files
from samarkand_grading.classroom import records, report
from samarkand_grading.classroom.course import Course
from samarkand_grading.classroom.gradebook import Mark, Row
from samarkand_grading.marking.checks import ExerciseSet

_MARKDOWN = mistune.create_markdown(escape=True)


def write(course: Course, name: str) -> list[Path]:
    """Write a page for each graded student: ``marks/<student>/<set>.html``, readable by the graders alone.

    A page loads nothing else. nbgrader's own pages go to ``feedback/``.
    """
    exercise, here, paths = course.exercise(name), Path(__file__), []
    engine = jinja2.Environment(autoescape=True, trim_blocks=True)
    page = engine.from_string(here.with_suffix(".html").read_text(encoding="utf-8"))
    style = here.with_suffix(".css").read_text(encoding="utf-8")
    with course.work_alone():
        cells = course.released(exercise).cells
        texts = {key.removeprefix("id:"): cell["source"] for key, cell in cells.items()}
        title = re.search(r"^# (.+)$", next(iter(texts.values())), re.MULTILINE)
        for row in report.results(course, exercise):
            answers = records.sources_of(course, exercise.id, row.student)
            marked = records.path_of(course, exercise.id, row.student).stat().st_mtime
            full = " ".join(filter(None, (row.first_name, row.last_name)))
            who = f"{full} ({row.student})" if full else row.student
            marks = row.lines if row.record.ended != "unreadable" else []
            text = page.render(
                row=row,
                title=title[1] if title else exercise.id,
                who=f"{who}, handed in on {row.handed_in}" if row.handed_in else who,
                late=report.lateness(row.late),
                day=f"{dt.datetime.fromtimestamp(marked):%Y-%m-%d}",
                style=style,
                questions=[(mark, _question(exercise, texts, answers, row, mark)) for mark in marks],
            )
            paths.append(course.root / "marks" / row.student / f"{exercise.id}.html")
            files.renew(paths[-1], text.encode("utf-8", "replace"))
    return paths


def _question(
    exercise: ExerciseSet, texts: dict[str, str], answers: dict[str, str], row: Row, mark: Mark
) -> dict[str, Any]:
    """Return the parts of a question's section; its text has plain text for links, and no rubric."""
    heading, _, text = texts.get(f"{mark.id}-question", f"## {mark.id}").partition("\n")
    text = re.split(r"\n\n(?:\*\w+\.\* Taught in|\|)", text)[0]
    own, given, verdict = answers.get(mark.id, "").strip(), row.record.given, mark.verdict
    question = next((q for q in exercise.questions if verdict and q.id == mark.id), None)
    names = (question.uses or tuple(given)) if question and question.varies else ()
    values = [(name, given.get(name)) for name in names]
    return {
        "heading": re.sub(r"^#+ | \(\d+ points?\)$", "", heading.strip()),
        "text": _MARKDOWN(re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", text)),
        "given": [(name, ", ".join(map(str, v)) if isinstance(v, list) else v) for name, v in values],
        "own": "" if own == texts.get(mark.id, "").strip() else own,
        # Of a function it tells what hidden inputs gave.
        "read": verdict.read if verdict and question and not question.cases else "",
        "why": f"{verdict.reason} {exercise.read_again(verdict)}".strip() if verdict else "",
        "rubric": next((written.rubric for written in exercise.written if written.id == mark.id), None),
    }
