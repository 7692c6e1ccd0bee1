"""The contested areas as twelve viewers draw them, each by documents of its own: a table, and close maps.

A viewer's borders are never shown as facts: each cell of the table has its viewer above it, and where no
position of its own was found, the table says so. The close maps show only where an area lies.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from samarkand import data
from samarkand.common.reading import read_rows
from samarkand.common.words import capitalise_text, tr, write_date
from samarkand.html.style import read_marks
from samarkand.maps._areas import Area, AreasTable, Cell, CloseMap, Key
from samarkand.maps._base import BORDERS
from samarkand.maps._scene import fill_in
from samarkand.maps._shapes import ASSETS, contested_areas

__all__ = ["viewpoints"]

#: The viewer that is not a state and comes first; the others follow in alphabetical order.
FIRST = "United Nations"
OWN, OTHER, NONE = "own", "another’s", "no position found"
#: Mark of an area, by a viewer's position on it.
DRAWN = read_marks("drawn")
#: What a cell says of a position that names no owner: in words, and where there is no room for them.
SHORT = {OWN: (tr("own"), "●"), "disputed": (tr("open"), "?"), "not shown": (tr("left out"), "×")}
#: The close maps: title, centre in degrees, width, height and length of the scale's bar in km.
CLOSE = (
    CloseMap(
        name="Kashmir", title=tr("Kashmir"), centre=(34.4, 76.0), width_km=1080, height_km=900, bar_km=200
    ),
    CloseMap(
        name="Black Sea and Caucasus",
        title=tr("Black Sea and Caucasus"),
        centre=(44.6, 37.8),
        width_km=1680,
        height_km=1400,
        bar_km=400,
    ),
    CloseMap(
        name="Ferghana Valley",
        title=tr("Ferghana Valley"),
        centre=(40.1, 71.4),
        width_km=540,
        height_km=450,
        bar_km=100,
    ),
)


def viewpoints() -> AreasTable:
    """Show nineteen contested areas as twelve viewers draw them, by their own documents.

    It is a table: a row for each area, a column for each viewer. Below it are three close maps, on which the
    areas have their numbers from the table. The step from a document to a cell is the course's.

    Examples
    --------
    >>> viewpoints()
    Table of 19 contested areas as twelve viewers draw them: 20 times as own, 75 as another’s, ...
    """
    drawn = by_viewer()
    areas = _list_areas(drawn)
    several = sum(area.ways > 1 for area in areas)
    counts: Counter[str] = Counter()
    for area in areas:
        counts.update(cell.kind for cell in area.cells.values())
    gaps: dict[str, object] = {
        "several": several,
        "n": len(areas),
        "own": counts[DRAWN[OWN].code],
        "other": counts[DRAWN[OTHER].code],
        "open": counts[DRAWN["disputed"].code],
        "none": counts[DRAWN[NONE].code],
        "borders": BORDERS,
        "ways": "; ".join(tr("{area}: {ways}", area=area.name, ways=area.ways) for area in areas),
    }
    return AreasTable(
        **fill_in("viewpoints", **gaps),
        viewers={viewer: _read_codes()[viewer] for viewer in drawn},
        areas=areas,
        keys=[_say_mark(name) for name in DRAWN],
        codes=_read_codes(),
        breaks={row["name"]: row["breaks"] for row in read_rows(ASSETS / "areas_codes.csv") if row["breaks"]},
        close=CLOSE,
    )


def by_viewer() -> dict[str, dict[str, str]]:
    """Return {area: position} by viewer: the United Nations first, then states in alphabetical order."""
    table = data.load("viewpoints").query("role == 'viewer'")
    wide = table.pivot(index="area", columns="viewer", values="drawn_as")
    order = sorted(map(str, wide.columns), key=lambda one: (one != FIRST, one))
    positions = {}
    for viewer in order:
        positions[viewer] = {str(area): str(drawn) for area, drawn in wide[viewer].items()}
    return positions


def classify_drawing(drawn_as: str) -> str:
    """Classify a cell of the table as one of the five positions.

    >>> classify_drawing("own"), classify_drawing("of Georgia"), classify_drawing("no position found")
    ('own', 'another’s', 'no position found')
    """
    return OTHER if drawn_as.startswith("of ") else drawn_as


def _read_codes() -> dict[str, str]:
    """Return the short form of each viewer and owner, by name."""
    return {row["name"]: row["code"] for row in read_rows(ASSETS / "areas_codes.csv")}


def _say_mark(name: str) -> Key:
    """Return the entry of a position in the legend."""
    mark = DRAWN[name]
    if name == OTHER:
        return Key(mark, "", "", tr("As another’s, who is named"))
    words, code = SHORT.get(name, ("·", "·"))
    return Key(mark, words, code, capitalise_text(mark.plural))


def _list_areas(drawn: Mapping[str, Mapping[str, str]]) -> list[Area]:
    """Return the areas in the order of ``areas.csv``, numbered, with a cell for each viewer."""
    table: Any = data.load("viewpoints").query("role == 'viewer'").set_index(["area", "viewer"])
    known = {area["id"]: area["name"] for area in contested_areas()}
    areas = []
    for number, row in enumerate(read_rows(ASSETS / "areas.csv"), start=1):
        ident = row["id"]
        cells = {}
        for viewer, positions in drawn.items():
            cells[viewer] = _make_cell(positions[ident], table.loc[(ident, viewer)])
        ways = len(_list_owners(drawn, ident))
        areas.append(
            Area(
                id=ident,
                number=number,
                region=row["region"],
                name=row["name"],
                full=known[ident],
                ways=ways,
                cells=cells,
            )
        )
    return areas


def _make_cell(drawn_as: str, row: Any) -> Cell:
    """Return what a viewer makes of an area: kind, words, code, and the document that says so."""
    position = classify_drawing(drawn_as)
    kind = DRAWN[position].code
    document = "" if pd.isna(row["document"]) else str(row["document"])
    if document and pd.notna(row["day"]):
        document = tr("{document}, {day}", document=document, day=write_date(row["day"]))
    if position == NONE:
        return Cell(kind, NONE, "·", document)
    if position == OTHER:
        owner = drawn_as.removeprefix("of ")
        return Cell(kind, owner, _read_codes()[owner], document)
    words, code = SHORT[position]
    return Cell(kind, words, code, document)


def _list_owners(drawn: Mapping[str, Mapping[str, str]], area: str) -> set[str]:
    """Return the owners that viewers give an area, including "disputed" and "not shown"."""
    owners = set()
    for viewer, areas in drawn.items():
        if areas[area] == OWN:
            owners.add(f"of {viewer}")
        elif areas[area] != NONE:
            owners.add(areas[area])
    return owners
