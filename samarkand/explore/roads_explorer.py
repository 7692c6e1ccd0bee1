"""Two countries as trade partners of a third: predicted by size and distance, and as counted."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from samarkand import data, geo, places
from samarkand.common.errors import CourseError
from samarkand.common.words import join_in_words, tr
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.html import markup, pictures, style
from samarkand.places import CENTRAL_ASIA

__all__ = ["two_countries"]

#: States to compare, one of the five among them: as partner of a neighbour, or of itself.
STATES = ("CHN", "RUS", "TUR", "PAK", "KAZ")
#: Years of the table of pairs, and one later year in which other tables have a product.
YEARS = (2008, 2012, 2016, 2021)
#: Who counted: Kazakhstan itself, the sellers, or the Factbook.
OWN, SELLERS, FACTBOOK = "own", "sellers", "factbook"
_WORDS = Words("roads")
#: Limit of the picture's axis: this ratio and its inverse.
END = 50
#: The colour of a ratio that is expected and not counted.
EXPECTED = style.GUIDE


@dataclass(frozen=True)
class Trade:
    """A state's sales to a partner and purchases from it: in million dollars, or as shares in per cent."""

    sold: float | None
    bought: float | None
    #: Whether both are shares, which cannot be added up.
    share: bool = False

    @property
    def both(self) -> float | None:
        """The sum of sales and purchases; None for shares, or if one is not known."""
        if self.share or self.sold is None or self.bought is None:
            return None
        return self.sold + self.bought


@dataclass(frozen=True)
class Tables:
    """The explorer's figures, read once for all settings."""

    #: Gross domestic product in billion dollars, by (state, year).
    gdp: Mapping[Any, float]
    #: Remittances in per cent of the product, by (state, year).
    remittances: Mapping[Any, float]
    #: What one state sold to another in million dollars, by (year, seller, buyer).
    sales: Mapping[Any, float]
    #: The distance between the people of two states in km, by (state, state).
    people_km: Mapping[Any, float]
    #: Kazakhstan's own count of its sales and purchases in million dollars, by (year, partner).
    own_sold: Mapping[Any, float]
    own_bought: Mapping[Any, float]
    #: The Factbook's shares in per cent, by (state, year, flow, partner).
    shares: Mapping[Any, float]
    #: Latitude and longitude of each capital.
    capitals: Mapping[str, geo.Point]
    #: The clubs of each state at the end of a year, by year and state.
    clubs: Mapping[int, Mapping[str, set[str]]]


@dataclass(frozen=True)
class Comparison:
    """What one setting compares: a home, two partners, a year, who counted; and the figures for it."""

    home: str
    partners: tuple[str, str]
    year: int
    counter: str
    gdp: list[float | None]
    capitals_km: list[float]
    people_km: list[float | None]
    trade: list[Trade]

    @property
    def names(self) -> dict[str, Any]:
        """The gaps that every text of the explorer has: the three states and the year."""
        first, second = map(places.name, self.partners)
        return {"home": places.name(self.home), "first": first, "second": second, "year": self.year}

    @property
    def expected_by_capitals(self) -> float | None:
        """The expected ratio of trade with the first to trade with the second, by distances of capitals."""
        size = _divide(*self.gdp)
        return None if size is None else size * self.capitals_km[1] / self.capitals_km[0]

    @property
    def expected_by_people(self) -> float | None:
        """The same by the distances between people; None if one of them is not known."""
        size = _divide(*self.gdp)
        nearness = _divide(self.people_km[1], self.people_km[0])
        return None if size is None or nearness is None else size * nearness

    @property
    def counted(self) -> dict[str, float | None]:
        """The ratio as counted: of both ways, of sales, of purchases."""
        first, second = self.trade
        return {
            "both": _divide(first.both, second.both),
            "sold": _divide(first.sold, second.sold),
            "bought": _divide(first.bought, second.bought),
        }


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
    tables = _read_tables()
    partners = {state: places.name(state) for state in STATES}
    homes = {state: places.name(state) for state in CENTRAL_ASIA}

    def draw(home: str, first: str, second: str, year: int, count: str) -> Panel:
        if first == second:
            raise CourseError(_WORDS("same", state=places.name(first)), code="twice", given=first)
        if home in (first, second):
            raise CourseError(_WORDS("itself", state=places.name(home)), code="itself", given=home)
        return _draw_panel(tables, _compare(tables, home, (first, second), year, count))

    return _WORDS.explorer(draw, {"home": homes, "first": partners, "second": partners, "year": YEARS})


