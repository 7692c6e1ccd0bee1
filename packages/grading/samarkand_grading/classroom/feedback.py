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
            lines = row.lines if row.record.ended != "unreadable" else []
            text = page.render(
                title=title[1] if title else exercise.id,
                who=f"{who}, handed in on {row.handed_in}" if row.handed_in else who,
                day=f"{dt.datetime.fromtimestamp(marked):%Y-%m-%d}",
                style=style,
                total=row.total,
                notes=_notes(row),
                stopped=row.record.ended != "finished",  # what stopped all is said first
                questions=[_question(exercise, texts, answers, row, line) for line in lines],
            )
            paths.append(course.root / "marks" / row.student / f"{exercise.id}.html")
            files.renew(paths[-1], text.encode("utf-8", "replace"))
    return paths


def _notes(row: Row) -> list[str]:
    """Return the sentences above the questions."""
    notes = [*row.record.remarks]
    if row.record.trusted:
        notes.append("This work ran without a sandbox.")
    if row.late:
        taken = f"{row.penalty:g} points were" if row.penalty else "nothing was"
        notes.append(f"Handed in {report.lateness(row.late)} late: {taken} taken off.")
    if row.left_out:
        ids = ", ".join(row.left_out)
        notes.append(f"Left out for you: {ids}. The marks of a class show the same share of all points.")
    if row.open:
        notes.append(f"A person has still to mark {', '.join(row.open)}: not counted yet.")
    return notes


def _question(
    exercise: ExerciseSet, texts: dict[str, str], answers: dict[str, str], row: Row, line: Mark
) -> dict[str, Any]:
    """Return the parts of a question's section; its text has plain text for links, and no rubric."""
    heading, _, text = texts.get(f"{line.id}-question", f"## {line.id}").partition("\n")
    text = re.split(r"\n\n(?:\*\w+\.\* Taught in|\|)", text)[0]
    rows: list[tuple[str, str]] = []
    own = answers.get(line.id, "").strip()
    own = "" if own == texts.get(line.id, "").strip() else own
    if verdict := line.verdict:
        question = next((q for q in exercise.questions if q.id == line.id), None)
        given = row.record.given
        for name in (question.uses or tuple(given)) if question and question.varies else ():
            value = given.get(name)
            rows.append((name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)))
        rows += [("your lines", own)] if own else []
        if verdict.read and question and not question.cases:  # of a function it tells what hidden inputs gave
            rows.append(("your answer", verdict.read))
        reason = f"{verdict.reason} {exercise.read_again(verdict)}".strip()
        rows.append(("the checks say" if line.changed else "why", reason))
    elif own:
        rows.append(("your text", own))
    if line.changed or line.comment:
        rows.append(("a person says", line.comment or "These points were given by hand."))
    return {
        "line": line,
        "heading": re.sub(r"^#+ | \(\d+ points?\)$", "", heading.strip()),
        "state": verdict.state if verdict and not line.changed else "",
        "text": _MARKDOWN(re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", text)),
        "rows": rows,
        "rubric": next((written.rubric for written in exercise.written if written.id == line.id), ()),
    }
