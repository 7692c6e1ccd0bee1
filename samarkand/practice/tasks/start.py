"""Practice of lesson 00: two first answers, to see how checks speak."""

import json
import re

import pandas as pd

from samarkand import data, geo
from samarkand.ground.words import tr
from samarkand.places import CENTRAL_ASIA
from samarkand.practice.answers import kinds
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.tasks._engine import Task
from samarkand.sources import cite


def _events() -> pd.DataFrame:
    return data.load("timeline", known_on="2022-09-12")


def _since(day: str) -> int:
    return int((_events()["day"] >= pd.Timestamp(day)).sum())


def _conflicts() -> int:
    return int((_events()["kind"] == "conflict").sum())


def _neighbour() -> str:
    """Return which of the five touches both China and Russia: its outline shares points with theirs."""
    outlines: dict[str, set[str]] = {}
    for feature in geo.load("region")["features"]:
        points = re.findall(r"\[([^][]+)\]", json.dumps(feature["geometry"]["coordinates"]))
        outlines.setdefault(feature["properties"]["id"], set()).update(points)
    china, russia = outlines["CHN"], outlines["RUS"]
    (one,) = (iso3 for iso3 in CENTRAL_ASIA if outlines[iso3] & china and outlines[iso3] & russia)
    return one


TASKS = (
    Task(
        "00.1",
        kinds.Whole(tr("rows")),
        lambda: _since("2022-01-01"),
        right=tr("Nearly half of what the table holds of thirty years falls into the last nine months."),
        hint=tr('events["day"] >= "2022-01-01" is the condition; len(...) counts the rows that are left.'),
        diagnoses=(
            Diagnosis(tr("That is the whole table. Which rows are of that year?"), lambda: len(_events())),
            Diagnosis(
                tr("Those are the years before. Which way does the sign point?"),
                lambda: len(_events()) - _since("2022-01-01"),
            ),
            Diagnosis(
                tr("That is the number of columns. Rows run from top to bottom."), lambda: _events().shape[1]
            ),
        ),
        taught="2. A table knows where it comes from",
    ),
    Task(
        "00.2",
        kinds.Text(),
        lambda: cite["XH0912"].publisher,
        right=tr(
            "It is the news agency of the Chinese state: good evidence of what that state wished to be known."
        ),
        hint=tr('A source has parts: cite["XH0912"].title, .publisher, .published.'),
        diagnoses=(
            Diagnosis(tr("That is the title. Who published it?"), lambda: cite["XH0912"].title),
            Diagnosis(
                tr("That is the page where the text was read. Whose text is it?"), lambda: cite["XH0912"].via
            ),
            Diagnosis(tr("That is the key itself. Ask cite what it stands for."), lambda: "XH0912"),
        ),
        taught="2. A table knows where it comes from",
    ),
)
#: What the predictions of the lesson come to.
RESULTS = {"00.conflicts": _conflicts, "00.neighbour": _neighbour}
