"""Charts in a page, where the value of a cell is cleaned for JSON: they are displayed by themselves."""

import json
import sys
from types import SimpleNamespace
from typing import Any

import altair as alt
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from samarkand import charts
from samarkand.lab import offline_charts


class OfJavaScript:
    """An object of JavaScript, as Python sees it in a page: JSON does not take it."""

    def __init__(self, text: str) -> None:
        self.specification = json.loads(text)


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> InteractiveShell:
    """Return a shell in a page, in which the course watches for charts, as it does from its first cell on."""
    monkeypatch.setitem(sys.modules, "pyodide_js", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "js", SimpleNamespace(JSON=SimpleNamespace(parse=OfJavaScript)))
    made = InteractiveShell()
    offline_charts.watch_charts(made)
    return made


def draw_bars() -> Any:
    rows = pd.DataFrame({"kind": ["a", "b"], "count": [1, 2]})
    return alt.Chart(rows).mark_bar().encode(x="count", y=alt.Y("kind", axis=None)).properties(title="Two")


@pytest.mark.parametrize("finished", [False, True])
def test_in_a_page_a_chart_is_displayed_and_is_not_the_value_of_its_cell(
    finished: bool, shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw, metadata=None: shown.append(bundle))
    drawn = draw_bars()
    chart = charts.finish(drawn, description="Two.", title="Two", source="us") if finished else drawn
    shell.user_ns["chart"] = chart
    assert shell.run_cell("1").success, "a cell that names no chart"
    values, _ = shell.display_formatter.format(chart)
    assert values == {}, "what is not JSON never comes to where JSON is wanted"
    bundle = shown[0]
    assert isinstance(bundle[offline_charts.MIME], OfJavaScript) and "Two" in bundle["text/plain"]
    assert '"axis": null' in json.dumps(bundle[offline_charts.MIME].specification), "None is not lost"
