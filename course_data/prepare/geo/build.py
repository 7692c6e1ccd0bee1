"""Make the layers of ``course_data/geo`` from the inputs beside this script, byte for byte.

usage: build.py [FOLDER]

Needs Python alone. The layers:

- ``region``         the SCO's world and its neighbours, 5 km: what the maps draw
- ``region_coarse``  the same, 35 km: the still pictures
- ``world``          the states of the world as Natural Earth draws them at 1:110m, the smallest as points
- ``world_coarse``   the same, 70 km: the still pictures
"""

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from topology import Point, Polygon, Ring, inside, simplified, split

from samarkand.geo import REGION, WORLD

HERE = Path(__file__).resolve().parent

#: Half width and half height of the widest frame of the region, in map units of 2 km.
FRAME = (3500.0, 2750.0)

#: States drawn by name: the SCO's world and its neighbours. The rest is land without inner borders.
NAMED = frozenset(
    """
    AFG ARE ARM AZE BGD BHR BLR BTN CHN EGY GEO IND IRN IRQ JOR JPN KAZ KGZ KHM KOR KWT LAO LKA
    MDA MDV MMR MNG NPL OMN PAK PRK QAT RUS SAU SYR THA TJK TKM TUR TWN UKR UZB VNM YEM
    """.split()  # noqa: SIM905 - a column of strings would hide what is missing
)

#: States too small for 1:50m at 5 km, drawn as dots.
DOTS = {"BHR": (50.55, 26.05), "MDV": (73.5, 4.2)}

#: Units of Natural Earth that everybody recognises as part of a state, and that state.
PART_OF = {"HKG": "CHN", "MAC": "CHN"}

#: ISO codes in place of Natural Earth's own.
ISO3 = {"SDS": "SSD", "SAH": "ESH", "PSX": "PSE", "KOS": "kosovo", "SOL": "somaliland", "CYN": "north_cyprus"}

#: Basis of the outlines that Natural Earth does not have.
OWN = "own schematic, 0.1 to 0.2 degrees, CC BY 4.0"


def read(name: str) -> Any:
    """Read a JSON file beside this script."""
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def eastward(ring: Sequence[Sequence[float]], west: float) -> Ring:
    """Return a ring of [lon, lat], moved east by 360 degrees if all of it is west of a meridian."""
    turn = 360 if max(x for x, _ in ring) <= west else 0
    return [(x + turn, y) for x, y in ring]


def in_frame(ring: Ring) -> bool:
    """Return whether any point of a ring is in the frame."""
    plane = (REGION.exact(lat, lon) for lon, lat in ring)
    return any(abs(x) < FRAME[0] and abs(y) < FRAME[1] for x, y in plane)


def outline(polygons: Iterable[Polygon], digits: int) -> dict[str, Any]:
    """Return polygons as a GeoJSON geometry, rounded to digits of a degree."""
    rounded = [[[[round(x, digits), round(y, digits)] for x, y in ring] for ring in p] for p in polygons]
    return {"type": "MultiPolygon", "coordinates": rounded}


def areas() -> dict[str, list[Polygon]]:
    """Return the polygons of every area, by id; contested ones are cut out of the state that holds them."""
    out: dict[str, list[Polygon]] = {}
    for feature in read("naturalearth_50m.geojson")["features"]:
        code = feature["properties"]["adm0_a3"]
        polygons = [[eastward(r, -10) for r in polygon] for polygon in feature["geometry"]["coordinates"]]
        out.setdefault(PART_OF.get(code, code), []).extend(p for p in polygons if in_frame(p[0]))
    for item in cut_out():
        held = out[item["holder"]]
        if "line" in item:
            within: Point = (item["within"][0], item["within"][1])
            home = next(p for p in held if inside(within, p[0]))
            line: Ring = [(x, y) for x, y in item["line"]]
            part, rest = split(home[0], line, within)
            out[item["id"]] = [[part]]
            home[0] = rest
        elif "ring" in item:
            ring: Ring = [(x, y) for x, y in item["ring"]]
            next(p for p in held if inside(ring[0], p[0])).append(ring)
            out[item["id"]] = [[ring]]
        elif "islands" in item:
            west, south, east, north = item["islands"]
            chosen = [p for p in held if all(west < x < east and south < y < north for x, y in p[0])]
            out[item["id"]] = chosen
            out[item["holder"]] = [p for p in held if p not in chosen]
        else:
            out[item["id"]] = out.pop(item["holder"])
    contested = {item["id"] for item in cut_out()}
    land = [p for name in sorted(out) if name not in NAMED | contested for p in out[name]]
    return {name: p for name, p in sorted(out.items()) if name in NAMED | contested} | {"": land}


