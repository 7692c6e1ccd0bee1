"""The feedback page of a student: each question's text, their numbers, their answer, and the reason."""

import datetime as dt
import re
import string
from html import escape
from pathlib import Path

import mistune

from samarkand.ground import files
from samarkand_grading.classroom import records, report
from samarkand_grading.classroom.course import Course
from samarkand_grading.classroom.report import Line, Result
from samarkand_grading.marking.checks import ExerciseSet
from samarkand_grading.submission.rebuilding import Released

_HERE = Path(__file__).parent
_STYLE = (_HERE / "feedback.css").read_text(encoding="utf-8")
_PAGE = string.Template((_HERE / "feedback.html").read_text(encoding="utf-8"))
_MARKDOWN = mistune.create_markdown(escape=True)
#: The rows whose line breaks are kept, with the CSS class for that.
_KINDS = {"your lines": ' class="lines"', "your text": ' class="text"'}


def write(course: Course, name: str) -> list[Path]:
    """Write a page for each graded student: ``marks/<student>/<set>.html``, readable by the graders alone.

    nbgrader's own pages go to ``feedback/``.
    """
    exercise = course.exercise(name)
    paths = []
    with course.work_alone():
        released = course.released(exercise)
        for result in report.results(course, exercise):
            student = result.row.student
            path = course.root / "marks" / student / f"{exercise.id}.html"
            lines = records.sources_of(course, exercise.id, student)
            marked = records.path_of(course, exercise.id, student).stat().st_mtime
            text = page(exercise, released, result, lines, f"{dt.datetime.fromtimestamp(marked):%Y-%m-%d}")
            files.renew(path, text.encode("utf-8", "replace"))
            paths.append(path)
    return paths


def page(exercise: ExerciseSet, released: Released, result: Result, answers: dict[str, str], day: str) -> str:
    """Return one student's page: HTML that loads nothing else; `answers` are the cells as handed in."""
    row, record = result.row, result.record
    texts = {key.removeprefix("id:"): cell["source"] for key, cell in released.cells.items()}
    title = re.search(r"^# (.+)$", next(iter(texts.values())), re.MULTILINE)
    name = " ".join(filter(None, (row.first_name, row.last_name)))
    who = f"{name} ({row.student})" if name else row.student
    notes = [*record.remarks]
    if record.trusted:
        notes.append("This work ran without a sandbox.")
    if row.late:
        taken = f"{row.penalty:g} points were" if row.penalty else "nothing was"
        notes.append(f"Handed in {report.lateness(row.late)} late: {taken} taken off.")
    if result.left_out:
        ids = ", ".join(result.left_out)
        notes.append(f"Left out for you: {ids}. The marks of a class show the same share of all points.")
    if result.open:
        notes.append(f"A person has still to mark {', '.join(result.open)}: not counted yet.")
    stopped = record.ended != "finished"  # what stopped everything is said first, and stands out
    listed = "".join(f"<li>{escape(note)}</li>" for note in notes[stopped:])
    lines = result.lines if record.ended != "unreadable" else []
    return _PAGE.substitute(
        title=escape(title[1] if title else exercise.id),
        who=escape(f"{who}, handed in on {row.handed_in}" if row.handed_in else who),
        day=day,
        style=_STYLE,
        total=result.total,
        notes="".join(f'<p class="first">{escape(note)}</p>\n' for note in notes[:stopped])
        + (f"<ul>{listed}</ul>" if listed else ""),
        questions="".join(_question(exercise, texts, answers, result, line) for line in lines),
    )


def _question(
    exercise: ExerciseSet, texts: dict[str, str], answers: dict[str, str], result: Result, line: Line
) -> str:
    """Return a question's section of the page."""
    heading, _, text = texts.get(f"{line.id}-question", f"## {line.id}").partition("\n")
    heading = re.sub(r"^#+ | \(\d+ points?\)$", "", heading.strip())
    if line.left_out:
        return f"<section><h2>{escape(heading)}: left out</h2></section>\n"
    rows: list[tuple[str, str]] = []
    own = answers.get(line.id, "").strip()
    own = "" if own == texts.get(line.id, "").strip() else own
    if verdict := line.verdict:
        question = next((q for q in exercise.questions if q.id == line.id), None)
        given = result.record.given
        for name in (question.uses or tuple(given)) if question and question.varies else ():
            value = given.get(name)
            rows.append((name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)))
        rows += [("your lines", own)] if own else []
        if verdict.read and question and not question.cases:  # of a function it tells what hidden inputs gave
            rows.append(("your answer", verdict.read))
        reason = f"{verdict.reason} {exercise.read_again(verdict)}".strip()
        rows.append(("the checks say" if line.by_hand else "why", reason))
    elif own:
        rows.append(("your text", own))
    if line.by_hand or line.comment:
        rows.append(("a person says", line.comment or "These points were given by hand."))
    state = verdict.state if verdict and not line.by_hand else ""
    items = "".join(
        f"<dt>{escape(name)}</dt><dd{_KINDS.get(name, '')}>{escape(value)}</dd>" for name, value in rows
    )
    rubric = next((written.rubric for written in exercise.written if written.id == line.id), ())
    anchors = [(one.name, "".join(f"<li>{escape(a)}</li>" for a in one.anchors)) for one in rubric]
    table = "".join(f'<tr><th>{escape(n)}</th><td><ol start="0">{lis}</ol></td></tr>' for n, lis in anchors)
    heading = f'<span class="state {state}"></span>{escape(heading)} <span class="points">{line.mark}</span>'
    table = f"<table><caption>What earns how many points</caption>{table}</table>" if table else ""
    return f"<section><h2>{heading}</h2>\n{_words(text)}<dl>{items}</dl>\n{table}</section>\n"


def _words(text: str) -> str:
    """Return a question's text as HTML, with links as plain text and without the rubric."""
    text = re.split(r"\n\n(?:\*\w+\.\* Taught in|\|)", text)[0]
    return str(_MARKDOWN(re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", text)))
