"""What a change touches is found by itself, and what is wrong with it is said in words."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from samarkand.ground import rooms
from samarkand.ground.errors import CourseError
from tools.author import changes, lessons
from tools.author.changes import Step


def commands(*paths: str) -> list[str]:
    return [" ".join(step.command) for step in changes.steps(paths)[0]]


def test_a_lesson_is_held_to_its_rules_and_to_what_it_shows() -> None:
    found = commands("notebooks/03_the_sco.ipynb")
    assert len(found) == 4
    assert "build --check" in found[0]
    assert "--nbval" in found[1] and "03_the_sco.ipynb" in found[1]
    assert "test_lesson_facts.py" in found[2] and "test_lesson_practice.py" in found[3]
    chosen = {Path(word).name for command in found[2:] for word in command.split() if "test_" in word}
    assert chosen == {path.name for path in (changes.ROOT / "tests" / "notebooks").glob("test_lesson_*.py")}


def test_a_table_is_checked_first_and_brings_the_lessons_and_sets_that_use_it() -> None:
    found = commands("course_data/sco_membership.csv")
    assert found[0] == "-m samarkand data check"
    assert any("--nbval" in one and "03_the_sco.ipynb" in one for one in found)
    assert any("test_exercises.py" in one and "ex03_the_sco" in one for one in found)
    assert not any("04_china_and_russia" in one for one in found)


def test_a_file_of_questions_brings_the_lesson_that_asks_them() -> None:
    found = commands("samarkand/practice/questions/sco.toml")
    assert "tests/package/test_questions.py" in found[0]
    assert "build --check" in found[1] and found[1].endswith("03_the_sco.ipynb")
    assert not any("04_china_and_russia" in one for one in found)


def test_a_module_brings_the_tests_that_import_it_and_names_the_slow_ones_above_it() -> None:
    near, far = changes.tests_of("samarkand.places")
    assert "tests/package/test_places.py" in near
    assert far and not set(near) & set(far)
    found, left = changes.steps(["samarkand/places.py"])
    assert found[0].command[:3] == ("-m", "ruff", "check")
    assert any("tests/package/test_places.py" in step.command for step in found)
    assert all(test.startswith(changes.SLOW) for test in left)


@pytest.mark.parametrize(
    ("path", "lessons", "near"),
    [
        ("maps/sco.py", "03", "test_maps_bytes.py"),  # maps.sco()
        ("check/sco.py", "03", "test_check.py"),  # check("03.1", ...)
        ("maps/trade.py", "04", "test_maps_flows.py"),
        ("charts/counts.py", "04 06 07 08", "test_charts_counts.py"),
    ],
)
def test_a_module_brings_the_lessons_that_use_what_is_its_own(path: str, lessons: str, near: str) -> None:
    found = commands(f"samarkand/{path}")
    shown = [re.search(r"(\d\d)_\w+\.ipynb", one) for one in found if "--nbval" in one]
    assert [one[1] for one in shown if one] == lessons.split()
    tests = next(one for one in found if f"/{near}" in one)
    assert found.index(tests) < next(place for place, one in enumerate(found) if "build --check" in one)


def test_what_a_room_stands_on_brings_all_its_lessons() -> None:
    engine = commands("samarkand/maps/_scene.py")
    assert sum("--nbval" in one for one in engine) > 5


def test_a_set_brings_both_its_notebooks_and_how_it_is_marked() -> None:
    found = commands("exercises/checks/ex03_the_sco.py")
    assert any("exercises/source/ex03_the_sco" in one and "exercises/release" in one for one in found)
    marked = next(one for one in found if "-k ex03_the_sco tests/grading/test_exercises.py" in one)
    assert "test_edges.py" in marked


def test_what_no_import_tells_of_brings_its_tests() -> None:
    (near,) = commands("samarkand/assets/map/labels.csv")
    assert "tests/package/test_maps_list.py" in near
    assert f"{near} tests/package/test_geo.py" in commands("course_data/geo/region.geojson")
    assert "tests/guard" in commands(".ci/run")[-1] and "test_suite.py" in commands("tools/suite.py")[-1]
    assert "tests/data/test_integrity.py" in commands("course_data/un_votes.csv")[1]
    for tests in (test for group in changes.BESIDE.values() for test in group if "/" in test):
        assert (changes.ROOT / tests).exists()
    for file in "|".join(changes.BESIDE).split("|"):
        assert list(changes.ROOT.glob(f"{file}*")), f"{file} has another name now"


@pytest.mark.parametrize(
    ("helper", "tests", "left"),
    [
        ("package/said.py", ["package/test_words_explore.py", "package/test_words_maps.py"], []),
        ("notebooks/treated.py", ["notebooks/test_lesson_coverage.py"], []),
        ("data/conftest.py", ["data"], []),
        ("grading/conftest.py", [], ["tests/grading"]),
        ("conftest.py", [], ["tests"]),
    ],
)
def test_a_helper_of_tests_brings_those_that_stand_on_it(
    helper: str, tests: list[str], left: list[str]
) -> None:
    (_, *judged), unjudged = changes.steps([f"tests/{helper}"])
    assert [one for step in judged for one in step.command[4:]] == [f"tests/{test}" for test in tests]
    assert unjudged == left


@pytest.mark.parametrize(
    ("gone", "judges"),
    [
        ("notebooks/07_old_name.ipynb", ["build --check", "test_lesson_index.py"]),
        ("exercises/source/ex99_x/ex99_x.ipynb", ["build --check", "test_exercise_links.py"]),
        ("samarkand/no_such_module.py", ["-m mypy"]),
        ("tests/package/test_no_such.py", ["tests/guard"]),
        ("course_data/no_such_table.csv", ["data check", "test_record.py"]),
    ],
)
def test_what_is_gone_brings_what_led_to_it(gone: str, judges: list[str]) -> None:
    found = commands(gone)
    assert len(found) == len(judges)
    assert all(judge in one for judge, one in zip(judges, found, strict=True))


def test_a_record_brings_what_it_records() -> None:
    found = commands("tests/notebooks/facts/03_the_sco.json")
    assert any("03_the_sco" in one and "test_lesson_facts.py" in one for one in found)
    assert commands("tests/data/record.json") == ["-m pytest -q -x tests/data/test_record.py"]


#: What no test looks at; what is known of the pictures is held by tests of the browser, which take minutes.
NOT_LOOKED_AT = re.compile(
    r"LICENSE.*|(.*/)?\.git(attributes|ignore)|docs/(decisions|instructor)\.md|docs/lesson\.png"
    r"|exercises/nbconvert/.*|samarkand/py\.typed|tests/browser/looks/.*"
)


def test_each_file_brings_what_judges_it() -> None:
    """One table stands for all; what is Python is at least linted."""
    known = changes._git(changes.ROOT, "ls-files", "-z") or []
    files = {re.sub(r"^course_data/\w+\.csv", "course_data/trip.csv", one) for one in known}
    files = {file for file in files if not file.endswith(".py")} | {"samarkand/__init__.py"}
    assert [one for one in sorted(files) if not NOT_LOOKED_AT.fullmatch(one) and not commands(one)] == []


def test_what_is_looked_at_by_no_test_brings_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert changes.judge(["LICENSE"])
    assert "Nothing has changed that a test looks at." in capsys.readouterr().out


def test_what_fails_is_told_in_words_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Step(
        "what 03 shows", ("-c", "print('E  was 8, is 9'); raise SystemExit(1)"), "If you meant that, ..."
    )
    fine = Step("lint", ("-c", ""))
    monkeypatch.setattr(changes, "steps", lambda paths: ([wrong, fine], ["tests/grading/test_batch.py"]))
    said: list[str] = []
    assert not changes.judge(["x"], said.append)
    told = "\n".join(said)
    assert "FAILED  what 03 shows\n    E  was 8, is 9\nIf you meant that, ..." in told
    assert "ok      lint" in told
    assert said[-1] == "Left to start.py test, which runs all: tests/grading/test_batch.py."


def test_a_wrong_output_in_a_lesson_is_seen(tmp_path: Path) -> None:
    lesson = lessons.paths()[0]
    text = lesson.read_text(encoding="utf-8")
    broken = tmp_path / lesson.name
    broken.write_text(text.replace("# Start here", "Start here", 1), encoding="utf-8")
    (rules, *_) = changes._judged(broken)
    status, output = changes._run(rules)
    assert status == 1
    assert "The first cell is not the title." in changes._telling(output)


def test_files_are_those_that_git_names(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "a file.py").write_text("")
    assert changes.changed(tmp_path) == ["a file.py"]


def test_without_git_the_files_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="Name the files"):
        changes.changed(tmp_path)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root with a file that git knows, one that is gone, and a new one."""
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x"]
    (tmp_path / "notebooks").mkdir()
    for name in ("here", "gone"):
        (tmp_path / "notebooks" / f"{name}.py").write_text("")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"], ["rm", "-q", "notebooks/gone.py"]):
        subprocess.run([*git, *words], check=True)
    (tmp_path / "notebooks" / "new.py").write_text("")
    monkeypatch.setattr(changes, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("here", "path", "files"),
    [
        ("notebooks", "here.py", "here"),
        ("notebooks", "notebooks/here.py", "here"),
        (".", "./notebooks/../notebooks/here.py", "here"),
        (".", "{root}/notebooks/here.py", "here"),
        (".", "notebooks/gone.py", "gone"),
        ("notebooks", "gone.py", "gone"),
        (".", "notebooks/", "gone here new"),
        (".", "notebooks/heer.py", ""),
        (".", "../here.py", ""),
    ],
)
def test_files_are_named_from_anywhere_and_must_be_there(
    here: str, path: str, files: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / here)
    path = path.format(root=repository)
    if files:
        assert sorted(changes.named([path, path])) == [f"notebooks/{name}.py" for name in files.split()]
    else:
        with pytest.raises(CourseError, match=f"There is no file {path}"):
            changes.named([path])


