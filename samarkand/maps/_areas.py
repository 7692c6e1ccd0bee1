"""A table of areas by viewers with close maps below it, shown as one frame over a still picture."""

import csv
import io
import textwrap
import urllib.parse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from string import Template as Page

from samarkand import geo, places
from samarkand.common.reading import read_rows
from samarkand.common.words import capitalise_text, tr, trn
from samarkand.html.markup import theme_declarations
from samarkand.html.style import FONT, HATCH, PAPER, Mark, make_css, pair_colours, patterns_svg
from samarkand.maps._offline import read_asset, write_frame
from samarkand.maps._shapes import ASSETS

#: Width of a close map in units of its drawing, and how far beyond its edge shapes are cut.
UNITS, MARGIN = 640, 6
#: Width of the still picture in px; of its first column; height of a row; room above its table.
WIDTH, NAMES, ROW, TOP = 640, 184, 19, 84
#: Height of the frame in px when it is wide and when it is narrow, where its script may not set it.
HEIGHT = (1010, 1900)

Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class Cell:
    """What a viewer makes of an area: the code of its mark, words and their short form, and the document."""

    kind: str
    words: str
    code: str
    document: str


@dataclass(frozen=True)
class Area:
    """A contested area: id, number, region, short and full name, in how many ways it is drawn, and cells.

    The cells are by viewer.
    """

    id: str
    number: int
    region: str
    name: str
    full: str
    ways: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Key:
    """An entry of the legend: a mark, the words and the short form in such a cell, and what it means."""

    mark: Mark
    words: str
    code: str
    heading: str


@dataclass(frozen=True)
class CloseMap:
    """A close map: its name in ``areas_close.csv``, its title, centre in degrees, and sizes in km."""

    name: str
    title: str
    centre: geo.Point
    width_km: int
    height_km: int
    bar_km: int


