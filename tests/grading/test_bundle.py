"""What students get: everything to work with, nothing to cheat with; and what someone alone gets."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
import workshop
from test_exercises import EXERCISES, NAMES, SETS, source, strip

import start
from samarkand import cli
from samarkand.ground import home, log
from samarkand.ground.errors import CourseError
from samarkand.practice.sets import desk, numbers
from samarkand_grading.classroom import release, selfstudy
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking import checks
from samarkand_grading.sandbox import box


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("bundle") / "exercises"
    shutil.copytree(EXERCISES, root, ignore=shutil.ignore_patterns("gradebook.db", "backups", "submitted"))
    made = Course(root, root.parent / "secret")
    made.seed(create=True)
    return made


@pytest.fixture(scope="module")
def bundle(course):
    release.bundle(
        course, course.root.parent / "samarkand-2022", students=["ada", "Zoë Müller"], say=lambda _: None
    )
    return course.root.parent / "samarkand-2022"


def texts(folder):
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (
            ".py",
            ".ipynb",
            ".json",
            ".md",
            ".toml",
            ".txt",
            ".yml",
            ".html",
            ".js",
        ):
            yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


def test_a_bundle_has_what_a_student_needs(bundle):
    for part in ("start.py", "requirements.lock", "notebooks/01_the_trip.ipynb", "course_data/trip.csv"):
        assert (bundle / part).is_file()
    first = (bundle / "notebooks" / "00_start_here.ipynb").read_text(encoding="utf-8")
    pages = re.findall(r"\bdocs/\w+\.md", first)
    assert pages and all((bundle / page).is_file() for page in pages)
    for name in NAMES:
        assert (bundle / "exercises" / "release" / name / f"{name}.ipynb").is_file()


@pytest.fixture(scope="module")
def wheel(bundle, tmp_path_factory):
    """The students' copy, built and installed as a hub does it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=bundle, check=True, capture_output=True)
    (built,) = folder.glob("samarkand-*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def test_start_finds_in_a_bundle_what_it_sets_up(bundle):
    assert all((bundle / "settings" / "lab" / name).is_file() for name in start.SETTINGS)


SIGN = (
    "import json, sys; from samarkand.practice.sets import desk\n"
    "print(desk.sign_in(sys.argv[1])); d = desk.Desk('ex03_the_sco')\n"
    "print(json.dumps(d.given)); print(repr(d))"
)


def sign_in(package, folder, student="ada"):
    """Sign in where a set is worked on; return what is said, the numbers, and what is said of them."""
    folder.mkdir(parents=True, exist_ok=True)
    run = subprocess.run(
        [sys.executable, "-P", "-c", SIGN, student], cwd=folder, capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(package), "PATH": "/usr/bin"},
    )  # fmt: skip
    said, given, shown = run.stdout.split("\n", 2)
    return said, json.loads(given), shown


def test_the_same_student_has_the_same_numbers_wherever_the_course_is(bundle, wheel, course, tmp_path):
    """In the students' copy, from a wheel, in a folder that many share, and where the work is marked."""
    exercise = SETS["ex03_the_sco"]
    marked = numbers.draw(course.seed(), "ada", exercise.id, exercise.options)
    places = {
        "copy": (bundle, bundle / "my_work" / "sets" / exercise.id),
        "wheel": (wheel, tmp_path / "home" / "my_work" / "sets" / exercise.id),
        "shared": (bundle, tmp_path / "ada" / "my_work" / "sets" / exercise.id),
    }
    for name, (package, folder) in places.items():
        said, given, shown = sign_in(package, folder)
        assert given == json.loads(json.dumps(marked)), name
        assert "Signed in as ada. Run" in said and "your own numbers" in shown
    assert sign_in(bundle, tmp_path / "Zoë" / "my_work", "Zoë Müller")[1] != marked
    assert (tmp_path / "ada" / "my_work" / "student.txt").read_text() == "ada\n"
    shutil.rmtree(bundle / "my_work")


def test_a_copy_of_no_class_says_so(bundle, wheel, tmp_path):
    (wheel / "samarkand" / "exercises" / "course.json").unlink()
    for package in (wheel, home.ROOT):
        said, _, shown = sign_in(package, tmp_path / package.name / "my_work")
        assert "belongs to no class" in said and "belongs to no class" in shown
        assert "your own numbers" not in shown


