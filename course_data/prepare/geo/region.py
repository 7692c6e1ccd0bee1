"""The region's frame and named states, and the format of its files."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from samarkand.geo import REGION

Point = tuple[float, float]

#: Half width and half height of the widest frame, in map units of 2 km.
FRAME = (3500.0, 2750.0)

#: States drawn by name: the SCO's world and its neighbours. The rest is land without inner borders.
NAMED = frozenset(
    """
    AFG ARE ARM AZE BGD BHR BLR BTN CHN EGY GEO IND IRN IRQ JOR JPN KAZ KGZ KHM KOR KWT LAO LKA
    MDA MDV MMR MNG NPL OMN PAK PRK QAT RUS SAU SYR THA TJK TKM TUR TWN UKR UZB VNM YEM
    """.split()  # noqa: SIM905 - a column of strings would hide what is missing
)


def unwrapped(ring: Sequence[Sequence[float]]) -> list[Point]:
    """Return a ring of [lon, lat], moved by 360 degrees if it is in the far west: Chukotka stays whole."""
    turn = 360 if max(x for x, _ in ring) < -10 else 0
    return [(x + turn, y) for x, y in ring]


def in_frame(ring: Sequence[Point]) -> bool:
    """Return whether any point of a ring is in the frame."""
    for lon, lat in ring:
        x, y = REGION.exact(lat, lon)
        if abs(x) < FRAME[0] and abs(y) < FRAME[1]:
            return True
    return False


def span(ring: Sequence[Point]) -> float:
    """Return the larger side, in degrees, of the box around a ring."""
    lons, lats = zip(*ring, strict=True)
    return max(max(lons) - min(lons), max(lats) - min(lats))


def write(path: Path, features: list[dict[str, Any]]) -> None:
    """Write a FeatureCollection, one feature per line, so that diffs are readable."""
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)
    text = '{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"{path.name}: {len(features)} features, {len(text.encode()):,} bytes")
