"""The picture of a chart, for programs that do not draw charts: the one that the lesson is stored with.

Classic Notebook and others have no renderer for Vega-Lite, and show a chart as a sentence. A lesson in the
course is stored with a picture beside each of its charts. A chart that is still as the lesson has it gets the
same picture when it runs; one that a student has changed has none: drawing it takes a library of 84 MB.
"""

import json
import os
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from samarkand.common import home
from samarkand.lab.offline_charts import MIME

PNG = "image/png"


def find_picture(specification: Mapping[str, Any]) -> str:
    """Return the stored picture (PNG, base64) of a chart of the lesson that is open; empty if there is none.

    JupyterLab and Notebook tell a kernel which notebook it runs, and classic Notebook only in which folder:
    there the picture may be any lesson's. Without that nothing is read.
    """
    opened = home.find_opened()
    if opened:
        name = opened.name.partition(".")[0]  # a fresh copy is 03_the_sco.new.ipynb
        lessons = [home.LESSONS / f"{name}.ipynb"]
    elif is_classic():
        lessons = sorted(home.LESSONS.glob("*.ipynb"))
    else:
        lessons = []
    key = _write_key(specification)
    for lesson in lessons:
        if key in _read_pictures(lesson):
            return _read_pictures(lesson)[key]
    return ""


def is_classic() -> bool:
    """Return whether the kernel was told a folder and no notebook, as classic Notebook does."""
    return "JPY_SESSION_NAME" in os.environ and home.find_opened() is None


def add_picture(bundle: Mapping[str, Any], picture: str, alt: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a chart's MIME bundle with its picture, and the metadata with which a program reads it out.

    Classic Notebook leaves out what the metadata say, so there the picture is HTML. Elsewhere it must not be:
    JupyterLab would show it in place of the chart.

    Examples
    --------
    >>> add_picture({"text/plain": "Chart."}, "iVBO", "Two bars.")
    ({'text/plain': 'Chart.', 'image/png': 'iVBO'}, {'image/png': {'alt': 'Two bars.'}})
    """
    if is_classic():
        image = f'<img alt="{escape(alt)}" src="data:{PNG};base64,{picture}">'
        return {**bundle, "text/html": image}, {}
    return {**bundle, PNG: picture}, {PNG: {"alt": alt}}


def _write_key(specification: Mapping[str, Any]) -> str:
    """Return what a picture is looked up by: its specification as text, the same for equal ones."""
    return json.dumps(specification, sort_keys=True)


@cache
def _read_pictures(lesson: Path) -> dict[str, str]:
    """Return the stored pictures of a lesson by the specification of the chart; none if it cannot be read."""
    try:
        cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, LookupError):
        return {}
    pictures = {}
    for cell in cells:
        for output in cell.get("outputs", ()):
            stored = output.get("data", {})
            if MIME in stored and PNG in stored:
                pictures[_write_key(stored[MIME])] = "".join(stored[PNG])
    return pictures
