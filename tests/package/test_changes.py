"""A change brings what judges it, and a file of which nothing is known brings the whole suite."""

import subprocess
from pathlib import Path

import pytest

from samarkand.common import home
from samarkand.common.errors import CourseError
from tools.author import changes
from tools.author.changes import Plan, Step
from tools.author.dependents import Dependents

KNOWN = Dependents()
TRACKED = subprocess.run(
    ["git", "ls-files", "-z", "-co", "--exclude-standard"],
    cwd=home.ROOT,
    capture_output=True,
    text=True,
    check=False,
).stdout.split("\0")
#: What was once passed over in silence, or by lint alone: a file, a lesson and a test that have to see it.
ONCE_UNSEEN = [
    line.split(" ~ ")
    for line in Path(__file__).with_name("once_unseen.txt").read_text(encoding="utf-8").splitlines()
]


def commands(*paths: str) -> list[str]:
    return [" ".join(step.command) for step in changes.plan_steps(paths, KNOWN).steps]


def test_a_lesson_is_held_to_its_rules_and_to_what_it_shows() -> None:
    found = changes.plan_steps(["notebooks/03_the_sco.ipynb"], KNOWN)
    by_name = {step.what: step for step in found.steps}
    assert {"the rules of a lesson, 03_the_sco", "what 03_the_sco shows", "the tests of 03"} <= by_name.keys()
    assert "--nbval" in by_name["what 03_the_sco shows"].command
    assert by_name["what 03_the_sco shows"].advice.endswith("samarkand build 03")
    assert found.unknown == []


@pytest.mark.parametrize(
    ("path", "lessons", "says"),
    [
        ("course_data/kandas.csv", "08", "-m samarkand data check"),
        ("samarkand/practice/questions/sco.toml", "03", "build --check"),
        ("samarkand/maps/sco_map.py", "03", "tests/package/test_maps"),
        ("samarkand/charts/counts.py", "04 06 07 08", "tests/package/test_charts"),
        ("samarkand/practice/tasks/sco.py", "03", "tests/package/test_check"),
        ("tools/author/tables.py", "", "tests/data/test_tables_check.py"),
        ("packages/grading/samarkand_grading/classroom/course.py", "", "tests/grading/test_"),
        ("exercises/checks/ex03_the_sco.py", "", "exercises/source/ex03_the_sco"),
        ("tests/grading/workshop.py", "", "tests/grading/test_calls.py"),
    ],
)
def test_a_file_brings_what_judges_it_and_no_lesson_besides(path: str, lessons: str, says: str) -> None:
    found = changes.plan_steps([path], KNOWN)
    assert any(says in " ".join(step.command) for step in found.steps)
    shown = {step.what.split()[1][:2] for step in found.steps if step.what.endswith(" shows")}
    assert {one for one in shown if one.isdigit()} == {*lessons.split()}
    assert found.unknown == []


@pytest.mark.parametrize(
    ("path", "lesson", "test"),
    [
        ("course_data/sco_membership.csv", "03", "tests/"),
        ("samarkand/assets/map/flows.css", "", "tests/package/test_maps"),
        ("samarkand/practice/questions/sco.toml", "", "tests/"),
    ],
)
def test_what_needed_a_file_that_is_gone_or_renamed_is_run(
    path: str, lesson: str, test: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "ROOT", tmp_path)
    found = changes.find_concerned(path, KNOWN)
    assert found.known and any(one.startswith(test) for one in found.tests)
    assert not lesson or any(one.startswith(f"notebooks/{lesson}") for one in found.lessons)
    made = changes.plan_steps([path], KNOWN)
    said = " ".join(" ".join(step.command) for step in made.steps)
    assert "-m mypy" in said and "build --check" in said and "-m pytest" in said


@pytest.mark.parametrize(
    "path",
    [
        "samarkand/no_such_module.py",
        "notebooks/20_gone.ipynb",
        "exercises/checks/ex20_gone.py",
        "tests/test_gone.py",
    ],
)
def test_what_nobody_names_and_is_gone_is_for_the_whole_suite(path: str) -> None:
    assert changes.plan_steps([path], KNOWN).unknown == [path]


@pytest.mark.parametrize(("path", "lesson", "test"), ONCE_UNSEEN)
def test_what_was_once_passed_over_is_seen(path: str, lesson: str, test: str) -> None:
    found = changes.find_concerned(path, KNOWN)
    assert test in found.tests
    assert not lesson or any(name.startswith(f"notebooks/{lesson}") for name in found.lessons)


