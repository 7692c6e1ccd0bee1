"""Charts say what they show, hold the data they were given, and turn wrong tables away with a sentence."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import altair as alt
import pandas as pd
import pytest

from samarkand import charts
from samarkand.charts import _look, _tables
from samarkand.ground.errors import CourseError, OutOfRange, UnknownName, WrongType
from samarkand.page import style
from tools.author import lessons

TEXTS = {"title": "A title", "source": "own count"}
MIME = "application/vnd.vegalite.v5+json"

PEOPLE = pd.DataFrame(
    {
        "state": ["China", "India", "Others"],
        "share_pct": [17.8, 17.7, 5.7],
        "year": [2021, 2021, 2021],
        "kind": ["giant", "giant", "rest"],
    }
)
YEARS = pd.DataFrame(
    {"year": [2017, 2001, 2023], "states": [8, 6, 9], "status": ["member", "member", "member"]}
)
SPELLS = pd.DataFrame(
    {
        "country": ["India", "India", "Mongolia"],
        "status": ["observer", "member", "observer"],
        "from": pd.to_datetime(["2005-07-05", "2017-06-09", "2004-06-17"]),
        "to": pd.to_datetime(["2017-06-09", None, "2025-09-01"]),
    }
)


def bundle(chart: Any) -> dict[str, Any]:
    """Return what a notebook stores of a chart."""
    made = chart._repr_mimebundle_()
    return dict(made[0] if isinstance(made, tuple) else made)


def spec(chart: Any) -> dict[str, Any]:
    return dict(bundle(chart)[MIME])


def drawn(chart: Any) -> list[dict[str, Any]]:
    """Return the rows behind the chart's first layer."""
    whole = spec(chart)
    layer = whole["vconcat"][0]["layer"][0]
    name = layer.get("data", whole["vconcat"][0].get("data", whole.get("data")))["name"]
    return list(whole["datasets"][name])


def test_below_a_chart_its_table_can_be_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda output, raw: shown.append(output))
    charts.lines(YEARS, "year", "states", group="status", **TEXTS)._ipython_display_()
    chart, table = shown
    assert chart[MIME]["config"]["mark"] == {"aria": False}  # or its marks are read out, internals and all
    assert table["text/plain"] == "This chart as a table: A title"
    html = table["text/html"]
    assert html.startswith("<details") and "<caption>A title</caption>" in html
    assert re.findall(r'<th scope="col">(.*?)</th>', html) == ["status", "year", "states"]
    assert re.findall(r"<td>(.*?)</td>", html) == ["2001", "6", "2017", "8", "2023", "9"]


ALL = {
    "lying": lambda: charts.bars(PEOPLE, "share_pct", "state", **TEXTS),
    "standing": lambda: charts.bars(PEOPLE, "state", "share_pct", **TEXTS),
    "grouped": lambda: charts.bars(PEOPLE, "share_pct", "state", group="kind", **TEXTS),
    "marked": lambda: charts.bars(PEOPLE, "share_pct", "state", marked=["India"], **TEXTS),
    "claimed": lambda: charts.bars(PEOPLE, "share_pct", "state", reference={"claimed": 40}, **TEXTS),
    "standing claimed": lambda: charts.bars(PEOPLE, "state", "share_pct", reference={"claimed": 40}, **TEXTS),
    "negative": lambda: charts.bars(PEOPLE.assign(share_pct=[-3, 2, 0]), "share_pct", "state", **TEXTS),
    "lines": lambda: charts.lines(YEARS, "year", "states", **TEXTS),
    "steps": lambda: charts.steps(YEARS, "year", "states", group="status", **TEXTS),
    "days": lambda: charts.lines(SPELLS.assign(n=[1.5, 2, 3]), "from", "n", reference={"level": 2}, **TEXTS),
}


@pytest.mark.parametrize("name", ALL)
def test_every_chart_is_stored_as_text_that_says_what_it_shows(name: str) -> None:
    stored = bundle(ALL[name]())
    assert set(stored) == {MIME, "text/plain"}
    whole = stored[MIME]
    assert whole["$schema"].endswith("/vega-lite/v5.json")
    assert whole["description"] in stored["text/plain"]
    assert stored["text/plain"].startswith("Chart: ")
    assert whole["title"]["text"].startswith("Source: ")
    assert whole["vconcat"][0]["title"]["text"]
    assert whole["usermeta"] == {"embedOptions": {"actions": False, "renderer": "svg"}}
    assert whole["config"]["background"] == "#ffffff"
    assert json.dumps(whole) == json.dumps(spec(ALL[name]())), "two builds differ"