@dataclass(frozen=True)
class AreasTable:
    """A table of contested areas by viewers, with close maps.

    Parameters
    ----------
    title, lead, note : str
        Headline, the line below it, and the small print with the sources, which is HTML.
    sentence, alt : str
        The text of ``repr``, and the alternative text of the still picture.
    viewers : mapping of str to str
        The short form of each viewer, by its name, from left to right.
    areas : sequence of Area
        The rows, from top to bottom.
    keys : sequence of Key
        The legend.
    codes : mapping of str to str
        The short form of each viewer and owner, by its name.
    breaks : mapping of str to str
        Long names with a bar where they may break.
    close : sequence of CloseMap
        The close maps.
    """

    title: str
    lead: str
    note: str
    sentence: str
    alt: str
    viewers: Mapping[str, str]
    areas: Sequence[Area]
    keys: Sequence[Key]
    codes: Mapping[str, str]
    breaks: Mapping[str, str]
    close: Sequence[CloseMap]

    def page(self) -> str:
        """Return the document inside the frame, the same bytes on every machine."""
        return Page(read_asset("areas.html")).substitute(
            title=escape(self.title),
            lead=escape(self.lead),
            style=make_css(self.marks) + read_asset("areas.css"),
            patterns=patterns_svg(self.marks),
            keys="".join(self._list_keys()),
            area=escape(tr("Area")),
            heads="".join(self._list_heads()),
            rows="".join(self._list_rows()),
            codes=escape(_say_codes(self.codes)),
            close="".join(self._draw_close(one) for one in self.close),
            note=self.note,
            csv="data:text/csv;charset=utf-8," + urllib.parse.quote(self.csv()),
            file="contested-areas.csv",
            save=escape(tr("Save as CSV")),
            script=read_asset("areas.js"),
        )

    def csv(self) -> str:
        """Return the table as CSV: a row for each area, a column for each viewer."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["area", *self.viewers])
        for area in self.areas:
            writer.writerow([area.full, *(cell.words for cell in area.cells.values())])
        return out.getvalue()

    def _repr_html_(self) -> str:
        """Return the still picture and, over it, the frame, which an untrusted notebook drops."""
        return write_frame(
            self.page(),
            self.still,
            title=self.title,
            alt=self.alt,
            sentence=self.sentence,
            height_px=HEIGHT,
            still_px=WIDTH,
        )

    def __repr__(self) -> str:
        return self.sentence

    def save(self, outfile: str | Path) -> None:
        """Write the table as a page of its own."""
        Path(outfile).write_bytes(self.page().encode())

    @property
    def still(self) -> str:
        """The table as SVG on one line, for pages without frames; it has no close maps."""
        return _draw_still(self)

    @property
    def marks(self) -> list[Mark]:
        """The marks of the legend."""
        return [key.mark for key in self.keys]

    def _list_keys(self) -> list[str]:
        """Return the HTML of each entry of the legend."""
        keys = []
        for key in self.keys:
            sign = self._write_both(key.words, key.code)
            drawn = f'<i class="{key.mark.code}" aria-hidden="true">{sign}</i>'
            keys.append(f"<li>{drawn}{escape(key.heading)}</li>")
        return keys

    def _list_heads(self) -> list[str]:
        """Return the HTML of each viewer's heading."""
        heads = []
        for viewer, code in self.viewers.items():
            heads.append(f'<th role="columnheader" scope="col">{self._write_both(viewer, code)}</th>')
        return heads

    def _write_both(self, words: str, code: str) -> str:
        """Return the HTML of words and of the code that stands for them where there is no room."""
        if words == code:
            return f"<span>{escape(words)}</span>"
        broken = escape(self.breaks.get(words, words)).replace("|", "&shy;")
        short = f'<span class="short" aria-hidden="true">{escape(code)}</span>'
        return f'<span class="long">{broken}</span>{short}'

    def _write_cell(self, cell: Cell) -> str:
        """Return the HTML of a cell; a pointer at it shows the document."""
        if cell.code == "·":
            inner = f'<span class="sr">{escape(cell.words)}</span><span aria-hidden="true">·</span>'
        else:
            inner = self._write_both(cell.words, cell.code)
        title = f' title="{escape(capitalise_text(cell.document))}"' if cell.document else ""
        return f'<td role="cell" class="{cell.kind}"{title}>{inner}</td>'

    def _list_rows(self) -> list[str]:
        """Return the HTML of each row: those of a region below its name."""
        out = []
        region = ""
        for area in self.areas:
            if area.region != region:
                region = area.region
                wide = len(self.viewers) + 1
                name = f'<th role="rowheader" scope="rowgroup" colspan="{wide}">{escape(region)}</th>'
                out.append(f'<tr role="row" class="region">{name}</tr>')
            ways = escape(trn("{n} way", "{n} ways", area.ways))
            name = f"{area.number} {escape(area.name)} <small>{ways}</small>"
            cells = "".join(self._write_cell(cell) for cell in area.cells.values())
            out.append(f'<tr role="row"><th role="rowheader" scope="row">{name}</th>{cells}</tr>')
        return out

    def _draw_close(self, one: CloseMap) -> str:
        """Return a close map as a figure: shapes as SVG, and names as text that keeps its size."""
        high = round(UNITS * one.height_km / one.width_km)
        drawn = _draw_shapes(one, high, {area.id for area in self.areas})
        bar = f'<span class="bar" style="width:{100 * one.bar_km / one.width_km:.1f}%">{one.bar_km} km</span>'
        names = _list_names(one, high, {area.id: area.number for area in self.areas})
        svg = f'<svg viewBox="0 0 {UNITS} {high}" aria-hidden="true">{drawn}</svg>'
        title = escape(one.title)
        return f"<figure><figcaption>{title}</figcaption><div>{svg}{''.join(names)}{bar}</div></figure>"


def _project(one: CloseMap, high: int, lat: float, lon: float) -> tuple[float, float]:
    """Return the place of a point on a close map, from its upper left corner, in units of its drawing."""
    projection = replace(geo.REGION, centre=one.centre, unit_km=one.width_km / UNITS)
    x, y = projection.exact(lat, lon)
    return UNITS / 2 + x, high / 2 - y


def _draw_shapes(one: CloseMap, high: int, areas: Iterable[str]) -> str:
    """Return the states and contested areas of a close map as SVG, cut at its edge."""
    below, above = "", ""
    for feature in geo.load("region")["features"]:
        path = ""
        for polygon in _list_polygons(feature["geometry"]):
            for ring in polygon:
                if _is_near(one, ring):
                    placed = [_project(one, high, lat, lon) for lon, lat in ring]
                    path += _write_ring(_cut_ring(placed, high))
        if not path:
            continue
        if feature["properties"]["id"] in areas:
            above += f'<path class="area" d="{path}"/>'
        else:
            below += f'<path d="{path}"/>'
    return below + above


