"""Charts draw and describe the rows they are given, and raise a sentence for those they cannot draw."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import pandas as pd
import pytest

from samarkand import charts, data
from samarkand.common.errors import CourseError, OutOfRange, UnknownName, WrongType

TEXTS: dict[str, Any] = {"title": "A title", "source": "own count"}
MIME = "application/vnd.vegalite.v5+json"
STATES = ["China", "India", "Others"]
PEOPLE = pd.DataFrame({"state": STATES, "share_pct": [17.8, 17.7, 5.7], "kind": ["giant", "giant", "rest"]})
YEARS = pd.DataFrame({"year": [2017, 2001, 2023], "states": [8, 6, 9], "status": ["member"] * 3})
DAYS = pd.DataFrame({"from": pd.to_datetime(["2005-07-05", "2017-06-09"]), "n": [1.5, 2]})
PAIRS = pd.DataFrame(
    [
        ("CHN-KAZ", 4008, 5226.7),
        ("RUS-KAZ", 2158, 9986.0),
        ("CHL-KGZ", 16000, 0.02),
        ("ABW-UZB", 12000, None),
    ],
    columns=["pair", "distance_km", "flow_usd_mn"],
)
TRADE = pd.DataFrame(
    [("Kazakhstan", 31.2, 24.1), ("Uzbekistan", 13.8, 18.0), ("Turkmenistan", 11.2, None)],
    columns=["state", "china_usd_bn", "own_usd_bn"],
)
COUNTS = pd.DataFrame(
    [("committee", 1.0, None, None, "2018"), ("author", None, 0.9, 1.8, "2019"), ("government", *[None] * 4)],
    columns=["counter", "millions", "low", "high", "day"],
)
OIL = pd.DataFrame(
    [(2024, "China", 108.5), (2021, "China", 79.6), (2021, "India", 4.5), (2024, "India", 87.5)],
    columns=["year", "to", "oil_mt"],
)
BALLOTS = ["es_11_3", "es_11_4", "es_11_1"]  # in an order of their own
VOTES = data.load("un_votes").set_index("iso3").loc[["RUS", "UZB", "IND"], ["country", *BALLOTS]]

#: A valid call of each kind of chart; tests change its arguments.
CALLS: dict[str, tuple[Callable[..., Any], pd.DataFrame, dict[str, Any]]] = {
    "bars": (charts.bars, PEOPLE, {"x": "share_pct", "y": "state"}),
    "lines": (charts.lines, YEARS, {"x": "year", "y": "states"}),
    "steps": (charts.steps, YEARS, {"x": "year", "y": "states", "group": "status"}),
    "scatter": (charts.scatter, PAIRS, {"x": "distance_km", "y": "flow_usd_mn", "name": "pair"}),
    "dumbbell": (
        charts.dumbbell, TRADE,
        {"name": "state", "first": "china_usd_bn", "second": "own_usd_bn", "labels": ("China", "own"),
         "axis": "USD bn"},
    ),
    "ranges": (
        charts.ranges, COUNTS,
        {"name": "counter", "value": "millions", "low": "low", "high": "high", "note": "day"},
    ),
    "bands": (charts.bands, OIL, {"x": "year", "y": "oil_mt", "group": "to"}),
    "roll_call": (charts.roll_call, VOTES, {"name": "country", "votes": BALLOTS}),
}  # fmt: skip


def draw(kind: str, frame: Any = None, **changes: Any) -> Any:
    function, table, arguments = CALLS[kind]
    return function(table if frame is None else frame, **{**arguments, **TEXTS, **changes})


def bundle(chart: Any) -> dict[str, Any]:
    """Return the MIME bundle that a notebook stores for a chart."""
    made = chart._repr_mimebundle_()
    return dict(made[0] if isinstance(made, tuple) else made)


def layers(chart: Any) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Return each layer's specification and rows."""
    spec = chart.to_dict()
    part = spec["vconcat"][0]
    names = [layer.get("data", part.get("data", spec.get("data")))["name"] for layer in part["layer"]]
    return [(layer, spec["datasets"][name]) for layer, name in zip(part["layer"], names, strict=True)]


def tips_agree_with_axes(chart: Any) -> None:
    for encoding in (layer["encoding"] for layer, _ in layers(chart)):
        axes = [encoding[axis] for axis in ("x", "y") if encoding.get(axis, {}).get("title")]
        called, tips = {axis["field"]: axis["title"] for axis in axes}, encoding.get("tooltip", [])
        for tip in tips if isinstance(tips, list) else [tips]:
            assert "_" not in tip["title"] == called.get(tip["field"], tip["title"]), "else it names a column"


