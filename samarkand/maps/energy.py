"""The map of flows: where Russian crude oil went by year, and its gas by pipeline to China."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from samarkand import data, geo, places
from samarkand.maps import atlas
from samarkand.maps.journey import on
from samarkand.maps.layers import Key, Label, Name, Scene, Shape, Step, compact, features, graticule, labels
from samarkand.maps.offline import OfflineMap, Raw, Shapes, asset
from samarkand.page.style import OKABE_ITO, STATUS, Mark

#: What a flow looks like: crude oil a plain band, gas a dashed one.
CRUDE = Mark("c", "crude oil", "crude oil", OKABE_ITO["blue"])
GAS = Mark("g", "gas by pipeline", "gas by pipeline", OKABE_ITO["vermillion"], "vertical")

#: A band's width in px on a map of `FULL` px: so much for a million tonnes of oil.
PX_PER_MT, THINNEST, FULL = 0.2, 1.6, 700
#: Million tonnes of oil that hold as much energy as a billion cubic metres of gas: 36 PJ against 41.868 PJ
#: (Statistical Review of World Energy, "Definitions and explanatory notes").
MT_PER_BCM = 36 / 41.868

#: The states that are named on the map, besides the ends of the flows.
_NAMED = ("RUS", "KAZ", "IRN", "UKR", "TUR")


@dataclass(frozen=True)
class Flow:
    """A band from Russia to a buyer: the way is drawn, not surveyed.

    `start` and `end` are (lat, lon), `bend` how far the band leaves the straight line, as a share of its
    length; the label stands `dx`, `dy` px from `at`, or from the end.
    """

    product: str
    destination: str
    start: geo.Point
    end: geo.Point
    bend: float
    dx: float
    dy: float

    @property
    def id(self) -> str:
        """What the flow is called on the map."""
        return f"{'oil' if self.mark is CRUDE else 'gas'}-{self.destination.lower()}"

    @property
    def mark(self) -> Mark:
        """Its look."""
        return CRUDE if self.product == "crude oil" else GAS

    @property
    def name(self) -> str:
        """Its name for who points at it."""
        return f"Russian {'crude oil' if self.mark is CRUDE else 'gas'} to {_to(self.destination)}"

    @property
    def unit(self) -> str:
        """The unit of the table, short."""
        return "Mt" if self.mark is CRUDE else "bcm"

    def line(self, points: int = 24) -> list[list[int]]:
        """Return the way in map units, a quadratic Bézier curve."""
        (ax, ay), (bx, by) = geo.project(*self.start), geo.project(*self.end)
        cx, cy = (ax + bx) / 2 - self.bend * (by - ay), (ay + by) / 2 + self.bend * (bx - ax)
        out = []
        for t in (i / points for i in range(points + 1)):
            u, v, w = (1 - t) ** 2, 2 * t * (1 - t), t * t
            out.append([round(u * ax + v * cx + w * bx), round(u * ay + v * cy + w * by)])
        return out

    def width(self, value: float) -> float:
        """Return the width in px of a quantity in the table's unit; 0 for nothing to speak of."""
        tonnes = value if self.mark is CRUDE else value * MT_PER_BCM
        return round(max(PX_PER_MT * tonnes, THINNEST), 1) if tonnes >= 0.05 else 0.0

    def text(self, value: float) -> str:
        """Return the label of a quantity; empty for nothing to speak of."""
        name = "Gas" if self.mark is GAS else "USA" if self.destination == "USA" else _to(self.destination)
        return f"{name}: {value:.1f} {self.unit}" if self.width(value) else ""


_FIELDS = (61.0, 74.0)  # where most of Russia's oil is from, in Western Siberia
FLOWS = (
    Flow("crude oil", "EUR", _FIELDS, (51.2, 15.5), 0.1, 0, -38),
    Flow("crude oil", "CHN", _FIELDS, (40.5, 113.5), -0.16, 0, 32),
    Flow("crude oil", "IND", _FIELDS, (24.5, 74.5), -0.1, 0, 34),
    Flow("crude oil", "USA", _FIELDS, (66.5, 12.0), 0.12, 0, -14),
    Flow("pipeline gas", "CHN", (60.2, 112.5), (48.6, 126.6), -0.12, 0, 18),
)


