"""Grading a class: marks in nbgrader's gradebook, no repeated work, and errors affect only their student."""

import contextlib
import json
import os
import re
import shutil
import sqlite3
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
import workshop
from nbconvert.filters import markdown2html

from samarkand.common import home
from samarkand.common.errors import CourseError
from samarkand_grading.classroom import batch, gradebook, hand_ins, records, report, times
from samarkand_grading.classroom.course import PRIVATE, Course
from samarkand_grading.marking.assessment import Assessment, Assessor
from samarkand_grading.submission import rebuilding

pytestmark = pytest.mark.usefixtures("one_server")
NAME = workshop.NAME


def released(course):
    return json.loads(course.notebook("release", NAME).read_text())


def hand_in(course, student, **sources):
    notebook = workshop.fill(released(course), **sources)
    return workshop.write(course.root / "submitted" / student / NAME, notebook)


def grade(course, **options):
    lines = []
    return batch.grade_class(course, "ex90", limits=workshop.LIMITS, say=lines.append, **options), lines


def scores(course):
    rows = gradebook.read_rows(course.gradebook, NAME)
    return {student: sum(mark.points for mark in row.marks.values()) for student, row in rows.items()}


MARKS = {"Zoë Müller": 3, "ada": 10, "bob": 0}


def three(course):
    hand_in(course, "ada", **workshop.ANSWERS)
    hand_in(course, "bob")
    hand_in(course, "Zoë Müller", q2=workshop.ANSWERS["q2"])
    summary, _ = grade(course)
    assert (summary.graded, summary.troubles) == (sorted(MARKS), [])


@pytest.fixture
def marked(once):
    return once(three)


def test_marks_and_reasons_are_nbgraders_own(marked):
    assert scores(marked) == MARKS
    with gradebook.open_book(marked) as book:
        assert book.find_comment("q1", NAME, NAME, "bob").comment == "0 of 2. Not answered yet."
        assert not book.find_submission(NAME, "ada").needs_manual_grade
    for verb in (["export"], ["generate_feedback", NAME]):
        workshop.nbgrader(marked.root, *verb)
    assert "ada" in (marked.root / "grades.csv").read_text()
    assert "Right." in (marked.root / "feedback" / "ada" / NAME / f"{NAME}.html").read_text()


def test_extra_credit_counts_as_nbgrader_counts_it_and_stays(marked):
    with gradebook.open_book(marked) as book:
        book.find_grade("q1-check", NAME, NAME, "bob").extra_credit = 1.5
        of_ada = book.find_grade("q1-check", NAME, NAME, "ada")
        of_ada.manual_score, of_ada.extra_credit = 0.5, 0.25
        book.db.commit()
    for _ in range(2):
        marks = {
            one: row.marks["q1-check"] for one, row in gradebook.read_rows(marked.gradebook, NAME).items()
        }
        assert (marks["bob"].points, marks["ada"].points, marks["Zoë Müller"].points) == (1.5, 0.75, 0)
        assert marks["bob"].changed and marks["ada"].changed and not marks["Zoë Müller"].changed
        with gradebook.open_book(marked) as book:
            found = {student: book.find_submission(NAME, student).score for student in MARKS}
        assert scores(marked) == found == {"Zoë Müller": 3, "ada": 8.75, "bob": 1.5}
        grade(marked, force=True)


