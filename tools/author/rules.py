"""Rules for any table that a schema cannot express: lists of keys, order of days, spells, names, units.

Whether the course's own tables agree is checked in `rules_between_tables`. Each rule yields its faults. Cells
are text; cells that break their schema are skipped here.
"""

import inspect
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

from samarkand.common.units import UNITS


@dataclass(frozen=True)
class Problem:
    """A fault of a table; the header is line 1, and line and column are None if it is in none of them."""

    file: str
    line: int | None
    column: str | None
    sentence: str

    def __str__(self) -> str:
        where = [self.file]
        where += [f"line {self.line}"] if self.line else []
        where += [f'column "{self.column}"'] if self.column else []
        return f"{', '.join(where)}: {self.sentence}"


@dataclass(frozen=True)
class Table:
    """A table as text, with its Frictionless schema, the names in its header, and each row with its line."""

    name: str
    path: Path
    schema: dict[str, Any]
    header: list[str]
    rows: list[dict[str, str]] = field(repr=False)
    lines: list[int] = field(repr=False)

    def has(self, *columns: str) -> bool:
        """Return whether schema and file both have all of these columns."""
        named = {f["name"] for f in self.schema["fields"]}
        return named.issuperset(columns) and set(columns) <= set(self.header)

    def numbered(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield (line number, cells) of each row."""
        return iter(zip(self.lines, self.rows, strict=True))

    def problem(self, line: int | None, column: str | None, sentence: str) -> Problem:
        """Return a problem of this table."""
        return Problem(self.path.name, line, column, sentence)


Tables = Mapping[str, Table]

#: The maximum number of characters to show of a changed text.
LONG = 80
#: Pairs of columns with days; the second day must not be before the first.
IN_ORDER = [("period_start", "period_end"), ("day", "end_day"), ("decided", "from")]
IN_ORDER += [(day, "known_by") for day in ("period_end", "day", "end_day", "month")]
#: Line of the table, column, and fault as a sentence.
Found = tuple[int | None, str | None, str]


def read_number(cell: str) -> Decimal | None:
    """Return the number in a cell, or None if it holds no number."""
    try:
        value = Decimal(cell)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def describe_difference(was: str, now: str) -> str:
    """Return the parts in which two texts differ, in quotation marks."""
    same = len([*takewhile(lambda pair: len({*pair}) == 1, zip(was, now, strict=False))])
    start = max(0, same - 20) if len(was) + len(now) > LONG else 0
    end = start + LONG
    before = "…" * bool(start)
    return ", is ".join(f'"{before}{text[start:end]}{"…" * (len(text) > end)}"' for text in (was, now))


def list_rules(names: Mapping[str, Any]) -> list[Any]:
    """Return the rules in a module's `globals()`, in order: its public generator functions."""
    rules = [one for one in names.values() if inspect.isgeneratorfunction(one)]
    return [one for one in rules if one.__module__ == names["__name__"] and not one.__name__.startswith("_")]


def find_table_problems(table: Table, tables: Tables) -> list[Problem]:
    """Return the problems that all `RULES` find in a table."""
    problems = []
    for rule in RULES:
        problems += [table.problem(*found) for found in rule(table, tables)]
    return problems


def keys_in_lists(table: Table, tables: Tables) -> Iterator[Found]:
    """Check that cells with a key, or several, hold keys that exist, each once."""
    lists = [(spec["name"], spec["listOf"]) for spec in table.schema["fields"] if "listOf" in spec]
    for key in table.schema.get("foreignKeys", []):
        named = {"field": key["reference"]["fields"], "separator": "\0"}
        lists.append((key["fields"], key["reference"] | named))
    for column, rule in lists:
        if not table.has(column) or rule["resource"] not in tables:
            continue
        known = {row[rule["field"]] for row in tables[rule["resource"]].rows if rule["field"] in row}
        for line, row in table.numbered():
            keys = row[column].split(rule["separator"]) if row[column] and row[column] not in known else []
            for key in keys:
                if key not in known:
                    yield line, column, f'"{key}" is not in the table {rule["resource"]}.'
            for key, times in Counter(keys).items():
                if times > 1:
                    yield line, column, f'"{key}" is named twice.'


def days_in_order(table: Table, tables: Tables) -> Iterator[Found]:
    """Check that a period ends after it begins and that nothing is known before it happened."""
    for first, last in IN_ORDER:
        if table.has(first, last):
            for line, row in table.numbered():
                if row[first] and row[last] and row[first] > row[last]:
                    yield line, last, f"{row[last]} comes before {first}, {row[first]}."


def check_spells(table: Table, tables: Tables) -> Iterator[Found]:
    """Check that spells end after they begin and that no state has two at once in one organisation."""
    if not table.has("iso3", "from", "to"):
        return
    groups: dict[tuple[str, str], list[tuple[str, str, int]]] = defaultdict(list)
    until = table.schema.get("holdsUntil", "")
    for line, row in table.numbered():
        if row["to"] and row["to"] <= row["from"]:
            yield line, "to", f"the spell ends on {row['to']}, but begins only on {row['from']}."
        for column in ("from", "to"):
            if until and row[column] > until:
                yield line, column, f"{row[column]} lies after {until}, where the table ends."
        who = (row["iso3"], row.get("organisation", ""))
        groups[who].append((row["from"], row["to"] or "9999", line))
    for (iso3, organisation), found in groups.items():
        for (_, end, earlier), (start, _, line) in pairwise(sorted(found)):
            if start < end:
                what = f"{iso3} in {organisation}" if organisation else iso3
                yield line, "from", f"this spell of {what} overlaps the one in line {earlier}."


def names_of_states(table: Table, tables: Tables) -> Iterator[Found]:
    """Check that a code and the name beside it mean the same state."""
    if "states" not in tables or table.name == "states":
        return
    names = {row["iso3"]: row["name"] for row in tables["states"].rows if "name" in row}
    for line, row in table.numbered() if table.has("iso3", "country") else ():
        name = names.get(row["iso3"], row["country"])
        if name != row["country"]:
            yield line, "country", f"{row['iso3']} is {name}, not {row['country']}."


def check_units(table: Table, tables: Tables) -> Iterator[Found]:
    """Check that a column's name and description state the same unit, and that an indicator has one unit."""
    for spec in table.schema["fields"]:
        for ending, (unit, _) in UNITS.items():
            if spec["name"].endswith(ending) and spec.get("unit", unit) != unit:
                yield 1, spec["name"], f'the description gives the unit "{spec["unit"]}", not "{unit}".'
    names = ("indicator", "product", "quantity", "dimension")
    by = next((c for c in names if table.has(c, "unit", "value")), None)
    if by is None:
        return
    usual: dict[str, Counter[str]] = defaultdict(Counter)
    for row in table.rows:
        usual[row[by]][row["unit"]] += 1
    for line, row in table.numbered():
        unit = usual[row[by]].most_common(1)[0][0]
        if row["unit"] != unit:
            yield line, "unit", f'{row[by]} is elsewhere in "{unit}", here in "{row["unit"]}".'


def check_doubles(table: Table, tables: Tables) -> Iterator[Found]:
    """Check that no two rows say the same under different keys."""
    keys = {f["name"] for f in table.schema["fields"] if f["name"] in ("id", "key")}
    seen: dict[tuple[str, ...], int] = {}
    for line, row in table.numbered():
        content = tuple(cell for column, cell in row.items() if column not in keys)
        if content in seen:
            yield line, None, f"the row says the same as line {seen[content]}."
        seen.setdefault(content, line)


def plain_numbers(table: Table, tables: Tables) -> Iterator[Found]:
    """Check that numbers are written plainly: no exponent, no leading zero or plus, no minus before zero."""
    plain = re.compile(r"(?!-0(\.0*)?$)-?(0|[1-9]\d*)(\.\d+)?")
    for spec in table.schema["fields"]:
        if spec["type"] in ("integer", "number") and table.has(spec["name"]):
            for line, row in table.numbered():
                cell = row[spec["name"]]
                if not plain.fullmatch(cell) and read_number(cell) is not None:
                    yield line, spec["name"], f'"{cell}" is not written plainly.'


#: The rules for any table.
RULES = list_rules(globals())