def flows(year: int = 2022) -> OfflineMap:
    """Draw where Russian crude oil went, and how much gas it sent to China by pipeline, year by year.

    A range inside the map runs over the years of the table ``energy_flows``. Bands are as wide as the
    quantity, gas by the energy it holds; they say from whom to whom, not on which way.

    Parameters
    ----------
    year : int, default 2022
        The year shown first.

    Returns
    -------
    OfflineMap

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
    value = {
        flow.id: [_quantity(table, flow, one) for one in years] for flow in FLOWS
    }  # in the order of the years
    steps = [_step(table, one) for one in years]
    at = atlas.place_of(year, years, "flows")
    contested, about = atlas.contested_areas([f"{one}-12-31" for one in years])
    scene = Scene(
        title="Where Russian oil went",
        lead="Crude oil by buyer, and gas by pipeline to China",
        sentence=f"Map of Russian crude oil and gas, {years[0]} to {years[-1]}. {steps[at].say}.",
        alt=f"Map of Asia and eastern Europe with bands from Russia to its buyers in {year}, as wide as the "
        f"quantity. {steps[at].say}. "
        f"{'; '.join(f'{what} {small}' for what, small in steps[at].events)}.",
        bounds=atlas.EURASIA,
        keys=[
            Key(CRUDE, "Crude oil", text="A band as wide as the quantity, in million tonnes (Mt)"),
            Key(GAS, "Gas by pipeline to China", text="In billion cubic metres (bcm), as wide as its energy"),
            Key(STATUS["contested"], "Contested", text=""),
        ],
        steps=steps,
        step=at,
        status={flow.id: flow.mark.code * len(years) for flow in FLOWS} | contested,
        names={flow.id: Name(flow.name, "", _by_year(flow, years, value[flow.id])) for flow in FLOWS}
        | {"seller": Name("Russia, the seller", "", "Here bands begin; ports and pipelines are not drawn.")}
        | about,
        labels=[
            *(_label(flow, value[flow.id][at]) for flow in FLOWS),
            *(one for one in labels(seas=False) if one.id in _NAMED),
        ],
        ticks={i: str(one) for i, one in enumerate(years)},
        list_label="Flows and contested areas on the map. Arrow keys go from one to the next.",
        first="seller",
        pace_ms=2000,
        news=False,
        height_px=(670, 880),
        note="From whom to whom, not on which way: much of the oil goes by sea. <b>Europe</b> is the "
        "Review’s region, Turkey included. Not in the table, and so not drawn: oil products, liquefied gas, "
        "other buyers, and <b>gas to Europe</b>, until 2022 far more than to China. "
        "<b>Hatched</b>: claimed by more than one side. Lambert’s equal-area projection. Borders by who "
        "holds the ground: Natural Earth 1:50m, public domain. "
        "Source: Statistical Review of World Energy (table <i>energy_flows</i>).",
    )
    ways = [Shape(flow.id, "flow", "line", [flow.line()]) for flow in FLOWS]
    seller = Shape("seller", "stop", "dot", list(geo.project(*_FIELDS)), 6)
    fine, coarse = features("region"), features("region_coarse")
    bands = [_band(flow, value[flow.id][at]) for flow in FLOWS if flow.width(value[flow.id][at])]
    drawn = OfflineMap(scene, [graticule(), *coarse, *bands, seller])
    drawn.add_child(Shapes([graticule(), *(s for s in fine if s.style == "land")], "land"))
    drawn.add_child(Shapes([s for s in fine if s.style != "land"], "states"))
    drawn.add_child(Shapes([*ways, seller], "above"))
    by_year = {flow.id: [[flow.width(v), flow.text(v)] for v in value[flow.id]] for flow in FLOWS}
    figure: Any = drawn.get_root()
    script = f"const FLOWS={compact(by_year)},FULL={FULL};{asset('flows.js')}"
    figure.header.add_child(
        Raw(f"<style>{asset('flows.css')}</style><script>{script}</script>"), name="flows"
    )
    figure.html.add_child(Raw(asset("flows.html")), name="heads")
    return drawn


def _quantity(table: pd.DataFrame, flow: Flow, year: int) -> float:
    rows = table[
        (table["year"] == year)
        & (table["product"] == flow.product)
        & (table["destination"] == flow.destination)
    ]
    return float(rows["value"].iloc[0])


def _step(table: pd.DataFrame, year: int) -> Step:
    """Say who bought how much in a year, the largest buyer first, and when the figures came out."""
    rows = table[table["year"] == year].sort_values("value", ascending=False)
    oil = rows[rows["product"] == "crude oil"]
    large = [f"{v:.1f} to {_to(d)}" for d, v in zip(oil["destination"], oil["value"], strict=True) if v > 20]
    first, *others = large
    told = [(_to(d), f"{v:.1f} Mt") for d, v in zip(oil["destination"], oil["value"], strict=True)]
    gas = rows[rows["product"] == "pipeline gas"]["value"].iloc[0]
    published = on(rows["known_when"].iloc[0])
    return Step(
        str(year),
        ", ".join([f"{year}: {first.replace(' to', ' Mt of crude oil to')}", *others]),
        f"Published on {published}.",
        (*told, ("China, gas by pipeline", f"{gas:.1f} bcm")),
    )


def _by_year(flow: Flow, years: list[int], values: list[float]) -> str:
    return f"{flow.unit}: " + ", ".join(f"{y} {v:.1f}" for y, v in zip(years, values, strict=True))


def _to(code: str) -> str:
    """Return a destination's name; the Review's Europe is no state."""
    return "Europe" if code == "EUR" else places.name(code)


def _label(flow: Flow, value: float) -> Label:
    x, y = flow.line()[-1]
    return Label("", flow.text(value), x, y, 13.5, flow.dx, flow.dy, f"city {flow.id}")


def _band(flow: Flow, value: float) -> Shape:
    """Return a flow as an area with a head, for the still picture."""
    (west, _), (east, _) = atlas.EURASIA
    half = flow.width(value) * (east - west) / FULL / 2
    line = flow.line(12)
    left, right = [], []
    for (x, y), (to_x, to_y) in zip(line, [*line[1:], line[-1]], strict=True):
        dx, dy = (to_x - x, to_y - y) if (to_x, to_y) != (x, y) else _direction(line)
        long = math.hypot(dx, dy)
        out = [-dy / long, dx / long]
        left.append([round(x + half * out[0]), round(y + half * out[1])])
        right.append([round(x - half * out[0]), round(y - half * out[1])])
    dx, dy = _direction(line)
    long, (x, y) = math.hypot(dx, dy), line[-1]
    head = max(2 * half, 40)
    tip = [round(x + 1.4 * head * dx / long), round(y + 1.4 * head * dy / long)]
    wing = [round(-dy / long * head), round(dx / long * head)]
    ring = [*left, [x + wing[0], y + wing[1]], tip, [x - wing[0], y - wing[1]], *reversed(right)]
    return Shape("", "oil" if flow.mark is CRUDE else "gas", "area", [[[*ring, ring[0]]]])


def _direction(line: list[list[int]]) -> tuple[int, int]:
    (x, y), (to_x, to_y) = line[-2], line[-1]
    return to_x - x, to_y - y
