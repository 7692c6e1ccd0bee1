"""Check the course's tables against their schema and against one another.

`check_tables` reads every table as text, lets frictionless compare it with ``datapackage.json``, and then
applies the rules of `tools.author.rules`. Each finding names file, line and column.
"""

import csv
import functools
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samarkand.common.errors import CourseError, DamagedData
from samarkand.common.home import ROOT, course_data
from tools.author import fresh_process, rules
from tools.author.figures import VOCABULARY
from tools.author.git import NoGit, ask_git
from tools.author.rules import Problem, Table

#: The module that holds the course's own tables to one another, as a program.
BETWEEN = "tools.author.rules_between_tables"
#: Sentences for the errors of frictionless.
SENTENCES = VOCABULARY["tables"]


def check_tables(path: str | Path | None = None) -> list[str]:
    """Check the tables of a folder with a data package; return a sentence for each fault, by file and line.

    By default these are the course's, which `rules_between_tables` also compares with one another.
    `DamagedData` if a description is missing or cannot be read.
    """
    folder = Path(path) if path is not None else course_data()
    package = folder / "datapackage.json" if folder.is_dir() else folder
    if package.name != "datapackage.json" or not package.exists():
        text = f"There is nothing to check: {folder} is not a folder with a datapackage.json."
        raise DamagedData(text, code="missing", file=folder)
    tables, problems = read_tables(package.parent, read_package(package))
    for table in tables.values():
        problems += [*against_schema(table), *rules.find_table_problems(table, tables)]
    found = sorted(dict.fromkeys(problems), key=lambda p: (p.file, p.line or 0, p.column or ""))
    if not found and package.parent.resolve() == course_data().resolve():
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return fresh_process.run_python(["-m", BETWEEN], environment, ROOT)[1].splitlines()
    return [str(problem) for problem in found]


def read_package(path: Path) -> dict[str, Any]:
    """Read a ``datapackage.json``; `DamagedData` if it is not valid JSON or lists no tables."""
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        _ = [r["path"] for r in package["resources"]]
    except json.JSONDecodeError as error:
        text = f"{path.name}, line {error.lineno}: not valid JSON: {error.msg}."
        raise DamagedData(text, code="not JSON", file=path, line=error.lineno) from None
    except (KeyError, TypeError):
        text = f'{path.name} lists no tables: "resources" is missing or has no paths.'
        raise DamagedData(text, code="no tables", file=path) from None
    except (OSError, UnicodeError) as error:
        raise DamagedData(f"{path.name} cannot be read: {error}.", code="unreadable", file=path) from None
    found: dict[str, Any] = package
    return found


def read_tables(folder: Path, package: dict[str, Any]) -> tuple[dict[str, Table], list[Problem]]:
    """Read the tables of a package as text, by name; an unreadable one becomes a problem."""
    tables, problems = {}, []
    for resource in package["resources"]:
        if "schema" not in resource:
            if not (folder / resource["path"]).exists():
                problems.append(Problem(resource["path"], None, None, "the file is missing."))
            continue
        try:
            table = _read_table(resource["name"], folder / resource["path"], resource["schema"])
        except DamagedData as error:
            problems.append(Problem(resource["path"], None, None, str(error)))
        else:
            tables[table.name] = table
    return tables, problems


