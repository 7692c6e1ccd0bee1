"""A notebook's code runs in a process of its own, and a forked one finds what a fresh one finds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from samarkand.course import facts, lessons
from samarkand.course.apart import python, run_apart

LINUX = sys.platform == "linux"
#: Some of what the warm process has imported, and nothing of the course imports.
WARM = ["ipykernel.debugger", "altair", "folium"]


def around(notebook: Path) -> str:
    """Tell what code finds around itself, and leave something behind for the next."""
    print("This is nobody's business.")
    os.system("echo neither is this")
    names = ("GIVEN", "SAMARKAND_WORK", "PYTHONHASHSEED")
    told = {name: os.environ.get(name) for name in names}
    told |= {"folder": str(Path.cwd()), "first": sys.path[0], "order": list(set("samarkand"))}
    told |= {"left": getattr(sys, "left", None), "warm": [name for name in WARM if name in sys.modules]}
    told |= {"notebook": notebook.name, "file": lessons.__file__}
    sys.left = os.environ["LEFT"] = "behind"  # type: ignore[attr-defined]
    return json.dumps(told)


def ending(notebook: Path) -> str:
    os._exit(0)


def wrong(notebook: Path) -> str:
    raise LookupError(f"nothing in {notebook.name}")


def test_a_fork_finds_what_a_fresh_process_finds(
    sampled: Callable[[Sequence[Any], int, str], list[Any]],
) -> None:
    for path in sampled(lessons.paths()[1:], 1, "lessons"):
        assert run_apart(facts.run, path) == run_apart(facts.run, path, fork=False)


def test_each_begins_anew_with_what_is_so_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "17")
    told = []
    for given, fork in (("one", LINUX), ("two", LINUX), ("three", False)):
        monkeypatch.setenv("GIVEN", given)
        told.append(json.loads(run_apart(around, tmp_path / "x.ipynb", fork=fork)))
    assert [one.pop("GIVEN") for one in told] == ["one", "two", "three"]
    places = [Path(one.pop("SAMARKAND_WORK")) for one in told]
    assert len(set(places)) == 3 and not any(place.exists() for place in places)
    assert told[0].pop("warm") == told[1].pop("warm") == (WARM if LINUX else [])
    del told[2]["warm"]
    assert told[0] == told[1] == told[2]
    assert told[0]["folder"] == told[0]["first"] == str(tmp_path)
    assert (told[0]["left"], told[0]["file"]) == (None, lessons.__file__)
    assert os.environ["PYTHONHASHSEED"] == "17" and "LEFT" not in os.environ
    assert capfd.readouterr() == ("", "")


TOLD = """
import json, os, sys
told = {"arguments": sys.argv, "as it was": sys.orig_argv, "folder": os.getcwd(), "path": sys.path}
told |= {"environment": dict(os.environ), "name": [__name__, __file__, __spec__.name], "in": sys.stdin.read()}
print(json.dumps(told, sort_keys=True), flush=True)
sys.exit("and ends with a word")
"""


def test_a_forked_python_is_a_fresh_one_to_what_it_runs(tmp_path: Path) -> None:
    (tmp_path / "told").mkdir()
    (tmp_path / "told" / "__init__.py").touch()
    (tmp_path / "told" / "__main__.py").write_text(TOLD)
    said = {}
    for fork in (True, False):
        with (tmp_path / f"{fork}.txt").open("w+") as out:
            environment = os.environ | {"GIVEN": "one", "PYTHONHASHSEED": "1"}
            running = python(["-m", "told", "a", "b c"], environment, tmp_path, out, fork=fork)
            assert isinstance(running, subprocess.Popen) == (not fork or not LINUX)
            assert running.wait() == 1
            out.seek(0)
            said[fork] = out.read()
    assert "and ends with a word" in said[True]
    assert said[True] == said[False]


@pytest.mark.parametrize("fork", [True, False])
def test_where_the_disk_is_full_nothing_passes(
    fork: bool, tmp_path: Path, need: Callable[[object, str], None]
) -> None:
    need(Path("/dev/full").exists(), "this system has no file that is always full")
    (tmp_path / "test_good.py").write_text("def test_good(): assert 1\n")
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "test_good.py"]
    with open("/dev/full", "w") as full:  # noqa: PTH123
        assert python(command, dict(os.environ), tmp_path, full, fork=fork).wait() != 0


@pytest.mark.parametrize(
    ("find", "says"),
    [
        (ending, r"x\.ipynb: its code could not be run"),
        (wrong, r"(?s)x\.ipynb: Traceback.*LookupError: nothing in x\.ipynb$"),
    ],
)
def test_a_process_that_ends_or_fails_is_told(find: Callable[[Path], str], says: str, tmp_path: Path) -> None:
    with pytest.raises(lessons.BuildError, match=says):
        run_apart(find, tmp_path / "x.ipynb")
