"""The data package conforms to Frictionless, and documents all that the course promises."""

import csv
import json
import re

import frictionless
import pytest

from tools.author.our_tables import FOLDER, NAMES, PACKAGE

TABLES = {r["name"]: r for r in PACKAGE["resources"] if "schema" in r}


def test_frictionless_finds_nothing():
    report = frictionless.validate(FOLDER / "datapackage.json")
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])[:5]
    assert {task.name for task in report.tasks} >= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_table_is_described(name):
    resource = TABLES[name]
    assert resource["profile"] == "tabular-data-resource"
    assert resource["path"] == f"{name}.csv"
    for part in ("title", "description", "licenses", "sources"):
        assert resource[part], part
    schema = resource["schema"]
    assert schema["missingValues"] == [""]
    assert schema["primaryKey"]
    names = [f["name"] for f in schema["fields"]]
    assert len(names) == len(set(names))
    for field in schema["fields"]:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", field["name"])
        assert len(field["description"]) > 3
        assert field["type"] in ("string", "integer", "number", "date", "boolean")
        if field["type"] in ("integer", "number") and field["name"] != "value":
            assert field["unit"], field["name"]
        if field["name"] == "value":
            assert "unit" in names


@pytest.mark.parametrize("name", NAMES)
def test_columns_that_point_elsewhere_say_so(name):
    schema = TABLES[name]["schema"]
    keys = {k["fields"]: k["reference"] for k in schema.get("foreignKeys", [])}
    for field in schema["fields"]:
        if field["name"] in ("iso3", "reporter", "partner", "origin", "destination", "reference"):
            assert name == "states" or keys[field["name"]]["resource"] == "states"
        if field["name"] == "block" and name != "blocks":
            assert keys["block"]["resource"] == "blocks"
        if field["name"] == "source":
            assert field["listOf"]["resource"] == "sources"
            # Where nothing was found there is nothing to name; a rule holds which rows those are.
            assert name == "viewpoints" or field["constraints"]["required"]


#: Tables without sources: the sources and publishers themselves, codes and names, the course's own texts.
WITHOUT_SOURCE = ("sources", "publishers", "states", "places", "entities", "glossary",
                  "forecast_questions", "hedges", "known_then", "sco_days", "second_coding")  # fmt: skip


@pytest.mark.parametrize("name", [n for n in NAMES if n not in WITHOUT_SOURCE])
def test_every_row_has_a_source(name):
    assert "source" in [f["name"] for f in TABLES[name]["schema"]["fields"]]


@pytest.mark.parametrize("name", NAMES)
def test_files_have_one_form(name):
    """UTF-8 without a mark, LF, one line a row, no space at the ends of a cell: small diffs."""
    raw = (FOLDER / f"{name}.csv").read_bytes()
    text = raw.decode("utf-8")
    assert not text.startswith("\ufeff") and b"\r" not in raw and text.endswith("\n")
    rows = list(csv.reader(text.splitlines()))
    assert len(rows) == text.count("\n")
    for row in rows:
        for cell in row:
            assert cell == cell.strip() and "  " not in cell
            assert not re.fullmatch(r"(nan|NaN|None|NULL|TODO)", cell)


def test_everything_together_is_small():
    size = sum(p.stat().st_size for p in FOLDER.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    assert size <= 3.5e6


def test_the_article_is_described_and_not_reproduced():
    """No table of claims or blocks quotes more than eight words in a row."""
    for name in ("claims", "blocks", "numbers", "timeline", "ties", "entities"):
        for row in csv.DictReader((FOLDER / f"{name}.csv").open(encoding="utf-8")):
            for cell in row.values():
                for quoted in re.findall(r'"([^"]+)"', cell):
                    assert len(quoted.split()) <= 8, (name, quoted)


def test_the_package_is_written_as_it_is_read():
    text = (FOLDER / "datapackage.json").read_text(encoding="utf-8")
    assert text == json.dumps(PACKAGE, ensure_ascii=False, indent=2) + "\n"
