"""Reports after grading: the reasons for a mark, the results of a class, exports, the students' pages.

A mark is the one in the gradebook: points given by hand override those of the checks, here, on the student's
page and in each export.
"""

import datetime as dt
import re
import statistics
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jinja2
import mistune

from samarkand.answers import decode
from samarkand.common import files
from samarkand.common.errors import CourseError
from samarkand.common.spreadsheets import as_csv
from samarkand_grading.classroom import gradebook, records, similar_answers, similar_texts, times
from samarkand_grading.classroom.course import Course
from samarkand_grading.classroom.gradebook import Mark, Row
from samarkand_grading.classroom.marked_texts import EarlierMark
from samarkand_grading.marking import checks
from samarkand_grading.marking.assessment import Assessment
from samarkand_grading.marking.checks import ExerciseSet, Question, Verdict, Written
from samarkand_grading.submission.rebuilding import ADDED

#: The rows of a table, with what is in each cell.
Table = list[list[Any]]
#: The policy of a page made of students' work: a browser applies its styles, and does nothing else.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class NotGraded(CourseError):
    """No work on a set has been graded, or not that of a student."""


def read_results(course: Course, exercise: ExerciseSet, student: str | None = None) -> list[Row]:
    """Return the rows of all students or of one, sorted by id; `NotGraded` if there is no work."""
    found = []
    earlier = gradebook.read_earlier(course.gradebook, exercise.id)
    points = gradebook.read_row_points(course.gradebook, exercise.id).get("first", {})
    for row in gradebook.read_rows(course.gradebook, exercise.id).values():
        if student not in (None, row.student):
            continue
        record = records.read_record(course, exercise.id, row.student)
        if record is None:
            continue
        row.record = record
        _enter_lines(course, exercise, row, earlier.get(row.student, []))
        _enter_row_points(course, exercise, row, points)
        if record.ended == "unreadable" and not any(mark.changed for mark in row.lines):
            for mark in row.lines:
                mark.unread = True
        found.append(row)
    if not found and student:
        why = f"{exercise.id} of {student} has not been graded: run samarkand grade {exercise.id}."
        raise NotGraded(why, code="not graded", set=exercise.id, student=student)
    if not found:
        raise NotGraded(f"No work of {exercise.id} has been graded.", code="not graded", set=exercise.id)
    return found


def _enter_lines(course: Course, exercise: ExerciseSet, row: Row, earlier: list[EarlierMark]) -> None:
    """Enter a student's mark of each question into the lines of her row: checked ones first, then written.

    `earlier` are the marks that persons gave to texts of hers.
    """
    verdicts = {f"{verdict.question}-check": verdict for verdict in row.record.verdicts}
    for cell in (*verdicts, *(written.id for written in exercise.written)):
        mark = row.marks.get(cell)
        if mark is None:
            continue
        mark.id = cell.removesuffix("-check")
        mark.verdict = verdicts.get(cell)
        mark.earlier = _list_earlier(course, exercise, row.student, mark, earlier)
        row.lines.append(mark)


def _enter_row_points(
    course: Course,
    exercise: ExerciseSet,
    row: Row,
    points: Mapping[tuple[str, str, str], dict[str, int]],
) -> None:
    """Enter the points of each row of the rubric into the marks that they make."""
    asked = {student for student, _, _ in points}
    if row.student not in asked:
        return
    now = records.digest_answers(exercise, records.read_sources(course, exercise.id, row.student))
    written = {answer.id: answer for answer in exercise.written}
    for mark in row.lines:
        rows = points.get((row.student, mark.id, now.get(mark.id, "")), {})
        # Otherwise somebody has changed the mark in Formgrader.
        if rows and mark.by_hand == written[mark.id].convert(rows):
            mark.rows = {row: rows[row] for row in written[mark.id].rubric if row in rows}