def test_only_what_has_changed_or_was_lost_is_graded_again(marked, monkeypatch, tmp_path):
    """Any folder will do, also another one."""
    marked = Course(shutil.move(marked.root, tmp_path / "a*b[c]? #100%s für Xi's Reise"), marked.secret)
    assert (grade(marked)[0].graded, grade(marked)[0].unchanged) == ([], sorted(MARKS))
    hand_in(marked, "bob", q1=workshop.ANSWERS["q1"])
    assert grade(marked)[0].graded == ["bob"]
    records.find_record(marked, NAME, "ada").write_text("{half of it")
    records.notebook_of(marked, NAME, "bob").unlink()
    with gradebook.open_book(marked) as book:
        book.find_grade("q2-check", NAME, NAME, "Zoë Müller").auto_score = 1
        book.db.commit()
    assert grade(marked, jobs=2)[0].graded == sorted(MARKS)
    assert scores(marked) == MARKS | {"bob": 2}
    tables = shutil.copytree(home.course_data(), tmp_path / "tables")
    (tables / "places.csv").write_text((tables / "places.csv").read_text() + "\n")
    monkeypatch.setenv("SAMARKAND_DATA", str(tables))
    assert grade(marked)[0].graded == sorted(MARKS)
    monkeypatch.setattr(Course, "key", lambda self: "another key, and other inputs")
    assert grade(marked)[0].graded == sorted(MARKS)


def test_work_that_was_slow_beside_others_runs_once_more_by_itself(course, monkeypatch):
    runs = []

    def run(assessor, work, box):
        runs.append(work.student)
        assert {course.root, course.secret} <= {*box.secret}, "hidden from the work"
        first = work.student == "ada" and runs.count("ada") == 1
        return Assessment(work.student, NAME, [], ended="wall" if first else "finished")

    monkeypatch.setattr(Assessor, "assess_submission", run)
    todo = {student: hand_ins.Work(hand_in(course, student).parent) for student in ("ada", "bob")}
    exercise = course.exercise("ex90")
    chooser = hand_ins.Chooser(course, exercise)
    boxes = batch.make_sandboxes(course, exercise, 2, (), trusted=True)
    found = dict(batch.assess_all(course, exercise, todo, boxes, workshop.LIMITS, print, chooser))
    assert {one.ended for one in found.values()} == {"finished"} and sorted(runs) == ["ada", "ada", "bob"]


def test_one_bad_submission_never_stops_a_class(marked):
    """Broken and hostile files, links and names affect only their senders, each named in a sentence."""
    start, folder = b'{"nbformat": 4, "cells": [', marked.root / "submitted"
    bodies = {
        "empty": b"", "text": b"not a notebook", "binary": bytes(range(256)) * 10,
        "deep": b'{"cells":' * 10000, "nan": start + b'{"cell_type": "code", "source": NaN}]}',
        "number": start + b'{"cell_type": "code", "source": 7}]}', "huge": b"[" + b" " * (33 << 20) + b"]",
        "parts": start + b"{}," * 2_000_000 + b"{}]}", "cells": start + b'{"source": ""},' * 1000 + b"{}]}",
        "digits": start + b'], "n": ' + b"9" * 10**6 + b"}",
    }  # fmt: skip
    for student, body in bodies.items():
        workshop.write(folder / student / NAME, {}).write_bytes(body)
    (folder / "nothing" / NAME).mkdir(parents=True)
    own = records.find_record(marked, NAME, "ada")
    for student in ("linked", "fifo"):
        (folder / student / NAME).mkdir(parents=True)
    (folder / "linked" / NAME / f"{NAME}.ipynb").symlink_to(folder / "ada" / NAME / f"{NAME}.ipynb")
    os.mkfifo(folder / "fifo" / NAME / f"{NAME}.ipynb")
    (folder / "person").symlink_to(folder / "ada")
    for name in (".hidden", "glob*", "new\nline", "gus ", unicodedata.normalize("NFD", "Zoë Müller")):
        (folder / name / NAME).mkdir(parents=True)
    path = hand_in(marked, "files", **workshop.ANSWERS)
    for name in ("gradebook.db", "pandas.py", "nbgrader_config.py"):
        (path.parent / name).write_text("raise SystemExit")
    (path.parent / "timestamp.txt").symlink_to(own)
    summary, lines = grade(marked)
    zero = [*bodies, "nothing", "linked", "fifo", "person"]
    assert scores(marked) == MARKS | dict.fromkeys(zero, 0) | {"files": 10}
    named = {trouble.about for trouble in summary.troubles}
    twin = repr(unicodedata.normalize("NFD", "Zoë Müller"))
    assert named == {*zero, "'.hidden'", "'glob*'", r"'new\nline'", "'gus '", twin}
    assert not any(sign in "".join([*lines, *map(str, summary.troubles)]) for sign in "\n\t")
    record = records.read_record(marked, NAME, "files")
    (remark,) = record.remarks
    assert remark.code == "other files"
    assert remark.about == ("gradebook.db", "nbgrader_config.py", "pandas.py")