def _list_polygons(geometry: Mapping[str, object]) -> list[list[list[list[float]]]]:
    """Return the polygons of a geometry; a point has none."""
    coordinates: list[list[list[list[float]]]] = geometry["coordinates"]  # type: ignore[assignment]
    if geometry["type"] == "MultiPolygon":
        return coordinates
    return [coordinates] if geometry["type"] == "Polygon" else []  # type: ignore[list-item]


def _is_near(one: CloseMap, ring: Sequence[Sequence[float]]) -> bool:
    """Return whether the box around a ring reaches into that around a close map, both in degrees."""
    lat, lon = one.centre
    # A degree of latitude is 111 km; one of longitude is at least half of that up to 60 degrees north.
    high, wide = one.height_km / 111, one.width_km / 55
    lons = [point[0] for point in ring]
    lats = [point[1] for point in ring]
    across = min(lons) < lon + wide and max(lons) > lon - wide
    return across and min(lats) < lat + high and max(lats) > lat - high


def _cut_ring(ring: Ring, high: int) -> Ring:
    """Return the part of a ring within a close map and a margin around it.

    I. E. Sutherland and G. W. Hodgman, "Reentrant polygon clipping", Communications of the ACM 17 (1974),
    pp. 32-42: one edge of the frame after the other.
    """
    edges = ((0, -MARGIN, 1), (0, UNITS + MARGIN, -1), (1, -MARGIN, 1), (1, high + MARGIN, -1))
    for axis, limit, sign in edges:
        kept: Ring = []
        for number, end in enumerate(ring):
            start = ring[number - 1]
            start_is_in = sign * (start[axis] - limit) >= 0
            end_is_in = sign * (end[axis] - limit) >= 0
            if start_is_in != end_is_in:
                share = (limit - start[axis]) / (end[axis] - start[axis])
                x = start[0] + share * (end[0] - start[0])
                y = start[1] + share * (end[1] - start[1])
                kept.append((x, y))
            if end_is_in:
                kept.append(end)
        ring = kept
    return ring


def _write_ring(ring: Ring) -> str:
    """Return a ring as path data in whole units; "" if it is too small to be seen."""
    points: list[tuple[int, int]] = []
    for x, y in ring:
        point = (round(x), round(y))
        if not points or points[-1] != point:
            points.append(point)
    if len(points) < 3:
        return ""
    return "M" + " ".join(f"{x},{y}" for x, y in points) + "z"


def _list_names(one: CloseMap, high: int, numbers: Mapping[str, int]) -> list[str]:
    """Return the HTML of the names of states and the numbers of areas on a close map."""
    names = []
    for row in read_rows(ASSETS / "areas_close.csv"):
        if row["map"] != one.name:
            continue
        x, y = _project(one, high, float(row["lat"]), float(row["lon"]))
        move = f"translate(calc(-50% + {row['dx']}px),calc(-50% + {row['dy']}px))"
        style = f"left:{100 * x / UNITS:.1f}%;top:{100 * y / high:.1f}%;transform:{move}"
        if row["id"] in numbers:
            names.append(f'<b style="{style}">{numbers[row["id"]]}</b>')
        else:
            names.append(f'<span style="{style}">{escape(places.name(row["id"]))}</span>')
    return names


