"""The course's first explorer: a slider over the years, and who was in the SCO."""

from __future__ import annotations

from samarkand import data
from samarkand.explore._engine import Explorer, Panel
from samarkand.ground.words import capitalised, tr
from samarkand.page import controls, markup, pictures, style

__all__ = ["first_slider"]

FIRST, LAST = 1996, 2025
STATUSES = ("Shanghai Five", "member", "observer", "dialogue partner", "SCO partner")


def first_slider() -> Explorer:
    """Return the course's first explorer: one slider, the year, and who was in the SCO at its end.

    Returns
    -------
    Explorer

    Examples
    --------
    >>> "2022: 8 members" in first_slider().render(year=2022)
    True
    """
    table = data.status_by_year(FIRST, LAST)
    spells = data.load("sco_membership")
    names = dict(zip(spells["iso3"], spells["country"], strict=True))

    def draw(year: int) -> Panel:
        held = table[year]
        groups = {
            status: sorted(names[str(iso3)] for iso3 in held.index[held == status]) for status in STATUSES
        }
        groups = {status: states for status, states in groups.items() if states}
        counts = [style.counted(status, len(states)) for status, states in groups.items()]
        blocks = [
            # The letter tells a status without its colour.
            pictures.squares(count, status, [pictures.Square(style.mark(status).initial)] * len(states), 24)
            for count, (status, states) in zip(counts, groups.items(), strict=True)
        ]
        rows = [
            (capitalised(style.mark(status).plural), ", ".join(states), len(states))
            for status, states in groups.items()
        ]
        number = tr("States")
        return Panel(
            tr("{year}: {counts} on 31 December.", year=year, counts=", ".join(counts)),
            pictures.beside(*blocks)
            + markup.table(
                tr("The SCO in {year}", year=year),
                [tr("Status"), tr("Names"), number],
                rows,
                numbers=[number],
            ),
        )

    return Explorer(
        {
            "year": controls.slider(
                tr("Year"), FIRST, LAST, 2022, tooltip=tr("Move it, or use the arrow keys")
            )
        },
        draw,
        title=tr("A first slider: who was in the SCO?"),
        source=tr("table sco_membership, which names the source of each row"),
    )
