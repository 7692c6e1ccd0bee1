"""Each side's point in ``docs/fairness.md`` is in a cell of its lesson, with its evidence beside it."""

import csv
import re

import pytest

from samarkand.common.home import ROOT
from tools.author.lessons import read_lesson

with (ROOT / "course_data" / "sources.csv").open(encoding="utf-8", newline="") as _file:
    KEYS = {row["key"] for row in csv.DictReader(_file)}
TABLES = ROOT / "course_data"
LESSONS = {path.name[:2]: path for path in (ROOT / "notebooks").glob("*.ipynb")}
PAGE = (ROOT / "docs" / "fairness.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if re.match(r"\| \d\d \| .* \| .* \| .* \|", line)
]


def text_of(lesson):
    return {cell.id: cell.source for cell in read_lesson(LESSONS[lesson]).cells}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[2][:40]}")
def test_the_evidence_of_a_side_is_in_a_cell_that_the_row_names(row):
    """A key in the evidence is cited there; what is in a table alone is said to be so."""
    lesson, _, _, evidence, places = row
    cells = text_of(lesson)
    named = re.findall(r"`([\w-]+)`", places)
    assert set(named) <= set(cells)
    if "table" in evidence or "in `viewpoints` only" in evidence:
        return
    told = " ".join(cells[name] for name in named)
    keys = [key for key in re.findall(r"\w+", evidence) if key in KEYS]
    assert [key for key in keys if not re.search(rf"\b{key}\b", told)] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[2][:40]}")
def test_each_key_of_the_evidence_is_known(row):
    """It is in `sources` or is the id of a row: one that was renamed is not passed over."""
    evidence = re.sub(r"\(.*?\)|`.*?`", "", row[3])
    named = set(re.findall(r"\b[A-Z]{2}[A-Za-z]*\d*[A-Z0-9]*[a-z]?\b", evidence)) - {"DW"}
    unknown = sorted(named - KEYS)
    rows = "\n".join(path.read_text(encoding="utf-8") for path in TABLES.glob("*.csv"))
    assert [key for key in unknown if not re.search(rf"^{key},", rows, re.MULTILINE)] == []
