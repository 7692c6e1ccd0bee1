"""What the predictions of lesson 10 come to."""

from __future__ import annotations

from itertools import product

import pandas as pd

from samarkand import data, measures
from samarkand.practice import forecasts


def _looks() -> pd.DataFrame:
    """Return the report's forecasts: their verdicts, and whether each had been announced."""
    looks = data.load("claims").query("type == 'forecast'").fillna({"hedge": ""})
    known = data.all_keys(data.load("announced")["claims"])
    return looks.assign(announced=looks["id"].isin(known))


def _verdicts() -> int:
    return int((_looks()["verdict"] == "borne out").sum())


def _calendar() -> int:
    return int(_looks()["announced"].sum())


def _rival() -> str:
    """Return who has the lowest Brier score over what had not been announced."""
    looks = _looks().query("not announced")
    came = looks["verdict"].map(forecasts.WORTH)
    said = looks["hedge"].map(forecasts.tones()).map(forecasts.SOUNDS)
    rules = {"report": said, "half": 0 * came + 0.5, "sure": 0 * came + 1, "base": 0 * came + came.mean()}
    scores = {rule: measures.brier(chances, came) for rule, chances in rules.items()}
    return min(scores, key=lambda rule: scores[rule])


def _beats() -> int:
    """Count in how many of 24 ways to keep the record the report beats the base rate, by Brier score."""
    looks = _looks().assign(said=lambda t: t["hedge"].map(forecasts.tones()).map(forecasts.SOUNDS))
    every, settled = looks["id"] != "", looks["verifiable"] == "yes"
    kept = (every, ~looks["announced"], settled, settled & ~looks["announced"])
    found = 0
    for rows, undecided, strict in product(kept, (0.5, 0.0, None), ("borne out", "partly")):
        verdict = looks["verdict"].mask(looks["id"] == "CL61", strict)
        came = verdict.map(forecasts.WORTH | {"contested": undecided}).astype("float64")[rows].dropna()
        rival = 0 * came + came.mean()
        found += measures.brier(looks["said"][came.index], came) < measures.brier(rival, came)
    return found


TRUTHS = {"10.verdicts": _verdicts, "10.calendar": _calendar, "10.rival": _rival, "10.beats": _beats}
