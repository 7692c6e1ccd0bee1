"""Which tables a lesson or a set reads is seen when its code runs; which rows have changed, in the record."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from samarkand.ground.errors import CourseError
from samarkand.ground.home import ROOT
from tools.author import apart, facts, lessons, normal_form, tables, uses


def notebook(folder: Path, *sources: str) -> Path:
    path = folder / "x.ipynb"
    cells = [new_code_cell(source, execution_count=1) for source in sources]
    path.write_text(normal_form.text(normal_form.normalise(new_notebook(cells=cells))), encoding="utf-8")
    return path


def test_tables_are_seen_whoever_reads_them(tmp_path: Path) -> None:
    path = notebook(
        tmp_path, "from samarkand import data, places", "print(data.load('routes'))", "places.find('Iran')"
    )
    assert uses.tables(path) == {"places", "routes", "states"}


def test_what_a_lesson_reads_is_in_its_record() -> None:
    """To read it there takes no time: all lessons are asked when a row has changed."""
    path = ROOT / "notebooks" / "07_kazakhstan.ipynb"
    assert set(facts.recorded(path)[facts.READS]) >= set(apart.run_apart(uses.opened, path).split())
    assert {"polls", "timeline"} <= uses.tables(path)


def test_a_set_uses_what_its_checks_load() -> None:
    path = ROOT / "exercises" / "source" / "ex01_the_trip" / "ex01_the_trip.ipynb"
    assert {"places", "timeline", "trip"} <= uses.tables(path)


def test_those_that_read_a_table_are_found_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    read = {"a": {"trip"}, "b": {"trip", "places"}, "c": {"places"}}
    monkeypatch.setattr(uses, "tables", lambda path: read[path.stem])
    assert [p.stem for p in uses.users([Path(name) for name in "cba"], ["places", "routes"])] == ["c", "b"]


def test_a_cell_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(lessons.BuildError, match=r"x\.ipynb: cell cell-1-0 stops with ZeroDivisionError"):
        uses.tables(notebook(tmp_path, "1 / 0"))


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
