"""The map of contested areas as twelve viewers draw them, each by documents of its own.

A viewer's borders are never shown as facts: the viewer is chosen inside the map and named above it, and
where no position of its own was found, the map says so.
"""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
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
    areas = {area["id"]: area for area in contested_areas()}
    centres = _find_centres(set(areas))
    listed = {}
    for number, area in enumerate(centres, start=1):
        listed[area] = f"{number} {SHORT.get(area, areas[area]['name'])}"
    steps = [_make_step(viewer, drawn[viewer], listed) for viewer in viewers]
    homes = _find_homes(viewers)
    names = names_of_states(homes)
    for area, properties in areas.items():
        names[area] = Name(properties["name"], listed[area], held_and_claimed(properties))
    several = sum(len(_list_owners(drawn, area)) > 1 for area in areas)
    scene = Scene(
        **fill_in("viewpoints", several=several, n=len(areas), step=steps[0].say, borders=BORDERS),
        keys=_list_keys(),
        steps=steps,
        status=homes | {area: _list_positions(drawn, area) for area in areas},
        names=names,
        labels=[
            *_number_areas(centres, listed),
            *(label for label in read_labels(seas=False) if label.id not in areas),
        ],
        ticks=viewers,
    )
    return on_the_region(scene)


def _list_keys() -> list[Key]:
    """Return the legend: a position each, and the viewer's own state."""
    keys = []
    for name, mark in DRAWN.items():
        # Of what is another's, the list below the legend says whose.
        text = "" if name == OTHER else None
        keys.append(Key(mark, capitalised(mark.plural), text, counted=True))
    return [*keys, Key(_HOME, capitalised(_HOME.label), "")]


def _list_positions(drawn: Mapping[str, Mapping[str, str]], area: str) -> str:
    """Return a letter for each viewer: its position on an area."""
    letters = [DRAWN[classify_drawing(areas[area])].code for areas in drawn.values()]
    return "".join(letters)


def _find_homes(viewers: Sequence[str]) -> dict[str, str]:
    """Return a letter for each viewer, by state on the map that is one: the mark of its own, or "-"."""
    shown = {shape.id for shape in read_features("region")}
    homes = {}
    for viewer in viewers:
        if viewer == FIRST or find(viewer) not in shown:
            continue
        letters = [_HOME.code if other == viewer else "-" for other in viewers]
        homes[find(viewer)] = "".join(letters)
    return homes


def _number_areas(centres: Mapping[str, tuple[int, int]], listed: Mapping[str, str]) -> list[Label]:
    """Return the number of each area, beside its centre."""
    labels = []
    for area, centre in centres.items():
        number = listed[area].split()[0]
        labels.append(Label(area, number, *centre, 12, *BESIDE.get(area, (14, -12))))
    return labels


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
    centres = {}
    for shape in read_features("region"):
        if shape.id in areas:
            outline: list[Any] = []
            for polygon in shape.coordinates:
                outline += polygon[0]
            xs, ys = zip(*outline, strict=True)
            centres[shape.id] = ((min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2)
    return dict(sorted(centres.items(), key=lambda item: item[1]))


def _list_owners(drawn: Mapping[str, Mapping[str, str]], area: str) -> set[str]:
    """Return the owners that viewers give an area, including "disputed" and "not shown"."""
    owners = set()
    for viewer, areas in drawn.items():
        if areas[area] == OWN:
            owners.add(f"of {viewer}")
        elif areas[area] != NONE:
            owners.add(areas[area])
    return owners


def _make_step(viewer: str, drawn: Mapping[str, str], listed: Mapping[str, str]) -> Step:
    """Return a viewer's step: number of areas by position, and the owners of those drawn as another's."""
    positions = {area: classify_drawing(drawn_as) for area, drawn_as in drawn.items()}
    counts = Counter(positions.values())
    said = []
    for name, mark in DRAWN.items():
        if counts[name]:
            said.append(tr("{n} {what}", n=counts[name], what=mark.label))
    given = []
    for area, name in listed.items():
        if positions[area] == OTHER:
            given.append((name, drawn[area]))
    more = tr("A position of its own was found for every area.")
    if counts[NONE]:
        many = "For {n} areas no position of its own was found."
        more = trn("For {n} area no position of its own was found.", many, counts[NONE])
    say = tr("{viewer}: {counts}", viewer=viewer, counts=", ".join(said))
    return Step(viewer, say, more, tuple(given))
