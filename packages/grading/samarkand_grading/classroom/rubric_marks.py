"""Written answers, marked by a person row by row: on a page or in a table, and read back.

Both show an answer by a blind id, and what somebody has said of an earlier text as that. What is read back is
checked before anything is written: points are whole numbers, none above the most of their row, and belong
to the text that they were given for. What they make is nbgrader's mark by hand, so Formgrader shows it and
may change it; the points of each row lie in a table of the gradebook beside it.
"""

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import jinja2

from samarkand.common import files
from samarkand.common.errors import CourseError
from samarkand.common.spreadsheets import as_csv, unguard_cell
from samarkand_grading.classroom import gradebook, marker_agreement, records, report, rosters, similar_texts
from samarkand_grading.classroom.course import Course
from samarkand_grading.classroom.marked_texts import EarlierMark
from samarkand_grading.classroom.rosters import strip_heading
from samarkand_grading.marking.checks import ExerciseSet, Written

#: The columns of a table besides the rows of the rubric.
KEYS = ("answer", "question", "text_is")
#: The markers whose points are kept: only those of the first are marks.
FIRST, SECOND = "first", "second"


@dataclass(frozen=True)
class SharedText:
    """A text that an answer shares passages with.

    Parameters
    ----------
    share : float
        How much of the shorter of the two is in both, from 0 to 1.
    name : str
        What the text is called: the blind id of another student's answer, or a sample's name.
    text : str
        The text.
    """

    share: float
    name: str
    text: str


@dataclass(frozen=True)
class Answer:
    """A written answer as a person marks it.

    Parameters
    ----------
    student : str
        Whose it is, which the form does not show.
    blind : str
        What the form calls it.
    written : Written
        The question.
    text : str
        What was written.
    digest : str
        Of the text: points belong to it.
    rows : dict
        The points that it has, by row of the rubric.
    comment : str
        What a person has said of it.
    earlier : list of EarlierMark
        What was said of texts that were handed in before.
    near : list of SharedText
        Texts of others, and samples, that share more with it than chance would.
    own : str
        Those of the student's own numbers that the question asks for, in a line.
    """

    student: str
    blind: str
    written: Written
    text: str
    digest: str
    rows: Mapping[str, int] = field(default_factory=dict)
    comment: str = ""
    earlier: Sequence[EarlierMark] = ()
    near: Sequence[SharedText] = ()
    own: str = ""

    @property
    def words(self) -> int:
        """How many words the text has."""
        return len(self.text.split())


@dataclass(frozen=True)
class Given:
    """Points and comment for an answer, as they were read from a table: `line` is where."""

    line: int
    answer: Answer
    rows: Mapping[str, int]
    comment: str


@dataclass(frozen=True)
class FaultOfLine:
    """What is wrong in a line of a table of marks."""

    line: int
    what: str


@dataclass
class MarksRead:
    """What a table of marks gives: points; a sentence for each answer that stays `open`; what is wrong."""

    given: list[Given] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    faults: list[FaultOfLine] = field(default_factory=list)


class Misread(CourseError):
    """A table of marks cannot be taken: `faults` has what is wrong in each cell."""

    def __init__(self, path: Path, faults: Sequence[FaultOfLine]) -> None:
        told = [f"line {fault.line}: {fault.what}." for fault in faults]
        super().__init__("\n".join([f"Nothing of {path} was taken.", *told]), code="misread")
        self.faults = list(faults)


def mark_written_answers(  # noqa: PLR0913, PLR0917 - the options of the verb
    course: Course, name: str, out: Path | None, read: Path | None, second: bool = False, agree: bool = False
) -> list[str]:
    """Write a form for the written answers of a set, or read one that is filled in; return what is open.

    The form is a table if `out` ends in ``.csv``, else a page. Points of a `second` marker are compared with
    the first's (`agree`), and are no marks.
    """
    exercise = course.exercise(name)
    if not exercise.written:
        raise CourseError(
            f"{exercise.id} has no written answer: all of its points are those of samarkand grade.",
            code="no written answer",
            set=exercise.id,
        )
    who = SECOND if second else FIRST
    if read:
        return read_form(course, exercise, read, who)
    if agree:
        points = gradebook.read_row_points(course.gradebook, exercise.id)
        print(marker_agreement.describe_agreement(marker_agreement.pair_points(points, FIRST, SECOND)))
        return []
    answers = list_answers(course, exercise, who)
    if not answers:
        text = (
            f"Nobody has written an answer in {exercise.id}, as far as it is graded: samarkand grade first."
        )
        raise CourseError(text, code="nothing to mark", set=exercise.id)
    path = out or course.root / "marking" / f"{exercise.id}.html"
    body = write_table(exercise, answers) if path.suffix == ".csv" else write_page(course, exercise, answers)
    files.write_if_changed(path, body.encode("utf-8", "replace"))
    done = sum(len(answer.rows) == len(answer.written.rubric) for answer in answers)
    print(
        f"{path}: {len(answers)} answers, {done} of them marked. "
        f"samarkand mark {exercise.id} --read CSV takes what you save."
    )
    return []


