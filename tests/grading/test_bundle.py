"""The students' copy: complete for work, without answers; and self-study."""

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
from samarkand.common import home
from samarkand.common.errors import CourseError
from samarkand.practice.sets import desk, numbers
from samarkand_grading.classroom import release, selfstudy
from samarkand_grading.classroom.course import Course
from samarkand_grading.sandbox import box


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("bundle") / "exercises"
    shutil.copytree(EXERCISES, root, ignore=shutil.ignore_patterns("gradebook.db", "backups", "submitted"))
    made = Course(root, root.parent / "secret")
    made.seed(create=True)
    return made


def bundle_of(course, name, **options):
    return release.bundle_course(course, course.root.parent / name, students=["ada", "Zoë Müller"], **options)


@pytest.fixture(scope="module")
def bundle(course):
    return bundle_of(course, "samarkand-2022").with_suffix("")


def test_a_bundle_holds_what_git_tracks_of_the_course_the_sets_and_nothing_else(bundle, course):
    listed = subprocess.check_output(["git", "ls-files"], cwd=home.ROOT, text=True).split("\n")
    parts = tuple(f"{part}/" if (home.ROOT / part).is_dir() else part for part in release.PARTS)
    wanted = {name for name in listed if name.startswith(parts) and (home.ROOT / name).is_file()}
    wanted = {name for name in wanted if not name.startswith(release.LEFT_OUT)}
    wanted |= {f"exercises/release/{name}/{name}.ipynb" for name in NAMES}
    inside = {path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()}
    assert inside == wanted | {"README.md", "exercises/course.json"}
    assert not {name for name in inside if "check" in name or "grading" in name or "source/" in name}
    with zipfile.ZipFile(bundle.with_suffix(".zip")) as archive:
        assert archive.testzip() is None
        packed = {name.removeprefix("samarkand-2022/"): archive.read(name) for name in archive.namelist()}
    assert packed == {name: (bundle / name).read_bytes() for name in inside}
    assert sys.platform == "win32" or not course.secret.stat().st_mode & 0o077
    for secret in (course.secret.read_bytes().strip(), course.key().encode()):
        assert not any(secret in body for body in packed.values())
    assert all((bundle / "settings" / "lab" / name).is_file() for name in start.SETTINGS)
    assert bundle_of(course, "again/samarkand-2022").read_bytes() == bundle.with_suffix(".zip").read_bytes()


def test_every_link_of_what_students_get_leads_somewhere(bundle):
    """In each Markdown file and notebook, with the headings that links to notebooks name."""
    texts = {path: [path.read_text(encoding="utf-8")] for path in bundle.rglob("*.md")}
    for path in bundle.rglob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts[path] = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    followed, dead = 0, []
    for path, parts in texts.items():
        for link in re.findall(r"""(?:\]\(<?|(?:href|src)=["'])([^)\s>"']+)""", "\n".join(parts)):
            if re.match(r"\w+:|#|$", link):
                continue
            place, _, heading = link.partition("#")
            target, followed = path.parent / place, followed + 1
            headings = re.findall(r"(?m)^#+ (.+)$", "\n".join(texts.get(target.resolve(), [])))
            here = (
                not heading or target.suffix != ".ipynb" or heading in [h.replace(" ", "-") for h in headings]
            )
            dead += [] if target.exists() and here else [(path.name, link)]
    assert dead == [] and followed > 100


def test_git_passes_over_each_file_that_the_page_has_an_instructor_make():
    page = (home.ROOT / "docs" / "instructor.md").read_text(encoding="utf-8")
    named = sorted({*re.findall(r"[\w./-]*\w\.(?:csv|zip|db)\b", page)})
    command = ["git", "check-ignore", "--no-index", *named]
    ignored = subprocess.run(command, cwd=home.ROOT, capture_output=True, text=True, check=False)
    assert {"filled.csv", "pages.zip"} <= {*named} and ignored.stdout.split() == named


def test_what_lies_about_stays_with_the_instructor(course, monkeypatch, tmp_path, capsys):
    """A roster that Git does not track is left out and reported; a tracked solved set is refused."""
    root = tmp_path / "course"
    for part in release.PARTS:
        (root / part).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (home.ROOT / part).is_dir() else shutil.copy)(home.ROOT / part, root / part)
    monkeypatch.setattr(home, "ROOT", root)
    subprocess.run(["git", "init", "-q", "."], cwd=root, check=True)
    subprocess.run(["git", "add", "."], cwd=root, check=True)
    (root / "notebooks" / "roster.csv").write_text("id\nada\n")
    with zipfile.ZipFile(bundle_of(course, "tracked")) as archive:
        assert not any("roster" in name for name in archive.namelist())
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "left out, since Git does not track it: notebooks/roster.csv"
    workshop.write(root / "notebooks", strip(source(NAMES[0]), keep_solutions=True), "mine")
    subprocess.run(["git", "add", "."], cwd=root, check=True)
    with pytest.raises(CourseError) as refused:
        bundle_of(course, "solved")
    assert (refused.value.code, refused.value.fields["file"]) == ("holds checks", "notebooks/mine.ipynb")


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


SIGN = """
import json, sys
from samarkand.practice.sets import desk
print(desk.sign_in(sys.argv[1]))
d = desk.Desk("ex03_the_sco")
print(json.dumps(d.given))
print(repr(d), d.marks(), d.look("q2", ...), d.look("q2", 0.41), d.look("q2", 412), d.look("q1", 8))
"""
#: The output of `SIGN` in a class: answers are read and not marked.
SAID = (
    "your own numbers", "makes the file that you hand in", "q2: Not answered yet.",
    "Read as a number (per cent). Whether it is right is said after handing in.", "outside 0 to 100",
    "expected was 4 values in this order",
)  # fmt: skip


