"""What an instructor asks after grading: the reasons for a mark, the results of a class, suspected copies."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import statistics
from collections.abc import Iterator
from typing import Any

from samarkand.ground.errors import CourseError
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import gradebook, records
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking.assessment import AGAIN, Assessment
from samarkand_grading.marking.checks import Verdict
from samarkand_grading.submission.rebuilding import ADDED


def explain(course: Course, name: str, student: str) -> str:
    """Explain one student's marks to the instructor: the value read, the rule, the reason."""
    exercise, student = course.exercise(name), numbers.student(student)
    result = records.read(course, exercise.id, student)
    lines = [
        f"{student}, {exercise.id}: {result.points:g} of {result.out_of:g}, ended: {result.ended}, "
        f"{result.cpu:.2f} s of CPU" + (", NO SANDBOX" if result.trusted else ""),
        f"numbers: {result.given}",
    ]
    for verdict in result.verdicts:
        lines += [
            "",
            f"{verdict.question}: {verdict.points:g} of {verdict.out_of:g} ({verdict.state})",
            f"  read:   {verdict.read or 'nothing'}",
            f"  rule:   {verdict.rule or 'none was reached'}",
            f"  reason: {verdict.reason}",
        ]
        if verdict.others:
            lines.append(f"  note:   right for the numbers {verdict.others[0]}")
        ran = result.ran.get(f"cell {verdict.question}")
        if ran is not None and ran.error:
            lines.append(f"  error:  {ran.error}")
    if result.remarks:
        lines += ["", "remarks:", *(f"  {remark}" for remark in result.remarks)]
    return "\n".join(lines)


def assessments(course: Course, exercise: str) -> list[Assessment]:
    """Read the records of all assessments of a set, in the order of the ids; skip damaged ones."""
    folder = course.root / "assessments" / exercise
    found = []
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(CourseError):
            found.append(records.read(course, exercise, path.name.removesuffix(".json")))
    return found


def grades(course: Course, name: str) -> str:
    """Sum up a set: table, histogram, questions, missing work, unusual work, suspected copies."""
    exercise = course.exercise(name)
    rows = gradebook.marks(course.gradebook, exercise.id)
    if not rows:
        raise CourseError(f"No work of {exercise.id} has been graded.")
    results = assessments(course, exercise.id)
    asked = [question.id for question in exercise.questions]
    older = [r.student for r in results if {v.question for v in r.verdicts} != set(asked)]
    absent = gradebook.students(course.gradebook) - {row["student"] for row in rows}
    empty = [r.student for r in results if all(v.state == "unanswered" for v in r.verdicts)]
    more = ", ".join(r.student for r in results if any(remark.endswith(ADDED) for remark in r.remarks))
    parts = [
        _table(rows),
        _histogram(rows),
        _questions(results, asked),
        *_listed("Nothing handed in", sorted(absent)),
        *_listed("Not answered at all", empty),
        *_listed("Added cells of their own", [more] if more else []),
        *_listed("Flagged", list(_flagged(results))),
        *_listed("Suspected copies (one answer alone may be chance)", list(copies(results))),
        *_listed("Waiting for a person", [row["student"] for row in rows if row["needs_manual_grade"]]),
        *_listed("Marked when the set had other questions", older),
    ]
    return "\n\n".join(parts)


def _table(rows: list[dict[str, Any]]) -> str:
    width = max(7, *(len(row["student"]) for row in rows))
    lines = [f"{'student':{width}}  points  of     late"]
    for row in rows:
        late = f"-{row['late_penalty']:g}" if row["late_penalty"] else ""
        lines.append(f"{row['student']:{width}}  {row['net']:6.4g}  {row['max_score']:<5g}  {late}".rstrip())
    scores = [row["net"] for row in rows]
    mean, middle = statistics.fmean(scores), statistics.median(scores)
    lines.append(f"{len(rows)} students, mean {mean:.2f}, median {middle:g}")
    return "\n".join(lines)


def _histogram(rows: list[dict[str, Any]]) -> str:
    counts = [0] * 10
    for row in rows:
        share = row["net"] / row["max_score"] if row["max_score"] else 0
        counts[min(9, max(0, int(share * 10)))] += 1
    bars = (f"{10 * n:3d}-{10 * n + 10:3d} %  {'#' * count} {count or ''}" for n, count in enumerate(counts))
    return "\n".join(bar.rstrip() for bar in bars)


def _flagged(results: list[Assessment]) -> Iterator[str]:
    """Report what was unusual in each submission, except for added cells and a busy machine."""
    for result in results:
        odd = [remark for remark in result.remarks if not remark.endswith((ADDED, AGAIN))]
        if odd:
            yield f"{result.student}: {'; '.join(odd)}"


def _questions(results: list[Assessment], asked: list[str]) -> str:
    """For each question, give the mean share of points and how well it separates strong from weak work.

    A question that has come or gone since has those who were asked it.
    """
    lines = ["question  mean share  discrimination  right  partly  wrong  unanswered"]
    of: dict[str, list[tuple[Assessment, Verdict]]] = {question: [] for question in asked}
    for result in results:
        for verdict in result.verdicts:
            of.setdefault(verdict.question, []).append((result, verdict))
    for question, marked in of.items():
        if not marked:
            continue
        shares = [v.points / v.out_of for _, v in marked]
        rest = [result.points - v.points for result, v in marked]
        states = [v.state for _, v in marked]
        wrong = sum(state in ("wrong", "form", "error") for state in states)
        lines.append(
            f"{question:8}  {statistics.fmean(shares):10.2f}  {_correlation(shares, rest):>14}  "
            f"{states.count('right'):5}  {states.count('partly'):6}  {wrong:5}  "
            f"{states.count('unanswered'):10}"
        )
    return "\n".join(lines)


