"""The bench of mutants: each is one mistake, a run can be stopped, and what is damaged is named in words."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from samarkand.course.changes import Step
from samarkand.ground.errors import CourseError
from samarkand.ground.home import ROOT
from tools import mutants
from tools.mutants import Mutant

ROW = "0a1b2c3d,a digit,x.csv line 2,1,2,caught,record,t.py::test_record,3,"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutations", ROOT / "benchmarks" / "mutations.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def every() -> list[Mutant]:
    return mutants.mutants()


def test_there_are_enough_of_enough_kinds_and_half_of_them_in_words(every: list[Mutant]) -> None:
    words = {kind.name for kind in mutants.KINDS if kind.words}
    assert len(every) >= 200
    assert len({one.kind for one in every}) >= 30
    assert 2 * sum(one.kind in words for one in every) >= len(every)
    assert len({one.name for one in every}) == len(every)
    again = mutants.KINDS[::6]  # each chooses by itself, and to look for all takes long
    of_these = {one.name for one in every if one.kind in {kind.name for kind in again}}
    assert {one.name for one in mutants.mutants(again)} == of_these


def test_each_changes_its_file_and_nothing_else(every: list[Mutant]) -> None:
    for one in every:
        before, after = (ROOT / one.file).read_text(encoding="utf-8"), one.text()
        assert before != after, one
        # A line, its stored output, the numbers that shift: never half the file.
        assert len(set(before.splitlines()) ^ set(after.splitlines())) <= 12, one


def test_a_line_elsewhere_changes_no_mutant(tmp_path: Path) -> None:
    kind = next(kind for kind in mutants.KINDS if kind.name == "within what")
    folder = tmp_path / "samarkand" / "check"
    folder.mkdir(parents=True)
    (folder / "x.py").write_text('a = tr("Within 0.1 of it.")\n')
    (one,) = mutants.mutants([kind], tmp_path)
    assert (one.was, one.now, one.text()) == ("0.1", "0.3", 'a = tr("Within 0.3 of it.")\n')
    (folder / "x.py").write_text('"""Something else."""\na = tr("Within 0.1 of it.")\n')
    (other,) = mutants.mutants([kind], tmp_path)
    assert other.name == one.name and other.place != one.place


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ""),
        (f"{ROW}\n", ""),
        (f"{ROW}\n{ROW}\n", "line 3: 0a1b2c3d stands twice"),
        (ROW.replace("caught", "cuaght") + "\n", "line 2: its outcome is 'cuaght', none of caught"),
        (ROW.replace("caught", "equivalent") + "\n", "line 2: it is called equivalent, and no note says why"),
        (ROW[:30] + "\n", "line 2: it has not the columns mutant, kind"),
        ("\udcff\n", "cannot be read"),
    ],
)
def test_a_damaged_line_is_named(bench: ModuleType, tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "mutations.csv"
    path.write_bytes((",".join(bench.COLUMNS) + "\n" + text).encode(errors="surrogateescape"))
    if says:
        with pytest.raises(CourseError, match=says):
            bench.read(path)
    else:
        found = bench.read(path)
        bench.write(found, path)
        assert bench.read(path) == found
    assert bench.read(tmp_path / "none.csv") == {}


class Steps:
    """In place of the tests of a change: a step for each test, which fails if a word is in the file."""

    def __init__(self, folder: Path, **words: str) -> None:
        self.steps = []
        for test, word in words.items():
            (folder / "tests").mkdir(exist_ok=True)
            path = folder / "tests" / f"test_{test}.py"
            path.write_text(f"def test_it():\n    assert {word!r} not in open('x.txt').read()\n")
            self.steps.append(
                Step(test, ("-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/{path.name}"))
            )

    def __call__(self, paths: object) -> tuple[list[Step], list[str]]:
        return self.steps, []


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture
def copy(tmp_path: Path, compiled: Path) -> Path:
    """Return a folder for a copy of the tree; pytest, which a bench compiles in each, is compiled once."""
    (tmp_path / "build").symlink_to(compiled, target_is_directory=True)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ({"record": "wrong", "rule": "wrong"}, ("caught", "independent", "tests/test_rule.py::test_it")),
        ({"record": "wrong", "rule": "nothing"}, ("caught", "record", "tests/test_record.py::test_it")),
        ({"record": "nothing", "rule": "nothing"}, ("missed", "", "")),
        ({"rule": "of old"}, ("missed", "", "")),  # it fails without the mutant, too: it says nothing
    ],
)
def test_a_mutant_is_judged_and_taken_out(
    bench: ModuleType,
    copy: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: dict[str, str],
    outcome: tuple[str, str, str],
) -> None:
    (copy / "x.txt").write_text("right, of old")
    monkeypatch.setattr(bench.changes, "steps", Steps(copy, **words))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # they are plain tests, and start many times
    one = Mutant("0", "a kind", "x.txt", "line 1", "right", "wrong", lambda: "wrong, of old")
    assert bench.Bench(copy).judge(one) == outcome
    assert (copy / "x.txt").read_text() == "right, of old"


def test_a_run_goes_on_where_it_was_stopped(
    bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = [Mutant(f"{n}", "a kind", "x", "line 1", "a", "b", lambda: "b") for n in range(3)]
    asked: list[str] = []
    keep = bench.write

    def judge(self: object, one: Mutant) -> tuple[str, str, str]:
        asked.append(one.name)
        return "caught", "independent", "t"

    def stopped(found: dict[str, dict[str, str]]) -> None:
        if len(found) == 2:
            raise KeyboardInterrupt
        keep(found)

    monkeypatch.setattr(bench, "mutants", lambda: made)
    monkeypatch.setattr(bench, "copied", lambda folder: None)
    monkeypatch.setattr(bench.Bench, "judge", judge)
    bench.read.__defaults__ = bench.write.__defaults__ = (tmp_path / "mutations.csv",)
    monkeypatch.setattr(bench, "write", stopped)
    assert bench.main([]) == 130
    assert "the same command goes on from here" in capsys.readouterr().err
    (kept,) = bench.read()
    monkeypatch.setattr(bench, "write", keep)
    asked.clear()
    assert bench.main(["--jobs", "2"]) == 0
    assert sorted(asked) == sorted({"0", "1", "2"} - {kept})
    assert "3 mutants: 3 caught, 3 of them by independent tests. 0 of 3" in capsys.readouterr().out
    del made[0]
    assert bench.main([]) == 0
    assert "0 (a kind, x, line 1) no longer applies" in capsys.readouterr().out
    (tmp_path / "mutations.csv").write_text("what?\nnothing\n")
    assert bench.main([]) == 2
    assert "line 2: it has not the columns" in capsys.readouterr().err
    assert "mutations" not in sys.modules
