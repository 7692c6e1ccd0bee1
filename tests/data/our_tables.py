"""The course's own tables, and helpers for the rules that check them."""

import json
import math

from samarkand.ground import home
from tools.author import tables

FOLDER = home.ROOT / "course_data"
PACKAGE = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))
RESOURCE = {r["name"]: r for r in PACKAGE["resources"] if "schema" in r}
NAMES = list(RESOURCE)
WHOLE, _ = tables.read(FOLDER, PACKAGE)
#: The five states of Central Asia, repeated here, since rules do not rely on the package's lists.
CENTRAL_ASIA = ("KAZ", "KGZ", "TJK", "TKM", "UZB")


def great_circle_km(lat, lon, to_lat, to_lon):
    """Return a distance by haversine (radius 6,371.0088 km); rules do not rely on the lessons' functions."""
    a, b = math.radians(lat), math.radians(to_lat)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(to_lon - lon) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(h)))