def _list_earlier(
    course: Course, exercise: ExerciseSet, student: str, mark: Mark, earlier: list[EarlierMark]
) -> list[EarlierMark]:
    """Return a person's marks of an answer that were given for other texts than the one that is there."""
    marks = [one for one in earlier if one.question == mark.id]
    if not marks:
        return []
    now = records.digest_answers(exercise, records.read_sources(course, exercise.id, student))
    return [one for one in marks if one.digest != now.get(mark.id)]


def explain_marks(course: Course, name: str, student: str) -> str:
    """Explain one student's marks to the instructor: the value read, the rule, the reason."""
    exercise = course.exercise(name)
    (student,) = gradebook.find_students(course, [student])
    (row,) = read_results(course, exercise, student)
    record = row.record
    ran = f"ended: {record.ended}, {record.cpu:.2f} s of CPU{', NO SANDBOX' if record.trusted else ''}"
    lines = [f"{row.student}, {exercise.id}: {row.total}, {ran}", f"numbers: {write_numbers(record.given)}"]
    if row.late:
        lines.append(f"late: {times.format_lateness(row.late)}, {row.penalty:g} points taken off")
    if record.hand_ins:
        lines.append(describe_hand_ins(record, gradebook.read_zone(course.gradebook, exercise.id)))
    for mark in row.lines:
        lines.append("")
        lines += _explain_mark(mark)
    if record.remarks:
        lines += ["", "remarks:"]
        lines += [f"  {remark}" for remark in record.remarks]
    return make_printable("\n".join(lines))


def make_printable(text: str) -> str:
    r"""Return a text for a terminal, without what one would obey: a comment may quote what a student wrote.

    Examples
    --------
    >>> make_printable("a\x1b[2J\nb\u202e")
    'a\ufffd[2J\nb\ufffd'
    """
    return "".join(
        sign if sign.isprintable() or sign == "\n" else "\N{REPLACEMENT CHARACTER}" for sign in text
    )


def write_numbers(given: Mapping[str, Any]) -> str:
    """Write a student's own numbers on one line.

    Examples
    --------
    >>> write_numbers({"from": "BRA", "group": ["BLR", "MRT"], "rate": 0.1 + 0.2})
    'from BRA; group BLR, MRT; rate 0.3'
    """
    return "; ".join(
        f"{name} {decode.write_value(decode.make_plain(value), 1000)}" for name, value in given.items()
    )


def _explain_mark(mark: Mark) -> list[str]:
    """Return lines on one mark: its points, what a person said, and what the checks did."""
    lines = [f"{mark.id}: {mark}{' (by hand)' if mark.changed else ''}"]
    for criterion, points in mark.rows.items():
        lines.append(f"  {criterion}: {points}")
    if mark.comment:
        lines.append(f"  comment: {mark.comment}")
    for earlier in mark.earlier:
        lines.append(f"  of a text before this one a person said: {earlier}")
    verdict = mark.verdict
    if verdict:
        lines += [
            f"  checks: {verdict.points:g} of {verdict.out_of:g} ({verdict.state})",
            f"  read:   {verdict.read or 'nothing'}",
            f"  rule:   {verdict.rule or 'none was reached'}",
            f"  reason: {verdict.reason}",
        ]
        if verdict.others:
            lines.append(f"  note:   right for the numbers {write_numbers(verdict.others[0])}")
    return lines


def sum_up(course: Course, name: str) -> str:
    """Sum up a set: marks, questions, missing work, unusual work, suspected copies."""
    exercise = course.exercise(name)
    found = read_results(course, exercise)
    asked = [question.id for question in exercise.questions]
    tables = [_tabulate_students(found), _tabulate_questions(found, asked), count_row_points(found, exercise)]
    told = [table for table in tables if table]
    for title, entries in _list_unusual(course, exercise, found).items():
        if entries:
            told.append("\n  ".join([f"{title}:", *entries]))
    return make_printable("\n\n".join(told))


