"""What the predictions of lesson 01 come to."""

from __future__ import annotations

from samarkand import data


def _distance() -> float:
    trip = data.load("trip")
    return float(trip.loc[trip["type"] == "leg", "distance_km"].sum())


def _abroad() -> int:
    """Return the days between the first journey out of mainland China and the first out of the country."""
    begin = data.load("timeline").set_index("id")["day"]
    return int((begin["TL069"] - begin["TL057"]).days)


TRUTHS = {"01.distance": _distance, "01.abroad": _abroad}
