"""Text in the frame of a map is large enough to be read on a telephone."""

from __future__ import annotations

import re
from pathlib import Path

import samarkand
from samarkand import maps
from samarkand.ground import rooms

SHEETS = sorted((Path(samarkand.__file__).parent / "assets" / "map").glob("*.css"))
SIZE = re.compile(r"font(?:-size)?:[^;}]*?([0-9.]+)px")


def test_no_text_is_smaller_than_12_px() -> None:
    sizes = [(sheet.name, float(size)) for sheet in SHEETS for size in SIZE.findall(sheet.read_text("utf-8"))]
    assert len(sizes) > 10
    assert [one for one in sizes if one[1] < 12] == []


def test_no_name_on_a_map_is_smaller_than_12_px() -> None:
    drawn = [getattr(maps, name)() for name in rooms.offers("samarkand.maps") if name != "world"]
    sizes = [(label.text, label.size) for one in drawn for label in one.scene.labels]
    assert len(sizes) > 300
    assert [one for one in sizes if one[1] < 12] == []
