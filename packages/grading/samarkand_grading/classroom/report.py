"""Reports after grading: the reasons for a mark, the results of a class, exports, the students' pages.

A mark is the one in the gradebook: points given by hand override those of the checks, here, on the student's
page and in each export.
"""

import contextlib
import datetime as dt
import re
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jinja2
import mistune

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


class NotGraded(CourseError):
    """No work on a set has been graded, or not that of a student."""


def read_results(course: Course, exercise: ExerciseSet, student: str | None = None) -> list[Row]:
    """Return the rows of all students or of one, sorted by id; `NotGraded` if there is no work."""
    found = []
    earlier = gradebook.read_earlier(course.gradebook, exercise.id)
    points = gradebook.read_row_points(course.gradebook, exercise.id).get("first", {})
    for row in gradebook.read_rows(course.gradebook, exercise.id).values():
        record = records.read(course, exercise.id, row.student) if student in (None, row.student) else None
        if record is None:
            continue
        row.record = record
        verdicts = {f"{verdict.question}-check": verdict for verdict in record.verdicts}
        for cell in (cell for cell in (*verdicts, *(w.id for w in exercise.written)) if cell in row.marks):
            mark = row.marks[cell]
            mark.id, mark.verdict = cell.removesuffix("-check"), verdicts.get(cell)
            mark.earlier = _list_earlier(course, exercise, row.student, mark, earlier.get(row.student, []))
            row.lines.append(mark)
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
            mark.rows = rows


def _list_earlier(
    course: Course, exercise: ExerciseSet, student: str, mark: Mark, earlier: list[EarlierMark]
) -> list[EarlierMark]:
    """Return a person's marks of an answer that were given for other texts than the one that is there."""
    marks = [one for one in earlier if one.question == mark.id]
    if not marks:
        return []
    now = records.digest_answers(exercise, records.read_sources(course, exercise.id, student))
    return [one for one in marks if one.digest != now.get(mark.id)]


def explain(course: Course, name: str, student: str) -> str:
    """Explain one student's marks to the instructor: the value read, the rule, the reason."""
    exercise = course.exercise(name)
    (student,) = gradebook.find_students(course, [student])
    (row,) = read_results(course, exercise, student)
    record = row.record
    ran = f"ended: {record.ended}, {record.cpu:.2f} s of CPU{', NO SANDBOX' if record.trusted else ''}"
    lines = [f"{row.student}, {exercise.id}: {row.total}, {ran}", f"numbers: {record.given}"]
    if row.late:
        lines.append(f"late: {times.format_lateness(row.late)}, {row.penalty:g} points taken off")
    if record.hand_ins:
        lines.append(describe_hand_ins(record, gradebook.read_zone(course.gradebook, exercise.id)))
    for line in row.lines:
        lines += ["", f"{line.id}: {line}{' (by hand)' if line.changed else ''}"]
        lines += [f"  {criterion}: {points}" for criterion, points in line.rows.items()]
        lines += [f"  comment: {line.comment}"] if line.comment else []
        lines += [f"  of a text before this one a person said: {mark}" for mark in line.earlier]
        if verdict := line.verdict:
            lines += [
                f"  checks: {verdict.points:g} of {verdict.out_of:g} ({verdict.state})",
                f"  read:   {verdict.read or 'nothing'}",
                f"  rule:   {verdict.rule or 'none was reached'}",
                f"  reason: {verdict.reason}",
            ]
            lines += [f"  note:   right for the numbers {other}" for other in verdict.others[:1]]
    remarks = [f"  {remark}" for remark in record.remarks]
    return "\n".join([*lines, *(["", "remarks:"] if remarks else []), *remarks])