def test_a_bundle_has_nothing_that_marks(bundle, course):
    names = {path.name for path in bundle.rglob("*")}
    assert not names & {
        "checks",
        "source",
        "checks.py",
        "confinement.py",
        "server.py",
        "sandbox.py",
        "gradebook.db",
        ".git",
        "secret",
    }
    secret = course.secret.read_text().strip()
    reasons = {d.reason for s in SETS.values() for q in s.questions for d in q.diagnoses}
    hints = {q.hint for s in SETS.values() for q in s.questions}
    for name, text in texts(bundle):
        assert secret not in text
        assert course.key() not in text
        assert "BEGIN SOLUTION" not in text.replace("BEGIN|END", "") or name.endswith("encode.py"), name
        assert not [r for r in reasons | hints if r in text], name


def test_no_expected_value_and_no_solution_line_is_in_the_released_sets(bundle, course):
    for name in NAMES:
        exercise = SETS[name]
        handed = "".join(text for _, text in texts(bundle / "exercises" / "release" / name))
        path = bundle / "exercises" / "release" / name / f"{name}.ipynb"
        # The form is left out: the example in it is a table that everybody has (test_search looks at all).
        released = json.dumps(json.loads(path.read_text(encoding="utf-8"))["cells"], ensure_ascii=False)
        given = numbers.draw(course.seed(), "ada", name, exercise.options)
        expected = checks.Marker(exercise, given, exercise.inputs(course.key())).expected
        for question in exercise.questions:
            if question.cases is not None:
                continue  # its prompt gives an example
            for number in re.findall(r"\d{2,}\.\d{2,}", repr(expected[question.id])):
                assert f"{float(number):.2f}" not in released, (name, question.id, number)
        shown = " ".join("".join(c["source"]) for c in strip(source(name), keep_solutions=False)["cells"])
        for cell in source(name)["cells"]:
            text = "".join(cell["source"])
            for region in re.findall(r"(?s)### BEGIN SOLUTION\n(.*?)### END SOLUTION", text):
                for line in region.splitlines():
                    if len(line.strip()) > 12 and line.strip() not in shown:
                        assert json.dumps(line.strip())[1:-1] not in handed, (name, line)


def test_a_bundle_is_the_same_to_the_byte(bundle, course, tmp_path):
    first = bundle.with_suffix(".zip").read_bytes()
    again = release.bundle(
        course, tmp_path / "samarkand-2022", students=["Zoë Müller", "ada"], say=lambda _: None
    )
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(first).digest()
    with zipfile.ZipFile(again) as archive:
        assert archive.testzip() is None
        assert "samarkand-2022/start.py" in archive.namelist()


def test_the_students_copy_works_and_knows_its_student(bundle, tmp_path):
    code = (
        "from samarkand.practice.sets import desk\n"
        "print(desk.sign_in('ada')); print(desk.sign_in('adda')); print(desk.sign_in(' Zoë Müller '))\n"
        "d = desk.Desk('ex03_the_sco'); print(d.given); print(d.look('q2', ...)); print(d.look('q2', 0.41)); "
        "print(d.look('q2', 412)); print(d.look('q1', 8))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120,
        env={"PYTHONPATH": str(bundle), "PATH": "/usr/bin", "SAMARKAND_WORK": str(tmp_path / "work")},
    )  # fmt: skip
    lines = run.stdout.splitlines()
    assert "not on the course's list" not in lines[0] + lines[2]
    assert "not on the course's list" in lines[1]
    assert lines[4] == "q2: Not answered yet."
    assert "Read as a number (per cent)" in lines[5]
    assert "outside 0 to 100" in lines[6]
    assert "expected was 4 values in this order" in lines[7]


def test_what_is_there_is_not_overwritten(bundle, course):
    with pytest.raises(CourseError, match="Say --force"):
        release.bundle(course, bundle, say=lambda _: None)
    (bundle / "my_work").mkdir()
    with pytest.raises(CourseError, match="Somebody works in"):
        release.bundle(course, bundle, force=True, say=lambda _: None)
    (bundle / "my_work").rmdir()
    answered = bundle / "exercises" / "release" / NAMES[0] / f"{NAMES[0]}.ipynb"
    before = answered.read_bytes()
    answered.write_bytes(before.replace(b"gap_days = ...", b"gap_days = 970"))
    with pytest.raises(CourseError, match=f"{NAMES[0]}.ipynb has changed"):
        release.bundle(course, bundle, force=True, say=lambda _: None)
    assert b"gap_days = 970" in answered.read_bytes()
    answered.write_bytes(before)
    other = bundle.parent / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    with pytest.raises(CourseError, match="no bundle"):
        release.bundle(course, other, force=True, say=lambda _: None)