def _list_unusual(course: Course, exercise: ExerciseSet, found: list[Row]) -> dict[str, list[str]]:
    """Return what an instructor should look at, by titles in the order in which they are shown."""
    kept = [row.record for row in found]
    texts = {row.student: records.read_sources(course, exercise.id, row.student) for row in found}
    answers = _select_answers(exercise, texts)
    given = []
    for cell in course.released(exercise).cells.values():
        if cell["cell_type"] == "code":
            given.append(cell["source"])
    names = {question.id: question.name for question in exercise.questions}
    zone = gradebook.read_zone(course.gradebook, exercise.id)
    absent = gradebook.list_students(course.gradebook) - {record.student for record in kept}
    return {
        "Nothing handed in": sorted(absent),
        "Not answered at all": _list_unanswered(kept),
        "Added cells of their own": _list_added(kept),
        "Flagged": _list_flagged(kept),
        "Not signed in: answers to the example's numbers": _list_unsigned(kept),
        "Answers that are right for a classmate's numbers (ask both)": list(find_copies(kept, answers)),
        "Alike but for blanks, comments, names and lines that do nothing (a hint, never a mark)": list(
            similar_answers.find_groups(given, answers, names)
        ),
        "Written answers that share passages (a hint, never a mark)": _describe_near_copies(
            course, exercise, texts
        ),
        "Handed in more than once": [
            f"{record.student}: {describe_hand_ins(record, zone)}" for record in kept if record.hand_ins
        ],
        "Waiting for a person": [f"{row.student}: {', '.join(row.open)}" for row in found if row.open],
        "Impossible": _list_impossible(found),
        "Marked by a person for a text before the one that is there": _list_outdated(found),
        "Left out": [f"{row.student}: {', '.join(row.left_out)}" for row in found if row.left_out],
        "Changed by hand": _list_changed(found),
        "Marked when the set had other questions": _list_of_other_questions(exercise, kept),
    }


