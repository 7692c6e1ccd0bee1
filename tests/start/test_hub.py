"""A class on a hub: each student's own numbers and folder, and nobody else's."""

import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from samarkand.common.errors import CourseError
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import hub as serving
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking import checks

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "deploy" / "hub"
#: Students of the class; the folder of the last cannot be written to.
CLASS = ("Zoë Müller", "ada", "o'brien")
PORT = 9420

#: Student's code: prints her id, her numbers, and the transport between her kernel and server.
GIVEN = """import json, ipykernel
from samarkand.practice.sets import desk
how = json.load(open(ipykernel.get_connection_file()))["transport"]
print(json.dumps([desk.who(), desk.Desk("ex03_the_sco").given, how]))"""
#: Student's code: prints the files of class and machine that it can read, and whether it can write.
LOOK = """import json, os, pathlib
found = []
for place in {places}:
    try:
        found.append([place, os.listdir(place) if os.path.isdir(place) else open(place, "rb").read(99).hex()])
    except OSError:
        pass
try:
    pathlib.Path({course!r}, "new.txt").write_text("mine")
    found.append("writes")
except OSError:
    pass
print(json.dumps(found))"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield a folder that other users may traverse, unlike pytest's."""
    folder = Path(tmp_path_factory.mktemp("hub").parents[1].parent, f"samarkand-hub-{os.getpid()}")
    folder.mkdir(mode=0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def hub(place: Path, need: Callable[[object, str], None]) -> Iterator[object]:
    """Return a hub that serves the class until the last test has ended."""
    need(sys.platform == "linux", "JupyterHub's servers for students run on Linux")
    need(importlib.util.find_spec("jupyterhub"), "uv pip install -r requirements-hub.lock")
    need(shutil.which("node") and (SETTINGS / "node_modules").is_dir(), f"npm ci --prefix {SETTINGS}")
    from benchmarks.hub import Hub

    (place / "roster.csv").write_text("id\n" + "\n".join(CLASS), encoding="utf-8")
    with Hub(place / "hub", PORT, str(place / "roster.csv"), "--secret", str(place / "secret")) as served:
        assert served.students, served.said
        yield served
    assert helpers(place) == [] and served.process.returncode == 130


def helpers(place: Path) -> list[str]:
    """Return the command lines of the processes that JupyterHub, its proxy and its services are."""
    import psutil

    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("SAMARKAND_HUB") == str(place / "hub"):
                found.append(" ".join(process.cmdline()))
    return found


def printed(student, code: str):
    """Run a student's code; return its output, parsed as JSON."""
    said = [m["content"] for m in student.run(code) if m["msg_type"] in ("stream", "error")]
    assert [one.get("name") for one in said] == ["stdout"], said
    return json.loads(said[0]["text"])


def test_a_student_has_the_numbers_of_home_and_reads_and_writes_nobody_elses(hub, place, need):
    """Where the work is marked numbers are drawn as here; tests/grading/test_bundle.py does it at home."""
    course = Course(secret=place / "secret")
    exercise = checks.load(course.check_folder, "ex03_the_sco")
    zoe, ada, _ = hub.students
    for student, name in zip((zoe, ada), CLASS, strict=False):
        assert student.sign_in()
        student.open("lessons/03_the_sco.ipynb")
        student.begin()
        own = numbers.draw(course.seed(), name, exercise.id, exercise.options)
        assert printed(student, GIVEN) == [name, json.loads(json.dumps(own)), "ipc"]
    assert ada.ask("contents/lessons/03_the_sco.ipynb")["writable"]
    need(os.geteuid() == 0 or shutil.which("bwrap"), "students are kept apart by the system or by bubblewrap")
    folder = place / "hub"
    server = next(one for one in hub.processes(ada) if "ipykernel" not in " ".join(one.cmdline()))
    inside = ("homes", "homes/ada", "class.csv", "jupyterhub.sqlite", "secret", "hub.log")
    seen = [f"/proc/{server.pid}/{part}" for part in ("environ", "cwd/", f"root{folder}/homes/ada")]
    places = [*(folder / name for name in inside), place / "secret", ROOT / "exercises" / "checks", *seen]
    found = printed(zoe, LOOK.format(places=list(map(str, places)), course=str(folder / "course")))
    assert found == [[str(folder / "homes"), [CLASS[0]]], [str(ROOT / "exercises" / "checks"), []]]
    assert {(folder / name).stat().st_mode & 0o077 for name in ("class.csv", "jupyterhub.sqlite")} == {0}
    assert zoe.web.get(f"{ada.base}api/contents", timeout=60).status_code in (403, 404)


def test_who_cannot_come_in_is_told_why(hub, place):
    odd = hub.students[2]
    from benchmarks.hub import Student

    assert not Student(odd.hub, odd.name, "guessed").sign_in()
    assert not Student(odd.hub, "nobody", odd.password).sign_in()
    assert odd.sign_in()
    (place / "hub" / "homes" / "o'brien").chmod(0o500)
    with pytest.raises(RuntimeError, match="Your copies cannot be written to"):
        odd.open()
    command = [sys.executable, "-P", "-m", "samarkand", "hub", "--students", "2", "--folder"]
    for folder, port, why in (
        ("hub", PORT + 3, "Another hub works in"),
        ("other", PORT + 2, f"Port {PORT + 2}"),
    ):
        done = subprocess.run(
            [*command, str(place / folder), "--port", str(port)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1 and done.stderr.startswith(why) and done.stderr.count("\n") == 1


def test_a_killed_hub_starts_again_and_leaves_no_helper_behind(hub, place):
    import psutil

    before = helpers(place)
    (child,) = (p for p in psutil.Process(hub.process.pid).children() if "jupyterhub" in p.cmdline())
    child.kill()
    end = time.monotonic() + 60
    while child.is_running() or len(helpers(place)) < len(before):  # the proxy and a service follow the hub
        assert time.monotonic() < end
        time.sleep(0.1)
    assert sorted(helpers(place)) == sorted(before) and len(before) == 3


def test_two_who_would_sign_in_alike_and_too_little_memory_are_named_beforehand(
    tmp_path, monkeypatch, capsys
):
    with pytest.raises(CourseError, match="'Ada' and 'ada' would both sign in as ada"):
        serving.choose_names(["Ada", "ada"])
    with pytest.raises(CourseError, match="at least one student"):
        serving.choose_names([])
    (tmp_path / "limit").write_text("2000000000\n")
    monkeypatch.setattr(serving, "LIMITS", (str(tmp_path / "limit"),))
    fits = serving.count_places(30)
    assert 0 < fits < 30 and f"Only {fits} are let in" in capsys.readouterr().out


def test_passwords_and_folders_stay_when_the_class_changes(tmp_path):
    (tmp_path / "homes").mkdir()
    serving.write_class(tmp_path, {"ada": "ada"})
    (tmp_path / "homes" / "ada" / "mine.txt").write_text("mine")
    before = (tmp_path / "class.csv").read_text().splitlines()[1]
    serving.write_class(tmp_path, {"bob": "bob", "ada": "ada"})
    assert (tmp_path / "class.csv").read_text().splitlines()[2] == before
    assert (tmp_path / "homes" / "ada" / "mine.txt").exists() and (tmp_path / "homes" / "bob").is_dir()
    (tmp_path / "class.csv").write_text("name,password\nada,x\n")
    with pytest.raises(CourseError, match=r"class\.csv is damaged"):
        serving.write_class(tmp_path, {"ada": "ada"})


def test_the_example_of_a_universitys_sign_in_loads(tmp_path, monkeypatch):
    generic = pytest.importorskip("oauthenticator.generic")
    from traitlets.config.loader import PyFileConfigLoader

    (tmp_path / "homes").mkdir()
    serving.write_class(tmp_path, {"ada@example.edu": "ada@example.edu"})
    for name, value in {"HUB": tmp_path, "PORT": 1, "FITS": 1, "PROXY": "x", "BOX": "[]"}.items():
        monkeypatch.setenv(f"SAMARKAND_{name}", str(value))
    before = os.umask(0)
    try:
        config = PyFileConfigLoader("oauth.py", path=str(SETTINGS)).load_config()
    finally:
        os.umask(before)
    assert config.JupyterHub.authenticator_class == "generic-oauth"
    found = generic.GenericOAuthenticator(config=config)
    assert found.allowed_users == {"ada@example.edu"} and found.username_claim == "email"
