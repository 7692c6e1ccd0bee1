"""The common parts of maps: borders and contested areas, names, years, the region and the world."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from samarkand import geo, places
from samarkand.ground.errors import OutOfRange, need_whole
from samarkand.ground.words import capitalised, tr
from samarkand.maps._offline import OfflineMap, Shapes
from samarkand.maps._scene import Key, Name, Scene, Step
from samarkand.maps._shapes import Shape, contested_areas, features, globe, graticule, labels
from samarkand.page.style import STATUS, Mark

#: Corners of the view of the region, (x, y) in map units: all of Eurasia with Egypt and Maldives.
EURASIA = ((-2900, -2330), (2350, 2640))
#: Corners of the view of the world, (x, y) in map units: all but Antarctica.
WORLD = ((-1690, -640), (1690, 840))
#: Day for contested areas on a world map whose steps are not days: the end of the course's year.
_DAY = "2022-12-31"

BORDERS = tr(
    "Lambert’s equal-area projection. Borders by who holds the ground: Natural Earth 1:50m, public domain."
)

#: Legend entry for contested areas where the small print names them.
CONTESTED = Key(STATUS["contested"], tr("Contested"), tr("named below"))


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
    grid = graticule()
    fine, coarse = (
        [part for shape in features(layer) for part in divided(shape)]
        for layer in ("region", "region_coarse")
    )
    drawn = OfflineMap(scene, [grid, *coarse, *(above if still is None else still)])
    drawn.add_child(Shapes([grid, *(shape for shape in fine if shape.style == "land")], "land"))
    drawn.add_child(Shapes(_hatches_last(shape for shape in fine if shape.style != "land"), "states"))
    if above:
        drawn.add_child(Shapes(above, "above"))
    return drawn


def _hatches_last(shapes: Iterable[Shape]) -> list[Shape]:
    """Return shapes with contested areas at the end, so that hatches cover the states' colours."""
    return sorted(shapes, key=lambda shape: shape.style == "contested")


def world(  # noqa: PLR0913 - all but two are named
    values: pd.DataFrame,
    marks: Mapping[str, Mark],
    *,
    title: str,
    sentence: str,
    source: str,
    steps: Sequence[Step],
    step: int = 0,
    days: Sequence[str] | None = None,
    ticks: Sequence[str],
    apart: bool = False,
    listed: Iterable[str] = (),
    range_label: str,
) -> OfflineMap:
    """Draw values of the states of the world, one step a column.

    `values` has the index ISO3, and cells that are keys of `marks`, or missing. `steps` are the texts of the
    columns, `step` is the one shown first; its day (``YYYY-MM-DD``) decides what was contested, the end of
    2022 if there are none. `ticks` are labels below the range, or on buttons if the steps have no order
    (`apart`). The states with values in `listed` are listed by name. `sentence` is the text of ``repr``;
    `source` is HTML.
    """
    shapes = features("world", geo.WORLD)
    drawn = {shape.id for shape in shapes}
    status = {
        str(iso3): "".join("-" if pd.isna(cell) else marks[cell].code for cell in row)
        for iso3, row in zip(values.index, values.to_numpy(), strict=True)
    }
    days = list(days) if days else [_DAY] * len(steps)
    areas, about = contested(days, "world", "region_coarse")
    # Of the region's finer areas those that the world's own layer has not; Taiwan is TWN there.
    fine, rough = (
        [s for s in features(layer, geo.WORLD) if s.id in areas and s.id not in drawn | {"taiwan"}]
        for layer in ("region", "region_coarse")
    )
    hatched = {area: areas[area] for area in sorted((drawn | {s.id for s in fine}) & set(areas))}
    borne = {letter for letters in status.values() for letter in letters}
    named = set(listed)
    keys = [
        Key(mark, capitalised(mark.label), None if name in named else "", counted=True)
        for name, mark in marks.items()
        if mark.code in borne
    ]
    scene = Scene(
        title=title,
        sentence=sentence,
        alt=tr(
            "{sentence} A map of the world with its states filled by colour and pattern; the tables it is "
            "drawn from hold the same for each state by name.",
            sentence=sentence,
        ),
        bounds=WORLD,
        keys=[*keys, CONTESTED._replace(text="")],
        steps=steps,
        step=step,
        status=status | hatched,
        names=names(status) | {area: about[area] for area in hatched},
        labels=labels(geo.WORLD),
        ticks=dict(enumerate(ticks)),
        range_label=range_label,
        first=next(iter(status), ""),
        pace_ms=2400,
        apart=apart,
        news=False,
        height_px=(690, 640),
        stacked=True,
        note=tr(
            "<b>Hatched</b>, claimed by more than one side: {areas}. Equal Earth projection, equal-area. "
            "Borders by who holds the ground: Natural Earth 1:110m, public domain. Source: {source}.",
            areas=in_words(
                [area for area in contested_areas("world", "region_coarse") if area["id"] in hatched],
                min(days),
                max(days),
            ),
            source=source,
        ),
    )
    sea = [globe(), graticule(geo.WORLD)]
    states = [s for s in (*shapes, *fine) if s.style != "land" and s.kind != "dot"]
    dots = [s._replace(radius=3) for s in shapes if s.kind == "dot"]
    coarse = [s._replace(radius=2) if s.kind == "dot" else s for s in features("world_coarse", geo.WORLD)]
    picture = OfflineMap(scene, [*sea, *coarse, *rough])
    picture.add_child(Shapes([*sea, *(s for s in shapes if s.style == "land")], "land"))
    picture.add_child(Shapes([*_hatches_last(states), *dots], "states"))
    return picture


