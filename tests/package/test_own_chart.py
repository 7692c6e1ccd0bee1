"""A student's own chart on her page: drawn without Altair, and a file that is none is a sentence."""

import json
import re
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest

from samarkand.common import journal
from samarkand.common.errors import CourseError
from samarkand.practice import article, briefing
from samarkand.practice.briefing import own_chart

COUNTS = pd.DataFrame({"who": ["Kazakhstan", "Eurostat", "Russia"], "trade": [27.02, 52.8, 28.2]})
YEARS = pd.DataFrame(
    {"year": [2019, 2020] * 2, "trade": [8.1, 9.2, 7.0, 6.0], "by": ["KAZ"] * 2 + ["CHN"] * 2}
)
TITLE = "Three offices count three sums"


def chart_of(table: pd.DataFrame, mark: str, **encoding: Any) -> own_chart.OwnChart:
    """Return what the page makes of a chart that Altair saves."""
    drawn = getattr(alt.Chart(table, title=TITLE), f"mark_{mark}")().encode(**encoding)
    return own_chart.read_chart(json.loads(drawn.to_json()))


def keep_page(**texts: str) -> None:
    for part, text in {**briefing.example("good").texts, **texts}.items():
        journal.add_entry("notes", f"11.{part}", text=text)


def test_a_saved_chart_is_on_the_page_with_its_title_and_its_figures_in_words(work: Path) -> None:
    article.begin()
    keep_page()
    before = briefing.page("2022-09-14")
    assert TITLE not in before.body(1) and "<svg" not in before.body(1)
    amount = alt.X("trade", title="billion dollars")
    bars = alt.Chart(COUNTS, title=TITLE).mark_bar().encode(x=amount, y=alt.Y("who", sort="-x"))
    bars.save(work / "article" / "chart.json")
    mine = briefing.page("2022-09-14")
    assert f"<b>{TITLE}</b>" in mine.body(1) and "billion dollars, by who." in mine.body(1)
    told = f'aria-label="{TITLE}. billion dollars: Eurostat 52.8; Russia 28.2; Kazakhstan 27.02."'
    assert told in mine.body(1)
    widths = [float(one) for one in re.findall(r'<rect[^>]* width="([\d.]+)%"', mine.body(1))]
    assert [round(one / widths[0], 2) for one in widths] == [1, round(28.2 / 52.8, 2), round(27.02 / 52.8, 2)]
    checked = briefing.check(mine)
    assert checked and f"Your chart is on it: “{TITLE}”." in checked.sentence
    assert briefing.export(mine)
    written = (work / "briefing" / "briefing.html").read_text(encoding="utf-8")
    assert told in written and "<script" not in written
    # Altair's own chart can be given by hand, too.
    assert briefing.page("2022-09-14", chart=bars).body(1) == mine.body(1)


@pytest.mark.parametrize(
    ("saved", "said"),
    [
        ("", "is not a chart that Altair saved"),
        ("{", "is not a chart that Altair saved"),
        ("[1, 2]", "is not a chart that Altair saved"),
        ('{"cells": []}', "is not a chart that Altair saved"),
        ("\udcff", "is not a chart that Altair saved"),
        ("[" * 100_000, "is not a chart that Altair saved"),
        ('{"$schema": "https://vega.github.io/schema/vega/v5.json"}', "is not a chart that Altair saved"),
        ('{"$schema": "vega-lite", "data": {"url": "https://x.kz/a.csv"}}', "holds no rows"),
        ('{"$schema": "vega-lite", "data": {"values": []}}', "holds no rows"),
        ('{"$schema": "vega-lite", "data": {"values": [1]}}', "holds no rows"),
    ],
)
def test_a_file_that_is_no_chart_is_a_sentence_and_the_page_stays_whole(
    work: Path, saved: str, said: str
) -> None:
    article.begin()
    keep_page()
    file = work / "article" / "chart.json"
    file.write_bytes(saved.encode("utf-8", "surrogateescape"))
    mine = briefing.page("2022-09-14")
    assert [said in fault for fault in mine.faults()] == [True]
    reply = briefing.export(mine)
    assert reply.state == "wrong" and said in reply.sentence
    assert mine.texts["answer"][:20] in (work / "briefing" / "briefing.html").read_text(encoding="utf-8")
    assert file.read_bytes() == saved.encode("utf-8", "surrogateescape")


def test_a_chart_saved_in_another_form_is_named(work: Path) -> None:
    article.begin()
    keep_page()
    alt.Chart(COUNTS).mark_bar().encode(x="trade", y="who").save(work / "article" / "chart.html")
    (fault,) = briefing.page("2022-09-14").faults()
    assert "has chart.html, and the page takes chart.json" in fault


