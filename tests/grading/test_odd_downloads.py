"""Downloads as they come: whatever a platform, a spreadsheet or a student has done, no work is lost."""

import io
import json
import zipfile

import pytest
import workshop
from test_hand_ins import FIRST, LATER, MOODLE_ADA, collect_files, drafts, read_hand_ins  # noqa: F401
from test_platforms import HEADS, NAME

from samarkand.common import files, home
from samarkand.common.errors import CourseError
from samarkand_grading.classroom import downloads, matching, rosters

pytestmark = pytest.mark.usefixtures("one_server")
SHEET = f"{HEADS}Participant 4711001,Ada,ada,,,,14,\n"


def describe(collected, student="ada"):
    """Return the problems with a student's work, and the name of the notebook that was taken."""
    troubles = [trouble.code for trouble in collected.troubles if student in trouble.about]
    return troubles, [taken.found.name for taken in collected.taken if taken.student == student]


def pack(works):
    """Return a zip of notebooks by their names, as a student packs a folder."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, work in works.items():
            archive.writestr(name, json.dumps(work))
    return body.getvalue()


@pytest.fixture
def all_of_hers(drafts):  # noqa: F811
    """Return what is in my_work: the set, JupyterLab's own copy of it, a lesson, a notebook of hers."""
    right, _, blank = drafts
    lesson = json.loads((home.ROOT / "notebooks" / "03_the_sco.ipynb").read_bytes())
    own = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [workshop.cell("code", "a", "x = 1")]}
    return {
        f"my_work/sets/{NAME}/{NAME}.ipynb": right,
        f"my_work/sets/{NAME}/.ipynb_checkpoints/{NAME}-checkpoint_9.ipynb": blank,
        "my_work/lessons/zz_03_the_sco.ipynb": lesson,
        "my_work/without_us/my_own.ipynb": own,
    }


def test_of_a_whole_folder_in_a_zip_the_set_is_taken(course, tmp_path, drafts, all_of_hers):  # noqa: F811
    collected = collect_files(course, tmp_path, SHEET, [(f"{MOODLE_ADA}all.zip", FIRST, pack(all_of_hers))])
    assert describe(collected) == ([], [f"{NAME}.ipynb"])
    assert [work for work, _ in read_hand_ins(course, "ada")] == [drafts[0]]
    renamed = {name.replace(NAME, "mine"): work for name, work in all_of_hers.items()}
    collected = collect_files(course, tmp_path, SHEET, [(f"{MOODLE_ADA}all.zip", LATER, pack(renamed))])
    assert describe(collected) == (["passed over"], ["mine.ipynb"])


@pytest.mark.parametrize("other", ["lesson", "own", "no JSON", "broken zip"])
def test_what_is_newer_and_not_of_this_set_takes_the_place_of_nothing(
    course,
    tmp_path,
    drafts,  # noqa: F811
    all_of_hers,
    other,
):
    lesson, own = (work for name, work in all_of_hers.items() if "sets" not in name)
    works = {"lesson": lesson, "own": own, "no JSON": b"<html>", "broken zip": b"PK"}
    name = "last.zip" if other == "broken zip" else "last.ipynb"
    handed = [(f"{MOODLE_ADA}{NAME}.ipynb", FIRST, drafts[0]), (f"{MOODLE_ADA}{name}", LATER, works[other])]
    collected = collect_files(course, tmp_path, SHEET, handed)
    assert describe(collected) == (["broken" if ".zip" in name else "passed over"], [f"{NAME}.ipynb"])
    assert [work for work, _ in read_hand_ins(course, "ada")] == [drafts[0]]


def test_a_number_in_a_students_file_name_is_not_the_platforms(course, tmp_path, drafts):  # noqa: F811
    """Canvas counts what is handed in again; in Moodle the same number is the student's own."""
    right, less, _ = drafts
    handed = [(f"{MOODLE_ADA}{NAME}-2.ipynb", FIRST, less), (f"{MOODLE_ADA}{NAME}.ipynb", LATER, right)]
    collected = collect_files(course, tmp_path, SHEET, handed)
    assert describe(collected) == ([], [f"{NAME}.ipynb"])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_in_a_download_are_two_hand_ins(course, tmp_path, drafts):  # noqa: F811
    right, less, _ = drafts
    name = f"{MOODLE_ADA}{NAME}.ipynb"
    collected = collect_files(course, tmp_path, SHEET, [(name, FIRST, less), (name, LATER, right)])
    assert describe(collected) == ([], [f"{NAME}.ipynb"])
    assert [work for work, _ in read_hand_ins(course, "ada")] == [less, right]


def test_what_was_not_handed_in_as_a_file_is_said_to_be_hers(course, tmp_path, drafts):  # noqa: F811
    handed = [("Ada_4711001_assignsubmission_onlinetext_/onlinetext.html", FIRST, b"<p>My answer")]
    assert describe(collect_files(course, tmp_path, SHEET, handed)) == (["no notebook", "nothing"], [])


@pytest.mark.parametrize("full", ["timestamp.txt", f"{NAME}.ipynb"])
def test_after_a_full_disk_the_next_try_goes_on(course, tmp_path, drafts, monkeypatch, full):  # noqa: F811
    right, less, _ = drafts
    write = files.write_whole

    def fill(path, body):
        if path.name == full and "ben" in path.parts:
            raise OSError(28, "No space left on device")
        write(path, body)

    sheet = f"{SHEET}Participant 4711002,Ben,ben,,,,14,\n"
    bens = MOODLE_ADA.replace("1_", "2_")
    handed = [(f"{MOODLE_ADA}{NAME}.ipynb", FIRST, less), (f"{bens}{NAME}.ipynb", FIRST, less)]
    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr(files, "write_whole", fill)
        collect_files(course, tmp_path, sheet, handed)
    handed = [(name, LATER, right) for name, _, _ in handed]
    collected = collect_files(course, tmp_path, sheet, handed)
    assert [trouble.code for trouble in collected.troubles] == []
    assert [work for work, _ in read_hand_ins(course, "ada")] == [less, right]
    (work, _) = read_hand_ins(course, "ben")[-1]
    assert work == right, "what was not written the first time leaves nothing without a time"


