"""Altair's charts without a network: in the lessons, and in a notebook that imports nothing of the course.

Altair 6 writes a chart as a page that loads from the web, or under a name that JupyterLab 4 does not draw:
in an empty notebook without a network a chart is blank, without a word. JupyterLab draws Vega-Lite 5 itself.
"""

import json
import re
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

#: The name under which a notebook stores a chart, and the version of Vega-Lite that JupyterLab draws.
MIME = "application/vnd.vegalite.v5+json"
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
#: The name of this renderer in Altair's list.
RENDERER = "offline"
_NAMES_ALTAIR = re.compile(r"\baltair\b")


def watch_charts(shell: Any) -> None:
    """Make a shell draw Altair's charts offline, from the first cell on that names Altair.

    A notebook without charts never loads Altair for this, and a renderer that somebody has chosen stays.
    """

    def before_cell(info: Any) -> None:
        # In the page the cell that imports the course, and begins this watch, may import Altair as well.
        if "altair" not in sys.modules and not _NAMES_ALTAIR.search(info.raw_cell or ""):
            return
        shell.events.unregister("pre_run_cell", before_cell)
        try:
            import altair
        except ImportError:  # the cell will say so
            return
        if altair.renderers.active == "default":
            altair.renderers.register(RENDERER, store_chart)
            altair.renderers.enable(RENDERER)
        if _is_page():
            shell.display_formatter.ipython_display_formatter.for_type(altair.TopLevelMixin, _display_in_page)

    shell.events.register("pre_run_cell", before_cell)


def _is_page() -> bool:
    """Return whether this Python runs in a page."""
    return "pyodide_js" in sys.modules


def _display_in_page(chart: Any) -> None:
    """Display a chart by itself, and not as the value of its cell.

    In a page the value of a cell is cleaned for JSON, and what `make_bundle` makes is refused there.
    """
    from IPython.display import display

    if hasattr(chart, "_ipython_display_"):  # a finished chart of the course
        chart._ipython_display_()
    else:
        display(chart._repr_mimebundle_(), raw=True)  # type: ignore[no-untyped-call]


def store_chart(specification: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Return what a notebook stores for a chart: the specification, and a sentence where nothing draws it."""
    title = find_title(specification)
    return make_bundle(specification, f"Chart: {title}" if title else "Chart")


def make_bundle(specification: Mapping[str, Any], sentence: str) -> dict[str, Any]:
    """Return the MIME bundle of a chart.

    The specification is Altair's, of Vega-Lite 6. What the course uses of it is in version 5 too.
    """
    drawn: Any = {**specification, "$schema": SCHEMA}
    if _is_page():
        # On its way from Python to JavaScript None is lost, and with it "no legend" and "no scale".
        drawn = import_module("js").JSON.parse(json.dumps(drawn))
    return {MIME: drawn, "text/plain": sentence}


def find_title(specification: Mapping[str, Any]) -> str:
    """Return the title of a chart, of several below one another that of the first; empty if there is none.

    Examples
    --------
    >>> find_title({"title": {"text": "Gas", "subtitle": "bcm"}}), find_title({"mark": "bar"})
    ('Gas', '')
    """
    title = specification.get("title")
    parts = specification.get("vconcat")
    if parts and parts[0].get("title"):  # the course's charts have their source line below, as a title of all
        title = parts[0]["title"]
    if isinstance(title, Mapping):
        title = title.get("text")
    return str(title or "")
