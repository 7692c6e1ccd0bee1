"""Make ``course_data/sources.bib`` from ``sources.csv``, byte for byte: the course's sources for BibTeX.

usage: sources_bib.py [FILE]

Needs Python alone. Without FILE the result is written beside ``sources.csv``.
"""

import csv
import sys
from pathlib import Path

TABLES = Path(__file__).resolve().parent.parent

HEADER = """\
% Sources of the course Samarkand 2022: reading a summit with data.
% Made from sources.csv by prepare/sources_bib.py: change the table, not this file.
"""

ESCAPED = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "%": r"\%",
        "&": r"\&",
        "#": r"\#",
        "$": r"\$",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def entry(row: dict[str, str]) -> str:
    """Return one BibTeX entry."""
    year, month, *_ = [*row["published"].split("-"), "", ""]
    via = f"Via {row['via']}." if row["via"] else ""
    seen = {"full text": "Full text read.", "excerpt": "Excerpt read.", "data": "Figures used."}[row["seen"]]
    fields = {
        "author": f"{{{row['publisher'].translate(ESCAPED)}}}",
        "title": f"{{{row['title'].translate(ESCAPED)}}}",
        "year": year,
        "month": month.lstrip("0"),
        "date": row["published"],
        "url": row["url"],
        "note": " ".join(filter(None, (via, seen, row["note"]))).translate(ESCAPED),
        "keywords": row["kind"],
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{row['key']},", *lines, "}"])


def bibliography(table: Path) -> str:
    """Return the whole file, in the order of the table."""
    with table.open(encoding="utf-8", newline="") as file:
        return "\n".join([HEADER, *(entry(row) + "\n" for row in csv.DictReader(file))])


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TABLES / "sources.bib"
    target.write_text(bibliography(TABLES / "sources.csv"), encoding="utf-8", newline="\n")
