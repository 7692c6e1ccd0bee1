"""The course's first explorer: a slider over the years, and how many people live in five states."""

from __future__ import annotations

from samarkand import data
from samarkand.explore._engine import Explorer, Panel
from samarkand.ground.words import tr
from samarkand.jupyter import controls
from samarkand.page import markup, pictures
from samarkand.places import CENTRAL_ASIA

__all__ = ["first_slider"]

#: The last year that a reader of September 2022 could know.
LAST = 2021


def first_slider() -> Explorer:
    """Return the course's first explorer: one slider, the year, and the people of five states.

    Returns
    -------
    Explorer

    Examples
    --------
    >>> "Uzbekistan 34.2" in first_slider().render(year=2021)
    True
    """
    names = data.load("places").set_index("iso3")["name"]
    table = data.load("indicators").query(
        f"indicator == 'population_persons' and iso3 in {CENTRAL_ASIA} and year <= @LAST"
    )
    millions = {
        year: {str(row.iso3): float(row.value) / 1e6 for row in rows.itertuples()}  # type: ignore[arg-type]
        for year, rows in table.groupby("year")
    }
    most = max(max(states.values()) for states in millions.values())

    def draw(year: int) -> Panel:
        states = sorted(millions[year].items(), key=lambda one: -one[1])
        rows = [(str(names[iso3]), n, f"{n:.1f}", pictures.BLUE) for iso3, n in states]
        listed = ", ".join(f"{name} {said}" for name, _, said, _ in rows)
        number = tr("Million people")
        alt = tr(
            "Bars of the people of five states in {year}, in million: {states}.", year=year, states=listed
        )
        return Panel(
            tr("{year}: {states} million people.", year=year, states=listed),
            pictures.bars(rows, alt, most=most)
            + markup.table(
                tr("Central Asia in {year}", year=year),
                [tr("State"), number],
                [(name, said) for name, _, said, _ in rows],
                numbers=[number],
            ),
        )

    years = list(millions)
    return Explorer(
        {"year": controls.stops(tr("Year"), years, years[0], tooltip=tr("Move it, or use the arrow keys"))},
        draw,
        title=tr("A first slider: how many people live there?"),
        source=tr("World Bank (WDIPOP)"),
    )
