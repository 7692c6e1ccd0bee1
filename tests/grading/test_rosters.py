"""Who is in the class: rosters as spreadsheets write them, ids of all kinds, and the marks handed on."""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata

import pandas as pd
import pytest
import workshop
from test_batch import grade, hand_in

from samarkand import cli
from samarkand.ground.errors import CourseError
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import batch, gradebook, release, report
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking import checks

pytestmark = pytest.mark.usefixtures("one_server")


@pytest.mark.parametrize(
    "body",
    [
        b"id,first_name,last_name,email\nada,Ada,Lovelace,ada@example.org\nbob,,,\n",
        "\ufeffid;First name;Last name;E-mail\r\nada;Ada;Lovelace;ada@example.org\r\n;;;\r\nbob\r\n".encode(),
        "id\tSurname\tGiven name\tEmail\r\n\r\nada\tLovelace\tAda\tada@example.org\r\nbob\r\n".encode(
            "utf-16"
        ),
        b'"ID","group","firstname","lastname","email"\r'
        b'"ada","1, b","Ada","Lovelace","ada@example.org"\r"bob"\r',
        b"\n\n id , last_name, first_name, email\n ada , Lovelace, Ada, ada@example.org\n\n\nbob\n\n",
    ],
    ids=["plain", "semicolons", "utf-16", "old Mac", "spaces"],
)
def test_rosters_as_programs_write_them(tmp_path, body):
    path = tmp_path / "roster.csv"
    path.write_bytes(body)
    ada = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org"}
    assert release.read_roster(path) == {"ada": ada, "bob": {}}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"ada\nbob\n", "needs a first line that names its columns, one of them id; its first line is 'ada'"),
        (b"name,mail\nada,x\n", "one of them id"),
        (b"", "one of them id"),
        (b"id\n", "has no students"),
        (b"id\nada\nADA\n", r"twice: in lines 2 and 3 \(capital letters do not tell two students apart\)"),
        (b'id\n"Doe, Jane"\n', "Line 2 of the roster: 'Doe, Jane' cannot be a student id"),
        (b"id\n=1+1\n", "cannot be a student id"),
        (b"id\n-rf\n", "cannot be a student id"),
        (b"id\n\nada\n\nada\n", "in lines 3 and 5"),
        ("id\nZoë\n".encode("cp1252"), "save it as CSV UTF-8"),
        (b"id\nad\x00a\n", "cannot"),
    ],
)
def test_rosters_that_cannot_be_meant(tmp_path, body, says):
    path = tmp_path / "roster.csv"
    path.write_bytes(body)
    with pytest.raises(CourseError, match=says):
        release.read_roster(path)


def test_before_anybody_is_marked_a_column_has_room_for_all_points(course, monkeypatch):
    monkeypatch.setattr(checks.ExerciseSet, "worth", {"q1-check": 10, "essay": 8})
    assert "Points Possible,,,,,18\n" in report.export(course, "ex90", "canvas")


@pytest.fixture
def listed(course):
    hand_in(course, "ada", **workshop.ANSWERS)
    hand_in(course, "mallory", **workshop.ANSWERS)
    grade(course)
    people = {
        "ada": {"first_name": "Ada", "last_name": "Lovelace, née Byron", "email": "ada@example.org"},
        "bob": {"first_name": '=HYPERLINK("http://example.org")'},
    }
    course.left = release.enter(course, people)
    return course


def test_a_roster_goes_into_the_gradebook(listed):
    assert listed.left == ["mallory"]  # graded before there was a roster: named, nothing is taken away
    with gradebook.opened(listed.gradebook) as book:
        ada = book.find_student("ada")
        assert (ada.first_name, ada.last_name, ada.email) == ("Ada", "Lovelace, née Byron", "ada@example.org")
    assert list(release.read_roster(listed.root / "roster.csv")) == ["ada", "bob"]
    hand_in(listed, "Bob", **workshop.ANSWERS)
    assert grade(listed)[0].troubles == [
        "Bob: not on the roster (nbgrader db student list); the work was left alone. Is it the work of bob?"
    ]
    with gradebook.opened(listed.gradebook) as book:
        book.add_student("Bob")  # whoever is entered later is graded
    assert grade(listed)[0].graded == ["Bob"]


