"""The course's own tables."""

import json

from samarkand.common import home
from tools.author import tables

FOLDER = home.ROOT / "course_data"
PACKAGE = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))
RESOURCE = {r["name"]: r for r in PACKAGE["resources"] if "schema" in r}
NAMES = list(RESOURCE)
WHOLE, _ = tables.read_tables(FOLDER, PACKAGE)