def make_blind_id(course: Course, exercise: ExerciseSet, student: str) -> str:
    """Return what a form calls a student: eight letters and digits that only this course can make."""
    parts = "\x1f".join((course.key(), "blind", exercise.id, student))
    return hashlib.sha256(parts.encode()).hexdigest()[:8]


def list_answers(course: Course, exercise: ExerciseSet, who: str = FIRST) -> list[Answer]:
    """Return the written answers of a class, in the order of their blind ids, with a marker's points."""
    points = gradebook.read_row_points(course.gradebook, exercise.id).get(who, {})
    results = report.read_results(course, exercise)
    found = []
    for written in exercise.written:
        of_class = []
        for result in results:
            line = next((one for one in result.lines if one.id == written.id), None)
            if line is None or line.left_out or line.auto is not None:
                continue
            sources = records.read_sources(course, exercise.id, result.student)
            digest = records.digest_answers(exercise, sources).get(written.id, "")
            by_row = points.get((result.student, written.id, digest), {})
            answer = Answer(
                student=result.student,
                blind=make_blind_id(course, exercise, result.student),
                written=written,
                text=sources.get(written.id, ""),
                digest=digest,
                rows={row: by_row[row] for row in written.rubric if row in by_row},
                comment=line.comment if who == FIRST else "",
                earlier=line.earlier,
                own=_write_asked_numbers(course, exercise, written, result.record.given),
            )
            of_class.append(answer)
        found += _with_near_copies(course, exercise, of_class)
    return sorted(found, key=lambda answer: (answer.written.id, answer.blind))


def _with_near_copies(course: Course, exercise: ExerciseSet, answers: Sequence[Answer]) -> list[Answer]:
    """Return a class's answers to one question, each with those that it nearly copies or that copy it."""
    samples = similar_texts.read_samples(exercise.id)
    given = [cell["source"] for cell in course.released(exercise).cells.values()]
    by_student = {answer.student: answer for answer in answers}
    near: dict[str, list[SharedText]] = {student: [] for student in by_student}
    texts = {student: answer.text for student, answer in by_student.items()}
    for copy in similar_texts.find_near_copies(texts, given, samples):
        if copy.other in samples:
            near[copy.student].append(SharedText(copy.share, copy.other, samples[copy.other]))
            continue
        for one, other in ((copy.student, copy.other), (copy.other, copy.student)):
            theirs = by_student[other]
            near[one].append(SharedText(copy.share, theirs.blind, theirs.text))
    return [replace(answer, near=near[answer.student]) for answer in answers]


def read_question(course: Course, exercise: ExerciseSet, written: Written) -> str:
    """Return what a written answer asks, as Markdown; empty if the released set has no such cell."""
    cell = course.released(exercise).cells.get(f"id:{written.id}-question")
    return str(cell["source"]) if cell else ""


def _write_asked_numbers(
    course: Course, exercise: ExerciseSet, written: Written, given: Mapping[str, object]
) -> str:
    """Return those of a student's own numbers which the question asks for, so that a marker can look.

    It is one line, as ``from BRA; rate 0.3``; empty if the question asks for none of `given`.
    """
    asked = re.findall(r"given\[[\"'](\w+)[\"']\]", read_question(course, exercise, written))
    return report.write_numbers({name: given[name] for name in dict.fromkeys(asked) if name in given})


def _list_criteria(exercise: ExerciseSet) -> list[str]:
    """Return the rows of all rubrics of a set, each once, in their order."""
    criteria: dict[str, None] = {}
    for written in exercise.written:
        criteria |= dict.fromkeys(written.rubric)
    return list(criteria)


def write_table(exercise: ExerciseSet, answers: Sequence[Answer]) -> str:
    """Return the form as CSV text: a line an answer, a column for each row of the rubric."""
    criteria = _list_criteria(exercise)
    table: list[list[object]] = [[*KEYS, *criteria, "comment", "words", "own", "text", "near", "earlier"]]
    for answer in answers:
        near = "; ".join(f"{shared.share:.0%} as {shared.name}" for shared in answer.near)
        earlier = "; ".join(str(mark) for mark in answer.earlier)
        points = [answer.rows.get(row, "") for row in criteria]
        keys = [answer.blind, answer.written.id, answer.digest[:8]]
        table.append([*keys, *points, answer.comment, answer.words, answer.own, answer.text, near, earlier])
    return as_csv(table)


