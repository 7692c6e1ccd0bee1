"""Explaining, summing up, exporting, feedback, and what is left when the grader is killed."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import signal
import sqlite3
import time

import pytest
import workshop
from test_batch import grade, hand_in

from samarkand import cli
from samarkand.ground.errors import CourseError
from samarkand_grading.classroom import feedback, gradebook, records, release, report

pytestmark = pytest.mark.usefixtures("one_server")


@pytest.fixture(scope="module")
def marked(template, tmp_path_factory):
    import shutil

    from samarkand_grading.classroom.course import Course

    folder = tmp_path_factory.mktemp("reports")
    shutil.copytree(template, folder / "course")
    shutil.copy(template.parent / "secret", folder / "secret")
    course = Course(folder / "course", folder / "secret")
    hand_in(course, "ada", **workshop.ANSWERS)
    given = {}
    for student in ("bob", "cyn", "dai"):
        hand_in(course, student)
    hand_in(course, "eve", q2=workshop.ANSWERS["q2"].replace("100 * ", ""), added="x = 1")
    grade(course)
    for student in ("ada", "bob", "cyn", "dai"):
        given[student] = records.read(course, workshop.NAME, student).given["factor"]
    copier = next(s for s in ("bob", "cyn", "dai") if given[s] != given["ada"])
    hand_in(course, copier, q1=f"product = {17 * given['ada'] + 40961}")
    grade(course)
    course.copier = copier
    return course


def test_a_mark_is_explained(marked):
    text = report.explain(marked, "ex90", "eve")
    assert "q2: 0 of 3 (wrong)" in text
    assert "read:   series: KAZ=0.69" in text
    assert "reason: These are shares of one" in text
    assert "1 code cell was added" in text
    with pytest.raises(CourseError, match="has not been graded"):
        report.explain(marked, "ex90", "zed")


def test_a_class_is_summed_up(marked):
    text = report.grades(marked, "ex90")
    assert "5 students, mean 2.00, median 0" in text
    assert f"{marked.copier}: q1 as ada had it" in text
    assert "Added cells of their own:\n  eve\n" in text
    assert "Flagged" not in text
    assert "90-100 %  # 1" in text


def ask(course, names):
    """Let the set ask its second question under other ids: under none, it is gone."""
    with (course.root / "checks" / f"{workshop.NAME}.py").open("a") as file:
        file.write(
            "\nfrom dataclasses import replace\nSET = replace(SET, questions=tuple(replace(q, id=name) "
            f"for q in SET.questions for name in ({names} if q.id == 'q2' else [q.id])))\n"
        )
    notebook = workshop.source_notebook(solved=True)
    notebook["cells"] = [
        json.loads(json.dumps(cell).replace("q2", name))
        for cell in notebook["cells"]
        for name in (names if cell["id"].startswith("q2") else ["q2"])
    ]
    workshop.write(course.root / "source" / workshop.NAME, notebook)


@pytest.mark.parametrize("names", [[], ["q2b"], ["q2", "q4"]], ids=["gone", "renamed", "another"])
def test_marks_outlive_the_questions_they_were_given_for(course, names):
    """nbgrader refuses other cells once work is graded; then somebody puts the gradebook away."""
    hand_in(course, "ada", **workshop.ANSWERS)
    hand_in(course, "bob", q2=workshop.ANSWERS["q2"].replace("100 * ", ""))
    grade(course)
    ask(course, names)
    exercise, notebook = course.exercise("ex90"), course.notebook("release", workshop.NAME)
    before, record = notebook.read_bytes(), records.read(course, workshop.NAME, "bob")
    with pytest.raises(CourseError, match="Cannot add or remove cells"):
        release.generate(course, exercise, lambda line: None)
    assert notebook.read_bytes() == before
    with pytest.raises(CourseError, match=r"q2|q4"):
        grade(course, students=["ada"])
    assert report.grades(course, "ex90").endswith(
        "\n\nMarked when the set had other questions:\n  ada\n  bob"
    )
    assert len(feedback.write(course, "ex90")) == 2
    course.gradebook.unlink()
    release.generate(course, exercise)
    assert grade(course, students=["ada"])[0].graded == ["ada"]
    text = report.grades(course, "ex90")
    rows = {line.split()[0] for line in text.splitlines() if line.startswith("q")}
    assert rows == {"question", "q1", "q2", "q3", *names}
    assert text.endswith("\n\nMarked when the set had other questions:\n  bob")
    pages = {path.parent.name: path.read_text() for path in feedback.write(course, "ex90")}
    assert "These are shares of one" in pages["bob"] and all(name in pages["ada"] for name in names)
    assert records.read(course, workshop.NAME, "bob") == record
    assert grade(course)[0].graded == ["bob"]
    assert "other questions" not in report.grades(course, "ex90")


def test_marks_are_exported(marked):
    rows = list(csv.reader(io.StringIO(report.export(marked, "ex90", "csv"))))
    marks = ["q1-check", "q2-check", "q3-check", "late_penalty", "score", "max_score"]
    assert rows[0] == ["student", *marks, "waits_for_a_person"]
    assert {row[0]: row[5] for row in rows[1:]} == {
        "eve": "0.0",
        "ada": "10.0",
        "bob": "0.0",
        "cyn": "0.0",
        "dai": "0.0",
    }
    assert "Points Possible" in report.export(marked, "ex90", "canvas")
    assert report.export(marked, "ex90", "moodle").startswith("Username,ex90_test\n")
    own = list(csv.DictReader(io.StringIO(report.export(marked, "ex90", "nbgrader"))))
    assert {row["student_id"]: float(row["score"]) for row in own}["ada"] == 10
    with pytest.raises(CourseError, match="No export"):
        report.export(marked, "ex90", "pdf")


def test_feedback_tells_reasons_and_no_answers(marked):
    paths = feedback.write(marked, "ex90")
    assert len(paths) == 5
    pages = {path.parent.name: path.read_text() for path in paths}
    assert "On the whole" not in pages["ada"]
    assert "These are shares of one: the question asks for per cent." in pages["eve"]
    expected = str(17 * records.read(marked, workshop.NAME, "bob").given["factor"] + 40961)
    for student, page in pages.items():
        assert "http" not in page
        assert expected not in page
        assert not any(other in page for other in pages if other != student)


def test_nbgraders_own_programs_go_on_working(marked):
    for verb in (["export"], ["generate_feedback", workshop.NAME]):
        workshop.nbgrader(marked.root, *verb)
    rows = {row["student_id"]: row for row in csv.DictReader((marked.root / "grades.csv").open())}
    assert (float(rows["ada"]["score"]), float(rows["ada"]["max_score"])) == (10, 10)
    page = marked.root / "feedback" / "ada" / workshop.NAME / f"{workshop.NAME}.html"
    assert "Right." in page.read_text()


def test_the_command_grades_and_explains(marked, capsys):
    common = ["--course", str(marked.root), "--secret", str(marked.secret)]
    assert cli.main(["grade", "ex90", "--student", "ada", "--force", *common]) == 0
    assert "ada: 10 of 10" in capsys.readouterr().out
    assert cli.main(["grade", "ex90", "--student", "nobody", *common]) == 1
    assert cli.main(["explain", "ex90", "--student", "ada", *common]) == 0
    assert cli.main(["marks", "ex90", "--export", "moodle", *common]) == 0
    assert "ada,10" in capsys.readouterr().out


def test_killed_at_any_moment_nothing_is_lost(course, sampled):
    """Kill the grader at 50 moments: the gradebook opens, nothing is lost, a re-run completes."""
    students = [f"s{n}" for n in range(6)]
    for student in students:
        hand_in(course, student, **workshop.ANSWERS)
    grade(course, students=["s0"])
    with gradebook.opened(course.gradebook) as book:
        book.find_grade("q1-check", workshop.NAME, workshop.NAME, "s0").manual_score = 1.25
        book.db.commit()
    began = time.monotonic()
    grade(course, force=True)
    whole = time.monotonic() - began
    chance = random.Random(2022)
    for moment in sampled(sorted(chance.uniform(0, 1) for _ in range(50)), 10, "moments"):
        child = os.fork()
        if child == 0:
            try:
                grade(course, force=True)
            finally:
                os._exit(0)
        time.sleep(moment * whole)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with sqlite3.connect(course.gradebook) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            (kept,) = database.execute("SELECT count(*) FROM grade WHERE manual_score = 1.25").fetchone()
            assert kept == 1
    summary, _ = grade(course)
    assert sorted(summary.graded + summary.unchanged) == students
    rows = {row["student"]: row["score"] for row in gradebook.marks(course.gradebook, workshop.NAME)}
    assert rows == {"s0": 9.25} | dict.fromkeys(students[1:], 10)
    assert not list(course.root.rglob("*.part.part"))
