"""nbgrader's own programs on the same course: what they may do, what they may not, and what is theirs."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import subprocess
import sys

import pytest
import workshop
from test_batch import grade, hand_in, scores

from samarkand.ground import files, home
from samarkand.ground.errors import CourseError
from samarkand_grading.classroom import gradebook, records, release, report

pytestmark = pytest.mark.usefixtures("one_server")


@pytest.fixture
def configured(course):
    """A course with the repository's own settings of nbgrader."""
    for part in ("nbgrader_config.py", "nbconvert"):
        source = home.ROOT / "exercises" / part
        target = course.root / part
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    hand_in(course, "ada", **workshop.ANSWERS)
    hand_in(course, "bob")
    grade(course)
    return course


def run(course, *words):
    return subprocess.run(
        [sys.executable, *words], cwd=course.root, capture_output=True, text=True, timeout=300, check=False
    )


def test_nbgraders_pages_load_nothing_from_elsewhere(configured):
    workshop.nbgrader(configured.root, "generate_feedback", workshop.NAME)
    page = (configured.root / "feedback" / "ada" / workshop.NAME / f"{workshop.NAME}.html").read_text()
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page)
    assert not re.search(r"""@import|url\(\s*["']?(https?:)?//""", page)


BUTTON = """
import json, sys
from jupyter_server.serverapp import ServerApp
ServerApp.instance()
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import PyFileConfigLoader
config = PyFileConfigLoader("nbgrader_config.py", path=".").load_config()
api = NbGraderAPI(CourseDirectory(config=config), config=config)
print(json.dumps(api.autograde(sys.argv[1], sys.argv[2])))
"""


def test_formgraders_button_runs_no_student_code(configured):
    before = scores(configured)
    mark = configured.root / "pwned"
    hand_in(configured, "ada", **workshop.ANSWERS, added=f"open({str(mark)!r}, 'w').close()")
    done = run(configured, "-c", BUTTON, workshop.NAME, "ada")
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["success"], "only run in a sandbox" in told["log"]) == (False, True)
    assert not mark.exists()
    assert scores(configured) == before
    # what the button has thrown away is made anew
    assert grade(configured)[0].graded == ["ada"]
    assert (configured.root / "autograded" / "ada" / workshop.NAME / f"{workshop.NAME}.ipynb").is_file()
    assert not mark.exists()


def test_nbgraders_own_command_is_as_ever(configured):
    """It is there for whoever asks for it by name; the page for instructors says what it does."""
    workshop.nbgrader(configured.root, "autograde", workshop.NAME, "--student=bob", "--force")


def test_what_was_lost_is_graded_again(course):
    for student in ("ada", "bob", "cyn", "dai"):
        hand_in(course, student, **workshop.ANSWERS)
    grade(course)
    shutil.rmtree(course.root / "autograded" / "ada")
    records.path_of(course, workshop.NAME, "bob").write_text("{half of it")
    with gradebook.opened(course.gradebook) as book:
        book.remove_submission(workshop.NAME, "cyn")
    assert [result.student for result in report.assessments(course, workshop.NAME)] == ["ada", "cyn", "dai"]
    summary, _ = grade(course)
    assert (summary.graded, summary.unchanged) == (["ada", "bob", "cyn"], ["dai"])
    course.gradebook.unlink()
    release.generate(course, course.exercise("ex90"))
    assert len(grade(course)[0].graded) == 4
    assert scores(course) == dict.fromkeys(("ada", "bob", "cyn", "dai"), 10)


def test_what_a_person_gave_outlives_every_run(course):
    """Scores, comments and extra credit, with formgrader's connection open all the while."""
    from nbgrader.api import Gradebook

    for student in ("ada", "bob"):
        hand_in(course, student, **workshop.ANSWERS)
    grade(course)
    names = (workshop.NAME, workshop.NAME, "bob")
    book = Gradebook(f"sqlite:///{course.gradebook}")
    try:
        mark = book.find_grade("q1-check", *names)
        mark.manual_score, mark.extra_credit = 1.5, 0.75
        book.find_comment("q1", *names).manual_comment = "by hand"
        book.db.commit()
        book.find_grade("q2-check", *names)  # a page that is being looked at
        assert grade(course, force=True)[0].troubles == []
        assert scores(course) == {"ada": 10, "bob": 10.25}
        hand_in(course, "bob", q1="product = 1")
        assert grade(course)[0].graded == ["bob"]
        book.db.rollback()
        book.db.expire_all()
        mark = book.find_grade("q1-check", *names)
        assert (mark.manual_score, mark.auto_score, mark.extra_credit) == (1.5, 0, 0.75)
        assert mark.needs_manual_grade  # as nbgrader asks when the work has changed
        comment = book.find_comment("q1", *names)
        assert (comment.comment, comment.auto_comment[:6]) == ("by hand", "0 of 2")
    finally:
        book.close()