def _select_answers(
    exercise: ExerciseSet, texts: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """Return the sources of the answers that the checks mark, by student and question."""
    asked = [question.id for question in exercise.questions]
    answers = {}
    for student, cells in texts.items():
        answers[student] = {question: cells[question] for question in asked if question in cells}
    return answers


def _list_added(kept: list[Assessment]) -> list[str]:
    """Return on one line who has added cells; empty if nobody has."""
    students = []
    for record in kept:
        if any(remark.code == ADDED for remark in record.remarks):
            students.append(record.student)
    return [", ".join(students)] if students else []


def _list_flagged(kept: list[Assessment]) -> list[str]:
    """Return each student with remarks, beside that on cells which she has added."""
    lines = []
    for record in kept:
        remarks = [str(remark) for remark in record.remarks if remark.code != ADDED]
        if remarks:
            lines.append(f"{record.student}: {'; '.join(remarks)}")
    return lines


def _list_unsigned(kept: list[Assessment]) -> list[str]:
    """Return each student with answers that are right for the example's numbers, and these questions."""
    lines = []
    for record in kept:
        questions = [verdict.question for verdict in record.verdicts if verdict.example]
        if questions:
            lines.append(f"{record.student}: {', '.join(questions)}")
    return lines


def _list_impossible(found: list[Row]) -> list[str]:
    lines = []
    for row in found:
        lines += row.impossible
    return lines


def _list_outdated(found: list[Row]) -> list[str]:
    """Return the marks that a person gave to an earlier text, and to the newest none."""
    lines = []
    for row in found:
        for mark in row.lines:
            if not mark.changed:
                lines += [f"{row.student}, {mark.id}: {earlier}" for earlier in mark.earlier]
    return lines


def _list_changed(found: list[Row]) -> list[str]:
    """Return each student of whom a person has changed marks of the checks, and these questions."""
    lines = []
    for row in found:
        questions = [mark.id for mark in row.lines if mark.changed and mark.verdict]
        if questions:
            lines.append(f"{row.student}: {', '.join(questions)}")
    return lines


def _list_of_other_questions(exercise: ExerciseSet, kept: list[Assessment]) -> list[str]:
    """Return the students whose marks are of other questions than those that the set has now."""
    asked = {question.id for question in exercise.questions}
    students = []
    for record in kept:
        if {verdict.question for verdict in record.verdicts} != asked:
            students.append(record.student)
    return students


def _list_unanswered(kept: list[Assessment]) -> list[str]:
    """Return who answered nothing; a file in which nothing can be read is another matter."""
    found = []
    for record in kept:
        if record.ended != "unreadable" and all(v.state == "unanswered" for v in record.verdicts):
            found.append(record.student)
    return found


def describe_hand_ins(record: Assessment, zone: str) -> str:
    """Say when a student who handed in more than once did, and which of them counts."""
    told = []
    for hand_in in record.hand_ins:
        at = (
            times.describe_moment(dt.datetime.fromisoformat(hand_in.at), zone)
            if hand_in.at
            else "at some time"
        )
        late = f"{times.format_lateness(hand_in.late)} late" if hand_in.late else "in time"
        points = "" if hand_in.points is None else f", {hand_in.points:g} points by the checks"
        told.append(f"{at}, {late}{points}{' (this counts)' if hand_in.counts else ''}")
    compared = all(hand_in.points is not None for hand_in in record.hand_ins)
    rule = "The best counts" if compared else "The newest counts"
    return f"Handed in {len(told)} times. {rule}: {'; '.join(told)}."


def _describe_near_copies(
    course: Course, exercise: ExerciseSet, texts: Mapping[str, Mapping[str, str]]
) -> list[str]:
    """Return a text for each two written answers, or an answer and a sample, that share passages."""
    told: list[str] = []
    samples = similar_texts.read_samples(exercise.id)
    given = [cell["source"] for cell in course.released(exercise).cells.values()]
    for written in exercise.written:
        own = {student: cells[written.id] for student, cells in texts.items() if written.id in cells}
        copies = similar_texts.find_near_copies(own, given, samples)
        told += similar_texts.describe_copies(written.id, copies, own, samples)
    return told


def _tabulate_students(found: list[Row]) -> str:
    """Return a table of each student's points and lateness, with the mean and the median below."""
    width = max(7, *(len(row.student) for row in found))
    lines = [f"{'student':{width}}  points  of     late"]
    for row in found:
        late = times.format_lateness(row.late)
        if row.penalty:
            late += f" (-{row.penalty:g})"
        net = f"{row.net:6.4g}" if _is_begun(row) else f"{'-':>6}"
        points = f"{net}  {row.max_score:<5g}{'+' if row.open else ' '}"
        lines.append(f"{row.student:{width}}  {points} {late}".rstrip())
    scores = [row.net for row in found if _is_begun(row)]
    told = f"{len(found)} students"
    if len(scores) < len(found):
        told += f", {len(found) - len(scores)} of them (-) not marked"
    if scores:
        told += f", mean {statistics.fmean(scores):.2f}, median {statistics.median(scores):g}"
    waits = "; +: an answer waits for a person" if any(row.open for row in found) else ""
    lines.append(f"{told}{waits}")
    return "\n".join(lines)


def _is_begun(row: Row) -> bool:
    """Return whether anything of a student's work is marked: a file that cannot be read is open and not 0."""
    return any(verdict.question not in row.open for verdict in row.record.verdicts) or not row.open


def _tabulate_questions(found: list[Row], asked: list[str]) -> str:
    """Return a table of mean share and counts of states for each question, without those left out."""
    verdicts: dict[str, list[Verdict]] = {question: [] for question in asked}
    for row in found:
        for verdict in row.record.verdicts:
            if verdict.question not in (*row.left_out, *row.open):
                verdicts.setdefault(verdict.question, []).append(verdict)
    lines = ["question  mean share  right  partly  wrong  unanswered"]
    for question, marked in verdicts.items():
        if not marked:
            continue
        share = statistics.fmean(verdict.points / verdict.out_of for verdict in marked)
        states = Counter(verdict.state for verdict in marked)
        right = states["right"]
        partly = states["partly"]
        unanswered = states["unanswered"]
        wrong = len(marked) - right - partly - unanswered
        lines.append(f"{question:8}  {share:10.2f}  {right:5}  {partly:6}  {wrong:5}  {unanswered:10}")
    return "\n".join(lines)


def count_mistakes(course: Course, name: str) -> str:
    """Say how many students made which known mistake in each question of a set, the commonest first.

    Nobody is named, so it can be shown to the class.
    """
    exercise = course.exercise(name)
    found = read_results(course, exercise)
    told = []
    for question in exercise.questions:
        kinds: dict[str, int] = {}
        verdicts = []
        for row in found:
            if question.id not in (*row.left_out, *row.open):
                verdicts += [verdict for verdict in row.record.verdicts if verdict.question == question.id]
        for verdict in verdicts:
            if verdict.state != "right":
                kind = _name_mistake(question, verdict)
                kinds[kind] = kinds.get(kind, 0) + 1
        right = len(verdicts) - sum(kinds.values())
        told.append(f"{question.id}: {right} of {len(verdicts)} right")
        for kind, count in sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0])):
            told.append(f"{count:5}  {kind}")
    told.append("A mistake is named where the answer is what it gives. Other ways may lead there, too.")
    return "\n".join(told)