def _read_table(name: str, path: Path, schema: dict[str, Any]) -> Table:
    """Read a CSV file into cells of text; drop rows of a wrong length, which the schema check reports."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise DamagedData("the file is missing.", code="missing", file=path) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        told = f"line {line}: a character that is not UTF-8."
        raise DamagedData(told, code="not UTF-8", file=path, line=line) from None
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        cells = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        told = f"line {reader.line_num}: {error}."
        raise DamagedData(told, code="not CSV", file=path, line=reader.line_num) from None
    if not cells:
        raise DamagedData("the file is empty.", code="empty", file=path)
    header = cells[0][1]
    whole = [(line, row) for line, row in cells[1:] if len(row) == len(header)]
    rows = [dict(zip(header, row, strict=True)) for _, row in whole]
    return Table(
        name=name, path=path, schema=schema, header=header, rows=rows, lines=[line for line, _ in whole]
    )


def against_schema(table: Table) -> list[Problem]:
    """Return the problems that frictionless finds in a table."""
    expected = [f["name"] for f in table.schema["fields"]]
    if table.header != expected:
        found = [(one, "the file has no such column.") for one in expected if one not in table.header]
        strange = [one for one in table.header if one not in expected]
        found += [(one, "the description does not know this column.") for one in strange]
        found = found or [(None, "the columns stand in another order than in the description.")]
        return [table.problem(1, column, sentence) for column, sentence in found]
    schema = json.dumps({k: v for k, v in table.schema.items() if k != "foreignKeys"})
    problems = []
    described = {field["name"]: field for field in table.schema["fields"]}
    for line, column, kind, note, cell, message in _find_errors(table.path.read_bytes(), schema):
        field = described.get(column, {})
        limits = field.get("constraints", {})
        broken = field.get("type") if kind == "type-error" else kind
        if kind == "constraint-error":
            broken = next((limit for limit in limits if limit in note), kind)
        allowed = limits.get(broken, "")
        allowed = ", ".join(allowed) if isinstance(allowed, list) else allowed
        sentence = SENTENCES.get(broken, "").format(note=note, cell=cell, allowed=allowed)
        problems.append(table.problem(line, column, sentence or message))
    return problems


@functools.lru_cache(maxsize=256)
def _find_errors(content: bytes, schema: str) -> list[list[Any]]:
    """Return frictionless's errors in a CSV file, cached by content."""
    from frictionless import Resource, Schema, system

    with system.use_context(trusted=True):
        described = Schema.from_descriptor(json.loads(schema))
        report = Resource(data=content, format="csv", schema=described, encoding="utf-8").validate()
    return list(report.flatten(["rowNumber", "fieldName", "type", "note", "cell", "message"]))


@dataclass(frozen=True)
class ChangedRow:
    """A row that is not as it was.

    Attributes
    ----------
    key : str
        The cells of its primary key, with blanks between.
    how : {"changed", "new", "gone"}
        What happened to it.
    cells : str
        Which cells are others, in words; empty unless it was changed.
    """

    key: str
    how: str
    cells: str = ""

    @property
    def what(self) -> str:
        """What happened to it, in words."""
        said = {"changed": "has changed", "new": "is new", "gone": "is gone"}[self.how]
        return f"{said}: {self.cells}" if self.cells else said

    def __str__(self) -> str:
        return f"{self.key} {self.what}"


def find_changed_rows(since: str = "HEAD") -> dict[str, list[ChangedRow]]:
    """Return for each changed table the rows that were changed, are new or are gone since a commit.

    A table that the commit did not have is all new. `CourseError` if git cannot show the commit.
    """
    tables, _ = read_tables(course_data(), read_package(course_data() / "datapackage.json"))
    names = _list_files_of(since)
    found = {}
    for name, table in tables.items():
        was = by_key(table, _read_old_rows(table, since)) if table.path.name in names else {}
        now = by_key(table, table.rows)
        rows = []
        for key, row in now.items():
            if key not in was:
                rows.append(ChangedRow(key, "new"))
            elif was[key] != row:
                rows.append(ChangedRow(key, "changed", "; ".join(_describe_changed_cells(was[key], row))))
        rows += [ChangedRow(key, "gone") for key in was if key not in now]
        if rows:
            found[name] = rows
    return found


def _list_files_of(commit: str) -> set[str]:
    """Return the names of the files that the folder of tables had in a commit."""
    return set(_ask_of_tables("ls-tree", "--name-only", "-z", commit, "./", folder=course_data()).split("\0"))


def _read_old_rows(table: Table, commit: str) -> Iterable[Mapping[str, str]]:
    """Return the rows of a table as they were in a commit."""
    old = _ask_of_tables("show", f"{commit}:./{table.path.name}", folder=table.path.parent)
    return csv.DictReader(old.splitlines())


def _ask_of_tables(*command: str, folder: Path) -> str:
    """Return what a git command prints in a folder of tables; `CourseError` if it fails."""
    try:
        return ask_git(*command, folder=folder)
    except NoGit:
        raise CourseError(
            "Git cannot say what the tables were, and so not which have changed: "
            "name them, as in samarkand renew timeline.",
            code="no Git",
            folder=folder,
        ) from None


def _describe_changed_cells(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Yield the column of each cell that is another, with what it was and is."""
    for name, cell in was.items():
        if cell != now.get(name):
            yield f"{name} was {rules.describe_difference(cell, now.get(name, ''))}"


def by_key(table: Table, rows: Iterable[Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """Return rows of a table by the cells of its primary key, with blanks between."""
    key = table.schema["primaryKey"]
    columns = [key] if isinstance(key, str) else key
    found = {}
    for row in rows:
        found[" ".join(row[column] for column in columns)] = row
    return found
