"""A mark that a person gave belongs to the text it was given for, and can be no more than the maximum."""

import pytest
import workshop
from test_batch import NAME, grade, hand_in
from test_reports import exported, page

from samarkand_grading.classroom import deadlines, gradebook, report

pytestmark = pytest.mark.usefixtures("one_server")


def mark(course, student, cell, points, comment="", *, extra=0.0):  # noqa: PLR0913 - a mark has so much
    """Give points and a comment as Formgrader does."""
    with gradebook.open_book(course) as book:
        grade_cell = book.find_grade(cell, NAME, NAME, student)
        grade_cell.manual_score, grade_cell.extra_credit = points, extra
        grade_cell.needs_manual_grade = False
        book.find_comment(cell.removesuffix("-check"), NAME, NAME, student).manual_comment = comment
        book.db.commit()


def read(course, student="ada"):
    """Return a student's lines by question."""
    (row,) = report.read_results(course, course.exercise("ex90"), student)
    return {line.id: line for line in row.lines}


@pytest.fixture
def marked(course):
    hand_in(course, "ada", **workshop.ANSWERS, w1="Because.")
    hand_in(course, "bob", w1="So.")
    grade(course)
    mark(course, "ada", "w1", 4, "Name one vote.")
    mark(course, "bob", "w1", 3)
    return course


def test_another_text_is_open_and_its_old_mark_is_the_teachers_alone(marked):
    hand_in(marked, "ada", **workshop.ANSWERS, w1="Another reason.")
    summary, lines = grade(marked)
    assert summary.graded == ["ada"] and "w1 was for another text (4 points: Name one vote.)" in lines[0]
    line = read(marked)["w1"]
    assert (line.open, line.by_hand, line.comment) == (True, None, "")
    assert [(one.points, one.comment) for one in line.earlier] == [(4, "Name one vote.")]
    assert "Name one vote." not in page(marked, "ada") and "10 of 10" in page(marked, "ada")
    assert exported(marked, "moodle")["ada"] == [""]
    assert "Name one vote." in report.explain_marks(marked, "ex90", "ada")
    assert "ada, w1: 4 points: Name one vote." in report.sum_up(marked, "ex90")
    with gradebook.open_book(marked) as book:  # what Formgrader and nbgrader's feedback show
        assert book.find_grade("w1", NAME, NAME, "ada").needs_manual_grade
        assert book.find_comment("w1", NAME, NAME, "ada").comment is None
    assert read(marked, "bob")["w1"].by_hand == 3


def test_the_same_points_for_the_new_text_count(marked):
    """Who agrees with the old points types them again."""
    hand_in(marked, "ada", **workshop.ANSWERS, w1="Another reason.")
    grade(marked)
    mark(marked, "ada", "w1", 4, "Name one vote.")
    for options in ({}, {"force": True}):
        grade(marked, **options)
        line = read(marked)["w1"]
        assert (line.open, line.by_hand, line.comment) == (False, 4, "Name one vote.")


def test_the_first_text_has_its_mark_again_when_it_comes_back(marked):
    hand_in(marked, "ada", **workshop.ANSWERS, w1="Another reason.")
    grade(marked)
    mark(marked, "ada", "w1", 1, "Less.")
    hand_in(marked, "ada", **workshop.ANSWERS, w1="Because.  \n")
    _, lines = grade(marked)
    line = read(marked)["w1"]
    assert (line.by_hand, line.comment, line.open) == (4, "Name one vote.", False)
    assert "w1 has a person's mark of this text again" in lines[0]
    assert [one.points for one in line.earlier] == [1]


def test_a_mark_of_code_belongs_to_the_code(marked):
    mark(marked, "bob", "q1-check", 1, "Nearly.", extra=0.5)
    hand_in(marked, "bob", q1="product = 3", w1="So.")
    grade(marked)
    line = read(marked, "bob")["q1"]
    assert (line.points, line.changed, line.comment) == (0, False, "")
    assert [(one.points, one.extra, one.comment) for one in line.earlier] == [(1, 0.5, "Nearly.")]
    assert read(marked, "bob")["w1"].by_hand == 3


def test_a_gradebook_that_was_put_back_marks_no_later_text(marked):
    hand_in(marked, "ada", **workshop.ANSWERS, w1="Another reason.")
    grade(marked)
    deadlines.restore_gradebook(marked, 1)
    assert read(marked)["w1"].by_hand == 4  # as it was
    assert grade(marked)[0].graded == ["ada"]
    assert read(marked)["w1"].open


def test_a_student_who_is_forgotten_leaves_no_earlier_mark(marked):
    hand_in(marked, "ada", **workshop.ANSWERS, w1="Another reason.")
    grade(marked)
    deadlines.forget_student(marked, "ada", lambda what: True)
    assert gradebook.read_earlier(marked.gradebook, NAME) == {}
    assert list(gradebook.read_texts(marked.gradebook, NAME)) == ["bob"]
    assert b"Name one vote" not in marked.gradebook.read_bytes()


@pytest.mark.parametrize(
    ("cell", "points", "extra"),
    [("w1", 4.5, 0), ("w1", -1, 0), ("q1-check", 3, 0), ("q1-check", -0.5, 0), ("w1", 1, float("inf"))],
)
def test_points_that_cannot_be_count_nowhere_and_are_said(marked, capsys, cell, points, extra):
    question = cell.removesuffix("-check")
    mark(marked, "ada", cell, points, extra=extra)
    assert read(marked)[question].impossible and read(marked)[question].open
    assert exported(marked, "moodle")["ada"] == [""] == exported(marked, "canvas")["ada"][-1:]
    assert exported(marked, "csv")["ada"][7] == "yes"
    assert f"still to mark {question}" in page(marked, "ada")
    for words in (["marks", "ex90", "--export", "csv"], ["marks", "ex90"], ["grade", "ex90"]):
        capsys.readouterr()
        workshop.samarkand(marked, *words)
        assert f"ada, {question}: the gradebook has" in "".join(capsys.readouterr()), words
    mark(marked, "ada", cell, 2, extra=1)  # more than the maximum by extra credit can be
    assert not read(marked)[question].impossible
