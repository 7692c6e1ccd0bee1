"""Self-study: the same marks as in the sandbox, on every system, and a button for them in the set."""

import errno
import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import workshop
from by_night import most_by_night
from test_exercises import EXERCISES, SETS, source, strip

from samarkand.common import log
from samarkand.common.errors import CourseError
from samarkand.practice import without_us
from samarkand.practice.sets import Desk, desk, numbers
from samarkand.practice.sets.marks import Marks, describe_save
from samarkand_grading.classroom import selfstudy
from samarkand_grading.classroom.course import Course
from samarkand_grading.sandbox import runner
from samarkand_grading.sandbox.box import run_unconfined
from samarkand_grading.sandbox.work import Call, Cell, Limits


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "my_work"))
    return Course(EXERCISES, tmp_path / "no secret")


def demonstration(name: str) -> dict[str, Any]:
    """Return the numbers of somebody who has not signed in."""
    return numbers.draw_numbers(numbers.DEMONSTRATION, "demonstration", name, SETS[name].options)


@pytest.mark.parametrize("name", most_by_night(SETS, 2))
def test_a_solved_set_has_all_its_points(course: Course, name: str, tmp_path: Path) -> None:
    workshop.write(tmp_path, strip(source(name), keep_solutions=True), name)
    result = selfstudy.mark_own_work(course, name, tmp_path / f"{name}.ipynb")
    assert (result.points, result.out_of) == (10, 10), selfstudy.report_own_work(course, result)
    assert result.ended == "finished"


def test_a_second_run_leaves_the_files_of_the_first(course: Course, tmp_path: Path) -> None:
    """Who types an answer is run again with other numbers; her own files stay hers."""
    name = "ex12_without_us"
    notebook = strip(source(name), keep_solutions=True)
    for cell in notebook["cells"]:
        if cell["id"] == "q4":
            cell["source"] = f"so_far = {SETS[name].get_question('q4').solution(demonstration(name))}"
    workshop.write(tmp_path, notebook, name)
    result = selfstudy.mark_own_work(course, name, tmp_path / f"{name}.ipynb")
    assert {verdict.question for verdict in result.verdicts if verdict.points == 0} == {"q4"}
    texts = without_us.own_files.write_texts(result.given["file"])
    assert (tmp_path / "lorries.csv").read_text(encoding="utf-8") == texts["lorries.csv"]


def test_cells_and_calls_give_what_a_notebook_gives(tmp_path: Path) -> None:
    (tmp_path / "beside.txt").write_text("beside", encoding="utf-8")
    cells = [
        Cell("a", "import random\nfactor = 2\nprint('hällo')\nrandom.random()"),
        Cell("b", "1 / 0"),
        Cell("odd", "class Odd(Exception):\n    def __str__(self):\n        raise SystemExit\nraise Odd"),
        Cell("c", "def f(x, y=[]):\n    y.append(x)\n    return factor * x + len(y) - 1"),
        Cell("f", hold="f"),
        Cell("d", "factor = 100\nopen('beside.txt').read()"),
        Cell("none", hold="nothing"),
        Cell("e", "def g():\n    raise SystemExit"),
        Cell("g", hold="g"),
        Cell("i", "def h():\n    raise Odd"),
        Cell("h", hold="h"),
        Cell("slip", "\n\nfactr"),
        Cell("m", "def m():\n    return factr"),
        Cell("m", hold="m"),
    ]
    calls = [Call("h1", "h", ()), Call("f1", "f", (3,)), Call("g1", "g", ()), Call("n", "none", ())]
    calls.append(Call("m1", "m", ()))
    outcome = run_unconfined(tmp_path, cells, calls)
    assert outcome.ended == "finished"
    assert outcome.ran["a"].text == "hällo\n" and outcome.ran["a"].error == ""
    assert outcome.ran["b"].error == "ZeroDivisionError: Line 1 of this cell: You are dividing by 0."
    assert outcome.ran["odd"].error == outcome.called["h1"].error == "Odd", "a text that cannot be had"
    assert outcome.ran["d"].error == "", "it runs in its own folder"
    assert outcome.held["none"].value is ...
    assert outcome.called["f1"].value == 6, "with the names that stood around it"
    assert outcome.called["g1"].error.startswith("SystemExit")
    assert "n" not in outcome.called
    words = 'of this cell: No name "factr". Did you mean "factor"?'
    assert outcome.ran["slip"].error == f"NameError: Line 3 {words}"
    assert outcome.called["m1"].error == f"NameError: Line 2 {words}"