def test_forged_structure_changes_nothing(marked):
    notebook = workshop.fill(released(marked), **workshop.ANSWERS)
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    cells["q1-check"]["metadata"]["nbgrader"]["points"] = 1000
    cells["q1"]["metadata"]["nbgrader"] |= {"grade": True, "points": 50}
    planted = {"output_type": "execute_result", "data": {"text/plain": "3"}}
    cells["q2-check"] |= {"source": "99", "outputs": [planted]}
    cells["setup"]["source"] = "given = {'factor': 0}"
    cells["q2"]["cell_type"] = "markdown"
    notebook["cells"] = [*reversed([c for c in notebook["cells"] if c["id"] != "q3-check"]), {**cells["q2"]}]
    notebook["metadata"] = {"kernelspec": {"name": "evil"}, "nbgrader": {"points": 99}}
    workshop.write(marked.root / "submitted" / "eve" / NAME, notebook)
    grade(marked)
    row = gradebook.read_rows(marked.gradebook, NAME)["eve"]
    assert row.max_score == 14 and row.net <= 10
    remarks = {remark.code: remark.about for remark in records.read_record(marked, NAME, "eve").remarks}
    assert remarks["missing cells"] == ("q3-check",) and "another order" in remarks
    assert remarks["several times"] == remarks["another type"] == ("q2",)
    assert "locked cell" in remarks


#: Prose with elements, links and formulas that a browser would obey.
PROSE = r"""<script>alert(1)</script> <img src=x onerror=alert(1)> &lt;script&gt;alert(1)&lt;/script&gt;
[a](javascript&#58;alert(1)) [c](javascript\:alert(1)) [d](java&Tab;script:a) ![h](https://example.org/x.png)
[e]: javascript:alert(1)

[e] ``<b>`` ```</pre><iframe srcdoc=x>``` <!-- --!><script>alert(1)</script>

$\def\h#1{\href{#1:alert(1)}{x}}\h{javascript}$ $\style{background:url(//x)}{y}$ $\frac{1}{2}$"""


def test_prose_that_a_browser_would_obey_is_only_shown():
    """Formgrader's page has no element that runs, loads or links elsewhere, except a bare address."""
    found = []

    class Elements(HTMLParser):
        def handle_starttag(self, tag, attributes):
            found.append((tag, *(value for name, value in attributes if name != "class")))

    Elements().feed(markdown2html(PROSE))
    assert {"script", "img"} <= {tag for tag, *_ in found}
    found.clear()
    shown = rebuilding.disarm_markdown(PROSE)
    Elements().feed(markdown2html(shown))
    plain = [(tag,) for tag in ("p", "em", "code", "pre", "br", "div", "span")]
    assert set(found) <= {*plain, ("a", "https://example.org/x.png")}
    assert r"\frac{1}{2}" in shown and r"\href{" not in shown and r"\style{" not in shown


def test_an_error_cannot_look_like_words_of_the_graders(course):
    """Neither in the lines of an explanation, nor in a page, which renders comments as Markdown."""
    lie = "\n\nq2: 3 of 3 (right)\n  reason: Right. <img src=x onerror=alert(1)> ![](http://example.org/x)"
    hand_in(course, "eve", q1=f"raise type('E', (Exception,), {{}})({lie!r})")
    grade(course)
    lines = report.explain_marks(course, "ex90", "eve").splitlines()
    assert [line for line in lines if line.startswith("q2:")] == ["q2: 0 of 3"]
    with gradebook.open_book(course) as book:
        comment = book.find_comment("q1", NAME, NAME, "eve").auto_comment
    assert "Right." in comment and "<img" not in comment and "](" not in comment


