"""Shapes to draw: the course's geometry, lines of the globe, arrows, and the places of labels."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from samarkand import geo, places
from samarkand.common import home
from samarkand.common.reading import cache_reader, read_rows
from samarkand.maps._scene import Label

ASSETS = home.ASSETS / "map"

#: By projection: the meridians and parallels of the graticule, and the latitudes and longitudes of their
#: points.
_GRID: Mapping[geo.Projection, tuple[range, range, range, range]] = {
    geo.REGION: (range(-40, 210, 20), range(-20, 80, 20), range(-20, 81, 2), range(-40, 211, 3)),
    geo.WORLD: (range(-160, 191, 20), range(-80, 90, 20), range(-80, 91, 5), range(-169, 192, 360)),
}
_LABELS = {geo.REGION: "labels.csv", geo.WORLD: "labels_world.csv"}


class Shape(NamedTuple):
    """An area (polygons of rings), lines or a dot (its kind), in map units, [x, y].

    The id is an ISO3 code or the like, empty if it has no tooltip; the style is its class in ``map.css``:
    ``state``, ``land``, ``contested``, ``dot``, ``leg`` ...; a dot has a radius in px.
    """

    id: str
    style: str
    kind: str
    coordinates: list[Any]
    radius: float = 0


def list_differences(points: Iterable[Sequence[int]]) -> list[int]:
    """Return a line as a flat list: the first point, then the differences from point to point.

    Examples
    --------
    >>> list_differences([[10, 20], [11, 18], [11, 21]])
    [10, 20, 1, -2, 0, 3]
    """
    out: list[int] = []
    x0 = y0 = 0
    for x, y in points:
        out += [x - x0, y - y0]
        x0, y0 = x, y
    return out


def list_numbers(shape: Shape) -> list[Any]:
    """Return a shape's coordinates as `list_differences` writes them, nested as the script reads them."""
    if shape.kind == "area":
        polygons = []
        for polygon in shape.coordinates:
            polygons.append([list_differences(ring[:-1]) for ring in polygon])
        return polygons
    if shape.kind == "line":
        return [list_differences(line) for line in shape.coordinates]
    return [*shape.coordinates, shape.radius]


def draw_arrowhead(
    line: Sequence[Sequence[int]], half: float, long: float, start: float = 0
) -> list[list[int]]:
    """Return an arrow's head at the end of a line, as a ring: wing, tip, wing, wing.

    It is 2 `half` wide and `long` long, and begins `start` beyond the end, or before it if negative.

    Examples
    --------
    >>> draw_arrowhead([[0, 0], [100, 0]], 5, 20)
    [[100, 5], [120, 0], [100, -5], [100, 5]]
    """
    (x, y), (to_x, to_y) = line[-2], line[-1]
    far = math.hypot(to_x - x, to_y - y)
    u, v = (to_x - x) / far, (to_y - y) / far
    foot_x, foot_y = to_x + start * u, to_y + start * v
    left = [round(foot_x - half * v), round(foot_y + half * u)]
    tip = [round(foot_x + long * u), round(foot_y + long * v)]
    right = [round(foot_x + half * v), round(foot_y - half * u)]
    return [left, tip, right, left]


def bend_line(a: Sequence[int], b: Sequence[int], bend: float, points: int) -> list[list[int]]:
    """Return a quadratic Bézier curve between two points, in map units.

    `bend` is how far it leaves the straight line, as a share of its length.
    """
    middle_x = (a[0] + b[0]) / 2 - bend * (b[1] - a[1])
    middle_y = (a[1] + b[1]) / 2 + bend * (b[0] - a[0])
    curve = []
    for number in range(points + 1):
        t = number / points
        u, v, w = (1 - t) ** 2, 2 * t * (1 - t), t * t
        x = u * a[0] + v * middle_x + w * b[0]
        y = u * a[1] + v * middle_y + w * b[1]
        curve.append([round(x), round(y)])
    return curve


def read_features(layer: str, projection: geo.Projection = geo.REGION) -> tuple[Shape, ...]:
    """Return the projected shapes of a layer (see `samarkand.geo.load`); very small states are dots."""
    return _read_features(home.course_data() / "geo" / f"{layer}.geojson", projection)


@cache_reader
def _read_features(path: Path, projection: geo.Projection) -> tuple[Shape, ...]:
    shapes = []
    for feature in geo.load(path.stem)["features"]:
        properties, geometry = feature["properties"], feature["geometry"]
        projected = geo.project_geometry(geometry, projection)["coordinates"]
        if geometry["type"] == "Point":
            shapes.append(Shape(properties["id"], f"{properties['kind']} dot", "dot", projected, 5))
        elif projected:
            shapes.append(Shape(properties["id"], properties["kind"], "area", projected))
    return tuple(shapes)


def draw_graticule(projection: geo.Projection = geo.REGION) -> Shape:
    """Return meridians and parallels every 20 degrees."""
    meridians, parallels, latitudes, longitudes = _GRID[projection]
    lines = []
    for longitude in meridians:
        lines.append([list(projection.whole(latitude, longitude)) for latitude in latitudes])
    for latitude in parallels:
        lines.append([list(projection.whole(latitude, longitude)) for longitude in longitudes])
    return Shape("", "grid", "line", lines)


def contested_areas(*layers: str) -> list[dict[str, str]]:
    """Return the properties of the contested areas of layers, the region's if none is named."""
    found = []
    for layer in layers or ("region",):
        for feature in geo.load(layer)["features"]:
            if feature["properties"]["kind"] == "contested":
                found.append(feature["properties"])
    return found


def read_labels(
    projection: geo.Projection = geo.REGION, *, moved: str = "", seas: bool = True
) -> list[Label]:
    """Return the course's labels of states and, if asked, seas, those of large states first.

    The text is that of the list of labels, or else the name. On the map `moved`, the labels that
    ``labels_moved.csv`` has for it are elsewhere.
    """
    elsewhere = {row["id"]: row for row in read_rows(ASSETS / "labels_moved.csv") if row["map"] == moved}
    areas = {area["id"]: area["name"] for area in contested_areas()}
    labels = []
    for row in read_rows(ASSETS / _LABELS[projection]):
        ident = row["id"]
        if not ident and not seas:
            continue
        text = row["text"] or areas.get(ident) or places.name(ident)
        size = float(row["size"])
        if ident in elsewhere:
            place = elsewhere[ident]
            at = projection.whole(float(place["lat"]), float(place["lon"]))
            labels.append(Label(ident, text, *at, size))
        else:
            at = projection.whole(float(row["lat"]), float(row["lon"]))
            labels.append(Label(ident, text, *at, size, float(row["dx"]), float(row["dy"]), row["style"]))
    return labels
