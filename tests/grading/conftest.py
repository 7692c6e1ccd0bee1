"""Fixtures: one warm sandbox for all grading tests, and canary files that no submission may touch."""

import copy
import hashlib
import json
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import workshop

from samarkand import data
from samarkand.common import home
from samarkand_grading.classroom import release
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking import checks
from samarkand_grading.marking.assessment import Assessment
from samarkand_grading.sandbox import engines
from samarkand_grading.sandbox.box import Sandbox
from samarkand_grading.sandbox.work import Outcome
from samarkand_grading.submission import rebuilding


class Canaries:
    """Files whose changes can be detected."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in {
            "checks/ex90_test.py": workshop.CHECKS,
            "gradebook.db": "CANARY-GRADEBOOK",
            "submitted/bob/ex90_test/ex90_test.ipynb": "CANARY-BOB",
            "home/.ssh/id": "CANARY-HOME",
        }.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.before = self.state()

    def state(self) -> dict[str, str]:
        """Return the SHA-256 of each file by relative path."""
        return {
            str(p.relative_to(self.folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(self.folder.rglob("*"))
            if p.is_file() and "__pycache__" not in p.parts
        }


@pytest.fixture(scope="session", autouse=True)
def planted_variable() -> Iterator[None]:
    """Plant a variable in the grader's environment, before any sandbox starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(workshop.VARIABLE, "CANARY-ENVIRONMENT")
        yield


@pytest.fixture(scope="session")
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Canaries:
    return Canaries(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> rebuilding.Released:
    path = workshop.write(tmp_path_factory.mktemp("release"), workshop.source_notebook(solved=False))
    return rebuilding.Released(path, {"q1": "product", "q2": "border_shares", "q3": "was_member"})


def need_bubblewrap() -> None:
    """Skip a test on a machine without bubblewrap."""
    if sys.platform != "linux" or shutil.which("bwrap") is None:
        pytest.skip("student code is only ever run under bubblewrap (Linux)")


@pytest.fixture(scope="session")
def box(canaries: Canaries) -> Iterator[Sandbox]:
    """A warm sandbox of bubblewrap with the course's own tables."""
    need_bubblewrap()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAMARKAND_ENGINE", "bwrap")
        secret = [home.ROOT / "exercises", canaries.folder]
        with Sandbox(
            secret=secret, tables=list(data.tables()["name"]), libraries=list(engines.LIBRARIES)
        ) as sandbox:
            yield sandbox


@pytest.fixture(scope="session")
def assessor(box: Sandbox, released: rebuilding.Released, canaries: Canaries) -> workshop.InOneBox:
    exercise = checks.load_set(canaries.folder / "checks", workshop.NAME)
    return workshop.InOneBox(box, exercise, released, workshop.SEED, workshop.LIMITS, key=workshop.KEY)


#: Bubblewrap, and the container engine that ``SAMARKAND_ENGINE`` names, if any.
ENGINES = [*dict.fromkeys(["bwrap", os.environ.get("SAMARKAND_ENGINE", "bwrap")])]


@pytest.fixture(scope="session", params=ENGINES)
def either(
    request: pytest.FixtureRequest, assessor: workshop.InOneBox, canaries: Canaries
) -> Iterator[workshop.InOneBox]:
    """An assessor with a sandbox of bubblewrap, then of the container engine."""
    if request.param == "bwrap":
        yield assessor
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAMARKAND_ENGINE", request.param)
        with Sandbox() as sandbox:
            other = copy.copy(assessor)
            other.sandbox = sandbox
            yield other


@pytest.fixture(scope="session")
def blank() -> dict:
    return json.loads(json.dumps(workshop.source_notebook(solved=False)))


@pytest.fixture
def work(assessor: workshop.InOneBox, blank: dict, tmp_path: Path) -> Callable[..., Assessment]:
    """A function that submits right answers, except the sources passed to it, and assesses them."""

    def assessed(student: str = "ada", **sources: str) -> Assessment:
        notebook = workshop.fill(blank, **workshop.ANSWERS | sources)
        return workshop.assess(assessor, tmp_path, notebook, student)

    return assessed


NBGRADER_CONFIG = """
c = get_config()
c.ClearSolutions.code_stub = {"python": "# your code here"}
c.ClearSolutions.enforce_metadata = False
"""


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released course with a gradebook and no submissions."""
    pytest.importorskip("nbgrader", reason="the gradebook needs the requirements of the group 'grading'")
    root = tmp_path_factory.mktemp("template") / "course"
    (root / "checks").mkdir(parents=True)
    (root / "checks" / "ex90_test.py").write_text(workshop.CHECKS)
    (root / "nbgrader_config.py").write_text(NBGRADER_CONFIG)
    workshop.write(root / "source" / workshop.NAME, workshop.source_notebook(solved=True))
    secret = root.parent / "secret"
    secret.write_text("0123456789abcdef" * 4)
    course = Course(root, secret)
    release.generate_set(course, course.exercise(workshop.NAME))
    return root


@pytest.fixture
def one_server(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make grading in this process use one warm server, since another takes a second to warm up.

    Wherever a sandbox of this machine is made, it hands its work to `box`, for one thread at a time.
    """
    turn = threading.Lock()
    start, run = Sandbox.start_process, Sandbox.run

    def is_shared(sandbox: Sandbox) -> bool:
        return type(sandbox) is Sandbox and sandbox is not box and not sandbox.trusted

    def start_shared(sandbox: Sandbox) -> None:
        if is_shared(sandbox):
            engines.build_bubblewrap_command(
                sandbox.secret
            )  # what must not be seen is looked for all the same
            sandbox.warm = True
        else:
            start(sandbox)

    def run_shared(sandbox: Sandbox, *rest: Any, **options: Any) -> Outcome:
        if not is_shared(sandbox):
            return run(sandbox, *rest, **options)
        sandbox.start_process()
        with turn:
            return run(box, *rest, **options)

    monkeypatch.setattr(Sandbox, "start_process", start_shared)
    monkeypatch.setattr(Sandbox, "run", run_shared)


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Course:
    """A fresh copy of the released course."""
    root = tmp_path / "course"
    shutil.copytree(template, root)
    shutil.copy(template.parent / "secret", tmp_path / "secret")
    return Course(root, tmp_path / "secret")


@pytest.fixture(scope="session")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("classes")


@pytest.fixture
def once(course: Course, classes: Path) -> Callable[[Callable[[Course], None]], Course]:
    """A function that has a class graded the first time that it is asked for; later it copies the folder."""

    def graded(make: Callable[[Course], None]) -> Course:
        kept = classes / make.__qualname__
        if kept.exists():
            shutil.rmtree(course.root)
            shutil.copytree(kept, course.root)
        else:
            make(course)
            shutil.copytree(course.root, kept)
        return course

    return graded
