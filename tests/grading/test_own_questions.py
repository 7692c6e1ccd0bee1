"""An instructor's own question: created, released, marked and returned like those of the course."""

import io
import json
import re
import shlex
import shutil

import pytest
import workshop

from samarkand.common import home
from samarkand_grading.classroom import batch, gradebook, report
from samarkand_grading.classroom.course import Course
from tools.author import commands

pytestmark = pytest.mark.usefixtures("one_server")
EXERCISES, SET, NAME = workshop.EXERCISES, "ex05_taking_sides", workshop.NAME
TEXT = (home.ROOT / "docs" / "instructor.md").read_text(encoding="utf-8")
PAGE = TEXT.partition("## A question of your own")[2]
SHELL, PYTHON = (re.search(rf"```{name}\n(.*?)```", PAGE, re.DOTALL)[1] for name in ("bash", "python"))


def test_what_the_page_shows_makes_a_question_that_counts_everywhere(tmp_path, monkeypatch, capsys):
    for part in (f"source/{SET}", "checks"):
        shutil.copytree(EXERCISES / part, tmp_path / "course" / part)
    shutil.copy(EXERCISES / "nbgrader_config.py", tmp_path / "course")
    course = Course(tmp_path / "course", tmp_path / "secret")
    before = course.notebook("source", SET).read_bytes()
    monkeypatch.setattr(commands, "store_notebook", lambda path: None)
    new, release = (shlex.split(line)[1:] for line in SHELL.replace("\\\n", "").strip().splitlines())
    assert workshop.samarkand(course, *new) == workshop.samarkand(course, *release) == 0
    own = course.root / "own" / "ex05" / "q6.py"
    own.write_text(own.read_text() + PYTHON)
    assert workshop.samarkand(course, *release) == 0 and course.notebook("source", SET).read_bytes() == before
    said = capsys.readouterr().out
    assert "It knows 0 mistakes" in said and "It knows 1" in said
    assert re.search(r"q6: a class has only \d+ different answers", said), "twenty states give few numbers"
    blank = json.loads(course.notebook("release", SET).read_bytes())
    cells = {cell["id"]: "".join(cell["source"]) for cell in blank["cells"]}
    assert "6 questions, 11 points, and" in cells["title"] and [*cells][-5:-3] == ["q6-check", "w1-question"]
    assert cells["q6-question"].startswith("## q6 (1 point)\n")
    right = f"answer_q6 = {new[new.index('--answer') + 1]}"
    answers = {"ada": right, "bob": right.replace('.loc[given["voters"]]', ""), "cyn": cells["q6"]}
    for student, answer in answers.items():
        workshop.write(course.root / "submitted" / student / SET, workshop.fill(blank, q6=answer), SET)
    assert batch.grade_class(course, "ex05", say=lambda line: None).troubles == []
    rows = report.export_marks(course, "ex05", "csv").splitlines()
    assert rows[0].startswith("student,q1,q2,q3,q4,q5,q6,w1,")
    assert [row.split(",")[6] for row in rows[1:]] == ["1.0", "0.0", "0.0"]
    assert "Points Possible,,,,,23" in report.export_marks(course, "ex05", "canvas")
    pages = {path.parent.name: path.read_text() for path in report.write_pages(course, "ex05")}
    assert "ada: 1 of 23" in re.sub("<[^>]*>", "", pages["ada"])
    assert "How many of your twenty states" in pages["cyn"]
    assert "You counted all states, not only yours." in pages["bob"] and "voters" in pages["bob"]
    own.unlink()
    assert workshop.samarkand(course, *release) == 1
    assert "so no question (q6) can be added or taken out" in capsys.readouterr().err


def test_no_question_is_begun_once_work_is_graded(course):
    blank = json.loads(course.notebook("release", NAME).read_text())
    workshop.write(course.root / "submitted" / "ada" / NAME, blank)
    batch.grade_class(course, "ex90", say=lambda line: None)
    options = [word for name, text in GOOD.items() for word in (f"--{name}", text)]
    assert workshop.samarkand(course, "new", "question", "ex90", "q4", *options) == 1
    assert not course.own(NAME).exists()
    with pytest.raises(gradebook.AlreadyGraded) as caught:
        gradebook.need_ungraded(course.gradebook, NAME)
    assert (caught.value.exercise, caught.value.students) == (NAME, ["ada"])


GOOD = {"text": "How many?", "kind": "Whole", "answer": "lambda given: given['factor'] + 1", "points": "2"}


@pytest.mark.parametrize(
    ("words", "more", "says"),
    [
        ("ex90 q2", {}, "ex90_test has a q2 already, so q2.py needs another number."),
        ("ex90 q4.ipynb", {}, "q and a number, such as q6"),
        ("ex91 q4", {}, 'No set "ex91"'),
        ("ex90 q4", {"text": "  "}, "the text of the question is empty"),
        ("ex90 q4", {"kind": "Whol"}, "No kind 'Whol'. There is:\n  Whole    a whole number\n"),
        ("ex90 q4", {"kind": "Whole('a"}, "cannot be loaded: SyntaxError"),
        ("ex90 q4", {"answer": "given['fact']"}, "it stops with KeyError: 'fact'. (given has factor.)"),
        ("ex90 q4", {"answer": "'seven'"}, "q4, answer: it is not of its kind. This is a text; expected was"),
        ("ex90 q4", {"answer": "the number"}, "The answer is not one expression"),
        ("ex90 q4", {"points": "two"}, "points are a whole number, 1 or more, and not 'two'"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_question_is_a_sentence_and_nothing_is_written(course, words, more, says, capsys):
    options = [f"--{name}={text}" for name, text in (GOOD | more).items()]
    assert workshop.samarkand(course, "new", "question", *words.split(), *options) == 1
    said = "".join(capsys.readouterr())
    assert says in said and "Traceback" not in said and not (course.root / "own").exists()


def test_what_is_left_out_is_asked_for_and_a_spoilt_file_is_a_sentence(course, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(GOOD.values())))
    assert workshop.samarkand(course, "new", "question", "ex90", "q4") == 0
    assert "for example:\n  factor: " in capsys.readouterr().out
    assert [question.points for question in course.exercise("ex90").questions] == [2, 3, 5, 2]
    assert workshop.samarkand(course, "new", "question", "ex90", "q5") == 1
    assert "Nothing was written: say --text where nobody" in capsys.readouterr().err
    path = course.own("ex90_test") / "q4.py"
    path.write_text(path.read_text().replace("given['factor']", "given['fact']"))
    assert (
        workshop.samarkand(course, "grade", "ex90") == 1
        and "q4, answer: it stops with" in capsys.readouterr().err
    )
