"""Moodle and Canvas: a download is collected, marked and returned under the platform's names."""

import csv
import io
import json
import zipfile
from typing import NamedTuple

import pytest
import workshop
from test_batch import NAME, grade, hand_in, released, scores

from samarkand.common import home
from samarkand.common.errors import CourseError, UnknownName
from samarkand_grading.classroom import downloads, gradebook, matching, platforms, rosters, zips

pytestmark = pytest.mark.usefixtures("one_server")
PEOPLE = {
    "ada": {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@a.org"},
    "ben": {"email": "ben@b.org"}, "cem": {}, "dana": {}, "eli": {}, "fay": {},
}  # fmt: skip
WORKSHEET = """\
Bezeichner;"Vollst. Name";"ID-Nr.";E-Mail;Status;Bewertung;Bestwertung;"Kann geändert werden";Feedback
Teilnehmer/in4711001;"Ada Lovelace";;ada@a.org;Abgegeben;-;14,00;Ja;
Teilnehmer/in4711002;"Ben B";;ben@b.org;Abgegeben;-;14,00;Ja;
Teilnehmer/in4711003;"Cem C";cem;;"Keine Abgabe";-;14,00;Ja;
Teilnehmer/in4711004;"Dana D";dana;;Abgegeben;-;14,00;Ja;
Teilnehmer/in4711005;"Fay F";fay;;Abgegeben;-;14,00;Ja;
"""
GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,ex90: A test (77),Final Score
    Points Possible,,,,,14.0,
"Lovelace, Ada",88001,,ada,A,,
"B, Ben",88002,,ben,A,,
"D, Dana",88004,,dana,A,,
"F, Fay",88005,,fay,A,,
"Student, Test",88009,,6f3b2e0c,A,,
"""


def download(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in members.items():
            entry = zipfile.ZipInfo(name, date_time=(2026, 12, 1, 17, 10, 0))
            archive.writestr(entry, body if isinstance(body, bytes) else json.dumps(body))
    return path


def packed(notebook, name=f"mine/{NAME}.ipynb"):
    body = io.BytesIO()
    download(body, {name: notebook})
    return body.getvalue()


@pytest.fixture
def works(course):
    hand_in(course, "nobody")  # so that the gradebook is there
    rosters.enter_students(course, PEOPLE)
    right = workshop.fill(released(course), **workshop.ANSWERS)
    fractions = workshop.ANSWERS["q2"].replace("100 * ", "")
    return {
        "right": right, "half": workshop.fill(released(course), q3=workshop.ANSWERS["q3"], q2=fractions),
        "fays": workshop.fill(right, last="desk.sign_in('ada')"), "other": {"nbformat": 4, "cells": []},
    }  # fmt: skip


def taken(course, tmp_path, members, listing, column=None):
    """Collect a download; return the problems as (code, about), and the work taken by student."""
    (tmp_path / "list.csv").write_text(listing, encoding="utf-8-sig")
    zip_ = download(tmp_path / "download.zip", members)
    found = downloads.take_download(course, "ex90", zip_, tmp_path / "list.csv", column)
    troubles = [(trouble.code, trouble.about) for trouble in found.troubles]
    return troubles, {one.student: one for one in found.taken}


def names_of(said):
    return {student: one.found.name for student, one in said.items()}


def test_moodles_download_in_folders_or_flat_goes_in_and_comes_out(course, works, tmp_path, capsys):
    troubles, said = taken(course, tmp_path, {
        f"Ada Lovelace_4711001_assignsubmission_file_/{NAME} (1).ipynb": works["right"],
        f"Ben B_4711002_assignsubmission_file_{NAME}.ipynb": works["half"],
        "Dana D_4711004_assignsubmission_file/mine.zip": packed(works["right"]),
        f"Fay F_4711005_assignsubmission_file_/{NAME}.ipynb": works["fays"],
        "Fay F_4711005_assignsubmission_file_/notes.docx": b"PK",
        "Fay F_4711005_assignsubmission_file_/__MACOSX/._mine.ipynb": b"",
        f"Gus G_4711999_assignsubmission_file_/../../{NAME}.ipynb": works["right"],
        f"Hal H_4711998_assignsubmission_file_{NAME}.ipynb": works["right"],
    }, WORKSHEET)  # fmt: skip
    others = dict.fromkeys(("ben", "dana", "fay"), f"{NAME}.ipynb")
    assert names_of(said) == {"ada": f"{NAME} (1).ipynb"} | others
    columns = {"ada": "E-Mail", "ben": "E-Mail", "dana": "ID-Nr.", "fay": "ID-Nr."}
    assert {who: one.column for who, one in said.items()} == columns
    assert troubles == [
        ("no notebook", "fay"),
        ("unsafe name", "Gus G_4711999_assignsubmission_file_/../../ex90_test.ipynb"),
        ("unknown", f"Hal H_4711998_assignsubmission_file_{NAME}.ipynb"),
        ("signed in", "fay"),
        ("nothing", "cem"),
    ]
    assert sorted(path.name for path in (course.root / "submitted").iterdir()) == [
        ".ex90_test.json", "ada", "ben", "dana", "fay", "nobody",
    ]  # fmt: skip
    grade(course)
    assert workshop.samarkand(course, "feedback", "ex90", "--zip", str(tmp_path / "pages.zip")) == 0
    with zipfile.ZipFile(tmp_path / "pages.zip") as archive:
        assert archive.namelist() == [
            f"Ada Lovelace_4711001_assignsubmission_file_/{NAME}.html",
            f"Ben B_4711002_assignsubmission_file_{NAME}.html",
            f"Dana D_4711004_assignsubmission_file/{NAME}.html",
            f"Fay F_4711005_assignsubmission_file_/{NAME}.html",
        ]
        assert b"6.5 of 14" in archive.read(f"Ben B_4711002_assignsubmission_file_{NAME}.html")
    capsys.readouterr()
    assert workshop.samarkand(course, "marks", "ex90", "--list", str(tmp_path / "list.csv")) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out), delimiter=";"))
    assert [row[5] for row in rows] == ["Bewertung", "10", "6,5", "-", "10", "10"]
    assert [row[:5] + row[6:] for row in rows] == [
        row[:5] + row[6:] for row in csv.reader(io.StringIO(WORKSHEET), delimiter=";")
    ]
    (tmp_path / "list.csv").write_text(WORKSHEET.replace("14,00", "20,00"))
    with pytest.raises(CourseError) as refused:
        platforms.fill_list(course, "ex90", tmp_path / "list.csv")
    assert refused.value.code == "other points"
    assert (refused.value.fields["given"], refused.value.fields["most"]) == ("20,00", 14)


def test_a_notebook_in_a_zip_in_a_zip_is_found_and_no_deeper(course, works, tmp_path):
    twice = packed(packed(works["right"]), "homework/inner.zip")
    broken = packed(b"PK and no more", "inner.zip")
    troubles, said = taken(course, tmp_path, {
        "Ada_4711001_assignsubmission_file_/hw.zip": twice,
        "Ben_4711002_assignsubmission_file_/hw.zip": packed(twice, "outer.zip"),
        "Dana_4711004_assignsubmission_file_/hw.zip": broken,
        "Fay_4711005_assignsubmission_file_/hw.zip": packed(packed(works["right"], "../up.ipynb"), "in.zip"),
    }, WORKSHEET)  # fmt: skip
    assert names_of(said) == {"ada": f"{NAME}.ipynb"}
    kept = course.root / "submitted" / "ada" / NAME / f"{NAME}.ipynb"
    assert json.loads(kept.read_bytes()) == works["right"]
    assert troubles[:3] == [("no notebook", "ben"), ("broken", "dana"), ("unsafe name", "fay")]


def test_canvas_numbers_newest_counts_and_marks_go_under_its_own_title(course, works, tmp_path):
    troubles, said = taken(course, tmp_path, {
        f"lovelaceada_88001_123_{NAME}.ipynb": works["half"],
        f"lovelaceada_LATE_88001_124_{NAME}-2.ipynb": works["right"],
        f"bben_88002_125_{NAME}.ipynb": works["other"],
        f"ffay_88005_127_{NAME}.ipynb": works["right"],
    }, GRADEBOOK)  # fmt: skip
    assert str(said["ada"]).startswith(f"ada: {NAME}-2.ipynb, late, the newest of 2, by SIS Login ID")
    assert troubles == [("nothing", "dana")]
    time = (course.root / "submitted" / "ada" / NAME / "timestamp.txt").read_text()
    assert time.startswith("2026-12-01 17:10:00")
    grade(course)
    filled = platforms.fill_list(course, "ex90", tmp_path / "list.csv")
    rows = {row[0]: row for row in csv.reader(io.StringIO(filled))}
    assert rows["Student"][5] == "ex90: A test (77)" and rows["    Points Possible"][5] == "14.0"
    points = [rows[name][5] for name in ("Lovelace, Ada", "B, Ben", "D, Dana", "F, Fay")]
    assert points == ["10", "0", "", "10"]
    platforms.give_feedback(course, "ex90", tmp_path / "pages.zip")
    with zipfile.ZipFile(tmp_path / "pages.zip") as archive:
        assert f"lovelaceada_LATE_88001_124_{NAME}.html" in archive.namelist()


class Platform(NamedTuple):
    """A platform's own list, what is between its cells, and how the files of two students begin."""

    listing: str
    separator: str
    adas: str
    bens: str


MOODLE = Platform(WORKSHEET, ";", "A_4711001_assignsubmission_file_", "B_4711002_assignsubmission_file_")
CANVAS = Platform(GRADEBOOK, ",", "lovelaceada_88001_123_", "bben_88002_124_")


@pytest.mark.parametrize("platform", [MOODLE, CANVAS], ids=["Moodle", "Canvas"])
def test_an_answer_that_waits_for_a_person_has_no_points_in_the_list(platform, course, works, tmp_path):
    """An empty cell is no mark on a platform; a 0 would be the worst one."""
    members = {
        f"{platform.adas}{NAME}.ipynb": workshop.fill(works["right"], w1="Because."),
        f"{platform.bens}{NAME}.ipynb": works["right"],
    }
    taken(course, tmp_path, members, platform.listing)
    grade(course)

    def read_points():
        filled = platforms.fill_list(course, "ex90", tmp_path / "list.csv")
        rows = csv.reader(io.StringIO(filled), delimiter=platform.separator)
        return [row[5] for row in rows if {"Ada Lovelace", "Ben B", "Lovelace, Ada", "B, Ben"} & {*row}]

    assert read_points() == ["", "10"]
    with gradebook.open_book(course) as book:
        mark = book.find_grade("w1", NAME, NAME, "ada")
        mark.manual_score, mark.needs_manual_grade = 0, False
        book.db.commit()
    assert read_points() == ["10", "10"]


@pytest.mark.parametrize(
    "name", ["mal_88002_88005_127", "mal_88002_88005_127_9", "mal_88001_88002_88005_127"]
)
def test_a_canvas_name_that_ends_with_anothers_number_is_nobodys(course, works, tmp_path, name):
    """Students write their names, and Canvas puts the number behind them."""
    troubles, said = taken(course, tmp_path, {
        f"bben_88002_125_{NAME}.ipynb": works["right"],
        f"{name}_{NAME}.ipynb": works["half"],
        f"ddana_88004_128_88001_{NAME}.ipynb": works["right"],  # what comes after both numbers is the file's
    }, GRADEBOOK)  # fmt: skip
    assert list(said) == ["ben", "dana"] and troubles[0][0] == "two numbers"
    handed = course.root / "submitted" / "ben" / NAME / f"{NAME}.ipynb"
    assert json.loads(handed.read_bytes()) == works["right"]


def test_a_groups_one_file_is_named_and_can_be_marked_for_each_member(course, works, tmp_path):
    """Canvas gives it to one member under the group's name, and Moodle to each of them."""
    members = {f"redteam_88002_125_{NAME}.ipynb": works["fays"]}
    troubles, said = taken(course, tmp_path, members, GRADEBOOK)
    assert list(said) == ["ben"]
    assert troubles == [("signed in", "ben"), ("nothing", "ada, dana, fay"), ("group", "ben")]
    for member in ("dana", "fay"):
        target = course.root / "submitted" / member / NAME / f"{NAME}.ipynb"
        target.parent.mkdir(parents=True)
        target.write_bytes((course.root / "submitted" / "ben" / NAME / f"{NAME}.ipynb").read_bytes())
    sheet = {
        f"Red-{who}_471100{n}_assignsubmission_file_/{NAME}.ipynb": works["fays"]
        for who, n in (("Ada", 1), ("Cem", 3))
    }
    troubles, said = taken(course, tmp_path, sheet, WORKSHEET)
    assert list(said) == ["ada", "cem"] and ("signed in", "cem") in troubles
    grade(course)
    assert {scores(course)[who] for who in ("ada", "ben", "cem", "dana", "fay")} == {10}


def test_what_is_not_of_this_set_takes_the_place_of_nothing_that_was_collected_before(
    course, works, tmp_path
):
    sheet = f"{HEADS}Participant 1,A,ada,,,,14,\n"
    name = f"A_1_assignsubmission_file_{NAME}.ipynb"
    taken(course, tmp_path, {name: works["right"]}, sheet)
    for later in (b"", b"{", b"<html>", json.dumps(works["other"]).encode()):
        troubles, said = taken(course, tmp_path, {name: later}, sheet)
        assert said == {} and troubles[-1] == ("passed over", "ada")
    handed = course.root / "submitted" / "ada" / NAME / f"{NAME}.ipynb"
    assert json.loads(handed.read_bytes()) == works["right"]


def test_what_is_no_download_or_no_list_is_refused(course, works, tmp_path):
    with pytest.raises(CourseError) as refused:
        taken(course, tmp_path, {}, "name,mail\nAda,a\n")
    assert refused.value.code == "no list"
    (tmp_path / "list.csv").write_text(WORKSHEET)
    (tmp_path / "no.zip").write_text("no zip")
    with pytest.raises(zips.BrokenZip) as broken:
        downloads.take_download(course, "ex90", tmp_path / "no.zip", tmp_path / "list.csv")
    assert broken.value.name == str(tmp_path / "no.zip")
    lesson = json.loads((home.ROOT / "notebooks" / "03_the_sco.ipynb").read_bytes())
    wrong = {f"A_471100{n}_assignsubmission_file_/{NAME}.ipynb": lesson for n in (1, 2)}
    with pytest.raises(CourseError) as another:
        taken(course, tmp_path, wrong, WORKSHEET)
    assert (another.value.code, another.value.fields["set"]) == ("another set", NAME)
    assert not (course.root / "submitted" / "ada").exists()
    bomb = {f"Ada_4711001_assignsubmission_file_/{NAME}.ipynb": b"0" * (33 << 20)}
    troubles, said = taken(course, tmp_path, bomb, WORKSHEET)
    assert (troubles[0], said) == (("large", "ada"), {})
    (course.root / "submitted" / ".ex90_test.json").unlink()
    with pytest.raises(CourseError) as none:
        platforms.give_feedback(course, "ex90", tmp_path / "pages.zip")
    assert (none.value.code, none.value.fields["set"]) == ("no download", NAME)


def test_nobody_hands_in_or_is_marked_under_the_name_of_another(course, works, tmp_path):
    """Students write the end of a path in Canvas, its beginning in Moodle, and there a cell of their row."""
    troubles, said = taken(course, tmp_path, {
        f"lovelaceada_88001_123_{NAME}.ipynb": works["right"],
        f"ddana_88004_124_x_88001_125_{NAME}-8.ipynb": works["half"],
        f"fay_88005_126_x_88001_assignsubmission_file_{NAME}-9.ipynb": works["half"],
    }, GRADEBOOK)  # fmt: skip
    assert names_of(said) == {"ada": f"{NAME}.ipynb", "dana": f"x_88001_125_{NAME}-8.ipynb"}
    assert [code for code, _ in troubles] == ["two numbers", "nothing"]
    grade(course)
    fay = "Fay_4711001_assignsubmission_file__4711005_assignsubmission_file"
    moodle = {
        f"{fay}_/{NAME}.ipynb": works["half"],
        f"Fay_4711001_9__4711005{fay[-22:]}_/b.ipynb": works["half"],
    }
    troubles, said = taken(course, tmp_path, moodle, WORKSHEET)
    assert (said, [code for code, _ in troubles[:2]]) == ({}, ["two numbers", "two numbers"])
    for name in ("ada lovelace", "ada", "ada@a.org"):
        taken(course, tmp_path, {}, WORKSHEET.replace("Fay F", name))
        filled = platforms.fill_list(course, "ex90", tmp_path / "list.csv")
        rows = list(csv.reader(io.StringIO(filled), delimiter=";"))
        assert [row[5] for row in rows] == ["Bewertung", "10", "-", "-", "6,5", "-"]


#: Worksheets by (heading, cells) of the rows, and whose row each is: an id, or the problem.
HEADS = "Identifier,Full name,ID number,Email address,Status,Grade,Maximum grade,Online text\n"
ROWS = {
    "an id": ("Anybody,ada,", "ada"),
    "an address": ("Anybody,,ADA@A.org", "ada"),
    "both": ("Anybody,ada,ada@a.org", "ada"),
    "two students": ("Anybody,ada,ben@b.org", "two people"),
    "an id beside another address": ("Anybody,ada,mal@x.org", "another"),
    "an address beside another id": ("Anybody,mal,ada@a.org", "another"),
    "a name that is an address": ("ada@a.org,,mal@x.org", "unknown"),
    "a name that is an id": ("ada,,", "unknown"),
    "a full name": ("Ada Lovelace,,", "unknown"),
    "decomposed letters": ("Anybody,zoe\u0308,", "zoë"),
    "an address that the roster does not have": ("Anybody,dana,dana@d.org", "dana"),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_row_is_matched_by_what_identifies_and_never_by_what_students_write(course, works, tmp_path, case):
    rosters.enter_students(course, PEOPLE | {"zoë": {}})
    cells, whose = ROWS[case]
    used = "Participant 2,Ben,ben,ben@b.org,,,14,\nParticipant 3,Cem,cem,,,,14,ada\n"
    if whose == "two people":
        used = "Participant 2,Eli,eli,,,,14,\nParticipant 3,Cem,cem,,,,14,ada\n"
    (tmp_path / "list.csv").write_text(f"{HEADS}{used}Participant 1,{cells},,,14,ada@a.org\n")
    row = matching.read_list(course, tmp_path / "list.csv").find("1")
    assert (row.student or row.problem) == whose


def test_a_named_column_alone_counts(course, works, tmp_path):
    text = f"{HEADS}Participant 1,A,ada,other@x.org,,,14,\nParticipant 2,B,,ben@b.org,,,14,\n"
    (tmp_path / "list.csv").write_text(text)
    found = [matching.read_list(course, tmp_path / "list.csv", named) for named in (None, "id number")]
    assert [one.find("1").student for one in found] == ["", "ada"]
    assert [one.find("2").student for one in found] == ["ben", ""]
    (tmp_path / "list.csv").write_text("Nr,Вася\n1,ada\n")
    with pytest.raises(CourseError) as refused:
        matching.read_list(course, tmp_path / "list.csv")
    assert (refused.value.code, refused.value.fields["columns"]) == ("no column of ids", ["Nr", "Вася"])
    assert matching.read_list(course, tmp_path / "list.csv", "Вася").find("1").student == "ada"
    with pytest.raises(UnknownName):
        matching.read_list(course, tmp_path / "list.csv", "Petja")


NAMES = {
    "t1": {"first_name": "Aziz", "last_name": "To‘rayev"},
    "g1": {"first_name": "G'ulom", "last_name": "Oqilov"},
    "z1": {"first_name": "Zoë", "last_name": "M"},
    "c1": {"first_name": "小明", "last_name": "王"}, "k1": {"first_name": "민수", "last_name": "김"},
    "s1": {"first_name": "Li", "last_name": "Wei"}, "s2": {"first_name": "Wei", "last_name": "Li"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("written", "whose"),
    [
        *((f"To{sign}rayev Aziz", "t1") for sign in "'‘’ʻ`"),
        ("Aziz Torayev", "t1"), ("OQILOV, Gʻulom", "g1"), ("Zoe\u0308 M", "z1"),
        ("王小明", "c1"), ("小明 王", "c1"), ("小明王", "c1"), ("王明小", "unknown"), ("김민수", "k1"),
        ("Li Wei", "two people"), ("t1", "unknown"), ("", "unknown"),
    ],
)  # fmt: skip
def test_names_count_where_nothing_else_is_there_over_all_spellings(course, works, tmp_path, written, whose):
    rosters.enter_students(course, NAMES)
    text = f'Identifier,Full name,Status\nParticipant 1,"{written}",ada\nParticipant 2,Eve,\n'
    (tmp_path / "list.csv").write_text(text)
    found = matching.read_list(course, tmp_path / "list.csv")
    row = found.find("1")
    assert found.by_name and (row.student or row.problem) == whose


def test_a_canvas_name_is_no_id(course, works, tmp_path):
    """Canvas without SIS columns: the display name is a student's own."""
    text = 'Student,ID,Section\n"Lovelace, Ada",88001,A\nada,88002,A\n'
    troubles, said = taken(course, tmp_path, {
        f"lovelaceada_88001_123_{NAME}.ipynb": works["right"],
        f"ada_88002_124_{NAME}.ipynb": works["half"],
    }, text)  # fmt: skip
    assert troubles[0] == ("names only", "list.csv") and troubles[1][0] == "unknown"
    assert {who: one.found.prefix for who, one in said.items()} == {"ada": "lovelaceada_88001_123_"}


def test_two_of_one_name_are_told_apart_by_their_address_or_neither_counts(course, works, tmp_path):
    (tmp_path / "list.csv").write_text("Identifier,Full name,E-Mail\nParticipant 1,Ada Lovelace,ada@a.org\n")
    twin = {"first_name": "Ada", "last_name": "Lovelace"}
    for more, own in (({}, ""), ({"email": "ada@a.org"}, "ada")):
        rosters.enter_students(course, {"ada": twin | more, "eli": twin})
        assert matching.read_list(course, tmp_path / "list.csv").find("1").student == own


def test_a_second_group_adds_to_the_first_and_takes_nothing_of_it(course, works, tmp_path):
    ada, ben, dana = (f"{who}_47110{n}_assignsubmission_file_" for who, n in (("A", 1), ("B", 2), ("D", 4)))
    sheets = {
        1: f"{HEADS}Participant 471101,A,ada,,,,14,\nParticipant 471102,B,ben,,,,14,\n",
        2: f"{HEADS}Participant 471104,D,dana,,,,14,\nParticipant 471109,M,ada,,,,14,\n",
    }
    first = {f"{ada}{NAME}.ipynb": works["right"], f"{ben}{NAME}.ipynb": works["half"]}
    assert taken(course, tmp_path, first, sheets[1])[0] == []
    mal = f"M_471109_assignsubmission_file_{NAME}.ipynb"
    second = {f"{dana}{NAME}.ipynb": works["right"], mal: works["half"]}
    troubles, said = taken(course, tmp_path, second, sheets[2])
    assert (troubles, list(said)) == ([("kept", "ada")], ["dana"])
    handed = course.root / "submitted" / "ada" / NAME / f"{NAME}.ipynb"
    assert json.loads(handed.read_bytes()) == works["right"]
    grade(course)
    platforms.give_feedback(course, "ex90", tmp_path / "pages.zip")
    with zipfile.ZipFile(tmp_path / "pages.zip") as archive:
        assert archive.namelist() == [f"{prefix}{NAME}.html" for prefix in (ada, ben, dana)]


def test_newer_work_replaces_older_and_keeps_it_and_older_replaces_nothing(course, works, tmp_path):
    sheet = f"{HEADS}Participant 1,A,ada,,,,14,\n"
    handed = course.root / "submitted" / "ada" / NAME / f"{NAME}.ipynb"

    def collect(work, hour):
        path = tmp_path / "download.zip"
        with zipfile.ZipFile(path, "w") as archive:
            name = f"A_1_assignsubmission_file_{NAME}.ipynb"
            archive.writestr(zipfile.ZipInfo(name, date_time=(2026, 12, 1, hour, 0, 0)), json.dumps(work))
        (tmp_path / "list.csv").write_text(sheet)
        return downloads.take_download(course, "ex90", path, tmp_path / "list.csv")

    assert collect(works["half"], 10).taken[0].replaced is None
    replaced = collect(works["right"], 12).taken[0].replaced
    assert json.loads((course.root / replaced / f"{NAME}.ipynb").read_bytes()) == works["half"]
    again = collect(works["half"], 11)
    assert (again.taken, [one.code for one in again.troubles]) == ([], ["newer"])
    assert json.loads(handed.read_bytes()) == works["right"]
    assert collect(works["right"], 12).taken[0].replaced is None  # the same once more


def test_pages_are_handed_out_when_nothing_is_open_any_more(course, works, tmp_path):
    sheet = f"{HEADS}Participant 1,A,ada,,,,14,\nParticipant 2,B,ben,,,,14,\n"
    written = workshop.fill(works["right"], w1="Because.")
    members = {f"A_1_assignsubmission_file_{NAME}.ipynb": written}
    members[f"B_2_assignsubmission_file_{NAME}.ipynb"] = works["half"]
    taken(course, tmp_path, members, sheet)
    grade(course)
    with gradebook.open_book(course) as book:
        book.update_or_create_assignment(NAME, duedate="2020-01-01 12:00:00 UTC")
        book.grant_extension(NAME, "ben", weeks=52 * 100)
    target = tmp_path / "pages.zip"
    with pytest.raises(platforms.TooEarly) as caught:
        platforms.give_feedback(course, "ex90", target)
    assert (caught.value.open, list(caught.value.until)) == ({"ada": ["w1"]}, ["ben"])
    assert not target.exists()
    assert platforms.give_feedback(course, "ex90", target, True).endswith("2 pages")
    with gradebook.open_book(course) as book:
        mark = book.find_grade("w1", NAME, NAME, "ada")
        mark.manual_score, mark.needs_manual_grade = 3, False
        book.db.commit()
        book.grant_extension(NAME, "ben")
    assert platforms.give_feedback(course, "ex90", target).endswith("2 pages")
    with gradebook.open_book(course) as book:
        book.update_or_create_assignment(NAME, duedate="2120-01-01 12:00:00 UTC")
    with pytest.raises(platforms.TooEarly) as caught:
        platforms.give_feedback(course, "ex90", target)
    assert list(caught.value.until) == ["everybody"]


def test_a_number_that_two_rows_have_is_nobodys(course, works, tmp_path):
    """Lists of two groups were put into one, or a line was copied by hand and changed."""
    row = 'Teilnehmer/in4711004;"Fay F";fay;;Abgegeben;-;14,00;Ja;\n'
    members = {f"X_4711004_assignsubmission_file_/{NAME}.ipynb": works["right"]}
    troubles, said = taken(course, tmp_path, members, WORKSHEET.replace("Teilnehmer/in4711005", "x") + row)
    assert said == {} and ("two people", f"X_4711004_assignsubmission_file_/{NAME}.ipynb") in troubles
    again = WORKSHEET + 'Teilnehmer/in4711004;"Dana D";dana;;Abgegeben;-;14,00;Ja;\n'
    assert taken(course, tmp_path, members, again)[1].keys() == {"dana"}  # the same row twice is one
