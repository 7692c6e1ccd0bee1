"""How far the SCO overlaps with three organisations in which Russia takes part, year by year."""

from __future__ import annotations

import pandas as pd

from samarkand import data, measures, places
from samarkand.explore.engine import Explorer, Panel
from samarkand.page import controls, markup, style

#: Each organisation by its short name, as the table ``org_membership`` has it.
ORGANISATIONS = {
    "CSTO": "Collective Security Treaty Organization",
    "EAEU": "Eurasian Economic Union",
    "CIS": "Commonwealth of Independent States",
}
FIRST, LAST = 2001, 2025
#: The day of each year that decides who is a member: that of the summit's eve in 2022.
DAY = "15 September"


def overlap() -> Explorer:
    """Return an explorer of the members that the SCO shares with another organisation.

    Controls: the organisation, and the year. Members only: no observers, partners, associates or parties to a
    treaty that came before the organisation.

    Returns
    -------
    Explorer

    Examples
    --------
    >>> "4 are in both and 10 in at least one" in overlap().render(organisation="CSTO", year=2022)
    True
    """
    years = range(FIRST, LAST + 1)
    sco = {year: frozenset(data.members(f"{year}-09-15")["iso3"]) for year in years}
    other = {name: {year: _members(name, year) for year in years} for name in ORGANISATIONS}
    index = {
        name: {year: measures.jaccard(sco[year], other[name][year]) for year in years}
        for name in ORGANISATIONS
    }

    def draw(organisation: str, year: int) -> Panel:
        one, two = sco[year], other[organisation][year]
        if two:
            sentence = (
                f"{DAY} {year}: the SCO has {len(one)} members, the {organisation} {len(two)}. "
                f"{len(one & two)} are in both and {len(one | two)} in at least one: Jaccard index "
                f"{index[organisation][year]:.2f}."
            )
        else:
            sentence = f"{DAY} {year}: the {organisation} has no members yet, so the two share none."
        rows = [
            (label, _names(states), len(states))
            for label, states in (
                ("In both", one & two),
                ("SCO only", one - two),
                (f"{organisation} only", two - one),
            )
        ]
        caption = f"Members on {DAY} {year}"
        line = _line(index[organisation], year)
        alt = (
            f"Line of the Jaccard index of SCO and {organisation}, {FIRST} to {LAST}. "
            f"It is {index[organisation][year]:.2f} in {year}."
        )
        table = markup.table(caption, ["Where", "States", "Number"], rows, numbers=["Number"])
        return Panel(sentence, markup.picture(line, alt, 640, 150) + table)

    return Explorer(
        {
            "organisation": controls.choice(
                "SCO and",
                [(f"{short}: {name}", short) for short, name in ORGANISATIONS.items()],
                "CSTO",
                tooltip="The organisation to compare the SCO with",
            ),
            "year": controls.slider("Year", FIRST, LAST, 2022, tooltip=f"Members on {DAY} of the year"),
        },
        draw,
        title="How much do they overlap?",
        source="tables sco_membership and org_membership, which name the source of each row; own computation",
    )


def _members(organisation: str, year: int) -> frozenset[str]:
    spells = data.load("org_membership").query("organisation == @organisation and status == 'member'")
    day = pd.Timestamp(year, 9, 15)
    held = (spells["from"] <= day) & (spells["to"].isna() | (day < spells["to"]))
    return frozenset(spells.loc[held, "iso3"])


def _names(codes: frozenset[str]) -> str:
    return ", ".join(sorted(places.name(code) for code in codes)) or "none"


def _line(index: dict[int, float], chosen: int) -> str:
    """Return the index over the years as a line between 0 and 1, the chosen year marked."""

    def at(year: int) -> tuple[float, float]:
        return 40 + 580 * (year - FIRST) / (LAST - FIRST), 120 - 100 * index[year]

    blue, red = style.OKABE_ITO["blue"], style.OKABE_ITO["vermillion"]
    # In steps, since a membership holds until it changes.
    points = [at(FIRST)]
    for one in range(FIRST + 1, LAST + 1):
        points += [(at(one)[0], points[-1][1]), at(one)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    out = '<path d="M40 20H620M40 70H620" stroke="#dddddd"/><path d="M40 120H620" stroke="#1a1a1a"/>'
    for share, low in (("0", 124), ("0.5", 74), ("1", 24)):
        out += f'<text x="34" y="{low}" font-size="12" text-anchor="end">{share}</text>'
    for year in range(FIRST, LAST + 1, 4):
        out += f'<text x="{at(year)[0]:.1f}" y="138" font-size="12" text-anchor="middle">{year}</text>'
    x, y = at(chosen)
    side = "end" if chosen > LAST - 4 else "start"
    return out + (
        f'<polyline points="{path}" fill="none" stroke="{blue}" stroke-width="2.5"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{red}" stroke="#1a1a1a"/>'
        f'<text x="{x:.1f}" y="{y - 11:.1f}" font-size="13" font-weight="bold" text-anchor="{side}">'
        f"{chosen}: {index[chosen]:.2f}</text>"
    )
