"""Two countries as partners of a third: what size and distance lead one to expect, and what was counted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from samarkand import data, geo, places
from samarkand.explore._engine import Explorer, Panel
from samarkand.ground.errors import CourseError
from samarkand.ground.words import listed, tr
from samarkand.jupyter import controls
from samarkand.page import markup, pictures
from samarkand.places import CENTRAL_ASIA

__all__ = ["two_countries"]

#: States to compare, one of the five among them: as partner of a neighbour, or of itself.
STATES = ("CHN", "RUS", "TUR", "PAK", "KAZ")
#: Years of the table of pairs, and one later year in which other tables have a product.
YEARS = (2008, 2012, 2016, 2021)
OWN, SELLERS, FACTBOOK = "own", "sellers", "factbook"
#: The axis of the picture ends at this ratio, and at its inverse.
END = 50


class Trade(NamedTuple):
    """What one state sold to a partner, and what it bought from it; missing where nobody counted.

    In million dollars, or in per cent of all exports and of all imports, which cannot be added up.
    """

    sold: float | None
    bought: float | None
    share: bool = False

    @property
    def both(self) -> float | None:
        """Both ways together."""
        if self.share or self.sold is None or self.bought is None:
            return None
        return self.sold + self.bought


class Tables(NamedTuple):
    """What the explorer reads, by keys."""

    gdp: dict[tuple[str, int], float]
    pairs: dict[tuple[int, str, str], float]
    far: dict[frozenset[str], float]
    capitals: dict[str, geo.Point]
    own: dict[tuple[int, str], Trade]
    lists: dict[tuple[str, int, str, str], float]
    sent: dict[tuple[str, int], float]
    clubs: dict[int, dict[str, set[str]]]


def two_countries(
    home: str = "KAZ", first: str = "CHN", second: str = "RUS", year: int = 2021, count: str = OWN
) -> Explorer:
    """Return an explorer of two states as partners of one of the five: what was expected, what was counted.

    Controls: one of the five, the two partners, the year, and by whose count. Expected is the ratio of their
    products times the inverse ratio of their distances.

    Parameters
    ----------
    home : str, default "KAZ"
        Code of one of the five Central Asian states.
    first, second : str
        Codes of the two partners.
    year : int, default 2021
        The year shown at first.
    count : {"own", "sellers", "factbook"}
        By Kazakhstan's own offices, by the office of whoever sells, or by the lists of the Factbook.

    Returns
    -------
    Explorer

    Raises
    ------
    UnknownName
        If there is no such state, year or count.

    Examples
    --------
    >>> "6.0 times" in two_countries().render()
    True
    >>> "Choose two different states" in two_countries().render(second="CHN")
    True
    """
    tables = _tables()
    named = [(places.name(one), one) for one in STATES]

    def draw(home: str, first: str, second: str, year: int, count: str) -> Panel:
        if first == second:
            raise CourseError(
                tr(
                    "Beside itself {state} is always once as large. Choose two different states.",
                    state=places.name(first),
                )
            )
        if home in (first, second):
            raise CourseError(
                tr(
                    "{state} lies at no distance from itself, and does not trade with itself. Choose another "
                    "partner.",
                    state=places.name(home),
                )
            )
        return _panel(tables, home, (first, second), year, count)

    return Explorer(
        {
            "home": controls.choice(
                tr("Partners of"),
                [(places.name(one), one) for one in CENTRAL_ASIA],
                home,
                tooltip=tr("One of the five Central Asian states"),
            ),
            "count": controls.choice(
                tr("Counted by"),
                [
                    (tr("Kazakhstan’s own offices"), OWN),
                    (tr("whoever sells"), SELLERS),
                    (tr("the Factbook’s lists"), FACTBOOK),
                ],
                count,
                tooltip=tr("Whose figures are compared"),
            ),
            "first": controls.choice(tr("First"), named, first, tooltip=tr("The partner that is measured")),
            "second": controls.choice(
                tr("Second"), named, second, tooltip=tr("The partner it is held against")
            ),
            "year": controls.stops(
                tr("Year"), YEARS, year, tooltip=tr("Year of the products and of the count")
            ),
        },
        draw,
        title=tr("Two partners, one ruler"),
        source=tr(
            "World Bank (indicators, gravity_gdp), UN Comtrade (gravity), Kazakhstan’s offices (partners), "
            "CIA World Factbook (partner_shares); clubs by sco_membership and org_membership"
        ),
    )


def _tables() -> Tables:
    """Read the tables once for all settings."""
    product = data.load("gravity_gdp")
    gdp = {(str(r.iso3), int(r.year)): r.gdp_usd_mn / 1e3 for r in _rows(product)}
    indicators = data.load("indicators")
    later = indicators[indicators["indicator"] == "gdp_current_usd"]
    gdp = {(str(r.iso3), int(r.year)): r.value / 1e9 for r in _rows(later)} | gdp
    sent = indicators[indicators["indicator"] == "remittances_pct_gdp"]
    gravity = data.load("gravity")
    lists = data.load("partner_shares").dropna(subset=["partner"])
    return Tables(
        gdp,
        {(int(r.year), str(r.origin), str(r.destination)): r.flow_usd_mn for r in _rows(gravity)},
        {frozenset((str(r.origin), str(r.destination))): r.distance_km for r in _rows(gravity)},
        {str(r.iso3): (r.capital_lat, r.capital_lon) for r in _rows(data.load("places"))},
        {
            (int(r.year), str(r.partner)): Trade(_known(r.exports_usd_mn), _known(r.imports_usd_mn))
            for r in _rows(data.load("partners"))
        },
        {(str(r.iso3), int(r.year), str(r.flow), str(r.partner)): r.share_pct for r in _rows(lists)},
        {(str(r.iso3), int(r.year)): r.value for r in _rows(sent)},
        {year: _clubs(year) for year in YEARS},
    )


def _rows(table: pd.DataFrame) -> Any:
    return table.itertuples()


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _clubs(year: int) -> dict[str, set[str]]:
    """Return the clubs that each state was a full member of at the end of a year."""
    day = f"{year}-12-31"
    held = data.held_on(data.load("org_membership").query("status == 'member'"), day)
    found: dict[str, set[str]] = {}
    for iso3, club in zip(held["iso3"], held["organisation"], strict=True):
        found.setdefault(str(iso3), set()).add(str(club))
    for iso3 in data.members(day)["iso3"]:
        found.setdefault(str(iso3), set()).add("SCO")
    return found


def _trade(tables: Tables, home: str, partner: str, year: int, count: str) -> Trade:
    if count == SELLERS:
        return Trade(tables.pairs.get((year, home, partner)), tables.pairs.get((year, partner, home)))
    if count == FACTBOOK:
        sold, bought = (tables.lists.get((home, year, flow, partner)) for flow in ("exports", "imports"))
        return Trade(sold, bought, share=True)
    return tables.own.get((year, partner), Trade(None, None)) if home == "KAZ" else Trade(None, None)


def _ratio(first: float | None, second: float | None) -> float | None:
    return first / second if first is not None and second else None


def _panel(tables: Tables, home: str, two: tuple[str, str], year: int, count: str) -> Panel:
    gdp = [tables.gdp.get((one, year)) for one in two]
    km = [geo.distance_km(tables.capitals[home], tables.capitals[one]) for one in two]
    people = [tables.far.get(frozenset((home, one))) for one in two]
    trade = [_trade(tables, home, one, year, count) for one in two]
    size = _ratio(*gdp)
    by_capitals = None if size is None else size * km[1] / km[0]
    away = _ratio(people[1], people[0])
    by_people = None if size is None or away is None else size * away
    counted = {
        tr("counted, both ways"): _ratio(*(one.both for one in trade)),
        tr("counted, sold"): _ratio(*(one.sold for one in trade)),
        tr("counted, bought"): _ratio(*(one.bought for one in trade)),
    }
    shown = {tr("expected, by capitals"): by_capitals, tr("expected, by people"): by_people}
    sentence = f"{_expected(home, two, year, by_capitals)} {_counted(home, two, count, trade)}"
    over = tr(
        "{first} divided by {second}; each step of the axis multiplies",
        first=places.name(two[0]),
        second=places.name(two[1]),
    )
    body = _picture(shown, counted, sentence)
    if body:
        body = markup.element("div", markup.escape(over), class_="axis") + body
    body += _table(home, two, year, (gdp, km, people), trade)
    for said in (_shared(tables, home, two, year), _sent(tables, home, year)):
        body += markup.element("p", markup.escape(said))
    return Panel(sentence, body)


def _expected(home: str, two: tuple[str, str], year: int, ratio: float | None) -> str:
    gaps = {
        "home": places.name(home),
        "first": places.name(two[0]),
        "second": places.name(two[1]),
        "year": year,
    }
    if ratio is None:
        return tr(
            "The tables lack a product of {first} or of {second} in {year}, so nothing is expected.", **gaps
        )
    return tr(
        "By size and distance {first} should have been {ratio} as large a partner of {home} in {year} as "
        "{second}.",
        ratio=_times(ratio),
        **gaps,
    )


def _counted(home: str, two: tuple[str, str], count: str, trade: list[Trade]) -> str:
    gaps = {"home": places.name(home), "first": places.name(two[0]), "second": places.name(two[1])}
    if count == OWN and home != "KAZ":
        return tr("Of own counts our tables have Kazakhstan’s alone: choose another one.")
    for one, state in zip(trade, two, strict=True):
        if one.sold is None and one.bought is None:
            return tr(
                "There is no trade of {home} with {state} in this count and year: missing, not zero.",
                home=gaps["home"],
                state=places.name(state),
            )
    both, sold, bought = (_ratio(*(getattr(one, way) for one in trade)) for way in ("both", "sold", "bought"))
    if both is not None:
        return tr("Counted both ways, it was {ratio} as large.", ratio=_times(both))
    if sold is not None:
        return tr("Of what {home} sold, {first} took {ratio} as much.", ratio=_times(sold), **gaps)
    if bought is not None:
        return tr("Of what {home} bought, {first} sent {ratio} as much.", ratio=_times(bought), **gaps)
    return tr(
        "With {second} nothing was counted in a direction that {first} has, so there is no ratio.", **gaps
    )


def _times(ratio: float) -> str:
    """Return a ratio in words, with as many digits as it deserves.

    >>> _times(6.02), _times(0.7312), _times(41.2), _times(0.00312)
    ('6.0 times', '0.73 times', '41 times', '0.003 times')
    """
    return tr("{ratio} times", ratio=_short(ratio))


def _short(value: float) -> str:
    """Return a number with one digit behind its first two, and none where it is large.

    >>> _short(17820), _short(6.02), _short(0.7312), _short(0.00312), _short(0.0)
    ('17,820', '6.0', '0.73', '0.003', '0')
    """
    if value == 0:
        return "0"
    digits = 0 if value >= 20 else 1 if value >= 1.5 else 2 if value >= 0.1 else 3
    return f"{value:,.{digits}f}"


# ---------------------------------------------------------------------------------------- the picture

_ROW, _TOP = 38, 26


def _picture(expected: dict[str, float | None], counted: dict[str, float | None], alt: str) -> str:
    """Draw each ratio as a bar from one to it, on a logarithmic axis: to the right more, to the left less."""
    rows = [*((name, ratio, "#c5ccd3") for name, ratio in expected.items() if ratio)]
    rows += [(name, ratio, pictures.BLUE) for name, ratio in counted.items() if ratio]
    if not rows:
        return ""
    axis = pictures.Axis(-math.log(END), math.log(END), 0.02, 0.98)
    foot = _TOP + _ROW * len(rows)
    marks = {f"1/{END}": 1 / END, "1/10": 0.1, "1": 1.0, "10": 10.0, str(END): float(END)}
    out = pictures.ticks({name: axis(math.log(at)) for name, at in marks.items()}, 12)
    one = axis(0.0)
    for number, (name, ratio, colour) in enumerate(rows):
        top = _TOP + _ROW * number
        end = axis(math.log(min(max(ratio, 1 / END), END)))
        # Lines end below each name, so that none strikes it through.
        for at in (axis(math.log(mark)) for mark in marks.values()):
            out += pictures.line(at, top + 14, at, top + 29, pictures.INK if at == one else pictures.RULE)
        out += pictures.bar(min(one, end), max(one, end), top + 15, 12, colour, stroke=pictures.SOFT)
        said = tr("{name}: {ratio}", name=name, ratio=_times(ratio))
        out += pictures.text(0.02, top + 10, said, font_size=12)
    return pictures.picture(out, alt=alt, height=foot + 4)


def _table(
    home: str,
    two: tuple[str, str],
    year: int,
    known: tuple[list[float | None], list[float], list[float | None]],
    trade: list[Trade],
) -> str:
    gdp, km, people = known
    unit = tr("% of all") if trade[0].share else tr("USD mn")

    def row(name: str, values: Sequence[float | None]) -> tuple[str, ...]:
        told = [tr("not known") if one is None else _short(one) for one in values]
        ratio = _ratio(*values)
        return (name, *told, "" if ratio is None else _short(ratio))

    rows = [
        row(tr("GDP, USD bn"), gdp),
        row(tr("capitals, km"), km),
        row(tr("people, km"), people),
        row(tr("sold, {unit}", unit=unit), [one.sold for one in trade]),
        row(tr("bought, {unit}", unit=unit), [one.bought for one in trade]),
    ]
    head = ["", places.name(two[0]), places.name(two[1]), tr("Ratio")]
    return markup.table(tr("{home}, {year}", home=places.name(home), year=year), head, rows, numbers=head[1:])


def _shared(tables: Tables, home: str, two: tuple[str, str], year: int) -> str:
    """Say in which clubs the state and each partner were both full members."""
    clubs = tables.clubs[year]
    both = [listed(sorted(clubs.get(home, set()) & clubs.get(one, set()))) or tr("none") for one in two]
    return tr(
        "Clubs in which both are full members at the end of {year}: {home} and {first}: {one}; {home} and "
        "{second}: {other}.",
        year=year,
        home=places.name(home),
        first=places.name(two[0]),
        second=places.name(two[1]),
        one=both[0],
        other=both[1],
    )


def _sent(tables: Tables, home: str, year: int) -> str:
    share = tables.sent.get((home, year))
    gaps = {"home": places.name(home), "year": year}
    if share is None:
        return tr("Our table has no figure on money sent home to {home} in {year}.", **gaps)
    return tr(
        "Money sent home by those who work abroad was {share:.0f} % of {home}’s GDP in {year}; the table "
        "does not say from where.",
        share=share,
        **gaps,
    )