def test_bars_hold_their_data_in_the_order_of_the_table() -> None:
    rows = drawn(ALL["lying"]())
    assert [(row["state"], row["share_pct"], row["_label"]) for row in rows] == [
        ("China", 17.8, "17.8"),
        ("India", 17.7, "17.7"),
        ("Others", 5.7, "5.7"),
    ]
    layer = spec(ALL["lying"]())["vconcat"][0]["layer"][0]["encoding"]
    assert layer["y"]["sort"] == ["China", "India", "Others"]
    assert layer["x"]["title"] == "share (per cent)"
    assert layer["x"]["scale"]["domain"][0] == 0 and layer["x"]["scale"]["domain"][1] > 17.8


def test_whole_numbers_carry_no_decimals_unless_asked() -> None:
    whole = PEOPLE.assign(share_pct=[3, 2, 1000])
    assert [row["_label"] for row in drawn(charts.bars(whole, "share_pct", "state", **TEXTS))] == [
        "3",
        "2",
        "1,000",
    ]
    asked = charts.bars(whole, "share_pct", "state", digits=2, **TEXTS)
    assert [row["_label"] for row in drawn(asked)] == ["3.00", "2.00", "1,000.00"]


def test_groups_are_named_beside_their_figures_and_not_told_by_colour_alone() -> None:
    rows = drawn(ALL["grouped"]())
    assert [row["_label"] for row in rows] == ["17.8  giant", "17.7  giant", "5.7  rest"]
    assert len({row["_colour"] for row in rows}) == 2
    assert "yOffset" in spec(ALL["grouped"]())["vconcat"][0]["layer"][0]["encoding"]
    standing = charts.bars(PEOPLE, "state", "share_pct", group="kind", **TEXTS)
    assert "xOffset" in spec(standing)["vconcat"][0]["layer"][0]["encoding"]


def test_marked_rows_stand_out() -> None:
    colours = {row["state"]: row["_colour"] for row in drawn(ALL["marked"]())}
    assert colours["India"] == style.OKABE_ITO["vermillion"]
    assert colours["China"] == colours["Others"] != colours["India"]
    with pytest.raises(UnknownName, match=r'No row "Indai"\. Did you mean "India"'):
        charts.bars(PEOPLE, "share_pct", "state", marked=["Indai"], **TEXTS)
    groups = charts.bars(PEOPLE, "share_pct", "state", group="kind", marked=["India"], **TEXTS)
    assert says(groups) == says(ALL["grouped"]())  # their colours pick nothing out


def test_a_figure_to_compare_with_is_a_line_with_its_label_inside_the_axis() -> None:
    for name in ("claimed", "standing claimed"):
        first = spec(ALL[name]())["vconcat"][0]
        kinds = [layer["mark"]["type"] for layer in first["layer"]]
        assert kinds == ["bar", "text", "rule", "text"]
        axis = first["layer"][0]["encoding"]["x" if name == "claimed" else "y"]
        assert axis["scale"]["domain"][1] > 40