def test_every_export_can_be_read_again(listed):
    tables = {form: report.export(listed, "ex90", form) for form in report.FORMATS}
    frames = {form: pd.read_csv(io.StringIO(text)) for form, text in tables.items()}
    assert list(frames["csv"]["score"]) == [10, 10]
    canvas = list(csv.reader(io.StringIO(tables["canvas"])))
    assert canvas[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "ex90_test"]
    assert canvas[1] == ["    Points Possible", "", "", "", "", "10.0"]
    assert canvas[2] == ["Lovelace, née Byron, Ada", "", "ada", "ada", "", "10.0"]
    assert canvas[3] == ["mallory", "", "mallory", "mallory", "", "10.0"]
    assert tables["moodle"].splitlines() == ["Username,ex90_test", "ada,10.0", "mallory,10.0"]
    own = frames["nbgrader"].set_index("student_id")
    assert own.loc["ada", "last_name"] == "Lovelace, née Byron"
    assert own.loc["bob", "first_name"] == '\'=HYPERLINK("http://example.org")'
    assert list(own["score"]) == [10, 0, 10]


def test_nbgraders_table_is_what_nbgrader_writes(course):
    hand_in(course, "ada", **workshop.ANSWERS)
    path = hand_in(course, "bob")
    (path.parent / "timestamp.txt").write_text("2022-09-15 12:00:00 UTC")
    grade(course)
    release.enter(course, {"ada": {"email": "ada@example.org"}, "bob": {}, "cyn": {"last_name": "C"}})
    workshop.nbgrader(course.root, "export")
    assert (course.root / "grades.csv").read_text() == report.export(course, "ex90", "nbgrader")


def test_a_folder_named_on_a_mac_is_the_students(course):
    hand_in(course, unicodedata.normalize("NFD", "Zoë Müller"), **workshop.ANSWERS)
    summary, _ = grade(course)
    assert (summary.graded, summary.troubles) == (["Zoë Müller"], [])
    assert grade(course, students=[unicodedata.normalize("NFD", " Zoë Müller")])[0].unchanged == [
        "Zoë Müller"
    ]
    rows = gradebook.marks(course.gradebook, workshop.NAME)
    assert [(row["student"], row["score"]) for row in rows] == [("Zoë Müller", 10)]
    hand_in(course, "Zoë Müller")
    (trouble,) = grade(course)[0].troubles
    assert "a second folder of this student" in trouble


HARMFUL = [
    *("-rf", "=1+1", "+49", "@here", "a,b", 'a"b', "a\tb", "a\nb", "../x", "", ".", "x" * 101),
    *("$(id)", "$HOME", "`id`", "a;b", "x;=1+1", "a&b", "a|b", "a>b", "a(b)", "!1", "%PATH%", "#1", "~root"),
]


@pytest.mark.parametrize("name", HARMFUL)
def test_ids_that_would_do_harm_elsewhere(tmp_path, name):
    """As a formula in a spreadsheet, a command or an option, a cell too many in an export, a path."""
    with pytest.raises(CourseError, match="cannot be a student id"):
        numbers.student(name)
    roster = tmp_path / "class.csv"
    roster.write_text('id,email\n"{}",x\n'.format(name.replace('"', '""')))
    with pytest.raises(CourseError, match=r"cannot be a student id|has no id"):
        release.read_roster(roster)


def test_folders_with_such_names_are_named_and_in_no_export(course):
    names = [name for name in HARMFUL if name.strip(".") and "/" not in name]
    for name in (*names, "ada"):
        hand_in(course, name, q1="product = 1")
    summary, _ = grade(course)
    assert summary.graded == ["ada"]
    says = "no student can have this id; the folder was left alone."
    assert sorted(summary.troubles) == sorted(f"{name!r}: {says}" for name in names)
    for form in report.FORMATS:
        ids = [cell for row in csv.reader(io.StringIO(report.export(course, "ex90", form))) for cell in row]
        assert "ada" in ids
        assert not set(names) & set(ids)


def test_no_cell_of_an_export_is_a_formula_wherever_cells_end(listed):
    """Names are not refused: a class may have them. Spreadsheets end cells at what their country writes."""
    with gradebook.opened(listed.gradebook) as book:
        hostile = {"first_name": "x;=1+1", "last_name": "y\t@SUM(A1)", "email": "z; -1+1"}
        book.update_or_create_student("ada", **hostile)
    for form, separator in itertools.product(report.FORMATS, ",;\t"):
        for line in report.export(listed, "ex90", form).splitlines():
            for cell in line.split(separator):
                harmful = re.match(r'\s*"?\s*[=+@]|\s*"?\s*-(?!\d+(\.\d+)?$)', cell)
                assert not harmful, (form, separator, line)


def test_ids_that_are_odd_and_harmless(course):
    names = ["o'brien", "jane@example.org", "a b", "jane+1_2~3", "no#1", "王小明", "1+1=2"]
    for name in names:
        hand_in(course, name, q1="product = 1")
    summary, lines = grade(course)
    assert (sorted(summary.graded), summary.troubles, len(lines)) == (sorted(names), [], len(names))
    rows = list(csv.reader(io.StringIO(report.export(course, "ex90", "moodle"))))
    assert sorted(row[0] for row in rows[1:]) == sorted(names)


