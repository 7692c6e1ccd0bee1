"""Two countries as trade partners of a third: predicted by size and distance, and as counted."""

import itertools
import math
from collections.abc import Mapping, Sequence
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
#: Limit of the picture's axis: this ratio and its inverse.
END = 50


class Trade(NamedTuple):
    """A state's sales to a partner and purchases from it: in million dollars, or as shares in per cent."""

    sold: float | None
    bought: float | None
    share: bool = False

    @property
    def both(self) -> float | None:
        """Sum of sales and purchases; None for shares, which cannot be added up."""
        if self.share or self.sold is None or self.bought is None:
            return None
        return self.sold + self.bought


class Tables(NamedTuple):
    """The explorer's data: figures by state and year, by pair, and by year and partner."""

    gdp: Mapping[Any, float]
    sent: Mapping[Any, float]
    sales: Mapping[Any, float]
    far: Mapping[Any, float]
    sold: Mapping[Any, float]
    bought: Mapping[Any, float]
    shares: Mapping[Any, float]
    capitals: Mapping[str, geo.Point]
    clubs: Mapping[int, Mapping[str, set[str]]]


def two_countries() -> Explorer:
    """Return an explorer of two states as partners of one of the five: trade predicted and counted.

    Controls: one of the five, the two partners, the year, and the source of the count. Expected is the
    ratio of their products times the inverse ratio of their distances.

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
            text = tr("Beside itself {state} is always once as large. Choose two different states.",
                      state=places.name(first))  # fmt: skip
            raise CourseError(text)
        if home in (first, second):
            text = tr("{state} lies at no distance from itself, and does not trade with itself. "
                      "Choose another partner.", state=places.name(home))  # fmt: skip
            raise CourseError(text)
        return _panel(tables, home, (first, second), year, count)

    return Explorer(
        {
            "home": controls.choice(
                tr("Partners of"), [(places.name(one), one) for one in CENTRAL_ASIA], "KAZ"
            ),
            "count": controls.choice(
                tr("Counted by"),
                {
                    OWN: tr("Kazakhstan’s own offices"),
                    SELLERS: tr("whoever sells"),
                    FACTBOOK: tr("the Factbook’s lists"),
                },
                OWN,
            ),
            "first": controls.choice(tr("First"), named, "CHN"),
            "second": controls.choice(tr("Second"), named, "RUS"),
            "year": controls.stops(tr("Year"), YEARS, 2021),
        },
        draw,
        title=tr("Two partners, one yardstick"),
        source=tr(
            "World Bank (indicators, gravity_gdp), UN Comtrade (gravity), Kazakhstan’s offices (partners), "
            "CIA World Factbook (partner_shares); clubs by sco_membership and org_membership"
        ),
    )


def _tables() -> Tables:
    """Read the tables once for all settings."""

    def figures(table: pd.DataFrame, column: str, *keys: str) -> dict[Any, float]:
        return table.set_index(list(keys))[column].dropna().to_dict()

    indicators = data.load("indicators")
    later = figures(indicators.query("indicator == 'gdp_current_usd'"), "value", "iso3", "year")
    product = figures(data.load("gravity_gdp"), "gdp_usd_mn", "iso3", "year")
    gravity, partners = data.load("gravity"), data.load("partners")
    capitals: Any = data.load("places").itertuples()
    return Tables(
        {state: value / 1e9 for state, value in later.items()}
        | {state: value / 1e3 for state, value in product.items()},
        figures(indicators.query("indicator == 'remittances_pct_gdp'"), "value", "iso3", "year"),
        figures(gravity, "flow_usd_mn", "year", "origin", "destination"),
        figures(gravity, "distance_km", "origin", "destination"),
        figures(partners, "exports_usd_mn", "year", "partner"),
        figures(partners, "imports_usd_mn", "year", "partner"),
        figures(data.load("partner_shares"), "share_pct", "iso3", "year", "flow", "partner"),
        {str(row.iso3): (row.capital_lat, row.capital_lon) for row in capitals},
        {year: _clubs(year) for year in YEARS},
    )


def _clubs(year: int) -> dict[str, set[str]]:
    """Return the clubs that each state was a full member of at the end of a year."""
    day = f"{year}-12-31"
    held = data.held_on(data.load("org_membership").query("status == 'member'"), day)
    found = {str(iso3): set(mine) for iso3, mine in held.groupby("iso3")["organisation"]}
    for iso3 in data.members(day)["iso3"]:
        found.setdefault(str(iso3), set()).add("SCO")
    return found


def _trade(tables: Tables, home: str, partner: str, year: int, count: str) -> Trade:
    if count == SELLERS:
        return Trade(tables.sales.get((year, home, partner)), tables.sales.get((year, partner, home)))
    if count == FACTBOOK:
        sold, bought = (tables.shares.get((home, year, flow, partner)) for flow in ("exports", "imports"))
        return Trade(sold, bought, share=True)
    if home != "KAZ":
        return Trade(None, None)
    return Trade(tables.sold.get((year, partner)), tables.bought.get((year, partner)))


def _ratio(first: float | None, second: float | None) -> float | None:
    return first / second if first is not None and second else None


def _panel(tables: Tables, home: str, two: tuple[str, str], year: int, count: str) -> Panel:
    gaps: dict[str, Any] = {
        "home": places.name(home),
        "first": places.name(two[0]),
        "second": places.name(two[1]),
        "year": year,
    }
    gdp = [tables.gdp.get((one, year)) for one in two]
    km = [geo.distance_km(tables.capitals[home], tables.capitals[one]) for one in two]
    people = [tables.far.get((home, one), tables.far.get((one, home))) for one in two]
    trade = [_trade(tables, home, one, year, count) for one in two]
    size, away = _ratio(*gdp), _ratio(people[1], people[0])
    by_capitals = None if size is None else size * km[1] / km[0]
    counted = [_ratio(*(getattr(one, way) for one in trade)) for way in ("both", "sold", "bought")]
    sentence = " ".join(
        (_expected_in_words(by_capitals, gaps), _trade_in_words(home, two, count, trade, counted, gaps))
    )
    body = _picture(
        {
            tr("expected, by capitals"): by_capitals,
            tr("expected, by people"): None if size is None or away is None else size * away,
        },
        dict(
            zip((tr("counted, both ways"), tr("counted, sold"), tr("counted, bought")), counted, strict=True)
        ),
        sentence,
    )
    if body:
        over = tr("{first} divided by {second}; each step of the axis multiplies", **gaps)
        body = markup.element("div", markup.escape(over), class_="axis") + body
    unit = tr("% of all") if trade[0].share else tr("USD mn")
    rows: list[tuple[str, Sequence[float | None]]] = [
        (tr("GDP, USD bn"), gdp),
        (tr("capitals, km"), km),
        (tr("people, km"), people),
        (tr("sold, {unit}", unit=unit), [one.sold for one in trade]),
        (tr("bought, {unit}", unit=unit), [one.bought for one in trade]),
    ]
    head = ["", gaps["first"], gaps["second"], tr("Ratio")]
    body += markup.table(
        tr("{home}, {year}", **gaps),
        head,
        [
            (
                name,
                *(tr("not known") if one is None else _short(one) for one in pair),
                "" if (ratio := _ratio(*pair)) is None else _short(ratio),
            )
            for name, pair in rows
        ],
        numbers=head[1:],
    )
    for text in (
        _clubs_in_words(tables.clubs[year], home, two, gaps),
        _remittances_in_words(tables.sent.get((home, year)), gaps),
    ):
        body += markup.element("p", markup.escape(text))
    return Panel(sentence, body)


def _expected_in_words(ratio: float | None, gaps: Mapping[str, Any]) -> str:
    """Return a sentence on the ratio that size and distance predict."""
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


def _trade_in_words(  # noqa: PLR0913, PLR0917 - all of the card
    home: str,
    two: tuple[str, str],
    count: str,
    trade: list[Trade],
    ratios: list[float | None],
    gaps: Mapping[str, Any],
) -> str:
    """Return a sentence on the ratio counted, or on the reason why there is none."""
    if count == OWN and home != "KAZ":
        return tr("Of own counts our tables have Kazakhstan’s alone: choose another one.")
    for one, state in zip(trade, two, strict=True):
        if one.sold is None and one.bought is None:
            return tr(
                "There is no trade of {home} with {state} in this count and year: missing, not zero.",
                home=gaps["home"],
                state=places.name(state),
            )
    both, sold, bought = ratios
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
    return tr("{ratio} times", ratio=_short(ratio))


def _short(value: float) -> str:
    """Return a ratio as text: no decimals from 20 on, one from 1.5, two from 0.1, three below.

    >>> _short(17820), _short(6.02), _short(0.7312), _short(0.00312), _short(0.0)
    ('17,820', '6.0', '0.73', '0.003', '0')
    """
    digits = 0 if value >= 20 or value == 0 else 1 if value >= 1.5 else 2 if value >= 0.1 else 3
    return f"{value:,.{digits}f}"


def _picture(expected: dict[str, float | None], counted: dict[str, float | None], alt: str) -> str:
    """Draw each ratio as a bar that starts at 1 on a logarithmic axis, to the right if it is above 1."""
    bars = [(name, ratio, "#c5ccd3") for name, ratio in expected.items() if ratio]
    bars += [(name, ratio, pictures.BLUE) for name, ratio in counted.items() if ratio]
    if not bars:
        return ""
    axis = pictures.Axis(-math.log(END), math.log(END), 0.02, 0.98)
    marks = {f"1/{END}": 1 / END, "1/10": 0.1, "1": 1.0, "10": 10.0, str(END): float(END)}
    at = {name: axis(math.log(mark)) for name, mark in marks.items()}
    out = pictures.ticks(at, 12)
    for top, (name, ratio, colour) in zip(itertools.count(26, 38), bars):
        end = axis(math.log(min(max(ratio, 1 / END), END)))
        # Lines end below each name, so that none strikes it through.
        for x in at.values():
            out += pictures.line(x, top + 14, x, top + 29, pictures.INK if x == at["1"] else pictures.RULE)
        out += pictures.bar(min(at["1"], end), max(at["1"], end), top + 15, 12, colour, stroke=pictures.SOFT)
        out += pictures.text(
            0.02, top + 10, tr("{name}: {ratio}", name=name, ratio=_times(ratio)), font_size=12
        )
    return pictures.picture(out, alt=alt, height=30 + 38 * len(bars))


def _clubs_in_words(
    clubs: Mapping[str, set[str]], home: str, two: tuple[str, str], gaps: Mapping[str, Any]
) -> str:
    """Return the sentence on the clubs in which the state and each partner were both full members."""
    one, other = (
        listed(sorted(clubs.get(home, set()) & clubs.get(state, set()))) or tr("none") for state in two
    )
    return tr(
        "Clubs in which both are full members at the end of {year}: {home} and {first}: {one}; {home} and "
        "{second}: {other}.",
        one=one,
        other=other,
        **gaps,
    )


def _remittances_in_words(share: float | None, gaps: Mapping[str, Any]) -> str:
    """Return the sentence on money sent home, in per cent of the product."""
    if share is None:
        return tr("Our table has no figure on money sent home to {home} in {year}.", **gaps)
    return tr(
        "Money sent home by those who work abroad was {share:.0f} % of {home}’s GDP in {year}; the table "
        "does not say from where.",
        share=share,
        **gaps,
    )
