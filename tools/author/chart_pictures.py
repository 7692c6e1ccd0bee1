"""Store a static picture beside each chart, for code hosts, print and converted pages.

JupyterLab draws a chart from its Vega-Lite specification; elsewhere a notebook shows nothing of it, unless a
picture is stored in the same output. Each picture keeps the checksum of the specification that it was drawn
from, so that the two can be compared, and an unchanged chart keeps its picture byte for byte:
fonts differ between machines.
"""

import base64
import contextlib
import hashlib
import io
import json
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

VEGA_LITE, PNG = "application/vnd.vegalite.v5+json", "image/png"
#: The newest Vega-Lite 5 that vl-convert supports; JupyterLab 4 renders version 5 too.
VERSION = "5.21"
#: Scale of the picture (pixels per chart pixel) and its number of colours: sharp, and some 20 kB.
SCALE, COLOURS = 1.5, 64
#: The key of the PNG text chunk that holds the checksum of the specification.
KEY = "Source"


def add_pictures(notebook: NotebookNode, stored: NotebookNode) -> None:
    """Add a picture to each chart of a notebook that was run, reusing those of `stored` for equal charts."""
    known = {drawn_from(picture): picture for _, _, picture in _find_charts(stored) if picture}
    for _, output, _ in _find_charts(notebook):
        chart = output["data"][VEGA_LITE]
        output["data"][PNG] = known.get(digest_specification(chart)) or draw_picture(chart)
        output["metadata"][PNG] = {"alt": chart.get("description", "")}


def find_chart_faults(notebook: NotebookNode) -> Iterator[str]:
    """Yield a sentence for each chart whose picture or alt text is missing or outdated."""
    for cell, output, picture in _find_charts(notebook):
        chart = output["data"][VEGA_LITE]
        if not picture:
            yield f"{cell}: no picture is stored beside its chart."
        elif drawn_from(picture) != digest_specification(chart):
            yield f"{cell}: the picture beside its chart was drawn from another one."
        elif output.get("metadata", {}).get(PNG, {}).get("alt", "") != chart.get("description", ""):
            yield f"{cell}: the picture beside its chart has another text than the chart."


def digest_specification(specification: dict[str, Any]) -> str:
    """Return the SHA-256 of a specification, independent of the order of its keys."""
    return hashlib.sha256(json.dumps(specification, sort_keys=True).encode()).hexdigest()


def drawn_from(picture: str) -> str:
    """Return the checksum in a base64 PNG; empty if there is none or it is not base64."""
    with contextlib.suppress(ValueError):
        rest = base64.b64decode(picture).partition(b"tEXt" + KEY.encode() + b"\0")[2]
        return rest[:64].decode("ascii", "replace")
    return ""


def _find_charts(notebook: NotebookNode) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield for each chart the cell id, the output, and the picture in base64 (``""`` if missing)."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if VEGA_LITE in data:
                yield cell.id, output, "".join(data.get(PNG, ""))


def draw_picture(specification: dict[str, Any]) -> str:
    """Draw a chart as PNG without network; return it in base64."""
    import vl_convert
    from PIL import Image, PngImagePlugin

    drawn = vl_convert.vegalite_to_png(json.dumps(specification), vl_version=VERSION, scale=SCALE)
    whole = Image.open(io.BytesIO(drawn)).convert("RGB")
    about = PngImagePlugin.PngInfo()
    about.add_text(KEY, digest_specification(specification))
    body = io.BytesIO()
    whole.quantize(COLOURS, dither=Image.Dither.NONE).save(body, "PNG", optimize=True, pnginfo=about)
    return base64.b64encode(body.getvalue()).decode()
