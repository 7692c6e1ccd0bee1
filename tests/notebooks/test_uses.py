"""The tables that a lesson or set reads are found when its code runs; changed rows are found with git."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from samarkand.common.errors import CourseError
from samarkand.common.home import ROOT
from tools.author import facts, tables


def test_what_a_lesson_reads_by_the_package_is_in_its_record() -> None:
    path = ROOT / "notebooks" / "07_kazakhstan.ipynb"
    assert {"places", "timeline"} <= set(facts.recorded(path)[facts.READS]) < facts.tables(path)


def test_a_set_uses_what_its_checks_load() -> None:
    path = ROOT / "exercises" / "source" / "ex01_the_trip" / "ex01_the_trip.ipynb"
    assert {"places", "timeline", "trip"} <= facts.tables(path)


def test_those_that_read_a_table_are_found_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    read = {"a": {"trip"}, "b": {"trip", "places"}, "c": {"places"}}
    monkeypatch.setattr(facts, "tables", lambda path: read[path.stem])
    assert [p.stem for p in facts.users([Path(name) for name in "cba"], ["places", "routes"])] == ["c", "b"]


def test_rows_that_are_not_as_committed_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(ROOT / "course_data" / "routes.csv", tmp_path)
    package = tables.read_package(ROOT / "course_data" / "datapackage.json")
    package["resources"] = [one for one in package["resources"] if one["name"] == "routes"]
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    monkeypatch.setattr(tables, "course_data", lambda: tmp_path)
    with pytest.raises(CourseError, match=r"name them, as in samarkand renew timeline\."):
        tables.changes()
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], check=True)
    assert tables.changes() == {}
    header, first, second, *rest = (tmp_path / "routes.csv").read_text(encoding="utf-8").splitlines()
    changed = [header, f"{first}x", second.replace("CAC_gas", "new"), *rest]
    (tmp_path / "routes.csv").write_text("\n".join(changed), encoding="utf-8")
    assert tables.changes() == {
        "routes": [
            'CAC_gas 1 has changed: source was "CNPCGAS;GCAUZ", is "CNPCGAS;GCAUZx"',
            *("new 2 is new", "CAC_gas 2 is gone"),
        ]
    }
