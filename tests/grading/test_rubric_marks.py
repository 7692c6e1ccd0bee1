"""Written answers are marked row by row, on a page or in a table, and what is read back is held to bounds."""

import csv
import io
import json
import re

import pytest
import workshop
from test_batch import NAME, grade, hand_in
from test_reports import page

from samarkand_grading.classroom import (
    deadlines,
    gradebook,
    marker_agreement,
    records,
    report,
    rubric_marks,
    similar_texts,
)

pytestmark = pytest.mark.usefixtures("one_server")
ROW = "A reason"


@pytest.fixture
def handed_in(course):
    for student, text in (("ada", "Because."), ("bob", "=1+1 So."), ("cyn", "")):
        hand_in(course, student, **({"w1": text} if text else {}))
    grade(course)
    return course


def write_form(course, tmp_path):
    path = tmp_path / "form.csv"
    rubric_marks.mark_written_answers(course, "ex90", path, None)
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def read_form(course, tmp_path, rows, **options):
    path = tmp_path / "filled.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return rubric_marks.mark_written_answers(course, "ex90", None, path, **options)


def blind(course, student):
    return rubric_marks.make_blind_id(course, course.exercise("ex90"), student)


def fill(course, rows, student, **cells):
    (row,) = [row for row in rows if row["answer"] == blind(course, student)]
    row.update(cells)
    return rows


def read_mark(course, student):
    (row,) = report.read_results(course, course.exercise("ex90"), student)
    return next(line for line in row.lines if line.id == "w1")


def test_a_form_has_each_written_answer_and_no_name(handed_in, tmp_path):
    rows = write_form(handed_in, tmp_path)
    assert {row["answer"] for row in rows} == {blind(handed_in, student) for student in ("ada", "bob")}
    assert {row["text"] for row in rows} == {"Because.", "'=1+1 So."}
    rubric_marks.mark_written_answers(handed_in, "ex90", None, None)
    shown = (handed_in.root / "marking" / f"{NAME}.html").read_text(encoding="utf-8")
    assert "Because." in shown and "ada" not in shown and "http:" not in shown and "https:" not in shown


def test_a_marker_sees_how_long_an_answer_is_and_the_numbers_that_it_had_to_use(
    handed_in, tmp_path, monkeypatch
):
    """The rubric asks for the length, and for something of the student's own."""
    monkeypatch.setattr(rubric_marks, "read_question", lambda *_: "Compare one of `given['factor']`.\n\n|")
    factor = records.read_record(handed_in, NAME, "bob").given["factor"]
    rows = {row["answer"]: row for row in write_form(handed_in, tmp_path)}
    bob = rows[blind(handed_in, "bob")]
    assert (bob["words"], bob["own"]) == ("2", f"factor {factor}")
    rubric_marks.mark_written_answers(handed_in, "ex90", None, None)
    shown = (handed_in.root / "marking" / f"{NAME}.html").read_text(encoding="utf-8")
    assert f"own numbers: factor {factor}" in shown
    monkeypatch.setattr(rubric_marks, "read_question", lambda *_: "Why?")
    assert {row["own"] for row in write_form(handed_in, tmp_path)} == {""}


def test_points_go_to_gradebook_page_and_statistics(handed_in, tmp_path, capsys):
    rows = fill(handed_in, write_form(handed_in, tmp_path), "ada", **{ROW: "3", "comment": "=Name one vote."})
    assert read_form(handed_in, tmp_path, rows) == []
    mark = read_mark(handed_in, "ada")
    assert (mark.by_hand, mark.open, mark.rows, mark.comment) == (3, False, {ROW: 3}, "=Name one vote.")
    assert read_mark(handed_in, "bob").open
    assert f"{ROW}: 3 points" in page(handed_in, "ada") and "Name one vote." in page(handed_in, "ada")
    assert f"w1              3.00    0    0    0    1    0  {ROW}" in report.sum_up(handed_in, "ex90")
    again = fill(handed_in, write_form(handed_in, tmp_path), "ada")
    (row,) = [row for row in again if row["answer"] == blind(handed_in, "ada")]
    assert row[ROW] == "3"
    grade(handed_in, force=True)
    assert read_mark(handed_in, "ada").by_hand == 3


@pytest.mark.parametrize("points", ["5", "-1", "2.5", "two", "1e0", "٣"])
def test_points_out_of_bounds_are_named_and_nothing_is_written(handed_in, tmp_path, points):
    rows = fill(handed_in, write_form(handed_in, tmp_path), "ada", **{ROW: points})
    fill(handed_in, rows, "bob", **{ROW: "2"})
    with pytest.raises(rubric_marks.Misread) as caught:
        read_form(handed_in, tmp_path, rows)
    (fault,) = caught.value.faults
    assert blind(handed_in, "ada") in fault.what
    assert read_mark(handed_in, "bob").open


