"""Which tables a lesson or a set reads is seen when its code runs; which rows have changed, in the record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

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


def test_rows_that_are_not_as_recorded_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = json.loads(tables.RECORD.read_text(encoding="utf-8"))
    assert tables.changes() == {}
    rows = recorded["trip"]["digests"]
    first, second, *_ = rows
    rows["GONE"] = rows.pop(second)
    rows[first] = "another"
    del recorded["routes"]
    monkeypatch.setattr(tables, "RECORD", tmp_path / "record.json")
    tables.RECORD.write_text(json.dumps(recorded), encoding="utf-8")
    found = tables.changes()
    assert found.pop("trip") == [f"{first} has changed", f"{second} is new", "GONE is gone"]
    assert list(found) == ["routes"] and all(row.endswith(" is new") for row in found["routes"])
