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
    return downloads.take(course, "ex90", tmp_path / "download.zip", tmp_path / "list.csv")


def count(course, rule):
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(f'c.HandIns.counts = "{rule}"\n')


def read_record(course, student):
    return records.read(course, NAME, student)


@pytest.fixture
def twice(course, tmp_path, monkeypatch):
    """Ada has everything in time and less later; Ben less in time and more later; Dana has one hand-in."""
    monkeypatch.setenv("TZ", "UTC")
    workshop.write(course.root / "submitted" / "nobody" / NAME, released(course))
    rosters.enter(course, PEOPLE)
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
    assert (later.late, later.points, later.counts) == (15 * 3600 + 600, 3, True)
    assert not read_record(twice, "dana").hand_ins
    told = "Handed in 2 times. The newest counts: 2026-12-01 22:10 +05:00 (17:10 UTC), in time"
    report.write_pages(twice, "ex90")
    for shown in (page(twice, "ada"), report.sum_up(twice, "ex90"), report.explain(twice, "ex90", "ada")):
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
    deadlines.extend(twice, "ex90", ["ben"], "+1d")
    grade(twice)
    assert scores(twice)["ben"] == 10
    without = workshop.fill(released(twice), **workshop.ANSWERS)
    collect(twice, tmp_path, (2026, 12, 2, 12, 0, 0), dana=without)
    deadlines.extend(twice, "ex90", ["dana"], "+1d")
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