def sum_up(course: Course, name: str) -> str:
    """Sum up a set: marks, questions, missing work, unusual work, suspected copies."""
    exercise = course.exercise(name)
    found = read_results(course, exercise)
    kept = [row.record for row in found]
    asked = [question.id for question in exercise.questions]
    absent = gradebook.list_students(course.gradebook) - {record.student for record in kept}
    more = [r.student for r in kept if any(remark.endswith(ADDED) for remark in r.remarks)]
    odd = [(r.student, [remark for remark in r.remarks if not remark.endswith(ADDED)]) for r in kept]
    given = [c["source"] for c in course.released(exercise).cells.values() if c["cell_type"] == "code"]
    texts = {r.student: records.read_sources(course, exercise.id, r.student) for r in kept}
    answers = {who: {q: cells[q] for q in asked if q in cells} for who, cells in texts.items()}
    names = {question.id: question.name for question in exercise.questions}
    alike = list(similar_answers.find(given, answers, names))
    near_copies = _describe_near_copies(course, exercise, texts)
    zone = gradebook.read_zone(course.gradebook, exercise.id)
    again = [f"{one.student}: {describe_hand_ins(one, zone)}" for one in kept if one.hand_ins]
    by_hand = [(row.student, [one.id for one in row.lines if one.changed and one.verdict]) for row in found]
    unsigned = []
    for record in kept:
        if questions := [verdict.question for verdict in record.verdicts if verdict.example]:
            unsigned.append(f"{record.student}: {', '.join(questions)}")
    outdated = []
    for row in found:
        for line in row.lines:
            outdated += [f"{row.student}, {line.id}: {mark}" for mark in line.earlier if not line.changed]
    strange = [r.student for r in kept if {v.question for v in r.verdicts} != set(asked)]
    lists = {
        "Nothing handed in": sorted(absent),
        "Not answered at all": _list_unanswered(kept),
        "Added cells of their own": [", ".join(more)] if more else [],
        "Flagged": [f"{student}: {'; '.join(remarks)}" for student, remarks in odd if remarks],
        "Not signed in: answers to the example's numbers": unsigned,
        "Answers that are right for a classmate's numbers (ask both)": list(find_copies(kept, answers)),
        "Alike but for blanks, comments, names and lines that do nothing (a hint, never a mark)": alike,
        "Written answers that share passages (a hint, never a mark)": near_copies,
        "Handed in more than once": again,
        "Waiting for a person": [f"{r.student}: {', '.join(r.open)}" for r in found if r.open],
        "Impossible": [sentence for row in found for sentence in row.impossible],
        "Marked by a person for a text before the one that is there": outdated,
        "Left out": [f"{r.student}: {', '.join(r.left_out)}" for r in found if r.left_out],
        "Changed by hand": [f"{student}: {', '.join(ids)}" for student, ids in by_hand if ids],
        "Marked when the set had other questions": strange,
    }
    told = ["\n  ".join([f"{title}:", *entries]) for title, entries in lists.items() if entries]
    tables = [_table(found), _questions(found, asked), count_row_points(found, exercise)]
    return "\n\n".join([*filter(None, tables), *told])


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
        at = times.describe(dt.datetime.fromisoformat(hand_in.at), zone) if hand_in.at else "at some time"
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
        told += similar_texts.describe(written.id, copies, own, samples)
    return told


def _table(found: list[Row]) -> str:
    width = max(7, *(len(row.student) for row in found))
    lines = [f"{'student':{width}}  points  of     late"]
    for row in found:
        late = f"{times.format_lateness(row.late)}{f' (-{row.penalty:g})' if row.penalty else ''}"
        points = f"{row.net:6.4g}  {row.max_score:<5g}{'+' if row.open else ' '}"
        lines.append(f"{row.student:{width}}  {points} {late}".rstrip())
    scores = [row.net for row in found]
    mean, middle = statistics.fmean(scores), statistics.median(scores)
    waits = "; +: a written answer waits for a person" if any(row.open for row in found) else ""
    return "\n".join([*lines, f"{len(found)} students, mean {mean:.2f}, median {middle:g}{waits}"])


def _questions(found: list[Row], asked: list[str]) -> str:
    """Return a table of mean share and counts of states for each question, without those left out."""
    lines = ["question  mean share  right  partly  wrong  unanswered"]
    counted = [v for r in found for v in r.record.verdicts if v.question not in (*r.left_out, *r.open)]
    for question in dict.fromkeys([*asked, *(verdict.question for verdict in counted)]):
        if marked := [verdict for verdict in counted if verdict.question == question]:
            share = statistics.fmean(v.points / v.out_of for v in marked)
            states = [v.state if v.state in ("right", "partly", "unanswered") else "wrong" for v in marked]
            right, partly, wrong, none = map(states.count, ("right", "partly", "wrong", "unanswered"))
            lines.append(f"{question:8}  {share:10.2f}  {right:5}  {partly:6}  {wrong:5}  {none:10}")
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
        marked = [line.rows for row in rows for line in row.lines if line.id == written.id and line.rows]
        for criterion in written.rubric if marked else ():
            given = [points[criterion] for points in marked if criterion in points]
            mean = statistics.fmean(given) if given else 0.0
            shown = "".join(f"{given.count(points):5}" for points in range(5))
            lines.append(f"{written.id:8}  {mean:10.2f}{shown}  {criterion}")
    numbers = "".join(f"{points:5}" for points in range(5))
    return "\n".join([f"answer    mean points{numbers}  row of the rubric", *lines]) if lines else ""


