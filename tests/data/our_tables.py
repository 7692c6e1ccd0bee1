"""The course's own tables: where they are, and what is wrong with another in the place of one."""

import json
import math

from samarkand.ground import home
from tools.author import tables

FOLDER = home.ROOT / "course_data"
PACKAGE = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))
RESOURCE = {r["name"]: r for r in PACKAGE["resources"] if "schema" in r}
NAMES = list(RESOURCE)
WHOLE, _ = tables.read(FOLDER, PACKAGE)
#: The five, written down here, too: rules do not rely on what lessons use.
CENTRAL_ASIA = ("KAZ", "KGZ", "TJK", "TKM", "UZB")


def great_circle_km(lat, lon, to_lat, to_lon):
    """Haversine on a sphere of 6,371.0088 km: rules must not rely on the functions that lessons use."""
    a, b = math.radians(lat), math.radians(to_lat)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(to_lon - lon) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(h)))