def _correlation(one: list[float], other: list[float]) -> str:
    try:
        return f"{statistics.correlation(one, other):.2f}"
    except statistics.StatisticsError:
        return "-"  # fewer than two students, or all alike


def copies(results: list[Assessment]) -> Iterator[str]:
    """Name students whose wrong answers are right for a classmate's numbers, and were right there.

    Students with the most such answers come first. A classmate is left out if another fits all of the same
    answers and more.
    """
    found = []
    for result in results:
        fits = {r.student: _fitting(result, r) for r in results if r.student != result.student}
        most = [q for q in fits.values() if q and not any(q < more for more in fits.values())]
        for questions in {tuple(sorted(q)) for q in most}:
            sources = [source for source, q in fits.items() if q == set(questions)]
            found.append((-len(questions), result.student, questions, sources))
    for _, student, questions, sources in sorted(found):
        yield f"{student}: {', '.join(questions)} as {' or '.join(sources)} had it"


def _fitting(result: Assessment, source: Assessment) -> set[str]:
    """Return the questions that one student got wrong with an answer that was right for the other."""
    right = {verdict.question for verdict in source.verdicts if verdict.state == "right"}
    return {
        own.question
        for own in result.verdicts
        if own.question in right and any(other.items() <= source.given.items() for other in own.others)
    }


def _listed(title: str, entries: list[str]) -> list[str]:
    return [f"{title}:\n" + "\n".join(f"  {entry}" for entry in entries)] if entries else []


# --- export -------------------------------------------------------------------------------------------------

FORMATS = ("csv", "canvas", "moodle", "nbgrader")


def export(course: Course, name: str, form: str) -> str:
    """Return the marks of a set, after penalties, as the CSV text that another system reads.

    The form is ``"csv"`` (one column for each question), ``"canvas"`` or ``"moodle"`` (what their gradebooks
    import), or ``"nbgrader"`` (what its own export writes).
    """
    exercise = course.exercise(name)
    rows = gradebook.marks(course.gradebook, exercise.id)
    if form == "csv":
        cells = sorted({cell for row in rows for cell in row["questions"]})
        table: list[list[Any]] = [
            ["student", *cells, "late_penalty", "score", "max_score", "waits_for_a_person"]
        ]
        for row in rows:
            marks = [row["questions"].get(cell, 0) for cell in cells]
            waits = "yes" if row["needs_manual_grade"] else "no"
            table.append([row["student"], *marks, row["late_penalty"], row["net"], row["max_score"], waits])
    elif form == "canvas":
        # Canvas matches a student by its own number, then by the SIS ids, then by the name.
        most = rows[0]["max_score"] if rows else sum(exercise.worth.values())
        table = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", exercise.id]]
        table.append(["    Points Possible", "", "", "", "", most])
        table += [[r["name"] or r["student"], "", r["student"], r["student"], "", r["net"]] for r in rows]
    elif form == "moodle":
        # Moodle asks how to match students: map from Username (or ID number) to the same field.
        table = [["Username", exercise.id], *([row["student"], row["net"]] for row in rows)]
    elif form == "nbgrader":
        table = _as_nbgrader(course, exercise.id)
    else:
        raise CourseError(f"No export {form!r}. There is: {', '.join(FORMATS)}.")
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([_safe(cell) for cell in row] for row in table)
    return out.getvalue()


#: The columns of nbgrader's own export.
_NBGRADERS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score",
)  # fmt: skip


def _as_nbgrader(course: Course, exercise: str) -> list[list[Any]]:
    """Build the table that ``nbgrader export`` writes (it does not quote its cells)."""
    with gradebook.opened(course.gradebook) as book:
        assignment = book.find_assignment(exercise)
        handed_in = {submission.student_id: submission for submission in assignment.submissions}
        table: list[list[Any]] = [list(_NBGRADERS)]
        for student in book.students:
            work = handed_in.get(student.id)
            score, late = (work.score, work.late_submission_penalty or 0.0) if work else (0.0, 0.0)
            who = (student.id, student.last_name, student.first_name, student.email)
            marks = (score, late, max(0.0, score - late), assignment.max_score)
            table.append([exercise, assignment.duedate, work and work.timestamp, *who, *marks])
        return table


def waiting(course: Course, name: str) -> list[str]:
    """Return the ids of students whose written answers nobody has marked yet."""
    rows = gradebook.marks(course.gradebook, course.exercise(name).id)
    return [row["student"] for row in rows if row["needs_manual_grade"]]


#: Where a formula could begin: at the start of a text, or after a character that separates cells elsewhere.
_FORMULA = re.compile(r"(?:^|(?<=[;,\t\r\n]))(?=\s*[=+\-@])|^(?=[\t\r])")


def _safe(cell: Any) -> Any:
    """Keep a spreadsheet from reading text as a formula, whatever character it separates cells by."""
    return _FORMULA.sub("'", cell) if isinstance(cell, str) else cell