def sign_in(package, folder, student="ada"):
    """Run `SIGN` in a folder; return the message, the student's numbers, and the rest of the output."""
    folder.mkdir(parents=True, exist_ok=True)
    run = subprocess.run(
        [sys.executable, "-P", "-c", SIGN, student], cwd=folder, capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(package), "PATH": "/usr/bin"},
    )  # fmt: skip
    said, given, shown = run.stdout.split("\n", 2)
    return said, json.loads(given), shown


def test_the_same_student_has_the_same_numbers_wherever_the_course_is(bundle, wheel, course, tmp_path):
    """In the students' copy, from a wheel, in a shared installation, and when marked."""
    exercise = SETS["ex03_the_sco"]
    marked = numbers.draw_numbers(course.seed(), "ada", exercise.id, exercise.options, course.places)
    places = {
        "copy": (bundle, bundle / "my_work" / "sets" / exercise.id),
        "wheel": (wheel, tmp_path / "home" / "my_work" / "sets" / exercise.id),
        "shared": (bundle, tmp_path / "ada" / "my_work" / "sets" / exercise.id),
    }
    for name, (package, folder) in places.items():
        said, given, shown = sign_in(package, folder)
        assert given == json.loads(json.dumps(marked)), name
        assert "Signed in as ada. Run" in said and "not on the course's list" not in said
        assert [text for text in SAID if text not in shown] == []
    said, given, _ = sign_in(bundle, tmp_path / "Zoë" / "my_work", " Zoë Müller ")
    assert given != marked and "not on the course's list" not in said
    assert "not on the course's list" in sign_in(bundle, tmp_path / "adda" / "my_work", "adda")[0]
    assert (tmp_path / "ada" / "my_work" / "student.txt").read_text() == "ada\n"
    shutil.rmtree(bundle / "my_work")


def test_a_copy_of_no_class_says_so(bundle, wheel, tmp_path):
    (wheel / "samarkand" / "exercises" / "course.json").unlink()
    for package in (wheel, home.ROOT):
        said, _, shown = sign_in(package, tmp_path / package.name / "my_work")
        assert "belongs to no class" in said and "belongs to no class" in shown
        assert "your own numbers" not in shown


def test_what_is_there_is_not_overwritten(bundle, course):
    with pytest.raises(CourseError) as there:
        bundle_of(course, "samarkand-2022")
    assert (there.value.code, there.value.fields["path"]) == ("there already", bundle)
    (bundle / "my_work").mkdir()
    with pytest.raises(CourseError) as used:
        bundle_of(course, "samarkand-2022", force=True)
    assert (used.value.code, used.value.fields["folder"]) == ("in use", bundle)
    (bundle / "my_work").rmdir()
    other = bundle.parent / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    with pytest.raises(CourseError) as stranger:
        bundle_of(course, "other", force=True)
    assert (stranger.value.code, stranger.value.fields["folder"]) == ("no bundle", other)
    (bundle / "notes.txt").write_text("mine")
    assert bundle_of(course, "samarkand-2022", force=True) == bundle.with_suffix(".zip")
    (aside,) = bundle.parent.glob("samarkand-2022.2*")
    assert (aside / "notes.txt").read_text() == "mine" and not (bundle / "notes.txt").exists()


def test_a_set_that_somebody_has_answered_in_is_not_released_over(course):
    path = course.notebook("release", NAMES[0])
    before = path.read_bytes()
    path.write_bytes(before.replace(b"gap_days = ...", b"gap_days = 970"))
    with pytest.raises(CourseError) as refused:
        release.generate_set(course, course.exercise("ex01"))
    assert (refused.value.code, refused.value.fields["file"]) == ("has answers", path)
    assert b"gap_days = 970" in path.read_bytes()
    path.write_bytes(before)
    assert release.generate_set(course, course.exercise("ex01")) is False and path.read_bytes() == before


def test_someone_alone_gets_the_full_check_on_every_system(course, tmp_path, monkeypatch, capsys):
    """As on Windows and macOS: no fork and no sandbox."""
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path))
    monkeypatch.setattr("os.fork", lambda: pytest.fail("a fork"))
    monkeypatch.setattr(box.Sandbox, "start_process", lambda self: pytest.fail("a sandbox"))
    name = "ex03_the_sco"
    notebook = strip(source(name), keep_solutions=True)
    for cell in notebook["cells"]:
        cell["source"] = {"q3": "gdp_shares = ..."}.get(cell["id"], cell["source"])
        cell["source"] = cell["source"].replace("people_share = 100 * ", "people_share = ")
    workshop.write(tmp_path / "sets" / name, notebook, name)
    common = ["--course", str(course.root)]
    assert cli.main(["check", "ex03", "--solutions", *common]) == 0
    said = capsys.readouterr().out
    assert "7 of 10 points" in said
    assert "q2: 1 of 2. This is a fraction" in said
    assert "q3: 0 of 2. Not answered yet." in said
    assert "| people_share = 100 * people_then" in said
    assert "at_ppp = of_2021" not in said
    assert cli.main(["check", *common]) == 0
    assert "ex03_the_sco: best 7, last 7 of 10" in capsys.readouterr().out
    assert "not tried yet" in selfstudy.report_progress(course)
    assert desk.find_student() == ""
    assert home.my_work() == tmp_path


def test_the_bundle_does_not_tell_who_is_in_the_class():
    """Seed and fingerprints are public, and a million ids can be tried in seconds: many others must match."""
    listed = {numbers.hash_student("seed", str(number)) for number in range(1000, 1040)}
    others = [numbers.hash_student("seed", str(number)) in listed for number in range(10_000, 60_000)]
    assert 40 * 5 < sum(others) < 0.02 * len(others)