#: What is said of answers that are not right and no known mistake.
_OTHER_SLIPS = {
    "unanswered": "Nothing was answered.",
    "form": "The answer has another form than was asked for.",
    "error": "The cell stopped with an error.",
    "partly": "A part of it is right: of several values, its unit, or all but a hard case.",
    "wrong": "Another wrong answer.",
}


def _name_mistake(question: Question, verdict: Verdict) -> str:
    """Return the reason of the known mistake that a student made, or what else was wrong."""
    for mistake in question.mistakes:
        if mistake.reason in verdict.reason:
            return mistake.reason
    if verdict.example:
        return "Right for the example's numbers: not signed in."
    return _OTHER_SLIPS[verdict.state]


def count_row_points(rows: list[Row], exercise: ExerciseSet) -> str:
    """Return a table of how many answers have how many points in each row of a rubric; empty if none has."""
    lines = []
    for written in exercise.written:
        marked = _list_row_points(rows, written)
        if not marked:
            continue
        for criterion in written.rubric:
            given = [points[criterion] for points in marked if criterion in points]
            mean = statistics.fmean(given) if given else 0.0
            counts = "".join(f"{given.count(points):5}" for points in range(5))
            lines.append(f"{written.id:8}  {mean:10.2f}{counts}  {criterion}")
    if not lines:
        return ""
    numbers = "".join(f"{points:5}" for points in range(5))
    return "\n".join([f"answer    mean points{numbers}  row of the rubric", *lines])


def _list_row_points(rows: list[Row], written: Written) -> list[Mapping[str, int]]:
    """Return the points by criterion of each student whose answer was marked row by row."""
    marked: list[Mapping[str, int]] = []
    for row in rows:
        marked += [mark.rows for mark in row.lines if mark.id == written.id and mark.rows]
    return marked


@dataclass(frozen=True)
class Copy:
    """Wrong answers of a student that are right for classmates' numbers: questions, and these classmates."""

    student: str
    questions: tuple[str, ...]
    sources: tuple[str, ...]


def find_copies(
    kept: list[Assessment], answers: Mapping[str, Mapping[str, str]] | None = None
) -> Iterator[str]:
    """Yield students whose wrong answers are a classmate's right ones, and hardly by chance.

    Two such answers name a classmate, or one with the same lines; `answers` are sources by student and
    question.
    Students with the most such answers come first. A classmate is left out if another fits all of the same
    answers and more.
    """
    copies: list[Copy] = []
    for record in kept:
        copies += _find_copies_of(record, kept, answers or {})
    for copy in sorted(copies, key=lambda copy: (-len(copy.questions), copy.student, copy.questions)):
        yield f"{copy.student}: {', '.join(copy.questions)} as {' or '.join(copy.sources)} had it"


