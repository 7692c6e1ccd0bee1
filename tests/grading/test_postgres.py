"""A gradebook in PostgreSQL: the marks that SQLite has; a server that goes away; two who grade at once."""

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
import workshop
from test_batch import NAME, grade, hand_in, scores

from samarkand.common.errors import CourseError
from samarkand_grading.classroom import (
    batch,
    deadlines,
    gradebook,
    postgres,
    records,
    release,
    report,
    rosters,
)
from samarkand_grading.classroom.course import Course

pytestmark = pytest.mark.usefixtures("one_server")


class Server:
    """Debian's PostgreSQL server in a temporary folder, on a socket there, run by an unprivileged user."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder, self.numbers = programs, folder, itertools.count()
        self.who = {"user": "nobody", "group": "nogroup"} if os.getuid() == 0 else {}
        if self.who:
            shutil.chown(folder, **self.who)
        (folder / "password").write_text("right\n")
        # Sorted as a dictionary is, where SQLite goes by numbers of letters.
        self.run("initdb", "-U", "teacher", "-A", "scram-sha-256", "--pwfile", str(folder / "password"),
                 "-E", "UTF8", "--locale-provider=icu", "--icu-locale=en", "--no-sync")  # fmt: skip
        self.start()

    def run(self, program: str, *words: str) -> None:
        command = [self.programs / program, "-D", self.folder / "data", *words]
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, **self.who)

    def start(self) -> None:
        where = f"-c fsync=off -c listen_addresses= -c unix_socket_directories={self.folder}"
        self.run("pg_ctl", "start", "-w", "-l", str(self.folder / "log"), "-o", where)

    def stop(self) -> None:
        self.run("pg_ctl", "stop", "-m", "immediate")

    def address(self, database: str, password: str = "right") -> str:
        return f"postgresql+psycopg://teacher:{password}@/{database}?host={self.folder}"


@pytest.fixture(scope="module")
def server(need):
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    need(programs, "a gradebook in PostgreSQL is tried where its server is installed (Debian: postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    running = Server(programs[-1], folder)
    yield running
    running.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def released_there(server, template, tmp_path_factory):
    """The URL of a database with one released set, the template of the others."""
    root = shutil.copytree(template, tmp_path_factory.mktemp("there") / "course")
    address = make(server, "released")
    course = served(Course(root, template.parent / "secret"), address)
    release.generate_set(course, course.exercise(NAME))
    return address


def make(server, name, like="template0"):
    with postgres.connect_to_database(server.address("postgres")) as one:
        one.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    return server.address(name)


def served(course, address):
    """Point a course's settings to a database, and delete its SQLite file; return the course."""
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.CourseDirectory.course_id = 'autumn'\nc.CourseDirectory.db_url = {address!r}\n")
    (course.root / "gradebook.db").unlink()
    return Course(course.root, course.secret)


@pytest.fixture
def there(course, server, released_there):
    """A course with its gradebook in PostgreSQL, and submissions of a class."""
    there = served(course, make(server, f"course{next(server.numbers)}", "released"))
    enrol(there)
    return there


CLASS = {"Zoë": ("q2",), "ada": ("q1", "q2", "q3"), "bob": (), "zed": ("q1",)}


def enrol(course):
    for student, right in CLASS.items():
        path = hand_in(course, student, **{question: workshop.ANSWERS[question] for question in right})
        (path.parent / "timestamp.txt").write_text("2022-09-14 14:00:00 UTC")


MARKS = {"Zoë": 3, "ada": 10, "bob": 0, "zed": 2}


def exports(course):
    return [report.export_marks(course, "ex90", kind) for kind in ("csv", "canvas", "moodle")]


def live_a_week(course):
    """Do everything that an instructor does with a gradebook; yield the results on the way."""
    hand_in(course, "bob", q1="raise ValueError('a\\0b \\ud800 %s')")
    release.generate_set(course, course.exercise(NAME))
    yield rosters.enter_students(course, {student: {"first_name": "Ann"} for student in CLASS})
    yield grade(course)[0]
    with gradebook.open_book(course) as book:
        book.find_grade("q1-check", NAME, NAME, "bob").manual_score = 1.25
        book.db.commit()
    yield deadlines.set_due(course, "ex90", "2022-09-14 12:00 UTC")
    yield deadlines.extend_due_date(course, "ex90", ["zed"], "+90min")
    yield deadlines.excuse_questions(course, "ex90", ["q3", "w1"], ["Zoë", "zed"])
    yield deadlines.excuse_questions(course, "ex90", ["w1"], ["zed"], back=True)
    yield grade(course, questions=["q2"], force=True)[0]
    before = exports(course)
    yield from (before, report.export_all(course), gradebook.read_rows(course.gradebook, NAME))
    yield deadlines.excuse_questions(course, "ex90", ["q1"], ["ada"]), len(gradebook.list_copies(course))
    deadlines.restore_gradebook(course, 1)
    yield exports(course) == before
    release.generate_set(course, course.exercise(NAME))
    yield deadlines.forget_student(course, "Zoë", lambda what: True), grade(course)[0].unchanged
    yield report.export_marks(course, "ex90", "csv")
    assert not any("Zoë" in gradebook.list_students(copy) for copy in gradebook.list_copies(course))


