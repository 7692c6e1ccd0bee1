"""The common parts of maps: borders, names, years, the region and the world."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import pandas as pd

from samarkand import geo, places
from samarkand.common.errors import OutOfRange, need_whole
from samarkand.common.words import capitalise_text, tr
from samarkand.html.style import STATUS, Mark
from samarkand.maps._offline import OfflineMap, Shapes
from samarkand.maps._scene import Key, Name, Scene, fill_in, read_scene
from samarkand.maps._shapes import (
    Shape,
    contested_areas,
    draw_graticule,
    read_features,
    read_labels,
)
from samarkand.maps.contested import contested_in_words, find_contested, in_words, reaches_into

BORDERS = tr(
    "Lambert’s equal-area projection. Borders by who holds the ground: Natural Earth 1:50m, public domain."
)


def make_scene(
    written: str | Mapping[str, Any],
    days: Sequence[str],
    keys: Sequence[Key],
    gaps: Mapping[str, object],
    *,
    below: str = "",
    **fields: Any,
) -> Scene:
    """Return a scene of the region with what was contested on the days of its steps.

    `written` are its texts and form, or their section of ``scenes.toml``. `gaps` fill the texts, besides
    ``areas`` and ``borders``; `below` is the text of the contested areas' legend entry.
    """
    found = read_scene(written) if isinstance(written, str) else written
    areas = contested_in_words(days[0], days[-1], found.get("bounds", Scene.bounds))
    hatched, about = find_contested(days)
    fields |= {"status": fields["status"] | hatched, "names": fields["names"] | about}
    fields["keys"] = [*keys, Key(STATUS["contested"], tr("Contested"), below)]
    return Scene(**fill_in(found, areas=areas, borders=BORDERS, **gaps) | fields)


def on_the_region(
    scene: Scene,
    above: Sequence[Shape] = (),
    still: Sequence[Shape] | None = None,
    *,
    divided: Callable[[Shape], list[Shape]] = lambda shape: [shape],
) -> OfflineMap:
    """Return a map of the region: sea, graticule, land, states, and the shapes `above` them.

    The still picture has the shapes `still` in place of `above`, if given. `divided` splits shapes of the
    geometry before they are drawn.
    """
    grid = draw_graticule()
    fine = _divide_shapes(read_features("region"), divided)
    coarse = _divide_shapes(read_features("region_coarse"), divided)
    drawn = OfflineMap(scene, [grid, *coarse, *(above if still is None else still)])
    drawn.add_child(Shapes([grid, *(shape for shape in fine if shape.style == "land")], "land"))
    drawn.add_child(Shapes(_hatches_last(shape for shape in fine if shape.style != "land"), "states"))
    if above:
        drawn.add_child(Shapes(above, "above"))
    return drawn


def _divide_shapes(shapes: Iterable[Shape], divided: Callable[[Shape], list[Shape]]) -> list[Shape]:
    """Return the parts into which shapes are divided, in order."""
    parts: list[Shape] = []
    for shape in shapes:
        parts += divided(shape)
    return parts


def _hatches_last(shapes: Iterable[Shape]) -> list[Shape]:
    """Return shapes with contested areas at the end, so that hatches cover the states' colours."""
    return sorted(shapes, key=lambda shape: shape.style == "contested")


@dataclass(frozen=True)
class WorldShapes:
    """The shapes of a map of the world, or of a part of it.

    Attributes
    ----------
    states : tuple of Shape
        The world's own layer; very small states are dots.
    contested : list of Shape
        The region's finer contested areas that this layer has not.
    coarse : list of Shape
        The same for the still picture: states and contested areas.
    """

    states: tuple[Shape, ...]
    contested: list[Shape]
    coarse: list[Shape]

    @property
    def ids(self) -> set[str]:
        """The ids of all shapes."""
        return {shape.id for shape in (*self.states, *self.contested)}

    def find_within(self, bounds: Any) -> set[str]:
        """Return the ids of the areas that reach into two corners of the map, in map units."""
        areas = (shape for shape in (*self.states, *self.contested) if shape.kind == "area")
        return {shape.id for shape in areas if reaches_into(shape, bounds)}


