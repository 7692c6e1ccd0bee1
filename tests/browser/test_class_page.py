"""The course in the page for a class: it holds no answer; by night, students work in it and are graded."""

import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from lab.browser import READY
from lab.firefox import Firefox, firefox
from lab.server import serve
from sets_in_page import (
    ASK,
    EXERCISES,
    FILL,
    GO_TO,
    PATIENCE,
    RUN_SOME,
    SET_SOURCE,
    SHOW_BUTTON,
    answer_right,
    answer_wrong,
    build_page,
    by_night_in_the_page,
    open_in_another,
    open_in_page,
)

from samarkand import cli
from samarkand.common import home
from samarkand.common.errors import CourseError
from samarkand.common.version import VERSION
from samarkand.practice.sets import desk, numbers
from samarkand_grading.classroom import comparison, selfstudy
from samarkand_grading.classroom.course import Course
from tools.site import class_page

NAME = "ex03_the_sco"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Return a folder that has of a students' copy what is looked at."""
    folder = tmp_path / "samarkand-2022"
    shutil.copytree(home.SETS, folder / "exercises" / "release")
    (folder / "exercises" / "course.json").write_text('{"seed": "12"}', encoding="utf-8")
    shutil.copytree(home.PACKAGE / "common", folder / "samarkand" / "common")
    shutil.copy(home.PACKAGE / "data.py", folder / "samarkand")
    return folder


