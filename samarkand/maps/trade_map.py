"""The map of Russian crude oil by buyer and year, and of gas by pipeline to China."""

import math
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd

from samarkand import data, geo, places
from samarkand.common.reading import rows
from samarkand.common.words import day, tr
from samarkand.html.style import marks
from samarkand.maps._base import find_position, make_scene, names_of_states, on_the_region
from samarkand.maps._offline import OfflineMap, read_asset, write_compact
from samarkand.maps._scene import Key, Label, Name, Scene, Step
from samarkand.maps._shapes import ASSETS, Shape, bend_line, draw_arrowhead, read_labels

__all__ = ["flows"]

#: Mark of a flow, by its product in the table; and of buyers: states, and Europe, which is the land between
#: these corners, in map units, with Turkey.
MARKS = marks("flows")
BUYER = MARKS.pop("buyer")
_EUROPE = ((-3100, 120), (-880, 2700))

#: Width of a band, in px per million tonnes of oil, and minimum, on a map `FULL` px wide.
PX_PER_MT, THINNEST, FULL = 0.2, 1.6, 700
#: Million tonnes of oil that hold as much energy as a billion cubic metres of gas: 36 PJ against 41.868 PJ
#: (Statistical Review of World Energy, "Definitions and explanatory notes").
MT_PER_BCM = 36 / 41.868

#: The oil fields of Western Siberia, where most of Russia's oil comes from: (lat, lon).
_FIELDS = (61.0, 74.0)
#: States labelled besides the ends of the flows.
_NAMED = ("RUS", "KAZ", "IRN", "UKR", "TUR")


class Flow(NamedTuple):
    """A band from Russia to a buyer; it does not show a route.

    It runs from `lat`, `lon` to `to_lat`, `to_lon`; `bend` is how far it leaves the straight line, as a share
    of its length. The label is `dx`, `dy` px from the end, and has `label` where the buyer's name is long.
    """

    id: str
    product: str
    destination: str
    label: str
    lat: float
    lon: float
    to_lat: float
    to_lon: float
    bend: float
    dx: int
    dy: int

    @property
    def oil(self) -> bool:
        """Whether it is oil, in million tonnes; otherwise it is gas, in billion cubic metres."""
        return self.product == "crude oil"

    @property
    def name(self) -> str:
        """The heading of the tooltip."""
        text = tr("Russian crude oil to {place}") if self.oil else tr("Russian gas to {place}")
        return text.format(place=_name_destination(self.destination))

    def line(self, points: int = 14) -> list[list[int]]:
        """Return the middle of the band in map units."""
        start, end = geo.REGION.whole(self.lat, self.lon), geo.REGION.whole(self.to_lat, self.to_lon)
        return bend_line(start, end, self.bend, points)

    def width(self, value: float) -> float:
        """Return the width in px of a quantity in the table's unit; 0 if it is negligible."""
        tonnes = value if self.oil else value * MT_PER_BCM
        return round(max(PX_PER_MT * tonnes, THINNEST), 1) if tonnes >= 0.05 else 0.0

    def text(self, value: float) -> str:
        """Return the label of a quantity; "" if it is negligible."""
        if not self.width(value):
            return ""
        if self.oil:
            return tr(
                "{place}: {value:.1f} Mt",
                place=self.label or _name_destination(self.destination),
                value=value,
            )
        return tr("Gas: {value:.1f} bcm", value=value)

    def by_year(self, years: list[int], values: list[float]) -> str:
        """Return the text of the tooltip: the quantity in each year."""
        figures = ", ".join(f"{year} {value:.1f}" for year, value in zip(years, values, strict=True))
        return tr("Mt: {figures}", figures=figures) if self.oil else tr("bcm: {figures}", figures=figures)


#: The flows of the table, in the order in which they are drawn.
FLOWS = tuple(
    Flow(**{name: kind(row[name]) for name, kind in Flow.__annotations__.items()})
    for row in rows(ASSETS / "flows.csv")
)


