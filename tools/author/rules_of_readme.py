"""Rules for texts about the tables: their README is true."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.author.our_tables import FOLDER
from tools.author.rules import Table, Tables, list_rules

#: A table or page, its line, its column, and a sentence.
Fault = tuple[Table, int | None, str | None, str]
README = Table(name="README", path=FOLDER / "README.md", schema={}, header=[], rows=[], lines=[])


def check_readme(tables: Tables) -> Iterator[Fault]:
    """The README lists every table, with sample rows that exist."""
    text = README.path.read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| \[(\w+)\.csv\]", text, re.MULTILINE))
    for name in sorted(tables.keys() ^ listed):
        yield README, None, None, f"its list of tables and the folder differ by {name}."
    for name, table in tables.items():
        section = _find_section(text, name)
        if section is None:
            yield README, None, None, f"it has no section {name}."
            continue
        for part in ("**Units.**", "**Caveats.**", "**How it was made.**"):
            if part not in section.text:
                yield README, None, None, f"the section {name} does not say {part}"
        yield from _find_faults_of_sample(name, table, section)


@dataclass(frozen=True)
class Section:
    """A section of the README: the line of its heading, and the text below."""

    line: int
    text: str

    def list_rows(self) -> list[tuple[int, list[str]]]:
        """Return the rows of its sample with their lines: the heads, a rule, and the cells."""
        rows = []
        for number, line in enumerate(self.text.splitlines(), start=self.line):
            if line.startswith("|"):
                rows.append((number, [cell.strip() for cell in line.strip("|").split("|")]))
        return rows


def _find_section(text: str, name: str) -> Section | None:
    """Return the section on a table, up to the next heading; None if there is none."""
    begins = re.search(rf"^### {name}\n", text, re.MULTILINE)
    if begins is None:
        return None
    below = re.split(r"^##", text[begins.end() :], maxsplit=1, flags=re.MULTILINE)[0]
    return Section(text[: begins.end()].count("\n") + 1, below)


def _find_faults_of_sample(name: str, table: Table, section: Section) -> Iterator[Fault]:
    """Yield a fault for each row of a sample that the table has not, and for a sample of another size."""
    rows = section.list_rows()
    if rows:
        _, columns = rows[0]
        there = set()
        for row in table.rows:
            there.add(tuple(row.get(column, "").replace("|", "/") for column in columns))
        for line, cells in rows[2:]:
            if tuple(cells) not in there:
                yield README, line, None, f"{name} has no such row any more: {' | '.join(cells)}."
    if not 3 <= len(rows) <= 6:
        shown = max(0, len(rows) - 2)
        yield README, section.line, None, f"the section {name} shows {shown} rows, not 1 to 4."


RULES = list_rules(globals())
