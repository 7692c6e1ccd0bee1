"""Class lists as spreadsheets and learning platforms write them, with ids of all kinds."""

import csv
import io
from pathlib import Path

import pytest
import workshop
from test_batch import grade, hand_in

from samarkand.common.errors import CourseError
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import gradebook, report, rosters

ADA = {"first_name": "Ada", "last_name": "Lovelace", "email": "a@b.org"}


@pytest.mark.parametrize(
    "body",
    [
        "\ufeffid;First name;Last name;E-mail\r\nada;Ada;Lovelace;a@b.org\r\n;;;\r\nbob\r\n".encode(),
        "id\tSurname\tGiven name\tEmail\r\n\r\nada\tLovelace\tAda\ta@b.org\r\nbob\r\n".encode("utf-16"),
        b'"ID","group","firstname","lastname","email"\r"ada","1, b","Ada","Lovelace","a@b.org"\r"bob"\r',
        b"First name,Last name,ID number,Email address\nAda,Lovelace,ada,a@b.org\n,,bob,\n",
        b"\xef\xbb\xbfsep=;\r\nid;First name;Last name;Email\r\nada;Ada;Lovelace;a@b.org\r\nbob\r\n",
        b'"Room, hour, day";id;"First name";"Last name";Email\n"1, b";ada;Ada;Lovelace;a@b.org\n;bob\n',
        b"id,Last name,First name,Email,E-mail address\nada,Lovelace,Ada,a@b.org,a@b.org\n"
        b"id,Last name,First name,Email,E-mail address\nbob,,,,\n",
        b"Student,ID,SIS User ID,SIS Login ID,Section,First name,Last name,Email\n    Points Possible,,,,,\n"
        b'"L, Ada",88000,,ada,A,Ada,Lovelace,a@b.org\n"B, Bob",88001,,bob,A\n"Student, Test",9,,,A\n',
    ],
    ids=["semicolons", "utf-16", "old Mac", "Moodle", "Excel", "commas", "two lists in one", "Canvas"],
)
def test_rosters_as_programs_write_them(tmp_path, body):
    path = tmp_path / "roster.csv"
    path.write_bytes(body)
    assert rosters.read_class(path) == {"ada": ADA, "bob": {}}


@pytest.mark.parametrize(
    ("body", "code", "fields"),
    [
        (b"ada\nbob\n", "no column of ids", {"columns": ["ada"], "could": []}),
        (b"Student,ID,Section\nAda,88000,A\n", "no column of ids", {"could": []}),
        (b"Username,ID number\nada,4711\n", "no column of ids", {"could": ["username", "idnumber"]}),
        (b"Name,Mail\nAda,a@b.org\n", "no column of ids", {"columns": ["name", "mail"], "could": []}),
        (b"", "no column of ids", {"columns": []}),
        (b"id\n", "no student", {}),
        (b"id,name\nada,A\n,B\n", "no id", {"line": 3}),
        (b"id\nada\nADA\n", "twice", {"ids": ["ada", "ADA"], "lines": [2, 3]}),
        (b"id\nada\nada.\n", "twice", {"ids": ["ada", "ada."], "lines": [2, 3]}),
        (b",Name\nx,Ada\n", "no column of ids", {"columns": ["name"]}),
        (b"Class of 2026;;\nid;Name;\nada;A;\n", "no column of ids", {"columns": ["classof2026"]}),
        (b"id,Email\nada@a.org,ada\n", "no address", {"student": "ada@a.org", "given": "ada"}),
        (b"id,E-mail,Email address\nada,a@a.org,b@b.org\n", "a column twice", {"line": 2}),
        (b"id,Name,Email\nada,Lovelace, Ada,a@a.org\n", "more cells", {"line": 2, "cell": "a@a.org"}),
        (b"id\nada,ben\n", "more cells", {"line": 2, "cell": "ben"}),
        (b"id,Section\nada,A\n,A\n", "no id", {"line": 3}),
        ("id\nM\u00fcller\nMu\u0308ller\n".encode(), "twice", {"lines": [2, 3]}),
        (b"id\n=1+1\n", "no student id", {"given": "=1+1", "line": 2}),
        ("id\nZoë\n".encode("cp1252"), "not UTF-8", {}),
        (b"id\nad\x00a\n", "no student id", {"line": 2}),
    ],
)
def test_rosters_that_cannot_be_meant(tmp_path, body, code, fields):
    path = tmp_path / "roster.csv"
    path.write_bytes(body)
    with pytest.raises(CourseError) as error:
        rosters.read_class(path)
    assert error.value.code == code and fields.items() <= error.value.fields.items()


