"""Print the contradictions between the course's own tables; ``samarkand data check`` runs this file.

Most rules are queries in ``rules_between_tables.sql``, over the tables in a database in memory.
"""

import json
import math
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from tools.author import rules as rules_for_any
from tools.author import tables as reader
from tools.author.our_tables import RESOURCE, WHOLE
from tools.author.rules import Problem, Table, Tables, read_number
from tools.author.rules_of_readme import RULES as OF_README
from tools.author.rules_of_readme import Fault
from tools.author.spelling import RULES as OF_SPELLING

#: Kazakh letters in the draft of 2021, which is no law; it has none for ч.
KAZAKH = dict(
    zip("аәбвгғдежзийкқлмнңоөпрстуұүфхһшщыіэ", "aäbvgğdejziikqlmnñoöprstuūüfhhşşyıe", strict=True)
) | {"ё": "io", "ц": "ts", "ч": "tş", "ь": "", "ю": "iu", "я": "ia"}


#: A rule in Python: it yields its faults among the tables.
Check = Callable[[Tables], Iterator[Fault]]


class Rule(NamedTuple):
    """A rule of the SQL file: table, column and sentence as patterns, the query, and what it reads."""

    table: str
    column: str
    sentence: str
    query: str
    reads: set[str]


def km(*ends: float | None) -> float | None:
    """Return a distance by haversine (radius 6,371.0088 km); rules do not rely on the lessons' functions."""
    if None in ends:
        return None
    lat, lon, to_lat, to_lon = [math.radians(float(one)) for one in ends if one is not None]
    h = math.sin((to_lat - lat) / 2) ** 2
    h += math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(h)))


def kazakh(cyrillic: str | None, latin: str | None) -> str | None:
    """Return the due spelling of a word in Latin letters, None if it is spelled so."""
    due = "".join(KAZAKH.get(letter, letter) for letter in (cyrillic or "").lower())
    return None if due.upper() == (latin or "").replace("İ", "I").upper() else due


def list_parts(cell: str | None, by: str) -> str:
    """Return the parts of a cell as a list in JSON; empty parts are left out."""
    return json.dumps([part for part in (cell or "").split(by) if part])


def find_greatest(pattern: str, text: str | None) -> str | None:
    """Return the last, by the alphabet, of what a pattern finds in a text; None if it finds nothing."""
    return max(re.findall(pattern, text or ""), default=None)


DB = sqlite3.connect(":memory:")
DB.row_factory = sqlite3.Row
DB.create_function("km", 4, km)
DB.create_function("kazakh", 2, kazakh)
DB.create_function("parts", 2, list_parts)
DB.create_function("greatest", 2, find_greatest)


def store_table(table: Table, schema: str) -> None:
    """Store a table in the database; one in the schema ``temp`` comes before one of its name in ``main``."""
    figures = {f["name"] for f in table.schema["fields"] if f["type"] in ("integer", "number")}
    columns = [f'"{name}" {"NUMERIC" if name in figures else "TEXT"}' for name in table.header]
    DB.execute(f'CREATE TABLE {schema}."{table.name}" (line INTEGER, {", ".join(columns)})')
    rows = []
    for line, row in table.numbered():
        rows.append((line, *[cell or None for cell in row.values()]))
    DB.executemany(f'INSERT INTO {schema}."{table.name}" VALUES (?{", ?" * len(columns)})', rows)


def _query_known(table: Table) -> str:
    """Return a query for what a table says about since when its rows are known."""
    if table.name == "viewpoints":
        row = "area || '/' || viewer"
    elif table.has("id"):
        row = "id"
    else:
        row = "line"
    days = [f'"{name}"' for name in ("end_day", "day", "period_end") if table.has(name)]
    published = "published" if table.has("published") else "NULL"
    keys = {"id", "seen_in", "source", "own"}
    texts = [f["name"] for f in table.schema["fields"] if f["type"] == "string" and f["name"] not in keys]
    words = "".join(f" || ifnull(\"{name}\" || ' ', '')" for name in texts)
    return (
        f"SELECT '{table.name}' tab, line, {row} row, coalesce({', '.join([*days, 'NULL', 'NULL'])}) event, "
        f"{published} published, seen_in, known_by, ''{words} words FROM {table.name}"
    )