def write_page(course: Course, exercise: ExerciseSet, answers: Sequence[Answer]) -> str:
    """Return the form as a page: it loads nothing, and saves what is filled in as the same table."""
    asked = {}
    for written in exercise.written:
        source = read_question(course, exercise, written)
        asked[written.id] = report.render_markdown(source.partition("\n\n|")[0] or f"## {written.title}")
    criteria = _list_criteria(exercise)
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    page = jinja2.Environment(autoescape=True, trim_blocks=True, loader=loader).get_template("rubric.html")
    columns = json.dumps([*KEYS, *criteria, "comment"]).replace("<", "\\u003c")
    script = Path(__file__).with_name("rubric.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"{report.POLICY}; script-src 'sha256-{digest}'"
    return str(
        page.render(
            exercise=exercise, answers=answers, asked=asked, columns=columns, policy=policy, script=script
        )
    )


def read_form(course: Course, exercise: ExerciseSet, path: Path, who: str = FIRST) -> list[str]:
    """Write the marks of a table into the gradebook; return a sentence for each answer that stays open.

    `Misread` names every cell that cannot be, and then nothing is written.
    """
    answers = {(answer.blind, answer.written.id): answer for answer in list_answers(course, exercise, who)}
    marks = read_marks(path, answers)
    if marks.faults:
        raise Misread(path, marks.faults)
    with course.work_alone():
        gradebook.back_up_gradebook(course, f"mark {exercise.id}, {len(marks.given)} answers")
        with gradebook.open_book(course) as book:
            writer = gradebook.Writer(course, book)
            for one in marks.given:
                answer = one.answer
                mark = answer.written.convert(one.rows) if who == FIRST else None
                writer.write_rubric(
                    exercise.id,
                    answer.student,
                    answer.written.id,
                    answer.digest,
                    one.rows,
                    one.comment,
                    marker=who,
                    mark=mark,
                )
    report.write_pages(course, exercise.id)
    print(f"{len(marks.given)} answers have points{' of a second marker' if who == SECOND else ''} now.")
    return marks.open


def read_marks(path: Path, answers: Mapping[tuple[str, str], Answer]) -> MarksRead:
    """Return what a filled table gives; `answers` are by blind id and question."""
    table = rosters.read_table(path)
    found = MarksRead()
    missing = [key for key in KEYS if strip_heading(key) not in table.headings]
    if missing:
        found.faults.append(FaultOfLine(1, f"the column {missing[0]} is missing: it came with the form"))
        return found
    seen = Counter[tuple[str, str]]()
    for line in table.lines:
        key = (line.cells["answer"], line.cells["question"])
        seen[key] += 1
        answer = answers.get(key)
        if answer is None:
            found.faults.append(FaultOfLine(line.number, f"there is no answer {key[0]} to {key[1]}"))
            continue
        if seen[key] > 1:
            found.faults.append(FaultOfLine(line.number, f"the answer {key[0]} is there a second time"))
            continue
        rows, wrong = _read_rows(line.cells, answer.written)
        for what in wrong:
            found.faults.append(FaultOfLine(line.number, f"{answer.blind}, {what}"))
        comment = unguard_cell(line.cells.get("comment", ""))
        left = [row for row in answer.written.rubric if row not in rows]
        if wrong or (not rows and not comment):
            continue
        if line.cells[strip_heading("text_is")] != answer.digest[:8]:
            found.open.append(f"{answer.blind}: another text was handed in since, so it stays open.")
        elif left:
            found.open.append(f"{answer.blind}: {', '.join(left)} has no points, so it stays as it was.")
        else:
            found.given.append(Given(line.number, answer, rows, comment))
    return found


def _read_rows(cells: Mapping[str, str], written: Written) -> tuple[dict[str, int], list[str]]:
    """Return the points in a line, by row of the rubric, and what is wrong with others."""
    rows, wrong = {}, []
    for row in written.rubric:
        text = cells.get(strip_heading(row), "").strip()
        whole = text.removesuffix(".0").removesuffix(",0")  # some spreadsheets write 3 so
        if not text:
            continue
        most = written.most(row)
        if whole in [str(points) for points in range(most + 1)]:
            rows[row] = int(whole)
        else:
            wrong.append(f"{row}: {text!r} is no whole number from 0 to {most}")
    return rows, wrong
