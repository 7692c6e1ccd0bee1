"""Of wrong digits, signs, days, codes and doubled rows in any table, the rules find most; git shows all.

Damage is done at random, but with fixed seeds; each kind is what a slip of the hand does to a table.
"""

import csv
import random
from collections import Counter

from our_tables import FOLDER, NAMES, RESOURCE, wrong_in

SCHEMA = {name: resource["schema"] for name, resource in RESOURCE.items()}
CODES = ["CHN", "RUS", "KAZ", "IND", "TJK", "UZB", "USA", "IRN", "PAK", "KGZ"]


def digit(cell, rng):
    """Change one digit of a number or a day."""
    places = [i for i, c in enumerate(cell) if c.isdigit()]
    i = rng.choice(places)
    return cell[:i] + rng.choice([d for d in "0123456789" if d != cell[i]]) + cell[i + 1 :]


def sign(cell, rng):
    return cell[1:] if cell.startswith("-") else f"-{cell}"


def swap(cell, rng):
    """Exchange month and day of a day, or two neighbouring digits."""
    year, month, day = cell.split("-")
    return f"{year}-{day}-{month}" if day != month else f"{int(year) + 1}-{month}-{day}"


def code(cell, rng):
    return rng.choice([c for c in CODES if c != cell])


def fields(name, *types):
    return [f["name"] for f in SCHEMA[name]["fields"] if f["type"] in types]


def damages(name):
    """Return what can go wrong in a table: pairs of a change and the columns it applies to."""
    numbers, days = fields(name, "integer", "number"), fields(name, "date")
    codes = [
        f["name"] for f in SCHEMA[name]["fields"] if "A-Z]" in f.get("constraints", {}).get("pattern", "")
    ]
    codes = [c for c in codes if c not in ("block", "id")]
    enums = [f["name"] for f in SCHEMA[name]["fields"] if "enum" in f.get("constraints", {})]
    found = [(digit, numbers + days), (sign, numbers), (swap, days), (code, codes), ("another", enums)]
    return [(change, columns) for change, columns in found if columns] + [("double", [None])]


def corrupt(name, folder, rng):
    """Damage one cell or row of a copy; return what was done."""
    path = folder / f"{name}.csv"
    rows = list(csv.reader((FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()))
    header = rows[0]
    while True:
        change, columns = rng.choice(damages(name))
        at = rng.randrange(1, len(rows))
        column = rng.choice(columns)
        if change == "double":
            rows.insert(at, list(rows[at]))
            what = f"line {at + 1} doubled"
            break
        i = header.index(column)
        cell = rows[at][i]
        if not cell:
            continue
        if change == "another":
            spec = next(f for f in SCHEMA[name]["fields"] if f["name"] == column)
            new = rng.choice([v for v in spec["constraints"]["enum"] if v != cell] or [""])
        else:
            new = change(cell, rng)
        if new != cell:
            rows[at][i] = new
            what = f"line {at + 1}, {column}: {cell} -> {new}"
            break
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return what


def caught_by_rules(name, folder):
    """Say whether schema and rules find the damage."""
    return any(True for _ in wrong_in(name, folder))


def test_rules_alone_catch_most(tmp_path, sampled):
    """What remains are slips within the plausible."""
    rng = random.Random("samarkand rules")
    caught = Counter()
    for name in sampled(NAMES, 15, "tables"):
        for _ in range(6):
            corrupt(name, tmp_path, rng)
            caught[caught_by_rules(name, tmp_path)] += 1
    assert caught[True] / caught.total() > 0.75, caught


def test_each_kind_of_damage_happens():
    kinds = {
        change if isinstance(change, str) else change.__name__ for n in NAMES for change, _ in damages(n)
    }
    assert kinds == {"digit", "sign", "swap", "code", "another", "double"}
