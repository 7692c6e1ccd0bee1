"""The course's own tables: where they are, and what is wrong with another in the place of one."""

import json
from collections.abc import Iterator
from pathlib import Path

from samarkand.ground import home
from tools.author import integrity, rules, tables

FOLDER = home.ROOT / "course_data"
PACKAGE = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))
RESOURCE = {r["name"]: r for r in PACKAGE["resources"] if "schema" in r}
NAMES = list(RESOURCE)
WHOLE, _ = tables.read(FOLDER, PACKAGE)


def wrong_in(name: str, folder: Path) -> Iterator[rules.Problem]:
    """Yield what schema and rules say of one table of a folder, among the course's others."""
    found, problems = tables.read(folder, {"resources": [RESOURCE[name]]})
    yield from problems
    among = WHOLE | found
    yield from rules.of_one(among[name], among)
    yield from tables.against_schema(among[name], among)
    yield from integrity.of_the_course(among)
