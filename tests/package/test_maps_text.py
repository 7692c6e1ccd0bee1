"""Text in the frame of a map is large enough to be read on a telephone."""

from __future__ import annotations

import re
from pathlib import Path

import samarkand

SHEETS = sorted((Path(samarkand.__file__).parent / "assets" / "map").glob("*.css"))
SIZE = re.compile(r"font(?:-size)?:[^;}]*?([0-9.]+)px")


def test_no_text_is_smaller_than_12_px() -> None:
    sizes = [(sheet.name, float(size)) for sheet in SHEETS for size in SIZE.findall(sheet.read_text("utf-8"))]
    assert len(sizes) > 10
    assert [one for one in sizes if one[1] < 12] == []