def test_options_that_cannot_be_meant(course, capsys):
    hand_in(course, "ada", **workshop.ANSWERS)
    common = ["--course", str(course.root), "--secret", str(course.secret)]
    for jobs in ("0", "-1", "two", "1.5", ""):
        with pytest.raises(SystemExit, match="2"):
            cli.main(["grade", "ex90", f"--jobs={jobs}", *common])
        assert "no whole number from 1 on" in capsys.readouterr().err
    assert cli.main(["grade", "ex9", *common]) == 1
    assert cli.main(["grade", "ex90", "--student", "../ada", *common]) == 1
    assert "cannot be a student id" in capsys.readouterr().err
    assert cli.main(["explain", "ex90", "--student", "../ada", *common]) == 1
    assert cli.main(["grade", "ex90", "--student", "ada", "--student", "ada", "--jobs=99", *common]) == 0
    assert "1 graded" in capsys.readouterr().out
    assert cli.main(["marks", "ex90", *common]) == 0


def test_a_thousand_jobs_are_no_thousand_sandboxes(course, monkeypatch):
    for number in range(40):
        hand_in(course, f"s{number}")
    asked = []

    class Enough(Exception):
        pass

    def boxes(course, exercise, jobs, trusted):
        asked.append(jobs)
        raise Enough

    monkeypatch.setattr(batch, "Boxes", boxes)
    monkeypatch.setattr(batch.os, "cpu_count", lambda: 2)
    with pytest.raises(Enough):
        grade(course, jobs=1000)
    assert asked == [8]


def test_a_bundle_that_cannot_be_made_is_refused_before_anything_is_released(course, tmp_path, capsys):
    target = tmp_path / "thesis"
    target.mkdir()
    (target / "thesis.txt").write_text("mine")
    before = course.gradebook.read_bytes()
    common = ["--course", str(course.root), "--secret", str(course.secret)]
    assert cli.main(["release", "--bundle", str(target), *common]) == 1
    out = capsys.readouterr()
    assert ("released" in out.out, "no bundle" in out.err) == (False, True)
    assert course.gradebook.read_bytes() == before


def test_work_that_lies_where_nothing_is_looked_for_is_named(course):
    submitted = course.root / "submitted"
    hand_in(course, "ada", **workshop.ANSWERS)
    for place in (
        "bob/ex90",
        "cyn/EX90_TEST",
        "ex90_test/dai",
        "eve/ex91_other",
        "alex90/ex9",
        "fay",
        "ada/old",
    ):
        (submitted / place).mkdir(parents=True)
    (submitted / "fay" / "ex90_test.ipynb").write_text("{}")
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "notes.txt", "ex90 all.zip"):
        (submitted / name).write_text("x")
    summary, _ = grade(course)
    assert summary.graded == ["ada"]
    assert [trouble.partition(" was not looked at")[0] for trouble in summary.troubles] == [
        "submitted/bob/ex90",
        "submitted/cyn/EX90_TEST",
        "submitted/ex90 all.zip",
        "submitted/ex90_test",
        "submitted/fay/ex90_test.ipynb",
    ]


def test_another_secret_than_at_release_is_refused(course, tmp_path):
    """Or everybody's own numbers would be others, and all answers wrong."""
    hand_in(course, "ada", **workshop.ANSWERS)
    course.remember_secret()
    assert grade(course)[0].troubles == []
    other = tmp_path / "other"
    for says in ("There is no secret in", "There is another secret in"):
        with pytest.raises(CourseError, match=says):
            grade(Course(course.root, other))
        other.write_text("another secret of 16 bytes")
    assert "0123456789" not in (course.root / "secret_sign.txt").read_text()


def test_a_release_without_the_secret_draws_no_other(course, tmp_path):
    cli._release(course, [])
    sign = (course.root / "secret_sign.txt").read_text()
    mistyped = tmp_path / "mistyped"
    with pytest.raises(CourseError, match="There is no secret in"):
        cli._release(Course(course.root, mistyped), [])
    assert not mistyped.exists() and (course.root / "secret_sign.txt").read_text() == sign


def test_a_secret_is_any_bytes(course):
    course.secret.write_bytes(b"\xff" * 40)
    assert len(course.seed()) == 32
    course.secret.write_bytes(b"short")
    with pytest.raises(CourseError, match="too short"):
        course.seed()


def test_tables_that_are_missing_are_named(course, tmp_path, monkeypatch):
    hand_in(course, "ada", **workshop.ANSWERS)
    monkeypatch.setenv("SAMARKAND_DATA", str(tmp_path))
    with pytest.raises(CourseError, match=r"datapackage\.json is missing"):
        grade(course)