@pytest.mark.parametrize(
    ("last", "ended"),
    [("import time\nwhile True: time.sleep(1)", "wall"), ("import os\nos._exit(3)", "died")],
)
def test_what_came_before_the_end_is_not_lost(tmp_path: Path, last: str, ended: str) -> None:
    cells = [Cell("a", "x = 1"), Cell("x", hold="x"), Cell("b", last), Cell("y", hold="y")]
    outcome = run_unconfined(tmp_path, cells, limits=Limits(wall=20, cell_wall=60))
    assert (outcome.ended, outcome.held["x"].value, "y" in outcome.held) == (ended, 1, False)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no forks")
def test_nobody_waits_for_a_process_that_is_left_behind(tmp_path: Path) -> None:
    """Nor does what the work or its child writes to standard output count as a result."""
    left = r"""
import os, time
y, forged = 7, b'\n{"held": "z", "value": 1}\n'
os.write(1, forged)
open("forged", "wb").write(forged)
os.system("cat forged")
if os.fork() == 0:
    time.sleep(60)
    os._exit(0)
"""
    cells = [Cell("b", left), Cell("y", hold="y")]
    outcome = run_unconfined(tmp_path, cells, limits=Limits(wall=40))
    assert (outcome.ended, {key: one.value for key, one in outcome.held.items()}) == ("finished", {"y": 7})


# ------------------------------------------------------------------------------------ the button