def _draw_still(table: AreasTable) -> str:
    """Draw the table as SVG on one line, with codes in its cells."""
    rows = _draw_rows(table)
    legend, foot = _draw_legend(table, rows.foot + 10)
    for line in textwrap.wrap(_say_codes(table.codes), 96):
        foot += 17
        legend += f'<text y="{foot}">{escape(line)}</text>'
    whole = foot + 8
    looks = [
        f"text{{font:12px {FONT.replace(chr(34), chr(39))};{theme_declarations('fill:' + PAPER['ink'])}}}"
    ]
    ink = theme_declarations("fill:" + table.marks[0].ink)
    looks.append(f".c{{text-anchor:middle}}.b{{font-weight:700}}.o{{{ink}}}")
    for mark in table.marks:
        fill = mark.fill if mark.pattern == "hatch" else mark.colour
        looks.append(f".is-{mark.code}{{{theme_declarations('fill:' + fill)}}}")
        if mark.pattern == "grid":  # what is left out has an edge
            looks.append(f".is-{mark.code}{{{theme_declarations('stroke:' + mark.edge)}}}")
    style = "".join(looks).replace("; ", ";")
    scheme = f"color-scheme:light dark;--land:{pair_colours(PAPER['land'])};--hatch:{pair_colours(HATCH)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {whole}" style="{scheme}">'
        f"<style>{style}</style>{patterns_svg(mark for mark in table.marks if mark.pattern == 'hatch')}"
        f'<path style="{theme_declarations("fill:" + PAPER["paper"])}" d="M0 0h{WIDTH}v{whole}H0z"/>'
        f'<text y="20" style="font-size:19px;font-weight:700">{escape(table.title)}</text>'
        f'<text y="42" style="font-size:14px">{escape(table.lead)}</text>'
        f"{rows.cells}{rows.words}{legend}</svg>"
    )


def _say_codes(codes: Mapping[str, str]) -> str:
    """Return what each code stands for, as text."""
    return ", ".join(f"{code} {name}" for name, code in codes.items())


@dataclass
class _DrawnRows:
    """The table of a still picture as SVG.

    `cells` are its boxes, one path for all boxes of a mark; `words` what stands in and beside them; `foot` is
    where it ends, in units from the top.
    """

    cells: str
    words: str
    foot: int


def _draw_rows(table: AreasTable) -> _DrawnRows:
    """Draw the table of a still picture: its heads, and under each region a row an area."""
    wide = (WIDTH - NAMES) / len(table.viewers)
    paths = {mark.code: "" for mark in table.marks}
    words = _draw_heads(table, wide)
    region = ""
    y = TOP
    for area in table.areas:
        if area.region != region:
            region = area.region
            words += f'<text class="b" y="{y + 14}">{escape(region)}</text>'
            y += ROW
        words += f'<text y="{y + 13}">{area.number} {escape(area.name)}</text>'
        for number, cell in enumerate(area.cells.values()):
            x = NAMES + wide * number
            paths[cell.kind] += f"M{x:.0f} {y}h{wide - 2:.0f}v{ROW - 2}h-{wide - 2:.0f}z"
            look = _look_of_code(cell.kind == table.marks[0].code)
            middle = x + wide / 2 - 1
            words += f'<text class="{look}" x="{middle:.0f}" y="{y + 13}">{escape(cell.code)}</text>'
        y += ROW
    cells = "".join(f'<path class="is-{code}" d="{path}"/>' for code, path in paths.items() if path)
    return _DrawnRows(cells, words, foot=y)


def _draw_heads(table: AreasTable, wide: float) -> str:
    """Draw the code of each viewer above its column, `wide` units across."""
    words = ""
    for number, code in enumerate(table.viewers.values()):
        middle = NAMES + wide * (number + 0.5)
        words += f'<text class="c b" x="{middle:.0f}" y="{TOP - 6}">{escape(code)}</text>'
    return words


def _look_of_code(is_filled: bool) -> str:
    """Return the classes of a code in a box: centred, and in the ink for the first mark's colour upon it."""
    return "c o" if is_filled else "c"


def _draw_legend(table: AreasTable, y: int) -> tuple[str, int]:
    """Return the legend of a still picture from a height on, and where it ends."""
    drawn = ""
    x = 0
    for key in table.keys:
        wide = 44 + round(6.4 * len(key.heading))
        if x + wide > WIDTH:
            x = 0
            y += 20
        look = _look_of_code(key is table.keys[0])
        drawn += f'<path class="is-{key.mark.code}" d="M{x} {y}h22v14h-22z"/>'
        drawn += f'<text class="{look}" x="{x + 11}" y="{y + 11}">{escape(key.code)}</text>'
        drawn += f'<text x="{x + 27}" y="{y + 11}">{escape(key.heading)}</text>'
        x += wide
    return drawn, y + 16
