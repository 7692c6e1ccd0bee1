"""A release's version, day and address are written wherever they stand, or nowhere."""

import datetime as dt
import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DAY = dt.date(2027, 1, 8)
REPOSITORY = "https://example.edu/course"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("set_version", ROOT / "deploy" / "set_version.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path: Path, script: ModuleType) -> Path:
    """Return a folder with the files that name the version, and no others."""
    for name in script.PLACES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def read_all(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in files}


def test_each_file_has_the_version_and_the_citation_has_day_and_address(
    script: ModuleType, copy: Path
) -> None:
    script.write_version(copy, "7.8.9", DAY, REPOSITORY)
    found = read_all(copy)
    for name, text in found.items():
        assert text.count("7.8.9") == script.TIMES.get(name, 1), name
    citation = yaml.safe_load(found["CITATION.cff"])
    assert (citation["date-released"], citation["repository-code"]) == (DAY, REPOSITORY)
    tables = json.loads(found["course_data/datapackage.json"])
    assert tables["created"].startswith(DAY.isoformat()) and tables["homepage"] == REPOSITORY


def test_the_next_release_replaces_what_the_last_one_wrote(script: ModuleType, copy: Path) -> None:
    script.write_version(copy, "7.8.9", DAY, REPOSITORY)
    once = read_all(copy)
    script.write_version(copy, "7.8.9", DAY, REPOSITORY)
    assert read_all(copy) == once


@pytest.mark.parametrize(
    ("version", "repository"),
    [("1.0", ""), ("v1.0.0", ""), ("1.0.0", "example.edu"), ("1.0.0", "http://a.b")],
)
def test_what_is_no_version_or_no_address_writes_nothing(
    script: ModuleType, copy: Path, version: str, repository: str
) -> None:
    before = read_all(copy)
    with pytest.raises(ValueError):
        script.write_version(copy, version, DAY, repository)
    assert read_all(copy) == before


def test_a_file_that_names_no_version_stops_all(script: ModuleType, copy: Path) -> None:
    (copy / "samarkand/common/version.py").write_text("", encoding="utf-8")
    before = read_all(copy)
    with pytest.raises(ValueError):
        script.write_version(copy, "7.8.9", DAY, REPOSITORY)
    assert read_all(copy) == before
