"""The bibliography is valid BibTeX, and the lessons' main sources were read again."""

import csv
import datetime as dt
import re

import pytest
from our_tables import FOLDER, NAMES

PREPARE = FOLDER / "prepare"


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


KEYS = [r["key"] for r in rows(FOLDER / "sources.csv")]


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
