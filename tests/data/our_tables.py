"""Where the course's own tables are, for the tests of this folder."""

import json

from samarkand.ground import home

FOLDER = home.ROOT / "course_data"
PACKAGE = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))
NAMES = [r["name"] for r in PACKAGE["resources"] if "schema" in r]