def test_a_point_is_named_as_its_axis_is_and_both_axes_are_logarithmic_if_asked() -> None:
    tips_agree_with_axes(
        charts.calibration(pd.DataFrame({"said": [0.5], "came": [0.4], "cases": [5]}), source="x")
    )
    encoding = layers(draw("scatter", PAIRS.dropna(), log="xy"))[0][0]["encoding"]
    assert [encoding[axis]["scale"]["type"] for axis in "xy"] == ["log", "log"]


def test_a_long_list_of_sources_is_broken_and_not_cut() -> None:
    sources = ", ".join(f"the statistics office of country {number}" for number in range(5))
    said = charts.calibration(pd.DataFrame({"said": [0.5], "came": [0.4], "cases": [5]}), source=sources)
    lines = said.to_dict()["title"]["text"]
    assert len(lines) == 2 and " ".join(lines) == f"Source: {sources}"


@pytest.mark.parametrize("kind", CALLS)
def test_a_chart_is_text_that_says_what_it_shows_and_leaves_its_table_alone(kind: str) -> None:
    before = CALLS[kind][1].copy()
    stored = bundle(draw(kind))
    whole = stored[MIME]
    assert set(stored) == {MIME, "text/plain"} and json.dumps(whole) == json.dumps(bundle(draw(kind))[MIME])
    assert stored["text/plain"] == f"Chart: A title. {whole['description']}"
    assert whole["title"]["text"] == "Source: own count"
    assert whole["config"]["mark"]["aria"] is False, "else what only paints it is read out"
    tips_agree_with_axes(draw(kind))
    assert not whole["usermeta"]["embedOptions"]["actions"]["editor"], "it would send the table elsewhere"
    pd.testing.assert_frame_equal(CALLS[kind][1], before)


MANY = pd.DataFrame({"state": [f"S{n}" for n in range(20)], "share_pct": [5, 40, 1, *range(10, 27)]})
GAP = pd.DataFrame({"year": [2000, 2001, 2002], "states": pd.array([1, None, 4], "Int64")})


@pytest.mark.parametrize(
    ("chart", "description"),
    [
        (
            draw("bars", group="kind", marked=["India"]),
            "3 bars show share (%): China: giant 17.8; India: giant 17.7; Others: rest 5.7.",
        ),
        (
            draw("bars", PEOPLE.assign(share_pct=[-3, None, 1.5]), marked="India"),
            "3 bars show share (%): China −3.0, India no figure, Others 1.5. Picked out: India.",
        ),
        (draw("bars", MANY), "20 bars show share (%): least S2 1, most S1 40."),
        (draw("steps"), "1 line shows states. member: 6 (2001), 8 (2017), 9 (2023)."),
        (
            draw("lines", pd.concat([GAP.assign(by="customs"), GAP.assign(by="bank")]), group="by"),
            "2 lines show states. customs: 1 (2000), 4 (2002). bank: 1 (2000), 4 (2002). "
            "No figure: customs 2001, bank 2001.",
        ),
        (
            draw("lines", DAYS, x="from", y="n", reference={"level": 2}, notes={"2017-06-09": "Astana"}),
            "1 line shows n. 1.5 (5 July 2005), 2.0 (9 June 2017). Noted: Astana (9 June 2017). "
            "Dashed line, level: 2.0.",
        ),
        (
            draw("dumbbell"),
            "Kazakhstan: China 31.2, own 24.1. Uzbekistan: China 13.8, own 18.0. Turkmenistan: China 11.2, "
            "own no count.",
        ),
        (
            draw("roll_call", VOTES[:1]),
            "7 April, Russia’s seat in the Council: 1 voted no (Russia). 12 October, the annexations: 1 "
            "voted no (Russia). 2 March, the invasion: 1 voted no (Russia).",
        ),
    ],
)  # fmt: skip
def test_the_description_is_made_from_the_rows(chart: Any, description: str) -> None:
    assert chart.to_dict()["description"] == description


#: For each kind of chart a title with gaps, and the same as the chart fills it in.
TITLES = {
    "bars": ("{China}, {India} and {Others}: {total}, from {least}", "17.8, 17.7 and 5.7: 41.2, from 5.7"),
    "lines": ("{2001}, then {2017}, {last} at last", "6, then 8, 9 at last"),
    "steps": ("{member 2001}, then {member 2023}", "6, then 9"),
    "scatter": ("{number} points", "3 points"),
    "dumbbell": ("{Kazakhstan China} or {Kazakhstan own}", "31.2 or 24.1"),
    "ranges": ("{given} of {number}, from {least} to {most}", "2 of 3, from 0.9 to 1.8"),
    "bands": ("From {India 2021} to {India 2024}", "From 4 to 88"),
    "roll_call": ("{no es_11_3} of {number}", "2 of 3"),
}