@pytest.mark.parametrize(
    ("only", "judged"), [([], "new here new here"), (["notebooks/here.py"], "here here")], ids=["all", "one"]
)
def test_a_save_a_removal_and_a_change_taken_back_are_judged_once(
    only: list[str], judged: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, here = (repository / "notebooks" / f"{name}.py" for name in ("new", "here"))
    new.unlink()

    def saved(path: Path, text: str) -> None:
        path.write_text(text)
        os.utime(path, ns=(next(clock), next(clock)))

    clock = iter(range(1, 100))
    nothing = lambda: None  # noqa: E731
    deeds = iter(
        [
            nothing,
            *(lambda: saved(new, "1"), nothing, lambda: saved(here, "1"), nothing),
            *(new.unlink, nothing, lambda: saved(here, ""), nothing),
        ]
    )
    found: list[str] = []
    told: list[str] = []

    def look() -> list[str]:
        try:
            next(deeds)()
        except StopIteration:
            raise KeyboardInterrupt from None
        return looked(repository)

    def judge(paths: list[str], say: object) -> None:
        found.extend(Path(path).stem for path in paths)
        raise CourseError("half of a change")  # the next save is judged all the same

    looked = changes.changed
    monkeypatch.setattr(changes, "LOOK", 0)
    monkeypatch.setattr(changes, "changed", look)
    monkeypatch.setattr(changes, "judge", judge)
    with pytest.raises(KeyboardInterrupt):
        changes.watch(told.append, only)
    assert found == judged.split() and told.count("half of a change") == len(found)


def test_each_save_asks_anew_what_stands_on_what(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import, and a name that a room offers, may have been added while it watches."""
    (tmp_path / "attic").mkdir()
    (tmp_path / "attic" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    imports = iter(["before", "after"])

    def build(*_: object, **__: object) -> SimpleNamespace:
        above = {next(imports)}
        return SimpleNamespace(find_downstream_modules=lambda _: above)

    def ask(*_: object) -> None:
        known.append((changes._above("samarkand.x"), set(rooms.offers("attic"))))
        if len(known) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("grimp.build_graph", build)
    monkeypatch.setattr(changes, "LOOK", 0)
    monkeypatch.setattr(changes, "judge", ask)
    looks = iter([[], ["attic/trunk.py"]])
    monkeypatch.setattr(changes, "changed", lambda: next(looks))
    monkeypatch.setattr(changes, "_graph", cache(changes._graph.__wrapped__))
    known: list[tuple[set[str], set[str]]] = []
    ask()
    (tmp_path / "attic" / "trunk.py").write_text('__all__ = ["lid"]\n')
    with pytest.raises(KeyboardInterrupt):
        changes.watch(lambda line: None)
    assert known == [({"before"}, set()), ({"after"}, {"lid"})]


def test_the_command_has_it() -> None:
    command = [sys.executable, "-m", "samarkand", "test", "LICENSE"]
    ran = subprocess.run(command, cwd=changes.ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "Nothing has changed that a test looks at.\n")
