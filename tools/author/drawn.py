"""A picture beside each chart, for readers who run nothing: code hosts, print, converted pages.

JupyterLab draws a chart from its Vega-Lite specification; elsewhere a notebook shows nothing of it, unless a
picture is stored in the same output. Each picture keeps the checksum of the specification that it was drawn
from, so that one can be held to the other, and a chart that has not changed keeps its picture byte for byte:
fonts differ between machines.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

from tools.author.lessons import BuildError

VEGA_LITE, PNG = "application/vnd.vegalite.v5+json", "image/png"
#: The newest Vega-Lite 5 that the library for drawing knows; JupyterLab 4 draws a 5 as well.
VERSION = "5.21"
#: Pixels of the picture for one of the chart, and its colours: sharp on most screens, some 20 kB.
SCALE, COLOURS = 1.5, 64
#: Where a picture keeps what it was drawn from.
KEY = "Source"


def beside(notebook: NotebookNode, stored: NotebookNode) -> None:
    """Put a picture beside each chart of a notebook that was run; what is `stored` already is taken again.

    `BuildError` if a chart has to be drawn, and what draws it is not installed.
    """
    known = {drawn_from(picture): picture for _, _, picture in _charts(stored) if picture}
    for _, output, _ in _charts(notebook):
        chart = output["data"][VEGA_LITE]
        output["data"][PNG] = known.get(checksum(chart)) or _draw(chart)
        output["metadata"][PNG] = {"alt": chart.get("description", "")}


def faults(notebook: NotebookNode) -> Iterator[str]:
    """Yield a sentence for each chart whose picture or text is missing, or of another chart."""
    for cell, output, picture in _charts(notebook):
        chart = output["data"][VEGA_LITE]
        if not picture:
            yield f"{cell}: no picture is stored beside its chart."
        elif drawn_from(picture) != checksum(chart):
            yield f"{cell}: the picture beside its chart was drawn from another one."
        elif output.get("metadata", {}).get(PNG, {}).get("alt", "") != chart.get("description", ""):
            yield f"{cell}: the picture beside its chart has another text than the chart."


def checksum(specification: dict[str, Any]) -> str:
    """Return the checksum of a specification, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(specification, sort_keys=True).encode()).hexdigest()


def drawn_from(picture: str) -> str:
    """Return the checksum that a picture keeps; empty if it keeps none, or is no picture."""
    try:
        body = base64.b64decode(picture)
    except ValueError:
        return ""
    _, found, rest = body.partition(b"tEXt" + KEY.encode() + b"\0")
    return rest[:64].decode("ascii", "replace") if found else ""


def _charts(notebook: NotebookNode) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield each chart: the id of its cell, its output, its picture in base64 or nothing."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if VEGA_LITE in data:
                yield cell.id, output, "".join(data.get(PNG, ""))


def _draw(specification: dict[str, Any]) -> str:
    """Return the picture of a chart in base64; needs no network."""
    try:
        import vl_convert
        from PIL import Image, PngImagePlugin
    except ModuleNotFoundError as error:
        raise BuildError(
            f"A chart cannot be drawn: {error.name} is missing. start.py test installs it."
        ) from None
    drawn = vl_convert.vegalite_to_png(json.dumps(specification), vl_version=VERSION, scale=SCALE)
    whole = Image.open(io.BytesIO(drawn)).convert("RGB")
    about = PngImagePlugin.PngInfo()
    about.add_text(KEY, checksum(specification))
    body = io.BytesIO()
    whole.quantize(COLOURS, dither=Image.Dither.NONE).save(body, "PNG", optimize=True, pnginfo=about)
    return base64.b64encode(body.getvalue()).decode()
