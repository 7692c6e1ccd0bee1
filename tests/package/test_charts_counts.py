"""Points, dumbbells and ranges: they draw and say what the table holds."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from samarkand import charts, data
from samarkand.ground.errors import CourseError, OutOfRange, UnknownName, WrongType

TEXTS = {"title": "A title", "source": "own count"}
PAIRS = pd.DataFrame(
    {
        "pair": ["CHN-KAZ", "RUS-KAZ", "CHL-KGZ", "ABW-UZB"],
        "distance_km": [4008, 2158, 16000, 12000],
        "flow_usd_mn": [5226.7, 9986.0, 0.02, None],
    }
)
TRADE = pd.DataFrame(
    {
        "state": ["Kazakhstan", "Uzbekistan", "Turkmenistan"],
        "china_usd_bn": [31.2, 13.8, 11.2],
        "own_usd_bn": [24.1, 18.0, None],
    }
)
COUNTS = pd.DataFrame(
    {
        "counter": ["committee", "author", "author", "government"],
        "millions": [1.0, None, None, None],
        "low": [None, 0.9, None, None],
        "high": [None, 1.8, 1.5, None],
        "day": ["2018", "2019", "2019", "2019"],
    }
)


def drawn(chart: Any) -> list[dict[str, Any]]:
    """Return all rows that the chart draws, of all its layers."""
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def said(chart: Any) -> str:
    return str(chart.to_dict()["description"])


def test_a_scatter_draws_the_table_and_says_what_it_left_out() -> None:
    chart = charts.scatter(PAIRS, "distance_km", "flow_usd_mn", name="pair", marked=["RUS-KAZ"], **TEXTS)
    points = [(r["distance_km"], r["flow_usd_mn"]) for r in drawn(chart) if "pair" in r]
    assert sorted(points) == [(2158, 9986.0), (4008, 5226.7), (16000, 0.02)]
    assert [r["_name"] for r in drawn(chart) if "_name" in r] == ["RUS-KAZ"]
    assert said(chart).startswith(
        "3 points. distance from 2,158 to 16,000 km, flow from 0.02 to 9,986 USD mn."
    )
    assert said(chart).endswith("1 row has no figure.")


@pytest.mark.parametrize("marked", [["KAZ"], "KAZ", ["Kazakhstan"], "Kazakhstan"])
def test_a_point_is_marked_by_its_code_or_by_its_name(marked: Any) -> None:
    table = PAIRS.head(2).assign(iso3=["KAZ", "UZB"])
    chart = charts.scatter(table, "distance_km", "flow_usd_mn", name="iso3", marked=marked, **TEXTS)
    assert [row["_name"] for row in drawn(chart) if "_name" in row] == ["Kazakhstan"]
    bars = charts.bars(table, "distance_km", "iso3", marked=marked, **TEXTS)
    assert said(bars).endswith("Picked out: Kazakhstan.")


def test_what_is_marked_is_not_told_by_colour_alone() -> None:
    chart = charts.scatter(PAIRS, "distance_km", "flow_usd_mn", name="pair", marked=["RUS-KAZ"], **TEXTS)
    marks = [layer["mark"] for layer in chart.to_dict()["vconcat"][0]["layer"]]
    assert {m.get("shape") for m in marks if m["type"] == "point"} == {"diamond"}
    assert [m["type"] for m in marks] == ["circle", "point", "text"]


def test_a_line_through_the_points_is_the_line_that_was_asked_for() -> None:
    chart = charts.scatter(PAIRS, "distance_km", "flow_usd_mn", line=(100.0, 0.5), **TEXTS)
    points = set(zip(PAIRS["distance_km"], PAIRS["flow_usd_mn"], strict=True))
    ends = sorted({(r["distance_km"], r["flow_usd_mn"]) for r in drawn(chart)} - points)
    assert ends == [(2158, 100 + 0.5 * 2158), (16000, 100 + 0.5 * 16000)]


def test_logarithmic_axes() -> None:
    whole = charts.scatter(PAIRS, "distance_km", "flow_usd_mn", log="xy", **TEXTS).to_dict()
    encoded = whole["vconcat"][0]["layer"][0]["encoding"]
    assert encoded["x"]["scale"]["type"] == encoded["y"]["scale"]["type"] == "log"
    gravity = data.load("gravity").query("year == 2006")
    with pytest.raises(OutOfRange, match='272 values of "flow_usd_mn" are zero or less'):
        charts.scatter(gravity, "distance_km", "flow_usd_mn", log="y", **TEXTS)


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"y": "pair"}, WrongType, "does not hold numbers"),
        ({"y": "flow"}, UnknownName, 'No column "flow"'),
        ({"name": "pair", "marked": "USA-KAZ"}, UnknownName, 'No point "USA-KAZ"'),
        ({"log": "x", "line": (0.0, 1.0)}, WrongType, "bent on a logarithmic axis"),
        ({"title": " "}, CourseError, "no title"),
    ],
)
def test_scatters_that_cannot_be_drawn(change: dict[str, Any], error: type, sentence: str) -> None:
    asked = {"x": "distance_km", "y": "flow_usd_mn", **TEXTS, **change}
    with pytest.raises(error, match=sentence):
        charts.scatter(PAIRS, **asked)
    with pytest.raises(CourseError, match="No row has both figures"):
        charts.scatter(PAIRS.tail(1), "distance_km", "flow_usd_mn", **TEXTS)


def test_a_dumbbell_draws_two_counts_and_no_count_that_is_missing() -> None:
    chart = charts.dumbbell(TRADE, "state", "china_usd_bn", "own_usd_bn", **TEXTS)
    rules = chart.to_dict()["datasets"][chart.to_dict()["vconcat"][0]["layer"][0]["data"]["name"]]
    assert [(r["_low"], r["_high"]) for r in rules] == [(24.1, 31.2), (13.8, 18.0)]
    labels = {(r["_name"], r["_label"]) for r in drawn(chart) if "_label" in r}
    assert labels == {
        ("Kazakhstan", "31.2"),
        ("Uzbekistan", "13.8"),
        ("Turkmenistan", "11.2"),
        ("Kazakhstan", "24.1"),
        ("Uzbekistan", "18.0"),
    }
    assert said(chart).endswith("Turkmenistan: china 11.2, own no count.")
    marks = [layer["mark"] for layer in chart.to_dict()["vconcat"][0]["layer"]]
    assert {m["shape"] for m in marks if m["type"] == "point"} == {"circle", "square"}


def test_figures_stand_outside_the_line() -> None:
    chart = charts.dumbbell(TRADE.head(2), "state", "china_usd_bn", "own_usd_bn", **TEXTS).to_dict()
    side = {}
    for layer in chart["vconcat"][0]["layer"]:
        if layer["mark"]["type"] == "text" and layer["encoding"]["text"]["field"] == "_label":
            for row in chart["datasets"][layer["data"]["name"]]:
                side[row["_label"]] = layer["mark"]["align"]
    assert side == {"31.2": "left", "24.1": "right", "13.8": "right", "18.0": "left"}


@pytest.mark.parametrize(
    ("frame", "error", "sentence"),
    [
        (TRADE.assign(own_usd_bn="many"), WrongType, "A count is a number"),
        (pd.concat([TRADE, TRADE.head(1)]), OutOfRange, "Kazakhstan stands twice"),
        (TRADE.head(0), CourseError, "The table has no row"),
    ],
)
def test_dumbbells_that_cannot_be_drawn(frame: pd.DataFrame, error: type, sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        charts.dumbbell(frame, "state", "china_usd_bn", "own_usd_bn", **TEXTS)


def test_ranges_keep_a_counter_that_speaks_twice_and_one_that_gives_no_number() -> None:
    chart = charts.ranges(COUNTS, "counter", "millions", low="low", high="high", note="day", **TEXTS)
    assert said(chart) == (
        "committee: 1, 2018. author: 0.9 to 1.8, 2019. author: up to 1.5, 2019. "
        "government: no number given, 2019."
    )
    assert len({r["_row"] for r in drawn(chart)}) == 4
    bars = [r for r in drawn(chart) if r.get("_low") == 0.9]
    assert {(r["_low"], r["_high"]) for r in bars} == {(0.9, 1.8)}
    silent = [r for r in drawn(chart) if "_zero" in r]
    assert [r["counter"] for r in silent] == ["government"]


def test_the_figure_itself_may_be_an_end_of_its_range() -> None:
    chart = charts.ranges(
        COUNTS.assign(high=1.8), "counter", "millions", low="millions", high="high", **TEXTS
    )
    assert said(chart).startswith("committee: 1 (1 to 1.8). author: up to 1.8.")


def test_no_number_is_no_zero() -> None:
    with pytest.raises(CourseError, match="No counter gives a number"):
        charts.ranges(COUNTS.tail(1), "counter", "millions", **TEXTS)
    with pytest.raises(WrongType, match="A count is a number"):
        charts.ranges(COUNTS, "counter", "day", **TEXTS)


@pytest.mark.parametrize("quantity", data.load("who_counted")["quantity"].unique())
def test_every_quantity_of_the_table_can_be_drawn(quantity: str) -> None:
    chart = charts.who_counted(quantity).to_dict()
    told, rows = chart["description"], data.load("who_counted").query("quantity == @quantity")
    by_day = rows.sort_values("day", kind="stable")["counter"]
    assert list(by_day) == sorted(by_day, key=lambda counter: told.index(f"{counter}: "))
    assert told.count("no number given") == (rows["method"] == "no number given").sum()
    assert len(chart["vconcat"][0]["title"]["text"]) > 10


@pytest.mark.parametrize("unknown", ["dead of January 2021", ["dead of January 2021"]])
def test_an_unknown_quantity_is_named(unknown: Any) -> None:
    with pytest.raises(UnknownName, match="dead of January 2022"):
        charts.who_counted(unknown)