def read_rules() -> list[Rule]:
    """Store the course's tables, create the views, and return the rules."""
    cited, texts, known, rules = [], [], [], []
    for table in WHOLE.values():
        store_table(table, "main")
        of = f"SELECT '{table.name}' tab, line"
        if table.has("source"):
            cited.append(f"{of}, j.value key FROM {table.name}, json_each(parts(source, ';')) j")
        fields = [f["name"] for f in table.schema["fields"] if f["type"] == "string"]
        texts += [f"{of}, '{name}' col, \"{name}\" words FROM {table.name}" for name in fields]
        if table.has("known_by"):
            known.append(_query_known(table))
    for name, selects in {"cited": cited, "texts": texts, "known": known}.items():
        DB.execute(f"CREATE TEMP VIEW {name} AS {' UNION ALL '.join(selects)}")
    statements = Path(__file__).with_name("rules_between_tables.sql").read_text(encoding="utf-8").split(";\n")
    whole = filter(str.strip, statements)
    parts = [re.findall(r"^((?:--[^\n]*\n|\s)*)(.*)$", one, re.DOTALL)[0] for one in whole]
    for _, query in parts:
        if query.startswith("CREATE"):
            DB.execute(query)
    for comment, query in parts:
        if not query.startswith("CREATE"):
            reads: set[str] = set()
            DB.set_authorizer(lambda what, name, *_, reads=reads: reads.add(name) or sqlite3.SQLITE_OK)
            DB.execute(f"EXPLAIN {query}")
            head = comment.strip().splitlines()[-1]
            ((where, column, sentence),) = re.findall(r"^-- (\S+)\.(\S+): (.+)$", head)
            rules.append(Rule(table=where, column=column, sentence=sentence, query=query, reads=reads))
    DB.set_authorizer(None)
    return rules


def _last_place(value: Decimal) -> Decimal:
    """Return one unit in the last place of a figure as it is written."""
    return Decimal(1).scaleb(int(value.as_tuple().exponent))


def parts_and_totals(tables: Tables) -> Iterator[Fault]:
    """Exports and imports add up to the total, within the rounding of the three: the press truncates."""
    for name in ("trade_with_china", "trade_cn_ru_cumulative", "trade_cn_ru_monthly"):
        table = tables[name]
        two = [column for column in table.header if column.endswith(("exports_usd_bn", "imports_usd_bn"))]
        for line, row in table.numbered():
            cells = [row[column] for column in ("total_usd_bn", *two)]
            whole, *known = [value for value in map(read_number, cells) if value is not None]
            slack = sum((_last_place(value) for value in (whole, *known)), Decimal(0))
            if len(known) == 2 and abs(sum(known) - whole) > slack:
                says = f"{cells[1]} and {cells[2]} do not add up to {cells[0]}."
                yield table, line, "total_usd_bn", says
            if len(known) == 1 and known[0] > whole + slack:
                yield table, line, "total_usd_bn", f"{known[0]} is more than the total, {cells[0]}."


RULES: list[Rule | Check] = [*read_rules(), parts_and_totals, *OF_README, *OF_SPELLING]


def found_by(rule: Rule | Check, tables: Tables) -> Iterator[Problem]:
    """Yield the problems that a query, or a function, finds."""
    if not isinstance(rule, Rule):
        for table, line, column, sentence in rule(tables):
            yield table.problem(line, column, sentence)
        return
    for row in map(dict, DB.execute(rule.query)):
        table = WHOLE[rule.table.format(**row)]
        column = rule.column.format(**row)
        yield table.problem(row["line"], column, rule.sentence.format(**row))


def find_problems(rules: Sequence[Rule | Check] = RULES, tables: Tables = WHOLE) -> Iterator[Problem]:
    """Yield the problems that rules find; a rule that raises, as at a renamed column, is a problem, too."""
    for rule in rules:
        try:
            yield from found_by(rule, tables)
        except (LookupError, TypeError, ValueError, ArithmeticError, sqlite3.Error) as error:
            name = getattr(rule, "sentence", rule.__doc__)
            why = f'the rule "{name}" stops with {error!r}: is a row gone, or has it another name?'
            yield Problem("course_data", None, None, why)


def find_problems_in_folder(name: str, folder: Path) -> Iterator[Problem]:
    """Yield the problems that schema and rules find in a folder's table, among the course's other ones.

    Rules that read few tables come first: they take least time.
    """
    found, problems = reader.read_tables(folder, {"resources": [RESOURCE[name]]})
    among = WHOLE | found
    store_table(among[name], "temp")
    try:
        yield from problems
        yield from rules_for_any.find_table_problems(among[name], among)
        yield from reader.against_schema(among[name])
        reading = [rule for rule in RULES if name in getattr(rule, "reads", [name])]
        yield from find_problems(sorted(reading, key=lambda rule: len(getattr(rule, "reads", WHOLE))), among)
    finally:
        DB.execute(f'DROP TABLE temp."{name}"')


if __name__ == "__main__":
    sys.exit("\n".join(sorted(map(str, find_problems()))) or None)
