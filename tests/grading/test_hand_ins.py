"""A student hands in in time, and again: both are kept, and the newest or the best counts."""

import json
import zipfile

import pytest
import workshop
from test_batch import NAME, grade, released, scores
from test_platforms import PEOPLE, WORKSHEET
from test_reports import page

from samarkand_grading.classroom import deadlines, downloads, gradebook, hand_ins, records, report, rosters

pytestmark = pytest.mark.usefixtures("one_server")
FIRST, LATER = (2026, 12, 1, 17, 10, 0), (2026, 12, 2, 9, 10, 0)
ZERO = 'c.LateSubmissionPlugin.penalty_method = "zero"\n'


def collect(course, tmp_path, moment, **works):
    """Collect a download of Moodle's in which students, by id, handed notebooks in at one time."""
    numbers = {"ada": 4711001, "ben": 4711002, "dana": 4711004}
    (tmp_path / "list.csv").write_text(WORKSHEET, encoding="utf-8-sig")
    with zipfile.ZipFile(tmp_path / "download.zip", "w") as archive:
        for student, notebook in works.items():
            name = f"{student}_{numbers[student]}_assignsubmission_file_/{NAME}.ipynb"
            archive.writestr(zipfile.ZipInfo(name, date_time=moment), json.dumps(notebook))
    return downloads.take_download(course, "ex90", tmp_path / "download.zip", tmp_path / "list.csv")


def count(course, rule):
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(f'c.HandIns.counts = "{rule}"\n')


def read_record(course, student):
    return records.read_record(course, NAME, student)


@pytest.fixture
def twice(course, tmp_path, monkeypatch):
    """Ada has everything in time and less later; Ben less in time and more later; Dana has one hand-in."""
    monkeypatch.setenv("TZ", "UTC")
    workshop.write(course.root / "submitted" / "nobody" / NAME, released(course))
    rosters.enter_students(course, PEOPLE)
    deadlines.set_due(course, "ex90", "2026-12-01 23:00 +05:00")
    blank = released(course)
    right = workshop.fill(blank, **workshop.ANSWERS, w1="Because.")
    less = workshop.fill(blank, q2=workshop.ANSWERS["q2"], w1="So.")
    collect(course, tmp_path, FIRST, ada=right, ben=less, dana=right)
    collected = collect(course, tmp_path, LATER, ada=less, ben=right)
    assert all(one.replaced for one in collected.taken)
    return course


def test_the_newest_counts_and_everybody_is_told(twice):
    _, lines = grade(twice)
    assert scores(twice)["ada"] == 3 and scores(twice)["ben"] == scores(twice)["dana"] == 10
    first, later = read_record(twice, "ada").hand_ins
    assert (first.late, first.points, first.counts) == (0, None, False)
    assert (later.late, later.points, later.counts) == (10 * 3600 + 600, 3, True)
    assert not read_record(twice, "dana").hand_ins
    told = "Handed in 2 times. The newest counts: 2026-12-01 17:10 +05:00 (12:10 UTC), in time"
    report.write_pages(twice, "ex90")
    for shown in (
        page(twice, "ada"),
        report.sum_up(twice, "ex90"),
        report.explain_marks(twice, "ex90", "ada"),
    ):
        assert told in shown
    assert "times. The" not in page(twice, "dana")
    assert any("ada" in line and "2 hand-ins" in line for line in lines)


def test_the_best_counts_with_its_own_time_and_its_own_text(twice):
    grade(twice)
    count(twice, "best")
    assert grade(twice)[0].graded == ["ada", "ben", "dana"]
    assert scores(twice)["ada"] == scores(twice)["ben"] == 10
    first, later = read_record(twice, "ada").hand_ins
    assert (first.points, first.counts, later.points, later.counts) == (10, True, 3, False)
    rows = gradebook.read_rows(twice.gradebook, NAME)
    assert rows["ada"].late == 0 and rows["ben"].late > 0
    assert records.read_sources(twice, NAME, "ada")["w1"] == "Because."
    report.write_pages(twice, "ex90")
    assert "10 points by the checks (this counts)" in page(twice, "ada")
    assert grade(twice)[0].graded == []


def test_a_penalty_and_a_missing_text_decide_too(twice, tmp_path):
    """What is late and worth nothing then is not the best, nor is what leaves the written answer out."""
    count(twice, "best")
    with (twice.root / "nbgrader_config.py").open("a") as file:
        file.write(ZERO)
    grade(twice)
    assert scores(twice)["ben"] == 3 and gradebook.read_rows(twice.gradebook, NAME)["ben"].late == 0
    deadlines.extend_due_date(twice, "ex90", ["ben"], "+1d")
    grade(twice)
    assert scores(twice)["ben"] == 10
    without = workshop.fill(released(twice), **workshop.ANSWERS)
    collect(twice, tmp_path, (2026, 12, 2, 12, 0, 0), dana=without)
    deadlines.extend_due_date(twice, "ex90", ["dana"], "+1d")
    grade(twice)
    assert [hand_in.counts for hand_in in read_record(twice, "dana").hand_ins] == [True, False]