def find(course, tmp_path, text, number="1", encoding="utf-8"):
    """Return whose a row of a list is: an id, or what is wrong with it."""
    (tmp_path / "list.csv").write_bytes(text.encode(encoding))
    row = matching.read_list(course, tmp_path / "list.csv").find(number)
    return row.student or row.problem


def test_an_id_that_a_spreadsheet_has_shortened_is_nobody_elses(course, tmp_path, drafts):  # noqa: F811
    rosters.enter_students(course, {"0123": {}, "123": {}, "0456": {}, "789": {}})
    line = "Participant {n},{name},{id},,,,14,\n"

    def write(*ids):
        return HEADS + "".join(line.format(n=n, name=f"S{n}", id=id) for n, id in enumerate(ids, 1))

    assert find(course, tmp_path, write("123", "789")) == "two people"
    assert find(course, tmp_path, write("123", "789"), "2") == "789"
    assert find(course, tmp_path, write("0123", "123")) == "0123"
    assert find(course, tmp_path, write("0123", "123"), "2") == "123"
    assert find(course, tmp_path, write("456", "1.23E+02")) == "unknown"
    assert find(course, tmp_path, write("1.23E+02")) == "unknown"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_list_is_read_as_any_spreadsheet_saves_it(course, tmp_path, drafts, encoding, separator):  # noqa: F811
    assert find(course, tmp_path, SHEET.replace(",", separator), "4711001", encoding) == "ada"


@pytest.mark.parametrize("heading", ["ID number", "id-number"])
def test_two_columns_of_one_name_identify_nobody(course, tmp_path, drafts, heading):  # noqa: F811
    """A student writes the second one, in her profile."""
    text = f"Identifier,Full name,ID number,Status,{heading}\nParticipant 1,Mal,cem,,ada\n"
    with pytest.raises(CourseError) as refused:
        find(course, tmp_path, text)
    assert refused.value.code == "a column twice"
    (tmp_path / "roster.csv").write_text(
        f"id,{heading.replace('number', '')},e-mail,Email\nada,x,a@a.org,b@b.org\n"
    )
    with pytest.raises(CourseError) as refused:
        rosters.read_class(tmp_path / "roster.csv")
    assert refused.value.code == "a column twice"


def test_a_login_that_no_folder_can_have_stops_nobody(course, tmp_path, drafts):  # noqa: F811
    (course.root / "roster.csv").unlink()
    text = (
        "Student,ID,SIS Login ID,Section\n"
        '"M, Mal",88001,../mal,A\n"L, Ada",88002,ada,A\n"Z, Z",88003,zoe\u0308,A\n"Z, Z",88004,zo\u00eb,A\n'
    )
    handed = [(f"x_8800{n}_12{n}_{NAME}.ipynb", FIRST, drafts[0]) for n in (1, 2, 3, 4)]
    collected = collect_files(course, tmp_path, text, handed)
    assert [taken.student for taken in collected.taken] == ["ada"]
    assert [trouble.code for trouble in collected.troubles] == ["unknown", "two rows", "two rows"]


def test_links_in_a_download_are_followed_nowhere(course, tmp_path, drafts):  # noqa: F811
    secret = tmp_path / "secret.ipynb"
    secret.write_text(json.dumps(drafts[0]))
    entry = zipfile.ZipInfo(f"{MOODLE_ADA}{NAME}.ipynb", date_time=FIRST)
    entry.external_attr = 0o120777 << 16
    (tmp_path / "list.csv").write_text(SHEET)
    with zipfile.ZipFile(tmp_path / "download.zip", "w") as archive:
        archive.writestr(entry, str(secret))
    collected = downloads.take_download(course, "ex90", tmp_path / "download.zip", tmp_path / "list.csv")
    assert describe(collected) == (["unreadable"], [f"{NAME}.ipynb"])
    kept = course.root / "submitted" / "ada" / NAME / f"{NAME}.ipynb"
    assert not kept.is_symlink() and kept.read_text() == str(secret)


#: Names in a student's zip, by what is said of them.
NAMES = {
    f"{NAME}.ipynb.": ["no notebook", "nothing"],
    f"{'x' * 60_000}.ipynb": [],
    f"..\\{NAME}.ipynb": ["unsafe name", "nothing"],
    f"my_work\\sets\\{NAME}.ipynb": [],
    f"C:{NAME}.ipynb": ["unsafe name", "nothing"],
    f"a/../../{NAME}.ipynb": ["unsafe name", "nothing"],
    f"{NAME.upper()}.IPYNB": [],
    f"{NAME}\n\x1b[2J.ipynb": [],
    "con.ipynb": [],
}


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name[:20]))
def test_names_of_all_kinds(course, tmp_path, drafts, name, capsys):  # noqa: F811
    body = pack({name: drafts[0]})
    collected = collect_files(course, tmp_path, SHEET, [(f"{MOODLE_ADA}all.zip", FIRST, body)])
    assert describe(collected)[0] == NAMES[name]
    for line in (*collected.taken, *collected.troubles):
        assert len(str(line)) < 400 and str(line).isprintable()
    found = sorted(path.name for path in (course.root / "submitted").rglob("*.ipynb") if "ada" in path.parts)
    assert found == [f"{NAME}.ipynb"] * (NAMES[name] == [])
