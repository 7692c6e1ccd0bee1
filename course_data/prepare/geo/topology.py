"""Simplify areas that share borders arc by arc, so that neighbours still meet."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from samarkand.geo import Projection

Point = tuple[float, float]
Ring = list[Point]
Polygon = list[Ring]


def signed_area(ring: Sequence[Point]) -> float:
    """Return the area of a ring of plane points; positive when it runs anticlockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def inside(point: Point, ring: Sequence[Point]) -> bool:
    """Return whether a point is in a ring (even-odd rule)."""
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd


def densified(ring: Sequence[Point], step: float = 1.5) -> Ring:
    """Add points on long edges, since parallels are not straight here; the direction does not matter."""
    out: Ring = []
    for a, b in pairwise(ring):
        first, last = min(a, b), max(a, b)
        n = max(1, math.ceil(max(abs(a[0] - b[0]), abs(a[1] - b[1])) / step))
        (x, y), (dx, dy) = first, (last[0] - first[0], last[1] - first[1])
        points = [(round(x + dx * i / n, 4), round(y + dy * i / n, 4)) for i in range(n)] + [last]
        out += (points if a == first else points[::-1])[:-1]
    return [*out, ring[-1]]


def split(ring: Ring, line: Sequence[Point], within: Point) -> tuple[Ring, Ring]:
    """Cut a ring along a line whose ends move to its nearest points; return the part with `within` first."""
    body = ring[:-1]

    def nearest(p: Point) -> int:
        scale = math.cos(math.radians(p[1]))
        return min(range(len(body)), key=lambda i: math.hypot((body[i][0] - p[0]) * scale, body[i][1] - p[1]))

    start, end = nearest(line[0]), nearest(line[-1])
    if start == end:
        raise ValueError(f"the line from {line[0]} to {line[-1]} begins and ends at one point of the border")
    turned = body[end:] + body[:end]
    length = (start - end) % len(body)
    along, rest = turned[: length + 1], [*turned[length:], turned[0]]
    middle = list(line[1:-1])
    one, other = [*along, *middle, along[0]], [*rest, *middle[::-1], rest[0]]
    if inside(within, one) == inside(within, other):
        raise ValueError(f"{within} does not tell the two parts apart")
    return (one, other) if inside(within, one) else (other, one)


def dissolved(polygons: Iterable[Polygon]) -> list[Ring]:
    """Return the rings of an area without the edges between its own polygons; land is to their left."""
    edges: set[tuple[Point, Point]] = set()
    for k, ring in ((k, ring) for polygon in polygons for k, ring in enumerate(polygon)):
        points = densified(ring)
        for a, b in pairwise(points if (signed_area(points) < 0) == (k > 0) else points[::-1]):
            if (b, a) in edges:
                edges.discard((b, a))
            elif a != b:
                edges.add((a, b))
    onward: dict[Point, list[Point]] = defaultdict(list)
    for a, b in sorted(edges):
        onward[a].append(b)
    rings = []
    while onward:
        ring = [min(onward)]
        while len(ring) == 1 or (ring[-1] != ring[0] and ring[-1] in onward):
            choices = onward[ring[-1]]
            ring.append(choices.pop(0))
            if not choices:
                del onward[ring[-2]]
        if len(ring) > 3 and ring[0] == ring[-1]:
            rings.append(ring)
    return rings


def simplified(
    areas: Mapping[str, Iterable[Polygon]],
    tolerance_km: Callable[[frozenset[str]], float],
    least_km2: Callable[[str], float],
    projection: Projection,
) -> dict[str, list[Polygon]]:
    """Simplify areas of (lon, lat) points together, arc by arc, with the Douglas-Peucker algorithm.

    Edges that two polygons of one area share are dissolved. A line moves by at most `tolerance_km` of the set
    of areas on its sides; islands and holes under `least_km2` of an area are dropped, its largest is kept.
    Both are measured on the map, which has equal areas. Outer rings come anticlockwise, each followed by its
    holes.
    """

    def plane(ring: Sequence[Point]) -> Ring:
        return [(x * unit, y * unit) for x, y in (projection.exact(lat, lon) for lon, lat in ring)]

    def area_km2(ring: Sequence[Point]) -> float:
        return signed_area(plane(ring))

    unit = projection.unit_km
    rings = {name: dissolved(polygons) for name, polygons in areas.items()}
    beside: dict[Point, set[Point]] = defaultdict(set)
    owners: dict[frozenset[Point], set[str]] = defaultdict(set)
    for name, ring in ((name, ring) for name, outlines in rings.items() for ring in outlines):
        for a, b in pairwise(ring):
            beside[a].add(b)
            beside[b].add(a)
            owners[frozenset((a, b))].add(name)
    parts = {p: {frozenset(owners[frozenset((p, q))]) for q in near} for p, near in beside.items()}
    junctions = {p for p, near in beside.items() if len(near) != 2 or len(parts[p]) > 1}
    done: dict[tuple[Point, ...], Ring] = {}

    def arc(points: Ring) -> Ring:
        key = (points[0], points[1], points[-2], points[-1])
        if key not in done:
            sides = frozenset(owners[frozenset(points[:2])])
            kept = _peucker(points, plane(points), tolerance_km(sides))
            done[key], done[key[::-1]] = kept, kept[::-1]
        return done[key]

    def whole(ring: Ring) -> Ring:
        body = ring[:-1]
        cuts = [i for i, p in enumerate(body) if p in junctions] or [body.index(min(body))]
        body = body[cuts[0] :] + body[: cuts[0]]
        cuts = [i - cuts[0] for i in cuts] + [len(body)]
        body.append(body[0])
        out: Ring = []
        for a, b in pairwise(cuts):
            out += arc(body[a : b + 1])[:-1]
        return [*out, out[0]]

    result = {}
    for name, outlines in rings.items():
        by_size = sorted(outlines, key=lambda r: (-abs(area_km2(r)), r[0]))
        large = by_size[:1] + [r for r in by_size[1:] if abs(area_km2(r)) >= least_km2(name)]
        kept = [simple for simple in map(whole, large) if len(simple) > 3]
        polygons: list[Polygon] = [[r] for r in kept if area_km2(r) > 0]
        for hole in (r for r in kept if area_km2(r) < 0):
            if around := [p for p in polygons if inside(hole[0], p[0]) or hole[0] in p[0]]:
                min(around, key=lambda p: area_km2(p[0])).append(hole)
        result[name] = polygons
    return result


def _peucker(points: Ring, flat: Ring, tolerance: float) -> Ring:
    """Simplify an arc (Douglas-Peucker); a closed one is first cut at the point farthest from its start."""
    ends = [0, len(points) - 1]
    if points[0] == points[-1]:
        ends.insert(1, max(range(len(points)), key=lambda i: math.dist(flat[i], flat[0])))
    keep = set(ends)
    stack = list(pairwise(ends))
    while stack:
        i, j = stack.pop()
        (x1, y1), (x2, y2) = flat[i], flat[j]
        dx, dy = x2 - x1, y2 - y1
        square = dx * dx + dy * dy
        far, at = tolerance, None
        for k in range(i + 1, j):
            x, y = flat[k]
            t = max(0.0, min(1.0, ((x - x1) * dx + (y - y1) * dy) / square)) if square else 0.0
            away = math.hypot(x - x1 - t * dx, y - y1 - t * dy)
            if away > far:
                far, at = away, k
        if at is not None:
            keep.add(at)
            stack += [(i, at), (at, j)]
    return [points[k] for k in sorted(keep)]
