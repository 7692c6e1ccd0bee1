"""A class half way through a term goes from one version of the course to the next, by two tags.

The old version is this commit, the new one the same with a lesson, a table and a question changed. What a
student and a teacher had before is there afterwards, and what was begun is finished.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SET = "ex03_the_sco"
#: What the new version says otherwise in lesson 03 and in the first question of its set.
LESSON, QUESTION = "A sentence of the next version.", "Read this twice: "
ROSTER = "id,name\nada,Ada\nbo,Bo\ncyn,Cyn\n"


@dataclass
class Checkout:
    """A clone of the course in which a teacher works, and a student's folder beside it."""

    root: Path
    work: Path
    secret: Path

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=A class", "-c", "user.email=class@example.edu", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            ["git", *who, *words], cwd=self.root, capture_output=True, text=True, check=True
        )
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a process that runs this checkout for the student."""
        paths = f"{self.root}{os.pathsep}{self.root / 'packages' / 'grading'}"
        return {**os.environ, "PYTHONPATH": paths, "SAMARKAND_WORK": str(self.work)}

    def run(self, *words: str, status: int = 0) -> str:
        """Return what a verb of this checkout says."""
        command = [sys.executable, "-P", "-m", "samarkand", *words]
        done = subprocess.run(
            command, cwd=self.root, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def teach(self, *words: str) -> str:
        """Return what a teacher's verb says, with the class's secret."""
        return self.run(*words, "--secret", str(self.secret))

    def python(self, code: str) -> str:
        """Return what a student's line prints."""
        command = [sys.executable, "-P", "-c", code]
        return subprocess.check_output(command, cwd=self.work, env=self.environment, text=True)

    @property
    def exercises(self) -> Path:
        return self.root / "exercises"


def tag_a_version(course: Checkout, version: str) -> None:
    """Write a version as a maintainer does, and tag it."""
    command = [sys.executable, str(course.root / "deploy" / "set_version.py"), version]
    subprocess.run(command, check=True, capture_output=True)
    course.git("commit", "--quiet", "--all", "--allow-empty", "--message", f"Version {version}")
    course.git("tag", f"v{version}")


def change_the_course(course: Checkout) -> None:
    """Change a sentence of lesson 03, the text of a question, and a row of a table."""
    lesson = course.root / "notebooks" / "03_the_sco.ipynb"
    change_first_text(lesson, lambda source: f"{source}\n\n{LESSON}", "# ")
    for kind in ("source", "release"):
        change_first_text(course.exercises / kind / SET / f"{SET}.ipynb", put_before_the_text, "q1")
    table = course.root / "course_data" / "polls.csv"
    text = table.read_text(encoding="utf-8")
    assert "Mean of the years and of four states." in text
    table.write_text(text.replace("Mean of the years and of four states.", "A mean."), encoding="utf-8")


def put_before_the_text(source: str) -> str:
    head, _, rest = source.partition("\n\n")
    return f"{head}\n\n{QUESTION}{rest}"


def change_first_text(path: Path, change: Any, sign: str) -> None:
    """Change the first text cell of a notebook that holds a sign."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and sign in source:
            cell["source"] = change(source).splitlines(keepends=True)
            path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            return
    raise LookupError(f"{path}: {sign}")


def hand_in(course: Checkout, student: str, notebook: Path) -> None:
    folder = course.exercises / "submitted" / student / SET
    folder.mkdir(parents=True)
    shutil.copy(notebook, folder / f"{SET}.ipynb")


def read_marks(course: Checkout) -> dict[str, float]:
    """Return the points of each student in the set, by the gradebook's export."""
    text = course.teach("marks", "ex03", "--export", "csv")
    rows = csv.DictReader(text.splitlines())
    return {row["student"]: float(row["score"]) for row in rows if row["score"]}