def test_a_title_that_says_nothing_is_a_fault_and_the_chart_is_drawn(work: Path) -> None:
    article.begin()
    keep_page()
    alt.Chart(COUNTS, title="Trade").mark_bar().encode(x="trade", y="who").save(
        work / "article" / "chart.json"
    )
    mine = briefing.page("2022-09-14")
    (fault,) = mine.faults()
    assert fault.startswith('"Trade" says what the chart is about.') and "<svg" in mine.body(1)


@pytest.mark.parametrize(
    ("amounts", "encoding"),
    [
        (["CHN 2", "KAZ 2"], {"x": "by", "y": "count()"}),
        (["KAZ 17.3", "CHN 13"], {"x": alt.X("by", sort="-y"), "y": "sum(trade)"}),
        (["CHN 6.5", "KAZ 8.65"], {"x": "by", "y": "mean(trade)", "color": "by"}),
        (["KAZ 17.3", "CHN 13"], {"x": alt.X("by", sort=["KAZ", "CHN"]), "y": "trade"}),
        (["KAZ 17.3", "CHN 13"], {"x": alt.X("by", sort=None), "y": "trade"}),
        (["KAZ 17.3", "CHN 13"], {"x": alt.X("by", sort="descending"), "y": "trade"}),
        (
            ["2019, CHN 7", "2019, KAZ 8.1", "2020, CHN 6", "2020, KAZ 9.2"],
            {"x": "year:O", "y": "trade", "color": "by"},
        ),
    ],
)
def test_bars_are_as_long_and_in_the_order_that_altair_draws(
    amounts: list[str], encoding: dict[str, Any]
) -> None:
    drawn = chart_of(YEARS, "bar", **encoding)
    assert drawn.mark == "bar" and drawn.alt.partition(": ")[2] == "; ".join(amounts) + "."


def test_lines_have_a_name_at_their_end_and_are_told_apart_without_colour() -> None:
    days = YEARS.assign(day=pd.to_datetime(YEARS["year"].astype(str)))
    for x in ("year:O", "year:Q", "day:T"):
        html = chart_of(days, "line", x=x, y="trade", color="by").html()
        assert ">KAZ<" in html and ">CHN<" in html and html.count("stroke-dasharray") == 1
        assert ">2019<" in html and ">2020<" in html and html.count("<circle") == len(days)
    many = pd.concat([YEARS.assign(by=f"state {n}") for n in range(5)])
    assert "<table" in chart_of(many[::2], "line", x="year:O", y="trade", color="by").html()
    html = chart_of(YEARS, "point", x="year:O", y="trade", color="by").html()
    assert len(set(re.findall(r"<circle[^>]*?fill=\"([^\"]*)\"", html))) == 2


@pytest.mark.parametrize(
    ("table", "mark", "encoding"),
    [
        (COUNTS, "arc", {"theta": "trade", "color": "who"}),
        (COUNTS.assign(trade=-COUNTS["trade"]), "bar", {"x": "trade", "y": "who"}),
        (YEARS, "line", {"x": "year:O", "y": "trade"}),  # two amounts in each year
        (YEARS, "bar", {"x": alt.X("trade", bin=True), "y": "count()"}),
        (YEARS, "point", {"x": "year:O", "y": "by"}),
    ],
)
def test_what_the_page_does_not_draw_is_a_table_of_its_rows(
    table: pd.DataFrame, mark: str, encoding: dict[str, Any]
) -> None:
    html = chart_of(table, mark, **encoding).html()
    assert "<svg" not in html and html.count("<tr") == len(table) + 1 and "as a table" in html


def test_a_bar_beyond_the_last_is_not_left_out_in_silence() -> None:
    many = pd.DataFrame({"who": [f"office {n:02}" for n in range(20)], "trade": range(1, 21)})
    drawn = chart_of(many, "bar", x="trade", y="who")
    assert "The first 12 of 20 bars are drawn." in drawn.html() and "; 8 more are not told here" in drawn.alt


def test_charts_of_several_and_cells_that_are_empty_are_drawn_as_far_as_can_be() -> None:
    both = alt.Chart(COUNTS, title=TITLE).mark_bar().encode(x="trade", y="who")
    layered = alt.layer(both, both.mark_text()).properties(title=TITLE)
    assert "as a table" in own_chart.read_chart(json.loads(layered.to_json())).html()
    gaps = pd.DataFrame({"who": ["a", None, "c"], "trade": [1.0, 2.0, None]})
    assert chart_of(gaps, "bar", x="trade", y="who").alt.endswith(": a 1.")
    with pytest.raises(CourseError) as refused:
        own_chart.read_chart({"$schema": "vega-lite", "data": {"name": "x"}, "datasets": {}})
    assert refused.value.code == "no rows"
