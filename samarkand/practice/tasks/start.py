"""Practice of lesson 00: columns, rows, counts, and a line to repair."""

import json
import re

import pandas as pd

from samarkand import data, geo
from samarkand.answers import kinds
from samarkand.common.words import tr
from samarkand.places import CENTRAL_ASIA
from samarkand.practice.tasks._engine import task


def _events() -> pd.DataFrame:
    return data.load("timeline", known_on="2022-09-12")


def _since(day: str) -> int:
    return int((_events()["day"] >= pd.Timestamp(day)).sum())


def _conflicts() -> int:
    return int((_events()["kind"] == "conflict").sum())


def _votes() -> pd.DataFrame:
    return _events()[_events()["kind"] == "vote"][["day", "title"]]


def _founded() -> int:
    timeline = data.load("timeline")
    return int(timeline.loc[timeline["id"] == "TL011", "day"].dt.year.iloc[0])


def _counts(column: str) -> pd.Series:
    return _events()[column].value_counts()


def _neighbour() -> str:
    """Return the Central Asian state whose outline shares points with China's and Russia's."""
    outlines: dict[str, set[str]] = {}
    for feature in geo.load("region")["features"]:
        points = re.findall(r"\[([^][]+)\]", json.dumps(feature["geometry"]["coordinates"]))
        outlines.setdefault(feature["properties"]["id"], set()).update(points)
    china, russia = outlines["CHN"], outlines["RUS"]
    (one,) = (iso3 for iso3 in CENTRAL_ASIA if outlines[iso3] & china and outlines[iso3] & russia)
    return one


TASKS = (
    task(
        "00.1",
        kinds.Whole(tr("the year")),
        lambda: _founded() + 20,
        age=lambda: 20,
        from_2022=lambda: 2022 + 20,
    ),
    task(
        "00.2",
        kinds.Shown(),
        lambda: _events()[["day", "place", "kind"]].head(3),
        given=lambda: _events()[["day", "title"]].head(6),
        all_rows=lambda: _events()[["day", "place", "kind"]].head(6),
    ),
    task(
        "00.3",
        kinds.ByKey(kinds.Whole(tr("events")), keys=tr("places")),
        lambda: _counts("place"),
        kinds=lambda: _counts("kind"),
        titles=lambda: _counts("title"),
    ),
    task(
        "00.4",
        kinds.Rows({"day": kinds.Day(), "title": kinds.Text()}),
        lambda: _events()[_events()["kind"] == "trip"],
        given=lambda: _events()[_events()["kind"] == "conflict"],
        whole_table=_events,
    ),
    task(
        "00.5",
        kinds.Whole(tr("rows")),
        lambda: _since("2022-01-01"),
        whole_table=lambda: len(_events()),
        before=lambda: len(_events()) - _since("2022-01-01"),
        columns=lambda: _events().shape[1],
    ),
    task(
        "00.6",
        kinds.Texts(tr("titles")),
        lambda: _events()["title"].head(2),
        all_rows=lambda: _events()["title"],
    ),
    task(
        "00.7",
        kinds.Text(tr('a text such as "P31"')),
        lambda: "P02",
        announcement=lambda: "P01",
        title=lambda: "T1",
    ),
    task(
        "00.8",
        kinds.Shown(),
        lambda: _votes().head(2),
        votes=_votes,
        all_columns=lambda: _events()[_events()["kind"] == "vote"].head(2),
        all_rows=lambda: _events()[["day", "title"]].head(2),
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {"00.conflicts": _conflicts, "00.neighbour": _neighbour}
