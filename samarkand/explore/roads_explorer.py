"""Two countries as trade partners of a third: predicted by size and distance, and as counted."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from samarkand import data, geo, places
from samarkand.common.errors import CourseError
from samarkand.common.words import listed, tr
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.html import markup, pictures
from samarkand.places import CENTRAL_ASIA

__all__ = ["two_countries"]

#: States to compare, one of the five among them: as partner of a neighbour, or of itself.
STATES = ("CHN", "RUS", "TUR", "PAK", "KAZ")
#: Years of the table of pairs, and one later year in which other tables have a product.
YEARS = (2008, 2012, 2016, 2021)
OWN, SELLERS, FACTBOOK = "own", "sellers", "factbook"
_WORDS = Words("roads")
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
    named = {one: places.name(one) for one in STATES}

    def draw(home: str, first: str, second: str, year: int, count: str) -> Panel:
        if first == second:
            raise CourseError(_WORDS("same", state=places.name(first)))
        if home in (first, second):
            raise CourseError(_WORDS("itself", state=places.name(home)))
        return _panel(tables, home, (first, second), year, count)

    homes = {one: places.name(one) for one in CENTRAL_ASIA}
    return _WORDS.explorer(draw, {"home": homes, "first": named, "second": named, "year": YEARS})


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
    head = ["", *map(places.name, two), tr("Ratio")]
    gaps = {"home": places.name(home), "first": head[1], "second": head[2], "year": year}
    gdp = [tables.gdp.get((one, year)) for one in two]
    km = [geo.distance_km(tables.capitals[home], tables.capitals[one]) for one in two]
    people = [tables.far.get((home, one), tables.far.get((one, home))) for one in two]
    trade = {one: _trade(tables, home, one, year, count) for one in two}
    size, away = _ratio(*gdp), _ratio(people[1], people[0])
    by_capitals = None if size is None else size * km[1] / km[0]
    ways = {"both": tr("counted, both ways"), "sold": tr("counted, sold"), "bought": tr("counted, bought")}
    counted = {way: _ratio(*(getattr(one, way) for one in trade.values())) for way in ways}
    expected = "no_product" if by_capitals is None else "expected"
    sentence = _WORDS(expected, ratio=_times(by_capitals or 0), **gaps) + " "
    own_only = count == OWN and home != "KAZ"
    sentence += _WORDS("own_only") if own_only else _trade_in_words(trade, counted, gaps)
    by_people = None if size is None or away is None else size * away
    yardsticks = {tr("expected, by capitals"): by_capitals, tr("expected, by people"): by_people}
    body = _picture(yardsticks, {name: counted[way] for way, name in ways.items()}, sentence)
    if body:
        body = markup.element("div", markup.escape(_WORDS("over", **gaps)), class_="axis") + body
    unit = tr("% of all") if count == FACTBOOK else tr("USD mn")
    rows: dict[str, Sequence[float | None]] = {
        tr("GDP, USD bn"): gdp,
        tr("capitals, km"): km,
        tr("people, km"): people,
        tr("sold, {unit}", unit=unit): [one.sold for one in trade.values()],
        tr("bought, {unit}", unit=unit): [one.bought for one in trade.values()],
    }
    lines = [
        (
            name,
            *(tr("not known") if one is None else _short(one) for one in pair),
            "" if (ratio := _ratio(*pair)) is None else _short(ratio),
        )
        for name, pair in rows.items()
    ]
    body += markup.table(tr("{home}, {year}", **gaps), head, lines, numbers=head[1:])
    clubs = [tables.clubs[year].get(one, set()) for one in (home, *two)]
    one, other = (listed(sorted(clubs[0] & theirs)) or tr("none") for theirs in clubs[1:])
    share = tables.sent.get((home, year))
    money = "no_remittances" if share is None else "remittances"
    for text in (_WORDS("clubs", one=one, other=other, **gaps), _WORDS(money, share=share, **gaps)):
        body += markup.element("p", markup.escape(text))
    return Panel(sentence, body)


def _trade_in_words(
    trade: Mapping[str, Trade], ratios: Mapping[str, float | None], gaps: Mapping[str, Any]
) -> str:
    """Return a sentence on the ratio counted, or on the reason why there is none."""
    for state, one in trade.items():
        if one.sold is None and one.bought is None:
            return _WORDS("missing", state=places.name(state), **gaps)
    for name, ratio in ratios.items():
        if ratio is not None:
            return _WORDS(name, ratio=_times(ratio), **gaps)
    return _WORDS("no_ratio", **gaps)


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
        words = tr("{name}: {ratio}", name=name, ratio=_times(ratio))
        out += pictures.text(0.02, top + 10, words, font_size=12)
    return pictures.picture(out, alt=alt, height=30 + 38 * len(bars))
