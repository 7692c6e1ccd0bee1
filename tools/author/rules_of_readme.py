"""Rules for texts about the tables: their README is true."""

import re
from collections.abc import Iterator

from tools.author.our_tables import FOLDER
from tools.author.rules import Table, Tables, list_rules

#: A table or page, its line, its column, and a sentence.
Fault = tuple[Table, int | None, str | None, str]
README = Table("README", FOLDER / "README.md", {}, [], [], [])


def readme(tables: Tables) -> Iterator[Fault]:
    """The README lists every table, with sample rows that exist."""
    text = README.path.read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| \[(\w+)\.csv\]", text, re.MULTILINE))
    for name in sorted(tables.keys() ^ listed):
        yield README, None, None, f"its list of tables and the folder differ by {name}."
    for name, table in tables.items():
        begins = re.search(rf"^### {name}\n", text, re.MULTILINE)
        if begins is None:
            yield README, None, None, f"it has no section {name}."
            continue
        section = re.split(r"^##", text[begins.end() :], maxsplit=1, flags=re.MULTILINE)[0]
        for part in ("**Units.**", "**Caveats.**", "**How it was made.**"):
            if part not in section:
                yield README, None, None, f"the section {name} does not say {part}"
        first = text[: begins.end()].count("\n") + 1
        shown = [(first + n, line) for n, line in enumerate(section.splitlines()) if line.startswith("|")]
        cells = [(line, [cell.strip() for cell in row.strip("|").split("|")]) for line, row in shown]
        columns = cells[0][1] if cells else []
        there = {tuple(row.get(one, "").replace("|", "/") for one in columns) for row in table.rows}
        for line, row in cells[2:]:
            if tuple(row) not in there:
                yield README, line, None, f"{name} has no such row any more: {' | '.join(row)}."
        if not 3 <= len(cells) <= 6:
            yield README, first, None, f"the section {name} shows {max(0, len(cells) - 2)} rows, not 1 to 4."


RULES = list_rules(globals())