def test_the_sentences_on_a_roster_read_well(tmp_path, monkeypatch, snapshot):
    monkeypatch.chdir(tmp_path)
    bodies = {
        "another name": "ada\nbob\n",
        "several columns": "Username,ID number\nada,4711\n",
        "nobody": "id\n",
        "an empty cell": "id,name\nada,A\n,B\n",
        "twice": "id\nada\nADA\n",
        "twice to some file systems": "id\nstraße\nstrasse\n",
        "a formula": "id\n=1+1\n",
    }
    said = {}
    for name, body in bodies.items():
        Path("roster.csv").write_text(body, encoding="utf-8")
        with pytest.raises(CourseError) as error:
            rosters.read_class(Path("roster.csv"))
        said[name] = str(error.value)
    assert said == snapshot


@pytest.mark.parametrize(
    ("column", "body", "ids"),
    [
        ("ID number", b"Username,ID number\nada,4711\n", ["4711"]),
        ("E-Mail", b"Vorname;Nachname;E-Mail\nAda;L;a@b.org\n", ["a@b.org"]),
        (None, b'Student,ID,SIS Login ID,Section\n"L, Ada",88000,ada,A\n', ["ada"]),
    ],
)
def test_which_column_holds_the_ids_is_told_and_can_be_named(tmp_path, column, body, ids, capsys):
    path = tmp_path / "roster.csv"
    path.write_bytes(body)
    found = rosters.read_class(path, column)
    (line,) = capsys.readouterr().out.splitlines()
    assert list(found) == ids and f"such as {ids[0]}" in line and (column or "SIS Login ID") in line
    assert column or found["ada"] == {"first_name": "Ada", "last_name": "L"}
    with pytest.raises(CourseError) as error:
        rosters.read_class(path, "Matrikel")
    assert (error.value.code, error.value.fields["named"]) == ("no column of ids", "Matrikel")


def test_ids_that_a_path_a_table_or_a_command_could_misread_are_refused():
    for name in ("-rf", "=1+1", "@here", "a,b", 'a"b', "a\tb", "../x", "", ".", "x" * 101, "a;b", "$(id)"):
        with pytest.raises(CourseError) as error:
            numbers.normalise_student(name)
        assert (error.value.code, error.value.fields["given"]) == ("no student id", name)
    for name in ("Zoë Müller", "s1234567", "a.b-c_d+e@uni-x.example", "O'Neil", "李雷", "a#b=c~"):
        assert numbers.normalise_student(f" {name} ") == name


@pytest.mark.usefixtures("one_server")
def test_a_roster_goes_into_the_gradebook_and_no_spreadsheet_obeys_it(course):
    hand_in(course, "ada", **workshop.ANSWERS)
    hand_in(course, "mallory", **workshop.ANSWERS)
    grade(course)
    harm = {"last_name": '=HYPERLINK("http://example.org")'}
    others = rosters.enter_students(course, {"ada": harm, "bob": {}})
    assert others == ["mallory"]  # named, and nothing is taken away
    assert list(rosters.read_class(course.root / "roster.csv")) == ["ada", "bob"]
    hand_in(course, "Bob", **workshop.ANSWERS)
    last = grade(course)[0].troubles[-1]
    assert (last.about, last.code) == ("Bob", "not on the roster")
    with gradebook.open_book(course) as book:
        book.add_student("Bob")  # whoever is entered later is graded
    assert grade(course)[0].graded == ["Bob"]
    for sign in "=+-@\t":
        rosters.enter_students(course, {"ada": harm | {"last_name": f"{sign}1+1"}})
        rows = list(csv.reader(io.StringIO(report.export_marks(course, "ex90", "canvas"))))
        assert not any(cell.startswith(sign) for row in rows for cell in row)


def test_a_roster_says_in_which_section_each_student_is(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("id,Section\nada,Morning\nZoë Müller,\n", encoding="utf-8")
    assert rosters.read_sections(path) == {"ada": "Morning", "Zoë Müller": ""}
    path.write_text('Student,ID,SIS Login ID,Section\n    Points Possible,,,\n"A, B",7,ada,Evening\n')
    assert rosters.read_sections(path) == {"ada": "Evening"}
    path.write_text("id\nada\n")
    assert rosters.read_sections(path) == {}