def find_copies(
    kept: list[Assessment], answers: Mapping[str, Mapping[str, str]] | None = None
) -> Iterator[str]:
    """Yield students whose wrong answers are a classmate's right ones, and hardly by chance.

    Two such answers name a classmate, or one with the same lines; `answers` are sources by student and
    question.
    Students with the most such answers come first. A classmate is left out if another fits all of the same
    answers and more.
    """
    found = []
    for record in kept:
        fits: dict[str, set[str]] = {}
        for other in kept:
            questions = _find_fitting(record, other)
            if len(questions) > 1 or any(_has_same_lines(answers or {}, record, other, q) for q in questions):
                fits[other.student] = questions
        most = [q for q in fits.values() if not any(q < more for more in fits.values())]
        for same in {tuple(sorted(q)) for q in most}:
            sources = [source for source, q in fits.items() if q == set(same)]
            found.append((-len(same), record.student, same, sources))
    for _, student, same, sources in sorted(found):
        yield f"{student}: {', '.join(same)} as {' or '.join(sources)} had it"


def _find_fitting(record: Assessment, other: Assessment) -> set[str]:
    """Return the questions that one student has as another's numbers make it right, where she was right."""
    right = {verdict.question for verdict in other.verdicts if verdict.state == "right"}
    numbers, fitting = other.given.items(), set()
    for verdict in record.verdicts:
        if verdict.question in right and any(one.items() <= numbers for one in verdict.others):
            fitting.add(verdict.question)
    return fitting


def _has_same_lines(
    answers: Mapping[str, Mapping[str, str]], record: Assessment, other: Assessment, question: str
) -> bool:
    mine, theirs = (answers.get(one.student, {}).get(question, "").split() for one in (record, other))
    return bool(mine) and mine == theirs


def export(course: Course, name: str, form: str) -> str:
    """Return the marks of a set, after penalties, as the CSV text that another system reads.

    The form is ``"csv"`` (one column for each question), ``"canvas"`` or ``"moodle"`` (for import into their
    gradebooks). While an answer is unmarked the cell is empty, which these systems ignore. They have
    one maximum for all students, so with a question left out the points are scaled to it.
    """
    exercise = course.exercise(name)
    found = read_results(course, exercise)
    pairs = [(row, "" if row.open or row.in_full is None else row.in_full) for row in found]
    table: list[list[Any]]
    if form == "csv":
        asked = list(dict.fromkeys(line.id for row in found for line in row.lines))
        more = ["late_penalty", "score", "max_score", "waits_for_a_person", "late", "left_out"]
        table = [["student", *asked, *more]]
        for row in found:
            points = {one.id: one.points for one in row.lines if not (one.open or one.left_out)}
            net = ["", row.max_score, "yes"] if row.open else [row.net, row.max_score, "no"]
            odd = [times.format_lateness(row.late), " ".join(row.left_out)]
            table.append([row.student, *map(points.get, asked), row.penalty, *net, *odd])
    elif form == "canvas":
        # Canvas matches a student by its own number, then by the SIS ids, then by the name.
        table = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", exercise.id]]
        table.append(["    Points Possible", "", "", "", "", sum(exercise.points_by_cell.values())])
        for row, mark in pairs:
            full = ", ".join(filter(None, (row.last_name, row.first_name))) or row.student
            table.append([full, "", row.student, row.student, "", mark])
    else:
        # Moodle asks how to match students: map from Username (or ID number) to the same field.
        table = [["Username", exercise.id], *([row.student, mark] for row, mark in pairs)]
    return as_csv(table)


