"""The common parts of maps: borders, names, years, the region and the world."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from samarkand import geo, places
from samarkand.common.errors import OutOfRange, need_whole
from samarkand.common.words import capitalised, tr
from samarkand.html.style import STATUS, Mark
from samarkand.maps._offline import OfflineMap, Shapes
from samarkand.maps._scene import Key, Name, Scene, fill_in, read_scene
from samarkand.maps._shapes import (
    Shape,
    contested_areas,
    draw_globe,
    draw_graticule,
    read_features,
    read_labels,
)
from samarkand.maps.contested import contested_in_words, find_contested, in_words

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
    shapes = read_features("world", geo.WORLD)
    drawn = {shape.id for shape in shapes}
    status = letters_of_rows(values, marks)
    days = days or ["2022-12-31"] * values.shape[1]
    areas, about = find_contested(days, "world", "region_coarse")
    # Of the region's finer areas those that the world's own layer has not; Taiwan is TWN there.
    fine, rough = (
        [s for s in read_features(layer, geo.WORLD) if s.id in areas and s.id not in drawn | {"taiwan"}]
        for layer in ("region", "region_coarse")
    )
    hatched = {area: areas[area] for area in sorted((drawn | {s.id for s in fine}) & set(areas))}
    borne = set("".join(status.values()))
    keys = [
        Key(mark, capitalised(mark.label), None if name in listed else "", counted=True)
        for name, mark in marks.items()
        if mark.code in borne
    ]
    here = [area for area in contested_areas("world", "region_coarse") if area["id"] in hatched]
    own = fill_in(subject, **gaps)
    gaps = {"sentence": own["sentence"], "source": own.pop("source")}
    of_all = fill_in("world", **gaps, areas=in_words(here, min(days), max(days)))
    scene = Scene(
        **{**of_all, **own},
        keys=[*keys, Key(STATUS["contested"], tr("Contested"), "")],
        status=status | hatched,
        names=names_of_states(status) | {area: about[area] for area in hatched},
        labels=read_labels(geo.WORLD),
        first=next(iter(status), ""),
        **fields,
    )
    sea = [draw_globe(), draw_graticule(geo.WORLD)]
    coarse = [
        s._replace(radius=2) if s.kind == "dot" else s for s in read_features("world_coarse", geo.WORLD)
    ]
    picture = OfflineMap(scene, [*sea, *coarse, *rough])
    states = [s for s in (*shapes, *fine) if s.style != "land" and s.kind != "dot"]
    dots = [s._replace(radius=3) for s in shapes if s.kind == "dot"]
    picture.add_child(Shapes([*sea, *(s for s in shapes if s.style == "land")], "land"))
    picture.add_child(Shapes([*_hatches_last(states), *dots], "states"))
    return picture


def letters_of_rows(values: pd.DataFrame, marks: Mapping[str, Mark]) -> dict[str, str]:
    """Return each row as a text, by its index: the code of each cell's mark, "-" for a missing cell."""
    return {
        str(iso3): "".join("-" if pd.isna(cell) else marks[cell].code for cell in row)
        for iso3, row in zip(values.index, values.to_numpy(), strict=True)
    }


def find_position(given: int, known: Sequence[int], unit: str, what: str) -> int:
    """Return the index of a student's year or day (the `unit`) among those of the map of `what`.

    `WrongType` if it is not a whole number, `OutOfRange` if it is not covered.
    """
    text = tr("The {unit} is a whole number, such as {last}; got {given!r}.",
              unit=unit, last=known[-1], given=given)  # fmt: skip
    need_whole(given, text)
    if given not in known:
        text = tr("The map of {what} covers {first} to {last}; {given} lies outside.",
                  what=what, first=known[0], last=known[-1], given=given)  # fmt: skip
        raise OutOfRange(text, code="outside the map", given=given, first=known[0], last=known[-1])
    return known.index(given)


def names_of_states(states: Iterable[str]) -> dict[str, Name]:
    """Return the tooltip of each state, by ISO3 code: its name."""
    return {iso3: Name(places.name(iso3)) for iso3 in states}