def test_a_rule_that_means_nothing_is_refused_before_anything_runs(twice):
    count(twice, "median")
    with pytest.raises(hand_ins.UnknownRule) as refused:
        grade(twice)
    assert refused.value.value == "median"


def test_the_same_file_in_a_later_download_is_not_later(twice, tmp_path):
    folder = twice.root / "submitted" / "dana" / NAME
    was = hand_ins.read_time(folder)
    collect(twice, tmp_path, LATER, dana=json.loads((folder / f"{NAME}.ipynb").read_bytes()))
    assert hand_ins.read_time(folder) == was and hand_ins.list_earlier(folder) == []


def test_of_two_that_are_as_good_the_one_in_time_counts(twice, tmp_path):
    count(twice, "best")
    same = workshop.fill(released(twice), **workshop.ANSWERS, w1="Because, on second thoughts.")
    collect(twice, tmp_path, LATER, dana=same)
    grade(twice)
    assert [hand_in.counts for hand_in in read_record(twice, "dana").hand_ins] == [True, False]
    assert records.read_sources(twice, NAME, "dana")["w1"] == "Because."


def test_of_two_that_are_as_good_and_in_time_the_newer_counts(twice, tmp_path):
    count(twice, "best")
    same = workshop.fill(released(twice), **workshop.ANSWERS, w1="Because, on second thoughts.")
    collect(twice, tmp_path, (2026, 12, 1, 17, 40, 0), dana=same)
    grade(twice)
    assert [hand_in.late for hand_in in read_record(twice, "dana").hand_ins] == [0, 0]
    assert [hand_in.counts for hand_in in read_record(twice, "dana").hand_ins] == [False, True]
    assert records.read_sources(twice, NAME, "dana")["w1"] == "Because, on second thoughts."


CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,ex90: A test (77),Final Score
    Points Possible,,,,,14.0,
