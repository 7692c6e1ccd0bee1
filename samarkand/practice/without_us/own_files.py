"""The files of the set *Without us*: each student's are drawn from her own numbers.

A post at a border notes the lorries of a day by state. Nobody weighed them: the numbers are drawn, and the
file says so. As in the lesson, `lorries.csv` has the signs of another writer, sums among its rows and lines
below that are no rows; `regions.csv` has no line for one of the states, so a plain join loses it.
"""

import datetime as dt
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from samarkand.common import files as writing

#: The states of each region; of each, a file has as many as `MANY` says.
REGIONS = {
    "Central Asia": ("KAZ", "KGZ", "TJK", "TKM", "UZB"),
    "East Asia": ("CHN", "KOR", "MNG"),
    "West Asia": ("ARE", "IRN", "TUR"),
    "South Asia": ("IND", "PAK"),
}
MANY = {"Central Asia": 3, "East Asia": 2, "West Asia": 2, "South Asia": 1}
#: The states of which `regions.csv` has none; each file has one of them. What its region is called.
WITHOUT_REGION, OTHER = ("ARM", "AZE", "BLR", "GEO"), "other"
#: The code of the sum of a day.
SUM = "ALL"
#: The days of the file. Some can be read month first as well, and are others then.
DAYS = tuple(dt.date(2022, 2, 3) + dt.timedelta(days=9 * number) for number in range(24))
#: How the file writes a day.
DAY = "%d.%m.%Y"
#: How many states pass on a day, and how heavy their lorries are together, in tenths of a tonne.
STATES_OF_A_DAY, LIGHTEST, HEAVIEST = (2, 4), 85, 995
#: The lines below the rows: the first two are in each file.
BELOW = (
    "ALL is the sum of a day and no state.",
    "These numbers were drawn for an exercise. Nobody weighed the lorries.",
    "Weights in tonnes, one figure after the comma.",
    "Lorries alone. What comes by rail is in no file.",
)
#: A chart as Altair saves it, of another table.
TEA: dict[str, Any] = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "title": "The tea of this example grew",
    "data": {"name": "tea"},
    "mark": {"type": "bar"},
    "encoding": {
        "x": {"field": "sort", "type": "nominal"},
        "y": {"aggregate": "sum", "field": "weight", "title": "tonnes", "type": "quantitative"},
    },
    "datasets": {"tea": [{"sort": "black", "weight": 3.5}, {"sort": "green", "weight": 5.5}]},
}


@dataclass(frozen=True)
class Row:
    """A row of `lorries.csv`: a state, or `SUM`; its day; the weight in tonnes."""

    state: str
    day: dt.date
    tonnes: float


@dataclass(frozen=True)
class OwnFile:
    """One student's `lorries.csv`.

    Attributes
    ----------
    rows : tuple of Row
        In the order of the file, the sum of each day below its states.
    sign : str
        What divides the cells of a line.
    below : tuple of str
        The lines below the rows.
    """

    rows: tuple[Row, ...]
    sign: str
    below: tuple[str, ...]


@cache
def draw_file(number: int) -> OwnFile:
    """Return the file with that number, the same on every machine.

    Examples
    --------
    >>> draw_file(1) == draw_file(1), draw_file(1) == draw_file(2)
    (True, False)
    """
    draw = random.Random(f"lorries {number}")
    states = [draw.choice(WITHOUT_REGION)]
    for region, count in MANY.items():
        states += draw.sample(REGIONS[region], count)
    rows: list[Row] = []
    for day in DAYS:
        of_day = _draw_day(draw, states, day)
        rows += [*of_day, Row(SUM, day, round(sum(row.tonnes for row in of_day), 1))]
    return OwnFile(tuple(rows), draw.choice(";|"), BELOW[: draw.randint(2, len(BELOW))])


def _draw_day(draw: random.Random, states: Sequence[str], day: dt.date) -> list[Row]:
    """Return the rows of one day, without their sum."""
    rows = []
    for state in draw.sample(states, draw.randint(*STATES_OF_A_DAY)):
        tenths = draw.randint(LIGHTEST, HEAVIEST)
        if tenths % 10 == 0:  # each weight has a figure after the comma
            tenths += 1
        rows.append(Row(state, day, tenths / 10))
    return rows


def write_texts(number: int) -> dict[str, str]:
    """Return the texts of a student's four files, by their names.

    `before.csv` and `tea.json` are examples, of another year and another table.
    """
    own = draw_file(number)
    lorries = [own.sign.join(("State", "Day", "Tonnes"))]
    for row in own.rows:
        tonnes = f"{row.tonnes:.1f}".replace(".", ",")
        lorries.append(own.sign.join((row.state, row.day.strftime(DAY), tonnes)))
    before = ["State,Day,Tonnes"]
    draw = random.Random(f"a year before {number}")
    for day in DAYS[:4]:
        for row in _draw_day(draw, REGIONS["Central Asia"], day.replace(year=2021)):
            before.append(f"{row.state},{row.day.strftime(DAY)},{row.tonnes:.1f}")
    regions = ["code,region"]
    for region, codes in REGIONS.items():
        regions += [f"{code},{region}" for code in codes]
    texts = {
        "before.csv": [*before, BELOW[1]],
        "lorries.csv": [*lorries, *own.below],
        "regions.csv": regions,
        "tea.json": [json.dumps(TEA, indent=1)],
    }
    return {name: "\n".join(lines) + "\n" for name, lines in texts.items()}


def put_files(given: dict[str, Any], *names: str) -> None:
    """Write files of one student's into the folder of her notebook; older ones of that name are replaced.

    Parameters
    ----------
    given : dict
        Her own numbers; `file` is that of her files.
    *names : str
        The files to write.
    """
    texts = write_texts(given["file"])
    for name in names:
        writing.write_whole(Path(name), texts[name].encode())
