"""A small course for the tests of grading: one set of three questions, its notebook, and helpers."""

# ruff: noqa: E501 - cells are quoted as they are written
import copy
import functools
import json
import os
import sys
import tempfile
import tomllib
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samarkand import cli
from samarkand.common import home
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking import checks
from samarkand_grading.marking.assessment import Assessment, Assessor
from samarkand_grading.sandbox.box import NoSandbox, Sandbox
from samarkand_grading.sandbox.work import Limits
from samarkand_grading.submission import rebuilding

#: Tight limits, to keep the suite short; the real ones are larger.
LIMITS = Limits(cpu=5, wall=20, cell_cpu=1.5, cell_wall=8, call_cpu=0.25, call_wall=1.5, memory=320 << 20)

HERE = Path(__file__).parent
EXERCISES = home.ROOT / "exercises"


@functools.cache
def course_set(name: str) -> checks.ExerciseSet:
    """Return a set of the real course, cached with its computed answers for all tests."""
    return checks.load_set(EXERCISES / "checks", name)


class InOneBox(Assessor):
    """An assessor that runs submissions one after another in one sandbox."""

    def __init__(self, sandbox: Sandbox, *all_else: Any, **options: Any) -> None:
        super().__init__(*all_else, **options)
        self.sandbox = sandbox

    def assess(self, student: str, folder: Path) -> Assessment:
        """Assess a submission; if the sandbox dies, once more in a new one, as in a batch."""
        work = self.read_submission(student, folder)
        try:
            return self.assess_submission(work, self.sandbox)
        except NoSandbox:
            return self.assess_submission(work, self.sandbox)


def assessor_of(name: str, box: Sandbox, path: Path | None = None) -> InOneBox:
    """Return the assessor of a set of the real course, with the released notebook or the one at `path`."""
    exercise = course_set(name)
    path = path or EXERCISES / "release" / name / f"{name}.ipynb"
    released = rebuilding.Released(path, {q.id: q.name for q in exercise.questions})
    return InOneBox(box, exercise, released, SEED, key=KEY)


@dataclass
class Answer:
    """An answer: question, habit, code; if it is wrong, the points deserved and a part of the reason."""

    question: str
    habit: str
    code: str
    points: float | None = None
    says: str = "Right"


def class_of(name: str) -> tuple[str, list[Answer]]:
    """Return the code above the answers of a set's class, and the answers."""
    found = tomllib.loads((HERE / "classes" / f"{name}.toml").read_text(encoding="utf-8"))
    return found["before"], [Answer(**answer) for answer in found["answer"]]


NAME = "ex90_test"
#: A variable of the grader's environment that no submission may see.
VARIABLE = "SAMARKAND_PLANTED"
SEED = "a seed for tests"
KEY = "a key for tests"

CHECKS = '''
"""Checks of the test set. CANARY-CHECKS"""
import datetime
from samarkand_grading.marking.checks import ExerciseSet, Question, Written
from samarkand_grading.marking.inputs import Case
from samarkand.answers.diagnose import Mistake
from samarkand.answers.kinds import ByKey, Number, Truth, Whole

LENGTHS = {"KAZ": 7644, "UZB": 2330, "KGZ": 1084}


def shares(given):
    total = sum(LENGTHS.values())
    return {k: 100 * v / total for k, v in LENGTHS.items()}


def days_in(since, until, day):
    return since <= day and (until is None or day < until)


def cases(draw):
    d, day = datetime.date, datetime.timedelta(days=1)

    def spell():
        since = d(draw.randint(1951, 1980), draw.randint(1, 12), draw.randint(1, 28))
        return since, since + day * draw.randint(700, 3000)

    (a, b), (e, f), (g, h), (i, _), (j, k) = [spell() for _ in range(5)]
    return [
        Case((d(2001, 6, 15), None, d(2022, 9, 15))),
        Case((a, b, a + day * draw.randint(2, 600))),
        Case((e, None, e - day * draw.randint(2, 600))),
        Case((g, h, h + day * draw.randint(2, 600))),
        Case((i, None, i), edge="the first day"),
        Case((j, k, k), edge="the day it ends"),
    ]


SET = ExerciseSet(
    id="ex90_test",
    lesson="90_test",
    options={"factor": [3, 5, 7, 9]},
    questions=(
        Question(
            "q1", "product", 2, Whole("states"),
            lambda given: 17 * given["factor"] + 40961, "Look at the factor.", "90",
            (Mistake("You added where you should multiply.", lambda given: 17 + given["factor"] + 40961),),
            varies=True,
        ),
        Question(
            "q2", "border_shares", 3, ByKey(Number("per cent", 0.05, 0, 100)),
            shares, "Look at the total.", "90",
            (Mistake("These are fractions: multiply them by 100 to get per cent.",
                       lambda given: {k: v / 100 for k, v in shares(given).items()}),),
        ),
        Question(
            "q3", "was_member", 5, Truth(),
            days_in, "Look at both ends of the spell.", "90",
            (Mistake("On the day a spell ends, the status has ended.",
                       lambda since, until, day: since <= day and (until is None or day <= until)),),
            cases=cases,
        ),
    ),
    written=(Written("w1", "Why?", {"A reason": ("none", "one", "two", "three", "four")}),),
)
'''

