"""The checks that a change needs are found automatically, and its faults are reported in words."""

import subprocess
from pathlib import Path

import pytest

from samarkand.common.errors import CourseError
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
        ("course_data/kandas.csv", "08", "-m samarkand data check"),
        ("samarkand/practice/questions/sco.toml", "03", "build --check"),
        ("samarkand/maps/sco_map.py", "03", "tests/package/test_maps"),
        ("samarkand/charts/counts.py", "04 06 07 08", "tests/package/test_charts"),
        ("samarkand/maps/_scene.py", "", "tests/package/test_maps"),
        ("tools/author/tables.py", "", "tests/data/test_tables_check.py"),
        ("packages/grading/samarkand_grading/classroom/course.py", "", "tests/grading/test_"),
        ("tests/notebooks/facts/03_the_sco.json", "03", "-k 03_the_sco"),
        ("exercises/checks/ex03_the_sco.py", "", "exercises/source/ex03_the_sco"),
        ("samarkand/no_such_module.py", "", "-m mypy"),
    ],
)
def test_a_file_brings_what_judges_it(path: str, shown: str, says: str) -> None:
    found = commands(path)
    assert any(says in one for one in found)
    assert [path.stem[:2] for path in lessons.paths() if str(path) in " ".join(found)] == shown.split()


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


def test_a_text_of_a_map_is_judged_by_what_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "samarkand/assets/map/scenes.toml"
    was = (changes.ROOT / path).read_text(encoding="utf-8").replace('"Who belonged to it', '"Who was in it')
    monkeypatch.setattr(changes, "_git", lambda *command: [was])
    todo, left = changes.steps([path])
    assert left == [] and "tests/package/test_maps.py" in todo[0].command
    assert {step.what.rpartition(" ")[2] for step in todo if "record" in step.what} == {"03_the_sco"}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with a tracked file, a deleted one and a new one."""
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x"]
    (tmp_path / "notebooks").mkdir()
    for name in ("here", "gone"):
        (tmp_path / "notebooks" / f"{name}.py").write_text("")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"], ["rm", "-q", "notebooks/gone.py"]):
        subprocess.run([*git, *words], check=True)
    (tmp_path / "notebooks" / "a new.py").write_text("")
    monkeypatch.setattr(changes, "ROOT", tmp_path)
    return tmp_path


def test_files_are_those_that_git_names_or_are_named_from_anywhere(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sorted(changes.find_changed()) == ["notebooks/a new.py", "notebooks/gone.py"]
    monkeypatch.chdir(repository / "notebooks")
    assert list(changes.find_files(["here.py", "../notebooks/here.py"])) == ["notebooks/here.py"]
    with pytest.raises(CourseError, match="There is no file heer"):
        changes.find_files(["heer.py"])
