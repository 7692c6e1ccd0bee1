"""The tables that a lesson or set reads are found when its code runs; changed rows are found with git."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from samarkand.common.errors import CourseError
from samarkand.common.home import ROOT
from tools.author import tables
from tools.author.dependents import Dependents


def test_lessons_and_sets_that_read_a_table_are_found_in_order() -> None:
    """By their code, by the package, by a set's checks, by a tie."""
    known = Dependents()
    names = [path.stem for path in known.find_users(["places"])]
    assert {"00_start_here", "07_kazakhstan", "ex01_the_trip"} <= set(names)
    assert names.index("00_start_here") < names.index("07_kazakhstan") < names.index("ex01_the_trip")
    assert "10_what_happened_next" not in [path.stem for path in known.find_users(["gravity_gdp"])]


def test_the_words_beside_a_module_name_tables_and_a_question_from_memory_stores_none() -> None:
    """Lesson 11 tells each row of polls by words.toml; lesson 02 asks from memory about routes."""
    users = {path.stem for path in Dependents().find_users(["polls"])}
    assert {"07_kazakhstan", "11_briefing"} <= users and "09_network" not in users
    assert [path.stem for path in Dependents().find_users(["routes"])] == ["06_roads"]


def test_rows_that_are_not_as_committed_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(ROOT / "course_data" / "routes.csv", tmp_path)
    package = tables.read_package(ROOT / "course_data" / "datapackage.json")
    package["resources"] = [one for one in package["resources"] if one["name"] == "routes"]
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    monkeypatch.setenv("SAMARKAND_DATA", str(tmp_path))
    with pytest.raises(CourseError) as error:
        tables.find_changed_rows()
    assert (error.value.code, error.value.fields["file"].name) == ("no Git", "routes.csv")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], check=True)
    assert tables.find_changed_rows() == {}
    header, first, second, *rest = (tmp_path / "routes.csv").read_text(encoding="utf-8").splitlines()
    changed = [header, f"{first}x", second.replace("CAC_gas", "new"), *rest]
    (tmp_path / "routes.csv").write_text("\n".join(changed), encoding="utf-8")
    assert tables.find_changed_rows() == {
        "routes": [
            'CAC_gas 1 has changed: source was "CNPCGAS;GCAUZ", is "CNPCGAS;GCAUZx"',
            *("new 2 is new", "CAC_gas 2 is gone"),
        ]
    }
