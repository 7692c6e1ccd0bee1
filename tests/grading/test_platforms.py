"""Moodle and Canvas: a download is collected, marked and returned under the platform's names."""

import contextlib
import csv
import io
import json
import zipfile

import pytest
import workshop
from test_batch import NAME, grade, hand_in, released

from samarkand.common import home
from samarkand.common.errors import CourseError
from samarkand_grading.classroom import platforms
from samarkand_grading.submission import reading

pytestmark = pytest.mark.usefixtures("one_server")
PEOPLE = {
    "ada": {"first_name": "Ada", "last_name": "Lovelace"}, "ben": {"email": "ben@b.org"}, "cem": {},
    "dana": {}, "eli": {}, "fay": {},
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


def packed(notebook):
    body = io.BytesIO()
    download(body, {f"mine/{NAME}.ipynb": notebook})
    return body.getvalue()


@pytest.fixture
def works(course):
    hand_in(course, "nobody")  # so that the gradebook is there
    platforms.enter(course, PEOPLE)
    right = workshop.fill(released(course), **workshop.ANSWERS)
    fractions = workshop.ANSWERS["q2"].replace("100 * ", "")
    return {
        "right": right, "half": workshop.fill(released(course), q3=workshop.ANSWERS["q3"], q2=fractions),
        "fays": workshop.fill(right, last="desk.sign_in('ada')"), "other": {"nbformat": 4, "cells": []},
    }  # fmt: skip


def taken(course, tmp_path, members, listing):
    (tmp_path / "list.csv").write_text(listing, encoding="utf-8-sig")
    zip_, said = download(tmp_path / "download.zip", members), io.StringIO()
    with contextlib.redirect_stdout(said):
        troubles = platforms.collect(course, "ex90", zip_, tmp_path / "list.csv")
    return troubles, said.getvalue().splitlines()


def test_moodles_download_in_folders_or_flat_goes_in_and_comes_out(course, works, tmp_path, capsys):
    troubles, said = taken(course, tmp_path, {
        f"Ada Lovelace_4711001_assignsubmission_file_/{NAME} (1).ipynb": works["right"],
        f"Ben B_4711002_assignsubmission_file_{NAME}.ipynb": works["half"],
        "Dana D_4711004_assignsubmission_file/mine.zip": packed(works["right"]),
        f"Fay F_4711005_assignsubmission_file_/{NAME}.ipynb": works["fays"],
        "Fay F_4711005_assignsubmission_file_/notes.docx": b"PK",
        "Fay F_4711005_assignsubmission_file_/__MACOSX/._mine.ipynb": b"",
        f"Gus G_4711999_assignsubmission_file_/../../{NAME}.ipynb": works["right"],
    }, WORKSHEET)  # fmt: skip
    assert said == [f"ada: {NAME} (1).ipynb", *(f"{who}: {NAME}.ipynb" for who in ("ben", "dana", "fay"))]
    assert troubles[0] == "fay: no notebooks, and left out: notes.docx."
    assert "Gus G_4711999" in troubles[1] and "of nobody on list.csv and the roster" in troubles[1]
    assert troubles[2:] == ["fay: signed in as ada.", "Nothing from cem."]
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
    with pytest.raises(CourseError, match="has 20,00 for the most points; ex90_test gives 14"):
        platforms.fill_list(course, "ex90", tmp_path / "list.csv")


def test_canvas_numbers_newest_counts_and_marks_go_under_its_own_title(course, works, tmp_path):
    troubles, said = taken(course, tmp_path, {
        f"lovelaceada_88001_123_{NAME}.ipynb": works["half"],
        f"lovelaceada_LATE_88001_124_{NAME}-2.ipynb": works["right"],
        f"bben_88002_125_{NAME}.ipynb": works["other"],
        f"fay_88005_127_{NAME}.ipynb": works["right"],
    }, GRADEBOOK)  # fmt: skip
    assert said[0] == f"ada: {NAME}-2.ipynb, late, the newest of 2"
    assert troubles == ["Nothing from dana."]
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


def test_what_is_no_download_or_no_list_is_refused_in_a_sentence(course, works, tmp_path):
    with pytest.raises(CourseError, match="neither a grading worksheet"):
        taken(course, tmp_path, {}, "name,mail\nAda,a\n")
    (tmp_path / "list.csv").write_text(WORKSHEET)
    (tmp_path / "no.zip").write_text("no zip")
    with pytest.raises(CourseError, match="cannot be read as a zip"):
        platforms.collect(course, "ex90", tmp_path / "no.zip", tmp_path / "list.csv")
    lesson = json.loads((home.ROOT / "notebooks" / "03_the_sco.ipynb").read_bytes())
    wrong = {f"A_471100{n}_assignsubmission_file_/{NAME}.ipynb": lesson for n in (1, 2)}
    with pytest.raises(CourseError, match="is no ex90_test, so nothing of it was taken"):
        taken(course, tmp_path, wrong, WORKSHEET)
    assert not (course.root / "submitted" / "ada").exists()
    bomb = {f"Ada_4711001_assignsubmission_file_/{NAME}.ipynb": b"0" * (33 << 20)}
    troubles, _ = taken(course, tmp_path, bomb, WORKSHEET)
    assert "ada: The notebook is an empty file." in troubles
    with pytest.raises(CourseError, match="No download of ex90_test was collected"):
        (course.root / "submitted" / ".ex90_test.json").unlink()
        platforms.give_feedback(course, "ex90", tmp_path / "pages.zip")


def test_a_students_hollow_or_damaged_zip_costs_nobody_else(course, works, tmp_path):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.ipynb", bytes(20 << 20))
    hollow = body.getvalue()
    assert sum(len(one) for _, _, one in platforms._members(io.BytesIO(hollow))) <= reading.LARGEST
    troubles, said = taken(course, tmp_path, {
        "Dana D_4711004_assignsubmission_file_/mine.zip": hollow[:60] + b"\xff" * 20 + hollow[80:],
        f"Fay F_4711005_assignsubmission_file_/{NAME}.ipynb": works["right"],
    }, WORKSHEET)  # fmt: skip
    assert (troubles[0], said) == ("dana: mine.zip cannot be read as a zip.", [f"fay: {NAME}.ipynb"])


def test_nobody_hands_in_or_is_marked_under_the_name_of_another(course, works, tmp_path):
    """Students write the end of a path in Canvas, its beginning in Moodle, and there a cell of their row."""
    troubles, said = taken(course, tmp_path, {
        f"lovelaceada_88001_123_{NAME}.ipynb": works["right"],
        f"dana_88004_124_x_88001_125_{NAME}-8.ipynb": works["half"],
        f"fay_88005_126_x_88001_assignsubmission_file_{NAME}-9.ipynb": works["half"],
    }, GRADEBOOK)  # fmt: skip
    assert said == [f"ada: {NAME}.ipynb", f"dana: x_88001_125_{NAME}-8.ipynb"]
    assert troubles[0].startswith("fay_88005_126_x_88001_assign") and "or of more than one" in troubles[0]
    grade(course)
    fay = "Fay_4711001_assignsubmission_file__4711005_assignsubmission_file"
    moodle = {
        f"{fay}_/{NAME}.ipynb": works["half"],
        f"Fay_4711001_9__4711005{fay[-22:]}_/b.ipynb": works["half"],
    }
    troubles, said = taken(course, tmp_path, moodle, WORKSHEET)
    assert (said, len([one for one in troubles if "more than one" in one])) == ([], 2)
    taken(course, tmp_path, {}, WORKSHEET.replace("Fay F", "ada lovelace"))
    rows = list(
        csv.reader(io.StringIO(platforms.fill_list(course, "ex90", tmp_path / "list.csv")), delimiter=";")
    )
    assert [row[5] for row in rows] == ["Bewertung", "-", "-", "-", "6,5", "-"]


def test_two_of_one_name_are_told_apart_by_their_address_or_neither_counts(course, works, tmp_path):
    (tmp_path / "list.csv").write_text(WORKSHEET)
    for more, own in (({}, ""), ({"email": "ada@a.org"}, "ada")):
        platforms.enter(course, PEOPLE | {"ada": PEOPLE["ada"] | more, "eli": PEOPLE["ada"]})
        assert platforms.read_list(course, tmp_path / "list.csv")["4711001"] == own