@pytest.fixture
def course(tmp_path: Path) -> Checkout:
    """Return a clone in which everything of this commit and of the working folder is version 1.0.0."""
    root = tmp_path / "course"
    subprocess.run(["git", "clone", "--quiet", "--no-tags", str(ROOT), str(root)], check=True)
    changed = subprocess.check_output(["git", "diff", "--binary", "HEAD"], cwd=ROOT)
    if changed:
        subprocess.run(["git", "apply", "--index"], input=changed, cwd=root, check=True)
    (tmp_path / "work").mkdir()
    made = Checkout(root, tmp_path / "work", tmp_path / "secret.json")
    tag_a_version(made, "1.0.0")
    return made


@pytest.mark.nightly
def test_a_class_goes_from_one_version_to_the_next_in_the_middle_of_a_term(
    course: Checkout, tmp_path: Path
) -> None:
    if shutil.which("bwrap") is None:
        pytest.skip("grading needs bubblewrap")
    # Before: the class has its numbers, two have handed in, one of them was given more time, marks are there.
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER, encoding="utf-8")
    course.teach("release", "ex03", "--students", str(roster))
    model = course.exercises / "source" / SET / f"{SET}.ipynb"
    empty = course.exercises / "release" / SET / f"{SET}.ipynb"
    shutil.copy(model, tmp_path / "old_model.ipynb")
    hand_in(course, "ada", model)
    hand_in(course, "bo", empty)
    course.teach("grade", "ex03")
    before = read_marks(course)
    assert before["ada"] == 10 and before["bo"] == 0
    # A due date, one who has longer, and a question of the teacher's own in a set that comes later.
    course.teach("due", "ex03", "2030-10-07 18:00 UTC")
    course.teach("extend", "ex03", "+2d", "--student", "cyn")
    due = course.teach("due", "ex03")
    words = ("--text", "How many rows has the table polls?", "--answer", "len(data.load('polls'))")
    course.teach("new", "question", "ex07", "q7", "--kind", "Whole", "--points", "1", *words)
    own = {path: path.read_bytes() for path in (course.exercises / "own").rglob("*.py")}
    assert own
    # And a student: a copy that she wrote into, one that she did not, notes, a prediction, a log.
    mine = course.work / "lessons"
    course.run("lessons")
    touched, untouched = mine / "03_the_sco.ipynb", mine / "07_kazakhstan.ipynb"
    change_first_text(touched, lambda source: f"{source}\n\nMine alone.", "# ")
    course.python(
        "from samarkand.practice import notes, predict, check\n"
        "notes.note('05.sides', 'It sends arms.')\n"
        "predict.answer('03.members', 8, 6, 10); check('03.1', 45)\n"
    )
    kept = {path.name: path.read_bytes() for path in course.work.glob("*.jsonl")}
    assert len(kept) == 3
    # The next version.
    change_the_course(course)
    tag_a_version(course, "1.1.0")
    assert course.run("--version").strip() == "samarkand 1.1.0"
    # The teacher: marks stay; the same command marks who hands in the old pages only now.
    assert read_marks(course) == before
    hand_in(course, "cyn", tmp_path / "old_model.ipynb")
    said = course.teach("grade", "ex03")
    assert "3 graded, 0 as they were." in said, "a new version marks all once more"
    assert read_marks(course) == {**before, "cyn": 10}
    assert course.teach("due", "ex03") == due
    assert {path: path.read_bytes() for path in (course.exercises / "own").rglob("*.py")} == own
    # The student: nothing of hers is gone; the copy that she did not touch is the new one.
    said = course.run("lessons")
    assert "Mine alone." in "".join(path.read_text("utf-8") for path in mine.glob("03_the_sco*.ipynb"))
    assert LESSON in "".join(path.read_text("utf-8") for path in mine.glob("03_the_sco*.ipynb"))
    assert untouched.is_file() and not [*mine.glob("07_kazakhstan.*.ipynb")]
    assert {path.name: path.read_bytes() for path in course.work.glob("*.jsonl")} == kept
    code = (
        "from samarkand.practice import notes, predict\n"
        "print(notes.recall('05.sides').sentence); print(predict.ask('03.members').filled['guess'])"
    )
    assert course.python(code).splitlines() == ["You wrote: “It sends arms.”", "8"]
