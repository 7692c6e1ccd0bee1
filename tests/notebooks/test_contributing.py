"""CONTRIBUTING.md is followed to the letter, in a copy: each worked example is read from the page and done.

What is tried here is the page as it stands, and a newcomer's day: how many files a lesson is, which of them
are edited, and that what the skeletons give keeps the rules and passes strict nbval and the tests.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from samarkand import cli
from samarkand.ground.errors import CourseError
from samarkand.ground.home import ROOT
from tools.author import apart, skeletons, tables

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
#: A lesson with questions, predictions, practice, map, explorer and set.
NEW_FILES = 12


def example(heading: str) -> list[tuple[str, str]]:
    """Return the blocks of a section's worked example: ("diff" or "bash", what is in it)."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert section, f"CONTRIBUTING.md has no section {heading!r}"
    _, mark, worked = section[1].partition("*Worked example.*")
    assert mark, f"{heading} has no worked example"
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", worked, re.DOTALL | re.MULTILINE)
    assert blocks and {kind for kind, _ in blocks} <= {"bash", "diff"}
    return blocks


class Copy:
    """A copy of the repository, as a fresh clone has it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, root / name)
        self.environment = os.environ | {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")])),
            "HOME": str(root.parent),  # where an instructor's secret would be
            "SAMARKAND_WORK": str(root.parent / "work"),
        }
        # `run` asks Python for what the page calls samarkand; that it is a command as well is seen here.
        self.run("git init --quiet && samarkand --version")
        self.commit()

    def run(self, command: str, status: int = 0) -> str:
        """Run a line of a shell, or a module of Python without one; return what it says."""
        module = re.fullmatch(r"(?:python -m (?=\w)|(?=samarkand))([^&*]+)", command)
        if module:  # forked from a warm one, which has imported most of what each of these would
            ended, said = apart.run_python(["-m", *shlex.split(module[1])], self.environment, self.root)
        else:
            ran = subprocess.run(
                command,
                cwd=self.root,
                env=self.environment,
                shell=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            ended, said = ran.returncode, ran.stdout
        assert ended == status, f"{command}\n{said}"
        return said

    def follow(self, blocks: list[tuple[str, str]]) -> str:
        """Do what the blocks of a worked example say; return what the commands say."""
        said = ""
        for kind, body in blocks:
            if kind == "diff":
                self.edit(body)
            else:
                said += "".join(self.run(line) for line in body.splitlines())
        return said

    def edit(self, diff: str) -> None:
        """Make the changes of a diff, each where its old words stand, and nowhere else."""
        for _, name, hunks in re.findall(r"^--- (\S+)\n\+\+\+ b/(\S+)\n(.*?)(?=^--- |\Z)", diff, re.S | re.M):
            path = self.root / name
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            for hunk in hunks.split("@@\n")[1:]:
                lines = hunk.splitlines()
                old = "\n".join(line[1:] for line in lines if line[:1] in (" ", "-"))
                new = "\n".join(line[1:] for line in lines if line[:1] in (" ", "+"))
                assert text.count(old) == 1 or not text, f"{name} has not once: {old}"
                text = text.replace(old, new) if text else f"{new}\n"
            path.write_text(text, encoding="utf-8")

    def changes(self) -> dict[str, str]:
        """Return what is new (``??``) or changed (``M``) since the last commit, by path."""
        lines = self.run("git status --porcelain --untracked-files=all").splitlines()
        return {line[3:]: line[:2].strip() for line in lines}

    def commit(self) -> None:
        """Keep what is there, so that `changes` begins anew."""
        self.run("git add --all && git -c user.name=x -c user.email=x -c commit.gpgsign=false commit -qm x")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    if sys.platform != "linux" or shutil.which("git") is None:
        pytest.skip("the page is followed in a shell, with git")
    pytest.importorskip("nbgrader", reason="a set is released by nbgrader")
    yield Copy(tmp_path_factory.mktemp("newcomer") / "course")


@pytest.fixture(scope="module")
def new_lesson(copy: Copy) -> dict[str, str]:
    """The worked example of a lesson, done where its subject has a map already; what is new or changed."""
    ((path, skeleton),) = skeletons.module("maps", "water").items()
    mine = copy.root / path.relative_to(ROOT)
    mine.write_text(f"{skeleton}\n\n# my own\n", encoding="utf-8")
    said = copy.follow(example("Adding a lesson"))
    assert re.findall(r".*is there already.*", said) == [
        "samarkand/maps/water.py is there already, and is kept."
    ]
    assert mine.read_text(encoding="utf-8").endswith("# my own\n")
    changes = copy.changes()
    copy.commit()
    return changes


def test_a_lesson_is_new_files_and_no_edited_one(new_lesson: dict[str, str]) -> None:
    """Two pages alone are edited, and nobody edits them: they are made from the lessons."""
    new = {path for path, what in new_lesson.items() if what == "??"}
    assert new == {
        "notebooks/12_water.ipynb",
        "samarkand/practice/tasks/water.py",
        "samarkand/maps/water.py",
        "samarkand/explore/water.py",
        "samarkand/practice/questions/water.toml",
        "exercises/source/ex12_water/ex12_water.ipynb",
        "exercises/release/ex12_water/ex12_water.ipynb",
        "exercises/checks/ex12_water.py",
        "tests/notebooks/facts/12_water.json",
        "tests/notebooks/second_counts/lesson_12_water.py",
        "tests/grading/classes/ex12_water.py",
    }
    assert len(new) <= NEW_FILES
    assert {path for path, what in new_lesson.items() if what != "??"} == {"README.md", "docs/python.md"}


def test_the_new_lesson_passes_strict_nbval_with_its_set(copy: Copy, new_lesson: dict[str, str]) -> None:
    notebooks = [path for path in new_lesson if path.endswith(".ipynb")]
    said = copy.run(f"python -m pytest --nbval {' '.join(notebooks)} -c /dev/null -q -p no:cacheprovider")
    assert " passed" in said and "failed" not in said


@pytest.mark.parametrize(
    ("tests", "chosen"),
    [
        (
            "tests/notebooks/test_lesson_practice.py tests/notebooks/test_lesson_index.py"
            " tests/notebooks/test_lesson_charts.py",
            "water and (folded or figures) or second_time or table and not figures",
        ),
        (
            "tests/grading/test_exercises.py tests/grading/test_lookup.py tests/grading/test_ramp.py"
            " tests/grading/test_class.py tests/grading/test_edges.py",
            "water and (solution_of or no_shortcut or own_reason or form_is or taught or given or shown"
            " or below or ordinary or own_table or deserved or catches)"
            " or enough_questions or class_of_its_own or every_edge",
        ),
    ],
    ids=["lesson", "set"],
)
@pytest.mark.usefixtures("new_lesson")
def test_the_tests_find_the_new_lesson_and_it_passes_them(copy: Copy, tests: str, chosen: str) -> None:
    said = copy.run(f"python -m pytest {tests} -q -k '{chosen}' -p no:cacheprovider")
    assert re.search(r"^\d+ passed", said, re.MULTILINE), said


@pytest.mark.usefixtures("new_lesson")
def test_the_skeletons_are_formatted_and_linted(copy: Copy) -> None:
    python = "samarkand/*/water.py exercises/checks/ex12_water.py tests/*/*/*12_water.py"
    copy.run(
        f"python -m ruff format --check {python} && python -m ruff check {python} notebooks/12_water.ipynb"
    )


@pytest.mark.usefixtures("new_lesson")
def test_a_graded_question_is_changed(copy: Copy) -> None:
    said = copy.follow(example("Adding a graded question"))
    assert said.count("1 passed") == 2
    assert set(copy.changes()) == {
        "docs/python.md",
        "exercises/checks/ex12_water.py",
        "exercises/source/ex12_water/ex12_water.ipynb",
        "exercises/release/ex12_water/ex12_water.ipynb",
        "tests/grading/classes/ex12_water.py",
    }
    copy.commit()


def test_a_map_and_an_explorer_are_one_new_file_each(copy: Copy) -> None:
    said = copy.follow(example("Adding a map or an explorer"))
    assert "Map of Asia and eastern Europe" in said and 'Explorer "' in said and " passed" in said
    assert copy.changes() == {f"samarkand/{room}/rivers.py": "??" for room in ("maps", "explore")}
    copy.commit()


def test_a_row_is_corrected_by_one_command(copy: Copy) -> None:
    said = copy.follow(example("Correcting a row"))
    assert "polls: PL01 has changed" in said
    assert "polls: used by 07_kazakhstan\n" in said
    changed = copy.changes()
    assert {"course_data/polls.csv", "tests/data/record.json"} <= set(changed)
    assert set(changed) <= {
        "course_data/polls.csv",
        "tests/data/record.json",
        "notebooks/07_kazakhstan.ipynb",
        "tests/notebooks/facts/07_kazakhstan.json",
    }
    recorded = json.loads((copy.root / "tests/data/record.json").read_text(encoding="utf-8"))
    assert tables.record(copy.root / "course_data") == recorded  # so that nothing is left to renew
    copy.commit()


def test_a_table_is_added(copy: Copy) -> None:
    said = copy.follow(example("Adding a table"))
    assert "The record is stored anew" in said
    assert "6 founders" in said and " passed" in said
    assert set(copy.changes()) == {
        *(f"course_data/{name}" for name in ("founders.csv", "datapackage.json", "README.md")),
        "tests/data/record.json",
    }
    copy.commit()


# ------------------------------------------------------------------------------- what is refused


LESSON = ("--title", "Roads", "--question", "Who reaches the sea?")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("lesson", "water", "--number", "03", *LESSON),
            "The number 03 is taken by notebooks/03_the_sco.ipynb.",
        ),
        (("lesson", "water", "--number", "6", *LESSON), "has two digits, such as 06; got '6'"),
        (
            ("lesson", "sco", "--number", "12", *LESSON),
            "tasks/sco.py is there already, and stays as it is; but the lesson needs of it what it has not: "
            '"12.1", "12.2", "12.third" and "12.times".',
        ),
        (("lesson", "region", "--number", "12", *LESSON), "samarkand.maps.start offers it."),
        (("lesson", "Roads!", "--number", "12", *LESSON), "'Roads!' cannot name a module"),
        (("lesson", "class", "--number", "12", *LESSON), "'class' cannot name a module"),
        (("lesson", "water", "--number", "12", "--title", "a|b", *LESSON[2:]), "A title is one line"),
        (
            ("lesson", "water", "--number", "12", *LESSON[:2], "--question", "Who"),
            "ends with its only question mark",
        ),
        (("exercise", "03"), "exercises/source/ex03_the_sco/ex03_the_sco.ipynb is there already"),
        (("exercise", "77"), 'No lesson "77"'),
        (("map", "votes"), "samarkand/maps/votes.py is there already"),
        (("map", "region"), "The name 'region' is taken in samarkand.maps: samarkand.maps.start offers it."),
        (("explorer", "_engine"), "'_engine' cannot name a module"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_written(
    words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(skeletons.files, "write_whole", lambda path, body: pytest.fail(f"{path} was written"))
    assert cli.main(["new", *words]) == 1
    said = capsys.readouterr().err
    assert says in said
    assert len(said.splitlines()) == 1


def test_what_was_begun_goes_again_if_it_cannot_be_finished(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    plan = {tmp_path / "old" / "a.py": "a", tmp_path / "new" / "b.py": "b"}
    result = tmp_path / "new" / "result.json"
    with pytest.raises(CourseError, match="no"), skeletons.placed(plan, result):
        assert all(path.exists() for path in plan)
        result.write_text("{}", encoding="utf-8")
        raise CourseError("no")
    assert [path.name for path in tmp_path.rglob("*")] == ["old"]
    with skeletons.placed(plan):
        pass
    assert all(path.exists() for path in plan)


def test_each_cell_of_a_template_has_an_id_of_its_own_and_nothing_is_left_to_fill_in() -> None:
    plan = skeletons.lesson("water", "12", "Roads and pipelines", "Who reaches the sea?")
    for path, text in plan.items():
        assert not re.search(r"\$\w", text), path
        if path.suffix == ".ipynb":
            ids = [cell["id"] for cell in json.loads(text)["cells"]]
            assert len(ids) == len(set(ids))
