"""What a second count of a chart is made of: a table as text, and what the chart has to say.

The counts lie in ``second_counts/``, a file for each lesson with charts: a function has the name of the cell
whose chart it counts, with ``_`` for ``-``; its helpers begin with ``_``. A new lesson brings its own file.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from as_text import rows_of as table

Row = dict[str, str]


class Says(NamedTuple):
    """The title that the tables bear out, the figures of the description, what must hold, the subtitle."""

    title: str
    figures: list[str]
    holds: bool = True
    subtitle: str = ""


def second_counts() -> dict[tuple[str, str], Callable[[], Says]]:
    """Return all second counts, by the lesson and the cell of the chart."""
    found: dict[tuple[str, str], Callable[[], Says]] = {}
    for path in sorted((Path(__file__).parent / "second_counts").glob("lesson_*.py")):
        module = importlib.import_module(f"second_counts.{path.stem}")
        for name, count in vars(module).items():
            if not name.startswith("_") and getattr(count, "__module__", "") == module.__name__:
                found[path.stem.removeprefix("lesson_"), name.replace("_", "-")] = count
    return found


def told(series: dict[int, float]) -> list[str]:
    """Return the figures that are told of a line: its ends, and its least and most where they are others."""
    ends = (min(series), max(series))
    extremes = (min(series, key=series.__getitem__), max(series, key=series.__getitem__))
    return [
        figure
        for year in (*ends, *(one for one in extremes if one not in ends))
        for figure in (f"{series[year]:.2f}", str(year))
    ]


def counters(quantity: str) -> tuple[list[float], list[str]]:
    """Return the figure of each counter of a quantity, and the numbers told: of name, count and day."""
    found, told = [], []
    for row in sorted(table("who_counted"), key=lambda row: row["day"]):
        if row["quantity"] == quantity:
            figures = [float(row[column]) for column in ("low", "value", "high") if row[column]]
            year, _, day = row["day"].split("-")
            found += figures[-1:]
            told += [
                *re.findall(r"\d+", row["counter"]),
                *(f"{n:,.10g}" for n in figures),
                str(int(day)),
                year,
            ]
    return found, told
