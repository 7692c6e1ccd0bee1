"""What maps have in common: borders and contested areas, names, years, and the sheet of the region."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from samarkand import places
from samarkand.ground.errors import OutOfRange, need_whole
from samarkand.ground.words import tr
from samarkand.maps._offline import OfflineMap, Shapes
from samarkand.maps._scene import Key, Name, Scene
from samarkand.maps._shapes import Shape, contested_areas, features, graticule
from samarkand.page.style import STATUS

#: Corners of the view of the region, (x, y) in map units: all of Eurasia with Egypt and Maldives.
EURASIA = ((-2900, -2330), (2350, 2640))

BORDERS = tr(
    "Lambert’s equal-area projection. Borders by who holds the ground: Natural Earth 1:50m, public domain."
)

#: The legend's entry for contested areas, where the small print names them.
CONTESTED = Key(STATUS["contested"], tr("Contested"), tr("named below"))


def on_the_region(
    scene: Scene,
    above: Sequence[Shape] = (),
    still: Sequence[Shape] | None = None,
    *,
    cut: Any = None,
    divided: Callable[[Shape], list[Shape]] = lambda shape: [shape],
) -> OfflineMap:
    """Return the map of a scene of the region: sea, lines, land, states, and what lies above them.

    `still` lies there in the still picture, if something else does. `cut` has the corners beyond which
    everything is left out, for a view that is a part of the region: the page becomes a fifth smaller.
    `divided` makes of a shape of the geometry those that are drawn.
    """
    grid = graticule()
    if cut:
        grid = near(grid, cut) or grid
    fine, coarse = (
        [
            one
            for shape in features(layer)
            for part in divided(shape)
            if (one := near(part, cut) if cut else part)
        ]
        for layer in ("region", "region_coarse")
    )
    drawn = OfflineMap(scene, [grid, *coarse, *(above if still is None else still)])
    drawn.add_child(Shapes([grid, *(shape for shape in fine if shape.style == "land")], "land"))
    states = [shape for shape in fine if shape.style != "land"]
    states.sort(key=lambda shape: shape.style == "contested")  # hatches lie on the states' colours
    drawn.add_child(Shapes(states, "states"))
    if above:
        drawn.add_child(Shapes(above, "above"))
    return drawn


def around(bounds: Any) -> Any:
    """Return the corners of a view with half its size on every side: what a wide or a high frame may show."""
    (west, south), (east, north) = bounds
    x, y = (east - west) / 2, (north - south) / 2
    return (west - x, south - y), (east + x, north + y)


def near(shape: Shape, bounds: Any) -> Shape | None:
    """Return the parts of a shape that lie between two corners, areas whole; None if there are none."""
    (west, south), (east, north) = bounds
    if shape.kind == "dot":
        return shape
    if shape.kind == "line":
        runs = (
            list(run)
            for line in shape.coordinates
            for inside, run in groupby(line, lambda at: west < at[0] < east and south < at[1] < north)
            if inside
        )
        return shape._replace(coordinates=[run for run in runs if len(run) > 1])
    parts = [
        polygon
        for polygon in shape.coordinates
        if west < max(a for a, _ in polygon[0])
        and min(a for a, _ in polygon[0]) < east
        and south < max(b for _, b in polygon[0])
        and min(b for _, b in polygon[0]) < north
    ]
    return shape._replace(coordinates=parts) if parts else None


def position(year: int, years: Sequence[int], what: str) -> int:
    """Return the position of a year among those of a map; it may be of any type, since a student chose it.

    `WrongType` if the year is no whole number, `OutOfRange` if the map of `what` does not cover it.
    """
    need_whole(year, tr("The year is a whole number, such as 2022; got {given!r}.", given=year))
    if year not in years:
        raise OutOfRange(
            tr(
                "The map of {what} covers {first} to {last}; {year} lies outside.",
                what=what,
                first=years[0],
                last=years[-1],
                year=year,
            )
        )
    return years.index(year)


def names(states: Iterable[str]) -> dict[str, Name]:
    """Return what pointing at each state says: its name."""
    return {iso3: Name(places.name(iso3)) for iso3 in states}


def contested(
    days: Sequence[str], *layers: str, within: Any = None
) -> tuple[dict[str, str], dict[str, Name]]:
    """Return for each contested area, by id, whether it was so on each day, and what pointing at it says.

    Days are ``YYYY-MM-DD``; the areas are those of some layers of the geometry, by default the region's;
    `within` has the corners beyond which they are left out, as for `on_the_region`.
    """
    status, about = {}, {}
    drawn = {shape.id for shape in features("region") if near(shape, within)} if within else set()
    for area in contested_areas(*layers):
        if within and area["id"] not in drawn:
            continue
        status[area["id"]] = "".join("x" if _open(area, day) else "-" for day in days)
        about[area["id"]] = Name(area["name"], area["part_of"], held_and_claimed(area))
    return status, about


def held_and_claimed(area: dict[str, str]) -> str:
    """Return who holds a contested area, and who claims it."""
    return tr("held by {holder}; claimed by {claimant}", holder=area["held_by"], claimant=area["claimed_by"])


def contested_in_words(first: str, last: str, bounds: Any = EURASIA) -> str:
    """Return the contested areas of the region as a list in a sentence, in the order of the alphabet.

    First and last are days (``YYYY-MM-DD``): an area that was not contested all the time between them has its
    year of change beside its name. Areas beyond the corners of the view are left out.
    """
    inside = {shape.id for shape in features("region") if _within(shape, bounds)}
    return in_words([area for area in contested_areas() if area["id"] in inside], first, last)


def in_words(areas: Iterable[dict[str, str]], first: str, last: str) -> str:
    """Return those of some areas that were contested between two days, as a list in a sentence.

    They stand in the order of the alphabet, each with its year of change if that lies between the two days
    (``YYYY-MM-DD``).
    """
    told: dict[str, str] = {}
    for area in areas:
        if not (area["since"] <= last and first < (area["until"] or "9999")):
            continue
        name = area["part_of"] or area["listed"]
        told[name] = name
        if area["part_of"]:
            told[name] = tr("{area} in all its parts", area=name)
        elif area["listed"] == area["name"] and area["since"] > first:
            told[name] = tr("{area} (from {year})", area=name, year=area["since"][:4])
        elif area["until"] and area["until"] <= last:
            told[name] = tr("{area} (to {year})", area=name, year=area["until"][:4])
    *some, end = [told[name] for name in sorted(told, key=lambda name: (":" in name, name.casefold()))]
    # What is itself a list stands last, set off from the others.
    return (
        tr("{areas}, and {last}", areas=", ".join(some), last=end) if ":" in end else ", ".join([*some, end])
    )


def _open(area: dict[str, str], day: str) -> bool:
    return area["since"] <= day < (area["until"] or "9999")


def _within(shape: Shape, bounds: Any) -> bool:
    """Say whether any point of a shape lies within the view."""
    (west, south), (east, north) = bounds
    points = (
        [point for polygon in shape.coordinates for ring in polygon for point in ring]
        if shape.kind == "area"
        else []
    )
    return any(west < x < east and south < y < north for x, y in points)
