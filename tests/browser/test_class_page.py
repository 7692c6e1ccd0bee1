"""The course in the page for a class: it holds no answer; by night, students work in it and are graded."""

import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lab.browser import READY
from lab.server import serve
from sets_in_page import ASK, EXERCISES, FILL, OPEN, answer_right

from samarkand import cli
from samarkand.common import home
from samarkand.common.errors import CourseError
from samarkand.common.version import VERSION
from samarkand.practice.sets import numbers
from tools.site import class_page, lite

NAME = "ex03_the_sco"
IDS = ("aziza", "bobur", "dilnoza", "nodir")


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
    left = shutil.ignore_patterns("submitted", "autograded", "feedback", "backups", "gradebook.db", "own")
    shutil.copytree(EXERCISES, folder / "exercises", ignore=left)
    rows = "".join(f"{number},{id}\n" for number, id in enumerate(IDS, 101))
    (folder / "roster.csv").write_text(f"number,id\n{rows}", encoding="utf-8")
    bundle, page = folder / "samarkand-2022", folder / "site" / "lite"
    made = Class(folder, bundle, page, "")
    made.run("release", "ex03", "--students", folder / "roster.csv", "--bundle", bundle)
    cache = Path(os.environ.get("LITE_CACHE") or Path.home() / ".cache" / "samarkand")
    lite.build(page, cache, [Path(os.environ["LITE_WHEELS"])], bundle)
    with serve(page) as address:
        made.address = address
        yield made


def work(klass: Class, browser: Any, student: str, answers: dict[str, str], target: Path) -> list[str]:
    """Sign in, answer and hand in as a student does; return the addresses beyond the page that were asked."""
    beyond: list[str] = []
    with browser.new_context(viewport={"width": 1400, "height": 1000}, accept_downloads=True) as context:
        page = context.new_page()
        page.set_default_timeout(400_000)
        own = (klass.address, "data:", "blob:")
        context.on("request", lambda one: None if one.url.startswith(own) else beyond.append(one.url))
        place = f"my_work/sets/{NAME}/{NAME}.ipynb"
        page.goto(f"{klass.address}/lab/index.html?path={place}", wait_until="commit")
        page.wait_for_function(OPEN)
        page.evaluate(READY)
        signed = page.evaluate(
            ASK, f"from samarkand.practice import Desk; Desk('{NAME}').sign_in({student!r})"
        )
        assert f"Signed in as {student}" in signed and "not on the course's list" not in signed
        page.evaluate(FILL, answers)
        page.get_by_role("button", name="Make my hand-in").click()
        link = page.get_by_role("link", name=f"Download {NAME}-{student}.ipynb")
        with page.expect_download() as downloading:
            link.click()
        assert downloading.value.suggested_filename == f"{NAME}-{student}.ipynb"
        downloading.value.save_as(target)
    return beyond


@pytest.mark.nightly
@pytest.mark.skipif(
    "LITE_WHEELS" not in os.environ, reason="LITE_WHEELS names no folder with Pyodide's numpy"
)
def test_a_class_works_hands_in_and_is_graded_by_its_page_alone(
    klass: Class, browser: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right = answer_right(NAME)
    slip = {"q2": right["q2"].replace("100 * ", "")}  # a fraction in place of per cent
    some = {id: right[id] for id in ("q1", "q2")}
    did = {"aziza": right, "bobur": right | slip, "dilnoza": some}
    archive = tmp_path / "download.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for number, (student, answers) in enumerate(did.items(), 101):
            target = tmp_path / f"{student}.ipynb"
            assert work(klass, browser, student, answers, target) == []
            # As Moodle packs it; who named the file is nobody's business there.
            folder = f"{student.title()}_{number}_assignsubmission_file"
            packed.write(target, f"{folder}/{NAME}-{student}.ipynb")
    listing = tmp_path / "worksheet.csv"
    rows = "".join(f"Participant {number},{id.title()},{id}\n" for number, id in enumerate(IDS, 101))
    listing.write_text(f"Identifier,Full name,ID number\n{rows}", encoding="utf-8")
    seeds = json.loads((klass.bundle / "exercises" / "course.json").read_text(encoding="utf-8"))
    assert numbers.fingerprint(seeds["seed"], "aziza") in seeds["students"]
    course = ["--course", str(klass.folder / "exercises"), "--secret", str(klass.folder / "secret")]
    assert cli.main(["collect", NAME, str(archive), "--list", str(listing), *course]) == 1
    told = capsys.readouterr()
    assert told.err.splitlines() == ["Nothing from nodir."] and told.out.count("by ID number") == 3
    klass.run("grade", NAME)
    klass.run("feedback", NAME, "--anyway")
    pages = klass.folder / "exercises" / "marks"
    points = {}
    for student in did:
        text = (pages / student / f"{NAME}.html").read_text(encoding="utf-8")
        shown = re.search(r"([\d.]+) of 10", text)
        assert shown is not None, student
        points[student] = float(shown[1])
    assert points == {"aziza": 10, "bobur": 9, "dilnoza": 3}
