"""An instructor's week: due dates, extensions, exceptions, a question graded anew, copies, a deletion."""

import contextlib
import csv
import datetime as dt
import getpass
import io
import json
import re
import shutil
import sqlite3

import pytest
import workshop
from sqlalchemy.exc import OperationalError
from test_batch import NAME, grade, hand_in
from test_reports import exported, page

from samarkand.common.errors import CourseError, UnknownName
from samarkand_grading.classroom import deadlines, gradebook, platforms, records, report, rosters

pytestmark = pytest.mark.usefixtures("one_server")
ZERO = 'c.LateSubmissionPlugin.penalty_method = "zero"\n'


def two_of_three(course):
    """Ada and Bob are right, submitted at 14:10 UTC and wrote; Cyn is on the roster."""
    for student in ("ada", "bob"):
        path = hand_in(course, student, **workshop.ANSWERS, w1="Because.")
        (path.parent / "timestamp.txt").write_text("2022-09-14 14:10 UTC")
    rosters.enter_students(course, {"ada": {"email": "a@b.org"}, "bob": {}, "cyn": {}})
    grade(course)


@pytest.fixture
def handed_in(once):
    return once(two_of_three)


@pytest.fixture
def samarkand(handed_in, capsys):
    """A function that runs a subcommand on the course; it returns the exit status and the output."""

    def run(*words):
        capsys.readouterr()
        return workshop.samarkand(handed_in, *words), "".join(capsys.readouterr())

    return run


def mark_w1(course, points):
    with gradebook.open_book(course) as book:
        for student in ("ada", "bob"):
            cell = book.find_grade("w1", NAME, NAME, student)
            cell.manual_score, cell.needs_manual_grade = points, False
        book.db.commit()


def test_a_due_date_and_an_extension_are_nbgraders_and_follow_at_once(handed_in, samarkand):
    mark_w1(handed_in, 4)
    with (handed_in.root / "nbgrader_config.py").open("a") as file:
        file.write(ZERO)
    assert (
        samarkand("due", "ex90", "2022-09-14 14:00 +02:00")[1]
        == f"{NAME} is due on 2022-09-14 14:00 +02:00 (12:00 UTC).\n"
    )
    assert exported(handed_in, "csv")["ada"][4:] == ["14.0", "0.0", "14.0", "no", "2 h 10", ""]
    assert exported(handed_in, "canvas")["ada"][-1] == exported(handed_in, "moodle")["ada"][0] == "0.0"
    assert "2 h 10 (-14)" in report.sum_up(handed_in, "ex90")
    assert "Handed in 2 h 10 late: 14 points were taken off." in page(handed_in, "ada")
    for words, day in (
        ("+36h", "2022-09-16 02:00 +02:00 (00:00 UTC)"),
        ("2022-09-14 13:30 UTC", "2022-09-14 13:30 UTC"),
    ):
        assert samarkand("extend", "ex90", "--student", "ada", "--student", "cyn", words) == (
            0, f"ada: {NAME} is due on {day}.\ncyn: {NAME} is due on {day}.\n",
        )  # fmt: skip
    assert exported(handed_in, "csv")["ada"][5:] == ["0.0", "14.0", "no", "0 h 40", ""]
    samarkand("extend", "ex90", "+2d", "--student", "ada")
    assert samarkand("extend", "ex90", "+0h", "--student", "cyn")[1].startswith("cyn: ex90_test is due on")
    assert exported(handed_in, "csv")["ada"][5:] == ["14.0", "14.0", "no", "", ""]
    assert exported(handed_in, "csv")["bob"][5] == "0.0" and "late" not in page(handed_in, "ada")
    assert "Nothing handed in:\n  cyn" in report.sum_up(handed_in, "ex90")
    grade(handed_in)
    assert exported(handed_in, "csv")["ada"][5] == "14.0"
    samarkand("excuse", "ex90", "q3", "--student", "bob")
    assert exported(handed_in, "csv")["bob"][4:7] == ["9.0", "0.0", "9.0"], "no more is taken off than counts"
    samarkand("excuse", "ex90", "q3", "--student", "bob", "--undo")
    assert samarkand("due", "ex90", "never")[1] == f"{NAME} has no due date.\n" == samarkand("due", "ex90")[1]
    assert exported(handed_in, "csv")["bob"][4:] == ["0.0", "14.0", "14.0", "no", "", ""]


