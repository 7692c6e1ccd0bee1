"""The table of contested areas by viewers: what its cells say, and where its close maps have the areas."""

import csv
import html
import io
import re
import urllib.parse
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from samarkand import data, geo, maps
from samarkand.html.style import compute_contrast
from samarkand.maps.contested import contested_areas
from tools.author.rules_of_lessons import find_addresses

ROWS = list(
    csv.DictReader(
        (Path(maps.__file__).parents[2] / "course_data" / "viewpoints.csv").open("r", encoding="utf-8")
    )
)
#: The row of the table, by area and viewer.
AT = {(row["area"], row["viewer"]): row for row in ROWS if row["role"] == "viewer"}
#: What a cell says of a position that names no owner.
SAID = {"own": "own", "disputed": "open", "not shown": "left out", "no position found": "no position found"}


@cache
def page() -> str:
    return maps.viewpoints().page()


def cells() -> dict[tuple[str, str], tuple[str, str, str]]:
    """Return (class, words, title) of each cell of the page, by the names of its row and its column."""
    heads = [told(one) for one in re.findall(r"<th role=.columnheader[^>]*>(.*?)</th>", page())][1:]
    found = {}
    for row in re.findall(r'<tr role="row"><th role="rowheader"[^>]*>(.*?)<small>.*?</th>(.*?)</tr>', page()):
        name = row[0].strip()
        drawn = re.findall(r'<td role="cell" class="(\w)"(?: title="([^"]*)")?>(.*?)</td>', row[1])
        assert len(drawn) == len(heads) == 12, name
        for viewer, (kind, title, inner) in zip(heads, drawn, strict=True):
            found[name, viewer] = (kind, told(inner), html.unescape(title))
    return found


def told(inner: str) -> str:
    """Return what a screen reader says of a cell: not what is hidden from it, and no soft hyphens."""
    kept = re.sub(r'<span[^>]*aria-hidden="true">.*?</span>', "", inner)
    return html.unescape(re.sub("<[^>]*>", "", kept)).replace("\u00ad", "")


def test_each_cell_says_what_the_table_has_of_the_viewer_and_the_area() -> None:
    shown = maps.viewpoints()
    seen = cells()
    assert len(seen) == len(AT) == 19 * 12
    for area in shown.areas:
        for viewer in shown.viewers:
            row = AT[area.id, viewer]
            kind, words, title = seen[f"{area.number} {area.name}", viewer]
            assert words == SAID.get(row["drawn_as"], row["drawn_as"].removeprefix("of ")), (area.id, viewer)
            assert kind == {"own": "o", "disputed": "x", "not shown": "h", "no position found": "n"}.get(
                row["drawn_as"], "a"
            )
            assert title.casefold().startswith(row["document"].casefold()), (area.id, viewer)
            assert row["day"][:4] in title


def test_ways_and_counts_are_those_of_the_table() -> None:
    shown = maps.viewpoints()
    ways = {}
    for (area, viewer), row in AT.items():
        owner = f"of {viewer}" if row["drawn_as"] == "own" else row["drawn_as"]
        if owner != "no position found":
            ways.setdefault(area, set()).add(owner)
    assert {area.id: area.ways for area in shown.areas} == {area: len(some) for area, some in ways.items()}
    several = sum(len(some) > 1 for some in ways.values())
    assert shown.title == f"Of {len(ways)} contested areas {several} are drawn in more than one way"
    silent = sum(row["drawn_as"] == "no position found" for row in AT.values())
    assert f"{silent} times no position was found" in repr(shown) and f"{silent} times" in shown.alt
    assert {area.id for area in shown.areas} == {area["id"] for area in contested_areas()}
    saved = urllib.parse.unquote(re.search(r'href="data:text/csv;charset=utf-8,([^"]*)"', page())[1])  # type: ignore[index]
    saved_rows = list(csv.reader(io.StringIO(saved)))
    assert [len(row) for row in saved_rows] == [13] * 20 and saved_rows[1][3] == "own"


def test_numbers_of_close_maps_are_at_their_areas() -> None:
    """A number is within its area's box, or as near as its few pixels of offset move it."""
    shown = maps.viewpoints()
    boxes = {}
    for feature in geo.load("region")["features"]:
        flat = (
            [point for polygon in feature["geometry"]["coordinates"] for ring in polygon for point in ring]
            if feature["geometry"]["type"] == "MultiPolygon"
            else []
        )
        if flat:
            boxes[feature["properties"]["id"]] = [
                (min(p[k] for p in flat), max(p[k] for p in flat)) for k in (0, 1)
            ]
    placed = list(
        csv.DictReader(
            (Path(maps.__file__).parents[1] / "assets/map/areas_close.csv").open("r", encoding="utf-8")
        )
    )
    areas = {area.id: area.number for area in shown.areas}
    assert {row["map"] for row in placed} == {one.name for one in shown.close}
    for row in placed:
        (west, east), (south, north) = boxes[row["id"]]
        assert west <= float(row["lon"]) <= east and south <= float(row["lat"]) <= north, row
    numbered = [areas[row["id"]] for row in placed if row["id"] in areas]
    assert len(numbered) == len(set(numbered)) >= 13
    written = [int(number) for number in re.findall(r"<b style=[^>]*>(\d+)</b>", page())]
    assert written == numbered
    for share in re.findall(r"(?:left|top):(-?[0-9.]+)%", page().partition('class="close"')[2]):
        assert 2 < float(share) < 98, "a name is not cut by the edge of its map"


def test_the_page_and_its_still_picture_are_small_and_load_nothing() -> None:
    shown = maps.viewpoints()
    whole = shown._repr_html_()
    assert len(whole.encode()) < 110_000 and len(shown.still) < 30_000
    assert find_addresses(whole) == []
    assert set(re.findall(r"https?://[^\s\"'<>)]+", page())) <= {"http://www.w3.org/2000/svg"}
    svg = ElementTree.fromstring(shown.still)
    words = ["".join(one.itertext()) for one in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {f"{area.number} {area.name}" for area in shown.areas} <= {*words}
    codes = [
        shown.codes[AT[area.id, viewer]["drawn_as"][3:]]
        for area in shown.areas
        for viewer in shown.viewers
        if AT[area.id, viewer]["drawn_as"].startswith("of ")
    ]
    assert all(words.count(code) >= codes.count(code) for code in codes)
    assert shown.title in words


def test_words_on_cells_can_be_read_on_light_pages_and_on_dark_ones() -> None:
    from samarkand.html.style import DARK

    for mark in maps.viewpoints().marks:
        assert compute_contrast(mark.ink, mark.colour) >= 4.5
        assert compute_contrast(DARK[mark.ink], DARK[mark.colour]) >= 4.5, mark.label


@pytest.mark.parametrize("viewer", sorted({viewer for _, viewer in AT}))
def test_a_viewer_has_a_short_form_of_its_own(viewer: str) -> None:
    shown = maps.viewpoints()
    assert len(set(shown.codes.values())) == len(shown.codes)
    assert shown.viewers[viewer] == shown.codes[viewer]
    assert viewer in data.load("viewpoints")["viewer"].to_list()
