"""What a map is made of: shapes, names, marks, steps; and the shapes' way into Leaflet."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from samarkand import geo
from samarkand.ground import home
from samarkand.page.style import Mark

ASSETS = home.ASSETS / "map"

Ring = list[list[int]]


class Shape(NamedTuple):
    """One thing that is drawn.

    Parameters
    ----------
    id : str
        ISO3 code or the like; empty for what nobody points at.
    style : str
        Its class in ``map.css``: ``state``, ``land``, ``contested``, ``dot``, ``leg`` ...
    kind : {"area", "line", "dot"}
        How `coordinates` are to be read: polygons of rings, lines, or one point.
    coordinates : list
        In map units, [x, y].
    radius : float
        Of a dot, in px.
    """

    id: str
    style: str
    kind: str
    coordinates: list[Any]
    radius: float = 0


class Label(NamedTuple):
    """A name on the map: what it names, where it stands, and where it goes when it does not fit there."""

    id: str
    text: str
    x: int
    y: int
    size: float
    dx: float = 0
    dy: float = 0
    style: str = ""


class Step(NamedTuple):
    """What a step of the range says: large, as a sentence, as more; and events as (text, small print)."""

    label: str
    say: str = ""
    more: str = ""
    events: tuple[tuple[str, str], ...] = ()


class Key(NamedTuple):
    """An entry of the legend.

    `text` stands under the heading; None lists the states that bear the mark at the step shown;
    `counted` puts their number beside the heading; `always` keeps the entry while nobody bears the mark.
    """

    mark: Mark
    heading: str
    text: str | None = None
    counted: bool = False
    always: bool = False


class Name(NamedTuple):
    """What pointing at a shape says: name, group in lists, what it is; a card of (what, text, language)."""

    name: str
    group: str = ""
    about: str = ""
    card: tuple[tuple[str, str, str], ...] = ()


@dataclass
class Scene:
    """All that a map shows and says.

    Parameters
    ----------
    title, lead, note : str
        Headline, the line below it, and the small print with the sources. `note` is HTML.
    sentence, alt : str
        What ``repr`` says, and the text in place of the still picture.
    bounds : ((int, int), (int, int))
        South-west and north-east corner, (x, y) in map units.
    keys : sequence of Key
        The legend.
    steps : sequence of Step
        One, or as many as the range has.
    step : int
        Which of them is shown first.
    status : mapping of str to str
        For a shape's id, one letter a step: the code of a mark or ``-``.
    names : mapping of str to Name
        Shapes that can be pointed at.
    labels : sequence of Label
        Names on the map, the most important first.
    range_label, list_label : str
        What a screen reader calls the range, and the states on the map.
    first : str
        The state that the Tab key reaches first.
    aside_px : int
        Width of the column beside the map.
    pace_ms : int
        How long a step lasts when the range plays.
    news : bool
        Print in bold, in lists, who is new at a step.
    height_px : (int, int)
        Height of the frame when it is wide, and when it is narrow and all stands in one column.
    stacked : bool
        One column at any width: for maps that are much wider than high.
    ticks : mapping of int to str
        What is written below the range, by step; a text that begins with a blank gives way on small screens.
    """

    title: str
    sentence: str
    alt: str
    bounds: tuple[tuple[int, int], tuple[int, int]]
    keys: Sequence[Key]
    steps: Sequence[Step]
    status: Mapping[str, str]
    names: Mapping[str, Name]
    labels: Sequence[Label]
    lead: str = ""
    note: str = ""
    step: int = 0
    ticks: Mapping[int, str] = field(default_factory=dict)
    range_label: str = "Year"
    list_label: str = (
        "States on the map. Arrow keys go from state to state, a letter to the next name that begins with it."
    )
    first: str = ""
    aside_px: int = 240
    pace_ms: int = 1200
    news: bool = True
    height_px: tuple[int, int] = (660, 860)
    stacked: bool = False

    def spec(self) -> dict[str, Any]:
        """Return what the script in the frame needs, ready for JSON."""
        (west, south), (east, north) = self.bounds
        says = {key.mark.code: key.mark.label for key in self.keys}
        return {
            "title": self.title,
            "bounds": [[south, west], [north, east]],
            "says": says,
            "steps": self.steps,
            "step": self.step,
            "status": self.status,
            "names": self.names,
            "labels": self.labels,
            "list": self.list_label,
            "first": self.first,
            "pace": self.pace_ms,
            "news": self.news,
        }


def compact(value: Any) -> str:
    """Return JSON without a blank too many, safe inside a ``<script>``."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return re.sub(r"(?<=\d)\.0(?=[],])", "", text).replace("</", "<\\/")