def _read_tables() -> Tables:
    indicators = data.load("indicators")
    gravity = data.load("gravity")
    partners = data.load("partners")
    gdp = {}
    # The products of the table of pairs come last, and count where both tables have one.
    for key, dollars in _key_cells(
        indicators.query("indicator == 'gdp_current_usd'"), "value", "iso3", "year"
    ):
        gdp[key] = dollars / 1e9
    for key, millions in _key_cells(data.load("gravity_gdp"), "gdp_usd_mn", "iso3", "year"):
        gdp[key] = millions / 1e3
    remittances = indicators.query("indicator == 'remittances_pct_gdp'")
    capitals = {}
    place: Any
    for place in data.load("places").itertuples():
        capitals[str(place.iso3)] = (place.capital_lat, place.capital_lon)
    return Tables(
        gdp=gdp,
        remittances=dict(_key_cells(remittances, "value", "iso3", "year")),
        sales=dict(_key_cells(gravity, "flow_usd_mn", "year", "origin", "destination")),
        people_km=dict(_key_cells(gravity, "distance_km", "origin", "destination")),
        own_sold=dict(_key_cells(partners, "exports_usd_mn", "year", "partner")),
        own_bought=dict(_key_cells(partners, "imports_usd_mn", "year", "partner")),
        shares=dict(_key_cells(data.load("partner_shares"), "share_pct", "iso3", "year", "flow", "partner")),
        capitals=capitals,
        clubs={year: _read_clubs(year) for year in YEARS},
    )


def _key_cells(table: pd.DataFrame, column: str, *keys: str) -> list[tuple[Any, float]]:
    """Return the filled cells of a column, each with the tuple of its row's keys."""
    return list(table.set_index(list(keys))[column].dropna().items())


def _read_clubs(year: int) -> dict[str, set[str]]:
    """Return the clubs that each state was a full member of at the end of a year."""
    day = f"{year}-12-31"
    held = data.held_on(data.load("org_membership").query("status == 'member'"), day)
    clubs = {str(iso3): set(mine) for iso3, mine in held.groupby("iso3")["organisation"]}
    for iso3 in data.members(day)["iso3"]:
        clubs.setdefault(str(iso3), set()).add("SCO")
    return clubs


def _compare(tables: Tables, home: str, partners: tuple[str, str], year: int, counter: str) -> Comparison:
    gdp, capitals_km, people_km, trade = [], [], [], []
    for partner in partners:
        gdp.append(tables.gdp.get((partner, year)))
        capitals_km.append(geo.distance_km(tables.capitals[home], tables.capitals[partner]))
        there, back = (home, partner), (partner, home)
        people_km.append(tables.people_km.get(there, tables.people_km.get(back)))
        trade.append(_find_trade(tables, home, partner, year, counter))
    return Comparison(
        home=home,
        partners=partners,
        year=year,
        counter=counter,
        gdp=gdp,
        capitals_km=capitals_km,
        people_km=people_km,
        trade=trade,
    )


def _find_trade(tables: Tables, home: str, partner: str, year: int, counter: str) -> Trade:
    if counter == SELLERS:
        return Trade(tables.sales.get((year, home, partner)), tables.sales.get((year, partner, home)))
    if counter == FACTBOOK:
        sold = tables.shares.get((home, year, "exports", partner))
        bought = tables.shares.get((home, year, "imports", partner))
        return Trade(sold, bought, share=True)
    if home != "KAZ":  # only Kazakhstan's own count is in the course
        return Trade(None, None)
    return Trade(tables.own_sold.get((year, partner)), tables.own_bought.get((year, partner)))


def _divide(first: float | None, second: float | None) -> float | None:
    """Return the ratio of two figures; None if one is not known, or the second is 0."""
    if first is None or second is None or second == 0:
        return None
    return first / second


def _draw_panel(tables: Tables, compared: Comparison) -> Panel:
    sentence = _say_expected(compared) + " " + _say_counted(compared)
    body = _draw_ratios(compared, sentence)
    if body:
        over = markup.escape_html(_WORDS("over", **compared.names))
        body = markup.make_element("div", over, class_="axis") + body
    body += _make_table(compared)
    for text in (_say_clubs(tables, compared), _say_remittances(tables, compared)):
        body += markup.make_element("p", markup.escape_html(text))
    return Panel(sentence, body)


def _say_expected(compared: Comparison) -> str:
    expected = compared.expected_by_capitals
    if expected is None:
        return _WORDS("no_product", ratio=_write_times(0), **compared.names)
    return _WORDS("expected", ratio=_write_times(expected), **compared.names)