def test_a_bundle_that_was_killed_half_way_leaves_the_old_one_whole(bundle, course, monkeypatch):
    before = bundle.with_name("samarkand-2022.zip").read_bytes()
    (bundle.parent / "lonely.zip").write_text("mine")
    with pytest.raises(CourseError, match=r"lonely\.zip is there already"):
        release.bundle(course, bundle.parent / "lonely", say=lambda _: None)
    for step in ("copying course_data", "copying ex03_the_sco"):

        def killed(line, step=step):
            if line == step:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            release.bundle(course, bundle, force=True, students=["ada", "Zoë Müller"], say=killed)
        assert (bundle / "start.py").is_file()
        assert bundle.with_name("samarkand-2022.zip").read_bytes() == before
    release.bundle(course, bundle, force=True, students=["ada", "Zoë Müller"], say=lambda _: None)
    assert bundle.with_name("samarkand-2022.zip").read_bytes() == before
    assert not list(bundle.parent.glob(".*.part"))
    made = release.bundle(course, bundle.parent / "v1.2", say=lambda _: None)
    assert made.name == "v1.2.zip"


def test_a_set_that_somebody_has_answered_in_is_not_released_over(course):
    exercise = course.exercise("ex01")
    path = course.root / "release" / exercise.id / f"{exercise.id}.ipynb"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"gap_days = ...", b"gap_days = 970"))
    with pytest.raises(CourseError, match="Somebody has answered in"):
        release.generate(course, exercise)
    assert b"gap_days = 970" in path.read_bytes()
    path.write_bytes(before)
    release.generate(course, exercise)
    path.write_bytes(before)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id\nada\nada\n", "ada stands in the roster twice: in lines 2 and 3"),
        ("name,id\nAda,ada\nBob,\n", "Line 3 of the roster has no id"),
        ("id\n../x\n", "cannot be a student id"),
        ("id\n", "has no students"),
        ("id\nM\u00fcller\nMu\u0308ller\n", "stands in the roster twice"),
    ],
)
def test_a_roster_is_read_with_care(tmp_path, text, says):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=says):
        release.read_roster(path)
    path.write_text("id,name\nZoë Müller,Z\nada,A\n", encoding="utf-8")
    assert list(release.read_roster(path)) == ["Zoë Müller", "ada"]


def test_someone_alone_gets_the_full_check_on_every_system(course, tmp_path, monkeypatch, capsys):
    """Without what Windows and macOS lack: nothing is forked, and no sandbox is started."""
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path))
    monkeypatch.setattr("os.fork", lambda: pytest.fail("a fork"))
    monkeypatch.setattr(box.Sandbox, "launch", lambda self: pytest.fail("a sandbox"))
    name = "ex03_the_sco"
    notebook = strip(source(name), keep_solutions=True)
    for cell in notebook["cells"]:
        if cell["id"] == "q2":
            cell["source"] = cell["source"].replace(
                "people_share = 100 * people_then[", "people_share = people_then["
            )
        if cell["id"] == "q3":
            cell["source"] = "gdp_shares = ..."
    workshop.write(tmp_path / "sets" / name, notebook, name)
    common = ["--course", str(course.root)]
    assert cli.main(["check", "ex03", "--solutions", *common]) == 0
    said = capsys.readouterr().out
    assert "6 of 10 points" in said
    assert "q2: 0 of 2. This is a share of one" in said
    assert "q3: 0 of 2. Not answered yet." in said
    assert "| people_share = 100 * people_then" in said
    assert "at_ppp = of_2021" not in said
    assert cli.main(["check", *common]) == 0
    assert "ex03_the_sco: best 6, last 6 of 10" in capsys.readouterr().out
    assert "not tried yet" in selfstudy.progress(course)
    assert "03_the_sco: 0 of 3 tasks right" in selfstudy.progress(course)
    log.add("03.2", "right")
    assert "03_the_sco: 1 of 3 tasks right" in selfstudy.progress(course)
    assert cli.main(["preview", "ex03", "--student", "ada", *common]) == 0
    assert "counts, 4 values" in capsys.readouterr().out
    assert desk.who() == ""
    assert home.my_work() == tmp_path
