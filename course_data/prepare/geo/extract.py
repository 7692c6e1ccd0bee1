"""Extract the raw shapes of the region and of the world from Natural Earth; needed once, and to check.

usage: extract.py FOLDER

FOLDER is the unpacked Debian package ``r-cran-rnaturalearthdata`` 1.0.0-1 (Natural Earth 5.1.1 as R data;
``dpkg-deb -x PACKAGE FOLDER`` unpacks it). Reading R data needs the Python package ``rdata``, nothing else
here does.
Writes beside this script ``naturalearth_50m.geojson`` and ``naturalearth_110m.geojson``: whole polygons as
they come, without the smallest islands of
unnamed states, coordinates rounded to a hundredth of a degree (1 km), nothing simplified.
"""

import lzma
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rdata
from region import NAMED, in_frame, span, unwrapped, write

HERE = Path(__file__).resolve().parent
DIGITS = 2


def table(folder: Path, name: str) -> dict[str, Any]:
    """Return one table of the package as a dict of columns; ``geometry`` holds nested lists of R matrices."""
    base = folder / "usr/lib/R/site-library/rnaturalearthdata/data"

    def plain(value: Any, _attributes: Any) -> Any:
        return value

    directory = zlib.decompress((base / "Rdata.rdx").read_bytes(), wbits=47)
    index = rdata.conversion.convert(rdata.parser.parse_data(directory))
    offset, length = (int(v) for v in index["variables"][name])
    packed = (base / "Rdata.rdb").read_bytes()[offset : offset + length]
    if packed[4:5] == b"Z":  # R's mark for xz: a raw LZMA2 stream
        filters = [{"id": lzma.FILTER_LZMA2, "preset": 9}]
        unpacked = lzma.decompress(packed[5:], format=lzma.FORMAT_RAW, filters=filters)
    else:
        unpacked = zlib.decompress(packed[4:])
    classes = dict(rdata.conversion.DEFAULT_CLASS_MAP)
    spatial = "sf data.frame sfc sfc_MULTIPOLYGON sfc_POINT XY MULTIPOLYGON POINT sfg crs bbox"
    classes |= dict.fromkeys(spatial.split(), plain)
    return rdata.conversion.SimpleConverter(classes).convert(rdata.parser.parse_data(unpacked))


def rings(polygon: Any) -> list[list[list[float]]]:
    """Return a polygon's rings as [lon, lat] pairs without repeated points."""
    out = []
    for matrix in polygon:
        ring: list[list[float]] = []
        for x, y in zip(*(list(map(float, column)) for column in matrix.T), strict=True):
            point = [round(x, DIGITS) + 0.0, round(y, DIGITS) + 0.0]
            if not ring or ring[-1] != point:
                ring.append(point)
        if len(ring) > 3:
            out.append(ring)
    return out


def in_region(code: str, ring: list[list[float]]) -> bool:
    """Return whether a polygon is drawn on the region's maps: in the frame, and large or of a named state."""
    whole = unwrapped(ring)
    return in_frame(whole) and (code in NAMED or span(whole) > 0.5)


def features(columns: dict[str, Any], keep: Callable[[str, list[list[float]]], bool]) -> list[dict[str, Any]]:
    """Return one feature per state, sorted by code, with the polygons whose outer ring `keep` accepts."""
    out = []
    for code, admin, shape in zip(columns["adm0_a3"], columns["admin"], columns["geometry"], strict=True):
        polygons = [p for p in map(rings, shape) if p and keep(str(code), p[0])]
        if polygons:
            geometry = {"type": "MultiPolygon", "coordinates": polygons}
            out.append(
                {
                    "type": "Feature",
                    "properties": {"adm0_a3": str(code), "admin": str(admin)},
                    "geometry": geometry,
                }
            )
    return sorted(out, key=lambda f: f["properties"]["adm0_a3"])


def points(columns: dict[str, Any], drawn: set[str]) -> list[dict[str, Any]]:
    """Return the label points of sovereign states that are not drawn, sorted by code."""
    out = []
    fields = ("adm0_a3", "admin", "type", "label_x", "label_y")
    for code, admin, kind, lon, lat in zip(*(columns[name] for name in fields), strict=True):
        if str(code) not in drawn and str(kind) in ("Sovereign country", "Country"):
            at = [round(float(lon), DIGITS), round(float(lat), DIGITS)]
            properties = {"adm0_a3": str(code), "admin": str(admin)}
            geometry = {"type": "Point", "coordinates": at}
            out.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return sorted(out, key=lambda f: f["properties"]["adm0_a3"])


if __name__ == "__main__":
    package = Path(sys.argv[1])
    write(HERE / "naturalearth_50m.geojson", features(table(package, "countries50"), keep=in_region))
    world110 = features(table(package, "countries110"), keep=lambda code, ring: True)
    drawn = {f["properties"]["adm0_a3"] for f in world110}
    write(HERE / "naturalearth_110m.geojson", [*world110, *points(table(package, "countries50"), drawn)])
