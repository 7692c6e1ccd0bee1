"""The charts of lesson 10, counted a second time."""

from __future__ import annotations

from collections import Counter

from counting import Row, Says, table


def _forecasts() -> list[Row]:
    return [row for row in table("claims") if row["type"] == "forecast"]


def verdicts_chart() -> Says:
    found = Counter(row["verdict"] for row in _forecasts())
    figures = [str(found[one]) for one in ("borne out", "partly", "contested", "not borne out")]
    return Says(
        "Never wrong?", figures, found["not borne out"] == 0 and sum(map(int, figures)) == len(_forecasts())
    )


def left_chart() -> Says:
    announced = {claim for row in table("announced") for claim in row["claims"].split(";")}
    before = sum(row["id"] in announced for row in _forecasts())
    clear = sum(row["verifiable"] == "yes" and row["id"] not in announced for row in _forecasts())
    every = len(_forecasts())
    return Says(
        f"Of {every} forecasts, {clear} were open and can be settled",
        [str(before), str(clear), str(every - before - clear), str(every)],
    )


def calibration() -> Says:
    said = {"maybe": 50, "likely": 75, "firm": 90, "flat": 95}
    worth = {"borne out": 2, "partly": 1, "contested": 1, "not borne out": 0}
    tone = {row["hedge"]: row["tone"] for row in table("hedges")} | {"": "flat"}
    found: dict[str, list[int]] = {one: [] for one in said}
    for row in _forecasts():
        found[tone[row["hedge"]]].append(worth[row["verdict"]])
    figures = [
        figure
        for one, halves in found.items()
        for figure in (str(said[one]), f"{50 * sum(halves) / len(halves):.0f}", str(len(halves)))
    ]
    return Says(
        "Did it come true as often as it was said to?",
        [*figures, "10"],
        max(map(len, found.values())) < 10,
        "Number in a circle: its forecasts, too few to tell luck from skill",
    )
