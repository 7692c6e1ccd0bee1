"""Check the course's tables, or a table of your own, against their schema and against one another.

`check` reads every table as text, lets frictionless compare it with ``datapackage.json``, and then applies
the rules of `tools.author.rules`. Each finding names file, line and column.
"""

from __future__ import annotations

import csv
import functools
import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from samarkand.ground.errors import CourseError, DamagedData
from samarkand.ground.home import ROOT, course_data
from tools.author import apart, rules
from tools.author.rules import Problem, Table

#: What the course's own tables must agree on.
AGREEMENT = ROOT / "tests" / "data" / "agreement.py"


def check(path: str | Path | None = None) -> list[str]:
    """Check a folder with a data package, or one table; return a sentence for each fault, by file and line.

    Parameters
    ----------
    path : str or Path, optional
        A folder with ``datapackage.json``, that file itself, or a CSV file; by default the course's tables,
        which are held to one another as well, by ``tests/data/agreement.py``. A CSV file that is in no
        ``datapackage.json`` beside it may have its own schema in ``<name>.schema.json``, and is otherwise
        checked by the course's conventions: a column ``iso3`` holds codes of the course, ``source`` its keys,
        ``from`` and ``to`` bound a spell, ``lat`` and ``lon`` are degrees.

    Raises
    ------
    DamagedData
        If the file or its description is missing or cannot be read.
    """
    where = Path(path) if path is not None else course_data()
    if where.is_dir():
        where = where / "datapackage.json"
    if not where.exists():
        raise DamagedData(f"There is nothing to check: no file {where}.")
    if where.suffix == ".json":
        tables, problems = read(where.parent, read_package(where))
        wanted = sorted(tables)
    else:
        tables, problems = _with_the_course(where)
        wanted = [where.stem] if where.stem in tables else []
    for name in wanted:
        problems += [*against_schema(tables[name], tables), *rules.of_one(tables[name], tables)]
    found = sorted(dict.fromkeys(problems), key=lambda p: (p.file, p.line or 0, p.column or ""))
    if not found and where.resolve() == (course_data() / "datapackage.json").resolve() and AGREEMENT.exists():
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return apart.run_python([str(AGREEMENT)], environment, ROOT)[1].splitlines()
    return [str(problem) for problem in found]


def read_package(path: Path) -> dict[str, Any]:
    """Read a ``datapackage.json``; `DamagedData` if it is not valid JSON or lists no tables."""
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        _ = [r["path"] for r in package["resources"]]
    except json.JSONDecodeError as error:
        raise DamagedData(f"{path.name}, line {error.lineno}: not valid JSON: {error.msg}.") from None
    except (KeyError, TypeError):
        raise DamagedData(f'{path.name} lists no tables: "resources" is missing or has no paths.') from None
    except (OSError, UnicodeError) as error:
        raise DamagedData(f"{path.name} cannot be read: {error}.") from None
    found: dict[str, Any] = package
    return found


def names() -> list[str]:
    """Return the names of the course's own tables; the outlines of maps have no schema, and are none."""
    package = read_package(course_data() / "datapackage.json")
    return [resource["name"] for resource in package["resources"] if "schema" in resource]


def read(folder: Path, package: dict[str, Any]) -> tuple[dict[str, Table], list[Problem]]:
    """Read the tables of a package as text, by name; what cannot be read becomes a problem."""
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
    """Read a CSV file into cells of text; the header may be wrong, but not the shape."""
    try:
        return Table(name, path, schema, *_cells(path.read_bytes()))
    except FileNotFoundError:
        raise DamagedData("the file is missing.") from None


@functools.lru_cache(maxsize=64)
def _cells(content: bytes) -> tuple[list[str], list[dict[str, str]], list[int]]:
    """Return header, rows and their lines, for all who read the same content: nobody may change them."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DamagedData(f"line {line}: a character that is not UTF-8.") from None
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        cells = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise DamagedData(f"line {reader.line_num}: {error}.") from None
    if not cells:
        raise DamagedData("the file is empty.")
    header = cells[0][1]
    rows = [dict(zip(header, row, strict=False)) for _, row in cells[1:] if len(row) == len(header)]
    lines = [line for line, row in cells[1:] if len(row) == len(header)]
    return header, rows, lines


def _with_the_course(path: Path) -> tuple[dict[str, Table], list[Problem]]:
    """Read one CSV file, described beside it or by convention, together with the course's own tables."""
    folder = course_data()
    tables, _ = read(folder, read_package(folder / "datapackage.json"))
    described = path.with_name("datapackage.json")
    schema = None
    if described.exists():
        mine = [r for r in read_package(described)["resources"] if Path(r["path"]).name == path.name]
        schema = mine[0]["schema"] if mine else None
    own = path.with_name(f"{path.stem}.schema.json")
    if schema is None and own.exists():
        schema = json.loads(own.read_text(encoding="utf-8"))
    try:
        table = _read_table(path.stem, path, schema or {"fields": []})
        if schema is None:
            table = replace(table, schema=_by_convention(table.header, tables))
    except DamagedData as error:
        return tables, [Problem(path.name, None, None, str(error))]
    return tables | {path.stem: table}, []


