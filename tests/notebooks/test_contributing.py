"""The steps of CONTRIBUTING.md work when followed literally in a fresh copy of the repository."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from samarkand import cli
from samarkand.common.errors import CourseError
from samarkand.common.home import ROOT
from tools.author import skeletons

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
#: Existing files to which a new map or explorer adds lines: its texts, and the names that its package offers.
ADDED_TO = [str(path.relative_to(ROOT)) for path in skeletons.TEXTS.values()]
ADDED_TO += [f"samarkand/{package}/__init__.pyi" for package in skeletons.TEXTS]


#: Where the snapshots of the lessons are.
SNAPSHOTS = "tests/notebooks/__snapshots__/test_lesson_shows"


def commands(heading: str) -> list[str]:
    """Return the commands in a section of the page."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    (block,) = re.findall(r"^```bash\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    return block.splitlines()


class Copy:
    """A copy of the repository, like a fresh clone."""

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
            "PYTHONPATH": os.pathsep.join([str(root), str(root / "packages" / "grading")]),
            "HOME": str(root.parent),  # where an instructor's secret would be
            "SAMARKAND_WORK": str(root.parent / "work"),
        }
        self.run("git init --quiet")
        self.commit()

    def run(self, command: str, status: int = 0) -> str:
        """Run a shell command, check its exit status, and return its output."""
        command = re.sub(r"^samarkand\b", "python -m samarkand", command)
        ran = subprocess.run(
            command, cwd=self.root, env=self.environment, shell=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert ran.returncode == status, f"{command}\n{ran.stdout}"
        return ran.stdout

    def changes(self) -> dict[str, str]:
        """Return the git status of each file since the last commit by path, such as ``??`` or ``M``.

        What the build writes down as not yet read, in checked/, is left out.
        """
        lines = self.run("git status --porcelain --untracked-files=all").splitlines()
        return {line[3:]: line[:2].strip() for line in lines if not line[3:].startswith("checked/")}

    def commit(self) -> None:
        """Commit everything, so that `changes` starts from here."""
        self.run("git add --all && git -c user.name=x -c user.email=x -c commit.gpgsign=false commit -qm x")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    if sys.platform != "linux" or shutil.which("git") is None:
        pytest.skip("the page is followed in a shell, with git")
    pytest.importorskip("nbgrader", reason="a set is released by nbgrader")
    return Copy(tmp_path_factory.mktemp("newcomer") / "course")


def test_a_new_lesson_is_green_as_it_is_and_no_other_file_is_edited(copy: Copy) -> None:
    """Two generated pages and the texts of explorers change; an existing map of the subject is kept."""
    for path, text in skeletons.plan_module("maps", "water").items():
        (copy.root / path.relative_to(ROOT)).write_text(text, encoding="utf-8")
    mine = copy.root / "samarkand" / "maps" / "water_map.py"
    with mine.open("a", encoding="utf-8") as file:
        file.write("\n\n# my own\n")
    new, _, judged = (copy.run(command) for command in commands("Adding a lesson"))
    assert "samarkand/maps/water_map.py is there already, and is kept." in new
    assert mine.read_text(encoding="utf-8").endswith("# my own\n")
    changes = copy.changes()
    assert {path for path, what in changes.items() if what != "??"} == {
        "README.md",
        "docs/python.md",
        *ADDED_TO,
    }
    assert {path for path, what in changes.items() if what == "??"} == {
        "notebooks/13_water.ipynb",
        "samarkand/practice/tasks/water.py",
        "samarkand/maps/water_map.py",
        "samarkand/explore/water_explorer.py",
        "samarkand/practice/questions/water.toml",
        *(f"exercises/{stage}/ex13_water/ex13_water.ipynb" for stage in ("source", "release")),
        "exercises/checks/ex13_water.py",
        f"{SNAPSHOTS}/test_a_lesson_shows_what_its_snapshot_says[13_water].txt",
        "tests/grading/classes/ex13_water.toml",
    }
    assert "FAILED" not in judged and "samarkand/" not in judged, judged
    copy.run("python -m ruff check notebooks/13_water.ipynb exercises/source/ex13_water")
    tests = "tests/notebooks/test_lesson_index.py tests/notebooks/test_lesson_coverage.py"
    tests += " tests/notebooks/test_concepts.py tests/package"
    some = "lesson_index or lesson_coverage or concepts or test_questions or water"
    copy.run(f"python -m pytest -q -p no:cacheprovider {tests} -k '{some}'")
    copy.commit()


def test_a_map_and_an_explorer_are_a_new_file_and_a_section_each(copy: Copy) -> None:
    copy.run("samarkand new map rivers && samarkand new explorer rivers")
    made = dict.fromkeys(("samarkand/maps/rivers_map.py", "samarkand/explore/rivers_explorer.py"), "??")
    assert copy.changes() == made | dict.fromkeys(ADDED_TO, "M")
    said = copy.run("python -c 'from samarkand import explore, maps; print(maps.rivers(), explore.rivers())'")
    assert "Map of Asia and eastern Europe" in said and 'Explorer "' in said
    copy.commit()


def test_a_row_is_corrected_by_one_command(copy: Copy) -> None:
    table = copy.root / "course_data" / "polls.csv"
    whole = table.read_text(encoding="utf-8")
    was, is_ = "Mean of the years and of four states.", "Mean of four states."
    table.write_text(whole.replace(was, is_), encoding="utf-8")
    said = copy.run("samarkand renew", 1)
    assert "tables/polls, PL01" in said and f"note was: {was.rstrip('.')}" in said
    said = copy.run("samarkand renew --read GALLUP18")
    (users,) = re.findall(r"^polls: used by (.*)$", said, re.MULTILINE)
    assert "polls: PL01 has changed" in said and {"07_kazakhstan", "11_briefing"} <= set(users.split(", "))
    lessons_that_use_polls = {f"notebooks/{user}.ipynb" for user in users.split(", ")}
    assert set(copy.changes()) <= {"course_data/polls.csv", *lessons_that_use_polls}
    copy.run("samarkand data check")


# ------------------------------------------------------------------------------- what is refused

LESSON = ("--title", "Roads", "--question", "Who reaches the sea?")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("lesson", "water", "--number", "03", *LESSON), "The number 03 is taken by notebooks/03_the_sco"),
        (("lesson", "region", "--number", "13", *LESSON), "samarkand.maps: start_map offers it."),
        (("lesson", "Roads!", "--number", "13", *LESSON), "'Roads!' cannot name a module"),
        (("lesson", "water", "--number", "13", "--title", "a|b", *LESSON[2:]), "A title is one line"),
        (("lesson", "water", "--number", "13", *LESSON[:3], "Who"), "ends with its only question mark"),
        (("exercise", "03"), "exercises/source/ex03_the_sco/ex03_the_sco.ipynb is there already"),
        (("exercise", "77"), 'No lesson "77"'),
        (("map", "votes"), "samarkand/maps/votes_map.py is there already"),
        (("map", "world"), "taken by a section of samarkand/assets/map/scenes.toml"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_written(
    words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(skeletons.files, "write_whole", lambda path, body: pytest.fail(f"{path} was written"))
    assert cli.main(["new", *words]) == 1
    said = capsys.readouterr().err
    assert says in said and len(said.splitlines()) == 1


def test_what_was_begun_goes_again_if_it_cannot_be_finished(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (texts := tmp_path / "old" / "texts.toml").write_text("was", encoding="utf-8")
    plan = {tmp_path / "old" / "a.py": "a", tmp_path / "new" / "b.py": "b", texts: "is"}
    result = tmp_path / "new" / "result.json"
    with pytest.raises(CourseError) as error, skeletons.place_files(plan, result):
        assert all(path.exists() for path in plan)
        result.write_text("{}", encoding="utf-8")
        raise CourseError("no", code="cannot be finished")
    assert error.value.code == "cannot be finished"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["old", "texts.toml"]
    assert texts.read_text(encoding="utf-8") == "was"