def test_lateness_penalties_and_extensions(course):
    """An offset counts even in the form that nbgrader reads as seconds; a path is not a time zone."""
    moments = {
        "utc": "2022-09-14 14:00:00 UTC", "berlin": "2022-09-14 16:00:00.000000 Europe/Berlin",
        "iso": "2022-09-14T16:00:00+02:00", "apart": "2022-09-14 16:00:00 +02:00",
        "bare": "2022-09-14 14:00:00", "numbers": "2022-09-14 09:00:00 -0500\n",
        "early": "2022-09-14 16:59:59 +05",
        "odd": "2022-09-14 14:00:00 /etc/localtime", "up": "2022-09-14 14:00:00 ../../../etc/hostname",
        "first": "0001-01-01T00:00:00+14:00", "last": "9999-12-31T23:59:59-12:00",
        "zone": "2022-09-15 12:00:00 99999999", "poor": "2022-09-14 14:00:00",
    }  # fmt: skip
    for student, moment in moments.items():
        answers = {} if student == "poor" else workshop.ANSWERS
        (hand_in(course, student, **answers).parent / "timestamp.txt").write_text(moment)
    with gradebook.open_book(course) as book:
        book.update_or_create_assignment(NAME, duedate="2022-09-14 12:00:00 UTC")
    plugin = "from nbgrader.plugins import BasePlugin\n\n\nclass ByTheHour(BasePlugin):\n"
    plugin += "    def late_submission_penalty(self, student, score, seconds):\n"
    plugin += "        return seconds / 3600 or score\n"
    (course.root / "by_the_hour.py").write_text(plugin)
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write("c.AssignLatePenalties.plugin_class = 'by_the_hour.ByTheHour'\n")
    summary, _ = grade(course)
    assert [trouble.code for trouble in summary.troubles] == ["no time"] * 5
    rows = gradebook.read_rows(course.gradebook, NAME)
    on_time = dict.fromkeys(("early", "odd", "up", "first", "last", "zone"), 0)
    assert {s: row.penalty for s, row in rows.items()} == dict.fromkeys(moments, 2) | on_time | {"poor": 0}
    assert {row.late for s, row in rows.items() if s not in on_time} == {7200}
    with gradebook.open_book(course) as book:
        book.grant_extension(NAME, "utc", hours=1)
    assert grade(course)[0].graded == ["utc"]
    row = gradebook.read_rows(course.gradebook, NAME)["utc"]
    assert (row.penalty, times.format_lateness(row.late)) == (1, "1 h 00")
    (course.root / "nbgrader_config.py").write_text("c.AssignLatePenalties.plugin_class = 'nowhere.Plugin'\n")
    with pytest.raises(CourseError) as error:
        grade(course)
    assert error.value.code == "unusable setting"


def refusal(course, name=NAME):
    """Return the error with which a set is not graded."""
    with pytest.raises(CourseError) as error:
        batch.grade_class(course, name, say=lambda line: None)
    return error.value


def troubles(course, **options):
    """Grade a set; return what each problem is about, and its code."""
    return [(trouble.about, trouble.code) for trouble in grade(course, **options)[0].troubles]


