"""The picture beside each chart: drawn offline, compared with its chart, kept while the chart is the same."""

import base64
import io
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools.author import chart_pictures
from tools.author.chart_pictures import add_pictures, find_chart_faults

BARS: dict[str, Any] = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "data": {"values": [{"x": "Kazakhstan", "y": 8}, {"x": "Uzbekistan", "y": 3}]},
    "description": "Kazakhstan 8, Uzbekistan 3.",
    "mark": "bar",
    "encoding": {"x": {"field": "x", "type": "nominal"}, "y": {"field": "y", "type": "quantitative"}},
    "width": 200,
}


def notebook(chart: dict[str, Any]) -> NotebookNode:
    output = new_output("execute_result", data={chart_pictures.VEGA_LITE: chart, "text/plain": "Chart."})
    return new_notebook(cells=[new_code_cell("chart", id="chart", outputs=[output])])


def picture(of: NotebookNode) -> str:
    return str(of.cells[0].outputs[0].data[chart_pictures.PNG])


def test_a_chart_is_drawn_and_its_picture_says_from_what() -> None:
    image = pytest.importorskip("PIL.Image")
    one = notebook(BARS)
    assert list(find_chart_faults(one)) == ["chart: no picture is stored beside its chart."]
    add_pictures(one, new_notebook())
    assert list(find_chart_faults(one)) == []
    text = one.cells[0].outputs[0].metadata[chart_pictures.PNG]
    assert text == {"alt": BARS["description"]}, "where a picture is shown, its description is heard"
    text["alt"] = "Uzbekistan 8."
    assert list(find_chart_faults(one)) == [
        "chart: the picture beside its chart has another text than the chart."
    ]
    seen = image.open(io.BytesIO(base64.b64decode(picture(one)))).convert("RGB")
    assert seen.width > chart_pictures.SCALE * 200
    assert seen.getpixel((0, 0)) == (255, 255, 255)
    bars = {colour for count, colour in seen.getcolors() if count > 1000} - {(255, 255, 255)}
    assert bars, "no bar is seen"


def test_a_picture_is_kept_until_its_chart_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = notebook(BARS)
    add_pictures(stored, new_notebook())
    same, other = notebook(dict(reversed(BARS.items()))), notebook(BARS | {"width": 300})
    other.cells[0].outputs[0].data[chart_pictures.PNG] = picture(stored)
    assert list(find_chart_faults(other)) == [
        "chart: the picture beside its chart was drawn from another one."
    ]
    add_pictures(other, stored)
    assert list(find_chart_faults(other)) == [] and picture(other) != picture(stored)
    monkeypatch.setattr(chart_pictures, "draw_picture", lambda chart: pytest.fail("drawn again"))
    add_pictures(same, stored)
    assert picture(same) == picture(stored)