def test_a_class_has_its_page_from_a_students_copy_alone(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class_page.need_bundle(bundle)
    (bundle / "exercises" / "checks").mkdir()
    with pytest.raises(CourseError) as whole:
        class_page.need_bundle(bundle)
    assert whole.value.code == "holds checks"
    (bundle / "exercises" / "checks").rmdir()
    version = bundle / "samarkand" / "common" / "version.py"
    version.write_text(version.read_text(encoding="utf-8").replace(VERSION, "0.0.9"), encoding="utf-8")
    with pytest.raises(CourseError) as older:
        class_page.need_bundle(bundle)
    assert (older.value.code, older.value.fields["version"]) == ("another version", "0.0.9")
    for written in ("{", "[]", '{"seed": ""}'):
        (bundle / "exercises" / "course.json").write_text(written, encoding="utf-8")
        with pytest.raises(CourseError) as damaged:
            class_page.need_bundle(bundle)
        assert damaged.value.code == "no bundle"
    out = tmp_path / "site"
    for words in (["--only-lite", "--bundle", str(tmp_path / "nowhere")], ["--bundle", str(bundle)]):
        assert cli.main(["site", "--out", str(out), *words]) == 1
        assert capsys.readouterr().err.count("\n") == 1 and not out.exists()


#: The lines of a solution.
SOLUTION = "\n".join(answer_right(NAME)["q2"].splitlines()[1:])
#: What may never be in the page, by name of the file.
PLANTED = {
    "a note.txt": SOLUTION.encode(),
    "files/mine.ipynb": json.dumps({"cells": [{"source": [SOLUTION]}]}).encode(),
    "files/ex03.py": b"SET = ExerciseSet(id='ex03_the_sco')",
    "static/samarkand_grading/cli.py": b"",
}


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_in_the_page_is_found_wherever_it_is(
    planted: str, packed: bool, bundle: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page"
    (page / "static").mkdir(parents=True)
    shutil.copytree(home.SETS, page / "files")
    with zipfile.ZipFile(page / "static" / "samarkand.whl", "w") as wheel:
        wheel.write(home.PACKAGE / "data.py", "samarkand/data.py")
        if packed:
            wheel.writestr(planted, PLANTED[planted])
    if not packed:
        assert class_page.find_answers(page, EXERCISES, bundle) == []
        (page / planted).parent.mkdir(parents=True, exist_ok=True)
        (page / planted).write_bytes(PLANTED[planted])
    with pytest.raises(CourseError) as refused:
        class_page.need_no_answers(page, EXERCISES, bundle)
    (found,) = refused.value.fields["files"]
    assert found.endswith(planted) and refused.value.code == "holds answers"


# -------------------------------------------------------------------- by night: a class by its page alone


@dataclass
class Class:
    """A class: its folder, its students' copy, and the address of its page."""

    folder: Path
    bundle: Path
    page: Path
    address: str

    def run(self, *words: object) -> None:
        """Run a verb of ``samarkand`` on the course of the class."""
        course = ["--course", self.folder / "exercises", "--secret", self.folder / "secret"]
        assert cli.main([str(word) for word in (*words, *course)]) == 0, words


@pytest.fixture(scope="module")
def klass(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    folder = tmp_path_factory.mktemp("class")
    own = ("submitted", "autograded", "feedback", "backups", "gradebook.db", "own", "secret_sign.txt")
    left = shutil.ignore_patterns(*own)  # what a course of one's own may have left in the checkout
    shutil.copytree(EXERCISES, folder / "exercises", ignore=left)
    rows = "".join(f"{number},{id}\n" for number, id in enumerate(STUDENTS, 101))
    (folder / "roster.csv").write_text(f"number,id\n{rows}", encoding="utf-8")
    (folder / "secret").write_text("the numbers of this class are the same each night\n", encoding="ascii")
    bundle, page = folder / "samarkand-2022", folder / "site" / "lite"
    made = Class(folder, bundle, page, "")
    made.run("release", "ex03", "--students", folder / "roster.csv", "--bundle", bundle)
    build_page(page, bundle)
    with serve(page) as address:
        made.address = address
        yield made


@dataclass
class Seat:
    """A place in the class: a browser with its storage, the tab with the set, addresses beyond the page."""

    klass: Class
    context: Any
    student: str
    page: Any = None
    beyond: list[str] = field(default_factory=list)

    def come(self) -> None:
        """Open the set in a new tab, wait for Python, and sign in if that was not done before."""
        self.page = self.context.new_page()
        own = (self.klass.address, "data:", "blob:")
        self.page.on("request", lambda one: None if one.url.startswith(own) else self.beyond.append(one.url))
        open_in_page(self.page, self.klass.address, f"sets/{NAME}/{NAME}.ipynb")

    def sign_in(self) -> None:
        """Say who she is, as the set asks her to."""
        code = f"from samarkand.practice import Desk; Desk('{NAME}').sign_in({self.student!r})"
        signed = self.page.evaluate(ASK, code)
        assert f"Signed in as {self.student}" in signed and "not on the course's list" not in signed

    def type_and_run(self, answers: dict[str, str]) -> None:
        """Type answers into their cells, run each by Shift + Enter, and save by Ctrl + S."""
        self.page.evaluate(FILL, {})
        for cell, source in answers.items():
            self.page.evaluate(GO_TO, cell)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(source)
            self.page.keyboard.press("Shift+Enter")
            self.page.evaluate(READY)
        self.page.keyboard.press("Control+S")

    def hand_in(self, target: Path) -> None:
        """Press *Make my hand-in*, and keep what is downloaded."""
        name = f"{NAME}-{self.student}.ipynb"
        self.page.get_by_role("button", name="Make my hand-in").click()
        link = self.page.get_by_role("link", name=f"Download {name}")
        with self.page.expect_download() as downloading:
            link.click()
        assert downloading.value.suggested_filename == name
        downloading.value.save_as(target)


RIGHT = answer_right(NAME)
#: A cell that does not come back, and what is typed in place of an answer of one's own.
ENDLESS = "while True:\n    pass"


def work_through(seat: Seat) -> None:
    """All right, typed cell by cell."""
    seat.type_and_run(RIGHT)


def slip(seat: Seat) -> None:
    """A fraction in place of per cent."""
    seat.page.evaluate(FILL, RIGHT | {"q2": RIGHT["q2"].replace("100 * ", "")})


def do_half(seat: Seat) -> None:
    """Two questions, and nothing else."""
    seat.page.evaluate(FILL, {id: RIGHT[id] for id in ("q1", "q2")})


def do_nothing(seat: Seat) -> None:
    """Open, run, hand in."""
    seat.page.evaluate(FILL, {})


def loop_for_ever(seat: Seat) -> None:
    """Run a loop without end; restart Python, and go on with the other questions."""
    seat.page.evaluate(FILL, {id: source for id, source in RIGHT.items() if id != "q3"})
    seat.page.evaluate(GO_TO, "q3")
    seat.page.keyboard.press("Control+A")
    seat.page.keyboard.insert_text(ENDLESS)
    seat.page.keyboard.press("Shift+Enter")
    busy = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'busy'"
    seat.page.wait_for_function(busy)
    # As the menu does; what it returns would wait for the answer to its question.
    seat.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:restart-kernel'); }")
    seat.page.locator(".jp-Dialog button.jp-mod-accept").click()
    seat.page.evaluate(READY)
    seat.page.evaluate(RUN_SOME, ["setup", "marks"])
    seat.page.evaluate(SET_SOURCE, {})


def do_all_wrong(seat: Seat) -> None:
    """A number that nothing asks for."""
    seat.page.evaluate(FILL, answer_wrong(NAME))


def misspell(seat: Seat) -> None:
    """A name that is not there: *Run all* stops at it, and she runs the cells below herself."""
    seat.page.evaluate(FILL, RIGHT | {"q2": RIGHT["q2"].replace("people_then[", "peple_then[", 1)})
    seat.page.evaluate(RUN_SOME, ["q3-start", "q3", "q4", "q5", "q6", "marks"])
    seat.page.evaluate(SET_SOURCE, {})


def do_one(seat: Seat) -> None:
    """One question right, the others wrong; the file is forged afterwards."""
    seat.page.evaluate(FILL, answer_wrong(NAME) | {"q1": RIGHT["q1"]})


def copy_numbers(seat: Seat) -> None:
    """Two numbers of a neighbour's, typed."""
    theirs = {"q2": "people_share = 3.21", "q6": "without_largest = 2.79"}
    seat.page.evaluate(FILL, RIGHT | theirs)


def type_a_result(seat: Seat) -> None:
    """Her own right number, typed where lines were asked for that work it out."""
    seat.page.evaluate(FILL, RIGHT)
    found = seat.page.evaluate(ASK, "print(float(without_largest))")
    seat.page.evaluate(FILL, {"q6": f"without_largest = {found.strip()}"})


def cut_cells(seat: Seat) -> None:
    """All right; the cells that check, and all texts, are gone, and one of her own is there."""
    seat.page.evaluate(FILL, RIGHT)
    seat.page.evaluate(CUT)


def come_twice(seat: Seat) -> None:
    """Half of it today, the rest tomorrow: what was saved is there."""
    do_half(seat)
    seat.page.close()
    seat.come()
    seat.page.evaluate(FILL, {id: source for id, source in RIGHT.items() if id not in ("q1", "q2")})


#: JavaScript: delete the cells that check and all texts, add a cell of one's own, and save.
CUT = """async () => {
  const panel = window.jupyterapp.shell.currentWidget;
  const shared = panel.content.model.sharedModel;
  for (let index = shared.cells.length - 1; index >= 0; index--) {
    const cell = shared.cells[index];
    if (cell.id.endsWith("-check") || cell.cell_type === "markdown") shared.deleteCell(index);
  }
  shared.insertCell(1, { cell_type: "code", source: "my_own = 7" });
  await window.jupyterapp.commands.execute("docmanager:save");
}"""


def forge(file: Path) -> None:
    """Write into a file that all is right: in outputs, points, checks, and in a cell that says so to all."""
    notebook = json.loads(file.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        about.update(points=100, grade=True, locked=False)
        if cell["id"].endswith("-check"):
            cell["source"] = f"print('{cell['id']}: 2 of 2 points')"
            told = {"output_type": "stream", "name": "stdout", "text": f"{NAME}: 10 of 10 points"}
            cell["outputs"] = [told]
    source = (
        "import samarkand.answers.kinds, samarkand.practice\n"
        "samarkand.practice.Desk.look = lambda *_: 'right'\n"
        "samarkand.answers.kinds.Kind.read = lambda *_: True\n"
        "print('10 of 10 points')"
    )
    mine = {"id": "mine", "cell_type": "code", "metadata": {}, "execution_count": 1, "outputs": []}
    notebook["cells"].insert(1, {**mine, "source": source})
    notebook["metadata"]["samarkand"]["form"]["points"] = {"q1": 10}
    file.write_text(json.dumps(notebook), encoding="utf-8")


#: The class: what each does in the page, and the points that this deserves.
STUDENTS: dict[str, tuple[Callable[[Seat], None], float]] = {
    "aziza": (work_through, 10),
    "bobur": (slip, 9),
    "dilnoza": (do_half, 3),
    "elyor": (do_nothing, 0),
    "farida": (loop_for_ever, 8),
    "gulnora": (do_all_wrong, 0),
    "husan": (misspell, 8),
    "iroda": (do_one, 1),
    "jamshid": (copy_numbers, 6),
    "kamola": (type_a_result, 8),
    "lola": (cut_cells, 10),
    "nodir": (come_twice, 10),
}
FORGED = "iroda"


def check_at_home(
    klass: Class, student: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, float]:
    """Return the points of each question by ``samarkand check``, with the numbers of the class."""
    with monkeypatch.context() as patched:
        patched.setenv(desk.STUDENT, student)
        patched.setattr(home, "SETS", klass.bundle / "exercises" / "release")
        course = Course(klass.folder / "exercises", klass.folder / "secret")
        found = selfstudy.mark_own_work(course, NAME, file)
    return {verdict.question: verdict.points for verdict in found.verdicts}


@by_night_in_the_page
def test_a_class_of_twelve_works_hands_in_and_is_graded_by_its_page_alone(
    klass: Class,
    browser: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "my_work"))
    seeds = json.loads((klass.bundle / "exercises" / "course.json").read_text(encoding="utf-8"))
    assert all(numbers.hash_student(seeds["seed"], student) in seeds["students"] for student in STUDENTS)
    assert class_page.find_answers(klass.page, EXERCISES, klass.bundle) == []
    archive = tmp_path / "download.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for number, (student, (work, _)) in enumerate(STUDENTS.items(), 101):
            target = tmp_path / f"{student}.ipynb"
            options = {"viewport": {"width": 1400, "height": 1000}, "accept_downloads": True}
            with browser.new_context(**options) as context:
                seat = Seat(klass, context, student)
                seat.come()
                seat.sign_in()
                work(seat)
                seat.hand_in(target)
                assert seat.beyond == []
            if student == FORGED:
                forge(target)
            # As Moodle packs it; who named the file is nobody's business there.
            folder = f"{student.title()}_{number}_assignsubmission_file"
            packed.write(target, f"{folder}/{NAME}-{student}.ipynb")
    listing = tmp_path / "worksheet.csv"
    rows = "".join(f"Participant {number},{id.title()},{id}\n" for number, id in enumerate(STUDENTS, 101))
    listing.write_text(f"Identifier,Full name,ID number\n{rows}", encoding="utf-8")
    klass.run("collect", NAME, archive, "--list", listing)
    assert capsys.readouterr().out.count("by ID number") == len(STUDENTS)
    klass.run("grade", NAME)
    klass.run("feedback", NAME, "--anyway")
    graded = comparison.read_points(Course(klass.folder / "exercises", klass.folder / "secret"), NAME)
    shown = {}
    for student in STUDENTS:
        text = (klass.folder / "exercises" / "marks" / student / f"{NAME}.html").read_text(encoding="utf-8")
        points = re.search(r"([\d.]+) of 10", text)
        assert points is not None, student
        shown[student] = float(points[1])
        alone = check_at_home(klass, student, tmp_path / f"{student}.ipynb", monkeypatch)
        assert graded[student] == alone, student
    assert shown == {student: points for student, (_, points) in STUDENTS.items()}


#: JavaScript: the button that makes the hand-in, and the link that it gives.
MAKE = """() => [...document.querySelectorAll("button")].find(
  (one) => one.textContent.trim() === "Make my hand-in")"""
LINK = """() => [...document.querySelectorAll("a[download]")].find(
  (one) => one.textContent.startsWith("Download ex03"))"""


def hand_in_from_firefox(fox: Firefox, klass: Class, student: str, answers: dict[str, str]) -> Path:
    """Sign in, answer, and press *Make my hand-in* in Firefox; return the file that was downloaded."""
    open_in_another(fox, klass.address, f"sets/{NAME}/{NAME}.ipynb")
    code = f"from samarkand.practice import Desk; Desk('{NAME}').sign_in({student!r})"
    assert f"Signed in as {student}" in fox.evaluate(ASK, code, seconds=PATIENCE)
    fox.evaluate(FILL, answers, seconds=PATIENCE)
    fox.evaluate(SHOW_BUTTON)
    fox.wait_for(f"() => Boolean(({MAKE})())")
    fox.click(MAKE)
    fox.wait_for(f"() => Boolean(({LINK})())")
    fox.click(LINK)
    return fox.wait_for_download(f"{NAME}-{student}.ipynb")


#: What a student answers, and the points that this deserves.
FROM_FIREFOX = {"right": (RIGHT, 10), "wrong": (answer_wrong(NAME), 0)}


@by_night_in_the_page
@pytest.mark.parametrize("work", FROM_FIREFOX)
def test_from_firefox_a_student_hands_in_by_the_page_of_her_class(
    work: str, klass: Class, need_firefox: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, points = FROM_FIREFOX[work]
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "my_work"))
    with firefox() as fox:
        file = hand_in_from_firefox(fox, klass, "aziza", answers)
        found = check_at_home(klass, "aziza", file, monkeypatch)
        assert sum(found.values()) == points
        assert fox.list_beyond(klass.address) == []
