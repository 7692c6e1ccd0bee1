"""Practice of lesson 00: columns, rows, counts, and a line to repair."""

import json
import re

import pandas as pd

from samarkand import data, geo
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.places import CENTRAL_ASIA
from samarkand.practice.tasks._engine import Task


def _load_events() -> pd.DataFrame:
    return data.load("timeline", known_on="2022-09-12")


def _count_since(day: str) -> int:
    return int((_load_events()["day"] >= pd.Timestamp(day)).sum())


def _count_conflicts() -> int:
    return int((_load_events()["kind"] == "conflict").sum())


def _find_founding() -> int:
    timeline = data.load("timeline")
    return int(timeline.loc[timeline["id"] == "TL011", "day"].dt.year.iloc[0])


def _count_values(column: str) -> pd.Series:
    return _load_events()[column].value_counts()


def _find_neighbour() -> str:
    """Return the Central Asian state whose outline shares points with China's and Russia's."""
    outlines: dict[str, set[str]] = {}
    for feature in geo.load("region")["features"]:
        points = re.findall(r"\[([^][]+)\]", json.dumps(feature["geometry"]["coordinates"]))
        outlines.setdefault(feature["properties"]["id"], set()).update(points)
    china, russia = outlines["CHN"], outlines["RUS"]
    both = [iso3 for iso3 in CENTRAL_ASIA if outlines[iso3] & china and outlines[iso3] & russia]
    (neighbour,) = both  # there is exactly one
    return neighbour


TASKS = (
    Task(
        "00.1",
        kind=kinds.Whole(tr("the year")),
        solution=lambda: _find_founding() + 20,
        taught="1. A notebook is read from top to bottom",
        right="One year before the summit in Samarkand. You have written your first line of Python.",
        hint="Start from founded, and add the age.",
        mistakes=(
            Mistake("That is the age. Add it to the year.", lambda: 20, seen_in=r"\b20\b"),
            Mistake("You added to 2022. Start from founded.", lambda: 2022 + 20, seen_in="2022"),
        ),
    ),
    Task(
        "00.2",
        kind=kinds.Shown(),
        solution=lambda: _load_events()[["day", "place", "kind"]].head(3),
        given=lambda: _load_events()[["day", "title"]].head(6),
        taught="2. A table knows where it comes from",
        right="A list of labels picks columns, and head picks the first rows.",
        hint="The labels in the list pick the columns; the number in the round brackets of head says how many rows.",
        mistakes=(
            Mistake(
                "The columns are right. How many rows should there be?",
                lambda: _load_events()[["day", "place", "kind"]].head(6),
            ),
        ),
    ),
    Task(
        "00.3",
        kind=kinds.ByKey(kinds.Whole(tr("events")), keys=tr("places")),
        solution=lambda: _count_values("place"),
        taught="2. A table knows where it comes from",
        right="The capital of Kazakhstan comes first, under the two names that it had in these years.",
        hint="Choose the column that says where something happened, and count how often each of its values occurs.",
        mistakes=(
            Mistake(
                "That counts kinds. Which column says where something happened?",
                lambda: _count_values("kind"),
            ),
            Mistake(
                "Those are the first rows only. The whole count is asked for.",
                lambda: _count_values("place").head(1),
            ),
            Mistake(
                "That counts titles: nearly every event has its own. Which column has the places?",
                lambda: _count_values("title"),
            ),
        ),
    ),
    Task(
        "00.4",
        kind=kinds.Rows({"day": kinds.Day(), "title": kinds.Text()}),
        solution=lambda: _load_events()[_load_events()["kind"] == "trip"],
        given=lambda: _load_events()[_load_events()["kind"] == "conflict"],
        taught="3. Keep only some rows",
        right="Three trips of Xi Jinping, and the announcement of the one that the article is about.",
        hint="The condition in the square brackets compares the column kind with a word in quotation marks. All columns stay.",
        mistakes=(
            Mistake(
                "That is the whole table: is the condition inside the brackets?",
                _load_events,
            ),
        ),
    ),
    Task(
        "00.5",
        kind=kinds.Whole(tr("rows")),
        solution=lambda: _count_since("2022-01-01"),
        taught="3. Keep only some rows",
        right="The table covers thirty years. Nearly half of its events fall in the last nine months.",
        hint="First keep the rows: the condition is about the column day, and goes into the table's brackets. Then count.",
        recipe='events["day"] >= "2022-01-01" is the condition; len(...) counts the rows that are left.',
        mistakes=(
            Mistake(
                "That is the whole table: is the condition inside the brackets?",
                lambda: len(_load_events()),
                not_in=r"[<>=]=|[<>]|isin",
            ),
            Mistake(
                "Those are the years before. Which way does the sign point?",
                lambda: len(_load_events()) - _count_since("2022-01-01"),
                seen_in="<",
            ),
            Mistake(
                "That is the number of columns. Rows run from top to bottom.",
                lambda: _load_events().shape[1],
                seen_in="shape|columns",
            ),
        ),
    ),
    Task(
        "00.6",
        kind=kinds.Texts(tr("titles")),
        solution=lambda: _load_events()["title"].head(2),
        taught="3. Keep only some rows",
        right="An error is a sentence about one word. You read it, and you repaired it.",
        hint="The answer is two titles: the column's name in quotation marks, then head.",
        mistakes=(
            Mistake(
                "The column is right, but that is all of it. How many rows should there be?",
                lambda: _load_events()["title"],
            ),
        ),
    ),
    Task(
        "00.7",
        kind=kinds.Text(tr('a text such as "P31"')),
        solution=lambda: "P02",
        taught="6. The article itself",
        right="The article said so on a Monday. The Thursday was 15 September 2022.",
        hint="Look for the paragraph that names the SCO summit for the first time.",
        mistakes=(
            Mistake(
                "That paragraph announces the journey. Read the next one.",
                lambda: "P01",
            ),
            Mistake(
                "That is the title. Paragraphs begin with P.",
                lambda: "T1",
            ),
            *[
                Mistake(
                    'You found it. Write its number as in "P31": a capital P, two digits, nothing else.',
                    lambda written=written: written,
                )
                for written in ("2", "02", "P2", "P 2", "P 02", "P02.", "paragraph 2", "para 2", "p. 2")
            ],
        ),
        typed=True,
    ),
    Task(
        "00.8",
        kind=kinds.Texts(tr("labels of columns")),
        solution=lambda: list(data.load("places").columns),
        taught="2. A table knows where it comes from",
        right="With this line you find your way in any table, in this course and outside it.",
        hint="Load the table and give it a name; then a dot and columns, without brackets.",
        mistakes=(
            Mistake(
                "Those are the columns of the events. Which table is asked for?",
                lambda: list(_load_events().columns),
            ),
        ),
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {"00.conflicts": _count_conflicts, "00.neighbour": _find_neighbour}