def differences(points: Iterable[Sequence[int]]) -> list[int]:
    """Return a line as its first point and the steps from point to point, flat: short numbers.

    Examples
    --------
    >>> differences([[10, 20], [11, 18], [11, 21]])
    [10, 20, 1, -2, 0, 3]
    """
    out: list[int] = []
    x0 = y0 = 0
    for x, y in points:
        out += [x - x0, y - y0]
        x0, y0 = x, y
    return out


def numbers(shape: Shape) -> list[Any]:
    """Return a shape's coordinates as the script reads them."""
    if shape.kind == "area":
        return [[differences(ring[:-1]) for ring in polygon] for polygon in shape.coordinates]
    if shape.kind == "line":
        return [differences(line) for line in shape.coordinates]
    return [*shape.coordinates, shape.radius]


def features(layer: str, *, projection: geo.Projection = geo.project_exact) -> tuple[Shape, ...]:
    """Return the shapes of a layer of ``course_data/geo``, projected; kept until the file changes.

    Parameters
    ----------
    layer : str
        See `samarkand.geo.load`.
    projection : function of (lat, lon)
        `samarkand.geo.project_world_exact` for the world.

    Returns
    -------
    tuple of Shape
        States too small to be drawn are dots.
    """
    path = home.course_data() / "geo" / f"{layer}.geojson"
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    return _features(layer, projection, str(path), stamp)


@lru_cache(maxsize=8)
def _features(layer: str, projection: geo.Projection, _path: str, _stamp: int) -> tuple[Shape, ...]:
    shapes = []
    for feature in geo.load(layer)["features"]:
        properties, geometry = feature["properties"], feature["geometry"]
        projected = geo.project_geometry(geometry, projection)["coordinates"]
        if geometry["type"] == "Point":
            shapes.append(Shape(properties["id"], f"{properties['kind']} dot", "dot", projected, 5))
        elif projected:
            shapes.append(Shape(properties["id"], properties["kind"], "area", projected))
    return tuple(shapes)


def graticule(projection: geo.Projection = geo.project_exact, *, world: bool = False) -> Shape:
    """Return meridians and parallels every 20 degrees, of the region or of the whole world."""
    west, east, south, north = (-169, 191, -80, 90) if world else (-40, 210, -20, 80)
    meridians = [
        [(lat, lon) for lat in range(south, north + 1, 5 if world else 2)]
        for lon in range(-160 if world else west, east, 20)
    ]
    parallels = [
        [(lat, lon) for lon in range(west, east + 1, 360 if world else 3)] for lat in range(south, north, 20)
    ]
    lines = [[list(map(round, projection(*point))) for point in line] for line in meridians + parallels]
    return Shape("", "grid", "line", lines)


def globe() -> Shape:
    """Return the outline of the world map, the sea."""
    edge = [(lat, 191) for lat in range(-90, 91, 3)] + [(lat, -169) for lat in range(90, -91, -3)]
    ring = [list(geo.project_world(lat, lon)) for lat, lon in edge]
    return Shape("", "globe", "area", [[[*ring, ring[0]]]])


def labels(
    moved: Mapping[str, geo.Point] | None = None, *, seas: bool = True, world: bool = False
) -> list[Label]:
    """Return the course's labels of states and seas, those of large states first.

    Parameters
    ----------
    moved : mapping of str to (float, float), optional
        Another place, (lat, lon), for the labels of single states.
    seas : bool
        Name the seas, too.
    world : bool
        Those of the world map.
    """
    project = geo.project_world if world else geo.project
    out = []
    for row in _rows("labels_world.csv" if world else "labels.csv"):
        if row["id"] or seas:
            lat, lon = (moved or {}).get(row["id"], (float(row["lat"]), float(row["lon"])))
            beside = (
                () if moved and row["id"] in moved else (float(row["dx"]), float(row["dy"]), row["style"])
            )
            out.append(Label(row["id"], row["text"], *project(lat, lon), float(row["size"]), *beside))
    return out


@lru_cache(maxsize=2)
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (ASSETS / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
