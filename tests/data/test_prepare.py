"""The bibliography is valid BibTeX, and the lessons' main sources were read again."""

import csv
import re

import pytest

from tools.author import checked
from tools.author.our_tables import FOLDER


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


@pytest.mark.parametrize("name", ["trip", "sco_membership"])
def test_what_a_lesson_rests_on_was_read_again(name):
    (table,) = (one for one in checked.find_tables() if one.name == f"tables/{name}")
    read = {line.key for line in checked.read_lines(table.record) if line.day}
    assert [row.place for row in table.read_statements() if row.key not in read] == []