@pytest.mark.skipif(len(TRACKED) < 2, reason="this folder is no clone")
def test_each_file_brings_something_that_runs_or_the_whole_suite() -> None:
    """No file of the course is without a judge, and few are for the whole suite."""
    unknown = []
    for path in filter(None, TRACKED):
        concerned = changes.find_concerned(path, KNOWN)
        if not (concerned.tests or concerned.lessons or concerned.sets):
            made = changes.plan_steps([path], KNOWN)
            assert made.unknown == [path] or not (home.ROOT / path).exists(), path
            unknown.append(path)
    ours = ("samarkand/assets/", "samarkand/practice/", "notebooks/", "exercises/checks/")
    assert not [path for path in unknown if path.startswith(ours)]
    assert len(unknown) < len(TRACKED) / 10


@pytest.mark.parametrize("path", ["start.py", "requirements.lock", ".github/workflows/ci.yml"])
def test_what_judges_how_the_course_starts_is_run_at_once_where_it_is_quick(path: str) -> None:
    """Beside slow tests it was once left to the suite with them, so that a mistake in start.py passed."""
    found = changes.plan_steps([path], KNOWN)
    run = " ".join(word for step in found.steps for word in step.command)
    quick = ("test_start.py", "test_requirements.py", "test_workflows.py", "test_pages_names.py")
    assert any(name in run for name in quick)
    assert not any(test.endswith(quick) for test in found.left)


def test_a_file_that_nobody_knows_is_no_yes_until_the_suite_has_passed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(changes, "plan_steps", lambda paths: Plan(unknown=["strange.bin"]))
    monkeypatch.setattr(changes, "PASSED", tmp_path / "passed")
    lines: list[str] = []
    assert not changes.judge_change(["strange.bin"], lines.append)
    assert "strange.bin" in lines[-1]
    monkeypatch.setattr(changes, "digest_of_files", lambda: "as they are")
    changes.note_that_suite_passed("as they were")
    assert not changes.judge_change(["strange.bin"], lines.append)
    changes.note_that_suite_passed("as they are")
    assert changes.judge_change(["strange.bin"], lines.append)


def test_all_that_fails_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    fail = ("-c", "print('E  was 8, is 9\\nFAILED one\\nFAILED two'); raise SystemExit(1)")
    todo = [
        Step("what 03 shows", fail, "If you meant that: samarkand build 03"),
        Step("what 05 shows", fail, "If you meant that: samarkand build 05"),
        Step("rules", fail),
        Step("lint", ("-c", "")),
    ]
    monkeypatch.setattr(changes, "plan_steps", lambda paths: Plan(steps=todo))
    lines: list[str] = []
    assert not changes.judge_change(["x"], lines.append)
    told = "\n".join(lines)
    assert told.count("FAILED one\n    FAILED two") == 3
    assert "To see all of it: python -c print(" in told
    assert "ok      lint" in told
    assert lines[-1].endswith("samarkand build 03 05")


def test_each_failure_of_a_run_of_pytest_is_shown(tmp_path: Path) -> None:
    (tmp_path / "test_two.py").write_text("def test_a(): assert 1 == 2\ndef test_b(): assert 3 == 4\n")
    step = Step("tests", (*changes.PYTEST, "-p", "no:cacheprovider", str(tmp_path)))
    assert "-x" not in step.command


def test_a_text_of_a_map_is_judged_by_what_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "samarkand/assets/map/scenes.toml"
    was = (home.ROOT / path).read_text(encoding="utf-8").replace('"Who belonged to it', '"Who was in it')
    monkeypatch.setattr(changes, "list_entries", lambda *command: [was])
    found = changes.find_concerned(path, KNOWN)
    assert found.lessons == {"notebooks/03_the_sco.ipynb"} and "tests/package/test_maps.py" in found.tests


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
    monkeypatch.setattr(home, "ROOT", tmp_path)
    return tmp_path


def test_files_are_those_that_git_names_or_are_named_from_anywhere(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sorted(changes.find_changed()) == ["notebooks/a new.py", "notebooks/gone.py"]
    monkeypatch.chdir(repository / "notebooks")
    assert list(changes.find_files(["here.py", "../notebooks/here.py"])) == ["notebooks/here.py"]
    with pytest.raises(CourseError) as error:
        changes.find_files(["heer.py"])
    assert (error.value.code, error.value.fields["file"]) == ("no such file", "heer.py")


def test_the_digest_of_the_files_changes_with_each_and_leaves_the_index(repository: Path) -> None:
    staged = subprocess.run(
        ["git", "diff", "--cached"], cwd=repository, capture_output=True, check=True
    ).stdout
    first = changes.digest_of_files()
    assert first and first == changes.digest_of_files()
    (repository / "notebooks" / "a new.py").write_text("x = 1\n")
    assert changes.digest_of_files() != first
    again = subprocess.run(
        ["git", "diff", "--cached"], cwd=repository, capture_output=True, check=True
    ).stdout
    assert again == staged