def cut_out() -> list[Any]:
    """Return the contested areas that are cut out of a state; the others are drawn over several."""
    return [item for item in read("contested.json") if "marks" not in item]


def region(tolerance: float, least: float) -> list[dict[str, Any]]:
    """Return the features of the region, simplified to a tolerance in km."""
    contested = {item["id"]: item for item in read("contested.json")}
    smallest = {"": 12 * least} | dict.fromkeys(contested, 0)
    line, size = (lambda s: tolerance * (3 if s == {""} else 1)), (lambda name: smallest.get(name, least))
    shapes = simplified(areas(), line, size, REGION)
    shapes |= {name: [[ring] for ring in one["marks"]] for name, one in contested.items() if "marks" in one}
    features = []
    for name, polygons in shapes.items():
        properties = {"id": name, "kind": "state" if name else "land"}
        if name in contested:
            properties = contested_properties(contested[name])
        geometry = outline(polygons, 2)
        if name in DOTS:
            geometry = {"type": "Point", "coordinates": list(DOTS[name])}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return features


def world(tolerance: float, least: float) -> list[dict[str, Any]]:
    """Return the states of the world, simplified to a tolerance in km, and points for the smallest."""
    with (HERE.parent.parent / "states.csv").open(encoding="utf-8", newline="") as file:
        states = {row["iso3"] for row in csv.DictReader(file) if row["kind"] != "territory"}
    disputed = {item["id"]: item for item in read("contested_world.json")}
    shapes: dict[str, list[Polygon]] = {}
    geometries: dict[str, dict[str, Any]] = {}
    for feature in read("naturalearth_110m.geojson")["features"]:
        code = ISO3.get(feature["properties"]["adm0_a3"], feature["properties"]["adm0_a3"])
        geometry = feature["geometry"]
        if geometry["type"] == "MultiPolygon" and code != "ATA":
            # West of Bering Strait a ring goes to the rest of its state.
            shapes[code] = [[eastward(r, -169) for r in polygon] for polygon in geometry["coordinates"]]
        elif geometry["type"] == "Point" and code in states:
            geometries[code] = geometry
    drawn = simplified(shapes, lambda sides: tolerance, lambda name: least, WORLD)
    geometries |= {code: outline(polygons, 1) for code, polygons in drawn.items()}
    features = []
    for code, geometry in sorted(geometries.items()):
        properties = {"id": code, "kind": "state" if code in states else "land"}
        if code in disputed:
            properties = contested_properties(disputed[code])
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return features


def contested_properties(item: dict[str, Any]) -> dict[str, str]:
    """Return the GeoJSON properties of a contested area."""
    fields = ("name", "part_of", "held_by", "claimed_by", "since", "until")
    basis = OWN if item["basis"] == "own schematic" else item["basis"]
    properties = {"id": item["id"], "kind": "contested"} | {key: item.get(key, "") for key in fields}
    return properties | {"listed": item.get("listed", item["name"]), "basis": basis}


def write(path: Path, features: list[dict[str, Any]]) -> None:
    """Write a FeatureCollection, one feature per line, so that diffs are readable."""
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)
    text = '{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"{path.name}: {len(features)} features, {len(text.encode()):,} bytes")


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent.parent / "geo"
    folder.mkdir(exist_ok=True)
    write(folder / "region.geojson", region(5, 300))
    write(folder / "region_coarse.geojson", region(35, 9000))
    write(folder / "world.geojson", world(8, 0))
    write(folder / "world_coarse.geojson", world(70, 20_000))