def position(year: int, years: Sequence[int], what: str) -> int:
    """Return the index of a student's year among the years of the map of `what`.

    `WrongType` if the year is not a whole number, `OutOfRange` if it is not covered.
    """
    need_whole(year, tr("The year is a whole number, such as 2022; got {given!r}.", given=year))
    if year not in years:
        text = tr("The map of {what} covers {first} to {last}; {year} lies outside.",
                  what=what, first=years[0], last=years[-1], year=year)  # fmt: skip
        raise OutOfRange(text)
    return years.index(year)


def names(states: Iterable[str]) -> dict[str, Name]:
    """Return the tooltip of each state, by ISO3 code: its name."""
    return {iso3: Name(places.name(iso3)) for iso3 in states}


def contested(days: Sequence[str], *layers: str) -> tuple[dict[str, str], dict[str, Name]]:
    """Return two dicts by area id: status on each day ("x" contested, "-" not), and tooltip.

    Days are ``YYYY-MM-DD``; the areas are those of some layers of the geometry, by default the region's.
    """
    status, about = {}, {}
    for area in contested_areas(*layers):
        open_on = (area["since"] <= day < (area["until"] or "9999") for day in days)
        status[area["id"]] = "".join("x" if one else "-" for one in open_on)
        about[area["id"]] = Name(area["name"], area["part_of"], held_and_claimed(area))
    return status, about


def held_and_claimed(area: dict[str, str]) -> str:
    """Return a phrase with the holder and the claimants of a contested area."""
    return tr("held by {holder}; claimed by {claimant}", holder=area["held_by"], claimant=area["claimed_by"])


def contested_in_words(first: str, last: str, bounds: Any = EURASIA) -> str:
    """Return the region's areas that were contested between two days, as `in_words` lists them.

    Areas beyond the corners of the view are left out.
    """
    (west, south), (east, north) = bounds
    inside = {
        shape.id
        for shape in features("region")
        if shape.kind == "area"
        and any(
            west < x < east and south < y < north
            for polygon in shape.coordinates
            for ring in polygon
            for x, y in ring
        )
    }
    return in_words([area for area in contested_areas() if area["id"] in inside], first, last)


def in_words(areas: Iterable[dict[str, str]], first: str, last: str) -> str:
    """Return, as text, the areas that were contested between two days, in alphabetical order.

    Days are ``YYYY-MM-DD``. An area that became contested, or ceased to be, between them has the year of the
    change beside its name.
    """
    words: dict[str, str] = {}
    for area in areas:
        if not (area["since"] <= last and first < (area["until"] or "9999")):
            continue
        name = area["part_of"] or area["listed"]
        words[name] = name
        if area["part_of"]:
            words[name] = tr("{area} in all its parts", area=name)
        elif area["listed"] == area["name"] and area["since"] > first:
            words[name] = tr("{area} (from {year})", area=name, year=area["since"][:4])
        elif area["until"] and area["until"] <= last:
            words[name] = tr("{area} (to {year})", area=name, year=area["until"][:4])
    # What is itself a list comes last, set off from the others.
    *some, end = [words[name] for name in sorted(words, key=lambda name: (":" in name, name.casefold()))]
    if ":" in end:
        return tr("{areas}, and {last}", areas=", ".join(some), last=end)
    return ", ".join([*some, end])