def test_a_week_is_the_same_in_either(there, template, tmp_path):
    here = Course(shutil.copytree(template, tmp_path / "here"), there.secret)
    enrol(here)
    for seen, seen_here in zip(live_a_week(there), live_a_week(here), strict=True):
        assert seen == seen_here
    workshop.nbgrader(there.root, "export")
    assert "zed" in (there.root / "grades.csv").read_text() and not list(there.root.rglob("*.db*"))


def test_a_server_that_stops_half_way(there, server, monkeypatch):
    """Written marks stay, nothing is written half or twice, and the next run does the rest."""
    wrote = records.write_record

    def stop(*result):
        wrote(*result)
        server.stop()

    with monkeypatch.context() as patch:
        patch.setattr(records, "write_record", stop)
        with pytest.raises(postgres.Away) as away:
            grade(there, jobs=1)
        assert away.value.code == "no answer"
    with pytest.raises(postgres.Away):
        report.export_marks(there, "ex90", "csv")
    server.start()
    summary, _ = grade(there)
    assert (len(summary.graded), len(summary.unchanged), summary.troubles) == (3, 1, [])
    assert scores(there) == MARKS and grade(there)[0].graded == []
    with postgres.connect_to_database(there.gradebook) as one:
        assert one.execute("SELECT count(*) FROM submitted_assignment").fetchone() == (4,)


def test_two_who_grade_at_once_wait_for_each_other(there, tmp_path):
    """In two folders, as on two machines: the lock is in the database."""
    other = Course(shutil.copytree(there.root, tmp_path / "other"), there.secret)
    waits, said = threading.Event(), []

    def hear(line):
        said.append(line)
        waits.set()

    second = threading.Thread(target=batch.grade_class, args=(other, "ex90"), kwargs={"say": hear})
    with there.work_alone():
        second.start()
        assert waits.wait(60)
        assert "waiting until it has finished" in said[0] and not scores(there)
    second.join()
    assert scores(there) == MARKS and len(said) == 1 + len(CLASS)


def test_what_a_database_may_lack_is_named_and_no_password_is_shown(
    course, server, released_there, monkeypatch
):
    def error_of(address):
        course.gradebook = address
        with pytest.raises(CourseError) as caught:
            deadlines.set_due(course, "ex90", "never")
        assert "right@" not in str(caught.value) and "\n" not in str(caught.value)
        return caught.value

    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "psycopg", None)
        error = error_of(released_there)
        assert (error.code, error.fields["program"]) == ("not installed", "psycopg")
    assert error_of(server.address("nowhere")).code == "no such database"
    assert error_of(server.address("postgres", password="wrong")).code == "wrong password"
    assert error_of(f"{released_there}/away").code == "no answer"
    assert error_of(server.address("postgres")).code == "no gradebook"
    monkeypatch.setenv("PATH", "/nowhere")
    error = error_of(released_there)
    assert (error.code, error.fields["program"]) == ("not installed", "pg_dump")


def test_a_file_elsewhere_and_an_address_of_no_use(course):
    (course.root / "gradebook.db").rename(course.root / "an other.db")
    config = course.root / "nbgrader_config.py"
    before = config.read_text()
    config.write_text(f"{before}\nc.CourseDirectory.db_url = 'sqlite:///an other.db'\n")
    assert gradebook.read_points(Course(course.root).gradebook, NAME)
    for url, setting in {"mysql://x": "db_url", "postgresql:///x": "course_id"}.items():
        config.write_text(f"{before}\nc.CourseDirectory.db_url = {url!r}\n")
        with pytest.raises(CourseError) as caught:
            assert not Course(course.root).gradebook
        assert (caught.value.code, caught.value.fields["setting"]) == ("unusable setting", setting)