@pytest.mark.parametrize("kind", CALLS)
def test_a_title_gets_its_figures_from_the_rows_that_are_drawn(kind: str) -> None:
    written, filled = TITLES[kind]
    chart = draw(kind, title=written).to_dict()
    assert chart["vconcat"][0]["title"]["text"] == filled
    with pytest.raises(UnknownName) as error:
        draw(kind, title="{nothing of the kind}")
    assert error.value.fields["name"] == "nothing of the kind"


def test_a_slope_is_told_with_a_true_minus() -> None:
    drawn = draw("scatter", PAIRS.dropna(), log="xy", trend=True, title="A slope of {slope}")
    assert drawn.vconcat[0].title.text == "A slope of −7.0"


def test_the_subtitle_says_the_measure_once_and_no_axis_repeats_it() -> None:
    for kind in ("bars", "lines", "steps", "dumbbell", "ranges"):
        drawn = draw(kind, subtitle="By state")
        assert drawn.vconcat[0].title.subtitle.startswith("By state, "), kind
        for layer, _ in layers(drawn):
            assert not [axis for axis in "xy" if layer["encoding"].get(axis, {}).get("title")], kind
    assert draw("steps", subtitle="States, by year").vconcat[0].title.subtitle == "States, by year"


def test_upright_bars_of_a_group_stand_side_by_side() -> None:
    upright = layers(draw("bars", x="state", y="share_pct", group="kind"))[0][0]
    assert "xOffset" in upright["encoding"]


def test_the_axis_of_bars_has_zero_and_room_for_the_longest() -> None:
    for figures in ([-3, 2, 0], [3, 2, 0], [-3, -2, -1]):
        chart = draw("bars", PEOPLE.assign(share_pct=figures))
        low, high = layers(chart)[0][0]["encoding"]["x"]["scale"]["domain"]
        assert high > max(0, *figures) and (low < -3 if min(figures) < 0 else low == 0)


def test_groups_differ_in_colour_and_dashes() -> None:
    groups = [letter for letter in "abcdef" for _ in (2001, 2002)]
    table = pd.DataFrame({"year": [2001, 2002] * 6, "n": range(12), "group": groups})
    drawn = layers(charts.lines(table, x="year", y="n", group="group", **TEXTS))[0][0]["encoding"]
    colours, dashes = drawn["color"]["scale"], drawn["strokeDash"]["scale"]
    assert colours["domain"] == dashes["domain"] == list("abcdef")
    assert len(set(colours["range"])) == 3, "of groups that are no actors no colour means anything"
    assert len({tuple(dash) for dash in dashes["range"]}) == 6


def test_who_counted_draws_every_row_of_each_quantity_by_day() -> None:
    for quantity, mine in data.load("who_counted").sort_values("day", kind="stable").groupby("quantity"):
        description = str(charts.who_counted(str(quantity)).description)
        found = [description.find(f"{counter}: ") for counter in mine["counter"].unique()]
        assert found == sorted(found) and -1 not in found, quantity
        assert description.count("no number given") == (mine["method"] == "no number given").sum()


@pytest.mark.parametrize("missing", ["title", "description", "source"])
@pytest.mark.parametrize("empty", ["", "  ", None])
def test_no_chart_without_title_description_and_source(missing: str, empty: Any) -> None:
    with pytest.raises(CourseError) as error:
        charts.finish(alt.Chart(PEOPLE).mark_point(), **{**TEXTS, "description": "Points.", missing: empty})
    assert (error.value.code, error.value.fields["missing"]) == ("incomplete", missing)


#: The code of an error on a name that is not there.
NAME = "unknown name"


@dataclass(frozen=True)
class Refusal:
    """An error that is expected: its class, its code and some of its fields."""

    error: type[CourseError]
    code: str
    fields: Mapping[str, Any] = field(default_factory=dict)


