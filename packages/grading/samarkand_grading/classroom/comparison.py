"""The gain of a class between two sets that ask the same questions, such as before and after a course."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from samarkand.common.errors import CourseError
from samarkand_grading.classroom import gradebook
from samarkand_grading.classroom.course import Course

#: The minimum of students with both sets, and how many classes are drawn for the interval.
FEWEST = 5
DRAWS = 10_000
#: The interval holds the middle 95 % of the gains of drawn classes.
MIDDLE = (2.5, 97.5)


class CannotCompare(CourseError):
    """Two sets cannot be compared: the code is "few students" or "other questions"."""


@dataclass(frozen=True)
class QuestionGain:
    """The mean points of one question, among students who have both sets."""

    id: str
    out_of: int
    before: float
    after: float


@dataclass(frozen=True)
class Gain:
    """What a class gained between two sets.

    Attributes
    ----------
    students
        How many have both sets.
    left_out
        How many have one of them.
    before, after
        Their mean points in each.
    low, high
        The middle 95 % of the mean gain of classes drawn from these students with replacement.
    questions
        The gain of each question.
    """

    students: int
    left_out: int
    before: float
    after: float
    low: float
    high: float
    questions: tuple[QuestionGain, ...]


def _tabulate_points(
    points: Mapping[str, Mapping[str, float]], students: Sequence[str], questions: Sequence[str]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return the points as a table with a row a student and a column a question; 0 where there are none."""
    rows = []
    for student in students:
        rows.append([points[student].get(question, 0.0) for question in questions])
    return np.array(rows)


def measure_gain(course: Course, earlier: str, later: str) -> Gain:
    """Return what the students with both sets gained from the earlier to the later, or `CannotCompare`."""
    ids = [question.id for question in course.exercise(earlier).questions]
    if sorted(ids) != sorted(question.id for question in course.exercise(later).questions):
        text = f"{earlier} and {later} do not ask the same questions. "
        text += "samarkand new before-after makes two that do."
        raise CannotCompare(text, code="other questions", sets=(earlier, later))
    ids.sort(key=lambda id: (len(id), id))
    first = read_points(course, earlier)
    last = read_points(course, later)
    both = sorted(first.keys() & last.keys())
    if len(both) < FEWEST:
        few = f"With fewer than {FEWEST} nothing can be said of a class."
        text = f"Students with both sets: {len(both)}. {few}"
        raise CannotCompare(text, code="few students", students=len(both))
    before = _tabulate_points(first, both, ids)
    after = _tabulate_points(last, both, ids)
    gains = after.sum(axis=1) - before.sum(axis=1)
    draws = np.random.default_rng(0).choice(gains, (DRAWS, len(gains))).mean(axis=1)
    low, high = np.percentile(draws, MIDDLE)
    points = {question.id: question.points for question in course.exercise(later).questions}
    questions = []
    for place, id in enumerate(ids):
        means = float(before[:, place].mean()), float(after[:, place].mean())
        questions.append(QuestionGain(id, points[id], *means))
    return Gain(
        students=len(both),
        left_out=len(first.keys() ^ last.keys()),
        before=float(before.sum(axis=1).mean()),
        after=float(after.sum(axis=1).mean()),
        low=float(low),
        high=float(high),
        questions=tuple(questions),
    )


def read_points(course: Course, name: str) -> dict[str, dict[str, float]]:
    """Return the points of each question by student; who handed in nothing is left out."""
    checks = {f"{question.id}-check": question.id for question in course.exercise(name).questions}
    found = {}
    for student, row in gradebook.read_rows(course.gradebook, name).items():
        if row.marks:
            found[student] = {id: row.marks[cell].points for cell, id in checks.items() if cell in row.marks}
    return found


def describe_gain(course: Course, earlier: str, later: str) -> str:
    """Return what a class gained between two sets, with its uncertainty and each question, as text."""
    gain = measure_gain(course, earlier, later)
    out_of = sum(question.out_of for question in gain.questions)
    lines = [
        f"{gain.students} students have both sets; {gain.left_out} have one, and are left out.",
        f"Points of {out_of}: {gain.before:.1f} in {earlier}, {gain.after:.1f} in {later}. "
        f"Gain: {gain.after - gain.before:+.1f}, 95 % interval {gain.low:+.1f} to {gain.high:+.1f}.",
        "",
        "question  before  after",
    ]
    for question in gain.questions:
        before = question.before / question.out_of
        after = question.after / question.out_of
        lines.append(f"{question.id:8}  {before:6.0%}  {after:5.0%}")
    return "\n".join(lines)
