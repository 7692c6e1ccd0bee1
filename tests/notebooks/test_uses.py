"""The tables that a lesson or set reads are found when its code runs; changed rows are found with git."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from samarkand.common.errors import CourseError
from samarkand.common.home import ROOT
from tools.author import corrections, tables
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


@pytest.fixture
def routes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the table of routes, alone with its description in a folder that git does not know."""
    shutil.copy(ROOT / "course_data" / "routes.csv", tmp_path)
    package = tables.read_package(ROOT / "course_data" / "datapackage.json")
    package["resources"] = [one for one in package["resources"] if one["name"] == "routes"]
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    monkeypatch.setenv("SAMARKAND_DATA", str(tmp_path))
    return tmp_path / "routes.csv"


def commit(folder: Path) -> None:
    """Store all files of a folder in a repository of its own."""
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run(
            ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x", *words], check=True
        )


def change_rows(routes: Path) -> None:
    """Change a cell of the first row, and the key of the second."""
    header, first, second, *rest = routes.read_text(encoding="utf-8").splitlines()
    changed = [header, f"{first}x", second.replace("CAC_gas", "new"), *rest]
    routes.write_text("\n".join(changed), encoding="utf-8")


def test_rows_that_are_not_as_committed_are_named(routes: Path) -> None:
    with pytest.raises(CourseError) as error:
        tables.find_changed_rows()
    assert error.value.code == "no Git"
    commit(routes.parent)
    assert tables.find_changed_rows() == {}
    change_rows(routes)
    (first, new, gone) = tables.find_changed_rows()["routes"]
    assert (first.key, first.how) == ("CAC_gas 1", "changed")
    assert first.cells == 'source was "CNPCGAS;GCAUZ", is "CNPCGAS;GCAUZx"'
    assert [(row.key, row.how) for row in (new, gone)] == [("new 2", "new"), ("CAC_gas 2", "gone")]


def test_a_table_that_a_commit_did_not_have_is_new(routes: Path) -> None:
    aside = routes.rename(routes.with_suffix(".txt"))
    commit(routes.parent)
    aside.rename(routes)
    assert {row.how for row in tables.find_changed_rows()["routes"]} == {"new"}


def test_a_row_that_a_release_had_otherwise_is_told_to_its_readers(
    routes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = routes.with_name("corrections.md")
    page.write_text("- `routes` CAC_gas 1: an example\n\n## Corrections to a release\n", encoding="utf-8")
    monkeypatch.setattr(corrections, "PAGE", page)
    commit(routes.parent)
    change_rows(routes)
    assert corrections.find_untold() == [], "nothing was released"
    subprocess.run(["git", "-C", str(routes.parent), "tag", "v1.0.0"], check=True)
    changed, gone = corrections.find_untold()
    assert "`routes` CAC_gas 1 has changed: source was" in changed and "`routes` CAC_gas 2 is gone" in gone
    with page.open("a", encoding="utf-8") as told:
        told.write("\n- `routes` CAC_gas 1: its source, as GCAUZ says\n")
    assert corrections.find_untold() == [gone]
    page.write_text("no heading", encoding="utf-8")
    with pytest.raises(CourseError) as error:
        corrections.find_untold()
    assert error.value.code == "no heading"