def test_an_answer_of_nobody_and_one_that_is_there_twice_are_named(handed_in, tmp_path):
    rows = fill(handed_in, write_form(handed_in, tmp_path), "ada", **{ROW: "3"})
    stranger = rows[0] | {"answer": "00000000"}
    with pytest.raises(rubric_marks.Misread) as caught:
        read_form(handed_in, tmp_path, [*rows, stranger, rows[0]])
    assert [fault.line for fault in caught.value.faults] == [4, 5]
    assert read_mark(handed_in, "ada").open


def test_a_text_that_came_since_stays_open(handed_in, tmp_path):
    rows = fill(handed_in, write_form(handed_in, tmp_path), "ada", **{ROW: "3"})
    hand_in(handed_in, "ada", w1="Another reason.")
    grade(handed_in)
    (said,) = read_form(handed_in, tmp_path, rows)
    assert blind(handed_in, "ada") in said and read_mark(handed_in, "ada").open


def put_behind_w1(course, student, text):
    """Add a text cell below the one of w1, as splitting that cell does."""
    path = course.root / "submitted" / student / NAME / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text())
    place = next(n for n, cell in enumerate(notebook["cells"], 1) if cell["id"] == "w1")
    notebook["cells"].insert(place, {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": text})
    path.write_text(json.dumps(notebook))


def test_a_mark_is_for_all_of_an_answer_also_in_two_cells(handed_in, tmp_path):
    put_behind_w1(handed_in, "ada", "The polls say so.")
    grade(handed_in)
    rows = write_form(handed_in, tmp_path)
    (row,) = [row for row in rows if row["answer"] == blind(handed_in, "ada")]
    assert row["text"] == "Because.\n\nThe polls say so."
    read_form(handed_in, tmp_path, fill(handed_in, rows, "ada", **{ROW: "3", "comment": "Which polls?"}))
    hand_in(handed_in, "ada", w1="Because.")
    put_behind_w1(handed_in, "ada", "Nobody knows.")
    grade(handed_in)
    assert read_mark(handed_in, "ada").open and "Which polls?" not in page(handed_in, "ada")


def test_a_file_that_cannot_be_read_has_no_mark_of_an_earlier_text(handed_in, tmp_path):
    rows = fill(handed_in, write_form(handed_in, tmp_path), "ada", **{ROW: "3", "comment": "Well read."})
    read_form(handed_in, tmp_path, rows)
    path = hand_in(handed_in, "ada")
    path.write_text("no notebook")
    grade(handed_in)
    mark = read_mark(handed_in, "ada")
    assert (mark.open, mark.points, mark.comment) == (True, 0, "")
    assert "Well read." not in page(handed_in, "ada")
    hand_in(handed_in, "ada", w1="Because.")
    grade(handed_in)
    assert (read_mark(handed_in, "ada").points, read_mark(handed_in, "ada").comment) == (3, "Well read.")


@pytest.mark.parametrize(
    "typed",
    [
        {"manual_score": 18},
        {"manual_score": -1},
        {"manual_score": float("inf")},
        {"extra_credit": 5},
        {"extra_credit": -1},
        {"manual_score": 2, "extra_credit": -3},
        {"manual_score": 4, "extra_credit": float("inf")},
    ],
)
def test_points_that_cannot_be_count_nowhere_whoever_typed_them(handed_in, typed, capsys):
    with gradebook.open_book(handed_in) as book:
        grades = book.find_grade("w1", NAME, NAME, "ada")
        for field, value in typed.items():
            setattr(grades, field, value)
        book.db.commit()
    (row,) = report.read_results(handed_in, handed_in.exercise("ex90"), "ada")
    assert (row.open, row.net, len(row.impossible)) == (["w1"], 0, 1)
    assert workshop.samarkand(handed_in, "marks", "ex90", "--export", "csv") == 0
    (line,) = [line for line in csv.reader(io.StringIO(capsys.readouterr().out)) if "ada" in line]
    assert not {str(value) for value in typed.values()} & {*line}


def test_automatic_points_and_penalties_that_cannot_be_count_nowhere(handed_in):
    with gradebook.open_book(handed_in) as book:
        book.find_grade("q1-check", NAME, NAME, "ada").auto_score = 99
        book.find_submission_notebook(NAME, NAME, "ada").late_submission_penalty = -50
        book.db.commit()
    (row,) = report.read_results(handed_in, handed_in.exercise("ex90"), "ada")
    assert row.net == 0 and len(row.impossible) == 1


@pytest.mark.parametrize(
    "points", ["5", "-1", "2.5", "\u00b2", "1e0", "4 of 4", "\u0664", "nan", "0x4", "+4", "4.00", "1,000"]
)
def test_points_typed_in_a_table_are_whole_numbers_from_0_to_4(handed_in, tmp_path, points):
    rows = fill(handed_in, write_form(handed_in, tmp_path), "ada", **{ROW: points})
    with pytest.raises(rubric_marks.Misread) as refusal:
        read_form(handed_in, tmp_path, rows)
    assert len(refusal.value.faults) == 1 and read_mark(handed_in, "ada").open


def test_what_was_said_of_an_old_text_is_on_the_form_as_that(handed_in, tmp_path):
    rows = fill(handed_in, write_form(handed_in, tmp_path), "ada", **{ROW: "1", "comment": "Too short."})
    read_form(handed_in, tmp_path, rows)
    hand_in(handed_in, "ada", w1="Because it is so.")
    grade(handed_in)
    (row,) = [r for r in write_form(handed_in, tmp_path) if r["answer"] == blind(handed_in, "ada")]
    assert (row[ROW], row["comment"]) == ("", "") and "1 points: Too short." in row["earlier"]
    assert "Too short." not in page(handed_in, "ada")


def test_what_formgrader_changes_counts_and_the_rows_are_gone(handed_in, tmp_path):
    read_form(handed_in, tmp_path, fill(handed_in, write_form(handed_in, tmp_path), "ada", **{ROW: "3"}))
    with gradebook.open_book(handed_in) as book:
        book.find_grade("w1", NAME, NAME, "ada").manual_score = 4
        book.db.commit()
    mark = read_mark(handed_in, "ada")
    assert (mark.points, mark.rows) == (4, {})


def test_a_second_markers_points_are_no_marks_and_agreement_needs_five(handed_in, tmp_path):
    rows = fill(handed_in, write_form(handed_in, tmp_path), "ada", **{ROW: "3"})
    read_form(handed_in, tmp_path, rows)
    read_form(handed_in, tmp_path, fill(handed_in, rows, "ada", **{ROW: "1"}), second=True)
    assert read_mark(handed_in, "ada").by_hand == 3
    with pytest.raises(marker_agreement.TooFew) as caught:
        rubric_marks.mark_written_answers(handed_in, "ex90", None, None, agree=True)
    assert (caught.value.row, caught.value.found) == (ROW, 1)


def test_agreement_of_two_markers():
    alike = {(f"s{n}", "w1", "x"): {"claim": n % 5, "limits": n % 5} for n in range(10)}
    other = {(f"s{n}", "w1", "x"): {"claim": n % 5, "limits": 4 - n % 5} for n in range(10)}
    pairs = marker_agreement.pair_points({"first": alike, "second": other}, "first", "second")
    claim, limits = (line.split() for line in marker_agreement.describe_agreement(pairs).splitlines()[1:])
    assert claim == ["10", "100%", "100%", "1.00", "claim"]
    assert limits == ["10", "20%", "20%", "-1.00", "limits"]


def test_who_is_forgotten_leaves_no_points_and_no_form(handed_in, tmp_path):
    read_form(handed_in, tmp_path, fill(handed_in, write_form(handed_in, tmp_path), "ada", **{ROW: "3"}))
    rubric_marks.mark_written_answers(handed_in, "ex90", None, None)
    deadlines.forget_student(handed_in, "ada", lambda what: True)
    assert gradebook.read_row_points(handed_in.gradebook, NAME) == {}
    assert not (handed_in.root / "marking").exists()


def test_the_command_names_open_answers(handed_in, capsys):
    assert workshop.samarkand(handed_in, "mark", "ex90") == 0
    assert "2 answers, 0 of them marked" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["ex05_taking_sides", "ex08_borders"])
def test_a_written_answer_counts_by_the_time_it_takes(name):
    """Code and text take half an hour each, so neither has twice the points of the other."""
    exercise = workshop.course_set(name)
    (written,) = exercise.written
    assert 0.5 < written.points / exercise.points < 2
    full = {row: written.most(row) for row in written.rubric}
    assert sum(full.values()) == 24
    assert written.convert(full) == written.points
    assert written.convert(full | {next(iter(full)): 3}) == written.points - 0.5


def test_samples_have_the_points_of_their_rows_and_are_as_many_in_each_set():
    text = similar_texts.SAMPLES.read_text(encoding="utf-8")
    answers = re.findall(r"### Answer (\w)\n.*?\*\*(\d+) of 24\.\*\*", text, re.DOTALL)
    assert [letter for letter, _ in answers] == list("ABCDEF") * 2
    for part, (_, points) in zip(text.split("### Answer ")[1:], answers, strict=True):
        rows = [int(n) for n in re.findall(r"^\| [^|]+ \| (\d) \|", part, re.MULTILINE)]
        assert (len(rows), sum(rows)) == (7, int(points))
