"""Class lists as spreadsheets and learning platforms write them, with ids of all kinds."""

import csv
import io

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
        b"Student,ID,SIS User ID,SIS Login ID,Section,First name,Last name,Email\n    Points Possible,,,,,\n"
        b'"L, Ada",88000,,ada,A,Ada,Lovelace,a@b.org\n"B, Bob",88001,,bob,A\n"Student, Test",9,,,A\n',
    ],
    ids=["semicolons", "utf-16", "old Mac", "Moodle", "Canvas"],
)
def test_rosters_as_programs_write_them(tmp_path, body):
    path = tmp_path / "roster.csv"
    path.write_bytes(body)
    assert rosters.read_class(path) == {"ada": ADA, "bob": {}}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"ada\nbob\n", "needs one column with the name id in its first line: it has ada"),
        (b"Student,ID,Section\nAda,88000,A\n", "needs one column with the name id"),
        (b"Username,ID number\nada,4711\n", "username and idnumber could be it. Say which .*: --id username"),
        (b"Name,Mail\nAda,a@b.org\n", "it has name, mail. Say which holds the ids: --id COLUMN"),
        (b"", "needs one column"),
        (b"id\n", "has no students"),
        (b"id,name\nada,A\n,B\n", "Line 3 of the roster has no id"),
        (b"id\nada\nADA\n", r"twice: in lines 2 and 3 \(capital letters do not tell two students apart\)"),
        ("id\nM\u00fcller\nMu\u0308ller\n".encode(), "is in the roster twice"),
        (b"id\n=1+1\n", "Line 2 of the roster: '=1.1' cannot be a student id"),
        ("id\nZoë\n".encode("cp1252"), "save it as CSV UTF-8"),
        (b"id\nad\x00a\n", "cannot"),
    ],
)
def test_rosters_that_cannot_be_meant(tmp_path, body, says):
    path = tmp_path / "roster.csv"
    path.write_bytes(body)
    with pytest.raises(CourseError, match=says):
        rosters.read_class(path)


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
    with pytest.raises(CourseError, match="it has no Matrikel"):
        rosters.read_class(path, "Matrikel")


def test_ids_that_a_path_a_table_or_a_command_could_misread_are_refused():
    for name in ("-rf", "=1+1", "@here", "a,b", 'a"b', "a\tb", "../x", "", ".", "x" * 101, "a;b", "$(id)"):
        with pytest.raises(CourseError, match="cannot be a student id"):
            numbers.student(name)
    for name in ("Zoë Müller", "s1234567", "a.b-c_d+e@uni-x.example", "O'Neil", "李雷", "a#b=c~"):
        assert numbers.student(f" {name} ") == name


@pytest.mark.usefixtures("one_server")
def test_a_roster_goes_into_the_gradebook_and_no_spreadsheet_obeys_it(course):
    hand_in(course, "ada", **workshop.ANSWERS)
    hand_in(course, "mallory", **workshop.ANSWERS)
    grade(course)
    harm = {"last_name": '=HYPERLINK("http://example.org")'}
    others = rosters.enter(course, {"ada": harm, "bob": {}})
    assert others == ["mallory"]  # named, and nothing is taken away
    assert list(rosters.read_class(course.root / "roster.csv")) == ["ada", "bob"]
    hand_in(course, "Bob", **workshop.ANSWERS)
    assert grade(course)[0].troubles[-1].startswith("Bob: not on the roster")
    with gradebook.open_book(course) as book:
        book.add_student("Bob")  # whoever is entered later is graded
    assert grade(course)[0].graded == ["Bob"]
    for sign in "=+-@\t":
        rosters.enter(course, {"ada": harm | {"last_name": f"{sign}1+1"}})
        rows = list(csv.reader(io.StringIO(report.export(course, "ex90", "canvas"))))
        assert not any(cell.startswith(sign) for row in rows for cell in row)
