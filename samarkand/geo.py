"""Geometry: points on the globe, distances, great circles, and the course's two equal-area projections.

Points are ``(lat, lon)`` in degrees, north and east positive. Only GeoJSON data put longitude first.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from samarkand.common.errors import OutOfRange, WrongType, make_unknown_name
from samarkand.common.home import course_data
from samarkand.common.reading import cache_reader
from samarkand.common.words import tr

Point = tuple[float, float]

#: Mean radius of the Earth in km, as a sphere: (2a + b) / 3 for the ellipsoid WGS 84 (IUGG's R1).
EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True)
class Projection:
    """A map projection of the globe that keeps areas in proportion.

    Attributes
    ----------
    name : str
        Its name in the literature.
    centre : (float, float)
        Latitude and longitude of the point that is projected to (0, 0).
    unit_km : float
        Length of one map unit in km, where the scale is true.
    formula : callable
        Takes latitude, longitude from the centre (both in radians), and the centre; returns (x, y), x to the
        right and y up, on a globe of radius 1.
    """

    name: str
    centre: Point
    unit_km: float
    formula: Callable[[float, float, Point], Point] = field(repr=False)

    def exact(self, lat: float, lon: float) -> Point:
        """Project a point in degrees to (x, y) in map units, x to the right and y up, without rounding."""
        x, y = self.formula(math.radians(lat), math.radians(lon - self.centre[1]), self.centre)
        return EARTH_RADIUS_KM / self.unit_km * x, EARTH_RADIUS_KM / self.unit_km * y

    def whole(self, lat: float, lon: float) -> tuple[int, int]:
        """Project a point to whole map units, which keep files small; `OutOfRange` beyond a pole.

        Examples
        --------
        >>> REGION.whole(45, 85), REGION.whole(51.1258, 71.4463)
        ((0, 0), (-471, 381))
        >>> WORLD.whole(0, 11), WORLD.whole(0, 191), WORLD.whole(90, 11)
        ((0, 0), (1724, 0), (0, 839))
        """
        _read_radians((lat, lon))
        x, y = self.exact(lat, lon)
        return round(x), round(y)


def _project_lambert(phi: float, lam: float, centre: Point) -> Point:
    """Project by Lambert's azimuthal equal-area projection of the sphere.

    J. P. Snyder, *Map Projections: A Working Manual*, USGS Professional Paper 1395 (1987), p. 185, eqs. 24-2
    and 22-4 f.
    """
    sin0 = math.sin(math.radians(centre[0]))
    cos0 = math.cos(math.radians(centre[0]))
    cos_c = sin0 * math.sin(phi) + cos0 * math.cos(phi) * math.cos(lam)
    # The point opposite the centre becomes a whole circle on this map, so the scale is limited near it.
    k = math.sqrt(2 / (1 + max(cos_c, -0.98)))
    up = cos0 * math.sin(phi) - sin0 * math.cos(phi) * math.cos(lam)
    return k * math.cos(phi) * math.sin(lam), k * up


def _equal_earth(phi: float, lam: float, _centre: Point) -> Point:
    """Project by the Equal Earth projection of the sphere.

    B. Savric, T. Patterson and B. Jenny, "The Equal Earth map projection", International Journal of
    Geographical Information Science 33 (2019), pp. 454-465.
    """
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    t = math.asin(math.sqrt(3) / 2 * math.sin(phi))
    slope = 9 * a4 * t**8 + 7 * a3 * t**6 + 3 * a2 * t**2 + a1
    return 2 * math.sqrt(3) * lam * math.cos(t) / (3 * slope), a4 * t**9 + a3 * t**7 + a2 * t**3 + a1 * t


#: The course's regional maps: no distortion at the centre, little within Eurasia.
REGION = Projection("Lambert azimuthal equal-area", (45.0, 85.0), 2.0, _project_lambert)

#: The course's world maps: the seam runs through Bering Strait and cuts no state.
WORLD = Projection("Equal Earth", (0.0, 11.0), 10.0, _equal_earth)


def distance_km(a: Point, b: Point) -> float:
    """Return the great-circle distance between two points.

    This is the haversine formula on a sphere of radius `EARTH_RADIUS_KM`, which is accurate for small
    distances, too. On the ellipsoid, distances differ by up to 0.5 per cent.

    Parameters
    ----------
    a, b : (float, float)
        Latitude and longitude in degrees.

    Returns
    -------
    float
        Kilometres.

    Raises
    ------
    WrongType
        If a point is not a pair of numbers.
    OutOfRange
        If a latitude is beyond a pole.

    References
    ----------
    R. W. Sinnott, "Virtues of the haversine", Sky and Telescope 68 (1984), p. 159.

    Examples
    --------
    >>> beijing, nur_sultan = (40.0801, 116.5846), (51.0222, 71.4669)
    >>> round(distance_km(beijing, nur_sultan))
    3652
    """
    (lat1, lon1), (lat2, lon2) = _read_radians(a), _read_radians(b)
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(h)))


def length_km(points: Sequence[Point], every: int = 1) -> float:
    """Return the length in km of a line, given by its corners.

    Parameters
    ----------
    points : sequence of (lat, lon)
        The corners, in their order.
    every : int, default 1
        Take only every nth of them: 2 leaves out each second corner, as a longer ruler would.

    Returns
    -------
    float
        Kilometres, along great circles.

    Raises
    ------
    OutOfRange
        If `every` is less than 1.

    Examples
    --------
    >>> line = [(40, 60), (41, 61), (40, 62)]
    >>> round(length_km(line)), round(length_km(line, every=2))
    (279, 170)
    """
    if every < 1:
        text = tr("Every corner is every=1; {every} is less.", every=every)
        raise OutOfRange(text, code="less than 1", given=every)
    return sum(distance_km(a, b) for a, b in pairwise(points[::every]))


def great_circle(a: Point, b: Point, steps: int = 32) -> list[Point]:
    """Return points along the shortest path over the globe, both ends included.

    Parameters
    ----------
    a, b : (float, float)
        Latitude and longitude in degrees.
    steps : int, default 32
        Number of equal parts of the path.

    Returns
    -------
    list of (float, float)
        ``steps + 1`` points. Longitudes continue without a jump, so they may pass 180 degrees.

    Raises
    ------
    OutOfRange
        If the ends lie opposite each other on the globe, where all paths are equally short, or `steps` < 1.

    References
    ----------
    E. Williams, "Aviation Formulary", section "Intermediate points on a great circle": spherical linear
    interpolation.

    Examples
    --------
    >>> [(round(lat, 1), round(lon, 1)) for lat, lon in great_circle((0, 0), (0, 90), steps=2)]
    [(0.0, 0.0), (0.0, 45.0), (0.0, 90.0)]
    """
    if steps < 1:
        text = tr("A great circle needs at least 1 step; steps was {steps}.", steps=steps)
        raise OutOfRange(text, code="less than 1", given=steps)
    ends = []
    for lat, lon in (_read_radians(a), _read_radians(b)):
        ends.append((math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)))
    angle = distance_km(a, b) / EARTH_RADIUS_KM
    if math.pi - angle < 1e-6:
        text = tr(
            "These two points lie opposite each other on the globe: all paths between them are as short."
        )
        raise OutOfRange(text, code="opposite", points=(a, b))
    out: list[Point] = []
    for i in range(steps + 1):
        f = i / steps
        p, q = (1 - f, f) if angle < 1e-9 else (math.sin((1 - f) * angle), math.sin(f * angle))
        x, y, z = [p * u + q * v for u, v in zip(*ends, strict=True)]
        lat = math.degrees(math.atan2(z, math.hypot(x, y)))
        lon = math.degrees(math.atan2(y, x))
        if out:
            lon += 360 * round((out[-1][1] - lon) / 360)
        out.append((lat, lon))
    return out


def project_geometry(geometry: dict[str, Any], projection: Projection = REGION) -> dict[str, Any]:
    """Project a GeoJSON geometry into whole map units.

    Points equal to the one before are dropped, and so are rings that collapse.

    Parameters
    ----------
    geometry : dict
        A GeoJSON Point or MultiPolygon, of which the course's layers are made; coordinates [lon, lat] in
        degrees.
    projection : Projection, default `REGION`
        `WORLD` for maps of the world.

    Returns
    -------
    dict
        A geometry of the same type; coordinates [x, y] in map units.

    Raises
    ------
    WrongType
        If the geometry is of another type.

    Examples
    --------
    >>> project_geometry({"type": "Point", "coordinates": [86, 45]})
    {'type': 'Point', 'coordinates': [39, 0]}
    """
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "Point":
        return {"type": kind, "coordinates": _project_line([coordinates], projection)[0]}
    if kind != "MultiPolygon":
        text = tr("Cannot project a geometry of type {kind}.", kind=kind)
        raise WrongType(text, code="another geometry", given=kind)
    polygons = []
    for polygon in coordinates:
        rings = _project_rings(polygon, projection)
        if rings:
            polygons.append(rings)
    return {"type": kind, "coordinates": polygons}


def load(name: str) -> dict[str, Any]:
    """Load a layer of the course's geometry.

    Parameters
    ----------
    name : str
        A file of ``course_data/geo`` without its suffix: one of `LAYERS`.

    Returns
    -------
    dict
        A GeoJSON FeatureCollection, coordinates [lon, lat] in degrees; it is shared, so do not change it.

    Raises
    ------
    UnknownName
        If the course has no such layer.
    DamagedData
        If the file is missing, cannot be read or is not a FeatureCollection.

    Examples
    --------
    >>> region = load("region")
    >>> sorted({feature["properties"]["kind"] for feature in region["features"]})
    ['contested', 'land', 'state']
    """
    if name not in LAYERS:
        raise make_unknown_name(tr("map layer"), name, LAYERS)
    return _read_layer(course_data() / "geo" / f"{name}.geojson")


def border(a: str, b: str) -> list[Point]:
    """Return the corners of the line between two states on the course's map of the region.

    The line is Natural Earth's at 1:50 million, rounded to a hundredth of a degree, and so shorter than the
    border itself. Of a line in several pieces, the longest is returned.

    Parameters
    ----------
    a, b : str
        The states, ISO 3166-1 alpha-3.

    Returns
    -------
    list of (lat, lon)
        From one end to the other.

    Raises
    ------
    UnknownName
        If a state is not on the map.
    OutOfRange
        If the two have no line in common.

    Examples
    --------
    >>> line = border("KAZ", "CHN")
    >>> len(line), line[0]
    (33, (42.19, 80.21))
    """
    rings = {one["properties"]["id"]: _list_corners(one) for one in load("region")["features"]}
    for state in (a, b):
        if state not in rings:
            raise make_unknown_name(tr("state"), state, rings)
    shared: set[Point] = set().union(*rings[b])
    longest: list[Point] = []
    for ring in rings[a]:
        run: list[Point] = []
        # Twice round, so that a line that runs over the ring's first corner is whole.
        for corner in [*ring[:-1], *ring[:-1]]:
            run = [*run, corner] if corner in shared else []
            longest = max(longest, run[: len(ring)], key=len)
    if a == b or len(longest) < 2:
        text = tr("{a} and {b} have no line in common on the map of the region.", a=a, b=b)
        raise OutOfRange(text, code="no border", states=(a, b))
    return longest


def _list_corners(feature: dict[str, Any]) -> list[list[Point]]:
    """Return the rings of a feature as lists of (lat, lon); a point has none."""
    shape = feature["geometry"]
    if shape["type"] != "MultiPolygon":
        return []
    rings = []
    for polygon in shape["coordinates"]:
        for ring in polygon:
            rings.append([(lat, lon) for lon, lat in ring])
    return rings


@cache_reader
def _read_layer(path: Path) -> dict[str, Any]:
    collection: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    _ = [(one["properties"]["id"], one["properties"]["kind"]) for one in collection["features"]]
    return collection


#: The layers of ``course_data/geo``.
LAYERS = ("region", "region_coarse", "world", "world_coarse")


def _read_radians(point: Sequence[float]) -> Point:
    try:
        lat, lon = (float(v) for v in point)
    except (TypeError, ValueError):
        text = tr("A point is (latitude, longitude) in degrees, two numbers; got {given!r}.", given=point)
        raise WrongType(text, code="no point", given=point) from None
    if not (abs(lat) <= 90 and math.isfinite(lon)):
        text = tr(
            "No point on Earth has latitude {lat:g} and longitude {lon:g}; is it (lat, lon)?",
            lat=lat,
            lon=lon,
        )
        raise OutOfRange(text, code="not on Earth", lat=lat, lon=lon)
    return math.radians(lat), math.radians(lon)


def _project_line(coordinates: Sequence[Sequence[float]], projection: Projection) -> list[list[int]]:
    out: list[list[int]] = []
    # What lies beyond the seam comes in on the other side, whole.
    middle = (min(lon for lon, _ in coordinates) + max(lon for lon, _ in coordinates)) / 2
    turns = 360 * round((middle - projection.centre[1]) / 360)
    for lon, lat in coordinates:
        x, y = projection.exact(lat, lon - turns)
        point = [round(x), round(y)]
        if not out or out[-1] != point:
            out.append(point)
    return out


def _project_rings(
    coordinates: Sequence[Sequence[Sequence[float]]], projection: Projection
) -> list[list[list[int]]]:
    """Project a polygon's rings; [] if the outer ring collapses."""
    rings = [_project_line(ring, projection) for ring in coordinates]
    return [ring for ring in rings if len(ring) > 3] if len(rings[0]) > 3 else []
