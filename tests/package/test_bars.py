"""A chart of bars that a student has saved is read as a reader sees it, whatever way it was drawn."""

import io
import json
from collections.abc import Callable
from typing import Any

import altair as alt
import pandas as pd
import pytest

from samarkand.answers import decode
from samarkand.answers.kinds import Bars, Number, WrongForm

KIND = Bars(Number("tonnes", 0.1), keys="regions")
ROWS = pd.DataFrame({"region": ["East", "East", "West"], "state": ["a", "b", "c"], "tonnes": [2.0, 3.5, 4.0]})
LINE = "The east sends more tonnes"


def saved(chart: Any) -> Any:
    """Return what a file of a chart holds, as the sandbox sends it."""
    file = io.StringIO()
    chart.save(file, format="json")
    return decode.make_plain(json.loads(file.getvalue()))


def draw(title: object = LINE, rows: pd.DataFrame = ROWS, **axes: Any) -> Any:
    usual = {"x": "region", "y": "sum(tonnes)"}
    return alt.Chart(rows, title=title).mark_bar().encode(**(usual | axes))


RIGHT: dict[str, Callable[[], Any]] = {
    "sums": draw,
    "lying": lambda: draw(x="sum(tonnes)", y="region"),
    "stacked": lambda: draw(color="state", y="tonnes"),
    "added up before": lambda: draw(rows=ROWS.groupby("region")["tonnes"].sum().reset_index(), y="tonnes"),
    "a title in two lines": lambda: draw(title=["The east sends", "more tonnes"]),
    "a title with a subtitle": lambda: draw(title=alt.TitleParams(LINE, subtitle="by lorry")),
    "another name at the axis": lambda: draw(y=alt.Y("sum(tonnes)", title="Tonnes by lorry")),
}


@pytest.mark.parametrize("way", RIGHT)
def test_bars_are_as_long_as_they_are_seen(way: str) -> None:
    assert KIND.read(saved(RIGHT[way]())) == {"east": 5.5, "west": 4.0}


def test_bars_of_means_and_rows_without_a_name_are_told_apart() -> None:
    assert KIND.read(saved(draw(y="mean(tonnes)"))) == {"east": 2.75, "west": 4.0}
    unnamed = ROWS.assign(region=["East", None, "West"])
    assert KIND.read(saved(draw(rows=unnamed))) == {"east": 2.0, "(empty)": 3.5, "west": 4.0}


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "no title": (lambda: draw(title=alt.Undefined), "no title"),
    "a label": (lambda: draw(title="Tonnes by region"), "no sentence"),
    "a line": (lambda: alt.Chart(ROWS, title=LINE).mark_line().encode(x="region", y="tonnes"), "no bars"),
    "no unit": (lambda: draw(y=alt.Y("sum(tonnes)", title="weight")), "no unit"),
    "a count": (lambda: draw(y="count()"), "other axes"),
    "two columns of names": (lambda: draw(y="state"), "other axes"),
    "no such column": (lambda: draw(x="place:N"), "no such column"),
    "filtered in the chart": (lambda: draw().transform_filter("datum.tonnes > 3"), "calculates itself"),
    "a median": (lambda: draw(y="median(tonnes)"), "another aggregate"),
    "two charts": (lambda: draw() | draw(), "no title"),
}


@pytest.mark.parametrize("way", WRONG)
def test_a_chart_that_cannot_be_read_is_refused(way: str) -> None:
    make, code = WRONG[way]
    with pytest.raises(WrongForm) as error:
        KIND.read(saved(make()))
    assert error.value.code == code


def test_the_sentences_on_a_chart_read_well(snapshot: object) -> None:
    said = {}
    for way, (make, _) in WRONG.items():
        with pytest.raises(WrongForm) as error:
            KIND.read(saved(make()))
        said[way] = str(error.value)
    assert said == snapshot


@pytest.mark.parametrize(
    "value",
    [draw(), {"title": LINE}, "chart.json", {"$schema": 1, "title": LINE, "mark": "bar"}, None],
    ids=["the chart itself", "no schema", "the name of a file", "no axes", "nothing"],
)
def test_what_is_no_saved_chart_is_refused(value: object) -> None:
    with pytest.raises(WrongForm):
        KIND.read(decode.make_plain(value))


@pytest.mark.parametrize("rows", [[], "rows", [1], [{"region": "East", "tonnes": "two"}]])
def test_a_chart_with_damaged_rows_is_refused(rows: object) -> None:
    chart = draw().to_dict()
    chart["datasets"] = {chart["data"]["name"]: rows}
    with pytest.raises(WrongForm):
        KIND.read(decode.make_plain(chart))
