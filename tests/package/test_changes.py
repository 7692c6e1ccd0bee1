"""What a change touches is found by itself, and what is wrong with it is said in words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from samarkand.ground.errors import CourseError
from tools.author import changes, lessons
from tools.author.changes import Step


def commands(*paths: str) -> list[str]:
    return [" ".join(step.command) for step in changes.steps(paths)[0]]


def test_a_lesson_is_held_to_its_rules_and_to_what_it_shows() -> None:
    rules, shows, record, rest = commands("notebooks/03_the_sco.ipynb")
    assert "build --check" in rules and "03_the_sco.ipynb" in rules
    assert "--nbval" in shows and "test_lesson_facts.py" in record
    assert "-k 03_the_sco and not ex03_the_sco tests/notebooks" in rest
    advice = [step.advice for step in changes.steps(["notebooks/03_the_sco.ipynb"])[0]]
    assert [bool(one) for one in advice] == [False, True, True, False]


@pytest.mark.parametrize(
    ("path", "shown", "says"),
    [
        ("course_data/polls.csv", "07", "-m samarkand data check"),
        ("course_data/polls.csv", "07", "-k ex07_kazakhstan tests/grading"),
        ("samarkand/practice/questions/sco.toml", "03", "build --check"),
        ("samarkand/practice/tasks/sco.py", "03", "-m ruff check"),
        ("samarkand/maps/sco.py", "03", "tests/package/test_maps"),
        ("samarkand/charts/counts.py", "04 06 07 08", "tests/package/test_charts"),
        ("samarkand/maps/_scene.py", "", "tests/package/test_maps"),
        ("samarkand/places.py", "", "tests/package/test_places.py"),
        ("tools/author/tables.py", "", "tests/data/test_tables_check.py"),
        ("packages/grading/samarkand_grading/classroom/course.py", "", "tests/grading/test_"),
        ("tests/notebooks/facts/03_the_sco.json", "03", "-k 03_the_sco"),
        ("exercises/checks/ex03_the_sco.py", "", "exercises/source/ex03_the_sco"),
        ("exercises/source/ex99_x/ex99_x.ipynb", "", "build --check"),
        ("samarkand/no_such_module.py", "", "-m mypy"),
    ],
)
def test_a_file_brings_what_judges_it(path: str, shown: str, says: str) -> None:
    found = commands(path)
    assert any(says in one for one in found)
    assert [path.stem[:2] for path in lessons.paths() if str(path) in " ".join(found)] == shown.split()


def test_what_is_judged_by_the_suite_alone_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert changes.judge(["LICENSE", "samarkand/assets/map/map.js"])
    told = "Judged by start.py test alone: LICENSE and samarkand/assets/map/map.js.\n"
    assert capsys.readouterr().out == told
    assert changes.judge([])
    assert capsys.readouterr().out == "Nothing has changed.\n"


def test_what_fails_is_told_in_words_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    fail = ("-c", "print('E  was 8, is 9'); raise SystemExit(1)")
    todo = [
        Step("what 03 shows", fail, "If you meant that, ..."),
        Step("rules", fail),
        Step("lint", ("-c", "")),
    ]
    monkeypatch.setattr(changes, "steps", lambda paths: (todo, []))
    lines: list[str] = []
    assert not changes.judge(["x"], lines.append)
    told = "\n".join(lines)
    assert "FAILED  what 03 shows\n    E  was 8, is 9\nIf you meant that, ..." in told
    assert "FAILED  rules\n    E  was 8, is 9\nTo see all of it: python -c print(" in told
    assert "ok      lint" in told


def test_a_broken_rule_is_told(tmp_path: Path) -> None:
    lesson = lessons.paths()[0]
    broken = tmp_path / lesson.name
    text = lesson.read_text(encoding="utf-8")
    broken.write_text(text.replace("# Start here", "Start here", 1), encoding="utf-8")
    rules, *_ = changes._of_lesson(broken)
    status, output = changes._run(rules)
    assert status == 1
    assert "The first cell is not the title." in changes._telling(output)


def test_without_git_the_files_must_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "ROOT", tmp_path)
    with pytest.raises(CourseError, match="Name the files"):
        changes.changed()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root with a file that git knows, one that is gone, and a new one."""
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x"]
    (tmp_path / "notebooks").mkdir()
    for name in ("here", "gone"):
        (tmp_path / "notebooks" / f"{name}.py").write_text("")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"], ["rm", "-q", "notebooks/gone.py"]):
        subprocess.run([*git, *words], check=True)
    (tmp_path / "notebooks" / "a new.py").write_text("")
    monkeypatch.setattr(changes, "ROOT", tmp_path)
    return tmp_path


def test_files_are_those_that_git_names(repository: Path) -> None:
    assert sorted(changes.changed()) == ["notebooks/a new.py", "notebooks/gone.py"]


@pytest.mark.parametrize(
    ("here", "path", "files"),
    [
        ("notebooks", "here.py", ["here"]),
        (".", "./notebooks/../notebooks/here.py", ["here"]),
        (".", "{root}/notebooks/here.py", ["here"]),
        ("notebooks", "gone.py", ["gone"]),
        (".", "notebooks/", ["a new", "gone", "here"]),
        (".", "notebooks/heer.py", []),
        (".", "../here.py", []),
    ],
)
def test_files_are_named_from_anywhere_and_must_be_there(
    here: str, path: str, files: list[str], repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / here)
    path = path.format(root=repository)
    if files:
        assert sorted(changes.named([path, path])) == [f"notebooks/{name}.py" for name in files]
    else:
        with pytest.raises(CourseError, match=f"There is no file {path}"):
            changes.named([path])


def test_the_command_has_it() -> None:
    command = [sys.executable, "-m", "samarkand", "test", "LICENSE"]
    ran = subprocess.run(command, cwd=changes.ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "Judged by start.py test alone: LICENSE.\n")