def test_every_trouble_is_told(course, monkeypatch):
    assert (refusal(course).code, refusal(course).fields["set"]) == ("nothing handed in", NAME)
    hand_in(course, "ada", **workshop.ANSWERS)
    (course.root / "submitted" / "bob").mkdir()
    (course.root / "submitted" / "bob" / "homework.ipynb").write_text("{}")
    (course.root / "submitted" / "all.zip").write_bytes(b"PK")
    aside = ["submitted/all.zip", "submitted/bob/homework.ipynb"]
    assert troubles(course) == [(path, "not looked at") for path in aside]
    assert troubles(course, students=["cyn"]) == [("cyn", "nothing")]
    assert (refusal(course, "ex9").fields["kind"], refusal(course, "ex9").fields["name"]) == ("set", "ex9")
    (course.root / "roster.csv").write_text("id\nbob\n")
    hand_in(course, "eve")
    assert troubles(course)[-1] == ("eve", "not on the roster")
    with sqlite3.connect(course.gradebook, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr(gradebook, "WAIT", 0.1)
        assert refusal(course).code == "locked"
        other.execute("ROLLBACK")
    course.gradebook.write_bytes(b"SQLite format 3\0" + bytes(5000))
    assert (refusal(course).code, refusal(course).fields["file"]) == ("damaged", course.gradebook)
    course.gradebook.unlink()
    assert isinstance(refusal(course), gradebook.NoGradebook)


def test_of_many_copies_of_the_gradebook_the_newest_stay(marked):
    course = marked
    numbers = range(gradebook.KEPT + 3)
    for number in numbers:
        with contextlib.closing(sqlite3.connect(course.gradebook)) as book:
            book.execute(f"PRAGMA user_version = {number}")
        gradebook.back_up_gradebook(course, "a test")
    kept = []
    for path in gradebook.list_copies(course):
        with contextlib.closing(sqlite3.connect(path)) as book:
            kept.append(book.execute("PRAGMA user_version").fetchone()[0])
    assert kept == sorted(numbers, reverse=True)[: gradebook.KEPT]


def test_a_gradebook_that_is_locked_half_way(marked, monkeypatch):
    """Unwritten marks are reported, no student is half written, and a second run completes the rest."""
    other = sqlite3.connect(marked.gradebook, isolation_level=None)
    monkeypatch.setattr(records, "write_record", lambda *_: other.execute("BEGIN EXCLUSIVE"))
    summary, _ = grade(marked, force=True, jobs=1)
    other.execute("ROLLBACK")
    monkeypatch.undo()
    assert len(summary.graded) == 1 and len(summary.troubles) == 2
    assert {trouble.code for trouble in summary.troubles} == {"not kept"}
    assert not grade(marked)[0].troubles and scores(marked) == MARKS


def test_nobody_else_can_read_what_is_kept_of_students(marked):
    """Other users who can enter a course's folder can read only sources, releases and checks."""

    def seen(folder):
        for path in folder.iterdir():
            if path.stat().st_mode & 0o004:
                yield path.relative_to(marked.root).parts[0]
            if path.is_dir() and path.stat().st_mode & 0o001:
                yield from seen(path)

    os.umask(os.umask(0o022))
    hand_in(marked, "cyn")
    report.sum_up(marked, "ex90")
    grade(marked)
    report_of = {path.name for path in marked.root.iterdir()} & {*PRIVATE}
    assert {"submitted", "autograded", "assessments", "backups", "gradebook.db"} <= report_of
    assert set(seen(marked.root)) <= {"source", "release", "checks", "nbgrader_config.py", ".nbgrader.log"}


def press_autograde():
    """Do what Formgrader's button does."""
    from jupyter_server.serverapp import ServerApp
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config.loader import PyFileConfigLoader

    ServerApp.instance()
    config = PyFileConfigLoader("nbgrader_config.py", path=".").load_config()
    print(json.dumps(NbGraderAPI(CourseDirectory(config=config), config=config).autograde(NAME, "ada")))


def test_formgraders_button_runs_no_student_code_and_its_pages_load_nothing(marked):
    for part in ("nbgrader_config.py", "nbconvert"):
        source = workshop.EXERCISES / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, marked.root / part)
    mark = marked.root / "pwned"
    hand_in(marked, "ada", **workshop.ANSWERS, added=f"open({str(mark)!r}, 'w').close()")
    told = json.loads(workshop.nbgrader(marked.root, program=press_autograde).splitlines()[-1])
    assert (told["success"], "only run in a sandbox" in told["log"]) == (False, True)
    assert grade(marked)[0].graded == sorted(MARKS) and scores(marked) == MARKS and not mark.exists()
    workshop.nbgrader(marked.root, "generate_feedback", NAME)
    page = Path(marked.root, "feedback", "ada", NAME, f"{NAME}.html").read_text()
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//|@import|url\(\s*["']?(https?:)?//""", page)