def draw_world(  # noqa: PLR0913 - three are named
    subject: str,
    values: pd.DataFrame,
    marks: Mapping[str, Mark],
    *,
    days: Sequence[str] = (),
    listed: Sequence[str],
    gaps: Mapping[str, object],
    **fields: Any,
) -> OfflineMap:
    """Draw values of the states of the world, one step a column.

    `values` has the index ISO3, and cells that are keys of `marks`, or missing. The day (``YYYY-MM-DD``) of a
    step decides what was contested; without `days` it is the end of 2022. The states with values in `listed`
    are listed by name. `fields` are other fields of the scene.
    """
    status = letters_of_rows(values, marks)
    days = days or ["2022-12-31"] * values.shape[1]
    areas, about = find_contested(days, "world", "region_coarse")
    shapes = _read_world(set(areas))
    hatched = {area: areas[area] for area in sorted(shapes.ids & set(areas))}
    own = fill_in(subject, **gaps)
    seen = shapes.find_within(own["bounds"])
    here = [area for area in contested_areas("world", "region_coarse") if area["id"] in {*hatched} & seen]
    gaps = {"sentence": own["sentence"], "source": own.pop("source")}
    of_all = fill_in("world", **gaps, areas=in_words(here, min(days), max(days)))
    scene = Scene(
        **{**of_all, **own},
        keys=_list_keys(marks, status, listed),
        status=status | hatched,
        names=names_of_states(status) | {area: about[area] for area in hatched},
        labels=read_labels(geo.WORLD),
        first=next(iter(status), ""),
        **fields,
    )
    return _draw_world_shapes(scene, shapes)


def _move_to_capital(shape: Shape) -> Shape:
    """Return a shape; the dot of Kiribati at its capital, and not alone in the east of the Pacific."""
    return shape._replace(coordinates=list(geo.WORLD.whole(1.33, 172.98))) if shape.id == "KIR" else shape


def _read_world(contested: Set[str]) -> WorldShapes:
    """Read the shapes of the world; `contested` are ids of areas on the days of the map."""
    states = tuple(_move_to_capital(shape) for shape in read_features("world", geo.WORLD))
    # Taiwan is TWN in the world's layer.
    drawn = {shape.id for shape in states} | {"taiwan"}
    more = contested - drawn
    coarse = []
    for shape in read_features("world_coarse", geo.WORLD):
        coarse.append(_move_to_capital(shape)._replace(radius=2) if shape.kind == "dot" else shape)
    coarse += [shape for shape in read_features("region_coarse", geo.WORLD) if shape.id in more]
    fine = [shape for shape in read_features("region", geo.WORLD) if shape.id in more]
    return WorldShapes(states, fine, coarse)


def _list_keys(marks: Mapping[str, Mark], status: Mapping[str, str], listed: Sequence[str]) -> list[Key]:
    """Return the legend: each mark that a state has at some step, then contested areas."""
    used = set("".join(status.values()))
    keys = []
    for name, mark in marks.items():
        if mark.code in used:
            text = None if name in listed else ""
            keys.append(Key(mark, capitalise_text(mark.label), text, counted=True))
    return [*keys, Key(STATUS["contested"], tr("Contested"), "")]


def _draw_world_shapes(scene: Scene, shapes: WorldShapes) -> OfflineMap:
    """Draw the land, the states and, above them, contested areas and dots, on paper: the sea says nothing."""
    land, states, dots = [], [], []
    for shape in shapes.states:
        if shape.kind == "dot":
            dots.append(shape._replace(radius=3))
        elif shape.style == "land":
            land.append(shape)
        else:
            states.append(shape)
    drawn = OfflineMap(scene, shapes.coarse)
    drawn.add_child(Shapes(land, "land"))
    drawn.add_child(Shapes([*_hatches_last([*states, *shapes.contested]), *dots], "states"))
    return drawn


def letters_of_rows(values: pd.DataFrame, marks: Mapping[str, Mark]) -> dict[str, str]:
    """Return each row as a text, by its index: the code of each cell's mark, "-" for a missing cell."""
    letters = {}
    for iso3, row in zip(values.index, values.to_numpy(), strict=True):
        codes = ["-" if pd.isna(cell) else marks[cell].code for cell in row]
        letters[str(iso3)] = "".join(codes)
    return letters


def find_position(given: int, known: Sequence[int], unit: str, what: str) -> int:
    """Return the index of a student's year or day (the `unit`) among those of the map of `what`.

    `WrongType` if it is not a whole number, `OutOfRange` if it is not covered.
    """
    text = tr(
        "The {unit} is a whole number, such as {last}; got {given!r}.", unit=unit, last=known[-1], given=given
    )
    need_whole(given, text)
    if given not in known:
        text = tr(
            "The map of {what} covers {first} to {last}; {given} lies outside.",
            what=what,
            first=known[0],
            last=known[-1],
            given=given,
        )
        raise OutOfRange(text, code="outside the map", given=given, first=known[0], last=known[-1])
    return known.index(given)


def names_of_states(states: Iterable[str]) -> dict[str, Name]:
    """Return the tooltip of each state, by ISO3 code: its name."""
    return {iso3: Name(places.name(iso3)) for iso3 in states}
