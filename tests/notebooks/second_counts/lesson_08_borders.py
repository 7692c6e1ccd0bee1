"""The charts of lesson 08, counted a second time."""

from __future__ import annotations

from counting import Says, counters, table


def border_chart() -> Says:
    lengths, told = counters("length of the border of China and Kazakhstan")
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
    counts, told = counters("Uyghurs in Kyrgyzstan")
    return Says(
        "The largest figure is almost five times the smallest", told, 4.5 < max(counts) / min(counts) < 5
    )


def wrong_chart() -> Says:
    counts, told = counters("Uyghurs in Xinjiang")
    return Says(
        "A first picture, and a wrong one",
        [f"{counts[0]:.1f}", *told[1:3], f"{counts[1]:.1f}", *told[4:]],
    )


def held_chart() -> Says:
    counts, told = counters("people held in Xinjiang’s camps or centres")
    return Says("Who gave a number, and who gave none", told, len(counts) == 4)
