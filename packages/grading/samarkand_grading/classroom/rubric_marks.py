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
from dataclasses import dataclass, field
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
    near : list of tuple
        How much of a text it shares (0 to 1), what that is called, and the text.
    """

    student: str
    blind: str
    written: Written
    text: str
    digest: str
    rows: Mapping[str, int] = field(default_factory=dict)
    comment: str = ""
    earlier: Sequence[EarlierMark] = ()
    near: Sequence[tuple[float, str, str]] = ()
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


class Misread(CourseError):
    """A table of marks cannot be taken: `faults` has the line and what is wrong for each cell."""

    def __init__(self, path: Path, faults: Sequence[tuple[int, str]]) -> None:
        told = [f"line {line}: {what}." for line, what in faults]
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
        raise CourseError(f"{exercise.id} has no written answer.", code="no written answer", set=exercise.id)
    who = SECOND if second else FIRST
    if read:
        return read_form(course, exercise, read, who)
    if agree:
        points = gradebook.read_row_points(course.gradebook, exercise.id)
        print(marker_agreement.describe_agreement(marker_agreement.pair_points(points, FIRST, SECOND)))
        return []
    answers = list_answers(course, exercise, who)
    if not answers:
        text = f"Nobody has written an answer in {exercise.id}, as far as it is graded."
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
    samples = similar_texts.read_samples(exercise.id)
    given = [cell["source"] for cell in course.released(exercise).cells.values()]
    points = gradebook.read_row_points(course.gradebook, exercise.id).get(who, {})
    found = []
    for written in exercise.written:
        texts, digests, rows, own_numbers = {}, {}, {}, {}
        for row in report.read_results(course, exercise):
            line = next((one for one in row.lines if one.id == written.id), None)
            if line is None or line.left_out or line.auto is not None:
                continue
            sources = records.read_sources(course, exercise.id, row.student)
            texts[row.student] = sources.get(written.id, "")
            digests[row.student] = records.digest_answers(exercise, sources).get(written.id, "")
            rows[row.student] = line
            own_numbers[row.student] = _write_asked_numbers(course, exercise, written, row.record.given)
        names = {student: make_blind_id(course, exercise, student) for student in texts}
        near: dict[str, list[tuple[float, str, str]]] = {student: [] for student in texts}
        for copy in similar_texts.find_near_copies(texts, given, samples):
            if copy.other in samples:
                near[copy.student].append((copy.share, copy.other, samples[copy.other]))
            else:
                near[copy.student].append((copy.share, names[copy.other], texts[copy.other]))
                near[copy.other].append((copy.share, names[copy.student], texts[copy.student]))
        for student, line in rows.items():
            own = points.get((student, written.id, digests[student]), {})
            found.append(
                Answer(
                    student=student,
                    blind=names[student],
                    written=written,
                    text=texts[student],
                    digest=digests[student],
                    rows={row: own[row] for row in written.rubric if row in own},
                    comment=line.comment if who == FIRST else "",
                    earlier=line.earlier,
                    near=near[student],
                    own=own_numbers[student],
                )
            )
    return sorted(found, key=lambda answer: (answer.written.id, answer.blind))


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
        near = "; ".join(f"{share:.0%} as {name}" for share, name, _ in answer.near)
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
    given, said, faults = read_marks(path, answers)
    if faults:
        raise Misread(path, faults)
    with course.work_alone():
        gradebook.back_up_gradebook(course, f"mark {exercise.id}, {len(given)} answers")
        with gradebook.open_book(course) as book:
            writer = gradebook.Writer(course, book)
            for one in given:
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
    print(f"{len(given)} answers have points{' of a second marker' if who == SECOND else ''} now.")
    return said


def read_marks(
    path: Path, answers: Mapping[tuple[str, str], Answer]
) -> tuple[list[Given], list[str], list[tuple[int, str]]]:
    """Return what a table gives, a sentence for each answer that stays open, and what is wrong, by line."""
    table = rosters.read_table(path)
    given, said = [], []
    faults: list[tuple[int, str]] = []
    missing = [key for key in KEYS if strip_heading(key) not in table.headings]
    if missing:
        return [], [], [(1, f"the column {missing[0]} is missing: it came with the form")]
    seen = Counter[tuple[str, str]]()
    for line in table.lines:
        key = (line.cells["answer"], line.cells["question"])
        seen[key] += 1
        answer = answers.get(key)
        if answer is None:
            faults.append((line.number, f"there is no answer {key[0]} to {key[1]}"))
            continue
        if seen[key] > 1:
            faults.append((line.number, f"the answer {key[0]} is there a second time"))
            continue
        rows, wrong = _read_rows(line.cells, answer.written)
        faults += [(line.number, f"{answer.blind}, {what}") for what in wrong]
        comment = unguard_cell(line.cells.get("comment", ""))
        left = [row for row in answer.written.rubric if row not in rows]
        if wrong or (not rows and not comment):
            continue
        if line.cells[strip_heading("text_is")] != answer.digest[:8]:
            said.append(f"{answer.blind}: another text was handed in since, so it stays open.")
        elif left:
            said.append(f"{answer.blind}: {', '.join(left)} has no points, so it stays as it was.")
        else:
            given.append(Given(line.number, answer, rows, comment))
    return given, said, faults


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