def test_a_folder_that_cannot_be_made_anew_costs_nobody_else(course, monkeypatch):
    """It may be another user's, or write-protected; what lies in it stays."""
    from nbgrader.converters import base

    for student in ("ada", "bob", "cyn"):
        hand_in(course, student, **workshop.ANSWERS)
    grade(course)
    before = (course.root / "autograded" / "bob" / workshop.NAME / f"{workshop.NAME}.ipynb").read_bytes()
    remove = base.rmtree

    def protected(path, *rest):
        if "/bob/" in str(path):
            raise PermissionError(13, "Permission denied", "timestamp.txt")
        remove(path, *rest)

    monkeypatch.setattr(base, "rmtree", protected)
    hand_in(course, "bob", q1=workshop.ANSWERS["q1"])
    summary, _ = grade(course, force=True)
    assert summary.graded == ["ada", "cyn"]
    assert summary.troubles == ["bob: autograded/bob/ex90_test cannot be made anew: Permission denied."]
    assert scores(course) == {"ada": 10, "bob": 10, "cyn": 10}
    assert (
        course.root / "autograded" / "bob" / workshop.NAME / f"{workshop.NAME}.ipynb"
    ).read_bytes() == before
    monkeypatch.setattr(base, "rmtree", remove)
    assert grade(course)[0].graded == ["bob"]
    assert scores(course)["bob"] == 2


def test_a_record_that_cannot_be_written_is_named_for_its_student(course, monkeypatch):
    for student in ("ada", "bob"):
        hand_in(course, student, **workshop.ANSWERS)
    write = files.write_whole

    def full(path, body):
        if path.name == "ada.json":
            raise OSError(28, "No space left on device")
        write(path, body)

    monkeypatch.setattr(files, "write_whole", full)
    summary, _ = grade(course)
    assert (summary.graded, summary.troubles) == (["bob"], ["ada: [Errno 28] No space left on device."])
    monkeypatch.undo()
    assert grade(course)[0].graded == ["ada"]


PLUGIN = """
from nbgrader.plugins import BasePlugin


class ByTheHour(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late / 3600
"""


def late(course, times, setting):
    for student, time in times.items():
        path = hand_in(course, student, **workshop.ANSWERS)
        (path.parent / "timestamp.txt").write_text(time)
    with gradebook.opened(course.gradebook) as book:
        book.update_or_create_assignment(workshop.NAME, duedate="2022-09-14 12:00:00 UTC")
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(setting)
    summary, _ = grade(course)
    rows = gradebook.marks(course.gradebook, workshop.NAME)
    return summary.troubles, {row["student"]: row["late_penalty"] for row in rows}


def test_a_penalty_by_a_plugin_and_times_of_any_zone(course):
    """An offset is an offset, also where nbgrader would take it for seconds or leave it aside."""
    (course.root / "by_the_hour.py").write_text(PLUGIN)
    times = {
        "utc": "2022-09-14 14:00:00 UTC",
        "berlin": "2022-09-14 16:00:00.000000 Europe/Berlin",
        "iso": "2022-09-14T16:00:00+02:00",
        "apart": "2022-09-14 16:00:00 +02:00",
        "tashkent": "2022-09-14 19:00:00 +05",
        "numbers": "2022-09-14 09:00:00 -0500\n",
        "bare": "2022-09-14 14:00:00",
        "early": "2022-09-14 16:59:59 +05",
        "odd": "2022-09-14 14:00:00 XYZT",
    }
    troubles, penalties = late(
        course, times, "c.AssignLatePenalties.plugin_class = 'by_the_hour.ByTheHour'\n"
    )
    assert troubles == ["odd: timestamp.txt holds no time; no late penalty was worked out."]
    assert penalties == dict.fromkeys(times, 2) | {"early": 0, "odd": 0}


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        (
            "c.AssignLatePenalties.plugin_class = 'nowhere.Plugin'\n",
            "A setting in nbgrader_config.py cannot be used",
        ),
        ("c.LateSubmissionPlugin.penalty_method = \n", "nbgrader_config.py cannot be read: SyntaxError"),
    ],
)
def test_settings_that_cannot_be_used_are_named(course, setting, says):
    with pytest.raises(CourseError, match=says):
        late(course, {"ada": "2022-09-14 14:00:00 UTC"}, setting)


def test_marks_that_nbgrader_has_written_over_are_put_right(configured):
    """Its own autograding believes cells that stop with no error."""
    before = scores(configured)
    workshop.nbgrader(configured.root, "autograde", workshop.NAME, "--force")
    assert scores(configured) != before
    assert grade(configured)[0].graded == ["bob"]
    assert scores(configured) == before


def test_another_deadline_changes_penalties(course):
    times = {"ada": "2022-09-14 14:00:00 UTC", "bob": "2022-09-14 11:00:00 UTC"}
    _, penalties = late(course, times, 'c.LateSubmissionPlugin.penalty_method = "zero"\n')
    assert penalties == {"ada": 10, "bob": 0}
    assert grade(course)[0].graded == []
    with gradebook.opened(course.gradebook) as book:
        book.find_submission(workshop.NAME, "ada").extension = datetime.timedelta(hours=3)
        book.db.commit()
    assert grade(course)[0].graded == ["ada"]
    assert late(course, {}, "")[1] == {"ada": 0, "bob": 0}
    with gradebook.opened(course.gradebook) as book:
        book.update_or_create_assignment(workshop.NAME, duedate="2022-09-14 10:00:00 UTC")
    assert grade(course)[0].graded == ["ada", "bob"]
    rows = gradebook.marks(course.gradebook, workshop.NAME)
    assert {row["student"]: row["late_penalty"] for row in rows} == {"ada": 10, "bob": 10}


def test_what_reads_the_settings_first_does_not_build_the_grammar_of_internet_names(course):
    code = (
        "import sys; from pathlib import Path; from samarkand_grading.classroom.course import Course; "
        "Course(Path('.')).exchanges; print('nbgrader' in sys.modules, 'rfc3987_syntax' in sys.modules)"
    )
    assert run(course, "-c", code).stdout.split() == ["True", "False"]