#: What cannot be drawn: the chart, its table if it is another, its arguments, and the error.
REFUSED: list[tuple[str, Any, dict[str, Any], Refusal]] = [
    *((kind, CALLS[kind][1].head(0), {}, Refusal(CourseError, "no rows")) for kind in CALLS),
    *((kind, None, {"description": "x"}, Refusal(CourseError, "a description too many")) for kind in CALLS),
    *(
        (kind, None, {"tilte": "x"}, Refusal(UnknownName, NAME, {"near": "title"}))
        for kind in ("bars", "lines")
    ),
    ("bars", [1, 2], {}, Refusal(WrongType, "no table", {"given": "list"})),
    ("bars", None, {"x": "share_pc"}, Refusal(UnknownName, NAME, {"kind": "column", "near": "share_pct"})),
    ("bars", None, {"x": "kind"}, Refusal(WrongType, "no numbers", {"columns": ["kind", "state"]})),
    ("bars", None, {"y": "share_pct"}, Refusal(WrongType, "one column for both", {"column": "share_pct"})),
    ("bars", None, {"marked": ["Indai"]}, Refusal(UnknownName, NAME, {"kind": "row", "near": "India"})),
    ("bars", PEOPLE.replace("China", "India"), {}, Refusal(OutOfRange, "twice", {"given": "India"})),
    (
        "bars",
        PEOPLE.rename(columns={"share_pct": 9}),
        {"x": 9},
        Refusal(WrongType, "not a text", {"given": 9}),
    ),
    ("lines", None, {"x": "status"}, Refusal(WrongType, "neither days nor numbers", {"column": "status"})),
    (
        "steps",
        None,
        {"notes": {2018: "India"}},
        Refusal(UnknownName, NAME, {"kind": "point", "name": "2018"}),
    ),
    ("scatter", None, {"y": "pair"}, Refusal(WrongType, "no numbers", {"columns": ["pair"]})),
    ("scatter", None, {"name": "pair", "marked": "USA-KAZ"}, Refusal(UnknownName, NAME, {"name": "USA-KAZ"})),
    ("scatter", PAIRS.tail(1), {}, Refusal(CourseError, "no figures")),
    ("scatter", None, {"log": "x"}, Refusal(UnknownName, NAME, {"name": "x", "near": "xy"})),
    ("scatter", PAIRS.assign(flow_usd_mn=0), {"log": "xy"}, Refusal(OutOfRange, "no logarithm", {"rows": 4})),
    (
        "dumbbell",
        pd.concat([TRADE, TRADE.head(1)]),
        {},
        Refusal(OutOfRange, "twice", {"given": "Kazakhstan"}),
    ),
    ("ranges", COUNTS.tail(1), {}, Refusal(CourseError, "no figures")),
    ("bands", OIL.assign(oil_mt=-1.0), {}, Refusal(OutOfRange, "negative", {"column": "oil_mt"})),
    ("bands", OIL.assign(year=2021), {}, Refusal(OutOfRange, "twice", {"given": "China, 2021"})),
    ("roll_call", None, {"votes": ["country"]}, Refusal(UnknownName, NAME, {"name": "country"})),
    ("roll_call", VOTES.replace("no", "maybe"), {}, Refusal(UnknownName, NAME, {"name": "maybe"})),
]


@pytest.mark.parametrize(("kind", "frame", "changes", "refusal"), REFUSED)
def test_what_cannot_be_drawn_is_refused(
    kind: str, frame: Any, changes: dict[str, Any], refusal: Refusal
) -> None:
    with pytest.raises(refusal.error) as raised:
        draw(kind, frame, **changes)
    assert raised.value.code == refusal.code
    assert refusal.fields.items() <= raised.value.fields.items()


def test_the_sentences_on_what_cannot_be_drawn_read_well(snapshot: object) -> None:
    said: dict[str, None] = {}
    for kind, frame, changes, refusal in REFUSED:
        with pytest.raises(refusal.error) as raised:
            draw(kind, frame, **changes)
        said[str(raised.value)] = None
    assert list(said) == snapshot


def test_odd_names_and_any_altair_chart_are_drawn() -> None:
    odd = pd.DataFrame({"share.in [%]": [1.5, 2.5], "state": ["China", None]})
    layer, drawn = layers(charts.bars(odd, "share.in [%]", "state", **TEXTS))[0]
    assert layer["encoding"]["x"]["field"] == "share\\.in \\[%\\]" and drawn[1]["state"] == ""
    plain = alt.Chart(PEOPLE).mark_point().encode(x="share_pct")
    finished = charts.finish(plain, title="Points?", description="Three.", source="own", subtitle="2021")
    assert finished.to_dict()["vconcat"][0]["title"]["subtitle"] == "2021"
    assert bundle(finished)["text/plain"] == "Chart: Points? Three."
    assert bundle(plain)["text/plain"] == "Chart."