def test_the_button_gives_points_and_reasons(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A student's file beside the set shadows no module that marking imports."""
    name, notebook = "ex03_the_sco", strip(source("ex03_the_sco"), keep_solutions=True)
    for cell in notebook["cells"]:
        cell["source"] = "gdp_shares = ..." if cell["id"] == "q3" else cell["source"]
    for module in ("copy", "random"):
        (tmp_path / f"{module}.py").write_text("names = ['a']\n", encoding="utf-8")
    path = workshop.write(tmp_path, notebook, "my own name")
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    monkeypatch.chdir(tmp_path)
    marks = Marks(name)
    assert marks.mark().startswith(f"{name}: 8 of 10 points")
    assert "Marked as saved at" in marks.said
    again = "Read again: lesson 03, “3. Thirty per cent of the money?”."
    assert f"q3: 0 of 2. Not answered yet. {again}" in marks.reasons
    assert marks.reasons.count("Read again") == 1, "for what is not right alone"


def test_the_time_is_that_of_the_state_that_was_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.ipynb"
    path.touch()

    def marking(*_: object, **__: object) -> SimpleNamespace:
        os.utime(path, (0, 0))  # the student saves meanwhile
        return SimpleNamespace(returncode=0, stdout="ex03: 1 of 1 points\nq1: 1 of 1\n")

    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    monkeypatch.setattr("subprocess.run", marking)
    marks = Marks("ex03_the_sco")
    saved = describe_save(path)
    marks.mark()
    assert saved and saved in marks.said


def test_work_without_end_is_a_sentence(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samarkand.practice.sets.marks.PATIENCE", 0.01)
    assert Marks("ex03_the_sco").mark().startswith("Marking did not finish")


def test_where_no_program_can_be_started_a_set_is_handed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Python in a browser says it, whatever its platform is called; any other trouble stays one."""

    def refuse(number: int) -> None:
        def start(*_: object, **__: object) -> None:
            raise OSError(number, "no processes")

        monkeypatch.setattr("subprocess.Popen", start)

    refuse(errno.ENOTSUP)
    said = Marks("ex03_the_sco").mark()
    assert "hand it in" in said
    refuse(errno.EAGAIN)
    with pytest.raises(OSError):
        Marks("ex03_the_sco").mark()


@pytest.fixture
def no_timers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the system's timers away, as on Windows and in a browser, whatever their platform is called."""
    for name in ("setitimer", "ITIMER_PROF", "ITIMER_REAL", "SIGPROF", "SIGALRM"):
        monkeypatch.delattr(signal, name, raising=False)


def loop() -> None:
    while True:
        pass


def call_itself() -> None:
    for _ in itertools.repeat(0):
        len(str(_))


@pytest.mark.usefixtures("no_timers")
def test_where_there_are_no_timers_work_runs_all_the_same() -> None:
    limits = {"cell_wall": 9}
    assert runner.run_limited(limits, "cell", lambda: 7) == {"value": 7}
    assert runner.run_limited(limits, "cell", lambda: 1 // 0)["error"].startswith("ZeroDivisionError")


if hasattr(sys, "monitoring"):  # Python 3.11 cannot watch its loops: there is nothing to test

    @pytest.mark.usefixtures("no_timers")
    @pytest.mark.parametrize("endless", [loop, call_itself])
    def test_where_there_are_no_timers_a_loop_without_end_is_ended(endless: Callable[[], None]) -> None:
        limits = {"call_wall": 0.2}
        assert runner.run_limited(limits, "call", endless)["error"] == f"OutOfTime: {runner.TOO_LONG}"
        assert runner.run_limited(limits, "call", lambda: 7) == {"value": 7}


SPOILED = {
    "right": {},
    "empty": None,
    "wrong": {"q2": "pair = 7", "q3": "gdp_shares = 1 / 0"},
    "without end": {"q3": "while True:\n    pass"},
}


@pytest.mark.parametrize("cells", SPOILED.values(), ids=SPOILED)
def test_marks_made_in_the_same_process_are_those_of_a_process_apart(
    course: Course, cells: dict[str, str] | None, tmp_path: Path
) -> None:
    """So the page says what `samarkand check` says; without end, where the system has timers."""
    name = "ex03_the_sco"
    notebook = strip(source(name), keep_solutions=cells is not None)
    for cell in notebook["cells"]:
        cell["source"] = (cells or {}).get(cell["id"], cell["source"])
    path = workshop.write(tmp_path, notebook, name)
    apart = selfstudy.report_own_work(course, selfstudy.mark_own_work(course, name, path))
    # In a process of its own: what the work does to Python's modules stays there.
    code = (
        "import sys; from pathlib import Path; from samarkand_grading.classroom import in_page\n"
        "print(in_page.mark_text(sys.argv[1], Path(sys.argv[2]).read_text('utf-8'), ''))"
    )
    said = subprocess.check_output([sys.executable, "-c", code, name, str(path)], text=True)
    assert json.loads(said)["report"] == apart


def test_where_work_is_graded_there_is_no_button(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMARKAND_GIVEN", json.dumps({"day": "2022-09-15"}))
    monkeypatch.setitem(sys.modules, "samarkand.practice.sets.marks", None)
    assert Desk("ex03_the_sco").marks() is None


def test_what_is_stored_shows_nothing_of_a_student(course: Course) -> None:
    assert repr(Marks("ex03_the_sco")) == repr(Marks("ex01_the_trip"))
    stored = Marks("ex03_the_sco")._repr_mimebundle_()[0]
    assert "ex03" not in stored["text/html"] and "ex03" not in stored["text/plain"]


# ------------------------------------------------------------------------------------ bad input


def test_marks_are_told_also_where_they_cannot_be_noted(course: Course, tmp_path: Path) -> None:
    (tmp_path / "my_work").write_text("a file in the place of the folder", encoding="utf-8")
    result = selfstudy.mark_own_work(
        course, "ex03", EXERCISES / "release" / "ex03_the_sco" / "ex03_the_sco.ipynb"
    )
    said = selfstudy.report_own_work(course, result)
    assert said.startswith("ex03_the_sco: 0 of 10 points")
    assert said.endswith(f"This could not be noted in {tmp_path / 'my_work' / 'log.jsonl'}.")
    with pytest.raises(CourseError) as error:
        desk.sign_in("ada")
    assert error.value.code == "not written"
    assert error.value.fields["file"] == tmp_path / "my_work" / "student.txt"


def test_what_is_damaged_in_my_work_is_passed_over(course: Course, tmp_path: Path) -> None:
    work = tmp_path / "my_work"
    work.mkdir()
    (work / "student.txt").write_bytes(b"\xff\xfe\x00")
    assert desk.find_student() == ""
    assert "The demonstration's numbers" in repr(Desk("ex03_the_sco"))
    log.log_result("ex03_the_sco", "marked", points=6, out_of=10)
    with (work / "log.jsonl").open("ab") as file:
        file.write(b'{"at": "x", "id": "ex03_the_sco", "points": "many", "out_of": 10}\n{"half')
    log.log_result("ex03_the_sco", "marked", points=4, out_of=10)
    assert "ex03_the_sco: best 6, last 4 of 10" in selfstudy.report_progress(course)
    assert desk.sign_in("ada").startswith("Signed in as ada.") and desk.find_student() == "ada"
