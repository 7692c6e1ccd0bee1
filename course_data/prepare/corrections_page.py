"""Make ``docs/corrections.md`` from ``corrections.csv``: errors of the course, and their corrections.

usage: corrections_page.py [FILE]

Needs Python alone. Without FILE the page is written to the folder ``docs``.
"""

import csv
import sys
from itertools import groupby
from pathlib import Path

TABLES = Path(__file__).resolve().parent.parent

HEADER = """\
# Corrections

What was wrong or inexact in a table, a lesson or a set of this course, and how it was corrected, the latest
first. Have you found another error? Open an issue with the template *A row is wrong* or *A sentence is
wrong*, and say which source is right: your correction will be listed here, with your name if you like.

<!-- Made from corrections.csv by prepare/corrections_page.py: change the table, not this page. -->
"""


def read(name: str) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def entry(row: dict[str, str], address: dict[str, str]) -> str:
    """Return one correction as an item of a list."""
    sources = ", ".join(f"[{key}]({address[key]})" for key in row["source"].split(";"))
    return (
        f"- **{row['row_or_cell']}.** {row['why']} ({sources})\n"
        f"  - Was: {row['was']}\n"
        f"  - Is: {row['is']}\n"
        f"  - Found by: {row['found_by']}\n"
    )


def page() -> str:
    """Return the whole page: by day, the latest first, and within a day by file."""
    address = {row["key"]: row["url"] for row in read("sources.csv")}
    rows = sorted(read("corrections.csv"), key=lambda row: row["file"])
    rows.sort(key=lambda row: row["day"], reverse=True)
    parts = [HEADER]
    for day, of_day in groupby(rows, key=lambda row: row["day"]):
        parts.append(f"## {day}\n")
        for file, of_file in groupby(of_day, key=lambda row: row["file"]):
            parts.append(f"### {file}, {day}\n")
            parts.append("".join(entry(row, address) for row in of_file))
    return "\n".join(parts)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TABLES.parent / "docs" / "corrections.md"
    target.write_text(page(), encoding="utf-8", newline="\n")
