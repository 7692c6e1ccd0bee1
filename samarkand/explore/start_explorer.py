"""The course's first explorer: a slider over the years, and the populations of five states."""

from samarkand import data, places
from samarkand.common.words import tr
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.html import markup, pictures, style
from samarkand.places import CENTRAL_ASIA

__all__ = ["first_slider"]

_WORDS = Words("start")
#: The last year that a reader of September 2022 could know.
LAST = 2021


def first_slider() -> Explorer:
    """Return the course's first explorer: one slider, the year, and the populations of five states.

    Examples
    --------
    >>> "Uzbekistan 34.2" in first_slider().render(year=2021)
    True
    """
    table = data.load("indicators").query(
        f"indicator == 'population_persons' and iso3 in {CENTRAL_ASIA} and year <= @LAST"
    )
    millions = table.assign(value=table["value"] / 1e6).sort_values("value", ascending=False, kind="stable")
    most = millions["value"].max()

    def draw(year: int) -> Panel:
        mine = millions[millions["year"] == year]
        states = [
            (places.name(iso3), n, f"{n:.1f}") for iso3, n in zip(mine["iso3"], mine["value"], strict=True)
        ]
        listed = ", ".join(f"{name} {shown}" for name, _, shown in states)
        number = tr("Million people")
        bars = [(*state, style.colour_of_name(state[0])) for state in states]
        table = markup.make_table(
            tr("Central Asia in {year}", year=year),
            [tr("State"), number],
            [(name, shown) for name, _, shown in states],
            numbers=[number],
        )
        alt = _WORDS("alt", year=year, states=listed)
        return Panel(
            _WORDS("sentence", year=year, states=listed), pictures.draw_bars(bars, alt, most=most) + table
        )

    years = sorted({int(year) for year in table["year"]})
    return _WORDS.explorer(draw, {"year": years}, start={"year": years[0]})
