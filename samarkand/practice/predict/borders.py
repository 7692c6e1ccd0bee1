"""What the predictions of lesson 08 come to. Nobody is asked to guess how many people were held."""

from __future__ import annotations

from samarkand import data, geo


def _border() -> float:
    return float(data.load("who_counted").set_index("id")["value"]["WC082"])


def _ruler() -> float:
    """Return by how many per cent the line on the map is shorter without every second corner."""
    line = geo.border("KAZ", "CHN")
    return 100 * (1 - geo.length_km(line, every=2) / geo.length_km(line))


def _silent() -> float:
    views = data.load("viewpoints").query("role == 'viewer'")
    return float((views["drawn_as"] == "no position found").sum())


def _form() -> float:
    rows = data.load("census").query("place == 'KAZ' and people == 'other nationality' and year == 2021")
    return float(rows["persons"].item())


def _numbers() -> float:
    """Return how many of those who were asked, or spoke, gave no number."""
    rows = data.load("who_counted").query("quantity == 'people held in Xinjiang’s camps or centres'")
    return float((rows["method"] == "no number given").sum())


def _vote() -> float:
    return float((data.load("un_votes")["hrc_xinjiang"] == "yes").sum())


TRUTHS = {
    "08.border": _border,
    "08.ruler": _ruler,
    "08.silent": _silent,
    "08.form": _form,
    "08.numbers": _numbers,
    "08.vote": _vote,
}
