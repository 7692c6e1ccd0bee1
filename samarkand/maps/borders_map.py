"""The map of contested areas as twelve viewers draw them, each by documents of its own.

A viewer's borders are never shown as facts: the viewer is chosen inside the map and named above it, and
where no position of its own was found, the map says so.
"""

from collections.abc import Container, Mapping
from typing import Any

from samarkand import data
from samarkand.common.words import capitalised, tr, trn
from samarkand.html.style import marks
from samarkand.maps._base import BORDERS, names_of_states, on_the_region
from samarkand.maps._offline import OfflineMap
from samarkand.maps._scene import Key, Label, Name, Scene, Step, fill_in
from samarkand.maps._shapes import contested_areas, read_features, read_labels
from samarkand.maps.contested import held_and_claimed
from samarkand.places import find

__all__ = ["viewpoints"]

#: Areas whose names are long, or alike, in lists.
SHORT = {
    "annexed_2022": tr("four regions that Russia declared annexed"),
    "kashmir_india": tr("Kashmir held by India"),
    "kashmir_pakistan": tr("Kashmir held by Pakistan"),
    "kyrgyz_tajik": tr("Kyrgyz-Tajik border"),
    "kyrgyz_uzbek": tr("Kyrgyz-Uzbek border"),
}
#: Offset, in px, of numbers that would cover another area at the usual place.
BESIDE = {"crimea": (-14, 12)}
#: The viewer that is not a state and comes first; the others follow in alphabetical order.
FIRST = "United Nations"
OWN, OTHER, NONE = "own", "another’s", "no position found"
#: Mark of an area, by a viewer's position on it; and of the viewer's own state, in the background.
DRAWN = marks("drawn")
_HOME = DRAWN.pop("home")


def viewpoints() -> OfflineMap:
    """Draw the contested areas of the region as one of twelve viewers draws them, by its own documents.

    A button inside the map chooses the viewer. Areas are numbered from west to east, on the map and in the
    lists beside it. The step from a document to a map is the course's.

    Examples
    --------
    >>> viewpoints()
    Map of 19 contested areas as twelve viewers draw them. United Nations: 9 as another’s, 7 as open, ...
    """
    drawn = by_viewer()
    viewers = list(drawn)
    areas = {one["id"]: one for one in contested_areas()}
    places = _find_centres(set(areas))
    listed = {area: f"{n} {SHORT.get(area, areas[area]['name'])}" for n, area in enumerate(places, start=1)}
    steps = [_make_step(one, drawn[one], listed) for one in viewers]
    status = {
        area: "".join(DRAWN[classify_drawing(drawn[one][area])].code for one in viewers) for area in areas
    }
    shown = {shape.id for shape in read_features("region")}
    homes = {
        find(one): "".join(_HOME.code if other == one else "-" for other in viewers)
        for one in viewers
        if one != FIRST and find(one) in shown
    }
    several = sum(len(_list_owners(drawn, area)) > 1 for area in areas)
    scene = Scene(
        **fill_in("viewpoints", several=several, n=len(areas), step=steps[0].say, borders=BORDERS),
        keys=[
            # Of what is another's, the list below the legend says whose.
            *(
                Key(mark, capitalised(mark.plural), "" if name == OTHER else None, counted=True)
                for name, mark in DRAWN.items()
            ),
            Key(_HOME, capitalised(_HOME.label), ""),
        ],
        steps=steps,
        status=homes | status,
        names=names_of_states(homes)
        | {area: Name(one["name"], listed[area], held_and_claimed(one)) for area, one in areas.items()},
        labels=[
            *(
                Label(area, listed[area].split()[0], *at, 12, *BESIDE.get(area, (14, -12)))
                for area, at in places.items()
            ),
            *(one for one in read_labels(seas=False) if one.id not in areas),
        ],
        ticks=viewers,
    )
    return on_the_region(scene)


def by_viewer() -> dict[str, dict[str, str]]:
    """Return {area: position} by viewer: the United Nations first, then states in alphabetical order."""
    table = data.load("viewpoints").query("role == 'viewer'")
    wide = table.pivot(index="area", columns="viewer", values="drawn_as")
    order = sorted(map(str, wide.columns), key=lambda one: (one != FIRST, one))
    return {viewer: {str(area): str(drawn) for area, drawn in wide[viewer].items()} for viewer in order}


def classify_drawing(drawn_as: str) -> str:
    """Classify a cell of the table as one of the five positions.

    >>> classify_drawing("own"), classify_drawing("of Georgia"), classify_drawing("no position found")
    ('own', 'another’s', 'no position found')
    """
    return OTHER if drawn_as.startswith("of ") else drawn_as


def _find_centres(areas: Container[str]) -> dict[str, tuple[int, int]]:
    """Return the centre of each area, in map units, from west to east."""
    middles = {}
    for shape in read_features("region"):
        if shape.id in areas:
            outline: list[Any] = []
            for polygon in shape.coordinates:
                outline += polygon[0]
            xs, ys = zip(*outline, strict=True)
            middles[shape.id] = ((min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2)
    return dict(sorted(middles.items(), key=lambda one: one[1]))


def _list_owners(drawn: Mapping[str, Mapping[str, str]], area: str) -> set[str]:
    """Return the owners that viewers give an area, including "disputed" and "not shown"."""
    by = ((viewer, areas[area]) for viewer, areas in drawn.items())
    return {f"of {viewer}" if one == OWN else one for viewer, one in by if one != NONE}


def _make_step(viewer: str, drawn: Mapping[str, str], listed: Mapping[str, str]) -> Step:
    """Return a viewer's step: number of areas by position, and the owners of those drawn as another's."""
    counts = {name: sum(classify_drawing(one) == name for one in drawn.values()) for name in DRAWN}
    said = ", ".join(tr("{n} {what}", n=n, what=DRAWN[name].label) for name, n in counts.items() if n)
    given = tuple(
        (name, drawn[area]) for area, name in listed.items() if classify_drawing(drawn[area]) == OTHER
    )
    more = tr("A position of its own was found for every area.")
    if counts[NONE]:
        many = "For {n} areas no position of its own was found."
        more = trn("For {n} area no position of its own was found.", many, counts[NONE])
    return Step(viewer, tr("{viewer}: {counts}", viewer=viewer, counts=said), more, given)