def _find_copies_of(
    record: Assessment, kept: list[Assessment], answers: Mapping[str, Mapping[str, str]]
) -> list[Copy]:
    """Return what one student may have copied: one `Copy` for all classmates whom the same answers name."""
    fitting: dict[str, set[str]] = {}
    for other in kept:
        questions = _find_fitting(record, other)
        if len(questions) > 1 or any(_has_same_lines(answers, record, other, one) for one in questions):
            fitting[other.student] = questions
    sources: dict[tuple[str, ...], list[str]] = {}
    for student, questions in fitting.items():
        if not any(questions < more for more in fitting.values()):
            sources.setdefault(tuple(sorted(questions)), []).append(student)
    return [Copy(record.student, questions, tuple(students)) for questions, students in sources.items()]


def _find_fitting(record: Assessment, other: Assessment) -> set[str]:
    """Return the questions that one student has as another's numbers make it right, where she was right."""
    right = {verdict.question for verdict in other.verdicts if verdict.state == "right"}
    numbers = other.given.items()
    fitting = set()
    for verdict in record.verdicts:
        if verdict.question in right and any(one.items() <= numbers for one in verdict.others):
            fitting.add(verdict.question)
    return fitting


def _has_same_lines(
    answers: Mapping[str, Mapping[str, str]], record: Assessment, other: Assessment, question: str
) -> bool:
    """Return whether two students wrote the same in a question, blanks aside, and not nothing."""
    mine = answers.get(record.student, {}).get(question, "").split()
    theirs = answers.get(other.student, {}).get(question, "").split()
    return bool(mine) and mine == theirs


def export_marks(course: Course, name: str, form: str) -> str:
    """Return the marks of a set, after penalties, as the CSV text that another system reads.

    The form is ``"csv"`` (one column for each question), ``"canvas"`` or ``"moodle"`` (for import into their
    gradebooks). While an answer is unmarked the cell is empty, which these systems ignore. They have
    one maximum for all students, so with a question left out the points are scaled to it.
    """
    exercise = course.exercise(name)
    found = read_results(course, exercise)
    if form == "csv":
        return as_csv(_list_by_question(found))
    if form == "canvas":
        return as_csv(_list_for_canvas(exercise, found))
    # Moodle asks how to match students: map from Username (or ID number) to the same field.
    table: Table = [["Username", exercise.id]]
    for row in found:
        table.append([row.student, _choose_mark(row)])
    return as_csv(table)


def _list_by_question(found: list[Row]) -> Table:
    """Return a table with a column for each question, and what follows from all of them."""
    asked: dict[str, None] = {}
    for row in found:
        asked |= dict.fromkeys(mark.id for mark in row.lines)
    more = ["late_penalty", "score", "max_score", "waits_for_a_person", "late", "left_out"]
    table: Table = [["student", *asked, *more]]
    for row in found:
        points = {mark.id: mark.points for mark in row.lines if not (mark.open or mark.left_out)}
        score = "" if row.open else row.net
        waits = "yes" if row.open else "no"
        late = times.format_lateness(row.late)
        of_questions = [points.get(question) for question in asked]
        of_set = [row.penalty, score, row.max_score, waits, late, " ".join(row.left_out)]
        table.append([row.student, *of_questions, *of_set])
    return table


def _list_for_canvas(exercise: ExerciseSet, found: list[Row]) -> Table:
    """Return a table that Canvas imports: it matches a student by its own number, then SIS ids, then name."""
    table: Table = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", exercise.id],
        ["    Points Possible", "", "", "", "", sum(exercise.points_by_cell.values())],
    ]
    for row in found:
        full = ", ".join(name for name in (row.last_name, row.first_name) if name) or row.student
        table.append([full, "", row.student, row.student, "", _choose_mark(row)])
    return table


def _choose_mark(row: Row) -> float | str:
    """Return a student's points scaled to what the set has for all; empty while they are not known."""
    if row.open or row.in_full is None:
        return ""
    return row.in_full


