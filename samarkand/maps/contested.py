"""Contested areas: on which days they are hatched, and how a map's small print lists them."""

from collections.abc import Iterable, Sequence
from typing import Any

from samarkand.common.words import tr
from samarkand.maps._scene import Name
from samarkand.maps._shapes import Shape, contested_areas, read_features


def find_contested(days: Sequence[str], *layers: str) -> tuple[dict[str, str], dict[str, Name]]:
    """Return two dicts by area id: status on each day ("x" contested, "-" not), and tooltip.

    Days are ``YYYY-MM-DD``; the areas are those of some layers of the geometry, by default the region's.
    """
    status, about = {}, {}
    for area in contested_areas(*layers):
        until = area["until"] or "9999"
        letters = ["x" if area["since"] <= day < until else "-" for day in days]
        status[area["id"]] = "".join(letters)
        about[area["id"]] = Name(area["name"], area["part_of"], held_and_claimed(area))
    return status, about


def held_and_claimed(area: dict[str, str]) -> str:
    """Return a phrase with the holder and the claimants of a contested area."""
    return tr("held by {holder}; claimed by {claimant}", holder=area["held_by"], claimant=area["claimed_by"])


def contested_in_words(first: str, last: str, bounds: Any) -> str:
    """Return the region's areas that were contested between two days, as `in_words` lists them.

    Areas beyond the corners of the view are left out.
    """
    inside = set()
    for shape in read_features("region"):
        if shape.kind == "area" and reaches_into(shape, bounds):
            inside.add(shape.id)
    return in_words([area for area in contested_areas() if area["id"] in inside], first, last)


def reaches_into(area: Shape, bounds: Any) -> bool:
    """Return whether a point of an area lies within two corners of the map, in map units."""
    (west, south), (east, north) = bounds
    for polygon in area.coordinates:
        for ring in polygon:
            if any(west < x < east and south < y < north for x, y in ring):
                return True
    return False


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
    listing = [words[name] for name in sorted(words, key=_order_names)]
    if ":" in listing[-1]:
        return tr("{areas}, and {last}", areas=", ".join(listing[:-1]), last=listing[-1])
    return ", ".join(listing)


def _order_names(name: str) -> tuple[bool, str]:
    """Return what names of areas are sorted by: what is itself a list comes last, set off from the others."""
    return (":" in name, name.casefold())