"Lovelace, Ada",88001,,ada,A,,
"B, Ben",88002,,ben,A,,
"""


def collect_files(course, tmp_path, listing, files):
    """Collect a download of files: name, when it was handed in, notebook or zip."""
    (tmp_path / "list.csv").write_text(listing, encoding="utf-8-sig")
    with zipfile.ZipFile(tmp_path / "download.zip", "w") as archive:
        for name, moment, work in files:
            body = work if isinstance(work, bytes) else json.dumps(work)
            archive.writestr(zipfile.ZipInfo(name, date_time=moment), body)
    return downloads.take_download(course, "ex90", tmp_path / "download.zip", tmp_path / "list.csv")


def read_hand_ins(course, student):
    """Return what is kept of a student: (notebook, time) of the earlier ones, then of the newest."""
    newest = course.root / "submitted" / student / NAME
    found = []
    for folder in (*hand_ins.list_earlier(newest), newest):
        time = (folder / "timestamp.txt").read_text().strip()
        found.append((json.loads((folder / f"{NAME}.ipynb").read_bytes()), time))
    return found


@pytest.fixture
def drafts(course, monkeypatch):
    """Return three stages of work on the set, for a class with a deadline between them."""
    monkeypatch.setenv("TZ", "UTC")
    workshop.write(course.root / "submitted" / "nobody" / NAME, released(course))
    rosters.enter_students(course, PEOPLE)
    deadlines.set_due(course, "ex90", "2026-12-01 23:00 +05:00")
    blank = released(course)
    right = workshop.fill(blank, **workshop.ANSWERS, w1="Because.")
    return right, workshop.fill(blank, q2=workshop.ANSWERS["q2"], w1="So."), blank


MOODLE_ADA = "Ada_4711001_assignsubmission_file_/"
CANVAS_ADA, CANVAS_LATE = "lovelaceada_88001_123_", "lovelaceada_LATE_88001_124_"
#: How each platform, and who hands in, names two files of one student: what comes before the names, the
#: earlier name, the later.
TWO_FILES = {
    "Moodle, files of one submission": (WORKSHEET, MOODLE_ADA, "first.ipynb", MOODLE_ADA, "again.ipynb"),
    "Moodle, by a student": (WORKSHEET, MOODLE_ADA, f"{NAME}_1.ipynb", MOODLE_ADA, f"{NAME}_2.ipynb"),
    "Moodle, by a browser": (WORKSHEET, MOODLE_ADA, f"{NAME}.ipynb", MOODLE_ADA, f"{NAME} (1).ipynb"),
    "Canvas, two files": (CANVAS, CANVAS_ADA, "a.ipynb", CANVAS_LATE, "b.ipynb"),
    "Canvas, handed in again": (CANVAS, CANVAS_ADA, f"{NAME}.ipynb", CANVAS_LATE, f"{NAME}-1.ipynb"),
}


@pytest.mark.parametrize("how", TWO_FILES)
def test_several_files_in_one_download_are_hand_ins_and_the_setting_says_which_counts(
    how, course, tmp_path, drafts
):
    right, less, _ = drafts
    listing, before_earlier, earlier, before_later, later = TWO_FILES[how]
    # The later one comes first in the archive.
    files = [(before_later + later, LATER, less), (before_earlier + earlier, FIRST, right)]
    collected = collect_files(course, tmp_path, listing, files)
    (taken,) = collected.taken
    assert taken.found.name == later and len(taken.earlier) == 1
    first, last = "2026-12-01 17:10:00+05:00", "2026-12-02 09:10:00+05:00"
    assert read_hand_ins(course, "ada") == [(right, first), (less, last)]
    grade(course)
    assert scores(course)["ada"] == 3
    count(course, "best")
    grade(course)
    assert scores(course)["ada"] == 10
    chosen, other = read_record(course, "ada").hand_ins
    assert (chosen.late, chosen.counts, other.counts) == (0, True, False)
    again = collect_files(course, tmp_path, listing, files)
    assert again.taken[0].replaced is None
    assert read_hand_ins(course, "ada") == [(right, first), (less, last)]


def test_a_time_in_a_download_is_by_the_clock_of_the_due_date_or_of_this_machine(
    course, tmp_path, drafts, capsys
):
    right, less, _ = drafts  # this machine's clock is UTC
    evening = (2026, 12, 1, 22, 59, 0)
    collect_files(course, tmp_path, WORKSHEET, [(f"{MOODLE_ADA}{NAME}.ipynb", evening, right)])
    assert read_hand_ins(course, "ada") == [(right, "2026-12-01 22:59:00+05:00")]
    grade(course)
    row = next(line for line in report.sum_up(course, "ex90").splitlines() if line.startswith("ada"))
    assert "+05:00" not in row and " h " not in row, "a minute before the end, and in time"
    downloads.collect_notebooks(course, "ex90", tmp_path / "download.zip", tmp_path / "list.csv")
    assert "by the clock of the due date: +05:00." in capsys.readouterr().out
    deadlines.set_due(course, "ex90", "never")
    files = [(f"{MOODLE_ADA}{NAME}.ipynb", (2026, 12, 2, 8, 0, 0), less)]
    collect_files(course, tmp_path, WORKSHEET, files)
    assert read_hand_ins(course, "ada")[-1] == (less, "2026-12-02 08:00:00+00:00")
    downloads.collect_notebooks(course, "ex90", tmp_path / "download.zip", tmp_path / "list.csv")
    assert "by this machine's clock: +00:00." in capsys.readouterr().out


def test_of_files_of_one_time_the_highest_number_is_the_newest(course, tmp_path, drafts):
    right, less, blank = drafts
    files = [
        (f"{MOODLE_ADA}{NAME}_{n}.ipynb", FIRST, work) for n, work in ((10, right), (2, less), (1, blank))
    ]
    collected = collect_files(course, tmp_path, WORKSHEET, files)
    assert [one.found.name for one in collected.taken] == [f"{NAME}_10.ipynb"]
    assert read_hand_ins(course, "ada")[-1][0] == right and len(read_hand_ins(course, "ada")) == 3


def test_what_is_no_hand_in_of_this_set_is_not_kept(course, tmp_path, drafts):
    """The same once more, another notebook, what cannot be read, and the drafts in one zip."""
    right, less, blank = drafts
    (tmp_path / "mine.zip").unlink(missing_ok=True)
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("draft.ipynb", date_time=FIRST), json.dumps(blank))
        archive.writestr(zipfile.ZipInfo(f"{NAME}.ipynb", date_time=FIRST), json.dumps(less))
    between = (2026, 12, 1, 18, 0, 0)
    files = [
        (f"{MOODLE_ADA}mine.zip", FIRST, (tmp_path / "mine.zip").read_bytes()),
        (f"{MOODLE_ADA}other.ipynb", between, b'{"tables": []}'),
        (f"{MOODLE_ADA}half.ipynb", between, b"{"),
        (f"{MOODLE_ADA}{NAME}.ipynb", between, right),
        (f"{MOODLE_ADA}{NAME} (1).ipynb", LATER, right),
    ]
    collected = collect_files(course, tmp_path, WORKSHEET, files)
    assert [trouble.code for trouble in collected.troubles if trouble.about == "ada"] == []
    kept = read_hand_ins(course, "ada")
    assert kept[-1] == (right, "2026-12-01 18:00:00+05:00"), "it was handed in when it first was"
    assert [work for work, _ in kept] == [less, right]


def test_of_many_files_the_first_and_the_newest_are_kept(course, tmp_path, drafts):
    right = drafts[0]
    works = [workshop.fill(right, w1=f"Because of {n}.") for n in range(9)]
    files = [(f"{MOODLE_ADA}{n}.ipynb", (2026, 12, 1, 10 + n, 0, 0), work) for n, work in enumerate(works)]
    collected = collect_files(course, tmp_path, WORKSHEET, files)
    kept = [work for work, _ in read_hand_ins(course, "ada")]
    assert kept == [works[0], *works[-4:]] and len(kept) == downloads.HAND_INS
    assert len(collected.taken[0].earlier) == downloads.HAND_INS - 1
