"""The charts of lesson 08, counted a second time."""

from __future__ import annotations

import re

from counting import Says, table


def _counters(quantity: str) -> tuple[list[float], list[str]]:
    """Return the figure of each counter of a quantity, and the numbers told: of name, count and day."""
    found, told = [], []
    for row in table("who_counted"):
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


def border_chart() -> Says:
    lengths, told = _counters("length of the border of China and Kazakhstan")
    return Says("One border, five lengths", told, len(set(lengths)) == 5)


def census_chart() -> Says:
    counted = {
        row["year"]: int(row["persons"])
        for row in table("census")
        if (row["place"], row["people"], row["method"]) == ("KAZ", "Uyghurs", "census")
    }
    first, *_, last = sorted(counted)
    return Says(
        "Eight times as many at the eighth census as at the first",
        [f"{counted[first]:,}", first, f"{counted[last]:,}", last],
        len(counted) == 8 and round(counted[last] / counted[first]) == 8,
    )


def kyrgyz_chart() -> Says:
    counts, told = _counters("Uyghurs in Kyrgyzstan")
    return Says(
        "The largest figure is almost five times the smallest", told, 4.5 < max(counts) / min(counts) < 5
    )


def wrong_chart() -> Says:
    counts, told = _counters("Uyghurs in Xinjiang")
    return Says(
        "A first picture, and a wrong one",
        [f"{counts[0]:.1f}", *told[1:3], f"{counts[1]:.1f}", *told[4:]],
    )


def held_chart() -> Says:
    counts, told = _counters("people held in Xinjiang’s camps or centres")
    return Says("Who gave a number, and who gave none", told, len(counts) == 4)