def flows(year: int = 2022) -> OfflineMap:
    """Draw where Russian crude oil went, and how much gas it sent to China by pipeline, year by year.

    A range inside the map runs over the years of the table ``energy_flows``. Bands are as wide as the
    quantity, gas by the energy it holds; they do not show routes.

    Parameters
    ----------
    year : int, default 2022
        The year shown first.

    Raises
    ------
    OutOfRange
        If the year is not covered.
    WrongType
        If the year is no whole number.

    Examples
    --------
    >>> flows().scene.steps[-1].say
    '2024: 108.5 Mt of crude oil to China, 87.5 to India, 29.6 to Europe'
    """
    table = data.load("energy_flows").query("origin == 'RUS'")
    years = sorted(int(y) for y in table["year"].unique())
    quantity = table.set_index(["product", "destination", "year"])["value"]
    value = {f.id: [float(quantity[f.product, f.destination, one]) for one in years] for f in FLOWS}
    steps = [_make_step(table, one) for one in years]
    at = find_position(year, years, tr("year"), tr("flows"))
    gaps = {"first": years[0], "last": years[-1], "step": steps[at].say, "year": year}
    gaps["quantities"] = "; ".join(f"{what} {quantity}" for what, quantity in steps[at].events)
    seller = Name(tr("Russia, the seller"), "", tr("Here bands begin; ports and pipelines are not drawn."))
    content = make_scene(
        "flows",
        [f"{one}-12-31" for one in years],
        [
            Key(
                MARKS["crude oil"],
                tr("Crude oil"),
                tr("A band as wide as the quantity, in million tonnes (Mt)"),
            ),
            Key(
                MARKS["pipeline gas"],
                tr("Gas by pipeline to China"),
                tr("In billion cubic metres (bcm), as wide as its energy"),
            ),
            Key(BUYER, tr("Buyers")),
        ],
        gaps,
        status={flow.id: MARKS[flow.product].code * len(years) for flow in FLOWS}
        | dict.fromkeys(("EUR", "TUR", "CHN", "IND"), BUYER.code * len(years)),
        names={flow.id: Name(flow.name, "", flow.by_year(years, value[flow.id])) for flow in FLOWS}
        | {"seller": seller, "EUR": Name(tr("Europe, as the Review draws it, with Turkey"), tr("Europe"))}
        | {"TUR": Name(places.name("TUR"), tr("Europe"))}
        | names_of_states(("CHN", "IND")),
        steps=steps,
        step=at,
        labels=[
            *(_label_flow(flow, value[flow.id][at]) for flow in FLOWS),
            *(one for one in read_labels(moved="flows", seas=False) if one.id in _NAMED),
        ],
        ticks=[str(one) for one in years],
    )
    ways = [Shape(flow.id, "flow", "line", [flow.line()]) for flow in FLOWS]
    start = Shape("seller", "stop", "dot", list(geo.REGION.whole(*_FIELDS)), 6)
    bands = [_draw_band(flow, value[flow.id][at]) for flow in FLOWS if flow.width(value[flow.id][at])]
    drawn = on_the_region(content, [*ways, start], still=[*bands, start], divided=_cut_out_europe)
    by_year = {flow.id: [[flow.width(v), flow.text(v)] for v in value[flow.id]] for flow in FLOWS}
    script = f"const FLOWS={write_compact(by_year)},FULL={FULL};{read_asset('flows.js')}"
    drawn.add_html(f"<style>{read_asset('flows.css')}</style><script>{script}</script>")
    return drawn


def _cut_out_europe(shape: Shape) -> list[Shape]:
    """Split the land without states into Europe and the rest."""
    if shape.id:
        return [shape]
    (west, south), (east, north) = _EUROPE
    parts: dict[bool, list[Any]] = {False: [], True: []}
    for polygon in shape.coordinates:
        parts[all(west < x < east and south < y < north for x, y in polygon[0])].append(polygon)
    return [shape._replace(coordinates=parts[False]), Shape("EUR", "state", "area", parts[True])]


def _make_step(table: pd.DataFrame, year: int) -> Step:
    """Return the step of a year: buyers and quantities, the largest first, and the day of publication."""
    sold = table[table["year"] == year].sort_values("value", ascending=False, kind="stable")
    oil = sold[sold["product"] == "crude oil"]
    amounts = [
        (_name_destination(to), value) for to, value in zip(oil["destination"], oil["value"], strict=True)
    ]
    (first, most), *others = [(place, value) for place, value in amounts if value > 20]
    said = tr("{year}: {value:.1f} Mt of crude oil to {place}", year=year, value=most, place=first)
    others_said = [tr("{value:.1f} to {place}", value=value, place=place) for place, value in others]
    gas = sold[sold["product"] == "pipeline gas"]["value"].iloc[0]
    return Step(
        str(year),
        ", ".join([said, *others_said]),
        tr("Published on {day}.", day=day(sold["published"].iloc[0])),
        (
            *((place, tr("{value:.1f} Mt", value=value)) for place, value in amounts),
            (tr("China, gas by pipeline"), tr("{value:.1f} bcm", value=gas)),
        ),
    )


def _name_destination(code: str) -> str:
    """Return the name of a destination: a state, or Europe as the Review defines it."""
    return tr("Europe") if code == "EUR" else places.name(code)


def _label_flow(flow: Flow, value: float) -> Label:
    """Return the quantity of a flow at the end of its line."""
    x, y = flow.line()[-1]
    return Label("", flow.text(value), x, y, 13.5, flow.dx, flow.dy, f"city {flow.id}")


def _draw_band(flow: Flow, value: float) -> Shape:
    """Return a flow as an area with an arrow's head, for the still picture."""
    (west, _), (east, _) = Scene.bounds
    half = flow.width(value) * (east - west) / FULL / 2
    line = flow.line(12)
    ways = [*pairwise(line), (line[-2], line[-1])]
    left, right = [], []
    for (x, y), ((at_x, at_y), (to_x, to_y)) in zip(line, ways, strict=True):
        dx, dy = to_x - at_x, to_y - at_y
        long = math.hypot(dx, dy)
        out = [-dy / long, dx / long]
        left.append([round(x + half * out[0]), round(y + half * out[1])])
        right.append([round(x - half * out[0]), round(y - half * out[1])])
    broad = max(2 * half, 40)
    ring = [*left, *draw_arrowhead(line, broad, 1.4 * broad)[:-1], *reversed(right)]
    return Shape("", "oil" if flow.oil else "gas", "area", [[[*ring, ring[0]]]])
