"""Derived files are made again byte for byte, and what people read about the tables is true of them."""

import csv
import datetime as dt
import re
import subprocess
import sys

import pytest
from our_tables import FOLDER, NAMES

PREPARE = FOLDER / "prepare"


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


KEYS = [r["key"] for r in rows(FOLDER / "sources.csv")]


def test_bibliography_is_made_again_byte_for_byte(tmp_path):
    target = tmp_path / "sources.bib"
    subprocess.run([sys.executable, str(PREPARE / "sources_bib.py"), str(target)], check=True, cwd=tmp_path)
    assert target.read_bytes() == (FOLDER / "sources.bib").read_bytes()


def test_bibliography_is_bibtex():
    """Every entry has its key, author and title, and every brace is closed."""
    text = (FOLDER / "sources.bib").read_text(encoding="utf-8")
    entries = text.split("@misc{")[1:]
    assert [e.split(",")[0] for e in entries] == KEYS
    for entry in entries:
        bare = entry.replace(r"\{", "").replace(r"\}", "")
        assert bare.count("{") == bare.count("}") - 1
        for name in ("author", "title", "url", "keywords"):
            assert f"\n  {name} = {{" in entry
        title = next(line for line in bare.splitlines() if line.startswith("  title"))
        assert not re.search(r"(?<!\\)[&%$#_]", title), title


def test_the_log_of_what_was_read_again():
    log = rows(PREPARE / "checked.csv")
    assert list(log[0]) == ["table", "row", "day", "source", "result", "note"]
    assert len(log) > 200
    assert [row for row in log if None in row or None in row.values()] == []
    ids = {
        n: {r["id"] for r in rows(FOLDER / f"{n}.csv")} for n in NAMES if "id" in rows(FOLDER / f"{n}.csv")[0]
    }
    for row in log:
        assert row["table"] in NAMES, row
        assert dt.date.fromisoformat(row["day"]) <= dt.date.today() or row["day"] == "2026-11-25"
        assert row["result"] in ("confirmed", "corrected", "press only", "could not confirm"), row
        assert row["source"] and set(row["source"].split(";")) <= set(KEYS), row
        if re.fullmatch(r"[A-Z]{2}\d+[ab]?", row["row"]):
            assert row["row"] in ids[row["table"]], row


@pytest.mark.parametrize("name", ["trip", "sco_membership"])
def test_what_a_lesson_rests_on_was_read_again(name):
    read = {r["row"] for r in rows(PREPARE / "checked.csv") if r["table"] == name}
    assert {r["id"] for r in rows(FOLDER / f"{name}.csv")} <= read


README = (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_shows_rows_that_are_there(name):
    section = re.search(rf"^### {name}\n(.*?)(?=^##|\Z)", README, re.M | re.S).group(1)
    for part in ("**Units.**", "**Caveats.**", "**How it was made.**"):
        assert part in section
    header, _, *shown = [line for line in section.splitlines() if line.startswith("|")]
    columns = [c.strip() for c in header.strip("|").split("|")]
    assert 1 <= len(shown) <= 4
    table = [tuple(r[c].replace("|", "/") for c in columns) for r in rows(FOLDER / f"{name}.csv")]
    for line in shown:
        assert tuple(c.strip() for c in line[1:-1].split("|")) in table


def test_the_readme_lists_every_table():
    assert set(re.findall(r"^\| \[(\w+)\.csv\]", README, re.M)) == set(NAMES)


CORRECTIONS = rows(FOLDER / "corrections.csv")


def test_the_page_of_corrections_is_made_again_byte_for_byte(tmp_path):
    target = tmp_path / "corrections.md"
    command = [sys.executable, str(PREPARE / "corrections_page.py"), str(target)]
    subprocess.run(command, check=True, cwd=tmp_path)
    assert target.read_bytes() == (FOLDER.parent / "docs" / "corrections.md").read_bytes()


def test_the_page_of_corrections_has_each_of_them():
    page = (FOLDER.parent / "docs" / "corrections.md").read_text(encoding="utf-8")
    assert len(CORRECTIONS) == page.count("  - Was: ") > 50
    for row in CORRECTIONS:
        assert f"**{row['row_or_cell']}.** {row['why']}" in page and f"  - Is: {row['is']}\n" in page


def test_corrections_name_what_is_there():
    """A corrected cell of a table holds what the latest entry says; a corrected cell of a lesson is there."""
    latest = {(row["file"], row["row_or_cell"]): row for row in CORRECTIONS}
    looked_at = 0
    for (file, where), row in latest.items():
        path = FOLDER.parent / file if "/" in file else FOLDER / file
        assert path.is_file(), file
        assert row["was"] != row["is"]
        key, _, column = where.partition(", ")
        if path.suffix == ".ipynb":
            assert f'"id": "{where}"' in path.read_text(encoding="utf-8"), (file, where)
        elif path.suffix == ".csv" and column:
            (cell,) = [r[column] for r in rows(path) if key == next(iter(r.values()))] or [None]
            if cell is not None:
                assert (cell or "(empty)") == row["is"], (file, where)
                looked_at += 1
    assert looked_at > 30


def test_whose_voices_the_sources_are():
    """The readme says how many sources the agencies of two states are: counted, not typed and forgotten."""
    counts = {
        name: sum(r["publisher"] == name for r in rows(FOLDER / "sources.csv"))
        for name in ("TASS", "Xinhua", "Sputnik", "CCTV")
    }
    named = re.search(
        r"TASS \((\d+)\), Xinhua \((\d+)\), Sputnik \((\d+)\) and CCTV \((\d+)\) "
        r"are (\d+) of the course’s (\d+)",
        README,
    )
    assert [int(n) for n in named.groups()] == [*counts.values(), sum(counts.values()), len(KEYS)]
