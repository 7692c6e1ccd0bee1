"""Rules for texts about the tables: their README and the corrections are true."""

import re
from collections import Counter

from our_tables import FOLDER

from tools.author.rules import Table, defined
from tools.author.tables import by_key

README = Table("README", FOLDER / "README.md", {}, [], [], [])
VOICES = "TASS ({}), Xinhua ({}), Sputnik ({}) and CCTV ({}) are {} of the course’s {}"


def readme(tables):
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


def voices(tables):
    """The README has the right number of sources by the state agencies of two countries."""
    counts = Counter(row["publisher"] for row in tables["sources"].rows)
    agencies = [counts[name] for name in ("TASS", "Xinhua", "Sputnik", "CCTV")]
    due = VOICES.format(*agencies, sum(agencies), len(tables["sources"].rows))
    if due not in " ".join(README.path.read_text(encoding="utf-8").split()):
        yield README, None, None, f"its data statement has to say: {due}."


def corrections(tables):
    """A corrected cell of a table holds what its latest correction says; lessons may have moved on."""
    table = tables["corrections"]
    latest = {(row["file"], row["row_or_cell"]): (line, row) for line, row in table.numbered()}
    keyed = {name: by_key(one, one.rows) for name, one in tables.items()}
    for (file, where), (line, row) in latest.items():
        path = FOLDER.parent / file if "/" in file else FOLDER / file
        key, _, column = where.partition(", ")
        if not path.is_file():
            yield table, line, "file", f"there is no file {file}."
        elif row["was"] == row["is"]:
            yield table, line, "is", "nothing has changed."
        elif path.suffix == ".csv" and column:
            cell = keyed[path.stem].get(key, {}).get(column, row["is"]) or "(empty)"
            if cell != row["is"]:
                says = f'{where} of {file} is "{cell}" now: a correction for that is missing.'
                yield table, line, "is", says


RULES = defined(globals())
