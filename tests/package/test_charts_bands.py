"""Bands: what stands in the columns is what the table holds, and what cannot be drawn is said."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from samarkand import charts
from samarkand.ground.errors import CourseError, OutOfRange, UnknownName, WrongType

TEXTS = {"title": "A title", "source": "own count"}
OIL = pd.DataFrame(
    {
        "year": [2024, 2021, 2021, 2024, 2021, 2024],
        "to": ["China", "China", "India", "India", "United States", "United States"],
        "oil_mt": [108.5, 79.6, 4.5, 87.5, 9.9, 0.0],
    }
)


def rows(chart: Any, layer: int) -> list[dict[str, Any]]:
    whole = chart.to_dict()
    name = whole["vconcat"][0]["layer"][layer]["data"]["name"]
    return list(whole["datasets"][name])


def test_columns_are_stacked_in_order_and_hold_the_table() -> None:
    blocks = rows(charts.bands(OIL, "year", "oil_mt", "to", **TEXTS), 1)
    china, later = [b for b in blocks if b["name"] == "China"]
    assert (china["amount"], later["amount"]) == (79.6, 108.5)
    assert china["low"] == 0
    india = next(b for b in blocks if b["name"] == "India")
    assert india["low"] == pytest.approx(china["high"])
    assert max(b["high"] for b in blocks) == pytest.approx(108.5 + 87.5)


def test_ribbons_join_each_part_to_itself() -> None:
    chart = charts.bands(OIL, "year", "oil_mt", "to", **TEXTS)
    ribbons, blocks = rows(chart, 0), rows(chart, 1)
    for name in ("China", "India", "United States"):
        first, last = [b for b in blocks if b["name"] == name]
        mine = [r for r in ribbons if r["name"] == name]
        assert (mine[0]["left"], mine[-1]["left"]) == pytest.approx((first["right"], last["left"]))
        assert (mine[0]["low"], mine[0]["high"]) == pytest.approx((first["low"], first["high"]))
        assert (mine[-1]["low"], mine[-1]["high"]) == pytest.approx((last["low"], last["high"]))


def test_parts_are_named_and_not_told_by_colour_alone() -> None:
    whole = charts.bands(OIL, "year", "oil_mt", "to", **TEXTS).to_dict()
    said = [row["text"] for data in whole["datasets"].values() for row in data if "text" in row]
    # The United States bought too little at the end to be named there.
    assert set(said) == {"China", "India", "United States 10", "80", "108", "88", "10"}
    assert whole["description"] == (
        "3 bands show oil (million tonnes). China: 80 (2021), 108 (2024). India: 4 (2021), 88 (2024). "
        "United States: 10 (2021), 0 (2024)."
    )


def test_a_missing_part_is_none_and_one_column_is_enough() -> None:
    holes = OIL.assign(oil_mt=OIL["oil_mt"].where(OIL["to"] != "India"))
    assert {b["amount"] for b in rows(charts.bands(holes, "year", "oil_mt", "to", **TEXTS), 1)} == {
        79.6,
        108.5,
        9.9,
        0.0,
    }
    alone = OIL[OIL["year"] == 2021]
    assert len(rows(charts.bands(alone, "year", "oil_mt", "to", **TEXTS), 1)) == 3


def test_the_table_stays_as_it_was() -> None:
    before = OIL.copy()
    charts.bands(OIL, "year", "oil_mt", "to", **TEXTS)
    pd.testing.assert_frame_equal(OIL, before)


def test_what_cannot_be_drawn_gets_a_sentence() -> None:
    with pytest.raises(UnknownName, match="oil_mt"):
        charts.bands(OIL, "year", "oil_m", "to", **TEXTS)
    with pytest.raises(WrongType, match="does not hold numbers"):
        charts.bands(OIL, "year", "to", "year", **TEXTS)
    with pytest.raises(OutOfRange, match="negative"):
        charts.bands(OIL.assign(oil_mt=-1.0), "year", "oil_mt", "to", **TEXTS)
    with pytest.raises(OutOfRange, match="China, 2021 stands twice"):
        charts.bands(OIL.assign(year=2021), "year", "oil_mt", "to", **TEXTS)
    with pytest.raises(CourseError, match="no row"):
        charts.bands(OIL.iloc[:0], "year", "oil_mt", "to", **TEXTS)
    with pytest.raises(CourseError, match="no source"):
        charts.bands(OIL, "year", "oil_mt", "to", title="a", source="")
