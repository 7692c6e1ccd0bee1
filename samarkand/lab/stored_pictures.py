"""The picture of a chart, for programs that do not draw charts: the one that the lesson is stored with.

Classic Notebook and others have no renderer for Vega-Lite, and show a chart as a sentence. A lesson in the
course is stored with a picture beside each of its charts. A chart that is still as the lesson has it gets the
same picture when it runs; one that a student has changed has none: drawing it takes a library of 84 MB.
"""

import json
import os
from collections.abc import Mapping
from functools import cache
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
    elif "JPY_SESSION_NAME" in os.environ:
        lessons = sorted(home.LESSONS.glob("*.ipynb"))
    else:
        lessons = []
    key = _write_key(specification)
    for lesson in lessons:
        if key in _read_pictures(lesson):
            return _read_pictures(lesson)[key]
    return ""


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