def _by_convention(header: list[str], tables: dict[str, Table]) -> dict[str, Any]:
    """Describe a table by its column names, as the course uses them throughout."""
    known = {
        f["name"]: f
        for table in reversed(tables.values())
        for f in table.schema["fields"]
        if f["name"] in ("iso3", "source", "lat", "lon", "from", "to", "day", "year")
    }
    fields = []
    for name in header:
        like = dict(known.get(name, {"type": "any"}), name=name)
        if name in ("from", "to", "day", "year"):
            like.pop("constraints", None)
        fields.append(like)
    keys = (
        [{"fields": "iso3", "reference": {"resource": "states", "fields": "iso3"}}]
        if "iso3" in header
        else []
    )
    return {"fields": fields, "foreignKeys": keys, "missingValues": [""]}


def against_schema(table: Table, tables: dict[str, Table]) -> list[Problem]:
    """Compare a table with its schema through frictionless; look up its keys to other tables here."""
    expected = [f["name"] for f in table.schema["fields"]]
    if table.header != expected:
        return list(_about_the_header(table, expected))
    schema = json.dumps({k: v for k, v in table.schema.items() if k != "foreignKeys"})
    problems = []
    for line, column, kind, note, cell, message in _errors(table.path.read_bytes(), schema):
        sentence = _sentence(table.schema, column, {"kind": kind, "note": note, "cell": cell})
        problems.append(table.problem(line, column, sentence or message))
    for key in table.schema.get("foreignKeys", []):
        column, reference = key["fields"], key["reference"]
        target = tables.get(reference["resource"])
        if target is None or not table.has(column):
            continue
        known = {row[reference["fields"]] for row in target.rows}
        problems += [
            table.problem(line, column, f'"{row[column]}" is not in the table {target.name}.')
            for line, row in table.numbered()
            if row[column] and row[column] not in known
        ]
    return problems


@functools.lru_cache(maxsize=256)
def _errors(content: bytes, schema: str) -> list[list[Any]]:
    """Return what frictionless finds in a CSV file; what has not changed is not looked at again."""
    from frictionless import Resource, Schema, system

    with system.use_context(trusted=True):
        described = Schema.from_descriptor(json.loads(schema))
        report = Resource(data=content, format="csv", schema=described, encoding="utf-8").validate()
    return list(report.flatten(["rowNumber", "fieldName", "type", "note", "cell", "message"]))


def _about_the_header(table: Table, expected: list[str]) -> Iterator[Problem]:
    """Name the columns that are missing, unknown or out of order."""
    for column in expected:
        if column not in table.header:
            yield table.problem(1, column, "the file has no such column.")
    for column in table.header:
        if column not in expected:
            yield table.problem(1, column, "the description does not know this column.")
    if sorted(expected) == sorted(table.header):
        yield table.problem(1, None, "the columns stand in another order than in the description.")


def _sentence(schema: dict[str, Any], column: str | None, error: dict[str, Any]) -> str:
    """Put an error of frictionless into the course's words; empty if the course has none for it."""
    described = {f["name"]: f for f in schema["fields"]}.get(column or "", {})
    kind, note, cell = error["kind"], error["note"], error["cell"]
    words = {
        "integer": "a whole number",
        "number": "a number",
        "date": "a day like 2022-09-15",
        "boolean": "true or false",
    }
    if kind == "type-error":
        return f'"{cell}" is not {words.get(described.get("type", ""), described.get("type", "right"))}.'
    if kind == "constraint-error":
        allowed = described.get("constraints", {})
        if "required" in note:
            return "the cell is empty, but may not be."
        if "enum" in note:
            return f'"{cell}" is none of: {", ".join(allowed["enum"])}.'
        for bound, says in (("minimum", "below"), ("maximum", "above")):
            if bound in note:
                return f'"{cell}" is {says} {allowed[bound]}.'
        if "pattern" in note:
            return f'"{cell}" does not have the form {allowed["pattern"]}.'
    fixed = {
        "primary-key": f"the key of the row stands twice or is empty: {note}.",
        "unique-error": f'"{cell}" stands twice, but may not.',
        "blank-row": "the row is empty.",
        "extra-cell": "the row has more cells than there are columns.",
        "missing-cell": "the row has fewer cells than there are columns.",
    }
    return fixed.get(kind, "")


def changes() -> dict[str, list[str]]:
    """Return the rows of each changed table by their key: changed (with its cells), new or gone since HEAD.

    `CourseError` where git cannot tell.
    """
    tables, _ = read(course_data(), read_package(course_data() / "datapackage.json"))
    found = {}
    for name, table in tables.items():
        command = ["git", "show", f"HEAD:./{table.path.name}"]
        try:
            shown = subprocess.run(command, cwd=table.path.parent, capture_output=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            raise CourseError(
                f"Git cannot say what {table.path.name} was, and so not which tables have changed: "
                "name them, as in samarkand renew timeline."
            ) from None
        was = _by_key(table, csv.DictReader(shown.decode("utf-8").splitlines()))
        now = _by_key(table, table.rows)
        rows = [
            f"{key} has changed{_cells_changed(was[key], row)}"
            for key, row in now.items()
            if key in was and was[key] != row
        ]
        rows += [f"{key} is new" for key in now if key not in was]
        rows += [f"{key} is gone" for key in was if key not in now]
        if rows:
            found[name] = rows
    return found


def _by_key(table: Table, rows: Iterable[Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    keys = table.schema["primaryKey"]
    return {" ".join(row[key] for key in ([keys] if isinstance(keys, str) else keys)): row for row in rows}


def _cells_changed(was: Mapping[str, str], now: Mapping[str, str]) -> str:
    cells = [
        f"{name} was {rules.difference(was[name], now[name])}" for name in was if was[name] != now.get(name)
    ]
    return f": {'; '.join(cells)}" if cells else ""