def test_marks_of_a_gradebook_that_another_program_holds_are_not_left_out(handed_in, monkeypatch):
    monkeypatch.setattr(gradebook, "WAIT", 0.1)
    monkeypatch.setattr(gradebook, "list_students", lambda book: {"ada"})  # the lock comes after this
    with contextlib.closing(sqlite3.connect(handed_in.gradebook, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CourseError) as error:
            report.export_all(handed_in)
        assert (error.value.code, error.value.fields["file"]) == ("locked", handed_in.gradebook)


def test_a_gradebook_that_is_locked_half_way_is_a_sentence(handed_in):
    with pytest.raises(CourseError) as error, gradebook.open_book(handed_in):
        raise OperationalError("UPDATE", {}, sqlite3.OperationalError("database is locked"))
    assert (error.value.code, error.value.fields["file"]) == ("locked", handed_in.gradebook)


def test_what_is_left_out_lowers_the_maximum_everywhere(handed_in, samarkand, tmp_path, capsys):
    hand_in(handed_in, "ada", q1=workshop.ANSWERS["q1"], q2=workshop.ANSWERS["q2"], w1="Because.")
    grade(handed_in)
    samarkand("due", "ex90", "2022-09-14 12:00 UTC")
    said = "ada: ex90_test without q3, w1 gives 5 points.\n"
    assert samarkand("excuse", "ex90", "q3", "w1", "--student", "ada") == (0, said)
    assert "UTC: 5 of 5 Handed in 2 h 10 late: nothing was" in page(
        handed_in, "ada"
    ) and "q3: left out" in page(handed_in, "ada")
    assert "still to mark" not in page(handed_in, "ada")
    for again in range(2):  # to grade once more changes nothing
        row = ["2.0", "3.0", "", "", "0.0", "5.0", "5.0", "no", "2 h 10", "q3 w1"]
        assert exported(handed_in, "csv")["ada"] == row, again
        grade(handed_in, force=True)
    assert exported(handed_in, "canvas")["ada"][-1] == "14.0" == exported(handed_in, "moodle")["ada"][0]
    listing = tmp_path / "list.csv"
    listing.write_text("Student,ID,SIS Login ID,Section\nA,88001,ada,A\n")
    filled, told = platforms.fill_list(handed_in, "ex90", listing), capsys.readouterr().err
    assert filled.splitlines()[1].endswith(",14") and "make a new assignment in Canvas, ex90_test." in told
    text = report.sum_up(handed_in, "ex90")
    assert "Left out:\n  ada: q3, w1" in text and "Waiting for a person:\n  bob: w1" in text
    assert re.search(r"^ada +5  5 +2 h 10$", text, re.MULTILINE) and re.search(
        r"^q3 +1\.00 ", text, re.MULTILINE
    )
    samarkand("excuse", "ex90", "w1", "--student", "ada", "--undo")
    assert "UTC: 5 of 5" in page(handed_in, "ada") and "still to mark w1" in page(handed_in, "ada")
    samarkand("excuse", "ex90", "q1", "q2", "w1", "--student", "ada")
    assert exported(handed_in, "moodle")["ada"] == [""] and "0 of 0" in page(handed_in, "ada")


def test_one_question_is_marked_anew_and_the_others_stay(handed_in, samarkand):
    path = handed_in.check_folder / f"{NAME}.py"
    text = path.read_text()
    path.write_text(text.replace("17 * given", "18 * given").replace("100 * v", "101 * v"))
    summary, lines = grade(handed_in, force=True, questions=["q2"])
    assert summary.graded == summary.changed == ["ada", "bob"]
    assert all(line.endswith("7 of 10; q2 had 3, now 0") for line in lines)
    assert exported(handed_in, "csv")["ada"][:3] == ["2.0", "0.0", "5.0"]
    assert grade(handed_in)[0].unchanged == ["ada", "bob"]
    hand_in(handed_in, "bob", **workshop.ANSWERS, w1="Other words.")
    grade(handed_in, force=True, questions=["q2"])  # of new work, no earlier mark holds
    assert exported(handed_in, "csv")["bob"][:3] == ["0.0", "0.0", "5.0"]
    with pytest.raises(UnknownName) as error:
        grade(handed_in, questions=["q9"])
    assert (error.value.fields["kind"], error.value.fields["name"]) == ("question", "q9")


def test_all_sets_are_one_table_with_a_row_a_student(handed_in, samarkand):
    other = handed_in.check_folder / "ex91_other.py"
    other.write_text(workshop.CHECKS.replace("ex90_test", "ex91_other"))
    samarkand("excuse", "ex90", "q1", "--student", "bob", "--student", "cyn")
    mark_w1(handed_in, 3)
    rows = list(csv.reader(io.StringIO(samarkand("marks", "--all", "--export", "csv")[1])))
    assert rows == [
        ["student", "ex90", "ex90_of", "ex90_late", "total", "of", "waits_for_a_person"],
        ["ada", "13.0", "14.0", "", "13.0", "14.0", ""],
        ["bob", "11.0", "12.0", "", "11.0", "12.0", ""],
        ["cyn", "", "12", "", "0.0", "12.0", ""],
    ]
    hand_in(handed_in, "cyn", **workshop.ANSWERS)
    for count in (2, 0):  # what was left out before holds when it is graded, and is no change after that
        assert len(grade(handed_in)[0].graded) == count
    assert "cyn: 8 of 12" in page(handed_in, "cyn")
    with gradebook.open_book(handed_in) as book:
        book.find_grade("w1", NAME, NAME, "ada").manual_score = None
        book.db.commit()
    rows = list(csv.reader(io.StringIO(report.export_all(handed_in))))
    assert rows[1] == ["ada", "", "14.0", "", "", "14.0", "ex90"]


#: What cannot be meant: a command (its last word after ``|``), and a part of its sentence.
NONSENSE = [
    ("due ex90|next Tuesday", "'next Tuesday' is no day and time. Write day, time and zone, such as"),
    ("due ex90|2022-13-14 12:00 UTC", "is no day and time"),
    ("due ex90|2022-09-14 12:00", "has no time zone, and students may be in several"),
    ("due ex90|2022-09-14 12:00 Mars/Olympus", "is no day and time"),
    ("due ex77", 'No set "ex77"'),
    ("due ex91|2022-09-14 12:00 UTC", "ex91_other is not in the gradebook: run samarkand release"),
    ("extend ex90 --student ada +2d", f"{NAME} has no due date. Set one first"),
    ("extend ex92 --student adda +2d", 'No student "adda". Did you mean "ada"?'),
    ("extend ex92 --student ada +2w", "'+2w' is no day and time"),
    ("extend ex92 --student ada|2021-01-01 12:00 UTC", "That is earlier than the day for all."),
    ("explain ex90 --student adda", 'No student "adda". Did you mean "ada"?'),
    ("excuse ex90 q9 --student ada", 'No question "q9"'),
    ("excuse ex90 q1 --student=../ada", "cannot be a student id"),
    ("regrade ex90 --question w1", 'No question "w1"'),
    ("restore 99", "There is no copy 99.\n1  2"),
    ("forget --student zed", 'No student "zed"'),
    ("forget --student ada", "Nothing was removed: say --yes where nobody can be asked."),
    ("marks", "Name one set, or say --all"),
    ("marks ex90 --all", "Name one set, or say --all"),
    ("marks --all --export canvas", "only --export csv"),
]
#: Verbs that need a gradebook.
NEEDY = (
    "marks --all",
    "marks ex90",
    "due ex90",
    "extend ex90 --student ada +2d",
    "excuse ex90 q1 --student ada",
)


def test_what_cannot_be_meant_is_a_sentence_and_nothing_is_lost(handed_in, samarkand, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    for name in ("ex91_other", "ex92_due"):
        (handed_in.check_folder / f"{name}.py").write_text(workshop.CHECKS.replace(NAME, name))
    with gradebook.open_book(handed_in) as book:
        book.update_or_create_assignment("ex92_due", duedate="2022-09-14 12:00 UTC")
    before = exported(handed_in, "csv")
    for words, says in NONSENSE:
        line, *last = words.split("|")
        status, said = samarkand(*line.split(), *last)
        assert (status, says in said, "Traceback" in said) == (1, True, False), (words, said)
    assert exported(handed_in, "csv") == before and (handed_in.root / "submitted" / "ada").is_dir()
    handed_in.gradebook.unlink()
    for words in NEEDY:
        assert "There is no gradebook" in samarkand(*words.split())[1] and not handed_in.gradebook.exists()


def test_a_copy_of_the_gradebook_comes_back_and_what_it_replaces_is_kept(handed_in, samarkand, monkeypatch):
    samarkand("due", "ex90", "2022-09-14 12:00 UTC")
    first = samarkand("restore")[1]
    assert first.startswith("1  20") and first.endswith("samarkand restore NUMBER puts one back.\n")
    assert "UTC, before: due ex90_test 2022-09-14 12:00 UTC\n" in first.replace(")", "")
    assert "is back. samarkand grade writes what was graded since" in samarkand("restore", "1")[1]
    assert gradebook.read_due(handed_in.gradebook, NAME) is None
    samarkand("restore", "1")
    assert gradebook.read_due(handed_in.gradebook, NAME) == dt.datetime(2022, 9, 14, 12)
    with sqlite3.connect(handed_in.gradebook, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr(gradebook, "WAIT", 0.1)
        assert "locked" in samarkand("restore", "1")[1]
        other.execute("ROLLBACK")
    handed_in.gradebook.write_bytes(b"SQLite format 3\0" + bytes(5000))
    assert samarkand("restore", "1")[0] == 0
    assert grade(handed_in)[0].troubles == [] and exported(handed_in, "csv")["ada"][0] == "2.0"
    assert len(list((handed_in.root / "backups").glob("damaged-*.db"))) == 1


def test_who_is_forgotten_leaves_no_trace_and_nobody_else_does(handed_in, samarkand, monkeypatch):
    samarkand("excuse", "ex90", "q1", "--student", "ada")
    (handed_in.root / "submitted" / f".{NAME}.json").write_text(json.dumps({"ada": "Ada_1", "bob": "Bob_2"}))
    (handed_in.root / "grades.csv").write_text("student_id\nada\n")
    for path in (f"tasks/{NAME}/ada.json", "downloaded/ada/work"):
        (handed_in.root / path).parent.mkdir(parents=True, exist_ok=True)
        (handed_in.root / path).write_text("{}")
    monkeypatch.setattr("builtins.input", lambda question: "no")
    assert samarkand("forget", "--student", "ada")[1].endswith(
        "the row of the roster.\nNothing was removed.\n"
    )
    status, said = samarkand("forget", "--student", "ada", "--yes")
    assert (status, "Look yourself where else ada is named: grades.csv." in said) == (1, True), said
    (handed_in.root / "grades.csv").unlink()
    words = re.compile(rb"\bada\b")
    kept = [path for path in handed_in.root.rglob("*") if path.is_file() and "checks" not in path.parts]
    assert [
        path for path in kept if words.search(path.read_bytes()) or words.search(str(path).encode())
    ] == []
    assert len([path for path in kept if path.parent.name == "backups"]) > 1
    assert set(exported(handed_in, "csv")) == {"student", "bob"} and "UTC: 10 of 10" in page(handed_in, "bob")
    assert list(rosters.read_class(handed_in.root / "roster.csv")) == ["bob", "cyn"]
    assert not (handed_in.root / "submitted" / "ada").exists()
    assert samarkand("forget", "--student", "ada", "--yes")[1] == 'No student "ada". There is: bob, cyn.\n'


def test_nbgraders_exchange_from_end_to_end(course, tmp_path, monkeypatch):
    """Release, fetch, submit, collect, grade and return, with the exchange in a temporary folder."""
    user = getpass.getuser()
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)
    more = f"c.CourseDirectory.course_id = 'week'\nc.Exchange.root = {str(tmp_path / 'exchange')!r}\n"
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(f"{more}c.Exchange.cache = {str(tmp_path / 'cache')!r}\n")
    home = tmp_path / "student"
    home.mkdir()
    shutil.copy(course.root / "nbgrader_config.py", home)
    workshop.nbgrader(course.root, "release_assignment", NAME)
    workshop.nbgrader(home, "fetch_assignment", NAME)
    fetched = json.loads((home / NAME / f"{NAME}.ipynb").read_text())
    workshop.write(home / NAME, workshop.fill(fetched, **workshop.ANSWERS))
    workshop.nbgrader(home, "submit", NAME)
    workshop.nbgrader(course.root, "collect", NAME)
    assert grade(course)[0].graded == [user]
    assert gradebook.read_rows(course.gradebook, NAME)[user].handed_in
    kept = {path.name for path in records.notebook_of(course, NAME, user).parent.iterdir()}
    assert kept == {f"{NAME}.ipynb", "timestamp.txt", "submission_secret.txt"}
    workshop.nbgrader(course.root, "generate_feedback", NAME)
    workshop.nbgrader(course.root, "release_feedback", NAME)
    workshop.nbgrader(home, "fetch_feedback", NAME)
    (got,) = (home / NAME / "feedback").rglob(f"{NAME}.html")
    assert "Right." in got.read_text()
    deadlines.forget_student(course, user, lambda what: True)
    assert list((tmp_path / "exchange").glob("week/inbound/*")) == []