def export_all(course: Course) -> str:
    """Return the marks of all graded sets as CSV text, one row for each student, even without submissions.

    A set has three columns: the points after penalties, the maximum, and the lateness. A missing submission
    is an empty cell and counts as 0; while an answer is still to be marked by a person, that set and the
    total are empty.
    """
    students, sets = sorted(gradebook.list_students(course.gradebook)), {}
    for exercise in map(course.exercise, checks.list_sets(course.check_folder)):
        with contextlib.suppress(NotGraded):  # else marks of a locked gradebook were missing without a word
            graded = {row.student: row for row in read_results(course, exercise)}
            none = gradebook.read_left_out(course.gradebook, exercise.id)
            sets[exercise.id.partition("_")[0]] = (exercise.points_by_cell, none, graded)
    if not sets:
        raise NotGraded("No work of any set has been graded.", code="not graded")
    heads = [head for name in sets for head in (name, f"{name}_of", f"{name}_late")]
    table: list[list[Any]] = [["student", *heads, "total", "of", "waits_for_a_person"]]
    for student in students:
        cells: list[Any] = []
        waits, total, most = [], 0.0, 0.0
        for name, (worth, none, graded) in sets.items():
            result = graded.get(student)
            asked = (points for cell, points in worth.items() if cell not in none.get(student, ()))
            of = result.max_score if result else sum(asked)
            mark: Any = "" if not result or result.open else result.net
            cells += [mark, of, times.format_lateness(result.late) if result else ""]
            waits += [name] if result and result.open else []
            total, most = total + (mark or 0.0), most + of
        table.append([student, *cells, "" if waits else total, most, " ".join(waits)])
    return as_csv(table)


def render_markdown(text: str) -> str:
    """Return Markdown as HTML, with plain text for links and for any HTML in it."""
    return str(_MARKDOWN(re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", text)))


_MARKDOWN = mistune.create_markdown(escape=True)


def write_pages(course: Course, name: str) -> list[Path]:
    """Write a page for each graded student: ``marks/<student>/<set>.html``, readable by the graders alone.

    A page loads nothing else. nbgrader's own pages go to ``feedback/``.
    """
    exercise, paths = course.exercise(name), []
    files_of = jinja2.FileSystemLoader(Path(__file__).parent)
    page = jinja2.Environment(autoescape=True, trim_blocks=True, loader=files_of).get_template("page.html")
    with course.work_alone():
        cells = course.released(exercise).cells
        texts = {key.removeprefix("id:"): cell["source"] for key, cell in cells.items()}
        zone = gradebook.read_zone(course.gradebook, exercise.id)
        title = re.search(r"^# (.+)$", next(iter(texts.values())), re.MULTILINE)
        for row in read_results(course, exercise):
            answers = records.read_sources(course, exercise.id, row.student)
            marked = records.path_of(course, exercise.id, row.student).stat().st_mtime
            full = " ".join(filter(None, (row.first_name, row.last_name)))
            who = f"{full} ({row.student})" if full else row.student
            marks = row.lines if row.record.ended != "unreadable" else []
            text = page.render(
                row=row,
                title=title[1] if title else exercise.id,
                who=f"{who}, handed in on {row.handed_in}" if row.handed_in else who,
                late=times.format_lateness(row.late),
                hand_ins=describe_hand_ins(row.record, zone) if row.record.hand_ins else "",
                day=f"{dt.datetime.fromtimestamp(marked):%Y-%m-%d}",
                questions=[(mark, _question(exercise, texts, answers, row, mark)) for mark in marks],
            )
            paths.append(course.root / "marks" / row.student / f"{exercise.id}.html")
            files.renew(paths[-1], text.encode("utf-8", "replace"))
    return paths


def _say_worth(written: Written) -> str:
    """Say what the points of a rubric make in the set, if that is another number."""
    if written.points == written.rubric_points:
        return ""
    return f"all {written.rubric_points} make {written.points} of the set"


def _question(
    exercise: ExerciseSet, texts: dict[str, str], answers: dict[str, str], row: Row, mark: Mark
) -> dict[str, Any]:
    """Return the parts of a question's section; its text has plain text for links, and no rubric."""
    heading, _, text = texts.get(f"{mark.id}-question", f"## {mark.id}").partition("\n")
    text = re.split(r"\n\n(?:\*\w+\.\* Taught in|\|)", text)[0]
    written = next((answer for answer in exercise.written if answer.id == mark.id), None)
    own, given, verdict = answers.get(mark.id, "").strip(), row.record.given, mark.verdict
    question = next((q for q in exercise.questions if verdict and q.id == mark.id), None)
    names = (question.uses or tuple(given)) if question and question.varies else ()
    values = [(name, given.get(name)) for name in names]
    return {
        "heading": re.sub(r"^#+ | \(\d+ points?\)$", "", heading.strip()),
        "text": render_markdown(text),
        "given": [(name, ", ".join(map(str, v)) if isinstance(v, list) else v) for name, v in values],
        "own": "" if own == texts.get(mark.id, "").strip() else own,
        # Of a function it tells what hidden inputs gave.
        "read": verdict.read if verdict and question and not question.cases else "",
        "why": f"{verdict.reason} {exercise.suggest_section(verdict)}".strip() if verdict else "",
        "rubric": written.rubric if written else None,
        "share": _say_worth(written) if written else "",
    }