ANSWERS = {
    "q1": "product = 17 * given['factor'] + 40961",
    "q2": (
        "lengths = pd.Series({'KAZ': 7644, 'UZB': 2330, 'KGZ': 1084})\n"
        "border_shares = 100 * lengths / lengths.sum()"
    ),
    "q3": "def was_member(since, until, day):\n    return since <= day and (until is None or day < until)",
}
STUBS = {
    "q1": "product = ...\n# your code here",
    "q2": "border_shares = ...\n# your code here",
    "q3": "def was_member(since, until, day):\n    # your code here\n    return ...",
}


def cell(kind: str, name: str, source: str, **marks: Any) -> dict[str, Any]:
    """Build one cell, with nbgrader metadata if any `marks` are given."""
    built: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": {}, "source": source}
    if marks:
        no = dict.fromkeys(("grade", "solution", "locked", "task"), False)
        built["metadata"]["nbgrader"] = no | {"schema_version": 3, "grade_id": name} | marks
    if kind == "code":
        built |= {"outputs": [], "execution_count": None}
    return built


def source_notebook(*, solved: bool) -> dict[str, Any]:
    """Build the notebook as released, or with the right answers if `solved`."""
    setup = "import pandas as pd\nfrom samarkand.practice.sets.desk import Desk\n\ndesk = Desk('ex90_test')\ngiven = desk.given"
    cells = [cell("markdown", "title", "# Test"), cell("code", "setup", setup, locked=True)]
    for number, (key, name) in enumerate((("q1", "product"), ("q2", "border_shares"), ("q3", "was_member"))):
        stub, answer = STUBS[key], ANSWERS[key]
        region = f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION"
        unsolved = stub.split("\n")[0] + "\n" + region if key != "q3" else region + "\n"
        cells.append(cell("code", key, unsolved if solved else stub, solution=True))
        check = f"desk.look({key!r}, {name})"
        cells.append(cell("code", f"{key}-check", check, grade=True, locked=True, points=(2, 3, 5)[number]))
    cells.append(cell("markdown", "w1", "Your answer here.", grade=True, solution=True, points=4))
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def fill(released: dict[str, Any], **sources: str) -> dict[str, Any]:
    """Return a copy with these answers; ``added`` is a code cell before q1, ``last`` one at the end."""
    notebook = copy.deepcopy(released)
    for part in notebook["cells"]:
        key = part["metadata"].get("nbgrader", {}).get("grade_id")
        if key in sources:
            part["source"] = sources[key]
    if "added" in sources:
        notebook["cells"].insert(2, cell("code", "an-added-cell", sources["added"]))
    if "last" in sources:
        notebook["cells"].append(cell("code", "a-last-cell", sources["last"]))
    return notebook


def assess(assessor: InOneBox, folder: Path, notebook: dict[str, Any], student: str = "ada") -> Assessment:
    """Submit a notebook, and assess it."""
    place = folder / student / NAME
    write(place, notebook)
    return assessor.assess(student, place)


def write(folder: Path, notebook: dict[str, Any], name: str = NAME) -> Path:
    """Write a notebook into a folder; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def samarkand(course: Course, *words: str) -> int:
    """Run a verb of ``samarkand`` on a course; return the exit status."""
    return cli.main([*words, "--course", str(course.root), "--secret", str(course.secret)])


def forked(program: Callable[[], object], said: Path) -> int:
    """Run a function in a fork of this process, where its imports are done; return the process id.

    Its output goes to the file `said`.
    """
    number = os.fork()
    if number:
        return number
    status: object = 70
    try:
        with said.open("w", encoding="utf-8", buffering=1) as out:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
            sys.stdout = sys.stderr = out
            try:
                status = program()
            except BaseException:
                traceback.print_exc()
    finally:
        os._exit(status if isinstance(status, int) else 70)


def ended(number: int) -> int:
    """Wait for a forked process to end; return its exit code."""
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def nbgrader(folder: Path, *words: str, program: Callable[[], object] | None = None) -> str:
    """Run an nbgrader command, or another program, in a folder and a fork of this process; return its output."""
    from nbgrader.apps.nbgraderapp import NbGraderApp

    def run() -> object:
        os.chdir(folder)
        sys.argv = ["nbgrader", *words]
        return (program or NbGraderApp.launch_instance)() or 0

    with tempfile.TemporaryDirectory() as place:
        said = Path(place, "said.txt")
        status, text = ended(forked(run, said)), said.read_text(encoding="utf-8")
    assert status == 0, text[-2000:]
    return text
