"""Whatever a student writes, no spreadsheet reads a cell of a file that the course writes as a formula."""

import csv
import io
import re

import pytest
import workshop
from test_batch import grade, hand_in

from samarkand.common import home
from samarkand.common.spreadsheets import as_csv, guard_cell, unguard_cell
from samarkand_grading.classroom import rosters

pytestmark = pytest.mark.usefixtures("one_server")
HARM = ["=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(1)", '=HYPERLINK("http://x")', "\t=1", " =1", "a;=1"]
HARM += ["＝1+1"]  # as one types in Chinese and Japanese
#: The verbs that print CSV, and those that write a roster.
PRINTED = [
    ("marks", "ex90", "--export", "csv"), ("marks", "ex90", "--export", "canvas"),
    ("marks", "ex90", "--export", "moodle"), ("marks", "--all", "--export", "csv"),
    ("marks", "ex90", "--list", "LIST"),
]  # fmt: skip


def harmful(text):
    """Return the cells that a spreadsheet would compute, read with every separator it may take."""
    cells = [cell for sign in ",;\t" for row in csv.reader(io.StringIO(text), delimiter=sign) for cell in row]
    begin = [cell for cell in cells if re.match(r'[\s"]*[=+\-@＝＋－＠]', cell)]
    return [cell for cell in begin if not re.fullmatch(r"[\s+-]*[\d.,]*", cell)]


@pytest.fixture
def listed(course, tmp_path):
    hand_in(course, "ada", **workshop.ANSWERS)
    people = {f"s{n}": {"first_name": harm, "last_name": harm} for n, harm in enumerate(HARM)}
    rosters.enter_students(course, {"ada": {"email": "ada@a.org"}, **people})
    grade(course)
    lines = [["Identifier", "Full name", "ID number", "Grade", "Maximum grade", "Online text"]]
    lines += [[f"Participant {n}", harm, f"s{n}", "-", "14.00", harm] for n, harm in enumerate(HARM)]
    lines += [["Participant 99", "Ada", "ada", "-", "14.00", "="]]
    with (tmp_path / "list.csv").open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    return course


@pytest.mark.parametrize("words", PRINTED)
def test_no_verb_prints_a_formula(listed, tmp_path, capsys, words):
    words = [str(tmp_path / "list.csv") if word == "LIST" else word for word in words]
    assert workshop.samarkand(listed, *words) == 0
    text = capsys.readouterr().out
    assert text.count("\n") > 1 and harmful(text) == []
    assert "LIST" not in words or ",-,14.00" in text  # no grade is no formula


def test_no_roster_holds_a_formula_and_names_are_read_back_as_they_were(listed):
    before = rosters.read_entered(listed)
    assert [before[f"s{n}"]["first_name"] for n in range(len(HARM))] == HARM
    assert harmful((listed.root / "roster.csv").read_text()) == []
    assert workshop.samarkand(listed, "forget", "--student", "ada", "--yes") in (0, 1)
    assert harmful((listed.root / "roster.csv").read_text()) == []
    assert rosters.read_entered(listed) == {who: more for who, more in before.items() if who != "ada"}


def test_every_csv_of_the_grader_and_of_the_log_goes_through_the_one_writer():
    """A new export that writes cells by itself is found here."""
    shipped = [home.ROOT / "samarkand" / "common", home.ROOT / "packages" / "grading"]
    paths = [path for folder in shipped for path in folder.rglob("*.py")]
    own = {path.name for path in paths if re.search(r"csv\.(Dict)?[wW]riter|\.to_csv\(", path.read_text())}
    assert own == {"spreadsheets.py"}


def test_guarding_is_undone_and_numbers_stay():
    for text in [*HARM, "Ada", "'s-Gravenhage", "-", "-2.5", "+998901234567", ""]:
        assert unguard_cell(guard_cell(text)) == text
    assert list(csv.reader(io.StringIO(as_csv([["-", "-2,5", -1]])))) == [["-", "-2,5", "-1"]]
