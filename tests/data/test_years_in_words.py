"""What a row tells in words is no younger than its sources: a later fact needs a source of its own."""

import re

import pytest

from samarkand.common.home import course_data
from samarkand.common.reading import read_rows

#: The tables whose rows tell in words, and the columns with the words.
TOLD = {
    "claims": ("known_then", "known_later"),
    "numbers": ("note",),
    "org_membership": ("basis", "note"),
    "polls": ("note",),
    "positions": ("note", "words"),
    "routes": ("note",),
    "sco_membership": ("basis", "note"),
    "ties": ("note",),
    "timeline": ("text",),
    "viewpoints": ("names", "note"),
    "who_counted": ("includes", "note"),
}
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@pytest.fixture(scope="module")
def published() -> dict[str, str]:
    """Return the day of each source, by key; empty where unknown."""
    return {row["key"]: row["published"] for row in read_rows(course_data() / "sources.csv")}


@pytest.mark.parametrize("table", TOLD)
def test_no_row_tells_of_a_year_after_its_newest_source(table, published):
    told_later = []
    for number, row in enumerate(read_rows(course_data() / f"{table}.csv"), 2):
        days = [published[key] for key in row["source"].split(";") if key]
        if not days or "" in days:
            continue
        newest = max(days)[:4]
        words = " ".join(row.get(column, "") for column in TOLD[table])
        for year in YEAR.findall(words):
            if year > newest:
                told_later.append(f"line {number}: {year}, but its newest source is of {newest}")
    assert told_later == []