def _say_counted(compared: Comparison) -> str:
    """Return a sentence on the ratio counted, or on the reason why there is none."""
    if compared.counter == OWN and compared.home != "KAZ":
        return _WORDS("own_only")
    for state, trade in zip(compared.partners, compared.trade, strict=True):
        if trade.sold is None and trade.bought is None:
            return _WORDS("missing", state=places.name(state), **compared.names)
    for way, ratio in compared.counted.items():
        if ratio is not None:
            return _WORDS(way, ratio=_write_times(ratio), **compared.names)
    return _WORDS("no_ratio", **compared.names)


def _say_clubs(tables: Tables, compared: Comparison) -> str:
    clubs = tables.clubs[compared.year]
    own = clubs.get(compared.home, set())
    shared = []
    for partner in compared.partners:
        together = own & clubs.get(partner, set())
        shared.append(join_in_words(sorted(together)) or tr("none"))
    return _WORDS("clubs", one=shared[0], other=shared[1], **compared.names)


def _say_remittances(tables: Tables, compared: Comparison) -> str:
    share = tables.remittances.get((compared.home, compared.year))
    if share is None:
        return _WORDS("no_remittances", share=share, **compared.names)
    return _WORDS("remittances", share=share, **compared.names)


def _make_table(compared: Comparison) -> str:
    """Return the figures of both partners, and their ratio, as a table."""
    unit = tr("% of all") if compared.counter == FACTBOOK else tr("USD mn")
    rows: dict[str, Sequence[float | None]] = {
        tr("GDP, USD bn"): compared.gdp,
        tr("capitals, km"): compared.capitals_km,
        tr("people, km"): compared.people_km,
        tr("sold, {unit}", unit=unit): [trade.sold for trade in compared.trade],
        tr("bought, {unit}", unit=unit): [trade.bought for trade in compared.trade],
    }
    lines = []
    for name, pair in rows.items():
        cells = [tr("not known") if figure is None else _write_ratio(figure) for figure in pair]
        ratio = _divide(*pair)
        lines.append((name, *cells, "" if ratio is None else _write_ratio(ratio)))
    heads = ["", *map(places.name, compared.partners), tr("Ratio")]
    return markup.make_table(tr("{home}, {year}", **compared.names), heads, lines, numbers=heads[1:])


def _write_times(ratio: float) -> str:
    return tr("{ratio} times", ratio=_write_ratio(ratio))


def _write_ratio(value: float) -> str:
    """Return a ratio as text: no decimals from 20 on, one from 1.5, two from 0.1, three below.

    >>> _write_ratio(17820), _write_ratio(6.02), _write_ratio(0.7312), _write_ratio(0.00312)
    ('17,820', '6.0', '0.73', '0.003')
    >>> _write_ratio(0.0)
    '0'
    """
    if value >= 20 or value == 0:
        return f"{value:,.0f}"
    if value >= 1.5:
        return f"{value:,.1f}"
    if value >= 0.1:
        return f"{value:,.2f}"
    return f"{value:,.3f}"


def _draw_ratios(compared: Comparison, alt: str) -> str:
    """Draw each ratio as a bar that starts at 1 on a logarithmic axis, to the right if it is above 1."""
    counted = compared.counted
    ratios = [
        (tr("expected, by capitals"), compared.expected_by_capitals, EXPECTED),
        (tr("expected, by people"), compared.expected_by_people, EXPECTED),
        (tr("counted, both ways"), counted["both"], pictures.PLAIN),
        (tr("counted, sold"), counted["sold"], pictures.PLAIN),
        (tr("counted, bought"), counted["bought"], pictures.PLAIN),
    ]
    axis = pictures.Axis(-math.log(END), math.log(END), 0.02, 0.98)
    marks = {f"1/{END}": 1 / END, "1/10": 0.1, "1": 1.0, "10": 10.0, str(END): float(END)}
    at = {name: axis(math.log(mark)) for name, mark in marks.items()}
    out = pictures.draw_ticks(at, 12)
    top = 26
    for name, ratio, colour in ratios:
        if not ratio:  # not known, or nothing was traded: there is no logarithm of 0
            continue
        end = axis(math.log(min(max(ratio, 1 / END), END)))
        # Lines end below each name, so that none strikes it through.
        for x in at.values():
            out += pictures.draw_line(
                x, top + 14, x, top + 29, pictures.INK if x == at["1"] else pictures.RULE
            )
        out += pictures.draw_bar(
            min(at["1"], end), max(at["1"], end), top + 15, 12, colour, stroke=pictures.SOFT
        )
        words = tr("{name}: {ratio}", name=name, ratio=_write_times(ratio))
        out += pictures.draw_text(0.02, top + 10, words, font_size=12)
        top += 38
    if top == 26:
        return ""
    return pictures.make_picture(out, alt=alt, height=top + 4)