def test_labels_of_negative_bars_stand_on_their_own_side() -> None:
    places = [
        layer["mark"].get("align")
        for layer in spec(ALL["negative"]())["vconcat"][0]["layer"]
        if layer["mark"]["type"] == "text"
    ]
    assert places == ["left", "right"]
    domain = spec(ALL["negative"]())["vconcat"][0]["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert domain[0] < -3


def test_lines_are_sorted_along_their_axis_and_named_at_their_end() -> None:
    assert [row["year"] for row in drawn(ALL["steps"]())] == [2001, 2017, 2023]
    layers = spec(ALL["steps"]())["vconcat"][0]["layer"]
    assert layers[0]["mark"]["interpolate"] == "step-after"
    assert "strokeDash" in layers[0]["encoding"] and "color" in layers[0]["encoding"]
    whole = spec(ALL["steps"]())
    end = whole["datasets"][layers[-1]["data"]["name"]]
    assert [(row["year"], row["_name"]) for row in end] == [(2023, "member")]


def test_a_status_keeps_its_colour_and_its_dashes() -> None:
    assert _look.colour("observer", ["observer"]) == style.STATUS["observer"].colour
    assert _look.dash("member", ["Shanghai Five", "member"]) == [1, 0]
    names = list("abcdefgh")
    assert len({_look.colour(n, names) + str(_look.dash(n, names)) for n in names}) == 6
    assert (
        len({tuple(_look.dash(s, [])) for s in ("member", "observer", "dialogue partner", "SCO partner")})
        == 4
    )


@pytest.mark.parametrize("missing", ["title", "description", "source"])
@pytest.mark.parametrize("empty", ["", "  ", None])
def test_no_chart_without_title_description_and_source(missing: str, empty: Any) -> None:
    texts: dict[str, Any] = {**TEXTS, "description": "Three points.", missing: empty}
    with pytest.raises(CourseError, match=f"The chart has no {missing}"):
        charts.finish(alt.Chart(PEOPLE).mark_point(), **texts)


def says(chart: Any) -> str:
    return str(spec(chart)["description"])


def test_bars_tell_each_figure_they_draw() -> None:
    assert says(ALL["lying"]()) == "3 bars show share (per cent): China 17.8, India 17.7, Others 5.7."
    assert says(ALL["grouped"]()) == (
        "3 bars show share (per cent): China: giant 17.8; India: giant 17.7; Others: rest 5.7."
    )
    assert says(ALL["marked"]()).endswith(" Picked out: India.")
    assert says(ALL["claimed"]()).endswith(" Dashed line, claimed: 40.0.")
    for row in drawn(ALL["negative"]()):
        assert f"{row['state']} {row['_label']}" in says(ALL["negative"]())
    one_less = PEOPLE.assign(share_pct=[17.8, 16.7, 5.7])
    assert says(charts.bars(one_less, "share_pct", "state", **TEXTS)) != says(ALL["lying"]())
    hole = charts.bars(PEOPLE.assign(share_pct=[1.5, None, 2]), "share_pct", "state", **TEXTS)
    assert "India no figure" in says(hole)


def test_of_many_bars_the_least_and_the_most_are_told() -> None:
    many = pd.DataFrame({"state": [f"S{n}" for n in range(20)], "n": [5, 40, 1, *range(10, 27)]})
    assert says(charts.bars(many, "n", "state", **TEXTS)) == "20 bars show n: least S2 1, most S1 40."


def test_lines_tell_their_ends_and_extremes_and_steps_each_step() -> None:
    assert says(ALL["steps"]()) == "1 line shows states. member: 6 (2001), 8 (2017), 9 (2023)."
    bent = pd.DataFrame({"year": range(2000, 2006), "index": [0.5, 0.4, 0.9, 0.6, 0.61, 0.7]})
    assert says(charts.lines(bent, "year", "index", **TEXTS)) == (
        "1 line shows index. 0.50 (2000) to 0.70 (2005), least 0.40 (2001), most 0.90 (2002)."
    )
    rising = pd.DataFrame({"year": range(2000, 2006), "n": range(6)})
    assert says(charts.lines(rising, "year", "n", **TEXTS)) == "1 line shows n. 0 (2000) to 5 (2005)."
    level = pd.DataFrame({"year": range(2000, 2006), "n": [6, 6, 6, 8, 8, 8]})
    assert says(charts.steps(level, "year", "n", **TEXTS)) == "1 line shows n. 6 (2000), 8 (2003)."
    gap = level.assign(n=pd.array([6, None, 6, 8, 8, 8], "Int64"))
    assert says(charts.steps(gap, "year", "n", **TEXTS)).endswith("6 (2000), 8 (2003). No figure: 2001.")
    assert "2.0 (9 June 2017)" in says(ALL["days"]())
    assert "Dashed line, level: 2.0." in says(ALL["days"]())


def test_a_hole_in_a_line_is_told_and_is_no_zero() -> None:
    series = pd.DataFrame({"year": [2000, 2001, 2002], "n": [1, None, 4]})
    assert says(charts.lines(series, "year", "n", **TEXTS)) == (
        "1 line shows n. 1 (2000), 4 (2002). No figure: 2001."
    )
    two = pd.concat([series.assign(by="customs"), series.assign(by="the bank", n=[2, 3, None])])
    told = says(charts.lines(two, "year", "n", group="by", **TEXTS))
    assert told.endswith("No figure: customs 2001, the bank 2002.")


def test_no_chart_of_the_course_takes_a_description_of_another_hand() -> None:
    for draw in (charts.bars, charts.lines, charts.steps):
        with pytest.raises(CourseError, match="makes its description of its data"):
            draw(YEARS, "year", "states", **TEXTS, description="Something else.")  # type: ignore[call-arg]


def test_tables_that_cannot_be_drawn_get_a_sentence() -> None:
    with pytest.raises(UnknownName, match=r'No column "share_pc"\. Did you mean "share_pct"'):
        charts.bars(PEOPLE, "share_pc", "state", **TEXTS)
    with pytest.raises(CourseError, match="no row, so there is nothing to draw"):
        charts.bars(PEOPLE.head(0), "share_pct", "state", **TEXTS)
    with pytest.raises(WrongType, match=r"made of a table .* not of list"):
        charts.bars([1, 2], "x", "y", **TEXTS)  # type: ignore[arg-type]
    with pytest.raises(WrongType, match=r'neither "kind" nor "state" holds numbers'):
        charts.bars(PEOPLE, "kind", "state", **TEXTS)
    with pytest.raises(WrongType, match='"year" cannot be both'):
        charts.bars(PEOPLE, "year", "year", **TEXTS)
    with pytest.raises(OutOfRange, match="India stands twice"):
        charts.bars(PEOPLE.replace("China", "India"), "share_pct", "state", **TEXTS)
    with pytest.raises(WrongType, match='"kind" does not hold numbers'):
        charts.lines(PEOPLE, "year", "kind", **TEXTS)
    with pytest.raises(WrongType, match="Use bars for names"):
        charts.lines(PEOPLE, "state", "share_pct", **TEXTS)
    with pytest.raises(UnknownName, match=r'No argument of a chart "tilte"\. Did you mean "title"'):
        charts.lines(PEOPLE, "year", "share_pct", **TEXTS, tilte="A title")  # type: ignore[call-arg]


@pytest.mark.parametrize("number", [2021, 0])
def test_a_column_is_named_by_a_text(number: int) -> None:
    wide = pd.DataFrame({"state": ["Kazakhstan"], number: [31.2], number + 1: [36.3]})
    for draw, names in (
        (charts.bars, (number, "state")),
        (charts.lines, (number, number + 1)),
        (charts.scatter, (number, number + 1)),
        (charts.dumbbell, ("state", number, number + 1)),
    ):
        with pytest.raises(WrongType, match=rf"by a text, not by {number}: try table\.rename"):
            draw(wide, *names, **TEXTS)


def test_the_table_that_was_passed_is_left_as_it_was() -> None:
    before = SPELLS.copy()
    charts.lines(SPELLS.assign(n=[1, 2, 3]), "from", "n", group="status", **TEXTS)
    pd.testing.assert_frame_equal(SPELLS, before)


def test_any_altair_chart_can_be_finished_and_any_other_is_drawn_by_the_same_hand() -> None:
    plain = alt.Chart(PEOPLE).mark_point().encode(x="share_pct")
    assert (
        spec(charts.finish(plain, **TEXTS, description="Three points.", subtitle="2021"))["vconcat"][0][
            "title"
        ]["subtitle"]
        == "2021"
    )
    assert bundle(plain)["text/plain"] == "Chart."
    assert bundle(plain.properties(title="Points"))["text/plain"] == "Chart: Points."
    asked = charts.finish(plain, title="Points?", description="Three.", source="own")
    assert bundle(asked)["text/plain"] == "Chart: Points? Three."


def test_missing_names_and_odd_column_names_are_drawn() -> None:
    odd = pd.DataFrame({"share.in [%]": [1.5, 2.5], "state": ["China", None]})
    chart = charts.bars(odd, "share.in [%]", "state", **TEXTS)
    assert spec(chart)["vconcat"][0]["layer"][0]["encoding"]["x"]["field"] == "share\\.in \\[%\\]"
    assert [row["state"] for row in drawn(chart)] == ["China", ""]


def test_titles_of_axes() -> None:
    assert _tables.axis_title("trade_usd_bn") == "trade (USD bn)"
    assert _tables.axis_title("_km") == " km"
    assert not _tables.numeric(pd.Series([True, False]))
    assert _tables.numeric(pd.Series([1, None], dtype="Int64"))


@pytest.mark.parametrize(
    ("years", "ticks"), [([1995, 2000, 2019], [1995, 2000, 2019]), (range(2001, 2026), None)]
)
def test_a_few_years_are_each_written_below_the_line(years: list[int], ticks: list[int] | None) -> None:
    frame = pd.DataFrame({"year": years, "members": range(len(years))})
    chart = charts.lines(frame, "year", "members", title="Members", source="SCO")
    axis = chart.to_dict()["vconcat"][0]["layer"][0]["encoding"]["x"]["axis"]
    assert axis.get("values") == ticks


def test_states_and_months_have_their_names_and_no_codes() -> None:
    share = pd.DataFrame({"iso3": ["CHN", "IND"], "share_pct": [18.3, 3.2]})
    chart = charts.bars(share, "share_pct", "iso3", title="T", source="s", marked=["IND"])
    assert chart.description == "2 bars show share (per cent): China 18.3, India 3.2. Picked out: India."
    mixed = charts.bars(share.replace("IND", "the rest"), "share_pct", "iso3", title="T", source="s")
    assert "CHN 18.3, the rest 3.2" in mixed.description
    trade = pd.DataFrame({"month": [3, 4, 8], "trade_usd_bn": [8.0, 9.1, 11.2]})
    lines = charts.lines(trade, "month", "trade_usd_bn", title="T", source="s")
    assert "8.0 (March), 9.1 (April), 11.2 (August)" in lines.description
    axis = lines.to_dict()["vconcat"][0]["layer"][0]["encoding"]["x"]["axis"]
    assert axis["values"] == [3, 4, 8]
    assert "'Mar', 'Apr'" in axis["labelExpr"]


def test_a_note_stands_where_the_story_turns_and_is_told() -> None:
    count = pd.DataFrame({"year": [2001, 2017, 2023], "members": [6, 8, 9]})
    notes = {2017: "India, Pakistan", 2023: "Iran"}
    chart = charts.steps(count, "year", "members", title="T", source="s", notes=notes)
    assert chart.description.endswith("9 (2023). Noted: India, Pakistan (2017); Iran (2023).")
    texts = chart.to_dict()["vconcat"][0]["layer"][-1]
    assert texts["encoding"]["text"]["field"] == "_note" and texts["mark"]["type"] == "text"
    with pytest.raises(UnknownName, match='No point "2018"'):
        charts.steps(count, "year", "members", title="T", source="s", notes={2018: "India"})


@pytest.mark.parametrize("day", ["2017-06-09", dt.date(2017, 6, 9), pd.Timestamp("2017-06-09")])
def test_a_note_stands_at_a_day_in_any_of_its_forms(day: Any) -> None:
    chart = charts.lines(SPELLS.assign(n=[1, 2, 3]), "from", "n", notes={day: "Astana"}, **TEXTS)
    assert says(chart).endswith("Noted: Astana (9 June 2017).")


def every_chart() -> dict[str, dict[str, Any]]:
    """Return the charts that the lessons store, by cell."""
    return {cell: spec for one in lessons.every() for cell, spec in one.outputs(MIME)}


def test_no_chart_reads_out_what_only_paints_it() -> None:
    stored = every_chart()
    assert len(stored) > 20
    for cell, spec in stored.items():
        assert spec["config"]["mark"]["aria"] is False and len(spec["description"]) > 30, cell
        for tip in re.findall(r'"tooltip": (\[[^]]*\]|\{[^}]*\})', json.dumps(spec)):
            for one in re.findall(r"\{[^}]*\}", tip):
                assert re.search(r'"title": "[^_"]+"', one), (cell, one)
