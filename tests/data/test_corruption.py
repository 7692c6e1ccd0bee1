"""Of wrong digits, signs, days, codes and doubled rows in any table, the rules find most; git shows all.

Damage is done at random, but with fixed seeds; each kind is what a slip of the hand does to a table.
"""

import csv
import random

from agreement import wrong_in
from our_tables import FOLDER, NAMES, RESOURCE

CODES = ["CHN", "RUS", "KAZ", "IND", "TJK", "UZB", "USA", "IRN", "PAK", "KGZ"]


def digit(cell, rng, spec):
    at = rng.choice([i for i, letter in enumerate(cell) if letter.isdigit()])
    return cell[:at] + rng.choice([d for d in "0123456789" if d != cell[at]]) + cell[at + 1 :]


def sign(cell, rng, spec):
    return cell[1:] if cell.startswith("-") else f"-{cell}"


def swap(cell, rng, spec):
    """Exchange month and day."""
    year, month, day = cell.split("-")
    return f"{year}-{day}-{month}" if day != month else f"{int(year) + 1}-{month}-{day}"


def code(cell, rng, spec):
    return rng.choice([one for one in CODES if one != cell])


def another(cell, rng, spec):
    return rng.choice([one for one in spec["constraints"]["enum"] if one != cell] or [cell])


def changes(spec):
    """Return what can go wrong in a cell of a column."""
    constraints = spec.get("constraints", {})
    codes = "A-Z]" in constraints.get("pattern", "") and spec["name"] not in ("block", "id")
    kinds = {"integer": [digit, sign], "number": [digit, sign], "date": [digit, swap]}
    return kinds.get(spec["type"], []) + [code] * codes + [another] * ("enum" in constraints)


def damage(name, folder, rng):
    """Damage a cell of a copy of a table, or double one of its rows; return what was done."""
    header, *rows = csv.reader((FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines())
    specs = {spec["name"]: spec for spec in RESOURCE[name]["schema"]["fields"]}
    cells = {"double": [(row, 0) for row in rows]}
    for row in rows:
        for at, column in enumerate(header):
            for change in changes(specs[column]) if row[at] else ():
                cells.setdefault(change, []).append((row, at))
    change = rng.choice(list(cells))
    row, at = rng.choice(cells[change])
    was = row[at]
    if change == "double":
        rows.insert(rows.index(row), row)
    else:
        row[at] = change(was, rng, specs[header[at]])
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return f"{name}, {header[at]}: {was} -> {row[at]}"


def test_rules_alone_catch_most(tmp_path):
    """What remains are slips within the plausible."""
    rng = random.Random("samarkand rules")
    missed = []
    for name in NAMES * 3:
        done = damage(name, tmp_path, rng)
        missed += [] if wrong_in(name, tmp_path) else [done]
    # Of many more draws a fifth to a quarter are missed; three a table may be four points off.
    assert len(missed) < 0.3 * 3 * len(NAMES), missed