@dataclass(frozen=True)
class GradedSet:
    """A set of which work was graded.

    Attributes
    ----------
    name : str
        Its short name, such as ``ex03``.
    worth : mapping
        The points of each cell.
    left_out : mapping
        The cells that do not count, by student.
    rows : mapping
        The row of each student who has one.
    """

    name: str
    worth: Mapping[str, float]
    left_out: Mapping[str, Collection[str]]
    rows: Mapping[str, Row]

    def sum_worth(self, student: str) -> float:
        """Return the most points that a student can have."""
        row = self.rows.get(student)
        if row is not None:
            return row.max_score
        left_out = self.left_out.get(student, ())
        return sum(points for cell, points in self.worth.items() if cell not in left_out)


def export_all(course: Course) -> str:
    """Return the marks of all graded sets as CSV text, one row for each student, even without submissions.

    A set has three columns: the points after penalties, the maximum, and the lateness. A missing submission
    is an empty cell and counts as 0; while an answer is still to be marked by a person, that set and the
    total are empty.
    """
    students = sorted(gradebook.list_students(course.gradebook))
    sets = _list_graded_sets(course)
    if not sets:
        raise NotGraded("No work of any set has been graded.", code="not graded")
    heads: list[Any] = ["student"]
    for graded in sets:
        heads += [graded.name, f"{graded.name}_of", f"{graded.name}_late"]
    table: Table = [[*heads, "total", "of", "waits_for_a_person"]]
    for student in students:
        table.append([student, *_list_marks(sets, student)])
    return as_csv(table)


def _list_graded_sets(course: Course) -> list[GradedSet]:
    """Return the sets of which work was graded, in their order."""
    sets = []
    for name in checks.list_sets(course.check_folder):
        exercise = course.exercise(name)
        try:
            rows = {row.student: row for row in read_results(course, exercise)}
        except NotGraded:  # and nothing else: marks of a locked gradebook were missing without a word
            continue
        left_out = gradebook.read_left_out(course.gradebook, exercise.id)
        sets.append(GradedSet(exercise.id.partition("_")[0], exercise.points_by_cell, left_out, rows))
    return sets


def _list_marks(sets: list[GradedSet], student: str) -> list[Any]:
    """Return the cells of a student in the table of all sets."""
    cells: list[Any] = []
    waits: list[str] = []
    total = 0.0
    most = 0.0
    for graded in sets:
        row = graded.rows.get(student)
        worth = graded.sum_worth(student)
        most += worth
        if row is None:
            cells += ["", worth, ""]
        elif row.open:
            cells += ["", worth, times.format_lateness(row.late)]
            waits.append(graded.name)
        else:
            cells += [row.net, worth, times.format_lateness(row.late)]
            total += row.net
    return [*cells, "" if waits else total, most, " ".join(waits)]


def render_markdown(text: str) -> str:
    """Return Markdown as HTML, with plain text for links and for any HTML in it."""
    return str(_MARKDOWN(re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", text)))


_MARKDOWN = mistune.create_markdown(escape=True)


def write_pages(course: Course, name: str) -> list[Path]:
    """Write a page for each graded student: ``marks/<student>/<set>.html``, readable by the graders alone.

    A page loads nothing else. nbgrader's own pages go to ``feedback/``.
    """
    exercise = course.exercise(name)
    paths = []
    files_of = jinja2.FileSystemLoader(Path(__file__).parent)
    page = jinja2.Environment(autoescape=True, trim_blocks=True, loader=files_of).get_template("page.html")
    with course.work_alone():
        cells = course.released(exercise).cells
        texts = {key.removeprefix("id:"): cell["source"] for key, cell in cells.items()}
        zone = gradebook.read_zone(course.gradebook, exercise.id)
        title = re.search(r"^# (.+)$", next(iter(texts.values())), re.MULTILINE)
        for row in read_results(course, exercise):
            answers = records.read_sources(course, exercise.id, row.student)
            marked = records.find_record(course, exercise.id, row.student).stat().st_mtime
            marks = row.lines if row.record.ended != "unreadable" else []
            text = page.render(
                policy=POLICY,
                row=row,
                title=title[1] if title else exercise.id,
                who=_name_student(row),
                late=times.format_lateness(row.late),
                hand_ins=describe_hand_ins(row.record, zone) if row.record.hand_ins else "",
                day=f"{dt.datetime.fromtimestamp(marked):%Y-%m-%d}",
                questions=[(mark, _make_section(exercise, texts, answers, row, mark)) for mark in marks],
            )
            path = course.root / "marks" / row.student / f"{exercise.id}.html"
            files.write_if_changed(path, text.encode("utf-8", "replace"))
            paths.append(path)
    return paths


def _name_student(row: Row) -> str:
    """Return a student's name and id, and when the work was handed in, as far as they are known."""
    full = " ".join(name for name in (row.first_name, row.last_name) if name)
    who = f"{full} ({row.student})" if full else row.student
    return f"{who}, handed in on {row.handed_in}" if row.handed_in else who


def _say_worth(written: Written) -> str:
    """Say what the points of a rubric make in the set, if that is another number."""
    if written.points == written.rubric_points:
        return ""
    return f"all {written.rubric_points} make {written.points} of the set"


@dataclass(frozen=True)
class Section:
    """The section of a question on a student's page.

    Attributes
    ----------
    heading : str
        Without signs of Markdown and points.
    text : str
        The question, as HTML; plain text for links, and no rubric.
    given : list of tuple
        Name and value of each of the student's own numbers that it uses.
    own : str
        What the student wrote; empty if that is what was there.
    read : str
        The answer as the checks read it; of a function nothing, since it tells what hidden inputs gave.
    why : str
        The reason of the checks, and where to read on.
    rubric : mapping or None
        What earns how many points, of a written answer.
    share : str
        What the points of the rubric make in the set, if that is another number.
    """

    heading: str
    text: str
    given: list[tuple[str, Any]]
    own: str
    read: str = ""
    why: str = ""
    rubric: Mapping[str, Any] | None = None
    share: str = ""


def _split_question(cell: str) -> tuple[str, str]:
    """Return a question's heading without its points, and its text up to its tables or where it is taught."""
    heading, _, text = cell.partition("\n")
    heading = heading.strip()
    heading = re.sub(r"^#+ ", "", heading)
    heading = re.sub(r" \(\d+ points?\)$", "", heading)
    text = re.split(r"\n\n(?:\*\w+\.\* Taught in|\|)", text)[0]
    return heading, text


def _make_section(
    exercise: ExerciseSet, texts: dict[str, str], answers: dict[str, str], row: Row, mark: Mark
) -> Section:
    """Make the section of a question.

    `texts` are the cells of the released set, `answers` what the student made of them, both by id.
    """
    heading, text = _split_question(texts.get(f"{mark.id}-question", f"## {mark.id}"))
    own = answers.get(mark.id, "").strip()
    if own == texts.get(mark.id, "").strip():
        own = ""  # she has left the cell as it was
    section = Section(heading=heading, text=render_markdown(text), given=[], own=own)
    for written in exercise.written:
        if written.id == mark.id:
            section = replace(section, rubric=written.rubric, share=_say_worth(written))
    verdict = mark.verdict
    if verdict is None:
        return section
    section = replace(section, why=f"{verdict.reason} {exercise.suggest_section(verdict)}".strip())
    for question in exercise.questions:
        if question.id == mark.id:
            given = _list_given(question, row.record.given)
            section = replace(section, given=given, read="" if question.cases else verdict.read)
    return section


def _list_given(question: Question, given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return name and value of each of a student's own numbers that a question uses; a list as text."""
    if not question.varies:
        return []
    shown = []
    for name in question.uses or given:
        value = given.get(name)
        shown.append((name, ", ".join(map(str, value)) if isinstance(value, list) else value))
    return shown
